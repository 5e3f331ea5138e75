//! Terraform's JSON syntax (`.tf.json`, `.tfvars.json`) to the same syntax tree as HCL.

use std::sync::Arc;

use crate::source::{FileId, Span};
use crate::syntax::hcl::{
    self, Attribute, Block, Body, Expr, ExprKind, Item, ItemKey, Label, Parsed, Problem, ProblemKind,
};
use crate::syntax::json;
use crate::syntax::tree::{Member, Node, NodeKind};
use crate::value::Value;

/// How many labels a top-level block has.
fn label_count(kind: &str) -> usize {
    match kind {
        "resource" | "data" | "ephemeral" => 2,
        "variable" | "output" | "module" | "provider" | "check" => 1,
        _ => 0,
    }
}

/// Nested blocks inside the blocks of Terraform itself; what a provider's blocks are, the file does not tell.
fn is_block(parent: &str, name: &str) -> bool {
    match parent {
        "resource" | "data" | "ephemeral" => {
            matches!(name, "lifecycle" | "dynamic" | "provisioner" | "connection")
        }
        "lifecycle" => matches!(name, "precondition" | "postcondition"),
        "variable" => name == "validation",
        "output" => name == "precondition",
        "terraform" => matches!(name, "backend" | "cloud" | "required_providers"),
        "provider" => matches!(name, "default_tags" | "assume_role" | "ignore_tags" | "endpoints"),
        "dynamic" => name == "content",
        _ => false,
    }
}

fn problems(parsed: &crate::syntax::Parsed) -> Vec<Problem> {
    let problem = |kind, span, message: String, related| Problem { kind, span, message, related };
    let errors = parsed
        .errors
        .iter()
        .map(|error| problem(ProblemKind::Syntax, error.span, error.message.clone(), Vec::new()));
    let twice = parsed.duplicates.iter().map(|twice| {
        let message =
            format!("the key \"{}\" is written twice in this object; the last value counts", twice.key);
        problem(
            ProblemKind::DuplicateKey,
            twice.second,
            message,
            vec![(twice.first, "written here first".to_owned())],
        )
    });
    errors.chain(twice).collect()
}

/// Reads a `.tf.json` file.
pub(crate) fn parse_body(text: &str, file: FileId) -> Parsed {
    let span = Span::new(file, 0..text.len());
    let parsed = json::parse(text, file, false);
    let mut reader = Reader { problems: problems(&parsed) };
    let mut body = Body { span, attributes: Vec::new(), blocks: Vec::new() };
    for root in parsed.root().into_iter().flat_map(objects) {
        for member in root.members() {
            if &*member.key == "//" {
                continue;
            }
            let mut labels = Vec::new();
            reader.blocks(member, label_count(&member.key), &member.value, &mut labels, &mut body.blocks);
        }
    }
    Parsed { body, problems: reader.problems }
}

/// Reads a `.tfvars.json` file: strings in it are literal.
pub(crate) fn values(text: &str, file: FileId) -> (Vec<(Arc<str>, Value)>, Vec<Problem>) {
    let parsed = json::parse(text, file, false);
    let members = parsed.root().map(Node::members).unwrap_or_default();
    let values = members.iter().map(|member| (member.key.clone(), member.value.to_value())).collect();
    (values, problems(&parsed))
}

/// The objects of a node: itself, or the items of a list.
fn objects(node: &Node) -> Vec<&Node> {
    match &node.kind {
        NodeKind::List(items) => items.iter().flat_map(objects).collect(),
        NodeKind::Map(_) => vec![node],
        _ => Vec::new(),
    }
}

struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn blocks(
        &mut self,
        keyword: &Member,
        labels_left: usize,
        node: &Node,
        labels: &mut Vec<Label>,
        into: &mut Vec<Block>,
    ) {
        for object in objects(node) {
            if labels_left > 0 {
                for member in object.members().iter().filter(|member| &*member.key != "//") {
                    labels.push(Label { text: member.key.clone(), span: member.key_span });
                    self.blocks(keyword, labels_left - 1, &member.value, labels, into);
                    labels.pop();
                }
                continue;
            }
            let header = labels.last().map_or(keyword.key_span, |label| label.span);
            into.push(Block {
                kind: keyword.key.clone(),
                labels: labels.clone(),
                header,
                span: header.to(object.span),
                body: self.body(&keyword.key, object),
            });
        }
    }

    fn body(&mut self, kind: &str, object: &Node) -> Body {
        let mut body = Body { span: object.span, attributes: Vec::new(), blocks: Vec::new() };
        for member in object.members() {
            if &*member.key == "//" && kind != "locals" {
                continue;
            }
            if is_block(kind, &member.key) {
                let labels_left = usize::from(matches!(&*member.key, "dynamic" | "provisioner" | "backend"));
                self.blocks(member, labels_left, &member.value, &mut Vec::new(), &mut body.blocks);
                continue;
            }
            let literal = matches!(
                (kind, &*member.key),
                ("variable", "type" | "default") | ("module", "source" | "version")
            );
            let expr = if (kind, &*member.key) == ("variable", "type") {
                self.reference(&member.value)
            } else if matches!(
                &*member.key,
                "depends_on" | "provider" | "providers" | "ignore_changes" | "iterator"
            ) {
                self.references(&member.value)
            } else {
                self.expr(&member.value, literal)
            };
            body.attributes.push(Attribute {
                name: member.key.clone(),
                name_span: member.key_span,
                span: member.key_span.to(member.value.span),
                expr,
            });
        }
        body
    }

    /// A string that holds an expression without `${}`: a type, a reference.
    fn reference(&mut self, node: &Node) -> Expr {
        let NodeKind::String(text) = &node.kind else { return self.expr(node, true) };
        match hcl::parse_expression(text, node.span.file) {
            Ok(expr) => within(expr, node),
            Err(problem) => {
                self.problems.push(Problem { span: node.span, ..problem });
                Expr { span: node.span, kind: ExprKind::Null }
            }
        }
    }

    fn references(&mut self, node: &Node) -> Expr {
        match &node.kind {
            NodeKind::List(items) => {
                let items = items.iter().map(|item| self.reference(item)).collect();
                Expr { span: node.span, kind: ExprKind::Tuple(items) }
            }
            NodeKind::Map(members) => {
                let item = |member: &Member| Item {
                    key: ItemKey::Expr(Expr {
                        span: member.key_span,
                        kind: ExprKind::String(member.key.clone()),
                    }),
                    key_span: member.key_span,
                    value: self.reference(&member.value),
                };
                Expr { span: node.span, kind: ExprKind::Object(members.iter().map(item).collect()) }
            }
            _ => self.reference(node),
        }
    }

    fn expr(&mut self, node: &Node, literal: bool) -> Expr {
        let span = node.span;
        let kind = match &node.kind {
            NodeKind::Null => ExprKind::Null,
            NodeKind::Bool(value) => ExprKind::Bool(*value),
            NodeKind::Number(text) => match text.parse() {
                Ok(number) => ExprKind::Number(number),
                Err(_) => ExprKind::String(text.clone()),
            },
            NodeKind::String(text) if literal || !(text.contains("${") || text.contains("%{")) => {
                ExprKind::String(text.clone())
            }
            NodeKind::String(text) => match hcl::parse_template(text, span.file) {
                Ok(expr) => return within(expr, node),
                Err(problem) => {
                    self.problems.push(Problem { span, ..problem });
                    ExprKind::Null
                }
            },
            NodeKind::List(items) => {
                ExprKind::Tuple(items.iter().map(|item| self.expr(item, literal)).collect())
            }
            NodeKind::Map(members) => {
                let mut items = Vec::new();
                for member in members {
                    let key = Node { span: member.key_span, kind: NodeKind::String(member.key.clone()) };
                    items.push(Item {
                        key: ItemKey::Expr(self.expr(&key, literal)),
                        key_span: member.key_span,
                        value: self.expr(&member.value, literal),
                    });
                }
                ExprKind::Object(items)
            }
            NodeKind::Broken(_) => ExprKind::Null,
        };
        Expr { span, kind }
    }
}

/// An expression read from the text of a string, with its spans moved to where the string stands. With escapes
/// in the string, offsets inside it mean nothing: everything gets the span of the whole.
fn within(mut expr: Expr, node: &Node) -> Expr {
    let inner = node.span.range();
    let NodeKind::String(text) = &node.kind else { return expr };
    let exact = inner.len() == text.len() + 2;
    let start = node.span.start.saturating_add(1);
    hcl::map_spans(&mut expr, &mut |span| {
        if exact {
            Span {
                file: span.file,
                start: span.start.saturating_add(start),
                end: span.end.saturating_add(start),
            }
        } else {
            node.span
        }
    });
    expr
}
