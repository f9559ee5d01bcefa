//! Messages of QUIC of which nothing has to be heard: they fit into the window and a burst, and nothing waits or is missing. They go
//! whole, and when they are acknowledged no event tells; they fill the window until then.

use std::collections::VecDeque;

use crate::units::{Duration, Time};

/// What is on its way so.
#[derive(Debug, Default)]
pub(crate) struct Quiet {
    /// When it is acknowledged, and how many bytes: in their order, but for the last, which mostly is the only one.
    #[expect(clippy::box_collection, reason = "hardly any connection has some, and each has room for it")]
    earlier: Option<Box<VecDeque<(Time, u32)>>>,
    /// Of no bytes, if nothing is on its way.
    last: (Time, u32),
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
            if self.earlier.as_mut().and_then(|earlier| earlier.pop_front()).is_none() {
                self.last.1 = 0;
            }
        }
        self.bytes
    }

    /// So many more are, until then.
    #[inline]
    pub(crate) fn add(&mut self, until: Time, bytes: u32, rtt: Duration) {
        self.bytes += bytes;
        let (at, last) = &mut self.last;
        if *last > 0 && until.since(*at).as_nanos() <= rtt.as_nanos() / PARTS {
            *last += bytes;
            return;
        }
        let earlier = std::mem::replace(&mut self.last, (until, bytes));
        if earlier.1 > 0 {
            self.earlier.get_or_insert_default().push_back(earlier);
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
        let earlier = self.earlier.as_ref().and_then(|earlier| earlier.front().copied());
        earlier.or(Some(self.last).filter(|(_, bytes)| *bytes > 0))
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
