//! `runs.csv` of a sweep, beside the means of `points.csv`.

use std::collections::BTreeMap;

use crate::batch::Replication;
use crate::metrics::with_endless;
use crate::results::Counts;
use crate::study::Verdicts;

/// A metric at a point. A mean that is longer than any time has no number, but runs that count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mean {
    pub n: u32,
    pub mean: Option<f64>,
    pub interval: Option<(f64, f64)>,
}

/// Its rows by points, of which each has as many as its summary says. The file has no number for what is longer than any time,
/// but the means have how many runs count.
pub(super) fn runs(
    table: &[u8],
    points: &[Verdicts],
    means: &[BTreeMap<String, Mean>],
) -> Result<Vec<Vec<Replication>>, String> {
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
    let of_point = |(point, means): (&Verdicts, &BTreeMap<String, Mean>)| {
        let mut runs: Vec<Replication> = rest.by_ref().take(point.replications as usize).collect();
        means.iter().for_each(|(metric, mean)| fill(&mut runs, metric, mean.n as usize));
        runs
    };
    Ok(points.iter().zip(means).map(of_point).collect())
}

/// Gives those runs that count and have no number one that is longer than any.
fn fill(runs: &mut [Replication], metric: &str, count: usize) {
    let values: Vec<Option<f64>> =
        runs.iter().map(|run| run.metrics.get(metric).copied().flatten()).collect();
    for (run, value) in runs.iter_mut().zip(with_endless(&values, count)) {
        if let Some(known) = run.metrics.get_mut(metric) {
            *known = value;
        }
    }
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
        let means = |n| BTreeMap::from([("m".to_owned(), Mean { n, mean: None, interval: None })]);
        let means = [means(1), means(3)];
        assert!(runs(table.as_bytes(), &[point(2), point(2)], &means).is_err());
        let found = runs(table.as_bytes(), &[point(2), point(3)], &means).expect("a table");
        let endless =
            [Mean { n: 2, ..means[0]["m"] }, means[1]["m"]].map(|m| BTreeMap::from([("m".to_owned(), m)]));
        let counted = runs(table.as_bytes(), &[point(2), point(3)], &endless).expect("a table");
        assert_eq!(counted[0][1].metrics["m"], Some(f64::INFINITY), "it counts, and has no number");
        let runs = found;
        assert_eq!(runs.iter().map(Vec::len).collect::<Vec<_>>(), [2, 3]);
        assert_eq!((runs[0][0].seed, runs[0][0].metrics["m"], runs[0][1].metrics["m"]), (1, Some(2.5), None));
    }
}
