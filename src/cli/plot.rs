//! `ir3sim plot`: a result's charts, drawn again.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;

use super::args::PlotArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use crate::batch::seed_of;
use crate::charts;
use crate::results::{self, Manifest};

/// `ir3sim plot`: draws charts again from a result's files.
pub(super) fn plot(args: &PlotArgs, console: &Console) -> Result<Exit, Failure> {
    let manifest = results::read(&args.folder)?.manifest;
    let charts = draw(&args.folder, &manifest, args.png)?;
    let paths: Vec<String> = charts.iter().map(|chart| chart.display().to_string()).collect();
    console.document(&json!({ "folder": args.folder.display().to_string(), "charts": paths }))?;
    if !console.quiet {
        console.say(&paths.join("\n"))?;
    }
    Ok(Exit::Done)
}

/// Draws the charts of a result. Those of a batch are of each of its replications, and beside its own tables of all of them.
pub(super) fn draw(folder: &Path, manifest: &Manifest, png: bool) -> Result<Vec<PathBuf>, Failure> {
    let Some(replications) = manifest.replications else { return draw_run(folder, png) };
    for replication in 0..replications {
        draw_run(&replication_folder(folder, seed_of(manifest.seed, replication)), png)?;
    }
    draw_all(folder, manifest.seed, replications, png)
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

/// Draws the charts of a batch from the tables of its runs.
pub(super) fn draw_all(
    folder: &Path,
    seed: u64,
    replications: u32,
    png: bool,
) -> Result<Vec<PathBuf>, Failure> {
    let runs: Vec<PathBuf> =
        (0..replications).map(|number| replication_folder(folder, seed_of(seed, number))).collect();
    let drawn = charts::draw_all(folder, &runs, charts::Options { png });
    Ok(drawn.with_context(|| format!("could not draw the charts of `{}`", folder.display()))?)
}
