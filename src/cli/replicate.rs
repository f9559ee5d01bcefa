//! `ir3sim run --replications`: many seeds on all cores, summed up.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

use super::failure::Failure;
use super::job::{Done, Job};
use super::progress::Bar;
use super::{format, plot};
use crate::batch::{self, Replication, Workers, seed_of};
use crate::results::{self, Draft, Effort, Stopwatch};
use crate::world::Threads;

/// Runs all replications, each with its own folder in the draft, and sums them up.
pub(super) fn replicate(job: &Job<'_>, draft: &Draft) -> Result<Done, Failure> {
    let count = job.args.replications;
    let workers = Workers::start(job.args.threads, count as usize)?;
    let bar = Bar::new(job, count, job.scenario.world.duration);
    let watch = Stopwatch::start();
    let stop = AtomicBool::new(false);
    // What is left of the threads when each replication has one goes to all alike.
    let each = Threads::Exactly(job.args.threads.unwrap_or(1) / count as usize);
    let runs = workers.run(count, &stop, |number| run(job, draft.folder(), &bar, &stop, each, number));
    bar.finish();
    let runs = runs?;
    let effort = together(&runs, workers.threads()).context("there are no replications")?;
    let timing = watch.read(&effort);
    let summary = batch::summarise(job.scenario, &runs);
    batch::write(draft.folder(), draft.identity(), &summary, &runs, &timing)?;
    let charts = if job.args.no_charts {
        Vec::new()
    } else {
        plot::draw_first(draft.folder(), job.scenario.seed, count, job.args.png)?
    };
    Ok(Done { summary, timing, charts })
}

fn run(
    job: &Job<'_>,
    folder: &Path,
    bar: &Bar,
    stop: &AtomicBool,
    threads: Threads,
    replication: u32,
) -> Result<Replication, Failure> {
    let seed = seed_of(job.scenario.seed, replication);
    let watch = Stopwatch::start();
    let outcome = job.simulate(seed, threads, &mut |progress| {
        bar.update(replication, &progress);
        stop.load(Ordering::Relaxed)
    })?;
    let folder = plot::replication_folder(folder, seed);
    if outcome.ended.complete {
        results::write_run(&folder, job.scenario, &outcome, &watch.read(&Effort::of(&outcome.ended)))?;
        if !job.args.no_charts {
            plot::draw_run(&folder, job.args.png)?;
        }
    }
    Ok(Replication::of(job.scenario, outcome))
}

/// What all runs did together, so many at the same time.
fn together(runs: &[Replication], workers: usize) -> Option<Effort> {
    let (first, rest) = runs.split_first()?;
    let mut sum = first.effort.clone();
    rest.iter().for_each(|run| sum.add(&run.effort));
    sum.threads *= workers;
    sum.split = format!("{} at a time, each on {}", format::count(workers as u64, "replication"), sum.split);
    Some(sum)
}
