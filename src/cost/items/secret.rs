//! Secrets Manager: secrets and API calls, also of the secret that RDS keeps for a master password.

use super::super::Ledger;
use super::super::quantity::{Known, Missing, Quantity};
use super::super::sheet::Sheet;
use crate::model::Field;
use crate::model::Tri;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for secret in &ledger.deployment().secrets {
        ledger.price(&secret.meta, "secret", |sheet| {
            let replicas = &secret.replicas;
            let count = if replicas.is_closed() {
                let copies = u64::try_from(replicas.items.len()).unwrap_or(u64::MAX).saturating_add(1);
                let count = Quantity::exactly(copies);
                Ok(if copies > 1 { count.driven_by(replicas.origin.span, "replica") } else { count })
            } else {
                Err(Missing::unknown("replica", replicas.causes()))
            };
            charge(sheet, "Secret", count);
        });
    }
}

fn charge(sheet: &mut Sheet<'_>, name: &str, secrets: Known<Quantity>) {
    let rate = sheet.service_rate("secretsmanager", "secret", "secrets");
    sheet.charge(name, "secret-months", secrets, rate);
    let calls = sheet.usage("api_calls", "Secrets Manager API calls");
    let rate = sheet.service_rate("secretsmanager", "api_request", "Secrets Manager API calls");
    sheet.charge(format!("{name} API calls"), "requests", calls, rate);
}

/// The secret that RDS creates for `manage_master_user_password`.
pub(super) fn of_master_password(sheet: &mut Sheet<'_>, managed: &Field<bool>) {
    let count = match managed.holds(false, |managed| *managed) {
        Tri::No => return,
        Tri::Yes => Ok(Quantity::exactly(1).driven_by(managed.span(), "manage_master_user_password")),
        Tri::Maybe(causes) => Err(Missing::unknown("manage_master_user_password", causes)),
    };
    charge(sheet, "Secret of the master password", count);
}
