//! Which parameters were tested: those that a scenario sets, and those in which results differ.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::cells;
use super::material::{Entry, Material};
use super::reasons;
use super::tested;
use crate::cli::shown::plain;
use crate::results;

/// What differs between results, then what each sets.
pub(super) fn section(material: &Material) -> Markup {
    let variants = material.variants();
    html! {
        p { "All parameters of a result stand under " a href="#runs" { "what was run" } "." }
        (tested::section(&material.studies))
        @for (scenario, entries) in variants { (between_variants(scenario, &entries)) }
        (between_all(material))
        h3 { "Set by each scenario" }
        p.sub { "Parameters that are other than by default, or have no default. Reasons are the sentences of the scenario's purpose that name a parameter; "
            "where there is none, the purpose as a whole may still say it, and why the default is what it is the documentation of scenario files." }
        @for entry in &material.entries { (set(entry)) }
    }
}

/// A parameter, and what it is in which results.
type Values<'a> = BTreeMap<String, BTreeMap<Option<String>, Vec<&'a Entry>>>;

/// The parameters of which two of these results have different values.
fn different<'a>(entries: &[&'a Entry], is_wanted: fn(&str) -> bool) -> Values<'a> {
    let all: Vec<(&Entry, BTreeMap<String, String>)> =
        entries.iter().map(|entry| (*entry, parameters(entry))).collect();
    let paths: BTreeSet<&String> = all.iter().flat_map(|(_, values)| values.keys()).collect();
    let mut different = Values::new();
    for path in paths.into_iter().filter(|path| is_wanted(path)) {
        let mut values: BTreeMap<Option<String>, Vec<&Entry>> = BTreeMap::new();
        for (entry, of_entry) in &all {
            values.entry(of_entry.get(path).cloned()).or_default().push(entry);
        }
        if values.len() > 1 {
            different.insert(path.clone(), values);
        }
    }
    different
}

/// Without those that some have and others have no use for.
fn in_more_than_absence(mut values: Values<'_>) -> Values<'_> {
    values.retain(|_, values| values.keys().flatten().count() > 1);
    values
}

fn parameters(entry: &Entry) -> BTreeMap<String, String> {
    let mut all = results::parameters(&entry.stored.manifest.scenario);
    all.insert("seed".to_owned(), entry.stored.manifest.seed.to_string());
    all.insert("replications".to_owned(), entry.runs().to_string());
    all
}

fn between_variants(scenario: &str, entries: &[&Entry]) -> Markup {
    html! {
        h3 { "Between the results of " (plain(scenario)) }
        (values_table(&different(entries, |_| true), entries.len(), "They have the same parameters, seed and number of runs."))
    }
}

/// Of different scenarios everything differs, but for what all of them have.
fn between_all(material: &Material) -> Markup {
    let entries: Vec<&Entry> = material.entries.iter().collect();
    let scenarios: BTreeSet<&str> =
        entries.iter().map(|entry| entry.stored.summary.scenario.as_str()).collect();
    let shared = |path: &str| {
        !path.contains('.') && path != "name" || path.starts_with("network.") || path.starts_with("protocol.")
    };
    html! {
        @if scenarios.len() > 1 {
            h3 { "Between all results" }
            p.sub { "Parameters of the run, the network and the protocol of which some results have different values. " code { "–" } ": no use for it." }
            (values_table(&in_more_than_absence(different(&entries, shared)), entries.len(), "None differs."))
        }
    }
}

fn values_table(values: &Values<'_>, all: usize, none: &str) -> Markup {
    html! {
        @if values.is_empty() {
            p { (none) }
        } @else {
            div.wide { table {
                thead { tr { th { "parameter" } th { "value: results" } } }
                tbody { @for (path, values) in values {
                    tr { td { code { (plain(path)) } } td { @for (value, entries) in values { (one_value(value.as_deref(), entries, all)) } } }
                } }
            } }
        }
    }
}

/// A value, and the results that have it; by their number alone if these are most of several.
fn one_value(value: Option<&str>, entries: &[&Entry], all: usize) -> Markup {
    html! {
        div {
            code { (plain(value.unwrap_or("–"))) } ": "
            @if entries.len() > 3 && 2 * entries.len() > all {
                (entries.len()) " results"
            } @else {
                @for (place, entry) in entries.iter().enumerate() { @if place > 0 { ", " } (cells::link(entry)) }
            }
        }
    }
}

fn set(entry: &Entry) -> Markup {
    let scenario = &entry.stored.manifest.scenario;
    let Some(set) = &entry.set else {
        return html! {
            h4 { (cells::link(entry)) }
            p.error { "This version of the program does not resolve the scenario to the same: what is by default is not known." }
        };
    };
    let values = results::parameters(scenario);
    let purpose = scenario.get("purpose").and_then(toml::Value::as_str).unwrap_or_default();
    html! {
        details {
            summary { (cells::link(entry)) ": " (set.len()) " of " (values.len()) " values" }
            div.wide { table {
                thead { tr { th { "parameter" } th { "value" } th { "reason" } } }
                tbody { @for path in set {
                    @let value = values.get(path).map_or("", String::as_str);
                    tr { td { code { (plain(path)) } } td { code { (plain(value)) } }
                        td { (cells::text(&reasons::sentences(purpose, path, value).unwrap_or_else(|| "–".to_owned()))) } }
                } }
            } }
        }
    }
}
