//! Extended support: what RDS charges for a major version past its standard support, per vCPU and hour, the standby
//! included. Sources: RDS User Guide, "Amazon RDS Extended Support charges"; release calendars of RDS for MySQL and
//! RDS for PostgreSQL.

use super::super::catalogue::{Deployment as Zones, Price};
use super::super::quantity::{Choices, Missing, Quantity};
use super::super::sheet::Sheet;
use crate::model::database::Database;
use crate::model::{Field, State};

/// Engine, major version, first day that is charged, first day of the third year's price.
const CHARGED_FROM: &[(&str, &str, &str, &str)] = &[
    ("mysql", "5.7", "2024-03-01", "2026-03-01"),
    ("mysql", "8.0", "2026-08-01", "2028-08-01"),
    ("postgres", "11", "2024-04-01", "2026-04-01"),
    ("postgres", "12", "2025-03-01", "2027-03-01"),
    ("postgres", "13", "2026-03-01", "2028-03-01"),
    ("postgres", "14", "2027-03-01", "2029-03-01"),
    ("postgres", "15", "2028-03-01", "2030-03-01"),
];

/// Major versions whose price per vCPU is in the tables. The rows of later versions are labelled for any engine and
/// carry the figures that AWS publishes per ACU of Aurora Serverless v2 (0.085 against 0.10 in us-east-1), so they
/// are not taken for the price of an instance.
const PRICED: [&str; 3] = ["5.7", "11", "12"];

pub(super) fn charge(
    sheet: &mut Sheet<'_>,
    database: &Database,
    version: &Field<String>,
    engine: &Choices<String>,
    class: &Choices<String>,
    zones: &Choices<Zones>,
) {
    if !engine.values.iter().any(|engine| engine == "mysql" || engine == "postgres") {
        return;
    }
    let disabled = database.lifecycle_support.holds(false, |support| support.ends_with("-disabled"));
    if disabled.is_yes() {
        return;
    }
    let versions = match &version.state {
        // Without a version RDS takes its default, which is supported.
        State::Absent => return,
        State::Unknown(unknown) if unknown.alternatives.is_empty() => {
            let causes = unknown.causes.clone();
            let missing = Missing { causes, ..Missing::because("whether the version needs it is unknown") };
            return sheet.leave_out("Extended support", missing, None);
        }
        State::Known(_) | State::Unknown(_) => match sheet.choices(version, "engine_version", None) {
            Ok(versions) => versions,
            Err(missing) => return sheet.leave_out("Extended support", missing, None),
        },
    };
    let today = sheet.context.options.as_of.to_string();
    let entry = |engine: &str, version: &str| {
        CHARGED_FROM.iter().find(|(of, major, from, _)| {
            let is_major =
                version.strip_prefix(major).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            *of == engine && is_major && today.as_str() >= *from
        })
    };
    let named = versions.values.clone();
    let choices = versions.with(engine).with(class).with(zones);
    if choices.all(|(((version, engine), _), _)| entry(engine, version).is_none()) {
        return;
    }
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    let what = format!("extended support of {} {}", engine.values.join(" or "), named.join(" or "));
    // Per instance and hour, so that classes of different sizes compare.
    let rate = sheet.rate_of(choices, &what, |(((version, engine), class), zones)| {
        let any = catalogue.rds_extended_support(&region, "postgres", "12", false)?;
        let instance_hour = |amount| Price { amount, unit: "instance-hour", ..any };
        let Some((of, major, _, third)) = entry(engine, version) else {
            return Some(instance_hour(rust_decimal::Decimal::ZERO));
        };
        if !PRICED.contains(major) {
            return None;
        }
        let price = catalogue.rds_extended_support(&region, of, major, today.as_str() >= *third)?;
        let copies = if *zones == Zones::MultiAz { 2 } else { 1 };
        let vcpus = catalogue.rds_spec(class)?.vcpu * rust_decimal::Decimal::from(copies);
        Some(Price { amount: price.amount.checked_mul(vcpus)?, unit: "instance-hour", ..price })
    });
    let hours = Quantity::exactly(sheet.hours());
    sheet.charge("Extended support of the engine version", "instance-hours", Ok(hours), rate);
}
