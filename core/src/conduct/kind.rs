//! The catalogue of adversaries: their parameters, what others have to know of each, and how each behaves. An adversary
//! is added here, in the file of its behaviour, and with its keys in the list of `scenario/sections/group/conduct/kinds.rs`.
//!
//! * `holding`: free rider, withholder, forger, dropper, eclipse — what becomes of other nodes' chunks and broadcasts
//! * `racing`: racer — who becomes a holder
//! * `misrouting`: misrouter — whom lookups find
//! * `fabricating`: fabricator — answers with what was never announced
//! * `praising`: self-promoter, slanderer, colluding ring, sybil — what is recorded
//! * `omitting`: omitting recorder — what is not
//! * `forking`: equivocator — what is recorded twice
//! * `pretending`: whitewasher, on-off, long con — when work is done badly; repudiator — what becomes of it
//! * `flooding`: query flooder
//! * `spying`: spy — who asks about whom
//! * `spoofing`: origin spoofer — queries in another node's name

mod fabricating;
mod flooding;
mod forking;
mod holding;
mod misrouting;
mod omitting;
mod praising;
mod pretending;
mod racing;
mod spoofing;
mod spying;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::behaviour::{Behaviour, Spontaneous};
use fabricating::{Fabricator, Memory};
use flooding::QueryFlooder;
use forking::{Equivocator, Forks};
use holding::{Dropper, Eclipse, Forger, FreeRider, Withholder};
use misrouting::Misrouter;
use omitting::OmittingRecorder;
use praising::{Praise, SelfPromoter, Slanderer, Sybil};
use pretending::{LongCon, OnOff, Repudiator, Whitewasher};
use racing::Racer;
pub use spoofing::is_spoofed;
use spoofing::{OriginSpoofer, Sent};
use spying::Spy;

use crate::protocol::{Peer, Signer};
use crate::units::{Duration, Frequency, GroupId, Share, Time};

/// How the hosts of a group behave, and when: outside that time they are honest.
#[derive(Clone, Debug, PartialEq)]
pub struct Conduct {
    /// Which adversary they are.
    pub kind: AdversaryKind,
    /// Honest before this.
    pub start: Time,
    /// `None`: it goes on to the end of the run.
    pub stop: Option<Time>,
}

