//! Messages that no honest node sends.

use std::sync::Arc;

use super::super::harness::{Net, chunk};
use super::super::*;
use crate::units::Time;

const ALICE: Peer = Peer(10);
const BOB: Peer = Peer(11);
const STORER: Peer = Peer(0);
const MALLORY: Peer = Peer(12);

fn net(storers: u32) -> Net {
    let mut net = Net::new(16, 3, Config::default(), move |peer| peer.0 < storers);
    net.history(ALICE, ALICE, 10, 0);
    net.seen.clear();
    net
}

fn rejections(net: &Net) -> Vec<(Peer, Rejection)> {
    let rejected = net.seen.iter().filter_map(|(peer, seen)| match seen {
        Observation::Rejected { reason, .. } => Some((*peer, *reason)),
        _ => None,
    });
    rejected.collect()
}

/// The same chunk with its outcomes made bad; the signature is the old one.
fn altered(net: &Net, chunk: &Chunk) -> Arc<Chunk> {
    let spoilt = chunk.entries().iter().map(|&entry| match entry.record {
        Record::Event(event) => {
            Entry { record: Record::Event(Event { kind: EventKind::EcosystemDegraded, ..event }), ..entry }
        }
        _ => entry,
    });
    let entries: Vec<Entry> = spoilt.collect();
    let (id, at, anchor) = (chunk.id(), chunk.timestamp(), *chunk.anchor());
    Arc::new(Chunk::new(id, at, anchor, &entries, *chunk.signature(), &net.shared.peers))
}

fn held(net: &Net) -> Arc<Chunk> {
    let store = net.node(STORER).store().expect("it was asked to store");
    Arc::clone(store.iter().next().expect("it stores a chunk"))
}

fn announce(net: &mut Net, chunk: &Chunk) {
    let id = BroadcastId { origin: chunk.recorder(), sequence: 1000 };
    let body = Arc::new(Body::new(id, Content::StoreIntent(StoreIntent::of(chunk))));
    net.send(BOB, STORER, Message::Broadcast(Broadcast { depth: 255, hops: 1, body }));
}

#[test]
fn a_chunk_that_was_never_announced_is_not_kept() {
    let mut net = net(1);
    let unasked = chunk(&net.shared, MALLORY, 50, &[(ALICE, 0, 10)]);
    net.send(MALLORY, STORER, Message::Chunk(unasked));
    assert_eq!(rejections(&net), [(STORER, Rejection::Unrequested)]);
    assert_eq!(net.node(STORER).store().map(Store::len), Some(1));
}

#[test]
fn a_chunk_that_differs_from_its_announcement_is_not_kept_and_the_true_one_still_is() {
    let mut net = net(1);
    let true_one = chunk(&net.shared, MALLORY, 50, &[(ALICE, 5, 0)]);
    let other = chunk(&net.shared, MALLORY, 50, &[(ALICE, 0, 5)]);
    announce(&mut net, &true_one);
    net.send(MALLORY, STORER, Message::Chunk(other));
    assert_eq!(rejections(&net), [(STORER, Rejection::NotAsAnnounced)]);
    net.send(MALLORY, STORER, Message::Chunk(Arc::clone(&true_one)));
    assert!(net.node(STORER).store().is_some_and(|store| store.contains(true_one.id())));
    net.send(MALLORY, STORER, Message::Chunk(true_one));
    assert_eq!(rejections(&net).last(), Some(&(STORER, Rejection::Unrequested)));
}

#[test]
fn a_chunk_that_its_recorder_did_not_sign_is_not_kept() {
    let mut net = net(1);
    let id = ChunkId { recorder: BOB, length: 10 };
    let genuine = chunk(&net.shared, MALLORY, 10, &[(ALICE, 0, 5)]);
    let signature = *genuine.signature();
    let forged =
        Arc::new(Chunk::new(id, Time::ZERO, [0; 32], genuine.entries(), signature, &net.shared.peers));
    announce(&mut net, &forged);
    net.send(MALLORY, STORER, Message::Chunk(forged));
    assert_eq!(rejections(&net), [(STORER, Rejection::BadSignature)]);
}

#[test]
fn a_forged_chunk_in_an_answer_is_dropped_and_makes_no_source() {
    let mut net = net(1);
    let genuine = held(&net);
    let forged = altered(&net, &genuine);
    let about_bob = chunk(&net.shared, MALLORY, 10, &[(BOB, 5, 0)]);
    net.absent.insert(STORER);
    net.give(BOB, Input::Command(Command::Query { target: ALICE }));
    let query = QueryId { asker: BOB, sequence: 0 };
    let yes = |chunks| Message::Yes(Arc::new(Answer::new(query, chunks)));
    net.send(MALLORY, BOB, yes(vec![Arc::clone(&forged), about_bob]));
    net.send(Peer(5), BOB, yes(vec![]));
    net.send(Peer(6), BOB, yes(vec![forged, genuine]));
    net.run();
    let end = net.seen.iter().find_map(|(_, seen)| match seen {
        Observation::Collected(end) => Some(end.derived),
        _ => None,
    });
    let derived = end.expect("the collection ended");
    assert_eq!((derived.sources, derived.positive, derived.negative), (1, 10, 0));
    let reasons: Vec<Rejection> = rejections(&net).into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons, [Rejection::BadSignature, Rejection::OffTopic, Rejection::BadSignature]);
}

