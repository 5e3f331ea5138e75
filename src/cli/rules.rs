//! `plimsoll rules`.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::args::{Color, RulesArgs, RulesCommand, RulesFormat};
use super::{Exit, Stop, common, rules_test};
use crate::analysis::own_rules;
use crate::lint::{Catalogue, RuleInfo, Severity, Texts};
use crate::report;
use crate::report::text::line;

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
    if let Some(RulesCommand::Test(args)) = &args.command {
        return rules_test::run(args);
    }
    let catalogue = own_rules::of_directory(&common::working_directory()?, args.config.as_deref())
        .map_err(common::stop)?;
    let infos: Vec<&RuleInfo> = catalogue.infos().collect();
    if let (RulesFormat::Markdown, Some(directory)) = (args.format, args.output.as_deref()) {
        return book(&infos, directory);
    }
    common::deliver(args.output.as_deref(), Color::Auto, false, |_, out| match args.format {
        RulesFormat::Human => human(&catalogue, out),
        RulesFormat::Json => write_json(&infos, out),
        RulesFormat::Markdown => {
            report::page::contents(&infos, |info| format!("#{}", anchor(&info.title)), out)?;
            infos.iter().try_for_each(|info| {
                writeln!(out)?;
                report::page::markdown(info, out)
            })
        }
    })?;
    Ok(Exit::Clean)
}

/// Writes rules as `rules --format json` lists them.
pub(super) fn write_json(infos: &[&RuleInfo], out: &mut dyn Write) -> std::io::Result<()> {
    let rules: Vec<Listed<'_>> = infos.iter().map(|info| Listed::from(*info)).collect();
    serde_json::to_writer_pretty(&mut *out, &rules)?;
    writeln!(out)
}

/// Writes the rule book into a directory: `README.md`, and a page for each rule. Pages of rules that are gone stay: they
/// may be anybody's files.
fn book(infos: &[&RuleInfo], directory: &Path) -> Result<Exit, Stop> {
    std::fs::create_dir_all(directory)
        .map_err(|error| Stop::path(format!("cannot create {}: {error}", directory.display())))?;
    let write = |name: String, page: &dyn Fn(&mut dyn Write) -> std::io::Result<()>| {
        common::deliver(Some(&directory.join(name)), Color::Never, false, |_, out| page(out))
    };
    let name = |info: &RuleInfo| format!("{}.md", info.id);
    write("README.md".to_owned(), &|out| report::page::contents(infos, name, out))?;
    for info in infos {
        write(name(info), &|out| report::page::markdown(info, out))?;
    }
    Ok(Exit::Clean)
}

/// The anchor that Markdown renderers give a heading.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

fn human(catalogue: &Catalogue, out: &mut dyn Write) -> std::io::Result<()> {
    let infos: Vec<&RuleInfo> = catalogue.infos().collect();
    let width = infos.iter().map(|info| info.id.len()).max().unwrap_or(0);
    let mut families: Vec<&str> = infos.iter().map(|info| &*info.family).collect();
    families.dedup();
    families.sort_unstable();
    families.dedup();
    for family in families {
        writeln!(out, "{}", line(family))?;
        for info in infos.iter().filter(|info| info.family == *family) {
            let strict = if info.profile == crate::lint::Profile::Strict { " (strict)" } else { "" };
            writeln!(
                out,
                "  {:width$}  {:7}  {}{strict}",
                info.id,
                info.severity.as_str(),
                line(&info.title)
            )?;
        }
    }
    Ok(())
}
