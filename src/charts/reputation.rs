//! Reputation as askers derive it, beside the truth.

use std::collections::BTreeMap;

use super::axis::Axis;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::run_info::{Milestone, RunInfo};
use super::scale::significant;
use super::sheet::{Rect, Sheet};
use super::source::Source;
use super::stats::{Spread, mean};
use super::style::{
    BLUE, DASH_DOT, DASHED, DOTTED, INK, MUTED, Marker, PURPLE, SOLID, Stroke, VERMILION, cycled, grey,
};
use crate::metrics::{chart_kind, tables::queries};

pub(super) const DRAWING: Drawing = Drawing::new(&chart_kind::REPUTATION, draw);

const TIME_BINS: usize = 50;
/// Bins by number of events: each begins at this multiple of the one before, at least one event later.
const EVENTS_STEP: f64 = 1.22;
/// A bin of fewer queries tells of chance, and is drawn only where there is no better one.
const QUERIES_PER_BIN: usize = 5;
/// More groups of targets than this are drawn as one.
const MOST_GROUPS: usize = 4;

const DERIVED: Stroke = Stroke::new(BLUE, SOLID);
const TRUTH: Stroke = Stroke::new(VERMILION, DASHED).wide(4);
const NEWCOMER: Stroke = Stroke::new(MUTED, DASH_DOT).wide(2);
const MILESTONE: Stroke = Stroke::new(INK, SOLID).wide(4);
const REACHED: Stroke = Stroke::new(PURPLE, SOLID).marked(Marker::Diamond);

/// One query, as far as it matters here.
struct Query {
    issued: f64,
    target: String,
    group: String,
    shown: f64,
    truth: Option<f64>,
    /// Whether events about the target were found.
    found: bool,
    target_events: f64,
    /// Whether it was issued in the time that counts.
    counted: bool,
}

/// What queries of one bin saw.
struct Bin {
    x: f64,
    seen: Option<Spread>,
    truth: Option<f64>,
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let queries = read(source)?;
    let by_events = histories_differ(&queries) || !source.run.milestones.is_empty();
    let mut sheet = Sheet::new(if by_events { 1400 } else { 860 }, title, &finding(&queries), &source.run);
    let rows = sheet.rows(if by_events { &[1.0, 1.0] } else { &[1.0] });
    let end = source.end(queries.iter().map(|query| query.issued).fold(0.0, f64::max))?;
    draw_by_time(&mut sheet.picture, rows[0], &queries, &source.run, end);
    if by_events {
        draw_by_events(&mut sheet.picture, rows[1], &queries, &source.run);
    }
    Ok(sheet.picture)
}

fn read(source: &Source) -> Result<Vec<Query>, ChartError> {
    let table = source.queries();
    let (issued, truth, found) =
        (table.full(&queries::ISSUED)?, table.numbers(&queries::TRUTH)?, table.counts(&queries::EVENTS)?);
    let (targets, groups) = (table.texts(&queries::TARGET)?, table.texts(&queries::TARGET_GROUP)?);
    let events = table.counts(&queries::TARGET_EVENTS)?;
    let shown = table.numbers(&queries::REPUTATION)?.into_iter().enumerate();
    let (from, to) = source.run.counted;
    let query = |(i, shown): (usize, Option<f64>)| {
        let (target, group) = (targets[i].clone(), groups[i].clone());
        let (truth, found, target_events) = (truth[i], found[i] > 0.0, events[i]);
        let counted = (from..to).contains(&issued[i]);
        shown.map(|shown| Query {
            issued: issued[i],
            target,
            group,
            shown,
            truth,
            found,
            target_events,
            counted,
        })
    };
    Ok(shown.filter_map(query).collect())
}

/// Whether some targets had at least twice as many events as others.
fn histories_differ(queries: &[Query]) -> bool {
    let counts = || queries.iter().map(|query| query.target_events).filter(|count| *count >= 1.0);
    counts().fold(0.0, f64::max) >= 2.0 * counts().fold(f64::INFINITY, f64::min)
}

