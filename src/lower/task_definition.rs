//! ECS task definitions of every source: register-task-definition JSON, describe output, bare container
//! lists, and the attributes of `aws_ecs_task_definition` around its `container_definitions`.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::read::{self, Reader};
use super::shape;
use crate::model::task::{
    Container, ContainerSecret, Dependency, EnvironmentVariable, HealthCheck, LogConfiguration, LogOption,
    PortMapping, TaskDefinition, Volume,
};
use crate::model::{Field, Items, Link, Meta};
use crate::syntax::template_json;
use crate::value::{Built, Cause, Causes, Kind, Origin, Part, Unknown, Value};

/// Container fields that have a field of their own in the model.
const MODELLED: [&str; 21] = [
    "name",
    "image",
    "cpu",
    "memory",
    "memoryReservation",
    "essential",
    "command",
    "entryPoint",
    "environment",
    "environmentFiles",
    "secrets",
    "repositoryCredentials",
    "healthCheck",
    "logConfiguration",
    "portMappings",
    "privileged",
    "readonlyRootFilesystem",
    "user",
    "dependsOn",
    "stopTimeout",
    "firelensConfiguration",
];

const ROLES: [&str; 1] = ["aws_iam_role"];
const SECRETS: [&str; 3] =
    ["aws_secretsmanager_secret", "aws_secretsmanager_secret_version", "aws_ssm_parameter"];

/// The parts of a task-definition document: the definition, and tags that stand beside it.
#[derive(Debug)]
pub struct Document {
    pub definition: Value,
    pub tags: Option<Value>,
    /// The document is a bare `containerDefinitions` array.
    pub bare: bool,
}

impl Document {
    /// Takes a document apart: a definition, one wrapped in `taskDefinition`, or a bare array of containers.
    /// `None` for anything else.
    #[must_use]
    pub fn of(root: &Value) -> Option<Self> {
        match &root.kind {
            Kind::Sequence(_) => Some(Self { definition: root.clone(), tags: None, bare: true }),
            Kind::Mapping(_) => {
                let outer = Reader::new(root.clone()).any_case();
                match outer.get("taskDefinition") {
                    Some(inner) if inner.as_mapping().is_some() => {
                        Some(Self { definition: inner, tags: outer.get("tags"), bare: false })
                    }
                    _ => Some(Self { tags: outer.get("tags"), definition: root.clone(), bare: false }),
                }
            }
            _ => None,
        }
    }

    /// Known tags as pairs of key and value.
    #[must_use]
    pub fn tags(&self) -> Vec<(Arc<str>, Field<String>)> {
        let Some(list) = &self.tags else { return Vec::new() };
        let pairs = read::items(list, |item| {
            let tag = Reader::new(item).any_case();
            (tag.string("key"), tag.string("value"))
        });
        pairs
            .items
            .into_iter()
            .filter_map(|(key, value)| Some((Arc::from(key.known()?.as_str()), value)))
            .collect()
    }

    #[must_use]
    pub fn family(&self) -> Option<String> {
        let definition = Reader::new(self.definition.clone()).any_case();
        definition.string("family").known().cloned()
    }

    /// The definition as a node of the model.
    #[must_use]
    pub fn lower(&self, meta: Meta) -> TaskDefinition {
        if self.bare {
            let around = Cause::Unsupported { what: "the task definition around this container list".into() };
            let rest = Value::unknown(around, self.definition.origin.clone());
            let reader = Reader::with_header(rest, meta.origin.clone());
            return task(&reader, &API, read::items(&self.definition, container), meta);
        }
        let reader = Reader::with_header(self.definition.clone(), meta.origin.clone()).any_case();
        let containers = reader
            .get("containerDefinitions")
            .map_or_else(|| Items::absent(meta.origin.clone()), |list| read::items(&list, container));
        let mut task = task(&reader, &API, containers, meta);
        let read_only = reader.keys().into_iter().filter(|key| shape::is_read_only(key));
        task.read_only_fields =
            read_only.filter_map(|key| Some((key.clone(), reader.place(&key)?))).collect();
        task
    }
}

