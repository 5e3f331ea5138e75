//! `after` with what `after_unknown` and `after_sensitive` say of it, as one value. Where an unknown value points
//! to is asked of [`super::links`].

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::super::provider::{Fact, Nesting, TypeFacts};
use super::links::{self, Target};
use crate::source::{FileId, Span};
use crate::syntax::tree::{Node, NodeKind};
use crate::value::{
    Built, Cause, Causes, Entries, Entry, Kind, Number, Origin, Part, Rest, Sequence, Step, Text, Unknown,
    Value,
};

/// A mask of the plan: which parts of a value are marked. `Nothing` is also what a mask does not mention.
#[derive(Debug, Default)]
pub(super) enum Mask {
    #[default]
    Nothing,
    /// With the place of the mark.
    Whole(Span),
    List(Vec<Mask>),
    Map(HashMap<Arc<str>, Mask>),
}

static NOTHING: Mask = Mask::Nothing;

impl Mask {
    pub(super) fn of(node: &Node, base: usize) -> Self {
        match &node.kind {
            NodeKind::Bool(true) => Self::Whole(moved(node.span, base)),
            NodeKind::List(items) => Self::List(items.iter().map(|item| Self::of(item, base)).collect()),
            NodeKind::Map(members) => Self::Map(
                members.iter().map(|member| (member.key.clone(), Self::of(&member.value, base))).collect(),
            ),
            _ => Self::Nothing,
        }
    }

    fn member(&self, key: &str) -> &Mask {
        match self {
            Self::Map(members) => members.get(key).unwrap_or(&NOTHING),
            _ => &NOTHING,
        }
    }

    fn item(&self, index: usize) -> &Mask {
        match self {
            Self::List(items) => items.get(index).unwrap_or(&NOTHING),
            _ => &NOTHING,
        }
    }

    fn items(&self) -> &[Mask] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// Place of a mark in it, at any depth; `None` where it marks nothing.
    fn mark(&self) -> Option<Span> {
        match self {
            Self::Nothing => None,
            Self::Whole(span) => Some(*span),
            Self::List(items) => items.iter().find_map(Self::mark),
            Self::Map(members) => members.values().filter_map(Self::mark).min(),
        }
    }
}

/// A span in a part of the document as a span of the document.
pub(super) fn moved(span: Span, base: usize) -> Span {
    Span::new(span.file, span.start as usize + base..span.end as usize + base)
}

/// What a configuration says of the arguments of one object: a resource or nested block.
#[derive(Clone, Copy)]
pub(super) enum Written<'a> {
    /// One or more blocks; an argument counts as written if one of them has it.
    Blocks(&'a [Json]),
    Arguments(&'a Map<String, Json>),
    /// Nothing is known of it: a dynamic block, a map.
    Unsaid,
}

impl<'a> Written<'a> {
    fn argument(self, key: &str) -> Option<&'a Json> {
        match self {
            Self::Blocks(blocks) => blocks.iter().find_map(|block| block.as_object()?.get(key)),
            Self::Arguments(arguments) => arguments.get(key),
            Self::Unsaid => None,
        }
    }

    /// Whether the configuration certainly leaves the argument out.
    fn lacks(self, key: &str) -> bool {
        !matches!(self, Self::Unsaid) && self.argument(key).is_none()
    }
}

/// Short texts that were met before, each kept once: a plan says the same names and values for every resource, and
/// JSON in a string falls into a part at each of its escapes.
#[derive(Debug, Default)]
pub(super) struct Words(RefCell<HashSet<Arc<str>>>);

impl Words {
    /// Longer texts, in bytes, are hardly ever the same.
    const LONGEST: usize = 48;

    fn shared(&self, text: &str) -> Arc<str> {
        if text.len() > Self::LONGEST {
            return Arc::from(text);
        }
        let mut words = self.0.borrow_mut();
        if let Some(known) = words.get(text) {
            return known.clone();
        }
        let word = Arc::<str>::from(text);
        words.insert(word.clone());
        word
    }

    /// The same text, kept once.
    fn same(&self, text: &Arc<str>) -> Arc<str> {
        if text.len() > Self::LONGEST { text.clone() } else { self.shared(text) }
    }
}

/// Merges the parts of one resource.
pub(super) struct Merge<'a> {
    pub(super) file: FileId,
    /// Where the text of the values starts in the document.
    pub(super) base: usize,
    pub(super) text: &'a str,
    pub(super) address: &'a Arc<str>,
    pub(super) header: Span,
    /// What the provider says of the resource's type.
    pub(super) facts: Option<TypeFacts>,
    /// The attribute each known ARN and typed id belongs to.
    pub(super) known: &'a HashMap<Arc<str>, Target>,
    pub(super) targets: &'a dyn Fn(&Json) -> Vec<Target>,
    pub(super) words: &'a Words,
    /// What an unknown part refers to of which no expression says it.
    pub(super) otherwise: &'a [Target],
}

