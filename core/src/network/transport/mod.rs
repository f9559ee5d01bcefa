//! Transports: what turns a payload into packets on the wire, and what becomes of packets that the path loses.
//!
//! Each is a state machine without clock, queue or links: it handles what happened (a payload is to be sent, a packet came, a
//! timer fired, the host went offline) and acts through [`Io`]. `udp` keeps nothing; `tcp` and `quic` say what is particular to
//! their packets and times, and `connections` is the state machine of both. A host sends payloads by its group's transport, and
//! answers handshakes whatever that is. A further transport is a file beside these, and its name in the enums below and in
//! [`config`](super::config).

pub(super) mod connections;
#[cfg(test)]
mod harness;
mod quic;
mod tcp;
mod udp;

use super::config::{MTU, Transport};
use super::downlink::Stream;
use super::event::Packet;
use super::fate::Fate;
use super::fault::FaultId;
use super::loss::Losses;
use super::{MessageKind, Payload};
use crate::random::Flow;
use crate::units::{Duration, HostId, Time};
use connections::{Connections, Protocol};
pub(super) use connections::{
    Handshake, Missed, Segments, Timer, held_back, luck_of_acknowledgement, unanswered,
};

/// What a message becomes on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packets {
    /// IP packets.
    pub count: u32,
    /// Bytes, all headers included.
    pub bytes: u32,
}

impl Transport {
    /// A message with `payload` bytes, on the wire.
    #[inline]
    pub fn packets(self, payload: u32) -> Packets {
        match Protocol::of(self) {
            None => udp::packets(payload),
            Some(protocol) => protocol.packets(payload),
        }
    }

    /// The largest payload that it takes, in bytes, if there is a limit.
    pub const fn largest_payload(self) -> Option<u32> {
        match Protocol::of(self) {
            None => Some(udp::LARGEST_DATAGRAM),
            Some(_) => None,
        }
    }

    /// Whether it keeps state for each peer.
    pub const fn has_connections(self) -> bool {
        Protocol::of(self).is_some()
    }

    /// Whether it sends again what was lost.
    pub const fn sends_again(self) -> bool {
        self.has_connections()
    }

    /// Round trips before the first byte of a message leaves: over a new connection, and over one that was idle for long.
    pub const fn round_trips_ahead(self) -> (u32, u32) {
        let Some(protocol) = Protocol::of(self) else { return (0, 0) };
        let traits = protocol.traits();
        let first = 1 + traits.further.len() as u32;
        (first, if traits.resumes { 0 } else { first })
    }

    /// Whether it is an event that the receiver acknowledges a message, however small.
    pub const fn acknowledges_each(self) -> bool {
        match Protocol::of(self) {
            None => false,
            Some(protocol) => !protocol.is_quiet(),
        }
    }

    /// Whether a message that comes whole says by nothing else that the connection is in use.
    pub(super) const fn is_quiet(self) -> bool {
        matches!(Protocol::of(self), Some(protocol) if protocol.is_quiet())
    }
}

/// What a transport can do at its host, while it handles one event.
pub(super) trait Io<P> {
    /// The present.
    fn now(&self) -> Time;

    /// The host itself.
    fn host(&self) -> HostId;

    /// Whether the host is online.
    fn is_online(&self) -> bool;

    /// Counts a message of the transport's own, which is about to be transmitted.
    fn begin(&mut self);

    /// Takes a message, or as much of it as is sent, through the uplink and onto the path. Returns when the last byte leaves the
    /// uplink.
    ///
    /// # Errors
    /// What was not transmitted whole, and why.
    fn transmit(&mut self, to: HostId, packet: Packet<P>, sent: Transmission) -> Departs<P>;

    /// `timer` will fire at `at`, also when the host is offline then.
    fn set_timer(&mut self, at: Time, timer: Timer<P>);

    /// A message has met its end here, on its way to `to`.
    fn end(&mut self, fate: Fate, packet: &Packet<P>, to: HostId);

