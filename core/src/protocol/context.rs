//! What a role is given with each of its inputs: the time, the node that it is a role of, the machine below, and a place
//! for its outputs.

use std::sync::Arc;

use super::Shared;
use super::config::{Config, Dissemination};
use super::io::{Driver, Output};
use super::message::Message;
use super::observation::{Memory, Observation, Rejection};
use super::peer::{Id, Peer};
use super::peer_table::PeerTable;
use super::series::{Entry, Record, Series};
use super::signature::Signer;
use super::timer::Timer;
use crate::units::Time;

/// What stays the same about a node for as long as it lives: every role may read it, and none changes it.
pub(super) struct LocalPeer {
    pub(super) peer: Peer,
    /// Whether it stores other nodes' chunks.
    pub(super) stores: bool,
    pub(super) signer: Box<dyn Signer>,
    pub(super) shared: Arc<Shared>,
}

impl LocalPeer {
    pub(super) fn id(&self) -> &Id {
        self.peers().id(self.peer)
    }

    pub(super) fn config(&self) -> &Config {
        &self.shared.config
    }

    pub(super) fn peers(&self) -> &PeerTable {
        &self.shared.peers
    }

    /// The bucket of the own routing table that a peer belongs into.
    pub(super) fn bucket_of(&self, peer: Peer) -> usize {
        self.id().shared_bits(self.peers().id(peer))
    }

    /// Whether it answers lookups, and so may be in routing tables.
    pub(super) fn serves(&self) -> bool {
        self.stores || self.config().dissemination != Dissemination::Lookup
    }
}

/// The handling of one input, handed from role to role.
///
/// Outputs are carried out in the order in which they are put out, and a simulator numbers its events in that order. So a
/// role that wants something of another one does not call it: it returns what it wants, with what has to come after it.
pub(super) struct Context<'a, E> {
    pub(super) now: Time,
    pub(super) local: &'a LocalPeer,
    pub(super) driver: &'a mut E,
}

impl<'a, E> Context<'a, E> {
    /// Borrowed from the node and not from the context, so that it can be read while something is put out.
    pub(super) fn config(&self) -> &'a Config {
        self.local.config()
    }
}

impl<E: Driver> Context<'_, E> {
    // A driver's code is long and inlined where broadcasts are handled: nothing else is so frequent that it should have a copy
    // of its own.
    #[inline(never)]
    pub(super) fn send(&mut self, to: Peer, message: Message) {
        self.driver.carry_out(Output::Send { to, message });
    }

    #[inline(never)]
    pub(super) fn set_timer(&mut self, timer: Timer, at: Time) {
        self.driver.carry_out(Output::SetTimer { timer, at });
    }

    #[inline(never)]
    pub(super) fn observe(&mut self, observation: Observation) {
        self.driver.carry_out(Output::Observe(observation));
    }

    pub(super) fn reject(&mut self, from: Peer, reason: Rejection) {
        self.observe(Observation::Rejected { from, reason });
    }

    /// A memory has made room for something, if it had to.
    pub(super) fn forgot(&mut self, memory: Memory, count: u32) {
        if count > 0 {
            self.observe(Observation::Forgotten { memory, count });
        }
    }

    /// The present, as the node's clock shows it.
    pub(super) fn clock(&self) -> Time {
        self.driver.clock(self.now)
    }

    /// Appends to the node's log what happens now.
    pub(super) fn append(&self, series: &mut Series, record: Record) {
        series.append(Entry { at: self.clock(), record }, self.local.peers());
    }

    pub(super) fn draw(&mut self) -> u64 {
        self.driver.random()
    }
}
