//! What faults on paths do to messages, against what follows from their definition.

use ir3sim::network::{HostSet, LinkProfile, SlowLinks, Transport, Way};
use ir3sim::protocol::Dissemination;
use ir3sim::units::{Duration, Share};
use ir3sim::world::{Fault, FaultKind, GroupId, MessageKinds, Recurrence, Sent, Threads, Work, WorldConfig};

use crate::build::{
    UNLIMITED, delays, every, exact, figure, group, on_threads, s, simulate, traffic, work, world,
};
use crate::oracles::Oracle;

/// From second `from` to `to`.
fn fault(config: &mut WorldConfig, (from, to): (u64, u64), kind: FaultKind) {
    let fault = Fault::new(s(from), Duration::from_secs(to - from), kind);
    config.faults.insert(format!("from {from}"), fault);
}

fn of(group: u16) -> HostSet {
    HostSet { groups: vec![GroupId(group)], ..HostSet::default() }
}

/// Groups of 60 and 40 hosts, parted from 5 to 30 s; one of the first floods a broadcast at 10 s, and one at 40 s.
fn parted() -> WorldConfig {
    let mut config = world(vec![group("a", 60, UNLIMITED), group("b", 40, UNLIMITED)], 60);
    let protocol = config.protocol.get_or_insert_default();
    protocol.dissemination = Dissemination::Flood;
    let broadcast = || Work::Broadcast { from: GroupId(0), size: ir3sim::units::ByteSize::from_bytes(100) };
    work(&mut config, "parted", (9, 11), every(1000), broadcast());
    work(&mut config, "healed", (39, 41), every(1000), broadcast());
    fault(&mut config, (5, 30), FaultKind::Partition(of(0)));
    config
}

#[test]
fn a_broadcast_in_a_partition_reaches_exactly_its_own_side_and_all_when_it_is_healed() {
    let (_, figures) = simulate(&parted(), 1);
    // 60 of 100 hosts, the source among them, and all afterwards.
    let mean = f64::midpoint(60.0 / 100.0, 1.0);
    let found = figure(&figures, "broadcast.coverage_ratio");
    assert!((found - mean).abs() < 1e-12, "{found} instead of {mean}");
}

#[test]
fn a_cut_is_one_way_and_a_delay_is_exact() {
    let mut config = world(vec![group("a", 1, UNLIMITED), group("b", 1, UNLIMITED)], 60);
    work(&mut config, "out", (0, 50), every(1000), traffic(0, 1, 100));
    work(&mut config, "back", (0, 50), every(1000), traffic(1, 0, 100));
    let (_, usual) = simulate(&config, 1);
    fault(&mut config, (10, 20), FaultKind::Cut(Way { from: of(0), to: of(1) }));
    let late = Duration::from_millis(500);
    fault(&mut config, (30, 40), FaultKind::Delay(Way { from: of(1), to: of(0) }, late));
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "messages.lost.fault"), 10.0);
    assert_eq!(figure(&figures, "messages.lost"), 10.0);
    assert_eq!(figure(&figures, "traffic.out.delivered"), figure(&usual, "traffic.out.delivered") - 10.0);
    assert_eq!(figure(&figures, "traffic.back.delivered"), figure(&usual, "traffic.back.delivered"));
    let mean = |figures| figure(figures, "traffic.back.delay_mean_s");
    let sent = figure(&usual, "traffic.back.sent");
    assert!((mean(&figures) - mean(&usual) - 0.5 * 10.0 / sent).abs() < 1e-9);
}

/// Of n messages under a loss of p some n·p are lost, give or take four standard deviations, √(n·p·(1 − p)); and all
/// that the network loses anyway are lost again, since the draws are the same: only the others are the fault's.
#[test]
fn a_burst_of_loss_loses_its_share_besides_what_the_network_loses() {
    let mut config = world(vec![group("a", 1, UNLIMITED), group("b", 1, UNLIMITED)], 200);
    config.network.loss = Share::clamped(0.1).into();
    work(&mut config, "probe", (0, 100), every(10), traffic(0, 1, 100));
    let usual = figure(&simulate(&config, 1).1, "messages.lost.path");
    fault(&mut config, (0, 150), FaultKind::Loss(Way::default(), Share::clamped(0.5)));
    let (n, p) = (9_999.0, 0.1 + 0.9 * 0.5);
    let (_, figures) = simulate(&config, 1);
    let deviation = (figure(&figures, "messages.lost") - n * p) / f64::sqrt(n * p * (1.0 - p));
    assert!(deviation.abs() < 4.0, "{deviation}");
    assert_eq!(figure(&figures, "messages.lost.path"), usual);
    assert_eq!(figure(&figures, "messages.lost.fault"), figure(&figures, "messages.lost") - usual);
    assert!((usual - n * 0.1).abs() < 4.0 * f64::sqrt(n * 0.1 * 0.9), "{usual}");
}

