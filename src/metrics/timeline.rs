//! What happened in each interval of a run.

use super::figures::ratio;
use super::window::{Groups, Window};
use crate::units::{Duration, Time};
use crate::world::{GroupId, LimiterSample, WorldConfig};

/// The intervals that a run's duration is cut into.
#[derive(Clone, Copy, Debug)]
pub(super) struct Intervals {
    width: Duration,
    count: usize,
}

/// What is summed up per interval of simulated time, in the order of events: presence, and the limiters' samples.
pub(super) struct Timeline {
    intervals: Intervals,
    bins: Vec<Bin>,
    groups: usize,
    /// Sizes of groups, and how many of each are online now.
    sizes: Vec<u32>,
    online: Vec<u32>,
    /// The time up to which each group's presence has been summed.
    summed: Vec<Time>,
    /// The end of the run.
    end: Time,
}

/// One interval. Per group: host-seconds online, and the sum of its limiters' samples.
#[derive(Clone, Debug)]
pub(super) struct Bin {
    online_seconds: Vec<f64>,
    limiters: Vec<LimiterSum>,
}

/// A sum of samples.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LimiterSum {
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
    pub tracking: f64,
    pub objective: f64,
    pub topology: f64,
    pub overall: f64,
    pub uplink_used: f64,
    pub uplink_wait_s: f64,
}

/// Intervals of a run: enough for a smooth chart.
const BINS: u64 = 240;

impl Intervals {
    pub(super) fn of(config: &WorldConfig) -> Intervals {
        let width = Duration::from_nanos((config.duration.as_nanos().div_ceil(BINS)).max(1));
        let count = config.duration.as_nanos().div_ceil(width.as_nanos()).max(1) as usize;
        Intervals { width, count }
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The interval of a time; what comes later belongs to the last.
    pub(super) fn place(&self, time: Time) -> usize {
        ((time.as_nanos() / self.width.as_nanos()) as usize).min(self.count - 1)
    }

    /// When an interval begins and ends.
    pub(super) fn span(&self, place: usize) -> (Time, Time) {
        let start = Time::from_nanos(place as u64 * self.width.as_nanos());
        (start, start + self.width)
    }
}

impl Timeline {
    pub(super) fn new(config: &WorldConfig) -> Timeline {
        let intervals = Intervals::of(config);
        let groups = config.groups.len();
        let bin = Bin { online_seconds: vec![0.0; groups], limiters: vec![LimiterSum::default(); groups] };
        Timeline {
            intervals,
            bins: vec![bin; intervals.len()],
            groups,
            sizes: config.groups.iter().map(|group| group.hosts.count).collect(),
            online: vec![0; groups],
            summed: vec![Time::ZERO; groups],
            end: Time::ZERO + config.duration,
        }
    }

    pub(super) fn place(&self, time: Time) -> usize {
        self.intervals.place(time)
    }

    /// All intervals, each with its end.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Time, &Bin)> {
        self.bins.iter().enumerate().map(|(place, bin)| (self.intervals.span(place).1, bin))
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
        while self.summed[group] < now {
            let from = self.summed[group];
            let place = self.place(from);
            let (_, end) = self.intervals.span(place);
            let until = if place + 1 == self.bins.len() { now } else { end.min(now) };
            let seconds = until.since(from).as_seconds();
            self.bins[place].online_seconds[group] += seconds * f64::from(self.online[group]);
            self.summed[group] = until;
        }
    }

    pub(super) fn limiters(&mut self, now: Time, group: usize, sample: &LimiterSample) {
        // A sample at the end of an interval is about what was in it.
        let before = Time::from_nanos(now.as_nanos().saturating_sub(1));
        let place = self.place(before);
        self.bins[place].limiters[group].add(sample);
    }

    /// Share of hosts online over a window; intervals that lie in it in part count in part.
    pub(super) fn online_ratio(&self, window: Window, group: Option<GroupId>) -> Option<f64> {
        let (mut online, mut whole) = (0.0, 0.0);
        for (place, bin) in self.bins.iter().enumerate() {
            let part = self.overlap(place, window);
            let (start, end) = self.span(place);
            let seconds = end.since(start).as_seconds();
            for group in self.selected(group) {
                online += part * bin.online_seconds[group];
                whole += part * seconds * f64::from(self.sizes[group]);
            }
        }
        ratio(online, whole)
    }

    /// Means of the limiters' samples over a window; those of intervals that lie in it in part count in part.
    pub(super) fn limiter_means(&self, window: Window, group: Option<GroupId>) -> Option<LimiterMeans> {
        let mut sum = LimiterSum::default();
        for (place, bin) in self.bins.iter().enumerate() {
            let part = self.overlap(place, window);
            self.selected(group).for_each(|group| sum.take(&bin.limiters[group], part));
        }
        sum.means()
    }

    fn selected(&self, group: Option<GroupId>) -> std::ops::Range<usize> {
        group.map_or(0..self.groups, |group| usize::from(group.0)..usize::from(group.0) + 1)
    }

    /// The part of an interval that lies in a window.
    fn overlap(&self, place: usize, window: Window) -> f64 {
        let (start, end) = self.span(place);
        let within = end.min(window.to).since(start.max(window.from));
        ratio(within.as_seconds(), end.since(start).as_seconds()).unwrap_or(0.0)
    }

    /// When an interval begins and ends; the last ends with the run.
    fn span(&self, place: usize) -> (Time, Time) {
        let (start, end) = self.intervals.span(place);
        (start, end.min(self.end))
    }
}

impl Bin {
    /// Share of hosts online in the interval, which lasts `seconds`.
    pub(super) fn online_ratio(&self, groups: &Groups, seconds: f64) -> Option<f64> {
        ratio(self.online_seconds.iter().sum(), seconds * f64::from(groups.hosts()))
    }

    /// Means of the limiters over all groups.
    pub(super) fn limiter_means(&self) -> Option<LimiterMeans> {
        let mut sum = LimiterSum::default();
        self.limiters.iter().for_each(|group| sum.take(group, 1.0));
        sum.means()
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

    fn take(&mut self, other: &LimiterSum, part: f64) {
        self.samples += part * other.samples;
        self.tracking += part * other.tracking;
        self.objective += part * other.objective;
        self.topology += part * other.topology;
        self.overall += part * other.overall;
        self.uplink_used += part * other.uplink_used;
        self.uplink_wait_s += part * other.uplink_wait_s;
    }

    fn means(&self) -> Option<LimiterMeans> {
        (self.samples > 0.0).then(|| LimiterMeans {
            tracking: self.tracking / self.samples,
            objective: self.objective / self.samples,
            topology: self.topology / self.samples,
            overall: self.overall / self.samples,
            uplink_used: self.uplink_used / self.samples,
            uplink_wait_s: self.uplink_wait_s / self.samples,
        })
    }
}
