//! Prepares `pricing/*.tsv` at build time: text tables in, one binary catalogue out.
//! The text format is described in `pricing/README.md`, the binary layout in `src/cost/catalogue/format.rs`.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

#[path = "../src/cost/catalogue/format.rs"]
mod format;

use format::{HEADER, KEY_SEPARATOR, MAGIC, MISSING, REGION_WORDS, SCALE_BITS, UNBOUNDED, column, table};

/// Columns of a text table that are neither part of the key nor a region.
const ATTRIBUTES: [&str; 7] =
    ["unit", "tier_start", "tier_end", "vcpu", "memory_gib", "source", "source_item"];
/// The column of what has one price in every region.
const GLOBAL: &str = "global";
/// A cell without a price.
const NOTHING: &str = "-";
/// Starts the line that gives each column its usual source.
const COLUMN_SOURCES: &str = "@source\t";

/// Reads every table in `folder` and writes the catalogue to `out`.
///
/// # Errors
/// A sentence that names the file, the line and what is wrong with it.
pub(crate) fn build(folder: &Path, out: &Path) -> Result<(), String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".tsv").map(str::to_owned))
        .collect();
    names.sort();

    let read = |name: &str| {
        let path = folder.join(format!("{name}.tsv"));
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let regions = regions(&read("regions")?)?;
    let mut tables = Vec::new();
    for name in names.iter().filter(|name| *name != "regions") {
        let table = Table::parse(&read(name)?, &regions)
            .map_err(|error| format!("{}/{name}.tsv: {error}", folder.display()))?;
        tables.push((name.as_str(), table));
    }
    let bytes = Writer::default().catalogue(&regions, &tables)?;
    fs::write(out, bytes).map_err(|error| format!("{}: {error}", out.display()))
}

/// The fields of `regions.tsv` by region code.
type Regions = BTreeMap<String, [String; REGION_WORDS]>;

/// Code, Price List location, display name, billing code, by code.
fn regions(text: &str) -> Result<Regions, String> {
    let mut regions = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let record: [String; REGION_WORDS] =
            fields.try_into().map_err(|_| format!("regions.tsv: not four fields: {line}"))?;
        regions.insert(record[0].clone(), record);
    }
    Ok(regions)
}

/// What the comment lines of a text table declare.
#[derive(Default)]
struct Legend {
    title: String,
    key_names: Vec<String>,
    /// Unit of every row, where there is no `unit` column.
    unit: Option<String>,
    /// Mark, letter and capture date; the first is the usual one.
    sources: Vec<[String; 3]>,
}

impl Legend {
    fn parse(text: &str) -> Result<Self, String> {
        let mut legend = Self::default();
        for comment in text.lines().filter_map(|line| line.strip_prefix('#')) {
            if legend.title.is_empty() {
                legend.title = comment.trim().to_owned();
            }
            let mut words = comment.split_whitespace().map(str::to_owned);
            match words.next().as_deref() {
                Some("key") => legend.key_names = words.collect(),
                Some("unit") => legend.unit = words.next(),
                Some("source") => {
                    let words: Vec<String> = words.collect();
                    let source = words.try_into();
                    legend.sources.push(source.map_err(|_| "a source is `# source MARK LETTER DATE`")?);
                }
                _ => {}
            }
        }
        if legend.key_names.is_empty() || legend.sources.is_empty() {
            return Err("needs a `# key` line and a `# source` line".to_owned());
        }
        Ok(legend)
    }

    /// The index of the source with this mark.
    fn source(&self, mark: &str) -> Result<usize, String> {
        let found = self.sources.iter().position(|[known, _, _]| known == mark);
        found.ok_or_else(|| format!("there is no `# source {mark}` line"))
    }
}

/// One line of a text table: its fields by column name.
struct Line<'a>(HashMap<&'a str, &'a str>);

