//! What a command takes for FILE and DIR: files, names, standard input, manifests, folders.

use super::program::{Home, TRAFFIC};

/// Overrides that make a run of a scenario that comes with the program short.
const SHORT: [&str; 6] = ["stake-curve", "-S", "duration=40 s", "-S", "warmup=1 s", "--no-charts"];

#[test]
fn scenarios_of_the_program_are_listed_checked_and_run_anywhere() {
    let home = Home::new();
    let list = home.run(&["list", "--json"]).exits(0).json();
    let rows = list.as_array().expect("a list").iter();
    let names: Vec<&str> =
        rows.filter(|row| row["kind"] != "overlay").filter_map(|row| row["name"].as_str()).collect();
    assert!(names.len() > 20 && names.contains(&"overload"), "{names:?}");
    assert!(list[0]["path"].is_null() && list[0]["purpose"].is_string());
    let check = home.run(&[&["check"][..], &names].concat()).exits(0);
    assert!(check.error.contains(&format!("{0} of {0} files valid", names.len())), "{}", check.error);
    let run = home.run(&[&["run"][..], &SHORT, &["--out", "out", "-S", "expect={}"]].concat()).exits(0);
    let nowhere = home.run(&["run", "nosuch"]).exits(1).error;
    assert!(
        nowhere.contains("there is no file `nosuch`") && nowhere.contains("`ir3sim list` names"),
        "{nowhere}"
    );
    let last = run.out.lines().last().expect("there is a last line");
    assert!(last.starts_with("repeat with: ir3sim run stake-curve --seed "), "{last}");
    assert_eq!(home.json("out/summary.json")["scenario"], "stake-curve");
}

#[test]
fn what_goes_wrong_is_told_by_check_for_one_file_in_the_order_of_its_beginning() {
    let home = Home::new();
    let fault = |name: &str, keys: &str| format!("-Sfaults.{name}={{at=\"20 s\",for=\"5 s\",{keys}}}");
    let late =
        fault("early", "kind=\"cut\",from_groups=[\"clients\"],every=\"10 s\"").replace("20 s", "25 s");
    let args = ["check", "stake-curve", &fault("late", "kind=\"offline\",share=0.5"), &late];
    let checked = home.run(&args).exits(0).out;
    let told = "\n  late from 20 s to 25 s: 50 % of all hosts offline\n  early from 25 s to ";
    assert!(checked.contains(told) && checked.contains("for 5 s every 10 s\n"), "{checked}");
    let all = home.run(&[&args[..], &["--json"]].concat()).exits(0).json();
    assert_eq!(all[0]["faults"][0]["does"], "50 % of all hosts offline");
    let several = home.run(&["check", "stake-curve", "overload"]).exits(0).out;
    assert_eq!(several.lines().count(), 2, "{several}");
}

#[test]
fn sweeps_of_the_program_are_listed_checked_and_run_by_their_names() {
    let home = Home::new();
    let list = home.run(&["list", "--json"]).exits(0).json();
    let rows = list.as_array().expect("a list");
    let kind = |name: &str| rows.iter().find(|row| row["name"] == name).map(|row| row["kind"].clone());
    assert_eq!(kind("overload"), Some("scenario".into()));
    assert_eq!(kind("sybil-budget"), Some("sweep".into()));
    assert_eq!(kind("realistic"), Some("overlay".into()));
    let shown = home.run(&["list"]).exits(0).out;
    assert!(shown.contains("sweeps (`ir3sim sweep run NAME`)\n"));
    assert!(
        shown.contains("As many replicas as an availability of 99.9 % takes"),
        "a dot in a number ends nothing: {shown}"
    );
    let checked = home.run(&["check", "sybil-budget"]).exits(0).out;
    assert!(checked.contains("20 points, 100 runs"), "{checked}");
    let refused = home.run(&["check", "sybil-budget", "-S", "network.loss=2"]).exits(2).error;
    assert!(refused.contains("refused at 20 of 20 points"), "{refused}");
    let meant = home.run(&["run", "sybil-budget"]).exits(2).error;
    assert!(meant.contains("is a sweep, not a scenario: `ir3sim sweep run sybil-budget` runs it"), "{meant}");
    let short = ["--replications", "1", "-S", "duration=40 s", "--axis", "groups.owner.stake=10.0"];
    let ran = home.run(&[&["sweep", "run", "sybil-budget", "--out", "out"][..], &short].concat()).exits(0);
    assert!(ran.out.contains("5 points with 1 run each"), "{}", ran.out);
    // A map has two axes.
    assert!(ran.error.contains("without effect with the overrides: `charts.work`"), "{}", ran.error);
    // Of sweeps in a folder, too.
    home.run(&["list", "out"]).exits(0);
}

