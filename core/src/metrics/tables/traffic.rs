//! `traffic.csv`: the delay of bare traffic, by quantile.

use super::column::{Column, Schema, columns};
use super::rows::Rows;
use crate::metrics::figures::Waits;
use crate::metrics::record::RunRecord;
use crate::metrics::when::When;
use crate::metrics::window::Window;

/// `traffic.csv`.
pub struct Traffic;

/// A quantile of a workload's delays.
pub struct Delay<'a> {
    workload: &'a str,
    quantile: f64,
    delay_s: f64,
    response_s: Option<f64>,
}

impl Schema for Traffic {
    type Row<'a> = Delay<'a>;
    const FILE: &'static str = "traffic.csv";
    const MEANING: &'static str = "A quantile of the delay of a traffic workload, between warm-up and cool-down: every half percent, and the last percent in tenths.";
    const WHEN: When = When::Traffic;
    const COLUMNS: &'static [&'static [Column<Traffic>]] = &[COLUMNS];
}

columns!(COLUMNS: Traffic {
    WORKLOAD: "workload", Name, Always, "The workload's name in the scenario.", |row| row.workload;
    QUANTILE: "quantile_ratio", Ratio, Always, "Share of the datagrams handed over that took at most this long; there are no rows for what was not delivered.", |row| row.quantile;
    DELAY: "delay_s", Seconds, Always, "Time from hand-over to the sender's link until the last byte has passed the receiver's link.", |row| row.delay_s;
    RESPONSE: "response_s", Seconds, Responses, "The same quantile of the time from hand-over until the last byte of the answer has passed the sender's link; empty for what was not answered.", |row| row.response_s;
});

impl Rows for Traffic {
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<Delay<'a>> {
        let window = Window::counted(run.config);
        let shares = (0..=1000_u32).filter(|permille| permille % 5 == 0 || *permille > 990);
        let mut rows = Vec::new();
        for workload in run.traffic.iter().flatten() {
            let figures = workload.figures(window);
            for quantile in shares.clone().map(|permille| f64::from(permille) / 1000.0) {
                let finite = |waits: &Waits| waits.quantile(quantile).filter(|wait| wait.is_finite());
                let response_s = figures.responses.as_ref().and_then(finite);
                let delay = finite(&figures.delays);
                let row = |delay_s| Delay { workload: &workload.name, quantile, delay_s, response_s };
                rows.extend(delay.map(row));
            }
        }
        rows
    }
}
