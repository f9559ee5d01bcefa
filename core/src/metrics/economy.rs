//! Tasks: who they were assigned to, how they turned out, and who was paid.

use std::collections::BTreeMap;

use super::window::Window;
use crate::protocol::Peer;
use crate::units::{HostId, Time};
use crate::world::{IdentityMap, TaskSeen};

/// All tasks of a run.
pub(super) struct Economy {
    pub given: Vec<Given>,
    pub done: Vec<Done>,
    weighed: Vec<Weighed>,
}

/// A candidate whose reputation was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighed {
    at: Time,
    pub workload: u16,
    pub group: u16,
    /// Whether it weighs nothing.
    pub locked_out: bool,
}

/// A task that was assigned, or for which nobody was eligible.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    pub at: Time,
    pub workload: u16,
    /// The provider's group.
    pub group: Option<u16>,
    /// The provider, and the host that owns it.
    pub provider: Option<(Peer, HostId)>,
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
        Economy { given: Vec::new(), done: Vec::new(), weighed: Vec::new() }
    }

    pub(super) fn see(&mut self, workload: u16, given: Time, what: TaskSeen, identities: &IdentityMap) {
        let of = |provider| {
            let owner = identities.owner(provider);
            (owner, identities.group_of(owner).0)
        };
        match what {
            TaskSeen::Weighed { candidate, locked_out } => {
                let group = of(candidate).1;
                self.weighed.push(Weighed { at: given, workload, group, locked_out });
            }
            TaskSeen::Unfilled => {
                self.given.push(Given { at: given, workload, group: None, provider: None });
            }
            TaskSeen::Assigned { provider } => {
                let (owner, group) = of(provider);
                let provider = Some((provider, owner));
                self.given.push(Given { at: given, workload, group: Some(group), provider });
            }
            TaskSeen::Done { provider, good, paid } => {
                self.done.push(Done { given, workload, group: of(provider).1, good, paid });
            }
        }
    }

    /// Tasks that were assigned, or left unfilled, in a window.
    pub(super) fn given_in(&self, window: Window) -> impl Iterator<Item = &Given> + Clone {
        self.given.iter().filter(move |task| window.contains(task.at))
    }

    /// Candidates that were weighed in a window.
    pub(super) fn weighed_in(&self, window: Window) -> impl Iterator<Item = &Weighed> + Clone {
        self.weighed.iter().filter(move |candidate| window.contains(candidate.at))
    }

    /// The most of these tasks that went to one owner, and to one identity.
    pub(super) fn most<'t>(tasks: impl Iterator<Item = &'t Given>) -> (u64, u64) {
        let (mut owners, mut identities) = (BTreeMap::new(), BTreeMap::new());
        for (identity, owner) in tasks.filter_map(|task| task.provider) {
            *owners.entry(owner).or_insert(0) += 1;
            *identities.entry(identity).or_insert(0) += 1;
        }
        let most = |of: Option<u64>| of.unwrap_or(0);
        (most(owners.into_values().max()), most(identities.into_values().max()))
    }

    /// Tasks assigned in a window that are done.
    pub(super) fn done_in(&self, window: Window) -> impl Iterator<Item = &Done> + Clone {
        self.done.iter().filter(move |task| window.contains(task.given))
    }
}
