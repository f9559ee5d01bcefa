//! Reputation as askers derive it, beside the truth.

use std::collections::BTreeMap;

use super::axis::{self, Axis};
use super::course::{Among, Course, Points, over_runs};
use super::data::Table;
use super::drawing::Drawing;
use super::error::ChartError;
use super::fall::Fall;
use super::legend::Entry;
use super::marks::Marks;
use super::multiples::{self, Named, Setting};
use super::order::natural;
use super::panel::Panel;
use super::picture::Picture;
use super::run_info::{Milestone, RunInfo};
use super::scale::significant;
use super::sheet::Sheet;
use super::source::Source;
use super::stats::{ENOUGH, Spread, mean, mean_of_runs};
use super::style::{
    BLUE, COLOURS, Colour, DASH_DOT, DOTTED, INK, MUTED, Marker, SOLID, Stroke, VERMILION, cycled,
};
use super::timeline::Bins;
use crate::metrics::{families, tables::queries, tables::queries::Queries};

pub(super) const DRAWING: Drawing = Drawing::new(&families::reputation::REPUTATION_CHART, draw);

const TIME_BINS: usize = 50;
/// Bins by number of events: each begins at this multiple of the one before, at least one event later.
const EVENTS_STEP: f64 = 1.22;

/// A mean that is so far from the truth is told.
const MISJUDGED: f64 = 0.1;

const TRUTH: Stroke = Stroke::new(VERMILION, DOTTED).wide(4);
const NEWCOMER: Stroke = Stroke::new(MUTED, DASH_DOT).wide(2);
const MILESTONE: Stroke = Stroke::new(INK, SOLID).wide(4);
const REACHED: Stroke = Stroke::new(VERMILION, SOLID).marked(Marker::Diamond);
const INNER: f64 = 0.25;
const OUTER: f64 = 0.13;

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

/// What the queries of one bin saw.
#[derive(Clone, Copy, Default)]
struct Bin {
    mean: Option<f64>,
    /// Of queries that are enough: of fewer, the mean stands alone.
    spread: Option<Spread>,
    truth: Option<f64>,
}

/// What was seen of a group of targets, bin by bin: in each run.
struct Group {
    name: String,
    places: Vec<f64>,
    runs: Vec<Vec<Bin>>,
}

impl Group {
    fn course(&self, of: fn(&Bin) -> Option<f64>) -> Course {
        let points = |run: &Vec<Bin>| self.places.iter().copied().zip(run.iter().map(of)).collect();
        over_runs(&self.runs.iter().map(points).collect::<Vec<Points>>())
    }

    /// How far the queries of the only run spread.
    fn spread(&self, pick: fn(Spread) -> (f64, f64)) -> Vec<(f64, Option<(f64, f64)>)> {
        match &self.runs[..] {
            [run] => self.places.iter().copied().zip(run.iter().map(|bin| bin.spread.map(pick))).collect(),
            _ => Vec::new(),
        }
    }
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let runs = source.each(|run| read(run.queries(), &source.run))?;
    let last = runs.iter().flatten().map(|query| query.issued).fold(0.0, f64::max);
    let bins = Bins::of(source.end(last)?, &source.run, TIME_BINS);
    let mut sheet = Sheet::new(title, &finding(&runs, &bins), &source.run);
    draw_by_time(&mut sheet, &runs, &source.run, &bins);
    if histories_differ(&runs) || !source.run.milestones.is_empty() {
        draw_by_events(&mut sheet, &runs, &source.run);
    }
    Ok(sheet.finish())
}

