//! Secrets in plain text.

pub(crate) mod plaintext_secret;
mod plaintext_secret_env;
mod rds_plaintext_password;
mod sensitive_variable_in_env;
mod static_aws_keys_in_task;
mod unescaped_password_in_url;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] = &[
    ("plaintext-secret", Check::Several(&[Check::Input, Check::Container(plaintext_secret::check)])),
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
    ("sensitive-variable-in-env", Check::Container(sensitive_variable_in_env::check)),
    (
        "static-aws-keys-in-task",
        Check::Several(&[
            Check::Container(static_aws_keys_in_task::check),
            Check::Job(static_aws_keys_in_task::job),
        ]),
    ),
    ("unescaped-password-in-url", Check::PasswordUrl(unescaped_password_in_url::check)),
];
