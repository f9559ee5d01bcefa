//! Whole flows, in a small network in memory.

mod addressing;
mod flows;
mod fuzz;
mod hostile;
mod sizes;
mod storing;
mod wire;
