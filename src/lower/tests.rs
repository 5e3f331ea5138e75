//! Lowering and linking of small inputs. Resources are JSON objects here; a text `@address.attribute` stands for
//! a computed attribute, `@var.name` for a variable without value, a list item `@rest` for an unknown part.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Arc;

use super::{Inputs, Module, Options, RawTaskDefinition, lower};
use crate::model::{Deployment, Field, Input, Link, Stage, State, Tri};
use crate::source::{SourceMap, Span};
use crate::syntax::json;
use crate::terraform::{Evaluation, Lifecycle, Mode, Multiplicity, Resource, UnresolvedModule};
use crate::value::{
    Built, Cause, Causes, Entry, Kind, Mapping, Part, Rest, Sequence, Step, Text, Unknown, Value,
};

struct Scene {
    sources: SourceMap,
    evaluation: Evaluation,
}

impl Scene {
    fn new(dir: &str) -> Self {
        let evaluation = Evaluation { dir: dir.into(), ..Evaluation::default() };
        Self { sources: SourceMap::default(), evaluation }
    }

    fn value(&mut self, text: &str) -> Value {
        let file = self.sources.add_pseudo("test.json", text);
        let parsed = json::parse(text, file, false);
        assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
        resolve(&parsed.root().unwrap().to_value())
    }

    /// Adds `type.name` (`data.type.name`) with arguments given as JSON.
    fn add(&mut self, address: &str, body: &str) -> &mut Resource {
        let body = self.value(body);
        let span = Span { end: body.span().start + 1, ..body.span() };
        let (mode, rest) = match address.strip_prefix("data.") {
            Some(rest) => (Mode::Data, rest),
            None => (Mode::Managed, address),
        };
        let (ty, name) = rest.split_once('.').unwrap();
        self.evaluation.resources.push(Resource {
            address: Arc::from(address),
            mode,
            ty: Arc::from(ty),
            name: Arc::from(name.split('[').next().unwrap()),
            module: Arc::from(""),
            header: span,
            block: body.span(),
            calls: Vec::new(),
            body,
            multiplicity: Multiplicity::One,
            lifecycle: Lifecycle::default(),
            provider: None,
            depends_on: Vec::new(),
        });
        self.evaluation.resources.last_mut().unwrap()
    }

    fn lower(&self) -> Deployment {
        let module = Module { evaluation: &self.evaluation, input: Input::Terraform };
        lower(Inputs { evaluations: vec![module], ..Inputs::default() }, &Options::default())
    }
}

fn unknown(text: &str, at: &Value) -> Value {
    if let Some(name) = text.strip_prefix("var.") {
        return Value::unknown(Cause::MissingVariable { name: name.into() }, at.origin.clone());
    }
    let (address, attribute) = text.rsplit_once('.').unwrap();
    let (address, attribute): (Arc<str>, Arc<str>) = (address.into(), attribute.into());
    let cause = if address.starts_with("data.") {
        Cause::Data { address: address.clone(), attribute: attribute.clone() }
    } else {
        Cause::Computed { address: address.clone(), attribute: attribute.clone() }
    };
    Value::unknown(cause, at.origin.clone()).via(Step::Attribute { address, attribute }, at.span())
}

