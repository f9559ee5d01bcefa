//! The error of derived reputation by confidence label.

use super::axis::Axis;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::{Entry, Key};
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::scale::{round_up, significant};
use super::sheet::{Rect, Sheet};
use super::source::Source;
use super::stats::{Spread, share};
use super::style::{BLUE, INK, Marker, SOLID, Stroke};
use crate::metrics::{chart_kind, tables::queries};

pub(super) const DRAWING: Drawing = Drawing {
    unasked: |source| Ok(read(source)?.iter().filter(|label| !label.errors.is_empty()).count() > 1),
    ..Drawing::new(&chart_kind::CALIBRATION, draw)
};

/// From the least to the most.
const LABELS: [&str; 5] = ["none", "low", "medium", "high", "very_high"];
const RANGE: Stroke = Stroke::new(INK, SOLID).wide(3);

/// The queries that ended with one label.
#[derive(Default)]
struct Label {
    queries: usize,
    /// Of those whose target has done something.
    errors: Vec<f64>,
}

fn read(source: &Source) -> Result<[Label; 5], ChartError> {
    let table = source.queries();
    let (issued, words) = (table.full(&queries::ISSUED)?, table.texts(&queries::CONFIDENCE)?);
    let (derived, truth) = (table.numbers(&queries::REPUTATION)?, table.numbers(&queries::TRUTH)?);
    let (from, to) = source.run.counted;
    let mut labels: [Label; 5] = Default::default();
    for row in (0..issued.len()).filter(|&row| from <= issued[row] && issued[row] < to) {
        let Some(place) = LABELS.iter().position(|label| *label == words[row]) else { continue };
        labels[place].queries += 1;
        let error = derived[row].zip(truth[row]).map(|(derived, truth)| (derived - truth).abs());
        labels[place].errors.extend(error);
    }
    Ok(labels)
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let labels = read(source)?;
    let spreads = labels.each_ref().map(|label| Spread::of(label.errors.clone()));
    let mut sheet = Sheet::new(1200, title, &finding(&spreads), &source.run);
    let rows = sheet.rows(&[1.4, 1.0]);
    draw_errors(&mut sheet.picture, rows[0], &spreads);
    draw_shares(&mut sheet.picture, rows[1], &labels);
    Ok(sheet.picture)
}

/// Where a label is on the axis.
fn at(place: usize) -> f64 {
    place as f64 + 0.5
}

fn draw_errors(picture: &mut Picture, rect: Rect, spreads: &[Option<Spread>; 5]) {
    let most = spreads.iter().flatten().map(|spread| spread.p95).fold(0.05, f64::max);
    let legend = [
        Entry::line("mean", Stroke::new(BLUE, SOLID).marked(Marker::Disc)),
        Entry::new("25–75 %", Key::Fill(BLUE.fade(0.35))),
        Entry::line("5–95 %", RANGE),
    ];
    let y = Axis::linear("Error: |derived − true share of good outcomes| (0 to 1)", 0.0, round_up(most));
    let frame = Frame { x: Axis::names("", &LABELS), y, legend: &legend, spans: &[] };
    let mut panel = Panel::open(picture, rect, &frame);
    for (place, spread) in spreads.iter().enumerate() {
        let Some(spread) = spread else { continue };
        panel.bracket(at(place), (spread.p05, spread.p95), RANGE);
        let half = (at(place) - 0.08, at(place) + 0.08);
        panel.band([half.0, half.1].map(|x| (x, Some((spread.p25, spread.p75)))), BLUE.fade(0.35));
        panel.dot(at(place), spread.mean, Marker::Disc, 11, BLUE);
    }
}

fn draw_shares(picture: &mut Picture, rect: Rect, labels: &[Label; 5]) {
    let all = labels.iter().map(|label| label.queries).sum::<usize>() as f64;
    let frame = Frame {
        x: Axis::names("Confidence label", &LABELS),
        y: Axis::share("Queries that ended with the label (%)", 0.0),
        legend: &[],
        spans: &[],
    };
    let mut panel = Panel::open(picture, rect, &frame);
    for (place, label) in labels.iter().enumerate() {
        let Some(share) = share(label.queries as f64, all) else { continue };
        let ends = (at(place) - 0.3, at(place) + 0.3);
        panel.band([ends.0, ends.1].map(|x| (x, Some((0.0, share)))), BLUE.fade(0.6));
    }
}

fn finding(spreads: &[Option<Spread>; 5]) -> String {
    let mut graded =
        LABELS.iter().zip(spreads).skip(1).filter_map(|(label, spread)| Some((label, (*spread)?)));
    let (Some(least), Some(most)) = (graded.next(), graded.next_back()) else {
        return "Confidence labels: too few to compare".to_owned();
    };
    let (low, high) = (significant(least.1.mean, 2), significant(most.1.mean, 2));
    format!("The mean error is {low} with the label {}, and {high} with {}", least.0, most.0)
}
