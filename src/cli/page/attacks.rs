//! What adversaries spent, what they did, and what came of it.

use maud::{Markup, html};

use super::cells;
use super::material::{Entry, Material};
use super::study::Study;
use super::{recovery, spread};
use crate::cli::format;
use crate::cli::report::table;
use crate::cli::shown::plain;
use crate::metrics::attacks::for_each_deed;

/// A part for each group of adversaries.
pub(super) fn section(material: &Material) -> Markup {
    let attacked = material.entries.iter().map(|entry| (entry, groups(entry)));
    let all: Vec<(&Entry, Vec<Group<'_>>)> = attacked.filter(|(_, groups)| !groups.is_empty()).collect();
    html! {
        @if all.is_empty() {
            p.none { "No " b { "result" } " of this page has an adversary." (of_sweeps(material)) }
        } @else {
            p { "Only attacks that a scenario names were tried, each with one budget. That one achieves little does not show that a "
                "larger or another one does not. A 0 under what was done may mean that this kind of adversary never does it." }
            @for (entry, groups) in &all { (of_entry(material, entry, groups)) }
            (of_sweeps(material))
        }
        (recovery::section(material))
    }
}

/// The sweeps with adversaries, which have no part here.
fn of_sweeps(material: &Material) -> Markup {
    let attacked = |study: &&Study| {
        let scenario: Option<toml::Table> = study.plan.base.text.parse().ok();
        let groups = scenario.as_ref().and_then(|scenario| scenario.get("groups")?.as_table());
        groups
            .into_iter()
            .flatten()
            .any(|(name, group)| group.as_table().and_then(|group| group_of(name, group)).is_some())
    };
    let all: Vec<&Study> = material.studies.iter().filter(attacked).collect();
    html! {
        @if !all.is_empty() {
            p { "What adversaries achieve in sweeps stands in their own parts: "
                @for (place, study) in all.iter().enumerate() { @if place > 0 { ", " } a href={ "#" (study.id) } { (plain(study.title())) } } "." }
        }
    }
}

fn of_entry(material: &Material, entry: &Entry, groups: &[Group<'_>]) -> Markup {
    let adverse: Vec<&str> = groups.iter().map(|group| group.name).collect();
    html! {
        @for group in groups { (part(material, entry, group)) }
        (spread::part(material, entry, &adverse))
    }
}

/// A group with a conduct.
struct Group<'a> {
    name: &'a str,
    kind: &'a str,
    hosts: i64,
    /// What else its conduct says.
    keys: String,
}

fn groups(entry: &Entry) -> Vec<Group<'_>> {
    let groups = entry.table("groups").into_iter().flatten();
    groups.filter_map(|(name, group)| group_of(name, group.as_table()?)).collect()
}

fn group_of<'a>(name: &'a str, group: &'a toml::Table) -> Option<Group<'a>> {
    let hosts = group.get("count").and_then(toml::Value::as_integer).unwrap_or_default();
    match group.get("conduct")? {
        toml::Value::String(kind) if kind != "honest" => {
            Some(Group { name, kind, hosts, keys: String::new() })
        }
        toml::Value::Table(conduct) => {
            let kind = conduct.get("kind")?.as_str()?;
            let rest = conduct.iter().filter(|(key, _)| *key != "kind");
            let keys: Vec<String> = rest.map(|(key, value)| format!("{key} = {value}")).collect();
            Some(Group { name, kind, hosts, keys: keys.join(", ") })
        }
        _ => None,
    }
}

const COSTS: [&str; 5] =
    ["conduct.identities", "conduct.stake", "conduct.bytes", "conduct.recorded", "conduct.hours"];

macro_rules! deeds {
    ($($deed:ident: $deceit:ident $(($any:tt))?, $name:literal, $unit:literal, $who:tt, $meaning:literal, $told:literal;)+) => {
        const DEEDS: &[&str] = &[$(concat!("conduct.", $name)),+];
    };
}

for_each_deed!(deeds);

const DAMAGE: [&str; 5] = [
    "conduct.reputation_gain",
    "selection.share",
    "earnings.share",
    "storage.share",
    "conduct.amplification",
];

