//! Security groups.

mod sg_open_db_port;
mod sg_open_ingress;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] = &[
    ("sg-open-db-port", Check::SecurityGroupRule(sg_open_db_port::check)),
    ("sg-open-ingress", Check::SecurityGroupRule(sg_open_ingress::check)),
];
