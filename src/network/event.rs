//! What the network does at a host, as events of the engine.

use super::transport::{Control, Timer};
use super::{Frame, Payload};
use crate::engine::{self, kinds};
use crate::units::HostId;

/// What the network does at a host. A model puts it into its own type of event, by a `From`, and gives it back to
/// [`Network::handle`](super::Network::handle).
#[derive(Clone, Debug)]
pub enum Event<P> {
    /// The last byte of a message has come to the host's access link.
    Arrive(Packet<P>),
    /// The last byte of a message has passed the host's downlink.
    Pass(Packet<P>),
    /// A timer that the host's transport had set fires.
    Timer(Timer<P>),
    /// A session or a downtime ends.
    Session,
    /// A fault that hits the host begins or ends.
    Fault,
    /// The host joins.
    Join,
}

/// A message on the wire.
#[derive(Clone, Debug)]
pub struct Packet<P> {
    pub(super) from: HostId,
    /// Bytes on the wire, headers included.
    pub(super) bytes: u32,
    pub(super) frame: Frame<P>,
}

impl<P: Payload> Frame<P> {
    /// Bytes that the transport is given.
    pub(super) fn size(&self) -> u32 {
        match self {
            Frame::Payload(payload) => payload.size(),
            Frame::Control(control) => Control::size(*control),
        }
    }
}

impl<P: Payload> Packet<P> {
    pub(super) fn digest(&self) -> u64 {
        let frame = match &self.frame {
            Frame::Payload(payload) => payload.digest(),
            Frame::Control(control) => control.digest(),
        };
        frame.wrapping_add(u64::from(self.from.0) << 32 ^ u64::from(self.bytes))
    }
}

impl<P> Event<P> {
    /// What a message that comes in carries for the model: where the downlink is idle it will be delivered at once.
    #[inline]
    pub fn payload(&self) -> Option<&P> {
        match self {
            Event::Arrive(Packet { frame: Frame::Payload(payload), .. })
            | Event::Pass(Packet { frame: Frame::Payload(payload), .. }) => Some(payload),
            _ => None,
        }
    }

    /// Whether the event holds a message in flight.
    pub fn is_message(&self) -> bool {
        match self {
            Event::Arrive(_) | Event::Pass(_) => true,
            Event::Timer(timer) => timer.holds_message(),
            Event::Session | Event::Fault | Event::Join => false,
        }
    }
}

impl<P: Payload> engine::Event for Event<P> {
    kinds! {
        Event::Arrive(_) => "arrive",
        Event::Pass(_) => "pass",
        Event::Timer(_) => "transport timer",
        Event::Session => "session",
        Event::Fault => "fault",
        Event::Join => "join",
    }

    #[inline]
    fn digest(&self) -> u64 {
        match self {
            Event::Arrive(packet) | Event::Pass(packet) => packet.digest(),
            Event::Timer(timer) => timer.digest(),
            Event::Session | Event::Fault | Event::Join => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Event as _;
    use crate::network::transport::quic;
    use crate::units::Time;

    fn packet() -> Packet<u32> {
        Packet { from: HostId(1), bytes: 100, frame: Frame::Payload(72) }
    }

    /// No message waits for it.
    fn timeout() -> Event<u32> {
        Event::Timer(Timer::Quic(quic::Timer::HandshakeTimeout { peer: HostId(2), begun: Time::ZERO }))
    }

    #[test]
    fn the_kind_of_an_event_is_named_after_it() {
        let all = [
            (Event::Arrive(packet()), "arrive"),
            (Event::Pass(packet()), "pass"),
            (timeout(), "transport timer"),
            (Event::Session, "session"),
            (Event::Fault, "fault"),
            (Event::Join, "join"),
        ];
        let named: Vec<_> = all.iter().map(|(event, _)| Event::<u32>::KINDS[event.kind()].name()).collect();
        assert_eq!(named, all.each_ref().map(|(_, name)| *name));
        assert_eq!(named.len(), Event::<u32>::KINDS.len(), "each kind is here, once");
    }

    #[test]
    fn only_what_holds_a_message_is_one() {
        assert!(Event::Arrive(packet()).is_message() && Event::Pass(packet()).is_message());
        for event in [Event::Session, Event::Fault, Event::Join, timeout()] {
            assert!(!event.is_message() && event.payload().is_none());
        }
        assert_eq!(Event::Arrive(packet()).payload(), Some(&72));
    }
}
