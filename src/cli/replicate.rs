use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::failure::Failure;
use super::plot;
use super::progress::Bar;
use super::run::{Done, Job};
use crate::batch::{self, Replication, Workers, seed_of};
use crate::results::{self, Draft, Stopwatch};
use crate::world::Threads;

/// Runs all replications, each with its own folder in the draft, and sums them up.
pub(super) fn replicate(job: &Job<'_>, draft: &Draft) -> Result<Done, Failure> {
    let count = job.args.replications;
    let workers = Workers::start(job.args.threads, count as usize)?;
    let bar = Bar::new(job.console, count, job.scenario.world.duration);
    let watch = Stopwatch::start();
    let stop = AtomicBool::new(false);
    // What is left of the threads when each replication has one goes to all alike.
    let each = Threads::Exactly(job.args.threads.unwrap_or(1) / count as usize);
    let runs = workers.run(count, &stop, |number| run(job, draft.folder(), &bar, &stop, each, number));
    bar.finish();
    let runs = runs?;
    let timing = watch.read(&kinds(&runs), workers.threads());
    let summary = batch::summarise(job.scenario, &runs);
    batch::write(draft.folder(), draft.identity(), &summary, &runs, &timing)?;
    let charts = plot::copy_charts(draft.folder(), job.scenario.seed)?;
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
        results::write_run(
            &folder,
            job.scenario,
            &outcome,
            &watch.read(&outcome.ended.kinds, outcome.ended.split.threads),
        )?;
        plot::draw_run(&folder, job.args.png)?;
    }
    Ok(Replication::of(job.scenario, outcome))
}

/// Events by kind, in all runs.
fn kinds(runs: &[Replication]) -> Vec<(&'static str, u64)> {
    let mut sums = BTreeMap::new();
    for (kind, count) in runs.iter().flat_map(|run| &run.kinds) {
        *sums.entry(*kind).or_insert(0) += count;
    }
    sums.into_iter().collect()
}
