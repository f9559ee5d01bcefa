//! Iterative lookups (Maymounkov and Mazières, 2002): who of the network is closest to an id?
//!
//! The k closest contacts known are kept by their distance; up to α of them are asked at a time for whom they know
//! closer; it ends when the k closest have all answered. Nobody waits: an answer is an input, and so is the timer of a
//! question without one.

use std::sync::Arc;

use super::message::{Body, Find, Message, Nodes};
use super::node::{Context, Env, Node};
use super::observation::{Found, Observation, Rejection};
use super::peer::{Id, Peer};
use super::timer::Timer;
use crate::units::{Duration, Time};

/// Who does not answer for so long is taken for absent. Three round trips between the ends of the world.
pub(super) const RPC_TIMEOUT: Duration = Duration::from_millis(1000);

/// What a node that looks somebody up remembers.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    open: Vec<Lookup>,
    /// Questions so far: each has a number.
    asked: u32,
}

/// What a lookup is for.
#[derive(Debug)]
pub(super) enum LookupReason {
    /// Those closest are told something.
    Tell(Arc<Body>),
    /// The node looks for its own place.
    Join,
    /// Those asked on the way are to be known.
    Refresh,
}

#[derive(Debug)]
struct Lookup {
    target: Id,
    reason: LookupReason,
    begun: Time,
    /// By distance, nearest first.
    known: Vec<Contact>,
    messages: u32,
}

#[derive(Clone, Copy, Debug)]
struct Contact {
    distance: Id,
    peer: Peer,
    /// Length of the path on which it was found.
    hops: u8,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    New,
    /// With the number of the question.
    Asked(u32),
    Answered,
    Silent,
}

impl Lookups {
    /// Questions so far.
    pub(super) fn asked(&self) -> u32 {
        self.asked
    }

    /// Lookups under way are given up; numbers go on, as timers of old questions are still to come.
    pub(super) fn give_up(&mut self) {
        self.open.clear();
    }
}

impl Node {
    /// Looks up those closest to `target`.
    pub(super) fn find<S: Env>(&mut self, target: Id, reason: LookupReason, ctx: &mut Context<'_, S>) {
        let mut known = self.closest(&target, self.peer());
        if self.is_joining() {
            known.extend(self.shared.bootstrap.iter().filter(|&&peer| peer != self.peer()));
        }
        let mut lookup = Lookup { target, reason, begun: ctx.now, known: Vec::new(), messages: 0 };
        for peer in known {
            lookup.learn(peer, self.shared.book.id(peer), 1);
        }
        self.lookups.get_or_insert_default().open.push(lookup);
        let last = self.lookups.as_deref().map_or(0, |lookups| lookups.open.len() - 1);
        self.go_on(last, ctx);
    }

    /// Somebody asks who is closest to an id.
    pub(super) fn hear_find<S: Env>(&mut self, from: Peer, find: &Find, ctx: &mut Context<'_, S>) {
        let closest = self.closest(&find.target, from);
        let nodes = Nodes::new(find.question, closest.into(), &self.shared.book);
        ctx.send(from, Message::Nodes(Arc::new(nodes)));
    }

    /// Somebody has answered.
    pub(super) fn hear_nodes<S: Env>(
        &mut self,
        from: Peer,
        question: u32,
        peers: &[Peer],
        ctx: &mut Context<'_, S>,
    ) {
        let own = self.peer();
        let k = usize::from(self.shared.config.bucket_size);
        let book = &self.shared.book;
        let Some(lookups) = self.lookups.as_deref_mut() else {
            return ctx.reject(from, Rejection::Unrequested);
        };
        let asked =
            |lookup: &Lookup| lookup.place(question).filter(|&place| lookup.known[place].peer == from);
        let found =
            lookups.open.iter().enumerate().find_map(|(number, lookup)| Some((number, asked(lookup)?)));
        let Some((number, place)) = found else { return ctx.reject(from, Rejection::Unrequested) };
        let lookup = &mut lookups.open[number];
        lookup.known[place].state = State::Answered;
        let hops = lookup.known[place].hops.saturating_add(1);
        // More than it was asked for is not listened to.
        for &peer in peers.iter().take(k).filter(|&&peer| peer != own) {
            lookup.learn(peer, book.id(peer), hops);
        }
        self.go_on(number, ctx);
    }

