//! Evaluated Terraform resources to nodes of the model: one dispatch by resource type. Links are resolved
//! later, by `model::link`.

mod balancer;
mod budget;
mod cache;
mod compute;
mod database;
mod dns;
mod ecs;
mod iam;
mod keys;
mod logs;
mod messaging;
mod monitoring;
mod network;
mod registry;
mod schedule;
mod secrets;
mod storage;
mod urls;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::read::Reader;
use super::{Options, stage};
use crate::model::{
    Count, Deployment, Field, IgnoredChanges, Input, Meta, MissingModule, Other, RawResource, Reference, Unit,
};
use crate::terraform::{Evaluation, Mode, Multiplicity, Resource};
use crate::value::{Causes, Kind, Origin, Value};

/// What the families know besides the resource.
pub(crate) struct Context<'a> {
    unit: Unit,
    input: Input,
    options: &'a Options,
    /// Stage hints of the whole root module.
    hints: Vec<stage::Hint>,
    /// Managed resources that others are joined with while lowering, by address.
    by_address: HashMap<&'a str, &'a Resource>,
    /// EventBridge rules by known name.
    event_rules: HashMap<String, &'a Resource>,
}

/// Lowers every managed resource of one root module into `deployment`.
pub(crate) fn lower(
    evaluation: &Evaluation,
    name: &str,
    input: Input,
    unit: Unit,
    options: &Options,
    deployment: &mut Deployment,
) {
    let managed = || evaluation.resources.iter().filter(|resource| resource.mode == Mode::Managed);
    let context = Context {
        unit,
        input,
        options,
        hints: stage::of_root(name, options),
        by_address: managed().map(|resource| (&*resource.address, resource)).collect(),
        event_rules: schedule::rules_by_name(managed()),
    };
    for resource in evaluation.resources.iter().filter(|resource| resource.mode == Mode::Data) {
        if let Some(reads) = data_source(&context, resource) {
            deployment.data_sources.insert((unit, resource.address.clone()), reads);
        }
    }
    for resource in managed() {
        if options.raw_types.contains(&resource.ty) {
            let arguments = resource.body.clone();
            deployment.resources.push(RawResource { meta: context.meta(resource), arguments });
        }
        match family(&resource.ty) {
            Some(lower) => lower(&context, resource, deployment),
            None => deployment.others.push(context.other(resource)),
        }
    }
    deployment.password_urls.extend(urls::with_passwords(&context, evaluation));
    deployment.missing_modules.extend(evaluation.unresolved_modules.iter().map(|module| MissingModule {
        address: module.address.clone(),
        source: module.source.clone(),
        header: module.header,
        unit,
    }));
}

