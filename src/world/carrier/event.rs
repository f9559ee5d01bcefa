use super::Payload;
use crate::engine;
use crate::network::{HELLO_BYTES, REPLY_BYTES};
use crate::random::mix;
use crate::units::{HostId, Time};

/// What the network does at a host. A model puts it into its own type of event, by a `From`, and gives it back to
/// [`Carrier::handle`](super::Carrier::handle).
#[derive(Clone, Debug)]
pub enum Event<T> {
    /// The last byte of a message has come to the host's access link.
    Arrive(Packet<T>),
    /// The last byte of a message has passed the host's downlink.
    Pass(Packet<T>),
    /// The host takes packets for lost and sends them again.
    Repair(Box<Flight<T>>),
    /// A handshake has had no answer in time.
    Unanswered { peer: HostId, begun: Time },
    /// A session or an absence ends.
    Session,
    /// A fault begins or ends.
    Fault { begins: bool },
    /// The host joins.
    Join,
}

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Packet<T> {
    pub(super) from: HostId,
    /// Bytes on the wire, headers included.
    pub(super) bytes: u32,
    pub(super) load: Load<T>,
}

/// A message that its sender takes through its uplink, perhaps again.
#[derive(Clone, Debug)]
pub struct Flight<T> {
    pub(super) to: HostId,
    /// How many packets are missing.
    pub(super) missing: u32,
    /// Packets of the whole message.
    pub(super) packets: u32,
    pub(super) round: u32,
    pub(super) packet: Packet<T>,
}

/// What a message carries.
#[derive(Clone, Debug)]
pub(super) enum Load<T> {
    Payload(T),
    Hello,
    Reply,
}

impl<T: Payload> Load<T> {
    /// Bytes that the transport is given.
    pub fn size(&self) -> u32 {
        match self {
            Load::Payload(payload) => payload.size(),
            Load::Hello => HELLO_BYTES,
            Load::Reply => REPLY_BYTES,
        }
    }
}

impl<T: Payload> Packet<T> {
    fn digest(&self) -> u64 {
        let load = match &self.load {
            Load::Payload(payload) => payload.digest(),
            Load::Hello => 1,
            Load::Reply => 2,
        };
        load.wrapping_add(u64::from(self.from.0) << 32 ^ u64::from(self.bytes))
    }
}

impl<T> Event<T> {
    /// What a message that comes in carries for the model: where the downlink is idle it will be delivered at once.
    pub fn payload(&self) -> Option<&T> {
        match self {
            Event::Arrive(Packet { load: Load::Payload(payload), .. })
            | Event::Pass(Packet { load: Load::Payload(payload), .. }) => Some(payload),
            _ => None,
        }
    }

    /// Whether the event is a message under way.
    pub fn is_message(&self) -> bool {
        matches!(self, Event::Arrive(_) | Event::Pass(_) | Event::Repair(_))
    }
}

impl<T: Payload> engine::Event for Event<T> {
    const KINDS: &'static [&'static str] =
        &["arrive", "pass", "repair", "unanswered", "session", "fault", "join"];

    fn kind(&self) -> usize {
        match self {
            Event::Arrive(_) => 0,
            Event::Pass(_) => 1,
            Event::Repair(_) => 2,
            Event::Unanswered { .. } => 3,
            Event::Session => 4,
            Event::Fault { .. } => 5,
            Event::Join => 6,
        }
    }

    fn digest(&self) -> u64 {
        match self {
            Event::Arrive(packet) | Event::Pass(packet) => packet.digest(),
            Event::Repair(flight) => {
                flight.packet.digest() ^ u64::from(flight.missing) << 48 ^ u64::from(flight.round)
            }
            Event::Unanswered { peer, begun } => mix(begun.as_nanos()) ^ u64::from(peer.0),
            Event::Fault { begins } => u64::from(*begins),
            Event::Session | Event::Join => 0,
        }
    }
}
