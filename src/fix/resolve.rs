//! Proposals of findings to edits: where the file may be edited, the change is right for everything that shares the
//! place, and the text has the shape that the edit needs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::editor;
use super::group::{Group, Kind, open_of_block};
use super::literal;
use super::scan::{Scan, Strings};
use super::yaml;
use super::{TextEdit, apply};
use crate::discover::Selection;
use crate::lint::sink::Judgement;
use crate::lint::{Applicability, Change, Edit, Finding, Fix, Instance, Proposal};
use crate::model::{Deployment, Meta};
use crate::source::{FileId, SourceFile, SourceMap, Span};

/// Which files may be edited: those inside the boundary that the paths select. No plan, no vendored module, no text
/// in another encoding.
pub(crate) struct Editable<'a> {
    pub(crate) root: &'a Path,
    /// What the paths of the run select.
    pub(crate) selection: &'a Selection,
    pub(crate) plans: Vec<&'a Path>,
}

impl Editable<'_> {
    fn allows(&self, file: &SourceFile) -> bool {
        let Some(path) = &file.path else { return false };
        file.on_disk(0).is_some()
            && !self.plans.contains(&path.as_path())
            && self.real(path).is_some_and(|real| self.selection.covers(&real))
    }

    /// The real file behind a path, when that is one of the repository's own.
    fn real(&self, path: &Path) -> Option<PathBuf> {
        let real = path.canonicalize().ok()?;
        let inner = real.strip_prefix(self.root).ok()?;
        let is_vendored = |part: &std::ffi::OsStr| {
            [".terraform", ".terragrunt-cache", ".git", "node_modules"].iter().any(|name| part == *name)
        };
        let is_own = !inner.iter().any(is_vendored);
        is_own.then_some(real)
    }
}

/// Gives findings the edits that their proposals come to. What cannot be edited gets none.
pub(crate) fn resolve(
    judgement: &mut Judgement,
    deployment: &Deployment,
    sources: &SourceMap,
    editable: &Editable<'_>,
) {
    if judgement.findings.iter().all(|finding| finding.proposal.is_none()) {
        return;
    }
    let users = Users::of(deployment);
    let mut allowed: HashMap<FileId, bool> = HashMap::new();
    for finding in &mut judgement.findings {
        let Some(proposal) = &finding.proposal else { continue };
        let mut may_edit = |id: FileId| {
            let file = sources.get(id);
            *allowed.entry(id).or_insert_with(|| file.is_some_and(|file| editable.allows(file)))
        };
        if proposal.changes.iter().all(|change| may_edit(change.place().file)) {
            finding.fix = fix(finding, proposal, &users, sources);
        }
    }
}

fn fix(finding: &Finding, proposal: &Proposal, users: &Users<'_>, sources: &SourceMap) -> Option<Fix> {
    let mut applicability = proposal.applicability;
    let mut edits: Vec<Edit> = Vec::new();
    for change in &proposal.changes {
        applicability = applicability.max(users.applicability(finding, proposal, change)?);
        let file = change.place().file;
        let text = &sources.get(file)?.text;
        let name = sources.name(file);
        let made = of_change(change, name, text)?;
        apply(text, &made)?;
        edits
            .extend(made.into_iter().map(|edit| Edit { span: Span::new(file, edit.range), text: edit.text }));
    }
    edits.sort_by_key(|edit| edit.span);
    edits.dedup();
    (!edits.is_empty()).then_some(Fix { applicability, edits })
}

/// Which nodes share the places of a deployment.
struct Users<'a> {
    blocks: HashMap<FileId, Vec<&'a Meta>>,
    /// Containers: the object each one is written as, and its task definition.
    containers: HashMap<FileId, Vec<(Span, &'a Meta)>>,
}

impl<'a> Users<'a> {
    fn of(deployment: &'a Deployment) -> Self {
        let mut blocks: HashMap<FileId, Vec<&Meta>> = HashMap::new();
        for meta in deployment.metas() {
            blocks.entry(meta.block.file).or_default().push(meta);
        }
        let mut containers: HashMap<FileId, Vec<(Span, &Meta)>> = HashMap::new();
        for task in &deployment.task_definitions {
            for container in &task.containers {
                let span = container.origin.span;
                containers.entry(span.file).or_default().push((span, &task.meta));
            }
        }
        Self { blocks, containers }
    }

