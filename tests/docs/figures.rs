//! Figures for people: three digits, and the unit that the metric's name ends in.

use ir3sim::results::{Bounds, Figure, Look};

/// A metric's value with its unit.
pub fn shown(metric: &str, value: f64) -> String {
    let unit = if metric.ends_with("_s") { " s" } else { "" };
    if metric.starts_with("bytes.") { bytes(value) } else { format!("{}{unit}", number(value)) }
}

/// A value with its interval, where there is one.
pub fn with_interval(metric: &str, value: Figure, ends: (Figure, Figure)) -> String {
    let Some(value) = value.0 else { return "–".to_owned() };
    let text = shown(metric, value);
    match ends.0.0.zip(ends.1.0) {
        Some((low, high)) if low == high => text,
        Some((low, high)) => format!("{text} ({} to {})", number(low), number(high)),
        None => text,
    }
}

/// What is wanted of a metric.
pub fn wanted(metric: &str, bounds: Bounds) -> String {
    let unit = if metric.ends_with("_s") { " s" } else { "" };
    let text = |bound: f64| format!("{bound}{unit}");
    match (bounds.min.0, bounds.max.0) {
        (Some(min), Some(max)) if min == max => format!("exactly {}", text(min)),
        (Some(min), Some(max)) => format!("{min} to {}", text(max)),
        (Some(min), None) => format!("at least {}", text(min)),
        (None, Some(max)) => format!("at most {}", text(max)),
        (None, None) => String::new(),
    }
}

/// Over which part of a run a metric was taken, as an addition to its name.
pub fn part(look: &Look) -> String {
    let number = |seconds: Option<f64>| seconds.map(number);
    let window = match (number(look.from_s), number(look.to_s)) {
        (Some(from), Some(to)) => Some(format!("{from} to {to} s")),
        (Some(from), None) => Some(format!("from {from} s")),
        (None, Some(to)) => Some(format!("to {to} s")),
        (None, None) => None,
    };
    let group = look.group.as_ref().map(|group| format!("`{group}`"));
    let events = look.at_events.map(|events| format!("at {events} events"));
    let parts: Vec<String> = [group, window, events].into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(", {}", parts.join(", ")) }
}

/// Three significant digits without an exponent; thousands in groups.
pub fn number(value: f64) -> String {
    if value.fract() == 0.0 || value.abs() >= 1000.0 {
        return grouped(value.round() as i64);
    }
    let mut decimals = 0;
    let mut scaled = value.abs();
    while scaled < 100.0 && decimals < 6 {
        scaled *= 10.0;
        decimals += 1;
    }
    format!("{value:.decimals$}")
}

pub fn bytes(value: f64) -> String {
    let units = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    match units.into_iter().find(|(_, size)| value >= *size) {
        Some((unit, size)) => format!("{} {unit}", number(value / size)),
        None => format!("{} B", number(value)),
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

#[test]
fn figures_have_three_digits_and_their_unit() {
    assert_eq!(shown("queries.latency_p99_s", 0.61764), "0.618 s");
    assert_eq!(shown("queries.collection_p99_s", 5.0), "5 s");
    assert_eq!(shown("queries.copies_mean", 1990.6), "1,991");
    assert_eq!(shown("load.max_share_ratio", 0.000_770_6), "0.000771");
    assert_eq!(shown("bytes.sent", 8_422_519.0), "8.42 MB");
    assert_eq!(shown("storage.forged_accepted", 0.0), "0");
}
