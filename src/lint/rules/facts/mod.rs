//! Questions about the domain that several rules ask, answered once. No verdicts, no words for people.

pub(crate) mod celery;
pub(crate) mod databases;
pub(crate) mod exposure;
pub(crate) mod repositories;
pub(crate) mod words;
