//! What users of command lines are used to: widths, progress, help, completions, a manual.

use std::io::{BufRead, BufReader};

use super::program::{Home, TRAFFIC, century};

/// Lines that are to be copied as they are, however long.
const COPIED: [&str; 3] = ["repeat with: ", "result: ", "chart:  "];

#[track_caller]
fn fits(text: &str, width: usize) {
    for line in text.lines().filter(|line| !COPIED.iter().any(|copied| line.starts_with(copied))) {
        assert!(line.chars().count() <= width, "{} columns:\n{line}", line.chars().count());
    }
}

#[test]
fn all_that_is_printed_fits_eighty_columns() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    for arguments in [
        &["run", &file, "--out", "one"][..],
        &["run", &file, "--out", "one", "-v", "--profile"],
        &["run", &file, "--out", "several", "--replications", "3"],
        &["run", &file, "--out", "several", "--replications", "3", "-v"],
        &["claims", "several"],
        &["metrics"],
        &["list"],
        &["--help"],
        &["run", "--help"],
        &["run", "-h"],
    ] {
        let run = home.run(arguments).exits(0);
        assert!(run.out.lines().count() > 5);
        fits(&run.out, 80);
    }
}

#[test]
fn every_claim_has_one_line_however_narrow_the_terminal() {
    let home = Home::new();
    let results = concat!(env!("CARGO_MANIFEST_DIR"), "/results");
    for columns in ["40", "80", "100", "120", "160", "200", "300"] {
        let mut command = home.command("", &["claims", results]);
        let output = command.env("COLUMNS", columns).output().expect("the program can be run");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        fits(&text, columns.parse().map_or(80, |width: usize| width.max(80)));
        let marks = ["● ", "◐ ", "○ ", "? ", "– not tried"];
        let rows = text.lines().filter(|line| marks.iter().any(|mark| line.contains(mark)));
        assert_eq!(rows.count(), 17, "{columns} columns:\n{text}");
        // The heading and the rows, the same of thresholds, and what they mean.
        assert!(text.lines().count() <= 2 * (1 + 17 + 1) + 7, "{columns} columns:\n{text}");
        assert_eq!(text.contains(" wanted"), columns == "300", "{text}");
    }
}

#[test]
fn a_wider_terminal_is_used() {
    let home = Home::new();
    let output =
        home.command("", &["metrics"]).env("COLUMNS", "150").output().expect("the program can be run");
    let wide = String::from_utf8(output.stdout).expect("UTF-8");
    fits(&wide, 150);
    assert!(wide.contains("statistic") && wide.lines().any(|line| line.chars().count() > 120));
}

