//! The whole program, as a user runs it.

#[path = "cli/adversity.rs"]
mod adversity;
#[path = "cli/attack.rs"]
mod attack;
#[cfg(unix)]
#[path = "cli/browser.rs"]
mod browser;
#[cfg(unix)]
#[path = "cli/chromium.rs"]
mod chromium;
#[path = "cli/compare.rs"]
mod compare;
#[path = "cli/compare_sweeps.rs"]
mod compare_sweeps;
#[cfg(unix)]
#[path = "cli/emitted.rs"]
mod emitted;
#[path = "cli/explained.rs"]
mod explained;
#[path = "cli/folder.rs"]
mod folder;
#[path = "cli/html.rs"]
mod html;
#[path = "cli/inputs.rs"]
mod inputs;
#[path = "cli/machine.rs"]
mod machine;
#[path = "cli/manners.rs"]
mod manners;
#[path = "cli/network.rs"]
mod network;
#[path = "cli/overlays.rs"]
mod overlays;
#[path = "cli/program.rs"]
mod program;
#[path = "cli/refusals.rs"]
mod refusals;
#[path = "cli/replay.rs"]
mod replay;
#[path = "cli/report.rs"]
mod report;
#[path = "cli/stopped.rs"]
mod stopped;
#[path = "cli/sweep.rs"]
mod sweep;
#[path = "cli/sweep_charts.rs"]
mod sweep_charts;
#[path = "cli/sweep_design.rs"]
mod sweep_design;
#[path = "cli/threshold.rs"]
mod threshold;
#[path = "cli/traces.rs"]
mod traces;
#[path = "cli/ways_out.rs"]
mod ways_out;

use std::fs;

use program::{Home, TRAFFIC};
use serde_json::Value;

#[test]
fn a_run_ends_with_its_figures_its_folder_and_how_to_repeat_it() {
    let home = Home::new();
    let scenario = home.file("two hosts.toml", TRAFFIC);
    let run = home.run(&["run", &scenario, "--out", "out"]).exits(0);
    for text in [
        "messages.sent",
        "✓ all_arrive",
        "fast",
        "soon",
        "inconclusive (n = 1)",
        "one run is no verdict",
        "events/s",
        "result: out",
        "fingerprint",
    ] {
        assert!(run.out.contains(text), "{text} is not in:\n{}", run.out);
    }
    let last = run.out.lines().last().expect("there is a last line");
    assert_eq!(last, "repeat with: ir3sim run 'two hosts.toml' --seed 5 --out out");
    assert_eq!(run.error, "", "there is no terminal, so there is no progress");
    for file in ["manifest.toml", "summary.json", "timeseries.csv", "timing.json"] {
        assert!(home.path("out").join(file).is_file(), "{file}");
    }
    let charts = fs::read_dir(home.path("out/charts")).expect("there are charts");
    assert!(charts.count() > 0);
    assert_eq!(home.names(), ["out", "two hosts.toml"]);
}

#[test]
fn figures_of_chunks_are_told_only_when_some_were_pushed() {
    let home = Home::new();
    let history = r#"
        name = "history"
        duration = "2 min"
        groups.all = { count = 20, link = "datacentre", transport = "udp", stores = true }
        network.latency = { fixed = "20 ms" }
        [workloads.history]
        kind = "record"
        about = ["all"]
        arrivals = { poisson = "20 /s" }
        stop = "30 s"
    "#;
    let scenario = home.file("s.toml", history);
    let told = |warmup: &str| home.run(&["run", &scenario, "-S", warmup]).exits(0).out;
    let all = told("warmup=0 s");
    assert!(all.contains("storage.refused") && all.contains("more metrics: use -v"), "{all}");
    let late = told("warmup=40 s");
    assert!(!late.contains("storage.refused") && late.contains("storage.replicas_mean"), "{late}");
}

