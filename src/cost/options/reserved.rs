//! Reserved RDS instances and ElastiCache nodes. Sources: RDS and ElastiCache reserved pricing; storage, backups and
//! I/O are not reserved.

use rust_decimal::Decimal;

use super::super::catalogue::{Deployment as Zones, Payment, Term};
use super::super::estimate::ResourceCost;
use super::commitments::{all, cover, words};
use super::savings_plan::years;
use super::{Base, Change, Column, Priced, listed};

pub(super) fn columns(base: &Base<'_>) -> Vec<Column> {
    all().map(|(term, payment)| column(base, term, payment)).collect()
}

/// An offer for one resource: effective USD an hour, of which so much is paid upfront.
struct Offer {
    effective: Decimal,
    upfront: Decimal,
    what: String,
}

fn column(base: &Base<'_>, term: Term, payment: Payment) -> Column {
    let name = format!("reserved-{term}-{payment}");
    let title = format!("RDS and ElastiCache reserved, {}", words(term, payment));
    let mut priced = Priced { estimate: base.current.clone(), ..Priced::default() };
    let hours = priced.estimate.hours_per_month;
    let (mut covered, mut left) = (Vec::new(), Vec::new());
    for resource in &mut priced.estimate.resources {
        if !matches!(resource.kind, "rds-instance" | "cache-cluster") {
            continue;
        }
        let Some(offer) =
            database(base, resource, term, payment).or_else(|| cache(base, resource, term, payment))
        else {
            left.push(resource.address.to_string());
            continue;
        };
        let instances = resource.components.iter_mut().find(|component| {
            matches!(
                component.price.table,
                "rds_instances" | "rds_instances_commercial" | "elasticache_nodes"
            ) && matches!(component.unit.as_str(), "hours" | "node-hours")
        });
        let Some(instances) = instances else { continue };
        let units = instances.quantity.low;
        if cover(instances, hours, (offer.effective, offer.effective)).is_none() {
            continue;
        }
        let count = units.checked_div(hours).unwrap_or_default();
        priced.upfront = priced.upfront.saturating_add(offer.upfront.saturating_mul(count));
        priced.changes.push(Change {
            address: resource.address.clone(),
            span: resource.span,
            argument: String::new(),
            to: format!("buy {} reserved {}", count.normalize(), offer.what),
        });
        covered.push(resource.address.to_string());
    }
    if covered.is_empty() {
        let why = if left.is_empty() {
            "there is no RDS instance and no ElastiCache node of known class".to_owned()
        } else {
            format!("no offer in the tables for {}", listed(&left))
        };
        return Column::not_here(name, title, why);
    }
    if !left.is_empty() {
        priced.notes.push(format!("no offer in the tables, so on demand: {}", listed(&left)));
    }
    priced.conditions.push(format!("class, engine and zones stay for {}", years(term)));
    Column::priced(base, name, title, priced)
}

fn database(base: &Base<'_>, resource: &ResourceCost, term: Term, payment: Payment) -> Option<Offer> {
    let of =
        |meta: &crate::model::Meta| meta.address == resource.address && meta.origin.span == resource.span;
    let database = base.deployment.databases.iter().find(|database| of(&database.meta))?;
    let (engine, class) = (database.engine.known()?, database.class.known()?);
    let zones = match database.multi_az.holds(false, |multi| *multi) {
        crate::model::Tri::Yes => Zones::MultiAz,
        crate::model::Tri::No => Zones::SingleAz,
        crate::model::Tri::Maybe(_) => return None,
    };
    let offer = base.catalogue.rds_reserved(&resource.region, engine, zones, class, term, payment)?;
    Some(Offer {
        effective: offer.effective_hourly()?,
        upfront: offer.upfront.map_or(Decimal::ZERO, |price| price.amount),
        what: format!("{class} ({engine}, {zones})"),
    })
}

fn cache(base: &Base<'_>, resource: &ResourceCost, term: Term, payment: Payment) -> Option<Offer> {
    let of =
        |meta: &crate::model::Meta| meta.address == resource.address && meta.origin.span == resource.span;
    let cache = base.deployment.caches.iter().find(|cache| of(&cache.meta))?;
    let engine = if cache.engine.is_absent() { "redis" } else { cache.engine.known()? };
    let node_type = cache.node_type.known()?;
    let offer = base.catalogue.elasticache_reserved(&resource.region, engine, node_type, term, payment)?;
    let whole = offer.amount * Decimal::from(8760 * term.years());
    let upfront = match payment {
        Payment::NoUpfront => Decimal::ZERO,
        // The table holds the effective rate only; half of the whole is what AWS asks for.
        Payment::PartialUpfront => whole / Decimal::TWO,
        Payment::AllUpfront => whole,
    };
    Some(Offer { effective: offer.amount, upfront, what: format!("{node_type} ({engine})") })
}
