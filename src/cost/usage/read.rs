//! The `usage:` map into quantities, and what is wrong with it.

use rust_decimal::Decimal;

use super::address::resource_type;
use super::keys::{Amount, KEYS, UsageKey};
use super::{DEFAULTS, Quantities, Usage, UsageProblem, UsageQuantity};
use crate::source::Span;
use crate::syntax::tree::{Node, NodeKind};
use crate::text::closest;

/// Longest text of a quantity that is read.
const LONGEST_NUMBER: usize = 24;

/// Most hours of a month.
const LONGEST_MONTH: i64 = 744;

impl Usage {
    /// Reads the `usage:` map. What cannot be used is left out and told as a problem.
    #[must_use]
    pub fn from_node(node: &Node) -> (Self, Vec<UsageProblem>) {
        let mut usage = Self::default();
        let mut problems = Vec::new();
        if !matches!(node.kind, NodeKind::Map(_) | NodeKind::Null) {
            problems.push(UsageProblem {
                span: node.span,
                message: "usage is a map from resource address to quantities".to_owned(),
                help: Some("write `aws_lb.main: { lcu: 0.5 }`".to_owned()),
            });
        }
        for member in node.members() {
            if &*member.key == DEFAULTS {
                for default in member.value.members() {
                    let read = quantities(&default.key, default.key_span, &default.value, &mut problems);
                    usage.defaults.insert(default.key.clone(), read);
                }
                continue;
            }
            match resource_type(&member.key) {
                Some(ty) => {
                    let read = quantities(ty, member.key_span, &member.value, &mut problems);
                    usage.addresses.insert(member.key.clone(), read);
                    usage.places.push((member.key.clone(), member.key_span));
                }
                None => problems.push(UsageProblem {
                    span: member.key_span,
                    message: format!("`{}` is not a resource address", member.key),
                    help: Some(format!(
                        "write an address such as `module.web.aws_lb.this`, or resource types under `{DEFAULTS}`"
                    )),
                }),
            }
        }
        (usage, problems)
    }
}

fn quantities(ty: &str, ty_span: Span, node: &Node, problems: &mut Vec<UsageProblem>) -> Quantities {
    let keys: Vec<&UsageKey> = KEYS.iter().filter(|key| key.types.contains(&ty)).collect();
    if keys.is_empty() {
        let types = KEYS.iter().flat_map(|key| key.types.iter().copied());
        problems.push(UsageProblem {
            span: ty_span,
            message: format!("no usage is known for `{ty}`"),
            help: closest(ty, types).map(|near| format!("did you mean `{near}`?")),
        });
        return Quantities::new();
    }
    // Null: a usage file whose keys are all comments still.
    if !matches!(node.kind, NodeKind::Map(_) | NodeKind::Null) {
        problems.push(UsageProblem {
            span: node.span,
            message: format!("quantities of `{ty}` are a map"),
            help: keys.first().map(|key| format!("write `{{ {}: 1 }}`", key.key)),
        });
    }
    let mut read = Quantities::new();
    for member in node.members() {
        let Some(known) = keys.iter().find(|key| key.key == &*member.key) else {
            let names = keys.iter().map(|key| key.key);
            let list = keys.iter().map(|key| format!("`{}`", key.key)).collect::<Vec<_>>().join(", ");
            problems.push(UsageProblem {
                span: member.key_span,
                message: format!("`{}` is no usage key of `{ty}`", member.key),
                help: Some(match closest(&member.key, names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {list}"),
                }),
            });
            continue;
        };
        match amount(&member.value, known.amount) {
            Ok(amount) => {
                read.insert(known.key, UsageQuantity { amount, span: member.value.span });
            }
            Err(help) => problems.push(UsageProblem {
                span: member.value.span,
                message: format!("`{}` is not a quantity", member.key),
                help: Some(help.to_owned()),
            }),
        }
    }
    read
}

/// A number that a key takes; otherwise what to write instead.
pub(super) fn amount(node: &Node, takes: Amount) -> Result<Decimal, &'static str> {
    let NodeKind::Number(text) = &node.kind else { return Err("write a number") };
    if text.len() > LONGEST_NUMBER {
        return Err("write a shorter number");
    }
    let plain = text.parse::<Decimal>().ok();
    let value = plain.or_else(|| Decimal::from_scientific(text).ok()).ok_or("write a decimal number")?;
    if value.is_sign_negative() && !value.is_zero() {
        return Err("write a number that is not negative");
    }
    match takes {
        Amount::Whole if value < Decimal::ONE || !value.fract().is_zero() => {
            return Err("write a whole number from 1");
        }
        Amount::Share if value > Decimal::ONE => return Err("write a share from 0 to 1: 0.25 for a quarter"),
        Amount::Hours if value > Decimal::from(LONGEST_MONTH) => {
            return Err("write hours of a month, from 0 to 744");
        }
        Amount::Positive if value.is_zero() => return Err("write a number above 0"),
        Amount::Any | Amount::Whole | Amount::Share | Amount::Hours | Amount::Positive => {}
    }
    if value > Decimal::from(1_000_000_000_000_000_i64) {
        return Err("write a smaller number");
    }
    Ok(value)
}
