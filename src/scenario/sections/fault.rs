//! `[faults.NAME]`.

use super::time_point::time_point;
use crate::network::Region;
use crate::scenario::forms::{GroupName, List, Quantity, RegionName, Section, Variants, Words};
use crate::units::{Duration, Time};
use crate::world::{Fault, FaultKind, GroupId};

/// `[faults.NAME]`: the keys of all kinds.
#[derive(Clone)]
pub(super) struct FaultKeys {
    kind: Kind,
    at: Time,
    lasts: Duration,
    groups: Vec<GroupId>,
    regions: Vec<Region>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Offline,
}

/// `[faults.NAME]`.
pub(super) fn section() -> Variants<FaultKeys> {
    Variants {
        tag: "kind",
        sections: vec![("offline", "hosts are offline", offline())],
        word: |keys| match keys.kind {
            Kind::Offline => "offline",
        },
    }
}

impl FaultKeys {
    /// A fault in the layout of a file.
    pub(super) fn of(fault: &Fault) -> FaultKeys {
        let FaultKind::Offline { groups, regions } = fault.kind.clone();
        FaultKeys { kind: Kind::Offline, at: fault.at, lasts: fault.lasts, groups, regions }
    }

    /// The fault.
    pub(super) fn build(self) -> Fault {
        let kind = match self.kind {
            Kind::Offline => FaultKind::Offline { groups: self.groups, regions: self.regions },
        };
        Fault { at: self.at, lasts: self.lasts, kind }
    }
}

fn offline() -> Section<FaultKeys> {
    let draft = FaultKeys {
        kind: Kind::Offline,
        at: Time::ZERO,
        lasts: Duration::ZERO,
        groups: Vec::new(),
        regions: Vec::new(),
    };
    let kinds = Words { what: "kind", words: vec![("offline", Kind::Offline)] };
    let span = Quantity::time().more_than(Duration::ZERO);
    Section::new(draft)
        .required("kind", kinds, |f| &mut f.kind, "what goes wrong")
        .required("at", time_point(), |f| &mut f.at, "when it begins")
        .required("for", span, |f| &mut f.lasts, "how long it lasts")
        .optional("groups", List(GroupName), |f| &mut f.groups, "all groups", "the groups that it affects")
        .optional(
            "regions",
            List(RegionName),
            |f| &mut f.regions,
            "all regions",
            "the regions that it affects; only with `network.latency = \"regions\"`",
        )
}
