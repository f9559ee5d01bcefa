//! QUIC: handshakes, resumption, and retransmission of what the path loses (RFC 9000, RFC 9002). Congestion control is
//! not modelled: what is sent goes as fast as the uplink takes it.

use std::collections::BTreeMap;

use super::{Control, Io, MTU, Packets, RttEstimate, Undelivered};
use crate::network::event::Packet;
use crate::network::fate::{Absence, Fate, LossCause, Side};
use crate::network::{Frame, Payload};
use crate::random::mix;
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
    waiting: Vec<Packet<P>>,
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
    /// Packets of the whole message.
    packets: u32,
    /// How often it was retransmitted.
    round: u32,
    packet: Packet<P>,
}

/// The timers of a host's QUIC connections.
#[derive(Clone, Debug)]
pub enum Timer<P> {
    /// When packets are declared lost and sent again.
    Retransmit(Box<Retransmission<P>>),
    /// When a handshake that began at `begun` has not been answered in time.
    HandshakeTimeout { peer: HostId, begun: Time },
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

impl<P: Payload> Quic<P> {
    /// A payload goes over the connection with `to`, or waits for one.
    pub(crate) fn send(&mut self, io: &mut impl Io<P>, to: HostId, payload: P) {
        let bytes = packets(payload.size()).bytes;
        let packet = Packet { from: io.host(), bytes, frame: Frame::Payload(payload) };
        let now = io.now();
        match self.peers.get_mut(&to) {
            Some(Connection::Known { used }) => {
                let is_open = used.is_some_and(|used| now.since(used) <= IDLE);
                *used = Some(now);
                if !is_open {
                    start_handshake(io, to);
                }
                transmit(io, to, packet);
            }
            Some(Connection::Connecting(attempt)) => attempt.waiting.push(packet),
            None => {
                let attempt = Attempt { begun: now, tries: 1, waiting: vec![packet] };
                self.peers.insert(to, Connection::Connecting(Box::new(attempt)));
                start_handshake(io, to);
                let timer = Timer::HandshakeTimeout { peer: to, begun: now };
                io.set_timer(now + FIRST_WAIT, super::Timer::Quic(timer));
            }
        }
    }

