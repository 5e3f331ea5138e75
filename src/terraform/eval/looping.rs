//! `for` expressions, and iterating over values that may be partly unknown.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::alternatives::open_sequence;
use super::{Context, Evaluator, Failure, Outcome, Scope};
use crate::source::Span;
use crate::syntax::hcl::{Expr, For};
use crate::terraform::{convert, functions};
use crate::value::{
    Causes, Entry, Kind, Mapping, MappingKind, Number, Origin, Rest, SequenceKind, Step, Type, Unknown, Value,
};

/// What a loop goes over.
pub(crate) struct Iteration {
    /// Key and value of each item that is there for certain.
    pub(crate) items: Vec<(Value, Value)>,
    /// Further items, of which number and keys are not known.
    pub(crate) rest: Option<IterationRest>,
    /// Whether an unknown key may stand in for a known one.
    pub(crate) overrides: bool,
}

pub(crate) struct IterationRest {
    pub(crate) causes: Causes,
    pub(crate) key: Value,
    pub(crate) value: Value,
}

impl Evaluator<'_> {
    /// The items of a collection.
    pub(crate) fn iterate(&self, collection: &Value, span: Span) -> Result<Iteration, Box<Failure>> {
        let origin = || Origin::at(span);
        let unknown_key = |causes: &Causes, ty: Type| {
            let mut unknown = Unknown::of_type(causes.clone(), ty);
            unknown.not_null = true;
            Value::from_unknown(unknown, origin())
        };
        match &collection.kind {
            Kind::Null(_) => Err(Failure::new(span, "a null value cannot be iterated over")),
            Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {
                Err(Failure::new(span, "only collections can be iterated over"))
            }
            Kind::Sequence(sequence) => {
                let is_set = matches!(sequence.kind, SequenceKind::Set(_));
                let key = |at: usize, item: &Value| match i64::try_from(at) {
                    _ if is_set => item.clone(),
                    Ok(at) => Value::number(Number::from(at), origin()),
                    Err(_) => Value::null(origin()),
                };
                let shift = sequence.rest.is_some() && !is_set;
                let items = sequence
                    .items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| {
                        let item = collection.child(item);
                        let key = match &sequence.rest {
                            // Where items of the unknown part may stand before it, a position is not known.
                            Some(rest) if shift => unknown_key(&rest.causes, Type::Number),
                            _ => key(at, &item),
                        };
                        (key, item)
                    })
                    .collect();
                let rest = sequence.rest.as_ref().map(|rest| {
                    let ty = match &sequence.kind {
                        SequenceKind::List(ty) | SequenceKind::Set(ty) => ty.clone(),
                        SequenceKind::Tuple => Type::Dynamic,
                    };
                    let value = rest_value(collection, rest, ty, span);
                    let key = if is_set { value.clone() } else { unknown_key(&rest.causes, Type::Number) };
                    IterationRest { causes: rest.causes.clone(), key, value }
                });
                Ok(Iteration { items, rest, overrides: false })
            }
            Kind::Mapping(mapping) => {
                let items = mapping
                    .entries
                    .iter()
                    .map(|(key, entry)| {
                        let key_origin = Origin {
                            span: entry.key_span.unwrap_or(span),
                            via: collection.origin.via.clone(),
                        };
                        let mut key = Value::string(key.clone(), key_origin);
                        key.sensitive = collection.sensitive;
                        (key, collection.child(&entry.value))
                    })
                    .collect();
                let rest = mapping.rest.as_ref().map(|rest| {
                    let ty = match &mapping.kind {
                        MappingKind::Map(ty) => ty.clone(),
                        MappingKind::Object => Type::Dynamic,
                    };
                    IterationRest {
                        causes: rest.causes.clone(),
                        key: unknown_key(&rest.causes, Type::String),
                        value: rest_value(collection, rest, ty, span),
                    }
                });
                let overrides = mapping.rest.as_ref().is_some_and(|rest| rest.overrides);
                Ok(Iteration { items, rest, overrides })
            }
            Kind::Unknown(unknown) => {
                let (key, value) = match &unknown.ty {
                    Type::List(item) => (Type::Number, (**item).clone()),
                    Type::Set(item) => ((**item).clone(), (**item).clone()),
                    Type::Map(item) => (Type::String, (**item).clone()),
                    Type::Tuple(_) => (Type::Number, Type::Dynamic),
                    Type::Object(_) => (Type::String, Type::Dynamic),
                    Type::Dynamic => (Type::Dynamic, Type::Dynamic),
                    other => return Err(Failure::new(span, format!("a {other} cannot be iterated over"))),
                };
                self.note_may_fail();
                let mut item = collection.clone();
                item.kind = Kind::Unknown(Arc::new(Unknown::of_type(unknown.causes.clone(), value)));
                let rest = IterationRest {
                    causes: unknown.causes.clone(),
                    key: unknown_key(&unknown.causes, key),
                    value: item,
                };
                Ok(Iteration { items: Vec::new(), rest: Some(rest), overrides: false })
            }
        }
    }

    pub(super) fn for_expression(&self, context: Context<'_>, each: &For, span: Span) -> Outcome {
        let collection = self.eval(context, &each.collection)?;
        let origin = Origin::at(span);
        let outcome = self
            .for_each_choice(&collection, &origin, |choice| self.for_over(context, each, &choice, span))
            .unwrap_or_else(|| self.for_over(context, each, &collection, span));
        outcome.map(|mut result| {
            result.sensitive |= collection.sensitive;
            result
        })
    }

    fn for_over(&self, context: Context<'_>, each: &For, collection: &Value, span: Span) -> Outcome {
        let iteration = self.iterate(collection, each.collection.span)?;
        let mut output = Output::default();
        let most = self.options.limits.value;
        let mut weight = 0_usize;
        for (key, value) in iteration.items {
            let made = self.bound(context, each, key, value, |context| {
                self.for_item(context, each, &mut output, iteration.overrides, most)
            })?;
            weight = weight.saturating_add(made);
            if weight > most {
                return Ok(self.limit(functions::VALUE, span));
            }
        }
        if let Some(rest) = iteration.rest {
            self.note_may_fail();
            let template = self.bound(context, each, rest.key, rest.value, |context| {
                if let Some(condition) = &each.condition
                    && let Ok(value) = self.eval(context, condition)
                    && value.as_bool() == Some(false)
                {
                    return Ok(None);
                }
                self.eval(context, &each.result).map(Some)
            });
            match template {
                // Whatever the items are, the condition leaves none of them.
                Ok(None) => {}
                Ok(Some(template)) => {
                    output.open.add_all(&rest.causes);
                    output.templates.push(template);
                }
                Err(failure) if !failure.catchable => return Err(failure),
                // Whether the body fails depends on what is not known.
                Err(_) => {
                    output.open.add_all(&rest.causes);
                    output.shapeless = true;
                }
            }
        }
        Ok(output.finish(each, span))
    }

    fn bound<T>(
        &self,
        context: Context<'_>,
        each: &For,
        key: Value,
        value: Value,
        run: impl FnOnce(Context<'_>) -> T,
    ) -> T {
        let bound = Scope { name: &each.value, value, parent: context.scope };
        match &each.key {
            Some(name) => {
                let bound = Scope { name, value: key, parent: Some(&bound) };
                run(context.with(&bound))
            }
            None => run(context.with(&bound)),
        }
    }

    fn for_item(
        &self,
        context: Context<'_>,
        each: &For,
        output: &mut Output,
        uncertain: bool,
        most: usize,
    ) -> Result<usize, Box<Failure>> {
        let mut maybe = uncertain;
        match self.for_item_certain(context, each, output, &mut maybe, most) {
            // An item that may not be there need not fail.
            Err(failure) if maybe && failure.catchable => {
                self.note_may_fail();
                output.shapeless = true;
                Ok(0)
            }
            outcome => outcome,
        }
    }

    fn for_item_certain(
        &self,
        context: Context<'_>,
        each: &For,
        output: &mut Output,
        maybe: &mut bool,
        most: usize,
    ) -> Result<usize, Box<Failure>> {
        output.count += 1;
        if let Some(condition) = &each.condition {
            let value = self.eval(context, condition)?;
            output.sensitive |= value.sensitive;
            match self.condition(&value, condition.span)? {
                Some(true) => {}
                Some(false) => return Ok(0),
                None => {
                    *maybe = true;
                    output.open.add_all(&value.causes());
                }
            }
        }
        let key = match &each.key_result {
            Some(expr) => {
                let key = self.eval(context, expr)?;
                output.sensitive |= key.sensitive;
                let mut unknown = Causes::none();
                let text = self.key_text(&key, expr.span, &mut unknown)?;
                *maybe |= text.is_none();
                output.open.add_all(&unknown);
                Some((text, expr))
            }
            None => None,
        };
        let value = self.eval(context, &each.result)?;
        let weight = value.weight(most);
        if *maybe {
            if each.key_result.is_some() {
                output.hides = true;
            }
            output.templates.push(value);
            return Ok(weight);
        }
        match key {
            None => output.items.push(value),
            Some((Some(key), expr)) => output.insert(key, value, expr, each.grouping)?,
            Some((None, _)) => {}
        }
        Ok(weight)
    }
}

