//! Segments: how messages become some, and what travels with them.

use super::protocol::Protocol;
use crate::network::config::MTU;
use crate::network::event::Packet;
use crate::network::{Frame, MessageKind};
use crate::random::{Flow, mix};
use crate::units::{HostId, Time};

/// A connection, among those that two hosts have had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// What its handshake is part of.
    pub flow: Flow,
    /// What its ends speak.
    pub protocol: Protocol,
}

/// What an acknowledgement is about: segments that were sent at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Over which connection.
    pub connection: Connection,
    /// Its number among all that this end has sent.
    pub order: u32,
    /// Segments that come to the receiver.
    pub count: u32,
    /// How many of them come after the last one that the path has lost.
    pub behind: u32,
    /// When they were handed to the uplink.
    pub at: Time,
    /// Whether they were sent before.
    pub again: bool,
    /// When the connection was begun, if its server has not answered yet: the server takes them for its beginning.
    pub early: Option<Time>,
}

/// Segments of one message, sent at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segments<P> {
    /// How they were sent.
    pub sent: Sent,
    /// What they are of.
    pub message: Message,
    /// What their luck on the path is drawn for.
    pub luck: Flow,
    /// Whether their acknowledgement goes back when the first of them has come, and not only the last.
    pub streamed: bool,
    /// Whether they have come before, which the sender does not know.
    pub duplicate: bool,
    /// The message itself travels with the last of its segments that are sent for the first time.
    pub payload: Option<P>,
}

/// Segments of one message, sent at a time: what their receiver sees of them when the first comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Train {
    /// How they were sent.
    pub sent: Sent,
    /// What they are of.
    pub message: Message,
    /// What their luck on the path was drawn for.
    pub luck: Flow,
}

/// What segments are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// Its number among all that this end has sent.
    pub number: u32,
    /// How many segments it has.
    pub segments: u32,
    /// Its bytes on the wire, headers included.
    pub bytes: u32,
    /// What it was sent as part of.
    pub flow: Flow,
    pub kind: MessageKind,
}

impl Message {
    /// Bytes on the wire of so many of its segments that are full.
    pub(crate) fn full(&self, count: u32) -> u32 {
        count.saturating_mul(MTU).min(self.bytes)
    }

    /// Bytes on the wire of its last segments.
    pub(crate) fn last(&self, count: u32) -> u32 {
        self.bytes - (self.segments - count) * MTU
    }
}

impl<P> Segments<P> {
    /// The segments, without the message that travels with them.
    pub(crate) fn without_payload(&self) -> Segments<P> {
        Segments { payload: None, ..*self }
    }

    /// What is seen of them when the first comes.
    pub(crate) fn train(&self) -> Train {
        Train { sent: self.sent, message: self.message, luck: self.luck }
    }

    /// The message that travels with them.
    pub(crate) fn take_message(&mut self, from: HostId) -> Option<Packet<P>> {
        let bytes = self.message.bytes;
        self.payload.take().map(|payload| Packet { from, bytes, frame: Frame::Payload(payload) })
    }

    /// For the fingerprint.
    pub(crate) fn digest(&self) -> u64 {
        self.sent.digest() ^ mix(u64::from(self.message.number) << 32 ^ u64::from(self.message.bytes))
    }
}

impl Sent {
    pub(crate) fn digest(&self) -> u64 {
        let Sent { order, count, behind, .. } = *self;
        mix(u64::from(order) << 32 ^ u64::from(count)) ^ u64::from(behind) ^ self.connection.digest()
    }
}

impl Connection {
    pub(crate) fn digest(self) -> u64 {
        mix(u64::from(self.flow.get()) << 8 ^ self.protocol as u64)
    }
}
