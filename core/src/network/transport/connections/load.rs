//! What a sender puts on the wire at a time, and what it keeps of that.

use super::segments::Message;
use crate::network::config::MTU;
use crate::network::transport::Packets;
use crate::random::Flow;
use crate::units::Time;

/// A message that waits.
#[derive(Debug)]
pub(super) struct Outgoing<P> {
    pub flow: Flow,
    pub payload: P,
    pub wire: Packets,
    /// What the luck of its segments on the path is drawn for.
    pub luck: Flow,
    /// Its number, once a segment was sent, and how many were.
    pub number: u32,
    pub sent: u32,
    pub flights: u32,
    /// Whether another one took the next turn of its.
    pub was_passed: bool,
}

/// Segments that do not come, or are not acknowledged in time. For the sender both are the same.
#[derive(Debug)]
pub(super) struct Hole<P> {
    pub segments: Load<P>,
    /// Number of what they were sent as, and when.
    pub order: u32,
    pub at: Time,
    /// Segments that were acknowledged after them.
    pub after: u32,
    /// Whether they come, and only what acknowledges them does not, or late.
    pub comes: bool,
    /// Whether the sender knows.
    pub is_known: bool,
}

impl<P> Hole<P> {
    pub(super) fn new(segments: Load<P>, order: u32, at: Time, comes: bool) -> Hole<P> {
        Hole { segments, order, at, after: 0, comes, is_known: false }
    }
}

/// Segments of one message, to be sent at a time.
#[derive(Debug)]
pub(super) struct Load<P> {
    pub message: Message,
    pub count: u32,
    pub luck: Flow,
    pub payload: Option<P>,
    pub again: bool,
    /// Whether they have come, or will.
    pub duplicate: bool,
}

/// What may be sent at a time.
pub(super) struct Limit {
    pub segments: u32,
    /// Room in the uplink's queue.
    pub bytes: u64,
}

impl Limit {
    /// How many of the last `count` segments of a message, whose bytes on the wire these are at most; `None` if there is no room
    /// for one.
    pub(super) fn of(&self, count: u32, bytes: u32) -> Option<u32> {
        let count = count.min(self.segments);
        if u64::from(bytes.min(count * MTU)) <= self.bytes {
            return Some(count);
        }
        let room = (self.bytes / u64::from(MTU)) as u32;
        (room > 0).then(|| count.min(room))
    }
}

/// Segments that were not known to have come.
pub(super) struct Heard {
    pub count: u32,
    /// Those of them whose acknowledgements were lost, or are late: as what they were sent, and how many.
    pub earlier: Vec<(u32, u32)>,
}

impl Heard {
    /// How many were sent after this.
    pub(super) fn after(&self, order: u32) -> u32 {
        let before = self.earlier.iter().take_while(|(earlier, _)| *earlier <= order);
        self.count - before.map(|(_, count)| count).sum::<u32>()
    }
}

/// What a sender that has given up leaves behind.
pub(super) struct Remains<P> {
    /// Messages of which nothing was sent.
    pub unsent: Vec<(Flow, P)>,
    /// Messages of which something was, in their order.
    pub broken: Vec<(Flow, P)>,
    /// Whether something of the others may still be on its way, or wait for the rest at the receiver.
    pub is_open: bool,
}
