//! Whole flows between a few nodes: record, push, query, collect, derive.

use super::super::harness::Net;
use super::super::*;
use crate::units::{Duration, Share};

const ALICE: Peer = Peer(20);
const BOB: Peer = Peer(21);
const CAROL: Peer = Peer(22);

/// 30 nodes; the first `storers` of them store.
fn net(storers: u32, config: Config) -> Net {
    Net::new(30, 9, config, move |peer| peer.0 < storers)
}

fn holders(net: &Net, target: Peer) -> Vec<Peer> {
    let attribution = net.shared.config.attribution;
    let holds = |node: &&Node| node.store().is_some_and(|store| store.chunks_about(target, attribution) > 0);
    net.nodes.iter().filter(holds).map(Node::peer).collect()
}

#[test]
fn what_is_recorded_is_pushed_stored_asked_for_and_derived() {
    let mut net = net(10, Config::default());
    net.history(ALICE, ALICE, 17, 3);
    assert_eq!(net.count(|seen| matches!(seen, Observation::ChunkPushed(_))), 2);
    assert_eq!(net.count(|seen| matches!(seen, Observation::StoreAnswered { refused: None, .. })), 20);
    assert_eq!(net.count(|seen| matches!(seen, Observation::Stored(_))), 10);
    let end = net.ask(BOB, ALICE);
    let derived = end.derived;
    assert_eq!((derived.positive, derived.negative, derived.sources), (17, 3, 3));
    assert_eq!((derived.reputation, derived.confidence), (0.85, Confidence::Medium));
    assert_eq!(net.node(BOB).last_derived(ALICE), Some(0.85));
    assert!(end.first_yes.is_some_and(|first| first <= end.took));
    assert!(end.took < Duration::from_secs(1));
    assert!(net.nodes.iter().all(|node| node.series().verify(&net.shared.peers)));
}

#[test]
fn a_collection_ends_with_enough_sources_and_answers_after_it_are_late() {
    let mut net = net(10, Config { enough: 2, ..Config::default() });
    net.history(ALICE, ALICE, 10, 0);
    assert_eq!(net.ask(BOB, ALICE).derived.sources, 2);
    let late = |seen: &Observation| matches!(seen, Observation::AnswerReceived { in_time: false, .. });
    assert_eq!(net.count(late), 3);
    let answers = |entry: &&Entry| matches!(entry.record, Record::AnswerReceived { .. });
    assert_eq!(net.node(BOB).series().tail(100).iter().filter(answers).count(), 5);
}

#[test]
fn a_collection_with_too_few_sources_ends_with_its_window() {
    let mut net = net(2, Config::default());
    net.history(ALICE, ALICE, 10, 0);
    let end = net.ask(BOB, ALICE);
    assert_eq!((end.derived.sources, end.took), (2, Duration::from_secs(5)));
}

#[test]
fn who_holds_nothing_is_silent() {
    let mut net = net(10, Config::default());
    let end = net.ask(BOB, ALICE);
    assert_eq!((end.derived.reputation, end.derived.confidence), (0.5, Confidence::None));
    assert_eq!(net.count(|seen| matches!(seen, Observation::AnswerSent { .. })), 0);
    assert_eq!(end.first_yes, None);
}

#[test]
fn a_storer_whose_uplink_is_full_answers_no_and_is_counted() {
    let mut net = net(4, Config { enough: 4, ..Config::default() });
    net.history(ALICE, ALICE, 10, 0);
    net.used.insert(Peer(2), 0.9);
    let end = net.ask(BOB, ALICE);
    assert_eq!((end.derived.sources, end.derived.rate_limited), (3, 1));
    net.seen.clear();
    net.history(ALICE, ALICE, 10, 0);
    let refused = |seen: &Observation| matches!(seen, Observation::StoreAnswered { refused: Some(_), .. });
    assert_eq!(net.count(refused), 1);
    assert!(net.node(Peer(2)).limiters(0.9, 0.0).overall() < Share::clamped(0.11));
}

#[test]
fn without_a_gate_a_full_uplink_still_answers_yes() {
    let mut config = Config::default();
    config.limiter.gate = Gate::Off;
    let mut net = net(3, config);
    net.used.insert(Peer(2), 1.0);
    net.history(ALICE, ALICE, 10, 0);
    assert_eq!(net.ask(BOB, ALICE).derived.sources, 3);
}

#[test]
fn the_probabilistic_gate_answers_some() {
    let mut config = Config { window: Duration::from_secs(1), enough: 99, ..Config::default() };
    config.limiter.gate = Gate::Probabilistic;
    let mut net = net(10, config);
    net.history(ALICE, ALICE, 10, 0);
    net.used.extend((0..10).map(|storer| (Peer(storer), 0.5)));
    let (mut yes, mut no) = (0, 0);
    for _ in 0..40 {
        let derived = net.ask(BOB, ALICE).derived;
        yes += derived.sources;
        no += derived.rate_limited;
    }
    // 200 answers, 100 ± 4 standard errors of 7.
    assert_eq!(yes + no, 200);
    assert!((72..128).contains(&yes), "{yes}");
}

