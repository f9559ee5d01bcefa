//! What became of requests that the other party of an interaction sign its outcome.

use crate::metrics::MetricUnit::Of;
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::view::View;
use crate::metrics::when::When;
use crate::protocol::Settlement;

metrics!(SETTLED {
    "receipts.signed", Of("outcomes"), Count, More, Sum, Window, Happened, "counts.csv", "Outcomes that were recorded with the other party's signature.", Once(When::Receipts, |v| Some(settled(v, Settlement::Signed)));
    "receipts.refused", Of("outcomes"), Count, Neither, Sum, Window, Happened, "counts.csv", "Outcomes that were recorded without it, as the other party remembered them otherwise.", Once(When::Receipts, |v| Some(settled(v, Settlement::Refused)));
    "receipts.unanswered", Of("outcomes"), Count, Less, Sum, Window, Happened, "counts.csv", "Outcomes that were recorded without it, as the other party had not answered within `protocol.receipts.wait`.", Once(When::Receipts, |v| Some(settled(v, Settlement::Unanswered)));
});

fn settled(view: &View<'_>, how: Settlement) -> f64 {
    view.run.tally.within(view.window).settled[how as usize] as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::find;

    #[test]
    fn every_end_of_a_request_has_a_metric() {
        for (place, how) in Settlement::ALL.into_iter().enumerate() {
            assert_eq!(how as usize, place);
            assert!(find(&format!("receipts.{}", how.name())).is_some(), "{}", how.name());
        }
    }
}
