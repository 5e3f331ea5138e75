//! `--hours`: when things run that can be stopped. A number of hours a month, or windows of a week
//! (`weekdays 8-20, sat 9-13`). What is billed whether it runs or not is for [`stops`].

use rust_decimal::Decimal;

use super::HOURS_PER_MONTH;

/// Longest text that is read.
const LONGEST: usize = 200;
/// The longest month.
const MOST: Decimal = Decimal::from_parts(744, 0, 0, false, 0);
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Kinds of resources that run by the hour and can be stopped: the tasks of a service (desired count 0), EC2 instances
/// and database instances. Addresses, balancers, gateways, endpoints, caches and storage are billed as long as they exist.
/// Sources: Amazon ECS "UpdateService", Amazon EC2 "Stop and start instances", Amazon RDS "Stopping an Amazon RDS DB
/// instance temporarily" and "Stopping and starting an Amazon Aurora DB cluster".
const STOPPABLE: [&str; 6] =
    ["auto-scaling-group", "ecs-service", "instance", "rds-cluster", "rds-instance", "task-definition"];

/// Whether what a resource of this kind is billed by the hour for ends when it is stopped.
pub(super) fn stops(kind: &str) -> bool {
    STOPPABLE.contains(&kind)
}

/// How long things run that can be stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// Hours a month on average, 0 to 744.
    pub a_month: Decimal,
    /// The windows as written, where there are any.
    pub windows: Option<String>,
}

impl Default for Hours {
    /// All the time: 730 hours.
    fn default() -> Self {
        Self { a_month: HOURS_PER_MONTH, windows: None }
    }
}

impl Hours {
    /// Reads `200`, `always`, `weekdays 8-20`, `mon-thu 7-19, fri 7-16`; windows of a day may go past midnight
    /// (`daily 20-4`). A week has 168 hours, a month 730.
    ///
    /// # Errors
    /// What is wrong, with what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(format!("longer than {LONGEST} characters"));
        }
        if text.eq_ignore_ascii_case("always") {
            return Ok(Self::default());
        }
        if let Ok(hours) = text.parse::<Decimal>() {
            return if (Decimal::ZERO..=MOST).contains(&hours) {
                Ok(Self { a_month: hours, windows: None })
            } else {
                Err("a number of hours a month is between 0 and 744".to_owned())
            };
        }
        let mut week = [false; 7 * 24];
        for window in text.split(',') {
            mark(window, &mut week)?;
        }
        let hours = Decimal::from(week.iter().filter(|runs| **runs).count());
        let a_month = (hours * HOURS_PER_MONTH / Decimal::from(168)).round_dp(8).normalize();
        Ok(Self { a_month, windows: Some(text.split_whitespace().collect::<Vec<_>>().join(" ")) })
    }
}

/// Marks the hours of one window, `weekdays 8-20`.
fn mark(window: &str, week: &mut [bool; 7 * 24]) -> Result<(), String> {
    let usage = || format!("`{}` is no window: write `weekdays 8-20` or `sat 9-13`", window.trim());
    let (days, hours) = window.trim().split_once(char::is_whitespace).ok_or_else(usage)?;
    let (from, to) = hours.trim().split_once('-').ok_or_else(usage)?;
    let (from, to) = (hour(from).ok_or_else(usage)?, hour(to).ok_or_else(usage)?);
    if from == to {
        return Err(format!("`{}` is an empty window", window.trim()));
    }
    let length = if from < to { to - from } else { to + 24 - from };
    for day in days_of(days).ok_or_else(usage)? {
        for offset in 0..length {
            let at = (day * 24 + from + offset) % week.len();
            if let Some(slot) = week.get_mut(at) {
                *slot = true;
            }
        }
    }
    Ok(())
}

/// `8`, `08`, `08:00`, `24`.
fn hour(text: &str) -> Option<usize> {
    let text = text.trim();
    let text = text.strip_suffix(":00").unwrap_or(text);
    text.parse().ok().filter(|hour| *hour <= 24)
}

fn days_of(text: &str) -> Option<Vec<usize>> {
    let name = text.to_ascii_lowercase();
    match &*name {
        "weekdays" => return Some((0..5).collect()),
        "weekends" => return Some(vec![5, 6]),
        "daily" => return Some((0..7).collect()),
        _ => {}
    }
    let day = |name: &str| DAYS.iter().position(|day| *day == name);
    match name.split_once('-') {
        None => Some(vec![day(&name)?]),
        Some((from, to)) => {
            let (from, to) = (day(from)?, day(to)?);
            let length = (to + 7 - from) % 7;
            Some((0..=length).map(|offset| (from + offset) % 7).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn hours(text: &str) -> String {
        Hours::parse(text).map_or_else(|error| error, |hours| hours.a_month.to_string())
    }

    /// Hours a week × 730 / 168.
    #[test]
    fn windows_of_a_week_are_hours_of_a_month() {
        for (text, expected) in [
            ("always", "730"),
            ("200", "200"),
            ("0", "0"),
            // 5 days × 12 hours = 60 of 168.
            ("weekdays 8-20", "260.71428571"),
            ("mon-fri 08:00-20:00", "260.71428571"),
            // 4 × 12 + 9 = 57.
            ("mon-thu 7-19, fri 7-16", "247.67857143"),
            ("daily 0-24", "730"),
            // 8 hours a day past midnight, 56.
            ("daily 20-4", "243.33333333"),
            // What overlaps counts once.
            ("weekdays 8-20, mon 8-12", "260.71428571"),
            // Friday to Monday is four days.
            ("fri-mon 0-24", "417.14285714"),
            ("weekends 10-16", "52.14285714"),
        ] {
            assert_eq!(hours(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_window_is_told() {
        for (text, expected) in [
            ("750", "a number of hours a month is between 0 and 744"),
            ("-1", "a number of hours a month is between 0 and 744"),
            ("weekdays", "`weekdays` is no window: write `weekdays 8-20` or `sat 9-13`"),
            ("weekdays 8-25", "`weekdays 8-25` is no window: write `weekdays 8-20` or `sat 9-13`"),
            ("mon 8-8", "`mon 8-8` is an empty window"),
            ("someday 8-9", "`someday 8-9` is no window: write `weekdays 8-20` or `sat 9-13`"),
        ] {
            assert_eq!(hours(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a-z]{0,9}[-0-9 ,:a-z]{0,20}") {
            if let Ok(hours) = Hours::parse(&text) {
                prop_assert!(hours.a_month <= MOST);
            }
        }
    }
}
