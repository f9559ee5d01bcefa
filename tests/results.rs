//! Checked-in results belong to the scenarios as they are today. Nothing is run here: `cargo run --release --example
//! regenerate -- --check` runs the scenarios and compares every byte.

#![cfg(feature = "cli")]

#[path = "../examples/regenerate/documents.rs"]
mod documents;
#[path = "../examples/regenerate/plan.rs"]
mod plan;

use std::fs;
use std::path::{Path, PathBuf};

use documents::root;
use ir3sim::results::{self, Identity, MODEL_VERSION};
use ir3sim::scenario;

/// What all checked-in results may take, in bytes.
const LARGEST: u64 = 4_000_000;

/// What `folder` has in it, by name without what comes after a dot.
fn names(folder: &str) -> Vec<String> {
    let name = |path: PathBuf| path.file_stem().expect("a name").to_string_lossy().into_owned();
    let mut names: Vec<String> = entries(&root().join(folder)).into_iter().map(name).collect();
    names.sort();
    names
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
}

/// The files of a checked-in result, by their path in its folder.
fn files(name: &str) -> Vec<(String, PathBuf)> {
    let folder = root().join("results").join(name);
    let paths =
        entries(&folder).into_iter().flat_map(|path| if path.is_dir() { entries(&path) } else { vec![path] });
    let inside =
        |path: &Path| path.strip_prefix(&folder).expect("inside").to_string_lossy().replace('\\', "/");
    paths.map(|path| (inside(&path), path)).collect()
}

/// What is wrong with the checked-in result of a scenario, without running it.
fn wrong_with(name: &str) -> Option<&'static str> {
    let scenario = scenario::load(&root().join(format!("scenarios/{name}.toml")), &[]).expect("a scenario");
    let stored = results::read(&root().join("results").join(name)).expect("a result");
    let count = plan::replications(name);
    let identity = Identity::of(&scenario, (count > 1).then_some(count));
    let checks = [
        (identity.matches(&stored.manifest), "is of another scenario, or of another number of replications"),
        (stored.manifest.model == MODEL_VERSION, "is of another version of the models"),
        (stored.summary.holds(), "has an expectation that fails"),
    ];
    checks.into_iter().find(|(is_right, _)| !is_right).map(|(_, wrong)| wrong)
}

#[test]
fn every_scenario_has_a_result_and_every_result_a_scenario() {
    assert_eq!(names("results"), names("scenarios"));
}

#[test]
fn every_result_is_of_its_scenario_as_it_is_today_and_meets_its_expectations() {
    let wrong: Vec<String> = names("scenarios")
        .iter()
        .filter_map(|name| wrong_with(name).map(|wrong| format!("results/{name} {wrong}")))
        .collect();
    let command = "cargo run --release --example regenerate NAMES";
    assert!(wrong.is_empty(), "`{command}` makes results anew\n{}", wrong.join("\n"));
}

#[test]
fn only_files_that_documents_show_are_checked_in() {
    let documents: String =
        documents::all().iter().map(|path| fs::read_to_string(path).expect("a document")).collect();
    for name in names("results") {
        for (file, _) in files(&name) {
            assert!(plan::is_kept(&name, &file, &documents), "results/{name}/{file}");
        }
    }
}

#[test]
fn checked_in_results_are_small() {
    let paths = names("results").into_iter().flat_map(|name| files(&name));
    let size: u64 = paths.map(|(_, path)| fs::metadata(path).expect("a file").len()).sum();
    assert!(size < LARGEST, "results take {size} bytes");
}
