//! The round trip as a sender measures it, and how long it waits for an acknowledgement (RFC 6298, RFC 9002).

use super::protocol::{Protocol, Traits};
use crate::network::transport::quic::GRANULARITY;
use crate::units::Duration;

/// No wait is longer (RFC 6298, section 2.5, allows a limit of 60 s or more).
const LONGEST: Duration = Duration::from_secs(120);

/// A running estimate of the round trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RoundTrip {
    smoothed: Duration,
    variation: Duration,
}

impl RoundTrip {
    /// The first measurement.
    pub(crate) fn new(first: Duration) -> RoundTrip {
        RoundTrip { smoothed: first, variation: Duration::from_nanos(first.as_nanos() / 2) }
    }

    /// Another measurement.
    pub(crate) fn measure(&mut self, sample: Duration) {
        let (smoothed, variation) = (self.smoothed.as_nanos(), self.variation.as_nanos());
        let sample = sample.as_nanos();
        self.variation = Duration::from_nanos((3 * variation + smoothed.abs_diff(sample)) / 4);
        self.smoothed = Duration::from_nanos((7 * smoothed + sample) / 8);
    }

    /// The mean of the last measurements.
    pub(crate) fn smoothed(&self) -> Duration {
        self.smoothed
    }

    /// How much later than something that was sent after it a packet may come (RFC 9002, section 6.1.2).
    pub(crate) fn reordering(&self) -> Duration {
        Duration::from_nanos(self.smoothed.as_nanos() / 8 * 9).max(GRANULARITY)
    }

    /// The retransmission time-out, or probe timeout (RFC 9002, section 6.2.1), after so many in a row.
    pub(crate) fn timeout(&self, protocol: Protocol, in_a_row: u32) -> Duration {
        let variation = Duration::from_nanos(4 * self.variation.as_nanos());
        let Traits { least_variation, max_ack_delay, .. } = protocol.traits();
        let timeout = (self.smoothed + variation.max(*least_variation) + *max_ack_delay).as_nanos();
        Duration::from_nanos(timeout.saturating_mul(1 << in_a_row.min(16))).min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn the_timeout_is_that_of_the_standard_with_the_least_of_linux() {
        let mut rtt = RoundTrip::new(ms(100));
        let tcp = |rtt: RoundTrip, in_a_row| rtt.timeout(Protocol::Tcp, in_a_row);
        assert_eq!((tcp(rtt, 0), rtt.timeout(Protocol::Quic, 0)), (ms(300), ms(325)));
        for _ in 0..100 {
            rtt.measure(ms(100));
        }
        assert_eq!((tcp(rtt, 0), tcp(rtt, 2)), (ms(300), ms(1200)));
        assert!(rtt.timeout(Protocol::Quic, 0) < ms(127) && rtt.reordering() < ms(113));
        rtt.measure(ms(900));
        assert_eq!((rtt.smoothed(), tcp(rtt, 0)), (ms(200), ms(1000)));
        assert_eq!(tcp(rtt, 30), LONGEST);
    }
}
