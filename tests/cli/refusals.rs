//! What the program refuses, how it ends when it is stopped, and that it leaves nothing behind.

use std::fs;

use super::program::{Home, TRAFFIC, century};

#[test]
fn a_folder_with_another_result_is_refused_and_stays_as_it_is() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "out"]).exits(0);
    let before = home.tree("out");
    for other in [&["--seed", "6"][..], &["-S", "duration=61 s"], &["--replications", "2"]] {
        let run = home.run(&[&["run", &scenario, "--out", "out"], other].concat()).exits(1);
        assert!(run.error.starts_with("error: ") && run.error.contains("another result"), "{}", run.error);
        assert!(run.error.contains("--out"), "{}", run.error);
    }
    assert_eq!(home.tree("out"), before);
    home.run(&["run", &scenario, "--out", "out"]).exits(0);
    assert_eq!(home.names(), ["out", "s.toml"]);
}

#[test]
fn a_folder_with_something_else_is_refused_and_an_empty_one_is_taken() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.file("letters/dear.txt", "dear");
    let run = home.run(&["run", &scenario, "--out", "letters"]).exits(1);
    assert!(run.error.contains("not empty"), "{}", run.error);
    assert_eq!(home.names_in("letters"), ["dear.txt"]);
    fs::create_dir(home.path("empty")).expect("a folder can be made");
    home.run(&["run", &scenario, "--out", "empty"]).exits(0);
    assert!(home.names_in("empty").contains(&"manifest.toml".to_owned()));
}

#[test]
fn parquet_is_refused_where_it_would_have_no_effect_or_is_not_built() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    let run = home.run(&["run", &scenario, "--parquet"]).exits(2);
    assert!(run.error.contains("--replications"), "{}", run.error);
    home.run(&["sweep", "run", &scenario, "--axis", "seed=1", "--shard", "0/1", "--parquet"]).exits(2);
    if !cfg!(feature = "parquet") {
        let sweep = ["sweep", "run", &scenario, "--axis", "network.loss=0", "--parquet"];
        for command in [&["run", &scenario, "--replications", "2", "--parquet"][..], &sweep] {
            let run = home.run(command).exits(2);
            assert!(run.error.contains("--features parquet"), "{}", run.error);
        }
    }
    assert_eq!(home.names(), ["s.toml"]);
}

#[test]
fn a_folder_that_can_not_be_written_is_refused_before_the_run() {
    let home = Home::new();
    let scenario = home.file("s.toml", &century());
    home.file("file", "in the way");
    for out in ["file", "file/below", "file/far/below"] {
        let run = home.run(&["run", &scenario, "--out", out]).exits(1);
        assert!(run.error.contains("file"), "{}", run.error);
    }
    assert_eq!(home.names(), ["file", "s.toml"]);
}

#[test]
fn files_that_can_not_be_read_end_with_one_and_bad_ones_with_two() {
    let home = Home::new();
    home.file("folder/x", "");
    home.file("empty.toml", "");
    home.file("broken.toml", "name = \"two\n[");
    home.file("unknown.toml", &TRAFFIC.replace("seed =", "sede ="));
    fs::write(home.path("latin.toml"), b"name = \"caf\xe9\"").expect("a file can be written");
    for (file, codes) in [
        ("missing.toml", &[1][..]),
        ("folder", &[1]),
        // It never ends.
        #[cfg(target_os = "linux")]
        ("/dev/zero", &[1]),
        ("latin.toml", &[1, 2]),
        ("empty.toml", &[2]),
        ("broken.toml", &[2]),
        ("unknown.toml", &[2]),
    ] {
        let run = home.run(&["run", file]);
        assert!(run.code.is_some_and(|code| codes.contains(&code)), "{file}: {:?}\n{}", run.code, run.error);
        assert!(run.error.contains(file) && !run.error.contains("panicked"), "{}", run.error);
        assert_eq!(run.out, "");
    }
    assert!(!home.path("runs").exists());
}

#[test]
fn bad_usage_ends_with_two() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    for arguments in [
        &["run"][..],
        &["dance"],
        &["run", &scenario, "--threads", "0"],
        &["run", &scenario, "--replications", "0"],
        &["run", &scenario, "--seed", "x"],
        &["run", &scenario, "-S", "duration"],
        &["run", &scenario, "-S", "duratoin=5 s"],
        &["run", &scenario, "-q", "-v"],
        &["check"],
    ] {
        let run = home.run(arguments).exits(2);
        assert_ne!(run.error, "", "{arguments:?}");
        let run = home.run(&[arguments, &["--json"]].concat()).exits(2).json();
        let keys: Vec<&String> = run.as_object().into_iter().flat_map(|error| error.keys()).collect();
        // What `check` says is a list with an entry a file.
        assert!(keys == ["causes", "error", "errors", "exit"] || run.is_array(), "{arguments:?}: {run}");
    }
    assert_eq!(home.names(), ["s.toml"]);
    home.run(&["--help"]).exits(0);
    home.run(&["run", "--help"]).exits(0);
    home.run(&["--version"]).exits(0);
}

#[test]
fn a_bad_override_names_the_nearest_path() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    let run = home.run(&["run", &scenario, "-S", "network.lss=0.5"]).exits(2);
    assert!(run.error.contains("network.lss") && run.error.contains("loss"), "{}", run.error);
}

