//! `run:` scripts: their commands with what is known of the words.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::text::{Evaluated, Scope};
use crate::lower::registered;
use crate::model::workflow::{Command, Heredoc, Script};
use crate::model::{Field, PatternPart};
use crate::source::Span;
use crate::syntax::actions_expr;
use crate::syntax::shell::{self, Word, WordPart};
use crate::syntax::tree::Node;
use crate::syntax::yaml::ScalarPlaces;
use crate::value::{Built, Causes, Kind, Origin, Part, Text, Unknown, Value};

/// Programs that run the command behind them.
const WRAPPERS: [&str; 7] = ["sudo", "exec", "command", "nohup", "time", "env", "builtin"];

/// Options of `aws` itself that take a value. Source: AWS CLI command reference, "Global options".
const AWS_VALUES: [&str; 10] = [
    "--region",
    "--profile",
    "--output",
    "--query",
    "--endpoint-url",
    "--ca-bundle",
    "--cli-read-timeout",
    "--cli-connect-timeout",
    "--color",
    "--cli-binary-format",
];

/// What a script leaves behind for later steps.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// Lines written to `$GITHUB_ENV`.
    pub(super) env: Vec<(String, Evaluated)>,
    /// Something else was written there.
    pub(super) env_open: bool,
    /// Lines written to `$GITHUB_OUTPUT`.
    pub(super) outputs: Vec<(String, Evaluated)>,
}

/// Reads the script of a `run` node; `source` is the text of its file. A script of another language than
/// `sh` and `bash` is not readable.
pub(super) fn lower(node: &Node, source: &str, scope: &Scope, is_shell: bool) -> (Script, Effects) {
    let origin = Origin::at(node.span);
    let text = node.scalar_text().unwrap_or_default();
    let parsed = if is_shell { shell::parse(&text) } else { shell::Script::default() };
    let mut effects = Effects::default();
    if !parsed.readable {
        effects.env_open = text.contains("GITHUB_ENV");
        return (Script { origin, commands: Vec::new(), heredocs: Vec::new(), readable: false }, effects);
    }
    let places = ScalarPlaces::new(source, node.span, &text);
    let mut runner =
        Runner { places, text: &text, scope, variables: BTreeMap::new(), effects, heredocs: Vec::new() };
    let mut commands = Vec::new();
    for command in &parsed.commands {
        runner.run(command, &mut commands);
    }
    (Script { origin, commands, heredocs: runner.heredocs, readable: true }, runner.effects)
}

struct Runner<'a> {
    places: ScalarPlaces,
    text: &'a str,
    scope: &'a Scope,
    /// Variables the script set so far.
    variables: BTreeMap<Arc<str>, Evaluated>,
    effects: Effects,
    heredocs: Vec<Heredoc>,
}