/// Two hosts that send over TCP, 40 ms from each other.
fn pair(link: LinkProfile, seconds: u64) -> WorldConfig {
    let mut groups = vec![group("a", 1, link), group("b", 1, link)];
    groups.iter_mut().for_each(|group| group.hosts.transport = Transport::Tcp);
    world(groups, seconds)
}

fn back() -> Way {
    Way { from: of(1), to: of(0) }
}

/// A message a second, and the way back is cut from 10.5 to 20 s. The message of 11 s comes, but is not acknowledged: the sender
/// does not stop for that, as its window holds ten. It is sent again after 280 ms (four times the variation of the round trip
/// count as 200), and 560 ms later, 1.12 s and so on, with what came in between, which is not delivered twice. A fault that
/// begins before the handshake has the same effect on what is sent meanwhile: none of it is lost.
#[test]
fn a_cut_of_the_way_back_takes_acknowledgements_but_no_message() {
    for begins in [0, 10] {
        let mut config = pair(UNLIMITED, 60);
        work(&mut config, "out", (0, 50), every(1000), traffic(0, 1, 100));
        let (_, usual) = simulate(&config, 1);
        fault(&mut config, (begins, 20), FaultKind::Cut(back()));
        let (ended, figures) = simulate(&config, 1);
        let delivered = figure(&figures, "traffic.out.delivered");
        assert_eq!((ended.in_flight, delivered), (0, figure(&usual, "traffic.out.delivered")));
        let again = figure(&figures, "bytes.sent") - figure(&usual, "bytes.sent");
        assert!(again >= 5.0 * if begins == 0 { 60.0 } else { 152.0 }, "{begins}: {again} B");
    }
}

/// What a sender may have on its way is ten segments at first: of a longer message the rest waits for the cut's end.
#[test]
fn without_acknowledgements_no_more_is_sent_than_the_window_allows() {
    let mut config = pair(exact("100 Mbit/s", "unlimited", 1 << 20), 60);
    work(&mut config, "out", (0, 2), every(1000), traffic(0, 1, 1000));
    work(&mut config, "large", (0, 8), every(5000), traffic(0, 1, 100 * 1448));
    let usual = delays(&config, 1)[1].1;
    // The handshake is over at 1.08 s.
    fault(&mut config, (2, 10), FaultKind::Cut(back()));
    let late = delays(&config, 1)[1].1;
    assert!(usual < Duration::from_millis(300), "{usual}");
    // The time-outs end at 5 s + 280 ms · (2^n − 1): the first one after the cut at 13.68 s. 90 segments are left for windows
    // that double up to seven and then grow slowly: some ten round trips.
    assert!(late > Duration::from_millis(9000) && late < Duration::from_millis(10_000), "{late}");
}

#[test]
fn a_delay_of_the_way_back_makes_round_trips_longer() {
    let mut config = pair(exact("100 Mbit/s", "unlimited", 1 << 20), 60);
    work(&mut config, "large", (0, 8), every(5000), traffic(0, 1, 25 * 1448));
    let usual = delays(&config, 1)[0].1;
    fault(&mut config, (2, 30), FaultKind::Delay(back(), Duration::from_millis(100)));
    let late = delays(&config, 1)[0].1;
    // One for the handshake, and one for the second window.
    let more = late - usual;
    assert!((more.as_seconds() - 0.2).abs() < 0.001, "{more}");
}

