//! How many runs of a sweep are done: a bar on a terminal, or lines elsewhere.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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
    all: u64,
    done: AtomicU64,
    watch: Stopwatch,
    told: AtomicU64,
}

const TEMPLATE: &str = "{bar:28} {pos} of {len} runs  {eta} left";

impl Counter {
    pub(super) fn new(when: When, all: u64, console: &Console) -> Counter {
        let shown = Shown::of(when, console.quiet, io::stderr().is_terminal());
        let target =
            if shown == Shown::Bar { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(all), target);
        let style = ProgressStyle::with_template(TEMPLATE).expect("the template is well formed");
        bar.set_style(style.progress_chars("━╸ "));
        Counter {
            bar,
            shown,
            console: *console,
            all,
            done: AtomicU64::new(0),
            watch: Stopwatch::start(),
            told: AtomicU64::new(0),
        }
    }

    /// A run more is done.
    pub(super) fn tick(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.bar.inc(1);
        if self.shown == Shown::Lines && self.is_due() {
            let (took, all) = (self.watch.seconds(), self.all);
            let left = took / done as f64 * (all - done) as f64;
            self.console.complain(&format!("{done} of {all} runs  {} left", format::time(left)));
        }
    }

    pub(super) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
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
