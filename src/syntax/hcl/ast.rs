//! The syntax tree. Parentheses are gone except where they change the meaning (object keys).

use std::sync::Arc;

use crate::source::Span;
use crate::value::Number;

/// Arguments and blocks of a file or block, in the order written.
#[derive(Debug, Clone)]
pub struct Body {
    pub span: Span,
    pub attributes: Vec<Attribute>,
    pub blocks: Vec<Block>,
}

impl Body {
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name == name)
    }

    pub fn blocks<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| &*block.kind == kind)
    }
}

/// `name = expression`.
#[derive(Debug, Clone)]
pub struct Attribute {
    pub name: Arc<str>,
    pub name_span: Span,
    /// Name and expression.
    pub span: Span,
    pub expr: Expr,
}

/// `kind "label" … { body }`.
#[derive(Debug, Clone)]
pub struct Block {
    pub kind: Arc<str>,
    pub labels: Vec<Label>,
    /// Keyword and labels.
    pub header: Span,
    /// Header and body.
    pub span: Span,
    pub body: Body,
}

impl Block {
    #[must_use]
    pub fn label(&self, at: usize) -> Option<&Label> {
        self.labels.get(at)
    }
}

#[derive(Debug, Clone)]
pub struct Label {
    pub text: Arc<str>,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub struct Expr {
    pub span: Span,
    pub kind: ExprKind,
}

#[derive(Debug, Clone)]
pub enum ExprKind {
    Null,
    Bool(bool),
    Number(Number),
    /// A quoted string without interpolation.
    String(Arc<str>),
    /// A quoted or heredoc template. A heredoc without interpolation has literal parts only.
    Template(Vec<TemplatePart>),
    /// A template of nothing but one interpolation: the value itself, of whatever type.
    Wrapped(Box<Expr>),
    Tuple(Vec<Expr>),
    Object(Vec<Item>),
    /// The root of a reference: `var`, `local`, `each`, a resource type, a `for` variable.
    Name(Arc<str>),
    /// Attribute access, index and splat.
    Traverse {
        root: Box<Expr>,
        steps: Vec<Step>,
    },
    Conditional {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
    Call(Box<Call>),
    Unary {
        operator: UnaryOperator,
        operand: Box<Expr>,
    },
    Binary {
        operator: BinaryOperator,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    For(Box<For>),
}

/// A member of an object expression.
#[derive(Debug, Clone)]
pub struct Item {
    pub key: ItemKey,
    pub key_span: Span,
    pub value: Expr,
}

#[derive(Debug, Clone)]
pub enum ItemKey {
    /// A bare word.
    Name(Arc<str>),
    /// A bare reference (`a.b = …`), which Terraform refuses as ambiguous in an object
    /// and takes as a name in `providers`.
    Ambiguous(Expr),
    Expr(Expr),
}

#[derive(Debug, Clone)]
pub struct Step {
    pub span: Span,
    pub kind: StepKind,
}

#[derive(Debug, Clone)]
pub enum StepKind {
    /// `.name`
    Attribute(Arc<str>),
    /// `[expression]`
    Index(Expr),
    /// `.0`
    LegacyIndex(u64),
    /// `.*`: the attribute steps that follow belong to it.
    AttributeSplat,
    /// `[*]`: every step that follows belongs to it.
    FullSplat,
}

#[derive(Debug, Clone)]
pub struct Call {
    /// Name with namespace: `jsonencode`, `core::jsonencode`.
    pub name: Arc<str>,
    pub name_span: Span,
    pub arguments: Vec<Expr>,
    /// `f(args...)`
    pub expand_last: bool,
}

#[derive(Debug, Clone)]
pub struct For {
    pub key: Option<Arc<str>>,
    pub value: Arc<str>,
    pub collection: Expr,
    /// Set in `{for … : key => value}`.
    pub key_result: Option<Expr>,
    pub result: Expr,
    pub grouping: bool,
    pub condition: Option<Expr>,
}

#[derive(Debug, Clone)]
pub enum TemplatePart {
    /// `span` covers the source of `text`.
    Literal {
        text: Arc<str>,
        span: Span,
    },
    Interpolation(Expr),
    If {
        span: Span,
        condition: Expr,
        then: Vec<TemplatePart>,
        otherwise: Vec<TemplatePart>,
    },
    For {
        span: Span,
        key: Option<Arc<str>>,
        value: Arc<str>,
        collection: Expr,
        body: Vec<TemplatePart>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    Negate,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
}

/// Changes every span of an expression.
pub fn map_spans(expr: &mut Expr, map: &mut dyn FnMut(Span) -> Span) {
    expr.span = map(expr.span);
    match &mut expr.kind {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Name(_) => {}
        ExprKind::Template(parts) => map_parts(parts, map),
        ExprKind::Wrapped(inner) => map_spans(inner, map),
        ExprKind::Tuple(items) => items.iter_mut().for_each(|item| map_spans(item, map)),
        ExprKind::Object(items) => {
            for item in items {
                item.key_span = map(item.key_span);
                match &mut item.key {
                    ItemKey::Name(_) => {}
                    ItemKey::Ambiguous(key) | ItemKey::Expr(key) => map_spans(key, map),
                }
                map_spans(&mut item.value, map);
            }
        }
        ExprKind::Traverse { root, steps } => {
            map_spans(root, map);
            for step in steps {
                step.span = map(step.span);
                if let StepKind::Index(index) = &mut step.kind {
                    map_spans(index, map);
                }
            }
        }
        ExprKind::Conditional { condition, then, otherwise } => {
            [condition, then, otherwise].into_iter().for_each(|part| map_spans(part, map));
        }
        ExprKind::Call(call) => {
            call.name_span = map(call.name_span);
            call.arguments.iter_mut().for_each(|argument| map_spans(argument, map));
        }
        ExprKind::Unary { operand, .. } => map_spans(operand, map),
        ExprKind::Binary { left, right, .. } => {
            [left, right].into_iter().for_each(|part| map_spans(part, map))
        }
        ExprKind::For(each) => {
            map_spans(&mut each.collection, map);
            if let Some(key) = &mut each.key_result {
                map_spans(key, map);
            }
            map_spans(&mut each.result, map);
            if let Some(condition) = &mut each.condition {
                map_spans(condition, map);
            }
        }
    }
}

fn map_parts(parts: &mut [TemplatePart], map: &mut dyn FnMut(Span) -> Span) {
    for part in parts {
        match part {
            TemplatePart::Literal { span, .. } => *span = map(*span),
            TemplatePart::Interpolation(expr) => map_spans(expr, map),
            TemplatePart::If { span, condition, then, otherwise } => {
                *span = map(*span);
                map_spans(condition, map);
                map_parts(then, map);
                map_parts(otherwise, map);
            }
            TemplatePart::For { span, collection, body, .. } => {
                *span = map(*span);
                map_spans(collection, map);
                map_parts(body, map);
            }
        }
    }
}
