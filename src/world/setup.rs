//! Ids, keys and routing tables of all nodes, from the seed; and the first events of a run.

use std::sync::Arc;

use rand::Rng;

use super::carrier;
use super::event::Event;
use super::facts::Facts;
use crate::protocol::{Converged, Node, Peer, RoutingTable, Shared};
use crate::random::Purpose;
use crate::units::{HostId, Time};

/// Who is a member when: routing tables are converged at the start, and again when scheduled groups have joined.
pub(super) struct Membership<'a> {
    shared: &'a Arc<Shared>,
    epochs: Vec<Converged<'a>>,
}

/// What all nodes of a run have in common; `None` when it runs no protocol.
pub(super) fn shared(facts: &Facts<'_>) -> Option<Arc<Shared>> {
    let config = facts.config.protocol.clone()?;
    let mut secret = [0; 32];
    facts.seed.stream(Purpose::Identity, 0).fill_bytes(&mut secret);
    Some(Arc::new(Shared::generate(config, secret, facts.hosts())))
}

impl<'a> Membership<'a> {
    pub fn new(facts: &Facts<'_>, shared: &'a Arc<Shared>) -> Membership<'a> {
        let members = |epoch: &Time| -> Vec<Peer> {
            let there = |host: &u32| facts.group(HostId(*host)).joins <= *epoch;
            (0..facts.hosts()).filter(there).map(Peer).collect()
        };
        let converged = |epoch| Converged::new(&shared.book, &members(epoch));
        let epochs = facts.epochs.iter().map(converged).collect();
        Membership { shared, epochs }
    }

    /// The converged routing table of a host from an epoch on.
    pub fn table(&self, facts: &Facts<'_>, host: HostId, epoch: u16) -> RoutingTable {
        let mut draws = facts.draws(Purpose::Table, host, u64::from(epoch));
        let k = self.shared.config.bucket_size;
        self.epochs[usize::from(epoch)].table(Peer(host.0), k, || draws.next())
    }

    /// A node with an empty series.
    pub fn node(&self, facts: &Facts<'_>, host: HostId, table: RoutingTable) -> Node {
        Node::new(Peer(host.0), facts.group(host).stores, Arc::clone(self.shared), table)
    }

    pub fn shared(&self) -> &'a Arc<Shared> {
        self.shared
    }
}

/// Schedules what hosts know from the start: joins, faults and samples. An event that the scenario causes at a host is
/// caused by that host.
pub(super) fn first_events(facts: &Facts<'_>, mut schedule: impl FnMut(HostId, Time, Event)) {
    for host in (0..facts.hosts()).map(HostId).filter(|_| facts.config.protocol.is_some()) {
        let epoch = facts.first_epoch(host);
        schedule(host, facts.epochs[epoch], Event::Members { epoch: epoch as u16 });
        if facts.group(host).stores {
            schedule(host, facts.group(host).joins + facts.sample_every(), Event::Sample);
        }
    }
    carrier::begin(facts, |host, time, event| schedule(host, time, event.into()));
}
