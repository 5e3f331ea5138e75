//! Raw task definitions that no service and no schedule in the files runs: how many tasks run is not known.

use std::collections::HashSet;

use super::super::Ledger;
use super::super::quantity::{Known, Missing, Quantity};
use super::super::sheet::Sheet;
use super::fargate::{Capacity, Task, only_fargate};
use crate::model::Input;
use crate::model::task::TaskDefinition;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    let deployment = ledger.deployment();
    let of_services = deployment.services.iter().map(|service| &service.task_definition_link);
    let of_schedules = deployment.scheduled_tasks.iter().map(|task| &task.task_definition_link);
    let run: HashSet<usize> =
        of_services.chain(of_schedules).filter_map(|link| link.to()).map(crate::model::Id::index).collect();
    for (at, definition) in deployment.task_definitions.iter().enumerate() {
        if definition.meta.input == Input::TaskDefinition && !run.contains(&at) {
            ledger.price(&definition.meta, "task-definition", |sheet| charge(sheet, definition));
        }
    }
}

fn charge(sheet: &mut Sheet<'_>, definition: &TaskDefinition) {
    let compatibilities = &definition.requires_compatibilities;
    let fargate = compatibilities.any(|item| item.holds(false, |name| name == "FARGATE"));
    if fargate.is_no() {
        let missing = Missing::because("they run on instances that are in no file");
        return sheet.leave_out("Tasks", missing, None);
    }
    let known: Known<&TaskDefinition> = Ok(definition);
    let task = Task::read(sheet, &known);
    let tasks: Known<Quantity> = Err(Missing::because(if only_fargate(&known) {
        "how many run is in no file"
    } else {
        "how many run, and whether on Fargate, is in no file"
    }));
    let hours = sheet.hours();
    task.charge(sheet, &tasks, Capacity::OnDemand, (hours, "task-month"));
}
