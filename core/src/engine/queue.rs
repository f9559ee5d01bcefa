//! The queue of events: keys in a ladder, events in a slab.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::ladder::{FULL, Ladder};
use super::sort::{sink, sort};
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

    /// The place of its event in the order of all, when that happens at `time`: in one number, as that is quick to compare.
    #[inline]
    pub(super) fn place_at(self, time: Time) -> u128 {
        u128::from(time.as_nanos()) << 64 | u128::from(self.0)
    }
}

/// An event, and when and to whom it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled<E> {
    /// When it happens.
    pub time: Time,
    /// Its place among events of the same time.
    pub stamp: Stamp,
    /// The host that it happens to.
    pub host: HostId,
    /// What happens.
    pub event: E,
}

/// Events in the order of (time, stamp).
///
/// The law: whatever was pushed before, [`Queue::pop`] gives the event with the least key that nobody has cancelled.
/// Few events wait in a heap; from 128 on those of the future wait in a ladder, whose next batch is sorted when its
/// time has come, and then takes in what comes among its first few. The events themselves stay in a slab, so that what
/// is moved and sorted has 24 bytes whatever an event's size, and nothing is allocated in the steady state. The entry of
/// a cancelled event is dropped when its turn comes, or earlier, when such entries become more than half of all.
#[derive(Debug)]
pub struct Queue<E> {
    /// The batch whose time has come, the first event last.
    batch: Vec<Entry>,
    /// Memory to sort the next one with.
    spare: Vec<Entry>,
    /// What comes before the ladder's first event, and neither came in time for the batch nor is among the next of it. All
    /// events, while they are few.
    heap: BinaryHeap<Entry>,
    ladder: Ladder,
    /// What waits for ever.
    never: Vec<Entry>,
    slab: Slab<E>,
}

/// Names an event that waits, to cancel it. Valid for the next 2^32 - 1 events that are given one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    host: HostId,
    slot: u32,
    number: u32,
}

impl Ticket {
    /// A ticket of nothing.
    pub(super) fn spent(host: HostId) -> Ticket {
        Ticket { host, slot: NO_SLOT, number: 0 }
    }

    /// Whose event it names.
    pub fn host(self) -> HostId {
        self.host
    }
}

/// One event that waits: its key, whose it is, and where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub time: Time,
    pub stamp: Stamp,
    pub host: HostId,
    slot: u32,
}

/// An entry that has been removed, and its event, which can be looked at where it lies before it is moved.
#[must_use]
pub(super) struct Removed<'q, E> {
    pub entry: Entry,
    slot: &'q mut Slot<E>,
    free: &'q mut Vec<u32>,
}

impl<E> Removed<'_, E> {
    #[inline(always)]
    pub(super) fn event(&self) -> &E {
        match &*self.slot {
            Slot::Full(event) => event,
            Slot::Void | Slot::Free => unreachable!("the event of a removed entry waits to be taken"),
        }
    }

    /// It may be changed, and its entry put back, in place of being taken.
    #[inline(always)]
    pub(super) fn event_mut(&mut self) -> &mut E {
        match self.slot {
            Slot::Full(event) => event,
            Slot::Void | Slot::Free => unreachable!("the event of a removed entry waits to be taken"),
        }
    }

    #[inline(always)]
    pub(super) fn take(self) -> E {
        self.free.push(self.entry.slot);
        match std::mem::replace(self.slot, Slot::Free) {
            Slot::Full(event) => event,
            Slot::Void | Slot::Free => unreachable!("the event of a removed entry waits to be taken"),
        }
    }
}

/// Above so many events in the heap a ladder is quicker.
const MANY: usize = 128;
/// So many events of the batch are looked at to find the place of one that comes early.
const NEAR: usize = 8;
/// Below so many events in the ladder the heap takes them back.
const FEW: usize = 32;
/// So many entries of cancelled events are never worth a sweep.
const VOID: usize = 256;
/// No slot has this number.
const NO_SLOT: u32 = u32::MAX;

