//! Lookups in networks of several sizes.

use std::sync::Arc;

use super::super::harness::{Net, next};
use super::super::*;

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
    let slope: f64 = hops.iter().zip(-2..).map(|(hops, x)| (hops - mean) * f64::from(x)).sum::<f64>() / 10.0;
    assert!((slope * 4.42 - 1.0).abs() < 0.1, "{slope}: {hops:?}");
}

#[test]
fn the_closest_of_all_are_found_and_told() {
    let mut net = net(500, 3, |_| true);
    for _ in 0..10 {
        net.record(Peer(3), EventKind::EcosystemImproved, Peer(9));
    }
    net.run();
    let id = *net.shared.peers.id(Peer(9));
    let mut all: Vec<Peer> = (0..500).map(Peer).filter(|&peer| peer != Peer(3)).collect();
    all.sort_by_key(|&peer| net.shared.peers.id(peer).distance(&id));
    let heard = net.seen.iter().filter(|(_, seen)| matches!(seen, Observation::BroadcastHeard { .. }));
    let mut heard: Vec<Peer> = heard.map(|(peer, _)| *peer).collect();
    heard.sort_by_key(|&peer| net.shared.peers.id(peer).distance(&id));
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
    assert!(found[0].took >= Config::default().rpc_timeout_min && found[0].messages > 8, "{found:?}");
    assert_eq!(net.ask(Peer(44), Peer(9)).derived.positive, 10);
}

#[test]
fn an_answer_that_nobody_asked_for_is_refused() {
    let mut net = net(10, 3, |_| true);
    let nodes = Nodes::new(0, [Peer(3)].into(), &net.shared.peers);
    net.send(Peer(1), Peer(2), Message::Nodes(Arc::new(nodes)));
    assert_eq!(net.count(|seen| matches!(seen, Observation::Rejected { .. })), 1);
}

#[test]
fn a_node_without_contacts_finds_nobody() {
    let mut net = net(1, 3, |_| true);
    net.history(Peer(0), Peer(0), 10, 0);
    assert_eq!(lookups(&net)[0].closest, None);
}
