//! Differences between two results, metric by metric: how far each has changed, how sure that is, and the least change that
//! matters.

use std::path::{Path, PathBuf};

use super::axis::Axis;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::{Frame, Panel};
use super::picture::{Anchor, Picture, wrap};
use super::render;
use super::scale::{NBSP, significant};
use super::sheet::Sheet;
use super::stats::{quantile, sorted};
use super::style::{BLUE, BODY, Colour, GREY, INK, Marker, PALE, SHADE, SOLID, Stroke, VERMILION};

/// What became of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// For the worse, by more than chance.
    Worse,
    /// For the better, by more than chance.
    Better,
    /// More than chance, and neither direction is better.
    Changed,
    /// Chance may explain it, or hide a change that matters.
    Inconclusive,
    /// Less than matters.
    Equivalent,
}

/// A metric in two results.
#[derive(Clone, Debug, PartialEq)]
pub struct Contrast {
    /// Its name.
    pub metric: String,
    /// At which point of both, where there are several.
    pub at: Option<String>,
    /// What became of it.
    pub turn: Turn,
    /// Its mean in A.
    pub base: Option<f64>,
    /// B − A.
    pub difference: Option<f64>,
    /// The 95 % interval of the difference.
    pub interval: Option<(f64, f64)>,
    /// The least difference that matters.
    pub least: Option<f64>,
}

/// Two results, compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Contrasts {
    /// What A and B are, and how many runs.
    pub about: String,
    /// All metrics, at all points.
    pub metrics: Vec<Contrast>,
}

/// A contrast in parts of A's mean.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    /// The metric, and the point.
    name: String,
    /// Its place among all contrasts.
    place: usize,
    turn: Turn,
    difference: f64,
    interval: Option<(f64, f64)>,
    least: Option<f64>,
}

/// So many metrics are drawn, those that have changed first.
const MOST: usize = 30;
/// So many of those that have changed and are not drawn are named.
const MOST_NAMED: usize = 8;
/// Half of the axis is never longer than so many times what four fifths of the rows need.
const LONG: f64 = 3.0;
const LINE: i32 = 38;
const LANE: i32 = 44;
/// Half the height of the least change that matters.
const HALF: i32 = 16;
const WIDTH: i32 = 1340;
const LEAST: Colour = SHADE;
const ZERO: Stroke = Stroke::new(INK, SOLID).wide(2);

/// Draws the differences of two results into an SVG file.
///
/// # Errors
/// When the file can't be written.
pub fn draw_contrasts(path: &Path, contrasts: &Contrasts) -> Result<PathBuf, ChartError> {
    render::register_fonts();
    let failed = |source| ChartError::Write { path: path.to_owned(), source };
    let text = render::svg(&picture(contrasts))
        .map_err(|message| ChartError::Draw { path: path.to_owned(), message })?;
    let partial = path.with_extension("svg.partial");
    std::fs::write(&partial, text).and_then(|()| std::fs::rename(&partial, path)).map_err(|source| {
        // A partial file is useless, and may not exist.
        let _ = std::fs::remove_file(&partial);
        failed(source)
    })?;
    Ok(path.to_owned())
}