#[test]
fn the_default_folder_is_named_by_scenario_seed_and_parameters() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario]).exits(0);
    home.run(&["run", &scenario, "--seed", "6"]).exits(0);
    home.run(&["run", &scenario, "-S", "duration=61 s"]).exits(0);
    home.run(&["run", &scenario]).exits(0);
    let names = home.names_in("runs");
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(names.iter().filter(|name| name.starts_with("two-5-")).count(), 2);
    assert!(names[2].starts_with("two-6-"));
}

#[test]
fn the_same_run_gives_the_same_bytes_but_for_its_timing() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "a/b"]).exits(0);
    home.run(&["run", &scenario, "--out", "c", "--threads", "3", "--paranoid", "--profile"]).exits(0);
    assert_eq!(home.tree("a/b"), home.tree("c"));
    home.run(&["run", &scenario, "--out", "d", "--seed", "6"]).exits(0);
    assert_ne!(home.json("c/summary.json")["fingerprint"], home.json("d/summary.json")["fingerprint"]);
}

#[test]
fn a_summary_has_what_scripts_look_for() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "out"]).exits(0);
    let summary = home.json("out/summary.json");
    assert_eq!(summary["scenario"], "two");
    assert_eq!(summary["seed"], 5);
    assert_eq!(summary["sim_seconds"], 60);
    let fingerprint = summary["fingerprint"].as_str().expect("a fingerprint is a text");
    assert!(fingerprint.len() == 32 && fingerprint.chars().all(|c| c.is_ascii_hexdigit()));
    assert!(summary["events"].as_u64().is_some_and(|events| events > 0));
    assert!(summary["metrics"]["messages.sent"].as_u64().is_some_and(|sent| sent > 0));
    let expected = &summary["expect"][0];
    assert_eq!((&expected["name"], &expected["metric"]), (&"all_arrive".into(), &"messages.lost".into()));
    assert_eq!(
        (&expected["value"], &expected["max"], &expected["holds"]),
        (&0.into(), &0.into(), &true.into())
    );
    assert!(expected["min"].is_null());
    let manifest: toml::Table = home.read("out/manifest.toml").parse().expect("a manifest is TOML");
    assert_eq!(manifest["fingerprint"].as_str(), Some(fingerprint));
    assert_eq!(manifest["scenario"]["name"].as_str(), Some("two"));
    assert_eq!(home.json("out/timing.json")["threads"], 1);
}

#[test]
fn an_expectation_that_fails_ends_with_three_and_keeps_the_result() {
    let home = Home::new();
    let scenario = home.file("s.toml", &TRAFFIC.replace("max = 0 #", "min = 1 #"));
    let run = home.run(&["run", &scenario, "--out", "out"]).exits(3);
    assert!(run.out.contains("✗ all_arrive: messages.lost = 0 (wanted at least 1)"), "{}", run.out);
    let quiet = home.run(&["run", &scenario, "--out", "out", "-q"]).exits(3);
    assert_eq!(quiet.out, "");
    assert!(quiet.error.contains("all_arrive"), "{}", quiet.error);
    assert_eq!(home.json("out/summary.json")["expect"][0]["holds"], false);
}

#[test]
fn json_is_one_document_for_every_command() {
    let home = Home::new();
    let scenario = home.file("scenarios/s.toml", TRAFFIC);
    let run = home.run(&["run", &scenario, "--json", "--out", "results/s"]).exits(0).json();
    assert_eq!(run["folder"], "results/s");
    assert!(run["replay"].as_str().is_some_and(|replay| replay.starts_with("ir3sim run ")));
    assert!(run["metrics"].is_object() && run["charts"].is_array() && run["timing"].is_object());
    let plot = home.run(&["plot", "results/s", "--json"]).exits(0).json();
    assert_eq!(plot["charts"], run["charts"]);
    let check = home.run(&["check", &scenario, "--json", "--resolved"]).exits(0).json();
    assert_eq!(check[0]["scenario"], "two");
    assert!(check[0]["resolved"].as_str().is_some_and(|text| text.contains("cooldown")));
    let list = home.run(&["list", "scenarios", "--json"]).exits(0).json();
    assert_eq!(list[0]["name"], "two");
    assert_eq!(list[0]["path"], "scenarios/s.toml");
    let manual = home.run(&["man", "--json"]).exits(0).json();
    assert!(manual["text"].as_str().is_some_and(|text| text.contains(".TH")));
    let claims = home.run(&["claims", "--json"]).exits(0).json();
    assert_eq!(claims.as_array().map(Vec::len), Some(17));
    let missing = home.run(&["run", "none.toml", "--json"]).exits(1).json();
    assert!(missing["error"].as_str().is_some_and(|error| error.contains("none.toml")));
    let usage = home.run(&["run", "--json"]).exits(2).json();
    assert!(usage["error"].is_string());
}

