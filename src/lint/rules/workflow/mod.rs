//! CI workflows.

mod no_wait_for_stability;
mod static_aws_keys;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] = &[
    ("no-wait-for-stability", Check::Job(no_wait_for_stability::check)),
    ("static-aws-keys", Check::Job(static_aws_keys::check)),
];
