//! The share of tasks that one budget gets by the number of identities it is split into, beside its share of all
//! weights.

use super::axis::Axis;
use super::course::{Among, Course, band_words};
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::order::natural;
use super::panel::Frame;
use super::picture::Picture;
use super::scale::{NBSP, percent, short};
use super::sheet::Sheet;
use super::source::{Run, Source};
use super::stats::mean;
use super::style::{GOLD, SOLID, Stroke, cycled};
use crate::metrics::{families, tables::shares};

pub(super) const DRAWING: Drawing = Drawing {
    suffices: |source| source.each(rivals).is_ok_and(|runs| runs.iter().all(|rivals| rivals.len() > 1)),
    unasked: |source| Ok(source.each(rivals)?.iter().flatten().any(|rival| rival.identities > 1.0)),
    ..Drawing::new(&families::tasks::SHARES_CHART, draw)
};

const WEIGHTS: Stroke = Stroke::new(GOLD, SOLID).wide(15);

/// A group that competes with the one that is a candidate everywhere.
struct Rival {
    /// How many candidates are considered: `all`, or a number.
    considered: String,
    identities: f64,
    share: f64,
    /// Its share of all known weights.
    weight: Option<f64>,
}

fn rivals(run: &Run) -> Result<Vec<Rival>, ChartError> {
    let Some(table) = &run.shares else { return Ok(Vec::new()) };
    let (workloads, groups) = (table.texts(&shares::WORKLOAD)?, table.texts(&shares::GROUP)?);
    let considered = table.texts(&shares::CONSIDERED)?;
    let identities = table.full(&shares::IDENTITIES)?;
    let (shares, weights) = (table.numbers(&shares::SHARE)?, table.numbers(&shares::WEIGHT)?);
    let mut names = workloads.clone();
    names.dedup();
    let everywhere = |group: &String| groups.iter().filter(|other| *other == group).count() == names.len();
    let mut rivals: Vec<Rival> = (0..groups.len())
        .filter(|&row| !everywhere(&groups[row]))
        .filter_map(|row| {
            let considered = considered[row].clone();
            Some(Rival { considered, identities: identities[row], share: shares[row]?, weight: weights[row] })
        })
        .collect();
    rivals.sort_by(|a, b| natural(&a.considered, &b.considered).then(a.identities.total_cmp(&b.identities)));
    Ok(rivals)
}

/// The rivals of all runs by the number of candidates that are considered, then by that of identities: with what the
/// runs got, and the share of all weights, which is the same in all.
struct Way {
    considered: String,
    shares: Course,
    weights: Vec<(f64, Option<f64>)>,
}

fn ways(runs: &[Vec<Rival>]) -> Vec<Way> {
    let all = || runs.iter().flatten();
    let mut considered: Vec<&str> = all().map(|rival| rival.considered.as_str()).collect();
    considered.sort_by(|a, b| natural(a, b));
    considered.dedup();
    let way = |considered: &str| {
        let of_way = || all().filter(|rival| rival.considered == considered);
        let mut numbers: Vec<f64> = of_way().map(|rival| rival.identities).collect();
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
        let at = |number: f64| of_way().filter(move |rival| rival.identities == number);
        let among = |number: &f64| (*number, together(at(*number).map(|rival| rival.share).collect()));
        let weight = |number: &f64| (*number, at(*number).find_map(|rival| rival.weight));
        Way {
            considered: considered.to_owned(),
            shares: numbers.iter().map(among).collect(),
            weights: numbers.iter().map(weight).collect(),
        }
    };
    considered.into_iter().map(way).collect()
}

/// What the runs come to: as their mean, which is what the metrics `tasks.*.share.*` have, and how far they spread.
fn together(shares: Vec<f64>) -> Option<Among> {
    let mid = mean(&shares)?;
    Among::of(shares).map(|among| Among { mid, ..among })
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let ways = ways(&source.each(rivals)?);
    let mut sheet = Sheet::new(title, &finding(&ways), &source.run);
    let mut legend: Vec<Entry> =
        ways.iter().enumerate().map(|(n, way)| Entry::line(label(way), cycled(n))).collect();
    legend.push(Entry::line("their share of all weights", WEIGHTS));
    if source.runs.len() > 1 {
        legend.push(Entry::band(format!("{}; lines: mean", band_words(source.runs.len()))));
    }
    let most =
        ways.iter().flat_map(|way| &way.shares).map(|(identities, _)| *identities).fold(10.0, f64::max);
    let frame = Frame {
        x: Axis::log_count("Identities", 1.0, most),
        y: Axis::share("Tasks won by the split identities (% of all)", 0.0),
        legend: &legend,
        marks: Marks::Nothing,
    };
    let mut panel = sheet.panel(480, &frame);
    // A wide ground, since shares often follow it.
    ways.iter().for_each(|way| panel.line(way.weights.iter().copied(), WEIGHTS));
    for (number, way) in ways.iter().enumerate() {
        let stroke = Stroke { marker: None, ..cycled(number) };
        panel.course(&way.shares, stroke);
        for (identities, among) in &way.shares {
            if let (Some(among), Some(marker)) = (among, cycled(number).marker) {
                panel.dot(*identities, among.mid, marker, 10, stroke.colour);
            }
        }
    }
    Ok(sheet.finish())
}

/// Of the way in which the number of identities makes the largest difference.
fn finding(ways: &[Way]) -> String {
    let ends = |way: &Way| {
        let known = || way.shares.iter().filter_map(|(number, among)| Some((*number, among.as_ref()?.mid)));
        let (few, many) = (known().next()?, known().next_back()?);
        (many.0 > few.0).then(|| (label(way), few, many))
    };
    let apart = |(_, few, many): &(String, (f64, f64), (f64, f64))| (many.1 - few.1).abs();
    match ways.iter().filter_map(ends).max_by(|a, b| apart(a).total_cmp(&apart(b))) {
        Some((way, few, many)) => format!(
            "The same budget gets {} of the tasks with {}, and {} with {} ({way})",
            percent(few.1),
            identities(few.0),
            percent(many.1),
            identities(many.0)
        ),
        None => "Tasks by number of identities: too few numbers to compare".to_owned(),
    }
}

fn label(way: &Way) -> String {
    match way.considered.as_str() {
        "all" => "all candidates considered".to_owned(),
        number => format!("{number} candidates, drawn at random"),
    }
}

fn identities(number: f64) -> String {
    let things = if number == 1.0 { "identity" } else { "identities" };
    format!("{}{NBSP}{things}", short(number))
}
