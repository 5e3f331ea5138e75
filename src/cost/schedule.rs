//! Schedules of EventBridge rules and EventBridge Scheduler: `cron(…)`, `rate(…)`, `at(…)`, and how often they
//! run in an average month of 365 / 12 days. Sources: EventBridge User Guide, "Cron and rate expressions";
//! EventBridge Scheduler User Guide, "Schedule types". Time zones do not change how often.

use rust_decimal::Decimal;

/// Days of the months of a year of 365 days.
const DAYS: [u8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
/// 1 is Sunday.
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/// 29 February, days a year: 97 leap years in 400.
const LEAP_DAY: Decimal = Decimal::from_parts(2425, 0, 0, false, 4);
const FIRST_YEAR: u16 = 1970;
const LAST_YEAR: u16 = 2199;
const LONGEST: usize = 256;

/// A schedule that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// Again and again.
    Repeating {
        /// Average runs a month, in the years in which it runs.
        runs_per_month: Decimal,
        /// First and last year of a `cron` expression with years.
        years: Option<(u16, u16)>,
    },
    /// `at(…)`: one run.
    Once,
}

/// Why a schedule expression cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ScheduleError(String);

fn error<T>(message: impl Into<String>) -> Result<T, ScheduleError> {
    Err(ScheduleError(message.into()))
}

impl Schedule {
    /// Reads `cron(minutes hours day-of-month month day-of-week year)`, `rate(value unit)` or
    /// `at(yyyy-mm-ddThh:mm:ss)`.
    ///
    /// # Errors
    /// The reason why AWS would refuse the expression.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        if text.len() > LONGEST {
            return error("the expression is longer than 256 characters");
        }
        let inner = |name: &str| text.trim().strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        if let Some(fields) = inner("cron") {
            cron(fields)
        } else if let Some(rate_text) = inner("rate") {
            rate(rate_text)
        } else if let Some(moment) = inner("at") {
            at(moment)
        } else {
            error("a schedule is cron(…), rate(…) or at(…)")
        }
    }
}

/// The minutes of a week, from Sunday 00:00, at which a `cron` expression runs; `None` for a schedule that is not the same
/// every week.
#[must_use]
pub fn minutes_of_week(text: &str) -> Option<Vec<u16>> {
    Schedule::parse(text).ok()?;
    let fields = text.trim().strip_prefix("cron(")?.strip_suffix(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let [minutes, hours, days, "*", weekdays, "*"] = fields.as_slice() else { return None };
    let minutes = set(minutes, "minutes", 0, 59, &[]).ok()?;
    let hours = set(hours, "hours", 0, 23, &[]).ok()?;
    let weekdays = match (*days, *weekdays) {
        ("*" | "?", "*" | "?") => (1..=7).collect(),
        ("?", "L") => vec![7],
        ("?", weekdays) => set(weekdays, "day-of-week", 1, 7, &WEEKDAYS).ok()?,
        _ => return None,
    };
    let mut found = Vec::new();
    for day in &weekdays {
        for hour in &hours {
            found.extend(minutes.iter().map(|minute| (day - 1) * 24 * 60 + hour * 60 + minute));
        }
    }
    Some(found)
}

fn rate(text: &str) -> Result<Schedule, ScheduleError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [value, unit] = words.as_slice() else { return error("rate needs a value and a unit") };
    let value: u32 = match value.parse() {
        Ok(value) if value > 0 => value,
        _ => return error(format!("`{value}` is not a whole number from 1")),
    };
    let per_month = match *unit {
        "minute" | "minutes" => 365 * 24 * 60 / 12,
        "hour" | "hours" => 365 * 24 / 12,
        "day" | "days" => {
            let runs = Decimal::from(365) / (Decimal::from(12) * Decimal::from(value));
            return Ok(Schedule::Repeating { runs_per_month: runs, years: None });
        }
        _ => return error(format!("`{unit}` is no unit: minutes, hours or days")),
    };
    let runs_per_month = Decimal::from(per_month) / Decimal::from(value);
    Ok(Schedule::Repeating { runs_per_month, years: None })
}

