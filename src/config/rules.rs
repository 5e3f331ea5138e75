//! Users' rules: pages of the same shape as the built-in ones, read from YAML files. Every mistake is an error with its
//! place.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::ConfigError;
use super::load::Reader;
use crate::lint::declared::parse::{self, Schema};
use crate::lint::declared::{self, Declared, OwnChecks};
use crate::lint::{
    Applicability, Catalogue, Check, FixKind, OwnRule, Profile, RuleInfo, Severity, StageSeverity, Text,
    Texts,
};
use crate::source::{FileId, Span};
use crate::syntax::tree::{Node, NodeKind};
use crate::syntax::yaml::{self, Dialect};

/// Keys of a rule page.
pub const PAGE_KEYS: [&str; 15] = [
    "id",
    "family",
    "title",
    "severity",
    "profile",
    "stage",
    "inputs",
    "fix",
    "aliases",
    "links",
    "rationale",
    "remediation",
    "ignore_when",
    "examples",
    "check",
];
const EXAMPLE_KEYS: [&str; 6] = ["name", "verdict", "files", "args", "expect", "cause"];
const EXPECT_KEYS: [&str; 4] = ["file", "line", "severity", "message"];
/// The family of a rule that names none.
const FAMILY: &str = "own";
const LONGEST_ID: usize = 80;
/// Examples of one rule, and files of one example.
const MOST_EXAMPLES: usize = 200;
const MOST_FILES: usize = 50;

/// A page that was read.
#[derive(Debug)]
pub struct RulePage {
    pub info: RuleInfo,
    pub id_span: Span,
    /// `None` for a page without `check:`, which only documents a rule that is built in.
    pub check: Option<Check>,
    pub examples: Vec<Example>,
}

/// An example of a rule: files, and what the rule says of them.
#[derive(Debug, Clone)]
pub struct Example {
    pub name: String,
    pub span: Span,
    pub verdict: Verdict,
    /// By path.
    pub files: BTreeMap<String, String>,
    /// Further arguments of `check`: `--stage production`.
    pub args: Vec<String>,
    pub expect: Vec<Expected>,
    /// Kind of the cause that leaves it undecided.
    pub cause: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Bad,
    Good,
    Undecided,
}

/// A finding that an example must have.
#[derive(Debug, Clone)]
pub struct Expected {
    pub file: String,
    /// From 1 on.
    pub line: u64,
    /// The rule's own where not written.
    pub severity: Option<Severity>,
    /// A part of the message.
    pub message: String,
}

/// Reads one page.
///
/// # Errors
/// Every mistake found.
pub(crate) fn read(text: &str, file: FileId, schema: &dyn Schema) -> Result<RulePage, Vec<ConfigError>> {
    let parsed = yaml::parse(text, file, Dialect::PLAIN);
    let mut reader = Reader::new();
    for error in &parsed.errors {
        reader.error(error.span, error.message.clone(), None);
    }
    for duplicate in &parsed.duplicates {
        reader.error(duplicate.second, format!("`{}` is written twice", duplicate.key), None);
    }
    if !reader.is_clean() {
        return Err(reader.into_errors());
    }
    let start = Span::new(file, 0..0);
    let page = match parsed.documents.as_slice() {
        [document] => PageReader { reader: &mut reader, schema }.page(document, text),
        [] => {
            reader.error(start, "the file holds no rule".to_owned(), None);
            None
        }
        [_, second, ..] => {
            let help = Some("write each rule into a file of its own".to_owned());
            reader.error(second.span, "the file holds more than one document".to_owned(), help);
            None
        }
    };
    match page {
        Some(page) if reader.is_clean() => Ok(page),
        _ => Err(reader.into_errors()),
    }
}

/// The rules of pages as a catalogue.
///
/// # Errors
/// Ids that are taken, and pages without a check.
pub(crate) fn catalogue(pages: Vec<RulePage>) -> Result<Catalogue, Vec<ConfigError>> {
    let built_in = Catalogue::default();
    let mut errors = Vec::new();
    let mut own: Vec<OwnRule> = Vec::new();
    for page in pages {
        let mut error = |message: String, help: &str| {
            errors.push(ConfigError { span: page.id_span, message, help: Some(help.to_owned()) });
        };
        let id = &page.info.id;
        if built_in.info(id).is_some() {
            error(format!("a built-in rule is called `{id}`"), "give the rule another id");
        } else if own.iter().any(|rule| rule.info.id == *id) {
            error(format!("two rules are called `{id}`"), "give one of them another id");
        } else if let Some(check) = page.check {
            own.push(OwnRule { info: page.info, check });
        } else {
            error(format!("the rule `{id}` has no `check`"), "`check:` says what the rule looks at");
        }
    }
    if errors.is_empty() { Ok(Catalogue::with(own)) } else { Err(errors) }
}

