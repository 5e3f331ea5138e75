//! Long-running or one-off: what a container's command and the users of its task definition tell.

use super::launch;
use crate::model::task::{Container, TaskDefinition};
use crate::model::workflow::{Command, Job, Workflow};
use crate::model::{Deployment, Field, Items, Tri};
use crate::value::Causes;

/// Programs that do one thing and end.
const ONE_OFF_PROGRAMS: [&str; 21] = [
    "alembic",
    "chmod",
    "chown",
    "cp",
    "createdb",
    "dbmate",
    "echo",
    "flyway",
    "goose",
    "liquibase",
    "mkdir",
    "mv",
    "mysqldump",
    "pg_dump",
    "pg_dumpall",
    "pg_restore",
    "rm",
    "sqitch",
    "touch",
    "true",
    "exit",
];

/// Names of scripts and sub-commands that do one thing and end, wherever they stand.
const ONE_OFF_NAMES: [&str; 12] = [
    "migrate",
    "migration",
    "migrations",
    "db-migrate",
    "db_migrate",
    "run-migrations",
    "run_migrations",
    "collectstatic",
    "createsuperuser",
    "loaddata",
    "ecto.migrate",
    "dumpdata",
];

/// Prefixes of task names of Rails, Laravel, Knex, TypeORM … that do one thing and end.
const ONE_OFF_PREFIXES: [&str; 10] = [
    "db:",
    "migrate:",
    "migration:",
    "migrations:",
    "cache:",
    "config:",
    "route:",
    "view:",
    "assets:",
    "doctrine:",
];

/// Parts of the names of framework commands that keep running.
const LASTING: [&str; 19] = [
    "runserver",
    "serve",
    "worker",
    "work",
    "listen",
    "celery",
    "cluster",
    "huey",
    "dramatiq",
    "daphne",
    "daemon",
    "consum",
    "subscrib",
    "watch",
    "poll",
    "process_tasks",
    "horizon",
    "start",
    "bot",
];

const SHELLS: [&str; 6] = ["sh", "bash", "ash", "dash", "zsh", "ksh"];

/// Whether the container's process is meant to end by itself: its command says so, or only schedules and
/// `run-task` calls use the task definition.
pub(crate) fn is_one_off(deployment: &Deployment, task: &TaskDefinition, container: &Container) -> Tri {
    let in_service = launch::services(deployment, task).next().is_some();
    if !in_service
        && (launch::schedules(deployment, task).next().is_some() || is_run_by_hand(deployment, task))
    {
        return Tri::Yes;
    }
    match words(container) {
        Ok(words) => is_one_off_command(&words).into(),
        // What a service keeps running is long-running, whatever else it starts with.
        Err(_) if in_service => Tri::No,
        Err(causes) => Tri::Maybe(causes),
    }
}

/// Entry point and command, word by word.
///
/// # Errors
/// Why a word is not known.
fn words(container: &Container) -> Result<Vec<&str>, Causes> {
    let mut words = Vec::new();
    for list in [&container.entry_point, &container.command] {
        add_words(list, &mut words)?;
    }
    Ok(words)
}

fn add_words<'a>(list: &'a Items<Field<String>>, into: &mut Vec<&'a str>) -> Result<(), Causes> {
    if let Some(open) = &list.open {
        return Err(open.causes.clone());
    }
    for word in list {
        match word.not_known() {
            Some(unknown) => return Err(unknown.causes.clone()),
            None => into.extend(word.known().map(String::as_str)),
        }
    }
    Ok(())
}

/// Calls of `aws ecs run-task` in workflows.
pub(crate) fn run_task_calls(deployment: &Deployment) -> impl Iterator<Item = (&Workflow, &Job, &Command)> {
    deployment
        .workflows
        .iter()
        .flat_map(|workflow| workflow.jobs.iter().map(move |job| (workflow, job)))
        .flat_map(|(workflow, job)| run_task_commands(job).map(move |command| (workflow, job, command)))
}

/// Calls of `aws ecs run-task` in one job.
pub(crate) fn run_task_commands(job: &Job) -> impl Iterator<Item = &Command> {
    job.steps
        .iter()
        .filter_map(|step| step.run.as_ref())
        .flat_map(|script| &script.commands)
        .filter(|command| command.starts_with(&["aws", "ecs", "run-task"]))
}

/// The family in `family`, `family:revision` or an ARN of a task definition.
pub(crate) fn family_of(text: &str) -> &str {
    let name = text.rsplit_once("task-definition/").map_or(text, |(_, name)| name);
    name.split(':').next().unwrap_or(name)
}

