//! `plimsoll/findings/1` and `plimsoll/estimate/1`, the JSON that other programs read (DESIGN §4).

mod change;

pub use change::{DIFF_SCHEMA, diff};

use std::borrow::Cow;
use std::io::{self, Write};

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter};

use super::{Outcome, text};
use crate::cost::estimate::{Estimate, Range};
use crate::lint::{Finding, Severity, Suppressed, SuppressedBy, Undecided};
use crate::model::Stage;

/// Version of the shape of findings.
pub const FINDINGS_SCHEMA: &str = "plimsoll/findings/1";

/// Version of the shape of estimates.
pub const ESTIMATE_SCHEMA: &str = "plimsoll/estimate/1";

/// Version of the shape that holds both.
pub const OVERVIEW_SCHEMA: &str = "plimsoll/overview/1";

#[derive(Serialize)]
struct Overview<'a> {
    schema: &'a str,
    findings: FindingsReport<'a>,
    estimate: Option<EstimateReport<'a>>,
}

#[derive(Serialize)]
pub(super) struct FindingsReport<'a> {
    schema: &'a str,
    version: &'a str,
    as_of: String,
    summary: Summary,
    findings: Vec<FindingRecord<'a>>,
    undecided: Vec<UndecidedRecord<'a>>,
    suppressed: Vec<SuppressedRecord<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    environment: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    environment_name: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Summary {
    files: usize,
    error: usize,
    warning: usize,
    info: usize,
    undecided: usize,
    suppressed: usize,
    decided: usize,
    applicable: usize,
}

#[derive(Serialize)]
pub(super) struct FindingRecord<'a> {
    rule: &'a str,
    severity: Severity,
    message: Cow<'a, str>,
    help: Option<Cow<'a, str>>,
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    resource: Option<&'a str>,
    element: Option<&'a str>,
    stage: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage_hint: Option<&'a str>,
    conditional: bool,
    related: Vec<RelatedRecord<'a>>,
    instances: Vec<&'a str>,
    fix: Option<FixRecord<'a>>,
    monthly: Option<MonthlyRecord<'a>>,
    fingerprint: &'a str,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct RelatedRecord<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    message: Cow<'a, str>,
}

#[derive(Serialize)]
struct FixRecord<'a> {
    applicability: crate::lint::Applicability,
    edits: Vec<EditRecord<'a>>,
}

#[derive(Serialize)]
struct EditRecord<'a> {
    file: &'a str,
    start: u32,
    end: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct MonthlyRecord<'a> {
    #[serde(serialize_with = "money")]
    amount: Decimal,
    basis: &'a str,
}

#[derive(Serialize)]
pub(super) struct UndecidedRecord<'a> {
    rule: &'a str,
    cause: CauseRecord,
    decide_with: Option<String>,
    file: &'a str,
    line: usize,
    instances: Vec<&'a str>,
}

#[derive(Serialize)]
struct CauseRecord {
    kind: &'static str,
    name: String,
}

#[derive(Serialize)]
pub(super) struct SuppressedRecord<'a> {
    rule: &'a str,
    file: &'a str,
    line: usize,
    by: SuppressedBy,
    reason: Option<Cow<'a, str>>,
    until: Option<&'a str>,
}

/// Writes `plimsoll/findings/1`.
///
/// # Errors
/// When the stream fails.
pub fn findings(outcome: &Outcome<'_>, out: &mut dyn Write) -> io::Result<()> {
    write(&findings_report(outcome), out)
}

/// Writes findings and, where there is one, the estimate as one object.
///
/// # Errors
/// When the stream fails.
pub fn overview(outcome: &Outcome<'_>, out: &mut dyn Write) -> io::Result<()> {
    let overview = Overview {
        schema: OVERVIEW_SCHEMA,
        findings: findings_report(outcome),
        estimate: outcome.estimate.map(|estimate| estimate_report(outcome, estimate)),
    };
    write(&overview, out)
}

pub(super) fn findings_report<'a>(outcome: &Outcome<'a>) -> FindingsReport<'a> {
    let judgement = outcome.judgement;
    FindingsReport {
        schema: FINDINGS_SCHEMA,
        version: outcome.version,
        as_of: outcome.as_of.to_string(),
        summary: summary(outcome),
        findings: judgement.findings.iter().map(|finding| finding_record(outcome, finding)).collect(),
        undecided: judgement.undecided.iter().map(|record| undecided_record(outcome, record)).collect(),
        suppressed: judgement.suppressed.iter().map(|record| suppressed_record(outcome, record)).collect(),
        notes: outcome.notes,
        environment: outcome.environment,
        environment_name: outcome.environment_name,
    }
}

pub(super) fn summary(outcome: &Outcome<'_>) -> Summary {
    let counts = outcome.counts();
    Summary {
        files: outcome.files,
        error: counts.error,
        warning: counts.warning,
        info: counts.info,
        undecided: counts.undecided,
        suppressed: counts.suppressed,
        decided: counts.decided,
        applicable: counts.applicable,
    }
}

