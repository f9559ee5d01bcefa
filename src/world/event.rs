use crate::engine;
use crate::network::{HELLO_BYTES, REPLY_BYTES};
use crate::protocol::{self, Message, Timer};
use crate::random::mix;
use crate::units::{HostId, Time};

/// What happens to a host.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// The last byte of a message has come to the host's access link.
    Arrive(Packet),
    /// The last byte of a message has passed the host's downlink.
    Pass(Packet),
    /// The host takes packets for lost and sends them again.
    Repair(Box<Repair>),
    /// A handshake has had no answer in time.
    Unanswered { peer: HostId, begun: Time },
    /// A session or an absence ends.
    Session,
    /// A fault begins or ends.
    Fault { begins: bool },
    /// The host joins.
    Join,
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

/// A message on its way.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    pub from: HostId,
    /// Bytes on the wire, headers included.
    pub bytes: u32,
    pub load: Load,
}

/// Packets of a message that have to be sent again.
#[derive(Clone, Debug)]
pub(super) struct Repair {
    pub to: HostId,
    /// How many packets are missing.
    pub missing: u32,
    /// Packets of the whole message.
    pub packets: u32,
    pub round: u32,
    pub packet: Packet,
}

/// What a message carries.
#[derive(Clone, Debug)]
pub(super) enum Load {
    Protocol(Message),
    Traffic { workload: u16, size: u32, handed_over: Time },
    Hello,
    Reply,
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

impl Load {
    /// Bytes that the transport is given.
    pub fn size(&self) -> u32 {
        match self {
            Load::Protocol(message) => message.encoded_len(),
            Load::Traffic { size, .. } => *size,
            Load::Hello => HELLO_BYTES,
            Load::Reply => REPLY_BYTES,
        }
    }

    fn digest(&self) -> u64 {
        match self {
            Load::Protocol(message) => message.digest(),
            Load::Traffic { workload, size, handed_over } => {
                handed_over.as_nanos() ^ u64::from(*size) << 40 ^ u64::from(*workload)
            }
            Load::Hello => 1,
            Load::Reply => 2,
        }
    }
}

impl Packet {
    fn digest(&self) -> u64 {
        self.load.digest().wrapping_add(u64::from(self.from.0) << 32 ^ u64::from(self.bytes))
    }
}

impl Event {
    /// The broadcast of a copy that comes in. Most pass the downlink so soon that their arrival is the time to load what
    /// the node will look at.
    pub fn broadcast(&self) -> Option<protocol::BroadcastId> {
        match self {
            Event::Arrive(packet) | Event::Pass(packet) => match &packet.load {
                Load::Protocol(Message::Broadcast(copy)) => Some(copy.body.id()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether the event is a message under way.
    pub fn is_message(&self) -> bool {
        matches!(self, Event::Arrive(_) | Event::Pass(_) | Event::Repair(_))
    }
}

impl engine::Event for Event {
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
            Event::Arrive(_) => 0,
            Event::Pass(_) => 1,
            Event::Repair(_) => 2,
            Event::Unanswered { .. } => 3,
            Event::Session => 4,
            Event::Fault { .. } => 5,
            Event::Join => 6,
            Event::Members { .. } => 7,
            Event::Timer(_) => 8,
            Event::Work(_) => 9,
            Event::Deal { .. } => 10,
            Event::Sample => 11,
        }
    }

    fn digest(&self) -> u64 {
        match self {
            Event::Arrive(packet) | Event::Pass(packet) => packet.digest(),
            Event::Repair(repair) => {
                repair.packet.digest() ^ u64::from(repair.missing) << 48 ^ u64::from(repair.round)
            }
            Event::Unanswered { peer, begun } => mix(begun.as_nanos()) ^ u64::from(peer.0),
            Event::Fault { begins } => u64::from(*begins),
            Event::Members { epoch } => u64::from(*epoch),
            Event::Timer(timer) => timer_digest(*timer),
            Event::Work(task) => task.digest(),
            Event::Deal { workload } => u64::from(*workload),
            Event::Session | Event::Join | Event::Sample => 0,
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
