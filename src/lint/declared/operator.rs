//! The operators of conditions: their names (Checkov's, where it has the same), what they compare, and the answer for
//! a value that is known, partly known or absent.

use std::borrow::Cow;
use std::cmp::Ordering;

use regex::Regex;
use rust_decimal::Decimal;

/// A value written in a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    Text(String),
    Number(Decimal),
    Flag(bool),
}

/// A known value of the model.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Given<'a> {
    Text(&'a str),
    Number(Decimal),
    Flag(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Exists,
    Equals,
    EqualsIgnoreCase,
    Within,
    Contains,
    StartingWith,
    EndingWith,
    RegexMatch,
    Compare(Comparison),
    /// From the first to the second value, both included.
    Between,
    Length(Comparison),
    IsEmpty,
    Is(bool),
    /// Some item is one of the values.
    Intersects,
    /// Every item is one of the values.
    Subset,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Comparison {
    pub(crate) fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
        }
    }
}

/// What an operator takes as `value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    /// Text, a number, true or false.
    Scalar,
    Text,
    Number,
    /// A whole number, not negative.
    Count,
    /// Two numbers.
    Range,
    List,
}

impl Takes {
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Nothing => "no `value`",
            Self::Scalar => "text, a number, true or false",
            Self::Text => "text",
            Self::Number => "a number",
            Self::Count => "a whole number from 0 on",
            Self::Range => "a list of two numbers: the least and the greatest",
            Self::List => "a list of texts or numbers",
        }
    }
}

/// Name, operator, whether it is negated, what it takes. The one table: the schema and the documentation follow it.
pub(crate) const OPERATORS: &[(&str, Operator, bool, Takes)] = &[
    ("exists", Operator::Exists, false, Takes::Nothing),
    ("not_exists", Operator::Exists, true, Takes::Nothing),
    ("equals", Operator::Equals, false, Takes::Scalar),
    ("not_equals", Operator::Equals, true, Takes::Scalar),
    ("equals_ignore_case", Operator::EqualsIgnoreCase, false, Takes::Text),
    ("not_equals_ignore_case", Operator::EqualsIgnoreCase, true, Takes::Text),
    ("within", Operator::Within, false, Takes::List),
    ("not_within", Operator::Within, true, Takes::List),
    ("contains", Operator::Contains, false, Takes::Scalar),
    ("not_contains", Operator::Contains, true, Takes::Scalar),
    ("starting_with", Operator::StartingWith, false, Takes::Text),
    ("not_starting_with", Operator::StartingWith, true, Takes::Text),
    ("ending_with", Operator::EndingWith, false, Takes::Text),
    ("not_ending_with", Operator::EndingWith, true, Takes::Text),
    ("regex_match", Operator::RegexMatch, false, Takes::Text),
    ("not_regex_match", Operator::RegexMatch, true, Takes::Text),
    ("greater_than", Operator::Compare(Comparison::Greater), false, Takes::Number),
    ("greater_than_or_equal", Operator::Compare(Comparison::GreaterOrEqual), false, Takes::Number),
    ("less_than", Operator::Compare(Comparison::Less), false, Takes::Number),
    ("less_than_or_equal", Operator::Compare(Comparison::LessOrEqual), false, Takes::Number),
    ("between", Operator::Between, false, Takes::Range),
    ("not_between", Operator::Between, true, Takes::Range),
    ("length_equals", Operator::Length(Comparison::Equal), false, Takes::Count),
    ("length_not_equals", Operator::Length(Comparison::Equal), true, Takes::Count),
    ("length_greater_than", Operator::Length(Comparison::Greater), false, Takes::Count),
    ("length_greater_than_or_equal", Operator::Length(Comparison::GreaterOrEqual), false, Takes::Count),
    ("length_less_than", Operator::Length(Comparison::Less), false, Takes::Count),
    ("length_less_than_or_equal", Operator::Length(Comparison::LessOrEqual), false, Takes::Count),
    ("is_empty", Operator::IsEmpty, false, Takes::Nothing),
    ("is_not_empty", Operator::IsEmpty, true, Takes::Nothing),
    ("is_true", Operator::Is(true), false, Takes::Nothing),
    ("is_false", Operator::Is(false), false, Takes::Nothing),
    ("intersects", Operator::Intersects, false, Takes::List),
    ("not_intersects", Operator::Intersects, true, Takes::List),
    ("subset", Operator::Subset, false, Takes::List),
    ("not_subset", Operator::Subset, true, Takes::List),
];

/// An operator with its value, ready to be asked.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) operator: Operator,
    pub(crate) negated: bool,
    pub(crate) values: Vec<Literal>,
    pub(crate) regex: Option<Regex>,
    /// Stands for an absent value.
    pub(crate) default: Option<Literal>,
}

impl Literal {
    pub(crate) fn as_given(&self) -> Given<'_> {
        match self {
            Self::Text(text) => Given::Text(text),
            Self::Number(number) => Given::Number(*number),
            Self::Flag(flag) => Given::Flag(*flag),
        }
    }

    fn text(&self) -> Cow<'_, str> {
        self.as_given().text()
    }
}

