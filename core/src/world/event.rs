//! What happens to a host of the world, and what its messages carry.

use std::sync::Arc;

use super::app::CentralMessage;
use super::kinds::Sent;
use super::market::{Says, TaskMessage};
use super::observation::About;
use crate::engine::{self, kinds};
use crate::network::{self, MessageKind, Payload};
use crate::protocol::{self, Broadcast, BroadcastId, Content, Message, Peer, QueryId, Timer};
use crate::random::{Flow, mix};
use crate::units::{HostId, Time};

/// What happens to a host.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// What the network does.
    Network(network::Event<AppMessage>),
    /// Scheduled groups have joined: the routing table takes them in.
    Members { epoch: u16 },
    /// A timer of the protocol, of one of the host's identities.
    Timer(NodeTimer),
    /// The host's processor has handled a message.
    Processed,
    /// Work comes to the host.
    Work(WorkItem),
    /// The source of workloads generates the next work.
    Generate { workload: u16 },
    /// A storage node's limiters are sampled.
    Sample,
    /// One identity of the host sends a message to another.
    Local { message: Box<AddressedMessage>, flow: Flow },
    /// The time in which candidates can answer a call is over.
    Bids { task: u32, flow: Flow },
    /// An adversary acts on its own account.
    Conduct { flow: Flow },
    /// A request to a coordinator, sent `times` times so far, has timed out.
    RequestTimeout { number: u32, times: u32, flow: Flow },
}

/// What a message carries.
#[derive(Clone, Debug)]
pub(super) enum AppMessage {
    /// From and to the first identity of a host.
    Protocol(Message),
    /// From or to another one.
    Addressed(Box<AddressedMessage>),
    /// Bytes that no node of the protocol sends.
    Raw(Box<RawBytes>),
    Task(Box<TaskMessage>),
    Central(Box<CentralMessage>),
    Traffic {
        workload: u16,
        size: u32,
        handed_over: Time,
    },
    /// The answer to that.
    Response {
        workload: u16,
        size: u32,
        /// When the datagram was that is answered.
        handed_over: Time,
    },
}

/// A message from one identity to another, of the same host or not.
#[derive(Clone, Debug)]
pub(super) struct AddressedMessage {
    pub from: Peer,
    pub to: Peer,
    pub message: Message,
}

/// Bytes that need not be a message.
#[derive(Clone, Debug)]
pub(super) struct RawBytes {
    pub to: Peer,
    pub bytes: Arc<[u8]>,
}

/// A timer that a node has set.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeTimer {
    /// Which of the host's identities has set it.
    pub identity: u32,
    /// How often the host's nodes had lost something by a restart when it was set.
    pub life: u32,
    pub timer: Timer,
    pub flow: Flow,
}

/// What a host has to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct WorkItem {
    pub workload: u16,
    /// Which of the workload's arrivals it is.
    pub flow: Flow,
    pub action: Action,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
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
    /// Give somebody else a task.
    RequestTask,
}

impl From<network::Event<AppMessage>> for Event {
    #[inline]
    fn from(event: network::Event<AppMessage>) -> Event {
        Event::Network(event)
    }
}

impl Payload for AppMessage {
    type Tag = About;

    #[inline]
    fn size(&self) -> u32 {
        match self {
            AppMessage::Protocol(message) => message.encoded_len(),
            AppMessage::Addressed(addressed) => addressed.message.encoded_len(),
            AppMessage::Raw(raw) => raw.bytes.len() as u32,
            AppMessage::Task(message) => message.size(),
            AppMessage::Central(message) => message.size(),
            AppMessage::Traffic { size, .. } | AppMessage::Response { size, .. } => *size,
        }
    }

    #[inline(always)]
    fn digest(&self) -> u64 {
        match self {
            // By far the most.
            AppMessage::Protocol(message) => message.digest(),
            message => message.digest_of_rest(),
        }
    }

    #[inline]
    fn kind(&self) -> MessageKind {
        what(self).kind()
    }

