//! Secrets in plain text.

mod plaintext_secret_env;
mod rds_plaintext_password;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] = &[
    (
        "plaintext-secret-env",
        Check::Several(&[
            Check::Container(plaintext_secret_env::check),
            Check::Job(plaintext_secret_env::job),
        ]),
    ),
    (
        "rds-plaintext-password",
        Check::Several(&[
            Check::Database(rds_plaintext_password::instance),
            Check::DatabaseCluster(rds_plaintext_password::cluster),
        ]),
    ),
];
