//! How far each parameter of a sweep moves what is looked at, from the sweep's first point.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use maud::{Markup, html};

use super::cells;
use super::study::Study;
use crate::batch::{Change, Compared, Least, Replication, compare};
use crate::cli::format;
use crate::cli::shown::plain;
use crate::results::{Counts, Estimate, SURE, holm_adjusted};
use crate::scenario::Setting;
use crate::study::Verdicts;

/// A metric at a point that differs from the first in one parameter alone.
struct Moved<'a> {
    setting: &'a Setting,
    compared: Compared,
    adjusted: Option<f64>,
}

/// The table, or why there is none.
pub(super) fn section(study: &Study) -> Markup {
    let all = moved(study);
    html! {
        h4 { "What moves it: one parameter changed, all others as at the first point" }
        @if all.is_empty() {
            p.none { "No figure of this sweep tells what one parameter alone does: none of its points differs from its first in one alone, or there is one run at each." }
        } @else {
            p.sub { "First point: " code { (plain(&study.at(0))) } ". Differences are means over pairs of runs under the same seed (medians where it says so), each with its own 95 % interval; "
                "of each metric the largest first. p (Holm) is two-sided and adjusted for the whole table: above 0.05 a difference may be chance. What two parameters do together is not in it." }
            div.wide { table {
                thead { tr { th { "metric" } th { "parameter changed to" } th { "at the first point" } th { "there" } th { "difference (95 % interval)" } th { "pairs (n)" } th { "p (Holm)" } } }
                tbody { @for line in &all { (row(line)) } }
            } }
        }
    }
}

fn moved(study: &Study) -> Vec<Moved<'_>> {
    let Some((first, base)) = study.plan.points.first().zip(study.runs.first()) else { return Vec::new() };
    if study.runs() < 2 {
        return Vec::new();
    }
    let metrics = study.metrics();
    let mut all: Vec<Moved<'_>> = Vec::new();
    for (point, runs) in study.plan.points.iter().zip(&study.runs) {
        if let Some(setting) = only_change(&first.settings, &point.settings) {
            let comparison = compare(base, runs, &Least::default(), |name| metrics.contains(name));
            let found = comparison.metrics.into_iter();
            all.extend(found.map(|compared| Moved { setting, compared, adjusted: None }));
        }
    }
    let p: Vec<Option<f64>> = all.iter().map(|line| line.compared.p_value.0).collect();
    all.iter_mut().zip(holm_adjusted(&p)).for_each(|(line, adjusted)| line.adjusted = adjusted);
    let far = |line: &Moved<'_>| line.compared.difference.0.map_or(-1.0, f64::abs);
    all.sort_by(|a, b| {
        let by_name = a.compared.metric.cmp(&b.compared.metric);
        by_name.then_with(|| far(b).partial_cmp(&far(a)).unwrap_or(Ordering::Equal))
    });
    all
}

/// The one setting in which a point differs from another.
fn only_change<'a>(first: &[Setting], point: &'a [Setting]) -> Option<&'a Setting> {
    let mut different = point.iter().zip(first).filter(|(one, other)| one != other).map(|(one, _)| one);
    let only = different.next()?;
    (first.len() == point.len() && different.next().is_none()).then_some(only)
}

fn row(line: &Moved<'_>) -> Markup {
    let Moved { setting, compared, adjusted } = line;
    let metric = &compared.metric;
    let mean = |estimate: &Estimate| {
        let endless = estimate.endless.map(|_| f64::INFINITY);
        format::value(metric, estimate.mean.0.or(endless))
    };
    let interval = format::differences(metric, compared.ci_low.0.zip(compared.ci_high.0));
    let note = match adjusted {
        _ if compared.verdict == Change::Same => "no run differs",
        None => "a run has no value: not tested",
        Some(p) if *p > 2.0 * SURE => "may be chance",
        Some(_) => "",
    };
    html! {
        tr data-moved=(metric) data-by=(plain(&setting.as_override())) {
            td { (cells::metric(metric)) }
            td { code { (plain(&setting.path)) } " = " (plain(&setting.value)) }
            td.n { (mean(&compared.a)) }
            td.n { (mean(&compared.b)) }
            td.n { b { (format::difference(metric, compared.difference.0)) } @if compared.is_median { " (median)" } br; small { (interval) } }
            td.n { (compared.b.n) }
            td.n { (cells::p_value(*adjusted)) @if !note.is_empty() { br; small { (note) } } }
        }
    }
}

/// The rows of `runs.csv`, as many at each point.
pub(super) fn runs(table: &[u8], points: &[Verdicts]) -> Result<Vec<Vec<Replication>>, String> {
    let broken = |error: csv::Error| format!("runs.csv can't be read: {error}");
    let mut reader = csv::Reader::from_reader(table);
    let header = reader.headers().map_err(broken)?.clone();
    let place = |name: &str| header.iter().position(|column| column == name);
    let (seed, fingerprint) =
        place("seed").zip(place("fingerprint")).ok_or("runs.csv has no column seed or fingerprint")?;
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let metrics = (fingerprint + 1..header.len())
            .map(|place| (header[place].to_owned(), cell(place).parse::<f64>().ok()));
        all.push(Replication {
            seed: cell(seed).parse().map_err(|_| "runs.csv has a row without a seed")?,
            fingerprint: cell(fingerprint).to_owned(),
            sim_seconds: 0.0,
            metrics: metrics.collect(),
            selected: Vec::new(),
            samples: BTreeMap::new(),
            selected_samples: Vec::new(),
            counts: Counts::default(),
        });
    }
    let wanted: usize = points.iter().map(|point| point.replications as usize).sum();
    if all.len() != wanted {
        return Err(format!("runs.csv has {} rows, and summary.json tells of {wanted}", all.len()));
    }
    let mut rest = all.into_iter();
    Ok(points.iter().map(|point| rest.by_ref().take(point.replications as usize).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(values: [&str; 2]) -> Vec<Setting> {
        let setting = |(path, value): (&str, &str)| Setting { path: path.into(), value: value.into() };
        ["a", "b"].into_iter().zip(values).map(setting).collect()
    }

    #[test]
    fn one_change_alone_is_told_from_none_and_from_two() {
        let first = settings(["1", "2"]);
        assert_eq!(
            only_change(&first, &settings(["1", "3"])).map(Setting::as_override),
            Some("b=3".to_owned())
        );
        assert_eq!(only_change(&first, &first), None);
        assert_eq!(only_change(&first, &settings(["2", "3"])), None);
    }

    #[test]
    fn runs_are_read_point_by_point() {
        let table = "loss,seed,fingerprint,m\n0,1,a,2.5\n0,2,b,\n1,1,c,3\n1,2,d,4\n1,3,e,5\n";
        let point = |replications| {
            let (set, fingerprint) = (BTreeMap::new(), String::new());
            Verdicts { set, fingerprint, replications, until: None, expect: Vec::new(), claims: Vec::new() }
        };
        assert!(runs(table.as_bytes(), &[point(2), point(2)]).is_err());
        let runs = runs(table.as_bytes(), &[point(2), point(3)]).expect("a table");
        assert_eq!(runs.iter().map(Vec::len).collect::<Vec<_>>(), [2, 3]);
        assert_eq!((runs[0][0].seed, runs[0][0].metrics["m"], runs[0][1].metrics["m"]), (1, Some(2.5), None));
    }
}
