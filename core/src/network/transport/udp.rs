//! UDP: a datagram goes once, and is lost with any of its fragments.

use super::{Io, MTU, Packets, Transmission, Undelivered};
use crate::network::event::Packet;
use crate::network::fate::{Fate, LossCause, Side};
use crate::network::{Frame, Payload};
use crate::random::Flow;
use crate::units::HostId;

/// Payload of the largest UDP datagram over IPv4, in bytes: 65,535 less both headers.
pub(crate) const LARGEST_DATAGRAM: u32 = 65_507;

const IPV4_HEADER: u32 = 20;
const UDP_HEADER: u32 = 8;

/// One datagram in ⌈(L + 8)/1480⌉ IP fragments.
#[inline]
pub(crate) fn packets(payload: u32) -> Packets {
    let count = (payload + UDP_HEADER).div_ceil(MTU - IPV4_HEADER);
    Packets { count, bytes: payload + UDP_HEADER + count * IPV4_HEADER }
}

/// Sends a payload in a datagram.
#[inline(always)]
pub(crate) fn send<P: Payload>(io: &mut impl Io<P>, to: HostId, payload: P, flow: Flow) {
    let size = payload.size();
    let wire = packets(size);
    let packet = Packet { from: io.host(), bytes: wire.bytes, frame: Frame::Payload(payload) };
    if size > LARGEST_DATAGRAM {
        return io.end(Fate::Lost(LossCause::TooLarge), &packet, to);
    }
    if let Err(undelivered) = io.transmit(to, packet, Transmission { wire, flow, luck: flow, waits: false }) {
        match *undelivered {
            Undelivered::QueueFull(packet) => io.end(Fate::DroppedQueue(Side::Uplink), &packet, to),
            Undelivered::Lost { packet, fault, .. } => {
                io.end(Fate::Lost(LossCause::on_path(fault)), &packet, to);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness::{Failure, TestHost};
    use super::*;
    use crate::units::Time;

    const PEER: HostId = HostId(9);

    #[test]
    fn a_udp_datagram_carries_28_bytes_of_headers_and_20_more_a_fragment() {
        assert_eq!(packets(972), Packets { count: 1, bytes: 1000 });
        assert_eq!(packets(1472), Packets { count: 1, bytes: 1500 });
        assert_eq!(packets(1473), Packets { count: 2, bytes: 1521 });
        assert_eq!(packets(0), Packets { count: 1, bytes: 28 });
    }

    #[test]
    fn a_datagram_goes_once_whatever_becomes_of_it() {
        let mut host = TestHost::at(Time::ZERO);
        host.failures = vec![None, Some(Failure::QueueFull), Some(Failure::Lost { packets: 1 })];
        for _ in 0..3 {
            send(&mut host, PEER, 100, Flow::default());
        }
        send(&mut host, PEER, LARGEST_DATAGRAM + 1, Flow::default());
        assert_eq!(host.frames().len(), 1);
        let ends =
            [Fate::DroppedQueue(Side::Uplink), Fate::Lost(LossCause::Path), Fate::Lost(LossCause::TooLarge)];
        assert_eq!(host.ended, ends.map(|fate| (PEER, fate)));
        assert!(host.timers.is_empty());
    }
}
