//! What `summary.json` says of expectations and claims on trial.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::error::ChartError;
use crate::metrics::{SURE, Sample};

pub(super) const FILE: &str = "summary.json";

/// The parts of the file that are drawn; what else it holds doesn't matter here.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Account {
    pub claims: Vec<Trial>,
    pub expect: Vec<Trial>,
    /// Every metric by its name.
    pub metrics: BTreeMap<String, Option<f64>>,
}

/// An expectation, or a claim on trial: what was looked at, what came out, and between which bounds it has to be.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub(super) struct Trial {
    pub name: String,
    /// The claim; none for an expectation.
    pub claim: Option<String>,
    pub metric: String,
    pub group: Option<String>,
    /// Its window of simulated time, where it has one.
    pub from_s: Option<f64>,
    pub to_s: Option<f64>,
    pub at_events: Option<f64>,
    /// Of several runs the mean.
    pub value: Option<f64>,
    /// Runs that had a value, of a claim.
    #[serde(default)]
    pub n: u32,
    pub ci_low: Option<f64>,
    pub ci_high: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// Of several runs.
    pub verdict: Option<String>,
    pub p_value: Option<f64>,
    /// Why it cannot fail, if it can't: then it counts for nothing.
    pub by_construction: Option<String>,
    /// Of an expectation.
    pub holds: Option<bool>,
    /// Of a single run, what is behind the value.
    pub sample: Option<Sample>,
}

impl Trial {
    /// Whether this is the same question, asked of another run.
    pub(super) fn is_also(&self, other: &Trial) -> bool {
        (&self.name, &self.claim) == (&other.name, &other.claim)
    }

    /// How doubtful its verdict is: nothing of what cannot fail, and of one that follows from what was seen alone, as that of an
    /// expectation of *never*, which is given however large the p-value.
    pub(super) fn doubtful(&self) -> Option<f64> {
        let is_exact = |p: &f64| *p > SURE && self.verdict.as_deref() != Some("inconclusive");
        self.p_value.filter(|p| self.by_construction.is_none() && !is_exact(p))
    }

    /// Why there is no value to draw: files have no number for what is longer than any time.
    pub(super) fn missing(&self) -> &'static str {
        if self.n > 0 || self.sample.as_ref().is_some_and(Sample::is_endless) {
            "longer than any time"
        } else {
            "nothing to count"
        }
    }

    /// Both ends of the interval of the mean.
    pub(super) fn interval(&self) -> Option<(f64, f64)> {
        self.ci_low.zip(self.ci_high)
    }

    /// The verdict in words.
    pub(super) fn said(&self) -> String {
        match (&self.verdict, self.holds) {
            (Some(verdict), _) => verdict.replace('_', " "),
            (None, Some(true)) => "holds".to_owned(),
            (None, _) => "fails".to_owned(),
        }
    }
}

impl Account {
    /// That of a result; empty when it has no summary.
    pub(super) fn read(folder: &Path) -> Result<Account, ChartError> {
        let path = folder.join(FILE);
        match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map_err(|error| ChartError::Summary { path, message: error.to_string() }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Account::default()),
            Err(source) => Err(ChartError::Read { path, source }),
        }
    }

    /// The claims, then the expectations.
    pub(super) fn trials(&self) -> impl Iterator<Item = &Trial> {
        self.claims.iter().chain(&self.expect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_come_before_expectations_and_null_is_no_value() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(Account::read(folder.path()).expect("no file").trials().count(), 0);
        let text = r#"{ "scenario": "a", "metrics": { "m": 1.5, "none": null }, "expect": [
            { "name": "b", "metric": "m", "value": null, "min": null, "max": 2, "holds": false } ], "claims": [
            { "claim": "fast", "name": "a", "metric": "m", "from_s": 5, "value": 1.5, "ci_low": 1, "ci_high": 2,
              "min": 0, "max": null, "verdict": "not_tried" } ] }"#;
        std::fs::write(folder.path().join(FILE), text).expect("a file");
        let account = Account::read(folder.path()).expect("a summary");
        assert_eq!((account.metrics["m"], account.metrics["none"]), (Some(1.5), None));
        let trials: Vec<&Trial> = account.trials().collect();
        assert_eq!((trials[0].claim.as_deref(), trials[0].interval()), (Some("fast"), Some((1.0, 2.0))));
        assert_eq!((trials[1].value, trials[1].max), (None, Some(2.0)));
        assert_eq!((trials[0].said(), trials[1].said()), ("not tried".to_owned(), "fails".to_owned()));
        std::fs::write(folder.path().join(FILE), "{ \"claims\": 3 }").expect("a file");
        let error = Account::read(folder.path()).err().expect("it is broken").to_string();
        assert!(error.contains("summary.json"), "{error}");
    }
}