fn read(table: &Table<Queries>, run: &RunInfo) -> Result<Vec<Query>, ChartError> {
    let (issued, truth, found) =
        (table.full(&queries::ISSUED)?, table.numbers(&queries::TRUTH)?, table.counts(&queries::EVENTS)?);
    let (targets, groups) = (table.texts(&queries::TARGET)?, table.texts(&queries::TARGET_GROUP)?);
    let events = table.counts(&queries::TARGET_EVENTS)?;
    let shown = table.numbers(&queries::REPUTATION)?.into_iter().enumerate();
    let (from, to) = run.counted;
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
fn histories_differ(runs: &[Vec<Query>]) -> bool {
    let counts = || runs.iter().flatten().map(|query| query.target_events).filter(|count| *count >= 1.0);
    counts().fold(0.0, f64::max) >= 2.0 * counts().fold(f64::INFINITY, f64::min)
}

fn draw_by_time(sheet: &mut Sheet, runs: &[Vec<Query>], run: &RunInfo, bins: &Bins) {
    let places: Vec<f64> = (0..bins.len()).map(|bin| bins.middle(bin)).collect();
    let groups = groups(runs, &places, |query| query.found, |query| bins.place(query.issued));
    let setting = Setting {
        x: Axis::time(0.0, bins.end()),
        y: Axis::linear(
            "Derived reputation over time, of queries that found events (0 to 1)",
            round_down(lowest(&groups, run)),
            1.0,
        ),
        keys: keys(&groups, run),
        marks: Marks::Named(&run.spans),
        runs: runs.len(),
        heights: (430, 200),
        nothing: "no query found events",
    };
    draw_groups(sheet, &groups, setting, run, |_, _| ());
}

fn draw_by_events(sheet: &mut Sheet, runs: &[Vec<Query>], run: &RunInfo) {
    let most = runs.iter().flatten().map(|query| query.target_events).fold(1.0, f64::max);
    let edges = event_edges(most);
    let places: Vec<f64> =
        edges.windows(2).map(|pair| (pair[0] * (pair[1] - 1.0).max(pair[0])).sqrt()).collect();
    let place = |query: &Query| edges.partition_point(|edge| *edge <= query.target_events) - 1;
    let groups = groups(runs, &places, |query| query.counted && query.target_events >= 1.0, place);
    let mut keys = keys(&groups, run);
    if !run.milestones.is_empty() {
        keys.push(Entry::line("range required by the scenario", MILESTONE));
        keys.push(Entry::line("mean of each target’s first query at or after this count", REACHED));
    }
    let known = groups.iter().flat_map(|group| group.course(|bin| bin.mean));
    let least = known.filter(|(_, among)| among.is_some()).map(|(x, _)| x).fold(most, f64::min);
    let lowest_bound = run.milestones.iter().map(|milestone| milestone.min).filter(|min| *min > 0.0);
    let setting = Setting {
        x: Axis::log_count("Number of the target’s events so far", least, most * 1.05),
        y: Axis::linear(
            "Reputation shown to the asker, by the target’s history (0 to 1)",
            round_down(lowest_bound.fold(lowest(&groups, run), f64::min)),
            1.0,
        ),
        keys,
        marks: Marks::Nothing,
        runs: runs.len(),
        heights: (430, 200),
        nothing: "no query about a target with events",
    };
    let also = |panel: &mut Panel<'_>, subject: Option<&str>| {
        let about = |milestone: &&Milestone| {
            subject.is_none() || milestone.group.is_none() || milestone.group.as_deref() == subject
        };
        run.milestones.iter().filter(about).for_each(|milestone| draw_milestone(panel, milestone, runs));
    };
    draw_groups(sheet, &groups, setting, run, also);
}

fn draw_milestone(panel: &mut Panel<'_>, milestone: &Milestone, runs: &[Vec<Query>]) {
    if let Some(reached) = Among::of(runs.iter().filter_map(|run| mean(&firsts(run, milestone)))) {
        panel.bracket(milestone.events, (milestone.min, milestone.max), MILESTONE);
        panel.dot(milestone.events, reached.mid, Marker::Diamond, 8, REACHED.colour);
    }
}

