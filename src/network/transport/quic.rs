//! QUIC (RFC 9000, RFC 9002), as quinn 0.11 has it: what its packets and times are. How its connections work is in
//! [`connections`](super::connections).

use super::{MTU, Packets};
use crate::units::Duration;

/// IPv4 and UDP (28), a short QUIC header with packet number (about 12), the AEAD tag (16): RFC 9000, RFC 9001.
const HEADERS: u32 = 56;
/// What a window counts of a full packet: the payload of its UDP datagram.
const DATAGRAM: u32 = MTU - 28;

/// Idle time after which a connection closes; a handshake that is not answered, or a sender that hears nothing, gives up by it, too.
pub(super) const IDLE: Duration = Duration::from_secs(30);

/// A client's first flight is one datagram, padded to 1200 B of UDP payload (RFC 9000, section 14.1), 28 B of which are
/// the QUIC headers that every packet is given.
pub(super) const CLIENT_HELLO: u32 = 1200 - 28;
/// A server's first flight: padded Initial and Handshake, two such datagrams.
pub(super) const SERVER_HELLO: u32 = 2 * CLIENT_HELLO;
/// What a handshake leaves on its way when a connection begins to send, and is acknowledged a round trip later.
pub(super) const REST_OF_HANDSHAKE: u32 = 2400;

/// Bytes that a new connection may send.
pub(super) const INITIAL_BYTES: u32 = 12_000;
/// The same in full packets, and the least that is left of a window (RFC 9002, section 7.2).
pub(super) const INITIAL_WINDOW: f64 = INITIAL_BYTES as f64 / DATAGRAM as f64;
pub(super) const LEAST_WINDOW: f64 = 2.0;

/// Longest time a receiver holds an acknowledgement back (RFC 9000, section 18.2).
pub(super) const MAX_ACK_DELAY: Duration = Duration::from_millis(25);
/// Timer granularity (RFC 9002, section 6.1.2).
pub(super) const GRANULARITY: Duration = Duration::from_millis(1);
/// Packets that a probe timeout sends (RFC 9002, section 6.2.4).
pub(super) const PROBES: u32 = 2;
/// Probe timeouts in a row after which congestion counts as persistent: what was lost then spans three of them (section 7.6).
pub(super) const PERSISTENT: u32 = 3;

/// As many packets as the MTU asks for.
#[inline]
pub(super) fn packets(payload: u32) -> Packets {
    let count = payload.div_ceil(MTU - HEADERS).max(1);
    Packets { count, bytes: payload + count * HEADERS }
}

/// Bytes that a window counts of packets.
pub(super) fn counted(wire: Packets) -> u32 {
    wire.bytes - (MTU - DATAGRAM) * wire.count
}

/// So many bytes, as packets of a window.
pub(super) fn as_packets(bytes: u32) -> u32 {
    bytes.div_ceil(DATAGRAM)
}

/// So many packets of a window, in bytes.
pub(super) fn in_bytes(packets: f64) -> f64 {
    packets * f64::from(DATAGRAM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_carries_56_bytes_of_headers_of_which_a_window_counts_half() {
        assert_eq!(packets(100), Packets { count: 1, bytes: 156 });
        assert_eq!(packets(1445), Packets { count: 2, bytes: 1557 });
        assert_eq!(packets(0), Packets { count: 1, bytes: 56 });
        assert_eq!((counted(packets(100)), counted(packets(2888))), (128, 2944));
        assert_eq!((as_packets(2944), as_packets(2945), in_bytes(2.0)), (2, 3, 2944.0));
    }
}
