//! Raw task definitions that no service and no schedule in the files runs: how many tasks run is not known.

use std::collections::HashSet;

use super::super::Ledger;
use super::super::quantity::{Known, Missing, Quantity};
use super::super::sheet::Sheet;
use super::fargate::{Capacity, Task, only_fargate};
use super::one_shot_task;
use crate::model::Input;
use crate::model::task::TaskDefinition;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    let deployment = ledger.deployment();
    let of_services = deployment.services.iter().map(|service| &service.task_definition_link);
    let of_schedules = deployment.scheduled_tasks.iter().map(|task| &task.task_definition_link);
    let run: HashSet<usize> =
        of_services.chain(of_schedules).filter_map(|link| link.to()).map(crate::model::Id::index).collect();
    let by_pipelines = one_shot_task::calls(deployment).of;
    let families: HashSet<&str> = run
        .iter()
        .filter_map(|at| deployment.task_definitions.get(*at)?.family.known())
        .map(String::as_str)
        .collect();
    for (at, definition) in deployment.task_definitions.iter().enumerate() {
        if definition.meta.input != Input::TaskDefinition
            || run.contains(&at)
            || by_pipelines.contains_key(&at)
        {
            continue;
        }
        let is_revision = definition.family.known().is_some_and(|family| families.contains(family.as_str()));
        ledger.price(&definition.meta, "task-definition", |sheet| {
            if is_revision {
                sheet.free("priced with what runs its family");
            } else {
                charge(sheet, definition);
            }
        });
    }
}

/// With the file, because families of several files may be the same.
fn because(definition: &TaskDefinition, reason: &str) -> Missing {
    Missing::because(match &definition.file {
        Some(file) => format!("{reason} ({file})"),
        None => reason.to_owned(),
    })
}

fn charge(sheet: &mut Sheet<'_>, definition: &TaskDefinition) {
    let compatibilities = &definition.requires_compatibilities;
    let fargate = compatibilities.any(|item| item.holds(false, |name| name == "FARGATE"));
    if fargate.is_no() {
        let missing = because(definition, "they run on instances that are in no file");
        return sheet.leave_out("Tasks", missing, None);
    }
    let known: Known<&TaskDefinition> = Ok(definition);
    let task = Task::read(sheet, &known);
    let tasks: Known<Quantity> = Err(because(
        definition,
        if only_fargate(&known) {
            "how many run is in no file"
        } else {
            "how many run, and whether on Fargate, is in no file"
        },
    ));
    let hours = sheet.hours();
    task.charge(sheet, &tasks, Capacity::OnDemand, (hours, "task-month"));
}
