//! The checked-in results are what the program gives today, byte for byte, and their expectations hold.
//! `UPDATE_RESULTS=1 cargo test --test results` writes them anew; `UPDATE_RESULTS=growth,forgery` only these.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const REPLICATIONS: u32 = 5;

/// Scenarios with fewer replications, and why. Two cores run two at a time, so that three would take as long as four.
const FEWER: &[(&str, u32, &str)] = &[
    ("growth", 2, "a year takes long, and two hundred subjects a run leave little to chance"),
    ("million", 1, "takes as long as many others together"),
    ("overload", 4, "45 million events a run"),
    ("pure-flux", 4, "its rush is two million messages a run"),
];

/// What all checked-in results may take.
const LARGEST: u64 = 6_000_000;

/// Files of a result that are checked in: small ones.
fn is_kept(name: &str) -> bool {
    matches!(name, "manifest.toml" | "summary.json" | "points.csv") || name.ends_with(".svg")
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What `folder` has in it, by name without what comes after a dot.
fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut names: Vec<String> =
        paths.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Kept files below a folder, by their path in it.
fn kept(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for (prefix, part) in [("", folder.to_owned()), ("charts/", folder.join("charts"))] {
        let Ok(entries) = fs::read_dir(part) else { continue };
        for entry in entries.map(|entry| entry.expect("an entry")) {
            let name = entry.file_name().into_string().expect("a plain name");
            if is_kept(&name) {
                files.insert(format!("{prefix}{name}"), fs::read(entry.path()).expect("a file"));
            }
        }
    }
    files
}

fn replications(name: &str) -> u32 {
    FEWER.iter().find(|(few, _, _)| *few == name).map_or(REPLICATIONS, |(_, count, _)| *count)
}

fn is_to_be_updated(name: &str) -> bool {
    let wanted = std::env::var("UPDATE_RESULTS").unwrap_or_default();
    wanted == "1" || wanted.split(',').any(|wanted| wanted == name)
}

/// Runs a scenario into a folder of its own; whether its expectations hold.
fn run(name: &str, folder: &Path) -> bool {
    Command::new(env!("CARGO_BIN_EXE_ir3sim"))
        .args(["-q", "run", "--replications", &replications(name).to_string(), "--out"])
        .arg(folder)
        .arg(root().join("scenarios").join(format!("{name}.toml")))
        .status()
        .expect("the program starts")
        .success()
}

fn store(files: &BTreeMap<String, Vec<u8>>, folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder.join("charts")).expect("a folder");
    for (file, bytes) in files {
        fs::write(folder.join(file), bytes).expect("a file");
    }
}

/// What is wrong with the checked-in result of a scenario.
fn wrong_with(name: &str) -> Vec<String> {
    let temporary = tempfile::tempdir().expect("a folder");
    let (fresh, stored) = (temporary.path().join(name), root().join("results").join(name));
    let mut wrong = Vec::new();
    if !run(name, &fresh) {
        wrong.push(format!("{name}: an expectation fails"));
    }
    let fresh = kept(&fresh);
    if is_to_be_updated(name) {
        store(&fresh, &stored);
    }
    let stored = kept(&stored);
    let files: BTreeSet<&String> = fresh.keys().chain(stored.keys()).collect();
    let differ = files.into_iter().filter(|file| fresh.get(*file) != stored.get(*file));
    wrong.extend(differ.map(|file| format!("{name}/{file} is not what the program gives")));
    wrong
}

#[test]
fn every_scenario_gives_its_checked_in_result_again_and_its_expectations_hold() {
    let wrong: Vec<String> = names("scenarios").iter().flat_map(|name| wrong_with(name)).collect();
    assert!(wrong.is_empty(), "UPDATE_RESULTS=1 writes results anew\n{}", wrong.join("\n"));
}

#[test]
fn every_result_belongs_to_a_scenario() {
    let scenarios = names("scenarios");
    for name in names("results") {
        assert!(scenarios.contains(&name), "results/{name}");
    }
    for (name, _, why) in FEWER {
        assert!(scenarios.iter().any(|known| known == name), "{name}: {why}");
    }
}

#[test]
fn checked_in_results_are_small() {
    let folders = names("results").into_iter().map(|name| root().join("results").join(name));
    let size: usize = folders.flat_map(|folder| kept(&folder).into_values()).map(|file| file.len()).sum();
    assert!((size as u64) < LARGEST, "results take {size} bytes");
}
