//! Which broadcasts a node has seen, so that each is handled once.

use super::message::BroadcastId;
use super::peer::Peer;

/// Remembers the broadcasts heard last, between half of `most` and `most` of them, and forgets the rest.
///
/// Two generations, as in [`Recent`](super::recent::Recent), of bare keys in one open hash table: to look one up costs a
/// cache line, which at every message of every node is what counts. Empty, it owns no memory.
#[derive(Debug, Default)]
pub(super) struct SeenCache {
    /// Linear probing, at most half full; 0 is an empty place. The highest bit tells a key's generation.
    places: Box<[u64]>,
    keys: u32,
    /// The generation to which keys are added, and how many it has.
    young: u64,
    young_keys: u32,
}

const FIRST_PLACES: usize = 4;
/// The bit of the generation. It is free, as handles of peers are less than [`Peer::LIMIT`].
const GENERATION: u64 = 1 << 63;

impl SeenCache {
    /// Bytes of memory after so many different broadcasts, of which so many are to be remembered.
    pub(super) fn bytes(broadcasts: u64, most: u32) -> u64 {
        match broadcasts.min(u64::from(most)) {
            0 => 0,
            keys => (2 * keys).next_power_of_two().max(FIRST_PLACES as u64) * size_of::<u64>() as u64,
        }
    }

    /// Remembers a broadcast. Returns whether it was unknown. `most` is at least 2.
    pub(super) fn insert(&mut self, id: BroadcastId, most: u32) -> bool {
        let key = key(id);
        let place = self.find(key);
        if place.is_some_and(|place| self.places[place] != 0) {
            return false;
        }
        let ages = self.young_keys >= (most / 2).max(1);
        match place {
            Some(place) if !ages && 2 * (self.keys as usize + 1) <= self.places.len() => {
                self.places[place] = key | self.young;
            }
            _ => self.rebuild(key, ages),
        }
        self.keys += 1;
        self.young_keys += 1;
        true
    }

    /// Whether a broadcast is remembered.
    pub(super) fn has(&self, id: BroadcastId) -> bool {
        self.find(key(id)).is_some_and(|place| self.places[place] != 0)
    }

    /// Adds a key in a new table: a larger one, or one without the old generation, which the young one becomes.
    #[cold]
    fn rebuild(&mut self, key: u64, ages: bool) {
        let kept: Vec<u64> = self
            .places
            .iter()
            .copied()
            .filter(|&known| known != 0 && !(ages && self.is_old(known)))
            .collect();
        if ages {
            self.young ^= GENERATION;
            self.young_keys = 0;
        }
        self.keys = kept.len() as u32;
        let wanted = (2 * (kept.len() + 1)).next_power_of_two().max(FIRST_PLACES).max(self.places.len());
        self.places = vec![0; wanted].into_boxed_slice();
        for known in kept.into_iter().chain([key | self.young]) {
            if let Some(place) = self.find(known & !GENERATION) {
                self.places[place] = known;
            }
        }
    }

    fn is_old(&self, known: u64) -> bool {
        (known ^ self.young) & GENERATION != 0
    }

    /// Where the key is, or belongs; `None` in a table without places.
    #[inline]
    fn find(&self, key: u64) -> Option<usize> {
        let last = self.places.len().checked_sub(1)?;
        let product = u128::from(key) * 0x9E37_79B9_7F4A_7C15;
        let mut place = (product >> 32) as usize & last;
        while self.places[place] != 0 && self.places[place] & !GENERATION != key {
            place = (place + 1) & last;
        }
        Some(place)
    }
}

/// Neither 0 nor in the bit of the generation.
#[inline]
fn key(id: BroadcastId) -> u64 {
    debug_assert!(id.origin.0 < Peer::LIMIT, "a peer of a table");
    (u64::from(id.origin.0) << 32 | u64::from(id.sequence)) + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(number: u32) -> BroadcastId {
        BroadcastId { origin: Peer(number % 7), sequence: number / 7 }
    }

    proptest! {
        #[test]
        fn it_remembers_at_least_the_last_half_and_at_most_all_of_what_is_allowed(
            numbers in prop::collection::vec(0..300_u32, 0..600), most in 2..100_u32,
        ) {
            let mut heard = SeenCache::default();
            let mut news: Vec<u32> = Vec::new();
            for number in numbers {
                let new = heard.insert(id(number), most);
                let ago = news.iter().rev().position(|known| *known == number);
                match ago {
                    Some(ago) if ago < (most / 2).max(1) as usize => prop_assert!(!new),
                    Some(ago) if ago >= most as usize => prop_assert!(new),
                    None => prop_assert!(new),
                    Some(_) => {}
                }
                if new {
                    news.push(number);
                }
            }
        }
    }

    #[test]
    fn it_takes_the_memory_that_is_estimated() {
        let mut heard = SeenCache::default();
        for number in 0..3000 {
            assert_eq!(
                size_of_val(&*heard.places) as u64,
                SeenCache::bytes(u64::from(number), 1024),
                "{number}"
            );
            heard.insert(id(number), 1024);
        }
    }

    #[test]
    fn the_first_of_all_broadcasts_is_not_taken_for_an_empty_place() {
        let mut heard = SeenCache::default();
        assert!(heard.insert(id(0), 8));
        assert!(!heard.insert(id(0), 8));
    }
}
