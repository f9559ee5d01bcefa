//! Links are cut through by packets: the time of a message by the rates at both ends, alone and beside others.

use ir3sim::network::Transport;
use ir3sim::units::{Bitrate, Duration, Frequency};
use ir3sim::world::{Arrivals, Threads, WorldConfig};

use crate::build::{delays, every, exact, figure, group, on_threads, s, simulate, traffic, work, world};
use crate::oracles::Oracle;

/// A packet, and what UDP adds to a payload: 8 B, and 20 B for each packet.
const MTU: f64 = 1500.0;

fn on_the_wire(payload: u64) -> f64 {
    let packets = (payload + 8).div_ceil(1480);
    (payload + 8 + 20 * packets) as f64
}

/// From a sender with this uplink to a receiver with this downlink, in bit/s, 40 ms away: one datagram.
fn measured(up: u64, down: u64, payload: u64) -> f64 {
    let link = |rate: u64| {
        let rate = Bitrate::from_bits_per_second(rate);
        exact(&rate.to_string(), &rate.to_string(), 1 << 20)
    };
    let mut config = world(vec![group("receiver", 1, link(down)), group("sender", 1, link(up))], 300);
    work(&mut config, "probe", (0, 101), every(100_000), traffic(1, 0, payload));
    let delays = delays(&config, 1);
    assert_eq!(delays.len(), 1);
    delays[0].1.as_seconds()
}

/// Of links that differ and sizes of one packet and of several: the largest difference.
pub(crate) fn oracles() -> Vec<Oracle> {
    let mut differences = Vec::new();
    for (up, down) in [(10_000_000, 10_000_000), (1_000_000, 100_000_000), (100_000_000, 1_000_000)] {
        for payload in [10, 972, 1472, 1473, 5000, 15_000, 65_000] {
            let (bytes, up_rate, down_rate) = (on_the_wire(payload), up as f64 / 8.0, down as f64 / 8.0);
            let packet = bytes.min(MTU);
            let expected =
                0.04 + (bytes / up_rate + packet / down_rate).max(packet / up_rate + bytes / down_rate);
            differences.push(measured(up, down, payload) - expected);
        }
    }
    vec![Oracle {
        what: "Two links in tandem, cut through: largest difference of 21 delays, in s".to_owned(),
        formula: "max(B/u + p/d, p/u + B/d) + latency",
        source: "exact",
        n: differences.len() as u64,
        wanted: 0.0,
        found: differences
            .into_iter()
            .fold(0.0, |most: f64, it| if it.abs() > most.abs() { it } else { most }),
        bound: 1e-8,
        bound_is: "serialisations are rounded up to a nanosecond",
    }]
}

/// `senders` hosts with this uplink, each of which sends datagrams of 15,000 B to one receiver; the times at which those of the
/// first second have come.
fn burst(config: &WorldConfig) -> Vec<f64> {
    let came = |(handed_over, delay): (_, Duration)| {
        assert_eq!(handed_over, s(1));
        delay.as_seconds()
    };
    delays(config, 1).into_iter().map(came).collect()
}

fn senders(count: u32, up: &str, down: &str, queue: u64) -> WorldConfig {
    let mut groups = vec![group("receiver", 1, exact("1 Gbit/s", down, queue))];
    for number in 0..count {
        groups.push(group(&format!("sender {number}"), 1, exact(up, "1 Gbit/s", 1 << 20)));
    }
    let mut config = world(groups, 60);
    for number in 0..count as u16 {
        work(&mut config, &format!("probe {number}"), (0, 2), every(1000), traffic(number + 1, 0, 15_000));
    }
    config
}

