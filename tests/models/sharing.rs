//! Links that messages share, against max-min rates by hand and processor sharing.

use ir3sim::network::{Fate, Latency, LinkProfile, LossCause, Presence, Sharing, Side, Transport};
use ir3sim::units::{ByteSize, Duration, Frequency, HostId, Share, Time};
use ir3sim::world::{Arrivals, GroupId, Observation, Sizes, Threads, Work, WorldConfig};

use crate::build::{
    UNLIMITED, away, delays, every, exact, figure, group, on_threads, s, simulate, traffic, watch, work,
    world,
};
use crate::oracles::{Oracle, mean};

/// What a datagram of these bytes on the wire carries.
fn payload(wire: u32) -> u64 {
    let carries = |payload: &u32| Transport::Udp.packets(*payload).bytes == wire;
    (1..=wire).rev().find(carries).expect("a payload with so many bytes on the wire").into()
}

/// Hosts with these rates up and down, in Mbit/s, a group each; at the first second each of some sends another one a message of
/// so many bytes on the wire.
fn burst(hosts: &[(u32, u32)], messages: &[(u16, u16, u32)], latency: Duration) -> WorldConfig {
    let host = |(number, (up, down)): (usize, &(u32, u32))| {
        let link = exact(&format!("{up} Mbit/s"), &format!("{down} Mbit/s"), 1 << 30);
        group(&format!("host {number}"), 1, link)
    };
    let mut config = world(hosts.iter().enumerate().map(host).collect(), 10);
    config.network.sharing = Sharing::MaxMin;
    config.network.latency = Latency::Fixed(latency);
    for (number, (from, to, wire)) in messages.iter().enumerate() {
        work(
            &mut config,
            &format!("flow {number}"),
            (0, 2),
            every(1000),
            traffic(*from, *to, payload(*wire)),
        );
    }
    config
}

/// When each message was delivered, after it was sent, in the order of the messages.
fn took(config: &WorldConfig) -> Vec<f64> {
    let mut delays: Vec<(u16, Duration)> = watch(config, 1)
        .into_iter()
        .filter_map(|(now, _, what)| match what {
            Observation::TrafficDelivered { workload, handed_over, .. } => {
                Some((workload, now.since(handed_over)))
            }
            _ => None,
        })
        .collect();
    delays.sort_unstable();
    delays.into_iter().map(|(_, delay)| delay.as_seconds()).collect()
}

/// Of three messages two share each link: A → X and A → Y the uplink of A (12 Mbit/s), A → X and B → X the downlink of X (8), and
/// B → X is held to the 3 Mbit/s of B. Max-min rates are 5, 7 and 3.
const HOSTS: [(u32, u32); 4] = [(12, 100), (3, 100), (100, 8), (100, 50)];

fn by_hand() -> Vec<Oracle> {
    let oracle = |what: &str, wanted: f64, found: f64| Oracle {
        what: what.to_owned(),
        formula: "rates by progressive filling, by hand",
        source: "Bertsekas and Gallager 1992, section 6.5.2",
        n: 1,
        wanted,
        found,
        bound: 1e-7,
        bound_is: "100 ns",
    };
    // In proportion to the rates: all end at once.
    let together = burst(&HOSTS, &[(0, 2, 45_000), (0, 3, 63_000), (1, 2, 27_000)], Duration::ZERO);
    // B → X ends after 24,000 b at 3 Mbit/s. Then A → X may have 8 Mbit/s, and has half of A's 12: A → X and A → Y go on at 6 each.
    // A → Y has 56,000 b then, and ends 304,000/6e6 s later; what A → X has left passes at 8 Mbit/s.
    let one_by_one = burst(&HOSTS, &[(0, 2, 60_000), (0, 3, 45_000), (1, 2, 3000)], Duration::ZERO);
    let (first, others) = (took(&together), took(&one_by_one));
    let y = 0.008 + 304_000.0 / 6e6;
    let x = y + (480_000.0 - 40_000.0 - 304_000.0) / 8e6;
    vec![
        oracle(
            "Max-min, three messages over two links at 5, 7 and 3 Mbit/s: the one at 5, in s",
            0.072,
            first[0],
        ),
        oracle("The one at 7", 0.072, first[1]),
        oracle("The one at 3", 0.072, first[2]),
        oracle("Max-min, when others end: at 5, 6 and then 8 Mbit/s, in s", x, others[0]),
        oracle("At 7, and then 6", y, others[1]),
        oracle("At 3", 0.008, others[2]),
    ]
}

