//! How a metric grows with an axis: the exponent of a power law, from replications at all values of the axis.

use std::collections::BTreeSet;

use super::cell::cell;
use crate::batch::{Evidence, Replication};
use crate::metrics::{Cell, Sample, Table, study_chart};
use crate::results::Estimate;
use crate::scenario::{Setting, SweepChart, quantity};

/// The values of a metric over an axis, where all other axes have the same values.
struct Line<'l> {
    /// What the other axes are set to.
    others: Vec<&'l Setting>,
    /// The logarithms of the axis, rising, each with what the runs there found.
    points: Vec<(f64, &'l [Replication])>,
}

/// An exponent of a line, or of a part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Exponent {
    /// The metric.
    pub metric: String,
    /// The path of the axis.
    pub axis: String,
    /// The other axes, with their values.
    pub others: Vec<Setting>,
    /// What of the axis it is of.
    pub part: Part,
    /// Between these values of the axis.
    pub span: (f64, f64),
    /// Over the replications that have a positive value everywhere in the part.
    pub estimate: Estimate,
}

/// What of an axis an exponent is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    All,
    /// Its lower half, and its upper one: where they have different exponents, all of it is no power law. Both have the
    /// middle value of an odd number; of three values or more.
    Lower,
    /// See `Lower`.
    Upper,
}

impl Part {
    /// Its word in the table.
    pub fn word(self) -> &'static str {
        match self {
            Part::All => "all",
            Part::Lower => "lower",
            Part::Upper => "upper",
        }
    }

    /// Which of so many values it has; `None` where halves would be the whole.
    fn of(self, values: usize) -> Option<std::ops::Range<usize>> {
        // Two values at least, and no value in neither half.
        let half = values.div_ceil(2).max(2);
        match self {
            Part::All => (values > 1).then_some(0..values),
            Part::Lower => (values > 2).then_some(0..half),
            Part::Upper => (values > 2).then(|| values - half..values),
        }
    }
}

/// Whether a chart shows exponents.
pub(super) fn is_asked(chart: &SweepChart) -> bool {
    *chart.kind == study_chart::SCALING
}

/// How fast what these charts are about grows with their axes, at points with these settings and runs.
pub(super) fn exponents(charts: &[SweepChart], points: &[(&[Setting], &[Replication])]) -> Vec<Exponent> {
    let of_chart = |chart: &SweepChart| {
        let axis = chart.x.as_deref().unwrap_or_default();
        lines(axis, points).iter().flat_map(|line| line.exponents(&chart.metric, axis)).collect::<Vec<_>>()
    };
    charts.iter().filter(|chart| is_asked(chart)).flat_map(of_chart).collect()
}

/// Every line over the axis of this path, in the order of the points.
fn lines<'l>(axis: &str, points: &[(&'l [Setting], &'l [Replication])]) -> Vec<Line<'l>> {
    let mut lines: Vec<Line<'l>> = Vec::new();
    for (settings, runs) in points {
        let (own, others): (Vec<&Setting>, Vec<&Setting>) =
            settings.iter().partition(|setting| setting.path == axis);
        let Some(place) = own.first().and_then(|setting| logarithm(&setting.value)) else { continue };
        let known = lines.iter().position(|line| line.others == others);
        let known = known.unwrap_or_else(|| {
            lines.push(Line { others, points: Vec::new() });
            lines.len() - 1
        });
        lines[known].points.push((place, runs));
    }
    for line in &mut lines {
        line.points.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    lines
}

/// Of a number with its unit, which is the same all over an axis.
fn logarithm(value: &str) -> Option<f64> {
    let (number, _) = quantity(value)?;
    (number > 0.0 && number.is_finite()).then(|| libm::log(number))
}

impl Line<'_> {
    /// The exponents of a metric in all parts.
    fn exponents(&self, metric: &str, axis: &str) -> Vec<Exponent> {
        [Part::All, Part::Lower, Part::Upper]
            .into_iter()
            .filter_map(|part| self.exponent(metric, axis, part))
            .collect()
    }

    /// The mean of the slopes of each replication, which has the same seed at all points: what its luck adds at all of them is
    /// in none of their differences, and replications are independent.
    fn exponent(&self, metric: &str, axis: &str, part: Part) -> Option<Exponent> {
        let points = &self.points[part.of(self.points.len())?];
        let replications = points.iter().map(|(_, runs)| runs.len()).min()?;
        let slope_of = |replication: usize| {
            let values = points.iter().map(|(place, runs)| {
                let value = runs[replication].metrics.get(metric).copied().flatten()?;
                (value > 0.0 && value.is_finite()).then(|| (*place, libm::log(value)))
            });
            slope(&values.collect::<Option<Vec<_>>>()?)
        };
        let slopes = (0..replications).map(|replication| (slope_of(replication), None::<&Sample>));
        let mut estimate = Evidence::of("", slopes).estimate();
        if estimate.sd.0 == Some(0.0) {
            // Equal slopes do not prove that there is no spread.
            (estimate.ci_low, estimate.ci_high) = (None.into(), None.into());
        }
        let (first, last) = (points.first()?.0, points.last()?.0);
        Some(Exponent {
            metric: metric.to_owned(),
            axis: axis.to_owned(),
            others: self.others.iter().map(|setting| (*setting).clone()).collect(),
            part,
            span: (libm::exp(first), libm::exp(last)),
            estimate,
        })
    }
}

