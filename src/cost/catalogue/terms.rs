//! The words that price tables are keyed by. Their spelling is that of `pricing/*.tsv`.

macro_rules! terms {
    ($(#[$meta:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$note])* $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in the price tables.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The value of a word in the price tables.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|term| term.as_str() == name)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    };
}

terms! {
    /// A price table.
    Table {
        /// Aurora on-demand instances.
        AuroraInstances = "aurora_instances",
        /// Data transfer between regions.
        DataTransferInterregion = "data_transfer_interregion",
        /// EBS volumes and snapshots.
        Ebs = "ebs",
        /// EC2 on demand, Linux, shared tenancy.
        Ec2OnDemandLinux = "ec2_ondemand_linux",
        /// EC2 standard reservations, Linux.
        Ec2ReservedLinux = "ec2_reserved_linux",
        /// ElastiCache on-demand nodes.
        ElasticacheNodes = "elasticache_nodes",
        /// ElastiCache reserved nodes.
        ElasticacheReserved = "elasticache_reserved",
        /// ElastiCache Serverless.
        ElasticacheServerless = "elasticache_serverless",
        /// Fargate on demand.
        Fargate = "fargate",
        /// Fargate under a Compute Savings Plan.
        FargateSavingsPlans = "fargate_savings_plans",
        /// Fargate Spot, a snapshot of a floating price.
        FargateSpot = "fargate_spot",
        /// Load balancers.
        LoadBalancers = "load_balancers",
        /// Addresses, gateways, endpoints, data transfer.
        Network = "network",
        /// RDS on-demand instances, PostgreSQL, MySQL, MariaDB.
        RdsInstances = "rds_instances",
        /// RDS on-demand instances, SQL Server and Oracle.
        RdsInstancesCommercial = "rds_instances_commercial",
        /// RDS reserved instances, PostgreSQL and MySQL.
        RdsReserved = "rds_reserved",
        /// RDS and Aurora storage, I/O, backup, proxy, serverless capacity.
        RdsStorage = "rds_storage",
        /// Services billed by use.
        Services = "services",
    }
}

terms! {
    /// Operating system of a Fargate task.
    Os {
        /// Linux.
        Linux = "linux",
        /// Windows Server; also pays [`FargateMetric::OsLicense`] per vCPU.
        Windows = "windows",
    }
}

terms! {
    /// Processor architecture, spelled as in `runtimePlatform.cpuArchitecture`, lower case.
    Arch {
        /// Intel and AMD.
        X86_64 = "x86_64",
        /// Graviton.
        Arm64 = "arm64",
    }
}

terms! {
    /// What Fargate meters.
    FargateMetric {
        /// Per vCPU-hour.
        Vcpu = "vcpu",
        /// Per GB-hour.
        Memory = "memory",
        /// Windows licence per vCPU-hour.
        OsLicense = "os_license",
        /// Per GB-hour above the 20 GB that every task includes; same for all platforms.
        EphemeralStorage = "ephemeral_storage",
    }
}

terms! {
    /// Kind of load balancer.
    LbKind {
        /// Application Load Balancer.
        Alb = "alb",
        /// Network Load Balancer.
        Nlb = "nlb",
        /// Gateway Load Balancer.
        Gwlb = "gwlb",
        /// Classic Load Balancer.
        Clb = "clb",
    }
}

terms! {
    /// What a load balancer meters.
    LbMetric {
        /// Per hour or part of an hour.
        Hour = "hour",
        /// Per capacity unit and hour (LCU, NLCU, GLCU); not for Classic.
        CapacityUnit = "lcu",
        /// Per GB processed; Classic only.
        Data = "data",
    }
}

terms! {
    /// RDS deployment option.
    Deployment {
        /// One instance.
        SingleAz = "single-az",
        /// One instance and a standby that cannot be read.
        MultiAz = "multi-az",
        /// A writer and two readable standbys.
        MultiAzCluster = "multi-az-cluster",
    }
}

terms! {
    /// RDS licence model.
    License {
        /// Open-source engines.
        None = "none",
        /// The price contains the licence.
        LicenseIncluded = "license-included",
        /// Bring your own licence.
        Byol = "byol",
    }
}

terms! {
    /// Aurora storage configuration.
    AuroraStorage {
        /// I/O requests are billed.
        Standard = "standard",
        /// Dearer instances and storage, I/O included (`storage_type = "aurora-iopt1"`).
        IoOptimized = "io-optimized",
    }
}

terms! {
    /// What ElastiCache Serverless meters.
    ServerlessCacheMetric {
        /// Per GB-hour.
        DataStorage = "data_storage",
        /// Per ElastiCache processing unit.
        Ecpu = "ecpu",
    }
}

terms! {
    /// What an EBS volume meters.
    EbsMetric {
        /// Per GB-month.
        Storage = "storage",
        /// Per provisioned IOPS-month (gp3: above the included 3,000).
        Iops = "iops",
        /// io2 IOPS up to the first bound (see the EBS pricing page; bounds are not in the tables).
        IopsTier1 = "iops_tier1",
        /// io2 IOPS of the second tier.
        IopsTier2 = "iops_tier2",
        /// io2 IOPS of the third tier.
        IopsTier3 = "iops_tier3",
        /// gp3 throughput above the included 125 MiB/s.
        Throughput = "throughput",
    }
}

terms! {
    /// Length of a commitment.
    Term {
        /// One year.
        OneYear = "1yr",
        /// Three years.
        ThreeYears = "3yr",
    }
}

impl Term {
    /// Length in years.
    #[must_use]
    pub const fn years(self) -> u32 {
        match self {
            Self::OneYear => 1,
            Self::ThreeYears => 3,
        }
    }
}

terms! {
    /// How a commitment is paid.
    Payment {
        /// Nothing in advance.
        NoUpfront = "no-upfront",
        /// About half in advance.
        PartialUpfront = "partial-upfront",
        /// All in advance.
        AllUpfront = "all-upfront",
    }
}
