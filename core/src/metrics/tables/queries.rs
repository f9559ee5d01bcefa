//! `queries.csv`: each query, and what only an observer can know of it.

use super::column::{Column, Schema, Unit, columns};
use super::rows::{Rows, counted, group_name, latency};
use crate::metrics::Cell;
use crate::metrics::broadcasts::BroadcastRecord;
use crate::metrics::queries::{QueryEnd, QueryRecord};
use crate::metrics::record::RunRecord;
use crate::metrics::silence::{Cause, for_each_cause};
use crate::metrics::when::When;

/// `queries.csv`.
pub struct Queries;

/// A query.
pub struct Query<'a> {
    record: &'a QueryRecord,
    counted: u32,
    workload: Option<&'a str>,
    /// The broadcast that carried it, unless it was looked up.
    broadcast: Option<&'a BroadcastRecord>,
    asker_group: &'a str,
    target_group: &'a str,
}

impl Schema for Queries {
    type Row<'a> = Query<'a>;
    const FILE: &'static str = "queries.csv";
    const MEANING: &'static str = "A query; a run that asks nothing has no rows.";
    // Scripts rely on the file, so a run without queries has it, too.
    const WHEN: When = When::Always;
    const COLUMNS: &'static [&'static [Column<Queries>]] = &[WHAT_WAS_ASKED, SILENCE, WHAT_ENDED];
}

columns!(WHAT_WAS_ASKED: Queries {
    ISSUED: "issued_s", Seconds, Always, "When it was issued.", |row| row.record.issued.as_seconds();
    COUNTED: "counted", Number, Always, "1 when it was issued between warm-up and cool-down, and so counts in metrics; 0 otherwise.", |row| row.counted;
    WORKLOAD: "workload", Name, Always, "The workload that asks; empty for what adversaries ask on their own account.", |row| row.workload;
    ASKER: "asker", Number, Always, "The host that asks.", |row| row.record.asker.0;
    ASKER_GROUP: "asker_group", Name, Always, "The asker's group.", |row| row.asker_group;
    TARGET: "target", Number, Always, "The identity asked about.", |row| row.record.target.0;
    TARGET_GROUP: "target_group", Name, Always, "The target's group.", |row| row.target_group;
    TARGET_EVENTS: "target_events_count", Count, Always, "Events about the target when the query was issued, whether stored anywhere or not.", |row| row.record.target_events;
    TRUTH: "truth_ratio", Ratio, Always, "True share of good outcomes among these events.", |row| row.record.truth;
    SELF_REPORTED: "self_reported_ratio", Ratio, Always, "Share of good outcomes by the target's own account.", |row| row.record.self_reported;
    LATENCY: "latency_s", Seconds, Always, "Time from issue to the first YES, whatever it brought.", |row| latency(row.record);
    ENDED: "ended_s", Seconds, Always, "When the collection ended.", |row| row.ended(|end| (row.record.issued + end.took).as_seconds());
    TIMED_OUT: "timed_out", Number, NodesRecordOrAsk, "1 when its window ended the collection, for want of answers; 0 otherwise.", |row| row.ended(|end| u32::from(end.timed_out));
    SOURCES: "sources_count", Count, Always, "Hosts whose YES brought something that was counted.", |row| row.ended(|end| end.sources);
    SOURCE_IDENTITIES: "source_identities_count", Count, Always, "Identities whose YES did: what the asker takes for sources.", |row| row.ended(|end| end.source_identities);
    YES: "yes_count", Count, Always, "YES received before the collection ended, those that brought nothing included.", |row| row.record.yes;
    NO: "no_count", Count, Always, "NO received: the holder was rate limited.", |row| row.record.no;
    HOLDERS_YES: "holders_yes_count", Count, Always, "Hosts whose first answer was YES: each counts once, whatever its other identities answer.", |row| row.record.holders_yes;
    HOLDERS_NO: "holders_no_count", Count, Always, "Hosts whose first answer was NO.", |row| row.record.holders_no;
    OWN: "own_count", Count, Always, "Of the answers, those from the asker's own host.", |row| row.record.own;
});

/// A column for each cause of silence.
macro_rules! silence {
    ($($cause:ident: $name:literal, ($has:ident, $asks:ident, $when:ident) $holders:literal, $label:literal;)+) => {
        /// A column for each cause of silence.
        pub const SILENCE: &[Column<Queries>] = &[$(Column {
            header: concat!("silent_", $name, "_count"),
            unit: Unit::Count,
            when: When::$when,
            meaning: concat!("Silent holders ", $holders, "."),
            cell: |row| Cell::from(row.record.silent.of(Cause::$cause)),
        }),+];
    };
}

for_each_cause!(silence);

columns!(WHAT_ENDED: Queries {
    BYSTANDERS: "answers_of_bystanders_count", Count, Always, "Answers of hosts that hold no chunk about the target.", |row| row.record.answers_of_bystanders;
    ONLINE: "online_count", Count, Always, "Hosts online when it was broadcast, the asker included; empty for a query that was not.", |row| row.broadcast.map(|sent| sent.online);
    REACHED: "reached_count", Count, Always, "Those of them that it reached, the asker included.", |row| row.broadcast.map(|sent| sent.reached);
    COPIES: "copies_count", Count, Always, "Copies of it sent by all hosts together.", |row| row.broadcast.map(|sent| sent.copies);
    TOLD: "told_count", Count, RelaysQueries, "Hosts that the asker has handed it to; empty for a query that nobody has broadcast.", |row| row.broadcast.map(|_| row.record.told);
    LINKED: "linked", Number, Spied, "1 when the first spy that heard of it takes the asker for who asks; 0 otherwise.", |row| u32::from(row.record.linked == Some(true));
    EVENTS: "events_count", Count, Always, "Events found about the target.", |row| row.ended(|end| end.events);
    REPUTATION: "reputation_ratio", Ratio, Always, "Reputation shown to the asker: derived from the events found, or a newcomer's.", |row| row.ended(|end| end.reputation);
    RECORDERS: "recorders_count", Count, Attacked, "Identities that recorded the chunks which were counted.", |row| row.ended(|end| end.evidence.recorders);
    RECORDER_OWNERS: "recorder_owners_count", Count, Attacked, "Hosts of these.", |row| row.ended(|end| end.evidence.recorder_owners);
    FORKED: "forked_count", Count, Attacked, "Chunks of which two versions were counted.", |row| row.ended(|end| end.evidence.forked);
    CONFIDENCE: "confidence", Name, Always, "Confidence label shown beside it: `none`, `low`, `medium`, `high` or `very_high`.", |row| row.ended(|end| end.confidence.name());
});

impl<'a> Query<'a> {
    /// A value of the query's end, which a query still open has not.
    fn ended<T>(&self, value: impl FnOnce(&'a QueryEnd) -> T) -> Option<T> {
        self.record.end.as_ref().map(value)
    }
}

impl Rows for Queries {
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<Query<'a>> {
        let row = |record: &'a QueryRecord| Query {
            record,
            counted: counted(run, record.issued),
            workload: record.workload.map(|number| run.config.workloads[usize::from(number)].name.as_str()),
            broadcast: run.broadcasts.find(record.broadcast()),
            asker_group: group_name(run, run.groups.of_host(record.asker)),
            target_group: group_name(run, run.groups.of_peer(record.target)),
        };
        run.queries.records.iter().map(row).collect()
    }
}
