//! Connections of TCP, with TLS 1.3 or without, and of QUIC: handshakes, order or streams, congestion control and retransmission (RFC
//! 9293, RFC 5681, RFC 6298, RFC 9438; RFC 9000, RFC 9002). In what they differ is in [`protocol`].
//!
//! The model is one of flights, not of segments: what a sender may send at once goes over links and path as one train of
//! segments, or packets of QUIC, and is acknowledged as a whole when the first of them has come. Acknowledgements take no
//! room at links, but their path loses and delays them: n of them, one a segment, are lost when the path would lose n packets, and
//! the next one that comes says the same. What a sender does not hear of in time it sends again, and the receiver acknowledges it
//! again.
//!
//! A message of QUIC that fits into the window and a burst, where nothing waits or is missing, goes whole, and no event tells its
//! acknowledgement: it fills the window for a round trip. What the path loses of it, or of its acknowledgement, is made good like
//! that of any other.

mod calls;
mod cubic;
mod ending;
mod handshake;
mod limit;
mod load;
mod pacing;
mod peer;
mod protocol;
mod quiet;
mod receiver;
mod rtt;
mod segments;
mod sender;
mod timer;
mod told;

use super::Io;
use crate::network::event::Packet;
use crate::network::fate::{Absence, Fate, LossCause};
use crate::network::{Frame, Payload, Transport};
use crate::random::Flow;
use crate::units::{FixedHashMap, FixedHashSet, HostId, Time};
use ending::{Ending, lose};
pub(crate) use handshake::Flight;
use handshake::send_flight;
pub(crate) use handshake::{Handshake, held_back, unanswered};
use load::Remains;
use peer::{Peer, Unsent};
pub(crate) use protocol::Protocol;
pub(super) use protocol::{Recovery, Traits};
pub(crate) use segments::{Connection, Segments};
use sender::{LUCK_OF_ACKNOWLEDGEMENT, Sender};
use timer::{Acknowledged, Unacknowledged};
pub(crate) use timer::{Dropped, Head, Lost, Missed, Timer};
use told::{acknowledge, drop_early};

/// The connections of one host: one with each peer and by each protocol, which serves both directions.
///
/// A first message costs one round trip, or two with TLS over TCP. After a minute of silence, or half of one with QUIC, the
/// connection closes, and the next message begins anew; what a peer has sent meanwhile over the old one it sends again over the new
/// one. A client that was connected over QUIC before has a ticket of the server, and its messages travel with the handshake
/// (0-RTT). A host that goes offline forgets its connections, but not its tickets; a peer that goes on sending is told so when
/// the host is back. It does take messages of QUIC that come whole, as if their sender had begun anew.
#[derive(Debug)]
pub(crate) struct Connections<P> {
    /// Apart from the table, which would be moved as it grows with all that is in it.
    peers: FixedHashMap<Key, Box<Peer<P>>>,
    /// The last connection of those with a peer that has ended, and how.
    ended: FixedHashMap<Key, (Flow, Ending)>,
    /// Servers of whose sessions the host has tickets, and to whom it has no connection.
    tickets: FixedHashSet<HostId>,
    /// When the host's session began.
    online_since: Time,
}

/// What the luck of a packet that closes a connection is drawn for, among what follows from its handshake.
const LUCK_OF_CLOSE: u32 = u32::MAX - 2;

/// A peer, and which kind of connection.
type Key = (HostId, Protocol);

impl<P> Default for Connections<P> {
    fn default() -> Connections<P> {
        Connections {
            peers: FixedHashMap::default(),
            ended: FixedHashMap::default(),
            tickets: FixedHashSet::default(),
            online_since: Time::ZERO,
        }
    }
}

impl<P: Payload> Connections<P> {
    /// A payload goes over the connection with `to`, or waits for one.
    pub(crate) fn send(
        &mut self,
        io: &mut impl Io<P>,
        to: HostId,
        payload: P,
        (flow, protocol): (Flow, Protocol),
    ) {
        let send =
            |peer: &mut Peer<P>, io: &mut _, connection| peer.send(io, to, connection, (flow, payload));
        self.send_over(io, (to, protocol), flow.nth(u32::MAX), send);
    }

