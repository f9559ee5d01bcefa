//! QUIC: handshakes, resumption, and retransmission of what the path loses (RFC 9000, RFC 9002). Congestion control is
//! not modelled: what is sent goes as fast as the uplink takes it, and waits for room in its queue.

use std::collections::BTreeMap;

use super::{Control, Io, MTU, Packets, RttEstimate, Transmission, Undelivered};
use crate::network::downlink::Overflow;
use crate::network::event::Packet;
use crate::network::fate::{Absence, Fate, LossCause};
use crate::network::simulation::Rest;
use crate::network::{Frame, Payload};
use crate::random::{Flow, mix};
use crate::units::{Duration, HostId, Time};

/// Idle time after which a connection closes.
const IDLE: Duration = Duration::from_secs(60);
/// First wait for an answer: three times the initial RTT of 333 ms (RFC 9002, section 6.2.2); it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Attempts after which the client gives up on a handshake.
const TRIES: u32 = 3;
/// Longest time a receiver holds an acknowledgement back (RFC 9000, section 18.2).
const MAX_ACK_DELAY: Duration = Duration::from_millis(25);
/// Timer granularity (RFC 9002, section 6.1.2).
const GRANULARITY: Duration = Duration::from_millis(1);
/// IPv4 and UDP (28), a short QUIC header with packet number (about 12), the AEAD tag (16): RFC 9000, RFC 9001.
const HEADERS: u32 = 56;
/// A client's first flight is one datagram, padded to 1200 B of UDP payload (RFC 9000, section 14.1), 28 B of which are
/// the QUIC headers that every packet is given.
const CLIENT_HELLO: u32 = 1200 - 28;
/// A server's first flight: padded Initial and Handshake, two such datagrams.
const SERVER_HELLO: u32 = 2 * CLIENT_HELLO;
/// Rounds of retransmission after which the sender gives up on a message.
const ROUNDS: u32 = 8;

/// The QUIC connections of one host, and the messages that wait for a handshake.
///
/// The first message between two hosts costs a round trip; the connection then serves both directions. After 60 s of
/// silence it closes, but its session ticket stays, and the next message travels with the resuming handshake (0-RTT). A host
/// that goes offline keeps its tickets. A peer that was offline for less than the idle time keeps its connections.
#[derive(Debug)]
pub(crate) struct Quic<P> {
    peers: BTreeMap<HostId, Connection<P>>,
}

#[derive(Debug)]
enum Connection<P> {
    /// A session ticket is at hand; the connection, if any, was last used then.
    Known { used: Option<Time> },
    /// A handshake is under way.
    Connecting(Box<Attempt<P>>),
}

#[derive(Debug)]
struct Attempt<P> {
    begun: Time,
    tries: u32,
    /// What the first message is part of.
    flow: Flow,
    /// Whether a flight has found the peer offline.
    peer_offline: bool,
    waiting: Vec<(Flow, Packet<P>)>,
}

/// A flight of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Handshake {
    ClientHello = 1,
    ServerHello = 2,
}

/// A message of which packets were lost.
#[derive(Clone, Debug)]
pub struct Retransmission<P> {
    to: HostId,
    /// How many packets are missing at the receiver.
    missing: u32,
    /// How often it was retransmitted without an advance.
    round: u32,
    /// What the message is part of.
    flow: Flow,
    packet: Packet<P>,
}

/// The timers of a host's QUIC connections.
#[derive(Clone, Debug)]
pub enum Timer<P> {
    /// When packets are declared lost and sent again.
    Retransmit(Box<Retransmission<P>>),
    /// When a handshake that began at `begun` has not been answered in time.
    HandshakeTimeout { peer: HostId, begun: Time },
    /// A flight has found `peer` offline. The host does not learn that; its messages that wait do, to tell their fate.
    PeerOffline { peer: HostId },
}

/// As many packets as the MTU asks for.
#[inline]
pub(crate) fn packets(payload: u32) -> Packets {
    let count = payload.div_ceil(MTU - HEADERS).max(1);
    Packets { count, bytes: payload + count * HEADERS }
}

