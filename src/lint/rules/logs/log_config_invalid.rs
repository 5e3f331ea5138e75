//! Log drivers and options that the launch type or the driver does not take.

use super::super::facts::edits;
use super::super::facts::launch::{self, Launch, Launches};
use crate::lint::probe::listed;
use crate::lint::{Applicability, Change, Probe, Problem};
use crate::model::task::{Container, LogConfiguration, LogOption, TaskDefinition};
use crate::model::{Field, State, Tri};
use crate::text::closest;
use crate::value::{Causes, Origin};

/// Log drivers by launch type. Source: ECS API, `LogConfiguration.logDriver`.
const FARGATE: [&str; 3] = ["awsfirelens", "awslogs", "splunk"];
const MANAGED: [&str; 4] = ["awsfirelens", "awslogs", "json-file", "splunk"];
const EC2: [&str; 8] =
    ["awsfirelens", "awslogs", "fluentd", "gelf", "journald", "json-file", "splunk", "syslog"];

/// Options of the awslogs driver. Sources: ECS developer guide, "Send logs to CloudWatch", and Docker's driver.
const AWSLOGS: [&str; 13] = [
    "awslogs-create-group",
    "awslogs-create-stream",
    "awslogs-credentials-endpoint",
    "awslogs-datetime-format",
    "awslogs-endpoint",
    "awslogs-force-flush-interval-seconds",
    "awslogs-format",
    "awslogs-group",
    "awslogs-max-buffered-events",
    "awslogs-multiline-pattern",
    "awslogs-region",
    "awslogs-stream",
    "awslogs-stream-prefix",
];

fn no_driver_of(driver: &str, place: &str, known: &[&str]) -> Problem {
    Problem::new(format!("log driver {driver} does not exist on {place}"))
        .help(format!("use {}", listed(known)))
}

fn no_driver(driver: &str) -> Problem {
    let problem = Problem::new(format!("{driver} is no log driver of ECS, which refuses it"));
    match (driver, closest(driver, EC2)) {
        ("none", _) => {
            problem.help("leave logConfiguration out, or send the output to a log group (awslogs)")
        }
        (_, Some(near)) => problem.help(format!("did you mean {near}?")),
        (_, None) => problem.help(format!("use {}", listed(&EC2))),
    }
}

fn missing(driver: &str, option: &str, why: &str) -> Problem {
    Problem::new(format!("{driver} without {option}: {why}")).help(format!("add {option} to the options"))
}

fn unknown_option(option: &str) -> Problem {
    let near = closest(option, AWSLOGS);
    let end = near.map_or_else(String::new, |near| format!(", did you mean {near}?"));
    Problem::new(format!("{option} is no option of awslogs{end}")).help(match near {
        Some(near) => format!("write {near}"),
        None => format!("the options are {}", listed(&AWSLOGS)),
    })
}

pub(super) fn check(probe: &mut Probe<'_>, task: &TaskDefinition, container: &Container) {
    match &container.log.state {
        State::Absent => {}
        State::Known(log) => configuration(probe, &launch::of_task(probe.deployment, task), container, log),
        State::Unknown(unknown) => probe.undecided(&container.log.origin, &unknown.causes),
    }
}

fn configuration(probe: &mut Probe<'_>, launches: &Launches, container: &Container, log: &LogConfiguration) {
    // The API requires a driver; that it is missing is for the shape check.
    if log.driver.is_absent() {
        return;
    }
    let mut found = Findings { causes: Causes::none(), at: log.origin.clone(), failed: false };
    driver(probe, launches, log, &mut found);
    match log.driver.known().map(String::as_str) {
        Some("awslogs") => awslogs(probe, launches, container, log, &mut found),
        Some("splunk") => splunk(probe, log, &mut found),
        _ => {}
    }
    if !found.failed {
        probe.undecided(&found.at, &found.causes);
    }
}

/// Several looks at one configuration: all that fails is reported, else one answer is given.
struct Findings {
    causes: Causes,
    at: Origin,
    failed: bool,
}

impl Findings {
    fn look(&mut self, probe: &mut Probe<'_>, bad: Tri, at: &Origin, problem: impl FnOnce() -> Problem) {
        match bad {
            Tri::No => {}
            Tri::Yes => {
                self.failed = true;
                probe.fail(at, problem());
            }
            Tri::Maybe(causes) => {
                if self.causes.is_empty() {
                    self.at = at.clone();
                }
                self.causes.add_all(&causes);
            }
        }
    }
}

