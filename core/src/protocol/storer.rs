//! The role of a storage node, store and answer: it decides by its limiters, answers one to one, and is done.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::awaited::Awaited;
use super::chunk::Chunk;
use super::config::{Attribution, Config, StoreConfig, ValueModel, WhenFull};
use super::context::{Context, LocalPeer};
use super::derive::Reputations;
use super::io::Driver;
use super::limiter::{Limiters, information};
use super::message::{Answer, Body, BroadcastId, ChunkId, Content, Message, QueryId, Refusal, StoreIntent};
use super::observation::{Observation, Rejection};
use super::peer::Peer;
use super::proof::Proof;
use super::reservations::Reservations;
use super::sample;
use super::series::{Record, Series};
use super::store::Store;
use super::timer::Timer;
use crate::units::{Duration, Share, Time};

/// What a storage node remembers once it has been asked for something.
#[derive(Debug)]
pub(super) struct Storer {
    store: Store,
    /// What the last request was worth.
    value: Share,
    /// Announcements said YES to whose chunk may still come, however many there are.
    wanted: Awaited<ChunkId, Arc<Body>>,
    reserved: Reservations,
    put_off: BTreeMap<BroadcastId, Arc<Body>>,
}

impl Default for Storer {
    fn default() -> Storer {
        Storer {
            store: Store::default(),
            value: Share::ONE,
            wanted: Awaited::new(),
            reserved: Reservations::default(),
            put_off: BTreeMap::new(),
        }
    }
}

impl Storer {
    /// Whether a broadcast is for a node that holds nothing yet, and so is worth making it a storer. Who was never told
    /// of a chunk has nothing to say to a query.
    pub(super) fn begins_with(body: &Body) -> bool {
        matches!(body.content(), Content::StoreIntent(_))
    }

    /// A broadcast was heard for the first time: it is acted on now or a little later. `known` are the reputations that
    /// were derived here.
    #[inline(never)]
    pub(super) fn on_broadcast<E: Driver>(
        &mut self,
        body: Arc<Body>,
        known: Option<&Reputations>,
        series: &mut Series,
        ctx: &mut Context<'_, E>,
    ) {
        match body.content() {
            Content::Opaque { .. } => return,
            Content::StoreIntent(_) => {}
            &Content::Query { target } => {
                let chunks = self.store.chunks_about(target, ctx.config().attribution);
                if chunks == 0 {
                    return;
                }
                let query = query_of(&body);
                ctx.observe(Observation::QueryReached { query, target, chunks });
            }
        }
        let spread = ctx.config().answer_jitter;
        if spread.is_zero() {
            return self.answer(&body, known, series, ctx);
        }
        let delay = Duration::from_nanos(sample::below(spread.as_nanos(), ctx.draw()));
        ctx.set_timer(Timer::AnswerDue(body.id()), ctx.now + delay);
        self.put_off.insert(body.id(), body);
    }

    /// An answer that was put off is due.
    pub(super) fn on_answer_due<E: Driver>(
        &mut self,
        broadcast: BroadcastId,
        known: Option<&Reputations>,
        series: &mut Series,
        ctx: &mut Context<'_, E>,
    ) {
        if let Some(body) = self.put_off.remove(&broadcast) {
            self.answer(&body, known, series, ctx);
        }
    }

    /// A chunk that this node said YES to arrives; only what was announced, and signed, is kept.
    pub(super) fn on_chunk<E: Driver>(
        &mut self,
        from: Peer,
        chunk: Arc<Chunk>,
        proof: Option<&Proof>,
        ctx: &mut Context<'_, E>,
    ) {
        if let Some(reason) = self.flaw_of(&chunk, proof, ctx.now, ctx.local) {
            return ctx.reject(from, reason);
        }
        self.wanted.remove(&chunk.id());
        self.reserved.end(chunk.id());
        let config = &ctx.config().store;
        // What was long on its way may find its room taken.
        if !self.has_room(chunk.id(), chunk.encoded_len(), ctx.now, config) {
            return ctx.reject(from, Rejection::NoRoom);
        }
        self.store.insert(Arc::clone(&chunk));
        if config.capacity.is_some() {
            self.store.note_kept(chunk.id(), ctx.now);
        }
        ctx.observe(Observation::Stored(chunk));
        self.make_room(ctx);
    }

