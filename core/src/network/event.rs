//! What the network does at a host, as events of the engine.

use super::config::MTU;
use super::downlink::{Part, Stream};
use super::nat::Timer as NatTimer;
use super::sharing::Share;
use super::transport::Timer;
use super::{Frame, MessageKind, Payload};
use crate::engine::{self, kinds};
use crate::random::{Flow, mix};
use crate::units::HostId;

/// What the network does at a host. A model puts it into its own type of event, by a `From`, and gives it back to
/// [`Network::handle`](super::Network::handle).
#[derive(Clone, Debug)]
pub enum Event<P> {
    /// The first packet of a message of several has come to the host's access link; the others follow.
    Head(Stream),
    /// All packets of a message have come to the host's access link but those that the path has lost.
    Part(Part),
    /// A message has come to the host, or farther.
    Message {
        /// How far.
        stage: Stage,
        /// What it is part of.
        flow: Flow,
        /// The message.
        packet: Packet<P>,
    },
    /// The host goes offline before this message has left it whole.
    Abandon(Box<Abandoned<P>>),
    /// A timer that the host's transport had set fires.
    Timer(Timer<P>),
    /// Something happens since not everybody can be reached.
    Nat(NatTimer),
    /// Something happens since messages share links.
    Share(Share<P>),
    /// A session or an absence ends.
    Session,
    /// A fault that hits the host, and comes once, begins or ends.
    Fault,
    /// One that recurs does.
    Recurrence,
    /// The host joins.
    Join,
}

/// How far a message has come at its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The last packet has come to the access link.
    Arrives {
        /// Whether a [`Head`](Event::Head) has announced it.
        streamed: bool,
    },
    /// The last byte has passed the downlink.
    Passes,
}

/// A message on the wire.
#[derive(Clone, Debug)]
pub struct Packet<P> {
    pub(super) from: HostId,
    /// Bytes on the wire, headers included.
    pub(super) bytes: u32,
    pub(super) frame: Frame<P>,
}

/// A message that does not leave its host, and where it was to go.
#[derive(Clone, Debug)]
pub struct Abandoned<P> {
    pub(super) to: HostId,
    pub(super) flow: Flow,
    pub(super) packet: Packet<P>,
}

impl<P: Payload> Frame<P> {
    #[inline(always)]
    fn digest(&self) -> u64 {
        match self {
            Frame::Payload(payload) => payload.digest(),
            frame => frame.digest_of_rest(),
        }
    }

    fn digest_of_rest(&self) -> u64 {
        match self {
            Frame::Payload(payload) => payload.digest(),
            Frame::Control(handshake) => handshake.digest(),
            Frame::Segments(segments) => segments.digest(),
            Frame::Signal(signal) => signal.digest(),
            Frame::Relayed(relayed) => relayed.frame.digest() ^ mix(u64::from(relayed.to.0)),
            Frame::Copy(payload) => payload.digest().rotate_left(1),
        }
    }
}

impl<P> Frame<P> {
    /// The model's message in it.
    #[inline(always)]
    pub(super) fn payload(&self) -> Option<&P> {
        match self {
            // By far the most; nothing else needs to be told apart for it.
            Frame::Payload(payload) => Some(payload),
            frame => frame.payload_of_rest(),
        }
    }

    #[inline(never)]
    fn payload_of_rest(&self) -> Option<&P> {
        match self {
            Frame::Payload(payload) => Some(payload),
            Frame::Control(_) | Frame::Signal(_) => None,
            Frame::Segments(segments) => segments.payload.as_ref(),
            Frame::Relayed(relayed) => relayed.frame.payload(),
            Frame::Copy(payload) => Some(payload),
        }
    }

    /// The kind of that, or of the message that it is a part of; nothing for what the network sends itself.
    pub(super) fn kind(&self) -> Option<MessageKind>
    where
        P: Payload,
    {
        match self {
            Frame::Payload(payload) => Some(payload.kind()),
            Frame::Control(_) | Frame::Signal(_) => None,
            Frame::Segments(segments) => Some(segments.message.kind),
            Frame::Relayed(relayed) => relayed.frame.kind(),
            Frame::Copy(payload) => Some(payload.kind()),
        }
    }

    /// Whether it is a message, or one travels in it; what comes a second time is none.
    fn is_message(&self) -> bool {
        match self {
            Frame::Relayed(relayed) => relayed.frame.is_message(),
            Frame::Control(_) | Frame::Signal(_) => true,
            Frame::Copy(_) => false,
            frame => frame.payload().is_some(),
        }
    }
}

impl<P> Packet<P> {
    /// Bytes that the downlink is given when the last packet comes.
    #[inline]
    pub(super) fn arriving(&self, streamed: bool) -> u32 {
        if streamed { self.bytes.min(MTU) } else { self.bytes }
    }
}

impl<P: Payload> Packet<P> {
    #[inline(always)]
    pub(super) fn digest(&self) -> u64 {
        self.frame.digest().wrapping_add(u64::from(self.from.0) << 32 ^ u64::from(self.bytes))
    }
}

impl<P> Event<P> {
    /// The last packet of a message comes to an access link.
    #[inline(always)]
    pub(super) fn arrival(flow: Flow, streamed: bool, packet: Packet<P>) -> Event<P> {
        Event::Message { stage: Stage::Arrives { streamed }, flow, packet }
    }

