//! Terraform's built-in functions: the table of signatures and the frame around every call. What a function
//! computes is in the file of its group; `try`, `can` and the template functions are the evaluator's.
//!
//! The frame checks and converts arguments as Terraform does, passes unknown arguments on as unknown
//! results, tries alternatives one by one, and carries `sensitive` marks.

mod arguments;
mod collections;
mod conversion;
mod encoding;
mod files;
mod format;
mod hash;
mod json;
mod json_text;
mod network;
mod numeric;
mod parts;
mod regular;
mod sets;
mod strings;
mod table;
mod time;
mod yaml;

use std::path::Path;

use arguments::Call;
use table::{FUNCTIONS, Function, Knowing, Marks, Shape};

use super::Limits;
use super::convert::{convert, friendly_name, same};
use crate::source::{Files, Span};
use crate::value::{Cause, Causes, Kind, Origin, Unknown, Value};

/// The limit on the parts of one value.
pub(crate) const VALUE: &str = "parts of one value";

/// What a call needs from its surroundings.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub files: &'a Files,
    /// Directory that relative paths start from: that of the root module.
    pub base_dir: &'a Path,
    /// The call: origin of results without a better one.
    pub span: Span,
    pub limits: &'a Limits,
}

/// Why a call gives no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    UnknownFunction,
    /// Terraform stops here. `argument` counts from 0.
    Error {
        argument: Option<usize>,
        message: String,
    },
}

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Self::Error { argument: None, message: message.into() }
    }

    fn argument(argument: usize, message: impl Into<String>) -> Self {
        Self::Error { argument: Some(argument), message: message.into() }
    }
}

/// Names of all functions, those of the evaluator included, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    let mut names: Vec<&'static str> =
        FUNCTIONS.iter().map(|function| function.name).chain(table::BY_THE_EVALUATOR).collect();
    names.sort_unstable();
    names.into_iter()
}

/// Calls a function. `name` may carry the prefix `core::`; functions of providers (`provider::x::y`) give an
/// unknown.
///
/// # Errors
/// Where Terraform refuses whatever the unknown parts of the arguments are, and for names that are no
/// function (or one of the evaluator's).
pub fn call(name: &str, args: Vec<Value>, context: &Context<'_>) -> Result<Value, Failure> {
    if name.starts_with("provider::") {
        let sensitive = args.iter().any(super::convert::is_sensitive);
        let mut result = Value::unknown(Cause::Unsupported { what: name.into() }, Origin::at(context.span));
        result.sensitive = sensitive;
        return Ok(result);
    }
    let name = name.strip_prefix("core::").unwrap_or(name);
    let at = FUNCTIONS.binary_search_by(|function| function.name.cmp(name));
    let Some(function) = at.ok().and_then(|at| FUNCTIONS.get(at)) else {
        return Err(Failure::UnknownFunction);
    };
    check_count(function, args.len())?;
    let most = context.limits.value;
    let weight = args.iter().try_fold(0_usize, |sum, arg| {
        let sum = sum + arg.weight(most - sum);
        (sum <= most).then_some(sum)
    });
    if weight.is_none() {
        // Looking deeper into the arguments is what takes long.
        let unknown =
            Unknown::of_type(Causes::one(Cause::Limit { what: VALUE.into() }), function.returns.ty());
        let mut result = Value::from_unknown(unknown, Origin::at(context.span));
        result.sensitive = args.iter().any(|arg| arg.sensitive);
        return Ok(result);
    }
    let args = args
        .into_iter()
        .enumerate()
        .map(|(at, arg)| accept(function, at, arg))
        .collect::<Result<Vec<Value>, Failure>>()?;
    run(function, args, context)
}

fn check_count(function: &Function, given: usize) -> Result<(), Failure> {
    let wanted = function.parameters.len();
    if given < wanted {
        let missing = function.parameters.get(given).map_or("", |parameter| parameter.name);
        return Err(Failure::new(format!(
            "not enough arguments: `{}` expects {}{wanted}, the value for \"{missing}\" is missing",
            function.name,
            if function.variadic.is_some() { "at least " } else { "" },
        )));
    }
    if given > wanted && function.variadic.is_none() {
        return Err(Failure::new(format!("too many arguments: `{}` expects only {wanted}", function.name)));
    }
    Ok(())
}

