//! A map that forgets what was added longest ago, a generation at a time.

use std::hash::Hash;

use super::fixed_hash::FixedHashMap;

/// A map that remembers the entries added last, between half of `most` and `most` of them, and forgets the rest.
///
/// Two generations: when the young one holds half of what is allowed it becomes the old one, and what was the old one
/// is forgotten whole. An entry is found as long as its generation lives. Empty, it owns no memory.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    young: FixedHashMap<K, V>,
    old: FixedHashMap<K, V>,
}

impl<K: Eq + Hash, V> Recent<K, V> {
    pub(super) fn new() -> Recent<K, V> {
        Recent { young: FixedHashMap::default(), old: FixedHashMap::default() }
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }

    /// Adds an entry, in place of the one with the same key. `most` is at least 2.
    pub(super) fn insert(&mut self, key: K, value: V, most: usize) {
        if self.young.len() >= (most / 2).max(1) && !self.young.contains_key(&key) {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        self.young.insert(key, value);
    }

    pub(super) fn remove(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_half_of_what_is_allowed_is_always_remembered() {
        let mut recent = Recent::new();
        for number in 0..1000 {
            recent.insert(number, number, 64);
            assert!(recent.young.len() + recent.old.len() <= 64);
            assert!((number - 31_i32.min(number)..=number).all(|known| recent.get(&known).is_some()));
        }
        assert!(recent.get(&0).is_none());
    }

    #[test]
    fn a_removed_entry_is_gone_and_a_new_value_replaces_the_old() {
        let mut recent = Recent::new();
        recent.insert(1, 'a', 2);
        recent.insert(2, 'b', 2);
        recent.insert(1, 'c', 2);
        assert_eq!(recent.get(&1), Some(&'c'));
        recent.remove(&1);
        assert_eq!(recent.get(&1), None);
    }
}
