//! The progress bar of a run on a terminal.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::console::Console;
use super::format;
use crate::results::Stopwatch;
use crate::units::Duration;
use crate::world::Progress;

/// A bar on stderr: simulated time, events a second, time left. Only on a terminal.
pub(super) struct Bar {
    bar: ProgressBar,
    runs: Vec<Run>,
    watch: Stopwatch,
    /// Milliseconds after the start when it was last drawn.
    drawn: AtomicU64,
}

/// How far one run is.
#[derive(Default)]
struct Run {
    nanos: AtomicU64,
    events: AtomicU64,
}

const REDRAW_AFTER_MS: u64 = 100;
const TEMPLATE: &str = "{bar:28} {percent:>3} %  {msg}  {eta} left";

impl Bar {
    /// A bar for so many runs, each of this simulated length.
    pub(super) fn new(console: &Console, runs: u32, length: Duration) -> Bar {
        let shown = !console.quiet && io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let total = length.as_nanos().saturating_mul(runs.into());
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let style = ProgressStyle::with_template(TEMPLATE).expect("the template is well formed");
        bar.set_style(style.progress_chars("━╸ "));
        Bar {
            bar,
            runs: std::iter::repeat_with(Run::default).take(runs as usize).collect(),
            watch: Stopwatch::start(),
            drawn: AtomicU64::new(0),
        }
    }

    /// Tells how far a run is.
    pub(super) fn update(&self, run: u32, progress: &Progress) {
        let Some(run) = self.runs.get(run as usize) else { return };
        run.nanos.store(progress.now.min(progress.until).as_nanos(), Ordering::Relaxed);
        run.events.store(progress.events, Ordering::Relaxed);
        let now = (self.watch.seconds() * 1e3) as u64;
        if self.bar.is_hidden() || now < self.drawn.load(Ordering::Relaxed) + REDRAW_AFTER_MS {
            return;
        }
        self.drawn.store(now, Ordering::Relaxed);
        self.draw();
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn draw(&self) {
        let sum = |part: fn(&Run) -> &AtomicU64| -> u64 {
            self.runs.iter().fold(0, |sum, run| sum.saturating_add(part(run).load(Ordering::Relaxed)))
        };
        let nanos = sum(|run| &run.nanos);
        let seconds = |nanos: u64| format::time(Duration::from_nanos(nanos).as_seconds());
        let total = seconds(self.bar.length().unwrap_or_default());
        let rate = sum(|run| &run.events) as f64 / self.watch.seconds().max(1e-9);
        self.bar.set_message(format!(
            "{} of {total} simulated  {} events/s",
            seconds(nanos),
            format::number(rate.round())
        ));
        self.bar.set_position(nanos);
    }
}
