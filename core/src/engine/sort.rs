//! Sorting of small batches of keys.

use std::cmp::Reverse;

use super::queue::Entry;

/// Sorts a batch, the first event last. `spare` is memory to work with.
///
/// The times of a bucket are mostly spread so evenly that one more dealing out leaves nearly nothing to do. Where they
/// are not, as among ties, the standard sort does it all.
pub(super) fn sort(batch: &mut Vec<Entry>, spare: &mut Vec<Entry>) {
    if !(FEW..=MANY).contains(&batch.len()) || !deal(batch, spare) {
        batch.sort_unstable_by_key(|entry| Reverse(entry.key()));
        return;
    }
    std::mem::swap(batch, spare);
    insert(batch);
}

/// Deals the batch out to `dealt`, by time; not if a place would be crowded.
fn deal(batch: &[Entry], dealt: &mut Vec<Entry>) -> bool {
    let (mut first, mut last) = (u64::MAX, 0);
    for entry in batch {
        first = first.min(entry.time.as_nanos());
        last = last.max(entry.time.as_nanos());
    }
    let bits = u64::BITS - (last - first).leading_zeros();
    let shift = bits.saturating_sub(PLACES.ilog2());
    let place = |entry: &Entry| ((last - entry.time.as_nanos()) >> shift) as usize % PLACES;
    let mut ends = [0_u8; PLACES];
    batch.iter().for_each(|entry| ends[place(entry)] += 1);
    if ends.iter().fold(0, |most, &count| most.max(count)) > CROWD {
        return false;
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    dealt.clear();
    dealt.extend_from_slice(batch);
    for entry in batch {
        let end = &mut ends[place(entry)];
        *end -= 1;
        dealt[usize::from(*end)] = *entry;
    }
    true
}

/// Places to deal a batch out to.
const PLACES: usize = 256;
/// Fewer are not worth it, and more can not be counted in a byte.
const FEW: usize = 12;
const MANY: usize = u8::MAX as usize;
/// More in one place take insertion too long.
const CROWD: u8 = 24;

/// Insertion sort.
fn insert(batch: &mut [Entry]) {
    (2..=batch.len()).for_each(|sorted| sink(&mut batch[..sorted]));
}

/// Brings the last entry to its place among the others, which are sorted.
#[inline(always)]
pub(super) fn sink(batch: &mut [Entry]) {
    let [.., entry] = *batch else { return };
    let mut hole = batch.len() - 1;
    while hole > 0 && batch[hole - 1].key() < entry.key() {
        batch[hole] = batch[hole - 1];
        hole -= 1;
    }
    batch[hole] = entry;
}
