//! Messages of QUIC of which nothing has to be heard: they fit into the window and a burst, and nothing waits or is missing. They go
//! whole, and when they are acknowledged no event tells; they fill the window until then.

use std::collections::VecDeque;

use crate::units::{Duration, Time};

/// What is on its way so.
#[derive(Debug, Default)]
pub(crate) struct Quiet {
    /// When it is acknowledged, and how many bytes: in their order, but for the last, which mostly is the only one.
    earlier: VecDeque<(Time, u32)>,
    last: Option<(Time, u32)>,
    bytes: u32,
    /// Acknowledgements that the sender has not counted for its estimate of the round trip.
    heard: u32,
}

/// What is acknowledged within this part of a round trip counts as acknowledged at once.
const PARTS: u64 = 8;

impl Quiet {
    /// Bytes that are on their way.
    #[inline]
    pub(crate) fn bytes(&mut self, now: Time) -> u32 {
        while let Some((_, bytes)) = self.first().filter(|(at, _)| *at <= now) {
            self.bytes -= bytes;
            self.heard += 1;
            if self.earlier.pop_front().is_none() {
                self.last = None;
            }
        }
        self.bytes
    }

    /// So many more are, until then.
    #[inline]
    pub(crate) fn add(&mut self, until: Time, bytes: u32, rtt: Duration) {
        self.bytes += bytes;
        match &mut self.last {
            Some((at, more)) if until.since(*at).as_nanos() <= rtt.as_nanos() / PARTS => *more += bytes,
            last => self.earlier.extend(last.replace((until, bytes))),
        }
    }

    /// How many acknowledgements have come since this was asked.
    pub(crate) fn take_heard(&mut self) -> u32 {
        std::mem::take(&mut self.heard)
    }

    /// When the next of them are acknowledged.
    pub(crate) fn next(&self) -> Option<Time> {
        self.first().map(|(at, _)| at)
    }

    #[inline]
    fn first(&self) -> Option<(Time, u32)> {
        self.earlier.front().copied().or(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_on_their_way_for_a_round_trip() {
        let (rtt, ms) = (Duration::from_millis(80), |millis| Time::ZERO + Duration::from_millis(millis));
        let mut quiet = Quiet::default();
        for at in [0, 10, 40, 70] {
            quiet.add(ms(at) + rtt, 100, rtt);
        }
        assert_eq!((quiet.bytes(ms(79)), quiet.next()), (400, Some(ms(80))));
        // The second goes with the first.
        assert_eq!(quiet.bytes(ms(80)), 200);
        assert_eq!((quiet.bytes(ms(120)), quiet.bytes(ms(150)), quiet.next()), (100, 0, None));
        assert_eq!((quiet.take_heard(), quiet.take_heard()), (3, 0));
    }
}
