//! A node: its roles, and which of them handles what.

use std::sync::Arc;

use super::Shared;
use super::asker::{Asker, Knowledge};
use super::broadcaster::{Announcement, Broadcaster, tell_closest};
use super::chunk::Chunk;
use super::codec::DecodeError;
use super::collection::Reply;
use super::config::{OwnStore, Persist};
use super::context::{Context, LocalPeer};
use super::event::Event;
use super::extras::{Extras, maintenance, relay};
use super::io::{Collecting, Command, Driver, Env, Input, Output};
use super::limiter::Limiters;
use super::lookup::{LookupOutcome, LookupReason, LookupRequest, Lookups, on_find};
use super::message::{Body, Broadcast, ChunkId, Content, Message, Passed, QueryId};
use super::observation::{Observation, Rejection};
use super::peer::Peer;
use super::proof::Proof;
use super::receipt::{Claim, Countersigned};
use super::recorder::Recorder;
use super::relay::{Arrival, pass_back};
use super::routing::RoutingTable;
use super::routing_maintenance::Refresh;
use super::series::{Record, Series};
use super::signature::Signer;
use super::store::Store;
use super::storer::{Storer, on_holds};
use super::timer::Timer;
use crate::units::{Share, Time};

/// One node of the iR³ network.
///
/// The contract: give [`Node::handle`] an input and the current time, which never goes back, and carry out the outputs
/// in their order; or have [`Node::drive`] put them out one by one. Handles come from the shared table of peers. Nothing else changes a node but [`Node::set_table`]. It
/// owns no clock, socket, thread or randomness, and no step ever waits: an answer is another input, later, and a missing answer is information too.
///
/// An idle node is small; what only recorders, storers or askers need is made when they first need it.
pub struct Node {
    local: LocalPeer,
    roles: Roles,
}

/// What changes about a node: its roles, and what several of them work on.
///
/// No role knows another one's state. What one wants of another it returns as a value ([`Announcement`],
/// [`LookupRequest`], [`LookupOutcome`], [`Refresh`]), which is handed on here.
struct Roles {
    /// Whom the node knows: kept by routing maintenance, read by whoever sends to others.
    table: RoutingTable,
    /// The node's log, to which recorder, storer and asker append.
    series: Series,
    broadcaster: Broadcaster,
    recorder: Option<Box<Recorder>>,
    storer: Option<Box<Storer>>,
    asker: Option<Box<Asker>>,
    lookups: Option<Box<Lookups>>,
    extras: Option<Box<Extras>>,
}

impl Node {
    /// The node of `peer`, which signs with its own key; with `stores`, a storage node.
    pub fn new(
        peer: Peer,
        signer: Box<dyn Signer>,
        stores: bool,
        shared: Arc<Shared>,
        table: RoutingTable,
    ) -> Node {
        let roles = Roles {
            table,
            series: Series::new(peer),
            broadcaster: Broadcaster::default(),
            recorder: None,
            storer: None,
            asker: None,
            lookups: None,
            extras: Extras::new(&shared.config),
        };
        Node { local: LocalPeer { peer, stores, signer, shared }, roles }
    }

    /// Handles one input at `now`, and appends what is to be done to `out`.
    pub fn handle<E: Env>(&mut self, now: Time, input: Input, env: &mut E, out: &mut Vec<Output>) {
        self.drive(now, input, &mut Collecting { env, out });
    }

    /// Handles one input at `now`, and has `driver` carry out each of the outputs as it comes.
    #[inline(always)]
    pub fn drive<E: Driver>(&mut self, now: Time, input: Input, driver: &mut E) {
        let ctx = &mut Context { now, local: &self.local, driver };
        match input {
            // By far the most.
            Input::Message { from, message } => self.roles.on_message(from, message, ctx),
            input => self.roles.on_input(input, ctx),
        }
    }

    /// Loads what handling this copy of a broadcast will look at, for a driver that knows what comes next. Changes
    /// nothing.
    #[inline]
    pub fn prefetch(&self, copy: &Broadcast) {
        if !self.roles.broadcaster.prefetch(copy.body.id()) {
            self.roles.table.prefetch(usize::from(copy.depth));
        }
    }