impl Runner<'_> {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        self.places.place(range)
    }

    fn run(&mut self, command: &shell::Command, into: &mut Vec<Command>) {
        let lasting = command.words.is_empty();
        let mut local = BTreeMap::new();
        for assignment in &command.assignments {
            let mut value = match (&assignment.value, assignment.one_of.as_slice()) {
                (Some(word), _) => self.word(word),
                (None, []) => Evaluated::unknown(format!("${}", assignment.name)),
                (None, words) => self.any_of(words, &assignment.name),
            };
            if assignment.append {
                let before = self.variable(&assignment.name, None);
                value = Evaluated::concat(vec![before, value]);
            }
            if value.origin.is_none() {
                value.origin =
                    assignment.value.as_ref().map(|word| Origin::at(self.span(word.range.clone())));
            }
            if lasting {
                self.set(assignment.name.clone(), value, command);
            } else {
                local.insert(assignment.name.clone(), value);
            }
        }
        self.exported(command);
        self.written(command);
        self.heredocs(command);
        let mut words: Vec<Argument> = Vec::new();
        for word in &command.words {
            self.expand(word, &mut words);
        }
        let words = in_order(unwrapped(words));
        if !words.is_empty() {
            let origin = Origin::at(self.span(command.range.clone()));
            let (mut fields, mut json) = (Vec::new(), Vec::new());
            for (at, argument) in words.into_iter().enumerate() {
                json.extend(argument.json.map(|text| (at, text)));
                fields.push(argument.word);
            }
            into.push(Command { origin, words: fields, json });
        }
    }

    fn set(&mut self, name: Arc<str>, value: Evaluated, command: &shell::Command) {
        let value = if command.in_function {
            Evaluated::unknown(format!("${name}"))
        } else if command.conditional {
            let before = self.variable(&name, None);
            before.or(&value, &format!("${name}"))
        } else {
            value
        };
        self.variables.insert(name, value);
    }

    /// `export A=1`, `local A=1`, and programs that set variables in ways that are not followed.
    fn exported(&mut self, command: &shell::Command) {
        let Some(program) = command.words.first().and_then(Word::literal) else { return };
        match program.as_str() {
            "export" | "declare" | "local" | "readonly" | "typeset" => {
                for word in command.words.iter().skip(1) {
                    let Some(WordPart::Text { text, .. }) = word.parts.first() else { continue };
                    let Some((name, rest)) = text.split_once('=') else { continue };
                    let mut parts = vec![Evaluated::text(rest)];
                    parts.extend(word.parts.iter().skip(1).map(|part| self.part(part)));
                    let mut value = Evaluated::concat(parts);
                    value.origin = Some(Origin::at(self.span(word.range.clone())));
                    self.set(name.into(), value, command);
                }
            }
            "read" | "mapfile" | "readarray" | "getopts" | "unset" | "source" | "." | "eval" => {
                for name in command.words.iter().skip(1).filter_map(Word::literal) {
                    let unknown = Evaluated::unknown(format!("${name}"));
                    self.variables.insert(name.into(), unknown);
                }
                if matches!(program.as_str(), "source" | "." | "eval") {
                    self.variables
                        .values_mut()
                        .for_each(|value| *value = Evaluated::unknown(program.as_str()));
                }
            }
            _ => {}
        }
    }

    /// `echo "NAME=value" >> "$GITHUB_ENV"` and `$GITHUB_OUTPUT`.
    fn written(&mut self, command: &shell::Command) {
        let names = |word: &Word, file: &str| {
            word.parts.iter().any(|part| matches!(part, WordPart::Variable { name, .. } if &**name == file))
        };
        let target = |file: &str| command.redirects.iter().any(|redirect| names(&redirect.target, file));
        let to_env = target("GITHUB_ENV");
        let to_output = target("GITHUB_OUTPUT");
        self.effects.env_open |= command.words.iter().any(|word| names(word, "GITHUB_ENV"));
        let program = command.words.first().and_then(Word::literal);
        let line = match (program.as_deref(), command.words.as_slice()) {
            (Some("echo"), [_, line]) => Some(self.word(line)),
            _ => None,
        };
        if !to_env && !to_output {
            if let Some((name, mut value)) = line.as_ref().and_then(set_output_of) {
                value.origin = command.words.get(1).map(|word| Origin::at(self.span(word.range.clone())));
                if command.conditional {
                    value = Evaluated::unknown(name.as_str());
                }
                self.effects.outputs.push((name, value));
            }
            return;
        }
        let Some((name, mut value)) = line.and_then(|line| assignment_of(&line)) else {
            self.effects.env_open |= to_env;
            return;
        };
        value.origin = command.words.get(1).map(|word| Origin::at(self.span(word.range.clone())));
        if command.conditional {
            value = Evaluated::unknown(name.as_str());
        }
        if to_env { &mut self.effects.env } else { &mut self.effects.outputs }.push((name, value));
    }

    fn variable(&self, name: &str, default: Option<&str>) -> Evaluated {
        let found = self.variables.get(name).cloned().or_else(|| self.scope.env(name));
        match (found, default) {
            (Some(found), Some(default)) if found.certain().is_some_and(|text| text.is_empty()) => {
                Evaluated::text(default)
            }
            (Some(found), _) => found,
            (None, _) => Evaluated::unknown(format!("${name}")),
        }
    }

    fn any_of(&self, words: &[Word], name: &str) -> Evaluated {
        let values: Vec<Evaluated> = words.iter().map(|word| self.word(word)).collect();
        let only = |value: &Evaluated| match value.possible.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        let certain: Option<Vec<_>> = values.iter().map(only).collect();
        match certain.filter(|values| !values.is_empty()) {
            Some(values) => Evaluated::one_of(values, &format!("${name}")),
            None => Evaluated::unknown(format!("${name}")),
        }
    }

    fn word(&self, word: &Word) -> Evaluated {
        match word.parts.as_slice() {
            [] => Evaluated::text(""),
            [only] => self.part(only),
            parts => Evaluated::concat(parts.iter().map(|part| self.part(part)).collect()),
        }
    }

    fn part(&self, part: &WordPart) -> Evaluated {
        let shown =
            |range: &std::ops::Range<usize>| self.text.get(range.clone()).unwrap_or_default().to_owned();
        match part {
            WordPart::Text { text, .. } => Evaluated::text(text.clone()),
            WordPart::Variable { name, default, .. } => self.variable(name, default.as_deref()),
            WordPart::Expression { range } => {
                let at = Origin::at(self.span(range.clone()));
                let inner = self.text.get(range.start + 3..range.end.saturating_sub(2)).unwrap_or_default();
                match actions_expr::parse(inner) {
                    Some(expression) => self.scope.evaluate(&expression, &at),
                    None => Evaluated::unknown(shown(range)),
                }
            }
            WordPart::Substitution { .. } => Evaluated::unknown("$(…)"),
            WordPart::Opaque { range } => Evaluated::unknown(shown(range)),
        }
    }

    /// Heredocs of the command that hold JSON, and the file it writes.
    fn heredocs(&mut self, command: &shell::Command) {
        let mut target = |redirect: &shell::Redirect| {
            matches!(&*redirect.operator, ">" | ">>" | ">|").then(|| redirect.target.literal()).flatten()
        };
        let file: Option<Arc<str>> = command.redirects.iter().find_map(&mut target).map(Arc::from);
        for redirect in command.redirects.iter().filter(|redirect| redirect.operator.starts_with("<<")) {
            if let Some(text) = self.json(&redirect.target) {
                self.heredocs.push(Heredoc { text, file: file.clone() });
            }
        }
    }

    /// A word that begins as JSON, with the place of each of its lines.
    fn json(&self, word: &Word) -> Option<Value> {
        let WordPart::Text { text, .. } = word.parts.first()? else { return None };
        if !text.trim_start().starts_with(['{', '[']) {
            return None;
        }
        let mut parts = Vec::new();
        let mut whole = Some(String::new());
        let mut causes = Causes::none();
        let mut sensitive = false;
        for part in &word.parts {
            if let WordPart::Text { text, range } = part {
                self.lines(text, range, &mut parts);
                if let Some(whole) = &mut whole {
                    whole.push_str(text);
                }
                continue;
            }
            let field = self.part(part).field(Origin::at(self.span(part.range())));
            let hole = registered::value(&field);
            causes.add_all(&hole.causes());
            sensitive |= hole.sensitive;
            whole = whole.zip(hole.as_str()).map(|(whole, text)| whole + text);
            parts.push(Part::hole(hole));
        }
        let origin = Origin::at(self.span(word.range.clone()));
        let value = match whole {
            Some(text) => Value::new(Kind::String(Text::built(text, Built::Template(parts))), origin),
            None => {
                let mut unknown = Unknown::new(causes);
                unknown.not_null = true;
                unknown.built = Some(Arc::new(Built::Template(parts)));
                Value::from_unknown(unknown, origin)
            }
        };
        Some(Value { sensitive, ..value })
    }

    /// Text line by line: the lines of a block scalar are not next to each other in the file.
    fn lines(&self, text: &str, range: &std::ops::Range<usize>, into: &mut Vec<Part>) {
        if text.len() != range.len() {
            into.push(Part::Literal { text: text.into(), span: self.span(range.clone()) });
            return;
        }
        let mut start = range.start;
        for line in text.split_inclusive('\n') {
            let bare = line.strip_suffix('\n').unwrap_or(line);
            if !bare.is_empty() {
                let span = self.span(start..start + bare.len());
                into.push(Part::Literal { text: bare.into(), span });
            }
            if bare.len() < line.len() {
                let end = start + bare.len();
                into.push(Part::Literal { text: "\n".into(), span: self.span(end..end) });
            }
            start += line.len();
        }
    }

    /// Adds a word; one that is an unquoted variable becomes as many words as its value has.
    fn expand(&self, word: &Word, into: &mut Vec<Argument>) {
        let value = self.word(word);
        let at = Origin::at(self.span(word.range.clone()));
        if let [WordPart::Variable { quoted: false, .. }] = word.parts.as_slice()
            && let Some(text) = value.certain()
        {
            let field = value.field(at);
            into.extend(
                text.split_whitespace()
                    .map(|part| Argument::plain(Field::known_at(part.to_owned(), field.origin.clone()))),
            );
            return;
        }
        into.push(Argument { word: value.field(at), json: self.json(word) });
    }
}

