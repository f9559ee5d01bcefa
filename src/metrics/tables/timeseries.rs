//! `timeseries.csv`: what happened in each interval of simulated time.

use super::column::{Column, Schema, Unit, columns};
use super::rows::{Rows, latency};
use super::when::When;
use crate::metrics::Cell;
use crate::metrics::fates::for_each_fate;
use crate::metrics::figures::{mean, quantile};
use crate::metrics::queries::QueryRecord;
use crate::metrics::record::RunRecord;
use crate::metrics::silence::{Cause, for_each_cause};
use crate::metrics::tally::Counts;
use crate::metrics::timeline::LimiterMeans;
use crate::units::Time;

/// `timeseries.csv`.
pub(crate) struct Timeseries;

/// An interval of simulated time.
pub(crate) struct Interval<'a> {
    end: Time,
    online: Option<f64>,
    counts: &'a Counts,
    limiters: Option<LimiterMeans>,
    /// Those issued in the interval.
    queries: Vec<&'a QueryRecord>,
    /// Of these queries, how long those took that were answered: in seconds, rising.
    latencies: Vec<f64>,
}

impl Schema for Timeseries {
    type Row<'a> = Interval<'a>;
    const FILE: &'static str = "timeseries.csv";
    const MEANING: &'static str = "An interval of simulated time. The run is cut into about 240: warm-up, what is counted, and cool-down each into some of equal length, so that no interval is counted in part.";
    const WHEN: When = When::Always;
    const COLUMNS: &'static [&'static [Column<Timeseries>]] = &[TRAFFIC, FATES, WORK, SILENCE, ANSWERS];
}

columns!(TRAFFIC: Timeseries {
    TIME: "time_s", Seconds, Always, "End of the interval.", |row| row.end.as_seconds();
    ONLINE: "online_ratio", Ratio, Always, "Share of hosts online, averaged over the interval.", |row| row.online;
    MESSAGES_SENT: "messages_sent_count", Count, Always, "Messages handed to a transport.", |row| row.counts.messages.sent;
});

/// A column for each fate of messages.
macro_rules! fates {
    ($($fate:ident: $messages:literal, $one:literal, $several:literal;)+) => {
        pub(crate) const FATES: &[Column<Timeseries>] = &[$(Column {
            header: concat!("messages_", stringify!($fate), "_count"),
            unit: Unit::Count,
            when: When::Always,
            meaning: concat!("Messages ", $messages, "."),
            cell: |row| Cell::from(row.counts.messages.$fate),
        }),+];
    };
}

for_each_fate!(fates);

columns!(WORK: Timeseries {
    BYTES_SENT: "bytes_sent_B", Bytes, Always, "Bytes put on the wire, headers and retransmissions included.", |row| row.counts.bytes_sent;
    CHUNKS_PUSHED: "chunks_pushed_count", Count, Records, "Chunks announced by their recorders for storage.", |row| row.counts.chunks_pushed;
    REPLICAS_REFUSED: "replicas_refused_count", Count, Records, "Refusals by storage nodes that were offered a chunk while rate limited.", |row| row.counts.refused;
    LIMITER_TRACKING: "limiter_tracking_ratio", Ratio, Limits, "Tracking limiter, which gates answers to queries: mean over samples of the storage nodes.", |row| row.limiter(|means| means.tracking);
    LIMITER_OBJECTIVE: "limiter_objective_ratio", Ratio, Limits, "Objective limiter: mean over samples of the storage nodes.", |row| row.limiter(|means| means.objective);
    LIMITER_TOPOLOGY: "limiter_topology_ratio", Ratio, Limits, "Topology limiter: mean over samples of the storage nodes.", |row| row.limiter(|means| means.topology);
    LIMITER_OVERALL: "limiter_overall_ratio", Ratio, Limits, "Product of the three limiters, which gates the storage of chunks: mean over samples of the storage nodes.", |row| row.limiter(|means| means.overall);
    UPLINK_USED: "uplink_used_ratio", Ratio, Limits, "Share of the storage nodes' uplink capacity in use, averaged over the samples.", |row| row.limiter(|means| means.uplink_used);
    UPLINK_WAIT: "uplink_wait_s", Seconds, Limits, "Queueing delay that the next message would meet at a storage node's uplink, averaged over the samples.", |row| row.limiter(|means| means.uplink_wait_s);
    QUERIES_ISSUED: "queries_issued_count", Count, Asks, "Queries issued in the interval. The columns after this one follow these queries to the end of their collections, whenever that is.", |row| row.sum(|_| 1);
    QUERIES_ANSWERED: "queries_answered_count", Count, Asks, "Queries with at least one source before the collection ended.", |row| row.sum(|query| u32::from(query.was_answered()));
    ANSWERS_YES: "answers_yes_count", Count, Asks, "YES received before the collection ended.", |row| row.sum(|query| query.yes);
    ANSWERS_NO: "answers_no_count", Count, Asks, "NO received: the holder was rate limited.", |row| row.sum(|query| query.no);
});

