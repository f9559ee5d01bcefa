//! Confidence labels: how often they are given, and what the error is under each.

use super::behind::{collections, targets};
use crate::metrics::MetricUnit::Plain;
use crate::metrics::Sample::{self, Units};
use crate::metrics::chart_kind::charts;
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::{mean, ratio};
use crate::metrics::queries::QueryRecord;
use crate::metrics::tables::queries;
use crate::metrics::view::View;
use crate::metrics::when::When;
use crate::protocol::Confidence;

metrics!(CONFIDENCE {
    "confidence.none_ratio", Plain, Share, Neither, Ratio, Subject, Started, "queries.csv", "Share of collected queries labelled none.", Once(When::Asks, |v| share(v, Confidence::None)), of collections;
    "confidence.low_ratio", Plain, Share, Neither, Ratio, Subject, Started, "queries.csv", "Share of collected queries labelled low.", Once(When::Asks, |v| share(v, Confidence::Low)), of collections;
    "confidence.medium_ratio", Plain, Share, Neither, Ratio, Subject, Started, "queries.csv", "Share of collected queries labelled medium.", Once(When::Asks, |v| share(v, Confidence::Medium)), of collections;
    "confidence.high_ratio", Plain, Share, Neither, Ratio, Subject, Started, "queries.csv", "Share of collected queries labelled high.", Once(When::Asks, |v| share(v, Confidence::High)), of collections;
    "confidence.very_high_ratio", Plain, Share, Neither, Ratio, Subject, Started, "queries.csv", "Share of collected queries labelled very_high.", Once(When::Asks, |v| share(v, Confidence::VeryHigh)), of collections;
    "confidence.low_error_mean", Plain, Score, Less, Mean, Subject, Started, "queries.csv", "Absolute difference between derived reputation and true share so far, over queries labelled low.", Once(When::Asks, |v| error(v, Confidence::Low)), of |v, _, _| targets_labelled(v, Confidence::Low);
    "confidence.medium_error_mean", Plain, Score, Less, Mean, Subject, Started, "queries.csv", "Absolute difference between derived reputation and true share so far, over queries labelled medium.", Once(When::Asks, |v| error(v, Confidence::Medium)), of |v, _, _| targets_labelled(v, Confidence::Medium);
    "confidence.high_error_mean", Plain, Score, Less, Mean, Subject, Started, "queries.csv", "Absolute difference between derived reputation and true share so far, over queries labelled high.", Once(When::Asks, |v| error(v, Confidence::High)), of |v, _, _| targets_labelled(v, Confidence::High);
    "confidence.very_high_error_mean", Plain, Score, Less, Mean, Subject, Started, "queries.csv", "Absolute difference between derived reputation and true share so far, over queries labelled very_high.", Once(When::Asks, |v| error(v, Confidence::VeryHigh)), of |v, _, _| targets_labelled(v, Confidence::VeryHigh);
    "confidence.ordered_ratio", Plain, Share, More, Mean, Subject, Started, "queries.csv", "Of neighbouring labels that occur, the share of pairs in which the higher one has the smaller mean error.", Once(When::Asks, ordered), of neighbours;
});

charts!(CHARTS {
    CALIBRATION_CHART: "calibration" {
        meaning: "The error of derived reputation by confidence label, and how often each label occurs.",
        unasked: Some("Drawn by default when at least two labels have errors to compare."),
        when: When::Asks,
        needs: &[queries::CONFIDENCE.place(), queries::TRUTH.place()],
    }
});

fn share(view: &View<'_>, label: Confidence) -> Option<f64> {
    ratio(labelled(view, label).count() as f64, view.collections())
}

fn labelled<'v>(view: &View<'v>, label: Confidence) -> impl Iterator<Item = &'v QueryRecord> {
    view.collected().filter(move |(_, end)| end.confidence == label).map(|(query, _)| query)
}

fn error(view: &View<'_>, label: Confidence) -> Option<f64> {
    mean(labelled(view, label).filter_map(QueryRecord::error))
}

fn targets_labelled(view: &View<'_>, label: Confidence) -> Sample {
    targets(labelled(view, label).filter(|query| query.error().is_some()))
}

fn ordered(view: &View<'_>) -> Option<f64> {
    mean(errors(view).windows(2).map(|pair| f64::from(u8::from(pair[1] < pair[0]))))
}

/// Of neighbouring labels, each pair.
fn neighbours(view: &View<'_>, _: usize, _: usize) -> Sample {
    Units(errors(view).len().saturating_sub(1) as f64)
}

/// Under each label that occurs with an error to compare.
fn errors(view: &View<'_>) -> Vec<f64> {
    Confidence::ALL.into_iter().filter_map(|label| error(view, label)).collect()
}
