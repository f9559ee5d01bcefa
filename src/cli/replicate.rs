//! `ir3sim run --replications`: many seeds on all cores, summed up. Those that an earlier process has finished are kept.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::args::RunArgs;
use super::failure::Failure;
use super::job::{Done, Job};
use super::progress::Bar;
use super::shown::Shown;
use super::{format, notes, plot};
use crate::batch::{self, Replication, Workers, seed_of};
use crate::charts;
use crate::results::parquet::Parquet;
use crate::results::{self, Draft, Effort, Identity, Manifest, Stale, Stopwatch};
use crate::scenario::Scenario;
use crate::world::Threads;

/// Runs all replications that are not there yet, each with its own folder in the draft, and sums all of them up.
pub(super) fn replicate(job: &Job<'_>, draft: &mut Draft, parquet: Option<Parquet>) -> Result<Done, Failure> {
    let count = job.args.replications;
    let there = there(job, draft)?;
    let missing: Vec<u32> =
        (0..).zip(&there).filter_map(|(r, folder)| folder.is_none().then_some(r)).collect();
    let watch = Stopwatch::start();
    draft.keep_finished(true);
    let effort = run_missing(job, draft, &missing)?;
    draft.keep_finished(false);
    let folder = |(r, there): (u32, &Option<PathBuf>)| {
        there
            .clone()
            .unwrap_or_else(|| plot::replication_folder(draft.folder(), seed_of(job.scenario.seed, r)))
    };
    let folders: Vec<PathBuf> = (0..).zip(&there).map(folder).collect();
    // Read from their files, all of them, so that it makes no difference which process has run them.
    let runs = folders.iter().map(|folder| Replication::read(folder)).collect::<Result<Vec<_>, _>>()?;
    let mut timing = watch.read(&effort);
    timing.reused = Some(count - missing.len() as u32);
    let summary = batch::summarise(job.scenario, &runs);
    let identity = Identity::of(job.scenario, Some(count));
    batch::write(draft.folder(), &identity, &summary, &runs, &timing, parquet)?;
    let drawn = if job.args.no_charts {
        Vec::new()
    } else {
        plot::draw_all(draft.folder(), &folders, draft.folder(), job.args.png)?
    };
    let warmup = notes::warmup::of(&job.scenario.world, &charts::late(draft.folder(), &folders)?);
    Ok(Done { summary, timing, charts: drawn, warmup })
}

/// The folder of each replication that is there already, and tells of them.
fn there(job: &Job<'_>, draft: &mut Draft) -> Result<Vec<Option<PathBuf>>, Failure> {
    let (seed, count) = (job.scenario.seed, job.args.replications);
    let seeds: Vec<u64> = (0..count).map(|replication| seed_of(seed, replication)).collect();
    let names: Vec<String> = seeds.iter().map(|seed| plot::replication_name(*seed)).collect();
    let left = |name: &String| {
        [draft.folder(), draft.target()]
            .iter()
            .any(|folder| folder.join(name).join("manifest.toml").is_file())
    };
    let left: Vec<bool> = names.iter().map(left).collect();
    let (mut there, mut stale) = (Vec::new(), Vec::new());
    for ((seed, name), left) in seeds.into_iter().zip(&names).zip(&left) {
        let scenario = Scenario { seed, ..job.scenario.clone() };
        let run = || Identity::of(&scenario, None);
        let accepts = |manifest: &Manifest| !job.anew && has_charts(manifest, job.args);
        // Without a manifest there is nothing to compare with, but a name may be taken.
        if !left {
            draft.renew(name)?;
            there.push(None);
            continue;
        }
        let folder = draft.reuse(name, &run(), accepts)?;
        stale.extend(folder.as_ref().err());
        there.push(folder.ok());
    }
    let beyond = draft.forget_all_but(&names.into_iter().collect::<BTreeSet<_>>())?;
    if beyond > 0 {
        let what = format::count(beyond as u64, "finished replication");
        job.console.note(&format!("{what} beyond the {count} wanted are removed"));
    }
    tell(job, there.iter().flatten().count(), stale);
    Ok(there)
}

/// Whether its charts are of the kind that is wished for. A run may have nothing to draw.
fn has_charts(manifest: &Manifest, args: &RunArgs) -> bool {
    let mut charts = manifest.files.keys().filter(|path| path.starts_with("charts/")).peekable();
    charts.peek().is_none() || !args.no_charts && charts.any(|path| path.ends_with(".png")) == args.png
}

