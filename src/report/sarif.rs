//! SARIF 2.1.0, for GitHub code scanning and other viewers. Shape: OASIS, "Static Analysis Results
//! Interchange Format", version 2.1.0.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;

use super::{Outcome, json};
use crate::lint::{Finding, Fix, RuleInfo, Severity, Suppressed, SuppressedBy, Undecided};
use crate::model::Stage;
use crate::source::Span;

const HOME: &str = "https://github.com/plimsoll/plimsoll";

/// Families whose findings are weaknesses that somebody could use.
const SECURITY: [&str; 3] = ["iam", "network", "secrets"];

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    automation_details: Option<AutomationDetails>,
    column_kind: &'static str,
    invocations: [Invocation<'a>; 1],
    results: Vec<SarifResult<'a>>,
    properties: RunProperties<'a>,
}

/// Tells runs of several environments apart, which code scanning would otherwise take for one that replaces another.
#[derive(Serialize)]
struct AutomationDetails {
    id: String,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    version: &'a str,
    semantic_version: &'a str,
    information_uri: &'static str,
    rules: Vec<ReportingDescriptor<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportingDescriptor<'a> {
    id: &'a str,
    short_description: Message,
    full_description: Message,
    help: MarkdownMessage,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<&'a str>,
    default_configuration: Configuration,
    properties: RuleProperties<'a>,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties<'a> {
    tags: Vec<&'a str>,
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
    /// GitHub ranks alerts of rules tagged `security` by this.
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
    /// Ids of the same check in other tools.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<&'a str>,
    profile: &'static str,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
struct MarkdownMessage {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification<'a>>,
}

#[derive(Serialize)]
struct Notification<'a> {
    level: &'static str,
    message: TextRef<'a>,
}

#[derive(Serialize)]
struct TextRef<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunProperties<'a> {
    as_of: String,
    files: usize,
    decided: usize,
    applicable: usize,
    environment: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    environment_name: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    kind: &'static str,
    level: &'static str,
    message: Message,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    partial_fingerprints: BTreeMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SarifFix<'a>>,
    suppressions: Vec<Suppression<'a>>,
    properties: ResultProperties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    fully_qualified_name: &'a str,
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix<'a> {
    description: Message,
    artifact_changes: Vec<ArtifactChange<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'a> {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_content: Option<TextRef<'a>>,
}

#[derive(Serialize)]
struct Suppression<'a> {
    kind: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<std::borrow::Cow<'a, str>>,
    properties: SuppressionProperties<'a>,
}

#[derive(Serialize)]
struct SuppressionProperties<'a> {
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<&'a str>,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct ResultProperties<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    element: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'static str>,
    #[serde(skip_serializing_if = "is_false")]
    conditional: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decide_with: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Writes the findings as a SARIF log. Undecided checks are results of kind `open`, suppressed findings
/// carry their suppression.
///
/// # Errors
/// When the stream fails.
pub fn write(outcome: &Outcome<'_>, out: &mut dyn Write) -> io::Result<()> {
    let judgement = outcome.judgement;
    let mut ids: Vec<&str> = judgement
        .findings
        .iter()
        .map(|finding| &*finding.rule)
        .chain(judgement.undecided.iter().map(|record| &*record.rule))
        .chain(judgement.suppressed.iter().map(|record| &*record.finding.rule))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let rules: Vec<ReportingDescriptor<'_>> =
        ids.iter().filter_map(|id| outcome.catalogue.info(id)).map(descriptor).collect();
    let writer =
        Writer { outcome, indices: rules.iter().enumerate().map(|(at, rule)| (rule.id, at)).collect() };
    let findings = judgement.findings.iter().map(|finding| writer.finding(finding, Vec::new()));
    let undecided = judgement.undecided.iter().map(|record| writer.undecided(record));
    let suppressed = judgement.suppressed.iter().map(|record| writer.suppressed(record));
    let results = findings.chain(suppressed).chain(undecided).collect();
    let notes =
        outcome.notes.iter().map(|note| Notification { level: "note", message: TextRef { text: note } });
    let counts = outcome.counts();
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "plimsoll",
                    version: outcome.version,
                    semantic_version: outcome.version,
                    information_uri: HOME,
                    rules,
                },
            },
            automation_details: outcome
                .environment_name
                .map(|name| AutomationDetails { id: format!("plimsoll/{name}/") }),
            column_kind: "unicodeCodePoints",
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: notes.collect(),
            }],
            results,
            properties: RunProperties {
                as_of: outcome.as_of.to_string(),
                files: outcome.files,
                decided: counts.decided,
                applicable: counts.applicable,
                environment: outcome.environment,
                environment_name: outcome.environment_name,
            },
        }],
    };
    json::write(&log, out)
}

fn descriptor(info: &RuleInfo) -> ReportingDescriptor<'_> {
    let (rationale, remediation) = (&info.rationale, &info.remediation);
    let is_security = SECURITY.contains(&&*info.family);
    ReportingDescriptor {
        id: &info.id,
        short_description: Message { text: info.title.to_string() },
        full_description: Message { text: rationale.to_string() },
        help: MarkdownMessage {
            text: format!("{rationale}\n\n{remediation}"),
            markdown: format!("{rationale}\n\n**What to do**\n\n{remediation}"),
        },
        help_uri: info.url(),
        default_configuration: Configuration { level: level(info.severity) },
        properties: RuleProperties {
            tags: std::iter::once(&*info.family).chain(is_security.then_some("security")).collect(),
            problem_severity: match info.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
            // Of 10: from 7 on GitHub says high, from 4 medium.
            security_severity: is_security.then_some(match info.severity {
                Severity::Error => "8.0",
                Severity::Warning => "5.0",
                Severity::Info => "2.0",
            }),
            aliases: info.aliases.iter().collect(),
            profile: info.profile.as_str(),
        },
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

struct Writer<'a> {
    outcome: &'a Outcome<'a>,
    indices: BTreeMap<&'a str, usize>,
}

