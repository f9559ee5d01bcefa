//! Bitrates of links, and frequencies of arrivals.

use std::fmt;
use std::str::FromStr;

use super::Duration;
use super::quantity::{Quantity, QuantityError};

/// A rate of data in bit/s; powers of ten. `"unlimited"` takes no time for any size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bitrate(u64);

const BITRATE: Quantity = Quantity {
    what: "a rate of data",
    units: &[("bit/s", 1.0), ("kbit/s", 1e3), ("Mbit/s", 1e6), ("Gbit/s", 1e9)],
    least: (1.0, "1 bit/s"),
    most: (1e15, "1000000 Gbit/s"),
};

const NANOS_TIMES_BITS: u128 = 8 * 1_000_000_000;

impl Bitrate {
    /// No limit at all.
    pub const UNLIMITED: Bitrate = Bitrate(u64::MAX);

    /// A rate of `bits` per second; at least 1.
    pub const fn from_bits_per_second(bits: u64) -> Bitrate {
        Bitrate(if bits == 0 { 1 } else { bits })
    }

    /// Bits per second; infinite when unlimited.
    pub fn bits_per_second(self) -> f64 {
        if self.is_unlimited() { f64::INFINITY } else { self.0 as f64 }
    }

    /// Whether there is no limit.
    pub const fn is_unlimited(self) -> bool {
        self.0 == u64::MAX
    }

    /// How long `bytes` take, rounded up to a nanosecond.
    #[inline(always)]
    pub fn time_of(self, bytes: u64) -> Duration {
        if self.is_unlimited() {
            return Duration::ZERO;
        }
        let nanos = match bytes.checked_mul(NANOS_TIMES_BITS as u64) {
            Some(product) => product.div_ceil(self.0),
            None => u64::try_from((u128::from(bytes) * NANOS_TIMES_BITS).div_ceil(u128::from(self.0)))
                .unwrap_or(u64::MAX),
        };
        Duration::from_nanos(nanos)
    }

    /// How many bytes fit into `span`; [`u64::MAX`] when unlimited.
    #[inline]
    pub fn bytes_in(self, span: Duration) -> u64 {
        if self.is_unlimited() {
            return u64::MAX;
        }
        match span.as_nanos().checked_mul(self.0) {
            Some(product) => product / NANOS_TIMES_BITS as u64,
            None => u64::try_from(u128::from(span.as_nanos()) * u128::from(self.0) / NANOS_TIMES_BITS)
                .unwrap_or(u64::MAX),
        }
    }
}

impl FromStr for Bitrate {
    type Err = QuantityError;
    fn from_str(text: &str) -> Result<Bitrate, QuantityError> {
        if text.trim() == "unlimited" {
            return Ok(Bitrate::UNLIMITED);
        }
        BITRATE.parse_whole(text).map(Bitrate)
    }
}

impl fmt::Display for Bitrate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_unlimited() {
            return f.write_str("unlimited");
        }
        f.write_str(&BITRATE.print(self.0))
    }
}

/// How often something happens, per second on average.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Frequency(f64);

const FREQUENCY: Quantity = Quantity {
    what: "a rate of arrivals",
    units: &[("/s", 1.0), ("/min", 1.0 / 60.0), ("/h", 1.0 / 3600.0), ("/d", 1.0 / 86_400.0)],
    least: (0.0, "0 /s"),
    most: (1e9, "1000000000 /s"),
};

impl Frequency {
    /// `times` per second; negative and NaN become zero.
    pub fn per_second(times: f64) -> Frequency {
        Frequency(times.max(0.0))
    }

    /// Times per second.
    pub fn as_per_second(self) -> f64 {
        self.0
    }
}

impl FromStr for Frequency {
    type Err = QuantityError;
    fn from_str(text: &str) -> Result<Frequency, QuantityError> {
        FREQUENCY.parse(text).map(Frequency)
    }
}

/// Prints in the largest unit that gives a short number and reads back to the very same value.
impl fmt::Display for Frequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = FREQUENCY
            .units
            .iter()
            .map(|&(unit, factor)| format!("{} {unit}", self.0 / factor))
            .filter(|text| text.parse() == Ok(*self))
            .min_by_key(|text| text.find(' '));
        match short {
            Some(text) => f.write_str(&text),
            None => write!(f, "{} /s", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_bytes_take_eight_milliseconds_at_one_megabit() {
        let rate: Bitrate = "1 Mbit/s".parse().expect("a rate");
        assert_eq!(rate.time_of(1000), Duration::from_millis(8));
        assert_eq!(rate.bytes_in(Duration::from_millis(8)), 1000);
    }

    #[test]
    fn an_unlimited_rate_takes_no_time() {
        let rate: Bitrate = "unlimited".parse().expect("a rate");
        assert_eq!(rate.time_of(u64::MAX), Duration::ZERO);
        assert_eq!(rate.to_string(), "unlimited");
    }

    #[test]
    fn a_huge_message_saturates() {
        assert_eq!(Bitrate::from_bits_per_second(1).time_of(u64::MAX).as_nanos(), u64::MAX);
        let (rate, day) = (Bitrate::from_bits_per_second(1_000_000_000_000), Duration::from_secs(86_400));
        assert_eq!(rate.bytes_in(day), 10_800_000_000_000_000);
    }

    #[test]
    fn rates_print_as_they_are_written() {
        for text in ["80 /s", "100 /min", "1 /h", "2.5 /d", "0 /s"] {
            assert_eq!(text.parse::<Frequency>().expect("a rate").to_string(), text);
        }
        assert_eq!("20 Mbit/s".parse::<Bitrate>().expect("a rate").to_string(), "20 Mbit/s");
        assert!("0 bit/s".parse::<Bitrate>().is_err());
    }
}
