//! A host's downlink, through which the packets of several messages come at a time.

use std::collections::BTreeMap;

use super::Fifo;
use super::config::MTU;
use super::pace::Pace;
use crate::units::{Bitrate, HostId, Time};

/// A downlink. Messages are cut through: all packets of a message but the last one flow in at the rate of its sender's uplink,
/// and the last one is stored and forwarded. So a message that meets no other takes the longer one of its two serialisations,
/// and one packet at the other link. What flows in at once mixes, and shares the queue.
#[derive(Debug)]
pub(super) struct Downlink {
    link: Fifo,
    /// `None` while nothing flows in.
    inflow: Option<Box<Inflow>>,
}

/// Messages that are coming in.
#[derive(Debug)]
struct Inflow {
    /// The link is as it was then.
    since: Time,
    /// Sum of the rates, in bit/s: whole numbers, so that it is exact.
    rate: f64,
    /// By their ends and their senders: the sum of their rates, and how many there are.
    messages: BTreeMap<(Time, HostId), (f64, u32)>,
}

/// A message of several packets that is coming in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stream {
    pub(super) from: HostId,
    /// Rate of the sender's uplink.
    pub(super) rate: Bitrate,
    /// When the last packet will have come.
    pub(super) ends: Time,
}

/// What the path has not lost of a message of several packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub(super) from: HostId,
    /// All of it.
    pub(super) bytes: u32,
    /// What comes with its last packet.
    pub(super) last: u32,
    /// Whether a [`Stream`] has announced it.
    pub(super) streamed: bool,
}

/// The packets of a message that the queue has no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overflow {
    pub packets: u32,
    pub bytes: u32,
}

impl Stream {
    /// All packets of a message, `bytes` on the wire, but those that were lost, `lost` bytes: the stream of them, if they come as
    /// one, and what ends it.
    pub(super) fn without(self, bytes: u32, lost: u32, streamed: bool) -> (Stream, Part) {
        let left = bytes.saturating_sub(lost);
        let share = f64::from(left) / f64::from(bytes.max(1));
        let rate = Bitrate::from_bits_per_second((self.rate.bits_per_second() * share) as u64);
        let last = if streamed { (f64::from(MTU.min(bytes)) * share) as u32 } else { left };
        (Stream { rate, ..self }, Part { from: self.from, bytes: left, last, streamed })
    }
}

impl Downlink {
    pub(super) fn new(link: Fifo) -> Downlink {
        Downlink { link, inflow: None }
    }

    /// The first packet of a message has come; the others follow.
    pub(super) fn begin(&mut self, now: Time, stream: Stream, pace: Pace<'_>) {
        self.advance(now, pace);
        let none = || Box::new(Inflow { since: now, rate: 0.0, messages: BTreeMap::new() });
        let inflow = self.inflow.get_or_insert_with(none);
        let Stream { from, rate, ends } = stream;
        inflow.rate += rate.bits_per_second();
        let (rates, count) = inflow.messages.entry((ends, from)).or_default();
        *rates += rate.bits_per_second();
        *count += 1;
    }

    /// The last packet of a message has come whose others flow in since [`Downlink::begin`]. Returns whether all of them have
    /// found the host online.
    pub(super) fn end(&mut self, now: Time, from: HostId, pace: Pace<'_>) -> bool {
        self.advance(now, pace);
        let Some(inflow) = &mut self.inflow else { return false };
        let Some((rates, count)) = inflow.messages.get_mut(&(now, from)) else { return false };
        // Of several with one end and one sender, whose rates differ when packets were lost, the first to end takes all rates
        // along: no time passes until the others end.
        inflow.rate -= std::mem::take(rates);
        *count -= 1;
        if *count == 0 {
            inflow.messages.remove(&(now, from));
        }
        if inflow.messages.is_empty() {
            self.inflow = None;
        }
        true
    }

