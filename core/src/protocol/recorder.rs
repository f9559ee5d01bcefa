//! The role of a node that records: append, cut a chunk, announce it, done. Answers come later, each an input of its own.
//!
//! What is open is never forgotten: a chunk that still looks for holders is remembered until it has them, or until
//! `push_window` after its last announcement, however many there are.
//!
//! Two things go beyond the proposal, when the configuration wants them: a chunk is announced again when too few have
//! taken it (`repush_after`), and when those who have it vanish (`repair_every`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::availability::Availability;
use super::broadcaster::Announcement;
use super::chunk::{CHUNK_ENTRIES, Chunk};
use super::claims::Claims;
use super::codec::Hash;
use super::config::{Chunking, Config, RecorderWeight};
use super::context::Context;
use super::derive::Experience;
use super::event::Event;
use super::io::Driver;
use super::message::{ChunkId, Content, Message, StoreIntent};
use super::observation::{Memory, Observation, Rejection};
use super::peer::Peer;
use super::proof::{Proof, Proven};
use super::push::{Push, REPUSHES, timers_after_push};
use super::receipt::{Countersigned, Receipt};
use super::recent::Recent;
use super::round_trips::RoundTrips;
use super::series::{Entry, Record, Series};
use super::timer::Timer;
use crate::units::Duration;

/// Holders have so many times the time-out of a single question to say that they still hold a chunk: all of them are asked at
/// once, and their answers come to one link.
const ROUND: u64 = 2;

/// What a node that records remembers beside its series.
#[derive(Debug)]
pub(super) struct Recorder {
    /// Places in the series of outcomes not yet pushed, at most ten.
    waiting: Vec<u32>,
    /// The receipts of those among them that have one, by place.
    receipts: BTreeMap<u32, Receipt>,
    /// What other parties may still sign: these outcomes are not in the series yet.
    claims: Claims,
    /// Outcomes of others that this node has recorded, where they weigh what these say.
    experience: Experience,
    /// How long the series was when the last chunk was cut, and its head there; none before the first.
    cut: u32,
    head: Option<Hash>,
    /// By length.
    pending: BTreeMap<u32, Push>,
    /// Who has answered the announcements of those that have ended, so that what comes twice is known.
    ended: Recent<u32, BTreeSet<Peer>>,
    /// How long holders take to answer, and how many are found to be there.
    round_trips: RoundTrips,
    availability: Availability,
}

impl Default for Recorder {
    fn default() -> Recorder {
        Recorder {
            waiting: Vec::new(),
            receipts: BTreeMap::new(),
            claims: Claims::default(),
            experience: Experience::default(),
            cut: 0,
            head: None,
            pending: BTreeMap::new(),
            ended: Recent::new(),
            round_trips: RoundTrips::default(),
            availability: Availability::default(),
        }
    }
}

impl Recorder {
    /// Bytes of a chunk that looks for holders, without what these have answered.
    pub(super) const BYTES_A_PUSH: u64 = size_of::<(u32, Push)>() as u64;

    /// The application reports an outcome. With it a chunk may be full, and is to be announced. With `receipts` the other party
    /// is asked to sign it first: `party`, or else the subject; without one it stands alone.
    pub(super) fn on_outcome<E: Driver>(
        &mut self,
        event: Event,
        party: Option<Peer>,
        series: &mut Series,
        ctx: &mut Context<'_, E>,
    ) -> Option<Announcement> {
        ctx.observe(Observation::Recorded { kind: event.kind, subject: event.subject });
        if ctx.config().recorder_weight == RecorderWeight::Experience && event.subject != ctx.local.peer {
            self.experience.add(event.subject, event.kind);
        }
        let settled = match &ctx.config().receipts {
            Some(receipts) => self.claims.on_outcome(event, party, receipts, ctx),
            None => Some((event, None)),
        };
        self.record(settled, series, ctx)
    }

