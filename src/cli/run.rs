//! `ir3sim run`: a scenario becomes a result folder.

use super::again::Again;
use super::args::RunArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::input::{Input, tell_left_out};
use super::interrupt::Interrupt;
use super::job::{Done, Finished, Job};
use super::notes;
use super::progress::Bar;
use super::shown::Shown;
use super::{plot, repeat, replicate, report, room};
use crate::results::parquet::Parquet;
use crate::results::{self, Draft, Effort, Identity, Stopwatch};
use crate::scenario::Scenario;
use crate::units::Time;
use crate::world::Threads;

/// `ir3sim run`: simulates, and writes a result folder.
pub(super) fn run(args: &RunArgs, console: &Console) -> Result<Exit, Failure> {
    let input =
        Input::read(&args.file, &args.changes).map_err(|why| why.failure(&args.file, console.error_color))?;
    tell_left_out(&input.left_out, console);
    let again = Again::of(args, input.manifest);
    let args = &again.args;
    let scenario = input.scenario;
    let parquet = parquet(args)?;
    check_trail(args, &scenario)?;
    room::check(args, &scenario, console)?;
    let interrupt = Interrupt::listen()?;
    let identity = Identity::of(&scenario, (args.replications > 1).then_some(args.replications));
    let target = args.out.clone().unwrap_or_else(|| identity.default_folder());
    let budget = room::budget(args)?;
    let mut draft = Draft::open(&target, identity)?;
    let anew = args.paranoid || args.profile || args.trail.is_some() || again.is_replay();
    let job = Job { args, scenario: &scenario, anew, interrupt: &interrupt, console, budget };
    draft.keep_finished(args.replications > 1);
    interrupt.force(draft.leftovers(), console)?;
    let done = simulate(&job, &mut draft, parquet)?;
    let replayed = again.compare(&done.summary, &target)?;
    let charts = done.charts.iter().map(|chart| plot::placed(chart, draft.folder(), &target)).collect();
    interrupt.undisturbed(|| draft.commit())?;
    let finished = Finished {
        charts,
        replayed,
        replay: repeat::command(args, scenario.seed, &target),
        notes: notes::with(notes::notes(&scenario.world, &done.summary.metrics), done.warmup),
        folder: Shown(target),
        summary: done.summary,
        timing: done.timing,
    };
    report::print(&job, &finished)?;
    Ok(match &finished.replayed {
        Some(replayed) if !replayed.same => Exit::Differs,
        _ if finished.summary.holds() => Exit::Done,
        _ => Exit::Unexpected,
    })
}

/// All that is to be run, into a draft.
pub(super) fn simulate(job: &Job<'_>, draft: &mut Draft, parquet: Option<Parquet>) -> Result<Done, Failure> {
    let several = job.args.replications > 1;
    let done = if several { replicate::replicate(job, draft, parquet) } else { once(job, draft) };
    done.map_err(|failure| job.interrupt.given_up(failure))
}

/// Whether tables are wanted as Parquet: before anything is run.
fn parquet(args: &RunArgs) -> Result<Option<Parquet>, Failure> {
    if args.parquet && args.replications == 1 {
        let said =
            "`--parquet` has no effect on one run: it is about the tables of several, with --replications";
        return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
    }
    Parquet::wanted(args.parquet).map_err(|error| Failure::new(Exit::Usage, error))
}

/// A trail leads through a part of the run.
fn check_trail(args: &RunArgs, scenario: &Scenario) -> Result<(), Failure> {
    let duration = scenario.world.duration;
    match args.trail {
        Some((from, until)) if until > Time::ZERO + duration => {
            let said = format!(
                "`--trail` = {from} to {until} is not within the run: it ends at {duration}, its `duration`"
            );
            Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)))
        }
        _ => Ok(()),
    }
}

fn once(job: &Job<'_>, draft: &Draft) -> Result<Done, Failure> {
    let bar = Bar::new(job, 1, job.scenario.world.duration);
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
    let charts = if job.args.no_charts {
        Vec::new()
    } else {
        plot::draw_run(draft.folder(), draft.folder(), job.args.png)?
    };
    job.interrupt.check()?;
    Ok(Done { summary, timing, charts, warmup: None })
}
