//! Figures for people: three digits, and the unit that the metric's name ends in.

/// A metric's value with its unit.
pub(crate) fn shown(metric: &str, value: f64) -> String {
    let unit = if metric.ends_with("_s") { " s" } else { "" };
    if metric.starts_with("bytes.") { bytes(value) } else { format!("{}{unit}", number(value)) }
}

/// Three significant digits without an exponent; thousands in groups.
pub(crate) fn number(value: f64) -> String {
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

pub(crate) fn bytes(value: f64) -> String {
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
