//! What rules look at, and how they write figures.

use std::collections::BTreeMap;

use crate::cli::format;
use crate::results::Figure;
use crate::world::{Work, WorldConfig};

/// A share that is as good as all: what is missing is not worth a sentence.
pub(super) const NEARLY_ALL: f64 = 0.95;

/// A world and the metrics of its run; of several replications their means.
pub(super) struct Facts<'a> {
    pub world: &'a WorldConfig,
    metrics: &'a BTreeMap<String, Figure>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(world: &'a WorldConfig, metrics: &'a BTreeMap<String, Figure>) -> Facts<'a> {
        Facts { world, metrics }
    }

    /// The value of a metric, if the scenario has it and there was something to count.
    pub(super) fn get(&self, metric: &str) -> Option<f64> {
        self.metrics.get(metric)?.0
    }

    /// The same, or 0.
    pub(super) fn counted(&self, metric: &str) -> f64 {
        self.get(metric).unwrap_or_default()
    }

    /// The same, if it is more than 0.
    pub(super) fn some(&self, metric: &str) -> Option<f64> {
        self.get(metric).filter(|value| *value > 0.0)
    }

    /// One metric as a share of another; `None` when the other has no value, or is 0.
    pub(super) fn share(&self, part: &str, whole: &str) -> Option<f64> {
        Some(self.get(part)? / self.some(whole)?)
    }

    pub(super) fn any_work(&self, is: fn(&Work) -> bool) -> bool {
        self.world.any_work(is)
    }

    /// Hosts of all groups.
    pub(super) fn hosts(&self) -> f64 {
        self.world.groups.iter().map(|group| f64::from(group.hosts.count)).sum()
    }
}

/// A number of things.
pub(super) fn number(count: f64) -> String {
    format::number(count)
}

/// A share in per cent, without decimals unless it would then look like nothing or all.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let digits = (0..6).find(|digits| {
        let text = format!("{percent:.digits$}");
        let shown: f64 = text.parse().unwrap_or(percent);
        (shown > 0.0 || percent == 0.0) && (shown < 100.0 || percent >= 100.0)
    });
    format!("{percent:.*} %", digits.unwrap_or(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_that_is_not_nothing_and_not_all_does_not_look_so() {
        for (share, text) in [
            (0.0, "0 %"),
            (1.0, "100 %"),
            (0.543, "54 %"),
            (0.999, "99.9 %"),
            (0.003, "0.3 %"),
            (0.000_02, "0.002 %"),
        ] {
            assert_eq!(percent(share), text);
        }
    }
}
