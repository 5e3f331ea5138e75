//! What a running Fargate task costs: size and price, shared by services, scheduled tasks and raw definitions.
//! Source: AWS Fargate pricing. Billed is the size of the task, not what its containers ask for.

use rust_decimal::Decimal;

use super::super::catalogue::{Arch, FargateMetric, Os, Price};
use super::super::quantity::{Choices, Known, Missing, Quantity, Rate};
use super::super::sheet::Sheet;
use crate::model::task::TaskDefinition;
use crate::model::{Field, Link, State, Tri};

/// GB of ephemeral storage that every task has for nothing.
const INCLUDED_STORAGE: i64 = 20;

/// How the capacity is bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Capacity {
    OnDemand,
    Spot,
}

/// The size of a task and the platforms it may run on.
pub(super) struct Task {
    vcpu: Known<Quantity>,
    memory_gb: Known<Quantity>,
    /// GB above what is included; `None` where the task has no more.
    storage_gb: Option<Known<Quantity>>,
    platforms: Known<Choices<(Os, Arch)>>,
}

/// The task definition behind a link, or why there is none.
pub(super) fn linked<'a>(
    sheet: &Sheet<'a>,
    link: &Link<crate::model::graph::TaskDefinitionId>,
) -> Known<&'a TaskDefinition> {
    match link {
        Link::To(id) => sheet
            .context
            .deployment
            .task_definition(*id)
            .ok_or_else(|| Missing::because("its task definition is in no file")),
        Link::NotFound(name) => Err(Missing::because(format!("its task definition `{name}` is in no file"))),
        Link::Unknown(causes) => Err(Missing {
            causes: causes.clone(),
            ..Missing::because("which task definition it runs is unknown")
        }),
        Link::Absent => Err(Missing::because("it names no task definition")),
    }
}

impl Task {
    pub(super) fn read(sheet: &mut Sheet<'_>, definition: &Known<&TaskDefinition>) -> Self {
        let definition = match definition {
            Ok(definition) => *definition,
            Err(missing) => {
                return Self {
                    vcpu: Err(missing.clone()),
                    memory_gb: Err(missing.clone()),
                    storage_gb: None,
                    // Unit prices of the usual platform are shown for what cannot be sized.
                    platforms: Ok(Choices::one((Os::Linux, Arch::X86_64))),
                };
            }
        };
        let per = |units: Known<Quantity>, what: &str| units.map(|units| units.over(1024, what));
        let storage = &definition.ephemeral_storage;
        let storage_gb = storage.is_written().then(|| {
            let gb = sheet.number(storage, "ephemeral_storage", Some(INCLUDED_STORAGE))?;
            Ok(gb.above(INCLUDED_STORAGE.into()))
        });
        let included = |gb: &Known<Quantity>| gb.as_ref().is_ok_and(|gb| gb.range.high.is_zero());
        Self {
            vcpu: per(sheet.number(&definition.cpu, "cpu", None), "CPU units a vCPU"),
            memory_gb: per(sheet.number(&definition.memory, "memory", None), "MiB a GB"),
            storage_gb: storage_gb.filter(|gb| !included(gb)),
            platforms: platforms(sheet, definition),
        }
    }

    /// Whether the shortest billed run is that of Windows.
    pub(super) fn may_be_windows(&self) -> bool {
        self.platforms.as_ref().is_ok_and(|platforms| !platforms.all(|(os, _)| *os == Os::Linux))
    }

    /// Charges so many task-hours a month. An unknown number of tasks of a known size is one unpriced entry
    /// with the price of a task for `hours_each` hours, called `unit`.
    pub(super) fn charge(
        &self,
        sheet: &mut Sheet<'_>,
        task_hours: &Known<Quantity>,
        capacity: Capacity,
        (hours_each, unit): (Decimal, &str),
    ) {
        if let (Err(missing), Some(hourly)) = (task_hours, self.hourly(sheet, capacity)) {
            let name = match capacity {
                Capacity::OnDemand => "Fargate tasks",
                Capacity::Spot => "Fargate Spot tasks",
            };
            sheet.leave_out(name, missing.clone(), Some((hourly.saturating_mul(hours_each), unit)));
            return;
        }
        let label = self.label(capacity);
        for (what, unit, amount, metric) in [
            ("vCPU", "vCPU-hours", &self.vcpu, FargateMetric::Vcpu),
            ("memory", "GB-hours", &self.memory_gb, FargateMetric::Memory),
        ] {
            let rate = self.rate(sheet, capacity, metric);
            let quantity = both(task_hours, amount);
            sheet.charge(format!("{label} {what}"), unit, quantity, rate);
        }
        if self.may_be_windows() {
            let rate = self.rate(sheet, Capacity::OnDemand, FargateMetric::OsLicense);
            let quantity = both(task_hours, &self.vcpu);
            sheet.charge(format!("{label} Windows licence"), "vCPU-hours", quantity, rate);
        }
        if let Some(storage) = &self.storage_gb {
            let rate = self.rate(sheet, Capacity::OnDemand, FargateMetric::EphemeralStorage);
            let quantity = both(task_hours, storage);
            sheet.charge(format!("{label} ephemeral storage above 20 GB"), "GB-hours", quantity, rate);
        }
    }

    fn label(&self, capacity: Capacity) -> String {
        let platform = match &self.platforms {
            Ok(platforms) => match platforms.values.as_slice() {
                [(Os::Linux, Arch::X86_64)] => "Linux/x86",
                [(Os::Linux, Arch::Arm64)] => "Linux/Arm",
                [(Os::Windows, _)] => "Windows",
                _ => "platform by choice",
            },
            Err(_) => "platform unknown",
        };
        match capacity {
            Capacity::OnDemand => format!("Fargate ({platform})"),
            Capacity::Spot => format!("Fargate Spot ({platform})"),
        }
    }

