//! What the network does at a host, as events of the engine.

use super::transport::{Control, Timer};
use super::{Frame, Payload};
use crate::engine::{self, Kind};
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
    const KINDS: &'static [Kind] = &[
        Kind::new("arrive"),
        Kind::new("pass"),
        Kind::new("transport timer"),
        Kind::new("session"),
        Kind::new("fault"),
        Kind::new("join"),
    ];

    #[inline]
    fn kind(&self) -> usize {
        match self {
            Event::Arrive(_) => 0,
            Event::Pass(_) => 1,
            Event::Timer(_) => 2,
            Event::Session => 3,
            Event::Fault => 4,
            Event::Join => 5,
        }
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
