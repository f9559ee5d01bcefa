//! The keys of `groups.NAME.conduct`.

use super::kinds::{KINDS, Word};
use crate::scenario::forms::{
    Count, Flag, Fraction, GroupName, List, Mapped, Quantity, Section, Unless, Words, maybe,
};
use crate::scenario::sections::time_point::time_point;
use crate::units::{Duration, Frequency, GroupId, Share, Time};

/// All keys that a conduct can have; a kind has some of them.
#[derive(Clone)]
pub(super) struct ConductKeys {
    pub(super) kind: Word,
    pub(super) start: Time,
    pub(super) stop: Option<Time>,
    pub(super) rate: Option<Frequency>,
    pub(super) about: Vec<GroupId>,
    pub(super) target: GroupId,
    pub(super) answer: Withheld,
    pub(super) chunks: u32,
    pub(super) praises: bool,
    pub(super) drops: Share,
    pub(super) identities: u32,
    pub(super) level: Share,
    pub(super) events: u32,
    pub(super) checks: Duration,
    pub(super) on: Duration,
    pub(super) off: Duration,
    pub(super) cheats: Share,
    pub(super) bits: u8,
    pub(super) signs: bool,
    pub(super) forwards: bool,
    /// What a whitewasher says of itself under each new name.
    pub(super) introduction: u32,
    pub(super) omits_good: bool,
    pub(super) forges: bool,
}

/// What a withholder does instead of answering.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Withheld {
    Silent,
    Empty,
}

impl ConductKeys {
    pub(super) fn draft() -> ConductKeys {
        ConductKeys {
            kind: Word::FreeRider,
            start: Time::ZERO,
            stop: None,
            rate: None,
            about: Vec::new(),
            target: GroupId(0),
            answer: Withheld::Silent,
            chunks: 5,
            praises: false,
            drops: Share::ONE,
            identities: 2,
            level: Share::clamped(0.5),
            events: 10,
            checks: Duration::from_secs(60),
            on: Duration::from_secs(600),
            off: Duration::from_secs(600),
            cheats: Share::ZERO,
            bits: 8,
            signs: true,
            forwards: true,
            introduction: 0,
            omits_good: false,
            forges: false,
        }
    }
}

pub(super) fn common() -> Section<ConductKeys> {
    let words = Words {
        what: "kind",
        words: KINDS.iter().map(|described| (described.word, described.kind)).collect(),
    };
    Section::new(ConductKeys::draft())
        .inline()
        .required("kind", words, |c| &mut c.kind, "the kind of adversary")
        .key("start", time_point(), |c| &mut c.start, "honest before this")
        .optional("stop", maybe(time_point()), |c| &mut c.stop, "the end", "honest from this on")
}

fn rate() -> Mapped<Quantity<Frequency>, Option<Frequency>> {
    maybe(Quantity::frequency().more_than(Frequency::per_second(0.0)))
}

pub(super) fn praise(help: &'static str) -> Section<ConductKeys> {
    common().optional("rate", rate(), |c| &mut c.rate, "\"1 /min\"", help)
}

pub(super) fn colluder() -> Section<ConductKeys> {
    praise("records of praise, per node").optional(
        "signs",
        Unless { form: Flag, usual: true },
        |c| &mut c.signs,
        "true",
        "whether it signs what the others record about it; only with `protocol.receipts`",
    )
}

pub(super) fn slanderer() -> Section<ConductKeys> {
    praise("records of bad outcomes, per node").required(
        "about",
        List(GroupName),
        |c| &mut c.about,
        "the groups of its victims",
    )
}

pub(super) fn flooder() -> Section<ConductKeys> {
    praise("queries, per node").required(
        "about",
        List(GroupName),
        |c| &mut c.about,
        "the groups that it queries",
    )
}

pub(super) fn fabricator() -> Section<ConductKeys> {
    let outcomes = Words { what: "kind of outcomes", words: vec![("bad", false), ("good", true)] };
    common()
        .required(
            "about",
            List(GroupName),
            |c| &mut c.about,
            "the groups of those whom it makes chunks up about",
        )
        .key(
            "chunks",
            Count { least: 1, most: 100 },
            |c| &mut c.chunks,
            "chunks of ten outcomes that it adds to an answer",
        )
        .key("outcomes", outcomes, |c| &mut c.praises, "what the outcomes are that it makes up")
}

