//! How long queries take: to the first YES, and to the end of the collection.

use super::axis::{Axis, tail};
use super::course::{Among, Course, Points, band_key, highest, is_endless, lowest, over_runs};
use super::data::Table;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::Frame;
use super::picture::Picture;
use super::run_info::RunInfo;
use super::scale::{duration, given, percent};
use super::sheet::Sheet;
use super::source::Source;
use super::stats::{extent, mean_of_runs};
use super::style::{BLUE, DASHED, DOTTED, INK, MUTED, Marker, SOLID, Stroke, VERMILION};
use super::timeline::Bins;
use crate::metrics::tables::queries::{self, Queries};
use crate::metrics::{LEAST_FOR_P99, Waits, families};

pub(super) const DRAWING: Drawing = Drawing::new(&families::queries::QUERY_LATENCY_CHART, draw);

const FIRST: Stroke = Stroke::new(BLUE, SOLID);
const ENDED: Stroke = Stroke::new(INK, DASHED).wide(4);
const WINDOW: Stroke = Stroke::new(MUTED, DOTTED).wide(3);
const MEDIAN: Stroke = Stroke::new(BLUE, SOLID).marked(Marker::Disc);
const TAIL: Stroke = Stroke::new(VERMILION, DASHED).marked(Marker::Square);

/// Numbers of bins: the first of which most bins with queries have enough for a 99th percentile, or else the last.
const BINS: [usize; 7] = [60, 48, 36, 30, 24, 18, 12];
/// What most is.
const MOST: f64 = 0.8;
/// Heights of a distribution at which its times are drawn.
const STEPS: u32 = 300;

/// Queries of one run whose collection has ended; times in seconds.
struct Times {
    /// When each was issued, and how long it took to the first YES.
    all: Vec<(f64, Option<f64>)>,
    /// Of those that count: how long they took to the first YES, which those that got none never did, and to their end.
    first_yes: Waits,
    collected: Waits,
    /// How many count.
    counted: usize,
    /// The shortest of these times above 0, and the longest.
    extent: (f64, f64),
}

/// Quantiles that are marked, as their metrics count them.
type Quantile = (f64, &'static str, fn(&Waits) -> Option<f64>);
const MARKED: [Quantile; 2] = [(0.5, "median", Waits::median), (0.99, "99th\u{A0}percentile", Waits::p99)];

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let runs = source.each(|run| read(run.queries(), &source.run))?;
    let mut sheet = Sheet::new(title, &finding(&runs), &source.run);
    draw_distribution(&mut sheet, &runs, &source.run);
    let last = runs.iter().flat_map(|run| &run.all).map(|(issued, _)| *issued).fold(0.0, f64::max);
    draw_course(&mut sheet, &runs, source.end(last)?, &source.run);
    Ok(sheet.finish())
}

fn read(table: &Table<Queries>, run: &RunInfo) -> Result<Times, ChartError> {
    let (issued, latency, ended) =
        (table.full(&queries::ISSUED)?, table.numbers(&queries::LATENCY)?, table.numbers(&queries::ENDED)?);
    let over = || (0..issued.len()).filter_map(|row| Some((row, (ended[row]? - issued[row]).max(0.0))));
    let (from, to) = run.counted;
    let counted = || over().filter(|(row, _)| (from..to).contains(&issued[*row]));
    let times = || counted().flat_map(|(row, took)| latency[row].into_iter().chain([took]));
    Ok(Times {
        first_yes: Waits::of(counted().map(|(row, _)| latency[row])),
        collected: Waits::of(counted().map(|(_, took)| Some(took))),
        counted: counted().count(),
        extent: (extent(times().filter(|time| *time > 0.0)).0, extent(times()).1),
        all: over().map(|(row, _)| (issued[row], latency[row])).collect(),
    })
}

/// What the runs come to together.
fn figure(runs: &[Times], of: impl Fn(&Waits) -> Option<f64>) -> Option<f64> {
    mean_of_runs(runs.iter().map(|run| of(&run.first_yes)))
}

fn draw_distribution(sheet: &mut Sheet, runs: &[Times], run: &RunInfo) {
    let least = runs.iter().map(|run| run.extent.0).fold(f64::INFINITY, f64::min);
    let most = runs.iter().map(|run| run.extent.1).fold(0.0, f64::max);
    let x = Axis::delay("Time since the query was issued", least, most);
    let window = run.window.filter(|window| window.as_seconds() <= x.scale.bounds().1);
    let y =
        Axis::tail("Share of all queries whose collection ended (%), the rest on a log scale", decades(runs));
    let legend = keys(runs, run);
    let frame = Frame { x, y, legend: &legend, marks: Marks::Nothing };
    let mut panel = sheet.panel(430, &frame);
    if figure(runs, Waits::never).is_none() {
        panel.note("no queries");
        return;
    }
    if let Some(window) = window {
        panel.limit(window.as_seconds(), &format!("window {}", given(window)), WINDOW);
    }
    panel.profile(&profile(runs, |run| &run.collected), ENDED);
    panel.profile(&profile(runs, |run| &run.first_yes), FIRST);
    for (share, name, of) in MARKED {
        if let Some(time) = figure(runs, of).filter(|time| time.is_finite()) {
            panel.mark(time, tail(share), &format!("{name} {}", duration(time)), BLUE);
        }
    }
}

