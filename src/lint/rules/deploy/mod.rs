//! What several files say together.

mod tf_ci_two_writers;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] =
    &[("tf-ci-two-writers", Check::Service(tf_ci_two_writers::check))];
