//! Store and answer: a storage node decides by its limiters, answers one to one, and is done.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chunk::Chunk;
use super::config::{Attribution, StoreConfig, ValueModel, WhenFull};
use super::limiter::{Limiters, information};
use super::message::{Answer, Body, BroadcastId, ChunkId, Content, Message, QueryId, StoreIntent};
use super::node::{Context, Env, Node};
use super::observation::{Observation, Rejection};
use super::peer::Peer;
use super::proof::Proof;
use super::recent::Recent;
use super::sample;
use super::series::Record;
use super::store::Store;
use super::timer::Timer;
use crate::units::{Duration, Share, Time};

/// Announcements said YES to whose chunk may still come; those of long ago are forgotten.
const WANTED: usize = 1024;

/// So long a chunk that was wanted may take to come.
const ON_ITS_WAY: Duration = Duration::from_secs(30);

/// What a storage node remembers once it has been asked for something.
#[derive(Debug)]
pub(super) struct Storer {
    pub(super) store: Store,
    /// What the last request was worth.
    pub(super) value: Share,
    wanted: Recent<ChunkId, StoreIntent>,
    /// Room kept for chunks that were wanted and have not come, each until a time.
    reserved: Vec<(Time, ChunkId, u32)>,
    put_off: BTreeMap<BroadcastId, Arc<Body>>,
}

impl Default for Storer {
    fn default() -> Storer {
        Storer {
            store: Store::default(),
            value: Share::ONE,
            wanted: Recent::new(),
            reserved: Vec::new(),
            put_off: BTreeMap::new(),
        }
    }
}

impl Node {
    /// A storage node acts on a broadcast that it hears for the first time, now or a little later.
    #[inline(never)]
    pub(super) fn consider<S: Env>(&mut self, body: Arc<Body>, ctx: &mut Context<'_, S>) {
        match body.content() {
            Content::Opaque { .. } => return,
            Content::StoreIntent(_) => {}
            &Content::Query { target } => {
                let chunks = self.chunks_about(target);
                if chunks == 0 {
                    return;
                }
                let query = query_of(&body);
                ctx.observe(Observation::QueryReached { query, target, chunks });
            }
        }
        let spread = self.shared.config.answer_jitter;
        if spread.is_zero() {
            return self.answer(&body, ctx);
        }
        let delay = Duration::from_nanos(sample::below(spread.as_nanos(), ctx.draw()));
        ctx.arm(Timer::AnswerDue(body.id()), ctx.now + delay);
        self.storer.get_or_insert_default().put_off.insert(body.id(), body);
    }

    /// An answer that was put off is due.
    pub(super) fn answer_now<S: Env>(&mut self, broadcast: BroadcastId, ctx: &mut Context<'_, S>) {
        let body = self.storer.as_deref_mut().and_then(|storer| storer.put_off.remove(&broadcast));
        if let Some(body) = body {
            self.answer(&body, ctx);
        }
    }

    fn answer<S: Env>(&mut self, body: &Body, ctx: &mut Context<'_, S>) {
        match body.content() {
            Content::StoreIntent(intent) => self.answer_intent(body.id().origin, intent, ctx),
            &Content::Query { target } => self.answer_query(query_of(body), target, ctx),
            Content::Opaque { .. } => {}
        }
    }

    fn answer_intent<S: Env>(&mut self, recorder: Peer, intent: &StoreIntent, ctx: &mut Context<'_, S>) {
        if !intent.is_possible() {
            return ctx.reject(recorder, Rejection::Impossible);
        }
        let chunk = ChunkId { recorder, length: intent.length };
        if self.store().is_some_and(|store| store.contains(chunk)) {
            // Its recorder may have lost sight of this holder.
            let config = &self.shared.config;
            if config.repair_every.is_some() || config.repush_after.is_some() {
                ctx.send(recorder, Message::Held { chunk, yes: true });
            }
            return;
        }
        let value = self.value_of_chunk(recorder, intent);
        let limiters = self.limiters_now(value, ctx);
        let yes = limiters.let_store(&self.shared.config.limiter, || ctx.draw())
            && self.has_room(chunk, intent.size, ctx.now);
        if yes {
            self.reserve(chunk, intent.size, ctx.now);
            let wanted = &mut self.storer.get_or_insert_default().wanted;
            // Announcements are not signed: a second one must not take the place of the first.
            if wanted.get(&chunk).is_none() {
                wanted.insert(chunk, intent.clone(), WANTED);
            }
        }
        ctx.send(recorder, Message::StoreAnswer { chunk, yes });
        self.append(Record::StoreAnswerSent { chunk, yes }, ctx);
        ctx.observe(Observation::StoreAnswered { chunk, yes });
    }

    /// Whether a chunk of this size fits beside what is held and what is on its way, or can be made to.
    fn has_room(&mut self, chunk: ChunkId, size: u32, now: Time) -> bool {
        let StoreConfig { capacity, when_full } = self.shared.config.store;
        let Some(capacity) = capacity else { return true };
        let storer = self.storer.get_or_insert_default();
        storer.reserved.retain(|(until, _, _)| *until > now);
        let others = storer.reserved.iter().filter(|(_, other, _)| *other != chunk);
        let reserved: u64 = others.map(|(_, _, size)| u64::from(*size)).sum();
        let taken = match when_full {
            WhenFull::Refuse => storer.store.bytes() + reserved,
            WhenFull::LeastRecentlyAsked => 0,
        };
        taken + u64::from(size) <= capacity.as_bytes()
    }

    fn reserve(&mut self, chunk: ChunkId, size: u32, now: Time) {
        if self.shared.config.store.capacity.is_some() {
            let reserved = &mut self.storer.get_or_insert_default().reserved;
            reserved.retain(|(_, other, _)| *other != chunk);
            reserved.push((now + ON_ITS_WAY, chunk, size));
        }
    }

