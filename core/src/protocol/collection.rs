//! What an asker hears until a query ends: who has answered, what of that is good, and what it comes to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Shared;
use super::announced::Announced;
use super::chunk::Chunk;
use super::codec::{Hash, head_of};
use super::config::{Collect, Config, Sources};
use super::derive::{Derived, Evidence, Trust, is_about, is_for};
use super::event::Event;
use super::message::{Answer, ChunkId, QueryId, Seal};
use super::observation::{Collected, Rejection};
use super::peer::Peer;
use super::source;
use crate::units::{Duration, Time};

/// The answers to a query that is open.
#[derive(Debug)]
pub(super) struct Collection {
    target: Peer,
    issued: Time,
    pub(super) answered: BTreeSet<Peer>,
    /// One answer of each source, of verified chunks about the target.
    yes: Vec<Arc<Answer>>,
    /// Who gave these; of identities that are one source the first.
    sources: Vec<Peer>,
    /// YES of others that are one source with one of these.
    joined: u32,
    no: Vec<Peer>,
    first_yes: Option<Duration>,
    /// Chunks found genuine, so that each is verified once.
    genuine: BTreeSet<(ChunkId, Hash)>,
    /// Chunks that are signed, but were announced otherwise.
    versions: BTreeSet<(ChunkId, Hash)>,
    /// Recorders that have signed two chunks of one name.
    equivocators: BTreeSet<Peer>,
}

/// What chunks are checked against.
pub(super) struct Check<'a> {
    pub(super) own: Peer,
    /// `None`: whatever is signed is taken.
    pub(super) announced: Option<&'a Announced>,
    pub(super) shared: &'a Shared,
}

/// An answer as it arrives.
pub(super) enum Reply {
    Yes(Arc<Answer>),
    No { query: QueryId, held: u32 },
}

impl Reply {
    /// What a series keeps of a YES.
    pub(super) fn seal(&self) -> Option<Seal> {
        match self {
            Reply::Yes(answer) => Some(answer.seal()),
            Reply::No { .. } => None,
        }
    }
}

impl Collection {
    pub(super) fn new(target: Peer, issued: Time) -> Collection {
        Collection {
            target,
            issued,
            answered: BTreeSet::new(),
            yes: Vec::new(),
            sources: Vec::new(),
            joined: 0,
            no: Vec::new(),
            first_yes: None,
            genuine: BTreeSet::new(),
            versions: BTreeSet::new(),
            equivocators: BTreeSet::new(),
        }
    }

    /// The first answer of a node: a YES counts as far as it is good.
    pub(super) fn hear(
        &mut self,
        from: Peer,
        reply: Reply,
        check: &Check<'_>,
        now: Time,
        reject: impl FnMut(Rejection),
    ) {
        match reply {
            Reply::No { .. } => self.no.push(from),
            Reply::Yes(answer) => self.take(from, answer, check, now, reject),
        }
    }

    /// What has been heard comes to this.
    pub(super) fn derive(&mut self, trust: Trust<'_>, now: Time, shared: &Shared) -> Derived {
        self.leave_out_equivocators();
        let places = (shared.config.sources == Sources::Addresses).then_some(&shared.peers);
        let no = self.refusals(shared);
        self.leave_out_outdated(now, &shared.config);
        Evidence { yes: &self.yes, no, now, trust, places }.derive(self.target, &shared.config)
    }

    /// Whether nothing more is waited for.
    pub(super) fn has_enough(&self, shared: &Shared) -> bool {
        let counted = match shared.config.collect {
            Collect::Yes => self.yes.len(),
            Collect::Any => source::count(self.answered.iter().copied(), shared),
            Collect::ScanAfter => return false,
        };
        counted >= shared.config.enough as usize
    }

    /// Sources that have said NO and nothing else.
    fn refusals(&self, shared: &Shared) -> u32 {
        let says_yes = |peer: &Peer| self.source_of(*peer, shared).is_some();
        let refused: Vec<Peer> = self.no.iter().copied().filter(|peer| !says_yes(peer)).collect();
        source::count(refused.into_iter(), shared) as u32
    }

    /// The place of a source that has said YES.
    fn source_of(&self, peer: Peer, shared: &Shared) -> Option<usize> {
        self.sources.iter().position(|&known| source::is_same(known, peer, shared))
    }

    /// Takes what is good of a YES. If anything is, its sender is a source, or adds to what the one says that it is part of.
    fn take(
        &mut self,
        from: Peer,
        answer: Arc<Answer>,
        check: &Check<'_>,
        now: Time,
        mut reject: impl FnMut(Rejection),
    ) {
        let mut flawed = false;
        let mut good = |chunk: &Arc<Chunk>| {
            let flaw = self.flaw_of(chunk, check);
            flaw.into_iter().for_each(&mut reject);
            flawed |= flaw.is_some();
            flaw.is_none()
        };
        let chunks: Vec<Arc<Chunk>> = answer.chunks().iter().filter(|chunk| good(chunk)).cloned().collect();
        if chunks.is_empty() {
            return;
        }
        self.first_yes.get_or_insert(now.since(self.issued));
        match self.source_of(from, check.shared) {
            Some(place) => {
                self.yes[place] = Arc::new(with_more(&self.yes[place], &chunks));
                self.joined += 1;
            }
            None => {
                self.yes.push(if flawed { Arc::new(Answer::new(answer.query(), chunks)) } else { answer });
                self.sources.push(from);
            }
        }
    }

