//! QUIC: handshakes, resumption, and retransmission of what the path loses (RFC 9000, RFC 9002). Congestion control is
//! not modelled: what is sent goes as fast as the uplink takes it, and waits for room in its queue.

use std::collections::BTreeMap;

use super::retransmission::{Missing, Retransmission, again};
use super::{Control, Dropped, Io, MTU, Packets, Transmission, Undelivered};
use crate::network::config::FaultId;
use crate::network::event::Packet;
use crate::network::fate::{Absence, Fate, LossCause};
use crate::network::{Frame, Payload};
use crate::random::{Flow, mix};
use crate::units::{Duration, HostId, Time};

/// Idle time after which a connection closes.
const IDLE: Duration = Duration::from_secs(60);
/// First wait for an answer: three times the initial RTT of 333 ms (RFC 9002, section 6.2.2); it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Attempts after which the client gives up on a handshake.
const TRIES: u32 = 3;
/// IPv4 and UDP (28), a short QUIC header with packet number (about 12), the AEAD tag (16): RFC 9000, RFC 9001.
const HEADERS: u32 = 56;
/// A client's first flight is one datagram, padded to 1200 B of UDP payload (RFC 9000, section 14.1), 28 B of which are
/// the QUIC headers that every packet is given.
const CLIENT_HELLO: u32 = 1200 - 28;
/// A server's first flight: padded Initial and Handshake, two such datagrams.
const SERVER_HELLO: u32 = 2 * CLIENT_HELLO;
/// The QUIC connections of one host, and the messages that wait for a handshake.
///
/// The first message between two hosts costs a round trip; the connection then serves both directions. After 60 s of
/// silence it closes, but its session ticket stays, and the next message travels with the resuming handshake (0-RTT). A host
/// that goes offline keeps its tickets, and forgets what was under way: no timer of an earlier session does anything, nor does
/// an answer to a handshake that has ended. A peer that was offline for less than the idle time keeps its connections.
#[derive(Debug)]
pub(crate) struct Quic<P> {
    peers: BTreeMap<HostId, Connection<P>>,
    /// When the host's session began.
    online_since: Time,
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
    /// A fault that kept a flight, or the answer to one, from passing.
    fault: Option<FaultId>,
    waiting: Vec<(Flow, Packet<P>)>,
}

/// A flight of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Handshake {
    ClientHello = 1,
    ServerHello = 2,
}

/// The timers of a host's QUIC connections.
#[derive(Clone, Debug)]
pub enum Timer<P> {
    /// When packets are declared lost and sent again.
    Retransmit(Box<Retransmission<P>>),
    /// When a handshake that began at `begun` has not been answered in time.
    HandshakeTimeout { peer: HostId, begun: Time },
    /// The flight `flow` has found `peer` offline, or a fault keeps the answer from passing. The host does not learn that; its
    /// messages that wait do, to tell their fate.
    Unanswered { peer: HostId, flow: Flow, fault: Option<FaultId> },
}

/// As many packets as the MTU asks for.
#[inline]
pub(crate) fn packets(payload: u32) -> Packets {
    let count = payload.div_ceil(MTU - HEADERS).max(1);
    Packets { count, bytes: payload + count * HEADERS }
}

