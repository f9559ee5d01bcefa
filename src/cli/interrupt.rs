use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

use super::failure::{Exit, Failure};

/// Whether the user, or the system, has asked the program to stop. It then ends by itself, so that nothing half
/// done is left behind.
#[derive(Clone, Debug)]
pub(super) struct Interrupt {
    raised: Arc<AtomicBool>,
}

impl Interrupt {
    /// 128 and the number of SIGINT, as shells have it.
    pub const EXIT_CODE: u8 = 130;

    /// Begins to listen, once a process.
    pub fn listen() -> Result<Interrupt, Failure> {
        let raised = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&raised);
        ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed))
            .context("could not listen to signals")?;
        Ok(Interrupt { raised })
    }

    /// Whether to stop.
    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::Relaxed)
    }

    /// Fails if it is time to stop.
    pub fn check(&self) -> Result<(), Failure> {
        if self.is_raised() {
            return Err(Failure::new(
                Exit::Interrupted,
                anyhow::anyhow!("interrupted; no result was written"),
            ));
        }
        Ok(())
    }
}
