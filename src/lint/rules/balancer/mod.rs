//! Load balancers and listeners.

mod alb_http_listener;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] = &[(
    "alb-http-listener",
    Check::Several(&[
        Check::Listener(alb_http_listener::listener),
        Check::LoadBalancer(alb_http_listener::balancer),
    ]),
)];
