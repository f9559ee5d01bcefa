//! What a file can say key by key, but not as a whole: what can never happen, and options without effect.

mod checker;
mod conduct;
mod faults;
mod figures;
mod idle;
mod pace;
mod population;
mod presence;
mod protocol;
mod reach;
mod sharing;
mod waits;
mod ways;
mod window;
mod workloads;

use checker::Checker;

use super::Scenario;
use super::reader::Given;
use super::report::Problem;

/// The problems of a scenario that was read, in which `known` were found already. What depends on something broken, or on a
/// key that is misspelled, is not looked at. `groups`: how many groups the file names.
pub(super) fn run(scenario: &Scenario, given: &Given, known: &[Problem], groups: usize) -> Vec<Problem> {
    let meant = known.iter().filter_map(|problem| problem.meant.clone());
    let broken = known.iter().map(|problem| problem.path.clone()).chain(meant).collect();
    let mut checker = Checker { scenario, given, broken, problems: Vec::new() };
    population::check_numbers(&mut checker);
    // Whoever names a group means its place among all: where one could not be read, others are there, or nobody.
    if scenario.world.groups.is_empty() || scenario.world.groups.len() != groups {
        return checker.problems;
    }
    population::check(&mut checker);
    workloads::check(&mut checker);
    faults::check(&mut checker);
    conduct::check(&mut checker);
    presence::check(&mut checker);
    reach::check(&mut checker);
    sharing::check(&mut checker);
    ways::check(&mut checker);
    protocol::check(&mut checker);
    waits::check(&mut checker);
    figures::check(&mut checker);
    idle::check(&mut checker);
    pace::check(&mut checker);
    checker.problems
}
