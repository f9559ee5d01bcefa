//! `[faults.NAME]`.

use super::time_point::time_point;
use crate::network::{Fault, FaultKind, HostSet, MessageKinds, Recurrence, Skew, SlowLinks, Way};
use crate::scenario::forms::{
    Choice, Fraction, GroupName, List, Mapped, Quantity, RegionName, Section, SentName, Variants, Words,
};
use crate::units::{Duration, Share, Time};
use crate::world::Sent;

/// A kind, as a file describes it.
struct Described {
    does: &'static str,
    /// With its defaults; what a file has to give is only held a place.
    kind: fn() -> FaultKind,
    /// Adds its own keys to those of all kinds.
    keys: fn(Section<Fault>) -> Section<Fault>,
}

impl Described {
    fn word(&self) -> &'static str {
        (self.kind)().name()
    }
}

/// A parameter of the kind whose section it stands in.
macro_rules! of {
    ($kind:pat => $parameter:expr) => {
        |fault| match &mut fault.kind {
            $kind => $parameter,
            _ => unreachable!("a section is of one kind"),
        }
    };
}

/// All of them, in the order of the guide.
const KINDS: &[Described] = &[
    Described {
        does: "hosts are offline",
        kind: || FaultKind::Offline(HostSet::default()),
        keys: with_hosts,
    },
    Described {
        does: "nothing passes between some hosts on one side and all others on the other",
        kind: || FaultKind::Partition(HostSet::default()),
        keys: |section| with_messages(with_hosts(section)),
    },
    Described {
        does: "nothing passes from some hosts to others",
        kind: || FaultKind::Cut(Way::default()),
        keys: with_way,
    },
    Described {
        does: "what some hosts send to others takes longer",
        kind: || FaultKind::Delay(Way::default(), Duration::ZERO),
        keys: |section| {
            let extra = Quantity::time().more_than(Duration::ZERO);
            with_way(section).required(
                "extra",
                extra,
                of!(FaultKind::Delay(_, extra) => extra),
                "how much longer it takes",
            )
        },
    },
    Described {
        does: "packets that some hosts send to others are lost",
        kind: || FaultKind::Loss(Way::default(), Share::ZERO),
        keys: |section| {
            with_way(section).required(
                "loss",
                Fraction,
                of!(FaultKind::Loss(_, loss) => loss),
                "chance that a packet is lost that the network would not have lost",
            )
        },
    },
    Described {
        does: "datagrams that some hosts send to others over UDP come twice",
        kind: || FaultKind::Duplicate(Way::default(), Share::ZERO),
        keys: |section| {
            with_way(section).required(
                "chance",
                Fraction,
                of!(FaultKind::Duplicate(_, chance) => chance),
                "chance that a datagram that arrives does so twice",
            )
        },
    },
    Described {
        does: "access links have a share of their rates",
        kind: || FaultKind::Slow(HostSet::default(), SlowLinks { uplink: Share::ONE, downlink: Share::ONE }),
        keys: |section| {
            with_hosts(section)
                .key(
                    "uplink",
                    Fraction,
                    of!(FaultKind::Slow(_, links) => &mut links.uplink),
                    "share of its rate that each uplink has",
                )
                .key(
                    "downlink",
                    Fraction,
                    of!(FaultKind::Slow(_, links) => &mut links.downlink),
                    "share of its rate that each downlink has",
                )
        },
    },
    Described {
        does: "clocks are off, by which outcomes are stamped and judged too old",
        kind: || FaultKind::Clock(HostSet::default(), Skew::default()),
        keys: |section| {
            with_hosts(section)
                .key(
                    "ahead",
                    Quantity::time(),
                    of!(FaultKind::Clock(_, skew) => &mut skew.ahead),
                    "how much later they show than it is",
                )
                .key("behind", Quantity::time(), of!(FaultKind::Clock(_, skew) => &mut skew.behind), BEHIND)
        },
    },
];

/// `[faults.NAME]`.
pub(super) fn section() -> Variants<Fault> {
    let section = |described: &Described| {
        let draft = Fault::new(Time::ZERO, Duration::ZERO, (described.kind)());
        (described.word(), described.does, (described.keys)(common(draft)))
    };
    Variants { tag: "kind", sections: KINDS.iter().map(section).collect(), word: |fault| fault.kind.name() }
}

/// What all kinds have.
fn common(draft: Fault) -> Section<Fault> {
    let span = Quantity::time().more_than(Duration::ZERO);
    Section::new(draft)
        .required("kind", kind(), |f| &mut f.kind, "what goes wrong")
        .required("at", time_point(), |f| &mut f.at, AT)
        .required("for", span, |f| &mut f.lasts, "how long it lasts, each time")
        .optional("every", every(), |f| &mut f.recurs, "it comes once", EVERY)
}

/// A kind with its defaults, which the keys after it take the place of.
fn kind() -> Mapped<Words<FaultKind>, FaultKind> {
    let words = KINDS.iter().map(|described| (described.word(), (described.kind)())).collect();
    Mapped {
        form: Words { what: "kind", words },
        wrap: |draft| draft,
        unwrap: |kind| {
            KINDS.iter().map(|described| (described.kind)()).find(|draft| draft.name() == kind.name())
        },
    }
}

/// The hosts at which a fault is.
fn hosts(fault: &mut Fault) -> &mut HostSet {
    match &mut fault.kind {
        FaultKind::Offline(hosts)
        | FaultKind::Partition(hosts)
        | FaultKind::Slow(hosts, _)
        | FaultKind::Clock(hosts, _) => hosts,
        FaultKind::Cut(_) | FaultKind::Delay(..) | FaultKind::Loss(..) | FaultKind::Duplicate(..) => {
            unreachable!("it is on a way")
        }
    }
}

