use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::ladder::{FULL, Ladder};
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

/// Events in the order of (time, stamp).
///
/// The law: whatever was pushed before, [`Queue::pop`] gives the event with the least key. Few events wait in a heap;
/// from 128 on those of the future wait in a ladder, whose next batch is sorted when its time has come. The events
/// themselves stay in a slab, so that what is moved and sorted has 24 bytes whatever an event's size, and nothing is
/// allocated in the steady state.
#[derive(Debug)]
pub struct Queue<E> {
    /// The batch whose time has come, the first event last.
    batch: Vec<Entry>,
    /// What comes before the ladder's first event, and came too late for the batch. All events, while they are few.
    heap: BinaryHeap<Entry>,
    ladder: Ladder,
    slab: Slab<E>,
    /// Events that wait for ever.
    never: usize,
}

/// One event that waits: its key, whose it is, and where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub time: Time,
    pub stamp: Stamp,
    pub host: HostId,
    slot: u32,
}

/// Above so many events in the heap a ladder is quicker.
const MANY: usize = 128;
/// Below so many events in the ladder the heap takes them back.
const FEW: usize = 32;

impl Entry {
    #[inline]
    pub fn key(&self) -> u128 {
        u128::from(self.time.as_nanos()) << 64 | u128::from(self.stamp.0)
    }
}

/// Reversed: the standard heap gives the greatest first.
impl Ord for Entry {
    fn cmp(&self, other: &Entry) -> Ordering {
        other.key().cmp(&self.key())
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Default for Queue<E> {
    fn default() -> Queue<E> {
        Queue {
            batch: Vec::new(),
            heap: BinaryHeap::new(),
            ladder: Ladder::default(),
            slab: Slab { events: Vec::new(), free: Vec::new() },
            never: 0,
        }
    }
}

impl<E> Queue<E> {
    /// Adds an event of `host`. Stamps must be unique. An event at [`Time::NEVER`] waits for ever.
    #[inline]
    pub fn push(&mut self, time: Time, stamp: Stamp, host: HostId, event: E) {
        let entry = Entry { time, stamp, host, slot: self.slab.put(event) };
        if time == Time::NEVER {
            self.never += 1;
            return;
        }
        if self.ladder.covers(time) {
            self.ladder.push(entry);
            return;
        }
        self.heap.push(entry);
        if self.heap.len() > MANY {
            self.relieve();
        }
    }

    /// Passes the events of the heap on to the ladder, and with them what is left of the batch. A batch that is as
    /// large as only events of one time can be is better left alone.
    #[cold]
    fn relieve(&mut self) {
        if self.batch.len() <= FULL {
            self.ladder.take_over(self.heap.drain().chain(self.batch.drain(..)));
        }
    }

    /// When the first event happens.
    #[inline]
    pub fn next_time(&mut self) -> Option<Time> {
        self.first(|_, _| ()).map(|entry| entry.time)
    }

    /// Removes the first event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, HostId, E)> {
        self.pop_before(Time::NEVER, |_, _| ())
    }

    /// Removes the first event if it happens before `until`. When that takes a new batch, calls `touch` with each of
    /// its events, so that what they need can be loaded before they are sorted.
    #[inline]
    pub fn pop_before(&mut self, until: Time, touch: impl FnMut(HostId, &E)) -> Option<(Time, HostId, E)> {
        let entry = self.first(touch).filter(|entry| entry.time < until)?;
        if self.batch.last() == Some(&entry) {
            self.batch.pop();
        } else {
            self.heap.pop();
        }
        Some((entry.time, entry.host, self.slab.take(entry.slot)))
    }

    #[inline]
    fn first(&mut self, touch: impl FnMut(HostId, &E)) -> Option<Entry> {
        if self.batch.is_empty() && self.heap.is_empty() && !self.ladder.is_idle() {
            self.refill(touch);
        }
        match (self.batch.last(), self.heap.peek()) {
            (Some(batch), Some(heap)) => Some(if batch.key() < heap.key() { *batch } else { *heap }),
            (batch, heap) => batch.or(heap).copied(),
        }
    }

    /// Takes the next batch out of the ladder; the rest of a ladder that has become short goes back to the heap.
    #[cold]
    fn refill(&mut self, mut touch: impl FnMut(HostId, &E)) {
        if self.ladder.len() < FEW {
            self.ladder.end(|entry| self.heap.push(entry));
            return;
        }
        self.ladder.next_batch(&mut self.batch);
        // Loads that don't wait for each other: their cache misses overlap, which those of sorted handling can't.
        for entry in &self.batch {
            if let Some(event) = &self.slab.events[entry.slot as usize] {
                touch(entry.host, event);
            }
        }
        self.batch.sort_unstable_by_key(|entry| Reverse(entry.key()));
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.batch.len() + self.heap.len() + self.ladder.len() + self.never
    }

    /// Whether no event waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The events that wait, in no particular order.
    pub fn waiting(&self) -> impl Iterator<Item = &E> {
        self.slab.events.iter().flatten()
    }
}

/// Events by their place, which is used again.
#[derive(Debug)]
struct Slab<E> {
    events: Vec<Option<E>>,
    free: Vec<u32>,
}

impl<E> Slab<E> {
    #[inline]
    fn put(&mut self, event: E) -> u32 {
        match self.free.pop() {
            Some(slot) => {
                self.events[slot as usize] = Some(event);
                slot
            }
            None => {
                self.events.push(Some(event));
                u32::try_from(self.events.len() - 1).expect("fewer than 2^32 events wait at once")
            }
        }
    }

