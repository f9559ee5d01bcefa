//! The sending half of a connection: what waits, what is on its way, what was lost, and what the window lets go.

use std::collections::VecDeque;

use super::cubic::Cubic;
use super::rtt::RoundTrip;
use super::segments::{Connection, Message, Segments, Sent, Train, packets};
use super::timer::{Timer, of};
use crate::network::Payload;
use crate::network::config::{FaultId, MTU};
use crate::network::fate::LossCause;
use crate::network::transport::{Departure, Io, Packets};
use crate::random::Flow;
use crate::units::{Duration, HostId, Time};

/// Segments that are acknowledged after lost ones, until the sender takes these for lost (RFC 5681, RFC 6675).
const DUPLICATES: u32 = 3;
/// What is sent at a time, where the window allows: ten segments, or a quarter of the window. Each is acknowledged as a whole,
/// when its first segment has come.
const FLIGHT: u32 = 10;
const FLIGHTS_A_WINDOW: u32 = 4;
/// How long a sender goes on with retransmission time-outs: the least that RFC 1122, section 4.2.3.5, allows.
const PATIENCE: Duration = Duration::from_secs(100);
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
    window: Cubic,
    rtt: RoundTrip,
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
    /// Whether a timer is set for what is missing.
    is_timed: bool,
    /// Whether it waits for room in the uplink's queue, or for the end of the handshake.
    is_paused: bool,
    /// Whether what was sent last has found the peer offline.
    peer_offline: bool,
    /// A fault because of which nothing has come since the last acknowledgement.
    fault: Option<FaultId>,
}

/// A message that waits.
#[derive(Debug)]
struct Outgoing<P> {
    flow: Flow,
    payload: P,
    wire: Packets,
    /// What the luck of its segments on the path is drawn for.
    luck: Flow,
    /// Its number, once a segment was sent, and how many were.
    number: u32,
    sent: u32,
    flights: u32,
}

/// Segments that do not come, or are not acknowledged in time. For the sender both are the same.
#[derive(Debug)]
struct Hole<P> {
    segments: Load<P>,
    /// Number of what they were sent as, and when.
    order: u32,
    at: Time,
    /// Segments that were acknowledged after them.
    after: u32,
    /// Whether the sender knows.
    is_known: bool,
}

/// Segments of one message, to be sent at a time.
#[derive(Debug)]
struct Load<P> {
    message: Message,
    count: u32,
    luck: Flow,
    payload: Option<P>,
    again: bool,
    /// Whether they have come, or will.
    duplicate: bool,
}

/// What a sender that has given up leaves behind.
pub(crate) struct Remains<P> {
    /// Messages of which nothing was sent.
    pub unsent: Vec<(Flow, P)>,
    /// Messages of which something was, in their order.
    pub broken: Vec<(Flow, P)>,
    /// Whether something of the others may still be on its way, or wait for the rest at the receiver.
    pub is_open: bool,
}

impl<P: Payload> Sender<P> {
    pub(crate) fn new(rtt: Duration) -> Sender<P> {
        Sender {
            window: Cubic::default(),
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
            is_timed: false,
            is_paused: false,
            peer_offline: false,
            fault: None,
        }
    }

    /// A message waits for its turn.
    pub(crate) fn push(&mut self, flow: Flow, payload: P, connection: Connection) {
        self.wait(flow, payload, flow, connection);
    }

    /// A message of which something was sent over an earlier connection waits for its turn.
    pub(crate) fn push_again(&mut self, flow: Flow, payload: P, connection: Connection) {
        self.wait(flow, payload, flow.nth(LUCK_OF_NEXT_CONNECTION), connection);
    }

    fn wait(&mut self, flow: Flow, payload: P, luck: Flow, connection: Connection) {
        let wire = packets(payload.size(), connection.security);
        self.queue.push_back(Outgoing { flow, payload, wire, luck, number: 0, sent: 0, flights: 0 });
    }

    /// The handshake has measured the round trip.
    pub(crate) fn measured(&mut self, rtt: Duration) {
        self.rtt = RoundTrip::new(rtt);
    }

    /// Sends what the window and the uplink have room for.
    pub(crate) fn pump(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection) {
        if self.is_paused || self.queue.is_empty() && self.holes.is_empty() {
            return;
        }
        if self.pipe == 0 && self.holes.is_empty() && io.now().since(self.last_sent) > self.rtt.timeout(0) {
            self.window.on_idle();
        }
        while let Some(room) = self.window.segments().checked_sub(self.pipe).filter(|room| *room > 0) {
            let known = self.holes.iter().position(|hole| hole.is_known);
            if known.is_none() && self.queue.is_empty() {
                break;
            }
            let segments = room.min(FLIGHT.max(self.window.segments() / FLIGHTS_A_WINDOW));
            let limit = &Limit { segments, bytes: io.uplink_room() };
            let load = if let Some(place) = known { self.fill(place, limit) } else { self.next(limit) };
            let Some(load) = load else {
                self.pause(io, io.uplink_has_room_at(), to, connection);
                break;
            };
            self.transmit(io, to, connection, load);
        }
        // A sender that is in slow start counts as limited by its window when half of it is used, as in Linux.
        let used = if self.window.is_in_slow_start() { 2 * self.pipe } else { self.pipe };
        if used >= self.window.segments() {
            self.full = self.order;
        }
    }