#[test]
fn a_file_wins_over_a_scenario_of_the_program_and_a_folder_does_not() {
    let home = Home::new();
    home.file("overload", TRAFFIC);
    home.file("growth/notes.txt", "");
    let scenario = |file: &str| home.run(&["check", file, "--json"]).exits(0).json()[0]["scenario"].clone();
    assert_eq!(scenario("overload"), "two");
    assert_eq!(scenario("growth"), "growth");
    assert_eq!(scenario("eclipse"), "eclipse");
    home.run(&["check", "./eclipse"]).exits(1);
}

#[test]
fn a_slip_of_the_pen_names_what_was_meant() {
    let home = Home::new();
    home.file("scenarios/s.toml", TRAFFIC);
    for (arguments, code, meant) in [
        (&["run", "overlod"][..], 1, "`overload`"),
        (&["check", "scenarios/stake-curv.toml"], 1, "`stake-curve`"),
        (&["rum", "overload"], 2, "'run'"),
        (&["chek"], 2, "'check'"),
        (&["metrcis"], 2, "'metrics'"),
        (&["man", "chek"], 2, "`check`"),
        (&["run", "overload", "--replication", "3"], 2, "'--replications'"),
    ] {
        let run = home.run(arguments).exits(code);
        assert!(run.error.contains(meant), "{meant} is not in:\n{}", run.error);
    }
    assert!(!home.run(&["run", "s.toml"]).exits(1).error.contains("nearest"));
}

#[test]
fn a_scenario_comes_from_standard_input() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--out", "a"]).exits(0);
    let run = home.run_with(TRAFFIC, &["run", "-", "--out", "b"]).exits(0);
    assert_eq!(home.tree("a"), home.tree("b"));
    let last = run.out.lines().last().and_then(|line| line.strip_prefix("repeat with: ir3sim "));
    let again: Vec<&str> = last.expect("a command").split(' ').collect();
    assert_eq!(again, ["run", "b/manifest.toml", "--out", "b"]);
    assert!(home.run(&again).exits(0).out.contains("replay: the same fingerprint as in b/manifest.toml"));
    // So is what a pipe gives.
    let piped = home.run_with(TRAFFIC, &["run", "/dev/stdin", "--out", "c"]);
    assert!(cfg!(not(unix)) || piped.out.ends_with("repeat with: ir3sim run c/manifest.toml --out c\n"));
    home.run_with(TRAFFIC, &["check", "-", "-S", "seed=9"]).exits(0);
    let bad = home.run_with("name = 5", &["check", "-"]).exits(2);
    assert!(bad.error.contains("--> stdin:1:8"), "{}", bad.error);
    assert!(home.run_with("", &["run", "-"]).exits(2).error.contains("the file is empty"));
}

