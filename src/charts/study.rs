//! A metric at the points of a study, from `points.csv`: its mean with the interval, over the axis that has the most
//! numbers, a curve for each combination of the others.

use std::path::Path;

use super::axis::Axis;
use super::course::{Among, Course, highest, is_endless, lowest};
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::multiples::{self, Named, Setting};
use super::order::natural;
use super::picture::Picture;
use super::run_info::RunInfo;
use super::scale::{percent, round_up, share_below, short};
use super::sheet::Sheet;
use super::style::GREY;
use crate::metrics::{self, Kind, MetricUnit};

/// What a study's charts say of where they come from.
#[derive(Clone, Debug)]
pub struct Study<'s> {
    /// What it is about.
    pub title: &'s str,
    /// The seed of all runs.
    pub seed: u64,
    /// Hash over the fingerprints of all runs.
    pub fingerprint: &'s str,
    /// Runs at each point: the fewest and the most.
    pub replications: (u32, u32),
    /// Runs at all points.
    pub runs: usize,
    /// Points.
    pub points: usize,
}

/// A row of `points.csv`.
struct Row {
    /// What is varied, axis by axis.
    at: Vec<String>,
    metric: String,
    value: Option<Among>,
}

/// `points.csv`.
pub(super) struct Points {
    axes: Vec<String>,
    rows: Vec<Row>,
}

const FILE: &str = "points.csv";

impl Points {
    pub(super) fn read(folder: &Path) -> Result<Points, ChartError> {
        let path = folder.join(FILE);
        let bytes = std::fs::read(&path).map_err(|source| ChartError::Read { path: path.clone(), source })?;
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        let broken = |error: csv::Error| ChartError::Table { path: path.clone(), message: error.to_string() };
        let header: Vec<String> = reader.headers().map_err(broken)?.iter().map(str::to_owned).collect();
        let place = |name: &str| {
            let missing = || ChartError::Column { path: path.clone(), column: name.to_owned() };
            header.iter().position(|column| column == name).ok_or_else(missing)
        };
        let metric = place("metric")?;
        let figures = [place("n")?, place("mean")?, place("ci_low")?, place("ci_high")?];
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(broken)?;
            let cell = |place: usize| record.get(place).unwrap_or_default();
            let [n, mean, low, high] = figures.map(|place| cell(place).parse::<f64>().ok());
            rows.push(Row {
                at: (0..metric).map(|place| cell(place).to_owned()).collect(),
                metric: cell(metric).to_owned(),
                value: among(n, mean, low.zip(high)),
            });
        }
        Ok(Points { axes: header[..metric].to_vec(), rows })
    }
}

/// The mean and its interval. A mean that is longer than any time has no number in the file, but runs that count.
pub(super) fn among(n: Option<f64>, mean: Option<f64>, interval: Option<(f64, f64)>) -> Option<Among> {
    let mid = mean.or(n.filter(|n| *n > 0.0).map(|_| f64::INFINITY))?;
    let (low, high) = interval.unwrap_or((mid, mid));
    Some(Among { low, mid, high })
}

/// A number with its unit.
fn quantity(text: &str) -> Option<(f64, &str)> {
    let end =
        text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, text[end..].trim()))
}

/// The values of an axis as numbers, and their unit; `None` where one is none, or units differ.
fn numbers<'r>(rows: &[&'r Row], axis: usize) -> Option<(Vec<f64>, &'r str)> {
    let quantities: Vec<(f64, &str)> =
        rows.iter().map(|row| quantity(&row.at[axis])).collect::<Option<_>>()?;
    let unit = quantities.first()?.1;
    let one_unit = quantities.iter().all(|(_, other)| *other == unit);
    one_unit.then(|| (quantities.into_iter().map(|(number, _)| number).collect(), unit))
}

/// The axis with the most different numbers.
fn across(rows: &[&Row], axes: usize) -> Option<usize> {
    let different = |axis: usize| {
        let mut numbers = numbers(rows, axis)?.0;
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
        (numbers.len() > 1).then_some(numbers.len())
    };
    // Of several the first.
    (0..axes)
        .rev()
        .filter_map(|axis| Some((different(axis)?, axis)))
        .max_by_key(|(count, _)| *count)
        .map(|(_, axis)| axis)
}

