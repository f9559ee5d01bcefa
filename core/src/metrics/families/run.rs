//! What a run comes to as a whole: no metric, but charts of all.

use crate::metrics::chart_kind::charts;
use crate::metrics::tables::{Place, timeseries};
use crate::metrics::when::When;

charts!(CHARTS {
    VERDICTS_CHART: "verdicts" {
        meaning: "The figure of each trial of a claim and of each expectation: in every run, as their mean with its 95 % interval, and beside its bounds.",
        unasked: Some("Drawn wherever something is expected or claimed, beside the charts that a scenario asks for, too."),
        when: When::Always,
        needs: &[Place { file: "summary.json", header: "claims" }],
    }
    WARMUP_CHART: "warmup" {
        meaning: "From when on a run is steady, series by series: the mean over the runs in each interval, its moving average (Welch 1983), the warm-up that is declared, and the one that the rule MSER-5 (White 1997) finds.",
        unasked: Some("Drawn only where a scenario asks for it."),
        when: When::Always,
        needs: &[timeseries::TIME.place()],
    }
});
