//! Studies: a scenario at many points, each run with many seeds, and what comes of it.
//!
//! A [`Plan`] knows every run by a key that is a hash of all that it depends on. A [`Store`] keeps finished runs, each at
//! once, and finds them by their keys: what is there is not run again, whoever has run it, in whatever order. The tables of
//! a study are made from the store alone, in the order of the plan, so that threads, shards and interruptions change nothing.

mod account;
mod charted;
mod claim;
mod design;
mod plan;
mod record;
mod redrawn;
mod shard;
mod store;

pub use account::{Account, AccountError, Verdicts};
pub use claim::Claim;
pub use plan::{Base, Plan, PlanError, Point, RunKey};
pub use record::Record;
pub use redrawn::{charts_listed, relist};
pub use shard::Shard;
pub use store::{Store, StoreError};
