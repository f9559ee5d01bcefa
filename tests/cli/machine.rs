//! What belongs to the machine and not to the result: threads, wall time, memory.

use super::program::{Home, TRAFFIC};

#[test]
fn a_profile_tells_where_the_time_went_and_changes_nothing() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "plain"]).exits(0);
    let run = home.run(&["run", &scenario, "--out", "profiled", "--profile"]).exits(0);
    for text in ["ns each", "arrive", "queue, waiting", "building"] {
        assert!(run.out.contains(text), "{text} is not in:\n{}", run.out);
    }
    assert_eq!(home.tree("plain"), home.tree("profiled"));
    let (plain, profiled) = (home.json("plain/timing.json"), home.json("profiled/timing.json"));
    assert_eq!(plain["profile"][0]["count"], profiled["profile"][0]["count"]);
    assert!(plain["profile"][0]["seconds"].is_null() && plain["waiting_s"].is_null());
    let seconds = |name: &str| profiled[name].as_f64().expect("a time");
    let handling: f64 = profiled["profile"].as_array().expect("kinds").iter().map(seconds_of).sum();
    assert!(handling > 0.0 && seconds("waiting_s") >= 0.0);
    assert!(seconds("building_s") > 0.0 && seconds("building_s") < seconds("wall_s"));
}

fn seconds_of(kind: &serde_json::Value) -> f64 {
    let (count, seconds) = (kind["count"].as_u64(), kind["seconds"].as_f64().expect("a time"));
    assert_eq!(count == Some(0), seconds == 0.0, "{kind}");
    seconds
}

#[test]
fn a_profile_of_replications_is_the_sum_of_theirs() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "out", "--profile", "--replications", "2"]).exits(0);
    let of = |file: &str| home.json(file)["building_s"].as_f64().expect("a time");
    let runs = home.names_in("out").into_iter().filter(|name| name.starts_with("seed-"));
    let sum: f64 = runs.map(|run| of(&format!("out/{run}/timing.json"))).sum();
    assert!((of("out/timing.json") - sum).abs() < 1e-9, "{sum}");
}

#[test]
fn a_run_tells_on_how_many_threads_it_went_and_why() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    for (set, threads, wanted) in [
        ("seed=5", "2", "2 threads, lookahead 40.000 ms"),
        ("seed=5", "3", "2 threads, lookahead 40.000 ms: no more hosts or places to split"),
        ("network.latency.fixed=0 s", "2", "1 thread: messages can arrive at once, so there is no lookahead"),
        ("seed=5", "1", "1 thread"),
    ] {
        let out = format!("out{threads}{}", set.len());
        let run = home.run(&["run", &scenario, "-S", set, "--threads", threads, "--out", &out]).exits(0);
        assert!(run.out.lines().any(|line| line == wanted), "{wanted} is not in:\n{}", run.out);
        let timing = home.json(&format!("{out}/timing.json"));
        assert_eq!(
            (&timing["split"], timing["threads"].to_string()),
            (&wanted.into(), wanted[..1].to_owned())
        );
    }
    home.run(&["run", &scenario, "--replications", "2", "--threads", "4", "--out", "both"]).exits(0);
    let timing = home.json("both/timing.json");
    assert_eq!(timing["split"], "2 replications at a time, each on 2 threads, lookahead 40.000 ms");
    assert_eq!(timing["threads"], 4);
}

#[test]
fn more_threads_than_cores_are_noted_and_do_no_harm() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    let run = home.run(&["run", &scenario, "--threads", "4096", "--out", "many"]).exits(0);
    assert!(run.error.starts_with("4096 threads on ") && run.error.contains("no quicker"), "{}", run.error);
    let one = home.run(&["run", &scenario, "--threads", "1", "--out", "one"]).exits(0);
    assert_eq!(one.error, "");
    assert_eq!(home.tree("many"), home.tree("one"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_for_which_there_is_no_memory_is_refused_before_it_starts() {
    let home = Home::new();
    let scenario = home.file("s.toml", &TRAFFIC.replace("count = 1", "count = 30_000_000"));
    // Several terabytes, whatever the machine.
    let run = home.run(&["run", &scenario, "--replications", "64", "--threads", "64"]).exits(2);
    for text in ["64 runs at a time", "GiB", "are available", "of its 60,000,000 hosts would fit"] {
        assert!(run.error.contains(text), "{text} is not in:\n{}", run.error);
    }
    assert_eq!(home.names(), ["s.toml"]);
}

/// Less address space than its hosts need.
#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_refused_for_its_memory_is_started_with_a_limit_and_stopped_there() {
    let home = Home::new();
    let scenario = home.file("s.toml", &TRAFFIC.replace("count = 1", "count = 400_000"));
    let run = |more: &[&str]| {
        let mut shell = std::process::Command::new("sh");
        shell.args([
            "-c",
            "ulimit -v 400000; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_ir3sim"),
            "run",
            &scenario,
        ]);
        let output = shell.args(more).current_dir(home.path("")).output();
        super::program::Ran::from(output.expect("there is a shell"))
    };
    let refused = run(&[]).exits(2);
    for said in ["ulimit -v", "with `--max-memory SIZE` it runs all the same, and is stopped there"] {
        assert!(refused.error.contains(said), "{said} is not in: {}", refused.error);
    }
    // While its hosts are set up, or before there is anything at all.
    for most in ["1 B", "64 MiB"] {
        let stopped = run(&["--threads", "1", "--max-memory", most]).exits(4);
        let said = format!("the run needs more than {most} of memory: stopped at 0 s of simulated time");
        assert!(stopped.error.contains(&said), "{}", stopped.error);
    }
    assert_eq!(home.names(), ["s.toml"]);
}

