//! How often a comparison of a scenario with itself, under other seeds, finds that something has changed.

use std::fmt::Write;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use ir3sim::batch::{Comparison, Least, Replication, Workers, compare, run_one, seed_of};
use ir3sim::scenario;
use ir3sim::world::{RunError, RunOptions};

/// Half a minute of a small network whose hosts come and go.
const SCENARIO: &str = r#"
name = "small"
duration = "30 s"
warmup = "5 s"
cooldown = "5 s"
network = { latency = "world", loss = 0.01 }

[groups.homes]
count = 12
link = "residential"
transport = "udp"
stores = true
presence = { model = "exponential", online = "60 s", offline = "10 s" }

[groups.others]
count = 4
link = "datacentre"

[workloads.deeds]
kind = "record"
about = ["homes", "others"]
arrivals = { poisson = "8 /s" }

[workloads.questions]
kind = "query"
from = "homes"
about = ["homes", "others"]
arrivals = { poisson = "3 /s" }
"#;

const COMPARISONS: usize = 100;
/// Of each side.
const RUNS: usize = 10;
/// Of 100 comparisons with an error of 5 % each, 5 are wrong with a standard deviation of 2.2; more are with 0.4 %.
const MOST_FALSE_ALARMS: usize = 11;

/// As many runs as all comparisons take together, each under a seed of its own.
fn runs() -> Vec<Replication> {
    let scenario = scenario::parse("small.toml", SCENARIO, &[]).expect("a scenario");
    let count = 2 * RUNS * COMPARISONS;
    let workers = Workers::start(None, count).expect("threads");
    let run = |replication| -> Result<Replication, RunError> {
        let seed = seed_of(scenario.seed, replication);
        let outcome = run_one(&scenario, seed, RunOptions::default(), &mut |_| ControlFlow::Continue(()))?;
        Ok(Replication::of(&scenario, outcome))
    };
    workers.run(count as u32, &AtomicBool::new(false), run).expect("the runs go through")
}

/// What was found in all comparisons of a kind.
#[derive(Default)]
struct Found {
    metrics: usize,
    /// Comparisons in which some metric has changed.
    false_alarms: usize,
    tests: usize,
    /// Those of them that would be significant alone.
    alone: usize,
}

impl Found {
    fn add(&mut self, comparison: &Comparison) {
        let p_values = comparison.metrics.iter().filter_map(|metric| metric.p_value.0);
        self.metrics += comparison.metrics.len();
        self.tests += p_values.clone().count();
        self.alone += p_values.filter(|p| *p <= 0.05).count();
        self.false_alarms += usize::from(comparison.metrics.iter().any(|metric| metric.verdict.is_one()));
    }
}

/// A row for runs apart, and for the same runs put together in pairs.
pub(crate) fn table() -> String {
    let runs = runs();
    let (mut apart, mut paired) = (Found::default(), Found::default());
    for both in runs.chunks_exact(2 * RUNS) {
        let (a, b) = both.split_at(RUNS);
        apart.add(&compare(a, b, &Least::default(), |_| true));
        let named_alike =
            |(run, other): (&Replication, &Replication)| Replication { seed: other.seed, ..run.clone() };
        let as_pairs: Vec<Replication> = b.iter().zip(a).map(named_alike).collect();
        paired.add(&compare(a, &as_pairs, &Least::default(), |_| true));
    }
    let mut text = String::from(
        "| compared | comparisons | metrics in each | false alarms | metrics with p ≤ 0.05, of all with a p-value |\n\
         | --- | --- | --- | --- | --- |\n",
    );
    for (words, found) in [("apart, by Welch's test", apart), ("in pairs", paired)] {
        assert!(found.false_alarms <= MOST_FALSE_ALARMS, "{words}: {}", found.false_alarms);
        let (metrics, alone) = (found.metrics / COMPARISONS, 100.0 * found.alone as f64 / found.tests as f64);
        let false_alarms = found.false_alarms;
        writeln!(
            text,
            "| {words} | {COMPARISONS} | {metrics} | {false_alarms} | {alone:.1} % of {} |",
            found.tests
        )
        .expect("a text");
    }
    text
}
