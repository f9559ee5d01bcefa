//! What is drawn of a study without having been asked for.

use super::data::Data;
use super::subject::Subject;
use super::{field, lines};
use crate::metrics::{self, Kind, StudyChart, study_chart};

/// From so many numbers on each of two axes, and more lines than the other, a heat map says more than lines.
const LEAST_SIDE: usize = 3;
const MOST_LINES: usize = 3;
/// A curve of fewer points has no shape.
const LEAST_OF_LOAD: usize = 4;

/// The kind of chart that shows most of a metric; `None` where nothing can be drawn.
pub(super) fn kind(data: &Data, subject: &Subject) -> Option<&'static StudyChart> {
    if data.sweep.method == "oat" {
        return Some(&study_chart::TORNADO);
    }
    let axis = data.across()?;
    if data.sweep.method == "grid" && is_plane(data) {
        return Some(&study_chart::HEATMAP);
    }
    let varied = (0..data.axes.len()).filter(|axis| field::values(data, *axis).len() > 1).count();
    if varied == 1 && is_cost(&data.axes[axis]) && !subject.checks(data).is_empty() {
        return Some(&study_chart::ATTACK);
    }
    let is_slow = matches!(subject.kind(), Some(Kind::Share | Kind::Time));
    let is_long = data.count(axis).is_some_and(|count| count >= LEAST_OF_LOAD);
    let lines = lines::groups(data, axis).len();
    if lines <= MOST_LINES && is_slow && is_long && is_load(&data.axes[axis]) {
        return Some(&study_chart::LOAD);
    }
    Some(&study_chart::LINES)
}

/// Whether two axes have enough numbers for a plane of cells, and there would be many lines.
fn is_plane(data: &Data) -> bool {
    let counts: Vec<usize> = (0..data.axes.len()).map(|axis| field::values(data, axis).len()).collect();
    let numbers = (0..data.axes.len()).filter_map(|axis| data.count(axis));
    let sides = numbers.filter(|count| *count >= LEAST_SIDE).count();
    let longest = counts.iter().copied().max().unwrap_or(1).max(1);
    let lines: usize = counts.iter().product::<usize>() / longest;
    sides >= 2 && lines > MOST_LINES && field::panels(data) <= field::MOST_PANELS
}

/// Whether more of it is more work: a rate or size of a workload.
fn is_load(path: &str) -> bool {
    let end = path.rsplit('.').next().unwrap_or_default();
    path.starts_with("workloads.")
        && (path.contains(".arrivals.") || matches!(end, "size" | "rate" | "count"))
}

/// Whether it is what an attack takes.
fn is_cost(path: &str) -> bool {
    path.starts_with("groups.") && (path.ends_with(".stake") || path.contains(".conduct."))
}

/// What is drawn when nobody asks for anything.
pub(super) fn usual(data: &Data) -> Vec<String> {
    let checks = data.points.iter().flat_map(|point| &point.checks);
    let of_checks =
        checks.map(|check| if check.is_whole { check.metric.clone() } else { check.column.clone() });
    metrics::shown_unasked(of_checks, |name| data.points.iter().any(|point| point.figure(name).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rows = Vec<(Vec<String>, Option<f64>)>;

    fn chosen(method: &str, axes: &[&str], rows: &Rows) -> &'static str {
        let points: Vec<(Vec<&str>, Option<f64>)> =
            rows.iter().map(|(at, value)| (at.iter().map(String::as_str).collect(), *value)).collect();
        let points: Vec<(&[&str], Option<f64>)> =
            points.iter().map(|(at, value)| (&at[..], *value)).collect();
        let mut data = Data::made(axes, &points);
        method.clone_into(&mut data.sweep.method);
        let subject = Subject::of(&data, "queries.yes_ratio");
        kind(&data, &subject).map_or("none", |kind| kind.name)
    }

    fn grid(counts: &[usize]) -> Rows {
        let mut rows: Vec<Vec<String>> = vec![Vec::new()];
        for count in counts {
            let longer = |row: &Vec<String>| -> Vec<Vec<String>> {
                (0..*count).map(|value| [&row[..], &[value.to_string()]].concat()).collect()
            };
            rows = rows.iter().flat_map(longer).collect();
        }
        rows.into_iter().map(|row| (row, Some(1.0))).collect()
    }

    #[test]
    fn the_design_decides_what_is_drawn() {
        let (loss, people) = ("network.loss", "groups.people.count");
        for (method, axes, counts, kind) in [
            ("grid", &[loss][..], &[5][..], "lines"),
            ("grid", &[loss, people], &[5, 3], "lines"),
            ("grid", &[loss, people], &[5, 2], "lines"),
            ("grid", &[loss, people], &[5, 4], "heatmap"),
            ("grid", &[loss, people, "protocol.enough"], &[3, 3, 2], "heatmap"),
            ("grid", &[loss, people, "protocol.enough", "protocol.replicas"], &[4, 4, 4, 4], "lines"),
            ("zip", &[loss, people], &[5, 4], "lines"),
            ("oat", &[loss, people], &[5, 4], "tornado"),
            ("grid", &["workloads.w.arrivals.poisson"], &[5], "load"),
            ("grid", &["workloads.w.arrivals.poisson"], &[3], "lines"),
            ("grid", &["groups.ring.conduct.rate"], &[5], "lines"),
        ] {
            assert_eq!(chosen(method, axes, &grid(counts)), kind, "{method} {axes:?} {counts:?}");
        }
        let words: Rows = ["tree", "flood"].map(|word| (vec![word.to_owned()], Some(1.0))).to_vec();
        assert_eq!(chosen("grid", &["protocol.dissemination"], &words), "none");
    }
}
