//! What a host loses when it goes offline: what waits at its links.

use std::sync::Arc;

use ir3sim::network::{Exit, Presence, Trace, Transport};
use ir3sim::units::{ByteSize, Duration};
use ir3sim::world::{Arrivals, WorldConfig};

use crate::build::{UNLIMITED, away, delays, every, exact, figure, group, query, record, s, simulate};
use crate::build::{traffic, work, world};

/// Ten datagrams of 1000 B in the first second, of which the sender's uplink passes one a second.
fn leaving(transport: Transport) -> WorldConfig {
    let slow = exact("8 kbit/s", "unlimited", 1_000_000);
    let mut sender = group("sender", 1, slow);
    sender.hosts.transport = transport;
    let mut config = world(vec![group("receiver", 1, UNLIMITED), sender], 60);
    work(&mut config, "probe", (0, 1), every(95), traffic(1, 0, 972));
    config
}

#[test]
fn what_is_queued_when_its_sender_leaves_never_arrives() {
    let mut config = leaving(Transport::Udp);
    away(&mut config, 1, 3, 10);
    let (ended, figures) = simulate(&config, 1);
    // At 95 ms the link begins: two have left whole by 3 s, and 905 ms of the third.
    assert_eq!(figure(&figures, "messages.sent"), 10.0);
    assert_eq!(figure(&figures, "messages.delivered"), 2.0);
    assert_eq!(figure(&figures, "messages.lost"), 8.0);
    assert_eq!(figure(&figures, "bytes.sent"), 2905.0);
    assert_eq!(ended.in_flight, 0);
    // It comes back to an empty uplink.
    config.workloads[0].stop = s(60);
    config.workloads[0].arrivals = Arrivals::Every(Duration::from_secs(14));
    let came = delays(&config, 1).into_iter().filter(|(handed_over, _)| *handed_over == s(14));
    assert_eq!(came.map(|(_, delay)| delay.as_seconds()).collect::<Vec<_>>(), [1.04]);
}

#[test]
fn what_waits_over_quic_when_its_sender_leaves_never_arrives() {
    let mut config = leaving(Transport::Quic);
    // The hello of 1228 B leaves at 1.323 s, and ten messages of 1028 B follow when it is answered.
    away(&mut config, 1, 5, 50);
    let (ended, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "traffic.probe.sent"), 10.0);
    assert_eq!(figure(&figures, "traffic.probe.delivered"), 3.0);
    assert_eq!(figure(&figures, "messages.lost"), 7.0);
    assert_eq!(ended.in_flight, 0);
    // A run that ends before has them in flight.
    config.duration = Duration::from_secs(4);
    let (ended, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "messages.in_flight"), ended.in_flight as f64);
    assert_eq!(ended.in_flight, 8);
}

#[test]
fn what_has_not_passed_the_downlink_of_a_host_that_leaves_has_found_it_offline() {
    for back in [1, 30] {
        let slow = exact("unlimited", "8 kbit/s", 1_000_000);
        let mut config = world(vec![group("receiver", 1, slow), group("sender", 1, UNLIMITED)], 60);
        work(&mut config, "probe", (0, 1), every(95), traffic(1, 0, 972));
        away(&mut config, 0, 3, back);
        let (ended, figures) = simulate(&config, 1);
        // The first byte comes at 135 ms, so two have passed by 3 s; that it is back at 4 s brings nothing back.
        assert_eq!(figure(&figures, "messages.delivered"), 2.0, "back after {back} s");
        assert_eq!(figure(&figures, "messages.to_offline"), 8.0);
        assert_eq!(figure(&figures, "messages.lost"), 0.0);
        assert_eq!(ended.in_flight, 0);
    }
}

#[test]
fn a_message_that_streams_in_while_its_receiver_is_away_for_a_moment_has_found_it_offline() {
    let slow = exact("80 kbit/s", "1 Mbit/s", 1_000_000);
    let mut config = world(vec![group("receiver", 1, slow), group("sender", 1, slow)], 60);
    // 15,228 B take 1.5 s from 1 s on; the receiver is away from 2 s to 3 s, and the end comes before 3 s.
    work(&mut config, "probe", (0, 2), every(1000), traffic(1, 0, 15_000));
    away(&mut config, 0, 2, 1);
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "messages.to_offline"), 1.0);
    // Back before the end, it has still missed a part.
    config.workloads[0].work = traffic(1, 0, 60_000);
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "messages.to_offline"), 1.0);
    assert_eq!(figure(&figures, "messages.delivered"), 0.0);
}

