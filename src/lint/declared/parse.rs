//! Reads a `check:` and says with places what is wrong in it.

use std::sync::Arc;

use regex::RegexBuilder;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::condition::{Check, Condition, Fix, META, Message, MetaAttribute, Part, Path, Select, Step};
use super::operator::{Literal, OPERATORS, Operator, Takes, Test};
use super::tables::{Selectable, names, selectable};
use super::view::{Kind, Ty};
use crate::lint::{Applicability, Term};
use crate::source::Span;
use crate::syntax::tree::{Member, Node, NodeKind};
use crate::text::closest;

/// Conditions of one rule.
const MOST_CONDITIONS: usize = 200;
/// Conditions inside conditions.
const DEEPEST: usize = 16;
/// Values of one condition.
const MOST_VALUES: usize = 1_000;
/// Characters of a regular expression, and bytes of what it is compiled to.
const LONGEST_REGEX: usize = 1_000;
const LARGEST_REGEX: usize = 256 * 1024;

/// Something wrong in a rule.
#[derive(Debug, Clone)]
pub(crate) struct Mistake {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// What is known of the attributes of Terraform resource types.
pub(crate) trait Schema {
    /// Looks up the attribute that these names lead to.
    ///
    /// # Errors
    /// Says what the type does not have, and what was probably meant.
    fn attribute(&self, ty: &str, names: &[Arc<str>]) -> Result<Described, String>;
}

/// An attribute as a [`Schema`] knows it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Described {
    /// Decided by the provider where it is not written.
    pub(crate) computed: bool,
}

/// For rules that name no resource types.
pub(crate) struct NoSchema;

impl Schema for NoSchema {
    fn attribute(&self, _: &str, _: &[Arc<str>]) -> Result<Described, String> {
        Ok(Described::default())
    }
}

