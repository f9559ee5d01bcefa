//! Who can reach whom: pairs by what they are behind, mappings, calls, and relays with links of their own.

use std::sync::Arc;

use ir3sim::network::{HostSet, LinkProfile, Nat, NatShares, Pairs, Transport, Way};
use ir3sim::units::{Duration, Frequency, HostId, Share};
use ir3sim::world::{Arrivals, Fault, FaultKind, Group, GroupId, Observation, Threads, WorldConfig};

use crate::build::{
    UNLIMITED, away, delays, every, exact, figure, group, on_threads, query, record, simulate,
};
use crate::build::{s, traffic, watch, work, world};

const FROM: u16 = 0;
const RELAY: u16 = 1;
const TO: u16 = 2;

fn behind(name: &str, nat: Nat) -> Group {
    let mut group = group(name, 1, UNLIMITED);
    group.hosts.reachability.nat = NatShares::only(nat);
    group
}

/// A sender and a receiver behind these; a datagram at 1 s and one at 2 s.
fn pair(from: Nat, to: Nat, relays: bool) -> WorldConfig {
    let mut relay = group("relay", 1, UNLIMITED);
    relay.hosts.reachability.relays = relays;
    let mut config = world(vec![behind("from", from), relay, behind("to", to)], 10);
    work(&mut config, "probe", (0, 3), every(1000), traffic(FROM, TO, 100));
    config
}

/// What two datagrams take, in ms.
fn millis(config: &WorldConfig) -> Vec<u64> {
    let nanos = delays(config, 1).into_iter().map(|(_, delay)| delay.as_nanos());
    nanos.map(|nanos| nanos / 1_000_000).collect()
}

/// A way takes 40 ms. A call goes two of them, its answer one, and then the first message: 160 ms.
#[test]
fn a_pair_talks_straight_or_after_a_call_or_by_a_relay_by_what_it_is_behind() {
    let table = [
        ["straight", "call", "call", "call"],
        ["straight", "call", "call", "call"],
        ["straight", "call", "call", "relay"],
        ["straight", "call", "relay", "relay"],
    ];
    for (from, row) in Nat::ALL.into_iter().zip(table) {
        for (to, way) in Nat::ALL.into_iter().zip(row) {
            let took = millis(&pair(from, to, true));
            let expected = match way {
                "straight" => [40, 40],
                "call" => [160, 40],
                _ => [80, 80],
            };
            assert_eq!(took, expected, "{from:?} to {to:?}");
            let alone = millis(&pair(from, to, false));
            assert_eq!(alone, if way == "straight" { vec![40, 40] } else { vec![] }, "{from:?} to {to:?}");
        }
    }
}

#[test]
fn what_a_nat_does_not_let_in_is_lost_by_a_cause_of_its_own() {
    for transport in [Transport::Udp, Transport::Quic, Transport::Tcp] {
        let mut config = pair(Nat::Public, Nat::PortRestricted, false);
        config.groups[usize::from(FROM)].hosts.transport = transport;
        config.duration = Duration::from_secs(200);
        all_unreachable(&config, transport);
    }
}

/// Two messages, and each call of a handshake for them.
fn all_unreachable(config: &WorldConfig, transport: Transport) {
    let (ended, figures) = simulate(config, 1);
    let sent = figure(&figures, "messages.sent");
    assert!(if transport == Transport::Udp { sent == 2.0 } else { sent >= 5.0 }, "{transport:?}: {sent}");
    assert_eq!(figure(&figures, "messages.lost.unreachable"), sent, "{transport:?}");
    assert_eq!(ended.in_flight, 0, "{transport:?}");
}

/// A host at home sends to a server at 1 s, and the server to it `gap` seconds later.
fn answered(gap: u64, change: impl FnOnce(&mut WorldConfig)) -> bool {
    let mut config = world(vec![behind("home", Nat::Symmetric), group("server", 1, UNLIMITED)], 300);
    config.network.nat_mapping = Some(Duration::from_secs(30));
    work(&mut config, "ask", (0, 2), every(1000), traffic(0, 1, 100));
    work(&mut config, "answer", (gap, gap + 2), every(1000), traffic(1, 0, 100));
    change(&mut config);
    let (_, figures) = simulate(&config, 1);
    let delivered = figure(&figures, "traffic.answer.delivered");
    assert_eq!(figure(&figures, "messages.lost.unreachable"), 1.0 - delivered);
    delivered == 1.0
}

