//! What storers keep, for whom there is room, and what they can be made to believe.

use std::sync::Arc;

use super::super::harness::{Net, chunk};
use super::super::*;
use crate::units::{ByteSize, Duration, Share, Time};

const STORER: Peer = Peer(0);
const OTHER: Peer = Peer(1);
const ALICE: Peer = Peer(10);
const BOB: Peer = Peer(11);
const CAROL: Peer = Peer(12);

fn net(storers: u32, config: Config) -> Net {
    Net::new(16, 3, config, move |peer| peer.0 < storers)
}

/// Room for so many chunks of ten reports about oneself, and some bytes.
fn room_for(chunks: u64, bytes: u64, when_full: WhenFull) -> Config {
    let shared = Shared::generate(Config::default(), [1; 32], 16);
    let size = u64::from(praise(&shared, ALICE, 10).encoded_len());
    let store = StoreConfig {
        capacity: Some(ByteSize::from_bytes(chunks * size + bytes)),
        when_full,
        ..Config::default().store
    };
    Config { store, ..Config::default() }
}

fn praise(shared: &Shared, recorder: Peer, length: u32) -> Arc<Chunk> {
    chunk(shared, recorder, length, &[(recorder, 10, 0)])
}

/// Says to a storer, as if it came from the recorder, that there is a chunk.
fn announce(net: &mut Net, to: Peer, recorder: Peer, sequence: u32, intent: StoreIntent) {
    let id = BroadcastId { origin: recorder, sequence };
    let body = Arc::new(Body::new(id, Content::StoreIntent(intent)));
    net.send(BOB, to, Message::Broadcast(Broadcast { depth: 255, hops: 1, body }));
}

fn says(net: &Net) -> Vec<bool> {
    let answers = net.seen.iter().filter_map(|(_, seen)| match seen {
        Observation::StoreAnswered { refused, .. } => Some(refused.is_none()),
        _ => None,
    });
    answers.collect()
}

fn rejected(net: &Net) -> Vec<Rejection> {
    let reasons = net.seen.iter().filter_map(|(_, seen)| match seen {
        Observation::Rejected { reason, .. } => Some(*reason),
        _ => None,
    });
    reasons.collect()
}

fn held(net: &Net, storer: Peer) -> Vec<ChunkId> {
    net.node(storer).store().map_or_else(Vec::new, |store| store.iter().map(|chunk| chunk.id()).collect())
}

#[test]
fn a_chunk_goes_only_to_storers_that_want_it() {
    let mut net = net(6, Config::default());
    net.used.extend([(Peer(1), 1.0), (Peer(4), 1.0)]);
    net.history(ALICE, ALICE, 10, 0);
    let mut sent: Vec<u32> = Vec::new();
    sent.extend(net.seen.iter().filter_map(|(_, seen)| match seen {
        Observation::ChunkSent { to, .. } => Some(to.0),
        _ => None,
    }));
    sent.sort_unstable();
    assert_eq!(sent, [0, 2, 3, 5]);
    assert!(held(&net, Peer(1)).is_empty());
}

#[test]
fn a_full_storer_refuses_or_makes_room() {
    for (when_full, answers, kept) in [
        (WhenFull::Refuse, [true, true, false], [ALICE, BOB]),
        (WhenFull::LeastRecentlyAsked, [true; 3], [ALICE, CAROL]),
    ] {
        let mut net = net(1, room_for(2, 0, when_full));
        net.history(ALICE, ALICE, 10, 0);
        net.history(BOB, BOB, 10, 0);
        net.give(CAROL, Input::Command(Command::Query { target: ALICE }));
        net.run();
        net.history(CAROL, CAROL, 10, 0);
        assert_eq!(says(&net), answers, "{when_full:?}");
        let recorders: Vec<Peer> = held(&net, STORER).iter().map(|chunk| chunk.recorder).collect();
        assert_eq!(recorders, kept, "{when_full:?}");
        let dropped = net.count(|seen| matches!(seen, Observation::Dropped(_)));
        assert_eq!(dropped, usize::from(when_full == WhenFull::LeastRecentlyAsked));
    }
}

#[test]
fn room_is_kept_for_a_chunk_on_its_way_and_only_for_a_while() {
    let mut net = net(1, room_for(1, 0, WhenFull::Refuse));
    let (first, second) = (praise(&net.shared, ALICE, 10), praise(&net.shared, BOB, 10));
    announce(&mut net, STORER, ALICE, 7, StoreIntent::of(&first));
    announce(&mut net, STORER, BOB, 7, StoreIntent::of(&second));
    // Announced again, the first takes no more room than before.
    announce(&mut net, STORER, ALICE, 8, StoreIntent::of(&first));
    assert_eq!(says(&net), [true, false, true]);
    net.now += Duration::from_secs(30);
    announce(&mut net, STORER, BOB, 8, StoreIntent::of(&second));
    assert_eq!(says(&net).last(), Some(&true));
    // The first is late: its room is the second's.
    net.send(ALICE, STORER, Message::Chunk(first));
    assert_eq!(rejected(&net), [Rejection::NoRoom]);
    net.send(BOB, STORER, Message::Chunk(Arc::clone(&second)));
    assert_eq!(held(&net, STORER), [second.id()]);
}