/// The chart of a metric; `None` where no axis has different numbers.
pub(super) fn picture(points: &Points, metric: &str, study: &Study<'_>) -> Option<Picture> {
    let rows: Vec<&Row> = points.rows.iter().filter(|row| row.metric == metric).collect();
    let axis = across(&rows, points.axes.len())?;
    let (xs, unit) = numbers(&rows, axis)?;
    let curves = curves(points, &rows, axis, &xs);
    let run = RunInfo {
        title: format!("{} · {} points", study.title, study.points),
        seed: study.seed.to_string(),
        fingerprint: study.fingerprint.to_owned(),
        runs: study.runs,
        ..RunInfo::default()
    };
    let mut sheet = Sheet::new(None, &finding(points, &rows, metric), &run);
    let (least, most) =
        xs.iter().fold((f64::MAX, f64::MIN), |(least, most), x| (least.min(*x), most.max(*x)));
    let setting = Setting {
        x: Axis::values(&points.axes[axis], unit, least, most),
        y: upright(metric, &curves),
        keys: keys(study.replications, &curves),
        marks: Marks::Nothing,
        runs: 1,
        heights: (520, 220),
        nothing: "no point has a value",
    };
    multiples::draw(&mut sheet, &curves, setting, |_, _| {});
    Some(sheet.finish())
}

fn keys((fewest, most): (u32, u32), curves: &[Named]) -> Vec<Entry> {
    let interval = match most {
        0 | 1 => Entry::words("one run at each point: no interval"),
        _ => {
            let runs = if fewest == most { most.to_string() } else { format!("{fewest} to {most}") };
            Entry::fill(format!("95 % interval of the mean of {runs} runs"), GREY.fade(0.35))
        }
    };
    let endless = curves.iter().any(|curve| is_endless(&curve.course)).then(Entry::endless);
    [interval].into_iter().chain(endless).collect()
}

/// A curve for each combination of values of the other axes.
fn curves(points: &Points, rows: &[&Row], axis: usize, xs: &[f64]) -> Vec<Named> {
    let name = |row: &Row| {
        let others = points.axes.iter().zip(&row.at).enumerate().filter(|(place, _)| *place != axis);
        let named: Vec<String> =
            others.map(|(_, (path, value))| format!("{} = {value}", short_path(path))).collect();
        if named.is_empty() { row.metric.clone() } else { named.join(", ") }
    };
    let mut names: Vec<String> = rows.iter().map(|row| name(row)).collect();
    names.sort_by(|a, b| natural(a, b));
    names.dedup();
    let course = |wanted: &String| -> Course {
        let own = rows.iter().zip(xs).filter(|(row, _)| name(row) == *wanted);
        let mut course: Course = own.map(|(row, x)| (*x, row.value)).collect();
        course.sort_by(|a, b| a.0.total_cmp(&b.0));
        course
    };
    names.iter().map(|name| Named { name: name.clone(), course: course(name) }).collect()
}

/// The last two parts of a path: one alone may say nothing, as `fixed` or `count` do.
pub fn short_path(path: &str) -> &str {
    let dots: Vec<usize> = path.match_indices('.').map(|(at, _)| at).collect();
    dots.len().checked_sub(2).map_or(path, |place| &path[dots[place] + 1..])
}

/// The lowest mean and the highest, and where they are.
fn finding(points: &Points, rows: &[&Row], metric: &str) -> String {
    let at = |row: &Row| {
        let named =
            points.axes.iter().zip(&row.at).map(|(path, value)| format!("{} {value}", short_path(path)));
        named.collect::<Vec<_>>().join(", ")
    };
    let mut known: Vec<(f64, &Row)> = rows
        .iter()
        .filter_map(|row| Some((row.value?.mid, *row)))
        .filter(|(mid, _)| mid.is_finite())
        .collect();
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    let share = metrics::find(metric).is_some_and(|metric| metric.kind == Kind::Share);
    let told = |value: f64| if share { percent(value) } else { short(rounded(value)) };
    let endless = rows.iter().filter(|row| row.value.is_some_and(|among| among.mid.is_infinite())).count();
    let all = match (known.first(), known.last()) {
        (Some((low, of_low)), Some((high, of_high))) if low < high => {
            format!("{metric}: {} ({}) to {} ({})", told(*low), at(of_low), told(*high), at(of_high))
        }
        (Some((same, _)), _) if endless == 0 => format!("{metric}: {} at every point", told(*same)),
        (Some((same, _)), _) => format!("{metric}: {}", told(*same)),
        _ if endless > 0 => metric.to_owned(),
        _ => return format!("{metric}: no point has a value"),
    };
    match endless {
        0 => all,
        _ => format!("{all}; longer than any time at {endless} of {} points", rows.len()),
    }
}

