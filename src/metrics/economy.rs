//! Tasks: who they were assigned to, how they turned out, and who was paid.

use super::window::Window;
use crate::protocol::Peer;
use crate::units::Time;
use crate::world::TaskSeen;

/// All tasks of a run.
pub(super) struct Economy {
    pub given: Vec<Given>,
    pub done: Vec<Done>,
}

/// A task that was assigned, or for which nobody was eligible.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    pub at: Time,
    pub workload: u16,
    /// The provider's group.
    pub group: Option<u16>,
}

/// A task that was done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done {
    pub given: Time,
    pub workload: u16,
    pub group: u16,
    pub good: bool,
    pub paid: bool,
}

impl Economy {
    pub(super) fn new() -> Economy {
        Economy { given: Vec::new(), done: Vec::new() }
    }

    pub(super) fn see(
        &mut self,
        workload: u16,
        given: Time,
        what: TaskSeen,
        group_of: impl Fn(Peer) -> usize,
    ) {
        match what {
            TaskSeen::Unfilled => self.given.push(Given { at: given, workload, group: None }),
            TaskSeen::Assigned { provider } => {
                self.given.push(Given { at: given, workload, group: Some(group_of(provider) as u16) });
            }
            TaskSeen::Done { provider, good, paid } => {
                self.done.push(Done { given, workload, group: group_of(provider) as u16, good, paid });
            }
        }
    }

    /// Tasks that were assigned, or left unfilled, in a window.
    pub(super) fn given_in(&self, window: Window) -> impl Iterator<Item = &Given> + Clone {
        self.given.iter().filter(move |task| window.contains(task.at))
    }

    /// Tasks assigned in a window that are done.
    pub(super) fn done_in(&self, window: Window) -> impl Iterator<Item = &Done> + Clone {
        self.done.iter().filter(move |task| window.contains(task.given))
    }
}
