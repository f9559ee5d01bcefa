//! Signals that ask the program to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use signal_hook::consts::{SIGINT, SIGTERM};

use super::failure::{Exit, Failure};

/// Whether the user, or the system, has asked the program to stop. It then ends by itself, so that nothing half
/// done is left behind.
#[derive(Clone, Debug)]
pub(super) struct Interrupt {
    /// The number of the signal; 0 before there is one.
    signal: Arc<AtomicUsize>,
    /// The number of the signal of a terminal that goes away, if it is listened to.
    hang_up: Option<i32>,
}

impl Interrupt {
    /// Begins to listen, once a process.
    pub(super) fn listen() -> Result<Interrupt, Failure> {
        let signal = Arc::new(AtomicUsize::new(0));
        let hang_up = hang_up();
        for number in [SIGINT, SIGTERM].into_iter().chain(hang_up) {
            signal_hook::flag::register_usize(number, Arc::clone(&signal), number as usize)
                .context("could not listen to signals")?;
        }
        Ok(Interrupt { signal, hang_up })
    }

    /// Whether to stop.
    pub(super) fn is_raised(&self) -> bool {
        self.signal.load(Ordering::Relaxed) != 0
    }

    /// Fails if it is time to stop.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let exit = match self.signal.load(Ordering::Relaxed) {
            0 => return Ok(()),
            signal if signal == SIGTERM as usize => Exit::Terminated,
            signal if self.hang_up.is_some_and(|hang_up| signal == hang_up as usize) => Exit::HungUp,
            _ => Exit::Interrupted,
        };
        Err(Failure::new(exit, anyhow::anyhow!("interrupted; no result was written")))
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
