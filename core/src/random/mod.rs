//! Randomness keyed by purpose: a draw is a function of (seed, purpose, key, counter) and of nothing else.
//!
//! Two runs that differ in one parameter meet the same luck wherever the same happens, and a draw added in one place moves none
//! in another: the counter of what happens in the course of a run is its [`Flow`]. [`Seed::stream`] gives a long ChaCha8 stream, for what is set up once; [`Seed::draws`] a short
//! counter-based one, for what happens millions of times.

mod flow;
mod sample;

pub use flow::Flow;
pub use rand_chacha::ChaCha8Rng;
pub use sample::{PoissonGaps, beta, exponential, gamma, index, normal, normal_quantile, unit, weighted};

use rand::SeedableRng;

/// What a draw is for. The number is part of every result: add new ones at the end, change none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Ids and keys of the nodes.
    Identity = 1,
    /// Where a host is.
    Place = 2,
    /// What a host's access link can do.
    Link = 3,
    /// Sessions and absences.
    Presence = 4,
    /// Which contacts a converged routing table holds.
    Table = 5,
    /// When work arrives, and at whom.
    Arrival = 6,
    /// How an outcome turns out, good or bad.
    Outcome = 7,
    /// Whether a message is lost on its path.
    Loss = 8,
    /// How much longer than its base a message's latency is.
    Jitter = 9,
    /// The stream passed to the protocol with an input.
    Protocol = 10,
    /// Seeds of further replications.
    Replication = 11,
    /// Which candidates are considered for a task, and which is chosen.
    Task = 12,
    /// How a task turns out.
    Performance = 13,
    /// What an adversary does, and when.
    Conduct = 14,
    /// Whom everybody knows, to join through.
    Bootstrap = 15,
    /// Where the points of a study lie.
    Design = 16,
    /// Whom a fault hits.
    Fault = 17,
    /// What keeps others from sending to a host: each thing that may has a counter of its own.
    Reach = 18,
    /// How far two hosts are from each other.
    Latency = 19,
    /// When a path loses packets in bursts.
    Burst = 20,
    /// How large a payload is.
    Size = 21,
    /// When a fault comes again.
    Recurrence = 22,
    /// Whether a datagram comes twice.
    Duplicate = 23,
    /// When a host of a group joins whose hosts come one after another.
    Join = 24,
    /// What a scenario at random has in it.
    Swarm = 25,
}

/// The seed of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// The ChaCha8 stream of (`purpose`, `key`), from its beginning.
    pub fn stream(self, purpose: Purpose, key: u64) -> ChaCha8Rng {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&self.0.to_le_bytes());
        bytes[8..16].copy_from_slice(&(purpose as u64).to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(bytes);
        rng.set_stream(key);
        rng
    }

    /// The draws of (`purpose`, `key`, `counter`): independent of those of any other triple.
    #[inline]
    pub fn draws(self, purpose: Purpose, key: u64, counter: u64) -> Draws {
        self.numbered(purpose, key).draws(counter)
    }

    /// The draws of (`purpose`, `key`), for whoever keeps a counter: most of the mixing is done once.
    #[inline]
    pub fn numbered(self, purpose: Purpose, key: u64) -> NumberedDraws {
        let purpose = mix(self.0 ^ mix(purpose as u64 ^ 0x6972_3373_696d));
        NumberedDraws { key: mix(purpose ^ mix(key)) }
    }

    /// The seed of replication `r`; replication 0 is the seed itself.
    #[must_use]
    pub fn replication(self, r: u64) -> Seed {
        if r == 0 { self } else { Seed(self.draws(Purpose::Replication, r, 0).next() >> 16) }
    }
}

/// The draws of one purpose and key, by their counter.
#[derive(Clone, Copy, Debug)]
pub struct NumberedDraws {
    key: u64,
}

impl NumberedDraws {
    /// Those of `counter`: the same as [`Seed::draws`] gives.
    #[inline(always)]
    pub fn draws(self, counter: u64) -> Draws {
        self.at(Counter::new(counter))
    }

    /// The same, of a counter that other draws go by, too.
    #[inline(always)]
    pub fn at(self, counter: Counter) -> Draws {
        Draws { state: mix(self.key.wrapping_add(counter.0)) }
    }
}

/// A counter of draws for several purposes: what mixing they have in common is done once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counter(u64);

impl Counter {
    /// The counter of this value.
    #[inline(always)]
    pub fn new(value: u64) -> Counter {
        Counter(mix(value ^ GAMMA))
    }
}

/// A short stream: one splitmix64 step a draw (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
/// OOPSLA 2014).
#[derive(Clone, Debug)]
pub struct Draws {
    state: u64,
}

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

impl Draws {
    /// The next 64 bits.
    #[expect(clippy::should_implement_trait, reason = "an endless stream needs no Option")]
    #[inline(always)]
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GAMMA);
        mix(self.state)
    }
}

/// The finaliser of splitmix64: a bijection of 64 bits in which every input bit moves every output bit.
#[inline(always)]
pub fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// A 64-bit key of a name (FNV-1a, then mixed), so that what is named keeps its luck when others are added.
pub fn key_of(name: &str) -> u64 {
    mix(name
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn streams_and_draws_have_golden_values() {
        let mut stream = Seed(1).stream(Purpose::Link, 7);
        assert_eq!(
            [stream.next_u64(), stream.next_u64()],
            [8_082_596_028_193_415_924, 13_520_267_640_187_646_726]
        );
        let mut draws = Seed(1).draws(Purpose::Loss, 7, 9);
        assert_eq!([draws.next(), draws.next()], [8_459_783_314_016_361_234, 12_501_526_317_423_686_846]);
        assert_eq!(key_of("storage"), 2_159_467_063_212_232_345);
    }

    #[test]
    fn purposes_keys_and_counters_do_not_meet() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..4 {
            for purpose in [Purpose::Loss, Purpose::Jitter, Purpose::Presence] {
                for key in 0..20 {
                    for counter in 0..20 {
                        assert!(seen.insert(Seed(seed).draws(purpose, key, counter).next()));
                    }
                }
            }
        }
    }

    #[test]
    fn the_first_replication_is_the_seed_itself() {
        assert_eq!(Seed(7).replication(0), Seed(7));
        assert_ne!(Seed(7).replication(1), Seed(7).replication(2));
    }
}
