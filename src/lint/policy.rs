//! What the user decided about rules: the profile, severities, and overrides by path and stage.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use globset::GlobMatcher;

use super::finding::Severity;
use super::rule::{Profile, RuleInfo};
use super::text::RuleId;
use crate::model::Stage;
use crate::source::{FileId, SourceMap};

/// What the user decided about findings.
#[derive(Debug, Default)]
pub struct Policy {
    pub profile: Option<Profile>,
    /// `rules:` of the configuration; `None` switches a rule off.
    pub severities: HashMap<RuleId, Option<Severity>>,
    /// `overrides:` of the configuration that hold in this run's environment, in the order written.
    pub overrides: Vec<Override>,
    /// Files whose findings are reported; `None` for all.
    pub selected: Option<HashSet<FileId>>,
    /// Judge without the author's own ignores.
    pub no_ignores: bool,
    /// Keep what passed, for people who ask why.
    pub keep_passed: bool,
    /// The boundary: files are told apart by their path below it.
    pub root: PathBuf,
    /// What paths of the configuration are relative to.
    pub base: PathBuf,
}

/// Severities that hold for some files, stages or environments.
#[derive(Debug, Clone, Default)]
pub struct Override {
    /// Globs over paths relative to the configuration file; empty for every file.
    pub paths: Vec<GlobMatcher>,
    /// Empty for every stage.
    pub stages: Vec<Stage>,
    /// Globs over names of environments; empty for every one, and for runs without.
    pub environments: Vec<GlobMatcher>,
    /// By rule; `None` switches it off.
    pub severities: HashMap<RuleId, Option<Severity>>,
    /// For all rules that `severities` does not name.
    pub all: Option<Option<Severity>>,
}

impl Override {
    /// Whether it holds where this environment is judged.
    #[must_use]
    pub fn is_for(&self, environment: Option<&str>) -> bool {
        self.environments.is_empty()
            || environment.is_some_and(|name| self.environments.iter().any(|glob| glob.is_match(name)))
    }

    fn severity(&self, rule: &str) -> Option<Option<Severity>> {
        self.severities.get(rule).copied().or(self.all)
    }
}

/// How findings of a rule are judged at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judged {
    Off,
    /// As the rule's page says.
    ByRule,
    As(Severity),
}

impl From<Option<Severity>> for Judged {
    fn from(severity: Option<Severity>) -> Self {
        severity.map_or(Self::Off, Self::As)
    }
}

impl Policy {
    /// Whether a rule runs at all.
    #[must_use]
    pub fn runs(&self, info: &RuleInfo) -> bool {
        self.everywhere(info) != Judged::Off
            || self.overrides.iter().any(|of| of.severity(&info.id).flatten().is_some())
    }

    fn everywhere(&self, info: &RuleInfo) -> Judged {
        match self.severities.get(&info.id) {
            Some(severity) => (*severity).into(),
            None if info.profile <= self.profile.unwrap_or(Profile::Default) => Judged::ByRule,
            None => Judged::Off,
        }
    }

    /// What holds for one rule.
    pub(super) fn of<'a>(&'a self, info: &'a RuleInfo) -> OfPolicy<'a> {
        OfPolicy { policy: self, info, everywhere: self.everywhere(info), asked: RefCell::default() }
    }
}

/// What the user decided about one rule.
pub(super) struct OfPolicy<'a> {
    policy: &'a Policy,
    pub(super) info: &'a RuleInfo,
    everywhere: Judged,
    /// Where it was asked before: paths are matched once.
    asked: RefCell<HashMap<(FileId, Stage), Judged>>,
}

impl OfPolicy<'_> {
    /// How the rule judges what stands in a file: the last override that matches wins.
    pub(super) fn at(&self, file: FileId, stage: Stage, sources: &SourceMap) -> Judged {
        if self.policy.overrides.is_empty() {
            return self.everywhere;
        }
        *self.asked.borrow_mut().entry((file, stage)).or_insert_with(|| {
            let path = sources.path_below(file, &self.policy.base);
            let last = self.policy.overrides.iter().rev().find_map(|of| {
                let holds = (of.paths.is_empty() || of.paths.iter().any(|glob| glob.is_match(&*path)))
                    && (of.stages.is_empty() || of.stages.contains(&stage));
                of.severity(&self.info.id).filter(|_| holds)
            });
            last.map_or(self.everywhere, Judged::from)
        })
    }
}
