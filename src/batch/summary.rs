//! Replications summed up: their figures, expectations and claims, and the tables of them.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Evidence, wilson};
use crate::metrics::{Cell, Sample, Schema, Table, tables};
use crate::results::parquet::{self, Parquet};
use crate::results::replications::{Point, Points, RunRow, Runs};
use crate::results::{
    self, Bounds, Counts, Estimate, Expected, Figure, Identity, Look, Manifest, Outcome, ReadError, Spread,
    Stored, Summary, Timing, Tried, Verdict, WriteError,
};
use crate::scenario::{Expectation, Scenario};

/// What is kept of one replication; its folder has the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Replication {
    /// Seed of the run.
    pub seed: u64,
    /// Hash over all events handled, in hexadecimal.
    pub fingerprint: String,
    /// How far it came, in seconds of simulated time.
    pub sim_seconds: f64,
    /// Every metric by name; `None` where there was nothing to count.
    pub metrics: BTreeMap<String, Option<f64>>,
    /// The values of the expectations, then of the claims' trials.
    pub selected: Vec<Option<f64>>,
    /// What is behind metrics, where an interval depends on it.
    pub samples: BTreeMap<String, Sample>,
    /// The same for the selected values.
    pub selected_samples: Vec<Option<Sample>>,
    /// How large the run was.
    pub counts: Counts,
}

impl Replication {
    /// What is kept of a run that is written nowhere.
    pub fn of(scenario: &Scenario, outcome: Outcome) -> Replication {
        let counts = Counts::of(scenario, &outcome);
        Replication {
            seed: outcome.seed,
            fingerprint: outcome.ended.fingerprint.to_string(),
            sim_seconds: outcome.ended.now.as_seconds(),
            metrics: outcome.figures.metrics,
            selected: outcome.figures.selected,
            samples: outcome.figures.samples,
            selected_samples: outcome.figures.selected_samples,
            counts,
        }
    }

    /// What is to be kept of the run in a folder.
    ///
    /// # Errors
    /// When its manifest or summary can't be read.
    pub fn read(folder: &Path) -> Result<Replication, ReadError> {
        let Stored { summary, manifest, .. } = results::read(folder)?;
        Ok(Replication::stored(summary, manifest.counts))
    }

    /// What is to be kept of a run with this summary.
    pub fn stored(summary: Summary, counts: Counts) -> Replication {
        let expected = summary.expect.into_iter().map(|expected| (expected.value, expected.sample));
        let tried = summary.claims.into_iter().map(|tried| (tried.value, tried.sample));
        let selected =
            expected.chain(tried).map(|(value, sample)| (value_of(value, sample.as_ref()), sample));
        let (selected, selected_samples) = selected.unzip();
        let samples = &summary.samples;
        let value = |(name, figure): (String, Figure)| {
            let value = value_of(figure, samples.get(&name));
            (name, value)
        };
        Replication {
            seed: summary.seed,
            fingerprint: summary.fingerprint,
            sim_seconds: summary.sim_seconds.0.unwrap_or_default(),
            selected,
            selected_samples,
            metrics: summary.metrics.into_iter().map(value).collect(),
            samples: summary.samples,
            counts,
        }
    }
}

/// The value of a figure in a file. A time that is longer than any is no number there, but what is behind it tells.
fn value_of(figure: Figure, sample: Option<&Sample>) -> Option<f64> {
    figure.0.or_else(|| sample.is_some_and(Sample::is_endless).then_some(f64::INFINITY))
}

