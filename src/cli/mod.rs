//! The command line: arguments, dispatch, exit status. One file per command; the library below knows
//! nothing of it.

mod args;
mod baseline;
mod budgets;
mod check;
mod common;
mod compare;
mod cost;
mod diff;
mod eval;
mod explain;
mod fixing;
mod init;
mod module;
mod output;
mod overview;
mod pricing;
mod rules;
mod rules_test;
mod scenarios;
mod schema;
mod shell;
mod show;
mod sides;
mod usage;

use std::ffi::OsString;
use std::io::Write;

use clap::{CommandFactory, FromArgMatches};

pub use args::{Cli, Command};

/// How a run ended. The numbers are a contract (DESIGN, "Exit status").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above the threshold, budgets kept.
    Clean,
    /// Findings at or above `--fail-on`, undecided checks with `--fail-on-undecided`, or a budget exceeded.
    Findings,
    /// Wrong arguments or configuration.
    Usage,
    /// A named path does not exist or cannot be read.
    Path,
    /// A bug.
    Internal,
}

impl Exit {
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Path => 3,
            Self::Internal => 4,
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) struct Stop {
    exit: Exit,
    message: String,
}

impl Stop {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into() }
    }

    pub(crate) fn path(message: impl Into<String>) -> Self {
        Self { exit: Exit::Path, message: message.into() }
    }

    pub(crate) fn internal(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Internal, message: format!("a bug in plimsoll; please report it: {message}") }
    }
}

impl From<std::io::Error> for Stop {
    /// Writing failed. A reader that went away (`| head`) is no error of ours.
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            Self { exit: Exit::Clean, message: String::new() }
        } else {
            Self::path(format!("cannot write: {error}"))
        }
    }
}

/// Runs the program with these arguments; everything printed goes to standard output and error.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let matches = match Cli::command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Clean };
            // Nothing can be done when the terminal is gone.
            let _ = error.print();
            return exit;
        }
    };
    let result = Cli::from_arg_matches(&matches)
        .map_err(|error| Stop::usage(error.to_string()))
        .and_then(|cli| dispatch(cli, &matches));
    match result {
        Ok(exit) => exit,
        Err(stop) => {
            if !stop.message.is_empty() {
                let _ = writeln!(anstream::stderr(), "error: {}", stop.message);
            }
            stop.exit
        }
    }
}

fn dispatch(cli: Cli, matches: &clap::ArgMatches) -> Result<Exit, Stop> {
    // `--var` and `--var-file` keep their order: the last one wins, as in Terraform.
    let own = matches.subcommand().map_or(matches, |(_, matches)| matches);
    match cli.command {
        None => overview::run(&cli.overview, own),
        Some(Command::Check(args)) => check::run(&args, own),
        Some(Command::Baseline(args)) => baseline::run(&args, own),
        Some(Command::Cost(args)) => cost::run(&args, own),
        Some(Command::Diff(args)) => diff::run(&args, own),
        Some(Command::Compare(args)) => compare::run(&args, own),
        Some(Command::Explain(args)) => explain::run(&args, own),
        Some(Command::Rules(args)) => rules::run(&args),
        Some(Command::Schema(args)) => schema::run(&args),
        Some(Command::Usage(args)) => usage::run(&args, own),
        Some(Command::Eval(args)) => eval::run(&args, own),
        Some(Command::Pricing(args)) => pricing::run(&args),
        Some(Command::Show(args)) => show::run(&args, own),
        Some(Command::Init(args)) => init::run(&args),
        Some(Command::Completions(args)) => shell::completions(&args),
        Some(Command::Man(args)) => shell::man(&args),
    }
}

/// Panic hook: a bug is reported in one line, without input text.
pub fn report_bug(info: &std::panic::PanicHookInfo<'_>) {
    let place =
        info.location().map_or_else(String::new, |place| format!(" at {}:{}", place.file(), place.line()));
    let _ = writeln!(
        anstream::stderr(),
        "internal error{place}: this is a bug in plimsoll {}; please report it with the input that caused it",
        env!("CARGO_PKG_VERSION")
    );
}
