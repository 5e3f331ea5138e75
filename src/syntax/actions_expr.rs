//! GitHub expressions: `${{ … }}` inside strings, and the expression language itself. No evaluation.
//!
//! Source: docs.github.com, "Evaluate expressions in workflows and actions".

use std::ops::Range;
use std::sync::Arc;

/// Deeper nesting is not read.
const DEEPEST: usize = 60;

/// Expressions with more operators are not read: each nests the tree one deeper.
const MOST_OPERATORS: usize = 200;

/// A `${{ … }}` in a string.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedded {
    /// With its brackets, in bytes of the string.
    pub range: Range<usize>,
    /// `None` when it is no valid expression.
    pub expression: Option<Expression>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    Null,
    Bool(bool),
    /// As written: decimal, hexadecimal or exponential.
    Number(Arc<str>),
    String(Arc<str>),
    /// A context: `env`, `github`, `inputs`.
    Context(Arc<str>),
    /// `of.name`, and `of['name']`, which means the same.
    Property {
        of: Box<Expression>,
        name: Arc<str>,
    },
    /// `of[index]` with a computed index.
    Index {
        of: Box<Expression>,
        index: Box<Expression>,
    },
    /// `of.*`
    Every(Box<Expression>),
    Call {
        name: Arc<str>,
        arguments: Vec<Expression>,
    },
    Not(Box<Expression>),
    Binary {
        operator: Operator,
        left: Box<Expression>,
        right: Box<Expression>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Expression {
    /// `needs.build.outputs.image` for a chain of names, lower case where GitHub ignores case.
    #[must_use]
    pub fn path(&self) -> Option<String> {
        let mut names = Vec::new();
        let mut at = self;
        loop {
            match at {
                Self::Property { of, name } => {
                    names.push(name.as_ref());
                    at = of;
                }
                Self::Context(name) => {
                    names.push(name.as_ref());
                    break;
                }
                _ => return None,
            }
        }
        names.reverse();
        Some(names.join("."))
    }

    /// The paths read anywhere in the expression, in order; computed steps end a path.
    #[must_use]
    pub fn contexts(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect(&self, into: &mut Vec<String>) {
        if let Some(path) = self.path() {
            into.push(path);
            return;
        }
        match self {
            Self::Property { of, .. } | Self::Every(of) | Self::Not(of) => of.collect(into),
            Self::Index { of, index } => {
                of.collect(into);
                index.collect(into);
            }
            Self::Call { arguments, .. } => arguments.iter().for_each(|argument| argument.collect(into)),
            Self::Binary { left, right, .. } => {
                left.collect(into);
                right.collect(into);
            }
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Context(_) => {}
        }
    }
}

/// Every `${{ … }}` of a string, in order; one that is never closed is left out.
#[must_use]
pub fn find(text: &str) -> Vec<Embedded> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find("${{")).map(|at| at + from) {
        let Some(end) = end_of(text, start) else { break };
        let inner = text.get(start + 3..end - 2).unwrap_or_default();
        found.push(Embedded { range: start..end, expression: parse(inner) });
        from = end;
    }
    found
}

/// End of the `${{` at `start`, behind its `}}`; brackets inside quotes do not count.
#[must_use]
pub fn end_of(text: &str, start: usize) -> Option<usize> {
    let mut quoted = false;
    let mut last = '\0';
    for (at, sign) in text.get(start + 3..)?.char_indices() {
        if sign == '\'' {
            quoted = !quoted;
        }
        if sign == '}' && last == '}' && !quoted {
            return Some(start + 3 + at + 1);
        }
        last = if quoted { '\0' } else { sign };
    }
    None
}

/// Reads one expression without its brackets; `None` when it is not valid.
#[must_use]
pub fn parse(text: &str) -> Option<Expression> {
    let mut reader = Reader { rest: text, depth: 0, operators: 0 };
    let expression = reader.binary(0)?;
    reader.space();
    reader.rest.is_empty().then_some(expression)
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
    operators: usize,
}

