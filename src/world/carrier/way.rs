//! The way of a message: transport → uplink → path → downlink → receiver.

use super::event::Load;
use super::{Carrier, Event, Flight, Notice, Packet, Payload, Turn};
use crate::network::{
    Connections, End, Handshake, LARGEST_DATAGRAM, Step, Transport, first_wait, probe_timeout,
};
use crate::random::Purpose;
use crate::units::{Duration, HostId, Time};
use crate::world::observation::{About, Absence, Fate, Loss, Observation, Probe, Side};

/// After so many rounds a sender gives a message up.
const REPAIR_ROUNDS: u32 = 8;
/// Bytes of a full packet that is sent again.
const FULL_PACKET: u32 = 1500;

impl<T: Payload, P: Probe> Carrier<'_, T, P> {
    /// Hands a message over to the sender's transport.
    pub(super) fn hand_over(&mut self, turn: &mut Turn<'_, '_, impl From<Event<T>>>, to: HostId, payload: T) {
        let from = turn.host;
        self.see(turn, Observation::Sent);
        self.ledger.sent += 1;
        let host = &self.hosts[from.index()];
        let (transport, online) = (host.transport, host.online());
        let size = payload.size();
        let packets = transport.packets(size);
        let packet = Packet { from, bytes: packets.bytes, load: Load::Payload(payload) };
        if !online {
            return self.end(turn, Fate::Lost(Loss::SenderLeft), &packet, to);
        }
        if transport == Transport::Udp {
            if size > LARGEST_DATAGRAM {
                return self.end(turn, Fate::Lost(Loss::TooLarge), &packet, to);
            }
            return self.wire(turn, to, packet, packets.count);
        }
        match self.quic(from).send(turn.now, to, packet) {
            Step::Go(packet) => self.wire(turn, to, packet, packets.count),
            Step::Resume(packet) => {
                self.greet(turn, to, Load::Hello);
                self.wire(turn, to, packet, packets.count);
            }
            Step::Greet => {
                self.greet(turn, to, Load::Hello);
                let begun = turn.now;
                turn.at(turn.now + first_wait(), from, Event::Unanswered { peer: to, begun });
            }
            Step::Wait => {}
        }
    }

    /// Sends one flight of a handshake: a message like any other, which loss may take.
    fn greet(&mut self, turn: &mut Turn<'_, '_, impl From<Event<T>>>, to: HostId, load: Load<T>) {
        self.see(turn, Observation::Sent);
        self.ledger.sent += 1;
        let packets = Transport::Quic.packets(load.size());
        self.wire(turn, to, Packet { from: turn.host, bytes: packets.bytes, load }, packets.count);
    }

    /// Puts a message on the uplink, and on its path.
    fn wire(
        &mut self,
        turn: &mut Turn<'_, '_, impl From<Event<T>>>,
        to: HostId,
        packet: Packet<T>,
        packets: u32,
    ) {
        let Some(departs) = self.uplink(turn, packet.bytes) else {
            return self.end(turn, Fate::DroppedQueue(Side::Uplink), &packet, to);
        };
        self.path(turn, departs, Flight { to, missing: packets, packets, round: 0, packet });
    }

    /// Takes bytes through the uplink. Returns when the last one has passed; `None` if the queue is full.
    fn uplink<E>(&mut self, turn: &Turn<'_, '_, E>, bytes: u32) -> Option<Time> {
        let host = &mut self.hosts[turn.host.index()];
        let departs = host.outbound.up.offer(turn.now, u64::from(bytes)).ok()?;
        host.count_up(turn.now, bytes);
        self.see(turn, Observation::Wired { bytes });
        Some(departs)
    }

    /// Takes the packets that are missing over the path. What UDP or a handshake loses is lost; QUIC sends it again.
    fn path(&mut self, turn: &mut Turn<'_, '_, impl From<Event<T>>>, departs: Time, mut flight: Flight<T>) {
        let from = turn.host;
        let host = &mut self.hosts[from.index()];
        let (place, luck, number) = (host.outbound.place, host.outbound.luck, host.outbound.wired);
        host.outbound.wired += 1;
        let draws = |purpose| self.facts.seed.draws(purpose, luck, number);
        if !self.facts.loss.hits(flight.missing, || draws(Purpose::Loss).next()) {
            let here = End { host: from, place };
            let bits = || draws(Purpose::Jitter).next();
            let arrives = departs + self.facts.paths.latency(here, self.facts.end(flight.to), bits);
            return turn.at(arrives, flight.to, Event::Arrive(flight.packet));
        }
        let repairs = host.transport == Transport::Quic && matches!(flight.packet.load, Load::Payload(_));
        if !repairs || flight.round >= REPAIR_ROUNDS {
            return self.end(turn, Fate::Lost(Loss::Path), &flight.packet, flight.to);
        }
        let mut draws = draws(Purpose::Loss);
        // The first has said that something is missing.
        draws.next();
        flight.missing = self.facts.loss.count(flight.missing, || draws.next());
        let wait = self.repair_wait(from, &flight);
        flight.round += 1;
        turn.at(departs + wait, from, Event::Repair(Box::new(flight)));
    }

    fn repair_wait(&self, from: HostId, flight: &Flight<T>) -> Duration {
        let (here, there) = (self.facts.end(from), self.facts.end(flight.to));
        let round_trip = self.facts.paths.round_trip(here, there);
        let network = &self.facts.config.network;
        let deviation = network.jitter.unwrap_or(network.latency.default_jitter()).get();
        let variation = Duration::from_nanos((round_trip.as_nanos() as f64 * deviation) as u64);
        probe_timeout(round_trip, variation, flight.round)
    }

    /// The sender takes packets for lost and sends them again; a full queue costs another round.
    pub(super) fn repair(&mut self, turn: &mut Turn<'_, '_, impl From<Event<T>>>, mut flight: Flight<T>) {
        if !self.hosts[turn.host.index()].online() {
            return self.end(turn, Fate::Lost(Loss::SenderLeft), &flight.packet, flight.to);
        }
        let bytes = if flight.packets == 1 { flight.packet.bytes } else { flight.missing * FULL_PACKET };
        match self.uplink(turn, bytes.min(flight.packet.bytes)) {
            Some(departs) => self.path(turn, departs, flight),
            None if flight.round >= REPAIR_ROUNDS => {
                self.end(turn, Fate::DroppedQueue(Side::Uplink), &flight.packet, flight.to);
            }
            None => {
                let wait = self.repair_wait(turn.host, &flight);
                flight.round += 1;
                turn.at(turn.now + wait, turn.host, Event::Repair(Box::new(flight)));
            }
        }
    }

    /// A message has come to the access link.
    pub(super) fn arrive(
        &mut self,
        turn: &mut Turn<'_, '_, impl From<Event<T>>>,
        packet: Packet<T>,
    ) -> Option<Notice<T>> {
        let host = &mut self.hosts[turn.host.index()];
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
    pub(super) fn pass(
        &mut self,
        turn: &mut Turn<'_, '_, impl From<Event<T>>>,
        packet: Packet<T>,
    ) -> Option<Notice<T>> {
        let host = &mut self.hosts[turn.host.index()];
        if !host.online() {
            self.end(turn, Fate::ToOffline(Absence::Away), &packet, turn.host);
            return None;
        }
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

    /// A handshake is complete: what waited for it goes.
    fn greeted(&mut self, turn: &mut Turn<'_, '_, impl From<Event<T>>>, peer: HostId) {
        for packet in self.quic(turn.host).greeted(turn.now, peer) {
            let packets = Transport::Quic.packets(packet.load.size());
            self.wire(turn, peer, packet, packets.count);
        }
    }

    /// A handshake has had no answer in time.
    pub(super) fn unanswered(
        &mut self,
        turn: &mut Turn<'_, '_, impl From<Event<T>>>,
        peer: HostId,
        begun: Time,
    ) {
        match self.quic(turn.host).unanswered(peer, begun) {
            Handshake::Answered => {}
            Handshake::Again(wait) => {
                self.greet(turn, peer, Load::Hello);
                turn.at(turn.now + wait, turn.host, Event::Unanswered { peer, begun });
            }
            Handshake::GiveUp(unsent) => {
                for packet in unsent {
                    self.end(turn, Fate::ToOffline(Absence::NoConnection), &packet, peer);
                }
            }
        }
    }

    /// The host has left: its connections are gone, and what waited for one is lost.
    pub(super) fn disconnect<E>(&mut self, turn: &Turn<'_, '_, E>) {
        let Some(quic) = self.hosts[turn.host.index()].quic_if_any() else { return };
        for (peer, packet) in quic.leave() {
            self.end(turn, Fate::Lost(Loss::SenderLeft), &packet, peer);
        }
    }

    /// A message has met its end, on its way to `to`.
    fn end<E>(&mut self, turn: &Turn<'_, '_, E>, fate: Fate, packet: &Packet<T>, to: HostId) {
        self.ledger.count(fate);
        let about = match &packet.load {
            Load::Payload(payload) => payload.about(packet.from, to),
            Load::Hello | Load::Reply => About::Other,
        };
        self.see(turn, Observation::Ended { fate, bytes: packet.bytes, about });
    }

    fn quic(&mut self, host: HostId) -> &mut Connections<Packet<T>> {
        self.hosts[host.index()].quic()
    }
}
