//! The way of a pair of hosts: a function of both, and of nothing that changes.

use super::Topology;
use crate::network::reach::{Nat, Way};
use crate::units::HostId;

impl Topology {
    /// What translates a host's addresses.
    pub fn nat(&self, host: HostId) -> Nat {
        self.reach.nat(host)
    }

    /// How messages come from one host to another.
    pub(crate) fn way(&self, from: HostId, to: HostId) -> Way {
        self.reach.way((from, to), |host| self.key(host))
    }

    /// The relay by which a host's messages to another go, if by one.
    #[inline]
    pub(crate) fn relay(&self, from: HostId, to: HostId) -> Option<HostId> {
        if self.reach.is_limited() { self.way(from, to).relay() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{HostGroup, Latency, NatShares, NetworkConfig, Reachability};
    use crate::random::Seed;

    fn behind(nat: NatShares) -> Reachability {
        Reachability { nat, ..Reachability::open() }
    }

    fn helping() -> Reachability {
        Reachability { relays: true, ..Reachability::open() }
    }

    /// Two hosts of each class, in their order, and some relays.
    fn topology(relays: u32) -> Topology {
        let mut topology = Topology::new(&NetworkConfig::new(Latency::World), Seed(1));
        for nat in Nat::ALL {
            topology.add(HostGroup {
                reachability: behind(NatShares::only(nat)),
                ..HostGroup::new(nat.name(), 2)
            });
        }
        if relays > 0 {
            topology.add(HostGroup { reachability: helping(), ..HostGroup::new("relays", relays) });
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
        all.add(HostGroup {
            reachability: behind(NatShares::only(Nat::Symmetric)),
            ..HostGroup::new("homes", 60)
        });
        all.add(HostGroup { reachability: helping(), ..HostGroup::new("relays", 3) });
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
            topology.add(HostGroup { reachability: helping(), ..HostGroup::new("relays", 9) });
            topology
        };
        assert!(!open.reach.is_limited() && open.relay(HostId(0), HostId(1)).is_none());
        let classes = |first: bool| {
            let mut topology = Topology::new(&NetworkConfig::new(Latency::World), Seed(1));
            let before = if first { topology.add(HostGroup::new("open", 7)).end } else { 0 };
            let hosts = topology.add(HostGroup {
                reachability: behind(NatShares::residential()),
                ..HostGroup::new("homes", 50)
            });
            assert_eq!(hosts.start, before);
            hosts.map(|host| topology.nat(HostId(host))).collect::<Vec<_>>()
        };
        assert_eq!(classes(true), classes(false));
    }
}
