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

/// A flight of a handshake, by its number from 1 on: a client's, the server's answer to it, and so on with each round trip, of which
/// there are three at the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight(u8);

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
    // Three bits have room for the flights of three round trips.
    let luck = flow.nth(u32::from(handshake.attempt) << 3 | u32::from(handshake.flight.0));
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
    /// A client's first: a SYN, or the hello of QUIC.
    pub const CALL: Flight = Flight(1);

    pub(super) fn is_of_client(self) -> bool {
        self.0 % 2 == 1
    }

    /// How many round trips of the handshake come before its own.
    pub(super) fn round(self) -> usize {
        usize::from((self.0 - 1) / 2)
    }

    /// The one that follows it: of a client's the server's answer, of an answer the client's next.
    pub(super) fn next(self) -> Flight {
        Flight(self.0 + 1)
    }
}

/// Those of TCP and TLS, by their names.
#[cfg(test)]
impl Flight {
    pub(super) const ACCEPT: Flight = Flight(2);
    pub(super) const SERVER_HELLO: Flight = Flight(4);
}

impl Handshake {
    /// When a client's call was sent, or somewhat later: each of its waits is twice the one before.
    pub(super) fn called(self) -> Time {
        let waits = (1 << u32::from(self.attempt - 1).min(16)) - 1;
        self.begun + Duration::from_nanos(waits * self.protocol.traits().first_wait.as_nanos())
    }

    /// For the fingerprint.
    pub(crate) fn digest(self) -> u64 {
        mix(0x7C9 ^ u64::from(self.flight.0) << 16 ^ (self.protocol as u64) << 24)
    }
}
