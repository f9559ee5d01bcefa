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

impl Protocol {
    /// All of them.
    pub(super) const ALL: [Protocol; 3] = [Protocol::Tcp, Protocol::TcpTls, Protocol::Quic];

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

    /// Whether it is QUIC: messages are streams that do not wait for each other, and sessions are resumed.
    #[inline]
    pub(super) const fn is_quic(self) -> bool {
        matches!(self, Protocol::Quic)
    }

    /// Whether TLS begins when the connection is made: its flights cost another round trip.
    pub(super) fn then_begins_tls(self) -> bool {
        self == Protocol::TcpTls
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
        match self {
            // That of a handshake of TLS is not in a record.
            Protocol::Tcp | Protocol::TcpTls => tcp::packets(self.size_of(flight)),
            Protocol::Quic => quic::packets(self.size_of(flight)),
        }
    }

    /// Bytes of a flight of a handshake.
    pub(super) fn size_of(self, flight: Flight) -> u32 {
        match (self, flight) {
            (Protocol::Quic, Flight::Call | Flight::ClientHello) => quic::CLIENT_HELLO,
            (Protocol::Quic, Flight::Accept | Flight::ServerHello) => quic::SERVER_HELLO,
            (_, Flight::Call | Flight::Accept) => tcp::SYN,
            (_, Flight::ClientHello) => tcp::CLIENT_HELLO,
            (_, Flight::ServerHello) => tcp::SERVER_HELLO,
        }
    }

    /// Idle time after which a connection is closed: the host's next message goes over another one. What it keeps of the
    /// connection stays until then, and it still takes what the peer sends over it.
    pub(super) fn idle(self) -> Duration {
        if self.is_quic() { quic::IDLE } else { tcp::IDLE }
    }

    /// When a client gives up a handshake.
    pub(super) fn patience_with_handshakes(self) -> Duration {
        if self.is_quic() { quic::IDLE } else { tcp::PATIENCE_WITH_HANDSHAKES }
    }

    /// When a sender that hears nothing gives up.
    pub(super) fn patience(self) -> Duration {
        if self.is_quic() { quic::IDLE } else { tcp::PATIENCE }
    }

    /// Packets that a new connection may send, and the least window.
    pub(super) fn windows(self) -> (f64, f64) {
        if self.is_quic() {
            (quic::INITIAL_WINDOW, quic::LEAST_WINDOW)
        } else {
            (tcp::INITIAL_WINDOW, tcp::LEAST_WINDOW)
        }
    }
}
