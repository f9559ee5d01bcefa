//! Two results, or scenarios, compared.

use std::fs;

use serde_json::Value;

use super::program::{Home, Ran, TRAFFIC};

/// The same scenario, in which 2 % of the datagrams are lost.
const LOSSY: [&str; 2] = ["-B", "network.loss=0.02"];

fn metric<'a>(document: &'a Value, name: &str) -> &'a Value {
    let metrics = document["metrics"].as_array().expect("a list");
    metrics.iter().find(|metric| metric["metric"] == name).unwrap_or_else(|| panic!("{name} in {document}"))
}

fn remarks(document: &Value) -> String {
    let remarks = document["remarks"].as_array().expect("a list");
    remarks.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

/// A folder with a scenario, and results of it with and without loss: `usual`, `lossy`.
fn with_results() -> Home {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    let run = ["run", &file, "--replications", "6", "--no-charts", "--out"];
    home.run(&[&run[..], &["usual"]].concat()).exits(0);
    home.run(&[&run[..], &["lossy", "-S", "network.loss=0.02", "-S", "expect={}"]].concat()).exits(0);
    home
}

fn compare(home: &Home, arguments: &[&str]) -> Ran {
    home.run(&[&["compare"], arguments].concat())
}

/// What is printed, with a single space wherever there is some: lines are broken between words.
fn words(ran: &Ran) -> String {
    ran.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_result_is_compared_with_another_by_seed() {
    let home = with_results();
    let document = compare(&home, &["usual", "lossy", "--json"]).exits(0).json();
    let parameters = serde_json::json!([{ "path": "network.loss", "a": "0.0", "b": "0.02" }]);
    assert_eq!(document["parameters"], parameters);
    assert_eq!((&document["pairs"], &document["identical_pairs"]), (&6.into(), &0.into()));
    let lost = metric(&document, "messages.lost");
    assert_eq!((&lost["verdict"], &lost["a"]["mean"]), (&"worse".into(), &0.into()));
    let (low, difference, high) = (&lost["ci_low"], &lost["difference"], &lost["ci_high"]);
    assert!(0.0 < low.as_f64().expect("a number") && low.as_f64() < difference.as_f64());
    assert!(difference.as_f64() < high.as_f64() && difference == &lost["b"]["mean"]);
    assert!(lost["p_value"].as_f64() < lost["p_adjusted"].as_f64());
    assert_eq!(metric(&document, "traffic.probe.sent")["verdict"], "same");
    assert_eq!(metric(&document, "traffic.probe.delivered")["verdict"], "worse");
    let ratio = &metric(&document, "messages.delivered")["variance_ratio"];
    assert!(ratio.as_f64().is_some_and(|ratio| ratio > 2.0), "the same datagrams are handed over: {ratio}");
    let text = words(&compare(&home, &["usual", "lossy"]).exits(0));
    for part in
        ["network.loss", "paired by seed: 6 pairs", "worse", "messages.lost", "pairing:", "-v shows all"]
    {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    assert!(!text.contains("traffic.probe.sent"), "it has not changed:\n{text}");
    assert!(compare(&home, &["usual", "lossy", "-v"]).exits(0).out.contains("traffic.probe.sent"));
    assert_eq!(compare(&home, &["usual", "lossy", "-q"]).exits(0).out, "");
}

#[test]
fn scenarios_are_run_as_results_would_be_and_nothing_is_written() {
    let home = with_results();
    let read = compare(&home, &["usual", "lossy", "--json"]).exits(0).json();
    let variant = [&["s.toml", "--replications", "6", "--json"], &LOSSY[..]].concat();
    let before = home.names();
    let run = compare(&home, &variant).exits(0).json();
    assert_eq!(run["metrics"], read["metrics"]);
    assert_eq!(run["parameters"], read["parameters"]);
    assert_eq!(run["a"]["seeds"], read["a"]["seeds"]);
    // A result and a scenario: under the result's seeds.
    let mixed = compare(&home, &["usual", "s.toml", LOSSY[0], LOSSY[1], "--json"]).exits(0).json();
    assert_eq!(mixed["metrics"], read["metrics"]);
    let other = compare(&home, &["s.toml", "lossy", "--json", "--replications", "3"]).exits(0).json();
    assert_eq!((&other["pairs"], &other["parameters"]), (&3.into(), &read["parameters"]));
    let threads = [&variant[..], &["--threads", "3"]].concat();
    assert_eq!(compare(&home, &threads).exits(0).json(), run);
    assert_eq!(home.names(), before);
    let ten = compare(&home, &["s.toml", LOSSY[0], LOSSY[1], "--json"]).exits(0).json();
    assert_eq!(ten["pairs"], 10);
}

#[test]
fn runs_under_several_seeds_in_a_folder_are_one_result() {
    let home = with_results();
    for seed in ["5", "6", "7"] {
        home.run(&["run", "s.toml", "--seed", seed, "--no-charts", "--out", &format!("all/{seed}")]).exits(0);
    }
    let document = compare(&home, &["all", "lossy", "--json"]).exits(0).json();
    assert_eq!(document["a"]["seeds"], serde_json::json!([5, 6, 7]));
    assert_eq!(document["pairs"], Value::Null, "one seed in common is no pair to speak of");
    assert!(remarks(&document).contains("3 runs of A and 6 runs of B, by Welch's test"));
    fs::create_dir(home.path("both")).expect("a folder");
    fs::rename(home.path("all/6"), home.path("both/6")).expect("it is there");
    fs::rename(home.path("lossy"), home.path("both/lossy")).expect("it is there");
    let mixed = compare(&home, &["both", "usual"]).exits(2).error;
    assert!(mixed.contains("not runs of one result: `network.loss` differs"), "{mixed}");
}

#[test]
fn identical_runs_are_called_so_and_say_nothing_of_chance() {
    let home = with_results();
    let document = compare(&home, &["usual", "s.toml", "--json"]).exits(0).json();
    assert_eq!((&document["identical_pairs"], &document["pairs"]), (&6.into(), &6.into()));
    let said = remarks(&document);
    assert!(said.contains("identical: ") && said.contains("nothing about chance"), "{said}");
    let metrics = document["metrics"].as_array().expect("a list");
    assert!(metrics.len() > 10 && metrics.iter().all(|metric| metric["verdict"] == "same"));
    assert!(metrics.iter().all(|metric| metric["ci_low"].is_null() || metric["ci_low"].as_f64() < Some(0.0)));
    // A key that changes nothing that happens.
    let other = compare(&home, &["usual", "s.toml", "-B", "cooldown=6 s", "--json"]).exits(0).json();
    assert!(remarks(&other).contains("although parameters differ"), "{other}");
    assert!(remarks(&other).contains("different spans of time, since `cooldown` differs"));
    assert_eq!(metric(&other, "traffic.probe.sent")["verdict"], "lower");
}

#[test]
fn other_seeds_and_other_programs_are_told() {
    let home = with_results();
    home.run(&["run", "s.toml", "--replications", "6", "--seed", "99", "--no-charts", "--out", "again"])
        .exits(0);
    let seeds = compare(&home, &["usual", "again", "--json"]).exits(0).json();
    assert!(remarks(&seeds).contains("nothing but the seeds differs"), "{seeds}");
    let metrics = seeds["metrics"].as_array().expect("a list");
    let false_alarms =
        metrics.iter().filter(|metric| metric["verdict"] == "worse" || metric["verdict"] == "better");
    assert_eq!(false_alarms.count(), 0);
    let manifest = home.read("again/manifest.toml").replace("model = 5", "model = 2");
    fs::write(home.path("again/manifest.toml"), manifest).expect("it can be written");
    let programs = words(&compare(&home, &["usual", "again"]).exits(0));
    assert!(programs.contains("(model 5)") && programs.contains("(model 2)"), "{programs}");
}

#[test]
fn one_run_of_each_has_differences_and_no_verdicts() {
    let home = Home::new();
    home.file("s.toml", TRAFFIC);
    let document =
        compare(&home, &["s.toml", LOSSY[0], LOSSY[1], "--replications", "1", "--json"]).exits(0).json();
    let lost = metric(&document, "messages.lost");
    assert!(lost["difference"].as_f64() > Some(0.0) && lost["ci_low"].is_null() && lost["p_value"].is_null());
    assert_eq!(lost["verdict"], "inconclusive");
    assert!(remarks(&document).contains("one run of each says nothing about chance"));
}

#[test]
fn what_is_longer_than_any_time_is_compared_by_signs() {
    let home = Home::new();
    home.file("s.toml", TRAFFIC);
    let half = ["s.toml", "-B", "network.loss=0.6", "--json", "--only", "traffic.probe.delay_p50_s"];
    let document = compare(&home, &half).exits(0).json();
    let delay = metric(&document, "traffic.probe.delay_p50_s");
    assert_eq!((&delay["verdict"], &delay["is_median"]), (&"worse".into(), &true.into()));
    assert_eq!(delay["p_value"], 2.0 / 1024.0);
    assert_eq!(delay["b"]["endless"]["replications"], 10);
    assert!(delay["difference"].is_null() && delay["b"]["mean"].is_null());
    let text = words(&compare(&home, &[&half[..3], &half[4..]].concat()).exits(0));
    assert!(text.contains("+∞ (median)") && text.contains("the sign test"), "{text}");
}

#[test]
fn a_metric_that_must_not_be_worse_ends_with_three() {
    let home = with_results();
    let compare =
        |a, b, metrics: &[&str]| compare(&home, &[&[a, b, "-q", "--fail-if-worse"], metrics].concat());
    let worse = compare("usual", "lossy", &["traffic.probe.delivered", "messages.lost"]).exits(3);
    assert_eq!(worse.error.lines().count(), 2, "{}", worse.error);
    assert!(worse.error.contains("worse: messages.lost: 0 in A, "), "{}", worse.error);
    compare("lossy", "usual", &["traffic.probe.delivered", "messages.lost"]).exits(0);
    compare("usual", "usual", &["messages.lost"]).exits(0);
    let neither = compare("usual", "lossy", &["messages.sent"]).exits(2).error;
    assert!(neither.contains("neither more nor less"), "{neither}");
    let slip = compare("usual", "lossy", &["messages.lots"]).exits(2).error;
    assert!(slip.contains("the nearest is `messages.lost`"), "{slip}");
}

#[test]
fn what_matters_can_be_said() {
    let home = with_results();
    let verdict = |options: &[&str]| {
        let document = compare(&home, &[&["usual", "lossy", "--json"], options].concat()).exits(0).json();
        metric(&document, "messages.lost")["verdict"].clone()
    };
    assert_eq!(verdict(&[]), "worse");
    assert_eq!(verdict(&["--least", "messages.lost=100"]), "equivalent");
    assert_eq!(verdict(&["--least-relative", "3"]), "equivalent");
    assert_eq!(verdict(&["--least-relative", "3", "--least", "messages.lost=1"]), "worse");
    let document = compare(&home, &["usual", "lossy", "--json", "--only", "messages.lost", "bytes.sent"]);
    let document = document.exits(0).json();
    assert_eq!(document["metrics"].as_array().map(Vec::len), Some(2));
    let lost = metric(&document, "messages.lost");
    assert_eq!(lost["p_adjusted"].as_f64(), lost["p_value"].as_f64().map(|p| 2.0 * p));
}

#[test]
fn markdown_has_the_changes_in_a_table_and_folds_the_rest() {
    let home = with_results();
    let text = compare(&home, &["usual", "lossy", "--markdown"]).exits(0).out;
    for part in [
        "### `lossy` compared with `usual`",
        "| `network.loss` | `0.0` | `0.02` |",
        "| **worse** | `messages.lost` | 0 | ",
        "<details><summary>",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    let columns = |line: &str| line.matches(" | ").count();
    assert!(text.lines().filter(|line| line.starts_with("| **worse**")).all(|line| columns(line) == 6));
}

#[test]
fn what_can_not_be_compared_is_refused() {
    let home = with_results();
    home.file("bad.toml", &TRAFFIC.replace("udp", "upd"));
    home.file("empty/readme.txt", "");
    fs::remove_dir_all(home.path("lossy/seed-5")).expect("it is there");
    for (arguments, code, said) in [
        (&["usual"][..], 2, "nothing to compare `usual` with: give B"),
        (&["usual", "nowhere"], 1, "no folder `nowhere`"),
        (&["usual", "nowhere.toml"], 1, "could not read `nowhere.toml`"),
        (&["usual", "overlod"], 1, "`overload`"),
        (&["usual", "empty"], 4, "no result in `empty`"),
        (&["usual", "bad.toml"], 2, "upd"),
        (&["usual", "lossy"], 4, "`lossy` lacks the folder seed-5 of a run"),
        (&["usual", "usual", "--seed", "3"], 2, "`--seed` has no effect"),
        (
            &["usual", "usual", "--replications", "3"],
            2,
            "`--replications` has no effect: A and B are results",
        ),
        (&["usual", "usual", "--threads", "1"], 2, "`--threads` has no effect"),
        (&["usual", "-B", "network.loss=0.1"], 2, "`-B` has no effect: B is a result"),
        (&["usual", "s.toml", "-S", "network.loss=0.1"], 2, "`-S` has no effect"),
        (&["s.toml", "-B", "network.los=0.1"], 2, "network.los"),
        (&["-", "-"], 2, "not both"),
        (&["s.toml"], 2, "as in -B network.loss=0.1"),
        (&["usual", "usual", "--least", "messages.lost"], 2, "takes a metric and a number"),
        (&["usual", "usual", "--least", "messages.lost=-1"], 2, "takes a metric and a number"),
        (&["usual", "usual", "--least", "messages.lots=1"], 2, "neither A nor B has such a metric"),
        (&["usual", "usual", "--least-relative", "nan"], 2, "`--least-relative`"),
        (&["usual", "usual", "--only", "nothing"], 2, "`--only nothing`"),
        (
            &["usual", "usual", "--only", "bytes.sent", "--fail-if-worse", "messages.lost"],
            2,
            "not among those",
        ),
        (&["usual", "usual", "--json", "--markdown"], 2, "--markdown"),
    ] {
        let ran = compare(&home, arguments).exits(code);
        assert!(ran.error.contains(said), "{arguments:?}: {said} is not in:\n{}", ran.error);
    }
    home.run_with(TRAFFIC, &["compare", "usual", "-"]).exits(0);
}

#[test]
fn the_table_fits_eighty_columns_and_uses_more() {
    let home = with_results();
    for (columns, wide) in [("80", false), ("200", true)] {
        for options in [&[][..], &["-v"]] {
            let arguments = [&["compare", "usual", "lossy"], options].concat();
            let output = home.command("", &arguments).env("COLUMNS", columns).output().expect("it runs");
            let text = String::from_utf8(output.stdout).expect("UTF-8");
            let longest = text.lines().map(|line| line.chars().count()).max().expect("lines");
            assert!(longest <= columns.parse().expect("a number"), "{longest} columns:\n{text}");
            assert_eq!(text.contains("variance ratio"), wide, "{text}");
        }
    }
}

/// A network so small that its queries are done at once.
const QUERIES: &str = r#"
name = "small"
duration = "40 s"
cooldown = "10 s"
network.latency = { fixed = "20 ms" }
groups.all = { count = 12, link = "datacentre", transport = "udp", stores = true }
[workloads.deeds]
kind = "record"
about = ["all"]
arrivals = { poisson = "20 /s" }
[workloads.questions]
kind = "query"
from = "all"
about = ["all"]
arrivals = { poisson = "5 /s" }
"#;

/// The text of a step of a workflow: what is indented more than `run: |`, or the rest of a `run:` line.
fn step(workflow: &str, name: &str) -> String {
    let (_, step) = workflow.split_once(&format!("- name: {name}\n")).expect("there is such a step");
    let (_, run) = step.split_once("        run: ").expect("it runs something");
    let Some(block) = run.strip_prefix("|\n") else {
        return run.lines().next().expect("a line").to_owned();
    };
    let lines = block.lines().map_while(|line| line.strip_prefix("          "));
    lines.map(|line| line.to_owned() + "\n").collect()
}

#[cfg(unix)]
#[test]
fn the_steps_of_the_workflow_in_the_examples_compare_a_scenario_before_and_after() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/ci/compare.yml");
    let workflow = fs::read_to_string(path).expect("a workflow");
    let set = |name: &str| {
        let line = workflow.lines().find_map(|line| line.trim().strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("{name} is set"))
    };
    let scenario = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(set("SCENARIO"));
    assert!(scenario.is_file(), "{}", scenario.display());
    let home = Home::new();
    for side in ["before", "after"] {
        home.file(&format!("{side}/small.toml"), QUERIES);
        fs::create_dir_all(home.path(&format!("{side}/installed/bin"))).expect("a folder can be made");
        let program = home.path(&format!("{side}/installed/bin/ir3sim"));
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_ir3sim"), program).expect("a link can be made");
    }
    // As GitHub runs a step.
    let run = |name: &str, must_not_be_worse: &str| {
        let mut bash = std::process::Command::new("bash");
        bash.args(["-e", "-c", &step(&workflow, name)]).current_dir(home.path(""));
        bash.env("SCENARIO", "small.toml").env("REPLICATIONS", "6").env("GITHUB_STEP_SUMMARY", "summary.md");
        bash.env("MUST_NOT_BE_WORSE", must_not_be_worse);
        Ran::from(bash.output().expect("there is a shell"))
    };
    run("Run the scenario before and after", "").exits(0);
    run("Compare", set("MUST_NOT_BE_WORSE")).exits(0);
    run("Show what changed", "").exits(0);
    let same = home.read("summary.md");
    assert!(same.contains("### `runs/after` compared with `runs/before`"), "{same}");
    // A change for the worse, which fails and is shown all the same.
    let worse = QUERIES.replace("\"20 ms\"", "\"90 ms\"");
    home.file("after/small.toml", &worse);
    fs::remove_dir_all(home.path("runs")).expect("it is there");
    run("Run the scenario before and after", "").exits(0);
    let compared = run("Compare", "queries.answered_ratio broadcast.time_to_90_s").exits(3);
    assert!(compared.error.contains("worse: broadcast.time_to_90_s"), "{}", compared.error);
    run("Show what changed", "").exits(0);
    assert!(home.read("summary.md").len() > same.len());
}
