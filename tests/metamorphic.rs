//! The central promise: knowing less never turns a verdict round. Terraform configurations with known verdicts
//! (the examples of the rule pages, the fixtures) get some of their literals replaced by variables without a
//! value: no rule may then pass what failed or fail what passed. With the values filled in again, every verdict
//! is what it was.
//!
//! `SEED=…` and `ROUNDS=…` (mutations of one configuration) ask for another or a longer run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::print_stderr
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use plimsoll::analysis::{Request, analyse};
use plimsoll::lint::{self, Decision, Profile, RuleVerdict, verdicts};
use plimsoll::source::Files;
use plimsoll::syntax::hcl::{self, Body, Expr, ExprKind, ItemKey, StepKind, TemplatePart};
use plimsoll::terraform::{self, Configs, Input, Options};
use rayon::prelude::*;

/// Files of a configuration by path.
type Tree = BTreeMap<String, String>;

struct Case {
    name: String,
    files: Tree,
    stage: Option<String>,
    region: Option<String>,
    workspace: Option<String>,
    inputs: Vec<(bool, String)>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The examples of rule pages that are Terraform only.
fn examples() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut pages: Vec<PathBuf> = std::fs::read_dir(root().join("rules"))
        .unwrap()
        .flat_map(|family| std::fs::read_dir(family.unwrap().path()).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    pages.sort();
    for path in pages {
        let page: serde_yaml::Value = serde_yaml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let rule = page["id"].as_str().unwrap();
        for example in page["examples"].as_sequence().unwrap() {
            let files: Tree = example["files"]
                .as_mapping()
                .unwrap()
                .iter()
                .map(|(name, text)| (name.as_str().unwrap().to_owned(), text.as_str().unwrap().to_owned()))
                .collect();
            if !files.keys().any(|name| name.ends_with(".tf")) {
                continue;
            }
            let mut case = Case {
                name: format!("{rule} / {}", example["name"].as_str().unwrap()),
                files,
                stage: None,
                region: None,
                workspace: None,
                inputs: Vec::new(),
            };
            let arguments: Vec<String> = example["args"]
                .as_sequence()
                .into_iter()
                .flatten()
                .map(|argument| argument.as_str().unwrap().to_owned())
                .collect();
            if understands(&mut case, &arguments) {
                cases.push(case);
            }
        }
    }
    cases
}

/// Takes in the arguments of an example; `false` where one of them is not followed here.
fn understands(case: &mut Case, arguments: &[String]) -> bool {
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) => (flag, value.to_owned()),
            None => match words.next() {
                Some(value) => (word.as_str(), value.clone()),
                None => return false,
            },
        };
        match flag {
            "--stage" => case.stage = Some(value),
            "--region" => case.region = Some(value),
            "--workspace" => case.workspace = Some(value),
            "--var" => case.inputs.push((false, value)),
            "--var-file" => case.inputs.push((true, value)),
            _ => return false,
        }
    }
    true
}

/// The Terraform scenarios under `fixtures/`, those with missing inputs with each of their completions.
fn fixtures() -> Vec<Case> {
    let mut cases = Vec::new();
    for name in ["django-celery", "fastapi-mvp", "two-writers", "unknowns"] {
        let mut files = Tree::new();
        read_tree(&root().join("fixtures").join(name), "", &mut files);
        files.retain(|path, _| !path.starts_with("expected/") && !path.ends_with(".md"));
        let mut completions: Vec<Vec<(bool, String)>> = files
            .keys()
            .filter(|path| path.starts_with("completions/"))
            .map(|path| vec![(true, path.clone())])
            .collect();
        completions.push(Vec::new());
        for inputs in completions {
            let name = format!("fixture {name} {inputs:?}");
            cases.push(Case {
                name,
                files: files.clone(),
                stage: None,
                region: None,
                workspace: None,
                inputs,
            });
        }
    }
    cases
}

