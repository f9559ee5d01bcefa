//! What a message costs by its transport, and where links are shared: hosts that send each other a kilobyte now and then, to
//! peers that they know, or each time to another one. `cargo bench --bench transports`, with names of cases for some of them;
//! compare figures of one run.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures wall time")]

use std::ops::ControlFlow;
use std::sync::LazyLock;
use std::time::Instant;

use ir3sim::engine::{self, Engine, Model, Schedule, kinds};
use ir3sim::network::{
    self, Context, HostGroup, Latency, LinkProfile, Network, NetworkConfig, Notice, Payload, Sharing,
    Topology, Transport,
};
use ir3sim::random::{Flow, Seed, mix};
use ir3sim::units::{Bitrate, ByteSize, Duration, HostId, Time};

const HOSTS: u32 = 2000;
/// Messages that each host sends, one a second.
const MESSAGES: u32 = 100;
/// Peers that each host knows.
const KNOWN: u32 = 4;
const PAYLOAD: u32 = 1000;

#[derive(Clone, Copy, Debug)]
struct Kilobyte;

impl Payload for Kilobyte {
    type Tag = ();

    fn size(&self) -> u32 {
        PAYLOAD
    }

    fn digest(&self) -> u64 {
        0
    }

    fn tag(&self, _: HostId, _: HostId) {}
}

enum Event {
    Network(network::Event<Kilobyte>),
    /// The host sends its message of this number.
    Send(u32),
}

impl From<network::Event<Kilobyte>> for Event {
    fn from(event: network::Event<Kilobyte>) -> Event {
        Event::Network(event)
    }
}

impl engine::Event for Event {
    kinds! {
        Event::Network: network::Event<Kilobyte>;
        Event::Send(_) => "send",
    }

    fn digest(&self) -> u64 {
        match self {
            Event::Network(event) => event.digest(),
            Event::Send(number) => u64::from(*number),
        }
    }
}

struct Case {
    name: &'static str,
    transport: Transport,
    sharing: Sharing,
    /// To how many peers a host sends in turn.
    peers: u32,
}

/// The first one is what others are compared with.
const CASES: [Case; 7] = [
    Case { name: "udp", transport: Transport::Udp, sharing: Sharing::Fifo, peers: KNOWN },
    Case { name: "udp-max-min", transport: Transport::Udp, sharing: Sharing::MaxMin, peers: KNOWN },
    Case { name: "quic", transport: Transport::Quic, sharing: Sharing::Fifo, peers: KNOWN },
    Case { name: "tcp", transport: Transport::Tcp, sharing: Sharing::Fifo, peers: KNOWN },
    Case { name: "tcp-tls", transport: Transport::TcpTls, sharing: Sharing::Fifo, peers: KNOWN },
    Case { name: "quic-fresh", transport: Transport::Quic, sharing: Sharing::Fifo, peers: MESSAGES },
    Case { name: "tcp-fresh", transport: Transport::Tcp, sharing: Sharing::Fifo, peers: MESSAGES },
];

struct Chatter<'a> {
    network: Network<'a, Kilobyte, ()>,
    peers: u32,
    delivered: u64,
}

impl Model for Chatter<'_> {
    type Event = Event;

    fn handle(&mut self, now: Time, host: HostId, event: Event, schedule: &mut Schedule<'_, Event>) {
        let ctx = &mut Context { now, host, schedule };
        match event {
            Event::Network(event) => {
                if let Some(Notice::Delivered { .. }) = self.network.handle(ctx, event) {
                    self.delivered += 1;
                }
            }
            Event::Send(number) => {
                // Far apart, so that hardly anybody is called by whom it calls.
                let away = 1 + number % self.peers * 7;
                let to = HostId((host.0 + away) % HOSTS);
                self.network.send(ctx, to, Kilobyte, Flow::new(u64::from(host.0), u64::from(number)));
                if number + 1 < MESSAGES {
                    ctx.at(now + Duration::from_secs(1), host, Event::Send(number + 1));
                }
            }
        }
    }
}

impl Case {
    /// Seconds, and events.
    fn run(&self) -> (f64, u64) {
        let config = NetworkConfig { sharing: self.sharing, ..NetworkConfig::new(Latency::World) };
        let mut topology = Topology::new(&config, Seed(1));
        let rate = Bitrate::from_bits_per_second(100_000_000);
        let link = LinkProfile::Exact { up: rate, down: rate, queue: ByteSize::from_bytes(1 << 20) };
        topology.add(HostGroup { link, transport: self.transport, ..HostGroup::new("all", HOSTS) });
        let network = Network::new(&topology, ());
        let mut chatter = Chatter { network, peers: self.peers, delivered: 0 };
        let mut engine = Engine::new(HOSTS);
        topology.first_events(|host, time, event| engine.schedule(host, time, host, Event::Network(event)));
        for host in (0..HOSTS).map(HostId) {
            let at = Duration::from_nanos(1 + mix(u64::from(host.0)) % 1_000_000_000);
            engine.schedule(host, Time::ZERO + at, host, Event::Send(0));
        }
        let begun = clock();
        engine.run(&mut chatter, Time::NEVER, &mut |_| ControlFlow::Continue(())).expect("a good run");
        let seconds = clock() - begun;
        assert_eq!(chatter.delivered, u64::from(HOSTS * MESSAGES), "{}: messages delivered", self.name);
        assert_eq!(chatter.network.messages().in_flight(), Some(0), "{}: messages in flight", self.name);
        (seconds, engine.events())
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
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let is_wanted = |case: &&Case| wanted.is_empty() || wanted.iter().any(|name| name == case.name);
    let cases: Vec<&Case> = CASES.iter().filter(is_wanted).collect();
    // Alternating, so that a busy machine is busy for all; the best of a few.
    let rounds = if wanted.is_empty() { 5 } else { 1 };
    let mut best = vec![(f64::INFINITY, 0); cases.len()];
    for _ in 0..rounds {
        for (case, best) in cases.iter().zip(&mut best) {
            let (seconds, events) = case.run();
            *best = (best.0.min(seconds), events);
        }
    }
    let messages = f64::from(HOSTS * MESSAGES);
    for (case, (seconds, events)) in cases.iter().zip(&best) {
        println!(
            "{:12} {:6.0} ns/message, {:5.2} × {}, {:5.2} events/message",
            case.name,
            seconds / messages * 1e9,
            seconds / best[0].0,
            cases[0].name,
            *events as f64 / messages,
        );
    }
}
