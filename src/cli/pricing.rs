//! `plimsoll pricing`: what the price tables hold.

use super::args::{Color, Format, PricingArgs, PricingCommand, PricingShowArgs, PricingStatusArgs};
use super::{Exit, Stop, common};
use crate::cost::catalogue::{Catalogue, Table};
use crate::date::Date;
use crate::report::prices::{self, Wanted};
use crate::text::closest;

const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn run(args: &PricingArgs) -> Result<Exit, Stop> {
    match &args.command {
        PricingCommand::Status(args) => status(args),
        PricingCommand::Show(args) => show(args),
    }
}

fn status(args: &PricingStatusArgs) -> Result<Exit, Stop> {
    let today = args.as_of.unwrap_or_else(Date::today);
    common::deliver(args.output.as_deref(), Color::Auto, false, |style, out| match args.format {
        Format::Human => prices::status(today, style, out),
        Format::Json => prices::status_json(VERSION, today, out),
    })?;
    Ok(Exit::Clean)
}

fn show(args: &PricingShowArgs) -> Result<Exit, Stop> {
    let today = args.as_of.unwrap_or_else(Date::today);
    let names = || Table::ALL.iter().map(|table| table.as_str());
    let table = Table::from_name(&args.table.replace('-', "_")).ok_or_else(|| {
        let near = closest(&args.table, names()).map(|near| format!("; did you mean `{near}`?"));
        let list: Vec<&str> = names().collect();
        let help = near.unwrap_or_else(|| format!("; there are {}", list.join(", ")));
        Stop::usage(format!("no price table is called `{}`{help}", args.table))
    })?;
    if let Some(region) = &args.region
        && Catalogue::embedded().region(region).is_none()
    {
        let codes = Catalogue::embedded().regions().map(|region| region.code).collect::<Vec<_>>();
        let near =
            closest(region, codes).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(Stop::usage(format!("no region is called `{region}`{near}")));
    }
    let wanted = Wanted { table, words: &args.words, region: args.region.as_deref() };
    common::deliver(args.output.as_deref(), Color::Auto, false, |style, out| {
        match args.format {
            Format::Human => prices::show(&wanted, today, style, out),
            Format::Json => prices::show_json(VERSION, &wanted, today, out),
        }
        .map(|_| ())
    })?;
    Ok(Exit::Clean)
}
