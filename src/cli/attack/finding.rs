//! What was found: `attack.json`.

use serde::Serialize;

use super::search::{Searched, beyond};
use super::task::{LeftOut, Task};
use crate::batch::{Known, Least, Replication, compare_at_points, selected};
use crate::results::{Bounds, Estimate, Figure, Judged, Look, Verdict};
use crate::scenario::{ClaimTrial, Scenario};
use crate::study::attack::{Attack, Budget, affords, cost, past, sent};

/// What was asked, what was found, and how it compares with the attack that the scenario has.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    /// Name of the scenario.
    pub scenario: String,
    /// The claim that was attacked.
    pub claim: &'static str,
    /// Name of its trial that is broken most.
    pub trial: String,
    /// What the trial looks at.
    #[serde(flatten)]
    pub look: Look,
    /// Between which bounds that has to be.
    #[serde(flatten)]
    pub bounds: Bounds,
    /// What the attack may cost.
    pub budget: Budget,
    /// Where the seeds begin.
    pub seed: u64,
    /// Rounds of the search, attempts in each, runs of each.
    pub rounds: u32,
    pub attempts: u32,
    pub replications: u32,
    /// Runs under seeds that the search has not seen.
    pub held_out: u32,
    /// Attempts that did not count, by why.
    pub beyond: Vec<(&'static str, usize)>,
    /// Kinds of conduct that a group cannot have here.
    pub left_out: Vec<LeftOut>,
    /// The attack that was found.
    pub attack: Attack,
    /// The same as overrides of the scenario.
    pub overrides: Vec<String>,
    /// What it comes to, under seeds that the search has not seen.
    pub found: Side,
    /// What the scenario comes to as it is, under the same.
    pub written: Side,
    /// Whether the scenario has no attackers of its own: then what is written is the same hosts, honest.
    pub joined: bool,
    /// The difference found − written.
    pub difference: Contrast,
    /// Whether what was found goes further past the bound than what is written, by more than chance.
    pub beats: bool,
}

/// What an attack comes to, and what it costs.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Side {
    /// The trial's metric.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// What that says about the bound.
    pub judged: Judged,
    /// Hosts of all attackers.
    pub hosts: u64,
    /// Their identities.
    pub identities: u64,
    /// Their stake, in ETH.
    pub stake: f64,
    /// Bytes that they put on the wire in a run, in the mean.
    pub bytes: f64,
    /// Of all runs the most.
    pub most_bytes: f64,
    /// Whether it is within the budget, in each run.
    pub within: bool,
}

/// A difference of pairs of runs under the same seeds.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Contrast {
    pub difference: Figure,
    pub ci_low: Figure,
    pub ci_high: Figure,
    pub p_value: Figure,
    /// Pairs.
    pub pairs: u32,
    /// Those of them that are the same run twice.
    pub identical: u32,
}

impl Finding {
    pub(super) fn of(task: &Task<'_>, searched: &Searched) -> Finding {
        let name = &searched.score.trial;
        let (place, trial) = find(&searched.scenario, name);
        let (_, written_place) = (trial, find(&task.scenario, name).0);
        let bounds = Bounds::of(&trial.expectation);
        let budget = task.args.budget;
        let found = Side::of(&searched.scenario, (trial, place), &searched.found, &budget);
        let written = Side::of(&task.scenario, (trial, written_place), &searched.written, &budget);
        let difference = contrast(trial, (&searched.written, written_place), (&searched.found, place));
        let further = |side: &Side| side.estimate.mean.0.map_or(f64::NEG_INFINITY, |mean| past(bounds, mean));
        let is_sure =
            difference.ci_low.0.zip(difference.ci_high.0).is_some_and(|(low, high)| low > 0.0 || high < 0.0);
        Finding {
            scenario: task.scenario.name.clone(),
            claim: task.claim.name(),
            trial: name.clone(),
            look: Look::of(&searched.scenario, &trial.expectation.select),
            bounds,
            budget,
            seed: task.seed,
            rounds: task.args.rounds,
            attempts: task.args.attempts,
            replications: task.args.replications,
            held_out: task.args.held_out,
            beyond: beyond(&searched.tried),
            left_out: task.left_out.clone(),
            attack: searched.attack.clone(),
            overrides: searched.attack.overrides(),
            beats: is_sure && further(&found) > further(&written),
            found,
            written,
            joined: task.joined,
            difference,
        }
    }

    /// Whether the attack surely breaks the bound, on the budget.
    pub(super) fn breaks(&self) -> bool {
        self.found.judged.verdict == Verdict::Fails && self.found.within
    }

    /// Whether what was found is what was written, run for run.
    pub(super) fn is_as_written(&self) -> bool {
        self.difference.pairs > 0 && self.difference.identical == self.difference.pairs
    }
}

impl Side {
    fn of(
        scenario: &Scenario,
        (trial, place): (&ClaimTrial, usize),
        runs: &[Replication],
        budget: &Budget,
    ) -> Side {
        let evidence = selected(&trial.expectation, runs, place);
        let (hosts, identities, stake) = cost(scenario);
        let all = || runs.iter().map(|run| sent(scenario, run));
        let (bytes, most_bytes) = (all().sum::<f64>() / runs.len().max(1) as f64, all().fold(0.0, f64::max));
        let within = affords(budget, (hosts, identities, stake))
            && budget.bytes.is_none_or(|most| most_bytes <= most as f64);
        let judged = evidence.judge(Bounds::of(&trial.expectation));
        Side { estimate: evidence.estimate(), judged, hosts, identities, stake, bytes, most_bytes, within }
    }
}

/// A trial of a scenario that has it, and its place among what runs select.
fn find<'s>(scenario: &'s Scenario, name: &str) -> (usize, &'s ClaimTrial) {
    let mut trials = scenario.claims.iter().enumerate();
    let (place, trial) = trials.find(|(_, trial)| trial.expectation.name == name).expect("it was tried");
    (scenario.expectations.len() + place, trial)
}

/// How far the values of a trial differ in pairs of runs.
fn contrast(trial: &ClaimTrial, a: (&[Replication], usize), b: (&[Replication], usize)) -> Contrast {
    let path = format!("claims.{}", trial.expectation.name);
    let of = |(runs, place): (&[Replication], usize)| -> Vec<Replication> {
        let only = |run: &Replication| {
            let value = run.selected.get(place).copied().flatten();
            let sample = run.selected_samples.get(place).cloned().flatten();
            Replication {
                metrics: [(path.clone(), value)].into(),
                samples: sample.map(|sample| (path.clone(), sample)).into_iter().collect(),
                ..run.clone()
            }
        };
        runs.iter().map(only).collect()
    };
    let (a, b) = (of(a), of(b));
    let metric = &trial.expectation.select.metric;
    let compared =
        compare_at_points(&[(Known::Runs(&a), Known::Runs(&b))], &Least::default(), |_| Some(metric.clone()));
    let nothing = || Contrast {
        difference: Figure(None),
        ci_low: Figure(None),
        ci_high: Figure(None),
        p_value: Figure(None),
        pairs: 0,
        identical: 0,
    };
    compared.first().and_then(|all| all.metrics.first().map(|one| (all, one))).map_or_else(
        nothing,
        |(all, one)| Contrast {
            difference: one.difference,
            ci_low: one.ci_low,
            ci_high: one.ci_high,
            p_value: one.p_value,
            pairs: all.pairs.unwrap_or_default(),
            identical: all.identical_pairs,
        },
    )
}
