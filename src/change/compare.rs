//! What differs between two states: resources by address, their components by name, findings by what they are.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::pairs::Pairs;
use super::{Amount, Component, Finding, Findings, Money, Move, Resource, State, Unpriced};
use crate::cost::estimate::Range;
use crate::lint::identity::without_numbers;

/// What a change adds and removes.
#[derive(Debug, Clone, Default)]
pub struct Difference {
    /// `None` where one of the two has no estimate.
    pub money: Option<MoneyChange>,
    /// `None` where one of the two has no findings.
    pub findings: Option<FindingsChange>,
}

/// Change in USD a month.
#[derive(Debug, Clone, Default)]
pub struct MoneyChange {
    pub before: Range,
    pub after: Range,
    /// Whether the total of then lacks something that costs money.
    pub before_at_least: bool,
    pub after_at_least: bool,
    /// The largest increase of the expected amount first.
    pub resources: Vec<ResourceChange>,
    pub unpriced: UnpricedChange,
}

impl MoneyChange {
    /// Figure by figure what there is more; negative where it is less. The exact sum over all resources.
    #[must_use]
    pub fn delta(&self) -> Range {
        minus(self.after, self.before)
    }

    /// The expected change in percent of what was expected; `None` where that was nothing.
    #[must_use]
    pub fn percent(&self) -> Option<Decimal> {
        percent(self.delta().expected, self.before.expected)
    }
}

/// What is not priced, and was not there before or is there no more.
#[derive(Debug, Clone, Default)]
pub struct UnpricedChange {
    pub added: Vec<Unpriced>,
    pub removed: Vec<Unpriced>,
}

impl UnpricedChange {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// A resource that costs something else than before.
#[derive(Debug, Clone)]
pub struct ResourceChange {
    pub address: String,
    /// Its address then, where that was another one.
    pub previous_address: Option<String>,
    pub kind: String,
    /// Where it is written now; for a removed one, where it was.
    pub file: String,
    pub line: usize,
    /// `None` for one that is new.
    pub before: Option<Range>,
    /// `None` for one that is gone.
    pub after: Option<Range>,
    pub components: Vec<ComponentChange>,
}

impl ResourceChange {
    #[must_use]
    pub fn delta(&self) -> Range {
        minus(self.after.unwrap_or_default(), self.before.unwrap_or_default())
    }
}

/// A component that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentChange {
    pub name: String,
    /// Its name then, where that was another one.
    pub previous_name: Option<String>,
    pub unit: String,
    pub before: Option<Amount>,
    pub after: Option<Amount>,
}

impl ComponentChange {
    #[must_use]
    pub fn delta(&self) -> Range {
        let monthly = |amount: Option<Amount>| amount.map(|amount| amount.monthly).unwrap_or_default();
        minus(monthly(self.after), monthly(self.before))
    }
}

/// Findings that are new, and that are gone; each with the instances of which that holds.
#[derive(Debug, Clone, Default)]
pub struct FindingsChange {
    pub added: Vec<Finding>,
    pub removed: Vec<Finding>,
    pub undecided_before: usize,
    pub undecided_after: usize,
}

impl Difference {
    /// Whether nothing changed that costs, could cost or is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let money =
            self.money.as_ref().is_none_or(|money| money.resources.is_empty() && money.unpriced.is_empty());
        let findings = self
            .findings
            .as_ref()
            .is_none_or(|findings| findings.added.is_empty() && findings.removed.is_empty());
        money && findings
    }
}

/// Compares two states. `moves` says what was called otherwise before.
#[must_use]
pub fn compare(before: &State, after: &State, moves: &[Move]) -> Difference {
    let renames = Renames::new(moves);
    Difference {
        money: before.money.as_ref().zip(after.money.as_ref()).map(|of| money(of, (before, after), &renames)),
        findings: before
            .findings
            .as_ref()
            .zip(after.findings.as_ref())
            .map(|of| findings(of, (before, after), &renames)),
    }
}

