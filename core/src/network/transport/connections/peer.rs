//! One end of a connection.

use super::Key;
use super::handshake::{Attempt, call};
use super::load::Remains;
use super::luck_of_acknowledgement;
use super::protocol::Protocol;
use super::quiet::Quiet;
use super::receiver::Receiver;
use super::segments::{Connection, Sent};
use super::sender::Sender;
use super::timer::{Acknowledged, Timer};
use crate::network::event::Packet;
use crate::network::fate::{Fate, LossCause};
use crate::network::fault::FaultId;
use crate::network::transport::{Io, Packets, Transmission, Undelivered, quic};
use crate::network::{Frame, MessageKind, Payload};
use crate::random::Flow;
use crate::units::{Duration, HostId, Time};

/// One end of a connection.
#[derive(Debug)]
pub(super) struct Peer<P> {
    pub flow: Flow,
    /// A handshake of this host's that is under way; `None` when the connection is open.
    calling: Option<Box<Calling<P>>>,
    /// When it was made, or answered.
    pub begun: Time,
    pub used: Time,
    /// The round trip of a packet, without queues; and as the handshake has found it.
    path: Duration,
    rtt: Duration,
    /// What goes without being heard of.
    quiet: Quiet,
    /// Whether the host has a ticket of the peer, as a server: kept here as long as there is a connection, where it is at hand.
    pub has_ticket: bool,
    /// Of segments whose numbers are below this the first came before the connection was open: they are acknowledged when all have
    /// come, as others are when the first has.
    heard_from: u32,
    /// `None` until something has to be heard of.
    pub sender: Option<Box<Sender<P>>>,
    pub receiver: Receiver<P>,
}

/// Apart from the connection, of which it is the smallest part in time and the largest in memory.
#[derive(Debug)]
struct Calling<P> {
    attempt: Attempt,
    /// Messages that wait for the answer, and then go quietly.
    waiting: Vec<(Flow, P)>,
}

impl<P: Payload> Peer<P> {
    /// One that is open, or begins with this attempt.
    pub(super) fn new(flow: Flow, attempt: Option<Attempt>, now: Time, rtt: Duration) -> Peer<P> {
        Peer {
            flow,
            calling: attempt.map(|attempt| Box::new(Calling { attempt, waiting: Vec::new() })),
            begun: now,
            used: now,
            path: rtt,
            rtt,
            quiet: Quiet::default(),
            has_ticket: false,
            heard_from: 0,
            sender: None,
            receiver: Receiver::default(),
        }
    }

    /// The handshake that is under way, if one is.
    pub(super) fn attempt(&mut self) -> Option<&mut Attempt> {
        self.calling.as_mut().map(|calling| &mut calling.attempt)
    }

    /// The first of these segments has come, and cannot be acknowledged yet. Segments come in their order.
    pub(super) fn leave_unheard(&mut self, sent: Sent) {
        self.heard_from = sent.order + 1;
    }

    /// Whether that was so of these, all of which have come now.
    pub(super) fn was_unheard(&self, sent: Sent) -> bool {
        sent.order < self.heard_from
    }

    /// Whether it has been idle for so long that it is closed.
    pub(super) fn is_closed(&self, now: Time, protocol: Protocol) -> bool {
        self.is_open() && !self.is_busy() && now.since(self.used) > protocol.traits().idle
    }

    /// Whether something is on its way or waits, but for what goes whole.
    pub(super) fn is_busy(&self) -> bool {
        let is_sending = self.sender.as_ref().is_some_and(|sender| sender.is_busy());
        is_sending || !self.receiver.is_idle()
    }

    /// Whether messages may go: the connection is open, or resumes a session.
    pub(super) fn may_send(&self) -> bool {
        self.calling.as_ref().is_none_or(|calling| calling.attempt.resumes)
    }

    /// The sending half.
    pub(super) fn sender(&mut self, protocol: Protocol) -> &mut Sender<P> {
        let rtt = self.rtt;
        let attempt = self.calling.as_ref().map(|calling| calling.attempt);
        let early = attempt.filter(|attempt| attempt.resumes).map(|attempt| attempt.begun);
        self.sender.get_or_insert_with(|| Box::new(Sender::new(protocol, rtt, early)))
    }

