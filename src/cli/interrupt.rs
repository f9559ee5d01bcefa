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
}

impl Interrupt {
    /// Begins to listen, once a process.
    pub(super) fn listen() -> Result<Interrupt, Failure> {
        let signal = Arc::new(AtomicUsize::new(0));
        for number in [SIGINT, SIGTERM] {
            signal_hook::flag::register_usize(number, Arc::clone(&signal), number as usize)
                .context("could not listen to signals")?;
        }
        Ok(Interrupt { signal })
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
            _ => Exit::Interrupted,
        };
        Err(Failure::new(exit, anyhow::anyhow!("interrupted; no result was written")))
    }
}
