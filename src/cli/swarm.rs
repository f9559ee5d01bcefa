//! `ir3sim swarm`: scenarios at random, under all invariants.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::args::SwarmArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::format;
use super::interrupt::Interrupt;
use crate::study::swarm::{self, Found};

/// What came of all of them.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Swarm {
    from: u64,
    seeds: u64,
    /// Ran to their ends, and are good.
    good: u64,
    /// Needed more events than they may have.
    stopped: u64,
    /// For which no scenario could be drawn.
    none: u64,
    /// In those that ran to their ends.
    events: u64,
    failed: Vec<Failed>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Failed {
    seed: u64,
    why: String,
}

/// `ir3sim swarm`: draws a scenario from each seed, and runs it.
pub(super) fn swarm(args: &SwarmArgs, console: &Console) -> Result<Exit, Failure> {
    if args.print {
        let text = swarm::text(args.from).ok_or_else(|| nothing(args.from))?;
        console.document(&json!({ "seed": args.from, "scenario": text }))?;
        console.hand_over(&text)?;
        return Ok(Exit::Done);
    }
    let interrupt = Interrupt::listen()?;
    let seeds = args.from..args.from + args.seeds;
    let program = env::current_exe().context("could not find this program")?;
    let found: Result<Vec<Swarm>, Failure> = seeds
        .into_par_iter()
        .map(|seed| {
            let found = if args.in_process {
                Swarm::of(seed, swarm::run(seed, args.max_events))
            } else {
                apart(&program, seed, args.max_events)?
            };
            interrupt.check()?;
            Ok(found)
        })
        .collect();
    let mut swarm = Swarm { from: args.from, ..Swarm::default() };
    found?.into_iter().for_each(|found| swarm.add(found));
    console.document(&swarm)?;
    if !console.quiet || !swarm.failed.is_empty() {
        console.say(&swarm.told())?;
    }
    Ok(if swarm.failed.is_empty() { Exit::Done } else { Exit::Failed })
}

/// Runs the scenario of a seed in a process of its own: however that ends, the search goes on.
fn apart(program: &Path, seed: u64, events: u64) -> Result<Swarm, Failure> {
    let ran = Command::new(program)
        .args(["swarm", "--json", "--in-process", "--seeds=1"])
        .args([format!("--from={seed}"), format!("--max-events={events}")])
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("could not start `{}`", program.display()))?;
    let crashed = |_| {
        let said = String::from_utf8_lossy(&ran.stderr);
        let said: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).take(2).collect();
        Swarm::of(seed, Some(Found::Failed(format!("{}: {}", ran.status, said.join(" ")))))
    };
    Ok(serde_json::from_slice(&ran.stdout).unwrap_or_else(crashed))
}

impl Swarm {
    /// What came of one seed.
    fn of(seed: u64, found: Option<Found>) -> Swarm {
        let mut swarm = Swarm { from: seed, seeds: 1, ..Swarm::default() };
        match found {
            None => swarm.none = 1,
            Some(Found::Stopped) => swarm.stopped = 1,
            Some(Found::Good(events)) => (swarm.good, swarm.events) = (1, events),
            Some(Found::Failed(why)) => swarm.failed.push(Failed { seed, why }),
        }
        swarm
    }

    /// Adds what came of further seeds.
    fn add(&mut self, other: Swarm) {
        self.seeds += other.seeds;
        self.good += other.good;
        self.stopped += other.stopped;
        self.none += other.none;
        self.events += other.events;
        self.failed.extend(other.failed);
    }

    fn told(&self) -> String {
        let Swarm { good, stopped, none, events, .. } = self;
        let failed = self.failed.iter().map(|Failed { seed, why }| {
            let why = why.lines().next().unwrap_or_default();
            format!("seed {seed} failed: {why}\n  its scenario: `ir3sim swarm --from {seed} --print`")
        });
        let all = format!(
            "{} at random, seeds {} to {}: {good} good, with {} in all; {stopped} stopped, as they need more; \
             {none} of seeds that give none; {} failed",
            format::count(self.seeds, "scenario"),
            self.from,
            self.from + self.seeds - 1,
            format::count(*events, "event"),
            self.failed.len(),
        );
        failed.chain([all]).collect::<Vec<_>>().join("\n")
    }
}

fn nothing(seed: u64) -> Failure {
    Failure::new(Exit::Incomplete, anyhow::anyhow!("no scenario could be drawn from seed {seed}"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_ends_without_a_word_is_a_scenario_that_failed() {
        let swarm = apart(Path::new("false"), 17, 10).expect("it starts");
        assert_eq!((swarm.failed[0].seed, swarm.failed[0].why.as_str()), (17, "exit status: 1: "));
        assert!(swarm.told().contains("seed 17 failed"), "{}", swarm.told());
        assert!(apart(Path::new("./there-is-no-such-program"), 17, 10).is_err());
    }
}
