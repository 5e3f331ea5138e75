//! Names inside ARNs and paths. Source: Service Authorization Reference, "Resource types" of each service.

/// Takes the bare name out of an ARN or path; `None` where the text is none.
pub(super) type Bare = fn(&str) -> Option<&str>;

/// For families that are named by identity only.
pub(super) fn none(_: &str) -> Option<&str> {
    None
}

/// For families that are named as they are.
pub(super) fn plain(text: &str) -> Option<&str> {
    Some(text)
}

/// `family`, `family:revision`, `arn:…:task-definition/family:revision`.
pub(super) fn task_definition(text: &str) -> Option<&str> {
    let name = text.rsplit_once("task-definition/").map_or(text, |(_, name)| name);
    if name.starts_with("arn:") {
        return None;
    }
    Some(name.split_once(':').map_or(name, |(family, _)| family))
}

/// `arn:…:cluster/name` or the name.
pub(super) fn cluster(text: &str) -> Option<&str> {
    Some(text.rsplit_once(":cluster/").map_or(text, |(_, name)| name))
}

/// `arn:…:targetgroup/name/id`.
pub(super) fn target_group(text: &str) -> Option<&str> {
    text.split_once(":targetgroup/")?.1.split('/').next()
}

/// `arn:…:loadbalancer/app/name/id`.
pub(super) fn load_balancer(text: &str) -> Option<&str> {
    text.split_once(":loadbalancer/")?.1.split('/').nth(1)
}

/// `arn:…:log-group:name:*` or the name.
pub(super) fn log_group(text: &str) -> Option<&str> {
    let name = text.split_once(":log-group:").map_or(text, |(_, name)| name);
    Some(name.strip_suffix(":*").unwrap_or(name))
}

/// `arn:…:role/path/name`.
pub(super) fn role(text: &str) -> Option<&str> {
    Some(last_segment(text.split_once(":role/")?.1))
}

/// `account.dkr.ecr.region.amazonaws.com/name:tag@digest`.
pub(super) fn repository(image: &str) -> Option<&str> {
    let (registry, path) = image.split_once('/')?;
    if !registry.contains(".dkr.ecr") {
        return None;
    }
    let path = path.split_once('@').map_or(path, |(path, _)| path);
    Some(path.split_once(':').map_or(path, |(name, _)| name))
}

/// `arn:…:autoScalingGroup:id:autoScalingGroupName/name`.
pub(super) fn auto_scaling_group(text: &str) -> Option<&str> {
    Some(text.split_once(":autoScalingGroupName/").map_or(text, |(_, name)| name))
}

/// `service/cluster/name`.
pub(super) fn service(text: &str) -> Option<&str> {
    let (_, name) = text.strip_prefix("service/")?.split_once('/')?;
    (!name.contains('/')).then_some(name)
}

pub(super) fn last_segment(text: &str) -> &str {
    text.rsplit_once('/').map_or(text, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_arns() {
        let arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/api:7";
        assert_eq!(task_definition(arn), Some("api"));
        assert_eq!(task_definition("api:7"), Some("api"));
        assert_eq!(cluster("arn:aws:ecs:eu-west-1:123456789012:cluster/main"), Some("main"));
        assert_eq!(log_group("arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/api:*"), Some("/ecs/api"));
        assert_eq!(role("arn:aws:iam::123456789012:role/service/exec"), Some("exec"));
        assert_eq!(repository("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/api:v1"), Some("team/api"));
        assert_eq!(repository("docker.io/library/nginx:1"), None);
        assert_eq!(service("service/main/api"), Some("api"));
        assert_eq!(
            target_group("arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/73e2"),
            Some("web")
        );
    }
}
