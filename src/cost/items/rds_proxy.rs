//! RDS Proxy: an hour of every vCPU of the databases behind it, at least two; of Aurora Serverless v2 an hour of every
//! ACU, at least eight. Source: Amazon RDS Proxy pricing.

use rust_decimal::Decimal;

use super::super::Ledger;
use super::super::catalogue::Price;
use super::super::estimate::Range;
use super::super::quantity::{Choices, Known, Missing, Quantity, Rate};
use super::super::sheet::Sheet;
use super::rds_cluster::{SERVERLESS, capacity};
use crate::model::database::{Database, DatabaseProxy, DatabaseProxyTarget};
use crate::model::{Count, Field, Id, Meta, Reference};

/// vCPUs that are billed at least for a database.
const FEWEST_VCPUS: i64 = 2;
/// ACUs that are billed at least for a Serverless v2 instance.
const FEWEST_ACUS: i64 = 8;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for proxy in &ledger.deployment().database_proxies {
        ledger.price(&proxy.meta, "db-proxy", |sheet| charge(sheet, proxy));
    }
    for target in &ledger.deployment().database_proxy_targets {
        ledger.price(&target.meta, "free", |sheet| sheet.free("billed with the proxy"));
    }
}

fn charge(sheet: &mut Sheet<'_>, proxy: &DatabaseProxy) {
    let deployment = sheet.context.deployment;
    let targets: Vec<&DatabaseProxyTarget> = deployment
        .database_proxy_targets
        .iter()
        .filter(|target| {
            target.meta.unit == proxy.meta.unit && refers_to(&target.proxy, &proxy.meta, &proxy.name)
        })
        .collect();
    if targets.is_empty() {
        let price = sheet.context.catalogue.rds_storage(&sheet.region(), "rds", "rds_proxy", "provisioned");
        let missing = Missing::because("which database is behind it is in no file");
        return sheet.leave_out("Proxy", missing, price.map(|price| (price.amount, price.unit)));
    }
    for target in targets {
        let databases = match behind(sheet, target) {
            Ok(databases) => databases,
            Err(missing) => {
                sheet.leave_out("Proxy", missing, None);
                continue;
            }
        };
        for database in databases {
            of_database(sheet, database);
        }
    }
}

fn refers_to(reference: &Field<Reference>, meta: &Meta, name: &Field<String>) -> bool {
    reference.known().is_some_and(|to| {
        to.is_to(&meta.address)
            || (to.text.is_some() && to.text.as_deref() == name.known().map(String::as_str))
    })
}

/// The instances behind a target: an instance, or all those of a cluster.
fn behind<'a>(sheet: &Sheet<'a>, target: &DatabaseProxyTarget) -> Known<Vec<&'a Database>> {
    let deployment = sheet.context.deployment;
    let near = |meta: &Meta| meta.unit == target.meta.unit;
    let found: Vec<&Database> = if target.instance.is_written() {
        let is_it = |database: &&Database| refers_to(&target.instance, &database.meta, &database.identifier);
        deployment.databases.iter().filter(|database| near(&database.meta)).filter(is_it).collect()
    } else {
        let clusters = &deployment.database_clusters;
        let cluster = clusters
            .iter()
            .position(|it| near(&it.meta) && refers_to(&target.cluster, &it.meta, &it.identifier));
        let of_cluster = |database: &&Database| {
            let link = database.cluster_link.to();
            cluster.is_some() && link.map(Id::index) == cluster
        };
        deployment.databases.iter().filter(of_cluster).collect()
    };
    if found.is_empty() {
        return Err(Missing::because("its database is in no file"));
    }
    Ok(found)
}

fn of_database(sheet: &mut Sheet<'_>, database: &Database) {
    let cluster = database.cluster_link.to().and_then(|id| sheet.context.deployment.database_cluster(id));
    let engine = match cluster {
        Some(cluster) if database.engine.is_absent() => &cluster.engine,
        _ => &database.engine,
    };
    let engine = sheet.choices(engine, "engine", None);
    let class = sheet.choices(&database.class, "instance_class", None);
    let (engine, class) = match (engine, class) {
        (Ok(engine), Ok(class)) => (engine, class),
        (Err(missing), _) | (_, Err(missing)) => return sheet.leave_out("Proxy", missing, None),
    };
    let hours = sheet.hours();
    let serverless = class.all(|class| class == SERVERLESS);
    let kind = if serverless { "serverless-v2" } else { "provisioned" };
    let rate = rate(sheet, engine, kind);
    let (name, unit, each) = if serverless {
        let acus = match cluster {
            Some(cluster) => capacity(sheet, cluster, database),
            None => Err(Missing::because("its cluster, whose capacity decides, is in no file")),
        };
        let acus = acus.map(|acus| acus.at_least(Range::exactly(FEWEST_ACUS.into())));
        (format!("Proxy of {} (at least 8 ACU)", database.meta.address), "ACU-hours", acus)
    } else {
        let vcpus = vcpus(sheet, &class).map(|vcpus| vcpus.at_least(Range::exactly(FEWEST_VCPUS.into())));
        (format!("Proxy of {}", database.meta.address), "vCPU-hours", vcpus)
    };
    let quantity = each.and_then(|each| Ok(each.by(&instances(database)?).times(hours)));
    sheet.charge(name, unit, quantity, rate);
}

/// How many instances the node stands for.
fn instances(database: &Database) -> Known<Quantity> {
    match &database.meta.count {
        Count::One => Ok(Quantity::exactly(1)),
        Count::Between { low, high: Some(high), .. } => {
            Ok(Quantity::of(Range { low: (*low).into(), expected: (*high).into(), high: (*high).into() }))
        }
        Count::Between { high: None, causes, .. } => {
            let missing = Missing::because("how many databases there are is unknown");
            Err(Missing { causes: causes.clone(), ..missing })
        }
    }
}

/// vCPUs of a class; of several the most is expected.
pub(super) fn vcpus(sheet: &Sheet<'_>, class: &Choices<String>) -> Known<Quantity> {
    let sizes: Option<Vec<Decimal>> =
        class.values.iter().map(|class| Some(sheet.context.catalogue.rds_spec(class)?.vcpu)).collect();
    let sizes = sizes
        .ok_or_else(|| Missing::because(format!("vCPUs of {} are not known", class.values.join(" or "))))?;
    let low = sizes.iter().copied().min().unwrap_or_default();
    let high = sizes.iter().copied().max().unwrap_or_default();
    let range = Range { low, expected: high, high };
    Ok(Quantity {
        drivers: class.drivers.clone(),
        assumption: class.assumption.clone(),
        ..Quantity::of(range)
    })
}

fn rate(sheet: &Sheet<'_>, engine: Choices<String>, kind: &str) -> Known<Rate> {
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    sheet.rate_of(engine, "RDS Proxy", |engine| -> Option<Price> {
        let family = if engine.starts_with("aurora") { engine.as_str() } else { "rds" };
        catalogue.rds_storage(&region, family, "rds_proxy", kind)
    })
}
