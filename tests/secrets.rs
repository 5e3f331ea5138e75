//! No secret is ever printed: plants obvious fakes in every kind of place, runs every command and format, and
//! searches all that was written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Hands out secrets and remembers them.
#[derive(Default)]
struct Planted {
    secrets: Vec<String>,
}

impl Planted {
    fn remember(&mut self, secret: String) -> String {
        self.secrets.push(secret.clone());
        secret
    }

    /// Secret by the name it stands under, or because its variable is sensitive.
    fn opaque(&mut self) -> String {
        let n = self.secrets.len();
        self.remember(format!("not-real-{n}-Zq{n}x+/&w"))
    }

    /// Secret by its form.
    fn token(&mut self) -> String {
        let n = self.secrets.len();
        let secret = match n % 3 {
            0 => format!("ghp_NOTREAL{n:0>29}"),
            1 => format!("glpat-not-real-{n:0>12}"),
            _ => format!("AKIANOTREAL{n:0>9}"),
        };
        self.remember(secret)
    }

    /// Secret by standing in a URL; the password is returned.
    fn password(&mut self) -> String {
        let n = self.secrets.len();
        self.remember(format!("not-real-{n}-pw{n}"))
    }
}

fn put(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Names that announce a credential.
const NAMES: [&str; 8] = [
    "DB_PASSWORD",
    "API_TOKEN",
    "STRIPE_API_KEY",
    "JWT_SECRET",
    "SMTP_PASSWORD",
    "SESSION_SECRET",
    "REDIS_PASSWORD",
    "WEBHOOK_SECRET",
];

fn plant(root: &Path) -> Planted {
    let mut planted = Planted::default();
    std::fs::create_dir(root.join(".git")).unwrap();
    task_definitions(root, &mut planted);
    terraform(root, &mut planted);
    workflows(root, &mut planted);
    broken(root, &mut planted);
    planted
}

fn task_definitions(root: &Path, planted: &mut Planted) {
    for file in 0..4 {
        let mut environment = Vec::new();
        for name in NAMES {
            let value = if file % 2 == 0 { planted.opaque() } else { planted.token() };
            environment.push(serde_json::json!({ "name": name, "value": value }));
        }
        let url = format!("postgres://shop:{}@db.internal:5432/shop", planted.password());
        environment.push(serde_json::json!({ "name": "DATABASE", "value": url }));
        environment.push(serde_json::json!({ "name": "SETTING", "value": planted.token() }));
        let definition = serde_json::json!({
            "family": "api", "cpu": "256", "memory": 512,
            "containerDefinitions": [{
                "name": "api", "image": "shop/api:latest", "memory": 256, "cpu": planted.token(),
                "environment": environment, "command": ["run", "--token", planted.token()],
            }],
        });
        put(root, &format!("ecs/task-{file}.json"), &definition.to_string());
    }
}

fn terraform(root: &Path, planted: &mut Planted) {
    let mut main = String::from("provider \"aws\" { region = \"eu-west-1\" }\n");
    let mut tfvars = String::new();
    let mut container = String::new();
    for (at, name) in NAMES.iter().enumerate() {
        let lower = name.to_lowercase();
        let default = planted.opaque();
        writeln!(main, "variable \"{lower}_default\" {{\n  default = \"{default}\"\n}}").unwrap();
        // A name that says nothing, but sensitive.
        let mark = planted.opaque();
        writeln!(main, "variable \"plain_{at}\" {{\n  sensitive = true\n  default = \"{mark}\"\n}}").unwrap();
        writeln!(main, "variable \"given_{at}\" {{\n  sensitive = true\n  type = string\n}}").unwrap();
        writeln!(tfvars, "given_{at} = \"{}\"", planted.opaque()).unwrap();
        writeln!(
            main,
            "locals {{\n  {lower} = \"{}\"\n  map_{at} = {{ {lower} = \"{}\" }}\n}}",
            planted.opaque(),
            planted.opaque()
        )
        .unwrap();
        // Under a key that says nothing, through functions, in messages of errors.
        writeln!(
            main,
            "resource \"aws_ecs_task_definition\" \"t{at}\" {{\n  family = \"t{at}\"\n  cpu = var.{lower}_default\n  memory = local.{lower}\n  \
             network_mode = upper(var.plain_{at})\n  pid_mode = local.map_{at}.{lower}\n  ipc_mode = \"x-${{var.given_{at}}}\"\n  tags = {{\n    a = base64encode(local.{lower})\n    \
             b = substr(var.given_{at}, 0, 12)\n    c = base64encode(\"u:${{var.plain_{at}}}\")\n    d = format(\"%s!\", local.{lower})\n    e = urlencode(var.{lower}_default)\n    \
             f = jsonencode({{ q = local.map_{at}.{lower} }})\n    g = join(\",\", [local.{lower}, \"z\"])\n    h = nonsensitive(var.plain_{at})\n    {lower} = \"{}\"\n  }}\n  \
             container_definitions = jsonencode([{{ name = \"c\", image = \"x:latest\", cpu = local.{lower}, environment = [{{ name = \"{name}\", value = \"{}\" }}, {{ name = \"OTHER\", value = var.plain_{at} }}] }}])\n}}",
            planted.opaque(), planted.opaque()
        )
        .unwrap();
        writeln!(main, "output \"number_{at}\" {{\n  value = tonumber(var.plain_{at})\n}}").unwrap();
        writeln!(main, "output \"again_{at}\" {{\n  value = tonumber(local.{lower})\n}}").unwrap();
        writeln!(main, "output \"index_{at}\" {{\n  value = {{ a = 1 }}[local.{lower}]\n}}").unwrap();
        writeln!(main, "output \"file_{at}\" {{\n  value = file(\"${{var.{lower}_default}}.txt\")\n}}")
            .unwrap();
        writeln!(main, "output \"{lower}\" {{\n  value = \"{}\"\n}}", planted.opaque()).unwrap();
        writeln!(
            main,
            "resource \"aws_db_instance\" \"d{at}\" {{\n  engine = \"postgres\"\n  instance_class = local.{lower}\n  allocated_storage = 20\n  username = \"shop\"\n  password = \"{}\"\n}}",
            planted.opaque()
        )
        .unwrap();
        writeln!(container, "    {{\"name\": \"{name}\", \"value\": \"{}\"}},", planted.opaque()).unwrap();
    }
    writeln!(
        main,
        "resource \"aws_ecs_task_definition\" \"heredoc\" {{\n  family = \"h\"\n  container_definitions = <<EOF\n[{{\"name\": \"c\", \"image\": \"x\", \"cpu\": \"{}\", \"environment\": [\n{container}    {{\"name\": \"U\", \"value\": \"redis://:{}@cache.internal:6379\"}}\n]}}]\nEOF\n}}",
        planted.token(), planted.password()
    )
    .unwrap();
    writeln!(
        main,
        "resource \"aws_ecs_task_definition\" \"template\" {{\n  family = \"t\"\n  container_definitions = templatefile(\"task.tftpl\", {{ secret = \"{}\", given = var.given_0 }})\n}}",
        planted.opaque()
    )
    .unwrap();
    put(
        root,
        "infra/task.tftpl",
        &format!(
            "[{{\"name\": \"c\", \"image\": \"x\", \"environment\": [{{\"name\": \"A_TOKEN\", \"value\": \"{}\"}}, {{\"name\": \"B_TOKEN\", \"value\": \"${{secret}}\"}}, {{\"name\": \"C\", \"value\": \"${{given}}\"}}]}}]",
            planted.opaque()
        ),
    );
    writeln!(main, "module \"m\" {{\n  source = \"./m\"\n  quiet = \"{}\"\n}}", planted.opaque()).unwrap();
    put(
        root,
        "infra/m/main.tf",
        "variable \"quiet\" {\n  sensitive = true\n}\nresource \"aws_ecs_cluster\" \"c\" {\n  name = \"c-${var.quiet}\"\n}\noutput \"q\" {\n  value = tonumber(var.quiet)\n}\n",
    );
    writeln!(main, "variable \"flag\" {{\n  sensitive = true\n  type = string\n}}\nvariable \"list\" {{\n  sensitive = true\n  type = list(string)\n}}\nvariable \"count_of\" {{\n  sensitive = true\n  type = number\n}}").unwrap();
    put(root, "infra/main.tf", &main);
    put(root, "infra/terraform.tfvars", &tfvars);
}

fn workflows(root: &Path, planted: &mut Planted) {
    let mut text = String::from("on: push\nenv:\n");
    for name in NAMES {
        writeln!(text, "  {name}: {}", planted.opaque()).unwrap();
    }
    text.push_str("jobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n");
    for name in NAMES {
        writeln!(
            text,
            "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n          aws-access-key-id: {}\n          aws-secret-access-key: {}\n      \
             - run: |\n          export {name}=\"{}\"\n          aws ecs update-service --cluster {} --service api --force-new-deployment\n          curl https://bot:{}@ci.example.com/",
            planted.token(), planted.opaque(), planted.opaque(), planted.token(), planted.password()
        )
        .unwrap();
    }
    put(root, ".github/workflows/deploy.yml", &text);
}

/// Files that cannot be read to their end.
fn broken(root: &Path, planted: &mut Planted) {
    for (at, name) in NAMES.iter().enumerate().take(4) {
        let lower = name.to_lowercase();
        put(
            root,
            &format!("broken{at}/main.tf"),
            &format!(
                "locals {{\n  {lower} = \"{}\" \"{}\"\n}}\nresource \"x\" {{\n  {lower} = {{ {lower} = \"{}\" {lower} = 1\n",
                planted.opaque(),
                planted.token(),
                planted.opaque()
            ),
        );
        put(
            root,
            &format!("broken{at}/task-definition.json"),
            &format!(
                "{{\"containerDefinitions\": [{{\"name\": \"c\", \"{}\": 1, \"environment\": [{{\"name\": \"{name}\", \"value\": \"{}\" \"x\"",
                planted.token(),
                planted.opaque()
            ),
        );
        put(
            root,
            &format!(".github/workflows/broken{at}.yml"),
            &format!(
                "on: push\njobs:\n  a:\n    env:\n      {name}: {}\n      {name}: \"{}\n   x: [\n",
                planted.opaque(),
                planted.token()
            ),
        );
    }
}

/// All output of a run.
fn run(root: &Path, args: &[&str], input: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(args)
        .current_dir(root)
        .env("COLUMNS", "120")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(!text.contains("internal error"), "{args:?}: {text}");
    assert!(!text.is_empty(), "{args:?} says something");
    text
}

/// Lines of a text that hold a secret in any form, without the secret.
fn leaks(planted: &Planted, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for secret in &planted.secrets {
        let json = serde_json::Value::from(secret.as_str()).to_string();
        let encoded = STANDARD.encode(secret);
        let forms = [
            ("plain", secret.clone()),
            ("upper case", secret.to_uppercase()),
            ("json", json.trim_matches('"').to_owned()),
            ("base64", encoded.trim_end_matches('=').to_owned()),
            ("start", secret.chars().take(12).collect()),
        ];
        for (form, shape) in forms {
            // Starts of tokens are those of their format.
            if form == "start" && !secret.starts_with("not-real-") {
                continue;
            }
            if let Some(line) = text.lines().find(|line| line.contains(&shape)) {
                found.push(format!("{form} of {secret} in: {}", line.trim()));
            }
        }
    }
    found
}

#[test]
fn no_secret_is_printed() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    let mut planted = plant(root);
    let flags: Vec<String> = ["flag", "list", "count_of"]
        .iter()
        .map(|name| {
            let secret = planted.opaque();
            if *name == "list" { format!("{name}=[\"{secret}\"]") } else { format!("{name}={secret}") }
        })
        .collect();
    assert!(planted.secrets.len() >= 200, "{} are planted", planted.secrets.len());
    let vars: Vec<&str> = flags.iter().flat_map(|flag| ["--var", flag.as_str()]).collect();

    let mut expressions = String::new();
    for (at, name) in NAMES.iter().enumerate() {
        let lower = name.to_lowercase();
        for name in [
            format!("var.{lower}_default"),
            format!("var.plain_{at}"),
            format!("var.given_{at}"),
            format!("local.{lower}"),
            format!("local.map_{at}.{lower}"),
        ] {
            for shape in [
                "{}",
                "upper({})",
                "base64encode({})",
                "substr({}, 0, 14)",
                "\"a${{}}b\"",
                "[{}]",
                "{ a = {} }",
                "jsonencode({ a = {} })",
                "tonumber({})",
                "split(\"+\", {})",
                "{ ({}) = 1 }",
                "parseint({}, 10)",
                "var.unset ? {} : 1",
                "regex(\"x\", {})",
                "file({})",
                "replace({}, \"x\", \"y\")",
                "title({})",
                "nonsensitive({})",
                "{ a = 1 }[{}]",
                "base64encode(\"u:${{}}\")",
                "{}.x",
            ] {
                writeln!(expressions, "{}", shape.replace("{}", &name)).unwrap();
            }
        }
        writeln!(
            expressions,
            "aws_db_instance.d{at}\naws_ecs_task_definition.t{at}\noutput.{lower}\nlocal.map_{at}"
        )
        .unwrap();
    }

    let mut all: Vec<Vec<&str>> = Vec::new();
    for color in ["--color=always", "--color=never"] {
        for format in ["human", "json", "sarif", "github"] {
            all.push(vec!["check", color, "--profile", "strict", "--format", format]);
        }
        for format in ["human", "json"] {
            all.push(vec!["cost", color, "--format", format]);
            all.push(vec![color, "--format", format]);
            all.push(vec!["show", "infra", color, "--format", format]);
            all.push(vec!["show", "broken0", color, "--format", format]);
            for why in [
                "aws_ecs_task_definition.t1.cpu",
                "aws_ecs_task_definition.t1.container_definitions",
                "aws_db_instance.d1.password",
                "var.plain_1",
                "local.api_token",
            ] {
                all.push(vec!["show", "infra", color, "--format", format, "--why", why]);
            }
            all.push(vec!["eval", "--in", "infra", color, "--format", format, "-"]);
        }
    }
    all.push(vec!["check", "infra", "--region", "eu-west-1", "--quiet"]);
    for format in ["ndjson", "gitlab", "junit", "checkstyle", "markdown"] {
        all.push(vec!["--profile", "strict", "--format", format]);
    }
    all.push(vec!["cost", "--format", "markdown"]);
    let mut found = Vec::new();
    for args in all {
        let mut args = args;
        args.extend(&vars);
        let text = run(root, &args, &expressions);
        found.extend(leaks(&planted, &text).into_iter().map(|leak| format!("{args:?}: {leak}")));
    }
    for expression in expressions.lines().step_by(5) {
        let args = ["eval", "--in", "infra", expression];
        let text = run(root, &args, "");
        found.extend(leaks(&planted, &text).into_iter().map(|leak| format!("{args:?}: {leak}")));
    }
    let count = found.len();
    found.truncate(40);
    assert!(found.is_empty(), "{count} leaks:\n{}", found.join("\n"));
}
