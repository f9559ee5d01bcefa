//! How much of its link a host has used lately, as measured by itself.

use crate::units::{Bitrate, Duration, Time};

/// Bytes over a sliding window, as a host measures them itself: eight slots and the current one, so that the window
/// slides in eighths.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    slot: Duration,
    current: u64,
    bytes: [u64; SLOTS],
}

const SLOTS: usize = 9;

impl Meter {
    /// A meter with this window, which must not be zero.
    pub(super) fn new(window: Duration) -> Meter {
        Meter { slot: Duration::from_nanos((window.as_nanos() / 8).max(1)), current: 0, bytes: [0; SLOTS] }
    }

    /// Counts `bytes` at `now`.
    pub(super) fn add(&mut self, now: Time, bytes: u64) {
        self.turn(now);
        self.bytes[(self.current % SLOTS as u64) as usize] += bytes;
    }

    /// Bytes of the last window as a share of what `rate` carries in it, clamped to 0..=1. Nothing is a share of an
    /// unlimited rate.
    pub(super) fn used(&self, now: Time, rate: Bitrate) -> f64 {
        if rate.is_unlimited() {
            return 0.0;
        }
        // The span is eight whole slots and the current one, also at the start, so that the first bytes do not count as
        // a full load.
        let begun = now.as_nanos() % self.slot.as_nanos();
        let span = Duration::from_nanos(8 * self.slot.as_nanos() + begun);
        let slot = now.as_nanos() / self.slot.as_nanos();
        let oldest = (slot + 1).saturating_sub(SLOTS as u64);
        let total: u64 = (oldest..=self.current).map(|slot| self.bytes[(slot % SLOTS as u64) as usize]).sum();
        (total as f64 / rate.bytes_in(span).max(1) as f64).min(1.0)
    }

    /// Empties the slots that have passed since the last call.
    fn turn(&mut self, now: Time) {
        let slot = now.as_nanos() / self.slot.as_nanos();
        if slot - self.current >= SLOTS as u64 {
            self.bytes = [0; SLOTS];
        } else {
            for passed in self.current + 1..=slot {
                self.bytes[(passed % SLOTS as u64) as usize] = 0;
            }
        }
        self.current = slot;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Time {
        Time::ZERO + Duration::from_millis(millis)
    }

    #[test]
    fn steady_traffic_uses_its_share_of_the_rate() {
        let rate = Bitrate::from_bits_per_second(8_000_000);
        let mut meter = Meter::new(Duration::from_secs(1));
        for milli in 0..5000 {
            meter.add(ms(milli), 500);
        }
        assert!((meter.used(ms(5000), rate) - 0.5).abs() < 0.01);
    }

    #[test]
    fn a_message_at_the_start_is_a_small_part_of_a_whole_window() {
        let rate = Bitrate::from_bits_per_second(8_000_000);
        let mut meter = Meter::new(Duration::from_secs(1));
        meter.add(ms(1), 10_000);
        assert!((meter.used(ms(1), rate) - 0.01).abs() < 1e-4);
    }

    #[test]
    fn what_has_left_the_window_does_not_count() {
        let rate = Bitrate::from_bits_per_second(8_000_000);
        let mut meter = Meter::new(Duration::from_secs(1));
        meter.add(ms(100), 500_000);
        assert!(meter.used(ms(1000), rate) > 0.4);
        assert_eq!(meter.used(ms(1300), rate), 0.0);
        meter.add(ms(60_000), 1_000_000_000);
        assert_eq!(meter.used(ms(60_000), rate), 1.0);
        assert_eq!(meter.used(ms(60_000), Bitrate::UNLIMITED), 0.0);
    }
}
