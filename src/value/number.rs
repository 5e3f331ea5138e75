//! Terraform numbers: exact integers, otherwise binary floats with the precision that cty's have. Arithmetic,
//! conversion to text and parsing give the digits that Terraform prints.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use dashu_float::round::mode::HalfEven;
use dashu_float::{Context, DBig, FBig};
use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign, UBig};
use rust_decimal::Decimal;

use super::digits::{Digits, decimal_digits};

/// Precision of what is written or parsed, in bits (cty's `big.Float` precision). A result has the larger
/// precision of its operands.
pub const PRECISION: usize = 512;

/// Precision of a whole number that a function computed (cty's `NumberIntVal`), in bits.
const COUNTED: u16 = 64;

/// Precision of a result computed in doubles (cty's `NumberFloatVal`), in bits.
const DOUBLE: u16 = 53;

/// Magnitudes of more bits than this count as infinite (or as zero): they would print as megabytes.
const LARGEST_EXPONENT_BITS: isize = 200_000;

pub type Float = FBig<HalfEven, 2>;

/// A number without loss: small integers as such, the rest as binary floats of (usually) 512 bits.
#[derive(Debug, Clone)]
pub enum Number {
    /// A whole number of [`PRECISION`] bits.
    Int(i64),
    /// A whole number of fewer bits of precision: what functions such as `length` and `pow` compute.
    Short(i64, u16),
    /// Zero with a minus sign, which Terraform prints as `-0`, and its precision in bits.
    NegativeZero(u16),
    Float(Arc<Float>),
}

/// A text that is no decimal number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a number is required")]
pub struct NotANumber;

/// An operation without a result, such as `0 / 0`; worded as Terraform does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Undefined(pub &'static str);

impl Number {
    pub const ZERO: Self = Self::Int(0);

    /// Positive infinity, the result of `1 / 0`.
    #[must_use]
    pub fn infinity() -> Self {
        Self::Float(Arc::new(Float::INFINITY))
    }

    #[must_use]
    pub fn negative_infinity() -> Self {
        Self::Float(Arc::new(Float::NEG_INFINITY))
    }

    /// A whole number as functions such as `length` compute it: with 64 bits of precision.
    #[must_use]
    pub fn counted(value: i64) -> Self {
        Self::Short(value, COUNTED)
    }

    /// A whole number of at most `precision` bits; 0 stands for [`PRECISION`].
    fn whole(value: i64, precision: usize) -> Self {
        match u16::try_from(precision) {
            Ok(bits) if precision < PRECISION && bits > 0 => Self::Short(value, bits),
            _ => Self::Int(value),
        }
    }

    fn signed_zero(negative: bool, precision: usize) -> Self {
        let bits = u16::try_from(precision.min(PRECISION)).unwrap_or(0);
        if negative { Self::NegativeZero(bits) } else { Self::whole(0, precision) }
    }

    /// In bits.
    fn precision(&self) -> usize {
        match self {
            Self::Int(_) => PRECISION,
            Self::Short(_, bits) | Self::NegativeZero(bits) => usize::from(*bits),
            Self::Float(value) => value.precision(),
        }
    }

    /// Both as integers where sums and products that fit are exact, and the precision of the result.
    fn integers(&self, other: &Self) -> Option<(i64, i64, usize)> {
        let (a, b) = match (self, other) {
            (Self::Int(a) | Self::Short(a, _), Self::Int(b) | Self::Short(b, _)) => (*a, *b),
            _ => return None,
        };
        let precision = self.precision().max(other.precision());
        (precision >= usize::from(COUNTED)).then_some((a, b, precision))
    }

    /// Whether it has a minus sign; a negative zero has one.
    pub(crate) fn has_minus(&self) -> bool {
        matches!(self, Self::NegativeZero(_)) || self.is_negative()
    }

