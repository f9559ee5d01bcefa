use std::sync::Arc;

use super::carrier::{self, Payload};
use super::central::CentralMessage;
use super::observation::About;
use super::tasks::TaskMessage;
use crate::engine;
use crate::protocol::{self, Broadcast, BroadcastId, Content, Message, Peer, QueryId, Timer};
use crate::random::mix;
use crate::units::{HostId, Time};

/// What happens to a host.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// What the network does.
    Carry(carrier::Event<Load>),
    /// Scheduled groups have joined: the routing table takes them in.
    Members { epoch: u16 },
    /// A timer of the protocol, of one of the host's identities.
    Timer { identity: u32, timer: Timer },
    /// Work comes to the host.
    Work(Task),
    /// The host of workloads deals out the next work.
    Deal { workload: u16 },
    /// A storage node tells its limiters.
    Sample,
    /// One identity of the host says something to another one.
    Local(Box<Between>),
    /// Candidates have had their time to answer a call.
    Bids { task: u32 },
    /// An adversary acts on its own account.
    Conduct,
    /// A request to a coordinator has had its time, sent so many times.
    RequestEnds { number: u32, times: u32 },
}

/// What a message carries.
#[derive(Clone, Debug)]
pub(super) enum Load {
    /// From and to the first identity of a host.
    Protocol(Message),
    /// From or to another one.
    Between(Box<Between>),
    /// What no node of the protocol says.
    Bytes(Box<Bytes>),
    Task(Box<TaskMessage>),
    Central(Box<CentralMessage>),
    Traffic {
        workload: u16,
        size: u32,
        handed_over: Time,
    },
}

/// A message between identities.
#[derive(Clone, Debug)]
pub(super) struct Between {
    pub from: Peer,
    pub to: Peer,
    pub message: Message,
}

/// Bytes that need not be a message.
#[derive(Clone, Debug)]
pub(super) struct Bytes {
    pub to: Peer,
    pub bytes: Arc<[u8]>,
}

/// What a host has to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Task {
    pub workload: u16,
    pub deed: Deed,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    Record {
        kind: protocol::EventKind,
        subject: Peer,
        detail: protocol::Detail,
    },
    Query {
        target: Peer,
    },
    Broadcast {
        size: u32,
    },
    Traffic {
        to: HostId,
        size: u32,
    },
    /// Have something done.
    Hire,
}

impl From<carrier::Event<Load>> for Event {
    fn from(event: carrier::Event<Load>) -> Event {
        Event::Carry(event)
    }
}

impl Payload for Load {
    fn size(&self) -> u32 {
        match self {
            Load::Protocol(message) => message.encoded_len(),
            Load::Between(between) => between.message.encoded_len(),
            Load::Bytes(bytes) => bytes.bytes.len() as u32,
            Load::Task(message) => message.size(),
            Load::Central(message) => message.size(),
            Load::Traffic { size, .. } => *size,
        }
    }

    fn digest(&self) -> u64 {
        match self {
            Load::Protocol(message) => message.digest(),
            Load::Between(between) => between.digest(),
            Load::Bytes(bytes) => bytes.digest(),
            Load::Task(message) => message.digest(),
            Load::Central(message) => message.digest(),
            Load::Traffic { workload, size, handed_over } => {
                handed_over.as_nanos() ^ u64::from(*size) << 40 ^ u64::from(*workload)
            }
        }
    }

    fn about(&self, from: HostId, receiver: HostId) -> About {
        let message = match self {
            Load::Protocol(message) => message,
            Load::Between(between) => &between.message,
            Load::Bytes(_) | Load::Task(_) | Load::Central(_) | Load::Traffic { .. } => {
                return About::Other;
            }
        };
        match message {
            Message::Broadcast(copy) => match copy.body.content() {
                Content::Query { .. } => About::QueryCopy { query: query_of(copy.body.id()), receiver },
                Content::StoreIntent(_) | Content::Opaque { .. } => About::Other,
            },
            Message::Yes(answer) => About::Answer { query: answer.query(), holder: from },
            Message::No { query, .. } => About::Answer { query: *query, holder: from },
            Message::StoreAnswer { .. }
            | Message::Chunk(_)
            | Message::Proven(_)
            | Message::Holds { .. }
            | Message::Held { .. }
            | Message::Find(_)
            | Message::Nodes(_)
            | Message::Ping { .. }
            | Message::Pong { .. } => About::Other,
        }
    }
}

