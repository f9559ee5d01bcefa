//! A map that forgets what was added longest ago, a generation at a time.

use std::hash::Hash;

use crate::units::{Duration, FixedHashMap, Time};

/// A map that remembers the entries added last, between half of `most` and `most` of them, and all those added within
/// `span`; it forgets the rest.
///
/// Two generations: when the young one holds half of what is allowed, and is as old as the span, it becomes the old one, and
/// what was the old one is forgotten whole. An entry is found as long as its generation lives. Empty, it owns no memory.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    young: FixedHashMap<K, V>,
    old: FixedHashMap<K, V>,
    /// When the young generation began.
    began: Time,
}

impl<K: Eq + Hash, V> Recent<K, V> {
    pub(super) fn new() -> Recent<K, V> {
        Recent { young: FixedHashMap::default(), old: FixedHashMap::default(), began: Time::ZERO }
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        match self.young.get_mut(key) {
            Some(value) => Some(value),
            None => self.old.get_mut(key),
        }
    }

    /// Adds an entry, in place of the one with the same key. `most` is at least 2. Returns how many were forgotten for it.
    pub(super) fn insert(&mut self, key: K, value: V, now: Time, (most, span): (u32, Duration)) -> u32 {
        let mut forgotten = 0;
        let is_full = self.young.len() >= (most as usize / 2).max(1) && now.since(self.began) >= span;
        if is_full && !self.young.contains_key(&key) {
            forgotten = std::mem::replace(&mut self.old, std::mem::take(&mut self.young)).len() as u32;
            self.began = now;
        }
        self.young.insert(key, value);
        forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_half_of_what_is_allowed_is_always_remembered() {
        let (mut recent, mut forgotten) = (Recent::new(), 0);
        for number in 0..1000 {
            forgotten += recent.insert(number, number, Time::ZERO, (64, Duration::ZERO));
            assert_eq!(forgotten as usize + recent.young.len() + recent.old.len(), number as usize + 1);
            assert!(recent.young.len() + recent.old.len() <= 64);
            assert!((number - 31_i32.min(number)..=number).all(|known| recent.get(&known).is_some()));
        }
        assert!(recent.get(&0).is_none());
    }

    #[test]
    fn a_new_value_replaces_the_old() {
        let mut recent = Recent::new();
        for (key, value) in [(1, 'a'), (2, 'b'), (1, 'c')] {
            recent.insert(key, value, Time::ZERO, (2, Duration::ZERO));
        }
        assert_eq!(recent.get_mut(&1), Some(&mut 'c'));
    }

    #[test]
    fn what_was_added_within_the_span_is_remembered_however_much_it_is() {
        let mut recent = Recent::new();
        let at = |number: u64| Time::ZERO + Duration::from_secs(number);
        for number in 0..300 {
            recent.insert(number, (), at(number), (2, Duration::from_secs(50)));
            assert!((number.saturating_sub(50)..=number).all(|known| recent.get(&known).is_some()));
            assert!(recent.young.len() + recent.old.len() <= 102);
        }
    }
}
