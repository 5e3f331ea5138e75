//! Reads a state of `plimsoll/overview/1`, `plimsoll/findings/1` or `plimsoll/estimate/1`.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Amount, Component, Finding, Findings, Money, Resource, State, Unpriced};
use crate::cost::estimate::Range;
use crate::lint::Severity;

/// Schemas that can be compared.
const SCHEMAS: &str = "plimsoll/overview/1, plimsoll/findings/1 or plimsoll/estimate/1";

/// Whether a text looks like a report of Plimsoll.
#[must_use]
pub fn is_report(text: &str) -> bool {
    let head: String = text.chars().take(200).filter(|c| !c.is_whitespace()).collect();
    head.trim_start_matches('\u{feff}').starts_with(r#"{"schema":"plimsoll/"#)
}

/// Reads a report.
///
/// # Errors
/// In words, when the text is no such report, or its figures do not add up.
pub fn read(text: &str) -> Result<State, String> {
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("it is no JSON: {error}"))?;
    let schema = value.get("schema").and_then(Value::as_str).unwrap_or_default().to_owned();
    let wrong = |error: serde_json::Error| format!("it does not fit `{schema}`: {error}");
    let mut state = State::default();
    match schema.as_str() {
        "plimsoll/overview/1" => {
            let overview: OverviewRecord = serde_json::from_value(value).map_err(wrong)?;
            add_findings(&mut state, overview.findings);
            if let Some(estimate) = overview.estimate {
                add_estimate(&mut state, estimate)?;
            }
        }
        "plimsoll/findings/1" => add_findings(&mut state, serde_json::from_value(value).map_err(wrong)?),
        "plimsoll/estimate/1" => add_estimate(&mut state, serde_json::from_value(value).map_err(wrong)?)?,
        "" => return Err(format!("it has no `schema`; what can be compared is {SCHEMAS}")),
        other => return Err(format!("it holds `{other}`; what can be compared is {SCHEMAS}")),
    }
    Ok(state)
}

fn add_findings(state: &mut State, report: FindingsRecord) {
    let list = report.findings.into_iter().map(|finding| Finding {
        rule: finding.rule,
        severity: finding.severity.into(),
        message: finding.message,
        file: finding.file,
        line: finding.line,
        element: finding.element,
        instances: finding.instances,
        fingerprint: finding.fingerprint,
        monthly: finding.monthly.map(|monthly| monthly.amount),
    });
    state.findings = Some(Findings { list: list.collect(), undecided: report.summary.undecided });
    state.version = report.version;
    state.as_of = report.as_of;
}

fn add_estimate(state: &mut State, report: EstimateRecord) -> Result<(), String> {
    let resources = report.resources.into_iter().map(|resource| {
        let components = resource.components.into_iter().map(ComponentRecord::component).collect();
        Resource {
            address: resource.address,
            kind: resource.kind,
            file: resource.file,
            line: resource.line,
            monthly: resource.monthly.into(),
            components,
        }
    });
    let unpriced = report.unpriced.into_iter().map(|unpriced| Unpriced {
        address: unpriced.address,
        reason: unpriced.reason,
        unit_price: unpriced.unit_price,
        unit: unpriced.unit,
    });
    let money = Money { resources: resources.collect(), unpriced: unpriced.collect() };
    // A total that is not the sum would make a change that no line explains.
    for resource in &money.resources {
        let sum: Range = resource.components.iter().map(|component| component.amount.monthly).sum();
        if sum != resource.monthly {
            return Err(format!("the lines of `{}` do not add up to its amount", resource.address));
        }
    }
    if money.total() != report.total.into() {
        return Err("its resources do not add up to its total".to_owned());
    }
    state.money = Some(money);
    state.version = report.version;
    state.as_of = report.as_of;
    Ok(())
}

#[derive(Deserialize)]
struct OverviewRecord {
    findings: FindingsRecord,
    #[serde(default)]
    estimate: Option<EstimateRecord>,
}

#[derive(Deserialize)]
struct FindingsRecord {
    version: String,
    as_of: String,
    summary: SummaryRecord,
    findings: Vec<FindingRecord>,
}

#[derive(Deserialize)]
struct SummaryRecord {
    undecided: usize,
}

