//! Sweeps: the same bytes however they are run, nothing finished lost, and errors before anything is run.

use std::process::Command;

use ir3sim::study::{Claim, Record};

use super::program::{Home, TRAFFIC};

/// Six points with three runs each.
const SWEEP: &str = r#"
name = "loss-and-size"
title = "What do loss and size cost?"
scenario = "two.toml"
seed = 3
replications = 3

[axes]
"network.loss" = [0.0, 0.1, 0.2]
workloads.probe.size = ["100 B", "972 B"]

[set]
"expect.all_arrive" = { metric = "messages.sent", min = 1 }
"#;

/// A home with a sweep and its scenario.
fn home() -> Home {
    let home = Home::new();
    home.file("two.toml", TRAFFIC);
    home.file("sweep.toml", SWEEP);
    home
}

fn run(home: &Home, out: &str, more: &[&str]) -> super::program::Ran {
    home.run(&[&["sweep", "run", "sweep.toml", "--out", out], more].concat())
}

#[test]
fn columns_for_which_there_is_no_room_are_named() {
    let home = home();
    let show = "messages.dropped_queue,messages.sent,messages.delivered,messages.lost";
    let arguments = ["sweep", "run", "sweep.toml", "--out", "out", "--show", show];
    for (columns, is_narrow) in [("80", true), ("300", false)] {
        let output = home.command("", &arguments).env("COLUMNS", columns).output().expect("it runs");
        let said = String::from_utf8(output.stdout).expect("UTF-8");
        let count = |start| {
            let line = said.lines().find(|line| line.trim_start().starts_with(start));
            line.map_or(0, |line| line.matches("messages.").count())
        };
        let (in_table, left_out) = (count("network."), count("no room for"));
        assert_eq!((in_table + left_out, left_out > 0), (4, is_narrow), "{said}");
        let left_out = said.lines().find(|line| line.starts_with("no room for")).unwrap_or_default();
        assert!(!left_out.contains("messages.lost"), "what differs stays before what does not: {said}");
    }
}

#[test]
fn controls_are_told_apart_from_checks_that_count() {
    let home = Home::new();
    let control = "[claims.never_negative]\nclaim = \"fast\"\nby_construction = \"it is a count\"\nmetric = \"messages.sent\"\nmin = 0\n";
    home.file("two.toml", &format!("{TRAFFIC}{control}"));
    let axis = ["--axis", "network.loss=0,0.9", "--replications", "2"];
    let ran = home.run(&[&["sweep", "run", "two.toml", "--out", "out"][..], &axis].concat()).exits(3);
    // With much loss the expectation fails.
    let rows: Vec<&str> = ran.out.lines().filter(|line| line.contains("1 control")).collect();
    assert_eq!(rows.len(), 2, "{}", ran.out);
    assert!(rows[0].contains("2 hold, 1 control"), "{}", ran.out);
}

#[test]
fn a_sweep_has_a_row_a_run_and_a_row_for_each_point_and_metric() {
    let home = home();
    let ran = run(&home, "out", &["--show", "messages.lost"]).exits(0);
    assert!(ran.out.contains("What do loss and size cost?: 6 points with 3 runs each"), "{}", ran.out);
    let rows = |file: &str| {
        let mut reader = csv::Reader::from_path(home.path(file)).expect("a table");
        let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
        (header, reader.records().map(|row| row.expect("a row")).collect::<Vec<_>>())
    };
    let (header, runs) = rows("out/runs.csv");
    assert_eq!(header[..4], ["network.loss", "workloads.probe.size", "seed", "fingerprint"]);
    assert_eq!(runs.len(), 18);
    assert_eq!(runs[0].iter().take(3).collect::<Vec<_>>(), ["0.0", "100 B", "3"]);
    // Replication r has the same seed at every point.
    assert_eq!(runs[1][2], runs[4][2]);
    let (header, points) = rows("out/points.csv");
    let columns = ["metric", "n", "mean", "sd", "ci_low", "ci_high", "p5", "p25", "median", "p75", "p95"];
    assert_eq!(header[2..], columns);
    let lost =
        points.iter().filter(|row| &row[2] == "messages.lost").map(|row| row[4].parse().expect("a mean"));
    let lost: Vec<f64> = lost.collect();
    assert!(lost[0] == 0.0 && lost[0] < lost[2] && lost[2] < lost[4], "{lost:?}");
    // A point is what a run of its scenario with as many replications is.
    let set = ["-S", "network.loss=0.2", "-S", "workloads.probe.size=972 B"];
    home.run(
        &[&["run", "two.toml", "--seed", "3", "--replications", "3", "--out", "one"], &set[..]].concat(),
    )
    .exits(3);
    let (_, one) = rows("one/runs.csv");
    assert_eq!(&one[2][1], &runs[17][3], "the same fingerprints");
    assert_eq!(
        home.names_in("out"),
        [
            "charts",
            "manifest.toml",
            "points.csv",
            "runs.csv",
            "scenario.toml",
            "store",
            "summary.json",
            "sweep.toml"
        ]
    );
}