    /// What this node itself has about the target of its own query.
    pub(super) fn own_answer<E: Driver>(
        &mut self,
        query: QueryId,
        target: Peer,
        ctx: &Context<'_, E>,
    ) -> Option<Answer> {
        let config = ctx.config();
        let chunks = self.store.about(target, config.attribution);
        if chunks.is_empty() {
            return None;
        }
        if config.store.capacity.is_some() {
            self.store.note_asked(target, ctx.now);
        }
        Some(Answer::new(query, chunks))
    }

    /// A restart has lost what was stored.
    pub(super) fn on_lost<E: Driver>(&self, ctx: &mut Context<'_, E>) {
        self.store.iter().for_each(|chunk| ctx.observe(Observation::Dropped(Arc::clone(chunk))));
    }

    /// What is stored.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    #[cfg(test)]
    pub(super) fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    /// What the last request was worth.
    pub(super) fn value(&self) -> Share {
        self.value
    }

    fn answer<E: Driver>(
        &mut self,
        body: &Arc<Body>,
        known: Option<&Reputations>,
        series: &mut Series,
        ctx: &mut Context<'_, E>,
    ) {
        // Who asks for something, be it room or an answer.
        let requester = Requester { peer: body.id().origin, known };
        match body.content() {
            Content::StoreIntent(intent) => self.answer_intent(requester, (intent, body), series, ctx),
            &Content::Query { target } => self.answer_query(requester, query_of(body), target, series, ctx),
            Content::Opaque { .. } => {}
        }
    }

    fn answer_intent<E: Driver>(
        &mut self,
        recorder: Requester<'_>,
        (intent, body): (&StoreIntent, &Arc<Body>),
        series: &mut Series,
        ctx: &mut Context<'_, E>,
    ) {
        if !intent.is_possible() {
            return ctx.reject(recorder.peer, Rejection::Impossible);
        }
        let config = ctx.config();
        let chunk = ChunkId { recorder: recorder.peer, length: intent.length };
        if self.store.contains(chunk) {
            // Its recorder may have lost sight of this holder.
            if config.repair_every.is_some() || config.repush_after.is_some() {
                ctx.send(recorder.peer, Message::Held { chunk, yes: true });
            }
            return;
        }
        let limiters = self.limiters_now(self.value_of_chunk(recorder, intent, config), ctx);
        let refused = if limiters.let_store(&config.limiter, || ctx.draw()) {
            let fits = self.has_room(chunk, intent.size, ctx.now, &config.store);
            (!fits).then_some(Refusal::NoRoom)
        } else {
            Some(Refusal::RateLimited)
        };
        if refused.is_none() {
            self.reserve(chunk, intent.size, ctx.now, &config.store);
            // Announcements are not signed: a second one must not take the place of the first.
            self.wanted.wait(chunk, ctx.now, ctx.now + config.chunk_wait, || Arc::clone(body));
        }
        ctx.send(recorder.peer, Message::StoreAnswer { chunk, refused });
        ctx.append(series, Record::StoreAnswerSent { chunk, yes: refused.is_none() });
        ctx.observe(Observation::StoreAnswered { chunk, refused });
    }

    fn answer_query<E: Driver>(
        &mut self,
        asker: Requester<'_>,
        query: QueryId,
        target: Peer,
        series: &mut Series,
        ctx: &mut Context<'_, E>,
    ) {
        let config = ctx.config();
        let held = self.store.chunks_about(target, config.attribution);
        if held == 0 {
            return;
        }
        if config.store.capacity.is_some() {
            self.store.note_asked(target, ctx.now);
        }
        let limiters = self.limiters_now(self.value_of_answer(asker, target, config), ctx);
        let yes = limiters.let_answer(&config.limiter, || ctx.draw());
        let message = if yes {
            let chunks = self.store.about(target, config.attribution);
            Message::Yes(Arc::new(Answer::new(query, chunks)))
        } else {
            Message::No { query, held }
        };
        ctx.send(query.asker, message);
        ctx.append(series, Record::AnswerSent { query, yes });
        ctx.observe(Observation::AnswerSent { query, yes });
    }

