//! Thresholds: what is found is what is known in closed form, nothing finished is lost, and errors come before anything is run.

use std::ops::ControlFlow;
use std::process::Command;

use ir3sim::batch::{Replication, run_one, seed_of};
use ir3sim::scenario::{self, parse_span};
use ir3sim::study::threshold::{Check, ERROR, Finding, Question, Search, Visit, visit};
use ir3sim::world::RunOptions;
use serde_json::Value;

use super::program::{Home, Ran, TRAFFIC};

/// A share of messages is lost on the way, which is the parameter itself.
const LOSS: &str = r#"
[expect.most_arrive]
metric = "traffic.probe.undelivered_ratio"
max = 0.1

[expect.some_are_lost]
metric = "traffic.probe.undelivered_ratio"
min = 0.1

[expect.about_a_fifth_is_lost]
metric = "traffic.probe.undelivered_ratio"
min = 0.12
max = 0.28
"#;

fn home() -> Home {
    let home = Home::new();
    home.file("two.toml", &format!("{TRAFFIC}{LOSS}"));
    home
}

fn threshold(home: &Home, axis: &str, name: &str, more: &[&str]) -> Ran {
    home.run(&[&["threshold", "two.toml", "--axis", axis, "--expect", name], more].concat())
}

fn number(text: &Value) -> f64 {
    let text = text.as_str().expect("a value");
    text.split(' ')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or_else(|| panic!("{text} is no number"))
}

/// The values between which it turns, those that hold first.
fn interval(found: &Value) -> (f64, f64) {
    (number(&found["holds_at"]), number(&found["fails_at"]))
}

#[test]
fn the_loss_that_loses_a_tenth_is_a_tenth_and_the_folder_is_that_of_a_sweep() {
    let home = home();
    let found =
        threshold(&home, "network.loss=0.0:0.3", "most_arrive", &["--json", "--out", "out"]).exits(0).json();
    let (holds, fails) = interval(&found);
    assert!(holds < 0.1 && 0.1 < fails && fails - holds < 0.05, "{holds} to {fails}");
    assert_eq!((&found["outcome"], &found["fails_towards"]), (&"turns".into(), &"high".into()));
    let crossing = &found["crossing"];
    let of = |key: &str| crossing[key].as_f64().expect("a number");
    assert!(
        of("ci_low") < 0.1 && 0.1 < of("ci_high") && holds < of("ci_low") && of("ci_high") < fails,
        "{crossing}"
    );
    assert_eq!(crossing["n"], 10);
    assert_eq!(home.json("out/threshold.json")["points"], found["points"]);
    assert_eq!(home.names_in("out/charts"), ["threshold.svg"]);
    let manifest: toml::Table = home.read("out/manifest.toml").parse().expect("a manifest is TOML");
    let files = manifest["files"].as_table().expect("it lists files");
    let listed: Vec<&String> = files.keys().collect();
    assert_eq!(listed, ["charts/threshold.svg", "points.csv", "runs.csv", "summary.json", "threshold.json"]);
    home.run(&["sweep", "status", "out"]).exits(0);
    home.run(&["sweep", "run", "out/sweep.toml", "--out", "again", "-q", "--no-charts"]).exits(3);
    for table in ["runs.csv", "points.csv", "summary.json"] {
        assert_eq!(home.read(&format!("out/{table}")), home.read(&format!("again/{table}")), "{table}");
    }
    // What the folder says of the points that it then has no more is gone.
    home.run(&["sweep", "run", "out/sweep.toml", "--out", "out", "-q"]).exits(3);
    assert!(!home.path("out/threshold.json").exists() && !home.path("out/charts/threshold.svg").exists());
}

