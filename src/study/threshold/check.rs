//! What is judged at each point: an expectation, or a claim's trial.

use std::fmt;

use crate::batch::Evidence;
use crate::results::Bounds;
use crate::scenario::{Claim, ClaimTrial, Expectation, Scenario};

/// An expectation of a scenario, or a trial of a claim, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// `[expect.NAME]`.
    Expectation(String),
    /// `[claims.NAME]`.
    Trial(String),
}

impl Check {
    /// All of a scenario.
    pub fn all(scenario: &Scenario) -> Vec<Check> {
        let expected = scenario.expectations.iter().map(|e| Check::Expectation(e.name.clone()));
        expected
            .chain(scenario.claims.iter().map(|trial| Check::Trial(trial.expectation.name.clone())))
            .collect()
    }

    /// Its name, without the table's.
    pub fn name(&self) -> &str {
        match self {
            Check::Expectation(name) | Check::Trial(name) => name,
        }
    }

    /// The table of a scenario file that it stands in.
    pub fn table(&self) -> &'static str {
        match self {
            Check::Expectation(_) => "expect",
            Check::Trial(_) => "claims",
        }
    }

    /// Whether it is called so: NAME, or with its table `expect.NAME`.
    pub fn is_called(&self, text: &str) -> bool {
        self.name() == text || self.to_string() == text
    }

    /// Why it cannot fail, if it cannot.
    pub(super) fn by_construction(&self, scenario: &Scenario) -> Option<String> {
        self.trial(scenario)?.by_construction.clone()
    }

    /// The claim that it is a trial of.
    pub(super) fn claim(&self, scenario: &Scenario) -> Option<Claim> {
        Some(self.trial(scenario)?.claim)
    }

    fn trial<'s>(&self, scenario: &'s Scenario) -> Option<&'s ClaimTrial> {
        let Check::Trial(name) = self else { return None };
        scenario.claims.iter().find(|trial| trial.expectation.name == *name)
    }

    /// Whether it is an expectation that says *never* or *always*.
    pub(super) fn is_for_every_run(&self, expectation: &Expectation) -> bool {
        let evidence = Evidence::of(&expectation.select.metric, std::iter::empty());
        matches!(self, Check::Expectation(_)) && evidence.leaves_an_end(Bounds::of(expectation))
    }

    /// Its place among the values that a run of the scenario selects, and what it is.
    pub(super) fn find<'s>(&self, scenario: &'s Scenario) -> Option<(usize, &'s Expectation)> {
        let expected = scenario.expectations.len();
        match self {
            Check::Expectation(name) => {
                scenario.expectations.iter().enumerate().find(|(_, e)| e.name == *name)
            }
            Check::Trial(name) => {
                let trials = scenario.claims.iter().map(|trial| &trial.expectation);
                (expected..).zip(trials).find(|(_, e)| e.name == *name)
            }
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table(), self.name())
    }
}
