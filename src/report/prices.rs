//! `pricing status` and `pricing show`: what the price tables hold, how old it is, and where a price is from.

use std::collections::BTreeSet;
use std::io::{self, Write};

use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::estimate::unit_price;
use super::json::exact;
use super::table::{Align, Cell, Column, Table};
use super::{Style, json, text};
use crate::cost::catalogue::{Catalogue, GLOBAL, Item, Table as Prices, TableInfo};
use crate::date::Date;
use crate::text::plural;

/// Version of the shape of `pricing status`.
pub const STATUS_SCHEMA: &str = "plimsoll/pricing-status/1";

/// Version of the shape of `pricing show`.
pub const SHOW_SCHEMA: &str = "plimsoll/pricing-show/1";

/// Prices older than this are worth a look at AWS's page: on-demand prices seldom move.
const STALE_MONTHS: i32 = 18;
/// Spot prices move every day.
const STALE_SPOT_MONTHS: i32 = 1;

/// Whole months from a capture date (`2025-06-17`, `2025-06`) to a day; `None` where the date is not known.
fn age(captured: &str, today: Date) -> Option<i32> {
    let today = today.to_string();
    let parts = |text: &str| -> Option<(i32, i32)> {
        let mut parts = text.split('-').map(str::parse::<i32>);
        Some((parts.next()?.ok()?, parts.next()?.ok()?))
    };
    let ((year, month), (now_year, now_month)) = (parts(captured)?, parts(&today)?);
    Some((now_year - year) * 12 + now_month - month)
}

fn is_stale(table: Prices, captured: &str, today: Date) -> bool {
    let most = if table == Prices::FargateSpot { STALE_SPOT_MONTHS } else { STALE_MONTHS };
    age(captured, today).is_none_or(|age| age > most)
}

fn infos(catalogue: Catalogue) -> Vec<TableInfo> {
    catalogue.tables().collect()
}

fn region_count(info: &TableInfo) -> usize {
    info.regions.iter().filter(|region| **region != GLOBAL).count()
}

/// The capture dates of a table, oldest first.
fn dates(info: &TableInfo) -> Vec<&'static str> {
    info.captures.iter().map(|capture| capture.captured).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Writes one line for each table.
///
/// # Errors
/// When the stream fails.
pub fn status(today: Date, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let catalogue = Catalogue::embedded();
    let infos = infos(catalogue);
    let column = |title, align, drop| Column { title, align, drop };
    let mut table = Table::new(vec![
        column("Table", Align::Left, None),
        column("Prices", Align::Right, None),
        column("Regions", Align::Right, None),
        column("Captured", Align::Left, None),
        column("Sources", Align::Left, Some(1)),
        column("Age", Align::Right, None),
    ]);
    for info in &infos {
        let dates = dates(info);
        let captured = match dates.as_slice() {
            [only] => (*only).to_owned(),
            [first, .., last] => format!("{first} to {last}"),
            [] => String::new(),
        };
        // The usual source stands first.
        let usual = info.captures.first().map_or("", |capture| capture.captured);
        let age = match age(usual, today) {
            Some(1) => "1 month".to_owned(),
            Some(months) => format!("{months} months"),
            None => "not known".to_owned(),
        };
        let letters: BTreeSet<&str> = info.captures.iter().map(|capture| capture.source).collect();
        let letters: Vec<&str> = letters.into_iter().collect();
        table.row(vec![
            Cell::new(info.table.as_str()),
            Cell::new(info.prices.to_string()),
            Cell::new(region_count(info).to_string()),
            Cell::new(captured),
            Cell::new(letters.join(" ")),
            Cell::new(age),
        ]);
    }
    table.write(style, out)?;
    if style.quiet {
        return Ok(());
    }
    let stale: Vec<&str> = infos
        .iter()
        .filter(|info| info.captures.first().is_some_and(|it| is_stale(info.table, it.captured, today)))
        .map(|info| info.table.as_str())
        .collect();
    writeln!(out)?;
    let all: usize = infos.iter().map(|info| info.prices).sum();
    let regions = catalogue.regions().count();
    let mut words = vec![format!(
        "{all} prices in {} and {}, as of {today}; pricing/README.md says what the sources are",
        plural(infos.len(), "table"),
        plural(regions, "region")
    )];
    if stale.is_empty() {
        words.push(format!("No table is older than {STALE_MONTHS} months"));
    } else {
        words.push(format!(
            "Older than {STALE_MONTHS} months (Spot: 1 month): {}. Compare a price that decides something with AWS's page",
            stale.join(", ")
        ));
    }
    words.push(
        "A price that is not in a region's column is reported as not priced, never taken from another region"
            .to_owned(),
    );
    for words in words {
        for line in text::wrap(&words, style.width) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// Writes `plimsoll/pricing-status/1`.
///
/// # Errors
/// When the stream fails.
pub fn status_json(version: &str, today: Date, out: &mut dyn Write) -> io::Result<()> {
    let table = |info: &TableInfo| {
        let captures = info.captures.iter().map(|capture| {
            json!({
                "source": capture.source, "captured": capture.captured,
                "age_months": age(capture.captured, today),
                "stale": is_stale(info.table, capture.captured, today),
            })
        });
        json!({
            "table": info.table.as_str(), "title": info.title, "key": info.key_names, "rows": info.rows,
            "prices": info.prices, "regions": info.regions, "captures": captures.collect::<Vec<_>>(),
        })
    };
    let tables: Vec<Json> = infos(Catalogue::embedded()).iter().map(table).collect();
    json::write(
        &json!({"schema": STATUS_SCHEMA, "version": version, "as_of": today.to_string(), "tables": tables}),
        out,
    )
}

/// Which prices are asked for.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// A table.
    pub table: Prices,
    /// Words that the keys must hold, each somewhere.
    pub words: &'a [String],
    /// One region; all where `None`.
    pub region: Option<&'a str>,
}

impl Wanted<'_> {
    /// The prices with their regions, by region, then key.
    fn find(&self) -> Vec<(&'static str, Item)> {
        let catalogue = Catalogue::embedded();
        let Some(info) = catalogue.tables().find(|info| info.table == self.table) else { return Vec::new() };
        let regions = info
            .regions
            .into_iter()
            .filter(|region| self.region.is_none_or(|wanted| wanted == *region || *region == GLOBAL));
        let holds = |item: &Item| {
            self.words.iter().all(|word| {
                let word = word.to_ascii_lowercase();
                item.key_parts().any(|part| part.to_ascii_lowercase().contains(&word))
            })
        };
        regions
            .flat_map(|region| {
                catalogue.items(self.table, region).filter(holds).map(move |item| (region, item))
            })
            .collect()
    }
}