    /// The application is about to have to do with another node.
    pub(super) fn on_agree<E: Driver>(&mut self, with: Peer, reference: u64, ctx: &mut Context<'_, E>) {
        if let Some(receipts) = &ctx.config().receipts {
            self.claims.on_agree(with, reference, receipts, ctx);
        }
    }

    /// The other party has signed an outcome, or says that it remembers it otherwise.
    pub(super) fn on_receipt<E: Driver>(
        &mut self,
        from: Peer,
        answer: &Countersigned,
        series: &mut Series,
        ctx: &mut Context<'_, E>,
    ) -> Option<Announcement> {
        let settled = self.claims.on_receipt(from, answer, ctx);
        self.record(settled, series, ctx)
    }

    /// The other party has had its time to sign.
    pub(super) fn on_receipt_due<E: Driver>(
        &mut self,
        number: u32,
        series: &mut Series,
        ctx: &mut Context<'_, E>,
    ) -> Option<Announcement> {
        let settled = self.claims.on_due(number, ctx);
        self.record(settled, series, ctx)
    }

    /// What this node has lived through with others.
    pub(super) fn experience(&self) -> &Experience {
        &self.experience
    }

    /// Signatures that this node verifies when such an answer comes.
    pub(super) fn verifications(&self, from: Peer, answer: &Countersigned) -> u32 {
        self.claims.verifications(from, answer)
    }

    /// Records an outcome that waits for nobody's signature, if there is one.
    fn record<E: Driver>(
        &mut self,
        settled: Option<(Event, Option<Receipt>)>,
        series: &mut Series,
        ctx: &mut Context<'_, E>,
    ) -> Option<Announcement> {
        let (event, receipt) = settled?;
        let place = series.length();
        ctx.append(series, Record::Event(event));
        if self.waiting.len() < CHUNK_ENTRIES {
            self.waiting.push(place);
        }
        self.receipts.extend(receipt.map(|receipt| (place, receipt)));
        let config = ctx.config();
        let due = match config.chunking {
            Chunking::Reputation => self.waiting.len() == CHUNK_ENTRIES,
            Chunking::Literal => series.len() % CHUNK_ENTRIES == 0,
        };
        if due {
            return Some(self.push(series, ctx));
        }
        if let (1, Some(span)) = (self.waiting.len(), config.flush_after) {
            ctx.set_timer(Timer::FlushDue { cut: self.cut }, ctx.now + span);
        }
        None
    }

    /// Outcomes have waited for `flush_after`, unless a chunk was cut since.
    pub(super) fn on_flush_due<E: Driver>(
        &mut self,
        cut: u32,
        series: &mut Series,
        ctx: &mut Context<'_, E>,
    ) -> Option<Announcement> {
        if self.cut != cut || self.waiting.is_empty() {
            return None;
        }
        // The last ten entries, as the literal reading has it, may all be of the audit trail: nothing to tell.
        let places = self.unpushed(series, ctx.config());
        if entries_at(&places, series).iter().any(|entry| entry.event().is_some()) {
            return Some(self.push(series, ctx));
        }
        self.waiting.clear();
        None
    }

    /// A storer wants a chunk of this node, or does not.
    pub(super) fn on_store_answer<E: Driver>(
        &mut self,
        from: Peer,
        chunk: ChunkId,
        yes: bool,
        series: &mut Series,
        ctx: &mut Context<'_, E>,
    ) {
        if chunk.recorder != ctx.local.peer || !was_pushed(chunk.length, series) {
            return ctx.reject(from, Rejection::Unrequested);
        }
        if !self.note_answer(chunk.length, from, ctx) {
            return ctx.reject(from, Rejection::Repeated);
        }
        ctx.append(series, Record::StoreAnswerReceived { length: chunk.length, from, yes });
        ctx.observe(Observation::StoreAnswerReceived { chunk, from, yes });
        if yes {
            self.send_chunk(chunk, from, ctx);
        }
    }

