//! The omitting recorder: a series that is true, and not whole.

use std::ops::Range;

use crate::conduct::behaviour::{Behaviour, Scene, concerns};
use crate::protocol::{Command, Peer};

/// Leaves out of its series what it does not like to be known.
pub(super) struct OmittingRecorder {
    /// Whether it leaves out good outcomes, and not bad ones.
    pub good: bool,
    /// Those whose outcomes it leaves out.
    pub targets: Vec<Range<u32>>,
}

impl OmittingRecorder {
    fn omits(&self, is_good: bool, subject: Peer) -> bool {
        is_good == self.good && concerns(&self.targets, subject)
    }
}

impl Behaviour for OmittingRecorder {
    fn rewrite_command(&mut self, _: &mut Scene<'_>, command: Command) -> Option<Command> {
        match command {
            Command::Record { kind, subject, .. } if self.omits(kind.is_positive(), subject) => None,
            _ => Some(command),
        }
    }
}
