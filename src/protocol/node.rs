//! A node: what it is told, what it puts out, and which role handles what.

use std::sync::Arc;

use super::Shared;
use super::asker::{Asker, Reply};
use super::config::{Attribution, Dissemination};
use super::dissemination::delegate;
use super::event::{Detail, Event, EventKind};
use super::flood::tell_all;
use super::gossip::infect;
use super::limiter::Limiters;
use super::lookup::{LookupReason, Lookups};
use super::message::{Body, Broadcast, BroadcastId, Content, Message};
use super::observation::{Observation, Rejection};
use super::peer::{Id, Peer};
use super::recorder::Recorder;
use super::routing::RoutingTable;
use super::routing_maintenance::RoutingMaintenance;
use super::seen_cache::SeenCache;
use super::series::{Entry, Record, Series};
use super::signature::Signer;
use super::store::Store;
use super::storer::Storer;
use super::timer::Timer;
use crate::units::Time;

/// One node of the iR³ network.
///
/// The contract: give [`Node::handle`] an input and the current time, which never goes back, and carry out the outputs
/// in their order. Handles come from the shared book. Nothing else changes a node but [`Node::set_table`]. It owns no
/// clock, socket, thread or randomness, and no step ever waits: an answer is another input, later, and a missing answer is information too.
///
/// An idle node is small; what only recorders, storers or askers need is made when they first need it.
pub struct Node {
    peer: Peer,
    stores: bool,
    /// Number of the next broadcast that begins here.
    sequence: u32,
    repeats: u32,
    signer: Box<dyn Signer>,
    pub(super) shared: Arc<Shared>,
    pub(super) table: RoutingTable,
    series: Series,
    /// Broadcasts heard.
    seen: SeenCache,
    pub(super) recorder: Option<Box<Recorder>>,
    pub(super) storer: Option<Box<Storer>>,
    pub(super) asker: Option<Box<Asker>>,
    pub(super) lookups: Option<Box<Lookups>>,
    /// `None` when the table does not change by what is heard.
    pub(super) maintenance: Option<Box<RoutingMaintenance>>,
}

/// What a node is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A message arrived. The transport vouches for `from`.
    Message { from: Peer, message: Message },
    /// Bytes arrived that nobody has read yet. What is no message is counted, and that is all.
    Bytes { from: Peer, bytes: Arc<[u8]> },
    /// A timer that the node had set fired.
    Timer(Timer),
    /// The application wants something.
    Command(Command),
    /// The node is back after an absence, with what it has kept. Comes before timers that fell due meanwhile.
    Restart,
}

/// What the application can want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Record an outcome.
    Record { kind: EventKind, subject: Peer, detail: Detail },
    /// Ask about a node.
    Query { target: Peer },
    /// Tell everybody `size` bytes that mean nothing to the protocol.
    Broadcast { size: u32 },
}

/// What a node wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Send a message.
    Send { to: Peer, message: Message },
    /// Hand this timer back at that time; when the node is away then, as soon as it is back.
    SetTimer { timer: Timer, at: Time },
    /// Let whoever watches know.
    Observe(Observation),
}

/// What a node can ask of the machine it runs on.
pub trait Env {
    /// 64 random bits, from the stream meant for this input.
    fn random(&mut self) -> u64;

    /// Share of the own uplink in use over the limiters' window, 0..=1.
    fn uplink_used(&self) -> f64;

