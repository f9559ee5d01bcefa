//! `ir3sim check`: scenario and sweep files read and validated, and nothing run.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::args::{Changes, CheckArgs};
use super::console::{Console, Paint};
use super::failure::{Exit, Failure, chain, findings};
use super::faults::{Trouble, troubles};
use super::format;
use super::input::{Input, Refused, tell_left_out};
use super::pace::{FACTOR, processor_seconds};
use super::room;
use super::shown::{Shown, plain};
use super::sweep;
use crate::batch;
use crate::scenario::{Given, Scenario, remarks};
use crate::study::Plan;
use crate::units::Duration;
use crate::world::{Forecast, Memory};

/// `ir3sim check`: reads and validates files, and tells all that is wrong with any of them.
pub(super) fn check(args: &CheckArgs, console: &Console) -> Result<Exit, Failure> {
    let checked: Vec<Checked> = args.files.iter().map(|file| Checked::read(file, args, console)).collect();
    let several = checked.len() > 1;
    for file in &checked {
        file.say(several, console)?;
    }
    if several {
        let good = checked.iter().filter(|file| file.ok).count();
        console.note(&format!("{good} of {} valid", format::count(checked.len() as u64, "file")));
    }
    console.document(&checked)?;
    let ended = |exit| checked.iter().any(|file| file.exit == exit);
    Ok([Exit::Usage, Exit::Failed].into_iter().find(|exit| ended(*exit)).unwrap_or(Exit::Done))
}

#[derive(Serialize)]
struct Checked {
    file: Shown,
    ok: bool,
    scenario: Option<String>,
    /// How many events a run handles, about or at most.
    events: Option<f64>,
    /// How much memory a run on one thread takes, and whether that is what it takes about, or at most.
    #[serde(rename = "memory_B")]
    memory: Option<u64>,
    memory_is: Option<&'static str>,
    /// What goes wrong and when, in the order in which it begins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<Trouble>,
    /// The first hundred.
    errors: Vec<Value>,
    /// How many there are beside them.
    #[serde(skip_serializing_if = "is_zero")]
    more_errors: usize,
    /// What can be meant as it is, and mostly is not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved: Option<String>,
    #[serde(skip)]
    exit: Exit,
    #[serde(skip)]
    text: String,
}

impl Checked {
    fn read(path: &Path, args: &CheckArgs, console: &Console) -> Checked {
        let file = Shown::of(path);
        match Input::read(path, &args.changes) {
            Ok(Input { scenario, left_out, .. }) => {
                tell_left_out(&left_out, console);
                Checked::good(file, scenario, args, console)
            }
            Err(Refused::Invalid(report)) => {
                let text = report.render(console.error_color);
                let bad = Checked::bad(file, Exit::Usage, findings(&report), text);
                Checked { more_errors: report.more(), ..bad }
            }
            Err(Refused::Unread(exit, error)) => Checked::unread(file, exit, &error),
            Err(Refused::Sweep(name, text)) => Checked::sweep(path, (name, text), args, console),
        }
    }

    /// A sweep, which is good if the scenario is at every point.
    fn sweep(path: &Path, named: (String, String), args: &CheckArgs, console: &Console) -> Checked {
        let file = Shown::of(path);
        let Changes { seed, set, layers } = args.changes.clone();
        let given = Given { set, seed, ..Given::default() };
        match sweep::plan_of(path, named, (given, &layers), console.error_color) {
            Ok(plan) => {
                tell_left_out(&plan.left_out, console);
                Checked::planned(file, &plan, args, console)
            }
            Err(Failure { exit, error, rendered: None, .. }) => Checked::unread(file, exit, &error),
            Err(Failure { exit, rendered: Some(text), findings, .. }) => {
                Checked::bad(file, exit, findings, text)
            }
        }
    }

