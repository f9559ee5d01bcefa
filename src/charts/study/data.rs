//! The tables of a study: `points.csv`, and of `runs.csv` what is asked for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::course::Among;
use super::super::error::ChartError;
use super::check::{Check, Summary};
use super::sweep::Sweep;

/// A study's files.
pub(super) struct Data {
    pub folder: PathBuf,
    pub sweep: Sweep,
    pub fingerprint: String,
    /// Paths of what is varied.
    pub axes: Vec<String>,
    pub points: Vec<Point>,
}

/// A point of a study.
pub(super) struct Point {
    /// What is varied, axis by axis.
    pub at: Vec<String>,
    /// How many runs count for each metric, and the mean with its interval.
    figures: BTreeMap<String, (usize, Option<Among>)>,
    pub replications: u32,
    pub checks: Vec<Check>,
}

const POINTS: &str = "points.csv";
const RUNS: &str = "runs.csv";

/// A CSV file with a header.
pub(super) struct Csv {
    path: PathBuf,
    pub header: Vec<String>,
    pub records: Vec<csv::StringRecord>,
}

impl Csv {
    pub(super) fn read(folder: &Path, name: &str) -> Result<Csv, ChartError> {
        let path = folder.join(name);
        let bytes = std::fs::read(&path).map_err(|source| ChartError::Read { path: path.clone(), source })?;
        Csv::parse(path, &bytes)
    }

    pub(super) fn parse(path: PathBuf, bytes: &[u8]) -> Result<Csv, ChartError> {
        let mut reader = csv::Reader::from_reader(bytes);
        let broken = |error: csv::Error| ChartError::Table { path: path.clone(), message: error.to_string() };
        let header = reader.headers().map_err(broken)?.iter().map(str::to_owned).collect();
        let records = reader.records().collect::<Result<_, _>>().map_err(broken)?;
        Ok(Csv { path, header, records })
    }

    pub(super) fn place(&self, name: &str) -> Result<usize, ChartError> {
        let missing = || ChartError::Column { path: self.path.clone(), column: name.to_owned() };
        self.header.iter().position(|column| column == name).ok_or_else(missing)
    }
}

impl Point {
    /// The mean of a metric and its interval; none where no run has a value.
    pub(super) fn figure(&self, metric: &str) -> Option<Among> {
        self.figures.get(metric).and_then(|(_, figure)| *figure)
    }

    /// The claims about a column, or else the expectations: where both are, expectations say how an attack is expected to go.
    pub(super) fn checks_of<'p>(&'p self, column: &'p str) -> impl Iterator<Item = &'p Check> {
        let about = move |check: &&'p Check| check.is_about(column);
        let of_claims = self.checks.iter().filter(about).any(Check::is_claim);
        self.checks.iter().filter(about).filter(move |check| check.is_claim() == of_claims)
    }
}

impl Data {
    pub(super) fn read(folder: &Path) -> Result<Data, ChartError> {
        let (sweep, summary) = (Sweep::read(folder)?, Summary::read(folder)?);
        let table = Csv::read(folder, POINTS)?;
        let metric = table.place("metric")?;
        let figures = ["n", "mean", "ci_low", "ci_high"].map(|name| table.place(name));
        let [n, mean, low, high] = figures;
        let places = [n?, mean?, low?, high?];
        let mut points: Vec<Point> = Vec::new();
        for record in &table.records {
            let cell = |place: usize| record.get(place).unwrap_or_default();
            let at: Vec<String> = (0..metric).map(|place| cell(place).to_owned()).collect();
            let name = cell(metric).to_owned();
            // Points of a table may be the same: each has every metric once.
            let is_new = points.last().is_none_or(|last| last.at != at || last.figures.contains_key(&name));
            if is_new {
                let (checks, replications) =
                    (summary.checks(points.len()), summary.replications(points.len()));
                points.push(Point { at, figures: BTreeMap::new(), replications, checks });
            }
            let [n, mean, low, high] = places.map(|place| cell(place).parse::<f64>().ok());
            if let Some(point) = points.last_mut() {
                let count = n.unwrap_or_default() as usize;
                point.figures.insert(name, (count, among(n, mean, low.zip(high))));
            }
        }
        let axes = table.header[..metric].to_vec();
        Ok(Data { folder: folder.to_owned(), sweep, fingerprint: summary.fingerprint, axes, points })
    }

    /// Whether a point has a row for this metric.
    pub(super) fn has(&self, metric: &str) -> bool {
        self.points.iter().any(|point| point.figures.contains_key(metric))
    }