/// Four digits of a number.
fn rounded(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

/// The metric's own axis.
pub(super) fn upright(metric: &str, curves: &[Named]) -> Axis {
    let most = curves.iter().map(|curve| highest(&curve.course)).fold(0.0, f64::max);
    let least = curves.iter().map(|curve| lowest(&curve.course)).fold(f64::INFINITY, f64::min);
    let declared = metrics::find(metric);
    match declared.map(|metric| metric.kind) {
        Some(Kind::Share) if share_below(least) > 0.0 => {
            Axis::share(&format!("{metric} (%)"), share_below(least))
        }
        Some(Kind::Share) => Axis::share_to(&format!("{metric} (%)"), round_up(most.max(0.01))),
        Some(Kind::Time) => Axis::delay(metric, least, most),
        Some(Kind::Rate) => Axis::bitrate(metric, most),
        Some(Kind::Signed) => Axis::fine(metric, least.min(0.0), most),
        _ => {
            let unit = declared.map_or("", |metric| metric.unit.name());
            let title = match declared.map(|metric| metric.unit) {
                Some(MetricUnit::Plain) | None => metric.to_owned(),
                _ => format!("{metric} ({unit})"),
            };
            Axis::linear(&title, 0.0, round_up(most))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(axes: &[&str], rows: &[(&[&str], f64)]) -> Points {
        let row = |(at, mean): &(&[&str], f64)| Row {
            at: at.iter().map(|value| (*value).to_owned()).collect(),
            metric: "messages.lost".to_owned(),
            value: among(Some(3.0), Some(*mean), Some((mean - 1.0, mean + 1.0))),
        };
        Points {
            axes: axes.iter().map(|axis| (*axis).to_owned()).collect(),
            rows: rows.iter().map(row).collect(),
        }
    }

    #[test]
    fn the_axis_across_is_the_one_with_the_most_numbers() {
        let points = points(
            &["protocol.dissemination", "network.loss", "window"],
            &[
                (&["tree", "0.0", "1 s"], 1.0),
                (&["tree", "0.1", "2 s"], 2.0),
                (&["gossip", "0.2", "1 s"], 3.0),
            ],
        );
        let rows: Vec<&Row> = points.rows.iter().collect();
        assert_eq!(across(&rows, 3), Some(1));
        assert_eq!(numbers(&rows, 2), Some((vec![1.0, 2.0, 1.0], "s")));
        assert_eq!(numbers(&rows, 0), None);
        let curves = curves(&points, &rows, 1, &[0.0, 0.1, 0.2]);
        let names: Vec<&str> = curves.iter().map(|curve| curve.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "protocol.dissemination = gossip, window = 1 s",
                "protocol.dissemination = tree, window = 1 s",
                "protocol.dissemination = tree, window = 2 s"
            ]
        );
    }

    #[test]
    fn the_title_says_how_far_the_metric_goes_and_where() {
        let points = points(&["network.loss"], &[(&["0.0"], 1.0), (&["0.2"], 30.0), (&["0.1"], 2.0)]);
        let rows: Vec<&Row> = points.rows.iter().collect();
        assert_eq!(
            finding(&points, &rows, "messages.lost"),
            "messages.lost: 1 (network.loss 0.0) to 30 (network.loss 0.2)"
        );
        let mut endless = points;
        endless.rows[1].value = among(Some(3.0), None, None);
        let rows: Vec<&Row> = endless.rows.iter().collect();
        let said = finding(&endless, &rows, "messages.lost");
        assert!(said.ends_with("to 2 (network.loss 0.1); longer than any time at 1 of 3 points"), "{said}");
        assert_eq!(["a", "a.b", "groups.all.count"].map(short_path), ["a", "a.b", "all.count"]);
        assert_eq!(among(Some(3.0), None, None).map(|among| among.mid), Some(f64::INFINITY));
        assert_eq!(among(Some(0.0), None, None), None);
    }
}
