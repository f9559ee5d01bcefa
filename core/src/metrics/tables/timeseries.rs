//! `timeseries.csv`: what happened in each interval of simulated time.

use super::column::{Column, Schema, Unit, columns};
use super::rows::{Rows, counted, latency};
use crate::metrics::Cell;
use crate::metrics::fates::{for_each_fate, for_each_loss};
use crate::metrics::figures::{Waits, mean};
use crate::metrics::queries::QueryRecord;
use crate::metrics::record::RunRecord;
use crate::metrics::silence::{Cause, for_each_cause};
use crate::metrics::tally::Counts;
use crate::metrics::timeline::LimiterMeans;
use crate::metrics::when::When;
use crate::units::Time;

/// `timeseries.csv`.
pub struct Timeseries;

/// An interval of simulated time.
pub struct Interval<'a> {
    end: Time,
    counted: u32,
    online: Option<f64>,
    counts: Counts,
    /// Seconds of hosts with processors.
    processor_seconds: f64,
    seen: Seen,
    /// Seconds of chunks with a holder online, and of all chunks.
    chunk_seconds: [f64; 2],
    /// Seconds of contacts, of those that are offline, and of hosts.
    contact_seconds: [f64; 3],
    limiters: Option<LimiterMeans>,
    /// Those issued in the interval.
    queries: Vec<&'a QueryRecord>,
    /// How long those of them took whose collection ended, in seconds.
    latencies: Waits,
}

/// What was seen in an interval, in the order of events.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    lies: u64,
    holders: u64,
    copies: u64,
    pushed_again: u64,
    dropped: u64,
    forged: u64,
    given_up: u64,
}

impl Schema for Timeseries {
    type Row<'a> = Interval<'a>;
    const FILE: &'static str = "timeseries.csv";
    const MEANING: &'static str = "An interval of simulated time. The whole run is cut into about 240 of nearly equal length, none of which begins before and ends after the part that counts. An interval also ends, early if need be, where a fault, an attack or work begins or ends and where a group joins, unless it began less than a quarter of the usual length before.";
    const WHEN: When = When::Always;
    const COLUMNS: &'static [&'static [Column<Timeseries>]] =
        &[TRAFFIC, FATES, LOSSES, WORK, SILENCE, ANSWERS];
}

columns!(TRAFFIC: Timeseries {
    TIME: "time_s", Seconds, Always, "End of the interval.", |row| row.end.as_seconds();
    COUNTED: "counted", Number, Always, "1 for an interval between warm-up and cool-down, which counts in metrics; 0 otherwise.", |row| row.counted;
    ONLINE: "online_ratio", Ratio, Always, "Share of hosts online, averaged over the interval.", |row| row.online;
    MESSAGES_SENT: "messages_sent_count", Count, Always, "Messages handed to a transport.", |row| row.counts.messages.sent;
});

/// A column for each fate of messages.
macro_rules! fates {
    ($($fate:ident: $messages:literal, $one:literal, $several:literal, $better:ident;)+) => {
        /// A column for each fate.
        pub const FATES: &[Column<Timeseries>] = &[$(Column {
            header: concat!("messages_", stringify!($fate), "_count"),
            unit: Unit::Count,
            when: When::Always,
            meaning: concat!("Messages ", $messages, "."),
            cell: |row| Cell::from(row.counts.messages.$fate),
        }),+];
    };
}

for_each_fate!(fates);

/// A column for each cause of loss.
macro_rules! losses {
    ($($cause:ident: $when:ident, $messages:literal, $lost:literal;)+) => {
        /// A column for each cause of loss.
        pub const LOSSES: &[Column<Timeseries>] = &[$(Column {
            header: concat!("messages_lost_", stringify!($cause), "_count"),
            unit: Unit::Count,
            when: When::$when,
            meaning: concat!("Messages ", $messages, "."),
            cell: |row| Cell::from(row.counts.messages.losses.$cause),
        }),+];
    };
}

for_each_loss!(losses);

