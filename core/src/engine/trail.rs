//! What a run had done by each of many times, as hashes: where two runs first differ.

use super::fingerprint::HostHash;
use crate::units::{Duration, HostId, Time};

/// Hashes over all events before each of the times `from`, `from + step`, `from + 2 step` and so on. Up to where two runs
/// under one trail have the same hashes, the same happened in both. They do not depend on how hosts were split over threads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// The first of the times.
    pub from: Time,
    /// From each to the next.
    pub step: Duration,
    /// A hash for each. 32 bits: of four thousand million differences one is seen a step late.
    pub hashes: Vec<u32>,
}

impl Trail {
    /// Steps of a trail.
    pub const STEPS: usize = 1000;
}

/// Leaves a trail while a part of a run goes on.
#[derive(Clone, Debug)]
pub(super) struct TrailRecorder {
    from: Time,
    step: Duration,
    /// When the next mark is due; never when no trail is wanted.
    next: Time,
    /// Of the hashes that hosts had after each event: a sum, as parts of a run handle theirs in no common order.
    sum: u64,
    /// The sums at the times that have passed.
    marks: Vec<u64>,
}

impl Default for TrailRecorder {
    fn default() -> TrailRecorder {
        TrailRecorder { from: Time::ZERO, step: Duration::ZERO, next: Time::NEVER, sum: 0, marks: Vec::new() }
    }
}

impl TrailRecorder {
    /// A trail from a time on, with steps of this length.
    pub(super) fn new(from: Time, step: Duration) -> TrailRecorder {
        TrailRecorder { from, step, next: from, ..TrailRecorder::default() }
    }

    /// The host has handled an event, after which it has this hash.
    #[inline(always)]
    pub(super) fn take(&mut self, time: Time, host: HostId, hash: HostHash) {
        if time >= self.next {
            self.mark(time);
        }
        // The same at another host is something else.
        let place = u64::from(host.0).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.sum = self.sum.wrapping_add(hash.get() ^ place);
    }

    /// The time has come to `now`.
    #[cold]
    fn mark(&mut self, now: Time) {
        while self.next <= now && self.next != Time::NEVER {
            self.marks.push(self.sum);
            self.next = if self.marks.len() > Trail::STEPS { Time::NEVER } else { self.next + self.step };
        }
    }

    /// The trail of a run whose parts have left these.
    pub(super) fn together<'a>(parts: impl Iterator<Item = &'a TrailRecorder>) -> Trail {
        let mut sums = [0; Trail::STEPS + 1];
        let mut whole = Trail::default();
        for part in parts {
            (whole.from, whole.step) = (part.from, part.step);
            // A part to which nothing happened any more still is at its last sum.
            let marks = part.marks.iter().copied().chain(std::iter::repeat(part.sum));
            sums.iter_mut().zip(marks).for_each(|(sum, mark): (&mut u64, u64)| *sum = sum.wrapping_add(mark));
        }
        whole.hashes = sums.iter().map(|sum| (sum ^ sum >> 32) as u32).collect();
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::super::kind::Kind;
    use super::*;

    /// The trail of events at these times, by part.
    fn trail(parts: &[&[u64]]) -> Trail {
        let part = |times: &&[u64]| {
            let mut recorder = TrailRecorder::new(Time::from_nanos(10), Duration::from_nanos(5));
            for &time in *times {
                let mut hash = HostHash::default();
                hash.take(Time::from_nanos(time), Kind::new("event"), time);
                recorder.take(Time::from_nanos(time), HostId(time as u32), hash);
            }
            recorder
        };
        TrailRecorder::together(parts.iter().map(part).collect::<Vec<_>>().iter())
    }

    fn first_difference(one: &Trail, other: &Trail) -> Option<usize> {
        one.hashes.iter().zip(&other.hashes).position(|(one, other)| one != other)
    }

    #[test]
    fn trails_differ_from_the_first_time_on_before_which_an_event_differs() {
        let base = trail(&[&[3, 12, 20, 31, 99]]);
        assert_eq!(base.hashes.len(), Trail::STEPS + 1);
        for (times, first) in [
            ([4, 12, 20, 31, 99], Some(0)),
            ([3, 13, 20, 31, 99], Some(1)),
            // What happens at a time is not before it.
            ([3, 12, 19, 31, 99], Some(2)),
            ([3, 12, 20, 32, 99], Some(5)),
            ([3, 12, 20, 31, 98], Some(18)),
            ([3, 12, 20, 31, 99], None),
        ] {
            assert_eq!(first_difference(&base, &trail(&[&times])), first, "{times:?}");
        }
    }

    #[test]
    fn a_trail_is_the_same_however_hosts_are_split() {
        let whole = trail(&[&[3, 12, 20, 31, 99]]);
        assert_eq!(trail(&[&[12, 31], &[3, 20, 99], &[]]), whole);
        assert_eq!(trail(&[&[3, 12, 20, 31, 99, 9_000]]), whole, "it has an end");
    }
}
