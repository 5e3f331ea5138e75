//! `plimsoll baseline create|show|check`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde::Serialize;

use super::args::{
    BaselineArgs, BaselineCheckArgs, BaselineCommand, BaselineCreateArgs, BaselineShowArgs, CheckFormat,
    CommonArgs, Format,
};
use super::{Exit, Stop, check, common};
use crate::analysis::accepted::{Refused, read};
use crate::analysis::{Accept, Analysis, Compared, Request};
use crate::lint::baseline::{Entry, merged, to_json};
use crate::report;
use crate::text::plural;

/// Where a baseline lies unless something else is said.
const FILE_NAME: &str = "plimsoll-baseline.json";

pub(super) fn run(args: &BaselineArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let own = matches.subcommand().map_or(matches, |(_, matches)| matches);
    match &args.command {
        BaselineCommand::Create(args) => create(args, own),
        BaselineCommand::Show(args) => show(args, own),
        BaselineCommand::Check(args) => check(args, own),
    }
}

/// What is found without any baseline.
fn judged(args: &CommonArgs, matches: &ArgMatches) -> Result<(Request, Analysis), Stop> {
    let request = common::request(args, matches, None, None)?;
    let analysis = common::run(&request, args.jobs)?;
    Ok((request, analysis))
}

fn create(args: &BaselineCreateArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let (request, mut analysis) = judged(&args.common, matches)?;
    let named = match args.common.output.as_slice() {
        [] => args.baseline.clone(),
        [output] => Some(output.clone()),
        _ => return Err(Stop::usage("a baseline is one file: write one --output")),
    };
    let configured = if named.is_none() { configured(&analysis)? } else { None };
    let is_known = configured.is_some();
    let path = named.or(configured).unwrap_or_else(|| PathBuf::from(FILE_NAME));
    let name = shown(&path, &request);
    let found = analysis.entries();
    let (entries, message) = if args.update {
        let entries = compare(&mut analysis, &path, &request)?;
        let fixed = analysis.baseline.as_ref().map_or(&[][..], |compared| &compared.fixed);
        let removed: usize = fixed.iter().map(|entry| entry.count).sum();
        let kept = without(entries, fixed);
        let left = format!("{} left", plural(total(&kept), "accepted finding"));
        (kept, format!("{name}: {} taken out, {left}", plural(removed, "finding")))
    } else {
        if path.exists() && !args.force {
            let hint = "--update takes out what is not found any more, --force accepts everything found now";
            return Err(Stop::usage(format!("{name} is there already; {hint}")));
        }
        let message = format!("{name}: {} accepted", plural(total(&found), "finding"));
        (found, message)
    };
    common::replace(&path, to_json(&entries).as_bytes())?;
    common::deliver(None, args.common.color, args.common.quiet, |style, out| {
        if style.quiet {
            return Ok(());
        }
        writeln!(out, "{message}")?;
        if !is_known && !args.update {
            writeln!(
                out,
                "Use it with `--baseline {name}`, or write `baseline: {name}` into plimsoll.yaml."
            )?;
        }
        Ok(())
    })?;
    Ok(Exit::Clean)
}

fn show(args: &BaselineShowArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let (request, mut analysis) = judged(&args.common, matches)?;
    let path = match &args.baseline {
        Some(path) => path.clone(),
        None => configured(&analysis)?.unwrap_or_else(|| PathBuf::from(FILE_NAME)),
    };
    compare(&mut analysis, &path, &request)?;
    let Some(compared) = &analysis.baseline else { return Ok(Exit::Clean) };
    let listed = listed(compared);
    let targets = common::targets(&[args.format], &args.common.output, matches, Format::Human)?;
    common::deliver_all(&targets, args.common.color, args.common.quiet, |format, _, out| match format {
        Format::Human => human(compared, &listed, out),
        Format::Json => {
            let shown = Shown { schema: SHOWN_SCHEMA, file: &compared.name, entries: &listed };
            serde_json::to_writer_pretty(&mut *out, &shown)?;
            writeln!(out)
        }
    })?;
    Ok(Exit::Clean)
}

fn check(args: &BaselineCheckArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let of_check = &args.check;
    let targets = common::targets(&of_check.format, &of_check.common.output, matches, CheckFormat::Human)?;
    let mut request = common::request(&of_check.common, matches, Some(&of_check.gate), None)?;
    if request.baseline == Accept::Configured {
        request.baseline = Accept::ConfiguredOr(PathBuf::from(FILE_NAME));
    }
    let mut analysis = common::run(&request, of_check.common.jobs)?;
    let fixed = analysis.baseline.as_ref().map_or(&[][..], |compared| &compared.fixed);
    let is_outdated = !fixed.is_empty();
    let notes: Vec<String> =
        fixed.iter().map(|entry| format!("fixed: {} {}", entry.rule, words(entry))).collect();
    analysis.notes.extend(notes);
    check::report(of_check, &analysis, &request, &targets)?;
    match check::exit(&analysis, &of_check.gate) {
        Exit::Clean if args.fail_on_fixed && is_outdated => Ok(Exit::Findings),
        exit => Ok(exit),
    }
}

