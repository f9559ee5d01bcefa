//! Axes: a title with its unit, a scale, and labelled ticks.

use super::scale::{Scale, multiples, percent, round_up, short};

/// One axis of a panel.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    /// What is measured, with its unit.
    pub title: String,
    pub scale: Scale,
    /// Values and their labels.
    pub ticks: Vec<(f64, String)>,
}

/// Units of time with the steps between ticks that people are used to.
const TIME_UNITS: [(&str, f64, &[f64]); 4] = [
    ("s", 1.0, &[1.0, 2.0, 5.0, 10.0, 15.0, 30.0]),
    ("min", 60.0, &[1.0, 2.0, 5.0, 10.0, 15.0, 30.0]),
    ("h", 3600.0, &[1.0, 2.0, 3.0, 6.0, 12.0, 24.0]),
    ("d", 86_400.0, &[1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 90.0]),
];

const TICKS: usize = 9;

impl Axis {
    /// From 0 to a round number at or above `most`.
    pub fn from_zero(title: &str, most: f64) -> Axis {
        Axis::linear(title, 0.0, round_up(most))
    }

    pub fn linear(title: &str, from: f64, to: f64) -> Axis {
        Axis::labelled(title, Scale::linear(from, to), 5, short)
    }

    /// A ratio from 0 to 1.
    pub fn ratio(title: &str) -> Axis {
        Axis::linear(title, 0.0, 1.0)
    }

    /// A share as percentages, from `from` (a share) to 100 %.
    pub fn share(title: &str, from: f64) -> Axis {
        Axis::labelled(title, Scale::linear(from, 1.0), 5, percent)
    }

    /// Counts on a logarithmic scale.
    pub fn log(title: &str, from: f64, to: f64) -> Axis {
        Axis::labelled(title, Scale::log(from, to), TICKS, short)
    }

    /// Simulated time between two moments in seconds, in the unit that suits the span.
    pub fn time(from: f64, to: f64) -> Axis {
        let to = if to > from { to } else { from + 1.0 };
        let unit = TIME_UNITS.iter().rev().find(|(_, factor, _)| (to - from) >= 3.0 * factor);
        let (name, factor, steps) = *unit.unwrap_or(&TIME_UNITS[0]);
        let scale = Scale::linear(from, to);
        let step =
            steps.iter().map(|step| step * factor).find(|step| (to - from) / step <= TICKS as f64 + 1.0);
        let ticks = match step {
            Some(step) if (to - from) / step >= 3.0 => multiples(from, to, step),
            _ => scale.ticks(TICKS),
        };
        let ticks = ticks.into_iter().map(|tick| (tick, short(tick / factor))).collect();
        Axis { title: format!("Simulated time ({name})"), scale, ticks }
    }

    /// Spans of time between two bounds in seconds, in the unit that suits the longest: logarithmic when they differ
    /// by more than a factor of 30. The title gets the unit.
    pub fn delay(title: &str, least: f64, most: f64) -> Axis {
        let (unit, factor) = match most {
            m if m < 1e-3 => ("µs", 1e6),
            m if m < 1.0 => ("ms", 1e3),
            m if m < 600.0 => ("s", 1.0),
            m if m < 36_000.0 => ("min", 1.0 / 60.0),
            _ => ("h", 1.0 / 3600.0),
        };
        let wide = least > 0.0 && most > 30.0 * least;
        let (least, most) = (least * factor, most * factor);
        let scale = if wide { Scale::log(least, most) } else { Scale::linear(0.0, round_up(most)) };
        let mut axis = Axis::labelled(&format!("{title} ({unit})"), scale, TICKS, short);
        axis.rescale(1.0 / factor);
        axis
    }

    /// The same axis with about half as many ticks, for a small panel.
    pub fn few(mut self) -> Axis {
        let decades = |value: f64| (libm::log10(value) - libm::round(libm::log10(value))).abs() < 1e-6;
        let enough = self.ticks.iter().filter(|(tick, _)| decades(*tick)).count() >= 2;
        match self.scale {
            Scale::Log { .. } if enough => self.ticks.retain(|(tick, _)| decades(*tick)),
            _ if self.ticks.len() > 7 => {
                let mut index = 0;
                self.ticks.retain(|_| {
                    index += 1;
                    index % 2 == 1
                });
            }
            _ => {}
        }
        self
    }

    /// Multiplies all values, not their labels.
    fn rescale(&mut self, factor: f64) {
        self.scale = match self.scale {
            Scale::Linear { from, to } => Scale::Linear { from: from * factor, to: to * factor },
            Scale::Log { from, to } => Scale::Log { from: from * factor, to: to * factor },
        };
        for (tick, _) in &mut self.ticks {
            *tick *= factor;
        }
    }

    fn labelled(title: &str, scale: Scale, count: usize, label: impl Fn(f64) -> String) -> Axis {
        let ticks = scale.ticks(count).into_iter().map(|tick| (tick, label(tick))).collect();
        Axis { title: title.to_owned(), scale, ticks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn simulated_time_is_shown_in_the_unit_that_suits_it() {
        let axis = Axis::time(0.0, 600.0);
        assert_eq!(axis.title, "Simulated time (min)");
        assert_eq!(labels(&axis), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
        assert_eq!(Axis::time(0.0, 365.0 * 86_400.0).title, "Simulated time (d)");
        assert_eq!(
            labels(&Axis::time(0.0, 90.0)),
            ["0", "10", "20", "30", "40", "50", "60", "70", "80", "90"]
        );
        assert!(labels(&Axis::time(0.0, 0.5)).len() > 3);
    }

    #[test]
    fn delays_get_a_logarithmic_axis_when_they_span_decades() {
        assert!(matches!(Axis::delay("d", 0.01, 5.0).scale, Scale::Log { .. }));
        assert!(matches!(Axis::delay("d", 0.04, 0.05).scale, Scale::Linear { .. }));
        assert!(matches!(Axis::delay("d", 0.0, 0.0).scale, Scale::Linear { .. }));
    }
}
