//! The kinds of adversaries, as a file names them: each with what it does in words, its keys, and what comes of these.

use super::keys::{
    ConductKeys, Withheld, colluder, common, dropper, eclipse, equivocator, fabricator, flooder, free_rider,
    long_con, omitting_recorder, on_off, origin_spoofer, praise, racer, slanderer, sybil, whitewasher,
    withholder,
};
use crate::conduct::{AdversaryKind, Conduct};
use crate::scenario::forms::Section;
use crate::units::Frequency;

/// A kind, as a file names it; in the order of [`KINDS`].
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Word {
    FreeRider,
    Withholder,
    Forger,
    Fabricator,
    Dropper,
    SelfPromoter,
    Slanderer,
    Colluder,
    Sybil,
    Whitewasher,
    OnOff,
    LongCon,
    QueryFlooder,
    Eclipse,
    Repudiator,
    Equivocator,
    Racer,
    Spy,
    Misrouter,
    OriginSpoofer,
    OmittingRecorder,
}

/// A kind, as a file describes it.
pub(super) struct Described {
    pub(super) kind: Word,
    pub(super) word: &'static str,
    /// Whether the word is enough, with the defaults of the keys that it has.
    pub(super) is_plain: bool,
    pub(super) does: &'static str,
    pub(super) keys: fn() -> Section<ConductKeys>,
}

const fn of(
    kind: Word,
    word: &'static str,
    does: &'static str,
    keys: fn() -> Section<ConductKeys>,
) -> Described {
    Described { kind, word, is_plain: false, does, keys }
}

/// One that needs no key.
const fn plain(
    kind: Word,
    word: &'static str,
    does: &'static str,
    keys: fn() -> Section<ConductKeys>,
) -> Described {
    Described { is_plain: true, ..of(kind, word, does, keys) }
}

/// All of them.
pub(super) const KINDS: [Described; 21] = [
    plain(
        Word::FreeRider,
        "free_rider",
        "uses the network but stores nothing: it does not answer announcements of chunks",
        free_rider,
    ),
    plain(Word::Withholder, "withholder", "accepts chunks but does not hand them out", withholder),
    plain(
        Word::Forger,
        "forger",
        "alters the chunks that it hands out, in turn: inverts outcomes under the old signature or its own, replaces the anchor, omits an entry, substitutes an old chunk of somebody else",
        common,
    ),
    of(
        Word::Fabricator,
        "fabricator",
        "adds chunks that it makes up to its answers about some nodes: signed by itself as their recorder, in no series, and never announced. It has to hold a chunk about a node to be asked; with `attribution` = \"recorder\" only chunks of its own count, about itself",
        fabricator,
    ),
    plain(
        Word::Dropper,
        "dropper",
        "does not pass on the broadcasts of others, nor ask for them (`protocol.queries`)",
        dropper,
    ),
    plain(
        Word::SelfPromoter,
        "self_promoter",
        "records praise of itself, and reports its own work as good",
        || praise("records of self-praise, per node"),
    ),
    of(Word::Slanderer, "slanderer", "records bad outcomes of its victims", slanderer),
    plain(Word::Colluder, "colluder", "a ring: praises the other nodes of its group", colluder),
    of(
        Word::Sybil,
        "sybil",
        "one owner with many identities at once, which share its link and its stake",
        sybil,
    ),
    of(
        Word::Whitewasher,
        "whitewasher",
        "takes a new identity when its reputation falls below a level; performs according to `skill`",
        whitewasher,
    ),
    plain(
        Word::OnOff,
        "on_off",
        "alternates between performing according to `skill` and performing badly",
        on_off,
    ),
    of(
        Word::LongCon,
        "long_con",
        "performs according to `skill` until its reputation reaches a level, then badly",
        long_con,
    ),
    of(Word::QueryFlooder, "query_flooder", "floods the network with queries", flooder),
    of(
        Word::Eclipse,
        "eclipse",
        "identities with ids close to a victim's, which accept chunks, answer no query about the victim, and forward nothing that comes from it or asks about it",
        eclipse,
    ),
    plain(
        Word::Repudiator,
        "repudiator",
        "reports all of its own work as good, and with `protocol.receipts` signs nothing else",
        common,
    ),
    plain(
        Word::Equivocator,
        "equivocator",
        "records outcomes twice under the same numbers of its series, as they were and as the opposite, and shows the second version to the half of the network whose ids begin with another bit than its own; under `dissemination` = \"tree\" and \"lookup\" every storage node hears of one version alone",
        equivocator,
    ),
    plain(
        Word::Racer,
        "racer",
        "says YES to announcements of chunks before its node has come to an answer, whatever its limiters say and without `answer_jitter`, and does not store what it is sent",
        racer,
    ),
    plain(
        Word::Spy,
        "spy",
        "follows the protocol, and takes whoever it first has a question from for who asks: `privacy.linked_ratio`",
        common,
    ),
    plain(
        Word::Misrouter,
        "misrouter",
        "answers questions of lookups with the nodes of its own group that are closest to what is looked for, stores what it is sent, and answers no query; only where nodes look each other up",
        common,
    ),
    of(
        Word::OriginSpoofer,
        "origin_spoofer",
        "broadcasts queries in the name of its victims, so that holders send them answers that they have not asked for",
        origin_spoofer,
    ),
    of(
        Word::OmittingRecorder,
        "omitting_recorder",
        "leaves outcomes that it does not like out of its series",
        omitting_recorder,
    ),
];

const _: () = {
    let mut place = 0;
    while place < KINDS.len() {
        assert!(KINDS[place].kind as usize == place, "each kind is described, in its place");
        place += 1;
    }
};

