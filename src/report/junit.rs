//! JUnit XML, which Jenkins, GitLab and most CI servers show as test results: one suite a rule family.
//!
//! A finding that fails the run is a failed test, a milder one a passed test with its words as output; what is
//! undecided or suppressed is skipped. Names hold no line numbers, so that a test stays the same one when lines move.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use super::{Fails, Outcome, Style, human, xml};
use crate::lint::{Finding, Suppressed, Undecided};
use crate::source::Span;

/// Suite of the test that stands for the run: it is there when nothing else is.
const RUN: &str = "run";

struct Case {
    name: String,
    file: String,
    line: String,
    result: Verdict,
}

enum Verdict {
    Passed { output: String },
    Failed { kind: &'static str, message: String, text: String },
    Skipped { message: String },
}

/// Writes the findings, what is undecided and what is suppressed as tests.
///
/// # Errors
/// When the stream fails.
pub fn write(outcome: &Outcome<'_>, fails: &Fails, out: &mut dyn Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    let judgement = outcome.judgement;
    for record in &judgement.findings {
        suites.entry(outcome.family(&record.rule)).or_default().push(finding(outcome, record, fails));
    }
    for record in &judgement.undecided {
        suites.entry(outcome.family(&record.rule)).or_default().push(undecided(outcome, record, fails));
    }
    for record in &judgement.suppressed {
        suites.entry(outcome.family(&record.finding.rule)).or_default().push(suppressed(outcome, record));
    }
    for cases in suites.values_mut() {
        tell_apart(cases);
    }
    let run = [run(outcome)?];
    let all: Vec<&Case> = suites.values().flatten().chain(&run).collect();

    writeln!(out, "{}", xml::DECLARATION)?;
    let [tests, failures, errors, _] = counts(all.iter().copied());
    let attributes = [("name", "plimsoll"), ("tests", &tests), ("failures", &failures), ("errors", &errors)];
    xml::open(0, "testsuites", &attributes, out)?;
    for (family, cases) in &suites {
        suite(family, cases, out)?;
    }
    suite(RUN, &run, out)?;
    xml::close(0, "testsuites", out)
}

/// Tests, failures, errors, skipped.
fn counts<'c>(cases: impl Iterator<Item = &'c Case>) -> [String; 4] {
    let (mut tests, mut failures, mut skipped) = (0, 0, 0);
    for case in cases {
        tests += 1;
        match case.result {
            Verdict::Passed { .. } => {}
            Verdict::Failed { .. } => failures += 1,
            Verdict::Skipped { .. } => skipped += 1,
        }
    }
    [tests, failures, 0, skipped].map(|count: usize| count.to_string())
}

fn suite(family: &str, cases: &[Case], out: &mut dyn Write) -> io::Result<()> {
    let [tests, failures, errors, skipped] = counts(cases.iter());
    let attributes = [
        ("name", family),
        ("tests", &tests),
        ("failures", &failures),
        ("errors", &errors),
        ("skipped", &skipped),
    ];
    xml::open(1, "testsuite", &attributes, out)?;
    // Jenkins makes a package of what stands before the last dot, and a class of what follows it.
    let class = format!("plimsoll.{family}");
    for case in cases {
        let mut attributes = vec![("classname", class.as_str()), ("name", &case.name)];
        if !case.file.is_empty() {
            attributes.extend([("file", case.file.as_str()), ("line", &case.line)]);
        }
        xml::open(2, "testcase", &attributes, out)?;
        match &case.result {
            Verdict::Passed { output } => xml::with_text(3, "system-out", &[], output, out)?,
            Verdict::Failed { kind, message, text } => {
                xml::with_text(3, "failure", &[("type", kind), ("message", message)], text, out)?;
            }
            Verdict::Skipped { message } => xml::empty(3, "skipped", &[("message", message)], out)?,
        }
        xml::close(2, "testcase", out)?;
    }
    xml::close(1, "testsuite", out)
}

/// Tests of one name are counted: readers take those of equal names for one.
fn tell_apart(cases: &mut [Case]) {
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    for case in cases {
        let times = seen.entry((case.file.clone(), case.name.clone())).or_default();
        *times += 1;
        if *times > 1 {
            case.name.push_str(&format!(" ({times})"));
        }
    }
}

fn case(outcome: &Outcome<'_>, name: String, span: Span, result: Verdict) -> Case {
    let place = outcome.place(span);
    Case { name, file: place.file.to_owned(), line: place.start.line.to_string(), result }
}

/// `rule: resource, element`.
fn name(finding: &Finding) -> String {
    let mut name = finding.rule.to_string();
    if let Some(first) = finding.instances.first() {
        name.push_str(&format!(": {}", first.address));
    }
    if let Some(element) = &finding.element {
        name.push_str(&format!(", {element}"));
    }
    name
}

fn finding(outcome: &Outcome<'_>, finding: &Finding, fails: &Fails) -> Case {
    let place = outcome.place(finding.primary);
    let mut text = format!("{}:{}:{}", place.file, place.start.line, place.start.column);
    for line in outcome.details(finding) {
        text.push('\n');
        text.push_str(&line);
    }
    let message = outcome.words(&finding.message).into_owned();
    let kind = finding.severity.as_str();
    let result = if fails.on(finding.severity) {
        Verdict::Failed { kind, message, text }
    } else {
        Verdict::Passed { output: format!("{kind}: {message}\n{text}") }
    };
    case(outcome, name(finding), finding.primary, result)
}

fn undecided(outcome: &Outcome<'_>, record: &Undecided, fails: &Fails) -> Case {
    let cause = record.cause.to_string();
    let mut message = format!("undecided: {}", outcome.words(&cause));
    if let Some(how) = outcome.decide_with(&record.cause) {
        message.push_str(&format!("; to decide: {how}"));
    }
    let mut name = record.rule.to_string();
    if let Some(first) = record.instances.first() {
        name.push_str(&format!(": {first}"));
    }
    let result = if fails.undecided {
        Verdict::Failed { kind: "undecided", text: message.clone(), message }
    } else {
        Verdict::Skipped { message }
    };
    case(outcome, name, record.span, result)
}

fn suppressed(outcome: &Outcome<'_>, record: &Suppressed) -> Case {
    let mut message = format!("suppressed by {}", super::json::by(record.by));
    if let Some(reason) = &record.reason {
        message.push_str(&format!(": {}", outcome.words(reason)));
    }
    if let Some(until) = &record.until {
        message.push_str(&format!(" (until {until})"));
    }
    case(outcome, name(&record.finding), record.finding.primary, Verdict::Skipped { message })
}

fn run(outcome: &Outcome<'_>) -> io::Result<Case> {
    let mut summary = Vec::new();
    let style = Style::plain(usize::MAX);
    human::notes(outcome, &style, &mut summary)?;
    human::summary(outcome, &style, &mut summary)?;
    let output = String::from_utf8_lossy(&summary).trim_end().to_owned();
    let result = Verdict::Passed { output };
    Ok(Case {
        name: "the files are read and judged".to_owned(),
        file: String::new(),
        line: String::new(),
        result,
    })
}