/// `aws_ecs_task_definition`: task-level arguments, and containers inside a string.
#[must_use]
pub fn from_terraform(reader: &Reader, meta: Meta) -> TaskDefinition {
    let containers = match reader.get("container_definitions") {
        None => Items::absent(meta.origin.clone()),
        Some(text) => match structure(&text) {
            Some(list) => read::items(&list, container),
            None => {
                let causes = match text.as_unknown() {
                    Some(unknown) => unknown.causes.clone(),
                    None => {
                        Causes::one(Cause::Error { message: "the container definitions are no JSON".into() })
                    }
                };
                Items::unknown(causes, text.origin)
            }
        },
    };
    task(reader, &TERRAFORM, containers, meta)
}

/// The JSON inside a string: remembered by `jsonencode`, parsed from a template or from plain text.
/// `None` where nothing can be said of it.
#[must_use]
pub fn structure(text: &Value) -> Option<Value> {
    // A list instead of its encoding: Terraform refuses it, what is meant is plain.
    if text.as_sequence().is_some() {
        return Some(text.clone());
    }
    if let Some(Ok(value)) = template_json::decode(text) {
        return Some(value);
    }
    let unknown = text.as_unknown().filter(|unknown| !unknown.alternatives.is_empty())?;
    let choices = unknown.alternatives.iter().map(|choice| structure(&text.child(choice)));
    let mut list = Unknown::new(unknown.causes.clone());
    list.alternatives = choices.collect::<Option<Vec<_>>>()?;
    Some(Value::from_unknown(list, text.origin.clone()))
}

/// Names of the task-level properties in one notation.
struct Names {
    network_mode: &'static str,
    compatibilities: &'static str,
    execution_role: &'static str,
    task_role: &'static str,
    platform: &'static str,
    system: &'static str,
    architecture: &'static str,
    ephemeral: &'static str,
    ephemeral_size: &'static str,
    pid_mode: &'static str,
    ipc_mode: &'static str,
    placement: &'static str,
    volumes: &'static str,
    docker: &'static str,
    efs: &'static str,
}

const API: Names = Names {
    network_mode: "networkMode",
    compatibilities: "requiresCompatibilities",
    execution_role: "executionRoleArn",
    task_role: "taskRoleArn",
    platform: "runtimePlatform",
    system: "operatingSystemFamily",
    architecture: "cpuArchitecture",
    ephemeral: "ephemeralStorage",
    ephemeral_size: "sizeInGiB",
    pid_mode: "pidMode",
    ipc_mode: "ipcMode",
    placement: "placementConstraints",
    volumes: "volumes",
    docker: "dockerVolumeConfiguration",
    efs: "efsVolumeConfiguration",
};

const TERRAFORM: Names = Names {
    network_mode: "network_mode",
    compatibilities: "requires_compatibilities",
    execution_role: "execution_role_arn",
    task_role: "task_role_arn",
    platform: "runtime_platform",
    system: "operating_system_family",
    architecture: "cpu_architecture",
    ephemeral: "ephemeral_storage",
    ephemeral_size: "size_in_gib",
    pid_mode: "pid_mode",
    ipc_mode: "ipc_mode",
    placement: "placement_constraints",
    volumes: "volume",
    docker: "docker_volume_configuration",
    efs: "efs_volume_configuration",
};

