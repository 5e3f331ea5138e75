//! ECS clusters cost nothing; Container Insights does, by the number of metrics, which is in no file.

use super::super::Ledger;
use super::super::quantity::Missing;
use crate::model::Tri;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for cluster in &ledger.deployment().clusters {
        let on = cluster.container_insights.holds(false, |setting| setting != "disabled");
        // The list of free types speaks for a cluster without it.
        if on.is_no() {
            continue;
        }
        ledger.price(&cluster.meta, "ecs-cluster", |sheet| {
            let enhanced = cluster.container_insights.holds(false, |setting| setting == "enhanced");
            let item =
                if enhanced.is_yes() { "metric_container_insights_ecs_enhanced" } else { "metric_custom" };
            let tiers = sheet.context.catalogue.service(&sheet.region(), "cloudwatch", item);
            let price = tiers.and_then(|tiers| tiers.list_price());
            let missing = match on {
                Tri::Maybe(causes) => Missing::unknown("containerInsights", causes),
                Tri::Yes | Tri::No => Missing::because("how many metrics there will be is in no file"),
            };
            let price = price.map(|price| (price.amount, price.unit));
            sheet.leave_out("Container Insights metrics", missing, price);
        });
    }
}
