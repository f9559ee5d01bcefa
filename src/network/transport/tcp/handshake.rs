//! Handshakes of TCP and TLS: their flights, and how a client waits for answers.

use super::ending::Ending;
use super::segments::{Connection, Security, packets};
use super::timer::{Timer, of};
use crate::network::config::FaultId;
use crate::network::event::Packet;
use crate::network::fate::{Fate, LossCause};
use crate::network::transport::{Control, Io, Transmission, Undelivered};
use crate::network::{Frame, Payload};
use crate::random::{Flow, mix};
use crate::units::{Duration, HostId, Time};

/// First wait for an answer to a SYN (RFC 6298, section 2.1); it doubles.
pub(super) const FIRST_WAIT: Duration = Duration::from_secs(1);
/// A SYN and its answer carry 8 B of options more than segments do.
const SYN: u32 = 8;
/// Of TLS 1.3, about: a client's first flight, and a server's with one certificate of an elliptic-curve key.
const CLIENT_HELLO: u32 = 300;
const SERVER_HELLO: u32 = 1200;

/// A handshake of this host's that is under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub flight: Flight,
    pub begun: Time,
    /// When the flight was sent first.
    pub sent: Time,
    /// Times that it was sent.
    pub tries: u32,
    /// Whether it has found the peer offline.
    pub peer_offline: bool,
    /// A fault that kept a flight, or the answer to one, from passing.
    pub fault: Option<FaultId>,
    /// How the connection before ended.
    pub after: Option<Ending>,
}

/// A flight of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Flight {
    /// A client's first.
    Syn = 1,
    /// A server's answer to it.
    SynAck = 2,
    /// A client's first of TLS.
    ClientHello = 3,
    /// A server's answer to it.
    ServerHello = 4,
}

/// A flight of a handshake, and of which kind of connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handshake {
    pub flight: Flight,
    pub security: Security,
    /// Which attempt of the client's it belongs to.
    pub attempt: u8,
    /// How the client's last connection with the server ended, if it remembers one. A server does not learn that; its messages
    /// that were sent over it do.
    pub after: Option<Ending>,
}

/// Sends a client's flight, and waits for the answer. Returns the fault that keeps the flight from passing, if one does.
pub(super) fn call<P: Payload>(
    io: &mut impl Io<P>,
    (peer, security): (HostId, Security),
    flow: Flow,
    attempt: Attempt,
    wait: Duration,
) -> Option<FaultId> {
    let Attempt { flight, tries, after, .. } = attempt;
    let (departs, fault) =
        send_flight(io, peer, Handshake { flight, security, attempt: tries as u8, after }, flow);
    let connection = Connection { flow, security };
    io.set_timer(departs + wait, of(Timer::Handshake { peer, connection, flight, tries }));
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
    let wire = packets(handshake.size(), Security::Plain);
    let luck = flow.nth(u32::from(handshake.attempt) << 3 | handshake.flight as u32);
    let frame = Frame::Control(Control::Tcp(handshake));
    let packet = Packet { from: io.host(), bytes: wire.bytes, frame };
    match io.transmit(to, packet, Transmission { wire, flow, luck, waits: true }) {
        Ok(departs) => (departs, None),
        Err(Undelivered::QueueFull(packet)) => {
            io.end(Fate::Lost(LossCause::Path), &packet, to);
            (io.now(), None)
        }
        Err(Undelivered::Lost { packet, departs, fault, .. }) => {
            io.end(Fate::Lost(LossCause::on_path(fault)), &packet, to);
            (departs, fault)
        }
    }
}

/// Tells a client that its flight has found the server offline.
pub(crate) fn unanswered<P>(handshake: Handshake, peer: HostId, flow: Flow) -> Option<Timer<P>> {
    let connection = Connection { flow, security: handshake.security };
    let is_call = matches!(handshake.flight, Flight::Syn | Flight::ClientHello);
    is_call.then_some(Timer::Unanswered { peer, connection, fault: None })
}

impl Flight {
    /// What a server answers.
    pub(super) fn answer(self) -> Flight {
        match self {
            Flight::Syn | Flight::SynAck => Flight::SynAck,
            Flight::ClientHello | Flight::ServerHello => Flight::ServerHello,
        }
    }
}

impl Handshake {
    /// Bytes that TCP is given.
    pub(crate) fn size(self) -> u32 {
        match self.flight {
            Flight::Syn | Flight::SynAck => SYN,
            Flight::ClientHello => CLIENT_HELLO,
            Flight::ServerHello => SERVER_HELLO,
        }
    }

    /// For the fingerprint.
    pub(crate) fn digest(self) -> u64 {
        mix(0x7C9 ^ (self.flight as u64) << 16 ^ (self.security as u64) << 24)
    }
}
