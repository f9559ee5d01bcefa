//! The sending half of a connection: what waits, what is on its way, what was lost, and what the window lets go.

mod recovery;

use std::collections::VecDeque;

use super::cubic::Cubic;
use super::load::{Hole, Limit, Load, Outgoing, Remains};
use super::pacing::{self, Pacer};
use super::protocol::Protocol;
use super::quiet::Quiet;
use super::rtt::RoundTrip;
use super::segments::{Connection, Message, Segments, Sent, Train};
use super::timer::{Missed, Timer};
use crate::network::config::MTU;
use crate::network::fate::LossCause;
use crate::network::fault::FaultId;
use crate::network::transport::{Departure, Io, Packets, quic};
use crate::network::{MessageKind, Payload};
use crate::random::Flow;
use crate::units::{Duration, HostId, Time};

/// Segments that are acknowledged after lost ones, until the sender takes these for lost (RFC 5681, RFC 6675; RFC 9002, section
/// 6.1.1).
const DUPLICATES: u32 = 3;
/// What is sent at a time without a pacer, where the window allows: ten segments, or a quarter of the window.
/// Each is acknowledged as a whole, when its first segment has come.
const FLIGHT: u32 = 10;
const FLIGHTS_A_WINDOW: u32 = 4;
/// Segments that are sent again have new luck; so have those that a downlink has dropped, and those of a message that is sent
/// over another connection. Segments of a message that is sent for the first time have the smaller numbers.
const LUCK_OF_RETRANSMISSION: u32 = u32::MAX;
const LUCK_OF_LOST: u32 = u32::MAX - 1;
const LUCK_OF_NEXT_CONNECTION: u32 = u32::MAX - 2;
/// Acknowledgements have their luck on the way back.
pub(super) const LUCK_OF_ACKNOWLEDGEMENT: u32 = u32::MAX - 3;

/// One end's messages to its peer.
#[derive(Debug)]
pub(crate) struct Sender<P> {
    protocol: Protocol,
    window: Cubic,
    pacer: Pacer,
    rtt: RoundTrip,
    /// When the connection was begun, until its server answers.
    early: Option<Time>,
    /// Messages of which segments were not sent yet, in their order.
    queue: VecDeque<Outgoing<P>>,
    /// Segments that are missing at the receiver, or of which the sender does not hear in time that they have come, in the order
    /// in which they were sent. The model knows of them before the sender does.
    holes: VecDeque<Hole<P>>,
    next_message: u32,
    /// Number of what is sent next.
    order: u32,
    /// Segments on their way, as the sender takes it.
    pipe: u32,
    /// What was sent before this does not count for the window: it was cut since.
    cut: u32,
    /// What was sent before this, and was not acknowledged, has been taken for lost by a time-out.
    expired: u32,
    /// What was sent before this was sent with a full window.
    full: u32,
    /// What was sent before this, and has come, is acknowledged.
    acknowledged: u32,
    /// When the last acknowledgement came of all that was sent until then.
    advanced: Time,
    last_sent: Time,
    /// Nothing sent comes before this.
    arrives: Time,
    /// Retransmission time-outs in a row, and when the first of them began.
    timeouts: u32,
    stuck: Time,
    /// What was sent as this, or before it, a probe timeout has sent again, and no acknowledgement has come since.
    probed: Option<u32>,
    /// When the timer for what is missing fires; [`Time::NEVER`] if none is set.
    timed: Time,
    /// Whether it waits for room in the uplink's queue, for the pacer, or for the end of the handshake.
    is_paused: bool,
    /// Whether what was sent last has found the peer offline.
    peer_offline: bool,
    /// A fault because of which nothing has come since the last acknowledgement.
    fault: Option<FaultId>,
}

