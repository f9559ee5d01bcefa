//! The models against closed formulas, through the library as a user would call it.

#[path = "models/arrivals.rs"]
mod arrivals;
#[path = "models/build.rs"]
mod build;
#[path = "models/carriage.rs"]
mod carriage;
#[path = "models/churn.rs"]
mod churn;
#[path = "models/congestion.rs"]
mod congestion;
#[path = "models/cut_through.rs"]
mod cut_through;
#[path = "models/faults.rs"]
mod faults;
#[path = "models/flows.rs"]
mod flows;
#[path = "models/leaving.rs"]
mod leaving;
#[path = "models/luck.rs"]
mod luck;
#[path = "models/own.rs"]
mod own;
#[path = "models/presence.rs"]
mod presence;
#[path = "models/quic.rs"]
mod quic;
#[path = "models/silence.rs"]
mod silence;

use build::{UNLIMITED, every, exact, figure, group, simulate, traffic, work, world};
use ir3sim::network::{Latency, LinkProfile};
use ir3sim::units::{ByteSize, Duration, Frequency};
use ir3sim::world::{Arrivals, GroupId, Work};

/// M/D/1: mean sojourn D (1 + ρ / (2 (1 − ρ))), then 40 ms and the receiver's 8 µs. The bound is five standard errors
/// at 20,000 s, as the variance of the mean delay of a queue at ρ = 0.8 asks for: 2 %.
#[test]
fn a_slow_uplink_under_poisson_load_is_an_m_d_1_queue() {
    for rate in [50.0, 80.0, 100.0] {
        let groups = vec![
            group("receiver", 1, exact("1 Gbit/s", "1 Gbit/s", 64 << 20)),
            group("sender", 1, exact("1 Mbit/s", "1 Gbit/s", 64 << 20)),
        ];
        let mut config = world(groups, 20_000);
        config.cooldown = Duration::from_secs(30);
        let arrivals = Arrivals::Poisson(Frequency::per_second(rate));
        work(&mut config, "probe", (0, 20_000), arrivals, traffic(1, 0, 972));
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
        let mut config = world(vec![group("all", count, LinkProfile::Residential)], 120);
        config.network.latency = Latency::World;
        config.cooldown = Duration::from_secs(30);
        let shout = Work::Broadcast { from: GroupId(0), size: ByteSize::from_bytes(200) };
        work(&mut config, "probe", (0, 120), every(5000), shout);
        let (ended, figures) = simulate(&config, seed);
        let count = f64::from(count);
        assert_eq!(figure(&figures, "broadcast.coverage_ratio"), 1.0);
        assert_eq!(figure(&figures, "broadcast.messages_per_node"), (count - 1.0) / count);
        assert_eq!(figure(&figures, "messages.in_flight"), ended.in_flight as f64);
    }
}

#[test]
fn an_unlimited_link_without_latency_takes_no_time() {
    let mut config = world(vec![group("all", 5, UNLIMITED)], 60);
    config.network.latency = Latency::Fixed(Duration::ZERO);
    config.cooldown = Duration::from_secs(30);
    work(&mut config, "probe", (0, 60), every(10), traffic(0, 0, 100));
    let (_, figures) = simulate(&config, 1);
    assert_eq!(figure(&figures, "traffic.probe.delay_p99_s"), 0.0);
    assert_eq!(figure(&figures, "traffic.probe.sent"), 2999.0);
}
