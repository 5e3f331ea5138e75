//! A rule's page: why it hurts, what it looks like, what to do, when to ignore it. For a terminal and as Markdown.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Deserialize;
use termcolor::{Color, ColorSpec};

use super::{Style, text};
use crate::lint::{FixKind, Profile, RuleInfo, Severity};

/// What a page says beside the facts in [`RuleInfo`].
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    ignore_when: String,
    #[serde(default)]
    examples: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    name: String,
    verdict: String,
    files: BTreeMap<String, String>,
}

impl Page {
    fn read(info: &RuleInfo) -> io::Result<Self> {
        serde_yaml::from_str(&info.page).map_err(io::Error::other)
    }

    /// The first example of a verdict for each kind of file: what the rule looks like in Terraform, in JSON, in a
    /// workflow.
    fn samples(&self, verdict: &str) -> Vec<&Example> {
        let mut kinds: Vec<&str> = Vec::new();
        let mut samples = Vec::new();
        for example in self.examples.iter().filter(|example| example.verdict == verdict) {
            let Some(kind) = example.files.keys().next().map(|name| language(name)) else { continue };
            if !kinds.contains(&kind) {
                kinds.push(kind);
                samples.push(example);
            }
        }
        samples
    }
}

/// The language of a file, as code fences name it.
fn language(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("tf" | "tfvars" | "hcl") => "hcl",
        Some("json") => "json",
        Some("yaml" | "yml") => "yaml",
        Some("sh") => "bash",
        _ => "text",
    }
}

/// Names of other tools, by the prefix of their ids.
const TOOLS: [(&str, &str); 10] = [
    ("cdk-nag", "cdk-nag"),
    ("cfn-lint", "cfn-lint"),
    ("controltower", "AWS Control Tower"),
    ("kics", "KICS"),
    ("prowler", "Prowler"),
    ("securityhub", "AWS Security Hub"),
    ("semgrep", "Semgrep"),
    ("terrascan", "Terrascan"),
    ("tflint", "tflint"),
    ("zizmor", "zizmor"),
];

/// `Checkov: CKV_AWS_51`, one line a tool.
fn aliases(info: &RuleInfo) -> Vec<String> {
    let mut tools: Vec<(String, Vec<&str>)> = Vec::new();
    for alias in info.aliases.iter() {
        let (tool, id) = match alias.split_once(':') {
            Some(split) => split,
            // The two whose ids tell them apart.
            None if alias.starts_with("CKV") => ("Checkov", alias),
            None if alias.starts_with("AWS-") || alias.starts_with("AVD-") => ("Trivy", alias),
            None => ("", alias),
        };
        let name = TOOLS.iter().find(|(prefix, _)| *prefix == tool).map_or(tool, |(_, name)| name);
        match tools.iter_mut().find(|(known, _)| known == name) {
            Some((_, ids)) => ids.push(id),
            None => tools.push((name.to_owned(), vec![id])),
        }
    }
    let line = |(tool, ids): (String, Vec<&str>)| {
        if tool.is_empty() { ids.join(", ") } else { format!("{tool}: {}", ids.join(", ")) }
    };
    tools.into_iter().map(line).collect()
}

/// `production error, non-production off, unknown warning`.
fn stages(info: &RuleInfo) -> Option<String> {
    let stage = info.stage?;
    let of = |severity: Option<Severity>| severity.map_or("off", Severity::as_str);
    Some(format!(
        "production {}, non-production {}, unknown {}",
        of(stage.production),
        of(stage.non_production),
        of(stage.unknown)
    ))
}

/// Writes the page of a rule for a terminal.
///
/// # Errors
/// When the stream fails, or the page cannot be read.
pub fn write(info: &RuleInfo, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = Page::read(info)?;
    let mut bold = ColorSpec::new();
    bold.set_bold(true);
    style.paint(&bold, &text::line(&info.title), out)?;
    writeln!(out)?;
    let profile = if info.profile == Profile::Strict { ", profile strict" } else { "" };
    let fix = match info.fix {
        FixKind::None => String::new(),
        kind => format!(", {} fix", kind.as_str()),
    };
    writeln!(out, "{} ({}, {}{profile}{fix})", info.id, info.severity, text::line(&info.family))?;
    if let Some(stages) = stages(info) {
        writeln!(out, "by stage: {stages}")?;
    }
    let mut sheet = Sheet { style, out };
    sheet.section("Why", &info.rationale)?;
    for example in page.samples("bad") {
        for (name, content) in &example.files {
            sheet.section(&format!("Reported: {} ({name})", example.name), &fenced("", content))?;
        }
    }
    sheet.section("What to do", &info.remediation)?;
    for example in page.samples("good") {
        for (name, content) in &example.files {
            sheet.section(&format!("Fine: {} ({name})", example.name), &fenced("", content))?;
        }
    }
    if !page.ignore_when.is_empty() {
        sheet.section("When to ignore it", &page.ignore_when)?;
    }
    if !info.aliases.is_empty() {
        sheet.section("Also known as", &aliases(info).join("\n"))?;
    }
    if !info.links.is_empty() {
        sheet.section("Read more", &info.links.iter().collect::<Vec<_>>().join("\n"))?;
    }
    Ok(())
}

