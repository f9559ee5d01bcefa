//! What is asked for, read and checked before anything is run.

use std::path::{Path, PathBuf};

use crate::cli::args::{Execution, ThresholdArgs};
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::input::{is_sweep, tell_left_out, text};
use crate::cli::shown::Shown;
use crate::cli::sweep::folder::Folder;
use crate::cli::sweep::{input, plan};
use crate::scenario::{Given, Method, Report, Scenario, Span, Sweep, nearest, parse_span, parse_sweep};
use crate::study::threshold::{Check, Question};
use crate::study::{Base, Plan, admit_fractions};

/// A search that can begin.
pub(super) struct Task {
    /// The study of all points that could be looked at.
    pub plan: Plan,
    /// Their values, as numbers and as TOML.
    pub grid: Vec<(f64, String)>,
    pub check: Check,
    pub question: Question,
    pub folder: Folder,
    /// How runs are executed, as `ir3sim sweep run` has it.
    pub execution: Execution,
}

impl Task {
    pub(super) fn of(args: &ThresholdArgs, console: &Console) -> Result<Task, Failure> {
        let bad = |report: &Report| Failure::bad_file("--axis", report, console.error_color);
        let (path, mut span) = parse_span(&args.axis).map_err(|report| bad(&report))?;
        let base = base(args, console)?;
        admit_fractions(&path, &mut span, &args.set, &base);
        let grid = span.grid(args.resolution);
        let plan = whole_plan(args, base, (&path, &grid), console)?;
        tell_left_out(&plan.left_out, console);
        let check = check(&plan.points[0].scenario, &args.expect)?;
        let with = changes(args);
        let question = Question { with, ..question(&plan, &check, (&path, &span), grid.len()) };
        let plan = named(plan, &check, &path);
        let execution = args.execution.clone();
        plan::has_room(&plan, &execution)?;
        let out = args.out.clone().unwrap_or_else(|| Path::new("thresholds").join(folder_name(&plan, &path)));
        Ok(Task { plan, grid, check, question, folder: Folder { path: out }, execution })
    }
}

/// The scenario's file.
fn base(args: &ThresholdArgs, console: &Console) -> Result<Base, Failure> {
    let (name, bytes) = text(&args.file).map_err(|why| why.failure(&args.file, console.error_color))?;
    let text = input::string(&name, bytes)?;
    if is_sweep(&text) {
        let said =
            format!("`{name}` is a sweep file: a threshold is looked for in the scenario that it names");
        return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
    }
    input::with_layers(Base { name, text }, &args.layers, &args.file, console.error_color)
}

/// The study of all points of the grid: whatever is wrong at one of them is known before anything is run. The ends come first,
/// as they are what was written.
fn whole_plan(
    args: &ThresholdArgs,
    base: Base,
    (path, grid): (&str, &[(f64, String)]),
    console: &Console,
) -> Result<Plan, Failure> {
    let both: Vec<&str> = grid.iter().take(1).chain(grid.last()).map(|(_, value)| value.as_str()).collect();
    plan_of(args, base.clone(), (path, &both), console)?;
    let all: Vec<&str> = grid.iter().map(|(_, value)| value.as_str()).collect();
    plan_of(args, base, (path, &all), console)
}

fn plan_of(
    args: &ThresholdArgs,
    base: Base,
    (path, values): (&str, &[&str]),
    console: &Console,
) -> Result<Plan, Failure> {
    let given = Given {
        scenario: Some((input::name_of(&base.text, &args.file), base.name.clone())),
        axes: vec![format!("{path}=[{}]", values.join(", "))],
        set: args.set.clone(),
        replications: Some(args.replications),
        seed: args.seed,
        method: Some(Method::Grid),
        ..Given::default()
    };
    let name = Shown::of(&args.file).to_string();
    let sweep = parse_sweep(&base.name, "", &given)
        .map_err(|report| Failure::bad_file(&name, &report, console.error_color))?;
    Plan::of(sweep, base).map_err(|error| input::no_plan(&args.file, error, console.error_color))
}

/// The expectation or trial that is called so.
fn check(scenario: &Scenario, called: &str) -> Result<Check, Failure> {
    let all = Check::all(scenario);
    let refused = |said: String| Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
    let mut found = all.iter().filter(|check| check.is_called(called));
    match (found.next(), found.next()) {
        (Some(check), None) => Ok(check.clone()),
        (Some(one), Some(other)) => {
            refused(format!("--expect {called} can be `{one}` or `{other}`: write which"))
        }
        _ if all.is_empty() => refused(format!(
            "the scenario has no [expect.NAME] and no [claims.NAME]: --expect {called} needs one, in the file or by -S"
        )),
        _ => {
            let near = nearest(called, all.iter().map(Check::name));
            let near = near.map(|near| format!("; the nearest is `{near}`")).unwrap_or_default();
            let names: Vec<String> = all.iter().map(|check| format!("`{check}`")).collect();
            refused(format!(
                "--expect {called}: the scenario has no expectation or trial of this name{near}; there are {}",
                names.join(", ")
            ))
        }
    }
}

/// What the command line changes in the scenario.
fn changes(args: &ThresholdArgs) -> Vec<String> {
    let overlays = args.layers.overlays.iter().map(|overlay| format!("--overlay {}", Shown::of(overlay)));
    overlays.chain(args.set.iter().cloned()).collect()
}

fn question(plan: &Plan, check: &Check, axis: (&str, &Span), candidates: usize) -> Question {
    let Sweep { seed, replications, .. } = plan.sweep;
    let question = Question::of(&plan.points[0].scenario, check, axis, candidates, (seed, replications));
    question.expect("the check is one of the scenario's")
}

/// The plan under a name and a title of its own.
fn named(mut plan: Plan, check: &Check, path: &str) -> Plan {
    let scenario = &plan.points[0].scenario;
    plan.sweep.title = Some(format!("{}: {check} along {path}", scenario.title));
    plan.sweep.name = format!("{}-{}", plan.sweep.name, check.name());
    plan
}

/// The name of the folder, by scenario, check and parameter.
fn folder_name(plan: &Plan, path: &str) -> PathBuf {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    format!("{}-{}", plan.sweep.name, path.replace('"', "")).chars().map(plain).collect::<String>().into()
}
