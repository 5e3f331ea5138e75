//! What workflow expressions and the strings around them may evaluate to.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::field::unsupported;
use crate::model::{Field, NotKnown, PatternPart, State};
use crate::syntax::actions_expr::{self, Expression, Operator};
use crate::value::{Causes, Origin, Step};

/// More possible values than this are forgotten.
const MOST: usize = 8;

/// Longer results of expressions are not computed, in bytes.
const LONGEST: usize = 64 * 1024;

/// Patterns of more parts are one hole.
const MOST_PARTS: usize = 256;

/// A value of GitHub's expression language.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    /// As written.
    Number(Arc<str>),
    String(Arc<str>),
    /// Some value that counts as false; which one is not known.
    Falsy,
}

impl Scalar {
    fn is_truthy(&self) -> bool {
        match self {
            Self::Null | Self::Falsy => false,
            Self::Bool(value) => *value,
            Self::Number(text) => text.parse::<f64>().is_ok_and(|number| number != 0.0),
            Self::String(text) => !text.is_empty(),
        }
    }

    /// As text; `None` where that is not known.
    pub(super) fn text(&self) -> Option<Arc<str>> {
        match self {
            Self::Null => Some("".into()),
            Self::Bool(value) => Some(if *value { "true" } else { "false" }.into()),
            Self::Number(text) | Self::String(text) => Some(text.clone()),
            Self::Falsy => None,
        }
    }
}

/// What is known of a value.
#[derive(Debug, Clone, Default)]
pub(super) struct Evaluated {
    /// Every value it may have; empty when they cannot be listed.
    pub(super) possible: Vec<Scalar>,
    /// Why it is not one known value.
    pub(super) causes: Causes,
    /// Known and unknown parts, where the values cannot be listed.
    pub(super) pattern: Vec<PatternPart>,
    pub(super) sensitive: bool,
    /// Where the value was written, when that is elsewhere (an `env` entry).
    pub(super) origin: Option<Origin>,
}

impl Evaluated {
    pub(super) fn known(value: Scalar) -> Self {
        Self { possible: vec![value], ..Self::default() }
    }

    pub(super) fn text(text: impl Into<Arc<str>>) -> Self {
        Self::known(Scalar::String(text.into()))
    }

    pub(super) fn unknown(what: impl Into<Arc<str>>) -> Self {
        Self { causes: unsupported(what), pattern: vec![PatternPart::Hole], ..Self::default() }
    }

    /// One of several values, chosen by `what`.
    pub(super) fn one_of(values: Vec<Scalar>, what: &str) -> Self {
        let mut distinct: Vec<Scalar> = Vec::new();
        for value in values {
            if !distinct.contains(&value) {
                distinct.push(value);
            }
        }
        match distinct.len() {
            1 => Self { possible: distinct, ..Self::default() },
            2..=MOST => Self { possible: distinct, ..Self::unknown(what) },
            _ => Self::unknown(what),
        }
    }

    /// The text when it is certain.
    pub(super) fn certain(&self) -> Option<Arc<str>> {
        match self.possible.as_slice() {
            [only] => only.text(),
            _ => None,
        }
    }

    /// Either of two values.
    pub(super) fn or(mut self, other: &Self, what: &str) -> Self {
        let listed = !self.possible.is_empty() && !other.possible.is_empty();
        let sensitive = self.sensitive || other.sensitive;
        let causes = self.causes.clone().and(&other.causes);
        let values = std::mem::take(&mut self.possible).into_iter().chain(other.possible.iter().cloned());
        let mut both = if listed { Self::one_of(values.collect(), what) } else { Self::unknown(what) };
        both.causes.add_all(&causes);
        both.sensitive = sensitive;
        both
    }

