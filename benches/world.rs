//! The simulator as a whole: `scenarios/overload.toml` with metrics and fingerprint on, and what an idle node costs.
//! `cargo bench --bench world`. Figures of a busy machine say little; compare those of one run.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures wall time")]

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use ir3sim::metrics::{Collector, Figures};
use ir3sim::scenario::{self, Scenario};
use ir3sim::world::{Ended, RunOptions, run};

/// A network in which nothing happens but one broadcast at the end.
const IDLE: &str = r#"
name = "idle"
duration = "120 s"

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

fn simulate(scenario: &Scenario) -> (Ended, Figures, f64) {
    let begun = Instant::now();
    let mut collector = Collector::new(&scenario.world, &[]);
    let control = &mut |_| ControlFlow::Continue(());
    let ended = run(&scenario.world, scenario.seed, &mut collector, RunOptions::default(), control);
    let ended = ended.expect("a good run");
    let figures = collector.finish(ended.now);
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
}
