//! How the values of groups are spread: quantiles of each, with the interval of the median, beside each other.

use super::axis::Axis;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::Frame;
use super::picture::{Anchor, Picture, wrap};
use super::render;
use super::scale::{figure, round_up};
use super::sheet::Sheet;
use super::style::{BLUE, BODY, Colour, INK, Marker, SOLID, Stroke, VERMILION};

/// What is spread, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Spreads {
    /// A sentence about all groups.
    pub finding: String,
    /// Where the values come from.
    pub about: String,
    /// What the values are.
    pub axis: String,
    /// The groups, from the top.
    pub groups: Vec<GroupSpread>,
}

/// The values of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupSpread {
    /// The group, and what it is of.
    pub words: String,
    /// Whether it is one of adversaries.
    pub is_adverse: bool,
    /// The quantiles at 5, 25, 50, 75 and 95 %.
    pub quantiles: [f64; 5],
    /// The 95 % interval of the median.
    pub interval: Option<(f64, f64)>,
    /// What the mean should be.
    pub truth: Option<f64>,
}

const LINE: i32 = 40;
const LANE: i32 = 56;
const HALF: i32 = 15;
const WIDTH: i32 = 1340;
const HONEST: Colour = BLUE;
const ADVERSE: Colour = VERMILION;
const WHISKER: u32 = 3;

/// The drawing as the text of an SVG file.
///
/// # Errors
/// When it can't be drawn.
pub fn draw_spreads(spreads: &Spreads) -> Result<String, ChartError> {
    render::register_fonts();
    render::svg(&picture(spreads)).map_err(|message| ChartError::Draw { path: "the page".into(), message })
}

fn picture(spreads: &Spreads) -> Picture {
    let groups = &spreads.groups;
    let mut sheet = Sheet::about(None, &spreads.finding, &spreads.about);
    let said: Vec<Vec<String>> = groups.iter().map(|group| wrap(&group.words, BODY, WIDTH)).collect();
    let height = said.iter().map(|lines| lines.len() as i32).max().unwrap_or(1) * LINE + LANE;
    let most = groups.iter().flat_map(|group| group.quantiles).fold(0.0, f64::max);
    let legend = legend(groups);
    let frame = Frame {
        x: Axis::linear("", 0.0, round_up(most.max(1.0))),
        y: Axis::rows(&spreads.axis, groups.len()),
        legend: &legend,
        marks: Marks::Nothing,
    };
    let mut panel = sheet.panel(height * groups.len().max(1) as i32 + 8, &frame);
    for (place, (group, lines)) in groups.iter().zip(&said).enumerate() {
        let at = |pixels: i32| (groups.len() - place) as f64 - f64::from(pixels) / f64::from(height);
        for (line, text) in lines.iter().enumerate() {
            panel.words((None, at(LINE / 2 + 6 + line as i32 * LINE)), 12, text, INK, Anchor::Left);
        }
        let middle = at(lines.len() as i32 * LINE + LANE / 2);
        let colour = if group.is_adverse { ADVERSE } else { HONEST };
        let [least, low, median, high, most] = group.quantiles;
        let stroke = Stroke::new(colour, SOLID).wide(WHISKER);
        panel.whisker(middle, 0, (least, most), stroke);
        panel.bar(middle, (low, high), HALF, colour.fade(0.45));
        if let Some(truth) = group.truth {
            panel.dot(truth, middle, Marker::Diamond, 11, INK);
        }
        if let Some(interval) = group.interval {
            panel.range(middle, interval, Stroke::new(INK, SOLID).wide(4));
        }
        panel.dot(median, middle, Marker::Disc, 8, colour);
        panel.hint(middle, height / 2, &told(group));
    }
    sheet.finish()
}

fn legend(groups: &[GroupSpread]) -> Vec<Entry> {
    let has = |adverse: bool| groups.iter().any(|group| group.is_adverse == adverse);
    let mut entries = Vec::new();
    entries.extend(has(false).then(|| Entry::fill("honest: 25–75 %", HONEST.fade(0.45))));
    entries.extend(has(true).then(|| Entry::fill("adversaries: 25–75 %", ADVERSE.fade(0.45))));
    entries.push(Entry::words("thin line: 5–95 %; disc: median"));
    if groups.iter().any(|group| group.interval.is_some()) {
        entries.push(Entry::line("95 % interval of the median, over runs", Stroke::new(INK, SOLID).wide(4)));
    }
    if groups.iter().any(|group| group.truth.is_some()) {
        entries.push(Entry::sign("mean of the truth", Marker::Diamond, INK));
    }
    entries
}

fn told(group: &GroupSpread) -> String {
    let [least, low, median, high, most] = group.quantiles.map(figure);
    let interval = match group.interval {
        Some((low, high)) => format!("95 % interval {} to {}", figure(low), figure(high)),
        None => "no interval".to_owned(),
    };
    let truth =
        group.truth.map(|truth| format!("\nmean of the truth: {}", figure(truth))).unwrap_or_default();
    format!(
        "{}\nmedian: {median} ({interval})\n25–75 %: {low} to {high}\n5–95 %: {least} to {most}{truth}",
        group.words
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_has_its_quantiles_under_the_pointer() {
        let group = |words: &str, is_adverse: bool| GroupSpread {
            words: words.to_owned(),
            is_adverse,
            quantiles: [0.1, 0.2, 0.3, 0.4, 0.5],
            interval: is_adverse.then_some((0.25, 0.35)),
            truth: Some(0.9),
        };
        let spreads = Spreads {
            finding: "they differ".to_owned(),
            about: "two runs".to_owned(),
            axis: "Reputation (0 to 1)".to_owned(),
            groups: vec![group("honest, n = 3", false), group("ring, n = 2", true)],
        };
        let text = draw_spreads(&spreads).expect("a drawing");
        for told in [
            "honest, n = 3\nmedian: 0.3 (no interval)\n25–75 %: 0.2 to 0.4\n5–95 %: 0.1 to 0.5\nmean of the truth: 0.9",
            "ring, n = 2\nmedian: 0.3 (95 % interval 0.25 to 0.35)",
        ] {
            assert!(text.contains(told), "{text}");
        }
    }
}