#[derive(Deserialize)]
struct FindingRecord {
    rule: String,
    severity: SeverityRecord,
    message: String,
    file: String,
    line: usize,
    #[serde(default)]
    element: Option<String>,
    #[serde(default)]
    instances: Vec<String>,
    #[serde(default)]
    monthly: Option<MonthlyRecord>,
    #[serde(default)]
    fingerprint: String,
}

#[derive(Deserialize)]
struct MonthlyRecord {
    #[serde(deserialize_with = "decimal")]
    amount: Decimal,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum SeverityRecord {
    Info,
    Warning,
    Error,
}

impl From<SeverityRecord> for Severity {
    fn from(severity: SeverityRecord) -> Self {
        match severity {
            SeverityRecord::Info => Self::Info,
            SeverityRecord::Warning => Self::Warning,
            SeverityRecord::Error => Self::Error,
        }
    }
}

#[derive(Deserialize)]
struct EstimateRecord {
    version: String,
    as_of: String,
    total: RangeRecord,
    resources: Vec<ResourceRecord>,
    unpriced: Vec<UnpricedRecord>,
}

#[derive(Deserialize, Clone, Copy)]
struct RangeRecord {
    #[serde(deserialize_with = "decimal")]
    low: Decimal,
    #[serde(deserialize_with = "decimal")]
    expected: Decimal,
    #[serde(deserialize_with = "decimal")]
    high: Decimal,
}

impl From<RangeRecord> for Range {
    fn from(RangeRecord { low, expected, high }: RangeRecord) -> Self {
        Self { low, expected, high }
    }
}

#[derive(Deserialize)]
struct ResourceRecord {
    address: String,
    kind: String,
    file: String,
    line: usize,
    monthly: RangeRecord,
    components: Vec<ComponentRecord>,
}

#[derive(Deserialize)]
struct ComponentRecord {
    name: String,
    #[serde(deserialize_with = "decimal")]
    quantity: Decimal,
    #[serde(default)]
    quantity_range: Option<QuantityRecord>,
    unit: String,
    #[serde(deserialize_with = "decimal")]
    unit_price: Decimal,
    monthly: RangeRecord,
}

impl ComponentRecord {
    fn component(self) -> Component {
        let quantity = match self.quantity_range {
            Some(range) => Range { low: range.low, expected: self.quantity, high: range.high },
            None => Range::exactly(self.quantity),
        };
        let amount = Amount { quantity, unit_price: self.unit_price, monthly: self.monthly.into() };
        Component { name: self.name, unit: self.unit, amount }
    }
}

#[derive(Deserialize)]
struct QuantityRecord {
    #[serde(deserialize_with = "decimal")]
    low: Decimal,
    #[serde(deserialize_with = "decimal")]
    high: Decimal,
}

#[derive(Deserialize)]
struct UnpricedRecord {
    address: String,
    reason: String,
    #[serde(default, deserialize_with = "maybe_decimal")]
    unit_price: Option<Decimal>,
    #[serde(default)]
    unit: Option<String>,
}

fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let text = String::deserialize(deserializer)?;
    Decimal::from_str_exact(&text)
        .map(|number| number.normalize())
        .map_err(|error| serde::de::Error::custom(format!("`{text}` is no amount: {error}")))
}

fn maybe_decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| Decimal::from_str_exact(&text).map_err(serde::de::Error::custom)).transpose()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_no_report_is_refused_in_words() {
        for (text, part) in [
            ("{", "it is no JSON"),
            ("[]", "it has no `schema`"),
            (r#"{"schema": "plimsoll/show/1"}"#, "it holds `plimsoll/show/1`"),
            (r#"{"schema": "plimsoll/estimate/1"}"#, "does not fit `plimsoll/estimate/1`: missing field"),
            (
                r#"{"schema": "plimsoll/estimate/1", "version": "", "as_of": "", "unpriced": [], "resources": [],
                    "total": {"low": "1", "expected": "1", "high": "1"}}"#,
                "do not add up to its total",
            ),
            (
                r#"{"schema": "plimsoll/estimate/1", "version": "", "as_of": "", "unpriced": [], "resources": [],
                    "total": {"low": "x", "expected": "1", "high": "1"}}"#,
                "`x` is no amount",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn reports_are_told_from_other_json() {
        assert!(is_report("{\n  \"schema\": \"plimsoll/overview/1\","));
        assert!(!is_report("{\"format_version\": \"1.2\"}"));
    }
}
