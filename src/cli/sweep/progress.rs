//! How many runs of a sweep are done: a bar on a terminal, or lines elsewhere.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::execute::range;
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
    /// Runs that are left, at least and at the most.
    left: Mutex<(u64, u64)>,
    done: AtomicU64,
    watch: Stopwatch,
    told: AtomicU64,
}

const TEMPLATE: &str = "{bar:28} {pos} of {msg}{len} runs  {eta} left";

impl Counter {
    /// `left`: runs that are left, at least and at the most.
    pub(super) fn new(when: When, left: (u64, u64), console: &Console) -> Counter {
        let shown = Shown::of(when, console.quiet, io::stderr().is_terminal());
        let target =
            if shown == Shown::Bar { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(left.1), target);
        let style = ProgressStyle::with_template(TEMPLATE).expect("the template is well formed");
        bar.set_style(style.progress_chars("━╸ "));
        Counter {
            bar,
            shown,
            console: *console,
            left: Mutex::new(left),
            done: AtomicU64::new(0),
            watch: Stopwatch::start(),
            told: AtomicU64::new(0),
        }
    }

    /// A run more is done, and so many are left, at least and at the most.
    pub(super) fn tick(&self, left: (u64, u64)) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = left;
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.bar.set_length(done + left.1);
        self.bar.set_message(if left.0 < left.1 { "at most " } else { "" });
        self.bar.set_position(done);
        if self.shown == Shown::Lines && self.is_due() {
            let each = self.watch.seconds() / done as f64;
            let time = format::time(each * left.1 as f64);
            let bound = if left.0 < left.1 { "at most " } else { "" };
            self.console.complain(&format!("{}  {bound}{time} left", self.told()));
        }
    }

    /// How many runs are done, of how many.
    pub(super) fn told(&self) -> String {
        let done = self.done.load(Ordering::Relaxed);
        let left = *self.left.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{done} of {}", range(done + left.0, done + left.1))
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
