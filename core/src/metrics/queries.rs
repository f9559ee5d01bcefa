//! Queries, joined with ground truth: which hosts held something about the target, why a holder was silent, and what
//! the true share of good outcomes was.

use std::collections::{BTreeMap, BTreeSet};

use super::silence::{Holders, Silence};
use super::storage::Storage;
use super::truth::Truth;
use crate::protocol::{BroadcastId, ChunkId, Collected, Confidence, Peer, QueryId};
use crate::units::{Duration, HostId, Time};
use crate::world::{About, Fate, IdentityMap, LossCause};

/// One query, from its issue to the end of its collection.
#[derive(Clone, Debug)]
pub(super) struct QueryRecord {
    pub id: QueryId,
    pub asker: HostId,
    pub target: Peer,
    pub issued: Time,
    /// The workload that asks; `None` for an adversary's own queries.
    pub workload: Option<u16>,
    /// Events about the target when the query was issued, and the share of good ones among them.
    pub target_events: u32,
    pub truth: Option<f64>,
    /// The share of good outcomes by the target's own account.
    pub self_reported: Option<f64>,
    pub yes: u32,
    pub no: u32,
    /// Hosts whose first answer was YES, and NO: several identities of one may answer.
    pub holders_yes: u32,
    pub holders_no: u32,
    /// Under which name it was broadcast, where somebody else did; the last one, where several did.
    pub sent_as: Option<QueryId>,
    /// Hosts that the asker has handed it to.
    pub told: u32,
    /// Whether the first spy that heard of it takes the asker for who asks.
    pub linked: Option<bool>,
    /// How many of these answers came from the asker's own host.
    pub own: u32,
    /// From the issue to the first YES.
    pub first_yes: Option<Duration>,
    pub silent: Silence,
    /// Answers by hosts that hold nothing about the target.
    pub answers_of_bystanders: u32,
    /// `None` until the collection has ended.
    pub end: Option<QueryEnd>,
    /// The milestones (numbers of events) for which it is the target's first query.
    pub first_at: Vec<u32>,
}

/// The outcome of a query.
#[derive(Clone, Debug)]
pub(super) struct QueryEnd {
    pub took: Duration,
    /// Whether its window ended it, for want of answers.
    pub timed_out: bool,
    /// Hosts whose YES brought something that counts; what the asker takes for sources; and identities beside those, of the same
    /// sources.
    pub sources: u32,
    pub source_identities: u32,
    pub joined: u32,
    pub events: u32,
    pub reputation: f64,
    pub confidence: Confidence,
    pub evidence: Evidence,
}

/// Where the chunks come from that count in a result; not looked at where all are honest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Evidence {
    /// Identities that recorded them, and hosts.
    pub recorders: u32,
    pub recorder_owners: u32,
    /// Chunks of which two versions count.
    pub forked: u32,
}

impl Evidence {
    fn of(collected: &Collected, identities: &IdentityMap) -> Evidence {
        let mut names: Vec<ChunkId> = collected.counted.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        let versions = names.len();
        names.dedup();
        let mut recorders: Vec<Peer> = names.iter().map(|name| name.recorder).collect();
        recorders.dedup();
        Evidence {
            recorders: recorders.len() as u32,
            recorder_owners: owners(&recorders, identities),
            forked: (versions - names.len()) as u32,
        }
    }
}

/// All queries of a run.
pub(super) struct Queries {
    pub records: Vec<QueryRecord>,
    open: BTreeMap<QueryId, Open>,
    /// Other names of questions that are open, and who first gave them one.
    names: BTreeMap<QueryId, QueryId>,
    /// Numbers of events that selections ask for, and how far each target has come through them.
    milestones: Vec<u32>,
    passed: BTreeMap<Peer, usize>,
    /// How long a collection lasts unless enough answers end it earlier.
    window: Duration,
    /// Whether to look at where evidence comes from.
    attacked: bool,
}

/// What is asked, by whom, and for what workload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub query: QueryId,
    pub asker: HostId,
    pub target: Peer,
    pub workload: Option<u16>,
}

