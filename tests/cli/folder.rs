//! The result folder: filled where it is, only what is its own replaced, and one run at a time.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::program::{Home, Ran, TRAFFIC};

/// Files of the user's, all of which look like some of ours.
const MINE: [&str; 5] =
    ["out/analysis.csv", "out/charts/mine.svg", "out/seed-notes/n.txt", "out/seed-5/notes.md", "out/.hidden"];

fn put_mine(home: &Home) {
    MINE.iter().for_each(|file| drop(home.file(file, "mine")));
}

/// The files of `out` without the user's, which must be as they were.
fn tree_without_mine(home: &Home) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut tree = home.tree("out");
    for file in MINE {
        let inside = Path::new(file).strip_prefix("out").expect("it is inside");
        assert_eq!(tree.remove(inside).as_deref(), Some(&b"mine"[..]), "{file}");
    }
    tree
}

#[cfg(unix)]
#[test]
fn an_empty_folder_is_filled_and_stays_the_folder_it_was() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    fs::create_dir(home.path("out")).expect("a folder can be made");
    fs::set_permissions(home.path("out"), fs::Permissions::from_mode(0o2750)).expect("it is ours");
    let state =
        || fs::metadata(home.path("out")).map(|folder| (folder.ino(), folder.mode())).expect("it is there");
    let before = state();
    for _ in 0..2 {
        home.run(&["run", &scenario, "--out", "out"]).exits(0);
        assert_eq!(state(), before);
    }
    home.run(&["plot", "out"]).exits(0);
    assert_eq!(state(), before);
    std::os::unix::fs::symlink("out", home.path("link")).expect("a link can be made");
    home.run(&["run", &scenario, "--out", "link"]).exits(0);
    assert!(home.path("link").is_symlink() && state() == before);
    assert_eq!(home.names(), ["link", "out", "s.toml"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_in_which_nothing_can_be_made_is_refused_before_the_run() {
    let home = Home::new();
    let scenario = home.file("s.toml", &super::program::century());
    for out in ["/proc", "/proc/result", "/dev/null", "/dev/null/result"] {
        let run = home.run(&["run", &scenario, "--out", out]).exits(1);
        assert!(run.error.contains(out), "{}", run.error);
    }
}

#[test]
fn a_second_run_and_a_redrawing_replace_only_what_the_first_has_written() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    for more in [&[][..], &["--replications", "2"]] {
        let run = [&["run", &scenario, "--out", "out", "--png"], more].concat();
        home.run(&run).exits(0);
        let first = home.tree("out");
        put_mine(&home);
        home.run(&run).exits(0);
        assert_eq!(tree_without_mine(&home), first);
        home.run(&["plot", "out"]).exits(0);
        let without_png = tree_without_mine(&home);
        assert!(!without_png.keys().any(|path| path.extension().is_some_and(|extension| extension == "png")));
        assert!(without_png.len() < first.len());
        home.run(&["plot", "out", "--png"]).exits(0);
        assert_eq!(tree_without_mine(&home), first);
        fs::remove_dir_all(home.path("out")).expect("it is there");
    }
}

#[test]
fn what_was_edited_since_is_neither_replaced_nor_drawn_from() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "out"]).exits(0);
    let table = home.read("out/timeseries.csv");
    home.file("out/timeseries.csv", &table.replace('1', "2"));
    let edited = home.tree("out");
    for command in [&["run", &scenario, "--out", "out"][..], &["plot", "out"]] {
        let refused = home.run(command).exits(1);
        assert!(refused.error.contains("timeseries.csv` was changed since"), "{}", refused.error);
    }
    assert_eq!(home.tree("out"), edited);
    home.file("out/timeseries.csv", &table);
    let summary = home.read("out/summary.json");
    home.file("out/summary.json", &summary.replace("\"holds\"", "\"fails\""));
    let refused = home.run(&["claims", "out"]).exits(1);
    assert!(refused.error.contains("summary.json` was changed since"), "{}", refused.error);
    home.file("out/summary.json", &summary);
    home.file("out/timing.json", "{}");
    home.run(&["run", &scenario, "--out", "out"]).exits(0);
}

#[test]
fn a_file_with_the_name_of_one_of_ours_is_refused_before_the_run() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "out"]).exits(0);
    home.run(&["run", &scenario, "--out", "many", "--replications", "2"]).exits(0);
    let third = format!("many/seed-{}", ir3sim::batch::seed_of(5, 2));
    for (mine, command) in [
        ("out/tasks.csv", &["run", &scenario, "--out", "out"][..]),
        ("out/charts/answers.png", &["plot", "out", "--png"]),
        (&third, &["run", &scenario, "--out", "many", "--replications", "3"]),
    ] {
        home.file(mine, "mine");
        let refused = home.run(command).exits(1);
        assert!(refused.error.contains(&format!("{mine}` is in the way")), "{}", refused.error);
        assert_eq!(home.read(mine), "mine");
        fs::remove_file(home.path(mine)).expect("it is there");
    }
}