/// The slope of the line of least squares; `None` where all are in one place.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / n, y + point.1 / n));
    let (mut both, mut squares) = (0.0, 0.0);
    for point in points {
        both += (point.0 - x) * (point.1 - y);
        squares += (point.0 - x) * (point.0 - x);
    }
    (squares > 0.0).then(|| both / squares)
}

/// The rows of `scaling.csv`.
pub(super) fn table(exponents: &[Exponent]) -> Table {
    let axes: BTreeSet<&str> = exponents
        .iter()
        .flat_map(|exponent| exponent.others.iter().map(|setting| setting.path.as_str()))
        .collect();
    let columns = ["metric", "axis", "part", "from", "to", "n", "exponent", "ci_low", "ci_high"];
    let header = axes.iter().copied().chain(columns).map(str::to_owned).collect();
    let row = |exponent: &Exponent| {
        let other = |path: &&str| {
            let setting = exponent.others.iter().find(|setting| setting.path == **path);
            setting.map_or(Cell::Empty, cell)
        };
        let Estimate { n, mean, ci_low, ci_high, .. } = exponent.estimate;
        let own = [
            Cell::from(exponent.metric.as_str()),
            Cell::from(exponent.axis.as_str()),
            Cell::from(exponent.part.word()),
            Cell::from(Some(rounded(exponent.span.0))),
            Cell::from(Some(rounded(exponent.span.1))),
            Cell::from(n),
        ];
        let figures = [mean, ci_low, ci_high].map(|figure| Cell::from(figure.0.map(decimals)));
        axes.iter().map(other).chain(own).chain(figures).collect()
    };
    Table { header, rows: exponents.iter().map(row).collect() }
}

/// What went through a logarithm and back, without the digits that rounding made.
fn rounded(value: f64) -> f64 {
    format!("{value:.9e}").parse().unwrap_or(value)
}

