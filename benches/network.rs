//! NETFLOOD through the full network model, as a user of the library would write it: links, paths and presence by a
//! network, every message observed by the metrics, every event in the fingerprint. The payload is such that a message has
//! 1 KiB on the wire, so deliveries and checksum are those of the specification; other figures end the benchmark.
//! `cargo bench --bench network`; compare figures of one run.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures wall time")]

#[path = "common/graph.rs"]
mod graph;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use ir3sim::engine::{self, Engine, Model, Schedule, kinds};
use ir3sim::metrics::Collector;
use ir3sim::network::{
    self, Context, HostGroup, Latency, LinkProfile, Network, NetworkConfig, Notice, Observer, Pairs, Payload,
};
use ir3sim::random::{Flow, Seed, mix};
use ir3sim::units::{Bitrate, ByteSize, Duration, HostId, Share, Time};
use ir3sim::world::{About, Group, Skill, WorldConfig, network_observer, topology};

const K: u64 = 6_364_136_223_846_793_005;
/// 1 KiB on the wire, less the headers of IPv4 and UDP.
const PAYLOAD: u32 = 1024 - 28;

/// A broadcast, by its number.
#[derive(Clone, Copy, Debug)]
struct Copy(u32);

impl Payload for Copy {
    type Tag = About;

    fn size(&self) -> u32 {
        PAYLOAD
    }

    fn digest(&self) -> u64 {
        u64::from(self.0)
    }

    fn tag(&self, _: HostId, _: HostId) -> About {
        About::Other
    }
}

enum Event {
    Network(network::Event<Copy>),
    Start(Copy),
}

impl From<network::Event<Copy>> for Event {
    fn from(event: network::Event<Copy>) -> Event {
        Event::Network(event)
    }
}

impl engine::Event for Event {
    kinds! {
        Event::Network: network::Event<Copy>;
        Event::Start(_) => "start",
    }

    fn digest(&self) -> u64 {
        match self {
            Event::Network(event) => event.digest(),
            Event::Start(copy) => copy.digest(),
        }
    }
}

/// What a node keeps.
#[derive(Clone, Default)]
struct Relay {
    sum: u64,
    /// A bit for each broadcast.
    seen: [u64; 5],
    /// In the order of the file.
    neighbours: Vec<HostId>,
}

impl Relay {
    fn has(&self, copy: Copy) -> bool {
        self.seen[(copy.0 / 64) as usize] >> (copy.0 % 64) & 1 == 1
    }

    /// Whether it is heard for the first time.
    fn hears(&mut self, copy: Copy) -> bool {
        let new = !self.has(copy);
        self.seen[(copy.0 / 64) as usize] |= 1 << (copy.0 % 64);
        new
    }
}

struct Flood<'a, O> {
    network: Network<'a, Copy, O>,
    relays: Vec<Relay>,
    deliveries: u64,
}

impl<O: Observer<About>> Flood<'_, O> {
    /// Sends what is heard for the first time to all neighbours but the one that it came from.
    fn hear(&mut self, ctx: &mut Context<'_, '_, Event>, copy: Copy, from: Option<HostId>, flow: Flow) {
        let relay = &mut self.relays[ctx.host.index()];
        if !relay.hears(copy) {
            return;
        }
        let others = relay.neighbours.iter().filter(|neighbour| Some(**neighbour) != from);
        for (number, &neighbour) in (0..).zip(others) {
            self.network.send(ctx, neighbour, copy, flow.nth(number));
        }
    }
}

impl<O: Observer<About>> Model for Flood<'_, O> {
    type Event = Event;

    fn postpone(&mut self, now: Time, host: HostId, event: &mut Event) -> Option<Time> {
        let Event::Network(event) = event else { return None };
        self.network.postpone(now, host, event)
    }

    fn handle(&mut self, now: Time, host: HostId, event: Event, schedule: &mut Schedule<'_, Event>) {
        let ctx = &mut Context { now, host, schedule };
        match event {
            Event::Start(copy) => self.hear(ctx, copy, None, Flow::new(0, copy.0.into())),
            Event::Network(event) => {
                if let Some(Notice::Delivered { from, payload, flow }) = self.network.handle(ctx, event) {
                    let sum = &mut self.relays[host.index()].sum;
                    let word = now.as_nanos() ^ u64::from(payload.0) << 40 ^ u64::from(from.0);
                    *sum = sum.wrapping_mul(K).wrapping_add(word);
                    self.deliveries += 1;
                    self.hear(ctx, payload, Some(from), flow);
                }
            }
        }
    }

    fn prefetch(&self, host: HostId, event: &Event) {
        self.network.prefetch(host);
        let relay = &self.relays[host.index()];
        let Event::Network(event) = event else { return };
        if event.payload().is_some_and(|copy| !relay.has(*copy)) {
            black_box(relay.neighbours.first().copied());
            self.network.prefetch_outbound(host);
        }
    }
}

