//! Parsing: random valid HCL of committed seeds, every `.tf` file of a corpus where one lies beside the repository
//! (the folder `PLIMSOLL_CORPUS` names), and what happens to the rest of a module when one file is broken.
//! Where the Terraform CLI is installed, `terraform fmt` is the judge. `SEED` and `CASES` choose others.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::print_stderr
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use plimsoll::source::Files;
use plimsoll::syntax::hcl::{self, ProblemKind};
use plimsoll::terraform::{self, Class, Options};

/// A small deterministic source of choices.
struct Choices(u64);

impl Choices {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// Builds text; inside brackets a new line is only space.
struct Writer {
    choices: Choices,
    out: String,
}

const NAMES: [&str; 10] =
    ["name", "größe", "名前", "a-b", "x_1", "for_each", "in", "null_value", "if_", "Été"];

impl Writer {
    /// Space that may hold comments, and new lines where they mean nothing.
    fn gap(&mut self, lines: bool) {
        let text = match self.choices.below(if lines { 9 } else { 5 }) {
            0..=2 => " ",
            3 => "  ",
            4 => " /* a \" comment { */ ",
            5 => "\n",
            6 => " # hash ${ \"\n",
            7 => " // slashes }\n",
            _ => "\n\n  /* two\n lines */ ",
        };
        self.out.push_str(text);
    }

    fn name(&mut self) -> &'static str {
        let at = self.choices.below(NAMES.len());
        NAMES[at]
    }

    fn file(&mut self) {
        for _ in 0..1 + self.choices.below(4) {
            self.comment();
            self.block(0);
        }
        self.comment();
    }

    fn comment(&mut self) {
        let text =
            self.choices.one(&["", "", "# comment\n", "// comment \"\n", "/* block\n comment */\n", "\n"]);
        self.out.push_str(text);
    }

    fn block(&mut self, depth: usize) {
        let kind = self.choices.one(&["resource", "module", "locals", "dynamic", "größe", "content"]);
        self.out.push_str(kind);
        for _ in 0..self.choices.below(3) {
            let label = self.choices.one(&[" \"aws_x\"", " \"a b\"", " bare", " \"é\\\"q\"", " \"a$b\""]);
            self.out.push_str(label);
        }
        match self.choices.below(6) {
            0 => return self.out.push_str(" {}\n"),
            1 => {
                self.out.push_str(" { single = ");
                self.expression(1, false);
                return self.out.push_str(" }\n");
            }
            _ => self.out.push_str(" {\n"),
        }
        for at in 0..self.choices.below(5) {
            self.comment();
            if depth < 3 && self.choices.below(4) == 0 {
                self.block(depth + 1);
                continue;
            }
            let name = self.name();
            self.out.push_str(&format!("{name}_{at}"));
            self.gap(false);
            self.out.push('=');
            self.gap(false);
            if self.choices.below(5) == 0 {
                self.heredoc();
            } else {
                self.expression(3, false);
                let end = self.choices.one(&["\n", "\n", " # end\n", " // end\n", " /* end */\n"]);
                self.out.push_str(end);
            }
        }
        self.out.push_str("}\n");
    }

    fn heredoc(&mut self) {
        let mark = self.choices.one(&["<<EOT\n", "<<-EOT\n"]);
        self.out.push_str(mark);
        for _ in 0..self.choices.below(5) {
            let line = self.choices.one(&[
                "plain text\n",
                "    indented \"quotes\" \\n\n",
                "${var.x} and ${~ local.y ~} $${escaped} %%{ if }\n",
                "%{ if true }yes%{ else }no%{ endif }\n",
                "  %{~ for k, v in var.m ~}\n  ${k} = ${v}\n  %{~ endfor ~}\n",
                "\n",
                "{\"json\": [1, \"${f(1)}\"]}\n",
                "EOTX not the end\n",
                "\ttab\n",
                "# no comment // here /* either\n",
                "$ % $$ %% ünï\n",
                "${ {\n  a = 1\n}[\"a\"] }\n",
            ]);
            self.out.push_str(line);
        }
        let end = self.choices.one(&["EOT\n", "  EOT\n"]);
        self.out.push_str(end);
    }

    fn list(&mut self, depth: usize) {
        for _ in 0..self.choices.below(4) {
            self.gap(true);
            self.expression(depth, true);
            self.gap(true);
            self.out.push(',');
        }
        self.gap(true);
    }

