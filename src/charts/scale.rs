//! Numbers on axes: scales, ticks, and how a number is written.

use std::fmt::Display;

/// Between a number and its unit: no line breaks there.
pub(super) const NBSP: char = '\u{A0}';

/// Where a value lies on an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scale {
    Linear {
        from: f64,
        to: f64,
    },
    /// `from` is above 0.
    Log {
        from: f64,
        to: f64,
    },
}

impl Scale {
    /// A linear scale of some width, whatever the bounds.
    pub(super) fn linear(from: f64, to: f64) -> Scale {
        if to > from { Scale::Linear { from, to } } else { Scale::Linear { from, to: from + 1.0 } }
    }

    /// A logarithmic scale from the whole 1-2-5 step at or below a positive bound to exactly the other.
    pub(super) fn log(from: f64, to: f64) -> Scale {
        let low = log_steps(from, from)[0];
        Scale::Log { from: low, to: if to > low { to } else { low * 10.0 } }
    }

    /// Both ends.
    pub(super) fn bounds(self) -> (f64, f64) {
        match self {
            Scale::Linear { from, to } | Scale::Log { from, to } => (from, to),
        }
    }

    /// The same scale of values that are `factor` times as large.
    pub(super) fn times(self, factor: f64) -> Scale {
        match self {
            Scale::Linear { from, to } => Scale::Linear { from: from * factor, to: to * factor },
            Scale::Log { from, to } => Scale::Log { from: from * factor, to: to * factor },
        }
    }

    /// 0 at the beginning of the axis, 1 at its end; what lies outside is moved to the nearer end.
    pub(super) fn place(self, value: f64) -> f64 {
        let share = match self {
            Scale::Linear { from, to } => (value - from) / (to - from),
            Scale::Log { from, to } if value > 0.0 => libm::log(value / from) / libm::log(to / from),
            Scale::Log { .. } => 0.0,
        };
        share.clamp(0.0, 1.0)
    }

    /// Values for a curve across the scale, rising, one for each few pixels.
    pub(super) fn steps(self) -> Vec<f64> {
        let at = |step: u32| {
            let share = f64::from(step) / 400.0;
            match self {
                Scale::Linear { from, to } => from + (to - from) * share,
                Scale::Log { from, to } => from * libm::pow(to / from, share),
            }
        };
        (0..=400).map(at).collect()
    }

    /// About `count` round values on the scale, rising.
    pub(super) fn ticks(self, count: usize) -> Vec<f64> {
        match self {
            Scale::Linear { from, to } => multiples(from, to, tick_step(from, to, count)),
            Scale::Log { from, to } => {
                let within = |step: &f64| *step >= from * 0.999_999 && *step <= to * 1.000_001;
                let steps: Vec<f64> = log_steps(from, to).into_iter().filter(within).collect();
                let decades: Vec<f64> = steps.iter().copied().filter(|&step| is_decade(step)).collect();
                if steps.len() <= count + 2 || decades.len() < 2 { steps } else { thin(decades, count) }
            }
        }
    }
}

/// A round number at or above `value`, for the end of an axis that begins at 0.
pub(super) fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let step = round_step(value / 5.0);
    (value / step - 1e-9).ceil().max(1.0) * step
}

/// A round share well below the least of some, for an axis that shows their differences.
pub(super) fn share_below(least: f64) -> f64 {
    let fits = |floor: &f64| floor + 0.05 * (1.0 - floor) <= least;
    [0.99, 0.95, 0.9, 0.8, 0.6, 0.4, 0.2].into_iter().find(fits).unwrap_or(0.0)
}

/// All multiples of `step` from `from` to `to`.
pub(super) fn multiples(from: f64, to: f64, step: f64) -> Vec<f64> {
    let slack = step * 1e-6;
    let first = ((from - slack) / step).ceil();
    let count = (((to + slack) / step).floor() - first).clamp(0.0, 1000.0) as usize;
    (0..=count).map(|i| (first + i as f64) * step).collect()
}

/// A number with three significant digits at most, or all those of a whole number below a million: `0.25`, `10,000`,
/// `12M`. Axes and titles write it alike.
pub(super) fn short(value: f64) -> String {
    let size = value.abs();
    match size {
        _ if size >= 1e9 => format!("{}G", significant(value / 1e9, 3)),
        _ if size >= 1e6 => format!("{}M", significant(value / 1e6, 3)),
        _ if size >= 1e3 => grouped(&significant(value, 6)),
        _ => significant(value, 3),
    }
}

/// A measured number to three digits, of thousands to four. It is rounded once: rounded to four digits first, it could end in
/// another third one.
pub(super) fn figure(value: f64) -> String {
    let is_thousands = (1e3..1e6).contains(&value.abs());
    let rounded = || format!("{value:.3e}").parse().unwrap_or(value);
    short(if is_thousands { rounded() } else { value })
}

