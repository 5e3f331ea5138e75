//! `hcl-edit` trees to ours: spans made absolute, literals read, templates flattened.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::expr::{
    BinaryOperator as EditBinary, Expression, ForExpr, FuncCall, Object, ObjectKey, TraversalOperator,
    UnaryOperator as EditUnary,
};
use hcl_edit::structure::{Body as EditBody, Structure};
use hcl_edit::template::{Directive, Element, Strip, Template};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::ast::{
    Attribute, BinaryOperator, Block, Body, Call, Expr, ExprKind, For, Item, ItemKey, Label, Step, StepKind,
    TemplatePart, UnaryOperator,
};
use crate::source::{FileId, Span};
use crate::value::Number;

/// What the scratch copy given to the parser has changed: places in it, by offset.
#[derive(Debug, Default)]
pub(super) struct Rewrites {
    /// Start of a placeholder for an object key → range of the real key in the original text.
    pub(super) keys: HashMap<usize, Range<usize>>,
    /// Starts of repeated attributes, which are left out.
    pub(super) dropped: Vec<usize>,
}

pub(super) struct Converter<'a> {
    /// The original text.
    pub(super) text: &'a str,
    pub(super) file: FileId,
    /// Added to every offset: where `text` starts in the file.
    pub(super) base: usize,
    pub(super) rewrites: &'a Rewrites,
    /// Keys that repeat an earlier one of their object in another spelling (`a` and `"a"`), which the parser
    /// takes for two.
    pub(super) twice: RefCell<Vec<Span>>,
    /// Whether a new line means nothing here: in every bracket but those of objects and blocks.
    pub(super) lines: Cell<bool>,
    /// New lines inside an expression where they end it. The parser passes over them after a bracket.
    pub(super) stray: RefCell<Vec<Span>>,
}