    fn expression(&mut self, depth: usize, lines: bool) {
        if depth == 0 {
            let leaf = self.choices.one(&[
                "1",
                "-2.50",
                "1e3",
                "1.5E-2",
                "true",
                "null",
                "\"text\"",
                "\"\\\"esc\\\\ \\u00e9 \\t\"",
                "\"a${var.x}b${\"nested ${1 + 2}\"}\"",
                "\"$${no} %%{no} $ %\"",
                "\"%{ if a }x%{ else }y%{ endif }\"",
                "\"%{for x in l~} ${x} %{~endfor}\"",
                "var.größe",
                "local.a-b",
                "data.x.y[0].z",
                "a.b.0.c",
                "a.*.b",
                "a[*].b[*].c[1]",
                "module.m[\"k\"].out",
                "each.value[\"a b\"]",
                "\"\"",
                "名前.x",
            ]);
            return self.out.push_str(leaf);
        }
        let inner = depth - 1;
        match self.choices.below(11) {
            0 => self.expression(0, lines),
            1 => {
                self.out.push('[');
                self.list(inner);
                self.out.push(']');
            }
            2 => self.object(inner),
            3 => {
                let name = self.choices.one(&["f", "jsonencode", "core::upper", "try"]);
                self.out.push_str(name);
                self.out.push('(');
                self.gap(true);
                self.expression(inner, true);
                self.gap(true);
                if self.choices.below(3) == 0 {
                    self.out.push_str("...");
                }
                self.out.push(')');
            }
            4 => {
                self.out.push('(');
                self.gap(true);
                self.expression(inner, true);
                self.gap(true);
                self.out.push(')');
            }
            5 => {
                // A conditional over lines needs brackets around it.
                self.out.push('(');
                self.expression(inner, true);
                self.gap(true);
                self.out.push('?');
                self.gap(true);
                self.expression(inner, true);
                self.gap(true);
                self.out.push(':');
                self.gap(true);
                self.expression(inner, true);
                self.out.push(')');
            }
            6 => {
                self.expression(inner, lines);
                self.out.push_str(" ? ");
                self.expression(inner, lines);
                self.out.push_str(" : ");
                self.expression(inner, lines);
            }
            7 => {
                self.expression(inner, lines);
                let operator = self
                    .choices
                    .one(&[" + ", " - ", " * ", " / ", " % ", " == ", " != ", " < ", " >= ", " && ", " || "]);
                self.gap(lines);
                self.out.push_str(operator);
                self.gap(lines);
                self.expression(inner, lines);
            }
            8 => {
                self.out.push_str("[for x in ");
                self.expression(inner, true);
                self.gap(true);
                self.out.push(':');
                self.gap(true);
                self.expression(inner, true);
                self.out.push_str(" if x != null]");
            }
            9 => {
                self.out.push_str("{ for k, v in ");
                self.expression(inner, true);
                self.gap(true);
                self.out.push_str(": k =>");
                self.gap(true);
                self.expression(inner, true);
                let end = self.choices.one(&[" }", "... }", " if true\n}"]);
                self.out.push_str(end);
            }
            _ => {
                let operator = self.choices.one(&["!", "-"]);
                self.out.push_str(operator);
                self.out.push('(');
                self.expression(inner, true);
                self.out.push(')');
            }
        }
    }

    fn object(&mut self, depth: usize) {
        self.out.push('{');
        let count = self.choices.below(4);
        if count > 0 {
            let gap = self.choices.one(&["\n", " ", "\n# comment\n", " /* c */ "]);
            self.out.push_str(gap);
        }
        for at in 0..count {
            // Keys may be repeated.
            let key =
                self.choices.one(&["same", "\"quoted key\"", "(var.k)", "größe", "\"${var.k}x\"", "same"]);
            self.out.push_str(key);
            let sign = self.choices.one(&[" = ", ": ", "=", " : "]);
            self.out.push_str(sign);
            self.expression(depth, false);
            let end = if at + 1 == count {
                &["\n", "", ",", ",\n", " # end\n"][..]
            } else {
                &["\n", ",", ",\n", ", ", " // end\n"]
            };
            let end = self.choices.one(end);
            self.out.push_str(end);
        }
        self.out.push('}');
    }
}

