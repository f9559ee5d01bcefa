//! What every check is given: the scenario, what the file says, and where to report a problem.

use std::collections::BTreeSet;

use crate::scenario::Scenario;
use crate::scenario::path;
use crate::scenario::reader::Given;
use crate::scenario::report::{MOST_TOLD, Problem};
use crate::scenario::tree::Origin;

pub(super) struct Checker<'a> {
    pub scenario: &'a Scenario,
    pub given: &'a Given,
    pub broken: BTreeSet<String>,
    pub problems: Vec<Problem>,
}

impl Checker<'_> {
    /// Whether nothing at, below or above these paths is broken.
    pub(super) fn sound(&self, paths: &[&str]) -> bool {
        !paths.iter().any(|wanted| path::any_touches(&self.broken, wanted))
    }

    /// Whether the next problem will be told, and not only counted.
    pub(super) fn tells(&self) -> bool {
        self.broken.len() + self.problems.len() < MOST_TOLD
    }

    /// A problem with the key at `path`; when it is not given, with what is given around it.
    pub(super) fn fail(&mut self, path: &str, headline: String, allowed: impl Into<String>) {
        let origin = self.origin(path);
        self.problems.push(Problem::new(path, origin, headline).allowed(allowed));
    }

    /// A key that has no effect.
    pub(super) fn fail_idle(&mut self, path: &str, headline: String, allowed: &str) {
        self.fail(path, headline, allowed);
        self.problems.iter_mut().next_back().expect("it was just pushed").idle = true;
    }

    /// `path` = its value, as given or as it is by default.
    pub(super) fn name(&self, path: &str, value: &dyn std::fmt::Display) -> String {
        let default = if self.given.contains_key(path) { "" } else { " (the default)" };
        format!("`{path}` = {value}{default}")
    }

    pub(super) fn origin(&self, path: &str) -> Origin {
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
