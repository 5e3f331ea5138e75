//! ElastiCache: nodes of clusters and replication groups, serverless caches by use.

use rust_decimal::Decimal;

use super::super::Ledger;
use super::super::catalogue::ServerlessCacheMetric;
use super::super::estimate::Range;
use super::super::quantity::{Choices, Known, Missing, Quantity};
use super::super::sheet::Sheet;
use crate::model::cache::{Cache, CacheShape};
use crate::model::{Field, State};

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for cache in &ledger.deployment().caches {
        match &cache.shape {
            CacheShape::Serverless { least_data, most_data, least_ecpu } => {
                let limits = Limits { least_data, most_data, least_ecpu };
                ledger.price(&cache.meta, "cache-serverless", |sheet| serverless(sheet, cache, &limits));
            }
            CacheShape::Cluster { .. } | CacheShape::ReplicationGroup { .. } => {
                ledger.price(&cache.meta, "cache-cluster", |sheet| nodes(sheet, cache));
            }
        }
    }
}

fn nodes(sheet: &mut Sheet<'_>, cache: &Cache) {
    // A cluster that joins a replication group has the group's engine and node type.
    let group = match group_of(sheet, cache) {
        Ok(group) => group,
        Err(missing) => return sheet.leave_out("Nodes", missing, None),
    };
    let of = group.unwrap_or(cache);
    let default_engine = matches!(of.shape, CacheShape::ReplicationGroup { .. }).then(|| "redis".to_owned());
    let engine = sheet.choices(&of.engine, "engine", default_engine);
    let node_type = sheet.choices(&of.node_type, "node_type", None);
    let count = count(sheet, cache);
    let hours = sheet.hours();
    let quantity = count.map(|count| count.times(hours));
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    let (name, rate) = match (engine, node_type) {
        (Ok(engine), Ok(node_type)) => {
            let name = format!("{} nodes ({})", title(&engine), node_type.values.join(" or "));
            let what = format!("ElastiCache {}", node_type.values.join(" or "));
            let rate = sheet.rate_of(engine.with(&node_type), &what, |(engine, node_type)| {
                catalogue.elasticache_node(&region, engine, node_type)
            });
            (name, rate)
        }
        (Err(missing), _) | (_, Err(missing)) => ("Cache nodes".to_owned(), Err(missing)),
    };
    sheet.charge(name, "node-hours", quantity, rate);
    backups(sheet, cache);
}

fn title(engine: &Choices<String>) -> String {
    match engine.values.as_slice() {
        [one] => match one.as_str() {
            "redis" => "Redis".to_owned(),
            "valkey" => "Valkey".to_owned(),
            "memcached" => "Memcached".to_owned(),
            other => other.to_owned(),
        },
        _ => "Cache".to_owned(),
    }
}

fn group_of<'a>(sheet: &Sheet<'a>, cache: &Cache) -> Known<Option<&'a Cache>> {
    let reference = match &cache.replication_group.state {
        State::Absent => return Ok(None),
        State::Known(reference) => reference,
        State::Unknown(unknown) => {
            return Err(Missing::unknown("replication_group_id", unknown.causes.clone()));
        }
    };
    let unit = sheet.meta.unit;
    let address = reference.target.as_ref().map(|(address, _)| address.clone());
    let found = sheet
        .context
        .deployment
        .caches
        .iter()
        .find(|other| other.meta.unit == unit && Some(&other.meta.address) == address.as_ref());
    found.map(Some).ok_or_else(|| Missing::because("its replication group is in no file"))
}

