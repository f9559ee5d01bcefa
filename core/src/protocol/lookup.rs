//! Iterative lookups (Maymounkov and Mazières, 2002): who of the network is closest to an id?
//!
//! The k closest contacts known are kept by their distance; up to α of them are asked at a time for whom they know
//! closer; it ends when the k closest have all answered. Nobody waits: an answer is an input, and so is the timer of a
//! question without one. An answer that comes after that still tells of closer nodes, if its lookup goes on, and in any case
//! how long answers take.
//!
//! With `lookup_paths` a lookup takes several paths that share no node (S/Kademlia: Baumgart and Mies, 2007): each begins with
//! some of the contacts, hears of others from those whom it has asked itself, and asks nobody that another path has asked. The
//! closest that any path has found are the outcome, so one path without a liar on it is enough.

use std::sync::Arc;

use super::context::{Context, LocalPeer};
use super::io::Driver;
use super::message::{Body, Find, Message, Nodes};
use super::observation::{Found, Observation, Rejection};
use super::peer::{Id, Peer};
use super::questions::Questions;
use super::routing::RoutingTable;
use super::timer::Timer;
use crate::units::Time;

/// What a node that looks somebody up remembers.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    open: Vec<Lookup>,
    /// Questions so far: each has a number.
    asked: u32,
    /// Questions that may still be answered.
    questions: Questions,
    /// Those before this one were asked before an absence.
    blameless: u32,
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
    /// Paths that share no node; one is the lookup of Kademlia.
    paths: u8,
    messages: u32,
}

#[derive(Clone, Copy, Debug)]
struct Contact {
    distance: Id,
    peer: Peer,
    /// Length of the path on which it was found.
    hops: u8,
    /// The paths that have heard of it, a bit each; once it is asked, the one path that did.
    paths: PathSet,
    state: State,
}

/// Which of a lookup's paths: a bit each.
type PathSet = u16;

/// Paths that a lookup can take.
pub const MOST_LOOKUP_PATHS: u8 = PathSet::BITS as u8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    New,
    /// With the number of the question.
    Asked(u32),
    Answered,
    /// In time; the question keeps its number.
    Silent(u32),
}

/// What a lookup is to be for whoever wants one.
#[derive(Debug)]
pub(super) struct LookupRequest {
    pub(super) target: Id,
    pub(super) reason: LookupReason,
    /// Whether it also turns to the nodes that everybody knows, as who has yet to find its place does.
    pub(super) by_bootstrap: bool,
}

/// What follows from a lookup that has ended.
#[derive(Debug)]
pub(super) enum LookupOutcome {
    /// These, the closest, are to be told.
    Tell { body: Arc<Body>, closest: Vec<Peer> },
    /// The node's closest neighbour, if anybody answered.
    Placed(Option<Peer>),
}

/// A node that did not answer a question, and the place of the lookup that waits to go on without it.
#[derive(Debug, PartialEq)]
pub(super) struct Unanswered {
    pub(super) question: u32,
    pub(super) peer: Peer,
    lookup: usize,
}

impl Lookups {
    /// Questions so far.
    pub(super) fn asked(&self) -> u32 {
        self.asked
    }

    /// Looks up those closest to a target.
    pub(super) fn start<E: Driver>(
        &mut self,
        request: LookupRequest,
        table: &RoutingTable,
        ctx: &mut Context<'_, E>,
    ) -> Option<LookupOutcome> {
        let LookupRequest { target, reason, by_bootstrap } = request;
        let (local, own) = (ctx.local, ctx.local.peer);
        let mut known = closest(&target, own, table, local);
        if by_bootstrap {
            known.extend(local.shared.bootstrap.iter().filter(|&&peer| peer != own));
        }
        let paths = local.config().lookup_paths;
        let mut lookup = Lookup { target, reason, begun: ctx.now, known: Vec::new(), paths, messages: 0 };
        // The nearest to the first path, the next to the second.
        for (peer, path) in known.into_iter().zip((0..paths).cycle()) {
            lookup.learn(peer, local.peers().id(peer), 1, 1 << path);
        }
        self.open.push(lookup);
        self.go_on(self.open.len() - 1, ctx)
    }

