//! Typed lookups of load balancers, VPC networking, data transfer and the services billed by use.

use super::{Catalogue, GLOBAL, LbKind, LbMetric, Price, Table, Tiers};

/// Ends the name of an item that AWS lists apart although it is the free start of another item.
const FREE_TIER: &str = "_free_tier";

impl Catalogue {
    /// Load balancer hour, capacity unit or (Classic) GB.
    #[must_use]
    pub fn load_balancer(&self, region: &str, kind: LbKind, metric: LbMetric) -> Option<Price> {
        self.price(Table::LoadBalancers, region, &[kind.as_str(), metric.as_str()])
    }

    /// An item of the `network` table: `public_ipv4_in_use`, `nat_gateway_hour`, `nat_gateway_data`,
    /// `vpc_interface_endpoint_hour` (per endpoint and zone), `data_transfer_out_internet` (tiers in GB a month; the
    /// 100 GB a month that an account has free are not taken off), `data_transfer_inter_az_each_direction` …
    #[must_use]
    pub fn network(&self, region: &str, item: &str) -> Option<Tiers> {
        self.tiers(Table::Network, region, &[item])
    }

    /// Data transfer from one region to another, per GB, charged where it is sent from.
    #[must_use]
    pub fn interregion(&self, from: &str, to: &str) -> Option<Price> {
        self.price(Table::DataTransferInterregion, from, &[to])
    }

    /// An item of the `services` table, for example `cloudwatch` `logs_ingest_standard`; per single unit.
    ///
    /// Items with one price everywhere (Route 53 hosted zones) are found for every known region. A free tier that
    /// AWS lists as an item of its own (SQS requests, CloudWatch dashboards) is put before the tiers that start where
    /// it ends; as every tier it counts for the account, not for each resource.
    #[must_use]
    pub fn service(&self, region: &str, service: &str, item: &str) -> Option<Tiers> {
        self.region(region)?;
        let tiers = [region, GLOBAL]
            .into_iter()
            .find_map(|column| self.tiers(Table::Services, column, &[service, item]))?;
        Some(self.with_free_tier(region, service, item, tiers))
    }

    fn with_free_tier(&self, region: &str, service: &str, item: &str, tiers: Tiers) -> Tiers {
        if tiers.start().is_none_or(|start| start.is_zero()) {
            return tiers;
        }
        let meter = item.split_once('_').map_or(item, |(meter, _)| meter);
        let key = format!("{meter}{FREE_TIER}");
        let free = [region, GLOBAL]
            .into_iter()
            .find_map(|column| self.tiers(Table::Services, column, &[service, &key]));
        match free {
            Some(free) if free.end() == tiers.start() => tiers.after(&free),
            _ => tiers,
        }
    }

    /// Items of a service with a price in a region, those with one price everywhere included.
    #[must_use]
    pub fn service_items(&self, region: &str, service: &str) -> Vec<&'static str> {
        if self.region(region).is_none() {
            return Vec::new();
        }
        let mut items = self.names(Table::Services, region, &[service], 1);
        items.extend(self.names(Table::Services, GLOBAL, &[service], 1));
        items.sort_unstable();
        items.dedup();
        items
    }
}
