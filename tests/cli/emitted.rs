//! Scripts for other engines: they run every shard of the sweep that was planned, whatever its names are made of.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::program::{Home, Ran, TRAFFIC};

/// A sweep of six points whose names a shell would take apart.
const FILE: &str = "it's \"a\" $HOME/sweep of `ls`.toml";
const OUT: &str = "out *'s/of \"it\"";
const DESIGN: [&str; 8] = [
    "--axis",
    "workloads.probe.size=\"100 B\",\"972 B\"",
    "-S",
    "title=it's \"so\" & $HOME",
    "--seed",
    "3",
    "--replications",
    "2",
];

/// Slurm in small: it runs the tasks of an array at the same time, and then what depends on them, if none has failed.
const SBATCH: &str = r#"#!/usr/bin/env bash
here=$(dirname "$0")
echo "$*" >>"$here/calls"
while (($#)) && [[ ! -f $1 ]]; do shift; done
if (($#)); then
    for task in $(seq 0 "$(sed -n 's/^#SBATCH --array=0-//p' "$1")"); do
        export SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_ID=$task SLURM_CPUS_PER_TASK=1
        (bash "$@" >>"$here/log" 2>&1 || echo "$task $?" >>"$here/failed") &
    done
    wait
    unset SLURM_ARRAY_TASK_ID
else
    cat >"$here/merge"
fi
if [[ -f $here/merge && ! -f $here/failed && -z ${SLURM_ARRAY_TASK_ID-} ]]; then
    bash "$here/merge" >>"$here/log" 2>&1
    echo "merge $?" >>"$here/calls"
fi
echo '7;cluster'
"#;

fn home() -> Home {
    let home = Home::new();
    home.file("it's \"a\" $HOME/two.toml", TRAFFIC);
    let axes = "\"network.loss\" = [0.0, 0.1, 0.2]\nworkloads.probe.size = [\"1 B\"]\n";
    home.file(FILE, &format!("name = \"quoted\"\nscenario = \"two.toml\"\n[axes]\n{axes}"));
    home
}

/// Writes the script for an engine, which runs with `program`.
fn emit(home: &Home, engine: &str, more: &[&str]) -> String {
    let line = [&["sweep", "plan", FILE, "--emit", engine, "--out", OUT], &DESIGN[..], more].concat();
    let ran = home.run(&line).exits(0);
    assert_eq!(ran.error, "");
    home.file("script of it.sh", &ran.out);
    ran.out
}

/// Runs the script, or another command, with this program, and what is in `bin` before all others.
fn bash(home: &Home, words: &[&str], program: &Path) -> Ran {
    let path = std::env::var("PATH").expect("a path");
    let mut command = Command::new("bash");
    command.args(words).current_dir(home.path("")).stdin(Stdio::null());
    command.env("PATH", format!("{}:{path}", home.path("bin").display())).env("IR3SIM", program);
    Ran::from(command.output().expect("there is a shell"))
}

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_ir3sim"))
}

/// Makes a file that is a program.
fn tool(home: &Home, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = home.path(&home.file(name, text));
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

/// Whether there is such a program; says that a part of a test is left out if not.
fn has(name: &str) -> bool {
    let there = Command::new(name).arg("--version").output().is_ok();
    if !there {
        eprintln!("SKIPPED: there is no `{name}`");
    }
    there
}

/// What a sweep that was not shared out comes to.
fn run_serially(home: &Home) {
    home.run(&[&["sweep", "run", FILE, "--out", "serial", "--jobs", "1"], &DESIGN[..]].concat()).exits(3);
}

#[test]
fn scripts_are_good_shell_and_nothing_else_is_printed() {
    let home = home();
    for engine in ["slurm", "parallel"] {
        let script = emit(&home, engine, &["--shards", "4"]);
        assert!(script.starts_with("#!/usr/bin/env bash\n"), "{script}");
        bash(&home, &["-n", "script of it.sh"], program()).exits(0);
        if has("shellcheck") {
            let checked = Command::new("shellcheck").arg(home.path("script of it.sh")).output();
            let checked = Ran::from(checked.expect("it is there")).exits(0);
            assert_eq!(checked.out, "");
        }
        let line = ["sweep", "plan", FILE, "--emit", engine, "--out", OUT, "--shards", "4", "--json"];
        let told = home.run(&[&line, &DESIGN[..]].concat()).exits(0).json();
        assert_eq!((&told["shards"], &told["points"], &told["runs"]), (&4.into(), &6.into(), &12.into()));
        assert_eq!(told["script"], script);
    }
    let script = emit(&home, "slurm", &["--shards", "4"]);
    for line in ["array=0-3", "requeue", "open-mode=append", "cpus-per-task=1", "mem-per-cpu=256M"] {
        assert!(script.lines().any(|has| has == format!("#SBATCH --{line}")), "{line} is not in:\n{script}");
    }
    assert!(emit(&home, "slurm", &[]).contains("\n#SBATCH --array=0-5\n"), "a shard for each of few points");
    let script =
        home.run(&["sweep", "plan", "overload", "--axis", "network.loss=0", "--emit", "slurm"]).exits(0);
    assert!(
        script.out.contains("sweep run overload --axis network.loss=0 --out sweeps/overload"),
        "{}",
        script.out
    );
}

#[test]
fn a_script_for_slurm_runs_every_shard_and_then_the_merge_however_it_is_handed_in() {
    let home = home();
    run_serially(&home);
    tool(&home, "bin/sbatch", SBATCH);
    emit(&home, "slurm", &["--shards", "5"]);
    for words in [&["script of it.sh", "--partition=short"][..], &["bin/sbatch", "script of it.sh"]] {
        let handed = bash(&home, words, program()).exits(0);
        let (calls, log) = (home.read("bin/calls"), home.read("bin/log"));
        assert!(calls.contains("--dependency=afterok:7 --kill-on-invalid-dep=yes"), "{calls}");
        assert!(calls.ends_with("\nmerge 3\n"), "an expectation fails, as in the serial run: {calls}\n{log}");
        if words.len() == 2 && words[0] == "script of it.sh" {
            assert!(handed.out.contains("6 points × 2 = 12 runs"), "{}", handed.out);
            assert!(handed.out.ends_with("handed in: array 7, and its merge 7\n"), "{}", handed.out);
            assert_eq!(calls.lines().filter(|call| call.contains("--partition=short")).count(), 2);
        }
        assert_eq!(log.matches("1 run").count() + log.matches("2 runs finished").count(), 4, "{log}");
        assert_eq!(home.tree(OUT), home.tree("serial"));
        fs::remove_dir_all(home.path(OUT)).expect("it is there");
        for file in ["bin/calls", "bin/log", "bin/merge"] {
            fs::remove_file(home.path(file)).expect("it is there");
        }
    }
}

#[test]
fn a_script_for_gnu_parallel_runs_every_shard_and_then_the_merge() {
    let home = home();
    run_serially(&home);
    emit(&home, "parallel", &[]);
    if has("parallel") {
        bash(&home, &["script of it.sh"], program()).exits(3);
        assert_eq!(home.tree(OUT), home.tree("serial"));
        let log = home.read(&format!("{OUT}.joblog"));
        assert_eq!(log.lines().count(), 1 + 6, "{log}");
        let again = bash(&home, &["script of it.sh"], program()).exits(3);
        assert!(again.error.contains("2 of 2 runs are there already"), "{}", again.error);
        assert_eq!(home.tree(OUT), home.tree("serial"));
    }
}

/// A program that ends with this code in its first tries at shard 1.
fn failing(home: &Home, code: u32, tries: u32) -> std::path::PathBuf {
    let real = program().display();
    let text = format!(
        "#!/usr/bin/env bash\nif [[ $* == *' --shard 1/6'* ]]; then\necho try >>tries\n\
         if (($(wc -l <tries) <= {tries})); then exit {code}; fi\nfi\nexec '{real}' \"$@\"\n"
    );
    tool(home, "failing", &text);
    home.path("failing")
}

#[test]
fn only_a_shard_that_a_signal_has_ended_is_run_again() {
    let engines = [("slurm", true), ("parallel", has("parallel"))];
    for (engine, _) in engines.into_iter().filter(|(_, there)| *there) {
        for (code, fails, tries, ends) in [(137, 2, 3, 3), (137, 9, 3, 1), (2, 9, 1, 1), (4, 1, 1, 1)] {
            let home = home();
            tool(&home, "bin/sbatch", SBATCH);
            emit(&home, engine, &[]);
            let failing = failing(&home, code, fails);
            let ran = bash(&home, &["script of it.sh"], &failing);
            assert_eq!(home.read("tries").lines().count(), tries, "{engine}, {code}: {}", ran.error);
            let merged = home.path(&format!("{OUT}/manifest.toml")).exists();
            assert_eq!(merged, ends == 3, "{engine}, {code}: {}", ran.error);
            match engine {
                "slurm" if merged => assert!(!home.path("bin/failed").exists()),
                "slurm" => assert_eq!(home.read("bin/failed"), format!("1 {code}\n")),
                _ => assert_eq!(ran.code, Some(ends), "{}", ran.error),
            }
        }
    }
}

#[test]
fn a_sweep_that_cannot_be_shared_out_is_refused() {
    let home = home();
    let refused = |words: &[&str], said: &str| {
        let ran = home.run(&[&["sweep", "plan"], words].concat()).exits(2);
        assert!(ran.error.contains(said) && ran.out.is_empty(), "{said} is not in:\n{}", ran.error);
    };
    refused(&[FILE, "--emit", "slurm", "--shards", "4"], "3 points to share out");
    refused(&[FILE, "--emit", "slurm", "--shards", "0"], "whole number from 1");
    refused(&[FILE, "--shards", "2"], "--emit");
    refused(&[FILE, "--out", "x"], "--emit");
    refused(&[FILE, "--emit", "pbs"], "slurm, parallel");
    refused(&["-", "--axis", "network.loss=0", "--emit", "slurm"], "--emit needs a file");
    // A bad file, too, before anything is handed in.
    emit(&home, "slurm", &[]);
    tool(&home, "bin/sbatch", SBATCH);
    home.file(FILE, "name = \"quoted\"\nscenario = \"two.toml\"\n[axes]\nnetwork.lss = [1]\n");
    bash(&home, &["script of it.sh"], program()).exits(2);
    assert!(!home.path("bin/calls").exists());
}
