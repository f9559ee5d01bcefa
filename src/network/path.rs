//! The way of a message: transport → uplink → path → downlink → receiver, if online.

use super::event::{Event, Packet};
use super::fate::{Absence, Fate, LossCause, Side};
use super::observer::{Observation, Observer};
use super::paths::End;
use super::transport::{Io, RttEstimate, Stack, Timer, Undelivered};
use super::{Context, Frame, Network, Notice, Packets, Payload};
use crate::units::{HostId, Time};

impl<P: Payload, O: Observer<P::Tag>> Network<'_, P, O> {
    /// Hands a message of the context's host over to its transport. What a host sends while it is offline is lost.
    #[inline]
    pub fn send<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>, to: HostId, payload: P) {
        self.begin(ctx);
        let host = &self.hosts[ctx.host];
        if host.is_online() {
            return self.with_stack(ctx, |stack, io| stack.send(io, to, payload));
        }
        let bytes = host.stack.kind().packets(payload.size()).bytes;
        let packet = Packet { from: ctx.host, bytes, frame: Frame::Payload(payload) };
        self.end(ctx, Fate::Lost(LossCause::SenderLeft), &packet, to);
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

    /// Takes a message, or the packets of it that are sent again, through the uplink and onto its path.
    #[inline]
    fn transmit<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        to: HostId,
        packet: Packet<P>,
        Packets { count, bytes }: Packets,
    ) -> Result<(), Undelivered<P>> {
        let host = &mut self.hosts[ctx.host];
        let Ok(departs) = host.outbound.up.offer(ctx.now, u64::from(bytes)) else {
            return Err(Undelivered::QueueFull(packet));
        };
        host.count_up(ctx.now, bytes);
        self.observe(ctx, Observation::Wired { bytes, departs });
        let outbound = &mut self.hosts[ctx.host].outbound;
        let (number, loss, jitter) = (outbound.wired, outbound.loss, outbound.jitter);
        outbound.wired += 1;
        let path = (End { host: ctx.host, place: outbound.place }, to);
        let lost = self.topology.lost(departs, path, count, || loss.draws(number));
        if lost > 0 {
            return Err(Undelivered::Lost { packet, lost, departs });
        }
        let latency = self.topology.latency(departs, path, || jitter.draws(number).next());
        ctx.at(departs + latency, to, Event::Arrive(packet));
        Ok(())
    }

    /// A message has come to the access link.
    #[inline]
    pub(super) fn arrive<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        packet: Packet<P>,
    ) -> Option<Notice<P>> {
        let host = &mut self.hosts[ctx.host];
        if !host.is_online() {
            self.end(ctx, Fate::ToOffline(Absence::Offline), &packet, ctx.host);
            return None;
        }
        let Ok(passes) = host.down.offer(ctx.now, u64::from(packet.bytes)) else {
            self.end(ctx, Fate::DroppedQueue(Side::Downlink), &packet, ctx.host);
            return None;
        };
        host.count_down(ctx.now, packet.bytes);
        if passes == ctx.now {
            return self.pass(ctx, packet);
        }
        ctx.at(passes, ctx.host, Event::Pass(packet));
        None
    }

    /// A message has passed the downlink: it is delivered, if the host is online.
    #[inline]
    pub(super) fn pass<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        packet: Packet<P>,
    ) -> Option<Notice<P>> {
        let host = &mut self.hosts[ctx.host];
        if !host.is_online() {
            self.end(ctx, Fate::ToOffline(Absence::Offline), &packet, ctx.host);
            return None;
        }
        host.received += u64::from(packet.bytes);
        self.end(ctx, Fate::Delivered, &packet, ctx.host);
        let from = packet.from;
        match packet.frame {
            Frame::Payload(payload) => {
                self.hosts[ctx.host].stack.on_payload(ctx.now, from);
                Some(Notice::Delivered { from, payload })
            }
            Frame::Control(control) => {
                self.with_stack(ctx, |stack, io| stack.on_control(io, from, control));
                None
            }
        }
    }

    /// A message has met its end, on its way to `to`.
    #[inline]
    fn end<E>(&mut self, ctx: &Context<'_, '_, E>, fate: Fate, packet: &Packet<P>, to: HostId) {
        self.messages.count(fate);
        let tag = match &packet.frame {
            Frame::Payload(payload) => Some(payload.tag(packet.from, to)),
            Frame::Control(_) => None,
        };
        self.observe(ctx, Observation::Ended { fate, bytes: packet.bytes, tag });
    }
}

/// A host as its transports see it.
pub(super) struct HostIo<'h, 't, 'c, 's, 'q, P, O, E> {
    network: &'h mut Network<'t, P, O>,
    ctx: &'c mut Context<'s, 'q, E>,
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

    #[inline]
    fn transmit(&mut self, to: HostId, packet: Packet<P>, wire: Packets) -> Result<(), Undelivered<P>> {
        self.network.transmit(self.ctx, to, packet, wire)
    }

    fn set_timer(&mut self, at: Time, timer: Timer<P>) {
        self.ctx.at(at, self.ctx.host, Event::Timer(timer));
    }

    fn end(&mut self, fate: Fate, packet: &Packet<P>, to: HostId) {
        self.network.end(self.ctx, fate, packet, to);
    }

    fn rtt(&self, to: HostId) -> RttEstimate {
        self.network.topology.rtt(self.ctx.host, to)
    }
}
