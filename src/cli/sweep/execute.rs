//! Runs what is missing of a sweep, on all cores.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;

use super::left::Left;
use super::progress::Counter;
use super::words::range;
use crate::batch::{self, Workers};
use crate::cli::args::Execution;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::format;
use crate::cli::interrupt::Interrupt;
use crate::cli::room;
use crate::cli::shown::Shown;
use crate::results::Stopwatch;
use crate::scenario::Setting;
use crate::study::{Agenda, Plan, Record, Shard, Store};
use crate::world::{Budget, RunError, RunOptions, Threads};

/// What is to be run, and where it goes.
pub(crate) struct Work<'w> {
    pub execution: &'w Execution,
    pub console: &'w Console,
    pub plan: &'w Plan,
    pub store: &'w Store,
    pub shard: Shard,
    pub folder: &'w Shown,
    pub interrupt: &'w Interrupt,
}

impl Work<'_> {
    /// Runs what is missing of the shard, and keeps each run as soon as it is finished.
    pub(crate) fn run(&self, agenda: Agenda<'_>) -> Result<(), Failure> {
        let (least, most) = agenda.left();
        if most == 0 {
            return Ok(());
        }
        let appender = self.store.append(self.shard)?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let workers = Workers::start(self.execution.jobs, most)?;
        let each = Threads::Exactly((self.execution.jobs.unwrap_or(1) / most).max(1));
        let budget = room::budget_of(self.execution.max_events, self.execution.max_memory)?;
        let left = Left::of(agenda.left_by_point());
        let runs = (least, most as u64);
        let counter = Counter::new(self.execution.progress, runs, (left, workers.threads()), self.console);
        let (stop, agenda) = (AtomicBool::new(false), Mutex::new(agenda));
        let held = || agenda.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = workers.drain(
            &stop,
            || held().begin(),
            |(point, replication)| {
                let watch = Stopwatch::start();
                let record = self.one((point, replication), each, budget, &stop)?;
                appender.add(&record)?;
                let mut agenda = held();
                let left_here = agenda.finish(point, replication, &record);
                counter.tick(agenda.left(), (point, watch.seconds(), left_here));
                Ok(())
            },
        );
        counter.finish();
        ended.map_err(|failure| self.with_kept(failure, &counter))
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
        let options = RunOptions { threads, budget, ..RunOptions::default() };
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
    fn with_kept(&self, failure: Failure, counter: &Counter) -> Failure {
        let kept = format!(
            "{} are finished and kept in `{}`; the same command goes on from there",
            counter.told(),
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

/// What is there already, and what was not whole.
pub(super) fn tell(work: &Work<'_>, agenda: &Agenda<'_>) {
    let (there, (least, most)) = (agenda.finished(), agenda.left());
    if work.store.damaged() > 0 {
        let lines = format::count(work.store.damaged() as u64, "line");
        work.console
            .note(&format!("{lines} of the store in `{}` are not whole, and count for nothing", work.folder));
    }
    if there > 0 {
        let all = range(there + least, there + most);
        work.console.note(&format!("{there} of {all} are there already and are kept"));
    }
}
