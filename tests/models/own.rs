//! A model of one's own on the network model, and latencies of single pairs.

use std::ops::ControlFlow;
use std::sync::Arc;

use ir3sim::engine::{Engine, Model, Moment, Schedule};
use ir3sim::network::{
    Context, Event, Fate, Fault, FaultKind, HostGroup, HostSet, Latency, LossCause, Network, NetworkConfig,
    Notice, Observation, Observer, Pairs, Payload, Topology,
};
use ir3sim::random::{Flow, Seed};
use ir3sim::units::{Duration, GroupId, HostId, Time};
use ir3sim::world::WorldConfig;

use crate::build::{UNLIMITED, delays, every, group, traffic, work, world};

const HERE: HostId = HostId(0);
const THERE: HostId = HostId(1);

#[derive(Clone)]
struct Ping;

impl Payload for Ping {
    type Tag = ();

    fn size(&self) -> u32 {
        100
    }

    fn digest(&self) -> u64 {
        0
    }

    fn tag(&self, _: HostId, _: HostId) {}
}

/// The fates of all messages, and when and where they met them.
#[derive(Default)]
struct Fates(Vec<(Time, HostId, Fate)>);

impl Observer<()> for Fates {
    fn observe(&mut self, moment: Moment, what: Observation<()>) {
        if let Observation::Ended { fate, .. } = what {
            self.0.push((moment.now, moment.host, fate));
        }
    }
}

/// Whoever comes or leaves sends to the other one.
struct Restless<'a> {
    network: Network<'a, Ping, Fates>,
    notices: Vec<String>,
}

impl Model for Restless<'_> {
    type Event = Event<Ping>;

    fn handle(
        &mut self,
        now: Time,
        host: HostId,
        event: Event<Ping>,
        schedule: &mut Schedule<'_, Event<Ping>>,
    ) {
        let ctx = &mut Context { now, host, schedule };
        let notice = match self.network.handle(ctx, event) {
            Some(Notice::Delivered { from, .. } | Notice::DeliveredAgain { from, .. }) => {
                format!("hears {}", from.0)
            }
            Some(Notice::Online) => "came".to_owned(),
            Some(Notice::Offline) => "left".to_owned(),
            None => return,
        };
        if !notice.starts_with("hears") {
            self.network.send(ctx, HostId(1 - host.0), Ping, Flow::ROOT);
        }
        self.notices.push(format!("{now}: {} {notice}", host.0));
    }
}

fn pair(config: &mut WorldConfig, from: HostId, to: HostId, latency: Duration) {
    config.network.pairs = Some(Arc::new(Pairs::new([(from, to, latency)])));
}

#[test]
fn a_model_of_ones_own_is_told_what_the_network_did() {
    let pairs = Pairs::new([(THERE, HERE, Duration::from_secs(2))]);
    let latency = Latency::Fixed(Duration::from_millis(40));
    let network = NetworkConfig { pairs: Some(Arc::new(pairs)), ..NetworkConfig::new(latency) };
    let mut topology = Topology::new(&network, Seed(1));
    for name in ["here", "there"] {
        topology.add(HostGroup { link: UNLIMITED, ..HostGroup::new(name, 1) });
    }
    let fault = Fault::new(
        Time::ZERO + Duration::from_secs(10),
        Duration::from_secs(5),
        FaultKind::Offline(HostSet { groups: vec![GroupId(0)], ..HostSet::default() }),
    );
    topology.set_faults([("outage", &fault)], Time::NEVER);
    let mut model = Restless { network: Network::new(&topology, Fates::default()), notices: Vec::new() };
    let mut engine = Engine::new(topology.hosts());
    topology.first_events(|host, time, event| engine.schedule(host, time, host, event));
    engine.run(&mut model, Time::NEVER, &mut |_| ControlFlow::Continue(())).expect("a good run");
    let expected = [
        "0 s: 0 came",
        "0 s: 1 came",
        "40 ms: 1 hears 0",
        "2 s: 0 hears 1",
        "10 s: 0 left",
        "15 s: 0 came",
        "15040 ms: 1 hears 0",
    ];
    assert_eq!(model.notices, expected);
    assert_eq!(model.network.messages().in_flight(), Some(0));
    let fates = model.network.finish();
    assert_eq!(fates.0[2], (Time::from_nanos(10_000_000_000), HERE, Fate::Lost(LossCause::SenderLeft)));
}

#[test]
fn a_pair_with_its_own_latency_keeps_it_in_a_whole_world() {
    let groups = ["here", "there"].map(|name| group(name, 1, UNLIMITED));
    let mut config = world(groups.to_vec(), 60);
    pair(&mut config, HERE, THERE, Duration::from_millis(7));
    work(&mut config, "forth", (0, 60), every(1000), traffic(0, 1, 100));
    work(&mut config, "back", (0, 60), every(1000), traffic(1, 0, 100));
    let mut took: Vec<Duration> = delays(&config, 1).into_iter().map(|(_, delay)| delay).collect();
    took.sort_unstable();
    took.dedup();
    assert_eq!(took, [Duration::from_millis(7), Duration::from_millis(40)]);
}
