//! FILE of `sweep run` and `sweep plan`: a sweep file, or a scenario with axes on the command line.

use std::path::{Path, PathBuf};

use crate::cli::args::{Design, Layers};
use crate::cli::failure::{Exit, Failure, chain};
use crate::cli::input::{Refused, is_of_program, is_stdin, is_sweep, text};
use crate::cli::shown::Shown;
use crate::scenario::{Given, Report, Sweep, bad_scenario, merged, parse_sweep};
use crate::study::{Base, Plan, PlanError};

/// The plan that the arguments ask for.
pub(super) fn plan(design: &Design, in_color: bool) -> Result<Plan, Failure> {
    let refused = |why: Refused| why.failure(&design.file, in_color);
    design.layers.can_be_read(&design.file).map_err(refused)?;
    let (name, bytes) = text(&design.file).map_err(refused)?;
    let contents = string(&name, bytes)?;
    plan_of(&design.file, (name, contents), (design.given(), &design.layers), in_color)
}

/// The plan of a file that has been read: what errors call it, and its text.
pub(crate) fn plan_of(
    file: &Path,
    (name, contents): (String, String),
    (mut given, layers): (Given, &Layers),
    in_color: bool,
) -> Result<Plan, Failure> {
    let bad = |report: &Report| Failure::bad_file(&Shown::of(file).to_string(), report, in_color);
    if is_sweep(&contents) {
        let sweep = parse_sweep(&name, &contents, &given).map_err(|report| bad(&report))?;
        let base = base(file, &sweep).map_err(|why| bad(&bad_scenario(&name, &contents, &why)))?;
        let base = with_layers(base, layers, file, in_color)?;
        let plan = Plan::of(sweep, base).map_err(|error| no_plan(file, error, in_color))?;
        return match plan.unknown_subject() {
            Some(said) => Err(Failure::new(Exit::Usage, anyhow::anyhow!(said))),
            None => Ok(plan),
        };
    }
    given.scenario = Some((name_of(&contents, file), name.clone()));
    let sweep = parse_sweep(&name, "", &given).map_err(|report| bad(&report))?;
    let base = with_layers(Base { text: contents, name }, layers, file, in_color)?;
    Plan::of(sweep, base).map_err(|error| no_plan(file, error, in_color))
}

/// The scenario with what is laid over it. Its folder keeps the two as one.
pub(crate) fn with_layers(base: Base, layers: &Layers, file: &Path, in_color: bool) -> Result<Base, Failure> {
    let refused = |why: Refused| why.failure(file, in_color);
    let overlays = layers.read().map_err(refused)?;
    let text = merged(&base.name, base.text, &overlays).map_err(|report| refused(report.into()))?;
    Ok(Base { text, ..base })
}

/// The scenario that a sweep names; or why it is none.
fn base(file: &Path, sweep: &Sweep) -> Result<Base, String> {
    let scenario = beside(file, &sweep.scenario);
    let said = |failure: Failure| chain(&failure.error).join(": ");
    let (name, bytes) = text(&scenario).map_err(|why| said(why.failure(&scenario, false)))?;
    let contents = string(&name, bytes).map_err(said)?;
    if is_sweep(&contents) {
        return Err("it is a sweep, not a scenario".to_owned());
    }
    Ok(Base { text: contents, name })
}

/// Why a file makes no plan.
pub(crate) fn no_plan(file: &Path, error: PlanError, in_color: bool) -> Failure {
    match error {
        PlanError::Nothing(report) => Failure::bad_file(&Shown::of(file).to_string(), &report, in_color),
        refused @ PlanError::Refused(_) => Failure::new(Exit::Usage, refused),
    }
}

pub(crate) fn string(name: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes)
        .map_err(|_| Failure::new(Exit::Usage, anyhow::anyhow!("`{name}` is not UTF-8 text")))
}

/// The scenario's path, which is relative to the sweep's file; a bare name that is no file there is one of the program's.
fn beside(file: &Path, scenario: &str) -> PathBuf {
    let path = file.parent().unwrap_or(Path::new("")).join(scenario);
    let by_name = PathBuf::from(scenario);
    if !path.exists() && (is_of_program(&by_name) || is_stdin(&by_name)) { by_name } else { path }
}

/// The name of a sweep over a scenario: the scenario's own.
pub(crate) fn name_of(text: &str, file: &Path) -> String {
    let table = text.parse::<toml::Table>().ok();
    let name = table.as_ref().and_then(|table| table.get("name")).and_then(toml::Value::as_str);
    let stem = || file.file_stem().and_then(|stem| stem.to_str());
    name.or_else(stem).unwrap_or("sweep").to_owned()
}

impl Design {
    fn given(&self) -> Given {
        Given {
            scenario: None,
            axes: self.axes.clone(),
            set: self.set.clone(),
            replications: self.replications,
            until: self.until.clone(),
            seed: self.seed,
            method: self.method,
            samples: self.samples,
            constraint: self.constraint.clone(),
        }
    }
}
