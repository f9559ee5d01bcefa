//! What adversaries did, and for how long.

use std::ops::Range;

use super::spans::Spans;
use super::window::Window;
use crate::conduct::Deceit;
use crate::units::Time;
use crate::world::WorldConfig;

/// What the adversaries of each group did, in each span of a run.
pub(super) struct Attacks {
    spans: Spans,
    /// Span by span, the deeds of each group.
    deeds: Vec<Vec<Deeds>>,
    /// Of each group that has a conduct.
    acting: Vec<Option<Acting>>,
}

/// For how long the hosts of a group were online while they followed their conduct.
struct Acting {
    /// From when until when they follow it.
    start: Time,
    stop: Time,
    online: u32,
    /// Up to when time is summed, and the sum over hosts.
    summed: Time,
    host_seconds: f64,
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
    pub omitted: u64,
    pub forked: u64,
    pub raced: u64,
    pub discarded: u64,
    pub misrouted: u64,
    pub overheard: u64,
    pub spoofed: u64,
}

impl Attacks {
    pub(super) fn new(config: &WorldConfig, spans: Spans) -> Attacks {
        let groups = config.groups.iter();
        let acting = groups.map(|group| {
            let conduct = group.conduct.as_ref()?;
            let stop = conduct.stop.unwrap_or(Time::NEVER);
            let (online, summed) = (0, Time::ZERO);
            Some(Acting { start: conduct.start, stop, online, summed, host_seconds: 0.0 })
        });
        let deeds = vec![vec![Deeds::default(); config.groups.len()]; spans.len()];
        Attacks { deeds, spans, acting: acting.collect() }
    }

    /// A host of a group came online or went offline.
    pub(super) fn presence(&mut self, now: Time, group: usize, online: bool) {
        if let Some(acting) = &mut self.acting[group] {
            acting.advance(now);
            if online { acting.online += 1 } else { acting.online -= 1 }
        }
    }

    /// Sums up to `now`, where the run ends.
    pub(super) fn finish(&mut self, now: Time) {
        self.acting.iter_mut().flatten().for_each(|acting| acting.advance(now));
    }

    /// Time for which hosts of a group were online and followed their conduct, in seconds, summed over hosts; `None` for
    /// honest ones.
    pub(super) fn host_seconds(&self, group: usize) -> Option<f64> {
        self.acting[group].as_ref().map(|acting| acting.host_seconds)
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

impl Acting {
    fn advance(&mut self, now: Time) {
        let (from, to) = (self.summed.max(self.start), now.min(self.stop));
        if from < to {
            self.host_seconds += f64::from(self.online) * to.since(from).as_seconds();
        }
        self.summed = now;
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
            Deceit::Omitted => &mut self.omitted,
            Deceit::Forked(_) => &mut self.forked,
            Deceit::Raced => &mut self.raced,
            Deceit::Discarded(_) => &mut self.discarded,
            Deceit::Overheard(_) => &mut self.overheard,
            Deceit::Misrouted => &mut self.misrouted,
            Deceit::Spoofed => &mut self.spoofed,
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
        self.omitted += other.omitted;
        self.forked += other.forked;
        self.raced += other.raced;
        self.discarded += other.discarded;
        self.overheard += other.overheard;
        self.misrouted += other.misrouted;
        self.spoofed += other.spoofed;
    }
}