fn picture(contrasts: &Contrasts) -> Picture {
    let all = rows(&contrasts.metrics);
    let mut sheet = Sheet::about(None, &finding(contrasts, &all), &contrasts.about);
    let shown = &drawn(contrasts, &all)[..];
    let reach = reach(shown);
    let said: Vec<Vec<String>> = shown.iter().map(|row| wrap(&words(row), BODY, WIDTH)).collect();
    let height = said.iter().map(|lines| lines.len() as i32).max().unwrap_or(1) * LINE + LANE;
    let legend = legend(contrasts, &all, reach);
    let frame = Frame {
        x: Axis::linear("Difference B − A (% of the mean in A)", -100.0 * reach, 100.0 * reach),
        y: Axis::rows("How far each metric has changed", shown.len()),
        legend: &legend,
        marks: Marks::Nothing,
    };
    let mut panel = sheet.panel(height * shown.len().max(1) as i32 + 10, &frame);
    if shown.is_empty() {
        panel.note("no metric has a mean in A and a difference");
    }
    panel.bound(0.0, ZERO);
    for (place, (row, lines)) in shown.iter().zip(&said).enumerate() {
        let at = |pixels: i32| (shown.len() - place) as f64 - f64::from(pixels) / f64::from(height);
        let middle = at(lines.len() as i32 * LINE + LANE / 2);
        draw_row(&mut panel, row, middle, reach);
        let told = format!("{}\n{}\n95 % interval in brackets", words(row), look(row.turn).2);
        panel.hint(middle, height / 2, &told);
        for (line, text) in lines.iter().enumerate() {
            panel.words((None, at(LINE / 2 + 8 + line as i32 * LINE)), 12, text, INK, Anchor::Left);
        }
    }
    sheet.finish()
}

/// The rows that there is room for: what has changed first, but the points of a metric one after another.
fn drawn(contrasts: &Contrasts, all: &[Row]) -> Vec<Row> {
    let mut shown = all[..all.len().min(MOST)].to_vec();
    if contrasts.metrics.iter().any(|contrast| contrast.at.is_some()) {
        shown.sort_by_key(|row| row.place);
    }
    shown
}

/// Those of which a part of A's mean can be said: what is worse, then what is better, and of these first what has changed by most
/// of the changes that matter.
fn rows(metrics: &[Contrast]) -> Vec<Row> {
    let row = |(place, contrast): (usize, &Contrast)| {
        let base = contrast.base.filter(|base| base.is_finite() && *base != 0.0)?.abs();
        Some(Row {
            name: name(contrast),
            place,
            turn: contrast.turn,
            difference: contrast.difference.filter(|difference| !difference.is_nan())? / base,
            interval: contrast.interval.map(|(low, high)| (low / base, high / base)),
            least: contrast.least.map(|least| least / base),
        })
    };
    let mut rows: Vec<Row> = metrics.iter().enumerate().filter_map(row).collect();
    let matters = |row: &Row| match row.least {
        Some(least) if least > 0.0 => row.difference.abs() / least,
        _ => row.difference.abs(),
    };
    rows.sort_by(|a, b| {
        let turn = a.turn.min(Turn::Inconclusive).cmp(&b.turn.min(Turn::Inconclusive));
        turn.then(matters(b).total_cmp(&matters(a))).then(a.name.cmp(&b.name))
    });
    rows
}

fn name(contrast: &Contrast) -> String {
    match &contrast.at {
        Some(at) => format!("{} at {at}", contrast.metric),
        None => contrast.metric.clone(),
    }
}

/// Half of the axis: as far as intervals reach, unless few reach much farther than the others.
fn reach(rows: &[Row]) -> f64 {
    let of = |row: &Row| {
        let (low, high) = row.interval.unwrap_or((row.difference, row.difference));
        low.abs().max(high.abs()).max(row.difference.abs())
    };
    let reaches = sorted(rows.iter().map(of).filter(|reach| reach.is_finite()).collect());
    let (Some(usual), Some(most)) = (quantile(&reaches, 0.8), reaches.last()) else { return 0.01 };
    let room = if *most > LONG * usual && usual > 0.0 { 1.5 * usual } else { *most };
    (1.05 * room).max(0.01)
}

fn finding(contrasts: &Contrasts, rows: &[Row]) -> String {
    let count = |turn| contrasts.metrics.iter().filter(|metric| metric.turn == turn).count();
    let parts = [(Turn::Worse, "worse"), (Turn::Better, "better"), (Turn::Changed, "different")];
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(turn, _)| count(*turn) > 0)
        .map(|(turn, word)| format!("{} {word}", count(turn)))
        .collect();
    let all = contrasts.metrics.len();
    let metrics = what(contrasts);
    if told.is_empty() {
        return format!("B against A: none of {all} {metrics} has changed by more than chance");
    }
    let most = rows.first().map(|row| format!("; most of all {}", words(row))).unwrap_or_default();
    format!("B against A: of {all} {metrics} {}{most}", told.join(", "))
}