impl<P> Default for Quic<P> {
    fn default() -> Quic<P> {
        Quic { peers: BTreeMap::new(), online_since: Time::ZERO }
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
                let (departs, fault) = start_handshake(io, to, flow, 1);
                let attempt = Attempt { begun: now, tries: 1, flow, peer_offline: false, fault, waiting };
                self.peers.insert(to, Connection::Connecting(Box::new(attempt)));
                let timer = Timer::HandshakeTimeout { peer: to, begun: now };
                io.set_timer(departs + FIRST_WAIT, super::Timer::Quic(timer));
            }
        }
    }

    /// A flight of a handshake came from `peer`: there is a connection now, and what waited for it goes. An answer to none that is
    /// under way, or was resumed, is ignored: the host has given that one up, or lost it with an earlier session.
    pub(crate) fn on_handshake(
        &mut self,
        io: &mut impl Io<P>,
        peer: HostId,
        handshake: Handshake,
        flow: Flow,
    ) {
        if handshake == Handshake::ServerHello && !self.peers.get(&peer).is_some_and(|it| it.is_for(flow)) {
            return;
        }
        let known = Connection::Known { used: Some(io.now()) };
        if let Some(Connection::Connecting(attempt)) = self.peers.insert(peer, known) {
            for (flow, packet) in attempt.waiting {
                transmit(io, peer, packet, flow);
            }
        }
        if handshake == Handshake::ClientHello {
            let (_, fault) = send_handshake(io, peer, Handshake::ServerHello, answer_to(flow));
            if fault.is_some() {
                let timer = Timer::Unanswered { peer: io.host(), flow, fault };
                io.tell(io.now() + io.one_way(peer), peer, super::Timer::Quic(timer));
            }
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
            Timer::Retransmit(lost) => self.retransmit(io, *lost),
            Timer::HandshakeTimeout { peer, begun } => self.handshake_timed_out(io, peer, begun),
            Timer::Unanswered { peer, flow, fault } => {
                if let Some(Connection::Connecting(attempt)) = self.peers.get_mut(&peer) {
                    attempt.unanswered(flow, fault);
                }
            }
        }
    }

    /// The host came online.
    pub(crate) fn on_online(&mut self, now: Time) {
        self.online_since = now;
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

    /// Sends what is missing again, unless the host was offline since it left.
    fn retransmit(&self, io: &mut impl Io<P>, message: Retransmission<P>) {
        let Retransmission { to, missing, departed, flow, packet } = message;
        let (Frame::Rest(rest), true) = (&packet.frame, io.is_online() && self.is_of_this_session(departed))
        else {
            return io.end(Fate::Lost(LossCause::SenderLeft), &packet, to);
        };
        let wire = Packets { count: missing, bytes: rest.bytes };
        let luck = flow.nth(rest.times);
        put(io, to, packet, Transmission { wire, flow, luck, waits: true });
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
            let (departs, fault) = start_handshake(io, peer, attempt.flow, attempt.tries);
            attempt.fault = fault.or(attempt.fault);
            let timer = Timer::HandshakeTimeout { peer, begun };
            return io.set_timer(departs + wait, super::Timer::Quic(timer));
        }
        if let Some(Connection::Connecting(attempt)) = self.peers.remove(&peer) {
            let fate = if attempt.peer_offline {
                Fate::ToOffline(Absence::NoConnection)
            } else {
                Fate::Lost(attempt.fault.map_or(LossCause::NoConnection, LossCause::Fault))
            };
            attempt.waiting.iter().for_each(|(_, packet)| io.end(fate, packet, peer));
        }
    }
}

impl<P> Quic<P> {
    /// Whether the host, which is online, was so at this time already, and has not left since.
    pub(crate) fn is_of_this_session(&self, time: Time) -> bool {
        self.online_since <= time
    }

    /// The messages that wait for a handshake with `peer`.
    pub(crate) fn waiting_for(&self, peer: HostId) -> impl Iterator<Item = &P> {
        let attempt = self.peers.get(&peer).and_then(|connection| match connection {
            Connection::Connecting(attempt) => Some(attempt),
            Connection::Known { .. } => None,
        });
        attempt.into_iter().flat_map(|it| &it.waiting).filter_map(|(_, packet)| packet.frame.payload())
    }

    /// How many messages wait for a handshake.
    pub(crate) fn waiting(&self) -> usize {
        let of = |connection: &Connection<P>| match connection {
            Connection::Connecting(attempt) => attempt.waiting.len(),
            Connection::Known { .. } => 0,
        };
        self.peers.values().map(of).sum()
    }
}

impl<P> Connection<P> {
    /// Whether a server's flight can be for it.
    fn is_for(&self, answer: Flow) -> bool {
        match self {
            Connection::Known { used } => used.is_some(),
            Connection::Connecting(attempt) => attempt.flights().any(|flight| answer_to(flight) == answer),
        }
    }
}

impl<P> Attempt<P> {
    /// The flights that were sent.
    fn flights(&self) -> impl Iterator<Item = Flow> + use<P> {
        let flow = self.flow;
        (1..=self.tries).map(move |tries| client_flight(flow, tries))
    }

    /// A flight is not answered, because of a fault or because the peer is offline.
    fn unanswered(&mut self, flow: Flow, fault: Option<FaultId>) {
        if self.flights().any(|flight| flight == flow) {
            self.peer_offline |= fault.is_none();
            self.fault = fault.or(self.fault);
        }
    }
}