/// A column for each cause of silence.
macro_rules! silence {
    ($($cause:ident: $name:literal, $holders:literal, $label:literal;)+) => {
        pub(crate) const SILENCE: &[Column<Timeseries>] = &[$(Column {
            header: concat!("silent_", $name, "_count"),
            unit: Unit::Count,
            when: When::Asks,
            meaning: concat!("Silent holders ", $holders, "."),
            cell: |row| Cell::from(row.sum(|query| query.silent.of(Cause::$cause))),
        }),+];
    };
}

for_each_cause!(silence);

columns!(ANSWERS: Timeseries {
    LATENCY_P50: "query_latency_p50_s", Seconds, Asks, "Time from issue to the first YES: median of the queries that got one.", |row| quantile(&row.latencies, 0.5);
    LATENCY_P99: "query_latency_p99_s", Seconds, Asks, "Time from issue to the first YES: 99th percentile of the queries that got one.", |row| quantile(&row.latencies, 0.99);
    REPUTATION_DERIVED: "reputation_derived_ratio", Ratio, Asks, "Derived reputation: mean over queries that found events.", |row| row.mean(QueryRecord::derived);
    REPUTATION_TRUTH: "reputation_truth_ratio", Ratio, Asks, "True share of good outcomes when the query was issued: mean over queries that found events.", |row| row.mean(|query| query.derived().and(query.truth));
    REPUTATION_ERROR: "reputation_error_ratio", Ratio, Asks, "Absolute difference of derived reputation and truth: mean over queries that found events.", |row| row.mean(QueryRecord::error);
    REPUTATION_SHOWN: "reputation_shown_ratio", Ratio, Asks, "Reputation shown to the asker: mean over all queries whose collection ended.", |row| row.mean(|query| query.end.as_ref().map(|end| end.reputation));
});

impl Interval<'_> {
    fn limiter(&self, which: fn(&LimiterMeans) -> f64) -> Option<f64> {
        self.limiters.as_ref().map(which)
    }

    fn sum(&self, of: fn(&QueryRecord) -> u32) -> u64 {
        self.queries.iter().map(|query| u64::from(of(query))).sum()
    }

    fn mean(&self, of: fn(&QueryRecord) -> Option<f64>) -> Option<f64> {
        mean(self.queries.iter().filter_map(|query| of(query)))
    }
}

impl Rows for Timeseries {
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<Interval<'a>> {
        let mut queries: Vec<Vec<&QueryRecord>> = vec![Vec::new(); run.tally.bins.len()];
        for query in &run.queries.records {
            queries[run.timeline.place(query.issued)].push(query);
        }
        // The last interval ends with the run, however the run's length divides.
        let last = Time::ZERO + run.config.duration;
        let mut start = Time::ZERO;
        let bins = run.timeline.iter().zip(&run.tally.bins).zip(queries);
        bins.map(|(((end, bin), counts), queries)| {
            let end = end.min(last);
            let seconds = end.since(start).as_seconds();
            start = end;
            let mut latencies: Vec<f64> = queries.iter().filter_map(|query| latency(query)).collect();
            latencies.sort_by(f64::total_cmp);
            let (online, limiters) = (bin.online_ratio(&run.groups, seconds), bin.limiter_means());
            Interval { end, online, counts, limiters, queries, latencies }
        })
        .collect()
    }
}