/// How long a sender waits before it declares packets lost for the `round`th time: the probe timeout of RFC 9002, section
/// 6.2.1, which doubles.
fn probe_timeout(rtt: RttEstimate, round: u32) -> Duration {
    let variation = Duration::from_nanos(rtt.variation.as_nanos().saturating_mul(4)).max(GRANULARITY);
    let timeout = rtt.smoothed + variation + MAX_ACK_DELAY;
    Duration::from_nanos(timeout.as_nanos().saturating_mul(1 << round.min(16)))
}

impl<P> Default for Quic<P> {
    fn default() -> Quic<P> {
        Quic { peers: BTreeMap::new() }
    }
}

impl<P> Quic<P> {
    /// Memory of a connection: nodes of the tree are about two thirds full.
    pub(crate) const BYTES_A_CONNECTION: usize = 3 * size_of::<(HostId, Connection<P>)>() / 2;
}

impl<P: Payload> Quic<P> {
    /// A payload goes over the connection with `to`, or waits for one.
    pub(crate) fn send(&mut self, io: &mut impl Io<P>, to: HostId, payload: P, flow: Flow) {
        let bytes = packets(payload.size()).bytes;
        let packet = Packet { from: io.host(), bytes, frame: Frame::Payload(payload) };
        let now = io.now();
        match self.peers.get_mut(&to) {
            Some(Connection::Known { used }) => {
                let is_open = used.is_some_and(|used| now.since(used) <= IDLE);
                *used = Some(now);
                if !is_open {
                    start_handshake(io, to, flow, 1);
                }
                transmit(io, to, packet, flow);
            }
            Some(Connection::Connecting(attempt)) => attempt.waiting.push((flow, packet)),
            None => {
                let waiting = vec![(flow, packet)];
                let attempt = Attempt { begun: now, tries: 1, flow, peer_offline: false, waiting };
                self.peers.insert(to, Connection::Connecting(Box::new(attempt)));
                let departs = start_handshake(io, to, flow, 1);
                let timer = Timer::HandshakeTimeout { peer: to, begun: now };
                io.set_timer(departs + FIRST_WAIT, super::Timer::Quic(timer));
            }
        }
    }

    /// A flight of a handshake came from `peer`: there is a connection now, and what waited for it goes.
    pub(crate) fn on_handshake(
        &mut self,
        io: &mut impl Io<P>,
        peer: HostId,
        handshake: Handshake,
        flow: Flow,
    ) {
        let known = Connection::Known { used: Some(io.now()) };
        if let Some(Connection::Connecting(attempt)) = self.peers.insert(peer, known) {
            for (flow, packet) in attempt.waiting {
                transmit(io, peer, packet, flow);
            }
        }
        if handshake == Handshake::ClientHello {
            send_handshake(io, peer, Handshake::ServerHello, flow.nth(0));
        }
    }

    /// A payload came from `peer`: an open connection was used.
    pub(crate) fn on_payload(&mut self, now: Time, peer: HostId) {
        if let Some(Connection::Known { used: Some(used) }) = self.peers.get_mut(&peer) {
            *used = now;
        }
    }

    /// A timer has fired.
    pub(crate) fn on_timer(&mut self, io: &mut impl Io<P>, timer: Timer<P>) {
        match timer {
            Timer::Retransmit(lost) => retransmit(io, *lost),
            Timer::HandshakeTimeout { peer, begun } => self.handshake_timed_out(io, peer, begun),
            Timer::PeerOffline { peer } => {
                if let Some(Connection::Connecting(attempt)) = self.peers.get_mut(&peer) {
                    attempt.peer_offline = true;
                }
            }
        }
    }

    /// The host went offline: connections close, handshakes end, and messages that waited for one are lost.
    pub(crate) fn on_offline(&mut self, io: &mut impl Io<P>) {
        for (peer, connection) in std::mem::take(&mut self.peers) {
            match connection {
                Connection::Known { .. } => {
                    self.peers.insert(peer, Connection::Known { used: None });
                }
                Connection::Connecting(attempt) => {
                    let lost = Fate::Lost(LossCause::SenderLeft);
                    attempt.waiting.iter().for_each(|(_, packet)| io.end(lost, packet, peer));
                }
            }
        }
    }

