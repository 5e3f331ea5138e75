//! Environments and scenarios of the configuration as further columns of `compare`: each is an analysis of its own.

use super::{Stop, common};
use crate::analysis::{Analysis, Request};
use crate::cost::estimate::Estimate;
use crate::cost::options::{self, Column, Outcome, Priced};
use crate::cost::{self, CostOptions, Usage};
use crate::terraform::Input;

/// The columns of the environments, unless one is chosen, and of the scenarios.
pub(super) fn columns(
    base: &Analysis,
    request: &Request,
    wanted: &options::Request,
    jobs: Option<usize>,
) -> Result<Vec<Column>, Stop> {
    let mut columns = Vec::new();
    if request.environment.is_none() {
        for environment in &base.config.environments {
            let of = Request { environment: Some(environment.name.clone()), ..request.clone() };
            let analysis = common::run(&of, jobs)?;
            let Some(estimate) = analysis.estimate else { continue };
            let name = format!("environment:{}", environment.name);
            let title = format!("Environment {}", environment.name);
            columns.push(column(name, title, estimate, Vec::new()));
        }
    }
    for scenario in &base.config.scenarios {
        let mut of = request.clone();
        if let Some(environment) = &scenario.environment {
            of.environment = Some(environment.clone());
        }
        if let Some(region) = &scenario.region {
            of.price_region = Some(region.clone());
        }
        of.terraform.inputs.extend(
            scenario
                .variables
                .iter()
                .map(|(name, value)| Input::Var { name: name.clone(), value: value.clone() }),
        );
        let analysis = common::run(&of, jobs)?;
        let Some(mut cost_options) = analysis.cost_options else { continue };
        if let Some(node) = &scenario.usage {
            let (usage, problems) = Usage::from_node(node);
            if let Some(problem) = problems.first() {
                return Err(Stop::usage(format!("scenario {}: {}", scenario.name, problem.message)));
            }
            cost_options = CostOptions { usage: usage.over(cost_options.usage), ..cost_options };
        }
        let estimate = cost::estimate(&analysis.deployment, &cost_options);
        let title = scenario.title.clone().unwrap_or_else(|| format!("Scenario {}", scenario.name));
        let name = format!("scenario:{}", scenario.name);
        if !scenario.options.is_empty() {
            let wanted = options::Request { only: scenario.options.clone(), ..wanted.clone() };
            let of_options = options::compare(&analysis.deployment, &cost_options, &estimate, &wanted);
            columns.push(column(name.clone(), title.clone(), estimate, notes(&scenario.variables)));
            columns.extend(of_options.into_iter().map(|mut column| {
                // Its places are those of another analysis.
                if let Outcome::Priced(priced) = &mut column.outcome {
                    priced.changes.clear();
                }
                Column {
                    name: format!("{name}+{}", column.name),
                    title: format!("{title}: {}", column.title),
                    ..column
                }
            }));
        } else {
            columns.push(column(name, title, estimate, notes(&scenario.variables)));
        }
    }
    Ok(columns)
}

/// Names only: a value may be secret.
fn notes(variables: &[(String, String)]) -> Vec<String> {
    let names: Vec<&str> = variables.iter().map(|(name, _)| name.as_str()).collect();
    if names.is_empty() { Vec::new() } else { vec![format!("with its own {}", names.join(", "))] }
}

fn column(name: String, title: String, estimate: Estimate, mut notes: Vec<String>) -> Column {
    let fixed: rust_decimal::Decimal = estimate
        .resources
        .iter()
        .filter(|resource| !matches!(resource.kind, "ecs-service" | "scheduled-task" | "task-definition"))
        .flat_map(|resource| &resource.components)
        .filter(|component| component.unit.ends_with("hours"))
        .map(|component| component.monthly.expected)
        .fold(rust_decimal::Decimal::ZERO, rust_decimal::Decimal::saturating_add);
    notes.push(format!("${:.2} a month are fixed: hours of everything but tasks", fixed.round_dp(2)));
    Column {
        name,
        title,
        outcome: Outcome::Priced(Box::new(Priced { estimate, notes, ..Priced::default() })),
    }
}
