//! Attribute access, index and splat.

use std::sync::Arc;

use super::alternatives::{combine, open_sequence, unknown_like};
use super::{Context, Evaluator, Failure, Outcome};
use crate::source::Span;
use crate::syntax::hcl::{Step, StepKind};
use crate::terraform::{convert, provider};
use crate::value::{
    Cause, Causes, Kind, Mapping, MappingKind, Number, Sequence, SequenceKind, Step as Way, Type, Unknown,
    Value,
};

impl Evaluator<'_> {
    /// Follows steps from a value.
    pub(crate) fn follow(&self, context: Context<'_>, value: Value, steps: &[Step], span: Span) -> Outcome {
        let mut value = value;
        let mut steps = steps;
        while let Some((step, rest)) = steps.split_first() {
            match &step.kind {
                StepKind::Attribute(name) => value = self.attribute(&value, name, step.span.to(span))?,
                StepKind::LegacyIndex(index) => {
                    let key = Value::number(number_of(*index), crate::value::Origin::at(step.span));
                    value = self.index(&value, &key, span)?;
                }
                StepKind::Index(key) => {
                    let key = self.eval(context, key)?;
                    value = self.index(&value, &key, span)?;
                }
                StepKind::AttributeSplat => {
                    let end = rest
                        .iter()
                        .position(|step| !matches!(step.kind, StepKind::Attribute(_)))
                        .unwrap_or(rest.len());
                    let (inner, outer) = rest.split_at(end);
                    value = self.splat(context, &value, inner, span)?;
                    steps = outer;
                    continue;
                }
                // Everything that follows is done with each element, further splats too.
                StepKind::FullSplat => return self.splat(context, &value, rest, span),
            }
            steps = rest;
        }
        Ok(value)
    }

    /// `value.name`
    pub(crate) fn attribute(&self, value: &Value, name: &Arc<str>, span: Span) -> Outcome {
        let origin = crate::value::Origin::at(span);
        if let Some(outcome) =
            self.for_each_choice(value, &origin, |choice| self.attribute(&choice, name, span))
        {
            return outcome;
        }
        match &value.kind {
            Kind::Mapping(mapping) => self.member(value, mapping, name, span),
            Kind::Unknown(unknown) => {
                let ty = match &unknown.ty {
                    Type::Object(attributes) => match attributes.get(name) {
                        Some(attribute) => attribute.ty.clone(),
                        None => return Err(no_attribute(span, name)),
                    },
                    Type::Map(item) => (**item).clone(),
                    Type::Dynamic => Type::Dynamic,
                    other => {
                        return Err(Failure::new(span, format!("a {other} has no attribute `{name}`")));
                    }
                };
                if !(unknown.not_null && matches!(unknown.ty, Type::Object(_))) {
                    self.note_may_fail();
                }
                let mut part = value.clone();
                part.kind = Kind::Unknown(Arc::new(Unknown::of_type(unknown.causes.clone(), ty)));
                Ok(part)
            }
            Kind::Null(_) => Err(Failure::new(span, format!("attribute `{name}` of a null value"))),
            Kind::Sequence(_) => Err(Failure::new(
                span,
                format!("this is a list and has no attribute `{name}`; use an index or `[*]`"),
            )),
            Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {
                Err(Failure::new(span, format!("this value has no attributes, not `{name}` either")))
            }
        }
    }

    fn member(&self, value: &Value, mapping: &Mapping, name: &Arc<str>, span: Span) -> Outcome {
        // A resource or data source: its attributes name it, whether they are known or not.
        let identity = mapping.rest.as_ref().and_then(|rest| match rest.causes.first() {
            Some(Cause::Computed { address, attribute } | Cause::Data { address, attribute })
                if attribute.is_empty() =>
            {
                Some((address.clone(), matches!(rest.causes.first(), Some(Cause::Data { .. }))))
            }
            _ => None,
        });
        if let Some((address, is_data)) = identity {
            let way = Way::Attribute { address: address.clone(), attribute: name.clone() };
            let facts = provider::facts_at(&address).filter(|_| self.is_described());
            let fact = facts.and_then(|facts| facts.get(name));
            let cause = |attribute: &str| {
                let (address, attribute) = (address.clone(), attribute.into());
                if is_data {
                    Cause::Data { address, attribute }
                } else {
                    Cause::Computed { address, attribute }
                }
            };
            let part = match (mapping.entries.get(name), &fact) {
                (Some(entry), Some(fact)) => {
                    let inside = |inner: &str| cause(&format!("{name}.{inner}"));
                    provider::complete(fact, &value.child(&entry.value), &inside)
                }
                (Some(entry), None) => value.child(&entry.value),
                (None, Some(fact))
                    if let Some(mut part) = provider::unset(fact, is_data, || cause(name), &value.origin) =>
                {
                    part.sensitive = value.sensitive;
                    if provider::never_null(&address, is_data, name, fact) {
                        is_there(&mut part);
                    }
                    part
                }
                (None, _) => {
                    if let Some(meant) = facts.and_then(|facts| facts.misspelt(name)) {
                        let message = format!("there is no attribute `{name}`: did you mean `{meant}`?");
                        return Err(Failure::new(span, message));
                    }
                    let cause = cause(name);
                    // Terraform checks attributes of resources against their schema before it evaluates, so that
                    // `try` catches none; a resource that came through a local is checked late, and without
                    // the schema only what practically every resource has is certain to be there.
                    if !matches!(&**name, "id" | "arn") {
                        self.note_may_fail();
                    }
                    let ty = if !is_data && matches!(&**name, "id" | "arn") {
                        Type::String
                    } else {
                        Type::Dynamic
                    };
                    let unknown = Unknown::of_type(Causes::one(cause), ty);
                    let mut part = Value::from_unknown(unknown, value.origin.clone());
                    part.sensitive = value.sensitive;
                    part
                }
            };
            return Ok(part.via(way, span));
        }
        match (mapping.entries.get(name), &mapping.rest) {
            (Some(entry), Some(rest)) if rest.overrides => {
                let known = value.child(&entry.value);
                let other = unknown_like([], Type::Dynamic, known.origin.clone());
                let mut unknown = unknown_like([&known, &other], Type::Dynamic, known.origin.clone());
                add_causes(&mut unknown, &rest.causes);
                Ok(unknown)
            }
            (Some(entry), _) => Ok(value.child(&entry.value)),
            (None, Some(rest)) => {
                self.note_may_fail();
                let part = match &rest.template {
                    Some(template) => template.clone(),
                    None => {
                        let ty = match &mapping.kind {
                            MappingKind::Map(item) => item.clone(),
                            MappingKind::Object => Type::Dynamic,
                        };
                        let unknown = Unknown::of_type(rest.causes.clone(), ty);
                        Value::from_unknown(unknown, crate::value::Origin::at(span))
                    }
                };
                Ok(value.child(&part))
            }
            (None, None) => Err(no_attribute(span, name)),
        }
    }

    /// `value[key]`
    pub(crate) fn index(&self, value: &Value, key: &Value, span: Span) -> Outcome {
        let origin = crate::value::Origin::at(span);
        if let Some(outcome) = self.for_each_choice(value, &origin, |choice| self.index(&choice, key, span)) {
            return outcome;
        }
        if let Some(outcome) = self.for_each_choice(key, &origin, |choice| self.index(value, &choice, span)) {
            return outcome;
        }
        if value.is_null() {
            return Err(Failure::new(span, "index into a null value"));
        }
        if key.is_null() {
            return Err(Failure::new(span, "the index is null"));
        }
        let mut result = match &value.kind {
            Kind::Mapping(mapping) => self.index_mapping(value, mapping, key, span)?,
            Kind::Sequence(sequence) => self.index_sequence(value, sequence, key, span)?,
            Kind::Unknown(unknown) => {
                self.note_may_fail();
                let ty = match &unknown.ty {
                    Type::List(item) | Type::Map(item) => (**item).clone(),
                    Type::Tuple(items) => {
                        let at =
                            key.as_number().and_then(Number::to_i64).and_then(|at| usize::try_from(at).ok());
                        at.and_then(|at| items.get(at)).cloned().unwrap_or(Type::Dynamic)
                    }
                    Type::Object(attributes) => match key.as_str() {
                        Some(name) => match attributes.get(name) {
                            Some(attribute) => attribute.ty.clone(),
                            None => return Err(no_attribute(span, name)),
                        },
                        None => Type::Dynamic,
                    },
                    Type::Dynamic => Type::Dynamic,
                    Type::Set(_) => return Err(set_index(span)),
                    other => return Err(Failure::new(span, format!("a {other} has no index"))),
                };
                let causes = unknown.causes.clone().and(&key.causes());
                let mut part = value.clone();
                part.kind = Kind::Unknown(Arc::new(Unknown::of_type(causes, ty)));
                part
            }
            _ => return Err(Failure::new(span, "this value has no index")),
        };
        result.sensitive |= key.sensitive;
        Ok(result)
    }

    fn index_mapping(&self, value: &Value, mapping: &Mapping, key: &Value, span: Span) -> Outcome {
        let text = convert::convert(key, &Type::String)
            .map_err(|error| Failure::new(span, format!("this cannot be a key: {error}")))?;
        match &text.kind {
            Kind::String(name) => {
                if mapping.rest.is_none() && !mapping.entries.contains_key(name.as_str()) {
                    let name = if key.sensitive || value.sensitive { "(sensitive)" } else { name.as_str() };
                    return Err(Failure::new(span, format!("there is no element with the key \"{name}\"")));
                }
                self.member(value, mapping, name.shared(), span)
            }
            _ => {
                self.note_may_fail();
                let mut items: Vec<Value> =
                    mapping.entries.values().map(|entry| value.child(&entry.value)).collect();
                let mut causes = key.causes();
                let mut open = None;
                match mapping.rest.as_ref().map(|rest| (rest, &rest.template)) {
                    // Whatever further key is meant, its value looks like the template.
                    Some((rest, Some(template))) => {
                        causes.add_all(&rest.causes);
                        items.push(value.child(template));
                        if items.len() == 1
                            && let Some(only) = items.pop()
                        {
                            return Ok(only);
                        }
                    }
                    Some((rest, None)) => open = Some(rest.causes.clone()),
                    None => {}
                }
                Ok(one_of(items, open, causes, span))
            }
        }
    }

    fn index_sequence(&self, value: &Value, sequence: &Sequence, key: &Value, span: Span) -> Outcome {
        if matches!(sequence.kind, SequenceKind::Set(_)) {
            return Err(set_index(span));
        }
        let number = convert::convert(key, &Type::Number)
            .map_err(|error| Failure::new(span, format!("this cannot be an index: {error}")))?;
        let Kind::Number(number) = &number.kind else {
            self.note_may_fail();
            let items = sequence.items.iter().map(|item| value.child(item)).collect();
            let rest = sequence.rest.as_ref().map(|rest| rest.causes.clone());
            return Ok(one_of(items, rest, key.causes(), span));
        };
        let at = number.to_i64().and_then(|at| usize::try_from(at).ok());
        let Some(at) = at else {
            return Err(Failure::new(span, format!("the index {number} is no whole number from 0 on")));
        };
        if let Some(rest) = &sequence.rest {
            self.note_may_fail();
            let mut items: Vec<Value> = sequence.items.iter().map(|item| value.child(item)).collect();
            if let Some(template) = &rest.template {
                items.push(value.child(template));
                if items.len() == 1
                    && let Some(only) = items.pop()
                {
                    return Ok(only);
                }
                return Ok(one_of(items, None, rest.causes.clone(), span));
            }
            return Ok(one_of(items, Some(rest.causes.clone()), Causes::none(), span));
        }
        match sequence.items.get(at) {
            Some(item) => Ok(value.child(item)),
            None => Err(Failure::new(
                span,
                format!("the index {at} is out of range: there are {} elements", sequence.items.len()),
            )),
        }
    }

    fn splat(&self, context: Context<'_>, value: &Value, steps: &[Step], span: Span) -> Outcome {
        let origin = crate::value::Origin::at(span);
        if let Some(outcome) =
            self.for_each_choice(value, &origin, |choice| self.splat(context, &choice, steps, span))
        {
            return outcome;
        }
        match &value.kind {
            Kind::Null(_) => Ok(Value::tuple(Vec::new(), origin)),
            Kind::Sequence(sequence) => {
                let follow = |item: &Value| self.follow(context, value.child(item), steps, span);
                let items = sequence.items.iter().map(follow).collect::<Result<Vec<Value>, _>>()?;
                if let Some(rest) = &sequence.rest {
                    let template = rest.template.as_ref().and_then(|template| follow(template).ok());
                    let kind = match &sequence.kind {
                        SequenceKind::Tuple => SequenceKind::Tuple,
                        SequenceKind::List(_) | SequenceKind::Set(_) => SequenceKind::List(Type::Dynamic),
                    };
                    let mut open = open_sequence(kind, items, template, rest.causes.clone(), origin);
                    open.sensitive = value.sensitive;
                    return Ok(open);
                }
                let kind = match &sequence.kind {
                    SequenceKind::Tuple => SequenceKind::Tuple,
                    SequenceKind::List(_) | SequenceKind::Set(_) => {
                        SequenceKind::List(items.first().map_or(Type::Dynamic, convert::value_type))
                    }
                };
                let mut result = Value::sequence(kind, items, origin);
                result.sensitive = value.sensitive;
                Ok(result)
            }
            Kind::Unknown(unknown) => {
                self.note_may_fail();
                let element = |ty: &Type| {
                    let mut item = value.clone();
                    item.kind = Kind::Unknown(Arc::new(Unknown::of_type(unknown.causes.clone(), ty.clone())));
                    self.follow(context, item, steps, span)
                };
                match &unknown.ty {
                    Type::List(ty) | Type::Set(ty) => {
                        let template = element(ty)?;
                        Ok(open_sequence(
                            SequenceKind::List(Type::Dynamic),
                            Vec::new(),
                            Some(template),
                            unknown.causes.clone(),
                            origin,
                        ))
                    }
                    Type::Bool | Type::Number | Type::String | Type::Map(_) | Type::Object(_)
                        if unknown.not_null =>
                    {
                        let item = self.follow(context, value.clone(), steps, span)?;
                        Ok(Value::tuple(vec![item], origin))
                    }
                    _ => Ok(unknown_like([value], Type::Dynamic, origin)),
                }
            }
            _ => Ok(Value::tuple(vec![self.follow(context, value.clone(), steps, span)?], origin)),
        }
    }
}