#[test]
fn an_override_of_a_table_that_is_not_there_says_how_to_make_it() {
    let home = Home::new();
    let (expectation, rest) = (TRAFFIC.find("[expect"), TRAFFIC.find("[claims"));
    let (start, end) = expectation.zip(rest).expect("both are there");
    let scenario = home.file("s.toml", &format!("{}{}", &TRAFFIC[..start], &TRAFFIC[end..]));
    let run = home.run(&["run", &scenario, "-S", "expect.some.max=5"]).exits(2);
    assert!(run.error.contains("there is no [expect.some]"), "{}", run.error);
    let whole = "expect.some={ metric = \"messages.lost\", max = 5 }";
    assert!(home.run(&["run", &scenario, "-S", whole]).exits(0).out.contains("✓ some"));
}

#[test]
fn colours_are_used_only_when_wished_for() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    let escape = '\u{1b}';
    let colours = |arguments: &[&str], no_color: &str| {
        let mut command = home.command("", &[&["run", &scenario, "--out", "out"], arguments].concat());
        let output = command.env("NO_COLOR", no_color).output().expect("the program can be run");
        String::from_utf8_lossy(&output.stdout).contains(escape)
    };
    assert!(!colours(&[], ""));
    assert!(!colours(&[], "1"));
    assert!(!colours(&["--color", "never"], ""));
    assert!(colours(&["--color", "always"], ""));
    let error = home.run(&["run", "missing.toml", "--color", "always"]).exits(1).error;
    assert!(error.contains(escape), "{error}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::process::Stdio;
    let home = Home::new();
    let scenario = home.file("scenarios/s.toml", TRAFFIC);
    for arguments in [
        &["check", &scenario, "--resolved"][..],
        &["run", &scenario, "--json"],
        &["list"],
        &["metrics"],
        &["metrics", "--json"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe can be made");
        drop(reader);
        let mut command = home.command("", arguments);
        let run = command.stdout(Stdio::from(writer)).output().expect("the program can be run");
        assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
        assert!(run.stderr.is_empty(), "{}", String::from_utf8_lossy(&run.stderr));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_at_stdout_is_a_failure() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    let run = home.command("", &["check", &scenario, "--resolved"]).stdout(full).output();
    assert_eq!(run.expect("the program can be run").status.code(), Some(1));
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_nothing_behind() {
    use std::process::Command;
    use std::time::Duration;
    for (replications, signal, code) in [("1", "INT", 130), ("3", "INT", 130), ("1", "TERM", 143)] {
        let home = Home::new();
        let scenario = home.file("s.toml", &century());
        let arguments = ["run", &scenario, "--replications", replications, "--out", "deep/out"];
        let mut child = home.command("", &arguments).spawn().expect("the program can be run");
        while !home.path("deep").exists() {
            assert!(child.try_wait().expect("it can be asked").is_none(), "it has ended by itself");
            pause(Duration::from_millis(5));
        }
        pause(Duration::from_millis(200));
        let kill = Command::new("sh").args(["-c", &format!("kill -s {signal} {}", child.id())]).status();
        assert!(kill.expect("there is a shell").success());
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(output.status.code(), Some(code), "{signal}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted"));
        assert_eq!(home.names(), ["s.toml"]);
    }
}

#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "another process is waited for")]
fn pause(span: std::time::Duration) {
    std::thread::sleep(span);
}

/// Broadcasts that every node forgets at once, so that each copy becomes three more.
const RESTLESS: &str = r#"
name = "restless"
seed = 9
duration = "10 s"
cooldown = "0 s"
groups.a = { count = 20, link = { up = "unlimited", down = "unlimited" } }
network.latency = { fixed = "10 ms" }
protocol = { dissemination = "gossip", seen = 2, remember_for = "0 s", hop_limit = 255 }
[workloads.b]
kind = "broadcast"
from = "a"
size = "0 B"
arrivals = { every = "1 ms" }
"#;

#[test]
fn a_run_that_explodes_ends_with_four_says_what_grew_and_leaves_nothing() {
    let home = Home::new();
    let scenario = home.file("s.toml", RESTLESS);
    for arguments in [
        &["--max-events", "100000"][..],
        &["--max-events", "100000", "--replications", "2"],
        &["--max-memory", "60 MiB"],
    ] {
        let run = home.run(&[&["run", &scenario, "--out", "out"][..], arguments].concat()).exits(4);
        for said in
            ["the run needs more than", "of kind `arrive`", "messages in flight", "no result was written"]
        {
            assert!(run.error.contains(said), "{said} is not in: {}", run.error);
        }
        assert_eq!(home.names(), ["s.toml"]);
    }
    let run = home.run(&["run", &scenario, "--max-memory", "lots"]).exits(2);
    assert!(run.error.contains("--max-memory"), "{}", run.error);
}

#[test]
fn a_budget_that_is_enough_changes_nothing() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "a"]).exits(0);
    home.run(&["run", &scenario, "--out", "b", "--max-events", "1000000", "--max-memory", "2000 MiB"])
        .exits(0);
    assert_eq!(home.tree("a"), home.tree("b"));
}