/// What there are several of.
fn what(contrasts: &Contrasts) -> &'static str {
    if contrasts.metrics.iter().any(|contrast| contrast.at.is_some()) {
        "metrics at points"
    } else {
        "metrics"
    }
}

/// A metric with its figures: `queries.yes: +12 % (+8 to +16 %)`.
fn words(row: &Row) -> String {
    let signed = |part: f64| {
        let sign = if part > 0.0 { "+" } else { "" };
        format!("{sign}{}", significant(100.0 * part, 3))
    };
    if row.difference.is_infinite() {
        return format!("{}: longer than any time in B", row.name);
    }
    let interval = match row.interval {
        Some((low, high)) => format!("({} to {}{NBSP}%)", signed(low), signed(high)),
        None => "(no interval)".to_owned(),
    };
    format!("{}: {}{NBSP}% {interval}", row.name, signed(row.difference))
}

fn look(turn: Turn) -> (Colour, Marker, &'static str) {
    match turn {
        Turn::Worse => (VERMILION, Marker::Square, "worse"),
        Turn::Better => (BLUE, Marker::Disc, "better"),
        Turn::Changed => (INK, Marker::Diamond, "different, and neither is better"),
        Turn::Inconclusive => (GREY, Marker::Triangle, "inconclusive"),
        Turn::Equivalent => (PALE, Marker::Disc, "less than matters"),
    }
}

fn legend(contrasts: &Contrasts, rows: &[Row], reach: f64) -> Vec<Entry> {
    let shown = &rows[..rows.len().min(MOST)];
    let turns = [Turn::Worse, Turn::Better, Turn::Changed, Turn::Inconclusive, Turn::Equivalent];
    let mut entries: Vec<Entry> = turns
        .into_iter()
        .filter(|turn| shown.iter().any(|row| row.turn == *turn))
        .map(|turn| {
            let (colour, marker, name) = look(turn);
            Entry::line(name, Stroke::new(colour, SOLID).wide(4).marked(marker))
        })
        .collect();
    entries.push(Entry::words("lines: 95 % interval"));
    entries.push(Entry::fill("less than the least change that matters", LEAST));
    let is_beyond = |row: &Row| row.difference.abs() > reach;
    if shown.iter().any(is_beyond) {
        entries.push(Entry::words("a sign at an end of the axis lies beyond it"));
    }
    if rows.len() > shown.len() {
        entries.push(Entry::words(format!(
            "{} of {} {} are drawn",
            shown.len(),
            rows.len(),
            what(contrasts)
        )));
    }
    let without = contrasts.metrics.len() - rows.len();
    if without > 0 {
        entries.push(Entry::words(format!(
            "not drawn, as they have no mean in A but 0, or no difference: {without}"
        )));
    }
    entries.extend(unseen(contrasts, shown).map(Entry::words));
    entries
}

/// The names of those that have changed and are not drawn.
fn unseen(contrasts: &Contrasts, shown: &[Row]) -> Option<String> {
    let is_shown = |place: usize| shown.iter().any(|row| row.place == place);
    let changed = contrasts.metrics.iter().enumerate().filter(|(_, metric)| metric.turn <= Turn::Changed);
    let names: Vec<String> =
        changed.filter(|(place, _)| !is_shown(*place)).map(|(_, metric)| name(metric)).collect();
    let named = names[..names.len().min(MOST_NAMED)].join(", ");
    match names.len().checked_sub(MOST_NAMED) {
        _ if names.is_empty() => None,
        Some(more @ 1..) => Some(format!("changed and not drawn: {named} and {more} more")),
        _ => Some(format!("changed and not drawn: {named}")),
    }
}

