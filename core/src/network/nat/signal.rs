//! What lets hosts behind NATs meet, and what travels by relays.

use crate::network::Frame;
use crate::network::fault::FaultId;
use crate::network::transport::Transmission;
use crate::random::mix;
use crate::units::{HostId, Time};

/// Bytes of a signal on the wire, about: a request of STUN with the addresses that it tells, in a datagram (RFC 8489, RFC 8445).
pub(crate) const SIGNAL: u32 = 100;

/// What two hosts send each other before they meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Signal {
    /// By a relay: send me something.
    Call = 1,
    /// The answer, which makes a mapping.
    Punch = 2,
}

/// What happens to a host later, since it or its peers are behind NATs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// The peer, which was called so many times, has not answered in time.
    Unanswered {
        /// Who was called.
        peer: HostId,
        /// When for the first time.
        begun: Time,
        /// How often.
        tries: u32,
    },
    /// A call has found the peer offline. The host does not learn that; its messages that wait do, to tell their fate.
    Away {
        /// Who was called.
        peer: HostId,
    },
    /// A fault has kept a call of the peer, or its answer, from passing. The host does not learn that; its messages that wait do,
    /// to tell their fate.
    HeldBack {
        /// Who was called.
        peer: HostId,
        /// Because of what.
        fault: FaultId,
    },
    /// The peer has acknowledged a message of QUIC that went whole, of which the transport has no event.
    Acknowledged {
        /// Who has.
        peer: HostId,
    },
    /// Something has not come to the peer, because of its NAT or an absent relay. The host does not learn that; its messages do,
    /// to tell their fate.
    Refused {
        /// Whom it was sent to.
        peer: HostId,
    },
}

/// What a relay is to pass on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Relayed<P> {
    /// To whom.
    pub to: HostId,
    pub frame: Frame<P>,
    /// How it was put on the wire.
    pub sent: Transmission,
}

impl Signal {
    /// For the fingerprint.
    pub(crate) fn digest(self) -> u64 {
        mix(0x4A7 ^ (self as u64) << 16)
    }
}

impl Timer {
    /// For the fingerprint.
    pub(crate) fn digest(&self) -> u64 {
        match self {
            Timer::Unanswered { peer, tries, .. } => mix(u64::from(*tries) << 32 | u64::from(peer.0)),
            Timer::Away { peer } => mix(1 << 40 | u64::from(peer.0)),
            Timer::Refused { peer } => mix(2 << 40 | u64::from(peer.0)),
            Timer::HeldBack { peer, fault } => mix(3 << 40 | u64::from(fault.0) << 48 | u64::from(peer.0)),
            Timer::Acknowledged { peer } => mix(4 << 40 | u64::from(peer.0)),
        }
    }
}
