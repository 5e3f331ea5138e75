//! Opening the catalogue and the lookups of a small stack: what every `cost` run pays before anything else.

use divan::{Bencher, black_box};
use plimsoll::cost::catalogue::{
    Arch, Catalogue, Deployment, FargateMetric, LbKind, LbMetric, License, Os, Payment, Price, Term,
};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// The ten prices of a load-balanced service with a database and a cache.
fn small_stack(region: &str) -> [Option<Price>; 10] {
    let prices = Catalogue::embedded();
    let fargate = |metric| prices.fargate(region, Os::Linux, Arch::X86_64, metric);
    let deployment = Deployment::SingleAz;
    let (term, payment) = (Term::OneYear, Payment::NoUpfront);
    [
        fargate(FargateMetric::Vcpu),
        fargate(FargateMetric::Memory),
        prices.load_balancer(region, LbKind::Alb, LbMetric::Hour),
        prices.rds_instance(region, "postgres", License::None, deployment, "db.t3.micro"),
        prices.rds_volume(region, "gp2", deployment),
        prices.elasticache_node(region, "redis", "cache.t3.micro"),
        prices.network(region, "public_ipv4_in_use").and_then(|tiers| tiers.flat()),
        prices.service(region, "ecr", "private_storage").and_then(|tiers| tiers.flat()),
        prices.service(region, "cloudwatch", "logs_ingest_standard").and_then(|tiers| tiers.flat()),
        prices
            .rds_reserved(region, "postgres", deployment, "db.t3.micro", term, payment)
            .map(|reserved| reserved.hourly),
    ]
}

#[divan::bench]
fn open_and_ten_lookups(bencher: Bencher) {
    assert!(small_stack("eu-west-1").iter().all(Option::is_some));
    bencher.bench(|| small_stack(black_box("eu-west-1")));
}

#[divan::bench]
fn list_rds_classes_of_a_region(bencher: Bencher) {
    let prices = Catalogue::embedded();
    bencher.bench(|| prices.rds_classes(black_box("eu-west-1"), "postgres"));
}