#[test]
fn who_leaves_by_its_own_presence_loses_its_queue_too() {
    let slow = exact("8 kbit/s", "unlimited", 1_000_000);
    let mut sender = group("sender", 30, slow);
    let (online, offline) = (Duration::from_secs(20), Duration::from_secs(5));
    sender.hosts.presence = ir3sim::network::Presence::exponential(online, offline);
    let mut config = world(vec![group("receiver", 1, UNLIMITED), sender], 600);
    // Each sends 1000 B every 3 s, on average, and a message takes one.
    work(&mut config, "probe", (0, 500), every(100), traffic(1, 0, 972));
    let (ended, figures) = simulate(&config, 1);
    assert_eq!(ended.in_flight, 0);
    let (sent, lost) = (figure(&figures, "messages.sent"), figure(&figures, "messages.lost"));
    // A message leaves whole if its sender stays for the second that it takes: exp(−1/20) do. They come in turns, and so do not
    // queue. Five standard deviations of a binomial count.
    let share = 1.0 - libm::exp(-1.0 / 20.0);
    assert!((lost - share * sent).abs() < 5.0 * (share * (1.0 - share) * sent).sqrt(), "{lost} of {sent}");
}

/// The same, but what was handed to the uplink leaves; a fault still takes what has not.
#[test]
fn who_takes_its_leave_sends_what_waits_unless_a_fault_takes_it() {
    let mut config = leaving(Transport::Udp);
    config.groups[1].hosts.presence = traced("0,0,online\n0,3,offline\n0,50,online\n");
    let (ended, figures) = simulate(&config, 1);
    assert_eq!((figure(&figures, "messages.delivered"), ended.in_flight), (2.0, 0));
    config.groups[1].hosts.departure = Exit::Graceful;
    let (ended, figures) = simulate(&config, 1);
    let found = ["messages.delivered", "bytes.sent"].map(|name| figure(&figures, name));
    assert_eq!((found, ended.in_flight), ([10.0, 10_000.0], 0));
    // From 5 s on it is cut off from its link, too: four have left whole, and 905 ms of the fifth.
    away(&mut config, 1, 5, 10);
    let (ended, figures) = simulate(&config, 1);
    let found = ["messages.delivered", "messages.lost", "bytes.sent"].map(|name| figure(&figures, name));
    assert_eq!((found, ended.in_flight), ([4.0, 6.0, 4905.0], 0));
}

/// Over a connection it is known a latency later that the peer has left: what has not come by then is not sent again and again, and a
/// message that was given to the uplink comes.
#[test]
fn peers_of_who_takes_its_leave_know_it_at_once() {
    for transport in Transport::ALL.into_iter().filter(|transport| transport.has_connections()) {
        let mut config = world(
            vec![
                group("receiver", 1, UNLIMITED),
                group("sender", 1, exact("80 kbit/s", "unlimited", 1 << 20)),
            ],
            20,
        );
        config.groups.iter_mut().for_each(|group| group.hosts.transport = transport);
        work(&mut config, "large", (0, 2), every(1000), traffic(1, 0, 1_000_000));
        config.groups[0].hosts.presence = traced("0,0,online\n0,10,offline\n");
        let (ended, _) = simulate(&config, 1);
        assert_eq!(ended.in_flight, 1, "{transport:?}: nobody has told the sender");
        // At 10.04 s it knows.
        config.groups[0].hosts.departure = Exit::Graceful;
        config.duration = Duration::from_millis(10_041);
        let (ended, figures) = simulate(&config, 1);
        assert_eq!((ended.in_flight, figure(&figures, "messages.to_offline")), (0, 1.0), "{transport:?}");
        // The other way round: a window that was given to the uplink before its sender leaves comes after that, and is acknowledged by
        // nobody.
        let mut config = world(
            vec![
                group("receiver", 1, UNLIMITED),
                group("sender", 1, exact("80 kbit/s", "unlimited", 1 << 20)),
            ],
            60,
        );
        config.groups.iter_mut().for_each(|group| group.hosts.transport = transport);
        work(&mut config, "small", (0, 2), every(1000), traffic(1, 0, 10_000));
        config.groups[1].hosts.presence = traced("0,0,online\n0,1.8,offline\n");
        assert_eq!(figure(&simulate(&config, 1).1, "traffic.small.delivered"), 0.0, "{transport:?}");
        config.groups[1].hosts.departure = Exit::Graceful;
        let (ended, figures) = simulate(&config, 1);
        assert_eq!((ended.in_flight, figure(&figures, "traffic.small.delivered")), (0, 1.0), "{transport:?}");
    }
}

fn traced(rows: &str) -> Presence {
    Presence::Trace(Arc::new(Trace::parse(&format!("host,time_s,state\n{rows}")).expect("a trace")))
}