/// How many decades of the rest are shown: of the run with the fewest queries, one has to be beyond, and some run's first
/// answers have to reach into the last.
fn decades(runs: &[Times]) -> f64 {
    let fewest = runs.iter().map(|run| run.counted).min().unwrap_or(0);
    let counted: f64 = if fewest >= 1000 {
        3.0
    } else if fewest >= LEAST_FOR_P99 {
        2.0
    } else {
        1.0
    };
    // What never comes leaves the rest of them empty.
    let never = runs.iter().filter_map(|run| run.first_yes.never()).fold(1.0, f64::min);
    let reached = if never > 0.0 { tail(1.0 - never).ceil().max(1.0) } else { counted };
    counted.min(reached)
}

/// The time by which each share of queries got there: one value of each run, and what these come to together. It ends where
/// less than a query of some run is beyond.
fn profile(runs: &[Times], times: fn(&Times) -> &Waits) -> Vec<(f64, Among)> {
    let fewest = runs.iter().map(|run| run.counted).min().unwrap_or(0);
    let most = decades(runs).min(tail(1.0 - 1.0 / (fewest.max(1) as f64)));
    let at = |step: u32| most * f64::from(step) / f64::from(STEPS);
    let of = |height: f64| {
        let share = 1.0 - libm::pow(10.0, -height);
        Some((height, Among::of(runs.iter().filter_map(|run| times(run).quantile(share)))?))
    };
    (0..=STEPS).map(at).filter_map(of).collect()
}

fn keys(runs: &[Times], run: &RunInfo) -> Vec<Entry> {
    let ended = match (run.enough, run.window, run.collect.as_deref()) {
        (_, Some(window), Some("scan_after")) => {
            format!("collection ended (the window of {})", given(window))
        }
        (Some(enough), Some(window), collect) => {
            let what = if collect == Some("any") { "answers" } else { "sources" };
            format!("collection ended ({enough} {what}, or the window of {})", given(window))
        }
        _ => "collection ended".to_owned(),
    };
    let mut keys = vec![Entry::line("first YES received", FIRST), Entry::line(ended, ENDED)];
    keys.extend(band_key(runs.len()));
    if runs.iter().any(|run| run.first_yes.p99().is_none()) {
        keys.push(Entry::words(format!("no 99th percentile of fewer than {LEAST_FOR_P99} queries")));
    }
    keys
}

/// Quantiles by the time of issue, each of at least as many queries as it needs.
fn courses(runs: &[Times], bins: &Bins) -> [Course; 2] {
    let of_run = |run: &Times, of: fn(&Waits) -> Option<f64>| {
        let mut times = vec![Vec::new(); bins.len()];
        run.all.iter().for_each(|(issued, latency)| times[bins.place(*issued)].push(*latency));
        let times: Vec<Waits> = times.into_iter().map(|times| Waits::of(times.into_iter())).collect();
        bins.points(|bin| of(&times[bin]))
    };
    MARKED.map(|(_, _, of)| over_runs(&runs.iter().map(|run| of_run(run, of)).collect::<Vec<Points>>()))
}

/// As many as let most of them have a 99th percentile, in the run with the fewest queries.
fn bins(runs: &[Times], end: f64, run: &RunInfo) -> Bins {
    let fewest = runs.iter().min_by_key(|run| run.all.len()).map_or(&[][..], |run| &run.all);
    let suffice = |bins: &Bins| {
        let mut counts = vec![0; bins.len()];
        fewest.iter().for_each(|(issued, _)| counts[bins.place(*issued)] += 1);
        let known = counts.iter().filter(|count| **count > 0).count();
        let enough = counts.iter().filter(|count| **count >= LEAST_FOR_P99).count();
        enough as f64 >= MOST * known as f64
    };
    let bins = |count: usize| Bins::of(end, run, count);
    BINS.into_iter().map(bins).find(suffice).unwrap_or_else(|| bins(BINS[BINS.len() - 1]))
}

fn draw_course(sheet: &mut Sheet, runs: &[Times], end: f64, run: &RunInfo) {
    let bins = bins(runs, end, run);
    let [median, tail] = courses(runs, &bins);
    let y = Axis::delay(
        "Time to the first YES, by when the query was issued",
        lowest(&median).min(lowest(&tail)),
        highest(&median).max(highest(&tail)),
    );
    let has_tail = tail.iter().any(|(_, among)| among.is_some());
    let mut legend = vec![Entry::line("median", MEDIAN)];
    legend.push(if has_tail {
        Entry::line(format!("99th percentile, of at least {LEAST_FOR_P99} queries"), TAIL)
    } else {
        Entry::words(format!("no 99th percentile: nowhere {LEAST_FOR_P99} queries in a bin"))
    });
    legend.extend((is_endless(&median) || is_endless(&tail)).then(Entry::endless));
    legend.extend(band_key(runs.len()));
    let frame = Frame { x: Axis::time(0.0, end), y, legend: &legend, marks: Marks::Named(&run.spans) };
    let mut panel = sheet.panel(360, &frame);
    if median.iter().all(|(_, among)| among.is_none()) {
        panel.note("no queries");
    }
    panel.course(&tail, TAIL);
    panel.course(&median, MEDIAN);
}

