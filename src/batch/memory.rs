//! An estimate of the memory that a run takes.

use crate::metrics;
use crate::scenario::Scenario;
use crate::units::ByteSize;
use crate::world;

/// The program itself, tables of latencies, and charts.
const PROGRAM: u64 = 16 << 20;

/// An estimate of the peak memory of a run of `scenario` on `threads` threads: high rather than low.
pub fn memory(scenario: &Scenario, threads: usize) -> ByteSize {
    let world = world::memory(&scenario.world, threads).as_bytes();
    let watching = metrics::memory(&scenario.world, threads).as_bytes();
    ByteSize::from_bytes(world.saturating_add(watching).saturating_add(PROGRAM))
}
