//! The candidates of tasks, and the choice among them.

use std::ops::Range;

use crate::protocol::Peer;
use crate::protocol::selection::weight_from;
use crate::random::{Draws, index, weighted};
use crate::units::HostId;
use crate::world::config::{Choose, Group, Tasks, WorldConfig};
use crate::world::identity_map::IdentityMap;

/// Who can be chosen for the tasks of a workload.
#[derive(Debug)]
pub(in crate::world) struct CandidatePool {
    groups: Vec<CandidateGroup>,
    count: u64,
}

/// Candidates of one group.
#[derive(Debug)]
struct CandidateGroup {
    peers: Range<u32>,
    /// Of each of them, when tasks are given without asking.
    known_weight: f64,
}

/// A peer that could do the work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::world) struct Candidate {
    pub peer: Peer,
    pub weight: f64,
}

impl CandidatePool {
    /// The candidates of `tasks`: all identities, but of those who have one after the other only the first, under which
    /// they are found.
    pub(crate) fn new(config: &WorldConfig, identities: &IdentityMap, tasks: &Tasks) -> CandidatePool {
        let mut groups = Vec::new();
        for &id in &tasks.candidates {
            let group = &config.groups[usize::from(id.0)];
            let [first, others] = identities.identities(id);
            let known_weight = weight_known(config, group);
            groups.push(CandidateGroup { peers: first, known_weight });
            if group.shown() > 1 {
                groups.push(CandidateGroup { peers: others, known_weight });
            }
        }
        let count = groups.iter().map(|group| group.peers.len() as u64).sum();
        CandidatePool { groups, count }
    }

    /// `wanted` different candidates at random, or all; none of them of this host.
    pub(crate) fn draw(
        &self,
        wanted: Option<u32>,
        not: HostId,
        identities: &IdentityMap,
        draws: &mut Draws,
    ) -> Vec<Peer> {
        let there = self.groups.iter().any(|group| group.peers.contains(&not.0));
        // One more, should the host itself be among them.
        let wanted = wanted.map_or(self.count, |wanted| u64::from(wanted) + u64::from(there)).min(self.count);
        let places =
            if wanted == self.count { (0..self.count).collect() } else { self.places(wanted, draws) };
        let mut peers: Vec<Peer> = places.into_iter().map(|place| self.peer(place)).collect();
        let drawn = peers.len();
        peers.retain(|&peer| identities.owner(peer) != not);
        if there && peers.len() == drawn && wanted < self.count {
            peers.swap_remove(index(draws.next(), drawn as u64) as usize);
        }
        peers
    }

    /// `wanted` different places, drawn without replacement (Floyd's algorithm).
    fn places(&self, wanted: u64, draws: &mut Draws) -> Vec<u64> {
        let mut places: Vec<u64> = Vec::with_capacity(wanted as usize);
        for last in self.count - wanted..self.count {
            let place = index(draws.next(), last + 1);
            places.push(if places.contains(&place) { last } else { place });
        }
        places
    }

    /// Chooses one of all candidates by their known weights, none of this host; `None` when all weights are zero.
    pub(crate) fn choose(
        &self,
        choose: Choose,
        not: HostId,
        identities: &IdentityMap,
        draws: &mut Draws,
    ) -> Option<Peer> {
        let is_other = |number: u32| identities.owner(Peer(number)) != not;
        let heaviest = || {
            let others = self.groups.iter().filter(|group| group.peers.clone().any(is_other));
            others.map(|group| group.known_weight).fold(0.0, f64::max)
        };
        let least = match choose {
            Choose::Proportional => f64::MIN_POSITIVE,
            Choose::Top => heaviest(),
        };
        let share = |group: &CandidateGroup| match choose {
            _ if group.known_weight < least || !group.peers.clone().any(is_other) => 0.0,
            Choose::Proportional => group.known_weight * group.peers.len() as f64,
            Choose::Top => group.peers.len() as f64,
        };
        if least <= 0.0 || self.groups.iter().all(|group| share(group) <= 0.0) {
            return None;
        }
        // Draw again until the choice falls on another host.
        loop {
            let group = &self.groups[weighted(draws.next(), self.groups.iter().map(share))];
            let number = group.peers.start + index(draws.next(), group.peers.len() as u64) as u32;
            if is_other(number) {
                return Some(Peer(number));
            }
        }
    }

