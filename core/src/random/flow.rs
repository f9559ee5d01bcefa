//! What a chain of cause and effect is called, so that the luck met on it is its own.

use super::mix;

/// The name of what happens: of a piece of work by its workload and number, and of everything that follows from it by what it
/// followed from and its number among what did. Whatever else goes on moves none of these names, and so none of the draws that
/// are keyed by them. 32 bits: two names may coincide, which matters only if they meet at the same hosts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow(u32);

impl Flow {
    /// What nothing led to.
    pub const ROOT: Flow = Flow(0);

    /// The `number`th of what goes by this key.
    #[inline]
    pub fn new(key: u64, number: u64) -> Flow {
        Flow((mix(key ^ mix(number)) >> 32) as u32)
    }

    /// The `number`th of what follows from it.
    #[inline]
    #[must_use]
    pub fn nth(self, number: u32) -> Flow {
        Flow((mix((u64::from(self.0) << 32 | u64::from(number)) ^ 0x5bd1_e995) >> 32) as u32)
    }

    /// The name as a number.
    #[inline]
    pub fn get(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_different_things_has_different_names() {
        let mut names: Vec<u32> = (0..100)
            .map(|number| Flow::new(7, number))
            .flat_map(|flow| (0..100).map(move |number| flow.nth(number).get()))
            .collect();
        names.sort_unstable();
        names.dedup();
        // Of 10,000 numbers of 32 bits 0.01 pairs are expected to coincide.
        assert_eq!(names.len(), 10_000);
        assert_eq!(Flow::new(7, 3).nth(5), Flow::new(7, 3).nth(5));
    }
}