    /// The time to `to` and back, as the host knows it.
    fn rtt(&self, to: HostId) -> Duration;

    /// How much that differs from message to message.
    fn variation(&self, to: HostId) -> Duration;

    /// The time to `to`, as the host knows it.
    fn one_way(&self, to: HostId) -> Duration;

    /// What answers some packets of `to` sets out at `at`, in as many. Returns how much later than usual it comes.
    ///
    /// # Errors
    /// When the path loses all of it: because of which fault, if of one.
    fn answer(&self, at: Time, to: HostId, packets: u32, luck: Flow) -> Result<Duration, Option<FaultId>>;

    /// What answers some packets of a message of this kind, which this host sends to `to` and which set out at a time, in as many. It comes a round trip after that, if
    /// nothing happens to either; returns how much later than usual.
    ///
    /// # Errors
    /// When the path back loses all of it: because of which fault, if of one.
    fn echo(
        &self,
        sets_out: (Time, Duration),
        to: HostId,
        packets: (MessageKind, u32),
        luck: Flow,
    ) -> Result<Duration, Option<FaultId>>;

    /// `timer` will fire at `to`, to which it is as far as the [`one_way`](Io::one_way) at least.
    fn tell(&mut self, at: Time, to: HostId, timer: Timer<P>);

    /// Bytes that the uplink's queue has room for.
    fn uplink_room(&self) -> u64;

    /// When a queue of the uplink that is full has room again for a good part of it.
    fn uplink_has_room_at(&self) -> Time;

    /// Takes segments through the uplink and onto the path, where they come no earlier than at `after`.
    fn transmit_segments(
        &mut self,
        to: HostId,
        segments: Box<Segments<P>>,
        wire: Packets,
        after: Time,
    ) -> Departure<P>;

    /// How many connections the host is to have at most, if there is a limit.
    fn max_connections(&self) -> Option<u32>;

    /// The host has as many. Whether it closes one for another.
    fn at_limit(&mut self, closes: bool);

    /// The first of some packets has come to the downlink, and the others follow as this stream, unless all have come at once.
    /// Returns when it will have passed; `None` if the host is offline.
    fn first_passes(&mut self, stream: Option<Stream>) -> Option<Time>;

    /// A message of a peer is delivered, at the present.
    fn deliver(&mut self, flow: Flow, packet: Packet<P>);
}

/// What becomes of segments on their path.
pub(super) struct Departure<P> {
    /// When the last one comes.
    pub arrives: Time,
    /// How many are lost.
    pub lost: u32,
    /// Whether a fault lets the others come later than usual.
    pub is_late: bool,
    /// If all are: themselves.
    pub back: Option<Box<Segments<P>>>,
    /// If all are, because of a fault: which.
    pub fault: Option<FaultId>,
}

/// How a message is put on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transmission {
    pub wire: Packets,
    /// What it is part of.
    pub flow: Flow,
    /// What its luck on the path is drawn for.
    pub luck: Flow,
    /// Whether it waits for room in the uplink's queue, instead of being dropped.
    pub waits: bool,
}

/// When the last byte of a message leaves the uplink. What is not transmitted whole is rare: apart from the rest in memory, it leaves
/// the usual result in registers.
pub(crate) type Departs<P> = Result<Time, Box<Undelivered<P>>>;

/// Why a message was not transmitted whole. The model lets the sender know at once what the path will lose; the transport's
/// timers model when it would notice.
pub(crate) enum Undelivered<P> {
    /// The uplink's queue has no room for it.
    QueueFull(Packet<P>),
    /// The path loses some of its IP packets; the last one leaves the uplink at `departs`. `fault`: because of which what is left is
    /// of no use.
    Lost { packet: Packet<P>, losses: Losses, departs: Time, fault: Option<FaultId> },
}

