//! SQS queues, SNS topics, EventBridge buses.

use super::{Field, Meta};

/// `aws_sqs_queue`.
#[derive(Debug, Clone)]
pub struct Queue {
    pub meta: Meta,
    pub name: Field<String>,
    pub fifo: Field<bool>,
}

/// `aws_sns_topic`.
#[derive(Debug, Clone)]
pub struct Topic {
    pub meta: Meta,
    pub name: Field<String>,
    pub fifo: Field<bool>,
}

/// `aws_cloudwatch_event_bus`.
#[derive(Debug, Clone)]
pub struct EventBus {
    pub meta: Meta,
    pub name: Field<String>,
}
