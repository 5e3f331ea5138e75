//! Generated passwords in connection URLs whose characters mean something in a URL.

use crate::lint::{Applicability, Change, Probe, Problem};
use crate::model::secrets::PasswordUrl;
use crate::source::Span;
use crate::value::{Origin, Step};

/// Characters with a meaning in the authority of a URL or behind it (RFC 3986, 2.2 and 3.2).
const MEANINGFUL: [char; 8] = ['@', ':', '/', '?', '#', '%', '[', ']'];

fn breaks(url: &PasswordUrl) -> Problem {
    Problem::new(format!(
        "`{}` may hold characters such as @, : or # that break the {} URL it stands in",
        url.password, url.scheme
    ))
    .help("put it in as `urlencode(…)`, or set `special = false` on the generated password")
}

pub(super) fn check(probe: &mut Probe<'_>, url: &PasswordUrl) {
    if url.encoded {
        return probe.pass();
    }
    // Terraform's default set of special characters has @, #, %, : and ?.
    let set_breaks = url.override_special.holds(true, |set| set.is_empty() || set.contains(MEANINGFUL));
    let bad = url.special.holds(true, |special| *special).and(set_breaks);
    let at = Origin::at(url.place.use_site());
    probe.decide(bad, &at, || match reference(url) {
        Some(expression) => {
            breaks(url).fix(Applicability::Unsafe, Change::Call { expression, function: "urlencode" })
        }
        None => breaks(url),
    });
}

/// The reference to the password, where it stands in the URL itself.
fn reference(url: &PasswordUrl) -> Option<Span> {
    let mut steps = url.place.steps();
    match (steps.next(), steps.next()) {
        (Some(only), None) if matches!(only.step, Step::Attribute { .. }) => Some(only.span),
        _ => None,
    }
}
