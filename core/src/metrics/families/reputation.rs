//! Reputations that queries came to, against the truth.

use super::behind::targets;
use crate::metrics::MetricUnit::Plain;
use crate::metrics::chart_kind::charts;
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::mean;
use crate::metrics::queries::QueryRecord;
use crate::metrics::tables::{queries, timeseries};
use crate::metrics::view::View;
use crate::metrics::when::When;

metrics!(REPUTATION {
    "reputation.mean", Plain, Score, Neither, Mean, Subject, Started, "queries.csv", "Derived reputation, over queries that found events.", Once(When::Asks, |v| mean(queries(v).filter_map(QueryRecord::derived))), of |v, _, _| targets(queries(v).filter(|query| query.derived().is_some()));
    "reputation.shown_mean", Plain, Score, Neither, Mean, Subject, Started, "queries.csv", "Reputation as reported to the asker, over all collected queries.", Once(When::Asks, |v| mean(v.collected().map(|(_, end)| end.reputation))), of |v, _, _| targets(queries(v));
    "reputation.truth_mean", Plain, Score, Neither, Mean, Subject, Started, "queries.csv", "True share of good outcomes so far, over queries that found events.", Once(When::Asks, |v| mean(found(v).filter_map(|query| query.truth))), of |v, _, _| targets(found(v).filter(|query| query.truth.is_some()));
    "reputation.self_reported_mean", Plain, Score, Neither, Mean, Subject, Started, "queries.csv", "Share of good outcomes by the target's own account, over queries that found events.", Once(When::Asks, |v| mean(found(v).filter_map(|query| query.self_reported))), of |v, _, _| targets(found(v).filter(|query| query.self_reported.is_some()));
    "reputation.error_mean", Plain, Score, Less, Mean, Subject, Started, "queries.csv", "Absolute difference between derived reputation and true share so far, over queries that found events.", Once(When::Asks, |v| mean(queries(v).filter_map(QueryRecord::error))), of |v, _, _| targets(queries(v).filter(|query| query.error().is_some()));
});

charts!(CHARTS {
    REPUTATION_CHART: "reputation" {
        meaning: "Derived reputation beside the truth over time and, where histories differ, by the number of the target's events.",
        unasked: None,
        when: When::Asks,
        needs: &[queries::REPUTATION.place()],
    }
    ATTRIBUTION_CHART: "attribution" {
        meaning: "Of the group whose own account is furthest from the truth: reputation as derived, the truth, and its own account, over time.",
        unasked: Some("Drawn by default when some group's own account is further than 0.1 from the truth."),
        when: When::Asks,
        needs: &[queries::SELF_REPORTED.place(), timeseries::TIME.place()],
    }
});

/// Collected queries.
fn queries<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v QueryRecord> {
    view.collected().map(|(query, _)| query)
}

/// Those of them that found events.
fn found<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v QueryRecord> {
    view.collected().filter(|(_, end)| end.events > 0).map(|(query, _)| query)
}
