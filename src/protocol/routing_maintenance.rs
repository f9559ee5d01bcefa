//! Joining, and keeping the routing table fresh (Maymounkov and Mazières, 2002, sections 2.2 to 2.4 and 4.1).
//!
//! Whoever is heard from becomes a contact while its bucket has room. When the bucket is full it is a spare: it takes the
//! place of a contact that does not answer. A silent contact without a spare stays until it is silent again, so that an
//! outage of one's own does not empty the table. Nobody waits: a ping and its time-out are inputs like any other.

use std::collections::{BTreeMap, BTreeSet};

use super::config::{Dissemination, Persist};
use super::lookup::{LookupReason, Lookups, RPC_TIMEOUT};
use super::message::Message;
use super::node::{Context, Env, Node};
use super::observation::{Observation, Rejection};
use super::peer::Peer;
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
    /// Open questions.
    pings: Vec<(u32, Peer)>,
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

impl RoutingMaintenance {
    /// A place in the tree of spares, and the vector behind it.
    pub(super) const BYTES_A_BUCKET: u64 = 64;
}

impl Node {
    /// The node begins, or tries again.
    pub(super) fn begin<S: Env>(&mut self, ctx: &mut Context<'_, S>) {
        let Some(maintenance) = self.maintenance.as_deref_mut() else { return };
        if maintenance.stage != Stage::NotBegun {
            return self.join(ctx);
        }
        maintenance.begun = ctx.now;
        if self.table.contacts().is_empty() {
            maintenance.stage = Stage::Joining;
            let wait = sample::below(self.shared.config.join_over.as_nanos(), ctx.draw());
            return ctx.arm(Timer::Begin, ctx.now + Duration::from_nanos(wait + 1));
        }
        for &contact in self.table.contacts() {
            ctx.observe(Observation::ContactGained { contact });
        }
        self.keep_up(ctx);
    }

    /// Finds its neighbours through those whom everybody knows, which also makes it known.
    fn join<S: Env>(&mut self, ctx: &mut Context<'_, S>) {
        if let Some(maintenance) = self.maintenance.as_deref_mut() {
            if maintenance.stage == Stage::Joined {
                maintenance.begun = ctx.now;
            }
            maintenance.stage = Stage::Joining;
        }
        self.find(self.id(), LookupReason::Join, ctx);
    }

    /// The lookup of the own id has ended at this neighbour; now the buckets beyond it are filled.
    pub(super) fn placed<S: Env>(&mut self, neighbour: Option<Peer>, ctx: &mut Context<'_, S>) {
        let Some(maintenance) = self.maintenance.as_deref() else { return };
        let Some(neighbour) = neighbour else { return ctx.arm(Timer::Begin, ctx.now + REJOIN) };
        ctx.observe(Observation::Joined { took: ctx.now.since(maintenance.begun) });
        for bucket in 0..self.bucket_of(neighbour) {
            self.look_into(bucket, ctx);
        }
        self.keep_up(ctx);
    }

    /// Sets the timers of what keeps the table fresh, once; at a random time within their period, so that not all nodes
    /// do it together.
    fn keep_up<S: Env>(&mut self, ctx: &mut Context<'_, S>) {
        let Some(maintenance) = self.maintenance.as_deref_mut() else { return };
        maintenance.stage = Stage::Joined;
        if std::mem::replace(&mut maintenance.runs, true) {
            return;
        }
        let Some(maintenance) = self.shared.config.maintenance else { return };
        let timers =
            [(maintenance.ping_every, Timer::PingDue), (maintenance.refresh_every, Timer::RefreshDue)];
        for (every, timer) in timers {
            if let Some(every) = every {
                let first = sample::below(every.as_nanos() / self.turns() + 1, ctx.draw());
                ctx.arm(timer, ctx.now + Duration::from_nanos(first));
            }
        }
    }

    /// Buckets take turns, and so does the own neighbourhood.
    fn turns(&self) -> u64 {
        self.table.buckets() as u64 + 1
    }

