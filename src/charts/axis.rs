//! Axes: a title with its unit, a scale, and labelled ticks.

use super::scale::{NBSP, Scale, figure, multiples, percent, round_up, short, significant, to_step};

/// One axis of a panel.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    /// What is measured, with its unit. Empty: the panel below says it.
    pub title: String,
    pub scale: Scale,
    labels: Labels,
    /// Values outside have no ticks: an axis may have room for what stands beside the data.
    limits: (f64, f64),
    /// What values are in; empty where that is nothing, or a part of the number as in percentages.
    unit: String,
}

/// Every value may have a tick.
const ALL: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// How ticks are chosen and written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Labels {
    /// Numbers, in a unit of this many of the scale's.
    Number(f64),
    /// The same, with thousands in full: what has a unit has a larger one for them.
    Whole(f64),
    Percent,
    /// As many decimals as neighbouring ticks need.
    Fine,
    /// Simulated time: round steps in a unit of this many seconds.
    Clock(f64, &'static [f64]),
    /// Shares with nines.
    Tail,
    /// None.
    Nothing,
    /// A word in the middle of each unit.
    Names(&'static [&'static str]),
}

/// Units of simulated time, their seconds, and the steps between ticks that people are used to.
const CLOCK: [(&str, f64, &[f64]); 4] = [
    ("s", 1.0, &[1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0]),
    ("min", 60.0, &[1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0]),
    ("h", 3600.0, &[1.0, 2.0, 3.0, 6.0, 12.0, 24.0]),
    ("d", 86_400.0, &[1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 50.0, 100.0, 200.0, 500.0]),
];

const RATES: [(&str, f64); 4] =
    [("1/d", 1.0 / 86_400.0), ("1/h", 1.0 / 3600.0), ("1/min", 1.0 / 60.0), ("1/s", 1.0)];
const BITRATES: [(&str, f64); 4] = [("bit/s", 1.0), ("kbit/s", 1e3), ("Mbit/s", 1e6), ("Gbit/s", 1e9)];

/// What the title of a logarithmic axis has after its unit.
const LOG: &str = ", log scale";

/// From this ratio of the longest delay to the shortest on, an axis of delays is logarithmic.
const WIDE: f64 = 30.0;

/// From this ratio on, an axis of a parameter is.
const DECADE: f64 = 10.0;

/// Where values differ by less than this part, ticks get the decimals that they need.
const FINE: f64 = 0.2;

/// Where a logarithmic axis of delays ends, of the longest.
const ROOM: f64 = 1.1;

impl Axis {
    /// A rate from 0 to a round number at or above `most`, which is per second, in the unit that suits it and that the
    /// title gets.
    pub(super) fn rate(title: &str, most: f64) -> Axis {
        Axis::in_units(title, most, &RATES)
    }

    /// A rate of data from 0 to a round number at or above `most`, which is in bit/s, likewise.
    pub(super) fn bitrate(title: &str, most: f64) -> Axis {
        Axis::in_units(title, most, &BITRATES)
    }

    fn in_units(title: &str, most: f64, units: &[(&str, f64)]) -> Axis {
        let fitting = units.iter().rev().find(|(_, unit)| most >= *unit);
        let (name, unit) = *fitting.unwrap_or(if most > 0.0 { &units[0] } else { &units[units.len() - 1] });
        let scale = Scale::linear(0.0, round_up(most / unit)).times(unit);
        Axis::new(format!("{title} ({name})"), scale, Labels::Number(unit))
    }

    pub(super) fn linear(title: &str, from: f64, to: f64) -> Axis {
        Axis::new(title.to_owned(), Scale::linear(from, to), Labels::Number(1.0))
    }

    /// The unit is the first word between the title's last brackets, unless that is none.
    fn new(title: String, scale: Scale, labels: Labels) -> Axis {
        let words = title.strip_suffix(')').and_then(|title| title.rsplit_once('('));
        let unit = words.and_then(|(_, words)| words.split(',').next()).unwrap_or_default();
        let is_none = unit.contains([' ', '%']) || unit == "count";
        let unit = if is_none { String::new() } else { unit.to_owned() };
        Axis { title, scale, labels, limits: ALL, unit }
    }

