//! The way of a message: transport → uplink → path → downlink → receiver.

use super::event::{Event, Load, Packet, Repair};
use super::model::{Turn, World};
use super::observation::{About, Absence, Fate, Loss, Observation, Probe, Side};
use crate::network::{Connections, Handshake, LARGEST_DATAGRAM, Step, Transport, first_wait, probe_timeout};
use crate::protocol::{BroadcastId, Content, Message, QueryId};
use crate::random::Purpose;
use crate::units::{Duration, HostId, Time};

/// After so many rounds a sender gives a message up.
const REPAIR_ROUNDS: u32 = 8;
/// Bytes of a full packet that is sent again.
const FULL_PACKET: u32 = 1500;

impl<P: Probe> World<'_, P> {
    /// Hands a message over to the sender's transport.
    pub(super) fn send(&mut self, turn: &mut Turn<'_, '_>, to: HostId, load: Load) {
        let from = turn.host;
        self.see(turn, Observation::Sent);
        self.ledger.sent += 1;
        let transport = self.facts.transport(from);
        let packets = transport.packets(load.size());
        let packet = Packet { from, bytes: packets.bytes, load };
        if transport == Transport::Udp {
            if packet.load.size() > LARGEST_DATAGRAM {
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
                turn.schedule.at(turn.now + first_wait(), from, Event::Unanswered { peer: to, begun });
            }
            Step::Wait => {}
        }
    }

    /// Sends one flight of a handshake: a message like any other, which loss may take.
    fn greet(&mut self, turn: &mut Turn<'_, '_>, to: HostId, load: Load) {
        self.see(turn, Observation::Sent);
        self.ledger.sent += 1;
        let packets = Transport::Quic.packets(load.size());
        self.wire(turn, to, Packet { from: turn.host, bytes: packets.bytes, load }, packets.count);
    }

    /// Puts a message on the uplink, and on its path.
    fn wire(&mut self, turn: &mut Turn<'_, '_>, to: HostId, packet: Packet, packets: u32) {
        let Some(departs) = self.uplink(turn, packet.bytes) else {
            return self.end(turn, Fate::DroppedQueue(Side::Uplink), &packet, to);
        };
        self.path(turn, departs, Repair { to, missing: packets, packets, round: 0, packet });
    }

    /// Takes bytes through the uplink. Returns when the last one has passed; `None` if the queue is full.
    fn uplink(&mut self, turn: &Turn<'_, '_>, bytes: u32) -> Option<Time> {
        let host = &mut self.hosts[turn.host.index()];
        let departs = host.access.up.offer(turn.now, u64::from(bytes)).ok()?;
        host.count_up(turn.now, bytes);
        self.see(turn, Observation::Wired { bytes });
        Some(departs)
    }

    /// Takes the packets that are missing over the path. What UDP or a handshake loses is lost; QUIC sends it again.
    fn path(&mut self, turn: &mut Turn<'_, '_>, departs: Time, mut flight: Repair) {
        let from = turn.host;
        let host = &mut self.hosts[from.index()];
        let number = host.wired;
        host.wired += 1;
        let mut draws = self.facts.draws(Purpose::Loss, from, number);
        if !self.facts.loss.hits(flight.missing, draws.next()) {
            let (here, there) = (self.facts.place(from), self.facts.place(flight.to));
            let bits = || self.facts.draws(Purpose::Jitter, from, number).next();
            let arrives = departs + self.facts.paths.latency(here, there, bits);
            return turn.schedule.at(arrives, flight.to, Event::Arrive(flight.packet));
        }
        let repairs = self.facts.transport(from) == Transport::Quic
            && matches!(flight.packet.load, Load::Protocol(_) | Load::Traffic { .. });
        if !repairs || flight.round >= REPAIR_ROUNDS {
            return self.end(turn, Fate::Lost(Loss::Path), &flight.packet, flight.to);
        }
        flight.missing = self.facts.loss.count(flight.missing, || draws.next());
        let wait = self.repair_wait(from, &flight);
        flight.round += 1;
        turn.schedule.at(departs + wait, from, Event::Repair(Box::new(flight)));
    }

    fn repair_wait(&self, from: HostId, flight: &Repair) -> Duration {
        let (here, there) = (self.facts.place(from), self.facts.place(flight.to));
        let round_trip = self.facts.paths.round_trip(here, there);
        let network = &self.facts.config.network;
        let deviation = network.jitter.unwrap_or(network.latency.default_jitter()).get();
        let variation = Duration::from_nanos((round_trip.as_nanos() as f64 * deviation) as u64);
        probe_timeout(round_trip, variation, flight.round)
    }

    /// The sender takes packets for lost and sends them again; a full queue costs another round.
    pub(super) fn repair(&mut self, turn: &mut Turn<'_, '_>, mut flight: Repair) {
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
                turn.schedule.at(turn.now + wait, turn.host, Event::Repair(Box::new(flight)));
            }
        }
    }

    /// A message has come to the access link.
    pub(super) fn arrive(&mut self, turn: &mut Turn<'_, '_>, packet: Packet) {
        let host = &mut self.hosts[turn.host.index()];
        if !host.online() {
            return self.end(turn, Fate::ToOffline(Absence::Away), &packet, turn.host);
        }
        let Ok(passes) = host.access.down.offer(turn.now, u64::from(packet.bytes)) else {
            return self.end(turn, Fate::DroppedQueue(Side::Downlink), &packet, turn.host);
        };
        host.count_down(turn.now, packet.bytes);
        if passes == turn.now {
            self.pass(turn, packet);
        } else {
            turn.schedule.at(passes, turn.host, Event::Pass(packet));
        }
    }

    /// A message has passed the downlink: it is delivered, if anybody is there.
    pub(super) fn pass(&mut self, turn: &mut Turn<'_, '_>, packet: Packet) {
        if !self.hosts[turn.host.index()].online() {
            return self.end(turn, Fate::ToOffline(Absence::Away), &packet, turn.host);
        }
        self.end(turn, Fate::Delivered, &packet, turn.host);
        let from = packet.from;
        match packet.load {
            Load::Hello => {
                self.greeted(turn, from);
                self.greet(turn, from, Load::Reply);
            }
            Load::Reply => self.greeted(turn, from),
            Load::Traffic { workload, handed_over, .. } => {
                self.heard(turn, from);
                self.see(turn, Observation::TrafficDelivered { workload, handed_over });
            }
            Load::Protocol(message) => {
                self.heard(turn, from);
                self.take(turn, from, message);
            }
        }
    }

    fn heard(&mut self, turn: &Turn<'_, '_>, from: HostId) {
        if let Some(rare) = self.hosts[turn.host.index()].rare.get_mut() {
            rare.quic.heard(turn.now, from);
        }
    }

    /// A handshake is complete: what waited for it goes.
    fn greeted(&mut self, turn: &mut Turn<'_, '_>, peer: HostId) {
        for packet in self.quic(turn.host).greeted(turn.now, peer) {
            let packets = self.facts.transport(turn.host).packets(packet.load.size());
            self.wire(turn, peer, packet, packets.count);
        }
    }

    /// A handshake has had no answer in time.
    pub(super) fn unanswered(&mut self, turn: &mut Turn<'_, '_>, peer: HostId, begun: Time) {
        match self.quic(turn.host).unanswered(peer, begun) {
            Handshake::Answered => {}
            Handshake::Again(wait) => {
                self.greet(turn, peer, Load::Hello);
                turn.schedule.at(turn.now + wait, turn.host, Event::Unanswered { peer, begun });
            }
            Handshake::GiveUp(unsent) => {
                for packet in unsent {
                    self.end(turn, Fate::ToOffline(Absence::NoConnection), &packet, peer);
                }
            }
        }
    }

    /// The host has left: its connections are gone, and what waited for one is lost.
    pub(super) fn disconnect(&mut self, turn: &mut Turn<'_, '_>) {
        let Some(rare) = self.hosts[turn.host.index()].rare.get_mut() else { return };
        for (peer, packet) in rare.quic.leave() {
            self.end(turn, Fate::Lost(Loss::SenderLeft), &packet, peer);
        }
    }

    /// A message has met its end, on its way to `to`.
    fn end(&mut self, turn: &Turn<'_, '_>, fate: Fate, packet: &Packet, to: HostId) {
        self.ledger.count(fate);
        let about = about(packet, to);
        self.see(turn, Observation::Ended { fate, bytes: packet.bytes, about });
    }

    fn quic(&mut self, host: HostId) -> &mut Connections<Packet> {
        &mut self.hosts[host.index()].rare.make().quic
    }
}

fn about(packet: &Packet, receiver: HostId) -> About {
    let Load::Protocol(message) = &packet.load else { return About::Other };
    match message {
        Message::Broadcast(copy) => match copy.body.content() {
            Content::Query { .. } => About::QueryCopy { query: query_of(copy.body.id()), receiver },
            Content::StoreIntent(_) | Content::Opaque { .. } => About::Other,
        },
        Message::Yes(answer) => About::Answer { query: answer.query(), holder: packet.from },
        Message::No { query, .. } => About::Answer { query: *query, holder: packet.from },
        Message::StoreAnswer { .. } | Message::Chunk(_) => About::Other,
    }
}

/// A query goes by the name of the broadcast that carries it.
fn query_of(broadcast: BroadcastId) -> QueryId {
    QueryId { asker: broadcast.origin, sequence: broadcast.sequence }
}
