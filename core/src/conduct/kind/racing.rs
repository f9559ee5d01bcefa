//! The racer: a storage node that wants every chunk, to keep it from others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::holding::turned;
use crate::conduct::behaviour::{Behaviour, Deceit, Filtered, Scene, queried};
use crate::protocol::{
    Answer, Attribution, Chunk, ChunkId, Content, Entry, Input, Message, Peer, QueryId, Shared,
};

/// Says YES to every announcement at once, whatever its limiters say and however long honest nodes put off their answers
/// (`answer_jitter`), so as to be among the first, which are sent the chunk. Its node does not get what then comes.
#[derive(Default)]
pub(super) struct Racer {
    /// Whether it answers queries with altered chunks, instead of with nothing.
    pub forges: bool,
    /// Announcements that it has said YES to.
    raced: BTreeSet<ChunkId>,
    /// What it was sent, if it forges, and the queries that it has answered.
    kept: BTreeMap<ChunkId, Arc<Chunk>>,
    answered: BTreeSet<QueryId>,
}

impl Racer {
    pub(super) fn new(forges: bool) -> Racer {
        Racer { forges, ..Racer::default() }
    }

    /// Its YES to a query that it can answer.
    fn forgery(&mut self, query: QueryId, target: Peer, scene: &Scene<'_>) -> Option<(Message, ChunkId)> {
        let is_about = |chunk: &Chunk| match scene.shared.config.attribution {
            Attribution::Subject => chunk.subjects().binary_search(&target).is_ok(),
            Attribution::Recorder => chunk.recorder() == target,
        };
        let about = self.kept.values().filter(|chunk| is_about(chunk));
        let chunks: Vec<Arc<Chunk>> = about.map(|chunk| altered(chunk, scene.shared)).collect();
        let first = chunks.first()?.id();
        // Copies of a query come more than once.
        let yes = Message::Yes(Arc::new(Answer::new(query, chunks)));
        self.answered.insert(query).then_some((yes, first))
    }
}

impl Behaviour for Racer {
    fn answers_first(&self) -> bool {
        true
    }

    fn answer_first(&mut self, scene: &mut Scene<'_>, input: &Input) -> Option<(Peer, Message, Deceit)> {
        if let Some((query, target)) = queried(input).filter(|_| self.forges) {
            let (yes, first) = self.forgery(query, target, scene)?;
            return Some((query.asker, yes, Deceit::Forged(first)));
        }
        let Input::Message { message: Message::Broadcast(copy), .. } = input else { return None };
        let Content::StoreIntent(intent) = copy.body.content() else { return None };
        let recorder = copy.body.id().origin;
        let chunk = ChunkId { recorder, length: intent.length };
        let first = recorder != scene.own && self.raced.insert(chunk);
        first.then_some((recorder, Message::StoreAnswer { chunk, refused: None }, Deceit::Raced))
    }

    fn filter_input(&mut self, _: &mut Scene<'_>, input: &Input) -> Result<(), Deceit> {
        let chunk = match input {
            Input::Message { message: Message::Chunk(chunk), .. } => chunk,
            Input::Message { message: Message::Proven(proven), .. } => &proven.chunk,
            _ => return Ok(()),
        };
        if !self.raced.contains(&chunk.id()) {
            return Ok(());
        }
        if self.forges {
            self.kept.insert(chunk.id(), Arc::clone(chunk));
        }
        Err(Deceit::Discarded(chunk.id()))
    }

    fn filter_output(&mut self, _: &mut Scene<'_>, _: Peer, message: &Message) -> Filtered {
        match message {
            // It has answered already.
            Message::StoreAnswer { chunk, .. } if self.raced.contains(chunk) => Filtered::Dropped(None),
            _ => Filtered::Unchanged,
        }
    }
}

/// The chunk with every outcome turned into its opposite, under the old signature.
fn altered(chunk: &Chunk, shared: &Shared) -> Arc<Chunk> {
    let entries: Vec<Entry> = chunk.entries().iter().map(turned).collect();
    let (id, at, signature) = (chunk.id(), chunk.timestamp(), *chunk.signature());
    Arc::new(Chunk::new(id, at, *chunk.anchor(), &entries, signature, &shared.peers))
}
