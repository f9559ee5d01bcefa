//! `timing.json`: wall time, memory and threads, the only facts of a result that depend on the machine.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::{Figure, Trail};
use crate::world::{Ended, WallTime};

/// `timing.json`: all that depends on the machine.
#[derive(Clone, Debug, Serialize)]
pub struct Timing {
    /// When it started, in UTC (RFC 3339).
    pub started: String,
    /// Wall time in seconds.
    pub wall_s: f64,
    /// Events handled per second of wall time.
    pub events_per_s: Figure,
    /// Wall time per event in nanoseconds.
    pub ns_per_event: Figure,
    /// The most resident memory that the process has had so far, where the system reports it.
    #[serde(rename = "peak_memory_B")]
    pub peak_memory_bytes: Option<u64>,
    /// Replications that an earlier process had finished, whose time and events are not in here; none for a run alone.
    pub reused: Option<u32>,
    /// Threads that a run was split over.
    pub threads: usize,
    /// Why this many, in words.
    pub split: String,
    /// Operating system, by Rust's name for it.
    pub os: &'static str,
    /// Architecture of the processor, by Rust's name for it.
    pub arch: &'static str,
    /// `release` or `debug`.
    pub build: &'static str,
    /// How often each kind of event was handled, and what it took.
    pub profile: Vec<KindCount>,
    /// Wall time outside of handlers, over all threads: the queue, and waiting for other threads. Only of a run with
    /// `--profile`, as is the next.
    pub waiting_s: Figure,
    /// Wall time before the first event.
    pub building_s: Figure,
    /// What the run had done by when; none of several runs together. The one thing here that does not depend on the machine:
    /// beside the files with a digest, as it only tells where these come from.
    pub trail: Option<Trail>,
}

/// The events of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KindCount {
    /// What happened, by its name in [`Event::KINDS`](crate::engine::Event::KINDS).
    pub kind: &'static str,
    /// How many were handled.
    pub count: u64,
    /// The same as a share of all events, 0 to 1.
    pub share_ratio: f64,
    /// Wall time in their handlers, over all threads; only of a run with `--profile`.
    pub seconds: Figure,
}

/// The work of one run or of several.
#[derive(Clone, Debug, PartialEq)]
pub struct Effort {
    /// Events by kind.
    pub kinds: Vec<(&'static str, u64)>,
    /// Where the time went; only of a run with `--profile`.
    pub spent: Option<WallTime>,
    /// Threads that a run was split over.
    pub threads: usize,
    /// Why on this many threads.
    pub split: String,
    /// What the run had done by when; none of several together.
    pub trail: Option<Trail>,
}

impl Effort {
    /// The work of a run.
    pub fn of(ended: &Ended) -> Effort {
        Effort {
            kinds: ended.kinds.clone(),
            spent: ended.spent.clone(),
            threads: ended.split.threads,
            split: ended.split.to_string(),
            trail: Some(Trail::of(&ended.trail)),
        }
    }

    /// Adds the events and the time of another run of the same program.
    pub fn add(&mut self, other: &Effort) {
        for (sum, more) in self.kinds.iter_mut().zip(&other.kinds) {
            sum.1 += more.1;
        }
        if let (Some(spent), Some(more)) = (&mut self.spent, &other.spent) {
            spent.add(more);
        }
    }
}

/// Measures wall time.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    started: SystemTime,
    running: Instant,
}

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "timing.json is the one file that may depend on the clock")]
    pub fn start() -> Stopwatch {
        Stopwatch { started: SystemTime::now(), running: Instant::now() }
    }

    /// Seconds since the start.
    pub fn seconds(&self) -> f64 {
        self.running.elapsed().as_secs_f64()
    }

    /// The timing of work done since the start.
    pub fn read(&self, effort: &Effort) -> Timing {
        let events: u64 = effort.kinds.iter().map(|(_, count)| count).sum();
        let wall_s = self.seconds();
        let ratio = |part: f64, whole: f64| Figure((whole > 0.0).then_some(part / whole));
        let spent = |part: &dyn Fn(&WallTime) -> Option<f64>| Figure(effort.spent.as_ref().and_then(part));
        let of_kind = |(place, &(kind, count)): (usize, &(&'static str, u64))| KindCount {
            kind,
            count,
            share_ratio: ratio(count as f64, events as f64).0.unwrap_or_default(),
            seconds: spent(&|spent| spent.handling.get(place).copied()),
        };
        Timing {
            started: rfc3339(self.started),
            wall_s,
            events_per_s: ratio(events as f64, wall_s),
            ns_per_event: ratio(wall_s * 1e9, events as f64),
            peak_memory_bytes: peak_memory(),
            reused: None,
            threads: effort.threads,
            split: effort.split.clone(),
            os: std::env::consts::OS,
            arch: std::env::consts::ARCH,
            build: if cfg!(debug_assertions) { "debug" } else { "release" },
            profile: effort.kinds.iter().enumerate().map(of_kind).collect(),
            waiting_s: spent(&|spent| Some(spent.waiting())),
            building_s: spent(&|spent| Some(spent.building)),
            trail: effort.trail.clone(),
        }
    }
}

const SECONDS_A_DAY: u64 = 86_400;

/// A time as `YYYY-MM-DDThh:mm:ssZ`; times before 1970 count as its start.
fn rfc3339(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (year, month, day) = date(seconds / SECONDS_A_DAY);
    let second = seconds % SECONDS_A_DAY;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of the Gregorian calendar, `days` days after 1970-01-01.
fn date(mut days: u64) -> (u64, u64, u64) {
    let leap = |year: u64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

/// The process's high-water mark of resident memory, from Linux's `/proc/self/status`.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_print_as_dates() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_709_251_200, "2024-03-01T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }

    fn effort(kinds: &[(&'static str, u64)]) -> Effort {
        Effort { kinds: kinds.to_vec(), spent: None, threads: 1, split: "1 thread".to_owned(), trail: None }
    }

    #[test]
    fn nothing_done_has_no_rate() {
        let timing = Stopwatch::start().read(&effort(&[]));
        assert_eq!(timing.ns_per_event, Figure(None));
        assert!(timing.profile.is_empty());
    }

    #[test]
    fn shares_of_kinds_add_up() {
        let timing = Stopwatch::start().read(&effort(&[("arrive", 3), ("timer", 1)]));
        assert_eq!(timing.profile[0].share_ratio, 0.75);
        assert_eq!(timing.profile.iter().map(|kind| kind.share_ratio).sum::<f64>(), 1.0);
        assert_eq!((timing.profile[0].seconds, timing.waiting_s), (Figure(None), Figure(None)));
    }

    #[test]
    fn events_and_times_of_several_runs_add_up() {
        let spent = WallTime { handling: vec![3.0, 1.0], running: 6.0, building: 0.5 };
        let one = Effort { spent: Some(spent), ..effort(&[("arrive", 3), ("timer", 1)]) };
        let mut both = one.clone();
        both.add(&one);
        let timing = Stopwatch::start().read(&both);
        assert_eq!((timing.profile[0].count, timing.profile[0].seconds), (6, Figure(Some(6.0))));
        assert_eq!((timing.waiting_s, timing.building_s), (Figure(Some(4.0)), Figure(Some(1.0))));
    }
}
