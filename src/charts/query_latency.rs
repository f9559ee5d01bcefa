//! How long queries take: to the first YES, and to the end of the collection.

use super::axis::Axis;
use super::course::{Among, Course, Points, band_key, highest, lowest_above_0, over_runs};
use super::data::Table;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::run_info::RunInfo;
use super::scale::{duration, percent};
use super::sheet::Sheet;
use super::source::Source;
use super::stats::{cumulative, quantile, sorted};
use super::style::{BLUE, DASHED, DOTTED, INK, MUTED, Marker, SOLID, Stroke, VERMILION};
use super::timeline::Bins;
use crate::metrics::{
    chart_kind,
    tables::queries::{self, Queries},
};

pub(super) const DRAWING: Drawing = Drawing::new(&chart_kind::QUERY_LATENCY, draw);

const FIRST: Stroke = Stroke::new(BLUE, SOLID);
const ENDED: Stroke = Stroke::new(INK, DASHED).wide(4);
const WINDOW: Stroke = Stroke::new(MUTED, DOTTED).wide(3);
const MEDIAN: Stroke = Stroke::new(BLUE, SOLID).marked(Marker::Disc);
const TAIL: Stroke = Stroke::new(VERMILION, DASHED).marked(Marker::Square);

/// Of fewer values, the 99th percentile is all but the largest of them.
const TAIL_NEEDS: usize = 100;
/// Answered queries that a bin should have, so that most have a tail.
const PER_BIN: usize = 150;
const BINS: (usize, usize) = (12, 60);

/// Queries of one run; times in seconds.
struct Times {
    /// When each was issued, and how long it took to the first YES.
    all: Vec<(f64, Option<f64>)>,
    /// How many were counted, and their times, rising.
    queries: usize,
    first_yes: Vec<f64>,
    collected: Vec<f64>,
}

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
    let (from, to) = run.counted;
    let counted: Vec<usize> = (0..issued.len()).filter(|&i| issued[i] >= from && issued[i] < to).collect();
    let collected = counted.iter().filter_map(|&i| Some((ended[i]? - issued[i]).max(0.0))).collect();
    Ok(Times {
        queries: counted.len(),
        first_yes: sorted(counted.iter().filter_map(|&i| latency[i]).collect()),
        collected: sorted(collected),
        all: issued.into_iter().zip(latency).collect(),
    })
}

/// The quantile of times, where there are enough for it.
fn tail(sorted: &[f64], share: f64) -> Option<f64> {
    if share > 0.9 && sorted.len() < TAIL_NEEDS { None } else { quantile(sorted, share) }
}

/// The median over the runs of a quantile of times to the first YES.
fn typical(runs: &[Times], share: f64) -> Option<f64> {
    let of_runs: Option<Vec<f64>> = runs.iter().map(|run| tail(&run.first_yes, share)).collect();
    Among::of(of_runs?).map(|among| among.mid)
}

fn draw_distribution(sheet: &mut Sheet, runs: &[Times], run: &RunInfo) {
    let first = || runs.iter().flat_map(|run| run.first_yes.iter().chain(&run.collected)).copied();
    let least = first().filter(|&t| t > 0.0).fold(f64::INFINITY, f64::min);
    let most = first().chain(run.window_s.map(|window| window * 1.1)).fold(0.0, f64::max);
    let ended = match run.enough {
        Some(enough) => format!("collection ended ({enough} sources, or the window)"),
        None => "collection ended".to_owned(),
    };
    let mut legend = vec![
        Entry::line("first YES received (quantiles are of queries that got one)", FIRST),
        Entry::line(ended, ENDED),
    ];
    legend.extend(band_key(runs.len()));
    if runs.iter().any(|run| run.first_yes.len() < TAIL_NEEDS) {
        legend.push(Entry::words(format!("no 99th percentile of fewer than {TAIL_NEEDS}")));
    }
    let x = Axis::delay("Time since the query was issued", least, most);
    let places = x.scale.steps();
    let y = Axis::share("Share of all queries (%)", 0.0);
    let mut panel = sheet.panel(430, &Frame { x, y, legend: &legend, marks: Marks::Nothing });
    if runs.iter().all(|run| run.queries == 0) {
        panel.note("no queries");
        return;
    }
    if let Some(window) = run.window_s {
        panel.limit(window, &format!("window {}", duration(window)), WINDOW);
    }
    let course = |times: fn(&Times) -> &Vec<f64>| {
        let of_run = |run: &Times| cumulative(times(run), run.queries, &places);
        over_runs(&runs.iter().map(of_run).collect::<Vec<Points>>())
    };
    panel.course(&course(|run| &run.collected), ENDED);
    panel.course(&course(|run| &run.first_yes), FIRST);
    mark(&mut panel, runs);
}

