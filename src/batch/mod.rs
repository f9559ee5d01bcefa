//! Replications of a scenario on all cores, and what they say together.
//!
//! Runs are collected in the order of their seeds and summed up one after another, so that the number of threads
//! changes nothing but the time it takes.

mod memory;
mod pool;
mod run;
mod seeds;
mod statistics;
mod summary;

pub use memory::memory;
pub use pool::{BatchError, Workers};
pub use run::run_one;
pub use seeds::seed_of;
pub use statistics::{estimate, estimate_share, wilson};
pub use summary::{Replication, points_table, runs_table, summarise, write};