fn is_run_by_hand(deployment: &Deployment, task: &TaskDefinition) -> bool {
    let Some(family) = task.family.known() else { return false };
    run_task_calls(deployment).any(|(_, _, command)| {
        let named = command.option("--task-definition").and_then(Field::known);
        named.is_some_and(|named| family_of(named) == family)
    })
}

/// Whether the words are plainly a command that ends by itself. Of a shell script the last command counts.
fn is_one_off_command(words: &[&str]) -> bool {
    let script = words
        .iter()
        .position(|word| SHELLS.contains(&base(word)))
        .and_then(|shell| words.iter().skip(shell + 1).find(|word| !word.starts_with('-')))
        .filter(|script| script.contains(char::is_whitespace));
    match script {
        Some(script) => {
            let last: Vec<&str> = last_command(script)
                .split_whitespace()
                .map(|word| word.trim_matches(['"', '\'']))
                .skip_while(|word| *word == "exec")
                .collect();
            is_one_off_simple(&last)
        }
        None => is_one_off_simple(words),
    }
}

fn last_command(script: &str) -> &str {
    script.split(['\n', ';', '|', '&']).map(str::trim).rfind(|part| !part.is_empty()).unwrap_or(script)
}

fn is_one_off_simple(words: &[&str]) -> bool {
    let lasts = |name: &str| LASTING.iter().any(|part| name.contains(part));
    if words.first().is_some_and(|program| ONE_OFF_PROGRAMS.contains(&stem(program))) {
        return true;
    }
    let of_schema = |pair: &[&str; 2]| {
        matches!(pair, ["db", "upgrade" | "downgrade" | "init" | "seed" | "create" | "reset" | "stamp"])
    };
    if words.array_windows::<2>().any(of_schema) {
        return true;
    }
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let argument = || rest.clone().find(|word| !word.starts_with('-')).copied().unwrap_or_default();
        match base(word) {
            "manage.py" | "django-admin" => return !argument().is_empty() && !lasts(argument()),
            "rake" => return !lasts(argument()),
            "artisan" | "rails" if is_one_off_name(argument()) => return true,
            "artisan" => return argument() == "schedule:run" || argument() == "optimize",
            "rails" => return argument() == "runner",
            _ => {}
        }
        if is_one_off_name(stem(word)) {
            return true;
        }
    }
    false
}

fn is_one_off_name(word: &str) -> bool {
    ONE_OFF_NAMES.contains(&word) || ONE_OFF_PREFIXES.iter().any(|prefix| word.starts_with(prefix))
}

fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// The name of a program or script without folder and extension.
fn stem(word: &str) -> &str {
    let base = base(word);
    [".sh", ".py", ".js", ".rb", ".php"].iter().find_map(|end| base.strip_suffix(end)).unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_off_commands_are_told_from_lasting_ones() {
        let one_off: [&[&str]; 10] = [
            &["sh", "-c", "pip install -q driver && exec tracker db upgrade postgres://db/x"],
            &["python", "manage.py", "migrate", "--noinput"],
            &["sh", "-c", "python manage.py send_report"],
            &["bin/rails", "db:migrate"],
            &["php", "artisan", "migrate", "--force"],
            &["bundle", "exec", "rake", "billing:close"],
            &["npx", "prisma", "migrate", "deploy"],
            &["alembic", "upgrade", "head"],
            &["/app/scripts/migrate.sh"],
            &["chown", "1000", "/data"],
        ];
        for words in one_off {
            assert!(is_one_off_command(words), "{words:?}");
        }
        let lasting: [&[&str]; 9] = [
            &[],
            &["python", "manage.py", "runserver", "0.0.0.0:8000"],
            &["sh", "-c", "python manage.py migrate && exec gunicorn app.wsgi"],
            &["celery", "-A", "app", "worker"],
            &["php", "artisan", "queue:work"],
            &["bundle", "exec", "rake", "jobs:work"],
            &["bin/rails", "server"],
            &["node", "server.js"],
            &["sh", "/entrypoint.sh"],
        ];
        for words in lasting {
            assert!(!is_one_off_command(words), "{words:?}");
        }
    }

    #[test]
    fn families_are_read_from_names_and_arns() {
        assert_eq!(family_of("web"), "web");
        assert_eq!(family_of("web:12"), "web");
        assert_eq!(family_of("arn:aws:ecs:eu-west-1:111122223333:task-definition/web:12"), "web");
    }
}
