//! Resolves what nodes refer to: by identity, by ARN, by family or name, through data sources. One pass over
//! the nodes; every lookup is a hash lookup.
//!
//! A link is `NotFound` only where the name is known and no node can have it: with nodes of unknown name or
//! modules that could not be followed, it stays unknown.

mod names;

use std::collections::HashMap;
use std::sync::Arc;

use super::address::Address;
use super::field::unsupported;
use super::graph::{Id, Index, ServiceId};
use super::iam::PolicyAttachment;
use super::service::ServiceNetwork;
use super::task::TaskDefinition;
use super::{
    Count, Deployment, Field, Items, Link, Meta, NotKnown, Open, PatternPart, Reference, State, Unit,
};
use crate::value::{Cause, Causes};
use names::Bare;

/// Data sources that read data sources are followed this far.
const DEEPEST_DATA: usize = 4;
/// Stands for an unknown part while a partly known text is taken apart.
const HOLE: char = '\u{0}';

/// Resolves every link of the deployment.
pub fn link(deployment: &mut Deployment) {
    let data = std::mem::take(&mut deployment.data_sources);
    let scope = Scope { data: &data, missing: missing_modules(deployment) };
    link_networks(deployment, &scope);
    link_balancers(deployment, &scope);
    link_data_stores(deployment, &scope);
    link_compute(deployment, &scope);
    link_tasks(deployment, &scope);
    link_services(deployment, &scope);
    deployment.data_sources = data;
}

/// What every resolution needs besides the family's own book.
struct Scope<'a> {
    data: &'a HashMap<(Unit, Arc<str>), Reference>,
    /// Per unit, the modules that could not be followed: what is not found may be in them.
    missing: HashMap<Unit, Causes>,
}

fn missing_modules(deployment: &Deployment) -> HashMap<Unit, Causes> {
    let mut missing: HashMap<Unit, Causes> = HashMap::new();
    for module in &deployment.missing_modules {
        missing
            .entry(module.unit)
            .or_default()
            .add(Cause::UnresolvedModule { source: module.source.clone() });
    }
    missing
}

/// The nodes of one family, by address and name.
struct Book<I> {
    index: Index<I>,
    /// By address without the last key: the only instance, or `None` where there are several.
    bases: HashMap<(Unit, Arc<str>), Option<I>>,
    /// Per unit, why some nodes' names are not known.
    unnamed: HashMap<Unit, Causes>,
    bare: Bare,
}

impl<I: Id> Book<I> {
    fn of<'a, N: 'a>(
        nodes: impl IntoIterator<Item = &'a N>,
        meta: impl Fn(&N) -> &Meta,
        name: impl Fn(&N) -> Option<&Field<String>>,
        bare: Bare,
    ) -> Self {
        let mut book = Self { index: Index::default(), bases: HashMap::new(), unnamed: HashMap::new(), bare };
        for (at, node) in nodes.into_iter().enumerate() {
            book.add(I::new(at), meta(node), name(node));
        }
        book
    }

    /// Nodes that others name only by identity.
    fn by_identity<'a, N: 'a>(nodes: impl IntoIterator<Item = &'a N>, meta: impl Fn(&N) -> &Meta) -> Self {
        Self::of(nodes, meta, |_| None, names::none)
    }

    fn add(&mut self, id: I, meta: &Meta, name: Option<&Field<String>>) {
        let unit = meta.unit;
        self.index.add_address(unit, meta.address.clone(), id);
        self.bases
            .entry((unit, Arc::from(Address::parse(&meta.address).base)))
            .and_modify(|only| *only = None)
            .or_insert(Some(id));
        match name.map(|name| &name.state) {
            Some(State::Known(name)) => self.index.add_name(unit, Arc::from(name.as_str()), id),
            Some(State::Unknown(unknown)) => {
                self.unnamed.entry(unit).or_default().add_all(&unknown.causes);
            }
            Some(State::Absent) | None => {}
        }
    }

    fn resolve(&self, scope: &Scope<'_>, unit: Unit, field: &Field<Reference>) -> Link<I> {
        match &field.state {
            State::Absent => Link::Absent,
            State::Known(reference) => self.reference(scope, unit, reference, 0),
            State::Unknown(unknown) => self.unknown(scope, unit, unknown),
        }
    }

