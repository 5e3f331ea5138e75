//! The bars of the design: whole runs in this process, and growth for one more module, service or variable.
//! `cargo bench --bench bars`; what was measured, and how to measure the program itself, is in
//! `docs/performance.md`.
#![allow(clippy::expect_used, clippy::panic, reason = "a benchmark ends where something is wrong")]

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use plimsoll::analysis::{Analysis, Request, analyse};
use plimsoll::source::Files;
use plimsoll::terraform::{self, Evaluation};
use support::Tree;
use tempfile::TempDir;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// The files on disk, removed with the value.
fn on_disk(tree: &Tree) -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    support::write(dir.path(), tree);
    dir
}

fn run(dir: &Path, price: bool) -> Analysis {
    let as_of = "2026-11-20".parse().expect("a date");
    let request = Request {
        root: Some(dir.to_path_buf()),
        price,
        ..Request::new(dir.to_path_buf(), terraform::Options::default(), as_of)
    };
    analyse(&request).unwrap_or_else(|failure| panic!("{failure:?}"))
}

fn evaluate(dir: &Path) -> Evaluation {
    let files = Files::new(dir, dir).expect("a directory");
    let evaluation = terraform::evaluate(&files, dir, &terraform::Options::default());
    assert!(evaluation.diagnostics.is_empty(), "{:?}", evaluation.diagnostics);
    evaluation
}

/// `check` on one task definition. Bar: 10 ms for the whole process.
#[divan::bench]
fn check_task_definition(bencher: Bencher) {
    let dir = on_disk(&support::task_definition());
    bencher.bench(|| run(black_box(dir.path()), false));
}

/// `cost` on one small stack, prices included. Bar: 20 ms for the whole process.
#[divan::bench]
fn cost_of_small_stack(bencher: Bencher) {
    let dir = on_disk(&support::small_stack());
    bencher.bench(|| run(black_box(dir.path()), true));
}

/// `compare` with all its options on one small stack. Bar: 150 ms for the whole process.
#[divan::bench]
fn compare_small_stack(bencher: Bencher) {
    let dir = on_disk(&support::small_stack());
    let request = plimsoll::cost::options::Request {
        to_region: Some("us-east-1".to_owned()),
        vendor_per_host: Some(15.into()),
        ..plimsoll::cost::options::Request::default()
    };
    bencher.bench(|| {
        let analysis = run(black_box(dir.path()), true);
        let estimate = analysis.estimate.as_ref().expect("an estimate");
        let options = analysis.cost_options.as_ref().expect("what it was made with");
        plimsoll::cost::options::compare(&analysis.deployment, options, estimate, &request)
    });
}

/// `check` on a module repository of 12,000 lines with nested calls. Bar: 100 ms on two cores.
#[divan::bench]
fn check_12000_lines(bencher: Bencher) {
    let dir = on_disk(&support::module_repository());
    bencher.bench(|| run(black_box(dir.path()), false));
}

/// Evaluation alone of the same. Bar: 100 ms.
#[divan::bench]
fn evaluate_12000_lines(bencher: Bencher) {
    let dir = on_disk(&support::module_repository());
    bencher.bench(|| evaluate(black_box(dir.path())));
}

/// `check` on a repository of 250,000 lines. Bar: 2 s on two cores.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn check_250000_lines(bencher: Bencher) {
    let dir = on_disk(&support::large_repository());
    bencher.bench(|| run(black_box(dir.path()), false));
}

/// 293 rules of the user, besides the built-in ones, on 1,000 services: judging alone. Bar: 150 ms on two cores.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn judge_293_own_rules_on_1000_services(bencher: Bencher) {
    let dir = on_disk(&support::services(1_000));
    let rules = dir.path().join(".plimsoll/rules");
    std::fs::create_dir_all(&rules).expect("a directory");
    for at in 0..293 {
        std::fs::write(rules.join(format!("{at}.yaml")), own_rule(at)).expect("a rule file");
    }
    let analysis = run(dir.path(), false);
    bencher
        .bench(|| plimsoll::lint::verdicts(black_box(&analysis.deployment), black_box(&analysis.catalogue)));
}

/// A rule of three conditions, one of which follows a reference.
fn own_rule(at: usize) -> String {
    let select = ["service", "container", "log-group"].get(at % 3).copied().unwrap_or("service");
    let (attribute, further) = match select {
        "service" => ("desired_count", "task_definition.family"),
        "container" => ("cpu", "task.family"),
        _ => ("retention", "name"),
    };
    format!(
        "id: own-{at}\ntitle: own\nseverity: info\ncheck:\n  select: {select}\n  when: {{attribute: name, operator: \
         regex_match, value: '^[a-z]'}}\n  require:\n    any:\n      - {{attribute: {attribute}, operator: \
         greater_than, value: {at}}}\n      - {{attribute: {further}, operator: starting_with, value: x}}\n  message: \
         '{{name}} of {{address}}'\n"
    )
    .replace("{address}", if select == "container" { "{task.address}" } else { "{address}" })
}

/// Evaluation has to grow in line with what there is to evaluate: the items each second stay the same.
mod growth {
    use super::*;

    fn grow(bencher: Bencher<'_, '_>, number: usize, tree: &Tree) {
        let dir = on_disk(tree);
        bencher.counter(ItemsCount::new(number)).bench(|| evaluate(black_box(dir.path())));
    }

    #[divan::bench(args = [5, 50, 500], sample_count = 5, sample_size = 1)]
    fn modules(bencher: Bencher, number: usize) {
        grow(bencher, number, &support::stack("", number, 8));
    }

    #[divan::bench(args = [20, 200, 2000], sample_count = 5, sample_size = 1)]
    fn services(bencher: Bencher, number: usize) {
        grow(bencher, number, &support::services(number));
    }

    #[divan::bench(args = [50, 500, 5000], sample_count = 5, sample_size = 1)]
    fn variables(bencher: Bencher, number: usize) {
        grow(bencher, number, &support::variables(number));
    }

    /// The whole of `check`, not only evaluation.
    #[divan::bench(args = [20, 200, 2000], sample_count = 5, sample_size = 1)]
    fn checked_services(bencher: Bencher, number: usize) {
        let dir = on_disk(&support::services(number));
        bencher.counter(ItemsCount::new(number)).bench(|| run(black_box(dir.path()), false));
    }
}

/// The program as it is installed, from start to exit.
mod process {
    use super::*;

    fn bench(bencher: Bencher<'_, '_>, command: &str, tree: &Tree) {
        let dir = on_disk(tree);
        bencher.bench(|| {
            Command::new(env!("CARGO_BIN_EXE_plimsoll"))
                .args([command, "--root", ".", "."])
                .current_dir(dir.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .expect("the program runs")
        });
    }

    #[divan::bench]
    fn check_task_definition(bencher: Bencher) {
        bench(bencher, "check", &support::task_definition());
    }

    #[divan::bench]
    fn cost_of_small_stack(bencher: Bencher) {
        bench(bencher, "cost", &support::small_stack());
    }

    #[divan::bench]
    fn check_12000_lines(bencher: Bencher) {
        bench(bencher, "check", &support::module_repository());
    }
}