impl<'a> Line<'a> {
    fn new(head: &[&'a str], line: &'a str) -> Result<Self, String> {
        let fields: Vec<&str> = line.split('\t').collect();
        if fields.len() != head.len() {
            return Err(format!("{} fields, the head has {}", fields.len(), head.len()));
        }
        Ok(Self(head.iter().copied().zip(fields).collect()))
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).copied()
    }

    /// A field that may hold `-` for "not known".
    fn number(&self, name: &str) -> Result<Option<u64>, String> {
        self.get(name).filter(|text| *text != NOTHING).map(packed).transpose()
    }

    fn bound(&self, name: &str) -> Result<Option<u64>, String> {
        let bound = |text: &str| match text {
            "Inf" => Ok(UNBOUNDED),
            text => text.parse().map_err(|_| format!("`{text}` is no tier bound")),
        };
        self.get(name).map(bound).transpose()
    }
}

/// A packed price and the index of its source.
type Cell = (u64, usize);

struct Row {
    key: String,
    unit: String,
    tier: (u64, u64),
    spec: [Option<u64>; 2],
    /// One per region column.
    cells: Vec<Option<Cell>>,
}

impl Row {
    fn parse(
        line: &Line<'_>,
        legend: &Legend,
        columns: &[String],
        column_sources: &HashMap<&str, usize>,
    ) -> Result<Self, String> {
        let key: Vec<&str> = legend.key_names.iter().map(|name| line.get(name).unwrap_or_default()).collect();
        if key.iter().any(|part| part.is_empty() || part.contains(KEY_SEPARATOR)) {
            return Err("a part of the key is missing or contains a space".to_owned());
        }
        let unit = line.get("unit").map(str::to_owned).or_else(|| legend.unit.clone());
        let row_source = line.get("source").map(|mark| legend.source(mark)).transpose()?;
        let cell = |name: &String| {
            let text = line.get(name).unwrap_or(NOTHING);
            if text == NOTHING {
                return Ok(None);
            }
            let (price, source) = match text.split_once('@') {
                Some((price, mark)) => (price, legend.source(mark)?),
                None => (text, row_source.or(column_sources.get(name.as_str()).copied()).unwrap_or(0)),
            };
            let price = packed(price).map_err(|error| format!("{name}: {error}"))?;
            Ok(Some((price, source)))
        };
        Ok(Self {
            key: key.join(KEY_SEPARATOR),
            unit: unit.ok_or("no unit: neither a `unit` column nor a `# unit` line")?,
            tier: (line.bound("tier_start")?.unwrap_or(0), line.bound("tier_end")?.unwrap_or(UNBOUNDED)),
            spec: [line.number("vcpu")?, line.number("memory_gib")?],
            cells: columns.iter().map(cell).collect::<Result<_, String>>()?,
        })
    }
}

struct Table {
    legend: Legend,
    columns: Vec<String>,
    tiered: bool,
    rows: Vec<Row>,
}

impl Table {
    fn parse(text: &str, regions: &Regions) -> Result<Self, String> {
        let legend = Legend::parse(text)?;
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
        let (_, head) = lines.next().ok_or("has no head")?;
        let head: Vec<&str> = head.split('\t').collect();
        let mut columns: Vec<String> = Vec::new();
        for name in &head {
            if regions.contains_key(*name) || *name == GLOBAL {
                columns.push((*name).to_owned());
            } else if !legend.key_names.iter().any(|key| key == name) && !ATTRIBUTES.contains(name) {
                return Err(format!("`{name}` is no key, no attribute and no region"));
            }
        }
        if !columns.is_sorted() {
            return Err("the region columns are not sorted".to_owned());
        }

        let mut column_sources: HashMap<&str, usize> = HashMap::new();
        let mut rows: Vec<Row> = Vec::new();
        for (number, text) in lines {
            let at = |error: String| format!("line {}: {error}", number + 1);
            let line = Line::new(&head, text).map_err(at)?;
            if text.starts_with(COLUMN_SOURCES) {
                for name in &columns {
                    let mark = line.get(name).unwrap_or_default();
                    column_sources.insert(name, legend.source(mark).map_err(at)?);
                }
                continue;
            }
            rows.push(Row::parse(&line, &legend, &columns, &column_sources).map_err(at)?);
        }
        rows.sort_by(|a, b| (&a.key, a.tier.0).cmp(&(&b.key, b.tier.0)));
        for (a, b) in rows.iter().zip(rows.iter().skip(1)) {
            if a.key == b.key && a.tier.1 > b.tier.0 {
                return Err(format!("`{}` is there twice, or its tiers overlap", a.key));
            }
        }
        gapless(&rows, &columns)?;
        let tiered = head.contains(&"tier_start");
        Ok(Self { legend, columns, tiered, rows })
    }
}