    /// Too few may have taken a chunk.
    pub(super) fn on_repush_due<E: Driver>(
        &mut self,
        length: u32,
        ctx: &mut Context<'_, E>,
    ) -> Option<Announcement> {
        let config = ctx.config();
        let wanted = self.availability.wanted(config);
        let push = self.pending.get_mut(&length)?;
        if push.replicas.len() >= wanted || push.replicas.again() >= REPUSHES {
            return None;
        }
        let timer = config.repush_after.map(|span| (Timer::RepushDue { length }, ctx.now + span));
        Some(push.announce_again(length, timer, ctx))
    }

    /// It is time to ask the holders of a chunk whether they still have it.
    pub(super) fn on_repair_due<E: Driver>(&mut self, length: u32, ctx: &mut Context<'_, E>) {
        let chunk = ChunkId { recorder: ctx.local.peer, length };
        let Some(push) = self.pending.get_mut(&length) else { return };
        let holders = push.replicas.begin_round(ctx.now);
        holders.iter().for_each(|&holder| ctx.send(holder, Message::Holds { chunk }));
        let timeout = self.round_trips.timeout(ctx.config()).as_nanos();
        ctx.set_timer(Timer::RepairEnds { length }, ctx.now + Duration::from_nanos(ROUND * timeout));
    }

    /// A holder has answered, or one that was lost sight of and is back.
    pub(super) fn on_held<E: Driver>(
        &mut self,
        from: Peer,
        chunk: ChunkId,
        yes: bool,
        ctx: &mut Context<'_, E>,
    ) {
        let wanted = self.availability.wanted(ctx.config());
        let own = chunk.recorder == ctx.local.peer;
        let taken = match self.pending.get_mut(&chunk.length).filter(|_| own) {
            Some(push) => {
                let fits = push.has_room_for(from, wanted, &ctx.local.shared);
                push.replicas.on_held(from, yes, ctx.now, fits)
            }
            None => Err(Rejection::Unrequested),
        };
        match taken {
            Ok(took) => took.into_iter().for_each(|span| self.round_trips.took(span)),
            Err(reason) => ctx.reject(from, reason),
        }
    }

    /// Holders have had their time: those that did not say that they have it are replaced, unless there are enough others.
    pub(super) fn on_repair_ends<E: Driver>(
        &mut self,
        length: u32,
        ctx: &mut Context<'_, E>,
    ) -> Option<Announcement> {
        let config = ctx.config();
        let push = self.pending.get_mut(&length)?;
        let (asked, missing) = push.replicas.end_round();
        if asked > 0 && missing == asked {
            self.round_trips.back_off();
        }
        self.availability.heard(asked, missing);
        let timer = config.repair_every.map(|span| (Timer::RepairDue { length }, ctx.now + span));
        if push.replicas.len() < self.availability.wanted(config) {
            return Some(push.announce_again(length, timer, ctx));
        }
        timer.into_iter().for_each(|(timer, at)| ctx.set_timer(timer, at));
        None
    }

    /// The node was away: nobody is to blame for what it did not hear.
    pub(super) fn on_restart(&mut self) {
        self.pending.values_mut().for_each(|push| push.replicas.forget_round());
    }

    /// Cuts a chunk, which is to be announced.
    fn push<E: Driver>(&mut self, series: &mut Series, ctx: &mut Context<'_, E>) -> Announcement {
        let places = self.unpushed(series, ctx.config());
        let entries = entries_at(&places, series);
        let (length, head) = (series.length(), series.head(ctx.local.peers()));
        let id = ChunkId { recorder: ctx.local.peer, length };
        let (signer, peers) = (&*ctx.local.signer, ctx.local.peers());
        let mut chunk = Chunk::signed(id, ctx.clock(), head, &entries, signer, peers);
        if !self.receipts.is_empty() {
            let receipts = places.iter().map(|place| self.receipts.remove(place)).collect();
            chunk = chunk.with_receipts(receipts, signer, peers);
            self.receipts.clear();
        }
        let chunk = Arc::new(chunk);
        let (intent, message) = (StoreIntent::of(&chunk), self.parcel(&chunk, series, ctx));
        self.waiting.clear();
        self.cut = length;
        self.head = Some(head);
        self.pending.insert(length, Push::new(intent.clone(), message, ctx.now));
        self.give_up_old(ctx);
        ctx.append(series, Record::ChunkPushed { length, events: chunk.counts().total() });
        ctx.observe(Observation::ChunkPushed(chunk));
        let timers = timers_after_push(length, ctx.now, ctx.config());
        Announcement { content: Content::StoreIntent(intent), timers }
    }

