//! The keys of a file that have no effect: each section knows its own.

use super::{group, network, protocol, workload};
use crate::scenario::idle::Idle;
use crate::world::WorldConfig;

/// The keys that have no effect in this world.
pub(in crate::scenario) fn idle_keys(world: &WorldConfig) -> Vec<Idle> {
    let mut idle = network::idle(world);
    idle.extend(group::idle(world));
    idle.extend(workload::idle(world));
    match &world.protocol {
        Some(config) => idle.extend(protocol::idle(world, config)),
        None => idle.push(Idle {
            path: "protocol".to_owned(),
            from: &["workloads"],
            why: "no workload runs the protocol",
            needs: "a workload with kind = \"record\", \"query\", \"tasks\" or \"broadcast\"",
        }),
    }
    idle
}
