//! `ir3sim replay`: whether a result comes out again, and where it does not.

use super::program::{Home, TRAFFIC};

/// A line of a result's manifest, altered.
fn alter(home: &Home, from: &str, to: &str) {
    let manifest = home.read("a/manifest.toml");
    assert!(manifest.contains(from), "{from} in\n{manifest}");
    home.file("a/manifest.toml", &manifest.replace(from, to));
}

#[test]
fn a_result_comes_out_again_with_any_number_of_threads_and_nothing_is_written() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--seed", "18446744073709551615", "--out", "a"]).exits(0);
    home.run(&["run", &file, "--replications", "3", "--out", "runs/b"]).exits(0);
    let before = (home.tree("a"), home.tree("runs/b"), home.names());
    for threads in ["1", "2"] {
        let said = home.run(&["replay", "a", "--threads", threads]).exits(0).out;
        assert!(said.starts_with("the same as in a: fingerprint "), "{said}");
    }
    let json = home.run(&["replay", "b", "--json"]).exits(0).json();
    assert_eq!((&json["same"], &json["fingerprint"]), (&true.into(), &json["replayed"]));
    assert_eq!(home.run(&["replay", "a/manifest.toml", "-q"]).exits(0).out, "");
    assert_eq!((home.tree("a"), home.tree("runs/b"), home.names()), before);
}

#[test]
fn an_altered_manifest_ends_with_five_and_the_first_row_that_differs() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--out", "a"]).exits(0);
    alter(&home, "poisson = \"20 /s\"", "poisson = \"21 /s\"");
    let before = home.tree("a");
    let said = home.run(&["replay", "a"]).exits(5).out;
    assert!(said.starts_with("not the same as in a: fingerprint "), "{said}");
    assert!(
        said.contains(
            "seen first under seed 5 in the row of timeseries.csv from 0.0 s to 250.0 ms: `messages_"
        ),
        "{said}"
    );
    assert!(home.run(&["replay", "a", "-v"]).exits(5).out.contains("\n  bytes.delivered: "));
    assert!(home.run(&["replay", "a", "-q"]).exits(5).out.contains("not the same"));
    let json = home.run(&["replay", "a", "--json"]).exits(5).json();
    assert_eq!((&json["same"], &json["first"]["from_s"]), (&false.into(), &0.0.into()));
    assert!(json["metrics"].as_array().is_some_and(|all| all.len() > 5), "{json}");
    assert_eq!(home.tree("a"), before);
    // One that was damaged, or has fewer rows, is another.
    let rows = home.read("a/timeseries.csv");
    let short: Vec<&str> = rows.lines().take(1).collect();
    home.file("a/timeseries.csv", &short.join("\n"));
    assert!(home.run(&["replay", "a"]).exits(5).out.contains("there is no such row there"));
    // Without its time series a result does not say where.
    std::fs::remove_file(home.path("a/timeseries.csv")).expect("it is there");
    assert!(!home.run(&["replay", "a"]).exits(5).out.contains("seen first"));
}

/// A fault that begins at 2.5 s.
const FAULT: &str =
    "\n[faults.gone]\nkind = \"offline\"\ngroups = [\"receiver\"]\nat = \"2.5 s\"\nfor = \"1 s\"\n";

/// The times between which a replay of `a` says that something else happens, in nanoseconds.
fn parted(home: &Home) -> [Option<u64>; 2] {
    let json = home.run(&["replay", "a", "--json"]).exits(5).json();
    ["from_ns", "until_ns"].map(|key| json["parted"][key].as_u64())
}

#[test]
fn the_first_event_that_differs_is_found_down_to_a_nanosecond() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    // The fault is itself the first event that differs: it keeps nothing from coming before it begins.
    let mut trail = None;
    for _ in 0..5 {
        let chosen = trail.iter().flat_map(|stretch: &String| ["--trail", stretch]);
        let args = ["run", &file, "--out", "a", "--threads", "2"].into_iter().chain(chosen);
        home.run(&args.collect::<Vec<_>>()).exits(0);
        let there = home.read("a/manifest.toml");
        home.file("a/manifest.toml", &format!("{there}{}", FAULT.replace("[faults", "[scenario.faults")));
        let [from, until] = parted(&home).map(|time| time.expect("it is in the trail"));
        home.file("a/manifest.toml", &there);
        home.run(&["replay", "a"]).exits(0);
        assert!((from..until).contains(&2_500_000_000), "{from} to {until}");
        if until - from == 1 {
            return;
        }
        trail = Some(format!("{from}ns..{until}ns"));
    }
    panic!("it is found in five steps");
}

