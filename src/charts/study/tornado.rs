//! How far each axis of a one-at-a-time study moves a metric from the first point, the widest first.

use super::super::axis::Axis;
use super::super::error::ChartError;
use super::super::legend::{ENDLESS, ENDLESS_RADIUS, Entry};
use super::super::marks::Marks;
use super::super::panel::{Frame, Panel};
use super::super::picture::{Anchor, Picture, text_width, wrap};
use super::super::scale::significant;
use super::super::style::{BLUE, BODY, Colour, DASHED, GREY, INK, MUTED, SOLID, Stroke, VERMILION};
use super::data::Data;
use super::field;
use super::job::{Job, sheet};
use super::paired::{Paired, paired};

/// What one axis does.
#[derive(Clone, Debug)]
struct Arm {
    axis: usize,
    /// The lowest and the highest mean.
    ends: [End; 2],
    effect: Effect,
}

/// An end of a bar.
#[derive(Clone, Debug, PartialEq)]
struct End {
    mean: f64,
    /// The point; of the base 0.
    point: usize,
    difference: Option<Paired>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Effect {
    /// An interval leaves out 0.
    Seen,
    /// None does.
    NotSeen,
    /// There is no interval.
    Unknown,
}

const SMALLER: Colour = BLUE;
const LARGER: Colour = VERMILION;
const OTHER: Colour = GREY;
const PALE: f64 = 0.3;
const WHISKER: Stroke = Stroke::new(INK, SOLID).wide(3);
const BASE: Stroke = Stroke::new(INK, DASHED).wide(3);

const LINE: i32 = 38;
/// Height of a bar with the room around it, and half of the bar alone.
const LANE: i32 = 62;
const HALF: i32 = 19;
/// From the middle of a bar to the intervals of its ends.
const APART: i32 = 9;
/// From the end of a bar or whisker to its label.
const ASIDE: i32 = 12;
/// A label that is wider stands in the line of the axis.
const MOST_LABEL: i32 = 300;
/// About as wide is what can be drawn in.
const PLOT: f64 = 1380.0;
const WIDTH: i32 = 1340;

/// The chart; `None` where nothing is varied.
pub(super) fn picture(job: &Job<'_>) -> Result<Option<Picture>, ChartError> {
    let Job { data, subject, .. } = job;
    let varied: Vec<usize> =
        (0..data.axes.len()).filter(|axis| field::values(data, *axis).len() > 1).collect();
    if varied.is_empty() {
        return Ok(None);
    }
    let arms = arms(job, &varied, &data.runs(&subject.column)?);
    let base = subject.figure(&data.points[0]).map(|among| among.mid);
    let mut sheet = sheet(job, &finding(job, base, &arms));
    let drawn = Drawn { job, arms: &arms, base, labels: labels(data, &arms) };
    drawn.draw(&mut sheet);
    Ok(Some(sheet.finish()))
}

/// The bars, the widest first.
fn arms(job: &Job<'_>, varied: &[usize], runs: &[Vec<Option<f64>>]) -> Vec<Arm> {
    let (data, together) = (job.data, job.data.points.len().saturating_sub(1));
    let end = |point: usize| {
        let difference = (point > 0).then(|| paired(&runs[point], &runs[0], together)).flatten();
        Some(End { mean: job.subject.figure(&data.points[point])?.mid, point, difference })
    };
    let of_axis = |axis: &usize| {
        let base = &data.points[0].at;
        let is_on = |point: &usize| {
            let at = &data.points[*point].at;
            (0..base.len()).all(|other| other == *axis || at[other] == base[other])
        };
        let mut ends: Vec<End> = (0..data.points.len()).filter(is_on).filter_map(end).collect();
        ends.sort_by(|a, b| a.mean.total_cmp(&b.mean));
        // Of ends at the same place that of the base.
        let last = ends.last()?.mean;
        let high = ends.iter().find(|end| end.mean == last)?.clone();
        let ends = [ends.first()?.clone(), high];
        Some(Arm { axis: *axis, effect: effect(&ends), ends })
    };
    let mut arms: Vec<Arm> = varied.iter().filter_map(of_axis).collect();
    // Of bars as wide as each other those first whose effect is seen.
    let width = |arm: &Arm| {
        if arm.ends[0].mean == arm.ends[1].mean { 0.0 } else { arm.ends[1].mean - arm.ends[0].mean }
    };
    arms.sort_by(|a, b| width(b).total_cmp(&width(a)));
    arms
}

fn effect(ends: &[End; 2]) -> Effect {
    let moved = || ends.iter().filter(|end| end.point > 0);
    if moved().any(|end| end.difference.is_some_and(|difference| !difference.may_be_none())) {
        Effect::Seen
    } else if moved().any(|end| end.difference.is_none()) {
        Effect::Unknown
    } else {
        Effect::NotSeen
    }
}

fn finding(job: &Job<'_>, base: Option<f64>, arms: &[Arm]) -> String {
    let Job { data, subject, .. } = job;
    let name = &subject.name;
    let Some(base) = base else { return format!("{name}: no value at the base") };
    let all = arms.len();
    let seen = arms.iter().filter(|arm| arm.effect == Effect::Seen).count();
    let unknown = arms.iter().filter(|arm| arm.effect == Effect::Unknown).count();
    let sure = match (seen, unknown) {
        (0, 1..) => "no interval tells whether that is more than chance".to_owned(),
        (_, 0) => format!("{seen} of {all} axes have an effect that is more than chance"),
        _ => format!("{seen} of {all} axes have an effect that is more than chance, {unknown} no interval"),
    };
    // What becomes longer than any time has no interval, and has moved most all the same.
    let is_endless = |arm: &&Arm| arm.ends[0].mean < arm.ends[1].mean && arm.ends[1].mean.is_infinite();
    let is_seen = |arm: &&Arm| seen == 0 || arm.effect == Effect::Seen;
    match arms
        .iter()
        .find(is_endless)
        .or_else(|| arms.iter().find(is_seen))
        .filter(|arm| arm.ends[0].mean < arm.ends[1].mean)
    {
        Some(arm) => {
            let [low, high] = &arm.ends;
            let at = |end: &End| &data.points[end.point].at[arm.axis];
            format!(
                "{name}: {} moves it most, from {} ({}) to {} ({}), {} at the base; {sure}",
                data.axes[arm.axis],
                subject.told(low.mean),
                at(low),
                subject.told(high.mean),
                at(high),
                subject.told(base)
            )
        }
        None => format!("{name}: {} at every point", subject.told(base)),
    }
}

/// All that is drawn.
struct Drawn<'d> {
    job: &'d Job<'d>,
    arms: &'d [Arm],
    base: Option<f64>,
    /// The lines above each bar, and the labels beside its ends.
    labels: Vec<(Vec<String>, [Option<String>; 2])>,
}