fn read_tree(dir: &Path, prefix: &str, files: &mut Tree) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            read_tree(&path, &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// A place whose value can be hidden.
#[derive(Debug, Clone)]
struct Site {
    file: String,
    range: Range<usize>,
    kind: SiteKind,
}

#[derive(Debug, Clone)]
enum SiteKind {
    /// A whole expression of literals, with the type constraint that fits it.
    Expression(Option<&'static str>),
    /// Part of a string or heredoc.
    Text,
    /// `default = …` of a variable, or its line in a var file.
    Variable { name: String, value: Range<usize> },
}

struct Collector<'t> {
    file: &'t str,
    text: &'t str,
    sites: Vec<Site>,
}

impl Collector<'_> {
    fn add(&mut self, range: Range<usize>, kind: SiteKind) {
        self.sites.push(Site { file: self.file.to_owned(), range, kind });
    }

    fn body(&mut self, body: &Body) {
        const SKIPPED: [&str; 7] =
            ["source", "version", "providers", "provider", "depends_on", "iterator", "alias"];
        for attribute in &body.attributes {
            if !SKIPPED.contains(&&*attribute.name) {
                self.expression(&attribute.expr);
            }
        }
        for block in &body.blocks {
            if !matches!(&*block.kind, "lifecycle" | "connection" | "provisioner") {
                self.body(&block.body);
            }
        }
    }

    fn expression(&mut self, expr: &Expr) {
        if is_literal(expr) {
            let ty = match &expr.kind {
                ExprKind::String(_) | ExprKind::Template(_) => Some("string"),
                ExprKind::Number(_) => Some("number"),
                ExprKind::Bool(_) => Some("bool"),
                _ => None,
            };
            self.add(expr.span.range(), SiteKind::Expression(ty));
        }
        match &expr.kind {
            ExprKind::String(text) => {
                let range = expr.span.range();
                let source = &self.text[range.clone()];
                // Only where the source is the text: no escapes.
                if source.len() == text.len() + 2 && source.ends_with(&format!("{text}\"")) {
                    self.words(range.start + 1..range.end - 1);
                }
            }
            ExprKind::Template(parts) => self.parts(parts),
            ExprKind::Tuple(items) => items.iter().for_each(|item| self.expression(item)),
            ExprKind::Object(items) => {
                for item in items {
                    if let ItemKey::Expr(key) = &item.key
                        && !matches!(key.kind, ExprKind::String(_))
                    {
                        self.expression(key);
                    }
                    self.expression(&item.value);
                }
            }
            ExprKind::Wrapped(inner) => self.expression(inner),
            ExprKind::Traverse { root, steps } => {
                self.expression(root);
                for step in steps {
                    if let StepKind::Index(index) = &step.kind {
                        self.expression(index);
                    }
                }
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                [condition, then, otherwise].into_iter().for_each(|part| self.expression(part));
            }
            ExprKind::Call(call) => call.arguments.iter().for_each(|part| self.expression(part)),
            ExprKind::Unary { operand, .. } => self.expression(operand),
            ExprKind::Binary { left, right, .. } => {
                [left, right].into_iter().for_each(|part| self.expression(part));
            }
            ExprKind::For(each) => {
                let parts = [Some(&each.collection), each.key_result.as_ref(), Some(&each.result)];
                parts
                    .into_iter()
                    .flatten()
                    .chain(each.condition.as_ref())
                    .for_each(|part| self.expression(part));
            }
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Name(_) => {}
        }
    }

    fn parts(&mut self, parts: &[TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal { text, span } => {
                    if self.text.get(span.range()) == Some(&**text) {
                        self.words(span.range());
                    }
                }
                TemplatePart::Interpolation(expr) => self.expression(expr),
                TemplatePart::If { condition, then, otherwise, .. } => {
                    self.expression(condition);
                    self.parts(then);
                    self.parts(otherwise);
                }
                TemplatePart::For { collection, body, .. } => {
                    self.expression(collection);
                    self.parts(body);
                }
            }
        }
    }

    /// Words of a text that stands in the source as it is.
    fn words(&mut self, range: Range<usize>) {
        let text = &self.text[range.clone()];
        let mut start = None;
        for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
            let inside = letter.is_ascii_alphanumeric() || letter == '_';
            match (inside, start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    self.add(range.start + from..range.start + at, SiteKind::Text);
                    start = None;
                }
                _ => {}
            }
        }
    }
}

