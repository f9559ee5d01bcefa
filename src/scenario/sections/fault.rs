//! `[faults.NAME]`.

use super::time_point::time_point;
use crate::scenario::forms::{
    Choice, Fraction, GroupName, List, Mapped, Quantity, RegionName, Section, SentName, Variants, Words,
};
use crate::units::{Duration, Share, Time};
use crate::world::{Fault, FaultKind, HostSet, MessageKinds, Recurrence, Sent, Skew, SlowLinks, Way};

/// `[faults.NAME]`: the keys of all kinds.
#[derive(Clone)]
pub(super) struct FaultKeys {
    kind: Kind,
    at: Time,
    lasts: Duration,
    recurs: Recurrence,
    messages: Vec<Sent>,
    hosts: HostSet,
    way: Way,
    extra: Duration,
    loss: Share,
    duplicated: Share,
    links: SlowLinks,
    skew: Skew,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Offline,
    Partition,
    Cut,
    Delay,
    Loss,
    Duplicate,
    Slow,
    Clock,
}

/// Each kind with its word.
const KINDS: [(&str, Kind); 8] = [
    ("offline", Kind::Offline),
    ("partition", Kind::Partition),
    ("cut", Kind::Cut),
    ("delay", Kind::Delay),
    ("loss", Kind::Loss),
    ("duplicate", Kind::Duplicate),
    ("slow", Kind::Slow),
    ("clock", Kind::Clock),
];

/// `[faults.NAME]`.
pub(super) fn section() -> Variants<FaultKeys> {
    let some = |kind| with_hosts(begun(kind));
    let way = |kind| with_messages(with_way(begun(kind)));
    let partition = with_messages(some(Kind::Partition));
    let extra = Quantity::time().more_than(Duration::ZERO);
    let delay = way(Kind::Delay).required("extra", extra, |f| &mut f.extra, "how much longer it takes");
    let loss = way(Kind::Loss).required(
        "loss",
        Fraction,
        |f| &mut f.loss,
        "chance that a packet is lost that the network would not have lost",
    );
    let duplicate = way(Kind::Duplicate).required(
        "chance",
        Fraction,
        |f| &mut f.duplicated,
        "chance that a datagram that arrives does so twice",
    );
    let slow = some(Kind::Slow)
        .key("uplink", Fraction, |f| &mut f.links.uplink, "share of its rate that each uplink has")
        .key("downlink", Fraction, |f| &mut f.links.downlink, "share of its rate that each downlink has");
    let clock = some(Kind::Clock)
        .key("ahead", Quantity::time(), |f| &mut f.skew.ahead, "how much later they show than it is")
        .key("behind", Quantity::time(), |f| &mut f.skew.behind, BEHIND);
    Variants {
        tag: "kind",
        sections: vec![
            ("offline", "hosts are offline", some(Kind::Offline)),
            (
                "partition",
                "nothing passes between some hosts on one side and all others on the other",
                partition,
            ),
            ("cut", "nothing passes from some hosts to others", way(Kind::Cut)),
            ("delay", "what some hosts send to others takes longer", delay),
            ("loss", "packets that some hosts send to others are lost", loss),
            ("duplicate", "datagrams that some hosts send to others over UDP come twice", duplicate),
            ("slow", "access links have a share of their rates", slow),
            ("clock", "clocks are off, by which outcomes are stamped and judged too old", clock),
        ],
        word: |keys| KINDS.iter().find(|(_, kind)| *kind == keys.kind).map_or("", |(word, _)| word),
    }
}

impl FaultKeys {
    fn new(kind: Kind) -> FaultKeys {
        FaultKeys {
            kind,
            at: Time::ZERO,
            lasts: Duration::ZERO,
            recurs: Recurrence::Never,
            messages: Vec::new(),
            hosts: HostSet::default(),
            way: Way::default(),
            extra: Duration::ZERO,
            loss: Share::ZERO,
            duplicated: Share::ZERO,
            links: SlowLinks { uplink: Share::ONE, downlink: Share::ONE },
            skew: Skew::default(),
        }
    }

