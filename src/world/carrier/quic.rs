//! What transports do beyond sending once: QUIC's handshakes, and its repairs of what the path loses.

use super::event::Load;
use super::{Carrier, Event, Flight, Packet, Payload, Turn};
use crate::network::{Handshake, Step, Transport, first_wait, probe_timeout};
use crate::random::Draws;
use crate::units::{Duration, HostId, Time};
use crate::world::observation::{Absence, Fate, Loss, Side};
use crate::world::watch::Watch;

/// After so many rounds a sender gives a message up.
const REPAIR_ROUNDS: u32 = 8;
/// Bytes of a full packet that is sent again.
const FULL_PACKET: u32 = 1500;

impl<T: Payload, W: Watch> Carrier<'_, T, W> {
    /// A message goes over the connection with `to`, or waits for one.
    pub(super) fn connect(&mut self, turn: &mut Turn<'_, '_, impl From<Event<T>>>, to: HostId, payload: T) {
        let from = turn.host;
        let packets = Transport::Quic.packets(payload.size());
        let packet = Packet { from, bytes: packets.bytes, load: Load::Payload(payload) };
        match self.hosts[from].quic().send(turn.now, to, packet) {
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
    pub(super) fn greet(&mut self, turn: &mut Turn<'_, '_, impl From<Event<T>>>, to: HostId, load: Load<T>) {
        self.sent(turn);
        let packets = Transport::Quic.packets(load.size());
        self.wire(turn, to, Packet { from: turn.host, bytes: packets.bytes, load }, packets.count);
    }

    /// A handshake is complete: what waited for it goes.
    pub(super) fn greeted(&mut self, turn: &mut Turn<'_, '_, impl From<Event<T>>>, peer: HostId) {
        for packet in self.hosts[turn.host].quic().greeted(turn.now, peer) {
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
        match self.hosts[turn.host].quic().unanswered(peer, begun) {
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
        let Some(quic) = self.hosts[turn.host].quic_if_any() else { return };
        for (peer, packet) in quic.leave() {
            self.end(turn, Fate::Lost(Loss::SenderLeft), &packet, peer);
        }
    }

    /// Packets were lost on the path, as the first of these draws has said. What UDP or a handshake loses is lost; QUIC
    /// sends it again.
    #[cold]
    pub(super) fn lost(
        &mut self,
        turn: &mut Turn<'_, '_, impl From<Event<T>>>,
        departs: Time,
        mut flight: Box<Flight<T>>,
        mut draws: Draws,
    ) {
        let quic = self.hosts[turn.host].transport == Transport::Quic;
        let repairs = quic && matches!(flight.packet.load, Load::Payload(_));
        if !repairs || flight.round >= REPAIR_ROUNDS {
            return self.end(turn, Fate::Lost(Loss::Path), &flight.packet, flight.to);
        }
        draws.next();
        flight.missing = self.facts.loss.count(flight.missing, || draws.next());
        let wait = self.repair_wait(turn.host, &flight);
        flight.round += 1;
        turn.at(departs + wait, turn.host, Event::Repair(flight));
    }

    /// The sender takes packets for lost and sends them again; a full queue costs another round.
    pub(super) fn repair(
        &mut self,
        turn: &mut Turn<'_, '_, impl From<Event<T>>>,
        mut flight: Box<Flight<T>>,
    ) {
        if !self.hosts[turn.host].online() {
            return self.end(turn, Fate::Lost(Loss::SenderLeft), &flight.packet, flight.to);
        }
        let bytes = if flight.packets == 1 { flight.packet.bytes } else { flight.missing * FULL_PACKET };
        match self.uplink(turn, bytes.min(flight.packet.bytes)) {
            Some(departs) => self.path(turn, departs, *flight),
            None if flight.round >= REPAIR_ROUNDS => {
                self.end(turn, Fate::DroppedQueue(Side::Uplink), &flight.packet, flight.to);
            }
            None => {
                let wait = self.repair_wait(turn.host, &flight);
                flight.round += 1;
                turn.at(turn.now + wait, turn.host, Event::Repair(flight));
            }
        }
    }

    fn repair_wait(&self, from: HostId, flight: &Flight<T>) -> Duration {
        let (here, there) = (self.facts.end(from), self.facts.end(flight.to));
        let round_trip = self.facts.paths.round_trip(here, there);
        let network = &self.facts.config.network;
        let deviation = network.jitter.unwrap_or(network.latency.default_jitter()).get();
        let variation = Duration::from_nanos((round_trip.as_nanos() as f64 * deviation) as u64);
        probe_timeout(round_trip, variation, flight.round)
    }
}