#[test]
fn numbers_keep_their_units_where_lines_are_broken() {
    let home = Home::new();
    let expectation = "[expect.a_name_so_long_that_its_sentence_does_not_fit_a_line]\n\
                       metric = \"traffic.probe.delay_p99_s\"\nmin = 0.25\nmax = 1.75\nfrom = \"15 s\"\nto = \"45 s\"\n";
    let file = home.file("s.toml", &format!("{TRAFFIC}\n{expectation}"));
    let run = home.run(&["run", &file, "--replications", "3", "--out", "out"]).exits(3);
    let broken = |line: &&str| line.trim_end().ends_with(|c: char| c.is_ascii_digit());
    let lines = run
        .out
        .lines()
        .skip_while(|line| !line.starts_with("expectations"))
        .take_while(|line| !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    assert!(lines.len() > 4, "{lines:?}");
    let next_is_unit = |pair: &[&str]| broken(&pair[0]) && pair[1].trim_start().starts_with(['s', '%']);
    assert!(!lines.windows(2).any(next_is_unit), "{}", lines.join("\n"));
}

#[test]
fn times_are_told_in_the_units_that_people_use() {
    let home = Home::new();
    let expectation =
        "[expect.late]\nmetric = \"traffic.probe.sent\"\nmin = 1\nfrom = \"90 min\"\nto = \"2.5 h\"\n";
    let text = TRAFFIC.replace("60 s", "3 h").replace("20 /s", "1 /min");
    let file = home.file("s.toml", &format!("{text}\n{expectation}"));
    let run = home.run(&["run", &file, "--out", "out"]).exits(0);
    for part in ["[from 90 min, to 150 min]", "(3 h simulated)"] {
        assert!(run.out.contains(part), "{part} is not in:\n{}", run.out);
    }
    let resolved = home.run(&["check", &file, "--resolved"]).exits(0).out;
    assert!(resolved.contains("from = \"90 min\""), "{resolved}");
    assert!(home.read("out/manifest.toml").contains("from = \"90 min\""));
    let refused = home.run(&["check", &file, "-S", "warmup=180 min"]).exits(2).error;
    assert!(refused.contains("180 min") && refused.contains("3 h"), "{refused}");
}

#[test]
fn progress_off_a_terminal_is_told_only_when_wished_for() {
    let home = Home::new();
    let file = home.file("s.toml", &century());
    let arguments = ["run", &file, "--no-charts", "--out", "out", "--progress", "always"];
    let mut child = home.command("", &arguments).spawn().expect("the program can be run");
    let stderr = child.stderr.take().expect("it is piped");
    let line = BufReader::new(stderr).lines().next().expect("it tells").expect("UTF-8");
    child.kill().expect("it runs");
    child.wait().expect("it has ended");
    for part in [" % ", " simulated", " events/s", " left"] {
        assert!(line.contains(part), "{part} is not in: {line}");
    }
    let short = home.file("short.toml", TRAFFIC);
    for when in ["auto", "never"] {
        assert_eq!(home.run(&["run", &short, "--out", "short", "--progress", when]).exits(0).error, "");
    }
    home.run(&["run", &short, "--progress", "sometimes"]).exits(2);
}

const COMMANDS: [&str; 14] = [
    "run",
    "replay",
    "swarm",
    "plot",
    "check",
    "network",
    "list",
    "init",
    "schema",
    "metrics",
    "claims",
    "report",
    "completions",
    "man",
];

#[test]
fn every_command_has_a_short_and_a_long_help_with_examples() {
    let home = Home::new();
    let top = home.run(&["--help"]).exits(0).out;
    assert!(top.contains("Examples:") && top.contains("Exit codes:"), "{top}");
    for command in COMMANDS {
        assert!(top.contains(&format!("\n  {command} ")), "{command} is not in:\n{top}");
        let (short, long) =
            (home.run(&[command, "-h"]).exits(0).out, home.run(&[command, "--help"]).exits(0).out);
        assert!(long.contains("Examples:") && long.contains(&format!("ir3sim {command}")), "{long}");
        assert!(!short.contains("Examples:") && short.len() < long.len(), "{short}");
    }
}

#[test]
fn every_shell_gets_completions_of_every_command() {
    let home = Home::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = home.run(&["completions", shell]).exits(0).out;
        for word in COMMANDS.into_iter().chain(["replications", "no-charts", "progress"]) {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    home.run(&["completions", "csh"]).exits(2);
}

/// The script is one that a shell can read, and it completes.
#[cfg(unix)]
#[test]
fn bash_completes_with_the_script() {
    let home = Home::new();
    let has_bash = std::process::Command::new("bash").arg("--version").output().is_ok();
    if !has_bash {
        return;
    }
    home.file("ir3sim.bash", &home.run(&["completions", "bash"]).exits(0).out);
    let ask = "source ir3sim.bash; COMP_WORDS=(ir3sim cl); COMP_CWORD=1; _ir3sim ir3sim cl ir3sim; echo ${COMPREPLY[*]}";
    let shell = std::process::Command::new("bash").args(["-c", ask]).current_dir(home.path("")).output();
    assert_eq!(String::from_utf8_lossy(&shell.expect("a shell").stdout).trim(), "claims");
}

#[test]
fn the_manual_has_a_page_of_the_program_and_of_each_command() {
    let home = Home::new();
    let page = home.run(&["man"]).exits(0).out;
    assert!(page.contains(".TH ir3sim 1") && page.contains(".SH SYNOPSIS"), "{page}");
    for command in COMMANDS {
        assert!(page.contains(&format!("ir3sim\\-{command}(1)")), "{command} is not in:\n{page}");
        let own = home.run(&["man", command]).exits(0).out;
        assert!(own.contains(&format!(".TH ir3sim-{command} 1")), "{own}");
        assert!(own.contains("Examples:") && own.contains("\\-\\-json"), "{own}");
    }
}

#[test]
fn metrics_are_found_by_a_part_of_their_names() {
    let home = Home::new();
    let json = home.run(&["metrics", "silent", "--json"]).exits(0).json();
    let names: Vec<&str> =
        json.as_array().expect("a list").iter().filter_map(|row| row["name"].as_str()).collect();
    assert!(names.len() > 3 && names.iter().all(|name| name.contains("silent")), "{names:?}");
    assert!(home.run(&["metrics", "silenced"]).exits(4).error.contains("silenced"));
}

#[test]
fn quiet_leaves_nothing_but_what_was_asked_for() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    for arguments in [
        &["run", &file, "--out", "out", "-q"][..],
        &["plot", "out", "-q"],
        &["report", "out", "-q"],
        &["check", &file, "-q"],
        &["run", "out/manifest.toml", "--out", "out", "-q"],
        &["sweep", "run", &file, "--axis", "network.loss=0", "--out", "swept", "-q"],
        &["sweep", "merge", "swept", "-q"],
        &["sweep", "run", &file, "--axis", "network.loss=0", "--shard", "1/2", "--out", "part", "-q"],
        &["compare", "out", "out", "-q"],
    ] {
        let run = home.run(arguments).exits(0);
        assert_eq!((run.out.as_str(), run.error.as_str()), ("", ""), "{arguments:?}");
    }
}
