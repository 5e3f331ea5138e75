//! `plimsoll/diff/1`: what a change adds and removes.

use std::io::{self, Write};

use rust_decimal::Decimal;
use serde::Serialize;

use super::{QuantityRecord, RangeRecord, exact, exact_money, write};
use crate::change::budget::{By, Checked, Kept, Limit, Unchecked, Verdicts};
use crate::change::{
    Amount, ComponentChange, Finding, FindingsChange, MoneyChange, ResourceChange, Unpriced,
};
use crate::cost::estimate::Range;
use crate::lint::Severity;
use crate::report::change::{Report, Side, SideKind};

/// Version of the shape of changes.
pub const DIFF_SCHEMA: &str = "plimsoll/diff/1";

/// Digits behind the point of a percentage.
const PERCENT_PLACES: u32 = 4;

#[derive(Serialize)]
struct DiffRecord<'a> {
    schema: &'a str,
    version: &'a str,
    currency: &'a str,
    as_of: String,
    base: SideRecord<'a>,
    head: SideRecord<'a>,
    money: Option<MoneyRecord<'a>>,
    findings: Option<FindingsRecord<'a>>,
    budgets: BudgetsRecord<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
}

#[derive(Serialize)]
struct SideRecord<'a> {
    kind: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
}

#[derive(Serialize)]
struct TotalRecord {
    total: RangeRecord,
    at_least: bool,
}

#[derive(Serialize)]
struct MoneyRecord<'a> {
    before: TotalRecord,
    after: TotalRecord,
    change: RangeRecord,
    percent: Option<String>,
    resources: Vec<ResourceRecord<'a>>,
    unpriced: UnpricedChangeRecord<'a>,
}

#[derive(Serialize)]
struct ResourceRecord<'a> {
    address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_address: Option<&'a str>,
    kind: &'a str,
    action: &'a str,
    file: &'a str,
    line: usize,
    before: Option<RangeRecord>,
    after: Option<RangeRecord>,
    change: RangeRecord,
    components: Vec<ComponentRecord<'a>>,
}

#[derive(Serialize)]
struct ComponentRecord<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_name: Option<&'a str>,
    unit: &'a str,
    before: Option<AmountRecord>,
    after: Option<AmountRecord>,
    change: RangeRecord,
}

#[derive(Serialize)]
struct AmountRecord {
    quantity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity_range: Option<QuantityRecord>,
    unit_price: String,
    monthly: RangeRecord,
}

#[derive(Serialize)]
struct UnpricedChangeRecord<'a> {
    added: Vec<UnpricedRecord<'a>>,
    removed: Vec<UnpricedRecord<'a>>,
}

#[derive(Serialize)]
struct UnpricedRecord<'a> {
    address: &'a str,
    reason: &'a str,
    unit_price: Option<String>,
    unit: Option<&'a str>,
}

#[derive(Serialize)]
struct FindingsRecord<'a> {
    added: Vec<FindingRecord<'a>>,
    removed: Vec<FindingRecord<'a>>,
    undecided_before: usize,
    undecided_after: usize,
}

#[derive(Serialize)]
struct FindingRecord<'a> {
    rule: &'a str,
    severity: Severity,
    message: &'a str,
    file: &'a str,
    line: usize,
    element: Option<&'a str>,
    instances: Vec<&'a str>,
    /// USD a month that it costs, or that its fix saves (negative).
    monthly: Option<String>,
    fingerprint: &'a str,
}

/// Budgets, as `plimsoll/diff/1` and `plimsoll/estimate/1` hold them.
#[derive(Serialize)]
pub(in crate::report) struct BudgetsRecord<'a> {
    checked: Vec<CheckedRecord<'a>>,
    not_checked: Vec<UncheckedRecord<'a>>,
}

#[derive(Serialize)]
struct CheckedRecord<'a> {
    by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    of: &'a str,
    on: &'a str,
    limit: String,
    actual: Option<String>,
    result: &'a str,
    because: Vec<BecauseRecord<'a>>,
    further: usize,
}

#[derive(Serialize)]
struct BecauseRecord<'a> {
    address: &'a str,
    file: &'a str,
    line: usize,
    amount: String,
}

#[derive(Serialize)]
struct UncheckedRecord<'a> {
    address: &'a str,
    file: &'a str,
    line: usize,
    reason: &'a str,
}

/// Writes `plimsoll/diff/1`.
///
/// # Errors
/// When the stream fails.
pub fn diff(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let record = DiffRecord {
        schema: DIFF_SCHEMA,
        version: report.version,
        currency: "USD",
        as_of: report.as_of.to_string(),
        base: side(report.base),
        head: side(report.head),
        money: report.difference.money.as_ref().map(money),
        findings: report.difference.findings.as_ref().map(findings),
        budgets: budgets(report.budgets),
        notes: report.notes,
    };
    write(&record, out)
}

fn side(of: &Side) -> SideRecord<'_> {
    let kind = match of.kind {
        SideKind::Revision => "revision",
        SideKind::WorkingTree => "working-tree",
        SideKind::Path => "path",
        SideKind::Report => "report",
    };
    SideRecord { kind, name: &of.name, commit: of.commit.as_deref() }
}