#[test]
fn claims_are_judged_by_the_results_in_a_folder() {
    let home = Home::new();
    let good = home.file("good.toml", TRAFFIC);
    let bad =
        home.file("bad.toml", &TRAFFIC.replace("max = 2.0", "max = 0.001").replace("\"two\"", "\"slow\""));
    home.run(&["run", &good, "--replications", "2", "--out", "tried/a"]).exits(0);
    home.run(&["run", &bad, "--replications", "2", "--out", "tried/b/c"]).exits(0);
    home.run(&["run", &good, "--out", "one"]).exits(0);
    let of = |folders: &[&str]| -> Value {
        let claims = home.run(&[&["claims", "--json"], folders].concat()).exits(0).json();
        let fast = claims.as_array().expect("a list").iter().find(|row| row["claim"] == "fast");
        fast.expect("it is one of the seventeen").clone()
    };
    for (folder, verdict) in [("tried/a", "holds"), ("tried/b", "fails"), ("one", "inconclusive")] {
        assert_eq!(of(&[folder])["verdict"], verdict, "{folder}");
    }
    let both = of(&["tried"]);
    assert_eq!((&both["verdict"], &both["scenario"]), (&"fails".into(), &"slow".into()), "one of two");
    assert_eq!((&both["holding"], &both["counted"]), (&1.into(), &2.into()));
    assert!(both["value"].is_number() && both["ci_low"].is_number());
    for key in ["claim", "scenario", "verdict", "value", "ci_low", "ci_high"] {
        assert!(both.get(key).is_some(), "{key}");
    }
    let table = home.run(&["claims", "tried"]).exits(0).out;
    assert!(table.contains("1 of 2") && table.contains("not tried"), "{table}");
}

#[test]
fn variants_of_one_scenario_are_told_apart() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--replications", "2", "--out", "all/usual"]).exits(0);
    let slower = "network.latency.fixed=\"80 ms\"";
    home.run(&["run", &scenario, "--replications", "2", "-S", slower, "--out", "all/slower"]).exits(0);
    let claims = home.run(&["claims", "--json", "all"]).exits(0).json();
    let fast =
        claims.as_array().expect("a list").iter().find(|row| row["claim"] == "fast").expect("it is there");
    let variants: Vec<&str> = fast["trials"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|trial| trial["variant"].as_str())
        .collect();
    assert_eq!(variants.len(), 2, "{fast}");
    assert!(variants.iter().all(|variant| variant.contains("network.latency.fixed")), "{variants:?}");
    assert_ne!(variants[0], variants[1]);
    assert_eq!((&fast["holding"], &fast["counted"]), (&1.into(), &1.into()), "one trial, in two variants");
    let table = home.run(&["claims", "all"]).exits(0).out;
    assert!(table.contains("1 of 1") && table.contains("it holds if it does in all"), "{table}");
}

