//! `plimsoll show`: what evaluating a root module found.

use clap::ArgMatches;

use super::args::{Color, Format, ShowArgs};
use super::{Exit, Stop, common};
use crate::report;
use crate::terraform::{self, Configs};

pub(super) fn run(args: &ShowArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let options = common::terraform_options(&args.terraform, matches)?;
    let (files, dir) = common::files_for(&args.path, args.root.as_deref())?;
    let configs = Configs::new(&files);
    let evaluation = terraform::evaluate_in(&configs, &dir, &options);
    drop(configs);
    let sources = files.into_sources();
    common::deliver(args.output.as_deref(), Color::Auto, |style, out| match args.format {
        Format::Human => report::show::human(&evaluation, &sources, style, out),
        Format::Json => report::show::json(&evaluation, &sources, out),
    })?;
    Ok(Exit::Clean)
}