/// The catalogue of adversaries.
#[derive(Clone, Debug, PartialEq)]
pub enum AdversaryKind {
    /// Uses the network and stores nothing: announcements of chunks are not answered.
    FreeRider {
        /// Whether it passes on the broadcasts of others.
        forwards: bool,
    },
    /// Accepts chunks and does not hand them out: its YES to a query is not sent, or brings no chunk (`empty`). Only
    /// about these groups; none: about everybody.
    Withholder {
        /// YES without chunks, instead of no answer at all.
        empty: bool,
        /// Groups whose nodes it withholds chunks about; empty: everybody.
        about: Vec<GroupId>,
    },
    /// Alters the chunks that it hands out, each time in the next of the ways that it can.
    Forger,
    /// Adds chunks of its own making to its answers about nodes of these groups: well signed, and never announced.
    Fabricator {
        /// Chunks of ten outcomes that it adds to an answer, at least one.
        chunks: u32,
        /// Whether these are good outcomes, and not bad ones.
        praises: bool,
        /// Groups of those whom it makes them up about; never empty.
        about: Vec<GroupId>,
    },
    /// Passes broadcasts of others on with this chance of leaving out a copy.
    Dropper {
        /// The chance, for each copy that it should send.
        drops: Share,
    },
    /// Records praise of itself at this rate, and reports its own work as good.
    SelfPromoter {
        /// Records of self-praise, per node.
        rate: Frequency,
    },
    /// Records bad outcomes of nodes of these groups.
    Slanderer {
        /// Records of bad outcomes, per node.
        rate: Frequency,
        /// Groups of the victims; never empty.
        about: Vec<GroupId>,
    },
    /// Records praise of other nodes of its group.
    Colluder {
        /// Records of praise, per node.
        rate: Frequency,
        /// Whether it signs what they record about it, where receipts are wanted.
        signs: bool,
    },
    /// Reports all of its own work as good, and signs nothing else.
    Repudiator,
    /// One owner with several identities at once, which share a link and a stake; each praises others of them at this
    /// rate.
    Sybil {
        /// Identities of each host, at least two; they split its stake.
        identities: u32,
        /// Records of praise for each other, per identity; `None`: they praise nobody.
        rate: Option<Frequency>,
    },
    /// Takes the next of its identities when it sees its own reputation below a level.
    Whitewasher {
        /// Identities of each host, at least two, used one after another.
        identities: u32,
        /// Reputation below which the next identity is taken.
        level: Share,
        /// How often it queries its own reputation.
        checks: Duration,
        /// Good outcomes of itself that it records as soon as it has a new identity.
        praises: u32,
    },
    /// Alternates between the skill of its group and one of its own.
    OnOff {
        /// How long it is good.
        on: Duration,
        /// How long it is bad then.
        off: Duration,
        /// Chance of a good outcome while it is bad.
        cheats: Share,
    },
    /// Has the skill of its group until it sees its own reputation at a level, and one of its own from then on.
    LongCon {
        /// Reputation at which it turns bad.
        level: Share,
        /// Least number of events known about it before it turns bad.
        events: u32,
        /// How often it queries its own reputation.
        checks: Duration,
        /// Chance of a good outcome once it is bad.
        cheats: Share,
    },
    /// Asks about nodes of these groups at this rate.
    QueryFlooder {
        /// Queries, per node.
        rate: Frequency,
        /// Groups whose nodes it asks about; never empty.
        about: Vec<GroupId>,
    },
    /// Several identities a host, whose ids share `bits` leading bits with that of a node of the group `target`. They
    /// accept chunks about it, do not hand them out, and do not pass on what concerns it.
    Eclipse {
        /// Identities of each host, at least two.
        identities: u32,
        /// Leading bits shared with the victim's id, 1 to 64; a key takes 2^`bits` tries.
        bits: u8,
        /// Group of the victims, which the identities share among them.
        target: GroupId,
    },
    /// Records outcomes of nodes of these groups (none: of all) twice under the same numbers of its series, as they were and as
    /// the opposite, and shows each half of the network another version.
    Equivocator {
        /// Groups of those whose outcomes have two versions; empty: everybody.
        about: Vec<GroupId>,
    },
    /// Says YES to announcements of chunks before its node has come to an answer, and does not store what it is sent.
    Racer {
        /// Whether it answers queries with altered chunks, instead of with nothing.
        forges: bool,
    },
    /// Notes from whom it first has each question, and does nothing else.
    Spy,
    /// Answers questions of lookups with the nodes of its own group that are closest, and no query.
    Misrouter,
    /// Broadcasts queries about some nodes under the names of others, to whom the answers go.
    OriginSpoofer {
        /// Queries, per node.
        rate: Frequency,
        /// Group of the victims, whose names it takes.
        target: GroupId,
        /// Groups whose nodes it asks about; never empty.
        about: Vec<GroupId>,
    },
    /// Leaves outcomes of nodes of these groups out of its series.
    OmittingRecorder {
        /// Whether it leaves out good outcomes, and not bad ones.
        good: bool,
        /// Groups of those whose outcomes it leaves out; never empty.
        about: Vec<GroupId>,
    },
}

impl Conduct {
    /// From the start to the end of the run.
    pub fn always(kind: AdversaryKind) -> Conduct {
        Conduct { kind, start: Time::ZERO, stop: None }
    }

    /// Whether it is followed at `now`.
    pub fn lasts(&self, now: Time) -> bool {
        self.start <= now && self.stop.is_none_or(|stop| now < stop)
    }
}

/// What others have to know of an adversary, without knowing which one it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Traits<'k> {
    /// Its name in files.
    pub name: &'static str,
    /// Identities of each host, one or more.
    pub identities: u32,
    /// Whether all identities are on the network at the same time; otherwise one after the other.
    pub together: bool,
    /// The groups that it is directed at; none: everybody, or nobody but itself.
    pub targets: &'k [GroupId],
    /// The key that names them in a scenario.
    pub target_key: &'static str,
    /// Whether its own group may be among them.
    pub targets_own_group: bool,
    /// What it cannot work without.
    pub needs: Needs,
    /// Whether it records outcomes on its own account.
    pub records: bool,
    /// Whether it asks about others on its own account.
    pub asks: bool,
    /// How many leading bits its ids share with those of its targets: key pairs were tried until they did.
    pub mined_bits: Option<u8>,
}

