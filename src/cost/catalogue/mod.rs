//! The price catalogue: list prices by table, region and item, embedded in the binary and read in place.
//! Here are opening, generic lookups and listings; typed lookups are in `compute`, `database` and `network`.
//! What is not in the tables is `None`: never another region's price and never zero.
//!
//! ```
//! use plimsoll::cost::catalogue::{Arch, Catalogue, FargateMetric, Os};
//!
//! let prices = Catalogue::embedded();
//! let vcpu = prices.fargate("eu-west-1", Os::Linux, Arch::X86_64, FargateMetric::Vcpu);
//! assert_eq!(vcpu.map(|price| price.amount.to_string()).as_deref(), Some("0.04048"));
//! assert!(prices.fargate("eu-west-9", Os::Linux, Arch::X86_64, FargateMetric::Vcpu).is_none());
//! ```

mod blob;
mod compute;
mod database;
mod format;
mod network;
mod price;
mod terms;

use rust_decimal::Decimal;

use blob::{Blob, TableRecord};

pub use price::{Price, Reserved, Spec, Tier, TierPart, TieredCost, Tiers};
pub use terms::{
    Arch, AuroraStorage, Deployment, EbsMetric, FargateMetric, LbKind, LbMetric, License, Os, Payment,
    ServerlessCacheMetric, Table, Term,
};

/// The column of what has one price everywhere, for example Route 53 hosted zones.
pub const GLOBAL: &str = "global";

/// An AWS region of the `aws` partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// `eu-west-1`.
    pub code: &'static str,
    /// The `location` of the Price List, `EU (Ireland)`.
    pub price_list_location: &'static str,
    /// The name in the console, `Europe (Ireland)`.
    pub display_name: &'static str,
    /// Prefix of usage types on the bill, `EU`.
    pub billing_code: &'static str,
}

/// One priced row of a table in a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// The parts of the key, separated by spaces.
    pub key: &'static str,
    /// First quantity of the tier; 0 where the price has no tiers.
    pub from: Decimal,
    /// End of the tier; `None` where it is open.
    pub to: Option<Decimal>,
    /// The price.
    pub price: Price,
    /// vCPU and memory, where the table has them.
    pub spec: Option<Spec>,
}

impl Item {
    /// The parts of the key, in the order of [`TableInfo::key_names`].
    pub fn key_parts(&self) -> impl Iterator<Item = &'static str> {
        self.key.split(format::KEY_SEPARATOR)
    }
}

/// A source of a table and when it was captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Letter of the source in `pricing/README.md`.
    pub source: &'static str,
    /// Date, or `unknown`.
    pub captured: &'static str,
}

/// What a table holds, for `pricing status`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableInfo {
    /// Which table.
    pub table: Table,
    /// One line that says what is in it.
    pub title: &'static str,
    /// Names of the parts of a key.
    pub key_names: Vec<&'static str>,
    /// Number of rows.
    pub rows: usize,
    /// Number of prices (cells that are not empty).
    pub prices: usize,
    /// Region codes with a column, sorted.
    pub regions: Vec<&'static str>,
    /// Where the prices are from, most used first.
    pub captures: Vec<Capture>,
}

/// The price catalogue. Opening and copying it costs nothing.
#[derive(Clone, Copy)]
pub struct Catalogue {
    blob: Blob,
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Catalogue").finish_non_exhaustive()
    }
}

impl Catalogue {
    /// The catalogue that was built from `pricing/`.
    #[must_use]
    pub fn embedded() -> Self {
        Self { blob: Blob::embedded() }
    }

    fn record(&self, table: Table) -> Option<TableRecord> {
        self.blob.table(table.as_str())
    }

    /// The price of an item that costs the same for every quantity; `None` if it is not there or has tiers.
    ///
    /// `key` holds the parts in the order of the table's `# key` line.
    #[must_use]
    pub fn price(&self, table: Table, region: &str, key: &[&str]) -> Option<Price> {
        self.tiers(table, region, key)?.flat()
    }

    /// The price of an item across its tiers; one tier from 0 where it has none.
    #[must_use]
    pub fn tiers(&self, table: Table, region: &str, key: &[&str]) -> Option<Tiers> {
        let record = self.record(table)?;
        let column = record.column(region)?;
        let tiers = record.find(&joined(key)?).filter_map(|row| {
            let (from, to) = record.tier(row)?;
            Some(Tier { from, to, price: column.price(row)? })
        });
        Tiers::new(tiers.collect())
    }

    /// vCPU and memory of what a key names, whatever the region.
    #[must_use]
    pub fn spec(&self, table: Table, key: &[&str]) -> Option<Spec> {
        let record = self.record(table)?;
        record.spec(record.find(&joined(key)?).next()?)
    }

    /// Every price of a table in a region, sorted by key, then tier.
    pub fn items(&self, table: Table, region: &str) -> impl Iterator<Item = Item> {
        self.items_from(table, region, "")
    }

    /// The prices whose key starts with `prefix`.
    fn items_from(&self, table: Table, region: &str, prefix: &str) -> impl Iterator<Item = Item> + use<> {
        let found = self.record(table).and_then(|record| Some((record, record.column(region)?)));
        let prefix = prefix.to_owned();
        found.into_iter().flat_map(move |(record, column)| {
            record.find_prefix(&prefix).filter_map(move |row| {
                let (from, to) = record.tier(row)?;
                let price = column.price(row)?;
                Some(Item { key: record.key(row)?, from, to, price, spec: record.spec(row) })
            })
        })
    }

    /// Distinct values of the key part at `part` among the keys that start with `prefix`, sorted.
    fn names(&self, table: Table, region: &str, prefix: &[&str], part: usize) -> Vec<&'static str> {
        let Some(mut start) = joined(prefix) else { return Vec::new() };
        if !start.is_empty() {
            start.push_str(format::KEY_SEPARATOR);
        }
        let items = self.items_from(table, region, &start);
        let mut names: Vec<_> = items.filter_map(|item| item.key_parts().nth(part)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether a table has any price in a region: tells "not sold or not captured here" from "no such class".
    #[must_use]
    pub fn covers(&self, table: Table, region: &str) -> bool {
        self.record(table).is_some_and(|record| record.column(region).is_some())
    }

    /// What the tables hold, sorted by name.
    pub fn tables(&self) -> impl Iterator<Item = TableInfo> + use<> {
        self.blob.tables().filter_map(|record| {
            let captures = record.sources();
            Some(TableInfo {
                table: Table::from_name(record.name())?,
                title: record.title(),
                key_names: record.key_names().split(format::KEY_SEPARATOR).collect(),
                rows: record.rows(),
                prices: record.prices(),
                regions: record.columns().map(|column| column.region()).collect(),
                captures: captures.map(|(source, captured)| Capture { source, captured }).collect(),
            })
        })
    }

    /// Every known region, sorted by code; also the list for "did you mean".
    pub fn regions(&self) -> impl Iterator<Item = Region> + use<> {
        self.blob.regions().map(|[code, price_list_location, display_name, billing_code]| Region {
            code,
            price_list_location,
            display_name,
            billing_code,
        })
    }

    /// The region with this code.
    #[must_use]
    pub fn region(&self, code: &str) -> Option<Region> {
        self.regions().find(|region| region.code == code)
    }
}

/// The parts of a key as the catalogue stores them; `None` if a part contains the separator and so cannot be there.
fn joined(parts: &[&str]) -> Option<String> {
    let fits = parts.iter().all(|part| !part.contains(format::KEY_SEPARATOR));
    fits.then(|| parts.join(format::KEY_SEPARATOR))
}

#[cfg(test)]
mod tests;