fn minus(from: Range, what: Range) -> Range {
    Range {
        low: from.low.saturating_sub(what.low),
        expected: from.expected.saturating_sub(what.expected),
        high: from.high.saturating_sub(what.high),
    }
}

/// `part` in percent of `of`; `None` where that is nothing.
pub(super) fn percent(part: Decimal, of: Decimal) -> Option<Decimal> {
    let share = part.checked_div(of)?;
    share.checked_mul(Decimal::ONE_HUNDRED)
}

/// What things of then are called now.
struct Renames<'m> {
    by_address: HashMap<&'m str, &'m str>,
}

impl<'m> Renames<'m> {
    fn new(moves: &'m [Move]) -> Self {
        Self { by_address: moves.iter().map(|of| (of.from.as_str(), of.to.as_str())).collect() }
    }

    /// The address of now for one of then: the longest moved part of it (a resource, or a module around it) is
    /// replaced, and what a chain of moves leads to is followed.
    fn now(&self, address: &str) -> String {
        let mut address = address.to_owned();
        // A chain is no longer than there are moves; one that goes in a circle ends here too.
        for _ in 0..self.by_address.len().min(20) {
            let ends = address.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(at, _)| at);
            let ends: Vec<usize> = ends.chain([address.len()]).collect();
            let moved = ends.iter().rev().find_map(|end| {
                let (head, tail) = address.split_at_checked(*end)?;
                let to = self.by_address.get(head)?;
                Some(format!("{to}{tail}"))
            });
            match moved {
                Some(moved) if moved != address => address = moved,
                _ => break,
            }
        }
        address
    }
}

fn money(
    (before, after): (&Money, &Money),
    (of_then, of_now): (&State, &State),
    renames: &Renames<'_>,
) -> MoneyChange {
    let then: Vec<(String, &Resource)> =
        before.resources.iter().map(|resource| (renames.now(&resource.address), resource)).collect();
    let now: Vec<&Resource> = after.resources.iter().collect();
    let mut pairs = Pairs::new(then.len(), now.len());
    // The same address may stand in several root modules: the file decides first.
    pairs.by(
        |at| then.get(at).map(|(address, of)| (address.as_str(), of.kind.as_str(), of_then.own(&of.file))),
        |at| now.get(at).map(|of| (of.address.as_str(), of.kind.as_str(), of_now.own(&of.file))),
    );
    pairs.by(
        |at| then.get(at).map(|(address, of)| (address.as_str(), of.kind.as_str())),
        |at| now.get(at).map(|of| (of.address.as_str(), of.kind.as_str())),
    );
    // A task definition of the same file may have another name now; what it is billed as may have changed too.
    pairs.by(
        |at| then.get(at).map(|(address, _)| address.as_str()),
        |at| now.get(at).map(|of| of.address.as_str()),
    );
    // Terraform moves `a` to `a[0]`, and back, by itself.
    pairs.by(
        |at| then.get(at).map(|(address, of)| (without_first_index(address), of.kind.as_str())),
        |at| now.get(at).map(|of| (without_first_index(&of.address), of.kind.as_str())),
    );
    let mut resources: Vec<ResourceChange> = pairs
        .finish()
        .into_iter()
        .filter_map(|(b, a)| {
            resource(b.and_then(|b| then.get(b)).map(|(_, of)| *of), a.and_then(|a| now.get(a)).copied())
        })
        .collect();
    resources.sort_by(|a, b| {
        b.delta()
            .expected
            .cmp(&a.delta().expected)
            .then_with(|| (&a.address, &a.file).cmp(&(&b.address, &b.file)))
    });
    MoneyChange {
        before: before.total(),
        after: after.total(),
        before_at_least: !before.unpriced.is_empty(),
        after_at_least: !after.unpriced.is_empty(),
        resources,
        unpriced: unpriced(before, after, renames),
    }
}

/// `a` for `a[0]`.
fn without_first_index(address: &str) -> &str {
    address.strip_suffix("[0]").unwrap_or(address)
}

