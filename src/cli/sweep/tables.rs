//! `runs.csv` and `points.csv` of a sweep, read again.

use std::collections::BTreeMap;

use crate::batch::Replication;
use crate::results::{Counts, Estimate};
use crate::study::Verdicts;

/// The rows of `runs.csv` by points, of which each has as many as its summary says.
pub(crate) fn runs(table: &[u8], points: &[Verdicts]) -> Result<Vec<Vec<Replication>>, String> {
    let broken = |error: csv::Error| format!("runs.csv can't be read: {error}");
    let mut reader = csv::Reader::from_reader(table);
    let header = reader.headers().map_err(broken)?.clone();
    let place = |name: &str| header.iter().position(|column| column == name);
    let (seed, fingerprint) =
        place("seed").zip(place("fingerprint")).ok_or("runs.csv has no column seed or fingerprint")?;
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let metrics = (fingerprint + 1..header.len())
            .map(|place| (header[place].to_owned(), cell(place).parse::<f64>().ok()));
        all.push(Replication {
            seed: cell(seed).parse().map_err(|_| "runs.csv has a row without a seed")?,
            fingerprint: cell(fingerprint).to_owned(),
            sim_seconds: 0.0,
            metrics: metrics.collect(),
            selected: Vec::new(),
            samples: BTreeMap::new(),
            selected_samples: Vec::new(),
            counts: Counts::default(),
        });
    }
    let wanted: usize = points.iter().map(|point| point.replications as usize).sum();
    if all.len() != wanted {
        return Err(format!("runs.csv has {} rows, and summary.json tells of {wanted}", all.len()));
    }
    let mut rest = all.into_iter();
    Ok(points.iter().map(|point| rest.by_ref().take(point.replications as usize).collect()).collect())
}

/// The rows of `points.csv`, point by point: within one, metrics are in the order of their names. A mean that is longer than any
/// time has no number.
pub(crate) fn means(table: &[u8]) -> Result<Vec<BTreeMap<String, Estimate>>, String> {
    let broken = |error: csv::Error| format!("points.csv can't be read: {error}");
    let mut reader = csv::Reader::from_reader(table);
    let header = reader.headers().map_err(broken)?.clone();
    // An axis has a path, and comes first.
    let column = |name: &str| {
        let mut places = (0..header.len()).rev();
        let place = places.find(|place| header.get(*place) == Some(name));
        place.ok_or_else(|| format!("points.csv has no column {name}"))
    };
    let metric = column("metric")?;
    let [n, mean, sd] = [column("n")?, column("mean")?, column("sd")?];
    let [low, high] = [column("ci_low")?, column("ci_high")?];
    let mut points: Vec<BTreeMap<String, Estimate>> = Vec::new();
    let mut last: Option<csv::StringRecord> = None;
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let is_same_point = |last: &csv::StringRecord| {
            (0..metric).all(|axis| last.get(axis) == record.get(axis))
                && last.get(metric) < record.get(metric)
        };
        if !last.as_ref().is_some_and(is_same_point) {
            points.push(BTreeMap::new());
        }
        let number = |place: usize| record.get(place).and_then(|cell| cell.parse::<f64>().ok());
        let estimate = Estimate {
            n: record.get(n).and_then(|cell| cell.parse().ok()).unwrap_or_default(),
            sd: number(sd).into(),
            ci_low: number(low).into(),
            ci_high: number(high).into(),
            ..Estimate::single(number(mean))
        };
        if let Some(point) = points.last_mut() {
            point.insert(record.get(metric).unwrap_or_default().to_owned(), estimate);
        }
        last = Some(record);
    }
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_read_point_by_point() {
        let table = "loss,seed,fingerprint,m\n0,1,a,2.5\n0,2,b,\n1,1,c,3\n1,2,d,4\n1,3,e,5\n";
        let point = |replications| {
            let (set, fingerprint) = (BTreeMap::new(), String::new());
            Verdicts { set, fingerprint, replications, until: None, expect: Vec::new(), claims: Vec::new() }
        };
        assert!(runs(table.as_bytes(), &[point(2), point(2)]).is_err());
        let runs = runs(table.as_bytes(), &[point(2), point(3)]).expect("a table");
        assert_eq!(runs.iter().map(Vec::len).collect::<Vec<_>>(), [2, 3]);
        assert_eq!((runs[0][0].seed, runs[0][0].metrics["m"], runs[0][1].metrics["m"]), (1, Some(2.5), None));
    }

    #[test]
    fn rows_are_told_apart_by_point_even_where_two_points_are_the_same() {
        let table = "network.loss,metric,n,mean,sd,ci_low,ci_high\n0.0,a,3,1,0.5,1,2\n0.0,b,3,,,,\n0.0,a,3,1,0,1,2\n0.1,b,0,,,,\n";
        let points = means(table.as_bytes()).expect("a table");
        let sizes: Vec<usize> = points.iter().map(BTreeMap::len).collect();
        assert_eq!(sizes, [2, 1, 1]);
        let a = points[0]["a"];
        assert_eq!((a.n, a.mean.0, a.sd.0, a.interval()), (3, Some(1.0), Some(0.5), Some((1.0, 2.0))));
        let b = points[0]["b"];
        assert_eq!((b.n, b.mean.0, b.interval()), (3, None, None));
        assert!(means(b"network.loss,metric\n0.0,a\n").is_err());
    }
}
