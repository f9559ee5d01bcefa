//! Handshakes of TCP, TLS and QUIC: their flights, and how a client waits for answers.

use super::ending::Ending;
use super::protocol::Protocol;
use super::segments::Connection;
use super::timer::Timer;
use crate::network::event::Packet;
use crate::network::fate::{Fate, LossCause};
use crate::network::fault::FaultId;
use crate::network::transport::{Io, Transmission, Undelivered};
use crate::network::{Frame, Payload};
use crate::random::{Flow, mix};
use crate::units::{Duration, HostId, Time};

/// A handshake of this host's that is under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub flight: Flight,
    pub begun: Time,
    /// When the flight was sent first.
    pub sent: Time,
    /// Times that it was sent.
    pub tries: u32,
    /// Whether a session is resumed: messages go at once.
    pub resumes: bool,
    /// Whether it has found the peer offline.
    pub peer_offline: bool,
    /// How the connection before ended.
    pub after: Option<Ending>,
    /// A fault that kept a flight, or the answer to one, from passing.
    pub fault: Option<FaultId>,
}

/// A flight of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Flight {
    /// A client's first: a SYN, or the hello of QUIC.
    Call = 1,
    /// A server's answer to it.
    Accept = 2,
    /// A client's first of a second handshake: that of TLS.
    ClientHello = 3,
    /// A server's answer to it.
    ServerHello = 4,
}

/// A flight of a handshake, and of which kind of connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handshake {
    pub flight: Flight,
    pub protocol: Protocol,
    /// Which attempt of the client's it belongs to.
    pub attempt: u8,
    /// How the client's last connection with the server ended, if it remembers one. A server does not learn that; its messages
    /// that were sent over it do.
    pub after: Option<Ending>,
    /// When the client began.
    pub begun: Time,
    /// Whether its messages travel beside its calls.
    pub resumes: bool,
}

/// Sends a client's flight, and waits for the answer. Returns the fault that keeps the flight from passing, if one does.
pub(super) fn call<P: Payload>(
    io: &mut impl Io<P>,
    (peer, protocol): (HostId, Protocol),
    flow: Flow,
    attempt: Attempt,
    wait: Duration,
) -> Option<FaultId> {
    let Attempt { flight, tries, after, resumes, .. } = attempt;
    let handshake =
        Handshake { flight, protocol, attempt: tries as u8, after, begun: attempt.begun, resumes };
    let (departs, fault) = send_flight(io, peer, handshake, flow);
    let connection = Connection { flow, protocol };
    io.set_timer(departs + wait, Timer::Handshake { peer, connection, flight, tries });
    fault
}

/// Sends one flight of a handshake: a message like any other, which loss may take. Returns when it leaves the uplink, and the
/// fault that keeps it from passing, if one does.
pub(super) fn send_flight<P: Payload>(
    io: &mut impl Io<P>,
    to: HostId,
    handshake: Handshake,
    flow: Flow,
) -> (Time, Option<FaultId>) {
    io.begin();
    let wire = handshake.protocol.flight(handshake.flight);
    let luck = flow.nth(u32::from(handshake.attempt) << 3 | handshake.flight as u32);
    let frame = Frame::Control(handshake);
    let packet = Packet { from: io.host(), bytes: wire.bytes, frame };
    match io.transmit(to, packet, Transmission { wire, flow, luck, waits: true }) {
        Ok(departs) => (departs, None),
        Err(undelivered) => match *undelivered {
            Undelivered::QueueFull(packet) => {
                io.end(Fate::Lost(LossCause::Path), &packet, to);
                (io.now(), None)
            }
            Undelivered::Lost { packet, departs, fault, .. } => {
                io.end(Fate::Lost(LossCause::on_path(fault)), &packet, to);
                (departs, fault)
            }
        },
    }
}

/// Tells a client that its flight has found the server offline.
pub(crate) fn unanswered<P>(handshake: Handshake, peer: HostId, flow: Flow) -> Option<Timer<P>> {
    let connection = Connection { flow, protocol: handshake.protocol };
    handshake.flight.is_of_client().then_some(Timer::Unanswered { peer, connection, fault: None })
}

/// Tells a client that a fault keeps a flight from passing a relay: its own, or the answer to it. Gives back whom to tell.
pub(crate) fn held_back<P>(
    handshake: Handshake,
    (from, to): (HostId, HostId),
    flow: Flow,
    fault: FaultId,
) -> (HostId, Timer<P>) {
    let connection = Connection { flow, protocol: handshake.protocol };
    let (client, peer) = if handshake.flight.is_of_client() { (from, to) } else { (to, from) };
    (client, Timer::Unanswered { peer, connection, fault: Some(fault) })
}

impl Flight {
    pub(super) fn is_of_client(self) -> bool {
        matches!(self, Flight::Call | Flight::ClientHello)
    }

    /// Whether it is one of the handshake that follows the first.
    pub(super) fn is_second(self) -> bool {
        matches!(self, Flight::ClientHello | Flight::ServerHello)
    }

    /// What a server answers.
    pub(super) fn answer(self) -> Flight {
        match self {
            Flight::Call | Flight::Accept => Flight::Accept,
            Flight::ClientHello | Flight::ServerHello => Flight::ServerHello,
        }
    }
}

impl Handshake {
    /// When a client's call was sent, or somewhat later: each of its waits is twice the one before.
    pub(super) fn called(self) -> Time {
        let waits = (1 << u32::from(self.attempt - 1).min(16)) - 1;
        self.begun + Duration::from_nanos(waits * self.protocol.traits().first_wait.as_nanos())
    }

    /// For the fingerprint.
    pub(crate) fn digest(self) -> u64 {
        mix(0x7C9 ^ (self.flight as u64) << 16 ^ (self.protocol as u64) << 24)
    }
}
