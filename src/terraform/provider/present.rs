//! Which computed attributes always have a value. The schema does not say it: what is listed is what AWS documents as
//! part of every answer.

use super::Fact;

/// Results of data sources beside `id` and `arn`, as the provider's pages for them describe them.
const RESULTS: &[(&str, &[&str])] = &[
    ("aws_alb", &["arn_suffix", "dns_name", "zone_id"]),
    ("aws_availability_zones", &["group_names", "names", "zone_ids"]),
    ("aws_caller_identity", &["account_id", "user_id"]),
    ("aws_default_tags", &["tags"]),
    ("aws_ecr_authorization_token", &["authorization_token", "password", "proxy_endpoint", "user_name"]),
    ("aws_ecr_image", &["image_digest", "image_uri"]),
    ("aws_ecr_repository", &["registry_id", "repository_url"]),
    ("aws_ecs_cluster", &["status"]),
    ("aws_iam_role", &["unique_id"]),
    ("aws_lb", &["arn_suffix", "dns_name", "zone_id"]),
    ("aws_lb_target_group", &["arn_suffix"]),
    ("aws_partition", &["dns_suffix", "partition", "reverse_dns_prefix"]),
    ("aws_region", &["description", "endpoint", "name", "region"]),
    ("aws_route53_zone", &["name", "zone_id"]),
    ("aws_secretsmanager_secret", &["name"]),
    ("aws_secretsmanager_secret_version", &["version_id"]),
    ("aws_security_groups", &["arns", "ids", "vpc_ids"]),
    ("aws_ssm_parameter", &["type", "value", "version"]),
    ("aws_subnet", &["availability_zone", "vpc_id"]),
    ("aws_subnets", &["ids"]),
    ("aws_vpc", &["cidr_block"]),
    ("aws_vpcs", &["ids"]),
];

/// Whether a computed attribute that the configuration does not set has a value in every case: identifiers do, and of
/// data sources the results listed.
pub(crate) fn never_null(address: &str, is_data: bool, name: &str, fact: &Fact) -> bool {
    let Fact::Attribute(attribute) = fact else { return false };
    if !attribute.computed {
        return false;
    }
    if matches!(name, "id" | "arn") {
        return true;
    }
    let ty = address.rsplit_once("data.").and_then(|(_, rest)| rest.split('.').next());
    is_data
        && ty.is_some_and(|ty| {
            RESULTS.iter().any(|(source, results)| *source == ty && results.contains(&name))
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
    use super::super::{facts, facts_at};
    use super::*;
    use crate::terraform::Mode;

    #[test]
    fn every_result_that_is_listed_exists_and_is_computed() {
        for (source, results) in RESULTS {
            let facts = facts(Mode::Data, source).unwrap_or_else(|| panic!("{source}"));
            for name in *results {
                let fact = facts.get(name).unwrap_or_else(|| panic!("{source}.{name}"));
                assert!(
                    never_null(&format!("module.m[\"data.x\"].data.{source}.d[0]"), true, name, &fact),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn what_may_be_missing_is_not_said_to_be_there() {
        let address = "data.aws_ssm_parameter.p";
        let fact = facts_at(address).unwrap().get("insecure_value").unwrap();
        assert!(!never_null(address, true, "insecure_value", &fact));
        let service = facts_at("aws_ecs_service.s").unwrap().get("launch_type").unwrap();
        assert!(!never_null("aws_ecs_service.s", false, "launch_type", &service));
    }
}
