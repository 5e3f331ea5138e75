//! ECS task definitions and their containers. Sizes are as ECS counts them: cpu in units (1024 = 1 vCPU),
//! memory in MiB. Source: ECS API, `RegisterTaskDefinition`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::graph::{LogGroupId, RepositoryId, RoleId};
use super::{Field, Items, Link, Meta, Reference};
use crate::value::Origin;

#[derive(Debug, Clone)]
pub struct TaskDefinition {
    pub meta: Meta,
    pub family: Field<String>,
    /// CPU units of the task.
    pub cpu: Field<i64>,
    /// MiB of the task.
    pub memory: Field<i64>,
    pub network_mode: Field<String>,
    pub requires_compatibilities: Items<Field<String>>,
    pub execution_role: Field<Reference>,
    pub task_role: Field<Reference>,
    pub execution_role_link: Link<RoleId>,
    pub task_role_link: Link<RoleId>,
    /// `LINUX`, `WINDOWS_SERVER_2022_CORE` …
    pub operating_system: Field<String>,
    /// `X86_64` or `ARM64`.
    pub cpu_architecture: Field<String>,
    /// GiB.
    pub ephemeral_storage: Field<i64>,
    pub pid_mode: Field<String>,
    pub ipc_mode: Field<String>,
    pub volumes: Items<Volume>,
    pub placement_constraints: Items<Origin>,
    pub containers: Items<Container>,
    /// The file that holds it, as shown and `/` separated, when it is a file of its own: what a workflow
    /// step names. `None` in Terraform.
    pub file: Option<Arc<str>>,
    /// Read-only fields of a described definition that are present.
    pub read_only_fields: Vec<(Arc<str>, Origin)>,
}

#[derive(Debug, Clone)]
pub struct Volume {
    pub origin: Origin,
    pub name: Field<String>,
    /// Path on the host; absent for a plain ephemeral volume.
    pub host_path: Field<String>,
    /// `dockerVolumeConfiguration` is present.
    pub docker: Field<()>,
    pub efs: Field<()>,
}

#[derive(Debug, Clone)]
pub struct Container {
    /// The object of the container.
    pub origin: Origin,
    pub name: Field<String>,
    pub image: Field<String>,
    /// What the image was written from: `aws_ecr_repository.api.repository_url`, or its text.
    pub image_source: Field<Reference>,
    /// Where the end of the reference, tag or digest, is written, when a template puts it in.
    pub image_tag: Option<Origin>,
    pub image_repository: Link<RepositoryId>,
    pub cpu: Field<i64>,
    /// Hard limit, MiB.
    pub memory: Field<i64>,
    /// Soft limit, MiB.
    pub memory_reservation: Field<i64>,
    pub essential: Field<bool>,
    pub command: Items<Field<String>>,
    pub entry_point: Items<Field<String>>,
    pub environment: Items<EnvironmentVariable>,
    /// `environmentFiles`.
    pub environment_files: Items<Origin>,
    /// The S3 objects of `environmentFiles`, by ARN.
    pub environment_file_names: Items<Field<String>>,
    /// `dockerLabels`, as far as known.
    pub docker_labels: BTreeMap<Arc<str>, Field<String>>,
    pub secrets: Items<ContainerSecret>,
    pub repository_credentials: Field<()>,
    pub health_check: Field<HealthCheck>,
    pub log: Field<LogConfiguration>,
    pub ports: Items<PortMapping>,
    pub privileged: Field<bool>,
    pub readonly_root: Field<bool>,
    pub user: Field<String>,
    pub depends_on: Items<Dependency>,
    /// Seconds.
    pub stop_timeout: Field<i64>,
    /// `firelensConfiguration` is present: the container routes logs.
    pub firelens: Field<()>,
    pub added_capabilities: Items<Field<String>>,
    /// Other API fields that are set and not empty, by name, for checks of what a launch type accepts:
    /// `links`, `extraHosts`, `dockerSecurityOptions`, `linuxParameters.devices`, `resourceRequirements.GPU` …
    /// Unknown where the value may turn out to be empty.
    pub other_fields: Vec<(Arc<str>, Field<()>)>,
}

#[derive(Debug, Clone)]
pub struct EnvironmentVariable {
    pub origin: Origin,
    pub name: Field<String>,
    pub value: Field<String>,
}

#[derive(Debug, Clone)]
pub struct ContainerSecret {
    pub origin: Origin,
    pub name: Field<String>,
    pub value_from: Field<Reference>,
}

#[derive(Debug, Clone)]
pub struct HealthCheck {
    pub origin: Origin,
    pub command: Items<Field<String>>,
    /// Seconds.
    pub interval: Field<i64>,
    pub timeout: Field<i64>,
    pub retries: Field<i64>,
    pub start_period: Field<i64>,
}

#[derive(Debug, Clone)]
pub struct LogConfiguration {
    pub origin: Origin,
    pub driver: Field<String>,
    pub options: Items<LogOption>,
    pub secret_options: Items<ContainerSecret>,
    /// The log group named by `awslogs-group`.
    pub group: Link<LogGroupId>,
}

#[derive(Debug, Clone)]
pub struct LogOption {
    pub key: Arc<str>,
    pub value: Field<String>,
    pub reference: Field<Reference>,
}

#[derive(Debug, Clone)]
pub struct PortMapping {
    pub origin: Origin,
    pub container_port: Field<i64>,
    pub host_port: Field<i64>,
    /// `tcp` where absent.
    pub protocol: Field<String>,
}

#[derive(Debug, Clone)]
pub struct Dependency {
    pub container: Field<String>,
    /// `START`, `COMPLETE`, `SUCCESS`, `HEALTHY`.
    pub condition: Field<String>,
}

impl LogConfiguration {
    #[must_use]
    pub fn option(&self, key: &str) -> Option<&LogOption> {
        self.options.iter().find(|option| &*option.key == key)
    }
}
