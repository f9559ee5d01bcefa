//! A metric along the one parameter that a threshold was searched for on, from `threshold.json`: its mean with the interval at
//! each point that was looked at, the bound, and where the verdict turns.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::axis::Axis;
use super::course::{Course, highest, is_endless, lowest};
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::multiples::Named;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::run_info::RunInfo;
use super::sheet::Sheet;
use super::study::{Subject, among};
use super::style::{BLUE, Colour, DASHED, GOLD, GREY, INK, Marker, NAVY, SOLID, Stroke, VERMILION, WINE};

/// What is drawn of `threshold.json`.
#[derive(Deserialize)]
struct Finding {
    scenario: String,
    name: String,
    metric: String,
    min: Option<f64>,
    max: Option<f64>,
    axis: String,
    unit: String,
    low: f64,
    high: f64,
    seed: u64,
    replications: u32,
    turns: Vec<Turn>,
    crossing: Option<Crossing>,
    points: Vec<Point>,
}

#[derive(Deserialize)]
struct Turn {
    before: String,
    after: String,
    into: Verdict,
}

#[derive(Deserialize)]
struct Crossing {
    at: f64,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
}

#[derive(Deserialize)]
struct Point {
    value: String,
    number: f64,
    verdict: Verdict,
    n: u32,
    mean: Option<f64>,
    ci_low: Option<f64>,
    ci_high: Option<f64>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Holds,
    Fails,
    #[serde(other)]
    Open,
}

/// Of `summary.json`.
#[derive(Deserialize)]
struct Summary {
    fingerprint: String,
}

const MEAN: Stroke = Stroke::new(NAVY, SOLID);
const BOUND: Stroke = Stroke::new(WINE, DASHED);
const CROSSING: Stroke = Stroke::new(INK, SOLID).wide(4);
const TURN: Colour = GOLD.fade(0.35);
const HEIGHT: i32 = 560;

/// The chart of the finding in a folder.
pub(super) fn picture(folder: &Path) -> Result<Picture, ChartError> {
    let finding: Finding = read(&folder.join("threshold.json"))?;
    let Summary { fingerprint } = read(&folder.join("summary.json"))?;
    let run = RunInfo {
        title: format!("{} · {} points", finding.scenario, finding.points.len()),
        seed: finding.seed.to_string(),
        fingerprint,
        runs: finding.points.len() * finding.replications as usize,
        ..RunInfo::default()
    };
    let course: Course = finding.points.iter().map(Point::place).collect();
    let bounds = Named { name: String::new(), course: finding.bounds().map(level).collect() };
    let mean = Named { name: finding.metric.clone(), course };
    let curves = [mean, bounds];
    let most = curves.iter().map(|curve| highest(&curve.course)).fold(0.0, f64::max);
    let least = curves.iter().map(|curve| lowest(&curve.course)).fold(f64::INFINITY, f64::min);
    let mut sheet = Sheet::new(None, &title(&finding), &run);
    let legend = legend(&finding, &curves[0].course);
    let frame = Frame {
        x: Axis::values(&finding.axis, &finding.unit, finding.low, finding.high),
        y: Subject::plain(&finding.metric).axis(least, most),
        legend: &legend,
        marks: Marks::Nothing,
    };
    let ends = frame.y.scale.bounds();
    let mut panel = sheet.panel(HEIGHT, &frame);
    draw(&mut panel, &finding, &curves[0].course, ends);
    Ok(sheet.finish())
}

fn draw(panel: &mut Panel<'_>, finding: &Finding, course: &Course, ends: (f64, f64)) {
    for (before, after) in finding.turns.iter().filter_map(|turn| turn.places(&finding.points)) {
        panel.band([(before, Some(ends)), (after, Some(ends))], TURN);
    }
    panel.course(course, MEAN);
    finding.bounds().for_each(|bound| panel.level(bound, BOUND));
    for point in &finding.points {
        if let Some(mean) = point.mean {
            let (marker, colour) = point.verdict.sign();
            panel.dot(point.number, mean, marker, 11, colour);
        }
    }
    if let Some((Crossing { ci_low, ci_high, .. }, bound)) = finding.crossing.as_ref().zip(finding.crossed())
    {
        let ends = (ci_low.unwrap_or(finding.low), ci_high.unwrap_or(finding.high));
        panel.range(bound, ends, CROSSING);
    }
}

