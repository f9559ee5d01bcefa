//! The figures and charts of each result, with all data behind them.

use maud::{Markup, PreEscaped, html};

use super::chart::Chart;
use super::material::{Entry, Material};
use super::{cells, problems};
use crate::cli::report::headline::headline_metrics;
use crate::cli::shown::plain;
use crate::cli::{format, notes};

/// A part for each result.
pub(super) fn section(material: &Material) -> Markup {
    html! {
        @if material.entries.is_empty() {
            p.none { "No result is on this page: " a href="#sweeps" { "sweeps" } " have their charts in a part of their own." }
        } @else {
            p { "Lines in charts of several runs of a result are medians over the runs, and bands reach from the 5 % to the 95 % quantile of the runs "
                "(or over all of them, if fewer than 20): a band shows how runs differ, and is no interval of a mean. Intervals in tables are those of means, and have a width even "
                "where all runs agree, since a few runs do not show what is rare. Point at a chart for its values."
                @if material.entries.iter().any(has_endless) { " ∞ is longer than any time: so much of what a quantile counts never came to an end, such as queries that were never answered." } }
        }
        @for entry in &material.entries { (part(entry)) }
    }
}

/// Whether some time of it is longer than any.
fn has_endless(entry: &Entry) -> bool {
    entry.stored.summary.intervals.values().any(|estimate| estimate.endless.is_some())
}

fn part(entry: &Entry) -> Markup {
    let manifest = &entry.stored.manifest;
    html! {
        article #(entry.id) {
            h3 { (plain(&entry.label)) ": " (plain(manifest.title())) }
            p.sub { (runs(entry)) " Repeat with " (cells::command(entry)) "; see " a href={ "#run-" (entry.id) } { "what was run" } "." }
            (explained(entry))
            (metrics_table(entry, &main_metrics(entry)))
            @for chart in &entry.charts { (figure(entry, chart)) }
            @if entry.charts.is_empty() { p.error { "There is no chart of this result." } }
            (all_metrics(entry))
        }
    }
}

fn runs(entry: &Entry) -> String {
    let seed = entry.stored.manifest.seed;
    match entry.runs() {
        1 => format!("One run, seed {seed}: its figures have no intervals."),
        runs => format!("Means of {runs} runs, the first with seed {seed}."),
    }
}

/// The metrics that sum up a result.
pub(super) fn main_metrics(entry: &Entry) -> Vec<&str> {
    let metrics = &entry.stored.summary.metrics;
    match &entry.scenario {
        Some(scenario) => headline_metrics(&scenario.world, metrics),
        None => metrics.keys().map(String::as_str).collect(),
    }
}

/// What a reader has to know before the figures mean anything.
fn explained(entry: &Entry) -> Markup {
    let Some(scenario) = &entry.scenario else { return html! {} };
    let notes = notes::notes(&scenario.world, &entry.stored.summary.metrics);
    html! {
        @if !notes.is_empty() { ul.notes { @for note in &notes { li { (cells::text(&note.text)) } } } }
    }
}

fn metrics_table(entry: &Entry, metrics: &[&str]) -> Markup {
    html! {
        div.wide { table {
            thead { tr { (cells::figure_heads(entry)) } }
            tbody { @for metric in metrics { tr { td { (cells::metric(metric)) } (cells::figure(entry, metric)) } } }
        } }
    }
}

fn figure(entry: &Entry, chart: &Chart) -> Markup {
    html! {
        figure {
            @match &chart.drawn {
                Ok(svg) => div.chart { (PreEscaped(svg)) },
                Err(why) => p.error { "Not shown: " (plain(why)) "." },
            }
            figcaption {
                (plain(&chart.path)) " of " (plain(&entry.label)) ", n = " (format::count(entry.runs().into(), "run"))
                ". Drawn again by " (cells::command(entry)) ". " a href={ "#data-" (entry.id) } { "Data" }
                @if chart.path.ends_with("/verdicts.svg") { ". Verdicts in it are those of this result alone: the ones that stand among all of this page are under " a href="#verdicts" { "verdicts" } "." }
            }
        }
    }
}

/// Every metric, as in `points.csv`.
fn all_metrics(entry: &Entry) -> Markup {
    let metrics = &entry.stored.summary.metrics;
    html! {
        details {
            summary { "Data: all " (metrics.len()) " metrics of " (plain(&entry.label)) }
            p.sub #{ "data-" (entry.id) } { "As in " code { (file(entry)) } " of " code { (plain(&entry.stored.folder.display().to_string())) } "." }
            @if let Some(none) = problems::without_value(entry) { p.error { (plain(&none)) } }
            div.wide { table {
                thead { tr { (cells::figure_heads(entry)) th { "sd of runs" } } }
                tbody { @for name in metrics.keys() {
                    tr {
                        td { (cells::metric(name)) }
                        (cells::figure(entry, name))
                        td.n { (deviation(entry, name)) }
                    }
                } }
            } }
        }
    }
}

fn file(entry: &Entry) -> &'static str {
    if entry.stored.summary.replications.is_some() { "points.csv" } else { "summary.json" }
}

fn deviation(entry: &Entry, metric: &str) -> String {
    format::value(metric, entry.estimate(metric).sd.0)
}
