//! Repositories whose tags can be pushed again with other content.

use crate::lint::rules::facts::{edits, repositories};
use crate::lint::{Applicability, Probe, Problem};
use crate::model::registry::Repository;
use crate::model::{Field, Tri};

const HELP: &str = "set image_tag_mutability = \"IMMUTABLE\"; a job that pushes a fixed tag such as latest fails from \
                    then on, so give each build a tag of its own first";

fn not_written() -> Problem {
    Problem::new("image_tag_mutability is not written, so tags are MUTABLE: a tag can be pushed again with other content")
        .help(HELP)
}

fn mutable(setting: &Field<String>) -> Problem {
    let setting = setting.known().map_or("MUTABLE", String::as_str);
    Problem::new(format!("image_tag_mutability is {setting}: a tag can be pushed again with other content"))
        .help(HELP)
}

fn excluded(filter: Option<&String>) -> Problem {
    let filter = filter.map_or_else(String::new, |filter| format!(" {filter}"));
    Problem::new(format!("tags that match{filter} stay mutable: they can be pushed again with other content"))
        .help("exclude only tags that no task runs, such as latest or cache-*")
}

pub(super) fn check(probe: &mut Probe<'_>, repository: &Repository) {
    let exempt = repositories::is_pull_through(probe.deployment, repository)
        .or(repository.name.holds(false, |name| name.to_ascii_lowercase().contains("cache")));
    if exempt.is_yes() {
        return;
    }
    let applies = exempt.negate();
    let setting = &repository.tag_mutability;
    let meta = probe.meta();
    let bad = setting.holds(true, |setting| setting.to_ascii_uppercase().starts_with("MUTABLE"));
    if !bad.is_no() {
        probe.decide(applies.and(bad), &setting.origin, || {
            let problem = if setting.is_absent() { not_written() } else { mutable(setting) };
            // A job that pushes a fixed tag fails from then on.
            let (how, name) = (Applicability::Unsafe, "image_tag_mutability");
            match setting.known().is_some_and(|setting| setting.contains("EXCLUSION")) {
                true => problem,
                false => edits::set(problem, meta.block, setting, how, &[], name, "IMMUTABLE"),
            }
        });
        return;
    }
    let has_exclusions =
        setting.holds(false, |setting| setting.eq_ignore_ascii_case("IMMUTABLE_WITH_EXCLUSION"));
    if has_exclusions.is_no() {
        probe.pass();
        return;
    }
    let filters = &repository.exclusion_filters;
    for filter in filters {
        let runs = filter.holds(false, |filter| !is_moving(filter));
        probe.decide(applies.clone().and(has_exclusions.clone()).and(runs), &filter.origin, || {
            excluded(filter.known())
        });
    }
    if let Some(open) = &filters.open {
        probe.decide(applies.and(Tri::Maybe(open.causes.clone())), &filters.origin, || excluded(None));
    }
}

/// Tags that are meant to move and that no task should run.
fn is_moving(filter: &str) -> bool {
    let filter = filter.to_ascii_lowercase();
    filter.contains("latest") || filter.contains("cache")
}
