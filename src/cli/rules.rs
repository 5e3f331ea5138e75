//! `plimsoll rules`.

use std::io::Write;

use serde::Serialize;

use super::args::{Color, Format, RulesArgs};
use super::{Exit, Stop, common};
use crate::lint::{RuleInfo, Severity, registry};

/// A rule as `rules --format json` lists it (a contract).
#[derive(Serialize)]
struct Listed {
    id: &'static str,
    family: &'static str,
    severity: Severity,
    profile: &'static str,
    title: &'static str,
    aliases: &'static [&'static str],
    inputs: &'static [&'static str],
    fix: &'static str,
    url: Option<&'static str>,
}

impl From<&'static RuleInfo> for Listed {
    fn from(info: &'static RuleInfo) -> Self {
        Self {
            id: info.id,
            family: info.family,
            severity: info.severity,
            profile: info.profile.as_str(),
            title: info.title,
            aliases: info.aliases,
            inputs: info.inputs,
            fix: info.fix.as_str(),
            url: info.url(),
        }
    }
}

pub(super) fn run(args: &RulesArgs) -> Result<Exit, Stop> {
    common::deliver(args.output.as_deref(), Color::Auto, false, |_, out| match args.format {
        Format::Human => human(out),
        Format::Json => {
            let rules: Vec<Listed> = registry::infos().iter().map(Listed::from).collect();
            serde_json::to_writer_pretty(&mut *out, &rules)?;
            writeln!(out)
        }
    })?;
    Ok(Exit::Clean)
}

fn human(out: &mut dyn Write) -> std::io::Result<()> {
    let infos = registry::infos();
    let width = infos.iter().map(|info| info.id.len()).max().unwrap_or(0);
    let mut families: Vec<&str> = infos.iter().map(|info| info.family).collect();
    families.dedup();
    families.sort_unstable();
    families.dedup();
    for family in families {
        writeln!(out, "{family}")?;
        for info in infos.iter().filter(|info| info.family == family) {
            let strict = if info.profile == crate::lint::Profile::Strict { " (strict)" } else { "" };
            writeln!(out, "  {:width$}  {:7}  {}{strict}", info.id, info.severity.as_str(), info.title)?;
        }
    }
    Ok(())
}
