//! `ir3sim swarm`: scenarios at random, under all invariants.

use rayon::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::args::SwarmArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::format;
use super::interrupt::Interrupt;
use crate::study::swarm::{self, Found};

/// What came of all of them.
#[derive(Debug, Default, Serialize)]
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

#[derive(Clone, Debug, Serialize)]
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
    let found: Result<Vec<(u64, Option<Found>)>, Failure> = seeds
        .into_par_iter()
        .map(|seed| {
            interrupt.check()?;
            Ok((seed, swarm::run(seed, args.max_events)))
        })
        .collect();
    let swarm = Swarm::of(args, found?);
    console.document(&swarm)?;
    if !console.quiet || !swarm.failed.is_empty() {
        console.say(&swarm.told())?;
    }
    Ok(if swarm.failed.is_empty() { Exit::Done } else { Exit::Failed })
}

impl Swarm {
    fn of(args: &SwarmArgs, found: Vec<(u64, Option<Found>)>) -> Swarm {
        let mut swarm = Swarm { from: args.from, seeds: args.seeds, ..Swarm::default() };
        for (seed, found) in found {
            match found {
                None => swarm.none += 1,
                Some(Found::Stopped) => swarm.stopped += 1,
                Some(Found::Good(events)) => {
                    swarm.good += 1;
                    swarm.events += events;
                }
                Some(Found::Failed(why)) => swarm.failed.push(Failed { seed, why }),
            }
        }
        swarm
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