    /// Tries again, with twice the timeout each time, or gives up on the peer.
    fn handshake_timed_out(&mut self, io: &mut impl Io<P>, peer: HostId, begun: Time) {
        let Some(Connection::Connecting(attempt)) = self.peers.get_mut(&peer) else { return };
        // The timer of an earlier attempt, which was answered or ended when the host went offline.
        if attempt.begun != begun {
            return;
        }
        if attempt.tries < TRIES {
            let wait = Duration::from_nanos(FIRST_WAIT.as_nanos() << attempt.tries);
            attempt.tries += 1;
            let departs = start_handshake(io, peer, attempt.flow, attempt.tries);
            let timer = Timer::HandshakeTimeout { peer, begun };
            return io.set_timer(departs + wait, super::Timer::Quic(timer));
        }
        if let Some(Connection::Connecting(attempt)) = self.peers.remove(&peer) {
            let fate = if attempt.peer_offline {
                Fate::ToOffline(Absence::NoConnection)
            } else {
                Fate::Lost(LossCause::NoConnection)
            };
            attempt.waiting.iter().for_each(|(_, packet)| io.end(fate, packet, peer));
        }
    }
}

impl<P> Quic<P> {
    /// How many messages wait for a handshake.
    pub(crate) fn waiting(&self) -> usize {
        let of = |connection: &Connection<P>| match connection {
            Connection::Connecting(attempt) => attempt.waiting.len(),
            Connection::Known { .. } => 0,
        };
        self.peers.values().map(of).sum()
    }
}

/// The flights of a client are drawn for apart from the message that they are for.
fn start_handshake<P: Payload>(io: &mut impl Io<P>, to: HostId, flow: Flow, tries: u32) -> Time {
    send_handshake(io, to, Handshake::ClientHello, flow.nth(u32::MAX - tries))
}

/// Sends one flight of a handshake: a message like any other, which loss may take.
fn send_handshake<P: Payload>(io: &mut impl Io<P>, to: HostId, handshake: Handshake, flow: Flow) -> Time {
    io.begin();
    let bytes = packets(handshake.size()).bytes;
    let frame = Frame::Control(Control::Quic(handshake));
    transmit(io, to, Packet { from: io.host(), bytes, frame }, flow)
}

/// Puts a packet on the wire for the first time. Returns when it leaves the uplink.
fn transmit<P: Payload>(io: &mut impl Io<P>, to: HostId, packet: Packet<P>, flow: Flow) -> Time {
    let wire = Packets { bytes: packet.bytes, ..packets(packet.frame.size()) };
    put(io, to, packet, Transmission { wire, flow, luck: flow, waits: true }, 0)
}

/// Puts a packet on the wire. What the path loses of it is declared lost one probe timeout after it left the uplink.
fn put<P: Payload>(
    io: &mut impl Io<P>,
    to: HostId,
    packet: Packet<P>,
    sent: Transmission,
    round: u32,
) -> Time {
    let (packet, lost, departs) = match io.transmit(to, packet, sent) {
        Ok(departs) => return departs,
        // What waits does not find the queue full.
        Err(Undelivered::QueueFull(packet)) => (packet, sent.wire.count, io.now()),
        Err(Undelivered::Lost { packet, lost, departs }) => (packet, lost, departs),
    };
    let flow = sent.flow;
    match again(to, packet, flow, lost, round) {
        Ok(lost) => {
            let wait = probe_timeout(io.rtt(to), round);
            io.set_timer(departs + wait, super::Timer::Quic(Timer::Retransmit(Box::new(lost))));
        }
        Err(packet) => io.end(Fate::Lost(LossCause::Path), &packet, to),
    }
    departs
}

/// What is to be sent again, or the message if it is not. A lost handshake is not sent again from here: a first one has a timer
/// of its own, and nobody waits for a resuming one, as its payload travels beside it.
fn again<P>(
    to: HostId,
    packet: Packet<P>,
    flow: Flow,
    missing: u32,
    round: u32,
) -> Result<Retransmission<P>, Packet<P>> {
    if round >= ROUNDS || matches!(packet.frame, Frame::Control(_)) {
        return Err(packet);
    }
    Ok(Retransmission { to, missing, round: round + 1, flow, packet })
}

