//! How far a run is: a bar on a terminal, or lines elsewhere.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::color::When;
use super::console::Console;
use super::format;
use super::job::Job;
use crate::results::Stopwatch;
use crate::units::Duration;
use crate::world::Progress;

/// Tells on stderr of simulated time, events a second, and time left.
pub(super) struct Bar {
    shown: Shown,
    bar: ProgressBar,
    console: Console,
    runs: Vec<Run>,
    watch: Stopwatch,
    /// Milliseconds after the start when it last told.
    told: AtomicU64,
}

/// How it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Nothing,
    Bar,
    Lines,
}

/// How far one run is.
#[derive(Default)]
struct Run {
    nanos: AtomicU64,
    events: AtomicU64,
}

const TEMPLATE: &str = "{bar:28} {percent:>3} %  {msg}  {eta} left";

impl Shown {
    pub(super) fn of(when: When, quiet: bool, terminal: bool) -> Shown {
        match (when, terminal) {
            (When::Auto, true) if !quiet => Shown::Bar,
            (When::Always, true) => Shown::Bar,
            (When::Always, false) => Shown::Lines,
            (When::Auto | When::Never, _) => Shown::Nothing,
        }
    }

    /// Milliseconds from one telling to the next.
    pub(super) fn pause(self) -> u64 {
        if self == Shown::Lines { 3000 } else { 100 }
    }
}

impl Bar {
    /// Progress of so many runs, each of this simulated length.
    pub(super) fn new(job: &Job<'_>, runs: u32, length: Duration) -> Bar {
        let shown = Shown::of(job.args.progress, job.console.quiet, io::stderr().is_terminal());
        let target = match shown {
            Shown::Bar => ProgressDrawTarget::stderr(),
            Shown::Lines | Shown::Nothing => ProgressDrawTarget::hidden(),
        };
        let total = length.as_nanos().saturating_mul(runs.into());
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let style = ProgressStyle::with_template(TEMPLATE).expect("the template is well formed");
        bar.set_style(style.progress_chars("━╸ "));
        Bar {
            shown,
            bar,
            console: *job.console,
            runs: std::iter::repeat_with(Run::default).take(runs as usize).collect(),
            watch: Stopwatch::start(),
            told: AtomicU64::new(0),
        }
    }

    /// Tells how far a run is.
    pub(super) fn update(&self, run: u32, progress: &Progress) {
        let Some(run) = self.runs.get(run as usize) else { return };
        run.nanos.store(progress.now.min(progress.until).as_nanos(), Ordering::Relaxed);
        run.events.store(progress.events, Ordering::Relaxed);
        if self.shown != Shown::Nothing && self.is_due() {
            self.tell();
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Whether it is time to tell again; only one thread is told so.
    fn is_due(&self) -> bool {
        let (now, told) = ((self.watch.seconds() * 1e3) as u64, self.told.load(Ordering::Relaxed));
        now >= told + self.shown.pause()
            && self.told.compare_exchange(told, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    fn tell(&self) {
        let sum = |part: fn(&Run) -> &AtomicU64| -> u64 {
            self.runs.iter().fold(0, |sum, run| sum.saturating_add(part(run).load(Ordering::Relaxed)))
        };
        let (nanos, total) = (sum(|run| &run.nanos), self.bar.length().unwrap_or_default());
        let seconds = |nanos: u64| format::time(Duration::from_nanos(nanos).as_seconds());
        let took = self.watch.seconds().max(1e-9);
        let rate = format::number((sum(|run| &run.events) as f64 / took).round());
        let told = format!("{} of {} simulated  {rate} events/s", seconds(nanos), seconds(total));
        if self.shown == Shown::Bar {
            self.bar.set_message(told);
            self.bar.set_position(nanos);
            return;
        }
        let done = nanos as f64 / (total as f64).max(1.0);
        let left = took / done.max(1e-9) - took;
        self.console.complain(&format!("{:3.0} %  {told}  {} left", done * 100.0, format::time(left)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_a_terminal_nothing_is_told_unless_wished_for() {
        assert_eq!(Shown::of(When::Auto, false, false), Shown::Nothing);
        assert_eq!(Shown::of(When::Always, false, false), Shown::Lines);
        assert_eq!(Shown::of(When::Auto, false, true), Shown::Bar);
        assert_eq!(Shown::of(When::Auto, true, true), Shown::Nothing);
        assert_eq!(Shown::of(When::Never, false, true), Shown::Nothing);
    }
}
