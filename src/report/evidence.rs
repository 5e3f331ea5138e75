//! How a resource, or everything in a module, was judged and priced: what fails, what is open, what was silenced and by
//! whom, what passes and on which value. For `explain ADDRESS`.

use std::io::{self, Write};

use serde::Serialize;
use termcolor::{Color, ColorSpec};

use super::cost_why::is_within;
use super::{Outcome, Style, estimate, human, json, text};
use crate::cost::estimate::Estimate;
use crate::lint::sink::{Judgement, Passed};
use crate::model::{Input, Meta, Stage};
use crate::text::plural;

/// Version of the shape of an explained address.
pub const EXPLAIN_SCHEMA: &str = "plimsoll/explain/1";

/// The resources that were asked for.
#[derive(Debug)]
pub struct Subject<'a> {
    /// As asked: an address, or what several start with.
    pub address: &'a str,
    /// In order of address, at least one.
    pub metas: Vec<&'a Meta>,
}

impl Subject<'_> {
    /// What the run found about these resources only.
    #[must_use]
    pub fn judgement(&self, all: &Judgement) -> Judgement {
        let is_it = |address: &str| is_within(address, self.address);
        let mut judgement = Judgement {
            findings: all.findings.clone(),
            undecided: all.undecided.clone(),
            suppressed: all.suppressed.clone(),
            passed: all.passed.iter().filter(|passed| is_it(&passed.address)).cloned().collect(),
            ..Judgement::default()
        };
        judgement.findings.retain_mut(|finding| {
            finding.instances.retain(|instance| is_it(&instance.address));
            !finding.instances.is_empty()
        });
        judgement.undecided.retain_mut(|record| {
            record.instances.retain(|address| is_it(address));
            !record.instances.is_empty()
        });
        judgement.suppressed.retain_mut(|record| {
            record.finding.instances.retain(|instance| is_it(&instance.address));
            !record.finding.instances.is_empty()
        });
        judgement.undecided_checks = judgement.undecided.iter().map(|record| record.instances.len()).sum();
        judgement.decided = judgement.passed.len() + judgement.findings.len();
        judgement
    }

    /// What these resources cost.
    #[must_use]
    pub fn estimate(&self, all: &Estimate) -> Estimate {
        let mut estimate = all.clone();
        estimate.resources.retain(|resource| is_within(&resource.address, self.address));
        estimate.unpriced.retain(|unpriced| is_within(&unpriced.address, self.address));
        let named: Vec<&String> = estimate
            .resources
            .iter()
            .flat_map(|resource| &resource.components)
            .filter_map(|c| c.assumption.as_ref())
            .collect();
        let used = |name: &String| name == "region" || named.contains(&name);
        estimate.assumptions.retain(|assumption| used(&assumption.name));
        estimate
    }
}

#[derive(Serialize)]
struct Report<'a> {
    schema: &'a str,
    address: &'a str,
    resources: Vec<ResourceRecord<'a>>,
    findings: json::FindingsReport<'a>,
    passed: Vec<PassedRecord<'a>>,
    estimate: Option<json::EstimateReport<'a>>,
}

#[derive(Serialize)]
struct ResourceRecord<'a> {
    address: &'a str,
    kind: &'a str,
    file: &'a str,
    line: usize,
    region: Option<&'a str>,
    stage: Option<&'a str>,
    stage_hint: Option<&'a str>,
    conditional: bool,
}

#[derive(Serialize)]
struct PassedRecord<'a> {
    rule: &'a str,
    address: &'a str,
    element: Option<&'a str>,
    file: &'a str,
    line: usize,
}

/// Writes `plimsoll/explain/1`; `outcome` holds what [`Subject::judgement`] and [`Subject::estimate`] leave.
///
/// # Errors
/// When the stream fails.
pub fn json(subject: &Subject<'_>, outcome: &Outcome<'_>, out: &mut dyn Write) -> io::Result<()> {
    let place = |span| (outcome.sources.name(span), ());
    let resources = subject.metas.iter().map(|meta| ResourceRecord {
        address: &meta.address,
        kind: &meta.kind,
        file: place(meta.origin.span.file).0,
        line: outcome.sources.position(meta.origin.span).line,
        region: meta.region.known().map(String::as_str),
        stage: (meta.stage.stage != Stage::Unknown).then(|| meta.stage.stage.as_str()),
        stage_hint: meta.stage.hint.as_deref(),
        conditional: meta.count.is_conditional(),
    });
    let passed = outcome.judgement.passed.iter().map(|passed| PassedRecord {
        rule: &passed.rule,
        address: &passed.address,
        element: passed.element.as_deref(),
        file: outcome.sources.name(passed.place.file),
        line: outcome.sources.position(passed.place).line,
    });
    let report = Report {
        schema: EXPLAIN_SCHEMA,
        address: subject.address,
        resources: resources.collect(),
        findings: json::findings_report(outcome),
        passed: passed.collect(),
        estimate: outcome.estimate.map(|estimate| json::estimate_report(outcome, estimate)),
    };
    json::write(&report, out)
}

