//! The engine alone: as many rules as the catalogue is to have, over growing deployments that are lowered before.
//! Bar: 293 rules over 1,000 services in 150 ms, and the same time for each service whatever their number. The rules
//! are made up, but do what rules do: read fields of several kinds, follow links, decide three-valued, fail here and
//! there.
#![allow(clippy::expect_used, reason = "a benchmark ends where something is wrong")]

mod support;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use plimsoll::lint::policy::Policy;
use plimsoll::lint::registry::OwnRule;
use plimsoll::lint::sink::{InputReport, Judgement};
use plimsoll::lint::suppress::{Ignores, Surroundings};
use plimsoll::lint::{Catalogue, Check, Probe, Problem, Profile, RuleInfo, judge};
use plimsoll::lower::{self, Inputs, Module};
use plimsoll::model::service::Service;
use plimsoll::model::task::{Container, TaskDefinition};
use plimsoll::model::{Deployment, Input, Tri};
use plimsoll::source::{Files, SourceMap};
use plimsoll::terraform;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// Rules that the catalogue is to have.
const RULES: usize = 293;

fn count_is_low(probe: &mut Probe<'_>, service: &Service) {
    let low = service.desired_count.holds(true, |count| *count < 3);
    probe.decide(low, &service.desired_count.origin, || {
        let name = service.name.known().map_or("a service", String::as_str);
        Problem::new(format!("{name} runs on too few tasks")).help("set desired_count to 3")
    });
}

fn not_on_fargate(probe: &mut Probe<'_>, service: &Service) {
    let other = service.launch_type.holds(true, |launch| !launch.eq_ignore_ascii_case("FARGATE"));
    probe.decide(other, &service.launch_type.origin, || Problem::new("the service does not run on Fargate"));
}

fn stops_all_tasks(probe: &mut Probe<'_>, service: &Service) {
    let stops = service.minimum_healthy_percent.holds(false, |percent| *percent == 0);
    let rolling = service.deployment_strategy.holds(true, |strategy| strategy == "ROLLING");
    probe.decide(stops.and(rolling), &service.minimum_healthy_percent.origin, || {
        Problem::new("a deployment stops every task")
    });
}

fn no_breaker(probe: &mut Probe<'_>, service: &Service) {
    let missing = service.circuit_breaker.is_set().negate();
    let rolls = service.scheduling_strategy.holds(true, |strategy| strategy == "REPLICA");
    probe.decide(missing.and(rolls), &service.circuit_breaker.origin, || Problem::new("no circuit breaker"));
}

fn task_is_small(probe: &mut Probe<'_>, service: &Service) {
    let Some(task) = service.task_definition_link.to().and_then(|id| probe.deployment.task_definition(id))
    else {
        return probe.pass();
    };
    let small = task.cpu.holds(false, |units| *units < 512).and(task.memory.holds(false, |mib| *mib < 1024));
    probe.decide(small, &task.cpu.origin, || {
        Problem::new("the task is small").related(&service.task_definition.origin, "used here")
    });
}

fn cpu_is_odd(probe: &mut Probe<'_>, task: &TaskDefinition) {
    const SIZES: [i64; 7] = [256, 512, 1024, 2048, 4096, 8192, 16384];
    let odd = task.cpu.holds(false, |units| !SIZES.contains(units));
    probe.decide(odd, &task.cpu.origin, || Problem::new("Fargate has no such size"));
}

fn bridge_network(probe: &mut Probe<'_>, task: &TaskDefinition) {
    let bridge = task.network_mode.holds(true, |mode| mode != "awsvpc");
    probe.decide(bridge, &task.network_mode.origin, || Problem::new("the task shares the host's network"));
}

fn no_execution_role(probe: &mut Probe<'_>, task: &TaskDefinition) {
    let pulls = task.containers.iter().fold(Tri::No, |pulls, container| {
        pulls.or(container.image.holds(false, |image| image.contains(".dkr.ecr.")))
    });
    let missing = task.execution_role.is_set().negate();
    probe.decide(pulls.and(missing), &task.execution_role.origin, || {
        Problem::new("nothing may pull the image")
    });
}