columns!(WORK: Timeseries {
    BYTES_SENT: "bytes_sent_B", Bytes, Always, "Bytes put on the wire, headers and retransmissions included.", |row| row.counts.bytes_sent;
    BYTES_DELIVERED: "bytes_delivered_B", Bytes, Always, "Bytes on the wire of messages that were delivered.", |row| row.counts.bytes_delivered;
    RELAYED: "messages_relayed_count", Count, LimitsReach, "Messages, or trains of their segments, that relays took to pass them on.", |row| row.counts.relayed;
    DUPLICATED: "messages_duplicated_count", Count, FaultsDuplicate, "Datagrams that were delivered a second time.", |row| row.counts.duplicates;
    BYTES_RELAYED: "bytes_relayed_B", Bytes, LimitsReach, "Bytes that relays took to pass them on.", |row| row.counts.bytes_relayed;
    CLOSED: "connections_closed_count", Count, LimitsConnections, "Idle connections that hosts closed because they had as many as they may, and made others.", |row| row.counts.closed_at_limit;
    BEYOND: "connections_beyond_limit_count", Count, LimitsConnections, "Connections that hosts made although they had as many as they may, since none of these was idle.", |row| row.counts.beyond_limit;
    SKIPPED: "work_skipped_count", Count, Always, "Arrivals of work at offline hosts, which are skipped.", |row| row.counts.skipped;
    CPU_MESSAGES: "cpu_messages_count", Count, Cpu, "Messages that processors began to handle.", |row| row.counts.processed;
    CPU_WAITS: "cpu_wait_s", Seconds, Cpu, "Time for which these had waited for them, summed.", |row| row.counts.processor_waits as f64 / 1e9;
    CPU_USED: "cpu_used_s", Seconds, Cpu, "Time that these take, summed.", |row| row.counts.processor_used as f64 / 1e9;
    CPU_THERE: "cpu_there_s", Seconds, Cpu, "Time for which there were processors, summed over hosts with `cpu`, online or not.", |row| row.processor_seconds;
    CPU_UNHANDLED: "cpu_unhandled_count", Count, Cpu, "Messages that were delivered, and had not been handled when their receiver went offline.", |row| row.counts.unprocessed;
    EVENTS: "events_recorded_count", Count, RecordsOrAsks, "Outcomes recorded.", |row| row.counts.recorded;
    EVENTS_FALSE: "events_false_count", Count, RecordsOrAsks, "Those of them that did not happen, or happened differently.", |row| row.seen.lies;
    REJECTED: "rejected_count", Count, NodesRecordOrAsk, "What nodes rejected, for whatever reason.", |row| row.counts.rejections();
    ANSWERS_DELIVERED: "answers_delivered_count", Count, NodesRecordOrAsk, "Answers delivered, wherever they came to.", |row| row.counts.answers;
    ANSWERS_ASTRAY: "answers_astray_count", Count, NodesRecordOrAsk, "Those of them that came to another host than the asker's.", |row| row.counts.answers_astray;
    CHUNKS_PUSHED: "chunks_pushed_count", Count, NodesRecordOrAsk, "Chunks announced by their recorders for storage.", |row| row.counts.chunks_pushed;
    REPLICAS: "replicas_count", Count, NodesRecordOrAsk, "Hosts that hold these chunks when the run ends, summed over the chunks.", |row| row.seen.holders;
    REPLICA_IDENTITIES: "replica_identities_count", Count, NodesRecordOrAsk, "Identities that do.", |row| row.seen.copies;
    PUSHED_AGAIN: "chunks_pushed_again_count", Count, NodesRecordOrAsk, "Chunks announced again because they had too few holders.", |row| row.seen.pushed_again;
    DROPPED: "chunks_dropped_count", Count, NodesRecordOrAsk, "Chunks that a holder evicted, or lost in a restart.", |row| row.seen.dropped;
    FORGED: "chunks_forged_count", Count, NodesRecordOrAsk, "Chunks stored or counted that their recorder never announced: altered, or made up.", |row| row.seen.forged;
    CHUNKS_AVAILABLE: "chunks_available_s", Seconds, NodesRecordOrAsk, "Time for which chunks had a holder online, summed over all chunks.", |row| row.chunk_seconds[0];
    CHUNKS_THERE: "chunks_there_s", Seconds, NodesRecordOrAsk, "Time for which there were chunks, summed over all chunks.", |row| row.chunk_seconds[1];
    CONTACTS: "contacts_s", Seconds, Learns, "Time for which online hosts had contacts in their routing tables, summed over hosts and contacts.", |row| row.contact_seconds[0];
    CONTACTS_AWAY: "contacts_away_s", Seconds, Learns, "The part of it for which these contacts were offline.", |row| row.contact_seconds[1];
    HOSTS_ONLINE: "hosts_online_s", Seconds, Learns, "Time for which hosts were online, summed over hosts.", |row| row.contact_seconds[2];
    GIVEN_UP: "contacts_given_up_count", Count, Learns, "Contacts given up because they did not answer.", |row| row.seen.given_up;
    REPLICAS_REFUSED: "replicas_refused_count", Count, NodesRecordOrAsk, "Refusals by storage nodes that were offered a chunk: rate limited, or without room.", |row| row.counts.refused;
    REPLICAS_NO_ROOM: "replicas_no_room_count", Count, Capacity, "Those of them for want of room.", |row| row.counts.no_room;
    LIMITER_SAMPLES: "limiter_samples_count", Count, Limits, "Samples of the storage nodes' limiters: the columns after this one are means over them.", |row| row.limiter(|means| means.samples).map(|samples| samples as u64);
    LIMITER_TRACKING: "limiter_tracking_ratio", Ratio, Limits, "Tracking limiter, which gates answers to queries: mean over samples of the storage nodes.", |row| row.limiter(|means| means.tracking);
    LIMITER_OBJECTIVE: "limiter_objective_ratio", Ratio, Limits, "Objective limiter: mean over samples of the storage nodes.", |row| row.limiter(|means| means.objective);
    LIMITER_TOPOLOGY: "limiter_topology_ratio", Ratio, Limits, "Topology limiter: mean over samples of the storage nodes.", |row| row.limiter(|means| means.topology);
    LIMITER_OVERALL: "limiter_overall_ratio", Ratio, Limits, "Product of the three limiters, which gates the storage of chunks: mean over samples of the storage nodes.", |row| row.limiter(|means| means.overall);
    UPLINK_USED: "uplink_used_ratio", Ratio, Limits, "Share of the storage nodes' uplink capacity in use, averaged over the samples.", |row| row.limiter(|means| means.uplink_used);
    UPLINK_WAIT: "uplink_wait_s", Seconds, Limits, "Queueing delay that the next message would meet at a storage node's uplink, averaged over the samples.", |row| row.limiter(|means| means.uplink_wait_s);
    QUERIES_ISSUED: "queries_issued_count", Count, Asks, "Queries issued in the interval. The columns after this one follow these queries to the end of their collections, whenever that is.", |row| row.sum(|_| 1);
    QUERIES_ANSWERED: "queries_answered_count", Count, Asks, "Queries with at least one YES before the collection ended.", |row| row.sum(|query| u32::from(query.was_answered()));
    ANSWERS_YES: "answers_yes_count", Count, Asks, "YES received before the collection ended.", |row| row.sum(|query| query.yes);
    ANSWERS_NO: "answers_no_count", Count, Asks, "NO received: the holder was rate limited.", |row| row.sum(|query| query.no);
});

