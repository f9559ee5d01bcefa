//! `docs/results.md`: every file of a result folder, every key and every column, from the declarations by which they
//! are written.

use std::fmt::Write;

use super::replications::{Points, Runs};
use crate::metrics::{ChartKind, Description, When, tables};

/// What a result folder holds, in Markdown. `docs/results.md` is this text: `UPDATE_DOCS=1 cargo test --test docs`
/// writes it again.
pub fn guide() -> String {
    let mut text = include_str!("guide.md").to_owned();
    for (heading, intro, keys) in KEYS {
        write!(text, "\n## {heading}\n\n{intro}\n\n| key | meaning |\n| --- | --- |\n").expect("a text");
        keys.iter().for_each(|(key, meaning)| writeln!(text, "| `{key}` | {meaning} |").expect("a text"));
    }
    text.push_str("\n## Tables\n\n");
    text.push_str(include_str!("guide_tables.md"));
    tables::descriptions().for_each(|table| describe(&table, &mut text));
    [Description::of::<Runs>(), Description::of::<Points>()].iter().for_each(|table| {
        describe(table, &mut text);
    });
    text.push_str("\n`runs.csv` has a further column for every metric, in the order of their names, under the metric's name.\n");
    text.push_str(include_str!("guide_parquet.md"));
    charts(&mut text);
    text
}

fn describe(table: &Description, text: &mut String) {
    write!(text, "\n### `{}`\n\nA row: {}", table.file, lower(table.meaning)).expect("a text");
    if table.when != When::Always {
        write!(text, " Only written when {}.", table.when.words()).expect("a text");
    }
    text.push_str("\n\n| column | unit | meaning |\n| --- | --- | --- |\n");
    for column in &table.columns {
        let (header, unit, meaning) = (column.header, column.unit.words(), column.meaning);
        writeln!(text, "| `{header}` | {unit} | {meaning}{} |", only(column.when)).expect("a text");
    }
}

fn only(when: When) -> String {
    if when == When::Always { String::new() } else { format!(" Only when {}.", when.words()) }
}

fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

fn charts(text: &mut String) {
    text.push_str("\n## Charts\n\n");
    text.push_str(include_str!("guide_charts.md"));
    text.push_str("\n| kind | shows | needs |\n| --- | --- | --- |\n");
    for kind in ChartKind::all() {
        let unasked = kind.unasked.map(|when| format!(" {when}")).unwrap_or_default();
        let needs = kind.needs_in_words();
        writeln!(text, "| `{}` | {}{unasked} | {needs} |", kind.name, kind.meaning).expect("a text");
    }
}

/// Keys and what they mean.
type Keys = &'static [(&'static str, &'static str)];

/// A heading, what is to be said before the table, and the keys.
const KEYS: [(&str, &str, Keys); 7] = [
    ("`manifest.toml`", include_str!("guide_manifest.md"), MANIFEST),
    ("`summary.json`", "A figure for which there was nothing to count is `null`, never 0.", SUMMARY),
    ("`intervals` in `summary.json`", "By metric, what the replications say about it.", INTERVALS),
    ("`expect` in `summary.json`", "A list with an entry for each `[expect.NAME]` of the scenario.", EXPECT),
    (
        "`claims` in `summary.json`",
        "A list with an entry for each `[claims.NAME]` of the scenario: a trial of a claim of the proposal.",
        CLAIMS,
    ),
    ("`timing.json`", "The only file that differs between two runs of one scenario under one seed.", TIMING),
    ("`profile` in `timing.json`", "A list with an entry for each kind of event.", PROFILE),
];

const MANIFEST: Keys = &[
    ("program", "`ir3sim`"),
    ("version", "version of the program"),
    ("model", "version of the models: another one may give the same scenario and seed another fingerprint"),
    (
        "seed",
        "the run's seed; of several replications that of the first; above 9223372036854775807 a string, as TOML has no such integer",
    ),
    ("replications", "how many runs the folder holds; absent when it is one run's own"),
    (
        "fingerprint",
        "hash of all events that were handled, in hexadecimal; of several replications a hash of theirs. What a node concludes and tells nobody is no event: where only queries run, a reputation that is derived otherwise leaves it as it is, and `compare` tells",
    ),
    ("counts.hosts", "hosts of a run"),
    ("counts.events", "events handled, in all runs"),
    ("counts.messages", "messages handed to a transport, in all runs"),
    (
        "files",
        "the files that were written with it, each with the first 32 hexadecimal digits of its BLAKE3 digest; of a replication its manifest; `timing.json` has no digest",
    ),
    ("scenario", "the scenario with every default written out: see [scenarios.md](scenarios.md)"),
];

