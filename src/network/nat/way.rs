//! The way of a pair of hosts: a function of both, and of nothing that changes.

use super::class::Nat;
use crate::network::Topology;
use crate::network::fate::LossCause;
use crate::units::HostId;

/// How messages come from one host to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The receiver takes what anybody sends, or the sender is a relay, to which it keeps its port open.
    Open,
    /// The receiver has to send first. The relay, if there is one, can ask it to.
    Mapped(Option<HostId>),
    /// They cannot meet. This relay takes what they send.
    Relayed(HostId),
    /// They cannot meet, and nobody relays.
    Shut,
}

impl Way {
    /// Why a message is lost that does not come by this way: who keeps it out, or who should have passed it on.
    pub(crate) const fn barrier(self) -> LossCause {
        match self {
            Way::Open | Way::Mapped(_) | Way::Relayed(_) | Way::Shut => LossCause::Unreachable,
        }
    }

    /// Whether nothing ever comes by this way.
    pub(crate) const fn is_shut(self) -> bool {
        match self {
            Way::Open | Way::Mapped(_) | Way::Relayed(_) => false,
            Way::Shut => true,
        }
    }
}

impl Topology {
    /// What a host is behind.
    pub fn nat(&self, host: HostId) -> Nat {
        self.reach.class(host)
    }

    /// How messages come from one host to another.
    pub(crate) fn way(&self, from: HostId, to: HostId) -> Way {
        let reach = &self.reach;
        let (sender, receiver) = (reach.class(from), reach.class(to));
        if receiver == Nat::Public || reach.is_relay(from) {
            return Way::Open;
        }
        let relay = if reach.has_relays() { reach.relay((self.key(from), self.key(to))) } else { None };
        match (sender.meets(receiver), relay) {
            (true, relay) => Way::Mapped(relay),
            (false, Some(relay)) => Way::Relayed(relay),
            (false, None) => Way::Shut,
        }
    }

    /// The relay by which a host's messages to another go, if by one.
    #[inline]
    pub(crate) fn relay(&self, from: HostId, to: HostId) -> Option<HostId> {
        if !self.reach.is_limited() {
            return None;
        }
        match self.way(from, to) {
            Way::Relayed(relay) => Some(relay),
            Way::Open | Way::Mapped(_) | Way::Shut => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{HostGroup, Latency, NatShares, NetworkConfig};
    use crate::random::Seed;

    /// Two hosts of each class, in their order, and some relays.
    fn topology(relays: u32) -> Topology {
        let mut topology = Topology::new(&NetworkConfig::new(Latency::World), Seed(1));
        for nat in Nat::ALL {
            topology.add(HostGroup { nat: NatShares::only(nat), ..HostGroup::new(nat.name(), 2) });
        }
        if relays > 0 {
            topology.add(HostGroup { relays: true, ..HostGroup::new("relays", relays) });
        }
        topology
    }

    /// The way from the first host of each class to the second one of each: o(pen), m(apped), r(elayed), s(hut).
    fn table(topology: &Topology) -> Vec<String> {
        let word = |way| match way {
            Way::Open => 'o',
            Way::Mapped(_) => 'm',
            Way::Relayed(_) => 'r',
            Way::Shut => 's',
        };
        let ways =
            |from: u32| (0..4).map(|to| word(topology.way(HostId(2 * from), HostId(2 * to + 1)))).collect();
        (0..4).map(ways).collect()
    }

    #[test]
    fn what_a_pair_is_behind_says_how_its_messages_go() {
        assert_eq!(table(&topology(3)), ["ommm", "ommm", "ommr", "omrr"]);
        assert_eq!(table(&topology(0)), ["ommm", "ommm", "omms", "omss"]);
    }

    #[test]
    fn relays_reach_everybody_and_each_has_its_share_of_pairs() {
        let topology = topology(3);
        assert!((0..8).all(|to| topology.way(HostId(9), HostId(to)) == Way::Open));
        let mut all = Topology::new(&NetworkConfig::new(Latency::World), Seed(1));
        all.add(HostGroup { nat: NatShares::only(Nat::Symmetric), ..HostGroup::new("homes", 60) });
        all.add(HostGroup { relays: true, ..HostGroup::new("relays", 3) });
        let mut pairs = [0_u32; 3];
        for (a, b) in (0..60).flat_map(|a| (0..a).map(move |b| (HostId(a), HostId(b)))) {
            let relay = all.relay(a, b).expect("they cannot meet");
            assert_eq!(all.relay(b, a), Some(relay), "it serves both directions");
            pairs[relay.index() - 60] += 1;
        }
        // Of 1770 pairs, 590 within five standard deviations of a binomial count, 5·√(1770·2/9).
        assert!(pairs.iter().all(|count| count.abs_diff(590) < 100), "{pairs:?}");
    }

    #[test]
    fn a_group_without_nat_costs_nothing_and_changes_nobodys_class() {
        let open = {
            let mut topology = Topology::new(&NetworkConfig::new(Latency::World), Seed(1));
            topology.add(HostGroup { relays: true, ..HostGroup::new("relays", 9) });
            topology
        };
        assert!(!open.reach.is_limited() && open.relay(HostId(0), HostId(1)).is_none());
        let classes = |first: bool| {
            let mut topology = Topology::new(&NetworkConfig::new(Latency::World), Seed(1));
            let before = if first { topology.add(HostGroup::new("open", 7)).end } else { 0 };
            let hosts =
                topology.add(HostGroup { nat: NatShares::residential(), ..HostGroup::new("homes", 50) });
            assert_eq!(hosts.start, before);
            hosts.map(|host| topology.nat(HostId(host))).collect::<Vec<_>>()
        };
        assert_eq!(classes(true), classes(false));
    }
}