    /// The float brought to at most [`PRECISION`], or a whole number where it is one that fits.
    #[must_use]
    pub fn from_float(value: Float) -> Self {
        if value.repr().is_infinite() {
            return Self::Float(Arc::new(value));
        }
        let bits = isize::try_from(value.repr().significand().bit_len()).unwrap_or(isize::MAX);
        let magnitude = value.repr().exponent().saturating_add(bits);
        if magnitude > LARGEST_EXPONENT_BITS {
            return if value.repr().sign() == Sign::Negative {
                Self::negative_infinity()
            } else {
                Self::infinity()
            };
        }
        if magnitude < -LARGEST_EXPONENT_BITS || value.repr().significand().is_zero() {
            return Self::whole(0, value.precision());
        }
        if value.repr().exponent() >= 0
            && magnitude <= 64
            && let Ok(small) = i64::try_from(value.clone().to_int().value())
        {
            return Self::whole(small, value.precision());
        }
        let precision = value.precision();
        if precision == 0 || precision > PRECISION {
            return Self::Float(Arc::new(value.with_precision(PRECISION).value()));
        }
        Self::Float(Arc::new(value))
    }

    /// A whole number of any size, exact, with at least 64 bits of precision (Go's `SetInt`).
    #[must_use]
    pub fn from_integer(value: IBig) -> Self {
        match i64::try_from(&value) {
            Ok(small) => Self::counted(small),
            Err(_) => {
                let precision = value.bit_len().max(64);
                Self::Float(Arc::new(Float::from(value).with_precision(precision).value()))
            }
        }
    }

