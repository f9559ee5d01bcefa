//! Joining, and keeping the routing table fresh (Maymounkov and Mazières, 2002, sections 2.2 to 2.4 and 4.1).
//!
//! Whoever is heard from becomes a contact while its bucket has room. When the bucket is full it is a spare: it takes the
//! place of a contact that does not answer. A silent contact without a spare stays until it is silent again, so that an
//! outage of one's own does not empty the table. Nobody waits: a ping and its time-out are inputs like any other.

use std::collections::{BTreeMap, BTreeSet};

use super::config::{Dissemination, Persist};
use super::context::Context;
use super::io::Driver;
use super::lookup::{LookupReason, LookupRequest, Unanswered};
use super::message::Message;
use super::observation::{Memory, Observation, Rejection};
use super::peer::{Id, Peer};
use super::questions::Questions;
use super::routing::RoutingTable;
use super::sample;
use super::timer::Timer;
use crate::units::{Duration, Time};

/// Who finds nobody to join through tries again after so long.
const REJOIN: Duration = Duration::from_secs(10);

/// What a node remembers whose routing table changes by what it hears.
#[derive(Debug, Default)]
pub(super) struct RoutingMaintenance {
    stage: Stage,
    /// Whether the timers of what keeps the table fresh are under way.
    runs: bool,
    /// When it began.
    begun: Time,
    /// By bucket, the one heard from last at the end; at most k of each.
    spares: BTreeMap<usize, Vec<Peer>>,
    /// Contacts that did not answer the last time.
    silent: BTreeSet<Peer>,
    /// Pings whose time is not yet over.
    pings: Vec<(u32, Peer)>,
    /// Those that may still be answered.
    questions: Questions,
    /// Pings so far: each has a number.
    asked: u32,
    /// Whose turn it is next.
    ping_next: usize,
    refresh_next: usize,
    /// Questions of lookups before this one were asked before an absence: nobody is to blame for their silence.
    blameless: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    NotBegun,
    Joining,
    /// It knows its neighbours, and they know it.
    Joined,
}

/// What is to be looked up, and then the timers to set.
#[derive(Debug, Default)]
pub(super) struct Refresh {
    pub(super) lookups: Vec<LookupRequest>,
    pub(super) timers: [Option<(Timer, Time)>; 2],
}

impl RoutingMaintenance {
    /// A place in the tree of spares, and the vector behind it.
    pub(super) const BYTES_A_BUCKET: u64 = 64;

    /// The node begins, or tries again.
    pub(super) fn on_begin<E: Driver>(&mut self, table: &RoutingTable, ctx: &mut Context<'_, E>) -> Refresh {
        if self.stage != Stage::NotBegun {
            return Refresh { lookups: vec![self.join(ctx)], ..Refresh::default() };
        }
        self.begun = ctx.now;
        if table.contacts().is_empty() {
            self.stage = Stage::Joining;
            let wait = sample::below(ctx.config().join_over.as_nanos(), ctx.draw());
            ctx.set_timer(Timer::Begin, ctx.now + Duration::from_nanos(wait + 1));
            return Refresh::default();
        }
        for &contact in table.contacts() {
            ctx.observe(Observation::ContactGained { contact });
        }
        Refresh { lookups: Vec::new(), timers: self.settle(table, ctx) }
    }

    /// The lookup of the own id has ended at this neighbour; now the buckets beyond it are filled.
    pub(super) fn on_placed<E: Driver>(
        &mut self,
        neighbour: Option<Peer>,
        table: &RoutingTable,
        ctx: &mut Context<'_, E>,
    ) -> Refresh {
        let Some(neighbour) = neighbour else {
            ctx.set_timer(Timer::Begin, ctx.now + REJOIN);
            return Refresh::default();
        };
        ctx.observe(Observation::Joined { took: ctx.now.since(self.begun) });
        let buckets = 0..ctx.local.bucket_of(neighbour);
        // Drawn before the stage changes: these lookups may still turn to the nodes that everybody knows.
        let lookups = buckets.map(|bucket| self.look_into(bucket, ctx)).collect();
        Refresh { lookups, timers: self.settle(table, ctx) }
    }