#[test]
fn threads_and_shards_change_no_byte() {
    let home = home();
    run(&home, "one", &["--jobs", "1"]).exits(0);
    run(&home, "two", &["--jobs", "2"]).exits(0);
    assert_eq!(home.tree("one"), home.tree("two"));
    for shard in ["2/3", "0/3"] {
        run(&home, "shards", &["--shard", shard]).exits(0);
    }
    let early = home.run(&["sweep", "merge", "shards"]).exits(4);
    assert!(early.error.contains("6 of 18 runs are missing"), "{}", early.error);
    let status = home.run(&["sweep", "status", "shards", "--json"]).exits(4).json();
    assert_eq!((&status["runs_finished"], &status["points_complete"]), (&12.into(), &4.into()));
    assert!(!home.path("shards/runs.csv").exists());
    run(&home, "shards", &["--shard", "1/3"]).exits(0);
    home.run(&["sweep", "merge", "shards"]).exits(0);
    assert_eq!(home.tree("shards"), home.tree("one"));
    home.run(&["sweep", "status", "shards"]).exits(0);
}

#[test]
fn what_is_finished_is_not_run_again_when_axes_or_replications_grow() {
    let home = home();
    run(&home, "out", &["--axis", "network.loss=0.0,0.1"]).exits(0);
    let ran = run(&home, "out", &[]).exits(0);
    assert!(ran.error.contains("12 of 18 runs are there already and are kept"), "{}", ran.error);
    run(&home, "fresh", &[]).exits(0);
    assert_eq!(home.tree("out"), home.tree("fresh"));
    let ran = run(&home, "out", &["--replications", "4"]).exits(0);
    assert!(ran.error.contains("18 of 24 runs are there already"), "{}", ran.error);
}

#[test]
fn a_sweep_that_is_killed_loses_no_finished_run() {
    let home = home();
    run(&home, "fresh", &[]).exits(0);
    let long = &["-S", "duration=30 min"];
    run(&home, "undisturbed", long).exits(0);
    let finished = || {
        let status = home.run(&["sweep", "status", "out", "--json"]);
        if status.code == Some(2) { 0 } else { status.json()["runs_finished"].as_u64().expect("a count") }
    };
    let mut before = 0;
    for _ in 0..2 {
        let arguments =
            ["sweep", "run", "sweep.toml", "--out", "out", "--jobs", "2", "-S", "duration=30 min"];
        let mut child = home.command("", &arguments).spawn().expect("the program can be run");
        while finished() < before + 2 && child.try_wait().expect("it can be asked").is_none() {}
        let kill = Command::new("sh").args(["-c", &format!("kill -9 {} 2>/dev/null", child.id())]).status();
        kill.expect("there is a shell");
        child.wait().expect("it ends");
        let now = finished();
        assert!(now >= before + 2, "{now} after {before}");
        before = now;
    }
    let ran = run(&home, "out", long).exits(0);
    assert!(
        ran.error.contains(&format!("{before} of 18 runs are there already")) || before == 18,
        "{}",
        ran.error
    );
    assert_eq!(home.tree("out"), home.tree("undisturbed"));
}

#[test]
fn a_store_that_was_cut_short_or_altered_loses_those_runs_alone() {
    let home = home();
    run(&home, "out", &[]).exits(0);
    let whole = home.tree("out");
    let store = home.path("out/store/all.runs.jsonl");
    let mut bytes = std::fs::read(&store).expect("a store");
    bytes[100] ^= 1;
    bytes.truncate(bytes.len() - 10);
    std::fs::write(&store, bytes).expect("it can be written");
    let status = home.run(&["sweep", "status", "out"]).exits(4);
    assert!(
        status.out.contains("16 of 18 runs finished") && status.out.contains("2 lines not whole"),
        "{}",
        status.out
    );
    let ran = run(&home, "out", &[]).exits(0);
    assert!(ran.error.contains("2 lines of the store in `out` are not whole"), "{}", ran.error);
    assert_eq!(home.tree("out"), whole);
}