    /// The last `bytes` of a message of `whole` bytes have come. Returns when the last one will have passed.
    ///
    /// # Errors
    /// What of it the queue has no room for; the other packets pass.
    #[inline(always)]
    pub(super) fn admit(
        &mut self,
        now: Time,
        (bytes, whole): (u32, u32),
        pace: Pace<'_>,
    ) -> Result<Time, Overflow> {
        self.advance(now, pace);
        let sizes = (u64::from(bytes), u64::from(whole));
        self.link.admit(now, sizes, pace).map_err(|excess| {
            let packets = excess.min(u64::from(whole)).div_ceil(u64::from(MTU)) as u32;
            let dropped = packets.saturating_mul(MTU).min(whole);
            self.link.adjust(now, u64::from(bytes), u64::from(dropped), pace);
            Overflow { packets, bytes: dropped }
        })
    }

    /// The same for a message that has come all at once, at the full rate of the link; `None`, with nothing changed, where others
    /// come in beside it, or the queue has no room.
    #[inline(always)]
    pub(super) fn queue(&mut self, now: Time, bytes: u32) -> Option<Time> {
        if self.inflow.is_some() {
            return None;
        }
        self.link.admit(now, (bytes.into(), bytes.into()), Pace::FULL).ok()
    }

    /// The first of some packets has come, and the others follow as this stream, unless all have come at once. Returns when it
    /// will have passed.
    pub(super) fn first_passes(&mut self, now: Time, stream: Option<Stream>, pace: Pace<'_>) -> Time {
        self.advance(now, pace);
        if let Some(stream) = stream {
            self.begin(now, stream, pace);
        }
        pace.done(self.link.free_at(now), self.link.rate().time_of(u64::from(MTU)))
    }

    /// When all that has come will have passed.
    pub(super) fn free_at(&self, now: Time) -> Time {
        self.link.free_at(now)
    }

    /// The last packet has come of a message of which others were lost. What came of it passes, full or not: its sender sends
    /// those again.
    pub(super) fn take(&mut self, now: Time, bytes: u32, pace: Pace<'_>) {
        self.advance(now, pace);
        self.link.wait(now, bytes.into(), pace);
    }

    /// So many bits a second flow in from now on, of messages that share the link.
    pub(super) fn set_inflow(&mut self, now: Time, rate: f64) {
        // No fault slows links that are shared.
        self.advance(now, Pace::FULL);
        let new = || Box::new(Inflow { since: now, rate, messages: BTreeMap::new() });
        self.inflow = (rate > 0.0).then(new);
    }

    /// The host has left: what waits at its link, and what is coming in, is gone.
    pub(super) fn clear(&mut self, now: Time) {
        self.inflow = None;
        self.link.clear(now);
    }

    /// The part of the queue that is taken, 0 to 1.
    pub(super) fn fill(&self, now: Time, pace: Pace<'_>) -> f64 {
        let mut link = self.link;
        if let Some(inflow) = &self.inflow {
            link.flow_in(inflow.since, now, inflow.rate, pace);
        }
        link.fill(now, pace)
    }

    /// The link's rate.
    pub(super) fn rate(&self) -> Bitrate {
        self.link.rate()
    }

