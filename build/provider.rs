//! Prepares `src/terraform/provider/aws.txt` and `aws-removed.txt` at build time: text tables in, one binary
//! table out. Both are written by `tools/provider_facts.py`; the binary layout is in `src/terraform/provider/format.rs`.
//!
//! ```text
//! resource aws_x            kind and type
//!  name co s                an attribute: flags (c computed, o optional, r required) and type: b, n, s, a (any),
//!                           L, S, M and an item type (list, set, map), {name:type,…} (object)
//!  name set                 a nested block: list, one, set, one-set or single; its content is indented by one more
//! ```

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

#[path = "../src/terraform/provider/format.rs"]
mod format;

use format::{FIELD_BYTES, MAGIC, RECORD_BYTES, flag, header, nesting, tag};

/// Reads the tables in `folder` and writes the packed facts to `out`.
///
/// # Errors
/// A sentence that names the file, the line and what is wrong with it.
pub(crate) fn build(folder: &Path, out: &Path) -> Result<(), String> {
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let mut facts = Facts::default();
    for (number, line) in read("aws.txt")?.lines().enumerate() {
        facts.line(line).map_err(|error| format!("aws.txt:{}: {error}", number + 1))?;
    }
    facts.close(0)?;
    for (number, line) in read("aws-removed.txt")?.lines().enumerate() {
        facts.removed(line).map_err(|error| format!("aws-removed.txt:{}: {error}", number + 1))?;
    }
    let bytes = Writer::default().facts(&facts)?;
    fs::write(out, bytes).map_err(|error| format!("{}: {error}", out.display()))
}

type Shape = BTreeMap<String, Field>;

#[derive(Debug)]
enum Field {
    Attribute { flags: u8, ty: Type },
    Block { nesting: u8, shape: Shape },
    Removed { major: u8 },
}

#[derive(Debug)]
enum Type {
    /// A tag without payload.
    Plain(u8),
    Collection(u8, Box<Type>),
    Object(BTreeMap<String, Type>),
}

impl Type {
    /// The type at the start of `text`, and what follows it.
    fn read(text: &str) -> Result<(Self, &str), String> {
        let mut letters = text.chars();
        let first = letters.next();
        let rest = letters.as_str();
        let collection = |tag| {
            let (item, rest) = Self::read(rest)?;
            Ok((Self::Collection(tag, Box::new(item)), rest))
        };
        match first {
            Some('a') => Ok((Self::Plain(tag::DYNAMIC), rest)),
            Some('b') => Ok((Self::Plain(tag::BOOL), rest)),
            Some('n') => Ok((Self::Plain(tag::NUMBER), rest)),
            Some('s') => Ok((Self::Plain(tag::STRING), rest)),
            Some('L') => collection(tag::LIST),
            Some('S') => collection(tag::SET),
            Some('M') => collection(tag::MAP),
            Some('{') => {
                let mut fields = BTreeMap::new();
                let mut rest = rest;
                while !rest.starts_with('}') {
                    let (name, after) = rest.split_once(':').ok_or("an object without `:`")?;
                    let (ty, after) = Self::read(after)?;
                    fields.insert(name.to_owned(), ty);
                    rest = after.strip_prefix(',').unwrap_or(after);
                }
                Ok((Self::Object(fields), rest.strip_prefix('}').unwrap_or(rest)))
            }
            _ => Err(format!("`{text}` is no type")),
        }
    }
}

#[derive(Debug, Default)]
struct Facts {
    version: String,
    resources: BTreeMap<String, Shape>,
    data: BTreeMap<String, Shape>,
    /// Blocks that are being read, outermost first: name, nesting, content so far.
    open: Vec<(String, u8, Shape)>,
}