#[test]
fn a_chunk_goes_to_the_first_that_want_it_and_with_replicas_0_to_all() {
    for (replicas, expected) in [(1, 1), (5, 5), (0, 12), (50, 12)] {
        let mut net = net(12, Config { replicas, ..Config::default() });
        net.history(ALICE, ALICE, 10, 0);
        assert_eq!(holders(&net, ALICE).len(), expected, "{replicas}");
        let heard = |seen: &Observation| matches!(seen, Observation::StoreAnswerReceived { .. });
        assert_eq!(net.count(heard), 12);
    }
}

/// Two hundred chunks that nobody wants at first; then somebody does.
#[test]
fn a_chunk_is_open_until_its_time_is_over_however_many_there_are() {
    let mut net = net(0, Config::default());
    net.history(ALICE, BOB, 2000, 0);
    let pushed = |seen: &Observation| match seen {
        Observation::ChunkPushed(chunk) => Some(chunk.id().length),
        _ => None,
    };
    let lengths: Vec<u32> = net.seen.iter().filter_map(|(_, seen)| pushed(seen)).collect();
    assert_eq!(lengths.len(), 200);
    let wanted_by = |net: &mut Net, peer| {
        for &length in &lengths {
            let chunk = ChunkId { recorder: ALICE, length };
            net.send(peer, ALICE, Message::StoreAnswer { chunk, refused: None });
        }
        let sent = |seen: &Observation| match seen {
            Observation::ChunkSent { chunk, to } if *to == peer => Some(chunk.length),
            _ => None,
        };
        net.seen.iter().filter_map(|(_, seen)| sent(seen)).collect::<Vec<_>>()
    };
    assert_eq!(wanted_by(&mut net, CAROL), lengths);
    net.now += Config::default().push_window;
    assert_eq!(wanted_by(&mut net, BOB), Vec::<u32>::new());
    // With the next one, they are given up: four of five holders are still missing.
    net.history(ALICE, BOB, 10, 0);
    let given_up = Observation::Forgotten { memory: Memory::Unplaced, count: 1 };
    assert_eq!(net.count(|seen| *seen == given_up), 200);
    // Who has answered is still known.
    let repeated =
        |seen: &Observation| matches!(seen, Observation::Rejected { reason: Rejection::Repeated, .. });
    assert_eq!(net.count(repeated), 0);
    wanted_by(&mut net, BOB);
    assert_eq!(net.count(repeated), 200);
}

#[test]
fn every_open_chunk_is_announced_again_however_many_came_after_it() {
    let repush_after = Some(crate::units::Duration::from_secs(10));
    let mut net = net(0, Config { repush_after, ..Config::default() });
    net.history(ALICE, BOB, 1000, 0);
    assert_eq!(net.count(|seen| matches!(seen, Observation::PushedAgain { .. })), 300);
}

#[test]
fn a_storer_does_not_keep_its_own_chunk_for_itself() {
    let mut net = net(3, Config::default());
    net.history(Peer(0), Peer(0), 10, 0);
    assert_eq!(holders(&net, Peer(0)), [Peer(1), Peer(2)]);
}

#[test]
fn nine_events_are_invisible_unless_they_are_flushed() {
    let mut never = net(3, Config::default());
    never.history(ALICE, ALICE, 9, 0);
    assert_eq!(never.ask(BOB, ALICE).derived.total_events, 0);

    let flush_after = Some(Duration::from_secs(60));
    let mut flushing = net(3, Config { flush_after, ..Config::default() });
    flushing.history(ALICE, ALICE, 9, 0);
    assert_eq!(flushing.ask(BOB, ALICE).derived.total_events, 9);
    // The timer of the first of these ten is stale when it fires.
    flushing.seen.clear();
    flushing.history(ALICE, ALICE, 10, 0);
    assert_eq!(flushing.count(|seen| matches!(seen, Observation::ChunkPushed(_))), 1);
    assert_eq!(flushing.ask(CAROL, ALICE).derived.total_events, 19);
}

#[test]
fn chunking_by_entries_carries_audit_entries_and_skips_events() {
    let outcome = |chunking| {
        let flush_after = None;
        let mut net = net(3, Config { chunking, flush_after, ..Config::default() });
        // Four queries and their answers stand between the events.
        net.history(ALICE, ALICE, 7, 0);
        net.ask(ALICE, BOB);
        net.history(ALICE, ALICE, 33, 0);
        let chunks: Vec<usize> = net
            .seen
            .iter()
            .filter_map(|(_, seen)| match seen {
                Observation::ChunkPushed(chunk) => Some(chunk.counts().total() as usize),
                _ => None,
            })
            .collect();
        (chunks, net.ask(BOB, ALICE).derived.total_events)
    };
    assert_eq!(outcome(Chunking::Reputation), (vec![10, 10, 10, 10], 40));
    let (chunks, total) = outcome(Chunking::Literal);
    assert!(chunks.iter().all(|&events| events < 10), "{chunks:?}");
    assert!(total < 40, "{total}");
}