/// Two senders at 100 Mbit/s send thirty messages each to a downlink of 8 Mbit/s at once, 10 ms away: until they hear of each other, 20 ms
/// later, half a second of work has come. Half of the rate is kept for that, so that it has passed after a second, with the others
/// still coming; a small message then waits for less than is taken for a queue, a millisecond.
#[test]
fn what_has_come_too_fast_does_not_stay_as_long_as_the_link_is_busy() {
    let hosts = [(100, 100), (100, 100), (100, 8), (100, 100)];
    let messages: Vec<(u16, u16, u32)> = (0..60).map(|number| (number % 2, 2, 60_000)).collect();
    let mut config = burst(&hosts, &messages, Duration::from_millis(10));
    work(&mut config, "probe", (2, 4), every(1000), traffic(3, 2, payload(100)));
    let took = took(&config);
    let last = took[..60].iter().copied().fold(0.0, f64::max);
    assert!((3.6..3.7).contains(&last), "60 · 60 kB at 8 Mbit/s: {last}");
    assert!(took[60] < 0.010 + 0.001 + 0.001, "{}", took[60]);
}

/// Runs, and messages of each that count, after the first ones.
const RUNS: u64 = 20;
const COUNTED: usize = 2000;
const FIRST: usize = 200;
const LOAD: f64 = 0.7;

/// The mean time in the system over twenty runs, of messages that take `service` on average.
fn sojourn(what: &str, sizes: Sizes, (senders, up, down): (u32, &str, &str), service: f64) -> Oracle {
    let groups = vec![
        group("receiver", 1, exact("1 Gbit/s", down, 1 << 30)),
        group("senders", senders, exact(up, "1 Gbit/s", 1 << 30)),
    ];
    let rate = LOAD / service;
    let seconds = ((COUNTED + FIRST) as f64 * 1.2 / rate) as u64;
    let mut config = world(groups, seconds);
    config.network.sharing = Sharing::MaxMin;
    config.network.latency = Latency::Fixed(Duration::ZERO);
    let traffic = Work::Traffic { from: GroupId(1), to: GroupId(0), size: sizes, response: None };
    work(&mut config, "probe", (0, seconds), Arrivals::Poisson(Frequency::per_second(rate)), traffic);
    let run = |seed| {
        let mut delays = delays(&config, seed);
        // In the order in which they were sent: the first to end are short.
        delays.sort_unstable();
        let counted = delays[FIRST..].iter().take(COUNTED);
        counted.map(|(_, delay)| delay.as_seconds()).sum::<f64>() / COUNTED as f64
    };
    let (found, error) = mean(&(1..=RUNS).map(run).collect::<Vec<_>>());
    Oracle {
        what: what.to_owned(),
        formula: "E[S]/(1 − ρ), whatever the distribution",
        source: "Kleinrock 1976, section 4.4",
        n: RUNS * COUNTED as u64,
        wanted: service / (1.0 - LOAD),
        found,
        bound: 5.0 * error,
        bound_is: "five standard errors of 20 runs",
    }
}

pub(crate) fn oracles() -> Vec<Oracle> {
    let fixed = f64::from(Transport::Udp.packets(5000).bytes) * 8.0 / 1e6;
    let exponential = crate::queues::mean_of_exponential();
    let mean = ByteSize::from_bytes(5000);
    let mut oracles = by_hand();
    oracles.extend([
        sojourn(
            "M/D/1-PS at an uplink at a load of 0.7: mean time in the system, in s",
            mean.into(),
            (1, "1 Mbit/s", "unlimited"),
            fixed,
        ),
        sojourn(
            "M/M/1-PS at an uplink: the same",
            Sizes::Exponential { mean },
            (1, "1 Mbit/s", "unlimited"),
            exponential,
        ),
        sojourn(
            "M/M/1-PS at a downlink, from 50 hosts: the same",
            Sizes::Exponential { mean },
            (50, "unlimited", "1 Mbit/s"),
            exponential,
        ),
    ]);
    oracles
}

#[test]
fn rates_are_max_min_fair_a_few_round_trips_after_the_last_change() {
    let wire = 60_000;
    let latency = Duration::from_millis(1);
    let config = burst(&HOSTS, &[(0, 2, wire), (0, 3, wire), (1, 2, wire)], latency);
    let none = burst(&HOSTS, &[(0, 2, wire), (0, 3, wire), (1, 2, wire)], Duration::ZERO);
    for (late, exact) in took(&config).into_iter().zip(took(&none)) {
        // Links are never overbooked for longer than four round trips, and never idle for as long.
        assert!((late - exact - 0.001).abs() < 0.008, "{late} {exact}");
    }
}

#[test]
fn a_message_alone_takes_as_long_as_the_slower_link_and_the_path() {
    let latency = Duration::from_millis(40);
    for (up, down) in [(10, 2), (2, 10), (5, 5)] {
        let config = burst(&[(up, 1), (1, down)], &[(0, 1, 60_000)], latency);
        let wanted = 480_000.0 / f64::from(up.min(down)) / 1e6 + 0.04;
        let took = took(&config);
        assert!((took[0] - wanted).abs() < 1e-7, "{up} {down}: {took:?} {wanted}");
    }
}

#[test]
fn many_senders_to_one_receiver_have_equal_parts_of_its_downlink() {
    let mut hosts = vec![(1, 10)];
    hosts.extend([(50, 1); 8]);
    let messages: Vec<_> = (1..=8).map(|from| (from, 0, 30_000)).collect();
    // 8 · 240,000 b at 10 Mbit/s, which all pass together.
    for took in took(&burst(&hosts, &messages, Duration::ZERO)) {
        assert!((took - 0.192).abs() < 1e-6, "{took}");
    }
}