type Lower = fn(&Context<'_>, &Resource, &mut Deployment);

/// How a resource type is lowered; `None` for types that no family models.
fn family(ty: &str) -> Option<Lower> {
    Some(match ty {
        "aws_ecs_task_definition" => ecs::task_definition,
        "aws_ecs_service" => ecs::service,
        "aws_ecs_task_set" => ecs::task_set,
        "aws_ecs_cluster" => ecs::cluster,
        "aws_ecs_capacity_provider" => ecs::capacity_provider,
        "aws_ecs_cluster_capacity_providers" => ecs::capacity_providers,
        "aws_appautoscaling_target" => ecs::scaling_target,
        "aws_appautoscaling_scheduled_action" => ecs::scheduled_action,
        "aws_lb" | "aws_alb" => balancer::load_balancer,
        "aws_elb" => balancer::classic,
        "aws_lb_listener" | "aws_alb_listener" => balancer::listener,
        "aws_lb_listener_rule" | "aws_alb_listener_rule" => balancer::listener_rule,
        "aws_lb_target_group" | "aws_alb_target_group" => balancer::target_group,
        "aws_db_instance" => database::instance,
        "aws_rds_cluster" => database::cluster,
        "aws_rds_cluster_instance" => database::cluster_instance,
        "aws_rds_global_cluster" => database::global_cluster,
        "aws_db_proxy" => database::proxy,
        "aws_db_proxy_target" => database::proxy_target,
        "aws_elasticache_cluster" => cache::cluster,
        "aws_elasticache_replication_group" => cache::replication_group,
        "aws_elasticache_serverless_cache" => cache::serverless,
        "aws_vpc" => network::vpc,
        "aws_subnet" => network::subnet,
        "aws_security_group" | "aws_default_security_group" => network::security_group,
        "aws_security_group_rule" => network::security_group_rule,
        "aws_vpc_security_group_ingress_rule" => network::ingress_rule,
        "aws_vpc_security_group_egress_rule" => network::egress_rule,
        "aws_nat_gateway" => network::nat_gateway,
        "aws_eip" => network::elastic_ip,
        "aws_vpc_endpoint" => network::endpoint,
        "aws_cloudwatch_log_group" => logs::log_group,
        "aws_ecr_repository" => registry::repository,
        "aws_ecr_lifecycle_policy" => registry::lifecycle_policy,
        "aws_ecr_registry_scanning_configuration" => registry::scanning,
        "aws_ecr_pull_through_cache_rule" => registry::pull_through_cache,
        "aws_budgets_budget" => budget::budget,
        "aws_secretsmanager_secret" => secrets::secret,
        "aws_ssm_parameter" => secrets::parameter,
        "aws_iam_role" => iam::role,
        "aws_iam_role_policy" | "aws_iam_policy" => iam::policy,
        "aws_iam_role_policy_attachment" => iam::attachment,
        "aws_cloudwatch_event_target" => schedule::event_target,
        "aws_scheduler_schedule" => schedule::schedule,
        "aws_cloudwatch_metric_alarm" => monitoring::alarm,
        "aws_cloudwatch_composite_alarm" => monitoring::composite_alarm,
        "aws_cloudwatch_dashboard" => monitoring::dashboard,
        "aws_cloudwatch_log_metric_filter" => monitoring::metric_filter,
        "aws_route53_zone"
        | "aws_service_discovery_private_dns_namespace"
        | "aws_service_discovery_public_dns_namespace" => dns::zone,
        "aws_route53_health_check" => dns::health_check,
        "aws_route53_resolver_endpoint" => dns::resolver_endpoint,
        "aws_service_discovery_service" => dns::discovery_service,
        "aws_service_discovery_instance" => dns::discovery_instance,
        "aws_efs_file_system" => storage::file_system,
        "aws_s3_bucket" => storage::bucket,
        "aws_sqs_queue" => messaging::queue,
        "aws_sns_topic" => messaging::topic,
        "aws_cloudwatch_event_bus" => messaging::event_bus,
        "aws_kms_key" | "aws_kms_replica_key" | "aws_kms_external_key" | "aws_kms_replica_external_key" => {
            keys::key
        }
        "aws_instance" | "aws_spot_instance_request" => compute::instance,
        "aws_launch_template" => compute::launch_template,
        "aws_launch_configuration" => compute::launch_configuration,
        "aws_autoscaling_group" => compute::group,
        "aws_ebs_volume" => compute::volume,
        _ => return None,
    })
}

/// What a data source reads, as far as its arguments say.
fn data_source(context: &Context<'_>, resource: &Resource) -> Option<Reference> {
    let keys: &[&str] = match &*resource.ty {
        "aws_ecs_task_definition" => &["task_definition"],
        "aws_ecs_cluster" => &["cluster_name"],
        "aws_ecs_service" => &["service_name"],
        "aws_lb" | "aws_alb" | "aws_lb_target_group" | "aws_alb_target_group" => &["arn", "name"],
        "aws_lb_listener" | "aws_alb_listener" => &["arn"],
        "aws_security_group" | "aws_vpc" | "aws_subnet" => &["id", "name"],
        "aws_db_instance" => &["db_instance_identifier"],
        "aws_rds_cluster" => &["cluster_identifier"],
        "aws_secretsmanager_secret" => &["arn", "name"],
        "aws_ecr_repository" | "aws_cloudwatch_log_group" | "aws_iam_role" | "aws_ssm_parameter" => &["name"],
        "aws_ami" => return compute::image(context, resource),
        _ => return None,
    };
    let reader = context.reader(resource);
    let written = keys.iter().map(|key| reader.reference(key, &[&resource.ty])).find(Field::is_written)?;
    written.known().cloned()
}

impl Context<'_> {
    fn meta(&self, resource: &Resource) -> Meta {
        let origin = Origin::at(resource.header);
        let reader = self.reader(resource);
        let (mut tags, mut tags_open) = (BTreeMap::new(), Causes::none());
        let mut add = |(further, open): (BTreeMap<_, _>, Causes)| {
            tags.extend(further);
            tags_open.add_all(&open);
        };
        if let Some(provider) = &resource.provider {
            let provider = Reader::with_header(Value::clone(provider), origin.clone());
            add(provider.within("default_tags").text_map("tags"));
        }
        add(reader.text_map("tags"));
        let hints = self.hints.iter().cloned().chain(stage::of_resource(resource, &reader, &tags));
        Meta {
            address: resource.address.clone(),
            kind: resource.ty.clone(),
            block: resource.block,
            calls: resource.calls.clone(),
            input: self.input,
            count: count(&resource.multiplicity),
            region: Self::region(resource, &reader),
            stage: self.options.stage_or(hints),
            tags,
            tags_open,
            ignored: IgnoredChanges {
                all: resource.lifecycle.ignore_all,
                names: resource.lifecycle.ignore_changes.clone(),
                span: resource.lifecycle.span,
                unsaid: resource.lifecycle.unsaid.clone(),
            },
            unit: self.unit,
            origin,
        }
    }

    /// A resource that no family models, with what it mentions.
    fn other(&self, resource: &Resource) -> Other {
        let meta = self.meta(resource);
        let mut mentions = Vec::new();
        collect_mentions(&resource.body, &meta.origin, "", 0, &mut mentions);
        Other { meta, mentions }
    }

    /// A reader of the resource's arguments; absent ones are blamed on the block's header.
    fn reader(&self, resource: &Resource) -> Reader {
        Reader::with_header(resource.body.clone(), Origin::at(resource.header))
    }

    /// The resource's own `region` (AWS provider 6), else its provider's.
    fn region(resource: &Resource, reader: &Reader) -> Field<String> {
        let header = Origin::at(resource.header);
        let own = reader.string("region");
        match &resource.provider {
            Some(provider) if own.is_absent() => {
                Reader::with_header(Value::clone(provider), header).string("region")
            }
            _ => own,
        }
    }

    /// The managed resource a field refers to.
    fn target(&self, address: &str) -> Option<&Resource> {
        self.by_address.get(address).copied()
    }
}

