use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;

use super::args::RunArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::interrupt::Interrupt;
use super::progress::Bar;
use super::report;
use super::{plot, replay, replicate, room};
use crate::batch::{self, RunOptions};
use crate::results::{self, Draft, Effort, Identity, Outcome, Stopwatch, Summary, Timing};
use crate::scenario::{self, LoadError, Scenario};
use crate::world::{Progress, Threads};

/// `ir3sim run`: simulates, and writes a result folder.
pub(super) fn run(args: &RunArgs, console: &Console) -> Result<Exit, Failure> {
    let scenario = load(args, console)?;
    room::check(args, &scenario, console)?;
    let interrupt = Interrupt::listen()?;
    let identity = Identity::of(&scenario, (args.replications > 1).then_some(args.replications));
    let target = args.out.clone().unwrap_or_else(|| identity.default_folder());
    let draft = Draft::open(&target, identity)?;
    let job = Job { args, scenario: &scenario, interrupt: &interrupt, console };
    let done = if args.replications > 1 { replicate::replicate(&job, &draft)? } else { once(&job, &draft)? };
    interrupt.check()?;
    let charts = done.charts.iter().map(|chart| placed(chart, draft.folder(), &target)).collect();
    draft.commit()?;
    let finished = Finished {
        charts,
        replay: replay::command(args, scenario.seed, &target),
        folder: target.display().to_string(),
        summary: done.summary,
        timing: done.timing,
    };
    report::print(&job, &finished)?;
    Ok(if finished.summary.holds() { Exit::Done } else { Exit::Unexpected })
}

/// What is to be done, and how.
pub(super) struct Job<'a> {
    pub args: &'a RunArgs,
    pub scenario: &'a Scenario,
    pub interrupt: &'a Interrupt,
    pub console: &'a Console,
}

impl Job<'_> {
    /// Runs the scenario under a seed. `watch` sees how far it is, and may stop it; an interrupt does too.
    pub fn simulate(
        &self,
        seed: u64,
        threads: Threads,
        watch: &mut dyn FnMut(Progress) -> bool,
    ) -> Result<Outcome, Failure> {
        self.interrupt.check()?;
        let options = RunOptions { paranoid: self.args.paranoid, threads, profile: self.args.profile };
        let outcome = batch::run_one(self.scenario, seed, options, &mut |progress| {
            let stopped = watch(progress) || self.interrupt.is_raised();
            if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let replay = || format!("the run failed; replay it with `{}`", replay::paranoid(self.args, seed));
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
}

/// What came out, in its place.
#[derive(Serialize)]
pub(super) struct Finished {
    #[serde(flatten)]
    pub summary: Summary,
    pub folder: String,
    pub charts: Vec<String>,
    pub timing: Timing,
    pub replay: String,
}

fn load(args: &RunArgs, console: &Console) -> Result<Scenario, Failure> {
    let mut scenario = scenario::load(&args.file, &args.set).map_err(|error| match error {
        LoadError::Invalid(report) => Failure::bad_file(&args.file.display().to_string(), &report, console),
        error => error.into(),
    })?;
    scenario.seed = args.seed.unwrap_or(scenario.seed);
    Ok(scenario)
}

fn once(job: &Job<'_>, draft: &Draft) -> Result<Done, Failure> {
    let bar = Bar::new(job.console, 1, job.scenario.world.duration);
    let watch = Stopwatch::start();
    let threads = job.args.threads.map_or(Threads::Automatic, Threads::Exactly);
    let outcome = job.simulate(job.scenario.seed, threads, &mut |progress| {
        bar.update(0, &progress);
        false
    });
    bar.finish();
    let outcome = outcome?;
    let timing = watch.read(&Effort::of(&outcome.ended));
    let summary = results::write_run(draft.folder(), job.scenario, &outcome, &timing)?;
    let charts = plot::draw_run(draft.folder(), job.args.png)?;
    Ok(Done { summary, timing, charts })
}

/// A draft's file by the path it will have.
fn placed(path: &Path, draft: &Path, target: &Path) -> String {
    path.strip_prefix(draft)
        .map_or_else(|_| path.to_owned(), |inside| target.join(inside))
        .display()
        .to_string()
}