impl<P: Payload> Sender<P> {
    pub(crate) fn new(protocol: Protocol, rtt: Duration, early: Option<Time>) -> Sender<P> {
        let (first, least) = protocol.traits().windows;
        Sender {
            protocol,
            window: Cubic::new(first, least),
            pacer: Pacer::default(),
            early,
            rtt: RoundTrip::new(rtt),
            queue: VecDeque::new(),
            holes: VecDeque::new(),
            next_message: 0,
            order: 0,
            pipe: 0,
            cut: 0,
            expired: 0,
            full: 0,
            acknowledged: 0,
            advanced: Time::ZERO,
            last_sent: Time::ZERO,
            arrives: Time::ZERO,
            timeouts: 0,
            stuck: Time::ZERO,
            probed: None,
            timed: Time::NEVER,
            is_paused: false,
            peer_offline: false,
            fault: None,
        }
    }

    /// A message waits for its turn.
    pub(crate) fn push(&mut self, flow: Flow, payload: P) {
        self.wait(flow, payload, flow);
    }

    /// A message of which something was sent over an earlier connection waits for its turn.
    pub(crate) fn push_again(&mut self, flow: Flow, payload: P) {
        self.wait(flow, payload, flow.nth(LUCK_OF_NEXT_CONNECTION));
    }

    fn wait(&mut self, flow: Flow, payload: P, luck: Flow) {
        let wire = self.protocol.packets(payload.size());
        let message =
            Outgoing { flow, payload, wire, luck, number: 0, sent: 0, flights: 0, was_passed: false };
        // The first may have had its turn just before, alone: then it is the new one's, but not that of all that follow.
        let first = self.queue.front_mut().filter(|first| first.sent > 0 && !first.was_passed);
        match first.filter(|_| self.protocol.traits().has_streams) {
            Some(first) => {
                first.was_passed = true;
                self.queue.push_front(message);
            }
            None => self.queue.push_back(message),
        }
    }

    /// The handshake has measured the round trip.
    pub(crate) fn measured(&mut self, rtt: Duration) {
        self.rtt = RoundTrip::new(rtt);
    }

    /// The server has answered.
    pub(crate) fn is_answered(&mut self) {
        self.early = None;
    }

    /// So many acknowledgements have come after this time, and none of them told.
    pub(crate) fn heard_quietly(&mut self, rtt: Duration, variation: Duration, count: u32) {
        // More change nothing: each takes a quarter of the variation away.
        for number in 0..count.min(32) {
            self.rtt.measure(if number % 2 == 0 { rtt + variation } else { rtt - variation });
        }
    }

    /// Sends what the window, the pacer and the uplink have room for.
    pub(crate) fn pump(
        &mut self,
        io: &mut impl Io<P>,
        to: HostId,
        connection: Connection,
        quiet: &mut Quiet,
    ) {
        if self.is_paused || self.queue.is_empty() && self.holes.is_empty() {
            return;
        }
        let now = io.now();
        let is_idle = self.pipe == 0 && self.holes.is_empty();
        if is_idle && !self.protocol.probes() && now.since(self.last_sent) > self.timeout() {
            self.window.on_idle();
        }
        while let Some(room) = self.room(quiet.bytes(now)) {
            let known = self.holes.iter().position(|hole| hole.is_known);
            if known.is_none() && self.queue.is_empty() {
                break;
            }
            let segments = room.min(self.flight(now));
            if segments == 0 {
                let full = self.pacer.is_full_at(now, self.window.packets(), self.rtt.smoothed());
                self.pause(io, full, to, connection);
                break;
            }
            let limit = &Limit { segments, bytes: io.uplink_room() };
            let load = if let Some(place) = known { self.fill(place, limit) } else { self.next(limit) };
            let Some(load) = load else {
                self.pause(io, io.uplink_has_room_at(), to, connection);
                break;
            };
            self.transmit(io, to, connection, load);
        }
        self.wait_for(quiet, io, to, connection);
        // A sender that is in slow start counts as limited by its window when half of it is used, as in Linux.
        let used = if self.window.is_in_slow_start() { 2 * self.pipe } else { self.pipe };
        if used >= self.window.segments() {
            self.full = self.order;
        }
    }

    /// Segments that the window has room for, besides bytes that go without being heard of.
    fn room(&self, quiet: u32) -> Option<u32> {
        let taken = self.pipe + quic::as_packets(quiet);
        self.window.segments().checked_sub(taken).filter(|room| *room > 0)
    }

