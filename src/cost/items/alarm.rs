//! CloudWatch alarms, billed by the metrics they read; dashboards; the custom metrics of metric filters.
//! Source: Amazon CloudWatch pricing, "Alarms", "Dashboards", "Metrics".

use super::super::Ledger;
use super::super::quantity::{Missing, Quantity};
use super::super::sheet::Sheet;
use crate::model::monitoring::{Alarm, MetricQuery};
use crate::model::{Field, Tri};

/// Periods below this many seconds are high resolution.
const STANDARD_RESOLUTION: i64 = 60;
/// Metrics of an anomaly detection alarm for each that it watches: the metric and the two bounds of its band.
const ANOMALY_METRICS: u64 = 3;

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    let deployment = ledger.deployment();
    for alarm in &deployment.alarms {
        ledger.price(&alarm.meta, "alarm", |sheet| match alarm.composite {
            true => {
                let one = Ok(Quantity::exactly(1));
                sheet.charge_service(
                    "Composite alarm",
                    "alarm-months",
                    one,
                    ("cloudwatch", "alarm_composite"),
                );
            }
            false => metric_alarm(sheet, alarm),
        });
    }
    for dashboard in &deployment.dashboards {
        ledger.price(&dashboard.meta, "dashboard", |sheet| {
            let one = Ok(Quantity::exactly(1));
            sheet.charge_service("Dashboard", "dashboard-months", one, ("cloudwatch", "dashboard"));
        });
    }
    for filter in &deployment.metric_filters {
        ledger.price(&filter.meta, "custom-metric", |sheet| {
            let given = sheet.usage("metrics", "metrics, one for each combination of dimension values");
            let count = match (given, filter.dimensions.is_set()) {
                (Ok(given), _) => Ok(given),
                (Err(_), Tri::No) => {
                    let value = "published in every hour of the month";
                    let name = sheet.assume("custom metrics of log filters", value, "usage key `metrics`");
                    Ok(Quantity::exactly(1).assuming(name))
                }
                (Err(missing), _) => Err(missing),
            };
            sheet.charge_service("Custom metric", "metric-months", count, ("cloudwatch", "metric_custom"));
        });
    }
}

fn metric_alarm(sheet: &mut Sheet<'_>, alarm: &Alarm) {
    let queries = &alarm.queries;
    if !queries.is_closed() {
        let missing = Missing::unknown("metric_query", queries.causes());
        return sheet.leave_out("Alarm", missing, None);
    }
    let contains = |query: &MetricQuery, part: &str| {
        query.expression.holds(false, |text| text.to_ascii_uppercase().contains(part))
    };
    if let Some(query) = queries.iter().find(|query| starts_with_select(&query.expression)) {
        let analysed = sheet.usage("metrics", "metrics that the query analyses");
        let analysed = analysed.map(|count| count.driven_by(query.expression.span(), "expression"));
        let item = ("cloudwatch", "alarm_metrics_insights");
        return sheet.charge_service("Metrics Insights alarm", "metric-months", analysed, item);
    }
    let metrics = queries.iter().filter(|query| query.metric.is_written()).count();
    let anomaly = queries.any(|query| contains(query, "ANOMALY_DETECTION_BAND"));
    let read = u64::try_from(metrics.max(1)).unwrap_or(u64::MAX);
    let count = match anomaly {
        Tri::No => Ok(read),
        Tri::Yes => Ok(read.saturating_mul(ANOMALY_METRICS)),
        Tri::Maybe(causes) => Err(Missing::unknown("expression", causes)),
    };
    let quantity = count.map(|count| {
        let quantity = Quantity::exactly(count);
        if queries.absent { quantity } else { quantity.driven_by(queries.origin.span, "metric_query") }
    });
    let periods: Vec<&Field<i64>> = if queries.absent {
        vec![&alarm.period]
    } else {
        queries.iter().map(|query| &query.period).collect()
    };
    let fast = periods
        .iter()
        .map(|period| period.holds(false, |seconds| *seconds < STANDARD_RESOLUTION))
        .fold(Tri::No, Tri::or);
    let (name, item) = match fast {
        Tri::No => ("Alarm (standard resolution)", "alarm_standard"),
        Tri::Yes => ("Alarm (high resolution)", "alarm_high_resolution"),
        Tri::Maybe(causes) => {
            return sheet.leave_out("Alarm", Missing::unknown("period", causes), None);
        }
    };
    sheet.charge_service(name, "metric-months", quantity, ("cloudwatch", item));
}

/// Metrics Insights: the expression is a query, and how many metrics it reads changes with time.
fn starts_with_select(expression: &Field<String>) -> bool {
    let select =
        |text: &str| text.trim_start().get(..6).is_some_and(|start| start.eq_ignore_ascii_case("select"));
    expression.known().is_some_and(|text| select(text))
}
