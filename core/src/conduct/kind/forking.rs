//! The equivocator: a series with two branches, each shown to half of the network.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::holding::turned;
use crate::conduct::behaviour::{Behaviour, Filtered, Outgoing, Scene, concerns};
use crate::protocol::{
    Body, Broadcast, Chunk, Content, Entry, Hash, Message, Peer, Proof, Proven, Record, Series, Signer,
    StoreIntent,
};

/// Records other outcomes of its targets under the same numbers in a second branch of its series, and signs chunks of both.
/// Nodes whose id begins with another bit than its own are told of the second. Kademlia's tree hands all of them to one
/// contact, so that under `dissemination = "tree"` each storage node hears of one branch alone, and is sent that one.
pub(super) struct Equivocator {
    pub signer: Box<dyn Signer>,
    /// Those whose outcomes it turns into their opposites.
    pub targets: Vec<Range<u32>>,
    pub forks: Forks,
}

/// What it has told.
#[derive(Default)]
pub(super) struct Forks {
    /// The second branch, from the beginning on: up to the first fork it is the first one.
    branch: Option<Series>,
    /// The second versions of chunks, by length.
    chunks: BTreeMap<u32, Fork>,
}

struct Fork {
    intent: StoreIntent,
    /// As it is sent to storage nodes.
    message: Message,
    /// The announcement that was sent last: its copies share it.
    body: Option<Arc<Body>>,
}

impl Equivocator {
    /// Continues the second branch up to where a chunk was cut. Returns where the chunk before was cut, and the head there.
    fn grow(&mut self, chunk: &Chunk, series: &Series, scene: &Scene<'_>) -> (u32, Hash) {
        let peers = &scene.shared.peers;
        let end = chunk.id().length as usize;
        let branch = self.forks.branch.get_or_insert_with(|| {
            // What was pushed before is known, and stays.
            let mut branch = Series::new(scene.own);
            let known = series.range(0..pushed_before(series, end));
            known.iter().for_each(|entry| branch.append(*entry, peers));
            branch
        });
        let (from, before) = (branch.len(), branch.head(peers));
        for entry in series.range(from..end) {
            branch.append(retold(entry, &self.targets), peers);
        }
        (from as u32, before)
    }

    /// The message in place of one that tells of the first branch, to a node that is to know the second.
    fn other(&mut self, message: &Message, scene: &Scene<'_>) -> Option<Message> {
        match message {
            Message::Broadcast(copy) if copy.body.id().origin == scene.own => {
                let Content::StoreIntent(intent) = copy.body.content() else { return None };
                let body = self.forks.chunks.get_mut(&intent.length)?.body(copy);
                Some(Message::Broadcast(Broadcast { body, ..*copy }))
            }
            Message::Chunk(chunk) => self.sent_instead(chunk),
            Message::Proven(proven) => self.sent_instead(&proven.chunk),
            _ => None,
        }
    }

    fn sent_instead(&self, chunk: &Chunk) -> Option<Message> {
        Some(self.forks.chunks.get(&chunk.id().length)?.message.clone())
    }
}

impl Fork {
    fn body(&mut self, copy: &Broadcast) -> Arc<Body> {
        let id = copy.body.id();
        let made = self.body.take().filter(|body| body.id() == id);
        let body = made.unwrap_or_else(|| Arc::new(Body::new(id, Content::StoreIntent(self.intent.clone()))));
        self.body = Some(Arc::clone(&body));
        body
    }
}

impl Behaviour for Equivocator {
    fn forks(&self) -> bool {
        true
    }

    fn on_pushed(
        &mut self,
        scene: &mut Scene<'_>,
        chunk: &Arc<Chunk>,
        series: &Series,
    ) -> Option<Arc<Chunk>> {
        let (from, before) = self.grow(chunk, series, scene);
        let (peers, proofs) = (&scene.shared.peers, scene.shared.config.proofs);
        let branch = self.forks.branch.as_ref()?;
        let anchor = branch.head(peers);
        // Nothing was about its targets so far.
        if anchor == *chunk.anchor() {
            return None;
        }
        let entries: Vec<Entry> = chunk.entries().iter().map(|entry| retold(entry, &self.targets)).collect();
        let (id, at) = (chunk.id(), chunk.timestamp());
        // What is signed for the first branch, and holds for the second as well: deals are silent on how they end.
        let receipt = |(place, entry): (usize, &Entry)| {
            let (receipt, event) = (chunk.receipt(place)?, entry.event()?);
            receipt.verify(id.recorder, event, scene.shared).then_some(*receipt)
        };
        let receipts = entries.iter().enumerate().map(receipt).collect();
        let second = Chunk::signed(id, at, anchor, &entries, &*self.signer, peers);
        let second = Arc::new(second.with_receipts(receipts, &*self.signer, peers));
        let message = if proofs {
            let proof = Proof::of(&second, branch, from, before);
            Message::Proven(Arc::new(Proven::new(Arc::clone(&second), proof, peers)))
        } else {
            Message::Chunk(Arc::clone(&second))
        };
        let fork = Fork { intent: StoreIntent::of(&second), message, body: None };
        self.forks.chunks.insert(id.length, fork);
        Some(second)
    }

    fn filter_output(&mut self, scene: &mut Scene<'_>, to: Peer, message: &Message) -> Filtered {
        if !is_in_other_half(to, scene) {
            return Filtered::Unchanged;
        }
        match self.other(message, scene) {
            Some(message) => Filtered::Replaced(Outgoing::Message(message), None),
            None => Filtered::Unchanged,
        }
    }
}

/// An entry as the second branch has it.
fn retold(entry: &Entry, targets: &[Range<u32>]) -> Entry {
    let about = entry.event().is_some_and(|event| concerns(targets, event.subject));
    if about { turned(entry) } else { *entry }
}

/// Whether a node's id begins with another bit than that of the scene's identity.
fn is_in_other_half(peer: Peer, scene: &Scene<'_>) -> bool {
    let peers = &scene.shared.peers;
    peers.id(peer).bit(0) != peers.id(scene.own).bit(0)
}

/// Entries that the chunks before the one which ends at `end` cover.
fn pushed_before(series: &Series, end: usize) -> usize {
    let pushed = series.range(0..end).iter().rev().find_map(|entry| match entry.record {
        Record::ChunkPushed { length, .. } => Some(length as usize),
        _ => None,
    });
    pushed.unwrap_or(0)
}
