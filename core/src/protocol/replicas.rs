//! Who holds a chunk, as far as its recorder knows, and what it takes to find out.

use super::observation::Rejection;
use super::peer::Peer;
use crate::units::{Duration, Time};

/// The replicas of one chunk.
#[derive(Debug, Default)]
pub(super) struct Replicas {
    /// Nodes that it was sent to and that have not been found to have lost it.
    holders: Vec<Peer>,
    /// Those that were asked whether they still have it.
    round: Option<Round>,
    /// How often the chunk was announced again.
    again: u32,
}

/// Holders that were asked whether they still have a chunk.
#[derive(Debug)]
struct Round {
    begun: Time,
    /// Each with whether it has said that it has it; when the round is over, those that have not.
    asked: Vec<(Peer, bool)>,
    over: bool,
}

impl Replicas {
    pub(super) fn len(&self) -> usize {
        self.holders.len()
    }

    /// Nodes that have it, as far as its recorder knows.
    pub(super) fn holders(&self) -> &[Peer] {
        &self.holders
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
    pub(super) fn begin_round(&mut self, now: Time) -> &[Peer] {
        let asked = self.holders.iter().map(|&holder| (holder, false)).collect();
        self.round = Some(Round { begun: now, asked, over: false });
        &self.holders
    }

    /// What was asked before an absence has no answer, and nobody is to blame.
    pub(super) fn forget_round(&mut self) {
        self.round = None;
    }

    /// A round ends: whoever did not say that it has the chunk has lost it, or answers late. Returns how many were
    /// asked, and how many of them did not say that they have it.
    pub(super) fn end_round(&mut self) -> (usize, usize) {
        let Some(round) = self.round.as_mut().filter(|round| !round.over) else { return (0, 0) };
        round.over = true;
        let asked = round.asked.len();
        round.asked.retain(|(_, held)| !held);
        let lost = &round.asked;
        self.holders.retain(|holder| !lost.iter().any(|(peer, _)| peer == holder));
        (asked, lost.len())
    }

    /// A holder has answered, or one that was lost sight of and is back: it is taken back if it
    /// `fits` among the others. Returns how long the answer took if it is one to the last round.
    pub(super) fn on_held(
        &mut self,
        from: Peer,
        yes: bool,
        now: Time,
        fits: bool,
    ) -> Result<Option<Duration>, Rejection> {
        let asked = self.round.as_mut().and_then(|round| Some((round.place(from)?, round)));
        let (took, is_back) = match asked {
            Some((place, round)) if round.over => {
                round.asked.swap_remove(place);
                (Some(now.since(round.begun)), true)
            }
            Some((place, round)) if round.asked[place].1 => return Err(Rejection::Repeated),
            Some((place, round)) => {
                round.asked[place].1 = yes;
                (Some(now.since(round.begun)), false)
            }
            // Only a second announcement makes a holder speak up that nobody asked.
            None if self.again == 0 || self.holders.contains(&from) => return Err(Rejection::Unrequested),
            None => (None, true),
        };
        if is_back && yes && fits && !self.holders.contains(&from) {
            self.holders.push(from);
        }
        Ok(took)
    }
}

impl Round {
    fn place(&self, of: Peer) -> Option<usize> {
        self.asked.iter().position(|(peer, _)| *peer == of)
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

    fn at(second: u64) -> Time {
        Time::ZERO + Duration::from_secs(second)
    }

    #[test]
    fn a_round_drops_those_that_said_no_or_nothing() {
        let mut replicas = replicas(&[1, 2, 3]);
        assert_eq!(replicas.begin_round(at(0)), [Peer(1), Peer(2), Peer(3)]);
        let took = Ok(Some(Duration::from_secs(1)));
        assert_eq!(replicas.on_held(Peer(1), true, at(1), true), took);
        assert_eq!(replicas.on_held(Peer(2), false, at(1), true), took);
        assert_eq!(replicas.end_round(), (3, 2));
        assert_eq!(replicas.holders, [Peer(1)]);
    }

    #[test]
    fn a_round_that_was_forgotten_drops_nobody() {
        let mut replicas = replicas(&[1, 2]);
        replicas.begin_round(at(0));
        replicas.forget_round();
        replicas.end_round();
        assert_eq!(replicas.len(), 2);
    }

    #[test]
    fn a_second_yes_is_a_repetition_and_an_unasked_one_is_refused() {
        let mut replicas = replicas(&[1]);
        assert_eq!(replicas.on_held(Peer(1), true, at(1), true), Err(Rejection::Unrequested));
        replicas.begin_round(at(0));
        assert!(replicas.on_held(Peer(1), true, at(1), true).is_ok());
        assert_eq!(replicas.on_held(Peer(1), true, at(1), true), Err(Rejection::Repeated));
        assert_eq!(replicas.on_held(Peer(9), true, at(1), true), Err(Rejection::Unrequested));
    }

    #[test]
    fn a_returning_holder_is_taken_back_where_it_fits() {
        let mut replicas = replicas(&[1]);
        replicas.announce_again();
        assert_eq!(replicas.on_held(Peer(7), false, at(1), true), Ok(None));
        assert_eq!(replicas.on_held(Peer(8), true, at(1), true), Ok(None));
        assert_eq!(replicas.on_held(Peer(9), true, at(1), false), Ok(None));
        assert_eq!(replicas.holders, [Peer(1), Peer(8)]);
    }

    #[test]
    fn a_holder_that_answers_after_its_round_is_taken_back_and_says_how_long_it_took() {
        let mut replicas = replicas(&[1, 2]);
        replicas.begin_round(at(0));
        assert_eq!(replicas.end_round(), (2, 2));
        assert_eq!(replicas.len(), 0);
        assert_eq!(replicas.on_held(Peer(1), true, at(3), true), Ok(Some(Duration::from_secs(3))));
        assert_eq!(replicas.holders, [Peer(1)]);
        assert_eq!(replicas.on_held(Peer(1), true, at(4), true), Err(Rejection::Unrequested));
        assert_eq!(replicas.end_round(), (0, 0), "it was over");
        assert_eq!(replicas.len(), 1);
    }
}
