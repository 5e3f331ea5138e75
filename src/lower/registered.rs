//! Task definitions that scripts of workflows hold: `aws ecs register-task-definition` with its options (AWS CLI
//! command reference), and heredocs. One in a file (`file://…`) is read as that file, or as the heredoc that wrote it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::task_definition::{Document, structure};
use crate::model::task::TaskDefinition;
use crate::model::workflow::{Command, Heredoc, Workflow};
use crate::model::{Count, Field, IgnoredChanges, Input, Meta, PatternPart, State};
use crate::source::Span;
use crate::value::{Built, Causes, Entry, Kind, Origin, Part, Text, Unknown, Value};

/// Options with one text and the field of the API they set.
const TEXTS: [(&str, &str); 6] = [
    ("--family", "family"),
    ("--cpu", "cpu"),
    ("--memory", "memory"),
    ("--network-mode", "networkMode"),
    ("--execution-role-arn", "executionRoleArn"),
    ("--task-role-arn", "taskRoleArn"),
];

/// Every definition that a script of `workflow` registers from its own words.
pub(super) fn definitions(workflow: &Workflow) -> Vec<TaskDefinition> {
    let scripts = workflow.jobs.iter().flat_map(|job| job.steps.iter()).filter_map(|step| step.run.as_ref());
    let mut found = Vec::new();
    for script in scripts {
        found.extend(script.heredocs.iter().filter_map(|heredoc| in_heredoc(heredoc, workflow)));
        let registers = |command: &&Command| command.starts_with(&["aws", "ecs", "register-task-definition"]);
        let commands = script.commands.iter().filter(registers);
        found.extend(commands.filter_map(|command| definition(command, workflow)));
    }
    found
}

/// A heredoc that is a task definition, by its `containerDefinitions`.
fn in_heredoc(heredoc: &Heredoc, workflow: &Workflow) -> Option<TaskDefinition> {
    let document = Document::of(&structure(&heredoc.text)?)?;
    if document.bare || document.definition.member("containerDefinitions").is_none() {
        return None;
    }
    Some(document.lower(meta(&document, document.definition.origin.clone(), workflow)))
}

fn definition(command: &Command, workflow: &Workflow) -> Option<TaskDefinition> {
    let json = |option: &str| {
        let text = match command.json_option(option) {
            Some(text) => text.clone(),
            None => value(command.option(option)?),
        };
        if text.as_str().is_some_and(|text| text.starts_with("file://")) { None } else { structure(&text) }
    };
    let root = match json("--cli-input-json") {
        Some(input) => input,
        None => {
            let containers = json("--container-definitions")?;
            let texts = TEXTS.iter().filter_map(|(option, key)| Some((*key, value(command.option(option)?))));
            let entries = texts
                .chain(compatibilities(command).map(|list| ("requiresCompatibilities", list)))
                .chain([("containerDefinitions", containers)])
                .map(|(key, value)| (Arc::from(key), Entry { key_span: None, value }));
            Value::object(entries.collect(), command.origin.clone())
        }
    };
    let document = Document::of(&root)?;
    Some(document.lower(meta(&document, command.origin.clone(), workflow)))
}

fn meta(document: &Document, origin: Origin, workflow: &Workflow) -> Meta {
    Meta {
        address: document.family().map_or_else(|| workflow.meta.address.clone(), Arc::from),
        kind: Arc::from("task-definition"),
        block: origin.span,
        calls: Vec::new(),
        input: Input::Workflow,
        count: Count::One,
        region: Field::absent(origin.clone()),
        stage: workflow.meta.stage.clone(),
        tags: BTreeMap::new(),
        tags_open: Causes::none(),
        ignored: IgnoredChanges::default(),
        unit: workflow.meta.unit,
        origin,
    }
}

/// `--requires-compatibilities EC2 FARGATE`: the words up to the next option.
fn compatibilities(command: &Command) -> Option<Value> {
    let is = |word: &Field<String>, text: &str| word.known().is_some_and(|known| known == text);
    let mut words = command.words.iter().skip_while(|word| !is(word, "--requires-compatibilities"));
    let option = words.next()?;
    let named = words.take_while(|word| !word.known().is_some_and(|text| text.starts_with("--")));
    Some(Value::tuple(named.map(value).collect(), option.origin.clone()))
}

/// A word of a script as a value that keeps its known parts.
pub(super) fn value(word: &Field<String>) -> Value {
    let origin = word.origin.clone();
    let kind = match &word.state {
        State::Known(text) => {
            let text: Arc<str> = text.as_str().into();
            let part = Part::Literal { text: text.clone(), span: within_quotes(&text, origin.span) };
            Kind::String(Text::built(text, Built::Template(vec![part])))
        }
        State::Unknown(unknown) => {
            let mut value = Unknown::new(unknown.causes.clone());
            value.not_null = true;
            value.alternatives = unknown
                .alternatives
                .iter()
                .map(|text| Value::string(text.as_str(), origin.clone()))
                .collect();
            value.built = unknown.pattern.as_deref().map(|parts| {
                let parts = parts.iter().map(|part| match part {
                    PatternPart::Known(text) => Part::Literal { text: text.clone(), span: origin.span },
                    PatternPart::Hole => {
                        Part::hole(Value::from_unknown(Unknown::new(unknown.causes.clone()), origin.clone()))
                    }
                });
                Arc::new(Built::Template(parts.collect()))
            });
            return Value { sensitive: word.sensitive, ..Value::from_unknown(value, origin) };
        }
        State::Absent => return Value::null(origin),
    };
    Value { sensitive: word.sensitive, ..Value::new(kind, origin) }
}

/// The text of a quoted word without its quotes, so that places in it map byte by byte.
fn within_quotes(text: &str, span: Span) -> Span {
    let is_quoted = span.end.checked_sub(span.start).is_some_and(|length| length as usize == text.len() + 2);
    if is_quoted { Span { start: span.start + 1, end: span.end - 1, ..span } } else { span }
}