    /// The retransmission time-out.
    pub(super) fn timeout(&self, protocol: Protocol) -> Duration {
        let timeout = |sender: &Sender<P>| sender.timeout();
        self.sender.as_deref().map_or_else(|| Sender::<P>::first_timeout(protocol, self.rtt), timeout)
    }

    /// Sends a flight of a handshake, and waits for its answer.
    pub(super) fn call(&mut self, io: &mut impl Io<P>, key: Key, wait: Duration) {
        let Some(attempt) = self.attempt().copied() else { return };
        let fault = call(io, key, self.flow, attempt, wait);
        if fault.is_some() {
            self.unanswered(fault);
        }
        if attempt.resumes && attempt.tries == 1 {
            self.leave_rest_of_handshake(io.now(), key.1);
        }
    }

    /// What is left of the handshake is on its way, beside the first messages.
    fn leave_rest_of_handshake(&mut self, now: Time, protocol: Protocol) {
        let bytes = protocol.traits().rest_of_handshake;
        if bytes > 0 {
            self.quiet.add(now + self.rtt, bytes, self.rtt);
        }
    }

    /// Whether the host, of two that call each other at once, has its own call answered: as long as that may be on its way. Of those
    /// who both call again, since the first calls were lost, the second ones meet, too; whose calls never arrive takes the
    /// peer's in the end.
    pub(super) fn insists(&self, io: &impl Io<P>, to: HostId) -> bool {
        // The peer's call may come after its answer.
        let is_recent = || io.now().since(self.begun) <= io.rtt(to);
        let is_calling = self.calling.as_ref().is_some_and(|calling| calling.attempt.tries <= 2);
        io.host() < to && (is_calling || is_recent())
    }

    /// A flight of a handshake will not be answered, because of a fault or because the peer is offline.
    pub(super) fn unanswered(&mut self, fault: Option<FaultId>) {
        if let Some(attempt) = self.attempt() {
            attempt.peer_offline |= fault.is_none();
            attempt.fault = fault.or(attempt.fault);
        }
    }

    /// The handshake has measured the round trip.
    pub(super) fn measured(&mut self, rtt: Duration) {
        self.rtt = rtt;
        if let Some(sender) = &mut self.sender {
            sender.measured(rtt);
        }
    }

    /// A client has called, and messages for it wait here.
    pub(super) fn accept(&mut self, io: &mut impl Io<P>, (to, protocol): Key, unsent: Unsent<P>) {
        let (now, rtt) = (io.now(), self.rtt);
        let connection = Connection { flow: self.flow, protocol };
        self.leave_rest_of_handshake(now, protocol);
        let rounds = u64::from(protocol.traits().server_waits);
        if rounds == 0 {
            return self.send_again(io, to, connection, unsent);
        }
        // They wait until the client has answered to what is sent now.
        let sender = self.sender(protocol);
        unsent.push(sender);
        sender.pause(io, now + Duration::from_nanos(rounds * rtt.as_nanos()), to, connection);
    }

    /// The server has answered: what waits goes.
    pub(super) fn open(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection) {
        let now = io.now();
        let is_resumed = self.may_send();
        let waiting = self.calling.take().map_or_else(Vec::new, |calling| calling.waiting);
        self.begun = now;
        if let Some(sender) = &mut self.sender {
            sender.is_answered();
        }
        if !is_resumed {
            self.leave_rest_of_handshake(now, connection.protocol);
        }
        for message in waiting {
            self.send(io, to, connection, message);
        }
        self.pump(io, to, connection);
    }

    /// A message goes, or waits.
    pub(super) fn send(
        &mut self,
        io: &mut impl Io<P>,
        to: HostId,
        connection: Connection,
        (flow, payload): (Flow, P),
    ) {
        let protocol = connection.protocol;
        if protocol.is_quiet() {
            if let Some(calling) = self.calling.as_mut().filter(|calling| !calling.attempt.resumes) {
                return calling.waiting.push((flow, payload));
            }
            let wire = protocol.packets(payload.size());
            if self.takes_quietly(io.now(), wire) {
                return self.send_quietly(io, to, connection, (flow, payload, wire));
            }
        }
        self.sender(protocol).push(flow, payload);
        self.pump(io, to, connection);
    }

