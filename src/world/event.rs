use super::carrier::{self, Payload};
use super::observation::About;
use crate::engine;
use crate::protocol::{self, Broadcast, BroadcastId, Content, Message, QueryId, Timer};
use crate::random::mix;
use crate::units::{HostId, Time};

/// What happens to a host.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// What the network does.
    Carry(carrier::Event<Load>),
    /// Scheduled groups have joined: the routing table takes them in.
    Members { epoch: u16 },
    /// A timer of the protocol.
    Timer(Timer),
    /// Work comes to the host.
    Work(Task),
    /// The host of workloads deals out the next work.
    Deal { workload: u16 },
    /// A storage node tells its limiters.
    Sample,
}

/// What a message carries.
#[derive(Clone, Debug)]
pub(super) enum Load {
    Protocol(Message),
    Traffic { workload: u16, size: u32, handed_over: Time },
}

/// What a host has to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Task {
    pub workload: u16,
    pub deed: Deed,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    Record { kind: protocol::EventKind, subject: HostId, detail: protocol::Detail },
    Query { target: HostId },
    Broadcast { size: u32 },
    Traffic { to: HostId, size: u32 },
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
            Load::Traffic { size, .. } => *size,
        }
    }

    fn digest(&self) -> u64 {
        match self {
            Load::Protocol(message) => message.digest(),
            Load::Traffic { workload, size, handed_over } => {
                handed_over.as_nanos() ^ u64::from(*size) << 40 ^ u64::from(*workload)
            }
        }
    }

    fn about(&self, from: HostId, receiver: HostId) -> About {
        let Load::Protocol(message) = self else { return About::Other };
        match message {
            Message::Broadcast(copy) => match copy.body.content() {
                Content::Query { .. } => About::QueryCopy { query: query_of(copy.body.id()), receiver },
                Content::StoreIntent(_) | Content::Opaque { .. } => About::Other,
            },
            Message::Yes(answer) => About::Answer { query: answer.query(), holder: from },
            Message::No { query, .. } => About::Answer { query: *query, holder: from },
            Message::StoreAnswer { .. } | Message::Chunk(_) => About::Other,
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
    ];

    fn kind(&self) -> usize {
        match self {
            Event::Carry(event) => event.kind(),
            Event::Members { .. } => 7,
            Event::Timer(_) => 8,
            Event::Work(_) => 9,
            Event::Deal { .. } => 10,
            Event::Sample => 11,
        }
    }

    fn digest(&self) -> u64 {
        match self {
            Event::Carry(event) => event.digest(),
            Event::Members { epoch } => u64::from(*epoch),
            Event::Timer(timer) => timer_digest(*timer),
            Event::Work(task) => task.digest(),
            Event::Deal { workload } => u64::from(*workload),
            Event::Sample => 0,
        }
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
        };
        deed ^ u64::from(self.workload) << 48
    }
}

fn timer_digest(timer: Timer) -> u64 {
    match timer {
        Timer::CollectionEnds { query } => mix(1 << 32 | u64::from(query)),
        Timer::AnswerDue(id) => mix(mix(2 << 32 | u64::from(id.origin.0)) ^ u64::from(id.sequence)),
        Timer::FlushDue { cut } => mix(3 << 32 | u64::from(cut)),
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