fn part(material: &Material, entry: &Entry, group: &Group<'_>) -> Markup {
    let deeds = named(entry, DEEDS, group.name);
    let (never, done): (Vec<&str>, Vec<&str>) =
        deeds.into_iter().partition(|metric| entry.value(metric).0 == Some(0.0));
    html! {
        h3 { (plain(&entry.label)) ": " (cells::sentence(group.kind)) " (group " code { (plain(group.name)) } ")" }
        p.sub { (hosts(entry, group)) " " (cells::command(entry)) }
        div.wide { table {
            thead { tr { th { "" } (cells::figure_heads(entry)) } }
            (rows(entry, "what it cost", &named(entry, &COSTS, group.name)))
            (rows(entry, "what it did", &done))
            (left_undone(entry, &never))
            (rows(entry, "what came of it", &damage(entry, group.name)))
        } }
        (judged(material, entry))
    }
}

fn hosts(entry: &Entry, group: &Group<'_>) -> String {
    let all = entry.stored.manifest.counts.hosts;
    let keys = if group.keys.is_empty() { String::new() } else { format!(", {}", group.keys) };
    plain(&format!("{} of {}{keys}.", format::number(group.hosts as f64), format::count(all, "host")))
}

/// The metrics that begin so and end with the name of a group.
fn named<'a>(entry: &'a Entry, families: &[&str], group: &str) -> Vec<&'a str> {
    let is_one =
        |name: &str| families.iter().any(|family| name.strip_prefix(family) == Some(&format!(".{group}")));
    entry.stored.summary.metrics.keys().map(String::as_str).filter(|name| is_one(name)).collect()
}

/// What a group got out of it; its shares beside those of all others.
fn damage<'a>(entry: &'a Entry, group: &str) -> Vec<&'a str> {
    let mut all = named(entry, &DAMAGE, group);
    let metrics = entry.stored.summary.metrics.keys().map(String::as_str);
    let is_share = |name: &str| name.starts_with("selection.share.") || name.starts_with("earnings.share.");
    all.extend(metrics.filter(|name| is_share(name) && !name.ends_with(&format!(".{group}"))));
    all.sort_unstable();
    all
}

fn rows(entry: &Entry, what: &str, metrics: &[&str]) -> Markup {
    html! {
        tbody {
            @if metrics.is_empty() { tr { th scope="rowgroup" { (what) } td.none colspan="4" { "nothing of the kind is measured here" } } }
            @for (place, metric) in metrics.iter().enumerate() {
                tr {
                    @if place == 0 { th scope="rowgroup" rowspan=(metrics.len()) { (what) } }
                    td { (cells::metric(metric)) }
                    (cells::figure(entry, metric))
                }
            }
        }
    }
}

/// Deeds that no run has: most kinds of adversaries have only some.
fn left_undone(entry: &Entry, metrics: &[&str]) -> Markup {
    let runs = format::count(u64::from(entry.runs()), "run");
    html! {
        @if let Some(first) = metrics.first() {
            tbody { tr {
                th scope="rowgroup" { "what it never did" }
                td colspan="4" {
                    @for (place, metric) in metrics.iter().enumerate() {
                        @if place > 0 { ", " }
                        (cells::metric(metric))
                    }
                    ": 0 in " (runs)
                    @if entry.runs() > 1 { ", whose means have the 95 % interval " (cells::interval(entry, first)) }
                }
            } }
        }
    }
}

/// What the trials of claims in the same result came to.
fn judged(material: &Material, entry: &Entry) -> Markup {
    let Some(trials) = material.trials_of(entry) else {
        return html! { p.none { "Its trials are counted in another result, which has all of its runs." } };
    };
    html! {
        @if trials.is_empty() { p.none { "No claim is tried in this result." } } @else {
            ul.notes { @for trial in trials {
                @let tried = &trial.tried;
                li {
                    @if trial.counts() { (cells::verdict(tried.judged.verdict)) } @else { (cells::badge("not_tried", "= control")) }
                    " " a href={ "#claim-" (tried.claim) } { (cells::sentence(&tried.claim)) } ", " (cells::sentence(&tried.name)) ": "
                    (cells::look(&tried.look)) " = " (format::value(&tried.look.metric, tried.mean().0))
                    " (" (table::interval(tried)) ", n = " (tried.judged.n) "), wanted " (format::bounds(&tried.look.metric, tried.bounds))
                }
            } }
        }
    }
}