    /// Signatures that handling this message would verify at `now`, for a driver that lets that take time.
    pub fn verifications(&self, now: Time, from: Peer, message: &Message) -> u32 {
        let of_answer = |from, answer| {
            let (own, shared) = (self.local.peer, &self.local.shared);
            let announced = self.roles.extras.as_deref().and_then(Extras::announced);
            let asker = self.roles.asker.as_deref();
            asker.map_or(0, |it| it.verifications(own, from, answer, announced, shared))
        };
        let of_chunk = |chunk| self.roles.storer.as_deref().map_or(0, |it| it.verifications(chunk, now));
        match message {
            Message::Chunk(chunk) => of_chunk(chunk),
            Message::Proven(proven) => of_chunk(&proven.chunk),
            Message::Yes(answer) => of_answer(from, answer),
            Message::Passed(passed) => match &passed.answer {
                Message::Yes(answer) => of_answer(passed.holder, answer),
                _ => 0,
            },
            Message::Receipt(answer) => {
                self.roles.recorder.as_deref().map_or(0, |it| it.verifications(from, answer))
            }
            _ => 0,
        }
    }

    /// Replaces the routing table: membership has changed.
    pub fn set_table(&mut self, table: RoutingTable) {
        self.roles.table = table;
    }

    /// Who it is.
    pub fn peer(&self) -> Peer {
        self.local.peer
    }

    /// Whether it stores other nodes' chunks.
    pub fn stores(&self) -> bool {
        self.local.stores
    }

    /// Whom it knows.
    pub fn table(&self) -> &RoutingTable {
        &self.roles.table
    }

    /// Its log.
    pub fn series(&self) -> &Series {
        &self.roles.series
    }

    /// What it stores, if it was ever asked to.
    pub fn store(&self) -> Option<&Store> {
        self.roles.storer.as_deref().map(Storer::store)
    }

    /// Copies of broadcasts that it had heard before, with nothing left to do.
    pub fn repeats(&self) -> u32 {
        self.roles.broadcaster.repeats()
    }

    /// The reputation of `peer` as last derived here, 0..=1.
    pub fn last_derived(&self, peer: Peer) -> Option<f64> {
        self.roles.asker.as_deref().and_then(|asker| asker.reputations().of(peer))
    }

    /// Its limiters under these measurements (see [`Env`]), for a request worth as much as the last one (1
    /// before the first).
    pub fn limiters(&self, uplink_used: f64, network_load: f64) -> Limiters {
        let value = self.roles.storer.as_deref().map_or(Share::ONE, Storer::value);
        Limiters::new(uplink_used, network_load, value)
    }

    #[cfg(test)]
    pub(super) fn put_in_store(&mut self, chunk: Arc<Chunk>) {
        self.roles.storer.get_or_insert_default().store_mut().insert(chunk);
    }

    #[cfg(test)]
    pub(super) fn put_in_mind(&mut self, peer: Peer, reputation: f64) {
        self.roles.asker.get_or_insert_default().reputations_mut().insert(peer, reputation);
    }

    #[cfg(test)]
    pub(super) fn skip_broadcasts(&mut self, count: u32) {
        self.roles.broadcaster.skip(count);
    }
}

/// From inputs to roles.
impl Roles {
    #[inline(always)]
    fn on_message<E: Driver>(&mut self, from: Peer, message: Message, ctx: &mut Context<'_, E>) {
        if let Some(maintenance) = maintenance(&mut self.extras) {
            maintenance.on_message(from, &message, &mut self.table, ctx);
        }
        match message {
            Message::Broadcast(copy) => self.on_broadcast(from, copy, ctx),
            message => self.on_direct_message(from, message, ctx),
        }
    }

    #[inline(never)]
    fn on_input<E: Driver>(&mut self, input: Input, ctx: &mut Context<'_, E>) {
        match input {
            Input::Message { .. } => unreachable!("messages have been handled"),
            Input::Bytes { from, bytes } => match Message::decode(&bytes, ctx.local.peers()) {
                Ok(message) => self.on_message(from, message, ctx),
                Err(DecodeError::TableFull) => ctx.reject(from, Rejection::TableFull),
                Err(_) => ctx.reject(from, Rejection::Malformed),
            },
            Input::Timer(timer) => self.on_timer(timer, ctx),
            Input::Command(command) => self.on_command(command, ctx),
            Input::Restart => self.on_restart(ctx),
        }
    }