/// Whole digits in groups of three.
fn grouped(number: &str) -> String {
    let (whole, fraction) = number.split_at(number.find('.').unwrap_or(number.len()));
    let digits = whole.trim_start_matches('−');
    let mut text = whole[..whole.len() - digits.len()].to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text + fraction
}

/// A number with so many decimals that values this far apart are written differently.
pub(super) fn to_step(value: f64, step: f64) -> String {
    if step >= 1.0 || value == 0.0 {
        return short(value);
    }
    let decimals = (1.0 - libm::floor(libm::log10(step.max(1e-12)))).clamp(0.0, 13.0) as usize;
    trimmed(format!("{value:.decimals$}")).replace('-', "−")
}

/// A share as a percentage: `12 %`, `0.4 %`, `99.95 %`; never 0 % or 100 % for what is not quite that.
pub(super) fn percent(share: f64) -> String {
    let hundredths = share * 100.0;
    let digits_of = |rest: f64| (-libm::floor(libm::log10(rest))).clamp(2.0, 12.0) as usize;
    let digits = match hundredths {
        0.0 | 100.0 => 0,
        h if h < 1.0 => digits_of(h),
        h if h > 99.0 && h < 100.0 => digits_of(100.0 - h),
        h if !(10.0..=95.0).contains(&h) => 1,
        _ => 0,
    };
    format!("{}{NBSP}%", trimmed(format!("{hundredths:.digits$}")))
}

/// A time that the scenario gives, as scenario files write it, not rounded: `90 min`, `2000 s`.
pub(super) fn given(time: impl Display) -> String {
    time.to_string().replace(' ', "\u{A0}")
}

/// A span of time that was measured, in the unit that suits it: `350 µs`, `40 ms`, `2.5 s`, `12 min`, `3 h`, `90 d`.
pub(super) fn duration(seconds: f64) -> String {
    let (divisor, unit) = match seconds {
        0.0 => (1.0, "s"),
        s if s < 1e-3 => (1e-6, "µs"),
        s if s < 1.0 => (1e-3, "ms"),
        s if s < 180.0 => (1.0, "s"),
        s if s < 3.0 * 3600.0 => (60.0, "min"),
        s if s < 3.0 * 86_400.0 => (3600.0, "h"),
        _ => (86_400.0, "d"),
    };
    format!("{}{NBSP}{unit}", significant(seconds / divisor, 3))
}

/// Decimal notation with this many significant digits, without trailing zeros.
pub(super) fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = libm::floor(libm::log10(value.abs())) as i32;
    let decimals = (digits - 1 - magnitude).clamp(0, 12) as usize;
    trimmed(format!("{value:.decimals$}")).replace('-', "−")
}

