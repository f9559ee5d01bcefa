//! Record and push: append, cut a chunk, announce it, done. Answers come later, each an input of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chunk::{CHUNK_ENTRIES, Chunk};
use super::codec::Hash;
use super::config::Chunking;
use super::event::Event;
use super::message::{ChunkId, Content, Message, StoreIntent};
use super::node::{Context, Env, Node};
use super::observation::{Observation, Rejection};
use super::peer::Peer;
use super::proof::{Proof, Proven};
use super::recent::Recent;
use super::series::{Entry, Record};
use super::timer::Timer;

/// Chunks that still look for holders. When there are more the oldest is given up: a YES that comes so much later
/// gets nothing.
const PENDING_PUSHES: usize = 64;

/// Answers of storers that are remembered at the most, so that what comes twice is known.
const REMEMBERED: usize = 1024;

/// What a node that records remembers beside its series.
#[derive(Debug)]
pub(super) struct Recorder {
    /// Places in the series of outcomes not yet pushed, at most ten.
    waiting: Vec<u32>,
    /// How long the series was when the last chunk was cut, and its head there; none before the first.
    cut: u32,
    head: Option<Hash>,
    pub(super) pending: BTreeMap<u32, Push>,
    /// The announcement that each storer has answered last, by its number among those of the chunk.
    answered: Recent<(u32, Peer), u32>,
}

