//! Hosts, workloads and faults: a host is its network's half, and the app that runs on it. [`run`] drives them from start
//! to end and shows an [`Observer`] what happens; it never sees a file.
//!
//! * what never changes: `config`, `population` (hosts, groups, [`IdentityMap`]), `plan` (workloads), `membership` (ids,
//!   keys, routing tables), `env` (a setting of all these)
//! * what runs on a host: `host`, `app` (a node of the protocol, its adversary, or the baseline), `market` (tasks, above
//!   either app)
//! * what drives it: `generator` (workloads), `event`, `model` (whose event it is), `run`, `split` (over threads)
//! * what is seen: `observation`, `observer`; what messages are called: `kinds`, and where each may go: `between`
//! * what is known before a run: `demand`, `reach` (how far broadcasts come), `stock` (who
//!   holds what), `load` (what waits at links), `memory`, `forecast`, `activity`; what it may spend: `budget`; what is checked or measured: `paranoid`, `profile`

mod activity;
mod app;
mod at_once;
mod between;
mod budget;
mod config;
mod cpu;
mod demand;
mod env;
mod event;
mod forecast;
mod generator;
#[cfg(test)]
pub(crate) mod harness;
mod host;
mod identity_map;
mod kinds;
mod load;
mod market;
mod membership;
mod memory;
mod model;
mod observation;
mod observer;
mod paranoid;
mod plan;
mod population;
mod processing;
mod profile;
mod reach;
mod run;
mod setup;
mod sizes;
mod split;
mod stock;

pub use crate::engine::{Progress, Trail};
pub use crate::network::{
    Absence, Fate, Fault, FaultId, FaultKind, HostSet, LossCause, MessageAccounting, MessageKinds, Placement,
    Recurrence, Side, Way,
};
pub use crate::units::GroupId;
pub use budget::{Budget, Gauge, Limit, Overrun};
pub use config::{
    Arrivals, Choose, Cpu, Group, KindMix, Observers, Paid, Recorders, Skill, Tasks, Work, Workload,
    WorldConfig,
};
pub use demand::{Demand, Source};
pub use forecast::turns;
pub use forecast::{Cause, Forecast, lookups};
pub use identity_map::IdentityMap;
pub use kinds::Sent;
pub use market::weight_known;
pub use memory::{Memory, Need, memory};
pub use observation::{About, LimiterSample, Moment, Observation, Observer, Tally, TaskSeen};
pub use observer::network_observer;
pub use population::topology;
pub use profile::WallTime;
pub use reach::Reach;
pub use run::{Ended, RunError, RunOptions, run};
pub use sizes::Sizes;
pub use split::{Reason, Split, Threads};
