//! PHOLD and NETFLOOD through the engine's public API, as a user of the library would write them, and beside it the
//! same handlers on a plain binary heap (`reference`). Both benchmarks are exact: the event count and the checksum are
//! the same in every engine that orders events by (time, origin, origin's counter), so a wrong figure ends the
//! benchmark. `cargo bench --bench engine -- --rounds 5`: the engines take turns, and the best round of each counts.

#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures wall time; PHOLD is defined with the platform's ln"
)]

mod reference;

use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::Instant;

use ir3sim::engine::{Engine, Event, Model, Schedule};
use ir3sim::random::mix;
use ir3sim::units::{Duration, HostId, Time};
use reference::{Handler, HeapEngine};

const K: u64 = 6_364_136_223_846_793_005;

fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mix(*state)
}

fn high(bits: u64, n: u64) -> u64 {
    ((u128::from(bits) * u128::from(n)) >> 64) as u64
}

fn checksum(sums: impl Iterator<Item = u64>) -> u64 {
    sums.zip(0_u64..).fold(0, |sum, (acc, i)| sum.wrapping_add(mix(acc ^ i)))
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
    nodes: Vec<Process>,
    population: u64,
}

struct Process {
    state: u64,
    sum: u64,
}

impl Phold {
    fn new(n: u64, population: u64) -> Phold {
        let process = |i| Process { state: splitmix(&mut ((1_u64 << 32) + i)), sum: 0 };
        Phold { nodes: (0..n).map(process).collect(), population }
    }

    /// Where to, how much later, and the two draws.
    fn draw(&mut self, host: usize) -> (HostId, Duration, u64, u64) {
        let n = self.nodes.len() as u64;
        let state = &mut self.nodes[host].state;
        let (r1, r2) = (splitmix(state), splitmix(state));
        let u = 1.0 - (r2 >> 11) as f64 * 2_f64.powi(-53);
        let delay = 100_000_000 + (-u.ln() * 1e9) as u64;
        (HostId(high(r1, n) as u32), Duration::from_nanos(delay), r1, r2)
    }
}

impl Handler for Phold {
    type Event = Job;
    fn handle(
        &mut self,
        now: Time,
        host: HostId,
        Job([w0, w1, w2, w3]): Job,
        mut send: impl FnMut(Time, HostId, Job),
    ) {
        let acc = &mut self.nodes[host.index()].sum;
        *acc = acc.wrapping_mul(K).wrapping_add(now.as_nanos() ^ w0 ^ w3.rotate_left(17));
        let acc = *acc;
        let (to, delay, r1, r2) = self.draw(host.index());
        send(now + delay, to, Job([w0 + 1, w1 ^ r1, w2.wrapping_add(r2), acc]));
    }
}

impl Model for Phold {
    type Event = Job;
    fn handle(&mut self, now: Time, host: HostId, job: Job, schedule: &mut Schedule<'_, Job>) {
        Handler::handle(self, now, host, job, |time, to, job| schedule.at(time, to, job));
    }

    fn touch(&self, host: HostId, Job(words): &Job) {
        black_box(self.nodes[host.index()].sum ^ words[0] ^ words[3]);
    }
}

impl Trial for Phold {
    fn start(&mut self, mut send: impl FnMut(Time, HostId, HostId, Job)) {
        for i in 0..self.nodes.len() {
            for _ in 0..self.population {
                let (to, delay, ..) = self.draw(i);
                send(Time::ZERO + delay, HostId(i as u32), to, Job([0, i as u64, 0, 0]));
            }
        }
    }

    fn outcome(&self, events: u64) -> Outcome {
        Outcome { events, checksum: checksum(self.nodes.iter().map(|node| node.sum)) }
    }
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

struct Flood<'a> {
    neighbours: &'a [Neighbours],
    nodes: Vec<Sender>,
    seen: Vec<u64>,
    broadcasts: usize,
    deliveries: u64,
}

#[derive(Clone, Default)]
struct Sender {
    busy: u64,
    sum: u64,
}

/// The origin of a broadcast hears of it from nobody.
const NOBODY: u32 = u32::MAX;
/// 1 KiB at 10 Mbit/s.
const SEND: u64 = 819_200;

/// Who they are, and how many nanoseconds away.
type Neighbours = [(u32, u64); 8];