    /// The value of a metric in each run of each point, replication by replication; the same replication has the same seed
    /// at every point. What is longer than any time has no number in the file, as what there is not: `points.csv` has how
    /// many count, and so many are infinite.
    pub(super) fn runs(&self, metric: &str) -> Result<Vec<Vec<Option<f64>>>, ChartError> {
        let table = Csv::read(&self.folder, RUNS)?;
        let place = table.place(metric)?;
        let values: Vec<Option<f64>> =
            table.records.iter().map(|record| record.get(place).and_then(|cell| cell.parse().ok())).collect();
        if values.len() != self.all_runs() {
            let message =
                format!("{} rows, and not {} as `summary.json` has it", values.len(), self.all_runs());
            return Err(ChartError::Table { path: table.path, message });
        }
        let mut rest = &values[..];
        let of_point = |point: &Point| {
            let (runs, others) = rest.split_at(point.replications as usize);
            rest = others;
            let count = point.figures.get(metric).map_or(0, |(count, _)| *count);
            with_endless(runs, count)
        };
        Ok(self.points.iter().map(of_point).collect())
    }

    /// Runs at all points.
    pub(super) fn all_runs(&self) -> usize {
        self.points.iter().map(|point| point.replications as usize).sum()
    }

    /// Runs at the point with the fewest and at the one with the most.
    pub(super) fn replications(&self) -> (u32, u32) {
        let runs = || self.points.iter().map(|point| point.replications);
        (runs().min().unwrap_or_default(), runs().max().unwrap_or_default())
    }

    /// How many runs each point has, in words.
    pub(super) fn runs_each(&self) -> String {
        match self.replications() {
            (fewest, most) if fewest == most => most.to_string(),
            (fewest, most) => format!("{fewest} to {most}"),
        }
    }

    /// The values of an axis as numbers, point by point, in the unit of the first; `None` where one is none, or units are not
    /// of one kind.
    pub(super) fn numbers(&self, axis: usize) -> Option<(Vec<f64>, &str)> {
        let quantities: Vec<(f64, &str)> =
            self.points.iter().map(|point| quantity(&point.at[axis])).collect::<Option<_>>()?;
        let unit = quantities.first()?.1;
        let numbers = quantities.iter().map(|(number, own)| Some(number * in_units(own, unit)?));
        Some((numbers.collect::<Option<_>>()?, unit))
    }

    /// The value of an axis at a point as a number; 0 where it is none.
    pub(super) fn number(&self, axis: usize, point: usize) -> f64 {
        self.numbers(axis).map_or(0.0, |(numbers, _)| numbers[point])
    }

    /// How many different numbers an axis has; `None` where its values are none.
    pub(super) fn count(&self, axis: usize) -> Option<usize> {
        let mut numbers = self.numbers(axis)?.0;
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
        Some(numbers.len())
    }

    /// The axis with the most different numbers, of several the first.
    pub(super) fn across(&self) -> Option<usize> {
        let counts = (0..self.axes.len()).rev().filter_map(|axis| Some((self.count(axis)?, axis)));
        counts.filter(|(count, _)| *count > 1).max_by_key(|(count, _)| *count).map(|(_, axis)| axis)
    }

    /// A point for people, without these axes.
    pub(super) fn place_of(&self, point: &Point, without: &[usize]) -> String {
        let others = self.axes.iter().zip(&point.at).enumerate();
        let others = others.filter(|(axis, _)| !without.contains(axis));
        let named: Vec<String> =
            others.map(|(_, (path, value))| format!("{} {value}", short_path(path))).collect();
        named.join(", ")
    }
}

/// The mean and its interval. A mean that is longer than any time has no number in the file, but runs that count.
pub(crate) fn among(n: Option<f64>, mean: Option<f64>, interval: Option<(f64, f64)>) -> Option<Among> {
    let mid = mean.or(n.filter(|n| *n > 0.0).map(|_| f64::INFINITY))?;
    let (low, high) = interval.unwrap_or((mid, mid));
    Some(Among { low, mid, high, n: n.unwrap_or_default() as usize })
}

