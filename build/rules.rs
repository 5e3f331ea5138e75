//! The rule pages under `rules/` as a static table, so that start-up parses no YAML.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What the table needs of a page. The examples are read by the tests, the words by `explain`.
#[derive(Deserialize)]
struct Page {
    id: String,
    family: String,
    title: String,
    severity: String,
    profile: String,
    #[serde(default)]
    stage: Option<BTreeMap<String, String>>,
    inputs: Vec<String>,
    fix: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    links: Vec<String>,
    rationale: String,
    remediation: String,
    /// The condition of a declarative rule.
    #[serde(default)]
    check: Option<serde_yaml::Value>,
}

/// Writes `rules.rs` into `out`: `static INFOS: &[RuleInfo]`, sorted by id, and `static DECLARED`, the checks of
/// declarative rules.
pub(crate) fn generate(rules: &Path, out: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed={}", rules.display());
    let mut pages = BTreeMap::new();
    for path in page_files(rules)? {
        println!("cargo::rerun-if-changed={}", path.display());
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let page: Page =
            serde_yaml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        pages.insert(page.id.clone(), (path, page));
    }
    let mut code = String::from("static INFOS: &[RuleInfo] = &[\n");
    for (path, page) in pages.values() {
        entry(&mut code, path, page).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    code.push_str("];\n\n");
    let mut table = String::from("static DECLARED: &[(&str, Check)] = &[\n");
    for (at, (path, page)) in pages.values().enumerate() {
        if let Some(check) = &page.check {
            declared(&mut code, at, check).map_err(|error| format!("{}: {error}", path.display()))?;
            writeln!(table, "({:?}, Check::Declared(Declared::BuiltIn(&DECLARED_{at}))),", page.id)
                .map_err(|error| error.to_string())?;
        }
    }
    code.push_str(&table);
    code.push_str("];\n");
    std::fs::write(out.join("rules.rs"), code).map_err(|error| error.to_string())
}

/// A `check:` as JSON, with the kinds that it looks at: it is read when a run has one of these.
fn declared(code: &mut String, at: usize, check: &serde_yaml::Value) -> Result<(), String> {
    let mut kinds = Vec::new();
    let checks = check.as_sequence().map_or(std::slice::from_ref(check), Vec::as_slice);
    for one in checks {
        let select = one.get("select").ok_or("the check of a built-in rule selects kinds of the model")?;
        let names = select.as_sequence().map_or(std::slice::from_ref(select), Vec::as_slice);
        kinds.extend(names.iter().filter_map(serde_yaml::Value::as_str));
    }
    let json = serde_json::to_string(check).map_err(|error| error.to_string())?;
    writeln!(code, "static DECLARED_{at}: BuiltIn = BuiltIn::new(&{kinds:?}, {json:?});")
        .map_err(|error| error.to_string())
}

fn page_files(rules: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    let list = |dir: &Path| std::fs::read_dir(dir).map_err(|error| format!("{}: {error}", dir.display()));
    for family in list(rules)?.filter_map(Result::ok).filter(|entry| entry.path().is_dir()) {
        println!("cargo::rerun-if-changed={}", family.path().display());
        let pages = list(&family.path())?.filter_map(Result::ok).map(|entry| entry.path());
        files.extend(pages.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")));
    }
    files.sort();
    Ok(files)
}

fn entry(code: &mut String, path: &Path, page: &Page) -> Result<(), String> {
    if path.file_stem().is_none_or(|stem| stem.to_string_lossy() != page.id) {
        return Err(format!("the id `{}` is not the name of the file", page.id));
    }
    let severity = |text: &str| match text {
        "error" => Ok("super::finding::Severity::Error"),
        "warning" => Ok("super::finding::Severity::Warning"),
        "info" => Ok("super::finding::Severity::Info"),
        other => Err(format!("`{other}` is no severity")),
    };
    let stage = match &page.stage {
        None => "None".to_owned(),
        Some(stages) => {
            let of = |name: &str| match stages.get(name).map(String::as_str) {
                Some("off") => Ok("None".to_owned()),
                Some(text) => severity(text).map(|path| format!("Some({path})")),
                None => Err(format!("`stage` lacks {name}")),
            };
            format!(
                "Some(super::rule::StageSeverity {{ production: {}, non_production: {}, unknown: {} }})",
                of("production")?,
                of("non-production")?,
                of("unknown")?
            )
        }
    };
    let profile = match page.profile.as_str() {
        "default" => "super::rule::Profile::Default",
        "strict" => "super::rule::Profile::Strict",
        other => return Err(format!("`{other}` is no profile")),
    };
    let fix = match page.fix.as_str() {
        "none" => "super::rule::FixKind::None",
        "safe" => "super::rule::FixKind::Safe",
        "unsafe" => "super::rule::FixKind::Unsafe",
        other => return Err(format!("`{other}` is no kind of fix")),
    };
    let absolute = path.canonicalize().map_err(|error| error.to_string())?;
    writeln!(
        code,
        "RuleInfo {{ id: Text::Static({:?}), family: Text::Static({:?}), title: Text::Static({:?}), severity: {}, \
         profile: {profile}, stage: {stage}, inputs: Texts::Static(&{:?}), fix: {fix}, \
         aliases: Texts::Static(&{:?}), links: Texts::Static(&{:?}), rationale: Text::Static({:?}), \
         remediation: Text::Static({:?}), page: Text::Static(include_str!({:?})) }},",
        page.id,
        page.family,
        page.title,
        severity(&page.severity)?,
        page.inputs,
        page.aliases,
        page.links,
        page.rationale.trim(),
        page.remediation.trim(),
        absolute
    )
    .map_err(|error| error.to_string())
}
