//! How many runs of a sweep are done: a bar on a terminal, or lines elsewhere.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::color::When;
use crate::cli::console::Console;
use crate::cli::format;
use crate::results::Stopwatch;

/// Counts finished runs.
pub(super) struct Counter {
    bar: ProgressBar,
    lines: bool,
    console: Console,
    all: u64,
    done: AtomicU64,
    watch: Stopwatch,
    told: AtomicU64,
}

const TEMPLATE: &str = "{bar:28} {pos} of {len} runs  {eta} left";
/// Milliseconds between two lines.
const PAUSE: u64 = 3000;

impl Counter {
    pub(super) fn new(when: When, all: u64, console: &Console) -> Counter {
        let terminal = io::stderr().is_terminal();
        let is_bar = terminal && (when == When::Always || when == When::Auto && !console.quiet);
        let target = if is_bar { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(all), target);
        let style = ProgressStyle::with_template(TEMPLATE).expect("the template is well formed");
        bar.set_style(style.progress_chars("━╸ "));
        Counter {
            bar,
            lines: !terminal && when == When::Always,
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
        if self.lines && self.is_due() {
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
        now >= told + PAUSE
            && self.told.compare_exchange(told, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}