    /// Whether a chunk of this size fits beside what is held and what is on its way, or can be made to.
    fn has_room(&mut self, chunk: ChunkId, size: u32, now: Time, config: &StoreConfig) -> bool {
        let Some(capacity) = config.capacity else { return true };
        let taken = match config.when_full {
            WhenFull::Refuse => self.store.bytes() + self.reserved.beside(chunk, now),
            WhenFull::LeastRecentlyAsked => 0,
        };
        taken + u64::from(size) <= capacity.as_bytes()
    }

    fn reserve(&mut self, chunk: ChunkId, size: u32, now: Time, config: &StoreConfig) {
        if config.capacity.is_some() && config.when_full == WhenFull::Refuse {
            self.reserved.reserve(chunk, size, now + config.reserve_for);
        }
    }

    /// Gives up what has no room any more.
    fn make_room<E: Driver>(&mut self, ctx: &mut Context<'_, E>) {
        let Some(capacity) = ctx.config().store.capacity else { return };
        while self.store.bytes() > capacity.as_bytes() {
            let Some(chunk) = self.store.evict() else { return };
            ctx.observe(Observation::Dropped(chunk));
        }
    }

    /// Why a chunk is not to be kept, if it is not.
    fn flaw_of(
        &self,
        chunk: &Chunk,
        proof: Option<&Proof>,
        now: Time,
        local: &LocalPeer,
    ) -> Option<Rejection> {
        match self.flaw_beside_signature(chunk, now) {
            Some(flaw) => Some(flaw),
            None if !chunk.verify(&local.shared) => Some(Rejection::BadSignature),
            None => self.flaw_in_chain(chunk, proof, local),
        }
    }

    /// What keeps a chunk from being looked at any further.
    fn flaw_beside_signature(&self, chunk: &Chunk, now: Time) -> Option<Rejection> {
        match self.wanted.get(&chunk.id(), now) {
            None => Some(Rejection::Unrequested),
            Some(body) if *body.content() != Content::StoreIntent(StoreIntent::of(chunk)) => {
                Some(Rejection::NotAsAnnounced)
            }
            Some(_) => None,
        }
    }

    /// Signatures that this node verifies when a chunk comes.
    pub(super) fn verifications(&self, chunk: &Chunk, now: Time) -> u32 {
        if self.flaw_beside_signature(chunk, now).is_none() { 1 + chunk.receipts() } else { 0 }
    }

    /// What is wrong with where a chunk says that it comes from, when chunks are to prove it.
    fn flaw_in_chain(&self, chunk: &Chunk, proof: Option<&Proof>, local: &LocalPeer) -> Option<Rejection> {
        if !local.config().proofs {
            return None;
        }
        let good = proof.filter(|proof| proof.verify(chunk, local.peers()));
        let Some(proof) = good else { return Some(Rejection::Unproven) };
        let (length, head) = proof.begins();
        let before = ChunkId { recorder: chunk.recorder(), length };
        let known = self.store.get(before);
        known.is_some_and(|known| known.anchor() != head).then_some(Rejection::Forked)
    }

    fn limiters_now<E: Driver>(&mut self, value: Share, ctx: &Context<'_, E>) -> Limiters {
        self.value = value;
        Limiters::new(ctx.driver.uplink_used(), ctx.driver.network_load(), value)
    }

    fn value_of_answer(&self, asker: Requester<'_>, target: Peer, config: &Config) -> Share {
        match config.limiter.value {
            ValueModel::Flat => Share::ONE,
            ValueModel::Information => information(self.store.events_about(target, config.attribution)),
            ValueModel::Requester => asker.reputation(config),
        }
    }

