//! The sending half of a connection: what waits, what is on its way, what was lost, and what the window lets go.

use std::collections::VecDeque;

use super::cubic::Cubic;
use super::rtt::RoundTrip;
use super::segments::{Connection, Message, Segments, Sent, packets};
use super::timer::{Timer, of};
use crate::network::config::{FaultId, MTU};
use crate::network::event::Packet;
use crate::network::fate::LossCause;
use crate::network::transport::{Departure, Io, Packets};
use crate::network::{Frame, Payload};
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

/// One end's messages to its peer.
#[derive(Debug)]
pub(crate) struct Sender<P> {
    window: Cubic,
    rtt: RoundTrip,
    /// Messages of which segments were not sent yet, in their order.
    queue: VecDeque<Outgoing<P>>,
    /// Segments that are missing at the receiver, in the order in which they were sent. The model knows of them before the
    /// sender does.
    holes: VecDeque<Hole<P>>,
    next_message: u32,
    /// Number of what is sent next.
    order: u32,
    /// Segments on their way, as the sender takes it.
    pipe: u32,
    /// What was sent before this does not count for the window: it was cut since.
    cut: u32,
    /// What was sent before this was sent with a full window.
    full: u32,
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
    /// Its number, once a segment was sent, and how many were.
    number: u32,
    sent: u32,
    flights: u32,
}

/// Segments that do not come.
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
}

/// What a sender that has given up leaves behind.
pub(crate) struct Remains<P> {
    /// Messages of which nothing was sent.
    pub unsent: Vec<(Flow, P)>,
    /// Messages of which something was.
    pub broken: Vec<Packet<P>>,
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
            full: 0,
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
        let wire = packets(payload.size(), connection.security);
        self.queue.push_back(Outgoing { flow, payload, wire, number: 0, sent: 0, flights: 0 });
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
        let Load { message, count, luck, payload, .. } = &mut self.holes[place].segments;
        let sent = limit.of(*count, message.bytes)?;
        *luck = luck.nth(u32::MAX);
        let payload = if sent == *count { payload.take() } else { None };
        let load = Load { message: *message, count: sent, luck: *luck, payload, again: true };
        *count -= sent;
        if *count == 0 {
            self.holes.remove(place);
        }
        Some(load)
    }

    /// Segments of the first message that waits.
    fn next(&mut self, limit: &Limit) -> Option<Load<P>> {
        let Outgoing { flow, wire, number, sent, flights, .. } = self.queue.front_mut()?;
        let count = limit.of(wire.count - *sent, wire.bytes - *sent * MTU)?;
        if *sent == 0 {
            *number = self.next_message;
            self.next_message += 1;
        }
        let luck = if *flights == 0 { *flow } else { flow.nth(*flights) };
        (*sent, *flights) = (*sent + count, *flights + 1);
        let message = Message { number: *number, segments: wire.count, bytes: wire.bytes, flow: *flow };
        let is_last = *sent == wire.count;
        let payload = if is_last { self.queue.pop_front().map(|message| message.payload) } else { None };
        Some(Load { message, count, luck, payload, again: false })
    }

    /// Puts segments on the wire.
    fn transmit(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection, load: Load<P>) {
        let Load { message, count, luck, payload, again } = load;
        let (order, at) = (self.order, io.now());
        let ends_message = payload.is_some() && !again;
        let bytes = if ends_message { message.last(count) } else { message.full(count) };
        let sent = Sent { connection, order, count, behind: 0, at, again };
        let segments = Box::new(Segments { sent, message, luck, streamed: false, payload });
        (self.order, self.pipe, self.last_sent) = (order + 1, self.pipe + count, at);
        let Departure { arrives, lost, back, fault } =
            io.transmit_segments(to, segments, Packets { count, bytes }, self.arrives);
        (self.arrives, self.fault) = (arrives, fault.or(self.fault));
        if lost > 0 {
            let payload = back.and_then(|segments| segments.payload);
            let segments = Load { message, count: lost, luck, payload, again: true };
            self.miss(io, to, connection, Hole { segments, order, at, after: 0, is_known: false });
        }
    }

    /// Segments are missing at the receiver.
    fn miss(&mut self, io: &mut impl Io<P>, to: HostId, connection: Connection, hole: Hole<P>) {
        let place = self.holes.partition_point(|other| other.order <= hole.order);
        self.holes.insert(place, hole);
        self.time(io, to, connection);
    }

    /// The downlink of `to` has dropped segments, or they have found it offline.
    pub(crate) fn on_lost(&mut self, io: &mut impl Io<P>, to: HostId, segments: Segments<P>, offline: bool) {
        let Segments { sent, message, luck, streamed, payload } = segments;
        let Sent { connection, order, count, at, .. } = sent;
        self.peer_offline |= offline;
        if streamed {
            // They were acknowledged with the first of them, which has come.
            self.pipe += count;
        }
        let segments = Load { message, count, luck: luck.nth(u32::MAX - 1), payload, again: true };
        self.miss(io, to, connection, Hole { segments, order, at, after: 0, is_known: false });
    }

    /// The peer has acknowledged segments.
    pub(crate) fn on_acknowledged(&mut self, io: &mut impl Io<P>, sent: Sent) {
        let now = io.now();
        (self.peer_offline, self.fault) = (false, None);
        self.pipe = self.pipe.saturating_sub(sent.count);
        if !sent.again {
            self.rtt.measure(now.since(sent.at));
        }
        if sent.order >= self.cut {
            self.timeouts = 0;
        }
        let mut newest = None;
        for hole in self.holes.iter_mut().take_while(|hole| hole.order <= sent.order) {
            hole.after += if hole.order == sent.order { sent.behind } else { sent.count };
            if !hole.is_known && hole.after >= DUPLICATES {
                hole.is_known = true;
                self.pipe = self.pipe.saturating_sub(hole.segments.count);
                newest = Some(hole.order);
            }
        }
        if newest.is_some_and(|order| order >= self.cut) {
            self.window.on_loss();
            self.cut = self.order;
        } else if sent.order >= self.cut && sent.order < self.full {
            self.window.on_acknowledged(now, self.rtt.smoothed(), sent.count);
        }
        if self.holes.front().is_none_or(|hole| hole.order > sent.order) {
            self.advanced = now;
        }
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
        self.window.on_timeout();
        (self.pipe, self.cut) = (0, self.order);
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

    /// Whether something is on its way or waits.
    pub(crate) fn is_busy(&self) -> bool {
        self.pipe > 0 || !self.queue.is_empty() || !self.holes.is_empty()
    }

    /// Whether there is a message of which nothing was sent.
    pub(crate) fn has_unsent(&self) -> bool {
        self.queue.back().is_some_and(|message| message.sent == 0)
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
    pub(crate) fn into_remains(self, from: HostId) -> Remains<P> {
        let mut is_open = self.pipe > 0 || !self.holes.is_empty();
        let (mut unsent, mut broken) = (Vec::new(), Vec::new());
        let packet = |bytes, payload| Packet { from, bytes, frame: Frame::Payload(payload) };
        for Hole { segments, .. } in self.holes {
            broken.extend(segments.payload.map(|payload| packet(segments.message.bytes, payload)));
        }
        for Outgoing { flow, payload, wire, sent, .. } in self.queue {
            if sent == 0 {
                unsent.push((flow, payload));
            } else {
                is_open = true;
                broken.push(packet(wire.bytes, payload));
            }
        }
        Remains { unsent, broken, is_open }
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
