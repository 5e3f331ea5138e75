//! `plimsoll eval`: expressions in the scope of a root module.

use std::io::BufRead;

use clap::ArgMatches;

use super::args::{Color, EvalArgs};
use super::{Exit, Stop, common};
use crate::report::show::{error_object, evaluated};
use crate::terraform::{self, Configs};

pub(super) fn run(args: &EvalArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let options = common::terraform_options(&args.terraform, matches)?;
    let (files, dir) = common::files_for(&args.dir, args.root.as_deref())?;
    let configs = Configs::new(&files);
    let expressions: Vec<String> = if args.expression == "-" {
        std::io::stdin().lock().lines().collect::<Result<_, _>>()?
    } else {
        vec![args.expression.clone()]
    };
    let asked = expressions.iter().filter(|line| !line.trim().is_empty());
    let answers: Vec<serde_json::Value> = terraform::with_session(&configs, &dir, &options, |session| {
        let answer = |expression: &String| match session.eval_expression(expression) {
            Ok(value) => evaluated(&value),
            Err(diagnostic) => error_object(&diagnostic),
        };
        asked.clone().map(answer).collect()
    });
    let failed = args.expression != "-" && answers.iter().any(|answer| answer.get("error").is_some());
    common::deliver(None, Color::Never, |_, out| {
        for answer in &answers {
            serde_json::to_writer(&mut *out, answer)?;
            writeln!(out)?;
        }
        Ok(())
    })?;
    Ok(if failed { Exit::Findings } else { Exit::Clean })
}
