//! Functions of numbers.

use super::arguments::{Call, Outcome, WHOLE_NUMBER};
use super::{Failure, type_name};
use crate::terraform::convert::convert;
use crate::value::{Kind, Number, Type, Unknown, Value};

/// Most values that `range` generates, as in Terraform.
const LONGEST_RANGE: usize = 1_024;

pub(super) fn abs(call: &Call<'_>) -> Outcome {
    Ok(call.num(call.number(0).abs()))
}

pub(super) fn ceil(call: &Call<'_>) -> Outcome {
    Ok(call.num(call.number(0).ceil()))
}

pub(super) fn floor(call: &Call<'_>) -> Outcome {
    Ok(call.num(call.number(0).floor()))
}

pub(super) fn log(call: &Call<'_>) -> Outcome {
    let result = call.number(0).log(&call.number(1));
    result.map(|number| call.num(number)).ok_or_else(|| Failure::new("the logarithm is not a number"))
}

pub(super) fn pow(call: &Call<'_>) -> Outcome {
    let result = call.number(0).pow(&call.number(1));
    result.map(|number| call.num(number)).ok_or_else(|| Failure::new("the power is not a number"))
}

pub(super) fn signum(call: &Call<'_>) -> Outcome {
    let sign = call.number(0).signum();
    sign.map(|number| call.num(number)).ok_or_else(|| Failure::new(WHOLE_NUMBER))
}

pub(super) fn max(call: &Call<'_>) -> Outcome {
    extreme(call, |candidate, best| candidate > best)
}

pub(super) fn min(call: &Call<'_>) -> Outcome {
    extreme(call, |candidate, best| candidate < best)
}

fn extreme(call: &Call<'_>, better: fn(&Number, &Number) -> bool) -> Outcome {
    if call.args.is_empty() {
        return Err(Failure::new("must pass at least one number"));
    }
    let mut best: Option<&Value> = None;
    let mut unknown = false;
    for arg in &call.args {
        let Some(number) = arg.as_number() else {
            unknown = true;
            continue;
        };
        let replaces = best.and_then(Value::as_number).is_none_or(|so_far| better(number, so_far));
        if replaces {
            best = Some(arg);
        }
    }
    match best {
        Some(best) if !unknown => Ok(best.clone()),
        Some(best) => {
            // The known numbers bound the result.
            let mut result = call.unknown_parts();
            let bound = best.as_number().cloned();
            let larger = better(&Number::Int(1), &Number::ZERO);
            result.range = if larger { (bound, None) } else { (None, bound) };
            Ok(Value::from_unknown(result, call.origin()))
        }
        None => Ok(call.unknown()),
    }
}

pub(super) fn parseint(call: &Call<'_>) -> Outcome {
    let Kind::String(text) = &call.arg(0).kind else {
        let what = type_name(&call.arg(0));
        return Err(Failure::argument(0, format!("first argument must be a string, not {what}")));
    };
    let base = call.int(1)?;
    let Some(base) = u32::try_from(base).ok().filter(|base| (2..=62).contains(base)) else {
        return Err(Failure::argument(1, "base must be a whole number between 2 and 62 inclusive"));
    };
    match Number::parse_int(text.as_str(), base) {
        Some(number) => Ok(call.num(number)),
        None => Err(Failure::argument(0, format!("the text is no integer of base {base}"))),
    }
}

pub(super) fn range(call: &Call<'_>) -> Outcome {
    let one = Number::counted(1);
    let (start, end, step) = match call.args.len() {
        1 => (Number::counted(0), call.number(0), None),
        2 => (call.number(0), call.number(1), None),
        3 => (call.number(0), call.number(1), Some(call.number(2))),
        _ => return Err(Failure::new("must have one, two, or three arguments")),
    };
    let step = step.unwrap_or_else(|| if end < start { one.neg() } else { one });
    if step.is_zero() {
        return Err(Failure::argument(2, "step must not be zero"));
    }
    let down = step.is_negative();
    if down && end > start {
        return Err(Failure::argument(1, "end must be less than start when step is negative"));
    }
    if !down && end < start {
        return Err(Failure::argument(1, "end must be greater than start when step is positive"));
    }
    let origin = call.origin();
    let mut items = Vec::new();
    let mut number = start;
    while if down { number > end } else { number < end } {
        if items.len() >= LONGEST_RANGE {
            return Err(Failure::new(
                "more than 1024 values were generated; either decrease the difference between start and end or use a smaller step",
            ));
        }
        items.push(Value::number(number.clone(), origin.clone()));
        number = number.add(&step).map_err(|error| Failure::new(error.to_string()))?;
    }
    Ok(call.list(Type::Number, items))
}

pub(super) fn sum(call: &Call<'_>) -> Outcome {
    const NUMBERS: &str = "argument must be list, set, or tuple of number values";
    let list = call.arg(0);
    let sequence = match &list.kind {
        Kind::Sequence(sequence) => sequence,
        Kind::Unknown(unknown) => {
            return match &unknown.ty {
                Type::Dynamic | Type::List(_) | Type::Set(_) | Type::Tuple(_) => Ok(call.unknown()),
                _ => Err(Failure::argument(0, "cannot sum noniterable")),
            };
        }
        Kind::Mapping(mapping) if !mapping.entries.is_empty() => {
            let message = format!("argument must be list, set, or tuple. Received {}", type_name(&list));
            return Err(Failure::argument(0, message));
        }
        _ => return Err(Failure::argument(0, "cannot sum noniterable")),
    };
    if sequence.items.is_empty() && sequence.rest.is_none() {
        return Err(Failure::argument(0, "cannot sum an empty list"));
    }
    let mut total: Option<Number> = None;
    let mut bounded = true;
    for item in &sequence.items {
        if item.is_null() {
            return Err(Failure::argument(0, NUMBERS));
        }
        let number = convert(item, &Type::Number).map_err(|_| Failure::argument(0, NUMBERS))?;
        match number.as_number() {
            Some(number) => {
                total = Some(match total {
                    Some(total) => total.add(number).map_err(|error| Failure::new(error.to_string()))?,
                    None => number.clone(),
                });
            }
            None => bounded = false,
        }
    }
    if bounded && sequence.rest.is_none() {
        return Ok(call.num(total.unwrap_or(Number::ZERO)));
    }
    let unknown: Unknown = call.unknown_parts();
    Ok(Value::from_unknown(unknown, call.origin()))
}