#[test]
fn a_scenario_is_swept_by_one_line() {
    let home = home();
    let axes = ["--axis", "network.loss=0:0.2:0.1", "--axis", "network.latency.fixed=10 ms,20 ms"];
    let line = [&["sweep", "run", "two.toml", "--replications", "2", "--json", "-q"], &axes[..]].concat();
    let told = home.run(&line).exits(3).json();
    assert_eq!((&told["sweep"], &told["points"].as_array().map(Vec::len)), (&"two".into(), &Some(6)));
    assert_eq!(told["points"][5]["set"]["network.loss"], "0.2");
    assert_eq!(told["folder"], "sweeps/two");
    let plan =
        home.run(&["sweep", "plan", "overload", "--axis", "network.loss=0,0.1", "--json"]).exits(0).json();
    assert_eq!((&plan["points"], &plan["runs"]), (&2.into(), &20.into()));
    assert!(plan["events"].as_f64().is_some_and(|events| events > 1e8));
}

#[test]
fn errors_come_before_anything_is_run_and_name_the_point() {
    let home = home();
    let refused = |more: &[&str], said: &[&str]| {
        let ran = run(&home, "out", more).exits(2);
        said.iter().for_each(|said| assert!(ran.error.contains(said), "{said} is not in:\n{}", ran.error));
        assert!(!home.path("out").exists());
    };
    refused(&["--axis", "network.lss=0,1"], &["network.lss", "nearest known path is `network.loss`"]);
    refused(
        &["--axis", "network.loss=0,2"],
        &["2 of 4 points", "at network.loss=2 (--axis network.loss=0,2), workloads", "out of range"],
    );
    refused(&["--axis", "network.loss=[]"], &["has no value", "--axis network.loss=[]:1"]);
    refused(&["--method", "zip"], &["has 2 values and another 3"]);
    refused(&["--shard", "5/4"], &["0/4"]);
    refused(&["--shard", "0/4", "--show", "messages.lost"], &["--shard", "--show"]);
    refused(&["--shard", "0/4", "--no-charts"], &["--shard", "--no-charts"]);
    refused(&["--axis", "groups.sender.count=1:9999999:1"], &["more than 10000"]);
    refused(&["-S", "network.loss=0"], &["varied or set twice"]);
    home.file("mine/notes.txt", "mine");
    let ran = run(&home, "mine", &[]).exits(2);
    assert!(ran.error.contains("holds other files, and no sweep"), "{}", ran.error);
    run(&home, "other", &["--axis", "network.loss=0.0"]).exits(0);
    let ran = run(&home, "other", &["--shard", "0/2"]).exits(2);
    assert!(ran.error.contains("holds another sweep"), "{}", ran.error);
    let ran = home.run(&["sweep", "merge", "mine"]).exits(2);
    assert!(ran.error.contains("no folder of a sweep"), "{}", ran.error);
}

#[test]
fn a_value_that_leaves_other_keys_of_the_file_without_effect_leaves_them_out_and_says_so() {
    let home = home();
    let file = "name = \"tree\"\nduration = \"1 min\"\ncooldown = \"10 s\"\ngroups.all.count = 20\nnetwork.latency = \"world\"\n\
                protocol.redundancy = 2\n[workloads.shouts]\nkind = \"broadcast\"\nfrom = \"all\"\nsize = \"100 B\"\n\
                arrivals = { every = \"5 s\" }\n";
    home.file("tree.toml", file);
    let axes = ["--axis", "protocol.dissemination=tree,gossip", "--replications", "2"];
    let ran = home.run(&[&["sweep", "run", "tree.toml"], &axes[..]].concat()).exits(0);
    assert!(
        ran.error.contains("left out, as without effect with the overrides: `protocol.redundancy`"),
        "{}",
        ran.error
    );
    let ran = home.run(&["run", "tree.toml", "-S", "protocol.dissemination=gossip", "--out", "one"]).exits(0);
    assert!(ran.error.contains("left out"), "{}", ran.error);
    // What the command line itself says in vain is an error, and so is what the file alone does.
    let both = ["-S", "protocol.dissemination=gossip", "-S", "protocol.redundancy=3"];
    home.run(&[&["check", "tree.toml"], &both[..]].concat()).exits(2);
    home.file(
        "vain.toml",
        &file.replace("redundancy = 2", "dissemination = \"gossip\"\nprotocol.redundancy = 2"),
    );
    home.run(&["check", "vain.toml"]).exits(2);
    home.run(&["check", "vain.toml", "-S", "duration=2 min"]).exits(2);
}