fn tell(job: &Job<'_>, kept: usize, mut stale: Vec<Stale>) {
    let all = format::count(job.args.replications.into(), "replication");
    if kept > 0 {
        job.console.note(&format!("{kept} of {all} are there already and are kept"));
    }
    stale.sort_unstable();
    for alike in stale.chunk_by(|a, b| job.anew || a == b) {
        let why = match alike[0] {
            _ if job.anew => "as that is what was asked for",
            Stale::OtherVersion => "as another version of this program has made them",
            Stale::Changed => "as they are changed or incomplete",
            Stale::Unwanted => {
                "as they have charts of other formats than are wanted now (`--png`, `--no-charts`)"
            }
        };
        job.console.note(&format!("{} of {all} are there already and are run anew, {why}", alike.len()));
    }
}

fn run_missing(job: &Job<'_>, draft: &Draft, missing: &[u32]) -> Result<Effort, Failure> {
    let count = missing.len() as u32;
    let workers = Workers::start(job.args.threads, missing.len())?;
    let bar = Bar::new(job, count, job.scenario.world.duration);
    let (stop, finished) = (AtomicBool::new(false), AtomicU32::new(0));
    // What is left of the threads when each replication has one goes to all alike.
    let each = Threads::Exactly(job.args.threads.unwrap_or(1) / missing.len().max(1));
    let work = Work { job, folder: draft.folder(), bar: &bar, stop: &stop, finished: &finished, each };
    let efforts = workers.run(count, &stop, |place| work.run(place, missing[place as usize]));
    bar.finish();
    let kept = job.args.replications - count + finished.into_inner();
    let efforts = efforts.map_err(|failure| with_kept(failure, job, draft, kept))?;
    Ok(together(&efforts, workers.threads()))
}

/// A failure that says how many replications are finished and stay.
fn with_kept(failure: Failure, job: &Job<'_>, draft: &Draft, kept: u32) -> Failure {
    let (all, folder) = (job.args.replications, Shown::of(draft.target()));
    let kept = match kept {
        0 => return failure,
        kept => format!(
            "{kept} of {all} replications are finished and kept in `{folder}`; the same run goes on from there"
        ),
    };
    if failure.exit.is_by_signal() {
        return Failure::interrupted(failure.exit, &kept);
    }
    job.console.note(&kept);
    failure
}

/// What the replications that are to be run share.
struct Work<'a> {
    job: &'a Job<'a>,
    folder: &'a Path,
    bar: &'a Bar,
    stop: &'a AtomicBool,
    finished: &'a AtomicU32,
    each: Threads,
}

impl Work<'_> {
    /// Runs a replication, the one at this place of those to be run, into its folder.
    fn run(&self, place: u32, replication: u32) -> Result<Effort, Failure> {
        let seed = seed_of(self.job.scenario.seed, replication);
        let watch = Stopwatch::start();
        let outcome = self.job.simulate(seed, self.each, &mut |progress| {
            self.bar.update(place, &progress);
            self.stop.load(Ordering::Relaxed)
        })?;
        let effort = Effort::of(&outcome.ended);
        if outcome.ended.complete {
            let folder = plot::replication_folder(self.folder, seed);
            results::write_run(&folder, self.job.scenario, &outcome, &watch.read(&effort))?;
            if !self.job.args.no_charts {
                plot::draw_run(&folder, &folder, self.job.args.png)?;
            }
            results::seal(&folder)?;
            self.finished.fetch_add(1, Ordering::Relaxed);
        }
        Ok(effort)
    }
}

/// What all runs did together, so many at the same time.
fn together(runs: &[Effort], workers: usize) -> Effort {
    let Some((first, rest)) = runs.split_first() else {
        let split = "no replication was left to be run".to_owned();
        return Effort { kinds: Vec::new(), spent: None, threads: 0, split, trail: None };
    };
    let mut sum = first.clone();
    rest.iter().for_each(|run| sum.add(run));
    // Each has its own.
    sum.trail = None;
    sum.threads *= workers;
    sum.split = format!("{} at a time, each on {}", format::count(workers as u64, "replication"), sum.split);
    sum
}