/// Replaces the markers. `a {@x.y} b` is a template with a hole.
fn resolve(value: &Value) -> Value {
    let kind = match &value.kind {
        Kind::String(text) => {
            let text = text.as_str();
            if let Some(reference) = text.strip_prefix('@') {
                return unknown(reference, value);
            }
            if !text.contains("{@") {
                return value.clone();
            }
            let mut parts = Vec::new();
            let mut causes = Causes::none();
            for piece in text.split("{@") {
                let literal = match piece.split_once('}') {
                    Some((hole, literal)) if !parts.is_empty() || text.starts_with("{@") => {
                        let hole = unknown(hole, value);
                        causes.add_all(&hole.causes());
                        parts.push(Part::hole(hole));
                        literal
                    }
                    _ => piece,
                };
                parts.push(Part::Literal { text: literal.into(), span: value.span() });
            }
            let built = Some(Arc::new(Built::Template(parts)));
            Kind::Unknown(Arc::new(Unknown { built, ..Unknown::new(causes) }))
        }
        Kind::Sequence(sequence) => {
            let is_rest = |item: &&Value| item.as_str() == Some("@rest");
            let rest = sequence.items.iter().any(|item| is_rest(&item)).then(|| {
                let template = None;
                Arc::new(Rest { causes: missing("things"), template, overrides: false })
            });
            let items = sequence.items.iter().filter(|item| !is_rest(item)).map(resolve).collect();
            Kind::Sequence(Arc::new(Sequence { kind: sequence.kind.clone(), items, rest }))
        }
        Kind::Mapping(mapping) => {
            let entry = |entry: &Entry| Entry { key_span: entry.key_span, value: resolve(&entry.value) };
            let entries = mapping.entries.iter().map(|(key, of)| (key.clone(), entry(of))).collect();
            Kind::Mapping(Arc::new(Mapping { kind: mapping.kind.clone(), entries, rest: None }))
        }
        other => other.clone(),
    };
    Value { kind, ..value.clone() }
}

fn missing(name: &str) -> Causes {
    Causes::one(Cause::MissingVariable { name: name.into() })
}

fn encoded(value: Value) -> Value {
    let origin = value.origin.clone();
    if value.is_wholly_known() {
        return Value::new(Kind::String(Text::built("…", Built::Json(value))), origin);
    }
    let causes = value.causes();
    let built = Some(Arc::new(Built::Json(value)));
    Value::from_unknown(Unknown { built, ..Unknown::new(causes) }, origin)
}

fn with(resource: &mut Resource, key: &str, value: Value) {
    let mut mapping = resource.body.as_mapping().unwrap().clone();
    mapping.entries.insert(key.into(), Entry { key_span: None, value });
    resource.body = Value::new(Kind::Mapping(Arc::new(mapping)), resource.body.origin.clone());
}

fn raw(text: &str) -> Deployment {
    let mut scene = Scene::new("");
    let root = scene.value(text);
    let raw = RawTaskDefinition { name: "deploy/task.json".into(), root };
    lower(Inputs { task_definitions: vec![raw], ..Inputs::default() }, &Options::default())
}

fn text(field: &Field<String>) -> &str {
    field.known().map_or("", String::as_str)
}

#[test]
fn a_registered_task_definition_is_lowered() {
    let deployment = raw(r#"{"family": "api", "cpu": "1 vCPU", "memory": "2 GB", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"], "runtimePlatform": {"cpuArchitecture": "ARM64"},
        "ephemeralStorage": {"sizeInGiB": 30}, "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
        "volumes": [{"name": "data", "host": {"sourcePath": "/data"}}],
        "containerDefinitions": [{"name": "web", "image": "nginx:1.27", "memory": 512, "essential": true,
          "environment": [{"name": "APP_ENV", "value": "production"}],
          "secrets": [{"name": "KEY", "valueFrom": "/prod/key"}],
          "healthCheck": {"command": ["CMD", "true"], "interval": 30},
          "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/api"}},
          "portMappings": [{"containerPort": 80}], "links": ["db"], "dnsServers": [],
          "linuxParameters": {"capabilities": {"add": ["SYS_PTRACE"]}, "initProcessEnabled": true}}]}"#);
    let task = &deployment.task_definitions[0];
    assert_eq!(&*task.meta.address, "api");
    assert_eq!(task.cpu.known(), Some(&1024));
    assert_eq!(task.memory.known(), Some(&2048));
    assert_eq!(task.ephemeral_storage.known(), Some(&30));
    assert_eq!(text(&task.cpu_architecture), "ARM64");
    assert!(task.operating_system.is_absent());
    assert_eq!(task.meta.stage.stage, Stage::Production);
    let web = &task.containers.items[0];
    assert_eq!(web.memory.known(), Some(&512));
    assert_eq!(text(&web.environment.items[0].value), "production");
    assert_eq!(web.health_check.known().unwrap().interval.known(), Some(&30));
    assert_eq!(web.log.known().unwrap().option("awslogs-group").unwrap().value.known().unwrap(), "/ecs/api");
    assert!(matches!(&web.log.known().unwrap().group, Link::NotFound(name) if &**name == "/ecs/api"));
    assert_eq!(text(&web.added_capabilities.items[0]), "SYS_PTRACE");
    let others: Vec<_> = web.other_fields.iter().map(|(name, _)| &**name).collect();
    assert_eq!(others, ["links", "linuxParameters.initProcessEnabled"]);
    assert!(matches!(web.image_repository, Link::Absent));
    assert!(web.user.is_absent());
    assert_eq!(web.user.span(), web.origin.span);
}