#[test]
fn a_bad_deed_counts_for_the_culprit_or_for_its_observer() {
    for (attribution, of_culprit, of_observer) in
        [(Attribution::Subject, 0.0, 0.5), (Attribution::Recorder, 0.5, 0.0)]
    {
        let mut net = net(5, Config { attribution, ..Config::default() });
        net.history(BOB, ALICE, 0, 10);
        assert_eq!(net.ask(CAROL, ALICE).derived.reputation, of_culprit);
        assert_eq!(net.ask(CAROL, BOB).derived.reputation, of_observer);
    }
}

#[test]
fn praise_of_oneself_can_be_ignored() {
    for (self_reports, reputation, sources) in [(SelfReports::Count, 1.0, 3), (SelfReports::Ignore, 0.5, 0)] {
        let mut net = net(5, Config { self_reports, ..Config::default() });
        net.history(ALICE, ALICE, 10, 0);
        let derived = net.ask(BOB, ALICE).derived;
        assert_eq!((derived.reputation, derived.sources), (reputation, sources));
    }
}

#[test]
fn added_up_raw_an_event_counts_as_often_as_it_is_held() {
    for (aggregation, total) in [(Aggregation::Distinct, 20), (Aggregation::Raw, 60)] {
        let mut net = net(3, Config { aggregation, ..Config::default() });
        net.history(ALICE, ALICE, 20, 0);
        assert_eq!(net.ask(BOB, ALICE).derived.total_events, total);
    }
}

#[test]
fn answers_can_be_spread_over_time() {
    let answer_jitter = Duration::from_secs(4);
    let mut net = net(10, Config { answer_jitter, enough: 99, ..Config::default() });
    net.history(ALICE, ALICE, 10, 0);
    assert_eq!(holders(&net, ALICE).len(), 5);
    let end = net.ask(BOB, ALICE);
    assert_eq!(end.derived.sources, 5);
    // Without the spread the first YES takes some hundredths of a second.
    assert!(end.first_yes.is_some_and(|first| first > Duration::from_millis(100)), "{end:?}");
}

#[test]
fn a_request_is_worth_what_the_model_says() {
    let refused = |value, events: u32| {
        let mut config =
            Config { replicas: 1, flush_after: Some(Duration::from_secs(1)), ..Config::default() };
        config.limiter.value = value;
        let mut net = net(1, config);
        net.history(ALICE, ALICE, events, 0);
        net.count(|seen| matches!(seen, Observation::StoreAnswered { refused: Some(_), .. })) == 1
    };
    assert!(!refused(ValueModel::Flat, 2));
    assert!(refused(ValueModel::Information, 2));
    assert!(!refused(ValueModel::Information, 10));
    assert!(!refused(ValueModel::Requester, 2));
}

#[test]
fn a_requester_of_low_reputation_is_not_served() {
    let mut config = Config::default();
    config.limiter.value = ValueModel::Requester;
    let mut net = net(4, config);
    net.history(BOB, ALICE, 0, 10);
    net.ask(Peer(0), ALICE);
    net.seen.clear();
    net.history(ALICE, ALICE, 10, 0);
    let refused: Vec<Peer> = net
        .seen
        .iter()
        .filter(|(_, seen)| matches!(seen, Observation::StoreAnswered { refused: Some(_), .. }))
        .map(|(peer, _)| *peer)
        .collect();
    assert_eq!(refused, [Peer(0)]);
}

#[test]
fn real_and_modelled_signatures_give_the_same_outcome() {
    let outcome = |signatures| {
        // In a network this small, with everybody in every table, ids do not matter.
        let config = Config { signatures, bucket_size: 30, replicas: 0, ..Config::default() };
        let mut net = net(6, config);
        net.history(ALICE, ALICE, 14, 6);
        net.history(BOB, ALICE, 3, 7);
        let stored = net.count(|seen| matches!(seen, Observation::Stored(_)));
        (stored, net.ask(CAROL, ALICE).derived, holders(&net, ALICE))
    };
    let modelled = outcome(Signatures::Modelled);
    assert_eq!(modelled.0, 18);
    assert_eq!(modelled, outcome(Signatures::Real));
}

#[test]
fn the_same_inputs_give_the_same_outputs() {
    let run = || {
        let mut net = net(10, Config { redundancy: 2, ..Config::default() });
        net.history(ALICE, BOB, 25, 5);
        net.ask(CAROL, BOB);
        let heads: Vec<Hash> = net.nodes.iter().map(|node| node.series().head(&net.shared.peers)).collect();
        (net.sent, heads, net.seen.len())
    };
    assert_eq!(run(), run());
}
