//! RDS instances: instance hours, storage with its IOPS and throughput, backups beyond the free part, the secret
//! of a managed master password. Sources: RDS pricing; RDS User Guide, "Amazon RDS DB instance storage".

use rust_decimal::Decimal;

use super::super::Ledger;
use super::super::catalogue::{Deployment as Zones, License};
use super::super::estimate::Range;
use super::super::quantity::{Choices, Known, Missing, Quantity, Rate};
use super::super::sheet::Sheet;
use super::{rds_insights, rds_support, secret};
use crate::model::database::Database;
use crate::model::{Field, State};
use crate::text::closest;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for database in &ledger.deployment().databases {
        // Instances of clusters are priced with the clusters.
        if database.cluster.is_absent() && &*database.meta.kind != "aws_rds_cluster_instance" {
            ledger.price(&database.meta, "rds-instance", |sheet| charge(sheet, database));
        }
    }
}

fn charge<'a>(sheet: &mut Sheet<'a>, database: &'a Database) {
    let source = source(sheet, database);
    let inherited = |field: fn(&Database) -> &Field<String>| {
        let own = field(database);
        if own.is_absent() { source.map_or(own, field) } else { own }
    };
    let number = |field: fn(&Database) -> &Field<i64>| {
        let own = field(database);
        if own.is_absent() { source.map_or(own, field) } else { own }
    };
    let engine =
        sheet.choices(inherited(|it| &it.engine), "engine", None).map(|engine| engine.map(plain_engine));
    let class = sheet.choices(inherited(|it| &it.class), "instance_class", None);
    let zones = sheet
        .choices(&database.multi_az, "multi_az", Some(false))
        .map(|multi| multi.map(|multi| if multi { Zones::MultiAz } else { Zones::SingleAz }));
    instance(sheet, &engine, &class, &zones, inherited(|it| &it.license_model));
    if let (Ok(engine), Ok(class), Ok(zones)) = (&engine, &class, &zones) {
        let version = inherited(|it| &it.engine_version);
        let supported =
            rds_support::Supported { support: &database.lifecycle_support, version, engine, class, zones };
        rds_support::charge(sheet, &supported);
    }
    let settings = Storage {
        kind: storage_kind(sheet, database, inherited(|it| &it.storage_type)),
        allocated: number(|it| &it.allocated_storage),
        most: &database.max_allocated_storage,
        iops: number(|it| &it.iops),
        throughput: number(|it| &it.throughput),
    };
    let size = storage(sheet, &engine, &zones, &settings);
    backup(sheet, database, &size);
    rds_insights::charge(sheet, database, &class);
    secret::of_master_password(sheet, &database.manage_master_user_password);
}

/// The instance that a read replica copies: what the replica does not write, it has from there.
fn source<'a>(sheet: &Sheet<'a>, database: &Database) -> Option<&'a Database> {
    let (address, _) = database.replicate_source.known()?.target.as_ref()?;
    let unit = sheet.meta.unit;
    let databases = &sheet.context.deployment.databases;
    databases.iter().find(|other| other.meta.unit == unit && other.meta.address == *address)
}

/// Container databases cost what the others cost.
fn plain_engine(engine: String) -> String {
    engine.strip_suffix("-cdb").map_or(engine.clone(), str::to_owned)
}

fn instance(
    sheet: &mut Sheet<'_>,
    engine: &Known<Choices<String>>,
    class: &Known<Choices<String>>,
    zones: &Known<Choices<Zones>>,
    license: &Field<String>,
) {
    let hours = sheet.hours();
    let (engine, class, zones) = match (engine, class, zones) {
        (Ok(engine), Ok(class), Ok(zones)) => (engine.clone(), class.clone(), zones),
        (Err(missing), ..) | (_, Err(missing), _) | (.., Err(missing)) => {
            return sheet.leave_out("Database instance", missing.clone(), None);
        }
    };
    let licenses = match licenses(sheet, &engine, license) {
        Ok(licenses) => licenses,
        Err(missing) => return sheet.leave_out("Database instance", missing, None),
    };
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    let name = format!(
        "Database instance ({}, {}, {})",
        engine.values.iter().map(|engine| title(engine)).collect::<Vec<_>>().join(" or "),
        zones.values.iter().map(|zones| zones_title(*zones)).collect::<Vec<_>>().join(" or "),
        class.values.join(" or "),
    );
    let what = match (class.values.as_slice(), engine.values.as_slice()) {
        ([class], [engine]) => {
            let classes = catalogue.rds_classes(&region, engine);
            let near = closest(class, classes.iter().copied()).filter(|near| near != class);
            near.map_or(name.clone(), |near| format!("{name}, did you mean {near}?,"))
        }
        _ => name.clone(),
    };
    let choices = class.with(&engine).with(zones).with(&licenses);
    let rate = sheet.rate_of(choices, &what, |(((class, engine), zones), license)| {
        let license = if is_open(engine) { License::None } else { *license };
        catalogue.rds_instance(&region, engine, license, *zones, class)
    });
    sheet.charge(name, "hours", Ok(Quantity::exactly(hours)), rate);
}