impl Facts {
    fn line(&mut self, line: &str) -> Result<(), String> {
        if let Some(comment) = line.strip_prefix('#') {
            if let Some(version) = comment.trim().strip_prefix("provider hashicorp/aws ") {
                self.version = version.to_owned();
            }
            return Ok(());
        }
        let depth = line.len() - line.trim_start_matches(' ').len();
        if depth > self.open.len() {
            return Err("is indented too far".to_owned());
        }
        self.close(depth)?;
        let words: Vec<&str> = line.split_whitespace().collect();
        match (depth, words.as_slice()) {
            (0, ["resource" | "data", _]) => {
                self.open.push((line.trim().to_owned(), 0, Shape::new()));
                Ok(())
            }
            (1.., [name, flags, ty]) => {
                let (ty, rest) = Type::read(ty)?;
                if !rest.is_empty() {
                    return Err(format!("`{rest}` is too much"));
                }
                let flags = flags.chars().try_fold(0, |flags, letter| match letter {
                    'c' => Ok(flags | flag::COMPUTED),
                    'o' => Ok(flags | flag::OPTIONAL),
                    'r' => Ok(flags | flag::REQUIRED),
                    _ => Err(format!("`{letter}` is no flag")),
                })?;
                self.insert(name, Field::Attribute { flags, ty })
            }
            (1.., [name, mode]) => {
                let nesting = match *mode {
                    "list" => nesting::LIST,
                    "one" => nesting::ONE,
                    "set" => nesting::SET,
                    "one-set" => nesting::ONE_SET,
                    "single" => nesting::SINGLE,
                    _ => return Err(format!("`{mode}` is no nesting")),
                };
                self.open.push(((*name).to_owned(), nesting, Shape::new()));
                Ok(())
            }
            _ => Err("is neither a type, an attribute nor a block".to_owned()),
        }
    }

    fn insert(&mut self, name: &str, field: Field) -> Result<(), String> {
        let Some((_, _, shape)) = self.open.last_mut() else {
            return Err("stands in no type".to_owned());
        };
        match shape.insert(name.to_owned(), field) {
            None => Ok(()),
            Some(_) => Err(format!("`{name}` is there twice")),
        }
    }

    /// Ends blocks until `depth` are open.
    fn close(&mut self, depth: usize) -> Result<(), String> {
        while self.open.len() > depth {
            let Some((name, nesting, shape)) = self.open.pop() else { break };
            match name.split_once(' ') {
                Some(("data", ty)) => drop(self.data.insert(ty.to_owned(), shape)),
                Some((_, ty)) => drop(self.resources.insert(ty.to_owned(), shape)),
                None => self.insert(&name, Field::Block { nesting, shape })?,
            }
        }
        Ok(())
    }

    /// `resource aws_x path.to.it 5`; what is inside something that is gone itself is left out.
    fn removed(&mut self, line: &str) -> Result<(), String> {
        if line.starts_with('#') {
            return Ok(());
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let [kind, ty, path, major] = words.as_slice() else {
            return Err("is not: kind, type, path, major version".to_owned());
        };
        let major = major.parse().map_err(|_| format!("`{major}` is no major version"))?;
        let table = if *kind == "data" { &mut self.data } else { &mut self.resources };
        let mut shape = table.get_mut(*ty).ok_or_else(|| format!("there is no {kind} `{ty}`"))?;
        let (parents, name) =
            path.rsplit_once('.').map_or((None, *path), |(parents, name)| (Some(parents), name));
        for parent in parents.into_iter().flat_map(|parents| parents.split('.')) {
            match shape.get_mut(parent) {
                Some(Field::Block { shape: inner, .. }) => shape = inner,
                _ => return Ok(()),
            }
        }
        shape.entry(name.to_owned()).or_insert(Field::Removed { major });
        Ok(())
    }
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    names: HashMap<String, u16>,
    types: Vec<(u8, u16)>,
    type_index: HashMap<(u8, u16), u16>,
    shapes: Vec<u32>,
    shape_index: HashMap<Vec<u8>, u16>,
}

impl Writer {
    fn facts(mut self, facts: &Facts) -> Result<Vec<u8>, String> {
        self.bytes.resize(MAGIC.len() + header::WORDS * 4, 0);
        let mut names = BTreeSet::new();
        for (ty, shape) in facts.resources.iter().chain(&facts.data) {
            names.insert(ty.as_str());
            collect_names(shape, &mut names);
        }
        let mut words = [0; header::WORDS];
        words[header::VERSION] = self.text(&facts.version)?;
        let places = names.iter().map(|name| self.text(name)).collect::<Result<Vec<u32>, _>>()?;
        words[header::NAMES] = self.words(&places)?;
        words[header::NAME_COUNT] = wide(places.len())?;
        for (index, name) in names.into_iter().enumerate() {
            self.names.insert(name.to_owned(), narrow(index)?);
        }
        let resources = self.table(&facts.resources)?;
        let data = self.table(&facts.data)?;
        words[header::RESOURCES] = self.halves(&resources)?;
        words[header::RESOURCE_COUNT] = wide(facts.resources.len())?;
        words[header::DATA] = self.halves(&data)?;
        words[header::DATA_COUNT] = wide(facts.data.len())?;
        let types: Vec<u16> =
            self.types.iter().flat_map(|(tag, payload)| [u16::from(*tag), *payload]).collect();
        words[header::TYPES] = self.halves(&types)?;
        let shapes = std::mem::take(&mut self.shapes);
        words[header::SHAPES] = self.words(&shapes)?;
        let head = MAGIC.into_iter().chain(words.iter().flat_map(|word| word.to_le_bytes()));
        for (byte, value) in self.bytes.iter_mut().zip(head) {
            *byte = value;
        }
        Ok(self.bytes)
    }