/// The graph of the specification: every node has eight neighbours, in the order of the file.
fn graph(text: &str, nodes: usize) -> Vec<Neighbours> {
    let mut neighbours = vec![Vec::with_capacity(8); nodes];
    for line in text.lines() {
        let mut numbers = line.split(' ').map(|number| number.parse::<u64>().expect("a number"));
        let mut next = || numbers.next().expect("three numbers");
        let (a, b, latency) = (next(), next(), next());
        neighbours[a as usize].push((b as u32, latency));
        neighbours[b as usize].push((a as u32, latency));
    }
    neighbours.into_iter().map(|all| all.try_into().expect("eight neighbours")).collect()
}

impl Flood<'_> {
    fn new(neighbours: &[Neighbours], broadcasts: usize) -> Flood<'_> {
        let seen = vec![0; (neighbours.len() * broadcasts).div_ceil(64)];
        let nodes = vec![Sender::default(); neighbours.len()];
        Flood { neighbours, nodes, seen, broadcasts, deliveries: 0 }
    }
}

impl Handler for Flood<'_> {
    type Event = Arrival;
    fn handle(
        &mut self,
        now: Time,
        host: HostId,
        event: Arrival,
        mut send: impl FnMut(Time, HostId, Arrival),
    ) {
        let (node, t) = (&mut self.nodes[host.index()], now.as_nanos());
        if event.from != NOBODY {
            let word = t ^ u64::from(event.broadcast) << 40 ^ u64::from(event.from);
            node.sum = node.sum.wrapping_mul(K).wrapping_add(word);
            self.deliveries += 1;
        }
        let bit = host.index() * self.broadcasts + event.broadcast as usize;
        if self.seen[bit / 64] >> (bit % 64) & 1 == 1 {
            return;
        }
        self.seen[bit / 64] |= 1 << (bit % 64);
        for &(to, latency) in &self.neighbours[host.index()] {
            if to != event.from {
                node.busy = node.busy.max(t) + SEND;
                let arrival = Arrival { broadcast: event.broadcast, from: host.0 };
                send(Time::from_nanos(node.busy + latency), HostId(to), arrival);
            }
        }
    }
}

impl Model for Flood<'_> {
    type Event = Arrival;
    fn handle(&mut self, now: Time, host: HostId, event: Arrival, schedule: &mut Schedule<'_, Arrival>) {
        Handler::handle(self, now, host, event, |time, to, event| schedule.at(time, to, event));
    }

    fn touch(&self, host: HostId, event: &Arrival) {
        black_box(self.nodes[host.index()].sum ^ u64::from(event.from));
    }
}

impl Trial for Flood<'_> {
    fn start(&mut self, mut send: impl FnMut(Time, HostId, HostId, Arrival)) {
        for broadcast in 0..self.broadcasts as u64 {
            let origin = HostId(high(mix(7777 + broadcast), self.nodes.len() as u64) as u32);
            let event = Arrival { broadcast: broadcast as u32, from: NOBODY };
            send(Time::from_nanos((broadcast + 1) * 20_000_000), origin, origin, event);
        }
    }

    fn outcome(&self, _: u64) -> Outcome {
        Outcome { events: self.deliveries, checksum: checksum(self.nodes.iter().map(|node| node.sum)) }
    }
}

/// A benchmark: handlers, their first events, and what came out.
trait Trial: Handler + Model<Event = <Self as Handler>::Event> {
    fn start(&mut self, send: impl FnMut(Time, HostId, HostId, <Self as Handler>::Event));
    fn outcome(&self, events: u64) -> Outcome;
}

/// The two figures of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Outcome {
    events: u64,
    checksum: u64,
}

/// A round of one engine: what came out, its fingerprint, and seconds.
type Round = (Outcome, String, f64);

fn ours<T: Trial>(mut trial: T, hosts: u32, until: Time) -> Round {
    let mut engine = Engine::new(hosts);
    trial.start(|time, origin, host, event| engine.schedule(origin, time, host, event));
    let begun = Instant::now();
    engine.run(&mut trial, until, &mut |_| ControlFlow::Continue(())).expect("a good run");
    let seconds = begun.elapsed().as_secs_f64();
    (trial.outcome(engine.events()), engine.fingerprint().to_string(), seconds)
}

