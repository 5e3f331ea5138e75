//! Multi-AZ databases on and off. Source: RDS User Guide, "Multi-AZ DB instance deployments".

use super::{Base, Column, Priced, set};
use crate::model::Tri;

pub(super) fn multi(base: &Base<'_>) -> Vec<Column> {
    let mut priced = Priced::default();
    priced.notes.push("a standby in a second zone takes over in one to two minutes".to_owned());
    vec![column(base, "multi-az", "Databases Multi-AZ", true, priced)]
}

pub(super) fn single(base: &Base<'_>) -> Vec<Column> {
    let mut priced = Priced::default();
    priced.conditions.push(
        "an outage of hours is bearable: when the zone or the host fails, the database is restored from a backup"
            .to_owned(),
    );
    vec![column(base, "single-az", "Databases Single-AZ", false, priced)]
}

fn column(base: &Base<'_>, name: &str, title: &str, to: bool, mut priced: Priced) -> Column {
    let mut changed = base.deployment.clone();
    for database in &mut changed.databases {
        let is_of_cluster =
            !database.cluster.is_absent() || &*database.meta.kind == "aws_rds_cluster_instance";
        // A replica is no primary: it follows its own argument, and is no standby.
        let now = database.multi_az.holds(false, |multi| *multi);
        let is_other = matches!((&now, to), (Tri::No, true) | (Tri::Yes, false));
        if is_of_cluster || !is_other || database.replicate_source.is_written() {
            continue;
        }
        let meta = database.meta.clone();
        let shown = if to { "true" } else { "false" };
        priced.changes.push(set(&mut database.multi_az, &meta, "multi_az", to, shown));
    }
    if priced.changes.is_empty() {
        let why = if to { "no RDS instance is Single-AZ" } else { "no RDS instance is Multi-AZ" };
        return Column::not_here(name, title, why);
    }
    priced.estimate = base.estimate_of(&changed);
    Column::priced(base, name, title, priced)
}
