//! Fates add up, runs repeat, and luck stays with what it belongs to, in worlds of all kinds.

use ir3sim::metrics::Figures;
use ir3sim::network::{
    self, Exit, HostSet, Latency, LinkProfile, Nat, NatShares, Presence, Sharing, SlowLinks, Transport, Way,
};
use ir3sim::units::{Bitrate, ByteSize, Duration, Frequency, HostId, Share, Time};
use ir3sim::world::{
    Arrivals, Cpu, Ended, Fault, FaultKind, Group, GroupId, MessageKinds, Observation, Recurrence, Sent,
    Work, WorldConfig,
};
use proptest::prelude::*;

use crate::build::{UNLIMITED, away, every, figure, group, query, record, s, simulate, traffic};
use crate::build::{watch, work, world};

fn link() -> impl Strategy<Value = LinkProfile> {
    let rate = |bits| Bitrate::from_bits_per_second(bits);
    let slow = (1_000..1_000_000_u64, 0..20_000_u64).prop_map(move |(bits, queue)| LinkProfile::Exact {
        up: rate(bits),
        down: rate(bits * 4),
        queue: ByteSize::from_bytes(queue),
    });
    prop_oneof![Just(LinkProfile::Residential), Just(UNLIMITED), slow]
}

fn presence() -> impl Strategy<Value = Presence> {
    let some = (1..60_u64, 1..30_u64).prop_map(|(online, offline)| {
        Presence::exponential(Duration::from_secs(online), Duration::from_secs(offline))
    });
    prop_oneof![Just(Presence::Always), some]
}

fn network() -> impl Strategy<Value = (Latency, f64)> {
    let fixed = (0..3000_u64).prop_map(|millis| Latency::Fixed(Duration::from_millis(millis)));
    let latency = prop_oneof![
        fixed,
        Just(Latency::Regions),
        Just(Latency::World),
        Just(Latency::Fixed(Duration::ZERO))
    ];
    (latency, prop_oneof![Just(0.0), 0.0..0.5, Just(1.0)])
}

fn nat() -> impl Strategy<Value = NatShares> {
    let one = prop::sample::select(Nat::ALL.to_vec()).prop_map(NatShares::only);
    prop_oneof![Just(NatShares::only(Nat::Public)), Just(NatShares::residential()), one]
}

/// Relays may have any link and come and go, and there may be none.
fn relays() -> impl Strategy<Value = Option<Group>> {
    let some = (1..4_u32, link(), presence()).prop_map(|(count, link, presence)| {
        let mut group = group("relays", count, link);
        (group.hosts.reachability.relays, group.hosts.presence) = (true, presence);
        group
    });
    prop::option::of(some)
}

pub(crate) fn worlds() -> impl Strategy<Value = WorldConfig> {
    let transport = prop::sample::select(Transport::ALL.to_vec());
    let group_parts = (1..12_u32, link(), transport, presence(), any::<bool>(), 0..60_u64, nat());
    let groups = prop::collection::vec(group_parts, 2..4);
    let faults = prop::collection::vec((0..2_u16, 0..100_u64, 1..60_u64, 0..6_u8), 0..4);
    let size = prop::sample::select(vec![4000, 4000, 100_000]);
    let noise = (1..200_u64, size);
    let shares = prop::bool::weighted(0.2);
    let cpu = prop::option::weighted(
        0.3,
        (0..200_u64, 1..50_u64).prop_map(|(message, verification)| Cpu {
            message: Duration::from_millis(message),
            verification: Duration::from_millis(verification),
        }),
    );
    (groups, network(), faults, noise, (relays(), shares, cpu, prop::option::weighted(0.3, 1..5_u32)))
        .prop_map(|(groups, network, faults, (interval, size), (relays, shares, cpu, most))| {
            let (latency, loss) = network;
            let build = |(number, (count, link, transport, presence, stores, joins, nat))| {
                let mut group = group(&format!("group {number}"), count, link);
                (group.hosts.transport, group.hosts.reachability.nat) = (transport, nat);
                (group.hosts.presence, group.stores, group.hosts.joins) = (presence, stores, s(joins));
                group.hosts.joins_over = Duration::from_secs(joins % 7);
                group.hosts.departure = if joins % 2 == 0 { Exit::Crash } else { Exit::Graceful };
                group
            };
            let mut config = world(groups.into_iter().enumerate().map(build).collect(), 120);
            config.groups.extend(relays);
            config.groups[1].cpu = cpu;
            config.groups[0].hosts.max_connections = most;
            // To some it sends otherwise.
            let (first, second) = (config.groups[0].hosts.transport, config.groups[1].hosts.transport);
            config.groups[0].hosts.transport_to = vec![(GroupId(1), second)];
            config.groups[1].hosts.transport_to.extend(most.map(|_| (GroupId(1), first)));
            config.network.latency = latency;
            config.network.loss = Share::clamped(loss).into();
            for (group, at, lasts, kind) in faults {
                trouble(&mut config, group, (at, lasts), kind);
            }
            if shares {
                share_links(&mut config);
            }
            let shout = Work::Broadcast { from: GroupId(1), size: ByteSize::from_bytes(3000) };
            let ask = Arrivals::Poisson(Frequency::per_second(2.0));
            work(&mut config, "deeds", (0, 100), every(interval), record(0));
            work(&mut config, "lookups", (5, 120), ask, query(1, 0));
            work(&mut config, "noise", (0, 120), every(10 * interval * size / 1000), traffic(0, 1, size));
            work(&mut config, "shouts", (0, 120), every(7000), shout);
            config
        })
}

