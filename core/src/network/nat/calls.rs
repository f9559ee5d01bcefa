//! How pairs meet of which one has to send first, and what a NAT lets in.

use super::mappings::{Call, Mappings};
use super::signal::{SIGNAL, Signal, Timer};
use crate::network::event::{Event, Packet};
use crate::network::fate::{Absence, Fate, LossCause};
use crate::network::fault::FaultId;
use crate::network::observer::{Observation, Observer};
use crate::network::reach::{Nat, Way};
use crate::network::transport::{
    Departs, Packets, Timer as OfTransport, Transmission, Undelivered, luck_of_acknowledgement,
};
use crate::network::{Context, Frame, Network, Payload};
use crate::random::Flow;
use crate::units::{Duration, HostId, Time};

/// First wait for the answer to a call; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Calls after which a host gives up on a peer.
const TRIES: u32 = 3;
/// Calls have their luck apart from the message that they are for.
const LUCK_OF_CALL: u32 = u32::MAX - 16;

impl<P: Payload, O: Observer<P::Tag>> Network<'_, P, O> {
    /// Keeps a message that has to wait until its receiver has sent something, and gives back any other.
    #[inline(never)]
    pub(crate) fn hold_back<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        to: HostId,
        payload: P,
        flow: Flow,
    ) -> Option<P> {
        let Way::Mapped(Some(relay)) = self.topology.way(ctx.host, to) else {
            let is_refused = self.known_mappings(ctx.host).is_some_and(|nat| nat.is_refused(to));
            if is_refused && self.topology.transport(ctx.host, to).has_connections() {
                self.tell_waits(ctx, to, payload.tag(ctx.host, to));
            }
            return Some(payload);
        };
        // What the peer has sent to prove its port open has taken its time, and what goes now will.
        let under_way = self.topology.rtt(ctx.host, to);
        let certain = self.topology.reach.mapping() - (under_way + under_way);
        let now = ctx.now;
        let mappings = self.mappings(ctx.host);
        if mappings.knows_way(now, to, certain) {
            return Some(payload);
        }
        if mappings.is_refused(to) {
            self.tell_waits(ctx, to, payload.tag(ctx.host, to));
        }
        let mappings = self.mappings(ctx.host);
        if mappings.waits(now, to, flow, payload) {
            self.call(ctx, relay, to);
        }
        None
    }

    /// Calls a peer by a relay, once more.
    fn call<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>, relay: HostId, to: HostId) {
        let Some(call) = self.mappings(ctx.host).call(to) else { return };
        let wait = Duration::from_nanos(FIRST_WAIT.as_nanos() << call.tries);
        call.tries += 1;
        let (begun, tries, flow) = (call.begun, call.tries, call.flow.nth(LUCK_OF_CALL - call.tries));
        // It sends to the peer, too, which opens its own NAT and is dropped there.
        self.opens(ctx, to);
        let (packet, sent) = self.signal(ctx, Signal::Call, flow);
        let put = self.put_by(ctx, (relay, to), packet, sent);
        let (departs, fault) = self.put_or_lost(ctx, to, put);
        if let Some(call) = self.mappings(ctx.host).call(to) {
            call.fault = fault.or(call.fault);
        }
        ctx.at(departs + wait, ctx.host, Event::Nat(Timer::Unanswered { peer: to, begun, tries }));
    }

    /// A signal of the host's, which is about to be sent.
    fn signal<E>(
        &mut self,
        ctx: &Context<'_, '_, E>,
        signal: Signal,
        flow: Flow,
    ) -> (Packet<P>, Transmission) {
        self.begin(ctx);
        let wire = Packets { count: 1, bytes: SIGNAL };
        let packet = Packet { from: ctx.host, bytes: SIGNAL, frame: Frame::Signal(signal) };
        (packet, Transmission { wire, flow, luck: flow, waits: true })
    }

    /// When a signal has left the uplink, and its end if it does not come, with the fault that keeps it if one does.
    fn put_or_lost<E>(
        &mut self,
        ctx: &Context<'_, '_, E>,
        to: HostId,
        put: Departs<P>,
    ) -> (Time, Option<FaultId>) {
        let (packet, departs, fault) = match put {
            Ok(departs) => return (departs, None),
            Err(undelivered) => match *undelivered {
                Undelivered::QueueFull(packet) => (packet, ctx.now, None),
                Undelivered::Lost { packet, departs, fault, .. } => (packet, departs, fault),
            },
        };
        self.end(ctx, Fate::Lost(LossCause::on_path(fault)), &packet, to);
        (departs, fault)
    }

    /// A signal has come: a call is answered straight away. What waits for the peer has gone before.
    pub(crate) fn on_signal<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        from: HostId,
        signal: Signal,
        flow: Flow,
    ) {
        if signal == Signal::Call {
            self.opens(ctx, from);
            let (packet, sent) = self.signal(ctx, Signal::Punch, flow.nth(0));
            let put = self.put(ctx, from, packet, sent);
            if let (_, Some(fault)) = self.put_or_lost(ctx, from, put) {
                let back = self.topology.one_way(ctx.host, from);
                let held_back = Timer::HeldBack { peer: ctx.host, fault };
                ctx.at(ctx.now + back, from, Event::Nat(held_back));
            }
        }
    }

    /// What happens to a host since it or its peers are behind NATs.
    pub(crate) fn on_nat_timer<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>, timer: Timer) {
        let (now, topology) = (ctx.now, self.topology);
        if !self.hosts[ctx.host].is_online() {
            return;
        }
        let mappings = self.mappings(ctx.host);
        match timer {
            Timer::Refused { peer } => {
                mappings.refused(now, peer, topology.reach.mapping());
                self.tell_refused(ctx, peer);
            }
            Timer::Away { peer } => {
                if let Some(call) = mappings.call(peer) {
                    call.peer_offline = true;
                }
            }
            Timer::HeldBack { peer, fault } => {
                if let Some(call) = mappings.call(peer) {
                    call.fault = Some(fault);
                }
            }
            Timer::Acknowledged { peer } => {
                let way = topology.way(peer, ctx.host);
                if self.lets_in(way, now, ctx.host, peer) {
                    self.hears_of(ctx, peer, way);
                }
            }
            Timer::Unanswered { peer, begun, tries } => {
                let Some(call) = mappings.call(peer).filter(|it| (it.begun, it.tries) == (begun, tries))
                else {
                    return;
                };
                match topology.way(ctx.host, peer) {
                    Way::Mapped(Some(relay)) if call.tries < TRIES => self.call(ctx, relay, peer),
                    _ => self.give_up(ctx, peer),
                }
            }
        }
    }

    /// Shows the messages that wait for a peer which does not let anything in.
    fn tell_refused<E>(&mut self, ctx: &Context<'_, '_, E>, peer: HostId) {
        let host = ctx.host;
        let mut tags: Vec<P::Tag> = Vec::new();
        self.hosts[host].stack.waiting_for(peer, |payload| tags.push(payload.tag(host, peer)));
        if let Some(call) = self.mappings(host).call(peer) {
            tags.extend(call.waiting.iter().map(|(_, payload)| payload.tag(host, peer)));
        }
        tags.into_iter().for_each(|tag| self.tell_waits(ctx, peer, tag));
    }

    fn tell_waits<E>(&mut self, ctx: &Context<'_, '_, E>, to: HostId, tag: P::Tag) {
        let cause = LossCause::by(self.topology.way(ctx.host, to));
        self.observe(ctx, Observation::Refused { cause, tag });
    }

    /// Takes a peer that has not answered for one that cannot be reached.
    fn give_up<E>(&mut self, ctx: &Context<'_, '_, E>, peer: HostId) {
        let Some(call) = self.mappings(ctx.host).end_call(peer) else { return };
        let fate = if call.peer_offline {
            Fate::ToOffline(Absence::NoConnection)
        } else {
            let barrier = || LossCause::by(self.topology.way(ctx.host, peer));
            Fate::Lost(call.fault.map_or_else(barrier, LossCause::Fault))
        };
        self.end_waiting(ctx, peer, call, fate);
    }

    fn end_waiting<E>(&mut self, ctx: &Context<'_, '_, E>, peer: HostId, call: Call<P>, fate: Fate) {
        call.waiting.into_iter().for_each(|(_, payload)| self.end_unsent(ctx, peer, payload, fate));
    }

    /// The host went offline: its mappings are gone, and what waited for others.
    pub(crate) fn forget_mappings<E>(&mut self, ctx: &Context<'_, '_, E>) {
        let Some(nats) = &mut self.nats else { return };
        let Some(mappings) = nats[ctx.host].take() else { return };
        for (peer, call) in mappings.into_calls() {
            self.end_waiting(ctx, peer, call, Fate::Lost(LossCause::SenderLeft));
        }
    }

    /// The host sends to a peer. Where that one cannot send to it unasked, there is a mapping from now on.
    pub(crate) fn opens<E>(&mut self, ctx: &Context<'_, '_, E>, to: HostId) {
        if matches!(self.topology.way(to, ctx.host), Way::Mapped(_)) {
            let lifetime = self.topology.reach.mapping();
            self.mappings(ctx.host).sends(ctx.now, to, lifetime);
        }
    }

    /// Whether the host's NAT lets in what has passed the access link. What does tells that its sender's port is open, and
    /// messages go that have waited for that.
    #[inline(never)]
    pub(crate) fn comes_in<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        packet: &Packet<P>,
        flow: Flow,
    ) -> bool {
        let from = packet.from;
        if let Frame::Relayed(_) = packet.frame {
            return true;
        }
        let way = self.topology.way(from, ctx.host);
        let by_relay = matches!(packet.frame, Frame::Signal(Signal::Call));
        if !by_relay && !self.lets_in(way, ctx.now, ctx.host, from) {
            return false;
        }
        self.hears_of(ctx, from, way);
        match &packet.frame {
            Frame::Payload(payload) if matches!(way, Way::Mapped(Some(_))) => {
                let size = payload.size();
                self.acknowledge_whole(ctx, from, size, flow);
            }
            _ => {}
        }
        true
    }

    /// A message has come whole. If its transport has no event for that, its sender hears by this that the port is still open, where
    /// it would call otherwise.
    fn acknowledge_whole<E: From<Event<P>>>(
        &self,
        ctx: &mut Context<'_, '_, E>,
        from: HostId,
        size: u32,
        flow: Flow,
    ) {
        let transport = self.topology.transport(from, ctx.host);
        if !transport.is_quiet() {
            return;
        }
        let (packets, luck) = (transport.packets(size).count, luck_of_acknowledgement(flow));
        if let Ok(late) = self.topology.answer_by_way(ctx.now, (ctx.host, from), packets, luck) {
            let back = self.topology.one_way(ctx.host, from);
            ctx.at(ctx.now + back + late, from, Event::Nat(Timer::Acknowledged { peer: ctx.host }));
        }
    }

    /// Something comes from a peer by this way, be it only an acknowledgement.
    fn hears_of<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>, from: HostId, way: Way) {
        let is_mapped = |way| matches!(way, Way::Mapped(_));
        if is_mapped(way) || is_mapped(self.topology.way(ctx.host, from)) {
            self.hears(ctx, from);
        } else if let Some(mappings) = self.nats.as_mut().and_then(|nats| nats[ctx.host].as_mut()) {
            mappings.hears_by_relay(from);
        }
    }

    fn hears<E: From<Event<P>>>(&mut self, ctx: &mut Context<'_, '_, E>, from: HostId) {
        let lifetime = self.topology.reach.mapping();
        for (flow, payload) in self.mappings(ctx.host).hears(ctx.now, from, lifetime) {
            self.dispatch(ctx, from, payload, flow);
        }
    }

    /// Whether a host's NAT lets in what comes from another by this way: straight, or by the relay of the pair.
    fn lets_in(&self, way: Way, now: Time, host: HostId, from: HostId) -> bool {
        let reach = &self.topology.reach;
        if !matches!(way, Way::Mapped(_)) {
            return !way.is_shut();
        }
        let mappings = self.known_mappings(host);
        let is_open = |nat: &Mappings<P>| nat.is_open(now, from, reach.mapping());
        let is_open_to_any = |nat: &Mappings<P>| nat.is_open_to_any(now, reach.mapping());
        let takes_all =
            reach.nat(host) == Nat::FullCone && (reach.has_relays() || mappings.is_some_and(is_open_to_any));
        takes_all || mappings.is_some_and(is_open)
    }

    /// What of a transport's timer is a packet that a NAT sees: an acknowledgement tells that its sender's port is open, and the
    /// first of some segments is not acknowledged unless it is let in. Gives back what the transport is to handle.
    #[inline(never)]
    pub(crate) fn timer_comes_in<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        timer: OfTransport<P>,
    ) -> Option<OfTransport<P>> {
        // Who leaves forgets what it knew, and learns nothing while it is away.
        if let Some(peer) = timer.acknowledges().filter(|_| self.hosts[ctx.host].is_online()) {
            self.hears_of(ctx, peer, self.topology.way(peer, ctx.host));
        }
        let OfTransport::Head(head) = timer else { return Some(timer) };
        let way = self.topology.way(head.from, ctx.host);
        if self.lets_in(way, ctx.now, ctx.host, head.from) {
            if self.hosts[ctx.host].is_online() {
                // The others are let in, too.
                self.hears_of(ctx, head.from, way);
            }
            return Some(OfTransport::Head(head));
        }
        if let Some(stream) = head.stream {
            self.head(ctx, stream);
        }
        None
    }

    /// The fate of a message whose transport gives it up, where a NAT is why.
    #[inline(never)]
    pub(crate) fn fate_behind_nat(&self, host: HostId, to: HostId, fate: Fate) -> Fate {
        let transport = self.topology.transport(host, to);
        let is_given_up = match fate {
            Fate::Lost(LossCause::NoConnection) => true,
            Fate::Lost(LossCause::Path) => transport.sends_again(),
            _ => false,
        };
        if is_given_up && self.known_mappings(host).is_some_and(|nat| nat.is_refused(to)) {
            return Fate::Lost(LossCause::by(self.topology.way(host, to)));
        }
        fate
    }

    /// What a host remembers of others, if it does of any.
    fn known_mappings(&self, host: HostId) -> Option<&Mappings<P>> {
        self.nats.as_ref()?[host].as_deref()
    }

    /// What a host remembers of others.
    fn mappings(&mut self, host: HostId) -> &mut Mappings<P> {
        let nats = self.nats.as_mut().expect("somebody is behind a NAT");
        nats[host].get_or_insert_default()
    }
}
