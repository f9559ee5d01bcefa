//! Presence and the limiters' samples, in each span of a run.

use std::ops::Range;

use super::figures::ratio;
use super::spans::Spans;
use super::window::Window;
use crate::units::Time;
use crate::world::{GroupId, LimiterSample, WorldConfig};

/// What is summed up per span of simulated time, in the order of events: presence, and the limiters' samples.
pub(super) struct Timeline {
    pub spans: Spans,
    sums: Vec<Sums>,
    groups: usize,
    /// Sizes of groups, and how many of each are online now.
    sizes: Vec<u32>,
    online: Vec<u32>,
    /// The time up to which each group's presence has been summed.
    summed: Vec<Time>,
    /// The end of the run.
    end: Time,
}

/// Of one span. Per group: host-seconds online, and the sum of its limiters' samples.
#[derive(Clone, Debug)]
struct Sums {
    online_seconds: Vec<f64>,
    limiters: Vec<LimiterSum>,
}

/// A sum of samples.
#[derive(Clone, Copy, Debug, Default)]
struct LimiterSum {
    samples: f64,
    tracking: f64,
    objective: f64,
    topology: f64,
    overall: f64,
    uplink_used: f64,
    uplink_wait_s: f64,
}

/// Means over samples.
#[derive(Clone, Copy, Debug)]
pub(super) struct LimiterMeans {
    pub samples: f64,
    pub tracking: f64,
    pub objective: f64,
    pub topology: f64,
    pub overall: f64,
    pub uplink_used: f64,
    pub uplink_wait_s: f64,
}

impl Timeline {
    pub(super) fn new(config: &WorldConfig, spans: Spans) -> Timeline {
        let groups = config.groups.len();
        let sums = Sums { online_seconds: vec![0.0; groups], limiters: vec![LimiterSum::default(); groups] };
        Timeline {
            sums: vec![sums; spans.len()],
            spans,
            groups,
            sizes: config.groups.iter().map(|group| group.hosts.count).collect(),
            online: vec![0; groups],
            summed: vec![Time::ZERO; groups],
            end: Time::ZERO + config.duration,
        }
    }

    /// A host of `group` came online or went offline.
    pub(super) fn presence(&mut self, now: Time, group: usize, online: bool) {
        self.advance(now, group);
        if online {
            self.online[group] += 1;
        } else {
            self.online[group] -= 1;
        }
    }

    /// Sums presence up to `now`, where the run ends.
    pub(super) fn finish(&mut self, now: Time) {
        self.end = now;
        (0..self.groups).for_each(|group| self.advance(now, group));
    }

    fn advance(&mut self, now: Time, group: usize) {
        let mut place = self.spans.place(self.summed[group]);
        while self.summed[group] < now {
            let until = self.spans.bounds(place).1.min(now);
            let seconds = until.since(self.summed[group]).as_seconds();
            self.sums[place].online_seconds[group] += seconds * f64::from(self.online[group]);
            self.summed[group] = until;
            place += 1;
        }
    }

    pub(super) fn limiters(&mut self, now: Time, group: usize, sample: &LimiterSample) {
        // A sample at the end of a span is about what was in it.
        let before = Time::from_nanos(now.as_nanos().saturating_sub(1));
        let place = self.spans.place(before);
        self.sums[place].limiters[group].add(sample);
    }

    /// How long a window lasts within the run, in seconds.
    pub(super) fn seconds(&self, window: Window) -> f64 {
        let bounds = self.spans.within(window).map(|place| self.spans.bounds(place));
        bounds.map(|(start, end)| end.min(self.end).since(start).as_seconds()).sum()
    }

    /// Share of hosts online over a window.
    pub(super) fn online_ratio(&self, window: Window, group: Option<GroupId>) -> Option<f64> {
        self.online_over(self.spans.within(window), group)
    }

    /// Share of hosts online over these spans.
    pub(super) fn online_over(&self, spans: Range<usize>, group: Option<GroupId>) -> Option<f64> {
        let (mut online, mut whole) = (0.0, 0.0);
        for place in spans {
            let (start, end) = self.spans.bounds(place);
            let seconds = end.min(self.end).since(start).as_seconds();
            for group in self.selected(group) {
                online += self.sums[place].online_seconds[group];
                whole += seconds * f64::from(self.sizes[group]);
            }
        }
        ratio(online, whole)
    }

    /// Means of the limiters' samples over a window.
    pub(super) fn limiter_means(&self, window: Window, group: Option<GroupId>) -> Option<LimiterMeans> {
        self.limiters_over(self.spans.within(window), group)
    }

    /// Means of the limiters' samples over these spans.
    pub(super) fn limiters_over(&self, spans: Range<usize>, group: Option<GroupId>) -> Option<LimiterMeans> {
        let mut sum = LimiterSum::default();
        for sums in &self.sums[spans] {
            self.selected(group).for_each(|group| sum.take(&sums.limiters[group]));
        }
        sum.means()
    }

    fn selected(&self, group: Option<GroupId>) -> Range<usize> {
        group.map_or(0..self.groups, |group| usize::from(group.0)..usize::from(group.0) + 1)
    }
}

impl LimiterSum {
    fn add(&mut self, sample: &LimiterSample) {
        self.samples += 1.0;
        self.tracking += sample.tracking;
        self.objective += sample.objective;
        self.topology += sample.topology;
        self.overall += sample.overall;
        self.uplink_used += sample.uplink_used;
        self.uplink_wait_s += sample.uplink_wait.as_seconds();
    }

    fn take(&mut self, other: &LimiterSum) {
        self.samples += other.samples;
        self.tracking += other.tracking;
        self.objective += other.objective;
        self.topology += other.topology;
        self.overall += other.overall;
        self.uplink_used += other.uplink_used;
        self.uplink_wait_s += other.uplink_wait_s;
    }

    fn means(&self) -> Option<LimiterMeans> {
        (self.samples > 0.0).then(|| LimiterMeans {
            samples: self.samples,
            tracking: self.tracking / self.samples,
            objective: self.objective / self.samples,
            topology: self.topology / self.samples,
            overall: self.overall / self.samples,
            uplink_used: self.uplink_used / self.samples,
            uplink_wait_s: self.uplink_wait_s / self.samples,
        })
    }
}
