//! The verdict on each claim of the proposal, from all its trials.

use serde::Serialize;

use super::{Figure, Stored, Tried, Verdict};
use crate::scenario::Claim;

/// What is known about one claim of the proposal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimRow {
    /// Its name in files.
    pub claim: &'static str,
    /// The scenario of the deciding trial; none for a claim that was not tried.
    pub scenario: Option<String>,
    /// The deciding trial.
    #[serde(skip)]
    pub trial: Option<Tried>,
    /// What its trials come to together.
    pub verdict: Verdict,
    /// Value of the deciding trial's metric; of several replications the mean.
    pub value: Figure,
    /// Lower end of the 95 % confidence interval of that mean; none without replications.
    pub ci_low: Figure,
    /// Upper end of the same interval.
    pub ci_high: Figure,
}

/// The verdict on each of the seventeen claims, from all trials in `results`.
///
/// A claim holds when all its trials hold, fails when some fail and none holds, is inconclusive when none does either, and
/// holds within limits otherwise. The figure is that of the deciding trial: the first that holds when all do, else the
/// first that doesn't hold outright.
pub fn verdicts(results: &[Stored]) -> Vec<ClaimRow> {
    let trials = |claim: &'static str| {
        results.iter().flat_map(move |result| {
            let summary = &result.summary;
            summary.claims.iter().filter(move |tried| tried.claim == claim).map(move |tried| (summary, tried))
        })
    };
    let mut rows = Vec::new();
    for claim in Claim::all() {
        let verdict = Verdict::of_all(trials(claim.name()).map(|(_, tried)| tried.verdict));
        let deciding = trials(claim.name()).find(|(_, tried)| decides(tried, verdict));
        rows.push(ClaimRow {
            claim: claim.name(),
            scenario: deciding.map(|(summary, _)| summary.scenario.clone()),
            trial: deciding.map(|(_, tried)| tried.clone()),
            verdict,
            value: deciding.map(|(_, tried)| tried.value).unwrap_or_default(),
            ci_low: deciding.map(|(_, tried)| tried.ci_low).unwrap_or_default(),
            ci_high: deciding.map(|(_, tried)| tried.ci_high).unwrap_or_default(),
        });
    }
    rows
}

fn decides(tried: &Tried, verdict: Verdict) -> bool {
    match verdict {
        Verdict::NotTried => false,
        Verdict::Holds | Verdict::Fails | Verdict::Inconclusive => tried.verdict == verdict,
        Verdict::HoldsWithinLimits => matches!(tried.verdict, Verdict::Inconclusive | Verdict::Fails),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::results::{Counts, Identity, Manifest};

    fn stored(scenario: &str, trials: &[(&str, &str, f64)]) -> Stored {
        let claims: Vec<_> = trials
            .iter()
            .map(|(claim, verdict, value)| {
                serde_json::json!({
                    "claim": claim, "name": "trial", "metric": "m", "verdict": verdict, "value": value,
                    "ci_low": value - 1.0, "ci_high": value + 1.0, "min": null, "max": 2,
                })
            })
            .collect();
        let summary = serde_json::json!({
            "scenario": scenario, "seed": 1, "fingerprint": "f", "events": 0, "sim_seconds": 0,
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
            manifest: Manifest::new(&identity, String::new(), Counts::default()),
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
    fn the_figure_is_that_of_the_deciding_trial() {
        let results = [
            stored("a", &[("fast", "not_tried", 9.0), ("fast", "holds", 1.0), ("privacy", "fails", 5.0)]),
            stored("b", &[("fast", "fails", 7.0), ("reliable", "holds", 2.0), ("privacy", "fails", 6.0)]),
        ];
        let fast = row(&results, "fast");
        assert_eq!((fast.verdict, fast.scenario.as_deref()), (Verdict::HoldsWithinLimits, Some("b")));
        assert_eq!((fast.value, fast.ci_low, fast.ci_high), (7.0.into(), 6.0.into(), 8.0.into()));
        let reliable = row(&results, "reliable");
        assert_eq!((reliable.verdict, reliable.value), (Verdict::Holds, 2.0.into()));
        let privacy = row(&results, "privacy");
        assert_eq!((privacy.verdict, privacy.scenario.as_deref()), (Verdict::Fails, Some("a")));
    }
}
