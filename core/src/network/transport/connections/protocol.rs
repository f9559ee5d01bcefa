//! In what connections differ by their protocol.

use super::handshake::Flight;
use crate::network::Transport;
use crate::network::transport::{Packets, quic, tcp};
use crate::units::Duration;

/// What two hosts speak over a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Protocol {
    /// TCP alone.
    Tcp = 1,
    /// TLS 1.3 over TCP.
    TcpTls = 2,
    /// QUIC.
    Quic = 3,
}

/// What a protocol is like: each says so in its own file, and none is taken for another where nothing is said.
pub(in crate::network::transport) struct Traits {
    /// Bytes of a client's first flight of a handshake, and of the server's answer.
    pub call: [u32; 2],
    /// The same of those after it, two at the most: each begins when the one before is answered, at the cost of another round trip.
    pub further: &'static [[u32; 2]],
    /// So many bytes of a flight, on the wire.
    pub flight: fn(u32) -> Packets,
    /// Bytes that both leave on their way when a connection begins to send, and that are acknowledged a round trip later.
    pub rest_of_handshake: u32,
    /// Round trips that a server that has answered waits until it sends messages.
    pub server_waits: u32,
    /// First wait for an answer, which doubles.
    pub first_wait: Duration,
    /// When a client gives up a handshake.
    pub patience_with_handshakes: Duration,
    /// Whether it does so while it waits; else when it would try again.
    pub gives_up_waiting: bool,
    /// Whether sessions are resumed: the messages of a client that was connected before travel with its call (0-RTT).
    pub resumes: bool,
    /// Idle time after which a connection is closed: the host's next message goes over another one. What it keeps of the
    /// connection stays until then, and it still takes what the peer sends over it.
    pub idle: Duration,
    /// Whether messages are streams that do not wait for each other.
    pub has_streams: bool,
    /// How what was lost is made good.
    pub recovery: Recovery,
    /// What is added to the smoothed round trip for its variation, at the least, in a wait for an acknowledgement.
    pub least_variation: Duration,
    /// How long a receiver may hold an acknowledgement back: the wait is longer by as much.
    pub max_ack_delay: Duration,
    /// When a sender that hears nothing gives up.
    pub patience: Duration,
    /// Packets that a new connection may send, and the least window.
    pub windows: (f64, f64),
}

/// How a sender makes good what was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::network::transport) enum Recovery {
    /// After a time-out it takes all that was sent for lost, and begins with the least window (RFC 5681, RFC 6298).
    TimeOuts,
    /// After a time-out it sends a probe, whose acknowledgement says what was lost; and it paces what it sends (RFC 9002).
    Probes,
}

impl Protocol {
    /// The one whose messages go whole and unheard where they can. There is no other: what comes of such a message does not
    /// say over which of several connections it went.
    pub(super) const QUIET: Protocol = Protocol::Quic;

    /// That of a transport, if it has connections.
    #[inline]
    pub(crate) const fn of(transport: Transport) -> Option<Protocol> {
        match transport {
            Transport::Udp => None,
            Transport::Tcp => Some(Protocol::Tcp),
            Transport::TcpTls => Some(Protocol::TcpTls),
            Transport::Quic => Some(Protocol::Quic),
        }
    }

    /// What it is like.
    #[inline]
    pub(in crate::network::transport) const fn traits(self) -> &'static Traits {
        match self {
            Protocol::Tcp => &tcp::PLAIN,
            Protocol::TcpTls => &tcp::WITH_TLS,
            Protocol::Quic => &quic::TRAITS,
        }
    }

    /// A message of so many bytes, on the wire.
    #[inline]
    pub(crate) fn packets(self, payload: u32) -> Packets {
        match self {
            Protocol::Tcp => tcp::packets(payload),
            Protocol::TcpTls => tcp::packets_with_tls(payload),
            Protocol::Quic => quic::packets(payload),
        }
    }

    /// A flight of a handshake, on the wire.
    pub(super) fn flight(self, flight: Flight) -> Packets {
        let Traits { call, further, .. } = self.traits();
        let round = flight.round().checked_sub(1).map_or(call, |round| &further[round]);
        (self.traits().flight)(round[usize::from(!flight.is_of_client())])
    }

    /// Whether messages go whole, and no event tells their acknowledgement, where that can be.
    #[inline]
    pub(in crate::network::transport) const fn is_quiet(self) -> bool {
        self as u8 == Protocol::QUIET as u8
    }

    /// Whether its senders probe for what is missing, and pace what they send.
    #[inline]
    pub(super) fn probes(self) -> bool {
        self.traits().recovery == Recovery::Probes
    }
}