    /// A fault in the layout of a file.
    pub(super) fn of(fault: &Fault) -> FaultKeys {
        let Fault { at, lasts, recurs, messages, .. } = *fault;
        let messages = Sent::among(messages);
        let keys = |kind| FaultKeys { at, lasts, recurs, messages: messages.clone(), ..FaultKeys::new(kind) };
        match fault.kind.clone() {
            FaultKind::Offline(hosts) => FaultKeys { hosts, ..keys(Kind::Offline) },
            FaultKind::Partition(hosts) => FaultKeys { hosts, ..keys(Kind::Partition) },
            FaultKind::Cut(way) => FaultKeys { way, ..keys(Kind::Cut) },
            FaultKind::Delay(way, extra) => FaultKeys { way, extra, ..keys(Kind::Delay) },
            FaultKind::Loss(way, loss) => FaultKeys { way, loss, ..keys(Kind::Loss) },
            FaultKind::Duplicate(way, duplicated) => FaultKeys { way, duplicated, ..keys(Kind::Duplicate) },
            FaultKind::Slow(hosts, links) => FaultKeys { hosts, links, ..keys(Kind::Slow) },
            FaultKind::Clock(hosts, skew) => FaultKeys { hosts, skew, ..keys(Kind::Clock) },
        }
    }

    /// The fault.
    pub(super) fn build(self) -> Fault {
        let kind = match self.kind {
            Kind::Offline => FaultKind::Offline(self.hosts),
            Kind::Partition => FaultKind::Partition(self.hosts),
            Kind::Cut => FaultKind::Cut(self.way),
            Kind::Delay => FaultKind::Delay(self.way, self.extra),
            Kind::Loss => FaultKind::Loss(self.way, self.loss),
            Kind::Duplicate => FaultKind::Duplicate(self.way, self.duplicated),
            Kind::Slow => FaultKind::Slow(self.hosts, self.links),
            Kind::Clock => FaultKind::Clock(self.hosts, self.skew),
        };
        let messages = match &self.messages[..] {
            [] => MessageKinds::ALL,
            some => MessageKinds::only(some.iter().map(|sent| sent.kind())),
        };
        Fault { at: self.at, lasts: self.lasts, recurs: self.recurs, messages, kind }
    }
}

/// What all kinds have.
fn begun(kind: Kind) -> Section<FaultKeys> {
    let kinds = Words { what: "kind", words: KINDS.to_vec() };
    let span = Quantity::time().more_than(Duration::ZERO);
    Section::new(FaultKeys::new(kind))
        .required("kind", kinds, |f| &mut f.kind, "what goes wrong")
        .required("at", time_point(), |f| &mut f.at, AT)
        .required("for", span, |f| &mut f.lasts, "how long it lasts, each time")
        .optional("every", every(), |f| &mut f.recurs, "it comes once", EVERY)
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

fn with_messages(section: Section<FaultKeys>) -> Section<FaultKeys> {
    let all = "all messages, and what transports and NATs send themselves";
    section.optional("messages", List(SentName), |f| &mut f.messages, all, MESSAGES)
}

fn with_hosts(section: Section<FaultKeys>) -> Section<FaultKeys> {
    let (groups, regions) = ("the groups that it affects", REGIONS);
    section
        .optional("groups", List(GroupName), |f| &mut f.hosts.groups, ALL_GROUPS, groups)
        .optional("regions", List(RegionName), |f| &mut f.hosts.regions, ALL_REGIONS, regions)
        .key("share", Fraction, |f| &mut f.hosts.share, SHARE)
}

fn with_way(section: Section<FaultKeys>) -> Section<FaultKeys> {
    let (senders, receivers) = ("the groups of those who send", "the groups of those who receive");
    section
        .optional("from_groups", List(GroupName), |f| &mut f.way.from.groups, ALL_GROUPS, senders)
        .optional("from_regions", List(RegionName), |f| &mut f.way.from.regions, ALL_REGIONS, FROM_REGIONS)
        .optional("to_groups", List(GroupName), |f| &mut f.way.to.groups, ALL_GROUPS, receivers)
        .optional("to_regions", List(RegionName), |f| &mut f.way.to.regions, ALL_REGIONS, TO_REGIONS)
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
        for (word, kind) in KINDS {
            let what = belongs_to(&FaultKeys::new(kind).build().kind);
            let entry = UNMODELLED.iter().find(|entry| entry.what == what).expect("it is listed");
            let names = entry.instead.contains("fault") && entry.instead.contains(&format!("\"{word}\""));
            assert!(names, "{what} does not leave out {word}: {}", entry.instead);
        }
        let denies = UNMODELLED.iter().find(|entry| entry.instead.contains("only fault is"));
        assert_eq!(denies, None);
    }
}
