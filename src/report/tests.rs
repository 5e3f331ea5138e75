//! Whole outputs of every format over small judgements made by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use insta::assert_snapshot;
use rust_decimal::Decimal;
use unicode_width::UnicodeWidthStr;

use super::testing::{Case, instance, related};
use crate::cost::estimate::{
    Assumption, Component, Driver, Estimate, PriceSource, Range, ResourceCost, Unpriced,
};
use crate::lint::{Applicability, Edit, Fix, Monthly, Severity, Suppressed, SuppressedBy};
use crate::model::{Stage, StageOf};
use crate::source::Span;
use crate::value::{Cause, Causes};

const ECS: &str = r#"variable "image" {
  default = "shop:latest"
}

module "api" {
  source = "./service"
  image  = var.image
}

resource "aws_ecs_task_definition" "api" {
  family = "api"
  container_definitions = jsonencode([{
    name        = "api"
    image       = var.image
    environment = [{ name = "DB_PASSWORD", value = "not-a-real-password-1" }]
  }])
}

resource "aws_ecs_service" "api" {
  name          = "api"
  desired_count = 1
}
"#;

/// Every feature of a finding once, in two files.
fn full() -> Case {
    let mut case = Case::new();
    let ecs = case.file("infra/ecs.tf", ECS);
    let module =
        case.file("infra/service/main.tf", "resource \"aws_ecs_service\" \"this\" {\n\tcluster = var.c\n}\n");
    let secret = case.span(ecs, "not-a-real-password-1");
    case.masks.add(secret);

    let latest = case.span(ecs, "shop:latest");
    let used = case.span(ecs, "var.image");
    let affected = case.span(module, "resource \"aws_ecs_service\" \"this\"");
    let finding = case.finding("image-tag-latest", Severity::Warning, latest);
    finding.message = "the image has the tag `latest`, so nobody knows what runs".to_owned();
    finding.related = vec![
        related(used, "used as `var.image`"),
        related(affected, "affects module.api.aws_ecs_service.this"),
    ];
    finding.instances = ["module.a.x.y", "module.b.x.y", "module.c.x.y", "module.d.x.y", "module.e.x.y"]
        .map(instance)
        .to_vec();
    finding.element = Some("container api".to_owned());
    finding.stage = StageOf { stage: Stage::Production, hint: Some("tag Environment = prod".into()) };

    let quoted = Span { start: secret.start - 1, end: secret.end + 1, ..secret };
    let whole = case.span(ecs, "{ name = \"DB_PASSWORD\", value = \"not-a-real-password-1\" }");
    let finding = case.finding("plaintext-secret-env", Severity::Error, quoted);
    finding.message = "`DB_PASSWORD` holds a password in plain text".to_owned();
    finding.fix = Some(Fix {
        applicability: Applicability::Unsafe,
        edits: vec![Edit { span: whole, text: "aws_secretsmanager_secret.db.arn".to_owned() }],
    });

    let service = case.span(ecs, "resource \"aws_ecs_service\"");
    let end = u32::try_from(ECS.len()).unwrap() - 1;
    let finding = case.finding("single-task", Severity::Info, Span { end, ..service });
    finding.help = None;
    finding.conditional = true;
    finding.monthly =
        Some(Monthly { amount: Decimal::new(-92, 1), basis: "one task less, 730 hours".to_owned() });
    let count = case.span(ecs, "desired_count = 1");
    let one = Span { start: count.end - 1, ..count };
    case.judgement.findings.last_mut().unwrap().fix = Some(Fix {
        applicability: Applicability::Safe,
        edits: vec![Edit { span: one, text: "2".to_owned() }],
    });

    let missing = |name: &str| Cause::MissingVariable { name: name.into() };
    case.undecided("log-retention", missing("c"), case.span(module, "var.c"), &["module.a.z.y"]);
    case.undecided("image-tag-latest", missing("image"), used, &["module.a.x.y", "module.b.x.y"]);
    let data = Cause::Data { address: "data.aws_vpc.main".into(), attribute: "id".into() };
    case.undecided("sg-open-ingress", data, service, &["aws_security_group.x"]);

    let hidden = case.finding("log-retention", Severity::Warning, service).clone();
    case.judgement.findings.pop();
    case.judgement.suppressed.push(Suppressed {
        finding: hidden,
        by: SuppressedBy::Comment,
        reason: Some("kept by the archive".to_owned()),
        until: Some("2027-01-31".to_owned()),
    });
    case.environment.push("TF_VAR_c".to_owned());
    case.notes.push("infra/old is not a root module".to_owned());
    case
}

