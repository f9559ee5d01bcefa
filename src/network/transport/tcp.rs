//! TCP, with TLS 1.3 or without: handshakes, order, congestion control and retransmission (RFC 9293, RFC 5681, RFC 6298,
//! RFC 9438).
//!
//! The model is one of flights, not of segments: what a sender may send at once, at most a quarter of its window, goes over
//! links and path as one train of segments, and is acknowledged as a whole when the first of them has come. Acknowledgements
//! take the time of their path, but no room at links, and none is lost.

mod cubic;
mod handshake;
mod receiver;
mod rtt;
mod segments;
mod sender;
mod timer;

use std::collections::BTreeMap;

use super::Io;
use crate::network::config::FaultId;
use crate::network::event::Packet;
use crate::network::fate::{Absence, Fate, LossCause};
use crate::network::{Frame, Payload};
use crate::random::Flow;
use crate::units::{Duration, HostId, Time};
use handshake::{Attempt, FIRST_WAIT, Flight, call, send_flight};
pub(super) use handshake::{Handshake, unanswered};
use receiver::Receiver;
use segments::Connection;
pub(crate) use segments::{Security, Segments, packets};
use sender::{Remains, Sender};
use timer::{Acknowledged, of};
pub(crate) use timer::{Head, Lost, Timer};

/// Idle time after which a connection closes.
const IDLE: Duration = Duration::from_secs(60);
/// When a client gives up: after six more attempts, as Linux does.
const PATIENCE: Duration = Duration::from_secs(127);
/// The TCP connections of one host: one with each peer, which serves both directions.
///
/// A first message costs one round trip, or two with TLS. After 60 s of silence the connection closes, and the next message
/// begins anew. A host that goes offline forgets its connections; a peer that goes on sending is told so when the host is back.
#[derive(Debug)]
pub(crate) struct Tcp<P> {
    peers: BTreeMap<(HostId, Security), Box<Peer<P>>>,
}

#[derive(Debug)]
struct Peer<P> {
    flow: Flow,
    state: State,
    /// When it was made, or answered.
    begun: Time,
    used: Time,
    sender: Sender<P>,
    receiver: Receiver<P>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// A handshake of this host's is under way.
    Connecting(Attempt),
    Open,
}

impl<P> Default for Tcp<P> {
    fn default() -> Tcp<P> {
        Tcp { peers: BTreeMap::new() }
    }
}

impl<P: Payload> Tcp<P> {
    /// A payload goes over the connection with `to`, or waits for one.
    pub(crate) fn send(
        &mut self,
        io: &mut impl Io<P>,
        to: HostId,
        payload: P,
        (flow, security): (Flow, Security),
    ) {
        let (now, key) = (io.now(), (to, security));
        if self.peers.get(&key).is_none_or(|peer| peer.is_closed(now)) {
            self.connect(io, key, flow.nth(u32::MAX));
        }
        if let Some(peer) = self.peers.get_mut(&key) {
            let connection = Connection { flow: peer.flow, security };
            peer.used = now;
            peer.sender.push(flow, payload, connection);
            if matches!(peer.state, State::Open) {
                peer.sender.pump(io, to, connection);
            }
        }
    }

    /// A flight of a handshake came from `peer`, for the connection of this flow.
    pub(crate) fn on_handshake(&mut self, io: &mut impl Io<P>, peer: HostId, it: Handshake, flow: Flow) {
        let key = (peer, it.security);
        match it.flight {
            Flight::SynAck | Flight::ServerHello => return self.on_answer(io, key, flow, it.flight),
            Flight::Syn => self.on_syn(io, key, flow),
            Flight::ClientHello => {}
        }
        if self.find(key, flow).is_some() {
            let (_, fault) = send_flight(io, peer, Handshake { flight: it.flight.answer(), ..it }, flow);
            if fault.is_some() {
                let connection = Connection { flow, security: it.security };
                let timer = Timer::Unanswered { peer: io.host(), connection, fault };
                io.tell(io.now() + io.one_way(peer), peer, of(timer));
            }
        }
    }