    fn place(&self) -> Result<u32, String> {
        wide(self.bytes.len())
    }

    fn text(&mut self, text: &str) -> Result<u32, String> {
        let place = self.place()?;
        self.bytes.extend(narrow(text.len())?.to_le_bytes());
        self.bytes.extend(text.as_bytes());
        Ok(place)
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

    fn name(&self, name: &str) -> Result<u16, String> {
        self.names.get(name).copied().ok_or_else(|| format!("`{name}` was not collected"))
    }

    /// Name and shape of each type; names ascend as their indexes do.
    fn table(&mut self, table: &BTreeMap<String, Shape>) -> Result<Vec<u16>, String> {
        let mut records = Vec::with_capacity(table.len() * RECORD_BYTES / 2);
        for (ty, shape) in table {
            records.extend([self.name(ty)?, self.shape(shape)?]);
        }
        Ok(records)
    }

    fn shape(&mut self, shape: &Shape) -> Result<u16, String> {
        let mut fields = Vec::new();
        for (name, field) in shape {
            let (flags, detail, payload) = match field {
                Field::Attribute { flags, ty } => (*flags, 0, self.ty(ty)?),
                Field::Block { nesting, shape } => (flag::BLOCK, *nesting, self.shape(shape)?),
                Field::Removed { major } => (flag::REMOVED, *major, 0),
            };
            fields.push((self.name(name)?, flags, detail, payload));
        }
        self.fields(&fields)
    }

    /// The shape with these fields, which are sorted by name.
    fn fields(&mut self, fields: &[(u16, u8, u8, u16)]) -> Result<u16, String> {
        let mut bytes = Vec::with_capacity(2 + fields.len() * FIELD_BYTES);
        bytes.extend(narrow(fields.len())?.to_le_bytes());
        for (name, flags, detail, payload) in fields {
            bytes.extend(name.to_le_bytes());
            bytes.extend([*flags, *detail]);
            bytes.extend(payload.to_le_bytes());
        }
        if let Some(index) = self.shape_index.get(&bytes) {
            return Ok(*index);
        }
        let index = narrow(self.shapes.len())?;
        self.shapes.push(self.place()?);
        self.bytes.extend(&bytes);
        self.shape_index.insert(bytes, index);
        Ok(index)
    }

    fn ty(&mut self, ty: &Type) -> Result<u16, String> {
        let record = match ty {
            Type::Plain(tag) => (*tag, 0),
            Type::Collection(tag, item) => (*tag, self.ty(item)?),
            Type::Object(fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, ty)| Ok((self.name(name)?, flag::OPTIONAL, 0, self.ty(ty)?)))
                    .collect::<Result<Vec<_>, String>>()?;
                (tag::OBJECT, self.fields(&fields)?)
            }
        };
        if let Some(index) = self.type_index.get(&record) {
            return Ok(*index);
        }
        let index = narrow(self.types.len())?;
        self.types.push(record);
        self.type_index.insert(record, index);
        Ok(index)
    }
}

fn collect_names<'a>(shape: &'a Shape, into: &mut BTreeSet<&'a str>) {
    for (name, field) in shape {
        into.insert(name);
        match field {
            Field::Attribute { ty, .. } => collect_type_names(ty, into),
            Field::Block { shape, .. } => collect_names(shape, into),
            Field::Removed { .. } => {}
        }
    }
}

fn collect_type_names<'a>(ty: &'a Type, into: &mut BTreeSet<&'a str>) {
    match ty {
        Type::Plain(_) => {}
        Type::Collection(_, item) => collect_type_names(item, into),
        Type::Object(fields) => {
            for (name, ty) in fields {
                into.insert(name);
                collect_type_names(ty, into);
            }
        }
    }
}

fn narrow(number: usize) -> Result<u16, String> {
    u16::try_from(number).map_err(|_| format!("{number} does not fit into 16 bits"))
}

fn wide(number: usize) -> Result<u32, String> {
    u32::try_from(number).map_err(|_| format!("{number} does not fit into 32 bits"))
}
