//! `plimsoll usage init`: writes a usage file with every quantity that the estimate of a deployment depends on.

use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::args::{UsageArgs, UsageCommand, UsageInitArgs};
use super::{Exit, Stop, common};
use crate::analysis::{Request, read_usage};
use crate::cost::Usage;
use crate::cost::estimate::UsageState;
use crate::cost::usage::usage_file;

/// Name of the file where `--output` gives none.
const FILE_NAME: &str = "plimsoll-usage.yaml";

pub(super) fn run(args: &UsageArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let own = matches.subcommand().map_or(matches, |(_, matches)| matches);
    match &args.command {
        UsageCommand::Init(args) => init(args, own),
    }
}

fn init(args: &UsageInitArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let request = common::request(&args.common, matches, None, Some(&args.price))?;
    let file = match args.common.output.as_slice() {
        [] => directory(&args.common.paths).join(FILE_NAME),
        [one] => one.clone(),
        [..] => return Err(Stop::usage("one --output names the usage file")),
    };
    let to_stream = file == Path::new("-");
    let exists = !to_stream && file.exists();
    if exists && !args.force {
        return Err(Stop::usage(format!(
            "`{}` is there already; --force writes it anew and keeps its numbers",
            file.display()
        )));
    }
    let kept = if exists { read_usage(&file, &request).map_err(common::stop)? } else { Usage::default() };
    let usage = request.usage.clone().or_else(|| exists.then(|| file.clone()));
    let analysis = common::run(&Request { usage, ..request }, args.common.jobs)?;
    let Some(estimate) = &analysis.estimate else { return Ok(Exit::Clean) };
    let text = usage_file(estimate, &kept);
    if to_stream {
        common::deliver(None, args.common.color, true, |_, out| out.write_all(text.as_bytes()))?;
        return Ok(Exit::Clean);
    }
    common::replace(&file, text.as_bytes())?;
    let given = kept.given().len();
    let missing = estimate.usage.iter().filter(|asked| asked.state == UsageState::Missing).count();
    let open = crate::text::plural(missing, "key");
    common::deliver(None, args.common.color, args.common.quiet, |style, out| {
        if style.quiet {
            return Ok(());
        }
        let name = file.display();
        writeln!(out, "wrote {name}: {open} not given, {} kept", crate::text::plural(given, "number"))?;
        writeln!(out, "write numbers into it, then: plimsoll cost --usage {name}")
    })?;
    Ok(Exit::Clean)
}

/// The directory of the first path.
fn directory(paths: &[PathBuf]) -> PathBuf {
    let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
    let directory = if first.is_dir() { first } else { first.parent().unwrap_or(Path::new("")) };
    directory.strip_prefix(".").unwrap_or(directory).to_path_buf()
}
