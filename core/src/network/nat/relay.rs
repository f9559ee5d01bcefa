//! Messages that a relay passes on: over both legs, by the relay's own link, and what becomes of those that are lost.

use super::signal::{Relayed, Signal, Timer};
use crate::network::event::{Event, Packet};
use crate::network::fate::{Fate, LossCause, Side};
use crate::network::fault::FaultId;
use crate::network::observer::{Observation, Observer};
use crate::network::segments::Leg;
use crate::network::transport::{
    Departs, Departure, Missed, Packets, Segments, Transmission, Undelivered, held_back,
};
use crate::network::{Context, Frame, Network, Payload};
use crate::random::Flow;
use crate::units::{HostId, Time};

impl<P: Payload, O: Observer<P::Tag>> Network<'_, P, O> {
    /// Takes a message through the uplink where hosts are behind NATs: to its receiver, or to the relay between.
    #[inline(never)]
    pub(crate) fn put_behind_nat<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        to: HostId,
        packet: Packet<P>,
        sent: Transmission,
    ) -> Departs<P> {
        match self.topology.relay(ctx.host, to) {
            Some(relay) => self.put_by(ctx, (relay, to), packet, sent),
            None => {
                self.opens(ctx, to);
                self.put(ctx, to, packet, sent)
            }
        }
    }

    /// Takes a message through the uplink and onto its path to a relay.
    pub(super) fn put_by<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        (relay, to): (HostId, HostId),
        packet: Packet<P>,
        sent: Transmission,
    ) -> Departs<P> {
        let Packet { from, bytes, frame } = packet;
        let frame = Frame::Relayed(Box::new(Relayed { to, frame, sent }));
        let undelivered = match self.put(ctx, relay, Packet { from, bytes, frame }, sent) {
            Ok(departs) => return Ok(departs),
            Err(undelivered) => *undelivered,
        };
        match undelivered {
            Undelivered::QueueFull(packet) => Undelivered::queue_full(packet.unwrapped().0),
            Undelivered::Lost { packet, losses, departs, fault } => {
                Undelivered::lost(packet.unwrapped().0, losses, departs, fault)
            }
        }
    }

    /// The way of segments that the host sends where hosts are behind NATs.
    #[inline(never)]
    pub(crate) fn leg_behind_nat<E>(&mut self, ctx: &Context<'_, '_, E>, to: HostId) -> Leg {
        let relay = self.topology.relay(ctx.host, to);
        if relay.is_none() {
            self.opens(ctx, to);
        }
        Leg { from: ctx.host, next: relay.unwrap_or(to), to }
    }

    /// A message has passed the downlink of the host, which relays it.
    #[inline(never)]
    pub(crate) fn relay_on<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        (flow, from, bytes): (Flow, HostId, u32),
        relayed: Relayed<P>,
    ) {
        let Relayed { to, frame, sent } = relayed;
        let taken = if let Frame::Segments(_) = &frame { bytes } else { sent.wire.bytes };
        self.hosts[ctx.host].received += u64::from(taken);
        self.observe(ctx, Observation::Relayed { bytes: taken });
        match frame {
            Frame::Segments(segments) => self.relay_segments(ctx, (from, to, bytes), segments),
            frame => {
                let put = self.put(ctx, to, Packet { from, bytes, frame }, sent);
                if let Err(undelivered) = put {
                    self.lost_by_relay(ctx, flow, to, *undelivered);
                }
            }
        }
    }

    fn relay_segments<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        (from, to, bytes): (HostId, HostId, u32),
        segments: Box<Segments<P>>,
    ) {
        let mut missing = segments.without_payload();
        let wire = Packets { count: segments.sent.count, bytes };
        let leg = Leg { from, next: to, to };
        let Departure { lost, back, fault, .. } = self.put_segments(ctx, leg, segments, wire, Time::ZERO);
        if let Some(segments) = back {
            let why = fault.map_or(Missed::Dropped, Missed::Fault);
            self.segments_lost(ctx, (from, to), *segments, why);
        } else if lost > 0 {
            missing.sent.count = lost;
            self.segments_lost(ctx, (from, to), missing, Missed::Dropped);
        }
    }

    /// A message does not come from the relay to its receiver. Its sender will miss it, if it is one that cares.
    #[cold]
    fn lost_by_relay<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        flow: Flow,
        to: HostId,
        undelivered: Undelivered<P>,
    ) {
        let (packet, packets, fault) = match undelivered {
            Undelivered::QueueFull(packet) => {
                return self.end(ctx, Fate::DroppedQueue(Side::Uplink), &packet, to);
            }
            Undelivered::Lost { packet, losses, fault, .. } => (packet, losses.count, fault),
        };
        if let Some(fault) = fault {
            self.tell_held_back(ctx, (flow, to), &packet, fault);
        }
        self.dropped(ctx, (flow, to), packet, packets, Fate::Lost(LossCause::on_path(fault)));
    }

    /// A fault keeps from passing what others wait for the answer to.
    fn tell_held_back<E: From<Event<P>>>(
        &self,
        ctx: &mut Context<'_, '_, E>,
        (flow, to): (Flow, HostId),
        packet: &Packet<P>,
        fault: FaultId,
    ) {
        let (whom, event) = match packet.frame {
            Frame::Control(handshake) => {
                let (client, timer) = held_back(handshake, (packet.from, to), flow, fault);
                (client, Event::Timer(timer))
            }
            Frame::Signal(Signal::Call) => (packet.from, Event::Nat(Timer::HeldBack { peer: to, fault })),
            _ => return,
        };
        ctx.at(ctx.now + self.topology.one_way(ctx.host, whom), whom, event);
    }

    /// A message does not come to `to`, because of its NAT or an absent relay.
    #[cold]
    pub(crate) fn unreachable<E: From<Event<P>>>(
        &mut self,
        ctx: &mut Context<'_, '_, E>,
        (flow, to): (Flow, HostId),
        packet: Packet<P>,
    ) {
        let from = packet.from;
        if let Frame::Copy(_) = packet.frame {
            return;
        }
        let is_missed = match &packet.frame {
            Frame::Payload(_) => self.topology.transport(from, to).sends_again(),
            Frame::Signal(signal) => *signal == Signal::Call,
            _ => true,
        };
        match packet.frame {
            Frame::Segments(mut segments) => {
                // The first of them was not let in either, and not acknowledged.
                segments.streamed = false;
                self.segments_lost(ctx, (from, to), *segments, Missed::Dropped);
            }
            frame => {
                let size = frame.payload().map_or(0, Payload::size);
                let packets = self.topology.transport(from, to).packets(size).count;
                let packet = Packet { frame, ..packet };
                let barrier = LossCause::by(self.topology.way(from, to));
                self.dropped(ctx, (flow, to), packet, packets, Fate::Lost(barrier));
            }
        }
        if is_missed {
            let back = self.topology.one_way(ctx.host, from);
            ctx.at(ctx.now + back, from, Event::Nat(Timer::Refused { peer: to }));
        }
    }

    /// A call has found the host offline.
    pub(crate) fn call_found_offline<E: From<Event<P>>>(
        &self,
        ctx: &mut Context<'_, '_, E>,
        from: HostId,
        signal: Signal,
    ) {
        if signal == Signal::Call {
            let back = self.topology.one_way(ctx.host, from);
            ctx.at(ctx.now + back, from, Event::Nat(Timer::Away { peer: ctx.host }));
        }
    }
}

impl<P> Packet<P> {
    /// What a relay passes on, and to whom; any other message as it is.
    pub(crate) fn unwrapped(self) -> (Packet<P>, Option<HostId>) {
        let Packet { from, bytes, frame } = self;
        match frame {
            Frame::Relayed(relayed) => {
                let Relayed { to, frame, .. } = *relayed;
                (Packet { from, bytes, frame }, Some(to))
            }
            frame => (Packet { from, bytes, frame }, None),
        }
    }
}