    /// Parts of one text, put together.
    pub(super) fn concat(parts: Vec<Evaluated>) -> Self {
        if let [_] = parts.as_slice() {
            return parts.into_iter().next().unwrap_or_default();
        }
        let mut texts: Option<Vec<String>> = Some(vec![String::new()]);
        let mut whole = Self::default();
        for part in &parts {
            whole.causes.add_all(&part.causes);
            whole.sensitive |= part.sensitive;
            match part.certain() {
                Some(text) => push_known(&mut whole.pattern, &text),
                None if part.pattern.is_empty() => whole.pattern.push(PatternPart::Hole),
                None => whole.pattern.extend(part.pattern.iter().cloned()),
            }
            let choices: Option<Vec<Arc<str>>> = part.possible.iter().map(Scalar::text).collect();
            let bytes = whole.pattern.iter().map(|part| match part {
                PatternPart::Known(text) => text.len(),
                PatternPart::Hole => 1,
            });
            if whole.pattern.len() > MOST_PARTS || bytes.sum::<usize>() > LONGEST {
                whole.pattern = vec![PatternPart::Hole];
                texts = None;
            }
            texts = match (texts, choices) {
                (Some(texts), Some(choices))
                    if !choices.is_empty() && texts.len() * choices.len() <= MOST =>
                {
                    let joined: Vec<String> = texts
                        .iter()
                        .flat_map(|before| choices.iter().map(move |choice| format!("{before}{choice}")))
                        .collect();
                    joined.iter().all(|text| text.len() <= LONGEST).then_some(joined)
                }
                _ => None,
            };
        }
        if let Some(texts) = texts {
            whole.possible = texts.into_iter().map(|text| Scalar::String(text.into())).collect();
            whole.possible.dedup();
        }
        if whole.possible.is_empty() && whole.causes.is_empty() {
            whole.causes = unsupported("expression");
        }
        whole
    }

    /// As a model field of the place `at`, or of the place where the value was written.
    pub(super) fn field(&self, at: Origin) -> Field<String> {
        let origin = self.origin.clone().unwrap_or(at);
        let texts: Option<Vec<String>> =
            self.possible.iter().map(|value| value.text().map(|text| text.to_string())).collect();
        let state = match texts {
            Some(mut texts) if texts.len() == 1 => State::Known(texts.pop().unwrap_or_default()),
            other => State::unknown(NotKnown {
                causes: self.causes.clone(),
                alternatives: other.unwrap_or_default(),
                pattern: (!self.pattern.is_empty()).then(|| self.pattern.clone().into()),
                not_null: true,
            }),
        };
        Field { state, origin, sensitive: self.sensitive }
    }
}

fn push_known(pattern: &mut Vec<PatternPart>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(PatternPart::Known(before)) = pattern.last_mut()
        && before.len() + text.len() <= LONGEST
    {
        *before = format!("{before}{text}").into();
        return;
    }
    pattern.push(PatternPart::Known(text.into()));
}

/// What expressions of one step can read. Cloned for each step, so maps are shared.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// `env` of workflow, job and step, innermost last.
    pub(super) env: Vec<Arc<BTreeMap<String, Evaluated>>>,
    /// Layers of `env` before this one may have been overwritten in ways that cannot be followed.
    pub(super) hidden: usize,
    /// By lower-case name.
    pub(super) inputs: Arc<BTreeMap<String, Evaluated>>,
    /// By path below `matrix`.
    pub(super) matrix: Arc<BTreeMap<String, Evaluated>>,
    /// By whole path: `steps.x.outputs.y`, `needs.a.outputs.b`.
    pub(super) outputs: Arc<BTreeMap<String, Evaluated>>,
}

impl Scope {
    /// A variable of the environment; `None` when no file sets it.
    pub(super) fn env(&self, name: &str) -> Option<Evaluated> {
        let (at, found) =
            self.env.iter().enumerate().rev().find_map(|(at, layer)| Some((at, layer.get(name)?)))?;
        Some(if at < self.hidden { Evaluated::unknown(format!("env.{name}")) } else { found.clone() })
    }

    /// Makes variables visible to what stands inside.
    pub(super) fn add_env(&mut self, layer: BTreeMap<String, Evaluated>) {
        self.env.push(Arc::new(layer));
    }

    /// A step changed the environment of the steps behind it.
    pub(super) fn overwrite_env(&mut self, written: Vec<(String, Evaluated)>) {
        if written.is_empty() {
            return;
        }
        if self.env.len() <= self.hidden {
            self.env.push(Arc::default());
        }
        if let Some(layer) = self.env.last_mut() {
            Arc::make_mut(layer).extend(written);
        }
    }

    /// From here on the variables set so far may have any value.
    pub(super) fn hide_env(&mut self) {
        self.hidden = self.env.len();
    }

    /// The environment alone, for the steps of a composite action.
    pub(super) fn environment(&self) -> Self {
        Self { env: self.env.clone(), hidden: self.hidden, ..Self::default() }
    }

