//! `plimsoll init`: writes the configuration and CI files that are not there, and prints what to add to those that are.

use std::fs;
use std::io::Write;

use super::args::{Color, InitArgs};
use super::{Exit, Stop, common};
use crate::analysis::Request;
use crate::date::Date;
use crate::setup::{self, Proposal, ProposalKind};
use crate::terraform::Options;

pub(super) fn run(args: &InitArgs) -> Result<Exit, Stop> {
    if !args.directory.is_dir() {
        return Err(Stop::path(format!("`{}` is not a directory", args.directory.display())));
    }
    let request = Request {
        paths: vec![args.directory.clone()],
        // What a configuration says already must not hide what it is about.
        ..Request::new(common::working_directory()?, Options::default(), Date::today())
    };
    let analysis = common::run(&Request { price: true, ..request }, None)?;
    let survey = setup::survey(&args.directory, &analysis).map_err(|error| Stop::path(error.to_string()))?;
    let mut report = Vec::new();
    for proposal in setup::proposals(&survey) {
        let shown = proposal.path.strip_prefix(&survey.top).unwrap_or(&proposal.path).display().to_string();
        act(args, &proposal, &shown, &mut report)?;
    }
    common::deliver(None, Color::Never, false, |_, out| out.write_all(&report))?;
    Ok(Exit::Clean)
}

fn act(args: &InitArgs, proposal: &Proposal, shown: &str, report: &mut Vec<u8>) -> Result<(), Stop> {
    let block = |report: &mut Vec<u8>, head: String| -> Result<(), Stop> {
        writeln!(report, "{head}\n")?;
        for line in proposal.text.lines() {
            writeln!(report, "{}", format!("    {line}").trim_end())?;
        }
        Ok(writeln!(report)?)
    };
    let exists = proposal.path.exists();
    let is_configuration = proposal.path.file_name().is_some_and(|name| name == "plimsoll.yaml");
    match proposal.kind {
        ProposalKind::Snippet => block(report, format!("add to {shown}:")),
        ProposalKind::File if exists && !(is_configuration && args.force) => {
            Ok(writeln!(report, "kept {shown}: it is there already")?)
        }
        ProposalKind::File if args.dry_run => block(report, format!("would write {shown}:")),
        ProposalKind::File => {
            let failed = |error: std::io::Error| Stop::path(format!("cannot write {shown}: {error}"));
            proposal.path.parent().map_or(Ok(()), fs::create_dir_all).map_err(failed)?;
            common::replace(&proposal.path, proposal.text.as_bytes())?;
            Ok(writeln!(report, "wrote {shown}")?)
        }
    }
}
