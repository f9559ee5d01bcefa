//! What happens to connections later, at either end.

use super::ending::Ending;
use super::handshake::Flight;
use super::segments::{Connection, Segments, Sent, Train};
use crate::network::Payload;
use crate::network::downlink::Stream;
use crate::network::event::Packet;
use crate::network::fate::LossCause;
use crate::network::fault::FaultId;
use crate::random::{Flow, mix};
use crate::units::{HostId, Time};

/// What happens to a host's connections.
#[derive(Clone, Debug)]
pub enum Timer<P> {
    /// The first of some segments has come to the access link.
    Head(Box<Head>),
    /// A peer has acknowledged segments.
    Acknowledged(Box<Acknowledged>),
    /// Segments have come to a peer, but their acknowledgement is lost, or late. The host does not learn that; its sender will wait.
    Unacknowledged(Box<Unacknowledged>),
    /// Segments do not come to a peer. The host does not learn that; its sender will, by what it does not hear.
    Lost(Box<Lost<P>>),
    /// The downlink of a peer has dropped packets of a message that went whole. The host does not learn that, either.
    Dropped(Box<Dropped<P>>),
    /// A peer does not know the connection. Why, the host does not learn; its messages that wait do.
    Reset { peer: HostId, connection: Connection, why: Ending },
    /// A peer's end of a connection is gone, long since. The host does not learn that; what waits for more does, to tell its fate.
    Gone { peer: HostId, connection: Connection, cause: LossCause },
    /// What a sender has waited for is there: room in the uplink's queue, or the end of a handshake.
    Resume { peer: HostId, connection: Connection },
    /// A retransmission time-out.
    Retransmission { peer: HostId, connection: Connection },
    /// The flight that was sent so many times has not been answered in time.
    Handshake { peer: HostId, connection: Connection, flight: Flight, tries: u32 },
    /// A flight of a handshake has found the peer offline, or a fault keeps the answer from passing. The host does not learn that;
    /// its messages that wait do.
    Unanswered { peer: HostId, connection: Connection, fault: Option<FaultId> },
}

/// The first of some segments, at the receiver's access link.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    pub(crate) from: HostId,
    pub(crate) train: Train,
    /// The others follow; or all have come at once.
    pub(crate) stream: Option<Stream>,
}

/// An acknowledgement, at the sender.
#[derive(Clone, Copy, Debug)]
pub struct Acknowledged {
    pub(super) peer: HostId,
    pub(super) sent: Sent,
    /// Whether a fault lets it come later than usual.
    pub(super) is_late: bool,
}

/// Segments that a peer has.
#[derive(Clone, Copy, Debug)]
pub struct Unacknowledged {
    pub(super) peer: HostId,
    pub(super) train: Train,
    /// Because of which fault no acknowledgement comes, if of one.
    pub(super) fault: Option<FaultId>,
}

/// Segments that do not come.
#[derive(Clone, Debug)]
pub struct Lost<P> {
    pub(crate) peer: HostId,
    pub(crate) segments: Segments<P>,
    pub(crate) why: Missed,
}

/// Why segments do not come to a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missed {
    /// A downlink is full, a NAT does not let them in, or the connection is not known.
    Dropped,
    /// The peer is offline, or was.
    Offline,
    /// A fault keeps them from passing.
    Fault(FaultId),
}

/// Packets of a message that went whole, which a downlink has dropped.
#[derive(Clone, Debug)]
pub struct Dropped<P> {
    pub(crate) peer: HostId,
    pub(crate) packet: Packet<P>,
    pub(crate) packets: u32,
    pub(crate) flow: Flow,
    /// Because of which fault a relay cannot pass them on, if of one.
    pub(crate) fault: Option<FaultId>,
    /// When they had left their sender, about.
    pub(crate) departed: Time,
}

impl<P: Payload> Timer<P> {
    /// For the fingerprint.
    pub(crate) fn digest(&self) -> u64 {
        let named = |number: u64, peer: &HostId, connection: &Connection| {
            mix(number ^ u64::from(peer.0) << 8) ^ connection.digest()
        };
        match self {
            Timer::Head(head) => head.train.sent.digest() ^ u64::from(head.from.0),
            Timer::Acknowledged(it) => it.sent.digest().rotate_left(1) ^ u64::from(it.peer.0),
            Timer::Unacknowledged(it) => it.train.sent.digest().rotate_left(3) ^ u64::from(it.peer.0),
            Timer::Lost(lost) => lost.segments.digest().rotate_left(2) ^ u64::from(lost.peer.0),
            Timer::Dropped(it) => it.packet.digest() ^ u64::from(it.packets) << 48,
            Timer::Reset { peer, connection, .. } => named(1, peer, connection),
            Timer::Gone { peer, connection, .. } => named(2, peer, connection),
            Timer::Resume { peer, connection } => named(3, peer, connection),
            Timer::Retransmission { peer, connection } => named(4, peer, connection),
            Timer::Handshake { peer, connection, tries, .. } => {
                named(5, peer, connection) ^ u64::from(*tries)
            }
            Timer::Unanswered { peer, connection, .. } => named(6, peer, connection),
        }
    }
}

impl<P> Timer<P> {
    /// Whose acknowledgement it is, if it is one: a packet that NATs see.
    pub(crate) fn acknowledges(&self) -> Option<HostId> {
        match self {
            Timer::Acknowledged(it) => Some(it.peer),
            _ => None,
        }
    }

    /// Whether a message waits for it.
    pub(crate) fn holds_message(&self) -> bool {
        match self {
            Timer::Lost(lost) => lost.segments.payload.is_some(),
            Timer::Dropped(_) => true,
            _ => false,
        }
    }
}
