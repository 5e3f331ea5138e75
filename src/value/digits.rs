//! Decimal digits of binary floats and their notations: plain, fixed, scientific, general.

use dashu_int::UBig;

/// The decimal digits of a finite number: `0.d1d2d3… × 10^exponent`, without trailing zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digits {
    pub(crate) negative: bool,
    /// ASCII digits; empty for zero.
    pub(crate) digits: Vec<u8>,
    pub(crate) exponent: i64,
}

impl Digits {
    fn trimmed(mut self) -> Self {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.exponent = 0;
        }
        self
    }

    /// The first `count` digits, toward zero.
    pub(crate) fn cut(mut self, count: usize) -> Self {
        self.digits.truncate(count);
        self.trimmed()
    }

    /// The first `count` digits, away from zero.
    pub(crate) fn raised(mut self, count: usize) -> Self {
        if count >= self.digits.len() {
            return self;
        }
        self.digits.truncate(count);
        while self.digits.last() == Some(&b'9') {
            self.digits.pop();
        }
        match self.digits.last_mut() {
            Some(last) => *last += 1,
            None => {
                self.digits.push(b'1');
                self.exponent += 1;
            }
        }
        self
    }

    /// The first `count` digits, to nearest, ties to even.
    pub(crate) fn rounded(self, count: usize) -> Self {
        let Some(next) = self.digits.get(count).copied() else { return self };
        let up = if next == b'5' && count + 1 == self.digits.len() {
            count > 0 && self.digits.get(count - 1).is_some_and(|last| (last - b'0') % 2 == 1)
        } else {
            next >= b'5'
        };
        if up { self.raised(count) } else { self.cut(count) }
    }

    /// Without exponent: `-123.45`.
    pub(crate) fn plain(&self, minus: bool) -> String {
        let mut text = String::new();
        if minus && self.negative {
            text.push('-');
        }
        let whole = usize::try_from(self.exponent).unwrap_or(0);
        if whole == 0 {
            text.push('0');
        }
        text.extend((0..whole).map(|at| self.digits.get(at).map_or('0', |digit| char::from(*digit))));
        if self.digits.len() > whole {
            text.push('.');
            let zeros = usize::try_from(-self.exponent).unwrap_or(0);
            text.extend(std::iter::repeat_n('0', zeros));
            text.extend(self.digits.iter().skip(whole).map(|digit| char::from(*digit)));
        }
        text
    }

    /// With exactly `places` digits after the point, rounded to nearest, ties to even (`%.2f`).
    pub(crate) fn fixed(&self, places: usize) -> String {
        let wanted = self.exponent.saturating_add(i64::try_from(places).unwrap_or(i64::MAX));
        let rounded = match usize::try_from(wanted) {
            Ok(count) => self.clone().rounded(count),
            // Everything lies right of the last place.
            Err(_) => Self { digits: Vec::new(), exponent: 0, ..*self },
        };
        let mut text = rounded.plain(true);
        if places > 0 {
            let present = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            if present == 0 {
                text.push('.');
            }
            text.extend(std::iter::repeat_n('0', places.saturating_sub(present)));
        }
        text
    }

    /// In scientific notation with `places` digits after the point, or the digits there are (`%e`).
    pub(crate) fn scientific(&self, places: Option<usize>) -> String {
        let rounded = match places {
            Some(places) => self.clone().rounded(places + 1),
            None => self.clone(),
        };
        let mut text = String::new();
        if rounded.negative {
            text.push('-');
        }
        text.push(rounded.digits.first().map_or('0', |digit| char::from(*digit)));
        let places = places.unwrap_or(rounded.digits.len().saturating_sub(1));
        if places > 0 {
            text.push('.');
            text.extend(
                (1..=places).map(|at| rounded.digits.get(at).map_or('0', |digit| char::from(*digit))),
            );
        }
        let exponent = if rounded.digits.is_empty() { 0 } else { rounded.exponent - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        text.push_str(&format!("e{sign}{:02}", exponent.unsigned_abs()));
        text
    }

    /// The shorter of both notations, as Go's `%g`: `precision` significant digits, or the digits there are.
    pub(crate) fn general(&self, precision: Option<usize>) -> String {
        let rounded = match precision {
            Some(precision) => self.clone().rounded(precision.max(1)),
            None => self.clone(),
        };
        let count = i64::try_from(rounded.digits.len()).unwrap_or(i64::MAX);
        let mut limit = precision.map_or(6, |precision| i64::try_from(precision.max(1)).unwrap_or(i64::MAX));
        if precision.is_some() && limit > count && count >= rounded.exponent {
            limit = count;
        }
        let exponent = rounded.exponent - 1;
        if !rounded.digits.is_empty() && (exponent < -4 || exponent >= limit) {
            rounded.scientific(None)
        } else {
            rounded.plain(true)
        }
    }
}

/// The digits of `magnitude × 2^exponent`.
pub(super) fn decimal_digits(magnitude: &UBig, exponent: isize) -> Digits {
    if magnitude.is_zero() {
        return Digits { negative: false, digits: Vec::new(), exponent: 0 };
    }
    let size = exponent.unsigned_abs();
    let (scaled, shift) = if exponent >= 0 {
        (magnitude << size, 0)
    } else {
        // m / 2^n = m × 5^n / 10^n
        (magnitude * UBig::from(5u8).pow(size), i64::try_from(size).unwrap_or(i64::MAX))
    };
    let digits = scaled.to_string().into_bytes();
    let exponent = i64::try_from(digits.len()).unwrap_or(i64::MAX) - shift;
    Digits { negative: false, digits, exponent }.trimmed()
}