#[test]
fn an_answer_passes_while_the_mapping_lasts() {
    assert!(answered(0, |_| ()) && answered(29, |_| ()) && !answered(30, |_| ()));
    let default = |config: &mut WorldConfig| config.network.nat_mapping = None;
    assert!(answered(119, default) && !answered(120, default));
    let away = |config: &mut WorldConfig| away(config, 0, 5, 1);
    assert!(!answered(10, away), "who leaves loses its mappings");
    let again = |config: &mut WorldConfig| work(config, "more", (20, 22), every(1000), traffic(0, 1, 100));
    assert!(answered(45, again), "each use refreshes it");
}

#[test]
fn a_full_cone_is_open_to_all_once_its_host_has_sent_to_anybody() {
    for (nat, passes) in [(Nat::FullCone, 1.0), (Nat::PortRestricted, 0.0)] {
        let groups = vec![behind("home", nat), group("server", 1, UNLIMITED), group("other", 1, UNLIMITED)];
        let mut config = world(groups, 60);
        work(&mut config, "early", (0, 2), every(1000), traffic(2, 0, 100));
        work(&mut config, "out", (4, 6), every(1000), traffic(0, 1, 100));
        work(&mut config, "late", (9, 11), every(1000), traffic(2, 0, 100));
        let (_, figures) = simulate(&config, 1);
        let delivered = |name: &str| figure(&figures, &format!("traffic.{name}.delivered"));
        assert_eq!((delivered("early"), delivered("late")), (0.0, passes), "{nat:?}");
    }
}

#[test]
fn the_peer_of_a_call_may_answer_straight_and_a_call_is_made_again_when_nothing_came_for_long() {
    let mut config = pair(Nat::PortRestricted, Nat::PortRestricted, true);
    config.duration = Duration::from_secs(300);
    work(&mut config, "back", (4, 6), every(1000), traffic(TO, FROM, 100));
    work(&mut config, "later", (200, 202), every(1000), traffic(FROM, TO, 100));
    assert_eq!(millis(&config), [160, 40, 40, 160]);
    let (_, figures) = simulate(&config, 1);
    // Of two calls and their answers, the calls go by the relay.
    assert_eq!((figure(&figures, "messages.sent"), figure(&figures, "messages.relayed")), (8.0, 2.0));
    assert_eq!(figure(&figures, "bytes.relayed"), 200.0);
}

#[test]
fn a_call_that_nobody_answers_ends_what_waits() {
    let mut config = pair(Nat::PortRestricted, Nat::PortRestricted, true);
    config.duration = Duration::from_secs(30);
    away(&mut config, TO, 0, 30);
    let (_, figures) = simulate(&config, 1);
    // Three calls, and two messages.
    assert_eq!(figure(&figures, "messages.to_offline"), 5.0);
    let mut config = pair(Nat::PortRestricted, Nat::PortRestricted, true);
    config.duration = Duration::from_secs(30);
    away(&mut config, RELAY, 0, 30);
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "messages.lost.unreachable"), 5.0);
    away(&mut config, FROM, 3, 2);
    let (_, figures) = simulate(&config, 1);
    // Those that still waited: the sender left.
    assert_eq!(figure(&figures, "messages.lost.sender_left"), 2.0);
}

