//! Standard parameters of Systems Manager, which are free, instead of Secrets Manager secrets.
//! Sources: AWS Secrets Manager pricing; AWS Systems Manager pricing, "Parameter Store".

use super::{Base, Change, Column, Priced};

const NAME: &str = "parameters";
const TITLE: &str = "SSM parameters instead of Secrets Manager";

pub(super) fn columns(base: &Base<'_>) -> Vec<Column> {
    if base.deployment.secrets.is_empty() {
        return vec![Column::not_here(NAME, TITLE, "the files declare no secret of Secrets Manager")];
    }
    let mut changed = base.deployment.clone();
    let mut priced = Priced::default();
    for secret in std::mem::take(&mut changed.secrets) {
        priced.changes.push(Change {
            address: secret.meta.address.clone(),
            span: secret.meta.origin.span,
            argument: String::new(),
            to: "an aws_ssm_parameter of type SecureString, and its ARN in `valueFrom` of the containers"
                .to_owned(),
        });
    }
    priced.conditions = vec![
        "no value is longer than 4 KB, and no rotation by Secrets Manager is used".to_owned(),
        "the execution role may call ssm:GetParameters, and kms:Decrypt where the key is your own".to_owned(),
    ];
    priced.estimate = base.estimate_of(&changed);
    vec![Column::priced(base, NAME, TITLE, priced)]
}