/// A query goes by the name of the broadcast that carries it.
fn query_of(broadcast: BroadcastId) -> QueryId {
    QueryId { asker: broadcast.origin, sequence: broadcast.sequence }
}

impl Event {
    /// The copy of a broadcast that comes in. Most pass the downlink so soon that their arrival is the time to load what
    /// the node will look at.
    pub fn broadcast(&self) -> Option<&Broadcast> {
        let Event::Carry(event) = self else { return None };
        match event.payload()? {
            Load::Protocol(Message::Broadcast(copy)) => Some(copy),
            // Rare enough to do without.
            _ => None,
        }
    }
}

impl engine::Event for Event {
    /// The carrier's first, in its order.
    const KINDS: &'static [&'static str] = &[
        "arrive",
        "pass",
        "repair",
        "unanswered",
        "session",
        "fault",
        "join",
        "members",
        "timer",
        "work",
        "deal",
        "sample",
        "local",
        "bids",
        "conduct",
        "request ends",
    ];

    fn kind(&self) -> usize {
        match self {
            Event::Carry(event) => event.kind(),
            Event::Members { .. } => 7,
            Event::Timer { .. } => 8,
            Event::Work(_) => 9,
            Event::Deal { .. } => 10,
            Event::Sample => 11,
            Event::Local(_) => 12,
            Event::Bids { .. } => 13,
            Event::Conduct => 14,
            Event::RequestEnds { .. } => 15,
        }
    }

    fn digest(&self) -> u64 {
        match self {
            Event::Carry(event) => event.digest(),
            Event::Members { epoch } => u64::from(*epoch),
            Event::Timer { identity, timer } => timer_digest(*timer) ^ u64::from(*identity),
            Event::Work(task) => task.digest(),
            Event::Deal { workload } => u64::from(*workload),
            Event::Sample | Event::Conduct => 0,
            Event::Local(between) => between.digest(),
            Event::Bids { task } => u64::from(*task),
            Event::RequestEnds { number, times } => u64::from(*number) << 32 | u64::from(*times),
        }
    }
}

impl Between {
    fn digest(&self) -> u64 {
        mix(self.message.digest() ^ u64::from(self.from.0) << 32 ^ u64::from(self.to.0))
    }
}

impl Bytes {
    fn digest(&self) -> u64 {
        self.bytes.iter().fold(u64::from(self.to.0), |digest, &byte| mix(digest ^ u64::from(byte)))
    }
}

impl Task {
    fn digest(&self) -> u64 {
        let deed = match self.deed {
            Deed::Record { kind, subject, detail } => {
                mix(detail.reference ^ (detail.magnitude as u64) << 32)
                    ^ (kind as u64) << 40
                    ^ u64::from(subject.0)
            }
            Deed::Query { target } => u64::from(target.0),
            Deed::Broadcast { size } => u64::from(size),
            Deed::Traffic { to, size } => u64::from(size) << 32 ^ u64::from(to.0),
            Deed::Hire => 0,
        };
        deed ^ u64::from(self.workload) << 48
    }
}

fn timer_digest(timer: Timer) -> u64 {
    match timer {
        Timer::CollectionEnds { query } => mix(1 << 32 | u64::from(query)),
        Timer::AnswerDue(id) => mix(mix(2 << 32 | u64::from(id.origin.0)) ^ u64::from(id.sequence)),
        Timer::FlushDue { cut } => mix(3 << 32 | u64::from(cut)),
        Timer::RepushDue { length } => mix(5 << 32 | u64::from(length)),
        Timer::RepairDue { length } => mix(6 << 32 | u64::from(length)),
        Timer::RepairEnds { length } => mix(7 << 32 | u64::from(length)),
        Timer::QuestionEnds { question } => mix(4 << 32 | u64::from(question)),
        Timer::Begin => mix(8 << 32),
        Timer::PingDue => mix(9 << 32),
        Timer::PingEnds { question } => mix(10 << 32 | u64::from(question)),
        Timer::RefreshDue => mix(11 << 32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Event as _;

    #[test]
    fn the_network_s_kinds_come_first() {
        let network = carrier::Event::<Load>::KINDS;
        assert_eq!(Event::KINDS[..network.len()], *network);
        assert_eq!(Event::Members { epoch: 0 }.kind(), network.len());
    }

    #[test]
    fn an_event_is_small_enough_to_be_moved_about() {
        assert!(size_of::<Event>() <= 40, "{}", size_of::<Event>());
    }
}