/// All replications together: means and their intervals; expectations and claims are judged by the interval of the mean.
pub fn summarise(scenario: &Scenario, runs: &[Replication]) -> Summary {
    let intervals = estimates(runs);
    let expected = scenario.expectations.iter().enumerate();
    let tried = (scenario.expectations.len()..).zip(&scenario.claims);
    Summary {
        scenario: scenario.name.clone(),
        seed: scenario.seed,
        replications: Some(runs.len() as u32),
        fingerprint: joint_fingerprint(runs),
        events: runs.iter().map(|run| run.counts.events).sum(),
        sim_seconds: runs.iter().map(|run| run.sim_seconds).sum::<f64>().into(),
        metrics: intervals.iter().map(|(name, estimate)| (name.clone(), estimate.mean)).collect(),
        expect: expected.map(|(place, e)| expect(scenario, e, runs, place)).collect(),
        claims: tried
            .map(|(place, trial)| {
                let evidence = selected(&trial.expectation, runs, place);
                let judged = evidence.judge(Bounds::of(&trial.expectation));
                Tried::of(scenario, trial, evidence.estimate(), judged)
            })
            .collect(),
        samples: BTreeMap::new(),
        intervals,
    }
}

/// The values of expectations and claims in the runs, each under its path in the scenario: `expect.NAME` or `claims.NAME`.
/// A metric of the same name may be over another time, or another group.
pub fn judged(scenario: &Scenario, runs: &[Replication]) -> Vec<(String, Vec<Option<f64>>, Estimate)> {
    let expected = scenario.expectations.iter().map(|expectation| ("expect", expectation));
    let tried = scenario.claims.iter().map(|trial| ("claims", &trial.expectation));
    let of = |(place, (table, expectation)): (usize, (&str, &Expectation))| {
        let values = runs.iter().map(|run| run.selected.get(place).copied().flatten()).collect();
        (format!("{table}.{}", expectation.name), values, selected(expectation, runs, place).estimate())
    };
    expected.chain(tried).enumerate().map(of).collect()
}

/// Writes what all replications come to into `folder`: `runs.csv`, `points.csv`, `summary.json`, `timing.json` and
/// the manifest, which comes last; the tables as Parquet, too, if it is wished for.
///
/// # Errors
/// When a file cannot be written; the folder then has no manifest.
pub fn write(
    folder: &Path,
    identity: &Identity,
    summary: &Summary,
    runs: &[Replication],
    timing: &Timing,
    parquet: Option<Parquet>,
) -> Result<(), WriteError> {
    let tables = [
        (Runs::FILE, parquet::RUNS, runs_table(runs)),
        (Points::FILE, parquet::POINTS, points_table(&summary.intervals)),
    ];
    for (plain, typed, table) in &tables {
        results::write_table(&folder.join(plain), table)?;
        if let Some(parquet) = parquet {
            let metrics = summary.intervals.keys().map(|name| (name.as_str(), name.as_str()));
            parquet.write(&folder.join(typed), table, &[], metrics)?;
        }
    }
    let counts = Counts {
        hosts: runs.first().map_or(0, |run| run.counts.hosts),
        events: summary.events,
        messages: runs.iter().map(|run| run.counts.messages).sum(),
    };
    let manifest = Manifest::new(identity, summary.fingerprint.clone(), counts);
    results::write_account(folder, summary, timing, &manifest)
}

/// `runs.csv`: a row per run: seed, fingerprint, then every metric by name.
pub fn runs_table(runs: &[Replication]) -> Table {
    let rows: Vec<RunRow> =
        runs.iter().map(|run| RunRow { seed: run.seed, fingerprint: &run.fingerprint }).collect();
    let mut table = tables::table::<Runs>(&rows, |_| true);
    table.header.extend(runs.first().into_iter().flat_map(|run| run.metrics.keys().cloned()));
    for (row, run) in table.rows.iter_mut().zip(runs) {
        row.extend(run.metrics.values().map(|value| Cell::from(*value)));
    }
    table
}

/// `points.csv`: a row per metric: n, mean, sd and the 95 % interval.
pub fn points_table(estimates: &BTreeMap<String, Estimate>) -> Table {
    let rows: Vec<Point> = estimates.iter().map(|(metric, estimate)| Point { metric, estimate }).collect();
    tables::table::<Points>(&rows, |_| true)
}

fn estimates(runs: &[Replication]) -> BTreeMap<String, Estimate> {
    let names = runs.first().into_iter().flat_map(|run| run.metrics.keys());
    names
        .map(|name| {
            let values =
                runs.iter().map(|run| (run.metrics.get(name).copied().flatten(), run.samples.get(name)));
            (name.clone(), Evidence::of(name, values).estimate())
        })
        .collect()
}

