//! Two sweeps compared, point by point.

use std::fs;

use serde_json::{Value, json};

use super::html::Page;
use super::program::{Home, Ran, TRAFFIC};

/// A sender whose link is hardly faster than the larger datagrams need.
const SLOW: &str = "groups.sender.link.up=200 kbit/s";
/// A queue in which there is room for small datagrams alone.
const SHORT: &str = "groups.sender.link.queue=3 KiB";

/// Long enough for a queue to fill.
const BRIEF: &str = "duration=20 s";

/// A sweep over the size of datagrams, with five runs each, into this folder.
fn sweep(home: &Home, out: &str, sizes: &str, more: &[&str]) {
    let axis = format!("workloads.probe.size={sizes}");
    let run = ["sweep", "run", "two.toml", "--axis", &axis, "--set", SLOW, "--set", BRIEF];
    let out = ["--replications", "5", "--no-charts", "--out", out];
    home.run(&[&run[..], &out, more].concat()).exits(0);
}

fn home_with_long() -> Home {
    let home = Home::new();
    home.file("two.toml", TRAFFIC);
    sweep(&home, "long", "100 B,500 B,972 B", &[]);
    home
}

/// A home with a sweep `long` over three sizes, and one of short queues, `short`, over another three.
fn home() -> Home {
    let home = home_with_long();
    sweep(&home, "short", "972 B,100 B,40 B", &["--set", SHORT]);
    home
}

fn compare(home: &Home, arguments: &[&str]) -> Ran {
    home.run(&[&["compare"], arguments].concat())
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn remarks(document: &Value) -> String {
    let remarks = document["remarks"].as_array().expect("a list");
    remarks.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

/// A metric at the point with this size.
fn at<'d>(document: &'d Value, size: &str, metric: &str) -> &'d Value {
    let is_there = |point: &&Value| point["at"]["workloads.probe.size"] == json!(format!("{size:?}"));
    let point = document["points"].as_array().expect("a list").iter().find(is_there).expect("a point");
    let metrics = point["metrics"].as_array().expect("a list");
    metrics.iter().find(|found| found["metric"] == metric).unwrap_or_else(|| panic!("{metric} in {point}"))
}

