//! Which broadcasts a node has seen, so that each is handled once.

use super::message::BroadcastId;
use super::peer::Peer;
use crate::units::{Duration, Time};

/// Remembers the broadcasts heard last, between half of `most` and `most` of them, and all those first heard within
/// `span`; it forgets the rest. So what still goes round is known however much else there is, and a table that had to
/// grow for that is smaller again after a while.
///
/// Two generations, as in [`Recent`](super::recent::Recent), of bare keys in one open hash table: to look one up costs a
/// cache line, which at every message of every node is what counts. Empty, it owns no memory.
#[derive(Debug, Default)]
pub(super) struct SeenCache {
    /// Linear probing, at most half full; 0 is an empty place. The highest bit tells a key's generation.
    places: Box<[u64]>,
    keys: u32,
    /// How many keys the young generation has, to which they are added.
    young_keys: u32,
    /// Its bit, and when it began, in nanoseconds: in one word, as every node has one.
    young: u64,
}

const FIRST_PLACES: usize = 4;
/// The bit of the generation. It is free, as handles of peers are less than [`Peer::LIMIT`].
const GENERATION: u64 = 1 << 63;

impl SeenCache {
    /// Bytes of memory after so many different broadcasts, of which so many are to be remembered, or as many as come within
    /// twice the span.
    pub(super) fn bytes(broadcasts: u64, most: u32, within: u64) -> u64 {
        match broadcasts.min(within.max(u64::from(most))) {
            0 => 0,
            keys => (2 * keys).next_power_of_two().max(FIRST_PLACES as u64) * size_of::<u64>() as u64,
        }
    }

    /// Remembers a broadcast from `now` on. `None` when it is known; else how many were forgotten for it. `most` is at least
    /// 2.
    pub(super) fn insert(&mut self, id: BroadcastId, now: Time, most: u32, span: Duration) -> Option<u32> {
        let key = key(id);
        let place = self.find(key);
        if place.is_some_and(|place| self.places[place] != 0) {
            return None;
        }
        let before = self.keys;
        let ages = self.young_keys >= (most / 2).max(1) && now.since(self.began()) >= span;
        match place {
            Some(place) if !ages && 2 * (self.keys as usize + 1) <= self.places.len() => {
                self.places[place] = key | self.young & GENERATION;
            }
            _ => self.rebuild(key, ages.then_some(now)),
        }
        let forgotten = before - self.keys;
        self.keys += 1;
        self.young_keys += 1;
        Some(forgotten)
    }

    /// Whether a broadcast is remembered.
    pub(super) fn has(&self, id: BroadcastId) -> bool {
        self.find(key(id)).is_some_and(|place| self.places[place] != 0)
    }

    /// When the young generation began.
    fn began(&self) -> Time {
        Time::from_nanos(self.young & !GENERATION)
    }

    /// Adds a key in a new table: a larger one, or, from a time on, one without the old generation, which the young one
    /// becomes.
    #[cold]
    fn rebuild(&mut self, key: u64, ages_at: Option<Time>) {
        let mut goes = None;
        if let Some(now) = ages_at {
            let old = (self.young ^ GENERATION) & GENERATION;
            goes = Some(old);
            self.young = old | now.as_nanos() & !GENERATION;
            self.keys = std::mem::take(&mut self.young_keys);
        }
        let wanted = (2 * (self.keys as usize + 1)).next_power_of_two().max(FIRST_PLACES);
        // A table that is soon as full again keeps its size.
        let wanted = if 4 * wanted <= self.places.len() { wanted } else { wanted.max(self.places.len()) };
        let before = std::mem::replace(&mut self.places, vec![0; wanted].into_boxed_slice());
        let kept = before.iter().copied().filter(|known| *known != 0 && goes != Some(known & GENERATION));
        for known in kept.chain([key | self.young & GENERATION]) {
            if let Some(place) = self.find(known & !GENERATION) {
                self.places[place] = known;
            }
        }
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
                let new = heard.insert(id(number), Time::ZERO, most, Duration::ZERO).is_some();
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
                SeenCache::bytes(u64::from(number), 1024, 0),
                "{number}"
            );
            heard.insert(id(number), Time::ZERO, 1024, Duration::ZERO);
        }
    }

    #[test]
    fn the_first_of_all_broadcasts_is_not_taken_for_an_empty_place() {
        let mut heard = SeenCache::default();
        assert_eq!(heard.insert(id(0), Time::ZERO, 8, Duration::ZERO), Some(0));
        assert_eq!(heard.insert(id(0), Time::ZERO, 8, Duration::ZERO), None);
    }

    /// A hundred broadcasts a second, of which ten seconds' are to be known, whatever the number.
    #[test]
    fn what_was_heard_within_the_span_is_never_forgotten_and_the_table_shrinks_again() {
        let (span, mut heard, mut forgotten) = (Duration::from_secs(10), SeenCache::default(), 0);
        let at = |number: u32| Time::ZERO + Duration::from_millis(u64::from(number) * 10);
        for number in 0..5000_u32 {
            forgotten += heard.insert(id(number), at(number), 2, span).expect("it is new");
            let known = (number.saturating_sub(1000)..=number).all(|number| heard.has(id(number)));
            assert!(known, "{number}");
            assert!(heard.keys <= 2002);
        }
        assert_eq!(forgotten + heard.keys, 5000);
        let grown = heard.places.len();
        for number in 0..5_u32 {
            let later = at(5000) + Duration::from_secs(u64::from(number) * 20);
            heard.insert(id(9000 + number), later, 2, span);
        }
        assert!(heard.places.len() < grown / 100, "{}", heard.places.len());
    }
}