    /// A string with its `${{ … }}`.
    pub(super) fn string(&self, text: &str, at: &Origin) -> Evaluated {
        let mut parts = Vec::new();
        let mut from = 0;
        for embedded in actions_expr::find(text) {
            let before = text.get(from..embedded.range.start).unwrap_or_default();
            if !before.is_empty() {
                parts.push(Evaluated::text(before));
            }
            parts.push(match &embedded.expression {
                Some(expression) => self.evaluate(expression, at),
                None => Evaluated::unknown(text.get(embedded.range.clone()).unwrap_or_default()),
            });
            from = embedded.range.end;
        }
        let tail = text.get(from..).unwrap_or_default();
        if !tail.is_empty() || parts.is_empty() {
            parts.push(Evaluated::text(tail));
        }
        Evaluated::concat(parts)
    }

    pub(super) fn evaluate(&self, expression: &Expression, at: &Origin) -> Evaluated {
        match expression {
            Expression::Null => Evaluated::known(Scalar::Null),
            Expression::Bool(value) => Evaluated::known(Scalar::Bool(*value)),
            Expression::Number(text) => Evaluated::known(Scalar::Number(text.clone())),
            Expression::String(text) => Evaluated::text(text.clone()),
            Expression::Context(_) | Expression::Property { .. } => match expression.path() {
                Some(path) => self.read(&path, at),
                None => Evaluated::unknown(name_of(expression)),
            },
            Expression::Index { .. } | Expression::Every(_) => Evaluated::unknown(name_of(expression)),
            Expression::Not(inner) => {
                let inner = self.evaluate(inner, at);
                truths(
                    inner.possible.iter().map(|value| !value.is_truthy()),
                    &name_of(expression),
                    inner.causes,
                )
            }
            Expression::Call { name, arguments } => self.call(name, arguments, expression, at),
            Expression::Binary { operator, left, right } => {
                self.binary(*operator, left, right, expression, at)
            }
        }
    }

    fn read(&self, path: &str, at: &Origin) -> Evaluated {
        let (context, rest) = path.split_once('.').unwrap_or((path, ""));
        let found = match context.to_ascii_lowercase().as_str() {
            "env" => {
                return match self.env(rest) {
                    Some(found) => through(&found, path, at),
                    None => Evaluated::unknown(path),
                };
            }
            "inputs" => self.inputs.get(&rest.to_ascii_lowercase()),
            "github" => {
                rest.to_ascii_lowercase().strip_prefix("event.inputs.").and_then(|name| self.inputs.get(name))
            }
            "matrix" => self.matrix.get(rest),
            "steps" | "needs" => self.outputs.get(path),
            "secrets" => {
                let mut secret = Evaluated::unknown(path);
                secret.sensitive = true;
                return secret;
            }
            _ => None,
        };
        match found {
            Some(found) => through(found, path, at),
            None => Evaluated::unknown(path),
        }
    }

    fn binary(
        &self,
        operator: Operator,
        left: &Expression,
        right: &Expression,
        whole: &Expression,
        at: &Origin,
    ) -> Evaluated {
        let left_value = self.evaluate(left, at);
        let right_value = self.evaluate(right, at);
        let name = name_of(whole);
        let causes = left_value.causes.clone().and(&right_value.causes);
        match operator {
            Operator::And | Operator::Or => {
                // `a && b` is `a` where `a` counts as false, else `b`; `||` the other way round.
                let wants = operator == Operator::And;
                let mut values = Vec::new();
                let mut goes_on = left_value.possible.is_empty();
                for value in &left_value.possible {
                    if value.is_truthy() == wants {
                        goes_on = true;
                    } else {
                        values.push(value.clone());
                    }
                }
                if left_value.possible.is_empty() {
                    if operator == Operator::Or {
                        // Any text may stand on the left.
                        let mut result = Evaluated::unknown(name);
                        result.causes = left_value.causes;
                        result.sensitive = left_value.sensitive || right_value.sensitive;
                        return result;
                    }
                    values.push(Scalar::Falsy);
                }
                if goes_on && right_value.possible.is_empty() {
                    let mut result = Evaluated::unknown(name);
                    result.causes = causes;
                    result.sensitive = right_value.sensitive;
                    return result;
                }
                if goes_on {
                    values.extend(right_value.possible.iter().cloned());
                }
                let mut result = Evaluated::one_of(values, &name);
                if result.possible.len() != 1 {
                    result.causes = causes;
                }
                result.sensitive = left_value.sensitive || right_value.sensitive;
                result
            }
            Operator::Equal | Operator::NotEqual => {
                let same = match (left_value.possible.as_slice(), right_value.possible.as_slice()) {
                    ([], _) | (_, []) => vec![true, false],
                    (left, right) => {
                        left.iter().flat_map(|a| right.iter().map(|b| equal(a, b))).flatten().collect()
                    }
                };
                let negate = operator == Operator::NotEqual;
                truths(same.into_iter().map(|same| same != negate), &name, causes)
            }
            _ => truths([true, false].into_iter(), &name, causes),
        }
    }

