//! Results of one scenario, told apart.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::Stored;

/// A result, and what tells it from others of the same scenario.
#[derive(Debug)]
pub(super) struct Told<'a> {
    pub result: &'a Stored,
    /// Parameters, seed, replications, and the folder where these do not tell; none if there is no other result.
    pub variant: Option<String>,
}

/// Keys that say what a scenario is for, and change nothing in a run.
const WORDS: [&str; 2] = ["title", "purpose"];

/// These results, by scenario, each once: of several with the same runs only the first is left, and none of which another
/// has all runs and more.
pub(super) fn tell_apart(results: &[Stored]) -> Vec<Told<'_>> {
    let mut by_scenario: BTreeMap<&str, Vec<&Stored>> = BTreeMap::new();
    for result in results {
        let known = by_scenario.entry(&result.summary.scenario).or_default();
        if !known.iter().any(|other| has_all_of(other, result)) {
            known.retain(|other| !has_all_of(result, other));
            known.push(result);
        }
    }
    by_scenario.into_values().flat_map(|results| named(&results)).collect()
}

/// Whether one result has all runs of the other: the seed of each follows from the first and its place.
fn has_all_of(one: &Stored, other: &Stored) -> bool {
    let is_alike =
        one.manifest.seed == other.manifest.seed && one.manifest.scenario == other.manifest.scenario;
    let model = |result: &Stored| (result.manifest.version.clone(), result.manifest.model);
    is_alike
        && match replications(one).cmp(&replications(other)) {
            Ordering::Less => false,
            Ordering::Equal => one.manifest.fingerprint == other.manifest.fingerprint,
            Ordering::Greater => model(one) == model(other),
        }
}

fn replications(result: &Stored) -> u32 {
    result.summary.replications.unwrap_or(1)
}

fn named<'a>(results: &[&'a Stored]) -> Vec<Told<'a>> {
    if let [result] = results {
        return vec![Told { result, variant: None }];
    }
    let all: Vec<BTreeMap<String, String>> = results.iter().map(|result| differences(result)).collect();
    let paths: BTreeSet<&String> = all.iter().flat_map(BTreeMap::keys).collect();
    let differ: Vec<&String> =
        paths.into_iter().filter(|path| all.iter().any(|one| one.get(*path) != all[0].get(*path))).collect();
    let named: Vec<String> = all
        .iter()
        .map(|one| {
            let value = |path: &&&String| one.get(**path).map(|value| format!("{path} = {value}"));
            let differences: Vec<String> =
                differ.iter().map(|path| value(&path).unwrap_or_else(|| format!("no {path}"))).collect();
            differences.join(", ")
        })
        .collect();
    let told = |place: usize| {
        let name = &named[place];
        let is_alone = named.iter().filter(|other| *other == name).count() == 1;
        let folder = format!("in {}", results[place].folder.display());
        match (name.is_empty(), is_alone) {
            (false, true) => name.clone(),
            (false, false) => format!("{name}, {folder}"),
            (true, _) => folder,
        }
    };
    results.iter().enumerate().map(|(place, result)| Told { result, variant: Some(told(place)) }).collect()
}

/// The values of a resolved scenario by path, as in its file; but for those that change nothing in a run.
pub fn parameters(scenario: &toml::Table) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (key, value) in scenario.iter().filter(|(key, _)| !WORDS.contains(&key.as_str())) {
        flatten(key, value, &mut all);
    }
    all
}

/// What may tell results apart: the values in the resolved scenario by path, the number of replications, the seed itself.
fn differences(result: &Stored) -> BTreeMap<String, String> {
    let mut all = parameters(&result.manifest.scenario);
    all.insert("seed".to_owned(), result.manifest.seed.to_string());
    all.insert("replications".to_owned(), replications(result).to_string());
    all
}

fn flatten(path: &str, value: &toml::Value, into: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                flatten(&format!("{path}.{key}"), value, into);
            }
        }
        value => {
            into.insert(path.to_owned(), value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::results::{Counts, Identity, Manifest};

    fn stored(folder: &str, seed: u64, scenario: &str, fingerprint: &str) -> Stored {
        let identity = Identity {
            scenario: scenario.parse().expect("it is TOML"),
            seed,
            replications: None,
            name: "a".to_owned(),
            hash: String::new(),
        };
        let summary = serde_json::json!({
            "scenario": "a", "seed": seed, "fingerprint": fingerprint, "events": 0, "sim_seconds": 0,
            "metrics": {}, "expect": [], "claims": [],
        });
        Stored {
            folder: PathBuf::from(folder),
            manifest: Manifest::new(&identity, fingerprint.to_owned(), Counts::default()),
            summary: serde_json::from_value(summary).expect("it is a summary"),
        }
    }

    fn variants(results: &[Stored]) -> Vec<Option<String>> {
        tell_apart(results).into_iter().map(|told| told.variant).collect()
    }

    #[test]
    fn variants_are_told_by_parameters_seed_and_at_last_by_folder() {
        let (usual, lossy) =
            ("title = \"x\"\n[network]\nloss = 0.0", "title = \"y\"\n[network]\nloss = 0.05");
        assert_eq!(variants(&[stored("r", 1, usual, "f")]), [None]);
        let changed = [stored("r", 1, usual, "f"), stored("s", 1, lossy, "g")];
        assert_eq!(
            variants(&changed),
            [Some("network.loss = 0.0".to_owned()), Some("network.loss = 0.05".to_owned())]
        );
        let seeds = [stored("r", 1, usual, "f"), stored("s", 2, usual, "g")];
        assert_eq!(variants(&seeds), [Some("seed = 1".to_owned()), Some("seed = 2".to_owned())]);
        let versions = [stored("r", 1, usual, "f"), stored("s", 1, usual, "g")];
        assert_eq!(variants(&versions), [Some("in r".to_owned()), Some("in s".to_owned())]);
        let missing = [stored("r", 1, usual, "f"), stored("s", 1, "", "g")];
        assert_eq!(variants(&missing)[1].as_deref(), Some("no network.loss"));
    }

    #[test]
    fn the_same_runs_are_one_result() {
        let usual = "[network]\nloss = 0.0";
        assert_eq!(variants(&[stored("r", 1, usual, "f"), stored("copy", 1, usual, "f")]), [None]);
    }

    #[test]
    fn runs_that_another_result_has_too_are_not_told_of_twice() {
        let of = |folder, replications, model| {
            let mut result = stored(folder, 1, "[network]\nloss = 0.0", folder);
            result.summary.replications = replications;
            result.manifest.model = model;
            result
        };
        let folders = |results: &[Stored]| -> Vec<PathBuf> {
            tell_apart(results).into_iter().map(|told| told.result.folder.clone()).collect()
        };
        let (one, five, ten) = (of("one", None, 1), of("five", Some(5), 1), of("ten", Some(10), 1));
        assert_eq!(folders(&[one.clone(), ten.clone(), five.clone()]), [PathBuf::from("ten")]);
        assert_eq!(folders(&[five.clone(), one]), [PathBuf::from("five")]);
        let newer = of("newer", Some(5), 2);
        assert_eq!(folders(&[ten, newer]).len(), 2, "another model's runs are others");
    }
}