/// Fates of the messages of the workload, in the order in which they met them.
fn fates(config: &WorldConfig) -> Vec<(Time, HostId, Fate)> {
    let fate = |(now, host, what)| match what {
        Observation::Network(ir3sim::network::Observation::Ended { fate, .. }) => Some((now, host, fate)),
        _ => None,
    };
    watch(config, 1).into_iter().filter_map(fate).collect()
}

#[test]
fn what_has_not_left_a_host_that_leaves_is_lost_and_what_comes_to_one_is_to_offline() {
    use ir3sim::network::Absence;
    // 480,000 b take 4.8 s at 0.1 Mbit/s of the uplink; the message sets out at 1 s.
    let of = |leaves: u16, at: u64| {
        let slow = exact("100 kbit/s", "1 Gbit/s", 1 << 30);
        let groups = vec![group("from", 1, slow), group("to", 1, exact("1 Gbit/s", "1 Gbit/s", 1 << 30))];
        let mut config = world(groups, 10);
        config.network.sharing = Sharing::MaxMin;
        work(&mut config, "one", (0, 2), every(1000), traffic(0, 1, payload(60_000)));
        away(&mut config, leaves, at, 1);
        let fates = fates(&config);
        assert_eq!(fates.len(), 1);
        fates[0]
    };
    let arrives = s(1) + Duration::from_millis(4840);
    assert_eq!(of(0, 3), (s(3), HostId(0), Fate::Lost(LossCause::SenderLeft)));
    // It is back by then, but has missed a part.
    assert_eq!(of(1, 3), (arrives, HostId(1), Fate::ToOffline(Absence::Offline)));
    assert_eq!(of(1, 7), (arrives, HostId(1), Fate::Delivered));
}

#[test]
fn what_exceeds_the_queue_of_an_uplink_or_comes_too_fast_for_a_downlink_is_dropped() {
    let of = |hosts: &[(u32, u32)], from: &dyn Fn(u16) -> u16| {
        let messages: Vec<_> = (1..=20).map(|number| (from(number), 0, 30_000)).collect();
        let mut config = burst(hosts, &messages, Duration::from_millis(40));
        for (group, (up, down)) in config.groups.iter_mut().zip(hosts) {
            group.hosts.link = exact(&format!("{up} Mbit/s"), &format!("{down} Mbit/s"), 150_000);
        }
        fates(&config).iter().map(|(_, _, fate)| *fate).collect::<Vec<_>>()
    };
    let count = |fates: &[Fate], wanted| fates.iter().filter(|fate| **fate == wanted).count();
    // Five messages of 30,000 B have room in 150,000.
    let up = of(&[(1, 1000), (1, 1000)], &|_| 1);
    assert_eq!((count(&up, Fate::DroppedQueue(Side::Uplink)), count(&up, Fate::Delivered)), (15, 5));
    // Twenty come within a round trip, in which nobody can hear that there are others: 600,000 B in 24 ms, of which 30,000 pass.
    let mut hosts = vec![(1, 10)];
    hosts.extend([(10, 1000); 20]);
    let down = of(&hosts, &|number| number);
    let dropped = count(&down, Fate::DroppedQueue(Side::Downlink));
    assert_eq!((dropped, count(&down, Fate::Delivered)), (14, 6));
}

/// Hosts that come and go all over the world, and send each other messages that share links and are lost now and then.
fn busy() -> WorldConfig {
    let mut group = group("all", 40, LinkProfile::Dsl);
    group.hosts.presence = Presence::exponential(Duration::from_secs(20), Duration::from_secs(5));
    let mut config = world(vec![group], 20);
    config.network.sharing = Sharing::MaxMin;
    config.network.latency = Latency::World;
    config.network.loss = Share::clamped(0.001).into();
    let arrivals = Arrivals::Poisson(Frequency::per_second(200.0));
    work(&mut config, "noise", (0, 20), arrivals, traffic(0, 0, 50_000));
    config
}

#[test]
fn shared_links_are_the_same_on_any_number_of_threads() {
    let config = busy();
    let prints = [1, 2, 3].map(|threads| on_threads(&config, 1, Threads::Exactly(threads)).fingerprint);
    assert!(prints.iter().all(|print| *print == prints[0]), "{prints:?}");
}

#[test]
fn sharing_changes_no_luck_of_messages_on_their_paths() {
    // Over links that take no time nothing is shared, and all fates are those of a queue.
    let mut config = busy();
    config.groups[0].hosts.link = UNLIMITED;
    let shared = simulate(&config, 3).1;
    config.network.sharing = Sharing::Fifo;
    let queued = simulate(&config, 3).1;
    for name in ["delivered", "lost", "to_offline"].map(|name| format!("messages.{name}")) {
        assert!(figure(&shared, &name) > 0.0);
        assert_eq!(figure(&shared, &name), figure(&queued, &name), "{name}");
    }
}
