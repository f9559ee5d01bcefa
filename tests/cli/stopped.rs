//! Runs that are stopped, by a signal or for good, and those that go on from what they left.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command};

use super::program::{Home, Ran, TRAFFIC, century, crowded_century};

#[expect(clippy::disallowed_methods, reason = "another process is waited for")]
fn wait_until(child: &mut Child, ready: impl Fn() -> bool) {
    while !ready() {
        assert!(child.try_wait().expect("it can be asked").is_none(), "it has ended by itself");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

fn start(home: &Home, arguments: &[&str]) -> Child {
    home.command("", arguments).spawn().expect("the program can be run")
}

fn signal(child: &Child, name: &str) {
    let kill = Command::new("sh").args(["-c", &format!("kill -s {name} {}", child.id())]).status();
    assert!(kill.expect("there is a shell").success());
}

fn end(child: Child) -> Ran {
    Ran::from(child.wait_with_output().expect("it ends"))
}

/// How many replications are finished in a folder whose result is not.
fn finished(home: &Home, out: &str) -> usize {
    let files = format!("{out}/unfinished/files");
    if !home.path(&files).exists() {
        return 0;
    }
    let is_finished = |name: &String| {
        std::fs::read_to_string(home.path(&files).join(name).join("manifest.toml"))
            .is_ok_and(|manifest| manifest.contains("summary.json") && manifest.contains("[scenario.network"))
    };
    home.names_in(&files).iter().filter(|name| is_finished(name)).count()
}

/// Two hosts for an hour: a run that takes long enough to be stopped between the first and the last of some.
fn hour() -> String {
    TRAFFIC.replace("60 s", "1 h")
}

const ALL: [&str; 6] = ["run", "s.toml", "--replications", "16", "--threads", "2"];

/// Starts many replications, and stops them by this signal when some are finished.
fn stop_some(home: &Home, out: &str, name: &str) -> Ran {
    let before = finished(home, out);
    let mut child = start(home, &[&ALL[..], &["--out", out]].concat());
    wait_until(&mut child, || finished(home, out) > before + 2);
    signal(&child, name);
    end(child)
}

/// The tree of what comes out when nothing is stopped.
fn undisturbed(home: &Home) -> BTreeMap<PathBuf, Vec<u8>> {
    home.run(&[&ALL[..], &["--out", "undisturbed"]].concat()).exits(0);
    home.tree("undisturbed")
}

#[test]
fn replications_that_were_finished_are_kept_when_a_run_is_interrupted_and_the_next_goes_on() {
    let home = Home::new();
    home.file("s.toml", &hour());
    let ran = stop_some(&home, "out", "INT").exits(130);
    let kept = finished(&home, "out");
    let words = format!("interrupted: {kept} of 16 replications are finished and kept in");
    assert!(kept > 2 && kept < 16 && ran.error.contains(&words), "{kept} are kept: {}", ran.error);
    assert!(!home.path("out/manifest.toml").exists() && !home.path("out/summary.json").exists());
    let claims = home.run(&["claims", "out"]).exits(4);
    assert!(
        claims.error.contains(&format!("has {kept} of 16 replications of scenario two")),
        "{}",
        claims.error
    );
    assert!(home.run(&["plot", "out"]).exits(1).error.contains("unfinished"));
    for other in [&["--seed", "9"][..], &["-S", "duration=2 h"]] {
        let refused = home.run(&[&ALL[..], &["--out", "out"], other].concat()).exits(1);
        assert!(refused.error.contains("finished replications of another result"), "{}", refused.error);
    }
    let refused = home.run(&["run", "s.toml", "--out", "out"]).exits(1);
    assert!(refused.error.contains("finished replications of another result"), "{}", refused.error);
    assert_eq!(finished(&home, "out"), kept, "refusals change nothing");
    let ran = home.run(&[&ALL[..], &["--out", "out"]].concat()).exits(0);
    assert!(
        ran.error.contains(&format!("{kept} of 16 replications are there already and are kept")),
        "{}",
        ran.error
    );
    assert!(ran.out.contains(&format!("without {kept} replications that were there")), "{}", ran.out);
    assert_eq!(home.json("out/timing.json")["reused"], kept);
    assert_eq!(home.tree("out"), undisturbed(&home));
}

#[test]
fn a_run_that_was_killed_is_gone_on_from_as_one_that_was_interrupted() {
    let home = Home::new();
    home.file("s.toml", &hour());
    stop_some(&home, "out", "KILL");
    stop_some(&home, "out", "KILL");
    let kept = finished(&home, "out");
    let ran = home.run(&[&ALL[..], &["--out", "out"]].concat()).exits(0);
    assert!(kept > 4 && ran.error.contains(&format!("{kept} of 16 replications are there")), "{}", ran.error);
    assert_eq!(home.tree("out"), undisturbed(&home));
}

#[test]
fn more_replications_go_on_from_fewer_and_give_the_same_bytes() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    let run = |out: &str, count: &str, more: &[&str]| {
        home.run(&[&["run", &scenario, "--out", out, "--replications", count], more].concat())
    };
    run("out", "5", &[]).exits(0);
    home.file("out/seed-5/notes.md", "mine");
    let first = std::fs::metadata(home.path("out/seed-5/summary.json")).and_then(|file| file.modified());
    let ran = run("out", "10", &[]).exits(0);
    assert!(ran.error.contains("5 of 10 replications are there already and are kept"), "{}", ran.error);
    let now = std::fs::metadata(home.path("out/seed-5/summary.json")).and_then(|file| file.modified());
    assert_eq!(first.expect("a time"), now.expect("a time"), "it was not written again");
    assert_eq!(home.read("out/seed-5/notes.md"), "mine");
    std::fs::remove_file(home.path("out/seed-5/notes.md")).expect("it is there");
    run("fresh", "10", &["--threads", "1"]).exits(0);
    assert_eq!(home.tree("out"), home.tree("fresh"));
    let ran = run("out", "10", &[]).exits(0);
    assert!(
        ran.error.contains("10 of 10") && ran.out.contains("no replication was left to be run"),
        "{}",
        ran.out
    );
    assert_eq!(home.tree("out"), home.tree("fresh"));
    let refused = run("out", "5", &[]).exits(1);
    assert!(
        refused.error.contains("another result (scenario two, seed 5, 10 replications)"),
        "{}",
        refused.error
    );
    let ran = run("out", "10", &["--profile"]).exits(0);
    assert!(ran.error.contains("10 of 10 replications are there already and are run anew"), "{}", ran.error);
    assert_eq!(home.tree("out"), home.tree("fresh"));
}

#[test]
fn a_replication_of_other_models_or_without_all_its_files_is_run_anew() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    let all = ["run", &scenario, "--out", "out", "--replications", "2"];
    home.run(&all).exits(0);
    let whole = home.tree("out");
    let without_a_table = || {
        std::fs::remove_file(home.path("out/seed-5/timeseries.csv")).expect("it is there");
    };
    let of_other_models = || {
        let manifest = home.read("out/seed-5/manifest.toml");
        home.file("out/seed-5/manifest.toml", &manifest.replace("\nmodel = ", "\nmodel = 1000"));
        ir3sim::results::seal(&home.path("out")).expect("all of it is there");
    };
    let changes = [
        (&without_a_table as &dyn Fn(), "changed or incomplete"),
        (&of_other_models, "another version of this program"),
    ];
    for (change, why) in changes {
        change();
        let ran = home.run(&all).exits(0);
        assert!(ran.error.contains("1 of 2 replications are there already and are kept"), "{}", ran.error);
        assert!(
            ran.error.contains("1 of 2 replications are there already and are run anew")
                && ran.error.contains(why),
            "{}",
            ran.error
        );
        assert_eq!(home.tree("out"), whole);
    }
    let ran = home.run(&[&all[..], &["--png"]].concat()).exits(0);
    let anew = "2 of 2 replications are there already and are run anew, as they have charts of other formats";
    assert!(ran.error.contains(anew), "{}", ran.error);
    // A name that a file of the new one may need is looked for before the run.
    home.file("out/seed-5/charts/answers.svg", "mine");
    let refused = home.run(&all).exits(1);
    assert!(refused.error.contains("/out/seed-5/charts/answers.svg` is in the way"), "{}", refused.error);
    assert_eq!(home.read("out/seed-5/charts/answers.svg"), "mine");
}