    /// Segments of a peer have passed the downlink. Returns the message that is delivered by that, if one is; the others of the
    /// same time follow.
    pub(crate) fn on_segments(
        &mut self,
        io: &mut impl Io<P>,
        from: HostId,
        segments: Segments<P>,
    ) -> Option<(Flow, Packet<P>)> {
        let (connection, now) = (segments.sent.connection, io.now());
        let back = now + io.one_way(from);
        let Some(peer) = self.find((from, connection.security), connection.flow) else {
            io.tell(back, from, of(Timer::Reset { peer: io.host(), connection }));
            let offline = Fate::ToOffline(Absence::Offline);
            segments.into_message(from).iter().for_each(|packet| io.end(offline, packet, io.host()));
            return None;
        };
        peer.used = now;
        if !segments.streamed {
            let acknowledged = Acknowledged { peer: io.host(), sent: segments.sent };
            io.tell(back, from, of(Timer::Acknowledged(Box::new(acknowledged))));
        }
        peer.receiver.take(from, segments);
        let first = peer.receiver.next();
        while let Some((flow, packet)) = peer.receiver.next() {
            io.deliver(flow, packet);
        }
        first
    }

    /// A timer has fired.
    pub(crate) fn on_timer(&mut self, io: &mut impl Io<P>, timer: Timer<P>) {
        match timer {
            Timer::Head(head) => self.on_head(io, *head),
            Timer::Acknowledged(it) => {
                let Acknowledged { peer, sent } = *it;
                self.with_sender(io, peer, sent.connection, |sender, io| sender.on_acknowledged(io, sent));
            }
            Timer::Lost(lost) => self.on_lost(io, *lost),
            Timer::Resume { peer, connection } => {
                self.with_sender(io, peer, connection, |sender, _| sender.resume());
            }
            Timer::Retransmission { peer, connection } => self.on_retransmission(io, peer, connection),
            Timer::Reset { peer, connection } => self.on_reset(io, peer, connection),
            Timer::Gone { peer, connection, cause } => {
                if let Some(it) = self.find((peer, connection.security), connection.flow) {
                    let waiting = std::mem::take(&mut it.receiver).into_waiting();
                    waiting.for_each(|packet| io.end(Fate::Lost(cause), &packet, io.host()));
                }
            }
            Timer::Handshake { peer, connection, flight, tries } => {
                self.on_unanswered(io, (peer, connection.security), connection.flow, (flight, tries));
            }
            Timer::Unanswered { peer, connection, fault } => {
                self.unanswered((peer, connection.security), connection.flow, fault);
            }
        }
    }

    /// The host went offline: its connections are gone, and what waited with them.
    pub(crate) fn on_offline(&mut self, io: &mut impl Io<P>) {
        let cause = LossCause::SenderLeft;
        for (key, peer) in std::mem::take(&mut self.peers) {
            let unsent = leave(io, key, *peer, (Fate::Lost(cause), cause), Fate::ToOffline(Absence::Offline));
            lose(io, key.0, unsent, key.1, Fate::Lost(cause));
        }
    }

    fn find(&mut self, key: (HostId, Security), flow: Flow) -> Option<&mut Peer<P>> {
        self.peers.get_mut(&key).map(|peer| &mut **peer).filter(|peer| peer.flow == flow)
    }

    /// Begins a handshake. What waits at an old connection waits for the new one.
    fn connect(&mut self, io: &mut impl Io<P>, key: (HostId, Security), flow: Flow) {
        let now = io.now();
        let attempt = Attempt {
            flight: Flight::Syn,
            begun: now,
            sent: now,
            tries: 1,
            peer_offline: false,
            fault: None,
        };
        self.replace(io, key, Peer::new(flow, State::Connecting(attempt), now, io.rtt(key.0).smoothed));
        self.call(io, key, flow, attempt, FIRST_WAIT);
    }

    /// A new connection takes the place of an old one, if there is one, of which the peer knows nothing.
    fn replace(&mut self, io: &mut impl Io<P>, key: (HostId, Security), new: Peer<P>) {
        let connection = Connection { flow: new.flow, security: key.1 };
        let Some(old) = self.peers.insert(key, Box::new(new)) else { return };
        let gone = (Fate::ToOffline(Absence::Offline), LossCause::SenderLeft);
        let unsent = leave(io, key, *old, gone, Fate::Lost(LossCause::SenderLeft));
        if let Some(peer) = self.peers.get_mut(&key) {
            unsent.into_iter().for_each(|(flow, payload)| peer.sender.push(flow, payload, connection));
        }
    }

    /// A peer calls. Of two that call each other at once, the one with the smaller number is the client.
    fn on_syn(&mut self, io: &mut impl Io<P>, key: (HostId, Security), flow: Flow) {
        let (now, (peer, security)) = (io.now(), key);
        let connection = Connection { flow, security };
        if self.find(key, flow).is_none() {
            let rtt = io.rtt(peer).smoothed;
            // The peer's call may come after its answer.
            let is_called =
                |it: &Peer<P>| matches!(it.state, State::Connecting(_)) || now.since(it.begun) <= rtt;
            if io.host() < peer && self.peers.get(&key).is_some_and(|it| is_called(it)) {
                return;
            }
            self.replace(io, key, Peer::new(flow, State::Open, now, rtt));
            // Its own messages wait until the client has answered to what is sent now.
            let rounds = if security == Security::Tls { 2 } else { 1 };
            let opens = now + Duration::from_nanos(rounds * rtt.as_nanos());
            if let Some(it) = self.find(key, flow) {
                it.sender.pause(io, opens, peer, connection);
            }
        }
    }

