//! Links that messages share, in place of passing one after another: a message is a flow, and each flow has its max-min fair share of
//! its sender's uplink and its receiver's downlink (Bertsekas and Gallager, Data Networks, 1992, section 6.5.2).
//!
//! No link knows of others what no message has told it. Each divides its own rate among its flows, by what their other ends have
//! told it that they allow, and tells these what it allows itself: the distributed algorithm of Charny, Clark and Jain (Congestion
//! control with explicit rate indication, 1995). What they tell arrives as late as a message, takes no room on links and is not
//! lost. Without latency all rates are the max-min fair ones at once; with it they are so a few round trips after the last change. A
//! sender begins as if its receiver's downlink were idle; what comes too fast until it hears otherwise waits there, in a queue
//! whose bound is that of `fifo`, and the downlink gives away less than its rate until that has passed.
//!
//! `fair` divides a link, `outgoing` has the flows over an uplink, and `incoming` those over a downlink; `event` is what hosts tell each
//! other.

mod event;
mod fair;
mod incoming;
mod outgoing;

use super::event::{Event, Packet};
use super::fate::{Fate, LossCause};
use super::observer::Observer;
use super::paths::End;
use super::transport::{Departs, Transmission, Undelivered};
use super::{Context, Network, Payload};
use crate::random::{Counter, Flow};
use crate::units::{Duration, HostId, Time};
pub(super) use event::Share;
use event::{Coming, Last, Number};
use incoming::Incoming;
use outgoing::{Outgoing, Sending};

/// The flows over both directions of a host's link.
#[derive(Debug)]
pub(super) struct SharedLink<P> {
    up: Outgoing<P>,
    down: Incoming,
}

impl<P> SharedLink<P> {
    /// An idle link.
    pub(super) fn new() -> SharedLink<P> {
        SharedLink { up: Outgoing::new(), down: Incoming::new() }
    }

    /// Messages that leave the host.
    pub(super) fn leaving(&self) -> usize {
        self.up.count()
    }

    /// Bytes of them that have not left.
    pub(super) fn backlog(&self, now: Time) -> u64 {
        self.up.backlog(now)
    }
}

