use std::ops::Range;

use super::figures::ratio;
use super::window::{Groups, Window};
use crate::units::{Duration, HostId, Time};
use crate::world::{Fate, GroupId, LimiterSample, WorldConfig};

/// What is counted per interval of simulated time: fates of messages, presence, and the limiters' samples.
pub(super) struct Timeline {
    width: Duration,
    bins: Vec<Bin>,
    /// The interval of the last look, and its place: most looks fall into it again.
    looked: (Range<Time>, usize),
    groups: usize,
    /// Sizes of groups, and how many of each are online now.
    sizes: Vec<u32>,
    online: Vec<u32>,
    /// Up to when each group's presence has been summed up.
    summed: Vec<Time>,
    /// The end of the run.
    end: Time,
}

/// One interval.
#[derive(Clone, Debug, Default)]
pub(super) struct Bin {
    pub sent: u64,
    pub delivered: u64,
    pub lost: u64,
    pub dropped_queue: u64,
    pub to_offline: u64,
    pub bytes: u64,
    pub chunks_pushed: u64,
    pub refused: u64,
    /// Per group: host-seconds online, and the sum of its limiters' samples.
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

impl Timeline {
    pub fn new(config: &WorldConfig) -> Timeline {
        let width = Duration::from_nanos((config.duration.as_nanos().div_ceil(BINS)).max(1));
        let count = config.duration.as_nanos().div_ceil(width.as_nanos()).max(1) as usize;
        let groups = config.groups.len();
        let bin = Bin {
            online_seconds: vec![0.0; groups],
            limiters: vec![LimiterSum::default(); groups],
            ..Bin::default()
        };
        Timeline {
            width,
            bins: vec![bin; count],
            looked: (Time::ZERO..Time::ZERO, 0),
            groups,
            sizes: config.groups.iter().map(|group| group.count).collect(),
            online: vec![0; groups],
            summed: vec![Time::ZERO; groups],
            end: Time::ZERO + config.duration,
        }
    }

    /// The interval of a time.
    #[inline]
    pub fn bin(&mut self, time: Time) -> &mut Bin {
        if !self.looked.0.contains(&time) {
            self.look(time);
        }
        &mut self.bins[self.looked.1]
    }

    fn look(&mut self, time: Time) {
        let place = self.place(time);
        let start = Time::from_nanos(place as u64 * self.width.as_nanos());
        let end = if place + 1 == self.bins.len() { Time::NEVER } else { start + self.width };
        self.looked = (start..end, place);
    }

    pub fn place(&self, time: Time) -> usize {
        ((time.as_nanos() / self.width.as_nanos()) as usize).min(self.bins.len() - 1)
    }

    /// All intervals, each with its end.
    pub fn iter(&self) -> impl Iterator<Item = (Time, &Bin)> {
        let end = |place: usize| Time::from_nanos((place as u64 + 1) * self.width.as_nanos());
        self.bins.iter().enumerate().map(move |(place, bin)| (end(place), bin))
    }

    #[inline]
    pub fn ended(&mut self, time: Time, fate: Fate) {
        let bin = self.bin(time);
        match fate {
            Fate::Delivered => bin.delivered += 1,
            Fate::Lost(_) => bin.lost += 1,
            Fate::DroppedQueue(_) => bin.dropped_queue += 1,
            Fate::ToOffline(_) => bin.to_offline += 1,
        }
    }

    /// A host of `group` came or left.
    pub fn presence(&mut self, now: Time, group: usize, online: bool) {
        self.advance(now, group);
        if online {
            self.online[group] += 1;
        } else {
            self.online[group] -= 1;
        }
    }

    /// Hosts online now.
    pub fn online(&self) -> u32 {
        self.online.iter().sum()
    }

    /// Sums presence up to `now`, where the run ends.
    pub fn finish(&mut self, now: Time) {
        self.end = now;
        (0..self.groups).for_each(|group| self.advance(now, group));
    }

    fn advance(&mut self, now: Time, group: usize) {
        while self.summed[group] < now {
            let from = self.summed[group];
            let place = self.place(from);
            let end = Time::from_nanos((place as u64 + 1) * self.width.as_nanos());
            let until = if place + 1 == self.bins.len() { now } else { end.min(now) };
            let seconds = until.since(from).as_seconds();
            self.bins[place].online_seconds[group] += seconds * f64::from(self.online[group]);
            self.summed[group] = until;
        }
    }

    pub fn limiters(&mut self, now: Time, group: usize, sample: &LimiterSample) {
        // A sample at the end of an interval is about what was in it.
        let before = Time::from_nanos(now.as_nanos().saturating_sub(1));
        self.bin(before).limiters[group].add(sample);
    }

    /// Share of hosts online over a window; intervals that lie in it in part count in part.
    pub fn online_ratio(&self, window: Window, group: Option<GroupId>) -> Option<f64> {
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
    pub fn limiter_means(&self, window: Window, group: Option<GroupId>) -> Option<LimiterMeans> {
        let mut sum = LimiterSum::default();
        for (place, bin) in self.bins.iter().enumerate() {
            let part = self.overlap(place, window);
            self.selected(group).for_each(|group| sum.take(&bin.limiters[group], part));
        }
        sum.means()
    }

    fn selected(&self, group: Option<GroupId>) -> Range<usize> {
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
        let start = Time::from_nanos(place as u64 * self.width.as_nanos());
        (start, (start + self.width).min(self.end))
    }
}

impl Bin {
    /// Share of hosts online in the interval, which lasted so many seconds.
    pub fn online_ratio(&self, groups: &Groups, seconds: f64) -> Option<f64> {
        ratio(self.online_seconds.iter().sum(), seconds * f64::from(groups.hosts()))
    }

    /// Means of the limiters over all groups.
    pub fn limiter_means(&self) -> Option<LimiterMeans> {
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

/// Bytes that each host handled, sent and received.
pub(super) struct Load {
    pub up: Vec<u64>,
    pub down: Vec<u64>,
}

impl Load {
    pub fn new(hosts: u32) -> Load {
        Load { up: vec![0; hosts as usize], down: vec![0; hosts as usize] }
    }

    #[inline]
    pub fn sent(&mut self, host: HostId, bytes: u32) {
        self.up[host.index()] += u64::from(bytes);
    }

    #[inline]
    pub fn received(&mut self, host: HostId, bytes: u32) {
        self.down[host.index()] += u64::from(bytes);
    }

    /// Both directions, host by host.
    pub fn handled(&self) -> Vec<u64> {
        self.up.iter().zip(&self.down).map(|(up, down)| up + down).collect()
    }
}
