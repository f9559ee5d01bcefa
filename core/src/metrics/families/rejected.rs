//! What nodes of the protocol rejected, by reason.

use crate::metrics::MetricUnit::Of;
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::tally::Counts;
use crate::metrics::view::View;
use crate::metrics::when::When;
use crate::protocol::Rejection;

metrics!(REJECTED {
    "protocol.rejected", Of("rejections"), Count, Neither, Sum, Window, Happened, "timeseries.csv", "What nodes rejected: forged, unrequested or repeated.", Once(When::NodesRecordOrAsk, |v| Some(v.counted(Counts::rejections)));
    "protocol.rejected.unrequested", Of("rejections"), Count, Neither, Sum, Window, Happened, "counts.csv", "Rejected chunks and answers that were never asked for.", Once(When::NodesRecordOrAsk, |v| Some(rejected(v, Rejection::Unrequested)));
    "protocol.rejected.not_as_announced", Of("rejections"), Count, Neither, Sum, Window, Happened, "counts.csv", "Rejected chunks whose hash was not the announced one.", Once(When::NodesRecordOrAsk, |v| Some(rejected(v, Rejection::NotAsAnnounced)));
    "protocol.rejected.unproven", Of("rejections"), Count, Neither, Sum, Window, Happened, "counts.csv", "Rejected chunks without a proof that leads to their anchor.", Once(When::NodesRecordOrAsk, |v| Some(rejected(v, Rejection::Unproven)));
    "protocol.rejected.forked", Of("rejections"), Count, Neither, Sum, Window, Happened, "counts.csv", "Rejected chunks from another series than an earlier chunk's.", Once(When::NodesRecordOrAsk, |v| Some(rejected(v, Rejection::Forked)));
    "protocol.rejected.bad_signature", Of("rejections"), Count, Neither, Sum, Window, Happened, "counts.csv", "Rejected chunks that their recorder did not sign.", Once(When::NodesRecordOrAsk, |v| Some(rejected(v, Rejection::BadSignature)));
    "protocol.rejected.off_topic", Of("rejections"), Count, Neither, Sum, Window, Happened, "counts.csv", "Rejected chunks that say nothing about the target.", Once(When::NodesRecordOrAsk, |v| Some(rejected(v, Rejection::OffTopic)));
    "protocol.rejected.repeated", Of("rejections"), Count, Neither, Sum, Window, Happened, "counts.csv", "Rejected second answers of one source.", Once(When::NodesRecordOrAsk, |v| Some(rejected(v, Rejection::Repeated)));
    "protocol.rejected.impossible", Of("rejections"), Count, Neither, Sum, Window, Happened, "counts.csv", "Rejected announcements that no valid chunk can match.", Once(When::NodesRecordOrAsk, |v| Some(rejected(v, Rejection::Impossible)));
    "protocol.rejected.no_room", Of("rejections"), Count, Less, Sum, Window, Happened, "counts.csv", "Rejected chunks for which no space was left on arrival.", Once(When::NodesRecordOrAsk, |v| Some(rejected(v, Rejection::NoRoom)));
    "protocol.rejected.unannounced", Of("rejections"), Count, Neither, Sum, Window, Happened, "counts.csv", "Rejected chunks that the asker had not heard announced.", Once(When::AnnouncedOnly, |v| Some(rejected(v, Rejection::Unannounced)));
    "protocol.rejected.equivocated", Of("rejections"), Count, Neither, Sum, Window, Happened, "counts.csv", "Rejected chunks of recorders that had signed another chunk under the same name.", Once(When::AnnouncedOnly, |v| Some(rejected(v, Rejection::Equivocated)));
    "protocol.rejected.rate_limited", Of("rejections"), Count, Neither, Sum, Window, Happened, "counts.csv", "Queries of others that nodes did not pass on, beyond `protocol.forward_limit`.", Once(When::LimitsForwarding, |v| Some(rejected(v, Rejection::RateLimited)));
    "protocol.rejected.malformed", Of("rejections"), Count, Neither, Sum, Window, Happened, "counts.csv", "Rejected bytes that do not decode to a message.", Once(When::NodesRecordOrAsk, |v| Some(rejected(v, Rejection::Malformed)));
});

fn rejected(view: &View<'_>, reason: Rejection) -> f64 {
    view.run.tally.within(view.window).rejected[reason as usize] as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::find;

    #[test]
    fn every_reason_for_a_rejection_in_a_simulation_has_a_metric() {
        for (place, reason) in Rejection::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, place);
            let metric = find(&format!("protocol.rejected.{}", reason.name()));
            // The table of a simulated network does not grow.
            assert_eq!(metric.is_some(), reason != Rejection::TableFull, "{}", reason.name());
        }
    }
}
