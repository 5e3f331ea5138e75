//! ECS services and their deployments.

mod beat_count_not_1;
mod beat_overlap_on_deploy;
mod healthcheck_grace_missing;
mod no_circuit_breaker;
mod public_ip_assigned;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] = &[
    ("beat-count-not-1", Check::Service(beat_count_not_1::check)),
    ("beat-overlap-on-deploy", Check::Service(beat_overlap_on_deploy::check)),
    ("healthcheck-grace-missing", Check::Service(healthcheck_grace_missing::check)),
    ("no-circuit-breaker", Check::Service(no_circuit_breaker::check)),
    (
        "public-ip-assigned",
        Check::Several(&[
            Check::Service(public_ip_assigned::service),
            Check::TaskSet(public_ip_assigned::task_set),
            Check::ScheduledTask(public_ip_assigned::scheduled),
            Check::Job(public_ip_assigned::job),
        ]),
    ),
];
