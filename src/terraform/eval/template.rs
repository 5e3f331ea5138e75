//! Templates: literal text, interpolations, directives. The result keeps its parts.

use std::sync::Arc;

use super::alternatives::{choices, combine, unknown_like};
use super::{Context, Evaluator, Failure, Outcome, Scope};
use crate::source::Span;
use crate::syntax::hcl::TemplatePart;
use crate::terraform::{convert, functions};
use crate::value::{Built, Causes, Kind, Origin, Part, Text, Type, Unknown, Value};

/// Parts under construction.
#[derive(Default)]
struct Parts {
    parts: Vec<Part>,
    sensitive: bool,
    bytes: usize,
}

impl Evaluator<'_> {
    pub(super) fn template(&self, context: Context<'_>, parts: &[TemplatePart], span: Span) -> Outcome {
        let mut built = Parts::default();
        self.add_parts(context, parts, &mut built)?;
        Ok(self.assemble(built, span))
    }

    fn add_parts(
        &self,
        context: Context<'_>,
        parts: &[TemplatePart],
        into: &mut Parts,
    ) -> Result<(), Box<Failure>> {
        for part in parts {
            if into.bytes > self.options.limits.string || into.parts.len() > self.options.limits.value {
                return Ok(());
            }
            match part {
                TemplatePart::Literal { text, span } => {
                    into.bytes += text.len();
                    into.parts.push(Part::Literal { text: text.clone(), span: *span });
                }
                TemplatePart::Interpolation(expr) => {
                    let value = self.eval(context, expr)?;
                    self.add_hole(&value, expr.span, into)?;
                }
                TemplatePart::If { span, condition, then, otherwise } => {
                    let value = self.eval(context, condition)?;
                    into.sensitive |= value.sensitive;
                    match self.condition(&value, condition.span)? {
                        Some(true) => self.add_parts(context, then, into)?,
                        Some(false) => self.add_parts(context, otherwise, into)?,
                        None => {
                            let then = self.template(context, then, *span);
                            let otherwise = self.template(context, otherwise, *span);
                            let hole = match (then, otherwise) {
                                (Ok(then), Ok(otherwise)) => {
                                    combine(vec![then, otherwise], value.causes(), Origin::at(*span))
                                }
                                (Err(failure), Err(_)) => return Err(failure),
                                (Err(failure), _) | (_, Err(failure)) if !failure.catchable => {
                                    return Err(failure);
                                }
                                // Only one branch can be taken, if Terraform gets through at all.
                                (Ok(text), Err(_)) | (Err(_), Ok(text)) => {
                                    self.note_may_fail();
                                    unknown_like([&value, &text], Type::String, Origin::at(*span))
                                }
                            };
                            self.add_hole(&hole, *span, into)?;
                        }
                    }
                }
                TemplatePart::For { span, key, value, collection, body } => {
                    let items = self.eval(context, collection)?;
                    into.sensitive |= items.sensitive;
                    let iteration = self.iterate(&items, collection.span)?;
                    // Further items may stand before the known ones, so that nothing is known of the text.
                    if let Some(rest) = iteration.rest {
                        self.note_may_fail();
                        let mut unknown = Unknown::of_type(rest.causes, Type::String);
                        unknown.not_null = true;
                        into.parts.push(Part::hole(Value::from_unknown(unknown, Origin::at(*span))));
                        continue;
                    }
                    for (index, item) in iteration.items {
                        let bound = Scope { name: value, value: item, parent: context.scope };
                        match key {
                            Some(key) => {
                                let bound = Scope { name: key, value: index, parent: Some(&bound) };
                                self.add_parts(context.with(&bound), body, into)?;
                            }
                            None => self.add_parts(context.with(&bound), body, into)?,
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn add_hole(&self, value: &Value, span: Span, into: &mut Parts) -> Result<(), Box<Failure>> {
        if value.is_null() {
            let Some(cause) = self.not_given(value) else {
                return Err(Failure::new(span, "a null value cannot be part of a string"));
            };
            let mut unknown = Unknown::of_type(Causes::one(cause), Type::String);
            unknown.not_null = true;
            into.parts.push(Part::hole(Value::from_unknown(unknown, value.origin.clone())));
            return Ok(());
        }
        let text = convert::convert(value, &Type::String)
            .map_err(|_| Failure::new(span, "only strings, numbers and bools can be part of a string"))?;
        if let Some(unknown) = value.as_unknown()
            && !(unknown.not_null && unknown.ty == Type::String)
        {
            self.note_may_fail();
        }
        into.sensitive |= text.sensitive;
        into.bytes += text.as_str().map_or(0, str::len);
        into.parts.push(Part::hole(text));
        Ok(())
    }

    /// The string made of parts: known when all of them are.
    fn assemble(&self, built: Parts, span: Span) -> Value {
        let Parts { parts, sensitive, bytes } = built;
        if bytes > self.options.limits.string {
            return self.limit("length of a string", span);
        }
        if parts.len() > self.options.limits.value {
            return self.limit(functions::VALUE, span);
        }
        let mut value = match known_text(&parts) {
            Some(text) => {
                let kind = if parts.is_empty() {
                    Text::plain(text)
                } else {
                    Text::built(text, Built::Template(parts))
                };
                Value::new(Kind::String(kind), Origin::at(span))
            }
            None => Value::from_unknown(unknown_text(parts, span), Origin::at(span)),
        };
        value.sensitive = sensitive;
        value
    }
}

fn known_text(parts: &[Part]) -> Option<Arc<str>> {
    if let [Part::Literal { text, .. }] = parts {
        return Some(text.clone());
    }
    let mut whole = String::new();
    for part in parts {
        match part {
            Part::Literal { text, .. } => whole.push_str(text),
            Part::Hole(value) => whole.push_str(value.as_str()?),
        }
    }
    Some(whole.into())
}

fn unknown_text(parts: Vec<Part>, span: Span) -> Unknown {
    let mut causes = Causes::none();
    let mut prefix = String::new();
    let mut in_prefix = true;
    for part in &parts {
        match part {
            Part::Literal { text, .. } if in_prefix => prefix.push_str(text),
            Part::Literal { .. } => {}
            Part::Hole(value) => match (value.as_str(), value.as_unknown()) {
                (Some(text), _) if in_prefix => prefix.push_str(text),
                (None, Some(unknown)) => {
                    causes.add_all(&unknown.causes);
                    if in_prefix {
                        prefix.push_str(unknown.prefix.as_deref().unwrap_or_default());
                    }
                    in_prefix = false;
                }
                _ => {}
            },
        }
    }
    let mut unknown = Unknown::of_type(causes, Type::String);
    unknown.not_null = true;
    unknown.alternatives = alternative_texts(&parts, span).unwrap_or_default();
    unknown.prefix = (!prefix.is_empty()).then(|| prefix.into());
    unknown.built = Some(Arc::new(Built::Template(parts)));
    unknown
}

/// All the texts that the parts can make, when those are few.
fn alternative_texts(parts: &[Part], span: Span) -> Option<Vec<Value>> {
    let mut heads: Vec<Vec<Part>> = vec![Vec::with_capacity(parts.len())];
    for part in parts {
        let options: Vec<Part> = match part {
            Part::Hole(value) if value.as_str().is_none() => choices(value)?
                .into_iter()
                .map(|choice| choice.as_str().is_some().then_some(Part::hole(choice)))
                .collect::<Option<_>>()?,
            other => vec![other.clone()],
        };
        if heads.len() * options.len() > Unknown::MOST_ALTERNATIVES {
            return None;
        }
        heads = heads
            .into_iter()
            .flat_map(|head| {
                options
                    .iter()
                    .map(move |option| {
                        let mut head = head.clone();
                        head.push(option.clone());
                        head
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    let texts = heads.into_iter().map(|parts| {
        let text = known_text(&parts)?;
        Some(Value::new(Kind::String(Text::built(text, Built::Template(parts))), Origin::at(span)))
    });
    texts.collect()
}