/// Whether findings come with a fix, and the boldest there is.
fn fix_kind(checks: &[declared::Check]) -> FixKind {
    let fixes = checks.iter().filter_map(|check| check.fix.as_ref());
    match fixes.map(|fix| fix.applicability).max() {
        None => FixKind::None,
        Some(Applicability::Safe) => FixKind::Safe,
        Some(Applicability::Unsafe) => FixKind::Unsafe,
    }
}

struct PageReader<'r> {
    reader: &'r mut Reader,
    schema: &'r dyn Schema,
}

impl PageReader<'_> {
    fn page(&mut self, node: &Node, text: &str) -> Option<RulePage> {
        let members = self.reader.members(node, "a rule", &PAGE_KEYS);
        if !matches!(node.kind, NodeKind::Map(_)) {
            return None;
        }
        for key in ["id", "title", "severity"] {
            if !members.iter().any(|member| &*member.key == key) {
                self.reader.error(node.span.at_start(), format!("a rule needs `{key}`"), None);
            }
        }
        let id = node.get("id").and_then(|node| self.id(node));
        let title = self.words(node, "title");
        let severity = node.get("severity").and_then(|node| self.severity(node));
        let profile = node.get("profile").and_then(|node| {
            self.reader.choice(node, "profile", "default, strict", |text| match text {
                "default" => Some(Profile::Default),
                "strict" => Some(Profile::Strict),
                _ => None,
            })
        });
        let stage = node.get("stage").and_then(|node| self.stage(node));
        if let Some(node) = node.get("fix") {
            self.reader.choice(node, "fix", "none, safe, unsafe", |text| {
                ["none", "safe", "unsafe"].contains(&text).then_some(())
            });
        }
        let mut fix = FixKind::None;
        let check = node.get("check").and_then(|node| match parse::checks(node, self.schema) {
            Ok(checks) => {
                fix = fix_kind(&checks);
                Some(Check::Declared(Declared::Own(Arc::new(OwnChecks(checks)))))
            }
            Err(mistakes) => {
                for mistake in mistakes {
                    self.reader.error(mistake.span, mistake.message, mistake.help);
                }
                None
            }
        });
        let family = self.words(node, "family").unwrap_or_else(|| FAMILY.to_owned());
        let mut list = |key: &str| -> Texts {
            let texts = node.get(key).map(|node| self.reader.each(node, key, |_, _, text| Some(text)));
            texts.unwrap_or_default().into_iter().collect()
        };
        let (inputs, aliases, links) = (list("inputs"), list("aliases"), list("links"));
        let words = |this: &mut Self, key: &str| this.words(node, key).unwrap_or_default().trim().to_owned();
        let (rationale, remediation) = (words(self, "rationale"), words(self, "remediation"));
        words(self, "ignore_when");
        let examples = node.get("examples").map(|node| self.examples(node)).unwrap_or_default();
        Some(RulePage {
            id_span: node.get("id").map_or(node.span, |id| id.span),
            info: RuleInfo {
                id: Text::from(id?),
                family: Text::from(family),
                title: Text::from(title?),
                severity: severity?,
                profile: profile.unwrap_or(Profile::Default),
                stage,
                inputs,
                fix,
                aliases,
                links,
                rationale: Text::from(rationale),
                remediation: Text::from(remediation),
                page: Text::from(text.to_owned()),
            },
            check,
            examples,
        })
    }

    fn words(&mut self, node: &Node, key: &str) -> Option<String> {
        node.get(key).and_then(|node| self.reader.text(node, key))
    }

    fn id(&mut self, node: &Node) -> Option<String> {
        let id = self.reader.text(node, "id")?;
        let is_kebab = id.len() <= LONGEST_ID
            && id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !is_kebab {
            let help = "small letters, digits and `-`, a letter first, at most 80: `service-has-two-tasks`";
            self.reader.error(node.span, "this is no id of a rule".to_owned(), Some(help.to_owned()));
        }
        is_kebab.then_some(id)
    }

    fn severity(&mut self, node: &Node) -> Option<Severity> {
        self.reader.choice(node, "severity", "error, warning, info", |text| text.parse().ok())
    }

    fn stage(&mut self, node: &Node) -> Option<StageSeverity> {
        let keys = ["production", "non-production", "unknown"];
        let members = self.reader.members(node, "`stage`", &keys);
        let mut of = |key: &str| {
            let Some(member) = members.iter().find(|member| &*member.key == key) else {
                self.reader.error(node.span, format!("`stage` lacks `{key}`"), None);
                return None;
            };
            self.reader.choice(&member.value, key, "off, error, warning, info", |text| match text {
                "off" | "false" => Some(None),
                _ => text.parse().ok().map(Some),
            })
        };
        Some(StageSeverity {
            production: of("production")?,
            non_production: of("non-production")?,
            unknown: of("unknown")?,
        })
    }

    fn examples(&mut self, node: &Node) -> Vec<Example> {
        let NodeKind::List(nodes) = &node.kind else {
            self.reader.error(node.span, "`examples` must be a list".to_owned(), None);
            return Vec::new();
        };
        if nodes.len() > MOST_EXAMPLES {
            self.reader.error(node.span, format!("a rule has at most {MOST_EXAMPLES} examples"), None);
            return Vec::new();
        }
        nodes.iter().filter_map(|node| self.example(node)).collect()
    }

    fn example(&mut self, node: &Node) -> Option<Example> {
        let members = self.reader.members(node, "an example", &EXAMPLE_KEYS);
        let mut missing = false;
        for key in ["name", "verdict", "files"] {
            if !members.iter().any(|member| &*member.key == key) {
                self.reader.error(node.span.at_start(), format!("an example needs `{key}`"), None);
                missing = true;
            }
        }
        if missing {
            return None;
        }
        let name = self.words(node, "name")?;
        let verdict = node.get("verdict")?;
        let verdict = self.reader.choice(verdict, "verdict", "bad, good, undecided", |text| match text {
            "bad" => Some(Verdict::Bad),
            "good" => Some(Verdict::Good),
            "undecided" => Some(Verdict::Undecided),
            _ => None,
        })?;
        let files = self.files(node.get("files")?);
        let args = match node.get("args") {
            Some(node) => self.reader.each(node, "args", |_, _, text| Some(text)),
            None => Vec::new(),
        };
        let expect = match node.get("expect") {
            Some(list) => list.items().iter().filter_map(|node| self.expected(node)).collect(),
            None => Vec::new(),
        };
        if verdict == Verdict::Bad && expect.is_empty() {
            let help = "`expect:` names file, line and a part of the message of each finding".to_owned();
            self.reader.error(node.span.at_start(), "a bad example expects findings".to_owned(), Some(help));
        }
        if verdict == Verdict::Good && !expect.is_empty() {
            self.reader.error(node.span.at_start(), "a good example expects no finding".to_owned(), None);
        }
        let cause = self.words(node, "cause");
        Some(Example { name, span: node.span, verdict, files, args, expect, cause })
    }

    fn files(&mut self, node: &Node) -> BTreeMap<String, String> {
        let NodeKind::Map(members) = &node.kind else {
            self.reader.error(node.span, "`files` must be a mapping from paths to texts".to_owned(), None);
            return BTreeMap::new();
        };
        if members.len() > MOST_FILES || members.is_empty() {
            self.reader.error(node.span, format!("an example has 1 to {MOST_FILES} files"), None);
        }
        let mut files = BTreeMap::new();
        for member in members.iter().take(MOST_FILES) {
            let path = PathBuf::from(&*member.key);
            let inside = path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
            if !inside || member.key.is_empty() || member.key.contains(['\\', '\0']) {
                let help = Some("paths are relative and stay below the example".to_owned());
                self.reader.error(member.key_span, "an example cannot have this file".to_owned(), help);
                continue;
            }
            if let Some(text) = self.reader.text(&member.value, &member.key) {
                files.insert(member.key.to_string(), text);
            }
        }
        files
    }

    fn expected(&mut self, node: &Node) -> Option<Expected> {
        let members = self.reader.members(node, "an expected finding", &EXPECT_KEYS);
        for key in ["file", "line", "message"] {
            if !members.iter().any(|member| &*member.key == key) {
                self.reader.error(node.span, format!("an expected finding needs `{key}`"), None);
                return None;
            }
        }
        let line = node.get("line")?;
        let line = self.reader.choice(line, "line", "whole numbers from 1 on", |text| {
            text.parse().ok().filter(|line| *line > 0)
        })?;
        let severity = node.get("severity").and_then(|node| self.severity(node));
        Some(Expected {
            file: self.words(node, "file")?,
            line,
            severity,
            message: self.words(node, "message")?,
        })
    }
}
