//! What the runs of a sweep need.

use rayon::prelude::*;

use crate::batch;
use crate::study::{Plan, Point};
use crate::world::Forecast;

/// What a run of a point needs.
pub(super) struct Need {
    pub events: f64,
    pub memory: u64,
    /// What it surely needs of memory.
    pub least: u64,
}

/// Of each point.
pub(super) fn estimates(plan: &Plan) -> Vec<Need> {
    let of = |point: &Point| {
        let memory = batch::memory(&point.scenario, 1);
        Need {
            events: Forecast::of(&point.scenario.world).events(),
            memory: memory.total().as_bytes(),
            least: memory.least().as_bytes(),
        }
    };
    plan.points.par_iter().map(of).collect()
}
