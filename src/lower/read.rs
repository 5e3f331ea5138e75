//! The reader all lowering uses: members of an evaluated object as model fields. Null is absent, absent
//! fields are blamed on the enclosing header, unknown ones keep causes, alternatives and known parts.
//!
//! Conversions are Terraform's and lenient (`"256"` is a number, `1` a string): what is of no use at all
//! becomes unknown with an error as cause; saying so to the user is for the shape check.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::model::address::Address;
use crate::model::field::unsupported;
use crate::model::{Field, Items, NotKnown, Open, PatternPart, Reference, State};
use crate::value::{Built, Cause, Causes, Kind, Mapping, Origin, Part, Step, Type, Unknown, Value};

/// Templates nested deeper than this are holes.
const DEEPEST_TEMPLATE: usize = 8;
/// Parts of one string that are looked at.
const MOST_PARTS: usize = 1_000;
/// Known text between two holes beyond this is a hole.
const LONGEST_PATTERN_TEXT: usize = 64 * 1024;
/// References found in one value beyond this are not looked at.
const MOST_TARGETS: usize = 32;
/// Data sources that tell about the caller, not about the thing an ARN names.
const CALLER_DATA: [&str; 6] = [
    "aws_caller_identity",
    "aws_region",
    "aws_partition",
    "aws_availability_zones",
    "aws_availability_zone",
    "aws_default_tags",
];

/// Attributes whose value names the resource itself, not something it belongs to.
const NAMING: [&str; 16] = [
    "id",
    "arn",
    "name",
    "family",
    "arn_without_revision",
    "arn_suffix",
    "repository_url",
    "identifier",
    "cluster_identifier",
    "cluster_name",
    "replication_group_id",
    "allocation_id",
    "secret_id",
    "certificate_arn",
    "name_prefix",
    "unique_id",
];

/// A view on one object.
#[derive(Debug, Clone)]
pub struct Reader {
    value: Value,
    header: Origin,
    any_case: bool,
}

impl Reader {
    /// Reads an object whose own origin is its header: a nested block, a JSON object.
    #[must_use]
    pub fn new(value: Value) -> Self {
        let header = value.origin.clone();
        Self { value, header, any_case: false }
    }

    /// Reads an object whose absent members are blamed on `header`.
    #[must_use]
    pub fn with_header(value: Value, header: Origin) -> Self {
        Self { value, header, any_case: false }
    }

    /// The same object, with keys found in any case (`Image` for `image`), as Go's JSON decoder does.
    #[must_use]
    pub fn any_case(self) -> Self {
        Self { any_case: true, ..self }
    }

    #[must_use]
    pub fn header(&self) -> &Origin {
        &self.header
    }

    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The member `key`; `None` where it is absent or null.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value> {
        match &self.value.kind {
            Kind::Mapping(mapping) => self.entry(mapping, key),
            Kind::Unknown(unknown) => self.alternative_member(unknown, key),
            _ => None,
        }
    }