    /// The exact value of a double; `None` for not-a-number. Keeps 53 bits of precision, as Terraform's
    /// `pow` and `log` do.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_nan() {
            return None;
        }
        if value.is_infinite() {
            return Some(if value > 0.0 { Self::infinity() } else { Self::negative_infinity() });
        }
        if value == 0.0 {
            return Some(Self::signed_zero(value.is_sign_negative(), usize::from(DOUBLE)));
        }
        let float = Float::try_from(value).ok()?;
        Some(Self::from_float(float.with_precision(usize::from(DOUBLE)).value()))
    }

    /// The nearest double.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match self {
            #[allow(clippy::cast_precision_loss)] // rounding to nearest is what is asked for
            Self::Int(value) | Self::Short(value, _) => *value as f64,
            Self::NegativeZero(_) => -0.0,
            Self::Float(value) => {
                if value.repr().is_infinite() {
                    return if value.repr().sign() == Sign::Negative {
                        f64::NEG_INFINITY
                    } else {
                        f64::INFINITY
                    };
                }
                value.to_f64().value()
            }
        }
    }

    #[must_use]
    pub fn to_float(&self) -> Float {
        match self {
            Self::Int(value) => Float::from(*value).with_precision(PRECISION).value(),
            Self::Short(value, bits) => Float::from(*value).with_precision(usize::from(*bits)).value(),
            Self::NegativeZero(bits) => Float::ZERO.with_precision(usize::from(*bits)).value(),
            Self::Float(value) => (**value).clone(),
        }
    }

    /// The value as an integer, when it is a whole number that fits.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Self::Int(value) | Self::Short(value, _) => Some(*value),
            Self::NegativeZero(_) => Some(0),
            Self::Float(_) => None,
        }
    }

    /// The value as a whole number of any size; `None` for fractions and infinities.
    #[must_use]
    pub fn to_integer(&self) -> Option<IBig> {
        match self {
            Self::Int(value) | Self::Short(value, _) => Some(IBig::from(*value)),
            Self::NegativeZero(_) => Some(IBig::ZERO),
            Self::Float(value) if value.repr().is_infinite() || value.repr().exponent() < 0 => None,
            Self::Float(value) => Some(value.to_int().value()),
        }
    }

    #[must_use]
    pub fn is_infinite(&self) -> bool {
        matches!(self, Self::Float(value) if value.repr().is_infinite())
    }

    #[must_use]
    pub fn is_zero(&self) -> bool {
        matches!(self, Self::Int(0) | Self::Short(0, _) | Self::NegativeZero(_))
    }

    /// Whether it is below zero; a negative zero is not.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        match self {
            Self::Int(value) | Self::Short(value, _) => *value < 0,
            Self::NegativeZero(_) => false,
            Self::Float(value) => value.repr().sign() == Sign::Negative,
        }
    }

    /// The value as a decimal, rounded to 28 digits; `None` where it is too large.
    #[must_use]
    pub fn to_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Int(value) | Self::Short(value, _) => Some(Decimal::from(*value)),
            Self::NegativeZero(_) => Some(Decimal::ZERO),
            Self::Float(value) if value.repr().is_infinite() => None,
            Self::Float(value) => {
                let decimal = Float::clone(value).with_base_and_precision::<10>(28).value();
                Decimal::from_str(&decimal.to_string()).ok()
            }
        }
    }

    /// As Terraform's JSON shows it: the digits of the string conversion. `None` for an infinity, which JSON
    /// cannot hold.
    #[must_use]
    pub fn to_json(&self) -> Option<String> {
        if self.is_infinite() { None } else { Some(self.to_string()) }
    }

    /// # Errors
    /// For the sum of opposing infinities.
    pub fn add(&self, other: &Self) -> Result<Self, Undefined> {
        if let (Self::Int(a), Self::Int(b)) = (self, other)
            && let Some(sum) = a.checked_add(*b)
        {
            return Ok(Self::Int(sum));
        }
        if let Some((a, b, precision)) = self.integers(other)
            && let Some(sum) = a.checked_add(b)
        {
            return Ok(Self::whole(sum, precision));
        }
        if self.is_zero() && other.is_zero() {
            let negative = self.has_minus() && other.has_minus();
            return Ok(Self::signed_zero(negative, self.precision().max(other.precision())));
        }
        match (self.is_infinite(), other.is_infinite()) {
            (true, true) if self.is_negative() != other.is_negative() => {
                Err(Undefined("can't compute sum of opposing infinities"))
            }
            (true, _) => Ok(self.clone()),
            (_, true) => Ok(other.clone()),
            _ => Ok(Self::from_float(self.to_float() + other.to_float())),
        }
    }

    /// # Errors
    /// For an infinity minus itself.
    pub fn sub(&self, other: &Self) -> Result<Self, Undefined> {
        if let (Self::Int(a), Self::Int(b)) = (self, other)
            && let Some(difference) = a.checked_sub(*b)
        {
            return Ok(Self::Int(difference));
        }
        if let Some((a, b, precision)) = self.integers(other)
            && let Some(difference) = a.checked_sub(b)
        {
            return Ok(Self::whole(difference, precision));
        }
        self.add(&other.neg()).map_err(|_| Undefined("can't subtract infinity from itself"))
    }

    /// # Errors
    /// For zero times infinity.
    pub fn mul(&self, other: &Self) -> Result<Self, Undefined> {
        if let (Self::Int(a), Self::Int(b)) = (self, other)
            && let Some(product) = a.checked_mul(*b)
            && product != 0
        {
            return Ok(Self::Int(product));
        }
        let negative = self.has_minus() != other.has_minus();
        if self.is_infinite() || other.is_infinite() {
            return if self.is_zero() || other.is_zero() {
                Err(Undefined("can't multiply zero by infinity"))
            } else if negative {
                Ok(Self::negative_infinity())
            } else {
                Ok(Self::infinity())
            };
        }
        let precision = self.precision().max(other.precision());
        if self.is_zero() || other.is_zero() {
            return Ok(Self::signed_zero(negative, precision));
        }
        if let Some((a, b, precision)) = self.integers(other)
            && let Some(product) = a.checked_mul(b)
        {
            return Ok(Self::whole(product, precision));
        }
        // cty multiplies with 512 bits and keeps as many of them as the product needs.
        let product = Context::<HalfEven>::new(PRECISION)
            .mul(self.to_float().repr(), other.to_float().repr())
            .map_err(|_| Undefined("can't multiply these numbers"))?
            .value();
        let precision = precision.max(product.repr().significand().bit_len());
        Ok(Self::from_float(product.with_precision(precision).value()))
    }

    /// Division; by zero it is infinite, as in Terraform.
    ///
    /// # Errors
    /// For zero by zero and infinity by infinity.
    pub fn div(&self, other: &Self) -> Result<Self, Undefined> {
        let undefined = Undefined("can't divide zero by zero or infinity by infinity");
        if let (Self::Int(a), Self::Int(b)) = (self, other)
            && let (Some(0), Some(quotient)) = (a.checked_rem(*b), a.checked_div(*b))
            && quotient != 0
        {
            return Ok(Self::Int(quotient));
        }
        let negative = self.has_minus() != other.has_minus();
        match (self.is_infinite(), other.is_infinite()) {
            (true, true) => Err(undefined),
            (false, true) => Ok(Self::signed_zero(negative, self.precision())),
            (false, false) if self.is_zero() && other.is_zero() => Err(undefined),
            (true, false) => Ok(if negative { Self::negative_infinity() } else { Self::infinity() }),
            (false, false) if other.is_zero() => {
                Ok(if negative { Self::negative_infinity() } else { Self::infinity() })
            }
            (false, false) if self.is_zero() => {
                Ok(Self::signed_zero(negative, self.precision().max(other.precision())))
            }
            (false, false) => Ok(Self::from_float(self.to_float() / other.to_float())),
        }
    }

    /// Remainder of the division truncated toward zero; `5 % 0` is 5, as in Terraform.
    ///
    /// # Errors
    /// For zero with an infinity.
    pub fn rem(&self, other: &Self) -> Result<Self, Undefined> {
        if self.is_infinite() || other.is_infinite() {
            return self.mul(other).map_err(|_| Undefined("can't use modulo with zero and infinity"));
        }
        if other.is_zero() {
            return Ok(self.clone());
        }
        if self.is_zero() {
            return Ok(Self::signed_zero(self.has_minus() && !other.has_minus(), self.precision()));
        }
        if let Some((a, b, _)) = self.integers(other)
            && self.precision() >= usize::from(COUNTED)
        {
            return Ok(Self::whole(a.checked_rem(b).unwrap_or(0), self.precision()));
        }
        let quotient = self.div(other)?.truncated();
        let value = self.to_float();
        let precision = value.precision().max(1);
        let whole = quotient.to_float().with_precision(precision).value();
        let product = Context::<HalfEven>::new(precision)
            .mul(other.to_float().repr(), whole.repr())
            .map_err(|_| Undefined("can't use modulo with these numbers"))?
            .value();
        Self::from_float(value).sub(&Self::from_float(product))
    }

    #[must_use]
    pub fn neg(&self) -> Self {
        match self {
            Self::Int(0) => Self::signed_zero(true, PRECISION),
            Self::Short(0, bits) => Self::NegativeZero(*bits),
            Self::NegativeZero(bits) => Self::whole(0, usize::from(*bits)),
            Self::Int(value) | Self::Short(value, _) => match value.checked_neg() {
                Some(negated) => Self::whole(negated, self.precision()),
                None => Self::from_float(-self.to_float()),
            },
            Self::Float(value) => Self::from_float(-Float::clone(value)),
        }
    }

    #[must_use]
    pub fn abs(&self) -> Self {
        if self.has_minus() { self.neg() } else { self.clone() }
    }

    /// Without the fraction and without the sign of a zero; the precision stays.
    fn truncated(&self) -> Self {
        match self {
            Self::NegativeZero(bits) => Self::whole(0, usize::from(*bits)),
            Self::Float(value) if !value.repr().is_infinite() && value.repr().exponent() < 0 => {
                let whole = Float::from(value.trunc().to_int().value());
                Self::from_float(whole.with_precision(value.precision()).value())
            }
            _ => self.clone(),
        }
    }

    /// The largest whole number not above; infinities stay.
    #[must_use]
    pub fn floor(&self) -> Self {
        let whole = self.truncated();
        if whole > *self { whole.sub(&Self::whole(1, self.precision())).unwrap_or(whole) } else { whole }
    }

    /// The smallest whole number not below; infinities stay.
    #[must_use]
    pub fn ceil(&self) -> Self {
        let whole = self.truncated();
        if whole < *self { whole.add(&Self::whole(1, self.precision())).unwrap_or(whole) } else { whole }
    }

    /// `self` to the power of `power`, in doubles as Terraform computes it; `None` where the result is no number.
    #[must_use]
    pub fn pow(&self, power: &Self) -> Option<Self> {
        Self::from_f64(double_power(self.to_f64(), power.to_f64()))
    }

    /// The logarithm to `base`, in doubles as Terraform computes it; `None` where the result is no number.
    #[must_use]
    pub fn log(&self, base: &Self) -> Option<Self> {
        Self::from_f64(double_log(self.to_f64()) / double_log(base.to_f64()))
    }

    /// -1, 0 or 1; `None` where Terraform refuses: for what is no whole number of 64 bits.
    #[must_use]
    pub fn signum(&self) -> Option<Self> {
        self.to_i64().map(|value| Self::counted(value.signum()))
    }

    /// Reads a whole number of a base from 2 to 62 as Go's `big.Int` does: an optional sign and digits; above
    /// base 36 capital letters are the digits from 36 on.
    #[must_use]
    pub fn parse_int(text: &str, base: u32) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if digits.is_empty() || !(2..=62).contains(&base) {
            return None;
        }
        let mut value = UBig::ZERO;
        for byte in digits.bytes() {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'z' => byte - b'a' + 10,
                b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
                b'A'..=b'Z' => byte - b'A' + 36,
                _ => return None,
            };
            if u32::from(digit) >= base {
                return None;
            }
            value = value * UBig::from(base) + UBig::from(digit);
            if value.bit_len() > LARGEST_EXPONENT_BITS.unsigned_abs() {
                return None;
            }
        }
        let sign = if negative { Sign::Negative } else { Sign::Positive };
        Some(Self::from_integer(IBig::from_parts(sign, value)))
    }

    /// Every decimal digit of the exact value; `None` for infinities.
    pub(crate) fn exact_digits(&self) -> Option<Digits> {
        let value = self.to_float();
        if value.repr().is_infinite() {
            return None;
        }
        let significand = value.repr().significand();
        let (sign, magnitude) = significand.clone().into_parts();
        let mut digits = decimal_digits(&magnitude, value.repr().exponent());
        digits.negative = sign == Sign::Negative || self.has_minus();
        Some(digits)
    }

    /// The fewest decimal digits that read back as the same number of its precision (Go's `Text(…, -1)`).
    pub(crate) fn shortest_digits(&self) -> Option<Digits> {
        if matches!(self, Self::Int(_)) {
            return self.exact_digits();
        }
        let value = self.to_float();
        let exact = self.exact_digits()?;
        if exact.digits.is_empty() {
            return Some(exact);
        }
        let magnitude = value.repr().significand().clone().into_parts().1;
        let precision = match value.precision() {
            0 => PRECISION,
            precision => precision,
        };
        // One bit more than the precision, so that the last bit stands for half a unit in the last place.
        let shift = (precision + 1).saturating_sub(magnitude.bit_len());
        let exponent = value.repr().exponent() - isize::try_from(shift).unwrap_or(isize::MAX);
        let mantissa = magnitude << shift;
        let inclusive = !mantissa.bit(1);
        let lower = decimal_digits(&(mantissa.clone() - UBig::ONE), exponent);
        let upper = decimal_digits(&(mantissa + UBig::ONE), exponent);
        let at = |digits: &Digits, index: usize| digits.digits.get(index).copied().unwrap_or(b'0');
        for (index, digit) in exact.digits.iter().copied().enumerate() {
            let low = at(&lower, index);
            let high = at(&upper, index);
            let down = low != digit || (inclusive && index + 1 == lower.digits.len());
            let up = digit != high && (inclusive || digit + 1 < high || index + 1 < upper.digits.len());
            match (down, up) {
                (true, true) => return Some(exact.rounded(index + 1)),
                (true, false) => return Some(exact.cut(index + 1)),
                (false, true) => return Some(exact.raised(index + 1)),
                (false, false) => {}
            }
        }
        Some(exact)
    }
}