    #[inline(always)]
    fn tag(&self, from: HostId, receiver: HostId) -> About {
        let message = match self {
            AppMessage::Protocol(message) => message,
            AppMessage::Addressed(addressed) => &addressed.message,
            AppMessage::Raw(_)
            | AppMessage::Task(_)
            | AppMessage::Central(_)
            | AppMessage::Traffic { .. }
            | AppMessage::Response { .. } => {
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
            | Message::Claim(_)
            | Message::Receipt(_)
            | Message::Ask { .. }
            | Message::Passed(_)
            | Message::Find(_)
            | Message::Nodes(_)
            | Message::Ping { .. }
            | Message::Pong { .. } => About::Other,
        }
    }
}

impl AppMessage {
    #[inline(never)]
    fn digest_of_rest(&self) -> u64 {
        match self {
            AppMessage::Protocol(message) => message.digest(),
            AppMessage::Addressed(addressed) => addressed.digest(),
            AppMessage::Raw(raw) => raw.digest(),
            AppMessage::Task(message) => message.digest(),
            AppMessage::Central(message) => message.digest(),
            AppMessage::Traffic { workload, size, handed_over } => {
                traffic_digest(*workload, *size, *handed_over)
            }
            AppMessage::Response { workload, size, handed_over } => {
                mix(traffic_digest(*workload, *size, *handed_over))
            }
        }
    }
}

/// What a message is.
fn what(message: &AppMessage) -> Sent {
    match message {
        AppMessage::Protocol(message) => of_protocol(message),
        AppMessage::Addressed(addressed) => of_protocol(&addressed.message),
        AppMessage::Raw(_) => Sent::Junk,
        AppMessage::Task(message) => match message.says {
            Says::Call { .. } => Sent::Call,
            Says::Bid { .. } => Sent::Bid,
            Says::Assign { .. } => Sent::Assign,
            Says::Done { .. } => Sent::Done,
        },
        AppMessage::Central(message) => match **message {
            CentralMessage::Request(_) => Sent::Request,
            CentralMessage::Response(_) => Sent::Response,
        },
        AppMessage::Traffic { .. } | AppMessage::Response { .. } => Sent::Traffic,
    }
}

fn of_protocol(message: &Message) -> Sent {
    match message {
        Message::Broadcast(copy) => match copy.body.content() {
            Content::StoreIntent(_) => Sent::StoreIntent,
            Content::Query { .. } => Sent::Query,
            Content::Opaque { .. } => Sent::Broadcast,
        },
        Message::StoreAnswer { .. } => Sent::StoreAnswer,
        Message::Chunk(_) | Message::Proven(_) => Sent::Chunk,
        Message::Yes(_) => Sent::Yes,
        Message::No { .. } => Sent::No,
        Message::Holds { .. } => Sent::Holds,
        Message::Held { .. } => Sent::Held,
        Message::Claim(_) => Sent::Claim,
        Message::Receipt(_) => Sent::Receipt,
        Message::Ask { .. } => Sent::Ask,
        Message::Passed(_) => Sent::Passed,
        Message::Find(_) => Sent::Find,
        Message::Nodes(_) => Sent::Nodes,
        Message::Ping { .. } => Sent::Ping,
        Message::Pong { .. } => Sent::Pong,
    }
}

/// A query goes by the name of the broadcast that carries it.
fn query_of(broadcast: BroadcastId) -> QueryId {
    QueryId { asker: broadcast.origin, sequence: broadcast.sequence }
}

impl Event {
    /// The copy of a broadcast that comes in. Most pass the downlink so soon that their arrival is the time to load what
    /// the node will look at.
    pub(super) fn broadcast(&self) -> Option<&Broadcast> {
        let Event::Network(event) = self else { return None };
        match event.payload()? {
            AppMessage::Protocol(Message::Broadcast(copy)) => Some(copy),
            // Rare enough to do without.
            _ => None,
        }
    }
}

impl engine::Event for Event {
    kinds! {
        Event::Network: network::Event<AppMessage>;
        Event::Members { .. } => "members",
        Event::Timer(_) => "timer",
        Event::Processed => "processed",
        Event::Work(_) => "work",
        Event::Generate { .. } => "generate",
        Event::Sample => "sample",
        Event::Local { .. } => "local",
        Event::Bids { .. } => "bids",
        Event::Conduct { .. } => "conduct",
        Event::RequestTimeout { .. } => "request timeout",
    }

