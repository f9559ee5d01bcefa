//! Checked-in results belong to the scenarios as they are today. Nothing is run here: `cargo run --release --example
//! regenerate -- --check` runs the scenarios and compares every byte.

#![cfg(feature = "cli")]

#[path = "../examples/regenerate/documents.rs"]
mod documents;
#[path = "../examples/regenerate/plan.rs"]
mod plan;
#[path = "../examples/regenerate/searches.rs"]
mod searches;

use std::fs;
use std::path::{Path, PathBuf};

use documents::root;
use ir3sim::results::{self, Identity, MODEL_VERSION};
use ir3sim::scenario::{self, Given};
use ir3sim::study::{Base, Plan};

/// What all checked-in results may take, in bytes.
const LARGEST: u64 = 9_700_000;

/// What `results` has beside results of scenarios and sweeps, and `scenarios` beside scenarios.
const TABLES: [&str; 3] = [searches::ATTACK, "repairs", "thresholds"];

/// What `folder` has in it but for sweeps, by name without what comes after a dot.
fn names(folder: &str) -> Vec<String> {
    let name = |path: PathBuf| path.file_stem().expect("a name").to_string_lossy().into_owned();
    let mut names: Vec<String> = entries(&root().join(folder)).into_iter().map(name).collect();
    names.retain(|name| {
        ![plan::SWEEPS, plan::OVERLAYS].contains(&name.as_str()) && !TABLES.contains(&name.as_str())
    });
    names.sort();
    names
}

/// The sweeps in `folder`, each with its folder before its name.
fn sweeps(folder: &str) -> Vec<String> {
    let of_bases = |name: &String| name == "base";
    let names = names(&format!("{folder}/{}", plan::SWEEPS)).into_iter().filter(|name| !of_bases(name));
    names.map(|name| format!("{}/{name}", plan::SWEEPS)).collect()
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
fn every_scenario_and_sweep_has_a_result_and_every_result_a_scenario_or_sweep() {
    assert_eq!(names("results"), names("scenarios"));
    assert_eq!(sweeps("results"), sweeps("scenarios"));
}

#[test]
fn every_result_of_a_sweep_is_of_its_file_as_it_is_today() {
    for name in sweeps("scenarios") {
        let text = |path: &str| fs::read_to_string(root().join(path)).expect("a file");
        let sweep = scenario::parse_sweep(&name, &text(&format!("scenarios/{name}.toml")), &Given::default());
        let sweep = sweep.unwrap_or_else(|report| panic!("{report}"));
        let bases = ["", "sweeps/base/"].map(|folder| format!("scenarios/{folder}{}.toml", sweep.scenario));
        let base = bases.iter().find(|path| root().join(path).exists()).expect("its scenario");
        let plan = Plan::of(sweep, Base { name: base.clone(), text: text(base) }).expect("a plan");
        let manifest: toml::Table =
            text(&format!("results/{name}/manifest.toml")).parse().expect("a manifest");
        assert_eq!(manifest["plan"].as_str(), Some(plan.hash().as_str()), "{name}");
        assert_eq!(manifest["model"].as_integer(), Some(i64::from(MODEL_VERSION)), "{name}");
    }
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
    for name in names("results").into_iter().chain(sweeps("results")) {
        for (file, _) in files(&name) {
            assert!(plan::is_kept(&name, &file, &documents), "results/{name}/{file}");
        }
    }
}

#[test]
fn every_attack_that_was_found_is_one_on_its_scenario_as_it_is_today() {
    let table = root().join("results").join(searches::ATTACK).join(searches::TABLE);
    let mut reader = csv::Reader::from_path(table).expect("a table");
    let header = reader.headers().expect("a header").clone();
    let names = searches::COLUMNS.iter().map(|(name, _)| *name).chain(["attack"]);
    assert_eq!(header.iter().collect::<Vec<_>>(), names.collect::<Vec<_>>());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), searches::ASKED.len());
    for (row, asked) in rows.iter().zip(searches::ASKED) {
        assert_eq!((&row[0], &row[1]), (asked.scenario, asked.claim));
        let found = root().join(format!("results/{}/{}.toml", searches::ATTACK, asked.scenario));
        let found = scenario::load(&found, &[]).unwrap_or_else(|error| panic!("{}: {error}", asked.scenario));
        assert_eq!(found.claims[0].expectation.name, row[2]);
        // But for what was found, it is the scenario.
        let written = root().join(format!("scenarios/{}.toml", asked.scenario));
        let set: Vec<String> = row[row.len() - 1].split("; ").map(str::to_owned).collect();
        let text = fs::read_to_string(written).expect("a scenario");
        let trials = [row[2].to_owned()];
        assert!(asked.trial.is_none_or(|trial| trial == &row[2]));
        let changes = scenario::Attacked { set: &set, trials: &trials, ..Default::default() };
        let text = scenario::attacked(asked.scenario, &text, &changes).expect("it can be changed");
        let again = scenario::parse(asked.scenario, &text, &[]).expect("a scenario");
        assert_eq!((again.world, again.claims), (found.world, found.claims), "{}", asked.scenario);
        assert!(searches::arguments(asked).contains(&asked.budget));
    }
}

/// Bytes of all files in a folder, and in those inside.
fn size(folder: &Path) -> u64 {
    let of =
        |path: PathBuf| if path.is_dir() { size(&path) } else { fs::metadata(path).expect("a file").len() };
    entries(folder).into_iter().map(of).sum()
}

#[test]
fn checked_in_results_are_small() {
    let size = size(&root().join("results"));
    assert!(size < LARGEST, "results take {size} bytes");
}
