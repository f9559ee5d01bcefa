//! The figure of each trial of a claim and of each expectation: in every run, as their mean with its interval, and
//! beside the bounds between which it has to be.

use super::axis::Axis;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::scale::{NBSP, given, short, significant};
use super::sheet::Sheet;
use super::source::Source;
use super::style::{BLUE, INK, Marker, SOLID, Stroke, VERMILION};
use super::trial::{Account, Trial};
use crate::metrics::{self, families};
use crate::units::Duration;

pub(super) const DRAWING: Drawing = Drawing {
    unasked: |source| Ok(source.account.trials().next().is_some()),
    always: true,
    ..Drawing::new(&families::run::VERDICTS_CHART, draw)
};

const MEAN: Stroke = Stroke::new(INK, SOLID).marked(Marker::Diamond);
const BOUND: Stroke = Stroke::new(VERMILION, SOLID).wide(4);
const WITHIN: f64 = 0.14;
/// Room on both sides of what is drawn, as a part of its width.
const MARGIN: f64 = 0.06;
/// How far apart equal values of runs are drawn, of the height of their lane.
const SPREAD: f64 = 0.6;

/// Half the height of a lane in pixels.
const HALF_LANE: i32 = 28;

const LANES: [&str; 2] = ["mean, 95 %", "each run"];
const LANE: [&str; 1] = ["the run"];

/// More trials than this stand in two columns.
const MANY: usize = 4;

/// A trial, and what each run came to.
struct Figure<'s> {
    trial: &'s Trial,
    runs: Vec<Option<f64>>,
}

#[expect(clippy::unnecessary_wraps, reason = "as every drawing")]
fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let figures: Vec<Figure> = source.account.trials().map(|trial| figure(source, trial)).collect();
    let mut sheet = Sheet::new(title, &finding(&source.account), &source.run);
    if figures.is_empty() {
        sheet.heading("the scenario neither expects nor claims anything");
    }
    let columns = if figures.len() > MANY { 2 } else { 1 };
    figures.chunks(columns).for_each(|row| draw_row(&mut sheet, row, columns));
    Ok(sheet.finish())
}

fn figure<'s>(source: &Source, trial: &'s Trial) -> Figure<'s> {
    let runs = source.runs.iter();
    let of_run = |account: &super::trial::Account| account.trials().find(|other| other.is_also(trial))?.value;
    Figure { trial, runs: runs.map(|run| of_run(&run.account)).collect() }
}