/// A word of a command, with places where it begins as JSON.
struct Argument {
    word: Field<String>,
    json: Option<Value>,
}

impl Argument {
    fn plain(word: Field<String>) -> Self {
        Self { word, json: None }
    }
}

/// `::set-output name=NAME::value`, the way to set outputs before `$GITHUB_OUTPUT`, which still works.
fn set_output_of(line: &Evaluated) -> Option<(String, Evaluated)> {
    let named = |text: &str| {
        let (name, value) = text.strip_prefix("::set-output name=")?.split_once("::")?;
        Some((name.to_owned(), value.to_owned()))
    };
    split_off(line, named)
}

/// `NAME=value` taken apart.
fn assignment_of(line: &Evaluated) -> Option<(String, Evaluated)> {
    let named = |text: &str| {
        let (name, value) = text.split_once('=')?;
        let fits = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        fits.then(|| (name.to_owned(), value.to_owned()))
    };
    split_off(line, named)
}

/// The name that known text starts with, and what stands behind it.
fn split_off(
    line: &Evaluated,
    named: impl Fn(&str) -> Option<(String, String)>,
) -> Option<(String, Evaluated)> {
    if let Some(text) = line.certain() {
        let (name, value) = named(&text)?;
        return Some((name, Evaluated::text(value)));
    }
    let (first, rest) = line.pattern.split_first()?;
    let PatternPart::Known(text) = first else { return None };
    let (name, start) = named(text)?;
    let mut value = line.clone();
    value.possible.clear();
    value.pattern.clear();
    if !start.is_empty() {
        value.pattern.push(PatternPart::Known(start.into()));
    }
    value.pattern.extend(rest.iter().cloned());
    Some((name, value))
}