/// A column for each cause of silence.
macro_rules! silence {
    ($($cause:ident: $name:literal, ($has:ident, $asks:ident, $when:ident) $holders:literal, $label:literal;)+) => {
        /// A column for each cause of silence.
        pub const SILENCE: &[Column<Timeseries>] = &[$(Column {
            header: concat!("silent_", $name, "_count"),
            unit: Unit::Count,
            when: When::$asks,
            meaning: concat!("Silent holders ", $holders, "."),
            cell: |row| Cell::from(row.sum(|query| query.silent.of(Cause::$cause))),
        }),+];
    };
}

for_each_cause!(silence);

columns!(ANSWERS: Timeseries {
    LATENCY_P50: "query_latency_p50_s", Seconds, Asks, "Time from issue to the first YES: median of the queries whose collection ended; empty when half of them got none.", |row| row.latencies.median();
    LATENCY_P99: "query_latency_p99_s", Seconds, Asks, "The same: 99 % quantile; empty when more than 1 % got none, or of fewer than 100 queries.", |row| row.latencies.p99();
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
        let spans = &run.timeline.spans;
        let mut queries: Vec<Vec<&QueryRecord>> = vec![Vec::new(); spans.rows().count()];
        run.queries.records.iter().for_each(|query| queries[spans.row(query.issued)].push(query));
        let rows = spans.rows().zip(seen(run)).zip(queries);
        rows.map(|(((start, end, spans), seen), queries)| {
            let ended = queries.iter().filter(|query| query.end.is_some());
            Interval {
                end,
                counted: counted(run, start),
                online: run.timeline.online_over(spans.clone(), None),
                counts: run.tally.over(spans.clone()),
                processor_seconds: run.processors() * end.since(start).as_seconds(),
                seen,
                chunk_seconds: run.storage.available_seconds(spans.clone()),
                contact_seconds: run.routing.seconds(spans.clone()),
                limiters: run.timeline.limiters_over(spans, None),
                latencies: Waits::of(ended.map(|query| latency(query))),
                queries,
            }
        })
        .collect()
    }
}

/// By row.
fn seen(run: &RunRecord<'_>) -> Vec<Seen> {
    let spans = &run.timeline.spans;
    let mut seen = vec![Seen::default(); spans.rows().count()];
    spans.rows().zip(&mut seen).for_each(|((.., spans), seen)| seen.lies = run.attacks.lies(spans));
    let storage = &run.storage;
    storage.pushed_again.iter().for_each(|time| seen[spans.row(*time)].pushed_again += 1);
    storage.lost.iter().for_each(|time| seen[spans.row(*time)].dropped += 1);
    storage.forged.iter().for_each(|time| seen[spans.row(*time)].forged += 1);
    run.routing.lost.iter().for_each(|time| seen[spans.row(*time)].given_up += 1);
    for chunk in storage.stock() {
        let row = &mut seen[spans.row(chunk.pushed)];
        row.holders += u64::from(chunk.holders);
        row.copies += u64::from(chunk.copies);
    }
    seen
}