#[test]
fn a_median_that_is_longer_than_any_time_in_some_runs_is_no_mean_of_the_others() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    // About half of the datagrams arrive: of some runs a little more, of others a little less.
    let run = ["run", &scenario, "-S", "network.loss=0.5", "--replications", "6", "--out", "out"];
    let table = home.run(&run).exits(3).out;
    let metric = "traffic.probe.delay_p50_s";
    let summary = home.json("out/summary.json");
    let runs: Vec<Value> = home
        .names_in("out")
        .into_iter()
        .filter(|name| name.starts_with("seed-"))
        .map(|name| home.json(&format!("out/{name}/summary.json")))
        .collect();
    let endless: Vec<&Value> = runs.iter().filter(|run| run["metrics"][metric].is_null()).collect();
    assert!((1..6).contains(&endless.len()), "{} of six", endless.len());
    assert!(endless.iter().all(|run| run["samples"][metric] == "endless"));
    let interval = &summary["intervals"][metric];
    assert_eq!((&interval["n"], &interval["endless"]["replications"]), (&6.into(), &endless.len().into()));
    assert!(interval["mean"].is_null() && summary["metrics"][metric].is_null(), "{interval}");
    let line = table.lines().find(|line| line.contains(metric)).expect("it is shown");
    assert!(line.contains("∞") && line.contains(&format!("∞ in {} runs", endless.len())), "{line}");
    assert!(!table.contains("one run"), "{table}");
    // The 99 % quantile is so in all six: the claim fails with 1/64.
    let soon = &summary["claims"][0];
    assert_eq!((&soon["verdict"], &soon["p_value"]), (&"fails".into(), &0.015_625.into()));
    // A page says what the sign means, if it has one.
    let page = |folder: &str| {
        home.run(&["report", folder, "--out", "page.html"]).exits(0);
        home.read("page.html").contains("∞ is longer than any time")
    };
    assert!(page("out"));
    home.run(&["run", &scenario, "--replications", "2", "--out", "all-arrive"]).exits(0);
    assert!(!page("all-arrive"));
}

#[test]
fn claims_of_nothing_are_told_apart_from_a_missing_folder() {
    let home = Home::new();
    home.file("empty/readme.txt", "nothing here");
    home.run(&["claims", "empty"]).exits(4);
    home.run(&["claims", "missing"]).exits(1);
    home.run(&["plot", "empty"]).exits(1);
}

#[test]
fn replications_have_means_intervals_and_a_folder_each() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    let run = home.run(&["run", &scenario, "--replications", "4", "--out", "out", "--threads", "1"]).exits(0);
    assert!(run.out.contains("95 % interval") && run.out.contains("--replications 4"), "{}", run.out);
    let summary = home.json("out/summary.json");
    assert_eq!(summary["replications"], 4);
    let sent = &summary["intervals"]["messages.sent"];
    assert_eq!(sent["n"], 4);
    let (low, high) = (sent["ci_low"].as_f64(), sent["ci_high"].as_f64());
    assert!(low < sent["mean"].as_f64() && sent["mean"].as_f64() < high, "{sent}");
    assert_eq!(summary["metrics"]["messages.sent"], sent["mean"]);
    assert_eq!(summary["claims"][0]["verdict"], "holds");
    assert!(summary["claims"][0]["ci_low"].is_number());
    let folders = home.names_in("out").into_iter().filter(|name| name.starts_with("seed-")).count();
    assert_eq!(folders, 4);
    assert_eq!(home.read("out/runs.csv").lines().count(), 5);
    assert!(home.read("out/points.csv").starts_with("metric,n,mean,sd,ci_low,ci_high\n"));
    let charts = home.names_in("out/charts");
    let chart = charts.iter().find(|name| name.ends_with(".svg")).expect("a chart");
    assert!(home.read(&format!("out/charts/{chart}")).contains("4 runs, the first with seed 5"));
    assert!(home.read(&format!("out/seed-5/charts/{chart}")).contains("one run, seed 5"));
}

#[test]
fn replications_are_the_same_with_any_number_of_threads_and_the_first_is_the_run_itself() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    for (threads, out) in [("1", "one"), ("2", "two"), ("8", "eight")] {
        home.run(&["run", &scenario, "--replications", "5", "--threads", threads, "--out", out]).exits(0);
    }
    assert_eq!(home.tree("one"), home.tree("two"));
    assert_eq!(home.tree("one"), home.tree("eight"));
    home.run(&["run", &scenario, "--out", "alone"]).exits(0);
    assert_eq!(home.tree("alone"), home.tree("one/seed-5"));
}

