//! A ladder queue: where events of the future wait.

use std::ops::Range;

use super::queue::Entry;
use crate::units::Time;

/// The events of the future, roughly sorted: a ladder queue (Tang, Goh, Thng: Ladder queue, ACM TOMACS 15, 2005) with
/// bounded fan-out.
///
/// What is far away lies unsorted at the top. When its time comes it is dealt out to the buckets of a rung, by time;
/// a bucket that is still too full is dealt out to a finer rung below. So every event is moved a few times, whatever
/// their number, and only small batches are ever sorted.
#[derive(Debug)]
pub(super) struct Ladder {
    pool: Pool,
    top: Bucket,
    /// From here on events go to the top.
    top_from: u64,
    /// Coarsest first. Rungs are kept for their memory: `depth` of them are in use.
    rungs: Vec<Rung>,
    depth: usize,
    /// From here on events belong to the ladder: [`NEVER`] while it is idle.
    frontier: u64,
    len: usize,
}

/// Buckets of equal width.
#[derive(Debug, Default)]
struct Rung {
    start: u64,
    /// Where the bucket ends that was dealt out to this rung; its own last bucket may reach further.
    end: u64,
    /// A bucket covers 2^shift nanoseconds.
    shift: u32,
    buckets: Vec<Bucket>,
    /// The first bucket that has not been taken yet, and from when on the rung so takes events.
    next: usize,
    frontier: u64,
}

/// Some entries, in chunks of the pool: all but the last chunk are full.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    last: u32,
    len: u32,
}

/// The memory of all buckets. Chunks that were freed last are used first, while the cache still holds them.
#[derive(Debug, Default)]
struct Pool {
    entries: Vec<Entry>,
    /// The chunk before, in its bucket or among the free ones.
    before: Vec<u32>,
    last_free: u32,
    free: usize,
}

/// No event of a ladder comes so late.
const NEVER: u64 = Time::NEVER.as_nanos();
/// Entries of a chunk.
const CHUNK: usize = 64;
/// Buckets of a rung at the most: their heads fit into the first-level cache.
const FAN_OUT: usize = 1024;
/// Events of a bucket, on average.
const PER_BUCKET: usize = 64;
/// A bucket with more is dealt out to a finer rung.
pub(super) const FULL: usize = 255;

impl Default for Ladder {
    fn default() -> Ladder {
        Ladder {
            pool: Pool::default(),
            top: Bucket::default(),
            top_from: NEVER,
            rungs: Vec::new(),
            depth: 0,
            frontier: NEVER,
            len: 0,
        }
    }
}

impl Ladder {
    /// Whether an event at this time belongs here: it comes after everything that has been taken.
    #[inline]
    pub(super) fn covers(&self, time: Time) -> bool {
        (self.frontier..NEVER).contains(&time.as_nanos())
    }

    /// Adds an event that the ladder covers.
    #[inline]
    pub(super) fn push(&mut self, entry: Entry) {
        self.len += 1;
        let time = entry.time.as_nanos();
        if time >= self.top_from {
            return self.top.push(&mut self.pool, entry);
        }
        // Each ends where the next coarser one begins to take events, and most events come soon.
        let rung = self.rungs[..self.depth].iter_mut().rfind(|rung| time < rung.end);
        rung.expect("the ladder covers the event").push(&mut self.pool, entry);
    }

    /// Takes over events that have become many, all of which come before those that it covers.
    pub(super) fn take_over(&mut self, entries: impl Iterator<Item = Entry>) {
        let mut bucket = Bucket::default();
        let mut start = NEVER;
        for entry in entries {
            start = start.min(entry.time.as_nanos());
            bucket.push(&mut self.pool, entry);
        }
        self.len += bucket.len as usize;
        if self.is_idle() {
            (self.top, self.top_from, self.frontier) = (bucket, 0, 0);
            return;
        }
        while self.depth > 0 && self.rungs[self.depth - 1].is_exhausted() {
            self.depth -= 1;
        }
        self.deal_out(bucket, start, self.frontier);
        self.frontier = start;
    }

    /// Gives back the events that are left, and is idle again.
    pub(super) fn end(&mut self, mut give: impl FnMut(Entry)) {
        let rungs = self.rungs[..self.depth].iter_mut();
        let buckets = rungs.flat_map(|rung| &mut rung.buckets[rung.next..]).chain([&mut self.top]);
        for bucket in buckets {
            while let Some(chunk) = bucket.take_chunk(&self.pool) {
                self.pool.entries[chunk.clone()].iter().copied().for_each(&mut give);
                self.pool.release(chunk);
            }
        }
        (self.depth, self.len) = (0, 0);
        (self.top_from, self.frontier) = (NEVER, NEVER);
    }