    #[inline(never)]
    fn on_direct_message<E: Driver>(&mut self, from: Peer, message: Message, ctx: &mut Context<'_, E>) {
        match message {
            Message::Broadcast(_) => unreachable!("broadcasts have been handled"),
            Message::StoreAnswer { chunk, refused } => {
                self.on_store_answer(from, chunk, refused.is_none(), ctx);
            }
            Message::Chunk(chunk) => self.on_chunk(from, chunk, None, ctx),
            Message::Proven(proven) => {
                self.on_chunk(from, Arc::clone(&proven.chunk), Some(&proven.proof), ctx);
            }
            message @ (Message::Yes(_) | Message::No { .. }) => self.on_answer_message(from, &message, ctx),
            Message::Ask { number, target } => {
                self.on_ask(QueryId { asker: from, sequence: number }, target, ctx);
            }
            Message::Passed(passed) => self.on_passed(from, passed, ctx),
            Message::Holds { chunk } => on_holds(self.storer.as_deref(), from, chunk, ctx),
            Message::Held { chunk, yes } => self.on_held(from, chunk, yes, ctx),
            Message::Claim(claim) => self.on_claim(from, &claim, ctx),
            Message::Receipt(answer) => self.on_receipt(from, &answer, ctx),
            Message::Find(find) => on_find(from, &find, &self.table, ctx),
            Message::Nodes(nodes) => {
                let Some(lookups) = self.lookups.as_deref_mut() else { return unrequested(from, ctx) };
                let outcome = lookups.on_nodes(from, &nodes, ctx);
                self.on_lookup_outcome(outcome, ctx);
            }
            Message::Ping { question, .. } => ctx.send(from, Message::Pong { question }),
            Message::Pong { question } => self.on_pong(from, question, ctx),
        }
    }

    fn on_timer<E: Driver>(&mut self, timer: Timer, ctx: &mut Context<'_, E>) {
        match timer {
            Timer::CollectionEnds { query } => {
                let knowledge = knowledge(self.extras.as_deref(), self.recorder.as_deref());
                self.asker.iter_mut().for_each(|asker| asker.on_collection_ends(query, knowledge, ctx));
            }
            Timer::AnswerDue(broadcast) => {
                let known = self.asker.as_deref().map(Asker::reputations);
                if let Some(storer) = self.storer.as_deref_mut() {
                    storer.on_answer_due(broadcast, known, &mut self.series, ctx);
                }
            }
            Timer::FlushDue { .. }
            | Timer::RepushDue { .. }
            | Timer::RepairDue { .. }
            | Timer::RepairEnds { .. }
            | Timer::ReceiptDue { .. } => self.on_recorder_timer(timer, ctx),
            Timer::RelayDue { query } => {
                let relay = self.extras.as_mut().and_then(|extras| extras.relay.as_mut());
                relay.into_iter().for_each(|relay| relay.on_relay_due(query, &self.table, ctx));
            }
            Timer::QuestionEnds { question } => self.on_question_ends(question, ctx),
            Timer::Begin | Timer::PingDue | Timer::PingEnds { .. } | Timer::RefreshDue => {
                self.on_maintenance_timer(timer, ctx);
            }
        }
    }

    fn on_recorder_timer<E: Driver>(&mut self, timer: Timer, ctx: &mut Context<'_, E>) {
        let Some(recorder) = self.recorder.as_deref_mut() else { return };
        let announcement = match timer {
            Timer::FlushDue { cut } => recorder.on_flush_due(cut, &mut self.series, ctx),
            Timer::RepushDue { length } => recorder.on_repush_due(length, ctx),
            Timer::ReceiptDue { number } => recorder.on_receipt_due(number, &mut self.series, ctx),
            Timer::RepairEnds { length } => recorder.on_repair_ends(length, ctx),
            Timer::RepairDue { length } => return recorder.on_repair_due(length, ctx),
            _ => None,
        };
        announcement.into_iter().for_each(|announcement| self.announce(announcement, ctx));
    }

    fn on_maintenance_timer<E: Driver>(&mut self, timer: Timer, ctx: &mut Context<'_, E>) {
        let Some(maintenance) = maintenance(&mut self.extras) else { return };
        match timer {
            Timer::Begin => {
                let refresh = maintenance.on_begin(&self.table, ctx);
                self.refresh(refresh, ctx);
            }
            Timer::RefreshDue => {
                let request = maintenance.on_refresh_due(&self.table, ctx);
                request.into_iter().for_each(|request| self.look_up(request, ctx));
            }
            Timer::PingDue => maintenance.on_ping_due(&self.table, ctx),
            Timer::PingEnds { question } => maintenance.on_ping_ends(question, &mut self.table, ctx),
            _ => {}
        }
    }

