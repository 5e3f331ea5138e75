//! `plimsoll eval`: expressions in the scope of a root module.

use std::io::BufRead;

use clap::ArgMatches;

use super::args::{EvalArgs, Format};
use super::module::{Place, Where};
use super::{Exit, Stop, common, show};
use crate::analysis::secret_places;
use crate::report::evaluated::evaluated;
use crate::report::show::{error_object, expression};
use crate::report::veil::Veil;
use crate::terraform::{self, Configs, Diagnostic};
use crate::value::Value;

/// An expression and what came of it.
type Answer = (String, Result<Value, Box<Diagnostic>>);

pub(super) fn run(args: &EvalArgs, matches: &ArgMatches) -> Result<Exit, Stop> {
    let options = common::terraform_options(&args.terraform, matches)?;
    let at = Where {
        path: &args.dir,
        root: args.root.as_deref(),
        config: args.config.as_deref(),
        environment: args.terraform.environment.as_deref(),
    };
    let place = Place::find(at, options)?;
    if place.plan.is_some() {
        return Err(Stop::usage(format!(
            "a plan holds no expressions: `plimsoll show {} --why ADDRESS` tells of its values",
            place.name()
        )));
    }
    let configs = Configs::new(&place.files);
    let reads_lines = args.expression == "-";
    let expressions: Vec<String> = if reads_lines {
        std::io::stdin().lock().lines().collect::<Result<_, _>>()?
    } else {
        vec![args.expression.clone()]
    };
    let asked = expressions.iter().filter(|line| !line.trim().is_empty());
    let (evaluation, answers) = terraform::with_session(&configs, &place.dir, &place.options, |session| {
        let answers: Vec<Answer> = asked
            .clone()
            .map(|expression| (expression.clone(), session.eval_expression(expression)))
            .collect();
        (session.evaluation(), answers)
    });
    drop(configs);
    let root = place.name();
    let decide_with = place.decide_with(&evaluation);
    let others = place.others;
    let sources = place.files.into_sources();
    let mut masks = secret_places::of_evaluations(std::slice::from_ref(&evaluation), &sources);
    for (_, answer) in &answers {
        match answer {
            Ok(value) => secret_places::add_value(&mut masks, value, &sources),
            Err(diagnostic) => masks.learn(&sources, diagnostic.span.file),
        }
    }
    let veil = Veil { masks: &masks, sources: &sources, decide_with: &decide_with };
    let failed = answers.iter().any(|(_, answer)| answer.is_err());
    let format = args.format.unwrap_or(if reads_lines { Format::Json } else { Format::Human });
    if format == Format::Human {
        if !others.is_empty() {
            use std::io::Write as _;
            let _ = writeln!(
                anstream::stderr(),
                "note: evaluated in {root}; other root modules here: {} (--in DIR)",
                others.join(", ")
            );
        }
        for (asked, answer) in &answers {
            match answer {
                Ok(value) => {
                    common::deliver(None, args.color, false, |_, out| expression(value, asked, veil, out))?;
                }
                Err(diagnostic) if reads_lines => {
                    common::deliver(None, args.color, false, |style, out| {
                        crate::report::mistakes::evaluation(diagnostic, veil, style, out)
                    })?;
                }
                Err(diagnostic) => return Err(show::failure(diagnostic, veil)),
            }
        }
    } else {
        common::deliver(None, args.color, false, |_, out| {
            answers.iter().try_for_each(|(asked, answer)| {
                let json = match answer {
                    Ok(value) => evaluated(value, asked, veil),
                    Err(diagnostic) => error_object(diagnostic, veil),
                };
                crate::report::json::line(&json, out)
            })
        })?;
    }
    Ok(if failed && !reads_lines { Exit::Findings } else { Exit::Clean })
}
