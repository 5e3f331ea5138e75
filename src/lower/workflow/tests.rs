#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice
)]
use proptest::prelude::*;

use super::*;
use crate::source::SourceMap;
use crate::syntax::yaml;

fn document(path: &str, text: &str) -> Document {
    let file = SourceMap::default().add_pseudo(path, text);
    let parsed = yaml::parse(text, file, yaml::Dialect::GITHUB);
    assert_eq!(parsed.errors, [], "{text}");
    let root = Arc::new(parsed.root().unwrap().clone());
    Document { path: Path::new("/repo").join(path), name: path.into(), text: text.into(), root }
}

fn one(text: &str) -> Workflow {
    lower(&[document(".github/workflows/a.yml", text)], &[]).pop().unwrap()
}

/// `=text`, `one|two`, `?cause` with known parts, `-` for absent.
fn show(field: &Field<String>) -> String {
    match &field.state {
        State::Absent => "-".to_owned(),
        State::Known(text) => format!("={text}"),
        State::Unknown(unknown) if !unknown.alternatives.is_empty() => unknown.alternatives.join("|"),
        State::Unknown(unknown) => {
            let parts = unknown.pattern.as_deref().unwrap_or_default().iter();
            let shown: String = parts
                .map(|part| match part {
                    crate::model::PatternPart::Known(text) => text.to_string(),
                    crate::model::PatternPart::Hole => "*".to_owned(),
                })
                .collect();
            format!("?{shown} {}", unknown.causes.first().map(Cause::name).unwrap_or_default())
        }
    }
}

fn commands(workflow: &Workflow) -> Vec<String> {
    let steps = workflow.jobs.iter().flat_map(|job| &job.steps);
    let scripts = steps.filter_map(|step| step.run.as_ref());
    scripts
        .flat_map(|script| &script.commands)
        .map(|command| command.words.iter().map(show).collect::<Vec<_>>().join(" "))
        .collect()
}

const DEPLOY: &str = "\
name: Deploy
on:
  push:
    branches: [main]
env:
  REGION: eu-west-1
  CLUSTER: prod-${{ vars.SUFFIX }}
permissions: read-all
concurrency:
  group: deploy
  cancel-in-progress: true
jobs:
  deploy:
    needs: [build]
    environment: {name: production}
    timeout-minutes: 30
    permissions:
      id-token: write
    strategy:
      matrix:
        service: [web, worker]
    steps:
      - name: Keys
        uses: AWS-actions/Configure-AWS-Credentials@v4
        with:
          aws-region: ${{ env.REGION }}
          aws-access-key-id: ${{ secrets.KEY }}
      - run: aws --region $REGION ecs update-service --cluster \"$CLUSTER\" --service ${{ matrix.service }} --x ${{ needs.build.outputs.image }}
      - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
        if: github.ref == 'refs/heads/main'
        with:
          wait-for-service-stability: ${{ github.ref == 'x' && 'true' || 'false' }}
          service: ${{ matrix.service }}-svc
  build:
    runs-on: ubuntu-latest
    outputs:
      image: ${{ steps.tag.outputs.image }}
    steps:
      - id: tag
        run: echo \"image=repo:1\" >> $GITHUB_OUTPUT
";

