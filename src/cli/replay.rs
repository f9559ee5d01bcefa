//! `ir3sim replay`: whether the same comes out of a result's manifest again.

mod difference;

use anyhow::Context;
use serde::Serialize;

use super::again::{self, Again};
use super::args::{ReplayArgs, RunArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::input::Input;
use super::interrupt::Interrupt;
use super::job::Job;
use super::shown::Shown;
use super::{folders, format, room, run};
use crate::results::{self, Draft, Identity, Stored};
use crate::units::Duration;
use difference::{First, Other, Parted};

/// What came of it.
#[derive(Serialize)]
struct Comparison {
    folder: Shown,
    /// Whether the same events happened, and every figure and table is the same.
    same: bool,
    /// Of the events that the result is of.
    fingerprint: String,
    /// Of those that happened now.
    replayed: String,
    /// How many these are.
    #[serde(rename = "events")]
    handled: u64,
    /// Who wrote the result, if another program.
    #[serde(skip)]
    by: String,
    /// The figures that are not the same.
    metrics: Vec<Other>,
    /// The tables that are not the same, and in what way.
    files: Vec<String>,
    /// When something else happened first, if the result tells.
    parted: Option<Parted>,
    /// The first row of a time series that is not the same, if the result has one.
    first: Option<First>,
}

/// `ir3sim replay`: simulates again, and compares. Nothing of it is kept.
pub(super) fn replay(args: &ReplayArgs, console: &Console) -> Result<Exit, Failure> {
    let folder = folders::result(&args.folder)?;
    results::recover(&folder)?;
    let file = folder.join("manifest.toml");
    let run = RunArgs::of_replay(args, file.clone());
    let input = Input::read(&file, &run.changes).map_err(|why| why.failure(&file, console.error_color))?;
    // After that of a sweep has been told from it.
    let stored = results::read(&folder)?;
    let mut run = Again::of(&run, input.manifest).args;
    run.trail = difference::trail(&stored).map(|trail| trail.stretch());
    room::check(&run, &input.scenario, console)?;
    let interrupt = Interrupt::listen()?;
    let budget = room::budget(&run)?;
    let identity = Identity::of(&input.scenario, (run.replications > 1).then_some(run.replications));
    // Gone with all that is in it, whatever happens.
    let scratch = tempfile::Builder::new().prefix("ir3sim-replay-").tempdir();
    let scratch = scratch.context("could not make a folder for what is compared")?;
    let mut draft = Draft::open(&scratch.path().join("result"), identity)?;
    interrupt.force(draft.leftovers(), console)?;
    let job =
        Job { args: &run, scenario: &input.scenario, anew: true, interrupt: &interrupt, console, budget };
    run::simulate(&job, &mut draft, None)?;
    let replayed = Comparison::of(&stored, &results::read(draft.folder())?, input.scenario.world.duration)?;
    console.document(&replayed)?;
    if !console.quiet || !replayed.same {
        console.say(&replayed.told(console.verbose))?;
    }
    Ok(if replayed.same { Exit::Done } else { Exit::Differs })
}

impl Comparison {
    /// Both as they are on disk, so that they have been written and read alike.
    fn of(there: &Stored, here: &Stored, duration: Duration) -> Result<Comparison, Failure> {
        // An altered manifest may still lead to the same events.
        let files = difference::files(there, &here.folder);
        let same = there.manifest.fingerprint == here.manifest.fingerprint
            && there.summary == here.summary
            && files.is_empty();
        Ok(Comparison {
            folder: Shown::of(&there.folder),
            same,
            handled: here.summary.events,
            by: again::versions(&there.manifest),
            files,
            metrics: difference::metrics(&there.summary, &here.summary),
            parted: if same { None } else { difference::parted(there, &here.folder, duration) },
            first: if same { None } else { difference::first(there, &here.folder)? },
            fingerprint: there.manifest.fingerprint.clone(),
            replayed: here.manifest.fingerprint.clone(),
        })
    }

    fn told(&self, all: bool) -> String {
        let Comparison { folder, fingerprint, replayed, by, handled, .. } = self;
        let events = format::count(*handled, "event");
        if self.same {
            return format!(
                "the same as in {folder}: fingerprint {fingerprint}, {events}, every figure and table"
            );
        }
        let mut lines = vec![if fingerprint == replayed {
            format!("the same events as in {folder}, fingerprint {fingerprint}, but not the same result{by}")
        } else {
            format!(
                "not the same as in {folder}: fingerprint {fingerprint} there, {replayed} here, {events}{by}"
            )
        }];
        lines.extend(self.parted.as_ref().map(Parted::to_string));
        lines.extend(self.first.as_ref().map(First::to_string));
        lines.extend(self.files.iter().cloned());
        lines.push(difference::told(&self.metrics, all));
        lines.join("\n")
    }
}
