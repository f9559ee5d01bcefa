//! What rules look at, and how they write figures.

use std::collections::BTreeMap;

use crate::cli::format;
use crate::results::Figure;
use crate::world::{Work, WorldConfig};

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
pub(super) mod tests {
    use super::*;
    use crate::cli::report::notes::notes;
    use crate::scenario::{self, Scenario};

    /// A scenario whose figures a test makes up.
    pub(in crate::cli::report::notes) struct Made {
        scenario: Scenario,
        metrics: BTreeMap<String, Figure>,
    }

    impl Made {
        /// Fifty hosts, these lines of a file besides, and these metrics.
        pub(in crate::cli::report::notes) fn new(lines: &str, metrics: &[(&str, f64)]) -> Made {
            let file = format!(
                "name = \"made\"\nduration = \"5 min\"\nwarmup = \"40 s\"\n\
                 network.latency = {{ fixed = \"10 ms\" }}\n\
                 groups.all = {{ count = 50, stores = true }}\n{lines}\n"
            );
            let scenario =
                scenario::parse("made.toml", &file, &[]).unwrap_or_else(|report| panic!("{report}"));
            let metrics = metrics.iter().map(|(name, value)| ((*name).to_owned(), Figure(Some(*value))));
            Made { scenario, metrics: metrics.collect() }
        }

        /// The names of the rules that have something to say, by how much it matters.
        pub(in crate::cli::report::notes) fn rules(&self) -> Vec<&'static str> {
            notes(&self.scenario.world, &self.metrics).iter().map(|note| note.rule).collect()
        }

        /// What a rule says; `None` when it has nothing to say.
        pub(in crate::cli::report::notes) fn says(&self, rule: &str) -> Option<String> {
            let notes = notes(&self.scenario.world, &self.metrics);
            notes.into_iter().find(|note| note.rule == rule).map(|note| note.text)
        }
    }

    /// Workloads that record, and ask.
    pub(in crate::cli::report::notes) const ASK: &str = concat!(
        "workloads.tell = { kind = \"record\", about = [\"all\"], arrivals = { every = \"1 s\" } }\n",
        "workloads.ask = { kind = \"query\", from = \"all\", about = [\"all\"], arrivals = { every = \"1 s\" } }"
    );
    /// One that records alone.
    pub(in crate::cli::report::notes) const RECORD: &str =
        "workloads.tell = { kind = \"record\", about = [\"all\"], arrivals = { every = \"1 s\" } }";

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