    fn resolve_all(&self, scope: &Scope<'_>, unit: Unit, items: &Items<Field<Reference>>) -> Vec<Link<I>> {
        items.iter().map(|field| self.resolve(scope, unit, field)).collect()
    }

    fn unknown(&self, scope: &Scope<'_>, unit: Unit, unknown: &NotKnown<Reference>) -> Link<I> {
        let mut choices =
            unknown.alternatives.iter().map(|choice| self.reference(scope, unit, choice, 0).to());
        if let Some(Some(first)) = choices.next()
            && choices.all(|choice| choice.is_some_and(|id| id.index() == first.index()))
        {
            return Link::To(first);
        }
        let by_pattern = unknown.pattern.as_deref().and_then(|pattern| self.pattern(unit, pattern));
        by_pattern.map_or_else(|| Link::Unknown(unknown.causes.clone()), Link::To)
    }

    fn reference(&self, scope: &Scope<'_>, unit: Unit, reference: &Reference, depth: usize) -> Link<I> {
        let Some((address, attribute)) = &reference.target else {
            return match (&reference.text, &reference.pattern) {
                (Some(text), _) => self.text(scope, unit, text),
                (None, Some(pattern)) => self
                    .pattern(unit, pattern)
                    .map_or_else(|| Link::Unknown(unsupported("a partly known name")), Link::To),
                (None, None) => Link::Absent,
            };
        };
        if let Some(id) = self.address(unit, address) {
            return Link::To(id);
        }
        let data = Address::parse(address).data;
        if data
            && depth < DEEPEST_DATA
            && let Some(read) = scope.data.get(&(unit, address.clone()))
            && let Link::To(id) = self.reference(scope, unit, read, depth + 1)
        {
            return Link::To(id);
        }
        if let Some(text) = &reference.text {
            match self.text(scope, unit, text) {
                // What AWS knows by that name exists, though not in the files; a rendered template is only text.
                Link::NotFound(_) if data && Address::parse(address).ty.starts_with("aws_") => {}
                link => return link,
            }
        }
        let (address, attribute) = (address.clone(), attribute.clone());
        let cause =
            if data { Cause::Data { address, attribute } } else { Cause::Computed { address, attribute } };
        Link::Unknown(Causes::one(cause))
    }

    /// The node at an address. Where a key is not known on one side, the only instance is meant.
    fn address(&self, unit: Unit, address: &str) -> Option<I> {
        self.index.address(unit, address).or_else(|| {
            let base = Address::parse(address).base;
            self.bases.get(&(unit, Arc::from(base))).copied().flatten()
        })
    }

    fn pattern(&self, unit: Unit, pattern: &[PatternPart]) -> Option<I> {
        let text: String = pattern
            .iter()
            .map(|part| match part {
                PatternPart::Known(text) => text.replace(HOLE, ""),
                PatternPart::Hole => HOLE.to_string(),
            })
            .collect();
        let name = (self.bare)(&text).filter(|name| !name.contains(HOLE))?;
        match self.named(unit, name) {
            Named::One(id) => Some(id),
            Named::Several | Named::No => None,
        }
    }

    fn text(&self, scope: &Scope<'_>, unit: Unit, text: &Arc<str>) -> Link<I> {
        let candidates = [Some(&**text), (self.bare)(text)];
        for name in candidates.into_iter().flatten() {
            match self.named(unit, name) {
                Named::One(id) => return Link::To(id),
                Named::Several => return Link::Unknown(unsupported(format!("which {name} is meant"))),
                Named::No => {}
            }
        }
        let mut causes = self.unnamed.get(&unit).cloned().unwrap_or_default();
        if let Some(missing) = scope.missing.get(&unit) {
            causes.add_all(missing);
        }
        if causes.is_empty() { Link::NotFound(text.clone()) } else { Link::Unknown(causes) }
    }

    /// The node of that name in the same unit, else in the whole scan, when it is the only one there.
    fn named(&self, unit: Unit, name: &str) -> Named<I> {
        let all = self.index.named(name);
        let mut here = all.iter().filter(|(of, _)| *of == unit);
        match (here.next(), here.next(), all) {
            (Some((_, id)), None, _) | (None, _, [(_, id)]) => Named::One(*id),
            (None, _, []) => Named::No,
            _ => Named::Several,
        }
    }
}

