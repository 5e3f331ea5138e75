//! What each rule cost: for people who write rules or wait for them. Differs from run to run, so that it is no part
//! of any report.

use std::io::{self, Write};
use std::time::Duration;

use crate::lint::Timing;

/// Writes one line a rule that was shown anything, the slowest first, and their sum.
///
/// # Errors
/// When the stream takes no more.
pub fn write(timings: &[Timing], out: &mut dyn Write) -> io::Result<()> {
    let mut shown: Vec<&Timing> = timings.iter().filter(|timing| timing.looked > 0).collect();
    shown.sort_by(|a, b| b.took.cmp(&a.took).then_with(|| a.rule.cmp(&b.rule)));
    let width = shown.iter().map(|timing| timing.rule.len()).max().unwrap_or(0).max("total".len());
    writeln!(out, "{:width$}  {:>9}  {:>12}", "rule", "looked at", "time")?;
    for timing in &shown {
        line(out, width, &timing.rule, timing.looked, timing.took)?;
    }
    let looked = shown.iter().map(|timing| timing.looked).sum();
    let took = shown.iter().map(|timing| timing.took).sum();
    line(out, width, "total", looked, took)
}

fn line(out: &mut dyn Write, width: usize, name: &str, looked: usize, took: Duration) -> io::Result<()> {
    writeln!(out, "{name:width$}  {looked:>9}  {:>9.3} ms", took.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_slowest_comes_first_and_what_looked_at_nothing_is_left_out() {
        let timing = |rule: &'static str, looked, micros| Timing {
            rule: rule.into(),
            looked,
            took: Duration::from_micros(micros),
        };
        let timings = [timing("quick", 10, 20), timing("idle", 0, 900), timing("slow-rule", 3, 1_500)];
        let mut out = Vec::new();
        write(&timings, &mut out).unwrap();
        let wanted = "rule       looked at          time\n\
                      slow-rule          3      1.500 ms\n\
                      quick             10      0.020 ms\n\
                      total             13      1.520 ms\n";
        assert_eq!(String::from_utf8(out).unwrap(), wanted);
    }
}
