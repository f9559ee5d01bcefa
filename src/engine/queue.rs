use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::units::{HostId, Time};

/// Who caused an event, and as the how manieth: the origin host and its own counter, in one word. Together with the
/// time it orders all events of a run, and nothing else does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(u64);

impl Stamp {
    /// Bits of the counter: 2^38 events an origin, for up to 2^26 origins.
    const COUNTER_BITS: u32 = 38;
    /// Hosts that an engine can have.
    pub const HOSTS: u32 = 1 << (64 - Stamp::COUNTER_BITS);

    /// The stamp of the origin's event number `counter`. `None` when either is too large.
    pub fn new(origin: HostId, counter: u64) -> Option<Stamp> {
        (origin.0 < Stamp::HOSTS && counter >> Stamp::COUNTER_BITS == 0)
            .then_some(Stamp(u64::from(origin.0) << Stamp::COUNTER_BITS | counter))
    }

    /// The host that caused the event.
    pub fn origin(self) -> HostId {
        HostId((self.0 >> Stamp::COUNTER_BITS) as u32)
    }
}

/// Events in the order of (time, stamp). Events wait in a slab, so that the heap moves 24 bytes whatever an event's
/// size, and nothing is allocated in the steady state.
#[derive(Debug)]
pub struct Queue<E> {
    heap: BinaryHeap<Entry>,
    events: Vec<Option<E>>,
    free: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    time: Time,
    stamp: Stamp,
    host: HostId,
    slot: u32,
}

/// Reversed: the standard heap gives the greatest first.
impl Ord for Entry {
    fn cmp(&self, other: &Entry) -> Ordering {
        (other.time, other.stamp).cmp(&(self.time, self.stamp))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Default for Queue<E> {
    fn default() -> Queue<E> {
        Queue { heap: BinaryHeap::new(), events: Vec::new(), free: Vec::new() }
    }
}

impl<E> Queue<E> {
    /// Adds an event of `host`. Stamps must be unique.
    pub fn push(&mut self, time: Time, stamp: Stamp, host: HostId, event: E) {
        let slot = match self.free.pop() {
            Some(slot) => {
                self.events[slot as usize] = Some(event);
                slot
            }
            None => {
                self.events.push(Some(event));
                u32::try_from(self.events.len() - 1).expect("fewer than 2^32 events wait at once")
            }
        };
        self.heap.push(Entry { time, stamp, host, slot });
    }

    /// When the first event happens.
    pub fn next_time(&self) -> Option<Time> {
        self.heap.peek().map(|entry| entry.time)
    }

    /// Removes the first event.
    pub fn pop(&mut self) -> Option<(Time, HostId, E)> {
        let entry = self.heap.pop()?;
        self.free.push(entry.slot);
        let event = self.events[entry.slot as usize].take().expect("a queued entry has its event");
        Some((entry.time, entry.host, event))
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether no event waits.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// The events that wait, in no particular order.
    pub fn waiting(&self) -> impl Iterator<Item = &E> {
        self.events.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        Push { delay: u64, origin: u32 },
        Pop,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let delay = prop_oneof![Just(0), 0..3_u64, 0..1_000_000_u64, (u64::MAX - 2)..u64::MAX];
        let step = prop_oneof![
            2 => (delay, 0..5_u32).prop_map(|(delay, origin)| Step::Push { delay, origin }),
            1 => Just(Step::Pop),
        ];
        prop::collection::vec(step, 0..400)
    }

    proptest! {
        #[test]
        fn events_leave_in_the_order_of_their_keys(steps in steps()) {
            let mut queue = Queue::default();
            let mut sorted: Vec<(Time, Stamp, usize)> = Vec::new();
            let mut now = Time::ZERO;
            for (number, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Push { delay, origin } => {
                        let time = Time::from_nanos(now.as_nanos().saturating_add(delay));
                        let stamp = Stamp::new(HostId(origin), number as u64).expect("small");
                        queue.push(time, stamp, HostId(origin), number);
                        sorted.push((time, stamp, number));
                        sorted.sort_unstable();
                    }
                    Step::Pop if sorted.is_empty() => prop_assert!(queue.pop().is_none()),
                    Step::Pop => {
                        let (time, stamp, number) = sorted.remove(0);
                        prop_assert_eq!(queue.next_time(), Some(time));
                        prop_assert_eq!(queue.pop(), Some((time, stamp.origin(), number)));
                        now = time;
                    }
                }
                prop_assert_eq!(queue.len(), sorted.len());
                prop_assert_eq!(queue.waiting().count(), sorted.len());
            }
        }
    }

    #[test]
    fn a_stamp_that_does_not_fit_is_refused() {
        assert!(Stamp::new(HostId(Stamp::HOSTS), 0).is_none());
        assert!(Stamp::new(HostId(0), 1 << 38).is_none());
        assert_eq!(Stamp::new(HostId(9), 3).map(Stamp::origin), Some(HostId(9)));
    }
}
