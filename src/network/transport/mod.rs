//! Transports: what turns a payload into packets on the wire, and what becomes of packets that the path loses.
//!
//! Each is a state machine in a file of its own, without clock, queue or links: it handles what happened (a payload is to
//! be sent, a packet came, a timer fired, the host went offline) and acts through [`Io`]. A host sends payloads by its
//! group's transport, and answers handshakes whatever that is. A further transport is a file beside these, and its name in
//! the enums below and in [`config`](super::config).

pub(super) mod quic;
mod retransmission;
pub(super) mod udp;

use super::Payload;
use super::config::{MTU, Transport};
use super::downlink::Overflow;
use super::event::Packet;
use super::fate::Fate;
use crate::random::{Flow, mix};
use crate::units::{Duration, HostId, Time};
use quic::Quic;

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
        }
    }

    /// The largest payload that it takes, in bytes, if there is a limit.
    pub const fn largest_payload(self) -> Option<u32> {
        match self {
            Transport::Udp => Some(udp::LARGEST_DATAGRAM),
            Transport::Quic => None,
        }
    }

    /// Whether it keeps state for each peer.
    pub const fn has_connections(self) -> bool {
        match self {
            Transport::Udp => false,
            Transport::Quic => true,
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
}

/// How a message is put on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Transmission {
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
pub(super) enum Undelivered<P> {
    /// The uplink's queue has no room for it.
    QueueFull(Packet<P>),
    /// The path loses `lost` of its IP packets; the last one leaves the uplink at `departs`, and those that are left, if any,
    /// have come at `arrives`.
    Lost { packet: Packet<P>, lost: u32, departs: Time, arrives: Option<Time> },
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
}

/// What transports send each other besides payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    /// A flight of a QUIC handshake.
    Quic(quic::Handshake),
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
            Transport::Quic => self.quic().send(io, to, payload, flow),
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
            Transport::Udp => Err(packet),
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
            Control::Quic(handshake) => self.quic().on_handshake(io, from, handshake, flow),
        }
    }

    /// A timer that it had set has fired.
    pub(super) fn on_timer(&mut self, io: &mut impl Io<P>, timer: Timer<P>) {
        match timer {
            Timer::Quic(timer) => self.quic().on_timer(io, timer),
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
        }
    }

    fn quic(&mut self) -> &mut Quic<P> {
        let connections = || Box::new(Connections { quic: Quic::default() });
        &mut self.connections.get_or_insert_with(connections).quic
    }
}

impl<P> Stack<P> {
    /// Memory of a host that has connections, without these.
    pub(super) const BYTES_OF_CONNECTIONS: usize = size_of::<Connections<P>>();
    /// Memory of each of these.
    pub(super) const BYTES_A_CONNECTION: usize = Quic::<P>::BYTES_A_CONNECTION;

    /// Whether the host, which is online, still has what came at this time: it has not been offline since.
    pub(super) fn has_kept(&self, since: Time) -> bool {
        self.connections.as_ref().is_none_or(|connections| connections.quic.is_of_this_session(since))
    }

    /// Messages that wait here for a connection.
    pub(super) fn waiting(&self) -> usize {
        self.connections.as_ref().map_or(0, |connections| connections.quic.waiting())
    }
}

impl<P: Payload> Timer<P> {
    /// For the fingerprint.
    pub(super) fn digest(&self) -> u64 {
        match self {
            Timer::Quic(timer) => timer.digest(),
        }
    }
}

impl<P> Timer<P> {
    /// What tells a sender that its message found `peer` offline, where a message of its own fails by that. Hosts do not learn
    /// this; it is kept to tell the truth of what became of what waits.
    pub(super) fn unanswered(control: Control, peer: HostId, flow: Flow) -> Option<Timer<P>> {
        match control {
            Control::Quic(handshake) => quic::unanswered(handshake, peer, flow).map(Timer::Quic),
        }
    }