    /// A chunk just cut, as it will be sent.
    fn parcel<E: Driver>(&self, chunk: &Arc<Chunk>, series: &Series, ctx: &Context<'_, E>) -> Message {
        if !ctx.config().proofs {
            return Message::Chunk(Arc::clone(chunk));
        }
        let (from, before) = self.head.map_or((0, ctx.local.id().0), |head| (self.cut, head));
        let proof = Proof::of(chunk, series, from, before);
        Message::Proven(Arc::new(Proven::new(Arc::clone(chunk), proof, ctx.local.peers())))
    }

    /// The places of the entries of the next chunk. As the proposal is coded, the last ten whatever they are, but none that the
    /// chunk before had already.
    fn unpushed(&self, series: &Series, config: &Config) -> Vec<u32> {
        match config.chunking {
            Chunking::Reputation => self.waiting.clone(),
            Chunking::Literal => {
                let length = series.length();
                let new = (length - self.cut).min(CHUNK_ENTRIES as u32);
                (length - new..length).collect()
            }
        }
    }

    /// Gives a storer that said YES the chunk, unless enough have it.
    fn send_chunk<E: Driver>(&mut self, chunk: ChunkId, to: Peer, ctx: &mut Context<'_, E>) {
        let config = ctx.config();
        let wanted = self.availability.wanted(config);
        let Some(push) = self.pending.get_mut(&chunk.length) else { return };
        // 0: as many as there are.
        let limit = if wanted == 0 { usize::MAX } else { wanted };
        if push.is_over(ctx.now, config) || !push.has_room_for(to, limit, &ctx.local.shared) {
            return;
        }
        push.replicas.add(to);
        ctx.send(to, push.message.clone());
        ctx.observe(Observation::ChunkSent { chunk, to });
        let looked_after = config.repair_every.is_some() || config.repush_after.is_some();
        if push.replicas.len() == wanted && !looked_after {
            self.end(chunk.length, ctx);
        }
    }

    /// A storer answers an announcement. Returns whether it had not answered it before: who has may answer again when it is
    /// asked again.
    fn note_answer<E: Driver>(&mut self, length: u32, from: Peer, ctx: &mut Context<'_, E>) -> bool {
        if let Some(push) = self.pending.get_mut(&length) {
            let asked = push.replicas.again();
            return push.answered.insert(from, asked).is_none_or(|answered| answered < asked);
        }
        if let Some(answered) = self.ended.get_mut(&length) {
            return answered.insert(from);
        }
        self.remember_ended(length, BTreeSet::from([from]), ctx);
        true
    }

    /// A chunk is not pushed any more.
    fn end<E: Driver>(&mut self, length: u32, ctx: &mut Context<'_, E>) {
        if let Some(push) = self.pending.remove(&length) {
            self.remember_ended(length, push.answered.into_keys().collect(), ctx);
        }
    }

    fn remember_ended<E: Driver>(&mut self, length: u32, answered: BTreeSet<Peer>, ctx: &mut Context<'_, E>) {
        let forgotten = self.ended.insert(length, answered, ctx.now, ctx.config().remembers());
        ctx.forgot(Memory::Chunks, forgotten);
    }

