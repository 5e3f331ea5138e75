//! Functions of timestamps (RFC 3339). The current time is unknown by design.

use super::Failure;
use super::arguments::{Call, Outcome};
use crate::date::{civil_from_days, days_in_month};

const NANOS: i128 = 1_000_000_000;

/// A point in time with the offset it was written with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// Nanoseconds since 1970 in UTC.
    nanos: i128,
    /// Seconds east of UTC.
    offset: i64,
}

/// The calendar reading of a moment in its own offset.
#[derive(Debug, Clone, Copy)]
struct Reading {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    /// 0 is Sunday.
    weekday: i64,
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Reads the text from its start.
struct Scanner<'a>(&'a str);

impl<'a> Scanner<'a> {
    /// A number of `least` to `most` digits.
    fn digits(&mut self, least: usize, most: usize) -> Option<i64> {
        let count = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if count < least {
            return None;
        }
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        head.parse().ok()
    }

    fn skip(&mut self, characters: &[char]) -> Option<char> {
        let first = self.0.chars().next().filter(|first| characters.contains(first))?;
        self.0 = self.0.get(first.len_utf8()..)?;
        Some(first)
    }

    fn rest(&self) -> &'a str {
        self.0
    }
}

impl Moment {
    /// `2006-01-02T15:04:05Z` with optional fraction and an offset. `loose` reads what YAML calls a timestamp:
    /// short fields, a blank or small `t`, no offset, or the date alone.
    pub(super) fn parse(text: &str, loose: bool) -> Option<Self> {
        let mut scanner = Scanner(text);
        let short = if loose { 1 } else { 2 };
        let year = scanner.digits(4, 4)?;
        scanner.skip(&['-'])?;
        let month = scanner.digits(short, 2).filter(|month| (1..=12).contains(month))?;
        scanner.skip(&['-'])?;
        let day = scanner.digits(short, 2).filter(|day| (1..=days_in_month(year, month)).contains(day))?;
        let midnight = i128::from(days_from_civil(year, month, day)) * 86_400 * NANOS;
        if loose && scanner.rest().is_empty() {
            return Some(Self { nanos: midnight, offset: 0 });
        }
        let between = scanner.skip(if loose { &['T', 't', ' '] } else { &['T'] })?;
        let hour = scanner.digits(short, 2).filter(|hour| *hour < 24)?;
        scanner.skip(&[':'])?;
        let minute = scanner.digits(short, 2).filter(|minute| *minute < 60)?;
        scanner.skip(&[':'])?;
        let second = scanner.digits(short, 2).filter(|second| *second < 60)?;
        let mut fraction = 0_i128;
        if let Some(digits) = scanner.rest().strip_prefix(['.', ',']) {
            let count = digits.bytes().take_while(u8::is_ascii_digit).count();
            if count == 0 {
                return None;
            }
            let kept: String = digits.chars().take(count.min(9)).collect();
            fraction = format!("{kept:0<9}").parse().ok()?;
            scanner.0 = digits.get(count..)?;
        }
        let offset = if loose && between == ' ' {
            0
        } else {
            match scanner.skip(&['Z', '+', '-'])? {
                'Z' => 0,
                sign => {
                    let hours = scanner.digits(2, 2).filter(|hours| *hours <= 24)?;
                    scanner.skip(&[':'])?;
                    let minutes = scanner.digits(2, 2).filter(|minutes| *minutes < 60)?;
                    let east = hours * 3_600 + minutes * 60;
                    if sign == '-' { -east } else { east }
                }
            }
        };
        if !scanner.rest().is_empty() {
            return None;
        }
        let seconds = hour * 3_600 + minute * 60 + second - offset;
        Some(Self { nanos: midnight + i128::from(seconds) * NANOS + fraction, offset })
    }

    fn reading(self) -> Reading {
        let local = self.nanos.div_euclid(NANOS) + i128::from(self.offset);
        let days = i64::try_from(local.div_euclid(86_400)).unwrap_or(0);
        let seconds = i64::try_from(local.rem_euclid(86_400)).unwrap_or(0);
        let (year, month, day) = civil_from_days(days);
        Reading {
            year,
            month,
            day,
            hour: seconds / 3_600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            weekday: (days + 4).rem_euclid(7),
        }
    }

    /// The offset as `+07:00`; `colon` between hours and minutes.
    fn offset_text(self, colon: bool) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let east = self.offset.abs();
        let between = if colon { ":" } else { "" };
        format!("{sign}{:02}{between}{:02}", east / 3_600, east / 60 % 60)
    }

    /// RFC 3339 without fraction.
    pub(super) fn text(self) -> String {
        let at = self.reading();
        let offset = if self.offset == 0 { "Z".to_owned() } else { self.offset_text(true) };
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{offset}",
            at.year, at.month, at.day, at.hour, at.minute, at.second
        )
    }
}

fn moment(call: &Call<'_>, at: usize) -> Result<Moment, Failure> {
    Moment::parse(call.str(at), false).ok_or_else(|| Failure::argument(at, "not a valid RFC3339 timestamp"))
}

