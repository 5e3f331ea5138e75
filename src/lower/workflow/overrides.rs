//! What a step puts into the environment of containers beside any task definition: inputs of the render and the
//! deploy action, overrides of `aws ecs run-task`.

use super::{Source, member_any_case};
use crate::lower::read::{self, Reader};
use crate::lower::registered;
use crate::lower::task_definition::structure;
use crate::model::task::EnvironmentVariable;
use crate::model::workflow::{Action, Command, Script};
use crate::model::{Field, Items, Open};
use crate::syntax::tree::Node;
use crate::syntax::yaml::ScalarPlaces;
use crate::value::{Causes, Origin, Value};

const RENDER: &str = "aws-actions/amazon-ecs-render-task-definition";
const DEPLOY: &str = "aws-actions/amazon-ecs-deploy-task-definition";

/// Everything that a step sets.
pub(super) fn of_step(
    action: Option<&Action>,
    given: Option<&Node>,
    run: Option<&Script>,
    source: &Source<'_>,
    header: &Origin,
) -> Items<EnvironmentVariable> {
    let mut set = Items::absent(header.clone());
    let input = |name: &str| given.and_then(|given| member_any_case(given, name)).map(|member| &member.value);
    match action.map(|action| &*action.name) {
        // Source: README of the action, `environment-variables`.
        Some(RENDER) => {
            if let Some(node) = input("environment-variables") {
                add(lines(node, source), &mut set);
            }
        }
        // Source: README of the action, `run-task-container-overrides`.
        Some(DEPLOY) => {
            if let Some(input) = action.and_then(|action| action.input("run-task-container-overrides"))
                && let Some(list) = structure(&registered::value(&input.value))
            {
                containers(&list, &mut set);
            }
        }
        _ => {}
    }
    let runs = |command: &&Command| {
        command.starts_with(&["aws", "ecs", "run-task"]) || command.starts_with(&["aws", "ecs", "start-task"])
    };
    for command in run.into_iter().flat_map(|script| &script.commands).filter(runs) {
        let text = match command.json_option("--overrides") {
            Some(text) => Some(text.clone()),
            None => command.option("--overrides").map(registered::value),
        };
        let list = text
            .and_then(|text| structure(&text))
            .and_then(|overrides| Reader::new(overrides).any_case().get("containerOverrides"));
        if let Some(list) = list {
            containers(&list, &mut set);
        }
    }
    set
}

/// `environment` of each container override.
fn containers(list: &Value, into: &mut Items<EnvironmentVariable>) {
    let overrides = read::items(list, |container| {
        Reader::new(container).any_case().blocks("environment", |variable| EnvironmentVariable {
            origin: variable.header().clone(),
            name: variable.string("name"),
            value: variable.string("value"),
        })
    });
    for variables in overrides.items {
        add(variables, into);
    }
    if let Some(open) = overrides.open {
        add(Items::unknown(open.causes, overrides.origin), into);
    }
}

/// Lines `NAME=value`; blank lines are skipped.
fn lines(node: &Node, source: &Source<'_>) -> Items<EnvironmentVariable> {
    let origin = Origin::at(node.span);
    let Some(text) = node.scalar_text() else { return Items::absent(origin) };
    let places = ScalarPlaces::new(&source.document.text, node.span, &text);
    let mut variables = Vec::new();
    let mut open = Causes::none();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let from = start + (line.len() - line.trim_start().len());
        start += line.len();
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let at = Origin::at(places.place(from..from + line.len()));
        match line.split_once('=') {
            Some((name, value)) if !name.is_empty() && !name.contains("${{") => {
                let place = Origin::at(places.place(from + name.len() + 1..from + line.len()));
                variables.push(EnvironmentVariable {
                    origin: at.clone(),
                    name: Field::known_at(name.to_owned(), at),
                    value: source.scope.string(value, &place).field(place),
                });
            }
            // The line is made up by an expression.
            _ => open.add_all(&source.scope.string(line, &at).causes),
        }
    }
    let mut items = Items::known(variables, origin);
    items.open = (!open.is_empty()).then_some(Open { causes: open, template: None });
    items
}

fn add(more: Items<EnvironmentVariable>, into: &mut Items<EnvironmentVariable>) {
    if more.absent {
        return;
    }
    if into.absent {
        *into = more;
        return;
    }
    into.items.extend(more.items);
    match (&mut into.open, more.open) {
        (Some(open), Some(more)) => open.causes.add_all(&more.causes),
        (open @ None, more) => *open = more,
        (Some(_), None) => {}
    }
}
