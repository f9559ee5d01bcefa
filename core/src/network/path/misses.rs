//! Messages that come to a host and do not go on: its queue has no room for them, or it is offline.

use crate::network::downlink::Overflow;
use crate::network::event::{Event, Packet};
use crate::network::fate::{Absence, Fate, Side};
use crate::network::observer::Observer;
use crate::network::segments::Leg;
use crate::network::transport::connections::Dropped;
use crate::network::transport::{Missed, Timer, unanswered};
use crate::network::{Context, Frame, Network, Payload};
use crate::random::Flow;
use crate::units::{HostId, Time};

impl<P: Payload, O: Observer<P::Tag>> Network<'_, P, O> {
    /// The downlink's queue has no room for packets of a message. Its sender will miss them, if it is one that cares.
    pub(in crate::network) fn overflow<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        flow: Flow,
        packet: Packet<P>,
        overflow: Overflow,
    ) {
        let (packet, relayed_to) = packet.unwrapped();
        let (from, to) = (packet.from, relayed_to.unwrap_or(ctx.host));
        if let Frame::Copy(_) = packet.frame {
            return;
        }
        if let Frame::Segments(segments) = packet.frame {
            let leg = Leg { from, next: ctx.host, to };
            return self.segments_overflow(ctx, leg, (flow, packet.bytes), segments, overflow);
        }
        self.dropped(ctx, (flow, to), packet, overflow.packets, Fate::DroppedQueue(Side::Downlink));
    }

    /// Packets of a message to `to` do not go on from the host. It ends so, unless its sender sends them again.
    pub(in crate::network) fn dropped<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        (flow, to): (Flow, HostId),
        packet: Packet<P>,
        packets: u32,
        fate: Fate,
    ) {
        let from = packet.from;
        let is_reliable = self.topology.transport(from, to).sends_again();
        if !is_reliable || !matches!(packet.frame, Frame::Payload(_)) {
            return self.end(ctx, fate, &packet, to);
        }
        // It left one latency ago, about: without what it waited for at a relay, so that a sender misses it too late by that.
        let one_way = self.topology.one_way(from, ctx.host);
        let departed = Time::from_nanos((ctx.now.since(Time::ZERO) - one_way).as_nanos());
        let dropped = Box::new(Dropped { peer: to, packet, packets, flow, fault: fate.fault(), departed });
        let back = self.topology.one_way(ctx.host, from);
        ctx.at(ctx.now + back, from, Event::Timer(Timer::Dropped(dropped)));
    }

    /// A message has found the host offline.
    pub(in crate::network) fn found_offline<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        flow: Flow,
        packet: Packet<P>,
    ) {
        let (packet, relayed_to) = packet.unwrapped();
        if let Frame::Copy(_) = packet.frame {
            return;
        }
        if let Some(to) = relayed_to {
            return self.unreachable(ctx, (flow, to), packet);
        }
        let from = packet.from;
        if let Frame::Segments(segments) = packet.frame {
            return self.segments_lost(ctx, (from, ctx.host), *segments, Missed::Offline);
        }
        self.end(ctx, Fate::ToOffline(Absence::Offline), &packet, ctx.host);
        match packet.frame {
            Frame::Control(control) => {
                if let Some(timer) = unanswered(control, ctx.host, flow) {
                    let back = self.topology.one_way(ctx.host, from);
                    ctx.at(ctx.now + back, from, Event::Timer(timer));
                }
            }
            Frame::Signal(signal) => self.call_found_offline(ctx, from, signal),
            _ => {}
        }
    }
}
