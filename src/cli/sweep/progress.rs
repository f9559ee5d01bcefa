//! How many runs of a sweep are done: a bar on a terminal, or lines elsewhere.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::words::range;
use crate::cli::color::When;
use crate::cli::console::Console;
use crate::cli::format;
use crate::cli::progress::Shown;
use crate::results::Stopwatch;

/// Counts finished runs.
pub(super) struct Counter {
    bar: ProgressBar,
    shown: Shown,
    console: Console,
    state: Mutex<State>,
    watch: Stopwatch,
    told: AtomicU64,
}

/// What is done, and what is left.
#[derive(Clone, Copy)]
struct State {
    done: u64,
    /// Runs that are left, at least and at the most.
    left: (u64, u64),
    /// Events that the runs that are done were expected to have. Runs differ in length, and events tell how much.
    events_done: f64,
    /// And those that are left, at the most.
    events_left: f64,
}

const TEMPLATE: &str = "{bar:28} {msg}";

impl Counter {
    /// `left`: runs that are left, at least and at the most.
    pub(super) fn new(when: When, left: (u64, u64), console: &Console) -> Counter {
        let shown = Shown::of(when, console.quiet, io::stderr().is_terminal());
        let target =
            if shown == Shown::Bar { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(left.1), target);
        let style = ProgressStyle::with_template(TEMPLATE).expect("the template is well formed");
        bar.set_style(style.progress_chars("━╸ "));
        let state = State { done: 0, left, events_done: 0.0, events_left: 0.0 };
        bar.set_message(state.runs());
        Counter {
            bar,
            shown,
            console: *console,
            state: Mutex::new(state),
            watch: Stopwatch::start(),
            told: AtomicU64::new(0),
        }
    }

    /// A run more is done, which was expected to have so many events; so many runs, at least and at the most, and events at
    /// the most are left.
    pub(super) fn tick(&self, events: f64, left: (u64, u64), events_left: f64) {
        let state = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let events_done = state.events_done + events;
            *state = State { done: state.done + 1, left, events_done, events_left };
            *state
        };
        if self.shown == Shown::Bar {
            self.bar.set_length(state.done + left.1);
            self.bar.set_position(state.done);
            self.bar.set_message(state.text(self.watch.seconds()));
        } else if self.shown == Shown::Lines && self.is_due() {
            self.console.complain(&state.text(self.watch.seconds()));
        }
    }

    /// How many runs are done, of how many.
    pub(super) fn told(&self) -> String {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).runs()
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn is_due(&self) -> bool {
        let (now, told) = ((self.watch.seconds() * 1e3) as u64, self.told.load(Ordering::Relaxed));
        now >= told + self.shown.pause()
            && self.told.compare_exchange(told, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl State {
    fn runs(&self) -> String {
        format!("{} of {}", self.done, range(self.done + self.left.0, self.done + self.left.1))
    }

    /// With the time that is left, after so many seconds.
    fn text(&self, took: f64) -> String {
        let time = took * self.events_left / self.events_done.max(1.0);
        let bound = if self.left.0 < self.left.1 { "at most " } else { "" };
        format!("{}  {bound}{} left", self.runs(), format::time(time))
    }
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn time_left_goes_by_events_as_runs_differ_in_length() {
        let state = State { done: 1, left: (2, 2), events_done: 100.0, events_left: 1500.0 };
        assert_eq!(state.text(2.0), "1 of 3 runs  30.0 s left");
        let state = State { left: (1, 4), ..state };
        assert_eq!(state.text(2.0), "1 of 2 to 5 runs  at most 30.0 s left");
    }
}
