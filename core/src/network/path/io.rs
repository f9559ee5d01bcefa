//! What a transport asks of its host, and has it do.

use crate::network::downlink::Stream;
use crate::network::event::{Event, Packet};
use crate::network::fate::{Fate, Side};
use crate::network::fault::FaultId;
use crate::network::observer::{Observation, Observer};
use crate::network::segments::Leg;
use crate::network::transport::{Departs, Departure, Io, Segments, Timer, Transmission};
use crate::network::{Context, MessageKind, Network, Packets, Payload};
use crate::random::Flow;
use crate::units::{Duration, HostId, Time};

/// A host as its transports see it.
pub(in crate::network) struct HostIo<'h, 't, 'c, 's, 'q, P, O, E> {
    pub(in crate::network) network: &'h mut Network<'t, P, O>,
    pub(in crate::network) ctx: &'c mut Context<'s, 'q, E>,
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
    fn transmit(&mut self, to: HostId, packet: Packet<P>, sent: Transmission) -> Departs<P> {
        self.network.transmit(self.ctx, to, packet, sent)
    }

    fn max_connections(&self) -> Option<u32> {
        self.network.topology.group(self.ctx.host).max_connections
    }

    fn at_limit(&mut self, closes: bool) {
        self.network.observe(self.ctx, Observation::AtLimit { closes });
    }

    fn set_timer(&mut self, at: Time, timer: Timer<P>) {
        if at == self.ctx.now {
            self.network.observe(self.ctx, Observation::Continued);
        }
        self.ctx.at(at, self.ctx.host, Event::Timer(timer));
    }

    fn end(&mut self, fate: Fate, packet: &Packet<P>, to: HostId) {
        let behind_nat = self.network.nats.is_some();
        let fate = if behind_nat { self.network.fate_behind_nat(self.ctx.host, to, fate) } else { fate };
        self.network.end(self.ctx, fate, packet, to);
    }

    fn rtt(&self, to: HostId) -> Duration {
        self.network.topology.rtt(self.ctx.host, to)
    }

    fn variation(&self, to: HostId) -> Duration {
        self.network.topology.variation(self.ctx.host, to)
    }

    fn one_way(&self, to: HostId) -> Duration {
        self.network.topology.one_way(self.ctx.host, to)
    }

    fn answer(&self, at: Time, to: HostId, packets: u32, luck: Flow) -> Result<Duration, Option<FaultId>> {
        self.network.topology.answer_by_way(at, (self.ctx.host, to), packets, luck)
    }

    fn echo(
        &self,
        (departs, rtt): (Time, Duration),
        to: HostId,
        (kind, packets): (MessageKind, u32),
        luck: Flow,
    ) -> Result<Duration, Option<FaultId>> {
        let (topology, host) = (self.network.topology, self.ctx.host);
        let at = departs + Duration::from_nanos(rtt.as_nanos() / 2);
        Ok(topology.detour_by_way(departs, (host, to), Some(kind))
            + topology.answer_by_way(at, (to, host), packets, luck)?)
    }

    fn tell(&mut self, at: Time, to: HostId, timer: Timer<P>) {
        self.ctx.at(at, to, Event::Timer(timer));
    }

    fn uplink_room(&self) -> u64 {
        let pace = self.network.topology.pace(self.ctx.host, Side::Uplink);
        self.network.hosts[self.ctx.host].outbound.up.room(self.ctx.now, pace)
    }

    fn uplink_has_room_at(&self) -> Time {
        let pace = self.network.topology.pace(self.ctx.host, Side::Uplink);
        self.network.hosts[self.ctx.host].outbound.up.has_room_at(self.ctx.now, pace)
    }

    fn transmit_segments(
        &mut self,
        to: HostId,
        segments: Box<Segments<P>>,
        wire: Packets,
        after: Time,
    ) -> Departure<P> {
        let leg = if self.network.nats.is_none() {
            Leg { from: self.ctx.host, next: to, to }
        } else {
            self.network.leg_behind_nat(self.ctx, to)
        };
        self.network.put_segments(self.ctx, leg, segments, wire, after)
    }

    fn first_passes(&mut self, stream: Option<Stream>) -> Option<Time> {
        let pace = self.network.topology.pace(self.ctx.host, Side::Downlink);
        let host = &mut self.network.hosts[self.ctx.host];
        host.is_online().then(|| host.down.first_passes(self.ctx.now, stream, pace))
    }

    fn deliver(&mut self, flow: Flow, packet: Packet<P>) {
        self.network.observe(self.ctx, Observation::Continued);
        self.ctx.at(self.ctx.now, self.ctx.host, Event::passage(flow, packet));
    }
}
