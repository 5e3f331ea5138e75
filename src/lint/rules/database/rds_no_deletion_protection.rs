//! Databases and clusters that one command, or one careless apply, deletes.

use crate::lint::rules::facts::{databases, edits};
use crate::lint::{Applicability, Probe, Problem};
use crate::model::database::{Database, DatabaseCluster};
use crate::model::{Field, Tri};

fn unprotected(is_written: bool) -> Problem {
    let state = if is_written { "is off" } else { "is not written" };
    Problem::new(format!(
        "deletion_protection {state}: one command, or an apply that replaces the resource, deletes the database"
    ))
    .help("set deletion_protection = true; it needs no restart")
}

pub(super) fn instance(probe: &mut Probe<'_>, database: &Database) {
    judge(probe, databases::stands_alone(database), &database.deletion_protection);
}

pub(super) fn cluster(probe: &mut Probe<'_>, cluster: &DatabaseCluster) {
    if !cluster.global {
        judge(probe, cluster.replication_source.is_set().negate(), &cluster.deletion_protection);
    }
}

fn judge(probe: &mut Probe<'_>, applies: Tri, field: &Field<bool>) {
    let is_off_here = probe.rule().stage.is_some_and(|stages| stages.of(probe.stage()).is_none());
    if applies.is_no() || is_off_here {
        return;
    }
    let off = field.holds(true, |protected| !protected);
    let meta = probe.meta();
    probe.decide(applies.and(off), &field.origin, || {
        let problem = unprotected(field.is_written());
        edits::set(problem, meta.block, field, Applicability::Safe, &[], "deletion_protection", true)
    });
}