struct Open {
    record: usize,
    holders: Holders,
    /// Hosts that have answered.
    answered: BTreeSet<HostId>,
}

impl Queries {
    pub(super) fn new(mut milestones: Vec<u32>, window: Duration, attacked: bool) -> Queries {
        milestones.sort_unstable();
        milestones.dedup();
        let (open, names, passed) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Queries { records: Vec::new(), open, names, milestones, passed, window, attacked }
    }

    pub(super) fn issued(&mut self, now: Time, question: Question, truth: &Truth, storage: &Storage) {
        let Question { query, asker, target, workload } = question;
        let holders = storage
            .holders_about(target)
            .filter(|holder| *holder != asker)
            .map(|holder| (holder, storage.online(holder)));
        let (holders, answered) = (Holders::new(holders), BTreeSet::new());
        self.open.insert(query, Open { record: self.records.len(), holders, answered });
        let target_events = truth.events(target);
        let first_at = self.pass_milestones(target, target_events);
        self.records.push(QueryRecord {
            id: query,
            asker,
            target,
            issued: now,
            workload,
            target_events,
            truth: truth.share(target),
            self_reported: truth.self_reported(target),
            yes: 0,
            no: 0,
            holders_yes: 0,
            holders_no: 0,
            sent_as: None,
            told: 0,
            linked: None,
            own: 0,
            first_yes: None,
            silent: Silence::default(),
            answers_of_bystanders: 0,
            end: None,
            first_at,
        });
    }

    /// The milestones that `target` has come to since its last query.
    fn pass_milestones(&mut self, target: Peer, events: u32) -> Vec<u32> {
        if self.milestones.is_empty() {
            return Vec::new();
        }
        let passed = self.passed.entry(target).or_insert(0);
        let before = *passed;
        *passed = self.milestones.partition_point(|milestone| *milestone <= events).max(before);
        self.milestones[before..*passed].to_vec()
    }

    /// A question goes on under the name of a relay.
    pub(super) fn carried(&mut self, query: QueryId, back: QueryId) {
        let first = self.first_name(back);
        let Some(open) = self.open.get(&first) else { return };
        self.names.insert(query, first);
        let record = &mut self.records[open.record];
        record.sent_as = Some(query);
        record.told += u32::from(first == back);
    }

    /// A spy has heard of it, under this name.
    pub(super) fn overheard(&mut self, query: QueryId) {
        if let Some(open) = self.open.get(&self.first_name(query)) {
            let record = &mut self.records[open.record];
            record.linked.get_or_insert(query.asker == record.id.asker);
        }
    }

    /// The name that the asker gave it.
    fn first_name(&self, query: QueryId) -> QueryId {
        self.names.get(&query).copied().unwrap_or(query)
    }

    /// A message met this end, which may be why a holder is silent.
    pub(super) fn message_ended(&mut self, fate: Fate, about: About) {
        match about {
            About::QueryCopy { query, receiver } => {
                self.holders(query, |open| open.copy_ended(receiver, fate));
            }
            About::Answer { query, holder } => self.holders(query, |open| open.answer_ended(holder, fate)),
            About::Other => {}
        }
    }

    /// A message waits, and will be lost to this cause if nothing changes.
    pub(super) fn message_refused(&mut self, cause: LossCause, about: About) {
        if let About::QueryCopy { .. } = about {
            self.message_ended(Fate::Lost(cause), about);
        }
    }

    pub(super) fn reached(&mut self, query: QueryId, holder: HostId) {
        self.holders(query, |open| open.reached(holder));
    }

    pub(super) fn answer_sent(&mut self, query: QueryId, holder: HostId, storage: &Storage) {
        let Some(open) = self.open.get_mut(&self.first_name(query)) else { return };
        let record = &mut self.records[open.record];
        record.answers_of_bystanders += u32::from(!storage.holds(holder, record.target));
        open.holders.answer_sent(holder);
    }

