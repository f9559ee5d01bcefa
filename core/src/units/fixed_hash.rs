//! A hash map for lookups, with one fixed hash. Its order means nothing: whoever goes over it sorts first, or does what needs no
//! order.

use std::hash::{BuildHasherDefault, Hasher};

#[expect(clippy::disallowed_types, reason = "no run depends on its order")]
pub(crate) type FixedHashMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<Mixer>>;

#[expect(clippy::disallowed_types, reason = "no run depends on its order")]
pub(crate) type FixedHashSet<K> = std::collections::HashSet<K, BuildHasherDefault<Mixer>>;

/// Multiplies and folds, word by word. What hostile keys can cost is bounded by the size of the map.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        // The table takes its place from the low bits and its tag from the high ones.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_i32(&mut self, word: i32) {
        self.write_u64(word as u64);
    }

    // Which of an enum's variants it is.
    fn write_isize(&mut self, word: isize) {
        self.write_u64(word as u64);
    }

    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93;
        self.0 = (product as u64) ^ (product >> 64) as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::hash::{BuildHasher, Hash};

    #[test]
    fn neighbouring_keys_have_different_hashes_in_low_and_high_bits() {
        let hash = |key: (u32, u32)| BuildHasherDefault::<Mixer>::default().hash_one(key);
        let keys = || (0..64).flat_map(|a| (0..64).map(move |b| (a, b)));
        let low: BTreeSet<u64> = keys().map(|key| hash(key) % 65_536).collect();
        let high: BTreeSet<u64> = keys().map(|key| hash(key) >> 48).collect();
        // 4,096 balls in 65,536 bins leave about 3,970 bins taken; 3,900 is ten standard deviations below.
        assert!(low.len() > 3900 && high.len() > 3900, "{} {}", low.len(), high.len());
        (1_u32, 2_u32).hash(&mut Mixer::default());
    }
}
