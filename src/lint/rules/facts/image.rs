//! What an image reference says, also where only parts of it are known. Source: the reference grammar of
//! the distribution project; ECR user guide for registry hosts.

use super::placeholder;
use crate::model::task::Container;
use crate::model::{Field, NotKnown, PatternPart, State, Tri};
use crate::value::{Cause, Causes};

/// A known image reference, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Image<'a> {
    /// Host with port, where one is named.
    pub(crate) registry: Option<&'a str>,
    pub(crate) repository: &'a str,
    pub(crate) tag: Option<&'a str>,
    pub(crate) digest: Option<&'a str>,
}

impl<'a> Image<'a> {
    pub(crate) fn parse(text: &'a str) -> Self {
        let text = text.trim();
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        let folder = name.rfind('/').map_or(0, |at| at + 1);
        let (path, tag) = match name.get(folder..).and_then(|last| last.find(':')) {
            Some(at) => (name.get(..folder + at).unwrap_or(name), name.get(folder + at + 1..)),
            None => (name, None),
        };
        let (registry, repository) = match path.split_once('/') {
            Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (Some(host), rest),
            _ => (None, path),
        };
        Self { registry, repository, tag: tag.filter(|tag| !tag.is_empty()), digest }
    }

    /// Registry and repository, without tag and digest.
    pub(crate) fn name(&self) -> String {
        match self.registry {
            Some(registry) => format!("{registry}/{}", self.repository),
            None => self.repository.to_owned(),
        }
    }
}

/// What an image reference pins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pin {
    /// A tag other than `latest`, or a digest.
    Fixed,
    Latest,
    /// Neither tag nor digest, which means `latest`.
    Missing,
    Unknown(Causes),
}

/// What the reference pins, as far as its known parts tell.
pub(crate) fn pin(image: &Field<String>) -> Pin {
    match &image.state {
        State::Known(text) => pin_of(text),
        State::Absent => Pin::Fixed,
        State::Unknown(unknown) => {
            let mut answers = unknown.alternatives.iter().map(|text| pin_of(text));
            if let Some(first) = answers.next()
                && answers.all(|answer| answer == first)
            {
                return first;
            }
            if is_repository_address(&unknown.causes, unknown.pattern.as_deref()) {
                return Pin::Missing;
            }
            unknown
                .pattern
                .as_deref()
                .and_then(pin_of_parts)
                .unwrap_or_else(|| Pin::Unknown(of_the_tag(unknown)))
        }
    }
}

fn pin_of(text: &str) -> Pin {
    let image = Image::parse(text);
    // What stands behind a placeholder decides, unless it is one itself.
    let end = image.digest.or(image.tag).or_else(|| image.repository.rsplit('/').next()).unwrap_or(text);
    if placeholder::is_in(end) {
        return Pin::Unknown(placeholder::cause(text));
    }
    match (image.digest, image.tag) {
        (Some(_), _) => Pin::Fixed,
        (None, Some("latest")) => Pin::Latest,
        (None, Some(_)) => Pin::Fixed,
        (None, None) => Pin::Missing,
    }
}

/// The same for a text with holes: what stands behind the last known separator decides.
fn pin_of_parts(parts: &[PatternPart]) -> Option<Pin> {
    // Behind the last separator: known text before and after the holes, and whether there is a hole.
    let mut end = String::new();
    let mut start: Option<String> = None;
    for part in parts.iter().rev() {
        match part {
            PatternPart::Hole => {
                start.get_or_insert_default().clear();
            }
            PatternPart::Known(text) => {
                let found = text.rfind(['/', ':', '@']);
                let behind = found.and_then(|at| text.get(at + 1..)).unwrap_or(text);
                match &mut start {
                    None => end.insert_str(0, behind),
                    Some(start) => start.insert_str(0, behind),
                }
                if let Some(at) = found {
                    return pin_behind(text.get(at..)?.chars().next()?, start.as_deref(), &end);
                }
            }
        }
    }
    None
}

fn pin_behind(separator: char, start: Option<&str>, end: &str) -> Option<Pin> {
    match (separator, start) {
        ('@', _) => Some(Pin::Fixed),
        ('/', None) => Some(Pin::Missing),
        (':', None) if end == "latest" => Some(Pin::Latest),
        (':', None) if end.is_empty() => Some(Pin::Missing),
        (':', None) => Some(Pin::Fixed),
        (':', Some(start)) => {
            let possible = "latest".starts_with(start)
                && "latest".ends_with(end)
                && start.len() + end.len() <= "latest".len();
            // A wholly open tag may be anything, also nothing.
            (!possible).then_some(Pin::Fixed)
        }
        _ => None,
    }
}

