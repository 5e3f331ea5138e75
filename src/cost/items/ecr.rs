//! ECR repositories: storage of images.

use super::super::Ledger;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for repository in &ledger.deployment().repositories {
        ledger.price(&repository.meta, "container-repository", |sheet| {
            let stored = sheet.usage("storage_gb", "GB of images");
            let rate = sheet.service_rate("ecr", "private_storage", "ECR storage");
            sheet.charge("Image storage", "GB-months", stored, rate);
        });
    }
}
