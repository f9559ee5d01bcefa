//! Which broadcasts a node has seen, so that each is handled once.

use super::message::BroadcastId;

/// Remembers the broadcasts heard last, between half of `most` and `most` of them, and forgets the rest.
///
/// Two generations, as in [`Recent`](super::recent::Recent), each an open hash table of bare keys: looking one up costs
/// a cache line a generation, which at every message of every node is what counts. Empty, it owns no memory.
#[derive(Debug, Default)]
pub(super) struct SeenCache {
    young: Table,
    old: Table,
}

/// Open addressing with linear probing, at most half full; 0 is an empty place.
#[derive(Debug, Default)]
struct Table {
    places: Box<[u64]>,
    len: u32,
}

const FIRST_PLACES: usize = 16;

impl SeenCache {
    /// Bytes of memory after so many different broadcasts, of which so many are to be remembered.
    pub(super) fn bytes(broadcasts: u64, most: u32) -> u64 {
        let of_table = |keys: u64| match keys {
            0 => 0,
            keys => (2 * keys).next_power_of_two().max(FIRST_PLACES as u64) * size_of::<u64>() as u64,
        };
        let half = u64::from(most / 2).max(1);
        of_table(broadcasts.min(half)) + of_table(broadcasts.saturating_sub(half).min(half))
    }

    /// Remembers a broadcast. Returns whether it was unknown. `most` is at least 2.
    pub(super) fn insert(&mut self, id: BroadcastId, most: u32) -> bool {
        let key = key(id);
        let place = self.young.find(key);
        if place.is_some_and(|place| self.young.places[place] == key) || self.old.has(key) {
            return false;
        }
        if self.young.len >= (most / 2).max(1) {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
            self.young.insert(key);
        } else {
            self.young.insert_at(place, key);
        }
        true
    }

    /// Whether a broadcast is remembered.
    pub(super) fn has(&self, id: BroadcastId) -> bool {
        let key = key(id);
        self.young.has(key) || self.old.has(key)
    }
}

/// Never 0.
fn key(id: BroadcastId) -> u64 {
    (u64::from(id.origin.0) << 32 | u64::from(id.sequence)).wrapping_add(1)
}

impl Table {
    #[inline]
    fn has(&self, key: u64) -> bool {
        self.find(key).is_some_and(|place| self.places[place] == key)
    }

    fn insert(&mut self, key: u64) {
        self.insert_at(self.find(key), key);
    }

    /// Inserts a key that is not there, whose place [`Table::find`] has found.
    #[inline]
    fn insert_at(&mut self, place: Option<usize>, key: u64) {
        self.len += 1;
        match place {
            Some(place) if 2 * self.len as usize <= self.places.len() => self.places[place] = key,
            _ => self.grow(key),
        }
    }

    /// Moves everything to a table of twice the size, and adds a key.
    #[cold]
    fn grow(&mut self, key: u64) {
        let larger = vec![0; (2 * self.places.len()).max(FIRST_PLACES)].into_boxed_slice();
        let keys = std::mem::replace(&mut self.places, larger);
        for key in keys.into_iter().filter(|key| *key != 0).chain([key]) {
            if let Some(place) = self.find(key) {
                self.places[place] = key;
            }
        }
    }

    fn clear(&mut self) {
        self.places.fill(0);
        self.len = 0;
    }

    /// Where the key is, or belongs; `None` in a table without places. It is not full.
    #[inline]
    fn find(&self, key: u64) -> Option<usize> {
        let last = self.places.len().checked_sub(1)?;
        let product = u128::from(key) * 0x9E37_79B9_7F4A_7C15;
        let mut place = (product >> 32) as usize & last;
        while self.places[place] != 0 && self.places[place] != key {
            place = (place + 1) & last;
        }
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::super::peer::Peer;
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
    fn the_first_of_all_broadcasts_is_not_taken_for_an_empty_place() {
        let mut heard = SeenCache::default();
        assert!(heard.insert(id(0), 8));
        assert!(!heard.insert(id(0), 8));
    }
}