#[test]
fn a_table_of_points_has_its_values_under_their_paths_in_whatever_order_they_are_written() {
    let home = home();
    let table = "name = \"table\"\nscenario = \"two.toml\"\nreplications = 1\nmethod = \"table\"\n\
                 [points.first]\nnetwork.loss = 0.1\nwarmup = \"1 s\"\n[points.second]\nwarmup = \"2 s\"\nnetwork.loss = 0.2\n";
    home.file("table.toml", table);
    home.run(&["sweep", "run", "table.toml", "--out", "out"]).exits(3);
    let runs = home.read("out/runs.csv");
    let rows: Vec<&str> = runs.lines().map(|line| line.split(",1,").next().expect("a cell")).collect();
    assert!(rows[0].starts_with("network.loss,warmup,seed,"), "{}", rows[0]);
    assert_eq!(rows[1..], ["0.1,1 s", "0.2,2 s"]);
}

#[test]
fn runs_of_another_version_are_taken_only_if_that_is_wished_for() {
    let home = home();
    run(&home, "out", &[]).exits(0);
    let whole = home.read("out/runs.csv");
    let store = home.read("out/store/all.runs.jsonl");
    let older = store.lines().map(|line| {
        let record = Record::read(line).expect("a record");
        Record { version: "0.0.9".to_owned(), ..record }.line()
    });
    home.file("out/store/all.runs.jsonl", &older.collect::<String>());
    let refused = run(&home, "out", &[]).exits(2);
    assert!(refused.error.contains("18 runs in the folder were made by version 0.0.9"), "{}", refused.error);
    run(&home, "out", &["--accept-version"]).exits(0);
    assert_eq!(home.read("out/runs.csv"), whole);
}

#[test]
fn while_runs_are_added_nobody_else_changes_the_plan_or_writes_the_tables() {
    let home = home();
    run(&home, "out", &[]).exits(0);
    let tables =
        || home.tree("out").into_iter().filter(|(path, _)| !path.starts_with("store")).collect::<Vec<_>>();
    let tables_before = tables();
    let claim = Claim::shared(&home.path("out/store")).expect("nobody is at work");
    for ran in [
        run(&home, "out", &["--axis", "network.loss=0.2,0.3"]),
        home.run(&["sweep", "merge", "out"]),
        run(&home, "out", &["--replications", "4"]),
    ] {
        assert!(ran.exits(1).error.contains("another process is at work in `out/store`"));
    }
    assert!(tables() == tables_before);
    drop(claim);
    home.run(&["sweep", "merge", "out", "--show", "messages.lost"]).exits(0);
    assert_eq!(home.names_in("out/charts"), ["messages.lost.svg"], "charts of before are gone");
    home.run(&["sweep", "merge", "out"]).exits(0);
    assert!(tables() == tables_before);
}

#[test]
fn a_finished_sweep_stays_whole_until_another_that_goes_on_from_it_is_finished() {
    let home = home();
    run(&home, "out", &[]).exits(0);
    let before = home.tree("out");
    let is_as_before = || assert!(home.tree("out") == before);
    let other = run(&home, "out", &["-S", "duration=30 s"]).exits(2);
    assert!(other.error.contains("another finished sweep, of which this one has no run"), "{}", other.error);
    is_as_before();
    run(&home, "out", &["--axis", "network.loss=0.2,0.3", "--show", "queries.foo"]).exits(2);
    is_as_before();
    let more = ["--axis", "network.loss=0.2,0.3"];
    run(&home, "out", &[&more[..], &["--max-events", "10"]].concat()).exits(4);
    let without_store = |folder: &str| {
        let mut tree = home.tree(folder);
        tree.retain(|path, _| !path.starts_with("store"));
        tree
    };
    assert!(without_store("out").iter().all(|(path, bytes)| before.get(path) == Some(bytes)));
    home.run(&["plot", "out"]).exits(0);
    run(&home, "out", &more).exits(0);
    run(&home, "fresh", &more).exits(0);
    assert!(without_store("out") == without_store("fresh"));
}

