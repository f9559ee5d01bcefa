//! How many runs of a sweep are done: a bar on a terminal, or lines elsewhere.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::left::Left;
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
    state: Mutex<(State, Left)>,
    /// How many runs there are at a time.
    together: usize,
    watch: Stopwatch,
    told: AtomicU64,
}

/// What is done, and what is left.
#[derive(Clone, Copy)]
struct State {
    done: u64,
    /// Runs that are left, at least and at the most.
    left: (u64, u64),
}

const TEMPLATE: &str = "{bar:28} {msg}";

impl Counter {
    /// `runs`: those that are left, at least and at the most. They take as long as `times` has it, so many at a time.
    pub(super) fn new(
        when: When,
        runs: (u64, u64),
        (times, together): (Left, usize),
        console: &Console,
    ) -> Counter {
        let shown = Shown::of(when, console.quiet, io::stderr().is_terminal());
        let target =
            if shown == Shown::Bar { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(runs.1), target);
        let style = ProgressStyle::with_template(TEMPLATE).expect("the template is well formed");
        bar.set_style(style.progress_chars("━╸ "));
        let state = State { done: 0, left: runs };
        bar.set_message(state.runs());
        Counter {
            bar,
            shown,
            console: *console,
            state: Mutex::new((state, times)),
            together,
            watch: Stopwatch::start(),
            told: AtomicU64::new(0),
        }
    }

    /// A run more is done, at this point and in so many seconds, and so many of the point are left at the most; of all so many
    /// are left, at least and at the most.
    pub(super) fn tick(&self, left: (u64, u64), (point, seconds, left_here): (usize, f64, u64)) {
        let (state, time) = {
            let mut held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let (state, times) = &mut *held;
            times.finish(point, seconds, left_here);
            *state = State { done: state.done + 1, left };
            (*state, times.seconds() / self.together.min(left.1 as usize).max(1) as f64)
        };
        if self.shown == Shown::Bar {
            self.bar.set_length(state.done + left.1);
            self.bar.set_position(state.done);
            self.bar.set_message(state.text(time));
        } else if self.shown == Shown::Lines && self.is_due() {
            self.console.complain(&state.text(time));
        }
    }

    /// How many runs are done, of how many.
    pub(super) fn told(&self) -> String {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0.runs()
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

    /// With the time that is left, in seconds.
    fn text(&self, time: f64) -> String {
        let bound = if self.left.0 < self.left.1 { "at most " } else { "" };
        format!("{}  {bound}{} left", self.runs(), format::time(time))
    }
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn the_time_that_is_left_is_a_bound_where_the_runs_are() {
        assert_eq!(State { done: 1, left: (2, 2) }.text(30.0), "1 of 3 runs  30.0 s left");
        assert_eq!(State { done: 1, left: (1, 4) }.text(30.0), "1 of 2 to 5 runs  at most 30.0 s left");
    }
}
