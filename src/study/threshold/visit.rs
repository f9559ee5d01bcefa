//! What is seen at a point: the mean with its interval, and a verdict at the level of all.

use serde::Serialize;

use super::check::Check;
use crate::batch::{Replication, selected};
use crate::results::{Bounds, Estimate, Figure, Verdict};
use crate::scenario::Scenario;

/// What was seen at a point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Visit {
    /// The parameter's value, as a scenario file has it, without quotes.
    pub value: String,
    /// The same as a number in the axis' unit.
    #[serde(serialize_with = "super::figure")]
    pub number: f64,
    /// The verdict, at the level of all that could be given.
    pub verdict: Verdict,
    /// Replications that had a value.
    pub n: u32,
    /// Their mean.
    pub mean: Figure,
    /// Lower end of its interval at 95 %.
    pub ci_low: Figure,
    /// Upper end of it.
    pub ci_high: Figure,
    /// The probability, at most, of such values if the likelier verdict were false; none of what every run has to keep.
    pub p_value: Figure,
    /// About how many replications would give a verdict where these don't; none where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replications_needed: Option<u32>,
}

/// What the runs of a scenario say about the check where the parameter has this value, a number and TOML. The verdict is
/// wrong with a probability of `sure` at most.
///
/// # Panics
/// When the scenario has no such check.
pub fn visit(
    (number, value): &(f64, String),
    scenario: &Scenario,
    runs: &[Replication],
    check: &Check,
    sure: f64,
) -> Visit {
    let (place, expectation) = check.find(scenario).expect("every point has the check");
    let bounds = Bounds::of(expectation);
    let evidence = selected(expectation, runs, place);
    let Estimate { n, mean, ci_low, ci_high, .. } = evidence.estimate();
    // *Never* is no matter of a mean, but of what was seen: no level makes it surer.
    let every_run = check.is_for_every_run(expectation);
    let judged = if every_run { evidence.judge_expectation(bounds) } else { evidence.judge(bounds) };
    let verdict = if every_run { judged.verdict } else { judged.at(sure) };
    let is_open = verdict == Verdict::Inconclusive;
    Visit {
        value: value.trim_matches('"').to_owned(),
        number: *number,
        verdict,
        n,
        mean,
        ci_low,
        ci_high,
        p_value: if every_run { Figure(None) } else { judged.p_value },
        replications_needed: is_open.then(|| evidence.needed(bounds, sure)).flatten(),
    }
}