#[test]
fn a_handshake_that_fails_by_loss_is_not_told_as_an_absence() {
    let mut all = group("all", 30, UNLIMITED);
    (all.stores, all.hosts.transport) = (true, Transport::Quic);
    let mut config = world(vec![all], 600);
    config.network.loss = ir3sim::units::Share::clamped(0.7).into();
    work(&mut config, "deeds", (0, 600), every(200), record(0));
    work(&mut config, "asks", (180, 600), every(1000), query(0, 0));
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "messages.to_offline"), 0.0);
    assert_eq!(figure(&figures, "queries.silent_offline"), 0.0);
    assert!(figure(&figures, "messages.lost") > 0.0);
    assert!(figure(&figures, "queries.silent_unreached") > 0.0);
}

#[test]
fn a_handshake_that_finds_its_peer_offline_is() {
    let mut sender = group("sender", 1, UNLIMITED);
    sender.hosts.transport = Transport::Quic;
    let mut config = world(vec![group("receiver", 1, UNLIMITED), sender], 60);
    work(&mut config, "probe", (0, 3), every(2000), traffic(1, 0, ByteSize::from_bytes(100).as_bytes()));
    away(&mut config, 0, 1, 59);
    let (_, figures) = simulate(&config, 1);
    // Five flights and the message.
    assert_eq!(figure(&figures, "messages.to_offline"), 6.0);
    assert_eq!(figure(&figures, "messages.lost"), 0.0);
}

/// A probe timeout is more than 2 · 2 s: what was lost before 10 s would be sent again when its sender is back.
#[test]
fn who_is_back_within_a_probe_timeout_does_not_send_again_what_it_had_sent_before() {
    let mut senders = group("senders", 100, UNLIMITED);
    senders.hosts.transport = Transport::Quic;
    let mut config = world(vec![group("receiver", 1, UNLIMITED), senders], 60);
    config.network.latency = ir3sim::network::Latency::Fixed(Duration::from_secs(2));
    config.network.loss = ir3sim::units::Share::clamped(0.3).into();
    work(&mut config, "probe", (0, 10), every(20), traffic(1, 0, 1000));
    let came = |config: &WorldConfig| {
        let all = delays(config, 1).into_iter().map(|(handed_over, delay)| handed_over + delay);
        all.partition::<Vec<_>, _>(|at| *at <= s(12))
    };
    let (before, after) = came(&config);
    assert!(before.len() > 50 && after.len() > 50, "{} {}", before.len(), after.len());
    away(&mut config, 1, 10, 1);
    assert_eq!(came(&config), (before, vec![]));
}

/// What is handed over at 100 s, 120 s, … is there 990 ms later but for what is lost, and that again after 2 s and more.
#[test]
fn who_was_away_between_a_message_s_packets_and_those_sent_again_has_missed_it() {
    let mut sender = group("sender", 1, UNLIMITED);
    sender.hosts.transport = Transport::Quic;
    let mut config = world(vec![group("receiver", 1, UNLIMITED), sender], 400);
    config.network.latency = ir3sim::network::Latency::Fixed(Duration::from_millis(990));
    config.network.loss = ir3sim::units::Share::clamped(0.1).into();
    work(&mut config, "probe", (0, 301), every(20_000), traffic(1, 0, 10_000));
    // Until then a handshake may put off what waits for it.
    let late = |config: &WorldConfig| {
        let is_late =
            |(handed_over, delay): &(_, _)| *handed_over >= s(100) && *delay > Duration::from_secs(1);
        delays(config, 1).iter().filter(|it| is_late(it)).count()
    };
    // Of seven packets at least one is lost with 0.52.
    assert!(late(&config) >= 3, "{}", late(&config));
    (1..16).for_each(|number| away(&mut config, 0, 20 * number + 1, 1));
    assert_eq!(late(&config), 0);
}

/// A client calls again and again while the answers of a server are lost, which goes offline in between and answers a later call for
/// the same connection: it begins anew, and what it sends is not taken for what it had sent before. A run fails where messages do
/// not add up.
#[test]
fn a_server_that_has_forgotten_a_connection_begins_it_anew() {
    let mut all = group("all", 10, UNLIMITED);
    all.hosts.transport = Transport::Tcp;
    let spell = Duration::from_secs(10);
    all.hosts.presence = ir3sim::network::Presence::exponential(spell, spell);
    let mut config = world(vec![all], 300);
    config.network.loss = ir3sim::units::Share::clamped(0.6).into();
    work(&mut config, "probe", (0, 300), every(20), traffic(0, 0, 2000));
    for seed in 1..=4 {
        let (_, figures) = simulate(&config, seed);
        assert!(figure(&figures, "messages.delivered") > 0.0);
    }
}