/// Faults in both directions while both hosts send, and the network loses packets as well: every message is delivered once, and in
/// its order.
#[test]
fn faults_on_paths_neither_lose_nor_double_a_message_of_a_connection_that_lasts() {
    let mut config = pair(exact("2 Mbit/s", "1 Mbit/s", 20_000), 200);
    config.network.loss = Share::clamped(0.02).into();
    config.network.jitter = Some(Share::clamped(0.1).into());
    work(&mut config, "out", (0, 60), every(150), traffic(0, 1, 4000));
    work(&mut config, "back", (0, 60), every(150), traffic(1, 0, 300));
    let forth = || Way { from: of(0), to: of(1) };
    fault(&mut config, (5, 9), FaultKind::Cut(back()));
    fault(&mut config, (11, 14), FaultKind::Delay(forth(), Duration::from_secs(1)));
    fault(&mut config, (16, 20), FaultKind::Delay(back(), Duration::from_millis(700)));
    fault(&mut config, (22, 30), FaultKind::Loss(back(), Share::clamped(0.6)));
    fault(&mut config, (32, 36), FaultKind::Partition(of(0)));
    fault(&mut config, (40, 43), FaultKind::Loss(Way::default(), Share::clamped(0.3)));
    let (ended, figures) = simulate(&config, 1);
    let [sent, delivered] = ["sent", "delivered"]
        .map(|it| ["out", "back"].map(|way| figure(&figures, &format!("traffic.{way}.{it}"))));
    assert_eq!((ended.in_flight, delivered, sent), (0, [399.0; 2], [399.0; 2]));
    assert_eq!(on_threads(&config, 1, Threads::Exactly(2)).fingerprint, ended.fingerprint);
}

/// Both send, and one way is cut for so long that all give up. Nobody was offline.
#[test]
fn who_gives_a_connection_up_was_not_offline() {
    let mut config = pair(UNLIMITED, 600);
    for (name, from, to) in [("out", 0, 1), ("back", 1, 0)] {
        work(&mut config, name, (0, 500), every(1000), traffic(from, to, 1000));
    }
    fault(&mut config, (5, 405), FaultKind::Cut(back()));
    let (ended, figures) = simulate(&config, 1);
    assert_eq!((ended.in_flight, figure(&figures, "messages.to_offline")), (0, 0.0));
    assert!(figure(&figures, "messages.lost") > 0.0);
}

/// For one end a connection is idle a little sooner than for the other. Messages that cross its end are delivered all the same.
#[test]
fn the_end_of_an_idle_connection_loses_nothing() {
    for offset in (0..=100).step_by(5) {
        let mut config = pair(UNLIMITED, 200);
        work(&mut config, "first", (0, 11), every(10_000), traffic(0, 1, 1000));
        work(&mut config, "back", (0, 80), every(70_070), traffic(1, 0, 1000));
        work(&mut config, "out", (0, 80), every(70_030 + offset), traffic(0, 1, 1000));
        let (ended, figures) = simulate(&config, 1);
        assert_eq!((ended.in_flight, figure(&figures, "messages.to_offline")), (0, 0.0), "{offset} ms");
        let delivered = ["out", "back"].map(|it| figure(&figures, &format!("traffic.{it}.delivered")));
        assert_eq!((delivered, figure(&figures, "messages.lost")), ([1.0; 2], 0.0), "{offset} ms");
    }
}

/// Flights of handshakes are messages of their own, and each that does not come counts, although the next one is on its way soon.
#[test]
fn each_flight_of_a_handshake_counts_by_its_own_fate() {
    for transport in [Transport::Tcp, Transport::Quic] {
        let mut config = pair(UNLIMITED, 60);
        config.groups[0].hosts.transport = transport;
        work(&mut config, "out", (0, 30), every(500), traffic(0, 1, 100));
        // A message is handed over at 0.5 s; flights go then, and one and three seconds later.
        fault(&mut config, (0, 2), FaultKind::Cut(Way { from: of(0), to: of(1) }));
        let (_, figures) = simulate(&config, 1);
        assert_eq!(figure(&figures, "messages.lost.fault"), 2.0, "{transport:?}");
        assert_eq!(figure(&figures, "traffic.out.delivered"), 59.0, "{transport:?}");
    }
}

/// A hundred messages without payloads of others beside them, one a second, into a network in two halves for ever.
fn split(transport: Transport, kind: FaultKind) -> WorldConfig {
    let mut config = world(vec![group("a", 1, UNLIMITED), group("b", 1, UNLIMITED)], 400);
    config.groups.iter_mut().for_each(|group| group.hosts.transport = transport);
    config.network.loss = Share::clamped(0.05).into();
    work(&mut config, "probe", (0, 101), every(1000), traffic(0, 1, 100));
    fault(&mut config, (0, 400), kind);
    config
}

