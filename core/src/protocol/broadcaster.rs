//! The role of every node: begin broadcasts, pass on those of others, and remember which were seen.

use std::sync::Arc;

use super::config::{Attribution, Dissemination};
use super::context::{Context, LocalPeer};
use super::dissemination::{Spread, delegate};
use super::flood::tell_all;
use super::gossip::infect;
use super::io::{Driver, Output};
use super::message::{Body, Broadcast, BroadcastId, Content, Message};
use super::observation::{Memory, Observation, Rejection};
use super::peer::{Id, Peer};
use super::routing::RoutingTable;
use super::seen_cache::SeenCache;
use super::timer::Timer;
use crate::units::{Duration, Frequency, Time};

/// What a node remembers of broadcasts, its own and others'.
#[derive(Debug, Default)]
pub(super) struct Broadcaster {
    /// Number of the next broadcast that begins here.
    sequence: u32,
    repeats: u32,
    seen: SeenCache,
    /// When the queries that were passed on would have been, had they come at the rate of `forward_limit`.
    passed_on: Time,
}

/// What another role wants broadcast.
#[derive(Debug, PartialEq)]
pub(super) struct Announcement {
    pub(super) content: Content,
    /// To be set once the copies are out.
    pub(super) timers: [Option<(Timer, Time)>; 2],
}

/// A broadcast that has begun.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) body: Arc<Body>,
    /// The ids that its receivers are to be looked up by: none, unless dissemination is by lookups.
    pub(super) targets: Vec<Id>,
}

impl Broadcaster {
    /// Begins a broadcast.
    pub(super) fn start<E: Driver>(
        &mut self,
        content: Content,
        table: &RoutingTable,
        ctx: &mut Context<'_, E>,
    ) -> Started {
        let id = BroadcastId { origin: ctx.local.peer, sequence: self.sequence };
        self.sequence += 1;
        let body = Arc::new(Body::new(id, content));
        let copies = spread(&body, 0, 0, ctx.local.peer, table, ctx);
        ctx.observe(Observation::BroadcastStarted { id, copies });
        let targets = match ctx.config().dissemination {
            Dissemination::Lookup => targets(&body, ctx.local),
            Dissemination::Tree | Dissemination::Flood | Dissemination::Gossip => Vec::new(),
        };
        Started { body, targets }
    }

    /// Passes a broadcast on to the buckets that its first copy makes the node responsible for, and returns it, to be acted
    /// on. Other copies are only counted: to cover what a later copy of smaller depth adds would double the messages of
    /// `redundancy = 2`, and reach 0.1 % more nodes with a tenth of them away (1,000 nodes).
    #[inline(always)]
    pub(super) fn on_broadcast<E: Driver>(
        &mut self,
        from: Peer,
        copy: Broadcast,
        table: &RoutingTable,
        ctx: &mut Context<'_, E>,
    ) -> Option<Arc<Body>> {
        let Broadcast { depth, hops, body } = copy;
        let id = body.id();
        let config = ctx.config();
        let new = if id.origin == ctx.local.peer {
            None
        } else {
            self.seen.insert(id, ctx.now, config.seen, config.remember_for)
        };
        let Some(forgotten) = new else {
            self.repeats = self.repeats.saturating_add(1);
            return None;
        };
        ctx.forgot(Memory::Broadcasts, forgotten);
        let copies = if self.passes_on(from, (depth, hops), &body, ctx) {
            spread(&body, usize::from(depth), hops, from, table, ctx)
        } else {
            0
        };
        ctx.driver.carry_out(Output::Observe(Observation::BroadcastHeard { id, hops, copies }));
        Some(body)
    }

    /// Whether a first copy that has come this far may be passed on.
    #[inline(always)]
    fn passes_on<E: Driver>(
        &mut self,
        from: Peer,
        (depth, hops): (u8, u8),
        body: &Body,
        ctx: &mut Context<'_, E>,
    ) -> bool {
        let config = ctx.config();
        if hops >= config.hop_limit {
            // What is not to be passed on anyway, as lookups place it, was not stopped.
            if depth < u8::MAX {
                ctx.observe(Observation::HopLimitReached { id: body.id() });
            }
            return false;
        }
        let is_held_back = config.forward_limit.is_some_and(|limit| self.holds_back(body, limit, ctx.now));
        if is_held_back {
            ctx.reject(from, Rejection::RateLimited);
        }
        !is_held_back
    }

