//! How many replicas a chunk is to have, by what its recorder finds of its holders: `replicas_for`.

use super::config::Config;

/// What was believed of holders beforehand weighs as much as so many answers.
const BELIEF: f64 = 10.0;

/// When so many questions are remembered, all weigh half: presence changes, be it with the time of day.
const MEMORY: f64 = 256.0;

/// What holders have answered when they were asked whether they still have a chunk.
///
/// They were asked because they had it a round before. So the share that says yes tells the chance that a holder is there a round
/// later, which is all that counts: after a round those that are missing are replaced. Who is silent may be there, and out of reach;
/// who says yes may not have it. Nothing more can be seen from afar.
#[derive(Debug, Default)]
pub(super) struct Availability {
    asked: f64,
    missing: f64,
}

impl Availability {
    /// So many holders were asked, of which so many did not say that they have it.
    pub(super) fn heard(&mut self, asked: usize, missing: usize) {
        self.asked += asked as f64;
        self.missing += missing as f64;
        if self.asked > MEMORY {
            self.asked /= 2.0;
            self.missing /= 2.0;
        }
    }

    /// Holders that a chunk is to have: the smallest r with 1 − (1 − p)^r ≥ `replicas_for`, as if each came and went by itself.
    pub(super) fn wanted(&self, config: &Config) -> usize {
        let Some(target) = config.replicas_for else { return config.replicas as usize };
        // What was believed: that `replicas` are just enough.
        let allowed = 1.0 - target.get();
        let believed = libm::pow(allowed, 1.0 / f64::from(config.replicas));
        let missing = (self.missing + BELIEF * believed) / (self.asked + BELIEF);
        let (mut wanted, mut none_there) = (0, 1.0);
        // Beliefs are rounded.
        while none_there > allowed * (1.0 + 1e-9) && wanted < config.replicas_max {
            none_there *= missing;
            wanted += 1;
        }
        wanted as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Share;

    fn wanted(asked: usize, missing: usize, target: f64) -> usize {
        let mut availability = Availability::default();
        // In many rounds, of which the first are forgotten.
        (0..asked / 10).for_each(|_| availability.heard(10, missing / (asked / 10)));
        let config =
            Config { replicas_for: Some(Share::clamped(target)), replicas_max: 20, ..Config::default() };
        availability.wanted(&config)
    }

    /// 0.5^9 is above a thousandth, and 0.5^10 below; 0.2^4 and 0.2^5; and so on.
    #[test]
    fn as_many_replicas_are_wanted_as_the_formula_needs() {
        assert_eq!(
            [wanted(2000, 1000, 0.999), wanted(2000, 400, 0.999), wanted(2000, 400, 0.99)],
            [10, 5, 3]
        );
        assert_eq!([wanted(2000, 0, 0.999), wanted(2000, 2000, 0.999)], [2, 20]);
    }

    #[test]
    fn before_anybody_was_asked_replicas_are_wanted_and_without_a_target_always() {
        for replicas in 1..=20 {
            let target = Some(Share::clamped(0.999));
            let config = Config { replicas, replicas_for: target, replicas_max: 32, ..Config::default() };
            assert_eq!(Availability::default().wanted(&config), replicas as usize);
        }
        let mut availability = Availability::default();
        availability.heard(100, 100);
        assert_eq!(availability.wanted(&Config::default()), 5);
    }

    #[test]
    fn what_was_long_ago_is_forgotten() {
        let mut availability = Availability::default();
        availability.heard(10_000, 10_000);
        let config =
            Config { replicas_for: Some(Share::clamped(0.99)), replicas_max: 9, ..Config::default() };
        assert_eq!(availability.wanted(&config), 9);
        (0..300).for_each(|_| availability.heard(10, 0));
        assert_eq!(availability.wanted(&config), 2);
    }
}
