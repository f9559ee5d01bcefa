//! Which hosts are simulated by which thread, and what one thread has for all.

use std::sync::Arc;

use crossbeam_utils::CachePadded;

use super::error::EngineError;
use super::queue::{Scheduled, Stamp};
use crate::units::{Duration, HostId, Time};

/// Which hosts are simulated by which thread.
///
/// The law: an event that a host of one part causes at a host of another happens at least the lookahead later. When
/// the first event of all is at t, every part can then go on to t + lookahead without a word from the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    numbers: PartNumbers,
    parts: usize,
    lookahead: Duration,
    /// The last host is a source, in an engine of its own.
    source: bool,
}

/// Parts that a partition can have.
pub const MAX_PARTS: usize = 128;

impl Partition {
    /// All of so many hosts in one part.
    pub fn whole(hosts: u32) -> Partition {
        Partition { numbers: PartNumbers::none(hosts), parts: 1, lookahead: Duration::ZERO, source: false }
    }

    /// Host i in the part `of[i]`. `None` if there are more than [`MAX_PARTS`], or more than one and no lookahead.
    pub fn new(of: &[u8], lookahead: Duration) -> Option<Partition> {
        let parts = of.iter().max().map_or(1, |last| usize::from(*last) + 1);
        let possible = parts <= MAX_PARTS && (parts == 1 || lookahead > Duration::ZERO);
        possible.then(|| Partition { numbers: PartNumbers::pack(of, parts), parts, lookahead, source: false })
    }

    /// Adds a host, after all others, whose events may happen to others without delay. Nobody may cause events at it
    /// but itself: it is always ahead.
    #[must_use]
    pub fn with_source(mut self) -> Partition {
        if self.parts == 1 {
            self.numbers = PartNumbers::none(self.numbers.hosts + 1);
        } else {
            self.source = true;
        }
        self
    }

    /// How many threads can be at work.
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// How many hosts there are.
    pub fn hosts(&self) -> u32 {
        self.numbers.hosts + u32::from(self.source)
    }

    /// The part of a host.
    #[inline]
    pub fn of(&self, host: HostId) -> usize {
        if self.source && host.0 == self.numbers.hosts { self.parts } else { self.numbers.get(host) }
    }

    /// The time that passes at least between an event and what it causes in another part.
    pub fn lookahead(&self) -> Duration {
        self.lookahead
    }

    /// How many engines it takes: one a part, and the last for a source beside them.
    pub fn engines(&self) -> usize {
        self.parts + usize::from(self.source)
    }
}

/// The part of each host, in as few bits as tell the parts apart: it is looked up for each event that is sent, at random,
/// and with two parts a million hosts still fit into the second-level cache.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PartNumbers {
    /// None while there is only one part.
    words: Arc<[u64]>,
    /// A number has 2^`log_bits` bits, so that none crosses the border of a word.
    log_bits: u32,
    /// As many bits.
    mask: u64,
    hosts: u32,
}

impl PartNumbers {
    /// All in the first part.
    fn none(hosts: u32) -> PartNumbers {
        PartNumbers { words: Arc::default(), log_bits: 0, mask: 0, hosts }
    }

    fn pack(of: &[u8], parts: usize) -> PartNumbers {
        let hosts = of.len() as u32;
        if parts == 1 {
            return PartNumbers::none(hosts);
        }
        let bits = usize::BITS - (parts - 1).leading_zeros();
        let log_bits = bits.next_power_of_two().ilog2();
        let word = |numbers: &[u8]| {
            numbers.iter().rev().fold(0, |word, number| word << (1 << log_bits) | u64::from(*number))
        };
        let words = of.chunks(64 >> log_bits).map(word).collect();
        PartNumbers { words, log_bits, mask: (1 << (1 << log_bits)) - 1, hosts }
    }

    #[inline(always)]
    fn get(&self, host: HostId) -> usize {
        let bit = host.index() << self.log_bits;
        let word = self.words.get(bit / 64).copied().unwrap_or(0);
        (word >> (bit % 64) & self.mask) as usize
    }
}

/// What one part has for hosts of each part.
///
/// For its own, too, although these could go straight into its queue: to which part a message goes is mostly chance, which a
/// processor cannot predict, and that it comes after the window is nearly certain.
#[derive(Debug)]
pub(super) struct Outbox<E> {
    partition: Partition,
    home: usize,
    /// It has room for what happens from here on; what happens before may only happen at home.
    window: Time,
    /// When the first of the messages happens.
    first: Time,
    /// Padded: where one part counts its messages with each that it sends, no other part's memory may lie.
    messages: Vec<CachePadded<Vec<Scheduled<E>>>>,
}

impl<E> Outbox<E> {
    pub(super) fn new(partition: &Partition, home: usize) -> Outbox<E> {
        Outbox {
            partition: partition.clone(),
            home,
            window: Time::ZERO,
            first: Time::NEVER,
            messages: (0..partition.parts).map(|_| CachePadded::default()).collect(),
        }
    }

    /// No event may happen elsewhere before this.
    pub(super) fn begin_window(&mut self, window: Time) {
        self.window = window;
    }

    /// Where a message goes that happens to `host` at `time`; `None` if it happens too soon, or to the source.
    #[inline(always)]
    pub(super) fn room(&mut self, time: Time, host: HostId) -> Option<&mut Vec<Scheduled<E>>> {
        if time < self.window {
            return None;
        }
        self.first = self.first.min(time);
        self.messages.get_mut(self.partition.of(host)).map(|messages| &mut **messages)
    }

    /// Which rule a message breaks that there is no [`room`](Outbox::room) for, if it is not for a host of this part.
    #[inline]
    pub(super) fn refused(&self, time: Time, stamp: Stamp, host: HostId) -> Option<EngineError> {
        let part = self.partition.of(host);
        if part == self.home {
            return None;
        }
        let origin = stamp.origin();
        Some(if part < self.partition.parts {
            EngineError::TooSoon { origin, host, when: time, window: self.window }
        } else {
            EngineError::ToSource { origin }
        })
    }

    /// What there is for this part itself; a source's has none.
    pub(super) fn own(&mut self) -> Option<&mut Vec<Scheduled<E>>> {
        self.messages.get_mut(self.home).map(|messages| &mut **messages)
    }

    /// What there is for each part.
    pub(super) fn messages(&mut self) -> impl Iterator<Item = &mut Vec<Scheduled<E>>> {
        self.messages.iter_mut().map(|messages| &mut **messages)
    }

    /// Tells when the first of all messages of this window happens.
    pub(super) fn end_window(&mut self) -> Time {
        std::mem::replace(&mut self.first, Time::NEVER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_is_found_in_its_part_however_many_parts_there_are() {
        for parts in [1, 2, 3, 4, 5, 16, 17, MAX_PARTS] {
            let of: Vec<u8> = (0..1000).map(|host| (host * 7 % parts) as u8).collect();
            let partition = Partition::new(&of, Duration::from_nanos(1)).expect("a lookahead").with_source();
            assert_eq!((partition.hosts(), partition.parts()), (1001, parts));
            for (host, part) in (0..).zip(of) {
                assert_eq!(partition.of(HostId(host)), usize::from(part), "{parts} parts, host {host}");
            }
            assert_eq!(partition.of(HostId(1000)), partition.engines() - 1);
        }
    }
}