    /// Asks the contact of the next bucket that was silent for the longest time.
    pub(super) fn ping_next<S: Env>(&mut self, ctx: &mut Context<'_, S>) {
        let turns = self.turns();
        let serves = self.serves();
        let every = self.shared.config.maintenance.and_then(|maintenance| maintenance.ping_every);
        let (Some(every), Some(maintenance)) = (every, self.maintenance.as_deref_mut()) else { return };
        ctx.arm(Timer::PingDue, ctx.now + Duration::from_nanos(every.as_nanos() / turns));
        let bucket = maintenance.ping_next % turns as usize;
        maintenance.ping_next = bucket + 1;
        let Some(&contact) = self.table.bucket(bucket).first() else { return };
        let question = maintenance.asked;
        maintenance.asked = question.wrapping_add(1);
        maintenance.pings.push((question, contact));
        ctx.send(contact, Message::Ping { question, serves });
        ctx.arm(Timer::PingEnds { question }, ctx.now + RPC_TIMEOUT);
    }

    /// Looks up something in the next bucket, or the own id.
    pub(super) fn refresh_next<S: Env>(&mut self, ctx: &mut Context<'_, S>) {
        let turns = self.turns();
        let every = self.shared.config.maintenance.and_then(|maintenance| maintenance.refresh_every);
        let (Some(every), Some(maintenance)) = (every, self.maintenance.as_deref_mut()) else { return };
        ctx.arm(Timer::RefreshDue, ctx.now + Duration::from_nanos(every.as_nanos() / turns));
        let bucket = maintenance.refresh_next % turns as usize;
        maintenance.refresh_next = bucket + 1;
        if self.table.contacts().is_empty() {
            self.join(ctx);
        } else if bucket < self.table.buckets() {
            self.look_into(bucket, ctx);
        } else {
            self.find(self.id(), LookupReason::Refresh, ctx);
        }
    }

    /// Looks up a random id of a bucket.
    fn look_into<S: Env>(&mut self, bucket: usize, ctx: &mut Context<'_, S>) {
        let target = self.id().beside(bucket, || ctx.draw());
        self.find(target, LookupReason::Refresh, ctx);
    }

    pub(super) fn hear_pong<S: Env>(&mut self, from: Peer, question: u32, ctx: &mut Context<'_, S>) {
        let asked = |maintenance: &mut RoutingMaintenance| {
            let place = maintenance.pings.iter().position(|ping| *ping == (question, from))?;
            Some(maintenance.pings.swap_remove(place))
        };
        if self.maintenance.as_deref_mut().and_then(asked).is_none() {
            ctx.reject(from, Rejection::Unrequested);
        }
    }

    /// A ping has had its time.
    pub(super) fn ping_ends<S: Env>(&mut self, question: u32, ctx: &mut Context<'_, S>) {
        let Some(maintenance) = self.maintenance.as_deref_mut() else { return };
        let Some(place) = maintenance.pings.iter().position(|(number, _)| *number == question) else {
            return;
        };
        let (_, contact) = maintenance.pings.swap_remove(place);
        self.missed(contact, ctx);
    }

    /// Somebody was heard from.
    pub(super) fn meet<S: Env>(&mut self, from: Peer, message: &Message, ctx: &mut Context<'_, S>) {
        if self.maintenance.is_none() || from == self.peer() || !self.vouches(message) {
            return;
        }
        let bucket = self.bucket_of(from);
        let k = usize::from(self.shared.config.bucket_size);
        let Some(maintenance) = self.maintenance.as_deref_mut() else { return };
        if self.table.note(bucket, from) {
            maintenance.silent.remove(&from);
        } else if self.table.bucket(bucket).len() < k {
            self.gain(bucket, from, ctx);
        } else {
            let spares = maintenance.spares.entry(bucket).or_default();
            spares.retain(|spare| *spare != from);
            spares.push(from);
            if spares.len() > k {
                spares.remove(0);
            }
        }
    }

