//! The span of time, and the groups, that a figure is about.

use std::sync::Arc;

use super::Selection;
use crate::protocol::Peer;
use crate::units::{HostId, Time};
use crate::world::{GroupId, IdentityMap, WorldConfig};

/// The part of a run that counts: what starts in `[from, to)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub from: Time,
    pub to: Time,
}

impl Window {
    /// From the end of the warm-up to the beginning of the cool-down.
    pub(super) fn counted(config: &WorldConfig) -> Window {
        Window { from: Time::ZERO + config.warmup, to: Time::ZERO + (config.duration - config.cooldown) }
    }

    /// All of the run.
    pub(super) fn whole() -> Window {
        Window { from: Time::ZERO, to: Time::NEVER }
    }

    /// The part that a selection asks for; where it says nothing, what is counted by default.
    pub(super) fn of(selection: &Selection, config: &WorldConfig) -> Window {
        let counted = Window::counted(config);
        Window { from: selection.from.unwrap_or(counted.from), to: selection.to.unwrap_or(counted.to) }
    }

    pub(super) fn contains(&self, time: Time) -> bool {
        self.from <= time && time < self.to
    }
}

/// Who is in which group.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    pub identities: Arc<IdentityMap>,
}

impl Groups {
    pub(super) fn of(config: &WorldConfig) -> Groups {
        Groups { identities: Arc::new(IdentityMap::of(config)) }
    }

    pub(super) fn of_host(&self, host: HostId) -> usize {
        usize::from(self.identities.group_of(host).0)
    }

    pub(super) fn of_peer(&self, peer: Peer) -> usize {
        self.of_host(self.identities.owner(peer))
    }

    pub(super) fn has(&self, group: Option<GroupId>, peer: Peer) -> bool {
        group.is_none_or(|group| self.of_peer(peer) == usize::from(group.0))
    }

    pub(super) fn hosts(&self) -> u32 {
        self.identities.hosts()
    }

    pub(super) fn len(&self) -> usize {
        self.identities.groups()
    }
}
