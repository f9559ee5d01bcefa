//! Which points a sweep has, and how often each is run.

use super::program::{Home, TRAFFIC};

const TABLES: [&str; 4] = ["runs.csv", "points.csv", "summary.json", "manifest.toml"];

fn sweep_file(keys: &str) -> String {
    format!(
        "name = \"s\"\nscenario = \"two.toml\"\n{keys}\n[set]\n\"expect.all_arrive\" = {{ metric = \"messages.sent\", min = 1 }}\n"
    )
}

/// A home with a scenario, and a sweep over it.
fn home(keys: &str) -> Home {
    let home = Home::new();
    home.file("two.toml", TRAFFIC);
    home.file("sweep.toml", &sweep_file(keys));
    home
}

fn tables(home: &Home, folder: &str) -> [String; 4] {
    TABLES.map(|name| home.read(&format!("{folder}/{name}")))
}

const UNTIL: &str = "replications = { until = 0.1, of = \"messages.lost\", most = 25 }\n[axes]\n\
                     network.loss = [0.0, 0.02, 0.2]";

#[test]
fn points_are_run_until_a_metric_is_known_well_enough_whoever_runs_them() {
    let home = home(UNTIL);
    let plan = home.run(&["sweep", "plan", "sweep.toml"]).exits(0);
    let told = "3 points × 10 to 25 = 30 to 75 runs, until messages.lost is known to ±10 % of its mean";
    assert!(plan.out.contains(told), "{}", plan.out);
    let run = |out: &str, more: &[&str]| {
        let charts: &[&str] = if more.contains(&"--shard") { &[] } else { &["--no-charts"] };
        home.run(&[&["sweep", "run", "sweep.toml", "--out", out], charts, more].concat())
    };
    let ran = run("one", &["--jobs", "1"]).exits(0);
    assert!(
        ran.out.contains("at 1 of 3 points messages.lost is not known to ±10 % of its mean after 25 runs"),
        "{}",
        ran.out
    );
    let one = tables(&home, "one");
    run("four", &["--jobs", "4"]).exits(0);
    assert_eq!(tables(&home, "four"), one);
    // Some were there, of another plan, and more of them than count.
    run("more", &["--replications", "12", "--axis", "network.loss=0.2,0.3"]).exits(0);
    run("more", &["--jobs", "2"]).exits(0);
    assert_eq!(tables(&home, "more"), one);
    run("parts", &["--shard", "1/2"]).exits(0);
    let early = home.run(&["sweep", "merge", "parts"]).exits(4);
    assert!(early.error.contains("2 of 3 points have not enough runs yet"), "{}", early.error);
    let status = home.run(&["sweep", "status", "parts"]).exits(4);
    assert!(status.out.contains("1 of 3 points complete"), "{}", status.out);
    run("parts", &["--shard", "0/2"]).exits(0);
    home.run(&["sweep", "merge", "parts", "--no-charts"]).exits(0);
    assert_eq!(tables(&home, "parts"), one);
    home.run(&["sweep", "status", "parts"]).exits(0);
}

#[test]
fn a_point_has_the_fewest_runs_whose_interval_is_narrow_enough() {
    let home = home(UNTIL);
    home.run(&["sweep", "run", "sweep.toml", "--out", "out"]).exits(0);
    let mut reader = csv::Reader::from_path(home.path("out/points.csv")).expect("a table");
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let of_metric = rows.iter().filter(|row| &row[1] == "messages.lost");
    let figures: Vec<[f64; 4]> =
        of_metric.map(|row| [2, 3, 5, 6].map(|place| row[place].parse().expect("a number"))).collect();
    let half = |[_, mean, low, high]: [f64; 4]| (high - low) / 2.0 / mean;
    assert_eq!(figures[0][..2], [25.0, 0.0]);
    assert!(figures[1][0] > 10.0 && figures[1][0] < 25.0 && half(figures[1]) <= 0.1, "{:?}", figures[1]);
    assert!(figures[2][0] == 10.0 && half(figures[2]) <= 0.1, "{:?}", figures[2]);
    // A run less was not enough.
    let fewer = (figures[1][0] as u32 - 1).to_string();
    let line = ["sweep", "run", "sweep.toml", "--replications", &fewer, "--out", "fewer"];
    home.run(&line).exits(0);
    let mut reader = csv::Reader::from_path(home.path("fewer/points.csv")).expect("a table");
    let row = reader.records().map(|row| row.expect("a row"));
    let row = row.filter(|row| &row[1] == "messages.lost").nth(1).expect("the second point");
    assert!(half([2, 3, 5, 6].map(|place| row[place].parse().expect("a number"))) > 0.1);
    let summary: serde_json::Value = serde_json::from_str(&home.read("out/summary.json")).expect("JSON");
    assert_eq!(summary["until"]["not_reached"], serde_json::json!([0]));
    assert_eq!(summary["points"][0]["until"], serde_json::json!({ "half_width": null, "reached": false }));
    assert_eq!(summary["points"][2]["replications"], 10);
    assert!(home.read("out/manifest.toml").contains("not_reached = [0]"));
    let sweep = home.read("out/sweep.toml");
    let rule = "replications = { until = 0.1, of = \"messages.lost\", least = 10, most = 25 }";
    assert!(sweep.contains(rule), "{sweep}");
}

