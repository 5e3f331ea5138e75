//! `plimsoll eval`: expressions in the scope of a root module.

use std::io::{BufRead, Write};

use clap::ArgMatches;

use super::args::{Color, EvalArgs};
use super::{Exit, Stop, common};
use crate::report::show::{error_object, evaluated};
use crate::terraform::{Configs, Session};

pub(super) fn run(args: &EvalArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let options = common::terraform_options(&args.terraform, matches)?;
    let (files, dir) = common::files_for(&args.dir, args.root.as_deref())?;
    let configs = Configs::new(&files);
    let session = Session::new(&configs, &dir, &options);
    let answer = |expression: &str| match session.eval_expression(expression) {
        Ok(value) => evaluated(&value),
        Err(diagnostic) => error_object(&diagnostic),
    };
    if args.expression != "-" {
        let object = answer(&args.expression);
        let failed = object.get("error").is_some();
        common::deliver(None, Color::Never, |_, out| {
            serde_json::to_writer_pretty(&mut *out, &object)?;
            writeln!(out)
        })?;
        return Ok(if failed { Exit::Findings } else { Exit::Clean });
    }
    common::deliver(None, Color::Never, |_, out| {
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            serde_json::to_writer(&mut *out, &answer(&line))?;
            writeln!(out)?;
        }
        Ok(())
    })?;
    Ok(Exit::Clean)
}