    /// Whether who sends this takes part in routing, so far as its messages tell: with `lookup` storage nodes do, and the
    /// others just ask.
    fn vouches(&self, message: &Message) -> bool {
        match message {
            Message::Find(find) => find.serves,
            Message::Ping { serves, .. } => *serves,
            Message::Broadcast(_) | Message::Chunk(_) | Message::Proven(_) | Message::Holds { .. } => {
                self.shared.config.dissemination != Dissemination::Lookup
            }
            Message::Nodes(_)
            | Message::Pong { .. }
            | Message::StoreAnswer { .. }
            | Message::Yes(_)
            | Message::No { .. }
            | Message::Held { .. } => true,
        }
    }

    /// A question of a lookup had no answer.
    pub(super) fn unanswered<S: Env>(&mut self, question: u32, peer: Peer, ctx: &mut Context<'_, S>) {
        if self.maintenance.as_deref().is_some_and(|maintenance| maintenance.blameless <= question) {
            self.missed(peer, ctx);
        }
    }

    /// A peer has not answered in time.
    fn missed<S: Env>(&mut self, peer: Peer, ctx: &mut Context<'_, S>) {
        let bucket = self.bucket_of(peer);
        let Some(maintenance) = self.maintenance.as_deref_mut() else { return };
        let mut none = Vec::new();
        let spares = maintenance.spares.get_mut(&bucket).unwrap_or(&mut none);
        spares.retain(|spare| *spare != peer);
        if !self.table.bucket(bucket).contains(&peer) {
            return;
        }
        let spare = spares.pop();
        if spare.is_none() && maintenance.silent.insert(peer) {
            return;
        }
        maintenance.silent.remove(&peer);
        self.table.remove(bucket, peer);
        ctx.observe(Observation::ContactLost { contact: peer });
        if let Some(spare) = spare {
            self.gain(bucket, spare, ctx);
        }
    }

    fn gain<S: Env>(&mut self, bucket: usize, contact: Peer, ctx: &mut Context<'_, S>) {
        self.table.add(bucket, contact);
        ctx.observe(Observation::ContactGained { contact });
    }

    /// The node is back after an absence: it makes itself known again, from the beginning if it knows nobody any more.
    pub(super) fn come_back<S: Env>(&mut self, ctx: &mut Context<'_, S>) {
        let asked = self.lookups.as_deref().map_or(0, Lookups::asked);
        let config = &self.shared.config;
        let (persist, kept_up) = (config.series.persist, config.maintenance.is_some());
        let Some(maintenance) = self.maintenance.as_deref_mut() else { return };
        maintenance.pings.clear();
        maintenance.blameless = asked;
        if persist == Persist::Nothing {
            maintenance.spares.clear();
            maintenance.silent.clear();
            let lost = std::mem::take(&mut self.table);
            lost.contacts().iter().for_each(|&contact| ctx.observe(Observation::ContactLost { contact }));
        }
        match maintenance.stage {
            Stage::NotBegun => {}
            Stage::Joining if persist == Persist::All => {}
            Stage::Joining => self.join(ctx),
            Stage::Joined if self.table.contacts().is_empty() => self.join(ctx),
            Stage::Joined if kept_up => self.find(self.id(), LookupReason::Refresh, ctx),
            Stage::Joined => {}
        }
    }

    /// Whether it still looks for its place, and so turns to those whom everybody knows.
    pub(super) fn is_joining(&self) -> bool {
        self.maintenance.as_deref().is_some_and(|maintenance| maintenance.stage == Stage::Joining)
    }

    /// Whether it answers lookups, and so may be in routing tables.
    pub(super) fn serves(&self) -> bool {
        self.stores() || self.shared.config.dissemination != Dissemination::Lookup
    }