#[test]
fn a_rule_on_the_command_line_takes_the_place_of_the_files() {
    let home = home("replications = 3\n[axes]\nnetwork.loss = [0.1, 0.2]");
    let plan = |more: &[&str]| {
        let line = [&["sweep", "plan", "sweep.toml", "--json"], more].concat();
        let plan = home.run(&line).exits(0).json();
        (plan["runs_least"].as_u64(), plan["runs"].as_u64())
    };
    assert_eq!(plan(&[]), (Some(6), Some(6)));
    assert_eq!(plan(&["--until", "messages.lost=0.1"]), (Some(20), Some(400)));
    assert_eq!(plan(&["--until", "messages.lost=0.1", "--replications", "30"]), (Some(20), Some(60)));
    home.file("sweep.toml", &sweep_file(UNTIL));
    assert_eq!(plan(&["--replications", "4"]), (Some(12), Some(12)));
    assert_eq!(plan(&["--until", "messages.sent=0.2"]), (Some(30), Some(75)));
}

#[test]
fn a_rule_that_cannot_be_says_where_and_what_may_be() {
    let home = home(UNTIL);
    let refused = |keys: &str, more: &[&str], said: &[&str]| {
        home.file("sweep.toml", &sweep_file(&format!("{keys}\n[axes]\nnetwork.loss = [0.1, 0.2]")));
        let ran = home.run(&[&["sweep", "run", "sweep.toml", "--out", "out"], more].concat()).exits(2);
        said.iter().for_each(|said| assert!(ran.error.contains(said), "{said} is not in:\n{}", ran.error));
        assert!(!home.path("out").exists());
    };
    let until = |keys: &str| format!("replications = {{ {keys} }}");
    refused(&until("until = 0.1, of = \"messages.lots\""), &[], &["sweep.toml:3:36", "\"messages.lost\""]);
    refused(
        &until("until = 0.1, of = \"queries.answered_ratio\""),
        &[],
        &["2 of 2 points", "sweep.toml:3:36", "not a metric of the scenario here", "a scenario has it when"],
    );
    refused(&until("until = 0, of = \"messages.lost\""), &[], &["out of range", "above 0 and below 1"]);
    refused(&until("until = 0.1"), &[], &["`replications.of` is missing"]);
    refused(&until("until = 0.1, of = \"messages.lost\", least = 3"), &[], &["from 10 to 10000"]);
    refused(&until("until = 0.1, of = \"messages.lost\", least = 30, most = 20"), &[], &["from 30 to 10000"]);
    refused(&until("unitl = 0.1, of = \"messages.lost\""), &[], &["nearest known key is `until`"]);
    refused("", &["--until", "messages.lots=0.1"], &["--until messages.lots=0.1:1:1", "\"messages.lost\""]);
    refused("", &["--until", "messages.lost"], &["METRIC=WIDTH"]);
    refused(
        "",
        &["--until", "messages.lost=0.1", "--replications", "5"],
        &["from 10 to 10000 runs", "--until messages.lost=0.1:1:1"],
    );
}

