//! The role of a node that asks: query, collect, derive. It has the question broadcast, lets a timer or the answers end the
//! collection, and never waits.

use super::Shared;
use super::announced::Announced;
use super::broadcaster::Announcement;
use super::collection::{Check, Collection, Reply};
use super::config::{Config, RecorderWeight};
use super::context::Context;
use super::derive::{Experience, Reputations, Trust};
use super::io::Driver;
use super::message::{Answer, Content, QueryId};
use super::observation::{Memory, Observation, Rejection};
use super::peer::Peer;
use super::recent::Recent;
use super::series::{Record, Series};
use super::timer::Timer;
use std::collections::{BTreeMap, BTreeSet};

/// What a node that asks remembers.
#[derive(Debug)]
pub(super) struct Asker {
    /// However many there are: each ends with its window.
    open: BTreeMap<u32, Collection>,
    /// Who has answered those that have ended, so that what comes late or twice is known.
    ended: Recent<u32, BTreeSet<Peer>>,
    /// Reputations as last derived here.
    derived: Reputations,
}

impl Default for Asker {
    fn default() -> Asker {
        Asker { open: BTreeMap::new(), ended: Recent::new(), derived: Reputations::default() }
    }
}

/// What other roles of the node know that bears on answers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Knowledge<'a> {
    /// What was announced, where nothing else is taken.
    pub announced: Option<&'a Announced>,
    /// Outcomes of others that the node has recorded itself.
    pub experience: Option<&'a Experience>,
}

impl Asker {
    /// The application asks about a node: the question is to be broadcast, under the next number of a broadcast.
    pub(super) fn on_query<E: Driver>(
        &mut self,
        target: Peer,
        sequence: u32,
        series: &mut Series,
        ctx: &mut Context<'_, E>,
    ) -> Announcement {
        let query = QueryId { asker: ctx.local.peer, sequence };
        ctx.observe(Observation::QueryIssued { query, target });
        ctx.append(series, Record::QuerySent { query: sequence, target });
        self.open.insert(sequence, Collection::new(target, ctx.now));
        let end = (Timer::CollectionEnds { query: sequence }, ctx.now + ctx.config().window);
        Announcement { content: Content::Query { target }, timers: [Some(end), None] }
    }

    /// An answer to a query of this node: YES with chunks, or NO.
    pub(super) fn on_answer<E: Driver>(
        &mut self,
        from: Peer,
        reply: Reply,
        knowledge: Knowledge<'_>,
        series: &mut Series,
        ctx: &mut Context<'_, E>,
    ) {
        let (query, chunks) = match &reply {
            Reply::Yes(answer) => (answer.query(), answer.chunks().len() as u32),
            &Reply::No { query, held } => (query, held),
        };
        let open = self.open.get_mut(&query.sequence).map(|collection| &mut collection.answered);
        let in_time = open.is_some();
        let answered = open.or_else(|| self.ended.get_mut(&query.sequence));
        let Some(answered) = answered.filter(|_| query.asker == ctx.local.peer) else {
            return ctx.reject(from, Rejection::Unrequested);
        };
        if !answered.insert(from) {
            return ctx.reject(from, Rejection::Repeated);
        }
        let seal = reply.seal();
        let yes = seal.is_some();
        ctx.append(
            series,
            Record::AnswerReceived { query: query.sequence, from, yes: seal, in_time, chunks },
        );
        ctx.observe(Observation::AnswerReceived { query, from, yes, in_time });
        self.collect(query.sequence, from, reply, knowledge, ctx);
    }