    fn on_command<E: Driver>(&mut self, command: Command, ctx: &mut Context<'_, E>) {
        let announcement = match command {
            Command::Record { kind, subject, detail } => {
                let countersigner = self.extras.as_ref().and_then(|extras| extras.countersigner.as_ref());
                let party = countersigner.and_then(|it| it.party(detail.reference));
                let recorder = self.recorder.get_or_insert_default();
                recorder.on_outcome(Event { kind, subject, detail }, party, &mut self.series, ctx)
            }
            Command::Dealt { with, reference, performer, good } => {
                if ctx.config().receipts.is_some() {
                    let countersigner =
                        self.extras.get_or_insert_default().countersigner.get_or_insert_default();
                    countersigner.on_dealt((with, reference), performer, good, ctx);
                }
                None
            }
            Command::Agree { with, reference } => {
                self.recorder.get_or_insert_default().on_agree(with, reference, ctx);
                None
            }
            Command::Query { target } => return self.ask(target, ctx),
            Command::Broadcast { size } => {
                Some(Announcement { content: Content::Opaque { size }, timers: [None, None] })
            }
        };
        announcement.into_iter().for_each(|announcement| self.announce(announcement, ctx));
    }

    /// Asks everybody, and looks into its own store.
    fn ask<E: Driver>(&mut self, target: Peer, ctx: &mut Context<'_, E>) {
        let query = QueryId { asker: ctx.local.peer, sequence: self.broadcaster.next_sequence() };
        let asker = self.asker.get_or_insert_default();
        let announcement = asker.on_query(target, query.sequence, &mut self.series, ctx);
        if ctx.config().queries.is_some() {
            let number = self.broadcaster.take_sequence();
            self.extras.get_or_insert_default().relay.get_or_insert_default().ask(
                number,
                target,
                &self.table,
                ctx,
            );
            announcement.timers.into_iter().flatten().for_each(|(timer, at)| ctx.set_timer(timer, at));
        } else {
            self.announce(announcement, ctx);
        }
        let storer = self.storer.as_deref_mut().filter(|_| ctx.config().own_store == OwnStore::Answers);
        if let Some(answer) = storer.and_then(|storer| storer.own_answer(query, target, ctx)) {
            self.on_answer(ctx.local.peer, Reply::Yes(Arc::new(answer)), ctx);
        }
    }

    /// Somebody wants something asked in another name than its own.
    fn on_ask<E: Driver>(&mut self, back: QueryId, target: Peer, ctx: &mut Context<'_, E>) {
        let number = self.broadcaster.next_sequence();
        let relay = self.extras.get_or_insert_default().relay.get_or_insert_default();
        if !relay.on_ask((back, target), number, &self.table, ctx) {
            self.broadcaster.take_sequence();
            return;
        }
        self.announce(Announcement { content: Content::Query { target }, timers: [None, None] }, ctx);
        let query = QueryId { asker: ctx.local.peer, sequence: number };
        let storer = self.storer.as_deref_mut().filter(|_| ctx.config().own_store == OwnStore::Answers);
        if let Some(answer) = storer.and_then(|storer| storer.own_answer(query, target, ctx)) {
            ctx.append(&mut self.series, Record::AnswerSent { query, yes: true });
            ctx.observe(Observation::AnswerSent { query, yes: true });
            pass_back(ctx.local.peer, &Message::Yes(Arc::new(answer)), back, ctx);
        }
    }

    /// An answer to a question that was handed on.
    fn on_passed<E: Driver>(&mut self, from: Peer, passed: Arc<Passed>, ctx: &mut Context<'_, E>) {
        let Some(relay) = relay(&mut self.extras) else { return unrequested(from, ctx) };
        let Arrival::Own(passed) = relay.on_passed(from, passed, ctx) else { return };
        match &passed.answer {
            Message::Yes(answer) => self.on_answer(passed.holder, Reply::Yes(Arc::clone(answer)), ctx),
            &Message::No { query, held } => self.on_answer(passed.holder, Reply::No { query, held }, ctx),
            _ => unreachable!("nothing else is passed on"),
        }
    }

