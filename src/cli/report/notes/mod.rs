//! What explains a result: rules over its metrics, each of which says in a sentence, with figures, what a reader has to know
//! before the figures mean anything.

mod asking;
mod facts;
mod nodes;
mod storing;
mod transfer;
mod work;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::results::Figure;
use crate::world::WorldConfig;
use facts::Facts;

/// Something that explains a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct Note {
    /// Name of the rule that found it.
    pub rule: &'static str,
    #[serde(skip)]
    weight: Weight,
    /// A sentence, with figures.
    pub text: String,
}

/// How much a note matters to who reads the figures: the first matters most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// What the scenario is about did not happen.
    Empty,
    /// Figures are about less, or about something else, than their names say.
    Skewed,
    /// Why figures are as high or low as they are.
    Cause,
    /// What was going on.
    Context,
}

/// A name, when it applies, and what it then says.
struct Rule {
    name: &'static str,
    weight: Weight,
    says: fn(&Facts<'_>) -> Option<String>,
}

/// Notes that are printed unless all are asked for.
pub(super) const MOST: usize = 5;

/// All that explains the figures of a run of this world, by how much it matters; of several replications their means.
pub(in crate::cli) fn notes(world: &WorldConfig, metrics: &BTreeMap<String, Figure>) -> Vec<Note> {
    let facts = Facts::new(world, metrics);
    let note = |rule: &Rule| Some(Note { rule: rule.name, weight: rule.weight, text: (rule.says)(&facts)? });
    let mut notes: Vec<Note> = rules().filter_map(note).collect();
    // Stable: of the same weight, what stands first among the rules comes first.
    notes.sort_by_key(|note| note.weight);
    notes
}

fn rules() -> impl Iterator<Item = &'static Rule> {
    [work::RULES, asking::RULES, storing::RULES, nodes::RULES, transfer::RULES].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics;

    #[test]
    fn rules_have_names_of_their_own() {
        let mut names: Vec<&str> = rules().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), rules().count());
    }

    /// The source of the rules, without their tests.
    const SOURCES: [&str; 5] = [
        include_str!("asking.rs"),
        include_str!("nodes.rs"),
        include_str!("storing.rs"),
        include_str!("transfer.rs"),
        include_str!("work.rs"),
    ];

    #[test]
    fn rules_look_at_metrics_that_exist() {
        let mut looked_at = 0;
        for source in SOURCES {
            let source = source.split("#[cfg(test)]").next().unwrap_or_default();
            for call in ["get", "counted", "some", "share"] {
                let asked = format!("facts.{call}(\"");
                for name in source.split(&asked).skip(1).filter_map(|rest| rest.split('"').next()) {
                    looked_at += 1;
                    assert!(metrics::find(name).is_some(), "{name} is no metric");
                }
            }
        }
        assert!(looked_at > 20, "{looked_at}");
    }

    #[test]
    fn what_matters_most_comes_first() {
        let figures = [
            ("messages.sent", 100.0),
            ("messages.to_offline", 20.0),
            ("broadcast.count", 1.0),
            ("broadcast.coverage_ratio", 0.5),
            ("queries.issued", 0.0),
        ];
        let rules = facts::tests::Made::new(facts::tests::ASK, &figures).rules();
        assert_eq!(rules, ["nothing_counted", "low_coverage", "offline_receivers"]);
    }
}