    /// Gives up what has no room any more.
    fn make_room<S>(&mut self, ctx: &mut Context<'_, S>) {
        let Some(capacity) = self.shared.config.store.capacity else { return };
        let store = &mut self.storer.get_or_insert_default().store;
        while store.bytes() > capacity.as_bytes() {
            let Some(chunk) = store.evict() else { return };
            ctx.observe(Observation::Dropped(chunk));
        }
    }

    fn answer_query<S: Env>(&mut self, query: QueryId, target: Peer, ctx: &mut Context<'_, S>) {
        let held = self.chunks_about(target);
        if held == 0 {
            return;
        }
        if self.shared.config.store.capacity.is_some() {
            self.storer.get_or_insert_default().store.note_asked(target, ctx.now);
        }
        let value = self.value_of_answer(query.asker, target);
        let limiters = self.limiters_now(value, ctx);
        let yes = limiters.let_answer(&self.shared.config.limiter, || ctx.draw());
        let message = if yes {
            let attribution = self.shared.config.attribution;
            let chunks = self.store().map_or_else(Vec::new, |store| store.about(target, attribution));
            Message::Yes(Arc::new(Answer::new(query, chunks)))
        } else {
            Message::No { query, held }
        };
        ctx.send(query.asker, message);
        self.append(Record::AnswerSent { query, yes }, ctx);
        ctx.observe(Observation::AnswerSent { query, yes });
    }

    /// A chunk that this node said YES to arrives; only what was announced, and signed, is kept.
    pub(super) fn keep<S: Env>(
        &mut self,
        from: Peer,
        chunk: Arc<Chunk>,
        proof: Option<&Proof>,
        ctx: &mut Context<'_, S>,
    ) {
        let wanted = self.storer.as_deref().and_then(|storer| storer.wanted.get(&chunk.id()));
        let flaw = match wanted {
            None => Some(Rejection::Unrequested),
            Some(intent) if *intent != StoreIntent::of(&chunk) => Some(Rejection::NotAsAnnounced),
            Some(_) if !chunk.verify(&self.shared) => Some(Rejection::BadSignature),
            Some(_) => self.flaw_in_chain(&chunk, proof),
        };
        if let Some(reason) = flaw {
            return ctx.reject(from, reason);
        }
        let storer = self.storer.get_or_insert_default();
        storer.wanted.remove(&chunk.id());
        storer.reserved.retain(|(_, reserved, _)| *reserved != chunk.id());
        // What was long on its way may find its room taken.
        if !self.has_room(chunk.id(), chunk.encoded_len(), ctx.now) {
            return ctx.reject(from, Rejection::NoRoom);
        }
        let bounded = self.shared.config.store.capacity.is_some();
        let store = &mut self.storer.get_or_insert_default().store;
        store.insert(Arc::clone(&chunk));
        if bounded {
            store.note_kept(chunk.id(), ctx.now);
        }
        ctx.observe(Observation::Stored(chunk));
        self.make_room(ctx);
    }

    /// What is wrong with where a chunk says that it comes from, when chunks are to prove it.
    fn flaw_in_chain(&self, chunk: &Chunk, proof: Option<&Proof>) -> Option<Rejection> {
        if !self.shared.config.proofs {
            return None;
        }
        let good = proof.filter(|proof| proof.verify(chunk, &self.shared.book));
        let Some(proof) = good else { return Some(Rejection::Unproven) };
        let (length, head) = proof.begins();
        let before = ChunkId { recorder: chunk.recorder(), length };
        let known = self.store().and_then(|store| store.get(before));
        known.is_some_and(|known| known.anchor() != head).then_some(Rejection::Forked)
    }

    fn chunks_about(&self, target: Peer) -> u32 {
        self.store().map_or(0, |store| store.chunks_about(target, self.shared.config.attribution))
    }

    fn events_about(&self, target: Peer) -> u32 {
        self.store().map_or(0, |store| store.events_about(target, self.shared.config.attribution))
    }

    fn limiters_now<S: Env>(&mut self, value: Share, ctx: &Context<'_, S>) -> Limiters {
        self.storer.get_or_insert_default().value = value;
        Limiters::new(ctx.env.uplink_used(), ctx.env.network_load(), value)
    }

    fn value_of_answer(&self, asker: Peer, target: Peer) -> Share {
        match self.shared.config.limiter.value {
            ValueModel::Flat => Share::ONE,
            ValueModel::Information => information(self.events_about(target)),
            ValueModel::Requester => self.reputation_here(asker),
        }
    }

    /// Information: what this node would hold about the chunk's subjects if it had it. Without the chunk itself an
    /// empty store would find every first chunk worthless, and stay empty.
    fn value_of_chunk(&self, recorder: Peer, intent: &StoreIntent) -> Share {
        match self.shared.config.limiter.value {
            ValueModel::Flat => Share::ONE,
            ValueModel::Information => {
                let held = match self.shared.config.attribution {
                    Attribution::Recorder => self.events_about(recorder),
                    Attribution::Subject => {
                        let about = intent.subjects.iter().map(|&subject| self.events_about(subject));
                        about.fold(0, u32::saturating_add)
                    }
                };
                information(held.saturating_add(intent.events))
            }
            ValueModel::Requester => self.reputation_here(recorder),
        }
    }

    fn reputation_here(&self, peer: Peer) -> Share {
        self.last_derived(peer).map_or(self.shared.config.newcomer, Share::clamped)
    }
}

fn query_of(body: &Body) -> QueryId {
    QueryId { asker: body.id().origin, sequence: body.id().sequence }
}
