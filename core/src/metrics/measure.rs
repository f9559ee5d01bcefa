//! A run and its figures in one call.

use std::ops::ControlFlow;

use super::{Collector, Figures, Selection};
use crate::world::{self, Ended, Progress, RunError, RunOptions, WorldConfig};

/// Runs a world as [`world::run`] does, and computes all its metrics and those of `selections`.
///
/// # Errors
/// Those of [`world::run`].
// All whole runs come through here: the world's code is compiled for the collector once, in this crate and as its profile
// says, and not again in each that calls it.
pub fn measure(
    config: &WorldConfig,
    seed: u64,
    selections: &[Selection],
    options: RunOptions,
    control: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<(Figures, Ended), RunError> {
    let mut collector = Collector::new(config, selections);
    let ended = world::run(config, seed, &mut collector, options, control)?;
    Ok((collector.finish(ended.now).figures(), ended))
}
