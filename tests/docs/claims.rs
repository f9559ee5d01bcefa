//! The verdicts on the proposal's seventeen claims, as tables.

use std::fmt::Write;

use ir3sim::results::{self, ClaimRow, Stored, Tried, Verdict};
use ir3sim::scenario::Claim;

use crate::documents::root;
use crate::intervals::{part, wanted, with_interval};

/// Which charts show what went on beside a metric, by the beginning of its name: the first that the result has is linked.
const CHARTS: &[(&str, &[&str])] = &[
    ("limiter.", &["limiters"]),
    ("queries.latency", &["latency", "answers"]),
    ("queries.collection", &["latency", "answers"]),
    ("queries.copies", &["messages"]),
    ("messages.", &["messages"]),
    ("load.fairness", &["limiters", "messages"]),
    ("load.", &["messages"]),
    ("storage.available", &["presence"]),
    ("privacy.", &["messages", "answers"]),
    ("selection.", &["tasks"]),
    ("tasks.", &["shares", "tasks"]),
    ("events.false", &["reputation"]),
    ("conduct.reputation", &["reputation"]),
    ("confidence.", &["calibration"]),
    ("reputation.", &["reputation"]),
    ("", &["answers", "reputation", "messages"]),
];

/// How many claims there are of each verdict, and which.
pub(crate) fn summary(results: &[Stored]) -> String {
    let rows = results::verdicts(results);
    let mut text = String::from("| verdict | number | claims |\n| --- | --- | --- |\n");
    for verdict in [Verdict::Holds, Verdict::HoldsWithinLimits, Verdict::Fails, Verdict::Inconclusive] {
        let claims = rows.iter().filter(|row| row.verdict == verdict);
        let claims: Vec<String> = claims.map(|row| format!("`{}`", row.claim)).collect();
        if !claims.is_empty() {
            writeln!(text, "| {} | {} | {} |", said(verdict), claims.len(), claims.join(", "))
                .expect("a text");
        }
    }
    text
}

/// A row for each claim, with the trial that decided.
pub(crate) fn verdicts(results: &[Stored]) -> String {
    let mut text = String::from(
        "| claim | verdict | trials that hold | the trial that decided (mean and 95 % interval of the replications) | bound | chart |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for row in results::verdicts(results) {
        let (scenario, trial) =
            (row.scenario.as_deref().expect("a trial"), row.trial.as_ref().expect("a trial"));
        let metric = &trial.look.metric;
        let figure = with_interval(metric, trial.value, (trial.ci_low, trial.ci_high));
        writeln!(
            text,
            "| `{}` | {} | {} | [{scenario}](../scenarios/{scenario}.toml), {}: {figure} | {} | {} |",
            row.claim,
            said(row.verdict),
            held(results, &row).0,
            sentence(&trial.name),
            wanted(metric, trial.bounds),
            chart(scenario, metric),
        )
        .expect("a text");
    }
    text
}

/// A table for each claim, with all its trials.
pub(crate) fn trials(results: &[Stored]) -> String {
    let mut text = String::new();
    for (row, claim) in results::verdicts(results).iter().zip(Claim::all()) {
        write!(
            text,
            "\n## `{}`\n\nThat {}: **{}** ({}).\n\n\
             | trial | metric | figure | bound | verdict | chart |\n| --- | --- | --- | --- | --- | --- |\n",
            row.claim,
            claim.meaning(),
            said(row.verdict),
            told(&held(results, row)),
        )
        .expect("a text");
        for (scenario, trial) in trials_of(results, row.claim) {
            let metric = &trial.look.metric;
            let figure = with_interval(metric, trial.value, (trial.ci_low, trial.ci_high));
            writeln!(
                text,
                "| [{scenario}](../scenarios/{scenario}.toml): {} | `{metric}`{} | {figure} | {} | {} | {} |",
                sentence(&trial.name),
                part(&trial.look),
                wanted(metric, trial.bounds),
                said(trial.verdict),
                chart(scenario, metric),
            )
            .expect("a text");
        }
    }
    text + "\n"
}

fn trials_of<'a>(results: &'a [Stored], claim: &'a str) -> impl Iterator<Item = (&'a str, &'a Tried)> {
    results.iter().flat_map(move |result| {
        let trials = result.summary.claims.iter().filter(move |tried| tried.claim == claim);
        trials.map(|tried| (result.summary.scenario.as_str(), tried))
    })
}

/// In how many of its trials a claim holds, and how many are inconclusive.
fn held(results: &[Stored], row: &ClaimRow) -> (String, usize) {
    let verdicts: Vec<Verdict> = trials_of(results, row.claim).map(|(_, tried)| tried.verdict).collect();
    let count = |wanted| verdicts.iter().filter(|verdict| **verdict == wanted).count();
    (format!("{} of {}", count(Verdict::Holds), verdicts.len()), count(Verdict::Inconclusive))
}

fn told((holding, inconclusive): &(String, usize)) -> String {
    match inconclusive {
        0 => format!("{holding} trials hold"),
        1 => format!("{holding} trials hold; 1 is inconclusive"),
        some => format!("{holding} trials hold; {some} are inconclusive"),
    }
}

fn said(verdict: Verdict) -> String {
    verdict.name().replace('_', " ")
}

fn sentence(name: &str) -> String {
    name.replace('_', " ")
}

/// Links to the chart of a scenario's result that shows the figure of each trial, and to one of what went on.
fn chart(scenario: &str, metric: &str) -> String {
    let rule = CHARTS.iter().find(|(start, _)| metric.starts_with(start));
    let all = ["answers", "reputation", "messages", "tasks"];
    let names = rule.map_or(&[][..], |(_, names)| names).iter().chain(&all);
    let path = |name: &str| format!("results/{scenario}/charts/{name}.svg");
    let name = names.copied().find(|name| root().join(path(name)).is_file());
    let course = name.map(|name| format!(", [{name}](../{})", path(name))).unwrap_or_default();
    format!("[figure](../{}){course}", path(VERDICTS))
}

/// The chart of a result's verdicts.
const VERDICTS: &str = "verdicts";

/// Holds the chart that each trial is linked with to the trial: its name, its verdict, and its figure.
pub(crate) fn hold_charts(results: &[Stored]) {
    for claim in Claim::all() {
        for (scenario, trial) in trials_of(results, claim.name()) {
            let path = root().join(format!("results/{scenario}/charts/{VERDICTS}.svg"));
            let svg = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{}", path.display()));
            let text = texts(&svg);
            let name = sentence(&trial.name);
            let heading = format!("{}: {name} – {}", trial.claim.replace('_', " "), said(trial.verdict));
            let (_, after) = text.split_once(&heading).unwrap_or_else(|| panic!("{scenario}: {heading}"));
            assert!(after.contains(&trial.look.metric), "{scenario}: {heading}");
            let shown = after.split_whitespace().next().map(|word| word.replace('−', "-").parse::<f64>());
            match (trial.value.0, shown) {
                (Some(value), Some(Ok(shown))) => {
                    assert!((value - shown).abs() <= 1e-3 * value.abs(), "{scenario}: {heading}: {shown}");
                }
                (None, _) => {}
                (Some(value), shown) => panic!("{scenario}: {heading}: {shown:?} for {value}"),
            }
        }
    }
}

/// The texts of a drawing, in their order.
fn texts(svg: &str) -> String {
    let pieces =
        svg.split("<text").skip(1).filter_map(|piece| piece.split_once('>')?.1.split_once("</text>"));
    pieces.map(|(text, _)| text.trim()).collect::<Vec<_>>().join(" ")
}