fn draw_by_time(picture: &mut Picture, rect: Rect, queries: &[Query], run: &RunInfo, end: f64) {
    let end = end.max(1e-9);
    let place = |query: &Query| ((query.issued / end * TIME_BINS as f64) as usize).min(TIME_BINS - 1);
    let centre = |index: usize, _: &[&Query]| (index as f64 + 0.5) * end / TIME_BINS as f64;
    let found: Vec<&Query> = queries.iter().filter(|query| query.found).collect();
    let curves = curves(&found, place, centre);
    let legend = legend(&curves, run);
    let title = "Derived reputation over time, of queries that found events (0 to 1)";
    let y = Axis::linear(title, floor_of(&curves, run), 1.0);
    let frame = Frame { x: Axis::time(0.0, end), y, legend: &legend, spans: &run.spans };
    let mut panel = Panel::open(picture, rect, &frame);
    panel.level(run.newcomer, NEWCOMER);
    if found.is_empty() {
        panel.note("no query found events");
    }
    draw_curves(&mut panel, &curves);
}

fn draw_by_events(picture: &mut Picture, rect: Rect, queries: &[Query], run: &RunInfo) {
    let known: Vec<&Query> = queries.iter().filter(|query| query.target_events >= 1.0).collect();
    let most = known.iter().map(|query| query.target_events).fold(1.0, f64::max);
    let edges = event_edges(most);
    let place = |query: &Query| edges.partition_point(|edge| *edge <= query.target_events) - 1;
    let centre = |_: usize, members: &[&Query]| {
        mean(&members.iter().map(|query| query.target_events).collect::<Vec<f64>>()).unwrap_or(1.0)
    };
    let curves = curves(&known, place, centre);
    let mut legend = legend(&curves, run);
    if !run.milestones.is_empty() {
        legend.push(Entry::line("range required by the scenario", MILESTONE));
        legend.push(Entry::line("mean of each target’s first query at or after this count", REACHED));
    }
    let least = curves.values().flatten().map(|bin| bin.x).fold(most, f64::min);
    let x = Axis::log_count("Number of the target’s events so far", least, most * 1.05);
    let title = "Reputation shown to the asker, by the target’s history (0 to 1)";
    let lowest = run.milestones.iter().map(|milestone| milestone.min).filter(|min| *min > 0.0);
    let floor = round_down(lowest.fold(floor_of(&curves, run), f64::min));
    let y = Axis::linear(title, floor, 1.0);
    let mut panel = Panel::open(picture, rect, &Frame { x, y, legend: &legend, spans: &[] });
    panel.level(run.newcomer, NEWCOMER);
    draw_curves(&mut panel, &curves);
    for milestone in &run.milestones {
        if let Some(reached) = mean(&firsts(queries, milestone)) {
            panel.bracket(milestone.events, (milestone.min, milestone.max), MILESTONE);
            panel.dot(milestone.events, reached, Marker::Diamond, 8, REACHED.colour);
        }
    }
}

/// A round value below all that is drawn, for an axis that shows the differences.
fn floor_of(curves: &Curves, run: &RunInfo) -> f64 {
    let single = curves.len() == 1;
    let drawn = curves.values().flatten().flat_map(|bin| {
        let seen = bin.seen.map(|seen| if single { seen.p05 } else { seen.p25 });
        seen.into_iter().chain(bin.truth)
    });
    round_down(drawn.fold(run.newcomer, f64::min))
}

/// To a tenth that leaves some room.
fn round_down(ratio: f64) -> f64 {
    (libm::floor(ratio * 10.0 - 0.2) / 10.0).max(0.0)
}

/// What each target's first query showed once the target had this number of events, as the expectation's metric
/// counts it.
fn firsts(queries: &[Query], milestone: &Milestone) -> Vec<f64> {
    let of_group = |query: &&Query| milestone.group.as_ref().is_none_or(|group| *group == query.group);
    let late = |query: &&Query| query.target_events >= milestone.events;
    let mut first: BTreeMap<&str, &Query> = BTreeMap::new();
    for query in queries.iter().filter(of_group).filter(late) {
        let entry = first.entry(&query.target).or_insert(query);
        if query.issued < entry.issued {
            *entry = query;
        }
    }
    let counts = |query: &&Query| query.counted && (milestone.shown || query.found);
    first.into_values().filter(counts).map(|query| query.shown).collect()
}

