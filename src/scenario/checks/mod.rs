//! What a file can say key by key, but not as a whole: what can never happen, and options without effect.

mod conduct;
mod events;
mod figures;
mod idle;
mod population;
mod protocol;

pub(super) use idle::idle_keys;

use super::Scenario;
use super::path;
use super::reader::Given;
use super::report::Problem;
use super::tree::Origin;

/// The problems of a scenario that was read, in which `known` were found already. What depends on something broken is
/// not looked at.
pub(super) fn run(scenario: &Scenario, given: &Given, known: &[Problem]) -> Vec<Problem> {
    let broken = known.iter().map(|problem| problem.path.clone()).collect();
    let mut checker = Checker { scenario, given, broken, problems: Vec::new() };
    population::check(&mut checker);
    events::check(&mut checker);
    conduct::check(&mut checker);
    protocol::check(&mut checker);
    figures::check(&mut checker);
    idle::check(&mut checker);
    checker.problems
}

struct Checker<'a> {
    scenario: &'a Scenario,
    given: &'a Given,
    broken: Vec<String>,
    problems: Vec<Problem>,
}

impl Checker<'_> {
    /// Whether nothing at, below or above these paths is broken.
    fn sound(&self, paths: &[&str]) -> bool {
        let touches =
            |broken: &String, wanted: &str| path::within(broken, wanted) || path::within(wanted, broken);
        !paths.iter().any(|wanted| self.broken.iter().any(|broken| touches(broken, wanted)))
    }

    /// A problem with the key at `path`; when it is not given, with what is given around it.
    fn fail(&mut self, path: &str, headline: String, allowed: impl Into<String>) {
        let origin = self.origin(path);
        self.problems.push(Problem::new(path, origin, headline).allowed(allowed));
    }

    /// `path` = its value, as given or as it is by default.
    fn name(&self, path: &str, value: &dyn std::fmt::Display) -> String {
        let default = if self.given.contains_key(path) { "" } else { " (the default)" };
        format!("`{path}` = {value}{default}")
    }

    fn origin(&self, path: &str) -> Origin {
        let mut place = Some(path);
        while let Some(path) = place {
            if let Some((origin, _)) = self.given.get(path) {
                return origin.clone();
            }
            place = path.rsplit_once('.').map(|(outer, _)| outer);
        }
        Origin::default()
    }
}