fn money(of: &MoneyChange) -> MoneyRecord<'_> {
    let total = |total: Range, at_least| TotalRecord { total: total.into(), at_least };
    MoneyRecord {
        before: total(of.before, of.before_at_least),
        after: total(of.after, of.after_at_least),
        change: of.delta().into(),
        percent: of.percent().map(percent),
        resources: of.resources.iter().map(resource).collect(),
        unpriced: UnpricedChangeRecord {
            added: of.unpriced.added.iter().map(unpriced).collect(),
            removed: of.unpriced.removed.iter().map(unpriced).collect(),
        },
    }
}

fn percent(share: Decimal) -> String {
    exact(share.round_dp(PERCENT_PLACES))
}

fn resource(of: &ResourceChange) -> ResourceRecord<'_> {
    ResourceRecord {
        address: &of.address,
        previous_address: of.previous_address.as_deref(),
        kind: &of.kind,
        action: match (of.before.is_some(), of.after.is_some()) {
            (false, _) => "added",
            (true, false) => "removed",
            (true, true) => "changed",
        },
        file: &of.file,
        line: of.line,
        before: of.before.map(RangeRecord::from),
        after: of.after.map(RangeRecord::from),
        change: of.delta().into(),
        components: of.components.iter().map(component).collect(),
    }
}

fn component(of: &ComponentChange) -> ComponentRecord<'_> {
    let amount = |amount: Amount| AmountRecord {
        quantity: exact(amount.quantity.expected),
        quantity_range: (!amount.quantity.is_exact())
            .then(|| QuantityRecord { low: exact(amount.quantity.low), high: exact(amount.quantity.high) }),
        unit_price: exact(amount.unit_price),
        monthly: amount.monthly.into(),
    };
    ComponentRecord {
        name: &of.name,
        previous_name: of.previous_name.as_deref(),
        unit: &of.unit,
        before: of.before.map(amount),
        after: of.after.map(amount),
        change: of.delta().into(),
    }
}

fn unpriced(of: &Unpriced) -> UnpricedRecord<'_> {
    UnpricedRecord {
        address: &of.address,
        reason: &of.reason,
        unit_price: of.unit_price.map(exact),
        unit: of.unit.as_deref(),
    }
}

fn findings(of: &FindingsChange) -> FindingsRecord<'_> {
    FindingsRecord {
        added: of.added.iter().map(finding).collect(),
        removed: of.removed.iter().map(finding).collect(),
        undecided_before: of.undecided_before,
        undecided_after: of.undecided_after,
    }
}

fn finding(finding: &Finding) -> FindingRecord<'_> {
    FindingRecord {
        rule: &finding.rule,
        severity: finding.severity,
        message: &finding.message,
        file: &finding.file,
        line: finding.line,
        element: finding.element.as_deref(),
        instances: finding.instances.iter().map(String::as_str).collect(),
        monthly: finding.monthly.map(exact_money),
        fingerprint: &finding.fingerprint,
    }
}

/// What became of the budgets, for a report that holds it.
pub(in crate::report) fn budgets(of: &Verdicts) -> BudgetsRecord<'_> {
    BudgetsRecord {
        checked: of.checked.iter().map(checked).collect(),
        not_checked: of.unchecked.iter().map(unchecked).collect(),
    }
}

fn checked(of: &Checked) -> CheckedRecord<'_> {
    let (by, address, place) = match &of.budget.by {
        By::Flag => ("flag", None, None),
        By::Config { file, line } => ("config", None, Some((file.as_str(), *line))),
        By::Resource { address, file, line } => {
            ("resource", Some(address.as_str()), Some((file.as_str(), *line)))
        }
    };
    let is_percent = matches!(of.budget.limit, Limit::IncreasePercent(_));
    let (what, limit) = match of.budget.limit {
        Limit::Monthly(limit) => ("monthly", exact_money(limit)),
        Limit::Increase(limit) => ("increase", exact_money(limit)),
        Limit::IncreasePercent(limit) => ("increase-percent", exact(limit)),
    };
    CheckedRecord {
        by,
        address,
        file: place.map(|(file, _)| file),
        line: place.map(|(_, line)| line),
        of: what,
        on: of.budget.on.as_str(),
        limit,
        actual: of.actual.map(|actual| if is_percent { percent(actual) } else { exact_money(actual) }),
        result: match of.kept {
            Kept::Yes => "kept",
            Kept::PricedPart => "kept-by-priced-part",
            Kept::No => "exceeded",
        },
        because: of
            .because
            .iter()
            .map(|because| BecauseRecord {
                address: &because.address,
                file: &because.file,
                line: because.line,
                amount: exact_money(because.amount),
            })
            .collect(),
        further: of.further,
    }
}

fn unchecked(of: &Unchecked) -> UncheckedRecord<'_> {
    UncheckedRecord { address: &of.address, file: &of.file, line: of.line, reason: &of.reason }
}
