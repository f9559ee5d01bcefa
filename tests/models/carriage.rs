//! Transports, loss, queues: exact delays and derived bounds.

use ir3sim::network::Transport;
use ir3sim::units::{Duration, Share};
use ir3sim::world::{GroupId, Work};

use crate::build::{UNLIMITED, away, delays, every, exact, figure, group, s, simulate, traffic, work, world};
use crate::oracles::Oracle;

fn micros(micros: u64) -> Duration {
    Duration::from_nanos(micros * 1000)
}

/// A sender at 1 Mbit/s: 1000 B take 8 ms there and 8 µs at the other end, and 40 ms between.
fn quic_pair(seconds: u64, interval_ms: u64) -> Vec<Duration> {
    let link = exact("1 Mbit/s", "1 Gbit/s", 1 << 20);
    let mut sender = group("sender", 1, link);
    sender.hosts.transport = Transport::Quic;
    let mut config = world(vec![group("receiver", 1, link), sender], seconds);
    work(&mut config, "probe", (0, seconds), every(interval_ms), traffic(1, 0, 944));
    delays(&config, 1).into_iter().map(|(_, delay)| delay).collect()
}

#[test]
fn a_first_contact_over_quic_costs_a_round_trip_and_the_next_does_not() {
    // A hello of 1228 B on the wire, an answer of 2456 B, then the message: each 40 ms on its path.
    let hello = 9_824 + 40_000;
    let reply = 19_648 + 40_000;
    let message = 8_000 + 40_000 + 8;
    // The sender's downlink adds one packet, as the answer is cut through.
    let passed = Duration::from_nanos(9_824 + 12_000);
    let first = micros(hello + reply + message) + passed;
    assert_eq!(quic_pair(35, 10_000), [first, micros(message), micros(message)]);
}

/// A caller and a server at 1 Mbit/s up, each by its own transport; 1000 B on the wire there and back over UDP, every 10 s.
fn called(caller: Transport, server: Transport) -> (f64, f64) {
    let link = exact("1 Mbit/s", "1 Gbit/s", 1 << 20);
    let groups = [("server", server), ("caller", caller)].map(|(name, transport)| {
        let mut group = group(name, 1, link);
        group.hosts.transport = transport;
        group
    });
    let mut config = world(groups.to_vec(), 35);
    let Work::Traffic { from, to, size, .. } = traffic(1, 0, 972) else { return (0.0, 0.0) };
    let exchange = Work::Traffic { from, to, size, response: Some(size) };
    work(&mut config, "calls", (0, 35), every(10_000), exchange);
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "traffic.calls.answered"), 3.0);
    (figure(&figures, "messages.sent"), figure(&figures, "traffic.calls.response_p50_s"))
}

#[test]
fn an_answer_comes_back_by_the_transport_of_who_gives_it() {
    let (sent, took) = called(Transport::Udp, Transport::Udp);
    let there_and_back = 2.0 * (0.008 + 0.040 + 0.000_008);
    assert_eq!(sent, 6.0);
    assert!((took - there_and_back).abs() < 1e-9, "{took}");
    // One connection serves both directions: a hello and its answer are all that comes on top.
    assert_eq!(called(Transport::Quic, Transport::Quic).0, 8.0);
    // The server connects to who calls it by datagrams.
    assert_eq!(called(Transport::Udp, Transport::Quic).0, 8.0);
}

#[test]
fn who_asks_nobody_that_is_there_waits_for_ever() {
    let mut config = world(vec![group("server", 1, UNLIMITED), group("caller", 1, UNLIMITED)], 40);
    let Work::Traffic { from, to, size, .. } = traffic(1, 0, 972) else { return };
    let exchange = Work::Traffic { from, to, size, response: Some(size) };
    work(&mut config, "calls", (0, 40), every(10_000), exchange);
    away(&mut config, 0, 15, 10);
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "traffic.calls.answered"), 2.0);
    assert_eq!(figure(&figures, "traffic.calls.unanswered_ratio"), 1.0 / 3.0);
    assert_eq!(figure(&figures, "traffic.calls.response_p50_s"), 0.08);
}

#[test]
fn a_resumed_connection_costs_its_hello_and_no_round_trip() {
    let delays = quic_pair(350, 100_000);
    assert_eq!(delays[1..], [micros(9_824 + 8_000 + 40_000 + 8); 2]);
}

