//! What a lookup gives: a unit price that knows where it is from, tiers, reservations, sizes.

use rust_decimal::Decimal;

/// A list price in USD per `unit`, before tax and discounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// USD per unit, with every digit that AWS published.
    pub amount: Decimal,
    /// What one costs that: `vCPU-hour`, `GB-month`, `request` …
    pub unit: &'static str,
    /// The table under `pricing/` it stands in.
    pub table: &'static str,
    /// Date (`2025-06-17`) on which AWS published it or it was captured, or `unknown`.
    pub captured: &'static str,
    /// Letter of the source in `pricing/README.md`.
    pub source: &'static str,
}

/// vCPU and memory of an instance class or node type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Number of vCPU.
    pub vcpu: Decimal,
    /// Memory in GiB.
    pub memory_gib: Decimal,
}

/// What a reserved instance costs: an hourly rate and, unless it is no-upfront, a payment for the whole term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserved {
    /// One payment for the term; `None` where nothing is paid upfront.
    pub upfront: Option<Price>,
    /// Charged for every hour of the term.
    pub hourly: Price,
    /// Length of the term in years.
    pub years: u32,
}

impl Reserved {
    /// USD an hour with the upfront payment spread over the term of 8,760 hours a year,
    /// as AWS's pricing pages do. `None` on overflow.
    #[must_use]
    pub fn effective_hourly(&self) -> Option<Decimal> {
        let Some(upfront) = self.upfront else { return Some(self.hourly.amount) };
        let hours = Decimal::from(8760).checked_mul(self.years.into())?;
        upfront.amount.checked_div(hours)?.checked_add(self.hourly.amount)
    }
}

/// One step of a tiered price. Bounds are in the price's unit, mostly per month and account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// First quantity of the tier (exclusive of what the tier before holds).
    pub from: Decimal,
    /// Where the tier ends; `None` for the last.
    pub to: Option<Decimal>,
    /// Price of a unit within the tier.
    pub price: Price,
}

/// Tiers of one item in ascending order, without gaps between them; never empty.
///
/// The first tier need not start at 0 (AWS WAF Bot Control is priced from 10 million requests) and the last need
/// not be open: what lies outside is reported by [`Tiers::cost`], never taken as free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiers(Vec<Tier>);

/// The share of a quantity that fell into one tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierPart {
    /// How much of the quantity.
    pub quantity: Decimal,
    /// At which price.
    pub price: Price,
    /// `quantity` × price.
    pub amount: Decimal,
}

/// A quantity priced across tiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TieredCost {
    /// Sum of the parts in USD, exact to the 28 digits of a `Decimal`.
    pub amount: Decimal,
    /// What fell into which tier, in ascending order.
    pub parts: Vec<TierPart>,
    /// Quantity below the first tier, which the table has no price for.
    pub below: Decimal,
    /// Quantity above the last tier, which the table has no price for.
    pub above: Decimal,
}

impl TieredCost {
    /// Whether every unit had a price.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.below.is_zero() && self.above.is_zero()
    }
}

impl Tiers {
    /// `None` when there is no tier. The tiers must be in ascending order.
    pub(super) fn new(tiers: Vec<Tier>) -> Option<Self> {
        (!tiers.is_empty()).then_some(Self(tiers))
    }

    /// The tiers, lowest first.
    pub fn iter(&self) -> impl Iterator<Item = &Tier> {
        self.0.iter()
    }

    /// The price, where one price holds for every quantity.
    #[must_use]
    pub fn flat(&self) -> Option<Price> {
        match self.0.as_slice() {
            [Tier { from, to: None, price }] if from.is_zero() => Some(*price),
            _ => None,
        }
    }

    /// Price of the lowest tier that is not free: what "the unit price" is when the quantity is not known.
    #[must_use]
    pub fn list_price(&self) -> Option<Price> {
        let mut prices = self.0.iter().map(|tier| tier.price);
        prices.clone().find(|price| !price.amount.is_zero()).or_else(|| prices.next())
    }

    /// Prices `quantity` (0 or more) across the tiers. `None` when it is negative or the arithmetic overflows.
    #[must_use]
    pub fn cost(&self, quantity: Decimal) -> Option<TieredCost> {
        if quantity < Decimal::ZERO {
            return None;
        }
        let start = self.0.first()?.from;
        let mut cost = TieredCost {
            amount: Decimal::ZERO,
            parts: Vec::new(),
            below: quantity.min(start),
            above: Decimal::ZERO,
        };
        for tier in self.0.iter().filter(|tier| quantity > tier.from) {
            let upper = tier.to.map_or(quantity, |to| quantity.min(to));
            let part = upper.checked_sub(tier.from)?;
            let amount = part.checked_mul(tier.price.amount)?;
            cost.amount = cost.amount.checked_add(amount)?;
            cost.parts.push(TierPart { quantity: part, price: tier.price, amount });
        }
        if let Some(end) = self.0.last()?.to {
            cost.above = quantity.checked_sub(end)?.max(Decimal::ZERO);
        }
        Some(cost)
    }

    /// Puts `lower` (the free tier that AWS lists as an item of its own) before these tiers.
    pub(super) fn after(mut self, lower: &Self) -> Self {
        self.0.splice(0..0, lower.0.iter().copied());
        self
    }

    /// Where the first tier starts.
    pub(super) fn start(&self) -> Option<Decimal> {
        self.0.first().map(|tier| tier.from)
    }

    /// Where the last tier ends.
    pub(super) fn end(&self) -> Option<Decimal> {
        self.0.last().and_then(|tier| tier.to)
    }
}