fn trimmed(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `least`.
fn round_step(least: f64) -> f64 {
    let decade = decade_below(least.max(1e-12));
    [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * decade)
        .into_iter()
        .find(|&s| s >= least * 0.999_999)
        .unwrap_or(decade * 10.0)
}

/// A round step that gives at most about `count` steps, and if there is one that ends at both bounds.
fn tick_step(from: f64, to: f64, count: usize) -> f64 {
    let least = (to - from) / count.max(1) as f64;
    let decade = decade_below(least.max(1e-12));
    let whole = |value: f64| (value - value.round()).abs() < 1e-6;
    [1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0]
        .map(|factor| factor * decade)
        .into_iter()
        .filter(|step| (least * 0.999_999..=least * 3.0).contains(step))
        .find(|step| whole(from / step) && whole(to / step))
        .unwrap_or_else(|| round_step(least))
}

fn decade_below(value: f64) -> f64 {
    libm::pow(10.0, libm::floor(libm::log10(value) + 1e-9))
}

fn is_decade(value: f64) -> bool {
    (decade_below(value) - value).abs() <= value * 1e-6
}

/// 1, 2, 5, 10, … from the one at or below `from` to the one at or above `to`.
fn log_steps(from: f64, to: f64) -> Vec<f64> {
    let mut steps = Vec::new();
    let mut decade = decade_below(from.max(1e-12));
    loop {
        for factor in [1.0, 2.0, 5.0] {
            let step = factor * decade;
            if step * factor_to_next(factor) > from * 1.000_001 {
                steps.push(step);
            }
            if step >= to * 0.999_999 && !steps.is_empty() {
                return steps;
            }
        }
        decade *= 10.0;
    }
}

fn factor_to_next(factor: f64) -> f64 {
    if factor == 2.0 { 2.5 } else { 2.0 }
}

fn thin(values: Vec<f64>, count: usize) -> Vec<f64> {
    let every = values.len().div_ceil(count.max(1)).max(1);
    values.into_iter().step_by(every).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within_the_scale() {
        assert_eq!(Scale::linear(0.0, 1.0).ticks(5), [0.0, 0.2, 0.4, 0.600_000_000_000_000_1, 0.8, 1.0]);
        assert_eq!(Scale::linear(3.0, 97.0).ticks(5), [20.0, 40.0, 60.0, 80.0]);
        assert_eq!(Scale::linear(0.0, 50.0).ticks(4), [0.0, 25.0, 50.0]);
        assert_eq!(Scale::log(0.03, 5.0).ticks(8).len(), 8);
        assert_eq!(Scale::log(1e-3, 1e5).ticks(9).len(), 9);
    }

    #[test]
    fn a_logarithmic_scale_begins_at_a_step_and_ends_where_it_has_to() {
        assert_eq!(Scale::log(0.03, 4.0), Scale::Log { from: 0.02, to: 4.0 });
        assert_eq!(Scale::log(1.0, 1.0), Scale::Log { from: 1.0, to: 10.0 });
        assert_eq!(Scale::log(5.0, 600.0), Scale::Log { from: 5.0, to: 600.0 });
        assert_eq!(Scale::log(1e-300, 1e-299), Scale::Log { from: 1e-12, to: 1e-11 });
    }

    #[test]
    fn a_curve_goes_from_one_end_of_a_scale_to_the_other() {
        for scale in [Scale::linear(2.0, 4.0), Scale::log(0.1, 10.0)] {
            let (steps, (from, to)) = (scale.steps(), scale.bounds());
            assert!(steps[0] == from && (steps[400] - to).abs() < 1e-9, "{scale:?}");
            assert!(steps.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn scales_of_no_width_still_place_their_values() {
        for scale in [Scale::linear(5.0, 5.0), Scale::log(5.0, 5.0), Scale::linear(0.0, 0.0)] {
            for value in [0.0, 5.0, 1e18] {
                assert!((0.0..=1.0).contains(&scale.place(value)), "{scale:?}");
            }
            assert!(!scale.ticks(6).is_empty());
        }
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        let written = [0.0, 0.25, 1500.0, 25_000.0, 1.2e7].map(short);
        assert_eq!(written, ["0", "0.25", "1,500", "25,000", "12M"]);
        let spaced = |text: String| text.replace(NBSP, " ");
        let written = [0.0, 0.004, 0.123, 0.5, 0.9995, 1.0].map(percent).map(spaced);
        assert_eq!(written, ["0 %", "0.4 %", "12 %", "50 %", "99.95 %", "100 %"]);
        let written = [0.000_02, 0.000_000_3, 0.999_96, 0.999_999_9, 0.995].map(percent).map(spaced);
        assert_eq!(written, ["0.002 %", "0.00003 %", "99.996 %", "99.99999 %", "99.5 %"]);
        let written = [0.0, 0.00035, 0.04, 2.5, 720.0, 7_776_000.0].map(duration).map(spaced);
        assert_eq!(written, ["0 s", "350 µs", "40 ms", "2.5 s", "12 min", "90 d"]);
    }

    #[test]
    fn a_figure_is_rounded_once() {
        let told = [0.007_074_9, 0.007_075_04, 0.123_45, 1234.56, 12_345.6, 1_234_567.0].map(figure);
        assert_eq!(told, ["0.00707", "0.00708", "0.123", "1,235", "12,350", "1.23M"]);
    }

    #[test]
    fn neighbouring_ticks_are_written_differently() {
        let written = [0.9965, 0.997, -0.5, 0.0].map(|value| to_step(value, 0.0005));
        assert_eq!(written, ["0.9965", "0.997", "−0.5", "0"]);
        assert_eq!(
            [1990.0, 123_456.0, 1500.5].map(|value| to_step(value, 1.0)),
            ["1,990", "123,456", "1,500.5"]
        );
    }

    #[test]
    fn absurd_numbers_are_written_and_placed_too() {
        for value in [1e-300, 1e-15, 1e18] {
            assert!(!duration(value).is_empty() && !short(value).is_empty() && !percent(value).is_empty());
            assert!(round_up(value) > 0.0);
            assert!(!Scale::linear(0.0, value).ticks(5).is_empty());
            assert!(Scale::log(value, 1e18).place(value) <= 1.0);
        }
    }

    #[test]
    fn an_axis_ends_at_a_round_number() {
        assert_eq!([0.0, 0.93, 97.0, 412.0].map(round_up), [1.0, 1.0, 100.0, 500.0]);
    }
}
