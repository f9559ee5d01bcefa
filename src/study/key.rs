//! What a run is known by.

use crate::results::MODEL_VERSION;

/// What identifies a run: a hash of its scenario with all defaults, its seed and the version of the models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunKey(u128);

impl RunKey {
    /// Of a scenario with this digest, under a seed.
    pub(super) fn of(scenario: &blake3::Hash, seed: u64) -> RunKey {
        let mut hasher = blake3::Hasher::new();
        hasher.update(scenario.as_bytes());
        hasher.update(&seed.to_le_bytes());
        hasher.update(&MODEL_VERSION.to_le_bytes());
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        RunKey(u128::from_be_bytes(bytes))
    }

    /// The key that these digits write.
    pub fn read(text: &str) -> Option<RunKey> {
        (text.len() == 32).then(|| u128::from_str_radix(text, 16).ok().map(RunKey))?
    }
}

impl std::fmt::Display for RunKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
