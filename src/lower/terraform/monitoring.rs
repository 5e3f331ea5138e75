//! CloudWatch alarms, dashboards and metric filters.

use super::Context;
use crate::model::monitoring::{Alarm, Dashboard, MetricFilter, MetricQuery};
use crate::model::{Deployment, Field, Items};
use crate::terraform::Resource;

pub(super) fn alarm(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.alarms.push(Alarm {
        meta: context.meta(resource),
        composite: false,
        period: reader.integer("period"),
        queries: reader.blocks("metric_query", |query| {
            let of_metric = query.within("metric").integer("period");
            MetricQuery {
                expression: query.string("expression"),
                period: if of_metric.is_written() { of_metric } else { query.integer("period") },
                metric: query.block("metric", |_| ()),
            }
        }),
    });
}

pub(super) fn composite_alarm(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let header = context.reader(resource).header().clone();
    into.alarms.push(Alarm {
        meta: context.meta(resource),
        composite: true,
        period: Field::absent(header.clone()),
        queries: Items::absent(header),
    });
}

pub(super) fn dashboard(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    into.dashboards.push(Dashboard { meta: context.meta(resource) });
}

pub(super) fn metric_filter(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let transformation = context.reader(resource).within("metric_transformation");
    into.metric_filters.push(MetricFilter {
        meta: context.meta(resource),
        dimensions: transformation.present("dimensions"),
    });
}
