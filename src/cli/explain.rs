//! `plimsoll explain RULE`.

use super::args::ExplainArgs;
use super::{Exit, Stop, common};
use crate::lint::Catalogue;
use crate::report;
use crate::text::closest;

pub(super) fn run(args: &ExplainArgs) -> Result<Exit, Stop> {
    let catalogue = Catalogue::default();
    let named = catalogue.info(&args.rule).or_else(|| catalogue.by_alias(&args.rule).next());
    let Some(info) = named else {
        let known = catalogue.infos().map(|info| &*info.id);
        let hint = match closest(&args.rule, known) {
            Some(id) => format!("; did you mean `{id}`?"),
            None => "; `plimsoll rules` lists them".to_owned(),
        };
        return Err(Stop::usage(format!("no rule is called `{}`{hint}", args.rule)));
    };
    common::deliver(None, args.color, false, |style, out| report::page::write(info, style, out))?;
    Ok(Exit::Clean)
}
