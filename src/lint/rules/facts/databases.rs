//! What an RDS instance is: standing alone, part of a cluster, or a replica that takes its settings from elsewhere.

use crate::model::database::Database;
use crate::model::{Deployment, Field, Meta, Other, Tri};

/// Whether the instance belongs to an Aurora or Multi-AZ cluster, which holds most of its settings.
pub(crate) fn is_in_cluster(database: &Database) -> Tri {
    if &*database.meta.kind == "aws_rds_cluster_instance" {
        return Tri::Yes;
    }
    database.cluster.is_set()
}

/// Whether the instance has settings of its own: it is no replica and in no cluster.
pub(crate) fn stands_alone(database: &Database) -> Tri {
    is_in_cluster(database).or(database.replicate_source.is_set()).negate()
}

/// Whether a backup selection of AWS Backup takes the database: by reference, by an ARN with wildcards, or by a tag.
pub(crate) fn is_backed_up_elsewhere(deployment: &Deployment, meta: &Meta) -> bool {
    deployment
        .others
        .iter()
        .filter(|other| &*other.meta.kind == "aws_backup_selection" && other.meta.unit == meta.unit)
        .any(|selection| {
            selection.mentions("resources", meta) || by_pattern(selection) || by_tag(selection, meta)
        })
}

/// `*`, or an ARN pattern for every database: `arn:aws:rds:*:*:db:*`.
fn by_pattern(selection: &Other) -> bool {
    texts(selection, "resources")
        .any(|text| text == "*" || (text.contains(":rds:") && text.ends_with(":db:*")))
}

fn by_tag(selection: &Other, meta: &Meta) -> bool {
    let keys = texts(selection, "selection_tag.key");
    let values = texts(selection, "selection_tag.value");
    keys.zip(values)
        .any(|(key, value)| meta.tags.get(key).and_then(Field::known).is_some_and(|tag| tag == value))
}

fn texts<'a>(selection: &'a Other, argument: &'a str) -> impl Iterator<Item = &'a str> {
    selection
        .mentions
        .iter()
        .filter(move |(path, _)| &**path == argument)
        .filter_map(|(_, reference)| reference.known()?.text.as_deref())
}
