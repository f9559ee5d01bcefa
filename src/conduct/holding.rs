//! What becomes of other nodes' chunks: not taken, not handed out, or handed out altered.

use std::ops::Range;
use std::sync::Arc;

use super::behaviour::{Behaviour, Deceit, Said, Scene};
use crate::protocol::{Answer, Chunk, Content, Entry, Event, EventKind, Input, Message, Peer, Record};

/// Uses the network and stores nothing.
pub(super) struct FreeRider;

impl Behaviour for FreeRider {
    fn says(&mut self, _: &mut Scene<'_>, message: &Message) -> Said {
        match message {
            Message::StoreAnswer { yes: true, .. } => Said::Nothing(Some(Deceit::Shirked)),
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

/// Hands out altered chunks, answer by answer in another of the ways that there are.
#[derive(Default)]
pub(super) struct Forger {
    answers: usize,
    /// The first chunk that it was asked for.
    old: Option<Arc<Chunk>>,
}

/// What a forger can try without the recorder's key.
#[derive(Clone, Copy)]
enum Forgery {
    /// Every outcome turned into its opposite, under the old signature.
    Turned,
    /// The same, signed with the forger's own key.
    Resigned,
    /// As if cut elsewhere from the recorder's series.
    Moved,
    /// Without its first entry.
    Shortened,
    /// An old chunk of somebody else in its place.
    Replayed,
}

const FORGERIES: [Forgery; 5] =
    [Forgery::Turned, Forgery::Resigned, Forgery::Moved, Forgery::Shortened, Forgery::Replayed];

impl Behaviour for Forger {
    fn says(&mut self, scene: &mut Scene<'_>, message: &Message) -> Said {
        let Message::Yes(answer) = message else { return Said::Unchanged };
        let Some(first) = answer.chunks().first() else { return Said::Unchanged };
        let way = FORGERIES[self.answers % FORGERIES.len()];
        self.answers += 1;
        let old = Arc::clone(self.old.get_or_insert_with(|| Arc::clone(first)));
        let forged = answer.chunks().iter().map(|chunk| forged(chunk, way, &old, scene)).collect();
        let deceit = Some(Deceit::Forged(first.id()));
        Said::Instead(Message::Yes(Arc::new(Answer::new(answer.query(), forged))), deceit)
    }
}

fn forged(chunk: &Chunk, way: Forgery, old: &Arc<Chunk>, scene: &Scene<'_>) -> Arc<Chunk> {
    let altered = |anchor, entries: &[Entry]| {
        let (id, at, signature) = (chunk.id(), chunk.timestamp(), *chunk.signature());
        Chunk::new(id, at, anchor, entries, signature, &scene.shared.book)
    };
    let turned = || altered(*chunk.anchor(), &chunk.entries().iter().map(turned).collect::<Vec<_>>());
    match way {
        Forgery::Resigned => Arc::new(turned().signed_by(scene.own, &*scene.shared.keyring)),
        Forgery::Moved => Arc::new(altered(*chunk.hash(), chunk.entries())),
        Forgery::Shortened => {
            Arc::new(altered(*chunk.anchor(), chunk.entries().get(1..).unwrap_or_default()))
        }
        Forgery::Replayed if is_about_others(old, chunk) => Arc::clone(old),
        Forgery::Turned | Forgery::Replayed => Arc::new(turned()),
    }
}

/// Whether a chunk has nothing to do with whom another one is about.
fn is_about_others(old: &Chunk, chunk: &Chunk) -> bool {
    old.recorder() != chunk.recorder() && !old.subjects().iter().any(|peer| chunk.subjects().contains(peer))
}

fn turned(entry: &Entry) -> Entry {
    match entry.record {
        Record::Event(event) => {
            Entry { record: Record::Event(Event { kind: opposite(event.kind), ..event }), ..*entry }
        }
        _ => *entry,
    }
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
        let about_victim = queried(input).is_some_and(|target| concerns(&self.targets, target));
        if about_victim { Err(Deceit::Swallowed) } else { Ok(()) }
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

/// Whom a query is about.
fn queried(input: &Input) -> Option<Peer> {
    let Input::Message { message: Message::Broadcast(copy), .. } = input else { return None };
    match copy.body.content() {
        &Content::Query { target } => Some(target),
        _ => None,
    }
}
