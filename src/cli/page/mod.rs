//! `ir3sim report`: one HTML page out of result folders, which a design review can decide from.
//!
//! The page is one file without a script, and fetches nothing. It is the same bytes for the same folders.
//!
//! * what it is made of: `material` (results with their charts, and what `ir3sim claims` says of them together), `study`
//!   (sweeps) with `mean`, `tables` (of the runs of results), `chart` and `svg` (charts as parts of a page)
//! * its sections, in their order: `problems`, `overview`, `verdicts` with `point_verdicts`, `expectations`, `baseline`, `question`,
//!   `figures`, `sweeps` with `sensitivity`, `parameters` with `tested` and `reasons`, `attacks` with `recovery` and `spread`,
//!   `glossary`, `runs`
//! * what they share: `cells` (figures, verdicts, links), `layout` (the frame), `output` (the file)

mod attacks;
mod baseline;
mod cells;
mod chart;
mod expectations;
mod figures;
mod glossary;
mod layout;
mod material;
mod mean;
mod output;
mod overview;
mod parameters;
mod point_verdicts;
mod problems;
mod question;
mod reasons;
mod recovery;
mod runs;
mod sensitivity;
mod spread;
mod study;
mod svg;
mod sweeps;
mod tables;
mod tested;
mod verdicts;

use serde_json::json;

use super::args::ReportArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::interrupt::Interrupt;
use super::shown::Shown;
use super::{format, stored};
use baseline::Baseline;
use layout::Section;
use material::Material;

/// `ir3sim report`: writes the page.
pub(super) fn report(args: &ReportArgs, console: &Console) -> Result<Exit, Failure> {
    let interrupt = Interrupt::listen()?;
    output::check(&args.out)?;
    let mut material = Material::of(stored::read_all(&args.folders, console)?)?;
    let baseline = args.baseline.as_ref().map(|folder| Baseline::of(folder, &material)).transpose()?;
    material.command.extend(baseline.iter().map(|baseline| format!(" {}", baseline.argument())));
    interrupt.check()?;
    let page = layout::page(&material, &sections(&material, baseline.as_ref()));
    interrupt.undisturbed(|| output::write(&args.out, page.as_bytes()))?;
    if page.len() > LARGE {
        let size = format::bytes(page.len() as u64);
        console.note(&format!("the page has {size}: fewer results make one that is easier to pass on"));
    }
    let file = Shown::of(&args.out);
    let results: Vec<Shown> = material.entries.iter().map(|entry| Shown::of(&entry.stored.folder)).collect();
    let sweeps: Vec<Shown> = material.studies.iter().map(|study| Shown::of(&study.folder)).collect();
    console.document(&json!({
        "file": file, "bytes": page.len(), "results": results, "sweeps": sweeps, "left_out": material.left_out, "claims": material.rows,
        "baseline": baseline.as_ref().map(Baseline::told),
    }))?;
    if !console.quiet {
        console.say(&format!("report: {file} ({})", material.size()))?;
    }
    Ok(Exit::Done)
}

/// Bytes from which on mail and review tools begin to refuse a file.
const LARGE: usize = 5_000_000;

fn sections(material: &Material, baseline: Option<&Baseline>) -> Vec<Section> {
    let mut all = vec![
        Section::new("verdicts", "Verdicts", verdicts::section(material)),
        Section::new("expectations", "Expectations", expectations::section(material)),
        Section::new("question", "The question, and what is not modelled", question::section(material)),
        Section::new("figures", "Figures and charts", figures::section(material)),
        Section::new("parameters", "Parameters tested", parameters::section(material)),
        Section::new("attacks", "Attacks", attacks::section(material)),
        Section::new("glossary", "Every metric, explained", glossary::section(material)),
        Section::new("runs", "What was run, and how to repeat it", runs::section(material)),
    ];
    if !material.studies.is_empty() {
        all.insert(4, Section::new("sweeps", "Sweeps", sweeps::section(material)));
    }
    if let Some(baseline) = baseline {
        all.insert(2, Section::new("baseline", "Paired difference to a baseline", baseline.section()));
    }
    all
}
