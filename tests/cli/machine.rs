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

/// A broadcast to 100,000 nodes of the full protocol.
#[cfg(target_os = "linux")]
#[test]
fn the_estimate_of_memory_is_what_a_run_takes_within_a_factor_of_one_and_a_half() {
    let home = Home::new();
    let scenario = home.file(
        "s.toml",
        r#"
        name = "large"
        duration = "30 s"
        cooldown = "5 s"
        groups.all = { count = 100_000 }
        network.latency = "world"
        [workloads.one]
        kind = "broadcast"
        from = "all"
        size = "100 B"
        arrivals = { every = "20 s" }
        "#,
    );
    let check = home.run(&["check", &scenario, "--json"]).exits(0).json();
    let estimate = check[0]["memory_B"].as_f64().expect("an estimate");
    home.run(&["run", &scenario, "--threads", "1", "--out", "out"]).exits(0);
    let peak = home.json("out/timing.json")["peak_memory_B"].as_f64().expect("Linux tells");
    assert!((1.0 / 1.5..1.5).contains(&(estimate / peak)), "{estimate} B estimated, {peak} B measured");
}
