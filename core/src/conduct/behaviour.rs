//! What an agent can do at each turn, and what an honest one does.

use std::ops::Range;
use std::sync::Arc;

use crate::protocol::{
    BroadcastId, Chunk, ChunkId, Collected, Command, Content, Input, Message, Observation, Peer, QueryId,
    Series, Shared,
};
use crate::random::{Draws, PoissonGaps, index};
use crate::units::{Duration, Frequency, Share, Time};

/// What an agent knows when it decides.
pub(crate) struct Scene<'a> {
    /// The present.
    pub now: Time,
    /// The identity at work.
    pub own: Peer,
    /// Its number among those of the host, from 0.
    pub identity: u32,
    /// What all nodes share: parameters and the table of peers.
    pub shared: &'a Shared,
    /// Random numbers for this decision alone.
    pub draws: &'a mut Draws,
}

/// What an agent does on its own account.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Act {
    /// Identity number `identity` of the host is given a command.
    Command {
        /// Which identity of the host, from 0.
        identity: u32,
        /// What its node is told to do.
        command: Command,
    },
    /// The host takes its next identity.
    Rename,
    /// Observers are told of something that leaves everything as it is.
    Note(Deceit),
}

/// What an agent did, for observers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deceit {
    /// An answer was not sent, or sent without its chunks.
    Denied(QueryId),
    /// A chunk went out altered, or one that its recorder never announced.
    Forged(ChunkId),
    /// A chunk was announced that the node had room for, and was not taken.
    Shirked,
    /// A broadcast was not passed on.
    Swallowed,
    /// A query was issued for the attack alone.
    Asked,
    /// Something was recorded that did not happen, or happened otherwise.
    Lied,
    /// An outcome that happened was not recorded.
    Omitted,
    /// A chunk was cut in two versions.
    Forked(ChunkId),
    /// An announcement was answered with YES before the node had come to an answer.
    Raced,
    /// A chunk that the host had said YES to was kept from its node.
    Discarded(ChunkId),
    /// A question of a lookup was answered with accomplices.
    Misrouted,
    /// A query came by, under this name.
    Overheard(QueryId),
    /// A copy of a broadcast left under the name of another origin.
    Spoofed,
    /// The host took its next identity.
    Renamed,
}

/// What leaves a host.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outgoing {
    /// A message as a node would send it: the host encodes it.
    Message(Message),
    /// Bytes that need not be a message.
    Bytes(Arc<[u8]>),
}

/// What becomes of a message that a node sends.
pub(super) enum Filtered {
    Unchanged,
    Replaced(Outgoing, Option<Deceit>),
    Dropped(Option<Deceit>),
}

/// The decisions that an adversary replaces. By default there are none.
pub(super) trait Behaviour: Send {
    /// Whether the input reaches the node; if not, why.
    fn filter_input(&mut self, _scene: &mut Scene<'_>, _input: &Input) -> Result<(), Deceit> {
        Ok(())
    }

    /// What it does before its node gets an input.
    fn on_input(&mut self, _scene: &mut Scene<'_>, _input: &Input, _acts: &mut Vec<Act>) {}

    /// Whether [`answer_first`](Behaviour::answer_first) is to be asked at all.
    fn answers_first(&self) -> bool {
        false
    }

    /// Whether [`on_pushed`](Behaviour::on_pushed) is to be asked at all.
    fn forks(&self) -> bool {
        false
    }

    /// What the host says at once to an input that may reach the node: to whom, and what was done by that.
    fn answer_first(&mut self, _scene: &mut Scene<'_>, _input: &Input) -> Option<(Peer, Message, Deceit)> {
        None
    }

    /// The command that the node is given instead of the application's; `None`: it is given none.
    fn rewrite_command(&mut self, _scene: &mut Scene<'_>, command: Command) -> Option<Command> {
        Some(command)
    }

    /// What leaves the host in place of a message to this peer.
    fn filter_output(&mut self, _scene: &mut Scene<'_>, _to: Peer, _message: &Message) -> Filtered {
        Filtered::Unchanged
    }

    /// The node has just cut a chunk from its series, and is about to announce it. Returns a second version of it, if
    /// there is to be one.
    fn on_pushed(
        &mut self,
        _scene: &mut Scene<'_>,
        _chunk: &Arc<Chunk>,
        _series: &Series,
    ) -> Option<Arc<Chunk>> {
        None
    }

    /// Whether this is not to be taken for something that the node did in earnest.
    fn disowns(&self, _what: &Observation) -> bool {
        false
    }

    /// How long after `start`, and after each wake-up, it acts on its own. `None`: never.
    fn wake_up_after(&mut self, _scene: &mut Scene<'_>) -> Option<Duration> {
        None
    }

    /// What it does when it wakes up.
    fn on_wake_up(&mut self, _scene: &mut Scene<'_>, _acts: &mut Vec<Act>) {}

    /// Its chance to do work well, if it is not the node's skill.
    fn skill(&self, _since_start: Duration) -> Option<Share> {
        None
    }

    /// One of its nodes derived a reputation.
    fn on_collected(&mut self, _scene: &mut Scene<'_>, _collected: &Collected, _acts: &mut Vec<Act>) {}
}

/// When somebody acts at random, so often on average.
pub(super) struct Spontaneous {
    rate: Frequency,
    gaps: PoissonGaps,
}

impl Spontaneous {
    pub(super) fn at(rate: Frequency) -> Spontaneous {
        Spontaneous { rate, gaps: PoissonGaps::default() }
    }

    /// The wait for the next act.
    pub(super) fn wait(&mut self, draws: &mut Draws) -> Option<Duration> {
        self.gaps.next(draws.next(), self.rate)
    }
}

/// A peer of some ranges at random, other than `not`; `None` when there is no other.
pub(super) fn one_of(ranges: &[Range<u32>], not: Peer, bits: u64) -> Option<Peer> {
    let count: u64 = ranges.iter().map(|range| range.len() as u64).sum();
    let there = ranges.iter().any(|range| range.contains(&not.0));
    let others = count - u64::from(there);
    if others == 0 {
        return None;
    }
    let mut number = index(bits, others);
    for range in ranges {
        let before = range.contains(&not.0).then(|| u64::from(not.0 - range.start));
        let len = range.len() as u64 - u64::from(before.is_some());
        if number < len {
            let skip = before.is_some_and(|before| number >= before);
            return Some(Peer(range.start + number as u32 + u32::from(skip)));
        }
        number -= len;
    }
    None
}

/// Without targets, everybody.
pub(super) fn concerns(targets: &[Range<u32>], peer: Peer) -> bool {
    targets.is_empty() || targets.iter().any(|range| range.contains(&peer.0))
}

/// The query that comes in, and whom it is about.
pub(super) fn queried(input: &Input) -> Option<(QueryId, Peer)> {
    let Input::Message { message: Message::Broadcast(copy), .. } = input else { return None };
    let BroadcastId { origin, sequence } = copy.body.id();
    match copy.body.content() {
        &Content::Query { target } => Some((QueryId { asker: origin, sequence }, target)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_other_peer_can_be_drawn_and_never_oneself() {
        let drawn: BTreeSet<u32> = (0..400_u64)
            .filter_map(|number| one_of(&[3..6, 10..13], Peer(4), number.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
            .map(|peer| peer.0)
            .collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [3, 5, 10, 11, 12]);
        assert_eq!(one_of(&[4..5, 9..9], Peer(4), 7), None);
        assert_eq!(one_of(&[], Peer(4), 7), None);
    }
}
