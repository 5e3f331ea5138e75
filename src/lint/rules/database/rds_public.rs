//! Databases with a public address.

use crate::lint::rules::facts::edits;
use crate::lint::{Applicability, Probe, Problem};
use crate::model::Field;
use crate::model::database::{Database, DatabaseCluster};

fn public() -> Problem {
    Problem::new(
        "publicly_accessible is true: only a security group and a password stand between the internet and the data",
    )
    .help("set publicly_accessible = false; use ECS Exec, Session Manager or a VPN to reach it from a laptop")
}

pub(super) fn instance(probe: &mut Probe<'_>, database: &Database) {
    judge(probe, &database.publicly_accessible);
}

pub(super) fn cluster(probe: &mut Probe<'_>, cluster: &DatabaseCluster) {
    if cluster.publicly_accessible.is_written() {
        judge(probe, &cluster.publicly_accessible);
    }
}

/// Absent is no finding: the provider of Terraform sends false.
fn judge(probe: &mut Probe<'_>, field: &Field<bool>) {
    let meta = probe.meta();
    probe.decide(field.holds(false, |public| *public), &field.origin, || {
        edits::set(public(), meta.block, field, Applicability::Unsafe, &[], "publicly_accessible", false)
    });
}
