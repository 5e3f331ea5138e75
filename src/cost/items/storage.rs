//! EFS file systems and S3 buckets: what is stored, read and asked, all of it from a usage file.
//! Sources: Amazon EFS pricing; Amazon S3 pricing.

use rust_decimal::Decimal;

use super::super::Ledger;
use super::super::metered::Metered;
use super::super::quantity::{Missing, Quantity};
use super::super::sheet::Sheet;
use crate::model::State;
use crate::model::storage::FileSystem;

/// GB of Standard storage that bring 1 MiB/s of throughput without further cost: 50 KiB/s for each GB.
/// Source: EFS User Guide, "Provisioned throughput".
const GB_PER_MIBPS: i64 = 20;

const fn gb(
    key: &'static str,
    noun: &'static str,
    name: &'static str,
    item: &'static str,
    asked: bool,
) -> Metered {
    Metered { key, noun, name, unit: "GB-months", item, asked }
}

const fn moved(
    key: &'static str,
    noun: &'static str,
    name: &'static str,
    item: &'static str,
    asked: bool,
) -> Metered {
    Metered { key, noun, name, unit: "GB", item, asked }
}

const fn asked_for(key: &'static str, noun: &'static str, name: &'static str, item: &'static str) -> Metered {
    Metered { key, noun, name, unit: "requests", item, asked: true }
}

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    let deployment = ledger.deployment();
    for bucket in &deployment.buckets {
        ledger.price(&bucket.meta, "bucket", |sheet| {
            sheet.by_use(
                "Storage and requests",
                "s3",
                &[
                    gb("storage_gb", "GB of S3 Standard", "S3 Standard storage", "storage_standard", true),
                    asked_for(
                        "put_requests",
                        "PUT and LIST requests",
                        "PUT, COPY, POST, LIST requests",
                        "request_put_copy_post_list",
                    ),
                    asked_for(
                        "get_requests",
                        "GET requests",
                        "GET and other requests",
                        "request_get_and_other",
                    ),
                    gb(
                        "ia_gb",
                        "GB of S3 Standard-IA",
                        "S3 Standard-IA storage",
                        "storage_standard_ia",
                        false,
                    ),
                    gb(
                        "glacier_ir_gb",
                        "GB of Glacier Instant Retrieval",
                        "S3 Glacier Instant Retrieval storage",
                        "storage_glacier_instant",
                        false,
                    ),
                ],
            );
        });
    }
    for files in &deployment.file_systems {
        ledger.price(&files.meta, "file-system", |sheet| file_system(sheet, files));
    }
}

fn file_system(sheet: &mut Sheet<'_>, files: &FileSystem) {
    let mode = match &files.throughput_mode.state {
        State::Absent => "bursting",
        State::Known(mode) => mode.as_str(),
        State::Unknown(unknown) => {
            let missing = Missing::unknown("throughput_mode", unknown.causes.clone());
            return sheet.leave_out("Storage and throughput", missing, None);
        }
    };
    if let State::Unknown(unknown) = &files.availability_zone.state
        && !unknown.not_null
    {
        let missing = Missing::unknown("availability_zone_name", unknown.causes.clone());
        return sheet.leave_out("Storage and throughput", missing, None);
    }
    let one_zone = files.availability_zone.is_written();
    let standard = if one_zone { "storage_standard_one_zone" } else { "storage_standard_regional" };
    let rare = match (one_zone, mode) {
        (true, _) => "storage_ia_one_zone",
        (false, "elastic") => "storage_ia_elastic_throughput",
        (false, _) => "storage_ia_legacy",
    };
    let mut metered = vec![
        gb("storage_gb", "GB of files", "EFS Standard storage", standard, true),
        gb("ia_gb", "GB of Infrequent Access", "EFS Infrequent Access storage", rare, false),
        gb("archive_gb", "GB of Archive", "EFS Archive storage", "storage_archive", false),
        moved(
            "ia_read_gb",
            "GB read from Infrequent Access",
            "Infrequent Access reads",
            "ia_access_read",
            false,
        ),
    ];
    if mode == "elastic" {
        metered.push(moved(
            "read_gb",
            "GB read",
            "Elastic throughput reads",
            "elastic_throughput_read",
            true,
        ));
        metered.push(moved(
            "write_gb",
            "GB written",
            "Elastic throughput writes",
            "elastic_throughput_write",
            true,
        ));
    }
    sheet.by_use("Storage", "efs", &metered);
    if mode == "provisioned" {
        let stored = sheet.usage("storage_gb", "GB of files");
        let included =
            stored.as_ref().map_or(Decimal::ZERO, |gb| gb.range.expected / Decimal::from(GB_PER_MIBPS));
        let field = &files.provisioned_throughput;
        let quantity = match &field.state {
            State::Known(mibps) if !mibps.is_sign_negative() => {
                let asked =
                    Quantity::exactly(*mibps).driven_by(field.span(), "provisioned_throughput_in_mibps");
                let value = match stored {
                    Ok(_) => "1 MiB/s is included for every 20 GB stored",
                    Err(_) => "none is included: usage key `storage_gb` is not given",
                };
                let name = sheet.assume("EFS provisioned throughput", value, "usage key `storage_gb`");
                Ok(asked.above(included).assuming(name))
            }
            State::Known(_) => Err(Missing::because("`provisioned_throughput_in_mibps` is negative")),
            State::Absent => Err(Missing::because("`provisioned_throughput_in_mibps` is not written")),
            State::Unknown(unknown) => {
                Err(Missing::unknown("provisioned_throughput_in_mibps", unknown.causes.clone()))
            }
        };
        let item = ("efs", "provisioned_throughput");
        sheet.charge_service("Provisioned throughput", "MBps-months", quantity, item);
    }
}
