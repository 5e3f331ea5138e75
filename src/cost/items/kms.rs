//! KMS keys: a month each, more with rotated material, and requests by the kind of key.
//! Source: AWS KMS pricing: a key costs the same again for its first and its second rotation, later ones are free.

use rust_decimal::Decimal;

use super::super::Ledger;
use super::super::estimate::Range;
use super::super::metered::Metered;
use super::super::quantity::{Missing, Quantity};
use super::super::sheet::Sheet;
use crate::model::keys::Key;
use crate::model::{State, Tri};

/// The key itself and the two rotations that are billed.
const ROTATED: i64 = 3;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for key in &ledger.deployment().keys {
        ledger.price(&key.meta, "kms-key", |sheet| charge(sheet, key));
    }
}

fn charge(sheet: &mut Sheet<'_>, key: &Key) {
    let months = match key.rotation.holds(false, |on| *on) {
        Tri::No => Quantity::exactly(1),
        Tri::Yes | Tri::Maybe(_) => {
            let value = "priced before its first rotation; from the second one on three times that";
            let name = sheet.assume("rotated keys", value, "enable_key_rotation");
            let range = Range { high: Decimal::from(ROTATED), ..Range::exactly(Decimal::ONE) };
            Quantity::of(range).driven_by(key.rotation.span(), "enable_key_rotation").assuming(name)
        }
    };
    sheet.charge_service("Key", "key-months", Ok(months), ("kms", "customer_managed_key"));
    let spec = match &key.spec.state {
        State::Absent => "SYMMETRIC_DEFAULT",
        State::Known(spec) => spec.as_str(),
        State::Unknown(unknown) => {
            let missing = Missing::unknown("customer_master_key_spec", unknown.causes.clone());
            return sheet.leave_out("Requests", missing, None);
        }
    };
    let item = match spec {
        "SYMMETRIC_DEFAULT" => "api_request",
        "RSA_2048" => "api_request_asymmetric_rsa2048",
        _ if spec.starts_with("RSA") || spec.starts_with("ECC") || spec.starts_with("SM2") => {
            "api_request_asymmetric_other"
        }
        _ => {
            let missing = sheet.no_price(&format!("KMS requests of a {spec} key"));
            return sheet.leave_out("Requests", missing, None);
        }
    };
    let requests = Metered {
        key: "requests",
        noun: "KMS requests",
        name: "Requests",
        unit: "requests",
        item,
        asked: true,
    };
    sheet.by_use("Requests", "kms", &[requests]);
}
