//! Databases, clusters and global clusters whose storage is not encrypted.

use crate::lint::rules::facts::databases;
use crate::lint::{Probe, Problem};
use crate::model::database::{Database, DatabaseCluster};
use crate::model::{Field, Tri};

fn unencrypted(field: &Field<bool>) -> Problem {
    let state = if field.is_absent() { "is not written" } else { "is false" };
    Problem::new(format!("storage_encrypted {state}: data, backups and copied snapshots can be read without a key"))
        .help(
            "set storage_encrypted = true before there is data: later the change replaces the database (then restore \
             from an encrypted copy of a snapshot)",
        )
}

pub(super) fn instance(probe: &mut Probe<'_>, database: &Database) {
    let inherits = databases::stands_alone(database)
        .negate()
        .or(database.snapshot.is_set())
        .or(database.restore.is_set());
    judge(probe, inherits, &database.storage_encrypted);
}

pub(super) fn cluster(probe: &mut Probe<'_>, cluster: &DatabaseCluster) {
    // Aurora Serverless v1 is always encrypted.
    let serverless = cluster.engine_mode.holds(false, |mode| mode.eq_ignore_ascii_case("serverless"));
    let inherits = serverless
        .or(cluster.replication_source.is_set())
        .or(cluster.snapshot.is_set())
        .or(cluster.restore.is_set());
    judge(probe, inherits, &cluster.storage_encrypted);
}

fn judge(probe: &mut Probe<'_>, inherits: Tri, field: &Field<bool>) {
    if inherits.is_yes() {
        return;
    }
    let off = field.holds(true, |encrypted| !encrypted);
    probe.decide(off.and(inherits.negate()), &field.origin, || unencrypted(field));
}