    /// A server has answered.
    fn on_answer(&mut self, io: &mut impl Io<P>, key: (HostId, Security), flow: Flow, answer: Flight) {
        let (now, (to, security)) = (io.now(), key);
        let Some(peer) = self.find(key, flow) else { return };
        let State::Connecting(attempt) = peer.state else { return };
        if answer != attempt.flight.answer() {
            return;
        }
        peer.used = now;
        if attempt.tries == 1 {
            peer.sender.measured(now.since(attempt.sent));
        }
        if answer == Flight::SynAck && security == Security::Tls {
            let attempt =
                Attempt { flight: Flight::ClientHello, sent: now, tries: 1, fault: None, ..attempt };
            peer.state = State::Connecting(attempt);
            let wait = peer.sender.timeout();
            return self.call(io, key, flow, attempt, wait);
        }
        (peer.state, peer.begun) = (State::Open, now);
        peer.sender.pump(io, to, Connection { flow, security });
    }

    /// Tries again, with twice the time-out each time, or gives up on the peer.
    fn on_unanswered(
        &mut self,
        io: &mut impl Io<P>,
        key: (HostId, Security),
        flow: Flow,
        sent: (Flight, u32),
    ) {
        let now = io.now();
        let Some(peer) = self.find(key, flow) else { return };
        let State::Connecting(attempt) = &mut peer.state else { return };
        if (attempt.flight, attempt.tries) != sent {
            return;
        }
        if now.since(attempt.begun) < PATIENCE {
            let first = if attempt.flight == Flight::Syn { FIRST_WAIT } else { peer.sender.timeout() };
            let wait = Duration::from_nanos(first.as_nanos() << attempt.tries.min(16));
            attempt.tries += 1;
            let attempt = *attempt;
            return self.call(io, key, flow, attempt, wait);
        }
        let fate = if attempt.peer_offline {
            Fate::ToOffline(Absence::NoConnection)
        } else {
            Fate::Lost(attempt.fault.map_or(LossCause::NoConnection, LossCause::Fault))
        };
        self.give_up(io, key, fate, LossCause::NoConnection);
    }

    /// Sends a flight of a handshake.
    fn call(
        &mut self,
        io: &mut impl Io<P>,
        key: (HostId, Security),
        flow: Flow,
        attempt: Attempt,
        wait: Duration,
    ) {
        let fault = call(io, key, flow, attempt, wait);
        if fault.is_some() {
            self.unanswered(key, flow, fault);
        }
    }

    /// A flight of a handshake will not be answered, because of a fault or because the peer is offline.
    fn unanswered(&mut self, key: (HostId, Security), flow: Flow, fault: Option<FaultId>) {
        if let Some(State::Connecting(attempt)) = self.find(key, flow).map(|it| &mut it.state) {
            attempt.peer_offline |= fault.is_none();
            attempt.fault = fault.or(attempt.fault);
        }
    }

    /// The first of some segments has come: when it has passed, its acknowledgement goes back.
    fn on_head(&mut self, io: &mut impl Io<P>, head: Head) {
        let Head { from, sent, stream } = head;
        let Some(passes) = io.first_passes(stream) else { return };
        if self.find((from, sent.connection.security), sent.connection.flow).is_some() {
            let acknowledged = Acknowledged { peer: io.host(), sent };
            io.tell(passes + io.one_way(from), from, of(Timer::Acknowledged(Box::new(acknowledged))));
        }
    }

    fn on_lost(&mut self, io: &mut impl Io<P>, lost: Lost<P>) {
        let Lost { peer, segments, offline } = lost;
        let connection = segments.sent.connection;
        if self.find((peer, connection.security), connection.flow).is_none() {
            let fate =
                if offline { Fate::ToOffline(Absence::Offline) } else { Fate::Lost(LossCause::SenderLeft) };
            segments.into_message(io.host()).iter().for_each(|packet| io.end(fate, packet, peer));
            return;
        }
        self.with_sender(io, peer, connection, |sender, io| sender.on_lost(io, peer, segments, offline));
    }

