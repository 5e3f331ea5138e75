//! Terraform numbers: exact integers, otherwise binary floats of 512 bits as in cty.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use dashu_float::round::mode::HalfEven;
use dashu_float::{DBig, FBig};
use rust_decimal::Decimal;

/// Precision of every non-integer result, in bits (cty's `big.Float` precision).
pub const PRECISION: usize = 512;

pub type Float = FBig<HalfEven, 2>;

/// A number without loss: small integers as such, the rest as 512-bit binary floats.
#[derive(Debug, Clone)]
pub enum Number {
    Int(i64),
    Float(Arc<Float>),
}

/// A text that is no decimal number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a number is required")]
pub struct NotANumber;

impl Number {
    /// The float brought to [`PRECISION`], or an `Int` where it is one that fits.
    #[must_use]
    pub fn from_float(value: Float) -> Self {
        if value.repr().is_infinite() {
            return Self::Float(Arc::new(value));
        }
        if value.fract() == Float::ZERO
            && let Ok(small) = i64::try_from(value.clone().to_int().value())
        {
            return Self::Int(small);
        }
        Self::Float(Arc::new(value.with_precision(PRECISION).value()))
    }

    #[must_use]
    pub fn to_float(&self) -> Float {
        match self {
            Self::Int(value) => Float::from(*value).with_precision(PRECISION).value(),
            Self::Float(value) => (**value).clone(),
        }
    }

    /// The value as an integer, when it is a whole number that fits.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Float(_) => None,
        }
    }

    #[must_use]
    pub fn is_infinite(&self) -> bool {
        matches!(self, Self::Float(value) if value.repr().is_infinite())
    }

    /// The value as a decimal, rounded to 28 digits; `None` where it is too large.
    #[must_use]
    pub fn to_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Int(value) => Some(Decimal::from(*value)),
            Self::Float(value) if value.repr().is_infinite() => None,
            Self::Float(value) => {
                let decimal = Float::clone(value).with_base_and_precision::<10>(28).value();
                Decimal::from_str(&decimal.to_string()).ok()
            }
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl FromStr for Number {
    type Err = NotANumber;

    /// Reads a decimal number as HCL and JSON write it: digits, fraction, exponent.
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        /// Exponents beyond this would make numbers of millions of digits.
        const LARGEST_EXPONENT: i64 = 10_000;
        if let Ok(value) = text.parse::<i64>()
            && !text.starts_with('+')
        {
            return Ok(Self::Int(value));
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
        let exponent: i64 = exponent.strip_prefix('+').unwrap_or(exponent).parse().map_err(|_| NotANumber)?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) || exponent.abs() > LARGEST_EXPONENT {
            return Err(NotANumber);
        }
        let decimal = DBig::from_str(text).map_err(|_| NotANumber)?;
        Ok(Self::from_float(
            decimal.with_rounding::<HalfEven>().with_base_and_precision::<2>(PRECISION).value(),
        ))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            _ => self.to_float().cmp(&other.to_float()),
        }
    }
}

impl fmt::Display for Number {
    /// As Terraform converts a number to a string: every digit, no exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => {
                let decimal = Float::clone(value).with_base_and_precision::<10>(155).value();
                write!(f, "{decimal}")
            }
        }
    }
}
