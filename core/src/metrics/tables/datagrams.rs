//! `datagrams.csv`: bare traffic, by the interval in which it was handed over.

use super::column::{Column, Schema, columns};
use super::rows::{Rows, counted};
use crate::metrics::record::RunRecord;
use crate::metrics::traffic::{Delivered, Traffic};
use crate::metrics::when::When;
use crate::units::{Duration, Time};

/// `datagrams.csv`.
pub struct Datagrams;

/// The datagrams that a workload handed over in an interval.
pub struct HandedOver<'a> {
    workload: &'a str,
    end: Time,
    counted: u32,
    sent: u64,
    delivered: u64,
    delivered_bytes: u64,
    delay: Duration,
    answered: u64,
    response: Duration,
    first: Option<Time>,
    last: Option<Time>,
}

impl Schema for Datagrams {
    type Row<'a> = HandedOver<'a>;
    const FILE: &'static str = "datagrams.csv";
    const MEANING: &'static str = "The datagrams that a traffic workload handed over in an interval of simulated time, followed to their delivery.";
    const WHEN: When = When::Traffic;
    const COLUMNS: &'static [&'static [Column<Datagrams>]] = &[COLUMNS];
}

columns!(COLUMNS: Datagrams {
    WORKLOAD: "workload", Name, Always, "The workload's name in the scenario.", |row| row.workload;
    TIME: "time_s", Seconds, Always, "End of the interval, as in `timeseries.csv`.", |row| row.end.as_seconds();
    COUNTED: "counted", Number, Always, "1 for an interval between warm-up and cool-down, which counts in metrics; 0 otherwise.", |row| row.counted;
    SENT: "sent_count", Count, Always, "Datagrams handed over.", |row| row.sent;
    DELIVERED: "delivered_count", Count, Always, "Those of them that were delivered by the end of the run.", |row| row.delivered;
    DELIVERED_BYTES: "delivered_B", Bytes, Always, "Their payload, without headers.", |row| row.delivered_bytes;
    DELAY: "delay_sum_s", Seconds, Always, "Sum of their delays, from hand-over to the sender's link until the last byte has passed the receiver's.", |row| row.delay.as_seconds();
    ANSWERED: "answered_count", Count, Responses, "Those of them whose answer was delivered by the end of the run.", |row| row.answered;
    RESPONSE: "response_sum_s", Seconds, Responses, "Sum of the times of these from hand-over until the last byte of the answer has passed the sender's link.", |row| row.response.as_seconds();
    FIRST: "first_sent_s", Seconds, Always, "When the first was handed over.", |row| row.first.map(Time::as_seconds);
    LAST: "last_delivered_s", Seconds, Always, "When the last was delivered.", |row| row.last.map(Time::as_seconds);
});

impl Rows for Datagrams {
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<HandedOver<'a>> {
        run.traffic.iter().flatten().flat_map(|workload| of_workload(run, workload)).collect()
    }
}

fn of_workload<'a>(run: &'a RunRecord<'a>, workload: &'a Traffic) -> Vec<HandedOver<'a>> {
    let spans = &run.timeline.spans;
    let empty = |(start, end, _)| HandedOver {
        workload: &workload.name,
        end,
        counted: counted(run, start),
        sent: 0,
        delivered: 0,
        delivered_bytes: 0,
        delay: Duration::ZERO,
        answered: 0,
        response: Duration::ZERO,
        first: None,
        last: None,
    };
    let mut rows: Vec<HandedOver> = spans.rows().map(empty).collect();
    for time in &workload.sent {
        let row = &mut rows[spans.row(*time)];
        row.sent += 1;
        row.first = Some(row.first.map_or(*time, |first| first.min(*time)));
    }
    for Delivered { handed_over, delay, payload } in workload.all_delivered() {
        let row = &mut rows[spans.row(handed_over)];
        row.delivered += 1;
        row.delivered_bytes += payload;
        row.delay = row.delay + delay;
        row.last = row.last.max(Some(handed_over + delay));
    }
    for (handed_over, took) in workload.all_answered() {
        let row = &mut rows[spans.row(*handed_over)];
        row.answered += 1;
        row.response = row.response + *took;
    }
    rows
}
