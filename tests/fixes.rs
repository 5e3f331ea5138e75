//! Fixes on every bad example of every rule page, with both line endings: files still parse, what was fixed is gone,
//! no error is new, comments stay, a second run changes nothing. And `check --fix` as a user runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

#[derive(Deserialize)]
struct Page {
    id: String,
    fix: String,
    examples: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    name: String,
    verdict: String,
    files: BTreeMap<String, String>,
    #[serde(default)]
    args: Vec<String>,
}

fn pages() -> Vec<Page> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let families = std::fs::read_dir(root).unwrap().map(|family| family.unwrap().path());
    let files =
        families.flat_map(|family| std::fs::read_dir(family).unwrap().map(|file| file.unwrap().path()));
    let mut files: Vec<_> = files.collect();
    files.sort();
    let prefix = std::env::var("PLIMSOLL_RULES").unwrap_or_default();
    let pages =
        files.iter().map(|file| serde_yaml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap());
    pages.filter(|page: &Page| page.id.starts_with(&prefix)).collect()
}

fn folder(files: &BTreeMap<String, String>, line_ending: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text.replace('\n', line_ending)).unwrap();
    }
    dir
}

fn run(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .arg("check")
        .args(["--as-of", "2026-11-20", "--root", "."])
        .args(arguments)
        .current_dir(dir)
        .env_clear()
        .output()
        .unwrap()
}

