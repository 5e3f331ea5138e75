//! Tasks that get public addresses: of services, task sets, schedules and pipelines, with what the addresses cost.

use rust_decimal::Decimal;

use crate::cost::catalogue::Catalogue;
use crate::lint::rules::facts::words::with_holes;
use crate::lint::rules::facts::{edits, exposure};
use crate::lint::{Applicability, Monthly, Probe, Problem, Severity};
use crate::model::graph::VpcId;
use crate::model::schedule::ScheduledTask;
use crate::model::service::{Service, ServiceNetwork, TaskSet};
use crate::model::workflow::{Command, Job, Workflow};
use crate::model::{Deployment, Field, Meta, State, Tri};

/// Hours of a month, as everywhere in the estimate.
const HOURS: u32 = 730;

const USE_PRIVATE: &str = "use private subnets with a NAT gateway or endpoints (ECR, S3, CloudWatch Logs, Secrets \
                           Manager), and assign_public_ip = false";
const COMPARE: &str =
    "fine for a small stack; from some number of tasks on private subnets with a NAT gateway are cheaper";

fn public(whose: &str, prices: Option<&str>) -> Problem {
    Problem::new(format!(
        "{whose} get public addresses: one security group rule too wide opens them to the internet"
    ))
    .help(with_prices(USE_PRIVATE, prices))
}

fn only_way_out(whose: &str, prices: Option<&str>) -> Problem {
    Problem::new(format!(
        "{whose} get public addresses, the only way out of a VPC without NAT gateway and endpoints; only the load \
         balancer reaches them"
    ))
    .help(with_prices(COMPARE, prices))
    .severity(Severity::Info)
}

fn with_prices(help: &str, prices: Option<&str>) -> String {
    prices.map_or_else(|| help.to_owned(), |prices| format!("{help} ({prices})"))
}

fn in_pipeline() -> Problem {
    Problem::new("the task of this pipeline gets a public address")
        .help("run it in private subnets, with DISABLED for the public address")
}

fn basis(count: i64, hourly: Decimal) -> String {
    let noun = if count == 1 { "address" } else { "addresses" };
    format!("{count} public IPv4 {noun} x {hourly} USD an hour x {HOURS} hours")
}

fn comparison(count: i64, amount: Decimal, at_most: Option<(i64, Decimal)>, gateway: Decimal) -> String {
    let noun = if count == 1 { "address costs" } else { "addresses cost" };
    let most = at_most
        .map_or_else(String::new, |(tasks, amount)| format!(", at {tasks} tasks {} USD", cents(amount)));
    let (amount, gateway) = (cents(amount), cents(gateway));
    format!("{count} {noun} {amount} USD a month{most}; a NAT gateway {gateway} USD and its traffic")
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp(2)
}

pub(super) fn service(probe: &mut Probe<'_>, service: &Service) {
    judge(probe, &service.network, "the tasks of this service", Some(service));
}

pub(super) fn task_set(probe: &mut Probe<'_>, set: &TaskSet) {
    judge(probe, &set.network, "the tasks of this task set", None);
}

pub(super) fn scheduled(probe: &mut Probe<'_>, task: &ScheduledTask) {
    judge(probe, &task.network, "scheduled tasks", None);
}

/// Absent is false (ECS API, `AwsVpcConfiguration`); tasks without a network configuration have no address of their own.
fn judge(probe: &mut Probe<'_>, network: &Field<ServiceNetwork>, whose: &str, service: Option<&Service>) {
    let network = match &network.state {
        State::Known(network) => network,
        State::Unknown(unknown) => {
            probe.undecided(&network.origin, &unknown.causes);
            return;
        }
        State::Absent => return,
    };
    let assigned = &network.assign_public_ip;
    let bad = assigned.holds(false, |assigned| *assigned);
    let charge = service.and_then(|service| charge_of(probe.deployment, service));
    let prices = charge.as_ref().map(|charge| charge.comparison.as_str());
    let problem = if is_only_way_out(probe.deployment, network, probe.meta()) {
        only_way_out(whose, prices)
    } else {
        let problem = public(whose, prices);
        // Without a way out of the private subnets the tasks cannot start.
        let (place, how) = (network.origin.span, Applicability::Unsafe);
        match network.origin.via {
            Some(_) => problem,
            None => edits::set(problem, place, assigned, how, &[], "assign_public_ip", false),
        }
    };
    probe.decide(bad, &assigned.origin, || match charge {
        Some(charge) => problem.monthly(charge.monthly),
        None => problem,
    });
}