/// Operators by binding, weakest first.
const LEVELS: [&[(&str, Operator)]; 4] = [
    &[("||", Operator::Or)],
    &[("&&", Operator::And)],
    &[("==", Operator::Equal), ("!=", Operator::NotEqual)],
    &[
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
];

impl Reader<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, wanted: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(|sign| !belongs(sign)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken.to_owned()
    }

    fn binary(&mut self, level: usize) -> Option<Expression> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| self.eat(sign)) {
            self.operators += 1;
            if self.operators > MOST_OPERATORS {
                return None;
            }
            let right = self.binary(level + 1)?;
            left = Expression::Binary { operator: *operator, left: Box::new(left), right: Box::new(right) };
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        self.space();
        let result = if !self.rest.starts_with("!=") && self.eat("!") {
            Expression::Not(Box::new(self.unary()?))
        } else {
            self.postfix()?
        };
        self.depth -= 1;
        Some(result)
    }

    fn postfix(&mut self) -> Option<Expression> {
        let mut value = self.primary()?;
        // Each step nests the tree one deeper.
        for _ in 0..DEEPEST {
            if self.eat(".") {
                self.space();
                if self.eat("*") {
                    value = Expression::Every(Box::new(value));
                    continue;
                }
                let name = self.take(is_name);
                if name.is_empty() {
                    return None;
                }
                value = Expression::Property { of: Box::new(value), name: name.into() };
            } else if self.eat("[") {
                if self.eat("*") {
                    value = Expression::Every(Box::new(value));
                } else {
                    value = match self.binary(0)? {
                        Expression::String(name) => Expression::Property { of: Box::new(value), name },
                        index => Expression::Index { of: Box::new(value), index: Box::new(index) },
                    };
                }
                if !self.eat("]") {
                    return None;
                }
            } else {
                return Some(value);
            }
        }
        None
    }

    fn primary(&mut self) -> Option<Expression> {
        if self.eat("(") {
            let inner = self.binary(0)?;
            return self.eat(")").then_some(inner);
        }
        if self.eat("'") {
            return self.quoted();
        }
        let first = self.rest.chars().next()?;
        if first.is_ascii_digit() || matches!(first, '-' | '+' | '.') {
            let digits = self.take(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-' | '+'));
            return digits
                .bytes()
                .any(|byte| byte.is_ascii_digit())
                .then(|| Expression::Number(digits.into()));
        }
        let name = self.take(is_name);
        if name.is_empty() {
            return None;
        }
        if !self.eat("(") {
            return Some(match name.as_str() {
                "true" => Expression::Bool(true),
                "false" => Expression::Bool(false),
                "null" => Expression::Null,
                _ => Expression::Context(name.into()),
            });
        }
        let mut arguments = Vec::new();
        if !self.eat(")") {
            loop {
                arguments.push(self.binary(0)?);
                if self.eat(")") {
                    break;
                }
                if !self.eat(",") {
                    return None;
                }
            }
        }
        Some(Expression::Call { name: name.into(), arguments })
    }

    /// The rest of a string in single quotes; a quote inside is written twice.
    fn quoted(&mut self) -> Option<Expression> {
        let mut text = String::new();
        loop {
            let (before, rest) = self.rest.split_once('\'')?;
            text.push_str(before);
            self.rest = rest;
            match self.rest.strip_prefix('\'') {
                Some(rest) => {
                    text.push('\'');
                    self.rest = rest;
                }
                None => return Some(Expression::String(text.into())),
            }
        }
    }
}

fn is_name(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-')
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice
    )]
    use proptest::prelude::*;

    use super::*;

    fn paths(text: &str) -> Vec<String> {
        parse(text).unwrap_or_else(|| panic!("{text}")).contexts()
    }

    #[test]
    fn expressions_are_found_in_strings() {
        let text = "a ${{ env.X }}-${{ format('}}{0}', github['sha']) }} ${{ 1 + }} ${{ open";
        let found = find(text);
        let slices: Vec<&str> = found.iter().map(|one| &text[one.range.clone()]).collect();
        assert_eq!(slices, ["${{ env.X }}", "${{ format('}}{0}', github['sha']) }}", "${{ 1 + }}"]);
        assert_eq!(found[0].expression.as_ref().unwrap().path().as_deref(), Some("env.X"));
        assert_eq!(found[1].expression.as_ref().unwrap().contexts(), ["github.sha"]);
        assert_eq!(found[2].expression, None);
    }

    #[test]
    fn the_language_is_read() {
        assert_eq!(paths("needs.build.outputs.image"), ["needs.build.outputs.image"]);
        assert_eq!(paths("steps.x.outputs['a b']"), ["steps.x.outputs.a b"]);
        assert_eq!(
            paths("github.ref == 'refs/heads/main' && secrets.A || !inputs.b"),
            ["github.ref", "secrets.A", "inputs.b"]
        );
        assert_eq!(paths("contains(github.event.labels.*.name, 'x')"), ["github.event.labels"]);
        assert_eq!(paths("matrix.env[github.job]"), ["matrix.env", "github.job"]);
        assert_eq!(parse("'it''s'"), Some(Expression::String("it's".into())));
        assert_eq!(parse("0x1F"), Some(Expression::Number("0x1F".into())));
        assert_eq!(parse(" always() "), Some(Expression::Call { name: "always".into(), arguments: vec![] }));
        let Some(Expression::Binary { operator, .. }) = parse("a != 'b' && c <= 3 || d") else { panic!() };
        assert_eq!(operator, Operator::Or);
        for wrong in ["", "a.", "a ==", "'open", "f(a", "a b", "$x", "a..b", "()"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        for text in [
            "(".repeat(100_000),
            "!".repeat(100_000),
            "a[".repeat(100_000),
            format!("a{}", ".b".repeat(100_000)),
            format!("a{}", " && b".repeat(100_000)),
        ] {
            assert_eq!(parse(&text), None);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in r"(\$\{\{|\}\}|'|[a-z.()\[\]!=<>&|*, 0]|\PC){0,40}") {
            for one in find(&text) {
                prop_assert!(text.get(one.range).is_some());
            }
            let _ = parse(&text);
        }
    }
}
