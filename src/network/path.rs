//! The way of a message: transport → uplink → path → downlink → receiver, if online.

use super::config::{FaultId, MTU};
use super::downlink::{Overflow, Part, Stream};
use super::event::{Abandoned, Event, Packet};
use super::fate::{Absence, Fate, LossCause, Side};
use super::host::Outbound;
use super::observer::{Observation, Observer};
use super::paths::End;
use super::transport::connections::Dropped;
use super::transport::{Departure, Io, Segments, Stack, Timer, Transmission, Undelivered, unanswered};
use super::{Context, Frame, Network, Notice, Packets, Payload};
use crate::random::Flow;
use crate::units::{Duration, HostId, Time};

impl<P: Payload, O: Observer<P::Tag>> Network<'_, P, O> {
    /// Hands a message of the context's host over to its transport, as part of `flow`: what the message is, so that its luck is
    /// its own. What a host sends while it is offline is lost.
    #[inline]
    pub fn send<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        to: HostId,
        payload: P,
        flow: Flow,
    ) {
        self.begin(ctx);
        let host = &self.hosts[ctx.host];
        let transport = host.stack.kind();
        if !host.is_online() {
            let bytes = transport.packets(payload.size()).bytes;
            let packet = Packet { from: ctx.host, bytes, frame: Frame::Payload(payload) };
            self.end(ctx, Fate::Lost(LossCause::SenderLeft), &packet, to);
        } else if transport.has_connections() {
            self.with_stack(ctx, |stack, io| stack.send(io, to, payload, flow));
        } else {
            // It keeps nothing that would have to be taken out of the host.
            Stack::new(transport).send(&mut HostIo { network: self, ctx }, to, payload, flow);
        }
    }

    /// Lets the transports of the context's host handle something. They are taken out of the host meanwhile, as they act
    /// on its links.
    #[inline]
    pub(super) fn with_stack<R, E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        handle: impl FnOnce(&mut Stack<P>, &mut HostIo<'_, '_, '_, '_, '_, P, O, E>) -> R,
    ) -> R {
        let host = ctx.host;
        let idle = Stack::new(self.hosts[host].stack.kind());
        let mut stack = std::mem::replace(&mut self.hosts[host].stack, idle);
        let result = handle(&mut stack, &mut HostIo { network: self, ctx });
        self.hosts[host].stack = stack;
        result
    }

    /// A message begins its way.
    #[inline]
    fn begin<E>(&mut self, ctx: &Context<'_, '_, E>) {
        self.observe(ctx, Observation::Sent);
        self.messages.sent += 1;
    }

    /// Takes a message, or the packets of it that are sent again, through the uplink and onto its path. Returns when the last
    /// byte leaves the uplink.
    #[inline(always)]
    fn transmit<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        to: HostId,
        packet: Packet<P>,
        sent: Transmission,
    ) -> Result<Time, Undelivered<P>> {
        let Packets { count, bytes } = sent.wire;
        let host = &mut self.hosts[ctx.host];
        let Outbound { up, session_ends, key, place, .. } = &mut host.outbound;
        let begins = up.free_at(ctx.now);
        let taken =
            if sent.waits { Ok(up.wait(ctx.now, bytes.into())) } else { up.offer(ctx.now, bytes.into()) };
        let Ok(departs) = taken else { return Err(Undelivered::QueueFull(packet)) };
        let (rate, key, path) = (up.rate(), *key, (End { host: ctx.host, place: *place }, to));
        if let Some(leaves) = self.topology.leaves_before(ctx.now, departs, ctx.host, *session_ends) {
            let left = u64::from(bytes).saturating_sub(rate.bytes_in(departs.since(leaves)));
            self.wire(ctx, left as u32, leaves);
            ctx.at(leaves, ctx.host, Event::Abandon(Box::new(Abandoned { to, packet })));
            return Ok(departs);
        }
        self.wire(ctx, bytes, departs);
        let luck = self.topology.luck(key, to, sent.luck);
        let losses = self.topology.lost(departs, path, count, luck);
        let lost = losses.count;
        // What is left of a datagram is of no use to anybody.
        if lost == count || lost > 0 && !sent.waits {
            let fatal = if sent.waits { count } else { 1 };
            let fault = self.topology.holds_back(departs, path, (count, fatal), luck);
            return Err(Undelivered::Lost { packet, losses, departs, fault });
        }
        let latency = self.topology.latency(departs, path, luck);
        let arrives = departs + latency;
        let mut stream = Stream { from: ctx.host, rate, ends: arrives };
        // The packets of a link that takes no time come all at once.
        let streamed = count > 1 && !rate.is_unlimited();
        let mut part = None;
        if lost > 0 {
            let rest = stream.without(bytes, lost.saturating_mul(MTU), streamed);
            (stream, part) = (rest.0, Some(rest.1));
        }
        if streamed {
            ctx.at(begins + rate.time_of(MTU.into()) + latency, to, Event::Head(stream));
        }
        if let Some(part) = part {
            ctx.at(arrives, to, Event::Part(part));
            return Err(Undelivered::Lost { packet, losses, departs, fault: None });
        }
        ctx.at(arrives, to, Event::Arrive { flow: sent.flow, streamed, packet });
        Ok(departs)
    }

    /// The last of these bytes leaves the uplink at `departs`.
    #[inline(always)]
    pub(super) fn wire<E>(&mut self, ctx: &Context<'_, '_, E>, bytes: u32, departs: Time) {
        self.hosts[ctx.host].count_up(ctx.now, bytes);
        self.observe(ctx, Observation::Wired { bytes, departs });
    }

    /// The first packet of a message has come to the access link.
    pub(super) fn head<E>(&mut self, ctx: &Context<'_, '_, E>, stream: Stream) {
        let host = &mut self.hosts[ctx.host];
        if host.is_online() {
            host.down.begin(ctx.now, stream);
        }
    }

    /// What the path has left of a message has come to the access link.
    pub(super) fn part<E>(&mut self, ctx: &Context<'_, '_, E>, part: Part) {
        let host = &mut self.hosts[ctx.host];
        if host.is_online() && (!part.streamed || host.down.end(ctx.now, part.from)) {
            host.down.take(ctx.now, part.last);
            host.count_down(ctx.now, part.bytes);
        }
    }

    /// The last packet of a message has come to the access link. Returns the message, if passing that takes no time.
    #[inline(always)]
    pub(super) fn arrive<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        flow: Flow,
        streamed: bool,
        packet: Packet<P>,
    ) -> Option<Packet<P>> {
        let host = &mut self.hosts[ctx.host];
        // A host that was offline in between has missed a part.
        let has_come = host.is_online() && (!streamed || host.down.end(ctx.now, packet.from));
        if !has_come {
            self.found_offline(ctx, flow, packet);
            return None;
        }
        let (bytes, whole) = (packet.arriving(streamed), packet.bytes);
        let passes = match host.down.admit(ctx.now, bytes, whole) {
            Ok(passes) => passes,
            Err(overflow) => {
                host.count_down(ctx.now, whole - overflow.bytes);
                self.overflow(ctx, flow, packet, overflow);
                return None;
            }
        };
        host.count_down(ctx.now, whole);
        if passes == ctx.now {
            return Some(packet);
        }
        // The host loses what has not passed when it leaves, even if it is back by then.
        let leaves = self.topology.leaves_before(ctx.now, passes, ctx.host, host.outbound.session_ends);
        ctx.at(leaves.unwrap_or(passes), ctx.host, Event::Pass { flow, packet });
        None
    }

    /// The downlink's queue has no room for packets of a message. Its sender will miss them, if it is one that cares.
    fn overflow<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        flow: Flow,
        packet: Packet<P>,
        overflow: Overflow,
    ) {
        if let Frame::Segments(segments) = packet.frame {
            return self.segments_overflow(ctx, (flow, packet.from, packet.bytes), segments, overflow);
        }
        let (from, to) = (packet.from, ctx.host);
        let is_reliable = self.topology.group(from).transport.has_connections();
        if !is_reliable || matches!(packet.frame, Frame::Control(_)) {
            return self.end(ctx, Fate::DroppedQueue(Side::Downlink), &packet, to);
        }
        // It left one latency ago, about.
        let one_way = self.topology.one_way(from, to);
        let departed = Time::from_nanos((ctx.now.since(Time::ZERO) - one_way).as_nanos());
        let packets = overflow.packets;
        let dropped = Box::new(Dropped { peer: to, packet, packets, flow, departed });
        let back = self.topology.one_way(to, from);
        ctx.at(ctx.now + back, from, Event::Timer(Timer::Dropped(dropped)));
    }

    /// A message has found the host offline.
    fn found_offline<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        flow: Flow,
        packet: Packet<P>,
    ) {
        if let Frame::Segments(segments) = packet.frame {
            return self.segments_lost(ctx, packet.from, *segments, true);
        }
        self.end(ctx, Fate::ToOffline(Absence::Offline), &packet, ctx.host);
        if let Frame::Control(control) = packet.frame {
            if let Some(timer) = unanswered(control, ctx.host, flow) {
                let back = self.topology.one_way(ctx.host, packet.from);
                ctx.at(ctx.now + back, packet.from, Event::Timer(timer));
            }
        }
    }

    /// A message has passed the downlink: it is delivered, if the host is online.
    #[inline(always)]
    pub(super) fn pass<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        flow: Flow,
        packet: Packet<P>,
    ) -> Option<Notice<P>> {
        let host = &mut self.hosts[ctx.host];
        if !host.is_online() {
            self.found_offline(ctx, flow, packet);
            return None;
        }
        if matches!(packet.frame, Frame::Segments(_)) {
            return self.segments_pass(ctx, packet);
        }
        host.outbound.received += u64::from(packet.bytes);
        self.end(ctx, Fate::Delivered, &packet, ctx.host);
        let from = packet.from;
        let payload = match packet.frame {
            Frame::Payload(payload) => payload,
            Frame::Control(handshake) => {
                self.with_stack(ctx, |stack, io| stack.on_handshake(io, from, handshake, flow));
                return None;
            }
            Frame::Segments(_) => return None,
        };
        self.hosts[ctx.host].stack.on_payload(ctx.now, from);
        Some(Notice::Delivered { from, payload, flow })
    }

    /// A message has met its end, on its way to `to`. Inlined, little is left of what a delivered one is about.
    #[inline(always)]
    pub(super) fn end<E>(&mut self, ctx: &Context<'_, '_, E>, fate: Fate, packet: &Packet<P>, to: HostId) {
        self.messages.count(fate);
        let tag = packet.frame.payload().map(|payload| payload.tag(packet.from, to));
        self.observe(ctx, Observation::Ended { fate, bytes: packet.bytes, tag });
    }
}

