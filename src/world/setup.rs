//! Ids, keys and routing tables of all nodes, from the seed; and the first events of a run.

use std::sync::Arc;

use rand::Rng;

use super::carrier;
use super::event::Event;
use super::facts::Facts;
use crate::conduct::Kind;
use crate::network::Presence;
use crate::protocol::{
    Config, Converged, Dissemination, KeyGenerator, MinedId, Node, Peer, RoutingTable, Shared, Signer, Start,
};
use crate::random::Purpose;
use crate::units::{GroupId, HostId, Time};

/// Who is a member when: routing tables are converged at the start, and again when scheduled groups have joined.
pub(super) struct Membership<'a> {
    shared: &'a Arc<Shared>,
    keys: KeyGenerator,
    epochs: Vec<Converged<'a>>,
}

/// What all nodes of a run have in common; `None` when it runs no protocol.
pub(super) fn shared(facts: &Facts<'_>) -> Option<Arc<Shared>> {
    let config = facts.config.protocol.clone()?;
    let mut shared = Shared::with_mined_ids(config, secret(facts), facts.census.peers(), &mined_ids(facts));
    shared.bootstrap = bootstrap(facts, &shared.config);
    Some(Arc::new(shared))
}

/// What all keys of a run are derived from.
fn secret(facts: &Facts<'_>) -> [u8; 32] {
    let mut secret = [0; 32];
    facts.seed.stream(Purpose::Identity, 0).fill_bytes(&mut secret);
    secret
}

/// Whom everybody knows: honest hosts that are there from the start, for as long as can be, and answer lookups.
fn bootstrap(facts: &Facts<'_>, config: &Config) -> Box<[Peer]> {
    if !config.learns() {
        return Box::default();
    }
    let candidates = (0..facts.hosts()).map(HostId).filter(|host| {
        let group = facts.group(*host);
        let serves = group.stores || config.dissemination != Dissemination::Lookup;
        serves && group.joins == Time::ZERO && group.conduct.is_none()
    });
    let key = |host: HostId| {
        let comes_and_goes = facts.group(host).presence != Presence::Always;
        (comes_and_goes, facts.draws(Purpose::Bootstrap, host, 0).next())
    };
    let mut candidates: Vec<_> = candidates.map(|host| (key(host), Peer(host.0))).collect();
    candidates.sort_unstable();
    candidates.into_iter().take(config.bootstrap as usize).map(|(_, peer)| peer).collect()
}

/// The ids that adversaries have searched for: each host's in turn close to the next of the victims.
fn mined_ids(facts: &Facts<'_>) -> Vec<MinedId> {
    let mut all = Vec::new();
    for (number, group) in facts.config.groups.iter().enumerate() {
        let Some(Kind::Eclipse { identities, bits, target }) =
            group.conduct.as_ref().map(|conduct| &conduct.kind)
        else {
            continue;
        };
        let victims = facts.census.members(*target);
        let hosts = facts.census.members(GroupId(number as u16)).map(HostId);
        let peers = hosts.flat_map(|host| (0..*identities).map(move |identity| (host, identity)));
        let peers = peers.map(|(host, identity)| facts.census.identity(host, identity));
        all.extend(peers.zip(victims.cycle()).map(|(peer, near)| MinedId {
            peer,
            near: Peer(near),
            bits: *bits,
        }));
    }
    all
}

impl<'a> Membership<'a> {
    pub fn new(facts: &Facts<'_>, shared: &'a Arc<Shared>) -> Membership<'a> {
        let members = |epoch: &Time| -> Vec<Peer> {
            // Where chunks go to those closest, only who stores is in routing tables; the others just ask.
            let servers = shared.config.dissemination == Dissemination::Lookup;
            let there = |host: &HostId| {
                let group = facts.group(*host);
                group.joins <= *epoch && (group.stores || !servers)
            };
            let hosts = (0..facts.hosts()).map(HostId).filter(there);
            let shown =
                |host| (0..facts.group(host).shown()).map(move |number| facts.census.identity(host, number));
            hosts.flat_map(shown).collect()
        };
        let converged = |epoch| Converged::new(&shared.book, &members(epoch));
        // Who comes later joins, where tables change by what is heard.
        let given = match (shared.config.start, shared.config.learns()) {
            (Start::Cold, _) => 0,
            (Start::Converged, true) => 1,
            (Start::Converged, false) => facts.epochs.len(),
        };
        let epochs = facts.epochs.iter().take(given).map(converged).collect();
        let keys = KeyGenerator::new(shared.config.signatures, secret(facts));
        Membership { shared, keys, epochs }
    }

    /// The routing table that a host's identity is given from an epoch on; an empty one for who has to join.
    pub fn table(&self, facts: &Facts<'_>, host: HostId, identity: u32, epoch: u16) -> RoutingTable {
        let Some(converged) = self.epochs.get(usize::from(epoch)) else { return RoutingTable::default() };
        let luck = facts.luck_of(host, identity);
        let mut draws = facts.seed.draws(Purpose::Table, luck, u64::from(epoch));
        let k = self.shared.config.bucket_size;
        let peer = facts.census.identity(host, identity);
        converged.table(peer, k, || draws.next())
    }

    /// A node with an empty series.
    pub fn node(&self, facts: &Facts<'_>, host: HostId, identity: u32, table: RoutingTable) -> Node {
        let peer = facts.census.identity(host, identity);
        Node::new(peer, self.signer(peer), facts.group(host).stores, Arc::clone(self.shared), table)
    }

    /// The key of a peer, for its node or its owner alone.
    pub fn signer(&self, peer: Peer) -> Box<dyn Signer> {
        self.keys.signer(peer.0)
    }

    pub fn shared(&self) -> &'a Arc<Shared> {
        self.shared
    }

    /// Whether tables change by what nodes hear, so that none is given later.
    pub fn learns(&self) -> bool {
        self.shared.config.learns()
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
