//! How hosts call each other: whose call is answered, and what becomes of those that are not.

use std::collections::hash_map::Entry;

use super::ending::Ending;
use super::handshake::{Attempt, Flight};
use super::peer::{Peer, Unsent};
use super::segments::{Connection, Sent};
use super::timer::Timer;
use super::{Connections, Key, LUCK_OF_ACKNOWLEDGEMENT};
use crate::network::Payload;
use crate::network::fate::{Absence, Fate, LossCause};
use crate::network::fault::FaultId;
use crate::network::transport::Io;
use crate::random::Flow;
use crate::units::{Duration, HostId, Time};

impl<P: Payload> Connections<P> {
    /// Begins a handshake. If there is an old connection, it is closed.
    pub(super) fn connect(&mut self, io: &mut impl Io<P>, key: Key, flow: Flow) -> &mut Peer<P> {
        let now = io.now();
        self.make_room(io, key);
        let place = self.peers.entry(key);
        let mut has_ticket = false;
        if let Entry::Occupied(old) = &place {
            self.ended.insert(key, (old.get().flow, Ending::Idle));
            has_ticket = old.get().has_ticket;
        }
        // The old connection may have been the peer's, beside a ticket from before it.
        has_ticket |= key.1.traits().resumes && self.tickets.remove(&key.0);
        let attempt = Attempt {
            flight: Flight::CALL,
            begun: now,
            sent: now,
            tries: 1,
            resumes: has_ticket,
            peer_offline: false,
            after: self.ended.get(&key).map(|(_, ending)| *ending),
            fault: None,
        };
        let mut peer = Box::new(Peer::new(flow, Some(attempt), now, io.rtt(key.0)));
        peer.has_ticket = has_ticket;
        peer.call(io, key, key.1.traits().first_wait);
        match place {
            Entry::Vacant(place) => place.insert(peer),
            Entry::Occupied(place) => {
                let place = place.into_mut();
                *place = peer;
                place
            }
        }
    }

    /// A peer calls. Of two that call each other at once, the one with the smaller number is the client.
    /// So has a call its time: one that was sent long before there was the connection that is open does not replace it. Its client has
    /// given it up, or it would not have opened the other.
    pub(super) fn on_call(
        &mut self,
        io: &mut impl Io<P>,
        key: Key,
        (flow, called): (Flow, Time),
        after: Ending,
    ) {
        let (now, (peer, _)) = (io.now(), key);
        let ending = match self.peers.get(&key) {
            None => None,
            Some(own) if own.flow == flow || own.insists(io, peer) => return,
            // Nothing is told of a connection that was not open: its messages go over the next one.
            Some(own) if !own.is_open() => Some(Ending::Idle),
            Some(own) if called + io.rtt(peer) < own.begun => return,
            Some(_) => Some(after),
        };
        self.make_room(io, key);
        let unsent = ending.map_or_else(Unsent::none, |why| self.end(io, key, why));
        let mut new = Box::new(Peer::new(flow, None, now, io.rtt(peer)));
        new.accept(io, key, unsent);
        self.peers.insert(key, new);
    }

    /// Whether the host has its own call answered, instead of that of a peer.
    pub(super) fn insists(&self, io: &impl Io<P>, key: Key) -> bool {
        self.peers.get(&key).is_some_and(|own| own.insists(io, key.0))
    }

    /// Packets that travel beside their client's call have come without it, or before it, and are as good as one: unless the host
    /// was away since the client began, and may miss others.
    pub(super) fn adopt(&mut self, io: &mut impl Io<P>, from: HostId, sent: Sent) {
        let Connection { flow, protocol } = sent.connection;
        let key = (from, protocol);
        let is_new = |begun| self.online_since <= begun && self.how_ended(key, flow).is_none();
        if sent.early.is_some_and(is_new) {
            self.on_call(io, key, (flow, sent.at), Ending::Idle);
        }
    }

    /// A client has called beside messages that have found the host offline, or not known to it.
    pub(super) fn reset(&self, io: &mut impl Io<P>, (peer, protocol): Key, flow: Flow) {
        let now = io.now();
        if let Ok(late) = io.answer(now, peer, 1, flow.nth(LUCK_OF_ACKNOWLEDGEMENT)) {
            let (connection, why) = (Connection { flow, protocol }, Ending::Forgotten);
            let reset = Timer::Reset { peer: io.host(), connection, why };
            io.tell(now + io.one_way(peer) + late, peer, reset);
        }
    }

    /// A server has answered.
    pub(super) fn on_answer(&mut self, io: &mut impl Io<P>, key: Key, flow: Flow, answer: Flight) {
        let (now, (to, protocol)) = (io.now(), key);
        let Some(peer) = self.find(key, flow) else { return };
        let Some(attempt) = peer.attempt().copied() else { return };
        if answer != attempt.flight.next() {
            return;
        }
        peer.used = now;
        if attempt.tries == 1 {
            peer.measured(now.since(attempt.sent));
        }
        if answer.round() < protocol.traits().further.len() {
            let next = Attempt { flight: answer.next(), sent: now, tries: 1, fault: None, ..attempt };
            peer.attempt().into_iter().for_each(|attempt| *attempt = next);
            let wait = peer.timeout(protocol);
            return peer.call(io, key, wait);
        }
        peer.has_ticket = protocol.traits().resumes;
        peer.open(io, to, Connection { flow, protocol });
    }

    /// Tries again, with twice the time-out each time, or gives up on the peer.
    pub(super) fn on_unanswered(&mut self, io: &mut impl Io<P>, key: Key, flow: Flow, sent: (Flight, u32)) {
        let now = io.now();
        let Some(peer) = self.find(key, flow) else { return };
        let timeout = peer.timeout(key.1);
        let Some(attempt) = peer.attempt() else { return };
        if (attempt.flight, attempt.tries) != sent {
            return;
        }
        let traits = key.1.traits();
        let patience = traits.patience_with_handshakes;
        if now.since(attempt.begun) < patience {
            let first = if attempt.flight == Flight::CALL { traits.first_wait } else { timeout };
            let wait = Duration::from_nanos(first.as_nanos() << attempt.tries.min(16));
            attempt.tries += 1;
            let left = patience - now.since(attempt.begun);
            let wait = if traits.gives_up_waiting { wait.min(left) } else { wait };
            return peer.call(io, key, wait);
        }
        let fate = if attempt.peer_offline {
            Fate::ToOffline(Absence::NoConnection)
        } else {
            Fate::Lost(attempt.fault.map_or(LossCause::NoConnection, LossCause::Fault))
        };
        self.give_up(io, key, fate, LossCause::NoConnection);
    }

    /// A flight of a handshake will not be answered, because of a fault or because the peer is offline.
    pub(super) fn unanswered(&mut self, key: Key, flow: Flow, fault: Option<FaultId>) {
        if let Some(peer) = self.find(key, flow) {
            peer.unanswered(fault);
        }
    }
}
