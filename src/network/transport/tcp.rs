//! TCP, with TLS 1.3 or without: handshakes, order, congestion control and retransmission (RFC 9293, RFC 5681, RFC 6298,
//! RFC 9438).
//!
//! The model is one of flights, not of segments: what a sender may send at once, at most a quarter of its window, goes over
//! links and path as one train of segments, and is acknowledged as a whole when the first of them has come. Acknowledgements
//! take no room at links, but their path loses and delays them: n of them, one a segment, are lost when the path would lose n
//! packets, and the next one that comes says the same. What a sender does not hear of in time it sends again, and the receiver
//! acknowledges it again.

mod cubic;
mod ending;
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
use ending::Ending;
use handshake::{Attempt, FIRST_WAIT, Flight, call, send_flight};
pub(super) use handshake::{Handshake, unanswered};
use receiver::Receiver;
use segments::{Connection, Train};
pub(crate) use segments::{Security, Segments, packets};
use sender::{LUCK_OF_ACKNOWLEDGEMENT, Remains, Sender};
use timer::{Acknowledged, Unacknowledged, of};
pub(crate) use timer::{Head, Lost, Timer};

/// Idle time after which a connection is closed: the host's next message goes over another one. What it keeps of the connection
/// stays until then, and it still takes what the peer sends over it.
const IDLE: Duration = Duration::from_secs(60);
/// When a client gives up: after six more attempts, as Linux does.
const PATIENCE: Duration = Duration::from_secs(127);
/// The TCP connections of one host: one with each peer, which serves both directions.
///
/// A first message costs one round trip, or two with TLS. After 60 s of silence the connection closes, and the next message
/// begins anew; what a peer has sent meanwhile over the old one it sends again over the new one. A host that goes offline forgets
/// its connections; a peer that goes on sending is told so when the host is back.
#[derive(Debug)]
pub(crate) struct Tcp<P> {
    peers: BTreeMap<Key, Box<Peer<P>>>,
    /// The last connection of those with a peer that has ended, and how.
    ended: BTreeMap<Key, (Flow, Ending)>,
}

