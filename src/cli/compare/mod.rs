//! `ir3sim compare`: two results, or sweeps (`points`), the parameters that differ, and what changed.

mod chart;
mod document;
mod markdown;
mod options;
pub(super) mod points;
mod remarks;
mod rows;
mod side;
mod simulate;
mod source;
mod telling;
mod text;

use std::path::Path;

use super::args::CompareArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::shown::Shown;
use crate::batch;
use document::Document;
use options::Options;

/// `ir3sim compare`: reads or runs both, and says what differs.
pub(super) fn compare(args: &CompareArgs, console: &Console) -> Result<Exit, Failure> {
    are_two(args)?;
    let least = options::least(args)?;
    chart::check(args.chart.as_deref())?;
    if [Some(&args.a), args.b.as_ref()].into_iter().flatten().any(|path| points::is_sweep(path)) {
        return points::compare(args, &least, console);
    }
    let (a, b) = source::sides(args, console)?;
    let known = a.runs.iter().chain(&b.runs).flat_map(|run| run.metrics.keys()).map(String::as_str).collect();
    let options = Options::of(args, &known, Vec::new(), |metric| metric)?;
    let comparison = batch::compare(&a.runs, &b.runs, &least, |metric| options.is_wanted(metric));
    let worse = options.worse(&[&comparison])?.into_iter().map(|(_, metric)| metric).collect();
    let document = Document::of(&a, &b, comparison, worse);
    telling::tell(&document, args, console)
}

impl telling::Telling for Document<'_> {
    fn draw(&self, path: &Path) -> Result<(), Failure> {
        chart::draw(self, path)
    }

    fn markdown(&self) -> String {
        markdown::markdown(self)
    }

    fn text(&self, console: &Console) -> String {
        text::text(self, console)
    }

    fn failures(&self) -> Vec<String> {
        self.failures()
    }
}

/// Whether there is a B.
fn are_two(args: &CompareArgs) -> Result<(), Failure> {
    if args.b.is_none() && args.set_a.is_empty() && args.set_b.is_empty() && args.overlay_b.is_empty() {
        let said = anyhow::anyhow!(
            "there is nothing to compare `{}` with: give B, or how A and B differ, as in -B network.loss=0.1",
            Shown::of(&args.a)
        );
        return Err(Failure::new(Exit::Usage, said));
    }
    Ok(())
}
