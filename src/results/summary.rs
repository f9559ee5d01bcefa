//! `summary.json`: metrics, expectations and claims on trial, of one run or of several replications.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Bounds, Estimate, Figure, Judged, Outcome, Verdict};
use crate::metrics::{Sample, Selection};
use crate::scenario::{ClaimTrial, Expectation, Scenario};
use crate::units::Time;

/// `summary.json`: of one run, or of all replications together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Name of the scenario.
    pub scenario: String,
    /// The run's seed; of several replications that of the first.
    pub seed: u64,
    /// Runs that this sums up; absent when it is one run's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replications: Option<u32>,
    /// Hash over all events handled, in hexadecimal; of several replications a hash over theirs.
    pub fingerprint: String,
    /// Events handled, in all runs.
    pub events: u64,
    /// Simulated seconds, in all runs.
    pub sim_seconds: Figure,
    /// Every metric; the mean over replications.
    pub metrics: BTreeMap<String, Figure>,
    /// What is behind the shares and high quantiles of a single run, by metric: intervals over replications need it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub samples: BTreeMap<String, Sample>,
    /// How far replications lie apart, by metric.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub intervals: BTreeMap<String, Estimate>,
    /// The expectations of the scenario, and whether they hold.
    pub expect: Vec<Expected>,
    /// The trials of claims in the scenario, and their verdicts.
    pub claims: Vec<Tried>,
}

/// What an expectation or a claim's trial looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Name of the metric.
    pub metric: String,
    /// Name of the only group that counts; absent: all groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Start of the window of simulated time in seconds; absent: the start of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_s: Option<f64>,
    /// End of that window in seconds; absent: the end of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_s: Option<f64>,
    /// Only each subject's first query since it had this many events counts; absent: every query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_events: Option<u32>,
}

impl Look {
    /// Whether it looks at all that its metric counts.
    pub fn is_whole(&self) -> bool {
        (&self.group, self.from_s, self.to_s, self.at_events) == (&None, None, None, None)
    }
}

/// An expectation and whether it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// NAME of `[expect.NAME]`.
    pub name: String,
    /// What it looks at.
    #[serde(flatten)]
    pub look: Look,
    /// The metric's value; of several replications the mean.
    pub value: Figure,
    /// Between which bounds the value has to be.
    #[serde(flatten)]
    pub bounds: Bounds,
    /// Of a single run: its value is within the bounds. Of several: the whole interval of their mean is.
    pub holds: bool,
    /// What is behind the value of a single run, if it is a share or a high quantile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
    /// What replications add; absent for a single run.
    #[serde(flatten)]
    pub spread: Option<Spread>,
}

/// What replications add to an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Lower end of the 95 % confidence interval of the mean.
    pub ci_low: Figure,
    /// Upper end of the same interval.
    pub ci_high: Figure,
    /// Replications whose own value is within the bounds, as a share of all.
    pub holds_ratio: f64,
    /// Lower end of the 95 % confidence interval of that share (Wilson).
    pub holds_ci_low: f64,
    /// Upper end of the same interval.
    pub holds_ci_high: f64,
    /// What they say about the mean.
    #[serde(flatten)]
    pub judged: Judged,
}

/// A trial of a claim and its verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// The claim on trial: its name in files.
    pub claim: String,
    /// NAME of `[claims.NAME]`.
    pub name: String,
    /// What it looks at.
    #[serde(flatten)]
    pub look: Look,
    /// The metric's value; of several replications the mean.
    pub value: Figure,
    /// Lower end of the 95 % confidence interval of the mean; none without replications.
    pub ci_low: Figure,
    /// Upper end of the same interval.
    pub ci_high: Figure,
    /// Values for which the claim holds.
    #[serde(flatten)]
    pub bounds: Bounds,
    /// What its whole interval says about the claim.
    #[serde(flatten)]
    pub judged: Judged,
    /// What is behind the value of a single run, if it is a share or a high quantile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
    /// Why it cannot fail; absent when it can, and where it does all the same. Such a trial is a control, and counts for
    /// nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_construction: Option<String>,
}

/// The value of a selection in a single run, and what is behind it.
type Run = (Option<f64>, Option<Sample>);