/// In every region the tiers of an item must follow each other without a gap, or a quantity would go unpriced unseen.
fn gapless(rows: &[Row], columns: &[String]) -> Result<(), String> {
    for (at, region) in columns.iter().enumerate() {
        let priced = rows.iter().filter(|row| row.cells.get(at).is_some_and(Option::is_some));
        for (a, b) in priced.clone().zip(priced.skip(1)) {
            if a.key == b.key && a.tier.1 != b.tier.0 {
                return Err(format!("`{}` has a gap between its tiers in {region}", a.key));
            }
        }
    }
    Ok(())
}

/// A decimal in text, every digit kept, as a pool entry.
fn packed(text: &str) -> Result<u64, String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction}");
    let scale = fraction.len() as u64;
    let fits = |mantissa: &u64| *mantissa <= u64::MAX >> SCALE_BITS && scale < 1 << SCALE_BITS;
    if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("`{text}` is no price"));
    }
    digits
        .parse()
        .ok()
        .filter(fits)
        .map(|mantissa: u64| mantissa << SCALE_BITS | scale)
        .ok_or_else(|| format!("`{text}` has too many digits"))
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    strings: HashMap<String, u32>,
}

impl Writer {
    fn place(&self) -> Result<u32, String> {
        u32::try_from(self.bytes.len()).map_err(|_| "the catalogue is too big".to_owned())
    }

    fn string(&mut self, text: &str) -> Result<u32, String> {
        if let Some(place) = self.strings.get(text) {
            return Ok(*place);
        }
        let place = self.place()?;
        self.bytes.extend(narrow(text.len())?.to_le_bytes());
        self.bytes.extend(text.as_bytes());
        self.strings.insert(text.to_owned(), place);
        Ok(place)
    }