#[test]
fn other_words_and_charts_for_the_same_runs_are_those_of_the_new_file() {
    let home = home();
    run(&home, "out", &["--no-charts"]).exits(0);
    let words = SWEEP.replace("What do loss and size cost?", "Other words");
    let chart = "[charts.lost]\nkind = \"lines\"\nmetric = \"messages.lost\"\n";
    home.file("sweep.toml", &format!("{words}{chart}"));
    let ran = run(&home, "out", &[]).exits(0);
    assert!(ran.error.contains("18 of 18 runs are there already"), "{}", ran.error);
    run(&home, "fresh", &[]).exits(0);
    assert!(home.tree("out") == home.tree("fresh"));
    assert_eq!(home.names_in("out/charts"), ["lost.svg"]);
    // Tables of one design are no result of another.
    home.file("out/sweep.toml", &home.read("out/sweep.toml").replace("\"grid\"", "\"oat\""));
    let ran = home.run(&["plot", "out"]).exits(4);
    assert!(ran.error.contains("`ir3sim sweep merge` writes them"), "{}", ran.error);
}

#[test]
fn what_is_wrong_at_every_point_is_told_once_with_the_places_in_the_sweeps_file() {
    let home = home();
    home.file("sweep.toml", &SWEEP.replace("\"network.loss\" =", "\"network.lss\" ="));
    let ran = run(&home, "out", &[]).exits(2);
    assert_eq!(ran.error.matches("unknown path").count(), 1, "{}", ran.error);
    assert!(ran.error.contains("at network.lss=0.0 (sweep.toml:9), workloads"), "{}", ran.error);
    assert!(ran.error.contains("and at 5 more:"), "{}", ran.error);
    assert!(ran.error.contains("(sweep.toml:13)"), "what is set: {}", ran.error);
}

#[test]
fn an_empty_table_takes_away_all_that_the_scenario_has_there() {
    let home = home();
    let none = SWEEP.split("[set]").next().expect("a part");
    home.file("sweep.toml", &format!("{none}[set]\nexpect = {{}}\nclaims = {{}}\n"));
    run(&home, "out", &[]).exits(0);
    let summary = home.json("out/summary.json");
    let points = summary["points"].as_array().expect("points");
    assert!(points.iter().all(|point| point["expect"] == serde_json::json!([])), "{summary}");
    assert!(home.read("out/sweep.toml").contains("expect = {}"), "{}", home.read("out/sweep.toml"));
}

#[test]
fn an_expectation_that_fails_is_told_with_its_point_quiet_or_not() {
    let home = home();
    let none_lost = ["--set", "expect.all_arrive={ metric = \"messages.lost\", max = 0 }", "-q"];
    let ran = run(&home, "out", &none_lost).exits(3);
    assert_eq!(ran.out, "");
    let said: Vec<&str> = ran.error.lines().collect();
    assert_eq!(said.len(), 4, "{}", ran.error);
    assert!(said[0].contains("at network.loss = 0.1, workloads.probe.size = \"100 B\": expectation fails:"));
    let merged = home.run(&["sweep", "merge", "out", "--no-charts"]).exits(3);
    assert!(merged.error.contains(&ran.error) && merged.out.contains("1 fail"), "{}", merged.error);
}

#[test]
fn what_expectations_and_claims_look_at_has_columns_and_rows_of_its_own() {
    let home = home();
    let windowed = "expect.late={ metric = \"traffic.probe.sent\", from = \"10 s\", max = 100000 }";
    let ran = run(&home, "out", &["--set", windowed]).exits(0);
    // That of the whole time is the metric itself, and is shown by its name.
    assert!(ran.out.contains("messages.") && ran.out.contains("late") && !ran.out.contains("all_arrive"));
    let table = home.read("out/runs.csv");
    let header: Vec<&str> = table.lines().next().expect("a header").split(',').collect();
    let place = |name: &str| header.iter().position(|column| *column == name).expect("a column");
    for row in table.lines().skip(1) {
        let value =
            |name| row.split(',').nth(place(name)).expect("a value").parse::<f64>().expect("a number");
        assert_eq!(value("expect.all_arrive"), value("messages.sent"));
        assert!(value("expect.late") < value("traffic.probe.sent"), "{row}");
    }
    assert_eq!(home.read("out/points.csv").lines().filter(|row| row.contains(",expect.late,")).count(), 6);
    let unknown = run(&home, "out", &["--set", windowed, "--show", "expect.early"]).exits(2).error;
    assert!(unknown.contains("no such expectation"), "{unknown}");
    run(&home, "out", &["--set", windowed, "--show", "expect.late"]).exits(0);
}
