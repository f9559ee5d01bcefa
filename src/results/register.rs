//! The verdict on each claim of the proposal, from all its trials.

use std::collections::BTreeMap;

use serde::Serialize;

use super::variants::{Told, tell_apart};
use super::{Figure, SURE, Stored, Tried, Verdict, holm_adjusted};
use crate::scenario::Claim;

/// What is known about one claim of the proposal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimRow {
    /// Its name in files.
    pub claim: &'static str,
    /// The scenario of the deciding trial; none for a claim that was not tried.
    pub scenario: Option<String>,
    /// What its trials come to together.
    pub verdict: Verdict,
    /// Value of the deciding trial's metric; of several replications the mean.
    pub value: Figure,
    /// Lower end of the 95 % confidence interval of that mean; none without replications.
    pub ci_low: Figure,
    /// Upper end of the same interval.
    pub ci_high: Figure,
    /// How many of its trials hold: each in all variants of its scenario.
    pub holding: usize,
    /// How many of its trials count: each once, however many variants of its scenario there are.
    pub counted: usize,
    /// The least margin of the trials that count; none if one of them has none.
    pub worst_margin: Figure,
    /// All its trials, in each variant, the controls that count for nothing included.
    pub trials: Vec<TrialRow>,
}

/// One trial of a claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrialRow {
    /// Name of the scenario.
    pub scenario: String,
    /// The folder of the result.
    pub folder: String,
    /// What tells the result from others of the same scenario; none if there is no other.
    pub variant: Option<String>,
    /// Whether it decides: the one with the least margin, of those that count.
    pub decides: bool,
    /// The verdict if this trial were the only one.
    pub verdict_alone: Verdict,
    /// Its p-value among those of all trials that count (Holm): the verdict stands if this is at most 2.5 %. None of a
    /// control, and where no verdict is possible.
    pub p_adjusted: Figure,
    /// The trial; its verdict stands among all trials of all claims.
    #[serde(flatten)]
    pub tried: Tried,
}

/// The verdict on each of the seventeen claims, from all trials in `results`. A result that is there twice counts once.
///
/// The more trials there are, the more of them would come out wrong by accident. So a trial's verdict stands only if
/// it does among all that count (Holm, 2.5 % on either side for all together); else it is inconclusive.
/// [`Verdict::of_all`] says what the trials come to. The figure of a claim is that of the trial with the least margin.
///
/// Results of one scenario that differ are its variants, and do not make one trial several: else who runs what holds ten
/// times would outvote what fails. A trial holds if it does in every variant, and fails if it does in any.
pub fn verdicts(results: &[Stored]) -> Vec<ClaimRow> {
    let trials = all_trials(&tell_apart(results));
    Claim::all()
        .map(|claim| row(claim.name(), trials.iter().filter(|trial| trial.tried.claim == claim.name())))
        .collect()
}

impl ClaimRow {
    /// The trial that decides; none for a claim that was not tried.
    pub fn deciding(&self) -> Option<&TrialRow> {
        self.trials.iter().find(|trial| trial.decides)
    }

    /// How many of its trials count for nothing.
    pub fn controls(&self) -> usize {
        each_once(self.trials.iter().filter(|trial| !trial.counts())).len()
    }
}

impl TrialRow {
    /// Whether it can fail, and so counts.
    pub fn counts(&self) -> bool {
        self.tried.by_construction.is_none()
    }
}

/// All trials in these results, with the verdicts that stand.
fn all_trials(results: &[Told<'_>]) -> Vec<TrialRow> {
    let mut trials: Vec<TrialRow> = results
        .iter()
        .flat_map(|told| {
            told.result.summary.claims.iter().map(|tried| TrialRow {
                scenario: told.result.summary.scenario.clone(),
                folder: told.result.folder.display().to_string(),
                variant: told.variant.clone(),
                decides: false,
                verdict_alone: tried.judged.verdict,
                p_adjusted: Figure(None),
                tried: tried.clone(),
            })
        })
        .collect();
    let p_values: Vec<Option<f64>> =
        trials.iter().map(|trial| trial.tried.judged.p_value.0.filter(|_| trial.counts())).collect();
    for (trial, adjusted) in trials.iter_mut().zip(holm_adjusted(&p_values)) {
        trial.p_adjusted = Figure(adjusted);
        if trial.counts() && !adjusted.is_some_and(|p| p <= SURE) {
            trial.tried.judged.verdict = Verdict::Inconclusive;
        }
    }
    trials
}

/// The verdict on each of these trials, from all variants of its scenario.
fn each_once<'a>(trials: impl Iterator<Item = &'a TrialRow>) -> Vec<Verdict> {
    let mut variants: BTreeMap<(&str, &str), Vec<Verdict>> = BTreeMap::new();
    for trial in trials {
        let name = (trial.scenario.as_str(), trial.tried.name.as_str());
        variants.entry(name).or_default().push(trial.tried.judged.verdict);
    }
    variants.into_values().map(|verdicts| in_all(&verdicts)).collect()
}