    /// A flight of a handshake came from `peer`: there is a connection now, and what waited for it goes.
    pub(crate) fn on_handshake(&mut self, io: &mut impl Io<P>, peer: HostId, handshake: Handshake) {
        let known = Connection::Known { used: Some(io.now()) };
        if let Some(Connection::Connecting(attempt)) = self.peers.insert(peer, known) {
            attempt.waiting.into_iter().for_each(|packet| transmit(io, peer, packet));
        }
        if handshake == Handshake::ClientHello {
            send_handshake(io, peer, Handshake::ServerHello);
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
                    attempt.waiting.iter().for_each(|packet| io.end(lost, packet, peer));
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
            start_handshake(io, peer);
            let timer = Timer::HandshakeTimeout { peer, begun };
            return io.set_timer(io.now() + wait, super::Timer::Quic(timer));
        }
        if let Some(Connection::Connecting(attempt)) = self.peers.remove(&peer) {
            let fate = Fate::ToOffline(Absence::NoConnection);
            attempt.waiting.iter().for_each(|packet| io.end(fate, packet, peer));
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

fn start_handshake<P: Payload>(io: &mut impl Io<P>, to: HostId) {
    send_handshake(io, to, Handshake::ClientHello);
}

/// Sends one flight of a handshake: a message like any other, which loss may take.
fn send_handshake<P: Payload>(io: &mut impl Io<P>, to: HostId, handshake: Handshake) {
    io.begin();
    let bytes = packets(handshake.size()).bytes;
    let frame = Frame::Control(Control::Quic(handshake));
    transmit(io, to, Packet { from: io.host(), bytes, frame });
}

/// Puts a packet on the wire for the first time.
fn transmit<P: Payload>(io: &mut impl Io<P>, to: HostId, packet: Packet<P>) {
    let wire = Packets { bytes: packet.bytes, ..packets(packet.frame.size()) };
    match io.transmit(to, packet, wire) {
        Ok(()) => {}
        Err(Undelivered::QueueFull(packet)) => io.end(Fate::DroppedQueue(Side::Uplink), &packet, to),
        Err(Undelivered::Lost { packet, lost, departs }) => {
            let lost = Retransmission { to, missing: lost, packets: wire.count, round: 0, packet };
            retransmit_later(io, Box::new(lost), departs);
        }
    }
}

/// Declares packets lost one probe timeout after they left the uplink at `departs`. A lost handshake is not sent again from
/// here: a first one has a timer of its own, and nobody waits for a resuming one, as its payload travels beside it.
fn retransmit_later<P: Payload>(io: &mut impl Io<P>, mut lost: Box<Retransmission<P>>, departs: Time) {
    if lost.round >= ROUNDS || matches!(lost.packet.frame, Frame::Control(_)) {
        return io.end(Fate::Lost(LossCause::Path), &lost.packet, lost.to);
    }
    let wait = probe_timeout(io.rtt(lost.to), lost.round);
    lost.round += 1;
    io.set_timer(departs + wait, super::Timer::Quic(Timer::Retransmit(lost)));
}

/// Sends what is missing again; a full queue costs another round.
fn retransmit<P: Payload>(io: &mut impl Io<P>, message: Retransmission<P>) {
    let Retransmission { to, missing, packets, round, packet } = message;
    if !io.is_online() {
        return io.end(Fate::Lost(LossCause::SenderLeft), &packet, to);
    }
    let whole = packet.bytes;
    let bytes = if packets == 1 { whole } else { (missing * MTU).min(whole) };
    let again = |missing, packet| Box::new(Retransmission { to, missing, packets, round, packet });
    match io.transmit(to, packet, Packets { count: missing, bytes }) {
        Ok(()) => {}
        Err(Undelivered::QueueFull(packet)) if round >= ROUNDS => {
            io.end(Fate::DroppedQueue(Side::Uplink), &packet, to);
        }
        Err(Undelivered::QueueFull(packet)) => retransmit_later(io, again(missing, packet), io.now()),
        Err(Undelivered::Lost { packet, lost, departs }) => {
            retransmit_later(io, again(lost, packet), departs);
        }
    }
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
        quic.on_handshake(&mut host, PEER, Handshake::ServerHello);
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
        quic.send(&mut host, PEER, 10);
        quic.send(&mut host, PEER, 20);
        assert_eq!((host.frames(), quic.waiting(), host.begun), (vec![CLIENT], 2, 1));
        quic.on_handshake(&mut host, PEER, Handshake::ServerHello);
        assert_eq!((host.frames(), quic.waiting()), ([10, 20].map(Frame::Payload).to_vec(), 0));
        quic.send(&mut host, PEER, 30);
        assert_eq!(host.frames(), [Frame::Payload(30)]);
    }

    #[test]
    fn a_server_answers_a_handshake() {
        let (mut host, mut quic) = (TestHost::at(s(0)), Quic::default());
        quic.on_handshake(&mut host, PEER, Handshake::ClientHello);
        quic.send(&mut host, PEER, 10);
        assert_eq!(host.frames(), [SERVER, Frame::Payload(10)]);
    }

    #[test]
    fn an_idle_connection_is_resumed_without_a_round_trip() {
        let (mut host, mut quic) = connected();
        quic.on_payload(s(30), PEER);
        for (at, frames) in [(90, vec![10]), (151, vec![0, 10]), (152, vec![10])] {
            host.now = s(at);
            quic.send(&mut host, PEER, 10);
            let expected = |frame| if frame == 0 { CLIENT } else { Frame::Payload(frame) };
            assert_eq!(host.frames(), frames.into_iter().map(expected).collect::<Vec<_>>(), "at {at} s");
        }
    }

    #[test]
    fn a_handshake_is_tried_three_times_with_growing_timeouts() {
        let (mut host, mut quic) = (TestHost::at(s(5)), Quic::default());
        quic.send(&mut host, PEER, 10);
        let mut fired = Vec::new();
        while !host.timers.is_empty() {
            let timer = fire(&mut host);
            fired.push(host.now);
            quic.on_timer(&mut host, timer);
        }
        assert_eq!(fired, [s(6), s(8), s(12)]);
        assert_eq!(host.frames(), [CLIENT; 3]);
        assert_eq!(host.ended, [(PEER, Fate::ToOffline(Absence::NoConnection))]);
    }

    #[test]
    fn the_timer_of_an_answered_handshake_does_nothing() {
        let (mut host, mut quic) = (TestHost::at(s(5)), Quic::default());
        quic.send(&mut host, PEER, 10);
        quic.on_handshake(&mut host, PEER, Handshake::ServerHello);
        host.transmitted.clear();
        let timer = fire(&mut host);
        quic.on_timer(&mut host, timer);
        assert!(host.transmitted.is_empty() && host.timers.is_empty() && host.ended.is_empty());
    }

    #[test]
    fn a_host_that_goes_offline_keeps_tickets_but_not_connections() {
        let (mut host, mut quic) = connected();
        quic.send(&mut host, HostId(1), 10);
        quic.on_offline(&mut host);
        assert_eq!(host.ended, [(HostId(1), Fate::Lost(LossCause::SenderLeft))]);
        host.transmitted.clear();
        quic.send(&mut host, PEER, 20);
        quic.send(&mut host, HostId(1), 30);
        assert_eq!(host.frames(), [CLIENT, Frame::Payload(20), CLIENT]);
    }

    #[test]
    fn what_is_lost_is_retransmitted_after_the_probe_timeout_and_given_up_in_the_end() {
        let (mut host, mut quic) = connected();
        host.failures = vec![Some(Failure::Lost { packets: 2 }), Some(Failure::QueueFull)];
        quic.send(&mut host, PEER, 10_000);
        assert_eq!(host.timers[0].0, s(0) + Duration::from_millis(137));
        // A full queue costs a round; then the two packets go.
        for _ in 0..2 {
            let timer = fire(&mut host);
            quic.on_timer(&mut host, timer);
        }
        assert_eq!(host.transmitted, [(PEER, Frame::Payload(10_000), 3000)]);
        host.failures = vec![Some(Failure::Lost { packets: 1 }); 9];
        quic.send(&mut host, PEER, 10);
        while !host.timers.is_empty() {
            let timer = fire(&mut host);
            quic.on_timer(&mut host, timer);
        }
        assert_eq!(host.ended, [(PEER, Fate::Lost(LossCause::Path))]);
    }

    #[test]
    fn the_probe_timeout_is_that_of_the_standard_and_doubles() {
        let rtt = RttEstimate { smoothed: Duration::from_millis(100), variation: Duration::from_millis(3) };
        assert_eq!(probe_timeout(rtt, 0), Duration::from_millis(137));
        assert_eq!(probe_timeout(rtt, 2), Duration::from_millis(548));
    }
}
