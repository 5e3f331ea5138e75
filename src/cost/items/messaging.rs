//! SQS queues, SNS topics and EventBridge buses, billed by requests that only a usage file can give.
//! Sources: Amazon SQS, Amazon SNS and Amazon EventBridge pricing.

use super::super::Ledger;
use super::super::metered::Metered;
use super::super::quantity::Missing;
use super::super::sheet::Sheet;
use crate::model::{Field, Tri};

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    let deployment = ledger.deployment();
    for queue in &deployment.queues {
        ledger.price(&queue.meta, "queue", |sheet| {
            let Some(item) = kind(sheet, &queue.fifo, "fifo_queue", ["request_standard", "request_fifo"])
            else {
                return;
            };
            sheet.by_use(
                "Requests",
                "sqs",
                &[counted("requests", "SQS requests", "Requests", "requests", item, true)],
            );
        });
    }
    for topic in &deployment.topics {
        ledger.price(&topic.meta, "topic", |sheet| {
            let Some(item) = kind(sheet, &topic.fifo, "fifo_topic", ["request_standard", "request_fifo"])
            else {
                return;
            };
            sheet.by_use(
                "Requests and deliveries",
                "sns",
                &[
                    counted("requests", "SNS requests", "Requests", "requests", item, true),
                    counted(
                        "http_deliveries",
                        "HTTP deliveries",
                        "HTTP deliveries",
                        "notifications",
                        "delivery_http",
                        false,
                    ),
                    counted(
                        "email_deliveries",
                        "email deliveries",
                        "Email deliveries",
                        "notifications",
                        "delivery_email",
                        false,
                    ),
                ],
            );
        });
    }
    for bus in &deployment.event_buses {
        ledger.price(&bus.meta, "event-bus", |sheet| {
            let events = counted("events", "custom events", "Custom events", "events", "custom_event", true);
            sheet.by_use("Custom events", "eventbridge", &[events]);
        });
    }
}

const fn counted(
    key: &'static str,
    noun: &'static str,
    name: &'static str,
    unit: &'static str,
    item: &'static str,
    asked: bool,
) -> Metered {
    Metered { key, noun, name, unit, item, asked }
}

/// The item of the standard or of the FIFO kind.
fn kind(
    sheet: &mut Sheet<'_>,
    fifo: &Field<bool>,
    what: &str,
    [standard, ordered]: [&'static str; 2],
) -> Option<&'static str> {
    match fifo.holds(false, |fifo| *fifo) {
        Tri::No => Some(standard),
        Tri::Yes => Some(ordered),
        Tri::Maybe(causes) => {
            sheet.leave_out("Requests", Missing::unknown(what, causes), None);
            None
        }
    }
}
