//! A comparison as a chart.

use std::path::Path;

use super::document::Document;
use super::side::Side;
use crate::batch::{Change, Compared};
use crate::charts::{self, Contrast, Contrasts, Turn};
use crate::cli::failure::{Exit, Failure};
use crate::cli::format::count;
use crate::cli::shown::Shown;

/// Refuses what is no SVG file before anything is run.
pub(super) fn check(path: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = path.filter(|path| path.extension().is_none_or(|ending| ending != "svg")) else {
        return Ok(());
    };
    let said = format!("`--chart {}`: it draws an SVG file, whose name ends in .svg", Shown::of(path));
    Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)))
}

/// Draws the differences.
pub(super) fn draw(document: &Document<'_>, path: &Path) -> Result<(), Failure> {
    let side = |name: &str, side: &Side| {
        format!("{name}: {} ({}, {})", side.source, side.scenario, count(side.runs.len() as u64, "run"))
    };
    let paired = match document.comparison.pairs {
        Some(pairs) => format!("paired by seed: {}", count(pairs.into(), "pair")),
        None => "not paired".to_owned(),
    };
    let about = format!("{} · {} · {paired}", side("A", document.a), side("B", document.b));
    let metrics = document.comparison.metrics.iter().map(contrast).collect();
    charts::draw_contrasts(path, &Contrasts { about, metrics })?;
    Ok(())
}

/// A metric of it.
pub(super) fn contrast(compared: &Compared) -> Contrast {
    Contrast {
        metric: compared.metric.clone(),
        at: None,
        turn: match compared.verdict {
            Change::Worse => Turn::Worse,
            Change::Better => Turn::Better,
            Change::Lower | Change::Higher => Turn::Changed,
            Change::Inconclusive => Turn::Inconclusive,
            Change::Equivalent | Change::Same => Turn::Equivalent,
        },
        base: compared.a.mean.0,
        difference: compared.difference.0,
        interval: compared.ci_low.0.zip(compared.ci_high.0),
        least: compared.least.0,
    }
}