    /// Segments that may go at a time.
    fn flight(&mut self, now: Time) -> u32 {
        if self.protocol.probes() {
            return self.pacer.packets(now, self.window.packets(), self.rtt.smoothed());
        }
        FLIGHT.max(self.window.segments() / FLIGHTS_A_WINDOW)
    }

    /// Where the window is taken by what is not heard of alone, no acknowledgement lets the sender go on.
    fn wait_for(&mut self, quiet: &Quiet, io: &mut impl Io<P>, to: HostId, connection: Connection) {
        let waits = !self.is_paused && self.pipe == 0 && self.is_busy();
        if let Some(at) = quiet.next().filter(|_| waits) {
            self.pause(io, at, to, connection);
        }
    }

    /// Sends nothing until then.
    pub(crate) fn pause(&mut self, io: &mut impl Io<P>, until: Time, to: HostId, connection: Connection) {
        self.is_paused = true;
        io.set_timer(until, Timer::Resume { peer: to, connection });
    }

    /// What it waited for is there.
    pub(crate) fn resume(&mut self) {
        self.is_paused = false;
    }

    /// Segments that were lost, once more.
    fn fill(&mut self, place: usize, limit: &Limit) -> Option<Load<P>> {
        let Load { message, count, luck, payload, duplicate, .. } = &mut self.holes[place].segments;
        let sent = limit.of(*count, message.bytes)?;
        *luck = luck.nth(LUCK_OF_RETRANSMISSION);
        let payload = if sent == *count { payload.take() } else { None };
        let load =
            Load { message: *message, count: sent, luck: *luck, payload, again: true, duplicate: *duplicate };
        *count -= sent;
        if *count == 0 {
            self.holes.remove(place);
        }
        Some(load)
    }

    /// Segments of the first message that waits.
    fn next(&mut self, limit: &Limit) -> Option<Load<P>> {
        let Outgoing { flow, payload, wire, luck, number, sent, flights, was_passed } =
            self.queue.front_mut()?;
        let count = limit.of(wire.count - *sent, wire.bytes - *sent * MTU)?;
        if *sent == 0 {
            *number = self.next_message;
            self.next_message += 1;
        }
        let luck = if *flights == 0 { *luck } else { luck.nth(*flights) };
        (*sent, *flights, *was_passed) = (*sent + count, *flights + 1, false);
        let (segments, bytes, kind) = (wire.count, wire.bytes, payload.kind());
        let message = Message { number: *number, segments, bytes, flow: *flow, kind };
        let is_last = *sent == wire.count;
        let payload = if is_last { self.queue.pop_front().map(|message| message.payload) } else { None };
        if self.protocol.traits().has_streams && !is_last {
            // Streams take turns.
            self.queue.rotate_left(1);
        }
        Some(Load { message, count, luck, payload, again: false, duplicate: false })
    }

    /// Puts segments on the wire.
    fn transmit(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection, load: Load<P>) {
        let Load { message, count, luck, payload, again, duplicate } = load;
        let (order, at) = (self.order, io.now());
        let ends_message = payload.is_some() && !again;
        let bytes = if ends_message { message.last(count) } else { message.full(count) };
        let sent = Sent { connection, order, count, behind: 0, at, again, early: self.early };
        if self.protocol.probes() {
            self.pacer.take(count);
        }
        let segments = Box::new(Segments { sent, message, luck, streamed: false, duplicate, payload });
        (self.order, self.pipe, self.last_sent) = (order + 1, self.pipe + count, at);
        let Departure { arrives, lost, is_late, back, fault } =
            io.transmit_segments(to, segments, Packets { count, bytes }, self.arrives);
        (self.arrives, self.fault) = (arrives, fault.or(self.fault));
        if is_late && lost < count {
            let segments =
                Load { message, count: count - lost, luck, payload: None, again: true, duplicate: true };
            self.miss(io, to, connection, Hole::new(segments, order, at, true));
        }
        if lost > 0 {
            let payload = back.and_then(|segments| segments.payload);
            let segments = Load { message, count: lost, luck, payload, again: true, duplicate };
            self.miss(io, to, connection, Hole::new(segments, order, at, false));
        }
    }

