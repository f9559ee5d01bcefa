//! What the program says to do next, where there is nothing to show.

use super::program::{Home, TRAFFIC};

/// The scenario without its trial of a claim.
fn without_claims() -> &'static str {
    TRAFFIC.split("[claims.soon]").next().expect("there is text before")
}

/// In one line, as its breaks are where a terminal is too narrow.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn results_without_a_claim_say_how_a_scenario_puts_one_on_trial() {
    let home = Home::new();
    let file = home.file("s.toml", without_claims());
    home.run(&["run", &file, "--no-charts", "--out", "runs/a"]).exits(0);
    for (arguments, which) in [
        (&["claims", "runs"][..], "The result puts no claim on trial."),
        (&["claims", "runs/a", "runs/a", "-v"], "None of the results puts a claim on trial."),
    ] {
        let said = one_line(&home.run(arguments).exits(0).out);
        for part in [which, "`[claims.NAME]`", "`ir3sim list`"] {
            assert!(said.contains(part), "{part} is not in: {said}");
        }
        assert!(!said.contains("Holm"), "{said}");
    }
    home.run(&["run", &home.file("t.toml", TRAFFIC), "--no-charts", "--out", "runs/b"]).exits(0);
    let said = home.run(&["claims", "runs"]).exits(0).out;
    assert!(said.contains("Holm") && !said.contains("on trial."), "{said}");
    let rows = home.run(&["claims", "runs/a", "--json"]).exits(0).json();
    assert_eq!(rows.as_array().map(Vec::len), Some(17));
}

#[test]
fn a_name_of_which_there_is_no_result_brings_the_names_that_there_are() {
    let home = Home::new();
    let file = home.file("s.toml", TRAFFIC);
    for out in ["runs/first", "runs/second", "results/third"] {
        home.run(&["run", &file, "--no-charts", "--out", out]).exits(0);
    }
    let said = home.run(&["plot", "frist"]).exits(1).error;
    for part in ["`frist`", "the nearest is `first`", "found there: `first`, `second`, `third`"] {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
    for number in 0..4 {
        home.run(&["run", &file, "--no-charts", "--out", &format!("runs/z{number}")]).exits(0);
    }
    let said = home.run(&["plot", "other"]).exits(1).error;
    assert!(said.contains("2 more") && !said.contains("nearest"), "{said}");
    let help = one_line(&home.run(&["plot", "--help"]).exits(0).out);
    assert!(help.contains("A name is that of the result's folder: runs/NAME or results/NAME"), "{help}");
}

#[test]
fn an_expectation_that_fails_brings_the_command_that_repeats_the_run_even_where_it_is_to_be_quiet() {
    let home = Home::new();
    let file = home.file("s.toml", &TRAFFIC.replace("max = 0 # none", "min = 1"));
    let run = home.run(&["run", &file, "--out", "out", "-q"]).exits(3);
    let said: Vec<&str> = run.error.lines().collect();
    assert_eq!((run.out.as_str(), said.len()), ("", 2), "{said:?}");
    assert!(said[0].starts_with("expectation fails: ") && said[0].contains("messages.lost"), "{said:?}");
    assert_eq!(said[1], format!("repeat with: ir3sim run {file} --seed 5 --out out"));
    // It is the last line of what is told otherwise, as of every run.
    let run = home.run(&["run", &file, "--out", "out"]).exits(3);
    assert_eq!(run.out.lines().last(), Some(said[1]));
}

#[test]
fn a_metric_that_not_every_scenario_has_says_which_do() {
    let home = Home::new();
    let said = one_line(&home.run(&["metrics", "routing.unjoined"]).exits(0).out);
    assert!(said.contains("nodes have to join"), "{said}");
    let rows = home.run(&["metrics", "--json"]).exits(0).json();
    let when = |name: &str| {
        let rows = rows.as_array().expect("a list");
        rows.iter().find(|row| row["name"] == name).expect("the metric")["when"].clone()
    };
    assert_eq!(when("messages.sent"), "always");
    assert_eq!(when("conduct.reputation_gain.GROUP"), "the group has a `conduct`, and queries ask about it");
}
