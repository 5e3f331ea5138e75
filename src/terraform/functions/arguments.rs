//! A call under way: its arguments, read as what the function needs, and the results it can give.

use std::sync::Arc;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::table::Function;
use super::{Context, Failure};
use crate::value::{
    Cause, Causes, Kind, Mapping, Number, Origin, Sequence, SequenceKind, Step, Type, Unknown, Value,
};

/// The result of a function.
pub(super) type Outcome = Result<Value, Failure>;

/// The arguments of one call, checked and converted.
pub(super) struct Call<'a> {
    pub(super) function: &'a Function,
    pub(super) args: Vec<Value>,
    pub(super) context: &'a Context<'a>,
}

impl<'a> Call<'a> {
    pub(super) fn new(function: &'a Function, args: Vec<Value>, context: &'a Context<'a>) -> Self {
        Self { function, args, context }
    }

    /// The argument; null where it was not given.
    pub(super) fn arg(&self, at: usize) -> Value {
        self.args.get(at).cloned().unwrap_or_else(|| Value::null(Origin::at(self.context.span)))
    }

    /// The arguments from `at` on.
    pub(super) fn from(&self, at: usize) -> &[Value] {
        self.args.get(at..).unwrap_or_default()
    }

    /// A known string argument.
    pub(super) fn str(&self, at: usize) -> &str {
        self.args.get(at).and_then(Value::as_str).unwrap_or_default()
    }

    /// A known number argument.
    pub(super) fn number(&self, at: usize) -> Number {
        self.args.get(at).and_then(Value::as_number).cloned().unwrap_or(Number::ZERO)
    }

    /// A known number argument as a whole number of 64 bits.
    pub(super) fn int(&self, at: usize) -> Result<i64, Failure> {
        match self.args.get(at).and_then(Value::as_number).and_then(Number::to_i64) {
            Some(value) => Ok(value),
            None => Err(Failure::argument(at, WHOLE_NUMBER)),
        }
    }

    /// Items of a sequence argument; empty for anything else.
    pub(super) fn items(&self, at: usize) -> &[Value] {
        self.args.get(at).and_then(Value::as_sequence).map_or(&[], |sequence| &sequence.items)
    }

    /// Origin of a result: that of the argument it transforms, one step further, or the call itself.
    pub(super) fn origin(&self) -> Origin {
        let transformed = self.function.transforms.and_then(|at| self.args.get(at));
        match transformed {
            Some(value) => value.origin.via(Step::Function(self.function.name.into()), self.context.span),
            None => Origin::at(self.context.span),
        }
    }

    /// Causes of everything unknown among the arguments.
    pub(super) fn causes(&self) -> Causes {
        let mut causes = Causes::none();
        self.args.iter().for_each(|arg| causes.add_all(&arg.causes()));
        causes
    }

    /// What an unknown result of this function is: its type, never null where Terraform says so.
    pub(super) fn unknown_parts(&self) -> Unknown {
        let mut unknown = Unknown::of_type(self.causes(), self.function.returns.ty());
        unknown.not_null = self.function.not_null;
        unknown
    }

    /// The unknown result of this function.
    pub(super) fn unknown(&self) -> Value {
        Value::from_unknown(self.unknown_parts(), self.origin())
    }

    /// The unknown result, of a sharper type.
    pub(super) fn unknown_of(&self, ty: Type) -> Value {
        Value::from_unknown(Unknown { ty, ..self.unknown_parts() }, self.origin())
    }

    /// The unknown result of something that is not evaluated, whatever the arguments.
    pub(super) fn unsupported(&self, what: impl Into<Arc<str>>) -> Value {
        let mut unknown = self.unknown_parts();
        let mut causes = Causes::one(Cause::Unsupported { what: what.into() });
        causes.add_all(&unknown.causes);
        unknown.causes = causes;
        Value::from_unknown(unknown, self.origin())
    }

    /// The unknown result where one of Plimsoll's limits ends the computation.
    pub(super) fn limit(&self, what: &str) -> Value {
        let mut unknown = self.unknown_parts();
        unknown.causes = Causes::one(Cause::Limit { what: what.into() }).and(&unknown.causes);
        Value::from_unknown(unknown, self.origin())
    }

    /// A string result, in the normal form that Terraform keeps strings in.
    pub(super) fn string(&self, text: impl Into<String>) -> Value {
        let text = text.into();
        if text.len() > self.context.limits.string {
            return self.limit("length of a string");
        }
        Value::string(normalized(text), self.origin())
    }

    pub(super) fn bool(&self, value: bool) -> Value {
        Value::bool(value, self.origin())
    }

    pub(super) fn num(&self, value: impl Into<Number>) -> Value {
        Value::number(value.into(), self.origin())
    }

    /// A list result. Items keep their origins.
    pub(super) fn list(&self, item: Type, items: Vec<Value>) -> Value {
        Value::sequence(SequenceKind::List(item), items, Origin::at(self.context.span))
    }

    /// A list of strings that the function computed.
    pub(super) fn strings(&self, items: impl IntoIterator<Item = String>) -> Value {
        let origin = self.origin();
        let items = items.into_iter().map(|item| Value::string(normalized(item), origin.clone()));
        match self.collected(items) {
            Some(items) => self.list(Type::String, items),
            None => self.limit(super::VALUE),
        }
    }

    /// The items; `None` when there are more than one value may have.
    pub(super) fn collected(&self, items: impl Iterator<Item = Value>) -> Option<Vec<Value>> {
        let most = self.context.limits.value;
        let items: Vec<Value> = items.take(most.saturating_add(1)).collect();
        (items.len() <= most).then_some(items)
    }

    /// A sequence result.
    pub(super) fn sequence(&self, sequence: Sequence) -> Value {
        Value::new(Kind::Sequence(Arc::new(sequence)), Origin::at(self.context.span))
    }

    /// A mapping result.
    pub(super) fn mapping(&self, mapping: Mapping) -> Value {
        Value::new(Kind::Mapping(Arc::new(mapping)), Origin::at(self.context.span))
    }

    /// A string that stays as it is, reached through this function.
    pub(super) fn same_text(&self, at: usize) -> Value {
        let mut value = self.arg(at);
        value.origin = self.origin();
        value
    }
}

/// What Terraform says where a whole number is needed.
pub(super) const WHOLE_NUMBER: &str =
    "value must be a whole number, between -9223372036854775808 and 9223372036854775807";

/// The text in Unicode normal form C, as Terraform keeps every string.
pub(super) fn normalized(text: String) -> String {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text
    } else {
        text.nfc().collect()
    }
}
