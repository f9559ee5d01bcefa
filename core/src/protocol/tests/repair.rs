//! Chunks that are announced again: for want of takers, and when holders vanish.

use super::super::harness::Net;
use super::super::*;
use crate::units::{Duration, Time};

const RECORDER: Peer = Peer(0);

fn net(config: Config) -> Net {
    Net::new(12, 1, Config { replicas: 3, redundancy: 8, ..config }, |peer| peer != RECORDER)
}

fn holders(net: &Net) -> usize {
    net.nodes.iter().filter(|node| node.store().is_some_and(|store| !store.is_empty())).count()
}

#[test]
fn a_chunk_that_too_few_took_is_announced_again() {
    for (repush_after, again) in [(None, 0), (Some(Duration::from_secs(10)), 3)] {
        let mut net = net(Config { repush_after, ..Config::default() });
        net.absent = (3..12).map(Peer).collect();
        net.history(RECORDER, RECORDER, 10, 0);
        assert_eq!(holders(&net), 2);
        assert_eq!(net.count(|seen| matches!(seen, Observation::PushedAgain { .. })), again);
    }
}

#[test]
fn and_whoever_says_yes_then_gets_it() {
    let mut net = net(Config { repush_after: Some(Duration::from_secs(10)), ..Config::default() });
    net.used = (1..12).map(|peer| (Peer(peer), 1.0)).collect();
    for _ in 0..10 {
        net.record(RECORDER, EventKind::EcosystemImproved, RECORDER);
    }
    net.run_until(Time::ZERO + Duration::from_secs(5));
    assert_eq!(holders(&net), 0);
    net.used.clear();
    net.run();
    assert_eq!(holders(&net), 3);
    assert_eq!(net.count(|seen| matches!(seen, Observation::Rejected { .. })), 0);
}

#[test]
fn holders_that_vanish_are_replaced() {
    for (repair_every, wanted) in [(None, 3), (Some(Duration::from_secs(60)), 5)] {
        let mut net = net(Config { repair_every, ..Config::default() });
        for _ in 0..10 {
            net.record(RECORDER, EventKind::EcosystemImproved, RECORDER);
        }
        net.run_until(Time::ZERO + Duration::from_secs(30));
        let first: Vec<Peer> = (1..12)
            .map(Peer)
            .filter(|&peer| net.node(peer).store().is_some_and(|store| !store.is_empty()))
            .collect();
        assert_eq!(first.len(), 3);
        net.absent = first[..2].iter().copied().collect();
        net.run_until(Time::ZERO + Duration::from_secs(90));
        assert_eq!(holders(&net), wanted, "{repair_every:?}");
    }
}

/// Two are away in every other round, and back in between: those who were replaced are taken back when it comes to
/// replacing others, so that there are no more copies than ever were needed at a time.
#[test]
fn who_is_back_is_taken_back_before_others_are_asked_for() {
    let mut net = net(Config { repair_every: Some(Duration::from_secs(60)), ..Config::default() });
    for _ in 0..10 {
        net.record(RECORDER, EventKind::EcosystemImproved, RECORDER);
    }
    let after = |seconds| Time::ZERO + Duration::from_secs(seconds);
    net.run_until(after(30));
    for round in 1..20 {
        let keep = |peer: &Peer| net.node(*peer).store().is_some_and(|store| !store.is_empty());
        let keepers: Vec<Peer> = (1..12).map(Peer).filter(keep).collect();
        let gone = if round % 2 == 1 { &keepers[..2] } else { &keepers[keepers.len() - 2..] };
        net.absent = gone.iter().copied().collect();
        net.run_until(after(30 + 62 * round));
        net.absent.clear();
    }
    assert_eq!(holders(&net), 5);
}

#[test]
fn who_was_not_asked_has_nothing_to_say() {
    let mut net = net(Config::default());
    net.send(
        Peer(3),
        RECORDER,
        Message::Held { chunk: ChunkId { recorder: RECORDER, length: 10 }, yes: true },
    );
    let unasked =
        |seen: &Observation| matches!(seen, Observation::Rejected { reason: Rejection::Unrequested, .. });
    assert_eq!(net.count(unasked), 1);
}
