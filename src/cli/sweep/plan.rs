//! `ir3sim sweep plan`: what a sweep would run, and what that takes.

use rayon::prelude::*;
use serde::Serialize;

use super::{execute, input};
use crate::batch;
use crate::cli::args::{SweepPlanArgs, SweepRunArgs};
use crate::cli::check::processor_seconds;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::limits;
use crate::cli::{format, room};
use crate::study::{Plan, Point};
use crate::world::Forecast;

#[derive(Serialize)]
struct Planned {
    sweep: String,
    points: usize,
    runs: usize,
    /// Events of all runs.
    events: f64,
    /// Seconds of processor time, an order of magnitude.
    processor_s: f64,
    /// Memory of the largest run.
    #[serde(rename = "largest_memory_B")]
    memory: u64,
}

/// `ir3sim sweep plan`: points, runs, and estimates of time and memory; nothing is run.
pub(super) fn plan(args: &SweepPlanArgs, console: &Console) -> Result<Exit, Failure> {
    let plan = input::plan(&args.design, console.error_color)?;
    let estimates = estimates(&plan);
    let replications = f64::from(plan.sweep.replications);
    let events: f64 = estimates.iter().map(|estimate| estimate.events * replications).sum();
    let planned = Planned {
        sweep: plan.sweep.name.clone(),
        points: plan.points.len(),
        runs: plan.points.len() * plan.sweep.replications as usize,
        events: events.round(),
        processor_s: processor_seconds(events),
        memory: estimates.iter().map(|estimate| estimate.memory).max().unwrap_or_default(),
    };
    console.document(&planned)?;
    let mut text = format!(
        "{}: {} × {} = {}; about {} events, in the order of {} of processor time, {} of memory for the largest run",
        planned.sweep,
        format::count(planned.points as u64, "point"),
        plan.sweep.replications,
        format::count(planned.runs as u64, "run"),
        format::number(room::two_digits(planned.events).round()),
        format::time(planned.processor_s),
        format::bytes(planned.memory),
    );
    if console.verbose {
        plan.points.iter().for_each(|point| text += &format!("\n  {}", execute::at(&point.settings)));
    }
    console.say(&text)?;
    Ok(Exit::Done)
}

/// What a run at a point needs.
pub(super) struct Need {
    pub events: f64,
    pub memory: u64,
    /// Memory that it surely needs.
    pub least: u64,
}

pub(super) fn estimates(plan: &Plan) -> Vec<Need> {
    let of = |point: &Point| {
        let memory = batch::memory(&point.scenario, 1);
        Need {
            events: Forecast::of(&point.scenario.world).events(),
            memory: memory.total().as_bytes(),
            least: memory.least().as_bytes(),
        }
    };
    plan.points.par_iter().map(of).collect()
}

/// Refuses a sweep whose largest runs surely need more memory than there is, as many as run at a time.
pub(super) fn has_room(plan: &Plan, args: &SweepRunArgs) -> Result<(), Failure> {
    let Some(left) = limits::left().filter(|_| !args.force && args.max_memory.is_none()) else {
        return Ok(());
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut needs: Vec<u64> = estimates(plan).into_iter().map(|need| need.least).collect();
    needs.sort_unstable_by(|a, b| b.cmp(a));
    let together = args.jobs.unwrap_or(cores);
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
