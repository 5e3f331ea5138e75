//! Whatever two states hold: nothing differs from itself, and lines add up to the change of the total.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;

/// Few addresses and names, so that they meet.
const ADDRESSES: [&str; 7] = [
    "aws_a.x",
    "aws_a.x[0]",
    "aws_a.x[1]",
    "module.m.aws_a.x",
    "module.n[\"k\"].aws_a.x",
    "aws_b.y",
    "aws_b.z",
];
const NAMES: [&str; 4] = ["Hours", "Instance (small)", "Instance (large)", "Storage"];

fn range() -> impl Strategy<Value = Range> {
    (0..1_000_000_i64, 0..1_000_i64, 0..1_000_i64, 0..9_u32).prop_map(|(low, more, most, scale)| Range {
        low: Decimal::new(low, scale),
        expected: Decimal::new(low + more, scale),
        high: Decimal::new(low + more + most, scale),
    })
}

fn component() -> impl Strategy<Value = Component> {
    (prop::sample::select(&NAMES[..]), range(), range()).prop_map(|(name, quantity, monthly)| Component {
        name: name.to_owned(),
        unit: "hours".to_owned(),
        amount: Amount { quantity, unit_price: Decimal::new(5, 3), monthly },
    })
}

fn resource() -> impl Strategy<Value = Resource> {
    let kind = prop::sample::select(&["nat-gateway", "rds-instance"][..]);
    let file = prop::sample::select(&["a.tf", "b.tf"][..]);
    let components = prop::collection::vec(component(), 0..4);
    (prop::sample::select(&ADDRESSES[..]), kind, file, components).prop_map(
        |(address, kind, file, components)| Resource {
            address: address.to_owned(),
            kind: kind.to_owned(),
            file: file.to_owned(),
            line: 1,
            monthly: components.iter().map(|component| component.amount.monthly).sum(),
            components,
        },
    )
}

fn finding() -> impl Strategy<Value = Finding> {
    let instances = prop::collection::vec(prop::sample::select(&ADDRESSES[..]), 0..3);
    let rule = prop::sample::select(&["one", "two"][..]);
    (rule, instances, prop::sample::select(&["", "f1", "f2"][..])).prop_map(|(rule, instances, print)| {
        Finding {
            rule: rule.to_owned(),
            severity: Severity::Warning,
            message: "m".to_owned(),
            file: "a.tf".to_owned(),
            line: 1,
            element: None,
            instances: instances.into_iter().map(str::to_owned).collect(),
            fingerprint: print.to_owned(),
            monthly: None,
        }
    })
}

fn state() -> impl Strategy<Value = State> {
    let unpriced = (prop::sample::select(&ADDRESSES[..]), prop::sample::select(&["r", "s"][..]));
    let unpriced = unpriced.prop_map(|(address, reason)| Unpriced {
        address: address.to_owned(),
        reason: reason.to_owned(),
        unit_price: None,
        unit: None,
    });
    let list = |findings| Findings { list: findings, undecided: 0 };
    (
        prop::collection::vec(resource(), 0..8),
        prop::collection::vec(unpriced, 0..4),
        prop::collection::vec(finding(), 0..5),
    )
        .prop_map(move |(resources, unpriced, findings)| State {
            money: Some(Money { resources, unpriced }),
            findings: Some(list(findings)),
            ..State::default()
        })
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let address = || prop::sample::select(&["aws_a.x", "aws_b.y", "module.m", "module.n", "aws_a.x[1]"][..]);
    let of = (address(), address()).prop_map(|(from, to)| Move { from: from.to_owned(), to: to.to_owned() });
    prop::collection::vec(of, 0..3)
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(state in state()) {
        let difference = compare(&state, &state, &[]);
        prop_assert!(difference.is_empty(), "{difference:?}");
    }

    #[test]
    fn changes_add_up_exactly(before in state(), after in state(), moves in moves()) {
        let change = compare(&before, &after, &moves).money.unwrap();
        let total = |of: &[Range], figure: fn(&Range) -> Decimal| of.iter().map(figure).sum::<Decimal>();
        for figure in [|of: &Range| of.low, |of: &Range| of.expected, |of: &Range| of.high] {
            let deltas: Vec<Range> = change.resources.iter().map(ResourceChange::delta).collect();
            prop_assert_eq!(total(&deltas, figure), figure(&change.delta()));
            prop_assert_eq!(figure(&change.after) - figure(&change.before), figure(&change.delta()));
            for resource in &change.resources {
                let parts: Vec<Range> = resource.components.iter().map(ComponentChange::delta).collect();
                prop_assert_eq!(total(&parts, figure), figure(&resource.delta()));
            }
        }
    }

    #[test]
    fn back_is_the_opposite(before in state(), after in state()) {
        let there = compare(&before, &after, &[]);
        let back = compare(&after, &before, &[]);
        prop_assert_eq!(there.money.as_ref().unwrap().resources.len(), back.money.as_ref().unwrap().resources.len());
        prop_assert_eq!(there.money.unwrap().delta().expected, -back.money.unwrap().delta().expected);
    }
}

#[test]
fn moves_are_followed_through_modules_and_chains() {
    let at = |address: &str| State {
        money: Some(Money {
            resources: vec![Resource {
                address: address.to_owned(),
                kind: "nat-gateway".to_owned(),
                file: "a.tf".to_owned(),
                line: 1,
                monthly: Range::exactly(Decimal::ONE),
                components: vec![Component {
                    name: "Hours".to_owned(),
                    unit: "hours".to_owned(),
                    amount: Amount {
                        quantity: Range::exactly(Decimal::ONE),
                        unit_price: Decimal::ONE,
                        monthly: Range::exactly(Decimal::ONE),
                    },
                }],
            }],
            unpriced: Vec::new(),
        }),
        ..State::default()
    };
    let of = |from: &str, to: &str| Move { from: from.to_owned(), to: to.to_owned() };
    let moves =
        [of("module.a", "module.b"), of("module.b.aws_x.y", "aws_x.z"), of("aws_c.c", "aws_c.d[\"k.1\"]")];
    for (before, after, is_same) in [
        ("module.a.aws_x.y", "aws_x.z", true),
        ("module.a.aws_x.q", "module.b.aws_x.q", true),
        ("module.a[0].aws_x.q", "module.b[0].aws_x.q", true),
        ("aws_c.c", "aws_c.d[\"k.1\"]", true),
        ("aws_c.c", "aws_c.c[0]", false),
        ("aws_e.e", "aws_e.e[0]", true),
        ("module.ab.aws_x.y", "module.b.aws_x.y", false),
    ] {
        let difference = compare(&at(before), &at(after), &moves);
        assert_eq!(difference.is_empty(), is_same, "{before} to {after}: {difference:?}");
    }
    // A circle ends.
    let circle = [of("aws_a.a", "aws_b.b"), of("aws_b.b", "aws_a.a")];
    assert!(compare(&at("aws_a.a"), &at("aws_a.a"), &circle).money.unwrap().delta().expected.is_zero());
}
