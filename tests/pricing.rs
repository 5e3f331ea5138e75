//! Every price of the text tables comes out of the embedded catalogue digit for digit, with its unit and source,
//! and the catalogue holds nothing else. The text is read here on its own, apart from `build/pricing.rs`.
//! That the text tables hold what was captured is shown by `tools/pricing/check.py`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use plimsoll::cost::catalogue::{Catalogue, Item, Table};

/// (region, key, tier start) to (price, unit, source letter, capture date).
type Cells = BTreeMap<(String, String, String), (String, String, String, String)>;

fn text_cells(table: Table) -> Cells {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("pricing/{table}.tsv"));
    let text = std::fs::read_to_string(&path).unwrap();
    let comments = |word: &str| {
        let word = format!("# {word} ");
        let lines = text.lines().filter_map(|line| line.strip_prefix(word.as_str()));
        lines.map(|line| line.split(' ').map(str::to_owned).collect()).collect::<Vec<Vec<String>>>()
    };
    let keys = comments("key").remove(0);
    let unit = comments("unit").into_iter().flatten().next();
    let sources = comments("source");
    let source = |mark: &str| sources.iter().find(|source| source[0] == mark).unwrap();

    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let head: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let attributes = ["unit", "tier_start", "tier_end", "vcpu", "memory_gib", "source", "source_item"];
    let mut by_column: HashMap<&str, &str> = HashMap::new();
    let mut cells = Cells::new();
    for line in lines {
        let row: HashMap<&str, &str> = head.iter().copied().zip(line.split('\t')).collect();
        assert_eq!(row.len(), head.len(), "{table}: {line}");
        if line.starts_with("@source") {
            by_column = row;
            continue;
        }
        let key: Vec<&str> = keys.iter().map(|name| row[name.as_str()]).collect();
        for name in &head {
            let is_key = keys.iter().any(|key| key.as_str() == *name);
            if is_key || attributes.contains(name) || row[name] == "-" {
                continue;
            }
            let (price, mark) = row[name].split_once('@').unwrap_or((row[name], ""));
            let usual = row.get("source").or(by_column.get(name)).copied();
            let mark = if mark.is_empty() { usual.unwrap_or(&sources[0][0]) } else { mark };
            let start = row.get("tier_start").copied().unwrap_or("0");
            let unit = row.get("unit").copied().or(unit.as_deref()).unwrap();
            let place = ((*name).to_owned(), key.join(" "), start.to_owned());
            let source = source(mark);
            let facts = (price.to_owned(), unit.to_owned(), source[1].clone(), source[2].clone());
            assert!(cells.insert(place, facts).is_none(), "{table}: {line}");
        }
    }
    cells
}

#[test]
fn catalogue_and_text_tables_hold_the_same_prices() {
    let prices = Catalogue::embedded();
    for table in Table::ALL {
        let text = text_cells(*table);
        let info = prices.tables().find(|info| info.table == *table).unwrap();
        let mut binary = Cells::new();
        for region in &info.regions {
            for Item { key, from, price, .. } in prices.items(*table, region) {
                let place = ((*region).to_owned(), key.to_owned(), from.to_string());
                let facts = (
                    price.amount.to_string(),
                    price.unit.to_owned(),
                    price.source.to_owned(),
                    price.captured.to_owned(),
                );
                assert!(binary.insert(place, facts).is_none());
            }
        }
        for (place, facts) in &text {
            assert_eq!(binary.get(place), Some(facts), "{table} {place:?}");
        }
        assert_eq!(binary.len(), text.len(), "{table}");
        assert_eq!(binary.len(), info.prices, "{table}");
    }
}

#[test]
fn single_lookups_find_what_listing_finds() {
    let prices = Catalogue::embedded();
    for info in prices.tables() {
        for region in &info.regions {
            for item in prices.items(info.table, region).step_by(97) {
                let key: Vec<&str> = item.key_parts().collect();
                let tiers = prices.tiers(info.table, region, &key).unwrap();
                assert!(tiers.iter().any(|tier| tier.price == item.price && tier.from == item.from));
            }
        }
    }
}