    fn entry(&self, mapping: &Mapping, key: &str) -> Option<Value> {
        let found = mapping.entries.get(key).or_else(|| {
            self.any_case
                .then(|| mapping.entries.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)))
                .flatten()
                .map(|(_, entry)| entry)
        });
        match (found, &mapping.rest) {
            (Some(entry), Some(rest)) if rest.overrides => {
                let value = self.value.child(&entry.value);
                Some(Value::from_unknown(Unknown::new(rest.causes.clone()), value.origin))
            }
            (Some(entry), _) => Some(self.value.child(&entry.value)).filter(|value| !value.is_null()),
            (None, Some(rest)) => {
                Some(Value::from_unknown(Unknown::new(rest.causes.clone()), self.header.clone()))
            }
            (None, None) => None,
        }
    }

    /// The member of an object that is not known itself, but whose alternatives are.
    fn alternative_member(&self, unknown: &Unknown, key: &str) -> Option<Value> {
        let origin = self.value.origin.clone();
        let mut member = Unknown::new(unknown.causes.clone());
        let objects =
            !unknown.alternatives.is_empty() && unknown.alternatives.iter().all(|v| v.as_mapping().is_some());
        if objects {
            let readers = unknown.alternatives.iter().map(|value| Self {
                value: value.clone(),
                header: self.header.clone(),
                any_case: self.any_case,
            });
            let found: Vec<_> = readers.map(|reader| reader.get(key)).collect();
            if found.iter().all(Option::is_none) {
                return None;
            }
            if let Some(all) = found.into_iter().collect::<Option<Vec<_>>>() {
                member.alternatives = all;
            }
        }
        Some(self.value.child(&Value::from_unknown(member, origin)))
    }

    /// Names of the members that are written and not null, in order.
    #[must_use]
    pub fn keys(&self) -> Vec<Arc<str>> {
        let entries = self.value.as_mapping().into_iter().flat_map(|mapping| &mapping.entries);
        entries.filter(|(_, entry)| !entry.value.is_null()).map(|(key, _)| key.clone()).collect()
    }

    pub(crate) fn convert<T>(
        &self,
        key: &str,
        convert: impl Fn(&Value) -> Result<T, &'static str>,
    ) -> Field<T> {
        match self.get(key) {
            Some(value) => field(&value, &self.header, convert),
            None => Field::absent(self.header.clone()),
        }
    }

    #[must_use]
    pub fn string(&self, key: &str) -> Field<String> {
        self.convert(key, text_of)
    }

    #[must_use]
    pub fn integer(&self, key: &str) -> Field<i64> {
        self.convert(key, integer_of)
    }

    #[must_use]
    pub fn boolean(&self, key: &str) -> Field<bool> {
        self.convert(key, boolean_of)
    }

    #[must_use]
    pub fn decimal(&self, key: &str) -> Field<Decimal> {
        self.convert(key, decimal_of)
    }

    /// What `key` refers to; of several resources in the value's way the first whose type is in `wanted` counts.
    #[must_use]
    pub fn reference(&self, key: &str, wanted: &[&str]) -> Field<Reference> {
        self.get(key).map_or_else(
            || Field::absent(self.header.clone()),
            |value| reference(&value, &self.header, wanted),
        )
    }

    /// Whether `key` has a value; an empty block list has none.
    #[must_use]
    pub fn present(&self, key: &str) -> Field<()> {
        self.block(key, |_| ())
    }

    #[must_use]
    pub fn strings(&self, key: &str) -> Items<Field<String>> {
        self.items(key, |value| field(&value, &self.header, text_of))
    }

    #[must_use]
    pub fn references(&self, key: &str, wanted: &[&str]) -> Items<Field<Reference>> {
        let mut lists = Causes::none();
        let mut read = self.items(key, |value| match list_causes(&value) {
            Some(causes) => Err(causes),
            None => Ok(reference(&value, &self.header, wanted)),
        });
        let mut items = Vec::new();
        for item in std::mem::take(&mut read.items) {
            match item {
                Ok(item) => items.push(item),
                Err(causes) => lists = lists.and(&causes),
            }
        }
        let mut open = read.open.map(|open| Open {
            causes: open.causes,
            template: open.template.and_then(|item| item.ok()).map(Box::new),
        });
        if !lists.is_empty() {
            let causes = open.map_or_else(Causes::none, |open| open.causes).and(&lists);
            open = Some(Open { causes, template: None });
        }
        Items { items, open, origin: read.origin, absent: read.absent }
    }

    /// The objects under `key`: nested blocks, or a list of objects.
    pub fn blocks<T>(&self, key: &str, read: impl Fn(Reader) -> T) -> Items<T> {
        self.items(key, |value| read(Reader { any_case: self.any_case, ..Reader::new(value) }))
    }

    /// Places of the objects under `key`.
    #[must_use]
    pub fn places(&self, key: &str) -> Items<Origin> {
        self.items(key, |value| value.origin)
    }

    /// The one object under `key`: a block that may stand at most once, or an object.
    pub fn block<T>(&self, key: &str, read: impl Fn(Reader) -> T) -> Field<T> {
        let Some(value) = self.get(key) else { return Field::absent(self.header.clone()) };
        let read = |value: Value| read(Reader { any_case: self.any_case, ..Reader::new(value) });
        match &value.kind {
            Kind::Sequence(sequence) => match (sequence.items.first(), &sequence.rest) {
                (Some(_), _) => self.first_item(&value, read),
                (None, Some(rest)) => Field::unknown(rest.causes.clone(), value.origin.clone()),
                (None, None) => Field::absent(self.header.clone()),
            },
            _ => field(&value, &self.header, |value| Ok(read(value.clone()))),
        }
    }

    /// A reader of the one object under `key`, for fields that are kept flat. Where it is absent, all of its
    /// fields are absent and blamed on this object.
    #[must_use]
    pub fn within(&self, key: &str) -> Reader {
        let reader = |value: Value, header: Origin| Reader { value, header, any_case: self.any_case };
        let Some(value) = self.get(key) else {
            return reader(Value::null(self.header.clone()), self.header.clone());
        };
        let Some(sequence) = value.as_sequence() else {
            let header = value.origin.clone();
            return reader(value, header);
        };
        match (value.item(0), &sequence.rest) {
            (Some(item), _) => {
                let header = item.origin.clone();
                reader(item, header)
            }
            (None, Some(rest)) => {
                let unknown = Value::from_unknown(Unknown::new(rest.causes.clone()), value.origin.clone());
                reader(unknown, self.header.clone())
            }
            (None, None) => reader(Value::null(self.header.clone()), self.header.clone()),
        }
    }

    /// Where the member `key` is named: its key, else its value.
    #[must_use]
    pub fn place(&self, key: &str) -> Option<Origin> {
        let value = self.get(key)?;
        let entry = self.value.as_mapping().and_then(|mapping| mapping.entries.get(key));
        let span = entry.and_then(|entry| entry.key_span).unwrap_or(value.origin.span);
        Some(Origin { span, via: value.origin.via })
    }

    fn first_item<T>(&self, list: &Value, read: impl Fn(Value) -> T) -> Field<T> {
        match list.item(0) {
            Some(item) if !item.is_null() => field(&item, &self.header, |value| Ok(read(value.clone()))),
            _ => Field::absent(self.header.clone()),
        }
    }

    /// The list under `key`; nulls in it do not count, as the provider drops them.
    pub fn items<T>(&self, key: &str, convert: impl Fn(Value) -> T) -> Items<T> {
        match self.get(key) {
            Some(value) => items(&value, convert),
            None => Items::absent(self.header.clone()),
        }
    }

    /// The members of the map under `key`, in order of name.
    pub fn entries<T>(&self, key: &str, convert: impl Fn(&Arc<str>, Value) -> T) -> Items<T> {
        let Some(map) = self.get(key) else { return Items::absent(self.header.clone()) };
        match &map.kind {
            Kind::Mapping(mapping) => {
                let reader = Self { any_case: false, ..Self::new(map.clone()) };
                let read = |key: &Arc<str>| Some(convert(key, reader.get(key)?));
                let open =
                    mapping.rest.as_ref().map(|rest| Open { causes: rest.causes.clone(), template: None });
                Items {
                    items: mapping.entries.keys().filter_map(read).collect(),
                    open,
                    origin: map.origin.clone(),
                    absent: false,
                }
            }
            Kind::Unknown(unknown) => Items::unknown(unknown.causes.clone(), map.origin.clone()),
            _ => Items::unknown(wrong("a map is required"), map.origin.clone()),
        }
    }

    /// A map of texts, as far as known: tags. And why there may be more of them.
    #[must_use]
    pub fn text_map(&self, key: &str) -> (BTreeMap<Arc<str>, Field<String>>, Causes) {
        let entries = self.entries(key, |key, value| (key.clone(), field(&value, &self.header, text_of)));
        let causes = entries.causes();
        (entries.items.into_iter().collect(), causes)
    }
}

