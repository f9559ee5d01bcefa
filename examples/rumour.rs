//! A model of one's own on the simulator's network: whoever hears a rumour for the first time tells it to four others,
//! drawn at random. `cargo run --release --example rumour` prints how far it came, and at what cost.

use std::ops::ControlFlow;

use ir3sim::engine::{self, Engine, Model, Schedule};
use ir3sim::metrics::Collector;
use ir3sim::random::{Draws, Purpose, Seed, index};
use ir3sim::scenario;
use ir3sim::units::{Duration, HostId, Time};
use ir3sim::world::carrier::{self, Carrier, Notice, Payload, Turn};
use ir3sim::world::{Direct, Facts, Watch};

/// Where the hosts are, how they are connected, and when they are there.
const NETWORK: &str = r#"
name = "rumour"
duration = "60 s"

[groups.all]
count = 1000
link = "residential"
presence = { model = "exponential", online = "50 min", offline = "10 min" }

[network]
latency = "world"
loss = 0.01
"#;

/// What is sent: how many hosts told it on the way.
struct Rumour {
    hops: u32,
}

impl Payload for Rumour {
    fn size(&self) -> u32 {
        200
    }

    fn digest(&self) -> u64 {
        u64::from(self.hops)
    }
}

/// What happens: something of the network, or that the host invents the rumour.
enum Event {
    Carry(carrier::Event<Rumour>),
    Invent,
}

impl From<carrier::Event<Rumour>> for Event {
    fn from(event: carrier::Event<Rumour>) -> Event {
        Event::Carry(event)
    }
}

impl engine::Event for Event {
    const KINDS: &'static [&'static str] =
        &["arrive", "pass", "repair", "unanswered", "session", "fault", "join", "invent"];

    fn kind(&self) -> usize {
        match self {
            Event::Carry(event) => event.kind(),
            Event::Invent => 7,
        }
    }

    fn digest(&self) -> u64 {
        match self {
            Event::Carry(event) => event.digest(),
            Event::Invent => 0,
        }
    }
}

struct Gossip<'a, W> {
    carrier: Carrier<'a, Rumour, W>,
    /// Of each host: its luck, and by how many hops it heard.
    luck: Vec<Draws>,
    heard: Vec<Option<u32>>,
}

impl<W: Watch> Gossip<'_, W> {
    /// The run is over; the watch tells what it has counted. Returns by how many hops each host heard.
    fn end(self) -> Vec<Option<u32>> {
        drop(self.carrier.finish());
        self.heard
    }

    fn hear(&mut self, turn: &mut Turn<'_, '_, Event>, hops: u32) {
        let hosts = self.heard.len() as u64;
        let heard = &mut self.heard[turn.host.index()];
        if heard.is_some() {
            return;
        }
        *heard = Some(hops);
        for _ in 0..4 {
            let to = HostId(index(self.luck[turn.host.index()].next(), hosts) as u32);
            self.carrier.send(turn, to, Rumour { hops: hops + 1 });
        }
    }
}

impl<W: Watch> Model for Gossip<'_, W> {
    type Event = Event;

    fn handle(&mut self, now: Time, host: HostId, event: Event, schedule: &mut Schedule<'_, Event>) {
        let turn = &mut Turn { now, host, schedule };
        match event {
            Event::Invent => self.hear(turn, 0),
            Event::Carry(event) => {
                if let Some(Notice::Delivered { payload, .. }) = self.carrier.handle(turn, event) {
                    self.hear(turn, payload.hops);
                }
            }
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scenario = scenario::parse("rumour.toml", NETWORK, &[])?;
    let (config, seed) = (&scenario.world, Seed(scenario.seed));
    let facts = Facts::new(config, seed);
    let mut collector = Collector::new(config, &[]);
    let mut gossip = Gossip {
        carrier: Carrier::new(&facts, Direct::new(&mut collector)),
        luck: (0..facts.hosts()).map(|host| seed.draws(Purpose::Protocol, u64::from(host), 0)).collect(),
        heard: vec![None; facts.hosts() as usize],
    };

    let mut engine = Engine::new(facts.hosts());
    carrier::begin(&facts, |host, time, event| engine.schedule(host, time, host, Event::Carry(event)));
    let origin = HostId(7);
    engine.schedule(origin, Time::ZERO + Duration::from_secs(1), origin, Event::Invent);
    engine.run(&mut gossip, Time::ZERO + config.duration, &mut |_| ControlFlow::Continue(()))?;

    let ledger = gossip.carrier.ledger();
    let hops: Vec<u32> = gossip.end().into_iter().flatten().collect();
    let last = hops.iter().max().copied().unwrap_or(0);
    println!("{} of {} hosts heard it, the last by {last} hops", hops.len(), facts.hosts());
    println!("{} messages: {} were lost, {} found nobody", ledger.sent, ledger.lost, ledger.to_offline);
    if let Some(online) = collector.finish(engine.now()).metrics["presence.online_ratio"] {
        println!("{:.0} % of the hosts were there", online * 100.0);
    }
    println!("fingerprint {}", engine.fingerprint());
    Ok(())
}
