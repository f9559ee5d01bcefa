//! The parameters of a world, as a scenario gives them.

use std::collections::BTreeMap;

use super::Sizes;
use crate::baseline;
use crate::conduct::Conduct;
use crate::network::{Fault, HostGroup, NetworkConfig};
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
    /// The hosts, in groups; a [`GroupId`] is a position in this list.
    pub groups: Vec<Group>,
    /// The paths between hosts.
    pub network: NetworkConfig,
    /// `None` when no workload needs the protocol.
    pub protocol: Option<protocol::Config>,
    /// What runs in place of the protocol, for comparison.
    pub baseline: Option<baseline::Config>,
    /// The work that hosts are given.
    pub workloads: Vec<Workload>,
    /// What goes wrong, and when, by name.
    pub faults: BTreeMap<String, Fault>,
}

/// Hosts of one kind: `[groups.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What the network has to know of them.
    pub hosts: HostGroup,
    /// Whether its nodes store other nodes' chunks.
    pub stores: bool,
    /// Chance that work done by one of its nodes turns out well.
    pub skill: Skill,
    /// In ETH, of each host: its identities share it.
    pub stake: f64,
    /// The reputation that is common knowledge, for tasks that are assigned without asking. `None`: a newcomer's.
    pub reputation: Option<Share>,
    /// `None`: honest.
    pub conduct: Option<Conduct>,
    /// How long messages take to handle. `None`: no time.
    pub cpu: Option<Cpu>,
}

/// How long a host's processor takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cpu {
    /// To handle a message, whatever it is.
    pub message: Duration,
    /// To verify a signature, on top of that.
    pub verification: Duration,
}

/// A node's chance of a good outcome.
#[derive(Clone, Debug, PartialEq)]
pub enum Skill {
    /// The same all along.
    Constant(Share),
    /// Pairs of a number of outcomes about the node, recorded or not, and the chance from there on. The first is for 0;
    /// ascending.
    AfterEvents(Vec<(u32, Share)>),
}

/// Work that comes to hosts from outside: `[workloads.NAME]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// NAME of the table, by which results list the workload, and the key of its draws.
    pub name: String,
    /// Nothing arrives before this.
    pub start: Time,
    /// Nothing arrives at or after this.
    pub stop: Time,
    /// When work arrives.
    pub arrivals: Arrivals,
    /// What arrives.
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
    Ramp {
        /// Rate at the start, and again after the fall.
        from: Frequency,
        /// Rate at the top.
        to: Frequency,
        /// How long the rate rises.
        rise: Duration,
        /// How long it stays at the top.
        hold: Duration,
        /// How long it falls.
        fall: Duration,
    },
}

/// One kind of work.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// An event about a node of `about` is recorded.
    Record {
        /// Groups whose nodes the events are about.
        about: Vec<GroupId>,
        /// Who records.
        by: Observers,
        /// How often an event is of which kind.
        kinds: KindMix,
    },
    /// A node of `from` asks about a node of `about`.
    Query {
        /// Group of the askers.
        from: GroupId,
        /// Groups whose nodes are asked about.
        about: Vec<GroupId>,
    },
    /// A node of `from` broadcasts `size` bytes.
    Broadcast {
        /// Group of the origins.
        from: GroupId,
        /// Payload of a broadcast, without headers.
        size: ByteSize,
    },
    /// A node of `from` gives one of the candidates a task.
    Tasks(Tasks),
    /// A host of `from` sends one of `to` a datagram with `size` bytes of payload.
    Traffic {
        /// Group of the senders.
        from: GroupId,
        /// Group of the receivers.
        to: GroupId,
        /// Payload of a datagram, without headers.
        size: Sizes,
        /// Payload of what the receiver answers each one with, without headers; `None` if it does not.
        response: Option<Sizes>,
    },
}

impl Work {
    /// Its tasks, if that is what it is.
    pub fn tasks(&self) -> Option<&Tasks> {
        match self {
            Work::Tasks(tasks) => Some(tasks),
            _ => None,
        }
    }
}

/// Work that is given to a candidate by its reputation and stake, done well or badly, recorded and paid.
#[derive(Clone, Debug, PartialEq)]
pub struct Tasks {
    /// Group of the requesters.
    pub from: GroupId,
    /// Groups whose nodes may do the work.
    pub candidates: Vec<GroupId>,
    /// This many of the candidates, drawn at random, are considered; `None`: all of them.
    pub choose_from: Option<u32>,
    /// How one of the considered candidates is chosen.
    pub choose: Choose,
    /// Whether candidates are called and asked about; otherwise they are taken at their known reputation.
    pub ask: bool,
    /// How long candidates have to answer a call.
    pub patience: Duration,
    /// A candidate that is known less well is not eligible.
    pub min_confidence: Confidence,
    /// Who records how the work turned out.
    pub recorded_by: Recorders,
    /// Which work is paid.
    pub paid: Paid,
    /// Kinds of the recorded outcomes.
    pub kinds: KindMix,
}

impl Tasks {
    /// How many candidates there are.
    pub fn candidates(&self, config: &WorldConfig) -> u32 {
        let group = |id: &GroupId| &config.groups[usize::from(id.0)];
        let all = self
            .candidates
            .iter()
            .map(group)
            .map(|group| group.hosts.count.saturating_mul(group.identities()));
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
    /// Requester and provider, an event each.
    Both,
    /// Who gave the work out.
    Requester,
    /// Who did it.
    Provider,
    /// No event comes of a task.
    Nobody,
}

/// Which work is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paid {
    /// What turned out well.
    Good,
    /// All of it, however it turned out.
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
    /// Share of events about an ecosystem: improved or degraded.
    pub ecosystem: Share,
    /// Share of events about a dispute: resolved or failed.
    pub dispute: Share,
    /// Share of events about a consensus: matched or missed.
    pub consensus: Share,
}