fn is_open(engine: &str) -> bool {
    matches!(engine, "postgres" | "mysql" | "mariadb")
}

/// Licences that the price may contain. Without `license_model` SQL Server and Oracle SE2 are sold with the
/// licence, Oracle EE is always one's own.
fn licenses(
    sheet: &mut Sheet<'_>,
    engine: &Choices<String>,
    license: &Field<String>,
) -> Known<Choices<License>> {
    if engine.all(|engine| is_open(engine)) {
        return Ok(Choices::one(License::None));
    }
    let default = if engine.all(|engine| engine == "oracle-ee") {
        "bring-your-own-license"
    } else {
        "license-included"
    };
    let written = sheet.choices(license, "license_model", Some(default.to_owned()))?;
    Ok(written.map(|model| if model.starts_with("bring") { License::Byol } else { License::LicenseIncluded }))
}

fn title(engine: &str) -> &str {
    match engine {
        "postgres" => "PostgreSQL",
        "mysql" => "MySQL",
        "mariadb" => "MariaDB",
        "oracle-ee" => "Oracle EE",
        "oracle-se2" => "Oracle SE2",
        "sqlserver-ee" => "SQL Server Enterprise",
        "sqlserver-se" => "SQL Server Standard",
        "sqlserver-web" => "SQL Server Web",
        "sqlserver-ex" => "SQL Server Express",
        other => other,
    }
}

fn zones_title(zones: Zones) -> &'static str {
    match zones {
        Zones::SingleAz => "Single-AZ",
        Zones::MultiAz => "Multi-AZ",
        Zones::MultiAzCluster => "Multi-AZ cluster",
    }
}

struct Storage<'a> {
    kind: Known<Choices<String>>,
    /// GiB.
    allocated: &'a Field<i64>,
    /// GiB that storage autoscaling may reach.
    most: &'a Field<i64>,
    iops: &'a Field<i64>,
    throughput: &'a Field<i64>,
}

/// What Terraform's provider creates without `storage_type`: io1 with IOPS, else gp2.
fn storage_kind(sheet: &mut Sheet<'_>, database: &Database, field: &Field<String>) -> Known<Choices<String>> {
    let default = if database.iops.is_written() { "io1" } else { "gp2" };
    sheet.choices(field, "storage_type", Some(default.to_owned()))
}

