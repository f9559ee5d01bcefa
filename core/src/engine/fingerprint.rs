//! What a run did, as a hash.

use std::fmt;

use super::kind::Kind;
use crate::units::Time;

/// What a whole run did, in 128 bits: the hash over every host's rolling hash, in the order of hosts. It does not
/// depend on how hosts were split over threads. Prints as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 16]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Fingerprint {
    /// The fingerprint of hosts with these rolling hashes.
    pub(super) fn of(hosts: impl Iterator<Item = HostHash>) -> Fingerprint {
        let mut hasher = blake3::Hasher::new();
        for host in hosts {
            hasher.update(&host.0.to_le_bytes());
        }
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        Fingerprint(bytes)
    }
}

/// The rolling hash over the events that one host handled.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HostHash(u64);

impl HostHash {
    /// Takes in one event: when, which kind, what it says.
    pub(super) fn take(&mut self, time: Time, kind: Kind, digest: u64) {
        const ODD: u64 = 6_364_136_223_846_793_005;
        let word = time.as_nanos() ^ digest.rotate_left(29) ^ kind.id();
        let mixed = (self.0 ^ word).wrapping_mul(ODD);
        self.0 = mixed ^ (mixed >> 32);
    }

    /// The hash so far.
    pub(super) fn get(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_the_kind_and_the_payload_of_events_all_count() {
        let kinds = ["arrive", "pass"].map(Kind::new);
        let hash = |events: &[(u64, usize, u64)]| {
            let mut hash = HostHash::default();
            for &(time, kind, digest) in events {
                hash.take(Time::from_nanos(time), kinds[kind], digest);
            }
            Fingerprint::of([hash].into_iter()).to_string()
        };
        let base = hash(&[(1, 0, 5), (2, 1, 6)]);
        assert_eq!(base.len(), 32);
        for other in
            [[(2, 1, 6), (1, 0, 5)], [(1, 1, 5), (2, 1, 6)], [(1, 0, 5), (2, 1, 7)], [(1, 0, 5), (3, 1, 6)]]
        {
            assert_ne!(base, hash(&other));
        }
    }
}