fn at(text: &str) -> Result<Schedule, ScheduleError> {
    let moment = text.split_once('T').filter(|(day, time)| {
        let mut parts = time.split(':');
        let mut below = |limit: u8| {
            parts.next().is_some_and(|part| part.len() == 2 && part.parse::<u8>().is_ok_and(|n| n < limit))
        };
        day.parse::<crate::date::Date>().is_ok()
            && below(24)
            && below(60)
            && below(60)
            && parts.next().is_none()
    });
    if moment.is_some() { Ok(Schedule::Once) } else { error("at needs a moment yyyy-mm-ddThh:mm:ss") }
}

fn cron(text: &str) -> Result<Schedule, ScheduleError> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [minutes, hours, days, months, weekdays, years] = fields.as_slice() else {
        return error(format!("cron needs six fields, not {}", fields.len()));
    };
    let minutes = set(minutes, "minutes", 0, 59, &[])?;
    let hours = set(hours, "hours", 0, 23, &[])?;
    let months = set(months, "month", 1, 12, &MONTHS)?;
    let years = match *years {
        "*" => None,
        text => {
            let set = set(text, "year", FIRST_YEAR, LAST_YEAR, &[])?;
            set.first().copied().zip(set.last().copied())
        }
    };
    let days = match (*days, *weekdays) {
        ("?", "?") => return error("one of day-of-month and day-of-week is ?, not both"),
        (days, "?") => month_days(days, &months)?,
        ("?", weekdays) => week_days(weekdays, &months)?,
        _ => return error("one of day-of-month and day-of-week must be ?"),
    };
    let a_day = Decimal::from(minutes.len()) * Decimal::from(hours.len());
    Ok(Schedule::Repeating { runs_per_month: a_day * days / Decimal::from(84), years })
}

fn days_in(month: u16) -> u8 {
    DAYS.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or_default()
}

/// Seven times the days a year on which a day-of-month field holds. Seven times, because weekdays come in
/// sevenths.
fn month_days(text: &str, months: &[u16]) -> Result<Decimal, ScheduleError> {
    let a_month = Decimal::from(7 * months.len());
    // L is the last day, LW the last weekday, L-3 the third before the last.
    if text == "L" || text == "LW" {
        return Ok(a_month);
    }
    if let Some(before) = text.strip_prefix("L-") {
        return match before.parse::<u8>() {
            Ok(1..=30) => Ok(a_month),
            _ => error(format!("`{text}` is no day of the month")),
        };
    }
    if let Some(day) = text.strip_suffix('W') {
        let day = number(day, "day-of-month", 1, 31, &[])?;
        let count = months.iter().filter(|month| u16::from(days_in(**month)) >= day).count();
        return Ok(Decimal::from(7 * count));
    }
    let days = set(text, "day-of-month", 1, 31, &[])?;
    let mut found = Decimal::ZERO;
    for month in months {
        let last = u16::from(days_in(*month));
        found += Decimal::from(days.iter().filter(|day| **day <= last).count());
        // A year of 365 days has no 29 February, but a job of that day alone does run.
        if *month == 2 && days.contains(&29) && days.len() < 31 {
            found += LEAP_DAY;
        }
    }
    Ok(found * Decimal::from(7))
}

/// Seven times the days a year on which a day-of-week field holds.
fn week_days(text: &str, months: &[u16]) -> Result<Decimal, ScheduleError> {
    let name = "day-of-week";
    if let Some((day, nth)) = text.split_once('#') {
        number(day, name, 1, 7, &WEEKDAYS)?;
        return match nth.parse::<u8>() {
            Ok(1..=4) => Ok(Decimal::from(7 * months.len())),
            // A fifth one exists in a month with that day among the days after the 28th.
            Ok(5) => Ok(months.iter().map(|month| Decimal::from(days_in(*month).saturating_sub(28))).sum()),
            _ => error(format!("`{text}`: the number after # is 1 to 5")),
        };
    }
    // L alone is the last day of the week, Saturday; 6L is the last Friday of the month.
    if let Some(day) = text.strip_suffix('L').filter(|day| !day.is_empty()) {
        number(day, name, 1, 7, &WEEKDAYS)?;
        return Ok(Decimal::from(7 * months.len()));
    }
    let days = if text == "L" { vec![7] } else { set(text, name, 1, 7, &WEEKDAYS)? };
    let year: u32 = months.iter().map(|month| u32::from(days_in(*month))).sum();
    Ok(Decimal::from(year) * Decimal::from(days.len()))
}

