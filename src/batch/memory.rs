//! An estimate of the memory that a run takes.

use crate::metrics;
use crate::scenario::Scenario;
use crate::world::{self, Memory, Need};

/// The program itself, and tables of latencies: what a run of two hosts takes.
const PROGRAM: f64 = 9.0 * 1024.0 * 1024.0;

/// An estimate of the peak memory of a run of `scenario` on `threads` threads, by what needs it: see
/// [`Memory::FACTOR`].
pub fn memory(scenario: &Scenario, threads: usize) -> Memory {
    // The world is gone when tables are made of what was seen.
    let (world, tables) = (world::memory(&scenario.world, threads), metrics::table_memory(&scenario.world));
    let larger = if world.total() >= tables.total() { world } else { tables };
    let mut memory = larger.and(&metrics::memory(&scenario.world, threads));
    memory.add(Need::Program, PROGRAM);
    memory
}