#[test]
fn people_read_everything() {
    assert_snapshot!("human", full().human(100));
}

#[test]
fn narrow_terminals_get_narrow_lines() {
    let text = full().human(40);
    assert_snapshot!("human_narrow", text);
    for line in text.lines() {
        // Names of files are not cut: one could not open them.
        assert!(line.width() <= 40 || line.contains("┌─"), "{line}");
    }
}

#[test]
fn colours_only_add_escapes() {
    let colored = full().colored(100);
    assert!(colored.contains("\u{1b}[") && colored.contains("DB_PASSWORD"));
    let mut plain = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    let plain: Vec<&str> = plain.lines().map(str::trim_end).collect();
    assert_eq!(plain, full().human(100).lines().collect::<Vec<_>>());
}

#[test]
fn json_has_the_contract_shape() {
    assert_snapshot!("findings.json", full().json());
}

#[test]
fn sarif_has_everything() {
    assert_snapshot!("sarif.json", full().sarif());
}

#[test]
fn github_annotates() {
    assert_snapshot!("github", full().github());
}

/// [`full`], and a file with the line endings of Windows and a name that XML, Markdown and annotations read as more.
fn everything() -> Case {
    let mut case = full();
    let file = case.file("infra/a|b & `c`,d.json", "{\r\n  \"name\": \"größe\", \"cpu\": \"256\"\r\n}\r\n");
    let span = case.span(file, "\"256\"");
    let finding = case.finding("wrong-type", Severity::Error, span);
    finding.message = "`cpu` of `a|b` is text: 50% <b>more</b> & ]]> than @team said in #1".to_owned();
    finding.help = Some("write 256".to_owned());
    finding.instances = vec![instance("infra/a|b & `c`,d.json")];
    finding.fix =
        Some(Fix { applicability: Applicability::Safe, edits: vec![Edit { span, text: "256".to_owned() }] });
    case
}

#[test]
fn gitlab_has_everything() {
    assert_snapshot!("gitlab.json", everything().gitlab());
}