fn number(text: &str, field: &str, first: u16, last: u16, names: &[&str]) -> Result<u16, ScheduleError> {
    let named = || {
        let at = names.iter().position(|name| name.eq_ignore_ascii_case(text))?;
        u16::try_from(at + 1).ok()
    };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let read = if digits { text.parse().ok() } else { named() };
    match read {
        Some(value) if (first..=last).contains(&value) => Ok(value),
        _ => error(format!("`{text}` is no {field} ({first} to {last})")),
    }
}

/// The values of a field: lists of `*`, values, ranges (which may go round the end) and steps.
fn set(text: &str, field: &str, first: u16, last: u16, names: &[&str]) -> Result<Vec<u16>, ScheduleError> {
    let mut values = Vec::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        let (from, to) = if range == "*" {
            (first, last)
        } else if let Some((from, to)) = range.split_once('-') {
            (number(from, field, first, last, names)?, number(to, field, first, last, names)?)
        } else {
            let from = number(range, field, first, last, names)?;
            (from, if step.is_some() { last } else { from })
        };
        let step = match step {
            None => 1,
            Some(step) => match step.parse::<u16>() {
                Ok(step) if step > 0 => usize::from(step),
                _ => return error(format!("`{part}`: the step is a whole number from 1")),
            },
        };
        if from <= to {
            values.extend((from..=to).step_by(step));
        } else if names.is_empty() && field == "year" {
            return error(format!("`{part}`: the range goes backwards"));
        } else {
            values.extend((from..=last).chain(first..=to).step_by(step));
        }
    }
    values.sort_unstable();
    values.dedup();
    Ok(values)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use proptest::prelude::*;

    fn runs(text: &str) -> String {
        match Schedule::parse(text) {
            Ok(Schedule::Repeating { runs_per_month, .. }) => {
                runs_per_month.round_dp(4).normalize().to_string()
            }
            Ok(Schedule::Once) => "once".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn average_runs() {
        for (text, expected) in [
            ("cron(0 3 * * ? *)", "30.4167"),
            ("cron(0 6 ? * MON *)", "4.3452"),
            ("cron(0 6 ? * MON-FRI *)", "21.7262"),
            ("cron(0 6 ? * 2-6 *)", "21.7262"),
            ("cron(0 6 ? * FRI-MON *)", "17.381"),
            ("cron(0/10 * * * ? *)", "4380"),
            ("cron(0,30 8-17 ? * MON-FRI *)", "434.5238"),
            ("cron(5/15 0 1 * ? *)", "4"),
            ("cron(0 0 1 * ? *)", "1"),
            ("cron(0 0 L * ? *)", "1"),
            ("cron(0 0 LW * ? *)", "1"),
            ("cron(0 0 15W * ? *)", "1"),
            ("cron(0 0 31W * ? *)", "0.5833"),
            ("cron(0 0 31 * ? *)", "0.5833"),
            ("cron(0 0 29 FEB ? *)", "0.0202"),
            ("cron(0 0 ? * 6L *)", "1"),
            ("cron(0 0 ? * MON#1 *)", "1"),
            ("cron(0 0 ? * 2#5 *)", "0.3452"),
            ("cron(0 0 ? JAN,jul MON *)", "0.7381"),
            ("cron(0 0 1 1 ? *)", "0.0833"),
            ("cron(0 0 1 */3 ? *)", "0.3333"),
            ("rate(1 minute)", "43800"),
            ("rate(5 minutes)", "8760"),
            ("rate(1 hour)", "730"),
            ("rate(7 days)", "4.3452"),
            ("at(2026-11-20T13:00:00)", "once"),
        ] {
            assert_eq!(runs(text), expected, "{text}");
        }
    }

    #[test]
    fn the_minutes_of_a_week() {
        let minutes = |text: &str| minutes_of_week(text);
        assert_eq!(minutes("cron(30 8 ? * MON *)"), Some(vec![24 * 60 + 8 * 60 + 30]));
        assert_eq!(minutes("cron(0 20 ? * MON-FRI *)").map(|found| found.len()), Some(5));
        assert_eq!(minutes("cron(0 8 * * ? *)").map(|found| found.len()), Some(7));
        for other in
            ["cron(0 8 1 * ? *)", "cron(0 8 ? JAN MON *)", "cron(0 8 ? * MON#1 *)", "rate(1 day)", "x"]
        {
            assert_eq!(minutes(other), None, "{other}");
        }
    }

    #[test]
    fn years_are_kept() {
        let years = |text: &str| match Schedule::parse(text) {
            Ok(Schedule::Repeating { years, .. }) => years,
            other => panic!("{other:?}"),
        };
        assert_eq!(years("cron(0 0 1 * ? 2026-2027)"), Some((2026, 2027)));
        assert_eq!(years("cron(0 0 1 * ? *)"), None);
    }

    #[test]
    fn what_aws_refuses_is_refused() {
        for (text, reason) in [
            ("cron(0 3 * * * *)", "one of day-of-month and day-of-week must be ?"),
            ("cron(0 3 ? * ? *)", "one of day-of-month and day-of-week is ?, not both"),
            ("cron(0 3 * * ?)", "cron needs six fields, not 5"),
            ("cron(60 3 * * ? *)", "`60` is no minutes (0 to 59)"),
            ("cron(0 3 ? * 0 *)", "`0` is no day-of-week (1 to 7)"),
            ("cron(0/0 3 * * ? *)", "`0/0`: the step is a whole number from 1"),
            ("rate(0 minutes)", "`0` is not a whole number from 1"),
            ("rate(5 weeks)", "`weeks` is no unit: minutes, hours or days"),
            ("at(tomorrow)", "at needs a moment yyyy-mm-ddThh:mm:ss"),
            ("0 3 * * *", "a schedule is cron(…), rate(…) or at(…)"),
        ] {
            assert_eq!(runs(text), reason, "{text}");
        }
    }

    /// Counts the minutes of 400 years on which a schedule of plain sets holds.
    fn counted(minutes: &[u16], days: Option<&[u16]>, months: &[u16], weekdays: Option<&[u16]>) -> f64 {
        let mut weekday = 6; // 1 January 2000 was a Saturday; 0 is Sunday.
        let mut found = 0_usize;
        for year in 2000..2400_u32 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            for month in 1..=12_u16 {
                let last = u16::from(days_in(month)) + u16::from(month == 2 && leap);
                for day in 1..=last {
                    let holds = months.contains(&month)
                        && days.is_none_or(|days| days.contains(&day))
                        && weekdays.is_none_or(|weekdays| weekdays.contains(&(weekday + 1)));
                    found += usize::from(holds) * minutes.len();
                    weekday = (weekday + 1) % 7;
                }
            }
        }
        f64::from(u32::try_from(found).unwrap()) / 4800.0
    }

    fn list(values: &[u16]) -> String {
        values.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }

    fn some(first: u16, last: u16) -> impl Strategy<Value = Vec<u16>> {
        proptest::collection::btree_set(first..=last, 1..6).prop_map(|set| set.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn no_text_panics(text in "(cron|rate|at)?\\(?[-0-9*?LW#/, A-Z]{0,24}\\)?") {
            let _ = Schedule::parse(&text);
        }

        /// The average of a 365-day year is within a part in a thousand (or 0.003 runs) of the calendar.
        #[test]
        fn averages_agree_with_the_calendar(
            minutes in some(0, 59), days in some(1, 31), months in some(1, 12), weekdays in some(1, 7), by_week: bool
        ) {
            let (text, counted) = if by_week {
                let text = format!("cron({} 4 ? {} {} *)", list(&minutes), list(&months), list(&weekdays));
                (text, counted(&minutes, None, &months, Some(&weekdays)))
            } else {
                let text = format!("cron({} 4 {} {} ? *)", list(&minutes), list(&days), list(&months));
                (text, counted(&minutes, Some(&days), &months, None))
            };
            let Ok(Schedule::Repeating { runs_per_month, .. }) = Schedule::parse(&text) else {
                panic!("{text} is not read")
            };
            let average: f64 = runs_per_month.to_string().parse().unwrap();
            let slack = counted * 0.01 + 0.003 * f64::from(u32::try_from(minutes.len()).unwrap());
            prop_assert!((average - counted).abs() <= slack, "{text}: {average} against {counted}");
        }
    }
}