/// Whether the expression can stand in a var file and mean the same.
fn is_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => true,
        ExprKind::Template(parts) => {
            parts.iter().all(|part| matches!(part, TemplatePart::Literal { .. })) && !parts.is_empty()
        }
        ExprKind::Tuple(items) => items.iter().all(is_literal),
        ExprKind::Object(items) => items.iter().all(|item| {
            let key = match &item.key {
                ItemKey::Name(_) => true,
                ItemKey::Expr(key) => matches!(key.kind, ExprKind::String(_)),
                ItemKey::Ambiguous(_) => false,
            };
            key && is_literal(&item.value)
        }),
        _ => false,
    }
}

/// Directories of the root modules, relative.
fn root_modules(dir: &Path, files: &Tree) -> BTreeSet<String> {
    let sources = Files::new(dir, dir).unwrap();
    let configs = Configs::new(&sources);
    let dirs = files
        .keys()
        .filter(|name| name.ends_with(".tf") || name.ends_with(".tf.json"))
        .map(|name| dir.join(name).parent().unwrap().to_path_buf())
        .collect();
    terraform::find_roots(&configs, &dirs)
        .into_iter()
        .map(|root| root.dir.strip_prefix(Files::normalize(dir)).unwrap().to_string_lossy().into_owned())
        .collect()
}

fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Every place of the root modules that can be hidden. Only one root is changed, since one var file serves all.
fn sites(files: &Tree, roots: &BTreeSet<String>) -> Vec<Site> {
    let mut sites = Vec::new();
    let Some(only) = roots.first().filter(|_| roots.len() == 1) else { return sites };
    let in_root = |name: &&String| folder_of(name) == only;
    let scratch = Files::new(Path::new("/"), Path::new("/")).unwrap();
    let mut without_default = BTreeSet::new();
    for (name, text) in files.iter().filter(|(name, _)| in_root(name) && name.ends_with(".tf")) {
        let pseudo = scratch.add_pseudo(name.clone(), text.clone());
        let parsed = hcl::parse_body(text, pseudo.id);
        let mut collector = Collector { file: name, text, sites: Vec::new() };
        for block in &parsed.body.blocks {
            match &*block.kind {
                "variable" => match (block.label(0), block.body.attribute("default")) {
                    // A null default of an input that cannot be null counts as missing where others are.
                    (Some(label), Some(default))
                        if is_literal(&default.expr) && !matches!(default.expr.kind, ExprKind::Null) =>
                    {
                        collector.add(
                            default.span.range(),
                            SiteKind::Variable {
                                name: label.text.to_string(),
                                value: default.expr.span.range(),
                            },
                        );
                    }
                    (Some(label), None) => {
                        without_default.insert(label.text.to_string());
                    }
                    _ => {}
                },
                "locals" | "resource" | "data" | "module" | "output" | "provider" => {
                    collector.body(&block.body)
                }
                _ => {}
            }
        }
        sites.extend(collector.sites);
    }
    for (name, text) in files.iter().filter(|(name, _)| in_root(name) && name.ends_with(".tfvars")) {
        let pseudo = scratch.add_pseudo(name.clone(), text.clone());
        for attribute in hcl::parse_body(text, pseudo.id).body.attributes {
            if without_default.contains(&*attribute.name) {
                sites.push(Site {
                    file: name.clone(),
                    range: attribute.span.range(),
                    kind: SiteKind::Variable {
                        name: attribute.name.to_string(),
                        value: attribute.expr.span.range(),
                    },
                });
            }
        }
    }
    sites
}