impl Converter<'_> {
    fn span(&self, range: Option<Range<usize>>) -> Span {
        let range = range.unwrap_or(0..0);
        Span::new(self.file, range.start + self.base..range.end + self.base)
    }

    fn source(&self, range: &Option<Range<usize>>) -> &str {
        range.clone().and_then(|range| self.text.get(range)).unwrap_or_default()
    }

    /// Does `work` where a new line means nothing, or where it ends the expression.
    fn with_lines<T>(&self, free: bool, work: impl FnOnce() -> T) -> T {
        let outer = self.lines.replace(free);
        let result = work();
        self.lines.set(outer);
        result
    }

    /// Notes a new line between two parts of one expression.
    fn joins(&self, left: Option<Range<usize>>, right: Option<Range<usize>>) {
        let (Some(left), Some(right), false) = (left, right, self.lines.get()) else { return };
        let gap = self.text.get(left.end..right.start).unwrap_or_default();
        if !gap.contains('\n') {
            return;
        }
        // A block comment over several lines is space.
        let mut at = 0;
        while let Some(rest) = gap.get(at..) {
            let newline = rest.find('\n');
            match (rest.find("/*"), newline) {
                (Some(open), Some(newline)) if open < newline => {
                    let inside = rest.get(open..).unwrap_or_default();
                    at += open + inside.find("*/").map_or(inside.len(), |end| end + 2);
                }
                (_, Some(newline)) => {
                    let place = left.end + at + newline;
                    return self.stray.borrow_mut().push(self.span(Some(place..place)));
                }
                (_, None) => return,
            }
        }
    }

    pub(super) fn body(&self, body: &EditBody) -> Body {
        let mut attributes = Vec::new();
        let mut blocks = Vec::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let range = attribute.span().unwrap_or(0..0);
                    if self.rewrites.dropped.contains(&range.start) {
                        continue;
                    }
                    let name_span = self.span(attribute.key.span());
                    let expr = self.with_lines(false, || self.expr(&attribute.value));
                    attributes.push(Attribute {
                        name: attribute.key.as_str().into(),
                        name_span,
                        span: name_span.to(expr.span),
                        expr,
                    });
                }
                Structure::Block(block) => {
                    let mut header = self.span(block.ident.span());
                    let labels: Vec<Label> = block
                        .labels
                        .iter()
                        .map(|label| Label { text: label.as_str().into(), span: self.span(label.span()) })
                        .collect();
                    if let Some(last) = labels.last() {
                        header = header.to(last.span);
                    }
                    blocks.push(Block {
                        kind: block.ident.as_str().into(),
                        labels,
                        header,
                        span: self.span(block.span()),
                        body: self.body(&block.body),
                    });
                }
            }
        }
        Body { span: self.span(body.span()), attributes, blocks }
    }

    pub(super) fn expr(&self, expr: &Expression) -> Expr {
        let span = self.span(expr.span());
        let kind = match expr {
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(value) => ExprKind::Bool(*value.value()),
            Expression::Number(_) => return self.number(expr, span),
            Expression::String(text) => ExprKind::String(normal(text.value())),
            Expression::Array(items) => {
                ExprKind::Tuple(self.with_lines(true, || items.iter().map(|item| self.expr(item)).collect()))
            }
            Expression::Object(object) => ExprKind::Object(self.with_lines(false, || self.object(object))),
            Expression::StringTemplate(template) => {
                let parts = self.parts(template, TemplateForm::Quoted);
                return wrapped_or_template(parts, span);
            }
            Expression::HeredocTemplate(heredoc) => {
                let indented = self.source(&expr.span()).starts_with("<<-");
                let form = if indented { TemplateForm::Indented } else { TemplateForm::Lines };
                return wrapped_or_template(self.parts(&heredoc.template, form), span);
            }
            Expression::Parenthesis(inner) => {
                let inner = self.with_lines(true, || self.expr(inner.inner()));
                return Expr { span: inner.span, kind: inner.kind };
            }
            Expression::Variable(name) => ExprKind::Name(name.as_str().into()),
            Expression::Conditional(conditional) => {
                let parts = [&conditional.cond_expr, &conditional.true_expr, &conditional.false_expr]
                    .map(|part| part.span());
                let [condition, then, otherwise] = parts;
                self.joins(condition, then.clone());
                self.joins(then, otherwise);
                ExprKind::Conditional {
                    condition: Box::new(self.expr(&conditional.cond_expr)),
                    then: Box::new(self.expr(&conditional.true_expr)),
                    otherwise: Box::new(self.expr(&conditional.false_expr)),
                }
            }
            Expression::FuncCall(call) => ExprKind::Call(Box::new(self.with_lines(true, || self.call(call)))),
            Expression::Traversal(traversal) => ExprKind::Traverse {
                root: Box::new(self.expr(&traversal.expr)),
                steps: {
                    self.joins(
                        traversal.expr.span(),
                        traversal.operators.first().and_then(hcl_edit::Span::span),
                    );
                    let step = |operator: &hcl_edit::Decorated<TraversalOperator>| Step {
                        span: self.span(operator.span()),
                        kind: self.with_lines(true, || self.step(operator.value())),
                    };
                    traversal.operators.iter().map(step).collect()
                },
            },
            Expression::UnaryOp(operation) => ExprKind::Unary {
                operator: match operation.operator.value() {
                    EditUnary::Neg => UnaryOperator::Negate,
                    EditUnary::Not => UnaryOperator::Not,
                },
                operand: Box::new(self.expr(&operation.expr)),
            },
            Expression::BinaryOp(operation) => {
                self.joins(operation.lhs_expr.span(), operation.rhs_expr.span());
                ExprKind::Binary {
                    operator: binary(*operation.operator.value()),
                    left: Box::new(self.expr(&operation.lhs_expr)),
                    right: Box::new(self.expr(&operation.rhs_expr)),
                }
            }
            Expression::ForExpr(each) => {
                ExprKind::For(Box::new(self.with_lines(true, || self.for_expr(each))))
            }
        };
        Expr { span, kind }
    }

    /// A number keeps every digit written, which the parser's own number does not.
    fn number(&self, expr: &Expression, span: Span) -> Expr {
        let written: String = self.source(&expr.span()).chars().filter(|c| !c.is_whitespace()).collect();
        let written = written.trim_matches(|c| c == '(' || c == ')');
        let kind = match written.parse::<Number>() {
            Ok(number) => ExprKind::Number(number),
            Err(_) => ExprKind::Null,
        };
        Expr { span, kind }
    }

    fn object(&self, object: &Object) -> Vec<Item> {
        let items: Vec<Item> = object
            .iter()
            .map(|(key, value)| {
                let range = key.span().unwrap_or(0..0);
                let (key, key_range) = match self.rewrites.keys.get(&range.start) {
                    Some(real) => (self.real_key(real), real.clone()),
                    None => (self.key(key), range),
                };
                Item { key, key_span: self.span(Some(key_range)), value: self.expr(value.expr()) }
            })
            .collect();
        self.note_repeated(&items);
        items
    }

    fn note_repeated(&self, items: &[Item]) {
        let mut seen: HashMap<&str, bool> = HashMap::new();
        for item in items {
            let (name, quoted) = match &item.key {
                ItemKey::Name(name) => (name, false),
                ItemKey::Expr(Expr { kind: ExprKind::String(name), .. }) => (name, true),
                _ => continue,
            };
            match seen.get(&**name) {
                Some(earlier) if *earlier != quoted => self.twice.borrow_mut().push(item.key_span),
                Some(_) => {}
                None => {
                    seen.insert(name, quoted);
                }
            }
        }
    }

    fn key(&self, key: &ObjectKey) -> ItemKey {
        match key {
            ObjectKey::Ident(name) => ItemKey::Name(name.as_str().into()),
            // A bare word is a name, this one too.
            ObjectKey::Expression(Expression::Null(_)) => ItemKey::Name("null".into()),
            ObjectKey::Expression(expr @ Expression::Traversal(_)) => ItemKey::Ambiguous(self.expr(expr)),
            ObjectKey::Expression(expr) => ItemKey::Expr(self.expr(expr)),
        }
    }

    /// The key that a placeholder stands for.
    fn real_key(&self, range: &Range<usize>) -> ItemKey {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let converter = Converter {
            text,
            base: self.base + range.start,
            file: self.file,
            rewrites: &Rewrites::default(),
            twice: RefCell::default(),
            lines: Cell::new(true),
            stray: RefCell::default(),
        };
        match text.parse::<Expression>() {
            Ok(Expression::Variable(name)) => ItemKey::Name(name.as_str().into()),
            Ok(Expression::Null(_)) => ItemKey::Name("null".into()),
            Ok(expr) => ItemKey::Expr(converter.expr(&expr)),
            Err(_) => ItemKey::Name(text.into()),
        }
    }

    fn call(&self, call: &FuncCall) -> Call {
        let name = &call.name;
        let mut full = String::new();
        for part in &name.namespace {
            full.push_str(part.as_str());
            full.push_str("::");
        }
        full.push_str(name.name.as_str());
        let first = name.namespace.first().map_or_else(|| name.name.span(), hcl_edit::Span::span);
        Call {
            name: full.into(),
            name_span: self.span(first).to(self.span(name.name.span())),
            arguments: call.args.iter().map(|argument| self.expr(argument)).collect(),
            expand_last: call.args.expand_final(),
        }
    }

    fn step(&self, operator: &TraversalOperator) -> StepKind {
        match operator {
            TraversalOperator::AttrSplat(_) => StepKind::AttributeSplat,
            TraversalOperator::FullSplat(_) => StepKind::FullSplat,
            TraversalOperator::GetAttr(name) => StepKind::Attribute(name.as_str().into()),
            TraversalOperator::Index(index) => StepKind::Index(self.expr(index)),
            TraversalOperator::LegacyIndex(index) => StepKind::LegacyIndex(*index.value()),
        }
    }

    fn for_expr(&self, each: &ForExpr) -> For {
        For {
            key: each.intro.key_var.as_ref().map(|name| name.as_str().into()),
            value: each.intro.value_var.as_str().into(),
            collection: self.expr(&each.intro.collection_expr),
            key_result: each.key_expr.as_ref().map(|key| self.expr(key)),
            result: self.expr(&each.value_expr),
            grouping: each.grouping,
            condition: each.cond.as_ref().map(|condition| self.expr(&condition.expr)),
        }
    }

    /// A whole template, as of a template file.
    pub(super) fn template(&self, template: &Template, span: Span) -> Expr {
        wrapped_or_template(self.parts(template, TemplateForm::Lines), span)
    }

    fn parts(&self, template: &Template, form: TemplateForm) -> Vec<TemplatePart> {
        let mut tokens = Vec::new();
        self.tokens(template, form, &mut tokens);
        apply_strip(&mut tokens);
        if form == TemplateForm::Indented {
            dedent(&mut tokens);
        }
        let mut tokens = tokens.into_iter().peekable();
        build(&mut tokens)
    }

    /// The template as the flat list on which Terraform strips and dedents.
    fn tokens(&self, template: &Template, form: TemplateForm, into: &mut Vec<Token>) {
        self.with_lines(true, || self.elements(template, form, into));
    }

    fn elements(&self, template: &Template, form: TemplateForm, into: &mut Vec<Token>) {
        for element in template {
            match element {
                Element::Literal(literal) => {
                    let range = literal.span().unwrap_or(0..0);
                    if form == TemplateForm::Quoted {
                        into.push(Token::Literal {
                            text: literal.value().clone(),
                            span: self.span(Some(range)),
                        });
                    } else {
                        self.lines(range, into);
                    }
                }
                Element::Interpolation(interpolation) => {
                    let strip = interpolation.strip;
                    into.push(Token::Interpolation { expr: self.expr(&interpolation.expr), strip });
                }
                Element::Directive(directive) => match directive.as_ref() {
                    Directive::If(branch) => {
                        into.push(Token::If {
                            span: self.span(branch.span()),
                            condition: self.expr(&branch.if_expr.cond_expr),
                            strip: branch.if_expr.strip,
                        });
                        self.tokens(&branch.if_expr.template, form, into);
                        if let Some(otherwise) = &branch.else_expr {
                            into.push(Token::Else { strip: otherwise.strip });
                            self.tokens(&otherwise.template, form, into);
                        }
                        into.push(Token::End { strip: branch.endif_expr.strip });
                    }
                    Directive::For(each) => {
                        into.push(Token::For {
                            span: self.span(each.span()),
                            key: each.for_expr.key_var.as_ref().map(|name| name.as_str().into()),
                            value: each.for_expr.value_var.as_str().into(),
                            collection: self.expr(&each.for_expr.collection_expr),
                            strip: each.for_expr.strip,
                        });
                        self.tokens(&each.for_expr.template, form, into);
                        into.push(Token::End { strip: each.endfor_expr.strip });
                    }
                },
            }
        }
    }

    /// The literal under `range` as one token a line; in heredocs and files only `$${` and `%%{` are escapes.
    fn lines(&self, range: Range<usize>, into: &mut Vec<Token>) {
        let source = self.text.get(range.clone()).unwrap_or_default();
        let mut start = range.start;
        for line in source.split_inclusive('\n') {
            let span = self.span(Some(start..start + line.len()));
            start += line.len();
            let text = if line.contains("{") {
                line.replace("$${", "${").replace("%%{", "%{")
            } else {
                line.to_owned()
            };
            into.push(Token::Literal { text, span });
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TemplateForm {
    Quoted,
    /// Heredoc and template file: literals count by line.
    Lines,
    /// `<<-`
    Indented,
}

#[derive(Debug)]
enum Token {
    Literal { text: String, span: Span },
    Interpolation { expr: Expr, strip: Strip },
    If { span: Span, condition: Expr, strip: Strip },
    Else { strip: Strip },
    For { span: Span, key: Option<Arc<str>>, value: Arc<str>, collection: Expr, strip: Strip },
    End { strip: Strip },
}

impl Token {
    fn strip(&self) -> Option<Strip> {
        match self {
            Self::Literal { .. } => None,
            Self::Interpolation { strip, .. }
            | Self::If { strip, .. }
            | Self::Else { strip }
            | Self::For { strip, .. }
            | Self::End { strip } => Some(*strip),
        }
    }
}

/// A marker trims the one literal token beside it: the rest of its line, not more.
fn apply_strip(tokens: &mut [Token]) {
    let strips: Vec<Option<Strip>> = tokens.iter().map(Token::strip).collect();
    for (at, token) in tokens.iter_mut().enumerate() {
        let Token::Literal { text, span } = token else { continue };
        let strip_of = |index: Option<usize>| index.and_then(|index| strips.get(index).copied().flatten());
        if strip_of(at.checked_sub(1)).is_some_and(Strip::strip_end) {
            let kept = text.trim_start();
            let cut = text.len() - kept.len();
            span.start = span.start.saturating_add(u32::try_from(cut).unwrap_or(0)).min(span.end);
            *text = kept.to_owned();
        }
        if strip_of(at.checked_add(1)).is_some_and(Strip::strip_start) {
            let kept = text.trim_end();
            let cut = text.len() - kept.len();
            span.end = span.end.saturating_sub(u32::try_from(cut).unwrap_or(0)).max(span.start);
            *text = kept.to_owned();
        }
    }
}

/// `<<-`: the smallest indentation of the lines that are not blank is taken from each of them.
fn dedent(tokens: &mut [Token]) {
    let blank = |text: &str| text.ends_with('\n') && text.trim().is_empty();
    let mut least: Option<usize> = None;
    let mut at_line_start = true;
    for token in tokens.iter() {
        match token {
            Token::Literal { text, .. } => {
                if at_line_start && !blank(text) {
                    let indent = text.chars().take_while(|c| c.is_whitespace()).count();
                    least = Some(least.map_or(indent, |least| least.min(indent)));
                }
                at_line_start = text.ends_with('\n');
            }
            _ => {
                if at_line_start {
                    least = Some(0);
                }
                at_line_start = false;
            }
        }
    }
    let least = least.unwrap_or(0);
    let mut at_line_start = true;
    for token in tokens.iter_mut() {
        let Token::Literal { text, span } = token else {
            at_line_start = false;
            continue;
        };
        let ends_line = text.ends_with('\n');
        if at_line_start && !blank(text) {
            let cut: usize = text.chars().take(least).map(char::len_utf8).sum();
            span.start = span.start.saturating_add(u32::try_from(cut).unwrap_or(0)).min(span.end);
            *text = text.get(cut..).unwrap_or_default().to_owned();
        }
        at_line_start = ends_line;
    }
}

/// Tokens to nested parts, up to the end of the directive they stand in.
fn build(tokens: &mut std::iter::Peekable<std::vec::IntoIter<Token>>) -> Vec<TemplatePart> {
    let mut parts = Vec::new();
    while let Some(token) = tokens.next_if(|token| !matches!(token, Token::Else { .. } | Token::End { .. })) {
        match token {
            Token::Literal { text, span } => {
                if !text.is_empty() {
                    parts.push(TemplatePart::Literal { text: normal(&text), span });
                }
            }
            Token::Interpolation { expr, .. } => parts.push(TemplatePart::Interpolation(expr)),
            Token::If { span, condition, .. } => {
                let then = build(tokens);
                let mut otherwise = Vec::new();
                if matches!(tokens.next(), Some(Token::Else { .. })) {
                    otherwise = build(tokens);
                    tokens.next();
                }
                parts.push(TemplatePart::If { span, condition, then, otherwise });
            }
            Token::For { span, key, value, collection, .. } => {
                let body = build(tokens);
                tokens.next();
                parts.push(TemplatePart::For { span, key, value, collection, body });
            }
            Token::Else { .. } | Token::End { .. } => {}
        }
    }
    parts
}

fn wrapped_or_template(mut parts: Vec<TemplatePart>, span: Span) -> Expr {
    if let [TemplatePart::Interpolation(_)] = parts.as_slice()
        && let Some(TemplatePart::Interpolation(inner)) = parts.pop()
    {
        return Expr { span, kind: ExprKind::Wrapped(Box::new(inner)) };
    }
    Expr { span, kind: ExprKind::Template(parts) }
}

/// Terraform brings every string to Unicode normal form C.
fn normal(text: &str) -> Arc<str> {
    if text.is_ascii() || is_nfc(text) { text.into() } else { text.nfc().collect::<String>().into() }
}

fn binary(operator: EditBinary) -> BinaryOperator {
    match operator {
        EditBinary::Eq => BinaryOperator::Equal,
        EditBinary::NotEq => BinaryOperator::NotEqual,
        EditBinary::LessEq => BinaryOperator::LessEqual,
        EditBinary::GreaterEq => BinaryOperator::GreaterEqual,
        EditBinary::Less => BinaryOperator::Less,
        EditBinary::Greater => BinaryOperator::Greater,
        EditBinary::Plus => BinaryOperator::Add,
        EditBinary::Minus => BinaryOperator::Subtract,
        EditBinary::Mul => BinaryOperator::Multiply,
        EditBinary::Div => BinaryOperator::Divide,
        EditBinary::Mod => BinaryOperator::Modulo,
        EditBinary::And => BinaryOperator::And,
        EditBinary::Or => BinaryOperator::Or,
    }
}