impl<P> Undelivered<P> {
    #[cold]
    pub(super) fn queue_full(packet: Packet<P>) -> Departs<P> {
        Err(Box::new(Undelivered::QueueFull(packet)))
    }

    #[inline(never)]
    pub(super) fn lost(
        packet: Packet<P>,
        losses: Losses,
        departs: Time,
        fault: Option<FaultId>,
    ) -> Departs<P> {
        Err(Box::new(Undelivered::Lost { packet, losses, departs, fault }))
    }
}

/// The transports of one host.
#[derive(Debug)]
pub(super) struct Stack<P> {
    /// `None` until the host first needs one, so that a million idle hosts take no memory for them.
    connections: Option<Box<Connections<P>>>,
}

impl<P> Default for Stack<P> {
    fn default() -> Stack<P> {
        Stack { connections: None }
    }
}

impl<P: Payload> Stack<P> {
    /// A payload is to be sent by this transport.
    #[inline(always)]
    pub(super) fn send(
        &mut self,
        io: &mut impl Io<P>,
        to: HostId,
        payload: P,
        (flow, transport): (Flow, Transport),
    ) {
        match Protocol::of(transport) {
            None => udp::send(io, to, payload, flow),
            Some(protocol) => self.connections().send(io, to, payload, (flow, protocol)),
        }
    }

    /// A payload has come whole from a host, by some transport.
    #[inline(always)]
    pub(super) fn on_payload(&mut self, now: Time, from: HostId, by: impl FnOnce() -> Transport) {
        if let Some(connections) = &mut self.connections {
            if by().is_quiet() {
                connections.on_payload(now, from);
            }
        }
    }

    /// A flight of a handshake has come from a host.
    pub(super) fn on_handshake(
        &mut self,
        io: &mut impl Io<P>,
        from: HostId,
        handshake: Handshake,
        flow: Flow,
    ) {
        self.connections().on_handshake(io, from, handshake, flow);
    }

    /// Segments have come from a host. Returns the message that is delivered by that, if one is.
    pub(super) fn on_segments(
        &mut self,
        io: &mut impl Io<P>,
        from: HostId,
        segments: Segments<P>,
    ) -> Option<(Flow, Packet<P>)> {
        self.connections().on_segments(io, from, segments)
    }

    /// A timer that it had set has fired.
    pub(super) fn on_timer(&mut self, io: &mut impl Io<P>, timer: Timer<P>) {
        self.connections().on_timer(io, timer);
    }

    /// The host has come online.
    pub(super) fn on_online(&mut self, now: Time) {
        if let Some(connections) = &mut self.connections {
            connections.on_online(now);
        }
    }

    /// The host has gone offline; if it takes its leave, it closes its connections at a time, when all else has left the uplink.
    pub(super) fn on_offline(&mut self, io: &mut impl Io<P>, closes: Option<Time>) {
        if let Some(connections) = &mut self.connections {
            connections.on_offline(io, closes);
        }
    }

    /// Shows the messages that wait until there is a connection with a host.
    pub(super) fn waiting_for(&self, peer: HostId, each: impl FnMut(&P)) {
        if let Some(connections) = &self.connections {
            connections.waiting_for(peer).for_each(each);
        }
    }

    fn connections(&mut self) -> &mut Connections<P> {
        self.connections.get_or_insert_with(Box::default)
    }
}

impl<P> Stack<P> {
    /// Memory of a host that has connections, without these.
    pub(super) const BYTES_OF_CONNECTIONS: usize = size_of::<Connections<P>>();

    /// Memory of a connection by this transport, at one of its ends.
    pub(super) const fn bytes_a_connection(transport: Transport) -> usize {
        match Protocol::of(transport) {
            None => 0,
            Some(protocol) => Connections::<P>::bytes_a_connection(protocol),
        }
    }

    /// Messages that connections keep here: that wait for one, or for others before them.
    pub(super) fn waiting(&self) -> usize {
        self.connections.as_deref().map_or(0, Connections::waiting)
    }
}
