//! ECR repositories and the registry's scanning configuration.

use super::{Field, Items, Meta, Reference};

#[derive(Debug, Clone)]
pub struct Repository {
    pub meta: Meta,
    pub name: Field<String>,
    /// `MUTABLE` (where absent), `IMMUTABLE`, `…_WITH_EXCLUSION`.
    pub tag_mutability: Field<String>,
    /// Wildcard filters of tags excluded from the mutability setting.
    pub exclusion_filters: Items<Field<String>>,
    pub scan_on_push: Field<bool>,
    /// A lifecycle policy is attached.
    pub lifecycle_policies: Vec<Meta>,
}

/// `aws_ecr_lifecycle_policy`, before it is attached.
#[derive(Debug, Clone)]
pub struct LifecyclePolicy {
    pub meta: Meta,
    pub repository: Field<Reference>,
}

/// `aws_ecr_registry_scanning_configuration`.
#[derive(Debug, Clone)]
pub struct RegistryScanning {
    pub meta: Meta,
    /// `BASIC` or `ENHANCED`.
    pub scan_type: Field<String>,
    pub rules: Items<ScanningRule>,
}

#[derive(Debug, Clone)]
pub struct ScanningRule {
    /// `SCAN_ON_PUSH`, `CONTINUOUS_SCAN`, `MANUAL`.
    pub frequency: Field<String>,
    /// Wildcard patterns of repository names.
    pub filters: Items<Field<String>>,
}

/// `aws_ecr_pull_through_cache_rule`: repositories under its prefix cache other registries.
#[derive(Debug, Clone)]
pub struct PullThroughCache {
    pub meta: Meta,
    pub prefix: Field<String>,
}
