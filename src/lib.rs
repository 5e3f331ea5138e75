//! Plimsoll reads the files that deploy containers to AWS ECS and says what will break, what is unsafe
//! and what it costs a month. `ARCHITECTURE.md` has the picture; this is the module map.

pub mod analysis;
pub mod change;
pub mod cli;
pub mod config;
pub mod cost;
pub mod date;
pub mod discover;
pub mod fix;
pub mod lint;
pub mod lower;
pub mod mask;
pub mod model;
pub mod report;
pub mod setup;
pub mod source;
pub mod syntax;
pub mod terraform;
pub mod text;
pub mod value;