    /// The window of a query has passed, unless the collection ended before.
    pub(super) fn on_collection_ends<E: Driver>(
        &mut self,
        query: u32,
        knowledge: Knowledge<'_>,
        ctx: &mut Context<'_, E>,
    ) {
        let Some(mut collection) = self.open.remove(&query) else { return };
        let trust = self.trust(ctx.local.peer, knowledge, ctx.config());
        let derived = collection.derive(trust, ctx.clock(), &ctx.local.shared);
        let name = QueryId { asker: ctx.local.peer, sequence: query };
        let (collected, answered) = collection.end(name, derived, ctx.now);
        self.derived.insert(collected.target, derived.reputation);
        let forgotten = self.ended.insert(query, answered, ctx.now, ctx.config().remembers());
        ctx.forgot(Memory::Queries, forgotten);
        ctx.observe(Observation::Collected(Box::new(collected)));
    }

    /// Signatures that the node `own` verifies when this answer comes: each chunk of a collection that is open is verified once.
    pub(super) fn verifications(
        &self,
        own: Peer,
        from: Peer,
        answer: &Answer,
        announced: Option<&Announced>,
        shared: &Shared,
    ) -> u32 {
        let query = answer.query();
        let open = self.open.get(&query.sequence).filter(|_| query.asker == own);
        let open = open.filter(|open| !open.answered.contains(&from));
        open.map_or(0, |open| open.verifications(answer, &Check { own, announced, shared }))
    }

    /// Reputations as last derived here.
    pub(super) fn reputations(&self) -> &Reputations {
        &self.derived
    }

    #[cfg(test)]
    pub(super) fn reputations_mut(&mut self) -> &mut Reputations {
        &mut self.derived
    }

    /// Counts an answer to a query whose collection may have ended, and ends it when there are enough.
    fn collect<E: Driver>(
        &mut self,
        query: u32,
        from: Peer,
        reply: Reply,
        knowledge: Knowledge<'_>,
        ctx: &mut Context<'_, E>,
    ) {
        let Some(collection) = self.open.get_mut(&query) else { return };
        let (local, now) = (ctx.local, ctx.now);
        let check = Check { own: local.peer, announced: knowledge.announced, shared: &local.shared };
        collection.hear(from, reply, &check, now, |flaw| ctx.reject(from, flaw));
        if collection.has_enough(&local.shared) {
            self.on_collection_ends(query, knowledge, ctx);
        }
    }

