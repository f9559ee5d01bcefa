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
    Message { from: Peer, message: Message },
    /// Bytes arrived that nobody has read yet. What is no message is counted, and that is all.
    Bytes { from: Peer, bytes: Arc<[u8]> },
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
    Record { kind: EventKind, subject: Peer, detail: Detail },
    /// Ask about a node.
    Query { target: Peer },
    /// Tell everybody `size` bytes that mean nothing to the protocol.
    Broadcast { size: u32 },
}

/// What a node wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Send a message.
    Send { to: Peer, message: Message },
    /// Hand this timer back at that time; when the node is away then, as soon as it is back.
    SetTimer { timer: Timer, at: Time },
    /// Let whoever watches know.
    Observe(Observation),
}

/// What a node can ask of the machine it runs on.
pub trait Env {
    /// 64 random bits, from the stream meant for this input.
    fn random(&mut self) -> u64;

    /// Share of the own uplink in use over the limiters' window, 0..=1.
    fn uplink_used(&self) -> f64;

    /// The own view of the network: inbound rate and queues over what the link can do, 0..=1.
    fn network_load(&self) -> f64;
}