impl Word {
    pub(super) fn word(self) -> &'static str {
        KINDS[self as usize].word
    }
}

impl ConductKeys {
    pub(super) fn of(conduct: &Conduct) -> ConductKeys {
        let keys = ConductKeys { start: conduct.start, stop: conduct.stop, ..ConductKeys::draft() };
        match conduct.kind.clone() {
            AdversaryKind::FreeRider { forwards } => ConductKeys { kind: Word::FreeRider, forwards, ..keys },
            AdversaryKind::Withholder { empty, about } => {
                let answer = if empty { Withheld::Empty } else { Withheld::Silent };
                ConductKeys { kind: Word::Withholder, answer, about, ..keys }
            }
            AdversaryKind::Forger => ConductKeys { kind: Word::Forger, ..keys },
            AdversaryKind::Fabricator { chunks, praises, about } => {
                ConductKeys { kind: Word::Fabricator, chunks, praises, about, ..keys }
            }
            AdversaryKind::Dropper { drops } => ConductKeys { kind: Word::Dropper, drops, ..keys },
            AdversaryKind::SelfPromoter { rate } => {
                ConductKeys { kind: Word::SelfPromoter, rate: Some(rate), ..keys }
            }
            AdversaryKind::Slanderer { rate, about } => {
                ConductKeys { kind: Word::Slanderer, rate: Some(rate), about, ..keys }
            }
            AdversaryKind::Colluder { rate, signs } => {
                ConductKeys { kind: Word::Colluder, rate: Some(rate), signs, ..keys }
            }
            AdversaryKind::Repudiator => ConductKeys { kind: Word::Repudiator, ..keys },
            AdversaryKind::Sybil { identities, rate } => {
                ConductKeys { kind: Word::Sybil, identities, rate, ..keys }
            }
            AdversaryKind::Whitewasher { identities, level, checks, praises: introduction } => {
                ConductKeys { kind: Word::Whitewasher, identities, level, checks, introduction, ..keys }
            }
            AdversaryKind::OnOff { on, off, cheats } => {
                ConductKeys { kind: Word::OnOff, on, off, cheats, ..keys }
            }
            AdversaryKind::LongCon { level, events, checks, cheats } => {
                ConductKeys { kind: Word::LongCon, level, events, checks, cheats, ..keys }
            }
            AdversaryKind::QueryFlooder { rate, about } => {
                ConductKeys { kind: Word::QueryFlooder, rate: Some(rate), about, ..keys }
            }
            AdversaryKind::Eclipse { identities, bits, target } => {
                ConductKeys { kind: Word::Eclipse, identities, bits, target, ..keys }
            }
            AdversaryKind::Equivocator { about } => ConductKeys { kind: Word::Equivocator, about, ..keys },
            AdversaryKind::Spy => ConductKeys { kind: Word::Spy, ..keys },
            AdversaryKind::Misrouter => ConductKeys { kind: Word::Misrouter, ..keys },
            AdversaryKind::Racer { forges } => ConductKeys { kind: Word::Racer, forges, ..keys },
            AdversaryKind::OriginSpoofer { rate, target, about } => {
                ConductKeys { kind: Word::OriginSpoofer, rate: Some(rate), target, about, ..keys }
            }
            AdversaryKind::OmittingRecorder { good: omits_good, about } => {
                ConductKeys { kind: Word::OmittingRecorder, omits_good, about, ..keys }
            }
        }
    }

    pub(super) fn build(self) -> Conduct {
        let often = Frequency::per_second(1.0 / 60.0);
        let rate = self.rate.unwrap_or(often);
        let ConductKeys { chunks, praises, drops, forwards, introduction, omits_good, forges, .. } = self;
        let ConductKeys { about, identities, level, events, checks, on, off, cheats, bits, target, .. } =
            self;
        let kind = match self.kind {
            Word::FreeRider => AdversaryKind::FreeRider { forwards },
            Word::Withholder => AdversaryKind::Withholder { empty: self.answer == Withheld::Empty, about },
            Word::Forger => AdversaryKind::Forger,
            Word::Fabricator => AdversaryKind::Fabricator { chunks, praises, about },
            Word::Dropper => AdversaryKind::Dropper { drops },
            Word::SelfPromoter => AdversaryKind::SelfPromoter { rate },
            Word::Slanderer => AdversaryKind::Slanderer { rate, about },
            Word::Colluder => AdversaryKind::Colluder { rate, signs: self.signs },
            Word::Repudiator => AdversaryKind::Repudiator,
            Word::Sybil => AdversaryKind::Sybil { identities, rate: self.rate },
            Word::Whitewasher => {
                AdversaryKind::Whitewasher { identities, level, checks, praises: introduction }
            }
            Word::OnOff => AdversaryKind::OnOff { on, off, cheats },
            Word::LongCon => AdversaryKind::LongCon { level, events, checks, cheats },
            Word::QueryFlooder => AdversaryKind::QueryFlooder { rate, about },
            Word::Eclipse => AdversaryKind::Eclipse { identities, bits, target },
            Word::Equivocator => AdversaryKind::Equivocator { about },
            Word::Racer => AdversaryKind::Racer { forges },
            Word::Misrouter => AdversaryKind::Misrouter,
            Word::Spy => AdversaryKind::Spy,
            Word::OriginSpoofer => AdversaryKind::OriginSpoofer { rate, target, about },
            Word::OmittingRecorder => AdversaryKind::OmittingRecorder { good: omits_good, about },
        };
        Conduct { kind, start: self.start, stop: self.stop }
    }
}
