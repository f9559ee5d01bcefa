//! A map of what is waited for, each until a time of its own.

use std::collections::VecDeque;
use std::hash::Hash;

use crate::units::{FixedHashMap, Time};

/// A map whose entries last until a time, however many there are. It grows with what is waited for, and shrinks again with
/// the next entry after that. Empty, it owns no memory.
#[derive(Debug)]
pub(super) struct Awaited<K, V> {
    entries: FixedHashMap<K, (Time, V)>,
    /// By the times until which they were to last, which are given in rising order. An entry that was kept for longer since,
    /// or is gone, has places here that mean nothing any more.
    ends: VecDeque<(Time, K)>,
}

impl<K: Copy + Eq + Hash, V> Awaited<K, V> {
    pub(super) fn new() -> Awaited<K, V> {
        Awaited { entries: FixedHashMap::default(), ends: VecDeque::new() }
    }

    /// What is waited for under this key at `now`.
    pub(super) fn get(&self, key: &K, now: Time) -> Option<&V> {
        self.entries.get(key).filter(|(until, _)| now < *until).map(|(_, value)| value)
    }

    /// Waits for something from `now` until `until`, which is not before that of any other. What is already waited for under
    /// the key stays, for longer.
    pub(super) fn wait(&mut self, key: K, now: Time, until: Time, value: impl FnOnce() -> V) {
        self.forget_ended(now);
        self.entries.entry(key).or_insert_with(|| (until, value())).0 = until;
        self.ends.push_back((until, key));
    }

    pub(super) fn remove(&mut self, key: &K) {
        self.entries.remove(key);
    }

    fn forget_ended(&mut self, now: Time) {
        while let Some((_, key)) = self.ends.front().copied().filter(|(end, _)| *end <= now) {
            self.ends.pop_front();
            if self.entries.get(&key).is_some_and(|(until, _)| *until <= now) {
                self.entries.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Duration;

    fn at(second: u64) -> Time {
        Time::ZERO + Duration::from_secs(second)
    }

    #[test]
    fn all_that_is_waited_for_is_known_until_its_time_and_then_takes_no_room() {
        let mut awaited = Awaited::new();
        (0..5000).for_each(|key| awaited.wait(key, at(0), at(30), || 'a'));
        assert!((0..5000).all(|key| awaited.get(&key, at(29)).is_some()));
        assert!((0..5000).all(|key| awaited.get(&key, at(30)).is_none()));
        awaited.wait(0, at(30), at(60), || 'b');
        assert_eq!((awaited.entries.len(), awaited.ends.len()), (1, 1));
    }

    #[test]
    fn what_is_wanted_again_stays_as_it_was_for_longer() {
        let mut awaited = Awaited::new();
        awaited.wait(1, at(0), at(30), || 'a');
        awaited.wait(1, at(20), at(50), || 'b');
        awaited.wait(2, at(40), at(70), || 'c');
        assert_eq!(awaited.get(&1, at(49)), Some(&'a'));
        awaited.remove(&1);
        assert_eq!(awaited.get(&1, at(49)), None);
    }
}