#[test]
fn what_no_datagram_can_carry_is_lost_over_udp_and_arrives_over_quic() {
    for (transport, lost) in [(Transport::Udp, 3.0), (Transport::Quic, 0.0)] {
        let link = exact("1 Gbit/s", "1 Gbit/s", 1 << 20);
        let mut sender = group("sender", 1, link);
        sender.hosts.transport = transport;
        let mut config = world(vec![group("receiver", 1, link), sender], 40);
        work(&mut config, "probe", (0, 40), every(10_000), traffic(1, 0, 65_508));
        let (_, figures) = simulate(&config, 1);
        assert_eq!(figure(&figures, "messages.lost"), lost, "{transport:?}");
        assert_eq!(figure(&figures, "traffic.probe.delivered"), 3.0 - lost, "{transport:?}");
    }
}

/// Messages in two packets, one each second of 4000, where one packet in twenty is lost.
fn lossy(transport: Transport) -> (f64, Vec<Duration>) {
    let mut sender = group("sender", 1, UNLIMITED);
    sender.hosts.transport = transport;
    let mut config = world(vec![group("receiver", 1, UNLIMITED), sender], 4100);
    config.network.loss = Share::clamped(0.05).into();
    work(&mut config, "probe", (0, 4051), every(1000), traffic(1, 0, 2000));
    let (_, figures) = simulate(&config, 1);
    // The first ones may wait for a handshake, and do not know the round trip well.
    let later = delays(&config, 1).into_iter().filter(|(handed_over, _)| *handed_over > s(50));
    (figure(&figures, "messages.lost"), later.map(|(_, delay)| delay).collect())
}

const SENT: f64 = 4000.0;
/// 0.95², and five standard deviations of a binomial count.
const WHOLE: f64 = 0.9025 * SENT;
const BOUND: f64 = 5.0 * 19.0;

pub(crate) fn oracles() -> Vec<Oracle> {
    let (lost, delays) = lossy(Transport::Udp);
    assert!(lost > SENT - WHOLE - BOUND && delays.iter().all(|delay| *delay == Duration::from_millis(40)));
    vec![Oracle {
        what: "Datagrams of 2 fragments, 5 % of packets lost: share that comes".to_owned(),
        formula: "(1 − p)²",
        source: "RFC 791: any fragment that is lost takes the whole",
        n: SENT as u64,
        wanted: WHOLE / SENT,
        found: delays.len() as f64 / SENT,
        bound: BOUND / SENT,
        bound_is: "five standard deviations of a binomial share",
    }]
}

/// A round trip is two ways of 40 ms. That the first packet is lost is known 9/8 of a round trip after it was sent, since the
/// second is acknowledged; that the second is, by a probe timeout of a round trip, 1 ms of granularity, and 25 ms for an
/// acknowledgement that is held back. What is lost again comes later still. However small windows become, they hold two packets.
#[test]
fn what_quic_loses_comes_later_by_a_threshold_or_a_probe_timeout() {
    let (_, delays) = lossy(Transport::Quic);
    assert_eq!(delays.len() as f64, SENT);
    let late = |millis: u64| {
        delays.iter().filter(|seen| **seen == Duration::from_millis(40 + millis)).count() as f64
    };
    assert!((late(0) - WHOLE).abs() < BOUND, "{}", late(0));
    let p = 0.05_f64;
    // What is sent again has to come; where the second is lost, the first may be, too.
    for (millis, share) in [(90, p * (1.0 - p) * (1.0 - p)), (106, p * (1.0 - p) * (1.0 - p * p))] {
        let (seen, expected) = (late(millis), share * SENT);
        let bound = 5.0 * expected.sqrt();
        assert!((seen - expected).abs() < bound, "{millis} ms: {seen} for {expected} ± {bound}");
    }
}

#[test]
fn a_lossy_path_without_any_way_through_ends_every_message() {
    for transport in [Transport::Udp, Transport::Quic] {
        let mut sender = group("sender", 1, UNLIMITED);
        sender.hosts.transport = transport;
        let mut config = world(vec![group("receiver", 1, UNLIMITED), sender], 100);
        config.network.loss = Share::ONE.into();
        work(&mut config, "probe", (0, 20), every(1000), traffic(1, 0, 100));
        let (ended, figures) = simulate(&config, 1);
        assert_eq!(ended.in_flight, 0);
        assert_eq!(figure(&figures, "messages.delivered"), 0.0);
        assert!(figure(&figures, "messages.lost") > 0.0);
    }
}

#[test]
fn messages_to_a_host_that_is_away_end_there() {
    let mut config = world(vec![group("receiver", 1, UNLIMITED), group("sender", 1, UNLIMITED)], 35);
    work(&mut config, "probe", (0, 31), every(1000), traffic(1, 0, 100));
    away(&mut config, 0, 10, 10);
    let (_, figures) = simulate(&config, 1);
    // Those sent at 10 to 19 s.
    assert_eq!(figure(&figures, "messages.to_offline"), 10.0);
    assert_eq!(figure(&figures, "messages.delivered"), 20.0);
    assert!((figure(&figures, "presence.online_ratio") - 60.0 / 70.0).abs() < 1e-12);
}

