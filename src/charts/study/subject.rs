//! What a chart of a study is about: a metric, or what an expectation or claim looks at.

use super::super::axis::Axis;
use super::super::course::Among;
use super::super::scale::{NBSP, duration, figure, percent, round_up, share_below};
use super::check::{Check, Verdict};
use super::data::{Data, Point};
use crate::metrics::{self, Kind, Metric, MetricUnit};

/// From this ratio of the highest to the lowest on, a scale is logarithmic.
pub(super) const WIDE: f64 = 50.0;

/// A column of the tables.
pub(crate) struct Subject {
    /// A metric, `expect.NAME` or `claims.NAME`.
    pub column: String,
    /// What it is called in the chart.
    pub name: String,
    metric: Option<&'static Metric>,
}

impl Subject {
    pub(super) fn of(data: &Data, column: &str) -> Subject {
        let checks = data.points.iter().flat_map(|point| &point.checks);
        let looked = checks.into_iter().find(|check| check.column == column).map(|check| &check.metric);
        let name = looked.map_or_else(|| column.to_owned(), |metric| format!("{metric} in {column}"));
        let metric = metrics::find(looked.map_or(column, String::as_str));
        Subject { column: column.to_owned(), name, metric }
    }

    /// A metric itself.
    pub(crate) fn plain(name: &str) -> Subject {
        Subject { column: name.to_owned(), name: name.to_owned(), metric: metrics::find(name) }
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        self.metric.map(|metric| metric.kind)
    }

    /// The mean at a point, and its interval.
    pub(super) fn figure(&self, point: &Point) -> Option<Among> {
        point.figure(&self.column)
    }

    /// What became of all that is claimed of it at a point, or else expected: one that fails decides.
    pub(super) fn verdict(&self, point: &Point) -> Option<Verdict> {
        point.checks_of(&self.column).map(|check| check.verdict).max()
    }

    /// What is claimed of it anywhere, or else expected, each once.
    pub(super) fn checks<'d>(&'d self, data: &'d Data) -> Vec<&'d Check> {
        let mut found: Vec<&Check> = Vec::new();
        for check in data.points.iter().flat_map(|point| point.checks_of(&self.column)) {
            let is_known = found.iter().any(|known| {
                known.column == check.column && (known.min, known.max) == (check.min, check.max)
            });
            if !is_known {
                found.push(check);
            }
        }
        found
    }

    /// A check with its bounds: `claims.fast: at most 1 s`.
    pub(super) fn wanted(&self, check: &Check) -> String {
        format!("{}: {}", check.column, check.bounds(|bound| self.told(bound)))
    }

    /// A value in a sentence.
    pub(super) fn told(&self, value: f64) -> String {
        let unit = self.metric.map(|metric| metric.unit);
        match self.kind() {
            _ if value.is_infinite() => "longer than any time".to_owned(),
            Some(Kind::Share) => percent(value),
            Some(Kind::Time) => duration(value),
            _ => match unit {
                Some(MetricUnit::Seconds | MetricUnit::Bytes | MetricUnit::Eth) => {
                    format!("{}{NBSP}{}", figure(value), unit.map_or("", MetricUnit::name))
                }
                _ => figure(value),
            },
        }
    }

    /// A mean with its interval and runs in a sentence.
    pub(super) fn told_among(&self, among: Among) -> String {
        let Among { low, mid, high, n } = among;
        let interval = if low < high {
            format!(" (95{NBSP}%: {} to {})", self.told(low), self.told(high))
        } else {
            String::new()
        };
        format!("{}{interval}, n = {n}", self.told(mid))
    }

    /// The values' own axis, beginning where such an axis does; logarithmic where the least would be lost beside the most.
    pub(crate) fn axis(&self, least: f64, most: f64) -> Axis {
        let name = &self.name;
        match self.kind() {
            Some(Kind::Share) if share_below(least) > 0.0 => {
                Axis::share(&format!("{name} (%)"), share_below(least))
            }
            Some(Kind::Share) => Axis::share_to(&format!("{name} (%)"), round_up(most.max(0.01))),
            Some(Kind::Time) => Axis::delay(name, least, most),
            Some(Kind::Rate) => Axis::bitrate(name, most),
            Some(Kind::Signed) => Axis::fine(name, least.min(0.0), most),
            _ if least > 0.0 && most > WIDE * least => self.between(least, most, true),
            _ => Axis::linear(&self.titled(), 0.0, round_up(most)),
        }
    }