fn heap<T: Trial>(mut trial: T, hosts: u32, until: Time) -> Round {
    let mut engine = HeapEngine::new(hosts);
    trial.start(|time, origin, host, event| engine.schedule(origin, time, host, event));
    let begun = Instant::now();
    engine.run(&mut trial, until);
    let seconds = begun.elapsed().as_secs_f64();
    (trial.outcome(engine.events()), engine.fingerprint(), seconds)
}

/// One row of the report. Where the specification states no outcome, the engines must agree.
fn race<T: Trial>(
    name: &str,
    (hosts, until): (u32, Time),
    expected: Option<(u64, u64)>,
    rounds: u32,
    trial: impl Fn() -> T,
) {
    let (mut best_ours, mut best_heap) = (f64::INFINITY, f64::INFINITY);
    let mut events = 0;
    for _ in 0..rounds {
        let (outcome, fingerprint, seconds) = ours(trial(), hosts, until);
        let reference = heap(trial(), hosts, until);
        assert_eq!((outcome, &fingerprint), (reference.0, &reference.1), "{name}: both engines");
        let expected = expected.map(|(events, checksum)| Outcome { events, checksum });
        assert_eq!(outcome, expected.unwrap_or(outcome), "{name}: events and checksum");
        events = outcome.events;
        best_ours = best_ours.min(seconds);
        best_heap = best_heap.min(reference.2);
    }
    let rate = |seconds| events as f64 / seconds / 1e6;
    println!("{name:<20} {:>8.2} {:>14.2} {:>8.2}", rate(best_ours), rate(best_heap), best_heap / best_ours);
}

fn phold(n: u64, population: u64, target: u64, expected: Option<(u64, u64)>, rounds: u32) {
    let name = format!("PHOLD {n} × {population}");
    race(&name, (n as u32, horizon(n, population, target)), expected, rounds, || Phold::new(n, population));
}

/// When about `target` events have been handled.
fn horizon(n: u64, population: u64, target: u64) -> Time {
    Time::from_nanos((target as f64 * 1.1e9 / (n * population) as f64) as u64)
}

fn netflood(text: &str, nodes: usize, broadcasts: usize, expected: (u64, u64), rounds: u32) {
    let graph = graph(text, nodes);
    let name = format!("NETFLOOD {nodes} × {broadcasts}");
    race(&name, (nodes as u32, Time::NEVER), Some(expected), rounds, || Flood::new(&graph, broadcasts));
}

/// A figure of this process in bytes, from `/proc`; `None` on systems without it.
fn memory(figure: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(figure))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kibibytes| kibibytes * 1024.0)
}

/// What engine, model and pending events take at their peak. Nothing may have run before in this process.
fn print_bytes_per_node() {
    const NODES: u64 = 1_000_000;
    let before = memory("VmRSS:");
    ours(Phold::new(NODES, 1), NODES as u32, horizon(NODES, 1, 4_000_000));
    match before.zip(memory("VmHWM:")) {
        Some((before, peak)) => {
            println!(
                "PHOLD {NODES} × 1: {:.0} B a node with its event, peak",
                (peak - before) / NODES as f64
            );
        }
        None => println!("PHOLD {NODES} × 1: no figure of memory on this system"),
    }
}

/// The number after `--rounds`, else 3. Cargo gives `--bench` besides.
fn rounds() -> u32 {
    let rounds = std::env::args().skip_while(|argument| argument != "--rounds").nth(1);
    rounds.map_or(3, |rounds| rounds.parse().ok().filter(|&n| n > 0).expect("--rounds takes a number from 1"))
}

fn main() {
    let rounds = rounds();
    print_bytes_per_node();
    println!("{:<20} {:>8} {:>14} {:>8}", "million events/s", "ir3sim", "binary heap", "ratio");
    phold(1_000, 1, 2_000_000, Some((2_001_114, 0x4c5c_f2ad_0fa5_ad68)), rounds);
    phold(100_000, 1, 2_000_000, Some((1_990_619, 0x4215_3cda_f515_8c46)), rounds);
    phold(1_000_000, 1, 4_000_000, None, rounds);
    phold(100_000, 16, 4_000_000, None, rounds);
    let small = include_str!("data/netflood_1000.txt");
    netflood(small, 1_000, 300, (2_100_300, 0xd82e_702a_9961_e960), rounds);
    let large = include_str!("data/netflood_10000.txt");
    netflood(large, 10_000, 30, (2_100_030, 0x91c6_0640_1bcf_186b), rounds);
}
