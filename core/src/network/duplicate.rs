//! Datagrams that come twice.

use super::downlink::Stream;
use super::event::{Event, Packet};
use super::observer::{Observation, Observer};
use super::paths::End;
use super::transport::Transmission;
use super::{Context, Delivery, Frame, Network, Payload};
use crate::random::{Counter, Flow};
use crate::units::{HostId, Time};

/// What the luck of a second copy is drawn for, among what follows from the message.
const LUCK_OF_COPY: u32 = u32::MAX - 1;

impl<P: Payload, O: Observer<P::Tag>> Network<'_, P, O> {
    /// A datagram sets out on its path, on which it may become two. The second has a latency of its own, and is not lost; that of what
    /// a relay is to pass on would be one that the relay passes on, too, so only what comes to its receiver comes twice.
    #[cold]
    pub(super) fn duplicate<E: From<Event<P>>>(
        &self,
        ctx: &mut Context<'_, '_, E>,
        (from, to): (End, HostId),
        packet: &Packet<P>,
        sent: Transmission,
        (key, luck): (u64, Counter),
        leaves: Leaving,
    ) {
        let Frame::Payload(payload) = &packet.frame else { return };
        let kind = Some(payload.kind());
        let is_datagram = !sent.waits;
        let Leaving { first, departs, stream } = leaves;
        if !is_datagram || !self.topology.is_duplicated(departs, (from.host, to), kind, luck) {
            return;
        }
        let luck = self.topology.luck(key, to, sent.luck.nth(LUCK_OF_COPY));
        let latency = self.topology.latency(departs, (from, to), || kind, luck);
        let arrives = departs + latency;
        if let Some(stream) = stream {
            ctx.at(first + latency, to, Event::Head(Stream { ends: arrives, ..stream }));
        }
        let frame = Frame::Copy(Box::new(payload.clone()));
        let copy = Packet { from: packet.from, bytes: packet.bytes, frame };
        ctx.at(arrives, to, Event::arrival(sent.flow, stream.is_some(), copy));
    }

    /// A datagram has passed the downlink a second time.
    pub(super) fn pass_copy(
        &mut self,
        ctx: &Context<'_, '_, impl Sized>,
        flow: Flow,
        (from, bytes, payload): (HostId, u32, P),
    ) -> Delivery<P> {
        self.hosts[ctx.host].received += u64::from(bytes);
        self.observe(ctx, Observation::Duplicated { bytes });
        Delivery { from, payload, flow, is_copy: true }
    }
}

/// How a datagram leaves its sender's uplink.
#[derive(Clone, Copy)]
pub(super) struct Leaving {
    /// When its first packet does.
    pub first: Time,
    /// When the last one does.
    pub departs: Time,
    /// How the others follow the first, if they come as a stream.
    pub stream: Option<Stream>,
}
