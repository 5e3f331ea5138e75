//! One role for the ECS agent and for the application.

use super::super::facts::placeholder;
use crate::lint::{Probe, Problem};
use crate::model::graph::RoleId;
use crate::model::task::TaskDefinition;
use crate::model::{Deployment, Field, Link, Reference, Tri};
use crate::value::{Cause, Causes};

fn same_role(name: Option<&str>) -> Problem {
    let role = name.map_or_else(|| "the same role".to_owned(), |name| format!("role {name}"));
    Problem::new(format!(
        "{role} is both task role and execution role: the application may do all that the ECS agent may"
    ))
    .help("give the task a role of its own that holds only what the application calls, or none")
}

pub(super) fn check(probe: &mut Probe<'_>, task: &TaskDefinition) {
    let (own, agents) = (&task.task_role, &task.execution_role);
    if own.is_absent() || agents.is_absent() {
        return;
    }
    let same = same(probe.deployment, task);
    let name = own.known().and_then(|reference| reference.text.as_deref()).map(role_name);
    probe.decide(same, &own.origin.reference(), || {
        same_role(name).related(&agents.origin.reference(), "the execution role")
    });
}

fn same(deployment: &Deployment, task: &TaskDefinition) -> Tri {
    let sides = [(&task.task_role, &task.task_role_link), (&task.execution_role, &task.execution_role_link)];
    let targets = sides.map(|(field, _)| field.known().and_then(|reference| reference.target.as_ref()));
    let names = sides.map(|(field, link)| name(deployment, field, link));
    match (&names, targets) {
        ([Ok(own), Ok(agents)], _) => (own == agents).into(),
        // Different addresses are different roles, also where their names are not known.
        (_, [Some(own), Some(agents)]) if own.0 != agents.0 => Tri::No,
        // One address is one role, unless it holds many values or stands for several instances.
        (_, [Some(own), Some(agents)])
            if own.0.contains("aws_iam_role.") && own.0 == agents.0 && !own.0.contains("[*]") =>
        {
            Tri::Yes
        }
        ([own, agents], _) => {
            let causes = |side: &Result<String, Causes>| side.as_ref().err().cloned().unwrap_or_default();
            Tri::Maybe(causes(own).and(&causes(agents)))
        }
    }
}

/// The name of the role that is meant.
///
/// # Errors
/// Why it is not known.
fn name(deployment: &Deployment, field: &Field<Reference>, link: &Link<RoleId>) -> Result<String, Causes> {
    let Some(reference) = field.known() else {
        // `arn:aws:iam::${account}:role/web`
        let end =
            field.not_known().and_then(|unknown| unknown.known_end()).and_then(|end| end.rsplit_once('/'));
        return end.map(|(_, name)| name.to_owned()).ok_or_else(|| field.causes());
    };
    if let Some(text) = &reference.text {
        if placeholder::is_in(role_name(text)) {
            return Err(placeholder::cause(text));
        }
        return Ok(role_name(text).to_owned());
    }
    match link.to().and_then(|id| deployment.role(id)) {
        Some(role) => role.name.known().cloned().ok_or_else(|| or_computed(role.name.causes(), reference)),
        None => Err(or_computed(Causes::none(), reference)),
    }
}

/// Why the name of a role is not known: what is known of it, else that it is read from a resource.
fn or_computed(causes: Causes, reference: &Reference) -> Causes {
    match &reference.target {
        Some((address, attribute)) if causes.is_empty() => {
            let (address, attribute) = (address.clone(), attribute.clone());
            let is_data = address.starts_with("data.") || address.contains(".data.");
            Causes::one(if is_data {
                Cause::Data { address, attribute }
            } else {
                Cause::Computed { address, attribute }
            })
        }
        _ => causes,
    }
}

/// The name in a role's ARN; a name stands for itself.
fn role_name(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}
