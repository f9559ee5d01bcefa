//! Confidence labels: how often they are given, and what the error is under each.

use super::conditions::ASKS;
use crate::metrics::MetricUnit::Plain;
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::{mean, ratio};
use crate::metrics::view::View;
use crate::protocol::Confidence;

metrics!(CONFIDENCE {
    "confidence.none_ratio", Plain, Share, Neither, Ratio, Subject, Started, "queries.csv", "Share of collected queries labelled none.", Once(ASKS, |v| share(v, Confidence::None));
    "confidence.low_ratio", Plain, Share, Neither, Ratio, Subject, Started, "queries.csv", "Share of collected queries labelled low.", Once(ASKS, |v| share(v, Confidence::Low));
    "confidence.medium_ratio", Plain, Share, Neither, Ratio, Subject, Started, "queries.csv", "Share of collected queries labelled medium.", Once(ASKS, |v| share(v, Confidence::Medium));
    "confidence.high_ratio", Plain, Share, Neither, Ratio, Subject, Started, "queries.csv", "Share of collected queries labelled high.", Once(ASKS, |v| share(v, Confidence::High));
    "confidence.very_high_ratio", Plain, Share, Neither, Ratio, Subject, Started, "queries.csv", "Share of collected queries labelled very_high.", Once(ASKS, |v| share(v, Confidence::VeryHigh));
    "confidence.low_error_mean", Plain, Score, Less, Mean, Subject, Started, "queries.csv", "Absolute difference between derived reputation and true share so far, over queries labelled low.", Once(ASKS, |v| error(v, Confidence::Low));
    "confidence.medium_error_mean", Plain, Score, Less, Mean, Subject, Started, "queries.csv", "Absolute difference between derived reputation and true share so far, over queries labelled medium.", Once(ASKS, |v| error(v, Confidence::Medium));
    "confidence.high_error_mean", Plain, Score, Less, Mean, Subject, Started, "queries.csv", "Absolute difference between derived reputation and true share so far, over queries labelled high.", Once(ASKS, |v| error(v, Confidence::High));
    "confidence.very_high_error_mean", Plain, Score, Less, Mean, Subject, Started, "queries.csv", "Absolute difference between derived reputation and true share so far, over queries labelled very_high.", Once(ASKS, |v| error(v, Confidence::VeryHigh));
    "confidence.ordered_ratio", Plain, Share, More, Mean, Subject, Started, "queries.csv", "Of neighbouring labels that occur, the share of pairs in which the higher one has the smaller mean error.", Once(ASKS, ordered);
});

fn share(view: &View<'_>, label: Confidence) -> Option<f64> {
    let labelled = view.collected().filter(|(_, end)| end.confidence == label);
    ratio(labelled.count() as f64, view.collections())
}

pub(super) fn error(view: &View<'_>, label: Confidence) -> Option<f64> {
    let labelled = view.collected().filter(|(_, end)| end.confidence == label);
    mean(labelled.filter_map(|(query, _)| query.error()))
}

fn ordered(view: &View<'_>) -> Option<f64> {
    let errors: Vec<f64> = Confidence::ALL.into_iter().filter_map(|label| error(view, label)).collect();
    mean(errors.windows(2).map(|pair| f64::from(u8::from(pair[1] < pair[0]))))
}