fn is_repository_attribute(cause: &Cause) -> bool {
    match cause {
        Cause::Computed { address, attribute } | Cause::Data { address, attribute } => {
            address.contains("aws_ecr")
                && matches!(&**attribute, "repository_url" | "repository_uri" | "repository_urls")
        }
        _ => false,
    }
}

/// Nothing but the address of a repository: `aws_ecr_repository.x.repository_url`.
fn is_repository_address(causes: &Causes, pattern: Option<&[PatternPart]>) -> bool {
    let bare = pattern.is_none_or(|parts| parts.iter().all(|part| *part == PatternPart::Hole));
    bare && causes.first().is_some() && causes.iter().all(is_repository_attribute)
}

/// Causes without those of repository addresses, which say nothing of tags; all where there are no others.
fn without_repositories(causes: &Causes) -> Causes {
    let mut rest = Causes::none();
    causes.iter().filter(|cause| !is_repository_attribute(cause)).for_each(|cause| rest.add(cause.clone()));
    if rest.is_empty() { causes.clone() } else { rest }
}

/// Why the tag is not known, without the causes of registry and repository where the parts tell them apart: causes
/// stand in the order of their holes, so they can be counted off where each hole has one.
fn of_the_tag(image: &NotKnown<String>) -> Causes {
    let tag = image.pattern.as_deref().and_then(|parts| {
        let is_hole = |part: &&PatternPart| matches!(part, PatternPart::Hole);
        let colon = parts.iter().rposition(|part| match part {
            PatternPart::Known(text) => text.contains(['/', ':', '@']),
            PatternPart::Hole => false,
        })?;
        let PatternPart::Known(text) = parts.get(colon)? else { return None };
        let is_tag = text.rfind(':') > text.rfind(['/', '@']);
        let before = parts.iter().take(colon).filter(is_hole).count();
        let each_has_one = image.causes.iter().count() == parts.iter().filter(is_hole).count();
        (is_tag && each_has_one).then(|| {
            let mut causes = Causes::none();
            image.causes.iter().skip(before).for_each(|cause| causes.add(cause.clone()));
            causes
        })
    });
    tag.filter(|causes| !causes.is_empty()).unwrap_or_else(|| without_repositories(&image.causes))
}

/// Whether the image stands in a private ECR registry, which is pulled with AWS credentials.
pub(crate) fn is_private_ecr(container: &Container) -> Tri {
    if container.image_repository.to().is_some() {
        return Tri::Yes;
    }
    let source = container.image_source.known().and_then(|reference| reference.target.as_ref());
    if source.is_some_and(|(address, _)| address.contains("aws_ecr_repository.")) {
        return Tri::Yes;
    }
    let image = &container.image;
    let Some(unknown) = image.not_known() else {
        return image.holds(false, |text| is_private_ecr_reference(text));
    };
    if unknown.causes.iter().any(|cause| is_repository_attribute(cause) && !is_public(cause)) {
        return Tri::Yes;
    }
    match unknown.pattern.as_deref() {
        Some(parts) => host_is_private_ecr(parts)
            .map_or_else(|| image.holds(false, |t| is_private_ecr_reference(t)), Tri::from),
        None => image.holds(false, |text| is_private_ecr_reference(text)),
    }
}

fn is_public(cause: &Cause) -> bool {
    matches!(cause, Cause::Computed { address, .. } | Cause::Data { address, .. } if address.contains("aws_ecrpublic"))
}

fn is_private_ecr_reference(text: &str) -> bool {
    Image::parse(text).registry.is_some_and(is_private_ecr_host)
}

/// `<account>.dkr.ecr.<region>.amazonaws.com`, also FIPS, China and dual-stack hosts.
fn is_private_ecr_host(host: &str) -> bool {
    (host.contains(".dkr.ecr.") || host.contains(".dkr.ecr-fips.")) && host.contains(".amazonaws.")
        || host.contains(".dkr-ecr.") && host.contains(".on.aws")
}

/// The same for a text with holes; `None` where the host is not known enough.
fn host_is_private_ecr(parts: &[PatternPart]) -> Option<bool> {
    let mut host = String::new();
    let mut open = false;
    for part in parts {
        match part {
            PatternPart::Hole => open = true,
            PatternPart::Known(text) => {
                let end = text.find('/');
                host.push_str(end.and_then(|at| text.get(..at)).unwrap_or(text));
                if host.contains(".dkr.ecr.") || host.contains(".dkr.ecr-fips.") {
                    return Some(true);
                }
                if end.is_some() {
                    return (!open).then_some(is_private_ecr_host(&host));
                }
            }
        }
    }
    None
}