fn rest_value(collection: &Value, rest: &Rest, ty: Type, span: Span) -> Value {
    match &rest.template {
        Some(template) => collection.child(template),
        None => {
            let mut value = Value::from_unknown(Unknown::of_type(rest.causes.clone(), ty), Origin::at(span));
            value.origin.via.clone_from(&collection.origin.via);
            value.sensitive = collection.sensitive;
            value
        }
    }
}

/// What a `for` expression has made so far.
#[derive(Default)]
struct Output {
    count: usize,
    items: Vec<Value>,
    entries: BTreeMap<Arc<str>, (Span, Vec<Value>)>,
    sensitive: bool,
    /// Causes for further items.
    open: Causes,
    templates: Vec<Value>,
    shapeless: bool,
    /// A key that is not known may be one of the known ones.
    hides: bool,
}

impl Output {
    fn insert(
        &mut self,
        key: Arc<str>,
        value: Value,
        expr: &Expr,
        grouping: bool,
    ) -> Result<(), Box<Failure>> {
        let (_, values) = self.entries.entry(key.clone()).or_insert_with(|| (expr.span, Vec::new()));
        if !values.is_empty() && !grouping {
            return Err(Failure::new(
                expr.span,
                format!(
                    "two items of this `for` expression have the key \"{key}\"; group them with `...`, or make the keys different"
                ),
            ));
        }
        values.push(value);
        Ok(())
    }

