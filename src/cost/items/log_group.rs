//! CloudWatch log groups: ingest, and the storage that follows from it and from the retention.

use rust_decimal::Decimal;

use super::super::Ledger;
use super::super::catalogue::Catalogue;
use super::super::estimate::Range;
use super::super::quantity::{Known, Missing, Quantity};
use super::super::sheet::Sheet;
use super::super::traffic;
use crate::model::logs::LogGroup;
use crate::model::{Field, State};

/// Share of ingested bytes that is stored: the ratio of AWS's own pricing calculator.
const COMPRESSED: Decimal = Decimal::from_parts(15, 0, 0, false, 2);
/// Age in months at which a group that keeps everything is priced.
const AGES: [i64; 3] = [1, 12, 36];

/// What storage costs a month, in USD, after 1, 12 and 36 months for each GB a month that is ingested and kept for
/// ever. `None` where the region has no price.
pub(in crate::cost) fn kept_for_ever(region: &str) -> Option<[(i64, Decimal); 3]> {
    let price = Catalogue::embedded().service(region, "cloudwatch", "logs_storage")?.flat()?;
    Some(AGES.map(|months| (months, Decimal::from(months) * COMPRESSED * price.amount)))
}

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for group in &ledger.deployment().log_groups {
        ledger.price(&group.meta, "log-group", |sheet| charge(sheet, group));
    }
}

fn charge(sheet: &mut Sheet<'_>, group: &LogGroup) {
    let of = [(&*group.meta.address, &*group.meta.kind)];
    let derive = |sheet: &mut Sheet<'_>| traffic::log_gb(sheet, group).map(Ok);
    let ingested = sheet.usage_or(&of, "ingested_gb", "GB of logs", Decimal::ONE, derive);
    let class = sheet.choices(&group.class, "log_group_class", Some("STANDARD".to_owned()));
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    let rate = class.and_then(|class| {
        sheet.rate_of(class, "CloudWatch Logs ingest", |class| {
            let item = match class.as_str() {
                "STANDARD" => "logs_ingest_standard",
                "INFREQUENT_ACCESS" => "logs_ingest_infrequent_access",
                // Delivered logs are billed as vended logs, in tiers of the account.
                _ => return None,
            };
            catalogue.service(&region, "cloudwatch", item)?.flat()
        })
    });
    sheet.charge("Log ingest", "GB", ingested.clone(), rate);
    let rate = sheet.service_rate("cloudwatch", "logs_storage", "CloudWatch Logs storage");
    let kept = match ingested {
        Ok(ingested) => months_kept(sheet, &group.retention).map(|months| {
            let kept = ingested.by(&months).times_called(COMPRESSED, "of the size after compression");
            // The assumption about storage is the one to name here; that about ingest stands with the ingest.
            Quantity { assumption: months.assumption, ..kept }
        }),
        Err(_) => Err(Missing::because("follows from `ingested_gb`, which is not given")),
    };
    sheet.charge("Log storage", "GB-months", kept, rate);
}

/// For how many months of 365 / 12 days logs are kept.
fn months_kept(sheet: &mut Sheet<'_>, retention: &Field<i64>) -> Known<Quantity> {
    let for_ever = match &retention.state {
        State::Absent => vec![0],
        State::Known(days) => vec![*days],
        State::Unknown(unknown) => unknown.alternatives.clone(),
    };
    if let [0] = for_ever.as_slice() {
        let value = "priced at the age of 12 months, low 1, high 36; stored compressed to 15%";
        let name = sheet.assume("logs without retention", value, "retention_in_days");
        let [low, expected, high] = AGES.map(Decimal::from);
        let kept = Quantity::of(Range { low, expected, high });
        return Ok(kept.driven_by(retention.span(), "retention_in_days").assuming(name));
    }
    if for_ever.contains(&0) {
        return Err(Missing::unknown("retention_in_days", retention.causes()));
    }
    let days = sheet.number(retention, "retention_in_days", None)?;
    let name = sheet.assume("log storage", "compressed to 15% of what is ingested", "");
    let months = days.times_called(12, "months a year").over(365, "days a year");
    Ok(Quantity { assumption: Some(months.assumption.clone().unwrap_or(name)), ..months })
}
