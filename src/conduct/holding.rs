//! What becomes of other nodes' chunks: not taken, not handed out, or handed out altered.

use std::ops::Range;
use std::sync::Arc;

use super::behaviour::{Behaviour, Deceit, Said, Scene};
use crate::protocol::{
    Answer, BroadcastId, Chunk, Content, Entry, Event, EventKind, Input, Message, Peer, QueryId, Record,
    Shared,
};

/// Uses the network and stores nothing.
pub(super) struct FreeRider;

impl Behaviour for FreeRider {
    fn says(&mut self, _: &mut Scene<'_>, message: &Message) -> Said {
        match message {
            Message::StoreAnswer { yes: true, .. } => Said::Nothing(None),
            _ => Said::Unchanged,
        }
    }
}

/// Accepts chunks and does not hand them out.
pub(super) struct Withholder {
    /// Says YES without a chunk instead of nothing.
    pub empty: bool,
    pub targets: Vec<Range<u32>>,
}

impl Behaviour for Withholder {
    fn says(&mut self, _: &mut Scene<'_>, message: &Message) -> Said {
        let Message::Yes(answer) = message else { return Said::Unchanged };
        let mut subjects = answer.chunks().iter().flat_map(|chunk| chunk.subjects());
        if !subjects.any(|&peer| concerns(&self.targets, peer)) {
            return Said::Unchanged;
        }
        let deceit = Some(Deceit::Denied(answer.query()));
        if self.empty {
            Said::Instead(Message::Yes(Arc::new(Answer::new(answer.query(), Vec::new()))), deceit)
        } else {
            Said::Nothing(deceit)
        }
    }
}

/// Turns outcomes into their opposites in what it hands out.
pub(super) struct Forger;

impl Behaviour for Forger {
    fn says(&mut self, scene: &mut Scene<'_>, message: &Message) -> Said {
        let Message::Yes(answer) = message else { return Said::Unchanged };
        let Some(first) = answer.chunks().first().map(|chunk| chunk.id()) else { return Said::Unchanged };
        let forged = answer.chunks().iter().map(|chunk| Arc::new(forged(chunk, scene.shared))).collect();
        let answer = Answer::new(answer.query(), forged);
        Said::Instead(Message::Yes(Arc::new(answer)), Some(Deceit::Forged(first)))
    }
}

/// The chunk with every outcome turned, under the signature of the true one: the forger has no better.
fn forged(chunk: &Chunk, shared: &Shared) -> Chunk {
    let turned = |entry: &Entry| match entry.record {
        Record::Event(event) => {
            Entry { record: Record::Event(Event { kind: opposite(event.kind), ..event }), ..*entry }
        }
        _ => *entry,
    };
    let entries: Vec<Entry> = chunk.entries().iter().map(turned).collect();
    Chunk::new(chunk.id(), chunk.timestamp(), *chunk.anchor(), &entries, *chunk.signature(), &shared.book)
}

fn opposite(kind: EventKind) -> EventKind {
    match kind {
        EventKind::EcosystemImproved => EventKind::EcosystemDegraded,
        EventKind::EcosystemDegraded => EventKind::EcosystemImproved,
        EventKind::DisputeResolved => EventKind::DisputeFailed,
        EventKind::DisputeFailed => EventKind::DisputeResolved,
        EventKind::ConsensusMatched => EventKind::ConsensusMissed,
        EventKind::ConsensusMissed => EventKind::ConsensusMatched,
    }
}

/// Sits where a victim's chunks and messages pass, and lets nothing through.
pub(super) struct Eclipse {
    pub targets: Vec<Range<u32>>,
}

impl Behaviour for Eclipse {
    /// To be chosen as a holder of the victim's chunks is the aim; to be asked for them is not.
    fn hears(&mut self, _: &mut Scene<'_>, input: &Input) -> Result<(), Deceit> {
        match queried(input) {
            Some((query, target)) if concerns(&self.targets, target) => Err(Deceit::Denied(query)),
            _ => Ok(()),
        }
    }

    fn says(&mut self, scene: &mut Scene<'_>, message: &Message) -> Said {
        let Message::Broadcast(copy) = message else { return Said::Unchanged };
        let origin = copy.body.id().origin;
        let of_victim = origin != scene.own && concerns(&self.targets, origin);
        if of_victim { Said::Nothing(Some(Deceit::Swallowed)) } else { Said::Unchanged }
    }
}

/// Without targets, everybody.
fn concerns(targets: &[Range<u32>], peer: Peer) -> bool {
    targets.is_empty() || targets.iter().any(|range| range.contains(&peer.0))
}

/// The query that comes in, and whom it is about.
fn queried(input: &Input) -> Option<(QueryId, Peer)> {
    let Input::Message { message: Message::Broadcast(copy), .. } = input else { return None };
    let BroadcastId { origin, sequence } = copy.body.id();
    match copy.body.content() {
        &Content::Query { target } => Some((QueryId { asker: origin, sequence }, target)),
        _ => None,
    }
}
