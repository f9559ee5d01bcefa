//! Reputations that queries came to, against the truth.

use super::conditions::ASKS;
use crate::metrics::MetricUnit::Plain;
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::mean;
use crate::metrics::queries::QueryRecord;
use crate::metrics::view::View;

metrics!(REPUTATION {
    "reputation.mean", Plain, Score, Neither, Mean, Subject, Started, "queries.csv", "Derived reputation, over queries that found events.", Once(ASKS, |v| mean(v.collected().filter_map(|(query, _)| query.derived())));
    "reputation.shown_mean", Plain, Score, Neither, Mean, Subject, Started, "queries.csv", "Reputation as reported to the asker, over all collected queries.", Once(ASKS, |v| mean(v.collected().map(|(_, end)| end.reputation)));
    "reputation.truth_mean", Plain, Score, Neither, Mean, Subject, Started, "queries.csv", "True share of good outcomes so far, over queries that found events.", Once(ASKS, |v| mean(found(v).filter_map(|query| query.truth)));
    "reputation.self_reported_mean", Plain, Score, Neither, Mean, Subject, Started, "queries.csv", "Share of good outcomes by the target's own account, over queries that found events.", Once(ASKS, |v| mean(found(v).filter_map(|query| query.self_reported)));
    "reputation.error_mean", Plain, Score, Less, Mean, Subject, Started, "queries.csv", "Absolute difference between derived reputation and true share so far, over queries that found events.", Once(ASKS, |v| mean(v.collected().filter_map(|(query, _)| query.error())));
});

/// Collected queries that found events.
fn found<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v QueryRecord> {
    view.collected().filter_map(|(query, _)| found_by(query))
}

/// The query, if it found events.
pub(super) fn found_by(query: &QueryRecord) -> Option<&QueryRecord> {
    query.end.as_ref().filter(|end| end.events > 0).map(|_| query)
}