/// What the runs say about the selection at this place: the expectations of the scenario come first, then the trials.
pub fn selected<'r>(expectation: &Expectation, runs: &'r [Replication], place: usize) -> Evidence<'r> {
    let of_run = |run: &'r Replication| {
        let sample = run.selected_samples.get(place).and_then(Option::as_ref);
        (run.selected.get(place).copied().flatten(), sample)
    };
    Evidence::of(&expectation.select.metric, runs.iter().map(of_run))
}

fn expect(scenario: &Scenario, expectation: &Expectation, runs: &[Replication], place: usize) -> Expected {
    let bounds = Bounds::of(expectation);
    let held = runs.iter().filter(|run| bounds.hold(run.selected.get(place).copied().flatten())).count();
    let (holds_ci_low, holds_ci_high) = wilson(held as u32, runs.len() as u32);
    let evidence = selected(expectation, runs, place);
    let (estimate, judged) = (evidence.estimate(), evidence.judge_expectation(bounds));
    Expected {
        name: expectation.name.clone(),
        look: Look::of(scenario, &expectation.select),
        value: estimate.mean,
        bounds,
        sample: None,
        holds: judged.verdict == Verdict::Holds,
        spread: Some(Spread {
            ci_low: estimate.ci_low,
            ci_high: estimate.ci_high,
            holds_ratio: held as f64 / runs.len().max(1) as f64,
            holds_ci_low,
            holds_ci_high,
            judged,
        }),
    }
}

