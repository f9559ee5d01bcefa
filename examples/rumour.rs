//! A model of one's own on the network: a rumour is told to four hosts drawn at random by each that hears it first.
//! `cargo run --release --example rumour` prints how far it came, and at what cost.

use std::ops::ControlFlow;

use ir3sim::engine::{self, Engine, Model, Schedule, kinds};
use ir3sim::network::{
    self, Context, HostGroup, Latency, LinkProfile, Network, NetworkConfig, Notice, Payload, Presence,
    Topology,
};
use ir3sim::random::{Draws, Flow, Purpose, Seed, index};
use ir3sim::units::{Duration, HostId, Share, Time};

/// A thousand homes all over the world; five of six are online, and a packet in a hundred is lost.
fn topology(seed: Seed) -> Topology {
    let config = NetworkConfig { loss: Share::clamped(0.01).into(), ..NetworkConfig::new(Latency::World) };
    let mut topology = Topology::new(&config, seed);
    topology.add(HostGroup {
        link: LinkProfile::Residential,
        presence: Presence::exponential(Duration::from_secs(3000), Duration::from_secs(600)),
        ..HostGroup::new("homes", 1000)
    });
    topology
}

/// What is sent: how many hosts told it on the way.
#[derive(Clone)]
struct Rumour {
    hops: u32,
}

impl Payload for Rumour {
    type Tag = ();

    fn size(&self) -> u32 {
        200
    }

    fn digest(&self) -> u64 {
        u64::from(self.hops)
    }

    fn tag(&self, _: HostId, _: HostId) {}
}

/// What happens: something of the network, or that the host invents the rumour.
enum Event {
    Network(network::Event<Rumour>),
    Invent,
}

impl From<network::Event<Rumour>> for Event {
    fn from(event: network::Event<Rumour>) -> Event {
        Event::Network(event)
    }
}

impl engine::Event for Event {
    kinds! {
        Event::Network: network::Event<Rumour>;
        Event::Invent => "invent",
    }

    fn digest(&self) -> u64 {
        match self {
            Event::Network(event) => event.digest(),
            Event::Invent => 0,
        }
    }
}

struct Gossip<'t> {
    network: Network<'t, Rumour, ()>,
    /// Of each host: its draws, and by how many hops it heard.
    draws: Vec<Draws>,
    heard: Vec<Option<u32>>,
}

impl Gossip<'_> {
    fn hear(&mut self, ctx: &mut Context<'_, '_, Event>, hops: u32, flow: Flow) {
        let hosts = self.heard.len() as u64;
        let heard = &mut self.heard[ctx.host.index()];
        if heard.is_some() {
            return;
        }
        *heard = Some(hops);
        for number in 0..4 {
            let to = HostId(index(self.draws[ctx.host.index()].next(), hosts) as u32);
            self.network.send(ctx, to, Rumour { hops: hops + 1 }, flow.nth(number));
        }
    }
}

impl Model for Gossip<'_> {
    type Event = Event;

    fn handle(&mut self, now: Time, host: HostId, event: Event, schedule: &mut Schedule<'_, Event>) {
        let ctx = &mut Context { now, host, schedule };
        match event {
            Event::Invent => self.hear(ctx, 0, Flow::ROOT),
            Event::Network(event) => {
                if let Some(Notice::Delivered { payload, flow, .. }) = self.network.handle(ctx, event) {
                    self.hear(ctx, payload.hops, flow);
                }
            }
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seed = Seed(1);
    let topology = topology(seed);
    let hosts = topology.hosts();
    let mut gossip = Gossip {
        network: Network::new(&topology, ()),
        draws: (0..hosts).map(|host| seed.draws(Purpose::Protocol, u64::from(host), 0)).collect(),
        heard: vec![None; hosts as usize],
    };
    let mut engine = Engine::new(hosts);
    topology.first_events(|host, time, event| engine.schedule(host, time, host, Event::Network(event)));
    let origin = HostId(1);
    engine.schedule(origin, Time::ZERO + Duration::from_secs(1), origin, Event::Invent);
    engine.run(&mut gossip, Time::ZERO + Duration::from_secs(60), &mut |_| ControlFlow::Continue(()))?;

    let online = (0..hosts).filter(|host| gossip.network.is_online(HostId(*host))).count();
    let messages = gossip.network.messages();
    let hops: Vec<u32> = gossip.heard.into_iter().flatten().collect();
    let last = hops.iter().max().copied().unwrap_or(0);
    println!("{online} of {hosts} hosts are online; {} heard it, the last by {last} hops", hops.len());
    println!(
        "{} messages: {} were lost, {} found their receiver offline",
        messages.sent, messages.lost, messages.to_offline
    );
    println!("fingerprint {}", engine.fingerprint());
    Ok(())
}