/// The natural logarithm as Go computes it (FreeBSD's `e_log.c`): the last digit differs from the C library's.
fn double_log(value: f64) -> f64 {
    const LN2_HIGH: f64 = 0.693_147_180_369_123_8;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const L: [f64; 7] = [
        0.666_666_666_666_673_5,
        0.399_999_999_994_094_2,
        0.285_714_287_436_623_9,
        0.222_221_984_321_497_84,
        0.181_835_721_616_180_5,
        0.153_138_376_992_093_73,
        0.147_981_986_051_165_86,
    ];
    if !value.is_finite() || value <= 0.0 {
        return value.ln();
    }
    let (mut fraction, mut scale) = split(value);
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        scale -= 1;
    }
    let f = fraction - 1.0;
    #[allow(clippy::cast_precision_loss)] // an exponent of a double
    let k = scale as f64;
    let [l1, l2, l3, l4, l5, l6, l7] = L;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let odd = s2 * (l1 + s4 * (l3 + s4 * (l5 + s4 * l7)));
    let even = s4 * (l2 + s4 * (l4 + s4 * l6));
    let remainder = odd + even;
    let half_square = 0.5 * f * f;
    k * LN2_HIGH - ((half_square - (s * (half_square + remainder) + k * LN2_LOW)) - f)
}

