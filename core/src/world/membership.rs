//! Ids, keys and routing tables of all nodes, from the run's seed; and the first events of a run.

use std::sync::Arc;

use rand::Rng;

use super::env::Setting;
use super::event::Event;
use super::population::Population;
use super::setup::Setup;
use crate::network::{Presence, Topology};
use crate::protocol::{
    Config, Converged, Dissemination, KeyGenerator, MinedId, Node, Peer, RoutingTable, Shared, Signer, Start,
};
use crate::random::{Purpose, Seed};
use crate::units::{HostId, Time};

/// Routing tables by epoch: converged at the start, and again whenever a scheduled group has joined.
pub(super) struct Membership<'a> {
    shared: &'a Arc<Shared>,
    keys: KeyGenerator,
    epochs: Vec<Converged<'a>>,
}

/// What all nodes of a run have in common.
pub(super) fn shared(config: &Config, seed: Seed, population: &Population<'_>) -> Arc<Shared> {
    let keys = keys(config, seed);
    let peers = population.identities.peers();
    let mut shared = Shared::simulated(config.clone(), &keys, peers, &mined_ids(population));
    shared.peers = shared.peers.with_further_identities(further_identities(population));
    shared.bootstrap = bootstrap(population, &shared.config);
    Arc::new(shared)
}

/// Behind the first identities of all hosts come further ones: the first one of the host of each.
fn further_identities(population: &Population<'_>) -> Vec<Peer> {
    let identities = &population.identities;
    (identities.hosts()..identities.peers()).map(|peer| Peer(identities.owner(Peer(peer)).0)).collect()
}

/// Where all keys of a run come from.
fn keys(config: &Config, seed: Seed) -> KeyGenerator {
    let mut secret = [0; 32];
    seed.stream(Purpose::Identity, 0).fill_bytes(&mut secret);
    KeyGenerator::new(config.signatures, secret)
}

/// Bootstrap nodes: honest hosts that are online from the start, preferably always, and answer lookups.
fn bootstrap(population: &Population<'_>, config: &Config) -> Box<[Peer]> {
    if !config.learns() {
        return Box::default();
    }
    let candidates = population.hosts().filter(|host| {
        let group = population.group(*host);
        let serves = group.stores || config.dissemination != Dissemination::Lookup;
        serves && !group.hosts.comes_later() && group.conduct.is_none()
    });
    let key = |host: HostId| {
        let comes_and_goes = population.group(host).hosts.presence != Presence::Always;
        (comes_and_goes, population.draws(Purpose::Bootstrap, host, 0).next())
    };
    let mut candidates: Vec<_> = candidates.map(|host| (key(host), Peer(host.0))).collect();
    candidates.sort_unstable();
    candidates.into_iter().take(config.bootstrap as usize).map(|(_, peer)| peer).collect()
}

/// The ids that adversaries have mined: those of their identities in turn, each close to the next victim's.
fn mined_ids(population: &Population<'_>) -> Vec<MinedId> {
    let identities = &population.identities;
    let mut all = Vec::new();
    for (number, group) in population.groups() {
        let Some(traits) = group.conduct.as_ref().map(|conduct| conduct.kind.traits()) else { continue };
        let Some(bits) = traits.mined_bits else { continue };
        let victims: Vec<u32> =
            traits.targets.iter().flat_map(|target| population.members(*target)).collect();
        let hosts = population.members(number).map(HostId);
        let peers = hosts.flat_map(|host| (0..traits.identities).map(move |identity| (host, identity)));
        let peers = peers.map(|(host, identity)| identities.identity(host, identity));
        all.extend(peers.zip(victims.into_iter().cycle()).map(|(peer, near)| MinedId {
            peer,
            near: Peer(near),
            bits,
        }));
    }
    all
}

impl<'a> Membership<'a> {
    /// Epochs are left out when the set-up is stopped.
    pub(super) fn new(
        population: &Population<'_>,
        seed: Seed,
        shared: &'a Arc<Shared>,
        setup: &mut Setup<'_>,
    ) -> Membership<'a> {
        let members = |epoch: &Time| -> Vec<Peer> {
            // Where chunks go to the closest nodes, routing tables hold storage nodes only; the others just ask.
            let servers = shared.config.dissemination == Dissemination::Lookup;
            let there = |host: &HostId| {
                let group = population.group(*host);
                group.hosts.joins <= *epoch && (group.stores || !servers)
            };
            let hosts = population.hosts().filter(there);
            let shown = |host| {
                (0..population.group(host).shown())
                    .map(move |number| population.identities.identity(host, number))
            };
            hosts.flat_map(shown).collect()
        };
        let converged = |epoch| Converged::new(&shared.peers, &members(epoch));
        // Where nodes maintain their tables themselves, late groups join through the protocol and are given none.
        let given = match (shared.config.start, shared.config.learns()) {
            (Start::Cold, _) => 0,
            (Start::Converged, true) => 1,
            (Start::Converged, false) => population.epochs.len(),
        };
        let epochs =
            population.epochs.iter().take(given).take_while(|_| setup.goes_on()).map(converged).collect();
        Membership { shared, keys: keys(&shared.config, seed), epochs }
    }

    /// The routing table that a host's identity is given from an epoch on; an empty one for a node that has to join.
    pub(super) fn table(
        &self,
        population: &Population<'_>,
        host: HostId,
        identity: u32,
        epoch: u16,
    ) -> RoutingTable {
        let Some(converged) = self.epochs.get(usize::from(epoch)) else { return RoutingTable::default() };
        let mut draws = population.identity_draws(Purpose::Table, host, identity, u64::from(epoch));
        let k = self.shared.config.bucket_size;
        let peer = population.identities.identity(host, identity);
        converged.table(peer, k, || draws.next())
    }

    /// A node with an empty series.
    pub(super) fn node(
        &self,
        population: &Population<'_>,
        host: HostId,
        identity: u32,
        table: RoutingTable,
    ) -> Node {
        let peer = population.identities.identity(host, identity);
        Node::new(peer, self.signer(peer), population.group(host).stores, Arc::clone(self.shared), table)
    }

    /// The key of a peer, for nobody but its node or its owner.
    pub(super) fn signer(&self, peer: Peer) -> Box<dyn Signer> {
        self.keys.signer(peer.0)
    }

    pub(super) fn shared(&self) -> &'a Arc<Shared> {
        self.shared
    }

    /// Whether nodes maintain their tables themselves, so that none is handed out after the start.
    pub(super) fn learns(&self) -> bool {
        self.shared.config.learns()
    }
}

/// Schedules what hosts know from the start: joins, faults and samples. An event that the scenario causes at a host is
/// caused by that host.
pub(super) fn first_events(
    topology: &Topology,
    setting: &Setting<'_>,
    mut schedule: impl FnMut(HostId, Time, Event),
) {
    let population = setting.population;
    for host in population.hosts().filter(|_| setting.protocol.is_some()) {
        let epoch = population.first_epoch(host);
        schedule(host, population.epochs[epoch], Event::Members { epoch: epoch as u16 });
        if population.group(host).stores {
            schedule(host, population.group(host).hosts.joins + setting.sample_every, Event::Sample);
        }
    }
    topology.first_events(|host, time, event| schedule(host, time, Event::Network(event)));
}