    /// Asks the contact of the next bucket that was silent for the longest time.
    pub(super) fn on_ping_due<E: Driver>(&mut self, table: &RoutingTable, ctx: &mut Context<'_, E>) {
        let turns = turns(table);
        let Some(every) = ctx.config().maintenance.and_then(|maintenance| maintenance.ping_every) else {
            return;
        };
        ctx.set_timer(Timer::PingDue, ctx.now + Duration::from_nanos(every.as_nanos() / turns));
        let bucket = self.ping_next % turns as usize;
        self.ping_next = bucket + 1;
        let Some(&contact) = table.bucket(bucket).first() else { return };
        let question = self.asked;
        self.asked = question.wrapping_add(1);
        self.pings.push((question, contact));
        ctx.send(contact, Message::Ping { question, serves: ctx.local.serves() });
        let timeout = self.questions.ask(question, contact, ctx.now, ctx.config());
        ctx.set_timer(Timer::PingEnds { question }, ctx.now + timeout);
    }

    /// Looks up something in the next bucket, or the own id.
    pub(super) fn on_refresh_due<E: Driver>(
        &mut self,
        table: &RoutingTable,
        ctx: &mut Context<'_, E>,
    ) -> Option<LookupRequest> {
        let turns = turns(table);
        let every = ctx.config().maintenance.and_then(|maintenance| maintenance.refresh_every)?;
        ctx.set_timer(Timer::RefreshDue, ctx.now + Duration::from_nanos(every.as_nanos() / turns));
        let bucket = self.refresh_next % turns as usize;
        self.refresh_next = bucket + 1;
        Some(if table.contacts().is_empty() {
            self.join(ctx)
        } else if bucket < table.buckets() {
            self.look_into(bucket, ctx)
        } else {
            self.refresh(*ctx.local.id())
        })
    }

    /// Somebody answers a ping, in time or late.
    pub(super) fn on_pong(&mut self, from: Peer, question: u32, now: Time) -> Result<(), Rejection> {
        if !self.questions.answered(question, from, now) {
            return Err(Rejection::Unrequested);
        }
        self.pings.retain(|(number, _)| *number != question);
        Ok(())
    }

    /// A ping has had its time.
    pub(super) fn on_ping_ends<E: Driver>(
        &mut self,
        question: u32,
        table: &mut RoutingTable,
        ctx: &mut Context<'_, E>,
    ) {
        let Some(place) = self.pings.iter().position(|(number, _)| *number == question) else { return };
        let (_, contact) = self.pings.swap_remove(place);
        self.missed(contact, table, ctx);
    }

    /// Somebody was heard from.
    pub(super) fn on_message<E: Driver>(
        &mut self,
        from: Peer,
        message: &Message,
        table: &mut RoutingTable,
        ctx: &mut Context<'_, E>,
    ) {
        if from == ctx.local.peer || !vouches(message, ctx.config().dissemination) {
            return;
        }
        let bucket = ctx.local.bucket_of(from);
        let k = usize::from(ctx.config().bucket_size);
        if table.note(bucket, from) {
            self.silent.remove(&from);
        } else if table.bucket(bucket).len() < k {
            gain(bucket, from, table, ctx);
        } else {
            let spares = self.spares.entry(bucket).or_default();
            spares.retain(|spare| *spare != from);
            spares.push(from);
            if spares.len() > k {
                spares.remove(0);
                ctx.forgot(Memory::Spares, 1);
            }
        }
    }

    /// A question of a lookup had no answer.
    pub(super) fn on_unanswered<E: Driver>(
        &mut self,
        unanswered: &Unanswered,
        table: &mut RoutingTable,
        ctx: &mut Context<'_, E>,
    ) {
        if self.blameless <= unanswered.question {
            self.missed(unanswered.peer, table, ctx);
        }
    }

