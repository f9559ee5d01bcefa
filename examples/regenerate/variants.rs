//! Variants of a scenario, side by side.

use std::ops::ControlFlow;

use ir3sim::batch::run_one;
use ir3sim::scenario;
use ir3sim::world::RunOptions;

use crate::documents::root;
use crate::figures::shown;

/// A variant of a scenario: its name, and its overrides.
type Variant<'a> = (&'a str, Vec<String>);

/// What is looked at: in words, and the metric, or the name of a trial that looks at one.
type Row = (&'static str, &'static str);

/// What limiters are worth, and what they cost.
pub(crate) fn limiters() -> String {
    let variants = [("with limiters", "threshold"), ("without", "off")]
        .map(|(name, gate)| (name, vec![format!("protocol.limiter.gate={gate}")]));
    let rows = [
        ("messages dropped at full queues", "messages.dropped_queue"),
        ("wait of the next message for a storage node's uplink, at the peak", "uplinks_never_fill"),
        ("time to the first answer, 99 % quantile", "queries.latency_p99_s"),
        ("sources found by a query", "queries.sources_mean"),
        ("share of queries that are answered", "queries.answered_ratio"),
    ];
    table("overload", "in `overload`", &variants, &rows)
}

/// What each way of dissemination costs, and who learns from it.
pub(crate) fn dissemination() -> String {
    let variants = ["tree", "flood", "gossip", "lookup"].map(|name| {
        (name, vec!["groups.people.count=300".to_owned(), format!("protocol.dissemination={name}")])
    });
    let rows = [
        ("messages per query", "queries.copies_mean"),
        ("requests per lookup", "lookups.messages_mean"),
        ("messages in all", "messages.sent"),
        ("share of queries that are answered", "queries.answered_ratio"),
        ("time to the first answer, median", "queries.latency_p50_s"),
        ("share of the network that learns who asks about whom", "privacy.question_exposure_ratio"),
        ("share of the hosts reached by a query that have no data", "queries.bystanders_ratio"),
        ("the busiest host's share of all bytes", "load.max_share_ratio"),
    ];
    table("scale-cost", "in `scale-cost` with 500 hosts", &variants, &rows)
}

fn table(scenario: &str, title: &str, variants: &[Variant<'_>], rows: &[Row]) -> String {
    let columns: Vec<Vec<String>> =
        variants.iter().map(|(_, settings)| column(scenario, settings, rows)).collect();
    let names: Vec<&str> = variants.iter().map(|(name, _)| *name).collect();
    let mut text =
        format!("| {title}, `seed` 1 | {} |\n|{}\n", names.join(" | "), " --- |".repeat(variants.len() + 1));
    for (number, (words, _)) in rows.iter().enumerate() {
        let cells: Vec<&str> = columns.iter().map(|column| column[number].as_str()).collect();
        text += &format!("| {words} | {} |\n", cells.join(" | "));
    }
    text
}

fn column(name: &str, settings: &[String], rows: &[Row]) -> Vec<String> {
    let path = root().join("scenarios").join(format!("{name}.toml"));
    let scenario = scenario::load(&path, settings).unwrap_or_else(|error| panic!("{error}"));
    let control = &mut |_| ControlFlow::Continue(());
    let outcome = run_one(&scenario, 1, RunOptions::default(), control).expect("a good run");
    let trials = scenario.claims.iter().map(|trial| &trial.expectation);
    let looks: Vec<_> = scenario.expectations.iter().chain(trials).zip(&outcome.figures.selected).collect();
    rows.iter()
        .map(|(_, wanted)| {
            let look = looks.iter().find(|(look, _)| look.name == *wanted);
            let (metric, value) = match look {
                Some((look, value)) => (look.select.metric.as_str(), **value),
                None => (*wanted, outcome.figures.metrics.get(*wanted).copied().flatten()),
            };
            value.map_or("–".to_owned(), |value| shown(metric, value))
        })
        .collect()
}