/// `base` to the power `exponent` by repeated squaring, the way Go's `math.Pow` rounds.
fn double_power(base: f64, exponent: f64) -> f64 {
    if exponent == 0.0 || base == 1.0 {
        return 1.0;
    }
    if exponent == 1.0 {
        return base;
    }
    let usual = exponent.is_finite() && base.is_finite() && base != 0.0;
    if exponent == 0.5 {
        return base.sqrt();
    }
    if exponent == -0.5 {
        return 1.0 / base.sqrt();
    }
    if !usual || (exponent.fract() != 0.0 && base < 0.0) || exponent.abs() >= 9.0e18 {
        return base.powf(exponent);
    }
    // base = fraction × 2^scale with the fraction in [1/2, 1)
    let (fraction, mut scale) = split(base);
    let mut result = 1.0_f64;
    let mut result_scale = 0_i64;
    let mut factor = fraction;
    #[allow(clippy::cast_possible_truncation)] // bounded above
    let mut bits = exponent.abs().trunc() as i64;
    let mut part = exponent.abs().fract();
    if part != 0.0 {
        if part > 0.5 {
            part -= 1.0;
            bits += 1;
        }
        result = (part * double_log(base)).exp();
    }
    while bits != 0 {
        if scale.abs() > 1 << 12 {
            result_scale += scale;
            break;
        }
        if bits & 1 == 1 {
            result *= factor;
            result_scale += scale;
        }
        factor *= factor;
        scale <<= 1;
        if factor < 0.5 {
            factor += factor;
            scale -= 1;
        }
        bits >>= 1;
    }
    if exponent < 0.0 {
        result = 1.0 / result;
        result_scale = -result_scale;
    }
    scaled(result, result_scale)
}