pub(super) fn finding_record<'a>(outcome: &Outcome<'a>, finding: &'a Finding) -> FindingRecord<'a> {
    let sources = outcome.sources;
    let (start, end) = (sources.position(finding.primary), sources.end_position(finding.primary));
    let addresses = || finding.instances.iter().map(|instance| &*instance.address);
    let has_stage = finding.stage.stage != Stage::Unknown || finding.stage.hint.is_some();
    FindingRecord {
        rule: &finding.rule,
        severity: finding.severity,
        message: outcome.words(&finding.message),
        help: outcome.help(finding),
        file: sources.name(finding.primary.file),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        resource: addresses().next(),
        element: finding.element.as_deref(),
        stage: has_stage.then(|| finding.stage.stage.as_str()),
        stage_hint: finding.stage.hint.as_deref(),
        conditional: finding.conditional,
        related: finding
            .related
            .iter()
            .map(|related| {
                let start = sources.position(related.span);
                let file = sources.name(related.span.file);
                let message = outcome.words(&related.message);
                RelatedRecord { file, line: start.line, column: start.column, message }
            })
            .collect(),
        instances: addresses().collect(),
        fix: outcome.fix(finding).map(|fix| FixRecord {
            applicability: fix.applicability,
            edits: fix
                .edits
                .iter()
                .filter_map(|edit| {
                    let (start, end) = outcome.on_disk(edit.span)?;
                    Some(EditRecord { file: sources.name(edit.span.file), start, end, text: &edit.text })
                })
                .collect(),
        }),
        monthly: finding
            .monthly
            .as_ref()
            .map(|monthly| MonthlyRecord { amount: monthly.amount, basis: &monthly.basis }),
        fingerprint: &finding.fingerprint,
        url: outcome.catalogue.info(&finding.rule).and_then(|info| info.url()),
    }
}

pub(super) fn undecided_record<'a>(outcome: &Outcome<'a>, record: &'a Undecided) -> UndecidedRecord<'a> {
    UndecidedRecord {
        rule: &record.rule,
        cause: CauseRecord {
            kind: record.cause.kind(),
            name: outcome.words(&record.cause.name()).into_owned(),
        },
        decide_with: outcome.decide_with(&record.cause),
        file: outcome.sources.name(record.span.file),
        line: outcome.sources.position(record.span).line,
        instances: record.instances.iter().map(|address| &**address).collect(),
    }
}

pub(super) fn suppressed_record<'a>(outcome: &Outcome<'a>, record: &'a Suppressed) -> SuppressedRecord<'a> {
    SuppressedRecord {
        rule: &record.finding.rule,
        file: outcome.sources.name(record.finding.primary.file),
        line: outcome.sources.position(record.finding.primary).line,
        by: record.by,
        reason: record.reason.as_deref().map(|reason| outcome.words(reason)),
        until: record.until.as_deref(),
    }
}

/// The word of JSON for who suppressed.
pub(super) fn by(by: SuppressedBy) -> &'static str {
    match by {
        SuppressedBy::Comment => "comment",
        SuppressedBy::Config => "config",
        SuppressedBy::Baseline => "baseline",
        SuppressedBy::Foreign => "foreign",
    }
}

#[derive(Serialize)]
pub(super) struct EstimateReport<'a> {
    schema: &'a str,
    version: &'a str,
    currency: &'a str,
    as_of: String,
    #[serde(serialize_with = "number")]
    hours_per_month: Decimal,
    total: RangeRecord,
    at_least: bool,
    resources: Vec<ResourceRecord<'a>>,
    assumptions: Vec<AssumptionRecord<'a>>,
    unpriced: Vec<UnpricedRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budgets: Option<change::BudgetsRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment_name: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct RangeRecord {
    #[serde(serialize_with = "money")]
    low: Decimal,
    #[serde(serialize_with = "money")]
    expected: Decimal,
    #[serde(serialize_with = "money")]
    high: Decimal,
}

impl From<Range> for RangeRecord {
    fn from(Range { low, expected, high }: Range) -> Self {
        Self { low, expected, high }
    }
}

#[derive(Serialize)]
struct QuantityRecord {
    low: String,
    high: String,
}

#[derive(Serialize)]
struct ResourceRecord<'a> {
    address: &'a str,
    kind: &'a str,
    region: &'a str,
    file: &'a str,
    line: usize,
    monthly: RangeRecord,
    components: Vec<ComponentRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct ComponentRecord<'a> {
    name: &'a str,
    quantity: String,
    /// Only where the quantity is a range.
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity_range: Option<QuantityRecord>,
    unit: &'a str,
    unit_price: String,
    monthly: RangeRecord,
    price: PriceRecord<'a>,
    drivers: Vec<DriverRecord<'a>>,
    assumption: Option<&'a str>,
}

