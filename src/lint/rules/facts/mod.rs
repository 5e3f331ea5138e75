//! Questions about the domain that several rules ask, answered once. No verdicts, no words for people.

pub(crate) mod celery;
pub(crate) mod databases;
pub(crate) mod deploys;
pub(crate) mod edits;
pub(crate) mod exposure;
pub(crate) mod fargate_sizes;
pub(crate) mod image;
pub(crate) mod launch;
pub(crate) mod longrunning;
pub(crate) mod placeholder;
pub(crate) mod repositories;
pub(crate) mod words;