fn split(value: f64) -> (f64, i64) {
    let mut fraction = value;
    let mut scale = 0;
    while fraction.abs() >= 1.0 {
        fraction /= 2.0;
        scale += 1;
    }
    while fraction.abs() < 0.5 {
        fraction *= 2.0;
        scale -= 1;
    }
    (fraction, scale)
}

fn scaled(value: f64, scale: i64) -> f64 {
    let clamped = i32::try_from(scale.clamp(-4_000, 4_000)).unwrap_or(0);
    // Two steps, so that a subnormal result is rounded once.
    let half = clamped / 2;
    value * 2.0_f64.powi(half) * 2.0_f64.powi(clamped - half)
}

/// As Terraform counts: with 64 bits of precision.
impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::counted(value)
    }
}

/// As Terraform counts: with 64 bits of precision.
impl From<usize> for Number {
    fn from(value: usize) -> Self {
        i64::try_from(value).map_or_else(|_| Self::from_integer(IBig::from(value)), Self::counted)
    }
}

impl FromStr for Number {
    type Err = NotANumber;

    /// Reads a decimal number as Terraform converts a string to one: sign, digits, fraction, exponent, or
    /// `Inf`. (HCL and JSON literals are a subset.)
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        /// Exponents beyond this would make numbers of millions of digits.
        const LARGEST_EXPONENT: i64 = 10_000;
        if let Ok(value) = text.parse::<i64>() {
            return Ok(if value == 0 {
                Self::signed_zero(text.starts_with('-'), PRECISION)
            } else {
                Self::Int(value)
            });
        }
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if digits == "Inf" || digits == "inf" {
            return Ok(if negative { Self::negative_infinity() } else { Self::infinity() });
        }
        let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
        if exponent.starts_with("+-") || exponent.starts_with("++") {
            return Err(NotANumber);
        }
        let exponent: i64 = exponent.parse().map_err(|_| NotANumber)?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty())
            || !all_digits(whole)
            || !all_digits(fraction)
            || exponent.abs() > LARGEST_EXPONENT
        {
            return Err(NotANumber);
        }
        let sign = if negative { "-" } else { "" };
        let decimal =
            DBig::from_str(&format!("{sign}0{whole}.{fraction}0e{exponent}")).map_err(|_| NotANumber)?;
        let value = Self::from_float(
            decimal.with_rounding::<HalfEven>().with_base_and_precision::<2>(PRECISION).value(),
        );
        Ok(if value.is_zero() { Self::signed_zero(negative, PRECISION) } else { value })
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
            (Self::Int(a) | Self::Short(a, _), Self::Int(b) | Self::Short(b, _)) => a.cmp(b),
            _ => self.to_float().cmp(&other.to_float()),
        }
    }
}

