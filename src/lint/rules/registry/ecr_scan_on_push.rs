//! Repositories whose images nobody scans when they are pushed.

use crate::lint::rules::facts::{edits, repositories};
use crate::lint::{Applicability, Probe, Problem};
use crate::model::registry::Repository;

fn not_scanned(is_written: bool) -> Problem {
    let state = if is_written { "scan_on_push is off" } else { "scan_on_push is not written" };
    Problem::new(format!("{state}: nobody learns that a pushed image has known holes"))
        .help("add image_scanning_configuration { scan_on_push = true }; basic scanning is free of charge")
}

pub(super) fn check(probe: &mut Probe<'_>, repository: &Repository) {
    let exempt = repositories::is_pull_through(probe.deployment, repository);
    if exempt.is_yes() {
        return;
    }
    let field = &repository.scan_on_push;
    let off = field.holds(true, |scan| !scan);
    let elsewhere = exempt.or(repositories::is_scanned_by_registry(probe.deployment, repository));
    let meta = probe.meta();
    probe.decide(off.and(elsewhere.negate()), &field.origin, || {
        let problem = not_scanned(field.is_written());
        let within = ["image_scanning_configuration"];
        edits::set(problem, meta.block, field, Applicability::Safe, &within, "scan_on_push", true)
    });
}