#[test]
fn sensitivity_indices_tell_which_axis_a_metric_hangs_on() {
    let design = "replications = 2\nmethod = \"saltelli\"\nsamples = 32\n[axes]\n\
                  network.loss = { range = [0.0, 0.5] }\nworkloads.probe.size = { range = [\"100 B\", \"900 B\"] }\n\
                  network.latency.fixed = [\"10 ms\", \"40 ms\"]";
    let home = home(design);
    let ran = home.run(&["sweep", "run", "sweep.toml", "--out", "out", "--no-charts"]).exits(0);
    assert!(
        ran.out.contains("160 points with 2 runs each") && ran.out.contains("sensitivity.csv"),
        "{}",
        ran.out
    );
    let table = home.read("out/sensitivity.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<Vec<String>> =
        reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
    let row = |metric: &str, axis: &str| {
        let row = rows.iter().find(|row| row[0] == metric && row[1] == axis).expect("a row");
        [3, 6].map(|place| row[place].parse::<f64>().ok())
    };
    let [Some(first), Some(total)] = row("messages.lost", "network.loss") else { panic!("indices") };
    assert!(first > 0.9 && (0.9..1.1).contains(&total), "{first} {total}");
    let [Some(first), Some(total)] = row("messages.lost", "network.latency.fixed") else { panic!("indices") };
    assert!(first < 0.1 && total < 0.05, "{first} {total}");
    assert_eq!(row("messages.sent", "network.loss"), [None, None], "common seeds: the same at all points");
    assert!(home.read("out/manifest.toml").contains("\"sensitivity.csv\""));
    // Another design in the same folder leaves none behind.
    home.run(&["sweep", "run", "sweep.toml", "--out", "out", "--method", "sobol", "--no-charts"]).exits(0);
    assert!(
        !home.path("out/sensitivity.csv").exists() && !home.read("out/manifest.toml").contains("sensitivity")
    );
}

#[test]
fn a_sequence_ends_where_its_directions_do() {
    let home = home("[axes]\nnetwork.loss = { range = [0.0, 0.5] }");
    let refused = |more: &[&str], said: &str| {
        let ran = home.run(&[&["sweep", "plan", "sweep.toml"], more].concat()).exits(2);
        assert!(ran.error.contains(said), "{said} is not in:\n{}", ran.error);
    };
    refused(&["--method", "sobol", "--samples", "65537"], "from 1 to 65536");
    refused(&["--method", "sobol"], "`samples` is missing");
    refused(&["--method", "saltelli", "--samples", "40000"], "makes 120000 points, more than 100000");
    refused(&["--method", "saltelli", "--samples", "1"], "no variance");
    refused(&["--method", "soobl"], "nearest is sobol");
    let axes: Vec<String> = (0..129).map(|axis| format!("a{axis}=0.0:1.0")).collect();
    let axes: Vec<&str> = axes.iter().flat_map(|axis| ["--axis", axis.as_str()]).collect();
    refused(&[&["--method", "saltelli", "--samples", "4"], &axes[..]].concat(), "at most 128 axes");
}

#[test]
fn points_that_do_not_meet_a_constraint_are_dropped_and_counted() {
    let axes = "[axes]\nnetwork.loss = [0.0, 0.1, 2.0]\nwarmup = [\"1 s\", \"20 s\", \"70 s\"]";
    // At 2.0 and at 70 s there is no scenario.
    let home = home(&format!(
        "replications = 2\nconstraint = \"network.loss < 1 && warmup <= duration / 2\"\n{axes}"
    ));
    let plan = home.run(&["sweep", "plan", "sweep.toml", "-v"]).exits(0);
    assert!(plan.out.contains("4 points (5 dropped by the constraint) × 2 = 8 runs"), "{}", plan.out);
    assert!(plan.out.contains("network.loss=0.1, warmup=\"20 s\""), "{}", plan.out);
    let ran = home.run(&["sweep", "run", "sweep.toml", "--out", "out", "--no-charts"]).exits(0);
    assert!(ran.error.contains("5 of 9 points do not meet the constraint, and are dropped"), "{}", ran.error);
    assert!(home.read("out/summary.json").contains("\"points_dropped\": 5"));
    home.run(&["sweep", "run", "out/sweep.toml", "--out", "again", "--no-charts"]).exits(0);
    assert_eq!(tables(&home, "again"), tables(&home, "out"));
    // What the command line says takes the place of the file's, and values may come from the scenario's file.
    let other = "network.loss < 1 && warmup < groups.sender.count * 10 s && network.latency.fixed == 40ms";
    let plan = home.run(&["sweep", "plan", "sweep.toml", "--json", "--constraint", other]).exits(0).json();
    assert_eq!((&plan["points"], &plan["points_dropped"]), (&2.into(), &7.into()));
}

#[test]
fn a_constraint_that_cannot_be_says_where_in_the_file_and_why() {
    let home = home("");
    let refused = |constraint: &str, said: &[&str]| {
        let keys = format!(
            "constraint = {constraint}\n[axes]\nnetwork.loss = [0.1, 0.2]\nwarmup = [\"1 s\", \"2 s\"]"
        );
        home.file("sweep.toml", &sweep_file(&keys));
        let ran = home.run(&["sweep", "run", "sweep.toml", "--out", "out"]).exits(2);
        said.iter().for_each(|said| assert!(ran.error.contains(said), "{said} is not in:\n{}", ran.error));
        assert!(!home.path("out").exists());
    };
    refused("\"network.loss <\"", &["sweep.toml:3:29", "ends too early", "allowed: a path, a number"]);
    refused(
        "'''\nnetwork.loss < 0.1 &\nwarmup < 3 s'''",
        &["sweep.toml:4:20", "`&` is no sign", "`&&` joins"],
    );
    refused("\"network.lss < 0.15\"", &["sweep.toml:3:15", "nearest known path is `network.loss`"]);
    refused(
        "\"warmup < network.loss\"",
        &["compares a time with a number", "sweep.toml:3:15", "^^^^^^^^^^^^^^^^^^^^^"],
    );
    refused("\"groups.sender.count < 1 s\"", &["compares a number without unit with a time"]);
    refused("\"groups.sender.cuont < 1\"", &["nearest known path is `groups.sender.count`"]);
    refused("\"network.loss > 0.5\"", &["none of 4 points meets the constraint", "sweep.toml:3:14"]);
    refused("3", &["wrong type"]);
    let keys = "method = \"saltelli\"\nsamples = 4\nconstraint = \"network.loss < 0.1\"\n[axes]\n\
                network.loss = { range = [0.0, 0.2] }";
    home.file("sweep.toml", &sweep_file(keys));
    let ran = home.run(&["sweep", "plan", "sweep.toml"]).exits(2);
    assert!(ran.error.contains("would take samples of method = \"saltelli\" apart"), "{}", ran.error);
    let ran = home
        .run(&["sweep", "plan", "two.toml", "--axis", "network.loss=0,0.1", "--constraint", "1 < 'a"])
        .exits(2);
    assert!(ran.error.contains("--constraint 1 < 'a:1:5"), "{}", ran.error);
}

#[test]
fn a_scenario_that_a_sweep_does_not_have_is_told_where_it_is_named() {
    let home = home("");
    home.file("other.toml", &sweep_file("[axes]\nnetwork.loss = [0.1, 0.2]"));
    for (scenario, said) in [
        ("minus.toml", &["could not read `studies/minus.toml`"][..]),
        ("overlod", &["no file `studies/overlod`", "the nearest is `overload`"]),
        ("../other.toml", &["it is a sweep, not a scenario"]),
    ] {
        let file = format!("name = \"s\"\nscenario = {scenario:?}\n[axes]\nnetwork.loss = [0.1, 0.2]");
        home.file("studies/s.toml", &file);
        for command in [&["check"][..], &["sweep", "plan"]] {
            let ran = home.run(&[command, &["studies/s.toml"]].concat()).exits(2);
            for said in [&["studies/s.toml:2:12", "`scenario` = "], said].concat() {
                assert!(ran.error.contains(said), "{said} is not in:\n{}", ran.error);
            }
            assert_eq!(
                ran.error.matches("error").count() - ran.error.matches("os error").count(),
                1,
                "{}",
                ran.error
            );
        }
    }
}

#[test]
fn what_is_odd_and_may_be_is_remarked_upon_once() {
    let home = home("");
    let link = "groups.sender.link={ up = \"1 Mbit/s\", down = \"1 Mbit/s\", queue = \"10 B\" }";
    let plan = |more: &[&str]| {
        let line = ["sweep", "plan", "two.toml", "--axis", "network.loss=0,0.1"];
        home.run(&[&line, more].concat()).exits(0)
    };
    assert_eq!(plan(&[]).error, "");
    let said = plan(&["-S", link]).error;
    assert_eq!(said.matches("note: `groups.sender.link.queue` = 10 B has no room").count(), 1, "{said}");
    let check = home.run(&["check", "two.toml", "-S", link]).exits(0);
    assert!(check.error.contains("`groups.sender.link.queue` = 10 B has no room"), "{}", check.error);
    let check = home.run(&["check", "two.toml", "-S", link, "--json"]).exits(0).json();
    assert_eq!(check[0]["remarks"].as_array().map(Vec::len), Some(1), "{check}");
}

#[test]
fn the_time_of_a_plan_is_measured_only_if_that_is_wished_for() {
    let home =
        home("replications = 4\n[axes]\nnetwork.loss = [0.0, 0.1, 0.2]\nduration = [\"60 s\", \"90 s\"]");
    let plan = home.run(&["sweep", "plan", "sweep.toml"]).exits(0);
    assert!(plan.out.contains("within a factor of 3"), "{}", plan.out);
    let plan = home.run(&["sweep", "plan", "sweep.toml", "--measure"]).exits(0);
    assert!(plan.out.contains("(measured: within a factor of 1.5"), "{}", plan.out);
    let plan = home.run(&["sweep", "plan", "sweep.toml", "--measure", "--json"]).exits(0).json();
    assert!(plan["measured"] == true && plan["processor_s"].as_f64().is_some_and(|time| time > 0.0));
    assert_eq!(home.names_in("."), ["sweep.toml", "two.toml"]);
}
