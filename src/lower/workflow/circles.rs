//! Reusable workflows that call each other in a circle, which GitHub refuses.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use super::{Document, local_path};
use crate::source::Span;
use crate::syntax::tree::Node;

/// Workflow files of which each calls the next and the last the first.
#[derive(Debug, Clone)]
pub struct Circle {
    /// Name of the file, and its `uses` that leads to the next; the circle begins with the first by name.
    pub steps: Vec<(Arc<str>, Span)>,
}

/// Every circle that following the calls closes, once.
#[must_use]
pub fn circles(workflows: &[Document]) -> Vec<Circle> {
    let index: HashMap<&PathBuf, usize> =
        workflows.iter().enumerate().map(|(at, document)| (&document.path, at)).collect();
    let calls: Vec<Vec<(usize, Span)>> =
        workflows.iter().map(|document| calls_of(document, &index)).collect();
    let mut found = Vec::new();
    let mut told = BTreeSet::new();
    let mut done = vec![false; workflows.len()];
    for start in 0..workflows.len() {
        // Files on the way with the number of their calls that were followed.
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((at, followed)) = way.last_mut() {
            let at = *at;
            let call = calls.get(at).and_then(|calls| calls.get(*followed)).copied();
            *followed += 1;
            match call {
                None => {
                    if let Some(done) = done.get_mut(at) {
                        *done = true;
                    }
                    way.pop();
                }
                Some((target, _)) if way.iter().any(|(above, _)| *above == target) => {
                    let steps = way.iter().skip_while(|(above, _)| *above != target);
                    let step = |(file, followed): &(usize, usize)| {
                        let (_, span) = calls.get(*file)?.get(followed.checked_sub(1)?)?;
                        Some((workflows.get(*file)?.name.clone(), *span))
                    };
                    let mut steps: Vec<_> = steps.filter_map(step).collect();
                    let first =
                        (0..steps.len()).min_by_key(|at| steps.get(*at).map(|(name, _)| name.clone()));
                    steps.rotate_left(first.unwrap_or_default());
                    if told.insert(steps.clone()) {
                        found.push(Circle { steps });
                    }
                }
                Some((target, _)) if done.get(target) == Some(&false) => way.push((target, 0)),
                Some(_) => {}
            }
        }
    }
    found
}

fn calls_of(document: &Document, index: &HashMap<&PathBuf, usize>) -> Vec<(usize, Span)> {
    let jobs = document.root.get("jobs").map(Node::members).unwrap_or_default();
    jobs.iter()
        .filter_map(|job| {
            let uses = job.value.get("uses")?;
            let path = local_path(&document.path, uses.as_str()?)?;
            Some((*index.get(&path)?, uses.span))
        })
        .collect()
}
