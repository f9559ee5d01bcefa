//! The surface of a node: what goes in, what comes out, and what it asks of the machine that it runs on.

use std::sync::Arc;

use super::event::{Detail, EventKind};
use super::message::Message;
use super::observation::Observation;
use super::peer::Peer;
use super::timer::Timer;
use crate::units::Time;

/// What a node is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A message arrived. The transport vouches for `from`.
    Message {
        /// The sender.
        from: Peer,
        /// What it says.
        message: Message,
    },
    /// Bytes arrived that nobody has read yet. What is no message is counted, and that is all.
    Bytes {
        /// The sender, as the transport vouches for it.
        from: Peer,
        /// A message as the sender has encoded it, or anything else.
        bytes: Arc<[u8]>,
    },
    /// A timer that the node had set fired.
    Timer(Timer),
    /// The application wants something.
    Command(Command),
    /// The node is back after an absence, with what it has kept. Comes before timers that fell due meanwhile.
    Restart,
}

/// What the application can want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Record an outcome.
    Record {
        /// What happened.
        kind: EventKind,
        /// The node that it is about.
        subject: Peer,
        /// What it is about beside that.
        detail: Detail,
    },
    /// An interaction with another node has ended, good or bad: the node may be asked to sign for it, or asks the other party
    /// when it records an outcome with this reference. Without `receipts` it means nothing.
    Dealt {
        /// The other party.
        with: Peer,
        /// What both parties call the interaction: the reference of outcomes that they record.
        reference: u64,
        /// Who did the work: outcomes about nobody else are signed.
        performer: Peer,
        /// How it ended.
        good: bool,
    },
    /// The application is about to give work to another node, and wants it to sign for that first: an
    /// [`Observation::Agreed`] tells whether it has. Without `receipts` it means nothing.
    Agree {
        /// The other party.
        with: Peer,
        /// What both parties call the deal: the reference of the outcome.
        reference: u64,
    },
    /// Ask about a node.
    Query {
        /// The node whose reputation is asked for.
        target: Peer,
    },
    /// Tell everybody `size` bytes that mean nothing to the protocol.
    Broadcast {
        /// Length of the payload.
        size: u32,
    },
}

/// What a node wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Send a message.
    Send {
        /// The receiver.
        to: Peer,
        /// What to send.
        message: Message,
    },
    /// Hand this timer back at that time; when the node is away then, as soon as it is back. A restart ends those that do not
    /// [outlive](Timer::outlives_restart) it.
    SetTimer {
        /// What it is for: handed back as it is.
        timer: Timer,
        /// When it is due, not before the present.
        at: Time,
    },
    /// Let whoever watches know.
    Observe(Observation),
}

/// What a node can ask of the machine it runs on.
pub trait Env {
    /// 64 random bits, from the stream meant for this input.
    fn random(&mut self) -> u64;

    /// What the own clock shows at `now`, where it may be wrong. Time stamps that others read go by it; all that a node waits for
    /// goes by `now`.
    fn clock(&self, now: Time) -> Time {
        now
    }

    /// Share of the own uplink in use over the limiters' window, 0..=1.
    fn uplink_used(&self) -> f64;

    /// The own view of the network: inbound rate and queues over what the link can do, 0..=1.
    fn network_load(&self) -> f64;
}

/// A machine that carries out what a node wants while the node is still at it.
pub trait Driver: Env {
    /// Does this, after all that the node has wanted before.
    ///
    /// What a storage node has sent must not show in what [`Env`] tells of the links before the node is done with its
    /// input: its limiters are about the load that it finds.
    fn carry_out(&mut self, output: Output);
}

/// A machine that is told when the node is done what it wants, all at once.
pub(super) struct Collecting<'a, E> {
    pub(super) env: &'a mut E,
    pub(super) out: &'a mut Vec<Output>,
}

impl<E: Env> Env for Collecting<'_, E> {
    fn random(&mut self) -> u64 {
        self.env.random()
    }

    fn clock(&self, now: Time) -> Time {
        self.env.clock(now)
    }

    fn uplink_used(&self) -> f64 {
        self.env.uplink_used()
    }

    fn network_load(&self) -> f64 {
        self.env.network_load()
    }
}

impl<E: Env> Driver for Collecting<'_, E> {
    fn carry_out(&mut self, output: Output) {
        self.out.push(output);
    }
}
