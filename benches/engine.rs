//! PHOLD and NETFLOOD through the engine's public API, as a user of the library would write them, and beside it the
//! same handlers on a plain binary heap (`reference`). Both benchmarks are exact: the event count and the checksum are
//! the same in every engine that orders events by (time, origin, origin's counter), so a wrong figure ends the
//! benchmark. `cargo bench --bench engine -- --rounds 5`: the engines take turns, and the best round of each counts.
//! `benches/peers` runs the same in other simulators.

mod common;
#[path = "common/cores.rs"]
mod cores;
#[path = "common/harness.rs"]
mod harness;
mod reference;

use std::ops::ControlFlow;
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::thread;

use common::ours::{self, Job, Outcome, Processes, Relays, Trial};
use common::{Heard, NETFLOOD_1K, NETFLOOD_10K, Netflood, Phold};
use cores::Distances;
use harness::{rounds, wall_clock};
use ir3sim::engine::{Fingerprint, Parallel, Partition};
use ir3sim::units::{Duration, HostId, Time};
use reference::{Handler, HeapEngine};

impl Handler for Processes {
    type Event = Job;
    fn handle(&mut self, now: Time, host: HostId, job: Job, send: impl FnMut(Time, HostId, Job)) {
        self.hear(now, host, &job, send);
    }
}

impl Handler for Relays {
    type Event = Heard;
    fn handle(&mut self, now: Time, host: HostId, heard: Heard, send: impl FnMut(Time, HostId, Heard)) {
        self.hear(now, host, heard, send);
    }
}

fn heap<T, E>(mut trial: T) -> (Outcome, String)
where
    T: Trial<Event = E> + Handler<Event = E>,
    E: ir3sim::engine::Event,
{
    let mut engine = HeapEngine::new(trial.hosts());
    trial.start(|time, origin, host, event| engine.schedule(origin, time, host, event));
    let until = trial.until();
    let begun = wall_clock();
    engine.run(&mut trial, until);
    let seconds = wall_clock() - begun;
    let (events, checksum) = trial.figures(engine.events());
    (Outcome { events, checksum, seconds }, engine.fingerprint())
}

/// PHOLD with the same share of the processes on each thread.
fn split(run: Phold, threads: u8) -> (Outcome, Fingerprint) {
    let share = run.nodes.div_ceil(u64::from(threads));
    let of: Vec<u8> = (0..run.nodes).map(|node| (node / share) as u8).collect();
    let partition = Partition::new(&of, Duration::from_nanos(Phold::LEAST_DELAY)).expect("a lookahead");
    // Each model has all processes and lets those of its part work; one of them sends the first events.
    let mut models: Vec<Processes> = (0..threads).map(|_| Processes::new(run)).collect();
    let mut first = Vec::new();
    for model in &mut models {
        first.clear();
        model.start(|time, origin, host, job| first.push((time, origin, host, job)));
    }
    let until = models[0].until();
    let mut parallel = Parallel::new(partition, models);
    first.into_iter().for_each(|(time, origin, host, job)| parallel.schedule(origin, time, host, job));
    let begun = wall_clock();
    parallel.run(until, &mut |_| ControlFlow::Continue(())).expect("a good run");
    let seconds = wall_clock() - begun;
    let sum = |sum: u64, model: &Processes| sum.wrapping_add(model.figures(0).1);
    // In every model but one, a process has done nothing.
    let idle = Processes::new(run).figures(0).1.wrapping_mul(u64::from(threads) - 1);
    let checksum = parallel.models().fold(0, sum).wrapping_sub(idle);
    (Outcome { events: parallel.events(), checksum, seconds }, parallel.fingerprint())
}

/// Seconds that two such networks take side by side which have nothing to do with each other: what the machine has for two
/// threads, whose cores may share caches, memory and, as threads of one core, all else.
fn apart(run: Phold) -> f64 {
    /// Starts both at once, and lets both end when the slower does.
    fn together() -> f64 {
        static BOTH: Barrier = Barrier::new(2);
        BOTH.wait();
        wall_clock()
    }
    let alone = || ours::run(Processes::new(run), together).0.seconds;
    thread::scope(|scope| {
        let other = scope.spawn(alone);
        alone().max(other.join().expect("a good run"))
    })
}

/// What a row about two threads is made of, by the word that has a process measure it.
const ONE: &str = "one";
const TWO: &str = "two";
const APART: &str = "apart";

/// The words of a line: seconds, the distance of the cores if that can be told, and figures that must be the same on one thread and
/// on two, events first.
fn measured(what: &str, run: Phold) -> String {
    let told = |(outcome, fingerprint): (Outcome, Fingerprint)| {
        (outcome.seconds, format!("{} {:x} {fingerprint}", outcome.events, outcome.checksum))
    };
    let (seconds, figures) = match what {
        ONE => told(ours::run(Processes::new(run), wall_clock)),
        TWO => told(split(run, 2)),
        APART => (apart(run), "-".to_owned()),
        other => panic!("{other} is nothing to measure"),
    };
    let distance = if what == ONE { None } else { cores::distance() };
    format!("{seconds} {} {figures}", distance.map_or("-".to_owned(), |distance| distance.to_string()))
}

