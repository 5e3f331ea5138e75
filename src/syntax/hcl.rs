//! HCL text to a compact syntax tree with a span on every node: what `hcl-edit` parses, with heredocs
//! dedented, strip markers applied and numbers read, so that evaluation never looks at text again.

mod ast;
mod convert;
mod recover;
mod scan;

pub use ast::{
    Attribute, BinaryOperator, Block, Body, Call, Expr, ExprKind, For, Item, ItemKey, Label, Step, StepKind,
    TemplatePart, UnaryOperator, map_spans,
};

use crate::source::{FileId, Span};

/// What was read of a file: a broken top-level item is left out, the rest is there.
#[derive(Debug, Clone)]
pub struct Parsed {
    pub body: Body,
    pub problems: Vec<Problem>,
}

/// Something wrong in a text.
#[derive(Debug, Clone)]
pub struct Problem {
    pub kind: ProblemKind,
    pub span: Span,
    pub message: String,
    pub related: Vec<(Span, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The text breaks the grammar.
    Syntax,
    /// The same key twice in an object expression: Terraform takes the last.
    DuplicateKey,
    /// Nested deeper, or longer, than is read.
    Limit,
}

/// Reads a `.tf` or `.tfvars` file. `text` has no byte-order mark.
#[must_use]
pub fn parse_body(text: &str, file: FileId) -> Parsed {
    recover::body(text, file)
}

/// Reads one expression, which may span lines.
///
/// # Errors
/// The first problem, when it is no expression.
pub fn parse_expression(text: &str, file: FileId) -> Result<Expr, Problem> {
    recover::expression(text, file, 0)
}

/// Reads the text of a template file.
///
/// # Errors
/// The first problem, when it is no template.
pub fn parse_template(text: &str, file: FileId) -> Result<Expr, Problem> {
    recover::template(text, file)
}

#[cfg(test)]
mod tests;