    /// Messages of an earlier connection go, or wait.
    pub(super) fn send_again(
        &mut self,
        io: &mut impl Io<P>,
        to: HostId,
        connection: Connection,
        unsent: Unsent<P>,
    ) {
        if !unsent.is_empty() {
            unsent.push(self.sender(connection.protocol));
            self.pump(io, to, connection);
        }
    }

    /// Sends what the window has room for.
    pub(super) fn pump(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection) {
        let may_send = self.may_send();
        if self.sender.is_some() {
            self.heed_quiet(io, to, connection.protocol);
        }
        if let Some(sender) = self.sender.as_mut().filter(|_| may_send) {
            sender.pump(io, to, connection, &mut self.quiet);
        }
    }

    /// Whether a message can go whole, and nothing has to be heard of it.
    #[inline]
    fn takes_quietly(&mut self, now: Time, wire: Packets) -> bool {
        let bytes = self.quiet.bytes(now) + quic::counted(wire);
        match &self.sender {
            None => bytes <= quic::INITIAL_BYTES,
            Some(sender) => sender.takes_quietly(bytes),
        }
    }

    fn send_quietly(
        &mut self,
        io: &mut impl Io<P>,
        to: HostId,
        connection: Connection,
        (flow, payload, wire): (Flow, P, Packets),
    ) {
        let (protocol, kind) = (connection.protocol, payload.kind());
        let packet = Packet { from: io.host(), bytes: wire.bytes, frame: Frame::Payload(payload) };
        let undelivered = match io.transmit(to, packet, Transmission { wire, flow, luck: flow, waits: true })
        {
            Ok(departs) => {
                let is_heard = |answer| answer == Ok(Duration::ZERO);
                let answer = self.answer(io, to, departs, (flow, kind, wire.count));
                if is_heard(answer) {
                    return self.quiet.add(departs + self.path, quic::counted(wire), self.path);
                }
                let message = (flow, wire.bytes, kind, None);
                let sent = self.miss(io, to, connection, message, (wire.count, io.now()));
                return self.hear_later(io, to, departs, answer, sent);
            }
            Err(undelivered) => *undelivered,
        };
        match undelivered {
            // What waits does not find the queue full.
            Undelivered::QueueFull(packet) => {
                self.take_back(io, to, connection, (flow, packet), wire.count);
            }
            Undelivered::Lost { packet, losses, departs, fault } => {
                self.sender(protocol).held_back(fault);
                let sent = self.take_back(io, to, connection, (flow, packet), losses.count);
                let came = wire.count - losses.count;
                if let Some(sent) = sent.filter(|_| came > 0) {
                    let answer = self.answer(io, to, departs, (flow, kind, came));
                    let sent = Sent { count: 0, behind: losses.behind, ..sent };
                    self.hear_later(io, to, departs, answer, sent);
                }
            }
        }
    }

    /// What becomes of the acknowledgement of so many packets that have left.
    fn answer(
        &self,
        io: &impl Io<P>,
        to: HostId,
        departs: Time,
        (flow, kind, packets): (Flow, MessageKind, u32),
    ) -> Answer {
        io.echo((departs, self.path), to, (kind, packets), luck_of_acknowledgement(flow))
    }

    /// The acknowledgement of what was sent so comes in its time, or later, or not.
    fn hear_later(&mut self, io: &mut impl Io<P>, peer: HostId, departs: Time, answer: Answer, sent: Sent) {
        match answer {
            Ok(late) => {
                let heard = Acknowledged { peer, sent, is_late: late > Duration::ZERO };
                io.set_timer(departs + self.path + late, Timer::Acknowledged(Box::new(heard)));
            }
            Err(fault) => self.sender(sent.connection.protocol).held_back(fault),
        }
    }

    /// So many packets of a message that went whole do not come.
    fn take_back(
        &mut self,
        io: &mut impl Io<P>,
        to: HostId,
        connection: Connection,
        (flow, packet): (Flow, Packet<P>),
        lost: u32,
    ) -> Option<Sent> {
        let bytes = packet.bytes;
        let Frame::Payload(payload) = packet.frame else { return None };
        let message = (flow, bytes, payload.kind(), Some(payload));
        Some(self.miss(io, to, connection, message, (lost, io.now())))
    }

