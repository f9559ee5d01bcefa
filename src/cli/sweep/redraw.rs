//! `ir3sim plot` of a sweep's folder: its charts, drawn again from its files.

use std::path::Path;

use serde_json::json;

use super::folder::Folder;
use crate::charts::{self, Options};
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::shown::Shown;
use crate::study::{self, Account};

/// Draws the charts of a finished sweep again: those that `sweep.toml` asks for, those of metrics that it had, and that of a
/// threshold.
pub(super) fn redraw(path: &Path, png: bool, console: &Console) -> Result<Exit, Failure> {
    let folder = Folder::existing(path)?;
    let _alone = folder.alone()?;
    if !Account::is_sealed(path, &folder.plan()?) {
        let said = format!(
            "`{}` has no tables of what its sweep.toml and scenario.toml say: `ir3sim sweep merge` writes them",
            Shown::of(path)
        );
        return Err(Failure::new(Exit::Incomplete, anyhow::anyhow!(said)));
    }
    let metrics = charts::study_metrics(path, &study::charts_listed(path)?)?;
    let mut drawn = charts::draw_study(path, &metrics, Options { png })?;
    if path.join(study::threshold::FILE).is_file() {
        drawn.extend(charts::draw_threshold(path, Options { png })?);
    }
    study::relist(path, &drawn)?;
    let shown: Vec<Shown> = drawn.iter().map(|chart| Shown::of(chart)).collect();
    console.document(&json!({ "folder": Shown::of(path), "charts": shown }))?;
    if !console.quiet {
        console.say(&shown.iter().map(Shown::to_string).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(Exit::Done)
}

/// Whether this is a sweep's folder.
pub(super) fn is_folder(path: &Path) -> bool {
    path.join("sweep.toml").is_file()
}
