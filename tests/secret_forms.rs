//! Credentials of known formats and random values under names that say nothing, in every place that is read: what is
//! printed holds none of them, no part of them, and none in another encoding. Every credential is made here, from a
//! prefix and generated characters, so that none stands in the repository.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const MIXED: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &str = "0123456789abcdef";

/// Prefix, alphabet and length of what follows.
const FORMATS: [(&str, &str, usize); 40] = [
    ("AKIA", UPPER, 16),
    ("ASIA", UPPER, 16),
    ("ghp_", MIXED, 36),
    ("gho_", MIXED, 36),
    ("ghs_", MIXED, 36),
    ("github_pat_", MIXED, 59),
    ("glpat-", MIXED, 20),
    ("gldt-", MIXED, 20),
    ("glrt-", MIXED, 20),
    ("xoxb-", MIXED, 40),
    ("xoxp-", MIXED, 40),
    ("xapp-", MIXED, 40),
    ("sk_live_", MIXED, 32),
    ("rk_live_", MIXED, 32),
    ("whsec_", MIXED, 32),
    ("AIza", MIXED, 35),
    ("GOCSPX-", MIXED, 28),
    ("sk-proj-", MIXED, 48),
    ("sk-ant-", MIXED, 48),
    ("npm_", MIXED, 36),
    ("dckr_pat_", MIXED, 27),
    ("dop_v1_", HEX, 64),
    ("hvs.", MIXED, 32),
    ("dp.pt.", MIXED, 43),
    ("dapi", HEX, 32),
    ("hf_", MIXED, 34),
    ("glsa_", MIXED, 41),
    ("sntrys_", MIXED, 60),
    ("lin_api_", MIXED, 40),
    ("pscale_pw_", MIXED, 43),
    ("shpat_", HEX, 32),
    ("NRAK-", UPPER, 27),
    ("SK", HEX, 32),
    ("key-", HEX, 32),
    ("sbp_", HEX, 40),
    ("figd_", MIXED, 43),
    ("pul-", HEX, 40),
    ("r8_", MIXED, 37),
    ("gsk_", MIXED, 52),
    ("rubygems_", HEX, 48),
];

#[derive(Default)]
struct Planted {
    /// Prefix and the rest.
    secrets: Vec<(String, String)>,
    /// Random values.
    random: usize,
    state: u64,
}

impl Planted {
    fn characters(&mut self, alphabet: &str, length: usize) -> String {
        let bytes = alphabet.as_bytes();
        let mut next = || {
            self.state =
                self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.state >> 33) as usize
        };
        (0..length).map(|_| char::from(bytes[next() % bytes.len()])).collect()
    }

    /// A credential of the next format.
    fn token(&mut self) -> String {
        let (prefix, alphabet, length) = FORMATS[self.secrets.len() % FORMATS.len()];
        let body = self.characters(alphabet, length);
        self.secrets.push((prefix.to_owned(), body.clone()));
        format!("{prefix}{body}")
    }

    /// Nothing but random: letters of both cases and digits.
    fn random(&mut self) -> String {
        self.random += 1;
        let mut body = String::new();
        // Few digits make no key.
        while body.bytes().filter(u8::is_ascii_digit).count() < 4 {
            body = self.characters(MIXED, 44);
        }
        self.secrets.push((String::new(), body.clone()));
        body
    }

    /// The password of a URL.
    fn password(&mut self) -> String {
        let body = self.characters(LOWER, 18);
        self.secrets.push((String::new(), body.clone()));
        body
    }
}

