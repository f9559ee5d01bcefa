//! Signals that ask the program to stop.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use signal_hook::consts::{SIGINT, SIGTERM};

use super::console::Console;
use super::defect;
use super::failure::{Exit, Failure};
use crate::results::Leftovers;

/// Whether the user, or the system, has asked the program to stop. It then ends by itself, so that nothing half
/// done is left behind; where it does not come to that soon, in the midst of statistics or a large file, it is ended.
#[derive(Clone, Debug)]
pub(super) struct Interrupt {
    /// The number of the signal; 0 before there is one.
    signal: Arc<AtomicUsize>,
    /// The number of the signal of a terminal that goes away, if it is listened to.
    hang_up: Option<i32>,
    /// What is to be taken away when the program is ended; nothing before it has begun, and when it ends by itself. Locked
    /// while a result is put into its place.
    begun: Arc<Mutex<Option<Leftovers>>>,
}

/// How often the signal is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long the program has to end by itself.
const GRACE: Duration = Duration::from_millis(500);

impl Interrupt {
    /// Begins to listen, once a process.
    pub(super) fn listen() -> Result<Interrupt, Failure> {
        let signal = Arc::new(AtomicUsize::new(0));
        let hang_up = hang_up();
        for number in [SIGINT, SIGTERM].into_iter().chain(hang_up) {
            signal_hook::flag::register_usize(number, Arc::clone(&signal), number as usize)
                .context("could not listen to signals")?;
        }
        let begun: Arc<Mutex<Option<Leftovers>>> = Arc::default();
        let left = Arc::clone(&begun);
        defect::does_first(move || {
            // Not while a result is put into its place.
            if let Ok(Some(leftovers)) = left.try_lock().as_deref() {
                leftovers.clear();
            }
        });
        Ok(Interrupt { signal, hang_up, begun })
    }

    /// From now on ends the program, and takes away what it leaves, if it does not end soon after a signal.
    pub(super) fn force(&self, leftovers: Leftovers, console: &Console) -> Result<(), Failure> {
        *self.begun() = Some(leftovers);
        let (this, console) = (self.clone(), *console);
        let watch = move || {
            while !this.is_raised() {
                thread::park_timeout(LOOK_EVERY);
            }
            thread::park_timeout(GRACE);
            this.end(console);
        };
        thread::Builder::new().spawn(watch).context("could not start a thread")?;
        Ok(())
    }

    /// Puts a result into its place, unless it is time to stop; nothing ends the program meanwhile, or later.
    pub(super) fn undisturbed<E: Into<Failure>>(
        &self,
        place: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), Failure> {
        let mut begun = self.begun();
        *begun = None;
        self.check()?;
        place().map_err(Into::into)
    }

    /// Ends the program, unless it does so by itself.
    fn end(&self, console: Console) {
        let begun = self.begun();
        if let (Some(leftovers), Some(failure)) = (&*begun, self.stopped()) {
            let exit = failure.exit;
            leftovers.clear();
            console.fail(&leftovers.kept().map_or(failure, |kept| Failure::interrupted(exit, &kept)));
            std::process::exit(exit.code().into());
        }
    }

    fn begun(&self) -> MutexGuard<'_, Option<Leftovers>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether to stop.
    pub(super) fn is_raised(&self) -> bool {
        self.signal.load(Ordering::Relaxed) != 0
    }

    /// Fails if it is time to stop.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.stopped().map_or(Ok(()), Err)
    }

    /// All work is given up because of this failure, and the program ends by itself. A file that could not be written,
    /// since it was taken away after a signal, is no failure of its own.
    pub(super) fn given_up(&self, failure: Failure) -> Failure {
        *self.begun() = None;
        if failure.exit.is_by_signal() {
            return failure;
        }
        self.stopped().unwrap_or(failure)
    }

    /// Why the program stops, if it is time to.
    fn stopped(&self) -> Option<Failure> {
        let exit = match self.signal.load(Ordering::Relaxed) {
            0 => return None,
            signal if signal == SIGTERM as usize => Exit::Terminated,
            signal if self.hang_up.is_some_and(|hang_up| signal == hang_up as usize) => Exit::HungUp,
            _ => Exit::Interrupted,
        };
        Some(Failure::new(exit, anyhow::anyhow!("interrupted; no result was written")))
    }
}

/// The signal of a terminal that goes away, unless it is to be ignored, as under `nohup`. Only Linux tells whether it is
/// without unsafe code; elsewhere it ends the process at once, and the next run cleans up.
fn hang_up() -> Option<i32> {
    #[cfg(target_os = "linux")]
    {
        use signal_hook::consts::SIGHUP;
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        (!is_ignored(SIGHUP, &status)).then_some(SIGHUP)
    }
    #[cfg(not(target_os = "linux"))]
    None
}

/// Whether a process ignores a signal, from what Linux says about it.
#[cfg(target_os = "linux")]
fn is_ignored(signal: i32, status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_linux_says_about_ignored_signals_is_read() {
        use signal_hook::consts::SIGHUP;
        let status = |mask: &str| format!("Name:\tir3sim\nSigBlk:\tffffffffffffffff\nSigIgn:\t{mask}\n");
        assert!(is_ignored(SIGHUP, &status("0000000000000001")));
        assert!(!is_ignored(SIGHUP, &status("0000000000001000")));
        assert!(is_ignored(SIGTERM, &status("0000000000004000")));
        assert!(!is_ignored(SIGHUP, "Name:\tir3sim\n"));
    }
}
