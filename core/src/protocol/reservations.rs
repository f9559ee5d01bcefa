//! Room that is kept for what has been promised, each until a time.

use std::collections::{BTreeMap, VecDeque};

use super::message::ChunkId;
use crate::units::Time;

/// Room for chunks that were wanted and have not come. What it takes to look at it does not grow with their number.
#[derive(Debug, Default)]
pub(super) struct Reservations {
    /// Until when, and how many bytes.
    chunks: BTreeMap<ChunkId, (Time, u32)>,
    /// By the times until which they last, which are given in rising order; of one that was made anew, or has ended, the first
    /// means nothing any more.
    ends: VecDeque<(Time, ChunkId)>,
    bytes: u64,
}

impl Reservations {
    /// Bytes that are reserved at `now`, but for this chunk.
    pub(super) fn beside(&mut self, chunk: ChunkId, now: Time) -> u64 {
        while let Some((end, old)) = self.ends.front().copied().filter(|(end, _)| *end <= now) {
            self.ends.pop_front();
            if self.chunks.get(&old).is_some_and(|(until, _)| *until == end) {
                self.end(old);
            }
        }
        let own = self.chunks.get(&chunk).map_or(0, |(_, bytes)| *bytes);
        self.bytes - u64::from(own)
    }

    /// Reserves room for a chunk, in place of what is reserved for it, until a time that is not before that of any other.
    pub(super) fn reserve(&mut self, chunk: ChunkId, bytes: u32, until: Time) {
        self.end(chunk);
        self.chunks.insert(chunk, (until, bytes));
        self.ends.push_back((until, chunk));
        self.bytes += u64::from(bytes);
    }

    /// A chunk needs no room any more.
    pub(super) fn end(&mut self, chunk: ChunkId) {
        if let Some((_, bytes)) = self.chunks.remove(&chunk) {
            self.bytes -= u64::from(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Peer;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_reserved_is_the_sum_of_what_was_and_has_not_ended(
            steps in prop::collection::vec((0..3_u8, 0..6_u32, 1..100_u32), 0..100),
        ) {
            let (mut reserved, mut all) = (Reservations::default(), Vec::new());
            for (second, (step, length, bytes)) in (0..).zip(steps) {
                let (now, until) = (Time::from_nanos(second), Time::from_nanos(second + 7));
                let chunk = ChunkId { recorder: Peer(1), length };
                if step > 0 {
                    all.retain(|(_, other, _)| *other != chunk);
                    reserved.end(chunk);
                }
                if step > 1 {
                    all.push((until, chunk, bytes));
                    reserved.reserve(chunk, bytes, until);
                }
                all.retain(|(until, ..)| *until > now);
                let others = all.iter().filter(|(_, other, _)| *other != chunk);
                prop_assert_eq!(reserved.beside(chunk, now), others.map(|(.., bytes)| u64::from(*bytes)).sum::<u64>());
            }
            prop_assert!(reserved.ends.len() <= 7);
        }
    }
}