impl Entry {
    #[inline]
    pub(super) fn key(&self) -> u128 {
        self.stamp.place_at(self.time)
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

impl<E> Queue<E> {
    /// Memory that an event takes while it waits: itself, and its entry twice, when a batch is dealt out.
    pub const BYTES_AN_EVENT: usize = size_of::<Slot<E>>() + 2 * size_of::<Entry>();
}

impl<E> Default for Queue<E> {
    fn default() -> Queue<E> {
        Queue {
            batch: Vec::new(),
            spare: Vec::new(),
            heap: BinaryHeap::new(),
            ladder: Ladder::default(),
            never: Vec::new(),
            slab: Slab::default(),
        }
    }
}

impl<E> Queue<E> {
    /// Adds an event of `host`. Stamps must be unique. An event at [`Time::NEVER`] waits for ever.
    #[inline(always)]
    pub fn push(&mut self, time: Time, stamp: Stamp, host: HostId, event: E) {
        let slot = self.slab.put(event);
        self.add(Entry { time, stamp, host, slot });
    }

    /// The same for an event that may be cancelled.
    pub fn push_ticketed(&mut self, time: Time, stamp: Stamp, host: HostId, event: E) -> Ticket {
        let slot = self.slab.put(event);
        self.add(Entry { time, stamp, host, slot });
        Ticket { host, slot, number: self.slab.number(slot) }
    }

    /// Puts an entry that was removed, and whose event was not taken, back to another place.
    #[inline(always)]
    pub(super) fn put_back(&mut self, entry: Entry, time: Time, stamp: Stamp) {
        self.add(Entry { time, stamp, ..entry });
    }

    #[inline(always)]
    fn add(&mut self, entry: Entry) {
        if self.ladder.covers(entry.time) {
            self.ladder.push(entry);
        } else {
            self.push_early(entry);
        }
    }

    /// Adds an event that the ladder does not cover. Most come so soon that their place is among the first few of the batch.
    fn push_early(&mut self, entry: Entry) {
        let near = self.batch.len().saturating_sub(NEAR);
        match self.batch.get(near) {
            Some(last) if entry.key() < last.key() && self.batch.len() <= FULL => {
                self.batch.push(entry);
                sink(&mut self.batch);
            }
            _ => self.push_late(entry),
        }
    }

    /// Adds an event that the ladder does not cover, and that does not come among the first few.
    #[inline(never)]
    fn push_late(&mut self, entry: Entry) {
        if entry.time == Time::NEVER {
            self.never.push(entry);
            return;
        }
        self.heap.push(entry);
        if self.heap.len() > MANY {
            self.relieve();
        }
    }

    /// Takes back an event that still waits; `None` when it has happened or was cancelled before.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<E> {
        let event = self.slab.cancel(ticket)?;
        if self.slab.void > VOID && self.slab.void > self.len() {
            self.sweep();
        }
        Some(event)
    }

    /// Drops the entries of all cancelled events.
    #[cold]
    fn sweep(&mut self) {
        let slab = &mut self.slab;
        self.batch.retain(|entry| slab.keeps(entry.slot));
        self.heap.retain(|entry| slab.keeps(entry.slot));
        self.never.retain(|entry| slab.keeps(entry.slot));
        self.ladder.retain(|entry| slab.keeps(entry.slot));
    }

    /// Passes the events of the heap on to the ladder, and with them what is left of the batch. A batch that is as
    /// large as only events of one time can be is better left alone.
    #[cold]
    fn relieve(&mut self) {
        if self.batch.len() <= FULL {
            self.ladder.take_over(self.heap.drain().chain(self.batch.drain(..)));
        }
    }

    /// When the first event happens. When that takes a new batch, calls `prefetch` with each of its events, so that what they
    /// need can be loaded before they are sorted.
    pub fn next_time(&mut self, mut prefetch: impl FnMut(HostId, &E)) -> Option<Time> {
        loop {
            self.ready(&mut prefetch);
            let first =
                self.heap.peek().into_iter().chain(self.batch.last()).min_by_key(|entry| entry.key())?;
            if !self.slab.is_void(first.slot) {
                return Some(first.time);
            }
            let entry = self.remove_before(Time::NEVER)?;
            self.slab.discard(entry.slot);
        }
    }

    /// Removes the first event.
    pub fn pop(&mut self) -> Option<Scheduled<E>> {
        let first = self.pop_before(Time::NEVER, |_, _| ())?;
        let Entry { time, stamp, host, .. } = first.entry;
        Some(Scheduled { time, stamp, host, event: first.take() })
    }

    /// Removes the entry of the first event if it happens before `until`; the event is to be taken next. `prefetch` is called as
    /// [`Queue::next_time`] does.
    #[inline(always)]
    pub(super) fn pop_before(
        &mut self,
        until: Time,
        mut prefetch: impl FnMut(HostId, &E),
    ) -> Option<Removed<'_, E>> {
        loop {
            self.ready(&mut prefetch);
            let entry = self.remove_before(until)?;
            if !self.slab.is_void(entry.slot) {
                let Slab { slots, free, .. } = &mut self.slab;
                return Some(Removed { entry, slot: &mut slots[entry.slot as usize], free });
            }
            self.slab.discard(entry.slot);
        }
    }

    /// Makes sure that the first entry is at hand.
    #[inline]
    fn ready(&mut self, prefetch: impl FnMut(HostId, &E)) {
        if self.batch.is_empty() && self.heap.is_empty() && !self.ladder.is_idle() {
            self.refill(prefetch);
        }
    }