/// What is so of an adversary unless it is said otherwise.
fn plain(name: &'static str) -> Traits<'static> {
    Traits {
        name,
        identities: 1,
        together: true,
        targets: &[],
        target_key: "about",
        targets_own_group: true,
        needs: Needs::Nothing,
        records: false,
        asks: false,
        mined_bits: None,
    }
}

/// The same of one that is directed at a group that is not its own.
fn at_another<'k>(name: &'static str, target: &'k GroupId) -> Traits<'k> {
    let targets = std::slice::from_ref(target);
    Traits { targets, target_key: "target", targets_own_group: false, ..plain(name) }
}

/// What an adversary can do nothing without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing beyond its own node.
    Nothing,
    /// Its nodes store chunks.
    Storage,
    /// Its nodes are asked for chunks that they store.
    AskedStorage,
    /// Work is given to it.
    Work,
    /// Work is given to it by those who ask about it.
    AskedWork,
    /// There are at least two of it.
    Ring,
    /// Outcomes that it observes are recorded by its nodes.
    Observes,
}

/// The peers that an adversary deals with.
pub(super) struct Cast {
    /// The key of the first identity.
    pub signer: Box<dyn Signer>,
    /// The identities of its host.
    pub identities: Vec<Peer>,
    /// The first identities of its group.
    pub fellows: Range<u32>,
    /// The nodes that it is directed at.
    pub targets: Vec<Range<u32>>,
    /// The nodes that it asks about, where those are others.
    pub subjects: Vec<Range<u32>>,
}