#[test]
fn a_deploy_workflow_is_lowered() {
    let workflow = one(DEPLOY);
    assert_eq!(show(&workflow.name), "=Deploy");
    assert_eq!(&*workflow.triggers[0].0, "push");
    assert_eq!(show(&workflow.permissions.known().unwrap().all), "=read-all");
    assert_eq!(workflow.concurrency.known().unwrap().cancel_in_progress.known(), Some(&true));
    let job = &workflow.jobs[0];
    assert_eq!((&*job.id, &*job.needs[0]), ("deploy", "build"));
    assert_eq!(show(&job.environment), "=production");
    assert_eq!(job.timeout_minutes.known(), Some(&30));
    assert_eq!(show(&job.permissions.known().unwrap().scopes[0].1), "=write");
    let keys = job.steps.items[0].action.as_ref().unwrap();
    assert_eq!((&*keys.name, keys.version.as_deref()), ("aws-actions/configure-aws-credentials", Some("v4")));
    let region = keys.input("AWS-REGION").unwrap();
    assert_eq!(show(&region.value), "=eu-west-1");
    assert_eq!(&DEPLOY[region.value.span().range()], "eu-west-1");
    let key = keys.input("aws-access-key-id").unwrap();
    assert_eq!(show(&key.value), "?* secrets.KEY");
    assert!(key.value.sensitive);
    assert_eq!(&*key.contexts[0], "secrets.KEY");
    assert_eq!(
        commands(&workflow)[0],
        "=aws =ecs =update-service =--cluster ?prod-* vars.SUFFIX =--service web|worker =--x =repo:1 =--region =eu-west-1"
    );
    let deploy = &job.steps.items[2];
    assert_eq!(show(&deploy.condition), "=github.ref == 'refs/heads/main'");
    assert_eq!(&DEPLOY[deploy.origin.span.range()], "uses");
    let inputs = &deploy.action.as_ref().unwrap().inputs;
    assert_eq!(show(&inputs[0].value), "true|false");
    assert_eq!(show(&inputs[1].value), "web-svc|worker-svc");
}

