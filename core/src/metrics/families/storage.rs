//! Recorded outcomes, and the chunks that hold them.

use super::behind::hosts;
use crate::metrics::MetricUnit::{Of, Plain};
use crate::metrics::Sample::{self, Trials, Units};
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::{mean, ratio};
use crate::metrics::view::View;
use crate::metrics::when::When;

metrics!(STORAGE {
    "events.recorded", Of("outcomes"), Count, Neither, Sum, Window, Happened, "timeseries.csv", "Outcomes recorded.", Once(When::RecordsOrAsks, |v| Some(v.counted(|counts| counts.recorded)));
    "events.most_by_host", Of("outcomes"), Count, Neither, Index, Run, WholeRun, "groups.csv", "Most outcomes that one host recorded in the whole run: a node announces a chunk when it has ten.", Once(When::NodesRecordOrAsk, |v| v.run.tally.recorded.iter().max().map(|most| f64::from(*most)));
    "events.false_ratio", Plain, Share, Neither, Ratio, Window, Happened, "timeseries.csv", "Share of recorded outcomes that did not happen, or happened differently.", Once(When::RecordsOrAsks, |v| ratio(v.run.attacks.lies_within(v.window) as f64, v.counted(|counts| counts.recorded))), of |v, _, _| Trials(v.counted(|counts| counts.recorded));
    "storage.chunks", Of("chunks"), Count, Neither, Sum, Window, Started, "timeseries.csv", "Chunks pushed. A history that is recorded in the warm-up counts in `storage.stock`, not here.", Once(When::NodesRecordOrAsk, |v| Some(v.run.storage.stock().filter(|chunk| v.window.contains(chunk.pushed)).count() as f64));
    "storage.stock", Of("chunks"), Count, Neither, Sum, Window, There, "timeseries.csv", "Chunks that there are: those pushed before the end of the window.", Once(When::NodesRecordOrAsk, |v| Some(v.stock().count() as f64));
    "storage.replicas_mean", Of("holders"), Amount, More, Mean, Window, There, "timeseries.csv", "Hosts that hold a chunk when the run ends, over the chunks pushed before the end of the window. Copies at several identities of one host are one.", Once(When::NodesRecordOrAsk, |v| mean(v.stock().map(|chunk| f64::from(chunk.holders))));
    "storage.replica_identities_mean", Of("identities"), Amount, Neither, Mean, Window, There, "timeseries.csv", "Identities that hold a chunk, counted as in `storage.replicas_mean`: what its recorder takes for replicas.", Once(When::NodesRecordOrAsk, |v| mean(v.stock().map(|chunk| f64::from(chunk.copies))));
    "storage.available_ratio", Plain, Share, More, TimeMean, Window, Averaged, "timeseries.csv", "Share of chunks with a holder online, averaged over time.", Once(When::NodesRecordOrAsk, |v| v.run.storage.available_ratio(v.window)), of chunks;
    "storage.pushed_again", Of("chunks"), Count, Less, Sum, Window, Happened, "timeseries.csv", "Chunks announced again because they had too few holders.", Once(When::NodesRecordOrAsk, |v| Some(v.count_in(&v.run.storage.pushed_again)));
    "storage.dropped", Of("chunks"), Count, Less, Sum, Window, Happened, "timeseries.csv", "Chunks that a holder evicted to make room for others, or lost in a restart.", Once(When::NodesRecordOrAsk, |v| Some(v.count_in(&v.run.storage.lost)));
    "storage.refused", Of("answers"), Count, Less, Sum, Window, Happened, "timeseries.csv", "Announcements of a chunk that a storage node answered NO: rate limited, or for want of room.", Once(When::NodesRecordOrAsk, |v| Some(v.count_in(&v.run.storage.refused)));
    "storage.refused_no_room", Of("answers"), Count, Less, Sum, Window, Happened, "timeseries.csv", "Those of them for want of room: its limiters would have let the chunk in.", Once(When::Capacity, |v| Some(v.count_in(&v.run.storage.no_room)));
    "storage.forged_accepted", Of("chunks"), Count, Less, Sum, Window, Happened, "timeseries.csv", "Chunks stored or counted that their recorder never announced: altered, or made up.", Once(When::NodesRecordOrAsk, |v| Some(v.count_in(&v.run.storage.forged)));
});

/// Chunks with the same holders go together, so that there are no more of them than of storage nodes.
fn chunks(view: &View<'_>, _: usize, _: usize) -> Sample {
    Units(hosts(view, |group| group.stores).min(view.run.storage.pushed_before(view.window.to) as f64))
}
