//! The models against closed formulas, through the library as a user would call it.

use std::ops::ControlFlow;

use ir3sim::metrics::{Collector, Figures};
use ir3sim::network::{Latency, LinkProfile, NetworkConfig, Presence, Transport};
use ir3sim::protocol;
use ir3sim::units::{Bitrate, ByteSize, Duration, Frequency, Share, Time};
use ir3sim::world::{
    Arrivals, Ended, Group, GroupId, Placement, RunOptions, Skill, Work, Workload, WorldConfig, run,
};

fn group(name: &str, count: u32, link: LinkProfile) -> Group {
    Group {
        name: name.to_owned(),
        count,
        placement: Placement::Even,
        link,
        transport: Transport::Udp,
        presence: Presence::Always,
        joins: Time::ZERO,
        stores: false,
        skill: Skill::Constant(Share::ONE),
    }
}

fn exact(up: &str, down: &str) -> LinkProfile {
    LinkProfile::Exact {
        up: up.parse().expect("a rate"),
        down: down.parse().expect("a rate"),
        queue: ByteSize::from_bytes(64 << 20),
    }
}

fn world(groups: Vec<Group>, latency: Latency, seconds: u64, arrivals: Arrivals, work: Work) -> WorldConfig {
    let protocol = matches!(work, Work::Broadcast { .. }).then(protocol::Config::default);
    WorldConfig {
        duration: Duration::from_secs(seconds),
        warmup: Duration::ZERO,
        cooldown: Duration::from_secs(30),
        groups,
        network: NetworkConfig { latency, jitter: None, loss: Share::ZERO },
        protocol,
        workloads: vec![Workload {
            name: "probe".to_owned(),
            start: Time::ZERO,
            stop: Time::ZERO + Duration::from_secs(seconds),
            arrivals,
            work,
        }],
        faults: Vec::new(),
    }
}

fn simulate(config: &WorldConfig, seed: u64) -> (Ended, Figures) {
    let mut collector = Collector::new(config, &[]);
    let ended =
        run(config, seed, &mut collector, RunOptions { paranoid: true }, &mut |_| ControlFlow::Continue(()))
            .expect("a good run");
    let figures = collector.finish(ended.now);
    (ended, figures)
}

fn figure(figures: &Figures, name: &str) -> f64 {
    figures.metrics[name].unwrap_or_else(|| panic!("{name} has a value"))
}

/// M/D/1: mean sojourn D (1 + ρ / (2 (1 − ρ))), then 40 ms and the receiver's 8 µs. The bound is five standard errors
/// at 20,000 s, as the variance of the mean delay of a queue at ρ = 0.8 asks for: 2 %.
#[test]
fn a_slow_uplink_under_poisson_load_is_an_m_d_1_queue() {
    for rate in [50.0, 80.0, 100.0] {
        let groups = vec![
            group("receiver", 1, exact("1 Gbit/s", "1 Gbit/s")),
            group("sender", 1, exact("1 Mbit/s", "1 Gbit/s")),
        ];
        let work = Work::Traffic { from: GroupId(1), to: GroupId(0), size: ByteSize::from_bytes(972) };
        let latency = Latency::Fixed(Duration::from_millis(40));
        let config = world(groups, latency, 20_000, Arrivals::Poisson(Frequency::per_second(rate)), work);
        let (_, figures) = simulate(&config, 1);
        let service = 0.008;
        let busy = rate * service;
        let expected = service * (1.0 + busy / (2.0 * (1.0 - busy))) + 0.04 + 8e-6;
        let mean = figure(&figures, "traffic.probe.delay_mean_s");
        assert!((mean / expected - 1.0).abs() < 0.02, "{rate}/s: {mean} s instead of {expected} s");
        // A smaller bound on what waits in the queue alone, which the fixed parts would hide.
        assert!(((mean - 0.040_008) / (expected - 0.040_008) - 1.0).abs() < 0.05, "{rate}/s");
        assert_eq!(figure(&figures, "messages.lost"), 0.0);
    }
}

#[test]
fn a_tree_broadcast_reaches_everybody_with_one_copy_each() {
    for (count, seed) in [(2, 1), (100, 2), (1000, 3)] {
        let groups = vec![group("all", count, LinkProfile::Residential)];
        let work = Work::Broadcast { from: GroupId(0), size: ByteSize::from_bytes(200) };
        let every = Arrivals::Every(Duration::from_secs(5));
        let (ended, figures) = simulate(&world(groups, Latency::World, 120, every, work), seed);
        let count = f64::from(count);
        assert_eq!(figure(&figures, "broadcast.coverage_ratio"), 1.0);
        assert_eq!(figure(&figures, "broadcast.messages_per_node"), (count - 1.0) / count);
        assert_eq!(figure(&figures, "messages.in_flight"), ended.in_flight as f64);
    }
}

#[test]
fn an_unlimited_link_without_latency_takes_no_time() {
    let fast = LinkProfile::Exact {
        up: Bitrate::UNLIMITED,
        down: Bitrate::UNLIMITED,
        queue: ByteSize::from_bytes(0),
    };
    let groups = vec![group("all", 5, fast)];
    let work = Work::Traffic { from: GroupId(0), to: GroupId(0), size: ByteSize::from_bytes(100) };
    let every = Arrivals::Every(Duration::from_millis(10));
    let (_, figures) = simulate(&world(groups, Latency::Fixed(Duration::ZERO), 60, every, work), 1);
    assert_eq!(figure(&figures, "traffic.probe.delay_p99_s"), 0.0);
    assert_eq!(figure(&figures, "traffic.probe.sent"), 2999.0);
}
