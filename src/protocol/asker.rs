//! Query, collect, derive: broadcast the question, let a timer or the answers end the collection, never wait.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Shared;
use super::chunk::Chunk;
use super::codec::{Hash, head_of};
use super::derive::{derive, is_about};
use super::message::{Answer, ChunkId, Content, QueryId};
use super::node::{Context, Env, Node};
use super::observation::{Collected, Observation, Rejection};
use super::peer::Peer;
use super::recent::Recent;
use super::series::Record;
use super::timer::Timer;
use crate::units::{Duration, Time};

/// Queries, and answers to them, that a node remembers at the most, so that what comes late or twice is known.
const REMEMBERED: usize = 4096;

/// What a node that asks remembers.
#[derive(Debug)]
pub(super) struct Asker {
    open: BTreeMap<u32, Collection>,
    asked: Recent<u32, ()>,
    answered: Recent<(u32, Peer), ()>,
    /// Reputations as last derived here.
    pub(super) derived: BTreeMap<Peer, f64>,
}

impl Default for Asker {
    fn default() -> Asker {
        Asker {
            open: BTreeMap::new(),
            asked: Recent::new(),
            answered: Recent::new(),
            derived: BTreeMap::new(),
        }
    }
}

#[derive(Debug)]
struct Collection {
    target: Peer,
    issued: Time,
    answered: BTreeSet<Peer>,
    /// One answer of each source, of verified chunks about the target.
    yes: Vec<Arc<Answer>>,
    no: u32,
    first_yes: Option<Duration>,
    /// Chunks found genuine, so that each is verified once.
    genuine: BTreeSet<(ChunkId, Hash)>,
}

/// An answer as it arrives.
pub(super) enum Reply {
    Yes(Arc<Answer>),
    No { query: QueryId, held: u32 },
}

impl Node {
    pub(super) fn query<S: Env>(&mut self, target: Peer, ctx: &mut Context<'_, S>) {
        let query = QueryId { asker: self.peer(), sequence: self.next_sequence() };
        ctx.observe(Observation::QueryIssued { query, target });
        self.broadcast(Content::Query { target }, ctx);
        self.append(Record::QuerySent { query: query.sequence, target }, ctx);
        let asker = self.asker.get_or_insert_default();
        asker.asked.insert(query.sequence, (), REMEMBERED);
        asker.open.insert(query.sequence, Collection::new(target, ctx.now));
        ctx.arm(Timer::CollectionEnds { query: query.sequence }, ctx.now + self.shared.config.window);
    }

    /// An answer to a query of this node: YES with chunks, or NO.
    pub(super) fn hear_answer<S: Env>(&mut self, from: Peer, reply: Reply, ctx: &mut Context<'_, S>) {
        let (query, chunks, yes) = match &reply {
            Reply::Yes(answer) => (answer.query(), answer.chunks().len() as u32, true),
            &Reply::No { query, held } => (query, held, false),
        };
        let own = query.asker == self.peer();
        let asker =
            self.asker.as_deref_mut().filter(|asker| own && asker.asked.get(&query.sequence).is_some());
        let Some(asker) = asker else { return ctx.reject(from, Rejection::Unrequested) };
        let collection = asker.open.get_mut(&query.sequence);
        let in_time = collection.is_some();
        // An open collection knows all its answers, however many there are.
        let new = collection.is_none_or(|collection| collection.answered.insert(from));
        if !new || asker.answered.get(&(query.sequence, from)).is_some() {
            return ctx.reject(from, Rejection::Repeated);
        }
        asker.answered.insert((query.sequence, from), (), REMEMBERED);
        self.append(Record::AnswerReceived { query: query.sequence, from, yes, chunks }, ctx);
        ctx.observe(Observation::AnswerReceived { query, from, yes, in_time });
        let shared = Arc::clone(&self.shared);
        let Some(collection) = self.collection(query.sequence) else { return };
        match reply {
            Reply::No { .. } => collection.no += 1,
            Reply::Yes(answer) => {
                collection.take(answer, &shared, ctx.now, |flaw| ctx.reject(from, flaw));
                if collection.yes.len() >= shared.config.enough as usize {
                    self.end_collection(query.sequence, ctx);
                }
            }
        }
    }

    /// The window of a query has passed, unless the collection ended before.
    pub(super) fn end_collection<S: Env>(&mut self, query: u32, ctx: &mut Context<'_, S>) {
        let collection = self.asker.as_deref_mut().and_then(|asker| asker.open.remove(&query));
        let Some(collection) = collection else { return };
        let target = collection.target;
        let derived = derive(target, &collection.yes, collection.no, &self.shared.config);
        self.asker.get_or_insert_default().derived.insert(target, derived.reputation);
        ctx.observe(Observation::Collected(Box::new(Collected {
            query: QueryId { asker: self.peer(), sequence: query },
            target,
            derived,
            counted: collection.genuine.iter().map(|(id, hash)| (*id, head_of(hash))).collect(),
            took: ctx.now.since(collection.issued),
            first_yes: collection.first_yes,
        })));
    }

    fn collection(&mut self, query: u32) -> Option<&mut Collection> {
        self.asker.as_deref_mut()?.open.get_mut(&query)
    }
}

impl Collection {
    fn new(target: Peer, issued: Time) -> Collection {
        Collection {
            target,
            issued,
            answered: BTreeSet::new(),
            yes: Vec::new(),
            no: 0,
            first_yes: None,
            genuine: BTreeSet::new(),
        }
    }

    /// Takes what is good of a YES. Its sender is a source if anything is.
    fn take(&mut self, answer: Arc<Answer>, shared: &Shared, now: Time, mut reject: impl FnMut(Rejection)) {
        let mut flawed = false;
        let mut good = |chunk: &Arc<Chunk>| {
            let flaw = self.flaw_of(chunk, shared);
            flaw.into_iter().for_each(&mut reject);
            flawed |= flaw.is_some();
            flaw.is_none()
        };
        let chunks: Vec<Arc<Chunk>> = answer.chunks().iter().filter(|chunk| good(chunk)).cloned().collect();
        if chunks.is_empty() {
            return;
        }
        self.first_yes.get_or_insert(now.since(self.issued));
        self.yes.push(if flawed { Arc::new(Answer::new(answer.query(), chunks)) } else { answer });
    }

    fn flaw_of(&mut self, chunk: &Chunk, shared: &Shared) -> Option<Rejection> {
        if !is_about(chunk, self.target, shared.config.attribution) {
            return Some(Rejection::OffTopic);
        }
        let name = (chunk.id(), *chunk.hash());
        if !self.genuine.contains(&name) {
            if !chunk.verify(shared) {
                return Some(Rejection::BadSignature);
            }
            self.genuine.insert(name);
        }
        None
    }
}