    #[inline]
    fn take(&mut self, slot: u32) -> E {
        self.free.push(slot);
        self.events[slot as usize].take().expect("a queued entry has its event")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        /// So many events, each so much later than the present.
        Push {
            delays: Vec<u64>,
            origin: u32,
        },
        Pop {
            count: usize,
        },
    }

    /// Ties, zero delays, skewed and far-future times; few events and enough of them for ladders in ladders.
    fn delays() -> impl Strategy<Value = Vec<u64>> {
        let delay = prop_oneof![
            3 => 0..1_000_000_u64,
            1 => Just(0),
            1 => 0..3_u64,
            1 => (0..40_u32).prop_map(|bits| 1 << bits),
            1 => (u64::MAX - 3)..u64::MAX - 1,
        ];
        prop_oneof![
            4 => prop::collection::vec(delay.clone(), 0..20),
            1 => prop::collection::vec(delay, 1000..3000),
            1 => (1000..4000_usize, 0..3_u64).prop_map(|(count, delay)| vec![delay; count]),
        ]
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            1 => (delays(), 0..5_u32).prop_map(|(delays, origin)| Step::Push { delays, origin }),
            1 => prop_oneof![Just(1), 1..30_usize, 100..5000_usize].prop_map(|count| Step::Pop { count }),
        ];
        prop::collection::vec(step, 0..40)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn events_leave_in_the_order_of_their_keys(steps in steps()) {
            let mut queue = Queue::default();
            let mut sorted = std::collections::BTreeSet::new();
            let (mut now, mut number) = (Time::ZERO, 0);
            for step in steps {
                match step {
                    Step::Push { delays, origin } => for delay in delays {
                        let time = Time::from_nanos(now.as_nanos().saturating_add(delay).min(u64::MAX - 1));
                        let stamp = Stamp::new(HostId(origin), number).expect("small");
                        queue.push(time, stamp, HostId(origin), number);
                        sorted.insert((time, stamp, number));
                        number += 1;
                    },
                    Step::Pop { count } => for _ in 0..count {
                        let Some((time, stamp, number)) = sorted.pop_first() else {
                            prop_assert!(queue.pop().is_none());
                            break;
                        };
                        prop_assert_eq!(queue.next_time(), Some(time));
                        prop_assert_eq!(queue.pop(), Some((time, stamp.origin(), number)));
                        now = time;
                    },
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

    #[test]
    fn an_event_at_never_waits_for_ever() {
        let mut queue = Queue::default();
        queue.push(Time::NEVER, Stamp::new(HostId(0), 0).expect("small"), HostId(0), 'a');
        assert_eq!((queue.next_time(), queue.len(), queue.waiting().count()), (None, 1, 1));
        assert!(queue.pop().is_none());
    }

    #[test]
    fn an_entry_has_24_bytes() {
        assert_eq!(size_of::<Entry>(), 24);
    }
}
