//! Joining, and tables that stay fresh, in small networks.

use super::super::harness::Net;
use super::super::*;
use crate::units::{Duration, Time};

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
    let bucket = |own, other| net.shared.peers.id(own).shared_bits(net.shared.peers.id(other));
    let peers: Vec<Peer> = net.nodes.iter().map(Node::peer).collect();
    let full = |node: &Node| {
        let mut members = vec![0; 256];
        let others = peers.iter().filter(|peer| **peer != node.peer());
        others.for_each(|&peer| members[bucket(node.peer(), peer)] += 1);
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
        let mut net =
            begun(60, Config { series: SeriesConfig { persist }, bootstrap: 3, ..cold(Some(NEVER)) }, |_| {
                false
            });
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