    /// Values between two bounds that may be close to each other.
    pub(super) fn fine(title: &str, from: f64, to: f64) -> Axis {
        Axis { labels: Labels::Fine, ..Axis::linear(title, from, to) }
    }

    /// A place for each of these, one unit wide.
    pub(super) fn names(title: &str, names: &'static [&'static str]) -> Axis {
        Axis { labels: Labels::Names(names), ..Axis::linear(title, 0.0, names.len() as f64) }
    }

    /// A share as percentages whose rest to 100 % is on a logarithmic scale, so many decades of it: see [`tail`].
    pub(super) fn tail(title: &str, decades: f64) -> Axis {
        Axis { labels: Labels::Tail, ..Axis::linear(title, 0.0, decades) }
    }

    /// So many rows, whose words stand in the drawing.
    pub(super) fn rows(title: &str, count: usize) -> Axis {
        Axis { labels: Labels::Nothing, ..Axis::linear(title, 0.0, count as f64) }
    }

    /// A share as percentages, from `from` (a share) to 100 %.
    pub(super) fn share(title: &str, from: f64) -> Axis {
        Axis { labels: Labels::Percent, ..Axis::linear(title, from, 1.0) }
    }

    /// A share as percentages, from 0 to `most` (a share), 100 % at the most.
    pub(super) fn share_to(title: &str, most: f64) -> Axis {
        Axis { labels: Labels::Percent, ..Axis::linear(title, 0.0, most.min(1.0)) }
    }

    /// Counts on a logarithmic scale, as the title gets to say, between exactly these bounds, which are at least 1.
    pub(super) fn log_count(title: &str, from: f64, to: f64) -> Axis {
        let from = from.max(1.0);
        let scale = Scale::Log { from, to: to.max(from * 2.0) };
        Axis::new(format!("{title} (count{LOG})"), scale, Labels::Number(1.0))
    }

    /// Values of a parameter, on a logarithmic scale when they differ by much.
    pub(super) fn values(title: &str, unit: &str, from: f64, to: f64) -> Axis {
        let log = from > 0.0 && to >= DECADE * from;
        let scale = if log { Scale::Log { from, to } } else { Scale::linear(from, to) };
        let words = match (unit, log) {
            ("", false) => String::new(),
            ("", true) => " (log scale)".to_owned(),
            (unit, false) => format!(" ({unit})"),
            (unit, true) => format!(" ({unit}{LOG})"),
        };
        Axis::new(format!("{title}{words}"), scale, Labels::Number(1.0))
    }

    /// Simulated time between two moments in seconds, in the unit that suits the span.
    pub(super) fn time(from: f64, to: f64) -> Axis {
        let to = if to > from { to } else { from + 1.0 };
        let (name, factor, steps) = clock(to - from);
        Axis::new(format!("Simulated time ({name})"), Scale::linear(from, to), Labels::Clock(factor, steps))
    }

    /// Spans of time between two bounds in seconds, in the unit that suits the longest, which the title gets:
    /// logarithmic when they differ by much, and the shortest is not 0. It ends soon after the longest.
    pub(super) fn delay(title: &str, least: f64, most: f64) -> Axis {
        let (unit, factor) = match most {
            0.0 => ("s", 1.0),
            m if m < 1e-3 => ("µs", 1e-6),
            m if m < 1.0 => ("ms", 1e-3),
            m if m < 600.0 => ("s", 1.0),
            m if m < 36_000.0 => ("min", 60.0),
            _ => ("h", 3600.0),
        };
        let scale = if least > 0.0 && most > WIDE * least {
            Scale::log(least / factor, most * ROOM / factor)
        } else {
            Scale::linear(0.0, round_up(most / factor))
        };
        let log = if matches!(scale, Scale::Log { .. }) { LOG } else { "" };
        Axis::new(format!("{title} ({unit}{log})"), scale.times(factor), Labels::Whole(factor))
    }

    /// The same axis between exactly these bounds, on a logarithmic scale or not.
    pub(super) fn between(self, from: f64, to: f64, log: bool) -> Axis {
        let is_fine = !log && matches!(self.labels, Labels::Number(1.0)) && to - from < FINE * to.abs();
        let scale =
            if log && from > 0.0 && to > from { Scale::Log { from, to } } else { Scale::linear(from, to) };
        let words = |log: bool| match self.title.strip_suffix(')') {
            Some(start) if log => format!("{start}{LOG})"),
            None if log => format!("{} (log scale)", self.title),
            _ => self.title.clone(),
        };
        let title = words(matches!(scale, Scale::Log { .. }));
        Axis { labels: if is_fine { Labels::Fine } else { self.labels }, title, scale, ..self }
    }

    /// The same axis with so much more room at its ends, in parts of its width, and no ticks there.
    pub(super) fn padded(self, before: f64, after: f64) -> Axis {
        let (from, to) = self.scale.bounds();
        let scale = match self.scale {
            Scale::Linear { .. } => {
                Scale::Linear { from: from - before * (to - from), to: to + after * (to - from) }
            }
            Scale::Log { .. } => Scale::Log {
                from: from * libm::pow(to / from, -before),
                to: to * libm::pow(to / from, after),
            },
        };
        Axis { scale, limits: (from, to), ..self }
    }

    /// A value as a tick would have it, to three digits at least, without its unit, which the title has.
    pub(super) fn plain(&self, value: f64) -> String {
        match self.labels {
            Labels::Percent => percent(value).replace(&format!("{NBSP}%"), ""),
            Labels::Whole(unit) => significant(value / unit, 3),
            Labels::Number(unit) => short(value / unit),
            _ => {
                let (from, to) = self.scale.bounds();
                to_step(value, (to - from) / 100.0)
            }
        }
    }

    /// A value in words, with its unit.
    pub(super) fn told(&self, value: f64) -> String {
        match self.labels {
            _ if value.is_infinite() => "longer than any time".to_owned(),
            Labels::Percent => percent(value),
            Labels::Tail => percent(1.0 - libm::pow(10.0, -value)),
            Labels::Clock(unit, _) => format!("{}{NBSP}{}", significant(value / unit, 3), self.unit),
            Labels::Names(names) => {
                names.get(value.max(0.0) as usize).copied().unwrap_or_default().to_owned()
            }
            _ if self.unit.is_empty() => self.bare(value),
            _ => format!("{}{NBSP}{}", self.bare(value), self.unit),
        }
    }

    /// The same without its unit.
    pub(super) fn bare(&self, value: f64) -> String {
        if let Labels::Number(unit) = self.labels { figure(value / unit) } else { self.plain(value) }
    }

    /// A place on it in words: `12 min`, `Identities: 10`.
    pub(super) fn place_told(&self, value: f64) -> String {
        let says_what = !matches!(self.labels, Labels::Clock(..) | Labels::Names(_) | Labels::Tail);
        match self.what() {
            what if says_what && !what.is_empty() => format!("{what}: {}", self.told(value)),
            _ => self.told(value),
        }
    }

    /// What is measured, without its unit.
    pub(super) fn what(&self) -> &str {
        self.title
            .strip_suffix(')')
            .and_then(|title| title.rsplit_once(" ("))
            .map_or(&*self.title, |(what, _)| what)
    }

    /// The same axis for a panel that stands above one with the same axis.
    pub(super) fn untitled(self) -> Axis {
        self.titled("")
    }

    /// The same axis under another title.
    pub(super) fn titled(self, title: &str) -> Axis {
        Axis { title: title.to_owned(), ..self }
    }

    /// About `count` values and their labels, rising.
    pub(super) fn ticks(&self, count: usize) -> Vec<(f64, String)> {
        let slack = 1e-9 * (self.limits.1 - self.limits.0).min(1e300);
        let (least, most) = (self.limits.0 - slack, self.limits.1 + slack);
        let mut ticks = self.all_ticks(count);
        ticks.retain(|(tick, _)| (least..=most).contains(tick));
        ticks
    }

    fn all_ticks(&self, count: usize) -> Vec<(f64, String)> {
        match self.labels {
            Labels::Nothing => Vec::new(),
            Labels::Tail => {
                let most = self.scale.bounds().1 * (1.0 + 1e-9);
                let ticks = TAIL.iter().filter(|share| tail(**share) <= most);
                ticks.map(|share| (tail(*share), percent(*share))).collect()
            }
            Labels::Percent => label(self.scale.ticks(count), percent),
            Labels::Fine => {
                let ticks = self.scale.ticks(count);
                let step = ticks.windows(2).map(|pair| pair[1] - pair[0]).next().unwrap_or(1.0);
                label(ticks, |tick| to_step(tick, step))
            }
            Labels::Number(unit) => self.unit_ticks(count, unit, short),
            Labels::Whole(unit) => self.unit_ticks(count, unit, |tick| significant(tick, 4)),
            Labels::Names(names) => names
                .iter()
                .enumerate()
                .map(|(place, name)| (place as f64 + 0.5, (*name).to_owned()))
                .collect(),
            Labels::Clock(unit, steps) => {
                label(self.clock_ticks(count, unit, steps), |tick| short(tick / unit))
            }
        }
    }

    fn unit_ticks(&self, count: usize, unit: f64, write: impl Fn(f64) -> String) -> Vec<(f64, String)> {
        let ticks = self.scale.times(1.0 / unit).ticks(count);
        ticks.into_iter().map(|tick| (tick * unit, write(tick))).collect()
    }

    fn clock_ticks(&self, count: usize, unit: f64, steps: &[f64]) -> Vec<f64> {
        let (from, to) = self.scale.bounds();
        let most = count.max(1) as f64 + 0.5;
        let step = steps.iter().map(|step| step * unit).find(|step| (to - from) / step <= most);
        match step {
            Some(step) if (to - from) / step >= 3.0 => multiples(from, to, step),
            _ => self.scale.times(1.0 / unit).ticks(count).into_iter().map(|tick| tick * unit).collect(),
        }
    }
}

