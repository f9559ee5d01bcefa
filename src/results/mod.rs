//! A run's folder: written whole or not at all, and read again.
//!
//! A folder holds `manifest.toml` (what was run, and its fingerprint), `summary.json` (metrics, expectations, claims
//! on trial), the tables of [`crate::metrics`] as CSV, charts drawn from these files, and `timing.json`, the only file
//! that depends on the machine. [`guide`] documents every file, key and column. Everything else is the same bytes for the same scenario and seed: keys have
//! a fixed order, and a float is printed as the shortest text that reads back to it.
//!
//! A `Draft` grows in a folder inside its own and is moved out when it is complete, the manifest last, so that a folder
//! with a manifest is a complete result. The manifest lists the files that were written with it: these alone are ever
//! replaced. What a crash leaves half moved is finished by the next run or reading (feature `cli`).

#[cfg(feature = "cli")]
mod admission;
mod begun;
#[cfg(feature = "cli")]
pub(crate) mod durable;
mod estimate;
#[cfg(feature = "cli")]
mod exchange;
mod files;
#[cfg(feature = "cli")]
mod folder;
#[cfg(feature = "cli")]
mod folder_error;
mod guide;
#[cfg(feature = "cli")]
mod hold;
mod judged;
#[cfg(feature = "cli")]
mod leftovers;
pub(crate) mod listing;
mod manifest;
mod names;
mod number;
#[cfg(feature = "cli")]
mod owned;
mod parameters;
#[cfg(feature = "cli")]
pub mod parquet;
mod read;
mod read_error;
mod register;
pub(crate) mod replications;
mod seed;
pub(crate) mod shown;
mod summary;
mod timing;
mod trail;
#[cfg(feature = "cli")]
mod turns;
mod variants;
mod verdict;
#[cfg(feature = "cli")]
mod workplace;

pub use crate::metrics::{SURE, holm, holm_adjusted};
pub use estimate::{Endless, Estimate};
pub use files::{WriteError, write_account, write_run, write_table};
#[cfg(feature = "cli")]
pub use folder::{Draft, Stale, recover};
#[cfg(feature = "cli")]
pub use folder_error::FolderError;
pub use guide::guide;
pub use judged::{Doubts, Judged};
#[cfg(feature = "cli")]
pub use leftovers::Leftovers;
pub use listing::seal;
pub use manifest::{Counts, Identity, Manifest};
pub use number::Figure;
pub use parameters::parameters;
pub use read::{Stored, find, find_sweeps, read};
pub use read_error::ReadError;
pub use register::{ClaimRow, TrialRow, verdicts};
pub use summary::{Expected, Look, Spread, Summary, Tried};
pub use timing::{Effort, KindCount, Stopwatch, Timing};
pub use trail::{Parting, Trail};
#[cfg(feature = "cli")]
pub(crate) use turns::stretches;
#[cfg(feature = "cli")]
pub use turns::{Point, Turn, find_turns};
pub use verdict::{Bounds, Verdict};

use crate::metrics::Figures;
use crate::world::Ended;

/// Version of the models: a change that gives the same scenario and seed another fingerprint raises it.
pub const MODEL_VERSION: u32 = 5;

/// The result of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Seed under which it was run.
    pub seed: u64,
    /// Its metrics, selected values and tables.
    pub figures: Figures,
    /// How far it came, and what it took.
    pub ended: Ended,
}