impl Summary {
    /// The summary of one run.
    pub fn of(scenario: &Scenario, outcome: &Outcome) -> Summary {
        let figures = &outcome.figures;
        let mut values = figures.selected.iter().copied().zip(figures.selected_samples.iter().cloned());
        let expect = scenario.expectations.iter().zip(values.by_ref());
        let expect = expect.map(|(e, value)| Expected::of_run(scenario, e, value)).collect();
        let claims = scenario.claims.iter().zip(values);
        let claims = claims.map(|(claim, value)| Tried::of_run(scenario, claim, value)).collect();
        Summary {
            scenario: scenario.name.clone(),
            seed: outcome.seed,
            replications: None,
            fingerprint: outcome.ended.fingerprint.to_string(),
            events: outcome.ended.events,
            sim_seconds: outcome.ended.now.as_seconds().into(),
            metrics: figures.metrics.iter().map(|(name, value)| (name.clone(), Figure(*value))).collect(),
            samples: figures.samples.clone(),
            intervals: BTreeMap::new(),
            expect,
            claims,
        }
    }

    /// Whether every expectation holds.
    pub fn holds(&self) -> bool {
        self.expect.iter().all(|expected| expected.holds)
    }
}

impl Expected {
    /// Whether it holds, fails, or takes more replications to say. Of a single run: whether its value is within the bounds.
    pub fn verdict(&self) -> Verdict {
        match self.spread {
            _ if self.holds => Verdict::Holds,
            Some(spread) if spread.judged.verdict == Verdict::Inconclusive => Verdict::Inconclusive,
            _ => Verdict::Fails,
        }
    }

    fn of_run(scenario: &Scenario, expectation: &Expectation, (value, sample): Run) -> Expected {
        let bounds = Bounds::of(expectation);
        Expected {
            name: expectation.name.clone(),
            look: Look::of(scenario, &expectation.select),
            value: value.into(),
            bounds,
            holds: bounds.hold(value),
            sample,
            spread: None,
        }
    }
}

impl Tried {
    /// The value, infinite when it is a time longer than any.
    pub fn mean(&self) -> Figure {
        Figure(mean_seen(self.value, &self.judged))
    }

    /// A trial in a single run, which is no verdict.
    fn of_run(scenario: &Scenario, trial: &ClaimTrial, (value, sample): Run) -> Tried {
        let estimate = Estimate::single(value);
        let judged = Judged::of(Bounds::of(&trial.expectation), &estimate, None);
        Tried { sample, ..Tried::of(scenario, trial, estimate, judged) }
    }

    /// The verdict on one trial.
    pub fn of(scenario: &Scenario, trial: &ClaimTrial, estimate: Estimate, judged: Judged) -> Tried {
        let bounds = Bounds::of(&trial.expectation);
        let seen = mean_seen(estimate.mean, &judged);
        Tried {
            claim: trial.claim.name().to_owned(),
            name: trial.expectation.name.clone(),
            look: Look::of(scenario, &trial.expectation.select),
            value: estimate.mean,
            ci_low: estimate.ci_low,
            ci_high: estimate.ci_high,
            bounds,
            judged,
            sample: None,
            // Keys that an overlay, `--set` or a sweep adds may take the reason away: what is seen to fail is no control.
            by_construction: trial.by_construction.clone().filter(|_| seen.is_none() || bounds.hold(seen)),
        }
    }
}

/// A mean for which files have no number, but count its replications, is infinite.
fn mean_seen(mean: Figure, judged: &Judged) -> Option<f64> {
    mean.0.or((judged.n > 0).then_some(f64::INFINITY))
}

impl Look {
    /// A selection, with the group's name for its number.
    pub fn of(scenario: &Scenario, select: &Selection) -> Look {
        let group = select.group.and_then(|id| scenario.world.groups.get(usize::from(id.0)));
        Look {
            metric: select.metric.clone(),
            group: group.map(|group| group.hosts.name.clone()),
            from_s: select.from.map(Time::as_seconds),
            to_s: select.to.map(Time::as_seconds),
            at_events: select.at_events,
        }
    }
}