const SUMMARY: Keys = &[
    ("scenario", "the scenario's name"),
    ("seed", "the run's seed; of several replications that of the first"),
    ("replications", "runs that it sums up; absent when it is one run's own"),
    ("fingerprint", "as in the manifest"),
    ("events", "events handled, in all runs"),
    ("sim_seconds", "simulated time in seconds, in all runs"),
    ("metrics", "every metric of the scenario, by name; of several replications the mean"),
    (
        "samples",
        "by metric, what is behind a share, a score or a 99 % quantile of one run: how many `trials` it counts, or over how many `units` it is a mean, or the `tail` of the values: how many there are in `all`, how many are `beyond` any, and of the `largest` how many are greater, and the value; `endless` of another time that is longer than any; only of a single run, for intervals over several",
    ),
    ("intervals", "by metric, the spread over the replications, see below; only with replications"),
    ("expect", "the expectations, see below"),
    ("claims", "the trials of claims, see below"),
];

const INTERVALS: Keys = &[
    ("n", "replications that had a value"),
    ("mean", "mean of their values; `null` with an `n` above 0 where it is longer than any time"),
    ("sd", "standard deviation of their values; `null` for fewer than two"),
    (
        "ci_low",
        "lower end of the 95 % confidence interval of the mean: [statistics.md](statistics.md) says which; `null` where no value reaches it",
    ),
    ("ci_high", "upper end of the same interval"),
    (
        "endless",
        "where the value of some `replications` is longer than any time, how many they are, and the `median` of all values, `null` if it is so, too; absent where there are none",
    ),
];

const EXPECT: Keys = &[
    ("name", "NAME"),
    ("metric", "the metric that is tested"),
    ("group", "the group that it is restricted to, if any"),
    ("from_s", "start of its window of simulated time in seconds, if it names one"),
    ("to_s", "end of that window in seconds, if it names one"),
    ("at_events", "if given, only each subject's first query once it had this many events is counted"),
    (
        "value",
        "the metric's value; of several replications the mean; `null` with an `n` above 0 where it is longer than any time",
    ),
    ("min", "the least value that holds; `null` without a lower bound"),
    ("max", "the greatest value that holds; `null` without an upper bound"),
    (
        "holds",
        "whether the value is within the bounds; of several replications whether the whole interval is",
    ),
    ("sample", "of a single run, what is behind the value, as in `samples`"),
    (
        "ci_low",
        "lower end of the 95 % confidence interval of the mean; only with replications, as are the next",
    ),
    ("ci_high", "upper end of the same interval"),
    ("holds_ratio", "share of replications whose own value is within the bounds"),
    ("holds_ci_low", "lower end of the 95 % confidence interval of that share (Wilson)"),
    ("holds_ci_high", "upper end of the same interval"),
    ("verdict", "`holds`, `fails` or `inconclusive`: see [statistics.md](statistics.md)"),
    ("n", "replications that had a value"),
    ("effect", "mean − bound, of the bound that is broken or nearest to it"),
    (
        "margin",
        "how far inside the bounds the worse end of the interval lies, as a share of the larger of the bound and that end: −1 to 1, negative outside",
    ),
    (
        "p_value",
        "one-sided p-value of the verdict, or of the likelier one if it is inconclusive; `null` if none is possible",
    ),
];

const CLAIMS: Keys = &[
    ("claim", "the claim: see [claims.md](claims.md)"),
    ("name", "NAME"),
    ("metric", "as in `expect`, with the next four"),
    ("group", "as in `expect`"),
    ("from_s", "as in `expect`"),
    ("to_s", "as in `expect`"),
    ("at_events", "as in `expect`"),
    ("value", "as in `expect`"),
    ("ci_low", "lower end of the 95 % confidence interval of the mean; `null` without replications"),
    ("ci_high", "upper end of the same interval"),
    ("min", "the least value for which the claim holds; `null` without a lower bound"),
    ("max", "the greatest value for which the claim holds; `null` without an upper bound"),
    (
        "verdict",
        "`holds` when the whole interval is within the bounds, `fails` when none of it is, `inconclusive` when it straddles a bound, of a single run, and when a replication has no value",
    ),
    ("n", "as in `expect`, with the next three"),
    ("effect", "as in `expect`"),
    ("margin", "as in `expect`"),
    ("p_value", "as in `expect`"),
    ("sample", "of a single run, what is behind the value, as in `samples`"),
    (
        "by_construction",
        "why the trial cannot fail, if it cannot, and does not: then it is a control, and does not count",
    ),
];

