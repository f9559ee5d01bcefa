//! Recorded outcomes, and the chunks that hold them.

use super::conditions::{nodes_record_or_ask, records_or_asks};
use crate::metrics::MetricUnit::{Of, Plain};
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::{mean, ratio};

metrics!(STORAGE {
    "events.recorded", Of("outcomes"), Count, Sum, Run, "Outcomes recorded, over the whole run.", Once(records_or_asks, |v| Some(v.total(|counts| counts.recorded)));
    "events.most_by_host", Of("outcomes"), Count, Index, Run, "Most outcomes that one host recorded, over the whole run: a node announces a chunk when it has ten.", Once(nodes_record_or_ask, |v| v.run.tally.recorded.iter().max().map(|most| f64::from(*most)));
    "events.false_ratio", Plain, Share, Ratio, Run, "Share of recorded outcomes that did not happen, or happened differently.", Once(records_or_asks, |v| ratio(v.run.attacks.lies() as f64, v.run.tally.total().recorded as f64));
    "storage.chunks", Of("chunks"), Count, Sum, Window, "Chunks pushed.", Once(nodes_record_or_ask, |v| Some(v.run.storage.pushed_in(v.window).count() as f64));
    "storage.chunks_ever", Of("chunks"), Count, Sum, Run, "Chunks pushed, over the whole run.", Once(nodes_record_or_ask, |v| Some(v.total(|counts| counts.chunks_pushed)));
    "storage.replicas_mean", Of("holders"), Amount, Mean, Window, "Holders of a chunk at the end of the run.", Once(nodes_record_or_ask, |v| mean(v.run.storage.pushed_in(v.window).map(f64::from)));
    "storage.available_ratio", Plain, Share, TimeMean, Run, "Share of chunks with a holder online, averaged over time.", Once(nodes_record_or_ask, |v| v.run.storage.available_ratio());
    "storage.pushed_again", Of("chunks"), Count, Sum, Window, "Chunks announced again because they had too few holders.", Once(nodes_record_or_ask, |v| Some(v.count_in(&v.run.storage.pushed_again)));
    "storage.dropped", Of("chunks"), Count, Sum, Window, "Chunks that a holder evicted to make room for others, or lost in a restart.", Once(nodes_record_or_ask, |v| Some(v.count_in(&v.run.storage.lost)));
    "storage.refused", Of("answers"), Count, Sum, Window, "Announcements of a chunk that a rate-limited storage node answered NO.", Once(nodes_record_or_ask, |v| Some(v.count_in(&v.run.storage.refused)));
    "storage.forged_accepted", Of("chunks"), Count, Sum, Run, "Chunks stored or counted that their recorder never made, over the whole run.", Once(nodes_record_or_ask, |v| Some(v.run.storage.forged as f64));
});