/// As the metrics `queries.latency_*` and `queries.unanswered_ratio` have it: a query without a YES took longer than
/// any.
fn finding(runs: &[Times]) -> String {
    let Some(never) = figure(runs, Waits::never) else {
        return "Time to the first YES: no queries".to_owned();
    };
    if never == 1.0 {
        return "Time to the first YES: no query got one".to_owned();
    }
    let mut told = Vec::new();
    for (_, name, of) in MARKED {
        let Some(time) = figure(runs, of) else { continue };
        told.push(format!(
            "{name} {}",
            if time.is_finite() { duration(time) } else { "longer than any".to_owned() }
        ));
        if time.is_infinite() {
            // So is what comes after it.
            break;
        }
    }
    let rest = if never > 0.0 { format!("; {} of queries got none", percent(never)) } else { String::new() };
    format!("Time to the first YES: {}{rest}", told.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second, two, and so on; of `unanswered` more there was no answer.
    fn times(answered: u32, unanswered: u32) -> Times {
        let latencies: Vec<Option<f64>> =
            (0..answered).map(|i| Some(1.0 + f64::from(i))).chain((0..unanswered).map(|_| None)).collect();
        Times {
            all: latencies.iter().enumerate().map(|(i, latency)| ((i % 10) as f64, *latency)).collect(),
            first_yes: Waits::of(latencies.iter().copied()),
            collected: Waits::of(latencies.iter().map(|_| Some(500.0))),
            counted: latencies.len(),
            extent: (1.0, 500.0),
        }
    }

    fn said(runs: &[Times]) -> String {
        finding(runs).replace('\u{A0}', " ")
    }

    #[test]
    fn who_got_no_yes_counts_as_longer_than_any_in_the_title_as_in_the_metric() {
        assert_eq!(said(&[times(100, 0)]), "Time to the first YES: median 50.5 s, 99th percentile 99 s");
        assert_eq!(
            said(&[times(80, 20)]),
            "Time to the first YES: median 50.5 s, 99th percentile longer than any; 20 % of queries got none"
        );
        assert!(
            said(&[times(40, 60)]).contains("median longer than any; 60 %"),
            "{}",
            said(&[times(40, 60)])
        );
        assert!(said(&[times(10, 0), times(30, 10)]).contains("median 13 s; 12 %"), "means of the runs");
        assert_eq!(said(&[times(0, 5)]), "Time to the first YES: no query got one");
    }

    #[test]
    fn a_distribution_has_one_value_of_each_run_at_each_share_and_ends_where_queries_do() {
        let runs = [times(1000, 0), times(500, 500)];
        assert_eq!(decades(&[times(900, 100), times(800, 200)]), 1.0);
        assert_eq!((decades(&runs), decades(&[times(100, 0)]), decades(&[times(3, 0)])), (3.0, 2.0, 1.0));
        let profile = profile(&runs, |run| &run.first_yes);
        let near = |share: f64| {
            let place = |at: &f64| (at - tail(share)).abs();
            profile.iter().min_by(|a, b| place(&a.0).total_cmp(&place(&b.0))).expect("heights").1
        };
        assert!((near(0.5).low - 500.0).abs() < 10.0 && near(0.5).high >= 490.0);
        assert!((near(0.99).low - 990.0).abs() < 2.0 && near(0.99).high == f64::INFINITY);
        assert!(profile.last().is_some_and(|(height, _)| *height <= 3.0));
        let few = super::profile(&[times(50, 0)], |run| &run.first_yes);
        assert!(few.last().is_some_and(|(height, _)| (*height - 1.0).abs() < 1e-9), "{few:?}");
    }

    #[test]
    fn a_tail_is_shown_of_a_hundred_queries_and_not_of_fewer() {
        assert!(!said(&[times(99, 0)]).contains("99th"));
        let bins = Bins::of(10.0, &RunInfo { counted: (0.0, 10.0), ..RunInfo::default() }, 10);
        let [median, tail] = courses(&[times(899, 100)], &bins);
        assert!(median.iter().all(|(_, among)| among.is_some()));
        let shown: Vec<Option<f64>> = tail.iter().map(|(_, among)| among.map(|among| among.mid)).collect();
        assert_eq!(shown[..9], [Some(f64::INFINITY); 9]);
        assert_eq!(shown[9], None, "99 in the last bin");
        assert!(is_endless(&tail) && !is_endless(&median));
    }
}
