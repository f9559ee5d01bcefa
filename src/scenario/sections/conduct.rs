//! `groups.NAME.conduct`.

mod keys;

use keys::{ConductKeys, KINDS, Withheld};

use super::time_point::time_point;
use crate::conduct::Conduct;
use crate::scenario::forms::{
    Choice, Count, Flag, Fraction, GroupName, List, Mapped, Quantity, Section, Unless, Variants, Words, maybe,
};
use crate::units::{Duration, Frequency};

/// `conduct`: a word, where a kind needs nothing more, or a table.
pub(super) fn conduct() -> Choice<Option<Conduct>> {
    let words = Mapped {
        form: Words { what: "conduct", words: WORDS.iter().map(|word| (*word, *word)).collect() },
        wrap: of_word,
        unwrap: |conduct| WORDS.into_iter().find(|word| of_word(word) == *conduct),
    };
    let table = Mapped {
        form: kinds(),
        wrap: |keys: ConductKeys| Some(keys.build()),
        unwrap: |conduct| conduct.as_ref().map(ConductKeys::of),
    };
    Choice::new().plain(words).table(table)
}

/// The kinds that need no key, with the defaults of those that they have.
const WORDS: [&str; 13] = [
    "honest",
    "free_rider",
    "withholder",
    "forger",
    "dropper",
    "self_promoter",
    "colluder",
    "repudiator",
    "on_off",
    "equivocator",
    "racer",
    "misrouter",
    "spy",
];

fn of_word(word: &str) -> Option<Conduct> {
    let kind = KINDS.into_iter().find(|kind| kind.word() == word)?;
    Some(ConductKeys { kind, ..ConductKeys::draft() }.build())
}

fn kinds() -> Variants<ConductKeys> {
    let mut sections = of_one_role();
    sections.extend(of_messages_and_series());
    Variants { tag: "kind", sections, word: |keys| keys.kind.word() }
}

/// A kind's word, what it does, and its keys.
type Described = (&'static str, &'static str, Section<ConductKeys>);

fn of_one_role() -> Vec<Described> {
    vec![
        (
            "free_rider",
            "uses the network but stores nothing: it does not answer announcements of chunks",
            free_rider(),
        ),
        ("withholder", "accepts chunks but does not hand them out", withholder()),
        (
            "forger",
            "alters the chunks that it hands out, in turn: inverts outcomes under the old signature or its own, replaces the anchor, omits an entry, substitutes an old chunk of somebody else",
            common(),
        ),
        (
            "fabricator",
            "adds chunks that it makes up to its answers about some nodes: signed by itself as their recorder, in no series, and never announced. It has to hold a chunk about a node to be asked; with `attribution` = \"recorder\" only chunks of its own count, about itself",
            fabricator(),
        ),
        (
            "dropper",
            "does not pass on the broadcasts of others, nor ask for them (`protocol.queries`)",
            dropper(),
        ),
        (
            "self_promoter",
            "records praise of itself, and reports its own work as good",
            praise("records of self-praise, per node"),
        ),
        ("slanderer", "records bad outcomes of its victims", slanderer()),
        ("colluder", "a ring: praises the other nodes of its group", colluder()),
        ("sybil", "one owner with many identities at once, which share its link and its stake", sybil()),
        (
            "whitewasher",
            "takes a new identity when its reputation falls below a level; performs according to `skill`",
            whitewasher(),
        ),
        ("on_off", "alternates between performing according to `skill` and performing badly", on_off()),
        (
            "long_con",
            "performs according to `skill` until its reputation reaches a level, then badly",
            long_con(),
        ),
        ("query_flooder", "floods the network with queries", flooder()),
        (
            "eclipse",
            "identities with ids close to a victim's, which accept chunks, answer no query about the victim, and forward nothing that comes from it or asks about it",
            eclipse(),
        ),
    ]
}

fn of_messages_and_series() -> Vec<Described> {
    vec![
        (
            "repudiator",
            "reports all of its own work as good, and with `protocol.receipts` signs nothing else",
            common(),
        ),
        (
            "equivocator",
            "records outcomes twice under the same numbers of its series, as they were and as the opposite, and shows the second version to the half of the network whose ids begin with another bit than its own; under `dissemination` = \"tree\" and \"lookup\" every storage node hears of one version alone",
            equivocator(),
        ),
        (
            "racer",
            "says YES to announcements of chunks before its node has come to an answer, whatever its limiters say and without `answer_jitter`, and does not store what it is sent",
            racer(),
        ),
        (
            "spy",
            "follows the protocol, and takes whoever it first has a question from for who asks: `privacy.linked_ratio`",
            common(),
        ),
        (
            "misrouter",
            "answers questions of lookups with the nodes of its own group that are closest to what is looked for, stores what it is sent, and answers no query; only where nodes look each other up",
            common(),
        ),
        (
            "origin_spoofer",
            "broadcasts queries in the name of its victims, so that holders send them answers that they have not asked for",
            origin_spoofer(),
        ),
        ("omitting_recorder", "leaves outcomes that it does not like out of its series", omitting_recorder()),
    ]
}

