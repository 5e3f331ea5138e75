//! Questions about the domain that several rules ask, answered once. No verdicts, no words for people.

pub(crate) mod deploys;
pub(crate) mod fargate_sizes;
pub(crate) mod image;
pub(crate) mod launch;
pub(crate) mod longrunning;
