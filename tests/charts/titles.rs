//! What the titles of charts say of real runs, beside the metrics that say the same in `summary.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::sample;
use crate::svg::{svgs, texts};
use crate::worlds;

/// Datagrams of which some are lost, and some workload's all.
const LOSSY: &str = r#"
name = "lossy"
duration = "60 s"
[groups.a]
count = 4
link = "datacentre"
[groups.gone]
count = 1
joins = "59 s"
[network]
latency = "world"
loss = 0.1
[workloads.some]
kind = "traffic"
from = "a"
to = "a"
size = "100 B"
arrivals = { poisson = "10 /s" }
[workloads.all]
kind = "traffic"
from = "a"
to = "gone"
size = "100 B"
arrivals = { every = "1 s" }
"#;

/// One provider is slandered from some moment on, and one praises itself.
const SLANDER: &str = r#"
name = "slander"
duration = "10 min"
warmup = "2 min"
[groups.storers]
count = 5
link = "datacentre"
stores = true
[groups.clients]
count = 5
link = "datacentre"
[groups.victim]
count = 1
link = "datacentre"
skill = 0.95
[groups.boaster]
count = 1
link = "datacentre"
skill = 0.2
conduct = { kind = "self_promoter", rate = "30 /min" }
[groups.slanderers]
count = 3
link = "datacentre"
conduct = { kind = "slanderer", about = ["victim"], rate = "30 /min", start = "6 min" }
[network]
latency = "world"
[workloads.history]
kind = "record"
about = ["victim", "boaster"]
by = "clients"
arrivals = { poisson = "1 /s" }
[workloads.questions]
kind = "query"
from = "clients"
about = ["victim", "boaster"]
arrivals = { poisson = "1 /s" }
[expect.boast]
metric = "reputation.mean"
group = "boaster"
min = 0
[expect.boast_truth]
metric = "reputation.truth_mean"
group = "boaster"
min = 0
[expect.boast_said]
metric = "reputation.self_reported_mean"
group = "boaster"
min = 0
"#;

/// One budget as one identity and as many, before each kind of choice.
const SPLIT: &str = r#"
name = "split"
duration = "3 min"
[groups.clients]
count = 2
link = "datacentre"
[groups.honest]
count = 4
link = "datacentre"
stake = 100.0
[groups.whole]
count = 1
link = "datacentre"
stake = 100.0
[groups.split]
count = 1
link = "datacentre"
stake = 100.0
conduct = { kind = "sybil", identities = 20 }
[network]
latency = "world"
[workloads.one]
kind = "tasks"
from = "clients"
candidates = ["honest", "whole"]
choose_from = "all"
ask = false
recorded_by = "nobody"
arrivals = { poisson = "10 /s" }
[workloads.many]
kind = "tasks"
from = "clients"
candidates = ["honest", "split"]
choose_from = "all"
ask = false
recorded_by = "nobody"
arrivals = { poisson = "10 /s" }
"#;

const ALL: [(&str, &str); 3] = [("lossy", LOSSY), ("slander", SLANDER), ("split", SPLIT)];

/// Of a summary, a figure: none when there is nothing to count, or no number for it.
type Figure = fn(&Value) -> Option<f64>;

macro_rules! metric {
    ($name:literal) => {
        |summary| summary["metrics"][$name].as_f64()
    };
}

