//! The claims under other networks, beside the network of each scenario: from the tables that `regenerate` writes.

use std::collections::BTreeMap;
use std::fmt::Write;

use ir3sim::results::{self, Figure, Stored, TrialRow};

use crate::documents::root;
use crate::figures::{number, shown};
use crate::intervals::{wanted, with_interval};
use crate::networks::{KEPT, METRICS, NETWORKS};

/// What a row of a table is about: a scenario and a trial or metric, or a claim.
type Key = (String, String);

/// A table by network and by what its rows are about; the other columns as they are.
fn table(file: &str, columns: usize) -> BTreeMap<(String, Key), Vec<String>> {
    let path = root().join("results/overlays").join(file);
    let mut reader =
        csv::Reader::from_path(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let records = reader.records().map(|record| record.expect("a row"));
    let row = |record: csv::StringRecord| {
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        let second = if columns == 2 { String::new() } else { cells[2].clone() };
        ((cells[0].clone(), (cells[1].clone(), second)), cells[columns..].to_vec())
    };
    records.map(row).collect()
}

fn heads(first: &str) -> String {
    let names: Vec<&str> = NETWORKS.iter().map(|(name, _)| *name).collect();
    format!("| {first} | as it is | {} |\n|{}\n", names.join(" | "), " --- |".repeat(names.len() + 2))
}

/// A verdict, marked where it is another than that of today.
fn marked(today: &str, other: &str) -> String {
    let said = other.replace('_', " ");
    if today == other { said } else { format!("**{said}**") }
}

/// What each claim comes to.
pub(crate) fn claims(today: &[Stored]) -> String {
    let others = table("claims.csv", 2);
    let mut text = heads("claim");
    for row in results::verdicts(today) {
        let own = row.verdict.name();
        let cells = NETWORKS.iter().map(|(network, _)| {
            let cells = &others[&((*network).to_owned(), (row.claim.to_owned(), String::new()))];
            format!("{} ({} of {})", marked(own, &cells[0]), cells[1], cells[2])
        });
        let cells: Vec<String> = cells.collect();
        writeln!(
            text,
            "| `{}` | {} ({} of {}) | {} |",
            row.claim,
            own.replace('_', " "),
            row.holding,
            row.counted,
            cells.join(" | ")
        )
        .expect("a text");
    }
    text
}

/// What each trial comes to, but for those that cannot come out otherwise.
pub(crate) fn trials(today: &[Stored]) -> String {
    let others = table("trials.csv", 3);
    let mut text = heads("claim: scenario, trial | bound").replacen(" --- |\n", " --- | --- |\n", 1);
    for row in results::verdicts(today) {
        for trial in row.trials.iter().filter(|trial| trial.tried.by_construction.is_none()) {
            let tried = &trial.tried;
            let cells: Vec<String> =
                NETWORKS.iter().map(|(network, _)| under(network, trial, &others)).collect();
            writeln!(
                text,
                "| `{}`: [{}](../scenarios/{}.toml), {} | {} | {}: {} | {} |",
                row.claim,
                trial.scenario,
                trial.scenario,
                tried.name.replace('_', " "),
                wanted(&tried.look.metric, tried.bounds),
                tried.judged.verdict.name(),
                with_interval(&tried.look.metric, tried.mean(), (tried.ci_low, tried.ci_high)),
                cells.join(" | ")
            )
            .expect("a text");
        }
    }
    text
}

fn under(network: &str, trial: &TrialRow, others: &BTreeMap<(String, Key), Vec<String>>) -> String {
    let key = (network.to_owned(), (trial.scenario.clone(), trial.tried.name.clone()));
    let Some(cells) = others.get(&key) else { return "not run".to_owned() };
    let figure = |place: usize| Figure(cells[place].parse().ok());
    let told = with_interval(&trial.tried.look.metric, figure(1), (figure(2), figure(3)));
    format!("{}: {told}", marked(trial.tried.judged.verdict.name(), &cells[4]))
}

/// What is looked at to explain a verdict: in words, and the metric, or two of which the first is a part of the second.
#[rustfmt::skip]
const WHY: &[(&str, &str, Option<&str>)] = &[
    ("hosts online", "presence.online_ratio", None),
    ("absent contacts", "routing.away_ratio", None),
    ("coverage of broadcasts", "broadcast.coverage_ratio", None),
    ("replicas", "storage.replicas_mean", None),
    ("queries answered", "queries.answered_ratio", None),
    ("sources", "queries.sources_mean", None),
    ("silent: offline", "queries.silent_offline", Some("queries.holders")),
    ("silent: unreached", "queries.silent_unreached", Some("queries.holders")),
    ("silent: behind NAT", "queries.silent_behind_nat", Some("queries.holders")),
    ("first answer, median", "queries.latency_p50_s", None),
    ("to offline hosts", "messages.to_offline", Some("messages.sent")),
    ("relayed", "messages.relayed", Some("messages.sent")),
    ("bytes", "bytes.sent", None),
    ("busiest host's share", "load.max_share_ratio", None),
];

/// What went on in each scenario: a row for each network.
pub(crate) fn why(today: &[Stored]) -> String {
    let others = table("metrics.csv", 3);
    let names: Vec<&str> = WHY.iter().map(|(name, ..)| *name).collect();
    let mut text =
        format!("| scenario | network | {} |\n|{}\n", names.join(" | "), " --- |".repeat(names.len() + 2));
    for Stored { summary, .. } in today.iter().filter(|result| !result.summary.claims.is_empty()) {
        let scenario = &summary.scenario;
        let own = |metric: &str| summary.metrics.get(metric).and_then(|figure| figure.0);
        writeln!(text, "| `{scenario}` | as it is | {} |", cells(own)).expect("a text");
        for (network, _) in NETWORKS {
            let of = |metric: &str| {
                let key = ((*network).to_owned(), (scenario.clone(), metric.to_owned()));
                others.get(&key).and_then(|cells| cells[0].parse().ok())
            };
            writeln!(text, "| | {network} | {} |", cells(of)).expect("a text");
        }
    }
    text
}

fn cells(value: impl Fn(&str) -> Option<f64>) -> String {
    let cell = |(_, metric, of): &(&str, &str, Option<&str>)| match of {
        None => value(metric).map(|value| shown(metric, value)),
        Some(of) => {
            value(metric).zip(value(of)).filter(|(_, all)| *all > 0.0).map(|(part, all)| number(part / all))
        }
    };
    WHY.iter().map(|row| cell(row).unwrap_or_else(|| "–".to_owned())).collect::<Vec<_>>().join(" | ")
}

/// What is left alone of scenarios.
pub(crate) fn kept() -> String {
    assert!(
        WHY.iter()
            .flat_map(|(_, metric, of)| [Some(metric), of.as_ref()])
            .flatten()
            .all(|it| METRICS.contains(it))
    );
    let mut text =
        String::from("| scenario | network | set after the overlays | why |\n| --- | --- | --- | --- |\n");
    for it in KEPT {
        let set: Vec<String> = it.set.iter().map(|set| format!("`{set}`")).collect();
        let network = it.network.unwrap_or("all");
        writeln!(text, "| `{}` | {network} | {} | {} |", it.scenario, set.join(", "), it.why)
            .expect("a text");
    }
    text
}