#[test]
fn a_result_that_does_not_list_its_files_is_left_alone() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "out"]).exits(0);
    let manifest = home.read("out/manifest.toml");
    let (start, rest) = manifest.split_once("[files]").expect("it lists files");
    let (_, end) = rest.split_once("[scenario]").expect("and a scenario");
    home.file("out/manifest.toml", &format!("{start}[scenario]{end}"));
    let before = home.tree("out");
    for command in [&["run", &scenario, "--out", "out"][..], &["plot", "out"]] {
        let refused = home.run(command).exits(1);
        assert!(refused.error.contains("is in the way"), "{}", refused.error);
    }
    assert_eq!(home.tree("out"), before);
    home.file("out/manifest.toml", &manifest.replace("\"summary.json\"", "\"../s.toml\""));
    let refused = home.run(&["run", &scenario, "--out", "out"]).exits(1);
    assert!(refused.error.contains("../s.toml"), "{}", refused.error);
    assert!(home.path("s.toml").exists());
}

#[test]
fn of_many_runs_at_once_into_one_folder_each_succeeds_or_is_refused_and_nothing_is_lost() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "alone"]).exits(0);
    let alone = home.tree("alone");
    let mut succeeded = 0;
    for round in 0..6 {
        let commands = ["run", "run", "run", "plot", "run", "run"].map(|command| match command {
            "plot" => vec!["plot", "out"],
            _ => vec!["run", &scenario, "--out", "out"],
        });
        let children: Vec<_> = commands
            .iter()
            .map(|command| home.command("", command).spawn().expect("it can be run"))
            .collect();
        let mut done = 0;
        for (child, command) in children.into_iter().zip(&commands) {
            let ran = Ran::from(child.wait_with_output().expect("it ends"));
            let is_clear = ["is not a result", "could not read", "is unfinished", "there is no folder"]
                .iter()
                .any(|words| ran.error.contains(words));
            let is_busy = ran.error.contains("is being written by another run");
            match ran.code {
                Some(0) => done += 1,
                Some(1) if is_busy || command[0] == "plot" && is_clear => {}
                _ => panic!("{command:?} ended with {:?}: {}", ran.code, ran.error),
            }
        }
        assert!(done > 0, "somebody is first");
        succeeded += done;
        if round == 0 {
            assert_eq!(home.tree("out"), alone);
            put_mine(&home);
        }
        assert_eq!(tree_without_mine(&home), alone);
    }
    assert!(succeeded >= 6);
    assert_eq!(home.names(), ["alone", "out", "s.toml"]);
}

/// Puts a result into a folder that has another one, as far as a run comes that is stopped before it moves any file.
fn half_exchanged(home: &Home, scenario: &str) {
    home.run(&["run", scenario, "--out", "old"]).exits(0);
    home.run(&["run", scenario, "--out", "out"]).exits(0);
    put_mine(home);
    home.run(&["run", scenario, "--out", "new", "--png"]).exits(0);
    let new: Vec<PathBuf> = home.tree("new").into_keys().chain(["timing.json".into()]).collect();
    let old: Vec<PathBuf> = home.tree("old").into_keys().chain(["timing.json".into()]).collect();
    fs::create_dir(home.path("out/unfinished")).expect("a folder can be made");
    fs::rename(home.path("new"), home.path("out/unfinished/files")).expect("it can be moved");
    let list = |paths: &[PathBuf]| {
        paths.iter().map(|path| format!("'{}'", path.display())).collect::<Vec<_>>().join(", ")
    };
    let journal = format!("from = \"files\"\nplace = [{}]\nretire = [{}]\n", list(&new), list(&old));
    home.file("out/unfinished/journal.toml", &journal);
}