#[test]
fn described_definitions_keep_their_read_only_fields() {
    let deployment = raw(
        r#"{"taskDefinition": {"family": "api", "revision": 7, "status": "ACTIVE", "containerDefinitions": []},
        "tags": [{"key": "Environment", "value": "staging"}]}"#,
    );
    let task = &deployment.task_definitions[0];
    assert_eq!(task.read_only_fields.len(), 2);
    assert_eq!(text(&task.meta.tags["Environment"]), "staging");
    assert_eq!(task.meta.stage.stage, Stage::NonProduction);
    assert_eq!(task.containers.is_empty(), Tri::Yes);
}

#[test]
fn around_a_bare_container_list_nothing_is_known() {
    let deployment = raw(r#"[{"name": "web", "image": "nginx", "cpu": "10"}]"#);
    let task = &deployment.task_definitions[0];
    assert!(task.family.not_known().is_some());
    assert!(task.requires_compatibilities.open.is_some());
    assert_eq!(task.containers.items[0].cpu.known(), Some(&10));
}

#[test]
fn one_unknown_image_hides_no_other_field() {
    let mut scene = Scene::new("infra");
    let containers = scene.value(
        r#"[{"name": "web", "image": "{@aws_ecr_repository.api.repository_url}:{@var.tag}", "cpu": 256}]"#,
    );
    let task = scene.add("aws_ecs_task_definition.api", r#"{"family": "api", "cpu": 256, "memory": "512"}"#);
    with(task, "container_definitions", encoded(containers));
    scene.add("aws_ecr_repository.api", r#"{"name": "api"}"#);
    scene.add(
        "aws_ecr_lifecycle_policy.api",
        r#"{"repository": "@aws_ecr_repository.api.name", "policy": "{}"}"#,
    );
    let deployment = scene.lower();
    let task = &deployment.task_definitions[0];
    assert_eq!(task.memory.known(), Some(&512));
    let web = &task.containers.items[0];
    assert_eq!(web.cpu.known(), Some(&256));
    assert_eq!(web.image.causes().iter().count(), 2);
    assert!(web.image_repository.to().is_some());
    assert_eq!(deployment.repositories[0].lifecycle_policies.len(), 1);
}

#[test]
fn a_json_text_with_holes_is_read() {
    let mut scene = Scene::new("infra");
    let text = r#"{"family": "api", "container_definitions":
        "[{\"Name\": \"web\", \"image\": \"{@var.image}\", \"essential\": true}]"}"#;
    scene.add("aws_ecs_task_definition.api", text);
    scene.add(
        "aws_ecs_task_definition.plain",
        r#"{"family": "b", "container_definitions": "[{\"name\": \"x\"}]"}"#,
    );
    scene.add(
        "aws_ecs_task_definition.hidden",
        r#"{"family": "c", "container_definitions": "@var.containers"}"#,
    );
    let deployment = scene.lower();
    let [holes, plain, hidden] = [0, 1, 2].map(|at| &deployment.task_definitions[at].containers);
    assert_eq!(holes.items[0].name.known().unwrap(), "web");
    assert_eq!(holes.items[0].essential.known(), Some(&true));
    assert_eq!(holes.items[0].image.causes(), missing("image"));
    assert_eq!(plain.items[0].name.known().unwrap(), "x");
    assert!(hidden.items.is_empty());
    assert_eq!(hidden.causes(), missing("containers"));
}

#[test]
fn services_are_linked_by_identity() {
    let mut scene = Scene::new("envs/prod");
    scene.add(
        "aws_ecs_cluster.main",
        r#"{"name": "main", "setting": [{"name": "containerInsights", "value": "enabled"}]}"#,
    );
    scene.add(
        "aws_ecs_cluster_capacity_providers.main",
        r#"{"cluster_name": "@aws_ecs_cluster.main.name", "capacity_providers": ["FARGATE"]}"#,
    );
    scene.add("aws_ecs_task_definition.t[\"web\"]", r#"{"family": "web"}"#);
    scene.add("aws_ecs_task_definition.t[\"job\"]", r#"{"family": "job"}"#);
    scene.add(
        "aws_ecs_service.web",
        r#"{"name": "web", "cluster": "@aws_ecs_cluster.main.id", "desired_count": "2",
        "task_definition": "@aws_ecs_task_definition.t[\"web\"].arn", "launch_type": null,
        "deployment_circuit_breaker": [{"enable": true, "rollback": false}],
        "network_configuration": [{"subnets": ["@aws_subnet.a.id", "subnet-1", "@rest"], "security_groups": ["@aws_security_group.s.id"]}],
        "load_balancer": [{"target_group_arn": "@aws_lb_target_group.web.arn", "container_name": "web", "container_port": 80}]}"#,
    );
    scene.add("aws_subnet.a", r#"{"vpc_id": "@aws_vpc.main.id"}"#);
    scene.add("aws_vpc.main", r#"{"cidr_block": "10.0.0.0/16"}"#);
    scene.add(
        "aws_security_group.s",
        r#"{"name": "s", "ingress": [{"from_port": 80, "to_port": 80, "protocol": "tcp"}]}"#,
    );
    scene.add(
        "aws_security_group_rule.r",
        r#"{"type": "ingress", "security_group_id": "@aws_security_group.s.id"}"#,
    );
    scene.add("aws_lb_target_group.web", r#"{"name": "web", "health_check": [{"path": "/"}]}"#);
    scene.add("aws_lb.main", r#"{"name": "main", "subnets": ["@aws_subnet.a.id"]}"#);
    scene.add(
        "aws_lb_listener.http",
        r#"{"load_balancer_arn": "@aws_lb.main.arn", "port": "80", "default_action": [{"type": "forward",
        "forward": [{"target_group": [{"arn": "@aws_lb_target_group.web.arn"}]}]}]}"#,
    );
    scene.add(
        "aws_lb_listener_rule.r",
        r#"{"listener_arn": "@aws_lb_listener.http.arn", "action": [{"type": "redirect", "redirect": [{"protocol": "HTTPS"}]}]}"#,
    );
    scene.add(
        "aws_appautoscaling_target.web",
        r#"{"service_namespace": "ecs", "max_capacity": 4, "min_capacity": 1,
        "resource_id": "service/{@aws_ecs_cluster.main.name}/{@aws_ecs_service.web.name}"}"#,
    );
    scene.add("aws_glue_job.q", "{}");
    let deployment = scene.lower();
    let service = &deployment.services[0];
    assert_eq!(service.meta.stage.stage, Stage::Production);
    assert_eq!(service.desired_count.known(), Some(&2));
    assert!(service.launch_type.is_absent());
    let task = deployment.task_definition(service.task_definition_link.to().unwrap()).unwrap();
    assert_eq!(text(&task.family), "web");
    let cluster = deployment.cluster(service.cluster_link.to().unwrap()).unwrap();
    assert_eq!(text(&cluster.container_insights), "enabled");
    assert_eq!(text(&cluster.capacity_providers.items[0]), "FARGATE");
    let network = service.network.known().unwrap();
    assert!(network.subnet_links[0].to().is_some());
    assert!(matches!(network.subnet_links[1], Link::NotFound(_)));
    assert_eq!(network.subnets.causes(), missing("things"));
    assert!(network.security_group_links[0].to().is_some());
    assert!(service.load_balancers.items[0].target_group_link.to().is_some());
    assert_eq!(service.scaling.len(), 1);
    assert!(deployment.security_group_rules[0].group_link.to().is_some());
    let listener = &deployment.listeners[0];
    assert!(listener.load_balancer_link.to().is_some());
    assert!(listener.default_actions.items[0].target_group_links[0].to().is_some());
    assert_eq!(listener.rules.len(), 1);
    assert_eq!(deployment.others.len(), 1);
}

#[test]
fn services_are_linked_by_name_and_arn() {
    let mut scene = Scene::new("infra");
    scene.add("aws_ecs_task_definition.t", r#"{"family": "web"}"#);
    scene.add("aws_ecs_cluster.c", r#"{"name": "main"}"#);
    for (at, task) in [
        "web",
        "web:3",
        "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:12",
        "arn:aws:ecs:{@data.aws_region.r.name}:{@data.aws_caller_identity.me.account_id}:task-definition/web",
        "{@aws_ecs_task_definition.t.family}:{@data.aws_ecs_task_definition.t.revision}",
        "@data.aws_ecs_task_definition.t.arn",
    ]
    .iter()
    .enumerate()
    {
        let body = format!(r#"{{"name": "s{at}", "cluster": "main", "task_definition": "{task}"}}"#);
        scene.add(&format!("aws_ecs_service.s{at}"), &body);
    }
    scene
        .add("data.aws_ecs_task_definition.t", r#"{"task_definition": "@aws_ecs_task_definition.t.family"}"#);
    scene.add("data.aws_ecs_task_definition.other", r#"{"task_definition": "elsewhere"}"#);
    scene.add("aws_ecs_service.lost", r#"{"name": "lost", "task_definition": "gone:1"}"#);
    scene.add(
        "aws_ecs_service.read",
        r#"{"name": "read", "task_definition": "@data.aws_ecs_task_definition.other.arn"}"#,
    );
    scene.add("aws_appautoscaling_target.a", r#"{"resource_id": "service/main/s1", "max_capacity": 3}"#);
    scene.add(
        "aws_appautoscaling_target.b",
        r#"{"resource_id": "service/{@var.cluster}/s2", "max_capacity": 3}"#,
    );
    let deployment = scene.lower();
    for service in &deployment.services[..6] {
        assert!(
            service.task_definition_link.to().is_some(),
            "{}: {:?}",
            service.meta.address,
            service.task_definition_link
        );
        assert!(service.cluster_link.to().is_some());
    }
    let link = |name: &str| {
        let found = deployment.services.iter().find(|service| &*service.meta.address == name);
        found.unwrap().task_definition_link.clone()
    };
    assert!(matches!(link("aws_ecs_service.lost"), Link::NotFound(text) if &*text == "gone:1"));
    let Link::Unknown(causes) = link("aws_ecs_service.read") else { panic!("a data source is not missing") };
    assert!(matches!(causes.first(), Some(Cause::Data { .. })));
    assert_eq!([1, 2, 3].map(|at| deployment.services[at].scaling.len()), [1, 1, 0]);
}

#[test]
fn what_may_be_in_a_missing_module_is_not_called_missing() {
    let mut scene = Scene::new("infra");
    let added = scene.add("aws_ecs_service.s", r#"{"name": "s", "task_definition": "web"}"#);
    let header = added.header;
    let arguments = added.body.clone();
    scene.evaluation.unresolved_modules.push(UnresolvedModule {
        address: "module.tasks".into(),
        source: "acme/tasks/aws".into(),
        version: None,
        header,
        arguments,
    });
    let deployment = scene.lower();
    let Link::Unknown(causes) = &deployment.services[0].task_definition_link else { panic!("unknown") };
    assert!(matches!(causes.first(), Some(Cause::UnresolvedModule { .. })));
    assert_eq!(deployment.missing_modules.len(), 1);
}

#[test]
fn symbolic_instances_find_each_other() {
    let mut scene = Scene::new("infra");
    let multiplicity = Multiplicity::Between { low: 0, high: None, causes: missing("services") };
    scene.add("aws_ecs_task_definition.t[*]", r#"{"family": "@var.name"}"#).multiplicity =
        multiplicity.clone();
    scene
        .add(
            "aws_ecs_service.s[*]",
            r#"{"name": "@var.name", "task_definition": "@aws_ecs_task_definition.t[*].arn"}"#,
        )
        .multiplicity = multiplicity;
    scene.add(
        "aws_ecs_service.web",
        r#"{"name": "web", "task_definition": "@aws_ecs_task_definition.t[\"web\"].arn"}"#,
    );
    scene.add("aws_ecs_service.named", r#"{"name": "named", "task_definition": "web"}"#);
    let deployment = scene.lower();
    assert!(deployment.services[0].meta.count.is_conditional());
    assert!(deployment.services[0].task_definition_link.to().is_some());
    assert!(deployment.services[1].task_definition_link.to().is_some());
    assert!(matches!(deployment.services[2].task_definition_link, Link::Unknown(_)), "a family may be `web`");
}

#[test]
fn schedules_join_rule_and_target() {
    let mut scene = Scene::new("infra");
    scene.add("aws_ecs_task_definition.job", r#"{"family": "job"}"#);
    scene.add(
        "aws_cloudwatch_event_rule.nightly",
        r#"{"name": "nightly", "schedule_expression": "rate(1 day)", "state": "DISABLED"}"#,
    );
    scene.add(
        "aws_cloudwatch_event_target.job",
        r#"{"rule": "@aws_cloudwatch_event_rule.nightly.name", "arn": "x",
        "ecs_target": [{"task_definition_arn": "@aws_ecs_task_definition.job.arn", "task_count": 2, "launch_type": "FARGATE"}]}"#,
    );
    scene.add("aws_cloudwatch_event_target.queue", r#"{"rule": "nightly", "arn": "x"}"#);
    scene.add(
        "aws_scheduler_schedule.job",
        r#"{"schedule_expression": "cron(0 3 * * ? *)",
        "target": [{"arn": "x", "ecs_parameters": [{"task_definition_arn": "@aws_ecs_task_definition.job.arn"}]}]}"#,
    );
    let deployment = scene.lower();
    let [target, schedule] = [0, 1].map(|at| &deployment.scheduled_tasks[at]);
    assert_eq!(text(&target.expression), "rate(1 day)");
    assert_eq!(target.enabled.known(), Some(&false));
    assert_eq!(target.task_count.known(), Some(&2));
    assert!(target.task_definition_link.to().is_some());
    assert_eq!(text(&schedule.expression), "cron(0 3 * * ? *)");
    assert!(schedule.task_definition_link.to().is_some());
    assert_eq!(deployment.others.len(), 2);
}

#[test]
fn regions_tags_and_ignored_changes_are_kept() {
    let mut scene = Scene::new("infra");
    let provider = scene
        .value(r#"{"region": "eu-west-1", "default_tags": [{"tags": {"Team": "core", "Stage": "dev"}}]}"#);
    let service = scene.add("aws_ecs_service.s", r#"{"name": "s", "tags": {"Team": "web"}}"#);
    service.provider = Some(Arc::new(provider));
    service.lifecycle.ignore_changes = vec!["task_definition".into()];
    scene.add("aws_ecs_service.t", r#"{"name": "t", "region": "@var.region"}"#);
    let deployment = scene.lower();
    let meta = &deployment.services[0].meta;
    assert_eq!(text(&meta.region), "eu-west-1");
    assert_eq!(text(&meta.tags["Team"]), "web");
    assert_eq!(meta.stage.stage, Stage::NonProduction);
    assert!(meta.ignored.covers("task_definition"));
    assert!(matches!(deployment.services[1].meta.region.state, State::Unknown(_)));
}

#[test]
fn databases_and_caches_are_lowered() {
    let mut scene = Scene::new("infra");
    scene.add(
        "aws_db_instance.main",
        r#"{"engine": "postgres", "instance_class": "db.t3.micro", "allocated_storage": "20", "multi_az": "false",
        "vpc_security_group_ids": ["@aws_security_group.db.id"], "password": "not-a-real-password-1"}"#,
    );
    scene.add("aws_db_instance.copy", r#"{"replicate_source_db": "@aws_db_instance.main.identifier"}"#);
    scene.add(
        "aws_security_group.db",
        r#"{"ingress": [{"cidr_blocks": ["0.0.0.0/0"]}], "egress": ["@rest"]}"#,
    );
    scene.add(
        "aws_rds_cluster.a",
        r#"{"cluster_identifier": "a", "engine": "aurora-postgresql", "serverlessv2_scaling_configuration": [{"min_capacity": 0.5}]}"#,
    );
    scene.add(
        "aws_rds_cluster_instance.a",
        r#"{"cluster_identifier": "a", "instance_class": "db.serverless"}"#,
    );
    scene.add(
        "aws_elasticache_replication_group.r",
        r#"{"cluster_mode": [{"num_node_groups": 2}], "node_type": "cache.t3.micro"}"#,
    );
    let deployment = scene.lower();
    let [main, copy] = [0, 1].map(|at| &deployment.databases[at]);
    assert_eq!(main.allocated_storage.known(), Some(&20));
    assert_eq!(main.multi_az.known(), Some(&false));
    assert!(main.security_group_links[0].to().is_some());
    assert_eq!(text(&copy.engine), "postgres");
    assert_eq!(deployment.databases[2].cluster_link.to().map(crate::model::graph::Id::index), Some(0));
    assert_eq!(deployment.database_clusters[0].serverless_min.known().unwrap().to_string(), "0.5");
    assert!(deployment.security_groups[0].egress.open.is_some());
    let crate::model::cache::CacheShape::ReplicationGroup { node_groups, .. } = &deployment.caches[0].shape
    else {
        panic!("a replication group")
    };
    assert_eq!(node_groups.known(), Some(&2));
}

#[test]
fn a_region_that_no_provider_names_comes_from_what_stands_beside() {
    let mut scene = Scene::new("infra");
    scene.add("aws_subnet.a", r#"{"availability_zone": "eu-central-1b"}"#);
    scene.add("aws_ecs_cluster.c", r#"{"name": "c"}"#);
    assert_eq!(text(&scene.lower().clusters[0].meta.region), "eu-central-1");
    scene.add("aws_subnet.b", r#"{"availability_zone": "eu-west-1b"}"#);
    assert!(scene.lower().clusters[0].meta.region.is_absent());
    let module = Module { evaluation: &scene.evaluation, input: Input::Terraform };
    let options = Options { region: Some("us-east-1".to_owned()), ..Options::default() };
    let deployment = lower(Inputs { evaluations: vec![module], ..Inputs::default() }, &options);
    assert_eq!(text(&deployment.clusters[0].meta.region), "us-east-1");
}

#[test]
fn a_service_has_the_stage_of_its_task() {
    let mut scene = Scene::new("infra");
    let containers =
        scene.value(r#"[{"name": "a", "environment": [{"name": "APP_ENV", "value": "staging"}]}]"#);
    let task = scene.add("aws_ecs_task_definition.t", r#"{"family": "t"}"#);
    with(task, "container_definitions", encoded(containers));
    scene.add("aws_ecs_service.s", r#"{"task_definition": "@aws_ecs_task_definition.t.arn"}"#);
    assert_eq!(scene.lower().services[0].meta.stage.stage, Stage::NonProduction);
}

#[test]
fn a_choice_is_no_identity() {
    let mut scene = Scene::new("infra");
    scene.add("aws_ecs_task_definition.a", r#"{"family": "a"}"#);
    scene.add("aws_ecs_task_definition.b", r#"{"family": "b"}"#);
    let service = scene.add("aws_ecs_service.s", r#"{"name": "s"}"#);
    let at = service.body.clone();
    let choices = |names: [&str; 2]| {
        let each = names.map(|name| unknown(name, &at));
        let mut causes = missing("which");
        each.iter().for_each(|value| causes.add_all(&value.causes()));
        Value::from_unknown(Unknown { alternatives: each.into(), ..Unknown::new(causes) }, at.origin.clone())
    };
    let [both, same] = [
        ["aws_ecs_task_definition.a.arn", "aws_ecs_task_definition.b.arn"],
        ["aws_ecs_task_definition.a.arn"; 2],
    ]
    .map(choices);
    let nullable = {
        let mut unknown = Unknown::new(both.causes());
        unknown.alternatives = vec![same.clone(), Value::null(at.origin.clone())];
        Value::from_unknown(unknown, at.origin.clone())
    };
    for (value, linked) in [(both, false), (same, true), (nullable, false)] {
        with(scene.evaluation.resources.last_mut().unwrap(), "task_definition", value);
        assert_eq!(scene.lower().services[0].task_definition_link.to().is_some(), linked);
    }
}

#[test]
fn an_attribute_that_names_nothing_is_no_identity() {
    let mut scene = Scene::new("infra");
    scene.add("aws_ecr_repository.api", r#"{"name": "api"}"#);
    scene.add("aws_ecr_repository.web", r#"{"name": "web"}"#);
    let image = "{@aws_ecr_repository.api.registry_id}.dkr.ecr.eu-west-1.amazonaws.com/web:{@var.tag}";
    let containers = scene.value(&format!(r#"[{{"name": "web", "image": "{image}"}}]"#));
    let task = scene.add("aws_ecs_task_definition.t", r#"{"family": "t"}"#);
    with(task, "container_definitions", encoded(containers));
    let deployment = scene.lower();
    let link = deployment.task_definitions[0].containers.items[0].image_repository.to();
    assert_eq!(text(&deployment.repository(link.unwrap()).unwrap().name), "web");
}

#[test]
fn defects_are_found_in_every_notation() {
    let mut scene = Scene::new("infra");
    scene.add("aws_ecs_task_definition.a", r#"{"family": "a", "container_definitions": "[{\"name\": 1,"}"#);
    let containers = scene.value(r#"[{"Name": "web", "memmory": 512}]"#);
    let task = scene.add("aws_ecs_task_definition.b", r#"{"family": "b"}"#);
    with(task, "container_definitions", encoded(containers));
    let root = scene
        .value(r#"{"family": "raw", "cpu": "256", "containerDefinitions": [{"name": "x", "cpu": "1"}]}"#);
    let mut found = super::defects::of_document(&RawTaskDefinition { name: "raw.json".into(), root });
    found.extend(super::defects::of_evaluation(&scene.evaluation));
    let resources: Vec<_> = found.iter().map(|defect| &*defect.resource).collect();
    assert_eq!(resources, ["raw", "aws_ecs_task_definition.a", "aws_ecs_task_definition.b"], "{found:?}");
}

#[test]
fn templates_that_share_parts_end_in_time() {
    let mut scene = Scene::new("infra");
    let mut value = scene.value(r#""[{@var.a}{@var.b}""#);
    for _ in 0..60 {
        let hole = || Part::hole(value.clone());
        let built = Some(Arc::new(Built::Template(vec![hole(), hole()])));
        value = Value::from_unknown(Unknown { built, ..Unknown::new(missing("a")) }, value.origin.clone());
    }
    let task = scene.add("aws_ecs_task_definition.t", r#"{"family": "t"}"#);
    with(task, "container_definitions", value.clone());
    with(task, "family", value.clone());
    with(task, "task_role_arn", value);
    let deployment = scene.lower();
    assert!(deployment.task_definitions[0].containers.open.is_some());
    assert!(deployment.task_definitions[0].family.not_known().is_some());
}

#[test]
fn a_list_inside_a_list_stands_for_an_unknown_number() {
    let mut scene = Scene::new("infra");
    scene.add("aws_lb.plain", r#"{"name": "a", "subnets": ["subnet-1", "subnet-2"]}"#);
    scene.add("aws_lb.nested", r#"{"name": "b", "subnets": [["subnet-1", "subnet-2"], "subnet-3"]}"#);
    let deployment = scene.lower();
    let closed = |name: &str| {
        let balancer =
            deployment.load_balancers.iter().find(|balancer| balancer.name.known().unwrap() == name);
        let subnets = &balancer.unwrap().subnets;
        (subnets.is_closed(), subnets.items.len())
    };
    assert_eq!(closed("a"), (true, 2));
    assert_eq!(closed("b"), (false, 1));
}