/// Packets of a message were dropped at the downlink of `to`. Returns how long after their departure its sender misses them, and
/// the timer by which it does; a message of which some packets got through has made an advance.
///
/// # Errors
/// The message, if it is not sent again.
pub(super) fn dropped<P: Payload>(
    flow: Flow,
    mut packet: Packet<P>,
    to: HostId,
    overflow: Overflow,
    rtt: RttEstimate,
) -> Result<(Duration, Timer<P>), Packet<P>> {
    let (round, unpassed) = match &packet.frame {
        Frame::Rest(rest) => (rest.round, rest.unpassed),
        Frame::Payload(_) | Frame::Control(_) => (0, packet.bytes),
    };
    let round = if overflow.bytes < unpassed { 0 } else { round };
    packet = as_rest(packet, round, overflow.bytes, overflow.bytes);
    let again = again(to, packet, flow, overflow.packets, round)?;
    Ok((probe_timeout(rtt, round), Timer::Retransmit(Box::new(again))))
}

/// Sends what is missing again.
fn retransmit<P: Payload>(io: &mut impl Io<P>, message: Retransmission<P>) {
    let Retransmission { to, missing, round, flow, packet } = message;
    if !io.is_online() {
        return io.end(Fate::Lost(LossCause::SenderLeft), &packet, to);
    }
    let unpassed = packet.arriving(false).1;
    let bytes = if packet.bytes <= MTU { packet.bytes } else { missing.saturating_mul(MTU).min(unpassed) };
    let wire = Packets { count: missing, bytes };
    let packet = as_rest(packet, round, bytes, unpassed);
    put(io, to, packet, Transmission { wire, flow, luck: flow.nth(round), waits: true }, round);
}

/// The message as one of which `sent` bytes are sent again.
fn as_rest<P>(packet: Packet<P>, round: u32, sent: u32, unpassed: u32) -> Packet<P> {
    let frame = match packet.frame {
        Frame::Payload(payload) => Frame::Rest(Box::new(Rest { payload, round, sent, unpassed })),
        Frame::Rest(rest) => Frame::Rest(Box::new(Rest { round, sent, unpassed, ..*rest })),
        Frame::Control(control) => Frame::Control(control),
    };
    Packet { frame, ..packet }
}

/// Tells a client that its flight has found the server offline.
pub(super) fn unanswered<P>(handshake: Handshake, peer: HostId) -> Option<Timer<P>> {
    (handshake == Handshake::ClientHello).then_some(Timer::PeerOffline { peer })
}

impl<P: Payload> Retransmission<P> {
    fn digest(&self) -> u64 {
        self.packet.digest() ^ u64::from(self.missing) << 48 ^ u64::from(self.round)
    }
}

impl Handshake {
    /// Bytes that the transport is given.
    pub(super) fn size(self) -> u32 {
        match self {
            Handshake::ClientHello => CLIENT_HELLO,
            Handshake::ServerHello => SERVER_HELLO,
        }
    }
}

impl<P: Payload> Timer<P> {
    pub(super) fn digest(&self) -> u64 {
        match self {
            Timer::Retransmit(lost) => lost.digest(),
            Timer::HandshakeTimeout { peer, begun } => mix(begun.as_nanos()) ^ u64::from(peer.0),
            Timer::PeerOffline { peer } => mix(u64::from(peer.0)),
        }
    }
}