    /// Somebody has answered.
    pub(super) fn on_nodes<E: Driver>(
        &mut self,
        from: Peer,
        nodes: &Nodes,
        ctx: &mut Context<'_, E>,
    ) -> Option<LookupOutcome> {
        let local = ctx.local;
        let (k, question) = (usize::from(local.config().bucket_size), nodes.question());
        if !self.questions.answered(question, from, ctx.now) {
            ctx.reject(from, Rejection::Unrequested);
            return None;
        }
        // Its lookup may have ended without it.
        let (number, place) = self.find(
            |state| matches!(state, State::Asked(number) | State::Silent(number) if number == question),
        )?;
        let lookup = &mut self.open[number];
        lookup.known[place].state = State::Answered;
        let Contact { hops, paths, .. } = lookup.known[place];
        let hops = hops.saturating_add(1);
        // More than it was asked for is not listened to.
        for &peer in nodes.peers().iter().take(k).filter(|&&peer| peer != local.peer) {
            lookup.learn(peer, local.peers().id(peer), hops, paths);
        }
        self.go_on(number, ctx)
    }

    /// A question has had its time. When nobody has answered it, routing maintenance is to hear of that before the lookup
    /// is [resumed](Lookups::resume).
    pub(super) fn on_question_ends(&mut self, question: u32) -> Option<Unanswered> {
        let (lookup, place) = self.find(|state| state == State::Asked(question))?;
        let contact = &mut self.open[lookup].known[place];
        contact.state = State::Silent(question);
        Some(Unanswered { question, peer: contact.peer, lookup })
    }

    /// Goes on without a node that did not answer.
    pub(super) fn resume<E: Driver>(
        &mut self,
        unanswered: &Unanswered,
        ctx: &mut Context<'_, E>,
    ) -> Option<LookupOutcome> {
        self.go_on(unanswered.lookup, ctx)
    }

    /// The node is back after an absence: the silence about what was asked before it was its own.
    pub(super) fn on_restart(&mut self) {
        self.blameless = self.asked;
    }

    /// Lookups under way are given up; numbers go on, as timers of old questions are still to come.
    pub(super) fn give_up(&mut self) {
        self.open.clear();
        self.questions.forget();
    }

    /// The lookup that has a contact in this state, and its place there.
    fn find(&self, has: impl Fn(State) -> bool) -> Option<(usize, usize)> {
        let place_in = |lookup: &Lookup| lookup.known.iter().position(|contact| has(contact.state));
        self.open.iter().enumerate().find_map(|(number, lookup)| Some((number, place_in(lookup)?)))
    }

    /// Asks the next, or ends.
    fn go_on<E: Driver>(&mut self, number: usize, ctx: &mut Context<'_, E>) -> Option<LookupOutcome> {
        let config = ctx.config();
        let (k, alpha) = (usize::from(config.bucket_size), usize::from(config.alpha));
        let serves = ctx.local.serves();
        let lookup = &mut self.open[number];
        while let Some((path, place)) = lookup.next(k, alpha) {
            let contact = &mut lookup.known[place];
            let question = self.asked;
            self.asked = question.wrapping_add(1);
            contact.state = State::Asked(question);
            contact.paths = path;
            let peer = contact.peer;
            lookup.messages += 1;
            let find = Find { question, target: lookup.target, serves };
            ctx.send(peer, Message::Find(Arc::new(find)));
            let timeout = self.questions.ask(question, peer, ctx.now, config);
            ctx.set_timer(Timer::QuestionEnds { question }, ctx.now + timeout);
        }
        if lookup.known.iter().any(|contact| matches!(contact.state, State::Asked(_))) {
            return None;
        }
        let ended = self.open.remove(number);
        let is_there = |contact: &Contact| contact.state == State::Answered;
        let is_mute =
            |contact: &Contact| matches!(contact.state, State::Silent(number) if number >= self.blameless);
        if ended.known.iter().any(is_mute) && !ended.known.iter().any(is_there) {
            self.questions.nobody_answered();
        }
        ended.end(k, ctx)
    }
}

/// Somebody asks who is closest to an id.
pub(super) fn on_find<E: Driver>(from: Peer, find: &Find, table: &RoutingTable, ctx: &mut Context<'_, E>) {
    let closest = closest(&find.target, from, table, ctx.local);
    let nodes = Nodes::new(find.question, closest.into(), ctx.local.peers());
    ctx.send(from, Message::Nodes(Arc::new(nodes)));
}