/// Reads one check, or a list of them.
///
/// # Errors
/// Every mistake found.
pub(crate) fn checks(node: &Node, schema: &dyn Schema) -> Result<Vec<Check>, Vec<Mistake>> {
    let mut reader = Reader { schema, mistakes: Vec::new(), conditions: 0 };
    let nodes = match &node.kind {
        NodeKind::List(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    if nodes.is_empty() {
        reader.mistake(node.span, "`check` is empty", None);
    }
    let mut checks = Vec::new();
    for node in nodes {
        reader.check(node, &mut checks);
    }
    if reader.mistakes.is_empty() { Ok(checks) } else { Err(reader.mistakes) }
}

/// Terraform resource types that the checks look at or ask for a connection to.
pub(crate) fn resource_types(checks: &[Check]) -> Vec<Arc<str>> {
    fn of_select(select: &Select, into: &mut Vec<Arc<str>>) {
        if let Select::Resource(ty) = select {
            into.push(ty.clone());
        }
    }
    fn of_condition(condition: &Condition, into: &mut Vec<Arc<str>>) {
        match condition {
            Condition::All(all) | Condition::Any(all) => all.iter().for_each(|one| of_condition(one, into)),
            Condition::Not(inner) | Condition::Items { condition: inner, .. } => of_condition(inner, into),
            Condition::Connected { to, condition, .. } => {
                of_select(to, into);
                condition.iter().for_each(|inner| of_condition(inner, into));
            }
            Condition::Attribute { .. } => {}
        }
    }
    let mut types = Vec::new();
    for check in checks {
        of_select(&check.select, &mut types);
        check.when.iter().chain([&check.condition]).for_each(|condition| of_condition(condition, &mut types));
    }
    types
}

const CHECK_KEYS: [&str; 12] = [
    "select",
    "resource",
    "each",
    "when",
    "require",
    "forbid",
    "at",
    "message",
    "message_absent",
    "help",
    "severity",
    "fix",
];
const CONDITION_KEYS: [&str; 14] = [
    "all",
    "any",
    "not",
    "attribute",
    "operator",
    "value",
    "default",
    "match",
    "some",
    "every",
    "none",
    "where",
    "connected_to",
    "not_connected_to",
];
/// Words of Checkov's dialect and what they are here.
const FOREIGN: [(&str, &str); 6] = [
    ("and", "write `all`"),
    ("or", "write `any`"),
    ("cond_type", "leave it out: `attribute`, `all` and `connected_to` say which condition it is"),
    ("resource_types", "name the type once, as `resource:` of the check"),
    ("connected_resource_types", "write `connected_to`"),
    ("definition", "write `require`, or `forbid` for what must not be"),
];

/// What a path starts at or has come to.
#[derive(Debug, Clone)]
enum Cursor {
    Kind(&'static Kind),
    Of(Ty, Option<fn() -> &'static Kind>),
    /// Inside the arguments of a resource type; without one, a document of any shape.
    Raw(Option<Arc<str>>, Vec<Arc<str>>),
}

#[derive(Debug, Clone)]
struct Scope {
    start: Cursor,
    parent: Option<(&'static str, &'static Kind)>,
}

/// How a path that branches is read where the rule does not say: the way that finds more.
#[derive(Debug, Clone, Copy)]
struct Strict {
    every: bool,
}

impl Strict {
    fn turned(self) -> Self {
        Self { every: !self.every }
    }
}

struct Reader<'s> {
    schema: &'s dyn Schema,
    mistakes: Vec<Mistake>,
    conditions: usize,
}

type Wrong = (String, Option<String>);

impl Reader<'_> {
    fn mistake(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.mistakes.push(Mistake { span, message: message.into(), help });
    }

    fn members<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Option<&'n [Member]> {
        let NodeKind::Map(members) = &node.kind else {
            self.mistake(node.span, format!("{what} must be a mapping"), None);
            return None;
        };
        let mut seen: Vec<&str> = Vec::new();
        for member in members {
            if seen.contains(&&*member.key) {
                self.mistake(member.key_span, format!("`{}` is written twice", member.key), None);
            }
            seen.push(&member.key);
            if !known.contains(&&*member.key) {
                let foreign = FOREIGN.iter().find(|(key, _)| **key == *member.key);
                let help = foreign.map(|(_, help)| (*help).to_owned());
                let meant = || closest(&member.key, known.iter().copied());
                let help = help
                    .or_else(|| meant().map(|key| format!("did you mean `{key}`?")))
                    .unwrap_or_else(|| format!("known keys: {}", known.join(", ")));
                self.mistake(member.key_span, format!("unknown key `{}` in {what}", member.key), Some(help));
            }
        }
        Some(members)
    }

    fn text(&mut self, node: &Node, key: &str) -> Option<Arc<str>> {
        let text = node.scalar_text();
        if text.is_none() {
            self.mistake(node.span, format!("`{key}` must be text"), None);
        }
        text
    }

    /// One text or a list of texts.
    fn texts<'n>(&mut self, node: &'n Node, key: &str) -> Vec<(Arc<str>, &'n Node)> {
        let nodes = match &node.kind {
            NodeKind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        nodes.iter().filter_map(|node| Some((self.text(node, key)?, node))).collect()
    }

    fn check(&mut self, node: &Node, into: &mut Vec<Check>) {
        if self.members(node, "a check", &CHECK_KEYS).is_none() {
            return;
        }
        let before = self.mistakes.len();
        let selects: Vec<Select> = match (node.get("select"), node.member("resource")) {
            (Some(_), Some(second)) => {
                self.mistake(second.key_span, "a check has either `select` or `resource`", None);
                return;
            }
            (None, None) => {
                let help = "`select: service` looks at a kind of the model, `resource: aws_sqs_queue` at a \
                            Terraform resource type";
                self.mistake(node.span, "a check needs `select` or `resource`", Some(help.to_owned()));
                return;
            }
            (Some(value), None) => self
                .texts(value, "select")
                .into_iter()
                .filter_map(|(name, node)| self.kind(&name, node.span).map(Select::Kind))
                .collect(),
            (None, Some(member)) => self
                .texts(&member.value, "resource")
                .into_iter()
                .filter_map(|(ty, node)| self.resource(ty, node.span))
                .collect(),
        };
        let (condition, forbids) = match (node.member("require"), node.member("forbid")) {
            (Some(require), None) => (&require.value, false),
            (None, Some(forbid)) => (&forbid.value, true),
            (Some(_), Some(second)) => {
                self.mistake(second.key_span, "a check has either `require` or `forbid`", None);
                return;
            }
            (None, None) => {
                let help = "`require:` says what must be, `forbid:` what must not be";
                self.mistake(node.span, "a check needs `require` or `forbid`", Some(help.to_owned()));
                return;
            }
        };
        let Some(message) = node.get("message") else {
            let help = "one sentence without a full stop; `{desired_count}` puts in a value";
            self.mistake(node.span, "a check needs a `message`", Some(help.to_owned()));
            return;
        };
        let severity = node.get("severity").and_then(|node| {
            let severity = node.as_str().and_then(|text| text.parse().ok());
            if severity.is_none() {
                let help = Some("one of error, warning, info".to_owned());
                self.mistake(node.span, "`severity` is no severity", help);
            }
            severity
        });
        let fix = node.get("fix").and_then(|node| self.fix(node));
        for select in selects {
            if fix.is_some() && !can_be_fixed(&select, node.get("each").is_some()) {
                let help = "a fix sets an argument of a resource, or a field of a container".to_owned();
                let at = node.member("fix").map_or(node.span, |member| member.key_span);
                self.mistake(at, "this cannot be fixed by a rule", Some(help));
            }
            let outer = scope_of(&select);
            let when =
                node.get("when").and_then(|node| self.condition(node, &outer, Strict { every: false }, 0));
            let mut scope = outer.clone();
            let each = node.get("each").and_then(|node| {
                let (path, inner) = self.list(node, "each", &outer)?;
                scope = Scope { start: inner, parent: None };
                Some(path)
            });
            let condition = self.condition(condition, &scope, Strict { every: !forbids }, 0);
            let at = node.get("at").and_then(|node| {
                let text = self.text(node, "at")?;
                self.path(&text, node.span, &scope).map(|(path, _)| path)
            });
            let message = self.message(message, "message", &scope);
            let message_absent =
                node.get("message_absent").and_then(|node| self.message(node, "message_absent", &scope));
            let help = node.get("help").and_then(|node| self.message(node, "help", &scope));
            let (Some(condition), Some(message)) = (condition, message) else { continue };
            into.push(Check {
                select,
                each,
                when,
                condition,
                forbids,
                at,
                message,
                message_absent,
                help,
                severity,
                fix: fix.clone(),
            });
            if self.mistakes.len() > before {
                // The same mistake would be found for the next kind as well.
                return;
            }
        }
    }

    fn fix(&mut self, node: &Node) -> Option<Fix> {
        self.members(node, "`fix`", &["set", "value", "applicability"])?;
        let (Some(set), Some(value)) = (node.get("set"), node.get("value")) else {
            let help = "`{set: deletion_protection, value: true, applicability: safe}`".to_owned();
            self.mistake(node.span, "`fix` needs `set` and `value`", Some(help));
            return None;
        };
        let argument = self.text(set, "set")?;
        let is_name = !argument.is_empty() && argument.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let term = match literal(value) {
            Some(Literal::Flag(flag)) => Some(Term::Bool(flag)),
            Some(Literal::Number(number)) if number.is_integer() => number.to_i64().map(Term::Number),
            Some(Literal::Text(text)) => Some(Term::Text(text)),
            Some(Literal::Number(_)) | None => None,
        };
        let applicability = match node.get("applicability").map(|node| (node.as_str(), node.span)) {
            None | Some((Some("unsafe"), _)) => Applicability::Unsafe,
            Some((Some("safe"), _)) => Applicability::Safe,
            Some((_, span)) => {
                self.mistake(span, "`applicability` is `safe` or `unsafe`", None);
                return None;
            }
        };
        match term {
            Some(value) if is_name => Some(Fix { argument, value, applicability }),
            _ => {
                let message = if is_name {
                    "a fix writes text, a whole number, true or false"
                } else {
                    "`set` is the name of an argument"
                };
                self.mistake(node.span, message, None);
                None
            }
        }
    }

    fn kind(&mut self, name: &str, span: Span) -> Option<&'static Selectable> {
        let found = selectable(name);
        if found.is_none() {
            let help = if name.starts_with("aws_") {
                format!("a Terraform resource type is written `resource: {name}`")
            } else {
                closest(name, names()).map_or_else(
                    || format!("one of {}", names().collect::<Vec<_>>().join(", ")),
                    |kind| format!("did you mean `{kind}`?"),
                )
            };
            self.mistake(span, format!("there is no kind `{name}`"), Some(help));
        }
        found
    }

    fn resource(&mut self, ty: Arc<str>, span: Span) -> Option<Select> {
        match self.schema.attribute(&ty, &[]) {
            Ok(_) => Some(Select::Resource(ty)),
            Err(message) => {
                self.mistake(span, message, None);
                None
            }
        }
    }

    fn condition(&mut self, node: &Node, scope: &Scope, strict: Strict, depth: usize) -> Option<Condition> {
        self.conditions += 1;
        if depth > DEEPEST || self.conditions > MOST_CONDITIONS {
            if self.conditions <= MOST_CONDITIONS + 1 || depth == DEEPEST + 1 {
                let message =
                    format!("a rule has at most {MOST_CONDITIONS} conditions, nested at most {DEEPEST} deep");
                self.mistake(node.span, message, None);
            }
            return None;
        }
        // A list of conditions: all of them.
        if let NodeKind::List(_) = node.kind {
            return self.several(node, scope, strict, depth).map(Condition::All);
        }
        let members = self.members(node, "a condition", &CONDITION_KEYS)?;
        let heads =
            ["all", "any", "not", "attribute", "some", "every", "none", "connected_to", "not_connected_to"];
        let mut found = members.iter().filter(|member| heads.contains(&&*member.key));
        let Some(head) = found.next() else {
            let help = "write `attribute`, `all`, `any`, `not`, `some`, `every`, `none` or `connected_to`";
            self.mistake(node.span, "this says no condition", Some(help.to_owned()));
            return None;
        };
        if let Some(second) = found.next() {
            let message = format!("`{}` and `{}` are two conditions", head.key, second.key);
            self.mistake(second.key_span, message, Some("put both into a list under `all`".to_owned()));
            return None;
        }
        let allowed: &[&str] = match &*head.key {
            "attribute" => &["operator", "value", "default", "match"],
            "some" | "every" | "none" | "connected_to" | "not_connected_to" => &["where"],
            _ => &[],
        };
        for member in members.iter().filter(|member| member.key_span != head.key_span) {
            if CONDITION_KEYS.contains(&&*member.key) && !allowed.contains(&&*member.key) {
                let message = format!("`{}` does not go with `{}`", member.key, head.key);
                self.mistake(member.key_span, message, None);
            }
        }
        match &*head.key {
            "all" => self.several(&head.value, scope, strict, depth).map(Condition::All),
            "any" => self.several(&head.value, scope, strict, depth).map(Condition::Any),
            "not" => {
                let inner = self.condition(&head.value, scope, strict.turned(), depth + 1)?;
                Some(Condition::Not(Box::new(inner)))
            }
            "attribute" => self.attribute(node, head, scope, strict),
            "some" | "every" | "none" => self.items(node, head, scope, strict, depth),
            _ => self.connected(node, head, scope, strict, depth),
        }
    }

    fn several(
        &mut self,
        node: &Node,
        scope: &Scope,
        strict: Strict,
        depth: usize,
    ) -> Option<Vec<Condition>> {
        let NodeKind::List(nodes) = &node.kind else {
            self.mistake(node.span, "this must be a list of conditions", None);
            return None;
        };
        if nodes.is_empty() {
            self.mistake(node.span, "the list of conditions is empty", None);
        }
        nodes.iter().map(|node| self.condition(node, scope, strict, depth + 1)).collect()
    }

    fn items(
        &mut self,
        node: &Node,
        head: &Member,
        scope: &Scope,
        strict: Strict,
        depth: usize,
    ) -> Option<Condition> {
        let (path, inner) = self.list(&head.value, &head.key, scope)?;
        let Some(condition) = node.get("where") else {
            let help = "`where:` says what is asked of the items".to_owned();
            self.mistake(node.span, format!("`{}` needs `where`", head.key), Some(help));
            return None;
        };
        let every = &*head.key == "every";
        let strict = if &*head.key == "none" { strict.turned() } else { strict };
        let scope = Scope { start: inner, parent: None };
        let condition = Box::new(self.condition(condition, &scope, strict, depth + 1)?);
        let items = Condition::Items { path, every, condition };
        Some(if &*head.key == "none" { Condition::Not(Box::new(items)) } else { items })
    }

    fn connected(
        &mut self,
        node: &Node,
        head: &Member,
        scope: &Scope,
        strict: Strict,
        depth: usize,
    ) -> Option<Condition> {
        let name = self.text(&head.value, &head.key)?;
        let raw = matches!(scope.start, Cursor::Raw(Some(_), _));
        let to = if raw {
            self.resource(name, head.value.span)?
        } else if matches!(scope.start, Cursor::Kind(kind) if selectable(kind.name).is_some()) {
            Select::Kind(self.kind(&name, head.value.span)?)
        } else {
            let help = "ask for the connection outside the list".to_owned();
            self.mistake(head.key_span, "items of a list have no connections", Some(help));
            return None;
        };
        let negated = &*head.key == "not_connected_to";
        let strict = if negated { strict.turned() } else { strict };
        let inner = scope_of(&to);
        let condition = match node.get("where") {
            Some(node) => Some(Box::new(self.condition(node, &inner, strict, depth + 1)?)),
            None => None,
        };
        Some(Condition::Connected { to, negated, condition })
    }

    fn attribute(&mut self, node: &Node, head: &Member, scope: &Scope, strict: Strict) -> Option<Condition> {
        let text = self.text(&head.value, "attribute")?;
        let (path, end) = self.path(&text, head.value.span, scope)?;
        let Some(named) = node.get("operator") else {
            let help = format!("`operator:` is one of {}", operators());
            self.mistake(node.span, "the condition needs an `operator`", Some(help));
            return None;
        };
        let name = self.text(named, "operator")?;
        let Some((_, operator, negated, takes)) = OPERATORS.iter().find(|(known, ..)| **known == *name)
        else {
            let known = OPERATORS.iter().map(|(name, ..)| *name);
            let help = closest(&name, known).map_or_else(
                || format!("one of {}", operators()),
                |meant| format!("did you mean `{meant}`?"),
            );
            self.mistake(named.span, format!("there is no operator `{name}`"), Some(help));
            return None;
        };
        if let Some((message, help)) = unfit(&text, &end, *operator, &name) {
            self.mistake(named.span, message, help);
            return None;
        }
        let values = self.values(node, &name, *takes)?;
        for (value, span) in &values {
            if let Some((message, help)) = unfit_value(&text, &end, *operator, value) {
                self.mistake(*span, message, help);
                return None;
            }
        }
        let values: Vec<Literal> = values.into_iter().map(|(value, _)| value).collect();
        let regex = match operator {
            Operator::RegexMatch => Some(self.regex(node, &values)?),
            _ => None,
        };
        let default = match node.get("default") {
            None => None,
            Some(node) => match literal(node) {
                Some(literal) => Some(literal),
                None => {
                    self.mistake(node.span, "`default` must be text, a number, true or false", None);
                    return None;
                }
            },
        };
        let every = match node.get("match") {
            None => strict.every,
            Some(node) => match node.as_str() {
                Some("any") => false,
                Some("every") => true,
                _ => {
                    self.mistake(node.span, "`match` is `any` or `every`", None);
                    return None;
                }
            },
        };
        let test = Test { operator: *operator, negated: *negated, values, regex, default };
        Some(Condition::Attribute { path, every, test })
    }

    fn values(&mut self, node: &Node, operator: &str, takes: Takes) -> Option<Vec<(Literal, Span)>> {
        let Some(member) = node.member("value") else {
            if takes == Takes::Nothing {
                return Some(Vec::new());
            }
            let message = format!("`{operator}` needs a `value`: {}", takes.describe());
            self.mistake(node.span, message, None);
            return None;
        };
        let value = &member.value;
        let nodes = match (&value.kind, takes) {
            (NodeKind::List(items), Takes::List | Takes::Range) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let literals: Option<Vec<(Literal, Span)>> =
            nodes.iter().map(|node| literal(node).map(|literal| (literal, node.span))).collect();
        let fits = literals.as_ref().is_some_and(|literals| {
            let number = |literal: &Literal| matches!(literal, Literal::Number(_));
            match takes {
                Takes::Nothing => false,
                Takes::Scalar | Takes::Text => true,
                Takes::Number => literals.iter().all(|(literal, _)| number(literal)),
                Takes::Count => literals.iter().all(|(literal, _)| match literal {
                    Literal::Number(number) => number.is_integer() && !number.is_sign_negative(),
                    _ => false,
                }),
                Takes::Range => literals.len() == 2 && literals.iter().all(|(literal, _)| number(literal)),
                Takes::List => literals.len() <= MOST_VALUES && !literals.is_empty(),
            }
        });
        if !fits {
            let message = format!("`{operator}` takes {}", takes.describe());
            self.mistake(value.span, message, None);
            return None;
        }
        literals
    }

    fn regex(&mut self, node: &Node, values: &[Literal]) -> Option<regex::Regex> {
        let span = node.get("value").map_or(node.span, |value| value.span);
        let Some(Literal::Text(pattern)) = values.first() else {
            self.mistake(span, "a regular expression must be text", None);
            return None;
        };
        if pattern.chars().count() > LONGEST_REGEX {
            self.mistake(span, format!("a regular expression has at most {LONGEST_REGEX} characters"), None);
            return None;
        }
        let built = RegexBuilder::new(pattern)
            .size_limit(LARGEST_REGEX)
            .dfa_size_limit(LARGEST_REGEX)
            .nest_limit(50)
            .build();
        match built {
            Ok(regex) => Some(regex),
            Err(regex::Error::CompiledTooBig(_)) => {
                self.mistake(span, "the regular expression is too large", None);
                None
            }
            Err(error) => {
                let text = error.to_string();
                let why = text.lines().last().unwrap_or_default();
                let why = why.strip_prefix("error: ").unwrap_or(why);
                let help =
                    "look-around and back-references are not there: matching takes linear time".to_owned();
                self.mistake(span, format!("this is no regular expression: {why}"), Some(help));
                None
            }
        }
    }

    /// A path to a list, and what its items are.
    fn list(&mut self, node: &Node, key: &str, scope: &Scope) -> Option<(Path, Cursor)> {
        let text = self.text(node, key)?;
        let (path, end) = self.path(&text, node.span, scope)?;
        match end {
            Cursor::Of(Ty::List(inner), target) => {
                let inner = match inner {
                    Ty::Object(kind) => Cursor::Kind(kind()),
                    ty => Cursor::Of(*ty, target),
                };
                Some((path, inner))
            }
            Cursor::Of(Ty::Any, _) => Some((path, Cursor::Raw(None, Vec::new()))),
            Cursor::Raw(..) => Some((path, end)),
            _ => {
                self.mistake(node.span, format!("`{text}` is no list"), None);
                None
            }
        }
    }

    /// Words with `{attribute}` in them; braces are doubled to stand for themselves.
    fn message(&mut self, node: &Node, key: &str, scope: &Scope) -> Option<Message> {
        let text = self.text(node, key)?;
        let mut parts = Vec::new();
        let mut words = String::new();
        let mut rest = text.trim_end();
        while let Some(at) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(at);
            words.push_str(before);
            if let Some(after) = after.strip_prefix("{{") {
                words.push('{');
                rest = after;
            } else if let Some(after) = after.strip_prefix("}}") {
                words.push('}');
                rest = after;
            } else if let Some((name, after)) =
                after.strip_prefix('{').and_then(|after| after.split_once('}'))
            {
                let (path, _) = self.path(name.trim(), node.span, scope)?;
                parts.push(Part::Words(std::mem::take(&mut words)));
                parts.push(Part::Value(path));
                rest = after;
            } else {
                let help = "write `{{` and `}}` for braces that are no placeholder".to_owned();
                self.mistake(node.span, format!("a brace in `{key}` is not closed or opened"), Some(help));
                return None;
            }
        }
        words.push_str(rest);
        parts.push(Part::Words(words));
        parts.retain(|part| *part != Part::Words(String::new()));
        if parts.is_empty() {
            self.mistake(node.span, format!("`{key}` is empty"), None);
            return None;
        }
        Some(Message(parts))
    }

    fn path(&mut self, text: &str, span: Span, scope: &Scope) -> Option<(Path, Cursor)> {
        let read = segments(text).ok_or_else(|| {
            let help =
                "names with dots between them, `*` for every item, `tags[\"a.b\"]` for a name with a dot";
            (format!("`{text}` is no path"), Some(help.to_owned()))
        });
        match read.and_then(|segments| self.walk(&segments, scope)) {
            Ok(found) => Some(found),
            Err((message, help)) => {
                self.mistake(span, message, help);
                None
            }
        }
    }

    fn walk(&self, segments: &[Segment], scope: &Scope) -> Result<(Path, Cursor), Wrong> {
        let mut path = Path { steps: Vec::new(), name: None, secret: false, computed: false };
        let mut cursor = scope.start.clone();
        for (at, segment) in segments.iter().enumerate() {
            if let Segment::Name(name) = segment {
                path.name = Some(name.to_string());
                if at == 0
                    && let Some((_, kind)) = scope.parent.filter(|(parent, _)| **parent == **name)
                {
                    path.steps.push(Step::Parent);
                    cursor = Cursor::Kind(kind);
                    continue;
                }
            }
            let parent = scope.parent.filter(|_| at == 0).map(|(name, _)| name);
            cursor = self.step(cursor, segment, parent, at == 0, &mut path)?;
        }
        if let Cursor::Raw(Some(ty), names) = &cursor
            && let Some(Step::Key(_)) = path.steps.first()
        {
            path.computed = self.schema.attribute(ty, names).map_err(|message| (message, None))?.computed;
            path.secret |= names.last().is_some_and(|name| is_secret_name(name));
        }
        Ok((path, cursor))
    }

    fn step(
        &self,
        cursor: Cursor,
        segment: &Segment,
        parent: Option<&'static str>,
        first: bool,
        path: &mut Path,
    ) -> Result<Cursor, Wrong> {
        let wrong = |message: String, help: Option<String>| Err((message, help));
        match (cursor, segment) {
            (Cursor::Kind(kind), Segment::Name(name)) => attribute_of(kind, name, parent, path),
            (Cursor::Of(Ty::Object(kind), _), Segment::Name(name)) => {
                attribute_of(kind(), name, parent, path)
            }
            (Cursor::Of(Ty::Reference, Some(kind)), Segment::Name(name)) => {
                attribute_of(kind(), name, parent, path)
            }
            (Cursor::Of(Ty::List(inner), target), Segment::Each) => {
                path.steps.push(Step::Each);
                Ok(Cursor::Of(*inner, target))
            }
            (Cursor::Of(Ty::List(_), _), Segment::Name(name)) => wrong(
                format!("a list comes before `{name}`"),
                Some(format!("write `*.{name}` for every item of the list")),
            ),
            (Cursor::Of(Ty::Map, _), Segment::Name(name)) => {
                path.steps.push(Step::Key(name.clone()));
                Ok(Cursor::Of(Ty::Text, None))
            }
            (Cursor::Of(Ty::Any, _), segment) => {
                path.steps.push(segment.step());
                Ok(Cursor::Of(Ty::Any, None))
            }
            (Cursor::Raw(ty, mut names), segment) => {
                if let Segment::Name(name) = segment {
                    let meta = META.iter().find(|(known, _)| first && ty.is_some() && *known == &**name);
                    if let Some((_, meta)) = meta.filter(|(_, meta)| *meta != MetaAttribute::Region) {
                        path.steps.push(Step::Meta(*meta));
                        return Ok(Cursor::Of(meta_type(*meta), None));
                    }
                    names.push(name.clone());
                    if let Some(ty) = &ty {
                        self.schema.attribute(ty, &names).map_err(|message| (message, None))?;
                    }
                }
                path.steps.push(segment.step());
                Ok(Cursor::Raw(ty, names))
            }
            (_, Segment::Each) => {
                wrong("`*` stands for the items of a list, and this is none".to_owned(), None)
            }
            (_, Segment::Name(name)) => wrong(format!("nothing is inside, so `{name}` leads nowhere"), None),
        }
    }
}

