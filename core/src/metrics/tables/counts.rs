//! `counts.csv`: what is seldom, or of many kinds, by the interval in which it happened.

use super::column::{Column, Schema, columns};
use super::rows::{Rows, counted};
use crate::metrics::record::RunRecord;
use crate::metrics::when::When;
use crate::metrics::window::Window;
use crate::metrics::{Catalogue, Counting, Instance};
use crate::units::Time;

/// `counts.csv`.
pub struct Counts;

/// What one metric counts in an interval.
pub struct Count {
    metric: String,
    end: Time,
    counted: u32,
    count: u64,
}

impl Schema for Counts {
    type Row<'a> = Count;
    const FILE: &'static str = "counts.csv";
    const MEANING: &'static str = "What a metric counts in an interval of simulated time in which it counts anything: reasons of rejection, memories that were full, deeds of adversaries, losses to faults.";
    const WHEN: When = When::Counts;
    const COLUMNS: &'static [&'static [Column<Counts>]] = &[COLUMNS];
}

columns!(COLUMNS: Counts {
    METRIC: "metric", Name, Always, "The metric's name, as in `summary.json`.", |row| row.metric.as_str();
    TIME: "time_s", Seconds, Always, "End of the interval, as in `timeseries.csv`.", |row| row.end.as_seconds();
    COUNTED: "counted", Number, Always, "1 for an interval that counts in the metric: between warm-up and cool-down, or any if the metric is over the whole run; 0 otherwise.", |row| row.counted;
    COUNT: "happened_count", Count, Always, "How often it happened.", |row| row.count;
});

impl Rows for Counts {
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<Count> {
        let catalogue = Catalogue::of(run.config);
        let here = catalogue.iter().filter(|instance| instance.metric.file == Self::FILE);
        here.flat_map(|instance| of_metric(run, instance)).collect()
    }
}

fn of_metric(run: &RunRecord<'_>, instance: &Instance) -> impl Iterator<Item = Count> {
    let is_whole = instance.metric.window == Counting::WholeRun;
    run.timeline.spans.rows().filter_map(move |(start, end, spans)| {
        // The last interval has what came after the end, too.
        let (_, to) = run.timeline.spans.bounds(spans.end - 1);
        let count = instance.within(run, Window { from: start, to })?;
        let row = || Count {
            metric: instance.name.clone(),
            end,
            counted: if is_whole { 1 } else { counted(run, start) },
            count: count as u64,
        };
        (count > 0.0).then(row)
    })
}