/// Whatever is given up, be it a datagram, a handshake, or the answer to one, it is for the fault.
#[test]
fn what_waits_for_a_connection_that_a_fault_prevents_is_lost_to_the_fault() {
    let out = Way { from: of(0), to: of(1) };
    let back = Way { from: of(1), to: of(0) };
    for transport in Transport::ALL.into_iter().filter(|transport| transport.has_connections()) {
        for kind in [FaultKind::Partition(of(0)), FaultKind::Cut(out.clone()), FaultKind::Cut(back.clone())] {
            let (_, figures) = simulate(&split(transport, kind.clone()), 1);
            assert_eq!(figure(&figures, "traffic.probe.delivered"), 0.0, "{transport:?}, {kind:?}");
            assert_eq!(figure(&figures, "messages.lost.no_connection"), 0.0, "{transport:?}, {kind:?}");
            let lost = figure(&figures, "messages.lost.fault");
            assert!(lost >= figure(&figures, "traffic.probe.sent"), "{transport:?}, {kind:?}: {lost}");
        }
    }
}

/// A connection that was there when the fault began: QUIC gives its messages up after nine times, TCP after 100 s.
#[test]
fn what_an_open_connection_gives_up_in_a_fault_is_lost_to_the_fault() {
    for transport in Transport::ALL {
        let mut config = split(transport, FaultKind::Cut(Way { from: of(0), to: of(1) }));
        config.faults.values_mut().for_each(|fault| fault.at = s(50));
        let (_, figures) = simulate(&config, 1);
        let missing = figure(&figures, "traffic.probe.sent") - figure(&figures, "traffic.probe.delivered");
        let (path, lost) = (figure(&figures, "messages.lost.path"), figure(&figures, "messages.lost.fault"));
        assert!(
            missing > 40.0 && lost + path >= missing && lost > 40.0,
            "{transport:?}: {lost} of {missing}"
        );
        assert_eq!(figure(&figures, "messages.lost.fault.from 0"), lost);
    }
}

/// Traffic one way, and broadcasts the other, whose acknowledgements and handshakes go the way of the traffic: whatever carries
/// them, only what the fault is about is lost.
#[test]
fn a_fault_about_some_messages_takes_these_and_no_others() {
    for transport in Transport::ALL {
        let mut config = world(vec![group("a", 20, UNLIMITED), group("b", 1, UNLIMITED)], 300);
        config.groups.iter_mut().for_each(|group| group.hosts.transport = transport);
        config.protocol.get_or_insert_default().dissemination = Dissemination::Flood;
        let shout = Work::Broadcast { from: GroupId(1), size: ir3sim::units::ByteSize::from_bytes(5000) };
        work(&mut config, "shouts", (0, 100), every(10_000), shout);
        work(&mut config, "noise", (0, 100), every(1000), traffic(0, 1, 4000));
        let kind = FaultKind::Cut(Way { from: of(0), to: of(1) });
        let messages = MessageKinds::only([Sent::Traffic.kind()]);
        let cut = Fault { messages, ..Fault::new(s(0), Duration::from_secs(300), kind) };
        config.faults.insert("deaf".to_owned(), cut);
        let (_, figures) = simulate(&config, 1);
        let seen = |name: &str| figure(&figures, name);
        let found = ["traffic.noise.delivered", "broadcast.coverage_ratio", "traffic.noise.sent"].map(seen);
        assert_eq!(found, [0.0, 1.0, 99.0], "{transport:?}");
        assert_eq!(seen("messages.lost.no_connection"), 0.0, "{transport:?}");
        assert!(seen("messages.lost.fault.deaf") >= 99.0, "{transport:?}");
        // The other way round nobody hears a broadcast whole, and the traffic comes.
        let way = FaultKind::Cut(Way { from: of(1), to: HostSet::default() });
        let shouts = MessageKinds::only([Sent::Broadcast.kind()]);
        let mute = Fault { messages: shouts, ..Fault::new(s(0), Duration::from_secs(300), way) };
        config.faults.insert("deaf".to_owned(), mute);
        let (_, figures) = simulate(&config, 1);
        assert_eq!(figure(&figures, "traffic.noise.delivered"), 99.0, "{transport:?}");
        assert!((figure(&figures, "broadcast.coverage_ratio") - 1.0 / 21.0).abs() < 1e-9, "{transport:?}");
    }
}