    /// Sends nothing until then.
    pub(crate) fn pause(&mut self, io: &mut impl Io<P>, until: Time, to: HostId, connection: Connection) {
        self.is_paused = true;
        io.set_timer(until, of(Timer::Resume { peer: to, connection }));
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
        let Outgoing { flow, wire, luck, number, sent, flights, .. } = self.queue.front_mut()?;
        let count = limit.of(wire.count - *sent, wire.bytes - *sent * MTU)?;
        if *sent == 0 {
            *number = self.next_message;
            self.next_message += 1;
        }
        let luck = if *flights == 0 { *luck } else { luck.nth(*flights) };
        (*sent, *flights) = (*sent + count, *flights + 1);
        let message = Message { number: *number, segments: wire.count, bytes: wire.bytes, flow: *flow };
        let is_last = *sent == wire.count;
        let payload = if is_last { self.queue.pop_front().map(|message| message.payload) } else { None };
        Some(Load { message, count, luck, payload, again: false, duplicate: false })
    }

    /// Puts segments on the wire.
    fn transmit(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection, load: Load<P>) {
        let Load { message, count, luck, payload, again, duplicate } = load;
        let (order, at) = (self.order, io.now());
        let ends_message = payload.is_some() && !again;
        let bytes = if ends_message { message.last(count) } else { message.full(count) };
        let sent = Sent { connection, order, count, behind: 0, at, again };
        let segments = Box::new(Segments { sent, message, luck, streamed: false, duplicate, payload });
        (self.order, self.pipe, self.last_sent) = (order + 1, self.pipe + count, at);
        let Departure { arrives, lost, is_late, back, fault } =
            io.transmit_segments(to, segments, Packets { count, bytes }, self.arrives);
        (self.arrives, self.fault) = (arrives, fault.or(self.fault));
        if is_late && lost < count {
            let segments =
                Load { message, count: count - lost, luck, payload: None, again: true, duplicate: true };
            self.miss(io, to, connection, Hole { segments, order, at, after: 0, is_known: false });
        }
        if lost > 0 {
            let payload = back.and_then(|segments| segments.payload);
            let segments = Load { message, count: lost, luck, payload, again: true, duplicate };
            self.miss(io, to, connection, Hole { segments, order, at, after: 0, is_known: false });
        }
    }

    /// Segments are missing at the receiver, or their acknowledgement does not come in time.
    fn miss(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection, hole: Hole<P>) {
        let place = self.holes.partition_point(|other| other.order <= hole.order);
        self.holes.insert(place, hole);
        self.time(io, to, connection);
    }

    /// The downlink of `to` has dropped segments, or they have found it offline.
    pub(crate) fn on_lost(&mut self, io: &mut impl Io<P>, to: HostId, segments: Segments<P>, offline: bool) {
        let Segments { sent, message, luck, streamed, duplicate, payload } = segments;
        let Sent { connection, order, count, at, .. } = sent;
        self.peer_offline |= offline;
        if !self.awaits(order, count) && streamed {
            // They were acknowledged with the first of them, which has come.
            self.pipe += count;
        }
        let luck = luck.nth(LUCK_OF_LOST);
        let segments = Load { message, count, luck, payload, again: true, duplicate };
        self.miss(io, to, connection, Hole { segments, order, at, after: 0, is_known: false });
    }

    /// Of segments that were thought to come so many do not. Returns whether they were not acknowledged with the others.
    fn awaits(&mut self, order: u32, count: u32) -> bool {
        let comes = |hole: &Hole<P>| hole.order == order && hole.segments.duplicate && !hole.is_known;
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
        self.fault = fault.or(self.fault);
        let Train { sent, message, luck } = train;
        let Sent { connection, order, count, at, .. } = sent;
        let is_missed = |hole: &Hole<P>| hole.order == order && hole.segments.duplicate;
        if order < self.expired || self.holes.iter().any(is_missed) {
            return;
        }
        let segments = Load { message, count, luck, payload: None, again: true, duplicate: true };
        self.miss(io, to, connection, Hole { segments, order, at, after: 0, is_known: false });
    }

