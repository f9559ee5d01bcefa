//! Transports: what turns a payload into packets on the wire, and what becomes of packets that the path loses.
//!
//! Each is a state machine in a file of its own, without clock, queue or links: it handles what happened (a payload is to
//! be sent, a packet came, a timer fired, the host went offline) and acts through [`Io`]. A host sends payloads by its
//! group's transport, and answers handshakes whatever that is. A further transport is a file beside these, and its name in
//! the enums below and in [`config`](super::config).

#[cfg(test)]
mod harness;
pub(super) mod quic;
mod retransmission;
pub(super) mod tcp;
pub(super) mod udp;

use super::Payload;
use super::config::{FaultId, MTU, Transport};
use super::downlink::{Overflow, Stream};
use super::event::Packet;
use super::fate::Fate;
use crate::random::{Flow, mix};
use crate::units::{Duration, HostId, Time};
use quic::Quic;
pub(super) use tcp::Segments;
use tcp::{Security, Tcp};

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
        match self {
            Transport::Udp => udp::packets(payload),
            Transport::Quic => quic::packets(payload),
            Transport::Tcp => tcp::packets(payload, Security::Plain),
            Transport::TcpTls => tcp::packets(payload, Security::Tls),
        }
    }

    /// The largest payload that it takes, in bytes, if there is a limit.
    pub const fn largest_payload(self) -> Option<u32> {
        match self {
            Transport::Udp => Some(udp::LARGEST_DATAGRAM),
            Transport::Quic | Transport::Tcp | Transport::TcpTls => None,
        }
    }

    /// Whether it keeps state for each peer.
    pub const fn has_connections(self) -> bool {
        match self {
            Transport::Udp => false,
            Transport::Quic | Transport::Tcp | Transport::TcpTls => true,
        }
    }

    /// Round trips before the first byte of a message leaves: over a new connection, and over one that was idle for long.
    pub const fn round_trips_ahead(self) -> (u32, u32) {
        match self {
            Transport::Udp => (0, 0),
            Transport::Quic => (1, 0),
            Transport::Tcp => (1, 1),
            Transport::TcpTls => (2, 2),
        }
    }

    /// Whether its sender may have only so much on its way, which receivers acknowledge.
    pub const fn has_window(self) -> bool {
        match self {
            Transport::Udp | Transport::Quic => false,
            Transport::Tcp | Transport::TcpTls => true,
        }
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
    fn transmit(&mut self, to: HostId, packet: Packet<P>, sent: Transmission)
    -> Result<Time, Undelivered<P>>;

    /// `timer` will fire at `at`, also when the host is offline then.
    fn set_timer(&mut self, at: Time, timer: Timer<P>);

    /// A message has met its end here, on its way to `to`.
    fn end(&mut self, fate: Fate, packet: &Packet<P>, to: HostId);

    /// What the host knows of the time to `to` and back.
    fn rtt(&self, to: HostId) -> RttEstimate;

    /// The time to `to`, as the host knows it.
    fn one_way(&self, to: HostId) -> Duration;

    /// What answers some packets of `to` sets out at `at`, in as many. Returns how much later than usual it comes.
    ///
    /// # Errors
    /// When the path loses all of it: because of which fault, if of one.
    fn answer(&self, at: Time, to: HostId, packets: u32, luck: Flow) -> Result<Duration, Option<FaultId>>;

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

/// Why a message was not transmitted whole. The model lets the sender know at once what the path will lose; the transport's
/// timers model when it would notice.
pub(crate) enum Undelivered<P> {
    /// The uplink's queue has no room for it.
    QueueFull(Packet<P>),
    /// The path loses `lost` of its IP packets; the last one leaves the uplink at `departs`, and those that are left, if any,
    /// have come at `arrives`. `fault`: because of which what is left is of no use.
    Lost { packet: Packet<P>, lost: u32, departs: Time, arrives: Option<Time>, fault: Option<FaultId> },
}

/// A round trip, as RFC 9002 (section 5) estimates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RttEstimate {
    pub smoothed: Duration,
    pub variation: Duration,
}

