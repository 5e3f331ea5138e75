//! Small judgements made by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Arc;

use super::{
    Fails, Outcome, Style, checkstyle, estimate, github, gitlab, human, json, junit, markdown, ndjson, sarif,
};
use crate::cost::estimate::Estimate;
use crate::date::Date;
use crate::lint::sink::Judgement;
use crate::lint::{Catalogue, Finding, Instance, Related, Severity, Undecided};
use crate::mask::Masks;
use crate::source::{FileId, SourceMap, Span};
use crate::value::Cause;

/// Owns what an [`Outcome`] borrows.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) catalogue: Catalogue,
    pub(super) sources: SourceMap,
    pub(super) masks: Masks,
    pub(super) judgement: Judgement,
    pub(super) estimate: Option<Estimate>,
    pub(super) notes: Vec<String>,
    pub(super) environment: Vec<String>,
    pub(super) decide_with: std::collections::BTreeMap<String, String>,
}

impl Case {
    pub(super) fn new() -> Self {
        Self {
            catalogue: Catalogue::default(),
            sources: SourceMap::default(),
            masks: Masks::new(),
            judgement: Judgement { decided: 117, ..Judgement::default() },
            estimate: None,
            notes: Vec::new(),
            environment: Vec::new(),
            decide_with: std::collections::BTreeMap::new(),
        }
    }

    pub(super) fn file(&mut self, name: &str, text: &str) -> FileId {
        self.sources.add(name, format!("/repo/{name}"), text)
    }

    /// The span of the first `part` in the file.
    pub(super) fn span(&self, file: FileId, part: &str) -> Span {
        let at = self.sources.get(file).unwrap().text.find(part).expect(part);
        Span::new(file, at..at + part.len())
    }

    pub(super) fn finding(&mut self, rule: &'static str, severity: Severity, primary: Span) -> &mut Finding {
        let message = format!("something is wrong with {rule}");
        let fingerprint = format!("{:016x}", self.judgement.findings.len());
        self.judgement.findings.push(Finding {
            help: Some("write it right".to_owned()),
            fingerprint,
            ..Finding::new(rule.into(), severity, message, primary, instance("aws_ecs_service.api"))
        });
        self.judgement.findings.last_mut().unwrap()
    }

    pub(super) fn undecided(&mut self, rule: &'static str, cause: Cause, span: Span, instances: &[&str]) {
        let instances: Vec<Arc<str>> = instances.iter().map(|address| Arc::from(*address)).collect();
        self.judgement.undecided_checks += instances.len();
        self.judgement.undecided.push(Undecided { rule: rule.into(), cause, span, instances });
    }

    pub(super) fn outcome(&self) -> Outcome<'_> {
        Outcome {
            version: "0.1.0",
            as_of: "2026-11-20".parse::<Date>().unwrap(),
            catalogue: &self.catalogue,
            sources: &self.sources,
            masks: &self.masks,
            files: self.sources.iter().count(),
            judgement: &self.judgement,
            estimate: self.estimate.as_ref(),
            budgets: None,
            notes: &self.notes,
            environment: &self.environment,
            environment_name: None,
            decide_with: &self.decide_with,
        }
    }

    fn written(&self, write: impl FnOnce(&Outcome<'_>, &mut Vec<u8>) -> std::io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&self.outcome(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    pub(super) fn human(&self, width: usize) -> String {
        self.written(|outcome, out| human::write(outcome, &Style::plain(width), out))
    }

    pub(super) fn colored(&self, width: usize) -> String {
        let style = Style { color: true, ..Style::plain(width) };
        self.written(|outcome, out| human::write(outcome, &style, out))
    }

    pub(super) fn json(&self) -> String {
        self.written(|outcome, out| json::findings(outcome, out))
    }

    pub(super) fn sarif(&self) -> String {
        self.written(|outcome, out| sarif::write(outcome, out))
    }

    pub(super) fn github(&self) -> String {
        self.written(|outcome, out| github::write(outcome, &Style::plain(100), out))
    }

    pub(super) fn gitlab(&self) -> String {
        self.written(|outcome, out| gitlab::write(outcome, out))
    }

    pub(super) fn checkstyle(&self) -> String {
        self.written(|outcome, out| checkstyle::write(outcome, out))
    }

    /// Where warnings fail the run.
    pub(super) fn junit(&self) -> String {
        let fails = Fails { from: Some(Severity::Warning), undecided: false };
        self.written(|outcome, out| junit::write(outcome, &fails, out))
    }

    pub(super) fn markdown(&self) -> String {
        self.written(|outcome, out| markdown::write(outcome, &Style::plain(100), out))
    }

    pub(super) fn ndjson(&self) -> String {
        self.written(|outcome, out| ndjson::write(outcome, out))
    }

    /// Every format of findings.
    pub(super) fn every_format(&self) -> Vec<String> {
        vec![
            self.human(100),
            self.human(40),
            self.colored(80),
            self.json(),
            self.ndjson(),
            self.sarif(),
            self.github(),
            self.gitlab(),
            self.junit(),
            self.checkstyle(),
            self.markdown(),
        ]
    }

    pub(super) fn cost(&self, width: usize) -> String {
        let of = self.estimate.as_ref().unwrap();
        self.written(|outcome, out| estimate::write(outcome, of, &Style::plain(width), out))
    }

    pub(super) fn cost_json(&self) -> String {
        let of = self.estimate.as_ref().unwrap();
        self.written(|outcome, out| json::estimate(outcome, of, out))
    }
}

pub(super) fn instance(address: &str) -> Instance {
    Instance { address: Arc::from(address), block: Vec::new(), places: Vec::new() }
}

pub(super) fn related(span: Span, message: &str) -> Related {
    Related { span, message: message.to_owned() }
}
