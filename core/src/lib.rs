//! What `ir3sim` runs and measures: the lower rooms of its house, which know neither files nor a command line.
//!
//! A user of the library meets them as modules of `ir3sim`, whose documentation has the map, the laws, and what each
//! room never does.

pub mod baseline;
pub mod conduct;
pub mod engine;
pub mod metrics;
pub mod network;
pub mod protocol;
pub mod random;
pub mod units;
pub mod world;
