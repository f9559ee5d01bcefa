//! The kinds of adversaries, as a file describes them: each with what it does in words, its defaults and its keys.

use crate::conduct::{AdversaryKind, Conduct};
use crate::scenario::forms::{
    Count, Flag, Fraction, GroupName, List, Quantity, Section, Unless, Words, maybe,
};
use crate::units::{Duration, Frequency, GroupId, Share};

/// A kind, as a file describes it.
pub(super) struct Described {
    pub(super) does: &'static str,
    /// Whether its word is enough, with the defaults of the keys that it has.
    pub(super) is_plain: bool,
    /// With its defaults; a parameter that a file has to give is only held a place.
    pub(super) kind: fn() -> AdversaryKind,
    /// Adds its own keys to those of all kinds.
    pub(super) keys: fn(Section<Conduct>) -> Section<Conduct>,
}

impl Described {
    pub(super) fn word(&self) -> &'static str {
        (self.kind)().name()
    }

    pub(super) fn draft(&self) -> Conduct {
        Conduct::always((self.kind)())
    }
}

/// A parameter of the kind whose section it stands in.
macro_rules! of {
    ($kind:ident, $parameter:ident) => {
        |conduct| match &mut conduct.kind {
            AdversaryKind::$kind { $parameter, .. } => $parameter,
            _ => unreachable!("a section is of one kind"),
        }
    };
}

