//! `count` and `for_each`: which instances a block has, as far as that is known.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::eval::{Evaluator, Failure, Outcome, Repetition, combine};
use super::instance::{Instance, context};
use super::{Multiplicity, convert};
use crate::source::Span;
use crate::syntax::hcl::Body;
use crate::value::{
    Cause, Causes, Entry, Kind, Mapping, MappingKind, Number, Origin, Rest, Sequence, SequenceKind, Type,
    Unknown, Value,
};

/// The key of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// Neither `count` nor `for_each`.
    None,
    Index(i64),
    Name(Arc<str>),
    /// Some key; written `[*]`.
    Unknown,
}

impl Key {
    /// The key as it stands in an address.
    pub(crate) fn suffix(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Index(index) => format!("[{index}]"),
            Self::Name(name) => {
                let escaped = name.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
                format!("[\"{}\"]", escaped.replace("${", "$${").replace("%{", "%%{"))
            }
            Self::Unknown => "[*]".to_owned(),
        }
    }

    pub(crate) fn matches(&self, value: &Value) -> bool {
        match self {
            Self::Index(index) => value.as_number().and_then(Number::to_i64) == Some(*index),
            Self::Name(name) => value.as_str() == Some(name),
            Self::None | Self::Unknown => false,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Item<T> {
    pub(crate) key: Key,
    pub(crate) member: T,
}

#[derive(Debug)]
pub(crate) enum Members<T> {
    Single(T),
    Many {
        /// Instances that exist for certain, or for some of [`Members::Many::choices`].
        items: Vec<Item<T>>,
        /// Stands for any number of further instances.
        rest: Option<(T, Causes)>,
        /// When not empty: which items there are is one of these (indexes into `items`).
        choices: Vec<Vec<usize>>,
        causes: Causes,
        /// `count` rather than `for_each`.
        counted: bool,
    },
}

/// The instances of a block.
#[derive(Debug)]
pub(crate) struct Expanded<T> {
    pub(crate) members: Members<T>,
}

/// What is needed to make one instance.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    repetition: Repetition,
    multiplicity: Multiplicity,
}

impl Multiplicity {
    pub(crate) fn may_be_none(&self) -> bool {
        matches!(self, Self::Between { low: 0, .. })
    }

    /// Instances of instances.
    pub(crate) fn times(&self, outer: &Self) -> Self {
        match (self, outer) {
            (Self::One, other) | (other, Self::One) => other.clone(),
            (Self::Between { low: a, high: b, causes }, Self::Between { low: c, high: d, causes: more }) => {
                Self::Between {
                    low: a.saturating_mul(*c),
                    high: b.zip(*d).map(|(b, d)| b.saturating_mul(d)),
                    causes: causes.clone().and(more),
                }
            }
        }
    }
}

impl<T> Expanded<T> {
    pub(crate) fn is_certain(&self) -> bool {
        match &self.members {
            Members::Single(_) => true,
            Members::Many { rest, choices, .. } => rest.is_none() && choices.is_empty(),
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &T> {
        let (single, many, rest) = match &self.members {
            Members::Single(only) => (Some(only), None, None),
            Members::Many { items, rest, .. } => (None, Some(items), rest.as_ref()),
        };
        single
            .into_iter()
            .chain(many.into_iter().flatten().map(|item| &item.member))
            .chain(rest.map(|(member, _)| member))
    }

    /// The whole as an expression sees it: one value, a tuple or an object.
    pub(crate) fn value(&self, span: Span, make: impl Fn(&T) -> Outcome) -> Outcome {
        let (items, rest, choices, causes, counted) = match &self.members {
            Members::Single(only) => return make(only),
            Members::Many { items, rest, choices, causes, counted } => {
                (items, rest, choices, causes, *counted)
            }
        };
        let values = items
            .iter()
            .map(|item| Ok((&item.key, make(&item.member)?)))
            .collect::<Result<Vec<_>, Box<Failure>>>()?;
        let rest = match rest {
            Some((member, causes)) => Some((make(member)?, causes.clone())),
            None => None,
        };
        if choices.is_empty() {
            return Ok(collection(values.into_iter(), rest, counted, span));
        }
        let options = choices
            .iter()
            .map(|choice| {
                let chosen = choice.iter().filter_map(|at| values.get(*at).cloned());
                collection(chosen, rest.clone(), counted, span)
            })
            .collect();
        Ok(combine(options, causes.clone(), Origin::at(span)))
    }
}

impl Expanded<Plan> {
    /// Makes the instances.
    pub(crate) fn map<T>(self, mut make: impl FnMut(&Key, Repetition, Multiplicity) -> T) -> Expanded<T> {
        let members = match self.members {
            Members::Single(plan) => Members::Single(make(&Key::None, plan.repetition, plan.multiplicity)),
            Members::Many { items, rest, choices, causes, counted } => Members::Many {
                items: items
                    .into_iter()
                    .map(|item| {
                        let member = make(&item.key, item.member.repetition, item.member.multiplicity);
                        Item { key: item.key, member }
                    })
                    .collect(),
                rest: rest
                    .map(|(plan, causes)| (make(&Key::Unknown, plan.repetition, plan.multiplicity), causes)),
                choices,
                causes,
                counted,
            },
        };
        Expanded { members }
    }

    pub(crate) fn first_repetition(&self) -> Option<Repetition> {
        self.all().next().map(|plan| plan.repetition.clone())
    }
}

fn collection<'k>(
    values: impl Iterator<Item = (&'k Key, Value)>,
    rest: Option<(Value, Causes)>,
    counted: bool,
    span: Span,
) -> Value {
    let rest =
        rest.map(|(template, causes)| Arc::new(Rest { causes, template: Some(template), overrides: false }));
    let origin = Origin::at(span);
    let kind = if counted {
        let items = values.map(|(_, value)| value).collect();
        Kind::Sequence(Arc::new(Sequence { kind: SequenceKind::Tuple, items, rest }))
    } else {
        let entry = |(key, value): (&Key, Value)| match key {
            Key::Name(name) => Some((name.clone(), Entry { key_span: None, value })),
            _ => None,
        };
        let entries = values.filter_map(entry).collect();
        Kind::Mapping(Arc::new(Mapping { kind: MappingKind::Object, entries, rest }))
    };
    Value::new(kind, origin)
}

/// Keys and values that `for_each` goes over.
struct Keys {
    items: Vec<(Arc<str>, Value)>,
    rest: Option<(Causes, Value)>,
}

impl Evaluator<'_> {
    /// The instances that `count` or `for_each` in `body` ask for.
    pub(crate) fn expand(&self, instance: &Rc<Instance>, body: &Body, header: Span) -> Expanded<Plan> {
        match (body.attribute("count"), body.attribute("for_each")) {
            (None, None) => Expanded {
                members: Members::Single(Plan {
                    repetition: Repetition::default(),
                    multiplicity: Multiplicity::One,
                }),
            },
            (Some(count), Some(_)) => {
                let failure = Failure::new(count.name_span, "a block has `count` or `for_each`, not both");
                self.report_failure(&failure);
                symbolic(
                    Causes::one(Cause::Error { message: failure.message.into() }),
                    true,
                    (0, None),
                    header,
                )
            }
            (Some(count), None) => {
                let value = self.eval_settled(context(instance), &count.expr);
                self.expand_count(&value, count.expr.span).unwrap_or_else(|failure| {
                    self.report_failure(&failure);
                    symbolic(
                        Causes::one(Cause::Error { message: failure.message.into() }),
                        true,
                        (0, None),
                        header,
                    )
                })
            }
            (None, Some(each)) => {
                let value = self.eval_settled(context(instance), &each.expr);
                self.expand_each(&value, each.expr.span).unwrap_or_else(|failure| {
                    self.report_failure(&failure);
                    symbolic(
                        Causes::one(Cause::Error { message: failure.message.into() }),
                        false,
                        (0, None),
                        header,
                    )
                })
            }
        }
    }

    fn expand_count(&self, value: &Value, span: Span) -> Result<Expanded<Plan>, Box<Failure>> {
        if value.sensitive {
            return Err(Failure::new(span, "`count` depends on a sensitive value"));
        }
        let number = self.count_number(value, span)?;
        if let Some(unknown) = number.as_unknown() {
            let counts: Option<Vec<usize>> = unknown
                .alternatives
                .iter()
                .map(|choice| match self.count_number(choice, span).ok()?.as_number() {
                    Some(number) => whole_count(number, span).ok(),
                    None => None,
                })
                .collect();
            return Ok(match counts.filter(|counts| !counts.is_empty()) {
                Some(counts) if counts.iter().all(|count| *count <= self.options.limits.instances) => {
                    counted_choices(&counts, unknown, span)
                }
                _ => {
                    let bound = |number: &Option<Number>| {
                        number.as_ref().and_then(Number::to_i64).and_then(|number| u64::try_from(number).ok())
                    };
                    let low = bound(&unknown.range.0).unwrap_or(0);
                    symbolic(unknown.causes.clone(), true, (low, bound(&unknown.range.1)), span)
                }
            });
        }
        let Some(number) = number.as_number() else {
            return Err(Failure::new(span, "`count` must be a whole number"));
        };
        let count = whole_count(number, span)?;
        if count > self.options.limits.instances {
            self.too_many("`count`", count, "instances", span);
            let count = count as u64;
            let causes = Causes::one(Cause::Limit { what: "instances of one block".into() });
            return Ok(symbolic(causes, true, (count, Some(count)), span));
        }
        let items = (0..count).map(|at| counted_item(at, Multiplicity::One, span)).collect();
        Ok(many(items, None, true))
    }

    fn count_number(&self, value: &Value, span: Span) -> Outcome {
        if value.is_null() {
            return Err(Failure::new(span, "`count` is null"));
        }
        convert::convert(value, &Type::Number)
            .map_err(|error| Failure::new(span, format!("`count` must be a whole number: {error}")))
    }

    fn expand_each(&self, value: &Value, span: Span) -> Result<Expanded<Plan>, Box<Failure>> {
        if value.sensitive {
            return Err(Failure::new(span, "`for_each` depends on a sensitive value"));
        }
        if let Some(unknown) = value.as_unknown()
            && !unknown.alternatives.is_empty()
        {
            let choices: Vec<Keys> = unknown
                .alternatives
                .iter()
                .filter_map(|choice| self.keys(&value.child(choice), span).ok())
                .collect();
            if !choices.is_empty() && choices.iter().all(|keys| keys.rest.is_none()) {
                return Ok(keyed_choices(choices, unknown));
            }
        }
        let keys = self.keys(value, span)?;
        if keys.items.len() > self.options.limits.instances {
            self.too_many("`for_each`", keys.items.len(), "instances", span);
            let count = keys.items.len() as u64;
            let causes = Causes::one(Cause::Limit { what: "instances of one block".into() });
            return Ok(symbolic(causes, false, (count, Some(count)), span));
        }
        let items = keys
            .items
            .into_iter()
            .map(|(name, value)| keyed_item(name, value, Multiplicity::One, span))
            .collect();
        let rest = keys.rest.map(|(causes, value)| {
            let multiplicity = Multiplicity::Between { low: 0, high: None, causes: causes.clone() };
            let mut key = Unknown::of_type(causes.clone(), Type::String);
            key.not_null = true;
            let each = Some((Value::from_unknown(key, Origin::at(span)), value));
            (Plan { repetition: Repetition { each, count_index: None }, multiplicity }, causes)
        });
        Ok(many(items, rest, false))
    }

    /// The keys of a `for_each` value: a map, or a set of strings.
    fn keys(&self, value: &Value, span: Span) -> Result<Keys, Box<Failure>> {
        let needs = "`for_each` takes a map or a set of strings";
        match &value.kind {
            Kind::Null(_) => return Err(Failure::new(span, format!("{needs}; this is null"))),
            Kind::Sequence(sequence) => match &sequence.kind {
                SequenceKind::Set(_) => {}
                SequenceKind::List(_) | SequenceKind::Tuple => {
                    return Err(Failure::new(span, format!("{needs}; this is a list (use `toset`)")));
                }
            },
            Kind::Unknown(unknown) => match &unknown.ty {
                Type::List(_) | Type::Tuple(_) => {
                    return Err(Failure::new(span, format!("{needs}; this is a list (use `toset`)")));
                }
                Type::Bool | Type::Number | Type::String => return Err(Failure::new(span, needs)),
                _ => {}
            },
            Kind::Mapping(_) => {}
            Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => return Err(Failure::new(span, needs)),
        }
        let is_set = matches!(value.kind, Kind::Sequence(_));
        let iteration = self.iterate(value, span)?;
        let mut keys = Keys { items: Vec::new(), rest: None };
        let mut causes = Causes::none();
        let mut unknown_value = None;
        for (key, item) in iteration.items {
            match &key.kind {
                Kind::String(name) => {
                    let item = if is_set { key.clone() } else { item };
                    keys.items.push((name.shared().clone(), item));
                }
                Kind::Unknown(unknown) => {
                    causes.add_all(&unknown.causes);
                    unknown_value = Some(item);
                }
                Kind::Null(_) => return Err(Failure::new(span, "a key of `for_each` is null")),
                _ => return Err(Failure::new(span, needs)),
            }
        }
        if let Some(rest) = iteration.rest {
            causes.add_all(&rest.causes);
            unknown_value = Some(rest.value);
        }
        if iteration.overrides {
            for (_, item) in &mut keys.items {
                let replaced = Unknown::of_type(causes.clone(), Type::Dynamic);
                *item = Value::from_unknown(replaced, item.origin.clone());
            }
        }
        keys.rest = unknown_value.map(|value| (causes, value));
        Ok(keys)
    }
}

fn whole_count(number: &Number, span: Span) -> Result<usize, Box<Failure>> {
    match number.to_i64() {
        Some(count) if count >= 0 => Ok(usize::try_from(count).unwrap_or(usize::MAX)),
        Some(_) => Err(Failure::new(span, "`count` must not be negative")),
        None => Err(Failure::new(span, "`count` must be a whole number")),
    }
}

fn counted_item(at: usize, multiplicity: Multiplicity, span: Span) -> Item<Plan> {
    let index = i64::try_from(at).unwrap_or(i64::MAX);
    let value = Value::number(Number::from(index), Origin::at(span));
    let repetition = Repetition { each: None, count_index: Some(value) };
    Item { key: Key::Index(index), member: Plan { repetition, multiplicity } }
}

fn keyed_item(name: Arc<str>, value: Value, multiplicity: Multiplicity, span: Span) -> Item<Plan> {
    let key = Value::string(name.clone(), Origin { span, via: None });
    let repetition = Repetition { each: Some((key, value)), count_index: None };
    Item { key: Key::Name(name), member: Plan { repetition, multiplicity } }
}

fn many(items: Vec<Item<Plan>>, rest: Option<(Plan, Causes)>, counted: bool) -> Expanded<Plan> {
    Expanded { members: Members::Many { items, rest, choices: Vec::new(), causes: Causes::none(), counted } }
}

/// One of several known counts.
fn counted_choices(counts: &[usize], unknown: &Unknown, span: Span) -> Expanded<Plan> {
    let least = counts.iter().copied().min().unwrap_or(0);
    let most = counts.iter().copied().max().unwrap_or(0);
    let items = (0..most).map(|at| {
        let maybe = Multiplicity::Between { low: 0, high: Some(1), causes: unknown.causes.clone() };
        counted_item(at, if at < least { Multiplicity::One } else { maybe }, span)
    });
    Expanded {
        members: Members::Many {
            items: items.collect(),
            rest: None,
            choices: counts.iter().map(|count| (0..*count).collect()).collect(),
            causes: unknown.causes.clone(),
            counted: true,
        },
    }
}

/// One of several known sets of keys.
fn keyed_choices(choices: Vec<Keys>, unknown: &Unknown) -> Expanded<Plan> {
    let total = choices.len();
    let mut by_key: BTreeMap<Arc<str>, Vec<(usize, Value)>> = BTreeMap::new();
    for (at, keys) in choices.into_iter().enumerate() {
        for (name, value) in keys.items {
            by_key.entry(name).or_default().push((at, value));
        }
    }
    let mut present: Vec<Vec<usize>> = vec![Vec::new(); total];
    let mut items = Vec::new();
    for (name, values) in by_key {
        for (at, _) in &values {
            if let Some(list) = present.get_mut(*at) {
                list.push(items.len());
            }
        }
        let multiplicity = if values.len() == total {
            Multiplicity::One
        } else {
            Multiplicity::Between { low: 0, high: Some(1), causes: unknown.causes.clone() }
        };
        let origin = values.first().map(|(_, value)| value.origin.clone());
        let options: Vec<Value> = values.into_iter().map(|(_, value)| value).collect();
        if let Some(origin) = origin {
            let span = origin.span;
            let value = combine(options, unknown.causes.clone(), origin);
            items.push(keyed_item(name, value, multiplicity, span));
        }
    }
    Expanded {
        members: Members::Many {
            items,
            rest: None,
            choices: present,
            causes: unknown.causes.clone(),
            counted: false,
        },
    }
}

/// Any number of instances.
fn symbolic(causes: Causes, counted: bool, bounds: (u64, Option<u64>), span: Span) -> Expanded<Plan> {
    let unknown = |ty: Type| {
        let mut unknown = Unknown::of_type(causes.clone(), ty);
        unknown.not_null = true;
        Value::from_unknown(unknown, Origin::at(span))
    };
    let repetition = if counted {
        Repetition { each: None, count_index: Some(unknown(Type::Number)) }
    } else {
        let value = Value::from_unknown(Unknown::new(causes.clone()), Origin::at(span));
        Repetition { each: Some((unknown(Type::String), value)), count_index: None }
    };
    let multiplicity = Multiplicity::Between { low: bounds.0, high: bounds.1, causes: causes.clone() };
    many(Vec::new(), Some((Plan { repetition, multiplicity }, causes)), counted)
}
