//! The keys of `groups.NAME.conduct`, and what they make of an adversary.

use crate::conduct::{AdversaryKind, Conduct};
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

/// A kind, as a file names it.
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
    Repudiator,
    Sybil,
    Whitewasher,
    OnOff,
    LongCon,
    QueryFlooder,
    Eclipse,
    Equivocator,
    Racer,
    Misrouter,
    Spy,
    OriginSpoofer,
    OmittingRecorder,
}

pub(super) const KINDS: [Word; 21] = [
    Word::FreeRider,
    Word::Withholder,
    Word::Forger,
    Word::Fabricator,
    Word::Dropper,
    Word::SelfPromoter,
    Word::Slanderer,
    Word::Colluder,
    Word::Repudiator,
    Word::Sybil,
    Word::Whitewasher,
    Word::OnOff,
    Word::LongCon,
    Word::QueryFlooder,
    Word::Eclipse,
    Word::Equivocator,
    Word::Racer,
    Word::Misrouter,
    Word::Spy,
    Word::OriginSpoofer,
    Word::OmittingRecorder,
];

/// What a withholder does instead of answering.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Withheld {
    Silent,
    Empty,
}

impl Word {
    pub(super) fn word(self) -> &'static str {
        match self {
            Word::FreeRider => "free_rider",
            Word::Withholder => "withholder",
            Word::Forger => "forger",
            Word::Fabricator => "fabricator",
            Word::Dropper => "dropper",
            Word::SelfPromoter => "self_promoter",
            Word::Slanderer => "slanderer",
            Word::Colluder => "colluder",
            Word::Repudiator => "repudiator",
            Word::Sybil => "sybil",
            Word::Whitewasher => "whitewasher",
            Word::OnOff => "on_off",
            Word::LongCon => "long_con",
            Word::QueryFlooder => "query_flooder",
            Word::Eclipse => "eclipse",
            Word::Equivocator => "equivocator",
            Word::Racer => "racer",
            Word::Misrouter => "misrouter",
            Word::Spy => "spy",
            Word::OriginSpoofer => "origin_spoofer",
            Word::OmittingRecorder => "omitting_recorder",
        }
    }
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