enum Named<I> {
    One(I),
    Several,
    No,
}

fn link_networks(deployment: &mut Deployment, scope: &Scope<'_>) {
    let vpcs = Book::by_identity(&deployment.vpcs, |node| &node.meta);
    let subnets = Book::by_identity(&deployment.subnets, |node| &node.meta);
    let groups = Book::by_identity(&deployment.security_groups, |node| &node.meta);
    let addresses = Book::by_identity(&deployment.elastic_ips, |node| &node.meta);
    for subnet in &mut deployment.subnets {
        subnet.vpc_link = vpcs.resolve(scope, subnet.meta.unit, &subnet.vpc);
    }
    for group in &mut deployment.security_groups {
        group.vpc_link = vpcs.resolve(scope, group.meta.unit, &group.vpc);
    }
    for rule in &mut deployment.security_group_rules {
        if let Some(meta) = &rule.meta {
            rule.group_link = groups.resolve(scope, meta.unit, &rule.group);
        }
    }
    for gateway in &mut deployment.nat_gateways {
        gateway.subnet_link = subnets.resolve(scope, gateway.meta.unit, &gateway.subnet);
        gateway.allocation_link = addresses.resolve(scope, gateway.meta.unit, &gateway.allocation);
    }
    for endpoint in &mut deployment.vpc_endpoints {
        endpoint.vpc_link = vpcs.resolve(scope, endpoint.meta.unit, &endpoint.vpc);
        endpoint.security_group_links =
            groups.resolve_all(scope, endpoint.meta.unit, &endpoint.security_groups);
    }
    for balancer in &mut deployment.load_balancers {
        balancer.subnet_links = subnets.resolve_all(scope, balancer.meta.unit, &balancer.subnets);
        balancer.security_group_links =
            groups.resolve_all(scope, balancer.meta.unit, &balancer.security_groups);
    }
    for database in &mut deployment.databases {
        database.security_group_links =
            groups.resolve_all(scope, database.meta.unit, &database.security_groups);
    }
    for cluster in &mut deployment.database_clusters {
        cluster.security_group_links = groups.resolve_all(scope, cluster.meta.unit, &cluster.security_groups);
    }
    for cache in &mut deployment.caches {
        cache.security_group_links = groups.resolve_all(scope, cache.meta.unit, &cache.security_groups);
    }
    let of_services = deployment.services.iter_mut().map(|node| (node.meta.unit, &mut node.network));
    let of_schedules = deployment.scheduled_tasks.iter_mut().map(|node| (node.meta.unit, &mut node.network));
    let of_sets = deployment.task_sets.iter_mut().map(|node| (node.meta.unit, &mut node.network));
    for (unit, network) in of_services.chain(of_schedules).chain(of_sets) {
        for network in known_parts(network) {
            let ServiceNetwork { subnets: of, security_groups, .. } = &*network;
            let (in_subnets, in_groups) =
                (subnets.resolve_all(scope, unit, of), groups.resolve_all(scope, unit, security_groups));
            network.subnet_links = in_subnets;
            network.security_group_links = in_groups;
        }
    }
}

/// The value and its alternatives, to be completed.
fn known_parts<T>(field: &mut Field<T>) -> &mut [T] {
    match &mut field.state {
        State::Known(value) => std::slice::from_mut(value),
        State::Unknown(unknown) => &mut unknown.alternatives,
        State::Absent => &mut [],
    }
}

/// Items, and the template of those that may exist besides.
fn parts<T>(items: &mut Items<T>) -> impl Iterator<Item = &mut T> {
    items.items.iter_mut().chain(items.open.iter_mut().filter_map(|open| open.template.as_deref_mut()))
}

