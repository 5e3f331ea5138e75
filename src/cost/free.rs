//! Resource types that cost nothing by themselves, with the reason. A type that is neither here nor priced by an
//! item is named in the estimate as not priced yet.

/// Types, or beginnings of types that end with `*`.
const FREE: &[(&str, &str)] = &[
    ("aws_acm_certificate", "public certificates are free with AWS services"),
    ("aws_acm_certificate_validation", "a check by Terraform, no resource of AWS"),
    ("aws_alb_listener*", "billed with the load balancer"),
    ("aws_alb_target_group*", "billed with the load balancer"),
    ("aws_appautoscaling_*", "scaling is free, its alarms for target tracking included up to the free tier"),
    ("aws_autoscaling_attachment", "part of its group"),
    ("aws_autoscaling_lifecycle_hook", "settings"),
    ("aws_autoscaling_policy", "scaling policies are free, alarms of their own are not"),
    ("aws_autoscaling_schedule", "settings"),
    ("aws_budgets_budget", "budgets without actions are free"),
    ("aws_cloudwatch_event_permission", "access rules are free"),
    ("aws_cloudwatch_event_rule", "rules on AWS events and schedules are free"),
    ("aws_cloudwatch_event_target", "targets are free, what they start is not"),
    ("aws_cloudwatch_log_resource_policy", "access rules are free"),
    ("aws_cloudwatch_log_stream", "billed with the log group"),
    ("aws_codedeploy_*", "CodeDeploy is free for Amazon ECS"),
    ("aws_codestarconnections_connection", "connections are free"),
    ("aws_codestarnotifications_notification_rule", "notification rules are free"),
    ("aws_customer_gateway", "billed with its connection"),
    ("aws_db_option_group", "settings"),
    ("aws_db_parameter_group", "settings"),
    ("aws_db_subnet_group", "settings"),
    ("aws_default_network_acl", "network access lists are free"),
    ("aws_default_route_table", "routes are free"),
    ("aws_default_security_group", "security groups are free"),
    ("aws_default_subnet", "subnets are free"),
    ("aws_default_vpc", "VPCs are free"),
    ("aws_ecr_lifecycle_policy", "settings"),
    ("aws_ecr_pull_through_cache_rule", "settings"),
    ("aws_ecr_registry_policy", "access rules are free"),
    ("aws_ecr_registry_scanning_configuration", "basic scanning is free"),
    ("aws_ecr_repository_creation_template", "settings"),
    ("aws_ecr_repository_policy", "access rules are free"),
    ("aws_ecs_account_setting_default", "settings"),
    ("aws_ecs_capacity_provider", "billed with the instances it starts"),
    ("aws_ecs_cluster", "clusters are free, what runs in them is not"),
    ("aws_ecs_cluster_capacity_providers", "settings"),
    ("aws_ecs_tag", "tags are free"),
    ("aws_ecs_task_definition", "task definitions are free, running them is not"),
    ("aws_ec2_transit_gateway", "billed by its attachments"),
    ("aws_ec2_transit_gateway_route*", "routes are free"),
    ("aws_efs_access_point", "billed with the file system"),
    ("aws_efs_backup_policy", "settings"),
    ("aws_efs_file_system_policy", "access rules are free"),
    ("aws_efs_mount_target", "billed with the file system"),
    ("aws_egress_only_internet_gateway", "billed by traffic only"),
    ("aws_eip_association", "billed at the address"),
    ("aws_elasticache_parameter_group", "settings"),
    ("aws_elasticache_subnet_group", "settings"),
    ("aws_elasticache_user*", "settings"),
    ("aws_iam_*", "IAM is free"),
    ("aws_internet_gateway*", "billed by traffic only"),
    ("aws_key_pair", "key pairs are free"),
    ("aws_kms_alias", "billed with the key"),
    ("aws_kms_grant", "billed with the key"),
    ("aws_kms_key_policy", "billed with the key"),
    ("aws_lambda_event_source_mapping", "billed with the function and its source"),
    ("aws_lambda_permission", "access rules are free"),
    ("aws_launch_configuration", "billed with the instances it describes"),
    ("aws_launch_template", "billed with the instances it describes"),
    ("aws_lb_listener*", "billed with the load balancer"),
    ("aws_lb_target_group*", "billed with the load balancer"),
    ("aws_main_route_table_association", "routes are free"),
    ("aws_network_acl*", "network access lists are free"),
    ("aws_placement_group", "placement groups are free"),
    ("aws_rds_cluster_parameter_group", "settings"),
    ("aws_rds_cluster_endpoint", "billed with the cluster"),
    ("aws_route", "routes are free"),
    ("aws_route53_record", "billed with the zone and its queries"),
    ("aws_route_table*", "routes are free"),
    ("aws_s3_bucket_acl", "access rules are free"),
    ("aws_s3_bucket_lifecycle_configuration", "settings"),
    ("aws_s3_bucket_notification", "settings"),
    ("aws_s3_bucket_ownership_controls", "settings"),
    ("aws_s3_bucket_policy", "access rules are free"),
    ("aws_s3_bucket_public_access_block", "access rules are free"),
    ("aws_s3_bucket_server_side_encryption_configuration", "settings"),
    ("aws_s3_bucket_versioning", "settings"),
    ("aws_scheduler_schedule", "the first 14 million invocations a month are free"),
    ("aws_scheduler_schedule_group", "groups are free"),
    ("aws_secretsmanager_secret_policy", "access rules are free"),
    ("aws_secretsmanager_secret_rotation", "billed with the secret and what rotates it"),
    ("aws_secretsmanager_secret_version", "billed with the secret"),
    ("aws_security_group*", "security groups are free"),
    ("aws_service_discovery_http_namespace", "billed by its instances and calls"),
    ("aws_sns_topic_policy", "access rules are free"),
    ("aws_sqs_queue_policy", "access rules are free"),
    ("aws_subnet", "subnets are free"),
    ("aws_vpc", "VPCs are free"),
    ("aws_vpc_dhcp_options*", "settings"),
    ("aws_vpc_endpoint_policy", "access rules are free"),
    ("aws_vpc_endpoint_route_table_association", "routes are free"),
    ("aws_vpc_endpoint_security_group_association", "settings"),
    ("aws_vpc_security_group_*", "security groups are free"),
    ("aws_volume_attachment", "billed with the volume"),
    ("aws_vpn_connection_route", "routes are free"),
    ("aws_vpn_gateway*", "billed with its connections"),
    ("null_resource", "no resource of AWS"),
    ("terraform_data", "no resource of AWS"),
    ("random_*", "no resource of AWS"),
    ("tls_*", "no resource of AWS"),
    ("time_*", "no resource of AWS"),
    ("local_file", "no resource of AWS"),
    ("local_sensitive_file", "no resource of AWS"),
    ("archive_file", "no resource of AWS"),
    ("docker_*", "no resource of AWS"),
    ("helm_release", "no resource of AWS"),
    ("kubernetes_*", "no resource of AWS"),
];

/// Why a resource of this type costs nothing; `None` when it is not known to be free.
#[must_use]
pub(super) fn reason(ty: &str) -> Option<&'static str> {
    let covers = |name: &str| match name.strip_suffix('*') {
        Some(start) => ty.starts_with(start),
        None => ty == name,
    };
    FREE.iter().find(|(name, _)| covers(name)).map(|(_, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn beginnings_and_whole_names() {
        assert!(reason("aws_iam_role").is_some());
        assert!(reason("aws_lb_listener_rule").is_some());
        assert!(reason("aws_route").is_some());
        for billed in ["aws_route53_zone", "aws_lb", "aws_vpc_endpoint", "aws_kms_key", "aws_s3_bucket"] {
            assert_eq!(reason(billed), None, "{billed}");
        }
    }
}