fn common() -> Section<ConductKeys> {
    let words = Words { what: "kind", words: KINDS.map(|kind| (kind.word(), kind)).to_vec() };
    Section::new(ConductKeys::draft())
        .inline()
        .required("kind", words, |c| &mut c.kind, "the kind of adversary")
        .key("start", time_point(), |c| &mut c.start, "honest before this")
        .optional("stop", maybe(time_point()), |c| &mut c.stop, "the end", "honest from this on")
}

fn rate() -> crate::scenario::forms::Mapped<Quantity<Frequency>, Option<Frequency>> {
    maybe(Quantity::frequency().more_than(Frequency::per_second(0.0)))
}

fn praise(help: &'static str) -> Section<ConductKeys> {
    common().optional("rate", rate(), |c| &mut c.rate, "\"1 /min\"", help)
}

fn colluder() -> Section<ConductKeys> {
    praise("records of praise, per node").optional(
        "signs",
        Unless { form: Flag, usual: true },
        |c| &mut c.signs,
        "true",
        "whether it signs what the others record about it; only with `protocol.receipts`",
    )
}

fn slanderer() -> Section<ConductKeys> {
    praise("records of bad outcomes, per node").required(
        "about",
        List(GroupName),
        |c| &mut c.about,
        "the groups of its victims",
    )
}

fn flooder() -> Section<ConductKeys> {
    praise("queries, per node").required(
        "about",
        List(GroupName),
        |c| &mut c.about,
        "the groups that it queries",
    )
}

fn fabricator() -> Section<ConductKeys> {
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

fn free_rider() -> Section<ConductKeys> {
    common().optional(
        "forwards",
        Unless { form: Flag, usual: true },
        |c| &mut c.forwards,
        "true",
        "whether it passes on the broadcasts of others",
    )
}

fn equivocator() -> Section<ConductKeys> {
    common().optional(
        "about",
        List(GroupName),
        |c| &mut c.about,
        "everybody",
        "only outcomes of these groups have two versions",
    )
}

fn racer() -> Section<ConductKeys> {
    let words = Words { what: "then", words: vec![("withholds", false), ("forges", true)] };
    common().key(
        "then",
        words,
        |c| &mut c.forges,
        "what it does when it is queried: nothing, or answer with chunks whose outcomes it has inverted",
    )
}

fn origin_spoofer() -> Section<ConductKeys> {
    praise("queries, per node")
        .required(
            "target",
            GroupName,
            |c| &mut c.target,
            "the group of its victims: a query takes the name of one of them",
        )
        .required("about", List(GroupName), |c| &mut c.about, "the groups that it asks about")
}

fn omitting_recorder() -> Section<ConductKeys> {
    let words = Words { what: "omits", words: vec![("bad", false), ("good", true)] };
    common()
        .required("about", List(GroupName), |c| &mut c.about, "the groups whose outcomes it leaves out")
        .key("omits", words, |c| &mut c.omits_good, "which of their outcomes it leaves out")
}

fn dropper() -> Section<ConductKeys> {
    common().key(
        "drops",
        Fraction,
        |c| &mut c.drops,
        "its chance to leave out a copy of a broadcast that it should send, drawn for each copy",
    )
}

fn withholder() -> Section<ConductKeys> {
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

fn sybil() -> Section<ConductKeys> {
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

fn whitewasher() -> Section<ConductKeys> {
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

fn on_off() -> Section<ConductKeys> {
    let span = || Quantity::time().more_than(Duration::ZERO);
    cheats(common()).key("on", span(), |c| &mut c.on, "how long it stays good").key(
        "off",
        span(),
        |c| &mut c.off,
        "how long it then stays bad",
    )
}

fn long_con() -> Section<ConductKeys> {
    let events = Count { least: 1, most: u32::MAX };
    cheats(level("the reputation at which it turns bad")).key(
        "events",
        events,
        |c| &mut c.events,
        "minimum number of events known about it before it turns bad",
    )
}

fn eclipse() -> Section<ConductKeys> {
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