fn draw_row(sheet: &mut Sheet, row: &[Figure<'_>], columns: usize) {
    let legends: Vec<[Entry; 1]> = row.iter().map(|figure| [Entry::words(sentence(figure))]).collect();
    let frames: Vec<Frame> = row.iter().zip(&legends).map(|(figure, legend)| frame(figure, legend)).collect();
    let height = 2 * HALF_LANE * row.first().map_or(1, |figure| lanes(figure).len()) as i32 + 24;
    sheet.row(height, columns, &frames, |place, panel| draw_figure(panel, &row[place]));
}

fn frame<'a>(figure: &Figure<'_>, legend: &'a [Entry]) -> Frame<'a> {
    let (from, to) = extent(figure);
    let unit = unit(&figure.trial.metric).map(|unit| format!(" ({unit})"));
    Frame {
        x: Axis::fine(&format!("{}{}", figure.trial.metric, unit.unwrap_or_default()), from, to),
        y: Axis::names(&heading(figure.trial), lanes(figure)),
        legend,
        marks: Marks::Nothing,
    }
}

fn lanes(figure: &Figure<'_>) -> &'static [&'static str] {
    if figure.runs.len() > 1 { &LANES } else { &LANE }
}

fn draw_figure(panel: &mut Panel<'_>, figure: &Figure<'_>) {
    let (trial, lanes) = (figure.trial, lanes(figure));
    draw_bounds(panel, trial, extent(figure), lanes.len() as f64);
    let count = figure.runs.len();
    for (place, value) in figure.runs.iter().enumerate() {
        let aside = if count > 1 { SPREAD * (place as f64 / (count - 1) as f64 - 0.5) } else { 0.0 };
        if let Some(value) = value {
            panel.dot(*value, lanes.len() as f64 - 0.5 + aside, Marker::Disc, 9, BLUE.fade(0.75));
        }
    }
    tell(panel, figure, lanes.len());
    let Some(mean) = trial.value else {
        panel.note(trial.missing());
        return;
    };
    trial.interval().into_iter().for_each(|interval| panel.range(0.5, interval, MEAN));
    if count > 1 {
        panel.dot(mean, 0.5, Marker::Diamond, 11, INK);
    }
}

/// The values of all runs, and the mean, under the pointer.
fn tell(panel: &mut Panel<'_>, figure: &Figure<'_>, lanes: usize) {
    let value = |value: &Option<f64>| value.map_or_else(|| "none".to_owned(), |value| significant(value, 4));
    let runs: Vec<String> = figure.runs.iter().map(value).collect();
    let unit = unit(&figure.trial.metric).map(|unit| format!(" ({unit})")).unwrap_or_default();
    let told =
        format!("{}{unit}\nruns in the order of their seeds: {}", figure.trial.metric, runs.join(", "));
    panel.hint(lanes as f64 - 0.5, HALF_LANE, &told);
    if lanes > 1 {
        panel.hint(0.5, HALF_LANE, &format!("{}{unit}\n{}", figure.trial.metric, sentence(figure)));
    }
}

/// The bounds as lines, and a tint on the side where it holds.
fn draw_bounds(panel: &mut Panel<'_>, trial: &Trial, (from, to): (f64, f64), height: f64) {
    let within = [trial.min.unwrap_or(from), trial.max.unwrap_or(to)];
    if within[0] < within[1] {
        panel.band(within.map(|x| (x, Some((0.0, height)))), BLUE.fade(WITHIN));
    }
    for bound in trial.min.into_iter().chain(trial.max) {
        panel.bound(bound, BOUND);
    }
}

/// From where to where everything of a figure lies.
fn extent(figure: &Figure<'_>) -> (f64, f64) {
    let trial = figure.trial;
    let all = [trial.value, trial.ci_low, trial.ci_high, trial.min, trial.max];
    let values = || all.iter().chain(&figure.runs).flatten().copied();
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let width = high - low;
    if width > 0.0 {
        (low - MARGIN * width, high + MARGIN * width)
    } else if width < 0.0 {
        // There is nothing.
        (0.0, 1.0)
    } else {
        let half = if low == 0.0 { 0.5 } else { 0.1 * low.abs() };
        (low - half, high + half)
    }
}

/// What was asked, and the verdict.
fn heading(trial: &Trial) -> String {
    let name = trial.name.replace('_', " ");
    let what = trial.claim.as_ref().map_or_else(|| "expected".to_owned(), |claim| claim.replace('_', " "));
    format!("{what}: {name} –{NBSP}{}", trial.said().replace(' ', "\u{A0}"))
}

/// The figure, its interval, how many runs it is of, and what is wanted, with what it was taken of.
fn sentence(figure: &Figure<'_>) -> String {
    let trial = figure.trial;
    let known = figure.runs.iter().flatten().count().max(trial.n as usize);
    let value = trial.value.map_or_else(|| trial.missing().to_owned(), |value| significant(value, 4));
    let interval = match (trial.interval(), figure.runs.len()) {
        (Some((low, high)), 0 | 1) => format!(
            " (95{NBSP}%: {} to {}, by what the one run counted)",
            significant(low, 4),
            significant(high, 4)
        ),
        (None, 0 | 1) => " (one run: no interval)".to_owned(),
        (Some((low, high)), runs) => format!(
            " (95{NBSP}%: {} to {}; n{NBSP}={NBSP}{known} of {runs} runs)",
            significant(low, 4),
            significant(high, 4)
        ),
        (None, runs) => format!(" (no interval; n{NBSP}={NBSP}{known} of {runs} runs)"),
    };
    let wanted = match (trial.min, trial.max) {
        (Some(min), Some(max)) if min == max => format!("exactly {}", short(min)),
        (Some(min), Some(max)) => format!("{} to {}", short(min), short(max)),
        (Some(min), None) => format!("at least {}", short(min)),
        (None, Some(max)) => format!("at most {}", short(max)),
        (None, None) => "anything".to_owned(),
    };
    let control = trial.by_construction.as_ref().map(|why| format!(" · a control, which cannot fail: {why}"));
    format!("{value}{interval}, holds if {wanted} (tinted){}{}", part(trial), control.unwrap_or_default())
}

/// What part of a run the figure is of.
fn part(trial: &Trial) -> String {
    let time = |seconds: f64| given(Duration::from_seconds(seconds));
    let window = match (trial.from_s, trial.to_s) {
        (Some(from), Some(to)) => Some(format!("from {} to {}", time(from), time(to))),
        (Some(from), None) => Some(format!("from {}", time(from))),
        (None, Some(to)) => Some(format!("to {}", time(to))),
        (None, None) => None,
    };
    let group = trial.group.as_ref().map(|group| format!("group {group}"));
    let events = trial.at_events.map(|events| format!("at {} events", short(events)));
    let parts: Vec<String> = [group, window, events].into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(" · {}", parts.join(", ")) }
}

fn unit(metric: &str) -> Option<&'static str> {
    metrics::find(metric).map(|metric| metric.unit.name()).filter(|unit| !unit.is_empty())
}

