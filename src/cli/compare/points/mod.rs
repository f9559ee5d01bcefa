//! Sweeps compared, point by point: those of A and B with the same values belong together.
//!
//! `read` makes a `study` of a folder (with `figures`, where its runs are tables), `chosen` takes some of its points,
//! `pairs` matches them with the other's, `document` compares them (`found`, with `remarks`), each in its `place`, and
//! `text`, `markdown` and `chart` say it.

mod chart;
mod chosen;
mod document;
mod found;
mod markdown;
mod pairs;
mod place;
mod read;
mod remarks;
mod study;
mod text;

use std::path::Path;

use super::options::Options;
use super::telling;
use crate::batch::Least;
use crate::cli::args::CompareArgs;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::metrics;
use chosen::Chosen;
use document::Failed;
pub(crate) use document::{Document, counts};
use pairs::Pairs;
pub(crate) use place::Place;
pub(crate) use read::read;
pub(crate) use study::Study;

/// Whether a path means a sweep.
pub(super) fn is_sweep(path: &Path) -> bool {
    read::sweep(path).is_some()
}

/// `ir3sim compare` where either is a sweep.
pub(super) fn compare(args: &CompareArgs, least: &Least, console: &Console) -> Result<Exit, Failure> {
    have_effect(args)?;
    let (a, b, pairs) = sides(args)?;
    let unasked = unasked(&a, &b);
    let known = a.columns().into_iter().chain(b.columns()).collect();
    let options = Options::of(args, &known, unasked, |column| a.metric_of(b.metric_of(column)))?;
    let mut document = Document::of(a, b, &pairs, least, |column| options.is_wanted(column));
    let comparisons: Vec<_> = document.points.iter().map(|point| &point.comparison).collect();
    let worse = options.worse(&comparisons)?.into_iter();
    document.failed =
        worse.map(|(place, metric)| Failed { metric, at: document.points[place].at.clone() }).collect();
    telling::tell(&document, args, console)
}

impl telling::Telling for Document {
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

/// What `ir3sim compare` says of these two with `--only` these columns; or why they have no point in common.
pub(crate) fn between(a: Study, b: Study, columns: &[String]) -> Result<Document, String> {
    let pairs = Pairs::of(&a, &b, &[], &[])?;
    if pairs.pairs.is_empty() {
        return Err(nothing_in_common(&pairs));
    }
    Ok(Document::of(a, b, &pairs, &Least::default(), |column| columns.iter().any(|wanted| wanted == column)))
}

/// The columns that are compared when nobody asks for any: those that charts are about; else those that expectations and claims
/// are about, and what most ask about.
pub(crate) fn unasked(a: &Study, b: &Study) -> Vec<String> {
    let has_value = |column: &str| a.has_value(column) && b.has_value(column);
    let mut charted: Vec<String> = Vec::new();
    for column in a.charted.iter().chain(&b.charted).filter(|column| has_value(column)) {
        if !charted.contains(column) {
            charted.push(column.clone());
        }
    }
    if charted.is_empty() {
        return metrics::shown_unasked(a.checked.iter().chain(&b.checked).cloned(), has_value);
    }
    charted
}

/// Both, with the points that are chosen, and which of them belong together.
fn sides(args: &CompareArgs) -> Result<(Study, Study, Pairs), Failure> {
    let [of_both, of_a, of_b] = [
        Chosen::all("-S", &args.changes.set)?,
        Chosen::all("-A", &args.set_a)?,
        Chosen::all("-B", &args.set_b)?,
    ];
    let mut a = read(&args.a)?;
    let mut b = args.b.as_ref().map_or_else(|| Ok(a.clone()), |path| read(path))?;
    of_a.iter().try_for_each(|chosen| chosen.keep(&mut a))?;
    of_b.iter().try_for_each(|chosen| chosen.keep(&mut b))?;
    for chosen in &of_both {
        let varied = [&a, &b].map(|study| study.axes.contains(&chosen.path));
        if varied[0] || !varied[1] {
            chosen.keep(&mut a)?;
        }
        if varied[1] {
            chosen.keep(&mut b)?;
        }
    }
    let pairs =
        Pairs::of(&a, &b, &of_a, &of_b).map_err(|why| Failure::new(Exit::Usage, anyhow::anyhow!(why)))?;
    if pairs.pairs.is_empty() {
        return Err(Failure::new(Exit::Incomplete, anyhow::anyhow!(nothing_in_common(&pairs))));
    }
    Ok((a, b, pairs))
}

fn nothing_in_common(pairs: &Pairs) -> String {
    let paths = pairs.paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    format!("A and B have no point in common: none of A has the same values of {paths} as one of B")
}

/// Refuses options about runs: nothing is run.
fn have_effect(args: &CompareArgs) -> Result<(), Failure> {
    let options = [
        ("--seed", args.changes.seed.is_some()),
        ("--overlay", !args.changes.layers.overlays.is_empty()),
        ("--overlay-b", !args.overlay_b.is_empty()),
        ("--replications", args.replications.is_some()),
        ("--threads", args.threads.is_some()),
    ];
    match options.into_iter().find(|(_, is_given)| *is_given) {
        Some((option, _)) => {
            let said = format!("`{option}` has no effect: a sweep is not run again");
            Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)))
        }
        None => Ok(()),
    }
}
