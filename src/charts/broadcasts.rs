//! How far, how fast and in how many hops broadcasts get.

use super::axis::Axis;
use super::course::{Among, Points, band_key, over_runs, within};
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::run_info::RunInfo;
use super::scale::{NBSP, duration, percent, share_below, significant};
use super::sheet::Sheet;
use super::source::{Run, Source};
use super::stats::{extent, mean, mean_of_runs};
use super::style::{BLUE, Colour, DASHED, DOTTED, MUTED, Marker, NAVY, SOLID, Stroke, VERMILION};
use super::timeline::Bins;
use crate::metrics::{Waits, families, tables::broadcasts};

pub(super) const DRAWING: Drawing = Drawing::new(&families::broadcast::BROADCASTS_CHART, draw);

const MEAN: Stroke = Stroke::new(VERMILION, DASHED).wide(4);
const DOT: Colour = BLUE.fade(0.55);
const TIME: Stroke = Stroke::new(BLUE, SOLID);
const HOPS: Stroke = Stroke::new(NAVY, SOLID);
const MARK: Stroke = Stroke::new(MUTED, DOTTED).wide(3);
/// Of several runs, coverage is drawn as means over so many bins.
const BINS: usize = 40;

struct Broadcasts {
    /// When each began and what share of the nodes it reached.
    all: Vec<(f64, Option<f64>)>,
    /// Of those that began in the time that counts: coverage, time until 90 % of the hosts were reached, which some
    /// never do, and hops.
    coverage: Vec<f64>,
    to_90: Waits,
    hops: Waits,
    /// The least and the greatest of both that is known.
    extents: [(f64, f64); 2],
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let runs = source.each(|run| read(run, &source.run))?;
    let mut sheet = Sheet::new(title, &finding(&runs), &source.run);
    let last = runs.iter().flat_map(|run| &run.all).map(|(started, _)| *started).fold(0.0, f64::max);
    draw_coverage(&mut sheet, &runs, &source.run, source.end(last)?);
    draw_distributions(&mut sheet, &runs);
    Ok(sheet.finish())
}

fn read(run: &Run, info: &RunInfo) -> Result<Broadcasts, ChartError> {
    let table = run.broadcasts();
    let started = table.full(&broadcasts::STARTED)?;
    let (from, to) = info.counted;
    let known = |column| {
        let values = table.numbers(column)?.into_iter().zip(&started);
        let counted = values.filter(|(_, started)| (from..to).contains(*started)).map(|(value, _)| value);
        Ok::<Vec<Option<f64>>, ChartError>(counted.collect())
    };
    let (to_90, hops) = (known(&broadcasts::TIME_TO_90)?, known(&broadcasts::HOPS_MEAN)?);
    Ok(Broadcasts {
        extents: [&to_90, &hops].map(|values| extent(values.iter().flatten().copied())),
        all: started.iter().copied().zip(table.numbers(&broadcasts::COVERAGE)?).collect(),
        coverage: known(&broadcasts::COVERAGE)?.into_iter().flatten().collect(),
        to_90: Waits::of(to_90.into_iter()),
        hops: Waits::of(hops.into_iter()),
    })
}

/// What the runs come to together.
fn figure(runs: &[Broadcasts], of: impl Fn(&Broadcasts) -> Option<f64>) -> Option<f64> {
    mean_of_runs(runs.iter().map(of))
}

fn draw_coverage(sheet: &mut Sheet, runs: &[Broadcasts], run: &RunInfo, end: f64) {
    let mean_of_counted = figure(runs, |run| mean(&run.coverage));
    let several = runs.len() > 1;
    let mut legend = if several {
        vec![Entry::line("mean of the broadcasts begun in a bin", TIME)]
    } else {
        vec![Entry::fill("one broadcast", DOT)]
    };
    legend.extend(band_key(runs.len()));
    legend.extend(mean_of_counted.map(|mean| Entry::line(format!("mean {}", percent(mean)), MEAN)));
    let y = Axis::share("Coverage (% of the hosts online at the start)", floor_of(runs));
    let frame = Frame { x: Axis::time(0.0, end), y, legend: &legend, marks: Marks::Named(&run.spans) };
    let mut panel = sheet.panel(370, &frame);
    if several {
        let bins = Bins::of(end, run, BINS);
        panel.course(&over_runs(&runs.iter().map(|run| means(run, &bins)).collect::<Vec<Points>>()), TIME);
    } else {
        for (started, coverage) in runs.iter().flat_map(|run| &run.all) {
            if let Some(coverage) = coverage {
                panel.dot(*started, *coverage, Marker::Disc, 6, DOT);
            }
        }
        panel.explain("median of the broadcasts begun around then (5–95 %, or all if fewer than 20)");
        tell_broadcasts(&mut panel, &runs[0].all, &Bins::of(end, run, BINS));
    }
    match mean_of_counted {
        Some(mean) => panel.level(mean, MEAN),
        None => panel.note("no broadcasts"),
    }
}