/// Datagrams of 8 ms each wait 8 ms · ρ / (2 (1 − ρ)) in the mean (Pollaczek and Khinchine): at 80 /s, where ρ = 0.64, 7.11 ms,
/// and arrive 55.11 ms after they are sent.
#[test]
fn the_rate_at_which_a_queue_is_too_long_is_that_of_pollaczek_and_khinchine() {
    let home = home();
    let soon = "expect.soon={ metric = \"traffic.probe.delay_mean_s\", max = 0.05511 }";
    let long = ["-S", soon, "-S", "duration=100 s", "--replications", "6", "--json", "--out", "out"];
    let found = threshold(&home, "workloads.probe.arrivals.poisson=40 /s:110 /s", "expect.soon", &long)
        .exits(0)
        .json();
    let (holds, fails) = interval(&found);
    assert!(holds < 80.0 && 80.0 < fails && fails - holds < 15.0, "{holds} to {fails}");
    assert_eq!(found["unit"], "/s");
}

#[test]
fn along_ratios_units_are_those_of_the_lower_end() {
    let home = home();
    let axis = "network.latency.fixed=log:10 ms:4 s";
    let found =
        threshold(&home, axis, "soon", &["--json", "--out", "out", "--replications", "6"]).exits(0).json();
    let (holds, fails) = interval(&found);
    // Two seconds for 99 % of the datagrams, and some 10 to 30 ms for the queue.
    assert!(holds < 1990.0 && fails > 1970.0 && fails < 1.5 * holds, "{holds} to {fails}");
    assert_eq!(
        (&found["table"], &found["log"], &found["high"]),
        (&"claims".into(), &true.into(), &4000.into())
    );
}

/// A datagram of n bytes and 28 of headers takes 8 µs a byte, and 40 ms on its way: 41.104 ms with 110 bytes, 41.112 with 111, and a
/// microsecond at the receiver.
/// A threshold in a changed scenario is not one of the scenario.
#[test]
fn what_is_otherwise_than_in_the_scenario_is_told_with_the_threshold() {
    let home = home();
    home.file("fast.toml", "network.latency = { fixed = \"5 ms\" }\n");
    let trial = "claims.few={ claim = \"fast\", metric = \"traffic.probe.undelivered_ratio\", max = 0.1 }";
    let changed = ["-S", trial, "--overlay", "fast.toml", "--no-charts", "--out", "out/changed"];
    let said = threshold(&home, "network.loss=0.0:0.3", "claims.few", &changed).exits(0).out;
    let words: Vec<&str> = said.split_whitespace().collect();
    assert!(words.join(" ").contains("with --overlay fast.toml, claims.few={ claim"), "{said}");
    let json: Value = serde_json::from_str(&home.read("out/changed/threshold.json")).expect("JSON");
    assert_eq!(json["with"][0], "--overlay fast.toml");
    home.run(&["run", "two.toml", "-S", trial, "--replications", "2", "--no-charts", "--out", "out/run"]);
    let brief = home.run(&["claims", "out"]).exits(0).out;
    assert!(
        brief.contains("network.loss*") && brief.contains("*: in a scenario that was changed besides"),
        "{brief}"
    );
    let long = home.run(&["claims", "out", "-v"]).exits(0).out;
    assert!(long.contains("--overlay fast.toml"), "{long}");
    // As it is, there is nothing to tell.
    let plain = threshold(&home, "network.loss=0.0:0.3", "most_arrive", &["--json", "--out", "plain"]).json();
    assert_eq!(plain.get("with"), None);
}

#[test]
fn what_comes_whole_is_found_to_the_neighbour() {
    let home = home();
    let soon = "expect.soon={ metric = \"traffic.probe.delay_mean_s\", max = 0.041108 }";
    let whole = ["-S", soon, "-S", "workloads.probe.arrivals={ every = \"1 s\" }", "--json", "--out", "out"];
    let axis = "workloads.probe.size=100 B:120 B";
    let found = threshold(&home, axis, "expect.soon", &[&whole[..], &["--replications", "3"]].concat())
        .exits(0)
        .json();
    assert_eq!(interval(&found), (110.0, 111.0));
    assert_eq!((&found["candidates"], &found["holds_at"]), (&21.into(), &"110 B".into()));
}