    /// The node is back after an absence: it makes itself known again, from the beginning if it knows nobody any more.
    /// Lookups had asked so many questions by then.
    pub(super) fn on_restart<E: Driver>(
        &mut self,
        asked: u32,
        table: &mut RoutingTable,
        ctx: &mut Context<'_, E>,
    ) -> Option<LookupRequest> {
        let config = ctx.config();
        let persist = config.series.persist;
        self.pings.clear();
        self.questions.forget();
        self.blameless = asked;
        if persist == Persist::Nothing {
            self.spares.clear();
            self.silent.clear();
            let lost = std::mem::take(table);
            // Before it began its contacts were no gain either.
            let told = lost.contacts().iter().filter(|_| self.stage != Stage::NotBegun);
            told.for_each(|&contact| ctx.observe(Observation::ContactLost { contact }));
        }
        match self.stage {
            Stage::NotBegun => None,
            Stage::Joining if persist == Persist::All => None,
            Stage::Joining => Some(self.join(ctx)),
            Stage::Joined if table.contacts().is_empty() => Some(self.join(ctx)),
            Stage::Joined => config.maintenance.map(|_| self.refresh(*ctx.local.id())),
        }
    }

    /// Whether it still looks for its place, and so turns to those whom everybody knows.
    pub(super) fn is_joining(&self) -> bool {
        self.stage == Stage::Joining
    }

    /// Finds its neighbours through those whom everybody knows, which also makes it known.
    fn join<E: Driver>(&mut self, ctx: &Context<'_, E>) -> LookupRequest {
        if self.stage == Stage::Joined {
            self.begun = ctx.now;
        }
        self.stage = Stage::Joining;
        LookupRequest { target: *ctx.local.id(), reason: LookupReason::Join, by_bootstrap: true }
    }

    /// Looks up a random id of a bucket.
    fn look_into<E: Driver>(&self, bucket: usize, ctx: &mut Context<'_, E>) -> LookupRequest {
        let target = ctx.local.id().beside(bucket, || ctx.draw());
        self.refresh(target)
    }

    fn refresh(&self, target: Id) -> LookupRequest {
        LookupRequest { target, reason: LookupReason::Refresh, by_bootstrap: self.is_joining() }
    }

    /// The node has found its place. Gives the timers of what keeps the table fresh, once; at a random time within their
    /// period, so that not all nodes do it together.
    fn settle<E: Driver>(
        &mut self,
        table: &RoutingTable,
        ctx: &mut Context<'_, E>,
    ) -> [Option<(Timer, Time)>; 2] {
        self.stage = Stage::Joined;
        if std::mem::replace(&mut self.runs, true) {
            return [None, None];
        }
        let Some(maintenance) = ctx.config().maintenance else { return [None, None] };
        let timers =
            [(maintenance.ping_every, Timer::PingDue), (maintenance.refresh_every, Timer::RefreshDue)];
        timers.map(|(every, timer)| {
            let first = sample::below(every?.as_nanos() / turns(table) + 1, ctx.draw());
            Some((timer, ctx.now + Duration::from_nanos(first)))
        })
    }

    /// A peer has not answered in time.
    fn missed<E: Driver>(&mut self, peer: Peer, table: &mut RoutingTable, ctx: &mut Context<'_, E>) {
        let bucket = ctx.local.bucket_of(peer);
        let mut none = Vec::new();
        let spares = self.spares.get_mut(&bucket).unwrap_or(&mut none);
        spares.retain(|spare| *spare != peer);
        if !table.bucket(bucket).contains(&peer) {
            return;
        }
        let spare = spares.pop();
        if spare.is_none() && self.silent.insert(peer) {
            return;
        }
        self.silent.remove(&peer);
        table.remove(bucket, peer);
        ctx.observe(Observation::ContactLost { contact: peer });
        if let Some(spare) = spare {
            gain(bucket, spare, table, ctx);
        }
    }
}

/// Buckets take turns, and so does the own neighbourhood.
fn turns(table: &RoutingTable) -> u64 {
    table.buckets() as u64 + 1
}

fn gain<E: Driver>(bucket: usize, contact: Peer, table: &mut RoutingTable, ctx: &mut Context<'_, E>) {
    table.add(bucket, contact);
    ctx.observe(Observation::ContactGained { contact });
}

