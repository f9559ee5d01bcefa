//! What a transport that is reliable sends again, and when (RFC 9002).

use super::RttEstimate;
use crate::network::config::FaultId;
use crate::network::event::Packet;
use crate::network::simulation::Rest;
use crate::network::{Frame, Payload};
use crate::random::Flow;
use crate::units::{Duration, HostId, Time};

/// Longest time a receiver holds an acknowledgement back (RFC 9000, section 18.2).
const MAX_ACK_DELAY: Duration = Duration::from_millis(25);
/// Timer granularity (RFC 9002, section 6.1.2).
const GRANULARITY: Duration = Duration::from_millis(1);
/// Rounds of retransmission without an advance after which the sender gives up on a message.
const ROUNDS: u32 = 8;

/// A message of which packets were lost.
#[derive(Clone, Debug)]
pub struct Retransmission<P> {
    pub(super) to: HostId,
    /// How many packets are missing at the receiver.
    pub(super) missing: u32,
    /// When they had left the sender.
    pub(super) departed: Time,
    /// What the message is part of.
    pub(super) flow: Flow,
    pub(super) packet: Packet<P>,
}

/// What a receiver misses of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Missing {
    pub packets: u32,
    pub bytes: u32,
    /// When they left the sender.
    pub departed: Time,
    /// When the others have come, if there are any: an advance.
    pub arrives: Option<Time>,
    /// Because of which none has come, if because of one.
    pub fault: Option<FaultId>,
}

/// What is sent again of a message, and when: one probe timeout after it left. A message of which some packets got through has
/// made an advance, and its timeout is the shortest again (section 6.2.1).
///
/// # Errors
/// The message, if it is not sent again: after eight times without an advance. A lost handshake is not sent again from here: a
/// first one has a timer of its own, and nobody waits for a resuming one, as its payload travels beside it.
pub(super) fn again<P>(
    packet: Packet<P>,
    to: HostId,
    flow: Flow,
    missing: Missing,
    rtt: RttEstimate,
) -> Result<(Time, Retransmission<P>), Packet<P>> {
    let Packet { from, bytes, frame } = packet;
    let mut rest = match frame {
        Frame::Payload(payload) => {
            Box::new(Rest { payload, times: 0, round: 0, fault: None, bytes, since: Time::NEVER })
        }
        Frame::Rest(rest) => rest,
        Frame::Control(_) | Frame::Segments(_) | Frame::Signal(_) | Frame::Relayed(_) => {
            return Err(Packet { from, bytes, frame });
        }
    };
    let Missing { packets, departed, arrives, .. } = missing;
    let (round, fault) = if arrives.is_some() { (0, None) } else { (rest.round, rest.fault) };
    rest.fault = missing.fault.or(fault);
    if round >= ROUNDS {
        return Err(Packet { from, bytes, frame: Frame::Rest(rest) });
    }
    rest.since = arrives.map_or(rest.since, |arrives| rest.since.min(arrives));
    (rest.times, rest.round, rest.bytes) = (rest.times + 1, round + 1, missing.bytes);
    let packet = Packet { from, bytes, frame: Frame::Rest(rest) };
    Ok((
        departed + probe_timeout(rtt, round),
        Retransmission { to, missing: packets, departed, flow, packet },
    ))
}

/// How long a sender waits before it declares packets lost for the `round`th time: the probe timeout of RFC 9002, section
/// 6.2.1, which doubles.
pub(super) fn probe_timeout(rtt: RttEstimate, round: u32) -> Duration {
    let variation = Duration::from_nanos(rtt.variation.as_nanos().saturating_mul(4)).max(GRANULARITY);
    let timeout = rtt.smoothed + variation + MAX_ACK_DELAY;
    Duration::from_nanos(timeout.as_nanos().saturating_mul(1 << round.min(16)))
}

impl<P: Payload> Retransmission<P> {
    pub(super) fn digest(&self) -> u64 {
        self.packet.digest() ^ u64::from(self.missing) << 48
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTT: RttEstimate =
        RttEstimate { smoothed: Duration::from_millis(100), variation: Duration::from_millis(3) };

    #[test]
    fn a_message_is_given_up_after_eight_rounds_and_an_advance_begins_anew() {
        let at = |second| Time::ZERO + Duration::from_secs(second);
        let mut packet = Packet { from: HostId(0), bytes: 3100, frame: Frame::Payload(2932) };
        let lost = |packet, packets, bytes, arrives| {
            let missing = Missing { packets, bytes, departed: at(1), arrives, fault: None };
            again(packet, HostId(1), Flow::ROOT, missing, RTT)
        };
        // All three packets are lost, round by round: the timeout doubles.
        for round in 0..ROUNDS {
            let (due, again) = lost(packet, 3, 3100, None).expect("it is sent again");
            assert_eq!((due.since(at(1)), again.missing), (probe_timeout(RTT, round), 3));
            packet = again.packet;
        }
        // What got through was there at 5 s.
        let (due, again) = lost(packet.clone(), 1, 1500, Some(at(5))).expect("it is sent again");
        let rest =
            Rest { payload: 2932, times: ROUNDS + 1, round: 1, fault: None, bytes: 1500, since: at(5) };
        assert_eq!((due.since(at(1)), again.missing), (probe_timeout(RTT, 0), 1));
        assert_eq!(again.packet.frame, Frame::Rest(Box::new(rest)));
        assert!(lost(packet, 3, 3100, None).is_err());
    }

    #[test]
    fn the_probe_timeout_is_that_of_the_standard_and_doubles() {
        assert_eq!(probe_timeout(RTT, 0), Duration::from_millis(137));
        assert_eq!(probe_timeout(RTT, 2), Duration::from_millis(548));
    }
}
