//! The metrics that are declared, held to what shipped scenarios and their checked-in results have.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ir3sim::metrics::{self, Catalogue};
use ir3sim::{results, scenario};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn scenarios() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("scenarios")).expect("a folder");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
}

fn names(path: &Path) -> BTreeSet<String> {
    let scenario = scenario::load(path, &[]).expect("a valid scenario");
    Catalogue::of(&scenario.world).iter().map(|metric| metric.name.clone()).collect()
}

#[test]
fn every_result_has_the_metrics_that_are_declared_for_its_scenario() {
    for path in scenarios() {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let folder = root().join("results").join(&name);
        let summary = results::read(&folder).expect("a checked-in result").summary;
        let written: BTreeSet<String> = summary.metrics.into_keys().collect();
        assert_eq!(written, names(&path), "{name}");
    }
}

#[test]
fn every_declared_metric_occurs_in_a_shipped_scenario() {
    let shipped: BTreeSet<String> = scenarios().iter().flat_map(|path| names(path)).collect();
    for metric in metrics::all() {
        let occurs = shipped.iter().any(|name| metric.matches(name));
        assert!(occurs, "no scenario has {}", metric.name);
    }
}
