//! The receiving half of a connection: messages are delivered in the order in which they were sent, or as streams that do not wait
//! for each other.

use std::collections::BTreeMap;

use super::segments::{Message, Segments};
use crate::network::Frame;
use crate::network::event::Packet;
use crate::random::Flow;
use crate::units::HostId;

/// What has come of a peer's messages.
#[derive(Debug)]
pub(crate) struct Receiver<P> {
    /// The message that is delivered next, where there is an order.
    next: u32,
    /// Messages that are not whole, or wait for such.
    /// `None` until one has come: most of QUIC go whole.
    #[expect(clippy::box_collection, reason = "hardly any connection has some, and each has room for it")]
    waiting: Option<Box<BTreeMap<u32, Incoming<P>>>>,
}

#[derive(Debug)]
struct Incoming<P> {
    /// Segments that have not come.
    missing: u32,
    flow: Flow,
    packet: Option<Packet<P>>,
}

impl<P> Default for Receiver<P> {
    fn default() -> Receiver<P> {
        Receiver { next: 0, waiting: None }
    }
}

impl<P> Receiver<P> {
    /// Segments have come from a peer. Those that came before are of no use.
    pub(crate) fn take(&mut self, from: HostId, segments: Segments<P>) {
        self.add(from, segments);
    }

    /// The same of a stream. Returns the message, if it is whole by that.
    pub(crate) fn take_stream(&mut self, from: HostId, segments: Segments<P>) -> Option<(Flow, Packet<P>)> {
        let number = segments.message.number;
        if self.add(from, segments)? > 0 {
            return None;
        }
        let Incoming { flow, packet, .. } = self.waiting.as_mut()?.remove(&number)?;
        packet.map(|packet| (flow, packet))
    }

    /// Returns how many segments of the message are still missing; `None` if these have come before.
    fn add(&mut self, from: HostId, segments: Segments<P>) -> Option<u32> {
        let Segments { sent, message, duplicate, payload, .. } = segments;
        if duplicate {
            return None;
        }
        let Message { number, segments: of, bytes, flow, .. } = message;
        let none = || Incoming { missing: of, flow, packet: None };
        let incoming = self.waiting.get_or_insert_default().entry(number).or_insert_with(none);
        incoming.missing = incoming.missing.saturating_sub(sent.count);
        if let Some(payload) = payload {
            incoming.packet = Some(Packet { from, bytes, frame: Frame::Payload(payload) });
        }
        Some(incoming.missing)
    }

    /// The next message that is whole, if all before it were.
    pub(crate) fn next(&mut self) -> Option<(Flow, Packet<P>)> {
        let first = self.waiting.as_mut()?.first_entry();
        let entry = first.filter(|it| *it.key() == self.next && it.get().missing == 0)?;
        let Incoming { flow, packet, .. } = entry.remove();
        self.next += 1;
        packet.map(|packet| (flow, packet))
    }

    /// How many messages wait here for segments that are missing.
    pub(crate) fn waiting(&self) -> usize {
        let waiting = self.waiting.iter().flat_map(|waiting| waiting.values());
        waiting.filter(|incoming| incoming.packet.is_some()).count()
    }

    /// Whether nothing has come of a message that was not delivered.
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting.as_ref().is_none_or(|waiting| waiting.is_empty())
    }

    /// The connection is gone: what waits here will not be delivered.
    pub(crate) fn into_waiting(self) -> impl Iterator<Item = Packet<P>> {
        let waiting = self.waiting.into_iter().flat_map(|waiting| waiting.into_values());
        waiting.filter_map(|incoming| incoming.packet)
    }
}

#[cfg(test)]
mod tests {
    use super::super::protocol::Protocol;
    use super::super::segments::{Connection, Sent};
    use super::*;
    use crate::network::MessageKind;
    use crate::units::Time;

    /// So many segments of a message of three.
    fn segments(number: u32, count: u32, payload: Option<u32>) -> Segments<u32> {
        let connection = Connection { flow: Flow::ROOT, protocol: Protocol::Tcp };
        let sent = Sent { connection, order: 0, count, behind: 0, at: Time::ZERO, again: false, early: None };
        let message =
            Message { number, segments: 3, bytes: 4156, flow: Flow::ROOT, kind: MessageKind::default() };
        Segments { sent, message, luck: Flow::ROOT, streamed: false, duplicate: false, payload }
    }

    fn delivered(receiver: &mut Receiver<u32>) -> Vec<u32> {
        let next = || receiver.next().and_then(|(_, packet)| packet.frame.payload().copied());
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn messages_behind_one_that_is_not_whole_wait_for_it() {
        let mut receiver = Receiver::default();
        receiver.take(HostId(1), segments(0, 2, Some(4000)));
        receiver.take(HostId(1), segments(1, 3, Some(4001)));
        receiver.take(HostId(1), segments(2, 2, None));
        assert_eq!((delivered(&mut receiver), receiver.waiting()), (vec![], 2));
        receiver.take(HostId(1), segments(0, 1, None));
        assert_eq!((delivered(&mut receiver), receiver.waiting()), (vec![4000, 4001], 0));
        receiver.take(HostId(1), segments(2, 1, Some(4002)));
        assert_eq!(delivered(&mut receiver), [4002]);
    }

    #[test]
    fn a_stream_does_not_wait_for_another() {
        let mut receiver = Receiver::default();
        let mut take = |number, count, payload| {
            let whole = receiver.take_stream(HostId(1), segments(number, count, payload));
            whole.and_then(|(_, packet)| packet.frame.payload().copied())
        };
        assert_eq!(take(0, 2, Some(4000)), None);
        assert_eq!(take(1, 3, Some(4001)), Some(4001));
        assert_eq!(take(0, 1, None), Some(4000));
        assert!(receiver.is_idle());
    }

    #[test]
    fn segments_that_came_before_neither_complete_a_message_nor_begin_one_again() {
        let mut receiver = Receiver::default();
        let again = |number, count| Segments { duplicate: true, ..segments(number, count, None) };
        receiver.take(HostId(1), segments(0, 2, Some(4000)));
        receiver.take(HostId(1), again(0, 2));
        assert!(delivered(&mut receiver).is_empty());
        receiver.take(HostId(1), segments(0, 1, None));
        assert_eq!(delivered(&mut receiver), [4000]);
        receiver.take(HostId(1), again(0, 3));
        assert!(receiver.is_idle());
    }
}