/// One run of the specification.
struct Run {
    nodes: u32,
    broadcasts: u32,
    graph: &'static [u8],
    /// Deliveries and checksum.
    expected: (u64, u64),
}

impl Run {
    fn edges(&self) -> impl Iterator<Item = (HostId, HostId, Duration)> {
        let edges = graph::edges(self.graph, self.nodes as usize);
        edges.map(|(a, b, latency)| (HostId(a), HostId(b), Duration::from_nanos(latency)))
    }

    fn config(&self) -> WorldConfig {
        let up = Bitrate::from_bits_per_second(10_000_000);
        let queue = ByteSize::from_bytes(1 << 30);
        let both = |(a, b, latency)| [(a, b, latency), (b, a, latency)];
        let pairs = Pairs::new(self.edges().flat_map(both));
        let link = LinkProfile::Exact { up, down: Bitrate::UNLIMITED, queue };
        WorldConfig {
            baseline: None,
            duration: Duration::from_millis(u64::from(self.broadcasts) * 20 + 2000),
            warmup: Duration::ZERO,
            cooldown: Duration::ZERO,
            groups: vec![Group {
                hosts: HostGroup { link, ..HostGroup::new("all", self.nodes) },
                stores: false,
                stake: 0.0,
                reputation: None,
                conduct: None,
                cpu: None,
                skill: Skill::Constant(Share::ONE),
            }],
            network: NetworkConfig {
                pairs: Some(Arc::new(pairs)),
                ..NetworkConfig::new(Latency::Fixed(Duration::from_secs(1)))
            },
            protocol: None,
            workloads: Vec::new(),
            faults: BTreeMap::new(),
        }
    }

    /// Million deliveries a second.
    fn simulate<O: Observer<About>>(&self, config: &WorldConfig, observer: O) -> f64 {
        let topology = topology(config, Seed(1));
        let mut relays = vec![Relay::default(); self.nodes as usize];
        for (a, b, _) in self.edges() {
            relays[a.index()].neighbours.push(b);
            relays[b.index()].neighbours.push(a);
        }
        let mut flood = Flood { network: Network::new(&topology, observer), relays, deliveries: 0 };
        let mut engine = Engine::new(self.nodes);
        topology.first_events(|host, time, event| engine.schedule(host, time, host, Event::Network(event)));
        for broadcast in 0..self.broadcasts {
            let bits = u128::from(mix(7777 + u64::from(broadcast)));
            let origin = HostId(((bits * u128::from(self.nodes)) >> 64) as u32);
            let at = Time::ZERO + Duration::from_millis(20 * (u64::from(broadcast) + 1));
            engine.schedule(origin, at, origin, Event::Start(Copy(broadcast)));
        }
        let begun = clock();
        engine.run(&mut flood, Time::NEVER, &mut |_| ControlFlow::Continue(())).expect("a good run");
        let seconds = clock() - begun;
        self.check(&flood, &engine);
        drop(flood.network.finish());
        flood.deliveries as f64 / seconds / 1e6
    }

    fn check<O>(&self, flood: &Flood<'_, O>, engine: &Engine<Event>) {
        let parts = flood.relays.iter().zip(0_u64..).map(|(relay, node)| mix(relay.sum ^ node));
        let checksum = parts.fold(0, u64::wrapping_add);
        assert_eq!((flood.deliveries, checksum), self.expected, "deliveries and checksum");
        // An unlimited downlink takes no time: a message is one event.
        let events = flood.deliveries + u64::from(self.nodes) + u64::from(self.broadcasts);
        assert_eq!(engine.events(), events, "events");
        assert_eq!(flood.network.messages().in_flight(), Some(0), "messages in flight");
    }
}

/// Seconds that this thread has worked, so that a busy machine disturbs less; of the wall where the system doesn't say.
fn clock() -> f64 {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let worked = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = worked.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(|| BEGUN.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

fn main() {
    let small = Run {
        nodes: 1_000,
        broadcasts: 300,
        graph: include_bytes!("data/netflood_1000.bin"),
        expected: (2_100_300, 0xd82e_702a_9961_e960),
    };
    let large = Run {
        nodes: 10_000,
        broadcasts: 30,
        graph: include_bytes!("data/netflood_10000.bin"),
        expected: (2_100_030, 0x91c6_0640_1bcf_186b),
    };
    for run in [small, large] {
        let config = run.config();
        // Alternating, so that a busy machine is busy for both; the best of a few.
        let (mut full, mut unseen) = (0.0_f64, 0.0_f64);
        for _ in 0..5 {
            full = full.max(run.simulate(&config, network_observer(&mut Collector::new(&config, &[]))));
            unseen = unseen.max(run.simulate(&config, ()));
        }
        println!(
            "NETFLOOD {} × {}: {full:.2} M deliveries/s, {:.0} ns/delivery; {unseen:.2} M without metrics, which cost {:.0} %",
            run.nodes,
            run.broadcasts,
            1e3 / full,
            (unseen / full - 1.0) * 100.0,
        );
    }
}
