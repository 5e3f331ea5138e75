//! Performance Insights kept longer than the free week, and Database Insights Advanced.
//! Sources: RDS pricing, "Performance Insights"; RDS User Guide, "Pricing and data retention for Performance Insights".

use rust_decimal::Decimal;

use super::super::quantity::{Choices, Known, Missing, Quantity};
use super::super::sheet::Sheet;
use super::rds_cluster::SERVERLESS;
use super::rds_proxy::vcpus;
use crate::model::Tri;
use crate::model::database::Database;

/// Days that cost nothing.
const FREE_DAYS: i64 = 7;
/// A month of retention is so many days; two years are 731.
const DAYS_A_MONTH: i64 = 31;
/// The last day on which longer retention was sold: Database Insights took its place.
const SOLD_UNTIL: &str = "2026-06-30";

pub(super) fn charge(sheet: &mut Sheet<'_>, database: &Database, class: &Known<Choices<String>>) {
    match database.insights_mode.holds(false, |mode| mode == "advanced") {
        Tri::Yes => {
            let missing = sheet.no_price("Database Insights Advanced");
            return sheet.leave_out("Database Insights", missing, None);
        }
        Tri::Maybe(causes) => {
            let missing = Missing::unknown("database_insights_mode", causes);
            return sheet.leave_out("Database Insights", missing, None);
        }
        Tri::No => {}
    }
    let retention = &database.performance_insights_retention;
    let kept_longer = database
        .performance_insights
        .holds(false, |on| *on)
        .and(retention.holds(false, |days| *days > FREE_DAYS));
    match kept_longer {
        Tri::No => return,
        Tri::Maybe(causes) => {
            let missing = Missing::unknown("performance_insights_retention_period", causes);
            return sheet.leave_out("Performance Insights", missing, None);
        }
        Tri::Yes => {}
    }
    if sheet.context.options.as_of.to_string().as_str() > SOLD_UNTIL {
        let missing = Missing::because(format!(
            "retention above {FREE_DAYS} days is sold no longer since {SOLD_UNTIL}, its successor Database Insights \
             Advanced has no price in the tables"
        ));
        return sheet.leave_out("Performance Insights", missing, None);
    }
    let months = match sheet.number(retention, "performance_insights_retention_period", None) {
        // 731 days are two years: 23 times 31 days and 18 more.
        Ok(days) => (days.range.high / Decimal::from(DAYS_A_MONTH)).ceil(),
        Err(missing) => return sheet.leave_out("Performance Insights", missing, None),
    };
    let size = match class {
        Ok(class) if class.all(|class| class == SERVERLESS) => {
            Err(sheet.no_price("Performance Insights of Serverless v2"))
        }
        Ok(class) => vcpus(sheet, class),
        Err(missing) => Err(missing.clone()),
    };
    let size = size.map(|size| size.driven_by(retention.span(), "performance_insights_retention_period"));
    charge_months(sheet, size, months);
}

/// The first month of retention and each further one have prices of their own.
fn charge_months(sheet: &mut Sheet<'_>, vcpus: Known<Quantity>, months: Decimal) {
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    for (name, item, factor) in [
        ("Performance Insights, first month kept", "perf_insights_long_retention_FMR", Decimal::ONE),
        (
            "Performance Insights, further months kept",
            "perf_insights_long_retention_AMR",
            months.saturating_sub(Decimal::ONE),
        ),
    ] {
        if factor.is_zero() {
            continue;
        }
        let rate = sheet.rate("Performance Insights", catalogue.rds_storage(&region, "rds", item, "any"));
        let quantity = vcpus.clone().map(|vcpus| vcpus.times(factor));
        sheet.charge(name, "vCPU-months", quantity, rate);
    }
}
