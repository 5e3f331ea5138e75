//! Tasks that a schedule starts: runs a month × tasks × minutes. Fargate bills at least a minute a run (Linux) or
//! five (Windows). EventBridge rules are free, EventBridge Scheduler is up to 14 million invocations a month.

use rust_decimal::Decimal;

use super::super::Ledger;
use super::super::estimate::Range;
use super::super::quantity::{Known, Missing, Quantity};
use super::super::schedule::Schedule;
use super::super::sheet::Sheet;
use super::capacity::{Placement, split_quantity};
use super::fargate::{self, Task};
use super::service::fargate_capacity;
use crate::model::schedule::ScheduledTask;
use crate::model::{State, Tri};

/// Minutes of a run when nobody says.
const ASSUMED_MINUTES: i64 = 5;
/// Shortest billed run of Windows tasks, minutes.
const SHORTEST_WINDOWS_RUN: i64 = 5;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for task in &ledger.deployment().scheduled_tasks {
        ledger.price(&task.meta, "scheduled-task", |sheet| charge(sheet, task));
    }
}

fn charge<'a>(sheet: &mut Sheet<'a>, task: &'a ScheduledTask) {
    if task.enabled.holds(true, |enabled| *enabled).is_no() {
        return sheet.free("the schedule is disabled");
    }
    let definition = fargate::linked(sheet, &task.task_definition_link);
    let placement = Placement {
        launch_type: &task.launch_type,
        strategy: &task.strategy,
        cluster: None,
        only_fargate: fargate::only_fargate(&definition),
    };
    let shares = match placement.shares(sheet) {
        Ok(shares) => shares,
        Err(missing) => return sheet.leave_out("Tasks", missing, None),
    };
    let size = Task::read(sheet, &definition);
    let minutes = billed_minutes(sheet, &said_of(task), size.may_be_windows());
    let hours_a_run = minutes.clone().times(Decimal::ONE / Decimal::from(60));
    let tasks = sheet.number(&task.task_count, "task_count", Some(1));
    let runs = runs(sheet, task);
    let addresses = fargate::public_addresses(sheet, &task.network);
    let split: Vec<Known<Quantity>> = match tasks {
        Ok(tasks) => split_quantity(&shares, &tasks).into_iter().map(Ok).collect(),
        Err(missing) => vec![Err(missing); shares.len()],
    };
    for (share, tasks) in shares.iter().zip(split) {
        let Some(capacity) = fargate_capacity(sheet, share.provider, &shares, &placement) else { continue };
        let task_hours = match (&runs, tasks) {
            (Ok(runs), Ok(tasks)) => {
                let minutes_a_month = minutes.clone().by(runs).by(&tasks);
                Ok(minutes_a_month.over(60, "minutes to hours"))
            }
            (Err(missing), _) => Err(missing.clone()),
            (_, Err(missing)) => Err(missing),
        };
        size.charge(sheet, &task_hours, capacity, (hours_a_run.range.high, "run"));
        if let Some(addresses) = &addresses {
            sheet.public_ipv4(fargate::address_hours(&task_hours, addresses));
        }
    }
}

/// Usage may be said of the target or of its EventBridge rule.
fn said_of(task: &ScheduledTask) -> Vec<(&str, &str)> {
    let own: (&str, &str) = (&task.meta.address, &task.meta.kind);
    let rule = task.rule.as_deref().map(|rule| (rule, "aws_cloudwatch_event_rule"));
    std::iter::once(own).chain(rule).collect()
}

fn usage(sheet: &mut Sheet<'_>, task: &ScheduledTask, key: &'static str, noun: &str) -> Known<Quantity> {
    sheet.usage_of(&said_of(task), key, noun)
}

pub(super) fn divided(range: Range, by: i64) -> Range {
    let by = Decimal::from(by);
    Range { low: range.low / by, expected: range.expected / by, high: range.high / by }
}

/// Billed minutes of one run of what `of` names for the usage.
pub(super) fn billed_minutes(sheet: &mut Sheet<'_>, of: &[(&str, &str)], windows: bool) -> Quantity {
    let given = match sheet.usage_of(of, "task_minutes", "minutes a run") {
        Ok(given) => given,
        Err(_) => {
            let value = format!("{ASSUMED_MINUTES} minutes where no usage is given");
            let name = sheet.assume("duration of a run", value, "usage key `task_minutes`");
            Quantity::exactly(ASSUMED_MINUTES).assuming(name)
        }
    };
    if windows { given.at_least(Range::exactly(Decimal::from(SHORTEST_WINDOWS_RUN))) } else { given }
}

/// Runs a month: as the schedule says, else as the usage says.
fn runs(sheet: &mut Sheet<'_>, task: &ScheduledTask) -> Known<Quantity> {
    let expression = &task.expression;
    let texts: Vec<&String> = match &expression.state {
        State::Known(text) => vec![text],
        State::Absent => return usage(sheet, task, "runs", "runs a month, which events decide"),
        State::Unknown(unknown) if !unknown.alternatives.is_empty() => unknown.alternatives.iter().collect(),
        State::Unknown(unknown) => {
            let missing = Missing::unknown("schedule_expression", unknown.causes.clone());
            return usage(sheet, task, "runs", "runs a month").map_err(|_| missing);
        }
    };
    let year = sheet.context.options.as_of.year();
    let mut ranges = Vec::new();
    for text in &texts {
        let schedule = Schedule::parse(text)
            .map_err(|error| Missing::because(format!("the schedule `{text}` cannot be read: {error}")))?;
        ranges.push(match schedule {
            Schedule::Repeating { years: Some((_, last)), .. } if last < year => Range::default(),
            Schedule::Repeating { runs_per_month, .. } => Range::exactly(runs_per_month),
            Schedule::Once => Range { low: Decimal::ZERO, expected: Decimal::ONE, high: Decimal::ONE },
        });
    }
    let low = ranges.iter().map(|range| range.low).min().unwrap_or_default();
    let high = ranges.iter().map(|range| range.high).max().unwrap_or_default();
    let mut quantity =
        Quantity::of(Range { low, expected: high, high }).driven_by(expression.span(), "schedule_expression");
    if let Tri::Maybe(_) = task.enabled.holds(true, |enabled| *enabled) {
        quantity = quantity.with(Range { low: Decimal::ZERO, ..quantity.range });
        let name = format!("enabled of {}", sheet.meta.address);
        let name = sheet.assume(name, "unknown: enabled is expected", "--var or --var-file");
        quantity = quantity.assuming(name);
    }
    if texts.len() > 1 {
        let name = format!("schedule_expression of {}", sheet.meta.address);
        let value = format!("one of {} schedules: the most frequent is expected", texts.len());
        let name = sheet.assume(name, value, "--var or --var-file");
        quantity = quantity.assuming(name);
    } else if low != high && quantity.assumption.is_none() {
        let name = sheet.assume("one-time schedules", "one run in the month", "the schedule");
        quantity = quantity.assuming(name);
    }
    Ok(quantity)
}
