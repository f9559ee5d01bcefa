//! What hosts tell each other of the flows between them, and what is on the way.

use crate::network::Payload;
use crate::network::event::Packet;
use crate::random::{Flow, mix};
use crate::units::{Duration, HostId};

/// A flow of its sender's, by its number.
pub(super) type Number = u32;

/// What happens to a host because messages share links. Nothing of it takes room on links.
#[derive(Clone, Debug)]
pub enum Share<P> {
    /// Flows over the uplink have begun, or end, or are given other rates by their receivers.
    Uplink,
    /// Flows over the downlink have begun, or ended, or are given other rates by their senders.
    Downlink,
    /// From its sender: a flow comes at this rate from now on.
    Comes(Coming),
    /// From its receiver: its downlink has room for a flow at this rate.
    Allowed { by: HostId, number: Number, rate: f64 },
    /// From its sender: the flow has left it, or ended there, and nothing of it is delivered.
    Gone { from: HostId, number: Number },
    /// The last byte of a flow has come to the access link.
    Last(Box<Last<P>>),
}

/// What comes, and how fast.
#[derive(Clone, Copy, Debug)]
pub struct Coming {
    pub(super) from: HostId,
    pub(super) number: Number,
    /// In bit/s.
    pub(super) rate: f64,
    /// Whether the sender's uplink holds it to this rate; otherwise the receiver does.
    pub(super) held: bool,
    pub(super) is_first: bool,
}

/// A message at its receiver.
#[derive(Clone, Debug)]
pub struct Last<P> {
    pub(super) number: Number,
    /// Whether its bytes have come at the rates that were told; or all come at once.
    pub(super) streamed: bool,
    /// How long it took to leave its sender.
    pub(super) took: Duration,
    pub(super) flow: Flow,
    pub(super) packet: Packet<P>,
}

impl<P> Share<P> {
    /// The message that has come.
    pub(crate) fn packet(&self) -> Option<&Packet<P>> {
        match self {
            Share::Last(last) => Some(&last.packet),
            _ => None,
        }
    }
}

impl<P: Payload> Share<P> {
    pub(crate) fn digest(&self) -> u64 {
        let of = |host: HostId, number: Number| mix(u64::from(host.0) << 32 | u64::from(number));
        match self {
            Share::Uplink => 1,
            Share::Downlink => 2,
            Share::Comes(it) => of(it.from, it.number) ^ it.rate.to_bits() ^ u64::from(it.held),
            Share::Allowed { by, number, rate } => of(*by, *number) ^ rate.to_bits(),
            Share::Gone { from, number } => of(*from, *number),
            Share::Last(last) => last.packet.digest() ^ u64::from(last.number),
        }
    }
}