    /// Drops the events that are not to be kept.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Entry) -> bool) {
        let rungs = self.rungs[..self.depth].iter_mut();
        self.len = 0;
        for bucket in rungs.flat_map(|rung| &mut rung.buckets[rung.next..]).chain([&mut self.top]) {
            let mut kept = Bucket::default();
            while let Some(chunk) = bucket.take_chunk(&self.pool) {
                for place in chunk.clone() {
                    let entry = self.pool.entries[place];
                    if keep(&entry) {
                        kept.push(&mut self.pool, entry);
                    }
                }
                self.pool.release(chunk);
            }
            self.len += kept.len as usize;
            *bucket = kept;
        }
    }

    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        self.frontier == NEVER
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Moves the events of the earliest bucket, all of which come before all others, to the empty `batch`. The ladder
    /// must not be empty.
    pub(super) fn next_batch(&mut self, batch: &mut Vec<Entry>) {
        loop {
            let Some(rung) = self.rungs[..self.depth].last_mut() else {
                self.deal_out_top();
                continue;
            };
            match rung.take_bucket() {
                None => self.depth -= 1,
                Some((start, bucket)) if bucket.len as usize > FULL && rung.shift > 0 => {
                    let end = rung.frontier;
                    self.deal_out(bucket, start, end);
                }
                Some((_, mut bucket)) => {
                    self.frontier = rung.frontier;
                    self.len -= bucket.len as usize;
                    while let Some(chunk) = bucket.take_chunk(&self.pool) {
                        batch.extend_from_slice(&self.pool.entries[chunk.clone()]);
                        self.pool.release(chunk);
                    }
                    return;
                }
            }
        }
    }

    /// Deals the top out to the first rung.
    fn deal_out_top(&mut self) {
        let (mut start, mut last) = (u64::MAX, 0);
        let mut unread = self.top;
        while let Some(chunk) = unread.take_chunk(&self.pool) {
            for entry in &self.pool.entries[chunk] {
                start = start.min(entry.time.as_nanos());
                last = last.max(entry.time.as_nanos());
            }
        }
        let top = std::mem::take(&mut self.top);
        self.top_from = last + 1;
        self.deal_out(top, start, last + 1);
    }

    /// Deals a bucket that reaches from `start` to `end` out to a new finest rung.
    fn deal_out(&mut self, mut bucket: Bucket, start: u64, end: u64) {
        let wanted = (bucket.len as usize / PER_BUCKET).clamp(2, FAN_OUT) as u64;
        let span = end - 1 - start;
        if self.depth == self.rungs.len() {
            self.rungs.push(Rung::default());
        }
        let rung = &mut self.rungs[self.depth];
        self.depth += 1;
        // The least power of two with which `wanted` buckets reach over the span.
        let shift = u64::BITS - (span / wanted).leading_zeros();
        rung.shift = shift.min(u64::BITS - 1);
        (rung.start, rung.end, rung.frontier, rung.next) = (start, end, start, 0);
        rung.buckets.clear();
        rung.buckets.resize((span >> rung.shift) as usize + 1, Bucket::default());
        while let Some(chunk) = bucket.take_chunk(&self.pool) {
            for place in chunk.clone() {
                let entry = self.pool.entries[place];
                rung.push(&mut self.pool, entry);
            }
            self.pool.release(chunk);
        }
    }
}

impl Rung {
    #[inline]
    fn push(&mut self, pool: &mut Pool, entry: Entry) {
        let place = (entry.time.as_nanos() - self.start) >> self.shift;
        self.buckets[place as usize].push(pool, entry);
    }

    /// The first bucket that holds anything, and where it begins.
    fn take_bucket(&mut self) -> Option<(u64, Bucket)> {
        let empty = self.buckets[self.next..].iter().position(|bucket| bucket.len > 0);
        let place = empty.map(|ahead| self.next + ahead);
        self.next = place.map_or(self.buckets.len(), |place| place + 1);
        // The end of the last bucket may not fit into 64 bits.
        let passed = u128::from(self.start) + ((self.next as u128) << self.shift);
        self.frontier = u64::try_from(passed).unwrap_or(u64::MAX).min(self.end);
        let begins = |place| self.start + ((place as u64) << self.shift);
        place.map(|place| (begins(place), std::mem::take(&mut self.buckets[place])))
    }

    fn is_exhausted(&self) -> bool {
        self.next == self.buckets.len()
    }
}

impl Bucket {
    #[inline]
    fn push(&mut self, pool: &mut Pool, entry: Entry) {
        let used = self.len as usize % CHUNK;
        if used == 0 {
            return self.push_to_next(pool, entry);
        }
        pool.entries[self.last as usize * CHUNK + used] = entry;
        self.len += 1;
    }

    /// Adds the first entry of a chunk. Apart, as what this needs would be saved and restored for each entry.
    #[inline(never)]
    fn push_to_next(&mut self, pool: &mut Pool, entry: Entry) {
        self.last = pool.chunk(self.last, entry);
        pool.entries[self.last as usize * CHUNK] = entry;
        self.len += 1;
    }

    /// Takes off the last chunk and tells where its entries are.
    fn take_chunk(&mut self, pool: &Pool) -> Option<Range<usize>> {
        let used = self.len.checked_sub(1)? as usize % CHUNK + 1;
        let start = self.last as usize * CHUNK;
        self.len -= used as u32;
        self.last = pool.before[self.last as usize];
        Some(start..start + used)
    }
}

impl Pool {
    /// A chunk to follow another; a new one is filled with `filler`.
    fn chunk(&mut self, before: u32, filler: Entry) -> u32 {
        if self.free == 0 {
            self.entries.resize(self.entries.len() + CHUNK, filler);
            self.before.push(before);
            return u32::try_from(self.before.len() - 1).expect("fewer than 2^37 events wait at once");
        }
        self.free -= 1;
        let chunk = self.last_free;
        self.last_free = std::mem::replace(&mut self.before[chunk as usize], before);
        chunk
    }

    /// Takes back a chunk that a bucket gave.
    fn release(&mut self, entries: Range<usize>) {
        let chunk = entries.start / CHUNK;
        self.before[chunk] = std::mem::replace(&mut self.last_free, chunk as u32);
        self.free += 1;
    }
}