/// The configuration with the chosen places hidden, and the var file that fills them in.
fn hide(files: &Tree, root: &str, chosen: &[&Site], choices: &mut Choices) -> (Tree, String) {
    let mut files = files.clone();
    let (mut declarations, mut values) = (String::new(), String::new());
    let mut edits: Vec<(&Site, String)> = Vec::new();
    for (at, site) in chosen.iter().enumerate() {
        let source = &files[&site.file];
        let name = format!("hidden_{at}");
        let nullable = if choices.below(2) == 0 { "" } else { "\n  nullable = false" };
        match &site.kind {
            SiteKind::Expression(ty) => {
                let text = &source[site.range.clone()];
                let is_null = text == "null";
                let ty = ty
                    .filter(|_| choices.below(2) == 0)
                    .map_or(String::new(), |ty| format!("\n  type = {ty}"));
                let nullable = if is_null { "" } else { nullable };
                writeln!(declarations, "variable \"{name}\" {{{ty}{nullable}\n}}").unwrap();
                writeln!(values, "{name} = {text}").unwrap();
                edits.push((site, format!("var.{name}")));
            }
            SiteKind::Text => {
                writeln!(declarations, "variable \"{name}\" {{\n  type = string{nullable}\n}}").unwrap();
                writeln!(values, "{name} = \"{}\"", &source[site.range.clone()]).unwrap();
                edits.push((site, format!("${{var.{name}}}")));
            }
            SiteKind::Variable { name, value } => {
                writeln!(values, "{name} = {}", &source[value.clone()]).unwrap();
                edits.push((site, String::new()));
            }
        }
    }
    edits.sort_by_key(|(site, _)| std::cmp::Reverse(site.range.start));
    for (site, text) in edits {
        files.get_mut(&site.file).unwrap().replace_range(site.range.clone(), &text);
    }
    let name = if root.is_empty() { "hidden.tf".to_owned() } else { format!("{root}/hidden.tf") };
    files.insert(name, declarations);
    (files, values)
}

/// A small deterministic source of choices.
struct Choices(u64);

impl Choices {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    /// Places that do not overlap.
    fn pick<'s>(&mut self, sites: &'s [Site], count: usize) -> Vec<&'s Site> {
        let mut chosen: Vec<&Site> = Vec::new();
        for _ in 0..count {
            let site = &sites[self.below(sites.len())];
            let apart = |other: &&Site| {
                other.file != site.file
                    || other.range.end <= site.range.start
                    || site.range.end <= other.range.start
            };
            if chosen.iter().all(apart) {
                chosen.push(site);
            }
        }
        chosen
    }
}

/// What a run says: verdicts, and the problems met while reading.
struct Outcome {
    verdicts: Vec<RuleVerdict>,
    problems: Vec<String>,
}

fn run(case: &Case, files: &Tree, fill: Option<&str>) -> Outcome {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().canonicalize().unwrap();
    for (name, text) in files {
        let path = at.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut inputs: Vec<Input> = case
        .inputs
        .iter()
        .map(|(is_file, text)| match text.split_once('=') {
            Some((name, value)) if !is_file => Input::Var { name: name.to_owned(), value: value.to_owned() },
            _ => Input::VarFile(at.join(text)),
        })
        .collect();
    if let Some(values) = fill {
        let path = at.join("values.fill");
        std::fs::write(&path, values).unwrap();
        // What the case itself gives comes later and wins, as before.
        inputs.insert(0, Input::VarFile(path));
    }
    let options = Options { inputs, workspace: case.workspace.clone(), ..Options::default() };
    let request = Request {
        root: Some(at.clone()),
        region: case.region.clone(),
        stage: case.stage.as_deref().map(|stage| match stage {
            "production" => plimsoll::model::Stage::Production,
            "non-production" => plimsoll::model::Stage::NonProduction,
            _ => plimsoll::model::Stage::Unknown,
        }),
        profile: Some(Profile::Strict),
        no_ignores: true,
        ..Request::new(at, options, "2026-11-20".parse().unwrap())
    };
    let analysis = analyse(&request).unwrap_or_else(|error| panic!("{}: {error:?}", case.name));
    let problems = analysis
        .judgement
        .findings
        .iter()
        .filter(|finding| {
            matches!(
                finding.rule.as_str(),
                "evaluation-error"
                    | "syntax-error"
                    | "reference-cycle"
                    | "limit-reached"
                    | "wrong-type"
                    | "unknown-field"
            )
        })
        .map(|finding| format!("{} {}", finding.rule, finding.message))
        .collect();
    Outcome { verdicts: verdicts(&analysis.deployment, &analysis.catalogue), problems }
}

/// How often a rule decided one way or another about one thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    pass: usize,
    /// Failures of what exists for certain.
    fail: usize,
    /// Failures of what may not exist.
    conditional: usize,
    undecided: usize,
}

