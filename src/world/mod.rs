//! Hosts, workloads and faults: one host = link + presence + protocol node. [`run`] drives them from start to end and
//! shows a [`Probe`] what happens; it never sees a file.

mod agents;
pub mod carrier;
mod census;
mod central;
mod clock;
mod config;
mod deal;
mod demand;
mod event;
mod facts;
mod ledger;
mod memory;
mod model;
mod observation;
mod paranoid;
mod residents;
mod run;
mod setup;
mod split;
mod tasks;
mod uses;
mod watch;

pub use crate::engine::Progress;
pub use crate::units::GroupId;
pub use census::Census;
pub use clock::Spent;
pub use config::{
    Arrivals, Choose, Fault, FaultKind, Group, KindMix, Observers, Paid, Placement, Recorders, Skill, Tasks,
    Work, Workload, WorldConfig,
};
pub use demand::Demand;
pub use facts::Facts;
pub use ledger::Ledger;
pub use memory::memory;
pub use observation::{About, Absence, Fate, Loss, Moment, Observation, Probe, Side, Tally};
pub use observation::{LimiterSample, TaskSeen};
pub use run::{Ended, RunError, RunOptions, run};
pub use split::{Reason, Split, Threads};
pub use tasks::weight_known;
pub use watch::{Direct, Watch};