#[test]
fn a_burst_from_several_senders_takes_what_the_downlink_needs_for_all_of_it() {
    let (bytes, packet) = (on_the_wire(15_000) * 8.0, MTU * 8.0);
    // Ten fast senders: the first packets come after 0.12 ms, and from then on the downlink is busy.
    let came = burst(&senders(10, "100 Mbit/s", "10 Mbit/s", 1 << 20));
    assert_eq!(came.len(), 10);
    let expected = 0.04 + packet / 100e6 + 10.0 * bytes / 10e6;
    assert!((came[9] - expected).abs() < 1e-6, "{came:?}");
    // Ten slow ones fill a tenth of it: nobody waits for more than the last packets of the others.
    let came = burst(&senders(10, "1 Mbit/s", "100 Mbit/s", 1 << 20));
    let alone = 0.04 + bytes / 1e6 + packet / 100e6;
    assert!((came[0] - alone).abs() < 1e-6, "{came:?}");
    assert!((came[9] - alone - 9.0 * packet / 100e6).abs() < 1e-6, "{came:?}");
}

#[test]
fn a_burst_fills_the_queue_and_what_exceeds_it_is_dropped() {
    // 152,280 B come within 1.1 ms; the queue takes 50,000, and 1.4 kB pass meanwhile.
    let config = senders(10, "100 Mbit/s", "10 Mbit/s", 50_000);
    let (_, figures) = simulate(&config, 1);
    let came = burst(&config);
    // Their packets mix: at most as many messages come whole as the queue can hold.
    assert!(came.len() <= 3, "{came:?}");
    assert_eq!(figure(&figures, "messages.dropped_queue"), 10.0 - came.len() as f64);
    // Over QUIC all come in the end.
    let mut reliable = config;
    reliable.groups.iter_mut().for_each(|group| group.hosts.transport = Transport::Quic);
    let (_, figures) = simulate(&reliable, 1);
    assert_eq!(burst(&reliable).len(), 10);
    assert_eq!(figure(&figures, "messages.dropped_queue"), 0.0);
    assert_eq!(figure(&figures, "messages.lost"), 0.0);
}

/// M/D/1 at a downlink of 10 Mbit/s, which many fast senders load with single packets: as at an uplink.
#[test]
fn a_downlink_under_poisson_load_is_an_m_d_1_queue() {
    let groups = vec![
        group("receiver", 1, exact("1 Gbit/s", "1 Mbit/s", 64 << 20)),
        group("senders", 20, exact("1 Gbit/s", "1 Gbit/s", 64 << 20)),
    ];
    let mut config = world(groups, 20_000);
    config.cooldown = Duration::from_secs(30);
    let arrivals = Arrivals::Poisson(Frequency::per_second(80.0));
    work(&mut config, "probe", (0, 20_000), arrivals, traffic(1, 0, 972));
    let (_, figures) = simulate(&config, 1);
    let (service, busy) = (0.008, 0.64);
    let waiting = service * busy / (2.0 * (1.0 - busy));
    let mean = figure(&figures, "traffic.probe.delay_mean_s") - 0.040_008 - service;
    // The same bound as for the uplink, which is five standard errors.
    assert!((mean / waiting - 1.0).abs() < 0.05, "{mean} s instead of {waiting} s");
}

/// 10 kB over QUIC at 10 Mbit/s, where the uplink's queue holds 4 kB and is used to 30 %: an M/D/1 queue that drops nothing, as round
/// trips are short and windows seldom full.
#[test]
fn a_message_over_quic_waits_for_the_uplink_and_is_not_dropped() {
    let link = exact("10 Mbit/s", "10 Mbit/s", 4_000);
    let mut sender = group("sender", 1, link);
    sender.hosts.transport = Transport::Quic;
    let mut config = world(vec![group("receiver", 1, link), sender], 5_000);
    config.network.latency = ir3sim::network::Latency::Fixed(Duration::from_millis(1));
    config.cooldown = Duration::from_secs(30);
    let packets = 10_000_u64.div_ceil(1444);
    let service = (10_000 + 56 * packets) as f64 * 8.0 / 10e6;
    let (busy, length) = (0.3, 5000.0_f64);
    let arrivals = Arrivals::Poisson(Frequency::per_second(busy / service));
    work(&mut config, "probe", (0, 5_000), arrivals, traffic(1, 0, 10_000));
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "messages.dropped_queue"), 0.0);
    assert_eq!(figure(&figures, "traffic.probe.sent"), figure(&figures, "traffic.probe.delivered"));
    let waiting = service * busy / (2.0 * (1.0 - busy));
    let mean = figure(&figures, "traffic.probe.delay_mean_s") - service - 0.001 - MTU * 8.0 / 10e6;
    // Of M/D/1 the variance of the wait is W² + λD³/(3(1 − ρ)); waits within a busy period, of 1/(1 − ρ) messages on average,
    // go together: five standard errors of the mean of the others.
    let rate = busy / service;
    let variance = waiting * waiting + rate * service * service * service / (3.0 * (1.0 - busy));
    let independent = rate * length * (1.0 - busy);
    // A window that is full now and then takes some percents more.
    let bound = 5.0 * (variance / independent).sqrt() + 0.05 * waiting;
    assert!((mean - waiting).abs() < bound, "{mean} s for {waiting} ± {bound} s");
}

