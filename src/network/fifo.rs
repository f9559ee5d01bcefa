//! One direction of an access link, as a queue.

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
    #[inline]
    pub fn offer(&mut self, now: Time, bytes: u64) -> Result<Time, Full> {
        if self.busy_until <= now {
            self.busy_until = now + self.rate.time_of(bytes);
        } else if self.backlog(now).saturating_add(bytes) > self.queue {
            return Err(Full);
        } else {
            self.busy_until += self.rate.time_of(bytes);
        }
        Ok(self.busy_until)
    }

    /// Bytes that have not passed yet.
    pub fn backlog(&self, now: Time) -> u64 {
        match self.busy_until.since(now) {
            Duration::ZERO => 0,
            wait => self.rate.bytes_in(wait),
        }
    }

    /// The part of the queue that is taken, 0 to 1.
    pub fn fill(&self, now: Time) -> f64 {
        let backlog = self.backlog(now);
        if backlog == 0 { 0.0 } else { (backlog as f64 / self.queue.max(1) as f64).min(1.0) }
    }

    /// The link's rate.
    pub fn rate(&self) -> Bitrate {
        self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Time {
        Time::ZERO + Duration::from_millis(millis)
    }

    #[test]
    fn messages_pass_one_after_the_other() {
        let mut link = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 3000);
        assert_eq!(link.offer(ms(0), 1000), Ok(ms(8)));
        assert_eq!(link.offer(ms(1), 1000), Ok(ms(16)));
        assert_eq!(link.offer(ms(20), 1000), Ok(ms(28)));
    }

    #[test]
    fn what_exceeds_the_queue_is_dropped_and_takes_no_time() {
        let mut link = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 2000);
        assert!(link.offer(ms(0), 1000).is_ok());
        assert!(link.offer(ms(0), 1000).is_ok());
        assert_eq!(link.backlog(ms(0)), 2000);
        assert_eq!(link.offer(ms(0), 1), Err(Full));
        assert_eq!(link.offer(ms(8), 1000), Ok(ms(24)));
        assert!((link.fill(ms(8)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn an_idle_link_takes_a_message_of_any_size() {
        let mut link = Fifo::new(Bitrate::from_bits_per_second(1_000_000), 2000);
        assert_eq!(link.offer(ms(5), 10_000), Ok(ms(85)));
    }

    #[test]
    fn an_unlimited_link_takes_no_time() {
        let mut link = Fifo::new(Bitrate::UNLIMITED, 0);
        for _ in 0..3 {
            assert_eq!(link.offer(ms(5), 10_000), Ok(ms(5)));
        }
    }
}