#[test]
fn who_is_away_sends_nothing_and_its_work_is_skipped() {
    let mut config = world(vec![group("receiver", 1, UNLIMITED), group("sender", 1, UNLIMITED)], 35);
    work(&mut config, "probe", (0, 31), every(1000), traffic(1, 0, 100));
    away(&mut config, 1, 10, 10);
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "work.skipped"), 10.0);
    assert_eq!(figure(&figures, "traffic.probe.sent"), 20.0);
    assert_eq!(figure(&figures, "messages.sent"), 20.0);
}

#[test]
fn a_full_queue_drops_what_comes_and_keeps_the_link_busy() {
    for queue in [0, 1000, 5000] {
        let groups =
            vec![group("receiver", 1, UNLIMITED), group("sender", 1, exact("1 Mbit/s", "1 Gbit/s", queue))];
        let mut config = world(groups, 20);
        // 1000 messages a second where 125 pass, until 10 s.
        work(&mut config, "probe", (0, 10), every(1), traffic(1, 0, 972));
        let (_, figures) = simulate(&config, 1);
        // The link is busy from 1 ms on, and at the end holds what waits in its queue.
        let waiting = (queue / 1000).max(1) as f64;
        let delivered = figure(&figures, "messages.delivered");
        assert!((delivered - (1249.0 + waiting)).abs() <= 1.0, "{queue}: {delivered}");
        assert_eq!(figure(&figures, "messages.dropped_queue"), 9999.0 - delivered);
        assert_eq!(figure(&figures, "bytes.sent"), 1000.0 * delivered);
    }
}

/// Eight packets take 800 ms at the downlink. What is lost of them is sent again while the others pass.
#[test]
fn packets_that_are_not_lost_pass_while_the_others_are_sent_again() {
    let mut sender = group("sender", 1, UNLIMITED);
    sender.hosts.transport = Transport::Quic;
    let receiver = group("receiver", 1, exact("unlimited", "120 kbit/s", 1 << 20));
    let mut config = world(vec![receiver, sender], 1100);
    config.network.loss = Share::clamped(0.02).into();
    work(&mut config, "probe", (0, 1060), every(5000), traffic(1, 0, 8 * 1444));
    let delays = delays(&config, 1).into_iter().filter(|(handed_over, _)| *handed_over > s(60));
    let delays: Vec<Duration> = delays.map(|(_, delay)| delay).collect();
    let best = Duration::from_millis(840);
    assert!(delays.len() == 199 && delays.iter().all(|delay| *delay >= best), "{delays:?}");
    // 15 % of the messages lose a packet, which comes again after the others or between them.
    let late = delays.iter().filter(|delay| **delay > best).count();
    assert!(late <= 20, "{late} of {}: {delays:?}", delays.len());
}

/// To each of two groups goes what one would send that speaks their transport alone.
#[test]
fn a_group_sends_to_another_by_the_transport_of_the_pair() {
    let link = exact("1 Mbit/s", "1 Gbit/s", 1 << 20);
    let found = |own: Transport, to: Option<Transport>| {
        let mut sender = group("sender", 1, link);
        (sender.hosts.transport, sender.hosts.transport_to) =
            (own, to.map(|transport| (GroupId(1), transport)).into_iter().collect());
        let mut config = world(vec![sender, group("b", 1, link), group("c", 1, link)], 60);
        config.network.loss = Share::clamped(0.1).into();
        work(&mut config, "b", (0, 40), every(7000), traffic(0, 1, 4000));
        work(&mut config, "c", (3, 40), every(7000), traffic(0, 2, 4000));
        let (_, figures) = simulate(&config, 1);
        ["b", "c"].map(|to| {
            let of = |figure_of: &str| figure(&figures, &format!("traffic.{to}.{figure_of}"));
            (of("delay_mean_s"), of("delivered"))
        })
    };
    for (own, other) in [
        (Transport::Udp, Transport::TcpTls),
        (Transport::Quic, Transport::Tcp),
        (Transport::Tcp, Transport::Udp),
    ] {
        let [[_, own_c], [other_b, _]] = [own, other].map(|transport| found(transport, None));
        assert_eq!(found(own, Some(other)), [other_b, own_c], "{own:?}, {other:?}");
        assert_ne!(found(own, None)[0], other_b);
    }
}
