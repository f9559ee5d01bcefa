//! Repairs of the protocol, each without and with it: from the table that `regenerate -- repairs` writes.

use std::collections::BTreeMap;
use std::fmt::Write;

use ir3sim::results::{Figure, Stored, Verdict};

use crate::cases::{COSTS, Case, cases};
use crate::documents::root;
use crate::figures::number;
use crate::intervals::with_interval;

/// What came out in a case, without or with its repair, of a trial or metric.
type Key = (String, String, String);

struct Row {
    n: u32,
    figures: [Figure; 3],
    verdict: String,
}

pub(crate) struct Table(BTreeMap<Key, Row>);

impl Table {
    pub(crate) fn read() -> Table {
        let path = root().join("results/repairs/figures.csv");
        let mut reader =
            csv::Reader::from_path(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let row = |record: csv::StringRecord| {
            let figure = |place: usize| Figure(record[place].parse().ok());
            let key = (record[0].to_owned(), record[1].to_owned(), record[2].to_owned());
            let n = record[3].parse().expect("a number of replications");
            (key, Row { n, figures: [4, 5, 6].map(figure), verdict: record[7].to_owned() })
        };
        Table(reader.records().map(|record| row(record.expect("a row"))).collect())
    }

    fn of(&self, case: &Case, state: &str, name: &str) -> Option<&Row> {
        self.0.get(&(case.name.clone(), state.to_owned(), name.to_owned()))
    }

    fn mean(&self, case: &Case, state: &str, name: &str) -> Option<f64> {
        self.of(case, state, name)?.figures[0].0
    }
}

/// The repairs that have a part in the document, in its order.
pub(crate) fn repairs() -> Vec<String> {
    let mut names: Vec<String> = cases().into_iter().map(|case| case.repair).collect();
    names.dedup();
    names
}

/// What a repair mends, and does not.
pub(crate) fn mended(table: &Table, repair: &str) -> String {
    let mut text = String::from(
        "| what is tried | figure | without | with | n | verdict |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for case in cases().iter().filter(|case| case.repair == repair) {
        for (place, (name, words)) in case.show.iter().enumerate() {
            let row = |state| {
                table.of(case, state, name).unwrap_or_else(|| panic!("{} has no {name} {state}", case.name))
            };
            let (without, with) = (row("without"), row("with"));
            let told = |row: &Row| {
                with_interval(unit_of(name, words), row.figures[0], (row.figures[1], row.figures[2]))
            };
            let says = if place == 0 {
                format!("{} ([{}](../scenarios/{}.toml))", case.says, case.scenario, case.scenario)
            } else {
                String::new()
            };
            let n =
                if without.n == with.n { with.n.to_string() } else { format!("{}, {}", without.n, with.n) };
            let cells = [says, words.clone(), told(without), told(with), n, verdict(without, with)];
            writeln!(text, "| {} |", cells.join(" | ")).expect("a text");
        }
    }
    text
}

/// Trials are named for what they claim: that they are about a time is in the words.
fn unit_of<'a>(name: &'a str, words: &str) -> &'a str {
    let is_time = words.starts_with("wait") || words.starts_with("first answer");
    if is_time { "time_s" } else { name }
}

fn verdict(without: &Row, with: &Row) -> String {
    match (without.verdict.as_str(), with.verdict.as_str()) {
        ("", "") => "–".to_owned(),
        (one, other) if one == other => other.replace('_', " "),
        (one, other) => format!("{} → **{}**", one.replace('_', " "), other.replace('_', " ")),
    }
}

