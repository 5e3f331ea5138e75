//! Aurora and Multi-AZ DB clusters: instances, Serverless v2 capacity, storage, I/O, backups.
//! Source: Amazon Aurora pricing. A Multi-AZ DB cluster is a writer and two readable standbys.

use rust_decimal::Decimal;

use super::super::Ledger;
use super::super::catalogue::{AuroraStorage, Deployment as Zones, License};
use super::super::estimate::Range;
use super::super::quantity::{Choices, Known, Missing, Quantity};
use super::super::sheet::Sheet;
use super::{rds, rds_insights, rds_support, secret};
use crate::model::database::{Database, DatabaseCluster};
use crate::model::{Field, State};

/// Class of Serverless v2 instances.
pub(super) const SERVERLESS: &str = "db.serverless";

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    let deployment = ledger.deployment();
    for cluster in &deployment.database_clusters {
        ledger.price(&cluster.meta, "rds-cluster", |sheet| match cluster.global {
            true => sheet.free("a global cluster is billed through its clusters"),
            false => charge(sheet, cluster),
        });
    }
    for database in &deployment.databases {
        if database.cluster.is_written() || &*database.meta.kind == "aws_rds_cluster_instance" {
            let cluster = database.cluster_link.to().and_then(|id| deployment.database_cluster(id));
            ledger.price(&database.meta, "rds-instance", |sheet| instance(sheet, database, cluster));
        }
    }
}

fn charge(sheet: &mut Sheet<'_>, cluster: &DatabaseCluster) {
    if rds::is_one_of(&cluster.engine_mode, &["serverless"]) {
        let missing = Missing::because("Aurora Serverless v1 is not priced");
        return sheet.leave_out("Cluster", missing, None);
    }
    let engine = match sheet.choices(&cluster.engine, "engine", Some("aurora".to_owned())) {
        Ok(engine) => engine,
        Err(missing) => return sheet.leave_out("Cluster", missing, None),
    };
    if engine.all(|engine| engine.starts_with("aurora")) {
        aurora(sheet, cluster, engine);
    } else {
        multi_az(sheet, cluster, engine);
    }
    secret::of_master_password(sheet, &cluster.manage_master_user_password);
}

fn mode(storage_type: &Field<String>) -> AuroraStorage {
    if rds::is_one_of(storage_type, &["aurora-iopt1"]) {
        AuroraStorage::IoOptimized
    } else {
        AuroraStorage::Standard
    }
}

fn aurora(sheet: &mut Sheet<'_>, cluster: &DatabaseCluster, engine: Choices<String>) {
    if let State::Unknown(unknown) = &cluster.storage_type.state {
        let missing = Missing::unknown("storage_type", unknown.causes.clone());
        return sheet.leave_out("Storage and I/O", missing, None);
    }
    let mode = mode(&cluster.storage_type);
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    let lookup = |sheet: &Sheet<'_>, what: &str, item: &str, deployment: &str| {
        sheet.rate_of(engine.clone(), what, |engine| {
            let own = catalogue.rds_storage(&region, engine, item, deployment);
            own.or_else(|| catalogue.rds_storage(&region, "aurora-any", item, deployment))
        })
    };
    let rate = lookup(sheet, "Aurora storage", "storage", mode.as_str());
    let stored = sheet.usage("storage_gb", "GB of Aurora storage");
    sheet.charge("Aurora storage", "GB-months", stored.clone(), rate);
    if mode == AuroraStorage::Standard {
        let rate = lookup(sheet, "Aurora I/O", "io_request", AuroraStorage::Standard.as_str());
        let requests = sheet.usage("io_requests", "I/O requests");
        sheet.charge("Aurora I/O requests", "requests", requests, rate);
    }
    if !cluster.backtrack.holds(false, |seconds| *seconds > 0).is_no() {
        let rate = lookup(sheet, "Aurora backtrack", "backtrack_change_record", "any");
        let records = sheet.usage("change_records", "change records that backtrack keeps");
        let hours = sheet.hours();
        let records = records.map(|records| records.times(hours));
        sheet.charge("Backtrack", "change-record-hours", records, rate);
    }
    // One day of backups is free; what more days keep is above the size of the cluster.
    if !cluster.backup_retention.holds(false, |days| *days > 1).is_no() {
        let rate = lookup(sheet, "Aurora backup storage", "backup_storage", "any");
        let kept = sheet.usage("backup_gb", "GB of backups");
        let quantity = match (kept, stored) {
            (Ok(kept), Ok(stored)) => Ok(kept.above(stored.range.low)),
            (Err(missing), _) | (_, Err(missing)) => Err(missing),
        };
        sheet.charge("Backup storage above the free", "GB-months", quantity, rate);
    }
}

