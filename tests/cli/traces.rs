//! Traces in files of their own: studies take them along, and what their points say is what single runs say.

use std::fs;

use super::program::{Home, TRAFFIC};

/// A home with a scenario in `s`, which follows a trace beside that folder that has its receiver online for a century.
fn home() -> Home {
    let home = Home::new();
    let receiver = "[groups.receiver]\ncount = 1\n";
    let presence = "presence = { model = \"trace\", file = \"../base.csv\" }\n";
    let (traffic, _) = TRAFFIC.split_once("[expect.").expect("it expects something");
    assert!(traffic.contains(receiver));
    home.file("s/two.toml", &traffic.replacen(receiver, &format!("{receiver}{presence}"), 1));
    home.file("plain.toml", traffic);
    home.file("base.csv", "host,time_s,state\n0,0,online\n");
    home.file("s/on.csv", "host,time_s,state\n0,0,online\n");
    home.file("s/sub/off.csv", "host,time_s,state\n0,30,offline\n");
    home
}

/// The column of a table.
fn column(home: &Home, file: &str, name: &str) -> Vec<String> {
    let mut table = csv::Reader::from_path(home.path(file)).expect("a table");
    let place = table.headers().expect("a header").iter().position(|column| column == name);
    let place = place.unwrap_or_else(|| panic!("{file} has no {name}"));
    table.records().map(|row| row.expect("a row")[place].to_owned()).collect()
}

const FILE: &str = "groups.receiver.presence.file";

#[test]
fn a_sweep_of_a_scenario_with_a_trace_is_that_of_the_scenario_and_needs_the_file_no_more() {
    let home = home();
    let sweep = |file: &str, out: &str, more: &[&str]| {
        let base =
            ["sweep", "run", file, "--axis", "duration=1 min,2 min", "--replications", "1", "--out", out];
        home.run(&[&base, more].concat())
    };
    sweep("s/two.toml", "traced", &[]).exits(0);
    sweep("plain.toml", "plain", &[]).exits(0);
    // As long as the run of each point, and not only as that of the file.
    let sent = column(&home, "traced/runs.csv", "traffic.probe.sent");
    assert_eq!(sent, column(&home, "plain/runs.csv", "traffic.probe.sent"));
    assert_ne!(sent[0], sent[1]);
    let text = home
        .read("s/two.toml")
        .replace("file = \"../base.csv\"", "rows = \"\"\"\nhost,time_s,state\n0,0,online\n\"\"\"");
    assert_eq!(home.read("traced/scenario.toml"), text);
    // Errors are those of the file as it was written, and come before anything is.
    let line = 1 + text.lines().position(|line| line.starts_with("presence")).expect("it has one");
    let ran = sweep("s/two.toml", "bad", &["-S", "groups.receiver.count=2"]).exits(2);
    assert!(
        ran.error.contains(&format!("s/two.toml:{line}:")) && ran.error.contains("a trace of host"),
        "{}",
        ran.error
    );
    assert!(!home.path("bad").exists());
    fs::remove_file(home.path("base.csv")).expect("it was there");
    home.run(&["sweep", "status", "traced"]).exits(0);
    home.run(&["sweep", "run", "traced/sweep.toml", "--out", "traced"]).exits(0);
}

#[test]
fn a_scenario_that_is_good_only_as_it_is_set_is_swept_with_its_trace() {
    let home = home();
    home.file("s/four.toml", &home.read("s/two.toml").replace("count = 1\npresence", "count = 4\npresence"));
    let set = ["-S", "groups.receiver.count=1", "--replications", "1"];
    let sweep = ["sweep", "run", "s/four.toml", "--axis", "network.loss=0,0.5", "--out", "out"];
    home.run(&[&sweep[..], &set].concat()).exits(0);
}

#[test]
fn traces_are_compared_by_an_axis_and_lie_in_the_folder_then() {
    let home = home();
    let axis = format!("{FILE}=[\"on.csv\", \"sub/off.csv\"]");
    let run = ["sweep", "run", "s/two.toml", "--axis", &axis, "--replications", "1", "--out", "out"];
    home.run(&run).exits(0);
    assert_eq!(column(&home, "out/runs.csv", FILE), ["on.csv", "sub/off.csv"]);
    let missed: Vec<bool> = column(&home, "out/runs.csv", "messages.to_offline")
        .iter()
        .map(|missed| missed.parse() != Ok(0.0))
        .collect();
    assert_eq!(missed, [false, true]);
    fs::remove_dir_all(home.path("s")).expect("it was there");
    home.run(&["sweep", "status", "out"]).exits(0);
    home.run(&["sweep", "run", "out/sweep.toml", "--out", "out"]).exits(0);
    let change = format!("{FILE}=sub/off.csv");
    home.run(&["run", "out/scenario.toml", "-S", &change, "--no-charts", "--out", "one"]).exits(0);
    let one: toml::Table = home.read("one/manifest.toml").parse().expect("it is TOML");
    assert_eq!(one["fingerprint"].as_str(), Some(column(&home, "out/runs.csv", "fingerprint")[1].as_str()));
    // What the folder has itself, or what is elsewhere, cannot lie in it.
    let own = home.names_in("out").into_iter().filter(|name| name != "on.csv" && name != "sub");
    let names: Vec<String> = own.chain(["../base.csv".to_owned(), "threshold.json".to_owned()]).collect();
    for name in &names {
        if !home.path("t").join(name).exists() {
            home.file(&format!("t/{name}"), "host,time_s,state\n0,0,online\n");
        }
    }
    fs::copy(home.path("out/scenario.toml"), home.path("t/two.scenario")).expect("a copy");
    let ran = home.run(&["sweep", "plan", "t/two.scenario", "--axis", &format!("{FILE}={names:?}")]).exits(2);
    assert!(ran.error.contains(&format!("refused at {0} of {0} points", names.len())), "{}", ran.error);
    assert!(ran.error.contains("it cannot be kept with the scenario"), "{}", ran.error);
}

#[test]
fn a_threshold_is_found_in_a_scenario_with_a_trace() {
    let home = home();
    let search = ["threshold", "s/two.toml", "--axis", "network.loss=0.0:0.3", "--expect", "some_arrive"];
    let set = ["-S", "expect.some_arrive={ metric = \"traffic.probe.undelivered_ratio\", max = 0.1 }"];
    home.run(&[&search[..], &set, &["--replications", "3", "--resolution", "1/4", "--out", "out"]].concat())
        .exits(0);
    fs::remove_file(home.path("base.csv")).expect("it was there");
    home.run(&["sweep", "status", "out"]);
    assert!(home.read("out/scenario.toml").contains("rows = "));
}

#[test]
fn a_trace_that_is_set_for_a_manifest_lies_beside_it() {
    let home = home();
    home.run(&["run", "s/two.toml", "--no-charts", "--out", "out"]).exits(0);
    fs::copy(home.path("s/sub/off.csv"), home.path("out/off.csv")).expect("a copy");
    let change = |value: &str| {
        home.run(&["check", "out/manifest.toml", "-S", &format!("groups.receiver.presence{value}")])
    };
    change("={ model = \"trace\", file = \"off.csv\" }").exits(0);
    change(".file=off.csv").exits(0);
    let ran = change(".file=gone.csv").exits(2);
    assert!(ran.error.contains("could not be read: out/gone.csv"), "{}", ran.error);
}
