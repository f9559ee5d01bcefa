//! Figures for people.

use crate::metrics::{self, MetricUnit};
use crate::results::Bounds;

/// A metric's value for people: four digits, the metric's unit, `–` for no value, `∞` for longer than any.
pub(super) fn value(metric: &str, value: Option<f64>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    if value == f64::INFINITY {
        return "∞".to_owned();
    }
    let (unit, size) = unit(metric, value);
    format!("{} {unit}", number(value / size)).trim_end().to_owned()
}

/// A share as a percentage.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

/// Bounds for people.
pub(super) fn bounds(metric: &str, bounds: Bounds) -> String {
    let text = |bound| value(metric, Some(bound));
    match (bounds.min.0, bounds.max.0) {
        (Some(min), Some(max)) if min == max => format!("exactly {}", text(min)),
        (Some(min), Some(max)) => format!("{} to {}", text(min), text(max)),
        (Some(min), None) => format!("at least {}", text(min)),
        (None, Some(max)) => format!("at most {}", text(max)),
        (None, None) => String::new(),
    }
}

/// An interval for people.
pub(super) fn interval(metric: &str, interval: Option<(f64, f64)>) -> String {
    let Some((low, high)) = interval else { return "–".to_owned() };
    let (_, size) = unit(metric, high);
    format!("{} to {}", number(low / size), value(metric, Some(high)))
}

/// A difference of two values for people, with its sign.
pub(super) fn difference(metric: &str, difference: Option<f64>) -> String {
    difference.map_or_else(|| value(metric, None), |by| sign(by).to_owned() + &value(metric, Some(by.abs())))
}

/// The interval of a difference for people; an end may be infinite.
pub(super) fn differences(metric: &str, interval: Option<(f64, f64)>) -> String {
    let Some((low, high)) = interval else { return "–".to_owned() };
    let largest = [low, high].into_iter().map(f64::abs).filter(|end| end.is_finite()).fold(0.0, f64::max);
    let (unit, size) = unit(metric, largest);
    let end = |end: f64| {
        let digits = if end.is_finite() { number((end / size).abs()) } else { "∞".to_owned() };
        sign(end).to_owned() + &digits
    };
    format!("{} to {} {unit}", end(low), end(high)).trim_end().to_owned()
}

fn sign(of: f64) -> &'static str {
    match of {
        0.0 => "",
        of if of < 0.0 => "−",
        _ => "+",
    }
}

/// A probability for people, with two digits.
pub(super) fn probability(p: f64) -> String {
    match p {
        p if p < 1e-9 => "< 1e-9".to_owned(),
        p if p < 1e-3 => format!("{p:.1e}"),
        p if p < 0.1 => format!("{p:.4}"),
        p => format!("{p:.2}"),
    }
}

/// A whole number in groups of three digits; else four significant digits.
pub(super) fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return grouped(value as i64);
    }
    let scientific = format!("{value:.3e}");
    let exponent = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok());
    match exponent {
        Some(exponent @ -4..=2) => format!("{value:.*}", (3 - exponent) as usize),
        Some(3..=14) => grouped(value.round() as i64),
        _ => scientific,
    }
}

/// So many things of a kind.
pub(super) fn count(count: u64, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", number(count as f64))
}

/// A time for people, in the largest unit of which there is at least one.
pub(super) fn time(seconds: f64) -> String {
    let units = [("d", 86_400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)];
    let (unit, size) = units.into_iter().find(|(_, size)| seconds >= *size).unwrap_or(("s", 1.0));
    format!("{:.1} {unit}", seconds / size)
}