/// Chart, what its text has before a figure and after it, and the figure. The title of a chart and the keys above its
/// panels are its text.
#[rustfmt::skip]
const TOLD: &[(&str, &str, &str, Figure)] = &[
    ("answers", "since enough others had answered; of all, ", " said YES", metric!("queries.yes_ratio")),
    ("query-latency", "first YES: median ", "", metric!("queries.latency_p50_s")),
    ("query-latency", "99th percentile ", "", metric!("queries.latency_p99_s")),
    ("query-latency", "; ", " of queries got none", metric!("queries.unanswered_ratio")),
    ("reputation", "mean error ", "", metric!("reputation.error_mean")),
    ("messages", "in the whole run: ", " delivered", |summary| {
        Some(summary["metrics"]["messages.delivered"].as_f64()? / summary["metrics"]["messages.sent"].as_f64()?)
    }),
    ("broadcasts", "Broadcasts reach ", " of the hosts on average", metric!("broadcast.coverage_ratio")),
    ("broadcasts", "; ", " of broadcasts never reach 90 %", metric!("broadcast.never_90_ratio")),
    ("broadcasts", " within ", " on average", metric!("broadcast.time_to_90_s")),
    ("traffic-delay", "probe median ", "", metric!("traffic.probe.delay_p50_s")),
    ("traffic-delay", "99th percentile ", "", |summary| {
        let of = |name: &str| summary["metrics"][format!("traffic.{name}.delay_p99_s")].as_f64();
        of("probe").or_else(|| of("some"))
    }),
    ("traffic-delay", "some median ", "", metric!("traffic.some.delay_p50_s")),
    ("traffic-delay", "all median ", "", metric!("traffic.all.delay_p50_s")),
    ("traffic-delay", "never delivered: all ", "", metric!("traffic.all.undelivered_ratio")),
    ("presence", "Hosts online over time: ", " on average", metric!("presence.online_ratio")),
    ("tasks", "people ", "", metric!("selection.share.people")),
    ("shares", "gets ", " of the tasks with 1 identity", metric!("tasks.one.share.whole")),
    ("shares", " and ", " with 20 identities", metric!("tasks.many.share.split")),
    ("attribution", "Reputation of boaster: ", " derived", |summary| expected(summary, "boast")),
    ("attribution", " derived, ", " true", |summary| expected(summary, "boast_truth")),
    ("attribution", " true, ", " by their own account", |summary| expected(summary, "boast_said")),
    ("calibration", "error is ", " with the label low", metric!("confidence.low_error_mean")),
    ("calibration", "error is ", " with the label medium", metric!("confidence.medium_error_mean")),
    ("calibration", " and ", " with high", metric!("confidence.high_error_mean")),
    ("calibration", " and ", " with very_high", metric!("confidence.very_high_error_mean")),
];

/// Charts whose titles have no figure that is a metric, too: the lowest of limiters, counts of verdicts, and a time.
const WITHOUT: [&str; 3] = ["limiters", "verdicts", "warmup"];

fn expected(summary: &Value, name: &str) -> Option<f64> {
    let expected = summary["expect"].as_array()?.iter().find(|expected| expected["name"] == name)?;
    expected["value"].as_f64()
}

/// The text of each chart of a folder: its title, and what is written in it.
fn said(folder: &Path) -> BTreeMap<String, String> {
    let text = |(name, svg): (String, String)| {
        let title =
            svg.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).expect("a title").0;
        let text = format!("{title} | {}", texts(&svg).join(" ")).replace('\u{A0}', " ");
        (name.trim_end_matches(".svg").to_owned(), text)
    };
    svgs(folder).into_iter().map(text).collect()
}

/// The figure between two pieces of a text, as a number, and how much its last digit leaves open. What is longer than
/// any time is no number.
fn told(text: &str, before: &str, after: &str) -> Option<(Option<f64>, f64)> {
    text.match_indices(before).find_map(|(place, _)| {
        let rest = &text[place + before.len()..];
        if rest.starts_with("longer than any") {
            return Some((None, 0.0));
        }
        let (digits, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit() && c != '.')?);
        let number: f64 = digits.trim_end_matches('.').parse().ok()?;
        let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let (unit, rest) = unit(rest);
        let step = (0..decimals).fold(1.0, |step, _| step / 10.0);
        let open = 0.51 * unit * f64::max(step, 1e-3 * number);
        rest.starts_with(after).then_some((Some(number * unit), open))
    })
}