#[test]
fn a_chunk_that_was_announced_as_smaller_than_it_is_pushes_nothing_out() {
    let mut net = net(1, room_for(1, 140, WhenFull::Refuse));
    net.history(ALICE, ALICE, 10, 0);
    let large = praise(&net.shared, BOB, 10);
    announce(&mut net, STORER, BOB, 7, StoreIntent { size: 140, ..StoreIntent::of(&large) });
    assert_eq!(says(&net), [true, true]);
    net.send(BOB, STORER, Message::Chunk(large));
    assert_eq!(rejected(&net), [Rejection::NotAsAnnounced]);
    assert_eq!(held(&net, STORER), [ChunkId { recorder: ALICE, length: 10 }]);
}

#[test]
fn an_announcement_of_what_no_chunk_can_be_is_not_answered() {
    let mut net = net(1, Config::default());
    let chunk = praise(&net.shared, ALICE, 10);
    let true_one = StoreIntent::of(&chunk);
    let false_ones = [
        StoreIntent { events: 1_000_000, ..true_one.clone() },
        StoreIntent { events: 0, ..true_one.clone() },
        StoreIntent { size: u32::MAX, ..true_one.clone() },
        StoreIntent { size: 1, ..true_one.clone() },
    ];
    for (sequence, intent) in (7..).zip(false_ones) {
        announce(&mut net, STORER, ALICE, sequence, intent);
    }
    assert_eq!(rejected(&net), [Rejection::Impossible; 4]);
    assert!(says(&net).is_empty());
    // More outcomes than it has are possible, and noticed when it comes.
    let fewer = super::super::harness::chunk(&net.shared, BOB, 10, &[(BOB, 2, 0)]);
    announce(&mut net, STORER, BOB, 7, StoreIntent { events: 10, ..StoreIntent::of(&fewer) });
    net.send(BOB, STORER, Message::Chunk(fewer));
    assert_eq!(rejected(&net).last(), Some(&Rejection::NotAsAnnounced));
}

#[test]
fn chunks_are_kept_with_their_proof_alone_when_proofs_are_wanted() {
    let mut net = net(2, Config { proofs: true, ..Config::default() });
    net.history(ALICE, ALICE, 20, 0);
    assert_eq!((held(&net, STORER).len(), rejected(&net)), (2, vec![]));
    // Signed, but from no series at all.
    let loose = praise(&net.shared, BOB, 10);
    announce(&mut net, STORER, BOB, 7, StoreIntent::of(&loose));
    net.send(BOB, STORER, Message::Chunk(Arc::clone(&loose)));
    let series = Series::new(BOB);
    let proof = Proof::of(&loose, &series, 0, series.head(&net.shared.peers));
    let proven = Proven::new(loose, proof, &net.shared.peers);
    net.send(BOB, STORER, Message::Proven(Arc::new(proven)));
    assert_eq!(rejected(&net), [Rejection::Unproven; 2]);
    assert!(held(&net, STORER).iter().all(|chunk| chunk.recorder == ALICE));
}

/// A recorder that begins another series in secret is found out by whoever holds a chunk of the first.
#[test]
fn a_chunk_of_another_series_than_the_one_before_is_not_kept() {
    let mut net = net(2, Config { proofs: true, ..Config::default() });
    net.history(ALICE, ALICE, 10, 0);
    let first = held(&net, STORER)[0];
    let mut other = Series::new(ALICE);
    let mut before = other.head(&net.shared.peers);
    for second in 0..u64::from(first.length) + 10 {
        if second == u64::from(first.length) {
            before = other.head(&net.shared.peers);
        }
        other.append(
            super::super::harness::event(second, EventKind::ConsensusMatched, ALICE),
            &net.shared.peers,
        );
    }
    let id = ChunkId { recorder: ALICE, length: other.len() as u32 };
    let entries = other.tail(10).to_vec();
    let signer = net.shared.signer(id.recorder);
    let forked = Arc::new(Chunk::signed(
        id,
        Time::ZERO,
        other.head(&net.shared.peers),
        &entries,
        &*signer,
        &net.shared.peers,
    ));
    let proof = Proof::of(&forked, &other, first.length, before);
    assert!(proof.verify(&forked, &net.shared.peers));
    announce(&mut net, STORER, ALICE, 99, StoreIntent::of(&forked));
    let proven = Proven::new(forked, proof, &net.shared.peers);
    net.send(ALICE, STORER, Message::Proven(Arc::new(proven)));
    assert_eq!(rejected(&net), [Rejection::Forked]);
}