/// An exponent as far as it means anything: of what does not grow, rounding leaves one that is not quite 0.
fn decimals(exponent: f64) -> f64 {
    (exponent * 1e9).round() / 1e9 + 0.0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::results::Counts;

    fn setting(path: &str, value: &str) -> Setting {
        Setting { path: path.to_owned(), value: value.to_owned() }
    }

    fn runs(values: &[Option<f64>]) -> Vec<Replication> {
        let run = |value: &Option<f64>| Replication {
            seed: 1,
            fingerprint: String::new(),
            sim_seconds: 0.0,
            metrics: BTreeMap::from([("m".to_owned(), *value)]),
            selected: Vec::new(),
            samples: BTreeMap::new(),
            selected_samples: Vec::new(),
            counts: Counts::default(),
        };
        values.iter().map(run).collect()
    }

    /// The exponents over nodes of two ways, whose value is made of the way, the nodes, and the luck of a replication.
    fn exponents(luck: &[f64], of: impl Fn(&str, f64, f64) -> Option<f64>) -> Vec<Exponent> {
        let mut points = Vec::new();
        for way in ["\"tree\"", "\"lookup\""] {
            for nodes in ["400", "100", "200", "800"] {
                let number: f64 = nodes.parse().expect("a number");
                let values: Vec<Option<f64>> = luck.iter().map(|luck| of(way, number, *luck)).collect();
                points.push((vec![setting("way", way), setting("nodes", nodes)], runs(&values)));
            }
        }
        let points: Vec<(&[Setting], &[Replication])> =
            points.iter().map(|(settings, runs)| (&settings[..], &runs[..])).collect();
        lines("nodes", &points).iter().flat_map(|line| line.exponents("m", "nodes")).collect()
    }

    #[test]
    fn a_power_law_has_its_exponent_in_every_part_and_luck_at_all_points_takes_nothing_from_it() {
        let all = exponents(&[1.0, 3.0, 0.2], |way, nodes, luck| {
            Some(luck * if way == "\"tree\"" { 7.0 * nodes } else { libm::sqrt(nodes) })
        });
        let words: Vec<&str> = all.iter().map(|exponent| exponent.part.word()).collect();
        assert_eq!(words, ["all", "lower", "upper", "all", "lower", "upper"]);
        for (exponent, wanted) in all.iter().zip([1.0, 1.0, 1.0, 0.5, 0.5, 0.5]) {
            let found = exponent.estimate.mean.0.expect("an exponent");
            assert!((found - wanted).abs() < 1e-12 && exponent.estimate.n == 3, "{exponent:?}");
        }
        let spans: Vec<[f64; 2]> = all[..3].iter().map(|e| [rounded(e.span.0), rounded(e.span.1)]).collect();
        assert_eq!(spans, [[100.0, 800.0], [100.0, 200.0], [400.0, 800.0]]);
    }

    #[test]
    fn what_grows_by_steps_has_a_lower_exponent_the_further_it_comes() {
        // Slopes of ln(log2 n) over ln n are 1 / ln n.
        let all = exponents(&[1.0, 1.0], |_, nodes, _| Some(libm::log2(nodes)));
        let [of_all, lower, upper] = [0, 1, 2].map(|place| all[place].estimate.mean.0.expect("an exponent"));
        assert!(lower > of_all && of_all > upper, "{lower} {of_all} {upper}");
        assert!((lower - 1.0 / libm::log(141.0)).abs() < 0.002, "{lower}");
        assert_eq!(all[0].estimate.interval(), None, "without any spread");
    }

    #[test]
    fn replications_that_spread_make_an_interval_and_those_without_a_value_count_for_nothing() {
        let all =
            exponents(&[0.9, 1.0, 1.1, 0.0], |_, nodes, luck| (luck > 0.0).then(|| libm::pow(nodes, luck)));
        let estimate = all[0].estimate;
        let (low, high) = estimate.interval().expect("an interval");
        // Student's t with two degrees of freedom: 4.303 · 0.1 / √3.
        assert!(estimate.n == 3 && (high - low - 2.0 * 0.2484).abs() < 1e-3, "{estimate:?}");
        let table = table(&all);
        assert_eq!(table.header[..4], ["way", "metric", "axis", "part"]);
        assert_eq!(table.rows[0][0], Cell::Text("tree".to_owned()));
    }

    #[test]
    fn two_values_have_no_halves_and_one_has_no_exponent() {
        assert_eq!([Part::All, Part::Lower, Part::Upper].map(|part| part.of(2)), [Some(0..2), None, None]);
        assert_eq!(
            [Part::All, Part::Lower, Part::Upper].map(|part| part.of(3)),
            [Some(0..3), Some(0..2), Some(1..3)]
        );
        assert_eq!([Part::Lower, Part::Upper].map(|part| part.of(5)), [Some(0..3), Some(2..5)]);
        assert_eq!(Part::All.of(1), None);
        assert_eq!(
            ["300", "\"10 ms\"", "0.5", "\"tree\"", "0"].map(|text| logarithm(text).is_some()),
            [true, true, true, false, false]
        );
        assert_eq!(slope(&[(1.0, 2.0), (1.0, 3.0)]), None);
    }
}
