//! Runs a scenario under several seeds, and writes nothing.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::batch::{Replication, Workers};
use crate::cli::args::{Changes, CompareArgs, RunArgs};
use crate::cli::color::When;
use crate::cli::console::Console;
use crate::cli::failure::Failure;
use crate::cli::interrupt::Interrupt;
use crate::cli::job::Job;
use crate::cli::progress::Bar;
use crate::cli::room;
use crate::scenario::Scenario;
use crate::world::Threads;

/// The runs of a scenario, which was read from a file with these changes, under these seeds.
pub(super) fn simulate(
    args: &CompareArgs,
    (file, changes): (&Path, &Changes),
    scenario: &Scenario,
    seeds: &[u64],
    (interrupt, console): (&Interrupt, &Console),
) -> Result<Vec<Replication>, Failure> {
    let args = as_run(file, changes, args.threads, seeds.len() as u32);
    room::check(&args, scenario, console)?;
    let budget = room::budget(&args)?;
    let job = Job { args: &args, scenario, anew: true, interrupt, console, budget };
    let workers = Workers::start(args.threads, seeds.len())?;
    let bar = Bar::new(&job, args.replications, scenario.world.duration);
    let stop = AtomicBool::new(false);
    let each = Threads::Exactly((args.threads.unwrap_or(1) / seeds.len()).max(1));
    let runs = workers.run(args.replications, &stop, |place| {
        let outcome = job.simulate(seeds[place as usize], each, &mut |progress| {
            bar.update(place, &progress);
            stop.load(Ordering::Relaxed)
        })?;
        Ok(Replication::of(scenario, outcome))
    });
    bar.finish();
    runs
}

/// The same as the arguments of `ir3sim run`.
fn as_run(file: &Path, changes: &Changes, threads: Option<usize>, replications: u32) -> RunArgs {
    RunArgs {
        file: file.to_owned(),
        changes: changes.clone(),
        wanted_replications: Some(replications),
        replications,
        out: None,
        threads,
        profile: false,
        trail: None,
        paranoid: false,
        max_events: None,
        max_memory: None,
        parquet: false,
        png: false,
        no_charts: true,
        progress: When::Auto,
    }
}
