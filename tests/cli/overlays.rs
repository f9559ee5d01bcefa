//! Overlays on the command line: where they come from, and what repeats a run without them.

use super::program::{Home, TRAFFIC};

const LOSSY: &str = "[network]\nloss = 1.0\n[groups.\"*\"]\ncount = 2\n";

fn home() -> Home {
    let home = Home::new();
    home.file("two.toml", TRAFFIC);
    home.file("lossy.toml", LOSSY);
    home
}

fn fingerprint(home: &Home, folder: &str) -> String {
    let manifest = home.read(&format!("{folder}/manifest.toml"));
    let line = manifest.lines().find(|line| line.starts_with("fingerprint")).expect("it has one");
    line.to_owned()
}

#[test]
fn a_result_holds_what_was_laid_over_its_scenario() {
    let home = home();
    home.run(&["run", "two.toml", "--overlay", "lossy.toml", "--out", "lossy"]).exits(3);
    let ran = home.run(&[
        "run",
        "two.toml",
        "--out",
        "plain",
        "-S",
        "network.loss=1",
        "-S",
        "groups.sender.count=2",
    ]);
    ran.exits(3);
    assert_ne!(fingerprint(&home, "lossy"), fingerprint(&home, "plain"), "it has one receiver");
    let both =
        ["run", "two.toml", "--out", "both", "--overlay", "lossy.toml", "-S", "groups.receiver.count=1"];
    home.run(&both).exits(3);
    assert_eq!(fingerprint(&home, "both"), fingerprint(&home, "plain"));
    std::fs::remove_file(home.path("lossy.toml")).expect("it was there");
    home.run(&["run", "lossy/manifest.toml", "--out", "again"]).exits(3);
    assert_eq!(fingerprint(&home, "again"), fingerprint(&home, "lossy"));
    assert!(home.read("lossy/manifest.toml").contains("loss = 1.0"));
}

#[test]
fn the_command_that_repeats_a_run_has_its_overlays() {
    let home = home();
    let ran = home.run(&["run", "two.toml", "--overlay", "lossy.toml", "--out", "lossy"]).exits(3);
    assert!(
        ran.error.contains("--overlay lossy.toml") || ran.out.contains("--overlay lossy.toml"),
        "{}",
        ran.error
    );
}

#[test]
fn a_sweep_keeps_its_scenario_and_overlays_as_one() {
    let home = home();
    let sweep = ["sweep", "run", "two.toml", "--axis", "duration=20 s,30 s", "--replications", "1"];
    let lossy = ["--overlay", "lossy.toml", "--out", "lossy"];
    home.run(&[&sweep[..], &lossy].concat()).exits(3);
    let merged = home.read("lossy/scenario.toml");
    assert!(merged.contains("loss = 1.0") && merged.matches("count = 2\n").count() == 2, "{merged}");
    std::fs::remove_file(home.path("lossy.toml")).expect("it was there");
    home.run(&["sweep", "run", "lossy/sweep.toml", "--out", "lossy"]).exits(3);
}

#[test]
fn an_overlay_is_a_file_or_comes_with_the_program() {
    let home = home();
    home.run(&["check", "overload", "--overlay", "realistic", "--overlay", "maintained"]).exits(0);
    for (arguments, said) in [
        (&["check", "overload", "--overlay", "realistc"][..], "the nearest is `realistic`"),
        (&["run", "realistic"], "`--overlay realistic` lays it over one"),
        (&["check", "-", "--overlay", "-"], "standard input"),
        (&["check", "overload", "--overlay", "gone.toml"], "could not read the overlay `gone.toml`"),
    ] {
        let ran = home.run(arguments);
        assert!(
            ran.code != Some(0) && format!("{}{}", ran.out, ran.error).contains(said),
            "{said}: {}",
            ran.error
        );
    }
    home.file("bad.toml", "\n[network]\nlos = 1");
    let ran = home.run(&["check", "two.toml", "--overlay", "bad.toml"]).exits(2);
    assert!(format!("{}{}", ran.out, ran.error).contains("bad.toml:3:1"), "{}", ran.error);
}

#[test]
fn a_comparison_lays_one_over_b_alone() {
    let home = home();
    let compare = [
        "compare",
        "two.toml",
        "--overlay-b",
        "lossy.toml",
        "--replications",
        "2",
        "--only",
        "messages.lost",
    ];
    let ran = home.run(&compare).exits(0);
    assert!(ran.out.contains("messages.lost"), "{}", ran.out);
}