#[test]
fn scripts_know_their_variables() {
    let workflow = one("\
on: push
jobs:
  a:
    env:
      NAME: api
    steps:
      - run: |
          FAMILY=shop-$NAME
          if [ x ]; then COUNT=2; fi
          ARN=$(aws ecs describe-services)
          sudo -E aws ecs run-task --task-definition \"$FAMILY:1\" --count ${COUNT:-1} --arn $ARN \\
            --more \"$UNSET\" ${{ secrets.X }}
          OPTS='--cluster c --service s'
          aws ecs update-service $OPTS
          for s in one two; do deploy $s; done
          echo \"STAGE=prod\" >> \"$GITHUB_ENV\"
      - run: echo $STAGE ${{ env.STAGE }} $NAME
      - run: something >> $GITHUB_ENV
      - run: echo $NAME
      - shell: python
        run: print('(')
      - run: |
          echo 'open
");
    let shown = commands(&workflow);
    assert_eq!(
        shown,
        [
            "=[ =x =]",
            "=aws =ecs =describe-services",
            "=aws =ecs =run-task =--task-definition =shop-api:1 =--count ?* $COUNT =--arn ?* $(…) =--more ?* $UNSET ?* secrets.X",
            "=aws =ecs =update-service =--cluster =c =--service =s",
            "=deploy one|two",
            "=echo =STAGE=prod",
            "=echo =prod =prod =api",
            "=something",
            "=echo ?* env.NAME",
        ]
    );
    let scripts: Vec<bool> =
        workflow.jobs[0].steps.iter().map(|step| step.run.as_ref().unwrap().readable).collect();
    assert_eq!(scripts, [true, true, true, true, false, false]);
}

#[test]
fn spans_of_commands_and_words_lie_in_the_file() {
    let text = "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          one\n          aws ecs \\\n            update-service --service \"web\"\n";
    let workflow = one(text);
    let script = workflow.jobs[0].steps.items[0].run.as_ref().unwrap();
    let command = &script.commands[1];
    assert!(text[command.origin.span.range()].starts_with("aws ecs \\\n"));
    assert_eq!(&text[command.words[2].span().range()], "update-service");
    assert_eq!(&text[command.words[4].span().range()], "\"web\"");
}

#[test]
fn inputs_come_from_callers_options_and_defaults() {
    let called = "\
on:
  workflow_call:
    inputs:
      service: {type: string, required: true}
      wait: {type: boolean, default: true}
jobs:
  a:
    steps:
      - run: deploy ${{ inputs.service }} ${{ inputs.wait }}
";
    let caller = "\
on:
  workflow_dispatch:
    inputs:
      stage: {type: choice, options: [dev, prod]}
      free: {type: string, default: x}
jobs:
  one:
    uses: ./.github/workflows/called.yml
    with: {service: web}
  two:
    uses: ./.github/workflows/called.yml
    with: {service: 'worker', wait: false}
  three:
    steps:
      - run: go ${{ inputs.stage }} ${{ github.event.inputs.free }}
";
    let documents =
        [document(".github/workflows/called.yml", called), document(".github/workflows/caller.yml", caller)];
    let workflows = lower(&documents, &[]);
    assert_eq!(commands(&workflows[0]), ["=deploy web|worker true|false"]);
    assert_eq!(commands(&workflows[1]), ["=go dev|prod ?* inputs.free"]);
    assert_eq!(show(&workflows[1].jobs[0].uses), "=./.github/workflows/called.yml");
    assert_eq!(commands(&lower(&documents[..1], &[])[0]), ["=deploy ?* inputs.service ?* inputs.wait"]);
}

#[test]
fn composite_actions_are_followed() {
    let action = "\
inputs:
  service: {required: true}
  cluster: {default: main}
runs:
  using: composite
  steps:
    - shell: bash
      run: aws ecs update-service --cluster ${{ inputs.cluster }} --service ${{ inputs.service }}
    - uses: ./.github/actions/deploy
";
    let text = "on: push\njobs:\n  a:\n    steps:\n      - uses: ./.github/actions/deploy\n        with: {service: web}\n";
    let workflow = lower(
        &[document(".github/workflows/a.yml", text)],
        &[document(".github/actions/deploy/action.yml", action)],
    )
    .pop()
    .unwrap();
    let steps = &workflow.jobs[0].steps;
    assert_eq!(commands(&workflow)[0], "=aws =ecs =update-service =--cluster =main =--service =web");
    assert_eq!(&*steps.items[0].action.as_ref().unwrap().name, "./.github/actions/deploy");
    // An action that uses itself is cut off, and says so.
    assert!(!steps.is_closed());
}

#[test]
fn values_that_double_stay_small() {
    let mut text =
        "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          A=$X\n          B=b\n".to_owned();
    text += &"          A=$A$A\n          B=$B$B\n".repeat(100);
    text += "          echo $A $B\n";
    let workflow = one(&text);
    assert!(commands(&workflow)[0].len() < 1000);
}

#[test]
fn odd_shapes_do_no_harm() {
    for text in [
        "[]",
        "a",
        "on: {push: 1}\njobs: [1]",
        "jobs: {a: {steps: 1, needs: {x: 1}, env: 3}}",
        "jobs: {a: {steps: [1, {run: [1]}, {uses: {}}], needs: b, strategy: {matrix: x}}, b: {needs: a}}",
    ] {
        let _ = one(text);
    }
}

#[test]
fn expressions_give_every_value_they_may_have() {
    let cases = [
        ("${{ 'a' }}", "=a"),
        ("${{ github.x && 'a' || 'b' }}", "a|b"),
        ("${{ github.x || 'b' }}", "?* github.x"),
        ("${{ '' || 'b' }}", "=b"),
        ("${{ format('{0}-{{{1}', 'x', matrix.m) }}", "x-{1|x-{2"),
        ("${{ matrix.m }}${{ matrix.n }}", "1a|2a"),
        ("${{ matrix.deep.k }}", "x|y"),
        ("${{ matrix.extra }}", "z|"),
        ("${{ startsWith('refs/x', 'REFS') }}", "=true"),
        ("${{ always() && 'y' }}", "=y"),
        ("${{ !github.x }}", "true|false"),
        ("${{ toJSON(github) }}", "?* github"),
        ("a${{ broken + }}", "?a* ${{ broken + }}"),
        ("${{ 1 == 1 }}", "=true"),
        ("true", "=true"),
    ];
    for (text, wanted) in cases {
        let source = format!(
            "on: push\njobs:\n  a:\n    strategy:\n      matrix:\n        m: [1, 2]\n        n: [a]\n        deep: [{{k: x}}, {{k: y}}]\n        include: [{{extra: z}}]\n    env:\n      X: \"{text}\"\n"
        );
        let workflow = one(&source);
        assert_eq!(show(&workflow.jobs[0].env[0].value), wanted, "{text}");
    }
}

proptest! {
    #[test]
    fn any_workflow_is_lowered_without_panic(
        values in prop::collection::vec(
            r#"(\$\{\{ (env|inputs|matrix|needs|steps|secrets)\.[a-c](\.outputs\.[a-c])?( (&&|==) '[a-c]')? \}\}|[a-c$ ="'>|\n]|\$[A-C]|>> \$GITHUB_ENV){0,12}"#,
            8,
        )
    ) {
        let quoted: Vec<String> = values.iter().map(|value| serde_json::to_string(value).unwrap()).collect();
        let [a, b, c, d, e, f, g, h] = quoted.as_slice() else { panic!() };
        let workflow = one(&format!(
            "on: [push]\nenv: {{a: {a}, A: {b}}}\njobs:\n  a:\n    strategy: {{matrix: {{a: [{c}, x]}}}}\n    outputs: {{a: {d}}}\n    steps:\n      - {{id: a, run: {e}}}\n      - {{uses: {f}, with: {{a: {g}}}}}\n  b:\n    needs: a\n    steps:\n      - run: {h}\n"
        ));
        prop_assert_eq!(workflow.jobs.len(), 2);
    }
}

const SETS: &str = "\
jobs:
  a:
    steps:
      - uses: aws-actions/amazon-ecs-render-task-definition@v1
        with:
          environment-variables: |
            MODE=fast

            KEY=a=${{ secrets.KEY }}
            ${{ vars.MORE }}
      - run: |
          aws ecs run-task --overrides '{
            \"containerOverrides\": [{\"environment\": [
              {\"name\": \"ONE\", \"value\": \"first\"}]}]}'
          cat <<EOF >task.json
          {\"family\": \"web\",
           \"image\": \"nginx:$TAG\"}
          EOF
";

#[test]
fn what_steps_set_in_containers_is_found_where_it_is_written() {
    let workflow = one(SETS);
    let [render, run] = workflow.jobs[0].steps.items.as_slice() else { panic!() };
    let set = |step: &Step| -> Vec<String> {
        let variables = step.task_environment.iter();
        variables.map(|variable| format!("{} {}", show(&variable.name), show(&variable.value))).collect()
    };
    assert_eq!(set(render), ["=MODE =fast", "=KEY ?a=* secrets.KEY"]);
    assert!(!render.task_environment.is_closed());
    assert_eq!(set(run), ["=ONE =first"]);
    let place = |step: &Step| SETS.get(step.task_environment.items[0].value.span().range());
    assert_eq!((place(render), place(run)), (Some("fast"), Some("\"first\"")));
    let heredoc = &run.run.as_ref().unwrap().heredocs[0];
    assert_eq!(heredoc.file.as_deref(), Some("task.json"));
    let json = crate::lower::task_definition::structure(&heredoc.text).unwrap();
    assert_eq!(SETS.get(json.member("family").unwrap().span().range()), Some("\"web\""));
    assert!(json.member("image").unwrap().as_unknown().is_some());
}

#[test]
fn workflows_in_a_circle_are_told_once() {
    let calling = |names: &[&str]| -> String {
        let jobs = names.iter().map(|name| format!("  {name}:\n    uses: ./.github/workflows/{name}.yml\n"));
        format!("on: workflow_call\njobs:\n{}", jobs.collect::<String>())
    };
    let files: Vec<Document> = [("c", "a"), ("a", "b"), ("b", "c"), ("d", "d"), ("e", "a")]
        .iter()
        .map(|(name, calls)| document(&format!(".github/workflows/{name}.yml"), &calling(&[calls])))
        .collect();
    let found: Vec<String> = circles(&files)
        .iter()
        .map(|circle| circle.steps.iter().map(|(name, _)| &**name).collect::<Vec<_>>().join(" "))
        .collect();
    let path = |name: &str| format!(".github/workflows/{name}.yml");
    assert_eq!(found, [[path("a"), path("b"), path("c")].join(" "), path("d")]);
}