#[test]
fn charts_are_drawn_again_from_the_files_alone() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "out", "--replications", "2"]).exits(0);
    let before = home.tree("out");
    fs::remove_dir_all(home.path("out/charts")).expect("there are charts");
    fs::remove_file(home.path("s.toml")).expect("the scenario is not needed");
    let plot = home.run(&["plot", "out"]).exits(0);
    assert!(plot.out.contains(".svg"));
    assert_eq!(home.tree("out"), before);
    home.run(&["plot", "out", "--png"]).exits(0);
    assert!(home.names_in("out/charts").iter().any(|name| name.ends_with(".png")));
}

#[test]
fn check_tells_all_errors_of_all_files() {
    let home = Home::new();
    let good = home.file("good.toml", TRAFFIC);
    let bad = home.file("bad.toml", &TRAFFIC.replace("udp", "upd").replace("duration =", "duratoin ="));
    home.run(&["check", &good]).exits(0);
    let check = home.run(&["check", &good, &bad, "missing.toml"]).exits(2);
    assert!(check.out.contains("good.toml: ok"), "{}", check.out);
    for text in ["bad.toml", "upd", "duratoin", "missing.toml", "1 of 3"] {
        assert!(check.error.contains(text), "{text} is not in:\n{}", check.error);
    }
    let json = home.run(&["check", &good, &bad, "--json"]).exits(2).json();
    assert_eq!(json[0]["ok"], true);
    assert!(json[1]["errors"].as_array().is_some_and(|errors| errors.len() >= 2), "{json}");
    assert!(json[1]["errors"][0]["line"].as_u64().is_some_and(|line| line > 0), "{json}");
    home.run(&["check", "missing.toml"]).exits(1);
}

#[test]
fn a_resolved_scenario_is_a_scenario_and_runs_the_same() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    let resolved = home.run(&["check", &scenario, "--resolved"]).exits(0).out;
    let again = home.file("resolved.toml", &resolved);
    home.run(&["run", &scenario, "--out", "a"]).exits(0);
    home.run(&["run", &again, "--out", "b"]).exits(0);
    assert_eq!(home.tree("a"), home.tree("b"));
}

#[test]
fn check_takes_the_changes_that_a_run_takes() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    let changes = ["-S", "network.loss=0.5", "--seed", "7"];
    let resolved = home.run(&[&["check", &scenario, "--resolved"][..], &changes].concat()).exits(0).out;
    assert!(resolved.contains("loss = 0.5") && resolved.contains("seed = 7"), "{resolved}");
    home.run(&["check", &scenario, "-S", "network.loss=2"]).exits(2);
}

#[test]
fn a_run_is_repeated_from_its_manifest_as_the_document_says() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    let out = ["--out", "DIR", "--seed", "7", "-S", "network.loss=0.1"];
    home.run(&[&["run", &scenario][..], &out].concat()).exits(3);
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/results.md");
    let text = fs::read_to_string(path).expect("a document");
    let command = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(&format!("ir3sim {name} "))).expect("a command");
        line.split(' ').skip(1).collect::<Vec<_>>()
    };
    home.run(&command("replay")).exits(0);
    home.run(&[command("run"), vec!["--out", "again"]].concat()).exits(3);
    assert_eq!(home.tree("DIR"), home.tree("again"));
}

#[test]
fn list_of_a_folder_passes_over_what_is_no_scenario() {
    let home = Home::new();
    home.file("mine/s.toml", TRAFFIC);
    home.file("mine/broken.toml", "name = ");
    home.file("empty/readme.txt", "");
    let list = home.run(&["list", "mine"]).exits(0);
    assert!(list.out.contains("mine/s.toml") && list.out.contains("Two hosts"), "{}", list.out);
    assert!(list.error.contains("broken.toml"), "{}", list.error);
    home.run(&["list", "empty"]).exits(4);
    home.run(&["list", "missing"]).exits(1);
}