fn multi_az(sheet: &mut Sheet<'_>, cluster: &DatabaseCluster, engine: Choices<String>) {
    let hours = sheet.hours();
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    let class = sheet.choices(&cluster.instance_class, "db_cluster_instance_class", None);
    if let Ok(class) = &class {
        let supported = rds_support::Supported {
            support: &cluster.lifecycle_support,
            version: &cluster.engine_version,
            engine: &engine,
            class,
            zones: &Choices::one(Zones::MultiAzCluster),
        };
        rds_support::charge(sheet, &supported);
    }
    let one_engine = engine.values.first().cloned().unwrap_or_default();
    let rate = class.and_then(|class| {
        let what = format!("Multi-AZ DB cluster {}", class.values.join(" or "));
        sheet.rate_of(class.with(&engine), &what, |(class, engine)| {
            catalogue.rds_instance(&region, engine, License::None, Zones::MultiAzCluster, class)
        })
    });
    sheet.charge("Multi-AZ DB cluster", "hours", Ok(Quantity::exactly(hours)), rate);
    // The default of a Multi-AZ DB cluster is io1 (Terraform's provider).
    let kind = sheet.choices(&cluster.storage_type, "storage_type", Some("io1".to_owned()));
    let (kind, name) = match kind {
        Ok(kind) => {
            let name = kind.values.join(" or ");
            (kind, name)
        }
        Err(missing) => return sheet.leave_out("Storage", missing, None),
    };
    let provisioned = kind.all(|kind| kind.starts_with("io"));
    let rate = sheet.rate_of(kind.clone(), "RDS storage", |kind| {
        catalogue.rds_volume(&region, kind, Zones::MultiAzCluster)
    });
    let size = sheet.number(&cluster.allocated_storage, "allocated_storage", None);
    sheet.charge(format!("Storage {name}"), "GB-months", size.clone(), rate);
    if kind.all(|kind| kind == "gp3") && cluster.iops.is_written() {
        let price = catalogue.rds_storage(&region, "rds", "iops_gp3_extra", Zones::MultiAzCluster.as_str());
        let rate = sheet.rate("RDS gp3 IOPS", price);
        let asked = sheet.number(&cluster.iops, "iops", None);
        let iops = match (asked, size) {
            (Ok(asked), Ok(size)) => Ok(asked.above(rds::gp3_included(&one_engine, size.range.low).0.into())),
            (Err(missing), _) | (_, Err(missing)) => Err(missing),
        };
        sheet.charge("IOPS above the included", "IOPS-months", iops, rate);
    }
    if provisioned {
        let rate = sheet.rate_of(kind, "RDS provisioned IOPS", |kind| {
            let item = if kind == "io2" { "iops_io2" } else { "iops_io1" };
            catalogue.rds_storage(&region, "rds", item, Zones::MultiAzCluster.as_str())
        });
        let iops = sheet.number(&cluster.iops, "iops", None);
        sheet.charge("Provisioned IOPS", "IOPS-months", iops, rate);
    }
}

