//! Studies: a scenario at many points, each run with many seeds, and what comes of it.
//!
//! A [`Plan`] knows every run by a key that is a hash of all that it depends on. A [`Store`] keeps finished runs, each at
//! once, and finds them by their keys: what is there is not run again, whoever has run it, in whatever order. An [`Agenda`]
//! knows what is missing. The tables of a study are made from the store alone, in the order of the plan, so that threads,
//! shards and interruptions change nothing.

mod account;
mod agenda;
pub mod attack;
mod beside;
mod cell;
mod charted;
mod claim;
mod design;
mod enough;
mod key;
mod plan;
mod progress;
mod record;
mod redrawn;
mod scaling;
mod sensitivity;
mod shard;
mod store;
pub mod swarm;
pub mod threshold;
mod typed;

pub use account::{Account, AccountError, Reached, Verdicts};
pub use agenda::Agenda;
pub use claim::Claim;
pub use key::RunKey;
pub use plan::{Base, Plan, PlanError, Point, Refused, admit_fractions};
pub use progress::Progress;
pub use record::Record;
pub use redrawn::{charts_listed, relist};
pub use scaling::{Exponent, Part};
pub use shard::Shard;
pub use store::{Store, StoreError};
