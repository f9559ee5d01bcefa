//! What an attempt comes to: how far past its bound, and whether it is within the budget.

use serde::Serialize;

use super::budget::Budget;
use crate::batch::Replication;
use crate::results::Bounds;
use crate::scenario::Scenario;

/// What the runs of an attack came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The trial that it breaks most, by its name.
    pub trial: String,
    /// Its mean over the runs.
    pub mean: f64,
    /// How far the mean lies past the bound, as a share of the bound; negative: within.
    pub past: f64,
    /// Bytes that attackers sent, of all runs the most.
    pub bytes: f64,
    /// Why it does not count.
    pub beyond: Option<Beyond>,
}

/// Why an attack does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Beyond {
    /// Attackers send more bytes than they may.
    Bytes,
    /// They have more hosts, identities or stake than they may: the attack as written does, or one that leaves these as written.
    Cost,
    /// A run takes more events than it may.
    Events,
    /// An expectation that has to be kept is not.
    Expectation,
    /// The trial's metric has no value in some run.
    NoValue,
}

impl Beyond {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Beyond::Bytes => "bytes",
            Beyond::Cost => "cost",
            Beyond::Events => "events",
            Beyond::Expectation => "expectation",
            Beyond::NoValue => "no_value",
        }
    }
}

/// How far a value lies past the bounds, as a share of the bound, or as it is where that is 0; negative: within.
pub fn past(bounds: Bounds, value: f64) -> f64 {
    let share = |beyond: f64, bound: f64| if bound == 0.0 { beyond } else { beyond / bound.abs() };
    let over = bounds.max.0.map(|max| share(value - max, max));
    let under = bounds.min.0.map(|min| share(min - value, min));
    over.into_iter().chain(under).fold(f64::NEG_INFINITY, f64::max)
}

/// What the runs of an attack come to, by the trial that it breaks most. `None` without trials or runs.
pub fn seen(scenario: &Scenario, runs: &[Replication], budget: &Budget) -> Option<Score> {
    let expected = scenario.expectations.len();
    let value = |place: usize| {
        let all: Option<Vec<f64>> =
            runs.iter().map(|run| run.selected.get(place).copied().flatten()).collect();
        all.map(|all| all.iter().sum::<f64>() / all.len().max(1) as f64)
    };
    let bytes = runs.iter().map(|run| sent(scenario, run)).fold(0.0, f64::max);
    let trials = scenario.claims.iter().enumerate().map(|(place, tried)| {
        let mean = value(expected + place);
        let past = mean.map(|mean| past(Bounds::of(&tried.expectation), mean));
        (&tried.expectation.name, mean, past)
    });
    let by_past = |past: Option<f64>| past.unwrap_or(f64::NEG_INFINITY);
    let worst = trials.max_by(|a, b| by_past(a.2).total_cmp(&by_past(b.2)));
    let (trial, mean, past) = worst.filter(|_| !runs.is_empty())?;
    let keeps = |(place, expectation): (usize, &crate::scenario::Expectation)| {
        Bounds::of(expectation).hold(value(place))
    };
    let beyond = if mean.is_none() {
        Some(Beyond::NoValue)
    } else if !affords(budget, cost(scenario)) {
        Some(Beyond::Cost)
    } else if budget.bytes.is_some_and(|most| bytes > most as f64) {
        Some(Beyond::Bytes)
    } else if !scenario.expectations.iter().enumerate().all(keeps) {
        Some(Beyond::Expectation)
    } else {
        None
    };
    let (trial, past) = (trial.clone(), by_past(past));
    Some(Score { trial, mean: mean.unwrap_or(f64::NAN), past, bytes, beyond })
}

/// Whether hosts, identities and stake are within a budget.
pub fn affords(budget: &Budget, (hosts, identities, stake): (u64, u64, f64)) -> bool {
    budget.identities.is_none_or(|most| identities <= most)
        && budget.hosts.is_none_or(|most| hosts <= most)
        // Each host has its part, whose sum may be rounded.
        && budget.stake.is_none_or(|most| stake <= most * (1.0 + 1e-9))
}

/// Bytes that all attackers put on the wire in a run.
pub fn sent(scenario: &Scenario, run: &Replication) -> f64 {
    let attackers = scenario.world.groups.iter().filter(|group| group.conduct.is_some());
    let of = |name: &str| run.metrics.get(&format!("conduct.bytes.{name}")).copied().flatten().unwrap_or(0.0);
    attackers.map(|group| of(&group.hosts.name)).sum()
}

/// Hosts, identities and stake of all attackers of a scenario.
pub fn cost(scenario: &Scenario) -> (u64, u64, f64) {
    let attackers = scenario.world.groups.iter().filter(|group| group.conduct.is_some());
    attackers.fold((0, 0, 0.0), |(hosts, identities, stake), group| {
        let count = u64::from(group.hosts.count);
        (
            hosts + count,
            identities + count * u64::from(group.identities()),
            stake + count as f64 * group.stake,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_is_positive_beyond_either_bound_and_a_share_of_it() {
        let bounds = |min: Option<f64>, max: Option<f64>| Bounds { min: min.into(), max: max.into() };
        assert!((past(bounds(None, Some(0.05)), 0.10) - 1.0).abs() < 1e-12);
        assert!((past(bounds(Some(0.8), None), 0.4) - 0.5).abs() < 1e-12);
        assert!(past(bounds(Some(0.8), Some(0.9)), 0.85) < 0.0);
        assert_eq!(past(bounds(None, Some(0.0)), 0.25), 0.25);
        assert_eq!(past(bounds(None, Some(1.0)), f64::INFINITY), f64::INFINITY);
    }
}
