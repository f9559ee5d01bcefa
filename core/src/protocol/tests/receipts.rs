//! Outcomes that both parties sign, and chunks that were announced to everybody.

use std::sync::Arc;

use super::super::harness::{Net, chunk};
use super::super::*;
use crate::units::{Duration, Share};

const STORER: Peer = Peer(0);
const GIVER: Peer = Peer(10);
const DOER: Peer = Peer(11);
const ASKER: Peer = Peer(12);
const MALLORY: Peer = Peer(13);

fn net(sign: Signed, unsigned_weight: f64) -> Net {
    let receipts = Receipts { sign, unsigned_weight: Share::clamped(unsigned_weight), ..Receipts::default() };
    let config = Config { receipts: Some(receipts), flush_after: Some(FLUSH), ..Config::default() };
    Net::new(16, 3, config, |peer| peer == STORER)
}

const FLUSH: Duration = Duration::from_secs(30);

fn dealt(net: &mut Net, who: Peer, with: Peer, reference: u64, good: bool) {
    net.give(who, Input::Command(Command::Dealt { with, reference, performer: DOER, good }));
}

fn record(net: &mut Net, who: Peer, subject: Peer, reference: u64, good: bool) {
    let kind = if good { EventKind::DisputeResolved } else { EventKind::DisputeFailed };
    let detail = Detail { reference, magnitude: 1 };
    net.give(who, Input::Command(Command::Record { kind, subject, detail }));
}

/// Both parties have seen how an interaction ended, and its giver records it.
fn work(net: &mut Net, reference: u64, good: bool) {
    dealt(net, DOER, GIVER, reference, good);
    dealt(net, GIVER, DOER, reference, good);
    record(net, GIVER, DOER, reference, good);
}

fn settled(net: &Net) -> Vec<Settlement> {
    let how = net.seen.iter().filter_map(|(_, seen)| match seen {
        Observation::Settled(how) => Some(*how),
        _ => None,
    });
    how.collect()
}

fn known(net: &mut Net, target: Peer) -> (u32, u32, f64) {
    let derived = net.ask(ASKER, target).derived;
    (derived.positive, derived.negative, derived.reputation)
}

#[test]
fn an_outcome_that_both_parties_sign_counts_and_another_counts_in_part() {
    for (weight, good, bad, reputation) in [(0.0, 3, 1, 0.75), (0.5, 3, 3, 0.6), (1.0, 3, 3, 0.5)] {
        let mut net = net(Signed::Outcome, weight);
        (0..4).for_each(|number| work(&mut net, number, number > 0));
        // Two that nobody else knows of.
        (4..6).for_each(|number| record(&mut net, MALLORY, DOER, number, false));
        net.run();
        assert_eq!(
            settled(&net),
            [[Settlement::Signed; 4].as_slice(), &[Settlement::Unanswered; 2]].concat()
        );
        assert_eq!(known(&mut net, DOER), (good, bad, reputation));
    }
}

#[test]
fn who_remembers_an_outcome_otherwise_does_not_sign_it() {
    let mut net = net(Signed::Outcome, 0.0);
    dealt(&mut net, DOER, GIVER, 1, true);
    record(&mut net, GIVER, DOER, 1, false);
    // One about a third party, which is none of its business.
    dealt(&mut net, DOER, GIVER, 2, true);
    record(&mut net, GIVER, GIVER, 2, true);
    dealt(&mut net, GIVER, DOER, 3, true);
    record(&mut net, GIVER, MALLORY, 3, true);
    net.run();
    assert_eq!(settled(&net), [Settlement::Refused, Settlement::Unanswered]);
    assert_eq!(known(&mut net, DOER), (0, 0, 0.5));
}

/// Who gave work cannot have it signed as its own.
#[test]
fn nothing_is_signed_that_is_about_another_than_who_did_the_work() {
    let mut net = net(Signed::Outcome, 0.0);
    dealt(&mut net, DOER, GIVER, 1, true);
    dealt(&mut net, GIVER, DOER, 1, true);
    record(&mut net, GIVER, GIVER, 1, true);
    net.run();
    assert_eq!(settled(&net), [Settlement::Refused]);
    assert_eq!(known(&mut net, GIVER), (0, 0, 0.5));
}

#[test]
fn who_claims_what_never_was_keeps_out_nobody_else() {
    let mut net = net(Signed::Outcome, 0.0);
    for number in 0..20 {
        let outcome = Some((EventKind::DisputeFailed, 1));
        let claim = Claim { number, at: net.now, subject: DOER, reference: 100 + u64::from(number), outcome };
        net.send(MALLORY, DOER, Message::Claim(Arc::new(claim)));
    }
    let full = |seen: &Observation| matches!(seen, Observation::Rejected { reason: Rejection::NoRoom, .. });
    assert_eq!(net.count(full), 4);
    dealt(&mut net, GIVER, DOER, 1, true);
    record(&mut net, GIVER, DOER, 1, true);
    net.run_until(net.now + Duration::from_secs(1));
    dealt(&mut net, DOER, GIVER, 1, true);
    net.run();
    assert_eq!((net.count(full), settled(&net)), (4, vec![Settlement::Signed]));
}