/// What is said of each bar: the axis with its value at the base, and the values at both ends, which stand in its line
/// where they are long.
fn labels(data: &Data, arms: &[Arm]) -> Vec<(Vec<String>, [Option<String>; 2])> {
    let of = |arm: &Arm| {
        let value = |end: &End| data.points[end.point].at[arm.axis].clone();
        let base = &data.points[0].at[arm.axis];
        let mut line = format!("{}, base {base}", data.axes[arm.axis]);
        let ends = if arm.ends[0].mean == arm.ends[1].mean {
            line += ": the same at all values";
            [None, None]
        } else {
            let values = arm.ends.each_ref().map(value);
            if values.iter().any(|value| text_width(value, BODY) > MOST_LABEL) {
                line += &format!(": low at {}, high at {}", values[0], values[1]);
                [None, None]
            } else {
                // What the value at the base is stands above the bar.
                let [low, high] = &arm.ends;
                let [of_low, of_high] = values;
                [(low.point > 0).then_some(of_low), (high.point > 0).then_some(of_high)]
            }
        };
        line += match arm.effect {
            Effect::NotSeen if arm.ends[0].mean < arm.ends[1].mean => " (pale: no effect seen)",
            Effect::Unknown => " (no interval)",
            _ => "",
        };
        (wrap(&line, BODY, WIDTH), ends)
    };
    arms.iter().map(of).collect()
}