/// Writes the evidence for people.
///
/// # Errors
/// When the stream fails.
pub fn human(
    subject: &Subject<'_>,
    outcome: &Outcome<'_>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut bold = ColorSpec::new();
    bold.set_bold(true);
    for meta in &subject.metas {
        style.paint(&bold, &text::line(&meta.address), out)?;
        writeln!(out, "  {}", head(outcome, meta))?;
    }
    let judgement = outcome.judgement;
    let section = |title: String, out: &mut dyn Write| -> io::Result<()> {
        writeln!(out)?;
        style.paint(&bold, &title, out)?;
        writeln!(out)
    };
    if !judgement.findings.is_empty() {
        section(format!("Fails ({})", judgement.findings.len()), out)?;
        writeln!(out)?;
        human::findings(outcome, style, out)?;
    }
    if !judgement.undecided.is_empty() {
        section(format!("Undecided ({})", judgement.undecided_checks), out)?;
        for record in &judgement.undecided {
            let place = at(outcome, record.span);
            let how = outcome
                .decide_with(&record.cause)
                .map_or_else(String::new, |how| format!("; to decide: {how}"));
            let words = format!("{}: {}{how} ({place})", record.rule, record.cause);
            writeln!(out, "  {}", text::line(&outcome.words(&words)))?;
        }
    }
    if !judgement.suppressed.is_empty() {
        section(format!("Suppressed ({})", judgement.suppressed.len()), out)?;
        for record in &judgement.suppressed {
            let reason = record
                .reason
                .as_deref()
                .map_or_else(|| ", without a reason".to_owned(), |reason| format!(": {reason}"));
            let until = record.until.as_deref().map_or_else(String::new, |until| format!(", until {until}"));
            let words = format!(
                "{}: {} ({}); by {}{until}{reason}",
                record.finding.rule,
                record.finding.message,
                at(outcome, record.finding.primary),
                json::by(record.by)
            );
            writeln!(out, "  {}", text::line(&outcome.words(&words)))?;
        }
    }
    if !judgement.passed.is_empty() {
        section(format!("Passes ({})", judgement.passed.len()), out)?;
        passed(outcome, &judgement.passed, style, out)?;
    }
    if judgement.findings.is_empty() && judgement.undecided.is_empty() && judgement.passed.is_empty() {
        writeln!(
            out,
            "\nNo rule of this run looks at {}.",
            if subject.metas.len() == 1 { "it" } else { "them" }
        )?;
    }
    if let Some(priced) =
        outcome.estimate.filter(|priced| !priced.resources.is_empty() || !priced.unpriced.is_empty())
    {
        section("Cost a month".to_owned(), out)?;
        estimate::write(outcome, priced, style, out)?;
    }
    Ok(())
}

/// Kind, place, region and stage of a resource.
fn head(outcome: &Outcome<'_>, meta: &Meta) -> String {
    let mut words = vec![at(outcome, meta.origin.span)];
    if let Some(region) = meta.region.known() {
        words.push(region.clone());
    }
    words.push(match (meta.stage.stage, &meta.stage.hint) {
        (Stage::Unknown, _) => "stage not known".to_owned(),
        (stage, Some(hint)) => format!("{} by {hint}", stage.as_str()),
        (stage, None) => stage.as_str().to_owned(),
    });
    if meta.count.is_conditional() {
        words.push("exists only for some values of what is not known".to_owned());
    }
    if meta.input == Input::Plan {
        words.push("from a plan".to_owned());
    }
    text::line(&outcome.words(&words.join(", ")))
}

/// One line a rule, with the places it looked at.
fn passed(outcome: &Outcome<'_>, passed: &[Passed], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let width = passed.iter().map(|passed| passed.rule.len()).max().unwrap_or(0);
    let mut green = ColorSpec::new();
    green.set_fg(Some(Color::Green));
    let mut rest = passed;
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|other| other.rule == first.rule).count();
        let (group, others) = rest.split_at(same);
        rest = others;
        let mut places: Vec<String> = group
            .iter()
            .map(|passed| {
                let element =
                    passed.element.as_deref().map_or_else(String::new, |element| format!("{element} "));
                format!("{element}{}", at(outcome, passed.place))
            })
            .collect();
        places.dedup();
        write!(out, "  ")?;
        style.paint(&green, &format!("{:width$}", first.rule.as_str()), out)?;
        let shown = super::listed(places.iter().map(String::as_str), 4);
        let times =
            if group.len() > 1 { format!(" ({})", plural(group.len(), "check")) } else { String::new() };
        writeln!(out, "  {}{times}", text::line(&outcome.words(&shown)))?;
    }
    Ok(())
}

/// `file:line`.
fn at(outcome: &Outcome<'_>, span: crate::source::Span) -> String {
    let place = outcome.place(span);
    format!("{}:{}", place.file, place.start.line)
}