    /// Information: what this node would hold about the chunk's subjects if it had it. Without the chunk itself an
    /// empty store would find every first chunk worthless, and stay empty.
    fn value_of_chunk(&self, recorder: Requester<'_>, intent: &StoreIntent, config: &Config) -> Share {
        let events_about = |peer| self.store.events_about(peer, config.attribution);
        match config.limiter.value {
            ValueModel::Flat => Share::ONE,
            ValueModel::Information => {
                let held = match config.attribution {
                    Attribution::Recorder => events_about(recorder.peer),
                    Attribution::Subject => {
                        let about = intent.subjects.iter().map(|&subject| events_about(subject));
                        about.fold(0, u32::saturating_add)
                    }
                };
                information(held.saturating_add(intent.events))
            }
            ValueModel::Requester => recorder.reputation(config),
        }
    }
}

/// A recorder asks whether its chunk is still here; a node that stores nothing says no.
pub(super) fn on_holds<E: Driver>(
    storer: Option<&Storer>,
    from: Peer,
    chunk: ChunkId,
    ctx: &mut Context<'_, E>,
) {
    let yes = storer.is_some_and(|storer| storer.store.contains(chunk));
    ctx.send(from, Message::Held { chunk, yes });
}

/// Who wants something of a storer, and what was derived here about nodes.
#[derive(Clone, Copy)]
struct Requester<'a> {
    peer: Peer,
    known: Option<&'a Reputations>,
}

impl Requester<'_> {
    fn reputation(self, config: &Config) -> Share {
        let known = self.known.and_then(|known| known.of(self.peer));
        known.map_or(config.newcomer, Share::clamped)
    }
}