#[test]
fn between_whole_numbers_of_what_is_not_whole_there_is_more() {
    let home = home();
    let ran = threshold(&home, "network.loss=0:1", "most_arrive", &["--resolution", "1/8", "--out", "out"])
        .exits(0);
    assert!(ran.out.contains("holds up to 0.0, fails from 0.125"), "{}", ran.out);
    assert_eq!(home.json("out/threshold.json")["candidates"], 9);
    let draws = ["--axis", "network.loss=0:1", "--method", "lhs", "--samples", "4", "--replications", "1"];
    home.run(&[&["sweep", "run", "two.toml", "--out", "drawn"], &draws[..]].concat());
    let runs = home.read("drawn/runs.csv");
    let drawn = runs.lines().skip(1).map(|line| line.split(',').next().expect("a cell"));
    assert!(drawn.clone().count() == 4 && drawn.clone().all(|loss| !["0", "1"].contains(&loss)), "{runs}");
}

#[test]
fn the_end_at_which_it_fails_is_found() {
    let home = home();
    let ran = threshold(&home, "network.loss=0.0:0.3", "some_are_lost", &["--out", "out"]).exits(0);
    assert!(ran.out.contains("some_are_lost fails up to 0.0"), "{}", ran.out);
    assert_eq!(home.json("out/threshold.json")["fails_towards"], "low");
    let (holds, fails) = interval(&home.json("out/threshold.json"));
    assert!(fails < 0.1 && 0.1 < holds);
}

#[test]
fn what_turns_back_is_told() {
    let home = home();
    let ran = threshold(&home, "network.loss=0.0:0.4", "about_a_fifth_is_lost", &["--out", "out"]).exits(0);
    assert!(ran.out.contains("holds from") && ran.out.contains("; fails again from"), "{}", ran.out);
    assert!(ran.out.contains("It turns more than once."), "{}", ran.out);
    let found = home.json("out/threshold.json");
    assert_eq!(found["turns"].as_array().map(Vec::len), Some(2));
    assert!(home.read("out/charts/threshold.svg").contains("fails again from"));
}

#[test]
fn what_must_never_happen_fails_where_one_run_shows_it() {
    let home = home();
    let ran = threshold(&home, "network.loss=0.0:0.001", "all_arrive", &["--out", "out"]).exits(0);
    assert!(
        ran.out.contains("it fails where one run breaks it, and\n  holds where none of 10 did"),
        "{}",
        ran.out
    );
    let found = home.json("out/threshold.json");
    assert_eq!((&found["every_run"], &found["crossing"]), (&true.into(), &Value::Null));
    let points = found["points"].as_array().expect("points");
    assert!(
        points.iter().all(|point| point["verdict"] == if point["mean"] == 0 { "holds" } else { "fails" })
    );
}

#[test]
fn the_same_at_both_ends_is_no_threshold() {
    let home = home();
    let all_fail = threshold(&home, "network.loss=0.2:0.3", "most_arrive", &["--out", "out"]).exits(4);
    assert!(all_fail.out.contains("fails at all of the 5 points from 0.2 to 0.3"), "{}", all_fail.out);
    let found = home.json("out/threshold.json");
    assert_eq!((&found["outcome"], &found["fails_at"]), (&"fails".into(), &Value::Null));
    let open_end = threshold(&home, "network.loss=0.0:0.1", "most_arrive", &["--out", "end", "-q"]).exits(4);
    assert!(
        open_end.out.contains("holds from 0.0 to 0.0") && open_end.out.contains("is not known from"),
        "{}",
        open_end.out
    );
    assert_eq!(open_end.out.lines().count(), 1);
    let open = threshold(&home, "network.loss=0.097:0.103", "most_arrive", &["--out", "open", "-q"]).exits(4);
    assert!(open.out.contains("no verdict at any of the 5 points"), "{}", open.out);
    assert!(open.out.contains("10 runs are too few, and about"), "{}", open.out);
}