const TIMING: Keys = &[
    ("started", "when it started, in UTC (RFC 3339)"),
    ("wall_s", "wall time in seconds"),
    ("events_per_s", "events handled per second of wall time"),
    ("ns_per_event", "wall time per event in nanoseconds"),
    (
        "peak_memory_B",
        "the most resident memory that the process had so far, in bytes; `null` where the system does not report it",
    ),
    (
        "reused",
        "replications that an earlier process had finished, whose time and events are not in here; `null` for a run alone",
    ),
    ("threads", "threads that a run was split over"),
    ("split", "the number of threads and the lookahead, or why there is one thread, in words"),
    ("os", "operating system"),
    ("arch", "architecture of the processor"),
    ("build", "`release` or `debug`"),
    ("profile", "events by kind, see below"),
    (
        "waiting_s",
        "wall time outside of handlers in seconds, over all threads: the queue, and waiting for other threads; `null` without `--profile`",
    ),
    ("building_s", "wall time before the first event in seconds; `null` without `--profile`"),
    (
        "trail",
        "what the run had done by when: `hashes` of eight hexadecimal digits each, over all events before the time `from_ns` and every `step_ns` nanoseconds after it. The same for one scenario and seed on any machine, unless `--trail` chose another part of the run; by it `ir3sim replay` finds when something else happens. `null` for several runs",
    ),
];

const PROFILE: Keys = &[
    ("kind", "the kind of event"),
    ("count", "how many were handled"),
    ("share_ratio", "the same as a share of all events"),
    ("seconds", "wall time in their handlers, over all threads; `null` without `--profile`"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::results::{Counts, Effort, Identity, Manifest, Stopwatch, Summary};

    /// A summary in which nothing is left out.
    const FULL: &str = r#"{
        "scenario": "s", "seed": 1, "replications": 2, "fingerprint": "f", "events": 1, "sim_seconds": 1,
        "metrics": {}, "samples": {"m": {"units": 3}},
        "intervals": {"m": {"n": 2, "mean": 1, "sd": 1, "ci_low": 0, "ci_high": 2, "endless": {"replications": 1, "median": 1}}},
        "expect": [{"name": "e", "metric": "m", "group": "g", "from_s": 0, "to_s": 1, "at_events": 1, "value": 1,
            "min": 0, "max": 2, "holds": true, "ci_low": 0, "ci_high": 2, "holds_ratio": 1, "holds_ci_low": 0,
            "holds_ci_high": 1, "verdict": "holds", "n": 2, "effect": 1, "margin": 0.5, "p_value": 0.01, "sample": {"trials": 3}}],
        "claims": [{"claim": "fast", "name": "c", "metric": "m", "group": "g", "from_s": 0, "to_s": 1, "at_events": 1,
            "value": 1, "ci_low": 0, "ci_high": 2, "min": 0, "max": 2,
            "verdict": "holds", "n": 2, "effect": 1, "margin": 0.5, "p_value": 0.01, "sample": {"trials": 3}, "by_construction": "why"}]
    }"#;

    fn keys(value: &serde_json::Value) -> BTreeSet<&str> {
        value.as_object().expect("an object").keys().map(String::as_str).collect()
    }

    fn documented(keys: Keys) -> BTreeSet<&'static str> {
        keys.iter().map(|(key, _)| *key).collect()
    }

    #[test]
    fn every_key_of_a_summary_is_documented_and_none_besides() {
        let summary: Summary = serde_json::from_str(FULL).expect("a summary");
        let written = serde_json::to_value(&summary).expect("JSON");
        assert_eq!(keys(&written), documented(SUMMARY));
        assert_eq!(keys(&written["intervals"]["m"]), documented(INTERVALS));
        assert_eq!(keys(&written["expect"][0]), documented(EXPECT));
        assert_eq!(keys(&written["claims"][0]), documented(CLAIMS));
    }

    #[test]
    fn every_key_of_a_timing_is_documented_and_none_besides() {
        let effort = Effort {
            kinds: vec![("arrive", 1)],
            spent: None,
            threads: 1,
            split: "1 thread".to_owned(),
            trail: None,
        };
        let written = serde_json::to_value(Stopwatch::start().read(&effort)).expect("JSON");
        assert_eq!(keys(&written), documented(TIMING));
        assert_eq!(keys(&written["profile"][0]), documented(PROFILE));
    }

    #[test]
    fn every_key_of_a_manifest_is_documented_and_none_besides() {
        let identity = Identity {
            scenario: toml::Table::new(),
            seed: 1,
            replications: Some(2),
            name: String::new(),
            hash: String::new(),
        };
        let written = serde_json::to_value(Manifest::new(&identity, "f".to_owned(), Counts::default()));
        let written = written.expect("JSON");
        let counts = keys(&written["counts"]).into_iter().map(|key| format!("counts.{key}"));
        let mut found: BTreeSet<String> =
            keys(&written).into_iter().map(str::to_owned).chain(counts).collect();
        found.remove("counts");
        assert_eq!(found, documented(MANIFEST).into_iter().map(str::to_owned).collect());
    }

    #[test]
    fn no_cell_of_a_table_holds_a_bar() {
        for line in guide().lines().filter(|line| line.starts_with('|')) {
            assert!(matches!(line.matches('|').count(), 3 | 4), "{line}");
        }
    }
}