/// All of them, in the order of the guide.
pub(super) const KINDS: &[Described] = &[
    Described {
        does: "uses the network but stores nothing: it does not answer announcements of chunks",
        is_plain: true,
        kind: || AdversaryKind::FreeRider { forwards: true },
        keys: |section| {
            section.optional(
                "forwards",
                Unless { form: Flag, usual: true },
                of!(FreeRider, forwards),
                "true",
                "whether it passes on the broadcasts of others",
            )
        },
    },
    Described {
        does: "accepts chunks but does not hand them out",
        is_plain: true,
        kind: || AdversaryKind::Withholder { empty: false, about: Vec::new() },
        keys: |section| {
            let answer = Words { what: "answer", words: vec![("silent", false), ("empty", true)] };
            section
                .key("answer", answer, of!(Withholder, empty), "no answer, or a YES without chunks")
                .optional(
                    "about",
                    List(GroupName),
                    of!(Withholder, about),
                    "everybody",
                    "only chunks about these groups",
                )
        },
    },
    Described {
        does: "alters the chunks that it hands out, in turn: inverts outcomes under the old signature or its own, replaces the anchor, omits an entry, substitutes an old chunk of somebody else",
        is_plain: true,
        kind: || AdversaryKind::Forger,
        keys: |section| section,
    },
    Described {
        does: "adds chunks that it makes up to its answers about some nodes: signed by itself as their recorder, in no series, and never announced. It has to hold a chunk about a node to be asked; with `attribution` = \"recorder\" only chunks of its own count, about itself",
        is_plain: false,
        kind: || AdversaryKind::Fabricator { chunks: 5, praises: false, about: Vec::new() },
        keys: |section| {
            section
                .required(
                    "about",
                    List(GroupName),
                    of!(Fabricator, about),
                    "the groups of those whom it makes chunks up about",
                )
                .key(
                    "chunks",
                    Count { least: 1, most: 100 },
                    of!(Fabricator, chunks),
                    "chunks of ten outcomes that it adds to an answer",
                )
                .key(
                    "outcomes",
                    bad_or_good("kind of outcomes"),
                    of!(Fabricator, praises),
                    "what the outcomes are that it makes up",
                )
        },
    },
    Described {
        does: "does not pass on the broadcasts of others, nor ask for them (`protocol.queries`)",
        is_plain: true,
        kind: || AdversaryKind::Dropper { drops: Share::ONE },
        keys: |section| {
            section.key(
                "drops",
                Fraction,
                of!(Dropper, drops),
                "its chance to leave out a copy of a broadcast that it should send, drawn for each copy",
            )
        },
    },
    Described {
        does: "records praise of itself, and reports its own work as good",
        is_plain: true,
        kind: || AdversaryKind::SelfPromoter { rate: often() },
        keys: |section| {
            section.optional(
                "rate",
                rate(),
                of!(SelfPromoter, rate),
                OFTEN,
                "records of self-praise, per node",
            )
        },
    },
    Described {
        does: "records bad outcomes of its victims",
        is_plain: false,
        kind: || AdversaryKind::Slanderer { rate: often(), about: Vec::new() },
        keys: |section| {
            section
                .optional("rate", rate(), of!(Slanderer, rate), OFTEN, "records of bad outcomes, per node")
                .required("about", List(GroupName), of!(Slanderer, about), "the groups of its victims")
        },
    },
    Described {
        does: "a ring: praises the other nodes of its group",
        is_plain: true,
        kind: || AdversaryKind::Colluder { rate: often(), signs: true },
        keys: |section| {
            section
                .optional("rate", rate(), of!(Colluder, rate), OFTEN, "records of praise, per node")
                .optional(
                    "signs",
                    Unless { form: Flag, usual: true },
                    of!(Colluder, signs),
                    "true",
                    "whether it signs what the others record about it; only with `protocol.receipts`",
                )
        },
    },
    Described {
        does: "one owner with many identities at once, which share its link and its stake",
        is_plain: false,
        kind: || AdversaryKind::Sybil { identities: 2, rate: None },
        keys: |section| {
            section
                .required(
                    "identities",
                    identities(),
                    of!(Sybil, identities),
                    "identities of each host; they split its stake",
                )
                .optional(
                    "rate",
                    maybe(rate()),
                    of!(Sybil, rate),
                    "none",
                    "records of praise for each other, per identity",
                )
        },
    },
    Described {
        does: "takes a new identity when its reputation falls below a level; performs according to `skill`",
        is_plain: false,
        kind: || AdversaryKind::Whitewasher {
            identities: 2,
            level: Share::clamped(0.5),
            checks: Duration::from_secs(60),
            praises: 0,
        },
        keys: |section| {
            section
                .key(
                    "level",
                    Fraction,
                    of!(Whitewasher, level),
                    "the reputation below which it takes its next identity",
                )
                .key("checks", span(), of!(Whitewasher, checks), CHECKS)
                .required(
                    "identities",
                    identities(),
                    of!(Whitewasher, identities),
                    "identities of each host, used one after another",
                )
                .optional(
                    "praises",
                    Unless { form: Count { least: 0, most: 1000 }, usual: 0 },
                    of!(Whitewasher, praises),
                    "0",
                    "good outcomes of itself that it records as soon as it has a new identity",
                )
        },
    },
    Described {
        does: "alternates between performing according to `skill` and performing badly",
        is_plain: true,
        kind: || AdversaryKind::OnOff {
            on: Duration::from_secs(600),
            off: Duration::from_secs(600),
            cheats: Share::ZERO,
        },
        keys: |section| {
            section
                .key("cheats", Fraction, of!(OnOff, cheats), CHEATS)
                .key("on", span(), of!(OnOff, on), "how long it stays good")
                .key("off", span(), of!(OnOff, off), "how long it then stays bad")
        },
    },
    Described {
        does: "performs according to `skill` until its reputation reaches a level, then badly",
        is_plain: false,
        kind: || AdversaryKind::LongCon {
            level: Share::clamped(0.5),
            events: 10,
            checks: Duration::from_secs(60),
            cheats: Share::ZERO,
        },
        keys: |section| {
            section
                .key("level", Fraction, of!(LongCon, level), "the reputation at which it turns bad")
                .key("checks", span(), of!(LongCon, checks), CHECKS)
                .key("cheats", Fraction, of!(LongCon, cheats), CHEATS)
                .key(
                    "events",
                    Count { least: 1, most: u32::MAX },
                    of!(LongCon, events),
                    "minimum number of events known about it before it turns bad",
                )
        },
    },
    Described {
        does: "floods the network with queries",
        is_plain: false,
        kind: || AdversaryKind::QueryFlooder { rate: often(), about: Vec::new() },
        keys: |section| {
            section.optional("rate", rate(), of!(QueryFlooder, rate), OFTEN, "queries, per node").required(
                "about",
                List(GroupName),
                of!(QueryFlooder, about),
                "the groups that it queries",
            )
        },
    },
    Described {
        does: "identities with ids close to a victim's, which accept chunks, answer no query about the victim, and forward nothing that comes from it or asks about it",
        is_plain: false,
        kind: || AdversaryKind::Eclipse { identities: 2, bits: 8, target: GroupId(0) },
        keys: |section| {
            section
                .required(
                    "target",
                    GroupName,
                    of!(Eclipse, target),
                    "the group of its victims, which are divided among the identities",
                )
                .required("identities", identities(), of!(Eclipse, identities), "identities of each host")
                .key(
                    "bits",
                    Count { least: 1, most: 64 },
                    of!(Eclipse, bits),
                    "leading bits that their ids share with the victim's; finding one takes 2^bits key pairs",
                )
        },
    },
    Described {
        does: "reports all of its own work as good, and with `protocol.receipts` signs nothing else",
        is_plain: true,
        kind: || AdversaryKind::Repudiator,
        keys: |section| section,
    },
    Described {
        does: "records outcomes twice under the same numbers of its series, as they were and as the opposite, and shows the second version to the half of the network whose ids begin with another bit than its own; under `dissemination` = \"tree\" and \"lookup\" every storage node hears of one version alone",
        is_plain: true,
        kind: || AdversaryKind::Equivocator { about: Vec::new() },
        keys: |section| {
            section.optional(
                "about",
                List(GroupName),
                of!(Equivocator, about),
                "everybody",
                "only outcomes of these groups have two versions",
            )
        },
    },
    Described {
        does: "says YES to announcements of chunks before its node has come to an answer, whatever its limiters say and without `answer_jitter`, and does not store what it is sent",
        is_plain: true,
        kind: || AdversaryKind::Racer { forges: false },
        keys: |section| {
            let then = Words { what: "then", words: vec![("withholds", false), ("forges", true)] };
            section.key(
                "then",
                then,
                of!(Racer, forges),
                "what it does when it is queried: nothing, or answer with chunks whose outcomes it has inverted",
            )
        },
    },
    Described {
        does: "follows the protocol, and takes whoever it first has a question from for who asks: `privacy.linked_ratio`",
        is_plain: true,
        kind: || AdversaryKind::Spy,
        keys: |section| section,
    },
    Described {
        does: "answers questions of lookups with the nodes of its own group that are closest to what is looked for, stores what it is sent, and answers no query; only where nodes look each other up",
        is_plain: true,
        kind: || AdversaryKind::Misrouter,
        keys: |section| section,
    },
    Described {
        does: "broadcasts queries in the name of its victims, so that holders send them answers that they have not asked for",
        is_plain: false,
        kind: || AdversaryKind::OriginSpoofer { rate: often(), target: GroupId(0), about: Vec::new() },
        keys: |section| {
            section
                .optional("rate", rate(), of!(OriginSpoofer, rate), OFTEN, "queries, per node")
                .required(
                    "target",
                    GroupName,
                    of!(OriginSpoofer, target),
                    "the group of its victims: a query takes the name of one of them",
                )
                .required(
                    "about",
                    List(GroupName),
                    of!(OriginSpoofer, about),
                    "the groups that it asks about",
                )
        },
    },
    Described {
        does: "leaves outcomes that it does not like out of its series",
        is_plain: false,
        kind: || AdversaryKind::OmittingRecorder { good: false, about: Vec::new() },
        keys: |section| {
            section
                .required(
                    "about",
                    List(GroupName),
                    of!(OmittingRecorder, about),
                    "the groups whose outcomes it leaves out",
                )
                .key(
                    "omits",
                    bad_or_good("omits"),
                    of!(OmittingRecorder, good),
                    "which of their outcomes it leaves out",
                )
        },
    },
];