    fn bucket_of(&self, peer: Peer) -> usize {
        self.id().shared_bits(self.shared.book.id(peer))
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::{Config, Maintenance, SeriesConfig, Start};
    use super::super::harness::Net;
    use super::super::node::Input;
    use super::*;

    const NEVER: Maintenance = Maintenance { ping_every: None, refresh_every: None };

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn at(second: u64) -> Time {
        Time::ZERO + seconds(second)
    }

    /// Everybody begins at the same moment.
    fn begun(count: u32, config: Config, stores: impl Fn(Peer) -> bool) -> Net {
        let mut net = Net::new(count, 9, config, stores);
        (0..count).for_each(|peer| net.give(Peer(peer), Input::Timer(Timer::Begin)));
        net
    }

    fn cold(maintenance: Option<Maintenance>) -> Config {
        Config { start: Start::Cold, maintenance, ..Config::default() }
    }

    /// A converged network of 60 with this maintenance, in which nobody has been heard from.
    fn kept_up(maintenance: Maintenance) -> Net {
        begun(60, Config { maintenance: Some(maintenance), ..Config::default() }, |_| false)
    }

    fn joined(net: &Net) -> usize {
        net.count(|seen| matches!(seen, Observation::Joined { .. }))
    }

    /// Contacts of all tables, and those that full ones would have.
    fn contacts(net: &Net) -> (usize, usize) {
        let k = usize::from(net.shared.config.bucket_size);
        let peers: Vec<Peer> = net.nodes.iter().map(Node::peer).collect();
        let full = |node: &Node| {
            let mut members = vec![0; 256];
            let others = peers.iter().filter(|peer| **peer != node.peer());
            others.for_each(|&peer| members[node.bucket_of(peer)] += 1);
            members.into_iter().map(|count: usize| count.min(k)).sum::<usize>()
        };
        let known = net.nodes.iter().map(|node| node.table().contacts().len()).sum();
        (known, net.nodes.iter().map(full).sum())
    }

    #[test]
    fn who_knows_three_nodes_comes_to_know_its_place_and_everybody_is_told() {
        let mut net = begun(200, Config { bootstrap: 3, ..cold(None) }, |_| false);
        net.run();
        assert_eq!(joined(&net), 200);
        let (known, full) = contacts(&net);
        assert!(known <= full && known as f64 > 0.9 * full as f64, "{known} of {full}");
        net.broadcast(Peer(77), 10);
        net.run();
        // A subtree whose bucket lookups left empty at some node would not be told.
        assert!(net.count(|seen| matches!(seen, Observation::BroadcastHeard { .. })) >= 197);
    }

    #[test]
    fn more_entries_do_no_harm() {
        let contacts = |bootstrap| {
            let mut net = begun(200, Config { bootstrap, ..cold(None) }, |_| false);
            net.run();
            assert_eq!(joined(&net), 200);
            contacts(&net)
        };
        for bootstrap in [9, 50, 200] {
            let (known, full) = contacts(bootstrap);
            assert!(known as f64 > 0.9 * full as f64, "{bootstrap}: {known} of {full}");
        }
    }

    #[test]
    fn who_finds_nobody_tries_again() {
        let mut net =
            Net::new(20, 9, Config { bootstrap: 2, join_over: Duration::ZERO, ..cold(None) }, |_| false);
        net.absent = [Peer(0), Peer(1)].into();
        (2..20).for_each(|peer| net.give(Peer(peer), Input::Timer(Timer::Begin)));
        net.run_until(at(15));
        assert_eq!(joined(&net), 0);
        net.absent.clear();
        [0, 1].into_iter().for_each(|peer| net.give(Peer(peer), Input::Timer(Timer::Begin)));
        net.run_until(at(40));
        assert_eq!(joined(&net), 20);
    }

    #[test]
    fn who_just_asks_is_in_nobody_s_table() {
        let config = Config { dissemination: Dissemination::Lookup, bootstrap: 3, ..cold(None) };
        let mut net = begun(60, config, |peer| peer.0 < 20);
        net.run();
        assert_eq!(joined(&net), 60);
        let known = || net.nodes.iter().flat_map(|node| node.table().contacts());
        assert!(known().count() > 0 && known().all(|contact| contact.0 < 20));
        net.history(Peer(40), Peer(50), 10, 0);
        assert_eq!(net.ask(Peer(30), Peer(50)).derived.positive, 10);
    }

    fn given_up(net: &Net, by: Peer) -> Vec<Peer> {
        let lost = net.seen.iter().filter_map(|(peer, seen)| match seen {
            Observation::ContactLost { contact } if *peer == by => Some(*contact),
            _ => None,
        });
        lost.collect()
    }

    #[test]
    fn a_silent_contact_without_a_spare_is_given_up_at_its_second_silence() {
        // Everybody knows all others: there are no spares.
        let maintenance = Maintenance { ping_every: Some(seconds(60)), ..NEVER };
        let mut net = begun(5, Config { maintenance: Some(maintenance), ..Config::default() }, |_| false);
        net.absent.insert(Peer(4));
        // A question a bucket in 60 s, and its time.
        net.run_until(at(61));
        assert!((0..4).all(|peer| given_up(&net, Peer(peer)).is_empty()));
        net.run_until(at(600));
        assert!((0..4).all(|peer| given_up(&net, Peer(peer)) == [Peer(4)]));
        assert!((0..4).all(|peer| net.node(Peer(peer)).table().contacts().len() == 3));
    }

    #[test]
    fn a_spare_takes_the_place_of_a_silent_contact() {
        let mut net = kept_up(Maintenance { ping_every: Some(seconds(60)), ..NEVER });
        let gone = net.node(Peer(0)).table().bucket(0)[0];
        net.absent.insert(gone);
        net.run_until(at(130));
        assert_eq!(given_up(&net, Peer(0)), [gone]);
        // Half of the 59 others belong into this bucket, and some of those have asked after node 0.
        assert_eq!(net.node(Peer(0)).table().bucket(0).len(), 8);
    }

    #[test]
    fn who_is_heard_from_moves_to_the_end_of_its_bucket() {
        let mut net = kept_up(NEVER);
        let first = net.node(Peer(0)).table().bucket(0)[0];
        net.send(first, Peer(0), Message::Ping { question: 1, serves: true });
        assert_eq!(net.node(Peer(0)).table().bucket(0).last(), Some(&first));
    }

    #[test]
    fn an_answer_to_no_ping_is_refused_and_one_to_a_ping_is_not() {
        let mut net = kept_up(Maintenance { ping_every: Some(seconds(60)), ..NEVER });
        net.run_until(at(120));
        let refused = |seen: &Observation| matches!(seen, Observation::Rejected { .. });
        assert_eq!(net.count(refused), 0);
        net.send(Peer(1), Peer(2), Message::Pong { question: 1_000 });
        assert_eq!(net.count(refused), 1);
    }

    #[test]
    fn refreshing_fills_a_table_that_nobody_else_fills() {
        let mut net = begun(200, Config { bootstrap: 3, ..cold(Some(NEVER)) }, |_| false);
        net.run();
        let (before, full) = contacts(&net);
        let maintenance = Maintenance { refresh_every: Some(seconds(60)), ..NEVER };
        let mut net = begun(200, Config { bootstrap: 3, ..cold(Some(maintenance)) }, |_| false);
        net.run_until(at(600));
        let (after, _) = contacts(&net);
        assert!(before < after && after as f64 > 0.99 * full as f64, "{before}, {after} of {full}");
    }

    #[test]
    fn who_has_lost_its_table_joins_again_and_who_has_kept_it_makes_itself_known() {
        for (persist, tables_lost) in [(Persist::Nothing, 1), (Persist::Own, 0), (Persist::All, 0)] {
            let mut net = begun(
                60,
                Config { series: SeriesConfig { persist }, bootstrap: 3, ..cold(Some(NEVER)) },
                |_| false,
            );
            net.run();
            net.seen.clear();
            net.give(Peer(30), Input::Restart);
            net.run();
            assert_eq!(joined(&net), tables_lost, "{persist:?}");
            assert!(net.count(|seen| matches!(seen, Observation::LookedUp(_))) >= 1);
            assert!(net.node(Peer(30)).table().contacts().len() > 20);
        }
    }

    #[test]
    fn without_maintenance_nothing_changes_a_table() {
        let mut net = Net::new(60, 9, Config::default(), |_| false);
        let before = net.node(Peer(0)).table().clone();
        net.send(Peer(1), Peer(0), Message::Ping { question: 1, serves: true });
        net.give(Peer(0), Input::Timer(Timer::Begin));
        net.give(Peer(0), Input::Restart);
        net.run();
        assert_eq!(*net.node(Peer(0)).table(), before);
    }
}
