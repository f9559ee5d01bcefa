//! One run of a scenario, from its seed to its outcome.

use std::ops::ControlFlow;

use crate::metrics;
use crate::results::Outcome;
use crate::scenario::Scenario;
use crate::world::{Progress, RunError, RunOptions};

/// Runs `scenario` once under `seed`, from the start to the end or until `control` breaks off, which
/// [`Outcome::ended`] tells.
///
/// # Errors
/// When an invariant of the engine or of the world does not hold: a defect of this program.
pub fn run_one(
    scenario: &Scenario,
    seed: u64,
    options: RunOptions,
    control: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Outcome, RunError> {
    let expected = scenario.expectations.iter().map(|expectation| &expectation.select);
    let tried = scenario.claims.iter().map(|trial| &trial.expectation.select);
    let selections: Vec<_> = expected.chain(tried).cloned().collect();
    let (figures, ended) = metrics::measure(&scenario.world, seed, &selections, options, control)?;
    Ok(Outcome { seed, figures, ended })
}
