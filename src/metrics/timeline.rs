//! What happened in each interval of a run.

use super::figures::ratio;
use super::window::{Groups, Window};
use crate::units::{Duration, Time};
use crate::world::{GroupId, LimiterSample, WorldConfig};

/// The intervals that a run's duration is cut into: warm-up, what is counted, and cool-down each into some of equal
/// length, so that none is counted in part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Intervals {
    parts: [Part; 3],
}

/// A part of a run, and its intervals; the last may be shorter than the others.
#[derive(Clone, Copy, Debug)]
struct Part {
    start: Time,
    end: Time,
    width: Duration,
    /// Intervals before it, and in it.
    first: usize,
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

/// About as many intervals has a run: enough for a smooth chart.
const BINS: u128 = 240;

impl Intervals {
    pub(super) fn of(config: &WorldConfig) -> Intervals {
        let whole = config.duration.as_nanos();
        let counted = Window::counted(config);
        let end = Time::from_nanos(whole);
        let (from, to) = (counted.from.min(end), counted.to.min(end));
        let mut first = 0;
        let mut part = |start: Time, end: Time| {
            let part = Part::cut(start, end.max(start), whole, first);
            first += part.count;
            part
        };
        let parts = [part(Time::ZERO, from), part(from, to), part(to.max(from), end)];
        Intervals { parts }
    }

    pub(super) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.count).sum()
    }

    /// The interval of a time; what comes later belongs to the last.
    pub(super) fn place(&self, time: Time) -> usize {
        let mut parts = self.parts.iter().rev().filter(|part| part.count > 0);
        parts.find(|part| part.start <= time).map_or(0, |part| part.place(time))
    }

    /// When an interval begins and ends.
    pub(super) fn span(&self, place: usize) -> (Time, Time) {
        let mut parts = self.parts.iter().rev().filter(|part| part.count > 0);
        let part = parts.find(|part| part.first <= place).expect("a run has an interval");
        let inside = part.width.as_nanos() * (place - part.first) as u64;
        let start = Time::from_nanos(part.start.as_nanos() + inside);
        (start, (start + part.width).min(part.end))
    }
}

impl Part {
    /// A part of a run of `whole` nanoseconds, into as many of its intervals as it is long, but one at least.
    fn cut(start: Time, end: Time, whole: u64, first: usize) -> Part {
        let length = end.since(start).as_nanos();
        let share = u128::from(length) * BINS / u128::from(whole.max(1));
        let width = length.div_ceil((share as u64).max(1)).max(1);
        Part { start, end, width: Duration::from_nanos(width), first, count: length.div_ceil(width) as usize }
    }

    fn place(&self, time: Time) -> usize {
        let inside = (time.since(self.start).as_nanos() / self.width.as_nanos()) as usize;
        self.first + inside.min(self.count - 1)
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

    /// Hosts online now.
    pub(super) fn online(&self) -> u32 {
        self.online.iter().sum()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::harness::{group, world};

    #[test]
    fn no_interval_is_counted_in_part_and_each_time_has_one() {
        for (duration, warmup, cooldown) in [(600, 0, 0), (601, 7, 30), (97, 13, 1), (90, 90, 0), (7, 1, 6)] {
            let config = WorldConfig {
                duration: Duration::from_secs(duration),
                warmup: Duration::from_secs(warmup),
                cooldown: Duration::from_secs(cooldown),
                ..world(vec![group("all", 1)])
            };
            let intervals = Intervals::of(&config);
            let count = intervals.len();
            assert!((200..=300).contains(&count), "{count} intervals");
            let mut end = Time::ZERO;
            for place in 0..count {
                let (from, to) = intervals.span(place);
                assert!(from == end && to > from, "{place} of {duration} s");
                for cut in
                    [warmup, duration - cooldown].map(|seconds| Time::ZERO + Duration::from_secs(seconds))
                {
                    assert!(cut <= from || cut >= to, "{from:?} {cut:?} {to:?}");
                }
                assert_eq!(intervals.place(from), place);
                assert_eq!(intervals.place(Time::from_nanos(to.as_nanos() - 1)), place);
                end = to;
            }
            assert_eq!(end, Time::ZERO + config.duration);
            assert_eq!(intervals.place(end), count - 1);
        }
    }
}