    /// What recorders are taken for.
    fn trust<'a>(&'a self, own: Peer, knowledge: Knowledge<'a>, config: &Config) -> Trust<'a> {
        match config.recorder_weight {
            RecorderWeight::Equal => Trust::Equal,
            RecorderWeight::Experience => Trust::Experience(own, knowledge.experience),
            RecorderWeight::Derived => Trust::Derived(own, &self.derived, config.newcomer.get()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use std::sync::Arc;

    use super::super::config::{Collect, Sources};
    use super::super::harness::{Solo, chunk};
    use super::super::observation::Collected;
    use super::*;
    use crate::units::Duration;

    const TARGET: Peer = Peer(7);
    const QUERY: QueryId = QueryId { asker: Peer(0), sequence: 5 };

    /// An asker that has just asked.
    fn asking(config: Config) -> (Asker, Solo) {
        let (mut asker, mut solo) = (Asker::default(), Solo::new(config));
        let wanted = solo.give(|series, _, ctx| asker.on_query(TARGET, 5, series, ctx));
        let end = (Timer::CollectionEnds { query: 5 }, solo.now + solo.local.config().window);
        assert_eq!((wanted.content, wanted.timers[0]), (Content::Query { target: TARGET }, Some(end)));
        (asker, solo)
    }

    fn yes(asker: &mut Asker, solo: &mut Solo, from: u32, query: QueryId) {
        let chunk = chunk(&solo.local.shared, Peer(3), 10, &[(TARGET, 8, 2)]);
        let reply = Reply::Yes(Arc::new(Answer::new(query, vec![chunk])));
        solo.give(|series, _, ctx| asker.on_answer(Peer(from), reply, Knowledge::default(), series, ctx));
    }

    #[test]
    fn an_asker_verifies_the_signatures_that_it_says_it_will() {
        let (mut asker, mut solo) = asking(Config::default());
        let verified = solo.count_verifications();
        let make = |solo: &Solo, recorder, subject| {
            chunk(&solo.local.shared, Peer(recorder), 10, &[(Peer(subject), 8, 2)])
        };
        let (one, two, other) = (make(&solo, 3, 7), make(&solo, 4, 7), make(&solo, 5, 8));
        let late = QueryId { sequence: 6, ..QUERY };
        let answers = [
            (1, QUERY, vec![&one, &one, &other], 1),
            (1, QUERY, vec![&two], 0),
            (2, QUERY, vec![&one, &two], 1),
            (9, late, vec![&one], 0),
        ];
        for (from, query, chunks, wanted) in answers {
            let answer = Arc::new(Answer::new(query, chunks.into_iter().cloned().collect()));
            let before = verified.load(Ordering::Relaxed);
            let said = asker.verifications(Peer(0), Peer(from), &answer, None, &solo.local.shared);
            solo.give(|series, _, ctx| {
                asker.on_answer(Peer(from), Reply::Yes(answer), Knowledge::default(), series, ctx);
            });
            assert_eq!((verified.load(Ordering::Relaxed) - before, said), (wanted, wanted));
        }
    }

    fn collected(solo: &mut Solo) -> Vec<Collected> {
        let ends = solo.observed().into_iter().filter_map(|seen| match seen {
            Observation::Collected(collected) => Some(*collected),
            _ => None,
        });
        ends.collect()
    }

    #[test]
    fn enough_sources_end_a_collection_and_a_reputation_is_derived() {
        let (mut asker, mut solo) = asking(Config { enough: 2, ..Config::default() });
        yes(&mut asker, &mut solo, 11, QUERY);
        assert_eq!(collected(&mut solo), []);
        yes(&mut asker, &mut solo, 12, QUERY);
        let ends = collected(&mut solo);
        assert_eq!((ends.len(), ends[0].derived.sources, ends[0].derived.positive), (1, 2, 8));
        assert_eq!(asker.reputations().of(TARGET), Some(0.8));
    }

    #[test]
    fn what_ends_a_collection_is_sources_or_answers_or_nothing_but_its_window() {
        for (collect, early) in [(Collect::Yes, 3), (Collect::Any, 2), (Collect::ScanAfter, 4)] {
            let (mut asker, mut solo) = asking(Config { collect, enough: 2, ..Config::default() });
            let mut ended = 0;
            for answer in 1..=3 {
                if answer == 1 {
                    let no = Reply::No { query: QUERY, held: 1 };
                    solo.give(|series, _, ctx| {
                        asker.on_answer(Peer(11), no, Knowledge::default(), series, ctx);
                    });
                } else {
                    yes(&mut asker, &mut solo, 10 + answer, QUERY);
                }
                if ended == 0 && !collected(&mut solo).is_empty() {
                    ended = answer;
                }
            }
            solo.give(|_, _, ctx| asker.on_collection_ends(5, Knowledge::default(), ctx));
            let by_its_window = !collected(&mut solo).is_empty();
            assert_eq!(
                (ended, by_its_window),
                if early > 3 { (0, true) } else { (early, false) },
                "{collect:?}"
            );
        }
    }

    /// Identities 17, 18 and 19 are where 4, 4 and 5 are.
    fn asking_addresses(config: Config) -> (Asker, Solo) {
        let (asker, mut solo) = asking(Config { sources: Sources::Addresses, ..config });
        solo.house(&[Peer(4), Peer(4), Peer(5)]);
        (asker, solo)
    }

    #[test]
    fn identities_at_one_address_are_one_source_with_all_that_they_say() {
        let (mut asker, mut solo) = asking_addresses(Config { enough: 2, ..Config::default() });
        let mut says = |asker: &mut Asker, from, recorder| {
            let chunk = chunk(&solo.local.shared, Peer(recorder), 10, &[(TARGET, 8, 2)]);
            let reply = Reply::Yes(Arc::new(Answer::new(QUERY, vec![chunk])));
            solo.give(|series, _, ctx| {
                asker.on_answer(Peer(from), reply, Knowledge::default(), series, ctx);
            });
            collected(&mut solo)
        };
        assert_eq!(says(&mut asker, 4, 2), []);
        assert_eq!((says(&mut asker, 17, 2), says(&mut asker, 18, 3)), (Vec::new(), Vec::new()));
        let ends = says(&mut asker, 19, 2);
        let derived = &ends[0].derived;
        assert_eq!((derived.sources, derived.positive, ends[0].joined), (2, 16, 2));
        assert_eq!(*ends[0].sources, [Peer(4), Peer(19)]);
    }

    #[test]
    fn a_refusal_beside_a_yes_or_another_refusal_from_the_same_address_is_none() {
        let (mut asker, mut solo) = asking_addresses(Config::default());
        yes(&mut asker, &mut solo, 4, QUERY);
        for from in [17, 18, 19, 5, 6] {
            let no = Reply::No { query: QUERY, held: 1 };
            solo.give(|series, _, ctx| asker.on_answer(Peer(from), no, Knowledge::default(), series, ctx));
        }
        solo.give(|_, _, ctx| asker.on_collection_ends(5, Knowledge::default(), ctx));
        let derived = collected(&mut solo)[0].derived;
        assert_eq!((derived.sources, derived.rate_limited), (1, 2));
    }

    #[test]
    fn a_window_that_passes_ends_a_collection_with_what_there_is() {
        let (mut asker, mut solo) = asking(Config::default());
        let no = Reply::No { query: QUERY, held: 1 };
        solo.give(|series, _, ctx| asker.on_answer(Peer(11), no, Knowledge::default(), series, ctx));
        solo.give(|_, _, ctx| asker.on_collection_ends(5, Knowledge::default(), ctx));
        let ends = collected(&mut solo);
        assert_eq!((ends[0].derived.sources, ends[0].derived.rate_limited), (0, 1));
        solo.give(|_, _, ctx| asker.on_collection_ends(5, Knowledge::default(), ctx));
        assert_eq!(collected(&mut solo), []);
    }

    #[test]
    fn no_open_query_is_forgotten_however_many_there_are() {
        let mut solo = Solo::new(Config { remembered: 2, remember_for: Duration::ZERO, ..Config::default() });
        let mut asker = Asker::default();
        for query in 0..10_000 {
            solo.give(|series, _, ctx| asker.on_query(TARGET, query, series, ctx));
        }
        let first = QueryId { sequence: 0, ..QUERY };
        yes(&mut asker, &mut solo, 11, first);
        assert_eq!(solo.rejected(), []);
        (0..3).for_each(|query| {
            solo.give(|_, _, ctx| asker.on_collection_ends(query, Knowledge::default(), ctx));
        });
        // Of those that have ended, the last is remembered.
        yes(&mut asker, &mut solo, 12, first);
        yes(&mut asker, &mut solo, 12, QueryId { sequence: 2, ..QUERY });
        yes(&mut asker, &mut solo, 12, QueryId { sequence: 2, ..QUERY });
        assert_eq!(solo.rejected(), [Rejection::Unrequested, Rejection::Repeated]);
        let forgotten = Observation::Forgotten { memory: Memory::Queries, count: 1 };
        assert_eq!(solo.observed().iter().filter(|seen| **seen == forgotten).count(), 1);
    }

    #[test]
    fn answers_to_no_query_and_second_ones_are_refused() {
        let (mut asker, mut solo) = asking(Config::default());
        yes(&mut asker, &mut solo, 11, QueryId { sequence: 6, ..QUERY });
        yes(&mut asker, &mut solo, 11, QueryId { asker: Peer(1), ..QUERY });
        yes(&mut asker, &mut solo, 11, QUERY);
        yes(&mut asker, &mut solo, 11, QUERY);
        let unrequested = Rejection::Unrequested;
        assert_eq!(solo.rejected(), [unrequested, unrequested, Rejection::Repeated]);
    }
}
