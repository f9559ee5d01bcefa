//! The way of segments: a train of them over the same links and paths as messages, of which some may come and others not.

use super::config::MTU;
use super::downlink::{Overflow, Stream};
use super::event::{Abandoned, Event, Packet};
use super::fate::{Fate, LossCause, Side};
use super::host::Outbound;
use super::nat::Relayed;
use super::observer::Observer;
use super::pace::Passing;
use super::paths::End;
use super::transport::connections::{Head, Lost};
use super::transport::{Departure, Missed, Segments, Timer, Transmission};
use super::{Context, Delivery, Frame, MessageKind, Network, Packets, Payload};
use crate::random::Flow;
use crate::units::{Duration, HostId, Time};

/// What segments go over: from whom, to where next, which is a relay or their receiver, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leg {
    pub from: HostId,
    pub next: HostId,
    pub to: HostId,
}

impl<P: Payload, O: Observer<P::Tag>> Network<'_, P, O> {
    /// Takes segments through the uplink and onto the path. None comes earlier than at `after`: those of a connection do not
    /// overtake each other.
    pub(super) fn put_segments<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        leg: Leg,
        mut segments: Box<Segments<P>>,
        wire: Packets,
        after: Time,
    ) -> Departure<P> {
        let Leg { from, next, to } = leg;
        let pace = self.topology.pace(ctx.host, Side::Uplink);
        let Outbound { up, session_ends, is_graceful, key, place, .. } = &mut self.hosts[ctx.host].outbound;
        let begins = up.free_at(ctx.now);
        let departs = up.wait(ctx.now, wire.bytes.into(), pace);
        let key = self.topology.key_of_leg(*key, ctx.host, from);
        let (rate, path) = (up.rate(), (End { host: ctx.host, place: *place }, next));
        if let Some(leaves) =
            self.topology.abandons(ctx.now, departs, ctx.host, (*session_ends, *is_graceful))
        {
            let (flow, frame) = (segments.message.flow, Frame::Segments(segments));
            let abandoned = Abandoned { to, flow, packet: Packet { from, bytes: wire.bytes, frame } };
            self.leave_behind(ctx, (leaves, wire.bytes), Passing { begins, departs, rate, pace }, abandoned);
            return Departure { arrives: after, lost: 0, is_late: false, back: None, fault: None };
        }
        self.wire(ctx, wire.bytes, departs);
        let (times, kind) = ((begins, departs), segments.message.kind);
        let luck = self.topology.luck(key, next, segments.luck);
        let losses = self.topology.lost(times, path, || Some(kind), wire.count, luck);
        let lost = losses.count;
        if lost == wire.count {
            let fault = self.topology.holds_back(times, path, Some(kind), (lost, lost), luck);
            return Departure { arrives: after, lost, is_late: false, back: Some(segments), fault };
        }
        let left = wire.count - lost;
        let bytes = wire.bytes - lost * MTU;
        (segments.sent.count, segments.sent.behind) = (left, losses.behind);
        let is_relayed = next != to;
        // A relay takes all of them, and its own sending is announced.
        segments.streamed = left > 1 && !is_relayed;
        let latency = self.topology.latency(departs, path, || Some(kind), luck);
        let leaves = pace.done(begins, rate.time_of(MTU.min(wire.bytes).into()));
        let rate = pace.mean(rate, leaves, departs);
        let late = after.since(leaves + latency);
        let (first, arrives) = (leaves + latency + late, departs + latency + late);
        // The packets of a link that takes no time come all at once.
        let streamed = left > 1 && !rate.is_unlimited();
        if left > 1 {
            let (stream, _) = Stream { from, rate, ends: arrives }.without(wire.bytes, lost * MTU, streamed);
            let (train, stream) = (segments.train(), streamed.then_some(stream));
            announce(ctx, first, leg, Head { from, train, stream });
        }
        let (flow, luck) = (segments.message.flow, segments.luck);
        let mut frame = Frame::Segments(segments);
        if is_relayed {
            let sent = Transmission { wire: Packets { count: left, bytes }, flow, luck, waits: true };
            frame = Frame::Relayed(Box::new(Relayed { to, frame, sent }));
        }
        ctx.at(arrives, next, Event::arrival(flow, streamed, Packet { from, bytes, frame }));
        let is_late = self.are_late((departs, arrives), ctx.host, (leg, kind));
        Departure { arrives, lost, is_late, back: None, fault: None }
    }

    /// Whether faults let segments come later than usual, which leave a host and come to the next at these times. What the queue of a
    /// relay adds to that is not known here: a fault that begins or ends meanwhile is taken for one that does not.
    fn are_late(
        &self,
        (departs, arrives): (Time, Time),
        host: HostId,
        (leg, kind): (Leg, MessageKind),
    ) -> bool {
        let Leg { next, to, .. } = leg;
        let detour = self.topology.detour(departs, (host, next), || Some(kind));
        detour > Duration::ZERO
            || next != to && self.topology.detour(arrives, (next, to), || Some(kind)) > Duration::ZERO
    }

    /// Segments have passed the downlink of a host that is online: messages may be whole by that.
    #[inline(never)]
    pub(super) fn segments_pass<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        from: HostId,
        segments: Segments<P>,
    ) -> Option<Delivery<P>> {
        let (flow, packet) = self.with_stack(ctx, |stack, io| stack.on_segments(io, from, segments))?;
        let Frame::Payload(payload) = packet.frame else { return None };
        Some(self.deliver(ctx, flow, (packet.from, packet.bytes), payload))
    }

    /// The downlink's queue, be it a relay's, has no room for the last of some segments, but for the first.
    #[cold]
    pub(super) fn segments_overflow<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        Leg { from, to, .. }: Leg,
        (flow, bytes): (Flow, u32),
        mut segments: Box<Segments<P>>,
        overflow: Overflow,
    ) {
        let dropped = overflow.packets.min(segments.sent.count);
        let left = segments.sent.count - dropped;
        if left == 0 {
            return self.segments_lost(ctx, (from, to), *segments, Missed::Dropped);
        }
        let mut lost = segments.without_payload();
        (lost.sent.count, segments.sent.count) = (dropped, left);
        self.segments_lost(ctx, (from, to), lost, Missed::Dropped);
        let host = &self.hosts[ctx.host];
        let passes = host.down.free_at(ctx.now);
        let leaves = self.topology.leaves_before(ctx.now, passes, ctx.host, host.outbound.session_ends);
        let (luck, bytes) = (segments.luck, bytes - overflow.bytes.min(bytes));
        let mut frame = Frame::Segments(segments);
        if to != ctx.host {
            let sent = Transmission { wire: Packets { count: left, bytes }, flow, luck, waits: true };
            frame = Frame::Relayed(Box::new(Relayed { to, frame, sent }));
        }
        let packet = Packet { from, bytes, frame };
        ctx.at(leaves.unwrap_or(passes), ctx.host, Event::passage(flow, packet));
    }

    /// Segments do not come to `to`: the sender will miss them.
    #[cold]
    pub(super) fn segments_lost<E: From<Event<P>>>(
        &self,
        ctx: &mut Context<'_, '_, E>,
        (from, to): (HostId, HostId),
        segments: Segments<P>,
        why: Missed,
    ) {
        let lost = Lost { peer: to, segments, why };
        let at = ctx.now + self.topology.one_way(ctx.host, from);
        ctx.at(at, from, Event::Timer(Timer::Lost(Box::new(lost))));
    }

    /// A message, or segments of one, do not leave the host, which may be a relay.
    #[cold]
    pub(super) fn abandon<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        abandoned: Abandoned<P>,
    ) {
        let Abandoned { to, flow, packet } = abandoned;
        if packet.from != ctx.host {
            return self.unreachable(ctx, (flow, to), packet);
        }
        let (packet, relayed_to) = packet.unwrapped();
        let to = relayed_to.unwrap_or(to);
        let packet = match packet.frame {
            Frame::Segments(mut segments) => segments.take_message(packet.from),
            frame => Some(Packet { frame, ..packet }),
        };
        if let Some(packet) = packet {
            self.end(ctx, Fate::Lost(LossCause::SenderLeft), &packet, to);
        }
    }
}

/// The first of some segments will come to the next host: to their receiver, who acknowledges them, or to a relay.
fn announce<P, E: From<Event<P>>>(ctx: &mut Context<'_, '_, E>, first: Time, leg: Leg, head: Head) {
    if leg.next == leg.to {
        ctx.at(first, leg.to, Event::Timer(Timer::Head(Box::new(head))));
    } else if let Some(stream) = head.stream {
        ctx.at(first, leg.next, Event::Head(stream));
    }
}
