//! The way of a message: transport → uplink → path → downlink → receiver, if online.

mod io;
mod misses;

use super::config::{MTU, Transport};
use super::downlink::{Overflow, Part, Stream};
use super::duplicate::Leaving;
use super::event::{Abandoned, Event, Packet};
use super::fate::{Fate, LossCause, Side};
use super::host::Outbound;
use super::observer::{Observation, Observer};
use super::pace::{Pace, Passing};
use super::paths::End;
use super::transport::{Departs, Stack, Transmission, Undelivered};
use super::{Context, Delivery, Frame, Network, Packets, Payload};
use crate::random::Flow;
use crate::units::{HostId, Time};
pub(super) use io::HostIo;

/// Why a message does not pass a downlink.
#[derive(Clone, Copy)]
enum Halt {
    /// The host is offline, or was when a part of it came.
    Offline,
    /// The queue has no room for it.
    Full(Overflow),
}

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
        let usual = host.outbound.transport;
        if !host.is_online() {
            return self.end_unsent(ctx, to, payload, Fate::Lost(LossCause::SenderLeft));
        }
        if self.nats.is_none() {
            self.dispatch_by(ctx, usual, (to, payload, flow));
        } else if let Some(payload) = self.hold_back(ctx, to, payload, flow) {
            self.dispatch(ctx, to, payload, flow);
        }
    }

    /// A message of the context's host ends before its transport has it.
    #[cold]
    pub(super) fn end_unsent<E>(&mut self, ctx: &Context<'_, '_, E>, to: HostId, payload: P, fate: Fate) {
        let bytes = self.topology.transport(ctx.host, to).packets(payload.size()).bytes;
        let packet = Packet { from: ctx.host, bytes, frame: Frame::Payload(payload) };
        self.end(ctx, fate, &packet, to);
    }

    /// Gives a message to the transport of the context's host, which is online.
    pub(super) fn dispatch<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        to: HostId,
        payload: P,
        flow: Flow,
    ) {
        let usual = self.hosts[ctx.host].outbound.transport;
        self.dispatch_by(ctx, usual, (to, payload, flow));
    }

    /// The same, by the one that the host usually takes, if there is one.
    #[inline(always)]
    fn dispatch_by<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        usual: Option<Transport>,
        (to, payload, flow): (HostId, P, Flow),
    ) {
        let transport = usual.unwrap_or_else(|| self.topology.transport(ctx.host, to));
        if transport.has_connections() {
            self.with_stack(ctx, |stack, io| stack.send(io, to, payload, (flow, transport)));
        } else {
            // It keeps nothing that would have to be taken out of the host.
            Stack::default().send(&mut HostIo { network: self, ctx }, to, payload, (flow, transport));
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
        let mut stack = std::mem::take(&mut self.hosts[host].stack);
        let result = handle(&mut stack, &mut HostIo { network: self, ctx });
        self.hosts[host].stack = stack;
        result
    }

    /// A message begins its way.
    #[inline]
    pub(super) fn begin<E>(&mut self, ctx: &Context<'_, '_, E>) {
        self.observe(ctx, Observation::Sent);
        self.messages.sent += 1;
    }

    /// Takes a message, or the packets of it that are sent again, through the uplink and onto its way. Returns when the last
    /// byte leaves the uplink.
    #[inline(always)]
    fn transmit<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        to: HostId,
        packet: Packet<P>,
        sent: Transmission,
    ) -> Departs<P> {
        if self.has_detours {
            return self.put_otherwise(ctx, to, packet, sent);
        }
        self.put_at(ctx, to, packet, sent, Pace::FULL)
    }

    /// The same where hosts are behind NATs, messages share links, or faults are at links.
    #[inline(never)]
    fn put_otherwise<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        to: HostId,
        packet: Packet<P>,
        sent: Transmission,
    ) -> Departs<P> {
        if self.sharing.is_some() {
            return self.put_shared(ctx, to, packet, sent);
        }
        if self.nats.is_some() {
            return self.put_behind_nat(ctx, to, packet, sent);
        }
        self.put(ctx, to, packet, sent)
    }

    /// Takes a message through the uplink and onto the path to a host: its receiver, or a relay. It is the context's host's, or one
    /// that this relays.
    #[inline(never)]
    pub(super) fn put<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        to: HostId,
        packet: Packet<P>,
        sent: Transmission,
    ) -> Departs<P> {
        let pace = self.topology.pace(ctx.host, Side::Uplink);
        self.put_at(ctx, to, packet, sent, pace)
    }

    #[inline(always)]
    fn put_at<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        to: HostId,
        packet: Packet<P>,
        sent: Transmission,
        pace: Pace<'_>,
    ) -> Departs<P> {
        let bytes = sent.wire.bytes;
        let topology = self.topology;
        let host = &mut self.hosts[ctx.host];
        let Outbound { up, session_ends, is_graceful, key, place, .. } = &mut host.outbound;
        let begins = up.free_at(ctx.now);
        let taken = if sent.waits {
            Ok(up.wait(ctx.now, bytes.into(), pace))
        } else {
            up.offer(ctx.now, bytes.into(), pace)
        };
        let Ok(departs) = taken else { return Undelivered::queue_full(packet) };
        let key = topology.key_of_leg(*key, ctx.host, packet.from);
        let (rate, path) = (up.rate(), End { host: ctx.host, place: *place });
        // Made where it is needed: who abandons something has it in memory.
        let passing = || Passing { begins, departs, rate, pace };
        let leaves = topology.abandons(ctx.now, departs, ctx.host, (*session_ends, *is_graceful));
        if let Some(leaves) = leaves {
            self.leave_behind(ctx, (leaves, bytes), passing(), Abandoned { to, flow: sent.flow, packet });
            return Ok(departs);
        }
        host.count_up(ctx.now, bytes);
        self.observe(ctx, Observation::Wired { bytes, departs });
        self.set_out(ctx, ((path, to), key), packet, sent, passing())
    }

    /// A message that leaves the uplink sets out on its path.
    #[inline(always)]
    fn set_out<E: From<Event<P>>>(
        &self,
        ctx: &mut Context<'_, '_, E>,
        (path, key): ((End, HostId), u64),
        packet: Packet<P>,
        sent: Transmission,
        passing: Passing<'_>,
    ) -> Departs<P> {
        let Packets { count, bytes } = sent.wire;
        let Passing { begins, departs, rate, pace } = passing;
        let (times, to) = ((begins, departs), path.1);
        let luck = self.topology.luck(key, to, sent.luck);
        let losses = self.topology.lost(times, path, || packet.frame.kind(), count, luck);
        let lost = losses.count;
        // What is left of a datagram is of no use to anybody.
        if lost == count || lost > 0 && !sent.waits {
            let fatal = if sent.waits { count } else { 1 };
            let fault = self.topology.holds_back(times, path, packet.frame.kind(), (count, fatal), luck);
            return Undelivered::lost(packet, losses, departs, fault);
        }
        let latency = self.topology.latency(departs, path, || packet.frame.kind(), luck);
        let arrives = departs + latency;
        let mut stream = Stream { from: packet.from, rate, ends: arrives };
        // The packets of a link that takes no time come all at once.
        let streamed = count > 1 && !rate.is_unlimited();
        let first = if streamed { pace.done(begins, rate.time_of(MTU.into())) } else { departs };
        if streamed {
            stream.rate = pace.mean(rate, first, departs);
        }
        let mut part = None;
        if lost > 0 {
            let rest = stream.without(bytes, lost.saturating_mul(MTU), streamed);
            (stream, part) = (rest.0, Some(rest.1));
        }
        if streamed {
            ctx.at(first + latency, to, Event::Head(stream));
        }
        if let Some(part) = part {
            ctx.at(arrives, to, Event::Part(part));
            return Undelivered::lost(packet, losses, departs, None);
        }
        if pace.is_slowed() {
            let leaving = Leaving { first, departs, stream: streamed.then_some(stream) };
            self.duplicate(ctx, path, &packet, sent, (key, luck), leaving);
        }
        ctx.at(arrives, to, Event::arrival(sent.flow, streamed, packet));
        Ok(departs)
    }

    /// The host leaves before the last of these bytes does.
    #[inline(never)]
    pub(super) fn leave_behind<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        (leaves, bytes): (Time, u32),
        Passing { departs, rate, pace, .. }: Passing<'_>,
        abandoned: Abandoned<P>,
    ) {
        let left = u64::from(bytes).saturating_sub(rate.bytes_in(pace.work(leaves, departs)));
        self.wire(ctx, left as u32, leaves);
        ctx.at(leaves, ctx.host, Event::Abandon(Box::new(abandoned)));
    }

    /// The last of these bytes leaves the uplink at `departs`.
    #[inline(always)]
    pub(super) fn wire<E>(&mut self, ctx: &Context<'_, '_, E>, bytes: u32, departs: Time) {
        self.hosts[ctx.host].count_up(ctx.now, bytes);
        self.observe(ctx, Observation::Wired { bytes, departs });
    }

    /// The first packet of a message has come to the access link.
    pub(super) fn head<E>(&mut self, ctx: &Context<'_, '_, E>, stream: Stream) {
        let pace = self.topology.pace(ctx.host, Side::Downlink);
        let host = &mut self.hosts[ctx.host];
        if host.is_online() {
            host.down.begin(ctx.now, stream, pace);
        }
    }

    /// What the path has left of a message has come to the access link.
    pub(super) fn part<E>(&mut self, ctx: &Context<'_, '_, E>, part: Part) {
        let pace = self.topology.pace(ctx.host, Side::Downlink);
        let host = &mut self.hosts[ctx.host];
        if host.is_online() && (!part.streamed || host.down.end(ctx.now, part.from, pace)) {
            host.down.take(ctx.now, part.last, pace);
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
        let size = (packet.arriving(streamed), packet.bytes);
        let stream = streamed.then_some(packet.from);
        let passes = if self.at_links {
            self.come_slowed(ctx, stream, size)
        } else {
            self.come(ctx, stream, size, Pace::FULL)
        };
        self.go_on(ctx, flow, packet, passes)
    }

    /// The same where faults are at links.
    #[inline(never)]
    fn come_slowed<E>(
        &mut self,
        ctx: &Context<'_, '_, E>,
        stream: Option<HostId>,
        size: (u32, u32),
    ) -> Result<Time, Halt> {
        let pace = self.topology.pace(ctx.host, Side::Downlink);
        self.come(ctx, stream, size, pace)
    }

    /// The last bytes of some have come to the access link, of a stream from a host or all at once. Returns when the last one will
    /// have passed.
    #[inline(always)]
    fn come<E>(
        &mut self,
        ctx: &Context<'_, '_, E>,
        stream: Option<HostId>,
        size: (u32, u32),
        pace: Pace<'_>,
    ) -> Result<Time, Halt> {
        let host = &mut self.hosts[ctx.host];
        // A host that was offline in between has missed a part.
        let has_come = host.is_online() && stream.is_none_or(|from| host.down.end(ctx.now, from, pace));
        if !has_come {
            return Err(Halt::Offline);
        }
        host.admit(ctx.now, size, pace).map_err(Halt::Full)
    }

    /// The last `bytes` of a message have come to the access link of the host, which is online. Returns the message, if passing that
    /// takes no time.
    pub(super) fn admit<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        flow: Flow,
        packet: Packet<P>,
        bytes: u32,
    ) -> Option<Packet<P>> {
        let size = (bytes, packet.bytes);
        let passes = self.hosts[ctx.host].admit(ctx.now, size, Pace::FULL).map_err(Halt::Full);
        self.go_on(ctx, flow, packet, passes)
    }

    /// What becomes of a message that passes the downlink by then. Returns it, if that is now.
    #[inline(always)]
    fn go_on<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        flow: Flow,
        packet: Packet<P>,
        passes: Result<Time, Halt>,
    ) -> Option<Packet<P>> {
        match passes {
            Ok(passes) => match self.passes_later(ctx.now, ctx.host, passes) {
                None => return Some(packet),
                Some(at) => ctx.at(at, ctx.host, Event::passage(flow, packet)),
            },
            Err(Halt::Offline) => self.found_offline(ctx, flow, packet),
            Err(Halt::Full(overflow)) => self.overflow(ctx, flow, packet, overflow),
        }
        None
    }

    /// When to look again at a message that passes the downlink of `host` at a time; `None` if it passes now.
    #[inline(always)]
    pub(super) fn passes_later(&self, now: Time, host: HostId, passes: Time) -> Option<Time> {
        if passes == now {
            return None;
        }
        // Not before it is needed: this half of a host is not in the cache where nothing will be sent.
        let session_ends = self.hosts[host].outbound.session_ends;
        // The host loses what has not passed when it leaves, even if it is back by then.
        Some(self.topology.leaves_before(now, passes, host, session_ends).unwrap_or(passes))
    }

    /// A message has passed the downlink: it is delivered, if the host is online.
    #[inline(always)]
    pub(super) fn pass<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        flow: Flow,
        packet: Packet<P>,
    ) -> Option<Delivery<P>> {
        let topology = self.topology;
        let host = &mut self.hosts[ctx.host];
        if !host.is_online() {
            self.found_offline(ctx, flow, packet);
            return None;
        }
        if self.nats.is_some() {
            let let_in = self.pass_nat(ctx, flow, packet)?;
            return Some(let_in);
        }
        let Packet { from, bytes, frame } = packet;
        // By far the most.
        if let Frame::Payload(payload) = frame {
            host.take_in(ctx.now, from, bytes, || topology.transport(from, ctx.host));
            return Some(self.delivered(ctx, flow, (from, bytes), payload));
        }
        // Into a place of its own: the usual one needs none in memory then.
        let rest = self.pass_on(ctx, flow, Packet { from, bytes, frame })?;
        Some(rest)
    }

    /// The same where hosts are behind NATs, which let in only what they know.
    #[inline(never)]
    fn pass_nat<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        flow: Flow,
        packet: Packet<P>,
    ) -> Option<Delivery<P>> {
        if self.comes_in(ctx, &packet, flow) {
            return self.pass_on(ctx, flow, packet);
        }
        self.unreachable(ctx, (flow, ctx.host), packet);
        None
    }

    /// A message of the model is delivered to the host, which is online.
    pub(super) fn deliver<E: From<Event<P>>>(
        &mut self,
        ctx: &Context<'_, '_, E>,
        flow: Flow,
        (from, bytes): (HostId, u32),
        payload: P,
    ) -> Delivery<P> {
        let topology = self.topology;
        self.hosts[ctx.host].take_in(ctx.now, from, bytes, || topology.transport(from, ctx.host));
        self.delivered(ctx, flow, (from, bytes), payload)
    }

    /// The host has taken in a message of the model.
    #[inline(always)]
    fn delivered<E>(
        &mut self,
        ctx: &Context<'_, '_, E>,
        flow: Flow,
        (from, bytes): (HostId, u32),
        payload: P,
    ) -> Delivery<P> {
        self.end_of(ctx, Fate::Delivered, bytes, Some(payload.tag(from, ctx.host)));
        Delivery { from, payload, flow, is_copy: false }
    }

    /// What has passed the downlink, and is mostly no whole message of the model's: one of a transport, segments, what the host
    /// relays, or what has come before.
    #[inline(never)]
    fn pass_on<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        flow: Flow,
        packet: Packet<P>,
    ) -> Option<Delivery<P>> {
        let Packet { from, bytes, frame } = packet;
        match frame {
            Frame::Payload(payload) => return Some(self.deliver(ctx, flow, (from, bytes), payload)),
            Frame::Control(handshake) => {
                self.received(ctx, bytes);
                self.with_stack(ctx, |stack, io| stack.on_handshake(io, from, handshake, flow));
            }
            Frame::Signal(signal) => {
                self.received(ctx, bytes);
                self.on_signal(ctx, from, signal, flow);
            }
            Frame::Segments(segments) => return self.segments_pass(ctx, from, *segments),
            Frame::Relayed(relayed) => self.relay_on(ctx, (flow, from, bytes), *relayed),
            Frame::Copy(payload) => return Some(self.pass_copy(ctx, flow, (from, bytes, *payload))),
        }
        None
    }

    /// A message of the network's own is delivered.
    fn received<E>(&mut self, ctx: &Context<'_, '_, E>, bytes: u32) {
        self.hosts[ctx.host].received += u64::from(bytes);
        self.end_of(ctx, Fate::Delivered, bytes, None);
    }

    /// A message has met its end, on its way to `to`. Inlined, little is left of what a delivered one is about.
    #[inline(always)]
    pub(super) fn end<E>(&mut self, ctx: &Context<'_, '_, E>, fate: Fate, packet: &Packet<P>, to: HostId) {
        let tag = packet.frame.payload().map(|payload| payload.tag(packet.from, to));
        self.end_of(ctx, fate, packet.bytes, tag);
    }

    #[inline(always)]
    fn end_of<E>(&mut self, ctx: &Context<'_, '_, E>, fate: Fate, bytes: u32, tag: Option<P::Tag>) {
        self.messages.count(fate);
        self.observe(ctx, Observation::Ended { fate, bytes, tag });
    }
}
