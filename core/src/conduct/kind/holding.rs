//! What becomes of other nodes' chunks: not taken, not handed out, or handed out altered.

use std::ops::Range;
use std::sync::Arc;

use crate::conduct::behaviour::{Behaviour, Deceit, Filtered, Outgoing, Scene, concerns, queried};
use crate::protocol::{
    Answer, Attribution, Chunk, Entry, Event, EventKind, Input, Message, Peer, Record, Signer,
};
use crate::units::Share;

/// Uses the network and stores nothing.
pub(super) struct FreeRider {
    /// Whether it passes on the broadcasts of others.
    pub forwards: bool,
}

impl Behaviour for FreeRider {
    fn filter_output(&mut self, scene: &mut Scene<'_>, _: Peer, message: &Message) -> Filtered {
        match message {
            Message::StoreAnswer { refused: None, .. } => Filtered::Dropped(Some(Deceit::Shirked)),
            Message::Broadcast(copy) if !self.forwards && copy.body.id().origin != scene.own => {
                Filtered::Dropped(Some(Deceit::Swallowed))
            }
            _ => Filtered::Unchanged,
        }
    }
}

/// Passes no broadcast on but its own.
pub(super) struct Dropper {
    /// The chance that it drops one; it decides for each copy that it should send.
    pub drops: Share,
}

impl Behaviour for Dropper {
    /// Nor does it ask for others.
    fn filter_input(&mut self, scene: &mut Scene<'_>, input: &Input) -> Result<(), Deceit> {
        let asks = matches!(input, Input::Message { message: Message::Ask { .. }, .. });
        if asks && self.drops.happens(scene.draws.next()) { Err(Deceit::Swallowed) } else { Ok(()) }
    }

    fn filter_output(&mut self, scene: &mut Scene<'_>, _: Peer, message: &Message) -> Filtered {
        let Message::Broadcast(copy) = message else { return Filtered::Unchanged };
        let of_others = copy.body.id().origin != scene.own;
        if of_others && self.drops.happens(scene.draws.next()) {
            return Filtered::Dropped(Some(Deceit::Swallowed));
        }
        Filtered::Unchanged
    }
}

/// Accepts chunks and does not hand them out.
pub(super) struct Withholder {
    /// Says YES without a chunk instead of nothing.
    pub empty: bool,
    pub targets: Vec<Range<u32>>,
}

impl Behaviour for Withholder {
    fn filter_output(&mut self, scene: &mut Scene<'_>, _: Peer, message: &Message) -> Filtered {
        let Message::Yes(answer) = message else { return Filtered::Unchanged };
        let is_about = |chunk: &Chunk| match scene.shared.config.attribution {
            Attribution::Subject => chunk.subjects().iter().any(|&peer| concerns(&self.targets, peer)),
            Attribution::Recorder => concerns(&self.targets, chunk.recorder()),
        };
        if !answer.chunks().iter().any(|chunk| is_about(chunk)) {
            return Filtered::Unchanged;
        }
        let deceit = Some(Deceit::Denied(answer.query()));
        if self.empty {
            Filtered::Replaced(yes(Answer::new(answer.query(), Vec::new())), deceit)
        } else {
            Filtered::Dropped(deceit)
        }
    }
}

/// Hands out altered chunks, each answer in the next of the ways that there are.
pub(super) struct Forger {
    signer: Box<dyn Signer>,
    answers: usize,
    /// The first chunk that it was asked for.
    old: Option<Arc<Chunk>>,
}

impl Forger {
    /// A forger that signs with this key of its own.
    pub(super) fn new(signer: Box<dyn Signer>) -> Forger {
        Forger { signer, answers: 0, old: None }
    }

    /// The altered chunk, or the chunk itself for a forgery that leaves it as it is.
    fn forged(&self, chunk: &Arc<Chunk>, way: Forgery, old: &Arc<Chunk>, scene: &Scene<'_>) -> Arc<Chunk> {
        let altered = |anchor, entries: &[Entry]| {
            let (id, at, signature) = (chunk.id(), chunk.timestamp(), *chunk.signature());
            Chunk::new(id, at, anchor, entries, signature, &scene.shared.peers)
        };
        let turned = || altered(*chunk.anchor(), &chunk.entries().iter().map(turned).collect::<Vec<_>>());
        match way {
            Forgery::Resigned => Arc::new(turned().signed_by(&*self.signer)),
            Forgery::Moved => Arc::new(altered(*chunk.hash(), chunk.entries())),
            Forgery::Shortened => {
                Arc::new(altered(*chunk.anchor(), chunk.entries().get(1..).unwrap_or_default()))
            }
            Forgery::Replayed if is_about_others(old, chunk) => Arc::clone(old),
            Forgery::Turned | Forgery::Replayed => Arc::new(turned()),
            Forgery::CutOff => Arc::clone(chunk),
        }
    }
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
    /// The true answer, with its last byte missing.
    CutOff,
}

const FORGERIES: [Forgery; 6] = [
    Forgery::Turned,
    Forgery::Resigned,
    Forgery::Moved,
    Forgery::Shortened,
    Forgery::Replayed,
    Forgery::CutOff,
];

impl Behaviour for Forger {
    fn filter_output(&mut self, scene: &mut Scene<'_>, _: Peer, message: &Message) -> Filtered {
        let Message::Yes(answer) = message else { return Filtered::Unchanged };
        let Some(first) = answer.chunks().first() else { return Filtered::Unchanged };
        let way = FORGERIES[self.answers % FORGERIES.len()];
        self.answers += 1;
        let old = Arc::clone(self.old.get_or_insert_with(|| Arc::clone(first)));
        if let Forgery::CutOff = way {
            let mut bytes = Vec::new();
            message.encode(&scene.shared.peers, &mut bytes);
            bytes.pop();
            // It cannot be decoded.
            return Filtered::Replaced(Outgoing::Bytes(bytes.into()), Some(Deceit::Denied(answer.query())));
        }
        let forged = answer.chunks().iter().map(|chunk| self.forged(chunk, way, &old, scene)).collect();
        Filtered::Replaced(yes(Answer::new(answer.query(), forged)), Some(Deceit::Forged(first.id())))
    }
}

fn yes(answer: Answer) -> Outgoing {
    Outgoing::Message(Message::Yes(Arc::new(answer)))
}

/// Whether a chunk is about none of the peers that another one is about.
fn is_about_others(old: &Chunk, chunk: &Chunk) -> bool {
    old.recorder() != chunk.recorder() && !old.subjects().iter().any(|peer| chunk.subjects().contains(peer))
}

/// The opposite outcome in its place.
pub(super) fn turned(entry: &Entry) -> Entry {
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
    fn filter_input(&mut self, _: &mut Scene<'_>, input: &Input) -> Result<(), Deceit> {
        match queried(input) {
            Some((query, target)) if concerns(&self.targets, target) => Err(Deceit::Denied(query)),
            _ => Ok(()),
        }
    }

    fn filter_output(&mut self, scene: &mut Scene<'_>, _: Peer, message: &Message) -> Filtered {
        let Message::Broadcast(copy) = message else { return Filtered::Unchanged };
        let origin = copy.body.id().origin;
        let of_victim = origin != scene.own && concerns(&self.targets, origin);
        if of_victim { Filtered::Dropped(Some(Deceit::Swallowed)) } else { Filtered::Unchanged }
    }
}
