//! Reputations that queries came to, against the truth.

use super::behind::targets;
use crate::metrics::MetricUnit::Plain;
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::mean;
use crate::metrics::queries::QueryRecord;
use crate::metrics::view::View;
use crate::metrics::when::When;

metrics!(REPUTATION {
    "reputation.mean", Plain, Score, Neither, Mean, Subject, Started, "queries.csv", "Derived reputation, over queries that found events.", Once(When::Asks, |v| mean(queries(v).filter_map(QueryRecord::derived))), of |v, _, _| targets(queries(v).filter(|query| query.derived().is_some()));
    "reputation.shown_mean", Plain, Score, Neither, Mean, Subject, Started, "queries.csv", "Reputation as reported to the asker, over all collected queries.", Once(When::Asks, |v| mean(v.collected().map(|(_, end)| end.reputation))), of |v, _, _| targets(queries(v));
    "reputation.truth_mean", Plain, Score, Neither, Mean, Subject, Started, "queries.csv", "True share of good outcomes so far, over queries that found events.", Once(When::Asks, |v| mean(found(v).filter_map(|query| query.truth))), of |v, _, _| targets(found(v).filter(|query| query.truth.is_some()));
    "reputation.self_reported_mean", Plain, Score, Neither, Mean, Subject, Started, "queries.csv", "Share of good outcomes by the target's own account, over queries that found events.", Once(When::Asks, |v| mean(found(v).filter_map(|query| query.self_reported))), of |v, _, _| targets(found(v).filter(|query| query.self_reported.is_some()));
    "reputation.error_mean", Plain, Score, Less, Mean, Subject, Started, "queries.csv", "Absolute difference between derived reputation and true share so far, over queries that found events.", Once(When::Asks, |v| mean(queries(v).filter_map(QueryRecord::error))), of |v, _, _| targets(queries(v).filter(|query| query.error().is_some()));
});

/// Collected queries.
fn queries<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v QueryRecord> {
    view.collected().map(|(query, _)| query)
}

/// Those of them that found events.
fn found<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v QueryRecord> {
    view.collected().filter(|(_, end)| end.events > 0).map(|(query, _)| query)
}