#[test]
fn a_trail_elsewhere_tells_on_which_side_of_it_something_differs() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--trail", "1s..2s", "--out", "a"]).exits(0);
    alter(&home, "poisson = \"20 /s\"", "poisson = \"21 /s\"");
    assert_eq!(parted(&home), [None, Some(1_000_000_000)]);
    let said = home.run(&["replay", "a"]).exits(5).out;
    assert!(
        said.contains("the first event that differs, under seed 5, is before 1 s, where the trail begins"),
        "{said}"
    );
    // Back again, with a fault after the trail.
    alter(&home, "poisson = \"21 /s\"", "poisson = \"20 /s\"");
    let fault = FAULT.replace("[faults", "[scenario.faults").replace("2.5 s", "30 s");
    home.file("a/manifest.toml", &format!("{}{fault}", home.read("a/manifest.toml")));
    assert_eq!(parted(&home), [Some(2_000_000_000), None]);
}

#[test]
fn a_trail_is_within_the_run_and_goes_forward() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    for bad in ["2s..1s", "1s..1s", "1s", "..", "1..2"] {
        let said = home.run(&["run", &file, "--trail", bad, "--out", "a"]).exits(2).error;
        assert!(said.contains("it must be two times, the later one last"), "{bad}: {said}");
    }
    let said = home.run(&["run", &file, "--trail", "1s..1h", "--out", "a"]).exits(2).error;
    assert!(said.contains("is not within the run"), "{said}");
    assert!(!home.path("a").exists());
}

#[test]
fn a_table_that_was_changed_since_is_told() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--out", "a"]).exits(0);
    let rows = home.read("a/timeseries.csv");
    home.file("a/timeseries.csv", &rows.replacen(",0,", ",7,", 1));
    let said = home.run(&["replay", "a"]).exits(5).out;
    assert!(said.contains("timeseries.csv was changed after it was written"), "{said}");
    std::fs::write(home.path("a/timeseries.csv"), [0xFF, 0xFE, 0x00]).expect("it is ours");
    let said = home.run(&["replay", "a"]).exits(5).out;
    assert!(
        said.contains("timeseries.csv was changed after it was written")
            && said.contains("every metric is the same"),
        "{said}"
    );
}

#[test]
fn of_several_runs_the_first_that_differs_is_named() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--replications", "2", "--seed", "7", "--out", "a"]).exits(0);
    alter(&home, "poisson = \"20 /s\"", "poisson = \"21 /s\"");
    let said = home.run(&["replay", "a"]).exits(5).out;
    assert!(said.contains("seen first under seed 7 in the row"), "{said}");
}

#[test]
fn what_changes_no_event_but_a_figure_differs_too() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    home.run(&["run", &file, "--out", "a"]).exits(0);
    alter(&home, "warmup = \"0 s\"", "warmup = \"3 s\"");
    let said = home.run(&["replay", "a"]).exits(5).out;
    assert!(said.starts_with("the same events as in a, fingerprint "), "{said}");
    assert!(said.contains("but not the same result"), "{said}");
    // And so does a manifest whose fingerprint is another.
    alter(&home, "warmup = \"3 s\"", "warmup = \"0 s\"");
    home.run(&["replay", "a"]).exits(0);
    alter(&home, "fingerprint = \"", "fingerprint = \"0");
    assert!(home.run(&["replay", "a"]).exits(5).out.contains("every metric is the same"));
}

#[test]
fn what_is_no_result_cannot_be_replayed() {
    let home = Home::new();
    home.file("empty/notes.txt", "mine");
    assert!(home.run(&["replay", "nowhere"]).exits(1).error.contains("no folder `nowhere`"));
    assert!(home.run(&["replay", "empty"]).exits(1).error.contains("empty"));
    let manifest =
        "program = \"ir3sim\"\nversion = \"0.1.0\"\nmodel = 3\nplan = \"a0\"\nfingerprint = \"3a\"\n";
    home.file("sweeps/m/manifest.toml", manifest);
    let said = home.run(&["replay", "sweeps/m"]).exits(2).error;
    assert!(said.contains("`ir3sim sweep run sweeps/m/sweep.toml` repeats the sweep"), "{said}");
}