    /// A question has had no answer in time.
    pub(super) fn question_ends<S: Env>(&mut self, question: u32, ctx: &mut Context<'_, S>) {
        let Some(lookups) = self.lookups.as_deref_mut() else { return };
        let silent = |lookup: &mut Lookup| {
            let place = lookup.place(question)?;
            lookup.known[place].state = State::Silent;
            Some(lookup.known[place].peer)
        };
        let mut lookups = lookups.open.iter_mut().enumerate();
        let found = lookups.find_map(|(number, lookup)| Some((number, silent(lookup)?)));
        if let Some((number, peer)) = found {
            self.unanswered(question, peer, ctx);
            self.go_on(number, ctx);
        }
    }

    /// Asks the next, or ends.
    fn go_on<S: Env>(&mut self, number: usize, ctx: &mut Context<'_, S>) {
        let config = &self.shared.config;
        let (k, alpha) = (usize::from(config.bucket_size), usize::from(config.alpha));
        let serves = self.serves();
        let Some(lookups) = self.lookups.as_deref_mut() else { return };
        let Lookups { open, asked } = lookups;
        let lookup = &mut open[number];
        while let Some(contact) = lookup.next(k, alpha) {
            let question = *asked;
            *asked = asked.wrapping_add(1);
            contact.state = State::Asked(question);
            let peer = contact.peer;
            lookup.messages += 1;
            let find = Find { question, target: lookup.target, serves };
            ctx.send(peer, Message::Find(Arc::new(find)));
            ctx.arm(Timer::QuestionEnds { question }, ctx.now + RPC_TIMEOUT);
        }
        if lookup.known.iter().any(|contact| matches!(contact.state, State::Asked(_))) {
            return;
        }
        let lookup = open.remove(number);
        self.found(lookup, k, ctx);
    }

    fn found<S: Env>(&mut self, lookup: Lookup, k: usize, ctx: &mut Context<'_, S>) {
        let answered = lookup.known.iter().filter(|contact| contact.state == State::Answered);
        let closest: Vec<Contact> = answered.take(k).copied().collect();
        ctx.observe(Observation::LookedUp(Found {
            closest: closest.first().map(|contact| contact.peer),
            hops: closest.first().map_or(0, |contact| contact.hops),
            messages: lookup.messages,
            took: ctx.now.since(lookup.begun),
        }));
        let mut peers = closest.iter().map(|contact| contact.peer);
        match lookup.reason {
            LookupReason::Tell(body) => self.tell_closest(&body, peers.collect(), ctx),
            LookupReason::Join => self.placed(peers.next(), ctx),
            LookupReason::Refresh => {}
        }
    }

    /// The k contacts closest to an id, nearest first, without `except`.
    fn closest(&self, target: &Id, except: Peer) -> Vec<Peer> {
        let book = &self.shared.book;
        let k = usize::from(self.shared.config.bucket_size);
        let contacts = self.table().contacts().iter().filter(|&&peer| peer != except);
        let mut all: Vec<(Id, Peer)> = contacts.map(|&peer| (book.id(peer).distance(target), peer)).collect();
        if all.len() > k {
            all.select_nth_unstable(k);
            all.truncate(k);
        }
        all.sort_unstable();
        all.into_iter().map(|(_, peer)| peer).collect()
    }
}

impl Lookup {
    fn learn(&mut self, peer: Peer, id: &Id, hops: u8) {
        let distance = id.distance(&self.target);
        if let Err(place) = self.known.binary_search_by(|known| known.distance.cmp(&distance)) {
            self.known.insert(place, Contact { distance, peer, hops, state: State::New });
        }
    }

    fn place(&self, question: u32) -> Option<usize> {
        self.known.iter().position(|contact| contact.state == State::Asked(question))
    }