/// A part of a path as written.
#[derive(Debug)]
enum Segment {
    Name(Arc<str>),
    Each,
}

impl Segment {
    fn step(&self) -> Step {
        match self {
            Self::Name(name) => Step::Key(name.clone()),
            Self::Each => Step::Each,
        }
    }
}

/// `a.b`, `a.*.b`, `a[*].b`, `tags["a.b"]`.
fn segments(text: &str) -> Option<Vec<Segment>> {
    let mut segments = Vec::new();
    let mut rest = text.trim();
    loop {
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let (name, after) = quoted.split_once("\"]")?;
            segments.push(Segment::Name(name.into()));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("[*]") {
            segments.push(Segment::Each);
            rest = after;
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            match name {
                "" => return None,
                "*" => segments.push(Segment::Each),
                name if name.contains(|c: char| c.is_whitespace() || c == ']') => return None,
                name => segments.push(Segment::Name(name.into())),
            }
            rest = after;
        }
        rest = match rest.strip_prefix('.') {
            Some(after) => after,
            None if rest.is_empty() => return Some(segments),
            None if rest.starts_with('[') => rest,
            None => return None,
        };
    }
}

fn attribute_of(
    kind: &'static Kind,
    name: &Arc<str>,
    parent: Option<&'static str>,
    path: &mut Path,
) -> Result<Cursor, Wrong> {
    let found = kind.attributes.iter().enumerate().find(|(_, attribute)| attribute.name == &**name);
    if let Some((position, attribute)) = found {
        path.steps.push(Step::Attribute(position));
        path.secret = attribute.secret;
        return Ok(match attribute.ty {
            Ty::Object(kind) => Cursor::Kind(kind()),
            ty => Cursor::Of(ty, attribute.target),
        });
    }
    let meta = META.iter().filter(|_| kind.is_node);
    if let Some((_, of)) = meta.clone().find(|(known, _)| *known == &**name) {
        path.steps.push(Step::Meta(*of));
        return Ok(Cursor::Of(meta_type(*of), None));
    }
    let known: Vec<&str> = kind
        .attributes
        .iter()
        .map(|attribute| attribute.name)
        .chain(meta.map(|(name, _)| *name))
        .chain(parent)
        .collect();
    let help = closest(name, known.iter().copied()).map_or_else(
        || format!("a {} has {}", kind.name, known.join(", ")),
        |meant| format!("did you mean `{meant}`?"),
    );
    Err((format!("a {} has no attribute `{name}`", kind.name), Some(help)))
}

