//! The fabricator: evidence that nobody has announced.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use crate::conduct::behaviour::{Behaviour, Deceit, Filtered, Outgoing, Scene, concerns, queried};
use crate::protocol::{
    Answer, CHUNK_ENTRIES, Chunk, ChunkId, Detail, Entry, Event, EventKind, Input, Message, Peer, QueryId,
    Record, Signer,
};

/// Adds chunks of its own making to its answers. Their recorder, itself, has signed them, so that whoever asked finds them in
/// order; but they stand in no series, and no storage node was ever told of them.
pub(super) struct Fabricator {
    pub signer: Box<dyn Signer>,
    /// Chunks that it adds to an answer.
    pub chunks: u32,
    /// Whether it makes up good outcomes, and not bad ones.
    pub praises: bool,
    pub targets: Vec<Range<u32>>,
    pub memory: Memory,
}

/// What it has heard and said.
#[derive(Default)]
pub(super) struct Memory {
    /// The last queries that concern it, and whom they are about: an answer does not say.
    queries: VecDeque<(QueryId, Peer)>,
    /// What was made up about each: always the same, lest those who ask compare.
    made_up: BTreeMap<Peer, Vec<Arc<Chunk>>>,
}

/// Queries that it remembers: its node answers them at once, or within the jitter of answers.
const QUERIES: usize = 1024;

impl Fabricator {
    /// Chunks full of outcomes of `target`, as if they had been cut from the series of the scene's identity.
    fn about(&mut self, target: Peer, scene: &Scene<'_>) -> &[Arc<Chunk>] {
        let kind = if self.praises { EventKind::EcosystemImproved } else { EventKind::EcosystemDegraded };
        let before = self.memory.made_up.len() as u32 * self.chunks;
        self.memory.made_up.entry(target).or_insert_with(|| {
            let event = Event { kind, subject: target, detail: Detail::default() };
            let entries = [Entry { at: scene.now, record: Record::Event(event) }; CHUNK_ENTRIES];
            let anchor = scene.shared.peers.id(scene.own).0;
            let chunk = |number: u32| {
                // Each has a name of its own, or they would count as one.
                let length = (before + number + 1) * CHUNK_ENTRIES as u32;
                let id = ChunkId { recorder: scene.own, length };
                Arc::new(Chunk::signed(id, scene.now, anchor, &entries, &*self.signer, &scene.shared.peers))
            };
            (0..self.chunks).map(chunk).collect()
        })
    }
}

impl Behaviour for Fabricator {
    fn filter_input(&mut self, _: &mut Scene<'_>, input: &Input) -> Result<(), Deceit> {
        if let Some(query) = queried(input).filter(|(_, target)| concerns(&self.targets, *target)) {
            self.memory.queries.truncate(QUERIES - 1);
            self.memory.queries.push_front(query);
        }
        Ok(())
    }

    fn filter_output(&mut self, scene: &mut Scene<'_>, _: Peer, message: &Message) -> Filtered {
        let Message::Yes(answer) = message else { return Filtered::Unchanged };
        let asked = self.memory.queries.iter().find(|(query, _)| *query == answer.query());
        let Some(&(_, target)) = asked else { return Filtered::Unchanged };
        let made_up = self.about(target, scene);
        let Some(first) = made_up.first() else { return Filtered::Unchanged };
        let deceit = Some(Deceit::Forged(first.id()));
        let chunks = answer.chunks().iter().chain(made_up).cloned().collect();
        let answer = Answer::new(answer.query(), chunks);
        Filtered::Replaced(Outgoing::Message(Message::Yes(Arc::new(answer))), deceit)
    }
}