fn generated(seed: u64) -> String {
    let mut writer = Writer { choices: Choices(seed), out: String::new() };
    writer.file();
    let mut text = writer.out;
    match seed % 7 {
        0 => text = text.replace('\n', "\r\n"),
        1 => text.insert(0, '\u{feff}'),
        _ => {}
    }
    text
}

/// What `terraform fmt` says; `None` where the CLI is not installed.
fn accepted(text: &str) -> Option<bool> {
    let mut child = Command::new("terraform")
        .args(["fmt", "-no-color", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    Some(child.wait().ok()?.success())
}

/// The first error of grammar.
fn refused(text: &str) -> Option<String> {
    let scratch = Files::new(Path::new("/"), Path::new("/")).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let pseudo = scratch.add_pseudo("generated.tf", text.to_owned());
    let parsed = hcl::parse_body(text, pseudo.id);
    let problem = parsed.problems.into_iter().find(|problem| problem.kind != ProblemKind::DuplicateKey)?;
    let line = text[..problem.span.range().start.min(text.len())].lines().count();
    Some(format!("line {line}: {}", problem.message))
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn generated_files_parse() {
    let (seed, cases, every) = (setting("SEED", 20_261_120), setting("CASES", 2_000), setting("EVERY", 20));
    let (mut wrong, mut checked, mut invalid) = (Vec::new(), 0_usize, 0_usize);
    for at in 0..cases {
        let text = generated(seed.wrapping_add(at.wrapping_mul(7_919)));
        let refusal = refused(&text);
        // The CLI is asked about a part (`EVERY` which), and about everything that is refused here.
        let judged = (refusal.is_some() || at % every == 0).then(|| accepted(&text)).flatten();
        checked += usize::from(judged.is_some());
        match (refusal, judged) {
            (None, Some(false)) => {
                invalid += 1;
                eprintln!("accepted, and fmt refuses:\n{text}\n-----");
            }
            (Some(problem), Some(true) | None) => wrong.push(format!("{problem}\n{text}")),
            _ => {}
        }
    }
    wrong.sort_by_key(String::len);
    wrong.iter().take(3).for_each(|text| eprintln!("{text}\n-----"));
    eprintln!(
        "{cases} files, {checked} asked of the CLI: {} refused wrongly, {invalid} accepted wrongly",
        wrong.len()
    );
    assert!(wrong.is_empty() && invalid == 0);
}

/// The items of an object end with their line: an operator that stands at its end or at the next one's start is wrong.
#[test]
fn new_lines_in_objects_and_around_operators() {
    let refusals = [
        "{ x = 1 +\n 2 }",
        "{ x = 1\n + 2 }",
        "{ x = [for y in z : y] *\n 2 }",
        "{ x = [for y in z : y] * # c\n 2 }",
        "{ x = 1 * # c\n 2 }",
        "{ x = true ?\n 2 : 3 }",
        "{ x = true ? 2\n : 3 }",
        "{ x =\n 1 }",
        "{ x\n = 1 }",
        "[{ x = 1 +\n 2 }]",
        "{ x = f(\n1)\n + 1 }",
        "1 +\n 2",
        "1\n + 2",
        "x ? 1\n : 2",
        "x\n.y",
        "[for x in y : { a = x *\n 2 }]",
        "{for x in y : x => { a = x *\n 2 } # c\n}",
        "{ x = 1 y = 2 }",
    ];
    let valid = [
        "{ x = (1 +\n 2) }",
        "{ x = \"${\n1}\" }",
        "{ x = f(\n1 # c\n) + 1\n}",
        "[1\n + # c\n 2]",
        "[for # c\n x # c\n in # c\n y # c\n + # d\n 1 # c\n : # c\n x # c\n if # c\n x # c\n]",
        "{ /* c */ for # c\n x # c\n in # c\n y # c\n + # d\n 1 # c\n : # c\n x # c\n => # c\n x # c\n ... # c\n if x # c\n}",
        "[for x in [for y in z # c\n : y /\n 2] : x\n % # c\n 3]",
        "[for x in a ? # c\n b # c\n : c : x]",
        "(x\n.y\n[0]\n)",
        "[for x in y : <<EOT\na\nEOT\n # c\n if x # d\n && x]",
        "{ for x in y # c\n : x => {\n a = 1 # c\n b = 2\n } }",
        "f(\n x # c\n , # d\n y\n ... # e\n)",
    ];
    for (texts, expected) in [(&refusals[..], false), (&valid[..], true)] {
        for text in texts {
            for text in [format!("a = {text}\n"), format!("b {{\n  a = {text}\n}}\n").replace('\n', "\r\n")] {
                assert_eq!(refused(&text).is_none(), expected, "{text}: {:?}", refused(&text));
                assert_eq!(accepted(&text).unwrap_or(expected), expected, "terraform fmt: {text}");
            }
        }
    }
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
        if kind.is_dir() {
            collect(&path, files);
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "tf") {
            files.push(path);
        }
    }
}

#[test]
fn corpus_parses_where_there_is_one() {
    let Ok(root) = std::env::var("PLIMSOLL_CORPUS") else { return };
    let mut files = Vec::new();
    collect(Path::new(&root), &mut files);
    if files.is_empty() || accepted("a = 1\n").is_none() {
        eprintln!("skipped: no corpus at {root}, or no terraform");
        return;
    }
    let mut wrong = Vec::new();
    for path in &files {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        if let Some(problem) = refused(&text)
            && accepted(&text) == Some(true)
        {
            wrong.push(format!("{}: {problem}", path.display()));
        }
    }
    wrong.iter().take(10).for_each(|line| eprintln!("{line}"));
    eprintln!("{} files of the corpus, {} refused wrongly", files.len(), wrong.len());
    assert!(wrong.is_empty());
}

/// A broken file is one finding at its place; names that it may declare are unknown, everything else stands.
#[test]
fn the_rest_of_a_module_with_a_broken_file_is_evaluated() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write(
        "variables.tf",
        "variable \"known\" {\n  default = 1\n}\nvariable \"lost\" {\n  default = = 2\n}\n",
    );
    write(
        "main.tf",
        "output \"known\" { value = var.known + 1 }\noutput \"lost\" { value = var.other }\n\
         resource \"aws_x\" \"y\" { name = local.gone }\n",
    );
    let files = Files::new(dir.path(), dir.path()).unwrap();
    let found = terraform::evaluate(&files, dir.path(), &Options::default());
    let said: Vec<String> =
        found.diagnostics.iter().map(|one| format!("{:?} {}", one.class, one.message)).collect();
    assert_eq!(found.diagnostics.len(), 1, "{said:?}");
    assert_eq!(found.diagnostics[0].class, Class::Syntax);
    let text = std::fs::read_to_string(dir.path().join("variables.tf")).unwrap();
    let line = text[..found.diagnostics[0].span.range().start].lines().count();
    assert_eq!(line, 5);
    let output = |name: &str| &found.outputs.iter().find(|(known, _)| &**known == name).unwrap().1;
    assert_eq!(output("known").as_number().unwrap().to_i64(), Some(2));
    assert!(output("lost").as_unknown().is_some());
    assert_eq!(found.resources.len(), 1);
}

#[test]
fn an_empty_heredoc_ends_where_it_does() {
    let dir = tempfile::tempdir().unwrap();
    let text = "locals {\n  a = <<EOT\nEOT\n  b = [<<-EOT\n  EOT\n  , <<EOT\nx\nEOT\n  ]\n}\n\
                output \"o\" { value = \"${local.a}|${join(\",\", local.b)}\" }\n";
    std::fs::write(dir.path().join("main.tf"), text).unwrap();
    let files = Files::new(dir.path(), dir.path()).unwrap();
    let found = terraform::evaluate(&files, dir.path(), &Options::default());
    assert!(found.diagnostics.is_empty(), "{:?}", found.diagnostics[0].message);
    assert_eq!(found.outputs[0].1.as_str(), Some("|,x\n"));
}

fn diagnostics(text: &str) -> Vec<(String, String)> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("main.tf"), text).unwrap();
    let files = Files::new(dir.path(), dir.path()).unwrap();
    let found = terraform::evaluate(&files, dir.path(), &Options::default());
    let place = |range: std::ops::Range<usize>| text.get(range).unwrap_or("").to_owned();
    found.diagnostics.into_iter().map(|one| (place(one.span.range()), one.message)).collect()
}