    /// Gives up chunks that nobody can be expected to take any more, beside the last ones if they are looked after. No timer
    /// is set for that: only with another chunk there is a reason to make room.
    fn give_up_old<E: Driver>(&mut self, ctx: &mut Context<'_, E>) {
        let (config, now) = (ctx.config(), ctx.now);
        let wanted = self.availability.wanted(config);
        let looked_after = config.repair_every.map_or(0, |_| config.repair_chunks as usize);
        let too_many = self.pending.len().saturating_sub(looked_after);
        // Behind one that was announced just once, and is open, all are.
        let old = self
            .pending
            .iter()
            .take_while(|(_, push)| push.replicas.again() > 0 || push.is_over(now, config));
        let over = old.filter(|(_, push)| push.is_over(now, config)).take(too_many);
        for length in over.map(|(&length, _)| length).collect::<Vec<_>>() {
            let is_placed = self.pending[&length].replicas.len() >= wanted;
            ctx.forgot(Memory::Unplaced, u32::from(!is_placed));
            ctx.forgot(Memory::Repairs, u32::from(config.repair_every.is_some()));
            self.end(length, ctx);
        }
    }
}

/// The entries of a series at these places.
fn entries_at(places: &[u32], series: &Series) -> Vec<Entry> {
    let entry = |&place: &u32| series.range(place as usize..place as usize + 1);
    places.iter().flat_map(entry).copied().collect()
}

/// Whether the own chunk of this length was pushed: the entry after the last one that it covers tells of its push.
fn was_pushed(length: u32, series: &Series) -> bool {
    let place = length as usize;
    let entry = series.range(place..place.saturating_add(1)).first();
    entry.is_some_and(
        |entry| matches!(entry.record, Record::ChunkPushed { length: pushed, .. } if pushed == length),
    )
}

#[cfg(test)]
mod tests {
    use super::super::config::Sources;
    use super::super::event::{Detail, EventKind};
    use super::super::harness::Solo;
    use super::*;

    const CHUNK: ChunkId = ChunkId { recorder: Peer(0), length: 10 };

    fn record(recorder: &mut Recorder, solo: &mut Solo, times: u32) -> Vec<Announcement> {
        let event = Event { kind: EventKind::DisputeResolved, subject: Peer(7), detail: Detail::default() };
        let one = |_| solo.give(|series, _, ctx| recorder.on_outcome(event, None, series, ctx));
        (0..times).filter_map(one).collect()
    }

    fn answer(recorder: &mut Recorder, solo: &mut Solo, from: u32, chunk: ChunkId) {
        solo.give(|series, _, ctx| recorder.on_store_answer(Peer(from), chunk, true, series, ctx));
    }

    /// A recorder that has just announced a chunk.
    fn pushed(config: Config) -> (Recorder, Solo) {
        let (mut recorder, mut solo) = (Recorder::default(), Solo::new(config));
        assert_eq!(record(&mut recorder, &mut solo, 10).len(), 1);
        (recorder, solo)
    }

    #[test]
    fn the_tenth_outcome_makes_a_chunk_to_announce() {
        let (mut recorder, mut solo) = (Recorder::default(), Solo::new(Config::default()));
        assert_eq!(record(&mut recorder, &mut solo, 9), []);
        let announced = record(&mut recorder, &mut solo, 1);
        let Content::StoreIntent(intent) = &announced[0].content else {
            unreachable!("a chunk is announced")
        };
        assert_eq!((intent.length, intent.events, &*intent.subjects), (10, 10, &[Peer(7)][..]));
        assert_eq!(announced[0].timers, [None, None]);
        assert_eq!(solo.sent(), []);
    }

    #[test]
    fn timers_that_look_after_a_chunk_come_after_its_announcement() {
        let (repush, repair) = (Duration::from_secs(3), Duration::from_secs(5));
        let config = Config { repush_after: Some(repush), repair_every: Some(repair), ..Config::default() };
        let (mut recorder, mut solo) = (Recorder::default(), Solo::new(config));
        let announced = record(&mut recorder, &mut solo, 10);
        let wanted = [
            Some((Timer::RepushDue { length: 10 }, solo.now + repush)),
            Some((Timer::RepairDue { length: 10 }, solo.now + repair)),
        ];
        assert_eq!(announced[0].timers, wanted);
        assert_eq!(solo.timers(), []);
    }