    /// The last byte of a message passes a downlink.
    #[inline(always)]
    pub(super) fn passage(flow: Flow, packet: Packet<P>) -> Event<P> {
        Event::Message { stage: Stage::Passes, flow, packet }
    }

    /// What a message that comes in carries for the model: where the downlink is idle it will be delivered at once.
    #[inline(always)]
    pub fn payload(&self) -> Option<&P> {
        match self {
            Event::Message { packet, .. } => packet.frame.payload(),
            _ => None,
        }
    }

    /// Whether the event holds a message in flight.
    pub fn is_message(&self) -> bool {
        match self {
            Event::Message { packet, .. } => packet.frame.is_message(),
            Event::Abandon(abandoned) => abandoned.packet.frame.is_message(),
            Event::Timer(timer) => timer.holds_message(),
            Event::Share(share) => share.packet().is_some(),
            Event::Head(_)
            | Event::Part(_)
            | Event::Nat(_)
            | Event::Session
            | Event::Fault
            | Event::Recurrence
            | Event::Join => false,
        }
    }
}

impl<P: Payload> engine::Event for Event<P> {
    kinds! {
        Event::Message { stage: Stage::Arrives { .. }, .. } => "arrive",
        Event::Message { stage: Stage::Passes, .. } => "pass";
        Event::Head(_) => "head",
        Event::Part(_) => "part",
        Event::Abandon(_) => "abandon",
        Event::Timer(_) => "transport timer",
        Event::Nat(_) => "nat",
        Event::Share(_) => "share",
        Event::Session => "session",
        Event::Fault => "fault",
        Event::Recurrence => "recurrence",
        Event::Join => "join",
    }

    #[inline(always)]
    fn digest(&self) -> u64 {
        match self {
            // By far the most.
            Event::Message { packet, .. } => packet.digest(),
            event => event.digest_of_rest(),
        }
    }
}

impl<P: Payload> Event<P> {
    #[inline(never)]
    fn digest_of_rest(&self) -> u64 {
        match self {
            Event::Head(stream) => mix(stream.ends.as_nanos()) ^ u64::from(stream.from.0),
            Event::Part(part) => mix(u64::from(part.bytes)) ^ u64::from(part.from.0),
            Event::Message { packet, .. } => packet.digest(),
            Event::Abandon(abandoned) => abandoned.packet.digest() ^ mix(u64::from(abandoned.to.0)),
            Event::Timer(timer) => timer.digest(),
            Event::Nat(timer) => timer.digest(),
            Event::Share(share) => share.digest(),
            Event::Session | Event::Fault | Event::Recurrence | Event::Join => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Event as _;
    use crate::network::transport::connections;
    use crate::units::{Bitrate, Time};

    fn packet() -> Packet<u32> {
        Packet { from: HostId(1), bytes: 100, frame: Frame::Payload(72) }
    }

    fn head() -> Event<u32> {
        Event::Head(Stream { from: HostId(1), rate: Bitrate::UNLIMITED, ends: Time::ZERO })
    }

    fn part() -> Event<u32> {
        Event::Part(Part { from: HostId(1), bytes: 100, last: 100, streamed: false })
    }

    fn arrive() -> Event<u32> {
        Event::arrival(Flow::default(), false, packet())
    }

    fn pass() -> Event<u32> {
        Event::passage(Flow::default(), packet())
    }

    fn abandon() -> Event<u32> {
        Event::Abandon(Box::new(Abandoned { to: HostId(2), flow: Flow::new(0, 0), packet: packet() }))
    }

    /// No message waits for it.
    fn timeout() -> Event<u32> {
        let flight = connections::Flight::CALL;
        let connection = connections::Connection { flow: Flow::ROOT, protocol: connections::Protocol::Quic };
        Event::Timer(Timer::Handshake { peer: HostId(2), connection, flight, tries: 1 })
    }

    fn refused() -> Event<u32> {
        Event::Nat(NatTimer::Refused { peer: HostId(2) })
    }

    #[test]
    fn the_kind_of_an_event_is_named_after_it() {
        let all = [
            (head(), "head"),
            (part(), "part"),
            (arrive(), "arrive"),
            (pass(), "pass"),
            (abandon(), "abandon"),
            (timeout(), "transport timer"),
            (refused(), "nat"),
            (Event::Share(Share::Uplink), "share"),
            (Event::Session, "session"),
            (Event::Fault, "fault"),
            (Event::Recurrence, "recurrence"),
            (Event::Join, "join"),
        ];
        let named: Vec<_> = all.iter().map(|(event, _)| Event::<u32>::KINDS[event.kind()].name()).collect();
        assert_eq!(named, all.each_ref().map(|(_, name)| *name));
        assert_eq!(named.len(), Event::<u32>::KINDS.len(), "each kind is here, once");
    }

    #[test]
    fn only_what_holds_a_message_is_one() {
        assert!([arrive(), pass(), abandon()].iter().all(Event::is_message));
        let own = [Event::Session, Event::Fault, Event::Recurrence, Event::Join];
        for event in own.into_iter().chain([timeout(), refused(), head(), part()]) {
            assert!(!event.is_message() && event.payload().is_none());
        }
        assert_eq!(arrive().payload(), Some(&72));
    }
}
