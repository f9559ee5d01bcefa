//! What explains a result: rules over its metrics, each of which says in a sentence, with figures, what a reader has to know
//! before the figures mean anything.

mod asking;
mod coverage;
mod facts;
mod nodes;
mod rule;
mod storing;
mod transfer;
pub(super) mod warmup;
mod work;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::results::Figure;
use crate::world::WorldConfig;
use facts::Facts;

pub(super) use rule::Note;
use rule::Rule;

/// Notes that are printed unless all are asked for.
pub(super) const MOST: usize = 5;

/// All that explains the figures of a run of this world, by how much it matters; of several replications their means.
pub(super) fn notes(world: &WorldConfig, metrics: &BTreeMap<String, Figure>) -> Vec<Note> {
    let facts = Facts::new(world, metrics);
    let note = |rule: &Rule| Some(Note { rule: rule.name, weight: rule.weight, text: (rule.says)(&facts)? });
    with(rules().filter_map(note).collect(), None)
}

/// Notes, with another if there is one, by how much they matter.
pub(super) fn with(mut notes: Vec<Note>, other: Option<Note>) -> Vec<Note> {
    notes.extend(other);
    // Stable: of the same weight, what stands first among the rules comes first.
    notes.sort_by_key(|note| note.weight);
    notes
}

fn rules() -> impl Iterator<Item = &'static Rule> {
    [work::RULES, coverage::RULES, asking::RULES, storing::RULES, nodes::RULES, transfer::RULES]
        .into_iter()
        .flatten()
}
