//! The same deployment at the prices of another region.

use super::super::CostOptions;
use super::{Base, Column, Priced};

const NAME: &str = "region";

pub(super) fn columns(base: &Base<'_>) -> Vec<Column> {
    let Some(region) = &base.request.to_region else {
        return vec![Column::not_here(NAME, "Another region", "say which one with --to-region")];
    };
    let title = format!("Everything in {region}");
    let options = CostOptions { price_region: Some(region.clone()), ..base.options.clone() };
    let priced = Priced {
        estimate: super::super::estimate(base.deployment, &options),
        conditions: vec![
            "data may lie there, and those who use it are near enough".to_owned(),
            "moving data costs a transfer once, which is not in the figure".to_owned(),
        ],
        ..Priced::default()
    };
    vec![Column::priced(base, NAME, title, priced)]
}
