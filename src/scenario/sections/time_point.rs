//! Points in time, as spans since the start of the run.

use crate::scenario::forms::{Mapped, Quantity};
use crate::units::{Duration, Time};

/// A time since the start of the run.
pub(super) fn time_point() -> Mapped<Quantity<Duration>, Time> {
    Mapped {
        form: Quantity::time(),
        wrap: |span| Time::ZERO + span,
        unwrap: |time| Some(time.since(Time::ZERO)),
    }
}