pub(super) fn free_rider() -> Section<ConductKeys> {
    common().optional(
        "forwards",
        Unless { form: Flag, usual: true },
        |c| &mut c.forwards,
        "true",
        "whether it passes on the broadcasts of others",
    )
}

pub(super) fn equivocator() -> Section<ConductKeys> {
    common().optional(
        "about",
        List(GroupName),
        |c| &mut c.about,
        "everybody",
        "only outcomes of these groups have two versions",
    )
}

pub(super) fn racer() -> Section<ConductKeys> {
    let words = Words { what: "then", words: vec![("withholds", false), ("forges", true)] };
    common().key(
        "then",
        words,
        |c| &mut c.forges,
        "what it does when it is queried: nothing, or answer with chunks whose outcomes it has inverted",
    )
}

pub(super) fn origin_spoofer() -> Section<ConductKeys> {
    praise("queries, per node")
        .required(
            "target",
            GroupName,
            |c| &mut c.target,
            "the group of its victims: a query takes the name of one of them",
        )
        .required("about", List(GroupName), |c| &mut c.about, "the groups that it asks about")
}

pub(super) fn omitting_recorder() -> Section<ConductKeys> {
    let words = Words { what: "omits", words: vec![("bad", false), ("good", true)] };
    common()
        .required("about", List(GroupName), |c| &mut c.about, "the groups whose outcomes it leaves out")
        .key("omits", words, |c| &mut c.omits_good, "which of their outcomes it leaves out")
}

pub(super) fn dropper() -> Section<ConductKeys> {
    common().key(
        "drops",
        Fraction,
        |c| &mut c.drops,
        "its chance to leave out a copy of a broadcast that it should send, drawn for each copy",
    )
}

pub(super) fn withholder() -> Section<ConductKeys> {
    let words =
        Words { what: "answer", words: vec![("silent", Withheld::Silent), ("empty", Withheld::Empty)] };
    common().key("answer", words, |c| &mut c.answer, "no answer, or a YES without chunks").optional(
        "about",
        List(GroupName),
        |c| &mut c.about,
        "everybody",
        "only chunks about these groups",
    )
}

fn identities() -> Count<u32> {
    Count { least: 2, most: 1 << 20 }
}

pub(super) fn sybil() -> Section<ConductKeys> {
    common()
        .required(
            "identities",
            identities(),
            |c| &mut c.identities,
            "identities of each host; they split its stake",
        )
        .optional("rate", rate(), |c| &mut c.rate, "none", "records of praise for each other, per identity")
}

fn level(help: &'static str) -> Section<ConductKeys> {
    common().key("level", Fraction, |c| &mut c.level, help).key(
        "checks",
        Quantity::time().more_than(Duration::ZERO),
        |c| &mut c.checks,
        "how often it queries its own reputation",
    )
}

pub(super) fn whitewasher() -> Section<ConductKeys> {
    level("the reputation below which it takes its next identity")
        .required(
            "identities",
            identities(),
            |c| &mut c.identities,
            "identities of each host, used one after another",
        )
        .optional(
            "praises",
            Unless { form: Count { least: 0, most: 1000 }, usual: 0 },
            |c| &mut c.introduction,
            "0",
            "good outcomes of itself that it records as soon as it has a new identity",
        )
}

fn cheats(section: Section<ConductKeys>) -> Section<ConductKeys> {
    section.key("cheats", Fraction, |c| &mut c.cheats, "its chance of a good outcome while it is bad")
}

pub(super) fn on_off() -> Section<ConductKeys> {
    let span = || Quantity::time().more_than(Duration::ZERO);
    cheats(common()).key("on", span(), |c| &mut c.on, "how long it stays good").key(
        "off",
        span(),
        |c| &mut c.off,
        "how long it then stays bad",
    )
}

pub(super) fn long_con() -> Section<ConductKeys> {
    let events = Count { least: 1, most: u32::MAX };
    cheats(level("the reputation at which it turns bad")).key(
        "events",
        events,
        |c| &mut c.events,
        "minimum number of events known about it before it turns bad",
    )
}

pub(super) fn eclipse() -> Section<ConductKeys> {
    common()
        .required(
            "target",
            GroupName,
            |c| &mut c.target,
            "the group of its victims, which are divided among the identities",
        )
        .required("identities", identities(), |c| &mut c.identities, "identities of each host")
        .key(
            "bits",
            Count { least: 1, most: 64 },
            |c| &mut c.bits,
            "leading bits that their ids share with the victim's; finding one takes 2^bits key pairs",
        )
}