/// Why it is not known how many items a list inside a list stands for: Terraform 0.11 flattened it, later versions
/// refuse it. `None` for a value that is no list.
fn list_causes(value: &Value) -> Option<Causes> {
    match &value.kind {
        Kind::Sequence(_) => Some(wrong("a list inside a list")),
        Kind::Unknown(unknown) if matches!(unknown.ty, Type::List(_) | Type::Set(_) | Type::Tuple(_)) => {
            Some(unknown.causes.clone())
        }
        _ => None,
    }
}

fn wrong(message: &str) -> Causes {
    Causes::one(Cause::Error { message: Arc::from(message) })
}

/// Why a value that does not convert is not known: another tool may still replace it.
fn refused(value: &Value, message: &str) -> Causes {
    match value.as_str().filter(|text| !value.sensitive && is_placeholder(text)) {
        Some(text) => unsupported(format!("the placeholder {}", text.trim())),
        None => wrong(message),
    }
}

/// `<TASK_CPU>`, `${TASK_CPU}`, `{{ cpu }}`, `%CPU%`, `__CPU__`: a whole text in the marks of a template.
fn is_placeholder(text: &str) -> bool {
    const MARKS: [(&str, &str); 5] = [("<", ">"), ("${", "}"), ("{{", "}}"), ("%", "%"), ("__", "__")];
    let text = text.trim();
    let inside = |(open, close): &(&str, &str)| text.strip_prefix(open)?.strip_suffix(close);
    MARKS.iter().any(|marks| inside(marks).is_some_and(|name| !name.is_empty()))
}