#[test]
fn by_a_relay_a_message_takes_both_legs_and_is_lost_where_the_relay_is_away() {
    for (transport, first) in [(Transport::Udp, 80), (Transport::Quic, 240), (Transport::Tcp, 240)] {
        let mut config = pair(Nat::Symmetric, Nat::PortRestricted, true);
        config.groups[usize::from(FROM)].hosts.transport = transport;
        let leg = |a, b, millis| (HostId(a), HostId(b), Duration::from_millis(millis));
        let legs = [leg(0, 1, 10), leg(1, 0, 10), leg(1, 2, 70), leg(2, 1, 70)];
        config.network.pairs = Some(Arc::new(Pairs::new(legs)));
        assert_eq!(millis(&config), [first, 80], "{transport:?}: a handshake takes both legs, too");
    }
    let mut config = pair(Nat::Symmetric, Nat::Symmetric, true);
    config.duration = Duration::from_secs(200);
    away(&mut config, RELAY, 0, 200);
    for transport in [Transport::Udp, Transport::Quic, Transport::Tcp] {
        config.groups[usize::from(FROM)].hosts.transport = transport;
        all_unreachable(&config, transport);
    }
}

/// Nothing passes from one group to another.
fn cut(config: &mut WorldConfig, from: u16, to: u16) {
    let of = |group| HostSet { groups: vec![GroupId(group)], ..HostSet::default() };
    let kind = FaultKind::Cut(Way { from: of(from), to: of(to) });
    config.faults.insert("cut".to_owned(), Fault::new(s(0), config.duration, kind));
}

/// A call, the call where the relay passes it on, and the answer: nobody is offline, and no NAT is to blame.
#[test]
fn what_a_fault_keeps_from_hosts_behind_nats_is_lost_by_the_fault() {
    let both = [Nat::PortRestricted, Nat::Symmetric];
    let calls = [(FROM, RELAY), (RELAY, TO), (TO, FROM)].map(|leg| (both[0], both[0], leg));
    let relayed = [(FROM, RELAY), (RELAY, TO)].map(|leg| (both[1], both[0], leg));
    for transport in [Transport::Udp, Transport::Quic, Transport::Tcp] {
        for (from, to, leg) in calls.into_iter().chain(relayed) {
            let mut config = pair(from, to, true);
            config.duration = Duration::from_secs(200);
            config.groups[usize::from(FROM)].hosts.transport = transport;
            cut(&mut config, leg.0, leg.1);
            let (ended, figures) = simulate(&config, 1);
            let lost = figure(&figures, "messages.lost");
            let what = format!("{transport:?} from {from:?}, {leg:?} cut");
            assert_eq!(figure(&figures, "messages.lost.fault"), lost, "{what}");
            assert_eq!((figure(&figures, "messages.to_offline"), ended.in_flight), (0.0, 0), "{what}");
            // Both messages, and what was sent for them and did not come.
            assert!(lost >= 2.0 && figure(&figures, "traffic.probe.delivered") == 0.0, "{what}: {lost}");
        }
    }
}

/// Messages over an open connection by a relay, of one packet and of many, meet a fault behind the relay until they are given up.
#[test]
fn what_a_fault_takes_behind_a_relay_is_lost_by_the_fault() {
    for (transport, size) in [(Transport::Quic, 100), (Transport::Quic, 40_000), (Transport::Tcp, 40_000)] {
        let mut config = pair(Nat::Symmetric, Nat::Symmetric, true);
        config.duration = Duration::from_secs(1500);
        config.workloads.clear();
        config.groups[usize::from(FROM)].hosts.transport = transport;
        config.groups[usize::from(FROM)].hosts.link = exact("10 Mbit/s", "10 Mbit/s", 1 << 20);
        work(&mut config, "probe", (0, 20), every(4000), traffic(FROM, TO, size));
        cut(&mut config, RELAY, TO);
        config.faults.get_mut("cut").expect("it is there").at = s(10);
        config.faults.get_mut("cut").expect("it is there").lasts = Duration::from_secs(1490);
        let (_, figures) = simulate(&config, 1);
        let delivered = figure(&figures, "traffic.probe.delivered");
        assert_eq!(delivered, 2.0, "{transport:?}, {size} B");
        assert_eq!(figure(&figures, "messages.lost.fault"), figure(&figures, "messages.lost"));
        assert!(figure(&figures, "messages.lost") >= 2.0, "{transport:?}, {size} B");
    }
}

