//! A comparison of sweeps as a chart.

use std::path::Path;

use super::document::Document;
use super::text::side;
use crate::charts::{self, Contrasts};
use crate::cli::compare::chart::contrast;
use crate::cli::failure::Failure;
use crate::cli::format::count;

/// Draws the differences, metric by metric and point by point.
pub(super) fn draw(document: &Document, path: &Path) -> Result<(), Failure> {
    let points = count(document.points.len() as u64, "point");
    let paired = document.points.iter().filter(|point| point.comparison.pairs.is_some()).count();
    let paired = match paired {
        0 => "not paired".to_owned(),
        paired if paired == document.points.len() => "paired by seed".to_owned(),
        paired => format!("paired by seed at {paired}"),
    };
    let about = format!("A: {} · B: {} · {points} of both, {paired}", side(&document.a), side(&document.b));
    let all = document.by_metric();
    let metrics = all.values().flatten().map(|(at, compared)| {
        let mut contrast = contrast(compared);
        contrast.at = Some(at.words()).filter(|at| !at.is_empty());
        contrast
    });
    charts::draw_contrasts(path, &Contrasts { about, metrics: metrics.collect() })?;
    Ok(())
}