fn draw_row(panel: &mut Panel<'_>, row: &Row, middle: f64, reach: f64) {
    let within = |part: f64| 100.0 * part.clamp(-reach, reach);
    if let Some(least) = row.least {
        panel.bar(middle, (within(-least), within(least)), HALF, LEAST);
    }
    let (colour, marker, _) = look(row.turn);
    let stroke = Stroke::new(colour, SOLID).wide(4);
    if let Some((low, high)) = row.interval {
        panel.whisker(middle, 0, (within(low), within(high)), stroke);
    }
    panel.dot(within(row.difference), middle, marker, 10, colour);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(metric: &str, turn: Turn, base: f64, difference: f64) -> Contrast {
        Contrast {
            metric: metric.to_owned(),
            at: None,
            turn,
            base: Some(base),
            difference: Some(difference),
            interval: Some((difference - 0.1 * base.abs(), difference + 0.1 * base.abs())),
            least: Some(0.01 * base),
        }
    }

    #[test]
    fn what_has_changed_comes_first_and_of_that_what_has_changed_most() {
        let all = [
            contrast("a", Turn::Equivalent, 1.0, 0.9),
            contrast("b", Turn::Better, 10.0, 1.0),
            contrast("c", Turn::Worse, -2.0, 1.0),
            contrast("d", Turn::Worse, 0.0, 1.0),
        ];
        let found = rows(&all);
        let told: Vec<(&str, f64)> = found.iter().map(|row| (row.name.as_str(), row.difference)).collect();
        assert_eq!(told, [("c", 0.5), ("b", 0.1), ("a", 0.9)]);
        let both = Contrasts { about: String::new(), metrics: all.to_vec() };
        assert_eq!(unseen(&both, &found).as_deref(), Some("changed and not drawn: d"));
        let collapsed = contrast("e", Turn::Worse, 1.0, f64::INFINITY);
        let first = &rows(&[all.to_vec(), vec![collapsed]].concat())[0];
        assert_eq!(words(first), "e: longer than any time in B");
        let said = finding(&Contrasts { about: String::new(), metrics: all.to_vec() }, &found);
        assert_eq!(
            said.replace(NBSP, " "),
            "B against A: of 4 metrics 2 worse, 1 better; most of all c: +50 % (+40 to +60 %)"
        );
        assert!((reach(&found) - 1.05).abs() < 1e-9);
    }

    #[test]
    fn one_that_is_far_away_does_not_hide_the_others() {
        let mut all: Vec<Contrast> =
            (0..9).map(|place| contrast(&format!("m{place}"), Turn::Better, 1.0, 0.1)).collect();
        all.push(contrast("far", Turn::Worse, 1.0, 400.0));
        let found = rows(&all);
        assert!(reach(&found) < 1.0, "{}", reach(&found));
        let legend = legend(&Contrasts { about: String::new(), metrics: all }, &found, reach(&found));
        assert!(legend.iter().any(|entry| entry.label.contains("lies beyond")));
        assert_eq!(reach(&[]), 0.01);
    }

    #[test]
    fn the_points_of_a_metric_stand_together_in_their_order() {
        let at = |place: usize, change: f64| Contrast {
            at: Some(format!("loss = {place}")),
            ..contrast(if place < 35 { "a" } else { "b" }, Turn::Worse, 1.0, change)
        };
        let metrics: Vec<Contrast> =
            (0..40).map(|place| at(place, if place % 4 == 1 { 0.1 } else { 0.5 })).collect();
        let all = Contrasts { about: String::new(), metrics };
        let found = rows(&all.metrics);
        let shown = drawn(&all, &found);
        let places: Vec<usize> = (0..40).filter(|place| place % 4 != 1).collect();
        assert_eq!(shown.iter().map(|row| row.place).collect::<Vec<_>>(), places);
        assert_eq!(shown[1].name, "a at loss = 2");
        assert!(finding(&all, &found).starts_with("B against A: of 40 metrics at points 40 worse"));
    }

    #[test]
    fn nothing_that_changed_is_said_as_such() {
        render::register_fonts();
        let none = Contrasts { about: "two".to_owned(), metrics: Vec::new() };
        assert!(finding(&none, &[]).contains("none of 0 metrics"));
        assert!(picture(&none).height > 100);
    }
}