/// The k contacts closest to an id, nearest first, without `except`.
fn closest(target: &Id, except: Peer, table: &RoutingTable, local: &LocalPeer) -> Vec<Peer> {
    let k = usize::from(local.config().bucket_size);
    let contacts = table.contacts().iter().filter(|&&peer| peer != except);
    let distance = |peer| local.peers().id(peer).distance(target);
    let mut all: Vec<(Id, Peer)> = contacts.map(|&peer| (distance(peer), peer)).collect();
    if all.len() > k {
        all.select_nth_unstable(k);
        all.truncate(k);
    }
    all.sort_unstable();
    all.into_iter().map(|(_, peer)| peer).collect()
}

impl Lookup {
    /// All that are close enough have answered, or never will.
    fn end<E: Driver>(self, k: usize, ctx: &mut Context<'_, E>) -> Option<LookupOutcome> {
        let answered = self.known.iter().filter(|contact| contact.state == State::Answered);
        let closest: Vec<Contact> = answered.take(k).copied().collect();
        ctx.observe(Observation::LookedUp(Found {
            closest: closest.first().map(|contact| contact.peer),
            hops: closest.first().map_or(0, |contact| contact.hops),
            messages: self.messages,
            took: ctx.now.since(self.begun),
        }));
        let mut peers = closest.iter().map(|contact| contact.peer);
        match self.reason {
            LookupReason::Tell(body) => Some(LookupOutcome::Tell { body, closest: peers.collect() }),
            LookupReason::Join => Some(LookupOutcome::Placed(peers.next())),
            LookupReason::Refresh => None,
        }
    }

    /// Some paths hear of a peer. Whoever has been asked stays with the path that did.
    fn learn(&mut self, peer: Peer, id: &Id, hops: u8, paths: PathSet) {
        let distance = id.distance(&self.target);
        match self.known.binary_search_by(|known| known.distance.cmp(&distance)) {
            Ok(place) if self.known[place].state == State::New => self.known[place].paths |= paths,
            Ok(_) => {}
            Err(place) => {
                self.known.insert(place, Contact { distance, peer, hops, paths, state: State::New });
            }
        }
    }

    /// Whom to ask now, and on which path: the first that has somebody to ask.
    fn next(&self, k: usize, alpha: usize) -> Option<(PathSet, usize)> {
        // α questions are shared out, and no path is without one.
        let asking = (alpha / usize::from(self.paths)).max(1);
        (0..self.paths).find_map(|path| Some((1 << path, self.next_of(1 << path, k, asking)?)))
    }

