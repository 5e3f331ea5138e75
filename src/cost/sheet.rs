//! The sheet of one resource: components are charged on it, and what cannot be charged is noted with the
//! reason. Multiplies by the number of instances that the resource stands for.

use std::fmt::Display;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::catalogue::Price;
use super::estimate::{
    Assumption, Component, Driver, Factor, PriceSource, Range, ResourceCost, Unpriced, UsageAsked, UsageState,
};
use super::quantity::{Choices, Derived, Known, Missing, Quantity, Rate};
use super::{Context, HOURS_PER_MONTH, hours};
use crate::model::{Count, Field, Meta, State};

/// Above this no argument of AWS goes: what is larger is a mistake, not a bill.
const LARGEST: i64 = 1_000_000_000;

/// Decimals of a billed quantity. Thirds of an hour end here, so that amounts and their sums are exact.
const QUANTITY_PLACES: u32 = 8;

/// Most combinations of open values that are priced.
const MOST_CHOICES: usize = 64;

pub(super) struct Sheet<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) meta: &'a Meta,
    kind: &'static str,
    region: Arc<str>,
    components: Vec<Component>,
    free: Option<&'static str>,
    unpriced: Vec<Unpriced>,
    assumptions: Vec<Assumption>,
    usage: Vec<UsageAsked>,
}