fn tier(item: &Item) -> String {
    match (item.from, item.to) {
        (from, None) if from.is_zero() => String::new(),
        (from, Some(to)) => format!("{} to {}", from.normalize(), to.normalize()),
        (from, None) => format!("above {}", from.normalize()),
    }
}

fn letter_and_age(item: &Item, wanted: &Wanted<'_>, today: Date) -> (String, bool) {
    let stale = is_stale(wanted.table, item.price.captured, today);
    (format!("{} {}", item.price.source, item.price.captured), stale)
}

/// Writes the prices that are asked for; whether there are any.
///
/// # Errors
/// When the stream fails.
pub fn show(wanted: &Wanted<'_>, today: Date, style: &Style, out: &mut dyn Write) -> io::Result<bool> {
    let found = wanted.find();
    if found.is_empty() {
        let place = wanted.region.map_or_else(String::new, |region| format!(" in {region}"));
        let words =
            if wanted.words.is_empty() { String::new() } else { format!(" for {}", wanted.words.join(" ")) };
        writeln!(
            out,
            "No price in table {}{words}{place}: such a thing is reported as not priced",
            wanted.table
        )?;
        return Ok(false);
    }
    let column = |title, align, drop| Column { title, align, drop };
    let has_tiers = found.iter().any(|(_, item)| !tier(item).is_empty());
    let mut columns = vec![
        column("Region", Align::Left, None),
        column("Item", Align::Left, None),
        column("USD", Align::Right, None),
        column("Per", Align::Left, None),
    ];
    if has_tiers {
        columns.push(column("Tier", Align::Left, None));
    }
    columns.push(column("Source", Align::Left, Some(1)));
    let mut table = Table::new(columns);
    let mut any_stale = false;
    for (region, item) in &found {
        let (source, stale) = letter_and_age(item, wanted, today);
        any_stale |= stale;
        let key: Vec<&str> = item.key_parts().collect();
        let mut row = vec![
            Cell::new(*region),
            Cell::new(text::line(&key.join(" "))),
            Cell::new(unit_price(item.price.amount)),
            Cell::new(item.price.unit),
        ];
        if has_tiers {
            row.push(Cell::new(tier(item)));
        }
        row.push(Cell::new(if stale { format!("{source} (old)") } else { source }));
        table.row(row);
    }
    table.write(style, out)?;
    if any_stale && !style.quiet {
        writeln!(out, "(old): captured more than {STALE_MONTHS} months (Spot: 1 month) before {today}")?;
    }
    Ok(true)
}

/// Writes `plimsoll/pricing-show/1`; whether there are any prices.
///
/// # Errors
/// When the stream fails.
pub fn show_json(version: &str, wanted: &Wanted<'_>, today: Date, out: &mut dyn Write) -> io::Result<bool> {
    let found = wanted.find();
    let price = |(region, item): &(&str, Item)| {
        let bound = |bound: Decimal| exact(bound);
        json!({
            "region": region, "key": item.key_parts().collect::<Vec<_>>(), "unit_price": exact(item.price.amount),
            "unit": item.price.unit, "from": bound(item.from), "to": item.to.map(bound),
            "source": item.price.source, "captured": item.price.captured,
            "stale": is_stale(wanted.table, item.price.captured, today),
        })
    };
    let prices: Vec<Json> = found.iter().map(price).collect();
    let report = json!({
        "schema": SHOW_SCHEMA, "version": version, "as_of": today.to_string(), "currency": "USD",
        "table": wanted.table.as_str(), "prices": prices,
    });
    json::write(&report, out)?;
    Ok(!found.is_empty())
}