    /// So many packets of a message that went whole at a time are missing, or are not acknowledged in time: without the payload then.
    pub(super) fn miss(
        &mut self,
        io: &mut impl Io<P>,
        to: HostId,
        connection: Connection,
        message: (Flow, u32, MessageKind, Option<P>),
        (packets, at): (u32, Time),
    ) -> Sent {
        self.heed_quiet(io, to, connection.protocol);
        self.sender(connection.protocol).miss_of_message(io, to, connection, message, (packets, at))
    }

    /// When the last of what was sent will have come.
    pub(super) fn arrives(&self) -> Time {
        self.sender.as_ref().map_or(Time::ZERO, |sender| sender.arrives())
    }

    /// The connection is gone at this end: what waits for more at the peer's end is lost by this cause; what had come from the peer
    /// but waited for more ends as `theirs` says. Returns what was to be sent.
    pub(super) fn leave(
        self,
        io: &mut impl Io<P>,
        (to, protocol): Key,
        cause: LossCause,
        theirs: Fate,
    ) -> Remains<P> {
        let connection = Connection { flow: self.flow, protocol };
        let waiting = self.calling.map_or_else(Vec::new, |calling| calling.waiting);
        let (arrives, remains) = Sender::leave(self.sender, waiting);
        self.receiver.into_waiting().for_each(|packet| io.end(theirs, &packet, io.host()));
        if remains.is_open {
            // What has left may still come, and wait at the peer for what will not.
            let at = arrives.max(io.now() + io.one_way(to)) + protocol.traits().idle;
            io.tell(at, to, Timer::Gone { peer: io.host(), connection, cause });
        }
        remains
    }

    /// What went without being heard of has measured the round trip, too.
    fn heed_quiet(&mut self, io: &impl Io<P>, to: HostId, protocol: Protocol) {
        let (heard, rtt) = (self.quiet.take_heard(), self.path);
        if heard > 0 {
            let variation = io.variation(to);
            self.sender(protocol).heard_quietly(rtt, variation, heard);
        }
    }
}

/// What becomes of an acknowledgement: how much later than usual it comes, or the fault because of which it does not, if of one.
type Answer = Result<Duration, Option<FaultId>>;

impl<P> Peer<P> {
    /// Whether no handshake of this host's is under way.
    pub(super) fn is_open(&self) -> bool {
        self.calling.is_none()
    }

    /// Messages of which something was not sent yet.
    pub(super) fn queued(&self) -> impl Iterator<Item = &P> {
        let sending = self.sender.iter().flat_map(|sender| sender.queued());
        let waiting = self.calling.iter().flat_map(|calling| &calling.waiting);
        waiting.map(|(_, payload)| payload).chain(sending)
    }

    /// How many messages wait here.
    pub(super) fn waiting(&self) -> usize {
        let sending = self.sender.as_ref().map_or(0, |sender| sender.waiting());
        let calling = self.calling.as_ref().map_or(0, |calling| calling.waiting.len());
        calling + sending + self.receiver.waiting()
    }
}

/// Messages that go over the next connection.
pub(super) struct Unsent<P> {
    /// Of which something was sent.
    pub again: Vec<(Flow, P)>,
    pub first: Vec<(Flow, P)>,
}

impl<P: Payload> Unsent<P> {
    pub(super) fn none() -> Unsent<P> {
        Unsent { again: Vec::new(), first: Vec::new() }
    }

    /// A message of which something was sent.
    pub(super) fn again(flow: Flow, payload: P) -> Unsent<P> {
        Unsent { again: vec![(flow, payload)], first: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.again.is_empty() && self.first.is_empty()
    }

    fn push(self, sender: &mut Sender<P>) {
        let Unsent { again, first } = self;
        again.into_iter().for_each(|(flow, payload)| sender.push_again(flow, payload));
        first.into_iter().for_each(|(flow, payload)| sender.push(flow, payload));
    }
}