/// Seconds and figures as a process of its own measures them, as fresh as that of a run of the program: where memory was used and
/// given back before, a million nodes on two threads take up to a sixth longer, and on one no longer.
fn measured_afresh(what: &str, run: Phold, distances: &mut Distances) -> (f64, String) {
    let mut process = Command::new(std::env::current_exe().expect("this program has a path"));
    process.args([MEASURE, what, &run.nodes.to_string(), &run.events.to_string()]);
    let output = process.stderr(Stdio::inherit()).output().expect("this program can be run");
    assert!(output.status.success(), "PHOLD {}, {what}", run.nodes);
    let line = String::from_utf8(output.stdout).expect("text");
    let mut words = line.trim_end().splitn(3, ' ');
    let [seconds, distance, figures] = [(); 3].map(|()| words.next().expect("three of them"));
    distances.add(distance.parse().ok());
    (seconds.parse().expect("a number"), figures.to_owned())
}

/// The option of such a process.
const MEASURE: &str = "--measure";

/// What this process is to measure, if it is one.
fn to_measure() -> Option<String> {
    let mut words = std::env::args().skip_while(|argument| argument != MEASURE).skip(1);
    let what = words.next()?;
    let mut number = || words.next().and_then(|word| word.parse().ok()).expect("a number");
    Some(measured(&what, Phold { nodes: number(), population: 1, events: number() }))
}

/// One row about two threads.
fn race_threads(nodes: u64, events: u64, rounds: u32) {
    let run = Phold { nodes, population: 1, events };
    let (mut one, mut two, mut both_apart) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
    let (mut figures, mut distances) = (String::new(), Distances::default());
    for _ in 0..rounds {
        let mut measured = |what| measured_afresh(what, run, &mut distances);
        let (seconds, alone) = measured(ONE);
        one = one.min(seconds);
        let (seconds, same) = measured(TWO);
        two = two.min(seconds);
        both_apart = both_apart.min(measured(APART).0);
        assert_eq!(alone, same, "PHOLD {nodes}: on one thread and on two");
        figures = alone;
    }
    let events: f64 = figures.split(' ').next().and_then(|word| word.parse().ok()).expect("a count");
    let rate = |seconds| events / seconds / 1e6;
    println!(
        "{:<20} {:>8.2} {:>14.2} {:>8.2} {:>10.2}    {}",
        format!("PHOLD {nodes} × 1"),
        rate(two),
        rate(one),
        one / two,
        2.0 * one / both_apart,
        distances.range()
    );
}

/// One row of the report. Where the specification states no figures, the engines must agree.
fn race<T, E>(name: &str, expected: Option<(u64, u64)>, rounds: u32, trial: impl Fn() -> T)
where
    T: Trial<Event = E> + Handler<Event = E>,
    E: ir3sim::engine::Event,
{
    let (mut best_ours, mut best_heap) = (f64::INFINITY, f64::INFINITY);
    let mut events = 0;
    for _ in 0..rounds {
        let (found, fingerprint) = ours::run(trial(), wall_clock);
        let (reference, same) = heap(trial());
        let figures = (found.events, found.checksum);
        assert_eq!(fingerprint.to_string(), same, "{name}: both engines");
        assert_eq!(figures, (reference.events, reference.checksum), "{name}: both engines");
        assert_eq!(figures, expected.unwrap_or(figures), "{name}: events and checksum");
        events = found.events;
        best_ours = best_ours.min(found.seconds);
        best_heap = best_heap.min(reference.seconds);
    }
    let rate = |seconds| events as f64 / seconds / 1e6;
    println!("{name:<20} {:>8.2} {:>14.2} {:>8.2}", rate(best_ours), rate(best_heap), best_heap / best_ours);
}

fn phold(nodes: u64, population: u64, events: u64, rounds: u32) {
    let run = Phold { nodes, population, events };
    race(&format!("PHOLD {nodes} × {population}"), run.expected(), rounds, || Processes::new(run));
}

fn netflood(run: Netflood, rounds: u32) {
    let name = format!("NETFLOOD {} × {}", run.nodes, run.broadcasts);
    race(&name, Some(run.expected), rounds, || Relays::new(run));
}

/// A figure of this process in bytes, from `/proc`; `None` on systems without it.
fn memory(figure: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(figure))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kibibytes| kibibytes * 1024.0)
}

/// What engine, model and pending events take at their peak. Nothing may have run before in this process.
fn print_bytes_per_node() {
    const RUN: Phold = Phold { nodes: 1_000_000, population: 1, events: 4_000_000 };
    let before = memory("VmRSS:");
    ours::run(Processes::new(RUN), wall_clock);
    let name = format!("PHOLD {} × {}", RUN.nodes, RUN.population);
    match before.zip(memory("VmHWM:")) {
        Some((before, peak)) => {
            println!("{name}: {:.0} B a node with its event, peak", (peak - before) / RUN.nodes as f64);
        }
        None => println!("{name}: no figure of memory on this system"),
    }
}

fn main() {
    if let Some(measured) = to_measure() {
        return println!("{measured}");
    }
    let rounds = rounds();
    print_bytes_per_node();
    println!("{:<20} {:>8} {:>14} {:>8}", "million events/s", "ir3sim", "binary heap", "ratio");
    phold(1_000, 1, 2_000_000, rounds);
    phold(100_000, 1, 2_000_000, rounds);
    phold(1_000_000, 1, 4_000_000, rounds);
    phold(100_000, 16, 4_000_000, rounds);
    netflood(NETFLOOD_1K, rounds);
    netflood(NETFLOOD_10K, rounds);
    let title = "ns from core to core";
    println!(
        "{:<20} {:>8} {:>14} {:>8} {:>10}    {title}",
        "million events/s", "2 threads", "1 thread", "ratio", "two apart"
    );
    race_threads(1_000, 2_000_000, rounds);
    race_threads(100_000, 4_000_000, rounds);
    race_threads(1_000_000, 8_000_000, rounds);
}
