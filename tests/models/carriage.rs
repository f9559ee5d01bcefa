//! Transports, loss, queues: exact delays and derived bounds.

use ir3sim::network::Transport;
use ir3sim::units::{Duration, Share};

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

/// Datagrams in four packets, one a 10 ms for 200 s, where one packet in twenty is lost.
fn lossy(transport: Transport) -> (f64, Vec<Duration>) {
    let mut sender = group("sender", 1, UNLIMITED);
    sender.hosts.transport = transport;
    let mut config = world(vec![group("receiver", 1, UNLIMITED), sender], 300);
    config.network.loss = Share::clamped(0.05).into();
    work(&mut config, "probe", (0, 210), every(10), traffic(1, 0, 5000));
    let (_, figures) = simulate(&config, 1);
    // The first seconds may wait for a handshake.
    let later = delays(&config, 1).into_iter().filter(|(handed_over, _)| *handed_over >= s(10));
    (figure(&figures, "messages.lost"), later.map(|(_, delay)| delay).collect())
}

const SENT: f64 = 20_000.0;
/// 0.95^4, and five standard deviations of a binomial count.
const WHOLE: f64 = 0.814_506_25 * SENT;
const BOUND: f64 = 5.0 * 55.0;

pub(crate) fn oracles() -> Vec<Oracle> {
    let (lost, delays) = lossy(Transport::Udp);
    assert!(lost > SENT - WHOLE - BOUND && delays.iter().all(|delay| *delay == Duration::from_millis(40)));
    vec![Oracle {
        what: "Datagrams of 4 fragments, 5 % of packets lost: share that comes".to_owned(),
        formula: "(1 − p)⁴",
        source: "RFC 791: any fragment that is lost takes the whole",
        n: SENT as u64,
        wanted: WHOLE / SENT,
        found: delays.len() as f64 / SENT,
        bound: BOUND / SENT,
        bound_is: "five standard deviations of a binomial share",
    }]
}

#[test]
fn what_quic_loses_comes_later_by_probe_timeouts() {
    let (_, delays) = lossy(Transport::Quic);
    assert_eq!(delays.len() as f64, SENT);
    let late = |timeouts: u64| {
        // A probe timeout is two ways of 40 ms, 1 ms of granularity, and 25 ms of delayed acknowledgement.
        let delay = Duration::from_millis(40 + 106 * timeouts);
        delays.iter().filter(|seen| **seen == delay).count() as f64
    };
    assert!((late(0) - WHOLE).abs() < BOUND, "{}", late(0));
    // Of k packets sent again, with k > 0, all arrive with (E 0.95^k − P(k = 0)) / P(k > 0) = (0.9975^4 − 0.8145) / 0.1855.
    assert!((late(1) / (SENT - WHOLE) - 0.9463).abs() < 5.0 * 0.0037, "{}", late(1));
    // It doubles only where nothing got through.
    assert!(late(2) > 0.0 && late(3) > late(2));
    assert_eq!((0..1 << 9).map(late).sum::<f64>(), SENT);
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

/// Ten packets take a second at the downlink. What is lost of them comes again after 106 ms, while the others pass; only what
/// is lost four times or so keeps the link waiting.
#[test]
fn packets_that_are_not_lost_pass_while_the_others_are_sent_again() {
    let mut sender = group("sender", 1, UNLIMITED);
    sender.hosts.transport = Transport::Quic;
    let receiver = group("receiver", 1, exact("unlimited", "120 kbit/s", 1 << 20));
    let mut config = world(vec![receiver, sender], 1100);
    config.network.loss = Share::clamped(0.2).into();
    work(&mut config, "probe", (0, 1060), every(5000), traffic(1, 0, 14_440));
    let delays = delays(&config, 1).into_iter().filter(|(handed_over, _)| *handed_over > s(60));
    let delays: Vec<Duration> = delays.map(|(_, delay)| delay).collect();
    let best = Duration::from_millis(1040);
    assert!(delays.len() > 190 && delays.iter().all(|delay| *delay >= best));
    // One packet of ten is lost four times with a chance of 10 · 0.2⁴ = 0.016; with five standard deviations 13 of 200.
    let late = delays.iter().filter(|delay| **delay > best).count();
    assert!(late <= 13, "{late} of {}", delays.len());
}