    #[inline(always)]
    fn digest(&self) -> u64 {
        match self {
            // By far the most.
            Event::Network(event) => event.digest(),
            event => event.digest_of_own(),
        }
    }
}

impl Event {
    #[inline(never)]
    fn digest_of_own(&self) -> u64 {
        match self {
            Event::Network(event) => engine::Event::digest(event),
            Event::Members { epoch } => u64::from(*epoch),
            Event::Timer(due) => timer_digest(due.timer) ^ u64::from(due.identity),
            Event::Work(item) => item.digest(),
            Event::Generate { workload } => u64::from(*workload),
            Event::Processed | Event::Sample | Event::Conduct { .. } => 0,
            Event::Local { message, .. } => message.digest(),
            Event::Bids { task, .. } => u64::from(*task),
            Event::RequestTimeout { number, times, .. } => u64::from(*number) << 32 | u64::from(*times),
        }
    }
}

/// What bare traffic says.
fn traffic_digest(workload: u16, size: u32, handed_over: Time) -> u64 {
    handed_over.as_nanos() ^ u64::from(size) << 40 ^ u64::from(workload)
}

impl AddressedMessage {
    fn digest(&self) -> u64 {
        mix(self.message.digest() ^ u64::from(self.from.0) << 32 ^ u64::from(self.to.0))
    }
}

impl RawBytes {
    fn digest(&self) -> u64 {
        self.bytes.iter().fold(u64::from(self.to.0), |digest, &byte| mix(digest ^ u64::from(byte)))
    }
}

impl WorkItem {
    fn digest(&self) -> u64 {
        let action = match self.action {
            Action::Record { kind, subject, detail } => {
                mix(detail.reference ^ (detail.magnitude as u64) << 32)
                    ^ (kind as u64) << 40
                    ^ u64::from(subject.0)
            }
            Action::Query { target } => u64::from(target.0),
            Action::Broadcast { size } => u64::from(size),
            Action::Traffic { to, size } => u64::from(size) << 32 ^ u64::from(to.0),
            Action::RequestTask => 0,
        };
        action ^ u64::from(self.workload) << 48
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
        Timer::RelayDue { query } => mix(13 << 32 | u64::from(query)),
        Timer::ReceiptDue { number } => mix(12 << 32 | u64::from(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Event as _;

    #[test]
    fn the_kind_of_an_event_is_named_after_it() {
        let flow = Flow::ROOT;
        let message = Message::Ping { question: 0, serves: false };
        let local = AddressedMessage { from: Peer(0), to: Peer(1), message };
        let all = [
            (Event::Network(network::Event::Session), "session"),
            (Event::Network(network::Event::Fault), "fault"),
            (Event::Network(network::Event::Recurrence), "recurrence"),
            (Event::Network(network::Event::Join), "join"),
            (Event::Members { epoch: 0 }, "members"),
            (Event::Timer(NodeTimer { identity: 0, life: 0, timer: Timer::Begin, flow }), "timer"),
            (Event::Processed, "processed"),
            (Event::Work(WorkItem { workload: 0, flow, action: Action::RequestTask }), "work"),
            (Event::Generate { workload: 0 }, "generate"),
            (Event::Sample, "sample"),
            (Event::Local { message: Box::new(local), flow }, "local"),
            (Event::Bids { task: 0, flow }, "bids"),
            (Event::Conduct { flow }, "conduct"),
            (Event::RequestTimeout { number: 0, times: 0, flow }, "request timeout"),
        ];
        // What happens to messages, and timers of transports, need a network to be made.
        assert_eq!(all.len() + 8, Event::KINDS.len());
        for (event, name) in all {
            assert_eq!(Event::KINDS[event.kind()].name(), name);
        }
    }

    #[test]
    fn no_two_kinds_of_events_have_one_name() {
        let mut names: Vec<_> = Event::KINDS.iter().map(|kind| kind.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Event::KINDS.len());
    }

    #[test]
    fn an_event_has_at_most_40_bytes() {
        assert!(size_of::<Event>() <= 40, "{}", size_of::<Event>());
    }
}