fn query_of(body: &Body) -> QueryId {
    QueryId { asker: body.id().origin, sequence: body.id().sequence }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::super::harness::{Solo, chunk};
    use super::super::message::BroadcastId;
    use super::*;
    use crate::units::ByteSize;

    const RECORDER: Peer = Peer(3);
    const SUBJECT: Peer = Peer(7);

    fn praise(solo: &Solo) -> Arc<Chunk> {
        chunk(&solo.local.shared, RECORDER, 10, &[(SUBJECT, 10, 0)])
    }

    fn hear(storer: &mut Storer, solo: &mut Solo, origin: Peer, content: Content) {
        let body = Arc::new(Body::new(BroadcastId { origin, sequence: 4 }, content));
        solo.give(|series, _, ctx| storer.on_broadcast(body, None, series, ctx));
    }

    fn announce(storer: &mut Storer, solo: &mut Solo, chunk: &Chunk) {
        hear(storer, solo, chunk.recorder(), Content::StoreIntent(StoreIntent::of(chunk)));
    }

    /// A storer that has taken a chunk.
    fn stored(config: Config) -> (Storer, Solo) {
        let (mut storer, mut solo) = (Storer::default(), Solo::new(config));
        let chunk = praise(&solo);
        announce(&mut storer, &mut solo, &chunk);
        solo.give(|_, _, ctx| storer.on_chunk(RECORDER, chunk, None, ctx));
        assert_eq!((storer.store().len(), solo.rejected()), (1, vec![]));
        solo.sent();
        (storer, solo)
    }

    #[test]
    fn an_announcement_is_answered_and_its_chunk_is_kept() {
        let (storer, mut solo) = stored(Config::default());
        assert_eq!(storer.store().chunks_about(SUBJECT, Attribution::Subject), 1);
        assert!(solo.observed().iter().any(|seen| matches!(seen, Observation::Stored(_))));
    }

    #[test]
    fn a_chunk_that_nobody_announced_is_refused() {
        let (mut storer, mut solo) = (Storer::default(), Solo::new(Config::default()));
        let chunk = praise(&solo);
        solo.give(|_, _, ctx| storer.on_chunk(RECORDER, chunk, None, ctx));
        assert_eq!((storer.store().len(), solo.rejected()), (0, vec![Rejection::Unrequested]));
    }

    #[test]
    fn a_storer_verifies_the_signatures_that_it_says_it_will() {
        let (mut storer, mut solo) = (Storer::default(), Solo::new(Config::default()));
        let verified = solo.count_verifications();
        let (chunk, other) = (praise(&solo), chunk(&solo.local.shared, RECORDER, 10, &[(SUBJECT, 2, 0)]));
        let comes = |solo: &mut Solo, chunk: &Arc<Chunk>, storer: &mut Storer| {
            let (before, said) = (verified.load(Ordering::Relaxed), storer.verifications(chunk, solo.now));
            solo.give(|_, _, ctx| storer.on_chunk(RECORDER, Arc::clone(chunk), None, ctx));
            assert_eq!(verified.load(Ordering::Relaxed) - before, said);
            said
        };
        assert_eq!(comes(&mut solo, &chunk, &mut storer), 0, "it is not announced");
        announce(&mut storer, &mut solo, &chunk);
        assert_eq!(comes(&mut solo, &other, &mut storer), 0, "another is announced");
        assert_eq!(comes(&mut solo, &chunk, &mut storer), 1);
        assert_eq!(comes(&mut solo, &chunk, &mut storer), 0, "it is kept");
    }

    #[test]
    fn a_storer_whose_uplink_is_full_wants_no_chunk_and_answers_no() {
        let (mut storer, mut solo) = stored(Config::default());
        solo.used = 1.0;
        let other = chunk(&solo.local.shared, Peer(4), 10, &[(SUBJECT, 10, 0)]);
        announce(&mut storer, &mut solo, &other);
        hear(&mut storer, &mut solo, Peer(9), Content::Query { target: SUBJECT });
        let query = QueryId { asker: Peer(9), sequence: 4 };
        let refusals = [
            (Peer(4), Message::StoreAnswer { chunk: other.id(), refused: Some(Refusal::RateLimited) }),
            (Peer(9), Message::No { query, held: 1 }),
        ];
        assert_eq!(solo.sent(), refusals);
    }

    #[test]
    fn a_query_about_what_is_not_held_gets_no_answer() {
        let (mut storer, mut solo) = stored(Config::default());
        hear(&mut storer, &mut solo, Peer(9), Content::Query { target: Peer(8) });
        assert_eq!(solo.sent(), []);
    }

    #[test]
    fn an_answer_that_is_put_off_comes_with_its_timer() {
        let config = Config { answer_jitter: Duration::from_secs(1), ..Config::default() };
        let (mut storer, mut solo) = (Storer::default(), Solo::new(config));
        let chunk = praise(&solo);
        announce(&mut storer, &mut solo, &chunk);
        assert_eq!(solo.sent(), []);
        let (Timer::AnswerDue(broadcast), _) = solo.timers()[0] else { unreachable!("it is put off") };
        solo.give(|series, _, ctx| storer.on_answer_due(broadcast, None, series, ctx));
        assert_eq!(solo.sent().len(), 1);
    }

    #[test]
    fn a_full_store_refuses_a_second_chunk_before_the_first_has_come() {
        let store = StoreConfig {
            capacity: Some(ByteSize::from_bytes(300)),
            when_full: WhenFull::Refuse,
            ..Config::default().store
        };
        let config = Config { store, ..Config::default() };
        let (mut storer, mut solo) = (Storer::default(), Solo::new(config));
        let (one, other) = (praise(&solo), chunk(&solo.local.shared, Peer(4), 10, &[(SUBJECT, 10, 0)]));
        announce(&mut storer, &mut solo, &one);
        announce(&mut storer, &mut solo, &other);
        let says = |(_, message): (Peer, Message)| match message {
            Message::StoreAnswer { refused, .. } => refused,
            _ => unreachable!("nothing else is sent"),
        };
        assert_eq!(solo.sent().into_iter().map(says).collect::<Vec<_>>(), [None, Some(Refusal::NoRoom)]);
    }

    #[test]
    fn only_an_announcement_makes_a_storer() {
        let id = BroadcastId { origin: Peer(9), sequence: 0 };
        assert!(!Storer::begins_with(&Body::new(id, Content::Query { target: SUBJECT })));
        assert!(!Storer::begins_with(&Body::new(id, Content::Opaque { size: 1 })));
    }
}
