//! Task definitions in which every container is optional.

use crate::lint::rules::facts::edits;
use crate::lint::{Applicability, Probe, Problem};
use crate::model::Tri;
use crate::model::task::{Container, TaskDefinition};

fn none_essential(count: usize, first: &Container) -> Problem {
    let what = if count == 1 { "the only container sets" } else { "all containers set" };
    let problem = Problem::new(format!(
        "{what} `essential` to false, and ECS refuses a task without an essential container"
    ))
    .help("set `essential` to true in the container that does the work, or leave it out there");
    // With several containers a person must say which one does the work.
    if count != 1 {
        return problem;
    }
    let (object, field) = (&first.origin, &first.essential);
    edits::set_member(problem, object, field, Applicability::Safe, &[], "essential", true)
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
    probe.decide(any.negate(), &first.essential.origin, || none_essential(containers.items.len(), first));
}