    /// The peer has acknowledged segments, and with them all that came before. A late acknowledgement that was overtaken says
    /// nothing.
    pub(crate) fn on_acknowledged(&mut self, io: &mut impl Io<P>, sent: Sent, is_late: bool) {
        let now = io.now();
        if is_late && sent.order < self.acknowledged {
            return;
        }
        self.acknowledged = self.acknowledged.max(sent.order + 1);
        (self.peer_offline, self.fault) = (false, None);
        if !sent.again {
            self.rtt.measure(now.since(sent.at));
        }
        if sent.order >= self.cut {
            self.timeouts = 0;
        }
        let heard = self.hear(sent);
        self.pipe = self.pipe.saturating_sub(heard.count);
        let newest = self.learn(sent, &heard);
        if newest.is_some_and(|order| order >= self.cut) {
            self.window.on_loss();
            self.cut = self.order;
        } else if sent.order >= self.cut && sent.order < self.full {
            self.window.on_acknowledged(now, self.rtt.smoothed(), heard.count);
        }
        if self.holes.front().is_none_or(|hole| hole.order > sent.order) {
            self.advanced = now;
        }
    }

    /// What an acknowledgement tells that was not known.
    fn hear(&mut self, sent: Sent) -> Heard {
        let mut heard = Heard { count: 0, earlier: Vec::new() };
        let mut is_missed = false;
        self.holes.retain(|hole| {
            let comes = hole.segments.duplicate && hole.order <= sent.order;
            if comes {
                let count = if hole.is_known { 0 } else { hole.segments.count };
                heard.earlier.push((hole.order, count));
                heard.count += count;
                is_missed |= hole.order == sent.order;
            }
            !comes
        });
        if !is_missed {
            heard.count += sent.count;
        }
        heard
    }

    /// Takes for lost what enough was acknowledged after. Returns the number of what was sent last of that.
    fn learn(&mut self, sent: Sent, heard: &Heard) -> Option<u32> {
        let mut newest = None;
        for hole in self.holes.iter_mut().take_while(|hole| hole.order <= sent.order) {
            hole.after += if hole.order == sent.order { sent.behind } else { heard.after(hole.order) };
            if !hole.is_known && hole.after >= DUPLICATES {
                hole.is_known = true;
                self.pipe = self.pipe.saturating_sub(hole.segments.count);
                newest = Some(hole.order);
            }
        }
        newest
    }

    /// Sets a timer, unless one is set or the sender will learn of all that is missing by what it has sent.
    fn time(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection) {
        let Some(hole) = self.holes.iter().find(|hole| !hole.is_known).filter(|_| !self.is_timed) else {
            return;
        };
        self.is_timed = true;
        let due = hole.at.max(self.advanced) + self.rtt.timeout(self.timeouts);
        let timer = Timer::Retransmission { peer: to, connection };
        io.set_timer(due.max(io.now()), of(timer));
    }

    /// The timer has fired. Returns whether the sender goes on.
    pub(crate) fn on_timer(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection) -> bool {
        self.is_timed = false;
        let Some(hole) = self.holes.iter().find(|hole| !hole.is_known) else { return true };
        let (now, since) = (io.now(), hole.at.max(self.advanced));
        if now.since(since) < self.rtt.timeout(self.timeouts) {
            self.time(io, to, connection);
            return true;
        }
        if self.timeouts == 0 {
            self.stuck = since;
        } else if now.since(self.stuck) >= PATIENCE {
            return false;
        }
        self.timeouts += 1;
        self.window.on_timeout(self.timeouts == 1);
        (self.pipe, self.cut, self.expired) = (0, self.order, self.order);
        self.holes.iter_mut().for_each(|hole| hole.is_known = true);
        true
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
        self.rtt.timeout(0)
    }

    /// Whether what was sent last has found the peer offline.
    pub(crate) fn found_offline(&self) -> bool {
        self.peer_offline
    }

    /// Why a sender that gives up has lost what it has.
    pub(crate) fn cause(&self) -> LossCause {
        LossCause::on_path(self.fault)
    }

    /// When all that was sent has come to the peer's access link.
    pub(crate) fn arrives(&self) -> Time {
        self.arrives
    }

    /// The connection is gone.
    pub(crate) fn into_remains(self) -> Remains<P> {
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

/// Segments that were not known to have come.
struct Heard {
    count: u32,
    /// Those of them whose acknowledgements were lost, or are late: as what they were sent, and how many.
    earlier: Vec<(u32, u32)>,
}

impl Heard {
    /// How many were sent after this.
    fn after(&self, order: u32) -> u32 {
        let before = self.earlier.iter().take_while(|(earlier, _)| *earlier <= order);
        self.count - before.map(|(_, count)| count).sum::<u32>()
    }
}

/// What may be sent at a time.
struct Limit {
    segments: u32,
    /// Room in the uplink's queue.
    bytes: u64,
}

impl Limit {
    /// How many of the last `count` segments of a message, whose bytes on the wire these are at most; `None` if there is no room
    /// for one.
    fn of(&self, count: u32, bytes: u32) -> Option<u32> {
        let count = count.min(self.segments);
        if u64::from(bytes.min(count * MTU)) <= self.bytes {
            return Some(count);
        }
        let room = (self.bytes / u64::from(MTU)) as u32;
        (room > 0).then(|| count.min(room))
    }
}
