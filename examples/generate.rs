//! Writes one of the generated deployments of the benchmarks: `cargo run --example generate -- KIND DIR`.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a tool for developers")]

#[path = "../benches/support/mod.rs"]
mod support;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, dir] = arguments.as_slice() else {
        println!("usage: generate task|stack|module|large|modules=N|services=N|variables=N DIR");
        return;
    };
    let (kind, number) = kind.split_once('=').unwrap_or((kind, "1"));
    let number = number.parse().expect("a number");
    let tree = match kind {
        "task" => support::task_definition(),
        "stack" => support::small_stack(),
        "module" => support::module_repository(),
        "large" => support::large_repository(),
        "modules" => support::stack("", number, 8),
        "services" => support::services(number),
        "variables" => support::variables(number),
        _ => return println!("there is no `{kind}`"),
    };
    support::write(std::path::Path::new(dir), &tree);
    println!("{} files, {} lines", tree.len(), support::lines(&tree));
}