#[test]
fn threads_and_interruptions_change_no_byte_and_nothing_finished_is_run_again() {
    let home = home();
    let long = ["-S", "duration=10 min", "--replications", "4"];
    let run = |out: &str, more: &[&str]| {
        threshold(&home, "network.loss=0.0:0.4", "most_arrive", &[&long[..], &["--out", out], more].concat())
    };
    run("one", &["--jobs", "1"]).exits(0);
    let two = run("two", &["--jobs", "2"]).exits(0);
    assert_eq!((home.tree("one"), two.error.as_str()), (home.tree("two"), ""));
    let axis = ["--axis", "network.loss=0.0:0.4", "--expect", "most_arrive", "--out", "killed"];
    let arguments = [&["threshold", "two.toml"], &axis[..], &long[..]].concat();
    let mut child = home.command("", &arguments).spawn().expect("the program can be run");
    let finished = || {
        let status = home.run(&["sweep", "status", "killed", "--json"]);
        if status.code == Some(2) { 0 } else { status.json()["runs_finished"].as_u64().expect("a count") }
    };
    while finished() < 3 && child.try_wait().expect("it can be asked").is_none() {}
    let kill = Command::new("sh").args(["-c", &format!("kill -9 {} 2>/dev/null", child.id())]).status();
    kill.expect("there is a shell");
    child.wait().expect("it ends");
    let ran = run("killed", &[]).exits(0);
    assert!(ran.error.contains("were there already and are kept"), "{}", ran.error);
    assert_eq!(home.tree("killed"), home.tree("one"));
    // A finer search looks at the coarse points again, and runs none of them.
    let finer = run("two", &["--resolution", "1/64", "--json"]).exits(0);
    let points = finer.json()["points"].as_array().map(Vec::len).expect("points");
    assert!(finer.error.contains(&format!("of {} runs were there already", 4 * points)), "{}", finer.error);
    let again = run("two", &["--resolution", "1/64"]).exits(0);
    assert!(again.error.contains(&format!("{0} of {0} runs", 4 * points)), "{}", again.error);
}

#[test]
fn errors_are_told_before_anything_is_run() {
    let home = home();
    let loss = "network.loss=0.0:0.3";
    let refused = |axis: &str, name: &str, more: &[&str], said: &[&str]| {
        let ran = threshold(&home, axis, name, &[&["--out", "out"], more].concat()).exits(2);
        said.iter().for_each(|said| assert!(ran.error.contains(said), "{said} is not in:\n{}", ran.error));
        assert!(!home.path("out").exists());
    };
    refused(loss, "most_arive", &[], &["nearest is `most_arrive`", "`claims.soon`", "`expect.all_arrive`"]);
    refused("network.lss=0.0:0.3", "soon", &[], &["nearest known path is `network.loss`"]);
    refused("network.loss=0.3:0.1", "soon", &[], &["not below the second", "PATH=LOW:HIGH"]);
    refused("network.loss=0.1", "soon", &[], &["no two bounds"]);
    refused("network.loss=0.0:2.0", "soon", &[], &["at network.loss=2.0", "out of range", "1 of 2 points"]);
    refused("workloads.probe.size=10 B:10 s", "soon", &[], &["two units"]);
    refused("expect.most_arrive.max=0.0:0.5", "soon", &[], &["what is judged by"]);
    refused(loss, "soon", &["--replications", "1"], &["whole number from 2"]);
    refused(loss, "soon", &["--resolution", "2"], &["a share from 1/1024"]);
    refused(loss, "soon", &["-S", "network.loss=0"], &["varied or set twice"]);
    refused(
        loss,
        "soon",
        &["-S", "expect.soon={ metric = \"messages.lost\", max = 1 }"],
        &["`expect.soon` or `claims.soon`"],
    );
    home.file("sweep.toml", "name = \"s\"\nscenario = \"two.toml\"\n[axes]\n\"network.loss\" = [0.1]\n");
    let ran = home.run(&["threshold", "sweep.toml", "--axis", loss, "--expect", "soon"]).exits(2);
    assert!(ran.error.contains("is a sweep file"), "{}", ran.error);
    let bare = TRAFFIC.split("[expect.").next().expect("a part");
    let ran = home.run_with(bare, &["threshold", "-", "--axis", loss, "--expect", "soon"]).exits(2);
    assert!(ran.error.contains("no [expect.NAME] and no [claims.NAME]"), "{}", ran.error);
    home.file("mine/notes.txt", "mine");
    let ran = threshold(&home, loss, "most_arrive", &["--out", "mine"]).exits(2);
    assert!(ran.error.contains("holds other files, and no sweep"), "{}", ran.error);
}

