//! Figures with their intervals, and what is wanted of them.

use ir3sim::results::{Bounds, Figure, Look};

use crate::figures::{number, shown};

/// A value with its interval, where there is one.
pub(crate) fn with_interval(metric: &str, value: Figure, ends: (Figure, Figure)) -> String {
    let Some(value) = value.0 else { return "–".to_owned() };
    if value == f64::INFINITY {
        return "longer than any time".to_owned();
    }
    let text = shown(metric, value);
    match ends.0.0.zip(ends.1.0) {
        Some((low, high)) if low == high => text,
        Some((low, high)) => format!("{text} ({} to {})", number(low), number(high)),
        None => text,
    }
}

/// What is wanted of a metric.
pub(crate) fn wanted(metric: &str, bounds: Bounds) -> String {
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
pub(crate) fn part(look: &Look) -> String {
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