fn link_balancers(deployment: &mut Deployment, scope: &Scope<'_>) {
    let balancers =
        Book::of(&deployment.load_balancers, |n| &n.meta, |n| Some(&n.name), names::load_balancer);
    let groups = Book::of(&deployment.target_groups, |n| &n.meta, |n| Some(&n.name), names::target_group);
    let listeners = Book::by_identity(&deployment.listeners, |node| &node.meta);
    for rule in &mut deployment.listener_rules {
        for action in parts(&mut rule.actions) {
            action.target_group_links = groups.resolve_all(scope, rule.meta.unit, &action.target_groups);
        }
    }
    for listener in &mut deployment.listeners {
        listener.load_balancer_link = balancers.resolve(scope, listener.meta.unit, &listener.load_balancer);
        for action in parts(&mut listener.default_actions) {
            action.target_group_links = groups.resolve_all(scope, listener.meta.unit, &action.target_groups);
        }
    }
    for rule in &deployment.listener_rules {
        let id: Option<super::graph::ListenerId> =
            listeners.resolve(scope, rule.meta.unit, &rule.listener).to();
        if let Some(listener) = id.and_then(|id| deployment.listeners.get_mut(id.index())) {
            listener.rules.push(rule.clone());
        }
    }
    for service in &mut deployment.services {
        for balancer in parts(&mut service.load_balancers) {
            balancer.target_group_link = groups.resolve(scope, service.meta.unit, &balancer.target_group);
        }
    }
}

fn link_compute(deployment: &mut Deployment, scope: &Scope<'_>) {
    let subnets = Book::by_identity(&deployment.subnets, |node| &node.meta);
    let templates = Book::of(&deployment.launch_templates, |n| &n.meta, |n| Some(&n.name), names::plain);
    let groups =
        Book::of(&deployment.auto_scaling_groups, |n| &n.meta, |n| Some(&n.name), names::auto_scaling_group);
    for instance in &mut deployment.instances {
        instance.template_link = templates.resolve(scope, instance.meta.unit, &instance.template);
        instance.subnet_link = subnets.resolve(scope, instance.meta.unit, &instance.subnet);
    }
    for group in &mut deployment.auto_scaling_groups {
        group.template_link = templates.resolve(scope, group.meta.unit, &group.template);
        group.subnet_links = subnets.resolve_all(scope, group.meta.unit, &group.subnets);
    }
    for provider in &mut deployment.capacity_providers {
        provider.group_link = groups.resolve(scope, provider.meta.unit, &provider.group);
    }
}

fn link_data_stores(deployment: &mut Deployment, scope: &Scope<'_>) {
    let clusters =
        Book::of(&deployment.database_clusters, |n| &n.meta, |n| Some(&n.identifier), names::plain);
    for database in &mut deployment.databases {
        database.cluster_link = clusters.resolve(scope, database.meta.unit, &database.cluster);
    }
    let repositories = Book::of(&deployment.repositories, |n| &n.meta, |n| Some(&n.name), names::plain);
    for policy in &deployment.lifecycle_policies {
        let id: Option<super::graph::RepositoryId> =
            repositories.resolve(scope, policy.meta.unit, &policy.repository).to();
        if let Some(repository) = id.and_then(|id| deployment.repositories.get_mut(id.index())) {
            repository.lifecycle_policies.push(policy.meta.clone());
        }
    }
}

fn link_tasks(deployment: &mut Deployment, scope: &Scope<'_>) {
    let roles = Book::of(&deployment.roles, |n| &n.meta, |n| Some(&n.name), names::role);
    let groups = Book::of(&deployment.log_groups, |n| &n.meta, |n| Some(&n.name), names::log_group);
    let repositories = Book::of(&deployment.repositories, |n| &n.meta, |n| Some(&n.name), names::repository);
    for task in &mut deployment.task_definitions {
        let unit = task.meta.unit;
        let TaskDefinition { execution_role, task_role, containers, .. } = task;
        let links = [&*execution_role, &*task_role].map(|role| roles.resolve(scope, unit, role));
        for container in parts(containers) {
            container.image_repository =
                image_repository(&repositories, scope, unit, &container.image_source);
            for log in known_parts(&mut container.log) {
                let option = log.options.iter().find(|option| &*option.key == "awslogs-group");
                log.group = match option {
                    Some(option) => groups.resolve(scope, unit, &option.reference),
                    None => Link::Absent,
                };
            }
        }
        [task.execution_role_link, task.task_role_link] = links;
    }
    for attachment in &deployment.policy_attachments {
        let id: Option<super::graph::RoleId> =
            roles.resolve(scope, attachment.meta.unit, &attachment.role).to();
        if let Some(role) = id.and_then(|id| deployment.roles.get_mut(id.index())) {
            attach(&mut role.managed_policies, attachment);
        }
    }
}