fn tallies<K: Ord>(verdicts: &[RuleVerdict], key: impl Fn(&RuleVerdict) -> K) -> BTreeMap<K, Tally> {
    let mut all: BTreeMap<K, Tally> = BTreeMap::new();
    for verdict in verdicts {
        let tally = all.entry(key(verdict)).or_default();
        match verdict.decision {
            Decision::Pass => tally.pass += 1,
            Decision::Fail if verdict.conditional => tally.conditional += 1,
            Decision::Fail => tally.fail += 1,
            Decision::Undecided => tally.undecided += 1,
        }
    }
    all
}

/// An address without instance keys.
fn declaration(address: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for letter in address.chars() {
        match letter {
            '[' => inside = true,
            ']' => inside = false,
            _ if !inside => out.push(letter),
            _ => {}
        }
    }
    out
}

/// Verdicts that turned round, each as a line.
fn flips(known: &Outcome, hidden: &Outcome) -> Vec<String> {
    let mut lines = Vec::new();
    let mut compare = |what: String, before: Option<Tally>, after: Option<Tally>, exists: bool| {
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        let fails = after.fail > 0 || (after.conditional > 0 && exists);
        if fails && before.fail + before.conditional + before.undecided == 0 {
            lines.push(format!("fails now: {what}: {before:?} then {after:?}"));
        }
        let open = after.fail + after.conditional + after.undecided > 0;
        if before.fail > 0 && !open {
            lines.push(format!("no longer fails: {what}: {before:?} then {after:?}"));
        }
    };
    // A rule may be off in a stage, and the stage is inferred from names and tags: where that changes, the rules
    // that weigh by stage are judged for another stage, and `unknown` is one of them.
    let stages = |outcome: &Outcome| -> BTreeMap<String, BTreeSet<&'static str>> {
        let mut stages: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
        for verdict in &outcome.verdicts {
            stages.entry(declaration(&verdict.address)).or_default().insert(verdict.stage.as_str());
        }
        stages
    };
    let (stages_before, stages_after) = (stages(known), stages(hidden));
    let weighs_by_stage =
        |rule: &str| lint::Catalogue::default().info(rule).is_some_and(|info| info.stage.is_some());
    let other_stage = |rule: &str, address: &str| {
        weighs_by_stage(rule) && stages_before.get(address) != stages_after.get(address)
    };
    let full =
        |verdict: &RuleVerdict| (verdict.rule.clone(), verdict.address.clone(), verdict.element.clone());
    let (before, after) = (tallies(&known.verdicts, full), tallies(&hidden.verdicts, full));
    for (key, tally) in &after {
        if let Some(known) = before.get(key).filter(|_| !other_stage(&key.0, &declaration(&key.1))) {
            compare(format!("{key:?}"), Some(*known), Some(*tally), true);
        }
    }
    let wide = |verdict: &RuleVerdict| (verdict.rule.clone(), declaration(&verdict.address));
    let (before, after) = (tallies(&known.verdicts, wide), tallies(&hidden.verdicts, wide));
    let existing: BTreeSet<String> =
        known.verdicts.iter().map(|verdict| declaration(&verdict.address)).collect();
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for key in keys.into_iter().filter(|key| !other_stage(&key.0, &key.1)) {
        compare(
            format!("{key:?}"),
            before.get(key).copied(),
            after.get(key).copied(),
            existing.contains(&key.1),
        );
    }
    for problem in &hidden.problems {
        if !known.problems.contains(problem) {
            lines.push(format!("is refused now: {problem}"));
        }
    }
    lines
}

#[derive(Default)]
struct Report {
    mutations: usize,
    decided: usize,
    undecided: usize,
    broken: Vec<String>,
}

