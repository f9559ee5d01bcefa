//! Runs what is missing of a sweep, on all cores.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

use super::progress::Counter;
use crate::batch::{self, Workers};
use crate::cli::args::SweepRunArgs;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::format;
use crate::cli::interrupt::Interrupt;
use crate::cli::room;
use crate::cli::shown::Shown;
use crate::scenario::Setting;
use crate::study::{Plan, Record, Shard, Store};
use crate::world::{Budget, RunError, RunOptions, Threads};

/// What is to be run, and where it goes.
pub(crate) struct Work<'w> {
    pub args: &'w SweepRunArgs,
    pub console: &'w Console,
    pub plan: &'w Plan,
    pub store: &'w Store,
    pub shard: Shard,
    pub folder: &'w Shown,
    pub interrupt: &'w Interrupt,
}

impl Work<'_> {
    /// The runs of the shard that are not there yet, each once: points may be the same.
    pub(crate) fn missing(&self) -> Vec<(usize, u32)> {
        let mut seen = BTreeSet::new();
        let is_missing = |(point, r): &(usize, u32)| {
            let key = self.plan.key(&self.plan.points[*point], *r);
            self.store.find(key).is_none() && seen.insert(key)
        };
        self.plan.runs(self.shard).into_iter().filter(is_missing).collect()
    }

    /// Runs them, and keeps each as soon as it is finished.
    pub(crate) fn run(&self, missing: &[(usize, u32)]) -> Result<(), Failure> {
        if missing.is_empty() {
            return Ok(());
        }
        let appender = self.store.append(self.shard)?;
        let workers = Workers::start(self.args.jobs, missing.len())?;
        let each = Threads::Exactly((self.args.jobs.unwrap_or(1) / missing.len()).max(1));
        let budget = room::budget_of(self.args.max_events, self.args.max_memory)?;
        let counter = Counter::new(self.args.progress, missing.len() as u64, self.console);
        let stop = AtomicBool::new(false);
        let ended = workers.run(missing.len() as u32, &stop, |number| {
            let record = self.one(missing[number as usize], each, budget, &stop)?;
            appender.add(&record)?;
            counter.tick();
            Ok(())
        });
        counter.finish();
        ended.map(|_: Vec<()>| ()).map_err(|failure| self.with_kept(failure, counter.done(), missing.len()))
    }

    fn one(
        &self,
        (point, replication): (usize, u32),
        threads: Threads,
        budget: Budget,
        stop: &AtomicBool,
    ) -> Result<Record, Failure> {
        self.interrupt.check()?;
        let point = &self.plan.points[point];
        let (scenario, seed) = (&point.scenario, self.plan.seed(replication));
        let options = RunOptions { paranoid: false, threads, profile: false, budget };
        let outcome = batch::run_one(scenario, seed, options, &mut |_| {
            let stopped = stop.load(Ordering::Relaxed) || self.interrupt.is_raised();
            if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let place = || format!("at {}, seed {seed}", at(&point.settings));
        if let Err(RunError::OverBudget(overrun)) = outcome {
            return Err(Failure::new(Exit::Incomplete, anyhow::anyhow!("{overrun}; {}", place())));
        }
        let outcome = outcome.with_context(|| format!("the run failed {}", place()))?;
        self.interrupt.check()?;
        if !outcome.ended.complete {
            return Err(Failure::new(Exit::Incomplete, anyhow::anyhow!("stopped, as another run failed")));
        }
        Ok(Record::of(self.plan.key(point, replication), scenario, &outcome))
    }

    /// A failure that says how many runs are finished and stay.
    fn with_kept(&self, failure: Failure, done: u64, wanted: usize) -> Failure {
        let kept = format!(
            "{done} of {wanted} runs are finished and kept in `{}`; the same command goes on from there",
            self.folder
        );
        if failure.exit.is_by_signal() {
            return Failure::interrupted(failure.exit, &kept);
        }
        self.console.note(&kept);
        failure
    }
}

/// A point for people.
pub(super) fn at(settings: &[Setting]) -> String {
    settings.iter().map(Setting::as_override).collect::<Vec<_>>().join(", ")
}

/// What is left, and what was not whole.
pub(super) fn tell(work: &Work<'_>, missing: usize) {
    let all = work.plan.runs(work.shard).len();
    let there = all - missing.min(all);
    if work.store.damaged() > 0 {
        let lines = format::count(work.store.damaged() as u64, "line");
        work.console
            .note(&format!("{lines} of the store in `{}` are not whole, and count for nothing", work.folder));
    }
    if there > 0 {
        work.console
            .note(&format!("{there} of {} are there already and are kept", format::count(all as u64, "run")));
    }
}
