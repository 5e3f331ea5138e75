//! Services billed by use: tiers, and quantities that only a usage file can give.

use rust_decimal::Decimal;

use super::catalogue::{Tier, Tiers};
use super::estimate::Range;
use super::quantity::{Known, Missing, Quantity};
use super::sheet::Sheet;

/// A quantity that no file of the deployment says: its usage key, and how it is billed.
pub(super) struct Metered {
    pub(super) key: &'static str,
    /// What the key counts: `GB stored`.
    pub(super) noun: &'static str,
    /// Name of the component.
    pub(super) name: &'static str,
    /// Plural.
    pub(super) unit: &'static str,
    /// Item of the `services` table.
    pub(super) item: &'static str,
    /// It is named where no usage is given; without it most of these resources have none of it.
    pub(super) asked: bool,
}

impl Sheet<'_> {
    /// What a service bills by use. Quantities that are not given are named together, with the first one's price.
    pub(super) fn by_use(&mut self, what: &str, service: &str, metered: &[Metered]) {
        let mut absent: Vec<&Metered> = Vec::new();
        for one in metered {
            let tiers = self.context.catalogue.service(&self.region(), service, one.item);
            let given = self.usage(one.key, one.noun);
            match given {
                Ok(given) => self.charge_tiers(one.name, one.unit, Ok(given), tiers.as_ref()),
                Err(_) if one.asked => absent.push(one),
                Err(_) => {}
            }
        }
        let Some(first) = absent.first() else { return };
        let tiers = self.context.catalogue.service(&self.region(), service, first.item);
        let price = tiers.and_then(|tiers| tiers.list_price()).map(|price| (price.amount, price.unit));
        let nouns: Vec<_> = absent.iter().map(|one| one.noun).collect();
        let keys: Vec<_> = absent.iter().map(|one| format!("`{}`", one.key)).collect();
        let plural = if keys.len() > 1 { "s" } else { "" };
        let reason = format!("usage not given: {} (usage key{plural} {})", nouns.join(", "), keys.join(", "));
        self.leave_out(what, Missing { complete: true, ..Missing::because(reason) }, price);
    }

    /// A component for every price tier that the quantity reaches. Free tiers belong to the account and are not taken
    /// off: the first price that is not zero holds from the first unit. What lies above the last tier is named.
    pub(super) fn charge_tiers(
        &mut self,
        name: &str,
        unit: &str,
        quantity: Known<Quantity>,
        tiers: Option<&Tiers>,
    ) {
        let Some(tiers) = tiers else {
            let missing = self.no_price(name);
            return self.leave_out(name, missing, None);
        };
        let priced: Vec<&Tier> = tiers.iter().filter(|tier| !tier.price.amount.is_zero()).collect();
        let (Ok(quantity), [first, ..]) = (&quantity, priced.as_slice()) else {
            let rate = self.rate(name, tiers.list_price());
            return self.charge(name, unit, quantity, rate);
        };
        let first_from = first.from;
        for tier in &priced {
            let is_first = tier.from == first_from;
            let from = if is_first { Decimal::ZERO } else { tier.from };
            let part = part(quantity.range, from, tier.to);
            if part.high.is_zero() && !is_first {
                continue;
            }
            let name = if is_first { name.to_owned() } else { format!("{name} above {}", tier.from) };
            let rate = self.rate(&name, Some(tier.price));
            self.charge(name, unit, Ok(quantity.with(part)), rate);
        }
        if let Some(end) = priced.last().and_then(|tier| tier.to)
            && quantity.range.high > end
        {
            let missing = self.no_price(&format!("{name} above {end}"));
            self.leave_out(name, missing, None);
        }
    }

    /// An item of the `services` table whose quantity the files say, by tier.
    pub(super) fn charge_service(
        &mut self,
        name: &str,
        unit: &str,
        quantity: Known<Quantity>,
        (service, item): (&str, &str),
    ) {
        let tiers = self.context.catalogue.service(&self.region(), service, item);
        self.charge_tiers(name, unit, quantity, tiers.as_ref());
    }
}

/// What of a quantity lies between two bounds.
fn part(range: Range, from: Decimal, to: Option<Decimal>) -> Range {
    let of = |amount: Decimal| {
        let capped = to.map_or(amount, |to| amount.min(to));
        capped.saturating_sub(from).max(Decimal::ZERO)
    };
    Range { low: of(range.low), expected: of(range.expected), high: of(range.high) }
}