/// A peer, and which kind of connection.
type Key = (HostId, Security);

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
        Tcp { peers: BTreeMap::new(), ended: BTreeMap::new() }
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
        let push = |sender: &mut Sender<P>, connection| sender.push(flow, payload, connection);
        self.send_over(io, (to, security), flow.nth(u32::MAX), push);
    }

    /// Messages go over the connection with a peer, or over this new one.
    fn send_over(
        &mut self,
        io: &mut impl Io<P>,
        key: Key,
        new: Flow,
        push: impl FnOnce(&mut Sender<P>, Connection),
    ) {
        let now = io.now();
        if self.peers.get(&key).is_none_or(|peer| peer.is_closed(now)) {
            self.connect(io, key, new);
        }
        if let Some(peer) = self.peers.get_mut(&key) {
            let connection = Connection { flow: peer.flow, security: key.1 };
            peer.used = now;
            push(&mut peer.sender, connection);
            if matches!(peer.state, State::Open) {
                peer.sender.pump(io, key.0, connection);
            }
        }
    }

    /// A flight of a handshake came from `peer`, for the connection of this flow.
    pub(crate) fn on_handshake(&mut self, io: &mut impl Io<P>, peer: HostId, it: Handshake, flow: Flow) {
        let key = (peer, it.security);
        match it.flight {
            Flight::SynAck | Flight::ServerHello => return self.on_answer(io, key, flow, it.flight),
            Flight::Syn => self.on_syn(io, key, flow, it.after.unwrap_or(Ending::Forgotten)),
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
        let Some(peer) = self.find((from, connection.security), connection.flow) else {
            self.refuse(io, from, segments);
            return None;
        };
        if matches!(peer.state, State::Connecting(_)) {
            drop_early(io, from, segments);
            return None;
        }
        peer.used = now;
        if !segments.streamed {
            acknowledge(io, now, from, segments.train());
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
                let Acknowledged { peer, sent, is_late } = *it;
                let heard = |sender: &mut Sender<P>, io: &mut _| sender.on_acknowledged(io, sent, is_late);
                self.with_sender(io, peer, sent.connection, heard);
            }
            Timer::Unacknowledged(it) => {
                let Unacknowledged { peer, train, fault } = *it;
                let connection = train.sent.connection;
                if let Some(it) = self.find((peer, connection.security), connection.flow) {
                    it.sender.on_unacknowledged(io, peer, train, fault);
                }
            }
            Timer::Lost(lost) => self.on_lost(io, *lost),
            Timer::Resume { peer, connection } => {
                self.with_sender(io, peer, connection, |sender, _| sender.resume());
            }
            Timer::Retransmission { peer, connection } => self.on_retransmission(io, peer, connection),
            Timer::Reset { peer, connection, why } => self.on_reset(io, peer, connection, why),
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
        self.ended.clear();
        for (key, peer) in std::mem::take(&mut self.peers) {
            let Remains { unsent, broken, .. } =
                leave(io, key, *peer, cause, Fate::ToOffline(Absence::Offline));
            lose(io, key, broken.into_iter().chain(unsent), Fate::Lost(cause));
        }
    }

    fn find(&mut self, key: Key, flow: Flow) -> Option<&mut Peer<P>> {
        self.peers.get_mut(&key).map(|peer| &mut **peer).filter(|peer| peer.flow == flow)
    }

    /// Begins a handshake. If there is an old connection, it is closed.
    fn connect(&mut self, io: &mut impl Io<P>, key: Key, flow: Flow) {
        let now = io.now();
        if let Some(old) = self.peers.get(&key) {
            self.ended.insert(key, (old.flow, Ending::Idle));
        }
        let attempt = Attempt {
            flight: Flight::Syn,
            begun: now,
            sent: now,
            tries: 1,
            peer_offline: false,
            after: self.ended.get(&key).map(|(_, ending)| *ending),
            fault: None,
        };
        let peer = Peer::new(flow, State::Connecting(attempt), now, io.rtt(key.0).smoothed);
        self.peers.insert(key, Box::new(peer));
        self.call(io, key, flow, attempt, FIRST_WAIT);
    }

    /// The peer does not know the connection any more. What was sent over it and has not come meets its end by that, unless it is
    /// sent again; returns what is, and what was not sent.
    fn end(&mut self, io: &mut impl Io<P>, key: Key, why: Ending) -> Unsent<P> {
        let Some(old) = self.peers.remove(&key) else { return Unsent::none() };
        // What the peer has sent over it may still come; over one that was not open it sends by mistake.
        let ending = match (old.state, why) {
            (State::Connecting(_), _) | (State::Open, Ending::Idle) => Ending::Idle,
            (State::Open, Ending::GivenUp | Ending::Forgotten) => Ending::GivenUp,
        };
        self.ended.insert(key, (old.flow, ending));
        let Remains { unsent, broken, .. } =
            leave(io, key, *old, LossCause::SenderLeft, Fate::Lost(why.cause()));
        match why.fate() {
            None => Unsent { again: broken, first: unsent },
            Some(fate) => {
                lose(io, key, broken, fate);
                Unsent { again: Vec::new(), first: unsent }
            }
        }
    }

    /// A peer calls. Of two that call each other at once, the one with the smaller number is the client.
    fn on_syn(&mut self, io: &mut impl Io<P>, key: Key, flow: Flow, after: Ending) {
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
            let unsent = self.end(io, key, after);
            self.peers.insert(key, Box::new(Peer::new(flow, State::Open, now, rtt)));
            // Its own messages wait until the client has answered to what is sent now.
            let rounds = if security == Security::Tls { 2 } else { 1 };
            let opens = now + Duration::from_nanos(rounds * rtt.as_nanos());
            if let Some(it) = self.find(key, flow) {
                unsent.push(&mut it.sender, connection);
                it.sender.pause(io, opens, peer, connection);
            }
        }
    }

    /// A server has answered.
    fn on_answer(&mut self, io: &mut impl Io<P>, key: Key, flow: Flow, answer: Flight) {
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
    fn on_unanswered(&mut self, io: &mut impl Io<P>, key: Key, flow: Flow, sent: (Flight, u32)) {
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
    fn call(&mut self, io: &mut impl Io<P>, key: Key, flow: Flow, attempt: Attempt, wait: Duration) {
        let fault = call(io, key, flow, attempt, wait);
        if fault.is_some() {
            self.unanswered(key, flow, fault);
        }
    }

    /// A flight of a handshake will not be answered, because of a fault or because the peer is offline.
    fn unanswered(&mut self, key: Key, flow: Flow, fault: Option<FaultId>) {
        if let Some(State::Connecting(attempt)) = self.find(key, flow).map(|it| &mut it.state) {
            attempt.peer_offline |= fault.is_none();
            attempt.fault = fault.or(attempt.fault);
        }
    }

    /// The first of some segments has come: when it has passed, its acknowledgement goes back.
    fn on_head(&mut self, io: &mut impl Io<P>, head: Head) {
        let Head { from, train, stream } = head;
        let Some(passes) = io.first_passes(stream) else { return };
        let connection = train.sent.connection;
        let peer = self.find((from, connection.security), connection.flow);
        if peer.is_some_and(|peer| matches!(peer.state, State::Open)) {
            acknowledge(io, passes, from, train);
        }
    }

    /// Segments have come over a connection that the host does not know any more.
    fn refuse(&mut self, io: &mut impl Io<P>, from: HostId, mut segments: Segments<P>) {
        let (now, connection) = (io.now(), segments.sent.connection);
        let why = self.how_ended((from, connection.security), connection.flow).unwrap_or(Ending::Forgotten);
        if let Some(fate) = why.fate() {
            let message = segments.take_message(from);
            message.iter().for_each(|packet| io.end(fate, packet, io.host()));
        }
        // They are not acknowledged.
        segments.streamed = false;
        let (back, peer, offline) = (now + io.one_way(from), io.host(), why == Ending::Forgotten);
        let answer = io.answer(now, from, 1, segments.luck.nth(LUCK_OF_ACKNOWLEDGEMENT));
        io.tell(back, from, of(Timer::Lost(Box::new(Lost { peer, segments, offline }))));
        if let Ok(late) = answer {
            io.tell(back + late, from, of(Timer::Reset { peer, connection, why }));
        }
    }

    fn on_lost(&mut self, io: &mut impl Io<P>, lost: Lost<P>) {
        let Lost { peer, mut segments, offline } = lost;
        let connection = segments.sent.connection;
        let key = (peer, connection.security);
        if let Some(it) = self.find(key, connection.flow) {
            it.used = io.now();
            it.sender.on_lost(io, peer, segments, offline);
            return it.sender.pump(io, peer, connection);
        }
        let Some(packet) = segments.take_message(io.host()) else { return };
        let ending = self.how_ended(key, connection.flow);
        let fate = match ending {
            _ if offline => Some(Fate::ToOffline(Absence::Offline)),
            None => Some(Fate::Lost(LossCause::SenderLeft)),
            Some(ending) => ending.fate(),
        };
        match (fate, packet.frame) {
            (Some(fate), frame) => io.end(fate, &Packet { frame, ..packet }, peer),
            (None, Frame::Payload(payload)) => {
                let flow = segments.message.flow;
                let push = |sender: &mut Sender<P>, connection| sender.push_again(flow, payload, connection);
                self.send_over(io, key, connection.flow.nth(u32::MAX), push);
            }
            (None, _) => {}
        }
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

    /// The peer does not know the connection any more: what was not sent goes over another one.
    fn on_reset(&mut self, io: &mut impl Io<P>, peer: HostId, connection: Connection, why: Ending) {
        let key = (peer, connection.security);
        if self.find(key, connection.flow).is_none() {
            return;
        }
        let unsent = self.end(io, key, why);
        if !unsent.is_empty() {
            let push = |sender: &mut Sender<P>, connection| unsent.push(sender, connection);
            self.send_over(io, key, connection.flow.nth(u32::MAX), push);
        }
    }

    /// The host takes the connection for gone, and what waits here is lost.
    fn give_up(&mut self, io: &mut impl Io<P>, key: Key, fate: Fate, cause: LossCause) {
        if let Some(peer) = self.peers.remove(&key) {
            self.ended.insert(key, (peer.flow, Ending::GivenUp));
            let Remains { unsent, broken, .. } = leave(io, key, *peer, cause, Fate::Lost(cause));
            lose(io, key, broken.into_iter().chain(unsent), fate);
        }
    }

    /// How a connection has ended of which the host knows nothing else.
    fn how_ended(&self, key: Key, flow: Flow) -> Option<Ending> {
        self.ended.get(&key).filter(|(ended, _)| *ended == flow).map(|(_, ending)| *ending)
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
        3 * (size_of::<(Key, Box<Peer<P>>)>() + size_of::<(Key, (Flow, Ending))>()) / 2
            + size_of::<Peer<P>>();

    /// The messages that wait for a handshake with `peer`.
    pub(crate) fn waiting_for(&self, peer: HostId) -> impl Iterator<Item = &P> {
        let keys = [Security::Plain, Security::Tls].map(|security| (peer, security));
        let peers = keys.into_iter().filter_map(|key| self.peers.get(&key));
        peers.filter(|it| matches!(it.state, State::Connecting(_))).flat_map(|it| it.sender.queued())
    }

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
        let is_busy = self.sender.is_busy() || !self.receiver.is_idle();
        is_open && !is_busy && now.since(self.used) > IDLE
    }
}

/// Messages that go over the next connection.
struct Unsent<P> {
    /// Of which something was sent.
    again: Vec<(Flow, P)>,
    first: Vec<(Flow, P)>,
}

impl<P: Payload> Unsent<P> {
    fn none() -> Unsent<P> {
        Unsent { again: Vec::new(), first: Vec::new() }
    }

    fn is_empty(&self) -> bool {
        self.again.is_empty() && self.first.is_empty()
    }

    fn push(self, sender: &mut Sender<P>, connection: Connection) {
        let Unsent { again, first } = self;
        again.into_iter().for_each(|(flow, payload)| sender.push_again(flow, payload, connection));
        first.into_iter().for_each(|(flow, payload)| sender.push(flow, payload, connection));
    }
}

/// Segments have come from a peer, whose acknowledgement sets out at `at`.
fn acknowledge<P: Payload>(io: &mut impl Io<P>, at: Time, to: HostId, train: Train) {
    let (sent, peer) = (train.sent, io.host());
    let answer = io.answer(at, to, sent.count, train.luck.nth(LUCK_OF_ACKNOWLEDGEMENT));
    let back = at + io.one_way(to);
    let is_late = answer != Ok(Duration::ZERO);
    if is_late {
        let fault = answer.err().flatten();
        io.tell(back, to, of(Timer::Unacknowledged(Box::new(Unacknowledged { peer, train, fault }))));
    }
    if let Ok(late) = answer {
        io.tell(back + late, to, of(Timer::Acknowledged(Box::new(Acknowledged { peer, sent, is_late }))));
    }
}

/// Segments have come before the answer to this host's call, which was lost. They are not taken: a server that was offline since, and
/// answers a later call for the same connection, begins anew.
fn drop_early<P: Payload>(io: &mut impl Io<P>, from: HostId, mut segments: Segments<P>) {
    segments.streamed = false;
    let lost = Lost { peer: io.host(), segments, offline: false };
    io.tell(io.now() + io.one_way(from), from, of(Timer::Lost(Box::new(lost))));
}

/// A connection is gone at this end: what waits for more at the peer's end is lost by this cause; what had come from the peer but
/// waited for more ends as `theirs` says. Returns what was to be sent.
fn leave<P: Payload>(
    io: &mut impl Io<P>,
    (to, security): Key,
    peer: Peer<P>,
    cause: LossCause,
    theirs: Fate,
) -> Remains<P> {
    let connection = Connection { flow: peer.flow, security };
    let arrives = peer.sender.arrives();
    let remains = peer.sender.into_remains();
    peer.receiver.into_waiting().for_each(|packet| io.end(theirs, &packet, io.host()));
    if remains.is_open {
        // What has left may still come, and wait at the peer for what will not.
        let at = arrives.max(io.now() + io.one_way(to)) + IDLE;
        io.tell(at, to, of(Timer::Gone { peer: io.host(), connection, cause }));
    }
    remains
}

/// Messages have met this end.
fn lose<P: Payload>(
    io: &mut impl Io<P>,
    (to, security): Key,
    messages: impl IntoIterator<Item = (Flow, P)>,
    fate: Fate,
) {
    for (_, payload) in messages {
        let bytes = packets(payload.size(), security).bytes;
        io.end(fate, &Packet { from: io.host(), bytes, frame: Frame::Payload(payload) }, to);
    }
}

#[cfg(test)]
mod tests;
