//! CloudWatch alarms, dashboards and metric filters.

use super::{Field, Items, Meta};

/// `aws_cloudwatch_metric_alarm` or `aws_cloudwatch_composite_alarm` (`composite`).
#[derive(Debug, Clone)]
pub struct Alarm {
    pub meta: Meta,
    pub composite: bool,
    /// Seconds: 10, 20, 30 (high resolution) or a multiple of 60.
    pub period: Field<i64>,
    /// Set in place of `metric_name` for metric math, anomaly detection and Metrics Insights.
    pub queries: Items<MetricQuery>,
}

/// `metric_query`: a metric or an expression over others.
#[derive(Debug, Clone)]
pub struct MetricQuery {
    pub expression: Field<String>,
    /// Seconds; that of the metric where there is one.
    pub period: Field<i64>,
    /// It reads a metric.
    pub metric: Field<()>,
}

/// `aws_cloudwatch_dashboard`.
#[derive(Debug, Clone)]
pub struct Dashboard {
    pub meta: Meta,
}

/// `aws_cloudwatch_log_metric_filter`: a custom metric made from log lines.
#[derive(Debug, Clone)]
pub struct MetricFilter {
    pub meta: Meta,
    /// Each combination of their values is a metric.
    pub dimensions: Field<()>,
}
