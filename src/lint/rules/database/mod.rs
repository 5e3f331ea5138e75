//! RDS and Aurora.

mod rds_no_backup;
mod rds_no_deletion_protection;
mod rds_public;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] = &[
    ("rds-no-backup", Check::Database(rds_no_backup::check)),
    (
        "rds-no-deletion-protection",
        Check::Several(&[
            Check::Database(rds_no_deletion_protection::instance),
            Check::DatabaseCluster(rds_no_deletion_protection::cluster),
        ]),
    ),
    (
        "rds-public",
        Check::Several(&[Check::Database(rds_public::instance), Check::DatabaseCluster(rds_public::cluster)]),
    ),
];
