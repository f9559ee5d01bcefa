//! `ir3sim run`: a scenario becomes a result folder.

use super::args::RunArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::interrupt::Interrupt;
use super::job::{Done, Finished, Job};
use super::progress::Bar;
use super::shown::Shown;
use super::{plot, replay, replicate, report, room};
use crate::results::{self, Draft, Effort, Identity, Stopwatch};
use crate::scenario::{LoadError, Scenario};
use crate::world::Threads;

/// `ir3sim run`: simulates, and writes a result folder.
pub(super) fn run(args: &RunArgs, console: &Console) -> Result<Exit, Failure> {
    let scenario = load(args, console)?;
    room::check(args, &scenario, console)?;
    let interrupt = Interrupt::listen()?;
    let identity = Identity::of(&scenario, (args.replications > 1).then_some(args.replications));
    let target = args.out.clone().unwrap_or_else(|| identity.default_folder());
    let mut draft = Draft::open(&target, identity)?;
    let job = Job { args, scenario: &scenario, interrupt: &interrupt, console };
    let done = if args.replications > 1 {
        draft.keep_finished();
        interrupt.force(draft.leftovers(), console)?;
        replicate::replicate(&job, &mut draft)
    } else {
        interrupt.force(draft.leftovers(), console)?;
        once(&job, &draft)
    };
    let done = done.map_err(|failure| interrupt.given_up(failure))?;
    let charts = done.charts.iter().map(|chart| plot::placed(chart, draft.folder(), &target)).collect();
    interrupt.undisturbed(|| draft.commit())?;
    let finished = Finished {
        charts,
        replay: replay::command(args, scenario.seed, &target),
        folder: Shown(target),
        summary: done.summary,
        timing: done.timing,
    };
    report::print(&job, &finished)?;
    Ok(if finished.summary.holds() { Exit::Done } else { Exit::Unexpected })
}

fn load(args: &RunArgs, console: &Console) -> Result<Scenario, Failure> {
    args.changes.load(&args.file).map_err(|error| match error {
        LoadError::Invalid(report) => {
            Failure::bad_file(&Shown::of(&args.file).to_string(), &report, console.error_color)
        }
        error => error.into(),
    })
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
    let charts = plot::draw_run(draft.folder(), draft.folder(), job.args.png)?;
    job.interrupt.check()?;
    Ok(Done { summary, timing, charts })
}
