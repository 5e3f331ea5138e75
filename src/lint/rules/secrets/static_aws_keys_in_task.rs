//! Containers that are given AWS access keys instead of using the task role.

use crate::lint::{Probe, Problem};
use crate::model::task::{Container, EnvironmentVariable, TaskDefinition};
use crate::model::workflow::{Job, Workflow};
use crate::model::{Field, Items, Tri};
use crate::value::Origin;

/// Names that the AWS SDKs read before they ask for the task role. Source: AWS SDKs and Tools Reference Guide,
/// "Standardized credential providers".
const KEYS: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

fn keys(name: &str) -> Problem {
    Problem::new(format!("`{name}` gives the container a long-lived AWS key, which overrides the task role"))
        .help("grant the permissions to the task role and leave the key out")
}

pub(super) fn check(probe: &mut Probe<'_>, _task: &TaskDefinition, container: &Container) {
    let plain = container.environment.with_template();
    let secrets = container.secrets.with_template().map(|secret| (&secret.name, &secret.origin));
    let given = plain.map(|variable| (&variable.name, &variable.value.origin)).chain(secrets);
    let elsewhere = talks_elsewhere(&container.environment)
        .or(container.secrets.any(|secret| secret.name.holds(false, |name| is_endpoint(name))));
    let found = judge(probe, given, &elsewhere);
    let mut open = container.environment.causes().and(&container.secrets.causes());
    let names = container.environment.with_template().map(|variable| &variable.name);
    for name in names.chain(container.secrets.with_template().map(|secret| &secret.name)) {
        open.add_all(&name.causes());
    }
    if !found && !open.is_empty() {
        probe.undecided(&container.environment.origin, &open);
    }
}

/// Environment that the steps of a job give to containers.
pub(super) fn job(probe: &mut Probe<'_>, _workflow: &Workflow, job: &Job) {
    for step in job.steps.with_template() {
        let given = || step.task_environment.with_template();
        let elsewhere = talks_elsewhere(&step.task_environment);
        judge(probe, given().map(|variable| (&variable.name, &variable.value.origin)), &elsewhere);
    }
}

/// One finding for a container, at the first of its keys; whether it has one.
fn judge<'a>(
    probe: &mut Probe<'_>,
    mut given: impl Iterator<Item = (&'a Field<String>, &'a Origin)>,
    elsewhere: &Tri,
) -> bool {
    let key = given.find_map(|(name, at)| {
        let name = name.known()?;
        KEYS.contains(&name.as_str()).then_some((name, at))
    });
    if let Some((name, at)) = key {
        probe.decide(elsewhere.clone().negate(), at, || keys(name));
    }
    key.is_some()
}

/// Whether an endpoint of another vendor, or of a test on the same host, is set beside the keys.
fn talks_elsewhere(variables: &Items<EnvironmentVariable>) -> Tri {
    variables.any(|variable| {
        let url = variable.value.holds(false, |url| !url.is_empty() && !url.contains(".amazonaws.com"));
        variable.name.holds(false, |name| is_endpoint(name)).and(url)
    })
}

/// `AWS_ENDPOINT_URL`, `S3_ENDPOINT`, `MINIO_URL`, `R2_ENDPOINT_URL`.
fn is_endpoint(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    name.contains("ENDPOINT") || name.contains("MINIO") || name.contains("LOCALSTACK")
}
