//! `ir3sim plot`: a result's charts, drawn again.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;

use super::args::PlotArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::folders;
use crate::batch::seed_of;
use crate::charts;
use crate::results::{self, Manifest};

/// `ir3sim plot`: draws charts again from a result's files.
pub(super) fn plot(args: &PlotArgs, console: &Console) -> Result<Exit, Failure> {
    let folder = folders::result(&args.folder)?;
    let manifest = results::read(&folder)?.manifest;
    has_runs(&folder, &manifest)?;
    let charts = draw(&folder, &manifest, args.png)?;
    let paths: Vec<String> = charts.iter().map(|chart| chart.display().to_string()).collect();
    console.document(&json!({ "folder": folder.display().to_string(), "charts": paths }))?;
    if !console.quiet {
        console.say(&paths.join("\n"))?;
    }
    Ok(Exit::Done)
}

/// Fails when a batch's folder was kept without those of its runs, as a summary of them.
fn has_runs(folder: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let Some(count) = manifest.replications else { return Ok(()) };
    if replication_folder(folder, manifest.seed).is_dir() {
        return Ok(());
    }
    let folder = folder.display();
    let said =
        format!("there is nothing to draw from: `{folder}` lacks the folders (seed-…) of its {count} runs");
    Err(Failure::new(Exit::Incomplete, anyhow::anyhow!(said)))
}

/// Draws the charts of a result. Those of a batch are of each of its replications, and beside its own tables once more
/// those of the first.
pub(super) fn draw(folder: &Path, manifest: &Manifest, png: bool) -> Result<Vec<PathBuf>, Failure> {
    let Some(replications) = manifest.replications else { return draw_run(folder, png) };
    for replication in 0..replications {
        draw_run(&replication_folder(folder, seed_of(manifest.seed, replication)), png)?;
    }
    draw_first(folder, manifest.seed, replications, png)
}

/// Draws the charts of one run.
pub(super) fn draw_run(folder: &Path, png: bool) -> Result<Vec<PathBuf>, Failure> {
    let drawn = charts::draw(folder, charts::Options { png });
    Ok(drawn.with_context(|| format!("could not draw the charts of `{}`", folder.display()))?)
}

/// The folder of a batch's run under this seed.
pub(super) fn replication_folder(folder: &Path, seed: u64) -> PathBuf {
    folder.join(format!("seed-{seed}"))
}

/// Draws the charts of a batch's first run once more, beside the batch's own files.
pub(super) fn draw_first(
    folder: &Path,
    seed: u64,
    replications: u32,
    png: bool,
) -> Result<Vec<PathBuf>, Failure> {
    let run = replication_folder(folder, seed);
    let drawn = charts::draw_first(&run, replications, folder, charts::Options { png });
    Ok(drawn.with_context(|| format!("could not draw the charts of `{}`", run.display()))?)
}