/// A size in bytes for people.
pub(super) fn bytes(bytes: u64) -> String {
    let units = [("GiB", 1_u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match units.into_iter().find(|(_, size)| bytes >= *size) {
        Some((unit, size)) => format!("{:.1} {unit}", bytes as f64 / size as f64),
        None => format!("{bytes} B"),
    }
}

const BYTES: [(&str, f64); 4] = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1.0)];
const BITRATES: [(&str, f64); 4] = [("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3), ("bit/s", 1.0)];

/// The unit that suits a value of the metric, and how many of the metric's own it is.
fn unit(metric: &str, value: f64) -> (&'static str, f64) {
    // Four digits need no larger unit.
    let largest = |units: [(&'static str, f64); 4]| {
        units.into_iter().find(|(_, size)| value.abs() >= 10.0 * size).unwrap_or(units[3])
    };
    // What is counted is in the metric's name; a result of another version may have a metric that is not declared.
    match metrics::find(metric).map_or(MetricUnit::Plain, |metric| metric.unit) {
        MetricUnit::Plain | MetricUnit::Of(_) => ("", 1.0),
        MetricUnit::BitsPerSecond => largest(BITRATES),
        MetricUnit::Bytes => largest(BYTES),
        unit @ (MetricUnit::Seconds | MetricUnit::Eth) => (unit.name(), 1.0),
    }
}

fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::from(if value < 0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits_and_whole_ones_all() {
        for (number_is, text) in [
            (0.0, "0"),
            (1_234_567.0, "1,234,567"),
            (-1000.0, "-1,000"),
            (0.123_456, "0.1235"),
            (0.99996, "1.000"),
            (12.3456, "12.35"),
            (999.96, "1,000"),
            (123_456.7, "123,457"),
            (0.000_012_34, "1.234e-5"),
            (1.5e20, "1.500e20"),
        ] {
            assert_eq!(number(number_is), text);
        }
    }

    #[test]
    fn values_have_the_unit_of_their_metric() {
        assert_eq!(value("queries.latency_p50_s", Some(0.5)), "0.5000 s");
        assert_eq!(value("bytes.sent", Some(2048.0)), "2,048 B");
        assert_eq!(value("bytes.sent", Some(2_350_120_702.0)), "2,350 MB");
        assert_eq!(value("traffic.probe.throughput_bps", Some(622_356.0)), "622.4 kbit/s");
        assert_eq!(interval("bytes.sent", Some((5_664_609.4, 17_527_325.0))), "5.665 to 17.53 MB");
        assert_eq!(value("conduct.bytes.liars", Some(2_350_120_702.0)), "2,350 MB");
        assert_eq!(value("conduct.stake.liars", Some(64.0)), "64 ETH");
        assert_eq!(value("queries.issued", Some(3.0)), "3");
        assert_eq!(value("queries.issued", None), "–");
    }

    #[test]
    fn differences_have_a_sign_and_one_unit() {
        assert_eq!(difference("queries.latency_p50_s", Some(-0.25)), "−0.2500 s");
        assert_eq!(difference("messages.sent", Some(0.0)), "0");
        assert_eq!(difference("queries.latency_p99_s", Some(f64::INFINITY)), "+∞");
        assert_eq!(differences("bytes.sent", Some((-2e6, 4.5e7))), "−2 to +45 MB");
        assert_eq!(differences("queries.latency_p99_s", Some((0.5, f64::INFINITY))), "+0.5000 to +∞ s");
        assert_eq!([1e-12, 2.3e-5, 0.031, 0.5].map(probability), ["< 1e-9", "2.3e-5", "0.0310", "0.50"]);
    }

    #[test]
    fn bounds_read_as_sentences() {
        let of = |min, max| bounds("x", Bounds { min: Option::into(min), max: Option::into(max) });
        assert_eq!(of(Some(1.0), None), "at least 1");
        assert_eq!(of(None, Some(2.5)), "at most 2.500");
        assert_eq!(of(Some(0.0), Some(0.0)), "exactly 0");
        assert_eq!(of(Some(0.0), Some(1.0)), "0 to 1");
    }

    #[test]
    fn times_and_sizes_have_the_unit_that_fits() {
        assert_eq!(
            [time(0.0), time(2e-6), time(0.25), time(90.0), time(1e6)],
            ["0.0 s", "2.0 µs", "250.0 ms", "1.5 min", "11.6 d"]
        );
        assert_eq!([count(1, "host"), count(2000, "host")], ["1 host", "2,000 hosts"]);
        assert_eq!([bytes(100), bytes(1 << 20)], ["100 B", "1.0 MiB"]);
    }
}