    /// USD an hour of one task, when its size is known exactly or within alternatives (then the dearest).
    fn hourly(&self, sheet: &mut Sheet<'_>, capacity: Capacity) -> Option<Decimal> {
        let mut sum = Decimal::ZERO;
        let mut parts = vec![(&self.vcpu, capacity, FargateMetric::Vcpu)];
        parts.push((&self.memory_gb, capacity, FargateMetric::Memory));
        if self.may_be_windows() {
            parts.push((&self.vcpu, Capacity::OnDemand, FargateMetric::OsLicense));
        }
        if let Some(storage) = &self.storage_gb {
            parts.push((storage, Capacity::OnDemand, FargateMetric::EphemeralStorage));
        }
        for (amount, capacity, metric) in parts {
            let rate = self.rate(sheet, capacity, metric).ok()?;
            let amount = amount.as_ref().ok()?.range.high;
            sum = sum.saturating_add(amount.saturating_mul(rate.high.amount));
        }
        Some(sum)
    }

    fn rate(&self, sheet: &mut Sheet<'_>, capacity: Capacity, metric: FargateMetric) -> Known<Rate> {
        let platforms = self.platforms.clone()?;
        let (catalogue, region) = (sheet.context.catalogue, sheet.region());
        if capacity == Capacity::OnDemand {
            // Linux has no licence to pay.
            let lookup = |(os, arch): &(Os, Arch)| -> Option<Price> {
                let price = catalogue.fargate(&region, Os::Windows, *arch, FargateMetric::OsLicense);
                if metric == FargateMetric::OsLicense && *os == Os::Linux {
                    return price.map(|price| Price { amount: Decimal::ZERO, ..price });
                }
                catalogue.fargate(&region, *os, *arch, metric)
            };
            return sheet.rate_of(platforms, &format!("Fargate {metric}"), lookup);
        }
        let what = format!("Fargate Spot {metric}");
        let mut rate = sheet
            .rate_of(platforms, &what, |(os, arch)| catalogue.fargate_spot(&region, *os, *arch, metric))?;
        let value = format!("as captured on {}; it floats", rate.high.captured);
        let name = sheet.assume(format!("Fargate Spot price in {region}"), value, "");
        rate.assumption.get_or_insert(name);
        Ok(rate)
    }
}

fn both(task_hours: &Known<Quantity>, amount: &Known<Quantity>) -> Known<Quantity> {
    match (task_hours, amount) {
        (Ok(task_hours), Ok(amount)) => Ok(task_hours.clone().by(amount)),
        (Err(missing), Ok(_)) | (Ok(_), Err(missing)) => Err(missing.clone()),
        (Err(tasks), Err(size)) => Err(Missing {
            causes: tasks.causes.clone().and(&size.causes),
            ..Missing::because(format!("{}, and {}", tasks.reason, size.reason))
        }),
    }
}

fn platforms(sheet: &mut Sheet<'_>, definition: &TaskDefinition) -> Known<Choices<(Os, Arch)>> {
    let os =
        sheet.choices(&definition.operating_system, "operating_system_family", Some("LINUX".to_owned()))?;
    let arch = sheet.choices(&definition.cpu_architecture, "cpu_architecture", Some("X86_64".to_owned()))?;
    let os = os.map(|name| if name.starts_with("WINDOWS") { Os::Windows } else { Os::Linux });
    let arch = arch.map(|name| if name == "ARM64" { Arch::Arm64 } else { Arch::X86_64 });
    Ok(os.with(&arch))
}

/// Whether a task definition is meant for Fargate and nothing else.
pub(super) fn only_fargate(definition: &Known<&TaskDefinition>) -> bool {
    let Ok(definition) = definition else { return false };
    let compatibilities = &definition.requires_compatibilities;
    compatibilities.is_closed()
        && !compatibilities.items.is_empty()
        && compatibilities.all(|item| item.holds(false, |name| name == "FARGATE")).is_yes()
}

/// How many public addresses a task has: 0 or 1, or between.
pub(super) fn public_addresses(
    sheet: &mut Sheet<'_>,
    network: &Field<crate::model::service::ServiceNetwork>,
) -> Option<Known<Quantity>> {
    let network = match &network.state {
        State::Known(network) => network,
        State::Absent => return None,
        State::Unknown(unknown) => {
            return Some(Err(Missing::unknown("network_configuration", unknown.causes.clone())));
        }
    };
    let field = &network.assign_public_ip;
    match field.holds(false, |assigned| *assigned) {
        Tri::No => None,
        Tri::Yes => Some(Ok(Quantity::exactly(1).driven_by(field.span(), "assign_public_ip"))),
        Tri::Maybe(_) => {
            let choices = sheet.choices(field, "assign_public_ip", None);
            Some(choices.map(|choices| {
                let range = super::super::estimate::Range {
                    low: Decimal::ZERO,
                    expected: Decimal::ONE,
                    high: Decimal::ONE,
                };
                Quantity {
                    range,
                    drivers: choices.drivers,
                    factors: Vec::new(),
                    assumption: choices.assumption,
                }
            }))
        }
    }
}

/// Task-hours × addresses a task.
pub(super) fn address_hours(task_hours: &Known<Quantity>, addresses: &Known<Quantity>) -> Known<Quantity> {
    both(task_hours, addresses)
}