impl<'a> Writer<'a> {
    fn finding(&self, finding: &'a Finding, suppressions: Vec<Suppression<'a>>) -> SarifResult<'a> {
        let mut message = self.outcome.words(&finding.message).into_owned();
        if let Some(help) = self.outcome.help(finding) {
            message.push_str("\nHelp: ");
            message.push_str(&help);
        }
        let resources = finding.instances.iter().map(|instance| &*instance.address);
        let related = finding.related.iter().enumerate().map(|(index, related)| Location {
            id: Some(index + 1),
            physical_location: self.physical(related.span),
            logical_locations: Vec::new(),
            message: Some(Message { text: self.outcome.words(&related.message).into_owned() }),
        });
        SarifResult {
            rule_id: &finding.rule,
            rule_index: self.indices.get(&*finding.rule).copied(),
            kind: "fail",
            level: level(finding.severity),
            message: Message { text: message },
            locations: [self.location(finding.primary, resources)],
            related_locations: related.collect(),
            partial_fingerprints: BTreeMap::from([("plimsoll/1", finding.fingerprint.as_str())]),
            fixes: self.outcome.fix(finding).map(|fix| self.fix(fix)).into_iter().collect(),
            suppressions,
            properties: ResultProperties {
                element: finding.element.as_deref(),
                stage: (finding.stage.stage != Stage::Unknown).then(|| finding.stage.stage.as_str()),
                conditional: finding.conditional,
                ..ResultProperties::default()
            },
        }
    }

    fn suppressed(&self, record: &'a Suppressed) -> SarifResult<'a> {
        let kind = match record.by {
            SuppressedBy::Comment | SuppressedBy::Foreign => "inSource",
            SuppressedBy::Config | SuppressedBy::Baseline => "external",
        };
        let suppression = Suppression {
            kind,
            status: "accepted",
            justification: record.reason.as_deref().map(|reason| self.outcome.words(reason)),
            properties: SuppressionProperties { by: json::by(record.by), until: record.until.as_deref() },
        };
        self.finding(&record.finding, vec![suppression])
    }

    fn undecided(&self, record: &'a Undecided) -> SarifResult<'a> {
        let decide_with = self.outcome.decide_with(&record.cause);
        let how = decide_with.as_ref().map_or(String::new(), |how| format!("\nTo decide: {how}"));
        SarifResult {
            rule_id: &record.rule,
            rule_index: self.indices.get(&*record.rule).copied(),
            kind: "open",
            // A result that is not a failure has no level (SARIF 2.1.0, §3.27.10).
            level: "none",
            message: Message {
                text: self.outcome.words(&format!("Undecided: {}{how}", record.cause)).into_owned(),
            },
            locations: [self.location(record.span, record.instances.iter().map(|address| &**address))],
            related_locations: Vec::new(),
            partial_fingerprints: BTreeMap::new(),
            fixes: Vec::new(),
            suppressions: Vec::new(),
            properties: ResultProperties {
                cause: Some(record.cause.kind().to_owned()),
                decide_with,
                ..ResultProperties::default()
            },
        }
    }

    fn location(&self, span: Span, resources: impl Iterator<Item = &'a str>) -> Location<'a> {
        Location {
            id: None,
            physical_location: self.physical(span),
            // Root modules that share a module may share its addresses too; the standard wants each once.
            logical_locations: resources
                .collect::<BTreeSet<_>>()
                .into_iter()
                .map(|name| LogicalLocation { fully_qualified_name: name, kind: "resource" })
                .collect(),
            message: None,
        }
    }

    fn physical(&self, span: Span) -> PhysicalLocation {
        PhysicalLocation { artifact_location: self.artifact(span), region: self.region(span) }
    }

    fn artifact(&self, span: Span) -> ArtifactLocation {
        ArtifactLocation { uri: uri(self.outcome.sources.name(span.file)) }
    }

    fn region(&self, span: Span) -> Region {
        let place = self.outcome.place(span);
        Region {
            start_line: place.start.line,
            start_column: place.start.column,
            end_line: place.end.line,
            end_column: place.end.column,
        }
    }

    fn fix(&self, fix: &'a Fix) -> SarifFix<'a> {
        let by_file = super::grouped(&fix.edits, |edit| edit.span.file);
        let changes = by_file.into_values().filter_map(|edits| {
            let first = edits.first()?;
            Some(ArtifactChange {
                artifact_location: self.artifact(first.span),
                replacements: edits
                    .iter()
                    .map(|edit| Replacement {
                        deleted_region: self.region(edit.span),
                        inserted_content: (!edit.text.is_empty()).then_some(TextRef { text: &edit.text }),
                    })
                    .collect(),
            })
        });
        let words = match fix.applicability {
            crate::lint::Applicability::Safe => "Safe fix",
            crate::lint::Applicability::Unsafe => "Fix that may change behaviour",
        };
        SarifFix { description: Message { text: words.to_owned() }, artifact_changes: changes.collect() }
    }
}

/// A relative path as a URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("../infra/a b:größe.tf"), "../infra/a%20b%3Agr%C3%B6%C3%9Fe.tf");
    }
}