#[test]
fn an_earlier_result_stays_whole_while_more_of_it_is_made_and_when_that_is_stopped() {
    let home = Home::new();
    home.file("s.toml", &hour());
    home.run(&["run", "s.toml", "--replications", "2", "--out", "out"]).exits(0);
    let before = home.tree("out");
    let ran = stop_some(&home, "out", "TERM").exits(143);
    let kept = finished(&home, "out") + 2;
    assert!(ran.error.contains(&format!("{kept} of 16 replications are finished")), "{}", ran.error);
    let mut now = home.tree("out");
    now.retain(|path, _| !path.starts_with("unfinished"));
    assert_eq!(now, before);
    home.run(&["claims", "out"]).exits(0);
    home.run(&["plot", "out"]).exits(0);
    let mut now = home.tree("out");
    now.retain(|path, _| !path.starts_with("unfinished"));
    assert_eq!(now, before);
    home.run(&[&ALL[..], &["--out", "out"]].concat()).exits(0);
    assert_eq!(home.tree("out"), undisturbed(&home));
}

#[test]
fn what_a_killed_run_left_is_cleared_away_by_the_next_of_any_scenario() {
    let home = Home::new();
    home.file("long.toml", &century());
    let scenario = home.file("s.toml", TRAFFIC);
    let mut child = start(&home, &["run", "long.toml", "--out", "out"]);
    wait_until(&mut child, || home.path("out/unfinished/draft.toml").exists());
    let busy = home.run(&["run", &scenario, "--out", "out"]).exits(1);
    assert!(busy.error.contains(&format!("another run (process {})", child.id())), "{}", busy.error);
    signal(&child, "KILL");
    end(child);
    assert!(home.path("out/unfinished").exists());
    home.run(&["run", &scenario, "--out", "out"]).exits(0);
    assert!(!home.path("out/unfinished").exists());
    assert_eq!(home.names(), ["long.toml", "out", "s.toml"]);
}

