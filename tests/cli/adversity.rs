//! Sweeps where something is in the way: no room, no right to write, others at work, files of others.

use std::fs;
use std::process::{Command, Stdio};

use ir3sim::study::{Record, Shard, Store};

use super::program::{Home, Ran, TRAFFIC};

/// Six points with three runs each.
const SWEEP: &str = "name = \"loss\"\nscenario = \"two.toml\"\nreplications = 3\n[axes]\n\
    network.loss = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]\n[set]\n\"expect.all_arrive\" = { metric = \"messages.sent\", min = 1 }\n";

fn home() -> Home {
    let home = Home::new();
    home.file("two.toml", TRAFFIC);
    home.file("sweep.toml", SWEEP);
    home
}

fn run(home: &Home, out: &str, more: &[&str]) -> Ran {
    home.run(&[&["sweep", "run", "sweep.toml", "--out", out], more].concat())
}

/// Runs a shell's text, in which `$ir3sim` is the program.
fn shell(home: &Home, shell: &[&str], text: &str) -> Ran {
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).args(["sh", "-c", text]).current_dir(home.path("")).stdin(Stdio::null());
    command.env("ir3sim", env!("CARGO_BIN_EXE_ir3sim"));
    Ran::from(command.output().expect("there is a shell"))
}

/// How many lines of a store's file are whole; fails if anything else is in it.
fn whole_lines(home: &Home, file: &str) -> usize {
    let text = home.read(file);
    assert!(text.is_empty() || text.ends_with('\n'), "a torn line in {file}");
    text.lines().for_each(|line| drop(Record::read(line).expect("a whole record")));
    text.lines().count()
}