fn has_debug_variable(probe: &mut Probe<'_>, _: &TaskDefinition, container: &Container) {
    let debug = container.environment.iter().fold(Tri::No, |found, variable| {
        let name = variable.name.holds(false, |name| name.eq_ignore_ascii_case("LOG_LEVEL"));
        found.or(name.and(variable.value.holds(false, |value| value.eq_ignore_ascii_case("debug"))))
    });
    probe.decide(debug, &container.environment.origin, || Problem::new("the container logs at debug"));
}

fn image_is_latest(probe: &mut Probe<'_>, _: &TaskDefinition, container: &Container) {
    let loose = container.image.holds(true, |image| image.ends_with(":latest"));
    probe.decide(loose, &container.image.origin, || {
        let name = container.name.known().map_or("a container", String::as_str);
        Problem::new(format!("the image of {name} may change under its tag"))
    });
}

fn port_is_low(probe: &mut Probe<'_>, _: &TaskDefinition, container: &Container) {
    let low = container
        .ports
        .iter()
        .fold(Tri::No, |low, port| low.or(port.container_port.holds(false, |port| *port < 1024)));
    probe.decide(low, &container.ports.origin, || Problem::new("the container listens on a low port"));
}

fn is_optional(probe: &mut Probe<'_>, _: &TaskDefinition, container: &Container) {
    let optional = container.essential.holds(false, |essential| !essential);
    probe.decide(optional, &container.essential.origin, || Problem::new("the task lives on without it"));
}

/// Made-up rules, and a policy that runs no others.
fn rules() -> (Catalogue, Policy) {
    let checks = [
        Check::Service(count_is_low),
        Check::Task(cpu_is_odd),
        Check::Container(has_debug_variable),
        Check::Service(not_on_fargate),
        Check::Container(port_is_low),
        Check::Service(stops_all_tasks),
        Check::Task(bridge_network),
        Check::Service(no_breaker),
        Check::Container(is_optional),
        Check::Task(no_execution_role),
        Check::Service(task_is_small),
        Check::Container(image_is_latest),
    ];
    let built_in = Catalogue::default();
    let page = built_in.infos().next().expect("a rule");
    let own = checks.into_iter().cycle().take(RULES).enumerate().map(|(number, check)| OwnRule {
        info: RuleInfo {
            id: format!("made-up-{number}").into(),
            profile: Profile::Default,
            stage: None,
            ..page.clone()
        },
        check,
    });
    let off: HashMap<_, _> = built_in.infos().map(|info| (info.id.clone(), None)).collect();
    (Catalogue::with(own.collect()), Policy { severities: off, ..Policy::default() })
}

fn lowered(services: usize) -> (SourceMap, Deployment) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    support::write(dir.path(), &support::services(services));
    let files = Files::new(dir.path(), dir.path()).expect("a directory");
    let evaluation = terraform::evaluate(&files, dir.path(), &terraform::Options::default());
    let module = Module { evaluation: &evaluation, input: Input::Terraform };
    let inputs = Inputs { evaluations: vec![module], ..Inputs::default() };
    let deployment = lower::lower(inputs, &lower::Options::default());
    (files.into_sources(), deployment)
}

/// Every rule over every service, its task definition and its container; findings grouped and in order.
#[divan::bench(args = [10, 100, 1000], sample_count = 20, sample_size = 1)]
fn rules_over_services(bencher: Bencher, services: usize) {
    let (sources, deployment) = lowered(services);
    let (catalogue, policy) = rules();
    let around = Surroundings {
        as_of: "2026-11-20".parse().expect("a date"),
        foreign: true,
        rule_files: &HashSet::new(),
        base: Path::new("."),
        workspace: "default",
    };
    let ignores = Ignores::read(&sources, &catalogue, &[], around);
    let run = || -> Judgement {
        judge(black_box(&deployment), &catalogue, InputReport::default(), &policy, &ignores, &sources)
    };
    let judgement = run();
    // Each rule was shown each node of its kind, and some failed.
    let timings = judgement.timings.iter().filter(|timing| timing.rule.starts_with("made-up-"));
    assert_eq!(timings.clone().count(), RULES);
    assert!(timings.clone().all(|timing| timing.looked == services));
    assert_eq!(judgement.decided + judgement.undecided_checks, RULES * services);
    assert!(!judgement.findings.is_empty());
    bencher.counter(ItemsCount::new(services)).bench_local(run);
}
