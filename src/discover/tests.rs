#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice
)]
use std::fs;

use tempfile::TempDir;

use super::*;

const DEFINITION: &str = r#"{"family": "web", "containerDefinitions": [{"name": "web", "image": "a:1"}]}"#;

fn tree(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn run(dir: &TempDir, paths: &[&str]) -> Discovered {
    let paths: Vec<PathBuf> = paths.iter().map(|path| dir.path().join(path)).collect();
    discover(&paths, None).unwrap()
}

/// `path kind`, with `-` before files that are not selected.
fn shown(found: &Discovered) -> Vec<String> {
    let line = |file: &Found| {
        let path = file.path.strip_prefix(&found.root).unwrap().display();
        format!("{}{path} {:?}", if file.selected { "" } else { "-" }, file.kind)
    };
    found.files.iter().map(line).collect()
}

#[test]
fn files_are_classified_by_name_and_content() {
    let dir = tree(&[
        (".git/HEAD", ""),
        (".git/x.tf", ""),
        (".github/workflows/deploy.yml", "on: push"),
        (".github/workflows/readme.md", ""),
        (".github/actions/a/action.yaml", "runs: {}"),
        (".gitignore", "ignored/\n*.log\n"),
        ("ignored/main.tf", ""),
        (".terraform/modules/m/main.tf", ""),
        ("infra/main.tf", ""),
        ("infra/extra.tf.json", "{}"),
        ("infra/prod.tfvars", ""),
        ("plimsoll.yaml", ""),
        ("deploy/anything", DEFINITION),
        ("deploy/described.json", &format!("{{\"taskDefinition\": {DEFINITION}}}")),
        ("deploy/list.json", r#"[{"name": "a", "image": "b", "essential": true}]"#),
        ("deploy/broken.json", &DEFINITION[..60]),
        ("deploy/plan.json", r#"{"format_version": "1.2", "terraform_version": "1.11.4"}"#),
        ("deploy/template.json.tpl", DEFINITION),
        ("package.json", r#"{"name": "x"}"#),
        ("docs/schema.json", r#"{"properties": {"containerDefinitions": {}}}"#),
        ("docs/images.json", r#"[{"name": "a", "image": "b.png"}]"#),
    ]);
    let found = run(&dir, &["."]);
    assert_eq!(
        shown(&found),
        [
            ".github/actions/a/action.yaml Action",
            ".github/workflows/deploy.yml Workflow",
            "deploy/anything TaskDefinition",
            "deploy/broken.json TaskDefinition",
            "deploy/described.json TaskDefinition",
            "deploy/list.json TaskDefinition",
            "deploy/plan.json Plan",
            "infra/extra.tf.json Terraform",
            "infra/main.tf Terraform",
            "infra/prod.tfvars TerraformVariables",
            "plimsoll.yaml Configuration",
        ]
    );
    assert_eq!(found.notes, []);
}

#[test]
fn a_file_brings_its_project_and_a_directory_its_workflows() {
    let dir = tree(&[
        (".git/HEAD", ""),
        (".github/workflows/deploy.yml", ""),
        ("a/main.tf", ""),
        ("a/web.json", DEFINITION),
        ("b/main.tf", ""),
        ("other.tf", ""),
    ]);
    let file = run(&dir, &["a/web.json"]);
    assert_eq!(file.root, dir.path().canonicalize().unwrap());
    assert_eq!(
        shown(&file),
        [
            "-.github/workflows/deploy.yml Workflow",
            "-a/main.tf Terraform",
            "a/web.json TaskDefinition",
            "-b/main.tf Terraform",
            "-other.tf Terraform"
        ]
    );
    let directory = run(&dir, &["a"]);
    assert_eq!(
        shown(&directory),
        [
            "-.github/workflows/deploy.yml Workflow",
            "a/main.tf Terraform",
            "a/web.json TaskDefinition",
            "-other.tf Terraform"
        ]
    );
    assert!(directory.selection.covers(&directory.root.join("a/main.tf")));
    assert!(!directory.selection.covers(&directory.root.join("ab")));
}

#[test]
fn named_paths_count_although_ignored_and_must_exist() {
    let dir = tree(&[
        (".git/HEAD", ""),
        (".gitignore", "out/\n"),
        ("out/task.txt", DEFINITION),
        ("out/deep/main.tf", ""),
        ("notes.md", "text"),
    ]);
    assert_eq!(shown(&run(&dir, &["out/task.txt"])), ["out/task.txt TaskDefinition"]);
    assert_eq!(shown(&run(&dir, &["out/deep"])), ["out/deep/main.tf Terraform"]);
    assert_eq!(shown(&run(&dir, &["notes.md"])), ["notes.md Other"]);
    let missing = discover(&[dir.path().join("nothing")], None);
    assert!(matches!(missing, Err(DiscoverError::NotFound(_))));
    let outside = discover(&[dir.path().to_path_buf()], Some(&dir.path().join("out")));
    assert!(matches!(outside, Err(DiscoverError::Outside { .. })));
}

#[cfg(unix)]
#[test]
fn links_loops_and_closed_directories_do_no_harm() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = tree(&[("a/main.tf", ""), ("closed/x.tf", ""), ("secret.json", DEFINITION)]);
    let project = dir.path().join("a");
    symlink(&project, project.join("loop")).unwrap();
    symlink(dir.path().join("secret.json"), project.join("outside.json")).unwrap();
    symlink("nowhere", project.join("dangling.tf")).unwrap();
    assert_eq!(shown(&run(&dir, &["a"])), ["main.tf Terraform"]);

    let closed = dir.path().join("closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    // Root may read everything; then there is nothing to see.
    if fs::read_dir(&closed).is_err() {
        let found = run(&dir, &["."]);
        assert!(matches!(found.notes[0].kind, NoteKind::Unreadable { .. }));
        assert!(matches!(
            discover(std::slice::from_ref(&closed), None),
            Err(DiscoverError::Unreadable { .. })
        ));
    }
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn large_files_become_notes() {
    let dir = tree(&[("plain.json", "{}")]);
    let padding = " ".repeat(2 * 1024 * 1024);
    fs::write(dir.path().join("big.json"), format!("{DEFINITION}{padding}")).unwrap();
    fs::write(dir.path().join("other.json"), format!("{{\"a\": 1}}{padding}")).unwrap();
    fs::write(dir.path().join("deploy.tf"), padding.repeat(6)).unwrap();
    let found = run(&dir, &["."]);
    assert_eq!(shown(&found), Vec::<String>::new());
    let names: Vec<_> =
        found.notes.iter().map(|note| note.path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["big.json", "deploy.tf"]);
}

#[test]
fn utf16_definitions_and_comments_are_recognised() {
    let mut wide = vec![0xFF, 0xFE];
    wide.extend(DEFINITION.encode_utf16().flat_map(u16::to_le_bytes));
    let dir = tree(&[("b.json", &format!("// deployed by hand\n{DEFINITION}"))]);
    fs::write(dir.path().join("a.json"), wide).unwrap();
    assert_eq!(shown(&run(&dir, &["."])), ["a.json TaskDefinition", "b.json TaskDefinition"]);
}
