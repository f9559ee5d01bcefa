use super::Transport;

/// What a message becomes on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packets {
    /// IP packets.
    pub count: u32,
    /// Bytes, all headers included.
    pub bytes: u32,
}

/// Maximum transmission unit of Ethernet paths, in bytes.
const MTU: u32 = 1500;
/// Payload of the largest UDP datagram over IPv4, in bytes: 65,535 less both headers.
pub const LARGEST_DATAGRAM: u32 = 65_507;

const IPV4_HEADER: u32 = 20;
const UDP_HEADER: u32 = 8;
/// IPv4 and UDP (28), a short QUIC header with packet number (about 12), the AEAD tag (16): RFC 9000, RFC 9001.
const QUIC_HEADERS: u32 = 56;

impl Transport {
    /// A message with `payload` bytes. UDP: one datagram in ⌈(L + 8)/1480⌉ IP fragments. QUIC: as many packets as
    /// the MTU asks for.
    #[inline]
    pub fn packets(self, payload: u32) -> Packets {
        match self {
            Transport::Udp => {
                let count = (payload + UDP_HEADER).div_ceil(MTU - IPV4_HEADER);
                Packets { count, bytes: payload + UDP_HEADER + count * IPV4_HEADER }
            }
            Transport::Quic => {
                let count = payload.div_ceil(MTU - QUIC_HEADERS).max(1);
                Packets { count, bytes: payload + count * QUIC_HEADERS }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_udp_datagram_carries_28_bytes_of_headers_and_20_more_a_fragment() {
        assert_eq!(Transport::Udp.packets(972), Packets { count: 1, bytes: 1000 });
        assert_eq!(Transport::Udp.packets(1472), Packets { count: 1, bytes: 1500 });
        assert_eq!(Transport::Udp.packets(1473), Packets { count: 2, bytes: 1521 });
        assert_eq!(Transport::Udp.packets(0), Packets { count: 1, bytes: 28 });
    }

    #[test]
    fn a_quic_packet_carries_56_bytes_of_headers() {
        assert_eq!(Transport::Quic.packets(100), Packets { count: 1, bytes: 156 });
        assert_eq!(Transport::Quic.packets(1445), Packets { count: 2, bytes: 1557 });
        assert_eq!(Transport::Quic.packets(0), Packets { count: 1, bytes: 56 });
    }
}
