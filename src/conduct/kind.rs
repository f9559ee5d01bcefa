use crate::units::{Duration, Frequency, GroupId, Share, Time};

/// How the hosts of a group behave, and when: outside that time they are honest.
#[derive(Clone, Debug, PartialEq)]
pub struct Conduct {
    pub kind: Kind,
    pub start: Time,
    /// `None`: it goes on to the end of the run.
    pub stop: Option<Time>,
}

/// The catalogue of adversaries.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Uses the network and stores nothing: announcements of chunks are not answered.
    FreeRider,
    /// Accepts chunks and does not hand them out: its YES to a query is not sent, or brings no chunk (`empty`). Only
    /// about these groups; none: about everybody.
    Withholder { empty: bool, about: Vec<GroupId> },
    /// Alters the chunks that it hands out, by turns in each way that it can.
    Forger,
    /// Records praise of itself at this rate, and reports its own work as good.
    SelfPromoter { rate: Frequency },
    /// Records bad outcomes of nodes of these groups.
    Slanderer { rate: Frequency, about: Vec<GroupId> },
    /// Records praise of other nodes of its group.
    Colluder { rate: Frequency },
    /// One owner with so many identities at once, which share a link and a stake, and praise each other at this rate
    /// each.
    Sybil { identities: u32, rate: Option<Frequency> },
    /// Takes the next of so many identities when it sees its own reputation under a level; asks after it this often.
    Whitewasher { identities: u32, level: Share, checks: Duration },
    /// By turns as good as its skill says, and with this skill.
    OnOff { on: Duration, off: Duration, cheats: Share },
    /// As good as its skill says until it sees its own reputation at a level, and with this skill ever after.
    LongCon { level: Share, events: u32, checks: Duration, cheats: Share },
    /// Asks about nodes of these groups at this rate.
    QueryFlooder { rate: Frequency, about: Vec<GroupId> },
    /// So many identities a host, whose ids share `bits` leading bits with that of a node of the group `target`. They
    /// accept chunks about it, do not hand them out, and do not pass on what concerns it.
    Eclipse { identities: u32, bits: u8, target: GroupId },
}

impl Conduct {
    /// From the start to the end of the run.
    pub fn always(kind: Kind) -> Conduct {
        Conduct { kind, start: Time::ZERO, stop: None }
    }

    /// Whether it is followed at `now`.
    pub fn lasts(&self, now: Time) -> bool {
        self.start <= now && self.stop.is_none_or(|stop| now < stop)
    }
}

impl Kind {
    /// Identities of each host, one or more.
    pub fn identities(&self) -> u32 {
        match *self {
            Kind::Sybil { identities, .. }
            | Kind::Whitewasher { identities, .. }
            | Kind::Eclipse { identities, .. } => identities,
            _ => 1,
        }
    }

    /// Whether all identities are on the network at the same time; otherwise one after the other.
    pub fn together(&self) -> bool {
        !matches!(self, Kind::Whitewasher { .. })
    }

    /// The groups that it is directed at; none: everybody, or nobody but itself.
    pub fn targets(&self) -> &[GroupId] {
        match self {
            Kind::Withholder { about, .. }
            | Kind::Slanderer { about, .. }
            | Kind::QueryFlooder { about, .. } => about,
            Kind::Eclipse { target, .. } => std::slice::from_ref(target),
            _ => &[],
        }
    }

    /// Its name in files.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::FreeRider => "free_rider",
            Kind::Withholder { .. } => "withholder",
            Kind::Forger => "forger",
            Kind::SelfPromoter { .. } => "self_promoter",
            Kind::Slanderer { .. } => "slanderer",
            Kind::Colluder { .. } => "colluder",
            Kind::Sybil { .. } => "sybil",
            Kind::Whitewasher { .. } => "whitewasher",
            Kind::OnOff { .. } => "on_off",
            Kind::LongCon { .. } => "long_con",
            Kind::QueryFlooder { .. } => "query_flooder",
            Kind::Eclipse { .. } => "eclipse",
        }
    }
}
