//! Scenarios at random, under all invariants: what nobody has thought of is tried, too.

use std::ops::ControlFlow;

use crate::batch;
use crate::random::{Purpose, Seed};
use crate::results::Outcome;
use crate::scenario::{self, Scenario};
use crate::world::{Budget, RunError, RunOptions, Threads};

/// So often another one is drawn where nothing that can be read comes of one.
const ATTEMPTS: u64 = 30;

/// What came of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// All invariants hold, and one thread and two came to the same; after so many events.
    Good(u64),
    /// It needs more events than it may have.
    Stopped,
    /// A defect of this program: which.
    Failed(String),
}

/// The text of the scenario with this number: always the same. Nothing where none could be drawn.
pub fn text(number: u64) -> Option<String> {
    (0..ATTEMPTS).find_map(|attempt| {
        let mut draws = Seed(number).draws(Purpose::Swarm, 0, attempt);
        scenario::sampled(&mut || draws.next())
    })
}

/// Draws the scenario with this number, and runs it: on one thread with all checks, and again on two, with at most so many events
/// each. Nothing where none could be drawn.
///
/// # Panics
/// Where the program has a defect of that kind: it is what is looked for.
pub fn run(number: u64, events: u64) -> Option<Found> {
    text(number).map(|text| run_text(&text, events))
}

fn run_text(text: &str, events: u64) -> Found {
    let scenario = match scenario::parse("swarm", text, &[]) {
        Ok(scenario) => scenario,
        Err(report) => return Found::Failed(report.to_string()),
    };
    match (ended(&scenario, true, 1, events), ended(&scenario, false, 2, events)) {
        (Ok(one), Ok(two)) => compared(&one, &two),
        (Err(RunError::OverBudget(_)), Err(RunError::OverBudget(_))) => Found::Stopped,
        (Err(error), _) | (_, Err(error)) => Found::Failed(error.to_string()),
    }
}

fn ended(scenario: &Scenario, paranoid: bool, threads: usize, events: u64) -> Result<Outcome, RunError> {
    let budget = Budget { events: Some(events), memory: None };
    let options =
        RunOptions { paranoid, threads: Threads::Exactly(threads), budget, ..RunOptions::default() };
    batch::run_one(scenario, scenario.seed, options, &mut |_| ControlFlow::Continue(()))
}

fn compared(one: &Outcome, two: &Outcome) -> Found {
    let of = |Outcome { ended, .. }: &Outcome| {
        (ended.fingerprint, ended.events, ended.in_flight, ended.trail.clone())
    };
    if of(one) != of(two) {
        let came =
            |Outcome { ended, .. }: &Outcome| format!("{} after {} events", ended.fingerprint, ended.events);
        return Found::Failed(format!("one thread comes to {}, two to {}", came(one), came(two)));
    }
    // Printed, so that what is no number is the same as itself.
    if format!("{:?}", one.figures) != format!("{:?}", two.figures) {
        return Found::Failed("one thread and two come to the same events, and to other figures".to_owned());
    }
    Found::Good(one.ended.events)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_always_the_same_scenario_and_nearly_each_has_one() {
        let texts: Vec<Option<String>> = (0..20).map(text).collect();
        assert_eq!(texts, (0..20).map(text).collect::<Vec<_>>());
        assert!(texts.iter().flatten().count() >= 18);
    }

    #[test]
    fn what_needs_more_events_than_it_may_have_is_told_apart_from_what_fails() {
        let text =
            (0..50).filter_map(text).find(|text| matches!(run_text(text, 100_000), Found::Good(1000..)));
        let text = text.expect("one with some events");
        assert_eq!(run_text(&text, 10), Found::Stopped);
        assert!(matches!(run_text("name = 5", 10), Found::Failed(_)));
    }
}
