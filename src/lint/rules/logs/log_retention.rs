//! Log groups whose events are kept, and billed, for ever.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::cost;
use crate::lint::probe::listed;
use crate::lint::rules::facts::edits;
use crate::lint::{Applicability, Check, Probe, Problem, Severity};
use crate::model::logs::LogGroup;
use crate::model::task::{Container, TaskDefinition};
use crate::model::workflow::{Command, Workflow};
use crate::model::{Field, Link, Meta, PatternPart, State, Tri};

pub(super) const CHECKS: &[Check] =
    &[Check::LogGroup(group), Check::Container(created_by_task), Check::Workflow(created_by_script)];

/// Words in a name or tag that mark a group as an archive that is meant to be kept.
const ARCHIVE: [&str; 2] = ["archive", "audit"];

/// GB of logs a month that the growth of the cost is shown for.
const VOLUME: u32 = 10;

/// Days that a fix keeps.
const DAYS: i64 = 30;

const HELP: &str = "set the number of days that people really search back; 30 is usual";

fn no_retention(meta: &Meta, retention: &Field<i64>) -> Problem {
    let what = if retention.is_written() {
        "the retention is 0 days, which means for ever"
    } else {
        "the log group has no retention"
    };
    let growth = meta
        .region
        .known()
        .and_then(|region| growth(region))
        .map_or_else(String::new, |growth| format!(". {growth}"));
    Problem::new(format!("{what}: its events are kept and billed for ever")).help(format!("{HELP}{growth}"))
}

/// What keeping everything costs, for a volume that is easy to scale.
fn growth(region: &str) -> Option<String> {
    let amounts = cost::logs_kept_for_ever(region)?.map(|(months, amount)| {
        let amount = (amount * Decimal::from(VOLUME))
            .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        format!("${amount:.2} in month {months}")
    });
    Some(format!("With {VOLUME} GB of logs a month, storage in {region} costs {}", listed(&amounts)))
}

fn created_undeclared(name: &str) -> Problem {
    Problem::new(format!("the task creates log group {name}, which no file declares: it has no retention"))
        .severity(Severity::Info)
        .help("declare the log group with a retention and take awslogs-create-group out")
}

fn created_without_policy(name: &str) -> Problem {
    Problem::new(format!(
        "log group {name} is created without a retention: its events are kept and billed for ever"
    ))
    .help(format!(
        "run `aws logs put-retention-policy --log-group-name {name} --retention-in-days 30` as well"
    ))
}

fn group(probe: &mut Probe<'_>, group: &LogGroup) {
    let fixed_by_aws = group.class.holds(false, |class| class == "DELIVERY");
    let for_ever = group.retention.holds(true, |days| *days == 0);
    probe.decide(for_ever.and(fixed_by_aws.negate()), &group.retention.origin, || {
        let problem = no_retention(&group.meta, &group.retention);
        // Whether the name is known must not turn the verdict round: an archive is reported more mildly.
        if is_archive(group) {
            problem.severity(Severity::Info).strict()
        } else {
            // Events older than that are deleted.
            let (field, how) = (&group.retention, Applicability::Unsafe);
            edits::set(problem, group.meta.block, field, how, &[], "retention_in_days", DAYS)
        }
    });
}

/// Only what plainly says so counts; a name that is not known is no archive.
fn is_archive(group: &LogGroup) -> bool {
    let in_text = |text: &str| {
        text.to_ascii_lowercase()
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| ARCHIVE.contains(&word))
    };
    let in_field = |field: &Field<String>| match &field.state {
        State::Known(text) => in_text(text),
        State::Unknown(unknown) => {
            unknown.pattern.iter().flat_map(|parts| parts.iter()).any(|part| match part {
                PatternPart::Known(text) => in_text(text),
                PatternPart::Hole => false,
            })
        }
        State::Absent => false,
    };
    in_field(&group.name)
        || in_field(&group.name_prefix)
        || group.meta.tags.iter().any(|(key, value)| in_text(key) || in_field(value))
}

fn created_by_task(probe: &mut Probe<'_>, _: &TaskDefinition, container: &Container) {
    let log = match &container.log.state {
        State::Known(log) => log,
        State::Unknown(unknown) => return probe.undecided(&container.log.origin, &unknown.causes),
        State::Absent => return,
    };
    let by_awslogs = log.driver.holds(false, |driver| driver == "awslogs");
    let Some(create) = log.option("awslogs-create-group") else {
        if let Some(open) = log.options.open.as_ref().filter(|_| !by_awslogs.is_no()) {
            probe.undecided(&log.options.origin, &open.causes);
        }
        return;
    };
    let creates = by_awslogs.and(create.value.holds(false, |value| value.eq_ignore_ascii_case("true")));
    if creates.is_no() {
        return;
    }
    let (undeclared, name) = match &log.group {
        Link::To(_) => (Tri::No, ""),
        Link::NotFound(name) => (Tri::Yes, &**name),
        Link::Unknown(causes) => (Tri::Maybe(causes.clone()), ""),
        Link::Absent => return,
    };
    probe.decide(creates.and(undeclared), &create.value.origin, || created_undeclared(name));
}

fn created_by_script(probe: &mut Probe<'_>, workflow: &Workflow) {
    let commands = |words: [&'static str; 3]| {
        workflow
            .jobs
            .iter()
            .flat_map(|job| job.steps.iter())
            .filter_map(|step| step.run.as_ref())
            .flat_map(|script| &script.commands)
            .filter(move |command| command.starts_with(&words))
    };
    for create in commands(["aws", "logs", "create-log-group"]) {
        let Some(field) = create.option("--log-group-name") else { continue };
        let Some(name) = name_of(field) else {
            probe.undecided(&field.origin, &field.causes());
            continue;
        };
        let same = |command: &Command| {
            command.option("--log-group-name").map_or(Tri::No, |other| match name_of(other) {
                Some(other) => (other == name).into(),
                None => Tri::Maybe(other.causes()),
            })
        };
        let has_policy = commands(["aws", "logs", "put-retention-policy"]).map(same).fold(Tri::No, Tri::or);
        probe.decide(has_policy.negate(), &field.origin, || created_without_policy(name));
    }
}

/// The name in `--log-group-name name` or `--log-group-name=name`.
fn name_of(field: &Field<String>) -> Option<&str> {
    let text = field.known()?;
    Some(text.strip_prefix("--log-group-name=").unwrap_or(text))
}
