//! Celery: which of its processes a container runs, and whether its beat takes a lock. Read from command and
//! entry point as far as they are written; what an image starts by itself is not known here.

use super::words::{HOLE, basename, commands, with_holes};
use crate::model::service::Service;
use crate::model::task::{Container, EnvironmentVariable};
use crate::model::{Deployment, Field, Link, State, Tri};
use crate::value::Causes;

/// Options of celery and its sub-commands whose value is the next word (`celery --help`, versions 4 and 5).
const WITH_VALUE: [&str; 26] = [
    "-A",
    "--app",
    "-b",
    "--broker",
    "--result-backend",
    "--loader",
    "--config",
    "--workdir",
    "-l",
    "--loglevel",
    "-f",
    "--logfile",
    "--pidfile",
    "-Q",
    "--queues",
    "-n",
    "--hostname",
    "-c",
    "--concurrency",
    "-P",
    "--pool",
    "-s",
    "--schedule",
    "--max-interval",
    "--uid",
    "--gid",
];
const SCHEDULER: [&str; 2] = ["-S", "--scheduler"];
/// Part of the names of the schedulers that hold a lock in Redis: `redbeat.RedBeatScheduler`.
const LOCK: &str = "redbeat";
/// Wrappers that let one copy run at a time.
const LOCK_WRAPPERS: [&str; 2] = ["single-beat", "beatcop"];
/// Words after which a program's name comes: an unknown one may be celery.
const BEFORE_PROGRAM: [&str; 9] = ["-c", "-lc", "-ec", "-m", "exec", "run", "run-program", "--", "poetry"];

/// Whether the container starts celery's scheduler.
pub(crate) fn runs_beat(container: &Container) -> Tri {
    decide(container, |command| match invocation(command) {
        Invocation::Celery { process, .. } => Some(process == "beat"),
        Invocation::Other => Some(false),
        Invocation::Unknown => None,
    })
}

/// Whether the container's beat, if it is one, holds a lock, so that a second copy waits.
pub(crate) fn holds_lock(container: &Container) -> Tri {
    let by_command = decide(container, |command| match invocation(command) {
        Invocation::Celery { locked, .. } => locked,
        Invocation::Other => Some(false),
        Invocation::Unknown => None,
    });
    let by_secret = container
        .secrets
        .any(|secret| secret.name.holds(false, |name| name.to_ascii_lowercase().contains(LOCK)));
    by_command.or(by_secret).or(container.environment.any(names_lock))
}

/// Whether a task of the service runs a beat that holds no lock.
pub(crate) fn runs_unlocked_beat(deployment: &Deployment, service: &Service) -> Tri {
    let task = match &service.task_definition_link {
        Link::To(id) => deployment.task_definition(*id),
        // It may be any task definition, that of a beat too.
        Link::Unknown(causes) => return Tri::Maybe(causes.clone()),
        Link::NotFound(_) | Link::Absent => None,
    };
    let Some(task) = task else { return Tri::No };
    task.containers.any(|container| match runs_beat(container) {
        Tri::No => Tri::No,
        beat => beat.and(holds_lock(container).negate()),
    })
}

/// Settings that choose a scheduler are looked at, all others are not: an unknown broker URL leaves open nothing.
fn names_lock(variable: &EnvironmentVariable) -> Tri {
    let chooses = variable.name.holds(false, |name| {
        let name = name.to_ascii_uppercase();
        name.contains("SCHEDULER") || name.contains("BEAT")
    });
    let by_name = variable.name.holds(false, |name| name.to_ascii_lowercase().contains(LOCK));
    by_name.or(chooses.and(contains_lock(&variable.value)))
}

fn contains_lock(value: &Field<String>) -> Tri {
    let is_lock = |text: &str| text.to_ascii_lowercase().contains(LOCK);
    let parts = value.not_known().and_then(|unknown| unknown.pattern.as_deref());
    if parts.is_some_and(|parts| is_lock(&with_holes(parts))) {
        return Tri::Yes;
    }
    value.holds(false, |text| is_lock(text))
}

/// What one simple command starts.
enum Invocation {
    Celery {
        /// The sub-command: `beat`, `worker`, `flower` …
        process: String,
        /// `None` where the scheduler is not known.
        locked: Option<bool>,
    },
    Other,
    Unknown,
}

fn invocation(words: &[String]) -> Invocation {
    let Some(at) = words.iter().position(|word| matches!(basename(word), "celery" | "celerybeat")) else {
        let unknown = |word: &String| basename(word).contains(HOLE);
        let may_be_celery = words.first().is_some_and(unknown)
            || words.windows(2).any(|pair| match pair {
                [before, word] => {
                    let option = before.starts_with('-') && before.contains(HOLE);
                    (option || BEFORE_PROGRAM.contains(&before.as_str())) && unknown(word)
                }
                _ => false,
            });
        return if may_be_celery { Invocation::Unknown } else { Invocation::Other };
    };
    let (wrappers, rest) = words.split_at(at);
    let mut process = rest.first().filter(|word| basename(word) == "celerybeat").map(|_| "beat".to_owned());
    let mut locked = Some(wrappers.iter().any(|word| LOCK_WRAPPERS.contains(&basename(word))));
    let mut rest = rest.iter().skip(1);
    while let Some(word) = rest.next() {
        if SCHEDULER.contains(&word.as_str()) {
            locked = either(locked, rest.next().and_then(|value| is_lock(value)));
        } else if let Some(value) = word.strip_prefix("--scheduler=") {
            locked = either(locked, is_lock(value));
        } else if WITH_VALUE.contains(&word.as_str()) {
            rest.next();
        } else if word.contains(HOLE) && !is_option_with_value(word) {
            // An option that is not known may take the next word as its value.
            if process.is_none() {
                return Invocation::Unknown;
            }
            locked = either(locked, None);
        } else if !word.starts_with('-') && process.is_none() {
            process = Some(word.clone());
        }
    }
    match process {
        Some(process) => Invocation::Celery { process, locked },
        None => Invocation::Other,
    }
}