    /// Messages go over the connection with a peer, or over this new one.
    fn send_over<I: Io<P>>(
        &mut self,
        io: &mut I,
        key: Key,
        new: Flow,
        send: impl FnOnce(&mut Peer<P>, &mut I, Connection),
    ) {
        let now = io.now();
        let of = |peer: &Peer<P>| Connection { flow: peer.flow, protocol: key.1 };
        if let Some(peer) = self.peers.get_mut(&key).filter(|peer| !peer.is_closed(now, key.1)) {
            peer.used = now;
            return send(peer, io, of(peer));
        }
        let peer = self.connect(io, key, new);
        send(peer, io, of(peer));
    }

    /// A flight of a handshake came from `peer`, for the connection of this flow.
    pub(crate) fn on_handshake(&mut self, io: &mut impl Io<P>, peer: HostId, it: Handshake, flow: Flow) {
        let key = (peer, it.protocol);
        if !it.flight.is_of_client() {
            return self.on_answer(io, key, flow, it.flight);
        }
        if it.flight == Flight::CALL {
            if it.resumes && it.begun < self.online_since && self.find(key, flow).is_none() {
                return self.reset(io, key, flow);
            }
            self.on_call(io, key, (flow, it.called()), it.after.unwrap_or(Ending::Forgotten));
        }
        if self.find(key, flow).is_some() {
            let (_, fault) = send_flight(io, peer, Handshake { flight: it.flight.next(), ..it }, flow);
            if fault.is_some() {
                let connection = Connection { flow, protocol: it.protocol };
                let timer = Timer::Unanswered { peer: io.host(), connection, fault };
                io.tell(io.now() + io.one_way(peer), peer, timer);
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
        self.adopt(io, from, segments.sent);
        let key = (from, connection.protocol);
        let is_unknown = self.find(key, connection.flow).is_none();
        if is_unknown && segments.sent.early.is_some() && self.insists(io, key) {
            drop_early(io, from, segments);
            return None;
        }
        let Some(peer) = self.find(key, connection.flow) else {
            self.refuse(io, from, segments);
            return None;
        };
        if !peer.is_open() {
            drop_early(io, from, segments);
            return None;
        }
        peer.used = now;
        if peer.was_unheard(segments.sent) || !segments.streamed {
            acknowledge(io, now, from, segments.train());
        }
        if connection.protocol.traits().has_streams {
            return peer.receiver.take_stream(from, segments);
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
                let heard =
                    |sender: &mut Sender<P>, io: &mut _| sender.on_acknowledged(io, peer, sent, is_late);
                self.with_sender(io, peer, sent.connection, heard);
            }
            Timer::Unacknowledged(it) => {
                let Unacknowledged { peer, train, fault } = *it;
                let connection = train.sent.connection;
                let it = self.find((peer, connection.protocol), connection.flow);
                if let Some(sender) = it.and_then(|it| it.sender.as_mut()) {
                    sender.on_unacknowledged(io, peer, train, fault);
                }
            }
            Timer::Lost(lost) => self.on_lost(io, *lost),
            Timer::Dropped(dropped) => self.on_dropped(io, *dropped),
            Timer::Resume { peer, connection } => {
                self.with_sender(io, peer, connection, |sender, _| sender.resume());
            }
            Timer::Retransmission { peer, connection } => self.on_retransmission(io, peer, connection),
            Timer::Reset { peer, connection, why } => self.on_reset(io, peer, connection, why),
            Timer::Gone { peer, connection, cause } => {
                if let Some(it) = self.find((peer, connection.protocol), connection.flow) {
                    let waiting = std::mem::take(&mut it.receiver).into_waiting();
                    waiting.for_each(|packet| io.end(Fate::Lost(cause), &packet, io.host()));
                }
            }
            Timer::Handshake { peer, connection, flight, tries } => {
                self.on_unanswered(io, (peer, connection.protocol), connection.flow, (flight, tries));
            }
            Timer::Unanswered { peer, connection, fault } => {
                self.unanswered((peer, connection.protocol), connection.flow, fault);
            }
        }
    }

    /// The host went offline: its connections are gone, and what waited with them. If it takes its leave, it closes them when all that
    /// it has sent has come.
    pub(crate) fn on_offline(&mut self, io: &mut impl Io<P>, closes: Option<Time>) {
        let cause = LossCause::SenderLeft;
        // With its room: hosts that are away are many.
        self.ended = FixedHashMap::default();
        let mut peers: Vec<_> = std::mem::take(&mut self.peers).into_iter().collect();
        peers.sort_unstable_by_key(|(key, _)| *key);
        for (key, peer) in peers {
            self.tickets.extend(peer.has_ticket.then_some(key.0));
            if let Some(closes) = closes.filter(|_| peer.is_open()) {
                close(io, key, &peer, closes);
            }
            let Remains { unsent, broken, .. } =
                peer.leave(io, key, cause, Fate::ToOffline(Absence::Offline));
            lose(io, key, broken.into_iter().chain(unsent), Fate::Lost(cause));
        }
    }

    fn find(&mut self, key: Key, flow: Flow) -> Option<&mut Peer<P>> {
        self.peers.get_mut(&key).map(Box::as_mut).filter(|peer| peer.flow == flow)
    }

    /// There is no connection with a peer any more, but its ticket is kept.
    fn forget(&mut self, key: Key) -> Option<Box<Peer<P>>> {
        let old = self.peers.remove(&key)?;
        self.tickets.extend(old.has_ticket.then_some(key.0));
        Some(old)
    }

    /// The peer does not know the connection any more. What was sent over it and has not come meets its end by that, unless it is
    /// sent again; returns what is, and what was not sent.
    fn end(&mut self, io: &mut impl Io<P>, key: Key, why: Ending) -> Unsent<P> {
        let Some(old) = self.forget(key) else { return Unsent::none() };
        // What the peer has sent over it may still come; over one that was not open it sends by mistake.
        let ending = match why {
            Ending::GivenUp | Ending::Forgotten | Ending::Left if old.is_open() => Ending::GivenUp,
            Ending::GivenUp | Ending::Forgotten | Ending::Left | Ending::Idle => Ending::Idle,
        };
        self.ended.insert(key, (old.flow, ending));
        let Remains { unsent, broken, .. } =
            old.leave(io, key, LossCause::NoConnection, Fate::Lost(why.cause()));
        match why.fate() {
            None => Unsent { again: broken, first: unsent },
            // Who was told that the peer leaves does not call it again.
            Some(fate) if why == Ending::Left => {
                lose(io, key, broken.into_iter().chain(unsent), fate);
                Unsent::none()
            }
            Some(fate) => {
                lose(io, key, broken, fate);
                Unsent { again: Vec::new(), first: unsent }
            }
        }
    }

    /// The first of some segments has come: when it has passed, its acknowledgement goes back.
    fn on_head(&mut self, io: &mut impl Io<P>, head: Head) {
        let Head { from, train, stream } = head;
        let Some(passes) = io.first_passes(stream) else { return };
        let connection = train.sent.connection;
        self.adopt(io, from, train.sent);
        // Until it is open the others may come by an answer that this train has overtaken.
        match self.find((from, connection.protocol), connection.flow) {
            Some(peer) if peer.is_open() => acknowledge(io, passes, from, train),
            _ if connection.protocol.traits().resumes => {
                let unheard = Unacknowledged { peer: io.host(), train, fault: None };
                io.tell(passes + io.one_way(from), from, Timer::Unacknowledged(Box::new(unheard)));
            }
            Some(peer) => peer.leave_unheard(train.sent),
            None => {}
        }
    }

    /// Segments have come over a connection that the host does not know any more.
    fn refuse(&mut self, io: &mut impl Io<P>, from: HostId, mut segments: Segments<P>) {
        let (now, connection) = (io.now(), segments.sent.connection);
        let is_new = segments.sent.early.is_some_and(|begun| self.online_since <= begun);
        let unknown = if is_new || !self.was_away() { Ending::Idle } else { Ending::Forgotten };
        let why = self.how_ended((from, connection.protocol), connection.flow).unwrap_or(unknown);
        if let Some(fate) = why.fate() {
            let message = segments.take_message(from);
            message.iter().for_each(|packet| io.end(fate, packet, io.host()));
        }
        // They are not acknowledged.
        segments.streamed = false;
        let (back, peer) = (now + io.one_way(from), io.host());
        let missed = if why == Ending::Forgotten { Missed::Offline } else { Missed::Dropped };
        let answer = io.answer(now, from, 1, segments.luck.nth(LUCK_OF_ACKNOWLEDGEMENT));
        io.tell(back, from, Timer::Lost(Box::new(Lost { peer, segments, why: missed })));
        if let Ok(late) = answer {
            io.tell(back + late, from, Timer::Reset { peer, connection, why });
        }
    }

    fn on_lost(&mut self, io: &mut impl Io<P>, lost: Lost<P>) {
        let Lost { peer, mut segments, why } = lost;
        let connection = segments.sent.connection;
        let key = (peer, connection.protocol);
        if let Some(it) = self.find(key, connection.flow) {
            it.used = io.now();
            it.sender(connection.protocol).on_lost(io, peer, segments, why);
            return it.pump(io, peer, connection);
        }
        let Some(packet) = segments.take_message(io.host()) else { return };
        let ending = self.how_ended(key, connection.flow);
        let fate = match ending {
            _ if why == Missed::Offline => Some(Fate::ToOffline(Absence::Offline)),
            None if self.was_away() => Some(Fate::Lost(LossCause::SenderLeft)),
            // It is older than the last that has ended.
            None => None,
            Some(ending) => ending.fate(),
        };
        match (fate, packet.frame) {
            (Some(fate), frame) => io.end(fate, &Packet { frame, ..packet }, peer),
            (None, Frame::Payload(payload)) => {
                let flow = segments.message.flow;
                self.send_again(io, key, connection.flow, Unsent::again(flow, payload));
            }
            (None, _) => {}
        }
    }

    /// Messages go over the connection that follows this one.
    fn send_again(&mut self, io: &mut impl Io<P>, key: Key, flow: Flow, unsent: Unsent<P>) {
        self.send_over(io, key, flow.nth(u32::MAX), |peer, io, connection| {
            peer.send_again(io, key.0, connection, unsent);
        });
    }

    /// Packets of a message that went whole are missing, and go over the connection that there is, or another.
    fn on_dropped(&mut self, io: &mut impl Io<P>, dropped: Dropped<P>) {
        let Dropped { peer, packet, packets, flow, fault, departed } = dropped;
        let key = (peer, Protocol::QUIET);
        let bytes = packet.bytes;
        if !io.is_online() || departed < self.online_since {
            return io.end(Fate::Lost(LossCause::SenderLeft), &packet, peer);
        }
        let Frame::Payload(payload) = packet.frame else { return };
        match self.peers.get_mut(&key).filter(|it| it.may_send()) {
            Some(it) => {
                let connection = Connection { flow: it.flow, protocol: key.1 };
                let message = (flow, bytes, payload.kind(), Some(payload));
                it.miss(io, peer, connection, message, (packets, departed));
                it.sender(key.1).held_back(fault);
            }
            None => self.send_again(io, key, flow, Unsent::again(flow, payload)),
        }
    }

    fn on_retransmission(&mut self, io: &mut impl Io<P>, peer: HostId, connection: Connection) {
        let key = (peer, connection.protocol);
        let Some(it) = self.find(key, connection.flow) else { return };
        let Some(sender) = &mut it.sender else { return };
        if sender.on_timer(io, peer, connection) {
            it.pump(io, peer, connection);
        } else if sender.found_offline() {
            self.give_up(io, key, Fate::ToOffline(Absence::Offline), LossCause::Path);
        } else {
            let cause = sender.cause();
            self.give_up(io, key, Fate::Lost(cause), cause);
        }
    }

    /// The peer does not know the connection any more: what was not sent goes over another one.
    fn on_reset(&mut self, io: &mut impl Io<P>, peer: HostId, connection: Connection, why: Ending) {
        let key = (peer, connection.protocol);
        if self.find(key, connection.flow).is_none() {
            return;
        }
        let unsent = self.end(io, key, why);
        if !unsent.is_empty() {
            self.send_again(io, key, connection.flow, unsent);
        }
    }

    /// The host takes the connection for gone, and what waits here is lost.
    fn give_up(&mut self, io: &mut impl Io<P>, key: Key, fate: Fate, cause: LossCause) {
        if let Some(peer) = self.forget(key) {
            self.ended.insert(key, (peer.flow, Ending::GivenUp));
            let Remains { unsent, broken, .. } = peer.leave(io, key, cause, Fate::Lost(cause));
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
        if let Some(it) = self.find((peer, connection.protocol), connection.flow) {
            it.used = now;
            happens(it.sender(connection.protocol), io);
            it.pump(io, peer, connection);
        }
    }
}

impl<P> Connections<P> {
    /// Memory of a connection: tables are about two thirds full.
    pub(crate) const fn bytes_a_connection(protocol: Protocol) -> usize {
        let of_tables = size_of::<(Key, Box<Peer<P>>)>() + size_of::<(Key, (Flow, Ending))>();
        // Of what goes quietly those that send more than a burst at a time have one, too.
        let of_sender = if protocol.is_quiet() { 0 } else { size_of::<Sender<P>>() };
        size_of::<Peer<P>>() + 3 * of_tables / 2 + of_sender
    }

    /// The messages that wait for a handshake with `peer`.
    pub(crate) fn waiting_for(&self, peer: HostId) -> impl Iterator<Item = &P> {
        let protocols = Transport::ALL.into_iter().filter_map(Protocol::of);
        let peers = protocols.filter_map(move |protocol| self.peers.get(&(peer, protocol)));
        peers.filter(|it| !it.is_open()).flat_map(|it| it.queued())
    }

    /// Whether the host has ever left, and forgotten connections by that: else those that it does not know are older than the last
    /// that has ended.
    fn was_away(&self) -> bool {
        self.online_since > Time::ZERO
    }

    /// How many messages wait: for a handshake, for the window, to be sent again, or for others before them.
    pub(crate) fn waiting(&self) -> usize {
        self.peers.values().map(|it| it.waiting()).sum()
    }

    /// The host came online.
    pub(crate) fn on_online(&mut self, now: Time) {
        self.online_since = now;
    }

    /// A message of a peer has come whole: an open connection was used.
    #[inline]
    pub(crate) fn on_payload(&mut self, now: Time, from: HostId) {
        if let Some(peer) = self.peers.get_mut(&(from, Protocol::QUIET)) {
            peer.used = now;
        }
    }
}

/// What the luck on the way back is drawn for of what acknowledges a message that came whole.
pub(crate) fn luck_of_acknowledgement(message: Flow) -> Flow {
    message.nth(LUCK_OF_ACKNOWLEDGEMENT)
}

/// The host leaves, and tells a peer so: by a packet that leaves at a time, and comes after all others.
fn close<P: Payload>(io: &mut impl Io<P>, (to, protocol): Key, peer: &Peer<P>, closes: Time) {
    let (connection, why) = (Connection { flow: peer.flow, protocol }, Ending::Left);
    let comes = peer.arrives().max(closes + io.one_way(to));
    if let Ok(late) = io.answer(closes, to, 1, peer.flow.nth(LUCK_OF_CLOSE)) {
        io.tell(comes + late, to, Timer::Reset { peer: io.host(), connection, why });
    }
}

#[cfg(test)]
mod quic_tests;
#[cfg(test)]
mod tcp_tests;