    /// How safe a change is by what shares its place; `None` when something shares it that the finding is not about.
    fn applicability(
        &self,
        finding: &Finding,
        proposal: &Proposal,
        change: &Change,
    ) -> Option<Applicability> {
        if matches!(change, Change::Uncomment { .. } | Change::Reword { .. } | Change::Unlist { .. }) {
            return Some(Applicability::Safe);
        }
        let place = change.place();
        let is_meant = |meta: &Meta| {
            let own = Instance::of(meta);
            let is_it = |instance: &Instance| {
                instance.address == own.address
                    && (instance.block == own.block || instance.block == [finding.primary])
            };
            finding.instances.iter().chain(&proposal.others).any(is_it)
        };
        let blocks = self.blocks.get(&place.file).into_iter().flatten();
        let around: Vec<&&Meta> = blocks.filter(|meta| meta.block.contains(place)).collect();
        let length = |meta: &Meta| meta.block.end - meta.block.start;
        let least = around.iter().map(|meta| length(meta)).min();
        let mut innermost = around.iter().filter(|meta| Some(length(meta)) == least);
        let containers = self.containers.get(&place.file).into_iter().flatten();
        let shown: Vec<&Meta> =
            containers.filter(|(span, _)| span.contains(place)).map(|(_, meta)| *meta).collect();
        // One object that stands for several containers of a task is the body of a loop.
        let loops = shown
            .iter()
            .enumerate()
            .any(|(at, meta)| shown.iter().take(at).any(|other| Instance::of(other) == Instance::of(meta)));
        if loops || !shown.iter().all(|meta| is_meant(meta)) {
            return None;
        }
        if shown.is_empty() && !innermost.clone().all(|meta| is_meant(meta)) {
            return None;
        }
        let is_own = !shown.is_empty() || innermost.next().is_some();
        // Elsewhere it may serve what no rule looked at.
        Some(if is_own { Applicability::Safe } else { Applicability::Unsafe })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Hcl,
    Json,
    Yaml,
    /// A template that becomes JSON when it is rendered.
    Template,
}

fn language(name: &str) -> Language {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "tf" | "tfvars" | "hcl" => Language::Hcl,
        "json" => Language::Json,
        "yml" | "yaml" => Language::Yaml,
        _ => Language::Template,
    }
}

/// The edits of one change.
pub(super) fn of_change(change: &Change, name: &str, text: &str) -> Option<Vec<TextEdit>> {
    let language = language(name);
    let strings = match language {
        Language::Json | Language::Yaml => Strings::Plain,
        Language::Hcl | Language::Template => Strings::Templates,
    };
    let scan = Scan::new(text, strings);
    let group = |span: Span| {
        let group = Group::at(&scan, span.start as usize, language == Language::Hcl)?;
        let is_whole = group.kind == Kind::Block || group.close + 1 == span.end as usize;
        is_whole.then_some(group)
    };
    match change {
        Change::Set { place, within, arguments } => editor::set(&scan, &group(*place)?, within, arguments),
        Change::Replace { literal, value } => {
            literal::replace(&scan, literal.range(), value)?.map(|edit| vec![edit])
        }
        Change::Quote { literal } => literal::quote(&scan, literal.range()),
        Change::Unquote { literal } => literal::unquote(&scan, literal.range()),
        Change::Swap { place, argument, by } => editor::swap(&scan, &group(*place)?, argument, by),
        Change::Rename { key, name } => {
            let old = text.get(key.range())?;
            let new = match old.starts_with('"') {
                true => literal::quoted(name, strings),
                false => name.to_string(),
            };
            let is_name = old.starts_with('"') == old.ends_with('"') && !old.contains(['$', '(', '\n']);
            is_name.then(|| vec![TextEdit::new(key.range(), new)])
        }
        Change::RenameMember { place, within, member, name } => {
            editor::rename_member(&scan, &group(*place)?, within, member, name)
        }
        Change::Append { place, within, list, name } => {
            editor::append(&scan, &group(*place)?, within, list, name)
        }
        Change::Copy { from, to, member } => editor::copy(&scan, &group(*from)?, &group(*to)?, member),
        Change::Rewrite { header, arguments, nested } => {
            let open =
                (language == Language::Hcl).then(|| open_of_block(&scan, header.start as usize)).flatten()?;
            editor::rewrite(&scan, &Group::read(&scan, open, Kind::Block)?, arguments, nested)
        }
        Change::Beside { key, argument } if language == Language::Yaml => {
            yaml::beside(text, *key, &argument.0, &argument.1).map(|edit| vec![edit])
        }
        Change::Beside { .. } => None,
        Change::Call { expression, function } => (language == Language::Hcl).then(|| {
            let Span { start, end, .. } = *expression;
            let (start, end) = (start as usize, end as usize);
            vec![TextEdit::new(start..start, format!("{function}(")), TextEdit::new(end..end, ")".to_owned())]
        }),
        Change::Unlist { entry } => yaml::without_entry(text, *entry).map(|edit| vec![edit]),
        Change::Uncomment { comment } => Some(vec![without_comment(&scan, comment.range())]),
        Change::Reword { comment, text } => Some(vec![TextEdit::new(comment.range(), text.clone())]),
    }
}

/// A comment goes: with its line where nothing else stands there, else with the white space before it.
fn without_comment(scan: &Scan<'_>, comment: std::ops::Range<usize>) -> TextEdit {
    let end = scan.end_of_line(comment.end);
    let is_last = scan.text.get(comment.end..end).is_some_and(|rest| rest.trim().is_empty());
    if is_last && scan.is_first_on_line(comment.start) {
        let start = scan.start_of_line(comment.start);
        let next =
            scan.text.get(end..).and_then(|rest| rest.find('\n')).map_or(scan.text.len(), |at| end + at + 1);
        return TextEdit::new(start..next, String::new());
    }
    if !is_last {
        return TextEdit::new(comment, String::new());
    }
    let before = scan.text.get(..comment.start).unwrap_or_default();
    TextEdit::new(before.trim_end_matches([' ', '\t']).len()..comment.end, String::new())
}
