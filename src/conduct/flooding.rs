//! The query flooder.

use std::ops::Range;

use super::behaviour::{Act, Behaviour, Scene, one_of, wait};
use crate::protocol::Command;
use crate::units::{Duration, Frequency};

/// Queries without end.
pub(super) struct QueryFlooder {
    pub rate: Frequency,
    pub targets: Vec<Range<u32>>,
}

impl Behaviour for QueryFlooder {
    fn wake_up_after(&mut self, scene: &mut Scene<'_>) -> Option<Duration> {
        wait(self.rate, scene.draws)
    }

    fn on_wake_up(&mut self, scene: &mut Scene<'_>, acts: &mut Vec<Act>) {
        if let Some(target) = one_of(&self.targets, scene.own, scene.draws.next()) {
            acts.push(Act::Command { identity: 0, command: Command::Query { target } });
        }
    }
}
