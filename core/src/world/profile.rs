//! Where the wall time of a run goes, by kind of event: `--profile`.

use std::time::{Duration, Instant};

/// Of each kind, one event in this many is timed: reading the clock costs some 50 ns, which would distort the profile if
/// every event were timed. A prime, so that sampling does not lock step with events that alternate.
const ONE_IN: u32 = 17;

/// The wall time of a run, in seconds, summed over its threads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WallTime {
    /// In the handlers of events, by kind, in the order of [`Ended::kinds`](super::Ended::kinds); estimated from a part
    /// of the events.
    pub handling: Vec<f64>,
    /// In the run loop, handlers included: the rest is the queue, and waiting for other threads.
    pub running: f64,
    /// Before the first event.
    pub building: f64,
}

impl WallTime {
    /// In the run loop outside of handlers: the queue, and waiting for other threads.
    pub fn waiting(&self) -> f64 {
        (self.running - self.handling.iter().sum::<f64>()).max(0.0)
    }

    /// Adds what another run took.
    pub fn add(&mut self, other: &WallTime) {
        self.handling.resize(self.handling.len().max(other.handling.len()), 0.0);
        self.handling.iter_mut().zip(&other.handling).for_each(|(sum, more)| *sum += more);
        self.running += other.running;
        self.building += other.building;
    }
}

/// Times events while they are handled, on one thread.
#[derive(Debug)]
pub(super) struct Profiler {
    kinds: Vec<Timed>,
    /// What reading the clock takes: it is no part of an event.
    reading: Duration,
}

#[derive(Clone, Copy, Debug, Default)]
struct Timed {
    /// Events to let pass before the next that is timed.
    pass: u32,
    events: u64,
    took: Duration,
}

impl Profiler {
    pub(super) fn new(kinds: usize) -> Profiler {
        let reading = (0..100).map(|_| now().elapsed()).min().unwrap_or_default();
        Profiler { kinds: vec![Timed::default(); kinds], reading }
    }

    /// An event of this kind is to be handled: gives its kind and the present, if it is to be timed.
    pub(super) fn start(&mut self, kind: usize) -> Option<(usize, Instant)> {
        let timed = &mut self.kinds[kind];
        if timed.pass > 0 {
            timed.pass -= 1;
            return None;
        }
        timed.pass = ONE_IN - 1;
        Some((kind, now()))
    }

    /// The event has been handled.
    pub(super) fn stop(&mut self, (kind, begun): (usize, Instant)) {
        let took = begun.elapsed().saturating_sub(self.reading);
        let timed = &mut self.kinds[kind];
        timed.events += 1;
        timed.took += took;
    }
}

/// Seconds that all events of each kind took, extrapolated from the samples of all threads to the counts in `kinds`.
pub(super) fn handling(profilers: &[&Profiler], kinds: &[(&'static str, u64)]) -> Vec<f64> {
    let seconds = |(kind, &(_, count)): (usize, &(&str, u64))| {
        let timed = || profilers.iter().map(|profiler| profiler.kinds[kind]);
        let events: u64 = timed().map(|timed| timed.events).sum();
        let took: f64 = timed().map(|timed| timed.took.as_secs_f64()).sum();
        took * count as f64 / events.max(1) as f64
    };
    kinds.iter().enumerate().map(seconds).collect()
}

/// The wall clock's present.
#[expect(clippy::disallowed_methods, reason = "a profile tells wall time, and changes nothing else")]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_kind_is_timed_and_then_one_in_so_many() {
        let mut clock = Profiler::new(2);
        let timed = |clock: &mut Profiler, kind| clock.start(kind).is_some();
        let firsts: Vec<bool> = (0..2 * ONE_IN).map(|_| timed(&mut clock, 0)).collect();
        let wanted: Vec<bool> = (0..2 * ONE_IN).map(|event| event % ONE_IN == 0).collect();
        assert_eq!(firsts, wanted);
        assert!(timed(&mut clock, 1));
    }

    #[test]
    fn what_was_timed_stands_for_all_events_of_its_kind_on_all_threads() {
        let timed = |events, millis| Timed { pass: 0, events, took: Duration::from_millis(millis) };
        let clock = |kinds: [Timed; 2]| Profiler { kinds: kinds.to_vec(), reading: Duration::ZERO };
        let profilers = [clock([timed(3, 500), timed(0, 0)]), clock([timed(1, 500), timed(0, 0)])];
        assert_eq!(handling(&profilers.each_ref(), &[("arrive", 40), ("pass", 0)]), [10.0, 0.0]);
    }

    #[test]
    fn what_is_not_handling_is_waiting_and_runs_add_up() {
        let one = WallTime { handling: vec![1.0, 2.0], running: 5.0, building: 0.5 };
        let mut both = WallTime::default();
        both.add(&one);
        both.add(&WallTime { handling: vec![4.0, 0.0], running: 3.0, building: 0.5 });
        assert_eq!(both, WallTime { handling: vec![5.0, 2.0], running: 8.0, building: 1.0 });
        assert_eq!((one.waiting(), both.waiting()), (2.0, 1.0));
    }
}