#[test]
fn an_interaction_is_signed_once_for_each_recorder() {
    let mut net = net(Signed::Outcome, 0.0);
    work(&mut net, 1, true);
    record(&mut net, GIVER, DOER, 1, true);
    // Its own report about the same work counts beside it: the giver signs that once, too.
    record(&mut net, DOER, DOER, 1, true);
    record(&mut net, DOER, DOER, 1, true);
    net.run();
    assert_eq!(settled(&net).iter().filter(|how| **how == Settlement::Signed).count(), 2);
    assert_eq!(known(&mut net, DOER), (2, 0, 1.0));
}

#[test]
fn an_outcome_waits_for_what_the_other_party_is_still_to_learn_and_not_longer_than_it_may() {
    let mut net = net(Signed::Outcome, 0.0);
    dealt(&mut net, GIVER, DOER, 1, true);
    record(&mut net, GIVER, DOER, 1, true);
    net.run_until(net.now + Duration::from_secs(1));
    assert!(net.node(GIVER).series().is_empty());
    dealt(&mut net, DOER, GIVER, 1, true);
    net.run_until(net.now + Duration::from_secs(1));
    assert_eq!((settled(&net), net.node(GIVER).series().len()), (vec![Settlement::Signed], 1));
    net.absent.insert(DOER);
    work(&mut net, 2, true);
    net.run();
    assert_eq!(settled(&net), [Settlement::Signed, Settlement::Unanswered]);
}

#[test]
fn a_deal_is_signed_before_its_outcome_is_known_and_stands_for_whatever_it_is() {
    let mut net = net(Signed::Deal, 0.0);
    for (reference, good) in [(1, true), (2, false), (3, false)] {
        dealt(&mut net, DOER, GIVER, reference, true);
        net.give(GIVER, Input::Command(Command::Agree { with: DOER, reference }));
        net.run();
        let agreed = Observation::Agreed { with: DOER, reference, signed: true };
        assert_eq!(net.count(|seen| *seen == agreed), 1);
        // Nothing more has to be waited for.
        record(&mut net, GIVER, DOER, reference, good);
        assert_eq!(
            net.node(GIVER)
                .series()
                .range(0..usize::MAX)
                .last()
                .and_then(Entry::event)
                .map(|e| e.kind.is_positive()),
            Some(good)
        );
    }
    net.run();
    assert_eq!(known(&mut net, DOER), (1, 2, 1.0 / 3.0));
    // Nobody has agreed to this, and so it counts nothing.
    record(&mut net, MALLORY, DOER, 9, false);
    net.give(MALLORY, Input::Command(Command::Agree { with: DOER, reference: 10 }));
    net.run();
    let refused = Observation::Agreed { with: DOER, reference: 10, signed: false };
    assert_eq!(net.count(|seen| *seen == refused), 1);
    assert_eq!(known(&mut net, DOER), (1, 2, 1.0 / 3.0));
}

/// A recorder that puts one receipt beside two outcomes, or somebody else's beside its own, gains nothing.
#[test]
fn a_receipt_is_good_for_one_outcome_of_one_recorder() {
    let net = net(Signed::Outcome, 0.0);
    let shared = &net.shared;
    let outcome = |recorder: Peer, length: u32, receipt: Receipt| {
        let bare = chunk(shared, recorder, length, &[(DOER, 1, 0)]);
        let (id, at, anchor, signer) = (bare.id(), bare.timestamp(), *bare.anchor(), shared.signer(recorder));
        let bare = Chunk::signed(id, at, anchor, bare.entries(), &*signer, &shared.peers);
        Arc::new(bare.with_receipts(vec![Some(receipt)], &*signer, &shared.peers))
    };
    let entry = chunk(shared, GIVER, 10, &[(DOER, 1, 0)]).entries()[0];
    let event = *entry.event().expect("an outcome");
    let claim = Claim::of(0, entry.at, &event, Signed::Outcome);
    let signature = claim.signed(GIVER, &*shared.signer(DOER), &shared.peers);
    let receipt = Receipt { by: DOER, at: entry.at, signature };
    let [first, again, stolen] =
        [(GIVER, 10), (GIVER, 20), (MALLORY, 10)].map(|(by, length)| outcome(by, length, receipt));
    assert!(first.verify(shared) && again.verify(shared) && !stolen.verify(shared));
    let by_itself = Receipt {
        by: GIVER,
        signature: claim.signed(GIVER, &*shared.signer(GIVER), &shared.peers),
        ..receipt
    };
    let alone = outcome(GIVER, 30, by_itself);
    assert!(alone.verify(shared));
    let query = QueryId { asker: ASKER, sequence: 0 };
    let answer = |chunks: &[&Arc<Chunk>]| {
        Arc::new(Answer::new(query, chunks.iter().map(|&chunk| Arc::clone(chunk)).collect()))
    };
    let derived = derive(DOER, &[answer(&[&first, &again, &alone])], 0, &shared.config);
    assert_eq!((derived.positive, derived.total_events), (1, 1));
    // As the proposal adds answers up, a chunk counts in each, and so does its receipt.
    for (aggregation, counted) in [(Aggregation::Distinct, 1), (Aggregation::Raw, 2)] {
        let config = Config { aggregation, ..shared.config.clone() };
        let derived = derive(DOER, &[answer(&[&first]), answer(&[&first, &again])], 0, &config);
        assert_eq!((derived.positive, derived.total_events), (counted, counted), "{aggregation:?}");
    }
}