fn task(reader: &Reader, names: &Names, containers: Items<Container>, meta: Meta) -> TaskDefinition {
    let platform = reader.within(names.platform);
    TaskDefinition {
        family: reader.string("family"),
        cpu: reader.convert("cpu", cpu_units),
        memory: reader.convert("memory", mebibytes),
        network_mode: reader.string(names.network_mode),
        requires_compatibilities: reader.strings(names.compatibilities),
        execution_role: reader.reference(names.execution_role, &ROLES),
        task_role: reader.reference(names.task_role, &ROLES),
        execution_role_link: Link::Absent,
        task_role_link: Link::Absent,
        operating_system: platform.string(names.system),
        cpu_architecture: platform.string(names.architecture),
        ephemeral_storage: reader.within(names.ephemeral).integer(names.ephemeral_size),
        pid_mode: reader.string(names.pid_mode),
        ipc_mode: reader.string(names.ipc_mode),
        volumes: reader.blocks(names.volumes, |volume| Volume {
            origin: volume.header().clone(),
            name: volume.string("name"),
            host_path: match volume.string("host_path") {
                path if path.is_written() => path,
                _ => volume.within("host").string("sourcePath"),
            },
            docker: volume.present(names.docker),
            efs: volume.present(names.efs),
        }),
        placement_constraints: reader.places(names.placement),
        containers,
        file: None,
        read_only_fields: Vec::new(),
        meta,
    }
}

/// CPU units of a task: `"256"`, `"0.25 vCPU"` (ECS API, `RegisterTaskDefinition`).
fn cpu_units(value: &Value) -> Result<i64, &'static str> {
    scaled(value, "vcpu").ok_or("cpu units or vCPUs are required")
}

/// MiB of a task: `"512"`, `"2 GB"`.
fn mebibytes(value: &Value) -> Result<i64, &'static str> {
    scaled(value, "gb").ok_or("MiB or GB are required")
}

fn scaled(value: &Value, unit: &str) -> Option<i64> {
    if let Ok(plain) = read::integer_of(value) {
        return Some(plain);
    }
    let text = value.as_str()?.trim().to_ascii_lowercase();
    let amount: Decimal = text.strip_suffix(unit)?.trim().parse().ok()?;
    let units = amount.checked_mul(Decimal::from(1024))?.normalize();
    (units.scale() == 0).then(|| i64::try_from(units).ok()).flatten()
}

/// One member of `containerDefinitions`. Keys are found in any case, as the provider's decoder does.
fn container(value: Value) -> Container {
    let reader = Reader::new(value).any_case();
    Container {
        origin: reader.header().clone(),
        name: reader.string("name"),
        image: reader.string("image"),
        image_source: reader.reference("image", &["aws_ecr_repository"]),
        image_tag: reader.get("image").and_then(|image| last_hole(&image)),
        image_repository: Link::Absent,
        cpu: reader.integer("cpu"),
        memory: reader.integer("memory"),
        memory_reservation: reader.integer("memoryReservation"),
        essential: reader.boolean("essential"),
        command: reader.strings("command"),
        entry_point: reader.strings("entryPoint"),
        environment: reader.blocks("environment", |variable| EnvironmentVariable {
            origin: variable.header().clone(),
            name: variable.string("name"),
            value: variable.string("value"),
        }),
        environment_files: reader.places("environmentFiles"),
        environment_file_names: reader.blocks("environmentFiles", |file| file.string("value")),
        docker_labels: reader.text_map("dockerLabels").0,
        secrets: secrets(&reader, "secrets"),
        repository_credentials: reader.present("repositoryCredentials"),
        health_check: reader.block("healthCheck", |check| HealthCheck {
            origin: check.header().clone(),
            command: check.strings("command"),
            interval: check.integer("interval"),
            timeout: check.integer("timeout"),
            retries: check.integer("retries"),
            start_period: check.integer("startPeriod"),
        }),
        log: reader.block("logConfiguration", |log| LogConfiguration {
            origin: log.header().clone(),
            driver: log.string("logDriver"),
            options: log.entries("options", |key, value| LogOption {
                key: key.clone(),
                reference: read::reference(&value, log.header(), &["aws_cloudwatch_log_group"]),
                value: read::field(&value, log.header(), read::text_of),
            }),
            secret_options: secrets(&log, "secretOptions"),
            group: Link::Absent,
        }),
        ports: reader.blocks("portMappings", |port| PortMapping {
            origin: port.header().clone(),
            container_port: port.integer("containerPort"),
            host_port: port.integer("hostPort"),
            protocol: port.string("protocol"),
        }),
        privileged: reader.boolean("privileged"),
        readonly_root: reader.boolean("readonlyRootFilesystem"),
        user: reader.string("user"),
        depends_on: reader.blocks("dependsOn", |dependency| Dependency {
            container: dependency.string("containerName"),
            condition: dependency.string("condition"),
        }),
        stop_timeout: reader.integer("stopTimeout"),
        firelens: reader.present("firelensConfiguration"),
        added_capabilities: reader.within("linuxParameters").within("capabilities").strings("add"),
        other_fields: other_fields(&reader),
    }
}

