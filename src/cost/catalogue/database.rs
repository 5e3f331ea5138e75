//! Typed lookups of RDS, Aurora and ElastiCache. Engines are spelled as Terraform and the RDS API spell them.

use super::{
    AuroraStorage, Catalogue, Deployment, License, Payment, Price, Reserved, ServerlessCacheMetric, Spec,
    Table, Term,
};

/// The table that has an engine's instances.
fn rds_table(engine: &str) -> Table {
    match engine {
        "postgres" | "mysql" | "mariadb" => Table::RdsInstances,
        _ => Table::RdsInstancesCommercial,
    }
}

impl Catalogue {
    /// RDS instance-hour. `engine` is `postgres`, `mysql`, `mariadb` ([`License::None`]), `sqlserver-ee|se|web|ex`,
    /// `oracle-ee|se2`.
    #[must_use]
    pub fn rds_instance(
        &self,
        region: &str,
        engine: &str,
        license: License,
        deployment: Deployment,
        class: &str,
    ) -> Option<Price> {
        let key = [engine, license.as_str(), deployment.as_str(), class];
        self.price(rds_table(engine), region, &key)
    }

    /// Classes of an engine with a price in a region, whatever licence and deployment.
    #[must_use]
    pub fn rds_classes(&self, region: &str, engine: &str) -> Vec<&'static str> {
        self.names(rds_table(engine), region, &[engine], 3)
    }

    /// vCPU and memory of an RDS class.
    #[must_use]
    pub fn rds_spec(&self, class: &str) -> Option<Spec> {
        let open = ["postgres", "mysql", "mariadb"].map(|engine| (engine, License::None));
        let commercial = [
            ("oracle-ee", License::Byol),
            ("oracle-se2", License::Byol),
            ("oracle-se2", License::LicenseIncluded),
            ("sqlserver-ee", License::LicenseIncluded),
            ("sqlserver-se", License::LicenseIncluded),
            ("sqlserver-web", License::LicenseIncluded),
            ("sqlserver-ex", License::LicenseIncluded),
        ];
        open.into_iter().chain(commercial).find_map(|(engine, license)| {
            let key = [engine, license.as_str(), Deployment::SingleAz.as_str(), class];
            self.spec(rds_table(engine), &key)
        })
    }

    /// Storage and the like of the `rds_storage` table. `family` is `rds`, `aurora-mysql`, `aurora-postgresql` or
    /// `aurora-any`; `deployment` is a [`Deployment`] word, `multi-az-sqlserver`, an [`AuroraStorage`] word or `any`.
    #[must_use]
    pub fn rds_storage(&self, region: &str, family: &str, item: &str, deployment: &str) -> Option<Price> {
        self.price(Table::RdsStorage, region, &[family, item, deployment])
    }

    /// RDS storage per GB-month for a Terraform `storage_type` (`gp2`, `gp3`, `io1`, `io2`, `standard`).
    #[must_use]
    pub fn rds_volume(&self, region: &str, storage_type: &str, deployment: Deployment) -> Option<Price> {
        let item = match storage_type {
            "gp2" => "storage_gp2",
            "gp3" => "storage_gp3",
            "io1" => "storage_io1",
            "io2" => "storage_io2",
            "standard" => "storage_magnetic",
            _ => return None,
        };
        self.rds_storage(region, "rds", item, deployment.as_str())
    }

    /// Extended support of an RDS engine past its end of standard support, per vCPU-hour.
    /// `major` is `5.7`, `8.0` (MySQL) or `11` … `15` (PostgreSQL); the third year is dearer than the first two.
    #[must_use]
    pub fn rds_extended_support(
        &self,
        region: &str,
        engine: &str,
        major: &str,
        third_year: bool,
    ) -> Option<Price> {
        let year = if third_year { "yr3" } else { "yr1_2" };
        let item = format!("extended_support_{engine}{major}_{year}");
        self.rds_storage(region, "rds", &item, "any")
    }

    /// RDS reservation; PostgreSQL and MySQL, Single- and Multi-AZ. No price is known for all-upfront and for three
    /// years without upfront payment.
    #[must_use]
    pub fn rds_reserved(
        &self,
        region: &str,
        engine: &str,
        deployment: Deployment,
        class: &str,
        term: Term,
        payment: Payment,
    ) -> Option<Reserved> {
        let price = |metric| {
            let key = [engine, deployment.as_str(), class, term.as_str(), payment.as_str(), metric];
            self.price(Table::RdsReserved, region, &key)
        };
        let upfront = match payment {
            Payment::NoUpfront => None,
            Payment::PartialUpfront | Payment::AllUpfront => Some(price("upfront")?),
        };
        Some(Reserved { upfront, hourly: price("hourly")?, years: term.years() })
    }

    /// Aurora instance-hour; `engine` is `aurora-mysql` or `aurora-postgresql`.
    #[must_use]
    pub fn aurora_instance(
        &self,
        region: &str,
        engine: &str,
        storage: AuroraStorage,
        class: &str,
    ) -> Option<Price> {
        self.price(Table::AuroraInstances, region, &[engine, storage.as_str(), class])
    }

    /// Classes of an Aurora engine with a price in a region.
    #[must_use]
    pub fn aurora_classes(&self, region: &str, engine: &str) -> Vec<&'static str> {
        self.names(Table::AuroraInstances, region, &[engine], 2)
    }

    /// Aurora Serverless v2 per ACU-hour.
    #[must_use]
    pub fn aurora_serverless_v2(&self, region: &str, engine: &str, storage: AuroraStorage) -> Option<Price> {
        self.rds_storage(region, engine, "serverless_v2_acu", storage.as_str())
    }

    /// ElastiCache node-hour; `engine` is `redis`, `valkey` or `memcached`. Node types with data tiering (`r6gd`)
    /// exist only with it.
    #[must_use]
    pub fn elasticache_node(&self, region: &str, engine: &str, node_type: &str) -> Option<Price> {
        ["no", "yes"]
            .into_iter()
            .find_map(|tiering| self.price(Table::ElasticacheNodes, region, &[engine, node_type, tiering]))
    }

    /// Node types of an engine with a price in a region.
    #[must_use]
    pub fn elasticache_node_types(&self, region: &str, engine: &str) -> Vec<&'static str> {
        self.names(Table::ElasticacheNodes, region, &[engine], 1)
    }

    /// vCPU and memory of an ElastiCache node type.
    #[must_use]
    pub fn elasticache_spec(&self, node_type: &str) -> Option<Spec> {
        ["redis", "memcached", "valkey"].into_iter().find_map(|engine| {
            ["no", "yes"]
                .into_iter()
                .find_map(|tiering| self.spec(Table::ElasticacheNodes, &[engine, node_type, tiering]))
        })
    }

    /// ElastiCache Serverless; `engine` is `redis`, `valkey` or `memcached`.
    #[must_use]
    pub fn elasticache_serverless(
        &self,
        region: &str,
        engine: &str,
        metric: ServerlessCacheMetric,
    ) -> Option<Price> {
        self.price(Table::ElasticacheServerless, region, &[engine, metric.as_str()])
    }

    /// ElastiCache reserved node: effective USD per node-hour, the upfront payment already spread over the term.
    #[must_use]
    pub fn elasticache_reserved(
        &self,
        region: &str,
        engine: &str,
        node_type: &str,
        term: Term,
        payment: Payment,
    ) -> Option<Price> {
        let key = [engine, node_type, term.as_str(), payment.as_str()];
        self.price(Table::ElasticacheReserved, region, &key)
    }
}