const CHECKS: &str = "how often it queries its own reputation";
const CHEATS: &str = "its chance of a good outcome while it is bad";

/// How a file says [`often`].
const OFTEN: &str = "\"1 /min\"";

fn often() -> Frequency {
    Frequency::per_second(1.0 / 60.0)
}

fn rate() -> Quantity<Frequency> {
    Quantity::frequency().more_than(Frequency::per_second(0.0))
}

fn span() -> Quantity<Duration> {
    Quantity::time().more_than(Duration::ZERO)
}

fn identities() -> Count<u32> {
    Count { least: 2, most: 1 << 20 }
}

/// Whether outcomes are good.
fn bad_or_good(what: &'static str) -> Words<bool> {
    Words { what, words: vec![("bad", false), ("good", true)] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::forms::Form;
    use crate::scenario::names::Names;
    use crate::scenario::sections::catalogue::assert_whole;

    #[test]
    fn each_adversary_is_described_once() {
        let source = include_str!("../../../../../core/src/conduct/kind.rs");
        assert_whole(source, "AdversaryKind", KINDS.iter().map(|described| (described.kind)()));
    }

    #[test]
    fn the_keys_of_a_kind_are_its_own_parameters() {
        for described in KINDS {
            let section = (described.keys)(Section::new(described.draft()));
            assert!(section.print(&described.draft(), &Names::of([])).is_some(), "{}", described.word());
        }
    }
}