/// Mentions beyond this, or nested deeper, are not looked at.
const MOST_MENTIONS: usize = 64;
const DEEPEST_MENTION: usize = 8;

fn collect_mentions(
    value: &Value,
    header: &Origin,
    path: &str,
    depth: usize,
    into: &mut Vec<(Arc<str>, Field<Reference>)>,
) {
    if depth > DEEPEST_MENTION || into.len() >= MOST_MENTIONS {
        return;
    }
    match &value.kind {
        Kind::Mapping(mapping) => {
            for (key, entry) in &mapping.entries {
                let path = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
                collect_mentions(&value.child(&entry.value), header, &path, depth + 1, into);
            }
        }
        Kind::Sequence(sequence) => {
            for item in &sequence.items {
                collect_mentions(&value.child(item), header, path, depth + 1, into);
            }
        }
        Kind::String(_) | Kind::Unknown(_) => {
            into.push((Arc::from(path), super::read::reference(value, header, &[])));
        }
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) => {}
    }
}

fn count(multiplicity: &Multiplicity) -> Count {
    match multiplicity {
        Multiplicity::One => Count::One,
        Multiplicity::Between { low, high, causes } => {
            Count::Between { low: *low, high: *high, causes: Causes::clone(causes) }
        }
    }
}

/// An argument as a tree of values: a policy document inside a string.
fn document(reader: &Reader, key: &str) -> Option<Value> {
    let text = reader.get(key)?;
    Some(super::task_definition::structure(&text).unwrap_or(text))
}

/// `name`, or the start given by `name_prefix` as a partly known name.
fn name(reader: &Reader, prefix_key: &str) -> Field<String> {
    use crate::model::{NotKnown, PatternPart, State};
    let name = reader.string("name");
    let prefix = reader.string(prefix_key);
    let (true, Some(text)) = (name.is_absent(), prefix.known()) else { return name };
    let pattern: Arc<[PatternPart]> =
        Arc::from([PatternPart::Known(Arc::from(text.as_str())), PatternPart::Hole]);
    let causes = crate::model::field::unsupported(format!("a name starting with {text}"));
    let state =
        State::unknown(NotKnown { causes, alternatives: Vec::new(), pattern: Some(pattern), not_null: true });
    Field { state, origin: prefix.origin, sensitive: prefix.sensitive }
}