fn meta_type(of: MetaAttribute) -> Ty {
    if of == MetaAttribute::Tags { Ty::Map } else { Ty::Text }
}

/// What a task definition calls its fields depends on the file, and workflows have no arguments.
fn can_be_fixed(select: &Select, each: bool) -> bool {
    match select {
        _ if each => false,
        Select::Resource(_) => true,
        Select::Kind(kind) => {
            let kind = (kind.kind)();
            kind.name == "container"
                || (kind.is_node && !["task-definition", "workflow"].contains(&kind.name))
        }
    }
}

fn scope_of(select: &Select) -> Scope {
    match select {
        Select::Kind(kind) => Scope {
            start: Cursor::Kind((kind.kind)()),
            parent: kind.parent.map(|(name, kind)| (name, kind())),
        },
        Select::Resource(ty) => Scope { start: Cursor::Raw(Some(ty.clone()), Vec::new()), parent: None },
    }
}

fn literal(node: &Node) -> Option<Literal> {
    match &node.kind {
        NodeKind::String(text) => Some(Literal::Text(text.to_string())),
        NodeKind::Number(text) => {
            Some(text.parse::<Decimal>().map_or_else(|_| Literal::Text(text.to_string()), Literal::Number))
        }
        NodeKind::Bool(flag) => Some(Literal::Flag(*flag)),
        NodeKind::Null | NodeKind::List(_) | NodeKind::Map(_) | NodeKind::Broken(_) => None,
    }
}