#[test]
fn a_source_counts_once_however_often_it_answers() {
    let mut net = net(1);
    let genuine = held(&net);
    net.absent.insert(STORER);
    net.give(BOB, Input::Command(Command::Query { target: ALICE }));
    let query = QueryId { asker: BOB, sequence: 0 };
    for _ in 0..3 {
        let answer = Answer::new(query, vec![Arc::clone(&genuine)]);
        net.send(MALLORY, BOB, Message::Yes(Arc::new(answer)));
        net.send(MALLORY, BOB, Message::No { query, held: 1 });
    }
    net.run();
    assert_eq!(rejections(&net), [(BOB, Rejection::Repeated); 5]);
    assert_eq!(net.node(BOB).last_derived(ALICE), Some(1.0));
}

#[test]
fn what_is_repeated_after_the_end_leaves_no_trace() {
    let mut net = net(1);
    held(&net);
    net.give(BOB, Input::Command(Command::Query { target: ALICE }));
    net.run();
    let query = QueryId { asker: BOB, sequence: 0 };
    net.send(MALLORY, BOB, Message::No { query, held: 1 });
    let (bob, alice) = (net.node(BOB).series().len(), net.node(ALICE).series().len());
    let chunk = ChunkId { recorder: ALICE, length: 10 };
    net.seen.clear();
    net.send(MALLORY, BOB, Message::No { query, held: 1 });
    net.send(STORER, BOB, Message::No { query, held: 1 });
    net.send(STORER, ALICE, Message::StoreAnswer { chunk, refused: None });
    net.send(STORER, ALICE, Message::StoreAnswer { chunk, refused: Some(Refusal::RateLimited) });
    let repeated = Rejection::Repeated;
    assert_eq!(rejections(&net), [(BOB, repeated), (BOB, repeated), (ALICE, repeated), (ALICE, repeated)]);
    assert_eq!((net.node(BOB).series().len(), net.node(ALICE).series().len()), (bob, alice));
}

#[test]
fn an_answer_to_a_broadcast_that_was_no_query_is_not_taken() {
    let mut net = net(1);
    held(&net);
    net.seen.clear();
    net.send(MALLORY, ALICE, Message::No { query: QueryId { asker: ALICE, sequence: 0 }, held: 1 });
    assert_eq!(rejections(&net), [(ALICE, Rejection::Unrequested)]);
}

#[test]
fn an_answer_to_nothing_leaves_no_trace() {
    let mut net = net(1);
    let entries = net.node(BOB).series().len();
    for query in [QueryId { asker: BOB, sequence: 0 }, QueryId { asker: ALICE, sequence: 0 }] {
        net.send(MALLORY, BOB, Message::No { query, held: 1 });
    }
    for chunk in [ChunkId { recorder: BOB, length: 10 }, ChunkId { recorder: ALICE, length: 10 }] {
        net.send(MALLORY, BOB, Message::StoreAnswer { chunk, refused: None });
    }
    assert_eq!(rejections(&net), [(BOB, Rejection::Unrequested); 4]);
    assert_eq!(net.node(BOB).series().len(), entries);
}

#[test]
fn stale_timers_do_nothing() {
    let mut net = net(1);
    let broadcast = BroadcastId { origin: ALICE, sequence: 0 };
    for timer in [Timer::CollectionEnds { query: 0 }, Timer::AnswerDue(broadcast), Timer::FlushDue { cut: 0 }]
    {
        for peer in [ALICE, BOB, STORER] {
            net.give(peer, Input::Timer(timer));
        }
    }
    assert!(net.seen.is_empty(), "{:?}", net.seen);
}

#[test]
fn a_copy_of_ones_own_broadcast_is_not_heard_even_when_it_was_forgotten() {
    let mut net = net(1);
    let body =
        Arc::new(Body::new(BroadcastId { origin: ALICE, sequence: 7 }, Content::Query { target: BOB }));
    net.send(MALLORY, ALICE, Message::Broadcast(Broadcast { depth: 0, hops: 9, body }));
    assert!(net.seen.is_empty());
    assert_eq!(net.node(ALICE).repeats(), 1);
}

#[test]
fn a_node_covers_what_its_first_copy_asks_for_and_no_more() {
    let mut net = net(0);
    let body = Arc::new(Body::new(BroadcastId { origin: ALICE, sequence: 7 }, Content::Opaque { size: 1 }));
    let mut copies = |depth| {
        let sent = net.sent;
        let body = Arc::clone(&body);
        net.send(MALLORY, BOB, Message::Broadcast(Broadcast { depth, hops: 1, body }));
        net.sent - sent
    };
    copies(2);
    assert_eq!(copies(0), 0);
    assert_eq!(copies(2), 0);
}