/// A unit at the beginning of a text, as a number, and what comes after it.
fn unit(text: &str) -> (f64, &str) {
    let units = [("%", 0.01), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0), ("min", 60.0)];
    let found = units.iter().find_map(|(name, unit)| {
        let rest = text.trim_start().strip_prefix(name)?;
        (!rest.starts_with(char::is_alphabetic)).then_some((*unit, rest))
    });
    found.unwrap_or((1.0, text))
}

/// Compares all that is told of a result with its summary, and notes what was found.
fn compare(name: &str, folder: &Path, found: &mut BTreeSet<(&'static str, &'static str)>) {
    let text = fs::read_to_string(folder.join("summary.json")).expect("a summary");
    let summary: Value = serde_json::from_str(&text).expect("JSON");
    let charts = said(folder);
    for (chart, before, after, figure) in TOLD {
        let Some(text) = charts.get(*chart) else { continue };
        // Of whom else such a chart may be, no expectation says what is asked here.
        if *chart == "attribution" && !text.contains("boaster") {
            continue;
        }
        let Some((number, open)) = told(text, before, after) else { continue };
        let value = figure(&summary);
        // The title has the mean of the runs' shares, and the summary the share of their means: these differ by the covariance of
        // share and count over the mean count, here by no more than a hundredth times a fiftieth.
        let open = if *chart == "messages" { open + 0.01 * 0.02 } else { open };
        let agrees = match (number, value) {
            (Some(number), Some(value)) => (number - value).abs() <= open,
            (number, value) => number == value,
        };
        assert!(agrees, "{name}: {chart} has {number:?} after {before:?}, the summary {value:?}: {text}");
        found.insert((*chart, *before));
    }
}

#[test]
fn what_a_title_says_is_what_the_metric_of_these_words_is() {
    let folder = sample::folder("charts-titles");
    let mut found = BTreeSet::new();
    for (name, text) in worlds::ALL.into_iter().chain(ALL) {
        let file = folder.join(format!("{}.toml", name.replace(' ', "-")));
        fs::write(&file, text).expect("a file");
        for runs in ["1", "3"] {
            let out = file.with_extension(runs);
            let mut program = Command::new(env!("CARGO_BIN_EXE_ir3sim"));
            program.arg("run").arg(&file).arg("--out").arg(&out).args(["--progress", "never"]);
            if runs != "1" {
                program.args(["--replications", runs]);
            }
            let ended = program.output().expect("it runs");
            assert!(out.join("summary.json").is_file(), "{name}: {}", String::from_utf8_lossy(&ended.stderr));
            compare(name, &out, &mut found);
        }
    }
    let wanted = TOLD.iter().map(|(chart, before, ..)| (*chart, *before));
    let missing: Vec<_> = wanted.filter(|told| !found.contains(told)).collect();
    assert!(missing.is_empty(), "nothing was compared of {missing:?}");
    let kinds = ir3sim::metrics::ChartKind::all().map(|kind| kind.name.replace('_', "-"));
    let compared = |kind: &String| TOLD.iter().any(|(chart, ..)| chart == kind);
    let left: Vec<String> =
        kinds.filter(|kind| !compared(kind) && !WITHOUT.contains(&kind.as_str())).collect();
    assert!(left.is_empty(), "no figure of {left:?} is compared");
}

#[test]
fn the_title_of_reputation_has_the_fall_of_who_is_slandered_and_time_charts_its_onset() {
    let folder = sample::folder("charts-slandered");
    let file = folder.join("slander.toml");
    fs::write(&file, SLANDER).expect("a file");
    let mut program = Command::new(env!("CARGO_BIN_EXE_ir3sim"));
    program.arg("run").arg(&file).arg("--out").arg(folder.join("out")).args(["--progress", "never"]);
    program.output().expect("it runs");
    let charts = said(&folder.join("out"));
    let title = &charts["reputation"];
    assert!(title.contains("; victim: a fall of the mean from 0.9"), "{title}");
    for chart in ["answers", "query-latency", "reputation", "messages", "limiters"] {
        assert!(charts[chart].contains("slanderers"), "{chart} marks no onset");
    }
}
