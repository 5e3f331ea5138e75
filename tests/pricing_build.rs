//! What the build says about a price table that somebody got wrong, and that the same tables give the same bytes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::fs;
use std::path::Path;

#[path = "../build/pricing.rs"]
mod pricing;

const REGIONS: &str = "region\tprice_list_location\tdisplay_name\tbilling_code\n\
                       eu-west-1\tEU (Ireland)\tEurope (Ireland)\tEU\n\
                       us-east-1\tUS East (N. Virginia)\tUS East (N. Virginia)\tUSE1\n";

/// The error of a build over one table.
fn error_of(table: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("regions.tsv"), REGIONS).unwrap();
    fs::write(folder.path().join("things.tsv"), table).unwrap();
    match pricing::build(folder.path(), &folder.path().join("out.bin")) {
        Ok(()) => "built".to_owned(),
        Err(error) => error,
    }
}

#[track_caller]
fn assert_says(table: &str, words: &str) {
    let error = error_of(table);
    assert!(error.contains(words) && (error == "built" || error.contains("things.tsv")), "{error}");
}

#[test]
fn a_sound_table_is_built() {
    assert_says(
        "# Things\n# key thing\n# unit hour\n# source a Q 2025-06-17\n# source b K 2026-07-20\n\
         thing\teu-west-1\tus-east-1\n@source\ta\tb\nbig\t0.10\t-\nsmall\t0.05@b\t0.04\n",
        "built",
    );
}

#[test]
fn mistakes_are_named_with_their_line() {
    let table = |rows: &str| format!("# Things\n# key thing\n# unit hour\n# source a Q 2025-06-17\n{rows}");
    assert_says("thing\tus-east-1\nbig\t1\n", "needs a `# key` line");
    assert_says("# key thing\n# source a Q\nthing\tus-east-1\nbig\t1\n", "`# source MARK LETTER DATE`");
    assert_says("# key thing\n# source a Q 2025-06-17\nthing\tus-east-1\nbig\t1\n", "line 4: no unit");
    assert_says(&table("thing\tus-west-9\nbig\t1\n"), "`us-west-9` is no key, no attribute and no region");
    assert_says(&table("thing\tus-east-1\teu-west-1\nbig\t1\t1\n"), "not sorted");
    assert_says(&table("thing\tus-east-1\nbig\n"), "line 6: 1 fields, the head has 2");
    assert_says(&table("thing\tus-east-1\nbig\t1,5\n"), "line 6: us-east-1: `1,5` is no price");
    assert_says(&table("thing\tus-east-1\nbig\t-1\n"), "is no price");
    assert_says(&table("thing\tus-east-1\nbig\t\n"), "is no price");
    assert_says(&table("thing\tus-east-1\nbig\t99999999999999999999\n"), "too many digits");
    assert_says(&table("thing\tus-east-1\nbig\t1@z\n"), "there is no `# source z` line");
    assert_says(&table("thing\tus-east-1\nbig one\t1\n"), "contains a space");
    assert_says(&table("thing\tus-east-1\nbig\t1\nbig\t2\n"), "`big` is there twice");
    assert_says(
        &table("thing\ttier_start\ttier_end\tus-east-1\nbig\t0\t10\t1\nbig\t20\tInf\t2\n"),
        "`big` has a gap between its tiers in us-east-1",
    );
    assert_says(&table("thing\ttier_start\tus-east-1\nbig\tmany\t1\n"), "`many` is no tier bound");
}

#[test]
fn the_same_tables_give_the_same_bytes() {
    let out = tempfile::tempdir().unwrap();
    let build = |name: &str| {
        let path = out.path().join(name);
        pricing::build(&Path::new(env!("CARGO_MANIFEST_DIR")).join("pricing"), &path).unwrap();
        fs::read(path).unwrap()
    };
    let bytes = build("a");
    assert!(bytes == build("b"));
    assert!(bytes.len() < 2_500_000, "{} bytes are more than the binary should carry", bytes.len());
}