/// Shares that have a tick where the rest is on a logarithmic scale.
const TAIL: [f64; 6] = [0.0, 0.5, 0.9, 0.99, 0.999, 0.9999];

/// The place of a share on an axis on which each decade of the rest is as long as the others.
pub(super) fn tail(share: f64) -> f64 {
    -libm::log10(1.0 - share)
}

/// A moment of simulated time in seconds that was measured, in the unit of an axis of this many seconds: `1.9 min`.
pub(super) fn moment(when: f64, span: f64) -> String {
    let (name, factor, _) = clock(span);
    format!("{}{NBSP}{name}", significant(when / factor, 2))
}

/// The unit that suits a span of this many seconds.
fn clock(span: f64) -> (&'static str, f64, &'static [f64]) {
    *CLOCK.iter().rev().find(|(_, factor, _)| span >= 3.0 * factor).unwrap_or(&CLOCK[0])
}

fn label(ticks: Vec<f64>, write: impl Fn(f64) -> String) -> Vec<(f64, String)> {
    ticks.into_iter().map(|tick| (tick, write(tick))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis, count: usize) -> Vec<String> {
        axis.ticks(count).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn simulated_time_is_shown_in_the_unit_that_suits_it() {
        let axis = Axis::time(0.0, 600.0);
        assert_eq!(axis.title, "Simulated time (min)");
        assert_eq!(labels(&axis, 10).join(" "), "0 1 2 3 4 5 6 7 8 9 10");
        assert_eq!(labels(&axis, 5).join(" "), "0 2 4 6 8 10");
        assert_eq!(Axis::time(0.0, 365.0 * 86_400.0).title, "Simulated time (d)");
        assert_eq!(labels(&Axis::time(0.0, 90.0), 9).join(" "), "0 10 20 30 40 50 60 70 80 90");
        let spaced = |text: String| text.replace(NBSP, " ");
        assert_eq!(spaced(moment(112.0, 260.0)), "1.9 min");
        assert_eq!(spaced(moment(112.0, 130.0)), "112 s");
        assert!(labels(&Axis::time(0.0, 0.5), 9).len() > 3);
        assert!(labels(&Axis::time(0.0, 1e12), 9).len() > 3);
    }

    #[test]
    fn rates_are_shown_in_the_unit_that_suits_them() {
        let axis = Axis::rate("Queries", 3.4 / 86_400.0);
        assert_eq!(axis.title, "Queries (1/d)");
        assert_eq!(labels(&axis, 4).join(" "), "0 1 2 3 4");
        assert_eq!(Axis::rate("Queries", 120.0).title, "Queries (1/s)");
        assert_eq!(Axis::rate("Queries", 0.0).title, "Queries (1/s)");
        assert_eq!(Axis::bitrate("Data", 45e6).title, "Data (Mbit/s)");
        assert_eq!(labels(&Axis::bitrate("Data", 45e6), 5).join(" "), "0 10 20 30 40 50");
    }

    #[test]
    fn delays_get_a_logarithmic_axis_when_they_span_decades() {
        let axis = Axis::delay("d", 0.01, 5.0);
        assert!(matches!(axis.scale, Scale::Log { .. }) && axis.title == "d (s, log scale)");
        assert_eq!(labels(&Axis::delay("d", 0.01, 0.95), 9).last().map(String::as_str), Some("1000"));
        for (least, most) in [(0.01, 0.9), (0.003, 2.1), (1e-6, 5.0), (0.2, 5000.0)] {
            assert!(Axis::delay("d", least, most).scale.bounds().1 <= 1.11 * most, "far beyond {most}");
        }
        assert!(matches!(Axis::delay("d", 0.04, 0.05).scale, Scale::Linear { .. }));
        assert!(matches!(Axis::delay("d", 0.0, 0.0).scale, Scale::Linear { .. }));
    }

    #[test]
    fn an_axis_between_bounds_has_no_ticks_in_the_room_beside_them() {
        let axis = Axis::share("share (%)", 0.0).between(0.9, 1.0, false).padded(0.5, 0.5);
        let (from, to) = axis.scale.bounds();
        assert!((from - 0.85).abs() < 1e-9 && (to - 1.05).abs() < 1e-9);
        let ticks = axis.ticks(9);
        assert!(ticks.len() > 2 && ticks.iter().all(|(tick, _)| (0.9 - 1e-9..=1.0 + 1e-9).contains(tick)));
        assert_eq!(axis.plain(0.9534), "95.3");
        let log = Axis::delay("d", 0.0, 0.5).between(0.001, 0.5, true);
        assert_eq!((log.title.as_str(), log.plain(0.0123)), ("d (ms, log scale)", "12.3".to_owned()));
        assert_eq!(Axis::linear("n", 0.0, 1.0).between(1.0, 100.0, true).title, "n (log scale)");
        assert_eq!(Axis::linear("n", 0.0, 1.0).between(1000.0, 1001.0, false).plain(1000.53), "1000.53");
        assert!(Axis::rows("r", 3).ticks(5).is_empty());
    }

    #[test]
    fn each_decade_of_the_rest_is_as_long_on_a_tail() {
        let axis = Axis::tail("t", 3.0);
        let labels = labels(&axis, 9).join(" ").replace(NBSP, "");
        assert_eq!(labels, "0% 50% 90% 99% 99.9%");
        assert!((axis.scale.place(tail(0.99)) - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn delays_are_labelled_in_the_unit_of_the_title() {
        let axis = Axis::delay("Delay", 0.0, 0.047);
        assert_eq!(axis.title, "Delay (ms)");
        assert_eq!(labels(&axis, 6).join(" "), "0 10 20 30 40 50");
        assert!((axis.ticks(6)[5].0 - 0.05).abs() < 1e-12);
    }
}
