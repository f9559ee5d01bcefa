//! The error of derived reputation by confidence label.

use super::axis::Axis;
use super::course::{Among, band_words};
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::Frame;
use super::picture::Picture;
use super::run_info::RunInfo;
use super::scale::{round_up, significant};
use super::sheet::Sheet;
use super::source::{Run, Source};
use super::stats::{ENOUGH, Spread, mean, share};
use super::style::{BLUE, GREY, INK, Marker, SOLID, Stroke};
use crate::metrics::{families, tables::queries};

pub(super) const DRAWING: Drawing = Drawing {
    unasked: |source| {
        let runs = source.each(|run| read(run, &source.run))?;
        Ok((0..LABELS.len()).filter(|&label| runs.iter().any(|run| !run[label].errors.is_empty())).count()
            > 1)
    },
    ..Drawing::new(&families::confidence::CALIBRATION_CHART, draw)
};

/// From the least to the most.
const LABELS: [&str; 5] = ["none", "low", "medium", "high", "very_high"];
const RANGE: Stroke = Stroke::new(INK, SOLID).wide(3);

/// The queries that ended with one label.
#[derive(Default)]
struct Label {
    queries: usize,
    /// Of those that found events about a target that has done something.
    errors: Vec<f64>,
}

/// The counted queries of a run, by their label.
fn read(run: &Run, info: &RunInfo) -> Result<[Label; 5], ChartError> {
    let table = run.queries();
    let (issued, words) = (table.full(&queries::ISSUED)?, table.texts(&queries::CONFIDENCE)?);
    let (derived, truth) = (table.numbers(&queries::REPUTATION)?, table.numbers(&queries::TRUTH)?);
    let events = table.counts(&queries::EVENTS)?;
    let (from, to) = info.counted;
    let mut labels: [Label; 5] = Default::default();
    for row in (0..issued.len()).filter(|&row| from <= issued[row] && issued[row] < to) {
        let Some(place) = LABELS.iter().position(|label| *label == words[row]) else { continue };
        labels[place].queries += 1;
        let error = derived[row].zip(truth[row]).map(|(derived, truth)| (derived - truth).abs());
        labels[place].errors.extend(error.filter(|_| events[row] > 0.0));
    }
    Ok(labels)
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let runs = source.each(|run| read(run, &source.run))?;
    let mut sheet = Sheet::new(title, &finding(&runs), &source.run);
    draw_errors(&mut sheet, &runs);
    draw_shares(&mut sheet, &runs);
    Ok(sheet.finish())
}

/// Where a label is on the axis.
fn at(place: usize) -> f64 {
    place as f64 + 0.5
}

/// What the runs come to, of those that have a value: as their mean, which is what the metrics `confidence.*` have,
/// and how far they spread.
fn figure(runs: &[[Label; 5]], of: impl Fn(&[Label; 5]) -> Option<f64>) -> Option<Among> {
    let values: Vec<f64> = runs.iter().filter_map(of).collect();
    let mid = mean(&values)?;
    Among::of(values).map(|among| Among { mid, ..among })
}

/// The mean error with a label.
fn mean_error(runs: &[[Label; 5]], place: usize) -> Option<Among> {
    figure(runs, |run| mean(&run[place].errors))
}

/// Whether so few queries have a label that their mean error says little.
fn is_few(runs: &[[Label; 5]], place: usize) -> bool {
    runs.iter().map(|run| run[place].errors.len()).sum::<usize>() < ENOUGH
}