/// A message every 100 ms, at full tenths of a second after the fault's beginnings: of each ten seconds it holds back two.
#[test]
fn a_fault_that_comes_again_holds_back_its_share_each_time() {
    let mut config = world(vec![group("a", 1, UNLIMITED), group("b", 1, UNLIMITED)], 100);
    work(&mut config, "out", (0, 100), every(100), traffic(0, 1, 100));
    let cut = Fault::new(s(5), Duration::from_secs(2), FaultKind::Cut(Way::default()));
    let again = Fault { recurs: Recurrence::Every(Duration::from_secs(10)), ..cut };
    config.faults.insert("again".to_owned(), again);
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "messages.lost.fault"), 10.0 * 20.0);
}

/// Outages begin by a Poisson process of rate λ, last d, and take each host along with probability p: a host is online while none of
/// the last d has taken it, with probability e^(−λpd). All hosts have the same outages: of the share online over a time T the variance
/// is (2/T) e^(−2λpd) ((e^(λdp²) − 1)/(λp²) − d), and what single hosts add to that is less than a hundredth of it.
fn outages() -> Oracle {
    let (mean, lasts, share, seconds) = (10.0, 5.0, 0.5, 5000.0);
    let mut config = world(vec![group("a", 200, UNLIMITED)], 5000);
    let hosts = HostSet { share: Share::clamped(share), ..HostSet::default() };
    let outage = Fault::new(s(0), Duration::from_secs(5), FaultKind::Offline(hosts));
    let recurs = Recurrence::Exponential(Duration::from_secs(10));
    config.faults.insert("outage".to_owned(), Fault { recurs, ..outage });
    let (ended, figures) = simulate(&config, 1);
    assert_eq!(on_threads(&config, 1, Threads::Exactly(2)).fingerprint, ended.fingerprint);
    let rate = 1.0 / mean;
    let wanted = libm::exp(-rate * share * lasts);
    let together = libm::expm1(rate * lasts * share * share) / (rate * share * share) - lasts;
    Oracle {
        what: "Outages of 5 s, every 10 s on average, of half of the hosts each: share online".to_owned(),
        formula: "e^(−λpd)",
        source: "Poisson process, thinned and shifted",
        n: 500,
        wanted,
        found: figure(&figures, "presence.online_ratio"),
        bound: 5.0 * (2.0 / seconds * wanted * wanted * together).sqrt(),
        bound_is: "five standard deviations, (2/T)·e^(−2λpd)·((e^(λdp²) − 1)/(λp²) − d)",
    }
}

fn slow(up: f64, down: f64) -> FaultKind {
    let links = SlowLinks { uplink: Share::clamped(up), downlink: Share::clamped(down) };
    FaultKind::Slow(HostSet::default(), links)
}

/// What of 60,828 B on the wire (60,000 B in 41 fragments), handed over at 1 s, a link of 1 Mbit/s has passed by a fault that leaves a
/// tenth of its rate from 1.2 to 2.2 s: before it all of the time, in it a tenth, and after it the rest. At either end that is the delay,
/// besides the 40 ms of the path; where both take time, a part of the fragments waits at the other end.
fn slow_links() -> Vec<Oracle> {
    let whole = 60_828.0 * 8.0 / 1e6;
    // It flows in at 1 Mbit/s until 1.04 s + `whole`, from 1.2 s on to a link of a half of that, with a packet that is stored whole.
    let waits = (0.04 + whole - 0.2) * 0.5 + 1500.0 * 8.0 / 1e6;
    let cases = [
        ("an uplink", exact("1 Mbit/s", "unlimited", 0), slow(0.1, 1.0), 0.04 + 1.2 + (whole - 0.3)),
        ("a downlink", exact("unlimited", "1 Mbit/s", 0), slow(1.0, 0.1), 0.04 + 1.16 + (whole - 0.26)),
        (
            "a downlink that still receives",
            exact("1 Mbit/s", "2 Mbit/s", 0),
            slow(1.0, 0.25),
            0.04 + whole + waits / 0.5,
        ),
    ];
    let oracle = |(what, link, kind, wanted)| {
        let mut config = world(vec![group("a", 1, link), group("b", 1, link)], 60);
        work(&mut config, "out", (0, 2), every(1000), traffic(0, 1, 60_000));
        let fault = Fault::new(s(1) + Duration::from_millis(200), Duration::from_secs(1), kind);
        config.faults.insert("jam".to_owned(), fault);
        Oracle {
            what: format!("A message at {what} that is slow for a second: its delay, in s"),
            formula: "bytes before, in and after it, each at their rate",
            source: "by hand",
            n: 1,
            wanted,
            found: delays(&config, 1)[0].1.as_seconds(),
            bound: 1e-6,
            bound_is: "1 µs",
        }
    };
    cases.into_iter().map(oracle).collect()
}

