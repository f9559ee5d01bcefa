//! All that is said of two results.

use serde::Serialize;

use super::remarks::remarks;
use super::rows;
use super::side::{Parameter, Side, differing};
use crate::batch::{Compared, Comparison};

/// The document of `--json`; text and Markdown say the same.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    pub a: &'a Side,
    pub b: &'a Side,
    /// The parameters that differ.
    pub parameters: Vec<Parameter>,
    /// What has to be known to read the rest.
    pub remarks: Vec<String>,
    #[serde(flatten)]
    pub comparison: Comparison,
    /// Metrics of `--fail-if-worse` that are worse.
    pub failed: Vec<String>,
}

impl<'a> Document<'a> {
    pub(super) fn of(a: &'a Side, b: &'a Side, comparison: Comparison, failed: Vec<String>) -> Document<'a> {
        let parameters = differing(&a.parameters, &b.parameters);
        let remarks = remarks(a, b, &parameters, &comparison);
        Document { a, b, parameters, remarks, comparison, failed }
    }

    /// The metrics, those that changed first, of equals the surest.
    pub(super) fn in_order(&self) -> Vec<&Compared> {
        let mut all: Vec<&Compared> = self.comparison.metrics.iter().collect();
        let p = |compared: &Compared| compared.p_value.0.unwrap_or(2.0);
        all.sort_by(|one, other| one.verdict.cmp(&other.verdict).then_with(|| p(one).total_cmp(&p(other))));
        all
    }

    /// Those that failed, each as a sentence.
    pub(super) fn failures(&self) -> Vec<String> {
        let failed = self.failed.iter().filter_map(|metric| self.comparison.find(metric));
        failed.map(|compared| format!("worse: {}", rows::sentence(compared))).collect()
    }
}