/// Makes an unknown one that is not null, and neither is an item in it.
fn is_there(value: &mut Value) {
    let Kind::Unknown(unknown) = &value.kind else { return };
    let items = |item: &Type| {
        let mut one = Unknown::of_type(unknown.causes.clone(), item.clone());
        one.not_null = true;
        Some(Value::from_unknown(one, value.origin.clone()))
    };
    let open = |kind, item| {
        open_sequence(kind, Vec::new(), items(item), unknown.causes.clone(), value.origin.clone()).kind
    };
    value.kind = match &unknown.ty {
        Type::List(item) => open(SequenceKind::List((**item).clone()), item),
        Type::Set(item) => open(SequenceKind::Set((**item).clone()), item),
        _ => {
            let mut there = Unknown::clone(unknown);
            there.not_null = true;
            Kind::Unknown(Arc::new(there))
        }
    };
}

fn number_of(index: u64) -> Number {
    Number::from(i64::try_from(index).unwrap_or(i64::MAX))
}

fn no_attribute(span: Span, name: &str) -> Box<Failure> {
    Failure::new(span, format!("this object has no attribute `{name}`"))
}

fn set_index(span: Span) -> Box<Failure> {
    Failure::new(span, "elements of a set have no index; convert it with `tolist`")
}

fn add_causes(value: &mut Value, causes: &Causes) {
    if let Kind::Unknown(unknown) = &mut value.kind {
        Arc::make_mut(unknown).causes.add_all(causes);
    }
}

/// One of `items`, or of what `rest` stands for.
fn one_of(items: Vec<Value>, rest: Option<Causes>, causes: Causes, span: Span) -> Value {
    let origin = crate::value::Origin::at(span);
    match rest {
        None if !items.is_empty() => {
            let types: Vec<Type> = items.iter().map(convert::value_type).collect();
            // Equal items are one value whichever is meant; then there is nothing unknown.
            let mut value = combine(items, causes, origin);
            if let Kind::Unknown(unknown) = &mut value.kind
                && unknown.ty == Type::Dynamic
                && let Some(first) = types.first()
                && types.iter().all(|ty| ty == first)
            {
                Arc::make_mut(unknown).ty = first.clone();
            }
            value
        }
        rest => {
            let mut value = unknown_like(&items, Type::Dynamic, origin);
            add_causes(&mut value, &causes);
            if let Some(rest) = rest {
                add_causes(&mut value, &rest);
            }
            value
        }
    }
}
