//! What a run may spend at the most: events, and memory.

use std::fmt;
use std::ops::ControlFlow;

use crate::engine::Progress;
use crate::units::{ByteSize, Time};

/// What a run may spend before it is stopped. A run whose work multiplies by itself ends by this alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Budget {
    /// Events. Whether a run is stopped by it does not depend on the machine or the number of threads: it is if it would
    /// need more.
    pub events: Option<u64>,
    /// Memory of the process, and what measures it.
    pub memory: Option<(ByteSize, Gauge)>,
}

/// Bytes of memory that the process takes now.
pub type Gauge = fn() -> u64;

/// A budget was not enough: what the run had come to when it was stopped.
#[derive(Clone, Debug, PartialEq)]
pub struct Overrun {
    /// What was not enough.
    pub limit: Limit,
    /// The simulated time that the run had reached, about.
    pub now: Time,
    /// Events handled.
    pub events: u64,
    /// Events by kind.
    pub kinds: Vec<(&'static str, u64)>,
    /// Messages in flight.
    pub in_flight: u64,
}

/// What a run may not have more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// So many events.
    Events(u64),
    /// So much memory.
    Memory(ByteSize),
}

/// Events between two looks at the memory: some milliseconds.
const MEASURE_EVERY: u64 = 1 << 14;

/// Watches a run's spending.
pub(super) struct Spending {
    budget: Budget,
    /// Events when memory was measured last.
    measured: u64,
    out_of_memory: bool,
}

impl Spending {
    pub(super) fn of(budget: Budget) -> Spending {
        Spending { budget, measured: 0, out_of_memory: false }
    }

    /// Whether the run may go on.
    pub(super) fn allows(&mut self, progress: &Progress) -> ControlFlow<()> {
        if self.budget.events.is_some_and(|most| progress.events > most) {
            return ControlFlow::Break(());
        }
        if let Some((most, used)) = self.budget.memory {
            // While hosts are set up it is asked seldom, and there are no events to count by.
            if progress.events == 0 || progress.events - self.measured >= MEASURE_EVERY {
                self.measured = progress.events;
                self.out_of_memory |= used() > most.as_bytes();
            }
        }
        if self.out_of_memory { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// What was not enough for a run that has ended after so many events.
    pub(super) fn exceeded(&self, events: u64) -> Option<Limit> {
        let of_events = self.budget.events.filter(|most| events > *most).map(Limit::Events);
        let of_memory = self.budget.memory.filter(|_| self.out_of_memory);
        of_events.or(of_memory.map(|(most, _)| Limit::Memory(most)))
    }
}

/// Kinds of events that are named, the most frequent ones.
const NAMED: usize = 3;

impl fmt::Display for Overrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limit {
            Limit::Events(most) => write!(f, "the run needs more than {most} events")?,
            Limit::Memory(most) => write!(f, "the run needs more than {most} of memory")?,
        }
        write!(f, ": stopped at {} of simulated time, after {} events", rounded(self.now), self.events)?;
        let mut kinds = self.kinds.clone();
        kinds.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
        kinds.retain(|(_, count)| *count > 0);
        for (place, (name, count)) in kinds.iter().take(NAMED).enumerate() {
            write!(f, "{}{count} of kind `{name}`", if place == 0 { " (" } else { ", " })?;
        }
        let close = if kinds.is_empty() { "" } else { ")" };
        write!(f, "{close}, with {} messages in flight", self.in_flight)
    }
}

/// It is about then that a run stopped: to the millisecond, unless that is all there is.
fn rounded(now: Time) -> Time {
    const MILLISECOND: u64 = 1_000_000;
    let finer = if now.as_nanos() < MILLISECOND { 0 } else { now.as_nanos() % MILLISECOND };
    Time::from_nanos(now.as_nanos() - finer)
}

impl std::error::Error for Overrun {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overrun_names_what_was_not_enough_and_what_there_was_most_of() {
        let overrun = Overrun {
            limit: Limit::Events(99),
            now: Time::from_nanos(3_783_312_288),
            events: 100,
            kinds: vec![("arrive", 60), ("join", 0), ("timer", 38), ("work", 1), ("pass", 1)],
            in_flight: 7,
        };
        assert_eq!(
            overrun.to_string(),
            "the run needs more than 99 events: stopped at 3783 ms of simulated time, after 100 events (60 of kind \
             `arrive`, 38 of kind `timer`, 1 of kind `pass`), with 7 messages in flight"
        );
        assert_eq!(
            [999_999, 1_999_999].map(|nanos| rounded(Time::from_nanos(nanos)).as_nanos()),
            [999_999, 1_000_000]
        );
    }

    #[test]
    fn memory_is_measured_before_there_is_any_event() {
        let mut spending =
            Spending::of(Budget { events: None, memory: Some((ByteSize::from_bytes(9), || 10)) });
        let start = Progress { now: Time::ZERO, until: Time::NEVER, events: 0 };
        assert_eq!(spending.allows(&start), ControlFlow::Break(()));
        assert_eq!(spending.exceeded(0), Some(Limit::Memory(ByteSize::from_bytes(9))));
    }

    #[test]
    fn memory_is_measured_now_and_then_and_what_was_too_much_stays_so() {
        let mut spending =
            Spending::of(Budget { events: None, memory: Some((ByteSize::from_bytes(9), || 10)) });
        let at = |events| Progress { now: Time::ZERO, until: Time::NEVER, events };
        assert_eq!(spending.allows(&at(MEASURE_EVERY - 1)), ControlFlow::Continue(()));
        assert_eq!(spending.allows(&at(MEASURE_EVERY)), ControlFlow::Break(()));
        assert_eq!(spending.allows(&at(MEASURE_EVERY + 1)), ControlFlow::Break(()));
    }
}