/// What a sheet adds to the estimate.
pub(super) struct Priced {
    /// `None` when nothing of it could be priced.
    pub(super) resource: Option<ResourceCost>,
    pub(super) unpriced: Vec<Unpriced>,
    pub(super) assumptions: Vec<Assumption>,
    pub(super) usage: Vec<UsageAsked>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(context: &'a Context<'a>, meta: &'a Meta, kind: &'static str) -> Self {
        let (region, assumption) = context.region(meta);
        Self {
            context,
            meta,
            kind,
            region,
            components: Vec::new(),
            free: None,
            unpriced: Vec::new(),
            assumptions: assumption.into_iter().collect(),
            usage: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Priced {
        let shown = !self.components.is_empty() || self.free.is_some();
        let resource = shown.then(|| ResourceCost {
            address: self.meta.address.clone(),
            kind: self.kind,
            region: self.region,
            span: self.meta.origin.span,
            call: self.meta.calls.last().copied(),
            // What is free by itself may have traffic to pay for.
            free: self.free.filter(|_| self.components.is_empty()),
            components: self.components,
        });
        let Self { unpriced, assumptions, usage, .. } = self;
        Priced { resource, unpriced, assumptions, usage }
    }

    /// Region whose prices are used.
    pub(super) fn region(&self) -> Arc<str> {
        self.region.clone()
    }

    /// Hours a month for which the resource is billed: those that are wished for what can be stopped, all for the rest.
    pub(super) fn hours(&self) -> Decimal {
        let wished = self.context.options.hours;
        if hours::stops(self.kind) { wished } else { wished.max(HOURS_PER_MONTH) }
    }

    /// The whole resource costs nothing.
    pub(super) fn free(&mut self, reason: &'static str) {
        self.free = Some(reason);
    }

    /// Notes an assumption; gives its name.
    pub(super) fn assume(
        &mut self,
        name: impl Into<String>,
        value: impl Into<String>,
        set_with: &str,
    ) -> String {
        let name = name.into();
        let assumption =
            Assumption { name: name.clone(), value: value.into(), set_with: set_with.to_owned() };
        self.assumptions.push(assumption);
        name
    }

    /// A component: quantity × unit price, or an unpriced entry when either is missing. `unit` is the plural.
    pub(super) fn charge(
        &mut self,
        name: impl Into<String>,
        unit: &str,
        quantity: Known<Quantity>,
        rate: Known<Rate>,
    ) {
        let name = name.into();
        let rate = match rate {
            Ok(rate) => rate,
            Err(missing) => return self.leave_out(&name, missing, None),
        };
        let quantity = match quantity {
            Ok(quantity) => quantity,
            Err(missing) => return self.leave_out(&name, missing, Some((rate.high.amount, rate.high.unit))),
        };
        let prices = Range { low: rate.low.amount, expected: rate.high.amount, high: rate.high.amount };
        let (times, conditional) = match &self.meta.count {
            Count::One => (Range::exactly(Decimal::ONE), None),
            Count::Between { low, high: Some(high), .. } => {
                let range = Range { low: (*low).into(), expected: (*high).into(), high: (*high).into() };
                let value = format!("between {low} and {high}: the most is expected");
                let name = format!("how many of {}", self.meta.address);
                (range, Some(self.assume(name, value, "--var or --var-file")))
            }
            Count::Between { high: None, causes, .. } => {
                let each = quantity.range.times_range(prices).expected;
                let reason = format!("how many there are is unknown; each costs {} a month", money(each));
                let missing = Missing { causes: causes.clone(), ..Missing::because(reason) };
                return self.leave_out(&name, missing, Some((rate.high.amount, rate.high.unit)));
            }
        };
        let units = quantity.range.times_range(times).rounded(QUANTITY_PLACES);
        let mut factors = quantity.arithmetic(self.hours(), QUANTITY_PLACES);
        if conditional.is_some() {
            factors.push(Factor {
                what: "instances".to_owned(),
                value: times,
                span: Some(self.meta.origin.span),
            });
        }
        let mut drivers: Vec<Driver> = Vec::new();
        for driver in quantity.drivers.into_iter().chain(rate.drivers) {
            if !drivers.contains(&driver) {
                drivers.push(driver);
            }
        }
        self.components.push(Component {
            name,
            quantity: units,
            unit: unit.to_owned(),
            unit_price: rate.high.amount,
            monthly: units.times_range(prices),
            price: PriceSource {
                table: rate.high.table,
                source: rate.high.source,
                captured: rate.high.captured,
            },
            factors,
            drivers,
            assumption: quantity.assumption.or(rate.assumption).or(conditional),
        });
    }

    /// Notes something that costs money but cannot be put into the total, with its unit price and unit.
    pub(super) fn leave_out(&mut self, name: &str, missing: Missing, price: Option<(Decimal, &str)>) {
        if let Some(key) = missing.wants {
            self.usage.iter_mut().filter(|asked| asked.key == key).for_each(|asked| asked.is_needed = true);
        }
        let reason = if missing.complete { missing.reason } else { format!("{name}: {}", missing.reason) };
        self.unpriced.push(Unpriced {
            address: self.meta.address.clone(),
            reason,
            causes: missing.causes,
            unit_price: price.map(|(amount, _)| amount),
            unit: price.map(|(_, unit)| unit.to_owned()),
            span: self.meta.origin.span,
        });
    }

    /// A quantity from the usage file.
    pub(super) fn usage(&mut self, key: &'static str, noun: &str) -> Known<Quantity> {
        let meta = self.meta;
        self.usage_of(&[(&meta.address, &meta.kind)], key, noun)
    }

    /// A quantity from the usage file, said of the first of these addresses (with their types) that it knows.
    pub(super) fn usage_of(&mut self, of: &[(&str, &str)], key: &'static str, noun: &str) -> Known<Quantity> {
        self.usage_or(of, key, noun, Decimal::ONE, |_| None)
    }

    /// A quantity from the usage file, times a factor; else what `derive` works out, else that of the usage profile,
    /// times the factor.
    pub(super) fn usage_or(
        &mut self,
        of: &[(&str, &str)],
        key: &'static str,
        noun: &str,
        times: Decimal,
        derive: impl FnOnce(&mut Self) -> Option<Known<Derived>>,
    ) -> Known<Quantity> {
        let usage = &self.context.options.usage;
        let set_with = format!("usage key `{key}`");
        if let Some(given) = of.iter().find_map(|(address, ty)| usage.quantity(address, ty, key)) {
            self.asked(of, key, noun, UsageState::Given(given.amount));
            let name = self.assume(key, given.amount.normalize().to_string(), &set_with);
            return Ok(Quantity::exactly(given.amount)
                .times(times)
                .driven_by(given.span, key)
                .assuming(name));
        }
        match derive(self) {
            Some(Ok(derived)) => {
                self.asked(of, key, noun, UsageState::Assumed(derived.words.clone()));
                return Ok(self.derived(derived, &set_with));
            }
            Some(Err(missing)) => {
                self.asked(of, key, noun, UsageState::Missing);
                return Err(missing);
            }
            None => {}
        }
        let of_profile = usage
            .profile()
            .and_then(|profile| Some((profile, of.iter().find_map(|(_, ty)| profile.amount(ty, key))?)));
        if let Some((profile, amount)) = of_profile {
            let words = format!("{} (profile {})", amount.normalize(), profile.name());
            self.asked(of, key, noun, UsageState::Profile(amount));
            let name = self.assume(key, words, &set_with);
            return Ok(Quantity::exactly(amount).times(times).assuming(name));
        }
        self.asked(of, key, noun, UsageState::Missing);
        Err(Missing {
            complete: true,
            wants: Some(key),
            ..Missing::because(format!("usage not given: {noun} (usage key `{key}`)"))
        })
    }

    /// A quantity that follows from the traffic of services, with its arithmetic as an assumption.
    pub(super) fn derived(&mut self, derived: Derived, set_with: &str) -> Quantity {
        for missing in derived.left_out {
            self.leave_out(derived.what, missing, None);
        }
        let name = self.assume(format!("{} of {}", derived.what, self.meta.address), derived.words, set_with);
        Quantity {
            range: derived.range,
            drivers: derived.drivers,
            factors: Vec::new(),
            assumption: Some(name),
        }
    }

    fn asked(&mut self, of: &[(&str, &str)], key: &'static str, noun: &str, state: UsageState) {
        let Some((address, ty)) = of.first() else { return };
        self.ask(UsageAsked {
            address: Arc::from(*address),
            ty: Arc::from(*ty),
            key,
            noun: noun.to_owned(),
            state,
            is_needed: false,
            span: self.meta.origin.span,
        });
    }

    /// Notes a quantity that only people can say.
    pub(super) fn ask(&mut self, asked: UsageAsked) {
        self.usage.push(asked);
    }

    /// A whole number of the files, zero or more. Of alternatives the fewest is low, the most is expected and high.
    pub(super) fn number(&mut self, field: &Field<i64>, what: &str, absent: Option<i64>) -> Known<Quantity> {
        let choices = self.choices(field, what, absent)?;
        if !choices.all(|value| (0..=LARGEST).contains(value)) {
            return Err(Missing::because(format!("`{what}` is not between 0 and {LARGEST}")));
        }
        let most = choices.values.iter().copied().max().unwrap_or_default().into();
        let fewest = choices.values.iter().copied().min().unwrap_or_default().into();
        let value = Range { low: fewest, expected: most, high: most };
        let span = choices.drivers.first().map(|driver| driver.span);
        let written = if span.is_some() { what.to_owned() } else { format!("{what}, where not written") };
        Ok(Quantity {
            range: value,
            drivers: choices.drivers,
            factors: vec![Factor { what: written, value, span }],
            assumption: choices.assumption,
        })
    }

    /// The values that an argument may have; more than one is an assumption.
    pub(super) fn choices<T: Clone + Display>(
        &mut self,
        field: &Field<T>,
        what: &str,
        absent: Option<T>,
    ) -> Known<Choices<T>> {
        let driver = || vec![Driver { span: field.span(), what: what.to_owned() }];
        match &field.state {
            State::Known(value) => {
                Ok(Choices { values: vec![value.clone()], drivers: driver(), assumption: None })
            }
            State::Absent => {
                absent.map(Choices::one).ok_or_else(|| Missing::because(format!("`{what}` is not written")))
            }
            State::Unknown(unknown) if !unknown.alternatives.is_empty() => {
                let listed: Vec<_> = unknown.alternatives.iter().map(ToString::to_string).collect();
                let causes: Vec<_> = unknown.causes.iter().map(ToString::to_string).collect();
                let value =
                    format!("one of {}: the dearest is expected ({})", listed.join(", "), causes.join(", "));
                let set_with = unknown.causes.iter().find_map(crate::value::Cause::decide_with);
                let name = format!("{what} of {}", self.meta.address);
                let name = self.assume(name, value, &set_with.unwrap_or_else(|| format!("`{what}`")));
                Ok(Choices {
                    values: unknown.alternatives.clone(),
                    drivers: driver(),
                    assumption: Some(name),
                })
            }
            State::Unknown(unknown) => Err(Missing::unknown(what, unknown.causes.clone())),
        }
    }

    /// The price that a lookup finds for every choice; `what` names the thing when the tables lack it.
    pub(super) fn rate_of<T>(
        &self,
        choices: Choices<T>,
        what: &str,
        mut lookup: impl FnMut(&T) -> Option<Price>,
    ) -> Known<Rate> {
        if choices.values.len() > MOST_CHOICES {
            return Err(Missing::because(format!("{what} has more than {MOST_CHOICES} possible prices")));
        }
        let found: Option<Vec<Price>> = choices.values.iter().map(&mut lookup).collect();
        let priced =
            found.map(|values| Choices { values, drivers: choices.drivers, assumption: choices.assumption });
        priced.and_then(Choices::rate).ok_or_else(|| self.no_price(what))
    }

    /// One price that does not depend on the files.
    pub(super) fn rate(&self, what: &str, price: Option<Price>) -> Known<Rate> {
        self.rate_of(Choices::one(()), what, |()| price)
    }

    /// An item of the `services` table: flat, or the first tier that is not free.
    pub(super) fn service_rate(&self, service: &str, item: &str, what: &str) -> Known<Rate> {
        let tiers = self.context.catalogue.service(&self.region, service, item);
        self.rate(what, tiers.and_then(|tiers| tiers.flat()))
    }

    /// An item of the `network` table.
    pub(super) fn network_rate(&self, item: &str, what: &str) -> Known<Rate> {
        let tiers = self.context.catalogue.network(&self.region, item);
        self.rate(what, tiers.and_then(|tiers| tiers.flat()))
    }

    pub(super) fn no_price(&self, what: &str) -> Missing {
        Missing {
            complete: true,
            ..Missing::because(format!("no price in the tables: {what} in {}", self.region))
        }
    }

    /// Public IPv4 addresses in use, for so many address-hours a month.
    /// Source: VPC pricing, "Public IPv4 addresses", billed since 2024-02-01.
    pub(super) fn public_ipv4(&mut self, address_hours: Known<Quantity>) {
        let rate = self.network_rate("public_ipv4_in_use", "public IPv4 addresses");
        self.charge("Public IPv4 addresses", "address-hours", address_hours, rate);
    }
}

/// `18.02`: an amount for a sentence.
pub(super) fn money(amount: Decimal) -> String {
    format!("${:.2}", amount.round_dp(2))
}