fn instance(sheet: &mut Sheet<'_>, database: &Database, cluster: Option<&DatabaseCluster>) {
    let hours = sheet.hours();
    let engine_field = match cluster {
        Some(cluster) if database.engine.is_absent() => &cluster.engine,
        _ => &database.engine,
    };
    let engine = sheet.choices(engine_field, "engine", None);
    let class = sheet.choices(&database.class, "instance_class", None);
    let (engine, class) = match (engine, class) {
        (Ok(engine), Ok(class)) => (engine, class),
        (Err(missing), _) | (_, Err(missing)) => {
            return sheet.leave_out("Aurora instance", missing, None);
        }
    };
    let Some(cluster) = cluster else {
        let missing = Missing::because("its cluster, whose storage type decides the price, is in no file");
        return sheet.leave_out("Aurora instance", missing, None);
    };
    if let State::Unknown(unknown) = &cluster.storage_type.state {
        let missing = Missing::unknown("storage_type", unknown.causes.clone());
        return sheet.leave_out("Aurora instance", missing, None);
    }
    let mode = mode(&cluster.storage_type);
    let supported = rds_support::Supported {
        support: &cluster.lifecycle_support,
        version: if database.engine_version.is_absent() {
            &cluster.engine_version
        } else {
            &database.engine_version
        },
        engine: &engine,
        class: &class,
        zones: &Choices::one(Zones::SingleAz),
    };
    rds_support::charge(sheet, &supported);
    rds_insights::charge(sheet, database, &Ok(class.clone()));
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    if class.all(|class| class == SERVERLESS) {
        let rate = sheet.rate_of(engine, "Aurora Serverless v2", |engine| {
            catalogue.aurora_serverless_v2(&region, engine, mode)
        });
        let capacity = capacity(sheet, cluster, database).map(|acu| acu.times(hours));
        return sheet.charge("Aurora Serverless v2 capacity", "ACU-hours", capacity, rate);
    }
    let name = format!("Aurora instance ({})", class.values.join(" or "));
    let rate = sheet.rate_of(class.with(&engine), &name, |(class, engine)| {
        catalogue.aurora_instance(&region, engine, mode, class)
    });
    sheet.charge(name, "hours", Ok(Quantity::exactly(hours)), rate);
}

/// Average ACUs: as the usage says, else half way between the bounds of the cluster.
pub(super) fn capacity(
    sheet: &mut Sheet<'_>,
    cluster: &DatabaseCluster,
    instance: &Database,
) -> Known<Quantity> {
    let bound = |field: &Field<Decimal>, what: &str| match &field.state {
        State::Known(value) if !value.is_sign_negative() && *value <= Decimal::from(1024) => Ok(*value),
        State::Known(_) => Err(Missing::because(format!("`{what}` is not between 0 and 1024"))),
        State::Absent => Err(Missing::because(format!("`{what}` is not written"))),
        State::Unknown(unknown) => Err(Missing::unknown(what, unknown.causes.clone())),
    };
    let given = sheet.usage_of(&[(&instance.meta.address, &instance.meta.kind)], "acu", "average ACUs");
    let low = bound(&cluster.serverless_min, "min_capacity");
    let high = bound(&cluster.serverless_max, "max_capacity");
    let range = match (given, low, high) {
        (Ok(given), Ok(low), Ok(high)) => {
            let average = given.range.expected;
            return Ok(given
                .with(Range::spanning(low, average, high))
                .driven_by(cluster.serverless_min.span(), "min_capacity")
                .driven_by(cluster.serverless_max.span(), "max_capacity"));
        }
        (Ok(given), ..) => return Ok(given),
        (Err(_), Ok(low), Ok(high)) => {
            Range { low, expected: (low + high.max(low)) / Decimal::from(2), high: high.max(low) }
        }
        (Err(_), Err(missing), _) | (Err(_), _, Err(missing)) => return Err(missing),
    };
    let value = "half way between its bounds";
    let name = sheet.assume("average Aurora capacity", value, "usage key `acu`");
    Ok(Quantity::of(range)
        .driven_by(cluster.serverless_min.span(), "min_capacity")
        .driven_by(cluster.serverless_max.span(), "max_capacity")
        .assuming(name))
}
