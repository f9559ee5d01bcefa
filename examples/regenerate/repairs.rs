//! Repairs of the protocol: each case without and with its repair, as a table of figures.

use std::collections::BTreeMap;
use std::path::Path;

use ir3sim::results::{self, Figure, Summary};

use crate::cases::{COSTS, Case, cases};
use crate::documents::root;

/// Where repairs are, under `scenarios`, and what comes out with them, under `results`.
pub(crate) const REPAIRS: &str = "repairs";

/// The name of the table's file.
pub(crate) const TABLE: &str = "figures.csv";

/// Runs the cases of these names, or all, by `run`, which is given the scenario, further arguments, and the folder; gives back their
/// rows by case, or the cases whose runs fail.
pub(crate) fn rows(
    wanted: &[String],
    run: impl Fn(&str, &[String], &Path) -> bool,
) -> Result<BTreeMap<String, String>, Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut failed = Vec::new();
    let mut rows = BTreeMap::new();
    let mut done: BTreeMap<_, Option<Summary>> = BTreeMap::new();
    for (number, case) in cases().iter().enumerate().filter(|(_, case)| is_wanted(case, wanted)) {
        let mut go = |state: &str, arguments: &[String]| {
            let to = folder.path().join(format!("{number}-{state}"));
            if !run(&case.scenario, arguments, &to) {
                failed.push(format!("{} {state} its repair", case.name));
                return None;
            }
            Some(results::read(&to).expect("a result").summary)
        };
        let without = done
            .entry(base(case))
            .or_insert_with(|| checked_in(case).or_else(|| go("without", &arguments(case, false))));
        let with = go("with", &arguments(case, true));
        let mut text = String::new();
        for (state, summary) in [("without", without.as_ref()), ("with", with.as_ref())] {
            text += &summary.map_or_else(String::new, |summary| figures(case, state, summary));
        }
        println!("{}: {}", case.name, case.says);
        rows.insert(case.name.clone(), text);
    }
    if failed.is_empty() { Ok(rows) } else { Err(failed) }
}

/// The table: rows of cases that were run now, and of others as they were.
pub(crate) fn table(old: &str, new: &BTreeMap<String, String>) -> String {
    let mut text = String::from("case,state,name,n,mean,ci_low,ci_high,verdict\n");
    for case in cases() {
        let prefix = format!("{},", case.name);
        let kept = || {
            let lines: Vec<&str> =
                old.split_inclusive('\n').filter(|line| line.starts_with(&prefix)).collect();
            lines.concat()
        };
        text += &new.get(&case.name).cloned().unwrap_or_else(kept);
    }
    text
}

/// What the run without the repair depends on.
fn base(case: &Case) -> (String, Vec<String>, Vec<String>) {
    (case.scenario.clone(), case.network.clone(), case.set.clone())
}

fn is_wanted(case: &Case, wanted: &[String]) -> bool {
    wanted.is_empty() || wanted.contains(&case.name) || wanted.contains(&case.repair)
}

/// The checked-in result, where a case sets nothing.
fn checked_in(case: &Case) -> Option<Summary> {
    if !case.network.is_empty() || !case.set.is_empty() {
        return None;
    }
    let stored = results::read(&root().join("results").join(&case.scenario)).expect("a result");
    Some(stored.summary)
}

fn arguments(case: &Case, with: bool) -> Vec<String> {
    let path = |folder: &str, name: &String| {
        let path = root().join(format!("scenarios/{folder}/{name}.toml"));
        ["--overlay".to_owned(), path.to_string_lossy().into_owned()]
    };
    let network = case.network.iter().flat_map(|name| path("overlays", name));
    let repair = case.overlays.iter().filter(|_| with).flat_map(|name| path("repairs", name));
    let more = case.with.iter().filter(|_| with);
    let set = case.set.iter().chain(more).flat_map(|set| ["-S".to_owned(), set.clone()]);
    ["--no-charts".to_owned()].into_iter().chain(network).chain(repair).chain(set).collect()
}

/// Trials, and metrics that are shown or that tell what a repair costs.
fn figures(case: &Case, state: &str, summary: &Summary) -> String {
    let cell = |figure: Figure| figure.0.map_or_else(String::new, |value| value.to_string());
    let mut text = String::new();
    for trial in &summary.claims {
        let figures = [trial.mean(), trial.ci_low, trial.ci_high].map(cell).join(",");
        let verdict = trial.by_construction.as_ref().map_or(trial.judged.verdict.name(), |_| "control");
        text += &format!("{},{state},{},{},{figures},{verdict}\n", case.name, trial.name, trial.judged.n);
    }
    let shown = case.show.iter().map(|(name, _)| name.as_str());
    let mut metrics: Vec<&str> = shown.chain(COSTS.iter().copied()).collect();
    metrics.sort_unstable();
    metrics.dedup();
    for name in metrics {
        if let Some(estimate) = summary.intervals.get(name) {
            let figures = [estimate.mean, estimate.ci_low, estimate.ci_high].map(cell).join(",");
            text += &format!("{},{state},{name},{},{figures},\n", case.name, estimate.n);
        }
    }
    text
}