/// Go's `time.ParseDuration`: `1h30m`, `-1.5h`, `250ms`; in nanoseconds.
fn duration(text: &str) -> Option<i128> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0_i128;
    while !rest.is_empty() {
        let whole = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, after) = rest.split_at_checked(whole)?;
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => {
                let count = after.bytes().take_while(u8::is_ascii_digit).count();
                after.split_at_checked(count)?
            }
            None => ("", after),
        };
        if digits.is_empty() && fraction.is_empty() {
            return None;
        }
        let unit_length =
            after.find(|next: char| next == '.' || next.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(unit_length)?;
        let scale: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => NANOS,
            "m" => 60 * NANOS,
            "h" => 3_600 * NANOS,
            _ => return None,
        };
        let number: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        total = total.checked_add(number.checked_mul(scale)?)?;
        if !fraction.is_empty() {
            let kept: String = fraction.chars().take(18).collect();
            let parts: i128 = kept.parse().ok()?;
            let power = 10_i128.checked_pow(u32::try_from(kept.len()).ok()?)?;
            total = total.checked_add(parts * scale / power)?;
        }
        if total > i128::from(i64::MAX) {
            return None;
        }
        rest = after;
    }
    Some(if negative { -total } else { total })
}

pub(super) fn timeadd(call: &Call<'_>) -> Outcome {
    let start = moment(call, 0)?;
    let Some(added) = duration(call.str(1)) else {
        return Err(Failure::argument(1, "invalid duration"));
    };
    Ok(call.string(Moment { nanos: start.nanos + added, ..start }.text()))
}

pub(super) fn timecmp(call: &Call<'_>) -> Outcome {
    let order = moment(call, 0)?.nanos.cmp(&moment(call, 1)?.nanos);
    Ok(call.num(order as i64))
}

pub(super) fn timestamp(call: &Call<'_>) -> Outcome {
    Ok(call.unsupported("timestamp()"))
}

pub(super) fn plantimestamp(call: &Call<'_>) -> Outcome {
    Ok(call.unsupported("plantimestamp()"))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

fn name(names: &[&'static str], at: i64, letters: usize) -> String {
    let name = usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or_default();
    name.chars().take(letters).collect()
}

pub(super) fn formatdate(call: &Call<'_>) -> Outcome {
    let when = Moment::parse(call.str(1), false)
        .ok_or_else(|| Failure::argument(1, "not a valid RFC3339 timestamp"))?;
    let at = when.reading();
    let mut result = String::new();
    let mut rest = call.str(0).chars().peekable();
    while let Some(first) = rest.next() {
        if first == '\'' {
            quoted(&mut rest, &mut result)?;
            continue;
        }
        if !first.is_ascii_alphabetic() {
            result.push(first);
            continue;
        }
        let mut count = 1;
        while rest.next_if_eq(&first).is_some() {
            count += 1;
        }
        let two = |value: i64| if count == 1 { value.to_string() } else { format!("{value:02}") };
        let text = match (first, count) {
            ('Y', 2) => format!("{:02}", at.year % 100),
            ('Y', 4) => format!("{:04}", at.year),
            ('M', 1 | 2) => two(at.month),
            ('M', 3) => name(&MONTHS, at.month - 1, 3),
            ('M', 4) => name(&MONTHS, at.month - 1, usize::MAX),
            ('D', 1 | 2) => two(at.day),
            ('E', 3) => name(&WEEKDAYS, at.weekday, 3),
            ('E', 4) => name(&WEEKDAYS, at.weekday, usize::MAX),
            ('h', 1 | 2) => two(at.hour),
            ('H', 1 | 2) => two(if at.hour % 12 == 0 { 12 } else { at.hour % 12 }),
            ('A', 2) => if at.hour < 12 { "AM" } else { "PM" }.to_owned(),
            ('a', 2) => if at.hour < 12 { "am" } else { "pm" }.to_owned(),
            ('m', 1 | 2) => two(at.minute),
            ('s', 1 | 2) => two(at.second),
            ('Z', 1) if when.offset == 0 => "Z".to_owned(),
            ('Z', 1 | 5) => when.offset_text(true),
            ('Z', 3) if when.offset == 0 => "UTC".to_owned(),
            ('Z', 3 | 4) => when.offset_text(false),
            _ => {
                let verb = String::from(first).repeat(count.min(16));
                return Err(Failure::argument(0, format!("invalid date format verb \"{verb}\"")));
            }
        };
        result.push_str(&text);
    }
    Ok(call.string(result))
}

/// Literal text between apostrophes; two of them stand for one.
fn quoted(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, into: &mut String) -> Result<(), Failure> {
    if rest.next_if_eq(&'\'').is_some() {
        into.push('\'');
        return Ok(());
    }
    while let Some(character) = rest.next() {
        if character != '\'' {
            into.push(character);
        } else if rest.next_if_eq(&'\'').is_some() {
            into.push('\'');
        } else {
            return Ok(());
        }
    }
    Err(Failure::argument(0, "unterminated literal '"))
}
