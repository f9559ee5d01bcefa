//! How far each parameter of a sweep moves what is looked at, from the sweep's first point.

use std::cmp::Ordering;
use std::rc::Rc;

use maud::{Markup, html};

use super::cells;
use super::chart::Chart;
use super::study::{Column, Study};
use crate::batch::{Change, Compared, Least, compare};
use crate::cli::format;
use crate::cli::shown::plain;
use crate::results::{Estimate, SURE, holm_adjusted};
use crate::scenario::Setting;

/// A metric at a point that differs from the first in one parameter alone.
struct Moved<'a> {
    column: Rc<Column>,
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
            p.none { "Not told of this sweep: " (why_none(study)) "." }
        } @else {
            p.sub { "First point: " code { (plain(&study.at(0))) } ". Differences are means over pairs of runs under the same seed (medians where it says so), each with its own 95 % interval; "
                "the largest first. p (Holm) is two-sided and adjusted for all rows of the same figure: above 0.05 a difference may be chance. That it may be chance does not show that there "
                "is no effect. What two parameters do together is not in it." }
            @let (drawn, others): (Vec<&Moved>, Vec<&Moved>) = all.iter().partition(|line| is_drawn(study, line));
            @if !drawn.is_empty() { (table(&drawn)) }
            @if !others.is_empty() {
                details { summary { "Of figures that no chart shows: " (others.len()) " rows" } (table(&others)) }
            }
        }
    }
}

/// Whether a chart shows the figure.
fn is_drawn(study: &Study, line: &Moved<'_>) -> bool {
    let asked = study.plan.sweep.charts.iter().map(|chart| chart.metric.as_str());
    asked.chain(study.charts.iter().filter_map(Chart::metric)).any(|name| name == line.column.name)
}

fn table(lines: &[&Moved<'_>]) -> Markup {
    html! {
        div.wide { table {
            thead { tr { th { "metric" } th { "parameter changed to" } th { "at the first point" } th { "there" } th { "difference (95 % interval)" } th { "pairs (n)" } th { "p (Holm)" } } }
            tbody { @for line in lines { (row(line)) } }
        } }
    }
}

/// Why nothing tells what one parameter alone does.
fn why_none(study: &Study) -> &'static str {
    let Some(first) = study.plan.points.first() else { return "it has no point" };
    if !study.plan.points.iter().any(|point| only_change(&first.settings, &point.settings).is_some()) {
        "none of its points differs from its first in one parameter alone"
    } else if study.runs.iter().all(Vec::is_empty) {
        "its folder has no runs.csv, which has the figures of each run. The command that repeats the sweep writes it. Parameters may have effects all the same, as its charts and points show"
    } else if study.runs() == 1 {
        "with one run at each point nothing can be told from chance"
    } else {
        "no figure has a value both at its first point and where one parameter alone is changed"
    }
}

fn moved(study: &Study) -> Vec<Moved<'_>> {
    let Some((first, base)) = study.plan.points.first().zip(study.runs.first()) else { return Vec::new() };
    if base.len() < 2 {
        return Vec::new();
    }
    let columns: Vec<Rc<Column>> = study.columns().into_iter().map(Rc::new).collect();
    let named = |name: &str| columns.iter().find(|column| column.name == name).cloned();
    let mut all: Vec<Moved<'_>> = Vec::new();
    for (point, runs) in study.plan.points.iter().zip(&study.runs) {
        if let Some(setting) = only_change(&first.settings, &point.settings) {
            let comparison = compare(base, runs, &Least::default(), |name| named(name).is_some());
            let found = comparison.metrics.into_iter();
            all.extend(found.filter_map(|compared| {
                let column = named(&compared.metric)?;
                Some(Moved { column, setting, compared, adjusted: None })
            }));
        }
    }
    for column in &columns {
        let mut of_column: Vec<&mut Moved<'_>> =
            all.iter_mut().filter(|line| line.column.name == column.name).collect();
        let p: Vec<Option<f64>> = of_column.iter().map(|line| line.compared.p_value.0).collect();
        of_column.iter_mut().zip(holm_adjusted(&p)).for_each(|(line, adjusted)| line.adjusted = adjusted);
    }
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
    let Moved { column, setting, compared, adjusted } = line;
    let metric = &column.metric;
    let mean = |estimate: &Estimate| {
        let endless = estimate.endless.map(|_| f64::INFINITY);
        format::value(metric, estimate.mean.0.or(endless))
    };
    let ends = compared.ci_low.0.zip(compared.ci_high.0);
    let bounded = ends.filter(|(low, high)| low.is_finite() || high.is_finite());
    let interval =
        bounded.map_or_else(|| "no interval".to_owned(), |ends| format::differences(metric, Some(ends)));
    let is_endless = compared.difference.0.is_some_and(f64::is_infinite);
    let note = match adjusted {
        _ if compared.verdict == Change::Same => "no run differs",
        None => "a run has no value: not tested",
        Some(p) if *p > 2.0 * SURE && is_endless => {
            "of times longer than any only the signs are tested: of so few pairs they show nothing"
        }
        Some(p) if *p > 2.0 * SURE => "may be chance",
        Some(_) => "",
    };
    html! {
        tr data-moved=(column.name) data-by=(plain(&setting.as_override())) {
            td { (cells::column(column)) }
            td { code { (plain(&setting.path)) } " = " (plain(&setting.value)) }
            td.n { (mean(&compared.a)) }
            td.n { (mean(&compared.b)) }
            td.n { b { (format::difference(metric, compared.difference.0)) } @if compared.is_median { " (median)" } br; small { (interval) } }
            td.n { (compared.b.n) }
            td.n { (cells::p_value(*adjusted)) @if !note.is_empty() { br; small { (note) } } }
        }
    }
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
}
