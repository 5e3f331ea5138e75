//! EBS volumes, of their own and attached to instances and tasks: storage, and what is provisioned above what comes
//! with it. Source: Amazon EBS pricing; Amazon EBS user guide, "General Purpose SSD" and "Provisioned IOPS SSD".

use rust_decimal::Decimal;

use super::super::Ledger;
use super::super::catalogue::EbsMetric;
use super::super::estimate::Range;
use super::super::quantity::{Choices, Known, Missing, Quantity};
use super::super::sheet::Sheet;
use crate::model::Field;
use crate::model::compute::Disk;

/// Type of a volume when nothing is written (EC2 API, `CreateVolume`).
pub(super) const USUAL_TYPE: &str = "gp2";
/// I/O operations a second and MiB/s that every gp3 volume has for nothing.
const GP3_IOPS: i64 = 3_000;
const GP3_THROUGHPUT: i64 = 125;
/// Ends of the first two io2 price tiers, I/O operations a second of one volume.
const IO2_TIERS: [i64; 2] = [32_000, 64_000];

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for volume in &ledger.deployment().volumes {
        ledger.price(&volume.meta, "ebs-volume", |sheet| {
            let size = sheet.number(&volume.disk.size, "size", None);
            charge(sheet, &volume.disk, "Storage", &Quantity::exactly(1), size, USUAL_TYPE);
        });
    }
}

/// Charges `volumes` (volume-months) of `size` GB each. `title` names the storage: `Root volumes`; `usual` is the type
/// where none is written.
pub(super) fn charge(
    sheet: &mut Sheet<'_>,
    disk: &Disk,
    title: &str,
    volumes: &Quantity,
    size: Known<Quantity>,
    usual: &str,
) {
    let types = match types(sheet, disk, usual) {
        Ok(types) => types,
        Err(missing) => return sheet.leave_out(title, missing, None),
    };
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    let names = types.values.join(" or ");
    let rate = sheet.rate_of(types.clone(), &format!("EBS {names} storage"), |name| {
        catalogue.ebs(&region, name, EbsMetric::Storage)
    });
    // Without a price of storage there is none of the rest either: it is said once.
    let is_priced = rate.is_ok();
    let storage = size.map(|size| volumes.clone().by(&size));
    sheet.charge(format!("{title} ({names})"), "GB-month", storage, rate);
    if !is_priced {
        return;
    }
    let [name] = types.values.as_slice() else {
        for (field, what) in [(&disk.iops, "iops"), (&disk.throughput, "throughput")] {
            if field.is_written() {
                let missing = Missing::because(format!("which of {names} it is decides what `{what}` costs"));
                sheet.leave_out(&format!("{title} {what}"), missing, None);
            }
        }
        return;
    };
    provisioned(sheet, disk, title, volumes, name);
}

/// What is provisioned besides the storage.
fn provisioned(sheet: &mut Sheet<'_>, disk: &Disk, title: &str, volumes: &Quantity, name: &str) {
    let iops = EbsMetric::Iops;
    match name {
        "gp3" => {
            let more = (Decimal::from(GP3_IOPS), None);
            part(
                sheet,
                &disk.iops,
                ("iops", &format!("{title} IOPS above 3,000")),
                volumes,
                name,
                iops,
                more,
            );
            let more = (Decimal::from(GP3_THROUGHPUT), None);
            let named = ("throughput", format!("{title} throughput above 125 MiB/s"));
            part(sheet, &disk.throughput, (named.0, &named.1), volumes, name, EbsMetric::Throughput, more);
        }
        "io1" => {
            let named = ("iops", format!("{title} provisioned IOPS"));
            part(sheet, &disk.iops, (named.0, &named.1), volumes, name, iops, (Decimal::ZERO, None));
        }
        "io2" => {
            let [first, second] = IO2_TIERS.map(Decimal::from);
            for (metric, words, above, up_to) in [
                (EbsMetric::IopsTier1, "provisioned IOPS up to 32,000", Decimal::ZERO, Some(first)),
                (EbsMetric::IopsTier2, "provisioned IOPS above 32,000", first, Some(second)),
                (EbsMetric::IopsTier3, "provisioned IOPS above 64,000", second, None),
            ] {
                let named = format!("{title} {words}");
                part(sheet, &disk.iops, ("iops", &named), volumes, name, metric, (above, up_to));
            }
        }
        "standard" => {
            let missing = sheet.no_price("I/O requests of magnetic volumes");
            sheet.leave_out(title, missing, None);
        }
        _ => {}
    }
}

/// The part of an argument of each volume that is above `above` and not above `up_to`.
fn part(
    sheet: &mut Sheet<'_>,
    field: &Field<i64>,
    (argument, name): (&str, &str),
    volumes: &Quantity,
    volume_type: &str,
    metric: EbsMetric,
    (above, up_to): (Decimal, Option<Decimal>),
) {
    // What is not written has its default: free for gp3, and refused by EC2 for io1 and io2.
    let is_required = volume_type != "gp3" && above.is_zero();
    if field.is_absent() && !is_required {
        return;
    }
    let each = sheet.number(field, argument, None).map(|amount| match up_to {
        Some(most) => amount.with(at_most(amount.range, most)).above(above),
        None => amount.above(above),
    });
    if each.as_ref().is_ok_and(|each| each.range.high.is_zero()) {
        return;
    }
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    let rate =
        sheet.rate(&format!("EBS {volume_type} {argument}"), catalogue.ebs(&region, volume_type, metric));
    let unit = if metric == EbsMetric::Throughput { "MiBps-month" } else { "IOPS-month" };
    sheet.charge(name, unit, each.map(|each| volumes.clone().by(&each)), rate);
}

fn at_most(range: Range, most: Decimal) -> Range {
    Range { low: range.low.min(most), expected: range.expected.min(most), high: range.high.min(most) }
}

fn types(sheet: &mut Sheet<'_>, disk: &Disk, usual: &str) -> Known<Choices<String>> {
    let mut types = sheet.choices(&disk.volume_type, "volume_type", Some(usual.to_owned()))?;
    if disk.volume_type.is_absent() {
        let value = format!("{usual} where no type is written");
        types.assumption = Some(sheet.assume("type of EBS volumes", value, "volume_type"));
    }
    Ok(types)
}
