//! How long the runs of a sweep take on this machine, by beginning some of them.

use std::ops::ControlFlow;

use anyhow::Context;

use super::processor::Processor;
use crate::batch;
use crate::cli::failure::Failure;
use crate::cli::interrupt::Interrupt;
use crate::cli::room;
use crate::study::Plan;
use crate::world::{Progress, RunOptions, Threads};

/// How much is measured.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    /// So many points are begun, from the one with the fewest events to the one with the most; two at the least.
    points: usize,
    /// A run is stopped after so many seconds of processor time.
    longest: f64,
}

/// For those who ask for it.
pub(super) const THOROUGH: Effort = Effort { points: 5, longest: 3.0 };
/// Before a sweep is run that takes longer than this by far.
pub(super) const QUICK: Effort = Effort { points: 3, longest: 0.4 };

/// By which factor what is measured is off at the most, as a rule: by that of the number of events.
pub(super) const FACTOR: f64 = 1.5;

/// A point, and the events that a run of it is expected to have.
pub(super) type Expected = (usize, f64);

/// What was measured.
pub(super) struct Measured {
    /// Seconds of processor time that a run takes, point by point.
    pub seconds: Vec<f64>,
    /// At how many points it was measured.
    pub points: usize,
}

/// Measures how long runs of these points take.
pub(super) fn measure(
    plan: &Plan,
    expected: &[Expected],
    effort: Effort,
    interrupt: &Interrupt,
) -> Result<Measured, Failure> {
    let mut order: Vec<usize> = (0..expected.len()).collect();
    order.sort_by(|a, b| expected[*a].1.total_cmp(&expected[*b].1));
    let last = order.len().saturating_sub(1);
    let mut tried: Vec<usize> = (0..effort.points).map(|part| part * last / (effort.points - 1)).collect();
    tried.dedup();
    let of_event = |place: usize| {
        let of = expected[order[place]];
        Ok((place, of_run(plan, of, effort.longest, interrupt)? / of.1.max(1.0)))
    };
    let measured = tried.into_iter().map(of_event).collect::<Result<Vec<(usize, f64)>, Failure>>()?;
    let mut seconds = vec![0.0; expected.len()];
    for (place, point) in order.into_iter().enumerate() {
        seconds[point] = expected[point].1 * between(&measured, place);
    }
    Ok(Measured { seconds, points: measured.len() })
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

/// Seconds of a run at a point: as long as it took, or if it was stopped, as long as all its events take at this pace.
fn of_run(
    plan: &Plan,
    (point, events): Expected,
    longest: f64,
    interrupt: &Interrupt,
) -> Result<f64, Failure> {
    let budget = room::budget_of(None, None)?;
    let options = RunOptions { threads: Threads::Exactly(1), budget, ..RunOptions::default() };
    let processor = Processor::start();
    // The last time that it was asked whether to go on before its first event.
    let mut built = 0.0;
    let scenario = &plan.points[point].scenario;
    let outcome = batch::run_one(scenario, plan.seed(0), options, &mut |progress: Progress| {
        let spent = processor.seconds();
        if progress.events == 0 {
            built = spent;
        }
        let stop = spent > built + longest || interrupt.is_raised();
        if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let took = processor.seconds();
    interrupt.check()?;
    let ended = outcome.context("a run failed that was to be measured")?.ended;
    Ok(if ended.complete { took } else { whole((built, took), ended.events as f64, events) })
}

/// Seconds of a run of so many events that had its hosts after `built` seconds, and `came` events after `took`.
fn whole((built, took): (f64, f64), came: f64, events: f64) -> f64 {
    took + (took - built) / came.max(1.0) * (events - came).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_lies_between_what_was() {
        let measured = [(0, 1.0), (4, 3.0), (8, 2.0)];
        let told: Vec<f64> = (0..9).map(|place| between(&measured, place)).collect();
        assert_eq!(told, [1.0, 1.5, 2.0, 2.5, 3.0, 2.75, 2.5, 2.25, 2.0]);
        assert_eq!(between(&[(0, 7.0)], 0), 7.0);
    }

    #[test]
    fn what_a_run_takes_before_its_events_counts_once() {
        // Two seconds to build the hosts, and one for the first hundred events of a thousand.
        assert_eq!(whole((2.0, 3.0), 100.0, 1000.0), 12.0);
        assert_eq!(whole((2.0, 3.0), 100.0, 50.0), 3.0, "it took as long already");
    }
}
