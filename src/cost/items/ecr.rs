//! ECR repositories: storage of images.

use rust_decimal::Decimal;

use super::super::sheet::Sheet;
use super::super::{Ledger, traffic};

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for repository in &ledger.deployment().repositories {
        ledger.price(&repository.meta, "container-repository", |sheet| {
            let of = [(&*repository.meta.address, &*repository.meta.kind)];
            let derive = |sheet: &mut Sheet<'_>| traffic::stored_gb(sheet, repository).map(Ok);
            let stored = sheet.usage_or(&of, "storage_gb", "GB of images", Decimal::ONE, derive);
            let rate = sheet.service_rate("ecr", "private_storage", "ECR storage");
            sheet.charge("Image storage", "GB-months", stored, rate);
        });
    }
}