/// What starts a shell that may mount file systems which nobody else sees; says that a test is left out where nobody may.
fn with_mounts(home: &Home) -> Option<[&'static str; 2]> {
    fs::create_dir(home.path("disk")).expect("a folder can be made");
    let prefix = ["unshare", "-rm"];
    let mut mount = Command::new(prefix[0]);
    mount.args([prefix[1], "mount", "-t", "tmpfs", "none"]).arg(home.path("disk"));
    let may = mount.output().is_ok_and(|ran| ran.status.success());
    if !may {
        eprintln!("SKIPPED: a small disk can't be mounted here");
    }
    may.then_some(prefix)
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_can_not_grow_ends_a_sweep_with_its_last_run_whole_and_it_goes_on_later() {
    let home = home();
    run(&home, "fresh", &[]).exits(0);
    let line = "\"$ir3sim\" sweep run sweep.toml --out out --jobs 2";
    // A file of 32 blocks of 512 bytes. The signal that comes with it is ignored at first, and then not.
    let full = shell(&home, &["env"], &format!("trap '' XFSZ; ulimit -f 32; exec {line}")).exits(1);
    let kept = whole_lines(&home, "out/store/0-of-1.runs.jsonl");
    assert!(kept > 1 && kept < 18, "{kept}");
    for said in [
        "could not write `out/store/0-of-1.runs.jsonl`: File too large",
        &format!("{kept} of 18 runs are finished and kept in `out`"),
    ] {
        assert!(full.error.contains(said), "{said} is not in:\n{}", full.error);
    }
    let killed = shell(&home, &["env"], &format!("ulimit -f 32; exec {line}"));
    assert_eq!(killed.code, None, "{}", killed.error);
    let ran = run(&home, "out", &[]).exits(0);
    assert!(ran.error.contains(&format!("{kept} of 18 runs are there already")), "{}", ran.error);
    assert_eq!(home.tree("out"), home.tree("fresh"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_a_sweep_or_its_merge_and_with_more_room_it_goes_on() {
    let home = home();
    run(&home, "fresh", &[]).exits(0);
    let Some(mounts) = with_mounts(&home) else { return };
    let text = r#"
        mount -t tmpfs -o size=32k none disk || exit 99
        "$ir3sim" sweep run sweep.toml --out disk/out --jobs 2 2>said; echo "run $?"
        cp disk/out/store/0-of-1.runs.jsonl kept
        "$ir3sim" sweep status disk/out >>said; echo "status $?"
        mount -o remount,size=1m disk
        "$ir3sim" sweep run sweep.toml --out disk/out --shard 0/1 2>>said || exit 98
        dd if=/dev/zero of=disk/ballast bs=4k 2>dd
        "$ir3sim" sweep merge disk/out 2>>said; echo "merge $?"
        ls disk/out/manifest.toml
        rm disk/ballast
        "$ir3sim" sweep merge disk/out -q || exit 97
        cp -r disk/out whole"#;
    let ran = shell(&home, &mounts, text).exits(0);
    let ends: Vec<&str> = ran.out.lines().filter(|line| line.split(' ').count() == 2).collect();
    assert_eq!(ends, ["run 1", "status 4", "merge 1"], "{}", ran.out);
    assert!(!ran.out.lines().any(|line| line == "disk/out/manifest.toml"), "{}", ran.out);
    let (said, kept) = (home.read("said"), whole_lines(&home, "kept"));
    assert!(kept > 0 && kept < 18);
    for wanted in [
        "could not write `disk/out/store/0-of-1.runs.jsonl`: No space left on device",
        &format!("{kept} of 18 runs are finished and kept in `disk/out`"),
        &format!("{kept} of 18 runs finished"),
        &format!("{kept} of 18 runs are there already and are kept"),
        "runs.csv",
    ] {
        assert!(said.contains(wanted), "{wanted} is not in:\n{said}");
    }
    assert_eq!(said.matches("No space left on device").count(), 2, "{said}");
    assert_eq!(home.tree("whole"), home.tree("fresh"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_can_not_be_written_is_refused_and_one_that_was_finished_can_still_be_looked_at() {
    let home = home();
    for out in ["/proc/sweep", "/dev/null/sweep"] {
        for shard in [&[][..], &["--shard", "0/2"]] {
            let ran = run(&home, out, shard).exits(1);
            assert!(ran.error.contains(out) && ran.out.is_empty(), "{}", ran.error);
        }
    }
    let Some(mounts) = with_mounts(&home) else { return };
    let text = r#"
        mount -t tmpfs none disk && mkdir disk/empty || exit 99
        "$ir3sim" sweep run sweep.toml --out disk/out -q || exit 98
        mount -o remount,ro disk
        "$ir3sim" sweep status disk/out || exit 97
        for words in "merge disk/out" "run sweep.toml --out disk/out" "run sweep.toml --out disk/empty"; do
            "$ir3sim" sweep $words; echo "$?"
        done"#;
    let ran = shell(&home, &mounts, text).exits(0);
    assert_eq!(ran.out, "disk/out: 18 of 18 runs finished, 6 of 6 points complete; merged\n1\n1\n1\n");
    assert_eq!(ran.error.matches("Read-only file system").count(), 3, "{}", ran.error);
}

#[test]
fn shards_that_begin_at_the_same_time_in_a_new_folder_all_run() {
    let home = home();
    run(&home, "fresh", &[]).exits(0);
    for number in 0..3 {
        let out = format!("out-{number}");
        let start = |index: u32| {
            let shard = format!("{index}/6");
            let line = ["sweep", "run", "sweep.toml", "--out", &out, "--shard", &shard, "--jobs", "1"];
            home.command("", &line).spawn().expect("the program can be run")
        };
        let shards: Vec<_> = (0..6).map(start).collect();
        for shard in shards {
            Ran::from(shard.wait_with_output().expect("it ends")).exits(0);
        }
        home.run(&["sweep", "merge", &out]).exits(0);
        assert_eq!(home.tree(&out), home.tree("fresh"));
    }
}

#[test]
fn two_processes_never_run_the_same_shard_and_others_are_not_kept_from_theirs() {
    let home = home();
    run(&home, "out", &["--shard", "1/2"]).exits(0);
    let store = Store::open(&home.path("out/store")).expect("a store");
    let taken = store.append(Shard { index: 0, of: 2 }).expect("nobody is at work");
    let refused = run(&home, "out", &["--shard", "0/2"]).exits(1);
    let said = "another process is at work in `out/store/0-of-2.runs.jsonl`";
    assert!(refused.error.contains(said), "{}", refused.error);
    run(&home, "out", &["--shard", "1/2"]).exits(0);
    assert_eq!(home.run(&["sweep", "status", "out", "--json"]).exits(4).json()["runs_finished"], 9);
    drop(taken);
    run(&home, "out", &["--shard", "0/2"]).exits(0);
    home.run(&["sweep", "merge", "out"]).exits(0);
}

#[test]
fn a_folder_whose_description_was_not_finished_is_gone_on_with() {
    let home = home();
    run(&home, "fresh", &[]).exits(0);
    for (number, draft) in ["scenario.toml.draft", "sweep.toml.draft"].into_iter().enumerate() {
        let out = format!("out-{number}");
        home.file(&format!("{out}/{draft}"), "name = \"hal");
        fs::create_dir(home.path(&format!("{out}/store"))).expect("a folder can be made");
        run(&home, &out, &[]).exits(0);
        assert_eq!(home.tree(&out), home.tree("fresh"));
    }
}

#[test]
fn runs_of_another_sweep_count_for_nothing_and_those_of_another_version_are_not_merged() {
    let home = home();
    run(&home, "fresh", &[]).exits(0);
    run(&home, "other", &["-S", "duration=50 s", "--shard", "0/2"]).exits(0);
    run(&home, "out", &["--shard", "1/2"]).exits(0);
    fs::copy(home.path("other/store/0-of-2.runs.jsonl"), home.path("out/store/0-of-2.runs.jsonl"))
        .expect("a copy");
    let early = home.run(&["sweep", "merge", "out"]).exits(4);
    assert!(early.error.contains("9 of 18 runs are missing"), "{}", early.error);
    run(&home, "out", &["--shard", "0/2"]).exits(0);
    let own = home.read("out/store/1-of-2.runs.jsonl");
    let older = own.lines().map(|line| {
        let record = Record::read(line).expect("a record");
        Record { version: "0.0.9".to_owned(), ..record }.line()
    });
    home.file("out/store/1-of-2.runs.jsonl", &older.collect::<String>());
    let refused = home.run(&["sweep", "merge", "out"]).exits(2);
    assert!(refused.error.contains("9 runs in the folder were made by version 0.0.9"), "{}", refused.error);
    assert!(!home.path("out/manifest.toml").exists());
    home.run(&["sweep", "merge", "out", "--accept-version"]).exits(0);
    for file in ["runs.csv", "points.csv", "summary.json"] {
        assert_eq!(home.read(&format!("out/{file}")), home.read(&format!("fresh/{file}")), "{file}");
    }
}

#[test]
fn tables_of_before_are_not_taken_for_those_of_a_sweep_that_has_grown() {
    let home = home();
    run(&home, "out", &["--replications", "2"]).exits(0);
    let merged = || home.run(&["sweep", "status", "out", "--json"]).json()["merged"].clone();
    assert_eq!(merged(), true);
    // What is killed here has written what is run, and no table yet.
    let plan = ["sweep", "run", "sweep.toml", "--out", "grown", "--shard", "0/1"];
    home.run(&plan).exits(0);
    fs::copy(home.path("grown/sweep.toml"), home.path("out/sweep.toml")).expect("a copy");
    assert_eq!(merged(), false);
    run(&home, "out", &[]).exits(0);
    assert_eq!(merged(), true);
}
