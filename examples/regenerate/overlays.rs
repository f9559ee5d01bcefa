//! The claims under other networks than those of their scenarios: a table of verdicts, one of trials, and one of the metrics that
//! explain them.

use std::collections::BTreeMap;
use std::path::Path;

use ir3sim::results::{self, Stored};
use ir3sim::scenario;

use crate::documents::root;
use crate::networks::{KEPT, Kept, METRICS, NETWORKS};
use crate::plan::OVERLAYS;

/// Runs all scenarios that try a claim, by `run`, which is given the scenario, further arguments, and the folder; gives back the
/// tables by the names of their files, or the scenarios whose runs fail.
pub(crate) fn tables(
    scenarios: &[String],
    run: impl Fn(&str, &[String], &Path) -> bool,
) -> Result<BTreeMap<String, Vec<u8>>, Vec<String>> {
    let mut claims = String::from("network,claim,verdict,holding,counted\n");
    let mut trials = String::from("network,scenario,trial,n,mean,ci_low,ci_high,verdict\n");
    let mut metrics = String::from("network,scenario,metric,mean\n");
    let mut failed = Vec::new();
    for Kept { scenario, set, why, network } in KEPT {
        println!("{}: {scenario} with {}: {why}", network.unwrap_or(OVERLAYS), set.join(", "));
    }
    for (network, overlays) in NETWORKS {
        let folder = tempfile::tempdir().expect("a folder");
        for name in scenarios.iter().filter(|name| tries_a_claim(name)) {
            if !run(name, &arguments(network, overlays, name), &folder.path().join(name)) {
                failed.push(format!("{name} under `{network}`"));
            }
        }
        let folders = results::find(folder.path()).expect("results");
        let all: Vec<Stored> =
            folders.iter().map(|folder| results::read(folder).expect("a result")).collect();
        write(network, &all, (&mut claims, &mut trials, &mut metrics));
    }
    let tables = [("claims.csv", claims), ("trials.csv", trials), ("metrics.csv", metrics)];
    let tables = tables.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect();
    if failed.is_empty() { Ok(tables) } else { Err(failed) }
}

fn tries_a_claim(name: &str) -> bool {
    let path = root().join("scenarios").join(format!("{name}.toml"));
    path.is_file() && scenario::load(&path, &[]).is_ok_and(|scenario| !scenario.claims.is_empty())
}

fn arguments(network: &str, overlays: &[&str], scenario: &str) -> Vec<String> {
    let path =
        |name: &&str| root().join(format!("scenarios/overlays/{name}.toml")).to_string_lossy().into_owned();
    let overlays = overlays.iter().flat_map(|name| ["--overlay".to_owned(), path(name)]);
    let set = kept(network, scenario).flat_map(|set| ["-S".to_owned(), set.to_owned()]);
    ["--no-charts".to_owned()].into_iter().chain(overlays).chain(set).collect()
}

/// What is set in a scenario after the overlays of a network.
fn kept(network: &str, scenario: &str) -> impl Iterator<Item = &'static str> {
    let is_meant = move |kept: &&Kept| kept.network.is_none_or(|of| of == network);
    let of_scenario: Vec<&Kept> =
        KEPT.iter().filter(|kept| kept.scenario == scenario).filter(is_meant).collect();
    of_scenario.into_iter().flat_map(|kept| kept.set.iter().copied())
}

/// Adds what came out under a network.
fn write(network: &str, all: &[Stored], (claims, trials, metrics): (&mut String, &mut String, &mut String)) {
    let cell = |figure: results::Figure| figure.0.map_or_else(String::new, |value| value.to_string());
    for row in results::verdicts(all) {
        *claims +=
            &format!("{network},{},{},{},{}\n", row.claim, row.verdict.name(), row.holding, row.counted);
        for trial in &row.trials {
            let tried = &trial.tried;
            let verdict = tried.by_construction.as_ref().map_or(tried.judged.verdict.name(), |_| "control");
            let figures = [tried.mean(), tried.ci_low, tried.ci_high].map(cell).join(",");
            *trials += &format!(
                "{network},{},{},{},{figures},{verdict}\n",
                trial.scenario, tried.name, tried.judged.n
            );
        }
    }
    for Stored { summary, .. } in all {
        for metric in METRICS {
            if let Some(value) = summary.metrics.get(*metric).and_then(|figure| figure.0) {
                *metrics += &format!("{network},{},{metric},{value}\n", summary.scenario);
            }
        }
    }
}