fn finding(account: &Account) -> String {
    let counted = |trials: &[Trial], things: &str| {
        let counted = || trials.iter().filter(|trial| trial.by_construction.is_none());
        let of = |said: &str| counted().filter(|trial| trial.said() == said).count();
        // Of one run nothing else can be said of claims, and "0 hold" would read as if they failed.
        match counted().count() {
            0 => None,
            all if of("inconclusive") == all => Some(format!("{all} of {all} {things} inconclusive")),
            all => Some(format!("{} of {all} {things} hold", of("holds"))),
        }
    };
    let claims = counted(&account.claims, "trials of claims");
    let expected = counted(&account.expect, "expectations");
    let parts: Vec<String> = claims.into_iter().chain(expected).collect();
    if parts.is_empty() { "Nothing was expected".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial() -> Trial {
        Trial {
            name: "a_first_answer_comes_soon".to_owned(),
            claim: Some("fast".to_owned()),
            metric: "queries.latency_p99_s".to_owned(),
            from_s: Some(425.0),
            value: Some(2.0),
            ci_low: Some(1.5),
            ci_high: Some(2.5),
            max: Some(1.0),
            verdict: Some("fails".to_owned()),
            ..Trial::default()
        }
    }

    #[test]
    fn a_title_does_not_count_as_failed_what_one_run_cannot_decide() {
        let open = || Trial { verdict: Some("inconclusive".to_owned()), ..trial() };
        let of = |claims: Vec<Trial>| finding(&Account { claims, ..Account::default() });
        assert_eq!(of(vec![open(), open()]), "2 of 2 trials of claims inconclusive");
        assert_eq!(of(vec![open(), trial()]), "0 of 2 trials of claims hold");
    }

    #[test]
    fn a_figure_is_told_with_interval_number_of_runs_and_bound() {
        let trial = trial();
        let figure = Figure { trial: &trial, runs: vec![Some(1.8), None, Some(2.2)] };
        assert_eq!(heading(&trial).replace(NBSP, " "), "fast: a first answer comes soon – fails");
        assert_eq!(
            sentence(&figure).replace(NBSP, " "),
            "2 (95 %: 1.5 to 2.5; n = 2 of 3 runs), holds if at most 1 (tinted) · from 425 s"
        );
        let alone = Figure { trial: &trial, runs: vec![Some(2.0)] };
        assert!(sentence(&alone).contains("1.5 to 2.5, by what the one run counted"));
        let bare =
            Trial { ci_low: None, by_construction: Some("a timer ends it".to_owned()), ..trial.clone() };
        let told = sentence(&Figure { trial: &bare, runs: vec![Some(2.0)] });
        assert!(
            told.contains("one run: no interval") && told.ends_with("cannot fail: a timer ends it"),
            "{told}"
        );
        assert_eq!(unit(&trial.metric), Some("s"));
    }

    #[test]
    fn the_axis_reaches_around_the_values_the_interval_and_the_bound() {
        let trial = trial();
        let (from, to) = extent(&Figure { trial: &trial, runs: vec![Some(1.8), Some(3.0)] });
        assert!(from < 1.0 && to > 3.0, "{from} {to}");
        let equal = Trial { value: Some(0.0), max: Some(0.0), ..Trial::default() };
        assert_eq!(extent(&Figure { trial: &equal, runs: vec![Some(0.0)] }), (-0.5, 0.5));
        assert_eq!(extent(&Figure { trial: &Trial::default(), runs: vec![None] }), (0.0, 1.0));
    }
}