/// Draws the groups with their spread and the truth about them, and what else belongs to one of them or to all.
fn draw_groups(
    sheet: &mut Sheet,
    groups: &[Group],
    setting: Setting<'_>,
    run: &RunInfo,
    more: impl Fn(&mut Panel<'_>, Option<&str>),
) {
    let name = |group: &Group| {
        if groups.len() > COLOURS { group.name.clone() } else { format!("{}, mean", group.name) }
    };
    let curves: Vec<Named> = groups
        .iter()
        .map(|group| Named { name: name(group), course: group.course(|bin| bin.mean) })
        .collect();
    let few = multiples::together(groups.len());
    multiples::draw(sheet, &curves, setting, |panel, subject| {
        panel.level(run.newcomer, NEWCOMER);
        for (place, group) in groups.iter().enumerate() {
            if subject.is_none_or(|subject| subject == place) {
                let colour = if few { cycled(place).colour } else { BLUE };
                draw_surroundings(panel, group, colour, groups.len() == 1 || !few);
            }
        }
        more(panel, subject.map(|place| groups[place].name.as_str()));
    });
}

/// How the queries of one run spread, and the truth. `alone`: the panel is about this group only.
fn draw_surroundings(panel: &mut Panel<'_>, group: &Group, colour: Colour, alone: bool) {
    // Of several groups in one panel, each band would hide the others.
    if alone {
        panel.band(group.spread(|spread| (spread.p05, spread.p95)), colour.fade(OUTER));
        panel.band(group.spread(|spread| (spread.p25, spread.p75)), colour.fade(INNER));
    }
    let stroke = if alone { TRUTH } else { Stroke { colour, ..TRUTH } };
    let truth = group.course(|bin| bin.truth);
    // Of a group alone the legend has it.
    for (x, among) in truth.iter().filter(|_| !alone).filter_map(|(x, among)| Some((*x, (*among)?))) {
        panel.tell_value(x, &format!("{}, truth", group.name), among.mid);
    }
    panel.line(truth.into_iter().map(|(x, among)| (x, among.map(|among| among.mid))), stroke);
}

fn keys(groups: &[Group], run: &RunInfo) -> Vec<Entry> {
    let alone = groups.len() == 1 || !multiples::together(groups.len());
    let mut keys = Vec::new();
    if run.runs < 2 && alone {
        keys.push(Entry::fill("25–75 % of queries", BLUE.fade(0.35)));
        keys.push(Entry::fill(format!("5–95 %, of at least {ENOUGH}"), BLUE.fade(OUTER)));
    }
    keys.push(Entry::line("truth, mean", if alone { TRUTH } else { Stroke { colour: INK, ..TRUTH } }));
    keys.push(Entry::line(format!("newcomer {}", run.newcomer), NEWCOMER));
    keys
}

/// The lowest of all that is drawn of the groups.
fn lowest(groups: &[Group], run: &RunInfo) -> f64 {
    let drawn = groups.iter().flat_map(|group| &group.runs).flatten().flat_map(|bin| {
        let alone = groups.len() == 1 || !multiples::together(groups.len());
        let low = bin.spread.filter(|_| alone).map(|spread| spread.p05);
        low.into_iter().chain(bin.mean).chain(bin.truth)
    });
    drawn.fold(run.newcomer, f64::min)
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

/// Where bins by number of events begin, and where the last ends.
fn event_edges(most: f64) -> Vec<f64> {
    let mut edges = vec![1.0];
    let mut edge = 1.0;
    while edge <= most {
        edge = libm::ceil((edge * EVENTS_STEP).max(edge + 1.0));
        edges.push(edge);
    }
    edges
}

/// The groups that some of these queries are about, with what each bin saw. A bin without queries has nothing.
fn groups(
    runs: &[Vec<Query>],
    places: &[f64],
    wanted: impl Fn(&Query) -> bool,
    place: impl Fn(&Query) -> usize,
) -> Vec<Group> {
    let runs: Vec<Vec<&Query>> =
        runs.iter().map(|run| run.iter().filter(|query| wanted(query)).collect()).collect();
    let mut names: Vec<&str> = runs.iter().flatten().map(|query| query.group.as_str()).collect();
    names.sort_by(|a, b| natural(a, b));
    names.dedup();
    let of_run = |run: &Vec<&Query>, name: &str| {
        let mut members: Vec<Vec<&Query>> = vec![Vec::new(); places.len()];
        run.iter().filter(|query| query.group == name).for_each(|query| members[place(query)].push(query));
        members.iter().map(|members| bin(members)).collect()
    };
    let group = |name: &str| Group {
        name: name.to_owned(),
        places: places.to_vec(),
        runs: runs.iter().map(|run| of_run(run, name)).collect(),
    };
    names.into_iter().map(group).collect()
}

fn bin(members: &[&Query]) -> Bin {
    let shown: Vec<f64> = members.iter().map(|query| query.shown).collect();
    Bin {
        mean: mean(&shown),
        spread: Spread::of(shown),
        truth: mean(&members.iter().filter_map(|query| query.truth).collect::<Vec<f64>>()),
    }
}

/// The error as the metric `reputation.error_mean` has it, and the group that is most misjudged or falls.
fn finding(runs: &[Vec<Query>], bins: &Bins) -> String {
    let known = |of: fn(&Query, f64) -> f64| {
        let of_run = |run: &Vec<Query>| {
            let known = run.iter().filter(|query| query.found && query.counted);
            mean(&known.filter_map(|query| Some(of(query, query.truth?))).collect::<Vec<f64>>())
        };
        mean_of_runs(runs.iter().map(of_run))
    };
    let Some(error) = known(|query, truth| (query.shown - truth).abs()) else {
        return "Derived reputation: no query found events".to_owned();
    };
    let said = format!("Derived reputation: mean error {}", significant(error, 2));
    match falls(runs, bins).or_else(|| misjudged(runs)) {
        Some(what) => format!("{said}; {what}"),
        None => said,
    }
}

/// The queries that count and found events, by group.
fn by_group(runs: &[Vec<Query>]) -> BTreeMap<&str, Vec<&Query>> {
    let mut groups: BTreeMap<&str, Vec<&Query>> = BTreeMap::new();
    for query in runs.iter().flatten().filter(|query| query.found && query.counted) {
        groups.entry(&query.group).or_default().push(query);
    }
    groups
}

/// The group whose reputation falls deepest below the truth at some moment, if one's does.
fn falls(runs: &[Vec<Query>], bins: &Bins) -> Option<String> {
    let moments: Vec<f64> = (1..bins.len()).map(|bin| bins.span(bin).0).collect();
    let fall = |(name, queries): (&str, Vec<&Query>)| {
        let gaps = queries.iter().filter_map(|query| Some((query.issued, query.shown - query.truth?)));
        let at = Fall::deepest(&gaps.collect::<Vec<_>>(), &moments)?.at;
        let shown: Vec<(f64, f64)> = queries.iter().map(|query| (query.issued, query.shown)).collect();
        Some((name.to_owned(), Fall::deepest(&shown, &[at])?))
    };
    let deepest = by_group(runs).into_iter().filter_map(fall);
    let (name, fall) = deepest.max_by(|a, b| a.1.depth().total_cmp(&b.1.depth()))?;
    let (before, after) = (significant(fall.before, 2), significant(fall.after, 2));
    let at = axis::moment(fall.at, bins.end());
    Some(format!("{name}: a fall of the mean from {before} to {after} at {at}, unlike the truth"))
}

/// The group whose reputation is furthest from the truth on average, if it is far.
fn misjudged(runs: &[Vec<Query>]) -> Option<String> {
    let means = |(name, queries): (&str, Vec<&Query>)| {
        let both = queries.iter().filter_map(|query| Some((query.shown, query.truth?)));
        let (shown, truth): (Vec<f64>, Vec<f64>) = both.unzip();
        Some((name.to_owned(), mean(&shown)?, mean(&truth)?))
    };
    let gap = |(_, shown, truth): &(String, f64, f64)| (shown - truth).abs();
    let groups = by_group(runs).into_iter().filter_map(means);
    let worst = groups.max_by(|a, b| gap(a).total_cmp(&gap(b))).filter(|group| gap(group) > MISJUDGED)?;
    let (name, shown, truth) = worst;
    Some(format!("{name}: {} derived, {} true", significant(shown, 2), significant(truth, 2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(issued: f64, shown: f64) -> Query {
        Query {
            issued,
            target: "7".to_owned(),
            group: "best".to_owned(),
            shown,
            truth: Some(0.98),
            found: true,
            target_events: 1.0 + issued,
            counted: true,
        }
    }

    #[test]
    fn the_title_tells_who_falls_or_else_who_is_misjudged() {
        let run = RunInfo { counted: (0.0, 600.0), ..RunInfo::default() };
        let bins = Bins::of(600.0, &run, TIME_BINS);
        let told = |shown: fn(f64) -> f64| {
            let queries = (0..600).map(|second| query(f64::from(second), shown(f64::from(second))));
            finding(&[queries.collect()], &bins).replace('\u{A0}', " ")
        };
        assert_eq!(
            told(|at| if at < 300.0 { 0.98 } else { 0.38 }),
            "Derived reputation: mean error 0.3; best: a fall of the mean from 0.98 to 0.38 at 5 min, unlike the truth"
        );
        assert_eq!(told(|_| 0.6), "Derived reputation: mean error 0.38; best: 0.6 derived, 0.98 true");
        assert_eq!(told(|_| 0.96), "Derived reputation: mean error 0.02");
    }

    #[test]
    fn a_line_ends_where_nobody_asked_and_begins_again_where_somebody_did() {
        let run = RunInfo { counted: (0.0, 50.0), ..RunInfo::default() };
        let bins = Bins::of(50.0, &run, 50);
        // Many queries until 20 s, none until 35 s, then one in a bin of its own, and from 40 s on one a bin.
        let early = (0..500).map(|i| query(f64::from(i) / 25.0, 0.97));
        let late = [35.5].into_iter().chain((40..50).map(|i| f64::from(i) + 0.5)).map(|at| query(at, 0.4));
        let runs = [early.chain(late).collect::<Vec<Query>>()];
        let places: Vec<f64> = (0..bins.len()).map(|bin| bins.middle(bin)).collect();
        let groups = groups(&runs, &places, |query| query.found, |query| bins.place(query.issued));
        let mean: Vec<Option<f64>> = groups[0]
            .course(|bin| bin.mean)
            .into_iter()
            .map(|(_, among)| among.map(|among| among.mid))
            .collect();
        assert!(mean[..20].iter().flatten().all(|mean| (mean - 0.97).abs() < 1e-9) && mean[19].is_some());
        assert_eq!((&mean[20..35], &mean[36..40]), (&[None; 15][..], &[None; 4][..]), "gaps stay gaps");
        assert_eq!(
            (mean[35], mean[40], mean[49]),
            (Some(0.4), Some(0.4), Some(0.4)),
            "few queries are shown"
        );
        assert!(groups[0].runs[0][35].spread.is_none() && groups[0].runs[0][3].spread.is_some());
    }
}