/// Anybody can announce a chunk in another's name. That keeps the chunk from counting where it is heard first, and proves nothing.
#[test]
fn a_forged_announcement_convicts_nobody() {
    let config = Config { announced_only: true, ..Config::default() };
    let mut net = Net::new(16, 3, config, |peer| peer == STORER);
    net.history(GIVER, DOER, 8, 2);
    // An entry for the push and one for the storer's answer come between the two chunks.
    let length = net.node(GIVER).series().len() as u32 + 10;
    let intent = StoreIntent { length, subjects: [DOER].into(), events: 10, size: 300, hash: [9; 32] };
    let id = BroadcastId { origin: GIVER, sequence: 1000 };
    let body = Arc::new(Body::new(id, Content::StoreIntent(intent)));
    net.send(MALLORY, ASKER, Message::Broadcast(Broadcast { depth: 255, hops: 1, body }));
    net.history(GIVER, DOER, 0, 10);
    let held: Vec<ChunkId> =
        net.node(STORER).store().expect("a store").iter().map(|chunk| chunk.id()).collect();
    assert!(held.contains(&ChunkId { recorder: GIVER, length }), "{held:?}");
    assert_eq!(known(&mut net, DOER), (8, 2, 0.8));
    let found =
        |reason| net.count(|seen| matches!(seen, Observation::Rejected { reason: r, .. } if *r == reason));
    assert_eq!((found(Rejection::Unannounced), found(Rejection::Equivocated)), (1, 0));
}

/// Storers take what was announced to them; askers, what was announced to them.
#[test]
fn an_asker_takes_what_it_has_heard_announced_and_nothing_of_who_signs_two_chunks_of_one_name() {
    for announced_only in [false, true] {
        let config = Config { announced_only, ..Config::default() };
        let mut net = Net::new(16, 3, config, |peer| peer == STORER);
        net.history(GIVER, DOER, 8, 2);
        let query = QueryId { asker: ASKER, sequence: 0 };
        let made_up = chunk(&net.shared, MALLORY, 10, &[(DOER, 0, 10)]);
        let answer = |chunks: Vec<Arc<Chunk>>| Message::Yes(Arc::new(Answer::new(query, chunks)));
        net.give(ASKER, Input::Command(Command::Query { target: DOER }));
        net.send(MALLORY, ASKER, answer(vec![made_up]));
        net.run();
        let reputation = |net: &Net| {
            net.seen.iter().rev().find_map(|(_, seen)| match seen {
                Observation::Collected(collected) => Some(collected.derived.reputation),
                _ => None,
            })
        };
        assert_eq!(reputation(&net), Some(if announced_only { 0.8 } else { 0.4 }));
        // The giver has told others something else under the same name.
        let query = QueryId { asker: ASKER, sequence: 1 };
        let held = net.node(STORER).store().and_then(|store| store.iter().next()).map(|chunk| chunk.id());
        let other = chunk(&net.shared, GIVER, held.expect("a chunk").length, &[(DOER, 10, 0)]);
        net.give(ASKER, Input::Command(Command::Query { target: DOER }));
        net.send(MALLORY, ASKER, Message::Yes(Arc::new(Answer::new(query, vec![other]))));
        net.run();
        assert_eq!(reputation(&net), Some(if announced_only { 0.5 } else { 0.9 }));
        let found = |reason| {
            net.count(|seen| matches!(seen, Observation::Rejected { reason: r, .. } if *r == reason))
        };
        let convicted = usize::from(announced_only);
        let found = (found(Rejection::Unannounced), found(Rejection::Equivocated));
        assert_eq!(found, (2 * convicted, convicted));
    }
}