/// Units of one kind, and how large they are.
const UNITS: [&[(&str, f64)]; 4] = [
    &[("µs", 1e-6), ("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("min", 60.0), ("h", 3600.0), ("d", 86_400.0)],
    &[
        ("B", 1.0),
        ("kB", 1e3),
        ("MB", 1e6),
        ("GB", 1e9),
        ("KiB", 1024.0),
        ("MiB", 1_048_576.0),
        ("GiB", 1_073_741_824.0),
    ],
    &[("bit/s", 1.0), ("kbit/s", 1e3), ("Mbit/s", 1e6), ("Gbit/s", 1e9)],
    &[("/s", 1.0), ("/min", 1.0 / 60.0), ("/h", 1.0 / 3600.0), ("/d", 1.0 / 86_400.0)],
];

/// How many of a unit one of another is; `None` where they are not of one kind.
fn in_units(one: &str, unit: &str) -> Option<f64> {
    if one == unit {
        return Some(1.0);
    }
    let size = |kind: &[(&str, f64)], name: &str| {
        kind.iter().find(|(known, _)| *known == name).map(|(_, size)| *size)
    };
    UNITS.iter().find_map(|kind| Some(size(kind, one)? / size(kind, unit)?))
}

/// A number with its unit.
pub(super) fn quantity(text: &str) -> Option<(f64, &str)> {
    let end =
        text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, text[end..].trim()))
}

/// The last two parts of a path: one alone may say nothing, as `fixed` or `count` do.
pub fn short_path(path: &str) -> &str {
    let dots: Vec<usize> = path.match_indices('.').map(|(at, _)| at).collect();
    dots.len().checked_sub(2).map_or(path, |place| &path[dots[place] + 1..])
}

#[cfg(test)]
impl Data {
    /// Points by what is set at them and the mean of a metric `m`, whose interval is a tenth to both sides.
    pub(super) fn made(axes: &[&str], points: &[(&[&str], Option<f64>)]) -> Data {
        let point = |(at, mean): &(&[&str], Option<f64>)| Point {
            at: at.iter().map(|value| (*value).to_owned()).collect(),
            figures: BTreeMap::from([(
                "m".to_owned(),
                (5, mean.map(|mid| Among { low: mid * 0.9, mid, high: mid * 1.1, n: 5 })),
            )]),
            replications: 5,
            checks: Vec::new(),
        };
        Data {
            folder: PathBuf::new(),
            sweep: Sweep::default(),
            fingerprint: String::new(),
            axes: axes.iter().map(|axis| (*axis).to_owned()).collect(),
            points: points.iter().map(point).collect(),
        }
    }
}

/// The values of runs of which so many have one: files have no number for what is longer than any time.
fn with_endless(runs: &[Option<f64>], count: usize) -> Vec<Option<f64>> {
    let mut endless = count.saturating_sub(runs.iter().flatten().count());
    let mut fill = |value: &Option<f64>| {
        let is_endless = value.is_none() && endless > 0;
        endless -= usize::from(is_endless);
        if is_endless { Some(f64::INFINITY) } else { *value }
    };
    runs.iter().map(&mut fill).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_across_is_the_one_with_the_most_numbers() {
        let data = Data::made(
            &["protocol.dissemination", "network.loss", "window"],
            &[
                (&["tree", "0.0", "1 s"], Some(1.0)),
                (&["tree", "0.1", "2 s"], Some(2.0)),
                (&["gossip", "0.2", "1 s"], Some(3.0)),
            ],
        );
        assert_eq!(data.across(), Some(1));
        assert_eq!(data.numbers(2), Some((vec![1.0, 2.0, 1.0], "s")));
        assert_eq!((data.numbers(0), data.count(2)), (None, Some(2)));
        let times = Data::made(&["a"], &[(&["30 s"], None), (&["2 min"], None), (&["1 h"], None)]);
        assert_eq!(times.numbers(0), Some((vec![30.0, 120.0, 3600.0], "s")));
        let mixed = Data::made(&["a"], &[(&["30 s"], None), (&["2 KiB"], None), (&["1"], None)]);
        assert_eq!((mixed.numbers(0), mixed.number(0, 1)), (None, 0.0));
        assert_eq!(data.place_of(&data.points[1], &[1]), "protocol.dissemination tree, window 2 s");
        assert_eq!(["a", "a.b", "groups.all.count"].map(short_path), ["a", "a.b", "all.count"]);
    }

    #[test]
    fn a_mean_without_a_number_is_longer_than_any_time_if_runs_count() {
        assert_eq!(among(Some(3.0), None, None).map(|among| among.mid), Some(f64::INFINITY));
        assert_eq!(among(Some(0.0), None, None), None);
    }

    #[test]
    fn of_runs_without_a_number_as_many_are_endless_as_count() {
        let endless = Some(f64::INFINITY);
        assert_eq!(with_endless(&[Some(1.0), None, None], 2), [Some(1.0), endless, None]);
        assert_eq!(with_endless(&[Some(1.0), None], 1), [Some(1.0), None]);
    }
}