    #[test]
    fn outcomes_that_have_waited_are_flushed_once() {
        let span = Duration::from_secs(60);
        let config = Config { flush_after: Some(span), ..Config::default() };
        let (mut recorder, mut solo) = (Recorder::default(), Solo::new(config));
        record(&mut recorder, &mut solo, 3);
        assert_eq!(solo.timers(), [(Timer::FlushDue { cut: 0 }, solo.now + span)]);
        assert!(solo.give(|series, _, ctx| recorder.on_flush_due(0, series, ctx)).is_some());
        assert!(solo.give(|series, _, ctx| recorder.on_flush_due(0, series, ctx)).is_none());
    }

    #[test]
    fn the_first_that_want_a_chunk_get_it_and_later_ones_do_not() {
        let (mut recorder, mut solo) = pushed(Config { replicas: 2, ..Config::default() });
        (3..6).for_each(|from| answer(&mut recorder, &mut solo, from, CHUNK));
        let to: Vec<Peer> = solo.sent().into_iter().map(|(to, _)| to).collect();
        assert_eq!(to, [Peer(3), Peer(4)]);
        assert_eq!(solo.rejected(), []);
    }

    /// Peers 18 and 19 are further identities of 3 and 4.
    #[test]
    fn a_second_yes_from_an_address_that_has_the_chunk_gets_nothing_where_addresses_count() {
        for (sources, wanted) in [(Sources::Identities, [3, 18, 5]), (Sources::Addresses, [3, 5, 19])] {
            let mut solo = Solo::new(Config { replicas: 3, sources, ..Config::default() });
            solo.house(&[Peer(3), Peer(4)]);
            let mut recorder = Recorder::default();
            record(&mut recorder, &mut solo, 10);
            [3, 18, 5, 19, 4, 6].iter().for_each(|&from| answer(&mut recorder, &mut solo, from, CHUNK));
            let to: Vec<u32> = solo.sent().into_iter().map(|(to, _)| to.0).collect();
            assert_eq!(to, wanted, "{sources:?}");
        }
    }

    /// Two holders to begin with; all silent ones are replaced by as many as then are wanted.
    #[test]
    fn holders_that_are_missing_make_more_be_wanted_and_those_that_are_there_fewer() {
        let repair = Config { repair_every: Some(Duration::from_secs(60)), replicas: 2, ..Config::default() };
        let target = Some(crate::units::Share::clamped(0.9));
        let (mut recorder, mut solo) = pushed(Config { replicas_for: target, replicas_max: 9, ..repair });
        (3..5).for_each(|from| answer(&mut recorder, &mut solo, from, CHUNK));
        let round = |recorder: &mut Recorder, solo: &mut Solo, there: bool| {
            solo.give(|_, _, ctx| recorder.on_repair_due(10, ctx));
            let asked: Vec<Peer> = solo.sent().into_iter().map(|(to, _)| to).collect();
            let says = asked.iter().filter(|_| there);
            says.for_each(|&from| solo.give(|_, _, ctx| recorder.on_held(from, CHUNK, true, ctx)));
            solo.give(|_, _, ctx| recorder.on_repair_ends(10, ctx)).is_some()
        };
        // Of the two both are missing: (2 + 10 · √0.1) / 12 = 0.43, and 0.43³ is the first below a tenth.
        assert!(round(&mut recorder, &mut solo, false));
        (5..10).for_each(|from| answer(&mut recorder, &mut solo, from, CHUNK));
        assert_eq!(solo.sent().len(), 3);
        // (5.16 + 0) / (12 + 3 · 14) = 0.096: one is enough, and two of three may go.
        (0..14).for_each(|_| assert!(!round(&mut recorder, &mut solo, true)));
        assert_eq!(recorder.availability.wanted(solo.local.config()), 1);
    }