    /// Segments are missing at the receiver, or their acknowledgement does not come in time.
    fn miss(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection, hole: Hole<P>) {
        let place = self.holes.partition_point(|other| other.order <= hole.order);
        self.holes.insert(place, hole);
        self.time(io, to, connection);
    }

    /// A message went whole, and `count` of its packets are missing at the receiver, or of which the sender does not hear in time
    /// that they have come: without the payload then. Returns as what they were sent.
    pub(crate) fn miss_of_message(
        &mut self,
        io: &mut impl Io<P>,
        to: HostId,
        connection: Connection,
        (flow, bytes, kind, payload): (Flow, u32, MessageKind, Option<P>),
        (count, at): (u32, Time),
    ) -> Sent {
        let (order, duplicate) = (self.order, payload.is_none());
        let message = Message { number: self.next_message, segments: count, bytes, flow, kind };
        (self.order, self.next_message) = (order + 1, self.next_message + 1);
        (self.pipe, self.last_sent) = (self.pipe + count, self.last_sent.max(at));
        let segments = Load { message, count, luck: flow, payload, again: true, duplicate };
        self.miss(io, to, connection, Hole::new(segments, order, at, duplicate));
        Sent { connection, order, count, behind: 0, at, again: false, early: None }
    }

    /// A fault holds back what is sent.
    pub(crate) fn held_back(&mut self, fault: Option<FaultId>) {
        self.fault = fault.or(self.fault);
    }

    /// The downlink of `to` has dropped segments, or they have found it offline.
    pub(crate) fn on_lost(&mut self, io: &mut impl Io<P>, to: HostId, segments: Segments<P>, why: Missed) {
        let Segments { sent, message, luck, streamed, duplicate, payload } = segments;
        let Sent { connection, order, count, at, .. } = sent;
        match why {
            Missed::Dropped => {}
            Missed::Offline => self.peer_offline = true,
            Missed::Fault(fault) => self.fault = Some(fault),
        }
        if !self.awaits(order, count) && streamed {
            // They were acknowledged with the first of them, which has come.
            self.pipe += count;
        }
        let luck = luck.nth(LUCK_OF_LOST);
        let segments = Load { message, count, luck, payload, again: true, duplicate };
        self.miss(io, to, connection, Hole::new(segments, order, at, false));
    }

    /// Of segments that were thought to come so many do not. Returns whether they were not acknowledged with the others.
    fn awaits(&mut self, order: u32, count: u32) -> bool {
        let comes = |hole: &Hole<P>| hole.order == order && hole.comes && !hole.is_known;
        let Some(place) = self.holes.iter().position(comes) else { return false };
        let left = &mut self.holes[place].segments.count;
        *left = left.saturating_sub(count);
        if *left == 0 {
            self.holes.remove(place);
        }
        true
    }

    /// Segments have come to the peer, but their acknowledgement does not come back in time. If their time-out is over, they are
    /// on their way again.
    pub(crate) fn on_unacknowledged(
        &mut self,
        io: &mut impl Io<P>,
        to: HostId,
        train: Train,
        fault: Option<FaultId>,
    ) {
        self.held_back(fault);
        let Train { sent, message, luck } = train;
        let Sent { connection, order, count, at, .. } = sent;
        let is_missed = |hole: &Hole<P>| hole.order == order && hole.comes;
        if order < self.expired || self.holes.iter().any(is_missed) {
            return;
        }
        let segments = Load { message, count, luck, payload: None, again: true, duplicate: true };
        self.miss(io, to, connection, Hole::new(segments, order, at, true));
    }
}

impl<P> Sender<P> {
    /// Messages that wait here, to be sent or to be sent again.
    pub(crate) fn waiting(&self) -> usize {
        let again = self.holes.iter().filter(|hole| hole.segments.payload.is_some());
        self.queue.len() + again.count()
    }

