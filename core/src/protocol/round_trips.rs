//! How long answers take, and how long a node waits for one.

use super::config::Config;
use crate::units::Duration;

/// An estimate of round trips, and the time-out that follows from it, as in RFC 6298: a smoothed mean and four times the
/// smoothed deviation, between `rpc_timeout_min` and `rpc_timeout_max`.
///
/// One estimate is for all whom a node asks: most are asked once. Silence alone does not lengthen the time-out, as it is
/// nearly always an absence; but an answer that comes after its time-out counts as a sample (each question has a number of
/// its own, so it is clear which one is answered), and when nobody at all has answered the time-out doubles.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RoundTrips {
    /// Smoothed round trip and its smoothed deviation; `None` before the first.
    smoothed: Option<(u64, u64)>,
    doublings: u8,
}

/// More would be beyond any `rpc_timeout_max` that means something.
const MOST_DOUBLINGS: u8 = 32;

impl RoundTrips {
    /// An answer took so long.
    pub(super) fn took(&mut self, span: Duration) {
        let sample = span.as_nanos();
        self.doublings = 0;
        self.smoothed = Some(match self.smoothed {
            None => (sample, sample / 2),
            Some((mean, deviation)) => {
                let off = mean.abs_diff(sample);
                (mean - mean / 8 + sample / 8, deviation - deviation / 4 + off / 4)
            }
        });
    }

    /// Nobody has answered.
    pub(super) fn back_off(&mut self) {
        self.doublings = (self.doublings + 1).min(MOST_DOUBLINGS);
    }

    /// How long to wait for an answer.
    pub(super) fn timeout(&self, config: &Config) -> Duration {
        let (mean, deviation) = self.smoothed.unwrap_or_default();
        let estimate =
            mean.saturating_add(deviation.saturating_mul(4)).max(config.rpc_timeout_min.as_nanos());
        let doubled = estimate.saturating_mul(1 << self.doublings);
        Duration::from_nanos(doubled.min(config.rpc_timeout_max.as_nanos()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeout(round_trips: RoundTrips) -> u64 {
        round_trips.timeout(&Config::default()).as_nanos() / 1_000_000
    }

    #[test]
    fn short_round_trips_leave_the_least_time_out() {
        let mut round_trips = RoundTrips::default();
        assert_eq!(timeout(round_trips), 1000);
        (0..50).for_each(|_| round_trips.took(Duration::from_millis(200)));
        assert_eq!(timeout(round_trips), 1000);
    }

    /// The first: R + 4 · R/2. Of equal ones the deviation falls by a quarter each time.
    #[test]
    fn long_ones_lengthen_it_as_in_rfc_6298() {
        let mut round_trips = RoundTrips::default();
        round_trips.took(Duration::from_millis(1600));
        assert_eq!(timeout(round_trips), 4800);
        round_trips.took(Duration::from_millis(1600));
        assert_eq!(timeout(round_trips), 1600 + 4 * 600);
        round_trips.took(Duration::from_millis(3200));
        assert_eq!(timeout(round_trips), 1800 + 4 * (450 + 400));
    }

    #[test]
    fn it_doubles_when_nobody_answers_up_to_the_most_until_somebody_does() {
        let mut round_trips = RoundTrips::default();
        for wanted in [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000] {
            round_trips.back_off();
            assert_eq!(timeout(round_trips), wanted);
        }
        (0..300).for_each(|_| round_trips.back_off());
        assert_eq!(timeout(round_trips), 60_000);
        round_trips.took(Duration::from_millis(100));
        assert_eq!(timeout(round_trips), 1000);
    }
}