/// All speak UDP, without NATs, over links that no fault slows.
fn share_links(config: &mut WorldConfig) {
    config.network.sharing = Sharing::MaxMin;
    for group in &mut config.groups {
        group.hosts.transport_to.clear();
        (group.hosts.transport, group.hosts.reachability.nat) =
            (Transport::Udp, NatShares::only(Nat::Public));
        (group.hosts.reachability.relays, group.hosts.departure) = (false, Exit::Crash);
    }
    let is_modelled = |kind: &FaultKind| !matches!(kind, FaultKind::Slow(..) | FaultKind::Duplicate(..));
    config.faults.retain(|_, fault| is_modelled(&fault.kind));
}

/// Takes a group away, or what it sends.
fn trouble(config: &mut WorldConfig, group: u16, (at, lasts): (u64, u64), kind: u8) {
    let from = HostSet { groups: vec![GroupId(group)], ..HostSet::default() };
    let way = Way { from, to: HostSet::default() };
    let kind = match kind {
        0 => FaultKind::Offline(HostSet { share: Share::clamped(0.7), ..way.from }),
        1 => FaultKind::Cut(way),
        2 => FaultKind::Delay(way, Duration::from_millis(900)),
        3 => FaultKind::Duplicate(way, Share::clamped(0.5)),
        4 => {
            let links = SlowLinks { uplink: Share::clamped(0.05), downlink: Share::clamped(0.3) };
            FaultKind::Slow(HostSet { share: Share::clamped(0.7), ..way.from }, links)
        }
        _ => FaultKind::Loss(way, Share::clamped(0.4)),
    };
    let once = Fault::new(s(at), Duration::from_secs(lasts), kind);
    let fault = match at % 4 {
        0 => Fault { recurs: Recurrence::Every(Duration::from_secs(2 * lasts)), ..once },
        1 => Fault { recurs: Recurrence::Exponential(Duration::from_secs(lasts)), ..once },
        2 => Fault { messages: MessageKinds::only([Sent::Traffic, Sent::Query].map(Sent::kind)), ..once },
        _ => once,
    };
    config.faults.insert(format!("fault {}", config.faults.len()), fault);
}

/// All that begins does so in a fifth of the time.
fn hurry(config: &mut WorldConfig) {
    let fifth = |time: Time| Time::from_nanos(time.as_nanos() / 5);
    config.duration = Duration::from_secs(24);
    for workload in &mut config.workloads {
        (workload.start, workload.stop) = (fifth(workload.start), fifth(workload.stop));
    }
    for fault in config.faults.values_mut() {
        fault.at = fifth(fault.at);
    }
    for group in &mut config.groups {
        group.hosts.joins = fifth(group.hosts.joins);
    }
}

