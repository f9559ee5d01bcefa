//! Whole flows, in a small network in memory.

mod flows;
mod hostile;
mod sizes;
mod wire;