#[test]
fn a_manifest_is_run_again_under_its_seed_and_compared() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--seed", "77", "--replications", "3", "--out", "a"]).exits(0);
    std::fs::remove_file(home.path("s.toml")).expect("the scenario is not needed");
    let run = home.run(&["run", "a/manifest.toml", "--out", "b"]).exits(0);
    assert!(run.out.contains("replay: the same fingerprint as in a/manifest.toml"), "{}", run.out);
    assert_eq!(home.tree("a"), home.tree("b"));
    let json = home.run(&["run", "a/manifest.toml", "--out", "b", "--json"]).exits(0).json();
    assert_eq!(json["replayed"]["same"], true);
    // With changes it is a run like any other.
    let other =
        home.run(&["run", "a/manifest.toml", "--out", "c", "--replications", "1", "--json"]).exits(0).json();
    assert!(other["replayed"].is_null());
    assert_eq!(other["seed"], 77);
    for (number, change) in [["--seed", "78"], ["-S", "seed=78"], ["--set", "seed='78'"]].iter().enumerate() {
        let out = format!("changed-{number}");
        let arguments = ["run", "a/manifest.toml", "--replications", "1", "--json", "--out", &out];
        let changed = home.run(&[&arguments[..], change].concat()).exits(0).json();
        assert_eq!((&changed["seed"], changed["replayed"].is_null()), (&78.into(), true), "{change:?}");
    }
    let folder = home.run(&["run", "a"]).exits(1);
    assert!(folder.error.contains("`a/manifest.toml` has its scenario"), "{}", folder.error);
}

#[test]
fn a_manifest_that_comes_to_something_else_ends_with_five_and_is_not_replaced() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--out", "a"]).exits(0);
    let altered = home.read("a/manifest.toml").replace("poisson = \"20 /s\"", "poisson = \"21 /s\"");
    home.file("a/manifest.toml", &altered);
    let before = home.tree("a");
    let run = home.run(&["run", "a/manifest.toml", "--out", "b"]).exits(5);
    assert!(run.out.contains("replay: another fingerprint than in a/manifest.toml"), "{}", run.out);
    assert!(home.path("b/summary.json").is_file());
    assert!(
        home.run(&["run", "a/manifest.toml", "--out", "b", "-q"])
            .exits(5)
            .error
            .contains("another fingerprint")
    );
    let own = home.run(&["run", "a/manifest.toml", "--out", "a"]).exits(5);
    assert!(own.error.contains("nothing was written"), "{}", own.error);
    assert_eq!(home.tree("a"), before);
    home.file("a/manifest.toml", &altered.replace("fingerprint = \"", "fingerprint = 5 # \""));
    assert!(home.run(&["run", "a/manifest.toml"]).exits(2).error.contains("not a valid manifest"));
}

