//! What the registry around an ECR repository does for it: pull-through caching and registry-wide scanning.
//! Source: Amazon ECR user guide, "Image scanning", "Pull through cache rules".

use crate::model::registry::{RegistryScanning, Repository, ScanningRule};
use crate::model::{Deployment, Field, Meta, Tri};

/// Whether the repository lies under the prefix of a pull-through cache rule.
pub(crate) fn is_pull_through(deployment: &Deployment, repository: &Repository) -> Tri {
    deployment
        .pull_through_caches
        .iter()
        .filter(|cache| is_near(&cache.meta, &repository.meta))
        .map(|cache| {
            both(&cache.prefix, &repository.name, |prefix, name| {
                name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
            })
        })
        .fold(Tri::No, Tri::or)
}

/// Whether a registry-wide setting scans the repository's images when they are pushed, or all the time.
pub(crate) fn is_scanned_by_registry(deployment: &Deployment, repository: &Repository) -> Tri {
    deployment
        .registry_scanning
        .iter()
        .filter(|scanning| is_near(&scanning.meta, &repository.meta))
        .map(|scanning| scans(scanning, &repository.name))
        .fold(Tri::No, Tri::or)
}

fn scans(scanning: &RegistryScanning, name: &Field<String>) -> Tri {
    scanning.rules.any(|rule: &ScanningRule| {
        let frequency = rule
            .frequency
            .holds(false, |frequency| matches!(frequency.as_str(), "SCAN_ON_PUSH" | "CONTINUOUS_SCAN"));
        frequency.and(rule.filters.any(|filter| {
            let everything = filter.holds(false, |filter| filter.as_str() == "*");
            if everything.is_yes() { everything } else { both(filter, name, matches) }
        }))
    })
}

/// A registry is one account in one region; where either region is unknown they count as the same.
fn is_near(a: &Meta, b: &Meta) -> bool {
    match (a.region.known(), b.region.known()) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

fn both(a: &Field<String>, b: &Field<String>, test: impl Fn(&str, &str) -> bool) -> Tri {
    let Ok(choices) = b.possible(None) else {
        return if a.is_absent() { Tri::No } else { Tri::Maybe(b.causes()) };
    };
    let mut answers = choices.into_iter().map(|b| a.holds(false, |a| test(a, b)));
    let Some(first) = answers.next() else { return Tri::No };
    if answers.all(|answer| answer == first) { first } else { Tri::Maybe(a.causes().and(&b.causes())) }
}

/// A filter without a wildcard matches names that contain it; `*` stands for any text.
fn matches(filter: &str, name: &str) -> bool {
    if !filter.contains('*') {
        return name.contains(filter);
    }
    let mut parts = filter.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn filters_match_as_ecr_does() {
        assert!(matches("*", "shop"));
        assert!(matches("shop", "acme/shop-web"));
        assert!(matches("admin-*", "admin-web"));
        assert!(!matches("admin-*", "shop"));
        assert!(matches("*/web*", "acme/web-1"));
        assert!(!matches("a*b*c", "acb"));
    }
}