    #[test]
    fn a_second_answer_is_a_repetition_and_one_about_no_chunk_of_its_own_is_refused() {
        let (mut recorder, mut solo) = pushed(Config::default());
        answer(&mut recorder, &mut solo, 3, CHUNK);
        answer(&mut recorder, &mut solo, 3, CHUNK);
        answer(&mut recorder, &mut solo, 4, ChunkId { length: 9, ..CHUNK });
        answer(&mut recorder, &mut solo, 4, ChunkId { recorder: Peer(4), ..CHUNK });
        let unrequested = Rejection::Unrequested;
        assert_eq!(solo.rejected(), [Rejection::Repeated, unrequested, unrequested]);
    }

    #[test]
    fn a_chunk_without_takers_is_announced_again_three_times() {
        let span = Duration::from_secs(3);
        let (mut recorder, mut solo) = pushed(Config { repush_after: Some(span), ..Config::default() });
        for _ in 0..REPUSHES {
            let again = solo.give(|_, _, ctx| recorder.on_repush_due(10, ctx));
            let timer = again.and_then(|again| again.timers[0]);
            assert_eq!(timer, Some((Timer::RepushDue { length: 10 }, solo.now + span)));
        }
        assert_eq!(solo.give(|_, _, ctx| recorder.on_repush_due(10, ctx)), None);
    }

    /// The first finds no holder, however often it is announced; the second has its one, and there is a third.
    #[test]
    fn a_chunk_that_still_looks_for_holders_keeps_none_that_does_not() {
        let (minute, push_window) = (Duration::from_secs(60), Duration::from_secs(100));
        let repair = Config { repair_every: Some(minute), repair_chunks: 1, ..Config::default() };
        let (mut recorder, mut solo) = pushed(Config { replicas: 1, push_window, ..repair });
        let second = ChunkId { length: solo.series.length() + 10, ..CHUNK };
        record(&mut recorder, &mut solo, 10);
        answer(&mut recorder, &mut solo, 3, second);
        solo.now += minute;
        assert!(solo.give(|_, _, ctx| recorder.on_repair_ends(10, ctx)).is_some());
        solo.now += minute;
        solo.observed();
        record(&mut recorder, &mut solo, 10);
        let forgotten = solo.observed().into_iter().filter_map(|seen| match seen {
            Observation::Forgotten { memory, count } => Some((memory, count)),
            _ => None,
        });
        assert_eq!(forgotten.collect::<Vec<_>>(), [(Memory::Repairs, 1)]);
        assert!(recorder.pending.contains_key(&10) && !recorder.pending.contains_key(&second.length));
    }

    #[test]
    fn a_round_of_repair_asks_the_holders_and_announces_the_chunk_when_one_is_silent() {
        let config = Config { replicas: 2, repair_every: Some(Duration::from_secs(60)), ..Config::default() };
        let (mut recorder, mut solo) = pushed(config);
        (3..5).for_each(|from| answer(&mut recorder, &mut solo, from, CHUNK));
        solo.sent();
        solo.give(|_, _, ctx| recorder.on_repair_due(10, ctx));
        let ask = Message::Holds { chunk: CHUNK };
        assert_eq!(solo.sent(), [(Peer(3), ask.clone()), (Peer(4), ask)]);
        solo.give(|_, _, ctx| recorder.on_held(Peer(3), CHUNK, true, ctx));
        assert!(solo.give(|_, _, ctx| recorder.on_repair_ends(10, ctx)).is_some());
        // The one that is left says nothing, but the absence was one's own.
        solo.give(|_, _, ctx| recorder.on_repair_due(10, ctx));
        recorder.on_restart();
        answer(&mut recorder, &mut solo, 5, CHUNK);
        assert_eq!(solo.give(|_, _, ctx| recorder.on_repair_ends(10, ctx)), None);
    }
}