/// The baseline that the configuration names; one that came with the files must lie among them.
fn configured(analysis: &Analysis) -> Result<Option<PathBuf>, Stop> {
    let path = analysis.configured_baseline();
    let is_own = analysis.config_directory.as_ref().is_some_and(|of| of.starts_with(&analysis.root));
    let leads_outside = |path: &PathBuf| {
        !path.starts_with(&analysis.root)
            || path.canonicalize().is_ok_and(|real| !real.starts_with(&analysis.root))
    };
    if is_own && path.as_ref().is_some_and(leads_outside) {
        return Err(Stop::usage(
            "`baseline` of plimsoll.yaml leads outside the scanned root; name it with --baseline",
        ));
    }
    Ok(path)
}

/// Reads a baseline that must be there, and compares with it.
fn compare(analysis: &mut Analysis, path: &Path, request: &Request) -> Result<Vec<Entry>, Stop> {
    // Whether it was named or configured: this command is about it, and shows no more than a baseline holds.
    let (name, entries) =
        read(path, true, &analysis.root, &request.working_directory).map_err(|refused| match refused {
            Refused::Unreadable(message) => {
                Stop::path(format!("the baseline {message}; `plimsoll baseline create` writes one"))
            }
            Refused::Wrong(message) => Stop::usage(message),
        })?;
    analysis.compare(path, name, entries.clone());
    Ok(entries)
}

fn shown(path: &Path, request: &Request) -> String {
    crate::source::Files::new(&request.working_directory, &request.working_directory)
        .map_or_else(|_| path.display().to_string(), |files| files.display_name(path))
}

fn total(entries: &[Entry]) -> usize {
    entries.iter().map(|entry| entry.count).sum()
}

/// Entries without the findings that are gone.
fn without(entries: Vec<Entry>, gone: &[Entry]) -> Vec<Entry> {
    let mut left = merged(entries);
    for entry in gone {
        let mut count = entry.count;
        for of in left.iter_mut().filter(|of| is_same(of, entry)) {
            let taken = of.count.min(count);
            of.count -= taken;
            count -= taken;
        }
    }
    left.retain(|entry| entry.count > 0);
    left
}

fn is_same(a: &Entry, b: &Entry) -> bool {
    (&a.rule, &a.resource, &a.element, &a.file) == (&b.rule, &b.resource, &b.element, &b.file)
}

/// Version of the shape of `baseline show --format json`.
const SHOWN_SCHEMA: &str = "plimsoll/baseline-show/1";

#[derive(Serialize)]
struct Shown<'a> {
    schema: &'a str,
    file: &'a str,
    entries: &'a [Listed],
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    entry: Entry,
    /// Findings of it that are there.
    found: usize,
    /// Findings of it that are not there any more.
    fixed: usize,
}

fn listed(compared: &Compared) -> Vec<Listed> {
    let missing = |entry: &Entry, of: &[Entry]| {
        of.iter().filter(|missing| is_same(missing, entry)).map(|missing| missing.count).sum::<usize>()
    };
    merged(compared.entries.clone())
        .into_iter()
        .map(|entry| {
            let fixed = missing(&entry, &compared.fixed);
            let open = missing(&entry, &compared.not_judged);
            Listed { found: entry.count.saturating_sub(fixed + open), fixed, entry }
        })
        .collect()
}

/// What an entry accepts, for people: `aws_ecs_service.api, container web (infra/main.tf)`.
fn words(entry: &Entry) -> String {
    let parts: Vec<&str> = entry.resource.iter().chain(&entry.element).map(String::as_str).collect();
    let times = if entry.count > 1 { format!(" × {}", entry.count) } else { String::new() };
    let text =
        if parts.is_empty() { entry.file.clone() } else { format!("{} ({})", parts.join(", "), entry.file) };
    report::line(&format!("{text}{times}"))
}

fn human(compared: &Compared, listed: &[Listed], out: &mut dyn Write) -> std::io::Result<()> {
    let mut by_rule: BTreeMap<&str, Vec<&Listed>> = BTreeMap::new();
    for entry in listed {
        by_rule.entry(&entry.entry.rule).or_default().push(entry);
    }
    for (rule, entries) in by_rule {
        writeln!(out, "{}", report::line(rule))?;
        for of in entries {
            let state = if of.fixed == of.entry.count {
                ": not found any more".to_owned()
            } else if of.fixed > 0 {
                format!(": {} of {} not found any more", of.fixed, of.entry.count)
            } else if of.found == 0 {
                ": not judged in this run".to_owned()
            } else {
                String::new()
            };
            writeln!(out, "  {}{state}", words(&of.entry))?;
        }
    }
    let fixed = total(&compared.fixed);
    let accepted = plural(total(&compared.entries), "accepted finding");
    let gone = if fixed == 0 { String::new() } else { format!(", {fixed} not found any more") };
    writeln!(out, "{}: {accepted}{gone}", compared.name)
}
