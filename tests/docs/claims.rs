//! The verdicts on the proposal's seventeen claims, as tables.

use std::fmt::Write;

use ir3sim::results::{self, ClaimRow, Figure, Stored, TrialRow, Turn, Verdict};
use ir3sim::scenario::Claim;

use crate::documents::root;
use crate::figures::number;
use crate::intervals::{part, wanted, with_interval};

/// Which charts show what went on beside a metric, by the beginning of its name: the first that the result has is linked.
const CHARTS: &[(&str, &[&str])] = &[
    ("limiter.", &["limiters"]),
    ("queries.latency", &["latency", "answers"]),
    ("queries.collection", &["latency", "answers"]),
    ("broadcast.", &["broadcasts"]),
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
    let all = [
        Verdict::Holds,
        Verdict::HoldsWithinLimits,
        Verdict::Fails,
        Verdict::Inconclusive,
        Verdict::NotTried,
    ];
    for verdict in all {
        let claims = rows.iter().filter(|row| row.verdict == verdict);
        let claims: Vec<String> = claims.map(|row| format!("`{}` ({})", row.claim, held(row))).collect();
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
        "| claim | verdict | trials that hold | worst margin | in (mean and 95 % interval of the replications) | bound | chart |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for row in results::verdicts(results) {
        let start = format!("| `{}` | {} | {} |", row.claim, said(row.verdict), held(&row));
        let rest = row.deciding().map_or_else(|| " – | – | – | – |".to_owned(), decider);
        writeln!(text, "{start}{rest}").expect("a text");
    }
    text
}

/// Where trials turn, a row each.
pub(crate) fn turns(turns: &[Turn]) -> String {
    let mut text = String::from(
        "| claim | trial | along | from … to | where it turns | mean crosses at (95 % interval) | n |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let end = |end: Option<f64>| end.map_or_else(|| "?".to_owned(), number);
    for turn in turns {
        let Turn { scenario, axis, unit, low, high, .. } = turn;
        let crossing = turn.crossing.map_or_else(
            || "–".to_owned(),
            |it| format!("{} ({} to {})", number(it.at), end(it.ci_low), end(it.ci_high)),
        );
        let claim = turn.claim.as_deref().unwrap_or_default();
        let (name, span) = (sentence(&turn.name), format!("{low} … {high} {unit}"));
        let with: Vec<String> = turn.with.iter().map(|set| format!("`{set}`")).collect();
        let with = if with.is_empty() { String::new() } else { format!(", with {}", with.join(", ")) };
        let start =
            format!("| `{claim}` | [{scenario}](../scenarios/{scenario}.toml): {name}{with} | `{axis}` |");
        writeln!(
            text,
            "{start} {} | {} | {crossing} | {} |",
            span.trim_end(),
            turn.said(),
            turn.replications
        )
        .expect("a text");
    }
    text
}

fn decider(trial: &TrialRow) -> String {
    let (scenario, tried) = (&trial.scenario, &trial.tried);
    let metric = &tried.look.metric;
    format!(
        " {} | [{scenario}](../scenarios/{scenario}.toml), {}: {} | {} | {} |",
        percent(tried.judged.margin),
        sentence(&tried.name),
        with_interval(metric, tried.mean(), (tried.ci_low, tried.ci_high)),
        wanted(metric, tried.bounds),
        chart(scenario, metric),
    )
}

/// A table for each claim, with all its trials.
pub(crate) fn trials(results: &[Stored]) -> String {
    let mut text = String::new();
    for (row, claim) in results::verdicts(results).iter().zip(Claim::all()) {
        write!(
            text,
            "\n## `{}`\n\nThat {}: **{}** ({}).\n\n\
             | trial | metric | figure | bound | effect | margin | n | verdict | chart |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
            row.claim,
            claim.meaning(),
            said(row.verdict),
            told(row),
        )
        .expect("a text");
        row.trials.iter().for_each(|trial| text.push_str(&line(trial)));
    }
    text + "\n"
}

fn line(trial: &TrialRow) -> String {
    let (scenario, tried, judged) = (&trial.scenario, &trial.tried, &trial.tried.judged);
    let metric = &tried.look.metric;
    format!(
        "| [{scenario}](../scenarios/{scenario}.toml): {} | `{metric}`{} | {} | {} | {} | {} | {} | {} | {} |\n",
        sentence(&tried.name),
        part(&tried.look),
        with_interval(metric, tried.mean(), (tried.ci_low, tried.ci_high)),
        wanted(metric, tried.bounds),
        judged.effect.0.map_or_else(|| "–".to_owned(), signed),
        percent(judged.margin),
        judged.n,
        verdict_of(trial),
        chart(scenario, metric),
    )
}

fn verdict_of(trial: &TrialRow) -> String {
    let verdict = said(trial.tried.judged.verdict);
    match &trial.tried.by_construction {
        Some(why) => format!("control: {why}"),
        None if trial.verdict_alone != trial.tried.judged.verdict => {
            format!("{verdict} (alone: {})", said(trial.verdict_alone))
        }
        None => verdict,
    }
}

fn signed(value: f64) -> String {
    if value < 0.0 { format!("−{}", number(-value)) } else { format!("+{}", number(value)) }
}

fn percent(margin: Figure) -> String {
    let percent = |margin: f64| format!("{} %", signed((margin * 100.0).round()));
    margin.0.map_or_else(|| "–".to_owned(), percent)
}

/// In how many of the trials that count a claim holds.
fn held(row: &ClaimRow) -> String {
    format!("{} of {}", row.holding, row.counted)
}

fn told(row: &ClaimRow) -> String {
    let inconclusive = row
        .trials
        .iter()
        .filter(|trial| trial.counts() && trial.tried.judged.verdict == Verdict::Inconclusive);
    let mut told = format!("{} trials hold", held(row));
    match inconclusive.count() {
        0 => {}
        1 => told += "; 1 is inconclusive",
        some => told += &format!("; {some} are inconclusive"),
    }
    match row.controls() {
        0 => {}
        1 => told += "; 1 control does not count",
        some => told += &format!("; {some} controls do not count"),
    }
    told
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
    for row in results::verdicts(results) {
        for TrialRow { scenario, tried: trial, .. } in &row.trials {
            let path = root().join(format!("results/{scenario}/charts/{VERDICTS}.svg"));
            let svg = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{}", path.display()));
            let text = texts(&svg);
            let name = sentence(&trial.name);
            let heading =
                format!("{}: {name} – {}", trial.claim.replace('_', " "), said(trial.judged.verdict));
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