#[test]
fn a_resumed_message_larger_than_the_queue_goes_after_its_handshake() {
    let link = exact("10 Mbit/s", "10 Mbit/s", 4_000);
    let mut sender = group("sender", 1, link);
    sender.hosts.transport = Transport::Quic;
    let mut config = world(vec![group("receiver", 1, link), sender], 400);
    work(&mut config, "probe", (0, 301), every(100_000), traffic(1, 0, 9_000));
    let delays: Vec<f64> = delays(&config, 1).into_iter().map(|(_, delay)| delay.as_seconds()).collect();
    let hello = 1228.0 * 8.0 / 10e6;
    let service = (9_000.0 + 7.0 * 56.0) * 8.0 / 10e6;
    assert_eq!(delays.len(), 3);
    for delay in &delays[1..] {
        assert!((delay - (hello + service + 0.04 + MTU * 8.0 / 10e6)).abs() < 1e-8, "{delays:?}");
    }
}

#[test]
fn a_message_over_quic_whose_packets_a_full_downlink_drops_comes_later() {
    // Two fast senders of 200 kB each to a slow receiver whose queue holds 64 kB.
    let fast = exact("1 Gbit/s", "1 Gbit/s", 1 << 30);
    let mut groups = vec![group("receiver", 1, exact("1 Gbit/s", "10 Mbit/s", 64_000))];
    for name in ["a", "b"] {
        let mut sender = group(name, 1, fast);
        sender.hosts.transport = Transport::Quic;
        groups.push(sender);
    }
    let mut config = world(groups, 60);
    for from in [1, 2] {
        work(&mut config, &format!("from {from}"), (0, 22), every(10_000), traffic(from, 0, 200_000));
    }
    let (ended, figures) = simulate(&config, 1);
    let delays = delays(&config, 1);
    assert_eq!((ended.in_flight, delays.len()), (0, 4));
    assert_eq!(figure(&figures, "messages.dropped_queue") + figure(&figures, "messages.lost"), 0.0);
    // Nothing passes the downlink faster than it can: the later one of two comes after both have passed.
    let bytes = 200_000.0 + 56.0 * 139.0;
    let slowest = delays.iter().map(|(_, delay)| delay.as_seconds()).fold(0.0, f64::max);
    assert!(slowest > 0.04 + 2.0 * bytes * 8.0 / 10e6, "{slowest}");
    assert!(slowest < 5.0, "{slowest}");
}

#[test]
fn what_is_cut_through_has_the_same_results_on_several_threads() {
    let mut config = senders(10, "5 Mbit/s", "10 Mbit/s", 50_000);
    config.groups.iter_mut().step_by(2).for_each(|group| group.hosts.transport = Transport::Quic);
    crate::build::away(&mut config, 3, 1, 3);
    let prints = [1, 2, 3].map(|threads| on_threads(&config, 1, Threads::Exactly(threads)).fingerprint);
    assert!(prints[0] == prints[1] && prints[1] == prints[2]);
}
