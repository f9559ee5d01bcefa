//! Where claims turn: what searches for a threshold have found, from their `threshold.json`.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{ReadError, Verdict};

/// The file of a finding, in the folder of its search.
const FILE: &str = "threshold.json";

/// Along one parameter of a scenario, where a trial of a claim turns.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Turn {
    /// The claim; none if an expectation was searched for.
    pub claim: Option<String>,
    /// Name of the scenario.
    pub scenario: String,
    /// What was otherwise than in it beside the parameter: `--overlay NAME`, `PATH=VALUE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// Name of the trial.
    pub name: String,
    /// Path of the parameter.
    pub axis: String,
    /// Its unit; empty for bare numbers.
    pub unit: String,
    /// The first value that was looked at.
    pub low: f64,
    /// The last one.
    pub high: f64,
    /// `turns`, or what is known of all values: `holds`, `fails` or `inconclusive`.
    pub outcome: String,
    /// The last value for which it is known to hold.
    pub holds_at: Option<String>,
    /// The first value for which it is known to fail.
    pub fails_at: Option<String>,
    /// Where the mean crosses the bound.
    pub crossing: Option<Crossing>,
    /// Runs at each value.
    pub replications: u32,
    /// What was found at each value that was looked at, along the axis.
    pub points: Vec<Point>,
}

/// A value that was looked at.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Point {
    /// The value, with its unit.
    pub value: String,
    /// The verdict on the bound there.
    pub verdict: Verdict,
}

/// Where a mean crosses a bound.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub struct Crossing {
    /// The value, between those that were looked at.
    pub at: f64,
    /// Lower end of its 95 % interval.
    pub ci_low: Option<f64>,
    /// Upper end of the same interval.
    pub ci_high: Option<f64>,
}

/// The findings about claims in `folder`, itself included, by the names of their folders.
///
/// # Errors
/// When a folder can't be listed, or a finding not be read.
pub fn find_turns(folder: &Path) -> Result<Vec<Turn>, ReadError> {
    let mut found = Vec::new();
    search(folder, &mut found)?;
    found.retain(|turn| turn.claim.is_some());
    Ok(found)
}

fn search(folder: &Path, found: &mut Vec<Turn>) -> Result<(), ReadError> {
    let path = folder.join(FILE);
    if path.is_file() {
        found.push(read(path)?);
        return Ok(());
    }
    let failed = |cause| ReadError::Io { path: folder.to_owned(), cause };
    let mut inner: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // A link may lead back here.
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && entry.file_type().map_err(failed)?.is_dir() {
            inner.push(entry.path());
        }
    }
    inner.sort();
    inner.iter().try_for_each(|path| search(path, found))
}

fn read(path: PathBuf) -> Result<Turn, ReadError> {
    let text = fs::read(&path).map_err(|cause| ReadError::Io { path: path.clone(), cause })?;
    serde_json::from_slice(&text).map_err(|error| ReadError::Broken { path, cause: error.to_string() })
}

impl Turn {
    /// What was found, in words: `holds up to 3, fails from 6`.
    pub fn said(&self) -> String {
        match (&self.holds_at, &self.fails_at) {
            (Some(holds), Some(fails)) => format!("holds at {holds}, fails at {fails}"),
            _ => stretches(&self.points).join(", "),
        }
    }
}

/// `holds from 4 to 25`, `is not known at 3`, …: along the axis, as far as it was looked at.
pub(crate) fn stretches(points: &[Point]) -> Vec<String> {
    let told = |stretch: &[Point]| {
        let verb = match stretch[0].verdict {
            Verdict::Holds => "holds",
            Verdict::Fails => "fails",
            _ => "is not known",
        };
        let (first, last) = (&stretch[0].value, &stretch[stretch.len() - 1].value);
        if first == last { format!("{verb} at {first}") } else { format!("{verb} from {first} to {last}") }
    };
    points.chunk_by(|one, other| one.verdict == other.verdict).map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: &str = r#"{"claim":"fast","scenario":"s","name":"t","axis":"network.loss","unit":"","low":0.0,"high":1.0,
        "outcome":"turns","holds_at":"0.1","fails_at":"0.4","crossing":{"at":0.2,"ci_low":null,"ci_high":0.3},"replications":5,"more":1,
        "points":[{"value":"0 /s","verdict":"inconclusive"},{"value":"0.5 /s","verdict":"holds"},{"value":"1 /s","verdict":"holds"}]}"#;

    #[test]
    fn findings_about_claims_are_found_wherever_they_lie() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = |name: &str, text: &str| {
            fs::create_dir_all(folder.path().join(name)).expect("a folder");
            fs::write(folder.path().join(name).join(FILE), text).expect("a file");
        };
        place("b/inner", FOUND);
        place("a", &FOUND.replace("\"fast\"", "null"));
        let found = find_turns(folder.path()).expect("they can be read");
        assert_eq!(found.len(), 1, "one is about an expectation");
        assert_eq!(found[0].said(), "holds at 0.1, fails at 0.4");
        place("c", "{}");
        let error = find_turns(folder.path()).expect_err("it is none").to_string();
        assert!(error.contains("threshold.json"), "{error}");
    }

    #[test]
    fn what_does_not_turn_is_told_as_far_as_it_is_known() {
        let turn: Turn = serde_json::from_str(FOUND).expect("a finding");
        let turn = Turn { outcome: "holds".to_owned(), fails_at: None, ..turn };
        assert_eq!(turn.said(), "is not known at 0 /s, holds from 0.5 /s to 1 /s");
    }
}