/// A mapping lasts for 30 s, and a message goes every 10 s. Only the first has to be preceded by a call, as each of the others
/// is acknowledged, and TO has nothing else to send.
#[test]
fn what_is_acknowledged_tells_that_the_way_is_open() {
    for transport in [Transport::Quic, Transport::Tcp] {
        let mut config = pair(Nat::PortRestricted, Nat::PortRestricted, true);
        config.duration = Duration::from_secs(300);
        config.network.nat_mapping = Some(Duration::from_secs(30));
        config.workloads.clear();
        config.groups[usize::from(FROM)].hosts.transport = transport;
        work(&mut config, "probe", (0, 200), every(10_000), traffic(FROM, TO, 100));
        let (_, figures) = simulate(&config, 1);
        assert_eq!(figure(&figures, "messages.relayed"), 1.0, "{transport:?}");
        assert_eq!(figure(&figures, "traffic.probe.delivered"), 19.0, "{transport:?}");
    }
    // Of datagrams nobody hears, and a call comes before every fourth or fifth: 10, 50, 90, 130 and 170 s.
    let mut config = pair(Nat::PortRestricted, Nat::PortRestricted, true);
    config.duration = Duration::from_secs(300);
    config.network.nat_mapping = Some(Duration::from_secs(30));
    config.workloads.clear();
    work(&mut config, "probe", (0, 200), every(10_000), traffic(FROM, TO, 100));
    let (_, figures) = simulate(&config, 1);
    assert!((5.0..=7.0).contains(&figure(&figures, "messages.relayed")));
}

/// Twice what the relay can pass on, 125 messages of 1000 B a second, for 20 s.
#[test]
fn a_relay_passes_on_what_its_link_can_carry_and_carries_it_twice() {
    let mut config = pair(Nat::Symmetric, Nat::Symmetric, true);
    config.duration = Duration::from_secs(40);
    config.workloads.clear();
    config.groups[usize::from(RELAY)].hosts.link = exact("1 Mbit/s", "1 Gbit/s", 64_000);
    work(&mut config, "probe", (0, 20), every(4), traffic(FROM, TO, 972));
    let (_, figures) = simulate(&config, 1);
    let delivered = figure(&figures, "traffic.probe.delivered");
    // What waits when the last comes is at most the queue.
    assert!((2500.0..=2566.0).contains(&delivered), "{delivered}");
    assert_eq!(figure(&figures, "messages.dropped_queue"), 4999.0 - delivered);
    assert_eq!(figure(&figures, "bytes.relayed"), 4_999_000.0);
    assert_eq!(figure(&figures, "bytes.sent"), 4_999_000.0 + 1000.0 * delivered);
}

#[test]
fn over_quic_and_tcp_nothing_is_lost_between_a_relay_and_its_hosts() {
    for transport in [Transport::Quic, Transport::Tcp, Transport::TcpTls] {
        let mut config = pair(Nat::Symmetric, Nat::Symmetric, true);
        config.duration = Duration::from_secs(400);
        config.workloads.clear();
        config.network.loss = Share::clamped(0.02).into();
        config.groups[usize::from(FROM)].hosts.transport = transport;
        config.groups[usize::from(RELAY)].hosts.link = exact("10 Mbit/s", "10 Mbit/s", 30_000);
        work(&mut config, "probe", (0, 60), every(500), traffic(FROM, TO, 40_000));
        let (ended, figures) = simulate(&config, 1);
        assert_eq!(figure(&figures, "traffic.probe.delivered"), 119.0, "{transport:?}");
        assert_eq!(ended.in_flight, 0, "{transport:?}");
    }
}

#[test]
fn over_quic_and_tcp_what_finds_the_relay_away_comes_when_it_is_back() {
    for transport in [Transport::Quic, Transport::Tcp] {
        let mut config = pair(Nat::Symmetric, Nat::Symmetric, true);
        config.duration = Duration::from_secs(100);
        config.workloads.clear();
        config.groups[usize::from(FROM)].hosts.transport = transport;
        away(&mut config, RELAY, 10, 2);
        work(&mut config, "probe", (0, 31), every(500), traffic(FROM, TO, 100));
        let (_, figures) = simulate(&config, 1);
        assert_eq!(figure(&figures, "traffic.probe.delivered"), 61.0, "{transport:?}");
    }
}

