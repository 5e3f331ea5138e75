//! `plimsoll rules`.

use std::io::Write;

use serde::Serialize;

use super::args::{Color, Format, RulesArgs};
use super::{Exit, Stop, common};
use crate::lint::{Catalogue, RuleInfo, Severity, Texts};

/// A rule as `rules --format json` lists it (a contract).
#[derive(Serialize)]
struct Listed<'c> {
    id: &'c str,
    family: &'c str,
    severity: Severity,
    profile: &'static str,
    title: &'c str,
    aliases: &'c Texts,
    inputs: &'c Texts,
    fix: &'static str,
    url: Option<&'c str>,
}

impl<'c> From<&'c RuleInfo> for Listed<'c> {
    fn from(info: &'c RuleInfo) -> Self {
        Self {
            id: &info.id,
            family: &info.family,
            severity: info.severity,
            profile: info.profile.as_str(),
            title: &info.title,
            aliases: &info.aliases,
            inputs: &info.inputs,
            fix: info.fix.as_str(),
            url: info.url(),
        }
    }
}

pub(super) fn run(args: &RulesArgs) -> Result<Exit, Stop> {
    let catalogue = Catalogue::default();
    common::deliver(args.output.as_deref(), Color::Auto, false, |_, out| match args.format {
        Format::Human => human(&catalogue, out),
        Format::Json => {
            let rules: Vec<Listed<'_>> = catalogue.infos().map(Listed::from).collect();
            serde_json::to_writer_pretty(&mut *out, &rules)?;
            writeln!(out)
        }
    })?;
    Ok(Exit::Clean)
}

fn human(catalogue: &Catalogue, out: &mut dyn Write) -> std::io::Result<()> {
    let infos: Vec<&RuleInfo> = catalogue.infos().collect();
    let width = infos.iter().map(|info| info.id.len()).max().unwrap_or(0);
    let mut families: Vec<&str> = infos.iter().map(|info| &*info.family).collect();
    families.dedup();
    families.sort_unstable();
    families.dedup();
    for family in families {
        writeln!(out, "{family}")?;
        for info in infos.iter().filter(|info| info.family == *family) {
            let strict = if info.profile == crate::lint::Profile::Strict { " (strict)" } else { "" };
            writeln!(out, "  {:width$}  {:7}  {}{strict}", info.id, info.severity.as_str(), info.title)?;
        }
    }
    Ok(())
}
