//! Faults: a schedule that answers questions about the present, and remembers nothing.

use super::Place;
use super::config::{Fault, FaultKind};
use crate::units::{Duration, GroupId, Time};

/// What of a host decides which faults hit it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub group: GroupId,
    pub place: Place,
}

/// All faults of a run. Each answer is a function of the time and the hosts alone, so that a further kind of fault is a
/// further answer in [`FaultKind`], and nothing else.
#[derive(Clone, Debug, Default)]
pub(super) struct FaultSchedule {
    faults: Vec<Fault>,
    /// Kept, as each message asks: without such a fault it need not be looked at.
    on_paths: bool,
}

impl FaultSchedule {
    /// These faults, which may overlap.
    pub(super) fn new(faults: Vec<Fault>) -> FaultSchedule {
        FaultSchedule { on_paths: faults.iter().any(|fault| fault.kind.is_on_paths()), faults }
    }

    /// Whether a host is kept offline at `now`.
    pub(super) fn is_offline(&self, now: Time, host: Site) -> bool {
        self.active(now).any(|kind| kind.is_offline(host))
    }

    /// Whether any fault ever changes what happens on paths.
    #[inline]
    pub(super) fn is_on_paths(&self) -> bool {
        self.on_paths
    }

    /// Whether nothing passes from one host to another at `now`.
    pub(super) fn blocks(&self, now: Time, from: Site, to: Site) -> bool {
        self.active(now).any(|kind| kind.blocks(from, to))
    }

    /// How much longer than usual a message takes that sets out at `now`.
    pub(super) fn extra_delay(&self, now: Time, from: Site, to: Site) -> Duration {
        self.active(now).map(|kind| kind.extra_delay(from, to)).fold(Duration::ZERO, |sum, delay| sum + delay)
    }

    /// The times at which [`FaultSchedule::is_offline`] may change for a host: beginnings and ends, fault by fault.
    pub(super) fn changes(&self, host: Site) -> impl Iterator<Item = (Time, Time)> + '_ {
        let hits = self.faults.iter().filter(move |fault| fault.kind.is_offline(host));
        hits.map(|fault| (fault.at, fault.at + fault.lasts))
    }

    /// A fault lasts from its beginning up to, and not including, its end.
    fn active(&self, now: Time) -> impl Iterator<Item = &FaultKind> {
        let active = move |fault: &&Fault| fault.at <= now && now < fault.at + fault.lasts;
        self.faults.iter().filter(active).map(|fault| &fault.kind)
    }
}

impl FaultKind {
    fn is_offline(&self, host: Site) -> bool {
        match self {
            FaultKind::Offline { groups, regions } => {
                (groups.is_empty() || groups.contains(&host.group))
                    && (regions.is_empty() || regions.iter().any(|region| region.0 == host.place.0))
            }
        }
    }

    fn is_on_paths(&self) -> bool {
        match self {
            FaultKind::Offline { .. } => false,
        }
    }

    fn blocks(&self, _from: Site, _to: Site) -> bool {
        match self {
            FaultKind::Offline { .. } => false,
        }
    }

    fn extra_delay(&self, _from: Site, _to: Site) -> Duration {
        match self {
            FaultKind::Offline { .. } => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Region;

    fn site(group: u16, place: u8) -> Site {
        Site { group: GroupId(group), place: Place(place) }
    }

    fn outage(from: u64, lasts: u64, groups: &[u16], regions: &[u8]) -> Fault {
        Fault {
            at: Time::ZERO + Duration::from_secs(from),
            lasts: Duration::from_secs(lasts),
            kind: FaultKind::Offline {
                groups: groups.iter().copied().map(GroupId).collect(),
                regions: regions.iter().copied().map(Region).collect(),
            },
        }
    }

    fn offline(schedule: &FaultSchedule, host: Site) -> Vec<u64> {
        let at = |second| Time::ZERO + Duration::from_secs(second);
        (0..10).filter(|&second| schedule.is_offline(at(second), host)).collect()
    }

    #[test]
    fn an_outage_keeps_its_groups_in_its_regions_offline_up_to_its_end() {
        let schedule = FaultSchedule::new(vec![outage(2, 3, &[1], &[7, 8])]);
        assert_eq!(offline(&schedule, site(1, 8)), [2, 3, 4]);
        assert!(offline(&schedule, site(1, 9)).is_empty());
        assert!(offline(&schedule, site(0, 8)).is_empty());
        assert_eq!(offline(&FaultSchedule::new(vec![outage(8, 9, &[], &[])]), site(3, 3)), [8, 9]);
    }

    #[test]
    fn outages_may_overlap_and_touch() {
        let schedule =
            FaultSchedule::new(vec![outage(1, 3, &[], &[]), outage(2, 4, &[], &[]), outage(6, 1, &[], &[])]);
        assert_eq!(offline(&schedule, site(0, 0)), [1, 2, 3, 4, 5, 6]);
        assert_eq!(schedule.changes(site(0, 0)).count(), 3);
    }

    #[test]
    fn an_outage_leaves_paths_alone() {
        let schedule = FaultSchedule::new(vec![outage(0, 9, &[], &[])]);
        let now = Time::ZERO;
        assert!(!schedule.blocks(now, site(0, 0), site(0, 1)));
        assert_eq!(schedule.extra_delay(now, site(0, 0), site(0, 1)), Duration::ZERO);
    }
}