    /// Whether a broadcast is not to be passed on: a query, after a second's worth of them that came too fast (the generic cell
    /// rate algorithm, ITU-T I.371).
    #[inline(never)]
    fn holds_back(&mut self, body: &Body, limit: Frequency, now: Time) -> bool {
        let Content::Query { .. } = body.content() else { return false };
        let due = self.passed_on.max(now);
        if due.since(now) > Duration::from_secs(1) {
            return true;
        }
        self.passed_on = due + Duration::from_seconds(1.0 / limit.as_per_second());
        false
    }

    /// Number of the next broadcast that begins here.
    pub(super) fn next_sequence(&self) -> u32 {
        self.sequence
    }

    /// Takes the next number for something that is not broadcast from here.
    pub(super) fn take_sequence(&mut self) -> u32 {
        self.sequence += 1;
        self.sequence - 1
    }

    /// Copies of broadcasts that had been seen before.
    pub(super) fn repeats(&self) -> u32 {
        self.repeats
    }

    /// Loads what tells whether a broadcast is remembered; `true` if it surely is.
    #[inline]
    pub(super) fn prefetch(&self, id: BroadcastId) -> bool {
        self.seen.is_at_first_place(id)
    }

    /// A restart has lost what was seen.
    pub(super) fn forget_seen(&mut self) {
        self.seen = SeenCache::default();
    }

    /// A restart has lost the number of broadcasts so far.
    pub(super) fn forget_sequence(&mut self) {
        self.sequence = 0;
    }

    #[cfg(test)]
    pub(super) fn skip(&mut self, count: u32) {
        self.sequence += count;
    }
}

/// Tells some nodes, which a lookup has found, and leaves it at that: nobody passes these copies on.
pub(super) fn tell_closest<E: Driver>(body: &Arc<Body>, peers: Vec<Peer>, ctx: &mut Context<'_, E>) {
    let copies = peers.len() as u32;
    for peer in peers {
        ctx.send(peer, copy(body, u8::MAX, 0));
    }
    ctx.observe(Observation::BroadcastForwarded { id: body.id(), copies });
}

/// The ids that a body's holders are found by.
fn targets(body: &Body, local: &LocalPeer) -> Vec<Id> {
    let peers: &[Peer] = match (body.content(), local.config().attribution) {
        (Content::StoreIntent(_), Attribution::Recorder) => &[local.peer],
        (Content::StoreIntent(intent), Attribution::Subject) => &intent.subjects,
        (Content::Query { target }, _) => std::slice::from_ref(target),
        (Content::Opaque { .. }, _) => &[],
    };
    peers.iter().map(|&peer| *local.peers().id(peer)).collect()
}

/// Sends copies to those whom this one's depth makes the node responsible for. Returns how many.
#[inline(always)]
fn spread<E: Driver>(
    body: &Arc<Body>,
    depth: usize,
    hops: u8,
    from: Peer,
    table: &RoutingTable,
    ctx: &mut Context<'_, E>,
) -> u32 {
    let config = ctx.config();
    let skip = [from, body.id().origin];
    let mut copies = Copies { driver: &mut *ctx.driver, body, hops, sent: 0 };
    match config.dissemination {
        Dissemination::Tree => delegate(table, depth, config.redundancy, skip, &mut copies),
        Dissemination::Flood => tell_all(table, skip, |to| copies.send(to, 0)),
        Dissemination::Gossip => infect(table, config.fanout, skip, &mut copies),
        Dissemination::Lookup => {}
    }
    copies.sent
}

/// The copies of a broadcast that go out of a node.
struct Copies<'a, E> {
    driver: &'a mut E,
    body: &'a Arc<Body>,
    hops: u8,
    sent: u32,
}

impl<E: Driver> Spread for Copies<'_, E> {
    fn draw(&mut self) -> u64 {
        self.driver.random()
    }

    #[inline(always)]
    fn send(&mut self, to: Peer, depth: u8) {
        self.sent += 1;
        self.driver.carry_out(Output::Send { to, message: copy(self.body, depth, self.hops) });
    }
}

/// The next copy of a broadcast that is so many hops from its origin here.
fn copy(body: &Arc<Body>, depth: u8, hops: u8) -> Message {
    Message::Broadcast(Broadcast { depth, hops: hops.saturating_add(1), body: Arc::clone(body) })
}

#[cfg(test)]
mod tests {
    use super::super::config::Config;
    use super::super::harness::Solo;
    use super::*;

    fn copy_of(origin: u32) -> Broadcast {
        let id = BroadcastId { origin: Peer(origin), sequence: 2 };
        Broadcast { depth: 0, hops: 1, body: Arc::new(Body::new(id, Content::Opaque { size: 9 })) }
    }