#[test]
fn what_a_killed_run_left_half_moved_is_finished_by_whoever_comes_next() {
    for command in
        [&["plot", "out", "--png"][..], &["claims", "out"], &["run", "s.toml", "--out", "out", "--png"]]
    {
        let home = Home::new();
        let scenario = home.file("s.toml", TRAFFIC);
        half_exchanged(&home, &scenario);
        let whole = home.run(&["run", &scenario, "--out", "whole", "--png"]).exits(0);
        assert_eq!(whole.error, "");
        // Where a run may have been stopped: the manifest is gone, and some files are in their place.
        fs::remove_file(home.path("out/manifest.toml")).expect("it is there");
        fs::rename(home.path("out/unfinished/files/summary.json"), home.path("out/summary.json"))
            .expect("moved");
        let found = home.run(&["claims", "."]).exits(0);
        assert_eq!(found.error, "");
        home.run(command).exits(0);
        assert_eq!(tree_without_mine(&home), home.tree("whole"), "{command:?}");
    }
}

#[test]
fn what_is_half_moved_is_kept_until_there_is_room_for_it() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    half_exchanged(&home, &scenario);
    let chart = home.names_in("out/unfinished/files/charts").into_iter().find(|name| name.ends_with(".png"));
    let chart = format!("out/charts/{}", chart.expect("a PNG"));
    home.file(&chart, "mine");
    for command in [&["plot", "out"][..], &["run", &scenario, "--out", "out"], &["claims", "out"]] {
        let refused = home.run(command).exits(1);
        assert!(
            refused.error.contains("is in the way") && refused.error.contains(&chart),
            "{}",
            refused.error
        );
    }
    assert_eq!(home.read(&chart), "mine");
    fs::remove_file(home.path(&chart)).expect("it is there");
    home.run(&["plot", "out", "--png"]).exits(0);
    assert!(!home.path("out/unfinished").exists());
}

/// A folder with a result that somebody else has made: what it says of itself, and links in it, lead to letters.
#[cfg(unix)]
#[test]
fn a_result_of_somebody_else_can_not_reach_beyond_its_folder() {
    use std::os::unix::fs::symlink;
    let list = |line: &'static str| {
        move |home: &Home| {
            let manifest = home.read("out/manifest.toml").replace("[files]\n", &format!("[files]\n{line}\n"));
            home.file("out/manifest.toml", &manifest);
        }
    };
    let journal = |from: &'static str, retire: &'static str| {
        move |home: &Home| {
            home.file(
                "out/unfinished/journal.toml",
                &format!("from = '{from}'\nplace = []\nretire = [{retire}]\n"),
            );
        }
    };
    let link = |from: &'static str| {
        move |home: &Home| {
            fs::create_dir_all(home.path("out/unfinished")).expect("a folder can be made");
            symlink(home.path("letters/dear.txt"), home.path(from)).expect("a link can be made");
        }
    };
    let tricks: [&dyn Fn(&Home); 9] = [
        &list("'../letters/dear.txt' = ''"),
        &journal("../../letters", ""),
        &journal("files", "'../letters/dear.txt'"),
        &link("out/unfinished/lock"),
        &link("out/unfinished/partial.toml"),
        &link("out/unfinished/draft.toml"),
        &link("out/unfinished/journal.toml"),
        &|home| symlink(home.path("letters"), home.path("out/unfinished")).expect("a link can be made"),
        &|home| {
            symlink(home.path("letters"), home.path("out/x")).expect("a link can be made");
            list("'x/dear.txt' = ''")(home);
        },
    ];
    for (number, trick) in tricks.into_iter().enumerate() {
        for command in [&["claims", "out"][..], &["plot", "out"], &["run", "s.toml", "--out", "out"]] {
            let home = Home::new();
            let scenario = home.file("s.toml", TRAFFIC);
            home.run(&["run", &scenario, "--out", "out", "--no-charts"]).exits(0);
            home.file("letters/dear.txt", "dear");
            trick(&home);
            let ran = home.run(command);
            assert!(ran.code == Some(1) || command[0] == "claims", "{number} {command:?}: {}", ran.error);
            assert_eq!(home.names_in("letters"), ["dear.txt"], "{number} {command:?}");
            assert_eq!(home.read("letters/dear.txt"), "dear", "{number} {command:?}");
        }
    }
}

/// Charts that were moved elsewhere, with a link in their place, and a file where a folder is to be.
#[cfg(unix)]
#[test]
fn what_is_no_folder_where_one_is_to_be_is_refused_before_the_run() {
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    home.run(&["run", &scenario, "--out", "out"]).exits(0);
    fs::rename(home.path("out/charts"), home.path("figures")).expect("it can be moved");
    std::os::unix::fs::symlink("../figures", home.path("out/charts")).expect("a link can be made");
    let refused = home.run(&["run", &scenario, "--out", "out"]).exits(1);
    assert!(refused.error.contains("/out/charts` "), "{}", refused.error);
    assert!(home.names_in("figures").len() > 1);
    fs::remove_file(home.path("out/charts")).expect("it is there");
    home.file("out/charts", "a list of maps");
    let refused = home.run(&["run", &scenario, "--out", "out"]).exits(1);
    assert!(refused.error.contains("/out/charts` is in the way"), "{}", refused.error);
    assert_eq!(home.read("out/charts"), "a list of maps");
    assert!(!home.path("out/unfinished").exists());
}

