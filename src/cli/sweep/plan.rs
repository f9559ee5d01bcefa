//! `ir3sim sweep plan`: what a sweep would run, and what that takes.

use serde::Serialize;

use super::needs::{Need, estimates};
use super::{execute, input, measure, words};
use crate::cli::args::{Execution, SweepPlanArgs};
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::interrupt::Interrupt;
use crate::cli::limits;
use crate::cli::pace::{self, processor_seconds};
use crate::cli::{format, room};
use crate::scenario;
use crate::study::Plan;

#[derive(Serialize)]
struct Planned {
    sweep: String,
    points: usize,
    /// Points of the design that don't meet the constraint.
    points_dropped: usize,
    /// Runs at the most.
    runs: u64,
    /// And at the least: a rule may end the runs of a point before.
    runs_least: u64,
    /// Events of all runs, at the most.
    events: f64,
    /// Seconds of processor time, at the most.
    processor_s: f64,
    /// By which factor that is off at the most, as a rule.
    processor_s_factor: f64,
    /// Whether it comes from runs that were begun on this machine, or from the number of events alone.
    measured: bool,
    /// Memory of the largest run.
    #[serde(rename = "largest_memory_B")]
    memory: u64,
}

/// `ir3sim sweep plan`: points, runs, and estimates of time and memory; nothing is run, unless to measure how long it takes.
pub(super) fn plan(args: &SweepPlanArgs, console: &Console) -> Result<Exit, Failure> {
    let plan = input::plan(&args.design, console.error_color)?;
    let estimates = estimates(&plan);
    let (points, most) = (plan.points.len() as u64, plan.sweep.replications);
    let least = plan.sweep.until.as_ref().map_or(most, |until| until.least);
    let events: f64 = estimates.iter().map(|estimate| estimate.events).sum();
    let measured = args.measure.then(|| measured(&plan, &estimates)).transpose()?;
    let seconds = measured.unwrap_or_else(|| processor_seconds(events));
    let planned = Planned {
        sweep: plan.sweep.name.clone(),
        points: plan.points.len(),
        points_dropped: plan.dropped,
        runs: points * u64::from(most),
        runs_least: points * u64::from(least),
        events: (events * f64::from(most)).round(),
        processor_s: seconds * f64::from(most),
        processor_s_factor: if args.measure { measure::FACTOR } else { pace::FACTOR },
        measured: args.measure,
        memory: estimates.iter().map(|estimate| estimate.memory).max().unwrap_or_default(),
    };
    console.document(&planned)?;
    let mut text = told(&planned, &plan);
    if console.verbose {
        plan.points.iter().for_each(|point| text += &format!("\n  {}", execute::at(&point.settings)));
    }
    console.say(&text)?;
    remarks(&plan).iter().for_each(|remark| console.note(&format!("note: {remark}")));
    Ok(Exit::Done)
}

/// What is odd at some point, each once.
pub(crate) fn remarks(plan: &Plan) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for remark in plan.points.iter().flat_map(|point| scenario::remarks(&point.scenario)) {
        if !found.contains(&remark) {
            found.push(remark);
        }
    }
    found
}

/// Seconds of processor time for one run of every point.
fn measured(plan: &Plan, estimates: &[Need]) -> Result<f64, Failure> {
    let expected: Vec<(usize, f64)> = estimates.iter().map(|need| need.events).enumerate().collect();
    let measured = measure::measure(plan, &expected, measure::THOROUGH, &Interrupt::listen()?)?;
    Ok(measured.seconds.iter().sum())
}

fn told(planned: &Planned, plan: &Plan) -> String {
    let (bound, replications, until) = match &plan.sweep.until {
        None => ("", plan.sweep.replications.to_string(), String::new()),
        Some(until) => (
            "at most ",
            format!("{} to {}", until.least, plan.sweep.replications),
            format!(", until {} is known to {}", until.of, words::exactness(until)),
        ),
    };
    format!(
        "{}: {}{} × {replications} = {}{until}; {bound}about {} events, {bound}{}, {} of \
         memory for the largest run",
        planned.sweep,
        format::count(planned.points as u64, "point"),
        if plan.dropped > 0 {
            format!(" ({} dropped by the constraint)", plan.dropped)
        } else {
            String::new()
        },
        words::range(planned.runs_least, planned.runs),
        format::number(room::two_digits(planned.events).round()),
        time(planned),
        format::bytes(planned.memory),
    )
}

fn time(planned: &Planned) -> String {
    let (time, factor) = (format::time(planned.processor_s), planned.processor_s_factor);
    let how = if planned.measured { "measured: " } else { "" };
    format!("about {time} of processor time ({how}within a factor of {factor}, as a rule)")
}

/// Refuses a sweep whose largest runs surely need more memory than there is, as many as run at a time.
pub(crate) fn has_room(plan: &Plan, execution: &Execution) -> Result<(), Failure> {
    let Some(left) = limits::left().filter(|_| !execution.force && execution.max_memory.is_none()) else {
        return Ok(());
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut needs: Vec<u64> = estimates(plan).into_iter().map(|need| need.least).collect();
    needs.sort_unstable_by(|a, b| b.cmp(a));
    let together = execution.jobs.unwrap_or(cores);
    let runs = needs.iter().flat_map(|need| std::iter::repeat_n(*need, plan.sweep.replications as usize));
    let needed: u64 = runs.take(together).sum();
    if needed <= left.bytes {
        return Ok(());
    }
    let said = format!(
        "the largest runs, {} at a time, would need about {}, and {} {}: lower --jobs, or --force runs it all the same",
        together,
        format::bytes(needed),
        format::bytes(left.bytes),
        left.says
    );
    Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)))
}