#[test]
fn what_is_not_declared_is_found_in_code_that_is_never_evaluated() {
    let found = diagnostics(
        "resource \"aws_x\" \"off\" {\n  count = 0\n  a = var.nowhere\n  b = [for x in local.gone : x.y]\n  \
         dynamic \"c\" {\n    for_each = []\n    iterator = it\n    content {\n      d = it.value + module.none.out\n    }\n  }\n  \
         lifecycle {\n    ignore_changes = [tags]\n  }\n  depends_on = [aws_x.other]\n}\n",
    );
    let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["var.nowhere", "local.gone", "module.none.out", "aws_x.other"], "{found:?}");
}

/// Terraform warns of an assertion that does not hold; everything else that is wrong with a check is an error.
#[test]
fn check_blocks_are_judged_as_terraform_does() {
    let dir = tempfile::tempdir().unwrap();
    let text = r#"
variable "one" { default = 1 }
resource "terraform_data" "d" {}
check "fails" {
  assert {
    condition     = var.one > 2
    error_message = "Too small: ${var.one}."
  }
  assert {
    condition     = var.one == 1 ? "false" : "true"
    error_message = 5
  }
}
check "holds" {
  data "aws_ecs_cluster" "c" { cluster_name = "c" }
  assert {
    condition     = var.one == 1
    error_message = "No."
  }
  assert {
    condition     = data.aws_ecs_cluster.c.status == "ACTIVE"
    error_message = "No."
  }
  assert {
    condition     = terraform_data.d.id == "x"
    error_message = "No."
  }
}
"#;
    std::fs::write(dir.path().join("main.tf"), text).unwrap();
    let files = Files::new(dir.path(), dir.path()).unwrap();
    let found = terraform::evaluate(&files, dir.path(), &Options::default());
    let said: Vec<(Class, &str)> =
        found.diagnostics.iter().map(|one| (one.class, one.message.as_str())).collect();
    assert_eq!(
        said,
        [
            (Class::FailedCheck, "a condition of `check.fails` does not hold: Too small: 1."),
            (Class::FailedCheck, "a condition of `check.fails` does not hold: 5"),
        ]
    );
    let assertion = |condition: &str, message: &str| {
        let text = format!(
            "variable \"one\" {{\n  default = 1\n}}\ncheck \"c\" {{\n  assert {{\n    condition     = {condition}\n    \
             error_message = {message}\n  }}\n}}\n"
        );
        let found = diagnostics(&text);
        assert_eq!(found.len(), 1, "{condition} {message}: {found:?}");
        found[0].1.clone()
    };
    for (condition, message, reason) in [
        ("1 > 2", "\"No.\"", "refers to nothing"),
        ("var.gone", "\"No.\"", "`gone` is not declared"),
        ("var.one == 1", "var.gone", "`gone` is not declared"),
        ("var.one == 1 ? null : true", "\"No.\"", "is null"),
        ("[var.one]", "\"No.\"", "bool"),
        ("var.one == 1", "tonumber(\"x\")", "cannot convert"),
        ("var.one == 1", "[var.one]", "must be a text"),
        ("self.id == var.one", "\"No.\"", "`self` exists only"),
        ("each.key == var.one", "\"No.\"", "`each` exists only"),
    ] {
        assert!(assertion(condition, message).contains(reason), "{condition} {message}");
    }
}

#[test]
fn a_long_chain_of_locals_is_evaluated() {
    for forwards in [true, false] {
        let mut text = String::from("locals {\n  l0000 = 1\n");
        for at in 1..=2_000 {
            text.push_str(&format!("  l{at:04} = local.l{:04} + 1\n", at - 1));
        }
        text.push_str("}\noutput \"last\" { value = local.l2000 }\n");
        if !forwards {
            // The order of names is the other way round.
            for at in 0..=2_000 {
                text = text.replace(&format!("l{at:04}"), &format!("r{:04}", 2_000 - at));
            }
        }
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("main.tf"), &text).unwrap();
        let files = Files::new(dir.path(), dir.path()).unwrap();
        let found = terraform::evaluate(&files, dir.path(), &Options::default());
        assert!(found.diagnostics.is_empty(), "{:?}", found.diagnostics[0].message);
        assert_eq!(found.outputs[0].1.as_number().unwrap().to_i64(), Some(2_001));
    }
}
