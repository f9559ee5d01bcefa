use super::Selection;
use crate::units::{HostId, Time};
use crate::world::{GroupId, WorldConfig};

/// The part of a run that counts: what starts in `[from, to)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub from: Time,
    pub to: Time,
}

impl Window {
    /// From the end of the warm-up to the beginning of the cool-down.
    pub fn counted(config: &WorldConfig) -> Window {
        Window { from: Time::ZERO + config.warmup, to: Time::ZERO + (config.duration - config.cooldown) }
    }

    /// The part that a selection asks for; where it says nothing, what is counted by default.
    pub fn of(selection: &Selection, config: &WorldConfig) -> Window {
        let counted = Window::counted(config);
        Window { from: selection.from.unwrap_or(counted.from), to: selection.to.unwrap_or(counted.to) }
    }

    pub fn contains(&self, time: Time) -> bool {
        self.from <= time && time < self.to
    }

    pub fn seconds(&self) -> f64 {
        self.to.since(self.from).as_seconds()
    }
}

/// Which hosts are in which group, by ranges.
#[derive(Clone, Debug)]
pub(super) struct Groups {
    /// One past the last host of each group.
    ends: Vec<u32>,
}

impl Groups {
    pub fn of(config: &WorldConfig) -> Groups {
        let mut end = 0;
        let ends = config.groups.iter().map(|group| {
            end += group.count;
            end
        });
        Groups { ends: ends.collect() }
    }

    pub fn of_host(&self, host: HostId) -> usize {
        self.ends.partition_point(|end| *end <= host.0)
    }

    pub fn has(&self, group: Option<GroupId>, host: HostId) -> bool {
        group.is_none_or(|group| self.of_host(host) == usize::from(group.0))
    }

    pub fn hosts(&self) -> u32 {
        self.ends.last().copied().unwrap_or(0)
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }
}