/// `--loglevel=…` with the option's name known.
fn is_option_with_value(word: &str) -> bool {
    word.starts_with("--") && word.split_once('=').is_some_and(|(name, _)| !name.contains(HOLE))
}

fn is_lock(scheduler: &str) -> Option<bool> {
    if scheduler.to_ascii_lowercase().contains(LOCK) {
        Some(true)
    } else if scheduler.contains(HOLE) {
        None
    } else {
        Some(false)
    }
}

fn either(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// Whether some command that the container starts is so; every completion of the command line that can be
/// listed must agree.
fn decide(container: &Container, test: impl Fn(&[String]) -> Option<bool>) -> Tri {
    let mut answers = command_lines(container)
        .into_iter()
        .map(|line| commands(&line).iter().map(|command| test(command)).fold(Some(false), either));
    let first = answers.next().unwrap_or(Some(false));
    match first {
        Some(answer) if answers.all(|other| other == first) => answer.into(),
        _ => Tri::Maybe(causes(container)),
    }
}

/// The most command lines that alternatives are multiplied out to.
const MOST_LINES: usize = 16;

/// Entry point and command as one list of words, for every combination of alternatives.
fn command_lines(container: &Container) -> Vec<Vec<String>> {
    let mut lines = vec![Vec::new()];
    for list in [&container.entry_point, &container.command] {
        for word in list {
            let mut choices = texts(word);
            if lines.len() * choices.len() > MOST_LINES {
                choices = vec![HOLE.to_string()];
            }
            let longer = |line: &Vec<String>, choice: &String| line.iter().chain([choice]).cloned().collect();
            match choices.as_slice() {
                [only] => lines.iter_mut().for_each(|line| line.push(only.clone())),
                _ => {
                    lines = lines
                        .iter()
                        .flat_map(|line| choices.iter().map(move |choice| longer(line, choice)))
                        .collect();
                }
            }
        }
        if list.open.is_some() {
            for line in &mut lines {
                line.push(HOLE.to_string());
            }
        }
    }
    lines
}

/// The texts a word may be, with [`HOLE`] for what is not known.
fn texts(word: &Field<String>) -> Vec<String> {
    match &word.state {
        State::Known(text) => vec![text.clone()],
        State::Absent => vec![String::new()],
        State::Unknown(unknown) if !unknown.alternatives.is_empty() => unknown.alternatives.clone(),
        State::Unknown(unknown) => {
            vec![unknown.pattern.as_deref().map_or_else(|| HOLE.to_string(), with_holes)]
        }
    }
}

fn causes(container: &Container) -> Causes {
    let mut causes = Causes::none();
    for list in [&container.entry_point, &container.command] {
        causes.add_all(&list.causes());
        for word in list {
            causes.add_all(&word.causes());
        }
    }
    causes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

    use super::*;

    /// Sub-command and lock; `?` where either is not known.
    fn read(words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| word.replace("${}", &HOLE.to_string())).collect();
        let found = commands(&words).into_iter().map(|command| match invocation(&command) {
            Invocation::Celery { process, locked } => match locked {
                Some(true) => format!("{process} locked"),
                Some(false) => process,
                None => format!("{process} ?"),
            },
            Invocation::Other => String::new(),
            Invocation::Unknown => "?".to_owned(),
        });
        found.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn processes_are_told_apart() {
        assert_eq!(read(&["celery", "-A", "shop", "beat", "-l", "info"]), "beat");
        assert_eq!(read(&["celery", "--app=shop", "worker", "-Q", "beat", "-c", "4"]), "worker");
        assert_eq!(read(&["celery", "-A", "beat", "flower"]), "flower");
        assert_eq!(read(&["sh", "-c", "./migrate.sh && exec python -m celery -A shop beat"]), "beat");
        assert_eq!(read(&["/bin/bash", "-lc", "'/venv/bin/celery' \\\n -A shop beat; echo done"]), "beat");
        assert_eq!(read(&["poetry", "run", "celery", "-A", "shop", "worker"]), "worker");
        assert_eq!(read(&["gunicorn", "shop.wsgi", "--name", "celery-beat"]), "");
        assert_eq!(read(&["celery beat -A shop"]), "beat");
    }

    #[test]
    fn locks_are_found() {
        assert_eq!(read(&["celery", "beat", "-S", "redbeat.RedBeatScheduler"]), "beat locked");
        assert_eq!(read(&["celery", "beat", "--scheduler=redbeat.RedBeatScheduler"]), "beat locked");
        assert_eq!(
            read(&["celery", "beat", "-S", "django_celery_beat.schedulers:DatabaseScheduler"]),
            "beat"
        );
        assert_eq!(read(&["single-beat", "celery", "-A", "shop", "beat"]), "beat locked");
    }

    #[test]
    fn unknown_words_leave_open_only_what_they_may_change() {
        assert_eq!(read(&["celery", "-A", "${}", "beat"]), "beat");
        assert_eq!(read(&["celery", "-A", "shop", "${}"]), "?");
        assert_eq!(read(&["sh", "-c", "${}"]), "?");
        assert_eq!(read(&["sh", "-c", "celery -A shop beat -l ${}"]), "beat");
        assert_eq!(read(&["celery", "beat", "-S", "${}"]), "beat ?");
        assert_eq!(read(&["gunicorn", "-b", "${}"]), "");
        assert_eq!(read(&["${}"]), "?");
    }
}