/// What every case takes of the network, and what became of requests to sign.
pub(crate) fn costs(table: &Table) -> String {
    assert!(["bytes.sent", "messages.sent"].iter().all(|name| COSTS.contains(name)));
    let mut text = String::from(
        "| case | bytes | messages | first answer, median | sources | signed | refused | unanswered | chunks not announced | queries held back |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for case in &cases() {
        let change = |name: &str| match (table.mean(case, "without", name), table.mean(case, "with", name)) {
            (Some(without), Some(with)) if without > 0.0 => percent(with / without - 1.0),
            _ => "–".to_owned(),
        };
        let both = |name: &str, unit: &str| match (
            table.mean(case, "without", name),
            table.mean(case, "with", name),
        ) {
            (Some(without), Some(with)) => format!("{} → {}{unit}", number(without), number(with)),
            _ => "–".to_owned(),
        };
        let with = |name: &str| table.mean(case, "with", name).map_or_else(|| "–".to_owned(), number);
        let settled: f64 = ["signed", "refused", "unanswered"]
            .iter()
            .filter_map(|how| table.mean(case, "with", &format!("receipts.{how}")))
            .sum();
        let share = |how: &str| {
            let count = table.mean(case, "with", &format!("receipts.{how}")).filter(|_| settled > 0.0);
            count.map_or_else(|| "–".to_owned(), |count| number(count / settled))
        };
        let cells = [
            format!("`{}`", case.name),
            change("bytes.sent"),
            change("messages.sent"),
            both("queries.latency_p50_s", " s"),
            both("queries.sources_mean", ""),
            share("signed"),
            share("refused"),
            share("unanswered"),
            with("protocol.rejected.unannounced"),
            with("protocol.rejected.rate_limited"),
        ];
        writeln!(text, "| {} |", cells.join(" | ")).expect("a text");
    }
    text
}

/// Trials that fail, claim by claim: what changes that, what does not, and what is then tried against what does.
pub(crate) fn by_claim(table: &Table, results: &[Stored]) -> String {
    let mut text = String::from(
        "| claim | trial that fails | holds with | does not with | attacks on what it holds with |\n| --- | --- | --- | --- | --- |\n",
    );
    let failing = |row: &ir3sim::results::ClaimRow| -> Vec<(String, String)> {
        let trials = row.trials.iter().filter(|trial| trial.tried.judged.verdict == Verdict::Fails);
        trials.map(|trial| (trial.scenario.clone(), trial.tried.name.clone())).collect()
    };
    for row in ir3sim::results::verdicts(results) {
        for (scenario, trial) in failing(&row) {
            let cells = repaired(table, &scenario, &trial);
            let name = format!("{} ([{scenario}](../scenarios/{scenario}.toml))", trial.replace('_', " "));
            writeln!(text, "| `{}` | {name} | {} |", row.claim, cells.join(" | ")).expect("a text");
        }
    }
    text
}

/// Repairs under which a trial of a scenario holds, and under which it does not; and attacks on the former.
fn repaired(table: &Table, scenario: &str, trial: &str) -> [String; 3] {
    let all = cases();
    let verdict = |case: &Case| table.of(case, "with", trial).map(|row| row.verdict.clone());
    let here = |case: &&Case| case.scenario == scenario && case.network.is_empty() && verdict(case).is_some();
    let is_attack = |case: &Case| case.says.contains("**Attack**");
    let as_it_is = |case: &&Case| case.set.is_empty();
    let name = |case: &Case| format!("`{}`", case.name);
    let tried: Vec<&Case> = all.iter().filter(here).collect();
    let (mends, rest): (Vec<&Case>, Vec<&Case>) = tried
        .iter()
        .copied()
        .filter(as_it_is)
        .partition(|case| verdict(case).is_some_and(|it| it == "holds"));
    let mending: Vec<&String> = mends.iter().map(|case| &case.repair).collect();
    let fails = |case: &Case| {
        case.show
            .iter()
            .any(|(name, _)| table.of(case, "with", name).is_some_and(|row| row.verdict == "fails"))
    };
    let again = all.iter().filter(|case| is_attack(case) && mending.contains(&&case.repair) && fails(case));
    let joined = |names: Vec<String>| if names.is_empty() { "–".to_owned() } else { names.join(", ") };
    [
        joined(mends.into_iter().map(name).collect()),
        joined(rest.into_iter().map(name).collect()),
        joined(again.map(name).collect()),
    ]
}

/// How each case is run.
pub(crate) fn commands() -> String {
    let mut text = String::from("| case | command of the run with the repair |\n| --- | --- |\n");
    for case in &cases() {
        let overlays = case.network.iter().chain(&case.overlays).map(|name| format!(" --overlay {name}"));
        let set = case.set.iter().chain(&case.with).map(|set| format!(" -S '{set}'"));
        let more: String = overlays.chain(set).collect();
        writeln!(text, "| `{}` | `ir3sim run {}{more}` |", case.name, case.scenario).expect("a text");
    }
    text
}

fn percent(change: f64) -> String {
    let sign = if change < 0.0 { "−" } else { "+" };
    format!("{sign}{} %", number(100.0 * change.abs()))
}