fn event_edges(most: f64) -> Vec<f64> {
    let mut edges = vec![1.0];
    let mut edge = 1.0;
    while edge <= most {
        edge = libm::ceil((edge * EVENTS_STEP).max(edge + 1.0));
        edges.push(edge);
    }
    edges
}

/// Bins of the queries about each group of targets, or of all together when the groups are too many to tell apart.
type Curves = BTreeMap<String, Vec<Bin>>;

fn curves(
    queries: &[&Query],
    place: impl Fn(&Query) -> usize,
    centre: impl Fn(usize, &[&Query]) -> f64,
) -> Curves {
    let mut groups: BTreeMap<&str, Vec<&Query>> = BTreeMap::new();
    for query in queries {
        groups.entry(&query.group).or_default().push(query);
    }
    if groups.len() > MOST_GROUPS {
        groups = BTreeMap::from([("all", queries.to_vec())]);
    }
    groups.into_iter().map(|(name, members)| (name.to_owned(), bins(&members, &place, &centre))).collect()
}

fn legend(curves: &Curves, run: &RunInfo) -> Vec<Entry> {
    let newcomer = Entry::line(format!("newcomer {}", run.newcomer), NEWCOMER);
    if curves.len() > 1 {
        let names = curves.keys().enumerate();
        let mut entries: Vec<Entry> =
            names.map(|(i, name)| Entry::line(format!("{name}, mean"), cycled(i))).collect();
        entries.push(Entry::fill("25–75 %", grey(0xC8)));
        entries.push(Entry::line("truth, mean", Stroke::new(INK, DOTTED).wide(4)));
        entries.push(newcomer);
        return entries;
    }
    vec![
        Entry::line("mean", DERIVED),
        Entry::fill("25–75 %", BLUE.fade(0.4)),
        Entry::fill("5–95 % of queries", BLUE.fade(0.16)),
        Entry::line("truth, mean", TRUTH),
        newcomer,
    ]
}

fn bins(
    queries: &[&Query],
    place: impl Fn(&Query) -> usize,
    centre: impl Fn(usize, &[&Query]) -> f64,
) -> Vec<Bin> {
    let mut members: BTreeMap<usize, Vec<&Query>> = BTreeMap::new();
    for query in queries {
        members.entry(place(query)).or_default().push(query);
    }
    if members.values().any(|members| members.len() >= QUERIES_PER_BIN) {
        members.retain(|_, members| members.len() >= QUERIES_PER_BIN);
    }
    members
        .into_iter()
        .map(|(index, members)| Bin {
            x: centre(index, &members),
            seen: Spread::of(members.iter().map(|query| query.shown).collect()),
            truth: mean(&members.iter().filter_map(|query| query.truth).collect::<Vec<f64>>()),
        })
        .collect()
}

fn draw_curves(panel: &mut Panel, curves: &Curves) {
    for (index, bins) in curves.values().enumerate() {
        draw_curve(panel, bins, index, curves.len());
    }
}

fn draw_curve(panel: &mut Panel, bins: &[Bin], index: usize, groups: usize) {
    let band = |pick: fn(Spread) -> (f64, f64)| bins.iter().map(move |bin| (bin.x, bin.seen.map(pick)));
    let (stroke, truth) = if groups > 1 {
        (cycled(index), Stroke::new(cycled(index).colour, DOTTED).wide(4))
    } else {
        panel.band(band(|seen| (seen.p05, seen.p95)), BLUE.fade(0.16));
        (DERIVED, TRUTH)
    };
    panel.band(band(|seen| (seen.p25, seen.p75)), stroke.colour.fade(0.25));
    panel.line(bins.iter().map(|bin| (bin.x, bin.seen.map(|seen| seen.mean))), stroke);
    panel.line(bins.iter().map(|bin| (bin.x, bin.truth)), truth);
}

fn finding(queries: &[Query]) -> String {
    let errors: Vec<f64> = queries
        .iter()
        .filter(|query| query.found && query.counted)
        .filter_map(|query| Some((query.shown - query.truth?).abs()))
        .collect();
    match mean(&errors) {
        Some(error) => {
            format!("Derived reputation: mean error {}", significant(error, 2))
        }
        None => "Derived reputation: no query found events".to_owned(),
    }
}