fn legend(finding: &Finding, course: &Course) -> Vec<Entry> {
    let has = |verdict| finding.points.iter().any(|point| point.verdict == verdict);
    let signs = [(Verdict::Holds, "holds"), (Verdict::Fails, "fails"), (Verdict::Open, "not known")];
    let signs = signs.into_iter().filter(|(verdict, _)| has(*verdict)).map(|(verdict, label)| {
        let (marker, colour) = verdict.sign();
        Entry::sign(label, marker, colour)
    });
    let turns = (!finding.turns.is_empty()).then(|| Entry::fill("where it turns", TURN));
    let crossing =
        finding.crossing.as_ref().map(|_| Entry::line("where the mean crosses, 95 % interval", CROSSING));
    let interval = format!("95 % interval of the mean of {} runs", finding.replications);
    [Entry::fill(interval, NAVY.fade(0.22)), Entry::line("bound", BOUND)]
        .into_iter()
        .chain(signs)
        .chain(turns)
        .chain(crossing)
        .chain(is_endless(course).then(Entry::endless))
        .collect()
}

/// What was found, in a sentence.
fn title(finding: &Finding) -> String {
    let Finding { name, turns, points, .. } = finding;
    let [first, again @ ..] = &turns[..] else {
        let all = |verdict| points.iter().all(|point| point.verdict == verdict);
        return match (all(Verdict::Holds), all(Verdict::Fails)) {
            (true, _) => format!("{name} holds at every point"),
            (_, true) => format!("{name} fails at every point"),
            _ => format!("{name} is not known to turn"),
        };
    };
    let (from, into) = if first.into == Verdict::Fails { ("holds", "fails") } else { ("fails", "holds") };
    let again = again.iter().map(|turn| {
        format!("; {} again from {}", if turn.into == Verdict::Fails { "fails" } else { "holds" }, turn.after)
    });
    let again: String = again.collect();
    format!("{name} {from} up to {}, {into} from {}{again}", first.before, first.after)
}

impl Finding {
    fn bounds(&self) -> impl Iterator<Item = f64> {
        self.min.into_iter().chain(self.max)
    }

    /// The bound that the mean crosses: where it is, the curve is on the bound.
    fn crossed(&self) -> Option<f64> {
        let at = self.crossing.as_ref()?.at;
        let (before, after) =
            self.points.windows(2).map(|pair| (&pair[0], &pair[1])).find(|(_, after)| after.number >= at)?;
        let middle = f64::midpoint(before.mean?, after.mean?);
        self.bounds().min_by(|a, b| (a - middle).abs().total_cmp(&(b - middle).abs()))
    }
}

impl Turn {
    /// Between which numbers it lies.
    fn places(&self, points: &[Point]) -> Option<(f64, f64)> {
        let place =
            |value: &String| points.iter().find(|point| point.value == *value).map(|point| point.number);
        place(&self.before).zip(place(&self.after))
    }
}

impl Point {
    fn place(&self) -> (f64, Option<super::course::Among>) {
        (self.number, among(Some(self.n.into()), self.mean, self.ci_low.zip(self.ci_high)))
    }
}

impl Verdict {
    fn sign(self) -> (Marker, Colour) {
        match self {
            Verdict::Holds => (Marker::Disc, BLUE),
            Verdict::Fails => (Marker::Square, VERMILION),
            Verdict::Open => (Marker::Diamond, GREY),
        }
    }
}

/// A bound as a part of a curve, so that the axis has room for it.
fn level(bound: f64) -> (f64, Option<super::course::Among>) {
    (0.0, among(Some(1.0), Some(bound), None))
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, ChartError> {
    let bytes = fs::read(path).map_err(|source| ChartError::Read { path: path.to_owned(), source })?;
    let broken =
        |error: serde_json::Error| ChartError::Summary { path: path.to_owned(), message: error.to_string() };
    serde_json::from_slice(&bytes).map_err(broken)
}