impl Default for Recorder {
    fn default() -> Recorder {
        Recorder {
            waiting: Vec::new(),
            cut: 0,
            head: None,
            pending: BTreeMap::new(),
            answered: Recent::new(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Push {
    /// The chunk, as it is announced and sent.
    pub(super) intent: StoreIntent,
    pub(super) message: Message,
    /// Nodes that it was sent to and that have not been found to have lost it.
    pub(super) holders: Vec<Peer>,
    /// Those being asked whether they still have it, each with whether it has said so; `None` when nobody is.
    pub(super) asked: Option<Vec<(Peer, bool)>>,
    /// How often it was announced again.
    pub(super) again: u32,
}

impl Node {
    pub(super) fn record<S: Env>(&mut self, event: Event, ctx: &mut Context<'_, S>) {
        let place = self.series().length();
        self.append(Record::Event(event), ctx);
        ctx.observe(Observation::Recorded { kind: event.kind, subject: event.subject });
        let recorder = self.recorder.get_or_insert_default();
        if recorder.waiting.len() < CHUNK_ENTRIES {
            recorder.waiting.push(place);
        }
        let (waiting, cut) = (recorder.waiting.len(), recorder.cut);
        let config = &self.shared.config;
        let due = match config.chunking {
            Chunking::Reputation => waiting == CHUNK_ENTRIES,
            Chunking::Literal => self.series().len() % CHUNK_ENTRIES == 0,
        };
        if due {
            self.push(ctx);
        } else if let (1, Some(span)) = (waiting, config.flush_after) {
            ctx.arm(Timer::FlushDue { cut }, ctx.now + span);
        }
    }

    /// Outcomes have waited for `flush_after`, unless a chunk was cut since.
    pub(super) fn flush<S: Env>(&mut self, cut: u32, ctx: &mut Context<'_, S>) {
        let waits = |recorder: &Recorder| recorder.cut == cut && !recorder.waiting.is_empty();
        if !self.recorder.as_deref().is_some_and(waits) {
            return;
        }
        // The last ten entries, as the literal reading has it, may all be of the audit trail: nothing to tell.
        if self.unpushed().iter().any(|entry| entry.event().is_some()) {
            self.push(ctx);
        } else if let Some(recorder) = self.recorder.as_deref_mut() {
            recorder.waiting.clear();
        }
    }

    fn push<S: Env>(&mut self, ctx: &mut Context<'_, S>) {
        let entries = self.unpushed();
        let length = self.series().length();
        let id = ChunkId { recorder: self.peer(), length };
        let head = *self.series().head();
        let chunk = Arc::new(Chunk::signed(id, ctx.now, head, &entries, self.signer(), &self.shared.book));
        let message = self.parcel(&chunk);
        let recorder = self.recorder.get_or_insert_default();
        recorder.waiting.clear();
        recorder.cut = length;
        recorder.head = Some(head);
        let intent = StoreIntent::of(&chunk);
        let push = Push { intent: intent.clone(), message, holders: Vec::new(), asked: None, again: 0 };
        recorder.pending.insert(length, push);
        if recorder.pending.len() > PENDING_PUSHES {
            recorder.pending.pop_first();
        }
        self.append(Record::ChunkPushed { length, events: chunk.counts().total() }, ctx);
        ctx.observe(Observation::ChunkPushed(chunk));
        self.broadcast(Content::StoreIntent(intent), ctx);
        self.watch_over(length, ctx);
    }

    /// A chunk just cut, as it will be sent.
    fn parcel(&self, chunk: &Arc<Chunk>) -> Message {
        if !self.shared.config.proofs {
            return Message::Chunk(Arc::clone(chunk));
        }
        let book = &self.shared.book;
        let known = self.recorder.as_deref().and_then(|recorder| Some((recorder.cut, recorder.head?)));
        let (from, before) = known.unwrap_or((0, book.id(self.peer()).0));
        let proof = Proof::of(chunk, self.series(), from, before);
        Message::Proven(Arc::new(Proven::new(Arc::clone(chunk), proof, book)))
    }

    /// The entries of the next chunk. As the proposal is coded, the last ten whatever they are, but none that the chunk
    /// before had already.
    fn unpushed(&self) -> Vec<Entry> {
        let Some(recorder) = &self.recorder else { return Vec::new() };
        match self.shared.config.chunking {
            Chunking::Reputation => {
                let entry = |&place: &u32| self.series().range(place as usize..place as usize + 1);
                recorder.waiting.iter().flat_map(entry).copied().collect()
            }
            Chunking::Literal => {
                let new = self.series().len() - recorder.cut as usize;
                self.series().tail(new.min(CHUNK_ENTRIES)).to_vec()
            }
        }
    }

    /// Whether this is a chunk of this node. The entry after the last one that a chunk covers tells of its push.
    fn has_pushed(&self, chunk: ChunkId) -> bool {
        let place = chunk.length as usize;
        let entry = self.series().range(place..place.saturating_add(1)).first();
        chunk.recorder == self.peer()
            && entry.is_some_and(
                |entry| matches!(entry.record, Record::ChunkPushed { length, .. } if length == chunk.length),
            )
    }

    /// A storer wants a chunk of this node, or does not.
    pub(super) fn hear_store_answer<S: Env>(
        &mut self,
        from: Peer,
        chunk: ChunkId,
        yes: bool,
        ctx: &mut Context<'_, S>,
    ) {
        if !self.has_pushed(chunk) {
            return ctx.reject(from, Rejection::Unrequested);
        }
        let recorder = self.recorder.get_or_insert_default();
        // Who has answered may answer again when it is asked again.
        let asked = recorder.pending.get(&chunk.length).map_or(0, |push| push.again);
        if recorder.answered.get(&(chunk.length, from)).is_some_and(|answered| *answered >= asked) {
            return ctx.reject(from, Rejection::Repeated);
        }
        recorder.answered.insert((chunk.length, from), asked, REMEMBERED);
        self.append(Record::StoreAnswerReceived { length: chunk.length, from, yes }, ctx);
        ctx.observe(Observation::StoreAnswerReceived { chunk, from, yes });
        let replicas = self.shared.config.replicas as usize;
        if !yes {
            return;
        }
        let Some(recorder) = self.recorder.as_deref_mut() else { return };
        let Some(push) = recorder.pending.get_mut(&chunk.length) else { return };
        if replicas > 0 && push.holders.len() >= replicas || push.holders.contains(&from) {
            return;
        }
        push.holders.push(from);
        ctx.send(from, push.message.clone());
        ctx.observe(Observation::ChunkSent { chunk, to: from });
        let config = &self.shared.config;
        let looked_after = config.repair_every.is_some() || config.repush_after.is_some();
        if push.holders.len() == replicas && !looked_after {
            recorder.pending.remove(&chunk.length);
        }
    }
}
