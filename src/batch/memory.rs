//! An estimate of the memory that a run takes.

use crate::metrics;
use crate::scenario::Scenario;
use crate::world::{self, Memory, Need};

/// The program itself, tables of latencies, and charts.
const PROGRAM: f64 = 16.0 * 1024.0 * 1024.0;

/// An estimate of the peak memory of a run of `scenario` on `threads` threads, by what needs it.
pub fn memory(scenario: &Scenario, threads: usize) -> Memory {
    let mut memory = world::memory(&scenario.world, threads).and(&metrics::memory(&scenario.world, threads));
    memory.add(Need::Program, PROGRAM);
    memory
}
