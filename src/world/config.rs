//! The parameters of a world, as a scenario gives them.

use std::collections::BTreeMap;

use crate::baseline;
use crate::conduct::Conduct;
use crate::network::{Fault, LinkProfile, NetworkConfig, Placement, Presence, Transport};
use crate::protocol::{self, Confidence};
use crate::units::{ByteSize, Duration, Frequency, GroupId, Share, Time};

/// All that a run needs besides its seed. What is named here (groups, workloads, faults) is in the order of the names,
/// so that the order of tables in a file changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldConfig {
    /// How long the run lasts. Arrivals lie in `[0, duration)`.
    pub duration: Duration,
    /// What starts before this is not counted.
    pub warmup: Duration,
    /// What starts later than duration − cooldown is not counted.
    pub cooldown: Duration,
    pub groups: Vec<Group>,
    pub network: NetworkConfig,
    /// `None` when no workload needs the protocol.
    pub protocol: Option<protocol::Config>,
    /// What runs in place of the protocol, for comparison.
    pub baseline: Option<baseline::Config>,
    pub workloads: Vec<Workload>,
    /// By name.
    pub faults: BTreeMap<String, Fault>,
}

/// Hosts of one kind: `[groups.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub name: String,
    pub count: u32,
    pub placement: Placement,
    pub link: LinkProfile,
    pub transport: Transport,
    pub presence: Presence,
    /// Offline before this.
    pub joins: Time,
    /// Whether its nodes store other nodes' chunks.
    pub stores: bool,
    pub skill: Skill,
    /// In ETH, of each host: its identities share it.
    pub stake: f64,
    /// The reputation that is common knowledge, for tasks that are assigned without asking. `None`: a newcomer's.
    pub reputation: Option<Share>,
    /// `None`: honest.
    pub conduct: Option<Conduct>,
}

/// A node's chance of a good outcome.
#[derive(Clone, Debug, PartialEq)]
pub enum Skill {
    Constant(Share),
    /// Pairs of a number of outcomes about the node, recorded or not, and the chance from there on. The first is for 0;
    /// ascending.
    AfterEvents(Vec<(u32, Share)>),
}

/// Work that comes to hosts from outside: `[workloads.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    pub name: String,
    pub start: Time,
    pub stop: Time,
    pub arrivals: Arrivals,
    pub work: Work,
}

/// When the work of a workload arrives, over all hosts that it comes to, together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arrivals {
    /// At random times, each at a host drawn at random.
    Poisson(Frequency),
    /// At T, 2T, … after the start; hosts take turns.
    Every(Duration),
    /// At random times, the rate rising linearly from `from` to `to`, holding, and falling back to `from`,
    /// where it stays.
    Ramp { from: Frequency, to: Frequency, rise: Duration, hold: Duration, fall: Duration },
}

/// One kind of work.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// An event about a node of `about` is recorded.
    Record { about: Vec<GroupId>, by: Observers, kinds: KindMix },
    /// A node of `from` asks about a node of `about`.
    Query { from: GroupId, about: Vec<GroupId> },
    /// A node of `from` broadcasts `size` bytes.
    Broadcast { from: GroupId, size: ByteSize },
    /// A node of `from` gives one of the candidates a task.
    Tasks(Tasks),
    /// A host of `from` sends one of `to` a datagram with `size` bytes of payload.
    Traffic { from: GroupId, to: GroupId, size: ByteSize },
}

/// Work that is given to a candidate by its reputation and stake, done well or badly, recorded and paid.
#[derive(Clone, Debug, PartialEq)]
pub struct Tasks {
    pub from: GroupId,
    pub candidates: Vec<GroupId>,
    /// This many of the candidates, drawn at random, are considered; `None`: all of them.
    pub choose_from: Option<u32>,
    pub choose: Choose,
    /// Whether candidates are called and asked about; otherwise they are taken at their known reputation.
    pub ask: bool,
    /// How long candidates have to answer a call.
    pub patience: Duration,
    /// A candidate that is known less well is not eligible.
    pub min_confidence: Confidence,
    pub recorded_by: Recorders,
    pub paid: Paid,
    pub kinds: KindMix,
}

impl Tasks {
    /// How many candidates there are.
    pub fn candidates(&self, config: &WorldConfig) -> u32 {
        let group = |id: &GroupId| &config.groups[usize::from(id.0)];
        let all =
            self.candidates.iter().map(group).map(|group| group.count.saturating_mul(group.identities()));
        all.fold(0, u32::saturating_add)
    }

    /// How many of them are considered for each task.
    pub fn considered(&self, config: &WorldConfig) -> u32 {
        let all = self.candidates(config);
        self.choose_from.unwrap_or(all).min(all)
    }
}

impl Recorders {
    /// Events recorded of each task.
    pub fn count(self) -> f64 {
        match self {
            Recorders::Both => 2.0,
            Recorders::Requester | Recorders::Provider => 1.0,
            Recorders::Nobody => 0.0,
        }
    }
}

/// Whom work is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choose {
    /// One at random, in proportion to its weight.
    Proportional,
    /// One of those with the highest weight.
    Top,
}

/// Who records how work turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorders {
    Both,
    Requester,
    Provider,
    Nobody,
}

/// Which work is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paid {
    /// What turned out well.
    Good,
    Always,
}

/// Who records an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observers {
    /// The node that it is about.
    Subject,
    /// A node of this group, drawn at random.
    Group(GroupId),
}

/// The shares of the kinds of events, which add up to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KindMix {
    pub ecosystem: Share,
    pub dispute: Share,
    pub consensus: Share,
}