/// Packets that were dropped at a downlink: which, when, and what is known of the path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dropped {
    pub overflow: Overflow,
    pub now: Time,
    /// As the sender estimates it.
    pub rtt: RttEstimate,
    /// From the sender to here.
    pub one_way: Duration,
}

/// A timer that a transport sets.
#[derive(Clone, Debug)]
pub enum Timer<P> {
    /// See [`quic::Timer`].
    Quic(quic::Timer<P>),
    /// See [`tcp::Timer`].
    Tcp(tcp::Timer<P>),
}

/// What transports send each other besides payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// A flight of a QUIC handshake.
    Quic(quic::Handshake),
    /// A flight of a TCP or TLS handshake.
    Tcp(tcp::Handshake),
}

/// The transports of one host.
#[derive(Debug)]
pub(super) struct Stack<P> {
    /// By which it sends.
    kind: Transport,
    /// `None` until the host first needs one, so that a million idle hosts take no memory for them.
    connections: Option<Box<Connections<P>>>,
}

/// The transports that keep state.
#[derive(Debug)]
struct Connections<P> {
    quic: Quic<P>,
    tcp: Tcp<P>,
}

impl<P: Payload> Stack<P> {
    /// A host that sends by this transport, and has no connections yet.
    pub(super) fn new(kind: Transport) -> Stack<P> {
        Stack { kind, connections: None }
    }

    /// By which it sends.
    pub(super) fn kind(&self) -> Transport {
        self.kind
    }

    /// A payload is to be sent.
    #[inline(always)]
    pub(super) fn send(&mut self, io: &mut impl Io<P>, to: HostId, payload: P, flow: Flow) {
        match self.kind {
            Transport::Udp => udp::send(io, to, payload, flow),
            Transport::Quic => self.connections().quic.send(io, to, payload, flow),
            Transport::Tcp => self.connections().tcp.send(io, to, payload, (flow, Security::Plain)),
            Transport::TcpTls => self.connections().tcp.send(io, to, payload, (flow, Security::Tls)),
        }
    }

    /// Packets of a message by this transport were dropped at the downlink of `to`. Returns when its sender learns of that, and
    /// by what.
    ///
    /// # Errors
    /// The message, if its sender does not send it again.
    pub(super) fn dropped(
        transport: Transport,
        flow: Flow,
        packet: Packet<P>,
        to: HostId,
        dropped: Dropped,
    ) -> Result<(Time, Timer<P>), Packet<P>> {
        match transport {
            Transport::Udp | Transport::Tcp | Transport::TcpTls => Err(packet),
            Transport::Quic => {
                quic::dropped(flow, packet, to, dropped).map(|(at, timer)| (at, Timer::Quic(timer)))
            }
        }
    }

    /// A payload has come from a host.
    #[inline]
    pub(super) fn on_payload(&mut self, now: Time, from: HostId) {
        if let Some(connections) = &mut self.connections {
            connections.quic.on_payload(now, from);
        }
    }

    /// A message of a transport has come from a host.
    pub(super) fn on_control(&mut self, io: &mut impl Io<P>, from: HostId, control: Control, flow: Flow) {
        match control {
            Control::Quic(handshake) => self.connections().quic.on_handshake(io, from, handshake, flow),
            Control::Tcp(handshake) => self.connections().tcp.on_handshake(io, from, handshake, flow),
        }
    }

    /// Segments have come from a host. Returns the message that is delivered by that, if one is.
    pub(super) fn on_segments(
        &mut self,
        io: &mut impl Io<P>,
        from: HostId,
        segments: Segments<P>,
    ) -> Option<(Flow, Packet<P>)> {
        self.connections().tcp.on_segments(io, from, segments)
    }

    /// A timer that it had set has fired.
    pub(super) fn on_timer(&mut self, io: &mut impl Io<P>, timer: Timer<P>) {
        match timer {
            Timer::Quic(timer) => self.connections().quic.on_timer(io, timer),
            Timer::Tcp(timer) => self.connections().tcp.on_timer(io, timer),
        }
    }

