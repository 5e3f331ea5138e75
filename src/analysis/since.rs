//! `--since`: leaves the findings on changed lines, and those that the change caused. The state of then is judged like
//! that of now, from what git remembers of the files that changed.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::accepted::Accept;
use super::git::{Changed, ChangedLines, Commit};
use super::revision::{Then, paths_of_then};
use super::{Analysis, Failure, Request, state};
use crate::lint::baseline::Baseline;
use crate::lint::{Catalogue, Finding, Undecided};
use crate::source::{Files, Overlay, SourceMap, Span};

/// Keeps the findings of the change since a revision.
pub(super) fn apply(request: &Request, revision: &str, mut analysis: Analysis) -> Result<Analysis, Failure> {
    let refused = |message: String| Failure::Argument(format!("--since: {message}"));
    let Then { git, commit, changes, overlay } =
        Then::read(&analysis.root, revision, &analysis.root, request.config.as_deref()).map_err(refused)?;
    let mut lines = git.changed_lines(&commit).map_err(refused)?;
    for change in &changes {
        if let (None, Some(path)) = (&change.before, &change.now) {
            lines.add_file(path.clone());
        }
    }
    let (mut before, undecided) = match at(request, &analysis.catalogue, &changes, overlay) {
        Ok(then) => {
            let renamed = renames(&changes, &analysis.root);
            let of_then = |path: &str| renamed.get(path).cloned();
            let baseline = then.with_places(|places| Baseline::of_state(&then.judgement, places, of_then));
            (baseline, then.judgement.undecided)
        }
        Err(Failure::Path(reason) | Failure::Argument(reason)) => {
            analysis.notes.push(cannot(revision, &reason));
            (Baseline::default(), Vec::new())
        }
        Err(Failure::Config { errors, .. }) => {
            let reason = errors.first().map_or("", |error| &error.message);
            analysis.notes.push(cannot(revision, reason));
            (Baseline::default(), Vec::new())
        }
    };
    let left_out = keep_new(&mut analysis, &mut before, &lines);
    keep_undecided(&mut analysis, &undecided);
    analysis.notes.push(note(revision, &commit, left_out));
    Ok(analysis)
}

fn cannot(revision: &str, reason: &str) -> String {
    format!(
        "the files as they were at {revision} cannot be judged, so that every finding counts as new: {reason}"
    )
}

fn note(revision: &str, commit: &Commit, left_out: usize) -> String {
    let short: String = commit.id.chars().take(9).collect();
    let what = match left_out {
        0 => "no finding is left out".to_owned(),
        1 => "1 finding that was there before is left out".to_owned(),
        count => format!("{count} findings that were there before are left out"),
    };
    if short.starts_with(revision) || revision.starts_with(&short) {
        format!("since {short}: {what}")
    } else {
        format!("since {revision} ({short}): {what}")
    }
}

/// Judges the files of then.
fn at(
    request: &Request,
    rules: &Catalogue,
    changes: &[Changed],
    overlay: Overlay,
) -> Result<Analysis, Failure> {
    let paths = paths_of_then(request, changes, &overlay);
    let then = Request {
        paths,
        baseline: Accept::Nothing,
        since: None,
        price: false,
        // Rules and settings of now hold for both states: a change of them alone makes nothing new.
        rules: Some(rules.clone()),
        overlay: Arc::new(overlay),
        ..request.clone()
    };
    state(&then)
}

/// Paths of then below the boundary, with what they are called now.
fn renames(changes: &[Changed], root: &Path) -> HashMap<String, String> {
    let below = |path: &Path| {
        let parts = path.strip_prefix(root).ok()?.components();
        Some(parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
    };
    let both = changes.iter().filter_map(|change| Some((&change.before.as_ref()?.0, change.now.as_ref()?)));
    both.filter(|(old, new)| old != new).filter_map(|(old, new)| Some((below(old)?, below(new)?))).collect()
}

/// Leaves what is new or stands on changed lines; how many findings were left out.
fn keep_new(analysis: &mut Analysis, before: &mut Baseline, lines: &ChangedLines) -> usize {
    let findings = std::mem::take(&mut analysis.judgement.findings);
    let known = analysis.with_places(|places| before.take(&findings, places));
    let mut kept = Vec::new();
    let mut left_out = 0;
    for (mut finding, known) in findings.into_iter().zip(known) {
        if !is_touched(&finding, &analysis.sources, lines) {
            let mut known = known.into_iter();
            let mut instances = std::mem::take(&mut finding.instances);
            instances.retain(|_| !known.next().unwrap_or_default());
            if instances.is_empty() {
                left_out += 1;
                continue;
            }
            finding.keep_instances(instances);
        }
        kept.push(finding);
    }
    analysis.judgement.findings = kept;
    left_out
}

/// Whether the finding's place, or one that belongs to it, is on a changed line.
fn is_touched(finding: &Finding, sources: &SourceMap, lines: &ChangedLines) -> bool {
    let is_on_changed_line = |span: Span| {
        sources.get(span.file).is_some_and(|file| {
            // The first line: what is blamed as a whole (an object without a property) is not touched by each of its lines.
            let line = file.line_index(span.start);
            let path = file.path.as_deref().map(Files::normalize);
            path.is_some_and(|path| lines.touch(&path, line))
        })
    };
    is_on_changed_line(finding.primary)
        || finding.related.iter().any(|related| is_on_changed_line(related.span))
}

/// Leaves out what could not be decided then either.
fn keep_undecided(analysis: &mut Analysis, then: &[Undecided]) {
    let known: HashSet<_> = then
        .iter()
        .flat_map(|record| record.instances.iter().map(|address| (&record.rule, &record.cause, address)))
        .collect();
    let judgement = &mut analysis.judgement;
    let mut removed = 0;
    for record in &mut judgement.undecided {
        let (rule, cause) = (&record.rule, &record.cause);
        let before = record.instances.len();
        record.instances.retain(|address| !known.contains(&(rule, cause, address)));
        removed += before - record.instances.len();
    }
    judgement.undecided.retain(|record| !record.instances.is_empty());
    judgement.undecided_checks = if judgement.undecided.is_empty() {
        0
    } else {
        judgement.undecided_checks.saturating_sub(removed).max(1)
    };
}