fn ends_in_one_way(ended: &Ended, figures: &Figures) -> Result<(), TestCaseError> {
    let of = |name: &str| figure(figures, &format!("messages.{name}"));
    let fates = ["delivered", "lost", "dropped_queue", "to_offline", "in_flight"];
    prop_assert_eq!(of("sent"), fates.map(of).into_iter().sum::<f64>());
    prop_assert_eq!(of("in_flight"), ended.in_flight as f64);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn every_message_ends_in_exactly_one_way(mut config in worlds(), seed: u64) {
        hurry(&mut config);
        let (ended, figures) = simulate(&config, seed);
        ends_in_one_way(&ended, &figures)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn every_run_repeats_and_no_figure_is_out_of_its_range(config in worlds(), seed: u64) {
        let (ended, figures) = simulate(&config, seed);
        ends_in_one_way(&ended, &figures)?;
        for (name, value) in &figures.metrics {
            let share = name.ends_with("_ratio");
            prop_assert!(value.is_none_or(|value| value >= 0.0 && !(share && value > 1.0)), "{name} {value:?}");
        }
        let (again, same) = simulate(&config, seed);
        prop_assert_eq!(&again, &ended);
        prop_assert!(same == figures);
        prop_assert_ne!(simulate(&config, seed ^ 1).0.fingerprint, ended.fingerprint);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn where_everybody_is_online_nothing_finds_anybody_offline(mut config in worlds(), seed: u64) {
        for group in &mut config.groups {
            (group.hosts.presence, group.hosts.joins) = (Presence::Always, s(0));
            group.hosts.joins_over = Duration::ZERO;
        }
        config.faults.retain(|_, fault| !matches!(fault.kind, FaultKind::Offline(_)));
        let (_, figures) = simulate(&config, seed);
        prop_assert_eq!(figure(&figures, "messages.to_offline"), 0.0);
        prop_assert_eq!(figure(&figures, "messages.lost.sender_left"), 0.0);
    }
}

/// Two groups whose traffic meets churn, loss, jitter, and links of many rates.
fn two_groups() -> WorldConfig {
    let mut groups = ["a", "b"].map(|name| group(name, 20, LinkProfile::Residential));
    let (online, offline) = (Duration::from_secs(40), Duration::from_secs(20));
    groups[1].hosts.presence = Presence::exponential(online, offline);
    groups[0].hosts.transport = Transport::Quic;
    let mut config = world(groups.to_vec(), 120);
    config.network.latency = Latency::World;
    config.network.loss = Share::clamped(0.05).into();
    work(&mut config, "ab", (0, 120), Arrivals::Poisson(Frequency::per_second(20.0)), traffic(0, 1, 3000));
    config
}

#[test]
fn another_group_and_its_work_change_nothing_for_the_others() {
    let of_two = |config: &WorldConfig| -> Vec<String> {
        let theirs = |host: HostId| host < HostId(40);
        // Workloads are told apart by their place, which stays.
        let seen = watch(config, 7).into_iter().filter(|(_, host, _)| theirs(*host));
        seen.map(|seen| format!("{seen:?}")).collect()
    };
    let alone = of_two(&two_groups());
    let mut more = two_groups();
    more.groups.push(group("c", 30, LinkProfile::Residential));
    work(&mut more, "cc", (0, 120), every(10), traffic(2, 2, 500));
    assert!(alone.len() > 5000);
    assert!(of_two(&more) == alone);
}

#[test]
fn another_rate_of_loss_moves_neither_arrivals_nor_presence() {
    let seen = |loss: f64| -> Vec<String> {
        let mut config = two_groups();
        config.network.loss = Share::clamped(loss).into();
        let outside = |what: &Observation| {
            matches!(
                what,
                Observation::Network(network::Observation::Online(_)) | Observation::TrafficSent { .. }
            )
        };
        let all = watch(&config, 7).into_iter().filter(|(_, _, what)| outside(what));
        all.map(|seen| format!("{seen:?}")).collect()
    };
    assert!(seen(0.0) == seen(0.3));
}

/// A change of these is a change of results: it belongs into the changelog, and results that are kept have to be made
/// again.
#[test]
fn small_worlds_have_the_results_they_always_had() {
    let mut asking = two_groups();
    asking.groups[1].stores = true;
    asking.network.latency = Latency::Regions;
    work(&mut asking, "deeds", (0, 60), every(50), record(0));
    let ramp = Arrivals::Ramp {
        from: Frequency::per_second(1.0),
        to: Frequency::per_second(20.0),
        rise: Duration::from_secs(20),
        hold: Duration::from_secs(10),
        fall: Duration::from_secs(20),
    };
    work(&mut asking, "lookups", (30, 120), ramp, query(0, 0));
    let mut joining = two_groups();
    joining.groups[1].hosts.joins = s(30);
    joining.groups[1].hosts.transport = Transport::Quic;
    away(&mut joining, 0, 60, 10);
    let shout = Work::Broadcast { from: GroupId(0), size: ByteSize::from_bytes(2000) };
    work(&mut joining, "shouts", (0, 120), every(3000), shout);
    let prints =
        [two_groups(), asking, joining].map(|config| simulate(&config, 42).0.fingerprint.to_string());
    assert_eq!(
        prints,
        [
            "27f3624b155820ec4688681468d63b91",
            "7eca3aa81f22843b6a8e922fdad76491",
            "fb4753627d24f0009c723e8f9fe2e442",
        ]
    );
}
