//! Pacing: a sender of QUIC lets a burst go at once, and then a little more than a window each round trip.

use crate::units::{Duration, Time};

/// Packets of a burst, at the least and at the most; between, as many as pass in [`BURST`] seconds: as quinn 0.11 has them.
pub(super) const LEAST: f64 = 10.0;
const MOST: f64 = 256.0;
const BURST: f64 = 0.002;
/// Windows a round trip.
const RATE: f64 = 1.25;

/// A bucket of tokens, one for each packet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pacer {
    tokens: f64,
    filled: Time,
}

impl Default for Pacer {
    fn default() -> Pacer {
        Pacer { tokens: LEAST, filled: Time::ZERO }
    }
}

impl Pacer {
    /// Packets that may go now.
    pub(crate) fn packets(&mut self, now: Time, window: f64, rtt: Duration) -> u32 {
        let most = capacity(window, rtt);
        if rtt == Duration::ZERO {
            // Every window is acknowledged at once: nothing to spread over a round trip.
            self.tokens = most;
        }
        self.tokens = self.tokens.min(most);
        if self.tokens < 1.0 {
            let round_trips = now.since(self.filled).as_seconds() / rtt.as_seconds().max(f64::MIN_POSITIVE);
            self.tokens = (self.tokens + RATE * window * round_trips).min(most);
            self.filled = now;
        }
        self.tokens as u32
    }

    /// So many have gone.
    pub(crate) fn take(&mut self, packets: u32) {
        self.tokens -= f64::from(packets);
    }

    /// When the bucket is full again, of which tokens are asked for and missing at `now`: never at once, or whoever waits for it
    /// would ask for ever.
    pub(crate) fn is_full_at(&self, now: Time, window: f64, rtt: Duration) -> Time {
        let missing = capacity(window, rtt) - self.tokens;
        let wait = Duration::from_seconds(missing.max(0.0) * rtt.as_seconds() / (RATE * window));
        now + wait.max(Duration::from_nanos(1))
    }
}

fn capacity(window: f64, rtt: Duration) -> f64 {
    (window * BURST / rtt.as_seconds().max(BURST)).clamp(LEAST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTT: Duration = Duration::from_millis(100);

    fn ms(millis: u64) -> Time {
        Time::ZERO + Duration::from_millis(millis)
    }

    #[test]
    fn a_burst_of_ten_packets_goes_at_once_and_the_others_at_five_quarters_of_a_window_a_round_trip() {
        let mut pacer = Pacer::default();
        let now = ms(1000);
        assert_eq!(pacer.packets(now, 40.0, RTT), 10);
        pacer.take(10);
        assert_eq!(pacer.packets(now, 40.0, RTT), 10, "the bucket has filled since the beginning");
        pacer.take(10);
        assert_eq!(pacer.packets(now, 40.0, RTT), 0);
        // 500 packets a second.
        assert_eq!(pacer.is_full_at(now, 40.0, RTT), ms(1020));
        assert_eq!(pacer.packets(ms(1010), 40.0, RTT), 5);
    }

    #[test]
    fn however_short_the_round_trip_whoever_waits_gets_on() {
        for (nanos, window) in [(0, 2.0), (1, 2.0), (1, 1e6), (3, 10.0)] {
            let (mut pacer, mut now, rtt) = (Pacer::default(), ms(5), Duration::from_nanos(nanos));
            for _ in 0..100 {
                let packets = pacer.packets(now, window, rtt);
                pacer.take(packets);
                if packets == 0 {
                    let full = pacer.is_full_at(now, window, rtt);
                    assert!(full > now && pacer.packets(full, window, rtt) > 0, "{nanos} ns, {window}");
                    now = full;
                }
            }
        }
    }

    #[test]
    fn a_burst_of_a_fast_sender_is_two_milliseconds_of_its_window() {
        assert_eq!(capacity(1000.0, RTT), 20.0);
        assert_eq!(capacity(100_000.0, RTT), MOST);
        assert_eq!(capacity(8.0, Duration::ZERO), LEAST);
    }
}