    /// Removes the first entry, which is at hand, if it comes before `until`.
    #[inline(always)]
    fn remove_before(&mut self, until: Time) -> Option<Entry> {
        match (self.batch.last(), self.heap.peek()) {
            (Some(first), late) if late.is_none_or(|late| first.key() < late.key()) => {
                if first.time < until {
                    self.batch.pop()
                } else {
                    None
                }
            }
            (_, Some(late)) if late.time < until => self.heap.pop(),
            _ => None,
        }
    }

    /// Takes the next batch out of the ladder; the rest of a ladder that has become short goes back to the heap.
    #[cold]
    fn refill(&mut self, mut prefetch: impl FnMut(HostId, &E)) {
        if self.ladder.len() < FEW {
            self.ladder.end(|entry| self.heap.push(entry));
            return;
        }
        self.ladder.next_batch(&mut self.batch);
        // Loads that don't wait for each other: their cache misses overlap, which those of sorted handling can't.
        for entry in &self.batch {
            if let Slot::Full(event) = &self.slab.slots[entry.slot as usize] {
                prefetch(entry.host, event);
            }
        }
        sort(&mut self.batch, &mut self.spare);
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.batch.len() + self.heap.len() + self.ladder.len() + self.never.len() - self.slab.void
    }

    /// Whether no event waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The events that wait, in no particular order.
    pub fn waiting(&self) -> impl Iterator<Item = &E> {
        self.slab.slots.iter().filter_map(|slot| match slot {
            Slot::Full(event) => Some(event),
            Slot::Void | Slot::Free => None,
        })
    }
}

/// Events by their place, which is used again when its entry has gone.
#[derive(Debug)]
struct Slab<E> {
    slots: Vec<Slot<E>>,
    /// Beside the slots, not in them: what comes in many at a time must not wait for one cold slot after the other.
    free: Vec<u32>,
    /// The numbers of events with tickets, by their slots; 0 is none. Only as many as it takes: hardly any model cancels
    /// events, and with numbers beside them these would be a fifth to a quarter larger.
    numbers: Vec<u32>,
    /// The number that was given last.
    number: u32,
    /// Slots whose event was cancelled.
    void: usize,
}

#[derive(Debug)]
enum Slot<E> {
    Full(E),
    /// The event was cancelled; its entry still waits.
    Void,
    Free,
}

impl<E> Default for Slab<E> {
    fn default() -> Slab<E> {
        Slab { slots: Vec::new(), free: Vec::new(), numbers: Vec::new(), number: 0, void: 0 }
    }
}

impl<E> Slab<E> {
    /// The slot of the event.
    #[inline(always)]
    fn put(&mut self, event: E) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| self.grow());
        // It is free, so there is nothing to drop, which costs as much as the rest to find out.
        std::mem::forget(std::mem::replace(&mut self.slots[slot as usize], Slot::Full(event)));
        if let Some(number) = self.numbers.get_mut(slot as usize) {
            *number = 0;
        }
        slot
    }

    /// Gives the event in a slot a number.
    fn number(&mut self, slot: u32) -> u32 {
        self.number = self.number.checked_add(1).unwrap_or(1);
        let slot = slot as usize;
        if self.numbers.len() <= slot {
            self.numbers.resize(slot + 1, 0);
        }
        self.numbers[slot] = self.number;
        self.number
    }

    /// A further slot.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> u32 {
        let slot = u32::try_from(self.slots.len()).ok().filter(|&slot| slot != NO_SLOT);
        self.slots.push(Slot::Free);
        slot.expect("fewer than 2^32 events wait at once")
    }

    /// Frees the slot of an event that was cancelled.
    fn discard(&mut self, slot: u32) {
        self.free.push(slot);
        self.slots[slot as usize] = Slot::Free;
        self.void -= 1;
    }

    fn cancel(&mut self, ticket: Ticket) -> Option<E> {
        let slot = ticket.slot as usize;
        let place = self.slots.get_mut(slot)?;
        if !matches!(place, Slot::Full(_)) || self.numbers.get(slot) != Some(&ticket.number) {
            return None;
        }
        self.void += 1;
        match std::mem::replace(place, Slot::Void) {
            Slot::Full(event) => Some(event),
            Slot::Void | Slot::Free => None,
        }
    }

    fn is_void(&self, slot: u32) -> bool {
        matches!(self.slots[slot as usize], Slot::Void)
    }

    /// Frees the slot if its event was cancelled, and tells whether it was not.
    fn keeps(&mut self, slot: u32) -> bool {
        let is_void = self.is_void(slot);
        if is_void {
            self.discard(slot);
        }
        !is_void
    }
}

#[cfg(test)]
mod tests;