    fn finish(self, each: &For, span: Span) -> Value {
        let origin = Origin::at(span);
        let open = !self.open.is_empty() || !self.templates.is_empty() || self.shapeless;
        let template = match (self.shapeless, self.templates.as_slice()) {
            (true, _) | (_, []) => None,
            (false, [one]) => Some(one.clone()),
            (false, many) => {
                // Several different contents: what they have in common is at least their type.
                let types: Vec<Type> = many.iter().map(convert::value_type).collect();
                let ty = types.split_first().filter(|(first, rest)| rest.iter().all(|ty| ty == *first));
                let mut unknown =
                    Unknown::of_type(self.open.clone(), ty.map_or(Type::Dynamic, |(first, _)| first.clone()));
                if many.len() <= Unknown::MOST_ALTERNATIVES {
                    unknown.alternatives = many.to_vec();
                }
                Some(Value::from_unknown(unknown, origin.clone()))
            }
        };
        let mut value = if each.key_result.is_none() {
            if open {
                open_sequence(SequenceKind::Tuple, self.items, template, self.open, origin)
            } else {
                Value::tuple(self.items, origin)
            }
        } else {
            let entries = self
                .entries
                .into_iter()
                .map(|(key, (key_span, mut values))| {
                    let value = if each.grouping {
                        let at = Origin::at(span);
                        if open {
                            open_sequence(SequenceKind::Tuple, values, None, self.open.clone(), at)
                        } else {
                            Value::tuple(values, at)
                        }
                    } else {
                        values.pop().unwrap_or_else(|| Value::null(Origin::at(span)))
                    };
                    (key, Entry { key_span: Some(key_span), value })
                })
                .collect();
            let rest = open.then(|| {
                let template = if each.grouping { None } else { template };
                Arc::new(Rest { causes: self.open, template, overrides: self.hides && each.grouping })
            });
            Value::new(Kind::Mapping(Arc::new(Mapping { kind: MappingKind::Object, entries, rest })), origin)
        };
        value.sensitive |= self.sensitive;
        value
    }
}

/// A value reached as `each.value` or through an iterator.
pub(crate) fn through_each(value: Value, span: Span) -> Value {
    value.via(Step::Each, span)
}
