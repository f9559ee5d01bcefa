//! PHOLD and NETFLOOD through the engine's public API, as a user of the library would write them. Both are exact: the
//! event count and the checksum are the same in every engine that orders events by (time, origin, origin's counter),
//! so a wrong figure ends the benchmark. `cargo bench --bench engine`; the figures of one run can be compared, those
//! of two runs on a busy machine can not.

#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures wall time; PHOLD is defined with the platform's ln"
)]

use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::Instant;

use ir3sim::engine::{Engine, Event, Model, Schedule};
use ir3sim::random::mix;
use ir3sim::units::{Duration, HostId, Time};

const K: u64 = 6_364_136_223_846_793_005;

fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mix(*state)
}

fn high(bits: u64, n: u64) -> u64 {
    ((u128::from(bits) * u128::from(n)) >> 64) as u64
}

fn checksum(sums: &[u64]) -> u64 {
    sums.iter().zip(0_u64..).fold(0, |sum, (acc, i)| sum.wrapping_add(mix(acc ^ i)))
}

/// One row of the report; a count or checksum that differs from the specification's is a defect.
fn report(name: &str, events: u64, sum: u64, expected: (u64, u64), seconds: f64) {
    assert_eq!((events, sum), expected, "{name}: events and checksum");
    println!(
        "{name:<28} {:>8.2} M events/s {:>8.1} ns/event",
        events as f64 / seconds / 1e6,
        seconds / events as f64 * 1e9
    );
}

struct Job([u64; 4]);

impl Event for Job {
    const KINDS: &'static [&'static str] = &["job"];
    fn kind(&self) -> usize {
        0
    }
    fn digest(&self) -> u64 {
        self.0[1] ^ self.0[3]
    }
}

struct Phold {
    states: Vec<u64>,
    sums: Vec<u64>,
}

impl Phold {
    fn new(n: u64) -> Phold {
        let first = |i| splitmix(&mut ((1_u64 << 32) + i));
        Phold { states: (0..n).map(first).collect(), sums: vec![0; n as usize] }
    }

    /// Where to, how much later, and the two draws.
    fn draw(&mut self, host: usize) -> (HostId, Duration, u64, u64) {
        let (r1, r2) = (splitmix(&mut self.states[host]), splitmix(&mut self.states[host]));
        let u = 1.0 - (r2 >> 11) as f64 * 2_f64.powi(-53);
        let delay = 100_000_000 + (-u.ln() * 1e9).floor() as u64;
        (HostId(high(r1, self.states.len() as u64) as u32), Duration::from_nanos(delay), r1, r2)
    }
}

impl Model for Phold {
    type Event = Job;
    fn handle(
        &mut self,
        now: Time,
        host: HostId,
        Job([w0, w1, w2, w3]): Job,
        schedule: &mut Schedule<'_, Job>,
    ) {
        let acc = &mut self.sums[host.index()];
        *acc = acc.wrapping_mul(K).wrapping_add(now.as_nanos() ^ w0 ^ w3.rotate_left(17));
        let acc = *acc;
        let (to, delay, r1, r2) = self.draw(host.index());
        schedule.at(now + delay, to, Job([w0 + 1, w1 ^ r1, w2.wrapping_add(r2), acc]));
    }

    fn touch(&self, host: HostId, _: &Job) {
        black_box((self.states[host.index()], self.sums[host.index()]));
    }
}

fn phold(n: u64, population: u64, target: u64, expected: Option<(u64, u64)>) {
    let mut engine = Engine::new(n as u32);
    let mut model = Phold::new(n);
    for i in 0..n {
        for _ in 0..population {
            let (to, delay, ..) = model.draw(i as usize);
            engine.schedule(HostId(i as u32), Time::ZERO + delay, to, Job([0, i, 0, 0]));
        }
    }
    let until = Time::from_nanos((target as f64 * 1.1e9 / (n * population) as f64) as u64);
    let begun = Instant::now();
    engine.run(&mut model, until, &mut |_| ControlFlow::Continue(())).expect("a good run");
    let seconds = begun.elapsed().as_secs_f64();
    let found = (engine.events(), checksum(&model.sums));
    report(&format!("PHOLD {n} × {population}"), found.0, found.1, expected.unwrap_or(found), seconds);
}

struct Arrival {
    broadcast: u32,
    from: u32,
}

