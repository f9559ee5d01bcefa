//! A seed for each replication.

/// The seed of replication `r` of a batch: a function of the batch's seed and `r` alone. Replication 0 has the
/// batch's own seed; all others are below 2^53, so that every reader of JSON keeps them exactly.
pub fn seed_of(seed: u64, replication: u32) -> u64 {
    if replication == 0 {
        return seed;
    }
    mixed(seed.wrapping_add(u64::from(replication).wrapping_mul(GOLDEN))) >> 11
}

// 2^64 over the golden ratio: the step of SplitMix64 (Steele, Lea, Flood 2014), whose finaliser follows.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        // The first outputs for state 1234567, as published with the reference implementation.
        let outputs = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        for (step, output) in (1_u64..).zip(outputs) {
            assert_eq!(mixed(1_234_567_u64.wrapping_add(step.wrapping_mul(GOLDEN))), output);
        }
    }

    #[test]
    fn replication_zero_has_the_seed_itself_and_no_two_are_alike() {
        let seeds: BTreeSet<u64> = (0..10_000).map(|replication| seed_of(3, replication)).collect();
        assert_eq!(seed_of(3, 0), 3);
        assert_eq!(seeds.len(), 10_000);
        assert!(seeds.iter().all(|&seed| seed < 1 << 53));
    }

    // Of this very function: results on disk are named by them.
    const GOLDEN_SEEDS: [u64; 3] = [5_103_132_997_656_651, 6_717_404_888_216_029, 5_324_963_733_279_466];

    #[test]
    fn seeds_stay_as_they_are() {
        assert_eq!([seed_of(1, 1), seed_of(1, 2), seed_of(2, 1)], GOLDEN_SEEDS);
    }
}