/// A finding: a recorder that shows two storers different chunks of one name has both counted, as they have different
/// hashes. It wins nothing that two chunks would not give it; but whoever collects both holds the proof against it.
#[test]
fn a_recorder_that_tells_two_storers_different_things_has_both_counted() {
    let mut net = net(2, Config::default());
    let good = chunk(&net.shared, ALICE, 10, &[(BOB, 10, 0)]);
    let bad = chunk(&net.shared, ALICE, 10, &[(BOB, 0, 10)]);
    for (to, sequence, told) in [(STORER, 7, &good), (OTHER, 8, &bad)] {
        announce(&mut net, to, ALICE, sequence, StoreIntent::of(told));
        net.send(ALICE, to, Message::Chunk(Arc::clone(told)));
    }
    let end = net.ask(CAROL, BOB);
    assert_eq!((end.derived.positive, end.derived.negative), (10, 10));
    let names: Vec<ChunkId> = end.counted.iter().map(|(id, _)| *id).collect();
    assert_eq!(names, [good.id(), good.id()]);
}

/// A finding: broadcasts are not signed, so that whoever is first to announce a chunk of somebody else under a wrong hash
/// keeps it out.
#[test]
fn a_bystander_that_announces_a_chunk_wrongly_keeps_it_out() {
    let mut net = net(1, Config::default());
    let wrong = praise(&net.shared, CAROL, 10);
    announce(&mut net, STORER, ALICE, 99, StoreIntent { length: 10, ..StoreIntent::of(&wrong) });
    net.history(ALICE, ALICE, 10, 0);
    assert!(rejected(&net).contains(&Rejection::NotAsAnnounced));
    assert!(held(&net, STORER).is_empty());
}

/// A finding: added up as the proposal is coded, one holder can count a chunk as often as it likes.
#[test]
fn a_holder_that_lists_a_chunk_twice_has_it_counted_twice_under_raw_alone() {
    for (aggregation, total) in [(Aggregation::Distinct, 10), (Aggregation::Raw, 20)] {
        let mut net = net(0, Config { aggregation, ..Config::default() });
        let chunk = praise(&net.shared, ALICE, 10);
        net.give(CAROL, Input::Command(Command::Query { target: ALICE }));
        let query = QueryId { asker: CAROL, sequence: 0 };
        let answer = Answer::new(query, vec![Arc::clone(&chunk), chunk]);
        net.send(BOB, CAROL, Message::Yes(Arc::new(answer)));
        net.run();
        let ends = net.seen.iter().find_map(|(_, seen)| match seen {
            Observation::Collected(end) => Some(end.derived.total_events),
            _ => None,
        });
        assert_eq!(ends, Some(total), "{aggregation:?}");
    }
}

/// A finding: a storer that goes by its own opinion of the recorder never gets one when newcomers are worth less than
/// what is wanted.
#[test]
fn newcomers_below_the_limit_are_never_stored_by_storers_that_go_by_reputation() {
    for (newcomer, stored) in [(0.5, 2), (0.3, 2), (0.2, 0)] {
        let mut config = Config { newcomer: Share::clamped(newcomer), ..Config::default() };
        config.limiter.value = ValueModel::Requester;
        let mut net = net(2, config);
        net.history(ALICE, ALICE, 10, 0);
        (0..2).for_each(|storer| drop(net.ask(Peer(storer), ALICE)));
        net.history(ALICE, ALICE, 10, 0);
        assert_eq!(held(&net, STORER).len(), stored, "{newcomer}");
    }
}

/// How many of 200 answers to CAROL about ALICE are YES, from five storers that use so much of their uplinks, hold ten
/// events about ALICE and think little of CAROL.
fn yes_of_200(gate: Gate, value: ValueModel, used: f64) -> u32 {
    let mut config = Config { window: Duration::from_secs(1), enough: 99, ..Config::default() };
    (config.limiter.gate, config.limiter.value) = (gate, value);
    let mut net = net(5, config);
    let chunk = praise(&net.shared, ALICE, 10);
    for storer in &mut net.nodes[..5] {
        storer.put_in_store(Arc::clone(&chunk));
        storer.put_in_mind(CAROL, 0.2);
    }
    net.used.extend((0..5).map(|storer| (Peer(storer), used)));
    let answers = |net: &mut Net| {
        let derived = net.ask(CAROL, ALICE).derived;
        assert_eq!(derived.sources + derived.rate_limited, 5);
        derived.sources
    };
    (0..40).map(|_| answers(&mut net)).sum()
}

#[test]
fn each_gate_goes_by_the_value_model_as_it_says() {
    // 1 − e^(−10/10) for ten events.
    let models =
        [(ValueModel::Flat, 1.0), (ValueModel::Information, 0.632_121), (ValueModel::Requester, 0.2)];
    for (value, worth) in models {
        assert_eq!(yes_of_200(Gate::Threshold, value, 0.5), 200, "{value:?}");
        assert_eq!(yes_of_200(Gate::Threshold, value, 0.8), 0, "{value:?}");
        assert_eq!(yes_of_200(Gate::Off, value, 0.8), 200, "{value:?}");
        let yes = f64::from(yes_of_200(Gate::Probabilistic, value, 0.5));
        let share = 0.5 * worth;
        // Four standard errors of a binomial distribution.
        let bound = 4.0 * f64::sqrt(200.0 * share * (1.0 - share));
        assert!((yes - 200.0 * share).abs() <= bound, "{value:?}: {yes} of 200");
    }
}