/// Nodes of the cache.
fn count(sheet: &mut Sheet<'_>, cache: &Cache) -> Known<Quantity> {
    match &cache.shape {
        CacheShape::Cluster { nodes } => sheet.number(nodes, "num_cache_nodes", Some(1)),
        CacheShape::ReplicationGroup { clusters, node_groups, replicas } => {
            if clusters.is_written() || (node_groups.is_absent() && replicas.is_absent()) {
                return sheet.number(clusters, "num_cache_clusters", Some(1));
            }
            let groups = sheet.number(node_groups, "num_node_groups", Some(1))?;
            let mut replicas_of = sheet.number(replicas, "replicas_per_node_group", Some(0))?;
            if replicas.is_absent() {
                let value = "none where it is not written";
                let name = sheet.assume("replicas_per_node_group", value, "replicas_per_node_group");
                replicas_of = replicas_of.assuming(name);
            }
            let a_group = replicas_of.with(replicas_of.range + Range::exactly(Decimal::ONE));
            Ok(groups.by(&a_group))
        }
        CacheShape::Serverless { .. } => Err(Missing::because("a serverless cache has no nodes")),
    }
}

/// The newest snapshot of a cluster is free; the price of more is not in the tables.
fn backups(sheet: &mut Sheet<'_>, cache: &Cache) {
    let retention: &Field<i64> = &cache.snapshot_retention;
    if !retention.holds(false, |days| *days > 1).is_no() {
        let missing = sheet.no_price("ElastiCache backups beyond one snapshot");
        sheet.leave_out("Backups", Missing { causes: retention.causes(), ..missing }, None);
    }
}

/// `cache_usage_limits` of a serverless cache.
struct Limits<'a> {
    least_data: &'a Field<i64>,
    most_data: &'a Field<i64>,
    least_ecpu: &'a Field<i64>,
}

/// GB that are billed at least: 1, for Valkey 0.1. Source: Amazon ElastiCache pricing, "Serverless".
fn least_billed(engine: &str) -> Decimal {
    if engine == "valkey" { Decimal::new(1, 1) } else { Decimal::ONE }
}

fn serverless(sheet: &mut Sheet<'_>, cache: &Cache, limits: &Limits<'_>) {
    let engine = match sheet.choices(&cache.engine, "engine", None) {
        Ok(engine) => engine,
        Err(missing) => return sheet.leave_out("Serverless cache", missing, None),
    };
    let (catalogue, region, hours) = (sheet.context.catalogue, sheet.region(), sheet.hours());
    let rate = |sheet: &Sheet<'_>, metric: ServerlessCacheMetric| {
        sheet.rate_of(engine.clone(), &format!("ElastiCache Serverless {metric}"), |engine| {
            catalogue.elasticache_serverless(&region, engine, metric)
        })
    };
    let storage = rate(sheet, ServerlessCacheMetric::DataStorage);
    let floor = engine.values.iter().map(|engine| least_billed(engine)).min().unwrap_or(Decimal::ONE);
    let stored = stored(sheet, floor, limits).map(|stored| stored.times(hours));
    sheet.charge("Serverless cache storage", "GB-hours", stored, storage);
    let requests = rate(sheet, ServerlessCacheMetric::Ecpu);
    let used = sheet.usage("ecpu", "ElastiCache processing units");
    let used = if limits.least_ecpu.is_absent() {
        used
    } else {
        let seconds = Decimal::from(3600);
        let least = sheet.number(limits.least_ecpu, "minimum", None);
        least.map(|least| {
            let least = least.times(seconds).times(hours);
            match used {
                Ok(used) => used.at_least(least.range),
                Err(_) => least,
            }
        })
    };
    sheet.charge("Serverless cache requests", "ECPUs", used, requests);
    backups(sheet, cache);
}

/// Average GB that are billed: as the usage says, else the least that is, up to the limit that is set.
fn stored(sheet: &mut Sheet<'_>, floor: Decimal, limits: &Limits<'_>) -> Known<Quantity> {
    let least = sheet.number(limits.least_data, "minimum", Some(0))?;
    let least = least.at_least(Range::exactly(floor));
    if let Ok(given) = sheet.usage("data_gb", "GB stored") {
        return Ok(given.at_least(least.range));
    }
    let most = if limits.most_data.is_absent() {
        least.range.high
    } else {
        sheet.number(limits.most_data, "maximum", None)?.range.high.max(least.range.high)
    };
    let value = format!("the least that is billed, {} GB", least.range.expected.normalize());
    let name = sheet.assume("data in serverless caches", value, "usage key `data_gb`");
    Ok(least.with(Range { high: most, ..least.range }).assuming(name))
}