    #[inline(always)]
    fn advance(&mut self, now: Time, pace: Pace<'_>) {
        if let Some(inflow) = &mut self.inflow {
            self.link.flow_in(inflow.since, now, inflow.rate, pace);
            inflow.since = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Duration;

    const SLOW: Bitrate = Bitrate::from_bits_per_second(1_200_000);
    const FAST: Bitrate = Bitrate::from_bits_per_second(12_000_000);

    /// A packet of 1500 B takes 10 ms at `SLOW`, and 1 ms at `FAST`.
    fn ms(millis: u64) -> Time {
        Time::ZERO + Duration::from_millis(millis)
    }

    /// Streams of ten packets from senders with links of this rate, which all begin at 0; when each has passed, by a queue of
    /// so many bytes.
    fn burst(senders: u32, up: Bitrate, down: Bitrate, queue: u64) -> Vec<Result<Time, Overflow>> {
        let mut link = Downlink::new(Fifo::new(down, queue));
        let ends = ms(0) + up.time_of(13_500);
        (0..senders)
            .for_each(|from| link.begin(ms(0), Stream { from: HostId(from), rate: up, ends }, Pace::FULL));
        let passes = |from| {
            assert!(link.end(ends, HostId(from), Pace::FULL));
            link.admit(ends, (MTU, 15_000), Pace::FULL)
        };
        (0..senders).map(passes).collect()
    }

    #[test]
    fn a_message_takes_the_longer_serialisation_and_a_packet_of_the_other() {
        // Its first packet has come at 0.
        assert_eq!(burst(1, FAST, SLOW, 1 << 20), [Ok(ms(100))]);
        assert_eq!(burst(1, SLOW, FAST, 1 << 20), [Ok(ms(91))]);
        assert_eq!(burst(1, SLOW, SLOW, 1 << 20), [Ok(ms(100))]);
        assert_eq!(burst(1, SLOW, Bitrate::UNLIMITED, 0), [Ok(ms(90))]);
    }

    #[test]
    fn messages_that_come_at_once_share_the_link() {
        // Five at a tenth of the rate each fill half of it: only their last packets wait for each other.
        assert_eq!(burst(5, SLOW, FAST, 1 << 20), [91, 92, 93, 94, 95].map(|at| Ok(ms(at))));
        // Of three at the full rate all packets pass within 30 packets' time, the last ones at its end.
        assert_eq!(burst(3, SLOW, SLOW, 1 << 20), [280, 290, 300].map(|at| Ok(ms(at))));
    }

    #[test]
    fn a_small_message_waits_for_what_has_come_and_not_for_what_will() {
        let mut link = Downlink::new(Fifo::new(FAST, 1 << 20));
        link.begin(ms(0), Stream { from: HostId(1), rate: SLOW, ends: ms(90) }, Pace::FULL);
        assert_eq!(link.admit(ms(40), (MTU, MTU), Pace::FULL), Ok(ms(41)));
        assert!(!link.end(ms(40), HostId(1), Pace::FULL), "it ends later");
        assert!(link.end(ms(90), HostId(1), Pace::FULL));
    }

    #[test]
    fn what_the_queue_has_no_room_for_is_dropped_by_packets() {
        // At 1 ms · 9, five streams have brought 67,500 B, of which 1350 have passed. A queue of 30,000 B takes the last 20 packets.
        let ends = burst(5, FAST, SLOW, 30_000);
        let dropped: u32 = ends.iter().map(|end| end.err().map_or(0, |overflow| overflow.packets)).sum();
        assert!((29..=31).contains(&dropped), "{ends:?}");
        assert!(ends.iter().filter_map(|end| end.err()).all(|overflow| overflow.packets <= 10));
        // Alone, a message larger than the queue passes.
        assert_eq!(burst(1, FAST, SLOW, 3000), [Ok(ms(100))]);
    }

    #[test]
    fn messages_of_one_sender_that_end_together_each_had_their_rate() {
        let mut link = Downlink::new(Fifo::new(FAST, 1 << 20));
        let stream = |from, rate, ends| Stream { from: HostId(from), rate, ends };
        // All of it, half of it, and another's at twice the link's rate, which alone goes on.
        let half = Bitrate::from_bits_per_second(600_000);
        link.begin(ms(0), stream(1, SLOW, ms(10)), Pace::FULL);
        link.begin(ms(0), stream(1, half, ms(10)), Pace::FULL);
        link.begin(ms(0), stream(2, Bitrate::from_bits_per_second(24_000_000), ms(20)), Pace::FULL);
        assert!(link.end(ms(10), HostId(1), Pace::FULL) && link.end(ms(10), HostId(1), Pace::FULL));
        assert!(!link.end(ms(10), HostId(1), Pace::FULL), "there were two");
        // 10 ms at 25.8 Mbit/s and 10 at 24 bring 62,250 B, of which 30,000 have passed: a packet waits for 21.5 ms.
        assert!(link.end(ms(20), HostId(2), Pace::FULL));
        assert_eq!(link.admit(ms(20), (MTU, MTU), Pace::FULL), Ok(ms(20) + Duration::from_nanos(22_500_000)));
    }

    #[test]
    fn who_leaves_loses_what_is_coming_in() {
        let mut link = Downlink::new(Fifo::new(SLOW, 1 << 20));
        link.begin(ms(0), Stream { from: HostId(1), rate: FAST, ends: ms(9) }, Pace::FULL);
        link.clear(ms(5));
        assert!(!link.end(ms(9), HostId(1), Pace::FULL));
        assert_eq!(link.admit(ms(9), (MTU, MTU), Pace::FULL), Ok(ms(19)));
        assert!(link.fill(ms(20), Pace::FULL) == 0.0);
    }
}
