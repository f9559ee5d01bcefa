//! A and B of the command line: results that are read, or scenarios that are run.

use std::path::{Path, PathBuf};

use super::side::Side;
use super::simulate::simulate;
use crate::batch::seed_of;
use crate::cli::args::{Changes, CompareArgs, Layers};
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::input::{self, Input};
use crate::cli::interrupt::Interrupt;
use crate::cli::shown::Shown;
use crate::cli::{builtin, folders};
use crate::results;
use crate::scenario::{Scenario, nearest};

/// Runs of a scenario, if nothing else is said.
const USUAL: u32 = 10;

/// What A or B is.
enum Source {
    Result(PathBuf, Vec<PathBuf>),
    Scenario(PathBuf, Changes, Box<Scenario>),
}

/// Both, read or run. Scenarios are run under the same seeds: those of the result that the other is, if it is one.
pub(super) fn sides(args: &CompareArgs, console: &Console) -> Result<(Side, Side), Failure> {
    if input::is_read_once(&args.a) && args.b.as_ref().is_none_or(|b| input::is_read_once(b)) {
        let said = anyhow::anyhow!("what can be read once alone can be one of A and B, not both");
        return Err(Failure::new(Exit::Usage, said));
    }
    if args.changes.layers.are_read_once() {
        let said = anyhow::anyhow!("what can be read once alone cannot be laid over both A and B");
        return Err(Failure::new(Exit::Usage, said));
    }
    let of = |path: &Path, own: &[String], overlays: &[PathBuf]| {
        let set = args.changes.set.iter().chain(own).cloned().collect();
        let overlays = args.changes.layers.overlays.iter().chain(overlays).cloned().collect();
        Source::of(path, Changes { seed: args.changes.seed, set, layers: Layers { overlays } }, console)
    };
    let a = of(&args.a, &args.set_a, &[])?;
    let b = of(args.b.as_ref().unwrap_or(&args.a), &args.set_b, &args.overlay_b)?;
    have_effect(args, &a, &b)?;
    let interrupt = Interrupt::listen()?;
    let run = |file: &Path, changes: &Changes, scenario: &Scenario, seeds: &[u64]| {
        let runs = simulate(args, (file, changes), scenario, seeds, (&interrupt, console))?;
        Ok::<_, Failure>(Side::of_scenario(file, scenario, runs))
    };
    let wanted = args.replications.map_or(usize::MAX, |count| count as usize);
    Ok(match (&a, &b) {
        (Source::Result(a, of_a), Source::Result(b, of_b)) => {
            (Side::of_results(a, of_a)?, Side::of_results(b, of_b)?)
        }
        (Source::Result(a, of_a), Source::Scenario(b, changes, scenario)) => {
            let side = Side::of_results(a, of_a)?;
            let other = run(b, changes, scenario, &side.seeds[..side.seeds.len().min(wanted)])?;
            (side, other)
        }
        (Source::Scenario(a, changes, scenario), Source::Result(b, of_b)) => {
            let side = Side::of_results(b, of_b)?;
            (run(a, changes, scenario, &side.seeds[..side.seeds.len().min(wanted)])?, side)
        }
        (Source::Scenario(a, changes_a, of_a), Source::Scenario(b, changes_b, of_b)) => {
            let count = args.replications.unwrap_or(USUAL);
            let seeds: Vec<u64> = (0..count).map(|replication| seed_of(of_a.seed, replication)).collect();
            (run(a, changes_a, of_a, &seeds)?, run(b, changes_b, of_b, &seeds)?)
        }
    })
}

impl Source {
    fn of(path: &Path, changes: Changes, console: &Console) -> Result<Source, Failure> {
        if let Some(folders) = result(path)? {
            return Ok(Source::Result(path.to_owned(), folders));
        }
        let input = Input::read(path, &changes).map_err(|why| why.failure(path, console.error_color))?;
        Ok(Source::Scenario(path.to_owned(), changes, Box::new(input.scenario)))
    }

    fn is_result(&self) -> bool {
        matches!(self, Source::Result(..))
    }
}

/// The folders of the result that is meant, or of the runs that are one together; `None`: a scenario is meant.
pub(super) fn result(path: &Path) -> Result<Option<Vec<PathBuf>>, Failure> {
    if path.is_dir() {
        let found = results::find(path)?;
        if found.is_empty() && !input::is_of_program(path) {
            let said = anyhow::anyhow!("no result in `{}`", Shown::of(path));
            return Err(Failure::new(Exit::Incomplete, said));
        }
        return Ok(Some(found).filter(|found| !found.is_empty()));
    }
    if path.file_name().is_some_and(|name| name == "manifest.toml") && path.is_file() {
        return folders::result(path).map(|folder| Some(vec![folder]));
    }
    // A slip in the name of a scenario is told by who reads scenarios.
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let is_slip = || nearest(name, builtin::names().map(|builtin| builtin.name)).is_some();
    let is_file =
        path.exists() || path.as_os_str() == "-" || path.extension().is_some_and(|end| end == "toml");
    if is_file || input::is_of_program(path) {
        return Ok(None);
    }
    match folders::result(path) {
        Ok(folder) => Ok(Some(vec![folder])),
        Err(_) if is_slip() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Refuses options about runs where nothing is run.
fn have_effect(args: &CompareArgs, a: &Source, b: &Source) -> Result<(), Failure> {
    let both = a.is_result() && b.is_result();
    let any = a.is_result() || b.is_result();
    let options = [
        ("-A", !args.set_a.is_empty() && a.is_result(), "A is"),
        ("-B", !args.set_b.is_empty() && b.is_result(), "B is"),
        ("-S", !args.changes.set.is_empty() && any, "A or B is"),
        ("--overlay", !args.changes.layers.overlays.is_empty() && any, "A or B is"),
        ("--overlay-b", !args.overlay_b.is_empty() && b.is_result(), "B is"),
        ("--seed", args.changes.seed.is_some() && any, "A or B is"),
        ("--replications", args.replications.is_some() && both, "A and B are"),
        ("--threads", args.threads.is_some() && both, "A and B are"),
    ];
    if let Some((option, _, which)) = options.into_iter().find(|(_, has_none, _)| *has_none) {
        let result = if both && which == "A and B are" { "results" } else { "a result" };
        let said = format!("`{option}` has no effect: {which} {result}, and not run again");
        return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
    }
    Ok(())
}
