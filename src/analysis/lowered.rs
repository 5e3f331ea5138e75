//! A root module that was evaluated and lowered: what a run keeps of it. The evaluation is let go of as soon as the
//! model is made from it and the secrets in it are found, so that what a root module worked out takes room only as long
//! as it is looked at.

use super::secret_places::{Sighted, sighted};
use crate::lower::defects::{self, Defect};
use crate::lower::{self, Module, Options};
use crate::model::{Deployment, Input};
use crate::terraform::Evaluation;

#[derive(Debug)]
pub(super) struct Lowered {
    /// Without resources and values.
    pub(super) evaluation: Evaluation,
    pub(super) part: Deployment,
    pub(super) defects: Vec<Defect>,
    pub(super) sighted: Sighted,
}

impl Lowered {
    /// Lowers the root module that has place `at` among all of the run.
    pub(super) fn of(mut evaluation: Evaluation, at: usize, input: Input, options: &Options) -> Self {
        let module = Module { evaluation: &evaluation, input };
        let ((part, defects), sighted) = rayon::join(
            || (lower::part(module, at, options), defects::of_evaluation(&evaluation)),
            || sighted(&evaluation),
        );
        let remains = evaluation.remains();
        // Taking apart so many values takes long, and nothing waits for it.
        rayon::spawn(move || drop(evaluation));
        Self { evaluation: remains, part, defects, sighted }
    }
}