#[test]
fn points_with_the_same_values_are_compared_in_pairs_and_the_others_are_named() {
    let home = home();
    let document = compare(&home, &["long", "short", "--json"]).exits(0).json();
    assert_eq!(document["axes"], json!(["workloads.probe.size"]));
    assert_eq!(document["points"].as_array().map(Vec::len), Some(2));
    let queue =
        json!([{ "path": "groups.sender.link.queue", "a": "\"64 MiB\"", "b": "\"3 KiB\"", "points": 2 }]);
    assert_eq!(document["parameters"], queue);
    let only = |size: &str| json!([{ "workloads.probe.size": format!("{size:?}") }]);
    assert_eq!((&document["points_only_a"], &document["points_only_b"]), (&only("500 B"), &only("40 B")));
    // Small datagrams never fill the queue: the same runs. Of large ones some are dropped.
    let delivered = "messages.delivered";
    assert_eq!(at(&document, "100 B", delivered)["verdict"], "same");
    let large = at(&document, "972 B", delivered);
    assert_eq!((&large["verdict"], &large["a"]["n"]), (&"lower".into(), &5.into()));
    let mean = |side: &str| large[side]["mean"].as_f64().expect("a mean");
    assert!((large["difference"].as_f64().expect("a number") - (mean("b") - mean("a"))).abs() < 1e-9);
    assert!(large["p_adjusted"].as_f64() > large["p_value"].as_f64(), "among all metrics and points");
    let text = words(&compare(&home, &["long", "short"]).exits(0).out);
    for part in [
        "not compared: 1 point of A with values that B does not have: probe.size = 500 B",
        "not compared: 1 point of B with values that A does not have: probe.size = 40 B",
        "paired by seed: 5 pairs at each of 2 points",
        "at 1 of 2 points the runs of A and B are the same",
        "messages.delivered: lower at 1 of 2 points, same at 1",
        "probe.size verdict A B B − A",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    let shown = |options: &[&str]| {
        let text = compare(&home, &[&["long", "short", "--only", delivered], options].concat()).exits(0).out;
        text.lines().filter(|line| line.contains("100 B")).count()
    };
    assert_eq!((shown(&[]), shown(&["-v"])), (0, 1));
    assert_eq!(compare(&home, &["long", "short", "-q"]).exits(0).out, "");
    fits_eighty_columns(&home);
    what_must_not_be_worse_is_looked_at_everywhere(&home);
    what_can_not_be_compared_is_refused(&home);
}

fn fits_eighty_columns(home: &Home) {
    let arguments = ["compare", "long", "short", "-v", "--only", "all"];
    let output = home.command("", &arguments).env("COLUMNS", "80").output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let longest = text.lines().max_by_key(|line| line.chars().count()).expect("lines");
    assert!(longest.chars().count() <= 80, "{longest}");
}

fn what_must_not_be_worse_is_looked_at_everywhere(home: &Home) {
    let checked = ["--fail-if-worse", "traffic.probe.delivered", "--markdown", "--chart", "forest.svg"];
    let worse = compare(home, &[&["long", "short"], &checked[..]].concat()).exits(3);
    assert_eq!(worse.error.lines().count(), 1, "{}", worse.error);
    assert!(
        worse.error.starts_with("worse at probe.size = 972 B: traffic.probe.delivered: "),
        "{}",
        worse.error
    );
    assert!(
        worse.out.contains("| **worse** | `traffic.probe.delivered` | probe.size = 972 B |"),
        "{}",
        worse.out
    );
    assert!(home.read("forest.svg").contains("traffic.probe.delivered at probe.size = 972 B"));
    compare(home, &[&["short", "long"], &checked[..]].concat()).exits(0);
    let document = compare(home, &["long", "short", "--only", "all", "--json"]).exits(0).json();
    let metrics = document["points"][0]["metrics"].as_array().map(Vec::len);
    assert!(metrics > Some(20), "{metrics:?}");
    compare(home, &["long", "short", "--metric", "bytes.snt"]).exits(2);
}

fn what_can_not_be_compared_is_refused(home: &Home) {
    sweep(home, "other", "41 B,42 B", &[]);
    let shard = ["sweep", "run", "two.toml", "--axis", "workloads.probe.size=100 B,972 B", "--shard", "0/2"];
    home.run(&[&shard[..], &["--replications", "2", "--out", "begun"]].concat()).exits(0);
    let text = home.read("short/sweep.toml").replacen("40 B", "50 B", 1);
    home.file("short/sweep.toml", &text);
    for (arguments, code, said) in [
        (&["long", "begun"][..], 4, "`begun` is not finished: 2 of 4 runs are missing"),
        (&["long", "short"], 2, "was changed since its tables were written"),
        (&["long", "other"], 4, "no point in common"),
        (&["long", "two.toml"], 2, "`two.toml` is a scenario, and the other a sweep"),
        (&["long", "nowhere"], 1, "no folder `nowhere`"),
        (&["long", "long", "--seed", "3"], 2, "`--seed` has no effect"),
        (&["long", "long", "--replications", "3"], 2, "`--replications` has no effect"),
        (&["long", "-B", "workloads.probe.size=7 B"], 2, "no point of `long` has it there"),
        (&["long", "-B", "workloads.probe.sze=100 B"], 2, "the nearest is `workloads.probe.size`"),
        (&["long", "-B", "workloads.probe.size"], 2, "it takes PATH=VALUE"),
        (&["long", "long", "--only", "nothing"], 2, "`--only nothing`"),
    ] {
        let ran = compare(home, arguments).exits(code);
        assert!(ran.error.contains(said), "{arguments:?}: {said} is not in:\n{}", ran.error);
    }
}

#[test]
fn without_their_runs_sweeps_are_compared_by_what_is_left() {
    let home = home();
    let whole = compare(&home, &["long", "short", "--json"]).exits(0).json();
    fs::remove_dir_all(home.path("long/store")).expect("it is there");
    let figures = compare(&home, &["long", "short", "--json"]).exits(0).json();
    for size in ["100 B", "972 B"] {
        for metric in ["messages.delivered", "traffic.probe.delay_p99_s"] {
            let told = |document| {
                ["verdict", "difference", "ci_low", "p_adjusted"]
                    .map(|key| at(document, size, metric)[key].clone())
            };
            assert_eq!(told(&figures), told(&whole), "{metric} at {size}");
        }
    }
    assert!(remarks(&figures).contains("of the runs of A their figures alone are there"));
    let runs = home.read("long/runs.csv");
    home.file("long/runs.csv", &runs.replacen("100 B", "101 B", 1));
    let changed = compare(&home, &["long", "short"]).exits(1);
    assert!(changed.error.contains("runs.csv was changed since"), "{}", changed.error);
    fs::remove_file(home.path("long/runs.csv")).expect("it is there");
    let means = compare(&home, &["long", "short", "--json"]).exits(0).json();
    assert!(remarks(&means).contains("not paired, since what runs come to is all that is there of A"));
    let (paired, apart) =
        (at(&whole, "972 B", "messages.delivered"), at(&means, "972 B", "messages.delivered"));
    let close = |one: &Value, other: &Value| {
        one.as_f64().zip(other.as_f64()).is_some_and(|(a, b)| (a - b).abs() < 1e-9)
    };
    assert!(close(&apart["difference"], &paired["difference"]), "{apart}");
    assert!(close(&apart["a"]["sd"], &paired["a"]["sd"]), "{apart}");
    assert!(apart["p_value"].as_f64() > paired["p_value"].as_f64(), "less is known: {apart}");
    assert!(means["points"][0]["pairs"].is_null());
}

#[test]
fn a_sweep_under_other_seeds_has_not_changed() {
    let home = home_with_long();
    sweep(&home, "again", "100 B,500 B,972 B", &["--seed", "99"]);
    let document = compare(&home, &["long", "again", "--only", "all", "--json"]).exits(0).json();
    assert!(remarks(&document).contains("nothing but the seeds differs"), "{document}");
    let points = document["points"].as_array().expect("a list");
    let all = points.iter().flat_map(|point| point["metrics"].as_array().expect("a list"));
    let mut compared = 0;
    for metric in all {
        assert!(
            ["inconclusive", "equivalent", "same"].contains(&metric["verdict"].as_str().expect("a word")),
            "{metric}"
        );
        compared += 1;
    }
    assert!(compared > 60, "{compared}");
    let same = compare(&home, &["long", "long", "--json"]).exits(0).json();
    assert!(remarks(&same).contains("identical: "), "{same}");
}

#[test]
fn cuts_through_a_sweep_and_a_result_are_compared_with_the_points_that_belong_to_them() {
    let home = home();
    sweep(&home, "both", "100 B,972 B", &["--axis", "groups.sender.link.queue=64 MiB,3 KiB"]);
    let queues = ["-A", "groups.sender.link.queue=64 MiB", "-B", "groups.sender.link.queue=\"3 KiB\""];
    let cut = compare(&home, &[&["both", "--json"], &queues[..]].concat()).exits(0).json();
    let apart = compare(&home, &["long", "short", "--json"]).exits(0).json();
    assert_eq!(at(&cut, "972 B", "messages.delivered")["b"], at(&apart, "972 B", "messages.delivered")["b"]);
    assert_eq!((&cut["parameters"], &cut["axes"]), (&apart["parameters"], &apart["axes"]));
    // What one varies the other has in its scenario.
    let mixed = compare(&home, &["long", "both", "--json"]).exits(0).json();
    assert_eq!(mixed["points"].as_array().map(Vec::len), Some(2));
    assert!(remarks(&mixed).contains("identical: "), "{mixed}");
    let seed = home.json("long/summary.json")["seed"].to_string();
    let run =
        ["run", "two.toml", "--seed", &seed, "-S", SLOW, "-S", BRIEF, "-S", "workloads.probe.size=100 B"];
    home.run(&[&run[..], &["--replications", "5", "--no-charts", "--out", "one"]].concat()).exits(0);
    let one = compare(&home, &["one", "long", "--json"]).exits(0).json();
    assert_eq!(
        (one["points"].as_array().map(Vec::len), &one["points"][0]["identical_pairs"]),
        (Some(1), &5.into())
    );
    let narrowed =
        compare(&home, &["long", "both", "-S", "workloads.probe.size=972 B", "--json"]).exits(0).json();
    assert_eq!(narrowed["points"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_page_has_the_differences_to_a_baseline_as_the_command_beside_them_prints_them() {
    let home = home();
    fs::create_dir_all(home.path("before")).expect("a folder");
    fs::create_dir_all(home.path("after")).expect("a folder");
    fs::rename(home.path("long"), home.path("before/sweep")).expect("it is there");
    fs::rename(home.path("short"), home.path("after/sweep")).expect("it is there");
    let run = ["run", "two.toml", "-S", SLOW, "-S", BRIEF, "--replications", "5", "--no-charts", "--out"];
    home.run(&[&run[..], &["before/run"]].concat()).exits(0);
    home.run(&[&run[..], &["after/run", "-S", SHORT]].concat()).exits(0);
    home.run(&[&run[..], &["after/alone", "-S", "name=alone"]].concat()).exits(0);
    let told = home.run(&["report", "after", "--baseline", "before", "--json"]).exits(0).json();
    let text = home.read("report.html");
    let page = Page::read(&text).unwrap_or_else(|why| panic!("{why}"));
    page.stands_alone();
    assert!(text.contains("ir3sim report after --baseline before"));
    assert!(text.contains("Paired difference to a baseline"));
    let left_out = told["baseline"]["left_out"].to_string();
    assert!(left_out.contains("`after/alone`: the baseline has no result of this name"), "{left_out}");
    let compared = told["baseline"]["compared"].as_array().expect("a list");
    assert_eq!(compared.len(), 2);
    let mut verdicts = Vec::new();
    for pair in compared {
        let command = pair["command"].as_str().expect("a command");
        assert!(text.contains(command), "{command}");
        let arguments: Vec<&str> = command.split(' ').skip(1).chain(["--json"]).collect();
        // With --json it is no matter how much is printed.
        let arguments: Vec<&str> = arguments.into_iter().filter(|argument| *argument != "-v").collect();
        let document = home.run(&arguments).exits(0).json();
        let points = document["points"].as_array().cloned().unwrap_or_else(|| vec![document.clone()]);
        let all = points.iter().flat_map(|point| point["metrics"].as_array().expect("a list"));
        verdicts.extend(all.map(|metric| (metric["metric"].clone(), metric["verdict"].clone())));
    }
    let mut shown: Vec<(Value, Value)> = Vec::new();
    for (_, attributes) in &page.elements {
        let find = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| json!(value));
        shown.extend(find("data-metric").zip(find("data-verdict")));
    }
    let sorted = |mut all: Vec<(Value, Value)>| {
        all.sort_by_key(|(metric, verdict)| format!("{metric} {verdict}"));
        all
    };
    assert_eq!(sorted(shown), sorted(verdicts));
    let missing = home.run(&["report", "after", "--baseline", "nowhere"]).exits(1);
    assert!(missing.error.contains("no folder `nowhere`"), "{}", missing.error);
}