fn driver(probe: &mut Probe<'_>, launches: &Launches, log: &LogConfiguration, found: &mut Findings) {
    let lacks = |drivers: &[&str]| log.driver.holds(false, |driver| !drivers.contains(&driver.as_str()));
    let name = log.driver.known().map_or("(one of several)", String::as_str);
    let nowhere = lacks(&EC2);
    if nowhere.is_yes() {
        return found.look(probe, nowhere, &log.driver.origin, || no_driver(name));
    }
    let on_fargate = launches.fargate().and(lacks(&FARGATE));
    let on_managed = launches.on(Launch::ManagedInstances).and(lacks(&MANAGED));
    let is_fargate = on_fargate.is_yes();
    found.look(probe, nowhere.or(on_fargate).or(on_managed), &log.driver.origin, || {
        if is_fargate {
            no_driver_of(name, "Fargate", &FARGATE)
        } else {
            no_driver_of(name, "managed instances", &MANAGED)
        }
    });
}

/// Whether an option is not written. What its value is does not matter here.
fn lacks(log: &LogConfiguration, key: &str) -> Tri {
    log.options.any(|option| (&*option.key == key && option.value.is_written()).into()).negate()
}

fn awslogs(
    probe: &mut Probe<'_>,
    launches: &Launches,
    container: &Container,
    log: &LogConfiguration,
    found: &mut Findings,
) {
    let mut misspelled = Vec::new();
    for option in &log.options {
        if option.key.starts_with("awslogs-") && !AWSLOGS.contains(&&*option.key) {
            misspelled.extend(closest(&option.key, AWSLOGS));
            found.look(probe, Tri::Yes, &option.value.origin, || {
                spelled_right(unknown_option(&option.key), container, log, option)
            });
        }
    }
    let required = [
        ("awslogs-group", Tri::Yes, "the task stops when it starts"),
        ("awslogs-region", Tri::Yes, "the task stops when it starts"),
        ("awslogs-stream-prefix", launches.fargate(), "Fargate needs it"),
    ];
    for (key, needed, why) in required {
        if !misspelled.contains(&key) {
            let bad = needed.and(lacks(log, key));
            let region = probe.meta().region.clone();
            found.look(probe, bad, &log.options.origin, || {
                with_option(missing("awslogs", key, why), container, log, key, &region)
            });
        }
    }
}

/// Where the options are written: in the container itself.
const OPTIONS: [&str; 2] = ["logConfiguration", "options"];

fn spelled_right(
    problem: Problem,
    container: &Container,
    log: &LogConfiguration,
    option: &LogOption,
) -> Problem {
    let near = closest(&option.key, AWSLOGS).filter(|near| log.option(near).is_none());
    let object = &container.origin;
    match near {
        Some(near) if edits::is_in_place(object) && edits::is_beside(object, &log.options.origin) => {
            let change = Change::RenameMember {
                place: object.span,
                within: OPTIONS.to_vec(),
                member: option.key.clone(),
                name: near.into(),
            };
            problem.fix(Applicability::Safe, change)
        }
        _ => problem,
    }
}

/// The group must be named by a person; the region is known where the provider or the definition names it.
fn with_option(
    problem: Problem,
    container: &Container,
    log: &LogConfiguration,
    key: &str,
    region: &Field<String>,
) -> Problem {
    let value = match (key, region.known()) {
        // As in the examples of AWS: streams are called `ecs/<container>/<task>`.
        ("awslogs-stream-prefix", _) => "ecs",
        ("awslogs-region", Some(region_code)) if region.origin.via.is_none() => region_code,
        _ => return problem,
    };
    let object = &container.origin;
    if log.options.is_closed() && edits::is_in_place(object) && edits::is_beside(object, &log.options.origin)
    {
        let change = Change::set_within(object.span, &OPTIONS, [(key, value.into())]);
        problem.fix(Applicability::Safe, change)
    } else {
        problem
    }
}

fn splunk(probe: &mut Probe<'_>, log: &LogConfiguration, found: &mut Findings) {
    let why = "the task stops when it starts";
    found.look(probe, lacks(log, "splunk-url"), &log.options.origin, || missing("splunk", "splunk-url", why));
    let secret = log.secret_options.any(|option| option.name.holds(false, |name| name == "splunk-token"));
    let bad = lacks(log, "splunk-token").and(secret.negate());
    found.look(probe, bad, &log.options.origin, || {
        missing("splunk", "splunk-token", why)
            .help("add splunk-token to secretOptions, from a secret or a parameter")
    });
}