impl<P: Payload, O: Observer<P::Tag>> Network<'_, P, O> {
    /// A message begins to leave the context's host.
    #[inline(never)]
    pub(super) fn put_shared<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        to: HostId,
        packet: Packet<P>,
        sent: Transmission,
    ) -> Departs<P> {
        let (now, topology) = (ctx.now, self.topology);
        let access = topology.access(to);
        let queues = (self.hosts[ctx.host].outbound.up.queue(), access.down.queue());
        if !self.shared_link(ctx.host).up.has_room(now, to, packet.bytes, queues) {
            return Undelivered::queue_full(packet);
        }
        let (path, luck) = self.path_and_luck(ctx.host, to, sent.luck);
        let latency = topology.latency(now, path, || packet.frame.kind(), luck);
        // What the path will lose takes no room beyond it, as far as that can be told now.
        let losses = topology.lost((now, now), path, || packet.frame.kind(), sent.wire.count, luck);
        let (is_announced, downlink) = (losses.count == 0, access.down.rate().bits_per_second());
        let sending = Sending::new(now, (to, packet, sent), (latency, downlink, is_announced));
        self.shared_link(ctx.host).up.add(sending);
        self.wake(ctx, now);
        Ok(now)
    }

    /// Something has changed about shared links. Returns the message that has passed by that, if one has.
    #[inline(never)]
    pub(super) fn on_share<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        share: Share<P>,
    ) -> Option<(Flow, Packet<P>)> {
        match share {
            Share::Uplink => {
                self.shared_link(ctx.host).up.wakes = None;
                self.depart(ctx);
                self.divide_uplink(ctx);
            }
            Share::Downlink => self.divide_downlink(ctx),
            Share::Comes(coming) => self.comes(ctx, coming),
            Share::Gone { from, number } => {
                self.ended(ctx, from, number);
            }
            Share::Allowed { number, rate, .. } => {
                if self.shared_link(ctx.host).up.allow(number, rate) {
                    self.wake(ctx, ctx.now);
                }
            }
            Share::Last(last) => return self.last(ctx, *last),
        }
        None
    }

    /// The context's host has left: what had not left it whole never arrives, and nothing comes any more.
    #[cold]
    pub(super) fn leave_shared<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>) {
        self.depart(ctx);
        let link = self.shared_link(ctx.host);
        link.down.clear();
        let wakes = link.up.wakes.take();
        for (number, flow) in link.up.take_all() {
            let left = flow.packet.bytes - flow.bytes_left(ctx.now);
            self.wire(ctx, left, ctx.now);
            self.gone(ctx, number, &flow);
            self.end(ctx, Fate::Lost(LossCause::SenderLeft), &flow.packet, flow.to);
        }
        if let Some((_, ticket)) = wakes {
            ctx.schedule.cancel(ticket);
        }
    }

    /// Lets the context's host look at its uplink at this time.
    fn wake<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>, at: Time) {
        let wakes = self.shared_link(ctx.host).up.wakes;
        if wakes.is_some_and(|(time, _)| time == at) {
            return;
        }
        if let Some((_, ticket)) = wakes {
            ctx.schedule.cancel(ticket);
        }
        let ticket = ctx.schedule.own(at, Event::Share(Share::Uplink).into());
        self.shared_link(ctx.host).up.wakes = Some((at, ticket));
    }

    fn divide_uplink<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>) {
        let (now, from) = (ctx.now, ctx.host);
        let rate = self.hosts[from].outbound.up.rate().bits_per_second();
        let ends = self.shared_link(from).up.divide(now, rate, |number, flow, is_first| {
            let Some((rate, held)) = flow.told else { return };
            let coming = Coming { from, number, rate, held, is_first };
            ctx.at(now + flow.latency, flow.to, Event::Share(Share::Comes(coming)));
        });
        if let Some(ends) = ends {
            self.wake(ctx, ends.max(now));
        }
    }

    /// Takes what has left the context's host by now onto its path.
    fn depart<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>) {
        let now = ctx.now;
        for (number, sending) in self.shared_link(ctx.host).up.take_ended(now) {
            let Sending { to, sent, begun, .. } = sending;
            self.wire(ctx, sending.packet.bytes, now);
            let (path, luck) = self.path_and_luck(ctx.host, to, sent.luck);
            let (times, count, kind) = ((begun, now), sent.wire.count, sending.packet.frame.kind());
            // What is left of a datagram is of no use to anybody.
            if self.topology.lost(times, path, || kind, count, luck).count > 0 {
                let fault = self.topology.holds_back(times, path, kind, (count, 1), luck);
                self.gone(ctx, number, &sending);
                self.end(ctx, Fate::Lost(LossCause::on_path(fault)), &sending.packet, to);
                continue;
            }
            let streamed = sending.told.is_some();
            let (took, flow) = (now.since(begun), sent.flow);
            let last = Last { number, streamed, took, flow, packet: sending.packet };
            ctx.at(now + sending.latency, to, Event::Share(Share::Last(Box::new(last))));
        }
    }

    /// Tells the receiver of a flow that there is no more of it, if it was told that it comes.
    fn gone<E: From<Event<P>>>(&self, ctx: &mut Context<'_, '_, E>, number: Number, sending: &Sending<P>) {
        if sending.told.is_some() {
            let gone = Share::Gone { from: ctx.host, number };
            ctx.at(ctx.now + sending.latency, sending.to, Event::Share(gone));
        }
    }

    fn comes<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>, coming: Coming) {
        let host = &self.hosts[ctx.host];
        if host.is_online() {
            let rate = host.down.rate().bits_per_second();
            self.shared_link(ctx.host).down.comes(coming, rate);
            self.changed(ctx);
        }
    }

    /// A flow over the downlink has ended. Returns whether all of it has found the host online.
    fn ended<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        from: HostId,
        number: Number,
    ) -> bool {
        let was_seen = self.shared_link(ctx.host).down.ended(from, number);
        if was_seen {
            self.changed(ctx);
        }
        was_seen
    }

    /// Flows over the downlink of the context's host have changed: more or less flows in from now on, and shares differ.
    fn changed<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>) {
        let downlink = self.hosts[ctx.host].down.rate().bits_per_second();
        let link = &mut self.shared_link(ctx.host).down;
        let inflow = link.rate();
        let is_new = !link.is_due && link.is_shared(downlink);
        link.is_due |= is_new;
        self.hosts[ctx.host].down.set_inflow(ctx.now, inflow);
        if is_new {
            // After whatever else changes now.
            ctx.at(ctx.now, ctx.host, Event::Share(Share::Downlink));
        }
    }

    fn divide_downlink<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>) {
        let (now, by, topology) = (ctx.now, ctx.host, self.topology);
        let waits = self.waits_at_downlink(now, by);
        let rate = self.hosts[by].down.rate().bits_per_second();
        let link = &mut self.shared_link(by).down;
        link.is_due = false;
        if let Some(at) = link.keep_back(now, waits) {
            ctx.at(at, by, Event::Share(Share::Downlink));
        }
        link.divide(now, rate, |from, number, rate| {
            let at = now + topology.one_way(by, from);
            ctx.at(at, from, Event::Share(Share::Allowed { by, number, rate }));
        });
    }

    /// How long what waits at the downlink of a host takes to pass it.
    fn waits_at_downlink(&mut self, now: Time, host: HostId) -> Duration {
        let inflow = self.shared_link(host).down.rate();
        let down = &mut self.hosts[host].down;
        down.set_inflow(now, inflow);
        down.free_at(now).since(now)
    }

    /// The last byte of a message has come: it has passed when all that has come before has.
    fn last<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        last: Last<P>,
    ) -> Option<(Flow, Packet<P>)> {
        let Last { number, streamed, took, flow, packet } = last;
        let was_seen = self.ended(ctx, packet.from, number);
        if !self.is_online(ctx.host) || streamed && !was_seen {
            self.found_offline(ctx, flow, packet);
            return None;
        }
        // Of what was not announced, as its path was to lose it, the link has passed by now what it can have.
        let passed = self.hosts[ctx.host].down.rate().bytes_in(took).min(packet.bytes.into()) as u32;
        let bytes = if streamed { 0 } else { packet.bytes - passed };
        self.admit(ctx, flow, packet, bytes).map(|packet| (flow, packet))
    }

    fn path_and_luck(&self, host: HostId, to: HostId, luck: Flow) -> ((End, HostId), Counter) {
        let outbound = &self.hosts[host].outbound;
        let path = (End { host, place: outbound.place }, to);
        (path, self.topology.luck(outbound.key, to, luck))
    }

    fn shared_link(&mut self, host: HostId) -> &mut SharedLink<P> {
        let links = self.sharing.as_mut().expect("shared links have no other events");
        links[host].get_or_insert_with(|| Box::new(SharedLink::new()))
    }
}