fn report(dir: &Path, arguments: &[&str]) -> Value {
    let output =
        run(dir, &[&["--format", "json", "--profile", "strict", "--fail-on", "never"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn contents(dir: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_string_lossy().into_owned();
                found.insert(name, std::fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

fn findings(report: &Value) -> impl Iterator<Item = &Value> {
    report["findings"].as_array().unwrap().iter()
}

/// Comments of a text, in order; what looks like one inside a string counts as well, before and after alike.
fn comments(text: &str) -> Vec<String> {
    let of_line = |line: &str| {
        let begins = |(at, _): &(usize, &str)| {
            line.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with([' ', '\t']))
        };
        let (at, _) = line.match_indices('#').chain(line.match_indices("//")).find(begins)?;
        Some(line.get(at..)?.trim_end().to_owned())
    };
    text.lines().filter_map(of_line).collect()
}

/// What is not fixed and rightly so: the right name shows that the task needs a role.
const REFUSED: [&str; 1] = [
    "not fixed: unknown-field at main.tf:6: it would cause execution-role-missing in aws_ecs_task_definition.web",
];

/// What is wrong with the fixes of an example; empty when nothing is.
fn judge(page: &Page, example: &Example, line_ending: &str, used: &mut BTreeSet<String>) -> String {
    let mut wrong = String::new();
    let dir = folder(&example.files, line_ending);
    let args: Vec<&str> = example.args.iter().map(String::as_str).collect();
    let before = report(dir.path(), &args);
    let old = contents(dir.path());
    for finding in findings(&before).filter(|finding| !finding["fix"].is_null()) {
        let kind = finding["fix"]["applicability"].as_str().unwrap();
        used.insert(format!("{} {kind}", finding["rule"].as_str().unwrap()));
    }
    let output =
        run(dir.path(), &[&["--fix", "--unsafe-fixes", "--profile", "strict"], args.as_slice()].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let new = contents(dir.path());
    let after = report(dir.path(), &args);
    let refused: Vec<&str> = said.lines().filter(|line| line.starts_with("not fixed")).collect();
    for line in refused.iter().filter(|line| !REFUSED.iter().any(|known| line.starts_with(known))) {
        writeln!(wrong, "    {line}").unwrap();
    }
    for finding in findings(&after) {
        let is_refused = refused.iter().any(|line| line.contains(finding["rule"].as_str().unwrap()));
        if !finding["fix"].is_null() && !is_refused {
            writeln!(wrong, "    still fixable: {finding}").unwrap();
        }
        let is_new = !findings(&before).any(|old| {
            old["rule"] == finding["rule"]
                && old["resource"] == finding["resource"]
                && old["element"] == finding["element"]
        });
        if is_new && (finding["severity"] == "error" || finding["rule"] == "syntax-error") {
            writeln!(wrong, "    new: {finding}").unwrap();
        }
    }
    for (name, text) in &new {
        let was = &old[name];
        let breaks = |text: &str| text.matches('\n').count();
        if line_ending == "\r\n" && breaks(text) != text.matches("\r\n").count() {
            writeln!(wrong, "    {name} has mixed line endings:\n{text}").unwrap();
        }
        if line_ending == "\n" && text.contains('\r') {
            writeln!(wrong, "    {name} has carriage returns").unwrap();
        }
        let is_ignore =
            |line: &&String| line.contains("plimsoll: ignore") || line.contains("plimsoll:ignore");
        let kept =
            |text: &str| comments(text).iter().filter(|line| !is_ignore(line)).cloned().collect::<Vec<_>>();
        if kept(was) != kept(text) {
            writeln!(wrong, "    comments of {name} differ:\n{was}\n---\n{text}").unwrap();
        }
        if was.ends_with('\n') != text.ends_with('\n') {
            writeln!(wrong, "    the end of {name} differs").unwrap();
        }
    }
    run(dir.path(), &[&["--fix", "--unsafe-fixes", "--profile", "strict"], args.as_slice()].concat());
    if contents(dir.path()) != new {
        writeln!(wrong, "    a second run changes it again").unwrap();
    }
    if !wrong.is_empty() {
        wrong = format!("  {} / {} ({line_ending:?})\n{wrong}", page.id, example.name);
    }
    wrong
}

#[test]
fn every_fix_of_every_example_holds() {
    let pages = pages();
    let cases: Vec<(&Page, &Example, &str)> = pages
        .iter()
        .flat_map(|page| page.examples.iter().map(move |example| (page, example)))
        .filter(|(_, example)| example.verdict == "bad")
        .flat_map(|(page, example)| ["\n", "\r\n"].map(|ending| (page, example, ending)))
        .collect();
    let results: Vec<(String, BTreeSet<String>)> = cases
        .par_iter()
        .map(|(page, example, ending)| {
            let mut used = BTreeSet::new();
            (judge(page, example, ending, &mut used), used)
        })
        .collect();
    let failures: Vec<&str> =
        results.iter().map(|(wrong, _)| wrong.as_str()).filter(|wrong| !wrong.is_empty()).collect();
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
    // What a page promises is shown by an example somewhere; what it denies is never offered.
    let used: BTreeSet<&String> = results.iter().flat_map(|(_, used)| used).collect();
    let mut wrong = Vec::new();
    for page in &pages {
        let offers = |kind: &str| used.contains(&format!("{} {kind}", page.id));
        let holds = match page.fix.as_str() {
            "none" => !offers("safe") && !offers("unsafe"),
            "unsafe" => offers("unsafe") && !offers("safe"),
            _ => offers("safe"),
        };
        if !holds {
            wrong.push(format!("{} says fix: {}", page.id, page.fix));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const GROUP: &str = "\u{feff}resource \"aws_ecr_repository\" \"shop\" { # ours\r\n\tname = \"shop\"\r\n}";

fn one(name: &str, text: &str) -> TempDir {
    folder(&BTreeMap::from([(name.to_owned(), text.to_owned())]), "\n")
}

fn words(output: &Output) -> (String, String) {
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn a_fix_keeps_mark_tabs_line_endings_and_the_missing_last_one() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("main.tf");
    std::fs::write(&file, GROUP).unwrap();
    let output = run(dir.path(), &["--fix"]);
    assert_eq!(words(&output).1, "fixed 1 finding in 1 file\n");
    let new = std::fs::read_to_string(&file).unwrap();
    let block = "\r\n\r\n\timage_scanning_configuration {\r\n\t\tscan_on_push = true\r\n\t}\r\n}";
    assert_eq!(new, GROUP.replace("\r\n}", block));
    // The unsafe one is left, and says how to get it.
    let (report, _) = words(&output);
    assert!(report.contains("fix available: 1 with --fix --unsafe-fixes"), "{report}");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(words(&run(dir.path(), &["--fix"])).1, "fixed nothing\n");
    let output = run(dir.path(), &["--fix", "--unsafe-fixes"]);
    assert_eq!(output.status.code(), Some(0), "{:?}", words(&output));
    let newer = std::fs::read_to_string(&file).unwrap();
    let aligned = new.replace(
        "name = \"shop\"",
        "name                 = \"shop\"\r\n\timage_tag_mutability = \"IMMUTABLE\"",
    );
    assert_eq!(newer, aligned);
}

#[test]
fn a_diff_writes_nothing_and_leaves_the_findings() {
    let text = "resource \"aws_ecr_repository\" \"shop\" {\n  name = \"shop\"\n}\n";
    let dir = one("main.tf", text);
    let output = run(dir.path(), &["--diff"]);
    let (diff, said) = words(&output);
    assert_eq!(
        diff,
        "--- main.tf\n+++ main.tf\n@@ -1,3 +1,7 @@\n resource \"aws_ecr_repository\" \"shop\" {\n   name = \"shop\"\n+\n+  \
         image_scanning_configuration {\n+    scan_on_push = true\n+  }\n }\n"
    );
    assert_eq!(said, "would fix 1 finding in 1 file\n");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(contents(dir.path())["main.tf"], text);
    assert_eq!(run(dir.path(), &["--diff", "--fail-on", "never"]).status.code(), Some(0));
    let output = run(dir.path(), &["--diff", "--quiet", "--output", "fix.patch"]);
    assert_eq!(words(&output), (String::new(), String::new()));
    assert_eq!(contents(dir.path())["fix.patch"], diff);
    // It is what `patch` takes.
    let patched = Command::new("patch").args(["-p0", "-i", "fix.patch"]).current_dir(dir.path()).output();
    if patched.is_ok_and(|output| output.status.success()) {
        assert_eq!(words(&run(dir.path(), &["--diff"])).0, "");
    }
}

#[test]
fn arguments_that_make_no_sense_are_refused() {
    let dir = one("main.tf", "");
    for arguments in [&["--unsafe-fixes"][..], &["--fix", "--diff"]] {
        assert_eq!(run(dir.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_diff_masks_secrets_in_what_changes_and_around_it() {
    let secret = "not-a-real-password-1-Kx7pQz";
    let text = format!(
        "resource \"aws_db_instance\" \"main\" {{\n  engine   = \"postgres\"\n  password = \"{secret}\"\n\n  tags = {{ Stage = \
         \"production\" }}\n}}\n"
    );
    let dir = one("main.tf", &text);
    for arguments in [&["--diff"][..], &["--diff", "--unsafe-fixes"]] {
        let (diff, said) = words(&run(dir.path(), arguments));
        assert!(diff.contains("********") && diff.contains("deletion_protection"), "{diff}");
        assert!(!diff.contains(secret) && !said.contains(secret), "{diff}{said}");
    }
    let (report, said) = words(&run(dir.path(), &["--fix"]));
    assert!(!report.contains(secret) && !said.contains(secret));
    // Masking is for the eye: the file keeps its value.
    assert!(contents(dir.path())["main.tf"].contains(secret));
}

#[test]
fn only_what_the_paths_select_is_written() {
    let repository = "resource \"aws_ecr_repository\" \"shop\" {\n  name = \"shop\"\n}\n";
    let files = BTreeMap::from([
        ("a/main.tf".to_owned(), format!("module \"m\" {{\n  source = \"../m\"\n}}\n\n{repository}")),
        ("b/main.tf".to_owned(), repository.to_owned()),
        ("m/main.tf".to_owned(), repository.to_owned()),
    ]);
    let dir = folder(&files, "\n");
    let output = run(dir.path(), &["--fix", "a"]);
    assert_eq!(words(&output).1, "fixed 1 finding in 1 file\n");
    let new = contents(dir.path());
    assert!(new["a/main.tf"].contains("scan_on_push"));
    assert_eq!((&new["b/main.tf"], &new["m/main.tf"]), (&files["b/main.tf"], &files["m/main.tf"]));
}

#[test]
fn a_vendored_module_is_left_alone() {
    let repository = "resource \"aws_ecr_repository\" \"shop\" {\n  name = \"shop\"\n}\n";
    let files = BTreeMap::from([
        ("main.tf".to_owned(), "module \"m\" {\n  source = \"acme/m/aws\"\n}\n".to_owned()),
        (
            ".terraform/modules/modules.json".to_owned(),
            "{\"Modules\":[{\"Key\":\"m\",\"Source\":\"registry.terraform.io/acme/m/aws\",\"Dir\":\".terraform/modules/m\"}]}"
                .to_owned(),
        ),
        (".terraform/modules/m/main.tf".to_owned(), repository.to_owned()),
    ]);
    let dir = folder(&files, "\n");
    let before = report(dir.path(), &[]);
    assert!(findings(&before).any(|finding| finding["rule"] == "ecr-scan-on-push"), "{before}");
    assert!(findings(&before).all(|finding| finding["fix"].is_null()), "{before}");
    run(dir.path(), &["--fix", "--unsafe-fixes"]);
    assert_eq!(contents(dir.path()), files);
}

/// A module that serves two callers is changed only where both want it.
#[test]
fn a_shared_block_is_changed_for_all_or_not_at_all() {
    let module = "variable \"stage\" {}\n\nresource \"aws_db_instance\" \"this\" {\n  engine         = \"postgres\"\n  \
                  instance_class = \"db.t4g.micro\"\n  tags           = { Stage = var.stage }\n}\n";
    let root = |other: &str| {
        format!(
            "module \"a\" {{\n  source = \"./m\"\n  stage  = \"production\"\n}}\n\nmodule \"b\" {{\n  source = \"./m\"\n  stage  = \
             \"{other}\"\n}}\n"
        )
    };
    for (other, is_fixed) in [("production", true), ("preview", false)] {
        let files = BTreeMap::from([
            ("main.tf".to_owned(), root(other)),
            ("m/main.tf".to_owned(), module.to_owned()),
        ]);
        let dir = folder(&files, "\n");
        run(dir.path(), &["--fix"]);
        assert_eq!(contents(dir.path())["m/main.tf"].contains("deletion_protection"), is_fixed, "{other}");
    }
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_links_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = one("real/shop.tf", "resource \"aws_ecr_repository\" \"shop\" {\n  name = \"shop\"\n}\n");
    let real = dir.path().join("real/shop.tf");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::fs::create_dir(dir.path().join("root")).unwrap();
    let link = dir.path().join("root/main.tf");
    symlink("../real/shop.tf", &link).unwrap();
    std::fs::write(dir.path().join("root/other.tf"), "").unwrap();
    let text = std::fs::read_to_string(&real).unwrap();
    run(dir.path(), &["--fix", "root"]);
    assert_eq!(std::fs::read_to_string(&real).unwrap(), text, "it lies outside the named folder");
    let output = run(dir.path(), &["--fix", "."]);
    assert!(link.is_symlink(), "{:?}", words(&output));
    assert!(std::fs::read_to_string(&real).unwrap().contains("scan_on_push"), "{:?}", words(&output));
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    let left: Vec<_> = std::fs::read_dir(dir.path().join("real")).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    // A link out of the boundary is neither read nor written.
    let outside = one("shop.tf", "resource \"aws_ecr_repository\" \"shop\" {\n  name = \"shop\"\n}\n");
    let text = std::fs::read_to_string(outside.path().join("shop.tf")).unwrap();
    let inside = tempfile::tempdir().unwrap();
    symlink(outside.path().join("shop.tf"), inside.path().join("main.tf")).unwrap();
    run(inside.path(), &["--fix", "--unsafe-fixes"]);
    assert_eq!(std::fs::read_to_string(outside.path().join("shop.tf")).unwrap(), text);
}

#[test]
fn plans_are_no_source() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plan");
    for name in ["django-celery.json", "fastapi-mvp.json"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let dir = one(name, &text);
        let found = report(dir.path(), &[name]);
        assert!(findings(&found).count() > 0, "{name}: {found}");
        assert!(findings(&found).all(|finding| finding["fix"].is_null()), "{name}");
        run(dir.path(), &["--fix", "--unsafe-fixes", "--profile", "strict", name]);
        assert_eq!(contents(dir.path())[name], text, "{name}");
    }
}