impl AdversaryKind {
    /// What others have to know of it.
    pub fn traits(&self) -> Traits<'_> {
        use Needs::{AskedStorage, AskedWork, Observes, Ring, Storage, Work};
        match self {
            AdversaryKind::FreeRider { .. } => Traits { needs: Storage, ..plain("free_rider") },
            AdversaryKind::Withholder { about, .. } => {
                Traits { needs: AskedStorage, targets: about, ..plain("withholder") }
            }
            AdversaryKind::Forger => Traits { needs: AskedStorage, ..plain("forger") },
            AdversaryKind::Fabricator { about, .. } => {
                Traits { needs: Storage, targets: about, ..plain("fabricator") }
            }
            AdversaryKind::Dropper { .. } => plain("dropper"),
            AdversaryKind::SelfPromoter { .. } => Traits { records: true, ..plain("self_promoter") },
            AdversaryKind::Slanderer { about, .. } => {
                Traits { records: true, targets: about, ..plain("slanderer") }
            }
            AdversaryKind::Colluder { .. } => Traits { records: true, needs: Ring, ..plain("colluder") },
            AdversaryKind::Sybil { identities, rate } => {
                Traits { identities: *identities, records: rate.is_some(), ..plain("sybil") }
            }
            AdversaryKind::Repudiator => Traits { needs: Work, ..plain("repudiator") },
            AdversaryKind::Whitewasher { identities, .. } => Traits {
                identities: *identities,
                together: false,
                asks: true,
                needs: AskedWork,
                ..plain("whitewasher")
            },
            AdversaryKind::OnOff { .. } => Traits { needs: Work, ..plain("on_off") },
            AdversaryKind::LongCon { .. } => Traits { needs: Work, asks: true, ..plain("long_con") },
            AdversaryKind::QueryFlooder { about, .. } => {
                Traits { asks: true, targets: about, ..plain("query_flooder") }
            }
            AdversaryKind::Eclipse { identities, bits, target } => Traits {
                identities: *identities,
                needs: Storage,
                mined_bits: Some(*bits),
                ..at_another("eclipse", target)
            },
            AdversaryKind::Equivocator { about } => {
                Traits { needs: Observes, targets: about, ..plain("equivocator") }
            }
            AdversaryKind::Racer { forges: true } => Traits { needs: AskedStorage, ..plain("racer") },
            AdversaryKind::Racer { .. } => Traits { needs: Storage, ..plain("racer") },
            AdversaryKind::Spy => plain("spy"),
            AdversaryKind::Misrouter => Traits { needs: Storage, ..plain("misrouter") },
            AdversaryKind::OriginSpoofer { target, .. } => at_another("origin_spoofer", target),
            AdversaryKind::OmittingRecorder { about, .. } => {
                Traits { needs: Observes, targets: about, ..plain("omitting_recorder") }
            }
        }
    }

    /// How it behaves.
    pub(super) fn behaviour(&self, cast: Cast) -> Box<dyn Behaviour> {
        let Cast { signer, identities, fellows, targets, subjects } = cast;
        match *self {
            AdversaryKind::FreeRider { forwards } => Box::new(FreeRider { forwards }),
            AdversaryKind::Withholder { empty, .. } => Box::new(Withholder { empty, targets }),
            AdversaryKind::Forger => Box::new(Forger::new(signer)),
            AdversaryKind::Fabricator { chunks, praises, .. } => {
                Box::new(Fabricator { signer, chunks, praises, targets, memory: Memory::default() })
            }
            AdversaryKind::Dropper { drops } => Box::new(Dropper { drops }),
            AdversaryKind::SelfPromoter { rate } => Box::new(SelfPromoter { pace: Spontaneous::at(rate) }),
            AdversaryKind::Slanderer { rate, .. } => {
                Box::new(Slanderer { pace: Spontaneous::at(rate), targets })
            }
            AdversaryKind::Colluder { rate, signs } => {
                Box::new(Praise { pace: Spontaneous::at(rate), fellows, signs })
            }
            AdversaryKind::Repudiator => Box::new(Repudiator),
            AdversaryKind::Sybil { rate, .. } => {
                let together = |rate: Frequency| rate.as_per_second() * identities.len() as f64;
                let pace = rate.map(|rate| Spontaneous::at(Frequency::per_second(together(rate))));
                Box::new(Sybil { pace, identities })
            }
            AdversaryKind::Whitewasher { level, checks, praises, .. } => {
                Box::new(Whitewasher { level, checks, praises, identities })
            }
            AdversaryKind::OnOff { on, off, cheats } => Box::new(OnOff { on, off, cheats }),
            AdversaryKind::LongCon { level, events, checks, cheats } => {
                Box::new(LongCon::new(level, events, checks, cheats))
            }
            AdversaryKind::QueryFlooder { rate, .. } => {
                Box::new(QueryFlooder { pace: Spontaneous::at(rate), targets })
            }
            AdversaryKind::Eclipse { .. } => Box::new(Eclipse { targets }),
            AdversaryKind::Equivocator { .. } => {
                Box::new(Equivocator { signer, targets, forks: Forks::default() })
            }
            AdversaryKind::Racer { forges } => Box::new(Racer::new(forges)),
            AdversaryKind::Spy => Box::new(Spy),
            AdversaryKind::Misrouter => Box::new(Misrouter::among(fellows)),
            AdversaryKind::OriginSpoofer { rate, .. } => {
                let (pace, sent) = (Spontaneous::at(rate), Sent::default());
                Box::new(OriginSpoofer { pace, victims: targets, subjects, sent })
            }
            AdversaryKind::OmittingRecorder { good, .. } => Box::new(OmittingRecorder { good, targets }),
        }
    }

    /// Identities of each host, one or more.
    pub fn identities(&self) -> u32 {
        self.traits().identities
    }

    /// Whether all identities are on the network at the same time; otherwise one after the other.
    pub fn together(&self) -> bool {
        self.traits().together
    }

    /// The groups that it is directed at; none: everybody, or nobody but itself.
    pub fn targets(&self) -> &[GroupId] {
        self.traits().targets
    }

    /// The groups that it asks about, where those are not the ones that it is directed at.
    pub fn subjects(&self) -> &[GroupId] {
        match self {
            AdversaryKind::OriginSpoofer { about, .. } => about,
            _ => &[],
        }
    }

    /// Its name in files.
    pub fn name(&self) -> &'static str {
        self.traits().name
    }
}
