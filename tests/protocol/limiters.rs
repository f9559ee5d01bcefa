//! What a storer measures itself, and what it decides by that.

use ir3sim::protocol::{Config, Gate, ValueModel};
use ir3sim::units::Share;
use ir3sim::world::WorldConfig;

use crate::build::{UNLIMITED, every, exact, figure, group, query, record, simulate, traffic, work, world};

const NOISE: u16 = 0;
const STORERS: u16 = 1;
const SUBJECT: u16 = 2;

/// Two storers with 1 Mbit/s in and plenty out, and 1250 B to one of them so often.
fn scene(noise_every_ms: Option<u64>, protocol: Config) -> WorldConfig {
    let mut store = group("storers", 2, exact("1 Gbit/s", "1 Mbit/s", 64 << 10));
    store.stores = true;
    let groups = vec![group("noise", 2, UNLIMITED), store, group("subject", 2, UNLIMITED)];
    let mut config = world(groups, 60);
    config.protocol = Some(protocol);
    if let Some(millis) = noise_every_ms {
        work(&mut config, "noise", (0, 60), every(millis), traffic(NOISE, STORERS, 1222));
    }
    work(&mut config, "deeds", (20, 55), every(100), record(SUBJECT));
    config
}

fn figures(config: &WorldConfig) -> [f64; 4] {
    let (_, figures) = simulate(config, 1);
    ["limiter.topology_mean", "limiter.tracking_mean", "storage.refused", "storage.replicas_mean"]
        .map(|name| figure(&figures, name))
}

/// 1250 B on the wire, 10 ms each at 1 Mbit/s, every 20 ms to two storers in turn: a quarter of what each can take.
#[test]
fn the_load_of_the_network_is_a_nodes_own_inbound_rate() {
    let [topology, tracking, refused, replicas] = figures(&scene(Some(20), Config::default()));
    assert!((topology - 0.75).abs() < 0.03, "{topology}");
    assert!(tracking > 0.99, "{tracking}");
    assert_eq!((refused, replicas), (0.0, 2.0));
}

#[test]
fn a_storer_under_load_refuses_chunks_unless_its_gate_is_off() {
    // All that both can take: their queues fill up as well.
    let [topology, tracking, refused, _] = figures(&scene(Some(5), Config::default()));
    assert!(topology < 0.1 && tracking > 0.99, "{topology} {tracking}");
    assert!(refused >= 60.0, "{refused}");
    let mut open = Config::default();
    open.limiter.gate = Gate::Off;
    assert_eq!(figures(&scene(Some(5), open))[2], 0.0);
    let [topology, _, refused, _] = figures(&scene(None, Config::default()));
    assert!(topology > 0.9 && refused == 0.0, "{topology} {refused}");
}

#[test]
fn the_value_model_is_what_the_second_limiter_shows() {
    let objective = |value| {
        let mut protocol = Config { newcomer: Share::clamped(0.4), ..Config::default() };
        protocol.limiter.value = value;
        let mut config = scene(None, protocol);
        // Queries are as frequent as chunks are rare: the last request is one of them.
        work(&mut config, "asks", (25, 60), every(50), query(NOISE, SUBJECT));
        figure(&simulate(&config, 1).1, "limiter.objective_mean")
    };
    assert_eq!(objective(ValueModel::Flat), 1.0);
    let (information, requester) = (objective(ValueModel::Information), objective(ValueModel::Requester));
    // 1 for the first third of the time, when nobody has asked for anything; then 0.4, as askers are unknown.
    assert!((requester - 0.6).abs() < 0.05, "{requester}");
    assert!(information > 0.9 && information < 1.0, "{information}");
}