/// Searches for where a tenth of a hundred datagrams is lost, under the seeds of one study.
fn found(seed: u64) -> Finding {
    const REPLICATIONS: u32 = 6;
    let text = format!("{TRAFFIC}{LOSS}");
    let (path, span) = parse_span("network.loss=0.0:0.4").expect("a span");
    let grid = span.grid(16);
    let check = Check::Expectation("most_arrive".to_owned());
    let at = |value: &str| {
        let set = [format!("{path}={value}"), "duration=\"10 s\"".to_owned()];
        scenario::parse("two.toml", &text, &set).expect("a scenario")
    };
    let look = |place: usize| -> Visit {
        let scenario = at(&grid[place].1);
        let run = |r| {
            let control = &mut |_| ControlFlow::Continue(());
            let outcome =
                run_one(&scenario, seed_of(seed, r), RunOptions::default(), control).expect("it runs");
            Replication::of(&scenario, outcome)
        };
        let runs: Vec<Replication> = (0..REPLICATIONS).map(run).collect();
        visit(&grid[place], &scenario, &runs, &check, ERROR / grid.len() as f64)
    };
    let (mut search, mut visits) = (Search::among(grid.len()), std::collections::BTreeMap::new());
    loop {
        let next = search.next();
        if next.is_empty() {
            break;
        }
        for place in next {
            let seen = look(place);
            search.tell(place, seen.verdict);
            visits.insert(place, seen);
        }
    }
    let question = Question::of(&at("0.0"), &check, (&path, &span), grid.len(), (seed, REPLICATIONS));
    Finding::of(question.expect("the check is there"), &search, visits.into_values().collect())
}

/// Of 40 searches two may enclose another place than the true one. More than five do with a probability of 1.4 %, if as many miss
/// as may: P(X > 5) of a binomial variable with n = 40 and p = 0.05.
#[test]
fn intervals_enclose_the_truth_as_often_as_they_say() {
    let findings: Vec<Finding> = (1..=40).map(found).collect();
    let (mut outside, mut missed, mut widths) = (0, 0, Vec::new());
    for finding in &findings {
        let value = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<f64>().ok());
        let (holds, fails) = (value(&finding.holds_at), value(&finding.fails_at));
        let (holds, fails) = (holds.expect("it turns"), fails.expect("it turns"));
        outside += i32::from(!(holds <= 0.1 && 0.1 <= fails));
        widths.push(fails - holds);
        let crossing = finding.crossing.expect("means cross once");
        missed += i32::from(
            crossing.ci_low.0.is_some_and(|low| low > 0.1)
                || crossing.ci_high.0.is_some_and(|high| high < 0.1),
        );
    }
    assert!(outside <= 5 && missed <= 5, "{outside} intervals and {missed} crossings of 40");
    // A mean of 600 has a deviation of √(0.09 / 600) = 0.012, of which a verdict takes 4.6 (Student's t, five degrees of freedom and
    // 0.05 / 17) on either side, and the grid is as coarse as 0.025.
    let mean = widths.iter().sum::<f64>() / 40.0;
    assert!(mean < 2.0 * (4.6 * 0.012 + 0.025), "they say something: {mean}");
}