    fn planned(file: Shown, plan: &Plan, args: &CheckArgs, console: &Console) -> Checked {
        let points = format::count(plan.points.len() as u64, "point");
        let runs = plan.points.len() as u64 * u64::from(plan.sweep.replications);
        let contents = format!("{}: {points}, {}", plan.sweep.name, format::count(runs, "run"));
        Checked {
            text: format!("{file}: {} (sweep {contents})", console.paint(Paint::Good, "ok")),
            ok: true,
            exit: Exit::Done,
            scenario: Some(plan.sweep.scenario.clone()),
            remarks: sweep::remarks(plan),
            resolved: args.resolved.then(|| plan.sweep.to_toml()),
            ..Checked::bad(file, Exit::Done, Vec::new(), String::new())
        }
    }

    fn unread(file: Shown, exit: Exit, error: &anyhow::Error) -> Checked {
        let message = chain(error).join(": ");
        let text = format!("error: {}", plain(&message));
        let finding = serde_json::json!({ "file": file, "message": message });
        Checked::bad(file, exit, vec![finding], text)
    }

    fn good(file: Shown, scenario: Scenario, args: &CheckArgs, console: &Console) -> Checked {
        let (events, memory) = (Forecast::of(&scenario.world).events(), batch::memory(&scenario, 1));
        let contents = contents(&scenario, events, &memory);
        Checked {
            events: Some(events.round()),
            memory: Some(memory.total().as_bytes()),
            memory_is: Some(room::about(&memory)),
            faults: troubles(&scenario.world),
            text: format!("{file}: {} ({contents})", console.paint(Paint::Good, "ok")),
            file,
            ok: true,
            errors: Vec::new(),
            more_errors: 0,
            remarks: remarks(&scenario),
            resolved: args.resolved.then(|| scenario.to_toml()),
            exit: Exit::Done,
            scenario: Some(scenario.name),
        }
    }

    fn bad(file: Shown, exit: Exit, errors: Vec<Value>, text: String) -> Checked {
        Checked {
            file,
            ok: false,
            scenario: None,
            events: None,
            memory: None,
            memory_is: None,
            faults: Vec::new(),
            errors,
            more_errors: 0,
            remarks: Vec::new(),
            resolved: None,
            exit,
            text,
        }
    }

    fn say(&self, several: bool, console: &Console) -> Result<(), Failure> {
        match &self.resolved {
            _ if !self.ok => console.complain(&self.text),
            Some(resolved) if several => console.hand_over(&format!("# {}\n{resolved}", self.file))?,
            Some(resolved) => console.hand_over(resolved)?,
            None if console.quiet => {}
            None => {
                console.say(&self.text)?;
                // Of several files one line each.
                if !several {
                    self.faults.iter().try_for_each(|fault| console.say(&line(fault)))?;
                }
            }
        }
        self.remarks.iter().for_each(|remark| console.note(&format!("note: {remark}")));
        Ok(())
    }
}

fn line(fault: &Trouble) -> String {
    let [from, to] = [fault.from_s, fault.to_s].map(Duration::from_seconds);
    format!("  {} from {from} to {to}: {}", plain(&fault.name), plain(&fault.does))
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

fn contents(scenario: &Scenario, events: f64, memory: &Memory) -> String {
    let world = &scenario.world;
    let hosts: u64 = world.groups.iter().map(|group| u64::from(group.hosts.count)).sum();
    let parts = [
        format::count(hosts, "host"),
        format::count(world.groups.len() as u64, "group"),
        format::count(world.workloads.len() as u64, "workload"),
        format::count(world.faults.len() as u64, "fault"),
        format::count(scenario.expectations.len() as u64, "expectation"),
        format::count(scenario.claims.len() as u64, "claim"),
    ];
    let (about, memory) = (room::about(memory), format::bytes(memory.total().as_bytes()));
    // More digits would claim to know better than within the factor.
    let takes = Duration::from_seconds(room::two_digits(processor_seconds(events) * 1e6) / 1e6);
    format!(
        "{}: {}, {}, {about} {memory} of memory, {about} {} events, and {about} {takes} of processor time (within a factor of {FACTOR})",
        scenario.name,
        parts.join(", "),
        world.duration,
        format::number(room::two_digits(events).round()),
    )
}