impl fmt::Display for Number {
    /// As Terraform converts a number to a string: every digit, no exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Short(value, bits) if *bits >= COUNTED => write!(f, "{value}"),
            Self::NegativeZero(_) => f.write_str("-0"),
            Self::Short(..) | Self::Float(_) => match self.shortest_digits() {
                Some(digits) => f.write_str(&digits.plain(true)),
                None if self.is_negative() => f.write_str("-Inf"),
                None => f.write_str("+Inf"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn arithmetic_is_exact_where_terraform_is() {
        let sum = number("0.1").add(&number("0.2")).unwrap();
        assert_eq!(sum.to_string(), "0.3");
        let third = number("1").div(&number("3")).unwrap().to_string();
        assert_eq!(third.len(), 157, "{third}");
        assert!(third.ends_with("33335"), "{third}");
        assert_eq!(number("6").div(&number("3")).unwrap().to_i64(), Some(2));
        assert_eq!(
            number("9223372036854775807").add(&number("1")).unwrap().to_string(),
            "9223372036854775808"
        );
        assert_eq!(number("-9223372036854775808").neg().to_string(), "9223372036854775808");
        assert_eq!(number("1e400").to_string().len(), 401);
        assert_eq!(number("1e-20").to_string(), "0.00000000000000000001");
        assert_eq!(number("100000000000000000000.5").to_string(), "100000000000000000000.5");
    }

    #[test]
    fn remainders_and_infinities() {
        assert_eq!(number("5").rem(&number("0")).unwrap().to_string(), "5");
        assert_eq!(number("-7").rem(&number("3")).unwrap().to_string(), "-1");
        let remainder = number("5.3").rem(&number("2")).unwrap().to_string();
        assert!(remainder.starts_with("1.30000") && remainder.ends_with('2'), "{remainder}");
        assert!(number("1").div(&number("0")).unwrap().is_infinite());
        assert!(number("0").div(&number("0")).is_err());
        assert!(Number::infinity().sub(&Number::infinity()).is_err());
        assert!(Number::infinity().mul(&Number::ZERO).is_err());
        assert_eq!(number("-1").div(&number("0")).unwrap().to_string(), "-Inf");
        assert!(number("1").div(&number("1e9999")).unwrap().to_string().len() > 9_000);
    }

    #[test]
    fn rounding_powers_and_bases() {
        assert_eq!(number("-0.5").floor(), number("-1"));
        assert_eq!(number("-0.5").ceil(), number("0"));
        assert_eq!(number("2.5").ceil(), number("3"));
        assert_eq!(number("2").pow(&number("0.5")).unwrap().to_string(), "1.4142135623730951");
        assert_eq!(number("10").pow(&number("-3")).unwrap().to_string(), "0.001");
        assert!(number("2").pow(&number("1023")).unwrap().to_string().starts_with("898846567431158"));
        assert!(number("2").pow(&number("2000")).unwrap().is_infinite());
        assert_eq!(number("8").log(&number("2")).unwrap().to_string(), "3");
        assert!(number("-1").log(&number("2")).is_none());
        assert_eq!(Number::parse_int("zz", 36).unwrap(), number("1295"));
        assert_eq!(Number::parse_int("-ff", 16).unwrap(), number("-255"));
        assert!(Number::parse_int("0x10", 16).is_none());
        assert_eq!(Number::parse_int("Z", 62).unwrap(), number("61"));
    }

    #[test]
    fn parsing_takes_what_terraform_takes() {
        for (text, want) in [(".5", "0.5"), ("5.", "5"), ("+1", "1"), ("1e3", "1000"), ("-2.50", "-2.5")] {
            assert_eq!(number(text).to_string(), want);
        }
        assert!(number("Inf").is_infinite());
        for text in ["", " 1", "0x10", "1_000", "+", ".", "1e", "1e+-2", "--1", "e5", "1e99999"] {
            assert!(text.parse::<Number>().is_err(), "{text}");
        }
    }
}