impl Event for Arrival {
    const KINDS: &'static [&'static str] = &["arrival"];
    fn kind(&self) -> usize {
        0
    }
    fn digest(&self) -> u64 {
        u64::from(self.broadcast) << 32 | u64::from(self.from)
    }
}

struct Flood {
    neighbours: Vec<Vec<(u32, u64)>>,
    busy: Vec<u64>,
    sums: Vec<u64>,
    seen: Vec<u64>,
    broadcasts: usize,
    deliveries: u64,
}

/// The origin of a broadcast hears of it from nobody.
const NOBODY: u32 = u32::MAX;
/// 1 KiB at 10 Mbit/s.
const SEND: u64 = 819_200;

impl Flood {
    /// The graph of the specification: every node has eight neighbours, in the order of the file.
    fn new(edges: &[(u32, u32, u64)], nodes: usize, broadcasts: usize) -> Flood {
        let mut neighbours = vec![Vec::new(); nodes];
        for &(a, b, latency) in edges {
            neighbours[a as usize].push((b, latency));
            neighbours[b as usize].push((a, latency));
        }
        let seen = vec![0; (nodes * broadcasts).div_ceil(64)];
        Flood { neighbours, busy: vec![0; nodes], sums: vec![0; nodes], seen, broadcasts, deliveries: 0 }
    }
}

impl Model for Flood {
    type Event = Arrival;
    fn handle(&mut self, now: Time, host: HostId, event: Arrival, schedule: &mut Schedule<'_, Arrival>) {
        let (node, t) = (host.index(), now.as_nanos());
        if event.from != NOBODY {
            let acc = &mut self.sums[node];
            *acc = acc
                .wrapping_mul(K)
                .wrapping_add(t ^ u64::from(event.broadcast) << 40 ^ u64::from(event.from));
            self.deliveries += 1;
        }
        let bit = node * self.broadcasts + event.broadcast as usize;
        if self.seen[bit / 64] >> (bit % 64) & 1 == 1 {
            return;
        }
        self.seen[bit / 64] |= 1 << (bit % 64);
        for &(to, latency) in &self.neighbours[node] {
            if to != event.from {
                self.busy[node] = self.busy[node].max(t) + SEND;
                let arrives = Time::from_nanos(self.busy[node] + latency);
                schedule.at(arrives, HostId(to), Arrival { broadcast: event.broadcast, from: host.0 });
            }
        }
    }

    fn touch(&self, host: HostId, _: &Arrival) {
        black_box((self.sums[host.index()], self.busy[host.index()]));
    }
}

fn netflood(graph: &str, nodes: usize, broadcasts: u64, expected: (u64, u64)) {
    let edges: Vec<(u32, u32, u64)> = graph
        .lines()
        .map(|line| {
            let mut numbers = line.split(' ').map(|number| number.parse::<u64>().expect("a number"));
            let mut next = || numbers.next().expect("three numbers");
            (next() as u32, next() as u32, next())
        })
        .collect();
    let mut engine = Engine::new(nodes as u32);
    let mut model = Flood::new(&edges, nodes, broadcasts as usize);
    for broadcast in 0..broadcasts {
        let origin = HostId(high(mix(7777 + broadcast), nodes as u64) as u32);
        let event = Arrival { broadcast: broadcast as u32, from: NOBODY };
        engine.schedule(origin, Time::from_nanos((broadcast + 1) * 20_000_000), origin, event);
    }
    let begun = Instant::now();
    engine.run(&mut model, Time::NEVER, &mut |_| ControlFlow::Continue(())).expect("a good run");
    let seconds = begun.elapsed().as_secs_f64();
    report(
        &format!("NETFLOOD {nodes} × {broadcasts}"),
        model.deliveries,
        checksum(&model.sums),
        expected,
        seconds,
    );
}

fn main() {
    phold(1_000, 1, 2_000_000, Some((2_001_114, 0x4c5c_f2ad_0fa5_ad68)));
    phold(100_000, 1, 2_000_000, Some((1_990_619, 0x4215_3cda_f515_8c46)));
    phold(1_000_000, 1, 4_000_000, None);
    phold(100_000, 16, 4_000_000, None);
    netflood(include_str!("data/netflood_1000.txt"), 1_000, 300, (2_100_300, 0xd82e_702a_9961_e960));
    netflood(include_str!("data/netflood_10000.txt"), 10_000, 30, (2_100_030, 0x91c6_0640_1bcf_186b));
}