/// Whether the VPC is in the code and has neither NAT gateway nor interface endpoint, and only load balancers reach
/// the tasks. Doubt counts as no.
fn is_only_way_out(deployment: &Deployment, network: &ServiceNetwork, of: &Meta) -> bool {
    let vpcs: Option<Vec<VpcId>> =
        network.subnet_links.iter().map(|link| deployment.subnet(link.to()?)?.vpc_link.to()).collect();
    let Some(vpcs) = vpcs.filter(|vpcs| !vpcs.is_empty() && network.subnets.is_closed()) else {
        return false;
    };
    let has_gateway =
        deployment.nat_gateways.iter().filter(|gateway| gateway.meta.unit == of.unit).any(|gateway| {
            let vpc = gateway.subnet_link.to().and_then(|id| deployment.subnet(id)?.vpc_link.to());
            vpc.is_none_or(|vpc| vpcs.contains(&vpc))
        });
    let has_endpoint =
        deployment.vpc_endpoints.iter().filter(|endpoint| endpoint.meta.unit == of.unit).any(|endpoint| {
            let is_gateway = endpoint.kind.holds(true, |kind| kind.eq_ignore_ascii_case("Gateway")).is_yes();
            !is_gateway && endpoint.vpc_link.to().is_none_or(|vpc| vpcs.contains(&vpc))
        });
    !has_gateway && !has_endpoint && exposure::only_balancers_reach(deployment, network, of)
}

/// What the addresses of a service cost, and what else would.
struct Charge {
    monthly: Monthly,
    comparison: String,
}

/// The charge at the desired count; `None` where count, region or price is not known.
fn charge_of(deployment: &Deployment, service: &Service) -> Option<Charge> {
    let region = service.meta.region.known()?;
    let prices = Catalogue::embedded();
    let hourly = |item: &str| Some(prices.network(region, item)?.list_price()?.amount);
    let count = service.desired_count.known().copied().filter(|count| *count > 0)?;
    let address = hourly("public_ipv4_in_use")?;
    let amount = month_of(address, count)?;
    let most = service
        .scaling
        .iter()
        .filter_map(|id| deployment.scaling_target(*id)?.max_capacity.known().copied())
        .max()
        .filter(|most| *most > count);
    let at_most = most.and_then(|most| Some((most, month_of(address, most)?)));
    let gateway = month_of(hourly("nat_gateway_hour")?, 1)?;
    Some(Charge {
        monthly: Monthly { amount, basis: basis(count, address) },
        comparison: comparison(count, amount, at_most, gateway),
    })
}

fn month_of(hourly: Decimal, count: i64) -> Option<Decimal> {
    hourly.checked_mul(Decimal::from(HOURS))?.checked_mul(Decimal::from(count))
}

/// Tasks that a pipeline runs: `aws ecs run-task` and its kin, and the deploy action's own task.
pub(super) fn job(probe: &mut Probe<'_>, _: &Workflow, job: &Job) {
    for step in &job.steps {
        for command in
            step.run.iter().flat_map(|script| &script.commands).filter(|command| runs_tasks(command))
        {
            let network =
                ["--network-configuration", "--targets"].iter().find_map(|option| command.option(option));
            if let Some(network) = network {
                let public = assigns_public_ip(network);
                probe.decide(public, &network.origin, in_pipeline);
            }
        }
        let Some(action) = &step.action else { continue };
        let runs =
            action.input("run-task").map_or(Tri::No, |input| input.value.holds(false, |on| is_true(on)));
        if let Some(input) = action.input("run-task-assign-public-IP")
            && &*action.name == "aws-actions/amazon-ecs-deploy-task-definition"
            && !runs.is_no()
        {
            let public = input.value.holds(false, |value| value.eq_ignore_ascii_case("ENABLED"));
            probe.decide(runs.and(public), &input.value.origin, in_pipeline);
        }
    }
}

fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

fn runs_tasks(command: &Command) -> bool {
    ["run-task", "create-service", "update-service", "create-task-set"]
        .iter()
        .any(|call| command.starts_with(&["aws", "ecs", call]))
        || command.starts_with(&["aws", "events", "put-targets"])
}

/// Reads `assignPublicIp=ENABLED` out of the shorthand or JSON of `--network-configuration`.
fn assigns_public_ip(network: &Field<String>) -> Tri {
    let enabled = |text: &str| value_of(text).is_some_and(|value| value.eq_ignore_ascii_case("ENABLED"));
    match network.not_known().and_then(|unknown| Some((unknown, unknown.pattern.as_deref()?))) {
        Some((unknown, parts)) => match value_of(&with_holes(parts)) {
            Some(value) if value.chars().all(|c| c.is_ascii_alphabetic()) && !value.is_empty() => {
                value.eq_ignore_ascii_case("ENABLED").into()
            }
            _ => Tri::Maybe(unknown.causes.clone()),
        },
        None => network.holds(false, |text| enabled(text)),
    }
}

/// What stands behind `assignPublicIp`, up to the next separator.
fn value_of(text: &str) -> Option<&str> {
    let at = text.to_ascii_lowercase().find("assignpublicip")?;
    let behind = text.get(at + "assignpublicip".len()..)?;
    let value =
        behind.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ':' | '\\'));
    value.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '}' | '\\')).next()
}

#[cfg(test)]
mod tests {
    use super::value_of;

    #[test]
    fn the_switch_is_found_in_both_notations() {
        assert_eq!(value_of("awsvpcConfiguration={subnets=[a],assignPublicIp=ENABLED}"), Some("ENABLED"));
        assert_eq!(value_of(r#"{"awsvpcConfiguration": {"assignPublicIp": "DISABLED"}}"#), Some("DISABLED"));
        assert_eq!(value_of("awsvpcConfiguration={subnets=[a]}"), None);
    }
}