#[test]
fn the_manifest_of_a_sweep_is_no_scenario_and_says_what_repeats_it() {
    let home = Home::new();
    let manifest =
        "program = \"ir3sim\"\nversion = \"0.1.0\"\nmodel = 3\nplan = \"a0\"\nfingerprint = \"3a\"\n";
    home.file("sweeps/m/manifest.toml", manifest);
    for command in ["run", "check"] {
        let said = home.run(&[command, "sweeps/m/manifest.toml"]).exits(2).error;
        assert!(said.contains("`ir3sim sweep run sweeps/m/sweep.toml` repeats the sweep"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn results_are_found_by_their_names() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--no-charts", "--out", "results/tried"]).exits(0);
    home.run(&["run", &file, "--no-charts"]).exits(0);
    home.file("deep/down/here.txt", "");
    let plot = |folder: &str, what: &str| {
        home.run_in(folder, &["plot", what, "--json"]).exits(0).json()["folder"].clone()
    };
    assert_eq!(plot("", "tried"), "results/tried");
    assert_eq!(plot("", "results/tried"), "results/tried");
    assert_eq!(plot("", "results"), "results/tried");
    assert_eq!(plot("", "results/tried/manifest.toml"), "results/tried");
    assert_eq!(plot("results/tried", "manifest.toml"), ".");
    assert!(plot("deep/down", "tried").as_str().is_some_and(|folder| folder.ends_with("results/tried")));
    assert!(plot("", "two").as_str().is_some_and(|folder| folder.contains("runs/two-5-")));
    home.run(&["run", &file, "--no-charts", "--seed", "6"]).exits(0);
    let several = home.run(&["plot", "two"]).exits(2);
    assert!(
        several.error.contains("can be 2 results") && several.error.contains("two-6-"),
        "{}",
        several.error
    );
    let none = home.run(&["plot", "tired"]).exits(1);
    assert!(none.error.contains("the nearest is `tried`"), "{}", none.error);
    let fast = home.run(&["claims", "tried", "--json"]).exits(0).json();
    assert!(fast.as_array().is_some_and(|rows| rows.iter().any(|row| row["scenario"] == "two")));
}

#[test]
fn charts_are_left_out_when_they_are_not_wanted() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    let run = home.run(&["run", &file, "--no-charts", "--replications", "2", "--out", "out"]).exits(0);
    assert!(!run.out.contains("chart:") && run.out.contains("--no-charts"), "{}", run.out);
    assert!(
        home.tree("out")
            .keys()
            .all(|path| !path.starts_with("charts") && path.extension().is_none_or(|e| e != "svg"))
    );
    home.run(&["plot", "out"]).exits(0);
    assert!(home.path("out/charts").is_dir());
    home.run(&["run", &file, "--no-charts", "--png"]).exits(2);
    std::fs::remove_dir_all(home.path("out/seed-5")).expect("the first run");
    assert!(home.run(&["plot", "out"]).exits(4).error.contains("nothing to draw from"));
}

#[test]
fn a_new_scenario_is_written_once_runs_as_it_is_and_is_never_written_over() {
    let home = Home::new();
    let said = home.run(&["init", "mine.toml"]).exits(0).out;
    assert!(said.contains("wrote mine.toml") && said.contains("ir3sim check mine.toml"), "{said}");
    home.run(&["check", "mine.toml"]).exits(0);
    assert_eq!(home.run(&["init", "-"]).exits(0).out, home.read("mine.toml").replace("mine", "scenario"));
    assert!(home.run(&["init", "-", "--json"]).exits(0).json()["scenario"].is_string());
    let odd = home.run(&["init", "a b.toml"]).exits(0).out;
    assert!(odd.contains("`ir3sim check 'a b.toml'`"), "{odd}");
    assert!(home.read("a b.toml").contains("#   ir3sim check 'a b.toml' "));
    home.file("mine.toml", "mine");
    assert!(home.run(&["init", "mine.toml"]).exits(1).error.contains("is there already"));
    assert_eq!(
        (home.read("mine.toml").as_str(), home.names()),
        ("mine", ["a b.toml", "mine.toml"].map(str::to_owned).to_vec())
    );
    assert_eq!(home.run(&["init", "--json"]).exits(0).json()["file"], "scenario.toml");
    home.run(&["run", "scenario.toml", "--no-charts", "--out", "out"]).exits(0);
}

#[test]
fn scenarios_at_random_hold_every_invariant_and_can_be_printed() {
    let home = Home::new();
    let json = home.run(&["swarm", "--seeds", "12", "--from", "5", "--json"]).exits(0).json();
    let all: u64 = ["good", "stopped", "none"].iter().filter_map(|part| json[part].as_u64()).sum();
    assert_eq!((all, json["good"].as_u64() > Some(6), &json["failed"]), (12, true, &serde_json::json!([])));
    let said = home.run(&["swarm", "--seeds", "12", "--from", "5"]).exits(0).out;
    assert!(said.contains("12 scenarios at random, seeds 5 to 16") && said.contains("0 failed"), "{said}");
    let text = home.run(&["swarm", "--from", "7", "--print"]).exits(0).out;
    home.file("found.toml", &text);
    home.run(&["check", "found.toml"]).exits(0);
    assert_eq!(text, home.run(&["swarm", "--from", "7", "--print"]).exits(0).out);
}
