//! The worst attack within a budget: what attackers may do, which attempts are made, what each comes to.
//!
//! The space of attacks follows from the declared keys of `conduct`: a kind that a scenario can have is searched with all
//! that can be said of it. Attempts are drawn at random first, then from laws that are fitted to the best so far
//! (cross-entropy method: Rubinstein, Methodology and Computing in Applied Probability 1, 1999), and in turn varied from the
//! best themselves. The attack that a scenario has is one of the attempts. Every attempt runs under the
//! same seeds, and what is found is confirmed under others.

mod budget;
mod laws;
mod scale;
mod score;
mod space;
mod team;

pub use budget::{Budget, BudgetError};
pub use laws::{Attempt, Laws};
pub use score::{Beyond, Score, affords, cost, past, seen, sent};
pub use space::{Members, Space};
pub use team::{Attack, Team};

use super::key::RunKey;
use crate::scenario::Scenario;

/// The key of a run of a scenario that is read from a text, and no point of a sweep.
pub fn key_of(scenario: &Scenario, seed: u64) -> RunKey {
    let nameless = Scenario { seed: 0, ..scenario.clone() };
    RunKey::of(&blake3::hash(nameless.to_toml().as_bytes()), seed)
}