#[test]
fn gitlab_drops_no_finding_of_an_equal_fingerprint() {
    let mut case = everything();
    for finding in &mut case.judgement.findings {
        finding.fingerprint = "0123456789abcdef".to_owned();
    }
    let list: Vec<serde_json::Value> = serde_json::from_str(&case.gitlab()).unwrap();
    let prints: std::collections::BTreeSet<&str> =
        list.iter().map(|violation| violation["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), case.judgement.findings.len());
}

#[test]
fn junit_has_everything() {
    let text = everything().junit();
    assert_snapshot!("junit.xml", text);
    junit_counts(&text);
    junit_counts(&Case::new().junit());
}

/// The numbers of suites are those of their tests, and there is at least one test: Jenkins refuses none.
fn junit_counts(text: &str) {
    let document = roxmltree::Document::parse(text).unwrap();
    let root = document.root_element();
    for suite in root.descendants().filter(|node| node.tag_name().name().starts_with("testsuite")) {
        let count = |name: &str| suite.descendants().filter(|node| node.tag_name().name() == name).count();
        for (attribute, element) in
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            if attribute == "skipped" && suite.tag_name().name() == "testsuites" {
                // The schema of Jenkins has none here.
                assert_eq!(suite.attribute(attribute), None);
                continue;
            }
            assert_eq!(
                suite.attribute(attribute),
                Some(count(element).to_string().as_str()),
                "{attribute}\n{text}"
            );
        }
        assert!(count("testcase") > 0, "{text}");
    }
    let tests = root.descendants().filter(|node| node.tag_name().name() == "testcase");
    let names: Vec<_> = tests
        .map(|test| (test.attribute("classname"), test.attribute("name"), test.attribute("file")))
        .collect();
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
}

#[test]
fn junit_tests_of_one_name_are_counted() {
    let mut case = Case::new();
    let file = case.file("a.yml", "image: a\nimage: b\n");
    for at in [7, 16] {
        case.finding("image-tag-latest", Severity::Warning, Span::new(file, at..at + 1));
    }
    junit_counts(&case.junit());
    assert!(case.junit().contains("name=\"image-tag-latest: aws_ecs_service.api (2)\""), "{}", case.junit());
}

#[test]
fn checkstyle_has_everything() {
    assert_snapshot!("checkstyle.xml", everything().checkstyle());
}

#[test]
fn markdown_has_everything() {
    assert_snapshot!("markdown.md", everything().markdown());
    let mut case = priced(true);
    case.judgement = everything().judgement;
    case.judgement.findings.clear();
    case.judgement.undecided.clear();
    assert_snapshot!("markdown_overview.md", case.markdown());
}

#[test]
fn ndjson_has_everything() {
    let text = everything().ndjson();
    assert_snapshot!("ndjson", text);
    let whole: serde_json::Value = serde_json::from_str(&everything().json()).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // The lines of a type are the records of the whole report.
    for (kind, list) in [("finding", "findings"), ("undecided", "undecided"), ("suppressed", "suppressed")] {
        let mut of_kind: Vec<serde_json::Value> =
            lines.iter().filter(|line| line["type"] == kind).cloned().collect();
        for line in &mut of_kind {
            line.as_object_mut().unwrap().remove("type");
        }
        assert_eq!(serde_json::Value::from(of_kind), whole[list], "{kind}");
    }
    assert_eq!(lines[0]["type"], "run");
    assert_eq!(lines.last().unwrap()["type"], "summary");
}

/// However much there is to say, a comment can hold it, and what is left out is counted.
#[test]
fn markdown_is_bounded() {
    for (count, length) in [(100, 10), (1_000, 10), (100, 2_000)] {
        let mut case = priced(true);
        let file = case.file(&format!("{}.tf", "d|r/".repeat(length)), &"x\n".repeat(count));
        let long = "`|`*".repeat(length);
        for at in 0..count {
            let span = Span::new(file, at * 2..at * 2 + 1);
            let finding = case.finding("image-tag-latest", Severity::Warning, span);
            finding.message = format!("{at} {long}");
            finding.fix = Some(Fix {
                applicability: Applicability::Safe,
                edits: vec![Edit { span, text: long.clone() }],
            });
            let cause = Cause::MissingVariable { name: format!("{at}{long}").into() };
            case.undecided("log-retention", cause, span, &["x"]);
        }
        let estimate = case.estimate.as_mut().unwrap();
        let resource = estimate.resources[0].clone();
        estimate.resources.extend(
            (0..count).map(|at| ResourceCost { address: format!("{at}{long}").into(), ..resource.clone() }),
        );
        let unpriced = estimate.unpriced[0].clone();
        estimate
            .unpriced
            .extend((0..count).map(|at| Unpriced { reason: format!("{at}{long}"), ..unpriced.clone() }));
        let text = case.markdown();
        assert!(text.len() <= 60_000 + 100, "{}", text.len());
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        assert!(text.contains("… and "), "what is left out is counted");
        let mut out = Vec::new();
        let outcome = case.outcome();
        super::markdown::cost(&outcome, outcome.estimate.unwrap(), &super::Style::plain(100), &mut out)
            .unwrap();
        assert!(out.len() <= 60_000 + 100, "{}", out.len());
    }
}

/// What the runner of GitHub Actions reads from a line: the command, its properties, its message.
fn command(line: &str) -> Option<(String, std::collections::BTreeMap<String, String>, String)> {
    let (head, message) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let decoded = |text: &str| {
        text.replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    let properties = properties
        .split(',')
        .filter_map(|property| property.split_once('='))
        .map(|(key, value)| (key.trim().to_owned(), decoded(value)))
        .collect();
    Some((name.to_owned(), properties, decoded(message)))
}

proptest::proptest! {
    /// Names and words of any kind: each format still holds one finding, at its file, and XML and JSON parse.
    #[test]
    fn hostile_names_stay_names(
        name in r#"(::error::|%0A|%25|##\[add-matcher\]|]]>|<x>|&|"|'|`|\||,|:|\\|\n|\r|\x1b\[1m|\u{202e}|[a-z/.]|\PC){1,20}"#,
    ) {
        let mut case = Case::new();
        let file = case.file(&name, "cpu\n");
        let finding = case.finding("wrong-type", Severity::Error, Span::new(file, 0..3));
        finding.message = format!("a {name} b");
        finding.help = Some(name.clone());
        finding.element = Some(name.clone());
        finding.instances = vec![instance(&name), instance("other")];
        finding.related = vec![related(Span::new(file, 0..3), &name)];
        case.undecided("log-retention", Cause::MissingVariable { name: name.as_str().into() }, Span::new(file, 0..3), &[&name]);
        case.notes.push(name.clone());

        let shown = super::text::line(&name);
        let github = case.github();
        let commands: Vec<_> = github.lines().filter_map(command).collect();
        proptest::prop_assert_eq!(commands.len(), 1, "{}", github);
        proptest::prop_assert_eq!(&commands[0].0, "error");
        proptest::prop_assert_eq!(commands[0].1.get("file"), Some(&shown));
        proptest::prop_assert!(github.lines().all(|line| line.starts_with("::error ") || !line.contains("##[")), "{}", github);

        let junit = case.junit();
        junit_counts(&junit);
        let document = roxmltree::Document::parse(&junit).unwrap();
        proptest::prop_assert_eq!(document.descendants().filter(|node| node.has_tag_name("failure")).count(), 1);
        let checkstyle = case.checkstyle();
        let document = roxmltree::Document::parse(&checkstyle).unwrap();
        proptest::prop_assert_eq!(document.descendants().filter(|node| node.has_tag_name("error")).count(), 1);

        let gitlab: serde_json::Value = serde_json::from_str(&case.gitlab()).unwrap();
        proptest::prop_assert_eq!(&gitlab[0]["location"]["path"], &serde_json::Value::from(name.clone()));
        proptest::prop_assert_eq!(case.ndjson().lines().count(), 4);

        let markdown = case.markdown();
        let rows = markdown.lines().filter(|line| line.starts_with("| error |")).count();
        proptest::prop_assert_eq!(rows, 1, "{}", markdown);
        proptest::prop_assert_eq!(markdown.matches("<details>").count(), 2, "{}", markdown);
        proptest::prop_assert_eq!(markdown.matches("</details>").count(), 2, "{}", markdown);
        for output in case.every_format() {
            proptest::prop_assert!(!output.contains('\u{202e}') && !output.contains('\r'), "{output}");
        }
    }
}

#[test]
fn no_format_shows_a_secret() {
    let mut case = full();
    let fix = case.judgement.findings[1].fix.as_mut().unwrap();
    fix.edits[0].text = "\"not-a-real-password-1\"".to_owned();
    let first = &mut case.judgement.findings[0];
    first.message.push_str(": `not-a-real-password-1` is no tag");
    first.help = Some("not not-a-real-password-1".to_owned());
    first.related[0].message.push_str(" (not-a-real-password-1)");
    let cause = Cause::Error { message: "no element \"not-a-real-password-1\"".into() };
    let span = case.judgement.findings[0].primary;
    case.undecided("image-tag-latest", cause, span, &["x"]);
    case.judgement.suppressed[0].reason = Some("not-a-real-password-1 is old".to_owned());
    for output in case.every_format() {
        assert!(!output.contains("not-a-real"), "{output}");
        assert!(!output.contains("password-1"), "{output}");
    }
}

#[test]
fn equal_findings_are_folded() {
    let mut case = Case::new();
    let text = "image: a\n".repeat(9);
    let file = case.file("a.yml", &text);
    for line in 0..9 {
        case.finding("image-tag-latest", Severity::Warning, Span::new(file, line * 9 + 7..line * 9 + 8));
    }
    let other = case.file("b.yml", "image: b\n");
    case.finding("image-tag-latest", Severity::Error, Span::new(other, 7..8));
    for line in 0..5 {
        let finding = case.finding("wrong-type", Severity::Warning, Span::new(file, line * 9..line * 9 + 5));
        finding.message = format!("`image` is wrong in way {}", line.min(3));
    }
    assert_snapshot!("folded", case.human(80));
}

#[test]
fn strange_text_stays_aligned_and_safe() {
    let mut case = Case::new();
    let file = case.file(
        "st\u{1b}range.tf",
        "\ttab = \"x\"\r\nwide = \"全角文字\" # y\r\nemoji = \"👩\u{200d}💻\" # z\r\nesc = \"\u{1b}[31mred\u{9b}\" # \u{202e}\r\nempty =\r\nlast",
    );
    for part in ["\"x\"", "y", "z", "red"] {
        let span = case.span(file, part);
        case.finding("wrong-type", Severity::Error, span).message = format!("about {part}\u{1b}[0m");
    }
    for finding in &mut case.judgement.findings {
        finding.rule = match finding.primary.start {
            0..20 => "wrong-type".into(),
            20..60 => "syntax-error".into(),
            _ => "unknown-field".into(),
        };
    }
    let at = case.span(file, "empty =").end;
    case.finding("duplicate-key", Severity::Warning, Span::new(file, at as usize..at as usize));
    case.finding("limit-reached", Severity::Info, Span::new(file, 9_000..9_100));
    let end = case.sources.get(file).unwrap().text.len();
    case.finding("reference-cycle", Severity::Info, Span::new(file, end..end));
    assert_snapshot!("strange", case.human(80));
    let plain = |output: &String| !output.contains("\u{1b}[1m");
    for output in case.every_format().into_iter().filter(plain) {
        for c in ['\u{1b}', '\u{9b}', '\u{202e}', '\r'] {
            assert!(!output.contains(c), "{c:?} in {output}");
        }
    }
}

#[test]
fn long_lines_are_cut_around_the_mark() {
    let mut case = Case::new();
    let filler = "\"k\": 1, ".repeat(40_000);
    let file = case.file("min.json", &format!("{{{filler}\"cpu\": \"256x\", {filler}\"z\": 0}}"));
    let span = case.span(file, "\"256x\"");
    let far = case.span(file, "\"z\"");
    case.finding("wrong-type", Severity::Error, span).related.push(related(far, "and here"));
    let text = case.human(60);
    assert_snapshot!("long_line", text);
    assert!(text.lines().all(|line| line.width() <= 60), "{text}");
}

#[test]
fn masks_before_and_inside_marks_keep_the_columns() {
    let mut case = Case::new();
    let file = case.file("a.env", "A=first-secret-x B=second-secret-y C=3\n");
    let (a, b) = (case.span(file, "first-secret-x"), case.span(file, "second-secret-y"));
    case.masks.add(a);
    case.masks.add(b);
    let c = case.span(file, "C=3");
    case.finding("wrong-type", Severity::Error, c).related.push(related(b, "this too"));
    let inside = Span { start: a.start + 3, end: a.end - 3, ..a };
    case.finding("plaintext-secret-env", Severity::Warning, inside);
    assert_snapshot!("masked", case.human(80));
}

#[test]
fn nothing_found_is_one_line() {
    let mut case = Case::new();
    case.file("a.tf", "");
    assert_eq!(case.human(80), "no findings in 1 file; 117 of 117 checks decided; as of 2026-11-20\n");
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn component(name: &str, quantity: Range, unit: &str, price: &str) -> Component {
    Component {
        name: name.to_owned(),
        quantity,
        unit: unit.to_owned(),
        unit_price: decimal(price),
        monthly: quantity.times(decimal(price)),
        price: PriceSource { table: "rds_instances", source: "Q", captured: "2025-06-17" },
        factors: Vec::new(),
        drivers: Vec::new(),
        assumption: None,
    }
}

fn priced(with_ranges: bool) -> Case {
    let mut case = Case::new();
    let file = case.file(
        "infra/db.tf",
        "resource \"aws_db_instance\" \"main\" {\n  instance_class = \"db.t3.micro\"\n}\n",
    );
    let span = case.span(file, "resource \"aws_db_instance\" \"main\"");
    let hours = Range::exactly(decimal("730"));
    let mut database =
        component("Database instance (PostgreSQL, Single-AZ, db.t3.micro)", hours, "hours", "0.02");
    database
        .drivers
        .push(Driver { span: case.span(file, "instance_class"), what: "instance_class".to_owned() });
    let storage = component("Storage gp2", Range::exactly(decimal("20")), "GB-months", "0.127");
    let tasks = Range { low: decimal("1460"), expected: decimal("1460"), high: decimal("7300") };
    let tasks = if with_ranges { tasks } else { Range::exactly(tasks.low) };
    let mut compute = component("vCPU", tasks, "vCPU-hours", "0.04048");
    compute.assumption = Some("tasks".to_owned());
    let resource = |address: &str, kind, components| ResourceCost {
        address: address.into(),
        kind,
        region: "eu-west-1".into(),
        span,
        call: None,
        components,
        free: None,
    };
    let mut estimate = Estimate {
        resources: vec![
            resource("aws_db_instance.main", "rds-instance", vec![database, storage]),
            resource("module.services[\"größe-全角\"].aws_ecs_service.this", "ecs-service", vec![compute]),
            ResourceCost {
                free: Some("an ECS cluster has no charge of its own"),
                ..resource("aws_ecs_cluster.main", "free", Vec::new())
            },
        ],
        assumptions: vec![Assumption {
            name: "region".to_owned(),
            value: "eu-west-1".to_owned(),
            set_with: "--region".to_owned(),
        }],
        unpriced: Vec::new(),
        usage: Vec::new(),
        hours_per_month: decimal("730"),
    };
    if with_ranges {
        estimate.unpriced.push(Unpriced {
            address: "aws_lb.main".into(),
            reason: "usage not given: LCU-hours".to_owned(),
            causes: Causes::none(),
            unit_price: Some(decimal("0.008")),
            unit: Some("LCU-hour".to_owned()),
            span,
        });
    }
    case.estimate = Some(estimate);
    case
}

#[test]
fn the_estimate_is_a_table() {
    assert_snapshot!("estimate", priced(false).cost(100));
    assert_snapshot!("estimate_ranges", priced(true).cost(110));
}

#[test]
fn the_estimate_fits_narrow_terminals() {
    for width in [30, 40, 60, 80] {
        for ranges in [false, true] {
            let text = priced(ranges).cost(width);
            assert!(text.lines().all(|line| line.width() <= width), "{width}\n{text}");
            assert!(text.contains("76.24"), "{text}");
        }
    }
    assert_snapshot!("estimate_narrow", priced(true).cost(40));
}

#[test]
fn estimate_json_has_the_contract_shape() {
    assert_snapshot!("estimate.json", priced(true).cost_json());
}

#[test]
fn the_summary_names_the_total() {
    let text = priced(true).human(140);
    assert!(text.contains("; at least $76.24 a month; as of"), "{text}");
}

/// The parts of SARIF 2.1.0 that are written, each closed: what the standard does not know fails.
fn sarif_schema() -> serde_json::Value {
    use serde_json::{Value, json};
    fn object(required: &[&str], properties: Value) -> Value {
        json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
    }
    let list = |of: &str| json!({ "type": "array", "items": { "$ref": format!("#/$defs/{of}") } });
    let one = |of: &str| json!({ "$ref": format!("#/$defs/{of}") });
    let text = json!({ "type": "string", "minLength": 1 });
    let place = json!({ "type": "integer", "minimum": 1 });
    let level = json!({ "enum": ["none", "note", "warning", "error"] });
    let bag = json!({ "type": "object", "properties": { "tags": { "type": "array", "uniqueItems": true } } });
    json!({
        "type": "object", "additionalProperties": false, "required": ["version", "runs"],
        "properties": { "$schema": text, "version": { "const": "2.1.0" }, "runs": list("run") },
        "$defs": {
            "run": object(&["tool", "results"], json!({
                "tool": object(&["driver"], json!({ "driver": one("driver") })),
                "automationDetails": object(&[], json!({ "id": text })),
                "columnKind": { "enum": ["utf16CodeUnits", "unicodeCodePoints"] },
                "invocations": list("invocation"), "results": list("result"), "properties": bag })),
            "driver": object(&["name"], json!({
                "name": text, "version": text, "semanticVersion": text, "informationUri": { "type": "string", "pattern": "^https://" }, "rules": list("rule") })),
            "rule": object(&["id"], json!({
                "id": text, "shortDescription": one("message"), "fullDescription": one("message"),
                "help": one("message"), "helpUri": { "type": "string", "pattern": "^https://" },
                "defaultConfiguration": object(&[], json!({ "level": level })), "properties": bag })),
            "message": object(&["text"], json!({ "text": text, "markdown": text })),
            "invocation": object(&["executionSuccessful"], json!({
                "executionSuccessful": { "type": "boolean" },
                "toolExecutionNotifications": { "type": "array", "items":
                    object(&["message"], json!({ "level": level, "message": one("message") })) } })),
            "result": object(&["message", "ruleId", "locations"], json!({
                "ruleId": text, "ruleIndex": { "type": "integer", "minimum": 0 },
                "kind": { "enum": ["notApplicable", "pass", "fail", "review", "open", "informational"] },
                "level": level, "message": one("message"), "locations": list("location"),
                "relatedLocations": list("location"),
                "partialFingerprints": { "type": "object", "additionalProperties": text },
                "fixes": list("fix"), "suppressions": list("suppression"), "properties": bag })),
            "location": object(&["physicalLocation"], json!({
                "id": { "type": "integer", "minimum": -1 }, "physicalLocation": one("physical"),
                "logicalLocations": { "type": "array", "uniqueItems": true, "items":
                    object(&["fullyQualifiedName"], json!({ "fullyQualifiedName": text, "kind": text })) },
                "message": one("message") })),
            "physical": object(&["artifactLocation"], json!({
                "artifactLocation": one("artifact"), "region": one("region") })),
            "artifact": object(&["uri"], json!({ "uri": { "type": "string", "pattern": "^[A-Za-z0-9._~/%-]+$" } })),
            "region": object(&["startLine"], json!({
                "startLine": place, "startColumn": place, "endLine": place, "endColumn": place })),
            "fix": object(&["artifactChanges"], json!({
                "description": one("message"),
                "artifactChanges": { "type": "array", "minItems": 1, "items":
                    object(&["artifactLocation", "replacements"], json!({
                        "artifactLocation": one("artifact"),
                        "replacements": { "type": "array", "minItems": 1, "items":
                            object(&["deletedRegion"], json!({
                                "deletedRegion": one("region"), "insertedContent": one("message") })) } })) } })),
            "suppression": object(&["kind"], json!({
                "kind": { "enum": ["inSource", "external"] },
                "status": { "enum": ["accepted", "underReview", "rejected"] },
                "justification": text, "properties": bag })),
        },
    })
}

#[test]
fn sarif_keeps_to_the_standard() {
    let schema = jsonschema::validator_for(&sarif_schema()).unwrap();
    let mut doubled = everything();
    for finding in &mut doubled.judgement.findings {
        finding.instances = vec![instance("module.a.x.y"), instance("module.a.x.y")];
    }
    for case in [full(), everything(), doubled, Case::new()] {
        let log: serde_json::Value = serde_json::from_str(&case.sarif()).unwrap();
        let errors: Vec<String> = schema.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let run = &log["runs"][0];
        for result in run["results"].as_array().unwrap() {
            // SARIF 2.1.0, 3.27.10: only a failure has a level.
            assert_eq!(result["kind"] == "fail", result["level"] != "none", "{result}");
            if let Some(index) = result["ruleIndex"].as_u64() {
                assert_eq!(
                    run["tool"]["driver"]["rules"][usize::try_from(index).unwrap()]["id"],
                    result["ruleId"]
                );
            }
        }
    }
}

#[test]
fn both_reports_fit_in_one_object() {
    let case = priced(true);
    let mut out = Vec::new();
    super::json::overview(&case.outcome(), &mut out).unwrap();
    let both: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(both["findings"], parse(&case.json()));
    assert_eq!(both["estimate"], parse(&case.cost_json()));
}

#[test]
fn configuration_mistakes_point_at_the_line() {
    let mut case = Case::new();
    let file = case.file("plimsoll.yaml", "regoin: eu-west-1\nrules:\n  x: off\n");
    let span = case.span(file, "regoin");
    let error = crate::config::ConfigError {
        span,
        message: "`regoin` is not a key of the configuration".to_owned(),
        help: Some("did you mean `region`?".to_owned()),
    };
    let mut out = Vec::new();
    super::mistakes::write(&[error], &case.sources, &super::Style::plain(80), &mut out).unwrap();
    assert_snapshot!("config_errors", String::from_utf8(out).unwrap());
}

#[test]
fn edits_in_very_long_lines_show_only_themselves() {
    let mut case = Case::new();
    let filler = "\"k\": 1, ".repeat(2_000);
    let file = case.file("min.json", &format!("{{{filler}\"cpu\": \"256\", {filler}\"z\": 0}}"));
    let span = case.span(file, "\"256\"");
    case.finding("wrong-type", Severity::Error, span).fix =
        Some(Fix { applicability: Applicability::Safe, edits: vec![Edit { span, text: "256".to_owned() }] });
    let text = case.human(80);
    assert!(text.contains("\n    - \"256\"\n    + 256\n"), "{text}");
}

proptest::proptest! {
    /// Whatever the text, the spans and the masks: no panic, lines within the width, nothing hidden is shown,
    /// no control characters.
    #[test]
    fn any_text_is_shown_safely(
        text in "([ -~äß全👩\u{200d}\u{1b}\u{9b}\t\r\n\u{202e}]|\r\n|ABCSECRETXYZ){0,60}",
        places in proptest::collection::vec((0usize..140, 0usize..30), 1..5),
        hidden in (0usize..140, 1usize..30),
        width in 30usize..90,
    ) {
        let mut case = Case::new();
        let file = case.file("a.tf", &text);
        case.masks.add(Span::new(file, hidden.0..hidden.0 + hidden.1));
        for (at, _) in text.match_indices("ABCSECRETXYZ") {
            case.masks.add(Span::new(file, at..at + 12));
        }
        let spans: Vec<Span> =
            places.iter().map(|(start, length)| Span::new(file, *start..start + length)).collect();
        let finding = case.finding("wrong-type", Severity::Error, spans[0]);
        finding.related = spans.iter().skip(1).map(|span| related(*span, "see here")).collect();
        finding.fix = Some(Fix {
            applicability: Applicability::Safe,
            edits: vec![Edit { span: spans[0], text: "ABCSECRETXYZ\n".to_owned() }],
        });
        let human = case.human(width);
        proptest::prop_assert!(human.lines().all(|line| line.width() <= width), "{width}\n{human}");
        for output in case.every_format() {
            if text.contains("ABCSECRETXYZ") {
                proptest::prop_assert!(!output.contains("SECRET"), "{output}");
            }
            for c in ['\u{9b}', '\u{202e}', '\r', '\t'] {
                proptest::prop_assert!(!output.contains(c), "{c:?}\n{output}");
            }
        }
    }
}