/// The command behind `sudo`, `env A=1` and the like.
fn unwrapped(mut words: Vec<Argument>) -> Vec<Argument> {
    loop {
        let Some(program) = words.first().and_then(known) else { return words };
        if !WRAPPERS.contains(&program.as_str()) {
            return words;
        }
        let skip = |word: &Argument| {
            word.word
                .known()
                .is_some_and(|text| text.starts_with('-') || (program == "env" && text.contains('=')))
        };
        let behind = 1 + words.iter().skip(1).take_while(|word| skip(word)).count();
        words.drain(..behind);
    }
}

/// `aws --region x ecs update-service` with the options of `aws` itself behind the rest.
fn in_order(mut words: Vec<Argument>) -> Vec<Argument> {
    if words.first().and_then(known).is_none_or(|program| program != "aws" && !program.ends_with("/aws")) {
        return words;
    }
    let mut behind = 1;
    while let Some(option) = words.get(behind).and_then(known).filter(|text| text.starts_with("--")) {
        behind += if AWS_VALUES.contains(&option.as_str()) { 2 } else { 1 };
    }
    let behind = behind.min(words.len());
    let options: Vec<_> = words.drain(1..behind).collect();
    if let Some(program) = words.first_mut() {
        program.word = Field::known_at("aws".to_owned(), program.word.origin.clone());
    }
    words.extend(options);
    words
}

fn known(argument: &Argument) -> Option<&String> {
    argument.word.known()
}