struct Sheet<'a> {
    style: &'a Style,
    out: &'a mut dyn Write,
}

impl Sheet<'_> {
    fn section(&mut self, title: &str, body: &str) -> io::Result<()> {
        let Self { style, out } = self;
        let mut bold = ColorSpec::new();
        bold.set_bold(true);
        let mut code = ColorSpec::new();
        code.set_fg(Some(Color::Cyan));
        writeln!(out)?;
        style.paint(&bold, &text::line(title), &mut **out)?;
        writeln!(out)?;
        let mut in_code = false;
        for paragraph in body.trim_end().lines() {
            if paragraph.trim_start().starts_with("```") {
                in_code = !in_code;
                continue;
            }
            let paragraph = text::line(paragraph);
            if in_code {
                write!(out, "    ")?;
                style.paint(&code, &paragraph, &mut **out)?;
                writeln!(out)?;
                continue;
            }
            for line in text::wrap(&paragraph, style.width.saturating_sub(2)) {
                writeln!(out, "  {line}")?;
            }
        }
        Ok(())
    }
}

/// A code block whose fence is longer than any in it.
fn fenced(language: &str, content: &str) -> String {
    let longest = content.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}", content.trim_end())
}

/// Writes the page of a rule as Markdown.
///
/// # Errors
/// When the stream fails, or the page cannot be read.
pub fn markdown(info: &RuleInfo, out: &mut dyn Write) -> io::Result<()> {
    let page = Page::read(info)?;
    writeln!(out, "# {}\n", info.title)?;
    writeln!(out, "`{}` · {}", info.id, facts(info).join(" · "))?;
    let mut section = |title: &str, body: &str| writeln!(out, "\n## {title}\n\n{}", body.trim_end());
    section("Why", &info.rationale)?;
    let samples = |verdict: &str| {
        let example = |example: &Example| {
            let files = example
                .files
                .iter()
                .map(|(name, content)| format!("`{name}`:\n\n{}", fenced(language(name), content)));
            format!("{}\n\n{}", capital(&example.name), files.collect::<Vec<_>>().join("\n\n"))
        };
        page.samples(verdict).into_iter().map(example).collect::<Vec<_>>().join("\n\n")
    };
    section("What is reported", &samples("bad"))?;
    section("What to do", &info.remediation)?;
    let good = samples("good");
    if !good.is_empty() {
        section("What is fine", &good)?;
    }
    if !page.ignore_when.is_empty() {
        let how = format!(
            "{}\n\nIn HCL and YAML, on the line or above the block: `# plimsoll: ignore[{}] why`. For JSON, under `ignore:` in `plimsoll.yaml`.",
            page.ignore_when.trim_end(),
            info.id
        );
        section("When to ignore it", &how)?;
    }
    if !info.aliases.is_empty() {
        let lines: Vec<String> = aliases(info).iter().map(|line| format!("- {line}")).collect();
        section("In other tools", &lines.join("\n"))?;
    }
    if !info.links.is_empty() {
        let lines: Vec<String> = info.links.iter().map(|link| format!("- <{link}>")).collect();
        section("Read more", &lines.join("\n"))?;
    }
    Ok(())
}

fn facts(info: &RuleInfo) -> Vec<String> {
    let mut facts = vec![format!("severity {}", info.severity)];
    facts.extend(stages(info).map(|stages| format!("by stage: {stages}")));
    if info.profile == Profile::Strict {
        facts.push("only with `--profile strict`".to_owned());
    }
    match info.fix {
        FixKind::None => {}
        FixKind::Safe => facts.push("fixed by `check --fix`".to_owned()),
        FixKind::Unsafe => facts.push("fixed by `check --fix --unsafe-fixes`".to_owned()),
    }
    facts.push(format!("reads {}", info.inputs.iter().collect::<Vec<_>>().join(", ")));
    facts
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Writes the table of contents of the rule book; `link` says where a rule's page is.
///
/// # Errors
/// When the stream fails.
pub fn contents(
    infos: &[&RuleInfo],
    link: impl Fn(&RuleInfo) -> String,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "# Rules\n")?;
    writeln!(
        out,
        "{} rules. This book is made by `plimsoll rules --format markdown --output docs/rules` from the pages under `rules/`; edit those.",
        infos.len()
    )?;
    for (family, infos) in super::grouped(infos, |info| &*info.family) {
        writeln!(out, "\n## {family}\n\n| rule | severity | what it reports |\n|---|---|---|")?;
        for info in infos {
            let strict = if info.profile == Profile::Strict { " (strict)" } else { "" };
            let title = info.title.replace('|', "\\|");
            writeln!(out, "| [`{}`]({}) | {}{strict} | {title} |", info.id, link(info), info.severity)?;
        }
    }
    Ok(())
}
