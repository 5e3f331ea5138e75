//! `plimsoll diff`: what a change adds and removes, in money and findings.

use std::path::Path;

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::args::{DiffArgs, DiffFormat};
use super::sides::{self, Named, Read};
use super::{Exit, Stop, budgets, common};
use crate::analysis::Request;
use crate::change::{self, Difference};
use crate::config::FailOn;
use crate::report;
use crate::report::change::Report;

pub(super) fn run(args: &DiffArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let targets = common::targets(&args.format, &args.common.output, matches, DiffFormat::Human)?;
    let mut request = common::request(&args.common, matches, None, Some(&args.price))?;
    request.no_ignores = args.no_ignores;
    let paths_are_given = matches.value_source("paths") == Some(ValueSource::CommandLine);
    let (base, head) = named(args, &request, paths_are_given)?;
    let request = looking_at(&base, &head, request);
    let jobs = args.common.jobs;
    let mut head_read = sides::read(&head, &request, None, jobs)?;
    let rules = head_read.analysis.as_ref().map(|analysis| analysis.catalogue.clone());
    let mut base_read = sides::read(&base, &request, rules.as_ref(), jobs)?;
    if let (Named::Path(base), Named::Path(head)) = (&base, &head) {
        for (read, path) in [(&mut base_read, base), (&mut head_read, head)] {
            read.state.prefix = if path.is_dir() { sides::prefix(path, &request) } else { String::new() };
        }
    }
    let moves = head_read.analysis.as_ref().map(|analysis| analysis.moves.as_slice()).unwrap_or_default();
    let difference = change::compare(&base_read.state, &head_read.state, moves);
    let verdicts = budgets::check(
        &args.budget,
        head_read.state.money.as_ref(),
        head_read.analysis.as_ref(),
        difference.money.as_ref(),
    )?;
    let notes = notes(&base_read, &head_read);
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        as_of: request.as_of,
        base: &base_read.side,
        head: &head_read.side,
        difference: &difference,
        budgets: &verdicts,
        notes: &notes,
    };
    common::deliver_all(&targets, args.common.color, args.common.quiet, |format, style, out| match format {
        DiffFormat::Human => report::change::write(&report, style, out),
        DiffFormat::Json => report::json::diff(&report, out),
        DiffFormat::Markdown => report::markdown::change(&report, style, out),
    })?;
    let fails = verdicts.is_exceeded() || adds_findings(&difference, args.fail_on);
    Ok(if fails { Exit::Findings } else { Exit::Clean })
}

/// The two sides as they are written. Without HEAD, or with paths behind two revisions, both are looked at there.
fn named(args: &DiffArgs, request: &Request, paths_are_given: bool) -> Result<(Named, Named), Stop> {
    let around = &request.working_directory;
    let base = Named::of(&args.base, around)?;
    let head = match &args.head {
        Some(head) => Named::of(head, around)?,
        None => Named::WorkingTree,
    };
    if paths_are_given && !(base.is_revision() && head.is_revision()) {
        return Err(Stop::usage(
            "paths behind BASE and HEAD say where to look in two revisions; a directory stands for itself",
        ));
    }
    Ok((base, head))
}

/// A revision is looked at where the other side is: `diff main infra` compares `infra` with what it was.
fn looking_at(base: &Named, head: &Named, request: Request) -> Request {
    let other = match (base, head) {
        (Named::Revision(_), Named::Path(path)) | (Named::Path(path), Named::Revision(_)) => Some(path),
        _ => None,
    };
    match other.filter(|path| !is_plan(path)) {
        Some(path) => Request { paths: vec![path.clone()], ..request },
        None => request,
    }
}

/// A plan is of a configuration that lies elsewhere.
fn is_plan(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| extension == "json")
}

fn adds_findings(difference: &Difference, fail_on: Option<FailOn>) -> bool {
    let added = difference.findings.iter().flat_map(|findings| &findings.added);
    fail_on.is_some_and(|fail_on| added.into_iter().any(|finding| fail_on.fails(finding.severity)))
}

/// What is remarked of the state of now, then of the one it is compared with, where that is something else.
fn notes(base: &Read, head: &Read) -> Vec<String> {
    let of = |read: &Read| read.analysis.as_ref().map(|analysis| analysis.notes.clone()).unwrap_or_default();
    let mut notes = of(head);
    for note in of(base) {
        if !notes.contains(&note) {
            notes.push(format!("{}: {note}", base.side.name));
        }
    }
    if base.state.version != head.state.version {
        notes.push(format!(
            "{} was reported by plimsoll {}, {} by {}: rules and prices of the two may differ",
            base.side.name, base.state.version, head.side.name, head.state.version
        ));
    }
    notes
}
