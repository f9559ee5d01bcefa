//! The sweeps of a page: what was varied, their charts, and a table of their points.

use maud::{Markup, PreEscaped, html};

use super::material::Material;
use super::mean::Mean;
use super::study::Study;
use super::{cells, sensitivity};
use crate::cli::format;
use crate::cli::shown::plain;
use crate::scenario::Axis;

/// Points in a table on the page; `points.csv` has all.
const MOST_POINTS: usize = 300;

/// A part for each sweep.
pub(super) fn section(material: &Material) -> Markup {
    html! {
        p { "A sweep runs one scenario at many points, at each under the same seeds. Means and 95 % intervals are over the runs at a point; where a chart shows something else, its key says so. "
            "Each interval is of its point alone: of many some miss their mean by chance, and what lies between two points was not run. "
            "Verdicts at points stand under " a href="#at-points" { "verdicts" } "." }
        @for study in &material.studies { (part(study)) }
    }
}

fn part(study: &Study) -> Markup {
    html! {
        article #(study.id) data-sweep=(study.plan.sweep.name) {
            h3 { (plain(study.title())) }
            p.sub { (size(study)) " Repeat with " code.cmd { (plain(&study.command())) } ", which keeps finished runs that are in the folder; with another "
                code { "--out" } " all are run again. See " a href={ "#run-" (study.id) } { "what was run" } "." }
            @match &study.plan.sweep.purpose {
                Some(purpose) => p.purpose { (cells::text(purpose.trim())) },
                None => p.none { "The sweep does not say what it is for." },
            }
            (varied(study))
            @for chart in &study.charts {
                figure {
                    @match &chart.drawn {
                        Ok(svg) => div.chart { (PreEscaped(svg)) },
                        Err(why) => p.error { "Not shown: " (plain(why)) "." },
                    }
                    figcaption {
                        (plain(&chart.path)) " of " (plain(&study.plan.sweep.name)) ", n = " (study.runs_told())
                        " at each point. Drawn again by " code.cmd { (plain(&study.command())) } ". " a href={ "#data-" (study.id) } { "Data" }
                    }
                }
            }
            @if study.charts.is_empty() { p.error { "There is no chart of this sweep." } }
            (sensitivity::section(study))
            (table(study))
        }
    }
}

fn size(study: &Study) -> String {
    let sweep = &study.plan.sweep;
    let points = format::count(study.plan.points.len() as u64, "point");
    let runs = study.runs_told();
    let none = if study.runs() == 1 { ": no figure of it has an interval" } else { "" };
    format!("{points} ({}), {runs} at each{none}; the first seed is {}.", sweep.method.word(), sweep.seed)
}

/// What was varied, over what; and what was set at every point.
fn varied(study: &Study) -> Markup {
    let sweep = &study.plan.sweep;
    html! {
        div.wide { table {
            thead { tr { th { "parameter" } th { "different values that were run" } } }
            tbody {
                @for path in paths(study) {
                    tr { td { code { (plain(path)) } } td { (plain(&values(study, path))) } }
                }
                @for set in &sweep.set { tr { td { code { (plain(&set.path)) } } td { (plain(&set.value)) " at every point, other than in the scenario's file" } } }
            }
        } }
        @if !study.plan.left_out.is_empty() {
            p.sub { "Without effect at some points, and left out there: " code { (plain(&study.plan.left_out.join(", "))) } "." }
        }
    }
}

pub(super) fn paths(study: &Study) -> Vec<&str> {
    let first = study.plan.points.first();
    first.into_iter().flat_map(|point| &point.settings).map(|setting| setting.path.as_str()).collect()
}

/// Values of an axis on the page.
const MOST_VALUES: usize = 20;

pub(super) fn values(study: &Study, path: &str) -> String {
    let mut different: Vec<&str> = Vec::new();
    for setting in
        study.plan.points.iter().flat_map(|point| &point.settings).filter(|setting| setting.path == path)
    {
        if !different.contains(&setting.value.as_str()) {
            different.push(&setting.value);
        }
    }
    let drawn = |axis: &&Axis| axis.path == path && axis.values.listed().is_none();
    let how =
        if study.plan.sweep.axes.iter().any(|axis| drawn(&axis)) { " (drawn from a range)" } else { "" };
    let shown = different[..different.len().min(MOST_VALUES)].join(", ");
    match different.len().saturating_sub(MOST_VALUES) {
        0 => format!("{shown}{how}"),
        more => format!("{shown}, and {more} more{how}"),
    }
}

/// The points, with what the page shows of each.
fn table(study: &Study) -> Markup {
    let columns = study.columns();
    let shown = study.points.len().min(MOST_POINTS);
    html! {
        details {
            summary { "Data: " (format::count(study.points.len() as u64, "point")) " of " (plain(&study.plan.sweep.name)) }
            p.sub #{ "data-" (study.id) } { "What its charts, trials and expectations are of: mean, 95 % interval, and number of runs. Without a name of an expectation or trial it is the metric of the whole run. "
                code { "points.csv" } " of " code { (plain(&study.folder.display().to_string())) } " has every metric." }
            @if shown < study.points.len() {
                p.error { "The first " (shown) " of " (study.points.len()) " points; " code { "points.csv" } " has all." }
            }
            div.wide { table {
                thead { tr {
                    @for path in paths(study) { th { (plain(path)) } }
                    @for column in &columns { th { (cells::column(column)) } }
                } }
                tbody { @for (number, point) in study.points[..shown].iter().enumerate() {
                    tr {
                        @for setting in &study.plan.points[number].settings { td { (plain(&setting.value)) } }
                        @for column in &columns { (cell(&column.metric, point.get(&column.name), study.verdicts[number].replications)) }
                    }
                } }
            } }
        }
    }
}

/// A metric at a point.
fn cell(metric: &str, found: Option<&Mean>, runs: u32) -> Markup {
    let Some(found) = found.filter(|found| found.n > 0) else {
        return html! { td.none { "no value in any run" } };
    };
    let interval = match found.interval {
        _ if found.mean.is_none() => "longer than any time in some run".to_owned(),
        None => "no interval".to_owned(),
        ends => format::interval(metric, ends),
    };
    html! {
        td.n {
            (format::value(metric, found.mean.or(Some(f64::INFINITY)))) br; small { (interval) } br;
            small.none[found.n < runs] { "n = " (found.n) @if found.n < runs { " of " (runs) } }
        }
    }
}