/// `None` where nothing of it changed, and for free resources.
fn resource(before: Option<&Resource>, after: Option<&Resource>) -> Option<ResourceChange> {
    let of = after.or(before)?;
    let components = components(
        before.map(|of| of.components.as_slice()).unwrap_or_default(),
        after.map(|of| of.components.as_slice()).unwrap_or_default(),
    );
    if components.is_empty() {
        return None;
    }
    let previous = before.map(|before| &before.address).filter(|address| **address != of.address);
    Some(ResourceChange {
        address: of.address.clone(),
        previous_address: previous.cloned(),
        kind: of.kind.clone(),
        file: of.file.clone(),
        line: of.line,
        before: before.map(|of| of.monthly),
        after: after.map(|of| of.monthly),
        components,
    })
}

fn components(then: &[Component], now: &[Component]) -> Vec<ComponentChange> {
    let mut pairs = Pairs::new(then.len(), now.len());
    let key = |of: &[Component], at: usize| of.get(at).map(|of| (of.name.clone(), of.unit.clone()));
    pairs.by(|at| key(then, at), |at| key(now, at));
    // `Database instance (…, db.t3.micro)` and `(…, db.t3.small)` are one thing.
    let stem = |of: &[Component], at: usize| {
        of.get(at).map(|of| (of.name.split(" (").next().unwrap_or_default().to_owned(), of.unit.clone()))
    };
    pairs.by(|at| stem(then, at), |at| stem(now, at));
    let pairs = pairs.finish().into_iter();
    let changes = pairs.filter_map(|(b, a)| {
        let before = b.and_then(|b| then.get(b));
        let after = a.and_then(|a| now.get(a));
        let of = after.or(before)?;
        if before == after {
            return None;
        }
        Some(ComponentChange {
            name: of.name.clone(),
            previous_name: before.map(|before| &before.name).filter(|name| **name != of.name).cloned(),
            unit: of.unit.clone(),
            before: before.map(|of| of.amount),
            after: after.map(|of| of.amount),
        })
    });
    changes.collect()
}

fn unpriced(before: &Money, after: &Money, renames: &Renames<'_>) -> UnpricedChange {
    let then: Vec<(String, &Unpriced)> =
        before.unpriced.iter().map(|of| (renames.now(&of.address), of)).collect();
    let now = &after.unpriced;
    let mut pairs = Pairs::new(then.len(), now.len());
    pairs.by(
        |at| then.get(at).map(|(address, of)| (address.as_str(), of.reason.as_str())),
        |at| now.get(at).map(|of| (of.address.as_str(), of.reason.as_str())),
    );
    let mut change = UnpricedChange::default();
    for (b, a) in pairs.finish() {
        match (b.and_then(|b| then.get(b)), a.and_then(|a| now.get(a))) {
            (None, Some(of)) => change.added.push(of.clone()),
            (Some((_, of)), None) => change.removed.push((*of).clone()),
            _ => {}
        }
    }
    change
}

/// One instance of a finding.
struct Item<'f> {
    of: usize,
    finding: &'f Finding,
    /// Its number among the instances.
    number: usize,
    address: &'f str,
    /// The address of now, without the numbers of `count`; `None` for what has no name but that of its file.
    name: Option<String>,
    /// What the file is called within its state.
    file: &'f str,
}

fn items<'f>(findings: &'f Findings, state: &State, rename: impl Fn(&str) -> String) -> Vec<Item<'f>> {
    let mut items = Vec::new();
    for (of, finding) in findings.list.iter().enumerate() {
        let file = state.own(&finding.file);
        if finding.instances.is_empty() {
            items.push(Item { of, finding, number: 0, address: "", name: None, file });
        }
        for (number, address) in finding.instances.iter().enumerate() {
            let is_place = *address == finding.file || address.starts_with("root module ");
            let name = (!is_place && !address.is_empty()).then(|| without_numbers(&rename(address)));
            items.push(Item { of, finding, number, address, name, file });
        }
    }
    items
}