    /// Its owner kept the query from the node, or the answer from the network, or sent it without chunks. Returns whether
    /// that mattered: whether the node could still have answered in time.
    pub(super) fn answer_denied(&mut self, query: QueryId, holder: HostId) -> bool {
        let query = self.first_name(query);
        self.open.get_mut(&query).is_some_and(|open| open.holders.answer_denied(holder))
    }

    pub(super) fn answered(&mut self, now: Time, query: QueryId, holder: HostId, yes: bool) {
        let Some(open) = self.open.get_mut(&query) else { return };
        open.holders.answered(holder);
        let record = &mut self.records[open.record];
        record.own += u32::from(holder == record.asker);
        let is_first = u32::from(open.answered.insert(holder));
        if yes {
            record.yes += 1;
            record.holders_yes += is_first;
            record.first_yes.get_or_insert(now.since(record.issued));
        } else {
            record.no += 1;
            record.holders_no += is_first;
        }
    }

    /// Notes something about the holders of a query whose collection goes on.
    fn holders(&mut self, query: QueryId, note: impl FnOnce(&mut Holders)) {
        let query = self.first_name(query);
        if let Some(open) = self.open.get_mut(&query) {
            note(&mut open.holders);
        }
    }

    pub(super) fn collected(&mut self, collected: &Collected, identities: &IdentityMap, storage: &Storage) {
        let Some(open) = self.open.remove(&collected.query) else { return };
        if self.records[open.record].sent_as.is_some() {
            self.names.retain(|_, first| *first != collected.query);
        }
        let record = &mut self.records[open.record];
        let timed_out = collected.took >= self.window;
        record.silent = open.holders.silence(storage, timed_out);
        let derived = &collected.derived;
        record.end = Some(QueryEnd {
            took: collected.took,
            timed_out,
            sources: owners(&collected.sources, identities),
            source_identities: derived.sources,
            joined: collected.joined,
            events: derived.total_events,
            reputation: derived.reputation,
            confidence: derived.confidence,
            evidence: if self.attacked { Evidence::of(collected, identities) } else { Evidence::default() },
        });
    }
}

/// How many hosts these identities belong to.
fn owners(sources: &[Peer], identities: &IdentityMap) -> u32 {
    let mut owners: Vec<HostId> = sources.iter().map(|source| identities.owner(*source)).collect();
    owners.sort_unstable();
    owners.dedup();
    owners.len() as u32
}

impl QueryRecord {
    /// Holders that could have answered: each said YES or NO, or was silent. The identities of a host are one holder.
    pub(super) fn holders(&self) -> u32 {
        self.holders_yes + self.holders_no + self.silent.total()
    }

    /// Those of them on other hosts that the query came to.
    pub(super) fn holders_reached(&self) -> u32 {
        self.holders() - self.own.min(1) - self.silent.unasked()
    }

    /// The name of the broadcast that carries it.
    pub(super) fn broadcast(&self) -> BroadcastId {
        let QueryId { asker, sequence } = self.sent_as.unwrap_or(self.id);
        BroadcastId { origin: asker, sequence }
    }

    /// Its collection has ended, and at least one YES came before.
    pub(super) fn was_answered(&self) -> bool {
        self.end.is_some() && self.yes > 0
    }

    /// YES that brought nothing that counts: no chunk at all, or none that is genuine and about the target.
    pub(super) fn empty_yes(&self) -> u32 {
        self.end.as_ref().map_or(0, |end| self.yes.saturating_sub(end.source_identities + end.joined))
    }

    /// What was derived, if events were found.
    pub(super) fn derived(&self) -> Option<f64> {
        self.end.as_ref().filter(|end| end.events > 0).map(|end| end.reputation)
    }

    /// How much better the derived reputation is than the truth, if both exist.
    pub(super) fn gain(&self) -> Option<f64> {
        Some(self.derived()? - self.truth?)
    }

    /// How far the derived reputation lies from the truth, if both exist.
    pub(super) fn error(&self) -> Option<f64> {
        self.gain().map(f64::abs)
    }
}