    /// Whether a message waits for it.
    pub(super) fn holds_message(&self) -> bool {
        match self {
            Timer::Quic(timer) => timer.holds_message(),
        }
    }
}

impl Control {
    /// Bytes that the transport is given.
    pub(super) fn size(self) -> u32 {
        match self {
            Control::Quic(handshake) => handshake.size(),
        }
    }

    /// For the fingerprint.
    pub(super) fn digest(self) -> u64 {
        match self {
            Control::Quic(handshake) => mix(handshake as u64),
        }
    }
}

/// Stands for a host in the tests of transports: keeps what they do, and transmits what the test lets pass.
#[cfg(test)]
pub(super) mod harness {
    use super::*;
    use crate::network::Frame;
    use crate::network::fate::Fate;

    pub(crate) struct TestHost {
        pub now: Time,
        pub online: bool,
        /// How long a message takes to leave the uplink.
        pub wait: Duration,
        /// What becomes of the next transmissions, in their order: `None`, it sets out.
        pub failures: Vec<Option<Failure>>,
        /// Whom something was transmitted to, what, and how many bytes.
        pub transmitted: Vec<(HostId, Frame<u32>, u32)>,
        pub timers: Vec<(Time, Timer<u32>)>,
        pub ended: Vec<(HostId, Fate)>,
        pub begun: u32,
    }

    #[derive(Clone, Copy)]
    pub(crate) enum Failure {
        QueueFull,
        Lost { packets: u32 },
    }

    impl TestHost {
        pub(crate) fn at(now: Time) -> TestHost {
            TestHost {
                now,
                online: true,
                wait: Duration::ZERO,
                failures: Vec::new(),
                transmitted: Vec::new(),
                timers: Vec::new(),
                ended: Vec::new(),
                begun: 0,
            }
        }

        /// What was transmitted since the last look.
        pub(crate) fn frames(&mut self) -> Vec<Frame<u32>> {
            self.transmitted.drain(..).map(|(_, frame, _)| frame).collect()
        }

        /// The timer that was set last.
        pub(crate) fn fire(&mut self) -> Timer<u32> {
            let (at, timer) = self.timers.pop().expect("a timer was set");
            self.now = at;
            timer
        }
    }

    impl Payload for u32 {
        type Tag = ();
        fn size(&self) -> u32 {
            *self
        }
        fn digest(&self) -> u64 {
            u64::from(*self)
        }
        fn tag(&self, _: HostId, _: HostId) {}
    }

    impl Io<u32> for TestHost {
        fn now(&self) -> Time {
            self.now
        }
        fn host(&self) -> HostId {
            HostId(0)
        }
        fn is_online(&self) -> bool {
            self.online
        }
        fn begin(&mut self) {
            self.begun += 1;
        }
        fn transmit(
            &mut self,
            to: HostId,
            packet: Packet<u32>,
            sent: Transmission,
        ) -> Result<Time, Undelivered<u32>> {
            let fails = if self.failures.is_empty() { None } else { self.failures.remove(0) };
            match fails {
                Some(Failure::QueueFull) if !sent.waits => Err(Undelivered::QueueFull(packet)),
                Some(Failure::Lost { packets: lost }) => {
                    let arrives = (lost < sent.wire.count).then_some(self.now);
                    Err(Undelivered::Lost { packet, lost, departs: self.now, arrives })
                }
                Some(Failure::QueueFull) | None => {
                    self.transmitted.push((to, packet.frame, sent.wire.bytes));
                    Ok(self.now + self.wait)
                }
            }
        }
        fn set_timer(&mut self, at: Time, timer: Timer<u32>) {
            self.timers.push((at, timer));
        }
        fn end(&mut self, fate: Fate, _: &Packet<u32>, to: HostId) {
            self.ended.push((to, fate));
        }
        fn rtt(&self, _: HostId) -> RttEstimate {
            RttEstimate { smoothed: Duration::from_millis(100), variation: Duration::from_millis(3) }
        }
    }
}