    fn strings<'a>(&mut self, texts: impl Iterator<Item = &'a str>) -> Result<Vec<u32>, String> {
        texts.map(|text| self.string(text)).collect()
    }

    fn words(&mut self, words: &[u32]) -> Result<u32, String> {
        let place = self.place()?;
        self.bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        Ok(place)
    }

    fn halves(&mut self, halves: &[u16]) -> Result<u32, String> {
        let place = self.place()?;
        self.bytes.extend(halves.iter().flat_map(|half| half.to_le_bytes()));
        Ok(place)
    }

    fn longs(&mut self, longs: &[u64]) -> Result<u32, String> {
        let place = self.place()?;
        self.bytes.extend(longs.iter().flat_map(|long| long.to_le_bytes()));
        Ok(place)
    }

    fn catalogue(mut self, regions: &Regions, tables: &[(&str, Table)]) -> Result<Vec<u8>, String> {
        self.bytes.resize(HEADER, 0);
        let texts = self.strings(regions.values().flatten().map(String::as_str))?;
        let regions_at = self.words(&texts)?;
        let mut records = Vec::new();
        for (name, table) in tables {
            let record = self.table(name, table).map_err(|error| format!("table {name}: {error}"))?;
            records.extend(record);
        }
        let tables_at = self.words(&records)?;
        let counts = [regions_at, wide(regions.len())?, tables_at, wide(tables.len())?];
        let header = MAGIC.into_iter().chain(counts.iter().flat_map(|count| count.to_le_bytes()));
        for (byte, value) in self.bytes.iter_mut().zip(header) {
            *byte = value;
        }
        Ok(self.bytes)
    }

    fn table(&mut self, name: &str, table: &Table) -> Result<[u32; table::WORDS], String> {
        let rows = &table.rows;
        let priced = rows.iter().flat_map(|row| row.cells.iter().flatten().map(|cell| cell.0));
        let mut pool: Vec<u64> =
            priced.chain(rows.iter().flat_map(|row| row.spec.into_iter().flatten())).collect();
        pool.sort_unstable();
        pool.dedup();
        if pool.len() >= usize::from(MISSING) {
            return Err(format!("{} different prices; a table holds 65,534", pool.len()));
        }
        let index = |price: Option<u64>| match price {
            None => Ok(MISSING),
            Some(price) => narrow(pool.partition_point(|known| *known < price)),
        };

        let mut columns = Vec::new();
        for (at, region) in table.columns.iter().enumerate() {
            let cells = rows.iter().map(|row| row.cells.get(at).copied().flatten());
            let values = cells.clone().map(|cell| index(cell.map(|cell| cell.0)));
            let values = values.collect::<Result<Vec<_>, _>>()?;
            let usual = usual_source(cells.clone().flatten());
            let mut strays = Vec::new();
            for (row, cell) in cells.enumerate() {
                if let Some((_, source)) = cell.filter(|cell| cell.1 != usual) {
                    strays.extend([narrow(row)?, narrow(source)?]);
                }
            }
            let mut record = [0; column::WORDS];
            record[column::REGION] = self.string(region)?;
            record[column::CELLS] = self.halves(&values)?;
            record[column::SOURCE] = wide(usual)?;
            record[column::STRAYS] = self.halves(&strays)?;
            record[column::STRAY_COUNT] = wide(strays.len() / 2)?;
            columns.extend(record);
        }

        let keys = self.strings(rows.iter().map(|row| row.key.as_str()))?;
        let units = self.strings(rows.iter().map(|row| row.unit.as_str()))?;
        let sources = self.strings(
            table.legend.sources.iter().flat_map(|[_, letter, captured]| [letter.as_str(), captured]),
        )?;
        let mut record = [0; table::WORDS];
        record[table::NAME] = self.string(name)?;
        record[table::TITLE] = self.string(&table.legend.title)?;
        record[table::KEY_NAMES] = self.string(&table.legend.key_names.join(KEY_SEPARATOR))?;
        record[table::ROWS] = wide(rows.len())?;
        record[table::KEYS] = self.words(&keys)?;
        record[table::UNITS] = self.words(&units)?;
        if rows.iter().any(|row| row.spec.iter().any(Option::is_some)) {
            let specs = rows.iter().flat_map(|row| row.spec).map(index);
            record[table::SPECS] = self.halves(&specs.collect::<Result<Vec<_>, _>>()?)?;
        }
        if table.tiered {
            let tiers: Vec<u64> = rows.iter().flat_map(|row| [row.tier.0, row.tier.1]).collect();
            record[table::TIERS] = self.longs(&tiers)?;
        }
        record[table::POOL] = self.longs(&pool)?;
        record[table::SOURCES] = self.words(&sources)?;
        record[table::SOURCE_COUNT] = wide(table.legend.sources.len())?;
        record[table::COLUMNS] = self.words(&columns)?;
        record[table::COLUMN_COUNT] = wide(table.columns.len())?;
        record[table::PRICES] = wide(rows.iter().flat_map(|row| row.cells.iter().flatten()).count())?;
        Ok(record)
    }
}

/// The source that most cells are from.
fn usual_source(cells: impl Iterator<Item = Cell>) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, source) in cells {
        *counts.entry(source).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(0, |(source, _)| source)
}

fn narrow(number: usize) -> Result<u16, String> {
    u16::try_from(number).map_err(|_| format!("{number} does not fit into 16 bits"))
}

fn wide(number: usize) -> Result<u32, String> {
    u32::try_from(number).map_err(|_| format!("{number} does not fit into 32 bits"))
}
