//! A rule's page for people: why it hurts, what it looks like, what to do, when to ignore it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Deserialize;
use termcolor::{Color, ColorSpec};

use super::{Style, text};
use crate::lint::{FixKind, Profile, RuleInfo, Texts};

/// What a page says beside the facts in [`RuleInfo`].
#[derive(Deserialize)]
struct Page {
    ignore_when: String,
    examples: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    verdict: String,
    files: BTreeMap<String, String>,
}

fn joined(texts: &Texts, between: &str) -> String {
    texts.iter().collect::<Vec<_>>().join(between)
}

/// Writes the page of a rule.
///
/// # Errors
/// When the stream fails, or the embedded page cannot be read.
pub fn write(info: &RuleInfo, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page: Page = serde_yaml::from_str(&info.page).map_err(io::Error::other)?;
    let mut bold = ColorSpec::new();
    bold.set_bold(true);
    let mut dim = ColorSpec::new();
    dim.set_fg(Some(Color::Cyan));

    style.paint(&bold, &info.title, out)?;
    writeln!(out)?;
    let profile = if info.profile == Profile::Strict { ", profile strict" } else { "" };
    let fix = match info.fix {
        FixKind::None => String::new(),
        kind => format!(", {} fix", kind.as_str()),
    };
    writeln!(out, "{} ({}, {}{profile}{fix})", info.id, info.severity, info.family)?;
    if let Some(stage) = info.stage {
        let of =
            |severity: Option<crate::lint::Severity>| severity.map_or("off", crate::lint::Severity::as_str);
        writeln!(
            out,
            "by stage: production {}, non-production {}, unknown {}",
            of(stage.production),
            of(stage.non_production),
            of(stage.unknown)
        )?;
    }

    let mut section = |title: &str, body: &str| -> io::Result<()> {
        writeln!(out)?;
        style.paint(&bold, title, out)?;
        writeln!(out)?;
        let mut in_code = false;
        for paragraph in body.trim_end().lines() {
            if paragraph.trim_start().starts_with("```") {
                in_code = !in_code;
                continue;
            }
            if in_code {
                write!(out, "    ")?;
                style.paint(&dim, paragraph, out)?;
                writeln!(out)?;
                continue;
            }
            for line in text::wrap(paragraph, style.width.saturating_sub(2)) {
                writeln!(out, "  {line}")?;
            }
        }
        Ok(())
    };
    section("Why", &info.rationale)?;
    section("What to do", &info.remediation)?;
    section("When to ignore it", &page.ignore_when)?;
    if let Some(example) = page.examples.iter().find(|example| example.verdict == "bad") {
        for (name, content) in &example.files {
            section(&format!("Example that is reported: {name}"), &format!("```\n{content}```"))?;
        }
    }
    if !info.aliases.is_empty() {
        section("Also known as", &joined(&info.aliases, ", "))?;
    }
    if !info.links.is_empty() {
        section("Read more", &joined(&info.links, "\n"))?;
    }
    Ok(())
}
