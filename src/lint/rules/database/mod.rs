//! RDS and Aurora.

mod rds_no_backup;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] =
    &[("rds-no-backup", Check::Database(rds_no_backup::check))];
