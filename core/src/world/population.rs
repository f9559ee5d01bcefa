//! The hosts of a world as their groups describe them, with their identities and the times at which they join.

use std::ops::Range;

use super::config::{Group, WorldConfig};
use super::identity_map::IdentityMap;
use crate::network::Topology;
use crate::random::{Draws, NumberedDraws, Purpose, Seed, mix};
use crate::units::{GroupId, HostId, Time};

/// The hosts of a run, with their groups and identities. It never changes.
#[derive(Debug)]
pub(super) struct Population<'a> {
    groups: &'a [Group],
    topology: &'a Topology,
    pub identities: IdentityMap,
    /// The times at which scheduled groups join, ascending, beginning with the start.
    pub epochs: Vec<Time>,
}

/// The network that the hosts of a world are on: their places and links, and the faults to come.
pub fn topology(config: &WorldConfig, seed: Seed) -> Topology {
    let mut topology = Topology::new(&config.network, seed);
    for group in &config.groups {
        topology.add(group.hosts.clone());
    }
    let faults = config.faults.iter().map(|(name, fault)| (name.as_str(), fault));
    topology.set_faults(faults, Time::ZERO + config.duration);
    topology
}

impl<'a> Population<'a> {
    /// The hosts of `config`, which are those of `topology`.
    pub(super) fn new(config: &'a WorldConfig, topology: &'a Topology) -> Population<'a> {
        Population {
            groups: &config.groups,
            topology,
            identities: IdentityMap::of(config),
            epochs: epochs(config),
        }
    }

    /// How many hosts there are.
    pub(super) fn count(&self) -> u32 {
        self.topology.hosts()
    }

    /// All hosts.
    pub(super) fn hosts(&self) -> impl Iterator<Item = HostId> + use<> {
        (0..self.topology.hosts()).map(HostId)
    }

    /// The hosts of a group.
    pub(super) fn members(&self, group: GroupId) -> Range<u32> {
        self.identities.members(group)
    }

    /// The group of a host.
    pub(super) fn group(&self, host: HostId) -> &'a Group {
        &self.groups[usize::from(self.topology.group_id(host).0)]
    }

    /// The number of a host's group.
    pub(super) fn group_id(&self, host: HostId) -> GroupId {
        self.topology.group_id(host)
    }

    /// All groups, by number.
    pub(super) fn groups(&self) -> impl Iterator<Item = (GroupId, &'a Group)> {
        self.groups.iter().enumerate().map(|(number, group)| (GroupId(number as u16), group))
    }

    /// The draws of identity `number` of a host for a purpose; the first has the host's.
    pub(super) fn identity_draws(&self, purpose: Purpose, host: HostId, number: u32, counter: u64) -> Draws {
        let key = self.topology.key(host);
        let key = if number == 0 { key } else { mix(key ^ u64::from(number)) };
        self.topology.seed().draws(purpose, key, counter)
    }

    /// The draws of a host for a purpose.
    pub(super) fn draws(&self, purpose: Purpose, host: HostId, counter: u64) -> Draws {
        self.numbered(purpose, host).draws(counter)
    }

    /// The same, for whoever draws often.
    pub(super) fn numbered(&self, purpose: Purpose, host: HostId) -> NumberedDraws {
        self.topology.numbered(purpose, host)
    }

    /// The epoch at which a host joins.
    pub(super) fn first_epoch(&self, host: HostId) -> usize {
        let joins = self.group(host).hosts.joins;
        self.epochs.partition_point(|epoch| *epoch < joins)
    }

    /// The epoch at `now`.
    pub(super) fn epoch_at(&self, now: Time) -> usize {
        self.epochs.partition_point(|epoch| *epoch <= now) - 1
    }
}

fn epochs(config: &WorldConfig) -> Vec<Time> {
    let mut epochs: Vec<Time> =
        config.groups.iter().map(|group| group.hosts.joins).chain([Time::ZERO]).collect();
    epochs.sort_unstable();
    epochs.dedup();
    epochs
}

#[cfg(test)]
mod tests {
    use super::super::harness::{group, seconds, world};
    use super::*;
    use crate::conduct::{AdversaryKind, Conduct};

    #[test]
    fn a_host_joins_in_the_epoch_of_its_group() {
        let mut late = group("late", 2);
        late.hosts.joins = seconds(20);
        let config = world(vec![group("first", 3), late]);
        let topology = topology(&config, Seed(1));
        let population = Population::new(&config, &topology);
        assert_eq!(population.epochs, [seconds(0), seconds(20)]);
        assert_eq!([0, 2, 3, 4].map(|host| population.first_epoch(HostId(host))), [0, 0, 1, 1]);
        assert_eq!([0, 19, 20].map(|second| population.epoch_at(seconds(second))), [0, 0, 1]);
    }

    #[test]
    fn further_identities_have_draws_of_their_own_and_the_first_has_its_hosts() {
        let twins = AdversaryKind::Sybil { identities: 2, rate: None };
        let config = world(vec![Group { conduct: Some(Conduct::always(twins)), ..group("sybil", 2) }]);
        let topology = topology(&config, Seed(1));
        let population = Population::new(&config, &topology);
        let (purpose, host) = (Purpose::Table, HostId(1));
        let draw = |identity| population.identity_draws(purpose, host, identity, 7).next();
        assert_eq!(draw(0), population.draws(purpose, host, 7).next());
        assert_ne!(draw(0), draw(1));
    }
}