/// Storage, IOPS and throughput; gives the GB of storage.
fn storage(
    sheet: &mut Sheet<'_>,
    engine: &Known<Choices<String>>,
    zones: &Known<Choices<Zones>>,
    settings: &Storage<'_>,
) -> Known<Quantity> {
    let size = sheet.number(settings.allocated, "allocated_storage", None);
    let choices = match (&settings.kind, engine, zones) {
        (Ok(kind), Ok(engine), Ok(zones)) => Ok(kind.clone().with(engine).with(zones)),
        (Err(missing), ..) | (_, Err(missing), _) | (.., Err(missing)) => Err(missing.clone()),
    };
    let choices = match choices {
        Ok(choices) => choices,
        Err(missing) => {
            sheet.leave_out("Storage", missing, None);
            return size;
        }
    };
    let kinds = match &settings.kind {
        Ok(kinds) => kinds.values.clone(),
        Err(_) => Vec::new(),
    };
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    let rate = |sheet: &Sheet<'_>, what: &str, item: fn(&str) -> Option<&'static str>| -> Known<Rate> {
        sheet.rate_of(choices.clone(), what, |((kind, engine), zones)| {
            let mirrored = engine.starts_with("sqlserver") && *zones == Zones::MultiAz;
            let deployment = if mirrored { "multi-az-sqlserver" } else { zones.as_str() };
            catalogue.rds_storage(&region, "rds", item(kind)?, deployment)
        })
    };
    let zone_titles: Vec<_> = match zones {
        Ok(zones) => zones.values.iter().map(|zones| zones_title(*zones)).collect(),
        Err(_) => Vec::new(),
    };
    let name = format!("Storage ({}, {})", kinds.join(" or "), zone_titles.join(" or "));
    let per_gb = rate(sheet, &format!("RDS {name}"), |kind| {
        Some(match kind {
            "gp2" => "storage_gp2",
            "gp3" => "storage_gp3",
            "io1" => "storage_io1",
            "io2" => "storage_io2",
            "standard" => "storage_magnetic",
            _ => return None,
        })
    });
    let grown = with_autoscaling(sheet, &size, settings.most);
    sheet.charge(name, "GB-months", grown, per_gb);
    let one_engine = match engine {
        Ok(engine) => engine.values.as_slice(),
        Err(_) => &[],
    };
    match kinds.as_slice() {
        [kind] if kind == "io1" || kind == "io2" => {
            let per_iops = rate(sheet, "RDS provisioned IOPS", |kind| {
                Some(if kind == "io2" { "iops_io2" } else { "iops_io1" })
            });
            let iops = sheet.number(settings.iops, "iops", None);
            sheet.charge("Provisioned IOPS", "IOPS-months", iops, per_iops);
        }
        [kind] if kind == "gp3" => {
            let included = match (&size, one_engine) {
                (Ok(size), [engine]) => Some(gp3_included(engine, size.range.high)),
                _ => None,
            };
            for (field, what, name, unit, item, part) in [
                (
                    settings.iops,
                    "iops",
                    "IOPS above the included",
                    "IOPS-months",
                    (|_| Some("iops_gp3_extra")) as fn(&str) -> Option<&'static str>,
                    included.map(|(iops, _)| iops),
                ),
                (
                    settings.throughput,
                    "storage_throughput",
                    "Throughput above the included",
                    "MBps-months",
                    |_| Some("throughput_gp3_extra"),
                    included.map(|(_, throughput)| throughput),
                ),
            ] {
                if field.is_absent() {
                    continue;
                }
                let price = rate(sheet, &format!("RDS gp3 {what}"), item);
                let asked = sheet.number(field, what, None);
                let quantity = match (asked, part) {
                    (Ok(asked), Some(part)) => Ok(asked.above(part.into())),
                    (Err(missing), _) => Err(missing),
                    (Ok(_), None) => Err(Missing::because("how much is included depends on unknown storage")),
                };
                sheet.charge(name, unit, quantity, price);
            }
        }
        [kind] if kind == "standard" => {
            let per_request =
                sheet.rate("RDS magnetic I/O", catalogue.rds_storage(&region, "rds", "io_magnetic", "any"));
            let requests = sheet.usage("io_requests", "I/O requests");
            sheet.charge("I/O requests", "requests", requests, per_request);
        }
        [_] => {}
        _ => {
            if settings.iops.is_written() || settings.throughput.is_written() {
                let missing = Missing::because("they depend on the storage type, which is open");
                sheet.leave_out("IOPS and throughput", missing, None);
            }
        }
    }
    size
}

/// IOPS and MiB/s that gp3 storage of that many GiB has for nothing.
/// Source: RDS User Guide, "gp3 storage": the table of baselines by engine and size.
pub(super) fn gp3_included(engine: &str, gib: Decimal) -> (i64, i64) {
    let striped_from = match engine {
        "sqlserver-ee" | "sqlserver-se" | "sqlserver-web" | "sqlserver-ex" => None,
        "oracle-ee" | "oracle-se2" => Some(200),
        _ => Some(400),
    };
    match striped_from {
        Some(from) if gib >= Decimal::from(from) => (12_000, 500),
        _ => (3_000, 125),
    }
}

/// Storage autoscaling: the high end is the limit it may reach.
fn with_autoscaling(sheet: &mut Sheet<'_>, size: &Known<Quantity>, most: &Field<i64>) -> Known<Quantity> {
    let size = size.clone()?;
    if most.is_absent() {
        return Ok(size);
    }
    match sheet.number(most, "max_allocated_storage", None) {
        Ok(most) if most.range.high > size.range.high => {
            let range = Range { high: most.range.high, ..size.range };
            let mut grown = size.with(range);
            grown.drivers.extend(most.drivers);
            Ok(grown)
        }
        Ok(_) => Ok(size),
        Err(missing) => {
            sheet.leave_out("Storage above the allocated", missing, None);
            Ok(size)
        }
    }
}

/// Backups above the storage of the database. No automated backups, no line.
fn backup(sheet: &mut Sheet<'_>, database: &Database, size: &Known<Quantity>) {
    let retention = &database.backup_retention;
    let kept = retention.holds(false, |days| *days > 0);
    let given = sheet.usage("backup_gb", "GB of backups");
    if kept.is_no() && given.is_err() {
        return;
    }
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    let rate =
        sheet.rate("RDS backup storage", catalogue.rds_storage(&region, "rds", "backup_storage", "any"));
    let quantity = match (given, size) {
        (Ok(given), Ok(size)) => Ok(given.above(size.range.low)),
        (Ok(_), Err(missing)) => Err(missing.clone()),
        (Err(missing), _) => Err(missing),
    };
    sheet.charge("Backup storage above the free", "GB-months", quantity, rate);
}

/// Whether a text field is known to be one of these.
pub(super) fn is_one_of(field: &Field<String>, names: &[&str]) -> bool {
    matches!(&field.state, State::Known(name) if names.contains(&name.as_str()))
}
