//! TCP, with TLS 1.3 or without (RFC 9293, RFC 8446): what its packets and times are. How its connections work is in
//! [`connections`](super::connections).

use super::connections::{Recovery, Traits};
use super::{MTU, Packets};
use crate::units::Duration;

/// IPv4 (20), TCP (20) and its timestamps (12).
const HEADERS: u32 = 52;
/// Bytes of a message in a full segment.
pub(super) const SEGMENT: u32 = MTU - HEADERS;
/// A TLS 1.3 record: header (5), type of content (1), AEAD tag (16); RFC 8446, section 5.2.
const RECORD_HEADERS: u32 = 22;
/// The most that a record holds.
const RECORD: u32 = 1 << 14;

pub(super) const PLAIN: Traits = Traits {
    // A SYN and its answer carry 8 B of options more than segments do.
    call: [8, 8],
    further: &[],
    // That of a handshake of TLS, too: it is not in a record.
    flight: packets,
    rest_of_handshake: 0,
    server_waits: 1,
    // Of a SYN (RFC 6298, section 2.1).
    first_wait: Duration::from_secs(1),
    // After six more attempts, as Linux does.
    patience_with_handshakes: Duration::from_secs(127),
    gives_up_waiting: false,
    resumes: false,
    idle: Duration::from_secs(60),
    has_streams: false,
    recovery: Recovery::TimeOuts,
    // As in Linux.
    least_variation: Duration::from_millis(200),
    max_ack_delay: Duration::ZERO,
    // For how long retransmission time-outs go on: the least that RFC 1122, section 4.2.3.5, allows.
    patience: Duration::from_secs(100),
    // RFC 6928, and what is left after a time-out.
    windows: (10.0, 1.0),
};

/// The same with TLS 1.3, whose handshake follows.
pub(super) const WITH_TLS: Traits = Traits {
    // About: a client's first flight, and a server's with one certificate of an elliptic-curve key.
    further: &[[300, 1200]],
    server_waits: 2,
    ..PLAIN
};

/// A message in segments of its own: none are shared with others.
#[inline]
pub(super) fn packets(payload: u32) -> Packets {
    let count = payload.div_ceil(SEGMENT).max(1);
    Packets { count, bytes: payload + count * HEADERS }
}

/// The same in records of TLS, which begin with it.
#[inline]
pub(super) fn packets_with_tls(payload: u32) -> Packets {
    packets(payload + payload.div_ceil(RECORD).max(1) * RECORD_HEADERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_carries_52_bytes_of_headers_and_a_record_22_more() {
        assert_eq!(packets(1448), Packets { count: 1, bytes: 1500 });
        assert_eq!(packets(1449), Packets { count: 2, bytes: 1553 });
        assert_eq!(packets(0), Packets { count: 1, bytes: 52 });
        assert_eq!(packets_with_tls(1000), Packets { count: 1, bytes: 1074 });
        assert_eq!(packets_with_tls(32_768), Packets { count: 23, bytes: 32_768 + 44 + 23 * 52 });
    }
}
