//! What is wrong with the results of a page, before anything is read from them.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::cells;
use super::material::{Entry, Material};
use super::study::Study;
use crate::cli::format;
use crate::results::{Expected, Tried};

/// All of it; nothing where nothing is wrong.
pub(super) fn section(material: &Material) -> Markup {
    let about: Vec<(&Entry, Vec<String>)> =
        material.entries.iter().map(|entry| (entry, of(entry))).filter(|(_, all)| !all.is_empty()).collect();
    let (together, charts) = (together(material), without_charts(material));
    if about.is_empty() && together.is_empty() && charts.is_empty() {
        return html! {};
    }
    html! {
        div.problems #problems {
            h2 { "Before you read on" }
            ul {
                @for problem in together { li { (cells::text(&problem)) } }
                @for (entry, problems) in about { li { (cells::link(entry)) ": " (cells::text(&problems.join(" Also, "))) } }
                @if !charts.is_empty() {
                    li { "Charts that are missing, of " (format::count(charts.len() as u64, "result")) ": "
                        @for (place, (entry, missing)) in charts.iter().enumerate() {
                            @if place > 0 { ", " }
                            (cells::link(entry)) " (" (missing) ")"
                        }
                        ". Each says in its place why."
                    }
                }
            }
        }
    }
}

/// How many charts each result lacks, where it lacks some.
fn without_charts(material: &Material) -> Vec<(&Entry, usize)> {
    let missing = |entry: &Entry| match entry.charts.len() {
        0 => 1,
        _ => entry.charts.iter().filter(|chart| chart.drawn.is_err()).count(),
    };
    let counted = material.entries.iter().map(|entry| (entry, missing(entry)));
    counted.filter(|(_, missing)| *missing > 0).collect()
}

/// What is wrong with the results as a set.
fn together(material: &Material) -> Vec<String> {
    let mut all: Vec<String> = material.left_out.iter().map(|why| format!("Left out: {why}.")).collect();
    all.extend(material.studies.iter().flat_map(of_sweep));
    let of_entries = material
        .entries
        .iter()
        .map(|entry| (entry.stored.manifest.version.as_str(), entry.stored.manifest.model));
    let of_studies =
        material.studies.iter().map(|study| (study.manifest.version.as_str(), study.manifest.model));
    let versions: BTreeSet<(&str, u32)> = of_entries.chain(of_studies).collect();
    if versions.len() > 1 {
        let named: Vec<String> =
            versions.iter().map(|(version, model)| format!("{version} (model {model})")).collect();
        all.push(format!(
            "The results are by different versions of the program, {}: do not compare their figures.",
            named.join(", ")
        ));
    }
    all
}

/// What is wrong with a sweep.
fn of_sweep(study: &Study) -> Vec<String> {
    let title = study.title();
    let mut all = Vec::new();
    if study.runs() == 1 {
        all.push(format!(
            "Sweep {title}: one run at each point: no figure has an interval, and nothing is a verdict."
        ));
    }
    match study.charts.iter().filter(|chart| chart.drawn.is_err()).count() {
        _ if study.charts.is_empty() => all.push(format!("Sweep {title}: it has no chart.")),
        0 => {}
        missing => all.push(format!(
            "Sweep {title}: {} missing; each says in its place why.",
            format::count(missing as u64, "chart")
        )),
    }
    all
}

/// What is wrong with one of them.
fn of(entry: &Entry) -> Vec<String> {
    let manifest = &entry.stored.manifest;
    let mut all = Vec::new();
    if entry.runs() == 1 {
        all.push(
            "one run: no figure of it has an interval, and nothing about it is a verdict. `--replications N` \
             makes it several."
                .to_owned(),
        );
    }
    if !manifest.is_of_this_version() {
        all.push(format!(
            "it is by version {} (model {}) of the program, and the command that repeats it may come to other figures.",
            manifest.version, manifest.model
        ));
    }
    let missing = missing(entry);
    if !missing.is_empty() {
        all.push(format!("a trial or expectation has no value in some run: {}.", missing.join(", ")));
    }
    all
}

/// What was asked for and has no value in some run.
fn missing(entry: &Entry) -> Vec<String> {
    let summary = &entry.stored.summary;
    let is_short = |n: u32| n < entry.runs();
    let expected = |expected: &&Expected| match expected.spread {
        Some(spread) => is_short(spread.judged.n),
        None => expected.value.0.is_none(),
    };
    let tried = |tried: &&Tried| is_short(tried.judged.n);
    let names = summary.expect.iter().filter(expected).map(|expected| &expected.name);
    let names = names.chain(summary.claims.iter().filter(tried).map(|tried| &tried.name));
    names.map(|name| cells::sentence(name)).collect()
}

/// Metrics of a result without a value in some run, said where they are listed.
pub(super) fn without_value(entry: &Entry) -> Option<String> {
    let metrics = &entry.stored.summary.metrics;
    let none: Vec<&str> =
        metrics.keys().filter(|name| entry.estimate(name).n < entry.runs()).map(String::as_str).collect();
    let what = format::count(none.len() as u64, "metric");
    let verb = if none.len() == 1 { "has" } else { "have" };
    (!none.is_empty())
        .then(|| format!("{what} of {} {verb} no value in some run: {}.", metrics.len(), none.join(", ")))
}