#[test]
fn control_characters_are_escaped_wherever_a_path_is_printed() {
    let home = Home::new();
    let scenario = home.file("s\u{1b}[31m.toml", TRAFFIC);
    let out = "out\u{1b}[2J\u{7}\u{202e}";
    let run = |more: &[&str]| home.run(&[&["run", &scenario, "--out", out], more].concat());
    let is_safe = |ran: &Ran| {
        let text = ran.out.clone() + &ran.error;
        assert!(!text.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'), "{text:?}");
    };
    let ran = run(&[]).exits(0);
    is_safe(&ran);
    assert!(ran.out.contains(r"result: out\u{1b}[2J\u{7}\u{202e}"), "{}", ran.out);
    assert!(ran.out.contains(r"--out $'out\033[2J\007\342\200\256'"), "{}", ran.out);
    let json = run(&["--json"]).exits(0);
    is_safe(&json);
    assert_eq!(json.json()["folder"], out);
    for ran in [
        run(&["--seed", "6"]).exits(1),
        run(&["--seed", "6", "--json"]).exits(1),
        home.run(&["plot", out]).exits(0),
        home.run(&["plot", "none\u{1b}[2J"]).exits(1),
        home.run(&["claims", "none\u{1b}[2J"]).exits(1),
        home.run(&["check", &scenario, "none\u{1b}[2J.toml"]).exits(1),
        home.run(&["run", "none\u{1b}[2J.toml"]).exits(1),
        home.run(&["run", &scenario, "-S", "seed\u{1b}[2J=1"]).exits(2),
        home.run(&["run", &scenario, "--bad\u{1b}[2J"]).exits(2),
        home.run(&["run", &scenario, "--threads", "\u{1b}[2J", "--json"]).exits(2),
    ] {
        is_safe(&ran);
    }
    let broken = home.file("broken\u{1b}[2J.toml", "name = \"\u{1b}[2J\u{9b}\"\nseed\u{7} = 1\n");
    is_safe(&home.run(&["check", &broken]).exits(2));
    let colored = home.run(&["check", &broken, "--color", "always"]).exits(2).error;
    assert!(
        !colored.contains("[2J\u{1b}") && !colored.contains('\u{7}') && !colored.contains("\u{1b}[2J"),
        "{colored:?}"
    );
}

#[test]
fn the_purpose_of_a_scenario_can_not_act_on_the_terminal() {
    let home = Home::new();
    home.file("scenarios/s.toml", &format!("purpose = \"a\\u001b[31mb\\nc\"\n{TRAFFIC}"));
    for color in ["always", "never"] {
        let list = home.run(&["list", "scenarios", "-v", "--color", color]).exits(0).out;
        assert!(list.contains(r"a\u{1b}[31mb") && list.contains("\n    c"), "{list:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_is_not_utf8_is_told_exactly() {
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    let scenario = home.file("s.toml", TRAFFIC);
    let out = std::ffi::OsStr::from_bytes(b"out-\xff\\");
    let run = |more: &[&str]| {
        let mut command = home.command("", &["run", &scenario]);
        Ran::from(command.args(more).arg("--out").arg(out).output().expect("the program can be run"))
    };
    let text = run(&[]).exits(0).out;
    assert!(text.contains(r"result: out-\xFF\\") && text.contains(r"--out $'out-\377\\'"), "{text}");
    let json = run(&["--json"]).exits(0).json();
    assert_eq!(json["folder"], serde_json::json!({ "escaped": r"out-\xFF\\" }));
    assert!(
        json["charts"][0]["escaped"].as_str().is_some_and(|path| path.starts_with(r"out-\xFF\\/charts/"))
    );
    let missing = std::ffi::OsStr::from_bytes(b"in-\xff\\");
    let mut command = home.command("", &["run"]);
    let ran = Ran::from(command.arg(missing).output().expect("the program can be run")).exits(1);
    assert_eq!(ran.error, "error: could not read `in-\\xFF\\\\`: No such file or directory (os error 2)\n");
    let refused = run(&["--json", "--seed", "6"]).exits(1).json();
    assert!(refused["error"].as_str().is_some_and(|error| error.contains(r"/out-\xFF\\`")), "{refused}");
}
