//! Credentials written in clear text outside of container environments. Literals of files are found while reading
//! (`analysis`); here are the words, and the parts of containers beside their environment.

use crate::lint::secrets::{Secret, classify, classify_strictly, is_secret_name};
use crate::lint::{Probe, Problem};
use crate::model::task::{Container, TaskDefinition};
use crate::model::{Field, Items, State};
use crate::value::{Cause, Causes};

/// Where a credential stands: it decides where it should stand instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Terraform,
    Workflow,
    EnvFile,
    /// A template or script.
    File,
    TaskDefinition,
}

/// Message and help.
pub(crate) fn in_plain_text(name: &str, kind: &str, place: Place) -> (String, String) {
    let message = match (name, kind) {
        ("", kind) => format!("{kind} is written here in plain text"),
        (name, kind) => format!("`{name}` holds {kind} in plain text"),
    };
    let instead = match place {
        Place::Terraform => "let Secrets Manager or an SSM SecureString parameter hold it and refer to that",
        Place::Workflow => {
            "store it as a secret of the repository or environment and write `${{ secrets.NAME }}`"
        }
        Place::EnvFile => "keep it out of the repository, and pass it under `secrets` of the container",
        Place::File => {
            "pass it in when the file is rendered, or let the program read it from Secrets Manager"
        }
        Place::TaskDefinition => "pass it under `secrets`, or under `secretOptions` of the log configuration",
    };
    (message, format!("{instead}; then change it: it has been seen"))
}

fn in_container(name: &str, secret: Secret) -> Problem {
    let (message, help) = in_plain_text(name, secret.kind, Place::TaskDefinition);
    Problem::new(message).help(help)
}

/// Texts of a container, beside its environment, under the names by which they are judged: options of commands, of the
/// log driver, labels.
pub(crate) fn texts_of(container: &Container) -> Vec<(String, &Field<String>)> {
    let mut texts = Vec::new();
    for words in [&container.command, &container.entry_point] {
        words_of(words, &mut texts);
    }
    if let Some(check) = container.health_check.known() {
        words_of(&check.command, &mut texts);
    }
    if let Some(log) = container.log.known() {
        texts.extend(log.options.iter().map(|option| (option.key.to_string(), &option.value)));
    }
    texts.extend(container.docker_labels.iter().map(|(name, value)| (name.to_string(), value)));
    texts
}

/// `["--password", "x"]`: the word before an argument is its name.
fn words_of<'a>(words: &'a Items<Field<String>>, into: &mut Vec<(String, &'a Field<String>)>) {
    let mut before = String::new();
    for word in words.with_template() {
        into.push((std::mem::take(&mut before), word));
        if let Some(option) = word.known().filter(|text| text.starts_with('-') && !text.contains(['=', ' ']))
        {
            before = option.trim_start_matches('-').to_owned();
        }
    }
}

pub(super) fn check(probe: &mut Probe<'_>, _task: &TaskDefinition, container: &Container) {
    let texts = texts_of(container);
    let mut said = texts.is_empty();
    for (name, field) in texts {
        said |= judge(probe, &name, field);
    }
    if !said {
        probe.pass();
    }
}

/// Reports one text, unless there is nothing to say of it; whether there was.
fn judge(probe: &mut Probe<'_>, name: &str, field: &Field<String>) -> bool {
    match &field.state {
        State::Absent => false,
        State::Known(text) => match in_text(name, text) {
            Some((name, secret)) => {
                probe.fail(&field.origin, in_container(&name, secret));
                true
            }
            None => false,
        },
        State::Unknown(unknown) if !unknown.alternatives.is_empty() => {
            let found: Vec<_> = unknown.alternatives.iter().map(|text| in_text(name, text)).collect();
            let all = found.into_iter().collect::<Option<Vec<_>>>();
            let first = all.and_then(|all| all.into_iter().next());
            first.is_some_and(|(name, secret)| {
                probe.fail(&field.origin, in_container(&name, secret));
                true
            })
        }
        State::Unknown(unknown) if is_secret_name(name) => {
            let mut open = Causes::none();
            for cause in unknown.causes.iter() {
                // Made up or stored elsewhere: no literal of this code.
                if !matches!(cause, Cause::Computed { .. } | Cause::Data { .. } | Cause::Unsupported { .. }) {
                    open.add(cause.clone());
                }
            }
            let is_open = !open.is_empty();
            if is_open {
                probe.undecided(&field.origin, &open);
            }
            is_open
        }
        State::Unknown(_) => false,
    }
}

/// A credential in a text: the text itself under its name, or `--option=value` and assignments inside.
fn in_text(name: &str, text: &str) -> Option<(String, Secret)> {
    let whole = if name.is_empty() { classify("", text) } else { classify_strictly(name, text) };
    if let Some(secret) = whole {
        return Some((name.to_owned(), secret));
    }
    let found = crate::lint::secrets::written(text).into_iter().next()?;
    Some((found.name.to_owned(), Secret { kind: found.kind }))
}
