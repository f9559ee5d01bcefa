//! Points in simulated time, and spans of it, in nanoseconds.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::str::FromStr;

use super::quantity::{Quantity, QuantityError};

/// A point in simulated time: nanoseconds since the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

/// A span of simulated time, in nanoseconds. At most 100 years when read from a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

const NANOS_PER_SECOND: f64 = 1e9;

const TIME: Quantity = Quantity {
    what: "a time",
    units: &[
        ("ns", 1.0),
        ("us", 1e3),
        ("ms", 1e6),
        ("s", 1e9),
        ("min", 60e9),
        ("h", 3600e9),
        ("d", 86_400e9),
    ],
    least: (0.0, "0 s"),
    most: (36_525.0 * 86_400e9, "36525 d (100 years)"),
};

impl Time {
    /// The start of every run.
    pub const ZERO: Time = Time(0);
    /// Later than everything: what is scheduled here never happens.
    pub const NEVER: Time = Time(u64::MAX);

    /// The time `nanos` nanoseconds after the start.
    pub const fn from_nanos(nanos: u64) -> Time {
        Time(nanos)
    }

    /// Nanoseconds since the start.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds since the start.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / NANOS_PER_SECOND
    }

    /// The span from `earlier` to this time; zero if `earlier` is later.
    pub const fn since(self, earlier: Time) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);

    /// A span of `nanos` nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Duration {
        Duration(nanos)
    }

    /// A span of `millis` milliseconds.
    pub const fn from_millis(millis: u64) -> Duration {
        Duration(millis * 1_000_000)
    }

    /// A span of `seconds` whole seconds.
    pub const fn from_secs(seconds: u64) -> Duration {
        Duration(seconds * 1_000_000_000)
    }

    /// A span of `seconds`, rounded to the nearest nanosecond; below zero it is zero, and it saturates.
    pub fn from_seconds(seconds: f64) -> Duration {
        Duration((seconds * NANOS_PER_SECOND).round() as u64)
    }

    /// Nanoseconds in the span.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds in the span.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / NANOS_PER_SECOND
    }

    /// Whether the span is empty.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// Saturates at [`Time::NEVER`], which no event reaches.
impl Add<Duration> for Time {
    type Output = Time;
    fn add(self, span: Duration) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Duration> for Time {
    fn add_assign(&mut self, span: Duration) {
        *self = *self + span;
    }
}

impl Add for Duration {
    type Output = Duration;
    fn add(self, other: Duration) -> Duration {
        Duration(self.0.saturating_add(other.0))
    }
}

/// Stops at zero.
impl Sub for Duration {
    type Output = Duration;
    fn sub(self, other: Duration) -> Duration {
        Duration(self.0.saturating_sub(other.0))
    }
}

impl FromStr for Duration {
    type Err = QuantityError;
    fn from_str(text: &str) -> Result<Duration, QuantityError> {
        TIME.parse_whole(text).map(Duration)
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0 s");
        }
        f.write_str(&TIME.print_short(self.0))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Duration(self.0).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_reads_and_prints_in_the_unit_that_takes_the_fewest_digits() {
        for (text, nanos, printed) in [
            ("40 ms", 40_000_000, "40 ms"),
            ("1.5 h", 5_400_000_000_000, "90 min"),
            ("90 min", 5_400_000_000_000, "90 min"),
            ("5400 s", 5_400_000_000_000, "90 min"),
            ("2.5 s", 2_500_000_000, "2.5 s"),
            ("397.4 s", 397_400_000_000, "397.4 s"),
            ("250 ms", 250_000_000, "250 ms"),
            ("1.1 d", 95_040_000_000_000, "1.1 d"),
            ("90 s", 90_000_000_000, "90 s"),
            ("1030 s", 1_030_000_000_000, "1030 s"),
            ("90d", 7_776_000_000_000_000, "90 d"),
            ("0 s", 0, "0 s"),
            ("0.5 us", 500, "500 ns"),
        ] {
            let span: Duration = text.parse().expect("a duration");
            assert_eq!(span.as_nanos(), nanos);
            assert_eq!(span.to_string(), printed);
        }
    }

    #[test]
    fn what_is_not_a_duration_is_refused_with_the_units() {
        for text in ["5", "5 parsec", "NaN s", "-1 s", "1e300 s", "inf s", "", "s"] {
            let error = text.parse::<Duration>().expect_err(text).to_string();
            assert!(error.contains(text), "{error}");
        }
        assert!(
            "5".parse::<Duration>().expect_err("no unit").to_string().contains("ns, us, ms, s, min, h, d")
        );
    }

    #[test]
    fn what_falls_between_two_nanoseconds_is_refused_unless_hardly_anything_is_lost() {
        for text in ["1.5 ns", "0.4 ns", "0.0000003 ms"] {
            let error = text.parse::<Duration>().expect_err(text).to_string();
            assert!(error.contains("a whole number of ns"), "{error}");
        }
        let third: Duration = "0.3333333 ms".parse().expect("a duration");
        assert_eq!(third.as_nanos(), 333_333);
    }

    #[test]
    fn time_saturates_at_never() {
        assert_eq!(Time::NEVER + Duration::from_secs(1), Time::NEVER);
        assert_eq!(Time::ZERO.since(Time::from_nanos(5)), Duration::ZERO);
    }
}
