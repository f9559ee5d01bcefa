//! Who holds a chunk, as far as its recorder knows, and what it takes to find out.

use super::observation::Rejection;
use super::peer::Peer;

/// The replicas of one chunk.
#[derive(Debug, Default)]
pub(super) struct Replicas {
    /// Nodes that it was sent to and that have not been found to have lost it.
    holders: Vec<Peer>,
    /// Those being asked whether they still have it, each with whether it has said so; `None` when nobody is.
    asked: Option<Vec<(Peer, bool)>>,
    /// How often the chunk was announced again.
    again: u32,
}

impl Replicas {
    pub(super) fn len(&self) -> usize {
        self.holders.len()
    }

    pub(super) fn contains(&self, peer: Peer) -> bool {
        self.holders.contains(&peer)
    }

    /// The chunk was sent to this node.
    pub(super) fn add(&mut self, peer: Peer) {
        self.holders.push(peer);
    }

    /// How often the chunk was announced again.
    pub(super) fn again(&self) -> u32 {
        self.again
    }

    /// The chunk is announced again.
    pub(super) fn announce_again(&mut self) {
        self.again += 1;
    }

    /// A round begins: these are to be asked whether they still have it.
    pub(super) fn begin_round(&mut self) -> &[Peer] {
        self.asked = Some(self.holders.iter().map(|&holder| (holder, false)).collect());
        &self.holders
    }

    /// What was asked before an absence has no answer, and nobody is to blame.
    pub(super) fn forget_round(&mut self) {
        self.asked = None;
    }

    /// A round ends: whoever did not say that it has the chunk has lost it.
    pub(super) fn end_round(&mut self) {
        let asked = self.asked.take().into_iter().flatten();
        let lost: Vec<Peer> = asked.filter(|(_, held)| !held).map(|(peer, _)| peer).collect();
        self.holders.retain(|holder| !lost.contains(holder));
    }

    /// A holder has answered, or one that was lost sight of and is back: it is taken back while there are fewer than
    /// `wanted`.
    pub(super) fn on_held(&mut self, from: Peer, yes: bool, wanted: usize) -> Result<(), Rejection> {
        match self.asked.iter_mut().flatten().find(|(holder, _)| *holder == from) {
            Some((_, true)) => return Err(Rejection::Repeated),
            Some((_, held)) => *held = yes,
            // Only a second announcement makes a holder speak up that nobody asked.
            None if self.again == 0 || self.holders.contains(&from) => return Err(Rejection::Unrequested),
            None if yes && self.holders.len() < wanted => self.holders.push(from),
            None => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replicas(holders: &[u32]) -> Replicas {
        let mut replicas = Replicas::default();
        holders.iter().for_each(|&holder| replicas.add(Peer(holder)));
        replicas
    }

    #[test]
    fn a_round_drops_those_that_said_no_or_nothing() {
        let mut replicas = replicas(&[1, 2, 3]);
        assert_eq!(replicas.begin_round(), [Peer(1), Peer(2), Peer(3)]);
        assert_eq!(replicas.on_held(Peer(1), true, 3), Ok(()));
        assert_eq!(replicas.on_held(Peer(2), false, 3), Ok(()));
        replicas.end_round();
        assert_eq!(replicas.holders, [Peer(1)]);
    }

    #[test]
    fn a_round_that_was_forgotten_drops_nobody() {
        let mut replicas = replicas(&[1, 2]);
        replicas.begin_round();
        replicas.forget_round();
        replicas.end_round();
        assert_eq!(replicas.len(), 2);
    }

    #[test]
    fn a_second_yes_is_a_repetition_and_an_unasked_one_is_refused() {
        let mut replicas = replicas(&[1]);
        assert_eq!(replicas.on_held(Peer(1), true, 3), Err(Rejection::Unrequested));
        replicas.begin_round();
        assert_eq!(replicas.on_held(Peer(1), true, 3), Ok(()));
        assert_eq!(replicas.on_held(Peer(1), true, 3), Err(Rejection::Repeated));
        assert_eq!(replicas.on_held(Peer(9), true, 3), Err(Rejection::Unrequested));
    }

    #[test]
    fn a_returning_holder_is_taken_back_while_replicas_are_missing() {
        let mut replicas = replicas(&[1]);
        replicas.announce_again();
        assert_eq!(replicas.on_held(Peer(7), false, 2), Ok(()));
        assert_eq!(replicas.on_held(Peer(8), true, 2), Ok(()));
        assert_eq!(replicas.on_held(Peer(9), true, 2), Ok(()));
        assert_eq!(replicas.holders, [Peer(1), Peer(8)]);
    }
}
