//! What the checked-in sweeps found, as tables: a metric by the values of the axes.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::documents::root;
use crate::figures::{number, shown};

/// The sweeps of the page, each with the metrics of its tables.
pub(crate) const SHOWN: [(&str, &[&str]); 9] = [
    ("calibration-sources", &["claims.of_others_it_is_nearly_right", "claims.of_victims_it_is_nearly_right"]),
    ("collusion-rate", &["conduct.reputation_gain.ring", "selection.share.ring"]),
    ("dissemination", &["queries.copies_mean"]),
    (
        "overload-gates",
        &["expect.answers_stay_fast_at_the_peak", "expect.most_queries_are_answered_at_the_peak"],
    ),
    (
        "overload-sensitivity",
        &["expect.answers_stay_fast_at_the_peak", "expect.most_queries_are_answered_at_the_peak"],
    ),
    ("query-scale", &["messages.sent"]),
    ("replicas", &["queries.answered_ratio"]),
    ("spies", &["privacy.linked_ratio"]),
    ("sybil-budget", &["tasks.jobs.share.owner"]),
];

/// A row of `points.csv`.
struct Row {
    /// Each axis with its value, in the order of the file.
    at: Vec<(String, String)>,
    told: String,
}

/// The table of a metric of a sweep: the last axis from left to right, the others from top to bottom. Where one axis at a
/// time was varied, a line for each of its values.
pub(crate) fn table(sweep: &str, metric: &str) -> String {
    let rows = rows(sweep, metric);
    let summary = std::fs::read_to_string(root().join(format!("results/sweeps/{sweep}/summary.json")));
    let summary: serde_json::Value = serde_json::from_str(&summary.expect("a summary")).expect("JSON");
    let replications = &summary["replications"];
    let text = std::fs::read_to_string(root().join(format!("results/sweeps/{sweep}/sweep.toml")));
    let one_at_a_time = text.expect("a sweep").contains("method = \"oat\"");
    let about = format!("`{metric}`: mean of {replications} runs and its 95 % interval. ");
    about + &if one_at_a_time { by_change(&rows) } else { by_axes(&rows) }
}

fn rows(sweep: &str, metric: &str) -> Vec<Row> {
    let path = root().join(format!("results/sweeps/{sweep}/points.csv"));
    let mut reader = csv::Reader::from_path(path).expect("points");
    let header = reader.headers().expect("a header").clone();
    let place = |name: &str| header.iter().position(|column| column == name).expect("a column");
    let axes = place("metric");
    let (mean, low, high) = (place("mean"), place("ci_low"), place("ci_high"));
    let records = reader.records().map(|record| record.expect("a row"));
    let of_metric = records.filter(|record| &record[axes] == metric);
    let told = |record: &csv::StringRecord| {
        let figure = |place: usize| record[place].parse::<f64>().ok();
        let whole = |value: f64| shown(metric, value);
        match (figure(mean), figure(low), figure(high)) {
            (Some(mean), Some(low), Some(high)) => {
                format!("{} ({} to {})", whole(mean), number(low), number(high))
            }
            (Some(mean), ..) => whole(mean),
            _ => "longer than any time".to_owned(),
        }
    };
    let row = |record: csv::StringRecord| {
        let at = (0..axes).map(|axis| (header[axis].to_owned(), record[axis].to_owned())).collect();
        Row { at, told: told(&record) }
    };
    let rows: Vec<Row> = of_metric.map(row).collect();
    assert!(!rows.is_empty(), "{sweep} has no {metric}");
    rows
}

fn by_axes(rows: &[Row]) -> String {
    let (mut lines, mut columns) = (Vec::<(Vec<String>, BTreeMap<usize, &str>)>::new(), Vec::<&str>::new());
    for row in rows {
        let (last, others) = row.at.split_last().expect("an axis");
        let others: Vec<String> = others.iter().map(|(_, value)| value.clone()).collect();
        let column = columns.iter().position(|column| *column == last.1).unwrap_or_else(|| {
            columns.push(&last.1);
            columns.len() - 1
        });
        if lines.last().is_none_or(|(of, _)| *of != others) {
            lines.push((others, BTreeMap::new()));
        }
        lines.last_mut().expect("a line").1.insert(column, &row.told);
    }
    let (last, others) = rows[0].at.split_last().expect("an axis");
    let heads = others.iter().map(|(path, _)| format!("`{path}`"));
    let heads: Vec<String> = heads.chain(columns.iter().map(|value| (*value).to_owned())).collect();
    let mut text = format!("From left to right: `{}`.\n\n", last.0);
    writeln!(text, "| {} |\n|{}", heads.join(" | "), " --- |".repeat(heads.len())).expect("a string");
    for (others, cells) in lines {
        let cells = (0..columns.len()).map(|column| cells.get(&column).copied().unwrap_or("").to_owned());
        let cells: Vec<String> = others.into_iter().chain(cells).collect();
        writeln!(text, "| {} |", cells.join(" | ")).expect("a string");
    }
    text
}

fn by_change(rows: &[Row]) -> String {
    let base = &rows[0];
    let mut text = "\n\n| changed | value | |\n| --- | --- | --- |\n".to_owned();
    writeln!(text, "| nothing | | {} |", base.told).expect("a string");
    for row in &rows[1..] {
        for (path, value) in
            row.at.iter().zip(&base.at).filter(|(one, other)| one != other).map(|(one, _)| one)
        {
            writeln!(text, "| `{path}` | {value} | {} |", row.told).expect("a string");
        }
    }
    text
}

/// The exponents that a sweep found, of whole axes and of their halves.
pub(crate) fn exponents(sweep: &str) -> String {
    let path = root().join(format!("results/sweeps/{sweep}/scaling.csv"));
    let mut reader = csv::Reader::from_path(path).expect("exponents");
    let header = reader.headers().expect("a header").clone();
    let metric = header.iter().position(|column| column == "metric").expect("a column");
    let others = header.iter().take(metric).map(|path| format!("`{path}`"));
    let heads: Vec<String> =
        others.chain(["metric", "over", "from", "to", "exponent"].map(str::to_owned)).collect();
    let mut text = format!("| {} |\n|{}\n", heads.join(" | "), " --- |".repeat(heads.len()));
    for record in reader.records() {
        let record = record.expect("a row");
        let figure =
            |place: usize| record[metric + place].parse::<f64>().map(|value| format!("{value:.3}")).ok();
        let interval = figure(7).zip(figure(8)).map(|(low, high)| format!(" ({low} to {high})"));
        let found = figure(6).unwrap_or_default() + &interval.unwrap_or_default();
        let others = record.iter().take(metric).map(str::to_owned);
        let own = [0, 1, 3, 4].map(|place| record[metric + place].to_owned());
        let cells: Vec<String> = others.chain(own).chain([found]).collect();
        writeln!(text, "| {} |", cells.join(" | ")).expect("a string");
    }
    text
}