/// A holder keeps its ports open to everybody until a chunk about the subject has come, and not until it is asked for.
#[test]
fn a_holder_behind_a_nat_that_has_closed_is_silent_for_that_cause() {
    let mut holder = behind("holder", Nat::PortRestricted);
    holder.stores = true;
    let groups = vec![group("asker", 1, UNLIMITED), holder, group("subject", 1, UNLIMITED)];
    let mut config = world(groups, 100);
    config.network.nat_mapping = Some(Duration::from_secs(10));
    work(&mut config, "ask", (0, 31), every(30_000), query(0, 2));
    work(&mut config, "deeds", (0, 11), every(1000), record(2));
    work(&mut config, "open", (0, 15), every(1000), traffic(1, 2, 10));
    work(&mut config, "also", (0, 15), every(1000), traffic(1, 0, 10));
    let protocol = config.protocol.as_mut().expect("it runs the protocol");
    (protocol.replicas, protocol.enough) = (0, 100);
    let causes = |config: &WorldConfig| {
        let (_, figures) = simulate(config, 1);
        ["holders", "yes", "silent_behind_nat", "silent_unreached"]
            .map(|name| figure(&figures, &format!("queries.{name}")))
    };
    assert_eq!(causes(&config), [1.0, 0.0, 1.0, 0.0]);
    // A copy that waits for a handshake is not lost before the collection is over, and its cause is known yet.
    for transport in [Transport::Quic, Transport::Tcp] {
        let mut config = config.clone();
        for group in [0, 2] {
            config.groups[group].hosts.transport = transport;
        }
        assert_eq!(causes(&config), [1.0, 0.0, 1.0, 0.0], "{transport:?}");
    }
    // What it sends in the meantime keeps them open.
    work(&mut config, "keep", (15, 35), every(5000), traffic(1, 2, 10));
    work(&mut config, "too", (15, 35), every(5000), traffic(1, 0, 10));
    assert_eq!(causes(&config), [1.0, 1.0, 0.0, 0.0]);
}

/// Homes all over the world, of which some relay for the others.
fn homes(transport: Transport) -> WorldConfig {
    let mut relays = group("relays", 4, LinkProfile::Datacentre);
    relays.hosts.reachability.relays = true;
    let mut homes = group("homes", 40, LinkProfile::Residential);
    homes.hosts.reachability.nat = NatShares::residential();
    homes.hosts.transport = transport;
    let mut config = world(vec![homes, relays], 60);
    config.network.latency = ir3sim::network::Latency::World;
    config.network.loss = Share::clamped(0.02).into();
    work(&mut config, "talk", (0, 50), Arrivals::Poisson(Frequency::per_second(20.0)), traffic(0, 0, 5000));
    config
}

#[test]
fn threads_change_nothing_of_calls_and_relays() {
    for transport in [Transport::Udp, Transport::Quic, Transport::Tcp] {
        let config = homes(transport);
        let [one, three] = [1, 3].map(|threads| on_threads(&config, 5, Threads::Exactly(threads)));
        assert_eq!((one.fingerprint, one.in_flight), (three.fingerprint, three.in_flight), "{transport:?}");
        let (_, figures) = simulate(&config, 5);
        assert!(figure(&figures, "messages.relayed") > 100.0, "{transport:?}");
    }
}

#[test]
fn who_talks_to_nobody_changes_nothing_for_those_behind_nats() {
    let seen = |config: &WorldConfig| -> Vec<String> {
        let theirs = watch(config, 7).into_iter().filter(|(_, host, what)| {
            host.0 < 44 && !matches!(what, Observation::Network(ir3sim::network::Observation::Online(_)))
        });
        theirs.map(|seen| format!("{seen:?}")).collect()
    };
    let config = homes(Transport::Quic);
    let alone = seen(&config);
    let mut more = homes(Transport::Quic);
    let mut idle = group("silent", 30, LinkProfile::Residential);
    idle.hosts.reachability.nat = NatShares::residential();
    more.groups.push(idle);
    assert!(alone.len() > 3000 && seen(&more) == alone);
}