    fn on_retransmission(&mut self, io: &mut impl Io<P>, peer: HostId, connection: Connection) {
        let key = (peer, connection.security);
        let Some(it) = self.find(key, connection.flow) else { return };
        if it.sender.on_timer(io, peer, connection) {
            it.sender.pump(io, peer, connection);
        } else if it.sender.found_offline() {
            self.give_up(io, key, Fate::ToOffline(Absence::Offline), LossCause::Path);
        } else {
            let cause = it.sender.cause();
            self.give_up(io, key, Fate::Lost(cause), cause);
        }
    }

    /// The peer has forgotten the connection: what was sent is lost, and what was not is sent over another one.
    fn on_reset(&mut self, io: &mut impl Io<P>, peer: HostId, connection: Connection) {
        let key = (peer, connection.security);
        let Some(it) = self.find(key, connection.flow) else { return };
        if it.sender.has_unsent() {
            self.connect(io, key, connection.flow.nth(u32::MAX));
        } else {
            self.give_up(io, key, Fate::ToOffline(Absence::Offline), LossCause::SenderLeft);
        }
    }

    /// The connection is gone, and what waits here is lost.
    fn give_up(&mut self, io: &mut impl Io<P>, key: (HostId, Security), fate: Fate, cause: LossCause) {
        if let Some(peer) = self.peers.remove(&key) {
            let unsent = leave(io, key, *peer, (fate, cause), Fate::Lost(cause));
            lose(io, key.0, unsent, key.1, fate);
        }
    }

    /// Something happens to the sending half of a connection, which sends what it then can.
    fn with_sender<I: Io<P>>(
        &mut self,
        io: &mut I,
        peer: HostId,
        connection: Connection,
        happens: impl FnOnce(&mut Sender<P>, &mut I),
    ) {
        let now = io.now();
        if let Some(it) = self.find((peer, connection.security), connection.flow) {
            it.used = now;
            happens(&mut it.sender, io);
            it.sender.pump(io, peer, connection);
        }
    }
}

impl<P> Tcp<P> {
    /// Memory of a connection: nodes of the tree are about two thirds full.
    pub(crate) const BYTES_A_CONNECTION: usize =
        3 * size_of::<((HostId, Security), Box<Peer<P>>)>() / 2 + size_of::<Peer<P>>();

    /// How many messages wait: for a handshake, for the window, to be sent again, or for others before them.
    pub(crate) fn waiting(&self) -> usize {
        self.peers.values().map(|peer| peer.sender.waiting() + peer.receiver.waiting()).sum()
    }
}

impl<P: Payload> Peer<P> {
    fn new(flow: Flow, state: State, now: Time, rtt: Duration) -> Peer<P> {
        Peer { flow, state, begun: now, used: now, sender: Sender::new(rtt), receiver: Receiver::default() }
    }

    /// Whether it has been idle for so long that it is closed.
    fn is_closed(&self, now: Time) -> bool {
        let is_open = matches!(self.state, State::Open);
        let is_busy = self.sender.is_busy() || self.receiver.waiting() > 0;
        is_open && !is_busy && now.since(self.used) > IDLE
    }
}

/// A connection is gone at this end: what was sent of its messages ends as the first fate says, and as its cause at the peer's
/// end; what had come from the peer but waited for more, as `theirs` says. Returns the messages of which nothing was sent.
fn leave<P: Payload>(
    io: &mut impl Io<P>,
    (to, security): (HostId, Security),
    peer: Peer<P>,
    (ours, cause): (Fate, LossCause),
    theirs: Fate,
) -> Vec<(Flow, P)> {
    let connection = Connection { flow: peer.flow, security };
    let arrives = peer.sender.arrives();
    let Remains { unsent, broken, is_open } = peer.sender.into_remains(io.host());
    broken.iter().for_each(|packet| io.end(ours, packet, to));
    peer.receiver.into_waiting().for_each(|packet| io.end(theirs, &packet, io.host()));
    if is_open {
        // What has left may still come, and wait at the peer for what will not.
        let at = arrives.max(io.now() + io.one_way(to)) + IDLE;
        io.tell(at, to, of(Timer::Gone { peer: io.host(), connection, cause }));
    }
    unsent
}

/// Messages that were not sent have met this end.
fn lose<P: Payload>(io: &mut impl Io<P>, to: HostId, unsent: Vec<(Flow, P)>, security: Security, fate: Fate) {
    for (_, payload) in unsent {
        let bytes = packets(payload.size(), security).bytes;
        io.end(fate, &Packet { from: io.host(), bytes, frame: Frame::Payload(payload) }, to);
    }
}

#[cfg(test)]
mod tests;
