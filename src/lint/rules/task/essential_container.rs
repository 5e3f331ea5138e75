//! Task definitions in which every container is optional.

use crate::lint::{Probe, Problem};
use crate::model::Tri;
use crate::model::task::TaskDefinition;

fn none_essential(count: usize) -> Problem {
    let what = if count == 1 { "the only container sets" } else { "all containers set" };
    Problem::new(format!(
        "{what} `essential` to false, and ECS refuses a task without an essential container"
    ))
    .help("set `essential` to true in the container that does the work, or leave it out there")
}

pub(super) fn check(probe: &mut Probe<'_>, task: &TaskDefinition) {
    let containers = &task.containers;
    let Some(first) = containers.with_template().next() else {
        if let Some(open) = &containers.open {
            probe.undecided(&containers.origin, &open.causes);
        }
        return;
    };
    let any: Tri = containers.any(|container| container.essential.holds(true, |essential| *essential));
    probe.decide(any.negate(), &first.essential.origin, || none_essential(containers.items.len()));
}
