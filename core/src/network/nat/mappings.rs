//! What a host, and the NAT before it, remember of others.

use std::collections::BTreeMap;

use crate::network::fault::FaultId;
use crate::random::Flow;
use crate::units::{Duration, HostId, Time};

/// Mappings of a host's NAT, what the host knows of the ways to others, and the messages that wait for one.
///
/// A mapping is refreshed by what goes out (RFC 4787, section 4.3, REQ-6) and by what comes in, as both ends of a connection
/// acknowledge what comes by packets that are not simulated.
#[derive(Debug)]
pub(crate) struct Mappings<P> {
    peers: BTreeMap<HostId, Peer>,
    calls: BTreeMap<HostId, Call<P>>,
    /// When any of them was last used.
    used: Option<Time>,
    /// How many peers are kept before those of whom nothing lasts are forgotten.
    room: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Peer {
    /// When the mapping towards it was last used.
    used: Option<Time>,
    /// When something last came from it, which says that its port was open.
    heard: Option<Time>,
    /// Whether its NAT has dropped something since. The host does not know that.
    refused: bool,
}

/// Messages that wait until a peer, which was called by a relay, answers.
#[derive(Debug)]
pub(crate) struct Call<P> {
    pub begun: Time,
    /// Times that the peer was called.
    pub tries: u32,
    /// What the first message is part of.
    pub flow: Flow,
    /// Whether a call has found the peer offline.
    pub peer_offline: bool,
    /// A fault that has kept a call, or the answer to one, from passing.
    pub fault: Option<FaultId>,
    pub waiting: Vec<(Flow, P)>,
}

/// Peers that are kept in any case.
const FEW: usize = 16;

impl<P> Default for Mappings<P> {
    fn default() -> Mappings<P> {
        Mappings { peers: BTreeMap::new(), calls: BTreeMap::new(), used: None, room: FEW }
    }
}

impl<P> Mappings<P> {
    /// Memory of what is remembered of a peer: nodes of the tree are about two thirds full.
    pub(crate) const BYTES_A_PEER: usize = 3 * size_of::<(HostId, Peer)>() / 2;

    /// The host sends something to `peer`, to which its NAT has a mapping by that, which lasts for `lifetime`.
    pub(super) fn sends(&mut self, now: Time, peer: HostId, lifetime: Duration) {
        self.used = Some(now);
        self.peer(now, peer, lifetime).used = Some(now);
    }

    /// Something that was let in comes from `peer`. Returns what has waited for that.
    pub(super) fn hears(&mut self, now: Time, peer: HostId, lifetime: Duration) -> Vec<(Flow, P)> {
        self.used = Some(now);
        let known = Peer { used: Some(now), heard: Some(now), refused: false };
        *self.peer(now, peer, lifetime) = known;
        self.calls.remove(&peer).map_or_else(Vec::new, |call| call.waiting)
    }

    /// Whether the mapping towards `peer` is there.
    pub(super) fn is_open(&self, now: Time, peer: HostId, lifetime: Duration) -> bool {
        self.peers.get(&peer).is_some_and(|it| lasts(it.used, now, lifetime))
    }

    /// Whether there is any mapping: one port serves all, where nothing is filtered.
    pub(super) fn is_open_to_any(&self, now: Time, lifetime: Duration) -> bool {
        lasts(self.used, now, lifetime)
    }

    /// Whether what sets out to `peer` now will find its port open, as far as the host knows.
    pub(super) fn knows_way(&self, now: Time, peer: HostId, lifetime: Duration) -> bool {
        self.peers.get(&peer).is_some_and(|it| lasts(it.heard, now, lifetime))
    }

    /// The NAT of `peer` has dropped something, or the relay between was not there. The host does not learn that; it is kept to
    /// tell the truth of what becomes of its messages.
    pub(super) fn refused(&mut self, now: Time, peer: HostId, lifetime: Duration) {
        self.peer(now, peer, lifetime).refused = true;
    }

    /// Something comes from `peer` by a relay, which is there again.
    pub(super) fn hears_by_relay(&mut self, peer: HostId) {
        if let Some(it) = self.peers.get_mut(&peer) {
            it.refused = false;
        }
    }

    /// Whether nothing has come from `peer` since its NAT dropped something.
    pub(super) fn is_refused(&self, peer: HostId) -> bool {
        self.peers.get(&peer).is_some_and(|it| it.refused)
    }

    /// A message waits for `peer`. Returns whether it is the first, so that the peer has to be called.
    pub(super) fn waits(&mut self, now: Time, peer: HostId, flow: Flow, payload: P) -> bool {
        let is_first = !self.calls.contains_key(&peer);
        let none =
            || Call { begun: now, tries: 0, flow, peer_offline: false, fault: None, waiting: Vec::new() };
        self.calls.entry(peer).or_insert_with(none).waiting.push((flow, payload));
        is_first
    }

