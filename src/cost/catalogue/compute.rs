//! Typed lookups of Fargate, EC2 and EBS.

use rust_decimal::Decimal;

use super::{Arch, Catalogue, EbsMetric, FargateMetric, Os, Payment, Price, Reserved, Spec, Table, Term};

/// The feed prices gp3 throughput per GiB/s, everybody configures MiB/s.
const MIB_PER_GIB: Decimal = Decimal::from_parts(1024, 0, 0, false, 0);

impl Catalogue {
    /// Fargate on demand. Ephemeral storage costs the same for every platform.
    #[must_use]
    pub fn fargate(&self, region: &str, os: Os, arch: Arch, metric: FargateMetric) -> Option<Price> {
        let (os, arch) = match metric {
            FargateMetric::EphemeralStorage => ("any", "any"),
            _ => (os.as_str(), arch.as_str()),
        };
        self.price(Table::Fargate, region, &[os, arch, metric.as_str()])
    }

    /// Fargate Spot: a snapshot of a price that floats, so only an estimate; look at [`Price::captured`], which is
    /// 2021 for most regions. Linux only; storage has no Spot price.
    #[must_use]
    pub fn fargate_spot(&self, region: &str, os: Os, arch: Arch, metric: FargateMetric) -> Option<Price> {
        self.price(Table::FargateSpot, region, &[os.as_str(), arch.as_str(), metric.as_str()])
    }

    /// Fargate under a Compute Savings Plan (us-east-1 only).
    #[must_use]
    pub fn savings_plan(
        &self,
        region: &str,
        os: Os,
        arch: Arch,
        metric: FargateMetric,
        term: Term,
        payment: Payment,
    ) -> Option<Price> {
        let key = [os.as_str(), arch.as_str(), metric.as_str(), term.as_str(), payment.as_str()];
        self.price(Table::FargateSavingsPlans, region, &key)
    }

    /// A task on external (ECS Anywhere) instances, per instance-hour.
    #[must_use]
    pub fn ecs_anywhere(&self, region: &str) -> Option<Price> {
        self.price(Table::Fargate, region, &["any", "any", "ecs_anywhere_instance"])
    }

    /// EC2 Linux on demand, shared tenancy.
    #[must_use]
    pub fn ec2_on_demand(&self, region: &str, instance_type: &str) -> Option<Price> {
        self.price(Table::Ec2OnDemandLinux, region, &[instance_type])
    }

    /// EC2 Linux standard reservation, nothing paid upfront.
    #[must_use]
    pub fn ec2_reserved(&self, region: &str, instance_type: &str, term: Term) -> Option<Reserved> {
        let key = [instance_type, "standard", term.as_str(), Payment::NoUpfront.as_str()];
        let hourly = self.price(Table::Ec2ReservedLinux, region, &key)?;
        Some(Reserved { upfront: None, hourly, years: term.years() })
    }

    /// vCPU and memory of an EC2 instance type; `None` also where the sources do not say.
    #[must_use]
    pub fn ec2_spec(&self, instance_type: &str) -> Option<Spec> {
        self.spec(Table::Ec2OnDemandLinux, &[instance_type])
    }

    /// EC2 instance types with a price in a region.
    #[must_use]
    pub fn ec2_instance_types(&self, region: &str) -> Vec<&'static str> {
        self.names(Table::Ec2OnDemandLinux, region, &[], 0)
    }

    /// EBS volume (`gp2`, `gp3`, `io1`, `io2`, `st1`, `sc1`, `standard`) or snapshot (`snapshot`,
    /// `snapshot-archive`). Throughput is per MiBps-month: 1/1024 of the table's GiBps-month, which is exact.
    #[must_use]
    pub fn ebs(&self, region: &str, volume_type: &str, metric: EbsMetric) -> Option<Price> {
        let price = self.price(Table::Ebs, region, &[volume_type, metric.as_str()])?;
        if price.unit != "GiBps-month" {
            return Some(price);
        }
        let amount = price.amount.checked_div(MIB_PER_GIB)?.normalize();
        Some(Price { amount, unit: "MiBps-month", ..price })
    }
}