impl<P> Timer<P> {
    pub(super) fn holds_message(&self) -> bool {
        matches!(self, Timer::Retransmit(_))
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness::{Failure, TestHost};
    use super::*;

    const PEER: HostId = HostId(9);
    const FLOW: Flow = Flow::ROOT;
    const CLIENT: Frame<u32> = Frame::Control(Control::Quic(Handshake::ClientHello));
    const SERVER: Frame<u32> = Frame::Control(Control::Quic(Handshake::ServerHello));

    fn s(seconds: u64) -> Time {
        Time::ZERO + Duration::from_secs(seconds)
    }

    fn fire(host: &mut TestHost) -> Timer<u32> {
        let super::super::Timer::Quic(timer) = host.fire();
        timer
    }

    /// A host with a connection to [`PEER`] that was used at 0 s.
    fn connected() -> (TestHost, Quic<u32>) {
        let (mut host, mut quic) = (TestHost::at(s(0)), Quic::default());
        quic.on_handshake(&mut host, PEER, Handshake::ServerHello, FLOW);
        (host, quic)
    }

    #[test]
    fn a_quic_packet_carries_56_bytes_of_headers() {
        assert_eq!(packets(100), Packets { count: 1, bytes: 156 });
        assert_eq!(packets(1445), Packets { count: 2, bytes: 1557 });
        assert_eq!(packets(0), Packets { count: 1, bytes: 56 });
    }

    #[test]
    fn the_first_messages_wait_for_a_handshake_and_the_next_goes_at_once() {
        let (mut host, mut quic) = (TestHost::at(s(0)), Quic::default());
        quic.send(&mut host, PEER, 10, FLOW);
        quic.send(&mut host, PEER, 20, FLOW);
        assert_eq!((host.frames(), quic.waiting(), host.begun), (vec![CLIENT], 2, 1));
        quic.on_handshake(&mut host, PEER, Handshake::ServerHello, FLOW);
        assert_eq!((host.frames(), quic.waiting()), ([10, 20].map(Frame::Payload).to_vec(), 0));
        quic.send(&mut host, PEER, 30, FLOW);
        assert_eq!(host.frames(), [Frame::Payload(30)]);
    }

    #[test]
    fn a_server_answers_a_handshake() {
        let (mut host, mut quic) = (TestHost::at(s(0)), Quic::default());
        quic.on_handshake(&mut host, PEER, Handshake::ClientHello, FLOW);
        quic.send(&mut host, PEER, 10, FLOW);
        assert_eq!(host.frames(), [SERVER, Frame::Payload(10)]);
    }

    #[test]
    fn an_idle_connection_is_resumed_without_a_round_trip() {
        let (mut host, mut quic) = connected();
        quic.on_payload(s(30), PEER);
        for (at, frames) in [(90, vec![10]), (151, vec![0, 10]), (152, vec![10])] {
            host.now = s(at);
            quic.send(&mut host, PEER, 10, FLOW);
            let expected = |frame| if frame == 0 { CLIENT } else { Frame::Payload(frame) };
            assert_eq!(host.frames(), frames.into_iter().map(expected).collect::<Vec<_>>(), "at {at} s");
        }
    }

    #[test]
    fn a_handshake_is_tried_three_times_with_growing_timeouts() {
        let (mut host, mut quic) = (TestHost::at(s(5)), Quic::default());
        quic.send(&mut host, PEER, 10, FLOW);
        let mut fired = Vec::new();
        while !host.timers.is_empty() {
            let timer = fire(&mut host);
            fired.push(host.now);
            quic.on_timer(&mut host, timer);
        }
        assert_eq!(fired, [s(6), s(8), s(12)]);
        assert_eq!(host.frames(), [CLIENT; 3]);
        assert_eq!(host.ended, [(PEER, Fate::Lost(LossCause::NoConnection))]);
    }

    #[test]
    fn who_was_found_offline_is_why_a_handshake_fails() {
        let (mut host, mut quic) = (TestHost::at(s(5)), Quic::default());
        quic.send(&mut host, PEER, 10, FLOW);
        quic.on_timer(&mut host, unanswered(Handshake::ClientHello, PEER).expect("a timer"));
        while !host.timers.is_empty() {
            let timer = fire(&mut host);
            quic.on_timer(&mut host, timer);
        }
        assert_eq!(host.ended, [(PEER, Fate::ToOffline(Absence::NoConnection))]);
        assert!(unanswered::<u32>(Handshake::ServerHello, PEER).is_none());
    }

    #[test]
    fn the_wait_for_an_answer_begins_when_the_flight_has_left() {
        let (mut host, mut quic) = (TestHost::at(s(5)), Quic::default());
        host.wait = Duration::from_secs(3);
        quic.send(&mut host, PEER, 10, FLOW);
        assert_eq!(host.timers[0].0, s(9));
    }

    #[test]
    fn the_timer_of_an_answered_handshake_does_nothing() {
        let (mut host, mut quic) = (TestHost::at(s(5)), Quic::default());
        quic.send(&mut host, PEER, 10, FLOW);
        quic.on_handshake(&mut host, PEER, Handshake::ServerHello, FLOW);
        host.transmitted.clear();
        let timer = fire(&mut host);
        quic.on_timer(&mut host, timer);
        assert!(host.transmitted.is_empty() && host.timers.is_empty() && host.ended.is_empty());
    }

    #[test]
    fn a_host_that_goes_offline_keeps_tickets_but_not_connections() {
        let (mut host, mut quic) = connected();
        quic.send(&mut host, HostId(1), 10, FLOW);
        quic.on_offline(&mut host);
        assert_eq!(host.ended, [(HostId(1), Fate::Lost(LossCause::SenderLeft))]);
        host.transmitted.clear();
        quic.send(&mut host, PEER, 20, FLOW);
        quic.send(&mut host, HostId(1), 30, FLOW);
        assert_eq!(host.frames(), [CLIENT, Frame::Payload(20), CLIENT]);
    }

    #[test]
    fn what_is_lost_is_retransmitted_after_the_probe_timeout_and_given_up_in_the_end() {
        let (mut host, mut quic) = connected();
        host.failures = vec![Some(Failure::Lost { packets: 2 }), Some(Failure::QueueFull)];
        quic.send(&mut host, PEER, 10_000, FLOW);
        assert_eq!(host.timers[0].0, s(0) + Duration::from_millis(137));
        // A full queue is waited for.
        let timer = fire(&mut host);
        quic.on_timer(&mut host, timer);
        let rest = Rest { payload: 10_000, round: 1, sent: 3000, unpassed: packets(10_000).bytes };
        assert_eq!(host.transmitted, [(PEER, Frame::Rest(Box::new(rest)), 3000)]);
        host.failures = vec![Some(Failure::Lost { packets: 1 }); 9];
        quic.send(&mut host, PEER, 10, FLOW);
        while !host.timers.is_empty() {
            let timer = fire(&mut host);
            quic.on_timer(&mut host, timer);
        }
        assert_eq!(host.ended, [(PEER, Fate::Lost(LossCause::Path))]);
    }

    #[test]
    fn a_drop_at_the_receiver_is_a_loss_that_the_sender_learns_of_by_its_probe_timeout() {
        let rtt = RttEstimate { smoothed: Duration::from_millis(100), variation: Duration::from_millis(3) };
        let mut packet = Packet { from: HostId(0), bytes: 3100, frame: Frame::Payload(2932) };
        let rest = |dropped: Result<(Duration, Timer<u32>), Packet<u32>>| match dropped {
            Ok((timeout, Timer::Retransmit(again))) => (timeout, again),
            other => panic!("{other:?}"),
        };
        // All three packets are dropped, round by round: the timeout doubles.
        let all = Overflow { packets: 3, bytes: 3100 };
        for round in 0..ROUNDS {
            let (timeout, again) = rest(dropped(FLOW, packet, HostId(1), all, rtt));
            assert_eq!((timeout, again.missing, again.round), (probe_timeout(rtt, round), 3, round + 1));
            packet = as_rest(again.packet, again.round, 3100, 3100);
        }
        // An advance begins anew; without one it is given up.
        let part = Overflow { packets: 1, bytes: 1500 };
        let (timeout, again) = rest(dropped(FLOW, packet.clone(), HostId(1), part, rtt));
        assert_eq!((timeout, again.missing, again.round), (probe_timeout(rtt, 0), 1, 1));
        assert!(dropped(FLOW, packet, HostId(1), all, rtt).is_err());
    }

    #[test]
    fn the_probe_timeout_is_that_of_the_standard_and_doubles() {
        let rtt = RttEstimate { smoothed: Duration::from_millis(100), variation: Duration::from_millis(3) };
        assert_eq!(probe_timeout(rtt, 0), Duration::from_millis(137));
        assert_eq!(probe_timeout(rtt, 2), Duration::from_millis(548));
    }
}