    /// Messages of which segments were not sent yet.
    pub(crate) fn queued(&self) -> impl Iterator<Item = &P> {
        self.queue.iter().map(|message| &message.payload)
    }

    /// Whether something is on its way or waits.
    pub(crate) fn is_busy(&self) -> bool {
        self.pipe > 0 || !self.queue.is_empty() || !self.holes.is_empty()
    }

    /// The retransmission time-out.
    pub(crate) fn timeout(&self) -> Duration {
        self.rtt.timeout(self.protocol, 0)
    }

    /// That of a sender which has sent nothing.
    pub(crate) fn first_timeout(protocol: Protocol, rtt: Duration) -> Duration {
        RoundTrip::new(rtt).timeout(protocol, 0)
    }

    /// Whether nothing waits or is missing, and a burst and the window have room for what goes without being heard of.
    pub(crate) fn takes_quietly(&self, bytes: u32) -> bool {
        let room = (self.window.packets() - f64::from(self.pipe)).min(pacing::LEAST);
        self.queue.is_empty() && self.holes.is_empty() && f64::from(bytes) <= quic::in_bytes(room)
    }

    /// Whether what was sent last has found the peer offline.
    pub(crate) fn found_offline(&self) -> bool {
        self.peer_offline
    }

    /// Why a sender that gives up has lost what it has.
    pub(crate) fn cause(&self) -> LossCause {
        LossCause::on_path(self.fault)
    }

    /// The connection is gone, of a host that has sent, or has not begun to. Returns also when all that was sent has come to the
    /// peer's access link.
    pub(crate) fn leave(sender: Option<Box<Sender<P>>>, waiting: Vec<(Flow, P)>) -> (Time, Remains<P>) {
        let none = Remains { unsent: Vec::new(), broken: Vec::new(), is_open: false };
        let (arrives, mut remains) =
            sender.map_or((Time::ZERO, none), |sender| (sender.arrives, sender.into_remains()));
        remains.unsent.extend(waiting);
        (arrives, remains)
    }

    /// When the last of what was sent will have come.
    pub(crate) fn arrives(&self) -> Time {
        self.arrives
    }

    fn into_remains(self) -> Remains<P> {
        let mut is_open = self.pipe > 0 || !self.holes.is_empty();
        let mut unsent = Vec::new();
        let holes = self.holes.into_iter().map(|hole| hole.segments);
        let mut broken: Vec<(u32, Flow, P)> =
            holes.filter_map(|it| Some((it.message.number, it.message.flow, it.payload?))).collect();
        for Outgoing { flow, payload, number, sent, .. } in self.queue {
            if sent == 0 {
                unsent.push((flow, payload));
            } else {
                is_open = true;
                broken.push((number, flow, payload));
            }
        }
        broken.sort_unstable_by_key(|(number, ..)| *number);
        let broken = broken.into_iter().map(|(_, flow, payload)| (flow, payload)).collect();
        Remains { unsent, broken, is_open }
    }
}

#[cfg(test)]
impl<P> Sender<P> {
    /// The congestion window, in packets.
    pub(crate) fn window(&self) -> f64 {
        self.window.packets()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_come_one_after_another_do_not_keep_a_message_of_quic_from_its_turn() {
        let mut sender: Sender<u32> = Sender::new(Protocol::Quic, Duration::from_millis(100), None);
        let flow = |number| Flow::new(7, number);
        let turn = |sender: &mut Sender<u32>| {
            let load = sender.next(&Limit { segments: 1, bytes: u64::MAX }).expect("something waits");
            load.message.flow
        };
        sender.push(flow(0), 100_000);
        assert_eq!(turn(&mut sender), flow(0));
        for number in 1..50 {
            sender.push(flow(number), 100);
        }
        assert_eq!(turn(&mut sender), flow(1), "the large one has just had its turn");
        assert_eq!(turn(&mut sender), flow(0));
        let mut turns = vec![];
        for number in 50..60 {
            sender.push(flow(number), 100);
            turns.push(turn(&mut sender));
        }
        assert_eq!(turns, (2..12).map(flow).collect::<Vec<_>>());
    }
}