fn put(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn terraform(root: &Path, p: &mut Planted) {
    let mut main = String::from("provider \"aws\" {\n  region = \"eu-west-1\"\n");
    writeln!(main, "  access_key = \"{}\"\n}}", p.token()).unwrap();
    for n in 0..12 {
        writeln!(main, "# left over: {}", p.token()).unwrap();
        writeln!(main, "locals {{\n  setting_{n} = \"{}\"\n  other_{n} = \"{}\"", p.token(), p.random())
            .unwrap();
        writeln!(main, "  nested_{n} = {{ a = [\"{}\"], b = {{ c = \"{}\" }} }}", p.token(), p.random())
            .unwrap();
        writeln!(main, "  url_{n} = \"redis://:{}@cache.example.com:6379\"\n}}", p.password()).unwrap();
        writeln!(main, "variable \"plain_{n}\" {{\n  default = \"{}\"\n}}", p.token()).unwrap();
        writeln!(main, "variable \"given_{n}\" {{\n  type = string\n}}").unwrap();
        writeln!(
            main,
            "resource \"aws_ssm_parameter\" \"p{n}\" {{\n  name = \"/shop/p{n}\"\n  type = \"String\"\n  value = \"{}\"\n}}",
            p.token()
        )
        .unwrap();
        let [env, other, argument, label, option, probe] = [(); 6].map(|()| p.token());
        let random = p.random();
        writeln!(
            main,
            "resource \"aws_ecs_task_definition\" \"t{n}\" {{\n  family = local.setting_{n}\n  cpu = var.plain_{n}\n  memory = local.url_{n}\n  \
             container_definitions = jsonencode([{{\n    name = \"c\"\n    image = \"x:latest\"\n    cpu = \"{other}\"\n    environment = [\n      \
             {{ name = \"A\", value = \"{env}\" }},\n      {{ name = \"B\", value = \"{random}\" }},\n      {{ name = \"C\", value = var.given_{n} }},\n      \
             {{ name = \"D\", value = \"Bearer ${{local.setting_{n}}}\" }}\n    ]\n    command = [\"run\", \"--header={argument}\"]\n    \
             dockerLabels = {{ note = \"{label}\" }}\n    logConfiguration = {{ logDriver = \"awslogs\", options = {{ note = \"{option}\" }} }}\n    \
             healthCheck = {{ command = [\"CMD-SHELL\", \"curl -H 'X: {probe}' localhost || exit 1\"] }}\n  }}])\n}}"
        )
        .unwrap();
        writeln!(
            main,
            "resource \"aws_launch_template\" \"l{n}\" {{\n  name = \"l{n}-${{local.other_{n}}}\"\n  image_id = urlencode(local.setting_{n})\n  user_data = base64encode(<<-EOF\n    #!/bin/sh\n    \
             export SETTING={}\n    curl https://bot:{}@ci.example.com/\n  EOF\n  )\n}}",
            p.token(),
            p.password()
        )
        .unwrap();
    }
    let script = format!("#!/bin/sh\nexport SETTING={}\n", p.token());
    writeln!(
        main,
        "resource \"aws_instance\" \"encoded\" {{\n  user_data_base64 = \"{}\"\n}}",
        STANDARD.encode(script)
    )
    .unwrap();
    writeln!(main, "resource \"aws_instance\" \"rendered\" {{\n  user_data = templatefile(\"init.sh\", {{ a = \"{}\" }})\n}}", p.token())
        .unwrap();
    put(root, "infra/init.sh", &format!("#!/bin/sh\nexport X=${{a}}\nexport Y={}\n", p.token()));
    for wrong in
        ["file(\"{}\")", "tonumber(\"{}\")", "{ a = 1 }[\"{}\"]", "lookup({}, \"{}\")", "nosuch(\"{}\")"]
    {
        let n = p.secrets.len();
        writeln!(
            main,
            "output \"wrong_{n}\" {{\n  value = {}\n}}",
            wrong.replacen("{}", &p.token(), 1).replace("{}", &p.token())
        )
        .unwrap();
    }
    writeln!(main, "module \"far\" {{\n  source = \"acme/far/aws\"\n  setting = \"{}\"\n}}", p.token())
        .unwrap();
    put(root, "infra/main.tf", &main);
    let mut given = String::new();
    let mut unused = String::new();
    for n in 0..12 {
        writeln!(given, "given_{n} = \"{}\"", p.token()).unwrap();
        writeln!(unused, "given_{n} = \"{}\"", p.token()).unwrap();
    }
    put(root, "infra/terraform.tfvars", &given);
    put(root, "infra/env/prod.tfvars", &unused);
    put(
        root,
        "infra/env/dev.tfvars.json",
        &serde_json::json!({ "given_0": p.token(), "given_1": p.random() }).to_string(),
    );
    let locals = serde_json::json!({ "locals": { "json_a": p.token(), "json_b": { "c": p.random() } } });
    put(root, "infra/more.tf.json", &serde_json::to_string_pretty(&locals).unwrap());
}

fn documents(root: &Path, p: &mut Planted) {
    for n in 0..3 {
        let definition = serde_json::json!({
            "family": p.token(), "cpu": p.token(), "networkMode": p.token(),
            "containerDefinitions": [{
                "name": "c", "image": format!("x:{}", p.token()), "memory": p.token(), "surprise": p.token(),
                "environment": [{ "name": "A", "value": p.token() }, { "name": "B", "value": p.random() }],
                "command": ["run", "-x", p.token()],
                "dockerLabels": { "a": p.token() },
            }],
        });
        put(root, &format!("ecs/task-{n}.json"), &serde_json::to_string_pretty(&definition).unwrap());
    }
    let mut text = String::from("on: push\nenv:\n");
    writeln!(text, "  SETTING: {}\n  OTHER: {}", p.token(), p.random()).unwrap();
    text.push_str("jobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n");
    for _ in 0..6 {
        writeln!(
            text,
            "      - uses: some/action@v1\n        with:\n          a: {}\n          b: |\n            X={}\n        env:\n          C: {}\n      \
             - run: |\n          curl -H 'X: {}' https://bot:{}@ci.example.com/\n          aws ecs update-service --cluster {} --service api --force-new-deployment\n          \
             aws s3 cp config/prod.env s3://b/prod.env",
            p.token(), p.token(), p.token(), p.token(), p.password(), p.token()
        )
        .unwrap();
    }
    put(root, ".github/workflows/deploy.yml", &text);
    put(root, "config/prod.env", &format!("A={}\nB={}\n", p.token(), p.token()));
    let containers = serde_json::json!([{ "name": "c", "image": "x", "environment": [{ "name": "A", "value": p.token() }] }]);
    let plan = serde_json::json!({
        "format_version": "1.2", "terraform_version": "1.9.0",
        "variables": { "setting": { "value": p.token() } },
        "planned_values": { "root_module": { "resources": [{
            "address": "aws_ecs_task_definition.t", "mode": "managed", "type": "aws_ecs_task_definition", "name": "t",
            "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 1,
            "values": { "family": p.token(), "cpu": p.token(), "container_definitions": containers.to_string() },
            "sensitive_values": {},
        }] } },
        "resource_changes": [],
        "configuration": { "root_module": {} },
    });
    put(root, "plan/tfplan.json", &plan.to_string());
}

/// Texts that give a credential away, each with what it is.
fn forms(prefix: &str, body: &str) -> Vec<(&'static str, String)> {
    let whole = format!("{prefix}{body}");
    // Hexadecimal digits stand in fingerprints too.
    let part = if body.bytes().all(|byte| byte.is_ascii_hexdigit()) { 14 } else { 8 };
    let mut forms = vec![
        ("start", body.chars().take(part).collect::<String>()),
        ("end", body.chars().skip(body.len() - part).collect()),
        ("upper case", body.to_uppercase()),
        ("reversed", body.chars().rev().collect()),
    ];
    // Wherever it stands in what was encoded: the characters that depend on it alone.
    for before in 0..3_usize {
        let mut bytes = vec![b'.'; before];
        bytes.extend(whole.bytes());
        let encoded = STANDARD.encode(bytes);
        let core: String = encoded.chars().skip(if before == 0 { 0 } else { 4 }).collect();
        let core = core.trim_end_matches('=');
        forms.push(("base64", core.chars().take(core.len() - 2).collect()));
    }
    forms
}

fn leaks(planted: &Planted, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (prefix, body) in &planted.secrets {
        for (form, shape) in forms(prefix, body) {
            if text.contains(&shape)
                && let Some(line) = text.lines().find(|line| line.contains(&shape))
            {
                let line: String = line.trim().chars().take(300).collect();
                found.push(format!("{form} of {prefix}{body} in: {line}"));
            }
        }
    }
    found
}

#[test]
fn no_part_or_encoding_of_a_credential_is_printed() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    std::fs::create_dir(root.join(".git")).unwrap();
    let mut planted = Planted::default();
    terraform(root, &mut planted);
    documents(root, &mut planted);
    let from_environment = planted.token();
    assert!(planted.secrets.len() >= 250 && planted.random > 20, "{}", planted.secrets.len());

    let run = |args: &[&str]| -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(args)
            .current_dir(root)
            .env("COLUMNS", "140")
            .env("TF_VAR_given_11", &from_environment)
            .output()
            .unwrap();
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(!text.contains("internal error"), "{args:?}: {text}");
        text
    };
    let mut all: Vec<Vec<&str>> = Vec::new();
    for format in ["human", "json", "sarif", "github", "ndjson", "gitlab", "junit", "checkstyle", "markdown"]
    {
        all.push(vec!["check", "--profile", "strict", "--format", format]);
    }
    for format in ["human", "json", "markdown"] {
        all.push(vec!["--profile", "strict", "--format", format]);
        all.push(vec!["cost", "--format", format]);
    }
    for format in ["human", "json"] {
        all.push(vec!["check", "plan/tfplan.json", "--format", format]);
        all.push(vec!["check", "infra", "--var-file", "infra/env/prod.tfvars", "--format", format]);
        all.push(vec!["show", "infra", "--format", format]);
        all.push(vec!["show", "plan/tfplan.json", "--format", format]);
        for why in [
            "local.setting_1",
            "local.other_1",
            "local.url_1",
            "var.plain_1",
            "var.given_1",
            "aws_ssm_parameter.p1.value",
            "aws_launch_template.l1.user_data",
            "aws_instance.encoded.user_data_base64",
            "aws_ecs_task_definition.t1.family",
            "aws_ecs_task_definition.t1.container_definitions",
        ] {
            all.push(vec!["show", "infra", "--format", format, "--why", why]);
        }
        for expression in [
            "local.setting_1",
            "local.nested_1",
            "base64encode(local.setting_1)",
            "urlencode(\"${local.url_1}/x\")",
            "substr(local.setting_1, 4, 14)",
            "strrev(local.setting_1)",
            "upper(local.setting_1)",
            "tonumber(local.other_1)",
            "aws_launch_template.l1.user_data",
            "[for c in jsondecode(aws_ecs_task_definition.t1.container_definitions) : c]",
        ] {
            all.push(vec!["eval", "--in", "infra", "--format", format, expression]);
        }
    }
    all.push(vec!["explain", "plaintext-secret"]);
    all.push(vec!["check", "--diff"]);
    all.push(vec!["check", "--diff", "--unsafe-fixes", "--profile", "strict"]);
    for format in ["human", "json"] {
        all.push(vec!["explain", "aws_ecs_task_definition.t1", "infra", "--format", format]);
        all.push(vec!["compare", "--format", format]);
        all.push(vec!["cost", "--by", "container", "--format", format]);
        all.push(vec!["cost", "--sensitivity", "--format", format]);
        all.push(vec!["cost", "--why", "aws_ecs_task_definition.t1", "--format", format]);
        all.push(vec!["diff", "infra", "plan/tfplan.json", "--format", format]);
        all.push(vec!["baseline", "show", "--format", format]);
        all.push(vec!["baseline", "check", "--format", format]);
    }
    all.push(vec!["check", "--timings"]);
    all.push(vec!["init", "--dry-run"]);
    all.push(vec!["usage", "init"]);
    run(&["baseline", "create", "--profile", "strict"]);
    let mut found = Vec::new();
    let accepted = std::fs::read_to_string(root.join("plimsoll-baseline.json")).unwrap();
    assert!(accepted.contains("plaintext-secret-env"), "{accepted}");
    found.extend(leaks(&planted, &accepted).into_iter().map(|leak| format!("baseline file: {leak}")));
    let mut hidden = 0;
    for args in &all {
        let text = run(args);
        hidden += usize::from(text.contains("********") || text.contains("(sensitive)"));
        found.extend(leaks(&planted, &text).into_iter().map(|leak| format!("{args:?}: {leak}")));
    }
    assert!(hidden >= 20, "what is hidden is shown as hidden: {hidden}");

    run(&["check", "--format", "json", "--output", "report.json"]);
    let written = std::fs::read_to_string(root.join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&written).unwrap();
    let of_rule =
        |rule: &str| report["findings"].as_array().unwrap().iter().filter(|one| one["rule"] == rule).count();
    assert!(of_rule("plaintext-secret") > 60, "{}", of_rule("plaintext-secret"));
    assert!(of_rule("plaintext-secret-env") > 20, "{}", of_rule("plaintext-secret-env"));
    found.extend(leaks(&planted, &written).into_iter().map(|leak| format!("--output: {leak}")));

    // A configuration that is wrong is quoted.
    put(root, "plimsoll.yaml", &format!("surprise: {}\nregion: [{}]\n", planted.token(), planted.token()));
    let text = run(&["check"]);
    assert!(text.contains("plimsoll.yaml"), "{text}");
    found.extend(leaks(&planted, &text).into_iter().map(|leak| format!("configuration: {leak}")));

    let count = found.len();
    found.truncate(40);
    assert!(found.is_empty(), "{count} leaks:\n{}", found.join("\n"));
}
