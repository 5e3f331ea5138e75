//! SQS queues, SNS topics, EventBridge buses.

use super::Context;
use crate::model::Deployment;
use crate::model::messaging::{EventBus, Queue, Topic};
use crate::terraform::Resource;

pub(super) fn queue(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.queues.push(Queue {
        meta: context.meta(resource),
        name: super::name(&reader, "name_prefix"),
        fifo: reader.boolean("fifo_queue"),
    });
}

pub(super) fn topic(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let reader = context.reader(resource);
    into.topics.push(Topic {
        meta: context.meta(resource),
        name: super::name(&reader, "name_prefix"),
        fifo: reader.boolean("fifo_topic"),
    });
}

pub(super) fn event_bus(context: &Context<'_>, resource: &Resource, into: &mut Deployment) {
    let name = context.reader(resource).string("name");
    into.event_buses.push(EventBus { meta: context.meta(resource), name });
}