impl Drawn<'_> {
    fn draw(&self, sheet: &mut super::super::sheet::Sheet) {
        let lines = self.labels.iter().map(|(lines, _)| lines.len() as i32).max().unwrap_or(1);
        let row = lines * LINE + LANE;
        let x = self.axis();
        let legend = self.legend();
        let count = self.arms.len();
        let y = Axis::rows("The means that the values of each axis reach", count);
        let frame = Frame { x, y, legend: &legend, marks: Marks::Nothing };
        let mut panel = sheet.panel(row * count.max(1) as i32 + 10, &frame);
        let Some(base) = self.base else { return panel.note("no value at the base") };
        // A little inside, so that what is longer than any time has its sign in the drawing.
        let (from, to) = frame.x.scale.bounds();
        let edge = to - 0.012 * (to - from);
        let base = base.min(edge);
        panel.bound(base, BASE);
        let height = f64::from(row);
        for (place, (arm, (said, ends))) in self.arms.iter().zip(&self.labels).enumerate() {
            let top = (count - place) as f64;
            let at = |pixels: i32| top - f64::from(pixels) / height;
            for (line, text) in said.iter().enumerate() {
                panel.words((None, at(LINE / 2 + 6 + line as i32 * LINE)), ASIDE, text, INK, Anchor::Left);
            }
            let middle = at(said.len() as i32 * LINE + LANE / 2 - 2);
            panel.hint(middle, LANE / 2, &self.told(arm));
            self.draw_arm(&mut panel, arm, (middle, base, edge), ends);
        }
    }

    /// The ends of a bar in words.
    fn told(&self, arm: &Arm) -> String {
        let Job { data, subject, .. } = self.job;
        let of_end = |end: &End| {
            let point = &data.points[end.point];
            let set = format!("{} = {}", data.axes[arm.axis], point.at[arm.axis]);
            let figure = subject.figure(point).map_or_else(String::new, |among| subject.told_among(among));
            let difference = match end.difference {
                _ if end.point == 0 => "the base".to_owned(),
                None => "no interval of the difference from the base".to_owned(),
                Some(Paired { mean, low, high }) => {
                    let told = |value: f64| significant(value, 3);
                    format!("difference from the base {} ({} to {})", told(mean), told(low), told(high))
                }
            };
            format!("{set}: {figure}; {difference}")
        };
        let ends: Vec<String> = arm.ends.iter().map(of_end).collect();
        format!("{}\n{}", subject.name, ends.join("\n"))
    }

    fn draw_arm(
        &self,
        panel: &mut Panel<'_>,
        arm: &Arm,
        (middle, base, edge): (f64, f64, f64),
        labels: &[Option<String>; 2],
    ) {
        for end in &arm.ends {
            let to = end.mean.min(edge);
            let colour = self.colour(arm.axis, end.point);
            let faded = if arm.effect == Effect::NotSeen { colour.fade(PALE) } else { colour };
            panel.bar(middle, (base, to), HALF, faded);
            if end.mean.is_infinite() && arm.ends[0].mean < end.mean {
                panel.dot(edge, middle, ENDLESS, ENDLESS_RADIUS, colour);
            }
        }
        if arm.ends[0].mean == arm.ends[1].mean {
            return;
        }
        let mut reach = arm.ends.each_ref().map(|end| end.mean.min(edge));
        // Each end's interval in a half of its own, so that they do not cross.
        for (end, half) in arm.ends.iter().zip([1.0, -1.0]) {
            if let Some(difference) = end.difference {
                let bounds = (base + difference.low, base + difference.high);
                panel.whisker(middle, (half * f64::from(APART)) as i32, bounds, WHISKER);
                reach = [reach[0].min(bounds.0), reach[1].max(bounds.1)];
            }
        }
        let ink = if arm.effect == Effect::NotSeen { MUTED } else { INK };
        let sides = [(Anchor::Right, -ASIDE), (Anchor::Left, ASIDE)];
        for ((label, reach), (side, aside)) in labels.iter().zip(reach).zip(sides) {
            if let Some(label) = label {
                panel.words((Some(reach), middle), aside, label, ink, side);
            }
        }
    }

    /// By whether the value at a point is smaller than at the base.
    fn colour(&self, axis: usize, point: usize) -> Colour {
        match self.job.data.numbers(axis) {
            Some((numbers, _)) if numbers[point] < numbers[0] => SMALLER,
            Some(_) => LARGER,
            None => OTHER,
        }
    }

    /// The metric's axis, with room for the labels on both sides.
    fn axis(&self) -> Axis {
        let base = self.base.filter(|base| base.is_finite());
        let of_end = |end: &End| {
            let bounds = base.zip(end.difference).map(|(base, d)| [base + d.low, base + d.high]);
            [end.mean].into_iter().chain(bounds.into_iter().flatten()).collect::<Vec<f64>>()
        };
        let all = self.arms.iter().flat_map(|arm| &arm.ends).flat_map(of_end).chain(base);
        let finite = all.filter(|value| value.is_finite());
        let (low, high) =
            finite.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) = match () {
            () if low > high => (0.0, 1.0),
            () if low == high => (low - 0.5 * low.abs().max(0.1), high + 0.5 * high.abs().max(0.1)),
            () => (low, high),
        };
        let widest = |side: usize| {
            let labels = self.labels.iter().filter_map(|(_, ends)| ends[side].as_ref());
            labels.map(|label| text_width(label, BODY) + 2 * ASIDE).max().unwrap_or(0).max(24)
        };
        let (before, after) = (f64::from(widest(0)), f64::from(widest(1)));
        let room = PLOT - before - after;
        self.job.subject.between(low, high, false).padded(before / room, after / room)
    }

    fn legend(&self) -> Vec<Entry> {
        let data = self.job.data;
        let ends = || self.arms.iter().flat_map(|arm| arm.ends.iter().map(move |end| (arm, end)));
        let moved = || ends().filter(|(_, end)| end.point > 0);
        let colours: Vec<Colour> = moved().map(|(arm, end)| self.colour(arm.axis, end.point)).collect();
        let mut entries = Vec::new();
        for (colour, words) in [
            (SMALLER, "a smaller value than at the base"),
            (LARGER, "a larger value"),
            (OTHER, "another word"),
        ] {
            if colours.contains(&colour) {
                entries.push(Entry::fill(words, colour));
            }
        }
        entries.push(Entry::line("base: the first value of each axis", BASE));
        let (points, runs) = (data.points.len().saturating_sub(1), data.runs_each());
        if moved().any(|(_, end)| end.difference.is_some()) {
            let said = format!(
                "95 % interval of the difference from the base, of {runs} pairs of runs under the same seed, for all {points} points at once (Bonferroni)"
            );
            entries.push(Entry::line(said, WHISKER));
        }
        if ends().any(|(_, end)| end.mean.is_infinite()) {
            entries.push(Entry::endless());
        }
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::study::subject::Subject;
    use crate::metrics::study_chart;

    fn runs(of: [f64; 5]) -> Vec<Option<f64>> {
        of.map(Some).to_vec()
    }

    #[test]
    fn bars_are_sorted_by_width_and_pale_where_no_difference_is_sure() {
        let points: [(&[&str], Option<f64>); 4] = [
            (&["1", "tree", "5 s"], Some(3.0)),
            (&["2", "tree", "5 s"], Some(4.0)),
            (&["1", "flood", "5 s"], Some(1.0)),
            (&["1", "tree", "6 s"], Some(3.5)),
        ];
        let data = Data::made(&["a", "b", "c"], &points);
        let job = Job {
            data: &data,
            subject: Subject::of(&data, "m"),
            kind: &study_chart::TORNADO,
            axis: None,
            title: None,
        };
        let base = [1.0, 2.0, 3.0, 4.0, 5.0];
        let values = [
            runs(base),
            runs(base.map(|value| value + 1.0 + 0.01 * value)),
            runs(base.map(|value| value - 2.0 + 0.01 * value)),
            runs([9.0, 0.0, 1.0, 7.0, 0.5]),
        ];
        let arms = arms(&job, &[0, 1, 2], &values);
        let told: Vec<(usize, f64, f64, Effect)> =
            arms.iter().map(|arm| (arm.axis, arm.ends[0].mean, arm.ends[1].mean, arm.effect)).collect();
        assert_eq!(
            told,
            [(1, 1.0, 3.0, Effect::Seen), (0, 3.0, 4.0, Effect::Seen), (2, 3.0, 3.5, Effect::NotSeen)]
        );
        assert_eq!(
            finding(&job, Some(3.0), &arms),
            "m: b moves it most, from 1 (flood) to 3 (tree), 3 at the base; 2 of 3 axes have an effect that is \
             more than chance"
        );
        let mut endless = arms.clone();
        endless[2].ends[1].mean = f64::INFINITY;
        endless[2].effect = Effect::Unknown;
        let said = finding(&job, Some(3.0), &endless);
        assert_eq!(
            said,
            "m: c moves it most, from 3 (5 s) to longer than any time (6 s), 3 at the base; 2 of 3 axes have an \
             effect that is more than chance, 1 no interval"
        );
        let alone: Vec<Vec<Option<f64>>> = values.iter().map(|runs| runs[..1].to_vec()).collect();
        assert!(super::arms(&job, &[0], &alone).iter().all(|arm| arm.effect == Effect::Unknown));
    }
}
