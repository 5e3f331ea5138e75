//! `plimsoll explain`: a rule's page, how a resource was judged and priced, or where a value comes from.

use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::args::{ExplainArgs, Format, ShowArgs};
use super::{Exit, Stop, common, rules, show};
use crate::analysis::{Analysis, Request};
use crate::lint::Catalogue;
use crate::model::{Input, Meta};
use crate::report::evidence::{self, Subject};
use crate::report::{self, Outcome};
use crate::text::closest;

pub(super) fn run(args: &ExplainArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let built_in = Catalogue::default();
    if let Some(exit) = page(args, &built_in)? {
        return Ok(exit);
    }
    let request =
        Request { keep_passed: true, ..common::request(&args.common, matches, None, Some(&args.price))? };
    let analysis = common::run(&request, args.common.jobs)?;
    if let Some(exit) = page(args, &analysis.catalogue)? {
        return Ok(exit);
    }
    let metas = resources(&analysis, &args.topic);
    if metas.is_empty() {
        return value(args, matches, &analysis);
    }
    let subject = Subject { address: &args.topic, metas };
    let whole = common::outcome(&analysis, request.as_of);
    let judgement = subject.judgement(whole.judgement);
    let estimate = whole.estimate.map(|estimate| subject.estimate(estimate));
    let outcome = Outcome { judgement: &judgement, estimate: estimate.as_ref(), ..whole };
    let common = &args.common;
    common::deliver(output(args), common.color, common.quiet, |style, out| match args.format {
        Format::Human => evidence::human(&subject, &outcome, style, out),
        Format::Json => evidence::json(&subject, &outcome, out),
    })?;
    Ok(Exit::Clean)
}

/// The file to write to: the last one named, as for every flag.
fn output(args: &ExplainArgs) -> Option<&Path> {
    args.common.output.last().map(PathBuf::as_path)
}

/// The page of a rule, if the topic is one.
fn page(args: &ExplainArgs, catalogue: &Catalogue) -> Result<Option<Exit>, Stop> {
    let named = catalogue.info(&args.topic).or_else(|| catalogue.by_alias(&args.topic).next());
    let Some(info) = named else { return Ok(None) };
    common::deliver(output(args), args.common.color, false, |style, out| match args.format {
        Format::Human => report::page::write(info, style, out),
        Format::Json => rules::write_json(&[info], out),
    })?;
    Ok(Some(Exit::Clean))
}

/// Resources that the address names: itself, its instances, or what is in the module.
fn resources<'a>(analysis: &'a Analysis, address: &str) -> Vec<&'a Meta> {
    let mut metas: Vec<&Meta> = analysis
        .deployment
        .metas()
        .filter(|meta| report::cost_why::is_within(&meta.address, address))
        .collect();
    metas.sort_by(|a, b| a.address.cmp(&b.address));
    metas.dedup_by(|a, b| a.address == b.address && a.unit == b.unit);
    metas
}

/// A value inside of a resource: where it comes from, as `show --why` tells it.
fn value(args: &ExplainArgs, matches: &ArgMatches, analysis: &Analysis) -> Result<Exit, Stop> {
    let topic = &args.topic;
    let of = analysis
        .deployment
        .metas()
        .filter(|meta| meta.input == Input::Terraform)
        .find(|meta| topic.strip_prefix(&*meta.address).is_some_and(|rest| rest.starts_with(['.', '['])));
    let Some(meta) = of else { return Err(unknown(topic, analysis)) };
    // The root module is where the outermost call stands.
    let head = meta.calls.last().copied().unwrap_or(meta.origin.span);
    let file = analysis.sources.get(head.file).and_then(|file| file.path.clone());
    let root: Option<PathBuf> = file.and_then(|file| file.parent().map(PathBuf::from));
    let show = ShowArgs {
        config: args.common.config.clone(),
        targets: Vec::new(),
        dir: root,
        why: Some(topic.clone()),
        terraform: args.common.terraform.clone(),
        color: args.common.color,
        format: args.format,
        output: output(args).map(PathBuf::from),
        source: args.common.source.clone(),
        root: args.common.root.clone(),
    };
    show::run(&show, matches)
}

fn unknown(topic: &str, analysis: &Analysis) -> Stop {
    let rules = analysis.catalogue.infos().map(|info| &*info.id);
    let addresses = analysis.deployment.metas().map(|meta| &*meta.address);
    let hint = match closest(topic, rules.chain(addresses)) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => "; `plimsoll rules` lists rules, `plimsoll show` resources".to_owned(),
    };
    Stop::usage(format!("no rule and no resource here is called `{topic}`{hint}"))
}