    /// The call of `peer`, if one is under way.
    pub(super) fn call(&mut self, peer: HostId) -> Option<&mut Call<P>> {
        self.calls.get_mut(&peer)
    }

    /// The call of `peer` is given up.
    pub(super) fn end_call(&mut self, peer: HostId) -> Option<Call<P>> {
        self.calls.remove(&peer)
    }

    /// All calls are given up.
    pub(super) fn into_calls(self) -> impl Iterator<Item = (HostId, Call<P>)> {
        self.calls.into_iter()
    }

    /// How many messages wait.
    pub(crate) fn waiting(&self) -> usize {
        self.calls.values().map(|call| call.waiting.len()).sum()
    }

    /// What is known of `peer`. Of others what has not lasted is forgotten, so that the table stays small.
    fn peer(&mut self, now: Time, peer: HostId, lifetime: Duration) -> &mut Peer {
        if self.peers.len() >= self.room {
            self.peers.retain(|_, it| it.refused || lasts(it.used, now, lifetime));
            self.room = FEW.max(2 * self.peers.len());
        }
        self.peers.entry(peer).or_default()
    }
}

/// Whether what was used then is still there.
fn lasts(used: Option<Time>, now: Time, lifetime: Duration) -> bool {
    used.is_some_and(|used| now.since(used) <= lifetime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_refused_is_not_once_something_comes() {
        let (lifetime, peer) = (Duration::from_secs(10), HostId(3));
        let mut mappings: Mappings<u32> = Mappings::default();
        mappings.refused(Time::ZERO, peer, lifetime);
        assert!(mappings.is_refused(peer));
        mappings.hears_by_relay(peer);
        assert!(!mappings.is_refused(peer) && !mappings.knows_way(Time::ZERO, peer, lifetime));
        mappings.refused(Time::ZERO, peer, lifetime);
        mappings.hears(Time::ZERO, peer, lifetime);
        assert!(!mappings.is_refused(peer) && mappings.knows_way(Time::ZERO, peer, lifetime));
    }

    const LIFETIME: Duration = Duration::from_secs(30);
    const PEER: HostId = HostId(7);

    fn at(second: u64) -> Time {
        Time::ZERO + Duration::from_secs(second)
    }

    #[test]
    fn a_mapping_expires_when_it_is_idle_and_each_use_refreshes_it() {
        let mut nat = Mappings::<u32>::default();
        assert!(!nat.is_open(at(0), PEER, LIFETIME));
        nat.sends(at(0), PEER, LIFETIME);
        assert!(nat.is_open(at(30), PEER, LIFETIME) && !nat.is_open(at(31), PEER, LIFETIME));
        assert!(!nat.is_open(at(1), HostId(8), LIFETIME) && nat.is_open_to_any(at(1), LIFETIME));
        nat.hears(at(20), PEER, LIFETIME);
        assert!(nat.is_open(at(50), PEER, LIFETIME) && !nat.is_open(at(51), PEER, LIFETIME));
        assert!(nat.is_open_to_any(at(50), LIFETIME) && !nat.is_open_to_any(at(51), LIFETIME));
    }

    #[test]
    fn only_what_comes_from_a_peer_says_that_its_port_is_open() {
        let mut nat = Mappings::<u32>::default();
        nat.sends(at(0), PEER, LIFETIME);
        nat.refused(at(1), PEER, LIFETIME);
        assert!(!nat.knows_way(at(1), PEER, LIFETIME) && nat.is_refused(PEER));
        nat.hears(at(2), PEER, LIFETIME);
        assert!(nat.knows_way(at(32), PEER, LIFETIME) && !nat.knows_way(at(33), PEER, LIFETIME));
        assert!(!nat.is_refused(PEER));
    }

    #[test]
    fn what_waits_for_a_peer_goes_when_it_is_heard() {
        let mut nat = Mappings::default();
        assert!(nat.waits(at(0), PEER, Flow::ROOT, 1) && !nat.waits(at(1), PEER, Flow::ROOT, 2));
        assert!(nat.waits(at(1), HostId(8), Flow::ROOT, 3));
        assert_eq!(nat.waiting(), 3);
        let sizes: Vec<u32> =
            nat.hears(at(2), PEER, LIFETIME).into_iter().map(|(_, payload)| payload).collect();
        assert_eq!((sizes, nat.waiting()), (vec![1, 2], 1));
        assert!(nat.call(PEER).is_none() && nat.end_call(HostId(8)).is_some());
    }

    #[test]
    fn peers_of_whom_nothing_lasts_are_forgotten() {
        let mut nat = Mappings::<u32>::default();
        (0..1000).for_each(|peer| nat.sends(at(u64::from(peer)), HostId(peer), LIFETIME));
        assert!(nat.peers.len() <= 2 * 31 + FEW, "{}", nat.peers.len());
        assert!((970..1000).all(|peer| nat.is_open(at(999), HostId(peer), LIFETIME)));
    }
}