/// Images that plainly hold no shell.
pub(crate) fn has_no_shell(image: &Field<String>) -> bool {
    let plain = |text: &str| Image::parse(text).name().contains("distroless");
    match &image.state {
        State::Known(text) => plain(text),
        State::Unknown(unknown) => unknown.known_start().is_some_and(plain),
        State::Absent => false,
    }
}

/// Sidecars of AWS whose own documentation uses them without a version.
const UNVERSIONED_SIDECARS: [&str; 9] = [
    "public.ecr.aws/cloudwatch-agent/cloudwatch-agent",
    "amazon/cloudwatch-agent",
    "public.ecr.aws/aws-observability/aws-otel-collector",
    "amazon/aws-otel-collector",
    "public.ecr.aws/xray/aws-xray-daemon",
    "amazon/aws-xray-daemon",
    "public.ecr.aws/aws-observability/aws-for-fluent-bit",
    "amazon/aws-for-fluent-bit",
    "public.ecr.aws/aws-appmesh/aws-appmesh-envoy",
];

/// Whether AWS itself documents the image with `latest`.
pub(crate) fn is_unversioned_sidecar(text: &str) -> bool {
    let image = Image::parse(text);
    UNVERSIONED_SIDECARS.contains(&image.name().as_str())
        || image.registry.is_some_and(is_private_ecr_host) && image.repository == "aws-for-fluent-bit"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parts(text: &str) -> Vec<PatternPart> {
        let mut parts = Vec::new();
        for (index, known) in text.split('*').enumerate() {
            if index > 0 {
                parts.push(PatternPart::Hole);
            }
            if !known.is_empty() {
                parts.push(PatternPart::Known(known.into()));
            }
        }
        parts
    }

    #[test]
    fn references_are_taken_apart() {
        let image = Image::parse("ghcr.io:443/acme/cache");
        assert_eq!((image.registry, image.repository, image.tag), (Some("ghcr.io:443"), "acme/cache", None));
        let image = Image::parse("nginx:1.27");
        assert_eq!((image.registry, image.repository, image.tag), (None, "nginx", Some("1.27")));
        let image = Image::parse("localhost:5000/a@sha256:00");
        assert_eq!(
            (image.registry, image.repository, image.digest),
            (Some("localhost:5000"), "a", Some("sha256:00"))
        );
    }

    #[test]
    fn pins_of_known_references() {
        assert_eq!(pin_of("shop:latest"), Pin::Latest);
        assert_eq!(pin_of("ghcr.io:443/acme/cache"), Pin::Missing);
        assert_eq!(pin_of("acme/shop:latest-123"), Pin::Fixed);
        assert_eq!(pin_of("acme/shop:latest@sha256:00"), Pin::Fixed);
        assert_eq!(pin_of("${REGISTRY}/shop:latest"), Pin::Latest);
        assert!(matches!(pin_of("<IMAGE1_NAME>"), Pin::Unknown(_)));
        assert!(matches!(pin_of("acme/shop:${TAG:-latest}"), Pin::Unknown(_)));
    }

    #[test]
    fn pins_of_partly_known_references() {
        let of = |text: &str| pin_of_parts(&parts(text));
        assert_eq!(of("*:2026.11.3"), Some(Pin::Fixed));
        assert_eq!(of("*:latest"), Some(Pin::Latest));
        assert_eq!(of("*/shop"), Some(Pin::Missing));
        assert_eq!(of("*/shop:*-arm64"), Some(Pin::Fixed));
        assert_eq!(of("acme/shop:v*"), Some(Pin::Fixed));
        assert_eq!(of("acme/shop:*"), None);
        assert_eq!(of("acme/shop:la*"), None);
        assert_eq!(of("acme/*"), None);
        assert_eq!(of("acme/shop@*"), Some(Pin::Fixed));
        assert_eq!(of("*-web"), None);
    }

    #[test]
    fn ecr_hosts_are_recognised() {
        assert!(is_private_ecr_reference("111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1"));
        assert!(!is_private_ecr_reference("public.ecr.aws/nginx/nginx:1"));
        assert_eq!(host_is_private_ecr(&parts("*.dkr.ecr.*.amazonaws.com/web:1")), Some(true));
        assert_eq!(host_is_private_ecr(&parts("ghcr.io/acme/shop:*")), Some(false));
        assert_eq!(host_is_private_ecr(&parts("*/web:1")), None);
        assert_eq!(host_is_private_ecr(&parts("nginx:*")), None);
    }
}