fn tell_broadcasts(panel: &mut Panel<'_>, all: &[(f64, Option<f64>)], bins: &Bins) {
    let mut values = vec![Vec::new(); bins.len()];
    all.iter().for_each(|(started, coverage)| values[bins.place(*started)].extend(*coverage));
    for (bin, values) in values.into_iter().enumerate() {
        if let Some(among) = Among::of(values) {
            panel.tell_among(bins.middle(bin), "coverage", among);
        }
    }
}

/// Mean coverage of the broadcasts that began in each bin.
fn means(run: &Broadcasts, bins: &Bins) -> Points {
    let mut values = vec![Vec::new(); bins.len()];
    run.all.iter().for_each(|(started, coverage)| values[bins.place(*started)].extend(*coverage));
    bins.points(|bin| mean(&values[bin]))
}

fn floor_of(runs: &[Broadcasts]) -> f64 {
    let values = runs.iter().flat_map(|run| &run.all).filter_map(|(_, coverage)| *coverage);
    share_below(values.fold(1.0, f64::min))
}

fn draw_distributions(sheet: &mut Sheet, runs: &[Broadcasts]) {
    let both = |which: usize| runs.iter().map(move |run| run.extents[which]);
    let [(least, most), (fewest, longest)] = [0, 1]
        .map(|which| (extent(both(which).map(|ends| ends.0)).0, extent(both(which).map(|ends| ends.1)).1));
    let fewest = if fewest.is_finite() { fewest } else { 0.0 };
    let frame = |x, title| Frame { x, y: Axis::share(title, 0.0), legend: &[], marks: Marks::Nothing };
    let to_90 = Axis::delay("Time since the start", least, most);
    let from_origin = Axis::linear(
        "Hops from the origin to the hosts reached (count)",
        libm::floor(fewest * 0.98),
        libm::ceil(longest * 1.02),
    );
    let places = [to_90.scale.steps(), from_origin.scale.steps()];
    let frames = [
        frame(to_90, "Time to 90 % of them (% of broadcasts)"),
        frame(from_origin, "Mean hops (% of broadcasts)"),
    ];
    sheet.row(330, 2, &frames, |place, panel| match place {
        0 => draw_cumulative(panel, runs, |run| &run.to_90, &places[0], (TIME, &duration)),
        _ => draw_cumulative(panel, runs, |run| &run.hops, &places[1], (HOPS, &|hops| significant(hops, 3))),
    });
}

/// The distribution over all broadcasts, those that never get there included.
fn draw_cumulative(
    panel: &mut Panel<'_>,
    runs: &[Broadcasts],
    values: fn(&Broadcasts) -> &Waits,
    places: &[f64],
    (stroke, label): (Stroke, &dyn Fn(f64) -> String),
) {
    match figure(runs, |run| values(run).median()) {
        None => panel.note("no broadcasts"),
        Some(half) if half.is_finite() => panel.moment(half, &format!("median {}", label(half)), MARK),
        Some(_) if figure(runs, |run| values(run).never()) == Some(1.0) => panel.note("none"),
        // The curve ends below one half.
        Some(_) => {}
    }
    panel.course(
        &over_runs(&runs.iter().map(|run| within(values(run), places)).collect::<Vec<Points>>()),
        stroke,
    );
}

/// As the metrics `broadcast.coverage_ratio`, `broadcast.never_90_ratio` and `broadcast.time_to_90_s` have it.
fn finding(runs: &[Broadcasts]) -> String {
    let Some(coverage) = figure(runs, |run| mean(&run.coverage)) else {
        return "Broadcasts: none between warm-up and cool-down".to_owned();
    };
    let reach = format!("Broadcasts reach {} of the hosts on average", percent(coverage));
    let never = figure(runs, |run| run.to_90.never()).unwrap_or(0.0);
    match figure(runs, |run| run.to_90.mean()) {
        Some(time) if time.is_infinite() => format!("{reach}, and none reaches 90{NBSP}%"),
        None => reach,
        Some(time) if never > 0.0 => {
            let (never, time) = (percent(never), duration(time));
            format!(
                "{reach}; {never} of broadcasts never reach 90{NBSP}%, the others do within {time} on average"
            )
        }
        Some(time) => format!("{reach}, and 90{NBSP}% within {} on average", duration(time)),
    }
}