    /// Their axis between exactly these bounds.
    pub(super) fn between(&self, low: f64, high: f64, log: bool) -> Axis {
        let name = &self.name;
        let axis = match self.kind() {
            Some(Kind::Share) => Axis::share(&format!("{name} (%)"), 0.0),
            Some(Kind::Time) => Axis::delay(name, 0.0, high),
            Some(Kind::Rate) => Axis::bitrate(name, high),
            _ => Axis::linear(&self.titled(), low, high),
        };
        axis.between(low, high, log)
    }

    fn titled(&self) -> String {
        match self.metric.map(|metric| metric.unit) {
            Some(MetricUnit::Plain) | None => self.name.clone(),
            Some(unit) => format!("{} ({})", self.name, unit.name()),
        }
    }

    /// The lowest mean and the highest, and where they are.
    pub(super) fn finding(&self, data: &Data) -> String {
        let name = &self.name;
        let told = |value: f64| self.told(value);
        let mut known: Vec<(f64, &Point)> = data
            .points
            .iter()
            .filter_map(|point| Some((self.figure(point)?.mid, point)))
            .filter(|(mid, _)| mid.is_finite())
            .collect();
        known.sort_by(|a, b| a.0.total_cmp(&b.0));
        let is_endless = |point: &&Point| self.figure(point).is_some_and(|among| among.mid.is_infinite());
        let endless = data.points.iter().filter(is_endless).count();
        let at = |point: &Point| data.place_of(point, &[]);
        let all = match (known.first(), known.last()) {
            (Some((low, of_low)), Some((high, of_high))) if low < high => {
                format!("{name}: {} ({}) to {} ({})", told(*low), at(of_low), told(*high), at(of_high))
            }
            (Some((same, _)), _) if known.len() == data.points.len() => {
                format!("{name}: {} at every point", told(*same))
            }
            (Some((same, _)), _) => format!("{name}: {}", told(*same)),
            _ if endless > 0 => name.clone(),
            _ => return format!("{name}: no point has a value"),
        };
        match endless {
            0 => all,
            _ => format!("{all}; longer than any time at {endless} of {} points", data.points.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_by_much_has_a_logarithmic_scale_unless_it_touches_zero() {
        let axis = |least| Subject::plain("queries.copies_mean").axis(least, 92_570.0);
        assert!(axis(498.0).title.ends_with("(messages, log scale)"), "{}", axis(498.0).title);
        assert_eq!(axis(0.0).title, "queries.copies_mean (messages)");
        assert_eq!(axis(10_000.0).title, "queries.copies_mean (messages)");
    }

    #[test]
    fn the_title_says_how_far_the_metric_goes_and_where() {
        let points: [(&[&str], Option<f64>); 3] =
            [(&["0.0"], Some(1.0)), (&["0.2"], Some(30.0)), (&["0.1"], Some(2.0))];
        let told = |points: &[(&[&str], Option<f64>)]| {
            let data = Data::made(&["network.loss"], points);
            Subject::of(&data, "m").finding(&data)
        };
        assert_eq!(told(&points), "m: 1 (network.loss 0.0) to 30 (network.loss 0.2)");
        let mut endless = points;
        endless[1].1 = Some(f64::INFINITY);
        let said = told(&endless);
        assert!(said.ends_with("to 2 (network.loss 0.1); longer than any time at 1 of 3 points"), "{said}");
        assert_eq!(told(&[(&["1"], Some(2.0)), (&["2"], Some(2.0))]), "m: 2 at every point");
        assert_eq!(told(&[(&["1"], Some(2.0)), (&["2"], None)]), "m: 2");
        assert_eq!(told(&[(&["1"], None)]), "m: no point has a value");
    }
}