#[cfg(target_os = "linux")]
fn ignores_hangups(child: &Child) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it runs");
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("Linux tells");
    u64::from_str_radix(ignored.trim(), 16).expect("a mask") & 1 == 1
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_that_goes_away_stops_a_run_cleanly_unless_it_is_to_be_ignored() {
    let home = Home::new();
    home.file("s.toml", &century());
    let mut child = start(&home, &["run", "s.toml", "--out", "out"]);
    wait_until(&mut child, || home.path("out/unfinished/draft.toml").exists());
    // Tests that run under `nohup` pass that on.
    let (name, code) = if ignores_hangups(&child) { ("TERM", 143) } else { ("HUP", 129) };
    signal(&child, name);
    end(child).exits(code);
    assert_eq!(home.names(), ["s.toml"]);
    let program = env!("CARGO_BIN_EXE_ir3sim");
    let script = format!("trap '' HUP; exec '{program}' run s.toml --out out");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(home.path("")).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().expect("there is a shell");
    wait_until(&mut child, || home.path("out/unfinished/draft.toml").exists());
    signal(&child, "HUP");
    signal(&child, "TERM");
    assert_eq!(child.wait().expect("it ends").code(), Some(143), "only the second signal counts");
    assert_eq!(home.names(), ["s.toml"]);
}

#[test]
fn a_run_that_is_stopped_while_its_hosts_are_set_up_leaves_nothing() {
    for threads in ["1", "2"] {
        let home = Home::new();
        // It does not end by itself, should the signal come late.
        home.file("s.toml", &crowded_century());
        let mut child = start(&home, &["run", "s.toml", "--out", "deep/out", "--threads", threads]);
        wait_until(&mut child, || home.path("deep/out/unfinished/draft.toml").exists());
        signal(&child, "INT");
        let ran = end(child).exits(130);
        assert!(ran.error.contains("interrupted; no result was written"), "{}", ran.error);
        assert_eq!(home.names(), ["s.toml"]);
    }
}