    fn hear(broadcaster: &mut Broadcaster, solo: &mut Solo, origin: u32) -> Option<Arc<Body>> {
        solo.give(|_, table, ctx| broadcaster.on_broadcast(Peer(3), copy_of(origin), table, ctx))
    }

    #[test]
    fn a_first_copy_is_passed_on_to_every_bucket_and_a_second_one_is_counted() {
        let mut solo = Solo::converged(Config { redundancy: 1, ..Config::default() });
        let mut broadcaster = Broadcaster::default();
        assert!(hear(&mut broadcaster, &mut solo, 5).is_some());
        let sent = solo.sent();
        assert!(!sent.is_empty() && sent.len() <= solo.table.buckets());
        assert!(sent.iter().all(|(to, _)| ![Peer(3), Peer(5)].contains(to)));
        assert!(hear(&mut broadcaster, &mut solo, 5).is_none());
        assert_eq!((solo.sent(), broadcaster.repeats()), (vec![], 1));
    }

    #[test]
    fn a_copy_that_has_come_far_enough_is_acted_on_but_not_passed_on() {
        for (hop_limit, stopped) in [(1, true), (2, false)] {
            let mut solo = Solo::converged(Config { hop_limit, ..Config::default() });
            assert!(hear(&mut Broadcaster::default(), &mut solo, 5).is_some());
            assert_eq!(solo.sent().is_empty(), stopped);
            let said = |seen: &Observation| matches!(seen, Observation::HopLimitReached { .. });
            assert_eq!(solo.observed().iter().any(said), stopped);
        }
    }

    #[test]
    fn queries_beyond_the_limit_are_acted_on_but_not_passed_on() {
        let forward_limit = Some(Frequency::per_second(10.0));
        let mut solo = Solo::converged(Config { forward_limit, ..Config::default() });
        let mut broadcaster = Broadcaster::default();
        let mut passed_on = |solo: &mut Solo, sequence, content| {
            let id = BroadcastId { origin: Peer(5), sequence };
            let copy = Broadcast { depth: 0, hops: 1, body: Arc::new(Body::new(id, content)) };
            let body = solo.give(|_, table, ctx| broadcaster.on_broadcast(Peer(3), copy, table, ctx));
            assert!(body.is_some());
            !solo.sent().is_empty()
        };
        let query = Content::Query { target: Peer(9) };
        let at_once = (0..20).filter(|number| passed_on(&mut solo, *number, query.clone())).count();
        // A second's worth, and the one that is due.
        assert_eq!(at_once, 11);
        assert!(passed_on(&mut solo, 20, Content::Opaque { size: 9 }));
        solo.now += Duration::from_millis(101);
        assert!(passed_on(&mut solo, 21, query.clone()) && !passed_on(&mut solo, 22, query));
        let held_back =
            |seen: &Observation| matches!(seen, Observation::Rejected { reason: Rejection::RateLimited, .. });
        assert_eq!(solo.observed().iter().filter(|seen| held_back(seen)).count(), 10);
    }

    #[test]
    fn its_own_broadcast_that_comes_back_is_no_news() {
        let (mut broadcaster, mut solo) = (Broadcaster::default(), Solo::converged(Config::default()));
        assert!(hear(&mut broadcaster, &mut solo, 0).is_none());
        assert_eq!(broadcaster.repeats(), 1);
    }

    #[test]
    fn broadcasts_are_numbered_until_the_number_is_lost() {
        let (mut broadcaster, mut solo) = (Broadcaster::default(), Solo::new(Config::default()));
        let mut start = |broadcaster: &mut Broadcaster| {
            let content = Content::Opaque { size: 1 };
            solo.give(|_, table, ctx| broadcaster.start(content, table, ctx).body.id().sequence)
        };
        assert_eq!((start(&mut broadcaster), start(&mut broadcaster)), (0, 1));
        broadcaster.forget_sequence();
        assert_eq!(start(&mut broadcaster), 0);
    }

    #[test]
    fn by_lookups_nobody_is_told_at_once_and_the_target_is_to_be_looked_up() {
        let mut solo = Solo::converged(Config { dissemination: Dissemination::Lookup, ..Config::default() });
        let content = Content::Query { target: Peer(7) };
        let started = solo.give(|_, table, ctx| Broadcaster::default().start(content, table, ctx));
        assert_eq!(solo.sent(), []);
        assert_eq!(started.targets, [*solo.local.peers().id(Peer(7))]);
    }
}
