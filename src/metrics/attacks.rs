//! What adversaries did.

use super::window::Window;
use crate::conduct::Deceit;
use crate::units::Time;

/// What the adversaries of each group did.
pub(super) struct Attacks {
    of_groups: Vec<Vec<(Time, Deceit)>>,
}

impl Attacks {
    pub(super) fn new(groups: usize) -> Attacks {
        Attacks { of_groups: vec![Vec::new(); groups] }
    }

    pub(super) fn see(&mut self, now: Time, group: usize, deceit: Deceit) {
        self.of_groups[group].push((now, deceit));
    }

    /// Outcomes recorded in a window by any of them that did not happen, or not so.
    pub(super) fn lies(&self, window: Window) -> usize {
        let lied = |(at, deceit): &&(Time, Deceit)| *deceit == Deceit::Lied && window.contains(*at);
        self.of_groups.iter().flatten().filter(lied).count()
    }

    /// When these lies were recorded.
    pub(super) fn times_of_lies(&self) -> impl Iterator<Item = Time> + '_ {
        let lied = self.of_groups.iter().flatten().filter(|(_, deceit)| *deceit == Deceit::Lied);
        lied.map(|(at, _)| *at)
    }

    /// What the adversaries of a group did, and when.
    pub(super) fn of_group(&self, group: usize) -> &[(Time, Deceit)] {
        &self.of_groups[group]
    }
}