    /// The host has come online.
    pub(super) fn on_online(&mut self, now: Time) {
        if let Some(connections) = &mut self.connections {
            connections.quic.on_online(now);
        }
    }

    /// The host has gone offline.
    pub(super) fn on_offline(&mut self, io: &mut impl Io<P>) {
        if let Some(connections) = &mut self.connections {
            connections.quic.on_offline(io);
            connections.tcp.on_offline(io);
        }
    }

    /// Shows the messages that wait until there is a connection with a host.
    pub(super) fn waiting_for(&self, peer: HostId, mut each: impl FnMut(&P)) {
        if let Some(connections) = &self.connections {
            connections.quic.waiting_for(peer).for_each(&mut each);
            connections.tcp.waiting_for(peer).for_each(each);
        }
    }

    fn connections(&mut self) -> &mut Connections<P> {
        let none = || Box::new(Connections { quic: Quic::default(), tcp: Tcp::default() });
        self.connections.get_or_insert_with(none)
    }
}

impl<P> Stack<P> {
    /// Memory of a host that has connections, without these.
    pub(super) const BYTES_OF_CONNECTIONS: usize = size_of::<Connections<P>>();

    /// Memory of a connection by this transport, at one of its ends.
    pub(super) const fn bytes_a_connection(transport: Transport) -> usize {
        match transport {
            Transport::Udp => 0,
            Transport::Quic => Quic::<P>::BYTES_A_CONNECTION,
            Transport::Tcp | Transport::TcpTls => Tcp::<P>::BYTES_A_CONNECTION,
        }
    }

    /// Whether the host, which is online, still has what came at this time: it has not been offline since.
    pub(super) fn has_kept(&self, since: Time) -> bool {
        self.connections.as_ref().is_none_or(|connections| connections.quic.is_of_this_session(since))
    }

    /// Messages that connections keep here: that wait for one, or for others before them.
    pub(super) fn waiting(&self) -> usize {
        let of = |connections: &Connections<P>| connections.quic.waiting() + connections.tcp.waiting();
        self.connections.as_deref().map_or(0, of)
    }
}

impl<P: Payload> Timer<P> {
    /// For the fingerprint.
    pub(super) fn digest(&self) -> u64 {
        match self {
            Timer::Quic(timer) => timer.digest(),
            Timer::Tcp(timer) => timer.digest(),
        }
    }
}

impl<P> Timer<P> {
    /// What tells a sender that its message found `peer` offline, where a message of its own fails by that. Hosts do not learn
    /// this; it is kept to tell the truth of what became of what waits.
    pub(super) fn unanswered(control: Control, peer: HostId, flow: Flow) -> Option<Timer<P>> {
        match control {
            Control::Quic(handshake) => quic::unanswered(handshake, peer, flow).map(Timer::Quic),
            Control::Tcp(handshake) => tcp::unanswered(handshake, peer, flow).map(Timer::Tcp),
        }
    }

    /// Whose acknowledgement it is, if it is one: a packet that NATs see.
    pub(super) fn acknowledges(&self) -> Option<HostId> {
        match self {
            Timer::Quic(_) => None,
            Timer::Tcp(timer) => timer.acknowledges(),
        }
    }

    /// Whether a message waits for it.
    pub(super) fn holds_message(&self) -> bool {
        match self {
            Timer::Quic(timer) => timer.holds_message(),
            Timer::Tcp(timer) => timer.holds_message(),
        }
    }
}

impl Control {
    /// Bytes that the transport is given.
    pub(super) fn size(self) -> u32 {
        match self {
            Control::Quic(handshake) => handshake.size(),
            Control::Tcp(handshake) => handshake.size(),
        }
    }

    /// For the fingerprint.
    pub(super) fn digest(self) -> u64 {
        match self {
            Control::Quic(handshake) => mix(handshake as u64),
            Control::Tcp(handshake) => handshake.digest(),
        }
    }
}
