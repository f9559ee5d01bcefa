use super::queue::Entry;
use crate::units::Time;

/// The events of the future, roughly sorted: a ladder queue (Tang, Goh, Thng: Ladder queue, ACM TOMACS 15, 2005) with
/// bounded fan-out.
///
/// What is far away lies unsorted at the top. When its time comes it is dealt out to the buckets of a rung, by time;
/// a bucket that is still too full is dealt out to a finer rung below. So every event is moved a few times, whatever
/// their number, and only small batches are ever sorted.
#[derive(Debug, Default)]
pub(super) struct Ladder {
    top: Vec<Entry>,
    /// From here on events go to the top; `None` while the ladder is not in use.
    top_from: Option<u64>,
    /// Coarsest first. Rungs are kept for their memory: `depth` of them are in use.
    rungs: Vec<Rung>,
    depth: usize,
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
    buckets: Vec<Vec<Entry>>,
    used: usize,
    /// The first bucket that has not been taken yet, and from when on the rung so takes events.
    next: usize,
    frontier: u64,
}

/// Buckets of a rung at the most: their heads fit into the first-level cache.
const FAN_OUT: usize = 1024;
/// Events of a bucket, on average.
const PER_BUCKET: usize = 48;
/// A bucket with more is dealt out to a finer rung.
const FULL: usize = 192;

impl Ladder {
    /// Whether an event at this time belongs here: it comes after everything that has been taken.
    #[inline]
    pub fn covers(&self, time: Time) -> bool {
        match self.top_from {
            None => false,
            Some(top_from) if self.depth == 0 => time.as_nanos() >= top_from,
            Some(_) => time.as_nanos() >= self.rungs[self.depth - 1].frontier,
        }
    }

    /// Adds an event that the ladder covers.
    #[inline]
    pub fn push(&mut self, entry: Entry) {
        self.len += 1;
        let time = entry.time.as_nanos();
        if self.top_from.is_some_and(|top_from| time >= top_from) {
            return self.top.push(entry);
        }
        let rung = self.rungs[..self.depth].iter_mut().find(|rung| time >= rung.frontier);
        rung.expect("the ladder covers the event").push(entry);
    }

    /// Takes over all events of a heap that has become too large.
    pub fn begin(&mut self, entries: impl Iterator<Item = Entry>) {
        self.top_from = Some(0);
        self.top.extend(entries);
        self.len = self.top.len();
    }

    /// Gives back the events that are left, and is idle again.
    pub fn end(&mut self, give: impl FnMut(Entry)) {
        let buckets = self.rungs[..self.depth]
            .iter_mut()
            .flat_map(|rung| rung.buckets[rung.next..rung.used].iter_mut());
        buckets.chain([&mut self.top]).flat_map(|bucket| bucket.drain(..)).for_each(give);
        self.depth = 0;
        self.len = 0;
        self.top_from = None;
    }

    pub fn is_idle(&self) -> bool {
        self.top_from.is_none()
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// Moves the events of the earliest bucket, all of which come before all others, to the empty `batch`. The ladder
    /// must not be empty.
    pub fn next_batch(&mut self, batch: &mut Vec<Entry>) {
        if self.depth == 0 {
            self.deal_out_top();
        }
        loop {
            let rung = &mut self.rungs[self.depth - 1];
            match rung.take_bucket() {
                // Above the last rung there is one whose bucket it was, or the top.
                None if self.depth == 1 => self.deal_out_top(),
                None => self.depth -= 1,
                Some(place) if rung.buckets[place].len() > FULL && rung.shift > 0 => self.deal_out(place),
                Some(place) => {
                    std::mem::swap(batch, &mut rung.buckets[place]);
                    self.len -= batch.len();
                    return;
                }
            }
        }
    }

    /// Deals the top out to the first rung.
    fn deal_out_top(&mut self) {
        let mut entries = std::mem::take(&mut self.top);
        self.depth = 0;
        self.add_rung(&mut entries, None);
        self.top_from = Some(self.rungs[0].end);
        self.top = entries;
    }

    /// Deals a bucket of the finest rung out to a finer one.
    fn deal_out(&mut self, place: usize) {
        let rung = &mut self.rungs[self.depth - 1];
        let mut entries = std::mem::take(&mut rung.buckets[place]);
        let end = rung.frontier;
        let above = self.depth - 1;
        self.add_rung(&mut entries, Some(end));
        // The bucket keeps its memory.
        self.rungs[above].buckets[place] = entries;
    }

    /// A new finest rung with these events, from the first of them on, to `end` if there is one.
    fn add_rung(&mut self, entries: &mut Vec<Entry>, end: Option<u64>) {
        let times = || entries.iter().map(|entry| entry.time.as_nanos());
        let start = times().min().unwrap_or(0);
        let last = times().max().unwrap_or(0);
        let span = end.map_or(last, |end| end - 1) - start;
        let wanted = (entries.len() / PER_BUCKET).clamp(2, FAN_OUT) as u64;
        // The least power of two with which `wanted` buckets reach over the span.
        let shift = u64::BITS - (span / wanted).leading_zeros();
        if self.depth == self.rungs.len() {
            self.rungs.push(Rung::default());
        }
        let rung = &mut self.rungs[self.depth];
        self.depth += 1;
        rung.start = start;
        rung.shift = shift.min(u64::BITS - 1);
        rung.next = 0;
        rung.used = (span >> rung.shift) as usize + 1;
        if rung.buckets.len() < rung.used {
            rung.buckets.resize_with(rung.used, Vec::new);
        }
        rung.end = end.unwrap_or(start.saturating_add(span).saturating_add(1));
        rung.frontier = start;
        entries.drain(..).for_each(|entry| rung.push(entry));
    }
}

impl Rung {
    #[inline]
    fn push(&mut self, entry: Entry) {
        let place = (entry.time.as_nanos() - self.start) >> self.shift;
        self.buckets[place as usize].push(entry);
    }

    /// The place of the first bucket that holds anything; it counts as taken.
    fn take_bucket(&mut self) -> Option<usize> {
        let empty = self.buckets[self.next..self.used].iter().position(|bucket| !bucket.is_empty());
        let place = empty.map(|ahead| self.next + ahead);
        self.next = place.map_or(self.used, |place| place + 1);
        // The end of the last bucket may not fit into 64 bits.
        let passed = u128::from(self.start) + ((self.next as u128) << self.shift);
        self.frontier = u64::try_from(passed).unwrap_or(u64::MAX).min(self.end);
        place
    }
}
