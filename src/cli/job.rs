//! What a run is asked for, and what came out of it.

use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::Context;
use serde::Serialize;

use super::again::Replayed;
use super::args::RunArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::interrupt::Interrupt;
use super::notes::Note;
use super::repeat;
use super::shown::Shown;
use crate::batch;
use crate::results::{Outcome, Summary, Timing};
use crate::scenario::Scenario;
use crate::world::{Budget, Progress, RunError, RunOptions, Threads};

/// What is to be done, and how.
pub(super) struct Job<'a> {
    pub args: &'a RunArgs,
    pub scenario: &'a Scenario,
    /// Whether to run what is there already once more: it is to be watched, not only to be there.
    pub anew: bool,
    pub interrupt: &'a Interrupt,
    pub console: &'a Console,
    pub budget: Budget,
}

impl Job<'_> {
    /// Runs the scenario under a seed. `watch` sees how far it is, and may stop it; an interrupt does too.
    pub(super) fn simulate(
        &self,
        seed: u64,
        threads: Threads,
        watch: &mut dyn FnMut(Progress) -> bool,
    ) -> Result<Outcome, Failure> {
        self.interrupt.check()?;
        let (paranoid, profile, budget) = (self.args.paranoid, self.args.profile, self.budget);
        let options = RunOptions { paranoid, threads, profile, budget, trail: self.args.trail };
        let outcome = batch::run_one(self.scenario, seed, options, &mut |progress| {
            let stopped = watch(progress) || self.interrupt.is_raised();
            if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let replay = || format!("the run failed; repeat it with `{}`", repeat::paranoid(self.args, seed));
        if let Err(RunError::OverBudget(overrun)) = outcome {
            let said = anyhow::anyhow!("{overrun}; under seed {seed}, and no result was written");
            return Err(Failure::new(Exit::Incomplete, said));
        }
        let outcome = outcome.with_context(replay)?;
        self.interrupt.check()?;
        Ok(outcome)
    }
}

/// What came out, in a draft.
pub(super) struct Done {
    pub summary: Summary,
    pub timing: Timing,
    pub charts: Vec<PathBuf>,
    /// What its time series say about the warm-up.
    pub warmup: Option<Note>,
}

/// What came out, in its place.
#[derive(Serialize)]
pub(super) struct Finished {
    #[serde(flatten)]
    pub summary: Summary,
    /// What explains the figures, by how much it matters.
    pub notes: Vec<Note>,
    pub folder: Shown,
    pub charts: Vec<Shown>,
    pub timing: Timing,
    /// What came of it, when it was a manifest that was run again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replayed: Option<Replayed>,
    pub replay: String,
}