fn operators() -> String {
    OPERATORS.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ")
}

/// Why an operator cannot be asked of an attribute of this type.
fn unfit(path: &str, end: &Cursor, operator: Operator, name: &str) -> Option<Wrong> {
    let (what, fits): (&str, bool) = match end {
        Cursor::Raw(..) | Cursor::Of(Ty::Any, _) => return None,
        Cursor::Kind(_) | Cursor::Of(Ty::Object(_), _) => ("an object", operator == Operator::Exists),
        Cursor::Of(Ty::Presence, _) => ("something that is there or not", operator == Operator::Exists),
        Cursor::Of(Ty::Map, _) => {
            ("a map", matches!(operator, Operator::Exists | Operator::IsEmpty | Operator::Length(_)))
        }
        Cursor::Of(Ty::List(_), _) => (
            "a list",
            matches!(
                operator,
                Operator::Exists
                    | Operator::IsEmpty
                    | Operator::Length(_)
                    | Operator::Contains
                    | Operator::Intersects
                    | Operator::Subset
            ),
        ),
        Cursor::Of(Ty::Number, _) => (
            "a number",
            matches!(
                operator,
                Operator::Exists
                    | Operator::Equals
                    | Operator::Within
                    | Operator::Compare(_)
                    | Operator::Between
            ),
        ),
        Cursor::Of(Ty::Flag, _) => {
            ("true or false", matches!(operator, Operator::Exists | Operator::Equals | Operator::Is(_)))
        }
        Cursor::Of(Ty::Text | Ty::Reference, _) => (
            "text",
            !matches!(
                operator,
                Operator::Is(_)
                    | Operator::Compare(_)
                    | Operator::Between
                    | Operator::Intersects
                    | Operator::Subset
            ),
        ),
    };
    let help = match end {
        Cursor::Of(Ty::List(_), _) => Some(format!("`{path}.*` asks every item")),
        _ => None,
    };
    (!fits).then(|| (format!("`{path}` is {what}, which `{name}` cannot be asked of"), help))
}

/// Why a value can never equal an attribute of this type.
fn unfit_value(path: &str, end: &Cursor, operator: Operator, value: &Literal) -> Option<Wrong> {
    let Cursor::Of(ty, _) = end else { return None };
    let fits = match (ty, value) {
        (Ty::Number, Literal::Number(_)) => true,
        (Ty::Number, Literal::Text(text)) => text.parse::<Decimal>().is_ok(),
        (Ty::Number, Literal::Flag(_)) => false,
        (Ty::Flag, Literal::Flag(_)) => true,
        (Ty::Flag, Literal::Text(text)) => matches!(text.as_str(), "true" | "false"),
        (Ty::Flag, Literal::Number(_)) => false,
        _ => return None,
    };
    if fits || matches!(operator, Operator::Length(_)) {
        return None;
    }
    let what = if matches!(ty, Ty::Number) { "a number" } else { "true or false" };
    Some((format!("`{path}` is {what}, and the value is not"), None))
}

/// Arguments whose values are never part of a message.
fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "secret", "token", "private_key", "api_key", "auth"].iter().any(|word| name.contains(word))
        && !name.ends_with("_arn")
        && !name.ends_with("_id")
}