/// A host as its transports see it.
pub(super) struct HostIo<'h, 't, 'c, 's, 'q, P, O, E> {
    pub(super) network: &'h mut Network<'t, P, O>,
    pub(super) ctx: &'c mut Context<'s, 'q, E>,
}

impl<P: Payload, O: Observer<P::Tag>, E: From<Event<P>>> Io<P> for HostIo<'_, '_, '_, '_, '_, P, O, E> {
    #[inline]
    fn now(&self) -> Time {
        self.ctx.now
    }

    #[inline]
    fn host(&self) -> HostId {
        self.ctx.host
    }

    fn is_online(&self) -> bool {
        self.network.is_online(self.ctx.host)
    }

    fn begin(&mut self) {
        self.network.begin(self.ctx);
    }

    #[inline(always)]
    fn transmit(
        &mut self,
        to: HostId,
        packet: Packet<P>,
        sent: Transmission,
    ) -> Result<Time, Undelivered<P>> {
        self.network.transmit(self.ctx, to, packet, sent)
    }

    fn set_timer(&mut self, at: Time, timer: Timer<P>) {
        self.ctx.at(at, self.ctx.host, Event::Timer(timer));
    }

    fn end(&mut self, fate: Fate, packet: &Packet<P>, to: HostId) {
        self.network.end(self.ctx, fate, packet, to);
    }

    fn rtt(&self, to: HostId) -> Duration {
        self.network.topology.rtt(self.ctx.host, to)
    }

    fn one_way(&self, to: HostId) -> Duration {
        self.network.topology.one_way(self.ctx.host, to)
    }

    fn answer(&self, at: Time, to: HostId, packets: u32, luck: Flow) -> Result<Duration, Option<FaultId>> {
        let (topology, Outbound { key, place, .. }) =
            (self.network.topology, &self.network.hosts[self.ctx.host].outbound);
        let path = (End { host: self.ctx.host, place: *place }, to);
        let luck = topology.luck(*key, to, luck);
        if topology.lost(at, path, packets, luck).count == packets {
            return Err(topology.holds_back(at, path, (packets, packets), luck));
        }
        Ok(topology.detour(at, self.ctx.host, to))
    }

    fn echo(
        &self,
        (departs, rtt): (Time, Duration),
        to: HostId,
        packets: u32,
        luck: Flow,
    ) -> Result<Duration, Option<FaultId>> {
        let (topology, host) = (self.network.topology, self.ctx.host);
        let at = departs + Duration::from_nanos(rtt.as_nanos() / 2);
        let path = (End { host: to, place: topology.place(to) }, host);
        let luck = topology.luck(topology.key(to), host, luck);
        if topology.lost(at, path, packets, luck).count == packets {
            return Err(topology.holds_back(at, path, (packets, packets), luck));
        }
        Ok(topology.detour(departs, host, to) + topology.detour(at, to, host))
    }

    fn tell(&mut self, at: Time, to: HostId, timer: Timer<P>) {
        self.ctx.at(at, to, Event::Timer(timer));
    }

    fn uplink_room(&self) -> u64 {
        self.network.hosts[self.ctx.host].outbound.up.room(self.ctx.now)
    }

    fn uplink_has_room_at(&self) -> Time {
        self.network.hosts[self.ctx.host].outbound.up.has_room_at(self.ctx.now)
    }

    fn transmit_segments(
        &mut self,
        to: HostId,
        segments: Box<Segments<P>>,
        wire: Packets,
        after: Time,
    ) -> Departure<P> {
        self.network.transmit_segments(self.ctx, to, segments, wire, after)
    }

    fn first_passes(&mut self, stream: Option<Stream>) -> Option<Time> {
        let host = &mut self.network.hosts[self.ctx.host];
        host.is_online().then(|| host.down.first_passes(self.ctx.now, stream))
    }

    fn deliver(&mut self, flow: Flow, packet: Packet<P>) {
        self.ctx.at(self.ctx.now, self.ctx.host, Event::Pass { flow, packet });
    }
}
