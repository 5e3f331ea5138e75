//! ECR repositories.

mod ecr_mutable_tags;
mod ecr_scan_on_push;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] = &[
    ("ecr-mutable-tags", Check::Repository(ecr_mutable_tags::check)),
    ("ecr-scan-on-push", Check::Repository(ecr_scan_on_push::check)),
];