/// The way on which it is.
fn way(fault: &mut Fault) -> &mut Way {
    match &mut fault.kind {
        FaultKind::Cut(way)
        | FaultKind::Delay(way, _)
        | FaultKind::Loss(way, _)
        | FaultKind::Duplicate(way, _) => way,
        FaultKind::Offline(_) | FaultKind::Partition(_) | FaultKind::Slow(..) | FaultKind::Clock(..) => {
            unreachable!("it is at hosts")
        }
    }
}

/// How often a fault comes.
fn every() -> Choice<Recurrence> {
    let span = || Quantity::time().more_than(Duration::ZERO);
    let fixed = Mapped {
        form: span(),
        wrap: Recurrence::Every,
        unwrap: |recurs| match recurs {
            Recurrence::Every(period) => Some(*period),
            Recurrence::Never | Recurrence::Exponential(_) => None,
        },
    };
    let random = Mapped {
        form: span(),
        wrap: Recurrence::Exponential,
        unwrap: |recurs| match recurs {
            Recurrence::Exponential(mean) => Some(*mean),
            Recurrence::Never | Recurrence::Every(_) => None,
        },
    };
    Choice::new().plain(fixed).tagged("exponential", random)
}

fn with_messages(section: Section<Fault>) -> Section<Fault> {
    let all = "all messages, and what transports and NATs send themselves";
    let messages = Mapped {
        form: List(SentName),
        wrap: |sent| match &sent[..] {
            [] => MessageKinds::ALL,
            some => MessageKinds::only(some.iter().map(|sent| sent.kind())),
        },
        unwrap: |kinds| Some(Sent::among(*kinds)),
    };
    section.optional("messages", messages, |f| &mut f.messages, all, MESSAGES)
}

fn with_hosts(section: Section<Fault>) -> Section<Fault> {
    let (groups, regions) = ("the groups that it affects", REGIONS);
    section
        .optional("groups", List(GroupName), |f| &mut hosts(f).groups, ALL_GROUPS, groups)
        .optional("regions", List(RegionName), |f| &mut hosts(f).regions, ALL_REGIONS, regions)
        .key("share", Fraction, |f| &mut hosts(f).share, SHARE)
}

fn with_way(section: Section<Fault>) -> Section<Fault> {
    let (senders, receivers) = ("the groups of those who send", "the groups of those who receive");
    let section = section
        .optional("from_groups", List(GroupName), |f| &mut way(f).from.groups, ALL_GROUPS, senders)
        .optional("from_regions", List(RegionName), |f| &mut way(f).from.regions, ALL_REGIONS, FROM_REGIONS)
        .optional("to_groups", List(GroupName), |f| &mut way(f).to.groups, ALL_GROUPS, receivers)
        .optional("to_regions", List(RegionName), |f| &mut way(f).to.regions, ALL_REGIONS, TO_REGIONS);
    with_messages(section)
}

const AT: &str = "when it begins, the first time; with a random `every`, from when on it may";
const EVERY: &str = "how long after it begins it begins again, to the end of the run: always so long, or a random time with \
                     this mean, from `at` on";
const MESSAGES: &str = "only messages of these kinds are affected";
const ALL_GROUPS: &str = "all groups";
const ALL_REGIONS: &str = "all regions";
const REGIONS: &str = "the regions that it affects; only with `network.latency = \"regions\"` or a `matrix`";
const SHARE: &str = "chance of each of these hosts to be affected: drawn for each host, by the name of the fault, each time that it begins";
const BEHIND: &str =
    "how much earlier they show than it is, but nothing from before the beginning of the run";
const FROM_REGIONS: &str =
    "the regions of those who send; only with `network.latency = \"regions\"` or a `matrix`";
const TO_REGIONS: &str =
    "the regions of those who receive; only with `network.latency = \"regions\"` or a `matrix`";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::UNMODELLED;
    use crate::scenario::forms::Form;
    use crate::scenario::names::Names;
    use crate::scenario::sections::catalogue::assert_whole;

    /// Each kind puts into a run, for a while, a part of what is in the list of what is not modelled.
    fn belongs_to(kind: &FaultKind) -> &'static str {
        match kind {
            FaultKind::Offline(_) => "Absences in common",
            FaultKind::Partition(_) | FaultKind::Cut(_) => "Partial failures",
            FaultKind::Delay(..) | FaultKind::Slow(..) => "Paths and links that change",
            FaultKind::Loss(..) => "Bursts of loss",
            FaultKind::Duplicate(..) => "Packets that come twice",
            FaultKind::Clock(..) => "Clocks that differ",
        }
    }

    #[test]
    fn what_is_not_modelled_leaves_out_what_each_kind_of_fault_does() {
        for described in KINDS {
            let (what, word) = (belongs_to(&(described.kind)()), described.word());
            let entry = UNMODELLED.iter().find(|entry| entry.what == what).expect("it is listed");
            let names = entry.instead.contains("fault") && entry.instead.contains(&format!("\"{word}\""));
            assert!(names, "{what} does not leave out {word}: {}", entry.instead);
        }
        let denies = UNMODELLED.iter().find(|entry| entry.instead.contains("only fault is"));
        assert_eq!(denies, None);
    }

    #[test]
    fn the_keys_of_a_kind_are_its_own_parameters() {
        for described in KINDS {
            let draft = Fault::new(Time::ZERO, Duration::ZERO, (described.kind)());
            let printed = section().print(&draft, &Names::of([]));
            assert!(printed.is_some(), "{}", described.word());
        }
    }

    #[test]
    fn each_kind_is_described_once() {
        let source = include_str!("../../../core/src/network/fault.rs");
        assert_whole(source, "FaultKind", KINDS.iter().map(|described| (described.kind)()));
    }
}
