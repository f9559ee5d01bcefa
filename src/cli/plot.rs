//! `ir3sim plot`: a result's charts, drawn again.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;

use super::args::PlotArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::folders;
use super::interrupt::Interrupt;
use super::shown::Shown;
use crate::batch::seed_of;
use crate::charts;
use crate::results::{self, Draft, Manifest};

/// `ir3sim plot`: draws charts again from a result's files.
pub(super) fn plot(args: &PlotArgs, console: &Console) -> Result<Exit, Failure> {
    let interrupt = Interrupt::listen()?;
    let folder = folders::result(&args.folder)?;
    let draft = Draft::redraw(&folder)?;
    interrupt.force(draft.leftovers(), console)?;
    let charts = draw(&draft, args.png, &interrupt);
    let charts = charts.map_err(|failure| interrupt.given_up(failure))?;
    let charts: Vec<Shown> = charts.iter().map(|chart| placed(chart, draft.folder(), &folder)).collect();
    interrupt.undisturbed(|| draft.commit())?;
    console.document(&json!({ "folder": Shown(folder), "charts": charts }))?;
    if !console.quiet {
        console.say(&charts.iter().map(Shown::to_string).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(Exit::Done)
}

/// Fails when a batch's folder was kept without those of its runs, as a summary of them.
fn has_runs(folder: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let Some(count) = manifest.replications else { return Ok(()) };
    if replication_folder(folder, manifest.seed).is_dir() {
        return Ok(());
    }
    let folder = Shown::of(folder);
    let said =
        format!("there is nothing to draw from: `{folder}` lacks the folders (seed-…) of its {count} runs");
    Err(Failure::new(Exit::Incomplete, anyhow::anyhow!(said)))
}

/// Draws the charts of a result into a draft. Those of a batch are of each of its replications, and beside its own tables
/// of all of them.
fn draw(draft: &Draft, png: bool, interrupt: &Interrupt) -> Result<Vec<PathBuf>, Failure> {
    let (from, to) = (draft.target(), draft.folder());
    let manifest = results::read(from)?.manifest;
    has_runs(from, &manifest)?;
    let Some(replications) = manifest.replications else { return draw_run(from, to, png) };
    let mut runs = Vec::new();
    for replication in 0..replications {
        interrupt.check()?;
        let name = replication_name(seed_of(manifest.seed, replication));
        draw_run(&from.join(&name), &to.join(&name), png)?;
        runs.push(from.join(&name));
    }
    interrupt.check()?;
    draw_all(from, &runs, to, png)
}

/// Draws the charts of one run into a folder.
pub(super) fn draw_run(run: &Path, folder: &Path, png: bool) -> Result<Vec<PathBuf>, Failure> {
    let drawn = charts::draw_into(run, folder, charts::Options { png });
    Ok(drawn.with_context(|| format!("could not draw the charts of `{}`", Shown::of(run)))?)
}

/// The folder of a batch's run under this seed.
pub(super) fn replication_folder(folder: &Path, seed: u64) -> PathBuf {
    folder.join(replication_name(seed))
}

/// The name of that folder.
pub(super) fn replication_name(seed: u64) -> String {
    format!("seed-{seed}")
}

/// Draws the charts of a batch, whose summary is in a folder, from the tables of its runs.
pub(super) fn draw_all(
    batch: &Path,
    runs: &[PathBuf],
    folder: &Path,
    png: bool,
) -> Result<Vec<PathBuf>, Failure> {
    let drawn = charts::draw_all(batch, runs, folder, charts::Options { png });
    Ok(drawn.with_context(|| format!("could not draw the charts of `{}`", Shown::of(batch)))?)
}

/// A draft's file by the path it will have.
pub(super) fn placed(path: &Path, draft: &Path, target: &Path) -> Shown {
    Shown(path.strip_prefix(draft).map_or_else(|_| path.to_owned(), |inside| target.join(inside)))
}