/// One value as a field. `header` is blamed where it is null.
pub(crate) fn field<T>(
    value: &Value,
    header: &Origin,
    convert: impl Fn(&Value) -> Result<T, &'static str>,
) -> Field<T> {
    let origin = value.origin.clone();
    let state = match &value.kind {
        Kind::Null(_) => return Field::absent(header.clone()),
        Kind::Unknown(unknown) => State::unknown(not_known(value, unknown, convert)),
        _ => match convert(value) {
            Ok(known) => State::Known(known),
            Err(message) => State::unknown(NotKnown {
                causes: refused(value, message),
                alternatives: Vec::new(),
                pattern: None,
                not_null: true,
            }),
        },
    };
    Field { state, origin, sensitive: value.sensitive }
}

fn not_known<T>(
    value: &Value,
    unknown: &Unknown,
    convert: impl Fn(&Value) -> Result<T, &'static str>,
) -> NotKnown<T> {
    // One alternative that is null or of no use makes the list incomplete.
    let alternatives = unknown
        .alternatives
        .iter()
        .map(|part| match part.kind {
            Kind::Null(_) | Kind::Unknown(_) => None,
            _ => convert(&value.child(part)).ok(),
        })
        .collect::<Option<Vec<T>>>()
        .unwrap_or_default();
    NotKnown {
        causes: unknown.causes.clone(),
        alternatives,
        pattern: pattern(unknown),
        not_null: unknown.not_null,
    }
}

/// One value as a list.
pub(crate) fn items<T>(value: &Value, convert: impl Fn(Value) -> T) -> Items<T> {
    let origin = value.origin.clone();
    match &value.kind {
        Kind::Null(_) => Items::absent(origin),
        Kind::Sequence(sequence) => {
            let known = sequence.items.iter().map(|item| value.child(item)).filter(|item| !item.is_null());
            let open = sequence.rest.as_ref().map(|rest| Open {
                causes: rest.causes.clone(),
                template: rest.template.as_ref().map(|item| Box::new(convert(value.child(item)))),
            });
            Items { items: known.map(&convert).collect(), open, origin, absent: false }
        }
        Kind::Mapping(_) => Items::known(vec![convert(value.clone())], origin),
        Kind::Unknown(unknown) => {
            let template = only_alternative(unknown).map(|item| Box::new(convert(value.child(item))));
            let open = Some(Open { causes: unknown.causes.clone(), template });
            Items { items: Vec::new(), open, origin, absent: false }
        }
        Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {
            Items::unknown(wrong("a list is required"), origin)
        }
    }
}

/// `cond ? [x] : []`: whatever the condition, an item looks like `x`.
fn only_alternative(unknown: &Unknown) -> Option<&Value> {
    let mut items = Vec::new();
    for alternative in &unknown.alternatives {
        let sequence = alternative.as_sequence()?;
        if sequence.rest.is_some() {
            return None;
        }
        items.extend(&sequence.items);
    }
    match items.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

pub(crate) fn text_of(value: &Value) -> Result<String, &'static str> {
    match &value.kind {
        Kind::String(text) => Ok(text.as_str().to_owned()),
        Kind::Number(number) => Ok(number.to_string()),
        Kind::Bool(value) => Ok(value.to_string()),
        _ => Err("a string is required"),
    }
}

pub(crate) fn integer_of(value: &Value) -> Result<i64, &'static str> {
    let whole = match &value.kind {
        Kind::Number(number) => number.to_i64(),
        Kind::String(text) => text.as_str().trim().parse().ok(),
        _ => None,
    };
    whole.ok_or("a whole number is required")
}

