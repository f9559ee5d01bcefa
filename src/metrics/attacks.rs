//! What adversaries did.

use std::ops::Range;

use super::spans::Spans;
use super::window::Window;
use crate::conduct::Deceit;
use crate::units::Time;

/// What the adversaries of each group did, in each span of a run.
pub(super) struct Attacks {
    spans: Spans,
    /// Span by span, the deeds of each group.
    deeds: Vec<Vec<Deeds>>,
}

/// How often adversaries did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Deeds {
    pub lied: u64,
    pub denied: u64,
    pub forged: u64,
    pub shirked: u64,
    pub asked: u64,
    pub swallowed: u64,
    pub renamed: u64,
}

impl Attacks {
    pub(super) fn new(groups: usize, spans: Spans) -> Attacks {
        Attacks { deeds: vec![vec![Deeds::default(); groups]; spans.len()], spans }
    }

    pub(super) fn see(&mut self, now: Time, group: usize, deceit: Deceit) {
        let deeds = &mut self.deeds[self.spans.place(now)][group];
        *deeds.of(deceit) += 1;
    }

    /// Outcomes recorded in these spans by any of them that did not happen, or not so.
    pub(super) fn lies(&self, spans: Range<usize>) -> u64 {
        self.deeds[spans].iter().flatten().map(|deeds| deeds.lied).sum()
    }

    /// The same in a window.
    pub(super) fn lies_within(&self, window: Window) -> u64 {
        self.lies(self.spans.within(window))
    }

    /// What the adversaries of a group did in a window.
    pub(super) fn of_group(&self, group: usize, window: Window) -> Deeds {
        self.sum(group, self.spans.within(window))
    }

    /// What they did in the whole run.
    pub(super) fn of_group_in_all(&self, group: usize) -> Deeds {
        self.sum(group, 0..self.deeds.len())
    }

    fn sum(&self, group: usize, spans: Range<usize>) -> Deeds {
        let mut sum = Deeds::default();
        self.deeds[spans].iter().for_each(|deeds| sum.add(&deeds[group]));
        sum
    }
}

impl Deeds {
    fn of(&mut self, deceit: Deceit) -> &mut u64 {
        match deceit {
            Deceit::Lied => &mut self.lied,
            Deceit::Denied(_) => &mut self.denied,
            Deceit::Forged(_) => &mut self.forged,
            Deceit::Shirked => &mut self.shirked,
            Deceit::Asked => &mut self.asked,
            Deceit::Swallowed => &mut self.swallowed,
            Deceit::Renamed => &mut self.renamed,
        }
    }

    fn add(&mut self, other: &Deeds) {
        self.lied += other.lied;
        self.denied += other.denied;
        self.forged += other.forged;
        self.shirked += other.shirked;
        self.asked += other.asked;
        self.swallowed += other.swallowed;
        self.renamed += other.renamed;
    }
}
