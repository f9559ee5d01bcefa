//! Whether to go on, asked while a run is set up: with a million hosts that takes a while.

use std::ops::ControlFlow;

use crate::engine::Progress;
use crate::units::Time;

/// Steps between two questions, where each is a short one.
const ASK_EVERY: u32 = 1 << 14;

/// Asks a run's control before there is any event.
pub(super) struct Setup<'c> {
    control: &'c mut dyn FnMut(Progress) -> ControlFlow<()>,
    until: Time,
    steps: u32,
    stopped: bool,
}

impl<'c> Setup<'c> {
    /// A set-up under this control, of a run that ends at `until`.
    pub(super) fn of(until: Time, control: &'c mut dyn FnMut(Progress) -> ControlFlow<()>) -> Setup<'c> {
        Setup { control, until, steps: 0, stopped: false }
    }

    /// Whether to go on; once not, never again.
    pub(super) fn goes_on(&mut self) -> bool {
        let progress = Progress { now: Time::ZERO, until: self.until, events: 0 };
        self.stopped = self.stopped || (self.control)(progress).is_break();
        !self.stopped
    }

    /// The same before each of many short steps: the control is asked now and then.
    pub(super) fn steps_on(&mut self) -> bool {
        self.steps = (self.steps + 1) % ASK_EVERY;
        if self.steps == 0 { self.goes_on() } else { !self.stopped }
    }

    /// The control, for the run itself.
    pub(super) fn control(&mut self) -> &mut dyn FnMut(Progress) -> ControlFlow<()> {
        self.control
    }
}