fn findings(
    (before, after): (&Findings, &Findings),
    (of_then, of_now): (&State, &State),
    renames: &Renames<'_>,
) -> FindingsChange {
    let then = items(before, of_then, |address| renames.now(address));
    let now = items(after, of_now, str::to_owned);
    let mut pairs = Pairs::new(then.len(), now.len());
    // What is found of the same thing in the same file first: several root modules may share their addresses.
    let exact = |of: &[Item<'_>], at: usize| {
        let item = of.get(at)?;
        let finding = item.finding;
        let name = item.name.clone();
        Some((
            finding.rule.clone(),
            name,
            finding.element.clone(),
            item.file.to_owned(),
            finding.message.clone(),
        ))
    };
    pairs.by(|at| exact(&then, at), |at| exact(&now, at));
    let by_fingerprint = |of: &[Item<'_>], at: usize| {
        let item = of.get(at).filter(|item| item.number == 0 && !item.finding.fingerprint.is_empty())?;
        Some((item.finding.rule.clone(), item.finding.fingerprint.clone()))
    };
    pairs.by(|at| by_fingerprint(&then, at), |at| by_fingerprint(&now, at));
    let by_name = |of: &[Item<'_>], at: usize| {
        let item = of.get(at)?;
        let name = item.name.clone()?;
        Some((item.finding.rule.clone(), name, item.finding.element.clone()))
    };
    pairs.by(|at| by_name(&then, at), |at| by_name(&now, at));
    let by_file = |of: &[Item<'_>], at: usize| {
        let item = of.get(at).filter(|item| item.name.is_none())?;
        Some((item.finding.rule.clone(), item.file.to_owned(), item.finding.element.clone()))
    };
    pairs.by(|at| by_file(&then, at), |at| by_file(&now, at));

    let mut change = FindingsChange {
        undecided_before: before.undecided,
        undecided_after: after.undecided,
        ..FindingsChange::default()
    };
    let mut alone: (Vec<&Item<'_>>, Vec<&Item<'_>>) = (Vec::new(), Vec::new());
    for (b, a) in pairs.finish() {
        match (b.and_then(|b| then.get(b)), a.and_then(|a| now.get(a))) {
            (None, Some(item)) => alone.1.push(item),
            (Some(item), None) => alone.0.push(item),
            _ => {}
        }
    }
    // The third of three log groups that a `count` makes is no other finding than the first two.
    let known = |of: &[Item<'_>]| -> std::collections::HashSet<(String, String, Option<String>)> {
        let key = |item: &Item<'_>| {
            Some((item.finding.rule.clone(), item.name.clone()?, item.finding.element.clone()))
        };
        of.iter().filter_map(key).collect()
    };
    let is_known = |item: &&Item<'_>,
                    others: &std::collections::HashSet<(String, String, Option<String>)>| {
        let numbered = item.name.as_deref().is_some_and(|name| name != item.address);
        let key =
            item.name.clone().map(|name| (item.finding.rule.clone(), name, item.finding.element.clone()));
        numbered && key.is_some_and(|key| others.contains(&key))
    };
    let (of_then, of_now) = (known(&then), known(&now));
    alone.0.retain(|item| !is_known(item, &of_now));
    alone.1.retain(|item| !is_known(item, &of_then));
    change.added = together(&alone.1);
    change.removed = together(&alone.0);
    change
}

/// The findings of these items, each with the instances that are among them, the most severe first.
fn together(items: &[&Item<'_>]) -> Vec<Finding> {
    let mut findings: Vec<(usize, Finding)> = Vec::new();
    for item in items {
        match findings.last_mut() {
            Some((of, finding)) if *of == item.of => finding.instances.push(item.address.to_owned()),
            _ => {
                let instances = if item.finding.instances.is_empty() {
                    Vec::new()
                } else {
                    vec![item.address.to_owned()]
                };
                findings.push((item.of, Finding { instances, ..item.finding.clone() }));
            }
        }
    }
    let mut findings: Vec<Finding> = findings.into_iter().map(|(_, finding)| finding).collect();
    findings
        .sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| (&a.file, a.line).cmp(&(&b.file, b.line))));
    findings
}