    /// The nearest new one among the k nearest of a path that are not silent, while fewer than so many are being asked.
    fn next_of(&self, path: PathSet, k: usize, most: usize) -> Option<usize> {
        let own = || self.known.iter().enumerate().filter(move |(_, contact)| contact.paths & path != 0);
        let asking = own().filter(|(_, contact)| matches!(contact.state, State::Asked(_))).count();
        let nearest = own().filter(|(_, contact)| !matches!(contact.state, State::Silent(_))).take(k);
        let mut new = nearest.filter(|(_, contact)| contact.state == State::New);
        new.next().filter(|_| asking < most).map(|(place, _)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Config;
    use super::super::harness::Solo;
    use super::*;
    use crate::units::Duration;

    fn start(lookups: &mut Lookups, solo: &mut Solo, by_bootstrap: bool) -> Option<LookupOutcome> {
        let target = *solo.local.id();
        let request = LookupRequest { target, reason: LookupReason::Join, by_bootstrap };
        solo.give(|_, table, ctx| lookups.start(request, table, ctx))
    }

    /// The peers that were asked, and the numbers of the questions.
    fn asked(solo: &mut Solo) -> Vec<(Peer, u32)> {
        let question = |(to, message)| match message {
            Message::Find(find) => Some((to, find.question)),
            _ => None,
        };
        solo.sent().into_iter().filter_map(question).collect()
    }

    fn answer(
        lookups: &mut Lookups,
        solo: &mut Solo,
        (from, question): (Peer, u32),
    ) -> Option<LookupOutcome> {
        let nodes = Nodes::new(question, Box::default(), solo.local.peers());
        solo.give(|_, _, ctx| lookups.on_nodes(from, &nodes, ctx))
    }

    #[test]
    fn the_closest_are_asked_a_few_at_a_time_until_all_have_answered() {
        let mut solo = Solo::converged(Config { alpha: 2, ..Config::default() });
        let mut lookups = Lookups::default();
        assert!(start(&mut lookups, &mut solo, false).is_none());
        let (mut open, mut answered) = (asked(&mut solo), 0);
        assert_eq!(open.len(), 2);
        let outcome = loop {
            let outcome = answer(&mut lookups, &mut solo, open.remove(0));
            answered += 1;
            open.extend(asked(&mut solo));
            assert!(open.len() <= 2);
            if outcome.is_some() {
                break outcome;
            }
        };
        assert_eq!(answered, solo.local.config().bucket_size);
        assert!(matches!(outcome, Some(LookupOutcome::Placed(Some(_)))));
    }

    /// The questions of each node's answers go on with the path that it was asked on.
    #[test]
    fn paths_share_no_node_and_one_that_tells_the_truth_is_enough() {
        let config = Config { lookup_paths: 2, alpha: 2, bucket_size: 3, ..Config::default() };
        let mut solo = Solo::new(config);
        let mut lookups = Lookups::default();
        assert!(start(&mut lookups, &mut solo, true).is_none());
        let first = asked(&mut solo);
        assert_eq!(first.len(), 2, "one each");
        // All nodes, nearest to the target first; the bootstrap nodes have been asked.
        let own = *solo.local.id();
        let unasked = |peer: &Peer| *peer != solo.local.peer && !first.iter().any(|(asked, _)| asked == peer);
        let mut others: Vec<Peer> = (0..solo.local.peers().len() as u32).map(Peer).filter(unasked).collect();
        others.sort_by_key(|&peer| solo.local.peers().id(peer).distance(&own));
        let (near, far) = (&others[..3], &others[others.len() - 3..]);
        let mut tell = |solo: &mut Solo, (from, question): (Peer, u32), peers: &[Peer]| {
            let nodes = Nodes::new(question, peers.into(), solo.local.peers());
            solo.give(|_, _, ctx| lookups.on_nodes(from, &nodes, ctx))
        };
        // The liar names what is far, and the other one what is near: each path follows its own.
        assert!(tell(&mut solo, first[0], far).is_none());
        let mut lied_to = asked(&mut solo);
        assert!(far.contains(&lied_to[0].0));
        assert!(tell(&mut solo, first[1], near).is_none());
        let mut told = asked(&mut solo);
        assert_eq!(told[0].0, near[0]);
        let mut questions = first;
        let outcome = loop {
            let next = if lied_to.is_empty() { told.remove(0) } else { lied_to.remove(0) };
            questions.push(next);
            // Whoever is asked on the first path names the nearest as well, of whom one has been asked.
            let outcome = tell(&mut solo, next, far);
            told.extend(asked(&mut solo));
            if outcome.is_some() {
                break outcome;
            }
        };
        questions.sort_unstable();
        questions.dedup_by_key(|(peer, _)| *peer);
        assert_eq!(questions.len(), lookups.asked() as usize, "nobody is asked twice");
        let asked = questions.iter().map(|(peer, _)| *peer);
        let nearest = asked.min_by_key(|&peer| solo.local.peers().id(peer).distance(&own));
        assert!(matches!(outcome, Some(LookupOutcome::Placed(closest)) if closest == nearest));
    }

    #[test]
    fn who_has_yet_to_find_its_place_asks_those_whom_everybody_knows() {
        let (mut lookups, mut solo) = (Lookups::default(), Solo::new(Config::default()));
        assert!(matches!(start(&mut lookups, &mut solo, false), Some(LookupOutcome::Placed(None))));
        assert!(start(&mut lookups, &mut solo, true).is_none());
        assert_eq!(asked(&mut solo).len(), 2);
    }

    #[test]
    fn a_question_without_an_answer_is_told_and_the_lookup_goes_on_without_it() {
        let (mut lookups, mut solo) = (Lookups::default(), Solo::new(Config::default()));
        start(&mut lookups, &mut solo, true);
        let open = asked(&mut solo);
        answer(&mut lookups, &mut solo, open[0]);
        let unanswered = lookups.on_question_ends(open[1].1).expect("nobody has answered it");
        assert_eq!(unanswered.peer, open[1].0);
        let outcome = solo.give(|_, _, ctx| lookups.resume(&unanswered, ctx));
        assert!(matches!(outcome, Some(LookupOutcome::Placed(Some(peer))) if peer == open[0].0));
        assert_eq!(lookups.on_question_ends(open[0].1), None);
    }

    #[test]
    fn a_late_answer_counts_while_the_lookup_goes_on_and_lengthens_the_time_out() {
        let mut solo = Solo::new(Config { alpha: 1, ..Config::default() });
        let mut lookups = Lookups::default();
        start(&mut lookups, &mut solo, true);
        let first = asked(&mut solo)[0];
        let ends = solo.now + solo.local.config().rpc_timeout_min;
        assert_eq!(solo.timers(), [(Timer::QuestionEnds { question: first.1 }, ends)]);
        let unanswered = lookups.on_question_ends(first.1).expect("nobody has answered it");
        solo.give(|_, _, ctx| lookups.resume(&unanswered, ctx));
        let second = asked(&mut solo)[0];
        solo.timers();
        solo.now = ends + Duration::from_secs(1);
        assert!(answer(&mut lookups, &mut solo, first).is_none(), "the second is still being asked");
        let unanswered = lookups.on_question_ends(second.1).expect("nobody has answered it");
        let outcome = solo.give(|_, _, ctx| lookups.resume(&unanswered, ctx));
        assert!(matches!(outcome, Some(LookupOutcome::Placed(Some(peer))) if peer == first.0));
        assert_eq!(solo.rejected(), []);
        // The answer took 2 s: 2 s + 4 · 1 s.
        start(&mut lookups, &mut solo, true);
        assert!(matches!(solo.timers()[..], [(_, at)] if at == solo.now + Duration::from_secs(6)));
    }

    #[test]
    fn silence_during_an_absence_of_one_s_own_does_not_lengthen_the_time_out() {
        for (absent, seconds) in [(false, 2), (true, 1)] {
            let (mut lookups, mut solo) = (Lookups::default(), Solo::new(Config::default()));
            start(&mut lookups, &mut solo, true);
            if absent {
                lookups.on_restart();
            }
            let unanswered = asked(&mut solo).into_iter().filter_map(|(_, question)| {
                let unanswered = lookups.on_question_ends(question)?;
                solo.give(|_, _, ctx| lookups.resume(&unanswered, ctx))
            });
            assert!(matches!(unanswered.last(), Some(LookupOutcome::Placed(None))));
            solo.timers();
            start(&mut lookups, &mut solo, true);
            let ends = solo.now + Duration::from_secs(seconds);
            assert!(matches!(solo.timers()[..], [(_, at), ..] if at == ends), "{absent}");
        }
    }

    #[test]
    fn an_answer_in_another_s_name_and_one_to_a_lookup_given_up_are_refused() {
        let (mut lookups, mut solo) = (Lookups::default(), Solo::new(Config::default()));
        start(&mut lookups, &mut solo, true);
        let open = asked(&mut solo);
        answer(&mut lookups, &mut solo, (Peer(9), open[0].1));
        lookups.give_up();
        answer(&mut lookups, &mut solo, open[0]);
        assert_eq!(solo.rejected(), [Rejection::Unrequested; 2]);
        assert_eq!(lookups.asked(), 2);
    }

    #[test]
    fn whoever_asks_is_told_the_closest_but_not_itself() {
        let mut solo = Solo::converged(Config::default());
        let find = Find { question: 8, target: *solo.local.peers().id(Peer(4)), serves: true };
        solo.give(|_, table, ctx| on_find(Peer(4), &find, table, ctx));
        let (to, message) = solo.sent().remove(0);
        let Message::Nodes(nodes) = message else { unreachable!("a question is answered") };
        assert_eq!((to, nodes.question(), nodes.peers().len()), (Peer(4), 8, 8));
        assert!(!nodes.peers().contains(&Peer(4)));
    }
}
