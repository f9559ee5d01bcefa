//! One direction of an access link, as a queue.

use super::config::MTU;
use super::pace::Pace;
use crate::units::{Bitrate, Duration, Time};

/// One direction of an access link: messages pass one after the other at its rate; what waits is bounded, and what
/// would exceed the bound is dropped (drop tail). An idle link takes a message of any size.
#[derive(Clone, Copy, Debug)]
pub struct Fifo {
    rate: Bitrate,
    queue: u64,
    busy_until: Time,
}

/// The queue has no room for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Fifo {
    /// An idle link of this rate, with room for `queue` bytes, the message in transmission included.
    pub fn new(rate: Bitrate, queue: u64) -> Fifo {
        Fifo { rate, queue, busy_until: Time::ZERO }
    }

    /// Hands `bytes` over at `now`. Returns when the last byte has passed.
    ///
    /// # Errors
    /// When the link is busy and its queue has no room for them; they are not taken then.
    #[inline(always)]
    pub(super) fn offer(&mut self, now: Time, bytes: u64, pace: Pace<'_>) -> Result<Time, Full> {
        if self.busy_until <= now {
            self.busy_until = pace.done(now, self.rate.time_of(bytes));
        } else if self.backlog(now, pace).saturating_add(bytes) > self.queue {
            return Err(Full);
        } else {
            self.busy_until = pace.done(self.busy_until, self.rate.time_of(bytes));
        }
        Ok(self.busy_until)
    }

    /// Hands `bytes` over at `now`, which wait at their sender for as long as the queue has no room for them. Returns when the
    /// last byte has passed: they pass in their order, so where they wait makes no difference to that.
    #[inline(always)]
    pub(super) fn wait(&mut self, now: Time, bytes: u64, pace: Pace<'_>) -> Time {
        self.busy_until = pace.done(self.free_at(now), self.rate.time_of(bytes));
        self.busy_until
    }

    /// When all that was handed over has passed; `now` if it has.
    #[inline(always)]
    pub(super) fn free_at(&self, now: Time) -> Time {
        self.busy_until.max(now)
    }

    /// What waits or passes is gone.
    pub(super) fn clear(&mut self, now: Time) {
        self.busy_until = self.busy_until.min(now);
    }

    /// `inflow` bits a second have come from `since` to `now`. What the link could not pass as it came waits, in a queue that is
    /// bounded only by [`Fifo::admit`].
    pub(super) fn flow_in(&mut self, since: Time, now: Time, inflow: f64, pace: Pace<'_>) {
        let mut waits = pace.work(since, self.busy_until);
        for (from, until, share) in pace.pieces(since, now) {
            let span = until.since(from);
            let work = (span.as_nanos() as f64 * (inflow / self.rate.bits_per_second())) as u64;
            let done = if share == 1.0 { span } else { Duration::from_seconds(span.as_seconds() * share) };
            waits = waits + Duration::from_nanos(work) - done;
        }
        self.busy_until = pace.done(now, waits);
    }

    /// The last `bytes` of a message of `whole` bytes have come; the others have flown in. Returns when the last one will have
    /// passed. The queue has room for the message itself at least, as an idle link takes one of any size.
    ///
    /// # Errors
    /// How many bytes are too many. What comes in now is not taken then.
    #[inline(always)]
    pub(super) fn admit(
        &mut self,
        now: Time,
        (bytes, whole): (u64, u64),
        pace: Pace<'_>,
    ) -> Result<Time, u64> {
        if self.busy_until > now {
            let (all, room) = (self.backlog(now, pace).saturating_add(bytes), self.queue.max(whole));
            if all > room {
                return Err(all - room);
            }
        }
        Ok(self.wait(now, bytes, pace))
    }

    /// Takes `more` bytes into what waits, and drops `fewer`.
    pub(super) fn adjust(&mut self, now: Time, more: u64, fewer: u64, pace: Pace<'_>) {
        let bytes = self.backlog(now, pace).saturating_add(more).saturating_sub(fewer);
        self.busy_until = pace.done(now, self.rate.time_of(bytes));
    }

    /// Bytes that have not passed yet.
    #[inline(always)]
    pub(super) fn backlog(&self, now: Time, pace: Pace<'_>) -> u64 {
        match pace.work(now, self.busy_until) {
            Duration::ZERO => 0,
            wait => self.rate.bytes_in(wait),
        }
    }

    /// Bytes that [`Fifo::offer`] would take.
    pub(super) fn room(&self, now: Time, pace: Pace<'_>) -> u64 {
        if self.busy_until <= now { u64::MAX } else { self.queue.saturating_sub(self.backlog(now, pace)) }
    }

    /// When half of a queue that is full will be empty, or all of one that holds only a few packets.
    pub(super) fn has_room_at(&self, now: Time, pace: Pace<'_>) -> Time {
        if self.queue < 4 * u64::from(MTU) {
            return self.free_at(now);
        }
        pace.done(now, self.rate.time_of(self.backlog(now, pace).saturating_sub(self.queue / 2)))
    }

    /// The part of the queue that is taken, 0 to 1.
    pub(super) fn fill(&self, now: Time, pace: Pace<'_>) -> f64 {
        self.filled_by(self.backlog(now, pace))
    }

    /// The part of the queue that so many bytes take, 0 to 1.
    pub(super) fn filled_by(&self, bytes: u64) -> f64 {
        if bytes == 0 { 0.0 } else { (bytes as f64 / self.queue.max(1) as f64).min(1.0) }
    }

    /// How long what comes next would wait.
    pub(super) fn wait_of_next(&self, now: Time, pace: Pace<'_>) -> Duration {
        pace.done(now, self.rate.time_of(self.backlog(now, pace))).since(now)
    }

    /// Bytes that can wait for it, the message in transmission included.
    pub fn queue(&self) -> u64 {
        self.queue
    }

    /// The link's rate.
    pub fn rate(&self) -> Bitrate {
        self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::effect::Site;
    use crate::network::fate::Side;
    use crate::network::faults::{Entry, FaultSchedule};
    use crate::network::{Fault, FaultKind, HostSet, Place, SlowLinks};
    use crate::random::Seed;
    use crate::units::{GroupId, Share};

    fn ms(millis: u64) -> Time {
        Time::ZERO + Duration::from_millis(millis)
    }

    #[test]
    fn messages_pass_one_after_the_other() {
        let mut link = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 3000);
        assert_eq!(link.offer(ms(0), 1000, Pace::FULL), Ok(ms(8)));
        assert_eq!(link.offer(ms(1), 1000, Pace::FULL), Ok(ms(16)));
        assert_eq!(link.offer(ms(20), 1000, Pace::FULL), Ok(ms(28)));
    }

    #[test]
    fn what_exceeds_the_queue_is_dropped_and_takes_no_time() {
        let mut link = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 2000);
        assert!(link.offer(ms(0), 1000, Pace::FULL).is_ok());
        assert!(link.offer(ms(0), 1000, Pace::FULL).is_ok());
        assert_eq!(link.backlog(ms(0), Pace::FULL), 2000);
        assert_eq!(link.offer(ms(0), 1, Pace::FULL), Err(Full));
        assert_eq!(link.offer(ms(8), 1000, Pace::FULL), Ok(ms(24)));
        assert!((link.fill(ms(8), Pace::FULL) - 1.0).abs() < 1e-9);
    }

    /// A byte takes 8 µs.
    #[test]
    fn a_full_queue_has_room_when_half_of_it_is_empty_and_a_short_one_when_all_of_it_is() {
        let mut link = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 10_000);
        assert_eq!(link.room(ms(0), Pace::FULL), u64::MAX);
        link.wait(ms(0), 9000, Pace::FULL);
        assert_eq!((link.room(ms(0), Pace::FULL), link.has_room_at(ms(0), Pace::FULL)), (1000, ms(32)));
        let mut short = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 0);
        short.wait(ms(0), 1, Pace::FULL);
        // No whole byte is left of what passes.
        let now = Time::from_nanos(7_999);
        assert_eq!(
            (short.room(now, Pace::FULL), short.has_room_at(now, Pace::FULL)),
            (0, Time::from_nanos(8_000))
        );
    }

    #[test]
    fn an_idle_link_takes_a_message_of_any_size() {
        let mut link = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 2000);
        assert_eq!(link.offer(ms(5), 10_000, Pace::FULL), Ok(ms(85)));
    }

    #[test]
    fn what_waits_for_room_passes_in_its_turn() {
        let mut link = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 2000);
        assert_eq!(link.wait(ms(0), 10_000, Pace::FULL), ms(80));
        assert_eq!(link.wait(ms(1), 1000, Pace::FULL), ms(88));
        assert_eq!(link.offer(ms(1), 1, Pace::FULL), Err(Full));
        link.clear(ms(3));
        assert_eq!(link.offer(ms(3), 1000, Pace::FULL), Ok(ms(11)));
    }

    #[test]
    fn what_is_too_much_goes_beyond_the_queue_and_beyond_the_message() {
        let mut link = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 2000);
        assert_eq!(link.wait(ms(0), 1000, Pace::FULL), ms(8));
        assert_eq!(link.admit(ms(0), (1500, 1500), Pace::FULL), Err(500));
        assert_eq!(link.admit(ms(0), (10_000, 10_000), Pace::FULL), Err(1000));
        assert_eq!(link.admit(ms(8), (10_000, 10_000), Pace::FULL), Ok(ms(88)));
    }

    #[test]
    fn what_flows_in_faster_than_it_passes_waits() {
        let mut link = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 2000);
        // 4 Mbit/s for 8 ms are 4000 B, of which 1000 pass.
        link.flow_in(ms(0), ms(8), 4e6, Pace::FULL);
        assert_eq!(link.backlog(ms(8), Pace::FULL), 3000);
        // Half of the rate empties it by half of the rate: 24 ms of work are done in 48 ms.
        link.flow_in(ms(8), ms(56), 0.5e6, Pace::FULL);
        assert_eq!(link.backlog(ms(56), Pace::FULL), 0);
        link.flow_in(ms(56), ms(100), 0.5e6, Pace::FULL);
        assert_eq!(link.free_at(ms(100)), ms(100));
    }

    /// 1000 B take 8 ms, and at a tenth of the rate, from 4 ms to 44 ms, ten times as long.
    #[test]
    fn what_waits_when_the_rate_changes_goes_on_at_the_new_one() {
        let links = SlowLinks { uplink: Share::clamped(0.1), downlink: Share::ONE };
        let kind = FaultKind::Slow(HostSet::default(), links);
        let fault = Fault::new(ms(4), Duration::from_millis(40), kind);
        let faults = FaultSchedule::new(vec![Entry::of("f", &fault, Seed(1), ms(1000))]);
        let site = Site { group: GroupId(0), place: Place(0), key: 0 };
        let pace = Pace::under(&faults, site, Side::Uplink);
        let mut link = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 2000);
        // 500 B before it, 500 B in all of it.
        assert_eq!(link.offer(ms(0), 1000, pace), Ok(ms(44)));
        assert_eq!(link.offer(ms(0), 1000, pace), Ok(ms(52)));
        assert_eq!(
            [0, 4, 24, 44, 48, 52].map(|at| link.backlog(ms(at), pace)),
            [2000, 1500, 1250, 1000, 500, 0]
        );
        assert_eq!(link.offer(ms(24), 751, pace), Err(Full));
        assert_eq!((link.room(ms(24), pace), link.has_room_at(ms(24), pace)), (750, ms(52)));
        assert_eq!(link.wait_of_next(ms(24), pace), Duration::from_millis(28));
        // Of 9000 B, half a queue of 10,000 is left when 4000 have passed: 500 before it, 500 in it, and 3000 after it.
        let mut long = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 10_000);
        long.wait(ms(0), 9000, pace);
        assert_eq!((long.room(ms(0), pace), long.has_room_at(ms(0), pace)), (1000, ms(68)));
        // 2 Mbit/s for 8 ms, of which it passes 4 ms at its rate and 4 at a tenth of it.
        let mut link = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 2000);
        link.flow_in(ms(0), ms(8), 2e6, pace);
        assert_eq!(link.backlog(ms(8), pace), 2000 - 500 - 50);
    }

    #[test]
    fn an_unlimited_link_takes_no_time() {
        let mut link = Fifo::new(Bitrate::UNLIMITED, 0);
        for _ in 0..3 {
            assert_eq!(link.offer(ms(5), 10_000, Pace::FULL), Ok(ms(5)));
        }
    }
}