fn boolean_of(value: &Value) -> Result<bool, &'static str> {
    match &value.kind {
        Kind::Bool(value) => Ok(*value),
        Kind::String(text) => match text.as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err("a boolean is required"),
        },
        _ => Err("a boolean is required"),
    }
}

fn decimal_of(value: &Value) -> Result<Decimal, &'static str> {
    let number = match &value.kind {
        Kind::Number(number) => number.to_decimal(),
        Kind::String(text) => text.as_str().trim().parse().ok(),
        _ => None,
    };
    number.ok_or("a number is required")
}

/// What a value refers to: by identity where it was read from a resource, else by its text.
pub(crate) fn reference(value: &Value, header: &Origin, wanted: &[&str]) -> Field<Reference> {
    let origin = value.origin.clone();
    let state = match &value.kind {
        Kind::Null(_) => return Field::absent(header.clone()),
        Kind::Unknown(unknown) => {
            let choices = unknown.alternatives.iter().map(|part| named(&value.child(part), wanted));
            let alternatives = choices.collect::<Option<Vec<_>>>().unwrap_or_default();
            let pattern = pattern(unknown);
            match target(value, wanted) {
                Some(target) if unknown.alternatives.is_empty() => {
                    let data_sources = data_sources(value);
                    State::Known(Reference { target: Some(target), text: None, pattern, data_sources })
                }
                _ => State::unknown(NotKnown {
                    causes: unknown.causes.clone(),
                    alternatives,
                    pattern,
                    not_null: unknown.not_null,
                }),
            }
        }
        _ => match named(value, wanted) {
            // The provider takes an empty name or ARN for one that is not set.
            Some(Reference { target: None, text: Some(text), .. }) if text.is_empty() => State::Absent,
            Some(reference) => State::Known(reference),
            None => return Field::unknown(wrong("a string is required"), origin),
        },
    };
    Field { state, origin, sensitive: value.sensitive }
}

/// A reference that says something: an identity or a text.
fn named(value: &Value, wanted: &[&str]) -> Option<Reference> {
    let target = target(value, wanted);
    let text = text_of(value).ok().map(Arc::from);
    let pattern = value.as_unknown().and_then(pattern);
    let data_sources = data_sources(value);
    (target.is_some() || text.is_some()).then_some(Reference { target, text, pattern, data_sources })
}

/// Data sources among what a value was made from, its causes included.
fn data_sources(value: &Value) -> Arc<[Arc<str>]> {
    let mut found: Vec<Arc<str>> = Vec::new();
    let named = targets(value).into_iter().map(|(address, _)| address);
    let causes = value.causes();
    let read = causes.iter().filter_map(|cause| match cause {
        Cause::Data { address, .. } => Some(address.clone()),
        _ => None,
    });
    for address in named.chain(read).filter(|address| Address::parse(address).data) {
        if !found.contains(&address) {
            found.push(address);
        }
    }
    found.into()
}

/// The resource a value was read from, with the attribute: the first of a wanted type that its attribute
/// names (a managed one before a data source), else the outermost one in the value's own way, else the one
/// its only cause names.
fn target(value: &Value, wanted: &[&str]) -> Option<(Arc<str>, Arc<str>)> {
    let found = targets(value);
    let is_wanted = |(address, attribute): &&(Arc<str>, Arc<str>)| {
        wanted.contains(&Address::parse(address).ty) && NAMING.contains(&&**attribute)
    };
    let is_managed = |(address, _): &&(Arc<str>, Arc<str>)| !Address::parse(address).data;
    if let Some(first) =
        found.iter().filter(is_wanted).find(is_managed).or_else(|| found.iter().find(is_wanted))
    {
        return Some(first.clone());
    }
    if let Some((address, attribute)) = value.origin.attribute().filter(|(address, _)| !tells_caller(address))
    {
        return Some((address.clone(), attribute.clone()));
    }
    // A part of a template is not what the whole names.
    let is_template = value.as_unknown().is_none_or(|unknown| unknown.built.is_some());
    match found.as_slice() {
        [only] if !is_template => Some(only.clone()),
        _ => None,
    }
}