    /// Whom to ask now: the nearest new one among the k nearest that are not silent, while fewer than α are being asked.
    fn next(&mut self, k: usize, alpha: usize) -> Option<&mut Contact> {
        let asking = self.known.iter().filter(|contact| matches!(contact.state, State::Asked(_))).count();
        let nearest = self.known.iter_mut().filter(|contact| contact.state != State::Silent).take(k);
        nearest.filter(|contact| contact.state == State::New).take(1).find(|_| asking < alpha)
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::{Config, Dissemination};
    use super::super::event::EventKind;
    use super::super::harness::{Net, next};
    use super::super::node::{Command, Input};
    use super::*;

    fn net(count: u32, alpha: u8, stores: impl Fn(Peer) -> bool) -> Net {
        let config = Config { dissemination: Dissemination::Lookup, alpha, ..Config::default() };
        Net::new(count, 11, config, stores)
    }

    fn lookups(net: &Net) -> Vec<Found> {
        let found = net.seen.iter().filter_map(|(_, seen)| match seen {
            Observation::LookedUp(found) => Some(*found),
            _ => None,
        });
        found.collect()
    }

    /// Mean hops of lookups of random nodes by random others.
    fn mean_hops(count: u32, times: u32) -> f64 {
        let mut net = net(count, 1, |_| false);
        let mut state = u64::from(count);
        for _ in 0..times {
            let asker = Peer((next(&mut state) % u64::from(count)) as u32);
            let target = Peer((next(&mut state) % u64::from(count)) as u32);
            if asker != target {
                net.give(asker, Input::Command(Command::Query { target }));
                net.run();
            }
        }
        let found = lookups(&net);
        found.iter().map(|found| f64::from(found.hops)).sum::<f64>() / found.len() as f64
    }

    #[test]
    fn hops_grow_with_the_logarithm_of_the_network_as_kademlia_s_analysis_says() {
        // A hop fixes one bit, as the contact is in the next subtree, and those that the best of k = 8 contacts shares
        // by chance: 1 + Σ (1 − (1 − 2^-j)^8) = 4.42 bits. Hops have a standard deviation below 0.8: the slope over
        // four doublings of 2,000 lookups each has a standard error below 0.8/√2000/√10 = 0.006, a quarter of 10 %.
        let hops: Vec<f64> = (0..5).map(|doublings| mean_hops(1000 << doublings, 2000)).collect();
        let mean = hops.iter().sum::<f64>() / 5.0;
        let slope: f64 =
            hops.iter().zip(-2..).map(|(hops, x)| (hops - mean) * f64::from(x)).sum::<f64>() / 10.0;
        assert!((slope * 4.42 - 1.0).abs() < 0.1, "{slope}: {hops:?}");
    }

    #[test]
    fn the_closest_of_all_are_found_and_told() {
        let mut net = net(500, 3, |_| true);
        for _ in 0..10 {
            net.record(Peer(3), EventKind::EcosystemImproved, Peer(9));
        }
        net.run();
        let id = *net.shared.book.id(Peer(9));
        let mut all: Vec<Peer> = (0..500).map(Peer).filter(|&peer| peer != Peer(3)).collect();
        all.sort_by_key(|&peer| net.shared.book.id(peer).distance(&id));
        let heard = net.seen.iter().filter(|(_, seen)| matches!(seen, Observation::BroadcastHeard { .. }));
        let mut heard: Vec<Peer> = heard.map(|(peer, _)| *peer).collect();
        heard.sort_by_key(|&peer| net.shared.book.id(peer).distance(&id));
        assert_eq!(heard, all[..8]);
        let collected = net.ask(Peer(44), Peer(9));
        assert_eq!((collected.derived.positive, collected.derived.sources), (10, 3));
    }

    #[test]
    fn who_does_not_answer_is_passed_over() {
        let mut net = net(500, 3, |_| true);
        net.absent = (0..500).filter(|peer| peer % 4 == 1).map(Peer).collect();
        net.history(Peer(4), Peer(9), 10, 0);
        let found = lookups(&net);
        assert!(found[0].took >= RPC_TIMEOUT && found[0].messages > 8, "{found:?}");
        assert_eq!(net.ask(Peer(44), Peer(9)).derived.positive, 10);
    }

    #[test]
    fn an_answer_that_nobody_asked_for_is_refused() {
        let mut net = net(10, 3, |_| true);
        let nodes = Nodes::new(0, [Peer(3)].into(), &net.shared.book);
        net.send(Peer(1), Peer(2), Message::Nodes(Arc::new(nodes)));
        assert_eq!(net.count(|seen| matches!(seen, Observation::Rejected { .. })), 1);
    }

    #[test]
    fn a_node_without_contacts_finds_nobody() {
        let mut net = net(1, 3, |_| true);
        net.history(Peer(0), Peer(0), 10, 0);
        assert_eq!(lookups(&net)[0].closest, None);
    }
}