/// Whether who sends this takes part in routing, so far as its messages tell: with `lookup` storage nodes do, and the
/// others just ask.
fn vouches(message: &Message, dissemination: Dissemination) -> bool {
    match message {
        Message::Find(find) => find.serves,
        Message::Ping { serves, .. } => *serves,
        Message::Broadcast(_)
        | Message::Chunk(_)
        | Message::Proven(_)
        | Message::Holds { .. }
        | Message::Ask { .. } => dissemination != Dissemination::Lookup,
        Message::Nodes(_)
        | Message::Pong { .. }
        | Message::StoreAnswer { .. }
        | Message::Yes(_)
        | Message::No { .. }
        | Message::Claim(_)
        | Message::Receipt(_)
        | Message::Passed(_)
        | Message::Held { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::{Config, Maintenance, SeriesConfig, Start};
    use super::super::harness::Solo;
    use super::*;

    const PINGS: Maintenance = Maintenance { ping_every: Some(Duration::from_secs(60)), refresh_every: None };

    fn cold() -> Config {
        Config { start: Start::Cold, ..Config::default() }
    }

    fn begin(maintenance: &mut RoutingMaintenance, solo: &mut Solo) -> Refresh {
        solo.give(|_, table, ctx| maintenance.on_begin(table, ctx))
    }

    fn lost(solo: &mut Solo) -> Vec<Peer> {
        let lost = solo.observed().into_iter().filter_map(|seen| match seen {
            Observation::ContactLost { contact } => Some(contact),
            _ => None,
        });
        lost.collect()
    }

    #[test]
    fn a_node_without_contacts_waits_and_then_looks_for_its_own_place() {
        let (mut maintenance, mut solo) = (RoutingMaintenance::default(), Solo::new(cold()));
        assert!(begin(&mut maintenance, &mut solo).lookups.is_empty());
        assert!(matches!(solo.timers()[..], [(Timer::Begin, at)] if at > solo.now));
        let again = begin(&mut maintenance, &mut solo);
        let [LookupRequest { target, reason: LookupReason::Join, by_bootstrap: true }] = again.lookups[..]
        else {
            unreachable!("it looks for its own place")
        };
        assert_eq!(target, *solo.local.id());
        assert!(maintenance.is_joining());
    }

    #[test]
    fn who_is_placed_refreshes_the_buckets_before_its_neighbour_s_and_sets_its_timers_once() {
        let config = Config { maintenance: Some(PINGS), ..cold() };
        let (mut maintenance, mut solo) = (RoutingMaintenance::default(), Solo::new(config));
        (0..2).for_each(|_| drop(begin(&mut maintenance, &mut solo)));
        let mut placed = |neighbour| solo.give(|_, table, ctx| maintenance.on_placed(neighbour, table, ctx));
        let first = placed(Some(Peer(4)));
        let second = placed(Some(Peer(4)));
        let bucket = solo.local.bucket_of(Peer(4));
        assert_eq!((first.lookups.len(), second.lookups.len()), (bucket, bucket));
        assert!(matches!(first.timers, [Some((Timer::PingDue, _)), None]));
        assert_eq!(second.timers, [None, None]);
        assert!(!maintenance.is_joining());
    }

    #[test]
    fn who_finds_nobody_begins_again_later() {
        let (mut maintenance, mut solo) = (RoutingMaintenance::default(), Solo::new(cold()));
        (0..2).for_each(|_| drop(begin(&mut maintenance, &mut solo)));
        solo.timers();
        solo.give(|_, table, ctx| maintenance.on_placed(None, table, ctx));
        assert_eq!(solo.timers(), [(Timer::Begin, solo.now + REJOIN)]);
    }

    #[test]
    fn a_contact_that_misses_two_pings_is_lost_and_one_that_answers_is_not() {
        let mut solo = Solo::converged(Config { maintenance: Some(PINGS), ..Config::default() });
        let mut maintenance = RoutingMaintenance::default();
        let contact = solo.table.bucket(0)[0];
        let ping = |maintenance: &mut RoutingMaintenance, solo: &mut Solo| {
            maintenance.ping_next = 0;
            solo.give(|_, table, ctx| maintenance.on_ping_due(table, ctx));
            let (to, message) = solo.sent().remove(0);
            let Message::Ping { question, .. } = message else { unreachable!("it is pinged") };
            (to, question)
        };
        let ends = |maintenance: &mut RoutingMaintenance, solo: &mut Solo, question| {
            solo.give(|_, table, ctx| maintenance.on_ping_ends(question, table, ctx));
        };
        let (to, answered) = ping(&mut maintenance, &mut solo);
        let now = solo.now;
        assert_eq!((to, maintenance.on_pong(to, answered, now)), (contact, Ok(())));
        assert_eq!(maintenance.on_pong(to, answered, now), Err(Rejection::Unrequested));
        ends(&mut maintenance, &mut solo, answered);
        for missed in [vec![], vec![contact]] {
            let (_, question) = ping(&mut maintenance, &mut solo);
            ends(&mut maintenance, &mut solo, question);
            assert_eq!(lost(&mut solo), missed);
        }
    }

    #[test]
    fn a_spare_takes_the_place_of_who_does_not_answer() {
        let mut solo = Solo::converged(Config { bucket_size: 1, ..Config::default() });
        let mut maintenance = RoutingMaintenance::default();
        let contact = solo.table.bucket(0)[0];
        let fits = |peer: &Peer| *peer != contact && solo.local.bucket_of(*peer) == 0;
        let spare = (1..20).map(Peer).find(fits).expect("half of all fit into the first bucket");
        let pong = Message::Pong { question: 1 };
        solo.give(|_, table, ctx| maintenance.on_message(spare, &pong, table, ctx));
        assert_eq!(solo.table.bucket(0), [contact]);
        solo.give(|_, table, ctx| maintenance.missed(contact, table, ctx));
        assert_eq!(solo.table.bucket(0), [spare]);
    }

    #[test]
    fn who_only_asks_is_not_taken_for_a_contact() {
        let (mut maintenance, mut solo) = (RoutingMaintenance::default(), Solo::new(cold()));
        for (serves, contacts) in [(false, 0), (true, 1)] {
            let ping = Message::Ping { question: 1, serves };
            solo.give(|_, table, ctx| maintenance.on_message(Peer(4), &ping, table, ctx));
            assert_eq!(solo.table.contacts().len(), contacts);
        }
    }

    #[test]
    fn a_restart_blames_nobody_for_what_was_asked_before_it() {
        let mut solo = Solo::converged(Config::default());
        let mut maintenance = RoutingMaintenance::default();
        solo.give(|_, table, ctx| maintenance.on_restart(7, table, ctx));
        assert_eq!((maintenance.blameless, maintenance.pings.len()), (7, 0));
    }

    /// It was away from the start: nobody has been told of its contacts.
    #[test]
    fn what_is_lost_before_a_node_has_begun_was_no_contact() {
        let series = SeriesConfig { persist: Persist::Nothing };
        let mut solo = Solo::converged(Config { maintenance: Some(PINGS), series, ..Config::default() });
        let mut maintenance = RoutingMaintenance::default();
        let request = solo.give(|_, table, ctx| maintenance.on_restart(0, table, ctx));
        assert!(request.is_none() && solo.table.contacts().is_empty());
        assert_eq!(lost(&mut solo), []);
    }

    #[test]
    fn who_has_lost_its_table_joins_again() {
        let series = SeriesConfig { persist: Persist::Nothing };
        let mut solo = Solo::converged(Config { maintenance: Some(PINGS), series, ..Config::default() });
        let mut maintenance = RoutingMaintenance::default();
        begin(&mut maintenance, &mut solo);
        let request = solo.give(|_, table, ctx| maintenance.on_restart(0, table, ctx));
        assert!(matches!(request, Some(LookupRequest { reason: LookupReason::Join, .. })));
        assert!(solo.table.contacts().is_empty() && !lost(&mut solo).is_empty());
    }
}