impl Merge<'_> {
    /// The arguments of the resource. What is computed and not written is left out, as are empty block lists.
    pub(super) fn body(&self, after: &Node, unknown: &Mask, sensitive: &Mask, written: Written<'_>) -> Value {
        if let Mask::Whole(span) = unknown {
            return self.unknown(*span, &[], "");
        }
        self.object(after, unknown, sensitive, written, self.facts, "")
    }

    /// A known value.
    pub(super) fn any(&self, node: &Node) -> Value {
        self.value(node, &NOTHING, &NOTHING, None, None, "value")
    }

    /// The value of an output, and the expression it is made from.
    pub(super) fn output(&self, node: &Node, unknown: &Mask, sensitive: &Mask, from: Option<&Json>) -> Value {
        self.value(node, unknown, sensitive, from, None, "")
    }

    fn object(
        &self,
        node: &Node,
        unknown: &Mask,
        sensitive: &Mask,
        written: Written<'_>,
        facts: Option<TypeFacts>,
        path: &str,
    ) -> Value {
        let inside = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let mut entries = Entries::new();
        for member in node.members() {
            let key = &*member.key;
            let mask = unknown.member(key);
            let empty = member.value.items().is_empty() && matches!(member.value.kind, NodeKind::List(_));
            let nothing = matches!(member.value.kind, NodeKind::Null) || empty;
            if nothing && mask.mark().is_none() && written.lacks(key) {
                continue;
            }
            if matches!(mask, Mask::Whole(_)) && written.lacks(key) && is_computed(facts, key) {
                continue;
            }
            let place = Some(moved(member.key_span, self.base));
            let value = self.value(
                &member.value,
                mask,
                sensitive.member(key),
                written.argument(key),
                inside_of(facts, key),
                &inside(key),
            );
            let fact = facts.and_then(|facts| facts.get(key));
            let value = without_stand_ins(value, fact.as_ref(), written.lacks(key));
            entries.insert(self.words.same(&member.key), Entry { key_span: place, value });
        }
        if let Mask::Map(members) = unknown {
            for (key, mask) in members {
                let Some(span) = mask.mark().filter(|_| !entries.contains_key(key)) else { continue };
                if written.lacks(key) && is_computed(facts, key) {
                    continue;
                }
                let targets = written.argument(key).map(self.targets).unwrap_or_default();
                let mut value = self.unknown(span, &targets, &inside(key));
                value.sensitive = matches!(sensitive.member(key), Mask::Whole(_));
                entries.insert(key.clone(), Entry { key_span: None, value });
            }
        }
        let span = if path.is_empty() { self.header } else { moved(node.span, self.base) };
        // An object is blamed by its bracket: the report then shows its start, not all of it.
        let start = if path.is_empty() {
            span
        } else {
            Span { end: span.start.saturating_add(1).min(span.end), ..span }
        };
        Value::object(entries, Origin::at(start))
    }

    fn value(
        &self,
        node: &Node,
        unknown: &Mask,
        sensitive: &Mask,
        written: Option<&Json>,
        facts: Option<TypeFacts>,
        path: &str,
    ) -> Value {
        let mut value = match (unknown, &node.kind) {
            (Mask::Whole(span), _) => {
                self.unknown(*span, &written.map(self.targets).unwrap_or_default(), path)
            }
            (_, NodeKind::Map(_)) => {
                let inside = match written {
                    Some(Json::Array(blocks)) => Written::Blocks(blocks),
                    Some(Json::Object(block)) if !is_expression(block) => Written::Arguments(block),
                    _ => Written::Unsaid,
                };
                self.object(node, unknown, sensitive, inside, facts, path)
            }
            (_, NodeKind::List(items)) => self.list(node, items, unknown, sensitive, written, facts, path),
            (_, NodeKind::String(text)) => self.string(text, moved(node.span, self.base)),
            (_, NodeKind::Number(text)) => {
                let origin = Origin::at(moved(node.span, self.base));
                match text.parse::<Number>() {
                    Ok(number) => Value::number(number, origin),
                    Err(_) => Value::string(text.clone(), origin),
                }
            }
            (_, NodeKind::Bool(value)) => Value::bool(*value, Origin::at(moved(node.span, self.base))),
            (mask, NodeKind::Null | NodeKind::Broken(_)) => match mask.mark() {
                Some(span) => self.unknown(span, &written.map(self.targets).unwrap_or_default(), path),
                None => Value::null(Origin::at(moved(node.span, self.base))),
            },
        };
        value.sensitive |= matches!(sensitive, Mask::Whole(_));
        value
    }

    #[allow(clippy::too_many_arguments)]
    fn list(
        &self,
        node: &Node,
        items: &[Node],
        unknown: &Mask,
        sensitive: &Mask,
        written: Option<&Json>,
        facts: Option<TypeFacts>,
        path: &str,
    ) -> Value {
        // The targets of a list's expression are those of its unknown items, where their numbers agree.
        let masks = unknown.items();
        let count = masks.iter().filter(|mask| matches!(mask, Mask::Whole(_))).count();
        let targets = if count > 0 { written.map(self.targets).unwrap_or_default() } else { Vec::new() };
        let mut next = targets.iter();
        let mut of_item = || -> &[Target] {
            match targets.len() {
                1 => &targets,
                all if all == count => next.next().map(std::slice::from_ref).unwrap_or_default(),
                _ => &[],
            }
        };
        // Dynamic blocks stand beside those that the configuration lists: what they set is not said.
        let written = written.filter(|written| {
            written.as_array().is_none_or(|blocks| blocks.len() == items.len().max(masks.len()))
        });
        let mut values = Vec::with_capacity(items.len().max(masks.len()));
        for at in 0..items.len().max(masks.len()) {
            let mask = unknown.item(at);
            let value = match (mask, items.get(at)) {
                (Mask::Whole(span), _) => {
                    let own = of_item();
                    if own.is_empty() && !targets.is_empty() {
                        let origin = Origin::at(*span);
                        Value::from_unknown(Unknown::new(causes_of(&targets)), origin)
                    } else {
                        self.unknown(*span, own, path)
                    }
                }
                (_, Some(item)) => self.value(item, mask, sensitive.item(at), written, facts, path),
                (mask, None) => match mask.mark() {
                    Some(span) => self.unknown(span, &targets, path),
                    None => continue,
                },
            };
            values.push(value);
        }
        let mut list = Value::tuple(values, Origin::at(moved(node.span, self.base)));
        list.sensitive = matches!(sensitive, Mask::Whole(_));
        list
    }

    /// A known string. One that holds JSON is taken apart at its escapes, so that places inside it are found;
    /// an ARN or id of a planned resource is known for what it names.
    fn string(&self, text: &Arc<str>, span: Span) -> Value {
        let looks_like_json = text.trim_start().starts_with(['{', '[']);
        let plain = Value::new(Kind::String(Text::plain(self.words.same(text))), Origin::at(span));
        if looks_like_json {
            return match self.parts(text, span) {
                Some(parts) => {
                    let built = Text::built(text.clone(), Built::Template(parts));
                    Value::new(Kind::String(built), Origin::at(span))
                }
                None => plain,
            };
        }
        match self.known.get(text) {
            Some(target) if target.address != *self.address => plain.via(target.step(), span),
            _ => plain,
        }
    }

    /// The string's text in runs that stand in the document as they are, and its escapes. `None` where that does
    /// not give the text, or it has more parts than are worth it.
    fn parts(&self, text: &str, span: Span) -> Option<Vec<Part>> {
        const MOST: usize = 100_000;
        let start = span.start as usize - self.base + 1;
        let written = self.text.get(start..(span.end as usize - self.base).checked_sub(1)?)?;
        // An escape and the run before it, and the last run: parts are large, and most of them stay until the end.
        let escapes = written.bytes().filter(|byte| *byte == b'\\').count();
        let mut parts = Vec::with_capacity((2 * escapes + 1).min(MOST));
        let mut rest = text;
        let mut at = 0;
        let mut add = |length: usize, from: usize, to: usize, rest: &mut &str| -> Option<()> {
            let (part, after) = rest.split_at_checked(length)?;
            *rest = after;
            if length > 0 {
                let place = self.base + start;
                let span = Span::new(self.file, place + from..place + to);
                parts.push(Part::Literal { text: self.words.shared(part), span });
            }
            (parts.len() <= MOST).then_some(())
        };
        while let Some(run) = written.get(at..)?.find('\\') {
            add(run, at, at + run, &mut rest)?;
            at += run;
            let escape = match written.as_bytes().get(at + 1)? {
                b'u' => {
                    let sign = rest.chars().next()?;
                    if u32::from(sign) > 0xFFFF { 12 } else { 6 }
                }
                _ => 2,
            };
            let sign = rest.chars().next()?.len_utf8();
            add(sign, at, at + escape, &mut rest)?;
            at += escape;
        }
        let last = written.len().checked_sub(at)?;
        add(last, at, written.len(), &mut rest)?;
        rest.is_empty().then_some(parts)
    }

    /// An unknown value with what it refers to. Several resources of different types stand beside each other as
    /// the holes of a template; of several of one type none is chosen.
    fn unknown(&self, span: Span, targets: &[Target], path: &str) -> Value {
        let origin = Origin::at(span);
        let targets = if targets.is_empty() { self.otherwise } else { targets };
        let Some(first) = targets.first() else {
            let attribute = path.split('.').next().unwrap_or(path).into();
            return Value::unknown(Cause::Computed { address: self.address.clone(), attribute }, origin);
        };
        if targets.iter().all(|target| target.address == first.address) {
            let naming =
                targets.iter().find(|target| links::names_itself(&target.attribute)).unwrap_or(first);
            return Value::unknown(naming.cause(), origin).via(naming.step(), span);
        }
        let mut unknown = Unknown::new(causes_of(targets));
        let mut types: Vec<&str> = targets.iter().map(Target::ty).collect();
        types.sort_unstable();
        let before = types.len();
        types.dedup();
        if types.len() == before {
            let hole = |target: &Target| {
                Part::hole(Value::unknown(target.cause(), Origin::at(span)).via(target.step(), span))
            };
            unknown.built = Some(Arc::new(Built::Template(targets.iter().map(hole).collect())));
        }
        Value::from_unknown(unknown, origin)
    }
}

