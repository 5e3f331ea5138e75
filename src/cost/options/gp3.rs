//! gp3 instead of gp2 for databases. Source: RDS User Guide, "Amazon RDS DB instance storage".

use super::{Base, Column, Priced, set};

const NAME: &str = "gp3";
const TITLE: &str = "gp3 storage instead of gp2";

pub(super) fn columns(base: &Base<'_>) -> Vec<Column> {
    let mut changed = base.deployment.clone();
    let mut priced = Priced::default();
    for database in &mut changed.databases {
        // Without a type and without IOPS, Terraform's provider creates gp2.
        let if_absent = !database.iops.is_written();
        let is_gp2 = database.storage_type.holds(if_absent, |kind| kind == "gp2").is_yes();
        if !is_gp2 || !database.cluster.is_absent() || !database.allocated_storage.is_written() {
            continue;
        }
        let meta = database.meta.clone();
        let change = set(&mut database.storage_type, &meta, "storage_type", "gp3".to_owned(), "\"gp3\"");
        priced.changes.push(change);
    }
    if priced.changes.is_empty() {
        return vec![Column::not_here(NAME, TITLE, "nothing stands on gp2")];
    }
    priced.estimate = base.estimate_of(&changed);
    let saved = priced.saving(base.current);
    if saved.expected.is_zero() {
        priced.notes.push(
            "RDS sells both at one price here; gp3 has 3,000 IOPS at any size, gp2 has 3 for each GB"
                .to_owned(),
        );
    }
    vec![Column::priced(base, NAME, TITLE, priced)]
}