fn prove(case: &Case, rounds: usize, seed: u64) -> Report {
    let mut report = Report::default();
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().canonicalize().unwrap();
    for (name, text) in &case.files {
        let path = dir.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let roots = root_modules(&dir, &case.files);
    let sites = sites(&case.files, &roots);
    if sites.is_empty() {
        return report;
    }
    let known = run(case, &case.files, None);
    if known.problems.iter().any(|problem| problem.starts_with("syntax-error")) {
        return report;
    }
    let mut choices = Choices(seed);
    for _ in 0..rounds {
        let count = 1 + choices.below(4);
        let chosen = choices.pick(&sites, count);
        let (files, values) = hide(&case.files, roots.first().unwrap(), &chosen, &mut choices);
        report.mutations += 1;
        let hidden = run(case, &files, None);
        for verdict in &hidden.verdicts {
            match verdict.decision {
                Decision::Undecided => report.undecided += 1,
                _ => report.decided += 1,
            }
        }
        let mut lines = flips(&known, &hidden);
        let filled = run(case, &files, Some(&values));
        lines.extend(differences(&known, &filled));
        if !lines.is_empty() {
            let mut text = format!("{}\n  hidden:\n", case.name);
            values.lines().for_each(|line| writeln!(text, "    {line}").unwrap());
            for site in &chosen {
                let line = case.files[&site.file][..site.range.start].lines().count();
                writeln!(text, "    {}:{line} {:?}", site.file, site.kind).unwrap();
            }
            lines.iter().for_each(|line| writeln!(text, "  {line}").unwrap());
            report.broken.push(text);
        }
    }
    report
}

/// What differs once the values are filled in again.
fn differences(known: &Outcome, filled: &Outcome) -> Vec<String> {
    let full = |verdict: &RuleVerdict| {
        (verdict.rule.clone(), verdict.address.clone(), verdict.element.clone(), verdict.decision)
    };
    let (before, after) = (tallies(&known.verdicts, full), tallies(&filled.verdicts, full));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let mut lines: Vec<String> = keys
        .into_iter()
        .filter(|key| before.get(key) != after.get(key))
        .map(|key| format!("not restored: {key:?}: {:?} then {:?}", before.get(key), after.get(key)))
        .collect();
    for problem in &filled.problems {
        if !known.problems.contains(problem) {
            lines.push(format!("not restored: refused: {problem}"));
        }
    }
    lines
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn prove_all(cases: &[Case], rounds: u64) {
    let rounds = usize::try_from(setting("ROUNDS", rounds)).unwrap();
    let seed = setting("SEED", 20_261_120);
    let only = std::env::var("ONLY").unwrap_or_default();
    let reports: Vec<Report> = cases
        .par_iter()
        .enumerate()
        .filter(|(_, case)| case.name.contains(&only))
        .map(|(at, case)| prove(case, rounds, seed.wrapping_add(u64::try_from(at).unwrap() * 7_919)))
        .collect();
    let sum = |of: fn(&Report) -> usize| reports.iter().map(of).sum::<usize>();
    let broken: Vec<&String> = reports.iter().flat_map(|report| &report.broken).collect();
    for text in broken.iter().take(usize::try_from(setting("SHOW", 12)).unwrap()) {
        eprintln!("{text}");
    }
    eprintln!(
        "{} configurations, {} mutations: {} verdicts decided, {} undecided, {} mutations flipped",
        reports.iter().filter(|report| report.mutations > 0).count(),
        sum(|report| report.mutations),
        sum(|report| report.decided),
        sum(|report| report.undecided),
        broken.len()
    );
    assert!(sum(|report| report.mutations) > 0, "nothing was tried");
    assert!(broken.is_empty(), "{} mutations turned a verdict round", broken.len());
}

#[test]
fn hiding_values_of_rule_examples_flips_no_verdict() {
    prove_all(&examples(), 4);
}

#[test]
fn hiding_values_of_fixtures_flips_no_verdict() {
    prove_all(&fixtures(), 12);
}
