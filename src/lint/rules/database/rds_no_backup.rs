//! Databases without automated backups.

use crate::lint::rules::facts::{databases, edits};
use crate::lint::{Applicability, Probe, Problem, Severity};
use crate::model::database::Database;
use crate::model::{Field, Meta, Stage, Tri};

/// Days that a production database should be kept for at least.
const A_WEEK: i64 = 7;

fn not_written() -> Problem {
    Problem::new("backup_retention_period is not written, and Terraform then sends 0: there are no backups")
        .help("set backup_retention_period = 7; going from 0 to another value restarts the database")
}

fn none() -> Problem {
    Problem::new("backup_retention_period is 0: there are no backups, a wrong DELETE cannot be undone")
        .help("set backup_retention_period = 7; going from 0 to another value restarts the database")
}

fn few(days: Option<i64>) -> Problem {
    let days = match days {
        None => "less than a week".to_owned(),
        Some(1) => "1 day".to_owned(),
        Some(days) => format!("{days} days"),
    };
    Problem::new(format!("backup_retention_period keeps {days} of a production database"))
        .help("set backup_retention_period = 7 or more: an error is often noticed after a weekend")
        .severity(Severity::Info)
}

/// Going from none to some restarts the database.
fn keep_a_week(problem: Problem, meta: &Meta, retention: &Field<i64>) -> Problem {
    edits::set(problem, meta.block, retention, Applicability::Unsafe, &[], "backup_retention_period", A_WEEK)
}

pub(super) fn check(probe: &mut Probe<'_>, database: &Database) {
    let applies = databases::stands_alone(database);
    if applies.is_no() || databases::is_backed_up_elsewhere(probe.deployment, &database.meta) {
        return;
    }
    let retention = &database.backup_retention;
    let meta = probe.meta();
    let off = retention.holds(true, |days| *days == 0);
    if !off.is_no() {
        probe.decide(applies.and(off), &retention.origin, || {
            let problem = if retention.is_absent() { not_written() } else { none() };
            keep_a_week(problem, meta, retention)
        });
        return;
    }
    let short = match probe.stage() {
        Stage::Production => retention.holds(false, |days| *days < A_WEEK),
        Stage::NonProduction | Stage::Unknown => Tri::No,
    };
    probe.decide(applies.and(short), &retention.origin, || {
        keep_a_week(few(retention.known().copied()), meta, retention)
    });
}
