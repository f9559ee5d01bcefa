use serde::Serialize;

use super::{Figure, Stored, Tried, Verdict};
use crate::scenario::Claim;

/// What is known about one claim of the seed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimRow {
    pub claim: &'static str,
    /// Where the trial that decided took place; none for a claim that was not tried.
    pub scenario: Option<String>,
    /// What the figure is of.
    #[serde(skip)]
    pub metric: Option<String>,
    pub verdict: Verdict,
    pub value: Figure,
    pub ci_low: Figure,
    pub ci_high: Figure,
}

/// The verdict on each of the seventeen claims, from all trials in `results`.
///
/// All trials hold: the claim holds. None does: it fails. Else it holds within limits. The figure is that of the
/// first trial that decided: the first that holds when all do, else the first that doesn't hold outright.
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
            metric: deciding.map(|(_, tried)| tried.look.metric.clone()),
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
        Verdict::Holds | Verdict::Fails => tried.verdict == verdict,
        Verdict::HoldsWithinLimits => matches!(tried.verdict, Verdict::HoldsWithinLimits | Verdict::Fails),
    }
}