/// A link that is half as fast for a second of every two passes three quarters of what it could, however long the queue.
fn schedule() -> Oracle {
    let link = exact("1 Mbit/s", "unlimited", 1 << 30);
    let mut config = world(vec![group("a", 1, link), group("b", 1, UNLIMITED)], 120);
    // 1000 B on the wire take 8 ms, and one comes every 4 ms.
    work(&mut config, "out", (0, 120), every(4), traffic(0, 1, 972));
    let jam = Fault::new(s(0), Duration::from_secs(1), slow(0.5, 1.0));
    let recurs = Recurrence::Every(Duration::from_secs(2));
    config.faults.insert("jam".to_owned(), Fault { recurs, ..jam });
    let (ended, figures) = simulate(&config, 1);
    assert_eq!(on_threads(&config, 1, Threads::Exactly(2)).fingerprint, ended.fingerprint);
    Oracle {
        what: "A full uplink at half of its rate every other second: messages delivered in 2 min".to_owned(),
        formula: "T·(1 + ½)/2, less what passes in a latency, over the time of one",
        source: "by hand",
        n: 1,
        // From 4 ms to 120 s less the 40 ms of the path: what is missing passes at a half, and what is cut off at the full rate.
        wanted: ((120.0 * 0.75 - 0.04 - 0.002) / 0.008_f64).floor(),
        found: figure(&figures, "messages.delivered"),
        bound: 0.0,
        bound_is: "exact",
    }
}

pub(crate) fn oracles() -> Vec<Oracle> {
    slow_links().into_iter().chain([schedule(), outages()]).collect()
}

/// Of n datagrams n·p come twice, give or take four standard deviations; each copy has a delay of its own, and takes room on the
/// downlink alone. The fates of the messages are what they were.
#[test]
fn datagrams_that_come_twice_are_counted_apart() {
    let mut config =
        world(vec![group("a", 1, UNLIMITED), group("b", 1, exact("unlimited", "1 Mbit/s", 1 << 20))], 100);
    config.network.jitter = Some(Share::clamped(0.1).into());
    // 1000 B on the wire take 8 ms.
    work(&mut config, "out", (0, 95), every(20), traffic(0, 1, 972));
    let (_, usual) = simulate(&config, 1);
    fault(&mut config, (0, 100), FaultKind::Duplicate(Way::default(), Share::clamped(0.3)));
    let (ended, figures) = simulate(&config, 1);
    for name in
        ["messages.sent", "messages.delivered", "bytes.sent", "bytes.delivered", "traffic.out.delivered"]
    {
        assert_eq!(figure(&figures, name), figure(&usual, name), "{name}");
    }
    let (n, p) = (figure(&usual, "messages.sent"), 0.3);
    let deviation = (figure(&figures, "messages.duplicated") - n * p) / f64::sqrt(n * p * (1.0 - p));
    assert!(deviation.abs() < 4.0, "{deviation}");
    // Originals wait for copies: in a queue.
    let mean = |figures| figure(figures, "traffic.out.delay_mean_s");
    assert!(mean(&figures) > mean(&usual) + 0.0005, "{} and {}", mean(&figures), mean(&usual));
    assert_eq!(on_threads(&config, 1, Threads::Exactly(2)).fingerprint, ended.fingerprint);
}

/// All that nodes say comes twice: twice the copies of broadcasts, one answer of each holder, and no chunk more.
#[test]
fn nodes_bear_being_told_everything_twice() {
    let mut config = world(vec![group("a", 30, UNLIMITED)], 100);
    config.groups[0].stores = true;
    work(&mut config, "deeds", (0, 60), every(100), crate::build::record(0));
    work(&mut config, "lookups", (60, 90), every(500), crate::build::query(0, 0));
    let (_, usual) = simulate(&config, 1);
    fault(&mut config, (0, 100), FaultKind::Duplicate(Way::default(), Share::ONE));
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "messages.duplicated"), figure(&figures, "messages.delivered"));
    for name in ["queries.answered", "queries.yes", "queries.no", "storage.chunks", "storage.replicas_mean"] {
        assert_eq!(figure(&figures, name), figure(&usual, name), "{name}");
    }
}