/// The flights of a client are drawn for apart from the message that they are for.
fn client_flight(flow: Flow, tries: u32) -> Flow {
    flow.nth(u32::MAX - tries)
}

/// A server's flight follows from the client's.
fn answer_to(client: Flow) -> Flow {
    client.nth(0)
}

/// When a flight, or a message, has left the uplink, and because of which fault none of it comes.
type Put = (Time, Option<FaultId>);

fn start_handshake<P: Payload>(io: &mut impl Io<P>, to: HostId, flow: Flow, tries: u32) -> Put {
    send_handshake(io, to, Handshake::ClientHello, client_flight(flow, tries))
}

/// Sends one flight of a handshake: a message like any other, which loss may take.
fn send_handshake<P: Payload>(io: &mut impl Io<P>, to: HostId, handshake: Handshake, flow: Flow) -> Put {
    io.begin();
    let bytes = packets(handshake.size()).bytes;
    let frame = Frame::Control(Control::Quic(handshake));
    transmit(io, to, Packet { from: io.host(), bytes, frame }, flow)
}

/// Puts a packet on the wire for the first time.
fn transmit<P: Payload>(io: &mut impl Io<P>, to: HostId, packet: Packet<P>, flow: Flow) -> Put {
    let wire = Packets { bytes: packet.bytes, ..packets(packet.frame.size()) };
    put(io, to, packet, Transmission { wire, flow, luck: flow, waits: true })
}

/// Puts a packet on the wire. What the path loses of it is declared lost one probe timeout after it left the uplink.
fn put<P: Payload>(io: &mut impl Io<P>, to: HostId, packet: Packet<P>, sent: Transmission) -> Put {
    let (packet, packets, departed, arrives, fault) = match io.transmit(to, packet, sent) {
        Ok(departs) => return (departs, None),
        // What waits does not find the queue full.
        Err(Undelivered::QueueFull(packet)) => (packet, sent.wire.count, io.now(), None, None),
        Err(Undelivered::Lost { packet, lost, departs, arrives, fault }) => {
            (packet, lost, departs, arrives, fault)
        }
    };
    let bytes = packets.saturating_mul(MTU).min(sent.wire.bytes);
    let missing = Missing { packets, bytes, departed, arrives, fault };
    match again(packet, to, sent.flow, missing, io.rtt(to)) {
        Ok((at, again)) => io.set_timer(at, super::Timer::Quic(Timer::Retransmit(Box::new(again)))),
        Err(packet) => {
            let ever = if let Frame::Rest(rest) = &packet.frame { rest.fault } else { fault };
            io.end(Fate::Lost(LossCause::on_path(ever)), &packet, to);
        }
    }
    (departed, fault)
}

/// Packets of a message were dropped at the downlink of `to`. Returns when its sender misses them, and the timer by which it does.
///
/// # Errors
/// The message, if it is not sent again.
pub(super) fn dropped<P: Payload>(
    flow: Flow,
    packet: Packet<P>,
    to: HostId,
    dropped: Dropped,
) -> Result<(Time, Timer<P>), Packet<P>> {
    let Dropped { overflow, now, rtt, one_way } = dropped;
    let missing = Missing {
        packets: overflow.packets,
        bytes: overflow.bytes,
        // One latency ago, about.
        departed: Time::from_nanos((now.since(Time::ZERO) - one_way).as_nanos()),
        arrives: (overflow.bytes < packet.arriving(false).1).then_some(now),
        fault: None,
    };
    let (at, again) = again(packet, to, flow, missing, rtt)?;
    Ok((at, Timer::Retransmit(Box::new(again))))
}

/// Tells a client that its flight has found the server offline.
pub(super) fn unanswered<P>(handshake: Handshake, peer: HostId, flow: Flow) -> Option<Timer<P>> {
    (handshake == Handshake::ClientHello).then_some(Timer::Unanswered { peer, flow, fault: None })
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
            Timer::Unanswered { peer, flow, .. } => mix(u64::from(flow.get())) ^ u64::from(peer.0),
        }
    }
}

impl<P> Timer<P> {
    pub(super) fn holds_message(&self) -> bool {
        matches!(self, Timer::Retransmit(_))
    }
}

#[cfg(test)]
mod tests;