#[derive(Serialize)]
struct PriceRecord<'a> {
    table: &'a str,
    captured: &'a str,
}

#[derive(Serialize)]
struct DriverRecord<'a> {
    file: &'a str,
    line: usize,
    what: &'a str,
}

#[derive(Serialize)]
struct AssumptionRecord<'a> {
    name: &'a str,
    value: &'a str,
    set_with: &'a str,
}

#[derive(Serialize)]
struct UnpricedRecord<'a> {
    address: &'a str,
    reason: &'a str,
    unit_price: Option<String>,
    unit: Option<&'a str>,
}

/// Writes `plimsoll/estimate/1`.
///
/// # Errors
/// When the stream fails.
pub fn estimate(outcome: &Outcome<'_>, estimate: &Estimate, out: &mut dyn Write) -> io::Result<()> {
    write(&estimate_report(outcome, estimate), out)
}

pub(super) fn estimate_report<'a>(outcome: &Outcome<'a>, estimate: &'a Estimate) -> EstimateReport<'a> {
    let sources = outcome.sources;
    let resources = estimate.resources.iter().map(|resource| ResourceRecord {
        address: &resource.address,
        kind: resource.kind,
        region: &resource.region,
        file: sources.name(resource.span.file),
        line: sources.position(resource.span).line,
        monthly: resource.monthly().into(),
        components: resource
            .components
            .iter()
            .map(|component| ComponentRecord {
                name: &component.name,
                quantity: exact(component.quantity.expected),
                quantity_range: (!component.quantity.is_exact()).then(|| QuantityRecord {
                    low: exact(component.quantity.low),
                    high: exact(component.quantity.high),
                }),
                unit: &component.unit,
                unit_price: exact(component.unit_price),
                monthly: component.monthly.into(),
                price: PriceRecord { table: component.price.table, captured: component.price.captured },
                drivers: component
                    .drivers
                    .iter()
                    .map(|driver| DriverRecord {
                        file: sources.name(driver.span.file),
                        line: sources.position(driver.span).line,
                        what: &driver.what,
                    })
                    .collect(),
                assumption: component.assumption.as_deref(),
            })
            .collect(),
        reason: resource.free,
    });
    let assumptions = estimate.assumptions.iter().map(|assumption| AssumptionRecord {
        name: &assumption.name,
        value: &assumption.value,
        set_with: &assumption.set_with,
    });
    let unpriced = estimate.unpriced.iter().map(|unpriced| UnpricedRecord {
        address: &unpriced.address,
        reason: &unpriced.reason,
        unit_price: unpriced.unit_price.map(exact),
        unit: unpriced.unit.as_deref(),
    });
    EstimateReport {
        schema: ESTIMATE_SCHEMA,
        version: outcome.version,
        currency: "USD",
        as_of: outcome.as_of.to_string(),
        hours_per_month: estimate.hours_per_month,
        total: estimate.total().into(),
        at_least: estimate.is_at_least(),
        resources: resources.collect(),
        assumptions: assumptions.collect(),
        unpriced: unpriced.collect(),
        budgets: outcome.budgets.filter(|budgets| !budgets.is_empty()).map(change::budgets),
        environment_name: outcome.environment_name,
    }
}

/// A decimal with every digit it has, and no zeros behind them: `730`, `0.02`.
pub(super) fn exact(number: Decimal) -> String {
    number.normalize().to_string()
}

/// USD with every digit, at least two behind the point: `14.60`, `0.00`, `98.2776`.
pub(super) fn exact_money(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount.to_string()
}

fn money<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&exact_money(*amount))
}

/// A decimal as a JSON number.
fn number<S: Serializer>(number: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    let number: Result<serde_json::Number, _> = exact(*number).parse();
    number.map_err(serde::ser::Error::custom)?.serialize(serializer)
}

/// Writes pretty JSON with a final line break.
pub(super) fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serialize(value, PrettyFormatter::with_indent(b"  "), out)
}

/// Writes JSON on one line.
pub(super) fn compact(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serialize(value, CompactFormatter, out)
}

fn serialize(value: &impl Serialize, layout: impl Formatter, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Terminal { layout });
    value.serialize(&mut serializer)?;
    writeln!(out)
}

/// Writes JSON on one line, safe on a terminal.
///
/// # Errors
/// When the stream fails.
pub fn line(value: &serde_json::Value, out: &mut dyn Write) -> io::Result<()> {
    compact(value, out)
}

/// JSON that is safe on a terminal: what [`text::visible`] replaces is written as an escape.
struct Terminal<F> {
    layout: F,
}

impl<F: Formatter> Formatter for Terminal<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| text::visible(*c) != *c) {
            let (head, tail) = rest.split_at(at);
            writer.write_all(head.as_bytes())?;
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = tail.get(c.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        self.layout.write_char_escape(writer, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.layout.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.layout.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_object_value(writer)
    }
}