impl Target {
    pub(super) fn step(&self) -> Step {
        Step::Attribute { address: self.address.clone(), attribute: self.attribute.clone() }
    }

    pub(super) fn cause(&self) -> Cause {
        let (address, attribute) = (self.address.clone(), self.attribute.clone());
        if self.data { Cause::Data { address, attribute } } else { Cause::Computed { address, attribute } }
    }
}

fn causes_of(targets: &[Target]) -> Causes {
    let mut causes = Causes::none();
    targets.iter().for_each(|target| causes.add(target.cause()));
    causes
}

/// What the provider says of the object in an argument or block.
fn inside_of(facts: Option<TypeFacts>, name: &str) -> Option<TypeFacts> {
    match facts?.get(name)? {
        Fact::Block(block) => Some(block.content),
        Fact::Attribute(_) | Fact::Removed => None,
    }
}

/// Whether an unknown argument that the configuration does not list is not set: the provider computes it. An
/// unknown block may be one that a dynamic block writes: a plan's configuration does not list those.
fn is_computed(facts: Option<TypeFacts>, name: &str) -> bool {
    matches!(facts.and_then(|facts| facts.get(name)),
        Some(Fact::Attribute(fact)) if fact.computed && !fact.may_be_blocks())
}

/// The value of an argument or block without what Terraform plans for a dynamic block of unknown length: an
/// attribute that is written as blocks gets one object, and a block that stands alone itself, of which
/// everything that is set is unknown. There may be none of it, or many.
fn without_stand_ins(mut value: Value, fact: Option<&Fact>, lacks: bool) -> Value {
    match fact {
        Some(Fact::Attribute(attribute)) if attribute.may_be_blocks() => {
            let Kind::Sequence(sequence) = &value.kind else { return value };
            let (stand_ins, items): (Vec<Value>, Vec<Value>) =
                sequence.items.iter().cloned().partition(is_stand_in);
            let mut causes = Causes::none();
            stand_ins.iter().for_each(|item| causes.add_all(&item.causes()));
            let template = match <[Value; 1]>::try_from(stand_ins) {
                Ok([only]) => Some(only),
                Err(none) if none.is_empty() => return value,
                Err(_) => None,
            };
            let rest = Some(Arc::new(Rest { causes, template, overrides: false }));
            value.kind = Kind::Sequence(Arc::new(Sequence { kind: sequence.kind.clone(), items, rest }));
            value
        }
        Some(Fact::Block(block)) if block.nesting == Nesting::Single && lacks && is_stand_in(&value) => {
            Value {
                kind: Value::from_unknown(Unknown::new(value.causes()), value.origin.clone()).kind,
                ..value
            }
        }
        _ => value,
    }
}

/// Whether everything that is set in an object is unknown.
fn is_stand_in(value: &Value) -> bool {
    let Some(mapping) = value.as_mapping() else { return false };
    let mut set = mapping.entries.values().filter(|entry| !entry.value.is_null()).peekable();
    set.peek().is_some() && set.all(|entry| matches!(entry.value.kind, Kind::Unknown(_)))
}

/// Whether a member of `expressions` is an argument's expression, not a nested block.
fn is_expression(member: &Map<String, Json>) -> bool {
    member.contains_key("references") || member.contains_key("constant_value") || member.is_empty()
}