#[test]
fn more_hosts_than_a_run_can_have_are_refused_by_line_and_key() {
    let home = Home::new();
    let scenario = home.file("s.toml", &TRAFFIC.replace("count = 1", "count = 40_000_000"));
    let run = home.run(&["run", &scenario]).exits(2);
    assert!(run.error.contains("80000000 hosts in all are too many"), "{}", run.error);
    let check = home.run(&["check", &scenario, "--json"]).exits(2).json();
    let error = &check[0]["errors"][0];
    assert_eq!(error["path"], "groups");
    assert!(error["line"].as_u64().is_some_and(|line| line > 1), "{error}");
}

/// What the estimates are held to, none of which they were made by: names, groups and the rest.
const ESTIMATED: [(&str, &str); 6] = [
    (
        "a hundred thousand idle nodes",
        r#"
        duration = "30 s"
        groups.all = { count = 100_000 }
        workloads.one = { kind = "broadcast", from = "all", size = "100 B", arrivals = { every = "20 s" } }
        "#,
    ),
    (
        "mobile hosts with short sessions, whose tables are not maintained",
        r#"
        duration = "8 h"
        groups.storers = { count = 100, link = "datacentre", stores = true }
        [groups.mobiles]
        count = 20_000
        link = "mobile"
        presence = { model = "exponential", online = "8 min", offline = "52 min" }
        [workloads]
        deeds = { kind = "record", about = ["mobiles"], arrivals = { every = "500 ms" } }
        shouts = { kind = "broadcast", from = "mobiles", size = "100 B", arrivals = { every = "5 s" } }
        "#,
    ),
    (
        "broadcasts that reach few hosts",
        r#"
        duration = "3 min"
        [groups.all]
        count = 20_000
        presence = { model = "exponential", online = "1 h", offline = "1 h" }
        [workloads]
        news = { kind = "broadcast", from = "all", size = "300 B", arrivals = { every = "300 ms" } }
        "#,
    ),
    (
        "two contacts a bucket, and a tenth of the hosts away",
        r#"
        duration = "20 s"
        [groups.all]
        count = 30_000
        presence = { model = "exponential", online = "9 h", offline = "1 h" }
        [workloads]
        news = { kind = "broadcast", from = "all", size = "200 B", arrivals = { every = "3 s" } }
        [protocol]
        redundancy = 2
        "#,
    ),
    (
        "more than uplinks carry, which waits at its senders",
        r#"
        duration = "60 s"
        [groups.a]
        count = 50
        link = { up = "200 kbit/s", down = "10 Mbit/s" }
        transport = "quic"
        [groups.b]
        count = 50
        transport = "quic"
        [workloads]
        flow = { kind = "traffic", from = "a", to = "b", size = "500 B", arrivals = { every = "200 us" } }
        "#,
    ),
    (
        "many queries about nodes with much of a record",
        r#"
        duration = "200 s"
        groups.storers = { count = 40, link = "datacentre", stores = true }
        groups.people = { count = 400, link = "fibre" }
        [workloads]
        deeds = { kind = "record", about = ["people"], arrivals = { every = "5 ms" }, stop = "100 s" }
        asks = { kind = "query", from = "people", about = ["people"], arrivals = { every = "50 ms" }, start = "100 s" }
        "#,
    ),
];

/// What a run of hardly anything takes: the program itself, which is larger the less it is optimized.
#[cfg(target_os = "linux")]
const NOTHING: &str = "duration = \"10 s\"\ngroups.all = { count = 2 }\n";

/// What was estimated of a scenario and what its run took: its peak of memory in bytes, and its events.
#[cfg(target_os = "linux")]
fn estimated_and_taken(home: &Home, name: &str, text: &str) -> [[f64; 2]; 2] {
    let head = format!("name = \"estimated\"\ncooldown = \"5 s\"\nnetwork.latency = \"world\"\n{text}");
    let scenario = home.file(&format!("{name}.toml"), &head);
    let check = home.run(&["check", &scenario, "--json"]).exits(0).json();
    home.run(&["run", &scenario, "--threads", "1", "--no-charts", "--out", name]).exits(0);
    let timing = home.json(&format!("{name}/timing.json"));
    let counts = timing["profile"].as_array().expect("kinds").iter().map(|kind| kind["count"].as_f64());
    let came: f64 = counts.map(|count| count.expect("a count")).sum();
    let peak = timing["peak_memory_B"].as_f64().expect("Linux tells");
    let estimate = |key: &str| check[0][key].as_f64().expect(key);
    [[estimate("memory_B"), peak], [estimate("events"), came]]
}

#[cfg(target_os = "linux")]
#[test]
fn estimates_of_memory_and_events_are_what_a_run_takes_within_a_factor_of_one_and_a_half() {
    let home = Home::new();
    let [[estimated, taken], _] = estimated_and_taken(&home, "nothing", NOTHING);
    let mut wrong = Vec::new();
    for (number, (what, text)) in ESTIMATED.iter().enumerate() {
        let [[memory, peak], [events, came]] = estimated_and_taken(&home, &format!("s{number}"), text);
        let [memory, events] = [(memory - estimated + taken) / peak, events / came];
        if ![memory, events].iter().all(|ratio| (1.0 / 1.5..1.5).contains(ratio)) {
            wrong.push(format!("{what}: {memory:.2} of {peak} B, {events:.2} of {came} events"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_estimate_of_what_waits_at_overloaded_links_is_an_upper_bound() {
    let home = Home::new();
    let is = |rate: &str| {
        let scenario = home.file("s.toml", &TRAFFIC.replace("20 /s", rate));
        let check = home.run(&["check", &scenario, "--json"]).exits(0).json();
        check[0]["memory_is"].as_str().expect("a word").to_owned()
    };
    assert_eq!([is("1 /s"), is("1000 /s")], ["about", "at most"]);
}