    /// An answer to a query that was broadcast from here: to one of its own, or of somebody else.
    fn on_answer_message<E: Driver>(&mut self, from: Peer, message: &Message, ctx: &mut Context<'_, E>) {
        let (query, reply) = match message {
            Message::Yes(answer) => (answer.query(), Reply::Yes(Arc::clone(answer))),
            &Message::No { query, held } => (query, Reply::No { query, held }),
            _ => unreachable!("other messages are no answers"),
        };
        let relay = relay(&mut self.extras).filter(|_| query.asker == ctx.local.peer);
        match relay.and_then(|relay| relay.carries(query.sequence, ctx.now)) {
            Some(back) => pass_back(from, message, back, ctx),
            None => self.on_answer(from, reply, ctx),
        }
    }

    /// The node starts again after an absence, with what it has kept. What it remembered of others' broadcasts and its own
    /// open collections and lookups is always gone when anything is.
    fn on_restart<E: Driver>(&mut self, ctx: &mut Context<'_, E>) {
        let persist = ctx.config().series.persist;
        if persist != Persist::All {
            self.storer.take().iter().for_each(|storer| storer.on_lost(ctx));
            self.asker = None;
            self.extras.iter_mut().for_each(|extras| extras.forget());
            self.lookups.iter_mut().for_each(|lookups| lookups.give_up());
            self.broadcaster.forget_seen();
        }
        if persist == Persist::Nothing {
            self.recorder = None;
            self.series = Series::new(ctx.local.peer);
            self.broadcaster.forget_sequence();
        }
        self.recorder.iter_mut().for_each(|recorder| recorder.on_restart());
        self.lookups.iter_mut().for_each(|lookups| lookups.on_restart());
        let asked = self.lookups.as_deref().map_or(0, Lookups::asked);
        let Some(maintenance) = maintenance(&mut self.extras) else { return };
        let request = maintenance.on_restart(asked, &mut self.table, ctx);
        request.into_iter().for_each(|request| self.look_up(request, ctx));
    }

    #[inline(never)]
    fn on_broadcast<E: Driver>(&mut self, from: Peer, copy: Broadcast, ctx: &mut Context<'_, E>) {
        let body = self.broadcaster.on_broadcast(from, copy, &self.table, ctx);
        if let (Some(extras), Some(body)) = (&mut self.extras, &body) {
            extras.announced.iter_mut().for_each(|announced| announced.on_broadcast(body, ctx));
            extras.relay.iter_mut().for_each(|relay| relay.on_broadcast(body));
        }
        if let Some(body) = body.filter(|_| ctx.local.stores) {
            self.consider(body, ctx);
        }
    }

    /// A storage node has heard of something.
    fn consider<E: Driver>(&mut self, body: Arc<Body>, ctx: &mut Context<'_, E>) {
        if self.storer.is_none() && !Storer::begins_with(&body) {
            return;
        }
        let known = self.asker.as_deref().map(Asker::reputations);
        self.storer.get_or_insert_default().on_broadcast(body, known, &mut self.series, ctx);
    }

    fn on_store_answer<E: Driver>(
        &mut self,
        from: Peer,
        chunk: ChunkId,
        yes: bool,
        ctx: &mut Context<'_, E>,
    ) {
        match self.recorder.as_deref_mut() {
            Some(recorder) => recorder.on_store_answer(from, chunk, yes, &mut self.series, ctx),
            None => unrequested(from, ctx),
        }
    }

    /// Without `receipts` nobody signs anything.
    fn on_claim<E: Driver>(&mut self, from: Peer, claim: &Claim, ctx: &mut Context<'_, E>) {
        match &ctx.config().receipts {
            Some(receipts) => {
                self.extras
                    .get_or_insert_default()
                    .countersigner
                    .get_or_insert_default()
                    .on_claim(from, claim, receipts, ctx);
            }
            None => unrequested(from, ctx),
        }
    }

    fn on_receipt<E: Driver>(&mut self, from: Peer, answer: &Countersigned, ctx: &mut Context<'_, E>) {
        let Some(recorder) = self.recorder.as_deref_mut() else { return unrequested(from, ctx) };
        let announcement = recorder.on_receipt(from, answer, &mut self.series, ctx);
        announcement.into_iter().for_each(|announcement| self.announce(announcement, ctx));
    }

    fn on_held<E: Driver>(&mut self, from: Peer, chunk: ChunkId, yes: bool, ctx: &mut Context<'_, E>) {
        match self.recorder.as_deref_mut() {
            Some(recorder) => recorder.on_held(from, chunk, yes, ctx),
            None => unrequested(from, ctx),
        }
    }