/// One fingerprint for all: the hash over those of the runs, in order, cut to their length.
fn joint_fingerprint(runs: &[Replication]) -> String {
    let mut hasher = blake3::Hasher::new();
    for run in runs {
        hasher.update(run.fingerprint.as_bytes());
    }
    hasher.finalize().to_hex().chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Figure;

    const SCENARIO: &str = r#"
        name = "two"
        duration = "60 s"
        [groups.all]
        count = 2
        [network]
        latency = { fixed = "40 ms" }
        [workloads.probe]
        kind = "traffic"
        from = "all"
        to = "all"
        arrivals = { every = "1 s" }
        size = "100 B"
        [expect.few_are_lost]
        metric = "messages.lost"
        max = 2
        [claims.soon]
        claim = "fast"
        metric = "traffic.probe.delay_mean_s"
        max = 2.0
    "#;

    fn scenario() -> Scenario {
        crate::scenario::parse("two.toml", SCENARIO, &[]).expect("the scenario is valid")
    }

    fn replication(seed: u64, lost: f64, delay: Option<f64>) -> Replication {
        Replication {
            seed,
            fingerprint: format!("{seed:032x}"),
            sim_seconds: 60.0,
            metrics: BTreeMap::from([("messages.lost".to_owned(), Some(lost)), ("delay".to_owned(), delay)]),
            selected: vec![Some(lost), delay],
            samples: BTreeMap::new(),
            selected_samples: vec![None, None],
            counts: Counts { hosts: 2, events: 100, messages: 10 },
        }
    }

    #[test]
    fn a_trial_that_fails_is_no_control_whatever_its_scenario_says() {
        let mut scenario = scenario();
        scenario.claims[0].by_construction = Some("a timer ends it".to_owned());
        let is_control = |delay| {
            let runs: Vec<_> = (1..=3).map(|seed| replication(seed, 0.0, delay)).collect();
            summarise(&scenario, &runs).claims[0].by_construction.is_some()
        };
        assert_eq!([Some(1.0), Some(3.0), None].map(is_control), [true, false, true], "at most 2");
    }

    #[test]
    fn an_expectation_is_judged_by_its_interval_like_a_claim() {
        let expected = |lost: &[f64]| {
            let runs: Vec<_> = lost.iter().map(|lost| replication(1, *lost, Some(1.0))).collect();
            let summary = summarise(&scenario(), &runs);
            let expected = summary.expect[0].clone();
            assert_eq!(summary.holds(), expected.holds);
            (expected.holds, expected.spread.expect("there are replications"))
        };
        // At most 2: one of ten may be above, as long as the mean is not.
        let (holds, spread) = expected(&[0.0, 0.0, 1.0, 0.0, 3.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        assert_eq!((holds, spread.holds_ratio, spread.judged.verdict), (true, 0.9, Verdict::Holds));
        assert!(spread.holds_ci_low < 0.9 && 0.9 < spread.holds_ci_high);
        assert_eq!((spread.judged.n, spread.judged.effect), (10, (-1.5).into()));
        let (holds, spread) = expected(&[1.0, 2.0, 3.0]);
        assert_eq!((holds, spread.judged.verdict), (false, Verdict::Inconclusive));
        let (holds, spread) = expected(&[20.0, 22.0, 21.0]);
        assert_eq!((holds, spread.judged.verdict), (false, Verdict::Fails));
    }

    #[test]
    fn a_claim_is_judged_by_its_whole_interval() {
        let verdict = |delays: [f64; 3]| {
            let runs = delays.map(|delay| replication(1, 0.0, Some(delay)));
            summarise(&scenario(), &runs).claims[0].judged.verdict
        };
        assert_eq!(verdict([1.0, 1.1, 1.2]), Verdict::Holds);
        assert_eq!(verdict([1.5, 1.9, 2.3]), Verdict::Inconclusive);
        assert_eq!(verdict([3.0, 3.1, 3.2]), Verdict::Fails);
    }

    #[test]
    fn a_verdict_takes_two_replications_and_a_value_in_each() {
        let judged = |delays: &[Option<f64>]| {
            let runs: Vec<_> = delays.iter().map(|delay| replication(1, 0.0, *delay)).collect();
            summarise(&scenario(), &runs).claims[0].judged
        };
        assert_eq!(judged(&[Some(1.0), Some(1.01), Some(1.02)]).verdict, Verdict::Holds);
        for delays in [&[Some(1.0)][..], &[Some(1.0), Some(1.01), None], &[None, None]] {
            let judged = judged(delays);
            assert_eq!((judged.verdict, judged.p_value), (Verdict::Inconclusive, Figure(None)), "{delays:?}");
            assert_eq!(judged.n as usize, delays.iter().flatten().count());
        }
    }

    #[test]
    fn sums_are_over_all_replications_and_a_missing_value_stays_missing() {
        let runs = [replication(7, 1.0, None), replication(8, 1.0, None)];
        let summary = summarise(&scenario(), &runs);
        assert_eq!((summary.events, summary.sim_seconds, summary.replications), (200, 120.0.into(), Some(2)));
        assert_eq!(summary.metrics["delay"], Figure(None));
        assert_eq!(summary.claims[0].judged.verdict, Verdict::Inconclusive);
        assert_ne!(summary.fingerprint, summarise(&scenario(), &runs[..1]).fingerprint);
    }

    #[test]
    fn tables_have_a_row_per_run_and_a_row_per_metric() {
        let runs = [replication(7, 1.0, None), replication(8, 3.0, Some(0.5))];
        let table = runs_table(&runs);
        assert_eq!(table.header, ["seed", "fingerprint", "delay", "messages.lost"]);
        assert_eq!(table.rows[0][0], Cell::Count(7));
        assert_eq!(table.rows[0][2], Cell::Empty);
        let points = points_table(&estimates(&runs));
        assert_eq!(points.header, ["metric", "n", "mean", "sd", "ci_low", "ci_high"]);
        assert_eq!(points.rows[0][..3], [Cell::Text("delay".to_owned()), Cell::Count(1), Cell::Number(0.5)]);
        assert_eq!(points.rows[0][3], Cell::Empty);
        assert_eq!(points.rows[1][2], Cell::Number(2.0));
    }

    #[test]
    fn a_summary_reads_back_as_it_was_written() {
        let runs = [replication(7, 1.0, None), replication(8, 3.0, Some(0.1 + 0.2))];
        let summary = summarise(&scenario(), &runs);
        let text = serde_json::to_string(&summary).expect("a summary is JSON");
        assert_eq!(serde_json::from_str::<Summary>(&text).expect("it was written so"), summary);
    }
}