    /// A candidate with its known weight.
    pub(crate) fn known(&self, peer: Peer) -> Candidate {
        let group = self.groups.iter().find(|group| group.peers.contains(&peer.0));
        Candidate { peer, weight: group.map_or(0.0, |group| group.known_weight) }
    }

    fn peer(&self, mut place: u64) -> Peer {
        for group in &self.groups {
            if place < group.peers.len() as u64 {
                return Peer(group.peers.start + place as u32);
            }
            place -= group.peers.len() as u64;
        }
        // No place is beyond the count.
        Peer(u32::MAX)
    }
}

/// Chooses one of these by weight, with one draw; `None` when all weights are zero.
pub(in crate::world) fn choose_one(candidates: &[Candidate], choose: Choose, bits: u64) -> Option<Peer> {
    let heaviest = candidates.iter().map(|candidate| candidate.weight).fold(0.0, f64::max);
    if heaviest <= 0.0 {
        return None;
    }
    let share = |candidate: &Candidate| match choose {
        Choose::Proportional => candidate.weight,
        Choose::Top => f64::from(u8::from(candidate.weight >= heaviest)),
    };
    Some(candidates[weighted(bits, candidates.iter().map(share))].peer)
}

/// The weight of each identity of a group at what everybody knows of it.
pub fn weight_known(config: &WorldConfig, group: &Group) -> f64 {
    let Some(protocol) = &config.protocol else { return 0.0 };
    let reputation = group.reputation.unwrap_or(protocol.newcomer).get();
    weight_from(protocol.identity_stake, reputation, group.stake_shown(), protocol.stake_curve)
}

impl Group {
    /// Identities of each host that are on the network at the same time.
    pub(in crate::world) fn shown(&self) -> u32 {
        self.conduct
            .as_ref()
            .map_or(1, |conduct| if conduct.kind.together() { conduct.kind.identities() } else { 1 })
    }

    /// The stake of each of them, in ETH.
    pub(in crate::world) fn stake_shown(&self) -> f64 {
        self.stake / f64::from(self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(weights: &[f64], choose: Choose) -> Vec<f64> {
        let candidates: Vec<Candidate> =
            weights.iter().zip(0..).map(|(&weight, peer)| Candidate { peer: Peer(peer), weight }).collect();
        let mut counts = vec![0.0; weights.len()];
        let mut draws = crate::random::Seed(1).draws(crate::random::Purpose::Task, 1, 1);
        for _ in 0..10_000 {
            if let Some(Peer(peer)) = choose_one(&candidates, choose, draws.next()) {
                counts[peer as usize] += 1.0 / 10_000.0;
            }
        }
        counts
    }

    #[test]
    fn choose_proportional_returns_candidates_by_their_weights() {
        let shares = chosen(&[1.0, 3.0, 0.0, 4.0], Choose::Proportional);
        // 4 standard errors of a share of 10,000 draws are at most 0.02.
        for (share, wanted) in shares.iter().zip([0.125, 0.375, 0.0, 0.5]) {
            assert!((share - wanted).abs() < 0.02, "{shares:?}");
        }
        assert_eq!(shares[2], 0.0);
    }

    #[test]
    fn choose_top_returns_one_of_the_highest_weights() {
        let shares = chosen(&[1.0, 3.0, 3.0, 0.0], Choose::Top);
        assert_eq!((shares[0], shares[3]), (0.0, 0.0));
        assert!((shares[1] - 0.5).abs() < 0.02, "{shares:?}");
    }

    #[test]
    fn choose_returns_none_when_all_weights_are_zero() {
        assert_eq!(chosen(&[0.0, 0.0], Choose::Proportional), [0.0, 0.0]);
        assert_eq!(choose_one(&[], Choose::Top, 1), None);
    }
}