    fn on_chunk<E: Driver>(
        &mut self,
        from: Peer,
        chunk: Arc<Chunk>,
        proof: Option<&Proof>,
        ctx: &mut Context<'_, E>,
    ) {
        match self.storer.as_deref_mut() {
            Some(storer) => storer.on_chunk(from, chunk, proof, ctx),
            None => unrequested(from, ctx),
        }
    }

    fn on_answer<E: Driver>(&mut self, from: Peer, reply: Reply, ctx: &mut Context<'_, E>) {
        match self.asker.as_deref_mut() {
            Some(asker) => {
                let knowledge = knowledge(self.extras.as_deref(), self.recorder.as_deref());
                asker.on_answer(from, reply, knowledge, &mut self.series, ctx);
            }
            None => unrequested(from, ctx),
        }
    }

    fn on_pong<E: Driver>(&mut self, from: Peer, question: u32, ctx: &mut Context<'_, E>) {
        let maintenance = maintenance(&mut self.extras);
        let taken = maintenance.map_or(Err(Rejection::Unrequested), |it| it.on_pong(from, question, ctx.now));
        taken.unwrap_or_else(|reason| ctx.reject(from, reason));
    }

    fn on_question_ends<E: Driver>(&mut self, question: u32, ctx: &mut Context<'_, E>) {
        let Some(lookups) = self.lookups.as_deref_mut() else { return };
        let Some(unanswered) = lookups.on_question_ends(question) else { return };
        if let Some(maintenance) = maintenance(&mut self.extras) {
            maintenance.on_unanswered(&unanswered, &mut self.table, ctx);
        }
        let outcome = lookups.resume(&unanswered, ctx);
        self.on_lookup_outcome(outcome, ctx);
    }
}

/// From role to role.
impl Roles {
    /// Recorder and asker, and the application: tells everybody, or those closest to whom it is about.
    fn announce<E: Driver>(&mut self, announcement: Announcement, ctx: &mut Context<'_, E>) {
        let started = self.broadcaster.start(announcement.content, &self.table, ctx);
        let by_bootstrap = maintenance(&mut self.extras).is_some_and(|it| it.is_joining());
        for target in started.targets {
            let reason = LookupReason::Tell(Arc::clone(&started.body));
            self.look_up(LookupRequest { target, reason, by_bootstrap }, ctx);
        }
        announcement.timers.into_iter().flatten().for_each(|(timer, at)| ctx.set_timer(timer, at));
    }

    /// Routing maintenance: looks up, and then sets timers.
    fn refresh<E: Driver>(&mut self, refresh: Refresh, ctx: &mut Context<'_, E>) {
        refresh.lookups.into_iter().for_each(|request| self.look_up(request, ctx));
        refresh.timers.into_iter().flatten().for_each(|(timer, at)| ctx.set_timer(timer, at));
    }

    fn look_up<E: Driver>(&mut self, request: LookupRequest, ctx: &mut Context<'_, E>) {
        let lookups = self.lookups.get_or_insert_default();
        let outcome = lookups.start(request, &self.table, ctx);
        self.on_lookup_outcome(outcome, ctx);
    }

    /// Lookups: what was found goes to whoever wanted to know.
    fn on_lookup_outcome<E: Driver>(&mut self, outcome: Option<LookupOutcome>, ctx: &mut Context<'_, E>) {
        match outcome {
            None => {}
            Some(LookupOutcome::Tell { body, closest }) => tell_closest(&body, closest, ctx),
            Some(LookupOutcome::Placed(neighbour)) => {
                let Some(maintenance) = maintenance(&mut self.extras) else { return };
                let refresh = maintenance.on_placed(neighbour, &self.table, ctx);
                self.refresh(refresh, ctx);
            }
        }
    }
}

/// What bears on answers beside the asker's own state.
fn knowledge<'a>(extras: Option<&'a Extras>, recorder: Option<&'a Recorder>) -> Knowledge<'a> {
    let announced = extras.and_then(Extras::announced);
    Knowledge { announced, experience: recorder.map(Recorder::experience) }
}

/// Whoever answers a role that was never taken up answers nothing that was asked.
fn unrequested<E: Driver>(from: Peer, ctx: &mut Context<'_, E>) {
    ctx.reject(from, Rejection::Unrequested);
}
