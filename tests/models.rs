//! The models against closed formulas, through the library as a user would call it.

#[path = "models/arrivals.rs"]
mod arrivals;
#[path = "models/between.rs"]
mod between;
#[path = "models/build.rs"]
mod build;
#[path = "models/carriage.rs"]
mod carriage;
#[path = "models/cases.rs"]
mod cases;
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
#[path = "models/limits.rs"]
mod limits;
#[path = "models/luck.rs"]
mod luck;
#[path = "models/nat.rs"]
mod nat;
#[path = "models/oracles.rs"]
mod oracles;
#[path = "models/own.rs"]
mod own;
#[path = "models/paths.rs"]
mod paths;
#[path = "models/presence.rs"]
mod presence;
#[path = "models/processors.rs"]
mod processors;
#[path = "models/queues.rs"]
mod queues;
#[path = "models/quic.rs"]
mod quic;
#[path = "models/sharing.rs"]
mod sharing;
#[path = "models/silence.rs"]
mod silence;

use build::{UNLIMITED, every, figure, group, simulate, traffic, work, world};
use ir3sim::network::{Latency, LinkProfile};
use ir3sim::units::{ByteSize, Duration};
use ir3sim::world::{GroupId, Work};

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
