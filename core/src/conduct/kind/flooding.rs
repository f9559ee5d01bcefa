//! The query flooder.

use std::ops::Range;

use crate::conduct::behaviour::{Act, Behaviour, Scene, Spontaneous, one_of};
use crate::protocol::Command;
use crate::units::Duration;

/// Queries without end.
pub(super) struct QueryFlooder {
    pub pace: Spontaneous,
    pub targets: Vec<Range<u32>>,
}

impl Behaviour for QueryFlooder {
    fn wake_up_after(&mut self, scene: &mut Scene<'_>) -> Option<Duration> {
        self.pace.wait(scene.draws)
    }

    fn on_wake_up(&mut self, scene: &mut Scene<'_>, acts: &mut Vec<Act>) {
        if let Some(target) = one_of(&self.targets, scene.own, scene.draws.next()) {
            acts.push(Act::Command { identity: 0, command: Command::Query { target } });
        }
    }
}