/// The ECR repository of an image; images of other registries have none.
fn image_repository<I: Id>(
    book: &Book<I>,
    scope: &Scope<'_>,
    unit: Unit,
    image: &Field<Reference>,
) -> Link<I> {
    match image.known() {
        Some(Reference { text: Some(text), .. }) if names::repository(text).is_none() => Link::Absent,
        _ => book.resolve(scope, unit, image),
    }
}

fn attach(policies: &mut Items<Field<Reference>>, attachment: &PolicyAttachment) {
    policies.absent = false;
    match &attachment.meta.count {
        Count::One => policies.items.push(attachment.policy.clone()),
        Count::Between { causes, .. } => {
            let template = policies.open.is_none().then(|| Box::new(attachment.policy.clone()));
            let before = policies.causes();
            policies.open = Some(Open { causes: before.and(causes), template });
        }
    }
}

fn link_services(deployment: &mut Deployment, scope: &Scope<'_>) {
    let clusters = Book::of(&deployment.clusters, |n| &n.meta, |n| Some(&n.name), names::cluster);
    let tasks =
        Book::of(&deployment.task_definitions, |n| &n.meta, |n| Some(&n.family), names::task_definition);
    for service in &mut deployment.services {
        service.cluster_link = clusters.resolve(scope, service.meta.unit, &service.cluster);
        service.task_definition_link = tasks.resolve(scope, service.meta.unit, &service.task_definition);
    }
    for schedule in &mut deployment.scheduled_tasks {
        schedule.task_definition_link = tasks.resolve(scope, schedule.meta.unit, &schedule.task_definition);
    }
    for providers in &deployment.cluster_capacity_providers {
        let id: Option<super::graph::ClusterId> =
            clusters.resolve(scope, providers.meta.unit, &providers.cluster).to();
        if let Some(cluster) = id.and_then(|id| deployment.clusters.get_mut(id.index())) {
            cluster.capacity_providers = providers.capacity_providers.clone();
            cluster.default_strategy = providers.default_strategy.clone();
        }
    }
    link_scaling(deployment);
}

/// Joins scaling targets with their services: by the service the resource id was built from, else by the
/// names in it.
fn link_scaling(deployment: &mut Deployment) {
    let mut services: Book<ServiceId> =
        Book::of(&deployment.services, |n| &n.meta, |n| Some(&n.name), names::service);
    let mut in_cluster: Index<ServiceId> = Index::default();
    for (at, service) in deployment.services.iter().enumerate() {
        let cluster = match service.cluster_link.to().and_then(|id| deployment.cluster(id)) {
            Some(cluster) => cluster.name.known().map(String::as_str),
            None => service
                .cluster
                .known()
                .and_then(|reference| reference.text.as_deref())
                .map(names::last_segment),
        };
        if let (Some(cluster), Some(name)) = (cluster, service.name.known()) {
            let path = format!("service/{cluster}/{name}");
            in_cluster.add_name(service.meta.unit, Arc::from(path), ServiceId::new(at));
        }
    }
    services.unnamed.clear();
    for (at, target) in deployment.scaling_targets.iter().enumerate() {
        let unit = target.meta.unit;
        let by_identity = target.service_addresses.iter().find_map(|address| services.address(unit, address));
        let by_name = || match &target.resource_id.state {
            State::Known(reference) => {
                let text = reference.text.as_deref()?;
                in_cluster.name(unit, text).or_else(|| services.by_bare_name(unit, text))
            }
            State::Unknown(unknown) => services.pattern(unit, unknown.pattern.as_deref()?),
            State::Absent => None,
        };
        let id = by_identity.or_else(by_name);
        if let Some(service) = id.and_then(|id| deployment.services.get_mut(id.index())) {
            service.scaling.push(Id::new(at));
        }
    }
}

impl<I: Id> Book<I> {
    fn by_bare_name(&self, unit: Unit, text: &str) -> Option<I> {
        match self.named(unit, (self.bare)(text)?) {
            Named::One(id) => Some(id),
            Named::Several | Named::No => None,
        }
    }
}
