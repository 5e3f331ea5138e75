//! `plimsoll completions` and `plimsoll man`: both are made from the arguments themselves.

use std::io::{self, Write};

use clap::CommandFactory;

use super::args::{Cli, Color, CompletionsArgs, ManArgs};
use super::{Exit, Stop, common};

/// Writes the completion script of a shell.
pub(super) fn completions(args: &CompletionsArgs) -> Result<Exit, Stop> {
    common::deliver(args.output.as_deref(), Color::Never, false, |_, out| {
        let mut script = Vec::new();
        clap_complete::generate(args.shell, &mut Cli::command(), "plimsoll", &mut script);
        out.write_all(&script)
    })?;
    Ok(Exit::Clean)
}

/// Writes one manual page, or all of them into a directory.
pub(super) fn man(args: &ManArgs) -> Result<Exit, Stop> {
    let mut program = Cli::command();
    program.build();
    if let Some(directory) = &args.directory {
        std::fs::create_dir_all(directory)
            .map_err(|error| Stop::path(format!("cannot create {}: {error}", directory.display())))?;
        for command in pages(&program) {
            let path = directory.join(format!("{}.1", title(command)));
            common::deliver(Some(&path), Color::Never, false, |_, out| page(command, out))?;
        }
        return Ok(Exit::Clean);
    }
    let chosen = match &args.command {
        None => &program,
        Some(name) => {
            let found = pages(&program).find(|command| command.get_name() == name);
            found.ok_or_else(|| unknown(name, &program))?
        }
    };
    common::deliver(None, Color::Never, false, |_, out| page(chosen, out))?;
    Ok(Exit::Clean)
}

fn unknown(name: &str, program: &clap::Command) -> Stop {
    let names = pages(program).map(clap::Command::get_name);
    let hint = crate::text::closest(name, names)
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Stop::usage(format!("there is no command `{name}`{hint}"))
}

/// The program and its commands, those of `baseline` and the like included.
fn pages(program: &clap::Command) -> Box<dyn Iterator<Item = &clap::Command> + '_> {
    let shown = program.get_subcommands().filter(|command| command.get_name() != "help");
    Box::new(std::iter::once(program).chain(shown.flat_map(pages)))
}

/// `plimsoll-check`: the name of a page.
fn title(command: &clap::Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).replace(' ', "-")
}

fn page(command: &clap::Command, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).title(title(command)).render(&mut text)?;
    out.write_all(&text)
}
