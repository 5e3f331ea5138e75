//! What a rule holds while it looks at one node: the deployment around it, and where verdicts go.

use super::change::{Change, Proposal};
use super::finding::{Applicability, Monthly, Related, Severity};
use super::rule::{Profile, RuleInfo};
use crate::model::{Deployment, Meta, Stage, Tri};
use crate::source::Span;
use crate::value::{Causes, Origin};

/// A rule's view of one node. Every look ends in `pass`, `fail` or `undecided`, any number of each;
/// a rule that says nothing is not applicable to the node.
#[derive(Debug)]
pub struct Probe<'a> {
    pub deployment: &'a Deployment,
    rule: &'a RuleInfo,
    meta: &'a Meta,
    element: Option<String>,
    pub(super) verdicts: Vec<Verdict<'a>>,
    /// The first of them that is about this node.
    pub(super) first: usize,
}

/// One answer of a rule about one node.
#[derive(Debug)]
pub(super) struct Verdict<'a> {
    pub(super) meta: &'a Meta,
    pub(super) element: Option<String>,
    pub(super) outcome: Outcome,
}

impl Verdict<'_> {
    /// Keeps a failure open that holds only if its item exists.
    pub(super) fn soften(&mut self, causes: &Causes) {
        if let Outcome::Fail(_, at) = &self.outcome {
            self.outcome = Outcome::Undecided(causes.clone(), at.clone());
        }
    }
}

#[derive(Debug)]
pub(super) enum Outcome {
    /// With the value that was looked at, where it is one.
    Pass(Option<Span>),
    Fail(Box<Problem>, Origin),
    Undecided(Causes, Origin),
}

/// What is wrong, in the rule's words. The framework adds places and instances.
#[derive(Debug, Clone)]
pub struct Problem {
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) severity: Option<Severity>,
    pub(super) profile: Profile,
    pub(super) related: Vec<Related>,
    pub(super) element: Option<String>,
    pub(super) part: Option<String>,
    pub(super) proposal: Option<Proposal>,
    pub(super) monthly: Option<Monthly>,
}

impl Problem {
    /// `message` is one sentence without a final full stop, and without any secret value.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
            severity: None,
            profile: Profile::Default,
            related: Vec::new(),
            element: None,
            part: None,
            proposal: None,
            monthly: None,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A severity other than the rule's own, for a milder or graver case of it.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// A case of the rule that only `--profile strict` reports.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.profile = Profile::Strict;
        self
    }

    /// A further place that belongs to the problem.
    #[must_use]
    pub fn related(mut self, at: &Origin, message: impl Into<String>) -> Self {
        self.related.push(Related { span: at.span, message: message.into() });
        self
    }

    /// The part of the resource, where the node's own element is too wide.
    #[must_use]
    pub fn element(mut self, element: impl Into<String>) -> Self {
        self.element = Some(element.into());
        self
    }

    /// What tells findings of one element apart, such as the name of a variable; never its value. Only fingerprints and
    /// baselines show it.
    #[must_use]
    pub fn part(mut self, part: impl Into<String>) -> Self {
        self.part = Some(part.into());
        self
    }

    /// A change that removes the problem, together with those proposed before.
    #[must_use]
    pub fn fix(mut self, applicability: Applicability, change: Change) -> Self {
        match &mut self.proposal {
            Some(proposal) => {
                proposal.applicability = proposal.applicability.max(applicability);
                proposal.changes.push(change);
            }
            None => self.proposal = Some(Proposal::new(applicability, change)),
        }
        self
    }

    /// A change of another resource than the one the finding is about.
    #[must_use]
    pub fn fix_of(mut self, meta: &Meta, applicability: Applicability, change: Change) -> Self {
        self = self.fix(applicability, change);
        self.proposal = self.proposal.map(|proposal| proposal.of(meta));
        self
    }

    #[must_use]
    pub fn monthly(mut self, monthly: Monthly) -> Self {
        self.monthly = Some(monthly);
        self
    }
}

impl<'a> Probe<'a> {
    pub(super) fn new(deployment: &'a Deployment, rule: &'a RuleInfo, meta: &'a Meta) -> Self {
        Self { deployment, rule, meta, element: None, verdicts: Vec::new(), first: 0 }
    }

    /// The same rule about another node or element.
    pub(super) fn turn_to(&mut self, meta: &'a Meta, element: Option<String>) {
        self.meta = meta;
        self.element = element;
    }

    #[must_use]
    pub fn rule(&self) -> &'a RuleInfo {
        self.rule
    }

    /// The node's common part.
    #[must_use]
    pub fn meta(&self) -> &'a Meta {
        self.meta
    }

    #[must_use]
    pub fn stage(&self) -> Stage {
        self.meta.stage.stage
    }

    pub fn pass(&mut self) {
        self.push(Outcome::Pass(None));
    }

    /// Reports a problem at the place a person would edit.
    pub fn fail(&mut self, at: &Origin, problem: Problem) {
        self.push(Outcome::Fail(Box::new(problem), at.clone()));
    }

    /// The answer depends on what is not known. Causes must not be empty: an empty set counts as passed.
    pub fn undecided(&mut self, at: &Origin, causes: &Causes) {
        if causes.is_empty() {
            self.pass();
        } else {
            self.push(Outcome::Undecided(causes.clone(), at.clone()));
        }
    }

    /// Fails when `bad` is certain, passes when it is certainly not, else undecided.
    pub fn decide(&mut self, bad: Tri, at: &Origin, problem: impl FnOnce() -> Problem) {
        match bad {
            Tri::Yes => self.fail(at, problem()),
            Tri::No => self.push(Outcome::Pass(Some(at.span))),
            Tri::Maybe(causes) => self.undecided(at, &causes),
        }
    }

    /// Keeps failures open that hold only if there is any item of a list that is not known.
    pub(super) fn soften(&mut self, causes: &Causes) {
        self.verdicts.iter_mut().skip(self.first).for_each(|verdict| verdict.soften(causes));
    }

    fn push(&mut self, outcome: Outcome) {
        self.verdicts.push(Verdict { meta: self.meta, element: self.element.clone(), outcome });
    }
}

/// The element name of a container: `container api`, or its position when the name is not known.
#[must_use]
pub fn container_element(name: Option<&String>, index: usize) -> String {
    match name {
        Some(name) => format!("container {name}"),
        None => format!("container {}", index + 1),
    }
}

/// Names in one sentence: `a, b and c`.
#[must_use]
pub fn listed<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [head @ .., last] => {
            let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", head.join(", "), last.as_ref())
        }
    }
}