/// Every resource attribute a value was made from: its way, the holes of its template, its only cause.
pub(crate) fn targets(value: &Value) -> Vec<(Arc<str>, Arc<str>)> {
    let mut found = Vec::new();
    collect_targets(value, 0, &mut { MOST_PARTS }, &mut found);
    found
}

/// `budget` counts down the values that may still be looked at: templates may share parts many times over.
fn collect_targets(value: &Value, depth: usize, budget: &mut usize, into: &mut Vec<(Arc<str>, Arc<str>)>) {
    let Some(left) = budget.checked_sub(1) else { return };
    *budget = left;
    for via in value.origin.steps() {
        if let Step::Attribute { address, attribute } = &via.step {
            add_target(address, attribute, into);
        }
    }
    let built = match &value.kind {
        Kind::String(text) => text.built.as_deref(),
        Kind::Unknown(unknown) => unknown.built.as_deref(),
        _ => None,
    };
    if let (Some(Built::Template(parts)), true) = (built, depth < DEEPEST_TEMPLATE) {
        for part in parts {
            if let Part::Hole(hole) = part {
                collect_targets(hole, depth + 1, budget, into);
            }
        }
    }
    if let Some(Cause::Computed { address, attribute } | Cause::Data { address, attribute }) =
        value.as_unknown().and_then(only_cause)
    {
        add_target(address, attribute, into);
    }
}

/// The cause of an unknown that is no choice between several values.
fn only_cause(unknown: &Unknown) -> Option<&Cause> {
    let mut causes = unknown.causes.iter();
    let first = causes.next()?;
    (causes.next().is_none() && unknown.alternatives.is_empty()).then_some(first)
}

fn add_target(address: &Arc<str>, attribute: &Arc<str>, into: &mut Vec<(Arc<str>, Arc<str>)>) {
    let known = |(of, name): &(Arc<str>, Arc<str>)| of == address && name == attribute;
    if into.len() < MOST_TARGETS && !tells_caller(address) && !into.iter().any(known) {
        into.push((address.clone(), attribute.clone()));
    }
}

fn tells_caller(address: &str) -> bool {
    let address = Address::parse(address);
    address.data && CALLER_DATA.contains(&address.ty)
}

/// Known and unknown parts of a string.
pub(crate) fn pattern(unknown: &Unknown) -> Option<Arc<[PatternPart]>> {
    let mut pattern = Pattern { parts: Vec::new(), text: String::new(), budget: MOST_PARTS };
    match (unknown.built.as_deref(), &unknown.prefix) {
        (Some(Built::Template(template)), _) => pattern.template(template, 0),
        (_, Some(prefix)) => {
            pattern.text(prefix);
            pattern.hole();
        }
        _ => return None,
    }
    Some(pattern.finish())
}

/// A pattern under construction.
struct Pattern {
    parts: Vec<PatternPart>,
    /// Known text since the last hole.
    text: String,
    /// Parts that may still be read; what comes after is one hole.
    budget: usize,
}

impl Pattern {
    fn template(&mut self, template: &[Part], depth: usize) {
        for part in template {
            let Some(left) = self.budget.checked_sub(1) else { return };
            self.budget = left;
            match part {
                Part::Literal { text, .. } => self.text(text),
                Part::Hole(hole) => match (&hole.kind, text_of(hole)) {
                    (_, Ok(text)) => self.text(&text),
                    (Kind::Unknown(unknown), _) => match (unknown.built.as_deref(), &unknown.prefix) {
                        (Some(Built::Template(inner)), _) if depth < DEEPEST_TEMPLATE => {
                            self.template(inner, depth + 1);
                        }
                        (_, Some(prefix)) => {
                            self.text(prefix);
                            self.hole();
                        }
                        _ => self.hole(),
                    },
                    _ => self.hole(),
                },
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.text.len() + text.len() > LONGEST_PATTERN_TEXT {
            self.budget = 0;
        } else {
            self.text.push_str(text);
        }
    }

    fn hole(&mut self) {
        self.end_text();
        if self.parts.last() != Some(&PatternPart::Hole) {
            self.parts.push(PatternPart::Hole);
        }
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(PatternPart::Known(Arc::from(std::mem::take(&mut self.text))));
        }
    }

    fn finish(mut self) -> Arc<[PatternPart]> {
        if self.budget == 0 {
            self.hole()
        } else {
            self.end_text()
        }
        self.parts.into()
    }
}
