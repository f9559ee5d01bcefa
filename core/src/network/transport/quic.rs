//! QUIC (RFC 9000, RFC 9002), as quinn 0.11 has it: what its packets and times are. How its connections work is in
//! [`connections`](super::connections).

use super::connections::{Recovery, Traits};
use super::{MTU, Packets};
use crate::units::Duration;

/// IPv4 and UDP (28), a short QUIC header with packet number (about 12), the AEAD tag (16): RFC 9000, RFC 9001.
const HEADERS: u32 = 56;
/// What a window counts of a full packet: the payload of its UDP datagram.
const DATAGRAM: u32 = MTU - 28;

/// Idle time after which a connection closes.
const IDLE: Duration = Duration::from_secs(30);

/// A client's first flight is one datagram, padded to 1200 B of UDP payload (RFC 9000, section 14.1), 28 B of which are
/// the QUIC headers that every packet is given.
const CLIENT_HELLO: u32 = 1200 - 28;
/// A server's first flight: padded Initial and Handshake, two such datagrams.
const SERVER_HELLO: u32 = 2 * CLIENT_HELLO;

/// Bytes that a new connection may send.
pub(super) const INITIAL_BYTES: u32 = 12_000;

/// Timer granularity (RFC 9002, section 6.1.2).
pub(super) const GRANULARITY: Duration = Duration::from_millis(1);
/// Packets that a probe timeout sends (RFC 9002, section 6.2.4).
pub(super) const PROBES: u32 = 2;
/// Probe timeouts in a row after which congestion counts as persistent: what was lost then spans three of them (section 7.6).
pub(super) const PERSISTENT: u32 = 3;

pub(super) const TRAITS: Traits = Traits {
    call: [CLIENT_HELLO, SERVER_HELLO],
    further: &[],
    flight: packets,
    rest_of_handshake: 2400,
    server_waits: 0,
    // Three times the initial round trip of 333 ms (RFC 9002, section 6.2.2).
    first_wait: Duration::from_secs(1),
    // A handshake that is not answered, and a sender that hears nothing, end with the idle time.
    patience_with_handshakes: IDLE,
    gives_up_waiting: true,
    resumes: true,
    idle: IDLE,
    has_streams: true,
    recovery: Recovery::Probes,
    least_variation: GRANULARITY,
    // RFC 9000, section 18.2.
    max_ack_delay: Duration::from_millis(25),
    patience: IDLE,
    // In full packets (RFC 9002, section 7.2).
    windows: (INITIAL_BYTES as f64 / DATAGRAM as f64, 2.0),
};

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
