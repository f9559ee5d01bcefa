//! Every metric of the results: what it counts, in which unit, and how many observations become one number.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::cells;
use super::material::Material;
use super::study::Study;
use crate::metrics::{self, Counting, Kind, Metric};

/// A row for each declaration that some result has a metric of.
pub(super) fn section(material: &Material) -> Markup {
    let of_results = material.entries.iter().flat_map(|entry| entry.stored.summary.metrics.keys());
    let names = of_results.cloned().chain(material.studies.iter().flat_map(study_metrics));
    let known: BTreeSet<&str> =
        names.filter_map(|name| metrics::find(&name)).map(|metric| metric.name).collect();
    html! {
        p { "Those of these results, as the program declares them; the meaning is the formula in words. " code { "GROUP" } ", " code { "WORKLOAD" } " and "
            code { "FAULT" } " stand for names in a scenario. Each can be computed again from the file that is named, of a result that has it." }
        (legend())
        div.wide { table {
            thead { tr {
                th { "metric" } th { "unit" } th { "kind" } th { "statistic" } th { "window" } th { "file" } th { "meaning" }
            } }
            tbody { @for metric in metrics::all().filter(|metric| known.contains(metric.name)) { (row(metric)) } }
        } }
    }
}

/// What the page shows of a sweep, and what is tried at its points.
fn study_metrics(study: &Study) -> Vec<String> {
    let points = study.verdicts.iter();
    let looks = points.flat_map(|point| {
        let expected = point.expect.iter().map(|expected| &expected.look);
        expected.chain(point.claims.iter().map(|tried| &tried.look))
    });
    let columns = study.columns().into_iter().map(|column| column.metric);
    looks.map(|look| look.metric.clone()).chain(columns).collect()
}

fn row(metric: &Metric) -> Markup {
    html! {
        tr #{ "m-" (metric.name) } {
            td.m { (metric.name) }
            td { (metric.unit.name()) }
            td { (metric.kind.name()) }
            td { (metric.statistic.name()) }
            td { (metric.window.name()) }
            td { (metric.file) }
            td { (cells::text(metric.meaning)) }
        }
    }
}

/// What kinds and windows there are.
fn legend() -> Markup {
    let kinds = Kind::ALL.map(|kind| (kind.name(), kind.meaning()));
    let windows = Counting::ALL.map(|window| (window.name(), window.meaning()));
    html! {
        details open {
            summary { "Kinds and windows" }
            p { "The window is from the warm-up's end to the cool-down's start, or what a trial or expectation names instead." }
            dl { @for (name, meaning) in kinds.into_iter().chain(windows) { dt { (name) } dd { (meaning) } } }
        }
    }
}