fn draw_errors(sheet: &mut Sheet, runs: &[[Label; 5]]) {
    let of_queries = |place: usize| match runs {
        [one] => Spread::of(one[place].errors.clone()),
        _ => None,
    };
    let spreads: [Option<Spread>; 5] = std::array::from_fn(of_queries);
    let means: [Option<Among>; 5] = std::array::from_fn(|place| mean_error(runs, place));
    let highest = means.iter().flatten().map(|among| among.high);
    let most = spreads.iter().flatten().map(|spread| spread.p95).chain(highest).fold(0.05, f64::max);
    let dot = Stroke::new(BLUE, SOLID).marked(Marker::Disc);
    let mut legend = if runs.len() == 1 {
        vec![
            Entry::line("mean", dot),
            Entry::fill("25–75 % of queries", BLUE.fade(0.35)),
            Entry::line(format!("5–95 %, of at least {ENOUGH}"), RANGE),
        ]
    } else {
        vec![Entry::line("mean of the runs’ means", dot), Entry::line(band_words(runs.len()), RANGE)]
    };
    if means[0].is_none() {
        legend.push(Entry::words("none: nothing to derive from"));
    }
    if (1..LABELS.len()).any(|place| means[place].is_some() && is_few(runs, place)) {
        let few = Stroke::new(GREY, SOLID).marked(Marker::Diamond);
        legend.push(Entry::line(format!("of fewer than {ENOUGH} queries in all"), few));
    }
    let y = Axis::linear("Error: |derived − true share of good outcomes| (0 to 1)", 0.0, round_up(most));
    let frame = Frame { x: Axis::names("", &LABELS), y, legend: &legend, marks: Marks::Nothing };
    let mut panel = sheet.panel(400, &frame);
    for (place, (spread, mean)) in spreads.iter().zip(means).enumerate() {
        let Some(mean) = mean else { continue };
        let among_runs = (runs.len() > 1).then_some((mean.low, mean.high));
        if let Some(bracket) = spread.map(|spread| (spread.p05, spread.p95)).or(among_runs) {
            panel.bracket(at(place), bracket, RANGE);
        }
        let half = [at(place) - 0.08, at(place) + 0.08];
        panel.band(half.map(|x| (x, spread.map(|spread| (spread.p25, spread.p75)))), BLUE.fade(0.35));
        let (marker, size, colour) =
            if is_few(runs, place) { (Marker::Diamond, 8, GREY) } else { (Marker::Disc, 11, BLUE) };
        panel.dot(at(place), mean.mid, marker, size, colour);
        panel.tell_among(at(place), "mean error", mean);
        if let Some(spread) = spread {
            panel.tell_value(at(place), "5 % of queries below", spread.p05);
            panel.tell_value(at(place), "95 % of queries below", spread.p95);
        }
    }
}

fn draw_shares(sheet: &mut Sheet, runs: &[[Label; 5]]) {
    let y = Axis::share("Queries that ended with the label (%)", 0.0);
    let frame = Frame { x: Axis::names("Confidence label", &LABELS), y, legend: &[], marks: Marks::Nothing };
    let mut panel = sheet.panel(260, &frame);
    for place in 0..LABELS.len() {
        let of_run = |run: &[Label; 5]| {
            share(run[place].queries as f64, run.iter().map(|label| label.queries).sum::<usize>() as f64)
        };
        let Some(among) = figure(runs, of_run) else { continue };
        let ends = [at(place) - 0.3, at(place) + 0.3];
        panel.band(ends.map(|x| (x, Some((0.0, among.mid)))), BLUE.fade(0.6));
        panel.tell_among(at(place), "share of queries", among);
        if runs.len() > 1 {
            panel.bracket(at(place), (among.low, among.high), RANGE);
        }
    }
}

/// Of the labels that enough queries have: the lowest and the highest.
fn finding(runs: &[[Label; 5]]) -> String {
    let graded =
        |place: usize| Some((LABELS[place], mean_error(runs, place).filter(|_| !is_few(runs, place))?.mid));
    let mut graded = (1..LABELS.len()).filter_map(graded);
    let (Some(least), Some(most)) = (graded.next(), graded.next_back()) else {
        return "Confidence labels: too few queries to compare".to_owned();
    };
    let (low, high) = (significant(least.1, 2), significant(most.1, 2));
    format!("The mean error is {low} with the label {}, and {high} with {}", least.0, most.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_compares_labels_of_enough_queries_only() {
        let label = |queries: usize, error: f64| Label { queries, errors: vec![error; queries] };
        let run = [label(0, 0.0), label(1, 0.001), label(20, 0.2), label(40, 0.1), label(19, 0.5)];
        assert_eq!(finding(&[run]), "The mean error is 0.2 with the label medium, and 0.1 with high");
        let few = [label(0, 0.0), label(1, 0.001), label(2, 0.2), label(4, 0.1), label(9, 0.5)];
        assert_eq!(finding(&[few]), "Confidence labels: too few queries to compare");
    }
}