    fn call(&self, name: &str, arguments: &[Expression], whole: &Expression, at: &Origin) -> Evaluated {
        let values: Vec<Evaluated> = arguments.iter().map(|argument| self.evaluate(argument, at)).collect();
        let mut causes = Causes::none();
        values.iter().for_each(|value| causes.add_all(&value.causes));
        let shown = name_of(whole);
        match name.to_ascii_lowercase().as_str() {
            "format" => {
                let Some((template, rest)) = values.split_first() else { return Evaluated::unknown(shown) };
                match template.certain() {
                    Some(template) => format_text(&template, rest),
                    None => Evaluated::unknown(shown),
                }
            }
            "always" => Evaluated::known(Scalar::Bool(true)),
            "success" | "failure" | "cancelled" => truths([true, false].into_iter(), &shown, Causes::none()),
            "contains" | "startswith" | "endswith" => {
                let known = values
                    .first()
                    .and_then(Evaluated::certain)
                    .zip(values.get(1).and_then(Evaluated::certain));
                let Some((text, part)) = known else {
                    return truths([true, false].into_iter(), &shown, causes);
                };
                let (text, part) = (text.to_lowercase(), part.to_lowercase());
                let holds = match name.to_ascii_lowercase().as_str() {
                    "contains" => text.contains(&part),
                    "startswith" => text.starts_with(&part),
                    _ => text.ends_with(&part),
                };
                Evaluated::known(Scalar::Bool(holds))
            }
            _ => {
                let mut result = Evaluated::unknown(shown);
                result.causes.add_all(&causes);
                result.sensitive = values.iter().any(|value| value.sensitive);
                result
            }
        }
    }
}

/// The value as read through `path`: it was written elsewhere.
fn through(found: &Evaluated, path: &str, at: &Origin) -> Evaluated {
    let mut found = found.clone();
    found.origin = found.origin.map(|origin| origin.via(Step::Variable(path.into()), at.span));
    found
}

fn truths(answers: impl Iterator<Item = bool>, what: &str, causes: Causes) -> Evaluated {
    let mut values: Vec<Scalar> = answers.map(Scalar::Bool).collect();
    if values.is_empty() {
        values = vec![Scalar::Bool(true), Scalar::Bool(false)];
    }
    let mut result = Evaluated::one_of(values, what);
    if result.possible.len() != 1 && !causes.is_empty() {
        result.causes = causes;
    }
    result
}

/// Whether two values are equal, both answers where that is not known. Texts compare without case.
fn equal(a: &Scalar, b: &Scalar) -> Vec<bool> {
    match (a, b) {
        (Scalar::Falsy, _) | (_, Scalar::Falsy) => vec![true, false],
        (Scalar::String(a), Scalar::String(b)) => vec![a.to_lowercase() == b.to_lowercase()],
        (Scalar::Bool(a), Scalar::Bool(b)) => vec![a == b],
        (Scalar::Null, Scalar::Null) => vec![true],
        (Scalar::Number(a), Scalar::Number(b)) if a == b => vec![true],
        // GitHub compares other pairs as numbers.
        _ => vec![true, false],
    }
}

/// `format('{0}-{1}', …)`
fn format_text(template: &str, arguments: &[Evaluated]) -> Evaluated {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut signs = template.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '{' if signs.peek() != Some(&'{') => {
                let number: String = std::iter::from_fn(|| signs.next_if(char::is_ascii_digit)).collect();
                signs.next_if_eq(&'}');
                parts.push(Evaluated::text(std::mem::take(&mut text)));
                let argument = number.parse::<usize>().ok().and_then(|at| arguments.get(at));
                parts.push(argument.cloned().unwrap_or_else(|| Evaluated::unknown("format")));
            }
            '{' | '}' => {
                signs.next_if_eq(&sign);
                text.push(sign);
            }
            other => text.push(other),
        }
        // Few real formats are longer; concatenation is quadratic in the parts.
        if parts.len() > 64 {
            return Evaluated::unknown("format");
        }
    }
    parts.push(Evaluated::text(text));
    Evaluated::concat(parts)
}

/// An expression in a cause: what it reads.
fn name_of(expression: &Expression) -> String {
    let contexts = expression.contexts();
    match (contexts.first(), expression) {
        (Some(first), _) => first.clone(),
        (None, Expression::Call { name, .. }) => format!("{name}()"),
        (None, _) => "expression".to_owned(),
    }
}
