//! `scaling.csv`: as which power of an axis metrics grow.

use std::path::Path;

use super::super::error::ChartError;
use super::data::Csv;

/// The rows of the file, of whole axes.
pub(super) struct Exponents(Vec<Exponent>);

struct Exponent {
    metric: String,
    axis: String,
    /// The other axes with their values.
    others: Vec<(String, String)>,
    mean: Option<f64>,
    interval: Option<(f64, f64)>,
}

const FILE: &str = "scaling.csv";

impl Exponents {
    pub(super) fn read(folder: &Path) -> Result<Exponents, ChartError> {
        Exponents::of(&Csv::read(folder, FILE)?)
    }

    pub(super) fn of(table: &Csv) -> Result<Exponents, ChartError> {
        let metric = table.place("metric")?;
        let [axis, part, mean] = ["axis", "part", "exponent"].map(|name| table.place(name));
        let (axis, part, mean) = (axis?, part?, mean?);
        let (low, high) = (table.place("ci_low")?, table.place("ci_high")?);
        let whole = table.records.iter().filter(|record| record.get(part) == Some("all"));
        let exponent = |record: &csv::StringRecord| {
            let text = |place: usize| record.get(place).unwrap_or_default().to_owned();
            let number = |place: usize| record.get(place).and_then(|cell| cell.parse::<f64>().ok());
            Exponent {
                metric: text(metric),
                axis: text(axis),
                others: (0..metric).map(|place| (table.header[place].clone(), text(place))).collect(),
                mean: number(mean),
                interval: number(low).zip(number(high)),
            }
        };
        Ok(Exponents(whole.map(exponent).collect()))
    }

    /// The exponent of a metric over an axis, and its interval, where the other axes have these values.
    pub(super) fn find(
        &self,
        metric: &str,
        axis: &str,
        at: &[(&str, &str)],
    ) -> Option<(f64, Option<(f64, f64)>)> {
        let is_there = |exponent: &&Exponent| {
            let others = &exponent.others;
            exponent.metric == metric
                && exponent.axis == axis
                && others
                    .iter()
                    .all(|(path, value)| path == axis || at.contains(&(path.as_str(), value.as_str())))
        };
        let found = self.0.iter().find(is_there)?;
        Some((found.mean?, found.interval))
    }
}