    /// The own view of the network: inbound rate and queues over what the link can do, 0..=1.
    fn network_load(&self) -> f64;
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
        let series = Series::new(peer, &shared.book);
        let maintenance = shared.config.learns().then(Box::default);
        Node {
            peer,
            stores,
            sequence: 0,
            repeats: 0,
            signer,
            shared,
            table,
            series,
            seen: SeenCache::default(),
            recorder: None,
            storer: None,
            asker: None,
            lookups: None,
            maintenance,
        }
    }

    /// Handles one input at `now`, and appends what is to be done to `out`.
    #[inline]
    pub fn handle<S: Env>(&mut self, now: Time, input: Input, env: &mut S, out: &mut Vec<Output>) {
        let ctx = &mut Context { now, env, out };
        match input {
            // By far the most.
            Input::Message { from, message } => self.take(from, message, ctx),
            input => self.act(input, ctx),
        }
    }

    #[inline]
    fn take<S: Env>(&mut self, from: Peer, message: Message, ctx: &mut Context<'_, S>) {
        if self.maintenance.is_some() {
            self.meet(from, &message, ctx);
        }
        match message {
            Message::Broadcast(copy) => self.hear(from, copy, ctx),
            message => self.receive(from, message, ctx),
        }
    }

    #[inline(never)]
    fn act<S: Env>(&mut self, input: Input, ctx: &mut Context<'_, S>) {
        match input {
            Input::Message { from, message } => self.take(from, message, ctx),
            Input::Bytes { from, bytes } => match Message::decode(&bytes, &self.shared.book) {
                Ok(message) => self.take(from, message, ctx),
                Err(_) => ctx.reject(from, Rejection::Malformed),
            },
            Input::Timer(Timer::CollectionEnds { query }) => self.end_collection(query, ctx),
            Input::Timer(Timer::AnswerDue(broadcast)) => self.answer_now(broadcast, ctx),
            Input::Timer(Timer::FlushDue { cut }) => self.flush(cut, ctx),
            Input::Timer(Timer::RepushDue { length }) => self.repush(length, ctx),
            Input::Timer(Timer::RepairDue { length }) => self.ask_holders(length, ctx),
            Input::Timer(Timer::RepairEnds { length }) => self.repair(length, ctx),
            Input::Timer(Timer::QuestionEnds { question }) => self.question_ends(question, ctx),
            Input::Timer(Timer::Begin) => self.begin(ctx),
            Input::Timer(Timer::PingDue) => self.ping_next(ctx),
            Input::Timer(Timer::PingEnds { question }) => self.ping_ends(question, ctx),
            Input::Timer(Timer::RefreshDue) => self.refresh_next(ctx),
            Input::Restart => self.restart(ctx),
            Input::Command(Command::Record { kind, subject, detail }) => {
                self.record(Event { kind, subject, detail }, ctx);
            }
            Input::Command(Command::Query { target }) => self.query(target, ctx),
            Input::Command(Command::Broadcast { size }) => self.broadcast(Content::Opaque { size }, ctx),
        }
    }

    /// Loads what handling this copy of a broadcast will look at, for a driver that knows what comes next. Changes
    /// nothing.
    pub fn prefetch(&self, copy: &Broadcast) {
        if !self.seen.has(copy.body.id()) {
            self.table.prefetch(usize::from(copy.depth));
        }
    }

    /// Replaces the routing table: membership has changed.
    pub fn set_table(&mut self, table: RoutingTable) {
        self.table = table;
    }

    /// Who it is.
    pub fn peer(&self) -> Peer {
        self.peer
    }

    pub(super) fn signer(&self) -> &dyn Signer {
        &*self.signer
    }

    pub(super) fn id(&self) -> Id {
        *self.shared.book.id(self.peer)
    }

    /// Whether it stores other nodes' chunks.
    pub fn stores(&self) -> bool {
        self.stores
    }

    /// Whom it knows.
    pub fn table(&self) -> &RoutingTable {
        &self.table
    }

    /// Its log.
    pub fn series(&self) -> &Series {
        &self.series
    }

    /// What it stores, if it was ever asked to.
    pub fn store(&self) -> Option<&Store> {
        self.storer.as_deref().map(|storer| &storer.store)
    }

    /// Copies of broadcasts that it had heard before, with nothing left to do.
    pub fn repeats(&self) -> u32 {
        self.repeats
    }

    /// The reputation of `peer` as last derived here, 0..=1.
    pub fn last_derived(&self, peer: Peer) -> Option<f64> {
        self.asker.as_deref().and_then(|asker| asker.derived.get(&peer)).copied()
    }

    /// Its limiters under these measurements (see [`Env`]), for a request worth as much as the last one (1
    /// before the first).
    pub fn limiters(&self, uplink_used: f64, network_load: f64) -> Limiters {
        let value = self.storer.as_deref().map_or(crate::units::Share::ONE, |storer| storer.value);
        Limiters::new(uplink_used, network_load, value)
    }

    pub(super) fn forget_broadcasts(&mut self) {
        self.seen = SeenCache::default();
    }

    /// The series is lost, and with it the number of broadcasts so far.
    pub(super) fn begin_again(&mut self, series: Series) {
        self.series = series;
        self.sequence = 0;
    }

    #[cfg(test)]
    pub(super) fn skip_broadcasts(&mut self, count: u32) {
        self.sequence += count;
    }

    pub(super) fn next_sequence(&self) -> u32 {
        self.sequence
    }

    pub(super) fn append<S>(&mut self, record: Record, ctx: &Context<'_, S>) {
        self.series.append(Entry { at: ctx.now, record }, &self.shared.book);
    }

    /// Tells everybody, or those closest to whom it is about.
    pub(super) fn broadcast<S: Env>(&mut self, content: Content, ctx: &mut Context<'_, S>) {
        let id = BroadcastId { origin: self.peer, sequence: self.sequence };
        self.sequence += 1;
        let body = Arc::new(Body::new(id, content));
        let copies = self.spread(&body, 0, 0, self.peer, ctx);
        ctx.observe(Observation::BroadcastStarted { id, copies });
        if self.shared.config.dissemination == Dissemination::Lookup {
            for target in self.topics(&body) {
                self.find(target, LookupReason::Tell(Arc::clone(&body)), ctx);
            }
        }
    }

    /// The ids that a body's holders are found by.
    fn topics(&self, body: &Body) -> Vec<Id> {
        let peers: &[Peer] = match (body.content(), self.shared.config.attribution) {
            (Content::StoreIntent(_), Attribution::Recorder) => &[self.peer],
            (Content::StoreIntent(intent), Attribution::Subject) => &intent.subjects,
            (Content::Query { target }, _) => std::slice::from_ref(target),
            (Content::Opaque { .. }, _) => &[],
        };
        peers.iter().map(|&peer| *self.shared.book.id(peer)).collect()
    }

    /// Says something to some nodes, and leaves it at that.
    pub(super) fn tell_closest<S: Env>(
        &mut self,
        body: &Arc<Body>,
        peers: Vec<Peer>,
        ctx: &mut Context<'_, S>,
    ) {
        let copies = peers.len() as u32;
        for peer in peers {
            ctx.send(peer, copy(body, u8::MAX, 0));
        }
        ctx.observe(Observation::BroadcastForwarded { id: body.id(), copies });
    }

    #[inline(never)]
    fn receive<S: Env>(&mut self, from: Peer, message: Message, ctx: &mut Context<'_, S>) {
        match message {
            Message::Broadcast(copy) => self.hear(from, copy, ctx),
            Message::StoreAnswer { chunk, yes } => self.hear_store_answer(from, chunk, yes, ctx),
            Message::Chunk(chunk) => self.keep(from, chunk, None, ctx),
            Message::Proven(proven) => {
                self.keep(from, Arc::clone(&proven.chunk), Some(&proven.proof), ctx);
            }
            Message::Yes(answer) => self.hear_answer(from, Reply::Yes(answer), ctx),
            Message::No { query, held } => self.hear_answer(from, Reply::No { query, held }, ctx),
            Message::Holds { chunk } => self.hear_holds(from, chunk, ctx),
            Message::Held { chunk, yes } => self.hear_held(from, chunk, yes, ctx),
            Message::Find(find) => self.hear_find(from, &find, ctx),
            Message::Nodes(nodes) => self.hear_nodes(from, nodes.question(), nodes.peers(), ctx),
            Message::Ping { question, .. } => ctx.send(from, Message::Pong { question }),
            Message::Pong { question } => self.hear_pong(from, question, ctx),
        }
    }

    /// Passes a broadcast on to the buckets that its first copy makes the node responsible for, and acts on it. Other
    /// copies are only counted: to cover what a later copy of smaller depth adds would double the messages of
    /// `redundancy = 2`, and reach 0.1 % more nodes with a tenth of them away (1,000 nodes).
    fn hear<S: Env>(&mut self, from: Peer, copy: Broadcast, ctx: &mut Context<'_, S>) {
        let Broadcast { depth, hops, body } = copy;
        let id = body.id();
        if id.origin == self.peer || !self.seen.insert(id, self.shared.config.seen) {
            self.repeats = self.repeats.saturating_add(1);
            return;
        }
        ctx.observe(Observation::BroadcastHeard { id, hops });
        let copies = self.spread(&body, usize::from(depth), hops, from, ctx);
        if copies > 0 {
            ctx.observe(Observation::BroadcastForwarded { id, copies });
        }
        if self.stores {
            self.consider(body, ctx);
        }
    }

    #[inline]
    fn spread<S: Env>(
        &self,
        body: &Arc<Body>,
        depth: usize,
        hops: u8,
        from: Peer,
        ctx: &mut Context<'_, S>,
    ) -> u32 {
        let mut copies = 0;
        let Context { env, out, .. } = ctx;
        let skip = [from, body.id().origin];
        let config = &self.shared.config;
        let draw = || env.random();
        let mut send = |to, depth| {
            copies += 1;
            out.push(Output::Send { to, message: copy(body, depth, hops) });
        };
        match config.dissemination {
            Dissemination::Tree => delegate(&self.table, depth, config.redundancy, skip, draw, send),
            Dissemination::Flood => tell_all(&self.table, skip, |to| send(to, 0)),
            Dissemination::Gossip => infect(&self.table, config.fanout, skip, draw, |to| send(to, 0)),
            Dissemination::Lookup => {}
        }
        copies
    }
}

/// The next copy of a broadcast that is so many hops from its origin here.
fn copy(body: &Arc<Body>, depth: u8, hops: u8) -> Message {
    Message::Broadcast(Broadcast { depth, hops: hops.saturating_add(1), body: Arc::clone(body) })
}

/// The handling of one input.
pub(super) struct Context<'a, S> {
    pub(super) now: Time,
    pub(super) env: &'a mut S,
    out: &'a mut Vec<Output>,
}

impl<S> Context<'_, S> {
    pub(super) fn send(&mut self, to: Peer, message: Message) {
        self.out.push(Output::Send { to, message });
    }

    pub(super) fn arm(&mut self, timer: Timer, at: Time) {
        self.out.push(Output::SetTimer { timer, at });
    }

    pub(super) fn observe(&mut self, observation: Observation) {
        self.out.push(Output::Observe(observation));
    }

    pub(super) fn reject(&mut self, from: Peer, reason: Rejection) {
        self.observe(Observation::Rejected { from, reason });
    }
}

impl<S: Env> Context<'_, S> {
    pub(super) fn draw(&mut self) -> u64 {
        self.env.random()
    }
}