/// The place of the value with which a template ends, if it ends with one.
fn last_hole(value: &Value) -> Option<Origin> {
    let built = match &value.kind {
        Kind::String(text) => text.built.as_deref(),
        Kind::Unknown(unknown) => unknown.built.as_deref(),
        _ => None,
    };
    let Some(Built::Template(parts)) = built else { return None };
    match parts.last()? {
        Part::Hole(hole) => Some(last_hole(hole).unwrap_or_else(|| hole.origin.clone())),
        Part::Literal { .. } => None,
    }
}

fn secrets(reader: &Reader, key: &str) -> Items<ContainerSecret> {
    reader.blocks(key, |secret| ContainerSecret {
        origin: secret.header().clone(),
        name: secret.string("name"),
        value_from: secret.reference("valueFrom", &SECRETS),
    })
}

/// Fields that are set and say something, without one of their own in the model. Of `linuxParameters` the
/// members count, of `resourceRequirements` the types (`GPU`).
fn other_fields(reader: &Reader) -> Vec<(Arc<str>, Field<()>)> {
    let mut found = Vec::new();
    let mut add = |name: Arc<str>, value: &Value, header: &Origin| {
        let field = read::field(value, header, |_| Ok(()));
        if says_something(value) {
            found.push((name, field));
        }
    };
    for key in reader.keys() {
        if MODELLED.iter().any(|name| key.eq_ignore_ascii_case(name)) {
            continue;
        }
        let Some(value) = reader.get(&key) else { continue };
        if key.eq_ignore_ascii_case("linuxParameters") && value.as_mapping().is_some() {
            let parameters = Reader::new(value).any_case();
            for inner in parameters.keys() {
                let modelled = inner.eq_ignore_ascii_case("capabilities");
                if let Some(value) = parameters.get(&inner).filter(|_| !modelled) {
                    add(format!("linuxParameters.{inner}").into(), &value, parameters.header());
                }
            }
        } else if key.eq_ignore_ascii_case("resourceRequirements") && value.as_sequence().is_some() {
            let kinds = read::items(&value, |item| {
                let requirement = Reader::new(item.clone()).any_case();
                (requirement.string("type"), item)
            });
            for (kind, item) in &kinds.items {
                if let Some(kind) = kind.known() {
                    add(format!("resourceRequirements.{kind}").into(), item, reader.header());
                }
            }
        } else {
            add(key, &value, reader.header());
        }
    }
    found
}

/// False for what counts as not set. An unknown says something until it is known.
fn says_something(value: &Value) -> bool {
    match &value.kind {
        Kind::Null(_) | Kind::Bool(false) => false,
        Kind::String(text) => !text.as_str().is_empty(),
        Kind::Sequence(sequence) => !sequence.items.is_empty() || sequence.rest.is_some(),
        Kind::Mapping(mapping) => !mapping.entries.is_empty() || mapping.rest.is_some(),
        Kind::Bool(true) | Kind::Number(_) | Kind::Unknown(_) => true,
    }
}
