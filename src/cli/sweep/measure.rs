//! How long the runs of a sweep take on this machine, by beginning some of them.

use std::ops::ControlFlow;

use anyhow::Context;

use super::needs::Need;
use crate::batch;
use crate::cli::failure::Failure;
use crate::cli::interrupt::Interrupt;
use crate::cli::room;
use crate::results::Stopwatch;
use crate::study::Plan;
use crate::world::{RunOptions, Threads};

/// A run is stopped after so many seconds.
const LONGEST: f64 = 3.0;
/// So many points are begun, from the one with the fewest events to the one with the most.
const POINTS: usize = 5;

/// Seconds on one core for one run of every point.
pub(super) fn seconds(plan: &Plan, needs: &[Need]) -> Result<f64, Failure> {
    let interrupt = Interrupt::listen()?;
    let mut order: Vec<usize> = (0..needs.len()).collect();
    order.sort_by(|a, b| needs[*a].events.total_cmp(&needs[*b].events));
    let mut tried: Vec<usize> = (0..POINTS).map(|part| part * (order.len() - 1) / (POINTS - 1)).collect();
    tried.dedup();
    let measured =
        tried.into_iter().map(|place| Ok((place, of_event(plan, needs, order[place], &interrupt)?)));
    let measured = measured.collect::<Result<Vec<(usize, f64)>, Failure>>()?;
    let of_point = |place: usize| needs[order[place]].events * between(&measured, place);
    Ok((0..order.len()).map(of_point).sum())
}

/// Between the two measured places around this one, or what was measured there.
fn between(measured: &[(usize, f64)], place: usize) -> f64 {
    let above = measured.partition_point(|(at, _)| *at < place).min(measured.len() - 1);
    let ((low, of_low), (high, of_high)) = (measured[above.saturating_sub(1)], measured[above]);
    if high <= low || place >= high {
        return of_high;
    }
    of_low + (of_high - of_low) * (place - low) as f64 / (high - low) as f64
}

/// Seconds for each of the events that a point is expected to have.
fn of_event(plan: &Plan, needs: &[Need], point: usize, interrupt: &Interrupt) -> Result<f64, Failure> {
    let budget = room::budget_of(None, None)?;
    let options = RunOptions { paranoid: false, threads: Threads::Exactly(1), profile: false, budget };
    let watch = Stopwatch::start();
    let scenario = &plan.points[point].scenario;
    let outcome = batch::run_one(scenario, plan.seed(0), options, &mut |_| {
        let stop = watch.seconds() > LONGEST || interrupt.is_raised();
        if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let took = watch.seconds();
    interrupt.check()?;
    let ended = outcome.context("a run failed that was to be measured")?.ended;
    // One that ended tells how many there are in truth.
    let events = if ended.complete { needs[point].events } else { ended.events as f64 };
    Ok(took / events.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn what_was_not_measured_lies_between_what_was() {
        let measured = [(0, 1.0), (4, 3.0), (8, 2.0)];
        let told: Vec<f64> = (0..9).map(|place| between(&measured, place)).collect();
        assert_eq!(told, [1.0, 1.5, 2.0, 2.5, 3.0, 2.75, 2.5, 2.25, 2.0]);
        assert_eq!(between(&[(0, 7.0)], 0), 7.0);
    }
}