fn in_all(variants: &[Verdict]) -> Verdict {
    if variants.contains(&Verdict::Fails) {
        Verdict::Fails
    } else if variants.iter().all(|verdict| *verdict == Verdict::Holds) {
        Verdict::Holds
    } else {
        Verdict::Inconclusive
    }
}

fn row<'a>(claim: &'static str, trials: impl Iterator<Item = &'a TrialRow>) -> ClaimRow {
    let mut trials: Vec<TrialRow> = trials.cloned().collect();
    let counted = each_once(trials.iter().filter(|trial| trial.counts()));
    // No margin is worse than any.
    let margin = |trial: &TrialRow| trial.tried.judged.margin.0.unwrap_or(f64::NEG_INFINITY);
    let counting = trials.iter().enumerate().filter(|(_, trial)| trial.counts());
    let worst = counting.min_by(|(_, a), (_, b)| margin(a).total_cmp(&margin(b))).map(|(place, _)| place);
    if let Some(place) = worst {
        trials[place].decides = true;
    }
    let deciding = worst.map(|place| trials[place].clone());
    let figure =
        |of: fn(&Tried) -> Figure| deciding.as_ref().map(|trial| of(&trial.tried)).unwrap_or_default();
    ClaimRow {
        claim,
        scenario: deciding.as_ref().map(|trial| trial.scenario.clone()),
        verdict: Verdict::of_all(&counted),
        value: figure(|tried| tried.value),
        ci_low: figure(|tried| tried.ci_low),
        ci_high: figure(|tried| tried.ci_high),
        holding: counted.iter().filter(|verdict| **verdict == Verdict::Holds).count(),
        counted: counted.len(),
        worst_margin: figure(|tried| tried.judged.margin),
        trials,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::results::{Counts, Identity, Manifest};

    /// A result with trials: claim, verdict, margin and p-value of each.
    fn stored(scenario: &str, trials: &[(&str, &str, f64, f64)]) -> Stored {
        let claims: Vec<_> = trials
            .iter()
            .zip(["first", "second", "third", "fourth", "fifth", "sixth", "seventh"])
            .map(|((claim, verdict, margin, p_value), name)| {
                serde_json::json!({
                    "claim": claim, "name": name, "metric": "m", "verdict": verdict, "value": 10.0 * margin,
                    "ci_low": 9.0 * margin, "ci_high": 11.0 * margin, "min": 0, "max": null, "n": 10,
                    "effect": 1, "margin": margin, "p_value": p_value,
                })
            })
            .collect();
        let summary = serde_json::json!({
            "scenario": scenario, "seed": 1, "fingerprint": scenario, "events": 0, "sim_seconds": 0,
            "metrics": {}, "expect": [], "claims": claims,
        });
        let identity = Identity {
            scenario: toml::Table::new(),
            seed: 1,
            replications: None,
            name: scenario.to_owned(),
            hash: String::new(),
        };
        Stored {
            folder: PathBuf::from(scenario),
            manifest: Manifest::new(&identity, scenario.to_owned(), Counts::default()),
            summary: serde_json::from_value(summary).expect("it is a summary"),
        }
    }

    fn row(results: &[Stored], claim: &str) -> ClaimRow {
        verdicts(results).into_iter().find(|row| row.claim == claim).expect("it is one of the seventeen")
    }

    #[test]
    fn there_are_seventeen_claims_and_none_is_tried_without_results() {
        let rows = verdicts(&[]);
        assert_eq!(rows.len(), 17);
        assert!(rows.iter().all(|row| row.verdict == Verdict::NotTried && row.scenario.is_none()));
    }

    #[test]
    fn the_figure_is_that_of_the_least_margin() {
        let results = [
            stored("a", &[("fast", "holds", 0.5, 1e-9), ("fast", "holds", 0.1, 1e-9)]),
            stored("b", &[("fast", "fails", -0.9, 1e-9), ("reliable", "holds", 0.2, 1e-9)]),
        ];
        let fast = row(&results, "fast");
        assert_eq!((fast.verdict, fast.scenario.as_deref()), (Verdict::HoldsWithinLimits, Some("b")));
        assert_eq!(
            (fast.value, fast.ci_low, fast.worst_margin),
            ((-9.0).into(), (-8.1).into(), (-0.9).into())
        );
        assert_eq!((fast.holding, fast.counted, fast.controls()), (2, 3, 0));
        assert_eq!(row(&results, "reliable").verdict, Verdict::Holds);
    }

    #[test]
    fn one_trial_of_seven_does_not_hold_within_limits() {
        let mut trials = vec![("fast", "fails", -0.5, 1e-9); 6];
        trials.push(("fast", "holds", 0.5, 1e-9));
        let fast = row(&[stored("a", &trials)], "fast");
        assert_eq!((fast.verdict, fast.holding, fast.counted), (Verdict::Fails, 1, 7));
    }

    #[test]
    fn variants_of_a_scenario_do_not_make_one_trial_several() {
        let variant = |seed, verdict, margin| {
            let mut result = stored("a", &[("fast", verdict, margin, 1e-9)]);
            result.manifest.seed = seed;
            result
        };
        let holds = || vec![variant(1, "holds", 0.5), variant(2, "holds", 0.4), variant(3, "holds", 0.3)];
        let fast = row(&holds(), "fast");
        assert_eq!((fast.verdict, fast.holding, fast.counted, fast.trials.len()), (Verdict::Holds, 1, 1, 3));
        // However often it holds, it fails where it does.
        let mut results = holds();
        results.push(variant(4, "fails", -0.2));
        let fast = row(&results, "fast");
        assert_eq!((fast.verdict, fast.holding, fast.counted), (Verdict::Fails, 0, 1));
        assert_eq!(fast.deciding().and_then(|trial| trial.variant.as_deref()), Some("seed = 4"));
        // Another scenario's trial is another.
        results.push(stored("b", &[("fast", "holds", 0.1, 1e-9)]));
        let fast = row(&results, "fast");
        assert_eq!((fast.verdict, fast.holding, fast.counted), (Verdict::Fails, 1, 2));
        for result in &mut results {
            result.summary.claims[0].by_construction = Some("a timer ends it".to_owned());
        }
        assert_eq!((row(&results, "fast").counted, row(&results, "fast").controls()), (0, 2));
    }

    #[test]
    fn what_cannot_fail_is_a_control_and_does_not_count() {
        let mut result = stored("a", &[("fast", "holds", 0.9, 1e-9), ("fast", "fails", -0.5, 1e-9)]);
        result.summary.claims[0].by_construction = Some("a timer ends it".to_owned());
        let fast = row(&[result.clone()], "fast");
        assert_eq!((fast.verdict, fast.holding, fast.counted, fast.controls()), (Verdict::Fails, 0, 1, 1));
        result.summary.claims.truncate(1);
        let fast = row(&[result], "fast");
        assert_eq!((fast.verdict, fast.counted, fast.controls()), (Verdict::NotTried, 0, 1));
        assert_eq!((fast.scenario, fast.worst_margin), (None, Figure(None)));
    }

    #[test]
    fn a_verdict_stands_only_among_all_trials() {
        let alone = stored("a", &[("fast", "holds", 0.1, 0.02)]);
        assert_eq!(row(std::slice::from_ref(&alone), "fast").verdict, Verdict::Holds);
        let others =
            stored("b", &[("reliable", "inconclusive", 0.1, 0.2), ("privacy", "fails", -0.1, 0.001)]);
        let all = [alone, others];
        assert_eq!(row(&all, "fast").verdict, Verdict::Inconclusive, "0.02 is more than 0.025 / 2");
        assert_eq!(row(&all, "fast").trials[0].verdict_alone, Verdict::Holds);
        assert_eq!(row(&all, "privacy").verdict, Verdict::Fails, "0.001 is less than 0.025 / 3");
    }

    #[test]
    fn the_same_result_in_two_folders_counts_once() {
        let one = stored("a", &[("fast", "holds", 0.1, 0.001)]);
        let copy = Stored { folder: PathBuf::from("copy"), ..one.clone() };
        let fast = row(&[one, copy], "fast");
        assert_eq!((fast.counted, fast.trials[0].folder.as_str()), (1, "a"));
    }
}