fn mark(panel: &mut Panel, runs: &[Times]) {
    let shares = runs.iter().map(|run| run.first_yes.len() as f64 / run.queries.max(1) as f64);
    let Some(answered) = Among::of(shares) else { return };
    for (share, name) in [(0.5, "median"), (0.99, "99th percentile")] {
        if let Some(time) = typical(runs, share) {
            panel.mark(time, share * answered.mid, &format!("{name} {}", duration(time)), BLUE);
        }
    }
}

/// Quantiles by the time of issue, each of at least as many values as it needs.
fn courses(runs: &[Times], bins: &Bins) -> [Course; 2] {
    let of_run = |run: &Times, share: f64| {
        let mut times = vec![Vec::new(); bins.len()];
        for (issued, latency) in &run.all {
            times[bins.place(*issued)].extend(*latency);
        }
        let times: Vec<Vec<f64>> = times.into_iter().map(sorted).collect();
        bins.points(|bin| tail(&times[bin], share))
    };
    [0.5, 0.99].map(|share| over_runs(&runs.iter().map(|run| of_run(run, share)).collect::<Vec<Points>>()))
}

fn draw_course(sheet: &mut Sheet, runs: &[Times], end: f64, run: &RunInfo) {
    let answered = |run: &Times| run.all.iter().filter(|(_, latency)| latency.is_some()).count();
    let fewest = runs.iter().map(answered).min().unwrap_or(0);
    let bins = Bins::of(end, run, (fewest / PER_BIN).clamp(BINS.0, BINS.1));
    let [median, tail] = courses(runs, &bins);
    let y = Axis::delay(
        "Time to the first YES, by when the query was issued",
        lowest_above_0(&median).min(lowest_above_0(&tail)),
        highest(&median).max(highest(&tail)),
    );
    let mut legend = vec![
        Entry::line("median", MEDIAN),
        Entry::line(format!("99th percentile, of at least {TAIL_NEEDS}"), TAIL),
    ];
    legend.extend(band_key(runs.len()));
    let frame = Frame { x: Axis::time(0.0, end), y, legend: &legend, marks: Marks::Named(&run.spans) };
    let mut panel = sheet.panel(360, &frame);
    if median.iter().all(|(_, among)| among.is_none()) {
        panel.note("no answers");
    }
    panel.course(&tail, TAIL);
    panel.course(&median, MEDIAN);
}

/// Quantiles are over the queries that got a YES.
fn finding(runs: &[Times]) -> String {
    let queries: usize = runs.iter().map(|run| run.queries).sum();
    let Some(half) = typical(runs, 0.5) else {
        return match queries {
            0 => "Time to the first YES: no queries".to_owned(),
            _ => "Time to the first YES: no query got one".to_owned(),
        };
    };
    let most = typical(runs, 0.99).map(|most| format!(", 99th\u{A0}percentile {}", duration(most)));
    let answered: usize = runs.iter().map(|run| run.first_yes.len()).sum();
    let without = 1.0 - answered as f64 / queries as f64;
    let rest =
        if without > 0.0 { format!("; {} of queries got none", percent(without)) } else { String::new() };
    format!("Time to the first YES: median {}{}{rest}", duration(half), most.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_shown_of_a_hundred_values_and_not_of_fewer() {
        let times = |count: u32| Times {
            all: (0..count).map(|i| (f64::from(i % 10), Some(1.0 + f64::from(i)))).collect(),
            queries: count as usize,
            first_yes: (0..count).map(|i| 1.0 + f64::from(i)).collect(),
            collected: Vec::new(),
        };
        assert_eq!((typical(&[times(99)], 0.99), typical(&[times(99)], 0.5)), (None, Some(50.0)));
        assert!(typical(&[times(100)], 0.99).is_some());
        assert!(!finding(&[times(99)]).contains("99th"));
        let bins = Bins::of(10.0, &RunInfo { counted: (0.0, 10.0), ..RunInfo::default() }, 10);
        let [median, tail] = courses(&[times(999)], &bins);
        assert!(median.iter().all(|(_, among)| among.is_some()));
        let shown: Vec<bool> = tail.iter().map(|(_, among)| among.is_some()).collect();
        assert_eq!(
            shown,
            [true, true, true, true, true, true, true, true, true, false],
            "99 in the last bin"
        );
    }
}