/// The argument checked and converted to the type of its parameter.
fn accept(function: &Function, at: usize, arg: Value) -> Result<Value, Failure> {
    let Some(parameter) = function.parameters.get(at).or(function.variadic.as_ref()) else { return Ok(arg) };
    if arg.is_null() && !parameter.null {
        return Err(Failure::argument(at, "argument must not be null"));
    }
    match parameter.shape {
        Shape::Any => Ok(arg),
        shape => convert(&arg, &shape.ty()).map_err(|error| Failure::argument(at, error.message)),
    }
}

/// Runs a function on checked arguments.
fn run(function: &Function, args: Vec<Value>, context: &Context<'_>) -> Result<Value, Failure> {
    let sensitive = match function.marks {
        Marks::Deep => args.iter().any(super::convert::is_sensitive),
        Marks::Shallow => args.iter().any(|arg| arg.sensitive),
    };
    let mut result = match lift(function, &args, context) {
        Some(result) => result?,
        None => run_once(function, args, context)?,
    };
    result.sensitive |= sensitive;
    Ok(result)
}

fn run_once(function: &Function, args: Vec<Value>, context: &Context<'_>) -> Result<Value, Failure> {
    let call = Call::new(function, args, context);
    if function.knowing == Knowing::Whole && !call.args.iter().all(Value::is_wholly_known) {
        return Ok(call.unknown());
    }
    (function.run)(&call)
}

/// Calls the function for each alternative of its arguments. `None` where no argument has alternatives, or
/// too many.
fn lift(function: &Function, args: &[Value], context: &Context<'_>) -> Option<Result<Value, Failure>> {
    let mut combinations: Vec<Vec<Value>> = vec![Vec::with_capacity(args.len())];
    let mut causes = Causes::none();
    let mut lifted = false;
    for arg in args {
        let alternatives = match arg.as_unknown() {
            Some(unknown) if !unknown.alternatives.is_empty() => {
                causes.add_all(&unknown.causes);
                lifted = true;
                unknown.alternatives.iter().map(|alternative| arg.child(alternative)).collect()
            }
            _ => vec![arg.clone()],
        };
        if combinations.len() * alternatives.len() > Unknown::MOST_ALTERNATIVES {
            return None;
        }
        combinations = combinations
            .iter()
            .flat_map(|head| {
                alternatives
                    .iter()
                    .map(move |last| head.iter().chain([last]).cloned().collect::<Vec<Value>>())
            })
            .collect();
    }
    if !lifted {
        return None;
    }
    let mut results: Vec<Value> = Vec::new();
    let mut failures = Vec::new();
    for combination in combinations {
        // A null among the alternatives meets the same check as a null argument.
        let checked = combination
            .into_iter()
            .enumerate()
            .map(|(at, arg)| accept(function, at, arg))
            .collect::<Result<Vec<Value>, Failure>>();
        match checked.and_then(|args| run_once(function, args, context)) {
            Ok(result) => {
                if !results.iter().any(|other| indistinguishable(other, &result)) {
                    results.push(result);
                }
            }
            Err(failure) => failures.push(failure),
        }
    }
    if results.is_empty() {
        return failures.into_iter().next().map(Err);
    }
    if let ([only], true) = (results.as_slice(), failures.is_empty())
        && only.is_wholly_known()
    {
        return Some(Ok(only.clone()));
    }
    let call = Call::new(function, args.to_vec(), context);
    let mut unknown = call.unknown_parts();
    unknown.causes = causes;
    results.iter().for_each(|result| unknown.causes.add_all(&result.causes()));
    let types: Vec<_> = results.iter().map(super::convert::value_type).collect();
    if let Some(first) = types.first()
        && types.iter().all(|ty| ty == first)
    {
        unknown.ty = first.clone();
    }
    unknown.not_null = results.iter().all(|result| match &result.kind {
        Kind::Null(_) => false,
        Kind::Unknown(inner) => inner.not_null,
        _ => true,
    });
    let flat = results.iter().all(|result| result.as_unknown().is_none());
    if failures.is_empty() && flat {
        unknown.alternatives = results;
    }
    Some(Ok(Value::from_unknown(unknown, call.origin())))
}

fn indistinguishable(a: &Value, b: &Value) -> bool {
    a.is_wholly_known() && b.is_wholly_known() && same(a, b)
}

/// Terraform's name of the type of a value, for messages.
fn type_name(value: &Value) -> String {
    match &value.kind {
        Kind::Sequence(sequence) if sequence.kind == crate::value::SequenceKind::Tuple => "tuple".to_owned(),
        Kind::Mapping(mapping) if mapping.kind == crate::value::MappingKind::Object => "object".to_owned(),
        _ => friendly_name(&super::convert::value_type(value)),
    }
}
