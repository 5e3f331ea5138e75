//! `plimsoll schema`: JSON Schemas, for editors and other programs.

use serde_json::Value;

use super::args::{Color, SchemaArgs, SchemaOf};
use super::{Exit, Stop, common};
use crate::config;
use crate::cost::usage;
use crate::report::schema::{self, Shape};

pub(super) fn run(args: &SchemaArgs) -> Result<Exit, Stop> {
    let schema: Value = match args.of {
        SchemaOf::Config => config::config_schema(),
        SchemaOf::Rule => config::rule_schema(),
        SchemaOf::Usage => usage::schema(),
        SchemaOf::Findings => schema::of(Shape::Findings),
        SchemaOf::Estimate => schema::of(Shape::Estimate),
        SchemaOf::Diff => schema::of(Shape::Diff),
        SchemaOf::Compare => schema::of(Shape::Compare),
        SchemaOf::Show => schema::of(Shape::Show),
        SchemaOf::Explain => schema::of(Shape::Explain),
    };
    common::deliver(args.output.as_deref(), Color::Never, false, |_, out| {
        serde_json::to_writer_pretty(&mut *out, &schema)?;
        writeln!(out)
    })?;
    Ok(Exit::Clean)
}
