//! The simulator as a whole: `scenarios/overload.toml` with metrics and fingerprint on, and what an idle node costs.
//! `cargo bench --bench world`. Figures of a busy machine say little; compare those of one run.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures wall time")]

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use ir3sim::metrics::{Collector, Figures};
use ir3sim::scenario::{self, Scenario};
use ir3sim::units::Time;
use ir3sim::world::{Ended, Progress, RunOptions, Threads, run};

/// A network in which nothing happens but one broadcast at the end.
const IDLE: &str = r#"
name = "idle"
duration = "120 s"
cooldown = "0 s"

[groups.all]
count = 100_000
stores = false

[network]
latency = "world"

[workloads.one]
kind = "broadcast"
from = "all"
size = "100 B"
arrivals = { every = "1 s" }
start = "118.5 s"
"#;

/// Twenty broadcasts a second to everybody, many under way at once.
const TREE: &str = r#"
name = "tree"
duration = "3 s"
cooldown = "0 s"

[groups.all]
count = 100_000

[network]
latency = "world"

[workloads.news]
kind = "broadcast"
from = "all"
size = "200 B"
arrivals = { every = "50 ms" }
"#;

/// A run of [`TREE`] on so many threads: how long the broadcasts took, without the tables that are built before.
fn tree(scenario: &Scenario, threads: usize) -> (f64, Ended, Figures) {
    let mut collector = Collector::new(&scenario.world, &[]);
    let mut begun = None;
    let control = &mut |progress: Progress| {
        if progress.now > Time::ZERO {
            begun.get_or_insert_with(Instant::now);
        }
        ControlFlow::Continue(())
    };
    let options = RunOptions { threads: Threads::Exactly(threads), ..RunOptions::default() };
    let ended = run(&scenario.world, scenario.seed, &mut collector, options, control).expect("a good run");
    let seconds = begun.map_or(0.0, |begun| begun.elapsed().as_secs_f64());
    let figures = collector.finish(ended.now).figures();
    (seconds, ended, figures)
}

/// The same on one thread and on two, in turns, the best of each.
fn race_threads() {
    let scenario = scenario::parse("tree.toml", TREE, &[]).expect("a good scenario");
    let (mut one, mut two) = (f64::INFINITY, f64::INFINITY);
    let mut events = 0;
    for _ in 0..3 {
        let (seconds, ended, figures) = tree(&scenario, 1);
        let (less, same, same_figures) = tree(&scenario, 2);
        assert_eq!(
            (ended.fingerprint, figures),
            (same.fingerprint, same_figures),
            "on one thread and on two"
        );
        (one, two, events) = (one.min(seconds), two.min(less), ended.events);
    }
    println!(
        "tree, 100,000 nodes: {:.2} M events/s on two threads, {:.2} on one, ratio {:.2}",
        events as f64 / two / 1e6,
        events as f64 / one / 1e6,
        one / two
    );
}

/// What a message costs, as the network grows: the same broadcasts a node and second.
fn print_cost_of_growth() {
    let mut least = f64::INFINITY;
    for (nodes, every) in [(1_000, "0.5 ms"), (100_000, "50 ms"), (1_000_000, "500 ms")] {
        let settings = [
            format!("groups.all.count={nodes}"),
            format!("workloads.news.arrivals={{ every = \"{every}\" }}"),
        ];
        let scenario = scenario::parse("tree.toml", TREE, &settings).expect("a good scenario");
        let (seconds, _, figures) = tree(&scenario, 1);
        let messages = figures.metrics["messages.sent"].expect("a figure");
        let nanos = seconds * 1e9 / messages;
        least = least.min(nanos);
        println!("tree, {nodes} nodes: {nanos:.0} ns/message, {:.2} times the least", nanos / least);
    }
}

fn simulate(scenario: &Scenario) -> (Ended, Figures, f64) {
    let begun = Instant::now();
    let mut collector = Collector::new(&scenario.world, &[]);
    let control = &mut |_| ControlFlow::Continue(());
    let ended = run(&scenario.world, scenario.seed, &mut collector, RunOptions::default(), control);
    let ended = ended.expect("a good run");
    let figures = collector.finish(ended.now).figures();
    (ended, figures, begun.elapsed().as_secs_f64())
}

/// A figure of this process in bytes, from `/proc`; `None` on systems without it.
fn memory(figure: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(figure))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kibibytes| kibibytes * 1024.0)
}

fn main() {
    let idle = scenario::parse("idle.toml", IDLE, &[]).expect("a good scenario");
    let before = memory("VmRSS:");
    let (_, _, seconds) = simulate(&idle);
    let nodes = 100_000.0;
    match before.zip(memory("VmHWM:")) {
        Some((before, peak)) => println!("idle: {:.0} B a node of {nodes}, peak", (peak - before) / nodes),
        None => println!("idle: no figure of memory on this system"),
    }
    println!("idle: built, one broadcast to all, and dropped in {seconds:.2} s");

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/overload.toml");
    let overload = scenario::load(&path, &[]).expect("a good scenario");
    let (ended, figures, seconds) = simulate(&overload);
    let messages = figures.metrics["messages.sent"].expect("a figure");
    println!(
        "overload: {:.2} M events/s, {:.0} ns/event, {:.2} M messages/s, {:.0} ns/message, {seconds:.1} s",
        ended.events as f64 / seconds / 1e6,
        seconds / ended.events as f64 * 1e9,
        messages / seconds / 1e6,
        seconds / messages * 1e9,
    );
    print_cost_of_growth();
    race_threads();
}