    /// Leaves out all that recorders say who have told one asker this and another that.
    fn leave_out_equivocators(&mut self) {
        if self.equivocators.is_empty() {
            return;
        }
        let equivocators = std::mem::take(&mut self.equivocators);
        self.retain(|chunk| !equivocators.contains(&chunk.recorder()));
        self.genuine.retain(|(chunk, _)| !equivocators.contains(&chunk.recorder));
        self.equivocators = equivocators;
    }

    /// Leaves out chunks of which nothing is recent enough: who brought no other is no source.
    fn leave_out_outdated(&mut self, now: Time, config: &Config) {
        let Some(span) = config.recency else { return };
        let target = self.target;
        self.retain(|chunk| {
            let is_for = |event: &Event| is_for(chunk.recorder(), event.subject, target, config.attribution);
            chunk.outcomes().any(|(entry, event, _)| now <= entry.at + span && is_for(event))
        });
    }

    /// Leaves these chunks, and who has brought one of them.
    fn retain(&mut self, stays: impl Fn(&Chunk) -> bool) {
        let mut gone = BTreeSet::new();
        for answer in &mut self.yes {
            let (left, out): (Vec<_>, Vec<_>) =
                answer.chunks().iter().cloned().partition(|chunk| stays(chunk));
            if !out.is_empty() {
                *answer = Arc::new(Answer::new(answer.query(), left));
                gone.extend(out.iter().map(|chunk| (chunk.id(), *chunk.hash())));
            }
        }
        self.genuine.retain(|chunk| !gone.contains(chunk));
        let left = self.yes.iter().map(|answer| !answer.chunks().is_empty());
        let mut left = left.collect::<Vec<_>>().into_iter();
        self.sources.retain(|_| left.next().unwrap_or(true));
        self.yes.retain(|answer| !answer.chunks().is_empty());
    }

    /// Signatures that taking this answer would verify: each chunk is verified once.
    pub(super) fn verifications(&self, answer: &Answer, check: &Check<'_>) -> u32 {
        let Check { own, announced, shared } = *check;
        let attribution = shared.config.attribution;
        let new = answer.chunks().iter().filter(|chunk| is_about(chunk, self.target, attribution));
        // Who is not known to be announced is not looked at, but for another chunk of an announced name.
        let new = new.filter(|chunk| announced.is_none_or(|it| chunk.recorder() == own || it.names(chunk)));
        let names: BTreeMap<_, _> =
            new.map(|chunk| ((chunk.id(), *chunk.hash()), chunk.receipts())).collect();
        let unknown =
            names.iter().filter(|(name, _)| !self.genuine.contains(name) && !self.versions.contains(name));
        unknown.map(|(_, receipts)| 1 + receipts).sum()
    }

    /// It is over, and has come to this; and who has answered, so that what comes later is known.
    pub(super) fn end(self, query: QueryId, derived: Derived, now: Time) -> (Collected, BTreeSet<Peer>) {
        let collected = Collected {
            query,
            target: self.target,
            derived,
            counted: self.genuine.iter().map(|(id, hash)| (*id, head_of(hash))).collect(),
            took: now.since(self.issued),
            sources: self.sources.into(),
            joined: self.joined,
            first_yes: self.first_yes,
        };
        (collected, self.answered)
    }

    fn flaw_of(&mut self, chunk: &Chunk, check: &Check<'_>) -> Option<Rejection> {
        let Check { own, announced, shared } = *check;
        if !is_about(chunk, self.target, shared.config.attribution) {
            return Some(Rejection::OffTopic);
        }
        // Its own broadcasts a node does not hear.
        if let Some(announced) = announced.filter(|it| chunk.recorder() != own && !it.has(chunk)) {
            if announced.names(chunk) && self.is_new_version(chunk, shared) && self.convicts(chunk.id()) {
                return Some(Rejection::Equivocated);
            }
            return Some(Rejection::Unannounced);
        }
        let name = (chunk.id(), *chunk.hash());
        if !self.genuine.contains(&name) {
            if !chunk.verify(shared) {
                return Some(Rejection::BadSignature);
            }
            self.genuine.insert(name);
            if announced.is_some() && self.convicts(chunk.id()) {
                return Some(Rejection::Equivocated);
            }
        }
        None
    }

    /// Whether a chunk that was announced otherwise is signed by its recorder; each is looked at once.
    fn is_new_version(&mut self, chunk: &Chunk, shared: &Shared) -> bool {
        let name = (chunk.id(), *chunk.hash());
        let is_new = !self.versions.contains(&name) && chunk.verify(shared);
        is_new && self.versions.insert(name)
    }

    /// Whether its recorder has signed two chunks of this name: then nothing it says counts. An announcement would not do
    /// as evidence, since anybody can make one in its name.
    fn convicts(&mut self, chunk: ChunkId) -> bool {
        let names = (chunk, [0; 32])..=(chunk, [255; 32]);
        let signed = self.genuine.range(names.clone()).count() + self.versions.range(names).count();
        if signed > 1 {
            self.equivocators.insert(chunk.recorder);
        }
        signed > 1
    }
}

/// An answer with the chunks of another one that are not in it.
fn with_more(answer: &Answer, more: &[Arc<Chunk>]) -> Answer {
    let name = |chunk: &Arc<Chunk>| (chunk.id(), *chunk.hash());
    let known: BTreeSet<_> = answer.chunks().iter().map(name).collect();
    let new = more.iter().filter(|chunk| !known.contains(&name(chunk)));
    Answer::new(answer.query(), answer.chunks().iter().chain(new).cloned().collect())
}
