//! Log configuration and log groups.

mod log_config_invalid;
mod log_config_missing;
mod log_retention;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] = &[
    ("log-config-invalid", Check::Container(log_config_invalid::check)),
    ("log-config-missing", Check::Container(log_config_missing::check)),
    ("log-retention", Check::Several(log_retention::CHECKS)),
];
