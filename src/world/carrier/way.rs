//! The way of a message: transport → uplink → path → downlink → receiver.

use super::event::Load;
use super::{Carrier, Event, Flight, Notice, Packet, Payload, Turn};
use crate::network::{End, LARGEST_DATAGRAM, Transport};
use crate::random::Purpose;
use crate::units::{HostId, Time};
use crate::world::observation::{About, Absence, Fate, Loss, Observation, Side};
use crate::world::watch::Watch;

impl<T: Payload, W: Watch> Carrier<'_, T, W> {
    /// Hands a message of the turn's host over to its transport. What a host sends while it is away is lost.
    #[inline]
    pub fn send(&mut self, turn: &mut Turn<'_, '_, impl From<Event<T>>>, to: HostId, payload: T) {
        self.sent(turn);
        let from = turn.host;
        let host = &self.hosts[from];
        let (transport, online) = (host.transport, host.online());
        let size = payload.size();
        let packets = transport.packets(size);
        let broken = match transport {
            _ if !online => Some(Loss::SenderLeft),
            Transport::Udp if size > LARGEST_DATAGRAM => Some(Loss::TooLarge),
            Transport::Quic => return self.connect(turn, to, payload),
            Transport::Udp => None,
        };
        let packet = Packet { from, bytes: packets.bytes, load: Load::Payload(payload) };
        match broken {
            Some(loss) => self.end(turn, Fate::Lost(loss), &packet, to),
            None => self.wire(turn, to, packet, packets.count),
        }
    }

    /// A message, or a flight of a handshake, begins its way.
    #[inline]
    pub(super) fn sent<E>(&mut self, turn: &Turn<'_, '_, E>) {
        self.see(turn, Observation::Sent);
        self.ledger.sent += 1;
    }

    /// Puts a message on the uplink, and on its path.
    #[inline]
    pub(super) fn wire(
        &mut self,
        turn: &mut Turn<'_, '_, impl From<Event<T>>>,
        to: HostId,
        packet: Packet<T>,
        packets: u32,
    ) {
        match self.uplink(turn, packet.bytes) {
            Some(departs) => {
                self.path(turn, departs, Flight { to, missing: packets, packets, round: 0, packet })
            }
            None => self.end(turn, Fate::DroppedQueue(Side::Uplink), &packet, to),
        }
    }

    /// Takes bytes through the uplink. Returns when the last one has passed; `None` if the queue is full.
    #[inline]
    pub(super) fn uplink<E>(&mut self, turn: &Turn<'_, '_, E>, bytes: u32) -> Option<Time> {
        let host = &mut self.hosts[turn.host];
        let departs = host.outbound.up.offer(turn.now, u64::from(bytes)).ok()?;
        host.count_up(turn.now, bytes);
        self.see(turn, Observation::Wired { bytes });
        Some(departs)
    }

    /// Takes the packets that are missing over the path.
    #[inline]
    pub(super) fn path(
        &mut self,
        turn: &mut Turn<'_, '_, impl From<Event<T>>>,
        departs: Time,
        flight: Flight<T>,
    ) {
        let outbound = &mut self.hosts[turn.host].outbound;
        let (place, luck, number) = (outbound.place, outbound.luck, outbound.wired);
        outbound.wired += 1;
        let draws = |purpose| self.facts.seed.draws(purpose, luck, number);
        if self.facts.loss.hits(flight.missing, || draws(Purpose::Loss).next()) {
            return self.lost(turn, departs, Box::new(flight), draws(Purpose::Loss));
        }
        let (here, there) = (End { host: turn.host, place }, self.facts.end(flight.to));
        let latency = self.facts.paths.latency(here, there, || draws(Purpose::Jitter).next());
        turn.at(departs + latency, flight.to, Event::Arrive(flight.packet));
    }

    /// A message has come to the access link.
    #[inline]
    pub(super) fn arrive(
        &mut self,
        turn: &mut Turn<'_, '_, impl From<Event<T>>>,
        packet: Packet<T>,
    ) -> Option<Notice<T>> {
        let host = &mut self.hosts[turn.host];
        if !host.online() {
            self.end(turn, Fate::ToOffline(Absence::Away), &packet, turn.host);
            return None;
        }
        let Ok(passes) = host.down.offer(turn.now, u64::from(packet.bytes)) else {
            self.end(turn, Fate::DroppedQueue(Side::Downlink), &packet, turn.host);
            return None;
        };
        host.count_down(turn.now, packet.bytes);
        if passes == turn.now {
            return self.pass(turn, packet);
        }
        turn.at(passes, turn.host, Event::Pass(packet));
        None
    }

    /// A message has passed the downlink: it is delivered, if anybody is there.
    #[inline]
    pub(super) fn pass(
        &mut self,
        turn: &mut Turn<'_, '_, impl From<Event<T>>>,
        packet: Packet<T>,
    ) -> Option<Notice<T>> {
        let host = &mut self.hosts[turn.host];
        if !host.online() {
            self.end(turn, Fate::ToOffline(Absence::Away), &packet, turn.host);
            return None;
        }
        host.received += u64::from(packet.bytes);
        let from = packet.from;
        if let (Load::Payload(_), Some(quic)) = (&packet.load, host.quic_if_any()) {
            quic.heard(turn.now, from);
        }
        self.end(turn, Fate::Delivered, &packet, turn.host);
        match packet.load {
            Load::Payload(payload) => return Some(Notice::Delivered { from, payload }),
            Load::Hello => {
                self.greeted(turn, from);
                self.greet(turn, from, Load::Reply);
            }
            Load::Reply => self.greeted(turn, from),
        }
        None
    }

    /// A message has met its end, on its way to `to`.
    #[inline]
    pub(super) fn end<E>(&mut self, turn: &Turn<'_, '_, E>, fate: Fate, packet: &Packet<T>, to: HostId) {
        self.ledger.count(fate);
        let about = match &packet.load {
            Load::Payload(payload) => payload.about(packet.from, to),
            Load::Hello | Load::Reply => About::Other,
        };
        self.see(turn, Observation::Ended { fate, bytes: packet.bytes, about });
    }
}
