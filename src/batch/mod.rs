//! Replications of a scenario on all cores, and what they say together.
//!
//! Runs are collected in the order of their seeds and summed up one after another, so that the number of threads
//! changes nothing but the time it takes.

mod compare;
mod distribution;
mod doubt;
mod evidence;
mod interval;
mod memory;
mod needed;
mod pool;
mod run;
mod seeds;
mod statistics;
mod summary;

pub use compare::{Change, Compared, Comparison, Known, Least, compare, compare_at_points, units_behind};
pub use evidence::Evidence;
pub use memory::memory;
pub use pool::{BatchError, Workers};
pub use run::run_one;
pub use seeds::seed_of;
pub use statistics::wilson;
pub use summary::{Replication, judged, points_table, runs_table, selected, summarise, write};
