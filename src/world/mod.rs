//! Hosts, workloads and faults: one host = link + presence + protocol node.

mod config;

pub use config::{
    Arrivals, Fault, FaultKind, Group, GroupId, KindMix, Observers, Placement, Skill, Work, Workload,
    WorldConfig,
};