impl<'a> Given<'a> {
    pub(crate) fn text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.normalize().to_string()),
            Self::Flag(flag) => Cow::Borrowed(if flag { "true" } else { "false" }),
        }
    }

    fn number(self) -> Option<Decimal> {
        match self {
            Self::Text(text) => text.trim().parse().ok(),
            Self::Number(number) => Some(number),
            Self::Flag(_) => None,
        }
    }

    fn flag(self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(flag),
            Self::Text("true") => Some(true),
            Self::Text("false") => Some(false),
            Self::Text(_) | Self::Number(_) => None,
        }
    }

    /// Equal as Terraform's conversions see it: `"2"` and 2, `"true"` and true.
    pub(crate) fn is(self, literal: &Literal) -> bool {
        match literal {
            Literal::Number(number) => self.number() == Some(*number),
            Literal::Flag(flag) => self.flag() == Some(*flag),
            Literal::Text(text) => match self {
                Self::Text(given) => given == text,
                Self::Number(number) => text.trim().parse() == Ok(number),
                Self::Flag(flag) => text.parse() == Ok(flag),
            },
        }
    }
}

impl Test {
    /// The answer for a known single value, negation not applied.
    pub(crate) fn of_value(&self, operator: Operator, given: Given<'_>) -> bool {
        let first = self.values.first();
        let with_text =
            |test: &dyn Fn(&str, &str) -> bool| first.is_some_and(|value| test(&given.text(), &value.text()));
        match operator {
            Operator::Exists => true,
            Operator::Equals => first.is_some_and(|value| given.is(value)),
            Operator::EqualsIgnoreCase => with_text(&|text, value| text.eq_ignore_ascii_case(value)),
            Operator::Within | Operator::Intersects | Operator::Subset => {
                self.values.iter().any(|value| given.is(value))
            }
            Operator::Contains => with_text(&|text, value| text.contains(value)),
            Operator::StartingWith => with_text(&|text, value| text.starts_with(value)),
            Operator::EndingWith => with_text(&|text, value| text.ends_with(value)),
            Operator::RegexMatch => self.regex.as_ref().is_some_and(|regex| regex.is_match(&given.text())),
            Operator::Compare(comparison) => {
                match (given.number(), first.and_then(|value| value.as_given().number())) {
                    (Some(number), Some(value)) => comparison.holds(number.cmp(&value)),
                    _ => false,
                }
            }
            Operator::Between => {
                let mut bounds = self.values.iter().filter_map(|value| value.as_given().number());
                match (given.number(), bounds.next(), bounds.next()) {
                    (Some(number), Some(least), Some(most)) => (least..=most).contains(&number),
                    _ => false,
                }
            }
            Operator::Length(comparison) => {
                let length = given.text().chars().count();
                self.of_length(comparison, length as u64)
            }
            Operator::IsEmpty => given.text().is_empty(),
            Operator::Is(wanted) => given.flag() == Some(wanted),
        }
    }

    pub(crate) fn of_length(&self, comparison: Comparison, length: u64) -> bool {
        let value = self.values.first().and_then(|value| value.as_given().number());
        value.is_some_and(|value| comparison.holds(Decimal::from(length).cmp(&value)))
    }

    /// The answer for what is absent and has no default, negation not applied.
    pub(crate) fn of_absent(&self) -> bool {
        match self.operator {
            Operator::IsEmpty | Operator::Subset => true,
            Operator::Length(comparison) => self.of_length(comparison, 0),
            _ => false,
        }
    }

    /// The answer for a text of which the start, the end and parts between are known, where they decide.
    pub(crate) fn of_parts(
        &self,
        operator: Operator,
        start: &str,
        parts: &[&str],
        end: &str,
    ) -> Option<bool> {
        let can_be = |value: &str| {
            value.starts_with(start) && value.ends_with(end) && value.len() >= start.len().max(end.len())
        };
        let first = self.values.first().map(Literal::text);
        match (operator, first) {
            (Operator::Exists, _) => Some(true),
            (Operator::Equals, Some(value)) if !can_be(&value) => Some(false),
            (Operator::EqualsIgnoreCase, Some(value)) => {
                let lower = value.to_ascii_lowercase();
                let fits = lower.starts_with(&start.to_ascii_lowercase())
                    && lower.ends_with(&end.to_ascii_lowercase());
                (!fits).then_some(false)
            }
            (Operator::Within, _) if !self.values.iter().any(|value| can_be(&value.text())) => Some(false),
            (Operator::Contains, Some(value)) => {
                parts.iter().any(|part| part.contains(&*value)).then_some(true)
            }
            (Operator::StartingWith, Some(value)) if start.starts_with(&*value) => Some(true),
            (Operator::StartingWith, Some(value)) if !value.starts_with(start) => Some(false),
            (Operator::EndingWith, Some(value)) if end.ends_with(&*value) => Some(true),
            (Operator::EndingWith, Some(value)) if !value.ends_with(end) => Some(false),
            (Operator::IsEmpty, _) if parts.iter().any(|part| !part.is_empty()) => Some(false),
            _ => None,
        }
    }
}
